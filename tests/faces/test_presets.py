"""Presets of the Deal page: files in a folder that name a scenario or an outcome, and have its levels and numbers."""

import shutil
from datetime import date
from urllib.parse import parse_qsl

import pytest

pytest.importorskip("sqlalchemy")

from detente.codes import InputError, UnknownName
from detente.data.casefile import presets, read_preset
from detente.data.limits import forget
from detente.faces.web.pages.routes import case_titles, preset_deals
from detente.lab.deal.answer import DealEngine
from detente.lab.deal.file import preset_address
from detente.lab.deal.levers import Deal

NAMED = [preset for preset in presets() if preset.scenario]


def _addresses(today):
    """Addresses of the presets of a day, by label."""
    return {row["label"]: dict(parse_qsl(row["query"])) for row in preset_deals(today)}


def _days(today):
    return {label: address["date"] for label, address in _addresses(today).items()}


def test_levels_are_those_of_the_scenario_named_and_presets_of_the_nearest_day():
    assert _days(date(2026, 12, 24))["Today, as written"] == "2026-12-24"
    assert _days(date(2031, 1, 1))["Today, truce prolonged (likely) or renewed"] == "2027-01-24"
    assert _days(date(2026, 12, 24))["Geneva"] == _days(date(2031, 1, 1))["Geneva"] == "2025-05-14"
    found = _addresses(date(2026, 12, 1))
    levels = {label: [float(row.get(name, "nan")) for name in ("us", "fentanyl", "cn", "licences")]
              for label, row in found.items()}  # fmt: skip
    assert levels["US 40% and 20% for fentanyl, China 40%"] == [40, 20, 40, 1]
    assert levels["34% in all on both sides, fentanyl tariff lifted"] == [34, 0, 34, 1]
    assert (levels["US 34% and 20% for fentanyl, China 34%"], levels["Geneva"]) == ([34, 20, 34, 1], [10, 20, 10, 1])
    assert found["Geneva"]["duration"] == "90"


@pytest.mark.sampled(3)
@pytest.mark.parametrize("preset", NAMED, ids=[preset.title for preset in NAMED])
def test_a_preset_has_the_numbers_of_the_run_of_its_scenario(opened_case, ran, preset):
    """One deal, one number: gains and the average duty on the page are those of `detente run`."""
    engine = DealEngine(preset.case)
    deal = engine.deal(preset_address(preset, date(2026, 12, 1)), quick=True)
    result = ran(preset.scenario)
    gains = [deal.number(f"gain_{side}_D0").value for side in ("USA", "CHN")]
    runs = [[row["usa"], row["chn"]] for row in result.table("deals").rows() if row["kind"] in ("deal", "offer")]
    assert any(gains == pytest.approx(run, abs=1e5) for run in runs), (gains, runs)
    (average,) = (
        row["after"]
        for row in result.table("headline").rows()
        if row["variant"] == (preset.variant or preset.scenario) and row["definition"] == "fixed"
    )
    assert deal.number("us_average").value == pytest.approx(average, abs=5e-6)


@pytest.mark.parametrize("preset", [p for p in presets() if p.outcome], ids=lambda preset: preset.title)
def test_an_outcome_has_the_levels_of_its_case(preset):
    engine = DealEngine(preset.case)
    expected = engine.deal_of(engine.warm.case.outcome(preset.outcome), Deal(preset.case, engine.warm.file.on))
    address = preset_address(preset, date(2026, 12, 1))
    for lever, value in expected.address().items():
        if lever in engine.levers and lever != "duration":
            assert float(address[lever]) == float(value), (preset.title, lever)


@pytest.mark.parametrize(("text", "words"), [
    ("title: A\ncase: us-china-2025-05\n", "neither or both"),
    ("title: A\ncase: us-china-2025-05\nscenario: geneva\noutcome: geneva\n", "neither or both"),
    ("title: A\ncase: us-china-2025-05\nlevers: {us: 3}\noutcome: geneva\n", "levers"),
])  # fmt: skip
def test_a_preset_names_one_thing_and_holds_no_levels_of_its_own(tmp_path, text, words):
    (tmp_path / "a.yaml").write_text(text)
    with pytest.raises(InputError, match=words):
        read_preset(tmp_path / "a.yaml")


def test_an_unknown_variant_is_refused_by_name(tmp_path):
    (tmp_path / "a.yaml").write_text("title: A\ncase: us-china-2025-05\nscenario: thirty-four\nvariant: thirty-five\n")
    with pytest.raises(UnknownName, match="thirty-five"):
        preset_address(read_preset(tmp_path / "a.yaml"), date(2026, 12, 1))


def test_a_case_and_a_preset_dropped_into_their_folders_are_offered(tmp_path, monkeypatch):
    from detente.data import casefile
    from detente.lab.deal import levers
    from detente.lab.talks import near

    shutil.copytree(casefile.package_folder() / "cases", tmp_path / "cases")
    shutil.copytree(casefile.package_folder() / "presets", tmp_path / "presets")
    case = (tmp_path / "cases" / "us-china-2025-10.yaml").read_text(encoding="utf-8")
    case = case.replace("name: us-china-2025-10", "name: autumn").replace(
        "before Busan, as known on 29 October 2025", "an own case"
    )
    (tmp_path / "cases" / "autumn.yaml").write_text(case, encoding="utf-8")
    text = "title: Mine\nplace: 5\ncase: autumn\ndate: 2025-10-30\noutcome: status_quo\n"
    (tmp_path / "presets" / "mine.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(casefile, "package_folder", lambda: tmp_path)
    kept = (near._case, casefile.presets, case_titles, preset_deals)
    forget(*kept)
    try:
        assert "autumn" in levers.served()
        assert case_titles()["autumn"].endswith("an own case")
        first = preset_deals(date(2026, 1, 1))[0]
        assert first["label"] == "Mine"
        assert first["query"].startswith("case=autumn&date=2025-10-30&us=")
    finally:
        forget(*kept)
