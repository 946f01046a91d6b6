"""A family of models is asked what it can do, never which one it is: its name stands in its room and in the list."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from detente.economy.families import FAMILIES, family_marked, family_named
from detente.economy.family import Family

SRC = Path(__file__).resolve().parents[2] / "src" / "detente"
LIST = SRC / "economy" / "families.py"
ASKED = ("getattr", "hasattr", "isinstance")


def room_of(name: str) -> str:
    return type(family_named(name)).__module__.removeprefix("detente.economy.").split(".")[0]


ROOMS = {SRC / "economy" / room_of(name) for name in FAMILIES}
OUTSIDE = [path for path in SRC.rglob("*.py") if path != LIST and not ROOMS & set(path.parents)]


def called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def is_of(node: ast.expr, name: str) -> bool:
    """Whether an expression is a variable, attribute or call of that name."""
    if isinstance(node, ast.Call):
        return called(node) == f"{name}_of"
    return isinstance(node, ast.Name | ast.Attribute) and (node.id if isinstance(node, ast.Name) else node.attr) == name


def faults(tree: ast.AST) -> Iterator[int]:
    """Lines that tell families apart by name, by class or by the methods they happen to have."""
    baselines = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) == "Economy"
        for inner in (*node.args, *(keyword.value for keyword in node.keywords))
    }
    for node in ast.walk(tree):
        named = isinstance(node, ast.Constant) and node.value in FAMILIES and id(node) not in baselines
        probed = isinstance(node, ast.Call) and called(node) in ASKED and is_of(node.args[0], "family")
        compared = isinstance(node, ast.Compare) and any(
            isinstance(side, ast.Attribute) and side.attr == "family" and is_of(side.value, "economy")
            for side in (node.left, *node.comparators)
        )
        if named or probed or compared:
            yield node.lineno


def test_no_module_outside_its_room_knows_a_family_by_name():
    found = [f"{path.relative_to(SRC)}:{line}" for path in OUTSIDE for line in faults(ast.parse(path.read_text()))]
    assert not found, found


@pytest.mark.parametrize(
    "line",
    [
        'if economy.family == "armington": pass',
        "if self.economy.family != other: pass",
        'EQUATIONS = {"caliendo_parro": equations}',
        'if name in ("armington", "other"): pass',
        'stack = getattr(family, "stack", None)',
        'if hasattr(family_of(self.economy), "stack"): pass',
        "isinstance(family, Armington)",
    ],
)
def test_what_tells_families_apart_is_found(line):
    assert list(faults(ast.parse(line)))


@pytest.mark.parametrize("line", ['Economy("a", "armington", countries)', "if grade.family == product: pass"])
def test_a_baseline_names_its_family_and_grades_have_families_of_their_own(line):
    assert not list(faults(ast.parse(line)))


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_listed_by_its_own_name_in_a_room_of_its_own(name):
    family = family_named(name)
    assert isinstance(family, Family)
    assert (family.name, (SRC / "economy" / room_of(name)).is_dir()) == (name, True)


def test_families_share_no_room_and_no_mark():
    marks = [mark for name in FAMILIES for mark in family_named(name).marks]
    assert (len(ROOMS), len(set(marks))) == (len(FAMILIES), len(marks))
    assert not family_named(next(iter(FAMILIES))).marks
    assert all(family_marked(["flows", *family_named(name).marks]) == name for name in FAMILIES)
