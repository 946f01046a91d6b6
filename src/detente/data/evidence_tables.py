"""Tables of the evidence: history of the US duty, quoted sessions, and daily series."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import MissingData, Parameter, UnknownName
from detente.codes.axis import Floats
from detente.codes.names import Readable
from detente.data.limits import memoized
from detente.data.tables import arrays
from detente.evidence.history import TIE, Series, annual, spliced

#: First year taken from the monthly figures of the Treasury and the Census.
SPLICE = 1982

LONG = "duties over imports"
ACCOUNTS = "national accounts"
CENSUS = "calculated duties"

DEFINITIONS = {
    LONG: "duties collected over imports: consumption to 1981, customs receipts over goods from 1982",
    ACCOUNTS: "customs duties over imports of goods, national accounts, rounded to 0.1 billion dollars",
    CENSUS: "calculated duties over imports for consumption, Census",
}


def long_series() -> Series:
    """The series that ranks are taken from, 1901 to the last complete year."""
    table = arrays("evidence_tariff_years")
    usitc = table["source"] == "usitc"
    early = table["year"][usitc].astype(np.int64)
    months = arrays("evidence_tariff_months")
    late, duties, imports = annual(months["month"].tolist(), months["duties"], months["imports"])
    parts = [
        ("usitc", early, table["rate"][usitc], int(early[0]), SPLICE - 1),
        ("treasury", late, duties / imports, SPLICE, int(late[-1])),
    ]
    return spliced(LONG, DEFINITIONS[LONG], parts)


@dataclass(frozen=True)
class PartYear:
    """The months so far of a year that is not complete: never ranked, since the rest may differ.

    Attributes
    ----------
    months : on record, "2026-01" and so on; rate : sum of duties over sum of imports, share.
    """

    year: int
    months: tuple[str, ...]
    rate: float


def part_year() -> PartYear | None:
    """Customs receipts over imports in the months so far after the last complete year; None where there are none."""
    table = arrays("evidence_tariff_months")
    months = table["month"]
    inside = months > f"{long_series().years[-1]}-12"
    if not inside.any():
        return None
    rate = float(table["duties"][inside].sum() / table["imports"][inside].sum())
    return PartYear(int(months[inside][0][:4]), tuple(months[inside].tolist()), rate)


def accounts_series() -> Series:
    """The national accounts, 1929 on: shown with their band, never ranked."""
    table = arrays("evidence_tariff_years")
    own = table["source"] == "accounts"
    years, rate = table["year"][own].astype(np.int64), table["rate"][own]
    rise = np.concatenate([[np.nan], np.diff(rate)])
    return Series(ACCOUNTS, DEFINITIONS[ACCOUNTS], years, rate, rise, table["source"][own], ranked=False)


def census_series() -> Series:
    """Calculated duties over imports for consumption, by complete year."""
    table = arrays("usa_collected_monthly")
    own = table["partner"] == "all"
    months = table["month"][own].tolist()
    years, duties, imports = annual(months, table["duty"][own].astype(float), table["imports"][own].astype(float))
    rate = duties / imports
    source = np.full(years.size, "census")
    return Series(CENSUS, DEFINITIONS[CENSUS], years, rate, np.concatenate([[np.nan], np.diff(rate)]), source)


def year_bounds() -> dict[tuple[str, int], tuple[float, float, str]]:
    """(source, year) -> lowest and highest rate that the rounding allows, and how well it is known."""
    table = arrays("evidence_tariff_years")
    rows = zip(*(table[name].tolist() for name in ("source", "year", "low", "high", "confidence")), strict=True)
    return {(source, year): (low, high, confidence) for source, year, low, high, confidence in rows}


def doubtful_years() -> dict[int, tuple[float, float]]:
    """Years of the ranked series of which a digit is in doubt: year -> lowest and highest rate, beyond rounding."""
    return {
        year: (low, high)
        for (source, year), (low, high, _) in year_bounds().items()
        if source == "usitc" and year < SPLICE and high - low > 2.0 * TIE + 1e-9
    }


def monthly() -> dict[str, NDArray[Any]]:
    """Customs receipts and imports of goods by month, USD."""
    return arrays("evidence_tariff_months")


#: Monthly series by the name a reader gives them, and their name in the table.
MONTHLY = {
    "import-prices": "import_price_nonfuel",
    "all-import-prices": "import_price",
    "consumer-prices": "consumer_price",
    "goods-prices": "consumer_price_goods",
    "uncertainty": "trade_policy_uncertainty",
    "yuan": "yuan_per_dollar",
}


def monthly_series(name: str) -> tuple[NDArray[np.str_], Floats]:
    """Months on record of a series of `MONTHLY`, and its level in each, shape (months,).

    Raises
    ------
    UnknownName : another name.
    """
    if name not in MONTHLY:
        raise UnknownName("series", name, MONTHLY, Parameter("series"), f"use {', '.join(MONTHLY)}")
    table = arrays("monthly_series")
    own = table["series"] == MONTHLY[name]
    return table["month"][own], table["value"][own]


def quoted_sessions() -> tuple[str, ...]:
    """Markets of which single sessions are quoted."""
    return tuple(dict.fromkeys(arrays("evidence_sessions")["market"].tolist()))


def not_quoted(market: str, *days: date) -> str:
    """Why a market is not quoted on these days, in words; "" where it is quoted on all of them."""
    table = arrays("evidence_sessions")
    own = table["market"] == market
    if not own.any():
        name = f"no session of {market}" if market else "no market is named, and none"
        return f"{name} is quoted; the markets are {', '.join(quoted_sessions())}"
    known = {str(day) for name in ("session", "base") for day in table[name][own].tolist() if day}
    for day in days:
        if day.weekday() >= SATURDAY:
            return f"{market} was closed on {day}, a {day:%A}"
        if day.isoformat() not in known:
            return f"{market} is not quoted on {day}; the days are {', '.join(sorted(known))}"
    return ""


SATURDAY = 5


def quoted(market: str, kind: str, session: date, base: date | None = None) -> float:
    """A quoted session of a market; NaN where the market or the day is not quoted.

    Parameters
    ----------
    kind : "return" for its logarithmic return, share; "level" for its level over that on the base day.
    """
    since = "" if base is None else base.isoformat()
    table = arrays("evidence_sessions")
    matching = (table["market"] == market) & (table["kind"] == kind) & (table["base"] == since)
    row = np.flatnonzero(matching & (table["session"] == session.isoformat()))
    return float(table["value"][row[0]]) if row.size else float("nan")


def quoted_reaction(market: str, session: date, model: str = "constant-mean") -> dict[str, Any] | None:
    """Event study of a quoted session on a series that may not travel; None if there is none."""
    table = arrays("evidence_reactions")
    matching = (table["market"] == market) & (table["session"] == session.isoformat()) & (table["model"] == model)
    row = np.flatnonzero(matching)
    return {name: values[row[0]].item() for name, values in table.items()} if row.size else None


def purchase(good: str, year: int) -> float:
    """US exports of a good to China in a calendar year, USD; NaN where it is not on record."""
    table = arrays("evidence_purchases")
    row = np.flatnonzero((table["good"] == good) & (table["year"] == year))
    return float(table["exports"][row[0]]) if row.size else float("nan")


@dataclass(frozen=True, repr=False)
class Returns(Readable):
    """Daily returns of assets.

    Attributes
    ----------
    days : in order; returns : asset -> logarithmic return on each day, share, shape (days,); NaN = closed.
    """

    source: str
    days: tuple[date, ...] = field(repr=False)
    returns: dict[str, Floats] = field(repr=False)

    def of(self, asset: str) -> Floats:
        """Returns of an asset, shape (days,)."""
        if asset not in self.returns:
            raise UnknownName("asset", asset, self.returns, self.source, f"it has {', '.join(self.returns)}")
        return self.returns[asset]


#: Daily series that may travel with the package.
EMBEDDED = ("usdcny", "vix")


def embedded_returns(name: str) -> Returns:
    """A daily series of the package: "usdcny" (January to June 2025) or "vix".

    Raises
    ------
    MissingData : an index whose full series belongs to its publisher.
    """
    if name not in EMBEDDED:
        known = quoted_sessions()
        if name in known:
            raise MissingData(
                f"the daily series of {name} belongs to its publisher and is not in the package: take one of "
                f"{', '.join(EMBEDDED)}"
            )
        raise UnknownName("market", name, (*EMBEDDED, *known), Parameter("market"), f"use {', '.join(EMBEDDED)}")
    table = arrays("evidence_series")
    own = table["series"] == name
    days = tuple(date.fromisoformat(day) for day in table["date"][own].tolist())
    return Returns(name, days, {name: table["change"][own]})


# --- trade in goods on record: of a country with a partner, by month or year, from each source apart -----------------


#: Every partner.
ALL = "all"

EXPORTS, IMPORTS, BALANCE = "exports", "imports", "balance"
#: Balance of goods and services together, which releases lead with.
WITH_SERVICES = "balance_with_services"

#: Groups that tables of US trade hold as one partner, by their codes there.
UNION = {"EU27": "EUU"}

#: How sources that are national accounts begin.
ACCOUNT_SOURCES = "us-accounts"

#: Year of which US imports are on record from every partner.
FULL_YEAR = 2024


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


@memoized
def _of_releases(country: str, partner: str, flow: str, accounts: bool) -> TradeSeries:
    table = arrays("trade_published")
    own = (table["country"] == country) & (table["partner"] == partner) & (table["flow"] == flow)
    rows = [i for i in own.nonzero()[0] if str(table["source"][i]).startswith(ACCOUNT_SOURCES) is accounts]
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
    months, code = us_duties(partner)[0], UNION.get(partner, partner)
    if months.values or code not in _by_partner():
        return months if months.values else NOTHING
    return TradeSeries("US Census Bureau, by line", {str(FULL_YEAR): _by_partner()[code]})


@memoized
def us_duties(partner: str) -> tuple[TradeSeries, TradeSeries]:
    """US imports for consumption and the duty calculated on them, by month, USD."""
    table, source = arrays("usa_collected_monthly"), "US Census Bureau, by month"
    rows = (table["partner"] == UNION.get(partner, partner)).nonzero()[0]
    months = [str(month) for month in table["month"][rows]]
    imports, duty = (dict(zip(months, table[k][rows].astype(float).tolist(), strict=True)) for k in ("imports", "duty"))
    return TradeSeries(source, imports), TradeSeries(source, duty)


@memoized
def _by_partner() -> Mapping[str, float]:
    """US imports for consumption of the year known line by line, by partner."""
    table = arrays("usa_imports_2024", ("partner", "value"))
    totals: dict[str, float] = {}
    for partner, value in zip(table["partner"].tolist(), table["value"].tolist(), strict=True):
        totals[partner] = totals.get(partner, 0.0) + float(value)
    return totals


def us_imports_adjusted() -> TradeSeries:
    """US imports of goods from all partners by month, seasonally adjusted."""
    return _of_treasury("imports")


def customs_receipts() -> TradeSeries:
    """Customs duties that the Treasury received, by month, refunds taken off."""
    return _of_treasury("duties")


def _of_treasury(column: str) -> TradeSeries:
    table = arrays("evidence_tariff_months")
    values = dict(zip(table["month"].tolist(), table[column].tolist(), strict=True))
    return TradeSeries("US Treasury" if column == "duties" else "US Census Bureau, seasonally adjusted", values)


@memoized
def us_exports_to_china(subheading: str = "") -> TradeSeries:
    """US exports to China by year, whole or of subheadings that begin so, free alongside ship."""
    table = arrays("chn_imports_from_usa")
    own = table["hs6"].astype("<U6")
    values: dict[str, float] = {}
    for year, code, value in zip(table["year"].tolist(), own.tolist(), table["value"].tolist(), strict=True):
        if code.startswith(subheading):
            values[str(year)] = values.get(str(year), 0.0) + float(value)
    return TradeSeries("US exports to China by subheading, Census", values)
