"""What the columns of a publisher's table are: codes, rates, texts, days, preferences; by name, or as a user says."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from detente.codes import Countries, InputError, Parameter, UnknownName
from detente.codes.countries import Group, fold
from detente.data.containers import FIRST_LINES, LONGEST, TABULAR, open_original, sheets_of, workbook_rows
from detente.data.library import package_folder
from detente.data.yamlfile import read_yaml
from detente.law.rate_words import read_rate

CODE, RATE, TEXT, FROM, UNTIL, UNIT = "code", "rate", "description", "from", "until", "unit"
PARTNER, VALUE, CLAIM = "partner", "value", "claim"

EQUIVALENT = "equivalent"


@lru_cache(maxsize=1)
def column_names() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """Names of columns by kind of table, "schedule" or "flows", and use; flows have the codes of schedules too."""
    content = read_yaml(package_folder() / NAMES, NAMES)
    tables = {kind: {use: tuple(words) for use, words in uses.items()} for kind, uses in content.items()}
    tables["flows"][CODE] = (*tables["schedule"][CODE], *tables["flows"][CODE])
    return tables


NAMES = "column_names.yaml"
PROGRAMME = "programme"
NEEDED = {
    PROGRAMME: "the programme",
    CODE: "the tariff code",
    RATE: "the general rate",
    PARTNER: "the country of origin",
    VALUE: "the value",
}
RATED = 0.5
"""Share of cells that must be rates for a column to be one of a preference."""

LOOKED = 400
"""Rows whose cells say what a column holds."""

SHORT = 3
"""Letters of a code."""

TAXES = frozenset("vat gst iva tva ipi cd rd sd ait at atv icms pis igv nbt cess pal excise hs6".split())
"""Heads of other taxes, some of which are codes of countries too."""

SEVERAL = re.compile(r"\s*(?:\+|;)\s*")


@dataclass(frozen=True)
class Sheet:
    """A table of texts.

    Attributes
    ----------
    name : of the file.
    rows : cells by row, blanks around them taken off; all rows of the file but blank ones.
    numbers : row of the file of each.
    typed : columns that hold numbers in the file, so that zeros in front are lost.
    note : what was done to read it; "" for nothing.
    """

    name: str
    rows: Sequence[Sequence[str]] = field(repr=False)
    numbers: Sequence[int] = field(repr=False)
    typed: frozenset[int] = frozenset()
    note: str = ""


def read_sheet(path: Path, name: str = "") -> Sheet:
    """A table as it lies in a file: titles above its head, blank rows and short rows are what such files have.

    Parameters
    ----------
    name : of the sheet of a workbook, or "all" of them one below another; the first by default.

    Raises
    ------
    InputError : what is no table, is too large, or is a workbook that no library here reads.
    """
    original = open_original(path, words={"sheet": name} if name else {})
    note, typed = "", set[int]()
    if original.container == "workbook":
        rows = workbook_rows(original, typed=typed)
        others = [] if name else sheets_of(original)
        if len(others) > 1:
            note = f"sheet '{others[0]}' was read; others: {', '.join(others[1:9])}"
    elif original.container == "text":
        try:
            rows = original.rows()
        except InputError:
            original = replace(original, encoding="cp1252")
            rows, note = original.rows(), "it is not UTF-8 and was read as Windows text"
    elif original.container in TABULAR:
        rows = original.rows()
        typed |= {place for place, kind in enumerate(original.frame.dtypes) if kind.is_numeric()}
    else:
        raise InputError(str(path), "holds no table of columns", "give CSV, Excel or Parquet")
    kept = [(number, [cell[:LONGEST] for cell in row]) for number, row in enumerate(rows, start=1) if any(row)]
    if len(kept) < 2:
        raise InputError(str(path), "has no rows under a head", "give a table with names of columns in its first row")
    return Sheet(str(path), [row for _, row in kept], [number for number, _ in kept], frozenset(typed), note)


def only_rows(sheet: Sheet, wanted: Mapping[str, str]) -> Sheet:
    """The rows of a table in which columns have some value, with all rows up to the head that names them.

    Raises
    ------
    InputError, UnknownName : no such column, or no row with the value.
    """
    for name, value in wanted.items():
        head = next((i for i, row in enumerate(sheet.rows[:FIRST_LINES]) if fold(name) in map(fold, row)), None)
        if head is None:
            columns = max(sheet.rows[:FIRST_LINES], key=lambda row: sum(map(bool, row)))
            raise UnknownName("column", name, [cell for cell in columns if cell], sheet.name)
        place = [fold(cell) for cell in sheet.rows[head]].index(fold(name))
        kept = [
            i for i, row in enumerate(sheet.rows) if i <= head or fold("".join(row[place : place + 1])) == fold(value)
        ]
        if len(kept) == head + 1:
            values = dict.fromkeys("".join(row[place : place + 1]) for row in sheet.rows[head + 1 :])
            raise UnknownName("value", value, values, f"{sheet.name}, {name}", f"it has {', '.join([*values][:8])}")
        sheet = replace(sheet, rows=[sheet.rows[i] for i in kept], numbers=[sheet.numbers[i] for i in kept])
    return sheet


@dataclass(frozen=True, slots=True)
class ColumnUse:
    """One column: its place and name, and what it is taken for; "" = left out. `why` says how that was known."""

    position: int
    name: str
    use: str
    why: str
    example: str


@dataclass(frozen=True)
class Heads:
    """The head of a table.

    Attributes
    ----------
    row : of it among the rows of the sheet.
    places : what a column is -> its position.
    preferences : name of a programme -> position of its column.
    partners : name of a programme -> who may claim it, as programmes.yaml names them.
    uses : every column, for a reader to check.
    doubts : what should be said of columns that were left out.
    """

    row: int
    places: Mapping[str, int]
    preferences: Mapping[str, int]
    partners: Mapping[str, tuple[str, ...]]
    uses: Sequence[ColumnUse] = field(repr=False)
    doubts: tuple[str, ...] = ()


def claimants(
    name: str, book: Countries, own: frozenset[str], partners: Mapping[str, str], where: str
) -> tuple[str, ...]:
    """Who may claim a programme, as programmes.yaml names them: what a user says, or the country or group of its name.

    Raises
    ------
    InputError : nobody says who may claim it.
    """
    members = _members(partners.get(name, name), book, own)
    if not members:
        repair = f"say who may claim it, `partners=` {name}=KEN+UGA, or name a country or group"
        raise InputError(where, f"'{name}' is no use of a column and no country or group", repair)
    return members


def mapping_of(texts: Iterable[str], name: str = "columns") -> dict[str, str]:
    """`code="Tariff item",rate=MFN` as what -> name of a column; names may hold commas.

    Raises
    ------
    InputError : a part without a sign of equality, or what is named twice.
    """
    given: dict[str, str] = {}
    where = Parameter(name)
    for text in texts:
        for part in re.split(r",(?=\s*[^,=\"]+=)", text):
            key, _, column = part.partition("=")
            key, column = key.strip(), column.strip().strip("\"'").strip()
            if not key or not column:
                raise InputError(
                    where, f"'{part.strip()}' is not a use and a column", 'write code="Tariff item",rate=MFN'
                )
            if key in given:
                raise InputError(where, f"{key} is given twice", "name one column for it")
            given[key] = column
    return given


def heads_of(
    sheet: Sheet,
    known: Mapping[str, tuple[str, ...]],
    given: Mapping[str, str],
    book: Countries,
    own: frozenset[str],
    partners: Mapping[str, str] | None = None,
) -> Heads:
    """The head of a table and what its columns are.

    Parameters
    ----------
    known : names by use, of `column_names`.
    given : what a user says: use or name of a programme -> column.
    own : countries of the importer, whose own columns are no preferences.
    partners : who may claim a programme, by its name, parted by plus signs.

    Raises
    ------
    InputError, UnknownName : no head is found, or a column that was named is not there.
    """  # fmt: skip
    row = _head_row(sheet, known, given)
    names = list(sheet.rows[row])
    places = _places(names, known, given, sheet.name)
    missing = [use for use in NEEDED if use in known and use not in places]
    if missing:
        raise _lacking(sheet, names, known, missing)
    grants, who, doubts = _grants(sheet, row, names, places, known, given, book, own, partners or {})
    uses = tuple(_use(sheet, row, i, name, places, grants, given, who, book) for i, name in enumerate(names) if name)
    return Heads(row, places, grants, who, uses, tuple(doubts))


def _head_row(sheet: Sheet, known: Mapping[str, tuple[str, ...]], given: Mapping[str, str]) -> int:
    """The row with the most names that are known; the first where none has any."""
    words = {name for names in known.values() for name in names} | {fold(name) for name in given.values()}
    rows = sheet.rows[:FIRST_LINES]
    scores = [sum(fold(cell) in words for cell in row if len(cell) < 80) for row in rows]
    return max(range(len(rows)), key=lambda i: (scores[i], -i))


def _places(
    names: Sequence[str], known: Mapping[str, tuple[str, ...]], given: Mapping[str, str], where: str
) -> dict[str, int]:
    places: dict[str, int] = {}
    for use, name in given.items():
        if use in known:
            places[use] = _position(names, name, where)
    folded = [fold(name) for name in names]
    for use, words in known.items():
        candidates = [folded.index(word) for word in words if word in folded]
        free = [i for i in candidates if i not in places.values()]
        if use not in places and free:
            places[use] = free[0]
    for use, words in known.items():
        nearly = [i for i in _by_part(folded, words) if i not in places.values()]
        if use not in places and use in NEEDED and nearly:
            places[use] = nearly[0]
    return places


STRONG = frozenset(("mfn", "npf", "nmf", "value", "valeur", "valor"))
"""Words that alone say what a column is."""


def _by_part(folded: Sequence[str], words: Iterable[str]) -> Iterator[int]:
    """Columns whose names hold all words of a known name, "mfn applied rate 2026" those of "mfn applied rate"."""
    for word in words:
        parts = set(word.split())
        if len(parts) > 1 or word in STRONG:
            yield from (i for i, name in enumerate(folded) if parts <= set(name.split()))


def _position(names: Sequence[str], name: str, where: str) -> int:
    """Place of a column by its name, or by its number from 1 on."""
    folded = [fold(other) for other in names]
    if fold(name) in folded:
        return folded.index(fold(name))
    if name.isdigit() and 1 <= int(name) <= len(names):
        return int(name) - 1
    raise UnknownName("column", name, [n for n in names if n], where, f"columns are {_listed(names)}")


def _listed(names: Sequence[str]) -> str:
    shown = [f"'{name[:60]}'" for name in names if name]
    return ", ".join(shown[:20]) + (f" and {len(shown) - 20} more" if len(shown) > 20 else "")


def _lacking(
    sheet: Sheet, names: Sequence[str], known: Mapping[str, tuple[str, ...]], missing: Sequence[str]
) -> InputError:
    """Which column must be named, with the nearest of the table."""
    what = " and ".join(NEEDED[use] for use in missing)
    hints = {use: _nearest(names, known[use]) for use in missing}
    near = " or ".join(f"{use}={hint}" for use, hint in hints.items() if hint)
    hint = f"did you mean {near}? " if near else ""
    says = ",".join(f'{use}="..."' for use in missing)
    word = "flow_columns" if VALUE in known else "columns"
    return InputError(
        sheet.name, f"no column is known as {what}; its columns are {_listed(names)}", f"{hint}say `{word}=` {says}"
    )


def _nearest(names: Sequence[str], words: Sequence[str]) -> str:
    scored = [
        (max(difflib.SequenceMatcher(None, fold(name), word).ratio() for word in words), name) for name in names if name
    ]
    best = max(scored, default=(0.0, ""))
    return f'"{best[1]}"' if best[0] >= 0.6 else ""


def _grants(
    sheet: Sheet,
    row: int,
    names: Sequence[str],
    places: Mapping[str, int],
    known: Mapping[str, tuple[str, ...]],
    given: Mapping[str, str],
    book: Countries,
    own: frozenset[str],
    partners: Mapping[str, str],
) -> tuple[dict[str, int], dict[str, tuple[str, ...]], list[str]]:
    """Columns of preferences, who may claim each, and what is doubtful."""  # fmt: skip
    if VALUE in known or PROGRAMME in known:
        _check_keys(given, known, sheet.name)
        return {}, {}, []
    grants = {name: _position(names, column, sheet.name) for name, column in given.items() if name not in known}
    who: dict[str, tuple[str, ...]] = {}
    doubts: list[str] = []
    for name in grants:
        who[name] = claimants(name, book, own, partners, sheet.name)
    taken = {*places.values(), *grants.values()}
    for i, column in enumerate(names):
        if column and i not in taken and fold(column) not in known[CODE] and _holds_rates(sheet, row, i):
            members = _members(partners.get(column, column), book, own)
            if members:
                grants[column], who[column] = i, members
            elif members is None:
                doubts.append(column)
    return grants, who, doubts


def _check_keys(given: Mapping[str, str], known: Iterable[str], where: str) -> None:
    for use in given:
        if use not in known:
            raise UnknownName("use of a column", use, list(known), where, f"uses are {', '.join(known)}")


def _members(text: str, book: Countries, own: frozenset[str]) -> tuple[str, ...] | None:
    """Who a name stands for, as programmes.yaml names them; None where nobody knows, none where it is the importer."""
    named: list[str] = []
    for part in SEVERAL.split(text.strip()):
        group = book.group(part) or _group_in(part, book)
        if group is not None:
            named.append(group.id)
            named += [f"-{code}" for code in sorted(own & {m.country for m in group.members})]
            continue
        code = _country(part, book)
        if code is None:
            return None
        if code not in own:
            named.append(code)
    return tuple(named)


def _group_in(text: str, book: Countries) -> Group | None:
    words = re.sub(
        r"\b(?:rate|tariff|duty|preferential|preference|fta|epa|cepa|agreement)s?\b", " ", fold(text)
    ).strip()
    return book.group(words) if words else None


def _country(text: str, book: Countries) -> str | None:
    """Code of a country in a name such as "Korea FTA"; None where there is none."""
    plain = re.sub(
        r"\b(?:rate|tariff|duty|preferential|preference|fta|epa|cepa|agreement|pct)s?\b", " ", fold(text)
    ).strip()
    for name in (text.strip(), plain):
        if len(fold(name)) > SHORT and fold(name) in book.aliases:
            return book.resolve(name)
        code = {"UK": "GBR", "US": "USA"}.get(name.upper(), name.upper())
        if (name.isupper() or name is plain) and code in book.names and fold(name) not in TAXES:
            return code
    return None


def _holds_rates(sheet: Sheet, row: int, position: int) -> bool:
    cells = [cells[position] for cells in sheet.rows[row + 1 : row + 1 + LOOKED] if len(cells) > position]
    cells = [cell for cell in cells if cell]
    if not cells:
        cells = [c[position] for c in sheet.rows[row + 1 :] if len(c) > position and c[position]][:LOOKED]
    rates = [read_rate(cell) for cell in cells]
    return bool(cells) and sum(rate is not None and rate.why != "not read" for rate in rates) >= RATED * len(cells)


def _use(
    sheet: Sheet,
    row: int,
    position: int,
    name: str,
    places: Mapping[str, int],
    grants: Mapping[str, int],
    given: Mapping[str, str],
    who: Mapping[str, tuple[str, ...]],
    book: Countries,
) -> ColumnUse:
    """What one column is taken for; of a preference whose name does not say it, who may claim it."""  # fmt: skip
    cells = (cells[position] for cells in sheet.rows[row + 1 :] if len(cells) > position and cells[position])
    example = next(cells, "")[:40]
    use = next((use for use, i in places.items() if i == position), "")
    programme = next((key for key, i in grants.items() if i == position), "")
    why = "you said so" if use in given or programme in given else "by its name" if use or programme else ""
    granted = f"preference {programme}{_claimed_by(programme, who.get(programme, ()), book)}" if programme else ""
    return ColumnUse(position, name, use or granted, why, example)


def _claimed_by(programme: str, who: Sequence[str], book: Countries) -> str:
    """Who may claim a programme, in brackets; "" where its name says so."""
    members = [code for code in who if not code.startswith("-")]
    names = [book.name(code) if code in book.names else code for code in members]
    if not names or (len(names) == 1 and fold(names[0]) in (fold(programme), fold(programme.partition(" ")[0]))):
        return ""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f" ({', '.join(names[:NAMED])}{more})"


NAMED = 3
"""Claimants of a preference that a table of columns names."""
