"""Reconciliation: what a publisher's own figures say of its method, as choices that add points to an average.

Some choices can be named and not be made here: a method given up, a carve-out of goods whose list is not on record.
Where two figures of the publisher tell what such a choice moved, it is a step like the others, by their own account.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from detente.codes import declared_note
from detente.data.definitions import MethodChange, Publisher
from detente.lab.ground.definitions import Choice
from detente.lab.ground.view import View, value_of
from detente.law import Reading


def own_figures(publisher: Publisher, on: date, view: View) -> list[Choice]:
    """What a publisher's own figures say of its method, as choices that add points.

    Parameters
    ----------
    on : day of the report. view : of the publisher, with its other choices made.
    """
    if (view.importer, view.partner) != (publisher.importer, publisher.partner):
        return []
    steps = []
    if publisher.theirs.method is not None and on < publisher.theirs.method.until:
        steps.append(Choice("method", declared_note("choices.spring"), points=_spring(view, publisher.theirs.method)))
    if publisher.theirs.electronics is not None and _early(publisher, on):
        fall = publisher.theirs.electronics.average - publisher.theirs.electronics.next_average
        steps.append(Choice("electronics", declared_note("choices.electronics"), points=fall))
    return steps


def _early(publisher: Publisher, on: date) -> bool:
    """Whether a report is from before the publisher gave up its first carve-out of electronics."""
    return publisher.theirs.electronics is not None and on < publisher.theirs.electronics.until


def _spring(view: View, change: MethodChange) -> float:
    """What a change of method took away: the publisher's fall over two reports less that of the law."""
    days = (change.law, change.next_law)
    then, after = (value_of(replace(view, on=on, announced=(), reading=Reading.PUBLISHED)) for on in days)
    return (change.average - change.next_average) - (then - after)
