"""Trade in goods on record: of a country with a partner, by month or year, from each source apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from detente.codes.portrait import Readable
from detente.data.tables import arrays

ALL = "all"
"""Every partner."""

EXPORTS, IMPORTS, BALANCE = "exports", "imports", "balance"
WITH_SERVICES = "balance_with_services"
"""Balance of goods and services together, which releases lead with."""

UNION = {"EU27": "EUU"}
"""Groups that tables of US trade hold as one partner, by their codes there."""

ACCOUNTS = "us-accounts"
"""How sources that are national accounts begin."""

FULL_YEAR = 2024
"""Year of which US imports are on record from every partner."""


@dataclass(frozen=True, repr=False)
class TradeSeries(Readable):
    """Trade of a country with a partner, as one source has it.

    Attributes
    ----------
    source : whose figures; values : period ("2024" or "2025-06") -> USD.
    public : period -> day its figure came out; releases : period -> id of the release; where that is on record.
    """

    source: str = ""
    values: Mapping[str, float] = field(default_factory=dict, repr=False)
    public: Mapping[str, date] = field(default_factory=dict, repr=False)
    releases: Mapping[str, str] = field(default_factory=dict, repr=False)


NOTHING = TradeSeries()


def published(country: str, partner: str, flow: str) -> TradeSeries:
    """What the statistical office of a country publishes, single figures."""
    return _of_releases(country, partner, flow, accounts=False)


def accounts(country: str, partner: str, flow: str) -> TradeSeries:
    """Exports and imports of goods by year in the national accounts."""
    return _of_releases(country, partner, flow, accounts=True)


@lru_cache(maxsize=256)
def _of_releases(country: str, partner: str, flow: str, accounts: bool) -> TradeSeries:
    table = arrays("trade_published")
    own = (table["country"] == country) & (table["partner"] == partner) & (table["flow"] == flow)
    rows = [i for i in own.nonzero()[0] if str(table["source"][i]).startswith(ACCOUNTS) is accounts]
    values = {str(table["period"][i]): float(table["value"][i]) for i in rows}
    public = {str(table["period"][i]): date.fromisoformat(str(table["public"][i])) for i in rows}
    releases = {str(table["period"][i]): str(table["source"][i]) for i in rows}
    source = "national accounts" if accounts else OFFICES.get(country, "")
    return TradeSeries(source, values, public, releases)


OFFICES = {
    "USA": "US Census Bureau, releases",
    "CHN": "General Administration of Customs of China, as reported",
    "IND": "Ministry of Commerce of India, as reported",
}


def us_imports(partner: str) -> TradeSeries:
    """US imports for consumption by month, customs value; of one year for partners without months."""
    months = us_duties(partner)[0]
    return months if months.values else _us_imports_of_a_year(partner)


@lru_cache(maxsize=128)
def us_duties(partner: str) -> tuple[TradeSeries, TradeSeries]:
    """US imports for consumption and the duty calculated on them, by month, USD."""
    table, source = arrays("usa_collected_monthly"), "US Census Bureau, by month"
    rows = (table["partner"] == UNION.get(partner, partner)).nonzero()[0]
    months = [str(month) for month in table["month"][rows]]
    imports, duty = (dict(zip(months, table[k][rows].astype(float).tolist(), strict=True)) for k in ("imports", "duty"))
    return TradeSeries(source, imports), TradeSeries(source, duty)


@lru_cache(maxsize=1)
def _by_partner() -> Mapping[str, float]:
    """US imports for consumption of the year known line by line, by partner."""
    table = arrays("usa_imports_2024", ("partner", "value"))
    totals: dict[str, float] = {}
    for partner, value in zip(table["partner"].tolist(), table["value"].tolist(), strict=True):
        totals[partner] = totals.get(partner, 0.0) + float(value)
    return totals


def _us_imports_of_a_year(partner: str) -> TradeSeries:
    value = _by_partner().get(UNION.get(partner, partner))
    return NOTHING if value is None else TradeSeries("US Census Bureau, by line", {str(FULL_YEAR): value})


@lru_cache(maxsize=1)
def us_imports_adjusted() -> TradeSeries:
    """US imports of goods from all partners by month, seasonally adjusted."""
    return _of_treasury("imports")


@lru_cache(maxsize=1)
def customs_receipts() -> TradeSeries:
    """Customs duties that the Treasury received, by month, refunds taken off."""
    return _of_treasury("duties")


def _of_treasury(column: str) -> TradeSeries:
    table = arrays("evidence_tariff_months")
    values = dict(zip(table["month"].tolist(), table[column].tolist(), strict=True))
    return TradeSeries("US Treasury" if column == "duties" else "US Census Bureau, seasonally adjusted", values)


@lru_cache(maxsize=16)
def us_exports_to_china(subheading: str = "") -> TradeSeries:
    """US exports to China by year, whole or of subheadings that begin so, free alongside ship."""
    table = arrays("chn_imports_from_usa")
    own = table["hs6"].astype("<U6")
    values: dict[str, float] = {}
    for year, code, value in zip(table["year"].tolist(), own.tolist(), table["value"].tolist(), strict=True):
        if code.startswith(subheading):
            values[str(year)] = values.get(str(year), 0.0) + float(value)
    return TradeSeries("US exports to China by subheading, Census", values)
