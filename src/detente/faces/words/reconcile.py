"""A reconciliation in one sentence: whose count gives the number, and the two choices that move most."""

from __future__ import annotations

from detente.codes.units import Unit
from detente.faces.words.language import Language, load
from detente.lab.averages.waterfall import Bar
from detente.lab.record.reconcile import PRICES, Reconciliation, largest

MOST_WORDS = 20
"""Words of a sentence at most."""


def verdict_in_words(answer: Reconciliation, say: Language | None = None) -> str:
    """Whose count gives the number and what moves most, in at most twenty words."""
    say = say or load()
    head = _head(answer, say)
    for most in (2, 1):
        steps = [step_in_words(bar, answer, say) for bar in largest(answer, most)]
        text = say("reconcile_with", head=head, steps=", ".join(steps)) if steps else f"{head}."
        if len(text.split()) <= MOST_WORDS:
            return text
    return f"{head}."


def _head(answer: Reconciliation, say: Language) -> str:
    number, ours = (amount(value, answer, say) for value in (answer.waterfall.theirs, answer.waterfall.ours))
    counting = answer.counting
    parts = {"number": number, "ours": ours, "who": counting.who, "gives": amount(counting.value, answer, say)}
    if not counting.on_record:
        asked_for = ("reconcile_given", "reconcile_none")
        meets, fails = ("reconcile_nobody", "reconcile_far") if answer.nearest else asked_for
        return say(meets if answer.meets else fails, **parts)
    if answer.meets:
        return say("reconcile_meets", **parts)
    return say("reconcile_named" if answer.named or counting.report else "reconcile_nearest", **parts)


def step_in_words(bar: Bar, answer: Reconciliation, say: Language) -> str:
    """A step in short, with what it moves: "USMCA claims of 2024 +2.4"."""
    return f"{bar.words.partition(',')[0]} {moved(bar.points, answer, say)}"


def amount(value: float, answer: Reconciliation, say: Language) -> str:
    """A number of the quantity: 17.8%, 1.71%, 300 bn, 2,800 dollars."""
    if answer.number.unit is Unit.SHARE:
        return say.percent(value, digits_of(answer))
    if answer.number.unit is Unit.USD:
        return say("reconcile_billions", number=say.number(value * 1e-9))
    return say("reconcile_dollars", number=say.number(value))


def moved(points: float, answer: Reconciliation, say: Language) -> str:
    """What a step moves: points, billions or dollars, with its sign."""
    factor = {Unit.SHARE: 100.0, Unit.USD: 1e-9, Unit.DOLLARS: 1.0}[answer.number.unit]
    digits = digits_of(answer) if answer.number.unit is Unit.SHARE else 0
    return say.number(points * factor, digits, sign=True)


def digits_of(answer: Reconciliation) -> int:
    """Decimals of a per cent: two of prices, else one."""
    return 2 if answer.number.what == PRICES else 1
