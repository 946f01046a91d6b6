"""The same schedule by data-frame joins, the way the incumbents compute it, for a ratio in one run.

Every duty in force on a day is joined to the grid of lines x partners by code prefix and country, floors are
compared with the base duty, and the duties are summed. Stacking, conditions and content shares are left out, so the
peer does less than the program it is compared with.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from detente.codes import Countries
from detente.data.importers import GENERAL, importer
from detente.data.tables import countries
from detente.law import Law, Measure, MeasureKind, Status
from detente.law.measure import Period


def schedule_by_joins(on: date) -> pl.DataFrame:
    """Additional duty by line and partner on a day, from joins."""
    usa, known = importer("USA"), countries()
    base = usa.base([GENERAL])[GENERAL]
    lines = pl.DataFrame({"line": usa.lines.codes.tolist(), "base": base})
    partners = pl.DataFrame({"partner": sorted(set(known.names) - {"USA"})})
    grid = lines.join(partners, how="cross").with_columns(pl.lit(0.0).alias("duty"))
    for measure, period in in_force(usa.law, on):
        scope = goods(measure, lines, on).join(rates(measure, period, known, on), how="cross")
        grid = grid.join(scope, on=["line", "partner"], how="left").with_columns(
            pl.col("duty") + owed(period).fill_null(0.0)
        )
        grid = grid.drop("rate")
    return grid


def in_force(law: Law, on: date) -> list[tuple[Measure, Period]]:
    """Duties in force on a day."""
    duties = (m for m in law.measures if m.kind is MeasureKind.DUTY and m.status is Status.IN_FORCE)
    return [(m, p) for m in duties for p in m.periods if p.start <= on <= p.end]


def goods(measure: Measure, lines: pl.DataFrame, on: date) -> pl.DataFrame:
    """Lines under a measure, joined by prefix at each length that its list has."""
    found = []
    for block in measure.goods:
        if not block.start <= on <= block.end:
            continue
        if block.prefixes == ("",):
            found.append(lines.select("line"))
            continue
        for length in {len(code) for code in block.prefixes}:
            codes = pl.DataFrame({"prefix": [c for c in block.prefixes if len(c) == length]})
            keyed = lines.select("line", pl.col("line").str.slice(0, length).alias("prefix"))
            found.append(keyed.join(codes, on="prefix", how="semi").select("line"))
    return pl.concat(found).unique() if found else lines.select("line").head(0)


def rates(measure: Measure, period: Period, known: Countries, on: date) -> pl.DataFrame:
    """Partners under a measure with their rate."""
    scopes = period.partners if period.partners is not None else measure.partners
    named = set(known.names) if scopes is None else {c for s in scopes if s.start <= on <= s.end for c in s.countries}
    rate = period.rate
    assert rate is not None
    values = {p: rate.by_partner.get(p) if rate.by_partner else rate.value for p in named}
    kept = {p: v for p, v in values.items() if v is not None}
    return pl.DataFrame(
        {"partner": list(kept), "rate": list(kept.values())}, schema={"partner": pl.String, "rate": pl.Float64}
    )


def owed(period: Period) -> pl.Expr:
    """Points added; for a floor what is missing to it."""
    floor = period.rate is not None and period.rate.floor
    return (pl.col("rate") - pl.col("base")).clip(lower_bound=0.0) if floor else pl.col("rate")
