"""What the project says of itself agrees everywhere, and what it imports is what it declares."""

import ast
import importlib.util
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, entry_points, version
from pathlib import Path

import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from detente.version import VERSION

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MINORS = tuple(int(line.rsplit(".", 1)[1]) for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line))
"""Minor versions of Python that the project names."""

IMPORTED_AS = {"pyyaml": "yaml", "vl-convert-python": "vl_convert"}


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~ ;]", line)[0].lower() for line in requirements}


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split(";")[0].split("==") for line in lines if line and not line.startswith("#"))


def test_the_version_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert PROJECT["dynamic"] == ["version"]
    assert version("detente") == VERSION == citation["version"]


def test_the_licence_is_the_same_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["license"] == "MIT", "the citation is that of the program"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")


def test_the_licence_of_the_package_names_those_of_its_data_and_the_notice_has_them():
    notice = tool("write_notice")
    assert PROJECT["license"] == notice.expression()
    assert PROJECT["license-files"] == ["LICENSE", "NOTICE"]
    assert notice.NOTICE.read_text(encoding="utf-8") == notice.notice(), "python tools/write_notice.py"


def test_every_requirement_has_an_exact_version():
    wanted = names(PROJECT["dependencies"]).union(*map(names, PROJECT["optional-dependencies"].values()))
    assert wanted <= set(pins())


def test_constraints_are_names_and_versions_and_no_addresses():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    marker = r'(; python_version (<|>=) "3\.1\d"( and python_version < "3\.1\d")?)?'
    wrong = [line for line in lines if not re.fullmatch(rf"#.*|[a-z0-9-]+==[0-9][0-9a-z.]*{marker}", line)]
    assert not wrong
    assert not [path for path in ROOT.glob("*lock*") if path.is_file()]


def test_every_pin_suits_some_python_and_one_line_holds_on_each():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if not line.startswith("#")]
    for minor in MINORS:
        on = {"python_version": f"3.{minor}"}
        named = [one.name for one in found if one.marker is None or one.marker.evaluate(on)]
        assert len(named) == len(set(named)), minor
        assert set(pins()) == set(named), minor


def tool(name):
    where = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(where)
    where.loader.exec_module(module)
    return module


def test_renewed_pins_keep_what_differs_between_pythons():
    """What stands in the file, read for each Python and merged again, is the file, markers and all."""
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    found = [Requirement(line) for line in text.splitlines() if not line.startswith("#")]
    resolved = {
        minor: {
            one.name: str(one.specifier).removeprefix("==")
            for one in found
            if one.marker is None or one.marker.evaluate({"python_version": f"3.{minor}"})
        }
        for minor in MINORS
    }
    assert len({tuple(held.items()) for held in resolved.values()}) > 1, "some package differs"
    assert tool("pins").merged(resolved) == text


def test_a_package_stands_once_for_each_of_its_versions():
    pins_tool = tool("pins")
    assert pins_tool.lines("a", {11: "1", 12: "1", 13: "1"}) == ["a==1"]
    assert pins_tool.lines("a", {11: "1"}) == ["a==1"]
    assert pins_tool.lines("a", {11: "1", 12: "2", 13: "3"}) == [
        'a==1; python_version < "3.12"',
        'a==2; python_version >= "3.12" and python_version < "3.13"',
        'a==3; python_version >= "3.13"',
    ]
    assert pins_tool.pinned('A_b[x]==1.0\nc==2 ; sys_platform == "linux"\n# d==3\n') == {"a-b": "1.0", "c": "2"}


def test_installed_pins_say_which_python_they_need():
    """A pin that a supported Python cannot install stands beside another for that Python."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    wrong = []
    for one in (Requirement(line) for line in lines if not line.startswith("#")):
        try:
            about = distribution(one.name)
        except PackageNotFoundError:
            continue
        if about.version not in one.specifier:
            continue
        needed = SpecifierSet(about.metadata.get("Requires-Python") or "")
        for minor in MINORS:
            meant = one.marker is None or one.marker.evaluate({"python_version": f"3.{minor}"})
            if meant and not needed.contains(f"3.{minor}.9"):
                wrong.append(f"{one.name} {about.version} on 3.{minor}")
    assert not wrong


def test_a_plain_install_brings_few_packages():
    found: set[str] = set()
    waiting = [Requirement(line) for line in PROJECT["dependencies"]]
    while waiting:
        name = canonicalize_name(waiting.pop().name)
        if name in found:
            continue
        found.add(name)
        wanted = map(Requirement, distribution(name).requires or ())
        waiting += [one for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    assert len(found) <= 25, sorted(found)


def test_every_library_that_is_declared_is_imported():
    imported = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.split(".")[0])
    declared = {IMPORTED_AS.get(name, name.replace("-", "_")) for name in names(PROJECT["dependencies"])}
    assert not declared - imported


def test_every_library_the_package_imports_is_declared():
    extras = PROJECT["optional-dependencies"]
    used = ("arrow", "documents", "duckdb", "excel", "mcp", "pandas", "web")
    optional = names([line for name in used for line in extras[name]])
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
    called = [sys.executable, "-m", "detente", "--version"]
    assert subprocess.run(called, capture_output=True, text=True, check=True).stdout.startswith("detente ")


def test_continuous_integration_runs_what_the_readme_promises():
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"^make test$", script, re.MULTILINE)
    assert re.search(r"^make demo &$", script, re.MULTILINE)
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
