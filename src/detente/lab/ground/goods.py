"""Goods as a scenario names them, by sector or tariff code, and the part of a measure's goods that they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError, UnknownName, dotted
from detente.codes.hs import digits
from detente.data.importers import Importer
from detente.data.models import CODE_LENGTHS
from detente.data.old_codes import check_edition
from detente.data.small_world import EVERY_SECTOR
from detente.lab.ground.averages import class_of_lines, sector_names
from detente.lab.scenario import NamedGoods
from detente.law.measure import Goods

Lines = NDArray[np.bool_]
Ints = NDArray[np.int64]
SCHEME = "icio28"

SECTOR_WORDS = {
    "agriculture": "AGR", "farm": "AGR", "energy": "ENE", "ores": "ORE", "mining": "ORE", "food": "FOO",
    "textiles": "TEX", "clothing": "TEX", "wood": "WPP", "paper": "WPP", "chemicals": "CHM", "pharmaceuticals": "PHA",
    "medicines": "PHA", "metals": "MET", "electronics": "ELE", "electrical": "EEQ", "machinery": "MAC",
    "vehicles": "VEH", "cars": "VEH", "other": "OMF", "steel": "STL",
}  # fmt: skip
"""Words for sectors of the small worlds."""

SMALL = {code: members for code, members in EVERY_SECTOR.items() if code != "SVC"}
"""Sectors of goods of the small worlds; a code that both have means the same in both."""


def lines_named(where: Importer, named: NamedGoods, place: str) -> Lines:
    """Lines of an importer's tariff that are meant, shape (lines,).

    Parameters
    ----------
    place : what a refusal calls the entry.

    Raises
    ------
    UnknownName : a sector or code that is not there, with the nearest ones.
    InputError : neither sectors nor codes are named, or all of them are excepted.
    """
    if not named.sectors and not named.codes:
        raise InputError(place, "names neither sectors nor codes", "as in goods: {sectors: [ELE], codes: ['8703']}")
    members = [member for name in named.sectors for member in sectors_of(name, place)]
    mask = np.isin(class_of_lines(where, SCHEME), members)
    mask |= where.lines.mask(_codes(where, named.codes, place))
    mask &= ~where.lines.mask(_codes(where, named.except_, place))
    if not mask.any():
        raise InputError(place, "names no goods", "name other sectors or codes, or except fewer")
    return mask


def sectors_of(name: str, place: str) -> tuple[str, ...]:
    """Sectors of the world `icio-2022` under a sector of any world of the tables, given by code, name or word.

    Raises
    ------
    UnknownName : no sector of goods is called that.
    """
    known = _known()
    if name.strip().lower() not in known:
        words = f"sectors: {', '.join(SMALL)}, or those of icio-2022, as C26"
        raise UnknownName("sector", name[:60], _spelled(), place, words)
    return known[name.strip().lower()]


@lru_cache(maxsize=1)
def _known() -> dict[str, tuple[str, ...]]:
    """Sectors of the large world by everything that a sector of goods is called, in small letters."""
    large = {code: name for code, name in sector_names().items() if any(code in m for m in SMALL.values())}
    words = {word: SMALL[code] for word, code in SECTOR_WORDS.items()}
    words |= {name.lower(): (code,) for code, name in large.items()}
    words |= {code.lower(): (code,) for code in large}
    return words | {code.lower(): members for code, members in SMALL.items()}


def _spelled() -> list[str]:
    """Names of sectors as they are written."""
    goods = {code for members in _known().values() for code in members}
    names = [name for code, name in sector_names().items() if code in goods]
    return [*SMALL, *sorted(goods), *SECTOR_WORDS, *names]


def _codes(where: Importer, codes: Iterable[str], place: str) -> list[str]:
    """Codes without dots, all of which some line lies under."""
    plain = [digits(code, place, CODE_LENGTHS) for code in codes]
    lo, hi = where.lines.bounds(plain)
    for code, first, last in zip(plain, lo.tolist(), hi.tolist(), strict=True):
        if first == last:
            check_edition(code, where.lines, place)
            known = dict.fromkeys(line[: len(code)] for line in where.lines.codes.tolist())
            raise UnknownName("tariff code", dotted(code), [dotted(head) for head in known], place)
    return plain


def part_of(where: Importer, goods: Sequence[Goods], named: Lines) -> tuple[Goods, ...]:
    """The part of a measure's goods on some lines: blocks with their conditions and days, none where none is left.

    Parameters
    ----------
    named : lines that are kept, shape (lines,).
    """
    heads, blocks = _heads(where.lines), list[Goods]()
    for block in goods:
        whole = where.painter.masks[where.painter.paint(block)]
        prefixes = _shortest(heads, whole & named)
        if prefixes:
            blocks.append(replace(block, prefixes=prefixes, excepted=()))
    return tuple(blocks)


def shortest(axis: Axis, lines: Lines) -> tuple[str, ...]:
    """The shortest prefixes that cover exactly some lines of a tariff.

    Parameters
    ----------
    axis : the tariff; `lines` : which of its lines, shape (lines,).
    """
    return _shortest(_heads(axis), lines)


def _shortest(heads: Sequence[tuple[NDArray[np.str_], Ints]], lines: Lines) -> tuple[str, ...]:
    left, prefixes = lines.copy(), list[str]()
    for names, places in heads:
        whole = np.bincount(places, ~lines, minlength=names.size) == 0.0
        chosen = whole & (np.bincount(places, left, minlength=names.size) > 0.0)
        prefixes += names[chosen].tolist()
        left &= ~chosen[places]
    return tuple(sorted(prefixes))


def _heads(axis: Axis) -> list[tuple[NDArray[np.str_], Ints]]:
    """Beginnings of the lines of a tariff by length, and which of them each line has, shape (lines,)."""
    heads: list[tuple[NDArray[np.str_], Ints]] = []
    for length in (2, 4, 6, 8, 10):
        names, places = np.unique(axis.codes.astype(f"<U{length}"), return_inverse=True)
        heads.append((names, places.astype(np.int64)))
    return heads
