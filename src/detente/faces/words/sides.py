"""Sentences on both sides at once: real incomes, and what the United States buys from China."""

from __future__ import annotations

from detente.faces.words.language import Language

NONE, LITTLE = 5e-5, 5e-3
"""Change of real income, and of trade, below which it is said hardly to move; shares."""


def both_incomes(first: float, second: float, say: Language) -> str:
    """Changes of real income of the United States and of China, as shares."""
    if max(abs(first), abs(second)) < NONE:
        return say("income_same")
    words = ["rises" if change >= 0 else "falls" for change in (first, second)]
    return say(
        f"income_{'_'.join(words)}",
        first=say.percent(abs(first), 2),
        second=say.percent(abs(second), 2),
        in_first=say.country("USA", "in"),
        in_second=say.country("CHN", "in"),
    )


def trade_moved(change: float, say: Language) -> str:
    """Relative change of US imports from China; "" where they hardly move."""
    if abs(change) < LITTLE:
        return ""
    return say("trade_rises" if change > 0 else "trade_falls", imports=say.percent(abs(change), 0))
