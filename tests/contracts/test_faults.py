"""Broken files of every kind: each mistake is told, once, by what reads the file, on the command line and elsewhere.

A file of `tests/data/faults` has a kind, a good file or folder to start from, or one of the package, and rows. A row
changes the good file, or the one it is `in`, and lists what each mistake must say, in the order in which they are told.
`set` puts values at places, `drop` takes them away, `replace` changes the text, and `text` is a file of its own.
"""

import pickle
import random
from datetime import date
from pathlib import Path

import pytest
import yaml

import detente as dt
from broken import mutant, said_by, spoilt
from detente.codes import InputError, SolveError, UnknownName
from detente.data.casefile import load_case
from detente.data.chain_build import load_chain
from detente.data.definitions import read_definition
from detente.data.eventfile import load_events, load_promises
from detente.data.importer_lines import LINES, read_columns
from detente.data.importerfile import read_importer
from detente.data.importers import importer
from detente.data.lawbook import programmes_of, read_lawbook, read_own, read_record
from detente.data.library import package_folder
from detente.data.readers import read_flows
from detente.data.rowfile import open_entries
from detente.data.tariff_tables import read_costs, read_tariffs
from detente.data.worlds import load_economy
from detente.data.yamlfile import parse_yaml
from detente.faces.web.work.uploads import scenario_of
from detente.lab.averages.reform import laid_on
from detente.lab.claims.check import check
from detente.lab.claims.ledger import load_ledger
from detente.lab.scenario import load_scenario
from detente.lab.statute.audit import read_gaps
from detente.lab.statute.book import cases
from detente.lab.statute.watch import goods_of

FOLDER = Path(__file__).resolve().parents[1] / "data" / "faults"
FOREIGN = ("input should", "see docs", "see the cases", "validation error", "Traceback")
"""Words of libraries, and of nobody who helps."""


def in_lawbook(path):
    where = importer("USA")
    read_gaps(path.parent)
    return laid_on(where.law, read_own(path.parent, "USA"), where)


def in_importer(path):
    file = read_importer(path.parent)
    read_record(path.parent), programmes_of(file), cases(file.id, path.parent)
    return read_lawbook(path.parent, file.id)


def in_tariffs(path):
    world = dt.load_economy("icio-2022-small")
    return read_tariffs(path, world.countries, world.sectors)


READERS = {
    "case": load_case, "chain": lambda path: dt.chain_run(str(path), cut=0.5, draws=0),
    "claims": lambda path: check(path, as_of=date(2026, 7, 23), draws=0), "costs": read_costs,
    "definition": read_definition, "entries": lambda path: open_entries(path, ()), "events": load_events,
    "lawbook": in_lawbook, "lawcases": lambda path: [case.answer("USA") for case in cases("USA", path.parent)],
    "path": lambda path: dt.chain_run("rare-earths", acts=str(path), months=12, draws=0), "promises": load_promises,
    "scenario": lambda path: load_scenario(str(path)), "schedule": lambda path: read_columns(path, LINES),
    "tariffs": in_tariffs, "watch": lambda path: goods_of((path,), path.name, on=date(2026, 11, 24)),
    "weights": read_flows,
}  # fmt: skip
COMMANDS = {
    "case": "run {path} --dry-run", "scenario": "run {path} --dry-run",
    "lawcases": "law check --lawbook {folder}", "claims": "check {path} --as-of 2026-07-23 --draws 0",
    "lawbook": "rate 8712.00.15.10 CHN --on 2026-07-01 --lawbook {folder}",
}  # fmt: skip
ELSEWHERE = {"scenario": lambda path: scenario_of(parse_yaml(path.read_text(), "uploaded scenario"))}
"""Other places to which a file of the kind is given, where its mistakes are the same."""


def files():
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))}


FILES = files()
ROWS = [(name, row) for name, file in FILES.items() for row in file["rows"]]


def place_of(content, path):
    """What holds the last part of a path, and that part."""
    *above, last = path.split("/")
    for part in above:
        content = content[int(part) if isinstance(content, list) else part]
    return content, int(last) if isinstance(content, list) else last


def text_of(text, row):
    """The broken text of a row, from the good one."""
    if "text" in row:
        return row["text"]
    for old, new in row.get("replace", {}).items():
        assert old in text, f"{old} is not in the good file"
        text = text.replace(old, new)
    if "set" not in row and "drop" not in row:
        return text
    content = parse_yaml(text, "good")
    for path, value in row.get("set", {}).items():
        holder, last = place_of(content, path)
        holder.append(value) if isinstance(holder, list) and last == len(holder) else holder.__setitem__(last, value)
    for path in row.get("drop", []):
        holder, last = place_of(content, path)
        del holder[last]
    return yaml.safe_dump(content, sort_keys=False)


def files_of(file, good):
    """Texts by name, where one text alone may stand."""
    return good if isinstance(good, dict) else {f"mine.{file.get('suffix', 'yaml')}": good}


def written(folder, file, row):
    """The files of a kind in a folder, that of the row broken; its path."""
    good = file["good"] if "good" in file else (package_folder() / file["shipped"]).read_text(encoding="utf-8")
    good = files_of(file, good)
    name = row.get("in", next(iter(good)))
    folder.mkdir(exist_ok=True)
    for other, text in {**good, name: text_of(good.get(name, ""), row)}.items():
        (folder / other).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("name", "row"), ROWS, ids=[f"{name}: {row['broken']}" for name, row in ROWS])
def test_every_mistake_is_told_once(detente, tmp_path, name, row):
    file = FILES[name]
    path = written(tmp_path / "own", file, row)
    kind = file["kind"]
    told = said_by(READERS[kind], path)
    says = [row["says"]] if isinstance(row["says"], str) else row["says"]
    assert len(told) == len(says), told
    for words, text in zip(says, told, strict=True):
        assert words in text
        assert path.stem in text or row.get("named") is False
        assert not any(word in text for word in FOREIGN), text
    if kind in COMMANDS and row.get("command", True):
        ran = detente(*COMMANDS[kind].format(path=path, folder=path.parent).split())
        assert ran.code == 2, ran.out
        assert all(words in ran.err for words in says), ran.err
    if kind in ELSEWHERE:
        assert len(said_by(ELSEWHERE[kind], path)) == len(says)


@pytest.mark.parametrize("name", FILES)
def test_the_good_file_is_read(tmp_path, name):
    path = written(tmp_path / "own", FILES[name], {})
    assert said_by(READERS[FILES[name]["kind"]], path) == []


NAMED = {
    "outcomes", "parameters", "discount", "power", "levels", "source", "sources", "set", "laws", "variants", "where",
    "rows", "by_prefix", "whole", "above",
}  # fmt: skip
"""Keys under which names of one's own stand, so that one that is misspelt is another name."""

WORLD = {
    "flows.csv": "importer,exporter,value\nUSA,USA,50\nUSA,CHN,5\nCHN,USA,2\nCHN,CHN,60\n",
    "gdp.csv": "country,gdp\nUSA,60\nCHN,65\n", "elasticities.csv": "sector,theta\nall,4\n",
    "world.toml": "unit = 1e9\nname = \"mine\"\n",
}  # fmt: skip
SHIPPED = {
    "case": (load_case, "cases", "us-*.yaml"), "scenario": (READERS["scenario"], "scenarios", "*.yaml"),
    "chain": (load_chain, "chains", "*.toml"), "events": (load_events, "ledgers", "*events.yaml"),
    "promises": (load_promises, "ledgers", "*promises.yaml"), "claims": (load_ledger, "ledgers", "may-2025.yaml"),
    "importer": (in_importer, "lawbooks/mex", "*.yaml"), "measures": (in_importer, "lawbooks/can", "*/*.*"),
}  # fmt: skip
"""Kinds of files of the package that a user may write: their reader, their folder, and which of them."""


def kinds():
    """Reader, files by name and those that are spoilt, of every kind that a user may give."""
    for name, file in FILES.items():
        if name not in SHIPPED:
            good = files_of(file, file["good"])
            yield name, READERS[file["kind"]], good, list(good)
    yield "world", lambda path: load_economy(path.parent), WORLD, list(WORLD)
    for name, (read, folder, pattern) in SHIPPED.items():
        root = package_folder() / folder
        chosen = [str(path.relative_to(root)) for path in sorted(root.glob(pattern))]
        whole = sorted(root.rglob("*.*")) if "lawbooks" in folder else [root / path for path in chosen]
        texts = {str(p.relative_to(root)): p.read_text(encoding="utf-8") for p in whole if p.is_file()}
        yield name, read, texts, chosen


KINDS = {name: rest for name, *rest in kinds()}
CARRY = ("entries", "schedule", "lawbook", "measures")
"""Kinds whose tables may have columns of one's own."""


def broken_at_random(rng, text, ending):
    """A file that is broken in one way, what was done, and whether it must be refused: strange or empty keys are."""
    whole = parse_yaml(text, "good") if ending == "yaml" else None
    if not whole or rng.random() < 0.5:
        return spoilt(rng, text, ending)
    content, path, how = mutant(rng, whole)
    strange = how == "emptied" or (how == "misspelt" and not (path[1:] and path[-2] in NAMED))
    return yaml.safe_dump(content, sort_keys=False).encode(), how, strange


def told_of(folder, name, number):
    """What is said of a file of a kind that is broken at random, how it was, and whether it must be refused."""
    read, files, chosen = KINDS[name]
    rng = random.Random(f"{name} {number}")
    other = rng.choice(chosen)
    content, how, strange = broken_at_random(rng, files[other], other.rpartition(".")[2])
    strange = strange and not (how == "strange" and name in CARRY)
    own = files if len(files) < 40 and name not in ("case", "scenario", "chain") else {other: files[other]}
    for path, text in own.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content if path == other else text.encode())
    lead = "importer.yaml" if "importer.yaml" in own else other
    return said_by(read, folder / lead), f"{other}, {how}", strange, content


def test_files_broken_at_random_are_read_or_refused_and_nothing_strange_is_taken(tmp_path, drawn):
    """No error but our own, no unknown key and no empty one is taken, whatever a file says."""
    for number in range(drawn(3_000)):
        name = [*KINDS][number % len(KINDS)]
        told, how, strange, content = told_of(tmp_path / f"{name} {number}", name, number)
        assert not any(word in text for text in told for word in FOREIGN), (name, how, told)
        assert told or not strange, f"{name} {number}: {how}: {content.decode(errors='replace')[:2000]}"


@pytest.mark.parametrize(
    "error",
    [InputError("a file", "is empty", "fill it"), UnknownName("claim", "C1", ["C01"], "--only"), SolveError("no end")],
)
def test_an_error_travels_between_processes(error):
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert (str(again), again.exit_code, again.__dict__) == (str(error), error.exit_code, error.__dict__)
