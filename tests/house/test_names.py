"""Names say what they hold: no verb for a variable in the layers that are done, and one class to a name."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "detente"
DONE = ("codes", "economy", "evidence", "law", "trade")
"""Layers that are held to it; the list grows."""
VERBS = {"asked", "at", "found", "held", "one", "said", "told"}
"""They say that something was obtained, not what it is."""
LEFT = {"evidence/verdicts.py: found"}
"""Still to be named in layers that are done."""
TWICE = {"Reading"}
"""Classes of one name that are still to be told apart: a reading of time, and of a claimed quantity."""

FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def variables(node: ast.AST, local: bool = False) -> Iterator[tuple[int, str]]:
    """Line and name of every parameter and of what functions bind; fields, methods and constants are none of these."""
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.arg(arg=name):
                yield child.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) if local:
                yield child.lineno, name
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield child.lineno, name
            case ast.alias():
                yield child.lineno, child.asname or child.name
            case ast.FunctionDef(name=name) if local:
                yield child.lineno, name
        inside = isinstance(child, FUNCTIONS) or (local and not isinstance(child, ast.ClassDef))
        yield from variables(child, inside)


def verbs(source: str) -> list[tuple[int, str]]:
    return [(line, name) for line, name in variables(ast.parse(source)) if name in VERBS]


@pytest.mark.parametrize(
    "source",
    [
        "def f(found): return found",
        "def f(*, at=0): return at",
        "g = lambda one: one[0]",
        "def f():\n    held = 1\n    return held",
        "def f(rows):\n    return [at for at in rows]",
        "def f(row):\n    return (told := row)",
        "def f():\n    def one(): ...\n    return one",
        "def f():\n    for place, at in (): ...",
        "try: ...\nexcept ValueError as said: ...",
        "def f(x):\n    match x:\n        case [asked]: return asked",
        "import numpy as held",
    ],
)
def test_a_verb_is_seen_wherever_a_variable_is_bound(source):
    assert len(verbs(source)) == 1


def test_fields_methods_and_attributes_may_be_verbs():
    assert not verbs("class A:\n    said: int\n    def at(self, u): return self.found(said=u)")


@pytest.mark.parametrize("layer", DONE)
def test_variables_are_nouns(layer):
    texts = {path.relative_to(SRC).as_posix(): path.read_text(encoding="utf-8") for path in (SRC / layer).rglob("*.py")}
    assert texts
    seen = {f"{name}: {word}": line for name, text in texts.items() for line, word in verbs(text)}
    assert not {place: line for place, line in seen.items() if place not in LEFT}


def test_a_class_has_a_name_of_its_own():
    places: dict[str, list[str]] = defaultdict(list)
    for layer in DONE:
        for path in sorted((SRC / layer).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef) and node.name not in TWICE:
                    places[node.name].append(path.relative_to(SRC).as_posix())
    assert not {name: where for name, where in places.items() if len(where) > 1}
