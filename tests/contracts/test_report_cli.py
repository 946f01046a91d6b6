"""`detente report`, `replicate` and `data cite`, and the report options of `detente run`."""

import json
import subprocess
import sys

import pytest

from detente.faces.report.saved import from_document

pytestmark = pytest.mark.usefixtures("runs_kept")
SMALLEST = "status-quo-2025-05-08"
"""A scenario that is run at once: it changes no law."""


def test_a_folder_holds_pages_result_and_tables(folder):
    names = {path.name for path in folder.iterdir()}
    result = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    assert {"report.html", "brief.html", "result.json"} <= names
    assert {f"{name}.csv" for name in result["tables"]} <= names
    assert set(result["about"]) == set(result["tables"])


def test_a_result_with_a_key_of_an_earlier_version_is_read(folder):
    content = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    before = from_document(content)
    content["scenario"].setdefault("record", {})["moves"] = ["us-geneva-duty"]
    assert from_document(content).scenario == before.scenario


def test_a_report_is_made_of_a_result_without_running_it(detente, folder, tmp_path):
    ran = detente("report", str(folder / "result.json"), "--out", str(tmp_path / "again.html"))
    assert ran.code == 0
    assert (tmp_path / "again.html").read_bytes() == (folder / "report.html").read_bytes()
    ran = detente("report", str(folder / "result.json"), "--brief", "--out", str(tmp_path / "brief.html"))
    assert ran.code == 0
    assert (tmp_path / "brief.html").read_bytes() == (folder / "brief.html").read_bytes()


@pytest.mark.parametrize("suffix", [".md", ".xlsx", ".pdf"])
def test_every_format_by_the_name_of_the_file(detente, folder, tmp_path, suffix):
    if suffix == ".pdf":
        pytest.importorskip("typst", reason="the extra 'documents' is not installed")
    out = tmp_path / f"report{suffix}"
    ran = detente("report", str(folder / "result.json"), "--brief", "--out", str(out))
    assert ran.code == 0
    assert out.stat().st_size > 1000


def test_run_writes_a_report_in_a_named_format(detente, tmp_path):
    out = tmp_path / "small.html"
    ran = detente("run", SMALLEST, "--draws", "0", "--brief", "--format", "html", "--out", str(out))
    assert ran.code == 0
    assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_with_a_report_the_run_prints_findings_and_no_tables(detente, tmp_path):
    ran = detente("run", SMALLEST, "--draws", "0", "--report", str(tmp_path / "x.md"))
    assert ran.code == 0
    assert "Average US duty, %" in ran.out
    assert "Duty on single products" not in ran.out
    assert "Duty on single products" in (tmp_path / "x.md").read_text(encoding="utf-8")


CASES = [
    (("report", "geneva"), "is a scenario"),
    (("report", "nowhere.json"), "nowhere.json"),
    (("report", "{result}", "--out", "x.odt"), ".html, .md, .pdf, .xlsx, .json"),
    (("report", "{result}", "--out", "x.docx"), "x.docx: Word reports are gone; write .html or .pdf"),
    (("report", "{result}", "--out", "x.png"), "x.png: reports as an image are gone; write .pdf"),
    (("report", "{result}", "--out", "{result}/x.html"), "result.json"),
    (("replicate", "genava", "--out", "x"), "geneva"),
    (("replicate", "geneva", "--out", "{folder}"), "not an empty folder"),
    (("run", "geneva", "--format", "pdf"), "--out"),
    (("run", "geneva", "--format", "html", "--out", "x.pdf"), ".html"),
    (("run", "geneva", "--format", "docx", "--out", "x.docx"), "--format: Word reports are gone"),
    (("run", "geneva", "--report", "x.tex"), "x.tex: reports in LaTeX are gone; write tables with --format latex"),
    (("run", "geneva", "--report", "x.odt"), ".html"),
    (("run", "geneva", "--report", "{result}/x.html"), "is a file"),
    (("run", "geneva", "--report", "/proc/none/x.html"), "cannot be written"),
]


@pytest.mark.parametrize(("args", "hint"), CASES, ids=[" ".join(args) for args, _ in CASES])
def test_refused_in_one_sentence(detente, folder, tmp_path, monkeypatch, args, hint):
    monkeypatch.chdir(tmp_path)
    names = {"folder": str(folder), "result": str(folder / "result.json")}
    ran = detente(*(arg.format(**names) for arg in args))
    assert ran.code == 2
    assert hint in ran.err
    assert ran.err.startswith("detente: ")
    assert len(ran.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_is_named_before_anything_is_computed(detente, monkeypatch, tmp_path):
    import importlib.util

    import detente.lab.run as lab

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "typst" else real(name, *a))
    monkeypatch.setattr(lab, "run", lambda *a, **k: pytest.fail("it ran"))
    ran = detente("run", "geneva", "--report", str(tmp_path / "x.pdf"))
    assert ran.code == 2
    assert "pip install '.[documents]' in a clone" in ran.err


FEW_TABLES = """
on: 2025-05-14
against: {on: 2025-05-08}
world: icio-2022-small
usa: {add: [more.yaml]}
report: {by: [section], prices: false, talks: false, daily: false, draws: 20}
"""
"""A scenario with files of its own in a small world: what a package must hold, at a tenth of the time of Geneva."""

MORE = """
id: more
title: Another tenth on Vietnam
authority: reciprocal
citation: test
goods: [{all: true}]
partners: [VNM]
periods: [{from: 2025-05-01, rate: 10%}]
"""


def test_a_replication_package_runs_and_agrees(detente, tmp_path):
    (tmp_path / "few.yaml").write_text(FEW_TABLES)
    (tmp_path / "more.yaml").write_text(MORE)
    ran = detente("replicate", str(tmp_path / "few.yaml"), "--out", str(tmp_path / "package"))
    assert ran.code == 0
    done = subprocess.run(
        [sys.executable, "replicate.py"], cwd=tmp_path / "package", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all tables are the same" in done.stdout


def test_cite_prints_bibtex(detente, folder):
    plain, result = detente("data", "cite"), detente("data", "cite", str(folder / "result.json"))
    assert detente("cite").out == plain.out
    key = json.loads((folder / "result.json").read_text(encoding="utf-8"))["key"]
    assert "\n\n@software{detente,\n" in plain.out
    assert key in result.out
    assert result.out.count("@misc{") == len(json.loads((folder / "result.json").read_text())["vintages"])
    for text in (plain.out, result.out):
        assert text.count("{") == text.count("}")
