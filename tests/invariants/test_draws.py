"""Draws: streams by name that nothing else moves, the same on every machine, and hypercubes made of them."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente import draws
from detente.data.importers import importer
from detente.lab.averages import ranges as average_ranges
from detente.trade.exposure import AverageRange

NAMES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5, unique=True)


def test_a_stream_is_the_same_on_every_machine():
    """PCG64 behind a SeedSequence of the seed and SHA-256 of the name, 53 bits each."""
    expected = [0.7915235509085625, 0.19313929329170487, 0.9578114574868293]
    assert draws.uniforms(20250512, "USA us_content", 3).tolist() == expected


@given(st.integers(0, 2**64), st.text(max_size=8), st.integers(1, 40), st.integers(0, 40))
def test_a_stream_can_be_entered_anywhere(seed, name, n, start):
    numbers = draws.uniforms(seed, name, start + n)
    assert ((numbers >= 0.0) & (numbers < 1.0)).all()
    assert (draws.uniforms(seed, name, n, start) == numbers[start:]).all()


@given(st.integers(1, 60), NAMES, st.integers(0, 2**31))
def test_a_hypercube_has_one_point_in_every_stripe(n, names, seed):
    points = draws.hypercube(names, n, seed)
    assert (np.sort(np.floor(points * n + 1e-9).astype(int), axis=0) == np.arange(n)[:, None]).all()


@given(st.integers(1, 60), NAMES, st.integers(0, 2**31), st.data())
def test_no_input_moves_the_draws_of_another(n, names, seed, data):
    kept = data.draw(st.permutations(names))[: len(names) // 2 + 1]
    points = draws.hypercube(names, n, seed)
    for k, name in enumerate(kept):
        assert (draws.hypercube(kept, n, seed)[:, k] == points[:, names.index(name)]).all()


@given(NAMES, st.integers(0, 2**31), st.integers(0, 500))
def test_no_input_moves_the_draws_of_another_in_the_talks(names, seed, i):
    inputs = [draws.Input(name, 0.5, 0.0, 1.0) for name in names]
    assert draws.draw(inputs[-1:], seed, i)[names[-1]] == draws.draw(inputs, seed, i)[names[-1]]


ENDS = st.tuples(*(st.floats(0.1, 100.0) for _ in range(3))).map(sorted)


@given(ENDS, st.sampled_from(("halves", "uniform", "log-uniform", "triangular")), st.floats(0.0, 1.0, exclude_max=True))
def test_an_input_stays_in_its_range_and_rises_with_its_quantile(ends, shape, u):
    low, middle, high = ends
    found = draws.Input("a", middle, low, high, shape)
    assert low * (1 - 1e-12) <= found.at(u) <= high * (1 + 1e-12)
    assert found.at(u / 2) <= found.at(u) * (1 + 1e-12)


@given(ENDS, st.integers(0, 2**31))
def test_as_many_draws_lie_below_the_central_value_as_above(ends, seed):
    low, middle, high = ends
    found = draws.Input("a", middle, low, high)
    assert found.median == middle
    drawn = draws.sampled([found], 40, seed).values[:, 0]
    assert (drawn <= middle).sum() >= 20 <= (drawn >= middle).sum()


def test_medians_and_quantiles_count_what_has_a_number_and_tell_what_lies_apart():
    assert draws.Input("scale", 1.0, 0.5, 1.0, "uniform").median == 0.75
    assert draws.Input("loss", 30.0, 5.0, 200.0, "log-uniform").median == pytest.approx(1000.0**0.5)
    assert draws.Input("kind", "x", shape="choice", choices=("y", "x")).median == "x"
    assert draws.Input("fixed", 3.0, 1.0, 4.0, "none").median == 3.0
    never, none = float("inf"), float("nan")
    days = np.array([[3.0, never, none, 1.0, never, 2.0, 4.0], [none] * 7]).T
    found = draws.quantiles(days, (0.0, 0.4, 0.5, 0.7, 1.0))
    assert found[:, 0].tolist() == [1.0, 3.0, 3.5, never, never]
    assert np.isnan(found[:, 1]).all()
    assert draws.band(np.array([1.0, 2.0, 3.0])) == (1.1, 2.9)
    assert not draws.median_away(1.0, 0.5, 1.09, 1.5)
    assert draws.median_away(1.0, 0.5, 1.11, 1.5)
    assert draws.median_away(1.0, 0.5, 0.89, 1.5)


def test_inputs_that_do_nothing_are_hardly_ever_named():
    """In one sample of twenty at most, however many inputs there are; what moves the number is named first in all."""
    rng = np.random.default_rng(11)
    noise = {f"x{i}": rng.random((200, 60)) for i in range(12)}
    kinds = rng.integers(0, 4, (200, 60)).astype(str)
    number, named, false, true = rng.random((200, 60)), 0, 0, 0
    for i in range(200):
        columns = {name: values[i] for name, values in noise.items()} | {"kind": kinds[i]}
        named += bool(draws.drivers(columns, number[i]))
        first, *others = draws.drivers(columns, number[i] + noise["x3"][i], 13)
        assert first.name == "x3"
        false, true = false + len(others), true + 1
        assert len(draws.associations(columns, number[i])) == 13
    assert named <= 18
    assert false <= 0.08 * (false + true)


LEFT_OVER = 0.2 + 2.0**-53
"""What two ways of adding the same weights up may differ by."""


def test_an_input_moves_an_average_by_more_than_rounding_or_is_not_listed(monkeypatch):
    found = AverageRange(0.2, 0.1, 0.3, {"none": (0.2, LEFT_OVER), "some": (0.19, 0.2)}, 4, 7)
    assert found.swings["none"][0] != found.swings["none"][1]
    assert found.movers == ["some"]
    assert (draws.swing((0.0, 1e-18, -1e-18)), draws.swing((0.0, 1e-12, 0.0))) == (0.0, 1e-12)
    assert draws.swing((0.1, float("nan"), 0.2)) == pytest.approx(0.1)
    monkeypatch.setattr(average_ranges, "range_of", lambda *_: found)
    table = average_ranges.range_table(SimpleNamespace(law=importer("USA").law, chosen=None), date(2025, 5, 14))
    assert table["input"].tolist() == ["joint", "some"]
