"""Ad valorem equivalents of duties by quantity: what they come to at the unit values of US imports of 2024.

The duty that the United States collected on goods that owe it by quantity tells what a unit of them was worth: amount
per unit over the equivalent, from its own trade alone. Unit values are those of the subheading, else of its heading,
else of its chapter. A litre of wine or juice weighs a kilogram here. A duty that is the greater of two is never less
than its share.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from _importer_rows import SHARES, Line
from _shared import TABLES
from detente.law.duty import Duty, parse_duty

COLLECTED = ("hs10", "hs8")
"""Sources of an equivalent that rest on the duty collected on the line itself."""

LEVELS = (6, 4, 2)
HIGHEST = 5.0
"""No equivalent above is believed: the goods at hand are others than those of the unit value."""

SAME = {"liter": "kg", "kg": "liter"}
"""Units that stand for one another where a unit value is known in one of them alone."""

WHOLE = ("", "on drained weight", "on gross weight", "of standard quality", "of tobacco content")
"""What an amount is taken of that is nearly the whole good."""

STRENGTH = {"2203": 0.05, "2204": 0.12, "2205": 0.15, "2206": 0.06, "2207": 0.96, "2208": 0.40, "2106": 0.3}
"""Litres of alcohol in a litre, by heading."""

Worth = Mapping[tuple[str, str], float]


@dataclass(frozen=True)
class Equivalents:
    """Unit values by (beginning of a code, unit), USD, and the rates of the importer's money."""

    worth: Worth
    per_usd: Mapping[str, float]

    def of(self, line: Line) -> float | None:
        """What a duty by quantity comes to, as a share of the value; None where that is not known."""
        if line.rate.kind in SHARES or line.rate.kind == "other":
            return None
        duty = parse_duty(line.rate.text, self.per_usd)
        if duty is None:
            return None
        share = self._share(line.code, duty)
        if share is None and duty.least and not duty.most:
            share = duty.minimum
        return None if share is None or share > HIGHEST else round(share, 6)

    def _share(self, code: str, duty: Duty) -> float | None:
        measures = [self._units(code, measure) for measure in duty.measures]
        if any(units is None for units in measures):
            return None
        quantity = {measure: units or 0.0 for measure, units in zip(duty.measures, measures, strict=True)}
        return duty.of(1.0, quantity)

    def _units(self, code: str, measure: str) -> float | None:
        """How many units of a measure are worth one USD."""
        unit, _, basis = measure.partition(" ")
        if basis.startswith("of alcohol"):
            litres, strength = self._units(code, "liter"), STRENGTH.get(code[:4])
            return None if litres is None or strength is None else litres * strength
        if basis not in WHOLE:
            return None
        for length in LEVELS:
            for name in (unit, SAME.get(unit, "")):
                if (code[:length], name) in self.worth:
                    return 1.0 / self.worth[code[:length], name]
        return None


def unit_values() -> Worth:
    """Value over quantity of US imports of 2024 that owe a duty by quantity, by beginning of the code and unit."""
    lines = pl.read_parquet(TABLES / "usa_lines.parquet", columns=["code", "general_text", "general", "ave_source"])
    trade = pl.read_parquet(TABLES / "usa_imports_2024.parquet").group_by("code").agg(pl.col("value").sum())
    value = dict(trade.iter_rows())
    sums: dict[tuple[str, str], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for code, text, equivalent, source in lines.iter_rows():
        part = _amount(text) if source in COLLECTED else None
        owed = equivalent - part[2] if part else 0.0
        if part and owed > 1e-6 and value.get(code, 0) > 0:
            for length in LEVELS:
                total = sums[code[:length], part[0]]
                total[0] += value[code]
                total[1] += value[code] * owed / part[1]
    return {key: worth / quantity for key, (worth, quantity) in sums.items() if quantity > 0}


def _amount(text: str | None) -> tuple[str, float, float] | None:
    """Unit, USD per unit and share of a duty with one amount per unit; None for another."""
    duty = parse_duty(text)
    part = duty.single_unit if duty else None
    if duty is None or part is None or part.per_degree or part.basis or duty.limit:
        return None
    return part.unit, part.amount, duty.minimum
