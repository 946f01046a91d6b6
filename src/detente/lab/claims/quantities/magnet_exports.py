"""China's exports of permanent magnets, tonnes, in a month, a year or a span; or their change."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import (
    CHANGE,
    KINDS,
    LEVEL,
    POINT,
    SHARES,
    check_level,
    level_or_change,
    period,
)


def _as_asked(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """The reading as level or change, as the definition or the unit says."""
    kind = (own.of if own else "") or level_or_change(row, own)
    reading = QUANTITY.readings[0]
    change = kind != LEVEL
    how = f", change against the {'year' if kind == CHANGE else 'period'} before" if change else ""
    return (reading.model_copy(update={"of": kind, "label": f"{reading.label}{how}"}),)


QUANTITY = Measurand(
    what="China's exports of permanent magnets in a period; in per cent their change against the year before",
    units=("tonnes", *SHARES),
    # Months that were worked out from a growth rate are known to about a hundredth.
    tolerance=0.02,
    relative=True,
    least=POINT,
    order=240,
    example={"value": "5800", "period": "2025-01"},
    needs={"value": refused, "year": period},
    narrowed_by=("partner", "year", "period"),
    uses=("of", "partner"),
    kinds=KINDS,
    readings=(ReadingRow(name="customs", label="customs of China, magnets of all grades", of=LEVEL),),
    unless_said=level_or_change,
    fitting=_as_asked,
    check=check_level,
    compute=Elsewhere("trade", "magnet_exports"),
)
