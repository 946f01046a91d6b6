"""What China bought of a good from the United States in a calendar year, to set against a pledge."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, Wording, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import (
    CHANGE,
    KINDS,
    LEVEL,
    MONEY,
    POINT,
    SHARES,
    check_level,
    level_or_change,
    period,
)


def _good(wording: Wording) -> str:
    """Purchases of what?"""
    if wording.row.line or wording.names("population"):
        return ""
    return 'the claim does not say of which good; add population: soybeans, or line: "1201.90"'


def _as_asked(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """The reading as level or change, as the definition or the unit says."""
    kind = (own.of if own else "") or level_or_change(row, own)
    reading = QUANTITY.readings[0]
    how = "" if kind == LEVEL else f", change against the {'year' if kind == CHANGE else 'period'} before"
    return (reading.model_copy(update={"of": kind, "label": f"{reading.label}{how}"}),)


QUANTITY = Measurand(
    what="purchases of a good by China from the United States in a calendar year; in per cent their change",
    units=(*MONEY, *SHARES, "tonnes"),
    # As exports: later releases revise a year by up to a fiftieth.
    tolerance=0.02,
    relative=True,
    least=POINT,
    order=250,
    example={"value": "12.8", "population": "soybeans", "year": "2024"},
    needs={"value": refused, "population": _good, "year": period},
    narrowed_by=("partner", "line", "year", "period"),
    uses=("of", "population"),
    kinds=KINDS,
    readings=(ReadingRow(name="exports", label="US exports to China, free alongside ship", of=LEVEL),),
    unless_said=level_or_change,
    fitting=_as_asked,
    check=check_level,
    compute=Elsewhere("trade", "purchases"),
)
