"""The duty on one tariff line from a partner."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import LAW_KEYS, SHARES

QUANTITY = Measurand(
    what="duty on one tariff line from a partner, of the United States or of the importer named",
    units=SHARES,
    tolerance=0.0,
    exact=True,
    order=50,
    example={"value": "20", "as_of": "2025-05-08"},
    needs={"value": refused, "line": refused, "partner": refused},
    narrowed_by=("partner", "line", "importer"),
    uses=("of", "partner", "line", *LAW_KEYS),
    kinds=("", "addition", "facts"),
    readings=(
        ReadingRow(name="law", label="law of the day"),
        ReadingRow(name="addition", label="what is added to the base duty", of="addition"),
        ReadingRow(name="facts", label="where a fact that the code does not show is another", of="facts"),
    ),
    compute=Elsewhere("rates", "line_rate"),
)
