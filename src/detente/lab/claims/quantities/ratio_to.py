"""A quantity over the same of another partner, importer, period or day: "ten times", "half of"."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, Wording, refused
from detente.lab.claims.rows import NARROWING, ReadingRow


def _of(wording: Wording) -> str:
    """A ratio of what?"""
    return "" if wording.row.of else "the claim does not say what it compares; add of: partner_average_rate"


def _other(wording: Wording) -> str:
    """A ratio to what?"""
    if wording.row.other:
        return ""
    return "the claim does not say with what it compares; add other: {partner: EU27}, or another period or as_of"


QUANTITY = Measurand(
    what="a quantity over the same of another partner, importer, period or day",
    units=("ratio", "percent", "share"),
    # Multiples are said in round numbers: half of the last digit counts, and a twentieth of the number.
    tolerance=0.05,
    relative=True,
    order=270,
    example={"value": "9", "of": "average_tariff_level", "as_of": "2025-05-08", "other": "{as_of: 2025-01-01}"},
    needs={"value": refused, "of": _of, "other": _other},
    narrowed_by=NARROWING,
    takes=("base",),
    readings=(ReadingRow(name="ratio", label="one over the other, each under its usual reading"),),
    compute=Elsewhere("meaning", "ratio_to"),
)
