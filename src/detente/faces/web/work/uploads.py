"""Uploads: files and scenarios of strangers, read within limits, checked, and kept away from the server's own files."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import yaml

from detente.codes import InputError, Parameter, UnknownName
from detente.codes.given import several
from detente.data.containers import PACKED
from detente.data.eventfile import unknown_ledger
from detente.data.library import package_folder
from detente.data.rowfile import SentFile
from detente.data.worlds import world_names
from detente.data.yamlfile import is_file, parse_yaml
from detente.faces.ask.arguments import KINDS, parts_of
from detente.faces.ask.files import typed
from detente.faces.web.problems import Problem
from detente.lab.averages.laid_law import is_known
from detente.lab.scenario import LawChange, Scenario, load_scenario, parse_scenario
from detente.lab.scenario import shipped as known
from detente.lab.sweep.design import Interval, inputs_of
from detente.lab.world.chosen import unknown_world

if TYPE_CHECKING:
    from detente.faces.ask.question import Question

#: Rows of a file that the server takes.
MOST_ROWS = 50_000

JSON, FORM = "application/json", "multipart/form-data"
#: Kind of content -> how a file of it is called.
MEDIA = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}

MOST_FIELDS = 40
BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?')
FIELD = re.compile(r'name="([^"\r\n]*)"')
FILE = re.compile(r'filename="([^"\r\n]*)"')


def given_by(question: Question, body: bytes, media: str) -> dict[str, Any]:
    """Arguments of a question, and its file, from the body of a request.

    Raises
    ------
    Problem : 400 what is no JSON, 415 content of another kind; InputError : a file that is packed, a broken form.
    """
    kind = media.partition(";")[0].strip().lower()
    if not question.file or kind in ("", JSON):
        return _of_json(question, body)
    if kind == FORM:
        return _of_form(question, body, media)
    if kind not in MEDIA:
        raise Problem(415, f"give the {question.file} as one of {', '.join(MEDIA)}, or with a form")
    return {question.file: _sent(f"{question.name.replace(' ', '-')}{MEDIA[kind]}", body)}


def _of_json(question: Question, body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Problem(400, "the body is no JSON; send a mapping of arguments to values") from None
    if question.file and isinstance(content, list):  # its rows alone
        content = {question.file: content}
    if not isinstance(content, dict):
        raise Problem(422, "the body is no mapping; send arguments with their values")
    rows = content.get(question.file)
    if isinstance(rows, list) and not all(isinstance(row, str) for row in rows):
        return {**content, question.file: _of_rows(question, rows)}
    return content


def _of_rows(question: Question, rows: list[Any]) -> SentFile:
    """Rows of JSON as a file."""
    import polars as pl

    try:
        content = pl.DataFrame(rows, infer_schema_length=None).write_csv().encode()
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        where = Parameter(question.file)
        raise InputError(where, "is no list of rows", "send mappings of columns to texts or numbers") from None
    return _sent(f"{question.name.replace(' ', '-')}.csv", content)


def _of_form(question: Question, body: bytes, media: str) -> dict[str, Any]:
    """Fields of a form, those that are blank left out, and the file that was chosen."""
    boundary = BOUNDARY.search(media)
    if boundary is None:
        raise InputError("form", "says not where its fields end", "send it again")
    given: dict[str, Any] = {}
    mark = b"--" + boundary[1].encode("ascii", "replace")
    for part in body.split(mark)[1 : MOST_FIELDS + 1]:
        head, blank, content = part.partition(b"\r\n\r\n")
        words = head.decode("utf-8", "replace")
        name, file = FIELD.search(words), FILE.search(words)
        if not blank or name is None:
            continue
        content = content.removesuffix(b"\r\n")
        if file is None and content.strip():
            given.setdefault(name[1], content.decode("utf-8", "replace")[:20_000])
        elif file is not None and file[1]:
            given[name[1]] = _sent(re.split(r"[/\\]", file[1])[-1][:80], content)
    return given


def _sent(name: str, content: bytes) -> SentFile:
    if name.lower().endswith(".gz") or content[:2] == PACKED:
        raise InputError(name, "is packed", "send it unpacked")
    return SentFile(name, content, MOST_ROWS)


#: Bytes of an uploaded scenario.
MOST = 200_000

#: Levels to which a file may nest.
DEEPEST = 40

MOST_NODES = 20_000
WHERE = "uploaded scenario"
#: Fields that a sweep of strangers may vary.
SWEPT = re.compile(
    r"(usa|chn|laws\.[A-Z][A-Z0-9]{1,5})\.change\.[A-Za-z0-9_]{1,60}\.(rate|floor)|set\.[a-z_]{1,40}|report\.elasticity|on|reading"
)

#: Keys of a measure that name files beside a lawbook.
FILE_KEYS = ("list", "lists", "file", "rows", "table")


def content_of(text: str) -> Any:
    """Content of a scenario that is sent as YAML; no aliases, no tags, no depth that would not end.

    Anchors and tags, with which a small file becomes a large one or more than data, are refused first.

    Raises
    ------
    Problem : 413 too long; InputError : what cannot be read.
    """

    if len(text.encode("utf-8", "replace")) > MOST:
        raise Problem(413, f"a scenario has at most {MOST:,} bytes")
    try:
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise InputError(WHERE, "has an anchor or alias", "write the content out")
            tag = getattr(event, "tag", None)
            if tag is not None and not str(tag).startswith("tag:yaml.org,2002:str"):
                raise InputError(WHERE, f"has the tag {str(tag)[:60]}", "leave tags out")
            depth += isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent)
            depth -= isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent)
            if depth > DEEPEST:
                raise InputError(WHERE, f"nests deeper than {DEEPEST} levels", "flatten it")
        return parse_yaml(text, WHERE)
    except (yaml.YAMLError, RecursionError):
        raise InputError(WHERE, "is not valid YAML", "check colons, quotes and indentation") from None
    except (TypeError, AttributeError, OverflowError):
        raise InputError(WHERE, "has a key that is no text", "write keys as words") from None


def refuse_nested(content: Any, depth: int = 0, count: list[int] | None = None) -> None:
    """Refuse what nests too deep, holds too much, or holds texts and numbers that are none.

    Raises
    ------
    InputError : naming what it is.
    """
    count = [0] if count is None else count
    count[0] += 1
    if depth > DEEPEST or count[0] > MOST_NODES:
        raise InputError(WHERE, "nests too deep or holds too much", f"keep it under {DEEPEST} levels")
    if isinstance(content, Mapping):
        items = [*content.keys(), *content.values()]
    elif isinstance(content, list):
        items = content
    else:
        _plain(content)
        return
    for item in items:
        refuse_nested(item, depth + 1, count)


def _plain(value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(WHERE, "holds a number that is not finite", "give finite numbers")
    if isinstance(value, str) and (chr(0) in value or any("\ud800" <= c <= "\udfff" for c in value)):
        raise InputError(WHERE, "holds a text that is none", "give UTF-8 without zero bytes")


def check_paths(over: Iterable[str]) -> None:
    """Refuse a sweep over fields that name files, or over any but those whose values are rates, days and shares.

    Raises
    ------
    InputError : naming the field.
    """
    for path in over:
        if not SWEPT.fullmatch(path):
            words = "usa.change.MEASURE.rate, set.SHARE, report.elasticity or on"
            raise InputError(f"over {path[:80]}", "is not swept over by this server", f"use {words}")


def scenario_of(content: Any) -> Scenario:
    """A scenario from content of strangers: by name from the package, or in place with no file named in it.

    Raises
    ------
    InputError, UnknownName : naming the key and the repair.
    """
    if isinstance(content, str):
        return shipped(content)
    try:
        scenario = parse_scenario(content, WHERE, "uploaded")
    except RecursionError:
        raise InputError(WHERE, "nests too deep", "flatten it") from None
    _confined(scenario)
    return scenario


#: Months whose trade weighs, which name no file.
MONTHS = re.compile(r"own|\d{1,3}|\d{4}-\d\d\.\.\d{4}-\d\d")

#: Values of `set` that name a file.
OF_FILES = {"quotas", "productivity"}


def check_no_file(question: Question, given: Mapping[str, Any]) -> None:
    """Refuse what a stranger asks of a question where it names a file.

    Raises
    ------
    InputError, UnknownName : a file, and a scenario that is none of the package.
    """
    refuse_nested(dict(given))
    if question.name == "sweep":
        _check_sweep(given)
    draws = str(given.get("draws") or "0")
    if draws.isdigit() and int(draws[:9]) > MOST_DRAWS:
        raise InputError(
            Parameter("draws"), f"{draws[:9]} is more than a server draws", f"ask for {MOST_DRAWS:,} or fewer"
        )
    for name, value in given.items():
        about = question.arguments.get(name)
        kind = about.kind if about is not None and value else ""
        if kind == "scenario" or (kind == "moment" and not str(value)[:4].isdigit()):
            for part in parts_of(value, name, "scenario"):
                written = isinstance(part, str) and "\n" in part
                content = content_of(part) if written else KINDS["scenario"][0](part, Parameter(name), ())
                refuse_nested(content)
                scenario_of(content)
        for part in several(value, name) if kind == "name" else ():
            if part not in question.choices_of(name):
                raise UnknownName(name, part[:60], question.choices_of(name), Parameter(name))
        if kind == "file" and not isinstance(value, SentFile) and not typed(value):
            raise InputError(Parameter(name), "names a file, and a server reads none", "send it as the body")
        named = KINDS["mapping"][0](value, Parameter(name), ()) if kind == "mapping" else {}
        rows = kind == "rows" and isinstance(value, str) and not value.lstrip().startswith("[")
        claims = kind == "statement" and is_file(value)
        weights = kind == "weights" and not MONTHS.fullmatch(str(value)) and not is_known(str(value))
        if kind == "path" or rows or claims or weights or OF_FILES & named.keys():
            raise InputError(Parameter(name), "names a file, and a server reads none", "ask on the command line")


#: Points of a sweep, and draws, of strangers at most.
MOST_POINTS = MOST_DRAWS = 2_000


def _check_sweep(given: Mapping[str, Any]) -> None:
    """Refuse a sweep over fields that name files, or over more points than a server works out for a stranger."""
    over = KINDS["fields"][0](given.get("over") or {}, Parameter("over"), ())
    check_paths(over)
    counts = [re.search(r"/\s*(\d+)\s*$", text) for text in over.values() if isinstance(text, str)]
    many = max((int(match[1][:9]) for match in counts if match), default=0)
    if many <= MOST_POINTS and over:
        grid = [values for values in inputs_of(over).values() if not isinstance(values, Interval)]
        sample = str(given.get("sample") or "")
        many = int(sample[:9]) if sample.isdigit() else math.prod(map(len, grid))
    if many > MOST_POINTS:
        raise InputError(Parameter("over"), f"gives {many:,} points", f"ask for {MOST_POINTS:,} or fewer")


def shipped(name: str) -> Scenario:
    """A scenario of the package by name; paths are not looked at."""
    if name not in known():
        raise UnknownName("scenario", name[:60], known(), "scenario", f"use {', '.join(known())}, or send its content")
    return load_scenario(name)[0]


def _confined(scenario: Scenario) -> None:
    """Refuse whatever names a file: the server reads none for a stranger."""
    for change in (change for point in scenario.points for change in point.changes.values()):
        _of_law(change)
    for point in scenario.points:
        if isinstance(point.costs, str):
            raise InputError(f"{WHERE}, costs", "names a file of the server", "write the rows in place")
    materials, record = scenario.materials, scenario.record
    paths = {}
    if materials is not None:
        paths = {f"materials.{key}": getattr(materials, key) for key in ("chain", "without", "deal")}
    for key, path in paths.items():
        if isinstance(path, str) and NO_NAME.search(path):
            raise InputError(f"{WHERE}, {key}", "names a file of the server", "name one of the package")
    for key, name in (("events", record.events), ("claims", record.claims)):
        if NO_NAME.search(name):
            raise InputError(f"{WHERE}, record.{key}", "names a file of the server", "name one of the package")
        if name not in ("", *(path.stem for path in (package_folder() / "ledgers").glob("*.yaml"))):
            # A name without a suffix may be that of a file beside the server, which is not looked for.
            raise unknown_ledger(name).inside(f"scenario {scenario.name}, record")
    if scenario.world not in world_names():
        # As with ledgers: what may lie beside the server is not looked for.
        raise unknown_world(scenario)
    if not is_known(scenario.weights, scenario.importer, f"scenario {scenario.name}, weights"):
        raise InputError(f"{WHERE}, weights", "names a file of the server", "give a year of 2015 to 2025")


#: What a name of the package never has, and a path to a file does.
NO_NAME = re.compile(r"[./\\]")


def _of_law(change: LawChange) -> None:
    if change.lawbook:
        raise InputError(f"{WHERE}, lawbook", "names a folder of the server", "write the measures in place under add")
    for entry in change.add:
        if isinstance(entry, str):
            raise InputError(f"{WHERE}, add", "names a file of the server", "write the measure in place")
        _no_files(entry)


def _no_files(content: Any) -> None:
    if isinstance(content, Mapping):
        for key, item in content.items():
            if str(key) in FILE_KEYS:
                raise InputError(f"{WHERE}, add, {key}", "names a file of the server", "write the codes in place")
            _no_files(item)
    elif isinstance(content, list):
        for item in content:
            _no_files(item)
