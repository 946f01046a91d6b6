"""History: the average US duty since 1901, how well each stretch is known, and the place of a rate in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.codes import InputError, Parameter, Table, declared_note, table_of, table_with
from detente.codes.days import check_day
from detente.data.definitions import PublishedFigure, definition, published_figures, published_steps
from detente.data.evidence_tables import (
    DEFINITIONS,
    SPLICE,
    PartYear,
    accounts_series,
    census_series,
    long_series,
    monthly,
    part_year,
    year_bounds,
)
from detente.data.yamlfile import as_date
from detente.evidence import Series, largest_rise, place
from detente.lab.averages.definitions import average_as, choices
from detente.lab.averages.laid_law import DEFAULT
from detente.lab.averages.sides import START, Pairing, Side, latest_standing, pairings_of
from detente.lab.record.reconcile import AVERAGE, printed
from detente.lab.record.tables import events_table
from detente.lab.scenario import opened

if TYPE_CHECKING:
    from detente.lab.averages.sides import Pairing
    from detente.lab.scenario import Record


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
    census = f"calculated duties to {census_series().years[-1]}"
    if so_far is None:
        return (f"on record to {monthly()['month'][-1]}; {census}",)
    words = declared_note("history.part_year", year=so_far.year, months=months_in_words(so_far))
    return (f"on record to {so_far.months[-1]}; {census}; {words}",)


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
        words = " ".join(f"{word} {month}" for word, month in (("from", first), ("to", last)) if month)
        raise InputError("months", f"there is nothing {words}", f"months run {span}")
    data = {name: table[name][keep] for name in ("month", "duties", "imports")}
    ends = (f"on record to {table['month'][-1]}",)
    return table_with("history.months", {**data, "rate": data["duties"] / data["imports"]}, ends)


def series_by(by: Sequence[str], first: date | None, last: date | None) -> Table:
    """The average by year, or by month where `by` says so, within a span; the newest first."""
    if len(by) > 1:
        raise InputError(Parameter("by"), f"names {' and '.join(by)}", "give one of them")
    if "month" in by:
        months = months_table(*("" if day is None else f"{day:%Y-%m}" for day in (first, last)))
        return months.take(np.arange(len(months))[::-1])
    years = years_table(1901 if first is None else first.year, 9999 if last is None else last.year)
    return years.take(np.arange(len(years))[::-1])


#: Label, rate and rise as shares (the rise NaN where there is none), base of the rise, year of the rate, definition.
Entry = tuple[str, float, float, str, int, str]


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
    head = (label, rate, str(rank.since or ""), rank.since is not None and rank.tied, rank.since_rate, rise, base)
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


def average_rate(number: str) -> float:
    """An average tariff as somebody printed it, "18%" or "18", as a share.

    Raises
    ------
    InputError : what is none, and a number below one without its sign, which may be a share or per cent.
    """
    rate = printed(number, AVERAGE).value
    if "%" not in number and 0.0 < rate < 0.01:
        share = f"{100.0 * rate:.1%}"
        raise InputError(
            Parameter("number"), f"'{number}' may be {rate:.2%} or {share}", "write it with its per cent sign"
        )
    if rate < 0:
        raise InputError(Parameter("number"), f"{number} is no average tariff", "give a rate of zero or more, as 18%")
    return rate


def history(
    rate: float | None = None, scenario: str | Path | Mapping[str, Any] = "", on: date | str | None = None
) -> list[Table]:
    """The place of a rate, of a scenario's laws, or of the law of a day and the last year; and the history by year.

    Parameters
    ----------
    rate : a rate to place, share; `scenario` : name, path or content, each of its variants is placed.
    on : day of the law, today by default; for a rate alone, a day of the year before which its place is sought.
    """
    on = None if on is None else as_date(on, "on")
    entries: list[Entry] = []
    standing = None
    if rate is not None:
        label, basis = declared_note("history.asked"), declared_note("history.given")
        entries = [(label, rate, float("nan"), "", (on or date.max).year, basis)]
    if scenario:
        opened_scenario, folder = opened(scenario, on, on)
        pairings = list(pairings_of(opened_scenario, "USA", folder))
        entries += entries_of(pairings)
        standing = latest_standing(pairings)
    if not entries:
        day = on or date.today()
        side = _law_side(day)
        entries = [law_entry(f"tariffs of {day}", side.average, _law_side(base_day(day)).average, day)]
        standing = side.standing
    series = long_series()
    year, last, as_past = int(series.years[-1]), float(series.rate[-1]), declared_note("history.observed")
    entries.append((f"collected in {year}", last, float(series.rise[-1]), f"collected in {year - 1}", year, as_past))
    return [places_table(entries).standing_on(standing), years_table()]


def law_entry(label: str, rate: float, base_rate: float, on: date, weights: str = DEFAULT) -> Entry:
    """The place of a law whose average duty, and that of its `base_day`, are known, at the weights of some trade."""
    basis = declared_note("history.statutory", weights=weights)
    return label, rate, rate - base_rate, f"tariffs of {base_day(on)}", on.year, basis


def _law_side(on: date, weights: str = DEFAULT) -> Side:
    from detente.data.importers import importer
    from detente.lab.averages.laid_law import laid_law
    from detente.law import Reading

    law = importer("USA").law
    check_day(on)
    return Side("law", on, Reading.EFFECTIVE, law, laid_law(law, weights=weights).reaching(on))


def entries_of(pairings: Sequence[Pairing]) -> list[Entry]:
    """The place of the later law of each pairing, against the law of its `base_day`."""
    sides = [pairing.after for pairing in pairings]
    days = dict.fromkeys(base_day(side.on) for side in sides)
    base = {day: replace(sides[0], label="start", on=day).average for day in days}
    weights = sides[0].ground.flows.period
    return [law_entry(side.label, side.average, base[base_day(side.on)], side.on, weights) for side in sides]


# --- what others said of the average duty around a day, beside what the scenario gives -------------------------------


MOST = 3
#: Days between the law of a scenario and that of a figure up to which they are of one law, if the average agrees.
NEAR = timedelta(days=5)
#: Days after the law within which a figure is of its time; later ones look back.
SOON = timedelta(days=300)
SAME = 1e-6
KEY = "record, definition"
NOT_EXPLAINED = "not explained"
#: Difference, share, up to which two averages of ours are taken to be the same.
TAKEN_ALIKE = 5e-4


def published_table(side: Side, under: str = "") -> Table | None:
    """Figures of others on the law of a side, nearest first, one a publisher; None where there are none.

    A law that is nobody's but the scenario's has none.

    Parameters
    ----------
    under : a definition by name; what it gives for the day, as computed here, stands first.
    """
    if not side.shipped or side.law.importer != "USA":
        return None
    near = [figure for figure in published_averages() if abs(figure.law - side.on) <= NEAR]
    # The law of a figure is that of the side where its average is the same.
    near = [figure for figure in near if figure.law == side.on
            or abs(side.ground.whole(figure.law, side.reading) - side.average) < SAME]  # fmt: skip
    rows = [_row(f, side.average) for f in _first(near, side.on)]
    if under:
        who = definition(under, KEY)
        rows.insert(0, (f"as {who.short} counts, computed here", str(side.on), str(side.on),
                        average_as(under, side.on), side.average, _words(under, side.on), "", under))  # fmt: skip
    return table_of("history.published", rows) if rows else None


def published_averages() -> tuple[PublishedFigure, ...]:
    """Averages of all US imports in print before buyers move, given within a year of their law."""
    return tuple(
        figure
        for figure in published_figures()
        if (figure.unit, figure.substitution) == ("level", "pre") and figure.report - figure.law <= SOON
    )


def nearest_figure(name: str, on: date) -> PublishedFigure | None:
    """What a publisher has printed of the law of a day, or of one within five days; None where it has not."""
    near = [figure for figure in published_averages() if figure.definition == name and abs(figure.law - on) <= NEAR]
    return min(near, key=lambda figure: (abs(figure.law - on), abs(figure.report - on)), default=None)


def _row(figure: PublishedFigure, ours: float) -> tuple[str | float, ...]:
    days = str(figure.report), str(figure.law)
    first, second = steps_from(figure, ours)
    return _who(figure), *days, figure.value, ours, _says(figure), *first, *second, figure.definition


NO_STEP = ("", float("nan"))


def steps_from(figure: PublishedFigure, ours: float) -> list[tuple[str, float]]:
    """The two largest steps from our average to a figure, words and points; blank where ours is taken otherwise."""
    known = published_steps().get((figure.definition, figure.report, figure.law))
    steps = [] if known is None or abs(known.ours - ours) > TAKEN_ALIKE else known.steps
    return [*steps, NO_STEP, NO_STEP][:2]


def plainly(value: float) -> str:
    """A share as per cents with the digits that it has, as a reader types it: "17.8"."""
    text = f"{100 * value:.2f}"
    return text[:-1] if text.endswith("0") else text


def _who(figure: PublishedFigure) -> str:
    return definition(figure.definition).short if figure.definition else figure.who


def _says(figure: PublishedFigure) -> str:
    return figure.says or _words(figure.definition, figure.report)


def _words(name: str, on: date) -> str:
    return "; ".join(choice.words for choice in choices(name, on)) or "every choice as ours"


def _first(figures: Iterable[PublishedFigure], on: date) -> list[PublishedFigure]:
    nearest: dict[str, PublishedFigure] = {}
    # Of equals the publisher with most figures on record comes first.
    known = Counter(figure.definition for figure in published_averages())
    for figure in sorted(figures, key=lambda f: (abs(f.law - on), abs(f.report - on), -known[f.definition])):
        nearest.setdefault(_who(figure), figure)
    return list(nearest.values())[:MOST]


# --- the record beside a run: its place in history, the events around it, and the claims of the day ------------------


EVENT_COLUMNS = (
    "event", "announced", "effective", "expires", "actor", "verb", "track", "what", "usa_on_chn", "chn_on_usa",
    "instrument",
)  # fmt: skip


def record_tables(record: Record, folder: Path, on: date, draws: int, seed: int) -> list[Table]:
    """Tables `events` and `claims` of what a scenario names.

    Parameters
    ----------
    folder : of the scenario's file, for ledgers named by path; `on` : day whose record counts unless it names another.
    draws : of shares nobody observes in the claims; 0 leaves the claims out, as they take a world economy each.
    """
    tables = []
    if record.events:
        first, last = record.since or START, record.until or on
        tables.append(events_table(first, last, source=source_of(record.events, folder)).select(EVENT_COLUMNS))
    if record.claims and draws:
        # Half of the program stands behind verdicts: it is loaded where they are asked for.
        from detente.lab.claims.check import DRAWS, check
        from detente.lab.claims.ledger import load_ledger
        from detente.lab.claims.words import checks_table

        ledger = load_ledger(source_of(record.claims, folder))
        judged = check(ledger, as_of=record.as_of or on, draws=min(draws, DRAWS), seed=seed)
        tables.append(replace(checks_table(judged), name="claims"))
    return tables


def source_of(name: str, folder: Path) -> str | Path:
    """A name of the package as it is, a path from the scenario's folder."""
    return folder / name if name.endswith((".yaml", ".yml")) else name
