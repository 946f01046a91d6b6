"""The rise of the average duty on US imports since a day."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, base, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import AVERAGE_KEYS, US_IMPORTS, of_importer, with_whole_year

QUANTITY = Measurand(
    what="rise of the average duty on US imports, or on those of the importer named, since a day",
    units=("points", "percent", "share"),
    tolerance=0.0075,
    order=20,
    effect=True,
    example={"value": "20", "comparator": '">"', "as_of": "2025-05-08"},
    needs={"value": refused, "base": base},
    narrowed_by=("importer", "period", "year"),
    uses=("start", *AVERAGE_KEYS),
    populations={
        "US imports": (*US_IMPORTS, "goods", "US goods"),
    },
    readings=(
        ReadingRow(name="statutory", label="statutory duty at 2024 imports, against the law of the base day"),
        ReadingRow(name="with-98-99", label="the same with chapters 98 and 99", scope="all"),
        ReadingRow(
            name="start-collected", label="against the duty collected in the year before the base day",
            start="collected",
        ),
        ReadingRow(
            name="after-substitution", label="after buyers move between countries (CES, sigma 3)", substitution="ces",
        ),
        ReadingRow(
            name="collected", label="duty collected in the last full month less that of the year before",
            duty="collected",
        ),
    ),
    fitting=of_importer,
    beside=with_whole_year,
    compute=Elsewhere("rates", "average_rise"),
)  # fmt: skip
