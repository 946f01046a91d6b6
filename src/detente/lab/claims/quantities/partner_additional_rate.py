"""The additional duty on a partner: steps of the timeline, or what they add on average, or on one line."""

from __future__ import annotations

from detente.lab.claims.measurand import Measurand
from detente.lab.claims.measured import Elsewhere
from detente.lab.claims.questions import partner, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import LAW_KEYS, SHARES

MEANS = ("addition", "average")
"""Readings that are means over imports, no legal rates, and have the tolerance of such."""


QUANTITY = Measurand(
    what="additional duty on a partner on a line without exemption",
    units=SHARES,
    tolerance=0.0,
    exact=True,
    order=30,
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
    compute=Elsewhere("rates", "partner_additional"),
)
