"""Five cards: the numbers of a brief that stand out, both sides on one card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from detente.faces.words.language import MINUS, Language
from detente.faces.words.lines import BriefLine

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


def front_cards(numbers: Sequence[BriefLine], law: str, assumed: float, say: Language) -> list[FrontCard]:
    """The cards for which there are numbers, five at most.

    Parameters
    ----------
    law : what gains are counted against; `assumed` : part of the first side's gain that a case assumes, bn USD a year.
    """
    lines = _Lines(numbers)
    cards = [*_average(lines, say), *_income(lines, say), *_household(lines, say), *_collected(lines, say)]
    return [*cards, *_gain(lines, law, assumed, say)][:MOST]


class _Lines:
    """Lines by name and country."""

    def __init__(self, numbers: Sequence[BriefLine]) -> None:
        self.by_name = {(line.name, line.country): line for line in numbers}

    def both(self, name: str, other: str = "") -> tuple[BriefLine | None, BriefLine | None]:
        """The line of the United States, and that of China."""
        return self.by_name.get((name, "USA")), self.by_name.get((other or name, "CHN"))


def _percent(say: Language, number: str) -> str:
    return say("with_percent", number=number)


def _spreads(say: Language, first: BriefLine, second: BriefLine | None) -> str:
    parts = [first.spread, f"{say.name('CHN')} {second.spread}" if second and second.spread else ""]
    return "; ".join(part for part in parts if part)


def _average(lines: _Lines, say: Language) -> Iterator[FrontCard]:
    own, other = lines.both("average", "china")
    if own is None:
        return
    moved = say("from_level", before=_percent(say, own.before))
    if other is not None:
        number = f"{_percent(say, other.after)}, {say('from_level', before=_percent(say, other.before))}"
        moved = f"{moved}; {say('card_average_other', number=number)}"
    yield FrontCard(own.table, say("card_average"), _percent(say, own.after), moved, own.spread)


def _income(lines: _Lines, say: Language) -> Iterator[FrontCard]:
    own, other = lines.both("income")
    if own is not None:
        against = say("card_income_other", number=_percent(say, other.change)) if other else ""
        yield FrontCard(
            own.table, say("card_income"), _percent(say, own.change), against, _spreads(say, own, other)
        )  # fmt: skip


def _household(lines: _Lines, say: Language) -> Iterator[FrontCard]:
    own, _ = lines.both("household")
    if own is not None:
        number = say("with_dollars", number=own.change)
        yield FrontCard(own.table, say("card_household"), number, say("card_household_base"), own.spread)


def _collected(lines: _Lines, say: Language) -> Iterator[FrontCard]:
    own, other = lines.both("collected")
    if own is None:
        return
    against = say("from_level", before=own.before)
    if other is not None:
        against = f"{against}; {say('card_collected_other', before=other.before, after=other.after)}"
    yield FrontCard(own.table, say("card_collected"), say("with_billions", number=own.after), against, "")


def _gain(lines: _Lines, law: str, assumed: float, say: Language) -> Iterator[FrontCard]:
    own, other = lines.both("gain")
    if own is None or other is None:
        return
    spread = _spreads(say, own, other)
    if abs(assumed) > ASSUMED * abs(own.value):
        spread = "; ".join(filter(None, (spread, say("assumed_of", number=say.number(assumed, 1)))))
    against = say("card_gain_other", number=other.change, law=law)
    yield FrontCard(own.table, say("card_gain"), say("with_billions", number=own.change), against, spread)
