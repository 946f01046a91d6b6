"""What the project says of itself agrees everywhere, and what a release, its containers and its tools need is there."""

import json
import re
import subprocess
import sys
import tomllib
from contextlib import suppress
from datetime import date
from importlib.metadata import PackageNotFoundError, distribution, entry_points, version
from pathlib import Path

import polars as pl
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import _shared
import pins
import release
import sbom
import stable_api
import try_wheel
import write_notice
from detente.data.importers import importer
from detente.data.library import vintage
from detente.version import VERSION

ROOT = Path(__file__).resolve().parents[2]


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


MINORS = tuple(int(line.rsplit(".", 1)[1]) for line in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", line))
"""Minor versions of Python that the project names."""


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = [Requirement(line) for line in LINES if not line.startswith("#")]


def pinned(minor: int) -> list[Requirement]:
    """The pins that a minor version of Python takes."""
    return [pin for pin in PINS if pin.marker is None or pin.marker.evaluate({"python_version": f"3.{minor}"})]


def test_licences_constraints_and_pins_are_those_of_the_package():
    assert (PROJECT["license"], PROJECT["license-files"]) == (write_notice.expression(), ["LICENSE", "NOTICE"])
    assert write_notice.NOTICE.read_text(encoding="utf-8") == write_notice.notice(), "python tools/write_notice.py"
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["license"] == "MIT", "the citation is that of the program"
    assert (ROOT / "LICENSE").read_text(encoding="utf-8").startswith("MIT License")
    marker = r'(; python_version (<|>=) "3\.1\d"( and python_version < "3\.1\d")?)?'
    assert not [line for line in LINES if not re.fullmatch(rf"#.*|[a-z0-9-]+==[0-9][0-9a-z.]*{marker}", line)]
    assert not [path for path in ROOT.glob("*lock*") if path.is_file()]
    # What stands in the file, read for each Python and merged again, is the file, markers and all.
    every = sorted({pin.name for pin in PINS})
    assert names(PROJECT["dependencies"]).union(*map(names, PROJECT["optional-dependencies"].values())) <= {*every}
    assert all(sorted(pin.name for pin in pinned(minor)) == every for minor in MINORS)
    resolved = {minor: {pin.name: str(pin.specifier).removeprefix("==") for pin in pinned(minor)} for minor in MINORS}
    assert len({tuple(held.items()) for held in resolved.values()}) > 1, "some package differs"
    assert pins.merged(resolved) == "\n".join([*LINES, ""])


def test_installed_pins_say_which_python_they_need():
    """A pin that a supported Python cannot install stands beside another for that Python."""
    wrong = []
    for pin in PINS:
        with suppress(PackageNotFoundError):
            about = distribution(pin.name)
            needed = SpecifierSet(about.metadata.get("Requires-Python") or "")
            taken = [minor for minor in MINORS if pin in pinned(minor) and about.version in pin.specifier]
            wrong += [f"{pin.name} on 3.{minor}" for minor in taken if not needed.contains(f"3.{minor}.9")]
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


def test_the_command_is_installed_and_integration_and_makefile_find_what_they_name():
    (script,) = entry_points(group="console_scripts", name="detente")
    assert script.value == "detente.faces.cli:main"
    assert callable(script.load())
    called = [sys.executable, "-m", "detente", "--version"]
    assert subprocess.run(called, capture_output=True, text=True, check=True).stdout.startswith("detente ")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(r"^make test$", script, re.MULTILINE)
    assert re.search(r"^make demo &$", script, re.MULTILINE)
    assert (ROOT / ".ci" / "run").stat().st_mode & 0o111
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1].split()) - {"help", "test", "quick"}
    done = subprocess.run(["make", "-n", *targets], cwd=ROOT, capture_output=True, text=True, check=True)
    named = set(re.findall(r"(?:tests|tools|benchmarks)/[\w/]+\.py", done.stdout))
    assert {"tests/house/test_surface.py", "tests/oracles/test_talks.py", "tools/pins.py"} <= named
    assert not [name for name in named if not (ROOT / name).is_file()]


FILE, COMPOSE, FLOW = (ROOT / name for name in ("deploy/Dockerfile", "deploy/compose.yaml", ".github/workflows/ci.yml"))


def test_what_is_public_is_on_record_and_version_citation_and_changelog_agree():
    """Where a name or option changed: read docs/deprecation.md, then `python tools/stable_api.py`."""
    pytest.importorskip("fastapi", reason="the web extra is not installed")
    lines = stable_api.public()
    recorded = stable_api.LIST.read_text(encoding="utf-8").splitlines()
    assert sorted(set(recorded) - set(lines)) == [], "gone: python tools/stable_api.py"
    assert sorted(set(lines) - set(recorded)) == [], "new: python tools/stable_api.py"
    assert stable_api.PAGE.read_text(encoding="utf-8") == stable_api.page(lines)
    texts = map(release.text_of, (release.VERSION, release.CITATION, release.CHANGES))
    assert release.disagreements(*texts) == []
    assert (PROJECT["dynamic"], version("detente")) == (["version"], VERSION)


CHANGED = "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- One.\n  More.\n- Two.\n\n### Fixed\n\n- Three.\n"


CITED = "title: x\nversion: 0.1.0\nlicense: MIT\n"


def test_a_release_has_its_day_everywhere():
    day = date(2027, 1, 2)
    changes = release.dated(CHANGED, "0.2.0", day)
    assert release.section(changes, "Unreleased") == ""
    assert release.counts(release.section(changes, "0.2.0")) == {"Added": 2, "Fixed": 1}
    citation = release.cited(CITED, "0.2.0", day)
    assert f"version: 0.2.0\ndate-released: {day}\n" in citation
    assert release.disagreements('VERSION = "0.2.0"\n', citation, changes) == []
    again = release.cited(citation, "0.3.0", date(2027, 3, 4))
    assert again.count("date-released") == 1
    wrong = release.disagreements('VERSION = "0.2.1"\n', CITED, changes.replace(f" - {day}", ""))
    assert len(wrong) == 2


def test_what_names_the_version_is_renewed_and_the_tag_names_data_and_law():
    assert "python tools/release.py renew\n" in release.AFTER
    assert not [name for name in release.RENEWED if not (ROOT / "tools" / name).is_file()]
    text = release.tag_text("0.1.0")
    assert vintage().key in text
    assert importer("USA").law.record.to.isoformat() in text
    data = vintage()
    assert re.fullmatch("[0-9a-f]{12}", data.key)
    assert data.read_to == importer("USA").law.record.to
    assert (data.trade[:4], data.world[:4]) == ("2024", "2022")
    steps = try_wheel.tour((ROOT / "README.md").read_text(encoding="utf-8"))
    assert [step.line.split()[1] for step in steps][:2] == ["rate", "run"]
    step = try_wheel.Step("detente x", ("a", "b"), whole=False)
    assert try_wheel.differing(step, "a\nb\nc\n") == ""
    assert "line 2" in try_wheel.differing(step, "a\nx\n")
    assert try_wheel.differing(try_wheel.Step("detente x", ("a",), whole=True), "a\nb\n") == "2 lines, not 1"


def test_a_build_that_is_killed_leaves_the_table_that_was_there(tmp_path, capsys):
    path = tmp_path / "rates.parquet"
    _shared.write_table(pl.DataFrame({"rate": [0.1]}), path)
    before = path.read_bytes()

    def half() -> None:
        with _shared.placed(path) as beside:
            beside.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        half()
    assert [p.name for p in tmp_path.iterdir()] == ["rates.parquet"]
    (tmp_path / ".rates.parquet").write_bytes(b"half of one that was killed")
    assert path.read_bytes() == before
    _shared.write_table(pl.DataFrame({"rate": [0.1]}), path)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("rates.parquet", before)]


def test_the_bill_of_materials_names_packages_and_tables():
    bill = sbom.bill(("web",))
    parts = {part["name"]: part for part in bill["components"]}
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert parts["numpy"]["purl"].startswith("pkg:pypi/numpy@")
    assert {"starlette", "uvicorn"} <= set(parts), "needs of the extra"
    assert parts["usa_imports_2024"]["hashes"][0]["alg"] == "SHA-256"
    refs = {part["bom-ref"] for part in bill["components"]} | {bill["metadata"]["component"]["bom-ref"]}
    assert {ref for need in bill["dependencies"] for ref in (need["ref"], *need["dependsOn"])} <= refs
    assert json.dumps(bill) == json.dumps(sbom.bill(("web",)))


def test_the_container_is_made_of_what_is_here():
    text = FILE.read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line.split(None, 1) for line in text.splitlines() if line.strip() and not line.startswith("#")]
    words = [given.split() for name, given in lines if name == "COPY" and "--from=" not in given]
    copied = [word for given in words for word in given[:-1]]
    assert copied
    assert not [name for name in copied if not (ROOT / name).exists()]
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line[:1] == "!"}
    assert set(copied) <= let_in
    last = [given for name, given in lines if name == "USER"][-1]
    assert last not in ("root", "0")
    assert any(name == "HEALTHCHECK" and "/healthz" in given for name, given in lines)
    extras = set(re.search(r"\.\[([\w,]+)\]", text)[1].split(","))
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert not [extra for extra in extras if not re.search(rf"^{extra} = \[", project, re.MULTILINE)]


def test_what_containers_run_is_a_command_of_the_program():
    from detente.faces.cli.app import commands_of

    options = {word for part in commands_of("serve")["serve"].params for word in part.opts}
    entry = json.loads(re.search(r"^ENTRYPOINT (\[.*\])$", FILE.read_text(encoding="utf-8"), re.MULTILINE)[1])
    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    given = [*entry, *services["server"]["command"]]
    assert given[:2] == ["detente", "serve"]
    assert {word for word in given if word.startswith("--")} <= options
    build = services["server"]["build"]
    assert (COMPOSE.parent / build["context"] / build["dockerfile"]).is_file()
    assert services["server"]["depends_on"]["database"]["condition"] == "service_healthy"
    assert "healthcheck" in services["database"]
    text = COMPOSE.read_text(encoding="utf-8")
    assert not re.search(r"(PASSWORD|TOKEN): (?!\$\{)", text), "a secret in the file"


def test_the_proxy_before_the_server_keeps_its_limits():
    """It asks every user for a password, shows the token itself, and lets no more in than the server takes."""
    pytest.importorskip("sqlalchemy")
    from detente.faces.web.settings import Settings

    services = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    template, place = services["proxy"]["volumes"][0].split(":")[:2]
    text = (COMPOSE.parent / template).read_text(encoding="utf-8")
    assert place.endswith(".conf.template"), "the image of nginx takes no other file"
    variables = set(re.findall(r"\$\{(\w+)\}", text))
    assert variables == set(services["proxy"]["environment"])
    lines = re.findall(r"^\s*(\w+) ([^;\n]+);$", text, re.MULTILINE)
    said, headers = dict(lines), dict(value.split(" ", 1) for name, value in lines if name == "proxy_set_header")
    settings = Settings()
    assert (said["auth_basic_user_file"], int(said["client_max_body_size"])) == ("/etc/nginx/users", settings.body)
    assert said["client_header_timeout"] == f"{settings.head_seconds:g}s"
    assert said["client_body_timeout"] == f"{settings.body_seconds:g}s"
    assert f"rate={settings.rate:g}r/s" in said["limit_req_zone"]
    assert f"burst={settings.burst} " in said["limit_req"]
    assert said["proxy_pass"] == f"http://server:{settings.port}"
    assert headers["Authorization"] == '"Bearer ${DETENTE_TOKEN}"'
    assert headers["X-Forwarded-For"] == "$remote_addr", "a client may not say who it is"
    assert text.count("{") == text.count("}")
    mounted = tuple(volume.split(":")[1] for volume in services["proxy"]["volumes"])
    for name in ("auth_basic_user_file", "ssl_certificate", "ssl_certificate_key"):
        assert said[name].startswith(mounted), name


def test_hosted_machines_run_the_same_script():
    flow = yaml.safe_load(FLOW.read_text(encoding="utf-8"))
    lines = [step["run"] for job in flow["jobs"].values() for step in job["steps"] if "run" in step]
    assert any(".ci/run" in line for line in lines)
    called = re.findall(r"(tools/\w+\.py|deploy/\w+)", "\n".join(lines))
    assert called
    assert not [name for name in called if not (ROOT / name).exists()]
    named = set(re.findall(r":: (3\.\d+)", (ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    assert set(flow["jobs"]["wheel"]["strategy"]["matrix"]["python"]) == named
