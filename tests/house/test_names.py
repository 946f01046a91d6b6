"""Names say what they hold: no verb for a variable, and one class to a name."""

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src" / "detente"
DONE = (
    "*.py",
    "chains",
    "codes",
    "data",
    "draws",
    "economy",
    "evidence",
    "faces",
    "lab",
    "law",
    "talks",
    "trade",
)
"""Layers that are held to it, and the modules at the root of the package."""
VERBS = {"asked", "at", "found", "held", "one", "said", "told"}
"""They say that something was obtained, not what it is."""
PUBLIC = {("lab/talks/talk.py", "told")}
"""Parameters of the public interface, whose names its users write."""

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


def modules(layers: Iterable[str] = DONE) -> Iterator[tuple[str, str]]:
    """Path in the package and text of every module of some layers."""
    for layer in layers:
        for path in sorted(SRC.glob(layer) if layer.endswith(".py") else (SRC / layer).rglob("*.py")):
            yield path.relative_to(SRC).as_posix(), path.read_text(encoding="utf-8")


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
    texts = dict(modules([layer]))
    assert texts
    places = [(name, line, verb) for name, text in texts.items() for line, verb in verbs(text)]
    assert not [place for place in places if (place[0], place[2]) not in PUBLIC]


def test_no_layer_is_left_out():
    layers = {path.parent.name for path in SRC.glob("*/__init__.py")}
    assert layers == {layer for layer in DONE if not layer.endswith(".py")}


def test_a_class_has_a_name_of_its_own():
    places: dict[str, list[str]] = defaultdict(list)
    for name, text in modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef):
                places[node.name].append(name)
    assert not {name: where for name, where in places.items() if len(where) > 1}
