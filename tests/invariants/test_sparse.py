"""Surfaces of many duties: number of nodes, exactness, slopes, and errors on functions like payoffs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes import InputError
from detente.talks.sparse import SparseGrid, level_for


@pytest.mark.parametrize(
    ("axes", "level", "count"),
    [(8, 2, 145), (8, 3, 849), (12, 3, 2649), (6, 3, 389), (6, 4, 1457), (1, 4, 17), (3, 0, 1)],
)
def test_the_number_of_nodes_is_that_of_smolyak(axes, level, count):
    grid = SparseGrid((0.3,) * axes, level)
    assert grid.nodes.shape == grid.degrees.shape == (count, axes)
    assert len({tuple(node) for node in np.round(grid.places, 12)}) == count
    assert len({tuple(degree) for degree in grid.degrees}) == count


def test_nodes_of_a_level_are_among_those_of_the_next():
    coarse, fine = ({tuple(node) for node in np.round(SparseGrid((0.3, 1.2, 0.5), k).nodes, 12)} for k in (2, 3))
    assert coarse < fine


@given(seed=st.integers(0, 200), level=st.integers(1, 4))
def test_polynomials_of_the_basis_come_back_exactly(seed, level):
    rng = np.random.default_rng(seed)
    grid = SparseGrid((0.3, 1.35, 0.5), level)
    weights = rng.normal(size=(len(grid.nodes), 2))
    surface = grid.fitted(grid.basis(grid.nodes) @ weights)
    assert surface.weights == pytest.approx(weights, abs=1e-9)
    points = rng.random((5, 3)) * grid.tops
    assert surface.at(points) == pytest.approx(grid.basis(points) @ weights, abs=1e-9)


def payoff(levels):
    """A smooth function with a hump and products of two, as payoffs have, USD bn."""
    t = np.atleast_2d(levels)
    hump = 40.0 * t / (1.0 + t) ** 4
    return hump.sum(axis=1) - 12.0 * (t[:, :-1] * t[:, 1:] / (1.0 + t[:, :-1] + t[:, 1:])).sum(axis=1)


def test_errors_are_small_and_fall_with_the_level():
    tops = (0.3, 0.5, 0.3, 0.5, 0.3, 0.5)
    points = np.random.default_rng(2).random((60, 6)) * tops
    points[:20] = np.round(points[:20] / tops) * tops
    errors = []
    for level in (2, 3, 4):
        grid = SparseGrid(tops, level)
        errors.append(np.abs(grid.fitted(payoff(grid.nodes)).at(points) - payoff(points)).max())
    assert errors[0] > errors[1] > errors[2]
    assert errors[1] < 0.1
    assert level_for(tops) == 3
    assert level_for((1.35, 0.2)) == 4


def test_slopes_are_those_of_the_surface():
    grid = SparseGrid((0.3, 1.35, 0.5), 3)
    surface = grid.fitted(np.stack([payoff(grid.nodes), grid.nodes.sum(axis=1)], axis=1))
    x, step = np.array([0.1, 0.7, 0.2]), 1e-6
    slopes = surface.slopes(x)[0]
    for k in range(3):
        up, down = (surface.at(x + sign * step * np.eye(3)[k])[0] for sign in (1.0, -1.0))
        assert slopes[:, k] == pytest.approx((up - down) / (2 * step), rel=1e-6, abs=1e-6)
    assert surface.slopes(x).shape == (1, 2, 3)


def test_what_no_grid_can_carry_is_refused():
    for tops, level in (((), 2), ((0.3, 0.0), 2), ((0.3,) * 13, 2), ((0.3,), 9)):
        with pytest.raises(InputError):
            SparseGrid(tops, level)
    grid = SparseGrid((0.3, 0.5), 2)
    with pytest.raises(InputError, match="outside"):
        grid.basis(np.array([[0.4, 0.1]]))
    with pytest.raises(InputError, match="13 nodes"):
        grid.fitted(np.zeros(4))


@pytest.mark.parametrize(("axes", "level"), [(1, 0), (2, 4), (4, 3), (12, 1)])
def test_full_grids_added_up_are_the_fit_of_the_square_system(axes, level):
    grid = SparseGrid(tuple(np.linspace(0.2, 1.4, axes)), level)
    values = np.random.default_rng(7).normal(scale=30.0, size=(len(grid.nodes), 2))
    assert grid.fitted(values).weights == pytest.approx(np.linalg.solve(grid.basis(grid.nodes), values), abs=1e-10)


def test_the_finest_grid_is_fitted_without_a_square_system():
    grid = SparseGrid((1.0,) * 6, 6)
    exact = np.exp(-grid.nodes.sum(axis=1))[:, None]
    assert grid.fitted(exact).at(grid.nodes[::1500]) == pytest.approx(exact[::1500], abs=1e-12)
