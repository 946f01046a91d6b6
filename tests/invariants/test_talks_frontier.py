"""The frontier of outcomes: those that no other beats for everybody."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.talks import nondominated


def brute(V):
    return np.array([not ((v <= V).all(axis=1) & (v < V).any(axis=1)).any() for v in V])


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 4), st.integers(1, 120), st.integers(2, 40), st.integers(0, 2**32 - 1))
def test_the_frontier_is_that_of_brute_force(parties, rows, levels, seed):
    V = np.random.default_rng(seed).integers(0, levels, (rows, parties)).astype(float)
    assert (nondominated(V) == brute(V)).all()


def test_the_frontier_of_a_million_outcomes_has_those_that_no_other_beats():
    rng = np.random.default_rng(0)
    angle = rng.uniform(0.0, np.pi / 2, 1_000_000)
    whole = np.stack([np.sin(angle), np.cos(angle)], axis=1)
    assert nondominated(whole).all()  # On a circle nobody gains without loss to the other.
    V = rng.standard_normal((1_000_000, 2))
    kept = nondominated(V)
    edge = V[kept][np.argsort(V[kept, 0])]
    assert (np.diff(edge[:, 1]) < 0.0).all()
    # The best second payoff among the edge at or above each outcome's first is at least its own; only the edge ties.
    above = edge[np.minimum(np.searchsorted(edge[:, 0], V[:, 0]), len(edge) - 1), 1]
    assert (above >= V[:, 1]).all()
    assert ((above == V[:, 1]) == kept).all()
