"""Amounts of an advice in words: dollars with as many digits as matter, chances, values of inputs."""

from __future__ import annotations

from detente.faces.words.language import Language
from detente.lab.talks.advice import PackageSeen

TENTH = 0.95
"""Value from which on one decimal is told."""

OMEGA = "extra dollars"
"""Unit of the weight on a dollar of jobs: what it counts on top of itself."""

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


def sign_words(above: float | None, below: float | None, say: Language) -> str:
    """Above or below which chance of today's law a side signs."""
    verdict, chance = sign_verdict(above, below), below if above is None else above
    if chance is None:
        return ""
    if verdict:
        return say(f"advice_{verdict}")
    return say.percent(chance, 0) if below is None else say("advice_up_to", chance=say.percent(chance, 0))


def sign_verdict(above: float | None, below: float | None) -> str:
    """Whether a side signs whatever the chance of today's law, or never; "" where it hangs on it."""
    if below is not None:
        return "always" if below > 0.995 else "never" if below <= 0.005 else ""
    return "" if above is None else "always" if above <= 0.005 else "never" if above > 0.995 else ""


def measured(value: float, unit: str, say: Language) -> str:
    """A value of an input with its unit where that is dollars."""
    text = value_words(value, unit, say)
    return say("advice_measure_dollars", value=text) if unit.startswith("USD bn") else text


def value_words(value: float, unit: str, say: Language) -> str:
    """A value of an input with two digits that matter, shares in per cent; a weight always with two decimals."""
    if unit == OMEGA:
        return say.number(value, 2 if value else 0)
    if unit.startswith("share"):
        return say.percent(value, 0)
    digits = 0 if abs(value) >= WHOLE else 1 if abs(value) >= TENTH or not value else 2
    text = say.number(value, digits)
    return say.number(value) if round(value, digits) == round(value) else text


def week_digits(week: float) -> int:
    """Decimals of what a week costs."""
    return 1 if abs(week) >= 2.0 * NONE else 2
