"""Importers: for each country or union with a folder, its lines, base duties, columns and shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, Countries, InputError, UnknownName
from detente.codes.axis import Floats
from detente.data.importer_lines import (
    SECTOR,
    WORLD,
    Lines,
    LineTable,
    Programmes,
    described,
    joined,
    line_words,
    lines_of,
    words_of_line,
)
from detente.data.importerfile import ImporterFile, importer_file, lawbooks, stamp
from detente.data.library import once
from detente.data.limits import memoized
from detente.data.tables import EQUIVALENT, Column2, arrays, chinese_source, countries, unrated
from detente.law import ZERO, Law, Painter, PartnerColumn, Shares, Space, build_space
from detente.law.duty import ExactDuty
from detente.law.law import COLUMN_2
from detente.law.measure import PREFERENCE, Aspect, content_states, prefix_shares

#: Columns of base duties: the general one, of a programme, the lowest open to a partner, of a partner's sectors.
GENERAL, SPECIAL, BEST, OF_SECTOR = "general", "special:", "best:", "sector:"

METALS = ("steel", "aluminum", "copper")

#: The importer whose types of entry, fees and returned goods are on record.
HOME = "USA"

#: Context of one good whose facts that are not stated are those of the average in trade.
PRESUMED = "presumed"

#: Columns of base duties of programmes by day that are kept.
FEW_COLUMNS = 256

#: Parts of an importer's lines that are kept.
FEW_PARTS = 16
SET_ALIASES = {"aluminium_content": "aluminum_content", "ave": "base", "us_share": "us_content"}


@dataclass(frozen=True)
class Importer:
    """What the program knows of one importer's tariff.

    Attributes
    ----------
    iso3 : code of the country, or of the union whose members share the tariff.
    lines : axis of tariff lines.
    table : attributes by line, arrays of shape (lines,).
    file : what its folder says of it.
    own : its lines with base duties by date, and those of sectors, on all of its lines.
    """

    iso3: str
    lines: Axis
    table: LineTable = field(repr=False)
    countries: Countries = field(repr=False)
    programmes: Programmes = field(repr=False)
    file: ImporterFile = field(repr=False)
    own: Lines = field(repr=False)
    _shares: dict[object, tuple[Aspect, Floats]] = field(repr=False, default_factory=dict, compare=False)
    _columns: dict[tuple[str, date | None], Floats] = field(repr=False, default_factory=dict, compare=False)
    _only: dict[tuple[str, ...], Importer] = field(repr=False, default_factory=dict, compare=False)

    @cached_property
    def law(self) -> Law:
        """The law of the shipped lawbook, with how far it was read."""
        return _law(self.lawbook, self.iso3, stamp(self.lawbook))

    @property
    def lawbook(self) -> Any:
        """Folder of its law."""
        return self.file.folder

    @property
    def members(self) -> frozenset[str]:
        """Countries that apply the law: itself, or those of a union."""
        return self.file.members

    @cached_property
    def unrated(self) -> NDArray[np.bool_]:
        """Lines whose duty is by quantity, of which no equivalent is known, shape (lines,)."""
        if "kind" not in self.table:
            return _no_line(self.lines)
        return unrated(self.table["kind"], self.table[EQUIVALENT]) & (self.table["kind"] != SECTOR)

    @cached_property
    def unlisted(self) -> NDArray[np.bool_]:
        """Lines whose base duty is the average of a sector, shape (lines,)."""
        return self.table["kind"] == SECTOR if "kind" in self.table else _no_line(self.lines)

    @property
    def column_2(self) -> Column2:
        """Whose goods owe column 2, as its rulings say."""
        return _column_2(self.lawbook)

    def unlisted_on(self, on: date) -> NDArray[np.bool_]:
        """Lines whose base duty on a day is the average of a sector, shape (lines,)."""
        steps = self.own.steps
        if steps is None:
            return self.unlisted
        return self.unlisted & ~np.isin(self.lines.codes, steps.rows["code"][steps.active(on)])

    def base_source(self, code: str, on: date, partner: str = "") -> str:
        """Where the base duty of a line on a day is written, and what stands in for it."""
        if self.file.schedule.table == "chn_lines":
            return chinese_source(code, on)
        if partner and self.column_2.of(partner, on):
            return self.column_2.source(code, partner, on)
        return self._written(code, on)

    def _written(self, code: str, on: date) -> str:
        """Where a folder says that a rate is written; the year that it stands in for, if it is of another."""
        known, steps = self.own.known, self.own.steps
        dated = steps.source(code, on) if steps is not None else ""
        if dated:
            return dated
        if known is not None and code in known.source:
            return known.source[code]
        if self.unlisted[self.lines.index(code)]:
            return f"average applied duty of the sector in 2022, world {WORLD}"
        schedule = self.file.schedule
        other = schedule.vintage is not None and schedule.vintage.year != on.year
        return f"{schedule.source}; stands in for {on.year}" if other else schedule.source

    def base_since(self, on: date | None) -> date | None:
        """First day of the base duties of a day; None where they are those of the line table."""
        steps = self.own.steps
        if self.file.schedule.table and steps is not None:
            return steps.since(on)
        days = self.base_days
        # An embedded table is that of the last of these days; a folder's schedule stands before the first as well.
        if on is None or not days or (self.file.schedule.table and on >= days[-1]):
            return None
        return max((day for day in days if day <= on), default=date.min)

    @cached_property
    def base_days(self) -> tuple[date, ...]:
        """Days on which base duties change, in order."""
        if self.file.schedule.table:
            return self.own.steps.edges if self.own.steps is not None else self.column_2.days
        steps = self.own.steps.edges if self.own.steps is not None else ()
        return tuple(sorted({*steps, *self.programmes.days, *self.column_2.days}))

    def made_of(self, code: str) -> list[str]:
        """Lines that a later nomenclature made out of those under a code, as far as the table says."""
        if "like" not in self.table:
            return []
        return self.lines.codes[np.char.startswith(self.table["like"], code)].tolist()

    def words(self) -> list[tuple[str, ...]]:
        """Headings above every line, widest first, and its own words at the end, in the order of the axis."""
        whole = line_words(self.file.schedule.texts)
        pairs = zip(self.lines.codes.tolist(), self.labels(), strict=True)
        return [whole.get(code) or tuple(label.split(": ")) for code, label in pairs]

    def labels(self) -> list[str]:
        """Short text of every line for tables of numbers, in the order of the axis."""
        name = self.file.schedule.table
        if not name:
            return described(self.lines, self.table)
        table = arrays(name, ("code", "description"))
        short = dict(zip(table["code"].tolist(), table["description"].tolist(), strict=True))
        return [short[code] for code in self.lines.codes.tolist()]

    def descriptions(self) -> list[str]:
        """Text of every line with the headings above it, in the order of the axis."""
        return [joined(words) for words in self.words()]

    def description(self, position: int) -> str:
        """Text of the line at a position."""
        code = str(self.lines.codes[position])
        whole = words_of_line(code, self.file.schedule.texts)
        return joined(whole) if whole else self.only([code]).labels()[0]

    @cached_property
    def painter(self) -> Painter:
        """Masks painted so far on this importer's lines."""
        return Painter(self.lines)

    def base_column(self, partner: str, on: date | None, programme: str = "") -> str:
        """Name of the base-duty column of a partner's goods."""
        if programme == ZERO:
            return ZERO
        if programme:
            return SPECIAL + self.programmes.column(programme, partner, on)
        return self.column_2.of(partner, on) or (OF_SECTOR + partner if self.own.sectors is not None else GENERAL)

    def base(self, names: Iterable[str], on: date | None = None) -> dict[str, Floats]:
        """Base duty by line for each named column, arrays of shape (lines,), share of customs value.

        Without a day the general rates are those of the line table.
        """
        return {name: self._base(name, on) for name in names}

    def _dated(self, general: Floats, on: date | None) -> Floats:
        """Rates by line with those known by date in their place, shape (lines,)."""
        steps = self.own.steps
        return general if on is None or steps is None else steps.laid(self.lines, general, on)

    def _of_sectors(self, partner: str, on: date | None) -> Floats:
        """Duty on a partner's goods by line: of its sector, or known by heading, shape (lines,)."""
        assert self.own.sectors is not None
        applied = self.own.sectors.of(partner)[self._own_rows]
        return self._dated(np.where(self.unlisted, applied, self.table["general"]), on)

    @cached_property
    def _own_rows(self) -> NDArray[np.int64]:
        return self.own.axis.positions(self.lines.codes)

    def _lowest(self, partner: str, on: date | None) -> Floats:
        """Lowest base duty by line among the programmes open to a partner and no claim at all, shape (lines,)."""
        rates, day = self._base(self.base_column(partner, on), on), on or date.max
        for programme in self.programmes.by_symbol.values():
            if programme.kind != "use" and programme.open_to(partner, day):
                column = SPECIAL + self.programmes.column(programme.symbol, partner, day)
                rates = np.minimum(rates, self._column(column, on))
        return rates

    def _column(self, name: str, on: date | None) -> Floats:
        """A column of base duties, kept: partners under one agreement share it."""
        if (name, on) not in self._columns:
            if len(self._columns) >= FEW_COLUMNS:
                self._columns.clear()
            self._columns[name, on] = self._base(name, on)
        return self._columns[name, on]

    def _base(self, name: str, on: date | None) -> Floats:
        general = self._dated(self.table["general"], on)
        if name == GENERAL:
            return general
        if name == ZERO:
            return np.zeros(len(self.lines))
        if name.startswith(OF_SECTOR):
            return self._of_sectors(name.removeprefix(OF_SECTOR), on)
        if name.startswith(BEST):
            return self._lowest(name.removeprefix(BEST), on)
        if name.startswith(COLUMN_2):
            other = np.where(np.isnan(self.table["other"]), general, self.table["other"])
            return self.column_2.base(name, self.lines, general, other, on)
        return self.programmes.base(name.removeprefix(SPECIAL), self.lines, general, on)

    def trade_columns(self, partners: Sequence[str]) -> tuple[PartnerColumn, ...]:
        """Two columns per partner, without and with a claim.

        In the trade of the embedded tables a claim is what pays no base duty; elsewhere it takes the best programme.
        """
        columns: list[PartnerColumn] = []
        for partner in partners:
            columns.append(PartnerColumn(partner, False, self.base_column(partner, None)))
            columns.append(PartnerColumn(partner, True, ZERO if self.file.schedule.table else BEST + partner))
        return tuple(columns)

    def shares(self, law: Law, context: str, overrides: Mapping[str, float] | None = None) -> Shares:
        """Shares of every aspect by line, for trade as a whole or one good ("trade", "line").

        One good is as its papers say, without a claim they do not make; `PRESUMED` takes the average in trade for that.
        `overrides` sets an aspect (or steel_content, aluminum_content, copper_content) for all lines.
        """
        given = check_overrides(law, overrides or {})
        shares: dict[str, Floats] = {}
        for aspect in law.aspects.values():
            if aspect.id != PREFERENCE and aspect.above is None:
                own = tuple(sorted((k, v) for k, v in given.items() if k == aspect.id or aspect.id == "metal"))
                key = (id(aspect), context, own)
                if key not in self._shares:
                    self._shares[key] = (aspect, self._aspect_shares(aspect, context, given))
                shares[aspect.id] = self._shares[key][1]
        for aspect in law.aspects.values():
            if aspect.above is not None:
                of, limit = aspect.above
                shares[aspect.id] = (shares[of].sum(axis=0) > limit)[None, :].astype(np.float64)
        return Shares(self.lines, shares)

    def _aspect_shares(self, aspect: Aspect, context: str, given: Mapping[str, float]) -> Floats:
        if aspect.id == "metal":
            named = any(f"{metal}_content" in given for metal in METALS)
            silent = 0.0 if named or context == "line" else None
            rows = [self._metal(metal, given.get(f"{metal}_content", silent)) for metal in METALS]
            return self._all_of_one(aspect, np.stack(rows), given)
        trade = self._with_table(aspect, prefix_shares(self.lines, aspect.trade, aspect.by_prefix))
        mixed = (trade > 0.0) & (trade < 1.0) & (context == PRESUMED)
        value = trade if context == "trade" else np.where(mixed, trade, self._alone(aspect, trade))
        if aspect.id in given:
            value = np.full(len(self.lines), given[aspect.id])
        if aspect.counts_from is not None:
            return content_states(value, aspect.counts_from)
        return value[None, :]

    def _alone(self, aspect: Aspect, trade: Floats) -> Floats:
        """Shares assumed of one good: what is set for its code, else what trade is wherever that is of one kind.

        A mixture, as trade may be, one good cannot be; there the aspect says what is presumed.
        """
        alone = prefix_shares(self.lines, aspect.line, aspect.line_by_prefix)
        if aspect.presumed:
            return alone
        named = self.lines.longest_prefix(list(aspect.line_by_prefix)) >= 0
        return np.where(~named & ((trade == 0.0) | (trade == 1.0)), trade, alone)

    def _with_table(self, aspect: Aspect, value: Floats) -> Floats:
        """Shares of a table where it has the line and no prefix was named."""
        if not aspect.table:
            return value
        table = self._table_shares(aspect.table)
        named = self.lines.longest_prefix(list(aspect.by_prefix)) >= 0
        return np.where(named | np.isnan(table), value, table)

    def _table_shares(self, name: str) -> Floats:
        path = self.lawbook / name
        if name.endswith(".csv"):
            stored = once(self.lawbook)
            codes, share = read_shares(path, name) if stored is None else stored.shares[name]
        else:
            table = arrays(name)
            codes, share = table["code"].tolist(), table["share"].tolist()
        row = self.lines.longest_prefix(codes)
        return np.asarray([*share, np.nan])[row]

    def _all_of_one(self, aspect: Aspect, shares: Floats, given: Mapping[str, float]) -> Floats:
        """Shares of metals where goods under some prefixes are one metal but for what is given of the others."""
        named = any(f"{metal}_content" in given for metal in METALS)
        for prefix, metal in aspect.whole.items():
            if f"{metal}_content" not in given:
                row, lines = aspect.state(metal) - 1, self.lines.mask([prefix])
                shares[:, lines] *= float(named)
                shares[row, lines] = 0.0
                shares[row, lines] = 1.0 - shares[:, lines].sum(axis=0)
        return shares

    def _metal(self, metal: str, given: float | None) -> Floats:
        if given is not None:
            return np.full(len(self.lines), given)
        table = arrays("metal_content")
        by_code = dict(zip(table["bea_detail"].tolist(), table[metal].tolist(), strict=True))
        return np.asarray([by_code.get(code, 0.0) for code in self.table["bea_detail"].tolist()])

    def bounds(self, law: Law, overrides: Mapping[str, float] | None = None) -> tuple[Shares, Shares]:
        """Lowest and highest plausible shares of every aspect by line; aspects set by the user have no range."""
        given = check_overrides(law, overrides or {})
        default = self.shares(law, "trade", overrides).by_aspect
        sides: list[dict[str, Floats]] = [{}, {}]
        for name, share in default.items():
            fixed = name in given or law.aspects[name].above is not None
            fixed |= name == "metal" and any(f"{m}_content" in given for m in METALS)
            for side, bound in zip(sides, law.aspects[name].bounds, strict=True):
                side[name] = share if fixed else _toward(law.aspects[name], share, bound)
        return Shares(self.lines, sides[0]), Shares(self.lines, sides[1])

    def space(
        self,
        law: Law,
        columns: Sequence[PartnerColumn],
        *,
        context: str = "trade",
        overrides: Mapping[str, float] | None = None,
        on: date | None = None,
        keep_states: bool = False,
    ) -> Space:
        """The law compiled on all lines for some columns."""
        given = dict(overrides or {})
        base = self.base({column.base for column in columns}, on)
        if "base" in given:
            base = {name: np.full(len(self.lines), given["base"]) for name in base}
        shares = self.shares(law, context, given)
        return build_space(law, self.lines, columns, shares, base, self.painter, keep_states=keep_states)

    def only(self, codes: Sequence[str]) -> Importer:
        """The same importer with only some of its lines; kept, with what is painted on them, as days share lines."""
        key = tuple(codes)
        if key not in self._only:
            if len(self._only) >= FEW_PARTS:
                self._only.clear()
            table = self.table.take(np.sort(self.lines.positions(key)))
            axis = Axis.of("line", key)
            self._only[key] = Importer(self.iso3, axis, table, self.countries, self.programmes, self.file, self.own)
        return self._only[key]


def _programmes(file: ImporterFile) -> Programmes:
    stored = once(file.folder)
    if stored is not None:
        return stored.programmes
    from detente.data.lawbook import programmes_of

    return programmes_of(file)


@memoized
def _column_2(folder: Path) -> Column2:
    stored = once(folder)
    if stored is not None:
        rulings = stored.law.rulings
    else:
        from detente.data.lawbook import read_rulings

        rulings = read_rulings(folder)
    return Column2(tuple(ruling for ruling in rulings if ruling.column == COLUMN_2), countries())


def read_shares(path: Path, name: str) -> tuple[list[str], list[float]]:
    """Codes and shares of a list beside a lawbook."""
    from detente.data.containers import read_csv

    rows = [row for row in read_csv(path, name, ("code", "share")) if row["share"] != ""]
    return [row["code"] for row in rows], [float(row["share"]) for row in rows]


def read_law(folder: Path, iso3: str) -> Law:
    """The law of a lawbook with how far it was read, read from its files."""
    from detente.data.lawbook import read_lawbook, read_record
    from detente.law.law import check_record

    law = replace(read_lawbook(folder, iso3), record=read_record(folder))
    check_record(law)
    return law


def _no_line(lines: Axis) -> NDArray[np.bool_]:
    return np.zeros(len(lines), dtype=np.bool_)


#: Metal contents are estimates of an average product; the range takes half less and half more.
METAL_BAND = 0.5


def _toward(aspect: Aspect, share: Floats, bound: float) -> Floats:
    """Shares at one bound of an aspect."""
    if aspect.id == "metal":
        scaled = share * (1.0 - METAL_BAND if bound < 0.5 else 1.0 + METAL_BAND)
        return scaled / np.maximum(scaled.sum(axis=0), 1.0)
    if aspect.counts_from is not None:
        return np.where(share > 0, content_states(np.full(share.shape[1], bound), aspect.counts_from), 0.0)
    return np.full(share.shape, bound)


#: No base duty is higher, as a share of value.
LARGEST_BASE = 3.5


def parameter_names(law: Law) -> list[str]:
    """Names that `--set` and a scenario's `set` understand."""
    metals = [f"{metal}_content" for metal in METALS] if "metal" in law.aspects else []
    own = (a.id for a in law.aspects.values() if a.id not in ("metal", PREFERENCE) and a.above is None)
    return [*own, *metals, "base"]


def check_overrides(law: Law, given: Mapping[str, float]) -> dict[str, float]:
    """Overrides under their proper names; refuses unknown names and shares outside 0 and 1."""
    known = parameter_names(law)
    overrides: dict[str, float] = {}
    for name, value in given.items():
        proper = SET_ALIASES.get(name, name)
        if proper not in known:
            raise UnknownName("parameter", name, known, repair=f"parameters: {', '.join(known)}")
        if proper == "base":
            if not isinstance(value, ExactDuty) and not 0.0 <= value <= LARGEST_BASE:
                raise InputError(
                    f"parameter {name}",
                    f"{value:g} is no base duty",
                    f"give a share up to {LARGEST_BASE:g}: 5% is 0.05",
                )
            overrides[proper] = value
            continue
        if not 0.0 <= value <= 1.0:
            raise InputError(f"parameter {name}", f"{value:g} is not a share", "give a number from 0 to 1, as in 0.4")
        overrides[proper] = value
    if sum(overrides.get(f"{metal}_content", 0.0) for metal in METALS) > 1.0 + 1e-9:
        raise InputError("parameters", "the metal contents sum to more than 1", "lower one of them")
    return overrides


def importer(iso3: str = "USA") -> Importer:
    """The importer of that code: an ISO3 code, or the id of a union.

    Raises
    ------
    UnknownName : no folder is of that code; `importerfile.importer_id` knows names.
    """
    folder = _folder(iso3)
    return _importer(folder, stamp(folder))


def _folder(iso3: str) -> Path:
    known = lawbooks()
    if iso3 not in known:
        raise UnknownName("importer", iso3, known, repair=f"laws here: {', '.join(known)}")
    return known[iso3]


def shipped_law(iso3: str) -> Law:
    """The law of an importer without its lines and base duties; errors are those of `importer`."""
    folder = _folder(iso3)
    return _law(folder, iso3, stamp(folder))


@memoized
def _law(folder: Path, iso3: str, state: int) -> Law:
    stored = once(folder)
    return read_law(folder, iso3) if stored is None else stored.law


@memoized
def _importer(folder: Path, state: int) -> Importer:
    file = importer_file(folder)
    own = lines_of(file)
    return Importer(file.id, own.axis, own.table, countries(), _programmes(file), file, own)
