"""Five cards: the numbers of a brief that stand out, both sides on one card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detente.faces.words.language import MINUS, Language
from detente.faces.words.lines import BriefLine
from detente.lab.duties.among import USUAL

MOST = 5
ASSUMED = 0.1
"""Part of a number from which on an assumption behind it stands on its card."""


@dataclass(frozen=True)
class FrontCard:
    """A number that stands out: what it is, against what, and its range."""

    table: str
    label: str
    number: str
    against: str
    spread: str

    def as_dict(self) -> dict[str, str]:
        """The card as plain values."""
        texts = {key: getattr(self, key) for key in ("table", "label", "number", "against", "spread")}
        return {key: text.replace(MINUS, "-") for key, text in texts.items()}


def front_cards(
    numbers: Sequence[BriefLine], law: str, assumed: float, say: Language, sides: tuple[str, str] = USUAL
) -> list[FrontCard]:
    """The cards for which there are numbers, five at most.

    Parameters
    ----------
    sides : the importer whose imports are averaged, and the other side.
    law : what gains are counted against; `assumed` : part of the first side's gain that a case assumes, bn USD a year.
    """
    lines = _Lines(numbers, sides)
    cards = [*_average(lines, say), *_income(lines, say), *_household(lines, say), *_collected(lines, say)]
    return [*cards, *_gain(lines, law, assumed, say)][:MOST]


class _Lines:
    """Lines by name and country."""

    def __init__(self, numbers: Sequence[BriefLine], sides: tuple[str, str]) -> None:
        self.sides = sides
        self.by_name = {(line.name, line.country): line for line in numbers}

    def both(self, name: str, *others: str) -> tuple[BriefLine | None, BriefLine | None]:
        """The line of the first side, and that of the second."""
        first, second = self.sides
        theirs = (self.by_name.get((other, second)) for other in others or (name,))
        return self.by_name.get((name, first)), next((line for line in theirs if line), None)


def _percent(say: Language, number: str) -> str:
    return say("with_percent", number=number)


def _spreads(say: Language, first: BriefLine, second: BriefLine | None) -> str:
    parts = [first.ranged, f"{say.name(second.country)} {second.ranged}" if second and second.spread else ""]
    return say("frame.semicolon").join(part for part in parts if part)


def _average(lines: _Lines, say: Language) -> Iterator[FrontCard]:
    own, other = lines.both("average", "china", "on_first")
    if own is None:
        return
    moved = say("from_level", before=_percent(say, own.before))
    if other is not None:
        number = f"{_percent(say, other.after)}, {say('from_level', before=_percent(say, other.before))}"
        names = {"owner": say.country(other.country, "owner"), "goods": say.country(own.country, "goods")}
        moved = f"{moved}{say('frame.semicolon')}{say('card_average_other', number=number, **names)}"
    label = say("card_average", of_country=say.country(own.country, "of"))
    yield FrontCard(own.table, label, _percent(say, own.after), moved, own.ranged)


def _income(lines: _Lines, say: Language) -> Iterator[FrontCard]:
    own, other = lines.both("income")
    if own is not None:
        against = ""
        if other is not None:
            against = say("card_income_other", country=say.name(other.country), number=_percent(say, other.change))
        label = say("card_income", of_country=say.country(own.country, "of"))
        yield FrontCard(own.table, label, _percent(say, own.change), against, _spreads(say, own, other))


def _household(lines: _Lines, say: Language) -> Iterator[FrontCard]:
    own = lines.by_name.get(("household", "USA"))
    if own is not None:
        number = say("with_dollars", number=own.change)
        yield FrontCard(own.table, say("card_household"), number, say("card_household_base"), own.ranged)


def _collected(lines: _Lines, say: Language) -> Iterator[FrontCard]:
    own, other = lines.both("collected")
    if own is None:
        return
    against = say("from_level", before=own.before)
    if other is not None:
        ends = {"before": other.before, "after": other.after}
        against = (
            f"{against}{say('frame.semicolon')}{say('card_collected_other', country=say.name(other.country), **ends)}"
        )
    label = say("card_collected", goods=say.country(own.country, "goods"))
    spread = _spreads(say, own, other)
    yield FrontCard(own.table, label, say("with_billions", number=own.after), against, spread)


def _gain(lines: _Lines, law: str, assumed: float, say: Language) -> Iterator[FrontCard]:
    own, other = lines.both("gain")
    if own is None or other is None:
        return
    spread = _spreads(say, own, other)
    if abs(assumed) > ASSUMED * abs(own.value):
        spread = say("frame.semicolon").join(filter(None, (spread, say("assumed_of", number=say.number(assumed, 1)))))
    against = say("card_gain_other", number=other.change, law=law)
    yield FrontCard(own.table, say("card_gain"), say("with_billions", number=own.change), against, spread)
