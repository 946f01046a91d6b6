"""Words stand in one place: what tables say is in the register, by name, and every language has it."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from detente.codes import UnknownName
from detente.codes.declared import declared_note

SRC = Path(__file__).resolve().parents[2] / "src" / "detente"
REGISTER = SRC / "codes" / "tables"
LOCALES = SRC / "faces" / "words" / "locales"
BELOW = ("lab", "talks", "evidence", "chains", "economy", "trade")
"""Layers whose sentences stand in the register."""

DECLARED = ("lab/scenario.py", "lab/claims/quantities/", "lab/claims/categories.py")
"""Files that are declarations themselves: fields of a scenario file, a claim quantity with its readings, and the names
that publishers give to categories of goods, which are keys of their data."""

REFUSALS = {"InputError", "UnknownName", "Parameter", "ValueError", "TypeError", "refuse", "compile", "headed"}
"""Whose words say what is wrong with what was given, at the place that knows it; or are patterns."""

LEFT = 481
"""Sentences that still stand in code below the faces: their number may fall."""

WORD, SLOT = re.compile(r"[A-Za-z]{2,}"), re.compile(r"\{[^{}]*\}")
SENTENCE = 5
"""Words from which a text of the code counts as a sentence."""


def names_of(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def no_sentences(tree: ast.Module) -> set[int]:
    """Ids of docstrings and of what stands beneath refusals and patterns."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            passed.add(id(node.value))
        elif isinstance(node, ast.Raise | ast.Assert) or (isinstance(node, ast.Call) and names_of(node) in REFUSALS):
            passed |= {id(part) for part in ast.walk(node)}
    return passed


def with_texts_of_refusals(tree: ast.Module, passed: set[int]) -> set[int]:
    """The same with texts and private functions that are used nowhere but there."""
    named = [pair for scope in ast.walk(tree) if isinstance(scope, SCOPES) for pair in texts_by_name(scope)]
    while more := [node for node, uses in named if id(node) not in passed and uses <= passed]:
        passed = passed.union(id(part) for node in more for part in ast.walk(node))
    return passed


SCOPES = (ast.Module, ast.FunctionDef)


def texts_by_name(scope: ast.AST) -> Iterator[tuple[ast.AST, set[int]]]:
    """Texts that a name of a function stands for, and private functions of a module, with the ids of their uses."""
    whole = isinstance(scope, ast.Module)
    inside = list(ast.walk(scope))
    uses: dict[str, set[int]] = {}
    for node in inside:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            uses.setdefault(node.id, set()).add(id(node))
    for node in scope.body if whole else inside:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
        elif whole and isinstance(node, ast.FunctionDef):
            name = node.name
        else:
            continue
        if name in uses and (not whole or name.startswith("_")):
            yield node, uses[name]


def sentences(path: Path) -> list[tuple[int, str]]:
    """Line and text of what people read in a module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = no_sentences(tree)
    return list(long_texts(tree, with_texts_of_refusals(tree, passed))) if any(long_texts(tree, passed)) else []


def long_texts(tree: ast.Module, passed: set[int]) -> Iterator[tuple[int, str]]:
    """Line and text of sentences that are not passed over; values that are put in stand as braces."""
    inside: set[int] = set()
    for node in ast.walk(tree):
        if id(node) in passed or id(node) in inside:
            continue
        if isinstance(node, ast.JoinedStr):
            inside |= {id(part) for part in node.values}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if " " in text and len(WORD.findall(text)) >= SENTENCE:
            yield node.lineno, text


@cache
def left() -> tuple[str, ...]:
    """Every sentence below the faces, with its place; what a declaration is called by there is its key."""
    every = {
        path.relative_to(SRC).as_posix(): sentences(path)
        for layer in BELOW
        for path in sorted((SRC / layer).rglob("*.py"))
    }
    keys = {text for name, rows in every.items() if name.startswith(DECLARED) for _, text in rows}
    return tuple(
        f"{name}:{line}: {text}"
        for name, rows in every.items()
        if not name.startswith(DECLARED)
        for line, text in rows
        if text not in keys
    )


def notes() -> dict[str, str]:
    """Every note of the register by its key."""
    files = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in REGISTER.glob("*.toml")}
    return {
        f"{file}.{name}": text for file, content in files.items() for name, text in content.get("notes", {}).items()
    }


def test_no_more_sentences_stand_in_code_below_the_faces():
    assert len(left()) <= LEFT, "\n".join(left())


@pytest.mark.parametrize(("last", "count"), [("return what", 1), ("return 0", 0)])
def test_a_text_counts_unless_each_of_its_uses_is_part_of_a_refusal(tmp_path: Path, last: str, count: int):
    path = tmp_path / "module.py"
    text = 'what = "no year of the record is before it"'
    path.write_text(f"def year(x):\n    {text}\n    if x:\n        raise InputError('x', what)\n    {last}\n")
    assert len(sentences(path)) == count


def test_every_note_of_the_register_is_used_and_every_one_that_is_named_is_there():
    code = "".join(path.read_text(encoding="utf-8") for path in SRC.rglob("*.py"))
    assert [key for key in notes() if f'"{key}"' not in code and f"'{key}'" not in code] == []
    named = set(re.findall(r"declared_note\(\s*[\"']([\w.-]+)[\"']", code))
    assert named - set(notes()) == set()


@pytest.mark.parametrize("language", [path.stem for path in LOCALES.glob("*.toml") if path.stem != "en"])
def test_every_language_has_every_note(language: str):
    tables = tomllib.loads((LOCALES / f"{language}.toml").read_text(encoding="utf-8"))["tables"]
    spoken = {SLOT.sub("{}", text) for part in tables.values() if isinstance(part, dict) for text in part}
    assert [f"{key}: {text}" for key, text in notes().items() if SLOT.sub("{}", text) not in spoken] == []


def test_a_note_that_nobody_declared_is_refused():
    with pytest.raises(UnknownName, match="unknown note 'nothing_here'"):
        declared_note("country.nothing_here")
