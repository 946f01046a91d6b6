"""The share of a partner in the imports or exports of goods of a country, in a month, a year or a span."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, FittedElsewhere, Measurand, refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import SHARES, US_IMPORTS, period

QUANTITY = Measurand(
    what="share of a partner in the imports or exports of goods of a country",
    units=SHARES,
    # General imports and those for consumption put a partner half a point apart; a claim of twice that is another.
    tolerance=0.01,
    order=230,
    example={"value": "13", "year": "2024"},
    needs={"value": refused, "population": refused, "partner": refused, "year": period},
    narrowed_by=("partner", "importer", "country", "year", "period"),
    uses=("population", "partner", "record"),
    populations={
        "imports": (*US_IMPORTS, "goods imports", "imported goods", "imports of goods"),
        "exports": ("goods exports", "exported goods", "exports of goods", "US exports", "American exports"),
    },
    readings=(
        ReadingRow(
            name="published", label="imports as the importer's office publishes them", population="imports",
            record="published",
        ),
        ReadingRow(
            name="detailed", label="imports for consumption, customs value", population="imports", record="detailed",
        ),
        ReadingRow(name="table", label="goods in the world table of 2022", population="imports", record="table"),
        ReadingRow(
            name="exports", label="exports as the exporter's office publishes them", population="exports",
            record="published",
        ),
        ReadingRow(
            name="exports-table", label="exports of goods in the world table of 2022", population="exports",
            record="table",
        ),
    ),
    fitting=FittedElsewhere("trade", "fitted_partners"),
    compute=Elsewhere("trade", "partner_share"),
)  # fmt: skip
