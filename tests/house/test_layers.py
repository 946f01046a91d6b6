"""Imports point down only, and the pure layers stay pure.

The import-linter contracts in pyproject.toml say it by name; here it is said the other way round, as the short
list of what the pure layers may import at all, and the contracts themselves are checked for completeness.
"""

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src" / "detente"
PURE = ("codes", "draws", "law", "trade", "economy", "chains", "evidence", "talks")
ARRAYS = {"numpy", "scipy"}
STANDARD = {
    "__future__", "abc", "bisect", "calendar", "collections", "copy", "dataclasses", "datetime", "decimal", "difflib",
    "enum", "fractions", "functools", "graphlib", "hashlib", "heapq", "itertools", "math", "numbers", "operator", "re",
    "statistics", "string", "textwrap", "types", "typing", "unicodedata", "warnings",
}  # fmt: skip
REGISTER = {f"codes/{name}.py": {"pkgutil", "tomllib"} for name in ("declared", "vocabulary")}
"""What reads the register of tables: a part of the program, read as its modules are."""
CLOCKS = {"now", "today", "utcnow", "fromtimestamp"}


def modules(layer: str) -> list[Path]:
    return sorted((SRC / layer).rglob("*.py"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import of a module, those inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, "." * node.level + (node.module or "")


def contracts() -> dict[str, dict]:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return {contract["id"]: contract for contract in table["contracts"]}


EXISTING = [layer for layer in PURE if modules(layer)]


@pytest.mark.parametrize("layer", EXISTING)
def test_a_pure_layer_imports_arrays_and_a_little_of_the_standard_library(layer):
    allowed = ARRAYS | STANDARD | {"detente"}
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in modules(layer)
        for line, name in imports(path)
        if name.split(".")[0] not in allowed | REGISTER.get(str(path.relative_to(SRC)), set())
    ]
    assert not wrong, "\n".join(wrong)


CALLS = {"open", "input", "print", "exec", "eval", "__import__"}


@pytest.mark.parametrize("layer", EXISTING)
def test_a_pure_layer_opens_no_file_and_asks_no_clock(layer):
    wrong = []
    for path in modules(layer):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            if isinstance(called, ast.Name) and called.id in CALLS:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} calls {called.id}()")
            if isinstance(called, ast.Attribute) and called.attr in CLOCKS:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} asks the clock with .{called.attr}()")
    assert not wrong, "\n".join(wrong)


def test_imports_are_absolute():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted(SRC.rglob("*.py"))
        for line, name in imports(path)
        if name.startswith(".")
    ]
    assert not wrong, f"relative imports: {wrong}"


def test_the_contract_names_every_layer_in_order():
    order = [
        "__main__",
        "api",
        "faces",
        "lab",
        "data",
        "talks",
        "economy | chains | evidence",
        "trade",
        "law",
        "draws",
        "codes",
        "version",
    ]
    assert [line.replace("(", "").replace(")", "") for line in contracts()["layers"]["layers"]] == order


def test_the_purity_contract_covers_every_pure_layer_there_is():
    named = {name.removeprefix("detente.") for name in contracts()["pure"]["source_modules"]}
    assert named == set(EXISTING)


def test_the_contract_of_the_network_covers_what_is_not_pure():
    """The purity contract forbids the network to the others."""
    named = {name.removeprefix("detente.") for name in contracts()["network"]["source_modules"]}
    assert named == {path.parent.name for path in SRC.glob("*/__init__.py")} - set(PURE)
    assert set(contracts()["network"]["forbidden_modules"]) <= set(contracts()["pure"]["forbidden_modules"])


def test_every_package_is_a_layer():
    packages = {path.parent.name for path in SRC.glob("*/__init__.py")}
    assert packages <= {*PURE, "data", "lab", "faces"}


def test_import_linter_keeps_the_contracts(tmp_path):
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


WRITES = {
    "mkdir", "rmdir", "unlink", "touch", "write_bytes", "write_text", "rename", "symlink_to", "hardlink_to", "chmod",
    "makedirs", "removedirs", "remove", "rmtree", "copyfile", "copytree", "move", "mkdtemp", "mkstemp",
    "NamedTemporaryFile", "TemporaryDirectory", "TemporaryFile",
}  # fmt: skip
"""Methods and functions that write to disk; `replace` and `open` are looked at by what they are given."""
HOLDERS = {"os", "shutil", "tempfile"}


def writes(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and name of every call that may write to disk, but for those of the one writer's own functions."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
        owner = called.value.id if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Name) else ""
        if name == "open" and any(
            isinstance(mode, ast.Constant) and isinstance(mode.value, str) and set("wax+") & set(mode.value)
            and set(mode.value) <= set("rwaxbt+")
            for mode in (*node.args, *(word.value for word in node.keywords if word.arg == "mode"))
        ):  # fmt: skip
            yield node.lineno, name
        if isinstance(called, ast.Attribute) and (
            name in WRITES - {"remove", "move"} or (owner in HOLDERS and name in {"remove", "move", "replace"})
        ):
            yield node.lineno, name


def test_data_alone_writes_to_disk():
    wrong = [
        f"{path.relative_to(ROOT)}:{line} calls {name}: use detente.data.store"
        for path in sorted(SRC.rglob("*.py"))
        if path != SRC / "data" / "store.py"
        for line, name in writes(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "line",
    ["path.write_text('x')", "open(name, 'w')", "path.open(mode='ab')", "os.replace(a, b)", "folder.mkdir()",
     "shutil.rmtree(a)"],
)  # fmt: skip
def test_what_writes_to_disk_is_seen(line):
    assert list(writes(ast.parse(line)))
    assert not list(writes(ast.parse("text.replace('a', 'b'); open(name); path.open('rb'); write_bytes(path, b'')")))
