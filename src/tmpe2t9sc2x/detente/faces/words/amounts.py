"""Amounts of an advice in words: dollars with as many digits as matter, chances, values of inputs."""

from __future__ import annotations

from detente.faces.words.language import Language
from detente.lab.talks.advice import PackageSeen

TENTH = 0.95
"""Value from which on one decimal is told."""

WHOLE, NONE, TINY = 9.95, 0.05, 0.005
"""Amounts from which on no decimal is told, below which nobody cares, and below which it prints as none, USD bn."""


def amount(value: float, say: Language, *, sign: bool = True) -> str:
    """An amount of USD bn: whole from ten on, with two decimals below one, else with one; none is 0."""
    size = abs(value)
    digits = 0 if size >= WHOLE or size < TINY else 1 if size >= TENTH else 2
    return say.number(value, digits, sign=sign)


def gain_words(row: PackageSeen, party: int, say: Language, pattern: str = "advice_from") -> str:
    """A gain, from its lowest to its highest over the weights where they differ."""
    low, high = amount(row.low[party], say), amount(row.high[party], say)
    return low if low == high else say(pattern, low=low, high=high)


def sign_words(chance: float | None, say: Language) -> str:
    """Above which chance of today's law a side signs."""
    if chance is None:
        return ""
    verdict = verdict_of(chance)
    return say(f"advice_{verdict}") if verdict else say.percent(chance, 0)


def verdict_of(chance: float) -> str:
    """Whether a side signs whatever the chance, or never; "" where it hangs on it."""
    return "always" if chance <= 0.005 else "never" if chance > 0.995 else ""


def measured(value: float, unit: str, say: Language) -> str:
    """A value of an input with its unit where that is dollars."""
    text = value_words(value, unit, say)
    return say("advice_measure_dollars", value=text) if unit.startswith("USD bn") else text


def value_words(value: float, unit: str, say: Language) -> str:
    """A value of an input with two digits that matter, shares in per cent."""
    if unit.startswith("share"):
        return say.percent(value, 0)
    digits = 0 if abs(value) >= WHOLE else 1 if abs(value) >= TENTH or not value else 2
    text = say.number(value, digits)
    return say.number(value) if round(value, digits) == round(value) else text


def week_digits(week: float) -> int:
    """Decimals of what a week costs."""
    return 1 if abs(week) >= 2.0 * NONE else 2
