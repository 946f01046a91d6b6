"""Event studies: gaps, horizons, hours at which rates are fixed, simple changes, the implied change of value."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from detente.codes import InputError
from detente.data.evidence_tables import embedded_returns
from detente.evidence import event_session, exchange, implied_change
from detente.evidence.event_study import check_gaps, holidays, nearest, placebo_p, rarity, study

FIRST, LAST = date(2024, 6, 3), date(2025, 6, 30)
OPEN = [
    day
    for day in (FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1))
    if day.weekday() < 5 and day not in holidays(day.year)
]
"""Sessions of New York."""


def test_holidays_of_new_york():
    year = sorted(str(day) for day in holidays(2025))
    assert year == [
        "2025-01-01", "2025-01-09", "2025-01-20", "2025-02-17", "2025-04-18", "2025-05-26", "2025-06-19", "2025-07-04",
        "2025-09-01", "2025-11-27", "2025-12-25",
    ]  # fmt: skip
    assert date(2021, 12, 31) not in holidays(2021), "a New Year on Saturday is not kept on Friday"
    assert {date(2021, 7, 5), date(2021, 12, 24)} < holidays(2021)


APRIL = (date(2025, 4, 3), date(2025, 4, 24))
GAPS = {
    "three weeks": (lambda day: not APRIL[0] <= day <= APRIL[1], "15 sessions of New York: 2025-04-03 to 2025-04-17"),
    "one session": (lambda day: day != date(2025, 3, 3), "1 session of New York: 2025-03-03"),
}


@pytest.mark.parametrize(("kept", "message"), GAPS.values(), ids=GAPS)
def test_missing_sessions_are_refused_with_their_dates(kept, message):
    rows = [day for day in OPEN if kept(day)]
    with pytest.raises(InputError, match=message):
        check_gaps("SPY", exchange("XNYS"), rows, rows)


def test_a_blank_row_is_a_closed_day():
    check_gaps("SPY", exchange("XNYS"), OPEN, [day for day in OPEN if day != date(2025, 3, 3)])
    with pytest.raises(InputError, match="15 sessions of New York: 2025-04-03"):
        check_gaps("SPY", exchange("XNYS"), OPEN, [day for day in OPEN if not APRIL[0] <= day <= APRIL[1]])


@pytest.mark.parametrize(("code", "longest"), [("XSHG", 7), ("XTKS", 6), ("XHKG", 4), ("XETR", 4)])
def test_elsewhere_a_gap_is_longer_than_any_holiday(code, longest):
    """From Friday to the first session after it, `longest` weekdays closed and then one more."""
    start = date(2025, 1, 3)
    after = [start + timedelta(n) for n in range(1, 30) if (start + timedelta(n)).weekday() < 5]
    check_gaps("x", exchange(code), [], [start, after[longest]])
    with pytest.raises(InputError, match=f"lacks {longest + 1} sessions"):
        check_gaps("x", exchange(code), [], [start, after[longest + 1]])


def test_over_several_days_the_placebo_counts_spans_of_as_many_days():
    rng = np.random.default_rng(4)
    days, returns = [FIRST + timedelta(n) for n in range(400)], rng.normal(0, 0.01, 400)
    found = study("x", days, returns, days[390], horizon=5)
    moves = returns[:390] - returns[260:380].mean()
    spans = np.asarray([moves[k : k + 5].sum() for k in range(386)])
    assert found.p_placebo == pytest.approx(placebo_p(spans, returns[390:395].sum() - 5 * returns[260:380].mean()))
    assert (found.placebo_days, found.placebo_from) == (386, days[0])
    assert np.isnan(found.p_rank)
    rolling = study("x", days, returns, days[390], horizon=5, placebo="rolling")
    assert (rolling.placebo_days, rolling.placebo_from) == (386 - 70, days[70])
    assert abs(rolling.p_placebo - found.p_placebo) < 0.1
    assert rarity(0.02, 5) == "a move this large over 5 days began on 1 day in 50"


def test_changes_returns_and_rates_are_those_of_the_sessions_named():
    vix = embedded_returns("vix")
    found = study("vix", vix.days, vix.of("vix"), date(2025, 4, 9))
    assert found.car == pytest.approx(-0.4415, abs=5e-4)
    assert found.change == pytest.approx(33.62 / 52.33 - 1.0, abs=1e-4), "closes of the VIX"
    assert (found.placebo_days, found.placebo_from) == (2351, date(2016, 1, 5))
    # 17:00 UTC on 8 May is 13:00 in New York: an hour after the rate of the day, three before the close of shares.
    days, place = embedded_returns("usdcny").days, exchange("H10")
    hours = (datetime(2025, 5, 8, 15, 59, tzinfo=UTC), datetime(2025, 5, 8, 17, 0, tzinfo=UTC))
    found = [event_session(place, hour, days, "usdcny").session for hour in hours]
    assert found == [date(2025, 5, 8), date(2025, 5, 9)]
    days = [date(2025, 5, n) for n in (5, 6, 7, 8, 9, 12, 13)]
    assert nearest(days, date(2025, 5, 14)) == [date(2025, 5, 12), date(2025, 5, 13)]
    assert implied_change(0.01, 50e12) == pytest.approx(50e12 * np.expm1(0.01))
