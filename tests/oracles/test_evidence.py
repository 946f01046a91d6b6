"""Evidence against what is known: the lawbooks, printed numbers, another program's regressions, time zones."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from detente.codes import InputError
from detente.data.eventfile import load_events
from detente.data.evidence_tables import accounts_series, census_series, long_series, monthly, year_bounds
from detente.data.importers import importer
from detente.data.tables import arrays
from detente.evidence import EXCHANGES, additional_rate, event_session, exchange, largest_rise, place, steps, study
from detente.evidence.chances import accuracy, ratio_to
from detente.evidence.collection import Collected, collection, left_out_error, paid_later, take_up
from detente.law import PartnerColumn, schedule_on

FIRST, LAST = date(2025, 1, 1), date(2026, 7, 23)
DAYS = [FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1)]
EVENTS = load_events()[0]


def lawbook_rates(code, partner, line, authorities):
    """Points that some authorities add on a line without exemption, by day of `DAYS`."""
    where = importer(code)
    codes = where.lines.codes[where.lines.slice(line)][:1].tolist()
    column = PartnerColumn(partner, False, where.base_column(partner, FIRST, ""))
    space = where.only(codes).space(where.law, [column], context="line")
    ladders = [schedule_on(space, day, record=True).ladder(0, 0).by_authority() for day in DAYS]
    return np.asarray([sum(found.get(name, 0.0) for name in authorities) for found in ladders])


def test_adding_up_events_gives_the_lawbooks_and_steps_are_those_of_the_record():
    """Toys are on no list of exemptions: what the law adds to their base duty is the sum of the steps."""
    added = [additional_rate(EVENTS, "USA", "CHN", day).total for day in DAYS]
    law = lawbook_rates("USA", "CHN", "950300", ("fentanyl", "reciprocal", "section_122"))
    assert np.abs(np.asarray(added) - law).max() < 1e-12
    added = [additional_rate(EVENTS, "CHN", "USA", day).total for day in DAYS]
    law = lawbook_rates("CHN", "USA", "950300", ("retaliation_reciprocal",))
    assert np.abs(np.asarray(added) - law).max() < 1e-12
    found = [(str(x.on), round(x.total, 4)) for x in steps(EVENTS, "USA", "CHN", FIRST, LAST)]
    assert found == [
        ("2025-01-01", 0.0), ("2025-02-04", 0.1), ("2025-03-04", 0.2), ("2025-04-05", 0.3), ("2025-04-09", 1.04),
        ("2025-04-10", 1.45), ("2025-05-14", 0.3), ("2025-11-10", 0.2), ("2026-02-24", 0.1),
    ]  # fmt: skip
    assert [round(x.total, 4) for x in steps(EVENTS, "CHN", "USA", FIRST, LAST)] == [0.0, 0.84, 1.25, 0.1]
    assert additional_rate(EVENTS, "USA", "CHN", date(2026, 7, 23)).total == pytest.approx(0.10)
    assert additional_rate(EVENTS, "USA", "CHN", date(2026, 7, 24)).total == 0.0
    assert additional_rate(EVENTS, "USA", "CHN", date(2025, 5, 14), known_on=date(2025, 5, 9)).total == 1.45


REGRESSIONS = {
    0: (0.011749961444874679, 0.010231024413888106, 0.25308047075953966),
    1: (-0.0020166026559485274, 0.005893705730156439, 0.7328375826824589),
    2: (-0.0016424790608220666, 0.00536321426486073, 0.7599593517775091),
}
"""Prediction error, `get_prediction(...).se_obs` and Student p of statsmodels 0.14 on the series below, by factors."""


def wave(a, b, c, days=141):
    t = np.arange(days, dtype=float)
    return 0.012 * np.sin(a * t + 0.3) + 0.007 * np.cos(b * t * t) + 0.004 * np.sin(c * t**1.5)


def waves():
    first, second = wave(1.31, 0.173, 0.71), wave(0.77, 0.291, 1.13)
    return 0.0004 + 0.8 * first - 0.3 * second + 0.5 * wave(2.17, 0.411, 0.39), {"first": first, "second": second}


@pytest.mark.parametrize("factors", REGRESSIONS)
def test_abnormal_return_and_forecast_error_are_those_of_statsmodels(factors):
    returns, known = waves()
    days = [date(2024, 1, 1) + timedelta(n) for n in range(returns.size)]
    chosen = dict(list(known.items())[:factors])
    found = study("x", days, returns, days[135], factors=chosen)
    wanted = REGRESSIONS[factors]
    assert (found.days, found.car) == (120, pytest.approx(wanted[0], abs=1e-12))
    assert found.error == pytest.approx(wanted[1], abs=1e-12)
    assert found.p_student == pytest.approx(wanted[2], abs=1e-10)


def test_the_error_of_several_days_is_the_textbook_formula():
    """MacKinlay (1997): s2 [h + h^2/L + (sum of (x - xbar))^2 / Sxx]."""
    returns, known = waves()
    days = [date(2024, 1, 1) + timedelta(n) for n in range(returns.size)]
    found = study("x", days, returns, days[135], factors={"first": known["first"]}, horizon=4)
    x, estimation = known["first"], slice(5, 125)
    mean, h = x[estimation].mean(), 4
    s2 = found.residuals @ found.residuals / (120 - 2)
    away = (x[135:139] - mean).sum() ** 2 / ((x[estimation] - mean) ** 2).sum()
    assert found.error == pytest.approx(np.sqrt(s2 * (h + h**2 / 120 + away)), abs=1e-14)


ZONES = {
    "XNYS": "America/New_York", "XHKG": "Asia/Hong_Kong", "XSHG": "Asia/Shanghai", "XTKS": "Asia/Tokyo",
    "XETR": "Europe/Berlin", "XLON": "Europe/London", "H10": "America/New_York",
}  # fmt: skip


@pytest.mark.parametrize("code", EXCHANGES)
def test_closes_are_those_of_the_time_zone_database(code):
    place = exchange(code)
    for day in (date(2018, 1, 1) + timedelta(n) for n in range(0, 3650)):
        local = place.closes if day >= place.since else place.closed_before
        wanted = datetime.combine(day, local, ZoneInfo(ZONES[code])).astimezone(UTC)
        assert place.close(day) == wanted, day


def test_tokyo_closed_half_an_hour_earlier_before_november_2024():
    assert exchange("XTKS").close(date(2024, 11, 1)).time() == time(6, 0)
    assert exchange("XTKS").close(date(2024, 11, 5)).time() == time(6, 30)


GENEVA = datetime(2025, 5, 12, 7, 1, tzinfo=UTC)
WEEK = [date(2025, 5, n) for n in (9, 12, 13, 14)]


@pytest.mark.parametrize(
    ("code", "session"), [("XHKG", 12), ("XSHG", 13), ("XTKS", 13), ("XETR", 12), ("XLON", 12), ("XNYS", 12)]
)
def test_the_joint_statement_reaches_each_exchange_by_its_own_close(code, session):
    """15:01 in Hong Kong and Shanghai: the first is open, the second closed a minute before, Tokyo at 15:30."""
    assert event_session(exchange(code), GENEVA, WEEK).session == date(2025, 5, session)


def test_chinas_answer_of_a_holiday_reaches_hong_kong_on_monday():
    event = next(e for e in EVENTS if e.event_id == "cn-reciprocal-34")
    open_days = [date(2025, 4, 3), date(2025, 4, 7), date(2025, 4, 8)]
    found = event_session(exchange("XHKG"), event.knew, open_days)
    assert (found.session, found.certain) == (date(2025, 4, 7), False)


@pytest.mark.parametrize(("year", "low", "high"), [(1932, 0.19, 0.20), (1933, 0.19, 0.20), (2024, 0.023, 0.025)])
def test_known_rates_of_the_long_series(year, low, high):
    assert low <= long_series().at(year) <= high


def test_collected_and_known_series_agree_within_their_gaps():
    assert long_series().at(2025) == pytest.approx(264.0 / 3415.7, abs=5e-5)
    assert census_series().at(2025) == pytest.approx(260.8 / 3393.5, abs=5e-5)
    assert census_series().at(2024) == pytest.approx(76.2 / 3251.2, abs=5e-5)
    table = monthly()
    own = np.char.startswith(table["month"], "2025")
    ratio = table["duties"][own] / table["imports"][own]
    assert abs(ratio.mean() - long_series().at(2025)) > 1e-3
    printed = arrays("evidence_tariff_years")
    own = (printed["source"] == "usitc") & (printed["year"] >= 1982)
    usitc = dict(zip(printed["year"][own].tolist(), printed["rate"][own].tolist(), strict=True))
    for year in range(1982, 2025):
        treasury, calculated, books = (s.at(year) for s in (long_series(), census_series(), accounts_series()))
        assert abs(usitc[year] - treasury) < 0.0035, year
        assert np.isnan(calculated) or abs(calculated - treasury) < 0.0035, year
        assert np.isnan(books) or abs(books - treasury) < 0.0045, year
    low, high, confidence = year_bounds()["accounts", 1933]
    assert high - low > 0.07
    assert confidence == "C"
    assert low <= 0.198 <= high


@pytest.mark.parametrize("doubtful", [0.148, 0.158])
def test_ranks_do_not_hinge_on_the_doubtful_year(doubtful):
    """1930 is uncertain by a point: neither "highest since" nor "largest rise since" may turn on it."""
    series = long_series().with_value(1930, doubtful)
    assert place(series, 0.227, 2025).since == 1909
    found = largest_rise(series, 0.123, 1930, 2025)
    assert found.rise >= found.largest
    assert found.exceeds_year
    assert found.largest_year == 1931


def test_no_rise_is_taken_across_the_splice():
    series = long_series()
    at = int(np.flatnonzero(series.years == 1982)[0])
    assert series.rise[at] == pytest.approx(0.002, abs=1e-9), "both years of the printed series"


SESSIONS = [
    ("S&P 500", "2025-04-03", -4.84), ("S&P 500", "2025-04-04", -5.97), ("S&P 500", "2025-04-09", 9.52),
    ("S&P 500", "2025-05-12", 3.26), ("HSI", "2025-04-07", -13.22), ("CSI300", "2025-04-07", -7.05),
    ("N225", "2025-04-10", 9.13), ("HSI", "2025-05-13", -1.87),
]  # fmt: skip


@pytest.mark.parametrize(("market", "session", "percent"), SESSIONS)
def test_quoted_sessions_are_the_published_ones(market, session, percent):
    from detente.data.evidence_tables import quoted

    value = quoted(market, "return", date.fromisoformat(session))
    assert 100.0 * np.expm1(value) == pytest.approx(percent, abs=0.006)


def test_errors_biases_and_ratios_by_hand_with_their_intervals():
    got = accuracy(np.array([1.0, 4.0, 3.0]), np.array([2.0, 2.0, np.nan]))
    assert (got.months, got.error, got.bias) == (2, 1.5, 0.5)
    assert np.isnan(accuracy(np.ones(2), np.full(2, np.nan)).error)
    came = np.zeros(8)
    own, rule = np.array([1.0, -1, 2, 2, 1, 1.2, -3, 0.8]), np.array([2.0, 1.9, 2, 2, -2, 2.1, 2, 2])
    got = ratio_to(own, rule, came, seed=1, name="x")
    assert got.value == pytest.approx(12 / 16)
    assert got.low < got.value < got.high
    assert got == ratio_to(own, rule, came, seed=1, name="x")
    assert got != ratio_to(own, rule, came, seed=2, name="x")
    rule = np.array([1.0, 3, 2, 5, 4, 1])
    got = ratio_to(rule / 2, rule, np.zeros(6), seed=0, name="x")
    assert (got.value, got.low, got.high) == (0.5, 0.5, 0.5)


def test_few_months_have_no_interval_and_leaving_one_out_gives_the_error_of_a_mean():
    few = ratio_to(np.ones(3), np.full(3, 2.0), np.zeros(3), seed=0, name="x")
    assert few.value == 0.5
    assert np.isnan(few.low)
    assert np.isnan(ratio_to(np.ones(5), np.zeros(5), np.zeros(5), seed=0, name="x").value)
    with pytest.raises(InputError, match="blocks of one month"):
        ratio_to(np.ones(5), np.ones(5), np.zeros(5), seed=0, name="x", block=0)
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


def test_what_is_not_known_weighs_nothing_and_shares_lie_within_their_ranges():
    inside = 0
    for seed in range(60):
        got = collection(panel(0.3, (0.8, 0.6), 0.01, seed))
        inside += sum(e.low <= true <= e.high for e, true in zip((got.late, *got.kept), (0.3, 0.8, 0.6), strict=True))
    assert 0.82 <= inside / 180 <= 0.97
    whole = panel(0.3, (0.8, 0.6), 0.01, 1)
    rate = whole.rate.copy()
    rate[4, 1] = np.nan
    some = collection(Collected(rate, whole.now, whole.before, whole.weight))
    weight = whole.weight.copy()
    weight[4, 1] = 0.0
    other = collection(Collected(whole.rate, whole.now, whole.before, weight))
    assert some.late == other.late
    assert np.isfinite(some.kept[1].error)


def test_duty_payments_and_claims_by_hand_and_too_few_months_are_refused():
    got = collection(panel(0.25, (0.8,), 0.0, 2)).of(np.array([[0.4]]), np.array([[0.2]]))
    assert got == pytest.approx(0.8 * (0.75 * 0.4 + 0.25 * 0.2))
    duty = np.array([3.0, 4, 7, 6, 9, 8])
    assert paid_later(0.4 * duty[1:] + 0.6 * duty[:-1], duty[1:], duty[:-1]).value == pytest.approx(0.6)
    shares = 0.9 - 0.5 * 0.8 ** np.arange(10)
    got = take_up(shares)
    assert (got.level.value, got.speed.value) == pytest.approx((0.9, 0.2))
    assert got.after(0.4, 2) == pytest.approx(0.9 - 0.5 * 0.64)
    with pytest.raises(InputError, match="4 months are too few"):
        collection(panel(0.2, (0.9,), 0.0, 0, months=4))
    with pytest.raises(InputError, match="too few for claims"):
        take_up(np.array([0.4, 0.5]))
