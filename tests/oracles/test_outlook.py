"""Will it hold, when and at what rate: closed forms, what no later row may move, and what the record holds."""

from dataclasses import replace
from datetime import date, timedelta
from math import exp

import numpy as np
import pytest

from detente.codes import InputError, UnknownName
from detente.data.casefile import load_case
from detente.data.dealrecord import agreements, bargains, deals, read_through, settlements, threats
from detente.evidence.chances import (
    OUTCOMES,
    Timing,
    chances,
    covariates_of,
    model_rule,
    posterior_mode,
    postponements,
    record_of,
    running,
    scored,
    stated,
    tilt_chances,
    timing,
)
from detente.evidence.lives import (
    ENDINGS,
    FORMS,
    HORIZONS,
    YEAR,
    RateRecord,
    chance_of,
    date_chance,
    expected_rate,
    focal,
    in_steps,
    lasting,
    outlook,
    pool,
    prospect,
    quantiles,
    struck_hazard,
    survival,
    survival_steps,
    tilt,
)
from detente.faces.words.evidence import sentences
from detente.lab.score.track import Threats, next_table, terms_table, track
from detente.lab.talks.outlook import form_of, outlook_on

GENEVA, TODAY = date(2025, 5, 12), date(2026, 8, 22)


def test_ends_compete_and_their_chances_multiply():
    view = prospect(bargains(), "truce", GENEVA, but="D07", expires=date(2025, 8, 12), struck=[], tried=True)
    assert [ending.name for ending in view.endings] == list(ENDINGS)
    for days in (30, 92, 180, 365):
        own, dated, law = (ending.alive(days) for ending in view.endings)
        assert view.alive(days) == pytest.approx(own * dated * law, abs=1e-15)
        assert own == pytest.approx(exp(-view.hazard * days / YEAR))
        assert dated == (1.0 if days < 92 else 1.0 - view.endings[1].chance)
    assert view.tilted(2.0).alive(180) == pytest.approx(view.alive(180) * view.endings[0].alive(180))
    alone = prospect(bargains(), "truce", GENEVA, but="D07")
    assert [alone.alive(days) for days in HORIZONS] == pytest.approx((0.52, 0.27, 0.07), abs=0.006)


def test_a_date_and_a_law_are_counted_as_known_on_the_day():
    assert date_chance(bargains(), GENEVA) == pytest.approx(3 / 4)
    assert date_chance(bargains(), TODAY) == pytest.approx(3 / 10)
    assert date_chance(bargains(), date(2025, 3, 4)) == pytest.approx(1 / 2)
    years = (TODAY - min(each.announced for each in bargains())).days / YEAR
    assert struck_hazard(bargains(), [date(2026, 2, 20)], TODAY) == pytest.approx(3 / (years + 2))
    assert struck_hazard(bargains(), [date(2026, 2, 20)], GENEVA) < 2 / 2


@pytest.mark.parametrize("day", [GENEVA, date(2025, 10, 30)])
def test_what_came_later_moves_no_outlook(day):
    known = [each for each in bargains() if each.announced < day]
    cut = [replace(each, over=None, ended=False) if each.over and each.over > day else each for each in known]
    whole = prospect(bargains(), "truce", day, expires=day + timedelta(days=100), tried=True)
    assert prospect(cut, "truce", day, expires=day + timedelta(days=100), tried=True) == whole
    left = [each for each in settlements() if each.day < day]
    assert timing(left, day) == timing(settlements(), day)


def test_the_tilt_is_a_factor_of_two_at_most():
    assert tilt({"D0": ["USA"], "DP": ["USA", "CHN"]}) == 2.0
    assert tilt({"D0": ["USA"], "DP": ["CHN"]}) == tilt({"D0": ["USA"], "DP": []}) == tilt({}) == 1.0
    assert tilt({"D0": [], "DP": []}) == 0.5


def test_what_lasts_is_worth_the_integral():
    view = prospect(bargains(), "order", GENEVA, expires=GENEVA + timedelta(days=200))
    hazard, chance, rate = view.hazard, view.endings[1].chance, 0.05
    t = (np.arange(400_000) + 0.5) * 1e-3
    alive = np.exp(-hazard * t) * np.where(t >= 200 / YEAR, 1.0 - chance, 1.0)
    share = rate * float((np.exp(-rate * t) * alive).sum()) * 1e-3
    assert lasting(10.0, -4.0, rate, view) == pytest.approx(-4.0 + 14.0 * share, abs=2e-3)
    with pytest.raises(InputError, match="rate of discount"):
        lasting(1.0, 0.0, 0.0, view)


def test_chances_are_said_in_steps():
    assert [in_steps(p) for p in (0.0, 0.01, 0.524, 0.93, 0.99, 1.0)] == [0.03, 0.03, 0.5, 0.95, 0.97, 0.97]


def test_the_curve_of_survival_falls_where_bargains_end():
    some = [each for each in bargains() if each.form == FORMS[0]]
    steps = survival_steps(some, read_through())
    assert [step.days for step in steps] == [0, 29, 33, 48, 120, 365]
    assert all(step.share == survival(some, read_through(), step.days).share for step in steps)
    assert survival_steps([], GENEVA)[0].watched == 0


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
    last = outlook(bargains(), "truce", TODAY)
    assert late.chances[90] == pytest.approx(in_steps(last.alive(90))), "time that nobody has read is no life"
    with pytest.raises(UnknownName, match="form"):
        outlook_on(file, "geneva", form="treaty")


def test_settlements_and_what_is_put_off_are_those_counted_apart():
    left = timing(settlements(), TODAY)
    assert (len(left.left), left.median, left.within(2), left.within(10)) == (21, 2.0, 11, 19)
    late = postponements(threats(), TODAY)
    assert (len(late), float(np.median(late))) == (18, 28.5)


def test_the_chance_of_a_settlement_grows_to_that_of_the_deadline():
    when = Timing((0, 1, 2, 5, 17))
    parts = [when.soon(0.6, 20, within) for within in (1, 7, 20, 21, 40)]
    assert parts == sorted(parts)
    assert parts[-2:] == pytest.approx([0.6, 0.6])
    assert when.soon(0.6, 20, 7) == pytest.approx(0.6 * (when.share(20) - when.share(13)) / when.share(20))
    assert (when.share(-1), when.share(60)) == (0.0, 1.0)
    assert Timing(()).share(14) == pytest.approx(0.5)


def test_an_expected_rate_is_a_pool_that_gives_missing_shares_away():
    one, two, none = (np.array([10.0]), np.ones(1)), (np.array([20.0, 30.0]), np.array([3.0, 1.0])), (np.zeros(0),) * 2
    rates, weights = pool(one, two, none)
    assert rates.tolist() == [10.0, 20.0, 30.0]
    assert weights == pytest.approx([2 / 3, 0.25, 1 / 12])
    record = RateRecord(agreements())
    k = next(k for k, each in enumerate(record.agreements) if each.id == "D47")
    rates, weights = expected_rate(record, k, np.array([60.0]))
    assert weights.sum() == pytest.approx(1.0)
    assert weights[rates == 60.0].sum() == pytest.approx(0.25)
    assert 0.0 <= chance_of(rates, weights, record.before[k]) <= 1.0
    middle = float(quantiles(rates, weights, (0.5,))[0])
    assert focal(record, k, middle) in record.agreed[record.earlier(k)]
    assert np.isnan(focal(record, 0, 10.0))


def test_numbers_of_a_model_that_say_nothing_leave_the_record_as_it_is():
    known = scored(threats())
    record = record_of(known)
    base = chances(record, stated)
    zeros = model_rule(np.zeros((len(known), 3)))
    assert np.array_equal(chances(record, zeros), base)
    assert np.array_equal(chances(record, model_rule(covariates_of(known, {}))), base)
    some = {each.id: (1.0, 2.0, 3.0) for each in known[:5]}
    assert np.array_equal(chances(record, model_rule(covariates_of(known, some))), base), "too few episodes"


def told(known):
    """Numbers that say what came, and some noise."""
    noise = np.random.default_rng(3).normal(size=(len(known), 3))
    came = ((float(each.outcome() == "deal"), 0.0, float(each.outcome() == "imposed")) for each in known)
    return {each.id: tuple(row + noise[k]) for k, (each, row) in enumerate(zip(known, came, strict=True))}


def test_numbers_that_tell_what_came_move_chances_and_later_ones_move_nothing_earlier():
    known = scored(threats())
    numbers = told(known)
    made = chances(record_of(known), model_rule(covariates_of(known, numbers)))
    base = chances(record_of(known), stated)
    assert made.sum(axis=1) == pytest.approx(1.0)
    came = np.array([OUTCOMES.index(each.outcome()) for each in known])
    rows = np.arange(len(known))
    assert np.log(made[rows, came]).mean() > np.log(base[rows, came]).mean()
    early = [each for each in known if each.deadline < date(2026, 2, 1)]
    cut = chances(record_of(early), model_rule(covariates_of(early, numbers)))
    assert not np.array_equal(cut, chances(record_of(early), stated))
    place = {each.id: k for k, each in enumerate(known)}
    assert all(np.allclose(row, made[place[each.id]], atol=1e-6) for row, each in zip(cut, early, strict=True))


def test_slopes_are_at_the_mode_of_their_posterior():
    rng = np.random.default_rng(0)
    standard, outcome = rng.normal(size=(60, 3)), rng.integers(0, 4, 60)
    outcome[:30] = np.where(standard[:30, 0] > 0, OUTCOMES.index("deal"), OUTCOMES.index("imposed"))
    bases, weight = np.full((60, 4), 0.25), np.full(60, 0.5)

    def log_posterior(slopes):
        made = tilt_chances(bases, standard, slopes)
        return weight @ np.log(made[np.arange(60), outcome]) - 0.5 * slopes @ slopes / 0.25**2

    mode = posterior_mode(bases, standard, outcome, weight)
    assert (mode >= 0.0).all()
    assert mode[0] > 0.05
    for step in np.eye(3) * 1e-3:
        assert log_posterior(mode) >= log_posterior(mode + step)
        assert log_posterior(mode) >= log_posterior(np.maximum(mode - step, 0.0))


def test_threats_that_still_run_have_chances_of_the_day():
    ahead = running(threats(), TODAY)
    assert [each.id for each, _ in ahead] == ["X63", "X69", "X99"]
    table = next_table(Threats(threats(), TODAY), settlements())
    assert table["deadline"].tolist() == ["2026-11-10", "2027-01-01", "2026-11-10"]
    total = sum(table[name] for name in ("imposed", "postponed", "agreed", "dropped"))
    assert total == pytest.approx(1.0)
    assert (table["soon"] <= table["postponed"] + table["agreed"]).all()
    july = next_table(Threats(threats(), date(2025, 7, 25)), settlements())
    letter = dict(zip(july["id"].tolist(), july["soon"].tolist(), strict=True))["X32"]
    k = july["id"].tolist().index("X32")
    assert letter == pytest.approx(july["postponed"][k] + july["agreed"][k]), "the deadline is within thirty days"


def test_what_is_said_of_rates_names_the_rule_that_is_used_and_the_law_of_the_day_before():
    said = " ".join(sentences(track("deal")))
    assert "missed by 3.9 points and the tariff of the day before by 5.3" in said


def test_terms_of_bargains_are_counted():
    table = terms_table(deals(), TODAY)
    counts = dict(zip(table["term"].tolist(), table["count"].tolist(), strict=True))
    assert counts["purchases are named"] == 12
    assert counts["investment is named"] == 9
    assert set(table["of"].tolist()) == {32}


def test_the_rule_of_a_model_is_scored_where_its_numbers_are_on_file():
    without = track("threat")[0]
    assert not any("model" in rule for rule in without["rule"].tolist())
    rows = {row["rule"]: row for row in track("threat", rule="model", covariates=told(scored(threats())))[0].rows()}
    tilted = next(row for rule, row in rows.items() if "model" in rule)
    assert tilted["brier"] < without["brier"][0]
    with pytest.raises(UnknownName, match="rule"):
        track("threat", rule="model")
