"""Answers on one good: what changes nothing, parcels, programmes that lapsed, contents not declared."""

import os
import subprocess
import sys
from datetime import date

import numpy as np
import pytest

from detente.codes import InputError
from detente.data.importers import importer
from detente.lab.averages.laid_law import laid_law
from detente.lab.statute.lookup import look_up
from detente.law import Reading


def test_a_programme_that_lapsed_is_refused_in_the_texts_of_the_day():
    claim = {"claim": "AGOA", "reading": Reading.PUBLISHED}
    for day in (date(2025, 9, 30), date(2026, 2, 3)):
        assert look_up("6109.10.00", "KEN", day, **claim).main.base == 0.0
    for day in (date(2025, 10, 1), date(2026, 2, 2)):
        with pytest.raises(InputError, match="lapsed"):
            look_up("6109.10.00", "KEN", day, **claim)


def test_content_not_declared_is_the_whole_but_for_what_is_declared_of_others():
    usa = importer("USA").only(["7326908688"])
    metals = [usa.shares(usa.law, context, given).by_aspect["metal"][:, 0] for context, given in CONTENTS]
    assert np.allclose(metals, [(1, 0, 0), (1, 0, 0), (0.6, 0, 0), (0.7, 0.3, 0), (0.5, 0.3, 0)])


CONTENTS = (
    ("line", {}),
    ("trade", {}),
    ("line", {"steel_content": 0.6}),
    ("line", {"aluminum_content": 0.3}),
    ("line", {"steel_content": 0.5, "aluminum_content": 0.3}),
)


@pytest.mark.parametrize(("share", "total"), [(0.0, 0.25), (0.2, 0.2), (0.4, 0.15), (0.6, 0.15), (1.0, 0.15)])
def test_mobile_machinery_never_owes_less_than_its_least_duty(share: float, total: float):
    answer = look_up("8429.51", "MEX", date(2026, 7, 1), claim="USMCA", parameters={"us_content": share})
    assert answer.total == pytest.approx(total)


def test_a_state_that_follows_is_not_set_by_itself():
    with pytest.raises(InputError, match="us_content_high"):
        look_up("8429.51", "MEX", date(2026, 7, 1), parameters={"us_content_high": 1})


LISTS_TERMS = """
from datetime import date
from detente.lab.statute.lookup import look_up
print(*(term.measure for term in look_up("0810.90.90", "USA", date(2026, 11, 27), of="CHN").main.terms))
"""


def test_terms_come_in_one_order_whatever_the_hash_seed():
    def terms(seed: int) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
        return subprocess.run(
            [sys.executable, "-c", LISTS_TERMS], env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert len(terms(5).split()) > 2
    assert terms(5) == terms(6) == terms(7)


def test_averages_put_russia_and_belarus_under_column_2_from_its_day():
    ground = laid_law(importer("USA").law)
    days = (date(2022, 4, 8), date(2022, 4, 9), date(2022, 7, 27), date(2023, 4, 1), date(2024, 1, 1))
    parts = {
        code: [float(ground.only(frozenset({code})).rates(day).base.mean()) for day in days]
        for code in ("RUS", "BLR", "CUB")
    }
    russia, belarus, cuba = parts["RUS"], parts["BLR"], parts["CUB"]
    assert russia[0] < russia[1] < russia[2] < russia[3] == russia[4]
    assert belarus[0] < belarus[1] == belarus[2] == belarus[4]
    assert cuba[0] == cuba[1] == cuba[4]
