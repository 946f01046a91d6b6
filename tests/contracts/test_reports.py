"""Reports of `detente run`, results that are read again, packages that are run again, and `data cite`."""

import json
import re
import zipfile

import pytest

from detente.faces.report.saved import from_document

pytestmark = pytest.mark.usefixtures("runs_kept")


def test_a_result_with_a_key_of_an_earlier_version_is_read(folder):
    content = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    before = from_document(content)
    content["scenario"].setdefault("record", {})["moves"] = ["us-geneva-duty"]
    assert from_document(content).scenario == before.scenario


CASES = [
    (("run", "{folder}"), "is no package of this program"),
    (("run", "{result}", "--out", "x.odt"), "use html, pdf, json, zip"),
    (("run", "{result}", "--out", "{result}/x.html"), "result.json"),
    (("run", "geneva", "--out", "{result}/x.html"), "is a file"),
]


@pytest.mark.parametrize(("args", "hint"), CASES, ids=[" ".join(args) for args, _ in CASES])
def test_refused_in_one_sentence(detente, folder, tmp_path, monkeypatch, args, hint):
    monkeypatch.chdir(tmp_path)
    names = {"folder": str(folder), "result": str(folder / "result.json")}
    ran = detente(*(arg.format(**names) for arg in args))
    assert ran.code == 2
    assert hint in ran.err
    assert ran.err.startswith("detente: ")
    assert (len(ran.err.strip().splitlines()), list(tmp_path.iterdir())) == (1, [])


def test_a_report_is_made_of_a_result_without_running_it(detente, folder, tmp_path, monkeypatch):
    import detente.lab.run as lab

    monkeypatch.setattr(lab, "run", lambda *a, **k: pytest.fail("it ran"))
    for name in ("report.html", "again.xlsx", "again.json"):
        ran = detente("run", str(folder / "result.json"), "--out", str(tmp_path / name))
        assert ran.code == 0
    assert (tmp_path / "report.html").read_bytes() == (folder / "report.html").read_bytes()
    assert (tmp_path / "again.json").read_bytes() == (folder / "result.json").read_bytes()


def test_a_missing_library_is_named_before_anything_is_computed(detente, monkeypatch, tmp_path):
    import importlib.util

    import detente.lab.run as lab

    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "typst" else real(name, *a))
    monkeypatch.setattr(lab, "run", lambda *a, **k: pytest.fail("it ran"))
    ran = detente("run", "geneva", "--out", str(tmp_path / "x.pdf"))
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
    package = tmp_path / "package.zip"
    assert detente("run", str(tmp_path / "few.yaml"), "--out", str(package)).code == 0
    ran = detente("run", str(package))
    assert ran.code == 0, ran.err
    assert re.match(r"All \d+ tables of few come out as they are in package\.zip", ran.out)
    zipfile.ZipFile(package).extractall(tmp_path / "whole")
    (root,) = (tmp_path / "whole").iterdir()
    document = json.loads((root / "output" / "result.json").read_text(encoding="utf-8"))
    document["tables"]["headline"][0]["after"] += 0.01
    (root / "output" / "result.json").write_text(json.dumps(document), encoding="utf-8")
    ran = detente("run", str(root))
    assert ran.code == 6
    assert "come out otherwise: headline." in ran.out


def test_cite_prints_bibtex(detente, folder):
    plain, result = detente("data", "cite"), detente("data", "cite", str(folder / "result.json"))
    assert detente("cite").out == plain.out
    key = json.loads((folder / "result.json").read_text(encoding="utf-8"))["key"]
    assert "\n\n@software{detente,\n" in plain.out
    assert key in result.out
    assert result.out.count("@misc{") == len(json.loads((folder / "result.json").read_text())["vintages"])
    for text in (plain.out, result.out):
        assert text.count("{") == text.count("}")
