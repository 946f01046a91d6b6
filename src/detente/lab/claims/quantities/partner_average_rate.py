"""The average duty on imports from a partner."""

from __future__ import annotations

from detente.lab.claims.measurand import Measurand
from detente.lab.claims.measured import Elsewhere
from detente.lab.claims.questions import refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import LAW_KEYS, SHARES

QUANTITY = Measurand(
    what="average duty on imports from a partner",
    units=SHARES,
    tolerance=0.03,
    order=40,
    needs={"value": refused, "partner": refused},
    narrowed_by=("partner",),
    uses=("partner", "weights", *LAW_KEYS),
    readings=(
        ReadingRow(name="statutory", label="statutory duty at 2024 imports from the partner, chapters 1-97"),
        ReadingRow(name="with-98-99", label="the same with chapters 98 and 99", scope="all"),
    ),
    compute=Elsewhere("rates", "partner_average"),
)
