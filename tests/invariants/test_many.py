"""Answers worked out side by side are those worked out alone, to the byte; what fails, fails alone."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.chains.disrupt import AT_A_TIME, answered, side_by_side
from detente.chains.network import solutions
from detente.chains.stocks import Hoarding, Reserve, StockJob, run_stocks_many
from detente.codes import SolveError
from detente.lab.chains.answer import country_losses
from detente.lab.chains.months import ChainQuestion, RunCase, Words, run_many, run_question

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
    for job, found in zip(jobs, run_stocks_many(jobs), strict=True):
        assert same(found, run_stocks_many([job])[0])
        assert found.balance < 1e-12
        assert found.lowest >= -1e-12


def test_answers_beside_others_are_answers_alone():
    asked = [
        ChainQuestion("gallium-germanium", Words(cut=0.8), countries=("USA",), scope="direct"),
        ChainQuestion("gallium-germanium", Words(cut=0.3), countries=("USA",), scope="direct"),
        ChainQuestion("rare-earths", Words(cut=0.6), months=6, countries=("USA", "KOR")),
        ChainQuestion("rare-earths", Words(cut=0.6), months=6, countries=("USA", "KOR"), values={"q_floor": 0.1}),
    ]
    for question, ran in zip(asked, run_many([RunCase(q) for q in asked]), strict=True):
        other = run_question(question)
        assert [row.key for row in country_losses(ran)] == [row.key for row in country_losses(other)]
        assert [row.value for row in country_losses(ran)] == [row.value for row in country_losses(other)]
        for scope, run in ran.runs.items():
            beside = other.runs[scope]
            np.testing.assert_array_equal(run.met_by_class, beside.met_by_class)
            np.testing.assert_array_equal(run.prices.outside, beside.prices.outside)
            assert run.certificate.residual == beside.certificate.residual
            for bloc, path in ran.effects[scope].direct.items():
                for here, there in zip(path, other.effects[scope].direct[bloc], strict=True):
                    assert here.certificate == there.certificate
                    np.testing.assert_array_equal(here.u, there.u)


def test_what_fails_fails_alone_and_blocks_keep_the_order():
    sizes = []

    def kernel(block):
        sizes.append(len(block))
        if 7 in block:
            raise SolveError("no seven")
        return [number + 1 for number in block]

    found = side_by_side(kernel, list(range(2 * AT_A_TIME + 3)))
    assert str(found.pop(7)) == "no seven"
    assert found == [number + 1 for number in range(2 * AT_A_TIME + 3) if number != 7]
    assert sizes == [AT_A_TIME, *[1] * AT_A_TIME, AT_A_TIME, 3]
    with pytest.raises(SolveError, match="no seven"):
        answered([1, SolveError("no seven")])


def test_a_singular_system_or_an_economy_without_an_answer_fails_alone():
    rng = np.random.default_rng(3)
    matrix, right = rng.normal(size=(3, 4, 4)), rng.normal(size=(3, 4))
    matrix[1, 2] = matrix[1, 3]
    found = solutions(matrix, right)
    assert np.isnan(found[1]).all()
    for k in (0, 2):
        np.testing.assert_array_equal(found[k], solutions(matrix[k : k + 1], right[k : k + 1])[0])
        np.testing.assert_allclose(matrix[k] @ found[k], right[k])
    asked = ChainQuestion("gallium-germanium", Words(cut=0.3), countries=("USA",), scope="direct")
    first, second, third = run_many([RunCase(asked), RunCase(asked, tol=0.0), RunCase(asked)])
    assert isinstance(second, SolveError)
    assert "no equilibrium" in str(second)
    assert [row.value for row in country_losses(first)] == [row.value for row in country_losses(third)]
