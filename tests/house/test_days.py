"""Days in the code: today is an argument, and days of the record are data; literal ones are few and have reasons."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from detente.codes.days import BASE_DAY
from detente.data.days import days, read_to
from detente.data.importers import importer

SRC = Path(__file__).resolve().parents[2] / "src" / "detente"
DAY = re.compile(r"(?<![\w/-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-\d\d)?(?![\d]|[\w-]*[a-z])")
EXAMPLE = re.compile(r"\b(?:as|like|as in|add \w+:|said_utc:|said:|until:|period:|from:|on:|on|--on|or|written) $|@$")
"""What stands before a day that only shows how days are written."""

EXAMPLES = {"EXAMPLE", "SMALL", "NUMBER", "OFFER", "ADDRESS", "LADDER"}
"""Names of the examples in the description of the interface."""

ALLOWED = {
    "codes/days.py": "the base day of comparisons and the span of the law, said once for every face",
    "chains/scenarios.py": "licence paths named by their day, in a layer that reads no file",
    "faces/sheets.py": "a fixed date within files, so that the same tables give the same bytes",
    "faces/atom.py": "the beginning of time, for a feed without an entry",
    "evidence/sessions.py": "hours of an exchange since a day, in a layer that reads no file",
    "data/flows.py": "the month since which claims are counted otherwise, beside the table of claims by month",
    "lab/claims/words.py": "examples of keys, as help shows them",
    "faces/ask/questions/entries.py": "an example of a file, as pages show it",
    "faces/cli/catalogue.py": "examples of commands, as help shows them",
}


def _shown(tree: ast.AST) -> set[int]:
    """Constants that are docstrings, examples of questions or of the interface, or whose length alone counts."""
    shown: set[int] = set()
    for node in ast.walk(tree):
        parts: list[ast.AST] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            parts = [node.value]
        if isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [node] if {t.id for t in targets if isinstance(t, ast.Name)} & EXAMPLES else []
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("question", "len"):
            parts = [*node.args]
        if isinstance(node, ast.keyword) and node.arg in ("example", "examples"):
            parts = [node]
        if isinstance(node, ast.Dict):
            pairs = zip(node.keys, node.values, strict=True)
            parts = [value for key, value in pairs if isinstance(key, ast.Constant) and key.value == "example"]
        shown |= {id(inner) for part in parts for inner in ast.walk(part)}
    return shown


def literal_days(text: str) -> Iterator[str]:
    """Days written in code: calls of `date` with a year, and texts that hold a day which is no example."""
    tree = ast.parse(text)
    shown = _shown(tree)
    for node in ast.walk(tree):
        if id(node) in shown:
            continue
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("date", "datetime"):
            year = node.args[0] if node.args else None
            if isinstance(year, ast.Constant) and isinstance(year.value, int) and year.value > 2:
                yield f"line {node.lineno}: {ast.unparse(node)}"
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for match in DAY.finditer(node.value):
                if not EXAMPLE.search(node.value[: match.start()]):
                    yield f"line {node.lineno}: {node.value[:60]}"


def test_no_day_is_written_in_code_without_a_reason():
    paths = {path.relative_to(SRC).as_posix(): path for path in sorted(SRC.rglob("*.py"))}
    written = {name: list(literal_days(path.read_text(encoding="utf-8"))) for name, path in paths.items()}
    assert not {name: days for name, days in written.items() if days and name not in ALLOWED}
    assert not [name for name in ALLOWED if not written[name]], "a reason without a day"


def test_a_day_in_code_is_seen_and_an_example_is_not():
    assert list(literal_days('"""Since 2025-01-01."""\nFIRST = date(2025, 1, 1)\n'))
    assert list(literal_days('PRESET = "case=a&date=2026-11-25"\n'))
    assert list(literal_days('LAST = "2026-12"\n'))
    assert not list(literal_days('LEDGER = "2025-26"\n'))
    assert not list(
        literal_days('"""Since 2025-01-01."""\nREPAIR = "write it as 2025-04-15"\nCASE = "us-china-2025-05"\n')
    )


def test_named_days_are_those_of_the_lawbooks():
    assert importer("CHN").law.measure("cn_medium_heavy_rare_earths").start == days()["licences"]
    starts = {period.start for period in importer("USA").law.measure("rec_chn").periods}
    assert days()["geneva"] in starts
    assert BASE_DAY < days()["licences"] < days()["geneva"] < days()["general_licences"]
    assert importer("USA").law.record.to == read_to("USA")
