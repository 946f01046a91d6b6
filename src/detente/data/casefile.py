"""Case files: a negotiation as a YAML file, checked key by key before anything is solved, and written with comments.

Levels of duties are shares (1.25 is 125 points). Every parameter has a central value and a range, every position and
constraint its source. `case_names()` lists the cases of the package; a user's own is given by its path.

A case holds what was known on its day. What came of it stands in a file beside it, `NAME.happened.yaml`, which is read
as its variant `happened` and by nothing else. Every row has `known_on`: the day on which it was public, or "structure"
for what is of the model and no fact about the talks. Laws are known by their acts, acts of a belief by their own day,
events by the day they were announced, and the trade that weighs duties by the day its table was released.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from types import NoneType
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from detente.codes import InputError, UnknownName, check_none
from detente.data.caserows import (
    EVERYBODY,
    STRUCTURE,
    CaseFile,
    CommitmentRow,
    IssueRow,
    Known,
    LawRow,
    Rows,
    Stated,
    TermRow,
    WholeLaw,
)
from detente.data.eventfile import load_events
from detente.data.library import catalogue, package_folder
from detente.data.limits import memoized
from detente.data.models import Day, FileModel, Line, Whole, lines_of, model_of, read_model
from detente.data.yamlfile import as_yaml, read_text, read_yaml

#: In place of the name of a set of weights: the last that a choice identifies, none where no choice does.
LATEST = "latest"

#: The day of a case in its file.
DAY_LINE = re.compile(r"^on: *(\d{4}-\d{2}-\d{2}) *$", re.MULTILINE)

#: The variant of a case that knows what was agreed; it stands in a file of its own.
HAPPENED = "happened"


def case_names() -> tuple[str, ...]:
    """Names of the cases of the package."""
    names = (path.stem for path in (package_folder() / "cases").glob("*.yaml"))
    return tuple(sorted(name for name in names if not name.endswith(f".{HAPPENED}")))


def load_case(name: str | Path, variant: str = "") -> CaseFile:
    """A case by name, or a user's own by path; a variant replaces some of its keys.

    The variant may stand in the name, as in "us-china-2025-05:happened".

    Raises
    ------
    UnknownName : neither a case of the package nor a file, or a variant it does not have.
    InputError : what the file holds cannot be used; names file, key and repair.
    """
    content, where = _content(name, variant)
    content.pop("variants", None)
    return parse_case(content, where, lines_of(_place(_parted(name, "")[0])[0]) if not variant else None)


def settled_case(name: str, variant: str = "") -> CaseFile:
    """A case of the package with what came of it, where that is on record, under its own name; errors as `load_case`.

    Runs of scenarios and the deal page stand on it: they are about deals that were signed.
    """
    # That what came of it stands in a file of its own is seen without reading one.
    happened = not variant and (_beside(_place(name)[0]).exists() or HAPPENED in variant_names(name))
    known = HAPPENED if happened else variant
    return load_case(name, known) if known != HAPPENED else load_case(name, known).model_copy(update={"name": name})


@memoized
def settled_days() -> Mapping[str, date]:
    """Day of each case of the package, as `settled_case` has it, by its name; read without the rest of its file."""
    return {name: _day_of(name) for name in case_names()}


def _day_of(name: str) -> date:
    path, where = _place(name)
    dated = DAY_LINE.search(read_text(_beside(path) if _beside(path).exists() else path, where))
    return date.fromisoformat(dated[1]) if dated else settled_case(name).on


def variant_names(name: str | Path) -> tuple[str, ...]:
    """Names of the variants of a case; none where it has one form only."""
    path, where = _place(_parted(name, "")[0])
    beside = (HAPPENED,) if _beside(path).exists() else ()
    return (*_variants(_own(path, where), where), *beside)


def _parted(name: str | Path, variant: str) -> tuple[str | Path, str]:
    """The name of a case and the variant that may follow it after a colon."""
    head, colon, tail = str(name).partition(":")
    return (head, variant or tail) if colon and head in case_names() else (name, variant)


def _beside(path: Path) -> Path:
    """The file of what happened, beside that of a case."""
    return path.with_name(f"{path.stem}.{HAPPENED}{path.suffix}")


def _place(name: str | Path) -> tuple[Path, str]:
    """The file of a case, and what messages call it."""
    if str(name) in case_names():
        path = package_folder() / "cases" / f"{name}.yaml"
        return path, path.name
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"} and len(path.parts) == 1:
        raise UnknownName("case", str(name), case_names())
    return path, str(path)


def _content(name: str | Path, variant: str = "") -> tuple[dict[str, Any], str]:
    """The keys of a case in one of its variants, and the file they are from."""
    name, variant = _parted(name, variant)
    path, where = _place(name)
    content = _own(path, where)
    return _varied(content, variant, path, where) if variant else (content, where)


def _own(path: Path, where: str) -> dict[str, Any]:
    """The keys of a case file, with those of the case that it is `like` where it leaves them out."""
    content = read_yaml(path, where)
    if not isinstance(content, dict):
        raise InputError(where, "should be a mapping of keys to values", "start with 'name:' and 'title:'")
    base = content.pop("like", "")
    if not isinstance(base, str):
        raise InputError(f"{where}, like", "is no name of a case", "write it as in like: us-china-2025-05")
    if base and _place(_parted(base, "")[0])[0] == path:
        raise InputError(f"{where}, like", "names the file itself", "name another case")
    return _overlaid(_content(base)[0], content, where) if base else content


def _variants(content: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """The variants of a case by name, each the keys that it replaces."""
    variants = content.get("variants") or {}
    if not isinstance(variants, dict) or not all(isinstance(keys, dict | NoneType) for keys in variants.values()):
        what = "should be a mapping of names to the keys that each variant replaces"
        raise InputError(f"{where}, variants", what, "see us-china-today.yaml in the package")
    return variants


def is_case(name: str) -> bool:
    """Whether a name is that of a case of the package, or of a file that holds one."""
    if str(_parted(name, "")[0]) in case_names():
        return True
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"} or not path.is_file():
        return False
    content = read_yaml(path, str(path))
    if not isinstance(content, dict):
        return False
    return "threats" in content or "parties" in content or ("like" in content and is_case(str(content["like"])))


def _varied(content: dict[str, Any], variant: str, path: Path, where: str) -> tuple[dict[str, Any], str]:
    """The keys of a variant, and the file they are from: what happened stands beside the case, others within it."""
    beside, variants, name = _beside(path), _variants(content, where), content.get("name")
    if variant == HAPPENED and beside.exists():
        content, where = _signed_first(_own(beside, beside.name)), str(Path(where).with_name(beside.name))
    elif variant in variants:
        content = _overlaid(content, variants[variant] or {}, f"{where}, variant {variant}")
    else:
        raise UnknownName("variant", variant, [*variants, *([HAPPENED] if beside.exists() else [])], where)
    return content | ({"name": f"{name}:{variant}"} if name else {}), where


def _signed_first(content: dict[str, Any]) -> dict[str, Any]:
    """What was signed before all other outcomes but those of the status quo and the past law."""
    outcomes, signed = content.get("outcomes"), content.get("signed")
    if isinstance(outcomes, dict) and signed in outcomes:
        first = ("status_quo", "past_law", signed)
        order = {**{name: 0 for name in first if name in outcomes}, **outcomes}
        content["outcomes"] = {name: outcomes[name] for name in order}
    return content


def _overlaid(base: Mapping[str, Any], given: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Keys of `given` over those of `base`; outcomes and parameters are replaced one by one, null takes one away.

    What was known goes with the day: a case of another day does not take over the `as_known` of the one it is like.
    """
    dated = "on" in given and "as_known" not in given
    content = {**{key: value for key, value in base.items() if not (dated and key == "as_known")}, **given}
    for key in ("outcomes", "parameters"):
        if isinstance(base.get(key), dict) and isinstance(given.get(key), dict):
            for name, value in given[key].items():
                if value is None and name not in base[key]:
                    raise UnknownName(key.removesuffix("s"), name, base[key], f"{where}, {key}")
            merged = {**base[key], **given[key]}
            content[key] = {name: value for name, value in merged.items() if value is not None}
    return content


def parse_case(content: Any, where: str, line: Line | None = None) -> CaseFile:
    """The content of a case file, checked; every mistake is told at once, with its line where `line` finds it.

    Raises
    ------
    InputError, UnknownName : one mistake; `Faults` : several, each a sentence.
    """
    return _shelved(model_of(CaseFile, content, where, lambda case, place: case_faults(_shelved(case), place), line))


def _shelved(case: CaseFile) -> CaseFile:
    """The case with issues that are not tabled on its shelf."""
    shelf = tuple(row for row in case.issues if not row.tabled)
    if not shelf:
        return case
    tabled = tuple(row for row in case.issues if row.tabled)
    return case.model_copy(update={"issues": tabled, "shelf": (*case.shelf, *shelf)})


# --- what a case must hold --------------------------------------------------------------------------------------------


SUM = 1e-9
MOST_PARTIES = 6
DUTIES = ("", "points", "floor", "ceiling", "cut", "sector", "quota")

Faults = Iterator[InputError]


def case_faults(case: CaseFile, where: str) -> Faults:
    """What does not fit in a case as a whole, each in a sentence that names the place; none where all does."""
    if not 2 <= len(case.parties) <= MOST_PARTIES or len(set(case.parties)) != len(case.parties):
        what = f"{len(set(case.parties))} are given"
        # Nothing else fits sides that are not known.
        yield InputError(f"{where}, parties", what, f"a case has two to {MOST_PARTIES} different sides")
        return
    if len(case.threats) < 2:
        what = f"{f'only {case.threats[0].name}' if case.threats else 'none'} is given"
        yield InputError(f"{where}, threats", what, "give two or more: no result is shown for one threat point")
    names = [row.name for row in case.issues]
    for row in case.issues:
        yield from _issue(case, row, f"{where}, issue '{row.name}'")
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        yield InputError(f"{where}, issue '{name}'", "is there twice", "give each issue a name of its own")
    for place, kind, name, known in _named(case, names):
        if name not in known:
            yield UnknownName(kind, name, known, f"{where}{place}")
    for name, outcome in case.outcomes.items():
        yield from _levels(case, outcome.levels, f"{where}, outcome '{name}'", names)
    yield from _threats(case, where, names)
    for party, rate in case.discount.items():
        if not 0.0 < rate < 1.0:
            yield InputError(f"{where}, discount of {party}", f"{rate:g} lies outside (0, 1)", "give a share a year")
    if case.power and set(case.power) != set(case.parties):
        yield InputError(f"{where}, power", "does not name both parties", f"name {', '.join(case.parties)}")
    yield from _sum(case.power.values(), f"{where}, power") if case.power else ()
    yield from _switches(case, where)
    for row in case.beliefs:
        place = f"{where}, beliefs about {row.party}"
        yield from _sum(row.types.values(), f"{place}, prior")
        for act in row.acts:
            if set(act.likelihood) != set(row.types):
                what, repair = "likelihoods do not name every type", f"name {', '.join(row.types)}"
                yield InputError(f"{place}, act of {act.date}", what, repair)
    yield from _law_faults(case, where)


def _named(case: CaseFile, issues: Sequence[str]) -> Iterator[tuple[str, str, str, Collection[str]]]:
    """Names that rows use: the place, what it names, the name, and those that there are."""
    parties, constraints = case.parties, [row.name for row in case.constraints]
    for row in case.issues:
        place = f", issue '{row.name}'"
        yield place, "party", row.party or "both", (*parties, "both")
        yield from ((f"{place}, receiver", "party", code, (*parties, EVERYBODY)) for code in row.receivers)
        if row.in_all:
            yield f"{place}, in_all", "issue", row.in_all, issues
    for row in case.constraints:
        yield from ((f", constraint '{row.name}'", "issue", issue, issues) for issue in row.coefficients)
    for title, members in case.sets.items():
        yield from ((f", set '{title}'", "constraint", member, constraints) for member in members)
    for row in (row for row in case.threats if row.outcome):
        yield f", threat '{row.name}'", "outcome", row.outcome, case.outcomes
    yield from ((", discount", "party", party, parties) for party in case.discount)
    for row in case.terms:
        place = f", term {row.part} of {row.party}"
        yield place, "issue", row.issue, issues
        yield from ((place, "parameter", name, case.parameters) for name in (row.parameter, row.stock_months) if name)
    switches = (getattr(row, "switch", "") for row in (*case.base_law, *case.always))
    yield from ((", always", "issue", switch, issues) for switch in switches if switch)
    yield from (("", "party", row.party, parties) for row in (*case.terms, *case.commitments))
    for choice in case.weights.choices:
        yield f", choice '{choice.name}'", "party", choice.party, parties
    for name, given in case.weights.given.items():
        yield from ((f", weights '{name}'", "party", party, parties) for party in given)
    if case.signed:
        yield ", signed", "outcome", case.signed, case.outcomes
    for place, rows in _laws_of(case):
        yield from ((place, "party", code, parties) for code in dict.fromkeys(_importers(rows)))


def _issue(case: CaseFile, row: IssueRow, place: str) -> Faults:
    """What does not fit in an issue: whom it falls on, its levels, and what its type needs."""
    if not row.party:
        yield InputError(place, "no party sets it", f"add 'party: ...', one of {', '.join(case.parties)} or both")
    if not row.receivers and len(case.parties) > 2 and row.party != "both":
        repair = f"add 'receiver: ...', of {', '.join(case.parties)} or all"
        yield InputError(place, "says not on whom it falls", repair)
    if row.party in row.receivers:
        yield InputError(f"{place}, receiver", f"is {row.party}, which sets it", "name another party")
    levels, what = row.listed(), f"type {row.type}"
    if not _ascend(levels):
        yield InputError(place, "levels cross", "list them in ascending order, each once")
        return
    duty, sold = row.kind == "duty" and row.unit == "share", row.type in ("purchase", "investment")
    wrong = (
        (row.plain and duty and row.top is None, "a duty needs the highest level of its surface", "add 'top: 1.35'"),
        (duty and row.type in DUTIES and levels[0] < 0.0, f"a duty of {100 * levels[0]:g} points",
         "use type cut for less than the base duty"),
        ((sold or row.type in ("cut", "control")) and not 0.0 <= levels[0] <= levels[-1] <= 1.0,
         f"levels of {what} lie outside 0 to 1", "give them as shares"),
        (sold and row.amount is None, f"{what} has no amount", "add 'amount: 50', USD billion at level 1"),
        (row.type == "investment" and row.years is None, f"{what} has no years", "add 'years: 4'"),
        (row.type == "quota" and row.quota is None, f"{what} has no duties",
         "add 'quota: {inside: 0.0, outside: 0.5}'"),
        (row.quota is not None and not row.quota.inside < row.quota.outside,
         "the duty within the quota is not below that beyond it", "change the two"),
        (row.top is not None and row.top < levels[-1], f"its levels pass the top of {row.top or 0:g}", "raise the top"),
    )  # fmt: skip
    yield from (InputError(place, what, repair) for is_so, what, repair in wrong if is_so)


def _levels(
    case: CaseFile, levels: Mapping[str, float | str], where: str, names: Sequence[str], *, beyond: bool = False
) -> Faults:
    """Levels are of issues on the table, and on the axis of each; an axis that is wrong itself is told of there."""
    rows = {row.name: row for row in case.issues}
    for issue, level in levels.items():
        if issue in [row.name for row in case.shelf]:
            yield InputError(where, f"'{issue}' is not on the table", "take 'tabled: false' out of the issue")
        elif issue not in rows:
            yield UnknownName("issue", issue, names, where)
        elif isinstance(level, str) and level not in case.parameters:
            yield UnknownName("parameter", level, case.parameters, f"{where}, {issue}")
        elif not beyond:
            number = case.parameters[level].central if isinstance(level, str) else level
            listed = rows[issue].listed()
            if _ascend(listed) and not listed[0] <= number <= listed[-1]:
                what = f"{issue} {number:g} lies outside {listed[0]:g} to {listed[-1]:g}"
                yield InputError(where, what, "widen its levels or move it")


def _ascend(levels: Sequence[float]) -> bool:
    """Whether there are two levels or more, in ascending order."""
    return len(levels) > 1 and all(a < b for a, b in pairwise(levels))


def _threats(case: CaseFile, where: str, names: Sequence[str]) -> Faults:
    for row in case.threats:
        place = f"{where}, threat '{row.name}'"
        yield from _levels(case, row.levels or {}, place, names, beyond=True)
        if row.kind == "expected" and row.p is None:
            yield InputError(place, "has no probability", "add 'p: 0.5', that the status quo lasts")
        if row.kind not in ("war", "expected") and not row.outcome and row.levels is None:
            yield InputError(place, "stands for no outcome", "add 'outcome: ...' or 'levels: ...'")
    kinds = [row.kind for row in case.threats]
    if "expected" in kinds and not {"status-quo", "past-law"} <= set(kinds):
        yield InputError(f"{where}, threats", "an expected threat mixes the status quo and the past law", "add both")


def _sum(values: Iterable[float], where: str) -> Faults:
    total = sum(values)
    if abs(total - 1.0) > SUM:
        yield InputError(where, f"sums to {total:.6g}", "make it sum to 1")


def _switches(case: CaseFile, where: str) -> Faults:
    """Issues that are on or off, and what hangs on them: one for a case, as each doubles what is solved."""
    rows = {row.name: row for row in case.issues}
    for row in (row for row in case.issues if row.in_all):
        place, switch = f"{where}, issue '{row.name}', in_all", rows.get(row.in_all)
        if switch is not None and (not switch.whole or switch.listed() != (0.0, 1.0)):
            yield InputError(place, f"'{switch.name}' is not on or off", "give it 'whole: true' and 'levels: [0, 1]'")
        if not row.moves_tariffs or row.type not in ("", "points", "sector"):
            yield InputError(place, "is for duties whose level is on top", "leave it out, or make the type points")
    named = (*(row.in_all for row in case.issues), *(getattr(row, "switch", "") for row in case.always))
    if len(used := list(dict.fromkeys(name for name in named if name))) > 1:
        yield InputError(where, f"{' and '.join(used)} are both on or off", "let everything hang on one of them")


def _laws_of(case: CaseFile) -> Iterator[tuple[str, Rows]]:
    """Laws that a case names, with the place of each."""
    yield ", base_law", case.base_law
    yield from ((f", choice '{choice.name}'", choice.law) for choice in case.weights.choices)


def _law_faults(case: CaseFile, where: str) -> Faults:
    """Whole laws are there once each, and duties that take their coverage from one have one."""
    for place, rows in _laws_of(case):
        named = _importers(rows)
        for code in dict.fromkeys(code for code in named if named.count(code) > 1):
            yield InputError(f"{where}{place}", f"has the whole law of {code} twice", "keep one")
    base = _importers(case.base_law)
    for row in case.issues:
        lacking = row.party not in base or not (row.authority or row.from_law)
        if row.coverage == "as-law" and row.party in case.parties and lacking:
            lacks = "authority" if row.party in base else f"whole law of {row.party} in base_law"
            what = f"takes its coverage from a law but has no {lacks}"
            repair = "add it, or give the coverage as all-goods or by sector"
            yield InputError(f"{where}, issue '{row.name}'", what, repair)


def _importers(rows: Rows) -> list[str]:
    """Importers of the whole laws among some rows."""
    return [row.importer for row in rows if isinstance(row, WholeLaw)]


# --- since when it was known ------------------------------------------------------------------------------------------


DAY = timedelta(days=1)
#: Table of the register whose trade weighs the law of an importer, where the register says when it was released.
TRADE: Mapping[str, str] = {"USA": "usa_imports_2024", "CHN": "chn_imports_from_usa"}

#: Keys that hold rows, and what one of them is called.
LISTS: Mapping[str, str] = {
    "issues": "issue", "shelf": "issue", "constraints": "constraint", "threats": "threat", "terms": "term",
    "commitments": "commitment", "beliefs": "beliefs about", "outside_acts": "act", "clocks": "clock",
    "positions": "position",
}  # fmt: skip

#: Keys that hold rows by name.
TABLES: Mapping[str, str] = {"outcomes": "outcome", "parameters": "parameter"}


@dataclass(frozen=True)
class CaseEntry:
    """A row of a case.

    Attributes
    ----------
    key : where it stands; kind : what a row of this key is called; name : of the row.
    known_on : day on which it was public, "structure", or None where the file does not say.
    source : as the file has it.
    """

    key: str
    kind: str
    name: str
    known_on: Known | None
    source: str = ""

    @property
    def title(self) -> str:
        """What a message calls it."""
        return f"{self.kind} '{self.name}'"

    def later(self, day: date) -> str:
        """What is wrong where it was known only after a day; "" where it was not."""
        if not isinstance(self.known_on, date) or self.known_on <= day:
            return ""
        return f"{self.title} is known only since {self.known_on}{f' ({self.source})' if self.source else ''}"


def entries(case: CaseFile) -> Iterator[CaseEntry]:
    """Every row of a case that states something, in the order of the file."""
    for key, kind in LISTS.items():
        for row in getattr(case, key):
            yield _entry(key, kind, _name(row), row)
    for key, kind in TABLES.items():
        for name, row in getattr(case, key).items():
            yield _entry(key, kind, name, row)
    for choice in case.weights.choices:
        yield _entry("weights.choices", "choice", choice.name, choice)
    for name, by_party in case.weights.given.items():
        for party, row in by_party.items():
            yield _entry("weights.given", f"weights of {party}", name, row)


def _entry(key: str, kind: str, name: str, row: Stated) -> CaseEntry:
    return CaseEntry(key, kind, name, row.known_on, str(getattr(row, "source", "")))


def _name(row: Stated) -> str:
    """What tells a row from the others of its key."""
    if isinstance(row, TermRow):
        return f"{row.part} of {row.party}"
    if isinstance(row, CommitmentRow):
        return f"{row.party} {row.comparator} {row.level:g}"
    return next(str(getattr(row, key)) for key in ("name", "instrument", "statement", "party") if hasattr(row, key))


def last_known(case: CaseFile) -> date:
    """The last day whose facts a case may hold: as it says, or the day before its own."""
    return case.as_known or case.on - DAY


def known_faults(case: CaseFile, day: date) -> list[InputError]:
    """What of a case was not known on a day, each in a sentence that names it; none where all was.

    Parameters
    ----------
    day : the last whose facts count.
    """
    rows = list(entries(case))
    later = (row.later(day) for row in rows)
    whats = (*filter(None, later), *_acts(case, day), *_later_laws(case, day), *_released(case, day))
    return [*(InputError(case.name, what) for what in whats), *_undated(case.name, rows)]


def check_known(case: CaseFile, day: date) -> None:
    """Refuse a case with facts later than a day, all of them at once; errors are those of `known_faults`."""
    check_none(known_faults(case, day))


def _undated(where: str, rows: list[CaseEntry]) -> Iterator[InputError]:
    """Rows that do not say since when they are known, a sentence for each key."""
    for key in dict.fromkeys(row.key for row in rows):
        names = ", ".join(f"'{row.name}'" for row in rows if row.key == key and row.known_on is None)
        if names:
            repair = f"add 'known_on: DAY' to each, or 'known_on: {STRUCTURE}' to what is of the model"
            yield InputError(f"{where}, {key}", f"there is no 'known_on' in {names}", repair)


def _acts(case: CaseFile, day: date) -> Iterator[str]:
    """Acts of beliefs, and events of the timeline of the package, by their own days."""
    for belief in case.beliefs:
        for act in belief.acts:
            if act.date > day:
                yield f"act '{act.what}' of {belief.party} is of {act.date}"
    announced = _announced() if any(row.events for row in case.outside_acts) else {}
    for row in case.outside_acts:
        for event in row.events:
            if event in announced and announced[event] > day:
                yield f"act '{row.name}' counts the event {event}, announced on {announced[event]}"


@memoized
def _announced() -> Mapping[str, date]:
    """Day on which each event of the timeline was announced."""
    return {event.event_id: event.announced for event in load_events()[0]}


def _later_laws(case: CaseFile, day: date) -> Iterator[str]:
    """Laws of later days; a whole law may be of a later day, as its acts by then make it."""
    places: list[tuple[str, Rows]] = [("base_law", case.base_law), ("always", case.always)]
    places += [(f"choice '{choice.name}'", choice.law) for choice in case.weights.choices]
    for place, rows in places:
        for row in rows:
            if isinstance(row, WholeLaw) and row.known is not None and row.known > day:
                yield f"the law of {row.importer} in {place} is as known on {row.known}"
            for on in (row.on, row.less) if isinstance(row, LawRow) else ():
                if on is not None and on > day + DAY:
                    yield f"duties of {row.importer} in {place} are those of {on}"


def _released(case: CaseFile, day: date) -> Iterator[str]:
    """Trade that weighs the laws of a case and was not out by the day."""
    rows = (row for row in (*case.base_law, *case.always) if isinstance(row, WholeLaw | LawRow))
    tables = (TRADE[code] for code in dict.fromkeys(row.importer for row in rows) if code in TRADE)
    for name in tables:
        released = date.fromisoformat(catalogue()[name]["released"])
        if released > day:
            yield f"its duties are weighed by the table {name}, released on {released}"


def trade_released(importers: Iterable[str]) -> date | None:
    """Day from which on the trade that weighs the laws of some importers was out; None where no day is on record."""
    register = catalogue()
    return max(
        (date.fromisoformat(register[TRADE[code]]["released"]) for code in importers if code in TRADE), default=None
    )


# --- written with comments --------------------------------------------------------------------------------------------


WIDTH = 118


@dataclass(frozen=True)
class Noted:
    """A row of a list with the comment above it."""

    values: Mapping[str, Any]
    comment: str = ""


@dataclass(frozen=True)
class Section:
    """A key of a case file: its value or rows, a comment above it, and rows that are comments below it."""

    key: str
    value: Any
    comment: str = ""
    examples: Sequence[str] = ()


def case_text(head: str, sections: Sequence[Section]) -> str:
    """A case file as text.

    Parameters
    ----------
    head : comment at the top.
    """
    lines = _comment(head, "")
    for section in sections:
        if section.comment and lines:
            lines.append("")
        lines += [*_comment(section.comment, ""), *_section_lines(section)]
        lines += [f"# {line}" for line in section.examples]
    return "\n".join(lines) + "\n"


def _section_lines(section: Section) -> list[str]:
    key, value = section.key, section.value
    if _is_rows(value):
        return [f"{key}:", *(line for row in value for line in _row(row, "  "))]
    if isinstance(value, list) and value and all(isinstance(text, str) and " " in text for text in value):
        return [f"{key}:", *(f"  - {json.dumps(text, ensure_ascii=False)}" for text in value)]
    if isinstance(value, dict) and value and all(isinstance(row, dict) for row in value.values()):
        return [f"{key}:", *(line for name, row in value.items() for line in _named_lines(name, row))]
    if isinstance(value, dict) and any(_is_rows(part) for part in value.values()):
        return [f"{key}:", *(line for name, part in value.items() for line in _part(name, part))]
    if isinstance(value, str) and len(value) > WIDTH - len(key) - 2:
        return [f"{key}: >-", *(f"  {line}" for line in wrap(value, WIDTH))]
    return [f"{key}: {as_yaml(value)}"]


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Noted)


def _part(name: str, value: Any) -> list[str]:
    if _is_rows(value):
        return [f"  {name}:", *(line for row in value for line in _row(row, "    "))]
    return [f"  {name}: {as_yaml(value)}"]


def _row(row: Noted, indent: str) -> list[str]:
    line = f"{indent}- {as_yaml(row.values)}"
    body = [line] if len(line) <= WIDTH else _block(row.values, f"{indent}- ", f"{indent}  ")
    return [*_comment(row.comment, indent), *body]


def _named_lines(name: str, row: Mapping[str, Any]) -> list[str]:
    line = f"  {name}: {as_yaml(row)}"
    return [line] if len(line) <= WIDTH else [f"  {name}:", *_block(row, "    ", "    ")]


def _block(values: Mapping[str, Any], first: str, rest: str) -> list[str]:
    pairs = [f"{key}: {as_yaml(value)}" for key, value in values.items()]
    return [f"{rest if index else first}{pair}" for index, pair in enumerate(pairs)]


def _comment(text: str, indent: str) -> list[str]:
    lines = [line for paragraph in text.splitlines() for line in wrap(paragraph, WIDTH - len(indent) - 2)]
    return [f"{indent}# {line}" for line in lines]


# --- presets: deals that the Deal page offers at once, one file each in `presets/`; each names where its leve --------


class Preset(FileModel):
    """A deal under a name, whose levels stand in one other file: that of a scenario, or of a case of the talks.

    Attributes
    ----------
    place : where it stands in the list. case : of the talks.
    scenario, variant : the scenario that it is, and of several variants which; "" where it is an outcome of the case.
    outcome : the outcome of the case that it is, "" where it is a scenario.
    on : day of the law of an outcome; None = the day on which it is shown ("today"), or that of the scenario.
    """

    title: str
    case: str
    place: Whole = 0
    scenario: str = ""
    variant: str = ""
    outcome: str = ""
    on: Annotated[Day | None, BeforeValidator(lambda day: None if day == "today" else day)] = Field(None, alias="date")


@memoized
def presets() -> tuple[Preset, ...]:
    """Presets of the package, from the files in their folder, in order.

    Raises
    ------
    InputError, UnknownName : names file, key and repair.
    """
    rows = [read_preset(path) for path in sorted((package_folder() / "presets").glob("*.yaml"))]
    return tuple(sorted(rows, key=lambda preset: preset.place))


def read_preset(path: Path) -> Preset:
    """One preset from its file; errors as `presets`."""
    return read_model(Preset, path, f"presets/{path.name}", _fits)


def _fits(file: Preset, where: str) -> Iterator[InputError]:
    if file.case not in case_names():
        yield UnknownName("case", file.case, case_names(), f"{where}, case", f"use {', '.join(case_names())}")
    if bool(file.scenario) == bool(file.outcome):
        yield InputError(where, "names neither or both of 'scenario' and 'outcome'", "name the one that it is")
