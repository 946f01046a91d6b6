"""Shares that claims speak of: US imports by partner, stages of the rare-earth chain."""

from __future__ import annotations

from datetime import date

import numpy as np

from detente.codes import InputError, digits
from detente.data.chain_tables import sources as cited
from detente.data.importers import importer
from detente.data.tables import arrays
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.rates import COLLECTED, IMPORTS, START
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.ground.weights import scoped

STAGES = "shares by stage of the rare-earth chain"
MINES = "mine production, US Geological Survey"
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
        return _imported(named, reading.line or row.line, reading)
    known = {*arrays("chain_stages")["country"].tolist(), *arrays("chain_mines")["country"].tolist()}
    country = named if named in known else importer("USA").countries.resolve(named, f"quantity {row.name}, partner")
    if reading.line or row.line:
        raise InputError(f"quantity {row.name}", "a stage has no tariff line", "leave line out, or say of: imports")
    return _mined(country, reading.year) if reading.of == "mines" else _staged(country, reading, as_of)


def _imported(named: str, line: str, reading: ReadingRow) -> Measured:
    """Share of a partner, or of a group of them, in US imports for consumption."""
    countries = importer("USA").countries
    members = countries.expand(named, START, "partner")
    year = reading.year or IMPORTS_OF
    if year != IMPORTS_OF:
        return _imported_in(year, members, line)
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


def _imported_in(year: int, members: frozenset[str], line: str) -> Measured:
    """Share of one partner in the imports of another year, from the monthly table, which has no lines."""
    table = arrays("usa_collected_monthly")
    months = np.char.startswith(table["month"], f"{year}-")
    code = next(iter(members)) if len(members) == 1 else ""
    own, whole = (months & (table["partner"] == name) for name in (code, "all"))
    if line or own.sum() != 12 or whole.sum() != 12:
        what = f"imports of {year} {'by line' if line else 'from this partner'} are not at hand for all twelve months"
        return Measured(float("nan"), inputs=(COLLECTED,), remark=what)
    bought = [float(table["imports"][chosen].astype(float).sum()) for chosen in (own, whole)]
    return Measured(bought[0] / bought[1], inputs=(COLLECTED,), remark=f"imports for consumption of {year}")


def _staged(country: str, reading: ReadingRow, as_of: date) -> Measured:
    """Share in a stage of the chain; sources that disagree are averaged, their range shown."""
    if not reading.stage or not reading.material:
        what = "a share in a supply chain needs a stage and a material"
        raise InputError(f"reading {reading.name}", what, "add stage: separation, material: all")
    table = arrays("chain_stages")
    rows = (table["stage"] == reading.stage) & (table["material"] == reading.material)
    rows &= (table["country"] == country) & (table["kind"] == "output")
    rows &= (table["year"] == (reading.year or as_of.year - 1)) & np.isfinite(table["share"])
    values, sources = table["share"][rows], table["source"][rows].tolist()
    if not values.size:
        what = f"no share of {country} in {reading.stage} of {reading.material} is on record"
        return Measured(float("nan"), inputs=(STAGES,), remark=what)
    days = [day for day in map(_day_of, sources) if day is not None]
    known = min(days) if len(days) == len(sources) else None
    named, citations = [cited()[name].citation for name in sources], "source" if len(sources) == 1 else "sources"
    remark = f"{len(sources)} {citations}: {'; '.join(named)}"
    return Measured(float(values.mean()), np.sort(values), (STAGES,), known, remark=remark, range_of="sources")


def _day_of(source: str) -> date | None:
    """Day a source came out, as far as its short name tells: iea-2025-10 -> 1 October 2025."""
    parts = [int(part) for part in source.split("-") if part.isdigit()]
    if not parts or not 1900 < parts[0] < 2100:
        return None
    return date(parts[0], *(parts[1:] or [1]), *([] if len(parts) > 2 else [1])) if len(parts) < 4 else None


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
        what = f"no mine production of rare earths in {country} is on record for {year or IMPORTS_OF}"
        return Measured(float("nan"), inputs=(MINES,), remark=what)
    spread = np.sort(np.asarray(values))
    remark = f"{len(values)} editions of the survey"
    # The survey comes out on the last day of January.
    known = date(int(table["edition"].min()), 1, 31)
    return Measured(float(spread.mean()), spread, (MINES,), known, remark=remark, range_of="editions")
