"""The tables of the evidence against the figures they are built from, as published."""

import pytest

from detente.codes import MissingData
from detente.data.evidence_tables import (
    embedded_returns,
    level_ratio,
    long_series,
    purchase,
    quoted_reaction,
)
from detente.data.tables import read


@pytest.mark.parametrize(("year", "percent"), [(1901, 28.8), (1932, 19.6), (1947, 7.9), (1975, 3.9), (1981, 3.4)])
def test_printed_rates(year, percent):
    assert long_series().at(year) == pytest.approx(percent / 100.0)


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
