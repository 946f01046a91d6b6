"""Duties on single lines that claims speak of: in all, what is added to the base duty, and under other facts."""

from __future__ import annotations

from datetime import date

from detente.codes import InputError, declared_note, digits
from detente.codes.hs import nested
from detente.data.adcvd import likely_orders
from detente.lab.claims.laws import HOME, importer_of, law_under
from detente.lab.claims.measured import Basis, Measured
from detente.lab.claims.record import lawbook_of, record_of
from detente.lab.claims.rows import UNITS, QuantityRow, ReadingRow
from detente.lab.statute.lookup import LineDuty, UnlistedRate, look_up

ADDITION, FACTS = "addition", "facts"
LEVELS = {"hs6": "subheading", "sector": "sector"}
"""What a base duty on record is of where it is not of the line."""

SAME = 1e-9
"""Duties that are one."""


def line_rate(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Duty of an importer on a line from a partner.

    Raises
    ------
    InputError : no line or no partner.
    """
    line, partner = reading.line or row.line, reading.partner or row.partner
    if not line or not partner:
        raise InputError(f"quantity {row.name}", "names no line or no partner", 'add line: "8517.13.00", partner: CHN')
    code = importer_of(row)
    law, on = law_under(reading, as_of, code)
    try:
        answer = look_up(line, partner, on, law=law, of=code)
    except UnlistedRate as error:
        return Measured(float("nan"), inputs=(lawbook_of(code),), remark=error.what)
    total, fact = _under(answer, row, reading.of)
    whose = LEVELS.get(answer.level, answer.level)
    level = "" if answer.level == "line" else declared_note("claims.line_level", level=whose)
    record = "" if code == HOME else record_of(law)
    words = (f"line {line}, {answer.basis or 'one rate'}", fact, level, record, _orders(answer, code))
    return Measured(total, inputs=(lawbook_of(code),), remark="; ".join(filter(None, words)))


def _under(answer: LineDuty, row: QuantityRow, of: str) -> tuple[float, str]:
    """The duty of a kind of reading, and the fact that it takes for given."""
    if of == ADDITION:
        return answer.total - answer.main.base, ""
    if of != FACTS or row.value is None:
        return answer.total, ""
    claimed = float(row.value) * UNITS[row.unit or "percent"]
    states = [
        (state.total, f"{fact.title}: {state.name}")
        for fact in answer.facts
        for state in fact.states
        if state.total is not None and abs(state.total - answer.total) > SAME
    ]
    return min(states, key=lambda state: abs(state[0] - claimed), default=(float("nan"), ""))


def _orders(answer: LineDuty, code: str) -> str:
    """A word on duties that no lawbook here holds, where an order on such goods is on record."""
    if code != HOME:
        return ""
    likely = any(
        answer.partner in order.partners and any(nested(answer.code, digits(c, "code")) for c in order.codes)
        for order in likely_orders()
    )
    return declared_note("claims.line_orders") if likely else ""
