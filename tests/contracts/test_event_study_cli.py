"""Event studies: gaps, horizons, hours at which rates are fixed, simple changes, the implied change of value."""

import csv
import io
from datetime import date, timedelta

import numpy as np
import pytest

from detente.evidence import exchange
from detente.evidence.event_study import nearest, placebo_p, rarity, study
from detente.evidence.gaps import check_gaps, holidays
from detente.lab.record.event_study import event_study

FIRST, LAST = date(2024, 6, 3), date(2025, 6, 30)
OPEN = [
    day
    for day in (FIRST + timedelta(n) for n in range((LAST - FIRST).days + 1))
    if day.weekday() < 5 and day not in holidays(day.year)
]
"""Sessions of New York."""


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def prices(tmp_path):
    """Writes a file of prices of the sessions for which a row is wanted; None leaves its value blank."""

    def write(row=lambda day: True):
        n = np.arange(len(OPEN))
        levels = 100 * np.exp(np.cumsum(0.01 * np.sin(1.7 * n**1.1)))
        other = 50 * np.exp(np.cumsum(0.01 * np.cos(1.3 * n**1.2)))
        lines = [
            f"{day},{levels[k]:.6f},{other[k]:.6f}" if row(day) else f"{day},,"
            for k, day in enumerate(OPEN)
            if row(day) is not False
        ]
        path = tmp_path / "prices.csv"
        path.write_text("\n".join(["date,SPY,FXI", *lines]) + "\n", encoding="utf-8")
        return str(path)

    return write


def studied(detente, path, *more):
    return detente("event-study", path, "--unit", "price", "--on", "us-geneva-duty", "--asset", "SPY", *more)


def test_holidays_of_new_york():
    year = sorted(str(day) for day in holidays(2025))
    assert year == [
        "2025-01-01", "2025-01-09", "2025-01-20", "2025-02-17", "2025-04-18", "2025-05-26", "2025-06-19", "2025-07-04",
        "2025-09-01", "2025-11-27", "2025-12-25",
    ]  # fmt: skip
    assert date(2021, 12, 31) not in holidays(2021), "a New Year on Saturday is not kept on Friday"
    assert {date(2021, 7, 5), date(2021, 12, 24)} < holidays(2021)


def test_a_file_with_every_session_goes_through(detente, prices):
    ran = studied(detente, prices(), "--format", "csv")
    assert ran.code == 0, ran.err
    assert rows(ran.out)[0]["session"] == "2025-05-12"


APRIL = (date(2025, 4, 3), date(2025, 4, 24))
GAPS = {
    "three weeks": (lambda day: not APRIL[0] <= day <= APRIL[1], "15 sessions of New York: 2025-04-03 to 2025-04-17"),
    "one session": (lambda day: day != date(2025, 3, 3), "1 session of New York: 2025-03-03"),
    "first return": (lambda day: day != date(2024, 10, 31), "1 session of New York: 2024-10-31"),
    "blank for weeks": (
        lambda day: None if APRIL[0] <= day <= APRIL[1] else True, "15 sessions of New York: 2025-04-03",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("row", "message"), GAPS.values(), ids=GAPS)
def test_missing_sessions_are_refused_with_their_dates(detente, prices, row, message):
    ran = studied(detente, prices(row))
    assert ran.code == 2, ran.out
    assert message in ran.err
    assert "leave the value blank on a day the market was closed" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_a_blank_row_is_a_closed_day_and_old_gaps_do_not_count(detente, prices):
    assert studied(detente, prices(lambda day: None if day == date(2025, 3, 3) else True)).code == 0
    assert studied(detente, prices(lambda day: day != date(2024, 7, 2))).code == 0, "before the estimation"


@pytest.mark.parametrize(("code", "longest"), [("XSHG", 7), ("XTKS", 6), ("XHKG", 4), ("XETR", 4)])
def test_elsewhere_a_gap_is_longer_than_any_holiday(code, longest):
    """From Friday to the first session after it, `longest` weekdays closed and then one more."""
    from detente.codes import InputError

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


def test_the_horizon_is_printed_and_ranks_are_blank_beyond_a_day(detente, prices):
    path = prices()
    one, five = (
        rows(studied(detente, path, "--horizon", h, "--format", "csv").out)[0] for h in ("1", "5")
    )  # fmt: skip
    assert (one["horizon"], five["horizon"]) == ("1", "5")
    assert one["p_rank"]
    assert not five["p_rank"]
    assert five["p_placebo"] != one["p_placebo"]
    assert "over 5 days" in five["rarity"]
    text = " ".join(detente("event-study", path, "--unit", "price", "--on", "2025-05-12", "--horizon", "5").out.split())
    assert "sums over 5 sessions" in text
    assert "Corrado" not in text, "a rank test of single days"
    assert "2025-05-12, SPY: placebo over" in text
    assert "earlier spans of 5 days from 2024-06-04" in text


def test_the_simple_change_stands_beside_the_logarithmic_return(detente):
    ran = detente("event-study", "--market", "vix", "--on", "us-reciprocal-125", "--format", "csv")
    (row,) = rows(ran.out)
    assert float(row["abnormal"]) == pytest.approx(-0.4415, abs=5e-4)
    assert float(row["change"]) == pytest.approx(33.62 / 52.33 - 1.0, abs=1e-4), "closes of the VIX"
    text = detente("event-study", "--market", "vix", "--on", "us-reciprocal-125").out
    assert "logarithmic" in text
    assert "-35.7" in text
    assert "placebo over 2,351 earlier days from 2016-01-05" in " ".join(text.split())


def test_the_rate_of_h10_is_that_of_noon():
    """17:00 UTC on 8 May is 13:00 in New York: an hour after the rate of the day, three before the close of shares."""
    found = event_study("usdcny", ["2025-05-08T15:59Z", "2025-05-08T17:00Z"], window=(-80, -11))
    assert found["session"].tolist() == ["2025-05-08", "2025-05-09"]
    assert any("noon" in note for note in found.notes)


def test_sessions_on_both_sides_of_a_day_are_named(detente):
    err = detente("event-study", "--market", "usdcny", "--on", "2025-05-10").err
    assert "2025-05-08, 2025-05-09, 2025-05-12, 2025-05-13" in err
    days = [date(2025, 5, n) for n in (5, 6, 7, 8, 9, 12, 13)]
    assert nearest(days, date(2025, 5, 14)) == [date(2025, 5, 12), date(2025, 5, 13)]


def test_an_asset_does_not_explain_itself(detente, prices):
    ran = studied(detente, prices(), "--factor", "SPY")
    assert (ran.code, "--factor: SPY is the asset that is studied" in ran.err) == (2, True)
    ran = studied(detente, prices(), "--factor", "FXI", "--factor", "FXI")
    assert (ran.code, "FXI is named twice" in ran.err) == (2, True)


def test_the_implied_change_of_value_beside_the_models(detente, prices):
    path = prices()
    given = ("--market-value", "50e12", "--modelled", "4e11")
    (row,) = rows(studied(detente, path, *given, "--table", "implied", "--format", "csv").out)
    (main,) = rows(studied(detente, path, *given, "--table", "event_study", "--format", "csv").out)
    assert float(row["implied"]) == pytest.approx(50e12 * np.expm1(float(main["abnormal"])))
    assert float(row["modelled"]) == 4e11
    assert float(row["low"]) < float(row["implied"]) < float(row["high"])
    text = studied(detente, path, *given).out
    assert "implied by the market, and by the model" in text
    assert "Event study" in text


def test_what_has_no_market_value(detente, prices):
    path = prices()
    both = ("event-study", path, "--unit", "price", "--on", "2025-05-12")
    cases = {
        (*both, "--market-value", "1e12"): "belongs to one asset",
        (*both, "--asset", "SPY", "--market-value", "0"): "is not positive",
        (*both, "--asset", "SPY", "--modelled", "1e9"): "add --market-value",
        (*both, "--asset", "SPY", "--table", "implied"): "add --market-value",
        (*both, "--asset", "SPY", "--table", "implid"): "implied",
        (
            "event-study",
            "--market",
            "vix",
            "--on",
            "2025-05-12",
            "--market-value",
            "1e9",
        ): "no asset with a market value",
    }
    for arguments, message in cases.items():
        ran = detente(*arguments)
        assert ran.code == 2, arguments
        assert message in ran.err, arguments


RETURNS = """
- {{claim_id: one, quote: q, said: 2025-05-09, kind: measurement,
   quantity: {{name: index_return, value: {value}, unit: percent, as_of: {day}, market: {market}}}}}
"""


@pytest.mark.parametrize(
    ("market", "day", "value"),
    [("S&P 500", "2025-04-09", 9.5), ("HSI", "2025-04-07", -13.22), ("N225", "2025-04-10", 9.13)],
)
def test_a_claim_on_a_market_is_about_the_simple_return(detente, tmp_path, market, day, value):
    path = tmp_path / "claims.yaml"
    path.write_text(RETURNS.format(value=value, day=day, market=market), encoding="utf-8")
    ran = detente("check", str(path), "--as-of", "2025-05-10", "--draws", "0", "--format", "csv")
    (row,) = rows(ran.out)
    assert row["verdict"] == "supported", row["found"]
