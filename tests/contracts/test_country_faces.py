"""The brief of a country: another day, closure and costs; what is owed beside what is paid."""

import pytest

import detente as dt
from detente.data.tables import arrays


def test_another_earlier_day_closure_and_costs_are_taken():
    base = dt.brief("Vietnam", "2025-05-14", against="2025-05-13")
    assert base.number.against == "the tariffs of 13 May 2025"
    assert len(base.table("certificate")) > 0
    geneva = float(dt.brief("Vietnam", scenario="geneva"))
    assert float(base) == pytest.approx(geneva, abs=1e-3)
    dearer = dt.brief("Vietnam", scenario="geneva", costs=[{"exporter": "Vietnam", "importer": "USA", "change": "10%"}])
    assert float(dearer) < geneva
    assert float(dt.brief("Vietnam", scenario="geneva", closure="zero")) != geneva


def test_what_is_owed_and_what_is_paid_stand_side_by_side(detente):
    rows = {row["measure"]: row for row in dt.brief("Mexico", "2025-05-14")}
    month = arrays("usa_collected_monthly")
    chosen = (month["month"] == "2025-05") & (month["partner"] == "MEX")
    paid = float(month["duty"][chosen][0] / month["imports"][chosen][0])
    assert rows["duty_paid"]["after"] == pytest.approx(paid)
    assert paid < 0.05 < rows["duty"]["after"]
    gap = rows["duty_paid"]["after"] - rows["others_paid"]["after"]
    assert rows["margin_paid"]["after"] == pytest.approx(gap)
    told = " ".join(detente("brief", "Mexico", "--on", "2025-05-14").out.split())
    assert f"importers paid {paid:.1%} on its goods" in told
    assert f"It is {-100 * gap:.1f} points ahead of its rivals" in told
    assert "USMCA claims of May 2025" in told


def test_what_nobody_has_paid_yet_is_not_said_to_be_paid(detente):
    told = " ".join(detente("brief", "Mexico", "--on", "2026-10-01").out.split())
    assert "importers paid" not in told
    assert "points ahead of its rivals" in told or "points behind its rivals" in told
