"""Lines of an importer with their base duties: of an embedded table, of a folder's schedule, or of sectors alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError
from detente.data.base_steps import BaseSteps, base_steps
from detente.data.embedded import COUNTED, EMBEDDED, EQUIVALENT
from detente.data.importerfile import ImporterFile
from detente.data.tables import arrays

if TYPE_CHECKING:
    from detente.data.schedulefile import Known

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

WORLD = "icio-2022"
"""World whose applied tariffs stand in for a schedule."""

REST = "ROW"
SECTOR = "sector"
"""Kind of a duty that is the average of a sector."""

SIX = "hs6"
SPECIAL_CHAPTERS = ("98", "99")
"""Chapters that are each country's own."""


@dataclass(frozen=True, eq=False)
class LineTable(Mapping[str, NDArray[Any]]):
    """Columns by name, arrays of shape (lines,).

    Attributes
    ----------
    name : of the embedded table; "" where columns come from a folder.
    first : columns that are read together, as nearly every question needs them.
    others : columns that are read one by one.
    rows : rows of the table in the order of the axis, shape (lines,).
    content : columns of a folder's own table, in the order of its rows.
    """

    name: str
    first: tuple[str, ...]
    others: tuple[str, ...]
    rows: Ints
    content: Mapping[str, NDArray[Any]] = field(repr=False, default_factory=dict)
    _read: dict[str, NDArray[Any]] = field(repr=False, default_factory=dict)

    @classmethod
    def given(cls, content: Mapping[str, NDArray[Any]], rows: Ints) -> LineTable:
        """A table whose columns are in memory."""
        return cls("", tuple(content), (), rows, content)

    def __getitem__(self, column: str) -> NDArray[Any]:
        if column not in self._read:
            if column not in self.first and column not in self.others:
                raise KeyError(column)
            self._read[column] = self._column(column)[self.rows]
        return self._read[column]

    def _column(self, column: str) -> NDArray[Any]:
        if not self.name:
            return self.content[column]
        group = self.first if column in self.first else (column,)
        return arrays(self.name, group)[column]

    def __iter__(self) -> Iterator[str]:
        return iter((*self.first, *self.others))

    def __len__(self) -> int:
        return len(self.first) + len(self.others)

    def take(self, positions: Sequence[int] | Ints) -> LineTable:
        """The same columns on some positions of the axis."""
        return LineTable(self.name, self.first, self.others, self.rows[np.asarray(positions)], self.content)


@dataclass(frozen=True)
class SectorTariffs:
    """Applied tariffs of an importer by partner and sector, laid on subheadings.

    Attributes
    ----------
    partners : countries of the world; others stand under its rest.
    tariff : shape (partner, sector), share of customs value.
    sector : of every line, shape (lines,).
    """

    partners: tuple[str, ...]
    tariff: Floats = field(repr=False)
    sector: Ints = field(repr=False)

    def of(self, partner: str) -> Floats:
        """Duty on a partner's goods by line, shape (lines,)."""
        row = self.partners.index(partner if partner in self.partners else REST)
        return self.tariff[row][self.sector]


@dataclass(frozen=True)
class Lines:
    """An importer's lines.

    Attributes
    ----------
    known : rates known by heading and date beside the schedule; None where there are none.
    steps : base duties by date; None where they have no dates.
    sectors : tariffs that stand in for a schedule; None where there is one.
    """

    axis: Axis
    table: LineTable
    known: Known | None = None
    steps: BaseSteps | None = None
    sectors: SectorTariffs | None = None


def lines_of(file: ImporterFile) -> Lines:
    """Lines and base duties of an importer's folder.

    Raises
    ------
    InputError : what cannot be read, by file and row.
    """
    if file.schedule.table:
        return _embedded(file.schedule.table)
    own = _filled(_of_schedule(file), file) if file.schedule.file else _of_sectors(file)
    if not file.known:
        return own
    from detente.data.schedulefile import KNOWN, known_on, read_columns

    known = known_on(own.axis, read_columns(file.folder / file.known, KNOWN))
    return Lines(own.axis, _with_known(own.table, known), known, _both(own.steps, known.steps), own.sectors)


def _embedded(name: str) -> Lines:
    first, others = EMBEDDED[name].columns, EMBEDDED[name].more
    codes = arrays(name, first)["code"]
    table = LineTable(name, first, others, np.argsort(codes, kind="stable"))
    return Lines(Axis("line", codes), table, steps=base_steps(name))


def _of_schedule(file: ImporterFile) -> Lines:
    """Lines of a folder's file: the latest rate of each in the table, earlier ones as dated base duties."""
    from detente.data.schedulefile import LINES, read_columns

    columns = read_columns(file.folder / file.schedule.file, LINES)
    order = np.lexsort((columns["from"], columns["code"]))
    codes = columns["code"][order]
    last = np.append(codes[1:] != codes[:-1], True)
    rows, earlier = order[last], order[~last]
    rate = np.where(np.isnan(columns["general"]), 0.0, columns["general"])
    stands_in = ~np.isin(columns["kind"], COUNTED) & ~np.isnan(columns[EQUIVALENT])
    rate = np.where(stands_in, columns[EQUIVALENT], rate)
    content: dict[str, NDArray[Any]] = {**columns, "general": rate, SIX: columns["code"].astype("<U6")}
    return Lines(Axis("line", columns["code"][rows]), LineTable.given(content, rows), steps=_dated(content, earlier))


def _filled(own: Lines, file: ImporterFile) -> Lines:
    """The lines with subheadings in the chapters that the schedule lacks, whose sectors stand in for it."""
    codes, _ = subheadings()
    chapters = {*own.axis.codes.astype("<U2").tolist(), *SPECIAL_CHAPTERS}
    lacking = np.asarray([code[:2] not in chapters for code in codes.tolist()])
    sectors = _sector_tariffs(min(file.members)) if lacking.any() else None
    if sectors is None:
        return own
    more = codes[lacking]
    blank = {name: np.full(more.size, np.nan if name == EQUIVALENT else "") for name in own.table}
    new = {**blank, "code": more, SIX: more, "kind": np.full(more.size, SECTOR), "general": sectors.of(REST)[lacking]}
    content = {name: np.concatenate([own.table[name], new[name]]) for name in own.table}
    axis = Axis("line", content["code"])
    place = np.searchsorted(codes, axis.codes.astype("<U6"))
    known = codes[np.minimum(place, codes.size - 1)] == axis.codes.astype("<U6")
    of_line = np.where(known, sectors.sector[np.minimum(place, codes.size - 1)], 0)
    table = LineTable.given(content, np.argsort(content["code"], kind="stable"))
    return Lines(axis, table, None, own.steps, SectorTariffs(sectors.partners, sectors.tariff, of_line))


def _dated(columns: Mapping[str, NDArray[Any]], rows: Ints) -> BaseSteps | None:
    if not rows.size:
        return None
    taken = {name: columns[name][rows] for name in ("code", "from", "until", "confidence")}
    return BaseSteps({**taken, "rate": columns["general"][rows], "source": np.full(rows.size, "")})


def _of_sectors(file: ImporterFile) -> Lines:
    sectors = _sector_tariffs(min(file.members))
    if sectors is None:
        what = f"has the level sector, and the world {WORLD} does not tell {file.id} apart"
        raise InputError(f"{file.folder.name}/importer.yaml", what, "give a schedule")
    codes = subheadings()[0]
    empty, size = np.full(codes.size, ""), codes.size
    content: dict[str, NDArray[Any]] = {
        "code": codes, SIX: codes, "from": empty, "until": empty, "general": sectors.of(REST),
        "kind": np.full(size, SECTOR), "text": empty, "description": empty, "confidence": empty,
        EQUIVALENT: np.full(size, np.nan),
    }  # fmt: skip
    return Lines(Axis("line", codes), LineTable.given(content, np.arange(size)), sectors=sectors)


@lru_cache(maxsize=1)
def subheadings() -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Subheadings of 2022 and the sector that takes most of each, shape (lines,)."""
    table = arrays("concordance_hs6_icio28")
    now = table["hs2022"]
    code, target, weight = (table[name][now] for name in ("source", "target", "weight"))
    order = np.lexsort((-weight, code))
    first = np.append(True, code[order][1:] != code[order][:-1])
    return code[order][first], target[order][first]


@lru_cache(maxsize=8)
def _sector_tariffs(code: str) -> SectorTariffs | None:
    """Applied tariffs of a country; None where the world does not tell it apart from others."""
    from detente.data.worlds import load_economy
    from detente.economy import baseline_tariff

    economy = load_economy(WORLD)
    if code not in economy.countries:
        return None
    row = economy.country(code)
    place = {name: i for i, name in enumerate(economy.sectors)}
    sector = np.asarray([place[name] for name in subheadings()[1].tolist()], dtype=np.int64)
    return SectorTariffs(economy.countries, baseline_tariff(economy)[row], sector)


def sector_tariffs(code: str, partner: str, lines: NDArray[np.str_]) -> Floats:
    """Average tariff applied in 2022 by an importer to a partner's goods of the sector of each line, shape (lines,).

    Lines of no subheading of 2022 have the mean of the others.
    """
    tariffs = _sector_tariffs(code)
    if tariffs is None:
        return np.full(lines.size, np.nan)
    rates = tariffs.of(partner)
    row = Axis("line", subheadings()[0]).positions(lines.astype("<U6"))
    return np.where(row >= 0, rates[row], rates.mean())


def _with_known(table: LineTable, known: Known) -> LineTable:
    """The table with rates known by heading on every day in their place."""
    here = ~np.isnan(known.always)
    content = {name: table[name] for name in table}
    content["general"] = np.where(here, known.always, content["general"])
    content["kind"] = np.where(here, "ad_valorem", content["kind"])
    return LineTable.given(content, np.arange(here.size))


def _both(first: BaseSteps | None, second: BaseSteps | None) -> BaseSteps | None:
    """Two tables of base duties by date, the second laid over the first."""
    if first is None or second is None:
        return first or second
    return BaseSteps({name: np.concatenate([first.rows[name], second.rows[name]]) for name in second.rows})
