"""The average duty on US imports: statutory at the imports of 2024, or collected."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import AVERAGE_KEYS, SHARES, US_IMPORTS, of_importer, with_whole_year

QUANTITY = Measurand(
    what="average duty on US imports, or on those of the importer named",
    units=SHARES,
    tolerance=0.0075,
    order=10,
    example={"value": "23", "as_of": "2025-05-08", "population": "US imports"},
    needs={"value": refused},
    narrowed_by=("importer", "period", "year"),
    uses=AVERAGE_KEYS,
    populations={
        "US imports": (*US_IMPORTS, "goods", "US goods"),
    },
    readings=(
        ReadingRow(name="statutory", label="statutory duty at 2024 imports, chapters 1-97, no substitution"),
        ReadingRow(name="with-98-99", label="the same with chapters 98 and 99", scope="all"),
        ReadingRow(
            name="after-substitution", label="after buyers move between countries (CES, sigma 3)", substitution="ces",
        ),
        ReadingRow(
            name="substitution-2", label="after buyers move between countries (CES, sigma 2)", substitution="ces",
            sigma=2,
        ),
        ReadingRow(
            name="substitution-5", label="after buyers move between countries (CES, sigma 5)", substitution="ces",
            sigma=5,
        ),
        ReadingRow(name="collected", label="duty collected over imports in the last full month", duty="collected"),
    ),
    fitting=of_importer,
    beside=with_whole_year,
    compute=Elsewhere("rates", "average_level"),
)  # fmt: skip
