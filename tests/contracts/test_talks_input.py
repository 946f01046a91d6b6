"""Negotiations that cannot be: refused in one sentence that says where, what and what to do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detente.codes import InputError, SolveError, UnknownName
from detente.talks import (
    Issue,
    OutcomeSpace,
    expected,
    linear,
    update,
)
from detente.talks.inference import prior_of
from detente.talks.search import SearchProblem, maximise, weighted_sum
from teaching import two_countries


def test_a_single_threat_point_is_refused_by_name():
    base = two_countries()
    with pytest.raises(InputError, match="only the threat D0"):
        replace(base, threats=base.threats[:1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rates": {"home": 1.2}}, "between 0 and 1"),
        ({"power": {"home": 0.5, "foreign": 0.6}}, "sums to 1.1"),
        ({"power": {"home": 1.0}}, "power must be positive"),
        ({"lag": 0.0}, "positive"),
    ],
)
def test_negotiations_that_cannot_be_are_refused(change, words):
    with pytest.raises(InputError, match=words):
        replace(two_countries(), **change)


def test_issues_and_outcomes_that_cannot_be_are_refused():
    with pytest.raises(InputError, match="no party"):
        Issue("duty", "", np.array([0.0, 1.0]))
    with pytest.raises(InputError, match="levels cross"):
        Issue("duty", "A", np.array([0.0, 0.2, 0.1]))
    with pytest.raises(UnknownName, match="kind of issue"):
        Issue("duty", "A", np.array([0.0, 1.0]), kind="tax")
    with pytest.raises(UnknownName, match="party"):
        OutcomeSpace(("A", "B"), (Issue("duty", "C", np.array([0.0, 1.0])),))
    with pytest.raises(InputError, match="shape"):
        OutcomeSpace(("A", "B"), (Issue("duty", "A", np.array([0.0, 1.0])),), named={"x": np.zeros(2)})
    with pytest.raises(UnknownName, match="issue"):
        linear("floor", ("duty",), {"dutty": 1.0})


def test_probabilities_that_do_not_sum_are_refused():
    with pytest.raises(InputError, match=r"sum to 0\.9"):
        prior_of([0.4, 0.5])
    with pytest.raises(InputError, match="no probability"):
        expected(*two_countries().threats[:2], 1.5)
    with pytest.raises(InputError, match="no type would do this"):
        update({"a": 0.5, "b": 0.5}, [{"a": 0.0, "b": 0.0}])


def test_a_search_that_ends_nowhere_says_so():
    base = two_countries()
    problem = SearchProblem(base.space, base.payoffs, (), np.full(2, 50.0), np.ones(2, dtype=bool), 1.0)
    with pytest.raises(SolveError, match="no best outcome was reached"):
        maximise(problem, weighted_sum(np.ones(2)), [np.full(2, 0.3)])
