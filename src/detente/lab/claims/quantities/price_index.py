"""Prices as they were measured: the change of consumer or import prices over a month or a span of months."""

from __future__ import annotations

from detente.lab.claims.measurand import Elsewhere, Measurand, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow
from detente.lab.claims.vocabulary import BEFORE, CHANGE, SHARES, period


def _change(row: QuantityRow, own: ReadingRow | None) -> str:
    """Against the year before, unless the definition says otherwise."""
    return CHANGE


def _as_asked(row: QuantityRow, own: ReadingRow | None, listed: tuple[ReadingRow, ...]) -> tuple[ReadingRow, ...]:
    """The series of the population, against the year or the months before."""
    kind = (own.of if own else "") or CHANGE
    named = QUANTITY.population(row.population)
    how = "year" if kind == CHANGE else "months"
    chosen = [reading for reading in QUANTITY.readings if reading.population == named]
    return tuple(r.model_copy(update={"of": kind, "label": f"{r.label}, against the {how} before"}) for r in chosen)


QUANTITY = Measurand(
    what="change of a price index as it was measured, against the same months of the year before",
    units=SHARES,
    # Indices are published to a tenth of a point and revised by as much.
    tolerance=0.001,
    order=112,
    change=True,
    example={"value": "3.0", "population": "consumer prices", "period": "2025-09"},
    needs={"value": refused, "population": refused, "year": period},
    narrowed_by=("year", "period"),
    takes=("base",),
    uses=("of", "population"),
    kinds=("", CHANGE, BEFORE),
    populations={
        "consumer prices": ("inflation", "CPI", "consumer price index", "prices", "consumer inflation"),
        "goods without food and energy": ("core goods", "core goods prices", "goods prices"),
        "import prices": ("prices of imports", "import price index", "prices of imported goods"),
        "import prices without fuel": ("nonfuel import prices", "non-fuel import prices"),
        "yuan per dollar": ("yuan", "dollar in yuan", "exchange rate of the yuan", "renminbi"),
    },
    readings=(
        ReadingRow(name="consumer", label="consumer prices, seasonally adjusted", population="consumer prices"),
        ReadingRow(
            name="goods", label="consumer prices of goods without food and energy",
            population="goods without food and energy",
        ),
        ReadingRow(name="imports", label="import prices before duty", population="import prices"),
        ReadingRow(
            name="nonfuel", label="import prices before duty, without petroleum",
            population="import prices without fuel",
        ),
        ReadingRow(name="yuan", label="yuan for a dollar, mean of the days", population="yuan per dollar"),
    ),
    unless_said=_change,
    fitting=_as_asked,
    compute=Elsewhere("prices", "price_index"),
)  # fmt: skip
