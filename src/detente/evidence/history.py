"""History: a rate's place in a long series ("highest since", "largest rise since") and how well the past is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, declared_note
from detente.codes.axis import Floats, Ints

#: Rates that differ by no more are level with one another: half of the last digit of the long series.
TIE = 0.0005


@dataclass(frozen=True)
class Series:
    """An annual series of a rate.

    Attributes
    ----------
    years : shape (n,), rising; rate : duty over imports, share, shape (n,).
    rise : change on the year before within one source, share, shape (n,); NaN where no source has both years.
    source : which source each year is taken from, shape (n,).
    ranked : False for a series that rounding makes unfit for ranks.
    """

    name: str
    definition: str
    years: Ints = field(repr=False)
    rate: Floats = field(repr=False)
    rise: Floats = field(repr=False)
    source: NDArray[np.str_] = field(repr=False)
    ranked: bool = True

    def at(self, year: int) -> float:
        """Rate of a year, share; NaN where it is not in the series."""
        where = np.flatnonzero(self.years == year)
        return float(self.rate[where[0]]) if where.size else float("nan")

    def before(self, year: int) -> Series:
        """The years before one."""
        keep = self.years < year
        kept = {name: getattr(self, name)[keep] for name in ("years", "rate", "rise", "source")}
        return replace(self, **kept)

    def with_value(self, year: int, rate: float) -> Series:
        """The series with another rate in one year, and the two rises that hang on it."""
        rates, rises = self.rate.copy(), self.rise.copy()
        index = int(np.flatnonzero(self.years == year)[0])
        step = rate - rates[index]
        rates[index] = rate
        rises[index] += step
        if index + 1 < rises.size:
            rises[index + 1] -= step
        return replace(self, rate=rates, rise=rises)


@dataclass(frozen=True)
class Place:
    """A rate's place among the years before it.

    Attributes
    ----------
    since : latest earlier year at least as high, None where there is none; its rate, share.
    tied : whether that year is level with the rate to half of a last digit.
    first : first year of the series.
    """

    rate: float
    since: int | None
    since_rate: float
    tied: bool
    first: int

    def words(self) -> str:
        """The place in words."""
        if self.since is None:
            return declared_note("history.highest", first=self.first)
        if self.tied:
            return declared_note("history.level_with", year=self.since)
        return declared_note("history.highest_since", year=self.since)


def place(series: Series, rate: float, year: int) -> Place:
    """Rule H3: Y in "highest since Y" is the latest earlier year with a rate of at least `rate` less half a digit.

    Raises
    ------
    InputError : a series that rounding makes unfit for ranks, or no year before.
    """
    earlier = _ranked(series, year)
    high = np.flatnonzero(earlier.rate >= rate - TIE - 1e-12)
    if not high.size:
        return Place(rate, None, float("nan"), False, int(earlier.years[0]))
    last = int(high[-1])
    tied = abs(float(earlier.rate[last]) - rate) <= TIE + 1e-12
    return Place(rate, int(earlier.years[last]), float(earlier.rate[last]), tied, int(earlier.years[0]))


@dataclass(frozen=True)
class Rise:
    """A rise beside the largest one of a stretch of years.

    Attributes
    ----------
    largest, largest_year : largest rise after the year named; of_year : rise of that year itself, share.
    tied : whether the rise and the largest differ by no more than half of a digit.
    """

    rise: float
    since: int
    largest: float
    largest_year: int
    of_year: float
    tied: bool

    @property
    def exceeds_year(self) -> bool:
        """Whether the year named rose less itself."""
        return self.rise > self.of_year + TIE


def largest_rise(series: Series, rise: float, since: int, year: int, span: int = 1) -> Rise:
    """Rule H3: a rise against the largest of all years after `since` and before `year`.

    Parameters
    ----------
    span : years over which the rises of the series are taken.
    """
    earlier = _ranked(series, year)
    rises = _rises(earlier, span)
    after = (earlier.years > since) & np.isfinite(rises)
    if not after.any():
        raise InputError("history", f"there is no year after {since} in {series.name}", "name an earlier year")
    index = int(np.flatnonzero(after)[np.argmax(rises[after])])
    own = np.flatnonzero(earlier.years == since)
    of_year = float(rises[own[0]]) if own.size else float("nan")
    largest = float(rises[index])
    return Rise(rise, since, largest, int(earlier.years[index]), of_year, abs(rise - largest) <= TIE)


def _rises(series: Series, span: int) -> Floats:
    """Rises over `span` years: sums of the yearly rises, each within one source."""
    if span == 1:
        return series.rise
    total = np.full(series.rise.size, np.nan)
    for end in range(span - 1, series.rise.size):
        total[end] = series.rise[end - span + 1 : end + 1].sum()
    return total


def _ranked(series: Series, year: int) -> Series:
    if not series.ranked:
        raise InputError(
            "history", f"{series.name} is rounded too coarsely for ranks", "use the series of duties over imports"
        )
    earlier = series.before(year)
    if not earlier.years.size:
        raise InputError("history", f"{series.name} has no year before {year}", "name a later year")
    return earlier


def rounding_band(duties: Floats, imports: Floats, half: float) -> tuple[Floats, Floats]:
    """Rule H2: lowest and highest ratio that figures rounded to `half` of a digit allow, shares, shape (n,)."""
    return (duties - half) / (imports + half), (duties + half) / (imports - half)


def annual(months: Sequence[str], duties: Floats, imports: Floats) -> tuple[Ints, Floats, Floats]:
    """Sums of complete years ("2024-01" to "2024-12"), never means of monthly ratios.

    Returns
    -------
    years, duties and imports of each year, shape (years,).
    """
    year = np.asarray([int(month[:4]) for month in months], dtype=np.int64)
    full = [y for y in np.unique(year).tolist() if int((year == y).sum()) == 12]
    totals = [[float(values[year == y].sum()) for y in full] for values in (duties, imports)]
    return np.asarray(full, dtype=np.int64), np.asarray(totals[0]), np.asarray(totals[1])


def spliced(name: str, definition: str, parts: Sequence[tuple[str, Ints, Floats, int, int]]) -> Series:
    """One series from several sources, each used for a span of years; rises never cross from one source to another.

    Parameters
    ----------
    parts : source, its years and rates, and first and last year it is used for.
    """
    rows: list[tuple[int, float, float, str]] = []
    known = [(source, dict(zip(years.tolist(), rate.tolist(), strict=True))) for source, years, rate, _, _ in parts]
    for (source, _, _, first, last), (_, own) in zip(parts, known, strict=True):
        for year in sorted(y for y in own if first <= y <= last):
            ordered = [own, *(other for _, other in known if other is not own)]
            both = [rates for rates in ordered if year in rates and year - 1 in rates]
            rise = both[0][year] - both[0][year - 1] if both else float("nan")
            rows.append((year, own[year], rise, source))
    rows.sort()
    columns = list(zip(*rows, strict=True))
    return Series(
        name, definition, np.asarray(columns[0], dtype=np.int64), np.asarray(columns[1]), np.asarray(columns[2]),
        np.asarray(columns[3]),
    )  # fmt: skip
