"""The record of threats and deals: scores as reckoned by another hand, and forecasts that see nothing of what came."""

import random
import re
from dataclasses import replace
from datetime import date, timedelta
from math import exp

import numpy as np
import pytest

from build_modelled import forecast_of
from detente.codes import InputError, UnknownName
from detente.data.casefile import HAPPENED, case_names, load_case, variant_names
from detente.data.dealrecord import agreements, bargains, deals, read_through, settlements, threats
from detente.evidence import chances as odds
from detente.evidence import lives as lives_of
from detente.evidence.chances import scored
from detente.evidence.lives import hazard
from detente.faces.words.evidence import sentences
from detente.lab.score import track
from detente.lab.talks.outlook import form_of, outlook_on
from detente.lab.talks.primary import Primary
from rows import rows_of

LISTED = rows_of(__file__)

SCORES = LISTED["scores"]
"""Brier by episode and by threat, log score by both, as reckoned from the record apart from this program."""


@pytest.fixture(scope="module")
def known():
    return scored(threats())


@pytest.fixture(scope="module")
def record(known):
    return odds.record_of(known)


def test_episodes_are_those_of_the_rules(known):
    sizes = sorted((odds.episodes(known).count(name) for name in set(odds.episodes(known))), reverse=True)
    assert (len(known), len(sizes), sizes[:4]) == (96, 28, [30, 20, 8, 7])
    others = odds.episodes(known, apart=-1)
    sizes = sorted((others.count(name) for name in set(others)), reverse=True)
    assert (len(sizes), sizes[:4]) == (33, [30, 19, 8, 5])


@pytest.mark.parametrize("name", SCORES)
def test_scores_are_those_reckoned_apart(record, name):
    made = odds.chances(record, odds.RULES[name], "whole")
    square, log = odds.brier(made, record.outcome), odds.log_score(made, record.outcome)
    means = (
        odds.by_episode(square, record.episode).mean(),
        square.mean(),
        odds.by_episode(log, record.episode).mean(),
        log.mean(),
    )
    assert (means, made.sum(axis=1)) == (pytest.approx(SCORES[name], abs=0.0006), pytest.approx(1.0))


def test_scores_of_the_other_readings(known, record):
    made = odds.chances(record, odds.RULES["record"], "hindsight")
    square, log = odds.brier(made, record.outcome), odds.log_score(made, record.outcome)
    assert odds.by_episode(square, record.episode).mean() == pytest.approx(0.735, abs=0.0006)
    assert odds.by_episode(log, record.episode).mean() == pytest.approx(1.338, abs=0.0006)
    strict = odds.record_of(known, grace=0)
    for name, score in (("pooled", 0.795), ("record", 0.760)):
        square = odds.brier(odds.chances(strict, odds.RULES[name], "whole"), strict.outcome)
        assert odds.by_episode(square, strict.episode).mean() == pytest.approx(score, abs=0.0006)


def test_an_interval_that_holds_zero_is_said(record):
    square = odds.brier(odds.chances(record, odds.RULES["record"]), record.outcome)
    beside = odds.skill(square, odds.brier(odds.chances(record, odds.pooled), record.outcome), record.episode)
    assert (beside.value, beside.low, beside.high) == pytest.approx((0.03, -0.03, 0.10), abs=0.01)
    assert beside.open
    assert not odds.skill(square, square + 1.0, record.episode).open


def seen_of(rule, known):
    return {each.id: row for each, row in zip(known, odds.chances(odds.record_of(known), rule), strict=True)}


def changed(rule, known, cut=date(2025, 9, 1)):
    """Threats whose forecast moves when what came after a day is taken off the record."""
    whole = seen_of(rule, known)
    before = [each for each in known if each.deadline < cut]
    part = seen_of(rule, before)
    return {name for name, row in part.items() if not np.array_equal(row, whole[name])}


@pytest.mark.parametrize("name", odds.RULES)
def test_what_came_later_and_the_order_of_rows_move_no_forecast(known, name):
    assert changed(odds.RULES[name], known) == set()
    mixed = list(known)
    random.Random(5).shuffle(mixed)
    first, second = seen_of(odds.RULES[name], known), seen_of(odds.RULES[name], mixed)
    assert all(first[key] == pytest.approx(second[key], abs=1e-12) for key in first)


def test_a_rule_that_peeks_is_caught(known):
    def peeks(record: odds.ThreatRecord, k, sight):
        return record.shares(record.sight(k, "hindsight"), True, np.full(len(odds.OUTCOMES), 0.25), 2.0)

    assert changed(peeks, known)

    def weighs(record: odds.ThreatRecord, k, sight):
        return odds.pooled(record, k, record.sight(k, "whole"))

    assert changed(weighs, known)


def test_no_threat_sees_its_own_episode(known, record):
    for k, each in enumerate(known):
        seen = record.sight(k).seen
        assert not seen[k]
        for j in np.flatnonzero(seen):
            assert known[j].deadline < each.deadline - timedelta(days=1)
            assert record.episode[j] != record.episode[k]


def test_rates_miss_and_lives_are_as_reckoned_apart():
    made = lives_of.RateRecord(agreements())
    rows = {name: lives_of.distances(made, rule).mean() for name, rule in lives_of.RATE_RULES.items()}
    assert len(made.agreements) == 52
    for name, error in (("before", 8.0), ("fifteen", 7.9), ("midpoint", 9.7), ("part", 9.3), ("threat", 14.1)):
        assert rows[name] == pytest.approx(error, abs=0.06), name
    for k in range(52):
        assert all(made.agreements[j].episode != made.agreements[k].episode for j in np.flatnonzero(made.earlier(k)))
    assert odds.crps(np.array([12.0]), np.ones(1), 15.0) == pytest.approx(3.0)
    assert odds.crps(np.array([10.0, 20.0]), np.ones(2), 15.0) == pytest.approx(2.5)
    some, end = bargains(), read_through()
    rows = {"truce": (9, 5, 1.38, 0.63, 2.72), "order": (21, 2, 0.14, 0.04, 0.39), "terms": (9, 1, 0.16, 0.03, 0.62)}
    for form in lives_of.FORMS:
        own = [each for each in some if each.form == form]
        found = hazard(own, end)
        assert (found.count, found.ends, found.rate, found.low, found.high) == pytest.approx(rows[form], abs=0.006)
    alive = [lives_of.survival(some, end, days).share for days in lives_of.HORIZONS]
    assert alive == pytest.approx([0.87, 0.78, 0.78], abs=0.006)
    assert lives_of.survival(some, end, 90).error == pytest.approx(0.05, abs=0.006)


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
        return lives_of.Bargain(name, "XXX", "truce", first, first + timedelta(days), ended)

    some = [
        lived("a", 10, True),
        lived("b", 20, True),
        lived("c", 20, False),
        lived("d", 20, True),
        lived("e", 31, True),
    ]
    found = lives_of.survival(some, seen, days)
    assert found.share == pytest.approx(share, abs=1e-12)
    assert found.error == pytest.approx(np.sqrt(variance), abs=1e-12)


def test_a_bargain_that_was_to_end_is_alive_on_the_day_before_and_not_on_the_day_itself():
    first = date(2025, 1, 1)
    ended = lives_of.Bargain("a", "XXX", "truce", first, first + timedelta(90), ended=True)
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
    made = [lives_of.survival_errors(bargains(), rule, days, read_through()) for days in lives_of.HORIZONS]
    assert [errors.size for errors in made] == [37, 36, 18]
    assert [errors.mean() for errors in made] == pytest.approx(ALIVE[rule], abs=0.0006)


@pytest.mark.parametrize(("name", "chances_"), LISTED["a_bargain_has_the_chance_of_its_day"])
def test_a_bargain_has_the_chance_of_its_day(name, chances_):
    some = bargains()
    own = next(each for each in some if each.id == name)
    view = lives_of.outlook(some, own.form, own.announced, name)
    assert [view.alive(days) for days in lives_of.HORIZONS] == pytest.approx(chances_, abs=0.006)
    later = [each if each.announced < own.announced else replace(each, ended=True) for each in some]
    assert lives_of.outlook(later, own.form, own.announced, name) == view


def test_the_record_of_a_day_knows_nothing_later_and_a_perfect_rule_is_no_measure():
    tables = {table.name: table for table in track.track(as_of=date(2025, 9, 1))}
    assert max(tables["track_threats"]["deadline"]) < "2025-09-01"
    assert max(tables["track_rates"]["announced"]) < "2025-09-01"
    assert max(tables["track_lives"]["announced"]) < "2025-09-01"
    assert set(tables["track_lives"]["end"]) <= {"ended", "replaced", "runs"}
    none = odds.skill(np.ones(4), np.zeros(4), np.arange(4))
    assert np.isnan(none.value)


GENEVA, TODAY = date(2025, 5, 12), date(2026, 8, 22)


def test_ends_compete_and_their_chances_multiply():
    view = lives_of.prospect(bargains(), "truce", GENEVA, but="D07", expires=date(2025, 8, 12), struck=[], tried=True)
    assert [ending.name for ending in view.endings] == list(lives_of.ENDINGS)
    for days in (30, 92, 180, 365):
        own, dated, law = (ending.alive(days) for ending in view.endings)
        assert view.alive(days) == pytest.approx(own * dated * law, abs=1e-15)
        assert own == pytest.approx(exp(-view.hazard * days / lives_of.YEAR))
        assert dated == (1.0 if days < 92 else 1.0 - view.endings[1].chance)
    assert view.tilted(2.0).alive(180) == pytest.approx(view.alive(180) * view.endings[0].alive(180))
    alone = lives_of.prospect(bargains(), "truce", GENEVA, but="D07")
    assert [alone.alive(days) for days in lives_of.HORIZONS] == pytest.approx((0.52, 0.27, 0.07), abs=0.006)


def test_a_date_and_a_law_are_counted_as_known_on_the_day():
    assert lives_of.date_chance(bargains(), GENEVA) == pytest.approx(3 / 4)
    assert lives_of.date_chance(bargains(), TODAY) == pytest.approx(3 / 10)
    assert lives_of.date_chance(bargains(), date(2025, 3, 4)) == pytest.approx(1 / 2)
    years = (TODAY - min(each.announced for each in bargains())).days / lives_of.YEAR
    assert lives_of.struck_hazard(bargains(), [date(2026, 2, 20)], TODAY) == pytest.approx(3 / (years + 2))
    assert lives_of.struck_hazard(bargains(), [date(2026, 2, 20)], GENEVA) < 2 / 2


@pytest.mark.parametrize("day", [GENEVA, date(2025, 10, 30)])
def test_what_came_later_moves_no_outlook(day):
    known = [each for each in bargains() if each.announced < day]
    cut = [replace(each, over=None, ended=False) if each.over and each.over > day else each for each in known]
    whole = lives_of.prospect(bargains(), "truce", day, expires=day + timedelta(days=100), tried=True)
    assert lives_of.prospect(cut, "truce", day, expires=day + timedelta(days=100), tried=True) == whole
    left = [each for each in settlements() if each.day < day]
    assert odds.timing(left, day) == odds.timing(settlements(), day)


def test_the_tilt_is_a_factor_of_two_at_most():
    assert lives_of.tilt({"D0": ["USA"], "DP": ["USA", "CHN"]}) == 2.0
    assert (
        lives_of.tilt({"D0": ["USA"], "DP": ["CHN"]})
        == lives_of.tilt({"D0": ["USA"], "DP": []})
        == lives_of.tilt({})
        == 1.0
    )
    assert lives_of.tilt({"D0": [], "DP": []}) == 0.5


def test_what_lasts_is_worth_the_integral():
    view = lives_of.prospect(bargains(), "order", GENEVA, expires=GENEVA + timedelta(days=200))
    hazard, chance, rate = view.hazard, view.endings[1].chance, 0.05
    t = (np.arange(400_000) + 0.5) * 1e-3
    alive = np.exp(-hazard * t) * np.where(t >= 200 / lives_of.YEAR, 1.0 - chance, 1.0)
    share = rate * float((np.exp(-rate * t) * alive).sum()) * 1e-3
    assert lives_of.lasting(10.0, -4.0, rate, view) == pytest.approx(-4.0 + 14.0 * share, abs=2e-3)
    with pytest.raises(InputError, match="rate of discount"):
        lives_of.lasting(1.0, 0.0, 0.0, view)


def test_chances_are_in_steps_and_survival_falls_where_bargains_end():
    assert [lives_of.in_steps(p) for p in (0.0, 0.01, 0.524, 0.93, 0.99, 1.0)] == [0.03, 0.03, 0.5, 0.95, 0.97, 0.97]
    some = [each for each in bargains() if each.form == lives_of.FORMS[0]]
    steps = lives_of.survival_steps(some, read_through())
    assert [step.days for step in steps] == [0, 29, 33, 48, 120, 365]
    assert all(step.share == lives_of.survival(some, read_through(), step.days).share for step in steps)
    assert lives_of.survival_steps([], GENEVA)[0].watched == 0


def test_a_deal_of_a_case_has_the_forecast_of_its_day():
    file = load_case("us-china-2025-05")
    geneva, other = outlook_on(file, "geneva"), outlook_on(file, "past_law")
    assert (geneva.day, geneva.named.id, geneva.runs, geneva.assumed) == (GENEVA, "D07", False, False)
    assert (other.day, other.named, other.assumed, other.then.form) == (file.on, None, True, form_of(file))
    assert outlook_on(file, "busan").named is None, "a bargain of a later day is not the one of this case"
    busan = outlook_on(load_case("us-china-2025-10"), "busan")
    assert busan.named.id == "D36"
    assert busan.now.endings[0].alive(365) > busan.alive(365)
    late = outlook_on(load_case("us-china-today"), "renewed")
    last = lives_of.outlook(bargains(), "truce", TODAY)
    assert late.chances[90] == pytest.approx(lives_of.in_steps(last.alive(90))), "time that nobody has read is no life"
    with pytest.raises(UnknownName, match="form"):
        outlook_on(file, "geneva", form="treaty")


def test_settlements_are_those_counted_and_their_chance_grows_to_the_deadline():
    left = odds.timing(settlements(), TODAY)
    assert (len(left.left), left.median, left.within(2), left.within(10)) == (21, 2.0, 11, 19)
    late = odds.postponements(threats(), TODAY)
    assert (len(late), float(np.median(late))) == (18, 28.5)
    when = odds.Timing((0, 1, 2, 5, 17))
    parts = [when.soon(0.6, 20, within) for within in (1, 7, 20, 21, 40)]
    assert (parts, parts[-2:]) == (sorted(parts), pytest.approx([0.6, 0.6]))
    assert when.soon(0.6, 20, 7) == pytest.approx(0.6 * (when.share(20) - when.share(13)) / when.share(20))
    assert (when.share(-1), when.share(60)) == (0.0, 1.0)
    assert odds.Timing(()).share(14) == pytest.approx(0.5)


def test_an_expected_rate_is_a_pool_that_gives_missing_shares_away():
    one, two, none = (np.array([10.0]), np.ones(1)), (np.array([20.0, 30.0]), np.array([3.0, 1.0])), (np.zeros(0),) * 2
    rates, weights = lives_of.pool(one, two, none)
    assert (rates.tolist(), weights) == ([10.0, 20.0, 30.0], pytest.approx([2 / 3, 0.25, 1 / 12]))
    record = lives_of.RateRecord(agreements())
    k = next(k for k, each in enumerate(record.agreements) if each.id == "D47")
    rates, weights = lives_of.expected_rate(record, k, np.array([60.0]))
    assert (weights.sum(), weights[rates == 60.0].sum()) == (pytest.approx(1.0), pytest.approx(0.25))
    assert 0.0 <= lives_of.chance_of(rates, weights, record.before[k]) <= 1.0
    middle = float(lives_of.quantiles(rates, weights, (0.5,))[0])
    assert lives_of.focal(record, k, middle) in record.agreed[record.earlier(k)]
    assert np.isnan(lives_of.focal(record, 0, 10.0))


def test_numbers_that_say_nothing_leave_the_record_and_those_that_tell_move_it():
    known = scored(threats())
    record = odds.record_of(known)
    base = odds.chances(record, odds.stated)
    zeros = odds.model_rule(np.zeros((len(known), 3)))
    assert np.array_equal(odds.chances(record, zeros), base)
    assert np.array_equal(odds.chances(record, odds.model_rule(odds.covariates_of(known, {}))), base)
    some = {each.id: (1.0, 2.0, 3.0) for each in known[:5]}
    assert np.array_equal(odds.chances(record, odds.model_rule(odds.covariates_of(known, some))), base), (
        "too few episodes"
    )
    numbers = told(known)
    made = odds.chances(odds.record_of(known), odds.model_rule(odds.covariates_of(known, numbers)))
    base = odds.chances(odds.record_of(known), odds.stated)
    assert made.sum(axis=1) == pytest.approx(1.0)
    came = np.array([odds.OUTCOMES.index(each.outcome()) for each in known])
    rows = np.arange(len(known))
    assert np.log(made[rows, came]).mean() > np.log(base[rows, came]).mean()
    early = [each for each in known if each.deadline < date(2026, 2, 1)]
    cut = odds.chances(odds.record_of(early), odds.model_rule(odds.covariates_of(early, numbers)))
    assert not np.array_equal(cut, odds.chances(odds.record_of(early), odds.stated))
    place = {each.id: k for k, each in enumerate(known)}
    assert all(np.allclose(row, made[place[each.id]], atol=1e-6) for row, each in zip(cut, early, strict=True))


def told(known):
    """Numbers that say what came, and some noise."""
    noise = np.random.default_rng(3).normal(size=(len(known), 3))
    came = ((float(each.outcome() == "deal"), 0.0, float(each.outcome() == "imposed")) for each in known)
    return {each.id: tuple(row + noise[k]) for k, (each, row) in enumerate(zip(known, came, strict=True))}


def test_slopes_are_at_the_mode_of_their_posterior():
    rng = np.random.default_rng(0)
    standard, outcome = rng.normal(size=(60, 3)), rng.integers(0, 4, 60)
    outcome[:30] = np.where(standard[:30, 0] > 0, odds.OUTCOMES.index("deal"), odds.OUTCOMES.index("imposed"))
    bases, weight = np.full((60, 4), 0.25), np.full(60, 0.5)

    def log_posterior(slopes):
        made = odds.tilt_chances(bases, standard, slopes)
        return weight @ np.log(made[np.arange(60), outcome]) - 0.5 * slopes @ slopes / 0.25**2

    mode = odds.posterior_mode(bases, standard, outcome, weight)
    assert (mode >= 0.0).all()
    assert mode[0] > 0.05
    for step in np.eye(3) * 1e-3:
        assert log_posterior(mode) >= log_posterior(mode + step)
        assert log_posterior(mode) >= log_posterior(np.maximum(mode - step, 0.0))


def test_threats_that_still_run_have_chances_of_the_day():
    ahead = odds.running(threats(), TODAY)
    assert [each.id for each, _ in ahead] == ["X63", "X69", "X99"]
    table = track.next_table(track.Threats(threats(), TODAY), settlements())
    assert table["deadline"].tolist() == ["2026-11-10", "2027-01-01", "2026-11-10"]
    total = sum(table[name] for name in ("imposed", "postponed", "agreed", "dropped"))
    assert total == pytest.approx(1.0)
    assert (table["soon"] <= table["postponed"] + table["agreed"]).all()
    july = track.next_table(track.Threats(threats(), date(2025, 7, 25)), settlements())
    letter = dict(zip(july["id"].tolist(), july["soon"].tolist(), strict=True))["X32"]
    k = july["id"].tolist().index("X32")
    assert letter == pytest.approx(july["postponed"][k] + july["agreed"][k]), "the deadline is within thirty days"


def test_what_is_said_of_rates_names_the_rule_and_terms_are_counted():
    said = " ".join(sentences(track.track("deal")))
    assert "missed by 3.9 points and the tariff of the day before by 5.3" in said
    table = track.terms_table(deals(), TODAY)
    counts = dict(zip(table["term"].tolist(), table["count"].tolist(), strict=True))
    assert (counts["purchases are named"], counts["investment is named"]) == (12, 9)
    assert set(table["of"].tolist()) == {32}


def test_the_rule_of_a_model_is_scored_where_its_numbers_are_on_file():
    without = track.track("threat")[0]
    assert not any("model" in rule for rule in without["rule"].tolist())
    rows = {
        row["rule"]: row for row in track.track("threat", rule="model", covariates=told(scored(threats())))[0].rows()
    }
    tilted = next(row for rule, row in rows.items() if "model" in rule)
    assert tilted["brier"] < without["brier"][0]
    with pytest.raises(UnknownName, match="rule"):
        track.track("threat", rule="model")


def test_every_case_is_forecast_as_it_gives_today_and_rates_are_of_the_record():
    known = {n for n in case_names() if HAPPENED in variant_names(n) and len(load_case(n).parties) == 2}
    assert {each.case for each in track.model_forecasts()} == known
    (stored,) = [each for each in track.model_forecasts() if each.case == "us-vietnam-2025-07"]
    again = forecast_of(stored.case, 1)
    for name in ("p", "before", "rate", "room", "asymmetry", "credibility"):
        assert getattr(again, name) == pytest.approx(getattr(stored, name), rel=1e-4), name
    assert again.sample == pytest.approx(stored.sample[:1], rel=1e-4)
    assert (again.threat, again.terms) == (stored.threat, stored.terms)
    # General duties are told apart from those of sectors: they sum to the rate that the record has of the day.
    table = track.model_rates_table(agreements(), read_through())
    before = {each.case: each.before for each in track.model_forecasts()}
    same = [abs(row["before"] - before[row["case"]]) < 1e-9 for row in table.rows()]
    # Before Busan the law that goes on is that of the snap-back.
    assert [row["case"] for row, fits in zip(table.rows(), same, strict=True) if not fits] == ["us-china-2025-10"]


def test_errors_of_few_episodes_and_later_bargains_are_told_apart():
    table = track.model_rates_table(agreements(), read_through())
    (row,) = [row for row in table.rows() if row["case"] == "us-brazil-2025-07"]
    assert row["error"] == pytest.approx(abs(row["median"] - row["agreed"]), abs=1e-12)
    rules = track.model_rules_table(agreements(), read_through())
    assert len(rules) == 10
    assert any("too few to rank" in note for note in rules.notes)
    assert rules["error_rows"][0] == pytest.approx(table["error"].mean(), abs=1e-12)
    day = load_case("us-eu-2025-07").on
    earlier = track.model_rates_table([each for each in agreements() if each.announced < day], day)
    assert "us-eu-2025-07" not in earlier["case"].tolist()
    assert "us-vietnam-2025-07" in earlier["case"].tolist()
    table = track.model_terms_table(deals(), read_through())
    for row in table.rows():
        assert row["right"] <= row["count"]
        assert row["brier"] == pytest.approx(1.0 - row["right"] / row["count"])


def test_no_threat_moves_the_slopes_that_move_it():
    numbers = odds.covariates_by_threat(track.model_forecasts())
    values = np.array(list(numbers.values()))
    rng = np.random.default_rng(3)
    bases = rng.dirichlet(np.ones(len(odds.OUTCOMES)), len(values))
    outcome, alone = rng.integers(0, 4, len(values)), np.arange(len(values))
    made = odds.tilted_without(bases, values, outcome, alone)
    assert made.sum(axis=1) == pytest.approx(1.0)
    for k in range(len(values)):
        other = outcome.copy()
        other[k] = (other[k] + 1) % 4
        assert odds.tilted_without(bases, values, other, alone)[k] == pytest.approx(made[k], abs=1e-12)
    assert odds.tilted_without(bases, 0.0 * values, outcome, alone) == pytest.approx(bases)


def test_the_tilt_is_scored_and_a_threat_is_known_before_its_outcome():
    table = track.tilt_table(track.Threats(threats(), read_through()))
    assert "11 threats" in table.title
    assert table["skill"][0] == 0.0
    assert any("take no tilt" in note for note in table.notes)
    primary = Primary.of("us-vietnam-2025-07")
    assert primary.threat.id == "X58"
    assert primary.threat.deadline > primary.file.on
    assert 0.0 < primary.p < 1.0


def test_what_the_rule_in_use_saves_stands_beside_every_rule():
    """One less its error over that of the other, good or bad, with a range."""
    for table, error in (
        (track.rules_table(track.Threats(threats(), read_through())), "brier"),
        (track.rate_rules_table(agreements()), "error"),
    ):
        scores = table[error]
        assert table["saved"] == pytest.approx(1.0 - scores[0] / scores, abs=1e-9)
        assert (table["saved_low"] <= table["saved"] + 1e-12).all()
        assert (table["saved_high"] >= table["saved"] - 1e-12).all()
    table = track.survival_skill_table(bargains(), read_through())
    assert sorted({(row["days"], row["count"]) for row in table.rows()}) == [(90, 37), (180, 36), (365, 18)]
    scored = track.survival_table(bargains(), read_through())
    (ever,) = [row for row in table.rows() if row["rule"] == "for ever" and row["days"] == 365]
    errors = dict(zip(scored["rule"].tolist(), scored["day_365"].tolist(), strict=True))
    assert ever["saved"] == pytest.approx(1.0 - scored["day_365"][0] / errors["for ever"], abs=1e-9)
    assert ever["saved"] < 0.0 < ever["saved_high"]
    assert len(table) == 3 * (len(scored) - 1)


def test_sections_of_the_law_are_spelled_out():
    measures = {each.measure for each in threats()}
    assert {"section 338 on 554 lines", "section 301", "ship fees, section 301"} <= measures
    assert not [measure for measure in measures if re.search(r"\bs\d{3}\b", measure)]
