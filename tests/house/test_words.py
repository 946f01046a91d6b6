"""Words stand in one place: what tables say is in the register, by name, and every language has it."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Sequence
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

DECLARED = ("lab/scenario.py", "lab/claims/quantities/")
"""Files that are declarations themselves: fields of a scenario file, a claim quantity with its readings."""

REFUSALS = {"InputError", "UnknownName", "Parameter", "ValueError", "TypeError", "refuse", "compile", "warn"}
"""Whose words say what is wrong with what was given, at the place that knows it; or are patterns."""

LEFT = 478
"""Sentences that still stand in code below the faces: their number may fall."""

WORD, SLOT = re.compile(r"[A-Za-z]{2,}"), re.compile(r"\{[^{}]*\}")
SENTENCE = 5
"""Words from which a text of the code counts as a sentence."""


Passed = set[int]
"""Nodes, by identity, whose words are no sentences for readers."""


def names_of(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def is_refusal(node: ast.AST) -> bool:
    """Whether what stands beneath a node says what is wrong, at the place that knows it; or is a pattern."""
    if isinstance(node, ast.FunctionDef):
        return node.name.lstrip("_").startswith("refuse")
    if isinstance(node, ast.Call):
        return names_of(node) in REFUSALS or names_of(node).endswith("Error")
    return isinstance(node, ast.Raise | ast.Assert)


def no_sentences(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, what stands beneath refusals and patterns, lists of names in one text, members of enumerations.

    What is only compared is no sentence either: nobody reads it.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
        elif isinstance(node, ast.ClassDef) and any(getattr(base, "id", "").endswith("Enum") for base in node.bases):
            yield from (each for member in node.body if isinstance(member, ast.Assign) for each in ast.walk(member))
        elif isinstance(node, ast.Attribute) and node.attr == "split":
            yield node.value
        elif isinstance(node, ast.Compare):
            yield from (node.left, *node.comparators)
        elif is_refusal(node):
            yield from ast.walk(node)


def assigned(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names that a node gives a value, with the value."""
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    value = node.value if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) else None
    for target in targets if value is not None else ():
        if isinstance(target, ast.Name):
            yield target.id, value
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            yield from ((t.id, v) for t, v in zip(target.elts, value.elts, strict=True) if isinstance(t, ast.Name))


def readings(root: ast.AST) -> dict[str, list[int]]:
    """Places where each name or attribute is read beneath a node."""
    places: dict[str, list[int]] = {}
    for node in ast.walk(root):
        if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load):
            places.setdefault(getattr(node, "id", getattr(node, "attr", "")), []).append(id(node))
    return places


def functions(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def returned(function: ast.FunctionDef) -> list[ast.AST]:
    return [node for node in ast.walk(function) if isinstance(node, ast.Return)]


def handed(function: ast.FunctionDef, calls: Sequence[ast.Call], inside: dict[str, list[int]]) -> Iterator[Feed]:
    """What calls hand to each parameter, with where the function reads it."""
    names = [a.arg for a in function.args.args if a.arg not in ("self", "cls")]
    for k, name in enumerate(names):
        given = [call.args[k] for call in calls if len(call.args) > k]
        given += [word.value for call in calls for word in call.keywords if word.arg == name]
        yield inside.get(name, []), given


Feed = tuple[list[int], list[ast.AST]]
"""Where something is read, and the nodes that make it."""


def feeds(trees: Sequence[ast.Module], elsewhere: set[str]) -> Iterator[Feed]:
    """Local values, helpers, constants and arguments: all places where each is read, and what makes it.

    Names that occur `elsewhere` are read there too, and are left out.
    """
    everywhere: dict[str, list[int]] = {}
    made: dict[str, list[ast.AST]] = {}
    for tree in trees:
        for name, places in readings(tree).items():
            everywhere.setdefault(name, []).extend(places)
        calls: dict[str, list[ast.Call]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                calls.setdefault(names_of(node), []).append(node)
        for name, value in (pair for node in tree.body for pair in assigned(node)):
            made.setdefault(name, []).append(value)
        for function in functions(tree):
            made.setdefault(function.name, []).extend(returned(function))
            inside, local = readings(function), {}
            for name, value in (pair for node in ast.walk(function) for pair in assigned(node)):
                local.setdefault(name, []).append(value)
            yield from ((inside.get(name, []), values) for name, values in local.items())
            if function.name.startswith("_"):
                yield from handed(function, calls.get(function.name, ()), inside)
    yield from ((everywhere.get(name, []), nodes) for name, nodes in made.items() if name not in elsewhere)


def passed_over(trees: Sequence[ast.Module], elsewhere: set[str]) -> Passed:
    """Nodes whose words are no sentences for readers: refusals, with all that is read nowhere but in them."""
    passed = {id(node) for tree in trees for node in no_sentences(tree)}
    waiting = [feed for feed in feeds(trees, elsewhere) if feed[0] and feed[1]]
    while True:
        ready = [feed for feed in waiting if passed.issuperset(feed[0])]
        if not ready:
            return passed
        passed |= {id(each) for _, nodes in ready for node in nodes for each in ast.walk(node)}
        waiting = [feed for feed in waiting if not passed.issuperset(feed[0])]


def sentences(tree: ast.Module, passed: Passed) -> Iterator[tuple[int, str]]:
    """Line and text of what people read in a module; values that are put in stand as braces."""
    passed = set(passed)
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if len(WORD.findall(text)) >= SENTENCE and " " in text:
            yield node.lineno, text


@cache
def left() -> list[str]:
    """Every sentence below the faces, with its place."""
    paths = {path.relative_to(SRC).as_posix(): path for layer in BELOW for path in sorted((SRC / layer).rglob("*.py"))}
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    others = (path for path in SRC.rglob("*.py") if path.relative_to(SRC).as_posix() not in paths)
    elsewhere = {name for path in others for name in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    passed = passed_over([*trees.values()], elsewhere)
    return [
        f"{name}:{line}: {text}"
        for name, tree in trees.items()
        if not name.startswith(DECLARED)
        for line, text in sentences(tree, passed)
    ]


def notes() -> dict[str, str]:
    """Every note of the register by its key."""
    files = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in REGISTER.glob("*.toml")}
    return {
        f"{file}.{name}": text for file, content in files.items() for name, text in content.get("notes", {}).items()
    }


def test_no_more_sentences_stand_in_code_below_the_faces():
    assert len(left()) <= LEFT, "\n".join(left())


def test_every_note_of_the_register_is_used_and_every_one_that_is_named_is_there():
    code = "".join(path.read_text(encoding="utf-8") for path in SRC.rglob("*.py"))
    assert [key for key in notes() if f'"{key}"' not in code] == []
    named = set(re.findall(r'declared_note\(\s*"([\w.-]+)"', code))
    assert named - set(notes()) == set()


@pytest.mark.parametrize("language", [path.stem for path in LOCALES.glob("*.toml") if path.stem != "en"])
def test_every_language_has_every_note(language):
    tables = tomllib.loads((LOCALES / f"{language}.toml").read_text(encoding="utf-8"))["tables"]
    spoken = {SLOT.sub("{}", text) for part in tables.values() if isinstance(part, dict) for text in part}
    assert [f"{key}: {text}" for key, text in notes().items() if SLOT.sub("{}", text) not in spoken] == []


def test_a_note_that_nobody_declared_is_refused():
    with pytest.raises(UnknownName, match="unknown note 'nothing_here'"):
        declared_note("country.nothing_here")
