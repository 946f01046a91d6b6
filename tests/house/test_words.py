"""Words stand in one place: what tables say is in the register, by name."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from detente.codes import UnknownName
from detente.codes.declared import declared_note

SRC = Path(__file__).resolve().parents[2] / "src" / "detente"
REGISTER = SRC / "codes" / "tables"
BELOW = ("lab", "talks", "evidence", "chains", "economy", "trade")
"""Layers whose sentences stand in the register."""

DECLARED = ("lab/scenario.py", "lab/claims/prices.py")
"""Files that are declarations themselves: fields of a scenario file, and the names that publishers give to categories
of goods, which are keys of their data."""

REFUSALS = {"InputError", "UnknownName", "Parameter", "ValueError", "TypeError", "compile", "warn", "headed"}
"""Whose words say what is wrong with what was given, at the place that knows it; or are patterns."""

LEFT = 0
"""Sentences that still stand in code below the faces: their number may fall."""

WORD, MARK = re.compile(r"[A-Za-z]{2,}"), re.compile(r"[.:;]")
SENTENCE = 5
"""Words from which a text of the code counts as a sentence."""

NAME = 7
"""Most words of a name that code compares or looks up by."""

IMPORTED = re.compile(r"^ *from (detente[\w.]*) import (?:\(([^)]*)\)|(.*))", re.MULTILINE)

Names = dict[str, list[int]]
"""Places where each name is read, by identity of the nodes."""


def names_of(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def is_refusal(node: ast.AST) -> bool:
    """Whether what stands beneath a node says what is wrong, at the place that knows it; or is a pattern."""
    if isinstance(node, ast.FunctionDef):
        return node.name.lstrip("_").startswith("refuse")
    if isinstance(node, ast.Call):
        return names_of(node) in REFUSALS or names_of(node).endswith("Error")
    return isinstance(node, ast.Raise | ast.Assert)


def is_enumeration(node: ast.AST | None) -> bool:
    """Whether a node is a class whose values are members of an enumeration."""
    return isinstance(node, ast.ClassDef) and any(getattr(base, "id", "").endswith("Enum") for base in node.bases)


def unread(node: ast.AST) -> list[ast.AST]:
    """What nobody reads of a node: docstrings, lists of names in one text, what is compared or looked up by."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return [node.value]
    if isinstance(node, ast.Attribute) and node.attr == "split":
        return [node.value]
    if isinstance(node, ast.Compare):
        return [part for each in (node.left, *node.comparators) for part in (each, *getattr(each, "elts", ()))]
    if isinstance(node, ast.Subscript):
        return [node.slice, *getattr(node.slice, "elts", ())]
    return []


def given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names that a statement gives a value, with the value."""
    if not isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) or node.value is None:
        return
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        if isinstance(target, ast.Name):
            yield target.id, node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from ((t.id, v) for t, v in zip(target.elts, node.value.elts, strict=True) if isinstance(t, ast.Name))


@dataclass
class Scope:
    """A module or a function: what it gives names and hands back, and where it reads names."""

    node: ast.Module | ast.FunctionDef
    inside: ast.AST | None
    read: Names = field(default_factory=dict)
    given: dict[str, list[ast.AST]] = field(default_factory=dict)
    returned: list[ast.AST] = field(default_factory=list)


class Source:
    """A module of the code, walked once."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.module = f"detente.{name.removesuffix('.py').replace('/', '.')}".removesuffix(".__init__")
        self.imports = imports_of(text)
        self.passed: set[int] = set()
        self.keys: set[str] = set()
        self.texts: list[tuple[ast.expr, str]] = []
        self.attributes: Names = {}
        self.calls: dict[str, list[ast.Call]] = {}
        self.scopes: list[Scope] = []
        self.tree = ast.parse(text)  # Kept: nodes are known by identity.
        self.walk(self.tree, None, (), refused=False)

    def walk(self, node: ast.AST, parent: ast.AST | None, scopes: tuple[Scope, ...], *, refused: bool) -> None:
        """Take note of a node and of all beneath it."""
        self.passed |= {id(part) for part in unread(node)}
        if isinstance(node, ast.Module | ast.FunctionDef):
            scopes = (*scopes, Scope(node, parent))
            self.scopes.append(scopes[-1])
        refused = refused or is_refusal(node) or (isinstance(node, ast.Assign) and is_enumeration(parent))
        if refused:
            self.passed.add(id(node))
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            for scope in scopes:
                scope.read.setdefault(node.id, []).append(id(node))
        elif isinstance(node, ast.Attribute):
            self.attributes.setdefault(node.attr, []).append(id(node))
        elif isinstance(node, ast.Call):
            self.calls.setdefault(names_of(node), []).append(node)
        elif isinstance(node, ast.Return):
            scopes[-1].returned.append(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not isinstance(parent, ast.JoinedStr):
            self.texts.append((node, node.value))
        elif isinstance(node, ast.JoinedStr):
            parts = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
            self.texts.append((node, "".join(parts)))
        elif isinstance(node, ast.Compare | ast.Subscript | ast.Dict):
            looked_up = node.keys if isinstance(node, ast.Dict) else unread(node)
            self.keys |= {part.id for part in looked_up if isinstance(part, ast.Name)}
        for name, value in given(node):
            scopes[-1].given.setdefault(name, []).append(value)
        for child in ast.iter_child_nodes(node):
            self.walk(child, node, scopes, refused=refused)

    def sentences(self) -> Iterator[tuple[ast.expr, str]]:
        """What people may read, with values that are put in as braces."""
        return ((node, text) for node, text in self.texts if len(WORD.findall(text)) >= SENTENCE and " " in text)


def imports_of(text: str) -> set[tuple[str, str]]:
    """Modules with the names that a text imports from them."""
    rows = ((module, several or single) for module, several, single in IMPORTED.findall(text))
    return {(module, name.split(" as ")[0].strip()) for module, names in rows for name in names.split(",")}


Feed = tuple[list[int], list[ast.AST]]
"""Where something is read, and the nodes that make it."""


def feeds(sources: Sequence[Source], faces: str) -> Iterator[Feed]:
    """Local values, arguments, helpers and constants: all places where each is read, and what makes it.

    Names that a face takes are read there too, and are left out.
    """
    others, named = imports_of(faces), set(re.findall(r"\.(\w+)", faces))
    attributes: Names = {}
    importers: dict[tuple[str, str], list[Source]] = {}
    for source in sources:
        for name, places in source.attributes.items():
            attributes.setdefault(name, []).extend(places)
        for pair in source.imports:
            importers.setdefault(pair, []).append(source)
    for source in sources:
        whole, *functions = source.scopes
        made = dict(whole.given)
        for scope in functions:
            yield from ((scope.read.get(name, []), nodes) for name, nodes in scope.given.items())
            assert isinstance(scope.node, ast.FunctionDef)
            name = scope.node.name
            if name.startswith("_"):
                yield from handed(scope.node, scope.read, source.calls.get(name, ()))
            if not isinstance(scope.inside, ast.ClassDef):
                made.setdefault(name, []).extend(scope.returned)
            elif name not in named:
                yield attributes.get(name, []), scope.returned
        for name, nodes in made.items():
            pair = (source.module, name)
            if pair not in others and (name not in named or name.startswith("_")):
                readers = (source, *importers.get(pair, ()))
                own = [place for reader in readers for place in reader.scopes[0].read.get(name, ())]
                yield own if name.startswith("_") else [*own, *attributes.get(name, ())], nodes


def handed(function: ast.FunctionDef, read: Names, calls: Sequence[ast.Call]) -> Iterator[Feed]:
    """What calls hand to each parameter of a function."""
    names = [a.arg for a in function.args.args if a.arg not in ("self", "cls")]
    for k, name in enumerate(names):
        words = [word.value for call in calls for word in call.keywords if word.arg == name]
        yield read.get(name, []), [*(call.args[k] for call in calls if len(call.args) > k), *words]


def is_name(node: ast.AST) -> bool:
    """Whether a text is short and has no marks of a sentence."""
    text = str(getattr(node, "value", ""))
    return len(WORD.findall(text)) <= NAME and not MARK.search(text)


def passed_over(sources: Sequence[Source], faces: str) -> set[int]:
    """Nodes whose words are no sentences for readers: refusals, with all that is read nowhere but in them; names.

    A constant that code compares or looks up by is a name, if it is short and has no marks of a sentence.
    """
    passed = {node for source in sources for node in source.passed}
    keys = {name for source in sources for name in source.keys}
    for source in sources:
        for name, nodes in source.scopes[0].given.items():
            passed |= {id(n) for n in nodes if name in keys and is_name(n)}
    waiting = [feed for feed in feeds(sources, faces) if feed[0] and feed[1]]
    while ready := [feed for feed in waiting if passed.issuperset(feed[0])]:
        waiting = [feed for feed in waiting if not passed.issuperset(feed[0])]
        passed |= {id(each) for _, nodes in ready for node in nodes for each in ast.walk(node)}
    return passed


@cache
def left() -> list[str]:
    """Every sentence below the faces, with its place; what a declaration is called by there is its key."""
    paths = [path for layer in BELOW for path in sorted((SRC / layer).rglob("*.py"))]
    sources = [Source(path.relative_to(SRC).as_posix(), path.read_text(encoding="utf-8")) for path in paths]
    below = tuple(SRC / layer for layer in BELOW)
    others = (path for path in SRC.rglob("*.py") if not any(layer in path.parents for layer in below))
    passed = passed_over(sources, "\n".join(path.read_text(encoding="utf-8") for path in others))
    keys = {text for source in sources if source.name.startswith(DECLARED) for _, text in source.sentences()}
    return [
        f"{source.name}:{node.lineno}: {text}"
        for source in sources
        if not source.name.startswith(DECLARED)
        for node, text in source.sentences()
        if id(node) not in passed and text not in keys
    ]


def notes() -> dict[str, str]:
    """Every note of the register by its key."""
    files = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in REGISTER.glob("*.toml")}
    return {
        f"{file}.{name}": text for file, content in files.items() for name, text in content.get("notes", {}).items()
    }


def test_no_more_sentences_stand_in_code_below_the_faces():
    assert len(left()) <= LEFT, "\n".join(left())


@pytest.mark.parametrize(
    ("more", "count"),
    [
        ("", 0),
        ("    print(what)\n", 1),
        ("    raise ValueError(_hint(x))\n\ndef _hint(x):\n    return f'{x} is in the wrong place here'\n", 0),
        ("    return _hint(x)\n\ndef _hint(x):\n    return f'{x} is in the wrong place here'\n", 1),
    ],
)
def test_what_is_read_in_refusals_alone_is_no_sentence(more, count):
    code = f"def f(x):\n    what = 'one and two and three'\n    if x:\n        raise InputError(what)\n{more}"
    source = Source("lab/any.py", code)
    passed = passed_over([source], "")
    assert len([node for node, _ in source.sentences() if id(node) not in passed]) == count


def test_every_note_of_the_register_is_used_and_every_one_that_is_named_is_there():
    code = "".join(path.read_text(encoding="utf-8") for path in SRC.rglob("*.py"))
    assert [key for key in notes() if f'"{key}"' not in code and f"'{key}'" not in code] == []
    named = set(re.findall(r"declared_note\(\s*[\"']([\w.-]+)[\"']", code))
    assert named - set(notes()) == set()


def test_a_note_that_nobody_declared_is_refused():
    with pytest.raises(UnknownName, match="unknown note 'nothing_here'"):
        declared_note("country.nothing_here")
