"""Fits of duties: one node a degree, exact on their own polynomials, slopes, bends, and how far off they may be."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes import InputError
from detente.talks.fit import BLOCK, HIGHEST, DutyAxis, PayoffFit, Terms, checks_of, fitted, leja

AXES = tuple(DutyAxis(name, (0.0, top), (0.0, top)) for name, top in zip("abc", (0.3, 1.35, 0.5), strict=True))
FLOOR = DutyAxis("floor", (0.0, 0.1, 0.2, 0.3), (0.0, 1e-9, 0.05, 0.15))


def payoff(levels):
    """A smooth function with a hump and products of two, as payoffs have, USD bn."""
    t = np.atleast_2d(levels)
    hump = 40.0 * t / (1.0 + t) ** 4
    both = (t[:, :-1] * t[:, 1:] / (1.0 + t[:, :-1] + t[:, 1:])).sum(axis=1)
    return np.stack([hump.sum(axis=1) - 12.0 * both, t.sum(axis=1)], axis=1)


def below(rng, size):
    """A set of degrees that holds everything below each of its members."""
    tops = rng.integers(0, 4, (size, 3))
    return np.unique([row for top in tops for row in np.ndindex(*(top + 1))], axis=0)


def test_a_degree_more_is_a_node_more():
    nodes = leja()
    assert len(nodes) == len(set(nodes.tolist())) == HIGHEST + 1
    assert nodes[:3].tolist() == [0.5, 1.0, 0.0]
    terms = Terms(AXES, below(np.random.default_rng(3), 4))
    assert len({tuple(node) for node in np.round(terms.nodes, 12)}) == len(terms.degrees)


@given(seed=st.integers(0, 200))
def test_polynomials_come_back_exactly_and_mix_as_their_values(seed):
    rng = np.random.default_rng(seed)
    terms, more = Terms(AXES, below(rng, 2)), Terms(AXES, below(rng, 3))
    weights, points = rng.normal(size=(len(terms.degrees), 2)), rng.random((5, 3)) * terms.tops
    fit = PayoffFit.through(terms, terms.values(terms.nodes) @ weights)
    assert fit.weights == pytest.approx(weights, abs=1e-8)
    assert fit.at(points) == pytest.approx(terms.values(points) @ weights, abs=1e-8)
    other = PayoffFit(more, rng.normal(size=(len(more.degrees), 2)))
    assert fit.blended(other, 0.3).at(points) == pytest.approx(0.7 * fit.at(points) + 0.3 * other.at(points), abs=1e-8)


@pytest.mark.parametrize("limit", [1.0, 0.02])
def test_a_fit_is_within_its_limit_of_what_was_never_a_node(limit):
    fit, error, values = fitted(AXES, payoff, limit, checks=checks_of(AXES))
    assert error.max() <= limit
    assert values == pytest.approx(fit.at(fit.terms.nodes), abs=1e-8)
    points = np.random.default_rng(2).random((200, 3)) * fit.terms.tops
    assert np.abs(fit.at(points) - payoff(points)).max() < 4.0 * limit


def test_a_fit_that_starts_from_another_asks_for_no_more_where_that_one_serves():
    first, _, _ = fitted(AXES, payoff, 0.02, checks=checks_of(AXES))
    asked = []
    fitted(AXES, lambda x: asked.append(len(x)) or 1.1 * payoff(x), 0.1, checks=checks_of(AXES),
           start=first.terms.degrees)  # fmt: skip
    assert sum(asked) == len(first.weights) + 40


def test_slopes_are_those_of_the_fit():
    axes = (*AXES[:2], FLOOR)
    fit = PayoffFit(Terms(axes, below(np.random.default_rng(5), 5)), np.random.default_rng(6).normal(size=(200, 2)))
    fit = PayoffFit(fit.terms, fit.weights[: len(fit.terms.degrees)])
    for x in (np.array([0.1, 0.7, 0.22]), np.array([0.0, 1.35, 0.17])):
        value, slopes = fit.local(x)
        assert value == pytest.approx(fit.at(x)[0])
        for k, top in enumerate(fit.terms.tops):
            step = 1e-6 * np.eye(3)[k]
            low, high = np.maximum(x - step, 0.0), np.minimum(x + step, [0.3, 1.35, 0.3])
            assert slopes[:, k] == pytest.approx((fit.at(high) - fit.at(low))[0] / (high - low)[k], rel=1e-3), top


def test_a_floor_bends_the_coordinate_and_nothing_else():
    def owed(levels):
        return 10.0 * np.log1p(np.interp(levels, FLOOR.levels, FLOOR.mean))

    fit, error, _ = fitted((FLOOR,), owed, 1e-3, checks=np.linspace(0.0, 0.3, 31)[:, None])
    assert len(fit.weights) < 8
    assert error.max() <= 1e-3
    assert fit.at(np.array([[0.05]])) == pytest.approx(fit.at(np.array([[0.0]])), abs=1e-6)


def test_points_of_a_grid_and_scattered_ones_read_the_same():
    fit, _, _ = fitted(AXES, payoff, 0.5, checks=checks_of(AXES))
    levels = [np.linspace(0.0, axis.top, 7) for axis in AXES]
    grid = np.stack(np.meshgrid(*levels, np.arange(20.0), indexing="ij"), axis=-1).reshape(-1, 4)[:, :3]
    assert len(grid) > BLOCK
    apart = np.concatenate([fit.at(some) for some in np.array_split(grid, 4)])
    assert fit.at(grid) == pytest.approx(apart, abs=1e-12)


def test_levels_beyond_the_axes_are_refused():
    fit = PayoffFit(Terms(AXES, np.zeros((1, 3), dtype=np.int64)), np.ones((1, 1)))
    with pytest.raises(InputError, match=r"b: a level of 1\.4 lies outside 0 to 1\.35"):
        fit.at(np.array([[0.1, 1.4, 0.1]]))
    assert fit.within(np.array([[0.1, 1.4, 0.1], [0.3, 1.35, 0.5]])).tolist() == [False, True]
