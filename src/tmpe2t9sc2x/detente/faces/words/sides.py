"""Sentences on both sides at once: real incomes, and what one buys from the other."""

from __future__ import annotations

from detente.faces.words.language import Language, load
from detente.lab.duties.among import USUAL

NONE, LITTLE = 5e-5, 5e-3
"""Change of real income, and of trade, below which it is said hardly to move; shares."""


def both_incomes(first: float, second: float, say: Language, sides: tuple[str, str] = USUAL) -> str:
    """Changes of real income of both sides, as shares."""
    if max(abs(first), abs(second)) < NONE:
        return say("income_same")
    words = ["rises" if change >= 0 else "falls" for change in (first, second)]
    return say(
        f"income_{'_'.join(words)}",
        first=say.percent(abs(first), 2),
        second=say.percent(abs(second), 2),
        in_first=say.country(sides[0], "in"),
        in_second=say.country(sides[1], "in"),
    )


def trade_moved(change: float, say: Language, sides: tuple[str, str] = USUAL) -> str:
    """Relative change of what the first side imports from the second; "" where it hardly moves."""
    if abs(change) < LITTLE:
        return ""
    buyer, seller = say.country(sides[0], "imports"), say.country(sides[1], "origin")
    name = "trade_rises" if change > 0 else "trade_falls"
    return say(name, imports=say.percent(abs(change), 0), buyer=buyer, seller=seller)


def adjective(code: str) -> str:
    """An importer before a duty, in English: "US", "Canadian", "EU"."""
    return load().country(code, "adjective")


def possessive(code: str) -> str:
    """Whose duty it is, in English, without the word: "the US", "China's", "the EU's"."""
    return load().country(code, "possessive")
