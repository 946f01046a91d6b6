"""Lawbooks: an importer's folder of YAML files, one measure a file, read into a Law.

The folder path is the table of contents. Beside the measures lie `importer.yaml`, `authorities.yaml`, `aspects.yaml`,
`stacking.yaml`, `rulings.yaml`, `programmes.yaml`, `frontier.yaml` and `cases.yaml`; long lists of lines lie in CSV
files beside the measure that uses them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import DetenteError, InputError, UnknownName, check_none, each_fault
from detente.codes.days import LAPSED
from detente.data.containers import check_columns, read_csv
from detente.data.containers import read_rows as list_rows
from detente.data.importer_lines import Grant, Programme, Programmes
from detente.data.importerfile import NAME as IMPORTER
from detente.data.importerfile import ImporterFile, importer_file
from detente.data.lawrows import (
    AheadRow,
    AspectRow,
    AuthorityRow,
    Conditions,
    FrontierFile,
    GapRow,
    GoodsRow,
    GrantRow,
    MeasureFile,
    PeriodRow,
    ProgrammeRow,
    RuleRow,
    RulingRow,
    SharesRow,
)
from detente.data.limits import memoized
from detente.data.models import (
    CODE_LENGTHS,
    Line,
    lines_of,
    model_of,
    read_model,
    read_rows,
    record_of,
)
from detente.data.tables import EMBEDDED, countries
from detente.data.yamlfile import as_date, read_yaml
from detente.law.duty import unit_named
from detente.law.headings import read_headings
from detente.law.law import (
    RENEWED,
    Authority,
    Clause,
    Fate,
    Foreseen,
    Gap,
    Law,
    LawRecord,
    Ruling,
    Source,
    check_conditions,
    check_periods,
    check_ranges,
    check_selectors,
)
from detente.law.measure import (
    ALWAYS,
    FOREVER,
    Aspect,
    Displacement,
    Goods,
    Measure,
    MeasureKind,
    MinimumPrice,
    Period,
    Where,
)
from detente.law.measure import Rate as DutyRate

FRONTIER, PROGRAMMES, RULINGS, STACKING = "frontier.yaml", "programmes.yaml", "rulings.yaml", "stacking.yaml"
#: Files of a folder that are no measures.
SPECIAL = (
    "authorities.yaml", "aspects.yaml", STACKING, "cases.yaml", PROGRAMMES, FRONTIER, "audit.yaml", IMPORTER,
    "powers.yaml", RULINGS,
)  # fmt: skip

DOLLARS: Mapping[str, float] = {"USD": 1.0}
PRICE = re.compile(r"(\d+(?:\.\d+)?) ([A-Z]{3})/(\S+)")


# --- an importer's folder --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reader:
    """Where a lawbook is read from."""

    root: Path
    per_usd: Mapping[str, float] = field(default_factory=lambda: DOLLARS, repr=False, compare=False)
    lists: dict[Path, tuple[list[str], list[list[str]]]] = field(default_factory=dict, repr=False, compare=False)

    def rows(self, path: Path, required: Sequence[str]) -> tuple[list[str], list[list[str]]]:
        """Header and rows of a list, which many blocks may share; refused as in `read_csv`."""
        where = self.short(path)
        if path in self.lists:
            check_columns(self.lists[path][0], where, required)
        else:
            self.lists[path] = list_rows(path, where, required)
        return self.lists[path]

    def short(self, path: Path) -> str:
        """Path as shown to the reader."""
        text, above = str(path), f"{self.root.parent}{os.sep}"
        return text.removeprefix(above)

    def entries(self, name: str, kind: Any, checks: Callable[[Any, str], Iterable[InputError]] | None = None) -> Any:
        """Rows of a file of the lawbook; none where there is no such file."""
        path = self.root / name
        if not path.exists():
            return ()
        return read_rows(kind, path, self.short(path), checks)


def read_lawbook(root: Path, importer: str) -> Law:
    """The law in a lawbook folder, complete in itself; of a lawbook of the package as it is stored."""
    law = read_layer(root, importer)
    check_law(law)
    return law


def read_layer(root: Path, importer: str) -> Law:
    """What a folder, or a single measure file, says: a layer to lay on top of another law, not yet checked."""
    if root.is_file():
        return Law(importer, read_measures(root, Reader(root.parent)))
    if not root.is_dir():
        raise InputError(str(root), "there is no such file or folder", "check the path")
    if not measure_files(root) and not any((root / name).exists() for name in SPECIAL):
        raise InputError(str(root), "holds no YAML measures", "see docs/add_a_measure.md")
    file = importer_file(root) if (root / IMPORTER).exists() else None
    reader = Reader(root, DOLLARS if file is None else {**DOLLARS, file.currency: file.per_usd})
    authorities = tuple(record_of(Authority, row) for row in reader.entries("authorities.yaml", AuthorityRow))
    aspects = {row.id: _aspect(row) for row in reader.entries("aspects.yaml", AspectRow, _aspect_faults)}
    measures = tuple(measure for path in measure_files(root) for measure in read_measures(path, reader))
    source = reader.short(root / STACKING)
    rules = tuple(record_of(Displacement, row, source=source) for row in reader.entries(STACKING, RuleRow))
    return Law(importer, measures, rules, authorities, aspects, rulings=read_rulings(root))


def read_own(root: Path, importer: str) -> Law:
    """A user's layer, with how far it was read if its folder says so; see `read_layer`."""
    layer = read_layer(root, importer)
    for ruling in layer.rulings:
        if ruling.column:
            repair = "write a measure on goods of the partner"
            raise InputError(ruling.place, "sets base duties, which a layer cannot change", repair)
    return replace(layer, record=read_record(root)) if root.is_dir() else layer


def check_law(law: Law) -> None:
    """Refuse unknown authorities, selectors that name nothing and rates out of range."""
    known = [authority.id for authority in law.authorities]
    for m in law.measures:
        if m.authority not in known:
            raise UnknownName("authority", m.authority, known, m.source, f"known: {', '.join(known)}")
    check_selectors(law)
    check_ranges(law)
    check_conditions(law)
    check_periods(law)


def measure_files(root: Path) -> list[Path]:
    """Files of measures under a folder, sorted by path."""
    return sorted(path for path in root.rglob("*.yaml") if path.name not in SPECIAL)


def _aspect(row: AspectRow) -> Aspect:
    line, trade = (
        shares if isinstance(shares, SharesRow) else SharesRow(default=shares) for shares in (row.line, row.trade)
    )
    return record_of(
        Aspect, row, title=row.title or row.id, line=line.default, line_by_prefix=line.by_prefix, trade=trade.default,
        by_prefix=trade.by_prefix, table=trade.table or line.table, above=next(iter(row.above.items()), None),
    )  # fmt: skip


def _aspect_faults(rows: Sequence[AspectRow], where: str) -> Iterator[InputError]:
    for row in rows:
        place, bounds, share = f"{where}, {row.id}", row.bounds, row.counts_from
        if len(bounds) != 2 or not 0.0 <= bounds[0] <= bounds[1] <= 1.0:
            repair = "as in bounds: [0, 0.5]"
            yield InputError(f"{place}.bounds", "should be two shares, the lower one first", repair)
        if share is not None and (len(row.states) != 3 or not 0.0 < share < 1.0):
            what = "is a share of a content with three states"
            yield InputError(f"{place}.counts_from", what, "as in counts_from: 20%")


# --- a measure -------------------------------------------------------------------------------------------------------


def read_measures(path: Path, reader: Reader) -> tuple[Measure, ...]:
    """The measures of a YAML file: one, or where `each` names a column of its list one for every rate in it."""
    content = read_yaml(path, reader.short(path))
    each = _for_each(content, path, reader) if isinstance(content, dict) and "each" in content else [content]
    return tuple(measure_of(part, path, reader, lines_of(path)) for part in each)


def _for_each(content: dict[str, Any], path: Path, reader: Reader) -> Iterator[dict[str, Any]]:
    """The content of a file once for each rate in a column of its list, in per cent, in the place of the word each."""
    where = reader.short(path)
    column, block, given = content["each"], content.get("goods"), content.get("periods")
    if not isinstance(block, list) or len(block) != 1 or not isinstance(block[0], dict) or not block[0].get("list"):
        raise InputError(where, "'each' needs one block of goods with a list", "as in goods: [{list: rates.csv}]")
    if not isinstance(column, str) or not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise InputError(where, "'each' needs the name of a column and a list of periods", "as in each: rate")
    header, rows = reader.rows(_beside(path, block[0]["list"], where, reader), ("code", column))
    rates = {row[header.index(column)] for row in rows}
    kept = {key: value for key, value in content.items() if key != "each"}
    for rate in sorted(rates, key=lambda text: (len(text), text)):
        yield kept | {
            "id": f"{content.get('id')}_{rate.replace('.', '_')}",
            "title": f"{content.get('title')}: {rate} per cent",
            "goods": [{**block[0], "rows": {**(block[0].get("rows") or {}), column: rate}}],
            "periods": [{k: f"{rate}%" if v == "each" else v for k, v in row.items()} for row in given],
        }


def measure_of(content: Any, path: Path, reader: Reader, line: Line | None = None) -> Measure:
    """One measure from the content of its file; lists are looked up beside `path`."""
    where = reader.short(path)
    file = model_of(MeasureFile, content, where, _measure_faults, line)
    faults, blocks, periods = list[DetenteError](), list[Goods](), list[Period]()
    for block in file.goods if content["goods"] != "all" else ():
        try:
            blocks += _goods(GoodsRow(all=True) if block == "all" else block, path, reader, f"{where}, goods")
        except InputError as error:
            faults += each_fault(error)
    for row in file.periods:
        try:
            periods.append(_period(row, file.kind, path, reader, f"{where}, period from {row.start}"))
        except InputError as error:
            faults += each_fault(error)
    check_none(faults)
    goods = tuple(blocks) or (Goods(("",)),)
    return record_of(Measure, file, goods=goods, periods=tuple(periods), source=where)


def _measure_faults(file: MeasureFile, where: str) -> Iterator[InputError]:
    if file.up_to is not None and file.kind is not MeasureKind.REGIME:
        yield InputError(f"{where}, up_to", "belongs to a regime for small parcels", "leave it out")
    for block in file.goods:
        if isinstance(block, GoodsRow):
            if not (block.list or block.all or block.codes):
                what = "a block of goods has neither codes nor a list"
                yield InputError(f"{where}, goods", what, 'add codes: ["8703.22"]')
            yield from _in_order(block.start, block.end, f"{where}, goods")
    for row in file.periods if file.kind is MeasureKind.DUTY else ():
        given = [name for name in ("rate", "floor", "table") if getattr(row, name) is not None]
        place = f"{where}, period from {row.start}"
        if len(given) != 1:
            yield InputError(place, f"has {len(given)} of rate, floor and table", "give exactly one of them")
        elif given == ["table"] and not row.column:
            yield InputError(place, "names a table and no column", "name the column of the table, as column: rate")


def _in_order(start: date, end: date, where: str) -> Iterator[InputError]:
    if end < start:
        yield InputError(where, f"a span ends {end} before it begins {start}", "swap the days")


def _where(given: Conditions | None) -> Where:
    return tuple((aspect, frozenset(states)) for aspect, states in (given or {}).items())


def _period(row: PeriodRow, kind: MeasureKind, path: Path, reader: Reader, label: str) -> Period:
    headings = _partner_headings(_beside(path, row.headings, label, reader), reader) if row.headings else {}
    rate = _rate(row, path, reader, label) if kind is MeasureKind.DUTY else None
    price = price_of(row, kind, label, reader.per_usd)
    return record_of(Period, row, rate=rate, where=_where(row.where), minimum=price, headings=headings)


def price_of(
    row: PeriodRow, kind: MeasureKind, where: str, per_usd: Mapping[str, float] = DOLLARS
) -> MinimumPrice | None:
    """The minimum price of a period, the least amount of its duty, or the flat amount of a regime; None without one.

    Parameters
    ----------
    per_usd : how much of each currency that may be written a dollar buys.
    """
    if kind is MeasureKind.MINIMUM:
        price = _usd_and_unit(row.minimum, per_usd)
        if price is None:
            repair = f"write it as in minimum: 21 {'/kg or '.join(per_usd)}/kg"
            raise InputError(where, "has no minimum price", repair)
        return MinimumPrice(*price, whole=row.whole)
    name = "flat" if kind is MeasureKind.REGIME or row.flat is not None else "least"
    given = getattr(row, name)
    price = _usd_and_unit(given, per_usd)
    if given is None:
        return None
    if name == "flat" and (price is None or kind is not MeasureKind.REGIME):
        raise InputError(where, "'flat' is the amount that a regime for small parcels asks", "as in flat: 3 USD/each")
    if price is None or (name == "least" and (kind is not MeasureKind.DUTY or row.rate is None)):
        raise InputError(where, "'least' is the least amount of a duty with a rate", "as in least: 6000 USD/each")
    return MinimumPrice(*price, whole=True)


def _usd_and_unit(value: str | None, per_usd: Mapping[str, float]) -> tuple[float, str] | None:
    """USD and unit of a text such as "21 USD/kg" or "40 EUR/t"; None where it is none."""
    match = PRICE.fullmatch(value or "")
    unit = unit_named(match[3]) if match and match[2] in per_usd else None
    return None if match is None or unit is None else (float(match[1]) / per_usd[match[2]] / unit[1], unit[0])


def _rate(row: PeriodRow, path: Path, reader: Reader, where: str) -> DutyRate:
    if row.table is not None:
        with _inside(where):
            return DutyRate(by_partner=_rate_table(_beside(path, row.table, where, reader), row.column, reader))
    return DutyRate(row.floor, floor=True) if row.rate is None else DutyRate(row.rate, floor=False)


@contextmanager
def _inside(where: str) -> Iterator[None]:
    """Mistakes in a list say of which measure it is."""
    try:
        yield
    except InputError as error:
        raise (error if error.where.startswith(where) else error.inside(where)) from None


def _beside(path: Path, name: str, where: str, reader: Reader) -> Path:
    """A list that a measure names, beside its file."""
    file = path.parent / name
    if file not in reader.lists and not file.is_file():
        known = [other.name for other in path.parent.glob("*.csv")]
        raise UnknownName("list", name, known, where, "put it beside the measure")
    return file


def _by_partner(path: Path, reader: Reader, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows of a list by partner, the members of a group each on its own; one that is there twice is refused."""
    where, seen = reader.short(path), set[str]()
    for row in read_csv(path, where, columns):
        for code in countries().expand(row["partner"], None, where):
            if code in seen:
                raise InputError(where, f"partner '{code}' is there twice", "keep one row")
            seen.add(code)
            yield code, row


def _rate_table(path: Path, column: str, reader: Reader) -> dict[str, float]:
    rates: dict[str, float] = {}
    for code, row in _by_partner(path, reader, ("partner", column)):
        if row[column] == "":
            continue
        try:
            rates[code] = float(row[column])
        except ValueError:
            what = f"'{row[column]}' is not a number"
            raise InputError(reader.short(path), what, "write shares as 0.25") from None
    return rates


def _partner_headings(path: Path, reader: Reader) -> dict[str, tuple[str, str]]:
    """Headings by partner from a list, each with that of goods that meet a floor already, or again the same."""
    headings: dict[str, tuple[str, str]] = {}
    for code, row in _by_partner(path, reader, ("partner", "heading")):
        for text in (row["heading"], row.get("met", "")):
            read_headings(text, reader.short(path))
        headings[code] = (row["heading"], row.get("met") or row["heading"])
    return headings


def _goods(block: GoodsRow, path: Path, reader: Reader, where: str) -> list[Goods]:
    condition = _where(block.where)

    def goods(prefixes: Iterable[str], less: Iterable[str], first: date, last: date, source: str) -> Goods:
        codes, left_out = tuple(sorted(set(prefixes))), tuple(sorted({*block.less, *less}))
        days = max(first, block.start), min(last, block.end)
        return Goods(codes, left_out, condition, *days, source, block.published)

    if block.list:
        with _inside(where):
            file = _beside(path, block.list, where, reader)
            return _listed(file, {name: set(values) for name, values in (block.rows or {}).items()}, reader, goods)
    return [goods(("",) if block.all else block.codes, (), ALWAYS, FOREVER, where)]


def _listed(path: Path, wanted: dict[str, set[str]], reader: Reader, goods: Callable[..., Goods]) -> list[Goods]:
    """One block for each span of days of the rows that pass the filter."""
    where = reader.short(path)
    spans: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    header, chosen = reader.rows(path, ("code", *wanted))
    code, filters = header.index("code"), [(header.index(column), values) for column, values in wanted.items()]
    start, end, but = (header.index(name) if name in header else -1 for name in ("from", "until", "except"))
    for column, values in filters:
        chosen = [row for row in chosen if row[column] in values]
    for row in chosen:
        span = (row[start] if start >= 0 else "", row[end] if end >= 0 else "")
        codes, less = spans.setdefault(span, ([], []))
        codes.append(row[code])
        if but >= 0 and row[but]:
            less += [prefix for prefix in row[but].split(";") if prefix]
    if not spans:
        chosen_by = " and ".join(f"{column} {' or '.join(sorted(values))}" for column, values in wanted.items())
        raise InputError(where, f"no row has {chosen_by}", "mend 'rows' of the measure, or the list")
    blocks: list[Goods] = []
    for (first, last), (codes, less) in spans.items():
        _check_codes(codes, where)
        days = as_date(first, where) if first else ALWAYS, as_date(last, where) if last else FOREVER
        check_none([*_in_order(*days, where)])
        block = goods(codes, less, *days, where)
        if block.start <= block.end:  # rows that join after the block has ended never count in it
            blocks.append(block)
    return blocks


def _check_codes(codes: list[str], where: str) -> None:
    joined, lengths = "".join(codes), set(map(len, codes))
    if not (joined.isascii() and joined.isdigit() and lengths <= set(CODE_LENGTHS)):
        wrong = next(c for c in codes if not (c.isascii() and c.isdigit() and len(c) in CODE_LENGTHS))
        raise InputError(where, f"'{wrong}' is not a tariff code", "write 2 to 10 digits without dots")
    if len(set(codes)) != len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        raise InputError(where, f"code '{twice}' is there twice for the same days", "keep one row")


# --- rulings, programmes and the record ------------------------------------------------------------------------------


def read_rulings(root: Path) -> tuple[Ruling, ...]:
    """Rulings of a lawbook folder; none where it has no such file.

    Raises
    ------
    InputError, UnknownName : an entry that says nothing, or names a column, partner or group nobody knows.
    """
    where = f"{root.name}/{RULINGS}"
    rows = Reader(root).entries(RULINGS, RulingRow, _ruling_faults)
    return tuple(record_of(Ruling, row, partners=frozenset(row.partners), source=where) for row in rows)


def _ruling_faults(rows: Sequence[RulingRow], where: str) -> Iterator[InputError]:
    """An entry that does nothing, two things, or sets a column for nobody; an id that is there twice."""
    for number, row in enumerate(rows):
        place, whose = f"{where}, {row.id}", row.partners or row.group
        if bool(row.voids) == bool(row.column):
            yield InputError(place, "should say either what it voids or which column it sets", "give voids or column")
        elif row.column and not whose:
            yield InputError(place, "sets a column for nobody", "add partners, or a group of countries")
        elif row.voids and (whose or row.rates):
            yield InputError(place, "voids measures for every partner", "leave partners, group and rates out")
        if row.group and row.group not in countries().groups:
            yield UnknownName("group of countries", row.group, countries().groups, place)
        if row.id in [other.id for other in rows[:number]]:
            yield InputError(place, "is there twice", "give it another id")


def programmes_of(file: ImporterFile) -> Programmes:
    """The programmes of an importer's folder; none if it has no such file."""
    rows = Reader(file.folder).entries(PROGRAMMES, ProgrammeRow)
    if not rows:
        return Programmes({})
    table = EMBEDDED.get(file.schedule.table)
    rates = file.folder / file.preferences if file.preferences else None
    made = (_programme(row, file.folder) for row in rows)
    return Programmes({p.symbol: p for p in made}, table.special if table else "", rates)


def _programme(row: ProgrammeRow, folder: Path) -> Programme:
    free = tuple(Grant(grant.heading, _freed(grant, folder), grant.partners) for grant in row.free)
    only = tuple(code for grant in free for code in grant.codes) if row.only_free else ()
    lapse = None if row.lapse is None else (row.lapse.start, row.lapse.end)
    return record_of(Programme, row, title=row.title or row.name, free=free, only=only, lapse=lapse)


def _freed(grant: GrantRow, folder: Path) -> tuple[str, ...]:
    """Beginnings of the goods that a grant frees."""
    if not grant.list:
        return grant.codes
    lines = _list_of(folder / grant.list)
    return tuple(line["code"] for line in lines if all(line[name] == value for name, value in grant.rows.items()))


@memoized
def _list_of(path: Path) -> list[dict[str, str]]:
    return read_csv(path, path.name, ("code",))


def read_record(root: Path) -> LawRecord | None:
    """How far a lawbook was read, from its `frontier.yaml`; None where it has none."""
    path = root / FRONTIER
    if not path.exists():
        return None
    where = str(path.relative_to(root.parent))
    file = read_model(FrontierFile, path, where, _record_faults)
    clauses = (
        record_of(Clause, row, fates=tuple(record_of(Fate, fate) for fate in row.fates) or (RENEWED,), source=where)
        for row in file.clauses
    )
    ahead = (
        record_of(Foreseen, row, **_scoped(row), source=f"{where}, may_come {number}")
        for number, row in enumerate(file.may_come, 1)
    )
    gaps = (record_of(Gap, row, **_scoped(row)) for row in file.gaps)
    sources = (record_of(Source, row) for row in file.sources)
    return LawRecord(file.read_to, tuple(sources), tuple(clauses), tuple(gaps), tuple(ahead))


def _record_faults(file: FrontierFile, where: str) -> Iterator[InputError]:
    for row in file.clauses:
        place = f"{where}, clause {row.id}"
        if row.day <= file.read_to:
            what = f"its day {row.day} is within the record, which goes to {file.read_to}"
            yield InputError(place, what, "write what became of it")
        if not (row.ends or row.begins or row.programmes):
            what = "names nothing that ends or begins"
            yield InputError(place, what, "add ends: or begins: with ids of measures")
        for number, fate in enumerate(row.fates, 1):
            name = fate.name
            if not name.isalpha() or not name.isascii() or not name.islower() or name == LAPSED:
                repair = f"write one lower-case word other than {LAPSED}"
                yield InputError(f"{place}, fate {number}", f"'{name}' is no name of a fate", repair)
            if fate.until < row.day:
                what = f"it runs out on {fate.until}, before the clause's day {row.day}"
                yield InputError(f"{place}, fate {number}", what, "name a later day")
        if len({fate.name for fate in row.fates}) < len(row.fates):
            yield InputError(f"{place}, fates", "a name is there twice", "give each fate a name of its own")
    for number, gap in enumerate(file.gaps, 1):
        if gap.end < gap.start:
            what = f"a gap ends {gap.end} before it begins {gap.start}"
            yield InputError(f"{where}, gap {number}", what, "swap the days")


def _scoped(row: GapRow | AheadRow) -> dict[str, Any]:
    """Codes and partners that an entry concerns; None = all partners."""
    named = None if row.partners is None else frozenset[str]().union(*(scope.countries for scope in row.partners))
    return {"prefixes": ("",) if row.lines == "all" else row.lines, "partners": named}
