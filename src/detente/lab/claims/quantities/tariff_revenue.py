"""US customs duties of a month, a calendar or fiscal year, or a span; or of a year at the law of a day."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, FittedElsewhere, Measurand, Wording, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import (
    KINDS,
    LAW_KEYS,
    LEVEL,
    MONEY,
    POINT,
    PROJECTED,
    SERIES_KEYS,
    SHARES,
    check_level,
    level_or_change,
    period,
)


def _when(wording: Wording) -> str:
    """A period, or the law of a day."""
    if wording.own is not None and wording.own.of == PROJECTED:
        return ""
    words = period(wording)
    return f"{words}, or definition: {{of: projected}} for a year at the law of the day" if words else ""


QUANTITY = Measurand(
    what="US customs duties of a period; in per cent their change; of: projected for a year at the law of the day",
    units=(*MONEY, *SHARES),
    # Receipts and calculated duty of a year differ by a hundredth or two; those of a month by more, which is said.
    tolerance=0.02,
    relative=True,
    least=POINT,
    order=190,
    example={"value": "30", "period": "2025-09"},
    needs={"value": refused, "year": _when},
    narrowed_by=("partner", "year", "period"),
    uses=(*SERIES_KEYS, *LAW_KEYS),
    kinds=(*KINDS, PROJECTED),
    readings=(
        ReadingRow(name="receipts", label="customs receipts of the Treasury", of=LEVEL, record="receipts"),
        ReadingRow(
            name="gross", label="gross receipts of the Treasury, before refunds", of=LEVEL, record="gross",
        ),
        ReadingRow(name="calculated", label="duty calculated on entries, Census", of=LEVEL, record="calculated"),
        ReadingRow(
            name="equilibrium", label="law of the day after trade has answered in the world economy, long run",
            of=PROJECTED, record="equilibrium",
        ),
        ReadingRow(
            name="static", label="law of the day on the imports of 2024, nobody answers", of=PROJECTED, record="static",
        ),
        ReadingRow(
            name="elastic", label="law of the day, imports of 2024 after demand answers", of=PROJECTED,
            record="elastic",
        ),
        ReadingRow(name="pace", label="duty of the last month on record, twelve times", of=PROJECTED, record="pace"),
    ),
    unless_said=level_or_change,
    fitting=FittedElsewhere("economy", "fitted"),
    check=check_level,
    compute=Elsewhere("economy", "tariff_revenue"),
)  # fmt: skip
