"""Forecasts of a number: settled by the figure of their quantity once it is public, under the readings of a claim."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from detente.codes import declared_note
from detente.evidence import ClaimCheck, Kind, Nearness, Verdict
from detente.evidence.forecasts import Expectation
from detente.lab.claims.words import said_of

SETTLED = {Nearness.IN: Verdict.KEPT, Nearness.NEAR: Verdict.PARTLY, Nearness.OUT: Verdict.BROKEN}
INTENTS = {Verdict.KEPT: Verdict.BORNE_OUT, Verdict.BROKEN: Verdict.NOT_BORNE_OUT}


def by_figure(check: ClaimCheck, expected: Expectation, as_of: date, lacks: str = "") -> ClaimCheck:
    """The check of a forecast whose test is a figure, settled by its readings.

    It is open until its day, and until its figure is public; then kept where the usual reading has the number, partly
    where that is near or another reading has it, broken else.

    Parameters
    ----------
    lacks : why the quantity cannot be computed as it stands; "" where it can.
    """
    last = expected.window[1]
    if as_of <= last:
        words = declared_note("claims.open_until", day=last)
        return replace(check, verdict=Verdict.OPEN, verdict_then=Verdict.OPEN, explanation=words)
    if lacks or not check.readings:
        words = lacks or check.explanation
        return replace(check, verdict=Verdict.NOT_CHECKABLE, verdict_then=Verdict.OPEN, explanation=words)
    shown = next((reading for reading in check.readings if reading.default), check.readings[0])
    if shown.known is not None and shown.known > as_of:
        words = declared_note("claims.figure_not_public", day=shown.known)
        return replace(check, verdict=Verdict.OPEN, verdict_then=Verdict.OPEN, explanation=words)
    verdict = Verdict.NOT_CHECKABLE if shown.nearness is None else SETTLED[shown.nearness]
    if verdict is Verdict.BROKEN and check.holds_under:
        verdict = Verdict.PARTLY
    if check.part.kind is Kind.INTENT:
        verdict = INTENTS.get(verdict, verdict)
    inputs = tuple(dict.fromkeys(name for reading in check.readings for name in reading.inputs))
    filled = replace(check, verdict=verdict, verdict_then=Verdict.OPEN, value=shown.value, inputs=inputs)
    return replace(filled, definition=shown.label, explanation=said_of(filled, None))
