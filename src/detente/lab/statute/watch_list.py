"""Listed: the lines and partners that somebody watches, read from rows of text; every fault is named with its row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import DetenteError, InputError, digits, dotted
from detente.codes.errors import check_none, each_fault
from detente.data.containers import open_original
from detente.data.importerfile import importer_id
from detente.data.importers import importer
from detente.data.tables import partner_name
from detente.data.usertable import ROW, read_table, table_kinds
from detente.lab.statute.lookup import lines_under, meant, substitute

NEEDED, OPTIONAL = ("line", "partner"), ("importer", "note")
MOST = 5_000
"""Rows of a list."""

LONGEST = 200
"""Letters of a cell."""


@dataclass(frozen=True, slots=True)
class Watched:
    """Goods of one origin that one importer takes.

    Attributes
    ----------
    row : of the file, whose header is row 1.
    importer : id of the country or union whose law it is.
    code : tariff code, digits.
    members : ISO3 codes of the origin, several of a group.
    partner : the origin by name.
    note : what the reader wrote beside it.
    """

    row: int
    importer: str
    code: str
    members: tuple[str, ...]
    partner: str
    note: str = ""

    @property
    def line(self) -> str:
        """The code with its dots."""
        return dotted(self.code)


def goods_of(given: Any, name: str, of: str = "USA", on: date | None = None, most: int | None = None) -> list[Watched]:
    """The list of a file, a data frame, or rows that are typed.

    Parameters
    ----------
    given : paths, a file that was sent, a frame of polars, or texts as `row_of` reads them. name : what it is called.
    of, on : as in `listed`. most : rows that it may have.

    Raises
    ------
    InputError, UnknownName, Faults : what cannot be read, with its row; all of it at once.
    """
    if isinstance(given, list):
        goods = listed([row_of(text[:400]) for text in given], "list", of, on, first=1)
    else:
        file, *others = given if isinstance(given, tuple) else [given]
        if others:
            raise InputError(name, "are several files", "give one")
        where = str(file) if isinstance(file, Path) else name
        content = getattr(file, "content", None)
        given = file if content is None else open_original(Path(file.name), content=content, name=name)
        frame = read_table(given, table_kinds()["watch"], where)
        goods = listed(frame.drop(ROW).to_dicts(), where, of, on)
    if most is not None and len(goods) > most:
        raise InputError(name, f"has {len(goods):,} rows", f"send at most {most:,}, or use `detente watch`")
    return goods


def listed(
    rows: Sequence[Mapping[str, str]], where: str, of: str = "USA", on: date | None = None, first: int = 2
) -> list[Watched]:
    """The list of rows of text by column.

    Parameters
    ----------
    where : what a refusal calls the file.
    of : importer of rows that name none.
    on : day whose schedule has the lines; today where none is given.
    first : number of the first row.

    Raises
    ------
    InputError, UnknownName, Faults : what cannot be read, with its row; a list that is empty or too long.
    """
    if not rows:
        raise InputError(where, "watches nothing", "give rows of a tariff code and a country")
    if len(rows) > MOST:
        raise InputError(where, f"has {len(rows):,} rows", f"give at most {MOST:,}")
    day, goods, faults = on or date.today(), [], []
    kept: dict[tuple[str, ...], tuple[str, str, tuple[str, ...], str]] = {}
    for number, row in enumerate(rows, start=first):
        key = (row.get("importer", "") or of, row["line"], row["partner"])
        try:
            if key not in kept:
                kept[key] = _read(*key, day)
            code, line, members, partner = kept[key]
        except DetenteError as error:
            place = f"{where}, row {number}"
            faults += [f.inside(place) if isinstance(f, InputError) else f for f in each_fault(error)]
            continue
        goods.append(Watched(number, code, line, members, partner, row.get("note", "")[:LONGEST]))
    check_none(faults)
    return goods


def _read(of: str, line: str, partner: str, on: date) -> tuple[str, str, tuple[str, ...], str]:
    """Importer, digits, members and name of one row; everything wrong with it at once."""
    blank = [name for name, text in zip(NEEDED, (line, partner), strict=True) if not text]
    faults: list[DetenteError] = [InputError(name, "is blank", "fill it in, or delete the row") for name in blank]
    try:
        where = importer(importer_id(of))
    except DetenteError as error:
        check_none([error, *faults])
        raise

    def lines() -> None:
        code = digits(line, "line", where.file.lengths)
        for prefix in substitute(where, code, on) or (code,):
            lines_under(where, prefix, on)

    checks = {"line": lines, "partner": lambda: where.countries.expand(partner, on, "partner")}
    for look in (look for name, look in checks.items() if name not in blank):
        try:
            look()
        except DetenteError as error:
            faults.append(error)
    check_none(faults)
    goods = meant(where, where.law, line, partner, on)
    group = where.countries.group(partner) if goods.members else None
    name = group.title if group is not None else partner_name(goods.origin)
    return where.iso3, goods.code, tuple(goods.members) or (goods.origin,), name


def row_of(text: str) -> dict[str, str]:
    """A row as one word: LINE:PARTNER, and where wanted :IMPORTER and :NOTE."""
    cells = [cell.strip() for cell in text.split(":", len(NEEDED) + len(OPTIONAL) - 1)]
    return {**dict.fromkeys((*NEEDED, *OPTIONAL), ""), **dict(zip((*NEEDED, *OPTIONAL), cells, strict=False))}


def by_importer(goods: Iterable[Watched]) -> dict[str, list[Watched]]:
    """The list by whose law it is, in the order in which importers come."""
    rows = list(goods)
    return {code: [good for good in rows if good.importer == code] for code in dict.fromkeys(g.importer for g in rows)}
