"""Ranks that claims speak of: no year after the one named had a duty, or a rise of it, as high.

The past is duty collected over imports, year by year. A level is judged on levels and a rise on rises; a claim that
goes back before the record can be refuted by a year on it, never borne out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from detente.codes import InputError, declared_note
from detente.data.evidence_tables import doubtful_years, long_series
from detente.evidence import Series, largest_rise
from detente.evidence.history import TIE, Rise
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.rates import average_level, average_rise, last_full_year
from detente.lab.claims.rows import QuantityRow, ReadingRow

HISTORY = declared_note("claims.source_history")
BOOKED = (2, 15)
"""Month and day of the next year on which the receipts of a year are public."""


def rank_since(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """A rate, or a rise, against the history of the average US duty: the claim is that nothing since was as high.

    Raises
    ------
    InputError : no year of the record lies between the one named and the one that is ranked.
    """
    since = reading.since or int(float(row.value or 0))
    series = long_series()
    rank = _rise if reading.of == "rise" else _level
    ranked = rank(basis, row, reading, as_of, series, since)
    # What came out only later is named alone: the years before were public, and its day is not theirs.
    inputs = ranked.inputs if ranked.known is not None else tuple(dict.fromkeys([*ranked.inputs, HISTORY]))
    first, bar = int(series.years[0]), ranked.claimed
    if since < first - 1 and bar is not None and ranked.value >= bar - TIE:
        remark = declared_note("claims.record_begins", first=first, since=since)
        return Measured(float("nan"), inputs=inputs, known=ranked.known, remark=remark)
    return replace(ranked, inputs=inputs)


def _level(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date, series: Series, since: int) -> Measured:
    """A level against the highest year after one."""
    level, year, words = _placed(basis, row, reading, as_of, series)
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


def _placed(
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
    largest = _largest(series, place, as_of.year, reading.span)
    remark = declared_note("claims.largest_rise", since=since, largest=largest)
    if reading.span > 1:
        remark = declared_note("claims.largest_rise_over", years=reading.span, since=since, largest=largest)
    remark += f"; {declared_note('claims.rank_tied')}" if place.tied else ""
    return replace(rise, claimed=place.largest, remark=remark)


def _largest(series: Series, place: Rise, year: int, span: int) -> str:
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
