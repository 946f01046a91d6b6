"""Answers worked out side by side are those worked out alone, to the byte; what fails, fails alone."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.chains.batch import solutions
from detente.chains.stocks import Hoarding, Reserve, StockJob
from detente.chains.together import alone, stepwise, together
from detente.codes import SolveError
from detente.lab.chains.answer import country_losses
from detente.lab.chains.months import Question, Words, steps_of

STEPS = 120


def stock_job(seed: int, rows: int) -> StockJob:
    """A run over two months with reserves, some of them empty, at times with hoarding and with stocks filled again."""
    rng = np.random.default_rng(seed)
    held = max(1, rows // 3)
    level = np.where(rng.random(held) < 0.5, 0.0, rng.uniform(0.1, 2.0, held))
    reserve = Reserve(
        level,
        rng.uniform(0.1, 1.0, held),
        rng.choice([0.0, 0.5], held),
        rng.integers(0, held, rows),
        rng.uniform(0.5, 2.0, rows),
        tuple((f"country {n}", "grade") for n in range(held)),
    )
    receipts, cover = rng.uniform(0.0, 1.2, (rows, STEPS)), rng.uniform(0.0, 0.6, (rows, 10))
    hoarding = Hoarding(1.5, 2.0, np.where(np.arange(STEPS) < 40, 1.0, 0.0)) if rng.random() < 0.5 else None
    refill = rng.integers(0, 2, (rows, STEPS)) / 2.0 if rng.random() < 0.5 else None
    return StockJob(receipts, np.ones_like(receipts), cover, reserve, hoarding, refill)


def same(one, other) -> bool:
    return all(np.array_equal(getattr(one, f.name), getattr(other, f.name)) for f in fields(one))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(1, 9)), min_size=2, max_size=4))
def test_stocks_beside_others_are_stocks_alone(cases):
    jobs = [stock_job(*case) for case in cases]
    for job, found in zip(jobs, StockJob.solved(jobs), strict=True):
        assert same(found, StockJob.solved([job])[0])
        assert found.balance < 1e-12
        assert found.lowest >= -1e-12


def test_answers_beside_others_are_answers_alone():
    asked = [
        Question("gallium-germanium", Words(cut=0.8), countries=("USA",), scope="direct"),
        Question("gallium-germanium", Words(cut=0.3), countries=("USA",), scope="direct"),
        Question("rare-earths", Words(cut=0.6), months=6, countries=("USA", "KOR")),
        Question("rare-earths", Words(cut=0.6), months=6, countries=("USA", "KOR"), values={"q_floor": 0.1}),
    ]
    for question, ran in zip(asked, together([steps_of(q) for q in asked]), strict=True):
        other = alone(steps_of(question))
        assert [row.key for row in country_losses(ran)] == [row.key for row in country_losses(other)]
        assert [row.loss.value for row in country_losses(ran)] == [row.loss.value for row in country_losses(other)]
        for scope, run in ran.runs.items():
            beside = other.runs[scope]
            np.testing.assert_array_equal(run.met_by_class, beside.met_by_class)
            np.testing.assert_array_equal(run.prices.outside, beside.prices.outside)
            assert run.certificate.residual == beside.certificate.residual
            for bloc, path in ran.effects[scope].direct.items():
                for here, there in zip(path, other.effects[scope].direct[bloc], strict=True):
                    assert here.certificate == there.certificate
                    np.testing.assert_array_equal(here.u, there.u)


class Doubled:
    """A job that doubles a number, or fails for one that is negative."""

    calls: list[int] = []  # noqa: RUF012

    def __init__(self, number: float) -> None:
        self.number = number

    @staticmethod
    def solved(jobs):
        Doubled.calls.append(len(jobs))
        return [SolveError(f"{job.number} is negative") if job.number < 0 else 2 * job.number for job in jobs]


@stepwise
def fourfold(number):
    """Four times a number."""
    twice = yield Doubled(number)
    return (yield Doubled(twice))


def test_each_step_of_all_goes_to_the_solver_in_one_call():
    Doubled.calls.clear()
    found = together([fourfold.steps(n) for n in (1, -1, 3)])
    assert (found[0], found[2], Doubled.calls) == (4, 12, [3, 2])
    assert isinstance(found[1], SolveError)
    assert (fourfold(5), fourfold.__doc__) == (20, "Four times a number.")
    with pytest.raises(SolveError, match="-2 is negative"):
        fourfold(-2)


def test_steps_may_answer_for_a_job_that_failed():
    def patient(number):
        try:
            return (yield Doubled(number))
        except SolveError:
            return (yield Doubled(-number))

    assert together([patient(-3), patient(2)]) == [6, 4]


def test_a_singular_system_spoils_no_other():
    rng = np.random.default_rng(3)
    matrix, right = rng.normal(size=(3, 4, 4)), rng.normal(size=(3, 4))
    matrix[1, 2] = matrix[1, 3]
    found = solutions(matrix, right)
    assert np.isnan(found[1]).all()
    for k in (0, 2):
        np.testing.assert_array_equal(found[k], solutions(matrix[k : k + 1], right[k : k + 1])[0])
        np.testing.assert_allclose(matrix[k] @ found[k], right[k])


def test_an_economy_without_an_answer_fails_alone():
    asked = Question("gallium-germanium", Words(cut=0.3), countries=("USA",), scope="direct")
    first, second, third = together([steps_of(asked), steps_of(asked, tol=0.0), steps_of(asked)])
    assert isinstance(second, SolveError)
    assert "no equilibrium" in str(second)
    assert [row.loss.value for row in country_losses(first)] == [row.loss.value for row in country_losses(third)]
