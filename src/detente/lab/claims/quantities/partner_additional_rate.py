"""The additional duty on a partner: steps of the timeline, or what they add on average, or on one line."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, Readings, partner, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import HOME, LAW_KEYS, SHARES

CHINA = ("chn", "china")
WITH_2018 = ReadingRow(
    name="with-2018", label="with the duties of 2018 and 2019, on a good of their lists (9403.60.80, furniture)",
    line="9403.60.80",
)  # fmt: skip


def _on_line(row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
    """Readings of the line that a claim names, or of the importer that it names."""
    if row.line:
        label = "what is added to the base duty on the line named"
        whole = ReadingRow(name="line", label="all duties on the line named", of="line")
        return (listed[0].model_copy(update={"label": label}), whole)
    if not row.importer or row.importer in HOME:
        return (*listed, WITH_2018) if row.partner.casefold() in CHINA else listed
    labels = (
        "steps in force, or the rate that falls on most goods on which one falls",
        "average of what added duties come to",
    )
    changed = zip(listed, labels, strict=False)
    return (*(r.model_copy(update={"label": label}) for r, label in changed), *listed[len(labels) :])


MEANS = ("addition", "average")
"""Readings that are means over imports, no legal rates, and have the tolerance of such."""


QUANTITY = Measurand(
    what="additional duty on a partner on a line without exemption",
    units=SHARES,
    tolerance=0.0,
    exact=True,
    order=30,
    example={"value": "145", "as_of": "2025-05-08"},
    needs={"value": refused, "partner": partner},
    narrowed_by=("partner", "line", "importer"),
    uses=("of", "partner", "line", "level", *LAW_KEYS),
    kinds=("", "events", "addition", "average", "line", "share_below"),
    judged_as=dict.fromkeys(MEANS, "partner_average_rate"),
    readings=(
        ReadingRow(name="events", label="sum of the steps in force, line without exemption"),
        ReadingRow(
            name="average-addition",
            label="average of what those duties add on all imports from the partner",
            of="addition",
        ),
        ReadingRow(name="average-total", label="average of all duties on imports from the partner", of="average"),
    ),
    fitting=_on_line,
    compute=Elsewhere("rates", "partner_additional"),
)
