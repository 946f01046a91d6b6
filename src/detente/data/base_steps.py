"""Base duties by date: days on which a general rate is another than in the line table, and where it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis
from detente.data.embedded import EMBEDDED
from detente.data.tables import arrays

Floats = NDArray[np.float64]

SCHEDULES = {2018: "MFN schedule of 2018, Ministry of Finance"}
SCHEDULE_2019 = "MFN schedule of 1 January 2019, Ministry of Finance"
KINDS = {
    "quota": "rate within the tariff quota",
    "specific": "a duty by quantity, not counted",
    "equivalent": "ad valorem equivalent of a duty by quantity",
    "mean": "mean of the line's numbers",
}
"""How a rate of China's line table was found, where that is not the rate of the line itself."""


@dataclass(frozen=True)
class BaseSteps:
    """Rows of a table of base duties by date; `from` and `until` are ISO days, "" = open."""

    rows: Mapping[str, NDArray[Any]] = field(repr=False)

    @cached_property
    def edges(self) -> tuple[date, ...]:
        """Days on which some base duty changes, in order."""
        starts = {date.fromisoformat(day) for day in np.unique(self.rows["from"]).tolist() if day}
        ends = {date.fromisoformat(day) + timedelta(1) for day in np.unique(self.rows["until"]).tolist() if day}
        return tuple(sorted(starts | ends))

    def active(self, on: date) -> NDArray[np.bool_]:
        """Rows in force on a day, shape (rows,)."""
        day, start, end = on.isoformat(), self.rows["from"], self.rows["until"]
        active: NDArray[np.bool_] = (start <= day) & ((end == "") | (day <= end))
        return active

    def since(self, on: date | None) -> date | None:
        """First day of the base duties of a day; None where they are those of the line table."""
        if on is None or not self.edges or not self.active(on).any():
            return None
        return max((edge for edge in self.edges if edge <= on), default=date.min)

    def laid(self, lines: Axis, general: Floats, on: date) -> Floats:
        """Base duty of a day by line, shape (lines,), share of customs value."""
        now = self.active(on)
        positions, rate = lines.positions(self.rows["code"][now]), self.rows["rate"][now]
        duty = general.copy()
        duty[positions[positions >= 0]] = rate[positions >= 0]
        return duty

    def source(self, code: str, on: date) -> str:
        """Where the base duty of a line on a day is written; "" where it is that of the line table."""
        hit = np.flatnonzero(self.active(on) & (self.rows["code"] == code))
        return str(self.rows["source"][hit[0]]) if hit.size else ""


@lru_cache(maxsize=4)
def base_steps(table: str) -> BaseSteps | None:
    """The base duties by date of an embedded table of lines; None where they have no dates."""
    own = EMBEDDED.get(table)
    return BaseSteps(arrays(own.steps)) if own is not None and own.steps else None


def chinese_source(code: str, on: date) -> str:
    """Where China's base duty on a line on a day is written, and what stands in for what is not on record."""
    steps = base_steps("chn_lines")
    dated = steps.source(code, on) if steps is not None else ""
    if dated:
        return dated
    table = arrays("chn_lines", ("code", "general_kind", "like"))
    row = np.flatnonzero(table["code"] == code)[0]
    kind, like = str(table["general_kind"][row]), str(table["like"][row])
    how = f"rate of line {like}, of which it was made" if kind == "inherited" else KINDS.get(kind, "")
    stands_in = f"stands in for {on.year}" if on.year > 2019 else ""
    return "; ".join(part for part in (SCHEDULES.get(on.year, SCHEDULE_2019), how, stands_in) if part)
