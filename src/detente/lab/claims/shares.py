"""Shares that claims speak of: US imports by partner, stages of the rare-earth chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import isfinite
from typing import Any

import numpy as np

from detente.codes import DetenteError, InputError, declared_note, digits
from detente.data.chain_tables import sources as cited
from detente.data.importers import importer
from detente.data.tables import arrays
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.partners import partner_share
from detente.lab.claims.period import period_named
from detente.lab.claims.rates import COLLECTED, IMPORTS, PUBLISHED, START, last_full_month
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.ground.collected import collected_partner
from detente.lab.ground.weights import scoped

STAGES = declared_note("claims.source_stages")
MINES = declared_note("claims.source_mines")
IMPORTS_OF = 2024
"""Year of the imports that the package holds by line and partner."""


def share(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Share of a country in US imports, or in a stage of the rare-earth chain.

    Raises
    ------
    InputError : no partner, or no stage and material where a stage is meant.
    """
    named = reading.partner or row.partner
    if not named:
        raise InputError(f"quantity {row.name}", "names no country", "add partner: CHN")
    if reading.of == "imports":
        return _imported(named, reading.line or row.line, reading, as_of)
    if reading.months or reading.period:
        return Measured(float("nan"), inputs=(STAGES,), remark=declared_note("claims.stages_by_year"))
    known = {*arrays("chain_stages")["country"].tolist(), *arrays("chain_mines")["country"].tolist()}
    country = named if named in known else importer("USA").countries.resolve(named, f"quantity {row.name}, partner")
    if reading.line or row.line:
        raise InputError(f"quantity {row.name}", "a stage has no tariff line", "leave line out, or say of: imports")
    return _mined(country, reading.year) if reading.of == "mines" else _staged(country, reading, as_of)


def _imported(named: str, line: str, reading: ReadingRow, as_of: date) -> Measured:
    """Share of a partner, or of a group of them, in US imports for consumption."""
    countries = importer("USA").countries
    members = countries.expand(named, START, "partner")
    year = reading.year or IMPORTS_OF
    if reading.months or reading.period == "to date" or year != IMPORTS_OF:
        months = _months(reading, year, as_of)
        own = _imported_in(months, named, line)
        return own if isfinite(own.value) or line or not months else _published(months, named, as_of) or own
    flows, _ = scoped(reading.scope).expanded()
    value = np.array(flows.value)
    if line:
        value[~_under(flows.lines.slice(digits(line, "line", (4, 6, 8, 10))), flows.line_at)] = 0.0
    whole = float(value.sum())
    if not whole:
        return Measured(float("nan"), inputs=(IMPORTS,), remark=f"no imports of {line} in {IMPORTS_OF}")
    columns = [i for i, code in enumerate(flows.partners) if code in members]
    if not columns:
        raise InputError("partner", f"there are no US imports from {named}", "name another partner")
    return Measured(float(value[np.isin(flows.partner_at, columns)].sum()) / whole, inputs=(IMPORTS,))


def _under(lines: slice, line_at: np.ndarray) -> np.ndarray:
    return (line_at >= lines.start) & (line_at < lines.stop)


def _months(reading: ReadingRow, year: int, as_of: date) -> list[str]:
    """The months a reading is of: as named, the full ones of a year up to a day, or all of a year."""
    if reading.months:
        return list(period_named(reading.months).months)
    last = 12 if reading.period != "to date" else last_full_month(as_of).month if as_of.month > 1 else 0
    return [f"{year}-{month:02d}" for month in range(1, last + 1)]


def _imported_in(months: list[str], named: str, line: str) -> Measured:
    """Share of a partner in the imports of some months, from the monthly table, which has no lines."""
    if not months:
        return Measured(float("nan"), remark=declared_note("claims.no_month_over"))
    if line:
        what = declared_note("claims.lines_of_one_year", year=IMPORTS_OF, period=_span(months))
        return Measured(float("nan"), inputs=(COLLECTED,), remark=what)
    table = arrays("usa_collected_monthly")
    try:
        code = collected_partner(named)
    except InputError as error:
        return Measured(float("nan"), inputs=(COLLECTED,), remark=f"{error.what}; {error.repair}")
    bought = {name: _bought(table, name) for name in (code, "all")}
    known = [month for month in months if all(month in values for values in bought.values())]
    sums = [sum(values[month] for month in known) for values in bought.values()]
    share = sums[0] / sums[1] if known else float("nan")
    if known == months:
        over = period_named(months[-1]).last_day + PUBLISHED
        return Measured(share, inputs=(COLLECTED,), known=over, remark=f"imports for consumption, {_span(months)}")
    so_far = f"; {_span(known)}: {share:.1%}" if known else ""
    end = max(month for month in bought[code] if month in bought["all"])
    return Measured(float("nan"), inputs=(COLLECTED,), remark=f"imports of {_span(months)}: data to {end}{so_far}")


def _published(months: list[str], named: str, as_of: date) -> Measured | None:
    """The same share as the importer's office publishes it, which goes further; None where it has no number either."""
    period = _span(months) if len(months) in (1, MONTHS) else f"{months[0]}..{months[-1]}"
    row = QuantityRow(name="partner_share", population="imports", partner=named, period=period)
    try:
        share_of = partner_share(Basis(()), row, ReadingRow(record="published"), as_of)
    except DetenteError:
        return None
    return share_of if isfinite(share_of.value) else None


def _bought(table: Mapping[str, Any], partner: str) -> dict[str, float]:
    """Imports from a partner by month, USD."""
    own = table["partner"] == partner
    return dict(zip(table["month"][own].tolist(), table["imports"][own].astype(float).tolist(), strict=True))


def _span(months: list[str]) -> str:
    """Some months that follow one another, in words."""
    if len(months) == 1:
        return months[0]
    return months[0][:4] if len(months) == MONTHS else f"{months[0]} to {months[-1]}"


MONTHS = 12


def _staged(country: str, reading: ReadingRow, as_of: date) -> Measured:
    """Share in a stage of the chain; sources that disagree are averaged, their range shown."""
    if not reading.stage or not reading.material:
        lacking = "a share in a supply chain needs a stage and a material"
        raise InputError(f"reading {reading.name}", lacking, "add stage: separation, material: all")
    table = arrays("chain_stages")
    rows = (table["stage"] == reading.stage) & (table["material"] == reading.material)
    rows &= (table["country"] == country) & (table["kind"] == "output")
    rows &= (table["year"] == (reading.year or as_of.year - 1)) & np.isfinite(table["share"])
    values, sources = table["share"][rows], table["source"][rows].tolist()
    if not values.size:
        of = (table["stage"] == reading.stage) & (table["material"] == reading.material)
        years = table["year"][of & (table["country"] == country) & np.isfinite(table["share"])]
        named = {"country": country, "stage": reading.stage, "material": reading.material}
        what = declared_note("claims.share_unknown", year=reading.year or as_of.year - 1, **named)
        return Measured(float("nan"), inputs=(STAGES,), remark=what + _to(years))
    days = [day for day in map(_day_of, sources) if day is not None]
    known = min(days) if len(days) == len(sources) else None
    named, citations = [cited()[name].citation for name in sources], "source" if len(sources) == 1 else "sources"
    of_year = "" if reading.year else f"{as_of.year - 1}; "
    remark = f"{of_year}{len(sources)} {citations}: {'; '.join(named)}"
    return Measured(float(values.mean()), np.sort(values), (STAGES,), known, remark=remark, range_of="sources")


def _day_of(source: str) -> date | None:
    """Day a source came out, as far as its short name tells: iea-2025-10 -> 1 October 2025."""
    parts = [int(part) for part in source.split("-") if part.isdigit()]
    if not parts or not 1900 < parts[0] < 2100:
        return None
    return date(parts[0], *(parts[1:] or [1]), *([] if len(parts) > 2 else [1])) if len(parts) < 4 else None


def _to(years: np.ndarray) -> str:
    """How far the years of a country go, after a semicolon; "" where there are none."""
    return f"; {declared_note('claims.data_to', period=years.max())}" if years.size else ""


def _mined(country: str, year: int | None) -> Measured:
    """Share of mine production in each edition of the survey."""
    table = arrays("chain_mines")
    values = []
    for edition in np.unique(table["edition"]).tolist():
        chosen = (table["edition"] == edition) & (table["year"] == (year or IMPORTS_OF))
        own, world = (table["production"][chosen & (table["country"] == code)] for code in (country, "WLD"))
        if own.size and world.size:
            values.append(float(own[0] / world[0]))
    if not values:
        years = table["year"][table["country"] == country]
        what = declared_note("claims.mines_unknown", country=country, year=year or IMPORTS_OF)
        return Measured(float("nan"), inputs=(MINES,), remark=what + _to(years))
    spread = np.sort(np.asarray(values))
    remark = f"{len(values)} editions of the survey"
    # The survey comes out on the last day of January.
    known = date(int(table["edition"].min()), 1, 31)
    return Measured(float(spread.mean()), spread, (MINES,), known, remark=remark, range_of="editions")
