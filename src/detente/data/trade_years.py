"""US imports of years other than 2024: known totals by partner and sector, lines as in the trade of 2024.

The Census gives imports for consumption by partner and three-digit NAICS for every year: these totals are kept. Within
them the lines of a partner stand to each other as in 2024, or, from China, Mexico, Taiwan and Vietnam, as in their
imports by HS6 of the year. No line of such a year is a published figure, so every pair is flagged as estimated.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError
from detente.codes.axis import Floats, Ints
from detente.data.importers import Importer
from detente.data.tables import YEARS, arrays
from detente.trade.flows import Flows, Split

#: The year whose trade is published line by line.
LINES_KNOWN = 2024

PARTIAL = {2025: "2025, January to November"}
#: Partners without totals of their own in the table of years.
REST = "ROW"

#: USD; unit of the table of years by HS6.
HS6_UNIT = 100_000.0

#: USD; where a sector has no lines of its own, lines of all trade down to this value stand for it.
SMALLEST = 50_000.0

NOTES = (
    "totals by partner and NAICS sector are the Census's; lines within them are estimated, as in the trade of 2024",
    "from China, Mexico, Taiwan and Vietnam lines follow imports by HS6 of the year, or of the nearest year on record",
    "partners without totals of their own (7% of imports) share the rest of each sector as in 2024",
    "2024 made this way is within 0.2 points of its own average; a partner may miss by 1, without HS6 by 3",
)


def check_year(year: int, where: str = "year") -> int:
    """The year, if its trade is known."""
    if year not in YEARS:
        span = f"years run from {YEARS[0]} to {YEARS[-1]}"
        raise InputError(where, f"there are no US imports of {year}", span)
    return year


@dataclass(frozen=True)
class Totals:
    """Imports of one year by partner and sector, USD: value of shape (partners, sectors)."""

    partners: Axis
    sectors: Axis
    value: Floats = field(repr=False)

    @classmethod
    def of(cls, year: int) -> Totals:
        """Totals of a year."""
        table = arrays("usa_imports_years")
        partners, sectors = Axis.of("partner", table["partner"]), Axis.of("sector", table["naics3"])
        value = np.zeros((len(partners), len(sectors)))
        value[partners.positions(table["partner"]), sectors.positions(table["naics3"])] = table[f"y{year}"]
        return cls(partners, sectors, value)

    def row(self, codes: tuple[str, ...]) -> Ints:
        """Row of each partner: its own, or that of the rest of the world, shape (codes,)."""
        own = self.partners.positions(codes)
        return np.where(own >= 0, own, self.partners.positions([REST])[0])


@dataclass(frozen=True)
class Pairs:
    """Lines and partners with a value: positions and USD, each of shape (pairs,)."""

    line: Ints
    partner: Ints
    value: Floats = field(repr=False)

    def joined(self, other: Pairs) -> Pairs:
        """Both, one after the other."""
        return Pairs(
            np.concatenate([self.line, other.line]),
            np.concatenate([self.partner, other.partner]),
            np.concatenate([self.value, other.value]),
        )

    def only(self, chosen: NDArray[np.bool_]) -> Pairs:
        """Some of them."""
        return Pairs(self.line[chosen], self.partner[chosen], self.value[chosen])


def flows_of_year(year: int, known: Flows, usa: Importer, by_hs6: bool = True) -> Flows:
    """US imports for consumption of a year.

    Parameters
    ----------
    known : imports of 2024, with the block of the European Union undivided and without claims.
    by_hs6 : whether the lines of the four partners known by HS6 follow it; without, they too stay as in 2024.
    """
    totals = Totals.of(check_year(year))
    sector = _sectors(totals, usa)
    pairs = pairs_of_year(totals, year, known, usa, by_hs6)
    return Flows(
        importer="USA",
        period=PARTIAL.get(year, str(year)),
        lines=known.lines,
        partners=known.partners,
        line_at=pairs.line,
        partner_at=pairs.partner,
        value=pairs.value,
        claim=np.zeros(pairs.value.size),
        duty=np.zeros(pairs.value.size),
        estimated=np.ones(pairs.value.size, dtype=bool),
        source=f"usa_imports_years, {year}",
        split=_split(totals, sector, known),
        notes=NOTES,
    )


def _sectors(totals: Totals, usa: Importer) -> Ints:
    """Sector of the totals of each line, -1 for none, shape (lines,)."""
    return totals.sectors.positions(usa.table["naics"].astype("<U3"))


def pairs_of_year(totals: Totals, year: int, known: Flows, usa: Importer, by_hs6: bool = True) -> Pairs:
    """The pairs of trade of 2024 with the values of a year, and those that come to them; `totals` : of the year."""
    pairs = Pairs(known.line_at, known.partner_at, known.value)
    if by_hs6:
        pairs = _with_subheadings(pairs, known, year)
    return _scaled(pairs, totals, totals.row(known.partners), _sectors(totals, usa), known)


def _with_subheadings(pairs: Pairs, known: Flows, year: int) -> Pairs:
    """The trade of 2024 with that of the partners known by HS6 laid on its subheadings of the year."""
    six, subheading = np.unique(known.lines.codes.astype("<U6"), return_inverse=True)
    world = known.by_line
    special = np.char.startswith(known.lines.codes, "98") | np.char.startswith(known.lines.codes, "99")
    for partner, hs6, value in _subheadings(year):
        place = known.partners.index(partner)
        worth = np.zeros(six.size)
        row = np.searchsorted(six, hs6)
        there = six[np.minimum(row, six.size - 1)] == hs6
        np.add.at(worth, row[there], value[there])
        own = np.zeros(subheading.size)
        mine = pairs.partner == place
        np.add.at(own, pairs.line[mine], pairs.value[mine])
        laid = np.where(special, own, worth[subheading] * within(subheading, six.size, own, world))
        lines = np.flatnonzero(laid > 0)
        pairs = pairs.only(~mine).joined(Pairs(lines, np.full(lines.size, place), laid[lines]))
    return pairs


def within(group: Ints, n: int, *mixes: Floats) -> Floats:
    """Share of each line in its group by the first mix that has any of the group, else evenly; shape (lines,).

    Parameters
    ----------
    group : group of each line, shape (lines,), of `n`; mixes : value of each line, each of shape (lines,).
    """
    share = np.zeros(group.size)
    open_ = np.ones(n, dtype=bool)
    for mix in (*mixes, np.ones(group.size)):
        total = np.bincount(group, mix, minlength=n)
        use = open_ & (total > 0)
        share = np.where(use[group], mix / np.where(total > 0, total, 1.0)[group], share)
        open_ &= ~use
    return share


def _subheadings(year: int) -> list[tuple[str, NDArray[np.str_], Floats]]:
    """Partners known by HS6 with their subheadings and values of the year on record that is nearest, USD."""
    table = arrays("usa_imports_years_hs6")
    years = sorted(int(name[1:]) for name in table if name.startswith("y"))
    columns: list[tuple[str, NDArray[np.str_], Floats]] = []
    for partner in np.unique(table["partner"]).tolist():
        rows = table["partner"] == partner
        on_record = [y for y in years if table[f"y{y}"][rows].any()]
        nearest = min(on_record, key=lambda y: (abs(y - year), y))
        columns.append((partner, table["hs6"][rows], table[f"y{nearest}"][rows] * HS6_UNIT))
    return columns


def _scaled(pairs: Pairs, totals: Totals, row: Ints, sector: Ints, known: Flows) -> Pairs:
    """The pairs multiplied so that every partner and sector has its total of the year."""
    n = len(totals.sectors)
    key = row[pairs.partner] * n + sector[pairs.line]
    goal = totals.value.ravel()
    has = np.bincount(key, pairs.value, minlength=goal.size)
    factor = np.where(has > 0, goal / np.where(has > 0, has, 1.0), 0.0)
    scaled = Pairs(pairs.line, pairs.partner, pairs.value * factor[key])
    world = known.by_line
    for place, partner in enumerate(known.partners):
        own = totals.partners.positions([partner])[0]
        for s in np.flatnonzero((totals.value[own] > 0) & (has.reshape(-1, n)[own] == 0)) if own >= 0 else ():
            lines = np.flatnonzero((sector == s) & (world > 0))
            worth = totals.value[own, s] * world[lines] / world[lines].sum()
            kept = worth >= min(SMALLEST, worth.max())
            value = worth[kept] * worth.sum() / worth[kept].sum()
            scaled = scaled.joined(Pairs(lines[kept], np.full(value.size, place), value))
    return scaled.only(scaled.value > 0)


def _split(totals: Totals, sector: Ints, known: Flows) -> Split:
    """Shares of the members in the trade of the Union by sector: totals of nine, the others' rest as in 2024."""
    assert known.split is not None
    members, block = known.split.members, known.split.block
    n = len(totals.sectors)
    whole, _ = known.expanded()
    place = np.asarray([whole.partners.index(m) for m in members])
    member = np.full(len(whole.partners), -1)
    member[place] = np.arange(place.size)
    inside = member[whole.partner_at] >= 0
    key = sector[whole.line_at[inside]] * len(members) + member[whole.partner_at[inside]]
    then = np.bincount(key, whole.value[inside], minlength=n * len(members)).reshape(n, len(members))
    own = totals.partners.positions(members)
    named = own >= 0
    union = totals.value[totals.partners.positions([block])[0]]
    value = np.where(named, totals.value[own].T, 0.0)
    rest = np.maximum(union - value.sum(axis=1), 0.0)
    others = np.where(named, 0.0, then)
    sums = others.sum(axis=1, keepdims=True)
    even = np.where(named, 0.0, others.sum(axis=0)) / others.sum()
    value += rest[:, None] * np.where(sums > 0, others / np.where(sums > 0, sums, 1.0), even)
    total = value.sum(axis=1, keepdims=True)
    share = np.where(total > 0, value / np.where(total > 0, total, 1.0), value.sum(axis=0) / value.sum())
    return Split(block, members, sector, share)
