"""What a claim has to say before a number can be set against it: a year, a country, a day it is compared with.

A claim that leaves one of them out is not judged on a guess. It is not checkable, and the words ask for what is
missing; where no number can be worked out at all it is refused. What each quantity needs stands in its declaration,
and in docs/evidence.md.
"""

from __future__ import annotations

from detente.codes import declared_note
from detente.evidence.verdicts import Kind
from detente.lab.claims.quantities import quantities
from detente.lab.claims.questions import Wording


def lacking(wording: Wording, kind: Kind, is_open: bool = False) -> str:
    """Why a claim cannot be checked as it stands, with what to add; "" where it says all it has to.

    Parameters
    ----------
    is_open : the words of the claim leave the reading open.
    """
    questions = [question(wording) for question in quantities()[wording.row.name].needs.values()]
    questions += [_cause(wording)] if kind is Kind.CAUSAL else []
    questions += [_whose(wording)] if is_open else []
    return next((words for words in questions if words), "")


def _cause(wording: Wording) -> str:
    """A cause needs an effect: a difference from something, with a direction."""
    if not quantities()[wording.row.name].effect:
        known = ", ".join(name for name, quantity in quantities().items() if quantity.effect)
        return declared_note("claims.cause_of_nothing", quantity=wording.words, known=known)
    value = wording.row.value
    if wording.row.comparator in ("=", "about") and value is not None and not float(value):
        return declared_note("claims.cause_of_zero")
    return ""


def _whose(wording: Wording) -> str:
    """An average of which the words leave open whose imports it is over needs to say so."""
    row, quantity = wording.row, quantities()[wording.row.name]
    if not {"importer", "period"} <= {*quantity.narrowed_by} or row.population or row.importer or wording.given:
        return ""
    return declared_note("claims.imports_unsaid", quantity=wording.words, population=next(iter(quantity.populations)))
