"""The record of threats and deals: scores as reckoned by another hand, and forecasts that see nothing of what came."""

import random
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from detente.data.dealrecord import agreements, bargains, read_through, threats
from detente.evidence.chances import (
    OUTCOMES,
    RULES,
    ThreatRecord,
    brier,
    by_episode,
    chances,
    crps,
    episodes,
    log_score,
    pooled,
    record_of,
    scored,
    skill,
)
from detente.evidence.lives import (
    FORMS,
    HORIZONS,
    RATE_RULES,
    Bargain,
    RateRecord,
    distances,
    hazard,
    outlook,
    survival,
    survival_errors,
)
from detente.lab.score.track import track

SCORES = {
    "even": (0.750, 0.750, 1.386, 1.386),
    "pooled": (0.792, 0.722, 1.471, 1.339),
    "who": (0.799, 0.757, 1.496, 1.409),
    "record": (0.767, 0.757, 1.412, 1.417),
    "latest": (0.907, 0.793, 1.628, 1.445),
    "postponed": (1.033, 1.008, 1.838, 1.796),
    "imposed": (0.905, 0.745, 1.630, 1.370),
}
"""Brier by episode and by threat, log score by both, as reckoned from the record apart from this program."""


@pytest.fixture(scope="module")
def known():
    return scored(threats())


@pytest.fixture(scope="module")
def record(known):
    return record_of(known)


def test_episodes_are_those_of_the_rules(known):
    sizes = sorted((episodes(known).count(name) for name in set(episodes(known))), reverse=True)
    assert (len(known), len(sizes), sizes[:4]) == (96, 28, [30, 20, 8, 7])
    others = episodes(known, apart=-1)
    sizes = sorted((others.count(name) for name in set(others)), reverse=True)
    assert (len(sizes), sizes[:4]) == (33, [30, 19, 8, 5])


@pytest.mark.parametrize("name", SCORES)
def test_scores_are_those_reckoned_apart(record, name):
    made = chances(record, RULES[name], "whole")
    square, log = brier(made, record.outcome), log_score(made, record.outcome)
    means = (
        by_episode(square, record.episode).mean(),
        square.mean(),
        by_episode(log, record.episode).mean(),
        log.mean(),
    )
    assert means == pytest.approx(SCORES[name], abs=0.0006)
    assert made.sum(axis=1) == pytest.approx(1.0)


def test_scores_of_the_other_readings(known, record):
    made = chances(record, RULES["record"], "hindsight")
    square, log = brier(made, record.outcome), log_score(made, record.outcome)
    assert by_episode(square, record.episode).mean() == pytest.approx(0.735, abs=0.0006)
    assert by_episode(log, record.episode).mean() == pytest.approx(1.338, abs=0.0006)
    strict = record_of(known, grace=0)
    for name, score in (("pooled", 0.795), ("record", 0.760)):
        square = brier(chances(strict, RULES[name], "whole"), strict.outcome)
        assert by_episode(square, strict.episode).mean() == pytest.approx(score, abs=0.0006)


def test_an_interval_that_holds_zero_is_said(record):
    square = brier(chances(record, RULES["record"]), record.outcome)
    beside = skill(square, brier(chances(record, pooled), record.outcome), record.episode)
    assert (beside.value, beside.low, beside.high) == pytest.approx((0.03, -0.03, 0.10), abs=0.01)
    assert beside.open
    assert not skill(square, square + 1.0, record.episode).open


def seen_of(rule, known):
    return {each.id: row for each, row in zip(known, chances(record_of(known), rule), strict=True)}


def changed(rule, known, cut=date(2025, 9, 1)):
    """Threats whose forecast moves when what came after a day is taken off the record."""
    whole = seen_of(rule, known)
    before = [each for each in known if each.deadline < cut]
    part = seen_of(rule, before)
    return {name for name, row in part.items() if not np.array_equal(row, whole[name])}


@pytest.mark.parametrize("name", RULES)
def test_what_came_later_moves_no_earlier_forecast(known, name):
    assert changed(RULES[name], known) == set()


def test_a_rule_that_peeks_is_caught(known):
    def peeks(record: ThreatRecord, k, sight):
        return record.shares(record.sight(k, "hindsight"), True, np.full(len(OUTCOMES), 0.25), 2.0)

    assert changed(peeks, known)

    def weighs(record: ThreatRecord, k, sight):
        return pooled(record, k, record.sight(k, "whole"))

    assert changed(weighs, known)


@pytest.mark.parametrize("name", RULES)
def test_the_order_of_the_rows_is_nothing(known, name):
    mixed = list(known)
    random.Random(5).shuffle(mixed)
    first, second = seen_of(RULES[name], known), seen_of(RULES[name], mixed)
    assert all(first[key] == pytest.approx(second[key], abs=1e-12) for key in first)


def test_no_threat_sees_its_own_episode(known, record):
    for k, each in enumerate(known):
        seen = record.sight(k).seen
        assert not seen[k]
        for j in np.flatnonzero(seen):
            assert known[j].deadline < each.deadline - timedelta(days=1)
            assert record.episode[j] != record.episode[k]


def test_rates_miss_by_what_was_reckoned_apart():
    made = RateRecord(agreements())
    rows = {name: distances(made, rule).mean() for name, rule in RATE_RULES.items()}
    assert len(made.agreements) == 52
    for name, error in (("before", 8.0), ("fifteen", 7.9), ("midpoint", 9.7), ("part", 9.3), ("threat", 14.1)):
        assert rows[name] == pytest.approx(error, abs=0.06), name
    for k in range(52):
        assert all(made.agreements[j].episode != made.agreements[k].episode for j in np.flatnonzero(made.earlier(k)))


def test_a_sample_of_one_is_scored_by_its_error():
    assert crps(np.array([12.0]), np.ones(1), 15.0) == pytest.approx(3.0)
    assert crps(np.array([10.0, 20.0]), np.ones(2), 15.0) == pytest.approx(2.5)


def test_lives_are_those_reckoned_apart():
    some, end = bargains(), read_through()
    rows = {"truce": (9, 5, 1.38, 0.63, 2.72), "order": (21, 2, 0.14, 0.04, 0.39), "terms": (9, 1, 0.16, 0.03, 0.62)}
    for form in FORMS:
        own = [each for each in some if each.form == form]
        found = hazard(own, end)
        assert (found.count, found.ends, found.rate, found.low, found.high) == pytest.approx(rows[form], abs=0.006)
    alive = [survival(some, end, days).share for days in HORIZONS]
    assert alive == pytest.approx([0.87, 0.78, 0.78], abs=0.006)
    assert survival(some, end, 90).error == pytest.approx(0.05, abs=0.006)


@pytest.mark.parametrize(
    ("days", "share", "variance"),
    [
        (9, 1.0, 0.0),
        (10, 0.8, 0.8**2 / 20),
        (19, 0.8, 0.8**2 / 20),
        # Whoever was last seen on the day of an end is among those at risk on it: two ends of four.
        (20, 0.4, 0.4**2 * (1 / 20 + 2 / 8)),
        (30, 0.4, 0.4**2 * (1 / 20 + 2 / 8)),
        (31, 0.0, 0.0),
    ],
)
def test_ties_are_among_the_lives_at_risk_and_the_variance_is_that_of_greenwood(days, share, variance):
    """By hand: ends on the 10th, twice on the 20th and on the 31st day; one last seen on the 20th, still running."""
    first, seen = date(2025, 1, 1), date(2025, 6, 1)

    def lived(name, days, ended):
        return Bargain(name, "XXX", "truce", first, first + timedelta(days), ended)

    some = [
        lived("a", 10, True),
        lived("b", 20, True),
        lived("c", 20, False),
        lived("d", 20, True),
        lived("e", 31, True),
    ]
    found = survival(some, seen, days)
    assert found.share == pytest.approx(share, abs=1e-12)
    assert found.error == pytest.approx(np.sqrt(variance), abs=1e-12)


def test_a_bargain_that_was_to_end_is_alive_on_the_day_before_and_not_on_the_day_itself():
    first = date(2025, 1, 1)
    ended = Bargain("a", "XXX", "truce", first, first + timedelta(90), ended=True)
    assert ended.alive(89)
    assert not ended.alive(90)
    assert not ended.alive(91)
    assert replace(ended, ended=False).alive(91)


ALIVE = {
    "ever": (0.135, 0.222, 0.333),
    "hostile": (0.606, 0.736, 0.666),
    "pooled": (0.134, 0.213, 0.391),
    "form": (0.131, 0.203, 0.365),
}


@pytest.mark.parametrize("rule", ALIVE)
def test_survival_is_scored_as_reckoned_apart(rule):
    made = [survival_errors(bargains(), rule, days, read_through()) for days in HORIZONS]
    assert [errors.size for errors in made] == [37, 36, 18]
    assert [errors.mean() for errors in made] == pytest.approx(ALIVE[rule], abs=0.0006)


@pytest.mark.parametrize(
    ("name", "chances_"),
    [
        ("D07", (0.52, 0.27, 0.07)),
        ("D16", (0.80, 0.63, 0.40)),
        ("D36", (0.61, 0.37, 0.13)),
        ("D53", (0.93, 0.87, 0.75)),
    ],
)
def test_a_bargain_has_the_chance_of_its_day(name, chances_):
    some = bargains()
    own = next(each for each in some if each.id == name)
    view = outlook(some, own.form, own.announced, name)
    assert [view.alive(days) for days in HORIZONS] == pytest.approx(chances_, abs=0.006)
    later = [each if each.announced < own.announced else replace(each, ended=True) for each in some]
    assert outlook(later, own.form, own.announced, name) == view


def test_the_record_of_a_day_knows_nothing_later():
    tables = {table.name: table for table in track(as_of=date(2025, 9, 1))}
    assert max(tables["track_threats"]["deadline"]) < "2025-09-01"
    assert max(tables["track_rates"]["announced"]) < "2025-09-01"
    assert max(tables["track_lives"]["announced"]) < "2025-09-01"
    assert set(tables["track_lives"]["end"]) <= {"ended", "replaced", "runs"}


def test_a_rule_that_never_missed_is_no_measure():
    none = skill(np.ones(4), np.zeros(4), np.arange(4))
    assert np.isnan(none.value)
