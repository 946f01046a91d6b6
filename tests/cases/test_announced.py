"""Duties that were announced and never written into the tariff, switched on."""

from datetime import date

import pytest

from detente.data.importers import importer
from detente.lab.statute.lookup import look_up

T_SHIRT, TOY = "6109.10.00", "9503.00.00"
AUGUST = date(2025, 8, 2)

CASES = [
    (T_SHIRT, "VNM", AUGUST, "rec_letters", 0.165 + 0.10, 0.165 + 0.20),
    (T_SHIRT, "BRA", AUGUST, "rec_letters", 0.165 + 0.10, 0.165 + 0.50),
    (T_SHIRT, "IND", AUGUST, "rec_letters", 0.165 + 0.10, 0.165 + 0.10),
    (TOY, "JPN", AUGUST, "rec_letters", 0.10, 0.25),
    ("8542.31.00", "JPN", AUGUST, "rec_letters", 0.0, 0.0),
    (TOY, "DEU", AUGUST, "rec_letter_eu", 0.10, 0.30),
    (TOY, "JPN", AUGUST, "rec_letter_eu", 0.10, 0.10),
    (TOY, "MEX", AUGUST, "fent_mex_30", 0.25, 0.30),
    (TOY, "CAN", AUGUST, "fent_mex_30", 0.35, 0.35),
    (TOY, "CHN", date(2025, 4, 11), "rec_chn_105", 1.45, 1.25),
    (TOY, "CHN", date(2025, 5, 14), "rec_chn_105", 0.30, 0.30),
]


@pytest.mark.parametrize(("line", "partner", "day", "measure", "owed", "announced"), CASES)
def test_an_announced_duty_counts_where_it_is_switched_on(line, partner, day, measure, owed, announced):
    law = importer("USA").law
    assert look_up(line, partner, day).total == pytest.approx(owed)
    assert look_up(line, partner, day, law=law.with_announced([measure])).total == pytest.approx(announced)


def test_a_claim_of_the_usmca_stays_out_of_the_letter_to_mexico():
    law = importer("USA").law.with_announced(["fent_mex_30"])
    assert look_up(TOY, "MEX", AUGUST, claim="USMCA", law=law).total == 0.0
