"""The floor plan: packages fall into rooms, imports between rooms go down only, late imports counted.

A room is a folder of a package, or a file that stands beside the folders. An import for type checking alone is an
import too: who reads one of two modules that name each other must read both.
"""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

SRC = Path(__file__).resolve().parents[2] / "src"
PACKAGES = ("detente.lab", "detente.economy", "detente.faces", "detente.faces.web", "detente.law", "detente.talks")
ROOMS, FLOORS = 25, 12


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in (SRC / "detente").rglob("*.py")}


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and module of the project's own imports, late ones and those for type checking too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield node.lineno, whole if whole in MODULES else node.module


def room_of(module: str, package: str) -> str:
    return module.removeprefix(f"{package}.").split(".")[0]


def plan(package: str) -> dict[str, set[str]]:
    """Room -> rooms it imports from."""
    own = {name: path for name, path in MODULES.items() if name.startswith(f"{package}.")}
    found: dict[str, set[str]] = {room_of(name, package): set() for name in own}
    for name, path in own.items():
        for _, other in imports(path):
            if other in own and room_of(other, package) != room_of(name, package):
                found[room_of(name, package)].add(room_of(other, package))
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_no_room_imports_in_a_circle(package):
    try:
        list(TopologicalSorter(plan(package)).static_order())
    except CycleError as error:
        pytest.fail(f"{package}: {' -> '.join(error.args[1])}")


def floors(rooms: dict[str, set[str]]) -> int:
    height: dict[str, int] = {}
    for room in TopologicalSorter(rooms).static_order():
        height[room] = 1 + max((height[other] for other in rooms.get(room, ())), default=0)
    return max(height.values())


def test_the_lab_is_no_drawer():
    rooms = plan("detente.lab")
    assert len(rooms) <= ROOMS, sorted(rooms)
    assert floors(rooms) <= FLOORS


def test_no_modules_import_one_another_in_a_circle():
    """Late imports count: what needs another only when it is called needs it all the same."""
    loaded = {name: {other for _, other in imports(path) if other != name} for name, path in MODULES.items()}
    try:
        list(TopologicalSorter(loaded).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


LATE = 762
"""Imports of the project's own modules inside functions, as start-up wants them: their number may fall."""


def test_late_imports_do_not_grow():
    late = 0
    for path in MODULES.values():
        tree = ast.parse(path.read_text(encoding="utf-8"))
        ahead = [inner for node in tree.body if isinstance(node, ast.If) for inner in node.body]
        top = {node.lineno for node in (*tree.body, *ahead) if isinstance(node, ast.ImportFrom)}
        late += len({line for line, _ in imports(path)} - top)
    assert late <= LATE, late
