"""Searches for policies are local and say so: starts, chance, single cells closed, rates at the bound."""

import numpy as np
import pytest

import detente as dt
from detente.economy import Shock, optimal_tariff
from detente.economy.policies.policy import HIGHEST, at_bound, closings, many_rates

TOP = np.log1p(HIGHEST)


class TwoHills:
    """An objective of two rates: the second has a hill at 20 per cent and a higher one where nothing is left."""

    axes, bend = (), 0.01

    def left(self, logs):
        return np.ones(2)

    def tried(self, trials, near):
        return [self.value(logs) for logs in trials]

    def value(self, logs):
        low, high = 0.01 * np.exp(-((logs[1] - 0.2) ** 2) / 0.02), 0.03 * np.exp(-((logs[1] - TOP) ** 2) / 0.5)
        return float(-((logs[0] - 0.3) ** 2) + low + high)

    def solve(self, logs):
        return self.value(logs), None

    def slope(self, logs):
        steps = 1e-6 * np.eye(2)
        return self.value(logs), np.array([(self.value(logs + s) - self.value(logs - s)) / 2e-6 for s in steps])


def test_closing_a_cell_finds_what_no_slope_leads_to_and_the_seed_decides():
    hills, scale = TwoHills(), np.ones(2)
    value, logs = many_rates(hills, np.full(2, 0.1), scale)
    assert logs[1] == pytest.approx(0.2, abs=1e-3)
    better, closed = closings(hills, value, logs, scale)
    assert better > value + 0.01
    assert closed[1] == pytest.approx(TOP, abs=1e-3)
    assert at_bound(np.log1p([-0.5, 0.3, 9999.0, 1e4])).tolist() == [-1, 0, 0, 1]
    small = dt.load_economy("icio-2022-small")
    found = [optimal_tariff(small, "USA", over="sector", shock=Shock(), seed=seed) for seed in (0, 0, 1)]
    assert found[0].certificate == found[1].certificate or np.isnan(found[0].certificate.starts[-1])
    assert found[0].value == found[1].value == pytest.approx(found[2].value, abs=1e-9)
    assert len(found[0].certificate.starts) == 3
    assert "best of 3 starts and of closing single cells" in found[0].notes[0]


class ShutTogether(TwoHills):
    """Two partners in one sector: closing one diverts trade to the other, closing both is best."""

    axes = (np.zeros(2, dtype=np.int64),)

    def value(self, logs):
        hill = 0.01 * np.exp(-float(((logs - 0.2) ** 2).sum()) / 0.02)
        return hill + 0.03 * np.exp(-float(((logs - TOP) ** 2).sum()) / 0.5)


def test_a_sector_is_closed_at_once_and_the_best_rates_on_193_partners_need_few_solves():
    hills, scale = ShutTogether(), np.ones(2)
    value, logs = many_rates(hills, np.full(2, 0.15), scale)
    assert logs == pytest.approx(np.full(2, 0.2), abs=1e-3)
    better, closed = closings(hills, value, logs, scale)
    assert (better, closed) == (pytest.approx(0.03, abs=1e-6), pytest.approx(np.full(2, TOP), abs=1e-2))
    best = optimal_tariff(dt.load_economy("libday-2023"), "USA", over="partner")
    assert best.certificate.evaluations < 90
    assert best.certificate.first_order < 1e-8
    assert best.certificate.apart < 1e-4
