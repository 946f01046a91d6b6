"""Lawbooks: a folder of YAML files, one measure a file, read into a Law.

The folder path is the table of contents. Beside the measures lie `authorities.yaml`, `aspects.yaml`,
`stacking.yaml`, `rulings.yaml` and `cases.yaml`; long lists of lines lie in CSV files beside the measure
that uses them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import Countries, InputError, UnknownName
from detente.codes.hs import digits
from detente.data.aspectfile import CODE_LENGTHS, read_aspect
from detente.data.importerfile import NAME as IMPORTER
from detente.data.importerfile import importer_file
from detente.data.lawlists import Reader, day_or, in_order, listed, partner_headings, rows_wanted
from detente.data.listfile import read_csv
from detente.data.minimumfile import DOLLARS, least_of, minimum_of
from detente.data.rulingfile import NAME as RULINGS
from detente.data.rulingfile import read_rulings
from detente.data.yamlfile import as_date, as_list, as_prose, as_share, as_text, check_keys, read_yaml
from detente.law.law import (
    Authority,
    Law,
    check_conditions,
    check_periods,
    check_ranges,
    check_selectors,
)
from detente.law.measure import (
    ALWAYS,
    FOREVER,
    Displacement,
    Goods,
    Measure,
    MeasureKind,
    MinimumPrice,
    Partners,
    Period,
    Rate,
    Status,
    When,
    Where,
)

MEASURE_KEYS = (
    "id title authority class kind status instrument citation heading link confidence note goods partners "
    "exempts replaces periods control reviewed up_to each"
).split()
PERIOD_KEYS = (
    "rate least floor table column minimum whole flat from until published instrument citation heading headings "
    "partners where note control"
).split()
GOODS_KEYS = "codes list rows except where from until published all".split()
RULE_KEYS = "id by of when from until published partners citation confidence switch unless note".split()
SPECIAL = (
    "authorities.yaml",
    "aspects.yaml",
    "stacking.yaml",
    "cases.yaml",
    "programmes.yaml",
    "frontier.yaml",
    "audit.yaml",
    "importer.yaml",
    "powers.yaml",
    RULINGS,
)
NARROWING = (
    "where",
    "partners",
    "switch",
    "unless",
    "by",
    "of",
    "exempts",
    "replaces",
    "goods",
    "class",
    "rows",
    "lines",
)
"""Keys that narrow what is said: without a value they would say it of everything, or of nothing."""


def read_lawbook(root: Path, importer: str, countries: Countries) -> Law:
    """The law in a lawbook folder, complete in itself; of a lawbook of the package as it is stored."""
    law = read_layer(root, importer, countries)
    check_law(law)
    return law


def read_layer(root: Path, importer: str, countries: Countries) -> Law:
    """What a folder, or a single measure file, says: a layer to lay on top of another law, not yet checked."""
    if root.is_file():
        return Law(importer, read_measures(root, Reader(root.parent, countries)))
    if not root.is_dir():
        raise InputError(str(root), "there is no such file or folder", "check the path")
    if not measure_files(root) and not any((root / name).exists() for name in SPECIAL):
        raise InputError(str(root), "holds no YAML measures", "see docs/add_a_measure.md")
    reader = Reader(root, countries, _currencies(root))
    authorities = tuple(_authority(row, where) for where, row in _rows(reader, "authorities.yaml", "authority"))
    aspects = {
        aspect.id: aspect
        for aspect in (read_aspect(row, where) for where, row in _rows(reader, "aspects.yaml", "aspect"))
    }
    measures = tuple(measure for path in measure_files(root) for measure in read_measures(path, reader))
    rules = tuple(_rule(row, where, reader) for where, row in _rows(reader, "stacking.yaml", "rule"))
    return Law(importer, measures, rules, authorities, aspects, rulings=read_rulings(root, countries))


def _currencies(root: Path) -> Mapping[str, float]:
    """How much a dollar buys of the currencies that a lawbook may write amounts in."""
    file = importer_file(root) if (root / IMPORTER).exists() else None
    return DOLLARS if file is None else {**DOLLARS, file.currency: file.per_usd}


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


def _rows(reader: Reader, name: str, noun: str) -> list[tuple[str, Any]]:
    """Entries of a file of the lawbook, each with its place for messages; none where there is no such file."""
    path = reader.root / name
    rows = as_list(read_yaml(path, reader.short(path))) if path.exists() else []
    return [(f"{reader.short(path)}, {noun} {_name(row) or number}", row) for number, row in enumerate(rows, 1)]


def _name(row: Any) -> str:
    """Id of an entry; "" where it has none."""
    name = row.get("id") if isinstance(row, dict) else None
    return name if isinstance(name, str) else ""


def check_filled(content: Any, known: Iterable[str], where: str, required: Iterable[str] = ()) -> dict[str, Any]:
    """As `check_keys`; refuses as well a scope or condition that is there and says nothing."""
    keys = check_keys(content, known, where, required)
    for key in NARROWING:
        if key in keys and keys[key] in (None, "", [], {}):
            raise InputError(where, f"key '{key}' is there without a value", "give it one, or leave the key out")
    return keys


def _authority(row: Any, where: str) -> Authority:
    keys = check_keys(row, ("id", "name", "legal_basis", "description", "filing"), where, ("id", "name"))
    texts = (as_prose(keys.get(key), f"{where}, {key}") for key in ("legal_basis", "description"))
    place = keys.get("filing") or 0
    if isinstance(place, bool) or not isinstance(place, int):
        raise InputError(where, f"'filing' is {place!r}, not a whole number", "write its place on an entry, as 3")
    return Authority(as_text(keys["id"], where), as_text(keys["name"], where), *texts, filing=place)


def _rule(row: Any, where: str, reader: Reader) -> Displacement:
    keys = check_filled(row, RULE_KEYS, where, ("id", "by", "of"))
    return Displacement(
        id=as_text(keys["id"], where),
        by=_selectors(keys["by"], where),
        of=_selectors(keys["of"], where),
        when=When(_choice(keys.get("when", "owed"), When, where)),
        start=day_or(keys.get("from"), ALWAYS, where),
        end=day_or(keys.get("until"), FOREVER, where),
        partners=read_partners(keys.get("partners"), reader.countries, where),
        citation=str(keys.get("citation") or ""),
        confidence=str(keys.get("confidence") or ""),
        switch=as_text(keys.get("switch") or "", where),
        unless=as_text(keys.get("unless") or "", where),
        published=as_date(keys["published"], where) if keys.get("published") else None,
        note=str(keys.get("note") or ""),
        source=reader.short(reader.root / "stacking.yaml"),
    )


def read_measures(path: Path, reader: Reader) -> tuple[Measure, ...]:
    """The measures of a YAML file: one, or where `each` names a column of its list one for every rate in it."""
    content = read_yaml(path, reader.short(path))
    if not isinstance(content, dict) or content.get("each") is None:
        return (measure_of(content, path, reader),)
    return tuple(measure_of(part, path, reader) for part in _for_each(content, path, reader))


def _for_each(content: dict[str, Any], path: Path, reader: Reader) -> Iterator[dict[str, Any]]:
    """The content of a file once for each rate in a column of its list, in per cent, in the place of the word each."""
    where = reader.short(path)
    column, block = as_text(content["each"], f"{where}, each"), content.get("goods")
    if not isinstance(block, list) or len(block) != 1 or not isinstance(block[0], dict) or not block[0].get("list"):
        raise InputError(where, "'each' needs one block of goods with a list", "as in goods: [{list: rates.csv}]")
    header, rows = reader.rows(_beside(path, block[0]["list"], where, reader), ("code", column))
    rates = {row[header.index(column)] for row in rows}
    for rate in sorted(rates, key=lambda text: (len(text), text)):
        goods = [{**block[0], "rows": {**(block[0].get("rows") or {}), column: rate}}]
        periods = [{k: f"{rate}%" if v == "each" else v for k, v in row.items()} for row in as_list(content["periods"])]
        name = f"{content.get('id')}_{rate.replace('.', '_')}"
        kept = {key: value for key, value in content.items() if key != "each"}
        yield {
            **kept,
            "id": name,
            "title": f"{content.get('title')}: {rate} per cent",
            "goods": goods,
            "periods": periods,
        }


def measure_of(content: Any, path: Path, reader: Reader) -> Measure:
    """One measure from the content of its file; lists are looked up beside `path`."""
    where = reader.short(path)
    keys = check_filled(content, MEASURE_KEYS, where, ("id", "title", "authority", "goods", "periods"))
    kind = MeasureKind(_choice(keys.get("kind", "duty"), MeasureKind, where))
    blocks = _goods(keys["goods"], path, reader, where)
    partners = read_partners(keys.get("partners"), reader.countries, where)
    rows = enumerate(as_list(keys["periods"]), 1)
    periods = tuple(_period(row, kind, path, reader, where, number) for number, row in rows)
    if not periods:
        raise InputError(where, "has no periods", "say from when: periods: [{rate: 10%, from: 2025-06-01}]")
    return Measure(
        id=as_text(keys["id"], where),
        title=as_text(keys["title"], f"{where}, title"),
        authority=as_text(keys["authority"], where),
        goods=blocks,
        periods=periods,
        partners=partners,
        kind=kind,
        status=Status(_choice(keys.get("status", "in_force"), Status, where)),
        stack_class=as_text(keys["class"], where) if keys.get("class") else "",
        exempts=_selectors(keys.get("exempts"), where),
        replaces=_selectors(keys.get("replaces"), where),
        reviewed=as_date(keys["reviewed"], where) if keys.get("reviewed") else None,
        source=where,
        up_to=_value(keys.get("up_to"), kind, where),
        **_texts(keys, _TEXTS, where),
    )


def _value(value: Any, kind: MeasureKind, where: str) -> float | None:
    """Customs value of a consignment up to which a regime is told, USD; None where it has no limit."""
    if value is None:
        return None
    if kind is not MeasureKind.REGIME:
        raise InputError(where, "'up_to' belongs to a regime for small parcels", "leave it out")
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < float("inf"):
        raise InputError(where, f"'up_to' is {value!r}, not a value", "write dollars, as in up_to: 800")
    return float(value)


def _selectors(value: Any, where: str) -> tuple[str, ...]:
    return tuple(as_text(name, where, "name measures, authority:ID or class:NAME") for name in as_list(value))


_TEXTS = ("instrument", "citation", "heading", "link", "confidence", "note")
_PERIOD_TEXTS = ("instrument", "citation", "heading", "note")


def _texts(keys: dict[str, Any], names: Iterable[str], where: str) -> dict[str, str]:
    """Texts of a measure or period by key; "" where one is left out."""
    return {name: as_text(keys.get(name) or "", f"{where}, {name}").strip() for name in names}


def _choice(value: Any, options: Iterable[str], where: str) -> str:
    names = [str(option) for option in options]
    if value not in names:
        raise UnknownName("word", str(value), names, where, f"use {', '.join(names)}")
    return value


def _where(value: Any, where: str) -> Where:
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise InputError(where, "'where' should name aspects and states", "as in where: {metal: steel}")
    conditions = tuple(
        (aspect, frozenset(_yes_no(s, f"{where}, where {aspect}") for s in as_list(states)))
        for aspect, states in value.items()
    )
    for aspect, states in conditions:
        if not states:
            raise InputError(where, f"'where' names {aspect} without a state", "as in where: {metal: steel}")
    return conditions


def _yes_no(value: Any, where: str) -> str:
    """States may be written yes and no without quotes, which YAML reads as true and false."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return as_text(value, where)


def read_partners(value: Any, countries: Countries, where: str) -> tuple[Partners, ...] | None:
    """Partner scope; None means every partner. Exclusions are taken from all, or from what is named."""
    entries = as_list(value)
    if not entries or entries == ["all"]:
        return None
    resolve = countries.expand
    named: list[Partners] = []
    excluded: frozenset[str] = frozenset()
    everyone = False
    for entry in entries:
        if isinstance(entry, dict):
            keys = check_keys(entry, ("code", "from", "until"), f"{where}, partners", ("code",))
            start, end = day_or(keys.get("from"), ALWAYS, where), day_or(keys.get("until"), FOREVER, where)
            code = as_text(keys["code"], f"{where}, partners")
            named.append(Partners(resolve(code, _group_day(start), where), start, end))
            continue
        text = as_text(entry, f"{where}, partners", 'put quotes around country codes, as in "NO"')
        if text == "all":
            everyone = True
        elif text.startswith("-"):
            excluded |= resolve(text[1:], None, where)
        else:
            named.append(Partners(resolve(text, None, where)))
    if everyone or (excluded and not named):
        named.insert(0, Partners(frozenset(countries.names)))
    return tuple(replace(p, countries=p.countries - excluded) for p in named)


def _group_day(start: date) -> date | None:
    return None if start == ALWAYS else start


def _period(row: Any, kind: MeasureKind, path: Path, reader: Reader, where: str, number: int) -> Period:
    keys = check_filled(row, PERIOD_KEYS, f"{where}, period {number}", ("from",))
    start = as_date(keys["from"], f"{where}, period {number}")
    label = f"{where}, period from {start}"
    end = day_or(keys.get("until"), FOREVER, label)
    published = keys.get("published")
    return Period(
        rate=_rate(keys, path, reader, label) if kind is MeasureKind.DUTY else None,
        start=start,
        end=end,
        published=as_date(published, label) if published else None,
        partners=read_partners(keys.get("partners"), reader.countries, label),
        where=_where(keys.get("where"), label),
        minimum=_price(keys, kind, label, reader.per_usd),
        headings=partner_headings(_beside(path, keys["headings"], label, reader), reader)
        if keys.get("headings")
        else {},
        **_texts(keys, _PERIOD_TEXTS, label),
    )


def _price(keys: dict[str, Any], kind: MeasureKind, where: str, per_usd: Mapping[str, float]) -> MinimumPrice | None:
    """The minimum price of a period, the least amount of its duty, or the flat amount of a regime."""
    if kind is MeasureKind.MINIMUM:
        return minimum_of(keys, where, per_usd)
    return least_of(keys, kind, where, per_usd)


def _rate(keys: dict[str, Any], path: Path, reader: Reader, where: str) -> Rate:
    given = [k for k in ("rate", "floor", "table") if keys.get(k) is not None]
    if len(given) != 1:
        raise InputError(where, f"has {len(given)} of rate, floor and table", "give exactly one of them")
    if given[0] != "table":
        return Rate(as_share(keys[given[0]], where), floor=given[0] == "floor")
    column = as_text(keys.get("column"), f"{where}, column", "name the column of the table")
    with _inside(where):
        return Rate(by_partner=_rate_table(_beside(path, keys["table"], where, reader), column, reader))


@contextmanager
def _inside(where: str) -> Iterator[None]:
    """Mistakes in a list say of which measure it is."""
    try:
        yield
    except InputError as error:
        raise (error if error.where.startswith(where) else error.inside(where)) from None


def _beside(path: Path, value: Any, where: str, reader: Reader) -> Path:
    """A list that a measure names, beside its file."""
    name = as_text(value, where, "name a CSV file beside the measure")
    file = path.parent / name
    if file not in reader.lists and not file.is_file():
        known = [other.name for other in path.parent.glob("*.csv")]
        raise UnknownName("list", name, known, where, "put it beside the measure")
    return file


def _rate_table(path: Path, column: str, reader: Reader) -> dict[str, float]:
    where = reader.short(path)
    rows = read_csv(path, where, ("partner", column))
    rates: dict[str, float] = {}
    for row in rows:
        if row[column] != "":
            for code in reader.countries.expand(row["partner"], None, where):
                if code in rates:
                    raise InputError(where, f"partner '{code}' is there twice", "keep one row")
                rates[code] = _number(row[column], where)
    return rates


def _number(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(where, f"'{text}' is not a number", "write shares as 0.25") from None


def _goods(value: Any, path: Path, reader: Reader, where: str) -> tuple[Goods, ...]:
    if value == "all":
        return (Goods(("",)),)
    blocks: list[Goods] = []
    for block in as_list(value):
        keys = check_filled({"all": True} if block == "all" else block, GOODS_KEYS, f"{where}, goods")
        blocks += _block(keys, path, reader, f"{where}, goods")
    return tuple(blocks)


def _block(keys: dict[str, Any], path: Path, reader: Reader, where: str) -> list[Goods]:
    excepted = tuple(sorted(digits(code, where, CODE_LENGTHS) for code in as_list(keys.get("except"))))
    start, end = in_order(keys.get("from"), keys.get("until"), where)
    published = as_date(keys["published"], where) if keys.get("published") else None
    condition = _where(keys.get("where"), where)

    def goods(prefixes: Iterable[str], less: Iterable[str], first: date, last: date, source: str) -> Goods:
        codes = tuple(sorted(set(prefixes)))
        left_out = tuple(sorted({*excepted, *less}))
        return Goods(codes, left_out, condition, max(first, start), min(last, end), source, published)

    if keys.get("list"):
        file = _beside(path, keys["list"], where, reader)
        wanted = rows_wanted(keys.get("rows") or {}, where)
        with _inside(where):
            return listed(file, wanted, reader, goods)
    if keys.get("all"):
        return [goods(("",), (), ALWAYS, FOREVER, where)]
    codes = [digits(code, where, CODE_LENGTHS) for code in as_list(keys.get("codes"))]
    if not codes:
        raise InputError(where, "a block of goods has neither codes nor a list", 'add codes: ["8703.22"]')
    return [goods(codes, (), ALWAYS, FOREVER, where)]
