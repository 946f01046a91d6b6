"""Imports in a publisher's form, laid on the lines of a schedule; codes of another edition go by concordance."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from detente.codes import Axis, Countries, InputError
from detente.codes.countries import fold
from detente.codes.hs import dotted
from detente.data.importer_lines import successors
from detente.data.limits import memoized
from detente.data.schedule_heads import CLAIM, CODE, PARTNER, VALUE, Heads, Sheet
from detente.data.tables import arrays
from detente.law.rate_words import CODES, Money

#: Editions of the Harmonized System with a concordance, newest first.
EDITIONS = ("HS2022", "HS2017", "HS2012")

TOTALS = frozenset(("world", "wld", "total", "all", "all countries", "0", "000", "grand total", "monde", "mundo"))
PERIODS = frozenset(("year", "period", "refyear", "yr", "annee", "ano", "month", "refperiodid"))
DIRECTIONS = frozenset(("flow", "flowcode", "flow code", "flowdesc", "trade flow", "rgdesc"))
IMPORTS = frozenset(("m", "import", "imports", "1", "importation", "importacion"))
FEWEST = 2
SHOWN = 8


@dataclass(frozen=True)
class DraftFlows:
    """Imports on a schedule.

    Attributes
    ----------
    rows : (code, partner) -> value, USD; codes have as many digits as the schedule's, or eight or six of them.
    claims : (code, partner) -> share of the value that claims a preference; none where the file has no such column.
    total : value of the file, USD. converted, unmapped : value that went by concordance, and that found no line.
    lost : code -> value that found no line.
    notes : what was done to read it.
    """

    rows: Mapping[tuple[str, str], float] = field(repr=False)
    claims: Mapping[tuple[str, str], float] = field(repr=False)
    total: float
    converted: float
    unmapped: float
    lost: Mapping[str, float] = field(repr=False)
    notes: tuple[str, ...] = ()


def edition_of(codes: Iterable[str]) -> tuple[str, float]:
    """The edition that knows most subheadings of some codes, the newest of equals, and the share that it knows."""
    six = {code[:6] for code in codes if not code.startswith(("98", "99"))}
    table = arrays("chn_hs6_map")
    known = {name: frozenset(table["hs6"][table["source_edition"] == name].tolist()) for name in EDITIONS}
    best = max(EDITIONS, key=lambda name: (len(six & known[name]), -EDITIONS.index(name)))
    return best, len(six & known[best]) / max(len(six), 1)


def read_draft_flows(
    sheet: Sheet, heads: Heads, lines: Axis, edition: str, money: Money, book: Countries, own: frozenset[str]
) -> DraftFlows:
    """Imports of a table on the lines of a schedule.

    Raises
    ------
    InputError : rows that cannot be read, all at once; several years, exports, values in money without a rate.
    """
    factor, unit_note = _factor(sheet.rows[heads.row][heads.places[VALUE]], sheet.name, money)
    _check_single(sheet, heads)
    faults: list[str] = []
    taken: dict[tuple[str, str], float] = defaultdict(float)
    claimed: dict[tuple[str, str], float] = defaultdict(float)
    left: Counter[str] = Counter()
    names: dict[str, str | None] = {}
    for cells, number in zip(sheet.rows[heads.row + 1 :], sheet.numbers[heads.row + 1 :], strict=True):
        row = _read(cells, heads, faults, number)
        if row is None or not _wanted(cells, heads, sheet):
            continue
        code, partner, value, claim = row
        if partner not in names:
            names[partner] = _partner(partner, book, own)
        name = names[partner]
        if name is None:
            faults.append(f"row {number}: unknown country '{partner[:30]}'")
        elif name in LEFT:
            left[name] += 1
        else:
            taken[code, name] += value * factor
            claimed[code, name] += value * factor * claim
    if faults:
        more = f"; and {len(faults) - SHOWN:,} more" if len(faults) > SHOWN else ""
        what = f"{len(faults):,} rows cannot be read: {'; '.join(faults[:SHOWN])}{more}"
        raise InputError(sheet.name, what, "mend them")
    if not sum(taken.values()):
        raise InputError(sheet.name, "has no value above zero", "give imports by line and country")
    has_claims = CLAIM in heads.places
    notes = tuple(filter(None, (sheet.note, unit_note, *(f"{count:,} {LEFT[name]}" for name, count in left.items()))))
    return laid_on(taken, claimed if has_claims else {}, lines, edition, notes)


LEFT: Mapping[str, str] = {
    "total": "rows of the world as a whole are left out",
    "own": "rows of the importer itself are left out",
}


def _read(cells: Sequence[str], heads: Heads, faults: list[str], number: int) -> tuple[str, str, float, float] | None:
    """Code, partner, value and claim of a row; None for one without a value, or with a fault."""
    code, partner, value, claim = (_cell(cells, heads, use) for use in (CODE, PARTNER, VALUE, CLAIM))
    if not value or value in ("-", ".."):
        return None
    code = re.sub(r"[\s.\-'`]", "", re.sub(r"(?<=\d)\.0$", "", code))
    amount, share = _number(value), _number(claim) if claim else 0.0
    if fold(code) in TOTALS:
        return None
    if not (code.isascii() and code.isdigit() and len(code) >= FEWEST):
        faults.append(f"row {number}: '{code[:20]}' is no tariff code")
    elif amount is None or amount < 0:
        faults.append(f"row {number}: '{value[:20]}' is no value of trade")
    elif share is None or not 0.0 <= share <= 1.0:
        faults.append(f"row {number}: the claim '{claim[:20]}' is no share from 0 to 1")
    else:
        return code if len(code) != 5 else f"0{code}", partner, amount, share
    return None


def _cell(cells: Sequence[str], heads: Heads, use: str) -> str:
    place = heads.places.get(use, -1)
    return cells[place] if 0 <= place < len(cells) else ""


def _number(text: str) -> float | None:
    plain = text.replace(" ", "").replace("\xa0", "").lstrip("$")
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    try:
        return float(plain)
    except ValueError:
        return None


def _wanted(cells: Sequence[str], heads: Heads, sheet: Sheet) -> bool:
    """Whether a row is of imports, where a column says it."""
    for i, name in enumerate(sheet.rows[heads.row]):
        if fold(name) in DIRECTIONS and i < len(cells) and cells[i]:
            return fold(cells[i]) in IMPORTS
    return True


def _partner(text: str, book: Countries, own: frozenset[str]) -> str | None:
    """Code of a country, or the word for rows that are left out; None for a name nobody knows."""
    if fold(text) in TOTALS:
        return "total"
    code = text.strip().upper()
    iso3 = code if code in book.names else book.aliases.get(fold(text))
    return "own" if iso3 in own else iso3


def _factor(head: str, where: str, money: Money) -> tuple[float, str]:
    """USD in one unit of the column of values, and what is said of it."""
    words = fold(head)
    thousands = bool(re.search(r"\b(1000|000|thousands?|k ?usd|milliers|miles)\b", words))
    millions = bool(re.search(r"\b(millions?|mn|mio|m usd|millones)\b", words))
    times = 1e6 if millions else 1e3 if thousands else 1.0
    codes = [word.upper() for word in words.split() if word.upper() in CODES and word.upper() != "USD"]
    if codes and codes[0] not in money.rates:
        what = f"'{head}' is in {codes[0]}, of which no rate is known"
        raise InputError(where, what, f"say `currency=` {codes[0]} and `per_usd=` how much of it one USD buys")
    rate = money.rates[codes[0]] if codes else 1.0
    unit = (
        f"{'thousands of ' if times == 1e3 else 'millions of ' if times == 1e6 else ''}{codes[0] if codes else 'USD'}"
    )
    return times / rate, f"values are taken as {unit}"


def _check_single(sheet: Sheet, heads: Heads) -> None:
    """Refuse several years in one table."""
    for i, name in enumerate(sheet.rows[heads.row]):
        if fold(name) in PERIODS:
            values = sorted({cells[i][:4] for cells in sheet.rows[heads.row + 1 :] if len(cells) > i and cells[i]})
            if len(values) > 1 and all(value.isdigit() for value in values):
                raise InputError(
                    sheet.name, f"'{name}' has {', '.join(values[:6])}", f"say `flow_only=` {name}={values[-1]}"
                )


def laid_on(
    taken: Mapping[tuple[str, str], float],
    claimed: Mapping[tuple[str, str], float],
    lines: Axis,
    edition: str,
    notes: tuple[str, ...],
) -> DraftFlows:
    """Values on the codes of a schedule; those of another edition of the Harmonized System go by concordance.

    Parameters
    ----------
    taken, claimed : (code, partner) -> value, and of it what claims a preference, USD.
    """
    placed: dict[tuple[str, str], float] = defaultdict(float)
    owed: dict[tuple[str, str], float] = defaultdict(float)
    lost: dict[str, float] = defaultdict(float)
    goals: dict[str, tuple[tuple[str, float], ...]] = {}
    converted = 0.0
    for (code, partner), value in taken.items():
        if code not in goals:
            goals[code] = _goals(code, lines, edition)
        if not goals[code]:
            lost[code] += value
        converted += value * (bool(goals[code]) and not code.startswith(goals[code][0][0][:6]))
        for goal, share in goals[code]:
            placed[goal, partner] += value * share
            owed[goal, partner] += claimed.get((code, partner), 0.0) * share
    total = sum(taken.values())
    claims = {pair: owed[pair] / value for pair, value in placed.items() if value} if claimed else {}
    rows = {pair: value for pair, value in placed.items() if value}
    return DraftFlows(rows, claims, total, converted, sum(lost.values()), lost, notes)


def check_flows(flows: DraftFlows, where: str, most: float) -> None:
    """Refuse flows of which too much found no line.

    Raises
    ------
    InputError : with the codes that weigh most.
    """
    share = flows.unmapped / flows.total
    if share > most:
        worst = sorted(flows.lost.items(), key=lambda item: -item[1])[:SHOWN]
        codes = ", ".join(f"{dotted(code)} {value / flows.total:.1%}" for code, value in worst)
        what = f"{share:.1%} of the value finds no line in the schedule, more than {most:.1%}: {codes}"
        raise InputError(where, what, "give flows of the schedule's own nomenclature, or the whole schedule")


def _goals(code: str, lines: Axis, edition: str) -> tuple[tuple[str, float], ...]:
    """Codes of the schedule that take the value of a code, with the share of each; none where it has none."""
    digits = len(lines.codes[0])
    for length in dict.fromkeys((digits, 8, 6)):
        if len(code) >= length and length <= digits and _has(lines, code[:length]):
            return ((code[:length], 1.0),)
    if len(code) < 6:
        # Subheadings under a heading, alike.
        six = sorted({line[:6] for line in lines.codes[lines.slice(code)].tolist()})
        return tuple((goal, 1.0 / len(six)) for goal in six)
    links = _links(edition).get(code[:6], ())
    here = [(goal, weight) for goal, weight in links if _has(lines, goal)]
    here = here or [(goal, 1.0) for goal in successors(code, lines)]
    total = sum(weight for _, weight in here)
    return tuple((goal, weight / total) for goal, weight in here)


def _has(lines: Axis, code: str) -> bool:
    place = lines.slice(code)
    return place.stop > place.start


@memoized
def _links(edition: str) -> dict[str, tuple[tuple[str, float], ...]]:
    """Subheading of any edition -> those of one that hold its goods, with weights; the newest source first."""
    table = arrays("chn_hs6_map")
    links: dict[str, dict[str, list[tuple[str, float]]]] = {}
    ahead = table["target_edition"] == edition
    back = (table["source_edition"] == edition) & ~ahead if not ahead.any() else ~ahead & False
    for rows, source, code, goal in (
        (ahead, "source_edition", "hs6", "target_hs6"),
        (back, "target_edition", "target_hs6", "hs6"),
    ):
        columns = (table[name][rows].tolist() for name in (source, code, goal, "weight"))
        for of, given, new, weight in zip(*columns, strict=True):
            links.setdefault(given, {}).setdefault(of, []).append((new, weight))
    return {code: tuple(next(by[name] for name in EDITIONS if name in by)) for code, by in links.items()}
