"""Facts that claims speak of: sessions, shares of a supply chain, lists, the place of a rate in history, the world."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

import numpy as np

from detente.codes import InputError, SolveError
from detente.data.claimrows import QuantityRow, ReadingRow
from detente.data.evidence_tables import level_ratio, long_series, quoted_reaction, session_return
from detente.data.tables import arrays
from detente.economy import decouple
from detente.evidence import Series, largest_rise, rarity
from detente.evidence.history import TIE
from detente.lab.claim_rates import Basis, Measured, average_level, average_rise
from detente.lab.world import Setting

SESSIONS = "quoted sessions"
NINETY = "90% forecast interval"
STAGES = "shares by stage of the rare-earth chain"
MINES = "mine production, US Geological Survey"
ELEMENTS = "the rare-earth elements"
HISTORY = "duties over imports by year, 1901 on"
WORLD = "icio-2022"


def index_return(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Return of a market in a session."""
    market, session = reading.market or row.market, reading.session or as_of
    value = session_return(market, session)
    missing = "" if np.isfinite(value) else f"no series of {market or 'this market'} is at hand for {session}"
    return Measured(value, inputs=(SESSIONS,), known=session, remark=missing)


def index_ratio(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Level of a market over its level on the base day."""
    if row.base is None:
        raise InputError(f"quantity {row.name}", "has no base day", "add base: 2025-04-02")
    market, session = reading.market or row.market, reading.session or as_of
    value = level_ratio(market, row.base, session)
    missing = "" if np.isfinite(value) else f"no closes of {market} are at hand for {row.base} and {session}"
    return Measured(value, inputs=(SESSIONS,), known=session, remark=missing)


def abnormal_return(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Abnormal return of a market in a session, with the share of earlier days that moved as much."""
    market, session = reading.market or row.market, reading.session or as_of
    found = quoted_reaction(market, session)
    if found is None:
        return Measured(float("nan"), remark=f"no event study of {market} on {session} is at hand")
    remark = f"{rarity(found['p_placebo'])} ({found['placebo_days']} days from {found['placebo_from']})"
    spread = found["abnormal"] + found["error"] * np.asarray([-1.645, 1.645])
    inputs = (SESSIONS, "results of the event study")
    return Measured(
        found["abnormal"], spread, inputs, session, p_value=found["p_placebo"], remark=remark, range_of=NINETY
    )


def share(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Share of a country in a stage of the rare-earth chain; sources that disagree are averaged, their range shown."""
    country = reading.partner or row.partner or "CHN"
    if (reading.of or "stage") == "mines":
        return _mined(country, reading.year)
    table = arrays("chain_stages")
    found = (table["stage"] == reading.stage) & (table["material"] == reading.material)
    found &= (table["country"] == country) & (table["kind"] == "output")
    found &= (table["year"] == (reading.year or as_of.year - 1)) & np.isfinite(table["share"])
    values, sources = table["share"][found], table["source"][found].tolist()
    if not values.size:
        what = f"no share of {country} in {reading.stage} of {reading.material} is on record"
        return Measured(float("nan"), inputs=(STAGES,), remark=what)
    days = [day for day in map(_day_of, sources) if day is not None]
    known = min(days) if len(days) == len(sources) else None
    remark = f"{len(sources)} source{'s' if len(sources) > 1 else ''}: {', '.join(sources)}"
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
        chosen = (table["edition"] == edition) & (table["year"] == (year or 2024))
        own, world = (table["production"][chosen & (table["country"] == code)] for code in (country, "WLD"))
        if own.size and world.size:
            values.append(float(own[0] / world[0]))
    spread = np.sort(np.asarray(values))
    remark = f"{len(values)} editions of the survey"
    return Measured(float(spread.mean()), spread, (MINES,), date(2025, 1, 31), remark=remark, range_of="editions")


def count(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Number of elements: all, those the notice of 4 April 2025 names, those whose magnets it names."""
    table = arrays("chain_elements")
    how = reading.of or "controlled_elements"
    if how == "elements":
        return Measured(float(table["element"].size), inputs=(ELEMENTS,))
    if how == "controlled_magnets":
        found = _magnets()
        remark = f"magnets that hold {', '.join(found)}"
        return Measured(float(len(found)), inputs=("announcement 18 of 2025",), known=date(2025, 4, 4), remark=remark)
    named = table["controlled_2025_04"].astype(bool) & _of_group(table["number"], table["group"], reading.group)
    remark = ", ".join(table["element"][named].tolist())
    inputs = ("announcement 18 of 2025", ELEMENTS)
    return Measured(float(named.sum()), inputs=inputs, known=date(2025, 4, 4), remark=remark)


GROUPS = ("", "heavy", "not_light", "gd_to_lu")
LIGHT = (57, 62)
"""Atomic numbers of the light ones, lanthanum to samarium."""


def _of_group(number: np.ndarray, group: np.ndarray, name: str) -> np.ndarray:
    """Which elements a reading counts."""
    if name not in GROUPS:
        raise InputError("reading", f"unknown group '{name}' of elements", f"use {', '.join(g for g in GROUPS if g)}")
    if name == "heavy":
        return group == "heavy"
    if name == "not_light":
        return (number < LIGHT[0]) | (number > LIGHT[1])
    if name == "gd_to_lu":
        return ((number >= 64) & (number <= 71)) | (number == 39)
    return np.ones(number.size, dtype=bool)


def _magnets() -> list[str]:
    """Elements whose magnets the notice names, from its list in the lawbook."""
    import csv

    from detente.data.library import package_folder

    path = package_folder() / "lawbooks" / "chn" / "export_controls" / "announcement_18.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if "magnet" in row["forms"].split()]
    return sorted({name for row in rows for name in row["elements"].split()})


def rank_since(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """A rate, or a rise, against the history of the average US duty: the claim is that nothing since was as high."""
    since = reading.since or int(float(row.value or 0))
    series = long_series()
    if reading.of == "rise":
        return _rise(basis, row, reading, as_of, series, since)
    level = average_level(basis, row, reading, as_of)
    years = (series.years >= since) & (series.years < as_of.year)
    bar = float(series.rate[years].max())
    words = f"highest year since {since}: {bar:.1%}{', level with it' if abs(level.value - bar) <= TIE else ''}"
    if reading.times_mean:
        late = (series.years >= as_of.year - reading.mean_years) & (series.years < as_of.year)
        mean = float(series.rate[late].mean())
        bar = max(bar, reading.times_mean * mean)
        words += f"; mean of {reading.mean_years} years {mean:.1%}, the rate is {level.value / mean:.1f} times that"
    return replace(level, claimed=bar, inputs=tuple(dict.fromkeys([*level.inputs, HISTORY])), remark=words)


def _rise(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date, series: Series, since: int) -> Measured:
    """A rise against the largest one after a year."""
    if reading.duty == "collected":
        value = series.at(as_of.year) - series.at(as_of.year - 1)
        found = Measured(value, inputs=(HISTORY,), known=date(as_of.year + 1, 2, 15))
    else:
        found = average_rise(basis, row, reading, as_of)
    place = largest_rise(series, found.value, since, as_of.year, reading.span)
    own = "is" if place.exceeds_year else "is not"
    over = f" over {reading.span} years" if reading.span > 1 else ""
    remark = (
        f"largest rise{over} after {since}: {place.largest * 100:.1f} points in {place.largest_year}; "
        f"it {own} larger than that of {since} itself ({place.of_year * 100:.1f})"
    )
    remark += "; level with it" if place.tied else ""
    if not np.isfinite(place.of_year):
        remark = f"largest rise{over} after {since}: {place.largest * 100:.1f} points in {place.largest_year}"
    return replace(found, claimed=place.largest, inputs=tuple(dict.fromkeys([*found.inputs, HISTORY])), remark=remark)


def real_income(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Change of the world's real income when trade between the two is cut by nine tenths, by set of elasticities."""
    effects, notes = _decoupled("short" if reading.horizon == "short" else "")
    values = np.asarray(effects)
    return Measured(
        float(np.median(values)),
        values,
        (f"world {WORLD}, {len(effects)} sets of elasticities",),
        remark=notes,
        range_of="sets of elasticities",
    )


LEFT = 0.1
"""Share of the trade between the two that is left: the claim's own nine tenths are gone."""


@lru_cache(maxsize=2)
def _decoupled(horizon: str) -> tuple[tuple[float, ...], str]:
    """Change of real income of the world by set of elasticities, and what each side loses."""
    from detente.data.worlds import load_economy

    sets = load_economy(WORLD).parameters.get("elasticity_sets", ())
    effects, sides, failed = [], [], 0
    for name in (str(s) for s in sets):
        try:
            setting = Setting(WORLD, name, horizon=horizon)
            economy = setting.economy()
            path = decouple(economy, ["USA"], ["CHN"], path=(LEFT,), shock=setting.shock(economy))
        except SolveError:
            failed += 1
            continue
        at = int(np.argmin(np.abs(path.trade_left - LEFT)))
        effects.append(float(path.mean(path.economy.countries)[at]))
        sides.append((float(path.mean(["USA"])[at]), float(path.mean(["CHN"])[at])))
    usa, chn = (float(np.median(side)) for side in zip(*sides, strict=True))
    lost = f"; {failed} sets did not solve" if failed else ""
    return tuple(effects), f"United States {usa:.2%}, China {chn:.2%} (median of the sets){lost}"
