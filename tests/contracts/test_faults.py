"""Broken files of every kind: each mistake is told, once, by what reads the file, on the command line and elsewhere.

A file of `tests/data/faults` has a kind, a good file to start from and rows. A row changes the good file and lists what
each mistake must say, in the order in which they are told. `set` puts values at places, `drop` takes them away,
`replace` changes the text, and `text` is a file of its own.
"""

from datetime import date
from pathlib import Path

import pytest
import yaml

from detente.codes import DetenteError, each_fault
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


READERS = {"case": in_case, "claims": in_claims, "events": in_events, "promises": in_promises, "scenario": in_scenario}
COMMANDS = {
    "case": "run {path} --dry-run", "scenario": "run {path} --dry-run",
    "claims": "check {path} --as-of 2026-07-23 --draws 0",
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


def text_of(file, row):
    """The broken file of a row."""
    if "text" in row:
        return row["text"]
    text = file["good"]
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


def said_by(read, path):
    """What is said of a file, mistake by mistake."""
    try:
        read(path)
    except DetenteError as error:
        return [str(fault) for fault in each_fault(error)]
    return []


@pytest.mark.parametrize(("name", "row"), ROWS, ids=[f"{name}: {row['broken']}" for name, row in ROWS])
def test_every_mistake_is_told_once(detente, tmp_path, name, row):
    file = FILES[name]
    path = tmp_path / file.get("file", f"mine.{file.get('suffix', 'yaml')}")
    path.write_text(text_of(file, row), encoding="utf-8")
    kind = file["kind"]
    told = said_by(READERS[kind], path)
    says = [row["says"]] if isinstance(row["says"], str) else row["says"]
    assert len(told) == len(says), told
    for words, text in zip(says, told, strict=True):
        assert words in text
        assert path.name in text
        assert "\n" not in text
        assert not any(word in text for word in FOREIGN), text
    if kind in COMMANDS and row.get("command", True):
        ran = detente(*COMMANDS[kind].format(path=path).split())
        assert ran.code == 2, ran.out
        assert all(words in ran.err for words in says), ran.err
    if kind in ELSEWHERE:
        assert len(said_by(ELSEWHERE[kind], path)) == len(says)


@pytest.mark.parametrize("name", FILES)
def test_the_good_file_is_read(tmp_path, name):
    path = tmp_path / FILES[name].get("file", f"mine.{FILES[name].get('suffix', 'yaml')}")
    path.write_text(FILES[name]["good"], encoding="utf-8")
    assert said_by(READERS[FILES[name]["kind"]], path) == []
