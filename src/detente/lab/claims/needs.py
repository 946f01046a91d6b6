"""What a claim has to say before a number can be set against it: a year, a country, a day it is compared with.

A claim that leaves one of them out is not judged on a guess. It is not checkable, and the words ask for what is
missing; where no number can be worked out at all it is refused. What each quantity needs stands in its declaration,
and in docs/evidence.md.
"""

from __future__ import annotations

from detente.evidence.claims import Kind
from detente.evidence.verdicts import Comparator
from detente.lab.claims.quantities import quantities
from detente.lab.claims.questions import Said


def lacking(said: Said, kind: Kind) -> str:
    """Why a claim cannot be checked as it stands, with what to add; "" where it says all it has to."""
    asked = [question(said) for question in quantities()[said.row.name].needs.values()]
    asked += [_cause(said)] if kind is Kind.CAUSAL else []
    return next((words for words in asked if words), "")


def _cause(said: Said) -> str:
    """A cause needs an effect: a difference from something, with a direction."""
    if not quantities()[said.row.name].effect:
        known = ", ".join(name for name, quantity in quantities().items() if quantity.effect)
        return f"{said.words} is compared with nothing, so that no cause can be checked; claim one of {known}"
    value, comparator = said.row.value, Comparator(said.row.comparator)
    if comparator in (Comparator.EQUAL, Comparator.ABOUT) and value is not None and not float(value):
        return "an effect of zero has no direction; say comparator: rose or fell, or its size"
    return ""
