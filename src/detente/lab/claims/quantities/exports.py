"""Exports of goods of a country to a partner in a month, a year or a span of months, or their change."""

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
    what="exports of goods to a partner, or to all, in a period; in per cent their change against the year before",
    units=(*MONEY, *SHARES),
    # Releases are revised by up to a fiftieth, and what the partner records holds freight.
    tolerance=0.02,
    relative=True,
    least=POINT,
    order=210,
    example={"value": "150", "partner": "CHN", "year": "2024"},
    needs={"value": refused, "year": period},
    narrowed_by=("partner", "country", "year", "period"),
    uses=SERIES_KEYS,
    kinds=KINDS,
    readings=(
        ReadingRow(name="published", label="as the exporter's office publishes it", of=LEVEL, record="published"),
        ReadingRow(name="detailed", label="exports by good, free alongside ship", of=LEVEL, record="detailed"),
        ReadingRow(name="accounts", label="national accounts", of=LEVEL, record="accounts"),
        ReadingRow(name="mirror", label="imports as the partner records them", of=LEVEL, record="mirror"),
        ReadingRow(name="table", label="goods in the world table of 2022", of=LEVEL, record="table"),
    ),
    unless_said=level_or_change,
    fitting=FittedElsewhere("trade", "fitted"),
    check=check_level,
    compute=Elsewhere("trade", "traded"),
)
