"""What has to hold whatever the numbers: verdicts, timelines, history, substitution, tests of event studies."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.codes import InputError
from detente.evidence import (
    ClaimedNumber,
    ClaimReading,
    Event,
    Expectation,
    Match,
    Nearness,
    Verdict,
    additional_rate,
    annual,
    check_events,
    half_unit,
    moved,
    of_cause,
    of_measurement,
    panel,
    settle,
    study,
)
from detente.evidence.event_study import corrado, estimate, placebo_p, rank_p, scale_of, two_sided, variances
from detente.evidence.forecasts import next_week
from detente.evidence.history import Series, largest_rise, place, rounding_band
from detente.evidence.verdicts import Comparator, of_reaction

EQUAL, ABOUT, MORE, LESS = Comparator.EQUAL, Comparator.ABOUT, Comparator.MORE, Comparator.LESS
rates = st.floats(-0.5, 2.0, allow_nan=False)


@pytest.mark.parametrize(
    ("text", "exact", "comparator", "wanted"),
    [
        ("23", False, EQUAL, 0.005), ("12.6", False, EQUAL, 0.0005), ("145", True, EQUAL, 0.0),
        ("145", True, ABOUT, 0.029), ("90", False, ABOUT, 0.018), ("20", False, ABOUT, 0.01),
        ("0.5", False, ABOUT, 0.001),
    ],
)  # fmt: skip
def test_half_of_the_last_digit(text, exact, comparator, wanted):
    assert half_unit(text, comparator, 0.01, exact=exact) == pytest.approx(wanted)


@given(rates, rates, st.sampled_from([0.0, 0.0005, 0.03, 1.0]))
def test_a_value_equal_to_the_claim_is_in(value, other, tolerance):
    assert ClaimedNumber(value, 0.0, EQUAL, tolerance).judge(value) is Nearness.IN
    assert ClaimedNumber(min(value, other), 0.0, MORE, tolerance).judge(max(value, other)) is Nearness.IN
    assert ClaimedNumber(max(value, other), 0.0, LESS, tolerance).judge(min(value, other)) is Nearness.IN


@given(rates, st.floats(0, 1), st.floats(0, 1))
def test_farther_is_never_nearer(claimed, near, far):
    order = [Nearness.IN, Nearness.NEAR, Nearness.OUT]
    gaps = sorted((near, far))
    found = [ClaimedNumber(claimed, 0.005, EQUAL, 0.0075).judge(claimed + gap) for gap in gaps]
    assert order.index(found[0]) <= order.index(found[1])


@pytest.mark.parametrize(("value", "wanted"), [(0.2425, Nearness.IN), (0.2430, Nearness.NEAR), (0.2501, Nearness.OUT)])
def test_bounds_of_in_near_and_out(value, wanted):
    """23 per cent: half a unit of 0.5 and a tolerance of 0.75 points, so in up to 24.25 and near up to 25."""
    assert ClaimedNumber(0.23, 0.005, EQUAL, 0.0075).judge(value) is wanted


def test_words_of_direction_look_at_the_sign_and_a_smallest_move():
    found = [ClaimedNumber(None, 0.0, Comparator.ROSE, 0.0005).judge(x) for x in (0.004, 0.0004, -0.01)]
    assert found == [Nearness.IN, Nearness.OUT, Nearness.OUT]
    assert ClaimedNumber(None, 0.0, Comparator.FELL, 0.0005).judge(-0.004) is Nearness.IN


def reading(near, default=False, illustrative=False):
    return ClaimReading("r", "r", 0.0, near, default=default, illustrative=illustrative)


IN, NEAR, OUT = Nearness.IN, Nearness.NEAR, Nearness.OUT


@pytest.mark.parametrize(
    ("default", "others", "is_open", "wanted"),
    [
        (IN, [], False, Verdict.SUPPORTED), (IN, [OUT], False, Verdict.SUPPORTED), (IN, [OUT], True, Verdict.DEPENDS),
        (IN, [NEAR], True, Verdict.SUPPORTED), (OUT, [IN], False, Verdict.DEPENDS), (NEAR, [IN], True, Verdict.DEPENDS),
        (NEAR, [OUT], True, Verdict.CLOSE), (OUT, [NEAR], False, Verdict.CLOSE),
        (OUT, [OUT], True, Verdict.NOT_SUPPORTED), (None, [None], False, Verdict.NOT_CHECKABLE),
        (None, [IN], False, Verdict.DEPENDS),
    ],
)  # fmt: skip
def test_verdict_of_a_measurement(default, others, is_open, wanted):
    readings = [reading(default, default=True), *(reading(near) for near in others)]
    assert of_measurement(readings, is_open) is wanted
    assert of_measurement([*readings, reading(IN, illustrative=True)], is_open) is wanted, "shown beside, not counted"


def test_a_vague_model_does_not_support_everything():
    """The spread of draws moves the share that agrees, never the tolerance."""
    draws = np.linspace(0.0, 0.5, 501)
    found = ClaimedNumber(0.23, 0.005, EQUAL, 0.0075).agreement(draws, Nearness.IN)
    assert found == pytest.approx(0.025 / 0.5, abs=0.003)


@pytest.mark.parametrize(
    ("effects", "wanted"),
    [
        ([-0.02] * 10, Verdict.AGREES), ([-0.002] * 10, Verdict.SIGN_ONLY),
        ([-0.02] * 8 + [0.02] * 2, Verdict.DISAGREES), ([0.02] * 10, Verdict.DISAGREES), ([], Verdict.NOT_MODELLED),
    ],
)  # fmt: skip
def test_verdict_of_a_cause(effects, wanted):
    assert of_cause(np.asarray(effects), -1.0) is wanted


DAY = date(2025, 1, 1)


def step(name, day, after, before=0.0, **more):
    first, words = DAY + timedelta(day), (more.pop("verb", "raise"), more.pop("track", "t"), "in_force", name)
    return Event(name, first, ("USA",), "CHN", *words, effective=first, level_before=before, level_after=after, **more)


@given(st.lists(st.tuples(st.integers(0, 60), st.sampled_from("ab"), st.integers(0, 150)), min_size=1, max_size=12))
def test_adding_up_is_the_last_level_of_each_track(entries):
    """Against a plain replay of the events day by day."""
    events = [step(str(n), day, level / 100.0, track=track) for n, (day, track, level) in enumerate(entries)]
    replay: dict[str, float] = {}
    for day in range(62):
        for event in (e for e in events if e.effective == DAY + timedelta(day)):
            replay[event.track] = event.level_after
        found = additional_rate(events, "USA", "CHN", DAY + timedelta(day))
        assert found.total == pytest.approx(sum(replay.values()), abs=1e-9)


def test_events_bind_both_sides_in_their_order_and_next_week_begins_on_monday():
    threat = replace(step("threat", 3, 1.0), status="announced_only")
    old = replace(step("old", 2, 0.5), status="superseded")
    assert additional_rate([threat, old], "USA", "CHN", DAY + timedelta(9)).total == 0.0
    both = replace(step("both", 1, 0.1), actors=("USA", "CHN"), target="")
    rates_of = [additional_rate([both], a, b, DAY + timedelta(2)).total for a, b in (("USA", "CHN"), ("CHN", "USA"))]
    assert rates_of == [0.1, 0.1]
    assert additional_rate([both], "USA", "GBR", DAY + timedelta(2)).total == 0.0
    early = replace(step("early", 5, 0.1), effective=DAY)
    with pytest.raises(InputError, match="before its announcement on 2025-01-06"):
        check_events([early])
    check_events([replace(early, note="retroactive to the first day")])
    with pytest.raises(InputError, match="is there twice"):
        check_events([step("a", 1, 0.1), step("a", 2, 0.2)])
    assert next_week(date(2025, 5, 9)) == (date(2025, 5, 12), date(2025, 5, 18))
    assert next_week(date(2025, 5, 12)) == (date(2025, 5, 19), date(2025, 5, 25))
    assert next_week(date(2025, 5, 11)) == (date(2025, 5, 12), date(2025, 5, 18))


def expected(test, last=30, **more):
    return Expectation(test, (DAY, DAY + timedelta(last)), "USA", "CHN", **more)


SETTLED = [
    ("falls", [step("a", 1, 1.0), step("b", 20, 0.3)], {}, Verdict.KEPT),
    ("falls", [step("a", 0, 1.0), step("b", 45, 0.3)], {}, Verdict.KEPT_LATE),
    ("falls", [step("a", 0, 1.0)], {}, Verdict.BROKEN),
    ("stays", [step("a", 0, 1.0)], {"level": 1.0}, Verdict.KEPT),
    ("stays", [step("a", 0, 1.0), step("b", 9, 1.1)], {"level": 1.0}, Verdict.BROKEN),
    ("below", [step("a", 0, 1.0), step("b", 9, 0.3), step("c", 12, 0.9)], {"level": 0.6}, Verdict.KEPT),
    ("below", [step("a", 0, 1.0), step("b", 9, 0.8), step("c", 12, 0.3)], {"level": 0.6}, Verdict.BROKEN),
    ("event", [step("a", 5, 0.1, verb="cut")], {"match": Match(verbs=("cut",))}, Verdict.KEPT),
    ("event", [step("a", 50, 0.1, verb="cut")], {"match": Match(verbs=("cut",))}, Verdict.KEPT_LATE),
    ("event", [], {"match": Match(verbs=("cut",))}, Verdict.BROKEN),
    (
        "event",
        [step("a", 5, 0.1, verb="talks")],
        {"match": Match(verbs=("cut",)), "partly": Match(verbs=("talks",))},
        Verdict.PARTLY,
    ),
    ("falls", [step("a", 0, 1.0)], {"condition": Match(verbs=("sign",))}, Verdict.VOID),
]


@pytest.mark.parametrize(("test", "events", "more", "wanted"), SETTLED)
def test_settlement_by_rule(test, events, more, wanted):
    if test == "falls" and events[0].effective != DAY:
        events = [replace(events[0], effective=DAY, announced=DAY), *events[1:]]
    rule = expected(test, **more)
    assert settle(rule, events, DAY, DAY + timedelta(90)).verdict is wanted
    if wanted not in (Verdict.BROKEN,):
        early = settle(rule, [e for e in events if e.announced == DAY], DAY, DAY).verdict
        assert early is Verdict.OPEN, "nothing is settled on the day it is said"


def test_what_is_announced_later_is_not_seen():
    events = [step("a", 0, 1.0), step("b", 20, 0.3)]
    assert settle(expected("falls"), events, DAY, DAY + timedelta(19)).verdict is Verdict.OPEN


def measure_from(day):
    return lambda importer, measure, on: on < DAY + timedelta(day)


@pytest.mark.parametrize(("ends", "wanted"), [(20, Verdict.KEPT), (40, Verdict.KEPT_LATE), (999, Verdict.BROKEN)])
def test_a_promise_to_end_a_measure_is_settled_by_the_lawbook(ends, wanted):
    rule = replace(expected("measure_off"), measure="m")
    assert settle(rule, [], DAY, DAY + timedelta(60), measure_from(ends)).verdict is wanted


def series(values, first=1901):
    years = np.arange(first, first + len(values))
    rate = np.asarray(values, dtype=float)
    rise = np.concatenate([[np.nan], np.diff(rate)])
    return Series("s", "s", years, rate, rise, np.full(len(values), "x"))


@given(st.lists(st.integers(0, 400), min_size=2, max_size=40), st.integers(0, 400))
def test_highest_since_by_brute_force(permille, rate):
    found = place(series([p / 1000.0 for p in permille]), rate / 1000.0, 1901 + len(permille))
    high = [1901 + n for n, p in enumerate(permille) if p >= rate - 0.5]
    assert found.since == (high[-1] if high else None)
    assert found.tied is bool(high and abs(permille[high[-1] - 1901] - rate) <= 0.5)


@given(st.lists(st.integers(0, 400), min_size=3, max_size=40), st.integers(0, 400))
def test_largest_rise_by_brute_force(permille, rise):
    found = largest_rise(series([p / 1000.0 for p in permille]), rise / 1000.0, 1901, 1901 + len(permille))
    rises = [b - a for a, b in pairwise(permille)]
    assert found.largest == pytest.approx(max(rises) / 1000.0)


def test_a_series_rounded_too_coarsely_is_not_ranked():
    with pytest.raises(InputError, match="rounded too coarsely"):
        place(replace(series([0.1, 0.2]), ranked=False), 0.1, 1905)


@given(st.floats(0.2, 100), st.floats(1, 4000))
def test_the_band_of_rounding_holds_every_ratio_it_stands_for(duties, imports):
    d, m = round(duties, 1), round(imports, 1)
    low, high = rounding_band(np.asarray([d]), np.asarray([m]), 0.05)
    assert low[0] - 1e-12 <= duties / imports <= high[0] + 1e-12


def test_years_are_sums_and_half_years_are_left_out():
    months = [f"2024-{m:02d}" for m in range(1, 13)] + ["2025-01"]
    years, duties, imports = annual(months, np.arange(13.0), np.ones(13))
    assert (years.tolist(), duties.tolist(), imports.tolist()) == ([2024], [66.0], [12.0])


flows_of = st.integers(2, 8).flatmap(
    lambda n: st.tuples(
        st.lists(st.floats(1.0, 100.0), min_size=n, max_size=n),
        st.lists(st.floats(0.0, 0.5), min_size=n, max_size=n),
        st.lists(st.floats(0.0, 2.0), min_size=n, max_size=n),
        st.lists(st.integers(0, 2), min_size=n, max_size=n),
        st.floats(1.5, 6.0),
    )
)


@given(flows_of)
def test_substitution_keeps_spending_and_nothing_moves_without_a_change_of_rates(found):
    value, before, after, product = (np.asarray(x) for x in found[:4])
    worth = moved(value, before, after, product, found[4])
    for group in set(product.tolist()):
        own = product == group
        spent = (value * (1 + before))[own].sum()
        assert (worth.value * (1 + after))[own].sum() == pytest.approx(spent, rel=1e-9)
    assert after.min() - 1e-12 <= worth.rate <= after.max() + 1e-12
    value, before, _, product = (np.asarray(x) for x in found[:4])
    worth = moved(value, before, before, product, found[4])
    assert worth.value == pytest.approx(value, rel=1e-9)


def test_very_high_rates_pull_the_average_down():
    """Half of a product from a partner at 145%: its imports shrink, so the average lies below the fixed-weight one."""
    value, zero = np.asarray([50.0, 50.0]), np.zeros(2)
    found = moved(value, zero, np.asarray([1.45, 0.10]), np.zeros(2, dtype=int), 3.0)
    assert found.rate < 0.775
    share = 2.45**-2 / (2.45**-2 + 1.1**-2)
    new = np.asarray([100 * share / 2.45, 100 * (1 - share) / 1.1])
    assert found.rate == pytest.approx(new @ [1.45, 0.10] / new.sum(), rel=1e-12)


def calendar(n):
    return [DAY + timedelta(k) for k in range(n)]


def test_size_of_the_tests_on_random_days():
    """On days on which nothing happened, tests at 5% reject about one in twenty."""
    rng, n = np.random.default_rng(7), 2200
    returns, market = rng.normal(0, 0.01, n), rng.normal(0, 0.01, n)
    days = calendar(n)
    found = [
        study("x", days, returns, days[at], factors={"m": market}) for at in rng.choice(np.arange(140, n), 500, False)
    ]
    assert 0.03 <= np.mean([s.p_student < 0.05 for s in found]) <= 0.08
    assert 0.03 <= np.mean([s.p_rank <= 0.05 for s in found]) <= 0.07


def test_correlated_assets_need_the_correction():
    """Ten assets with residual correlation 0.3: standardised returns alone reject far too often."""
    rng, days = np.random.default_rng(11), calendar(131)
    plain, corrected = [], []
    for _ in range(400):
        common = rng.normal(0, 1, (131, 1))
        returns = 0.01 * (np.sqrt(0.3) * common + np.sqrt(0.7) * rng.normal(0, 1, (131, 10)))
        tests = panel([study(str(k), days, returns[:, k], days[130]) for k in range(10)]).tests
        plain.append(tests[0].p_value < 0.05)
        corrected.append(tests[1].p_value < 0.05)
    assert np.mean(plain) > 0.25
    assert 0.03 <= np.mean(corrected) <= 0.08


@given(st.integers(60, 200), st.integers(0, 10_000))
@settings(max_examples=60)
def test_the_rank_test_of_one_asset_is_exact(days, seed):
    rng = np.random.default_rng(seed)
    residuals, move = rng.normal(size=days), float(rng.normal())
    rank = 1 + sum(r < move for r in residuals)
    assert rank_p(residuals, move) == pytest.approx(min(1.0, 2 * min(rank, days + 2 - rank) / (days + 1)))
    z = corrado(residuals[:, None], np.asarray([move])).statistic
    assert abs(z) < 1.7321, "so that 1.96 would never reject"


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=50), st.floats(-1, 1))
def test_the_placebo_counts_the_day_itself(moves, move):
    p = placebo_p(np.asarray(moves), move)
    assert p == pytest.approx((1 + sum(abs(m) >= abs(move) for m in moves)) / (1 + len(moves)))
    assert 0 < p <= 1


def test_placebos_agree_where_nothing_changes_and_closed_days_are_dropped():
    rng, days = np.random.default_rng(3), calendar(900)
    returns = rng.normal(0, 0.01, 900)
    found = [study("x", days, returns, days[899], placebo=kind).p_placebo for kind in ("fixed", "rolling")]
    assert abs(found[0] - found[1]) < 0.03
    rng = np.random.default_rng(5)
    returns = rng.normal(0, 0.01, 300)
    gaps = np.insert(returns, [40, 90, 91, 250], np.nan)
    plain = study("x", calendar(300), returns, calendar(300)[299])
    with_gaps = study("x", calendar(304), gaps, calendar(304)[303])
    assert with_gaps.car == pytest.approx(plain.car, abs=1e-15)
    assert with_gaps.error == pytest.approx(plain.error, abs=1e-15)


def bad(match, **more):
    days, returns = calendar(200), np.sin(np.arange(200.0))
    with pytest.raises(InputError, match=match):
        study("x", more.pop("days", days), more.pop("returns", returns), more.pop("session", days[199]), **more)


def test_what_an_event_study_refuses():
    days = calendar(200)
    bad("has 2025-01-03 twice", days=[*days[:3], days[2], *days[3:199]])
    bad("goes back in time at 2025-01-01", days=[days[1], days[0], *days[2:]])
    bad("only 51 days before", session=days[61])
    bad("did not trade on 2026-01-01", session=date(2026, 1, 1))
    bad("unknown model", model="arima")
    bad("needs a factor", model="market")
    bad("does not vary", factors={"flat": np.ones(200)})
    bad("cannot be used", window=(-50, -11))
    bad("ends before day 2", horizon=2)


def test_garch_finds_calm_and_storm_and_targeting_keeps_the_mean():
    """A simulated GARCH(1,1): the weights come back, and a storm before the event widens the error."""
    rng, alpha, beta = np.random.default_rng(2), 0.15, 0.75
    variance, shocks = 1.0, []
    for _ in range(6000):
        shocks.append(np.sqrt(variance) * rng.normal())
        variance = (1 - alpha - beta) + alpha * shocks[-1] ** 2 + beta * variance
    found = estimate(np.asarray(shocks))
    assert found == pytest.approx((alpha, beta), abs=0.05)
    base = np.asarray(shocks[:500])
    assert scale_of(base, np.full(5, 4.0)) > 1.3 > scale_of(base, np.zeros(20)) > 0
    assert variances(np.ones(200), 0.2, 0.7, 1.0) == pytest.approx(np.ones(201))


@pytest.mark.parametrize(
    ("value", "comparator", "verdict"),
    [
        (0.02, Comparator.ROSE, Verdict.AGREES),
        (0.02, Comparator.FELL, Verdict.DISAGREES),
        (-0.02, Comparator.FELL, Verdict.AGREES),
        (-0.02, Comparator.ROSE, Verdict.DISAGREES),
    ],
)
def test_a_move_that_is_no_ordinary_day_is_judged_by_its_sign(value, comparator, verdict):
    assert of_reaction(value, 0.01, comparator) is verdict
    assert of_reaction(value, 0.5, comparator) is Verdict.ORDINARY


@given(t=st.floats(-60.0, 60.0))
def test_students_tails_have_their_closed_forms(t):
    """One degree of freedom is Cauchy's distribution; of two degrees the tail is algebraic."""
    assert two_sided(t, 1) == pytest.approx(1.0 - 2.0 / np.pi * np.arctan(abs(t)), abs=1e-8)
    assert two_sided(t, 2) == pytest.approx(1.0 - abs(t) / np.sqrt(2.0 + t * t), abs=1e-8)
    assert np.isnan(two_sided(float("nan"), 3))
