"""The tables of the evidence against the figures they are built from, as published."""

import polars as pl
import pytest

from detente.codes import MissingData
from detente.data.evidence_tables import (
    embedded_returns,
    level_ratio,
    long_series,
    purchase,
    quoted_reaction,
    quoted_sessions,
)
from detente.data.tables import read


def test_the_years_run_without_a_hole():
    table = read("evidence_tariff_years")
    for source, first, last in (("usitc", 1901, 2024), ("accounts", 1929, 2023)):
        years = table.filter(pl.col("source") == source)["year"].to_list()
        assert years == list(range(first, last + 1))


def test_the_months_run_without_a_hole():
    months = read("evidence_tariff_months")["month"].to_list()
    wanted = [f"{y}-{m:02d}" for y in range(1982, 2027) for m in range(1, 13)]
    assert months == wanted[: wanted.index("2026-03") + 1]


def test_every_band_holds_its_rate():
    table = read("evidence_tariff_years")
    assert table.filter((pl.col("low") > pl.col("rate")) | (pl.col("rate") > pl.col("high"))).is_empty()


@pytest.mark.parametrize(("year", "percent"), [(1901, 28.8), (1932, 19.6), (1947, 7.9), (1975, 3.9), (1981, 3.4)])
def test_printed_rates(year, percent):
    assert long_series().at(year) == pytest.approx(percent / 100.0)


@pytest.mark.parametrize(("year", "duties", "imports"), [(2024, 78.9, 3266.4), (2025, 264.0, 3415.7)])
def test_sums_of_twelve_months(year, duties, imports):
    table = read("evidence_tariff_months").filter(pl.col("month").str.starts_with(str(year)))
    assert table["duties"].sum() / 1e9 == pytest.approx(duties, abs=0.06)
    assert table["imports"].sum() / 1e9 == pytest.approx(imports, abs=0.06)


def test_the_fee_on_oil_sets_the_accounts_of_1975_apart():
    table = read("evidence_tariff_years").filter(pl.col("year") == 1975)
    usitc, accounts = (table.filter(pl.col("source") == s)["rate"][0] for s in ("usitc", "accounts"))
    assert (round(usitc, 3), round(accounts, 3)) == (0.039, 0.060)


def test_full_series_of_indices_stay_with_their_publishers():
    """A handful of sessions is quoted, no series: fewer days than any estimation needs."""
    counts = read("evidence_sessions").group_by("market").len()
    assert counts["len"].max() < 20
    assert set(quoted_sessions()) == {"S&P 500", "HSI", "CSI300", "N225"}


def test_the_index_was_back_at_its_level_of_2_april():
    from datetime import date

    assert level_ratio("S&P 500", date(2025, 4, 2), date(2025, 5, 8)) == pytest.approx(0.9988, abs=5e-5)


def test_event_studies_of_quoted_sessions_rest_on_120_days():
    from datetime import date

    assert set(read("evidence_reactions")["days"].to_list()) == {120}
    found = quoted_reaction("S&P 500", date(2025, 4, 9))
    assert found is not None
    assert found["abnormal"] == pytest.approx(0.0909, abs=5e-4)
    assert found["p_placebo"] < 0.002


def test_daily_series():
    yuan, vix = embedded_returns("usdcny"), embedded_returns("vix")
    assert (str(yuan.days[0]), str(yuan.days[-1])) == ("2025-01-03", "2025-06-30")
    assert yuan.of("usdcny").sum() == pytest.approx(-0.0188, abs=5e-4), "7.2994 to 7.1636 yuan a dollar"
    assert str(vix.days[-1]) == "2026-07-23"
    with pytest.raises(MissingData, match="belongs to its publisher"):
        embedded_returns("HSI")


@pytest.mark.parametrize(("year", "billions"), [(2024, 12.76), (2025, 3.08)])
def test_soybeans(year, billions):
    assert purchase("soybeans", year) / 1e9 == pytest.approx(billions, abs=0.005)
