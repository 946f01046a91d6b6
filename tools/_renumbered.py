"""Statistical numbers of 1 July 2026, which no stored revision of the schedule holds yet: what replaced what.

Source: changes under section 484(f) of the Tariff Act (public domain). A number without a successor is only ended.
All rows are read at once: inside 3004.90.92 the same number is both given up and given out anew on that day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from _schedule import Line, day_before
from _shared import read_text_csv

DAY = "2026-07-01"
Days = dict[str, tuple[str | None, str | None]]


@dataclass(frozen=True)
class Renumbering:
    """What became of the numbers of one day.

    Attributes
    ----------
    successors : old number -> the numbers that replaced it, in order; empty where none is named.
    """

    successors: Mapping[str, tuple[str, ...]]

    @property
    def parents(self) -> dict[str, str]:
        """New number -> the first number it replaced, less numbers that replaced themselves."""
        found: dict[str, str] = {}
        for old, numbers in self.successors.items():
            for number in numbers:
                if number != old:
                    found.setdefault(number, old)
        return {new: old for new, old in found.items() if new not in self.successors.get(new, ())}

    @property
    def retired(self) -> list[str]:
        """Numbers that nothing stands under any more."""
        given_out = {number for numbers in self.successors.values() for number in numbers}
        return [old for old in self.successors if old not in given_out]

    def following(self, codes: Iterable[str]) -> Iterator[tuple[str, str]]:
        """(listed number, successor) of each listed number that was replaced."""
        for code in codes:
            yield from ((code, number) for number in self.successors.get(code, ()) if number != code)

    def _path(self, new: str, lines: Mapping[str, Line]) -> tuple[str, ...]:
        """Headings that everything a number replaced stands under; the words of a single number that it replaced."""
        paths = [lines[old].path for old, numbers in self.successors.items() if new in numbers]
        alike = [set(level) for level in zip(*paths, strict=False)]
        common = next((depth for depth, words in enumerate(alike) if len(words) > 1), len(alike))
        return paths[0][:common] if common else paths[0]

    def on_lines(self, lines: dict[str, Line], days: Days) -> None:
        """Add the new numbers under the words and rates of what they replaced, and end the old ones, in place."""
        fresh = {new: replace(lines[old], code=new, path=self._path(new, lines)) for new, old in self.parents.items()}
        for new in fresh:
            start, end = days.get(new, (DAY, None))
            # A number that lapsed and came back counts as there throughout: a row has one span of days.
            days[new] = (start, None if end else end)
        for old in self.retired:
            days[old] = (days[old][0], day_before(DAY))
        lines.update(fresh)


def renumbering(data: Path) -> Renumbering:
    """The changes of 1 July 2026."""
    table = read_text_csv(data / "law_update" / "us" / "hts10_changes_2026_07_01.csv")
    found: dict[str, list[str]] = {}
    for old, new in table.select("old_hts10", "new_hts10").iter_rows():
        found.setdefault(old, []).extend([new] if new else [])
    return Renumbering({old: tuple(numbers) for old, numbers in found.items()})
