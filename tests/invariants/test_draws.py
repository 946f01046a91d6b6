"""Draws: streams by name that nothing else moves, the same on every machine, and hypercubes made of them."""

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes import InputError
from detente.data.importers import importer
from detente.draws import hypercube, uniforms
from detente.lab.ground import ranges as average_ranges
from detente.talks.draws import Spread, draw
from detente.trade.ranges import Range, swing

NAMES = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5, unique=True)


def test_a_stream_is_the_same_on_every_machine():
    """PCG64 behind a SeedSequence of the seed and SHA-256 of the name, 53 bits each."""
    expected = [0.7915235509085625, 0.19313929329170487, 0.9578114574868293]
    assert uniforms(20250512, "USA us_content", 3).tolist() == expected


@given(st.integers(0, 2**64), st.text(max_size=8), st.integers(1, 40), st.integers(0, 40))
def test_a_stream_can_be_entered_anywhere(seed, name, n, start):
    numbers = uniforms(seed, name, start + n)
    assert ((numbers >= 0.0) & (numbers < 1.0)).all()
    assert (uniforms(seed, name, n, start) == numbers[start:]).all()


@given(st.integers(1, 60), NAMES, st.integers(0, 2**31))
def test_a_hypercube_has_one_point_in_every_stripe(n, names, seed):
    points = hypercube(names, n, seed)
    assert (np.sort(np.floor(points * n + 1e-9).astype(int), axis=0) == np.arange(n)[:, None]).all()


@given(st.integers(1, 60), NAMES, st.integers(0, 2**31), st.data())
def test_no_input_moves_the_draws_of_another(n, names, seed, data):
    kept = data.draw(st.permutations(names))[: len(names) // 2 + 1]
    points = hypercube(names, n, seed)
    for k, name in enumerate(kept):
        assert (hypercube(kept, n, seed)[:, k] == points[:, names.index(name)]).all()


@given(NAMES, st.integers(0, 2**31), st.integers(0, 500))
def test_no_input_moves_the_draws_of_another_in_the_talks(names, seed, i):
    spreads = [Spread(name, 0.5, 0.0, 1.0) for name in names]
    assert draw(spreads[-1:], seed, i)[names[-1]] == draw(spreads, seed, i)[names[-1]]


@pytest.mark.parametrize(("n", "seed"), [(0, 1), (-1, 1), (3, -1)])
def test_what_cannot_be_drawn_is_refused(n, seed):
    with pytest.raises(InputError):
        hypercube(["a"], n, seed)


# ----------------------------------------------------------------------------------------- what moves an average

LEFT_OVER = 0.2 + 2.0**-53
"""What two ways of adding the same weights up may differ by."""


def test_an_input_moves_an_average_by_more_than_rounding():
    found = Range(0.2, 0.1, 0.3, {"none": (0.2, LEFT_OVER), "some": (0.19, 0.2)}, 4, 7)
    assert found.swings["none"][0] != found.swings["none"][1]
    assert found.movers == ["some"]
    assert swing((0.0, 1e-18, -1e-18)) == 0.0
    assert swing((0.0, 1e-12, 0.0)) == 1e-12
    assert swing((0.1, float("nan"), 0.2)) == pytest.approx(0.1)


def test_the_table_of_a_range_lists_no_input_that_rounding_alone_moves(monkeypatch):
    found = Range(0.2, 0.1, 0.3, {"none": (0.2, LEFT_OVER), "some": (0.19, 0.2)}, 4, 7)
    monkeypatch.setattr(average_ranges, "range_of", lambda *_: found)
    table = average_ranges.range_table(SimpleNamespace(law=importer("USA").law), date(2025, 5, 14))
    assert table["input"].tolist() == ["average, 5-95% of joint draws", "only: some"]
