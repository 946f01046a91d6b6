"""Build evidence_* and monthly_series: history of the US duty, sessions of markets, series, farm purchases.

Levels and full series of stock indices belong to their publishers and stay out: what the shipped ledger quotes of them
are single returns and the results of the program's own event study on the series.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from _shared import arguments, read_text_csv, write_table
from detente.data.formats.known import read_published
from detente.evidence import rounding_band, study

BILLION, MILLION = 1e9, 1e6
HALF = 0.05 * BILLION
DOUBTFUL = {1930: (0.148, 0.158)}
QUOTED = ("2025-04-02", "2025-04-03", "2025-04-04", "2025-04-07", "2025-04-08", "2025-04-09", "2025-04-10",
          "2025-05-02", "2025-05-07", "2025-05-08", "2025-05-09", "2025-05-12", "2025-05-13", "2025-10-10")  # fmt: skip
RATIOS = (("2025-04-02", "2025-05-02"), ("2025-04-02", "2025-05-07"), ("2025-04-02", "2025-05-08"))
STUDIED = (
    "2025-04-03",
    "2025-04-07",
    "2025-04-09",
    "2025-04-10",
    "2025-05-07",
    "2025-05-08",
    "2025-05-09",
    "2025-05-12",
    "2025-05-13",
    "2025-10-10",
)
SP500 = "S&P 500"
ASIA = ("HSI", "CSI300", "N225")


def main() -> None:
    """Every table."""
    options = arguments(__doc__ or "")
    history, markets = options.data / "tariff_history", options.data / "markets"
    series = {SP500: sp500(markets), **{name: values for name, values in indices(markets).items() if name in ASIA}}
    tables = {
        "evidence_tariff_years": years(history),
        "evidence_tariff_months": months(history),
        "evidence_sessions": sessions(series),
        "evidence_reactions": reactions(series),
        "evidence_series": daily(markets),
        "monthly_series": monthly(markets),
        "evidence_purchases": purchases(options.data / "us_exports"),
    }
    for name, table in tables.items():
        write_table(table, options.out / f"{name}.parquet")


def years(folder: Path) -> pl.DataFrame:
    """Annual rates: duties over imports for consumption, and the national accounts with their rounding."""
    printed = read_text_csv(folder / "us_average_tariff_1901_2024.csv")
    rows = []
    for year, rate, confidence, _ in printed.iter_rows():
        value = float(rate) / 100.0
        low, high = DOUBTFUL.get(int(year), (value - 0.0005, value + 0.0005))
        rows.append((int(year), "usitc", None, None, value, low, high, confidence))
    duties, imports = line(folder / "federal-tax-duty.csv", "15"), line(folder / "NIPA-imports.csv", "19")
    for year in sorted(set(duties) & set(imports)):
        d, m = duties[year] * BILLION, imports[year] * BILLION
        low, high = (float(x[0]) for x in rounding_band(np.array([d]), np.array([m]), HALF))
        rows.append((year, "accounts", d, m, d / m, low, high, "C" if high - low > 0.005 else "B"))
    names = ("year", "source", "duties", "imports", "rate", "low", "high", "confidence")
    frame = pl.DataFrame(rows, schema=list(names), orient="row", infer_schema_length=None)
    return frame.with_columns(pl.col("year").cast(pl.Int32))


def line(path: Path, number: str) -> dict[int, float]:
    """A line of a table of the national accounts by year, in its unit: billions of dollars."""
    table = read_published(path, "bea").frame.filter(pl.col("series").str.starts_with(f"{number} ")).drop_nulls("value")
    return {int(period): value for period, value in table.select("period", "value").iter_rows()}


def months(folder: Path) -> pl.DataFrame:
    """Customs duties and imports of goods by month, as the Treasury and the Census give them, USD."""
    table = pl.read_csv(folder / "treasury_revenue.csv")
    return table.select(
        month=pl.col("date").cast(pl.String).str.slice(0, 7),
        duties=pl.col("customs_duties").cast(pl.Float64) * MILLION,
        imports=pl.col("imports_value").cast(pl.Float64) * MILLION,
    )


def sp500(folder: Path) -> list[tuple[date, float]]:
    """Logarithmic returns of the index between days with a close; blank days are holidays."""
    closes = pl.read_csv(folder / "fred_sp500_daily.csv").drop_nulls("SP500")
    days = [date.fromisoformat(str(day)) for day in closes["observation_date"].to_list()]
    return list(zip(days[1:], np.diff(np.log(closes["SP500"].to_numpy())).tolist(), strict=True))


def indices(folder: Path) -> dict[str, list[tuple[date, float]]]:
    """Logarithmic returns of the other indices, each on its own calendar."""
    table = pl.read_csv(folder / "index_returns_pct.csv")
    found: dict[str, list[tuple[date, float]]] = {}
    for name in table.columns[1:]:
        part = table.select("date", name).drop_nulls()
        days = [date.fromisoformat(str(day)) for day in part["date"].to_list()]
        found[name] = list(zip(days, np.log1p(part[name].to_numpy() / 100.0).tolist(), strict=True))
    return found


def sessions(series: dict[str, list[tuple[date, float]]]) -> pl.DataFrame:
    """Single returns around the events of the ledger, and the level of the S&P 500 relative to that of 2 April."""
    rows: list[tuple[str, str, str, str, float]] = []
    for market, values in series.items():
        returns = {day.isoformat(): value for day, value in values}
        rows += [(market, "return", "", day, round(returns[day], 6)) for day in QUOTED if day in returns]
    for first, last in RATIOS:
        inside = [value for day, value in series[SP500] if first < day.isoformat() <= last]
        rows.append((SP500, "level", first, last, round(float(np.exp(np.sum(inside))), 6)))
    return pl.DataFrame(rows, schema=["market", "kind", "base", "session", "value"], orient="row")


def reactions(series: dict[str, list[tuple[date, float]]]) -> pl.DataFrame:
    """Event studies of the sessions, by the program's own formulas on the series that stay outside."""
    rows = []
    for market, values in series.items():
        days = [day for day, _ in values]
        returns = np.asarray([value for _, value in values])
        for text in STUDIED:
            if date.fromisoformat(text) not in days:
                continue
            for model in ("constant-mean", "garch"):
                found = study(market, days, returns, date.fromisoformat(text), model=model)
                rows.append(
                    (market, text, model, found.days, found.car, found.error, found.freedom, found.p_student,
                     found.p_rank, found.p_placebo, found.placebo_days, found.placebo_from.isoformat())
                )  # fmt: skip
    names = ("market", "session", "model", "days", "abnormal", "error", "freedom", "p_student", "p_rank", "p_placebo",
             "placebo_days", "placebo_from")  # fmt: skip
    return pl.DataFrame(rows, schema=list(names), orient="row")


def daily(folder: Path) -> pl.DataFrame:
    """Daily logarithmic changes of series in the public domain: yuan per dollar, and the VIX since 2016."""
    yuan = pl.read_csv(folder / "usdcny_daily_2025H1_h10.csv").select(
        date=pl.col("Date"), level=pl.col("Exchange rate")
    )
    vix = pl.read_csv(folder / "vix_daily.csv").select(date=pl.col("DATE"), level=pl.col("CLOSE"))
    parts = []
    for name, table in (("usdcny", yuan), ("vix", vix.filter(pl.col("date") >= "2016-01-01"))):
        table = table.drop_nulls("level").filter(pl.col("level").is_finite())
        change = np.diff(np.log(table["level"].to_numpy()))
        parts.append(pl.DataFrame({"series": name, "date": table["date"].to_list()[1:], "change": np.round(change, 7)}))
    return pl.concat(parts)


def monthly(folder: Path) -> pl.DataFrame:
    """Monthly levels: indices of import and consumer prices, trade policy uncertainty, yuan per dollar."""
    return pl.concat([prices(), uncertainty(folder), yuan(folder)]).sort("series", "month")


def prices() -> pl.DataFrame:
    """Price indices of the Bureau of Labor Statistics; October 2025 was not collected."""
    table = pl.read_csv(Path(__file__).parent / "prices_monthly.csv")
    return table.unpivot(index="month", variable_name="series").drop_nulls("value").select("series", "month", "value")


def uncertainty(folder: Path) -> pl.DataFrame:
    """Mean of the daily index of trade policy uncertainty over the days of each month on record."""
    table = pl.read_csv(folder / "tpu_daily_to_2026_06.csv")
    month = pl.format("{}-{}", "year", pl.col("month").cast(pl.String).str.zfill(2))
    return (
        table.group_by(month.alias("month"))
        .agg(value=pl.col("daily_tpu_index").mean().round(2))
        .select(series=pl.lit("trade_policy_uncertainty"), month="month", value="value")
    )


def yuan(folder: Path) -> pl.DataFrame:
    """Yuan per dollar, monthly mean of noon rates in New York, from 1994, when China made its rates one."""
    table = pl.read_csv(folder / "fx_monthly_h10.csv").filter(
        (pl.col("Country") == "China") & (pl.col("Date") >= "1994")
    )
    return table.select(
        series=pl.lit("yuan_per_dollar"), month=pl.col("Date").str.slice(0, 7), value=pl.col("Exchange rate")
    )


def purchases(folder: Path) -> pl.DataFrame:
    """US exports of soybeans to China by calendar year, USD."""
    table = read_text_csv(folder / "us_exports_to_china_hs6_2015_2025.csv").filter(pl.col("hs6") == "120190")
    return table.select(
        good=pl.lit("soybeans"),
        code=pl.col("hs6"),
        year=pl.col("year").cast(pl.Int32),
        exports=pl.col("fob_usd").cast(pl.Float64),
    ).sort("year")


if __name__ == "__main__":
    main()
