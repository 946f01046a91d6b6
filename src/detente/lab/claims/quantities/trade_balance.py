"""The balance of trade in goods of a country with a partner in a period, or the change of the gap."""

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
    what="exports less imports of goods with a partner or all, a deficit below zero; in per cent the gap's change",
    units=(*MONEY, *SHARES),
    # A difference of two flows moves more than either; revisions are about a thirtieth of the larger gaps.
    tolerance=0.03,
    relative=True,
    least=POINT,
    order=220,
    example={"value": "-295", "partner": "CHN", "year": "2024"},
    needs={"value": refused, "year": period},
    narrowed_by=("partner", "country", "year", "period"),
    uses=SERIES_KEYS,
    kinds=KINDS,
    populations={
        "goods": ("goods trade", "merchandise", "trade in goods", "goods deficit"),
        "goods and services": ("trade in goods and services", "whole trade", "overall trade", "total trade"),
    },
    readings=(
        ReadingRow(name="published", label="as the office of the country publishes it", of=LEVEL, record="published"),
        ReadingRow(name="detailed", label="exports less imports for consumption", of=LEVEL, record="detailed"),
        ReadingRow(name="accounts", label="national accounts", of=LEVEL, record="accounts"),
        ReadingRow(name="mirror", label="the balance that the partner records", of=LEVEL, record="mirror"),
        ReadingRow(name="table", label="goods in the world table of 2022", of=LEVEL, record="table"),
    ),
    unless_said=level_or_change,
    fitting=FittedElsewhere("trade", "fitted"),
    check=check_level,
    compute=Elsewhere("trade", "traded"),
)
