"""What the project says of itself agrees everywhere, and what it imports is what it declares."""

import ast
import re
import sys
import tomllib
from importlib.metadata import entry_points, version
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
IMPORTED_AS = {"pyyaml": "yaml", "vl-convert-python": "vl_convert"}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~ ;]", line)[0].lower() for line in requirements}


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert version("detente") == PROJECT["version"] == citation["version"]
    assert f"## [{PROJECT['version']}]" in changelog or "## [Unreleased]" in changelog


def test_the_licence_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["license"] == citation["license"] == "MIT"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_every_requirement_has_an_exact_version():
    wanted = names(PROJECT["dependencies"]).union(*map(names, PROJECT["optional-dependencies"].values()))
    assert wanted <= set(pins())


def test_constraints_are_names_and_versions_and_no_addresses():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wrong = [line for line in lines if not re.fullmatch(r"#.*|[a-z0-9-]+==[0-9][0-9a-z.]*", line)]
    assert not wrong
    assert not [path for path in ROOT.glob("*lock*") if path.is_file()]


def test_every_library_the_package_imports_is_declared():
    extras = PROJECT["optional-dependencies"]
    optional = names([line for name in ("jax", "web") for line in extras[name]])
    declared = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in names(PROJECT["dependencies"]) | optional}
    known = declared | set(sys.stdlib_module_names) | {"detente"}
    wrong = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            imported = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            imported += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            wrong |= {f"{path.name}: {name}" for name in imported if name.split(".")[0] not in known}
    assert not wrong


def test_the_command_is_installed():
    (script,) = entry_points(group="console_scripts", name="detente")
    assert script.value == "detente.faces.cli:main"
    assert callable(script.load())


def test_continuous_integration_runs_what_the_readme_promises():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"^make test$", script, re.MULTILINE)
    assert re.search(r"^make demo$", script, re.MULTILINE)
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
