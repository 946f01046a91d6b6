"""Lines of an importer with base duties: of an embedded table, of a folder, or of sectors; programmes of preference."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError, Parameter, UnknownName, check_none, dotted
from detente.codes.axis import Floats, Ints
from detente.codes.countries import fold
from detente.data.containers import SHOWN, read_csv
from detente.data.importerfile import ImporterFile
from detente.data.library import package_folder, pl
from detente.data.limits import memoized
from detente.data.tables import COUNTED, EMBEDDED, EQUIVALENT, BaseSteps, arrays, base_steps, columns_of, read, row_of
from detente.data.usertable import NUMBER, read_table, table_kinds
from detente.law.measure import ALWAYS, FOREVER, Partners, names_partner

#: World whose applied tariffs stand in for a schedule.
WORLD = "icio-2022"

REST = "ROW"
#: Kind of a duty that is the average of a sector.
SECTOR = "sector"

SIX = "hs6"
#: Chapters that are each country's own.
SPECIAL_CHAPTERS = ("98", "99")


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
    known = known_on(own.axis, read_columns(file.folder / file.known, KNOWN))
    steps = own.steps or known.steps
    if own.steps is not None and known.steps is not None:  # the second are laid over the first
        pairs = {name: [own.steps.rows[name], rows] for name, rows in known.steps.rows.items()}
        steps = BaseSteps({name: np.concatenate(pair) for name, pair in pairs.items()})
    return Lines(own.axis, _with_known(own.table, known), known, steps, own.sectors)


def _embedded(name: str) -> Lines:
    first, others = EMBEDDED[name].columns, EMBEDDED[name].more
    codes = arrays(name, first)["code"]
    table = LineTable(name, first, others, np.argsort(codes, kind="stable"))
    return Lines(Axis("line", codes), table, steps=base_steps(name))


def _of_schedule(file: ImporterFile) -> Lines:
    """Lines of a folder's file: the latest rate of each in the table, earlier ones as dated base duties."""
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


@memoized
def subheadings() -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Subheadings of 2022 and the sector that takes most of each, shape (lines,)."""
    table = arrays("concordance_hs6_icio28")
    now = table["hs2022"]
    code, target, weight = (table[name][now] for name in ("source", "target", "weight"))
    order = np.lexsort((-weight, code))
    first = np.append(True, code[order][1:] != code[order][:-1])
    return code[order][first], target[order][first]


@memoized
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


# --- whole words of the tariff lines of an importer: the headings above a line and its own ---------------------------


TABLE = "usa_texts"


@memoized
def line_words(table: str = TABLE) -> dict[str, tuple[str, ...]]:
    """Headings above each line, widest first, and its own words at the end, by code; none without a table."""
    return {code: _parts(text) for code, text in read(table).rows()} if table else {}


def words_of_line(code: str, table: str = TABLE) -> tuple[str, ...]:
    """The same for one line; () where the table does not have it."""
    row = row_of(table, code) if table else None
    return () if row is None else _parts(row[0])


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


def joined(words: Sequence[str]) -> str:
    """Headings and own words as one text; headings that only say "other", or say it again, are left out."""
    above = [part for part in dict.fromkeys(words[:-1]) if part.lower() != "other" and part != words[-1]]
    return ": ".join([*above, words[-1]])


ASIDE = re.compile(r"\s*\([^()]*\)")
#: Where what a heading is about ends and its conditions begin.
LIMIT = re.compile(
    r",? (?:principally|designed|prepared for|put up|of a kind|whether or not|with or without|other than|not elsewhere|"
    r"including|excluding|consisting of|thereof|suitable|specially|as defined|of (?:sub)?headings?|within the meaning)"
    r"\b.*"
)

AND_OTHER = re.compile(r",? and (?:other|similar) .*")
#: Bands of numbers and engines in fewer words.
BANDS = (
    (re.compile(r"(?:exceeding|more than|over) (\S+)( [^,]+?)? but not (?:exceeding|more than|over) "), r"over \1 to "),
    (re.compile(r"\bnot (?:exceeding|more than|over) "), "up to "),
    (re.compile(r"\b(?:exceeding|more than) "), "over "),
    (re.compile(r"^(?:Of a cylinder capacity|Having engines with|Of a|Of an) (?=over|up to)"), ""),
    (re.compile(r"spark-ignition internal combustion( reciprocating)? piston engines?"), "spark-ignition engine"),
    (re.compile(r"compression-ignition internal combustion piston engines?.*"), "diesel engine"),
    (re.compile(r"^Other vehicles, "), ""),
    (re.compile(r"^Of a kind used (?:as the primary source of electrical power )?(?=for|in)"), ""),
)

#: Letters of the goods of a heading that names several.
SEVERAL = 70


def goods_name(words: Sequence[str]) -> str:
    """What goods are, from the headings above them and their own words, without conditions, no phrase cut.

    "Motor cars, with only spark-ignition engine, over 1,500 to 3,000 cc, new, up to 4 cylinders, other".
    """
    first, *rest = dict.fromkeys(words) if words else ("",)
    parts = [_shorter(part) for part in rest if not part.lower().startswith("other") or ", with" in part]
    last = ["other"] if rest and words[-1].lower().startswith("other") else []
    head = _heading(first, several=not parts)
    # A part may name goods that the heading above it names among others.
    if parts and parts[0][:1].isupper() and parts[0].split(",")[0].lower() in first.lower():
        head, parts = parts[0], parts[1:]
    named = [part if part[1:2].isupper() else f"{part[:1].lower()}{part[1:]}" for part in parts]
    return ", ".join(dict.fromkeys([head, *named, *last]))


def _heading(text: str, *, several: bool) -> str:
    """The goods of a heading; of one that names several the first, or as many as stand in a line."""
    clauses = [AND_OTHER.sub("", _plain(clause)) for clause in text.split(";")]
    named = [clause for clause in dict.fromkeys(clauses) if clause and "parts" not in clause.lower()]
    count = 1
    while several and count < len(named) and len("; ".join(named[: count + 1])) <= SEVERAL:
        count += 1
    return "; ".join(named[:count]) or _plain(text)


def _plain(text: str) -> str:
    """A text without asides and conditions."""
    bare = ASIDE.sub("", ASIDE.sub("", text)).strip()
    return LIMIT.sub("", bare).strip(" ,:") or bare


def _shorter(text: str) -> str:
    """A heading below the first: numbers as bands, without conditions."""
    bare = ASIDE.sub("", ASIDE.sub("", text)).strip()
    for pattern, instead in BANDS:
        bare = pattern.sub(instead, bare)
    return LIMIT.sub("", bare).split(";")[0].strip(" ,:") or bare


def names_of_groups(words: Sequence[Sequence[str]], keys: Sequence[str]) -> dict[str, str]:
    """Name of the goods of each group of lines: of the headings that all its lines share.

    Parameters
    ----------
    words : headings and own words of each line; keys : the group of each, as many.
    """
    return {key: goods_name(own) for key, own in _in_groups(words, keys).items()}


def _in_groups(words: Iterable[Sequence[str]], keys: Iterable[str]) -> dict[str, Sequence[str]]:
    """What the lines of each group have in common, heading by heading; the widest heading of the first at least."""
    shared: dict[str, Sequence[str]] = {}
    for key, own in zip(keys, words, strict=True):
        before = shared.get(key)
        shared[key] = own if before is None else in_common(before, own) or before[:1]
    return shared


def in_common(first: Sequence[str], second: Sequence[str]) -> Sequence[str]:
    """The headings at the beginning of both."""
    count = next((n for n, pair in enumerate(zip(first, second, strict=False)) if pair[0] != pair[1]), None)
    return first[: min(len(first), len(second)) if count is None else count]


#: How a text begins that is of the subheading.
SUBHEADING = "HS6: "


def described(lines: Axis, table: LineTable) -> list[str]:
    """Short texts of lines; where a schedule has none, of the US line that the same subheading begins with."""
    own = [text.removeprefix(SUBHEADING) for text in table["description"].tolist()]
    if all(own):
        return own
    shared = _of_subheadings()
    return [text or shared.get(code[:6], "") for text, code in zip(own, lines.codes.tolist(), strict=True)]


@memoized
def _of_subheadings() -> Mapping[str, str]:
    """What the US lines under each subheading have in common, heading by heading."""
    usa = arrays("usa_lines", ("code", "description"))
    words = (str(text).split(": ") for text in usa["description"].tolist())
    shared = _in_groups(words, (code[:6] for code in usa["code"].tolist()))
    return {six: ": ".join(parts) for six, parts in shared.items()}


# --- schedules of an importer's folder: lines with their duties, preferences, and rates known by heading and ---------


Columns = Mapping[str, NDArray[Any]]

#: Kinds of tables of a folder, as `usertables.yaml` declares them.
LINES, PREFERENCES, KNOWN = "schedule", "preferences", "known"


def heads_of_kind(name: str) -> tuple[str, ...]:
    """Names of the columns of a kind of table, in order."""
    return tuple(column.name for column in table_kinds()[name].columns)


def read_columns(path: Path, name: str) -> Columns:
    """Columns of a table of a folder, texts with "" for missing, numbers with NaN.

    Parameters
    ----------
    name : `LINES`, `PREFERENCES` or `KNOWN`.

    Raises
    ------
    InputError, Faults : what cannot be read, and every fault of a row at once.
    """
    if not path.is_file():
        known = ", ".join(sorted(other.name for other in path.parent.glob("*") if other.is_file()))
        raise InputError(f"{path.parent.name}/{path.name}", "there is no such file", f"the folder holds {known}")
    stat = path.stat()
    return _read(path, name, stat.st_size, stat.st_mtime)


@memoized
def _read(path: Path, name: str, size: int, modified: float) -> Columns:
    kind, where = table_kinds()[name], f"{path.parent.name}/{path.name}"
    frame = read_table(path, kind, where).with_columns(pl.col(pl.Date).cast(pl.String))
    lacking = {
        column.name: pl.lit(None, pl.Float64) if column.kind == NUMBER else pl.lit("")
        for column in kind.columns
        if column.name not in frame.columns
    }
    columns = columns_of(frame.with_columns(**lacking).select(heads_of_kind(name)))
    check_none([*(_faults(columns, where) if name == LINES else ())][:SHOWN])
    return columns


def _faults(columns: Columns, where: str) -> Iterator[InputError]:
    """Lines that are there twice on a day, or lack a rate."""
    codes, start, until, kind = (columns[name] for name in ("code", "from", "until", "kind"))
    order = np.lexsort((start, codes))
    first, second = order[:-1], order[1:]
    twice = (codes[first] == codes[second]) & ((until[first] == "") | (start[second] <= until[first]))
    for i in second[twice].tolist():
        yield InputError(f"{where}, row {i + 2}", f"line {codes[i]} is there twice", "give each its days, or keep one")
    for i in np.flatnonzero(np.isnan(columns["general"]) & np.isin(kind, COUNTED)).tolist():
        yield InputError(f"{where}, row {i + 2}", f"line {codes[i]} has no rate", "give general, or another kind")


@dataclass(frozen=True)
class Known:
    """Rates known by heading and date, laid on lines.

    Attributes
    ----------
    always : rate that holds on every day, shape (lines,); NaN where none is known.
    steps : those with days; None where there are none.
    source : where the rate of a line without days is written, by line.
    """

    always: Floats = field(repr=False)
    steps: BaseSteps | None
    source: Mapping[str, str] = field(repr=False)


def known_on(lines: Axis, columns: Columns) -> Known:
    """Rates of a table of `KNOWN` on an axis of lines; a longer prefix is the nearer one."""
    dated = (columns["from"] != "") | (columns["until"] != "")
    always = np.full(len(lines), np.nan)
    source: dict[str, str] = {}
    for i in _longest_last(columns["prefix"], np.flatnonzero(~dated)):
        inside = lines.slice(str(columns["prefix"][i]))
        always[inside] = columns["rate"][i]
        source |= dict.fromkeys(lines.codes[inside].tolist(), str(columns["source"][i]))
    return Known(always, _dated_rates(lines, columns, np.flatnonzero(dated)), source)


def _longest_last(prefixes: NDArray[Any], rows: NDArray[np.int64]) -> list[int]:
    return sorted(rows.tolist(), key=lambda i: (len(prefixes[i]), i))


def _dated_rates(lines: Axis, columns: Columns, rows: NDArray[np.int64]) -> BaseSteps | None:
    """Dated rates, a row a line; a later row of a longer prefix is laid over a shorter one."""
    if not rows.size:
        return None
    picked: list[int] = []
    codes: list[str] = []
    for i in _longest_last(columns["prefix"], rows):
        inside = lines.codes[lines.slice(str(columns["prefix"][i]))].tolist()
        codes += inside
        picked += [i] * len(inside)
    table = {name: columns[name][picked] for name in ("from", "until", "rate", "source", "confidence")}
    return BaseSteps({"code": np.asarray(codes, dtype=np.str_), **table})


# --- codes that left the tariff: those of older editions of the Harmonized System, and numbers that were repl --------


RETIRED = "hs6_retired"
#: Most successors a refusal names.
MOST = 8


@memoized
def _rows() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Retired subheading -> first edition without it, subheadings of 2022 that hold its goods."""
    table = arrays(RETIRED)
    columns = (table[name].tolist() for name in ("code", "edition", "successors"))
    return {code: (edition, tuple(new.split())) for code, edition, new in zip(*columns, strict=True)}


def successors(code: str, lines: Axis) -> tuple[str, ...]:
    """Subheadings of a tariff where the goods of a retired one are now; none where it did not retire.

    Parameters
    ----------
    code : digits, six or more.
    """
    _, codes = _rows().get(code[:6], ("", ()))
    return tuple(new for new in codes if lines.slice(new).stop > lines.slice(new).start)


def of_earlier_edition(code: str, on: date) -> bool:
    """Whether a code that retired from the Harmonized System was still in it on a day."""
    edition, _ = _rows().get(code[:6], ("", ()))
    return bool(edition) and str(on.year) < edition


def editions() -> tuple[str, ...]:
    """Years of the editions of the Harmonized System from which codes retired, in order."""
    return tuple(sorted({edition for edition, _ in _rows().values()}))


def check_edition(code: str, lines: Axis, where: str = "") -> None:
    """Refuse a code of an older edition of the Harmonized System, with its successors; silent about all others."""
    heirs = successors(code, lines)
    if not heirs:
        return
    edition, _ = _rows()[code[:6]]
    named = " or ".join(f"'{dotted(new)}'" for new in heirs[:MOST]) + (" or another" if len(heirs) > MOST else "")
    raise InputError(
        where,
        f"'{dotted(code)}' is of an older tariff: {dotted(code[:6])} left the Harmonized System with its edition of "
        f"{edition}",
        f"did you mean {named}? Its goods are there now",
    )


@memoized
def renumbered(folder: Path) -> dict[str, tuple[str, ...]]:
    """Statistical numbers that took the place of one that left a tariff; none where its folder knows none."""
    path, heirs = folder / "renumbered.csv", dict[str, tuple[str, ...]]()
    for row in read_csv(path, path.name, ("code", "successor")) if path.exists() else ():
        heirs[row["code"]] = (*heirs.get(row["code"], ()), row["successor"])
    return heirs


# --- anti-dumping and countervailing orders, as a flag: the rates go by producer and are not on record ---------------


@dataclass(frozen=True, slots=True)
class Order:
    """An order of the United States on goods of a country.

    Attributes
    ----------
    case : its number, "" where it is not known. kind : AD or CVD. goods : in words.
    codes : beginnings of tariff codes that its scope names for convenience; the written scope decides.
    start, end : ISO days on which it began and ended, "" where that is not known, or it has not ended.
    """

    case: str
    kind: str
    goods: str
    codes: tuple[str, ...]
    start: str
    end: str

    @property
    def name(self) -> str:
        """Case and goods."""
        return f"{self.case or self.kind} {self.goods}"


@memoized
def _orders() -> dict[str, dict[str, list[Order]]]:
    """Orders by country and by each of their codes."""
    orders: dict[str, dict[str, list[Order]]] = {}
    for row in read_csv(package_folder() / ORDERS, ORDERS, ("goods", "codes", "cases", "read")):
        codes = tuple(row["codes"].split())
        for text in row["cases"].split():
            case, kind, country, start, end = text.split(":")
            order = Order(case, kind, row["goods"], codes, start, end)
            for prefix in codes:
                orders.setdefault(country, {}).setdefault(prefix, []).append(order)
    return orders


ORDERS, LONGEST_CODE = "orders.csv", 10


def orders_on(code: str, partner: str, on: date | None = None) -> tuple[Order, ...]:
    """Orders that may cover goods of a country under a code, by its digits, on a day or on any; by case."""
    known = _orders().get(partner, {})
    own = {order for n in range(len(code) + 1) for order in known.get(code[:n], ())}
    if len(code) < LONGEST_CODE:  # a code that stands for several
        own |= {order for prefix, orders in known.items() if prefix.startswith(code) for order in orders}
    day = "" if on is None else on.isoformat()
    holds = (order for order in own if not day or order.start <= day < (order.end or "9"))
    return tuple(sorted(holds, key=lambda order: (order.case, order.goods)))


def order_names(orders: Sequence[Order], most: int = 3) -> str:
    """Orders in words, the first of them and how many more."""
    more = f" and {len(orders) - most} more" if len(orders) > most else ""
    return f"{', '.join(order.name for order in orders[:most])}{more}"


# --- preference programmes: who may claim which special rate, and what the rate is -----------------------------------
#
# Most rates stand in the special column of the tariff under the symbol of the programme. Some programmes free goods by
# headings of chapter 98 besides, apparel above all; those are written in the file of programmes as `free`.

#: Words that claim whatever agreement the partner has.
ANY = ("FTA", "yes", "preference")


@dataclass(frozen=True, slots=True)
class Grant:
    """Goods that a programme frees of base duty by headings of chapter 98.

    Attributes
    ----------
    codes : prefixes of the goods.
    partners : None means every partner of the programme.
    """

    heading: str
    codes: tuple[str, ...]
    partners: tuple[Partners, ...] | None

    def open_to(self, partner: str, on: date) -> bool:
        """Whether it is for goods of a partner on a day."""
        return names_partner(self.partners, partner, on)


@dataclass(frozen=True, slots=True)
class Programme:
    """One column symbol of the special rates.

    Attributes
    ----------
    free : goods freed by headings of chapter 98.
    only : beginnings of the goods it is for; empty = all goods.
    aspect : fact about the goods that its claim says is true of them whole; "" = none.
    lapse : first and last day on which it had lapsed, until a later text revived it back to the first of them.
    """

    symbol: str
    also: tuple[str, ...]
    name: str
    title: str
    kind: str
    aliases: tuple[str, ...]
    partners: tuple[Partners, ...] | None
    start: date = ALWAYS
    end: date = FOREVER
    free: tuple[Grant, ...] = ()
    only: tuple[str, ...] = ()
    lapse: tuple[date, date] | None = None
    aspect: str = ""

    def open_to(self, partner: str, on: date) -> bool:
        """Whether goods of the partner may claim it on a day."""
        return self.start <= on <= self.end and names_partner(self.partners, partner, on)

    def covers(self, codes: Iterable[str]) -> bool:
        """Whether it is for all goods under some codes."""
        return not self.only or all(code.startswith(self.only) for code in codes)

    def lapsed(self, on: date) -> bool:
        """Whether by the texts of the day it had lapsed."""
        return self.lapse is not None and self.lapse[0] <= on <= self.lapse[1]


@dataclass(frozen=True)
class Programmes:
    """The programmes of one importer, with a reader of their rates."""

    by_symbol: Mapping[str, Programme]
    table: str = ""
    rates: Path | None = None

    def _rows(self) -> Mapping[str, NDArray[Any]]:
        """Special rates: code, programme, rate, days."""
        if self.rates is not None:
            return read_columns(self.rates, PREFERENCES)
        return arrays(self.table, RATES) if self.table else NO_RATES

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Days on which some programme begins, lapses or changes a rate, in order."""
        spans = [(p.start, p.end) for p in self.by_symbol.values()]
        spans += [(s.start, s.end) for p in self.by_symbol.values() for s in p.partners or ()]
        starts = {start for start, _ in spans if start != ALWAYS}
        ends = {end + timedelta(1) for _, end in spans if end != FOREVER}
        return tuple(sorted({*starts, *ends, *BaseSteps(self._rows()).edges}))

    @cached_property
    def _names(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for symbol, programme in self.by_symbol.items():
            for name in (symbol, *programme.also, programme.name, programme.title, *programme.aliases):
                names.setdefault(fold(name), symbol)
        return names

    def claimed(self, text: str, partner: str, on: date, *, published: bool = False) -> str:
        """Symbol of a claimed programme; refuses unknown names and partners outside it.

        With `published` the texts of the day count, by which a programme renewed later had lapsed.
        """
        if fold(text) in {fold(word) for word in ANY}:
            return self._any(partner, on)
        symbol = self._names.get(fold(text))
        if symbol is None:
            known = [p.name for p in self.by_symbol.values()]
            raise UnknownName("programme", text, [*known, *self._names], Parameter("claim"), "as in USMCA or KORUS")
        programme = self.by_symbol[symbol]
        if not programme.open_to(partner, on):
            raise InputError(
                Parameter("claim"),
                f"goods of {partner} cannot claim {programme.name} on {on}",
                self._offer(partner, on),
            )
        if published and programme.lapsed(on):
            raise InputError(
                Parameter("claim"),
                f"{programme.name} had lapsed by the texts of {on}",
                "leave it out, or take the reading effective: it was renewed back to the day of the lapse",
            )
        return symbol

    def aspect(self, symbol: str) -> str:
        """Fact about the goods that the claim of a programme says is true; "" where it says none."""
        return self.by_symbol[symbol].aspect if symbol else ""

    def check_goods(self, symbol: str, codes: Iterable[str]) -> None:
        """Refuse the claim of a programme that is not for the goods."""
        programme = self.by_symbol[symbol]
        if not programme.covers(codes):
            raise InputError(
                Parameter("claim"), f"{programme.name} is not for these goods", "claim another programme, or none"
            )

    def freed_under(self, column: str, code: str) -> str:
        """Heading of chapter 98 under which goods are free in a column of `column`; "" where none frees them."""
        symbol, *headings = column.split("/")
        grants = (g for g in self.by_symbol[symbol].free if g.heading in headings)
        return next((g.heading for g in grants if code.startswith(g.codes)), "")

    def column(self, symbol: str, partner: str, on: date | None) -> str:
        """Name of the column of rates of a programme, with the headings of chapter 98 open to a partner on a day."""
        grants = self.by_symbol[symbol].free if on is not None else ()
        return "/".join((symbol, *(g.heading for g in grants if on is not None and g.open_to(partner, on))))

    def _any(self, partner: str, on: date) -> str:
        open_now = [p for p in self.by_symbol.values() if p.kind == "agreement" and p.open_to(partner, on)]
        if not open_now:
            raise InputError(
                Parameter("claim"), f"{partner} has no trade agreement to claim on {on}", "leave the claim out"
            )
        return open_now[0].symbol

    def _offer(self, partner: str, on: date) -> str:
        open_now = [p.name for p in self.by_symbol.values() if p.kind != "use" and p.open_to(partner, on)]
        return f"it may claim {' or '.join(open_now)}" if open_now else "leave the claim out"

    def base(self, column: str, lines: Axis, general: NDArray[np.float64], on: date | None) -> NDArray[np.float64]:
        """Base duty by line in a column of `column`; the general rate where the line has none; shape (lines,)."""
        symbol, *headings = column.split("/")
        programme = self.by_symbol[symbol]
        rates = np.where(np.isnan(special := self._printed(programme, lines, on)), general, special)
        for grant in (g for g in programme.free if g.heading in headings):
            rates[lines.mask(grant.codes)] = 0.0
        return rates

    def text(self, symbol: str, code: str, on: date) -> str:
        """What the special rate of a line says where it is no share of value; "" where it is one, or there is none."""
        table = self._rows_of(self.by_symbol[symbol])
        if "text" not in table:
            return ""
        day = on.isoformat()
        prefixes = [code[:n] for n in range(1, len(code) + 1)]
        here = np.flatnonzero(np.isin(table["code"], prefixes))
        of_day = [i for i in here.tolist() if table["from"][i] <= day and (table["until"][i] or day) >= day]
        nearest = max(of_day, key=lambda i: len(table["code"][i]), default=None)
        return "" if nearest is None or not np.isnan(table["rate"][nearest]) else str(table["text"][nearest])

    @cached_property
    def _own_rows(self) -> dict[str, Mapping[str, NDArray[Any]]]:
        return {}

    @cached_property
    def _places(self) -> dict[str, tuple[Axis, Mapping[str, NDArray[Any]]]]:
        return {}

    def _rows_of(self, programme: Programme) -> Mapping[str, NDArray[Any]]:
        """Special rates under the symbols of one programme, looked out once as they are asked for day by day."""
        if programme.symbol not in self._own_rows:
            table = self._rows()
            chosen = np.isin(table["programme"], [programme.symbol, *programme.also])
            names = (*RATES, *(["text"] if "text" in table else []))
            self._own_rows[programme.symbol] = {name: table[name][chosen] for name in names}
        return self._own_rows[programme.symbol]

    def _places_of(self, programme: Programme, lines: Axis) -> Mapping[str, NDArray[Any]]:
        """Which of some lines are under each code of a programme; kept for the most lines that were asked for."""
        kept = self._places.get(programme.symbol)
        if kept is not None and kept[0] is lines:
            return kept[1]
        codes = self._rows_of(programme)["code"]
        lo, hi = lines.bounds(codes.tolist())
        places = {"length": np.char.str_len(codes), "lo": lo, "hi": hi}
        if kept is None or len(lines) >= len(kept[0]):
            self._places[programme.symbol] = lines, places
        return places

    def _printed(self, programme: Programme, lines: Axis, on: date | None) -> NDArray[np.float64]:
        """Special rate by line as printed under the symbols of a programme, NaN where there is none; shape (lines,)."""
        table, places = self._rows_of(programme), self._places_of(programme, lines)
        day = "" if on is None else on.isoformat()
        if day:
            chosen = (table["from"] <= day) & ((table["until"] == "") | (day <= table["until"]))
        else:
            chosen = table["until"] == ""
        row = lines.longest_of(*(places[name][chosen] for name in ("length", "lo", "hi")))
        return np.append(table["rate"][chosen], np.nan)[row]


RATES = ("code", "programme", "rate", "from", "until")
NO_RATES: Mapping[str, NDArray[Any]] = {
    name: np.zeros(0, dtype=np.float64 if name == "rate" else np.str_) for name in RATES
}
