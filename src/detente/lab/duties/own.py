"""A tariff of one's own: rows of importer, partners, goods, rate and days, as the scenario that a run takes.

Each row is a new measure on top of the law. It stands under the exemptions of the authority that carries it, as every
added duty does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from detente.codes import InputError, Parameter, UnknownName
from detente.codes.hs import digits
from detente.codes.names import in_sentence, words
from detente.data.importers import importer
from detente.data.models import CODE_LENGTHS
from detente.data.small_world import SECTORS
from detente.data.tables import countries, partner_name
from detente.lab.averages.reform import lines_named, shortest
from detente.lab.scenario import NamedGoods, Scenario, parse_scenario

ALL = "all"
#: Whose exemptions an own duty stands under, by importer; the layer of a deal stands under the same.
AUTHORITIES = {"USA": "country_orders", "CHN": "retaliation_reciprocal"}

#: Highest rate of a row, share.
HIGHEST = 5.0

#: Rows of a tariff.
MOST = 12


@dataclass(frozen=True)
class OwnDuty:
    """A row.

    Attributes
    ----------
    of : importer with a lawbook.
    partners : ISO3 codes and ids of groups, or "all"; `without` : of them left out.
    sector : of the small world, "" for goods by code or for all; `codes` : tariff codes without dots.
    rate : points added, or with `floor` the least that is owed in all, share.
    since, until : first and last day; None for the day of the law, and for no end.
    """

    of: str
    partners: tuple[str, ...]
    rate: float
    without: tuple[str, ...] = ()
    sector: str = ""
    codes: tuple[str, ...] = ()
    floor: bool = False
    since: date | None = None
    until: date | None = None


def own_partners(text: str, of: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Partners by name and those left out, from words with commas between: "EU, Japan" or "all, -Canada".

    Raises
    ------
    UnknownName : a name that nobody knows. InputError : the importer itself, or nobody.
    """
    named: list[str] = []
    left: list[str] = []
    for word in filter(None, (part.strip() for part in text.split(","))):
        minus = word.startswith(("-", "\N{MINUS SIGN}"))
        code = _partner(word[1:].strip() if minus else word)
        (left if minus else named).append(code)
    if not named and not left:
        raise InputError(Parameter("partners"), "names nobody", "as in EU, Japan, or all")
    if of in named:
        raise InputError(Parameter("partners"), f"names {partner_name(of)}, the importer", "name its partners")
    if of == "CHN" and (set(named) - {"USA"} or left):
        raise InputError(Parameter("partners"), "are others than the United States",
                         "the trade of China that is in the package is that with the United States")  # fmt: skip
    return tuple(dict.fromkeys(named)) or (ALL,), tuple(dict.fromkeys(left))


def _partner(word: str) -> str:
    if word.lower() in (ALL, "everybody", "world"):
        return ALL
    return countries().code(word, Parameter("partners"))


def own_codes(text: str, of: str) -> tuple[str, ...]:
    """Tariff codes with commas between, without dots, all of which some line lies under.

    Raises
    ------
    InputError, UnknownName : what is no code of the importer's tariff.
    """
    words = [part.strip() for part in text.split(",") if part.strip()]
    place = "goods"
    plain = [digits(word, place, CODE_LENGTHS) for word in words]
    if not plain:
        raise InputError(Parameter("goods"), "names no code", "as in 8703.23 or 7208, 7209")
    lines_named(importer(of), NamedGoods(codes=plain), place)
    return tuple(dict.fromkeys(plain))


def own_sector(name: str) -> str:
    """A sector of goods of the small world.

    Raises
    ------
    UnknownName : no such sector.
    """
    known = [code for code in SECTORS if code != "SVC"]
    if name not in known:
        raise UnknownName("sector", name[:40], known, Parameter("goods"), f"use {', '.join(known)}")
    return name


def own_scenario(rows: Sequence[OwnDuty], on: date, title: str = "", name: str = "own-tariff") -> Scenario:
    """The rows as a scenario, compared with the law of the same day.

    Raises
    ------
    InputError : no row, too many, a day of end before the first.
    """
    if not 1 <= len(rows) <= MOST:
        raise InputError(Parameter("rows"), f"{len(rows)} rows are no tariff", f"give 1 to {MOST}")
    content: dict[str, Any] = {"name": name, "title": title or "A tariff of one's own", "on": on}
    for number, row in enumerate(rows, start=1):
        key = {"USA": "usa", "CHN": "chn"}[row.of]
        content.setdefault(key, {"add": []})["add"].append(_measure(row, number, on))
    # One draw of nothing: whoever wants ranges asks for draws.
    content["report"] = {"draws": 0}
    last = max((row.until or date.max for row in rows), default=date.max)
    if on < last < date.max:
        content["until"] = last
    return parse_scenario(content, "own tariff", name)


def _measure(row: OwnDuty, number: int, on: date) -> dict[str, Any]:
    """A row in the format of a lawbook."""
    since = row.since or on
    if row.until is not None and row.until < since:
        raise InputError(Parameter("until"), f"{row.until} is before the first day {since}", "swap the days")
    if not 0.0 <= row.rate <= HIGHEST:
        raise InputError(Parameter("rate"), f"{100 * row.rate:g}% is out of range", f"give 0 to {100 * HIGHEST:g}")
    period: dict[str, Any] = {
        "floor" if row.floor else "rate": f"{round(100 * row.rate, 6):g}%",
        "from": since.isoformat(),
    }
    if row.until is not None:
        period["until"] = row.until.isoformat()
    return {
        "id": f"own_{number}",
        "title": titled(row),
        "authority": AUTHORITIES[row.of],
        "citation": "an assumption",
        "goods": _goods(row),
        "partners": [*row.partners, *(f"-{code}" for code in row.without)],
        "periods": [period],
    }


def _goods(row: OwnDuty) -> Any:
    if row.codes:
        return [{"codes": list(row.codes)}]
    if not row.sector:
        return ALL
    where = importer(row.of)
    lines = lines_named(where, NamedGoods(sectors=[row.sector]), "goods")
    return [{"codes": list(shortest(where.lines, lines))}]


#: Sectors of goods in a title.
SECTOR_NAMES = {name: words("sector", name).lower() for name in SECTORS if name != "SVC"}


def titled(row: OwnDuty) -> str:
    """A title of a measure from what its row says: "25% on vehicles from the European Union"."""
    rate = f"{'at least ' if row.floor else ''}{round(100 * row.rate, 6):g}%"
    goods = SECTOR_NAMES.get(row.sector) or (f"goods of {', '.join(row.codes[:3])}" if row.codes else "all goods")
    named = ["everybody" if code == ALL else in_sentence(partner_name(code)) for code in row.partners]
    left = f" but {_listed([in_sentence(partner_name(code)) for code in row.without])}" if row.without else ""
    return f"{rate} on {goods} from {_listed(named)}{left}"


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)
