"""Lawbooks: a folder of YAML files, one measure a file, read into a Law.

The folder path is the table of contents. Beside the measures lie `authorities.yaml`, `aspects.yaml`,
`stacking.yaml` and `cases.yaml`; long lists of lines lie in CSV files beside the measure that uses them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import Countries, InputError, UnknownName
from detente.codes.hs import digits
from detente.data.userfile import read_bytes
from detente.data.usertable import check_spelling, csv_rows
from detente.data.yamlfile import as_date, as_list, as_prose, as_share, as_text, check_keys, read_yaml
from detente.law.aspects import Aspect
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
    Kind,
    Measure,
    Partners,
    Period,
    Rate,
    Status,
    When,
    Where,
)

MEASURE_KEYS = (
    "id title authority class kind status instrument citation heading link confidence note goods partners "
    "exempts replaces periods control reviewed"
).split()
PERIOD_KEYS = (
    "rate floor table column from until published instrument citation heading partners where note control"
).split()
GOODS_KEYS = "codes list rows except where from until published all".split()
RULE_KEYS = "id by of when from until published partners citation confidence switch unless note".split()
ASPECT_KEYS = "id title states statement source bounds line presumed trade whole above used_by switch note".split()
SPECIAL = (
    "authorities.yaml",
    "aspects.yaml",
    "stacking.yaml",
    "cases.yaml",
    "programmes.yaml",
    "frontier.yaml",
    "audit.yaml",
)
CODE_LENGTHS = tuple(range(2, 11))
LIST_COLUMNS = ("code", "from", "until", "except")
"""Columns of a list that mean something by themselves; others are for its reader, or for `rows` to choose by."""


@dataclass(frozen=True)
class Reader:
    """Where a lawbook is read from, and whose names it may use."""

    root: Path
    countries: Countries
    lists: dict[Path, tuple[list[str], list[list[str]]]] = field(default_factory=dict, repr=False, compare=False)

    def rows(self, path: Path, required: Sequence[str]) -> tuple[list[str], list[list[str]]]:
        """Header and rows of a list, which many blocks may share; refused as in `read_csv`."""
        where = self.short(path)
        if path in self.lists:
            check_columns(self.lists[path][0], where, required)
        else:
            self.lists[path] = read_rows(path, where, required)
        return self.lists[path]

    def short(self, path: Path) -> str:
        """Path as shown to the reader."""
        text, above = str(path), f"{self.root.parent}{os.sep}"
        return text.removeprefix(above)


def read_lawbook(root: Path, importer: str, countries: Countries) -> Law:
    """The law in a lawbook folder, complete in itself."""
    law = read_layer(root, importer, countries)
    check_law(law)
    return law


def read_layer(root: Path, importer: str, countries: Countries) -> Law:
    """What a folder, or a single measure file, says: a layer to lay on top of another law, not yet checked."""
    if root.is_file():
        return Law(importer, (read_measure(root, Reader(root.parent, countries)),))
    if not root.is_dir():
        raise InputError(str(root), "there is no such file or folder", "check the path")
    if not measure_files(root) and not any((root / name).exists() for name in SPECIAL):
        raise InputError(str(root), "holds no YAML measures", "see docs/add_a_measure.md")
    reader = Reader(root, countries)
    authorities = tuple(_authority(row, reader) for row in _rows(reader, "authorities.yaml"))
    aspects = {aspect.id: aspect for aspect in (_aspect(row, reader) for row in _rows(reader, "aspects.yaml"))}
    measures = tuple(read_measure(path, reader) for path in measure_files(root))
    rules = tuple(_rule(row, reader) for row in _rows(reader, "stacking.yaml"))
    return Law(importer, measures, rules, authorities, aspects)


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


def _rows(reader: Reader, name: str) -> list[Any]:
    path = reader.root / name
    return as_list(read_yaml(path, reader.short(path))) if path.exists() else []


def _authority(row: Any, reader: Reader) -> Authority:
    where = reader.short(reader.root / "authorities.yaml")
    keys = check_keys(row, ("id", "name", "legal_basis", "description", "filing"), where, ("id", "name"))
    texts = (as_prose(keys.get(key), f"{where}, {key}") for key in ("legal_basis", "description"))
    return Authority(keys["id"], keys["name"], *texts, filing=int(keys.get("filing") or 0))


def _aspect(row: Any, reader: Reader) -> Aspect:
    where = reader.short(reader.root / "aspects.yaml")
    keys = check_keys(row, ASPECT_KEYS, where, ("id", "states"))
    states = tuple(as_text(s, f"{where}, aspect {keys['id']}") for s in keys["states"])
    line, trade = _shares(keys.get("line"), where), _shares(keys.get("trade"), where)
    low, high = (as_share(b, where) for b in keys.get("bounds", (0.0, 1.0)))
    return Aspect(
        id=keys["id"],
        title=keys.get("title", keys["id"]),
        states=states,
        statement=keys.get("statement", ""),
        source=keys.get("source", ""),
        bounds=(low, high),
        presumed=bool(keys.get("presumed")),
        line=line["default"],
        line_by_prefix=line["by_prefix"],
        trade=trade["default"],
        by_prefix=trade["by_prefix"],
        table=trade["table"] or line["table"],
        whole={digits(code, where, CODE_LENGTHS): str(state) for code, state in (keys.get("whole") or {}).items()},
        above=_above(keys.get("above"), where),
        used_by=keys.get("used_by", ""),
    )


def _above(value: Any, where: str) -> tuple[str, float] | None:
    """The aspect and the share over which another follows, from `above: {us_content: 0.4}`."""
    if value is None:
        return None
    if not isinstance(value, dict) or len(value) != 1:
        raise InputError(where, "'above' should name one aspect and a share", "as in above: {us_content: 0.4}")
    return next((str(aspect), as_share(share, where)) for aspect, share in value.items())


def _shares(value: Any, where: str) -> dict[str, Any]:
    """Default share, shares by prefix and table name of an aspect's `line` or `trade` entry."""
    if value is None or not isinstance(value, dict):
        return {"default": 0.0 if value is None else as_share(value, where), "by_prefix": {}, "table": ""}
    keys = check_keys(value, ("default", "by_prefix", "table"), where)
    by_prefix = {
        digits(code, where, CODE_LENGTHS): as_share(share, where)
        for code, share in (keys.get("by_prefix") or {}).items()
    }
    return {
        "default": as_share(keys.get("default", 0.0), where),
        "by_prefix": by_prefix,
        "table": keys.get("table", "") or "",
    }


def _rule(row: Any, reader: Reader) -> Displacement:
    where = reader.short(reader.root / "stacking.yaml")
    keys = check_keys(row, RULE_KEYS, where, ("id", "by", "of"))
    where = f"{where}, rule {keys['id']}"
    return Displacement(
        id=as_prose(keys["id"], f"{where}, id"),
        by=_selectors(keys["by"], where),
        of=_selectors(keys["of"], where),
        when=When(_choice(keys.get("when", "owed"), When, where)),
        start=_day(keys.get("from"), ALWAYS, where),
        end=_day(keys.get("until"), FOREVER, where),
        partners=read_partners(keys.get("partners"), reader.countries, where),
        citation=as_prose(keys.get("citation"), f"{where}, citation"),
        confidence=as_prose(keys.get("confidence"), f"{where}, confidence"),
        switch=as_prose(keys.get("switch"), f"{where}, switch"),
        unless=as_prose(keys.get("unless"), f"{where}, unless"),
        published=as_date(keys["published"], where) if keys.get("published") else None,
        note=as_prose(keys.get("note"), f"{where}, note"),
    )


def read_measure(path: Path, reader: Reader) -> Measure:
    """One measure from its YAML file."""
    return measure_of(read_yaml(path, reader.short(path)), path, reader)


def measure_of(content: Any, path: Path, reader: Reader) -> Measure:
    """One measure from the content of its file; lists are looked up beside `path`."""
    where = reader.short(path)
    keys = check_keys(content, MEASURE_KEYS, where, ("id", "title", "authority", "goods", "periods"))
    kind = Kind(_choice(keys.get("kind", "duty"), Kind, where))
    blocks = _goods(keys["goods"], path, reader, where)
    partners = read_partners(keys.get("partners"), reader.countries, where)
    periods = tuple(_period(p, kind, path, reader, where) for p in as_list(keys["periods"]))
    if not periods:
        raise InputError(where, "has no periods", "say from when: periods: [{rate: 10%, from: 2025-06-01}]")
    return Measure(
        id=as_text(keys["id"], where),
        title=as_prose(keys["title"], f"{where}, title"),
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
        **{k: as_prose(keys.get(k), f"{where}, {k}") for k in _TEXTS},
    )


def _selectors(value: Any, where: str) -> tuple[str, ...]:
    return tuple(as_text(name, where, "name measures, authority:ID or class:NAME") for name in as_list(value))


_TEXTS = ("instrument", "citation", "heading", "link", "confidence", "note")


def _choice(value: Any, options: Iterable[str], where: str) -> str:
    names = [str(option) for option in options]
    if value not in names:
        raise UnknownName("word", str(value), names, where, f"use {', '.join(names)}")
    return value


def _day(value: Any, default: date, where: str) -> date:
    return default if value in (None, "") else as_date(value, where)


def _where(value: Any, where: str) -> Where:
    if value is None:
        return ()
    if not isinstance(value, dict):
        raise InputError(where, "'where' should name aspects and states", "as in where: {metal: steel}")
    return tuple(
        (aspect, frozenset(_yes_no(s, f"{where}, where {aspect}") for s in as_list(states)))
        for aspect, states in value.items()
    )


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
            start, end = _day(keys.get("from"), ALWAYS, where), _day(keys.get("until"), FOREVER, where)
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


def _period(row: Any, kind: Kind, path: Path, reader: Reader, where: str) -> Period:
    keys = check_keys(row, PERIOD_KEYS, f"{where}, periods", ("from",))
    start = as_date(keys["from"], f"{where}, periods")
    label = f"{where}, period from {start}"
    end = _day(keys.get("until"), FOREVER, label)
    published = keys.get("published")
    return Period(
        rate=_rate(keys, path, reader, label) if kind is Kind.DUTY else None,
        start=start,
        end=end,
        published=as_date(published, label) if published else None,
        partners=read_partners(keys.get("partners"), reader.countries, label),
        where=_where(keys.get("where"), label),
        **{k: as_prose(keys.get(k), f"{label}, {k}") for k in ("instrument", "citation", "heading", "note")},
    )


def _rate(keys: dict[str, Any], path: Path, reader: Reader, where: str) -> Rate:
    given = [k for k in ("rate", "floor", "table") if keys.get(k) is not None]
    if len(given) != 1:
        raise InputError(where, f"has {len(given)} of rate, floor and table", "give exactly one of them")
    if given[0] != "table":
        return Rate(as_share(keys[given[0]], where), floor=given[0] == "floor")
    column = as_text(keys.get("column"), where, "name the column of the table")
    return Rate(by_partner=_rate_table(path.parent / keys["table"], column, reader))


def _rate_table(path: Path, column: str, reader: Reader) -> dict[str, float]:
    where = reader.short(path)
    rows = read_csv(path, where, ("partner", column))
    found: dict[str, float] = {}
    for row in rows:
        if row[column] != "":
            for code in reader.countries.expand(row["partner"], None, where):
                if code in found:
                    raise InputError(where, f"partner '{code}' is there twice", "keep one row")
                found[code] = _number(row[column], where)
    return found


def _number(text: str, where: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(where, f"'{text}' is not a number", "write shares as 0.25") from None


def read_csv(path: Path, where: str, required: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file with a header; refuses missing columns, empty files and ragged rows."""
    header, rows = read_rows(path, where, required)
    return [dict(zip(header, row, strict=True)) for row in rows]


def check_columns(header: Sequence[str], where: str, required: Sequence[str]) -> None:
    """Refuse a header without a column that is needed, or with one that is all but a column of lists."""
    missing = [name for name in required if name not in header]
    if missing:
        raise InputError(where, f"has no column '{missing[0]}'", f"columns are {', '.join(header)}")
    for name in header:
        if name not in (*required, *LIST_COLUMNS):
            check_spelling(name, LIST_COLUMNS, header, where)


def read_rows(path: Path, where: str, required: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a CSV file, refused as in `read_csv`."""
    if not path.exists():
        raise InputError(where, "there is no such file", "put the list beside the measure that names it")
    header, rows = csv_rows(read_bytes(path, where), where)
    check_columns(header, where, required)
    if not rows:
        raise InputError(where, "has no rows", f"give a header with {', '.join(required)} and rows under it")
    return header, rows


def _goods(value: Any, path: Path, reader: Reader, where: str) -> tuple[Goods, ...]:
    if value == "all":
        return (Goods(("",)),)
    found: list[Goods] = []
    for block in as_list(value):
        keys = check_keys({"all": True} if block == "all" else block, GOODS_KEYS, f"{where}, goods")
        found += _block(keys, path, reader, f"{where}, goods")
    return tuple(found)


def _block(keys: dict[str, Any], path: Path, reader: Reader, where: str) -> list[Goods]:
    excepted = tuple(sorted(digits(code, where, CODE_LENGTHS) for code in as_list(keys.get("except"))))
    start, end = _in_order(keys.get("from"), keys.get("until"), where)
    published = as_date(keys["published"], where) if keys.get("published") else None
    condition = _where(keys.get("where"), where)

    def goods(prefixes: Iterable[str], less: Iterable[str], first: date, last: date, source: str) -> Goods:
        codes = tuple(sorted(set(prefixes)))
        left_out = tuple(sorted({*excepted, *less}))
        return Goods(codes, left_out, condition, max(first, start), min(last, end), source, published)

    if keys.get("list"):
        return _listed(path.parent / keys["list"], keys.get("rows") or {}, reader, goods)
    if keys.get("all"):
        return [goods(("",), (), ALWAYS, FOREVER, where)]
    codes = [digits(code, where, CODE_LENGTHS) for code in as_list(keys.get("codes"))]
    if not codes:
        raise InputError(where, "a block of goods has neither codes nor a list", 'add codes: ["8703.22"]')
    return [goods(codes, (), ALWAYS, FOREVER, where)]


def _listed(path: Path, rows: dict[str, Any], reader: Reader, goods: Callable[..., Goods]) -> list[Goods]:
    """One block for each span of days of the rows that pass the filter."""
    where = reader.short(path)
    if not isinstance(rows, dict):
        raise InputError(where, f"'rows' should name columns and values, not {rows!r}", "as in rows: {annex: a}")
    wanted = {column: {str(v) for v in as_list(value)} for column, value in rows.items()}
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
            less += [one for one in row[but].split(";") if one]
    if not spans:
        raise InputError(where, f"no row passes {wanted}", "check the filter in the measure")
    found: list[Goods] = []
    for (first, last), (codes, less) in spans.items():
        _check_codes(codes, where)
        block = goods(codes, less, *_in_order(first, last, where), where)
        if block.start <= block.end:  # rows that join after the block has ended never count in it
            found.append(block)
    return found


def _in_order(first: Any, last: Any, where: str) -> tuple[date, date]:
    """First and last day of a span, open where blank; refused where it ends before it begins."""
    start, end = _day(first, ALWAYS, where), _day(last, FOREVER, where)
    if end < start:
        raise InputError(where, f"a span ends {end} before it begins {start}", "swap the days")
    return start, end


def _check_codes(codes: list[str], where: str) -> None:
    joined, lengths = "".join(codes), set(map(len, codes))
    if not (joined.isascii() and joined.isdigit() and lengths <= set(CODE_LENGTHS)):
        wrong = next(c for c in codes if not (c.isascii() and c.isdigit() and len(c) in CODE_LENGTHS))
        raise InputError(where, f"'{wrong}' is not a tariff code", "write 2 to 10 digits without dots")
    if len(set(codes)) != len(codes):
        twice = next(code for code in codes if codes.count(code) > 1)
        raise InputError(where, f"code '{twice}' is there twice for the same days", "keep one row")
