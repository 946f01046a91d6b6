"""Ranks of duties among years, and definitions by name that meet a number which no listed reading meets.

Ranks that claims speak of: no year after the one named had a duty, or a rise of it, as high.

The past is duty collected over imports, year by year. A level is judged on levels and a rise on rises; a claim that
goes back before the record can be refuted by a year on it, never borne out.

Definitions by name that meet a claimed average where no listed reading does: publishers, and what they printed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from detente.codes import DetenteError, InputError, declared_note
from detente.data.definitions import OURS, PublishedFigure, Publisher, definitions, published_figures
from detente.data.evidence_tables import census_series, doubtful_years, long_series
from detente.evidence import Claim, Quantity, Series, largest_rise
from detente.evidence.history import TIE, Rise
from detente.lab.averages.definitions import value_of, value_of_figure, view_as
from detente.lab.claims.measurand import Basis, Measured, Read
from detente.lab.claims.rates import HOME, LAWBOOK, average_level, average_rise, importer_of, last_full_year, partner_of
from detente.lab.claims.rows import QuantityRow, ReadingRow

HISTORY = declared_note("claims.source_history")
#: Month and day of the next year on which the receipts of a year are public.
BOOKED = (2, 15)


def rank_since(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """A rate, or a rise, against the history of the average US duty: the claim is that nothing since was as high.

    Raises
    ------
    InputError : no year of the record lies between the one named and the one that is ranked.
    """
    since = reading.since or int(float(row.value or 0))
    series = long_series()
    rank = _rise if reading.of == "rise" else _level_since
    ranked = rank(basis, row, reading, as_of, series, since)
    # What came out only later is named alone: the years before were public, and its day is not theirs.
    inputs = ranked.inputs if ranked.known is not None else tuple(dict.fromkeys([*ranked.inputs, HISTORY]))
    first, bar = int(series.years[0]), ranked.claimed
    if since < first - 1 and bar is not None and ranked.value >= bar - TIE:
        remark = declared_note("claims.record_begins", first=first, since=since)
        return Measured(float("nan"), inputs=inputs, known=ranked.known, remark=remark)
    return replace(ranked, inputs=inputs)


def _level_since(
    basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date, series: Series, since: int
) -> Measured:
    """A level against the highest year after one."""
    level, year, words = _ranked_level(basis, row, reading, as_of, series)
    bar, highest = highest_after(series, since, year)
    tied = abs(level.value - bar) <= TIE
    words.append(declared_note("claims.rank_highest", since=since, rate=bar, year=highest))
    words[-1] += f", {declared_note('claims.rank_tied')}" if tied else ""
    if reading.times_mean:
        late = (series.years >= year - reading.mean_years) & (series.years < year)
        mean = float(series.rate[late].mean())
        bar = max(bar, reading.times_mean * mean)
        times = level.value / mean
        words.append(declared_note("claims.rank_mean", years=reading.mean_years, mean=mean, times=times))
    return replace(level, claimed=bar, remark="; ".join(words))


def highest_after(series: Series, since: int, year: int) -> tuple[float, int]:
    """The highest rate of the years between two, and its year.

    Raises
    ------
    InputError : no year of the record lies between them.
    """
    years = (series.years > since) & (series.years < year)
    if not years.any():
        what = f"no year on record lies between {since} and {year}"
        raise InputError("quantity rank_since", what, "name an earlier year")
    highest = int(np.flatnonzero(years)[np.argmax(series.rate[years])])
    return float(series.rate[highest]), int(series.years[highest])


def _ranked_level(
    basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date, series: Series
) -> tuple[Measured, int, list[str]]:
    """The level that is ranked, the year before which it is, and what is to be said of it."""
    if reading.duty != "collected":
        return average_level(basis, row, reading, as_of), as_of.year, []
    if reading.period == "month":
        month = average_level(basis, row, reading, as_of)
        return month, as_of.year, [month.remark, declared_note("claims.month_against_years")]
    year = last_full_year(as_of)
    known = date(year + 1, *BOOKED)
    collected = np.isfinite(series.at(year))
    words = declared_note("claims.collected_in", year=year) if collected else _unknown(year)
    return Measured(series.at(year), inputs=(_history(year),), known=known), year, [words]


def _unknown(year: int) -> str:
    return declared_note("claims.year_not_on_record", year=year)


def _history(year: int) -> str:
    """The record of an average by year, with its last one, among inputs."""
    return declared_note("claims.source_history_with", year=year)


def _rise(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date, series: Series, since: int) -> Measured:
    """A rise against the largest one after a year."""
    if reading.duty == "collected":
        if reading.period == "month":
            what = "one month has no place among the rises of whole years"
            raise InputError(f"reading {reading.name}", what, "say period: year, or leave it out")
        value = series.at(as_of.year) - series.at(as_of.year - 1)
        rise = Measured(value, inputs=(_history(as_of.year),), known=date(as_of.year + 1, *BOOKED))
    else:
        rise = average_rise(basis, row, reading, as_of)
    if not np.isfinite(rise.value):
        return replace(rise, remark=_unknown(as_of.year))
    place = largest_rise(series, rise.value, since, as_of.year, reading.span)
    largest = _largest_rise(series, place, as_of.year, reading.span)
    remark = declared_note("claims.largest_rise", since=since, largest=largest)
    if reading.span > 1:
        remark = declared_note("claims.largest_rise_over", years=reading.span, since=since, largest=largest)
    remark += f"; {declared_note('claims.rank_tied')}" if place.tied else ""
    return replace(rise, claimed=place.largest, remark=remark)


def _largest_rise(series: Series, place: Rise, year: int, span: int) -> str:
    """The largest rise, and that of the year named, in words; a doubtful year is taken at each end of its band."""
    doubtful = {y: band for y, band in doubtful_years().items() if np.isfinite(series.at(y)) and y < year}
    versions = [series.with_value(y, rate) for y, band in doubtful.items() for rate in band]
    places = [place, *(largest_rise(version, place.rise, place.since, year, span) for version in versions)]
    years = " or ".join(str(y) for y in sorted({version.largest_year for version in places}))
    words = f"{_points([version.largest for version in places])} points in {years}"
    if np.isfinite(place.of_year):
        larger = {version.exceeds_year for version in places}
        how = "claims.is_larger" if True in larger else "claims.is_not_larger"
        how = "claims.may_be_larger" if len(larger) > 1 else how
        own = _points([version.of_year for version in places])
        words += f"; {declared_note(how, year=place.since, own=own)}"
    moved = any(abs(o.largest - place.largest) > TIE or abs(o.of_year - place.of_year) > TIE for o in places[1:])
    bands = [f"{y} is known only as {_points(band)}%" for y, band in doubtful.items()]
    return "; ".join([words, *(bands if moved else [])])


def _points(values: Sequence[float]) -> str:
    """Lowest and highest of some shares, in per cent or points; one number where they are the same."""
    low, high = (f"{value * 100:.1f}" for value in (min(values), max(values)))
    return low if low == high else f"{low} to {high}"


#: Quantities that publishers print, and what their figures call them.
UNITS = {"average_tariff_level": "level", "partner_average_rate": "partner_level"}

#: A level, its rise and its place in history, which hang on whose average it is.
LEVEL, RISE, RANK = "average_tariff_level", "average_tariff_rise", "rank_since"

#: How old a figure may be on the day of a claim that repeats it.
LATELY = timedelta(days=60)

#: Averages that are one.
SAME = 1e-6


def named_readings(claim: Claim, row: QuantityRow, quantity: Quantity) -> list[Read]:
    """Readings of publishers whose definition may give the number of a claim; none of what they do not print.

    What a publisher printed of late in the number of the claim comes first, then what each definition gives on the day.
    """
    text = f"{claim.quote} {claim.speaker.name} {claim.speaker.role} {' '.join(claim.source.values())}".casefold()
    if row.name == RANK and quantity.value is not None:
        return _marked(_ranked(claim, int(quantity.value), quantity.as_of), text)
    if row.name == RISE and quantity.value is not None and quantity.base is not None:
        return _marked(_risen(claim, quantity, quantity.base), text) if importer_of(row) == HOME else []
    if row.name not in UNITS or quantity.value is None:
        return []
    code = importer_of(row)
    partner = partner_of(row, ReadingRow(), code) if UNITS[row.name] == "partner_level" else ""
    figures = _figures(claim.said, UNITS[row.name], code, partner, lambda f: _gives(f.value, quantity))
    return _marked([*map(_printed, figures), *_computed(quantity.as_of, code, partner)], text)


def _ranked(claim: Claim, since: int, as_of: date) -> list[Read]:
    """The place of averages as publishers printed them of late, and as each counts on the day."""
    series = long_series()
    bar, highest = highest_after(series, since, as_of.year)
    figures = _figures(claim.said, UNITS[LEVEL], HOME, "", lambda f: f.substitution != "post")
    reads = [*map(_as_printed, figures), *_computed(as_of, HOME, "")]
    words = declared_note("claims.rank_highest", since=since, rate=bar, year=highest)
    return [(row, replace(value, claimed=bar, remark=words)) for row, value in reads]


def _risen(claim: Claim, quantity: Quantity, base: date) -> list[Read]:
    """The rise of an average: as printed less the duty collected in the year before, else by each definition."""
    start = census_series().at(base.year - 1)
    figures = _figures(claim.said, UNITS[LEVEL], HOME, "", lambda f: _gives(f.value - start, quantity, 2))
    if figures:
        words = declared_note("claims.less_collected", year=base.year - 1)
        return [_less(_as_printed(figure), start, words) for figure in figures]
    before = {row.name: value.value for row, value in _computed(base, HOME, "", True)}
    reads = _computed(quantity.as_of, HOME, "", True)
    words = declared_note("claims.less_base")
    return [_less(read, before[read[0].name], words) for read in reads if read[0].name in before]


def _less(read: Read, start: float, words: str) -> Read:
    """An average less where it started."""
    row, value = read
    return row.model_copy(update={"label": f"{row.label}, {words}"}), replace(value, value=value.value - start)


def _gives(value: float, quantity: Quantity, rounded: int = 1) -> bool:
    """Whether a figure rounds to the number of a claim; `rounded` : how many numbers were, of a difference two."""
    return abs(value - (quantity.value or 0.0)) <= rounded * quantity.half_unit + SAME


def _figures(
    day: date, unit: str, code: str, partner: str, fits: Callable[[PublishedFigure], bool]
) -> list[PublishedFigure]:
    """Figures in print on the day of a claim, not long since: the last of each publisher that fits."""
    known, last = definitions(), dict[str, PublishedFigure]()
    for figure in sorted(published_figures(), key=lambda figure: figure.report):
        who = known[figure.definition]
        same = figure.unit == unit and who.importer == code and (figure.partner or who.partner) == partner
        if same and figure.report <= day <= figure.report + LATELY and fits(figure):
            last[figure.definition] = figure
    return list(last.values())


def _printed(figure: PublishedFigure) -> Read:
    """A figure in print as a reading, with what its choices give as far as they are known."""
    row, printed = _as_printed(figure)
    ours = declared_note("claims.by_its_choices", value=value_of_figure(figure))
    return row, replace(printed, remark="; ".join(filter(None, (ours, figure.gap))))


def _as_printed(figure: PublishedFigure) -> Read:
    """A figure in print as a reading, as it stands."""
    who = definitions()[figure.definition]
    counts = f" ({figure.says})" if figure.says else ""
    label = f"as {who.short or who.title} printed it on {figure.report}{counts}"
    row = ReadingRow(name=f"printed-{who.name}", label=label)
    return row, Measured(figure.value, inputs=(f"figures in print, {who.short or who.title}",))


def _computed(on: date, code: str, partner: str, each: bool = False) -> Iterator[Read]:
    """What each definition of these imports gives on a day, those that give the same as one unless `each` is asked."""
    groups: list[tuple[float, list[Publisher]]] = []
    for who in definitions().values():
        if who.name == OURS or who.importer != code or who.partner not in ("", partner):
            continue
        value = _average(who, on, partner)
        same = next((names for known, names in groups if abs(known - value) < SAME), None)
        if same is not None and not each:
            same.append(who)
        elif np.isfinite(value):
            groups.append((value, [who]))
    for value, names in groups:
        label = f"under the definition of {_listed([who.short or who.title for who in names])}"
        yield ReadingRow(name=f"as-{names[0].name}", label=label), Measured(value, inputs=(LAWBOOK,))


def _average(who: Publisher, on: date, partner: str) -> float:
    """The average of a day as a publisher counts; NaN where its definition has none."""
    try:
        view = view_as(who, on)
        return value_of(replace(view, partner=partner) if partner else view)
    except DetenteError:
        return float("nan")


FEW = 3


def _listed(names: Sequence[str]) -> str:
    more = len(names) - FEW
    return ", ".join(names[:FEW]) + (f" and {more} more" if more > 0 else "")


def _marked(readings: Sequence[Read], text: str) -> list[Read]:
    """Readings with the one that the words of a claim name as most likely meant."""
    marked = []
    for row, value in readings:
        names = [who for who in definitions().values() if row.name in (f"printed-{who.name}", f"as-{who.name}")]
        meant = any(re.search(rf"\b{re.escape(_word(who))}\b", text) for who in names)
        marked.append((row.model_copy(update={"likely": meant}), value))
    return marked


def _word(who: Publisher) -> str:
    """The word by which a publisher is named in the news: "yale", "piie"."""
    return who.name.split("-")[0]
