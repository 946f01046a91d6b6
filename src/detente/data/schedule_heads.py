"""What the columns of a publisher's table are: codes, rates, texts, days, preferences; by name, or as a user says."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from detente.codes import Countries, InputError, Parameter, UnknownName
from detente.codes.countries import fold
from detente.data.containers import FIRST_LINES, LONGEST, TABULAR, open_original, sheets_of, workbook_rows
from detente.data.library import package_folder
from detente.data.yamlfile import read_yaml
from detente.law.rate_words import read_rate

CODE, RATE, TEXT, FROM, UNTIL, UNIT = "code", "rate", "description", "from", "until", "unit"
PARTNER, VALUE, CLAIM = "partner", "value", "claim"

EQUIVALENT = "equivalent"


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
#: Share of cells that must be rates for a column to be one of a preference.
RATED = 0.5

#: Rows whose cells say what a column holds.
LOOKED = 400

#: Letters of a code.
SHORT = 3

#: Heads of other taxes, some of which are codes of countries too.
TAXES = frozenset("vat gst iva tva ipi cd rd sd ait at atv icms pis igv nbt cess pal excise hs6".split())

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
    head = _Head(sheet, known, given, book, own, partners or {}, _head_row(sheet, known, given))
    places = head.places()
    missing = [use for use in NEEDED if use in known and use not in places]
    if missing:
        raise head.lacking(missing)
    grants, who, doubts = head.grants(places)
    uses = tuple(head.use(i, places, grants, who) for i, name in enumerate(head.names) if name)
    return Heads(head.row, places, grants, who, uses, tuple(doubts))


def _head_row(sheet: Sheet, known: Mapping[str, tuple[str, ...]], given: Mapping[str, str]) -> int:
    """The row with the most names that are known; the first where none has any."""
    words = {name for names in known.values() for name in names} | {fold(name) for name in given.values()}
    rows = sheet.rows[:FIRST_LINES]
    scores = [sum(fold(cell) in words for cell in row if len(cell) < 80) for row in rows]
    return max(range(len(rows)), key=lambda i: (scores[i], -i))


@dataclass(frozen=True)
class _Head:
    """The head of a table in a row of it, and what is known and said of its columns; see `heads_of`."""

    sheet: Sheet
    known: Mapping[str, tuple[str, ...]]
    given: Mapping[str, str]
    book: Countries
    own: frozenset[str]
    partners: Mapping[str, str]
    row: int

    @property
    def names(self) -> Sequence[str]:
        """Names of the columns."""
        return self.sheet.rows[self.row]

    def cells(self, position: int) -> list[str]:
        """Filled cells under a column."""
        rows = self.sheet.rows[self.row + 1 :]
        return [cells[position] for cells in rows if len(cells) > position and cells[position]]

    def places(self) -> dict[str, int]:
        """What a column is -> its position: as the user says, by a known name, or by a part of one."""
        places = {use: self.position(name) for use, name in self.given.items() if use in self.known}
        folded = [fold(name) for name in self.names]
        exact = {use: [folded.index(word) for word in words if word in folded] for use, words in self.known.items()}
        nearly = {use: _by_part(folded, words) for use, words in self.known.items() if use in NEEDED}
        for candidates in (exact, nearly):
            for use, positions in candidates.items():
                free = [i for i in positions if i not in places.values()]
                if use not in places and free:
                    places[use] = free[0]
        return places

    def position(self, name: str) -> int:
        """Place of a column by its name, or by its number from 1 on."""
        folded = [fold(other) for other in self.names]
        if fold(name) in folded:
            return folded.index(fold(name))
        if name.isdigit() and 1 <= int(name) <= len(folded):
            return int(name) - 1
        known = [n for n in self.names if n]
        raise UnknownName("column", name, known, self.sheet.name, f"columns are {_listed(self.names)}")

    def lacking(self, missing: Sequence[str]) -> InputError:
        """Which column must be named, with the nearest of the table."""
        what = " and ".join(NEEDED[use] for use in missing)
        hints = {use: _nearest(self.names, self.known[use]) for use in missing}
        near = " or ".join(f"{use}={hint}" for use, hint in hints.items() if hint)
        says = ",".join(f'{use}="..."' for use in missing)
        word = "flow_columns" if VALUE in self.known else "columns"
        what = f"no column is known as {what}; its columns are {_listed(self.names)}"
        return InputError(self.sheet.name, what, f"{f'did you mean {near}? ' if near else ''}say `{word}=` {says}")

    def grants(self, places: Mapping[str, int]) -> tuple[dict[str, int], dict[str, tuple[str, ...]], list[str]]:
        """Columns of preferences, who may claim each, and what is doubtful."""
        others = [use for use in self.given if use not in self.known]
        if VALUE in self.known or PROGRAMME in self.known:
            if others:
                repair = f"uses are {', '.join(self.known)}"
                raise UnknownName("use of a column", others[0], list(self.known), self.sheet.name, repair)
            return {}, {}, []
        grants = {name: self.position(self.given[name]) for name in others}
        who = {name: claimants(name, self.book, self.own, self.partners, self.sheet.name) for name in grants}
        taken, doubts = {*places.values(), *grants.values()}, list[str]()
        for i, column in enumerate(self.names):
            if column and i not in taken and fold(column) not in self.known[CODE] and self.holds_rates(i):
                members = _members(self.partners.get(column, column), self.book, self.own)
                if members:
                    grants[column], who[column] = i, members
                elif members is None:
                    doubts.append(column)
        return grants, who, doubts

    def holds_rates(self, position: int) -> bool:
        """Whether most of the first filled cells of a column are rates."""
        rates = [read_rate(cell) for cell in self.cells(position)[:LOOKED]]
        return bool(rates) and sum(rate is not None and rate.why != "not read" for rate in rates) >= RATED * len(rates)

    def use(
        self, position: int, places: Mapping[str, int], grants: Mapping[str, int], who: Mapping[str, tuple[str, ...]]
    ) -> ColumnUse:
        """What one column is taken for; of a preference whose name does not say it, who may claim it."""
        use = next((use for use, i in places.items() if i == position), "")
        programme = next((key for key, i in grants.items() if i == position), "")
        own = use in self.given or programme in self.given
        why = "you said so" if own else "by its name" if use or programme else ""
        claimed = _claimed_by(programme, who.get(programme, ()), self.book)
        claim = f"preference {programme}{claimed}" if programme else ""
        example = next(iter(self.cells(position)), "")[:40]
        return ColumnUse(position, self.names[position], use or claim, why, example)


#: Words that alone say what a column is.
STRONG = frozenset(("mfn", "npf", "nmf", "value", "valeur", "valor"))


def _by_part(folded: Sequence[str], words: Iterable[str]) -> Iterator[int]:
    """Columns whose names hold all words of a known name, "mfn applied rate 2026" those of "mfn applied rate"."""
    for word in words:
        parts = set(word.split())
        if len(parts) > 1 or word in STRONG:
            yield from (i for i, name in enumerate(folded) if parts <= set(name.split()))


def _listed(names: Sequence[str]) -> str:
    shown = [f"'{name[:60]}'" for name in names if name]
    return ", ".join(shown[:20]) + (f" and {len(shown) - 20} more" if len(shown) > 20 else "")


def _nearest(names: Sequence[str], words: Sequence[str]) -> str:
    scored = [
        (max(difflib.SequenceMatcher(None, fold(name), word).ratio() for word in words), name) for name in names if name
    ]
    best = max(scored, default=(0.0, ""))
    return f'"{best[1]}"' if best[0] >= 0.6 else ""


def _members(text: str, book: Countries, own: frozenset[str]) -> tuple[str, ...] | None:
    """Who a name stands for, as programmes.yaml names them; None where nobody knows, none where it is the importer."""
    named: list[str] = []
    for part in SEVERAL.split(text.strip()):
        group = book.group(part) or book.group(_plain(part))
        if group is not None:
            named.append(group.id)
            named += [f"-{code}" for code in sorted(own & {m.country for m in group.members})]
            continue
        code = _country_in(part, book)
        if code is None:
            return None
        if code not in own:
            named.append(code)
    return tuple(named)


#: Words around the name of a country or group in that of a column.
AROUND = re.compile(r"\b(?:rate|tariff|duty|preferential|preference|fta|epa|cepa|agreement|pct)s?\b")


def _plain(text: str) -> str:
    return AROUND.sub(" ", fold(text)).strip()


def _country_in(text: str, book: Countries) -> str | None:
    """Code of a country in a name such as "Korea FTA"; None where there is none."""
    for name in (text.strip(), plain := _plain(text)):
        if len(fold(name)) > SHORT and fold(name) in book.aliases:
            return book.resolve(name)
        code = {"UK": "GBR", "US": "USA"}.get(name.upper(), name.upper())
        if (name.isupper() or name is plain) and code in book.names and fold(name) not in TAXES:
            return code
    return None


def _claimed_by(programme: str, who: Sequence[str], book: Countries) -> str:
    """Who may claim a programme, in brackets; "" where its name says so."""
    members = [code for code in who if not code.startswith("-")]
    names = [book.name(code) if code in book.names else code for code in members]
    if not names or (len(names) == 1 and fold(names[0]) in (fold(programme), fold(programme.partition(" ")[0]))):
        return ""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f" ({', '.join(names[:NAMED])}{more})"


#: Claimants of a preference that a table of columns names.
NAMED = 3
