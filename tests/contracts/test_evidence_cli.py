"""The machine contract of `detente check` and `promises`, the record of events, and what they refuse."""

import json
from datetime import date

import numpy as np
import pytest

import detente as dt
from detente.data.importers import importer
from detente.lab.claims.check import check
from detente.lab.claims.ledger import load_ledger
from detente.lab.claims.measurand import Measured
from detente.lab.statute.book import steps


def detail(ran):
    """All that is known of the one claim that was checked."""
    return json.loads(ran.out)["tables"]["details"]["rows"][0]


AS_OF = date(2026, 7, 23)


@pytest.fixture(scope="module")
def checks():
    return {found.name: found for found in check(as_of=AS_OF, draws=0)}


def test_every_verdict_says_under_which_definition(checks):
    for name, found in checks.items():
        assert found.explanation, name
        if found.readings:
            assert found.definition, name
            assert found.inputs, name


def test_the_day_of_the_report_settles_no_forecast(checks):
    then = {name: str(found.verdict_then) for name, found in checks.items()}
    assert {then[name] for name in ("C01b", "C02a", "C03a", "C04a", "C08a", "C09a")} == {"open"}
    assert checks["C09a"].known_later == ("us-geneva-duty (2025-05-12)",)


def test_145_is_right_under_its_definition_and_wrong_under_others(checks):
    values = {r.name: r.value for r in checks["C01a"].readings}
    assert values["events"] == pytest.approx(1.45, abs=1e-12)
    assert 0.9 < values["average-addition"] < 1.1 < values["average-total"] < 1.2
    assert values["list-3"] == pytest.approx(1.70, abs=1e-9)
    assert values["smartphone"] == pytest.approx(0.20, abs=1e-9)
    assert len(checks["C01a"].fails_under) == 5


def test_12_6_points_stand_on_one_side_and_fall_on_the_other(checks):
    found = {r.name: (100 * r.value, str(r.nearness)) for r in checks["C14a"].readings}
    assert found["in-all"] == (pytest.approx(12.7, abs=0.1), "in")
    assert found["on-top"][1] == found["country-table"][1] == "out"
    assert found["alone"][0] < found["in-all"][0] < found["on-top"][0] < found["country-table"][0]


def test_the_largest_rise_since_1930_says_whether_1930_itself_was_exceeded(checks):
    assert "2.0 to 3.0 points in 1931" in checks["C15a"].explanation
    assert "it is larger than that of 1930 itself (1.3 to 2.3)" in checks["C15a"].explanation
    assert "1930 is known only as 14.8 to 15.8%" in checks["C15a"].explanation


def test_only_the_year_that_came_out_later_is_said_to_be_known_later(checks):
    assert checks["C15a"].known_later == ("duties over imports by year, 1901 on, with 2025 (2026-02-15)",)
    assert checks["C12a"].known_later == ()
    assert "duties over imports by year, 1901 on" in checks["C12a"].inputs
    assert "duties over imports by year, 1901 on" in checks["C15a"].inputs


def test_what_is_published_later_is_not_seen():
    """On 9 May 2025 the duty collected in April was not public, nor were the shares of 2024 of October 2025."""
    (level,) = check(as_of=date(2025, 5, 9), draws=0, only="C13a")
    hidden = next(r for r in level.readings if r.name == "collected")
    assert np.isnan(hidden.value)
    assert hidden.remark == "not public before 2025-06-05"
    (share,) = check(as_of=date(2025, 5, 9), draws=0, only="C06a")
    assert {r.name for r in share.readings if r.nearness is None} == {"separation", "magnet"}
    assert share.verdict is share.verdict_then


def test_a_module_passed_in_answers_what_is_not_modelled_here():
    seen = []

    def months(row, reading, day):
        seen.append((row.name, row.partner, reading.name, day))
        return Measured(5.0, np.asarray([4.0, 5.0, 6.0]), ("chain rare-earths",), base=24.0)

    (found,) = check(as_of=AS_OF, draws=0, only="C07", hooks={"months_of_shortage": months})
    assert str(found.verdict) == "model agrees"
    assert [name for _, _, name, _ in seen] == ["licences", "no-stocks", "half-licences"]
    assert seen[0][:2] == ("months_of_shortage", "USA")


MINE = """
- claim_id: mine-1
  quote: "the average US tariff has risen by more than 20 points"
  source: {publisher: a paper, url: "https://example.org/x", retrieved: 2025-05-09}
  said_utc: 2025-05-09T10:00Z
  kind: measurement
  quantity: {name: average_tariff_rise, comparator: ">", value: 20, unit: points, base: 2025-01-01, as_of: 2025-05-08}
  definition: {duty: statutory, weights: imports-2024, substitution: none}
"""


def written(tmp_path, text):
    path = tmp_path / "claims.yaml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_users_own_claim(detente, tmp_path):
    ran = detente("check", written(tmp_path, MINE), "--as-of", "2025-06-01", "--draws", "20", "--format", "json")
    row = detail(ran)
    assert row["claim"] == "mine-1"
    assert row["verdict"] == "supported"
    assert row["definition"] == "the claim's own definition"
    assert 0.195 < row["low"] <= row["value"] <= row["high"] < 0.24


@pytest.mark.parametrize(
    ("written_as", "half"), [("23", 0.005), ("12.6", 0.0005), ("'12.60'", 0.00005), ("'23%'", 0.005), ("1e2", 0.5)]
)
def test_the_last_digit_of_a_claim_is_read_as_written(tmp_path, written_as, half):
    ledger = load_ledger(written(tmp_path, MINE.replace("value: 20", f"value: {written_as}").replace('">"', '"="')))
    assert ledger.statements[0].part.quantity.half_unit == pytest.approx(half)


def test_every_step_of_every_lawbook_is_in_the_timeline():
    rows = list(dt.events(from_="2026-05-01", to="2026-12-01").tables["details"])
    assert len({row["event"] for row in rows}) == len(rows)
    for code in ("USA", "CHN", "EU27", "CAN", "GBR"):
        steps_of = {str(step.day) for step in steps(importer(code).law, date(2026, 5, 1), date(2026, 12, 1))}
        assert steps_of <= {row["effective"] for row in rows if row["actor"] == code}
