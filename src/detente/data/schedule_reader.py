"""A publisher's tariff schedule read into lines with their duties and preferences; every fault is listed by row."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from detente.codes import InputError
from detente.codes.hs import dotted
from detente.data.schedule_heads import CODE, EQUIVALENT, FROM, PROGRAMME, RATE, TEXT, UNTIL, Heads, Sheet
from detente.law.rate_words import NOT_READ, UNKNOWN_MONEY, UNKNOWN_UNIT, Money, RateWords, read_rate

#: Digits of the shortest tariff line.
SHORTEST = 6

#: Digits of the longest tariff line.
LONGEST = 10

#: No duty is higher, as a share of value: Egypt levies 3,000% on spirits.
LARGEST = 35.0

LONGEST_TEXT = 160
#: Letters up to which words as "Other" are put under those of their heading.
BRIEF = 24

REST, REFUSE = "rest", "refuse"
#: What a number without a sign is.
PER_CENT, SHARES = "percent", "share"

NO_RATE = "no rate"
CELLS, CODES, TWICE, UNDER, DAY = "cells", "codes", "twice", "under", "days"
GRAVE: Mapping[str, tuple[str, str]] = {
    CELLS: ("rows with more cells than the head", "check quotes and separators"),
    CODES: ("rows without the code of a tariff line", "give each the code of its line"),
    TWICE: (
        "lines that are there twice with another rate",
        "give each its days, keep one, or say `only=` which rows are meant",
    ),
    UNDER: (
        "lines under a shorter one with another rate",
        f"mend them, or say `overlap=` {REST} where a shorter code holds what longer ones leave",
    ),
    DAY: ("rows with a day that is none", "write days as 2026-01-31"),
}
#: Kinds of faults, with what they are and what to do.
MINOR: Mapping[str, tuple[str, str]] = {
    NO_RATE: ("lines without a rate", "fill them in"),
    UNKNOWN_UNIT: ("rates by a unit that is not known", "write kg, liter, each, pr, m2 and the like"),
    UNKNOWN_MONEY: ("rates in money of which no rate is known", ""),
    NOT_READ: (
        "rates that are not understood",
        "write them as 12.5%, 0.3 EUR/kg or 10% + 5 EUR/kg, or name another column",
    ),
}

MONEY_IN = re.compile(r"an amount in ([A-Z]{3}|\$)")
#: Chapters of a country's own, whose lines often refer to others for their rates.
SPECIAL = ("98", "99")

#: Faults of a kind that a message names.
SHOWN = 5

#: Share of value above which a number without a sign is taken for an amount.
MOST_BARE = 3.0

NUMBERED = re.compile(r"^\d+$")
DAYS = (
    re.compile(r"^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[ T].*)?$"),
    re.compile(r"^(?P<d>\d{1,2})[./](?P<m>\d{1,2})[./](?P<y>\d{4})$"),
    re.compile(r"^(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)$"),
)
OPEN_END = ("9999", "2099", "2999")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row; `kind` is one of `GRAVE`, or of `MINOR` where its rate can be kept as text."""

    row: int
    code: str
    what: str
    kind: str

    @property
    def grave(self) -> bool:
        """Whether the schedule cannot be used with it."""
        return self.kind in GRAVE

    def __str__(self) -> str:
        return f"row {self.row}, {dotted(self.code) if self.code.isdigit() else self.code}: {self.what}"


@dataclass(frozen=True, slots=True)
class DraftLine:
    """One tariff line as it was read; `equivalent` is what a duty by quantity comes to, where the file says it."""

    row: int
    code: str
    rate: RateWords
    text: str = ""
    start: str = ""
    end: str = ""
    equivalent: float | None = None


@dataclass(frozen=True)
class ScheduleDraft:
    """A schedule as it was read.

    Attributes
    ----------
    lines : in the order of their codes.
    preferences : name of a programme -> (code, rate) of the lines that have one.
    faults : all that is wrong, in the order of rows.
    digits : of its lines.
    notes : what was done to read it, in sentences.
    """

    lines: Sequence[DraftLine] = field(repr=False)
    preferences: Mapping[str, Sequence[tuple[str, RateWords]]] = field(repr=False)
    faults: Sequence[Fault] = field(repr=False)
    digits: int
    notes: tuple[str, ...] = ()

    @property
    def kept(self) -> list[Fault]:
        """Faults of rates that are kept as text."""
        return [fault for fault in self.faults if not fault.grave]


def read_draft(sheet: Sheet, heads: Heads, money: Money, *, overlap: str = REFUSE, bare: str = "") -> ScheduleDraft:
    """Lines, preferences and faults of a table.

    Parameters
    ----------
    overlap : "rest" where a shorter code holds what longer ones under it leave; "refuse" lists such pairs.
    bare : whether numbers without a sign are "percent" or "share"; per cent by default.

    Raises
    ------
    InputError : no row has a code and a rate, or numbers that may be shares as well as per cent.
    """
    rows, faults = _rows(sheet, heads)
    rows, zeros = with_zeros(rows, heads.places[CODE] in sheet.typed)
    rows, padded = without_padding(rows)
    words = {cell: read_rate(cell, money) for cell in _cells_of(rows)}
    words = _as_shares(words, sheet.name, bare)
    lines, notes = _lines(rows, words, faults)
    if not lines:
        raise InputError(
            sheet.name, "no row has a tariff code and a rate", 'name them: `columns=` code="...",rate="..."'
        )
    digits = max(len(line.code) for line in lines)
    lines, more = _distinct_lines(lines, digits, overlap, faults)
    codes = {line.code for line in lines}
    kept = {line.row for line in lines}
    whole = [row for row in rows if row.number in kept]
    grants = _grants(whole, words, heads, digits, codes)
    cells = [(row.number, cell, words[cell]) for row in whole for cell in row.grants.values()]
    # Marks behind rates, such as those of footnotes, with how often each stands; "" without any.
    marks = Counter(line.rate.marks for line in lines if line.rate.marks)
    listed = ", ".join(f"{mark} {count:,}" for mark, count in marks.most_common(MOST_MARKS))
    marked = f"marks after rates that were left out: {listed}" if listed else ""
    remarks = (*notes, *more, marked, of_preferences(cells))
    own = filter(None, (sheet.note, zeros, padded, *remarks))
    return ScheduleDraft(lines, grants, sorted(faults, key=lambda fault: fault.row), digits, tuple(own))


def check_draft(draft: ScheduleDraft, where: str, most: float) -> None:
    """Refuse a schedule with grave faults, or with too many rates that are not understood; all at once.

    Parameters
    ----------
    most : share of lines whose rate may be kept as text.

    Raises
    ------
    InputError : faults by kind and row, how many there are and what to do about each kind.
    """
    counted = [fault for fault in draft.kept if not fault.code.startswith(SPECIAL)]
    share = len(counted) / len(draft.lines)
    faults = [fault for fault in draft.faults if fault.grave or (share > most and fault in counted)]
    kinds = {kind: [fault for fault in faults if fault.kind == kind] for kind in (*GRAVE, *MINOR)}
    if not faults:
        return
    words = {**GRAVE, **MINOR}
    parts = [_listed(group, words[kind][0]) for kind, group in kinds.items() if group]
    repairs = [words[kind][1] for kind, group in kinds.items() if group and kind != UNKNOWN_MONEY]
    repairs += _money_repair(kinds[UNKNOWN_MONEY])
    if share > most:
        repairs.append(f"or say `keep=` {100 * min(1.0, share + 0.005):.0f}% to keep {share:.1%} of rates as text")
    raise InputError(where, ". ".join(parts), "; ".join(repairs))


def _listed(faults: Sequence[Fault], what: str) -> str:
    more = f"; and {len(faults) - SHOWN:,} more" if len(faults) > SHOWN else ""
    return f"{what} ({len(faults):,}): " + "; ".join(map(str, faults[:SHOWN])) + more


def _money_repair(faults: Sequence[Fault]) -> list[str]:
    money = Counter(word for fault in faults for word in MONEY_IN.findall(fault.what))
    if not money:
        return []
    usual = money.most_common(1)[0][0]
    if usual == "$":
        return ["say `currency=` USD if $ is the US dollar, else its code and `per_usd=` how much of it one USD buys"]
    return [f"say `currency=` {usual} and `per_usd=` how much of it one USD buys"]


def _rows(sheet: Sheet, heads: Heads) -> tuple[list[ScheduleRow], list[Fault]]:
    """Rows with a code; those without one are titles, unless they have a rate."""
    faults: list[Fault] = []
    rows: list[ScheduleRow] = []
    width = len(sheet.rows[heads.row])
    for cells, number in zip(sheet.rows[heads.row + 1 :], sheet.numbers[heads.row + 1 :], strict=True):
        if len(cells) > width and any(cells[width:]):
            faults.append(Fault(number, cells[0][:20], f"has {len(cells)} cells, the head {width}", CELLS))
            continue
        cells = [*cells, *[""] * (width - len(cells))]
        row = _row(cells, number, heads)
        if NUMBERED.match(row.code) and len(row.code) >= 2:
            rows.append(row)
        elif is_rate(row.cell):
            faults.append(Fault(number, row.code[:20] or "no code", f"'{row.cell[:40]}' stands beside no code", CODES))
    return rows, faults


def _row(cells: Sequence[str], number: int, heads: Heads) -> ScheduleRow:
    def cell(use: str) -> str:
        return cells[heads.places[use]] if use in heads.places else ""

    code = re.sub(r"[\s.\-/'`]", "", re.sub(r"(?<=\d)\.0$", "", cell(CODE)) if heads.row >= 0 else "")
    grants = {name: cells[i] for name, i in heads.preferences.items() if cells[i]}
    return ScheduleRow(number, code, cell(RATE), cell(TEXT), cell(FROM), cell(UNTIL), cell(EQUIVALENT), grants)


def _cells_of(rows: Iterable[ScheduleRow]) -> set[str]:
    return {cell for row in rows for cell in (row.cell, row.equivalent, *row.grants.values())}


def _as_shares(words: Mapping[str, RateWords | None], where: str, bare: str) -> dict[str, RateWords | None]:
    """Rates with numbers without a sign read as the user says; refused where they may be both."""
    numbers = [w.share for w in words.values() if w is not None and w.bare]
    doubtful = [share for share in numbers if 0 < share <= 0.01]
    if not bare and doubtful and max(numbers) <= 0.01 and any(share % 0.01 for share in doubtful):
        what = f"rates are numbers up to {max(numbers) * 100:g}: shares, or per cent?"
        raise InputError(where, what, "say `rates_are=` share or percent")
    if bare != SHARES:
        return dict(words)
    return {cell: _times(w, 100.0) if w is not None and w.bare else w for cell, w in words.items()}


def _times(rate: RateWords, factor: float) -> RateWords:
    share = round(rate.share * factor, 8)
    return replace(rate, share=share, text=f"{share * 100:.10g}%" if share else "Free")


def _lines(
    rows: Sequence[ScheduleRow], words: Mapping[str, RateWords | None], faults: list[Fault]
) -> tuple[list[DraftLine], list[str]]:
    """Lines with a rate: their own, or that of the nearest heading above."""
    above = {row.code: words[row.cell] for row in rows if words[row.cell] is not None}
    texts = {row.code: row.text for row in rows if row.text}
    whole = {row.code for row in rows}
    parents = {code[:n] for code in whole for n in range(2, len(code)) if code[:n] in whole}
    lines: list[DraftLine] = []
    inherited = 0
    for row in rows:
        rate, under = words[row.cell], row.code in parents
        if rate is None and under:
            continue
        if not SHORTEST <= len(row.code) <= LONGEST:
            if not under or len(row.code) > LONGEST:
                what = f"has {len(row.code)} digits; lines have {SHORTEST} to {LONGEST}"
                faults.append(Fault(row.number, row.code, what, CODES))
            continue
        if rate is None:
            code = row.code
            rate = next((above[code[:n]] for n in range(len(code) - 1, 3, -1) if code[:n] in above), None)
            inherited += rate is not None
        line = _line(row, rate, words[row.equivalent], texts, faults)
        if line is not None:
            lines.append(line)
    return lines, [f"lines that take the rate of the heading above: {inherited:,}"] if inherited else []


def _line(
    row: ScheduleRow,
    rate: RateWords | None,
    equivalent: RateWords | None,
    texts: Mapping[str, str],
    faults: list[Fault],
) -> DraftLine | None:
    if rate is None:
        rate = RateWords("not stated", "other", 0.0, NO_RATE)
        faults.append(Fault(row.number, row.code, "has no rate", NO_RATE))
    elif rate.share > (MOST_BARE if rate.bare else LARGEST):
        rate = RateWords(row.cell, "other", 0.0, NOT_READ)
        faults.append(Fault(row.number, row.code, f"{row.cell} is too much for per cent of the value", NOT_READ))
    elif not rate.read:
        faults.append(Fault(row.number, row.code, _why(rate), rate.why))
    start, end = (_day(text) for text in (row.start, row.end))
    if start is None or end is None:
        faults.append(Fault(row.number, row.code, f"'{row.start if start is None else row.end}' is no day", DAY))
        return None
    comes_to = equivalent.share if equivalent is not None and equivalent.kind in VALUED else None
    known = None if rate.kind in VALUED else comes_to
    return DraftLine(row.number, row.code, rate, _described(row, texts), start, end, known)


#: Kinds of duty that are a share of value.
VALUED = ("free", "ad_valorem")


def _why(rate: RateWords) -> str:
    if rate.why == UNKNOWN_UNIT:
        return f"'{rate.text[:60]}': unknown unit '{rate.what[:30]}'"
    if rate.why == UNKNOWN_MONEY:
        return f"'{rate.text[:60]}': an amount in {rate.what}, of which no rate is known"
    return f"'{rate.text[:60]}' is not understood"


def _day(text: str) -> str | None:
    """An ISO day; "" for an open end, None for what is no day."""
    if not text or text.startswith(OPEN_END):
        return ""
    for pattern in DAYS:
        parts = pattern.match(text)
        if parts:
            try:
                return date(int(parts["y"]), int(parts["m"]), int(parts["d"])).isoformat()
            except ValueError:
                return None
    return None


def _described(row: ScheduleRow, texts: Mapping[str, str]) -> str:
    """Words of a line, under those of its heading where they say little."""
    own = _tidy(row.text)
    if len(own) <= BRIEF:
        heading = next((texts[row.code[:n]] for n in range(len(row.code) - 1, 3, -1) if row.code[:n] in texts), "")
        own = f"{_tidy(heading)}: {own}" if heading and own else own or _tidy(heading)
    return own if len(own) <= LONGEST_TEXT else f"{own[: LONGEST_TEXT - 2].rsplit(' ', 1)[0]} …"


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" .;:-–—")


def _distinct_lines(
    lines: Sequence[DraftLine], digits: int, overlap: str, faults: list[Fault]
) -> tuple[list[DraftLine], list[str]]:
    """Lines of as many digits each, none of whose goods are there twice on a day."""
    notes: list[str] = []
    ordered = sorted(lines, key=lambda line: (line.code, line.start, line.row))
    unlike = sum(_overlaps(ordered, faults if overlap == REFUSE else []))
    if unlike and overlap == REST:
        notes.append(f"shorter codes that hold what longer ones leave: {unlike:,}")
    short = sum(len(line.code) < digits for line in ordered)
    if short:
        notes.append(f"shorter codes filled up with zeros to {digits} digits: {short:,}")
    by_code: dict[str, list[DraftLine]] = defaultdict(list)
    for line in ordered:
        by_code[line.code.ljust(digits, "0")].append(line)
    kept: list[DraftLine] = []
    same = 0
    for code, group in by_code.items():
        chosen, dropped = _once(group, overlap, faults)
        same += dropped
        kept += [replace(line, code=code) for line in chosen]
    if same:
        notes.append(f"rows that repeat a line and count once: {same:,}")
    return kept, notes


def _overlaps(ordered: Sequence[DraftLine], faults: list[Fault]) -> Iterator[int]:
    """One for every shorter line with longer ones under it; those of another rate on the same days are faults."""
    by_code = {line.code: line for line in ordered}
    seen: set[str] = set()
    for line in ordered:
        whole = next(
            (by_code[line.code[:n]] for n in range(SHORTEST, len(line.code)) if line.code[:n] in by_code), None
        )
        if whole is None or not _same_days(whole, line):
            continue
        if whole.rate.text != line.rate.text:
            what = (
                f"'{line.rate.text[:40]}' lies under {dotted(whole.code)} of row {whole.row}, '{whole.rate.text[:40]}'"
            )
            faults.append(Fault(line.row, line.code, what, UNDER))
        if whole.code not in seen:
            seen.add(whole.code)
            yield 1


def _same_days(first: DraftLine, second: DraftLine) -> bool:
    return (not first.end or second.start <= first.end) and (not second.end or first.start <= second.end)


def _once(group: Sequence[DraftLine], overlap: str, faults: list[Fault]) -> tuple[list[DraftLine], int]:
    """Rows of one code, those that repeat another left out; another rate on the same days is a fault."""
    longest = max(len(line.code) for line in group)
    if len({len(line.code) for line in group}) > 1:
        whole = [line for line in group if len(line.code) < longest]
        rest = [line for line in group if len(line.code) == longest]
        return _once(rest, overlap, faults)[0], len(whole)
    kept = [group[0]]
    for before, line in pairwise(group):
        if not _same_days(before, line):
            kept.append(line)
        elif before.rate.text != line.rate.text:
            what = f"'{line.rate.text[:40]}' is there twice, in row {before.row} at '{before.rate.text[:40]}'"
            faults.append(Fault(line.row, line.code, what, TWICE))
    return kept, len(group) - len(kept)


def _grants(
    rows: Iterable[ScheduleRow], words: Mapping[str, RateWords | None], heads: Heads, digits: int, codes: set[str]
) -> dict[str, list[tuple[str, RateWords]]]:
    """Rates under each programme by line, the first of a code."""
    grants: dict[str, dict[str, RateWords]] = {name: {} for name in heads.preferences}
    for row in rows:
        code = row.code.ljust(digits, "0")
        for name, cell in row.grants.items():
            rate = words[cell]
            if code in codes and rate is not None and rate.why != NOT_READ:
                grants[name].setdefault(code, rate)
    return {name: sorted(rates.items()) for name, rates in grants.items() if rates}


def read_grants(
    sheet: Sheet, heads: Heads, money: Money, draft: ScheduleDraft
) -> dict[str, list[tuple[str, RateWords]]]:
    """Rates under programmes of a table of their own, on the lines of a schedule: a column each, or a row each.

    Raises
    ------
    InputError : none of its codes is a line.
    """
    rows, _ = with_zeros(_rows(sheet, heads)[0], heads.places[CODE] in sheet.typed)
    place = heads.places.get(PROGRAMME)
    if place is not None:
        names = dict(zip(sheet.numbers, sheet.rows, strict=True))
        rows = [replace(row, grants={names[row.number][place]: row.cell}) for row in rows if row.cell]
        heads = replace(heads, preferences={name: place for row in rows for name in row.grants})
    words = {cell: read_rate(cell, money) for cell in _cells_of(rows)}
    grants = _grants(rows, words, heads, draft.digits, {line.code for line in draft.lines})
    if not grants:
        raise InputError(sheet.name, "has no rate of a line of the schedule", "give codes of the schedule's own lines")
    return grants


# --- rows: the zeros that a code lost in front or was given behind ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """A row of the table: number, digits of its code, cells by use, rates of programmes."""

    number: int
    code: str
    cell: str
    text: str
    start: str
    end: str
    equivalent: str
    grants: Mapping[str, str]


def is_rate(cell: str) -> bool:
    """Whether a cell says a duty, be it in a money or by a unit that nobody knows."""
    rate = read_rate(cell)
    return rate is not None and (rate.kind != "other" or rate.why in (UNKNOWN_MONEY, UNKNOWN_UNIT))


def with_zeros(rows: list[ScheduleRow], typed: bool) -> tuple[list[ScheduleRow], str]:
    """Rows whose codes lost the zero in front, as numbers do, with it; and what is said of it."""
    lengths = Counter(len(row.code) for row in rows if len(row.code) >= SHORTEST)
    if not lengths:
        return rows, ""
    most = max(lengths)
    full = [row.code for row in rows if len(row.code) == most]
    short = [row.code for row in rows if len(row.code) == most - 1]
    lost = bool(short) and not any(code.startswith("0") for code in (*full, *short)) and (typed or most % 2 == 0)
    lost = lost and all(code[0] != "0" for code in short)
    if not lost and not (typed and most % 2 and not any(code.startswith("0") for code in full)):
        return rows, ""
    return [replace(row, code=row.code.zfill(len(row.code) + 1)) if len(row.code) % 2 else row for row in rows], (
        "codes had lost the zero in front; it was put back"
    )


def without_padding(rows: list[ScheduleRow]) -> tuple[list[ScheduleRow], str]:
    """Rows of headings that zeros fill up to the length of a line, as the headings they are; and what is said of it.

    A chapter or a heading is one if another code begins with it; a subheading only where it has no rate.
    """
    longest = max((len(row.code) for row in rows), default=0)
    under = Counter(code[:n] for code in {row.code for row in rows} for n in range(2, longest, 2))
    kept: list[ScheduleRow] = []
    for row in rows:
        bare = max(2, -(-len(row.code.rstrip("0")) // 2) * 2)
        padded = len(row.code) == longest > bare and under[row.code[:bare]] > 1
        heading = padded and (bare < SHORTEST or not is_rate(row.cell))
        kept.append(replace(row, code=row.code[:bare]) if heading else row)
    count = sum(before is not after for before, after in zip(rows, kept, strict=True))
    return kept, f"headings written with zeros up to {longest} digits, which are no lines: {count:,}" if count else ""


# --- what is said beside the faults ----------------------------------------------------------------------------------

#: Marks that are told apart.
MOST_MARKS = 6


def of_preferences(cells: Sequence[tuple[int, str, RateWords | None]]) -> str:
    """Rates of preferences that were left out, with the first of them; "" without any.

    Parameters
    ----------
    cells : row, text and what was read of it, None where it says nothing.
    """
    unread = [(row, text) for row, text, rate in cells if rate is not None and rate.why == NOT_READ]
    if not unread:
        return ""
    row, text = unread[0]
    return f"rates of preferences that are not understood, left out: {len(unread):,}, as in row {row}: '{text[:40]}'"
