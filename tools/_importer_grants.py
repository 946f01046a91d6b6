"""Preferences that are known by a rule, not line by line: all goods free, or all but farm goods.

The rules are those that the agreements state of themselves; where an agreement steps down by line, the rule begins on
the day of its last step. Farm goods under an agreement for industry owe the general rate here, which may be too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from _importer_rows import Preference, Rate, share

ALL = tuple(f"{chapter:02d}" for chapter in range(1, 98) if chapter != 77)
INDUSTRY = tuple(chapter for chapter in ALL if chapter >= "25")
FARM = ("290543", "290544", "290545", "3301", "3501", "3502", "3503", "3504", "3505", "380910", "3823", "382460")
"""Goods of chapters 25 to 97 that the Agreement on Agriculture counts as farm goods and that bear duties."""

NOT_KNOWN = Rate("the rate under this agreement is not on record", "other", 0.0)
FREE = share(0)

Grants = Mapping[str, Iterable[Preference]]


def free(symbol: str, codes: Iterable[str], start: str = "", without: Iterable[str] = ()) -> Iterator[Preference]:
    """A programme that frees goods from a day on; under `without` the general rate holds."""
    for code in codes:
        if code not in without:
            yield Preference(code, symbol, FREE, start)
    for code in without:
        yield Preference(code, symbol, NOT_KNOWN, start)


def industry(symbol: str, start: str = "", without: Iterable[str] = ()) -> Iterator[Preference]:
    """A programme that frees all goods but those of farms."""
    yield from free(symbol, INDUSTRY, start, (*FARM, *without))


EUROPEAN = (
    *("EEA", "CHE", "TUR", "KOR", "CHL", "MEX", "COLPERECU", "CENTRAL_AMERICA", "MEDITERRANEAN", "BALKANS"),
    *("EAST", "NZL", "ZAF"),
)
"""Agreements of the Union, and of the United Kingdom after it, that free industry."""

JAPAN_LATER = ("41", "42", "43", "64")
"""Goods on which the agreement with Japan steps down over up to fifteen years."""


def europe(extra: Iterable[str]) -> Iterator[Preference]:
    """The agreements that the European Union and the United Kingdom have alike."""
    for symbol in (*EUROPEAN, *extra):
        yield from industry(symbol)
    yield from industry("CAN", "2024-01-01")
    yield from industry("JPN", "", (*JAPAN_LATER, "87"))
    yield Preference("87", "JPN", FREE, "2026-02-01")
    yield from free("SGP", ALL, "2024-11-21")
    yield from free("EPA", ALL)
    yield from free("LDC", ALL, "", ("93",))


def european_union() -> list[Preference]:
    """Preferences of the European Union."""
    return [*europe(()), *free("TCA", ALL)]


def united_kingdom() -> list[Preference]:
    """Preferences of the United Kingdom."""
    return [*europe(("AUS",)), *free("TCA", ALL)]


def brazil() -> list[Preference]:
    """Preferences of Brazil: Mercosur and the neighbours with whom all lines are free."""
    return [
        *free("MERCOSUR", ALL, "", ("1701",)),
        *free("CHL", ALL),
        *free("BOL", ALL),
        *free("PER", ALL, "2019-01-01"),
    ]
