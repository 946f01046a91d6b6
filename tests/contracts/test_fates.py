"""Fates of open clauses: each on its days, in numbers and in words, and what may come without a rate."""

import json
from dataclasses import replace
from datetime import date

import pytest

from detente.codes.days import Branch, Standing
from detente.data.importers import importer
from detente.lab.averages import averages
from detente.lab.averages.laid_law import laid_law
from detente.lab.statute.lookup import look_up
from rows import rows_of

LISTED = rows_of(__file__)


@pytest.mark.parametrize(("day", "totals"), LISTED["each_fate_of_the_truce_runs_out_on_its_day"])
def test_each_fate_of_the_truce_runs_out_on_its_day(day, totals):
    """Chassis of China: 25% of Annex I-B, and the 100% of 9903.91.12 in place of the 25% of list 3."""
    line = look_up("8716.39.0090", "CHN", date.fromisoformat(day))
    assert [branch.value for branch in line.standing.branches] == pytest.approx(totals)
    assert line.total == pytest.approx(0.50 if day == "2026-11-09" else 1.25)


@pytest.mark.parametrize(
    ("day", "totals"),
    [("2026-12-31", []), ("2027-01-01", [0.165, 0.0])],
)
def test_a_claim_under_agoa_has_both_fates_from_2027(day, totals):
    line = look_up("6109.10.0012", "KEN", date.fromisoformat(day), claim="AGOA")
    assert [branch.value for branch in line.standing.branches] == pytest.approx(totals)
    assert line.total == pytest.approx(0.0 if day == "2026-12-31" else 0.165)


def test_what_may_come_is_told_of_the_partners_it_concerns():
    day = date(2026, 12, 1)
    told = {
        code: look_up("9503.00.0073", code, day).standing.ahead_line for code in ("CHN", "IND", "RUS", "VNM", "AUS")
    }
    assert "100% under the Graham act" in told["CHN"]
    assert "100% under the Graham act" in told["IND"]
    assert "500% under the Graham act" in told["RUS"]
    assert "not applied" in told["RUS"]
    assert "intellectual property in Vietnam" in told["VNM"]
    assert "excess capacity" in told["VNM"]
    assert told["AUS"] == ""
    record, russia = importer("USA").law.record, frozenset({"RUS"})
    signed = [
        any("Graham act" in entry.title for entry in record.may_come(date(2026, 9, n), russia, "9503.00.0073"))
        for n in (17, 18)
    ]
    assert signed == [False, True]
    # What has its number on record is not told what may come.
    assert look_up("9503.00.0073", "RUS", date(2026, 10, 7)).standing.ahead_line == ""
    assert look_up("9503.00.0073", "RUS", date(2026, 10, 8)).standing.ahead_line
    cars = (look_up(line, "CAN", day).standing.ahead_line for line in ("8703.23.0190", "9503.00.0073"))
    assert [("50% on cars" in line) for line in cars] == [True, False]


def test_the_average_of_a_day_in_2027_counts_agoa_as_ended_or_renewed():
    """Lesotho sells clothing under AGOA alone: its average rises with the end, and not if the programme is renewed."""
    law, eve, day = importer("USA").law, date(2026, 12, 31), date(2027, 1, 1)
    before, after = (laid_law(law).only(frozenset({"LSO"})).whole(on) for on in (eve, day))
    open_still = laid_law(replace(law, record=None)).only(frozenset({"LSO"})).whole(day)
    table = averages.average(laid_law(law).only(frozenset({"LSO"})), day)
    assert after == table["average"][0] > before + 0.05
    assert table["if_renewed"][0] == pytest.approx(open_still, abs=1e-9)
    assert open_still < before + 0.005


def test_the_line_joins_fates_that_come_to_one_number():
    fates = (Branch("lapsed", 0.4547), Branch("prolonged", 0.2147, "prolonged to 9 January 2027 (likely)", True),
             Branch("renewed", 0.2147, "renewed for a year"))  # fmt: skip
    early = Standing(date(2026, 10, 7), True, ("a",), date(2026, 11, 10), date(2026, 11, 10), fates)
    assert early.line.endswith(
        "45.47% if it lapsed, 21.47% if it was prolonged to 9 January 2027 (likely) or renewed for a year"
    )
    late = replace(early, branches=(fates[0], replace(fates[1], value=0.4547), fates[2]))
    assert late.line.endswith(
        "45.47% if it lapsed or was prolonged to 9 January 2027 (likely), 21.47% if it was renewed for a year"
    )
    assert Standing.from_json(json.loads(json.dumps(late.as_json()))) == late
