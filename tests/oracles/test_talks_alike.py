"""Three countries alike against the closed form of the textbook."""

import numpy as np
import pytest

from detente.codes import InputError
from detente.lab.talks.case import open_case
from detente.talks.endowment import TEXTBOOK, alike


@pytest.fixture(scope="module")
def space():
    return open_case("three-country", check=False).space()


def real_income(duty: float) -> float:
    """Real income of each of several countries alike, all with the same duty on all, USD bn a year."""
    bought = 0.2 * (1.0 + duty) ** -3.0
    share = bought / (0.8 + bought)
    return 1000.0 / (1.0 - share * duty / (1.0 + duty)) / (0.8 + bought) ** (-1.0 / 3.0)


@pytest.mark.parametrize("duty", [0.1, 0.5, 1.0])
def test_one_duty_of_all_on_all_is_the_closed_form(space, duty):
    income = space.parts_at(np.full(6, duty))[:, 0]
    assert income == pytest.approx(real_income(duty) - real_income(0.0), abs=1e-5)


def test_who_is_alike_fares_alike(space):
    outcome = open_case("three-country", check=False).outcome("pair")
    home, foreign, other = space.parts_at(outcome)[:, 0]
    assert home == pytest.approx(foreign, abs=1e-5)
    assert other < home


def test_two_alike_are_the_textbook_of_two():
    economy = alike(("HOM", "FOR"))
    assert economy.arrays["flows"].sum(axis=0) == pytest.approx(economy.arrays["flows"].sum(axis=1))
    with pytest.raises(InputError):
        alike(TEXTBOOK["three-country"], own=1.0)
