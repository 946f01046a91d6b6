"""No warning of the array library reaches a user, however far a shock goes."""

import warnings

import numpy as np
import pytest

import detente as dt
from detente.economy import Shock, baseline_tariff, decompose, gradient, solve
from detente.economy.decomposition import attribution, income_parts
from detente.economy.policies import concessions


@pytest.mark.parametrize("name", ["libday-2023", "icio-2022-small", "nafta-1993"])
def test_a_doubling_of_every_price_at_the_border_warns_of_nothing(name):
    world = dt.load_economy(name)
    at, tariff = world.country("USA"), np.array(baseline_tariff(world))
    tariff[at] = 1.0
    tariff[at, at] = baseline_tariff(world)[at, at]
    options = {"closure": "zero"} if name == "nafta-1993" else {}
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        found = solve(world, Shock(tariff, options=options))
        gradient(found, "USA")
        found.table()
        decompose(found).table()
        attribution(found, "USA")
        income_parts(found)
        concessions(found, ["USA", "CAN"])
