"""Microdata for readers: which tables they get, and small sums in dollars where large ones are in billions."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detente.codes import Table, Unit
from detente.lab.micro.micro import Micro

SCREEN = ("micro_weights", "daily", "micro_gap_months", "micro_gap", "micro_refunds_months", "micro_refunds_partners",
          "micro_left_out")  # fmt: skip
"""Tables for readers where none is named."""

SMALL = 1e9
"""USD below which a table is in dollars."""


def screen(answer: Micro) -> list[Table]:
    """The tables that a reader gets where none is named."""
    return [table for table in answer.tables.values() if table.name in SCREEN]


def in_dollars(table: Table) -> Table:
    """A table whose sums are all small with whole dollars in the place of billions."""
    money = [c.name for c in table.columns if c.unit is Unit.USD]
    if any(np.nanmax(np.abs(table[name]), initial=0.0) >= SMALL for name in money):
        return table
    columns = (replace(c, unit=Unit.DOLLARS) if c.unit is Unit.USD else c for c in table.columns)
    return replace(table, columns=tuple(columns))
