"""Acts of 2026 that set no rate, and trade of 2024 under numbers that are no more: what cases cannot say."""

from datetime import date

import pytest

from detente.data.importers import importer
from detente.lab.averages.laid_law import laid_law
from detente.lab.statute.lookup import look_up
from detente.law import schedule_on
from rows import rows_of

LISTED = rows_of(__file__)

RETIRED = ("3004909221", "3004909225", "3818000095")


def told(line: str, partner: str, on: str) -> set[str]:
    return {measure.id for measure in look_up(line, partner, date.fromisoformat(on)).controls}


@pytest.mark.parametrize(("line", "partner", "on", "measure", "applies"), LISTED["an_act_without_a_rate_is_told"])
def test_an_act_without_a_rate_is_told(line, partner, on, measure, applies):
    assert (measure in told(line, partner, on)) is applies


def test_a_chip_owes_no_invented_rate():
    before, after = (look_up("8542.31.00", "CHN", date(2027, 6, day)).total for day in (22, 23))
    assert before == after


@pytest.mark.parametrize("line", RETIRED)
def test_trade_of_2024_keeps_the_duty_of_the_number_that_replaced_its_own(line):
    where, day = importer("USA"), date(2026, 12, 4)
    space = laid_law(where.law).kept_space(day)
    at = next(i for i, c in enumerate(space.columns) if c.partner == "IND" and not c.preference)
    rate = schedule_on(space, day).rate("section_232", [at])[space.lines.index(line, "line"), 0]
    assert rate > 0.1


@pytest.mark.parametrize(("partner", "on", "heading"), LISTED["each_partner_has_its_heading"])
def test_each_partner_has_its_heading(partner, on, heading):
    terms = look_up("9503.00.0073", partner, date.fromisoformat(on)).ladders[0].terms
    assert heading in {term.heading for term in terms}


def test_goods_that_meet_a_floor_already_have_the_heading_of_those():
    """A T-shirt of Germany owes 16.5%, over the 10 of note 52: 9903.05.38, nothing added."""
    terms = look_up("6109.10.0012", "DEU", date(2026, 10, 9)).ladders[0].terms
    assert [(term.heading, term.points) for term in terms] == [("9903.05.38", 0.0)]


T_SHIRT, TOY = "6109.10.00", "9503.00.00"
AUGUST = date(2025, 8, 2)

CASES = [
    (T_SHIRT, "VNM", AUGUST, "rec_letters", 0.165 + 0.10, 0.165 + 0.20),
    (T_SHIRT, "BRA", AUGUST, "rec_letters", 0.165 + 0.10, 0.165 + 0.50),
    (T_SHIRT, "IND", AUGUST, "rec_letters", 0.165 + 0.10, 0.165 + 0.10),
    (TOY, "JPN", AUGUST, "rec_letters", 0.10, 0.25), ("8542.31.00", "JPN", AUGUST, "rec_letters", 0.0, 0.0),
    (TOY, "DEU", AUGUST, "rec_letter_eu", 0.10, 0.30), (TOY, "JPN", AUGUST, "rec_letter_eu", 0.10, 0.10),
    (TOY, "MEX", AUGUST, "fent_mex_30", 0.25, 0.30), (TOY, "CAN", AUGUST, "fent_mex_30", 0.35, 0.35),
    (TOY, "CHN", date(2025, 4, 11), "rec_chn_105", 1.45, 1.25),
    (TOY, "CHN", date(2025, 5, 14), "rec_chn_105", 0.30, 0.30),
]  # fmt: skip


@pytest.mark.parametrize(("line", "partner", "day", "measure", "owed", "announced"), CASES)
def test_an_announced_duty_counts_where_it_is_switched_on(line, partner, day, measure, owed, announced):
    law = importer("USA").law
    assert look_up(line, partner, day).total == pytest.approx(owed)
    assert look_up(line, partner, day, law=law.with_announced([measure])).total == pytest.approx(announced)


def test_a_claim_of_the_usmca_stays_out_of_the_letter_to_mexico():
    law = importer("USA").law.with_announced(["fent_mex_30"])
    assert look_up(TOY, "MEX", AUGUST, claim="USMCA", law=law).total == 0.0
