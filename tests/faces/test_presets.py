"""Presets of the Deal page: files in a folder; those of today are of today."""

import shutil
from datetime import date
from urllib.parse import parse_qsl

import pytest

pytest.importorskip("sqlalchemy")

from detente.faces.web.pages.routes import case_titles, preset_deals


def _days(today):
    """Days of the presets of a day, by label."""
    return {row["label"]: dict(parse_qsl(row["query"]))["date"] for row in preset_deals(today)}


def test_todays_presets_are_of_today_or_of_the_nearest_day_of_their_case():
    assert _days(date(2026, 12, 24))["Today, as written"] == "2026-12-24"
    assert _days(date(2031, 1, 1))["Today, truce renewed"] == "2027-01-24"
    assert _days(date(2026, 12, 24))["Geneva"] == _days(date(2031, 1, 1))["Geneva"] == "2025-05-14"


def test_a_case_and_a_preset_dropped_into_their_folders_are_offered(tmp_path, monkeypatch):
    from detente.data import casefile, presets
    from detente.lab.deal import levers
    from detente.lab.talks import near

    shutil.copytree(casefile.package_folder() / "cases", tmp_path / "cases")
    shutil.copytree(casefile.package_folder() / "presets", tmp_path / "presets")
    case = (tmp_path / "cases" / "us-china-2025-10.yaml").read_text(encoding="utf-8")
    case = case.replace("name: us-china-2025-10", "name: autumn").replace(
        "before Busan, as known on 29 October 2025", "an own case"
    )
    (tmp_path / "cases" / "autumn.yaml").write_text(case, encoding="utf-8")
    text = "title: Mine\nplace: 5\ncase: autumn\ndate: 2025-10-30\nlevers: {us: 30}\n"
    (tmp_path / "presets" / "mine.yaml").write_text(text, encoding="utf-8")
    for module in (casefile, presets):
        monkeypatch.setattr(module, "package_folder", lambda: tmp_path)
    kept = (near._case, presets.presets, case_titles, preset_deals)
    for function in kept:
        function.cache_clear()
    try:
        assert "autumn" in levers.served()
        assert case_titles()["autumn"].endswith("an own case")
        assert preset_deals(date(2026, 1, 1))[0] == {"label": "Mine", "query": "case=autumn&date=2025-10-30&us=30"}
    finally:
        for function in kept:
            function.cache_clear()
