"""Imports of goods by a country from a partner in a month, a year or a span of months, or their change."""

from __future__ import annotations

from detente.lab.claims.measurand import Measurand
from detente.lab.claims.measured import Elsewhere, FittedElsewhere
from detente.lab.claims.questions import refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import (
    KINDS,
    LEVEL,
    MONEY,
    POINT,
    SERIES_KEYS,
    SHARES,
    check_level,
    level_or_change,
    period,
)

QUANTITY = Measurand(
    what="imports of goods from a partner, or from all, in a period; in per cent their change against the year before",
    units=(*MONEY, *SHARES),
    # Releases and records by month differ by up to a fiftieth: general imports hold what goes into warehouses.
    tolerance=0.02,
    relative=True,
    least=POINT,
    order=200,
    example={"value": "30", "partner": "CHN", "period": "2025-03"},
    needs={"value": refused, "year": period},
    narrowed_by=("partner", "importer", "country", "year", "period"),
    uses=SERIES_KEYS,
    kinds=KINDS,
    readings=(
        ReadingRow(name="published", label="as the importer's office publishes it", of=LEVEL, record="published"),
        ReadingRow(name="detailed", label="imports for consumption, customs value", of=LEVEL, record="detailed"),
        ReadingRow(name="adjusted", label="imports of goods, seasonally adjusted", of=LEVEL, record="adjusted"),
        ReadingRow(name="accounts", label="national accounts", of=LEVEL, record="accounts"),
        ReadingRow(name="mirror", label="exports as the partner records them", of=LEVEL, record="mirror"),
        ReadingRow(name="table", label="goods in the world table of 2022", of=LEVEL, record="table"),
    ),
    unless_said=level_or_change,
    fitting=FittedElsewhere("trade", "fitted"),
    check=check_level,
    compute=Elsewhere("trade", "traded"),
)
