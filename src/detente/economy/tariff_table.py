"""Tables of tariffs on the axes of a world: what a row means, which row a cell follows, and what a table touches.

A row names importers, exporters and sectors. Without a sector it speaks of goods: of every sector that the world does
not name as services. A row with more cells gives way to one whose cells all lie within it, so that one row may speak of
everybody and another of one country. Two rows that share a cell, neither within the other, are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, declared_note
from detente.economy.frame import Economy, Floats, Row, Shock, baseline_tariff, shape_of

#: Words for countries (`all`) and sectors, where the world has no such code of its own.
ALL, GOODS, SERVICES = "all", "goods", "services"

#: Rates above this are asked about: 25 is more likely 25 per cent than 2,500.
MOST = 2.0


@dataclass(frozen=True)
class TableRow:
    """One row of a table.

    Attributes
    ----------
    importers, exporters : codes of the world, or "all".
    number : new tariff as a share, points on top of the baseline's if `added`, or whatever else the table is of.
    sectors : codes, or "all", "goods", "services"; none means goods.
    sure : whether the number was written so that it can mean nothing else (245%).
    where : file and row, for messages.
    """

    importers: tuple[str, ...]
    exporters: tuple[str, ...]
    number: float
    sectors: tuple[str, ...] = ()
    added: bool = False
    sure: bool = False
    where: str = ""


Rows = Iterable[Row | TableRow]
Check = Callable[[TableRow], None]


@dataclass(frozen=True)
class _Cells:
    """A row on the axes of a world: positions by axis."""

    row: TableRow
    axes: tuple[frozenset[int], frozenset[int], frozenset[int]]

    @property
    def size(self) -> int:
        return len(self.axes[0]) * len(self.axes[1]) * len(self.axes[2])

    @property
    def grid(self) -> tuple[NDArray[np.int64], ...]:
        return np.ix_(*(np.array(sorted(axis), dtype=np.int64) for axis in self.axes))

    def within(self, other: _Cells) -> bool:
        return all(own <= its for own, its in zip(self.axes, other.axes, strict=True)) and self.axes != other.axes


@dataclass(frozen=True)
class LaidTable:
    """A table on the axes of a world.

    Attributes
    ----------
    owner : row that each cell follows, -1 for none, shape (importer, exporter, sector).
    rows : the rows in their order; `of_goods` : whether a row spoke of goods without naming a sector.
    """

    owner: NDArray[np.int64] = field(repr=False)
    rows: tuple[TableRow, ...]
    of_goods: bool

    def numbers(self, base: Floats) -> Floats:
        """The base with the number of its row in every cell that has one, shape (importer, exporter, sector)."""
        numbers, owned = np.array(base).reshape(self.owner.shape), self.owner >= 0
        if owned.any():
            number = np.array([row.number for row in self.rows])[self.owner[owned]]
            added = np.array([row.added for row in self.rows])[self.owner[owned]]
            numbers[owned] = number + np.where(added, numbers[owned], 0.0)
        return numbers


def laid(economy: Economy, rows: Rows, check: Check, name: str = "tariff") -> LaidTable:
    """A table on the axes of a world.

    Parameters
    ----------
    rows : (importer, exporter, sector or None, number), or `TableRow`.
    check : refuses numbers that cannot be used; `name` : what the table is of, for messages.

    Raises
    ------
    UnknownName : a country or sector the world does not have.
    InputError : a number refused, a country on itself, a cell that two rows speak of and neither more narrowly.
    """
    given = tuple(_row(row, position, name) for position, row in enumerate(rows, start=1))
    cells = [_cells(economy, row) for row in given]
    for block in cells:
        check(block.row)
        if block.axes[0] == block.axes[1] and len(block.axes[0]) == 1 and (block.row.number != 0.0 or name != "tariff"):
            raise InputError(block.row.where, f"a country has no {name} on itself", "leave the row out")
    n = len(economy.countries)
    owner = np.full((n, n, len(economy.sectors)), -1, dtype=np.int64)
    for position in sorted(range(len(cells)), key=lambda position: -cells[position].size):
        grid = cells[position].grid
        _refuse_crossing(economy, cells, position, owner, grid, name)
        owner[grid] = position
    owner[np.arange(n), np.arange(n)] = -1
    named_sector = len(economy.sectors) > 1
    return LaidTable(owner, given, named_sector and any(not row.sectors for row in given))


def _row(row: Row | TableRow, position: int, name: str) -> TableRow:
    if isinstance(row, TableRow):
        return row
    importer, exporter, sector, number = row
    where = f"{name} row {position} ({importer}, {exporter}{', ' + sector if sector else ''})"
    return TableRow((importer,), (exporter,), number, (sector,) if sector else (), where=where)


def _cells(economy: Economy, row: TableRow) -> _Cells:
    sides = [
        frozenset(i for code in side for i in _countries(economy, code, row.where))
        for side in (row.importers, row.exporters)
    ]
    named = row.sectors or goods(economy)
    sectors = frozenset(k for code in named for k in _sectors(economy, code, row.where))
    if not sectors:
        raise InputError(row.where, f"the world has no sectors that are {' or '.join(named)}", "name a sector")
    return _Cells(row, (sides[0], sides[1], sectors))


def _countries(economy: Economy, code: str, where: str) -> Sequence[int]:
    if code == ALL and code not in economy.countries:
        return range(len(economy.countries))
    return (economy.country(code, where),)


def _sectors(economy: Economy, code: str, where: str) -> Sequence[int]:
    """Positions of a sector, or of what a word stands for; the world's own codes come first."""
    if code in economy.sectors or code not in (ALL, GOODS, SERVICES):
        return (economy.sector(code, where),)
    traded = [sector in goods(economy) for sector in economy.sectors]
    return [k for k, good in enumerate(traded) if code == ALL or good == (code == GOODS)]


def _refuse_crossing(
    economy: Economy, cells: Sequence[_Cells], position: int, owner: NDArray[np.int64], grid: Any, name: str
) -> None:
    """Refuse a row that shares a cell with one it does not lie within."""
    before = owner[grid]
    for other in np.unique(before[before >= 0]).tolist():
        if cells[position].within(cells[other]):
            continue
        where, earlier = cells[position].row.where, cells[other].row.where
        if cells[position].axes == cells[other].axes:
            raise InputError(where, "this cell is given twice", f"keep one {name} for each pair and sector")
        i, j, k = (int(part[0]) for part in np.nonzero(before == other))
        flat = [axis.ravel()[place] for axis, place in zip(grid, (i, j, k), strict=True)]
        codes = (economy.countries[flat[0]], economy.countries[flat[1]], economy.sectors[flat[2]])
        what = f"({', '.join(codes)}) is given twice: {earlier} speaks of it too, and neither row lies within the other"
        raise InputError(where, what, "add a row for what both share")


def refuse_rate(row: TableRow) -> None:
    """`InputError` for a tariff that is no number, leaves no price or was likely meant in per cent."""
    rate = row.number
    if not np.isfinite(rate):
        raise InputError(row.where, "the tariff is not a number", "give a share, 0.25 for 25 per cent")
    if abs(rate) > MOST and not row.sure:
        meant = f"{100 * rate:g}%"
        raise InputError(
            row.where, f"{rate:g} means {rate:,.0%}", f"did you mean {rate / 100:g}? If not, write it as {meant}"
        )
    if rate <= -1.0 and not row.added:
        raise InputError(row.where, f"a tariff of {rate:g} leaves no price", "give a share above -1")


def shock_of(economy: Economy, rows: Rows, **options: Any) -> Shock:
    """A shock from rows (importer, exporter, sector or None for goods, new tariff as a share), or `TableRow`.

    Pairs left out keep their baseline rate, and so do services where a row names no sector. The shock's notes say what
    the table touched. `InputError` for a rate at or below -1, above 2 or not a number, for a country on itself and for
    a cell given twice; `UnknownName` for a country or sector the world does not have.
    """
    table = laid(economy, rows, refuse_rate)
    tariff = table.numbers(baseline_tariff(economy))
    _refuse_sums(economy, table, tariff)
    return Shock(tariff=tariff.reshape(shape_of(economy)), options=options, notes=(touched(economy, table, tariff),))


def _refuse_sums(economy: Economy, table: LaidTable, tariff: Floats) -> None:
    """Refuse points that take a rate to -1 or below."""
    if (tariff <= -1.0).any():
        i, j, k = np.argwhere(tariff <= -1.0)[0]
        where = table.rows[table.owner[i, j, k]].where
        cell = f"({economy.countries[i]}, {economy.countries[j]}, {economy.sectors[k]})"
        raise InputError(where, f"leaves no price: {cell} would pay {tariff[i, j, k]:g}", "give fewer points")


def touched(economy: Economy, table: LaidTable, tariff: Floats | None = None, name: str = "tariffs") -> str:
    """One line on what a table touches: pairs, USD of baseline trade, services left out, rates below zero."""
    n = len(economy.countries)
    flows = np.asarray(economy.arrays["flows"], dtype=np.float64).reshape(n, n, -1)
    owned = table.owner >= 0
    pairs = owned.any(axis=2)
    count = int(pairs.sum())
    pairs_named = "economy.table_pair" if count == 1 else "economy.table_pairs"
    clauses = [declared_note(pairs_named, name=name, count=count, trade=_usd(flows[owned].sum()))]
    left = [k for k, sector in enumerate(economy.sectors) if table.of_goods and sector not in goods(economy)]
    left = [k for k in left if not owned[:, :, k].any()]
    if left:
        words = {"sector": economy.sectors[left[0]], "count": len(left), "trade": _usd(flows[:, :, left][pairs].sum())}
        clauses.append(declared_note("economy.sector_out" if len(left) == 1 else "economy.services_out", **words))
    if tariff is not None and (below := int((tariff[owned] < 0.0).sum())):
        clauses.append(declared_note("economy.subsidies", count=below))
    return "; ".join(clauses)


def _usd(value: float) -> str:
    return f"USD {value / 1e9:,.1f} bn" if value >= 5e7 else f"USD {value / 1e6:,.1f} million"


def costs_of(economy: Economy, rows: Rows) -> tuple[Floats, str]:
    """Trade costs new over old from rows as those of a tariff table, 1 elsewhere, and one line on what they touch."""
    table = laid(economy, rows, refuse_hat, "cost")
    costs = table.numbers(np.ones(table.owner.shape))
    return costs.reshape(shape_of(economy)), touched(economy, table, name="trade costs")


def refuse_hat(row: TableRow) -> None:
    """`InputError` for what cannot be new over old."""
    hat = row.number
    if not (np.isfinite(hat) and hat > 0.0):
        raise InputError(row.where, f"{hat:g} is not new over old", "give 1.1 for ten per cent more")


def productivity_of(economy: Economy, rows: Iterable[tuple[Sequence[str], Sequence[str], float, str]]) -> Floats:
    """Productivity new over old from rows (countries, sectors or none for all, number, where), 1 elsewhere.

    Shape (country,) in a world of one sector, else (country, sector); a later row replaces an earlier one. `InputError`
    for a number that cannot be new over old.
    """
    hats = np.ones((len(economy.countries), len(economy.sectors)))
    for countries, sectors, hat, where in rows:
        refuse_hat(TableRow((), (), hat, where=where))
        places = [i for code in countries for i in _countries(economy, code, where)]
        kept = [k for code in sectors or (ALL,) for k in _sectors(economy, code, where)]
        hats[np.ix_(places, kept)] = hat
    return hats if hats.shape[1] > 1 else hats[:, 0]


def added(
    economy: Economy, importer: str, exporters: Sequence[str], points: float, *, sectors: Sequence[str] | None = None
) -> Floats:
    """Baseline tariffs with `points` (0.30 is thirty) added by one importer: kappa^ = (1 + tau + 0.3) / (1 + tau).

    Parameters
    ----------
    exporters : codes; empty for every other country.
    sectors : codes; None for all goods, that is all sectors the world does not name as services.

    Returns
    -------
    Rates shaped like the tariff of the world, shares.
    """
    tariff, where = _own_cells(economy, importer, exporters, sectors)
    tariff[where] += points
    return tariff.reshape(baseline_tariff(economy).shape)


def replaced(
    economy: Economy, importer: str, exporters: Sequence[str], rate: float, *, sectors: Sequence[str] | None = None
) -> Floats:
    """Baseline tariffs with those of one importer replaced by `rate`; arguments and result as in `added`."""
    tariff, where = _own_cells(economy, importer, exporters, sectors)
    tariff[where] = rate
    return tariff.reshape(baseline_tariff(economy).shape)


def goods(economy: Economy) -> tuple[str, ...]:
    """Sectors that are not named as services, in order."""
    services = economy.parameters.get("services", ())
    return tuple(sector for sector in economy.sectors if sector not in services)


def _own_cells(
    economy: Economy, importer: str, exporters: Sequence[str], sectors: Sequence[str] | None
) -> tuple[Floats, tuple[NDArray[np.int64], ...]]:
    n, s = len(economy.countries), len(economy.sectors)
    to = economy.country(importer)
    partners = exporters or [code for code in economy.countries if code != importer]
    places = np.asarray([economy.country(code) for code in partners if code != importer], dtype=np.int64)
    work = np.asarray([economy.sector(c) for c in (goods(economy) if sectors is None else sectors)], dtype=np.int64)
    return baseline_tariff(economy).reshape(n, n, s).copy(), np.ix_(np.asarray([to]), places, work)
