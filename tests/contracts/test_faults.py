"""Broken files of every kind: each mistake is told, once, by what reads the file, on the command line and elsewhere.

A file of `tests/data/faults` has a kind, a good file or folder to start from, or one of the package, and rows. A row
changes the good file, or the one it is `in`, and lists what each mistake must say, in the order in which they are told.
`set` puts values at places, `drop` takes them away, `replace` changes the text, and `text` is a file of its own.
"""

import os
import random
from datetime import date
from pathlib import Path

import pytest
import yaml

from broken import mutant, said_by
from detente.data.library import package_folder
from detente.data.yamlfile import parse_yaml

FOLDER = Path(__file__).resolve().parents[1] / "data" / "faults"
FOREIGN = ("input should", "see docs", "see the cases", "validation error", "Traceback")
"""Words of libraries, and of nobody who helps."""


def in_case(path):
    from detente.data.casefile import load_case

    return load_case(path)


def in_scenario(path):
    from detente.lab.scenario import load_scenario

    return load_scenario(str(path))


def in_upload(path):
    from detente.faces.web.work.uploads import scenario_of

    return scenario_of(parse_yaml(path.read_text(), "uploaded scenario"))


def in_claims(path):
    from detente.lab.claims.check import check

    return check(path, as_of=date(2026, 7, 23), draws=0)


def in_events(path):
    from detente.data.eventfile import load_events

    return load_events(path)


def in_promises(path):
    from detente.data.eventfile import load_promises

    return load_promises(path)


def in_lawbook(path):
    from detente.data.importers import importer
    from detente.data.lawbook import read_own
    from detente.lab.averages.reform import laid_on
    from detente.lab.statute.audit import read_gaps

    where = importer("USA")
    read_gaps(path.parent)
    return laid_on(where.law, read_own(path.parent, "USA"), where)


def in_chain(path):
    import detente as dt

    return dt.chain_run(str(path), cut=0.5, draws=0)


def in_path(path):
    import detente as dt

    return dt.chain_run("rare-earths", acts=str(path), months=12, draws=0)


def in_weights(path):
    from detente.data.readers import read_flows

    return read_flows(path)


def in_costs(path):
    from detente.data.tariff_tables import read_costs

    return read_costs(path)


def in_tariffs(path):
    import detente as dt
    from detente.data.tariff_tables import read_tariffs

    world = dt.load_economy("icio-2022-small")
    return read_tariffs(path, world.countries, world.sectors)


def in_watch(path):
    from detente.lab.statute.watch import goods_of

    return goods_of((path,), path.name, on=date(2026, 11, 24))


def in_schedule(path):
    from detente.data.schedulefile import LINES, read_columns

    return read_columns(path, LINES)


def in_entries(path):
    from detente.data.rowfile import open_entries

    return open_entries(path, ())


READERS = {
    "costs": in_costs,
    "entries": in_entries,
    "tariffs": in_tariffs,
    "watch": in_watch,
    "weights": in_weights,
    "case": in_case,
    "chain": in_chain,
    "claims": in_claims,
    "events": in_events,
    "lawbook": in_lawbook,
    "path": in_path,
    "promises": in_promises,
    "schedule": in_schedule,
    "scenario": in_scenario,
}
COMMANDS = {
    "case": "run {path} --dry-run", "scenario": "run {path} --dry-run",
    "claims": "check {path} --as-of 2026-07-23 --draws 0",
    "lawbook": "rate 8712.00.15.10 CHN --on 2026-07-01 --lawbook {folder}",
}  # fmt: skip
ELSEWHERE = {"scenario": in_upload}
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


def written(folder, file, row):
    """The files of a kind in a folder, that of the row broken; its path."""
    good = file["good"] if "good" in file else (package_folder() / file["shipped"]).read_text(encoding="utf-8")
    good = good if isinstance(good, dict) else {f"mine.{file.get('suffix', 'yaml')}": good}
    name = row.get("in", next(iter(good)))
    folder.mkdir(exist_ok=True)
    for other, text in {**good, name: text_of(good.get(name, ""), row)}.items():
        (folder / other).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.sampled(3)
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


MUTANTS = int(os.environ.get("DETENTE_MUTANTS", "200"))
"""Files that are broken at random; 3,000 in a long run."""


NAMED = {
    "outcomes", "parameters", "discount", "power", "levels", "source", "sources", "set", "laws", "variants", "where",
    "rows", "by_prefix", "whole", "above",
}  # fmt: skip
"""Keys under which names of one's own stand, so that one that is misspelt is another name."""


@pytest.mark.parametrize("name", [name for name, file in FILES.items() if file.get("suffix", "yaml") == "yaml"])
def test_files_broken_at_random_are_read_or_refused_and_nothing_strange_is_taken(tmp_path, name):
    """No error but our own, no unknown key and no empty one is taken, whatever a file says."""
    file = FILES[name]
    good = file["good"] if isinstance(file["good"], dict) else {"mine.yaml": file["good"]}
    for number in range(MUTANTS // len(FILES)):
        rng = random.Random(f"{name} {number}")
        other = rng.choice([name for name in good if name.endswith(".yaml")])
        content, path, how = mutant(rng, parse_yaml(good[other], other))
        strange = how == "emptied" or (how == "misspelt" and not (path[1:] and path[-2] in NAMED))
        row = {"in": other, "text": yaml.safe_dump(content, sort_keys=False)}
        told = said_by(READERS[file["kind"]], written(tmp_path / "own", file, row))
        assert not any(word in text for text in told for word in FOREIGN), (row, told)
        assert told or not strange, row["text"]
