"""Scores and estimates by hand, and on months made with known numbers."""

import numpy as np
import pytest

from detente.codes import InputError
from detente.evidence.chances import accuracy, ratio_to
from detente.evidence.collection import Collected, collection, left_out_error, paid_later, take_up


def test_error_and_bias_by_hand():
    got = accuracy(np.array([1.0, 4.0, 3.0]), np.array([2.0, 2.0, np.nan]))
    assert (got.months, got.error, got.bias) == (2, 1.5, 0.5)
    assert np.isnan(accuracy(np.ones(2), np.full(2, np.nan)).error)


def test_a_ratio_by_hand_and_its_interval():
    came = np.zeros(8)
    own, rule = np.array([1.0, -1, 2, 2, 1, 1.2, -3, 0.8]), np.array([2.0, 1.9, 2, 2, -2, 2.1, 2, 2])
    got = ratio_to(own, rule, came, seed=1, name="x")
    assert got.value == pytest.approx(12 / 16)
    assert got.low < got.value < got.high
    assert got == ratio_to(own, rule, came, seed=1, name="x")
    assert got != ratio_to(own, rule, came, seed=2, name="x")


def test_an_error_that_is_always_half_of_the_rules_has_no_width():
    rule = np.array([1.0, 3, 2, 5, 4, 1])
    got = ratio_to(rule / 2, rule, np.zeros(6), seed=0, name="x")
    assert (got.value, got.low, got.high) == (0.5, 0.5, 0.5)


def test_few_months_have_no_interval_and_no_rule_no_ratio():
    few = ratio_to(np.ones(3), np.full(3, 2.0), np.zeros(3), seed=0, name="x")
    assert few.value == 0.5
    assert np.isnan(few.low)
    assert np.isnan(ratio_to(np.ones(5), np.zeros(5), np.zeros(5), seed=0, name="x").value)
    with pytest.raises(InputError, match="blocks of one month"):
        ratio_to(np.ones(5), np.ones(5), np.zeros(5), seed=0, name="x", block=0)


def test_leaving_one_out_gives_the_error_of_a_mean():
    values = np.array([3.0, 5.0, 4.0, 8.0])
    means = np.array([np.delete(values, k).mean() for k in range(4)])
    assert left_out_error(means) == pytest.approx(values.std(ddof=1) / 2.0)


def panel(late, kept, noise, seed, months=24):
    rng = np.random.default_rng(seed)
    law = np.abs(rng.normal(0.2, 0.08, (months + 1, len(kept))))
    rate = np.asarray(kept) * ((1 - late) * law[1:] + late * law[:-1]) + rng.normal(0, noise, (months, len(kept)))
    return Collected(rate, law[1:], law[:-1], rng.uniform(1e9, 5e9, (months, len(kept))))


@pytest.mark.parametrize("late", [0.0, 0.25, 0.8])
def test_delay_and_shares_are_recovered_without_noise(late):
    got = collection(panel(late, (0.9, 0.4), 0.0, 3))
    assert got.late.value == pytest.approx(late, abs=1e-8)
    assert [share.value for share in got.kept] == pytest.approx([0.9, 0.4], abs=1e-8)
    assert got.late.error == pytest.approx(0.0, abs=1e-8)


def test_delay_and_shares_lie_within_their_ranges_nine_times_in_ten():
    inside = 0
    for seed in range(60):
        got = collection(panel(0.3, (0.8, 0.6), 0.01, seed))
        inside += sum(e.low <= true <= e.high for e, true in zip((got.late, *got.kept), (0.3, 0.8, 0.6), strict=True))
    assert 0.82 <= inside / 180 <= 0.97


def test_what_is_not_known_weighs_nothing():
    whole = panel(0.3, (0.8, 0.6), 0.01, 1)
    rate = whole.rate.copy()
    rate[4, 1] = np.nan
    some = collection(Collected(rate, whole.now, whole.before, whole.weight))
    weight = whole.weight.copy()
    weight[4, 1] = 0.0
    other = collection(Collected(whole.rate, whole.now, whole.before, weight))
    assert some.late == other.late
    assert np.isfinite(some.kept[1].error)


def test_a_forecast_of_duty_collected_by_hand():
    got = collection(panel(0.25, (0.8,), 0.0, 2)).of(np.array([[0.4]]), np.array([[0.2]]))
    assert got == pytest.approx(0.8 * (0.75 * 0.4 + 0.25 * 0.2))


def test_payment_and_claims_are_recovered():
    duty = np.array([3.0, 4, 7, 6, 9, 8])
    assert paid_later(0.4 * duty[1:] + 0.6 * duty[:-1], duty[1:], duty[:-1]).value == pytest.approx(0.6)
    shares = 0.9 - 0.5 * 0.8 ** np.arange(10)
    got = take_up(shares)
    assert (got.level.value, got.speed.value) == pytest.approx((0.9, 0.2))
    assert got.after(0.4, 2) == pytest.approx(0.9 - 0.5 * 0.64)


def test_too_few_months_are_refused():
    with pytest.raises(InputError, match="4 months are too few"):
        collection(panel(0.2, (0.9,), 0.0, 0, months=4))
    with pytest.raises(InputError, match="too few for claims"):
        take_up(np.array([0.4, 0.5]))
