"""Import quotas: quantities within them, wedges only where they bind, and the tariff that does the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente as dt
from detente.economy import Shock, baseline_tariff, goods, quotas_of, solve, with_quotas
from detente.economy.policies.quotas import quantities


def quota_of(economy, rows):
    return quotas_of(economy, rows)[0]


WORLDS = ("icio-2022-small", "libday-2023")


@pytest.mark.parametrize("world", WORLDS)
def test_a_wedge_as_a_tariff_gives_the_same_equilibrium(world: str) -> None:
    economy = dt.load_economy(world)
    quota = quota_of(economy, [("USA", "CHN", None, 0.6)])
    found = with_quotas(economy, Shock(), quota)
    old = baseline_tariff(economy)
    tariff = np.where(found.wedge > 0, (1.0 + old) * (1.0 + found.wedge) - 1.0, old)
    again = solve(economy, Shock(tariff=tariff))
    assert again.changes["welfare"] == pytest.approx(found.equilibrium.changes["welfare"], abs=1e-9)
    held = np.isfinite(quota)
    assert held.sum() == len(goods(economy))
    assert np.nanmax(quantities(again)[held]) <= 0.6 + 1e-7


@pytest.mark.parametrize("world", WORLDS)
def test_a_quota_that_leaves_room_changes_nothing(world: str) -> None:
    economy = dt.load_economy(world)
    found = with_quotas(economy, Shock(), quota_of(economy, [("USA", "CHN", None, 1.5)]))
    assert not found.wedge.any()
    assert np.abs(found.equilibrium.changes["welfare"]).max() < 1e-12
    assert found.rent == pytest.approx(np.zeros(len(economy.countries)))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19), st.floats(0.2, 1.3)), min_size=1, max_size=6))
def test_conditions_hold_in_every_cell(cells: list[tuple[int, int, float]]) -> None:
    economy = dt.load_economy("icio-2022-small")
    rows = {(economy.countries[i], economy.countries[j]): limit for i, j, limit in cells if i != j}
    quota = quota_of(economy, [(i, j, None, limit) for (i, j), limit in rows.items()])
    found = with_quotas(economy, Shock(), quota)
    held = np.isfinite(quota) & ~np.isnan(found.quantity)
    assert (found.quantity[held] <= quota[held] * (1 + 1e-7)).all()
    loose = held & (found.quantity < quota * (1 - 1e-6))
    assert (found.wedge[loose] < 1e-7).all()
    assert (found.wedge >= 0).all()


def test_tighter_quotas_have_wider_wedges() -> None:
    economy = dt.load_economy("libday-2023")
    at = economy.country("USA"), economy.country("CHN")
    wedges = [
        with_quotas(economy, Shock(), quota_of(economy, [("USA", "CHN", None, q)])).wedge[at] for q in (0.9, 0.5, 0.1)
    ]
    assert 0 < wedges[0] < wedges[1] < wedges[2]
