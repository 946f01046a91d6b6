"""Alternating offers against Rubinstein's shares, the asymmetric Nash solution and their own definition."""

from __future__ import annotations

import numpy as np
import pytest

from detente.talks import alternating_offers, proposer_share


def test_rubinstein_shares():
    assert [proposer_share(d, d) for d in (0.5, 0.9, 0.99)] == pytest.approx([0.66667, 0.52632, 0.50251], abs=5e-6)
    assert proposer_share(0.95, 0.9) == pytest.approx(0.689655, abs=5e-7)
    straight = (lambda u: 1.0 - u, 0.0, 1.0)
    found = alternating_offers(straight, (0.95, 0.9))
    assert found.first[0] == pytest.approx(0.689655, abs=5e-7)


@pytest.mark.parametrize(("dt", "printed"), [(0.1, 0.449450), (0.01, 0.447437), (0.001, 0.447236)])
def test_alternating_offers_on_a_curved_frontier(dt, printed):
    factors = float(np.exp(-0.1 * dt)), float(np.exp(-0.05 * dt))
    found = alternating_offers((lambda u: 1.0 - u**2, 0.0, 1.0), factors)
    assert found.first[0] == pytest.approx(printed, abs=6e-7)


@pytest.mark.parametrize("inside", [(-0.6, -0.6), (0.0, 0.0), (-0.05, -0.6)])
def test_offers_on_a_frontier_that_bends_inwards_are_stationary(inside):
    first, second = np.array([0.0, 0.2, 1.0]), np.array([1.0, 0.3, 0.0])
    offers = alternating_offers((lambda u: np.interp(u, first, second), 0.0, 1.0), (0.9, 0.9), inside)
    assert offers.first[1] == pytest.approx(max(0.1 * inside[1] + 0.9 * offers.second[1], 0.0), abs=1e-9)
    assert offers.second[0] == pytest.approx(max(0.1 * inside[0] + 0.9 * offers.first[0], 0.0), abs=1e-9)


def test_of_several_stationary_offers_those_with_the_largest_nash_product_stand():
    first, second = np.array([0.0, 0.2, 1.0]), np.array([1.0, 0.3, 0.0])
    wide = alternating_offers((lambda u: np.interp(u, first, second), 0.0, 1.0), (0.9, 0.9), (-0.6, -0.6))
    ends = [(-0.6 - u) * (-0.6 - v) for u, v in ((0.0, 1.0), (1.0, 0.0))]
    assert wide.stationary > 1
    assert (wide.first[0] + 0.6) * (wide.first[1] + 0.6) >= max(ends) - 0.05
    assert alternating_offers((lambda u: 1.0 - u, 0.0, 1.0), (0.9, 0.9)).stationary == 1


def test_backward_induction_of_few_rounds_by_hand():
    straight = (lambda u: 1.0 - u, 0.0, 1.0)
    none, one, two = (alternating_offers(straight, (0.9, 0.8), rounds=n).first[0] for n in (0, 1, 2))
    assert (none, one, two) == pytest.approx((1.0, 1.0 - 0.8, 1.0 - 0.8 * (1.0 - 0.9)))


def test_an_outside_option_binds_exactly_or_does_nothing():
    straight = (lambda u: 1.0 - u, 0.0, 1.0)
    plain = alternating_offers(straight, (0.9, 0.9))
    low = alternating_offers(straight, (0.9, 0.9), outside=(0.3, 0.3))
    assert low.first == pytest.approx(plain.first, abs=1e-12)
    assert not low.binding
    high = alternating_offers(straight, (0.9, 0.9), outside=(0.0, 0.7))
    assert high.first == pytest.approx([0.3, 0.7], abs=1e-9)
    assert 1 in high.binding


def test_breakdown_without_discounting_splits_over_the_payoffs_after_it():
    straight = (lambda u: 1.0 - u, 0.0, 1.0)
    found = alternating_offers(straight, (1 - 1e-9, 1 - 1e-9), breakdown=1e-3, after_breakdown=(0.1, 0.3))
    assert found.first == pytest.approx([0.4, 0.6], abs=5e-4)
