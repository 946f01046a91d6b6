"""History: the average US duty since 1901, how well each stretch is known, and the place of a rate in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from detente.codes import InputError, Parameter, Table, declared_note, table_of, table_with
from detente.codes.days import check_day
from detente.codes.kinds import checked
from detente.codes.standing import Standing
from detente.data.evidence_tables import (
    DEFINITIONS,
    SPLICE,
    PartYear,
    accounts_series,
    census_series,
    long_series,
    monthly,
    monthly_series,
    part_year,
    year_bounds,
)
from detente.data.yamlfile import as_date
from detente.evidence import Series, largest_rise, place
from detente.lab.ground.sides import START, Pairing, Side, latest_standing, pairings_of
from detente.lab.ground.weights import DEFAULT
from detente.lab.scenario import opened


def years_table(first: int = 1901, last: int = 9999) -> Table:
    """The average US duty by year with its band, beside the two other series where they exist."""
    series, bounds = long_series(), year_bounds()
    keep = (series.years >= first) & (series.years <= last)
    if not keep.any():
        span = f"{series.years[0]} to {series.years[-1]}"
        raise InputError("years", f"there is nothing from {first} to {last}", f"the series runs {span}")
    years = series.years[keep]
    so_far = part_year()
    so_far = so_far if so_far is not None and first <= so_far.year <= last else None
    nothing = (np.nan, np.nan, "")
    own = [bounds.get((s, y), nothing) for s, y in zip(series.source[keep].tolist(), years.tolist(), strict=True)]
    books = [bounds.get(("accounts", y), nothing) for y in years.tolist()]
    data = {
        "year": years.astype(np.str_),
        "rate": series.rate[keep],
        "rise": series.rise[keep],
        "source": series.source[keep],
        "low": np.asarray([low for low, _, _ in own]),
        "high": np.asarray([high for _, high, _ in own]),
        "accounts": _on(accounts_series(), years),
        "accounts_low": np.asarray([low for low, _, _ in books]),
        "accounts_high": np.asarray([high for _, high, _ in books]),
        "calculated": _on(census_series(), years),
        "part": np.full(years.size, "", dtype="<U40"),
    }
    if so_far is not None:
        data = {name: np.append(column, _of_part(so_far, name)) for name, column in data.items()}
    return table_with("history.history", data, (*_notes(), *_on_record(so_far)))


def _of_part(so_far: PartYear, name: str) -> str | float:
    """What a column says of a year that is not complete: its rate, but no rise, and no band."""
    known: dict[str, str | float] = {
        "year": str(so_far.year),
        "rate": so_far.rate,
        "source": "treasury",
        "part": months_in_words(so_far),
    }
    return known.get(name, np.nan)


def months_in_words(so_far: PartYear) -> str:
    """The months of a part of a year: "January to March"."""
    names = [date.fromisoformat(f"{month}-01").strftime("%B") for month in (so_far.months[0], so_far.months[-1])]
    return " to ".join(dict.fromkeys(names))


def _on_record(so_far: PartYear | None) -> tuple[str, ...]:
    """How far the series go; what a part of a year is."""
    census = f"calculated duties to {_last_census()}"
    if so_far is None:
        return (f"on record to {monthly()['month'][-1]}; {census}",)
    words = declared_note("history.part_year", year=so_far.year, months=months_in_words(so_far))
    return (f"on record to {so_far.months[-1]}; {census}; {words}",)


def _last_census() -> int:
    return int(census_series().years[-1])


def _on(series: Series, years: np.ndarray) -> np.ndarray:
    return np.asarray([series.at(year) for year in years.tolist()])


def _notes() -> tuple[str, ...]:
    return (
        *(f"{name}: {words}" for name, words in DEFINITIONS.items()),
        declared_note("history.sources", last=SPLICE - 1, first=SPLICE),
        declared_note("history.accounts_rounded"),
        declared_note("history.three_series"),
    )


def months_table(first: str = "", last: str = "") -> Table:
    """Customs receipts over imports of goods by month, cash and seasonally adjusted; all on record without ends."""
    table = monthly()
    keep = (table["month"] >= first) & (table["month"] <= (last or "9"))
    if not keep.any():
        span = f"{table['month'][0]} to {table['month'][-1]}"
        raise InputError("months", f"there is nothing {_span(first, last)}", f"months run {span}")
    data = {name: table[name][keep] for name in ("month", "duties", "imports")}
    ends = (f"on record to {table['month'][-1]}",)
    return table_with("history.months", {**data, "rate": data["duties"] / data["imports"]}, ends)


SERIES = {
    "import-prices": (declared_note("history.import_prices"), "2000 = 100"),
    "all-import-prices": (declared_note("history.all_import_prices"), "2000 = 100"),
    "consumer-prices": (declared_note("history.consumer_prices"), "mean of 1982 to 1984 = 100"),
    "goods-prices": (declared_note("history.goods_prices"), "mean of 1982 to 1984 = 100"),
    "uncertainty": (declared_note("history.uncertainty"), declared_note("history.mean_index")),
    "yuan": ("yuan per dollar", declared_note("history.noon_rates")),
}
"""What each monthly series is, and its unit."""


def series_table(name: str, first: str = "", last: str = "") -> Table:
    """A monthly series of the record: prices, uncertainty or the yuan; all on record without ends.

    Raises
    ------
    UnknownName : a name that is none of `SERIES`; InputError : months of which none is on record.
    """
    months, value = monthly_series(name)
    keep = (months >= first) & (months <= (last or "9"))
    if not keep.any():
        raise InputError("months", f"there is nothing {_span(first, last)}", f"months run {months[0]} to {months[-1]}")
    what, unit = SERIES[name]
    year_before = dict(zip(months.tolist(), value.tolist(), strict=True))
    rise = [v / year_before.get(a_year_before(m), np.nan) - 1.0 for m, v in zip(months, value, strict=True)]
    data = {"month": months[keep], "value": value[keep], "rise": np.asarray(rise)[keep]}
    return table_with("history.series", data, (f"{unit}; on record to {months[-1]}",), what=what)


def a_year_before(month: str) -> str:
    """The same month of the year before, "2025-04" for "2026-04"."""
    return f"{int(month[:4]) - 1}{month[4:]}"


def _span(first: str, last: str) -> str:
    """Ends of a span in words; an end that is open is left out."""
    return " ".join(f"{word} {month}" for word, month in (("from", first), ("to", last)) if month)


Entry = tuple[str, float, float, str, int, str]
"""Label, rate and rise as shares (the rise NaN where there is none), base of the rise, year of the rate, definition."""


def base_day(on: date) -> date:
    """Day of the law that a rise is counted from: `START`, and for an earlier law the first day of its year."""
    return START if on >= START else date(on.year, 1, 1)


def places_table(entries: Sequence[Entry]) -> Table:
    """Places of rates in the history."""
    rows = [_placed(*entry) for entry in entries]
    notes = (
        declared_note("history.equal_rates"),
        declared_note("history.rises_from", base=START),
        *_notes()[:1],
        *_on_record(part_year()),
    )
    return table_of("history.places", rows, notes)


def _placed(label: str, rate: float, rise: float, base: str, year: int, definition: str) -> tuple[object, ...]:
    series = long_series()
    rank = place(series, rate, year)
    since = "none on record" if rank.since is None else f"{rank.since}{' (equal)' if rank.tied else ''}"
    head = (label, rate, since, rank.since_rate, rise, base)
    if not np.isfinite(rise):
        return (*head, "", float("nan"), definition)
    earlier = series.before(year)
    bigger = np.flatnonzero(np.isfinite(earlier.rise) & (earlier.rise > rise + 5e-4))
    if not bigger.size:
        top = largest_rise(series, rise, int(earlier.years[0]), year)
        words = f"none since {earlier.years[0]}; largest {top.largest_year}"
        return (*head, words, top.largest, definition)
    index = int(bigger[-1])
    return (*head, str(earlier.years[index]), float(earlier.rise[index]), definition)


@checked
def history(rate: float | None = None, scenario: str | Path = "", on: date | str | None = None) -> list[Table]:
    """The place of a rate, of a scenario's laws, or of the law of a day and the last year; and the history by year.

    Parameters
    ----------
    rate : a rate to place, share; `scenario` : name or path, each of its variants is placed.
    on : day of the law, today by default; for a rate alone, a day of the year before which its place is sought.

    Raises
    ------
    InputError : a rate below zero.
    """
    on = None if on is None else as_date(on, "on")
    if rate is not None and not isinstance(rate, int | float | np.floating):
        raise InputError(Parameter("rate"), f"{rate!r:.40} is not a number", "give a share, as 0.18")
    if rate is not None and not rate >= 0:
        raise InputError(Parameter("rate"), f"{rate:.1%} is no average duty", "give a rate of zero or more, as 18%")
    entries: list[Entry] = []
    standing = None
    if rate is not None:
        entries = [(f"{rate:.1%}", rate, float("nan"), "", (on or date.max).year, "a rate as given")]
    if scenario:
        placed, standing = _of_scenario(scenario, on)
        entries += placed
    if not entries:
        entries = _of_law(on or date.today())
        standing = _law_side(on or date.today()).standing
    series = long_series()
    year, last, as_past = int(series.years[-1]), float(series.rate[-1]), declared_note("history.observed")
    entries.append((f"collected in {year}", last, float(series.rise[-1]), f"collected in {year - 1}", year, as_past))
    return [places_table(entries).standing_on(standing), years_table()]


def law_entry(label: str, rate: float, base_rate: float, on: date, weights: str = DEFAULT) -> Entry:
    """The place of a law whose average duty, and that of its `base_day`, are known, at the weights of some trade."""
    basis = declared_note("history.statutory", weights=weights)
    return label, rate, rate - base_rate, f"law of {base_day(on)}", on.year, basis


def _law_side(on: date, weights: str = DEFAULT) -> Side:
    from detente.data.importers import importer
    from detente.lab.ground.ground import ground_of
    from detente.law import Reading

    law = importer("USA").law
    check_day(on)
    return Side("law", on, Reading.EFFECTIVE, law, ground_of(law, weights=weights).reaching(on))


def _of_law(on: date) -> list[Entry]:
    now, then = (_law_side(day).average for day in (on, base_day(on)))
    return [law_entry(f"law of {on}", now, then, on)]


def _of_scenario(name: str | Path, on: date | None) -> tuple[list[Entry], Standing | None]:
    scenario, folder = opened(name, on, on)
    pairings = list(pairings_of(scenario, "USA", folder))
    return entries_of(pairings), latest_standing(pairings)


def entries_of(pairings: Sequence[Pairing]) -> list[Entry]:
    """The place of the later law of each pairing, against the law of its `base_day`."""
    sides = [pairing.after for pairing in pairings]
    days = dict.fromkeys(base_day(side.on) for side in sides)
    base = {day: replace(sides[0], label="start", on=day).average for day in days}
    weights = sides[0].ground.flows.period
    return [law_entry(side.label, side.average, base[base_day(side.on)], side.on, weights) for side in sides]
