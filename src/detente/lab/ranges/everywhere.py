"""One number, one range: joint draws in the tables that have other ends of ranges of the same numbers.

Without joint draws these tables give the lowest and highest over what the world economy rests on, one thing at a time.
Where a run draws everything together, its draws are their range too, so that a map, a list and a card agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from detente.codes import Table, declared_note
from detente.draws import BAND, LEAST_DRAWS, moved_by, quantiles
from detente.lab.ranges.joint import EVERYBODY, JointDraws, Key
from detente.lab.world.tables import sign_of

NAMES = ("economy", "incomes", "world", "parties")
"""Tables of the world economy whose numbers are drawn."""

INCOMES = ("real_income_low", "real_income_high")
ENDS = {"economy": ("low", "high"), "parties": ("duty_low", "duty_high")}
"""Columns of the ends of ranges."""


def drawn_everywhere(tables: Mapping[str, Table], draws: JointDraws) -> list[Table]:
    """Those of some tables whose numbers were drawn, with the ranges of the draws; none of few draws."""
    if len(draws.numbers) < LEAST_DRAWS:
        return []
    return [_drawn(tables[name], draws) for name in NAMES if name in tables]


def _drawn(table: Table, draws: JointDraws) -> Table:
    places = {key: k for k, key in enumerate(draws.keys)}
    low, high = quantiles(draws.numbers, BAND)
    rows = [places.get(_key(table.name, row)) for row in table.rows()]
    known = np.asarray([k is not None for k in rows])
    k = np.asarray([0 if place is None else place for place in rows], dtype=np.int64)
    ends, data = ENDS.get(table.name, INCOMES), dict(table.data)
    for name, drawn in zip(ends, (low, high), strict=True):
        # A duty is given as a level, its draws as a change.
        level = drawn[k] if table.name != "parties" else data["duty_before"] * (1.0 + drawn[k])
        data[name] = np.where(known, level, data[name])
    if table.name == "economy":
        ways = [moved_by(float(draws.central[i]), float(low[i]), float(high[i]), draws.moves(i)) for i in k.tolist()]
        texts = {"low_set": [""] * len(k), "high_set": [""] * len(k), "moved_by": ways}
        data |= {name: np.where(known, np.asarray(text), data[name]) for name, text in texts.items()}
    if table.name == "incomes":
        numbers = zip(*(data[name].tolist() for name in ("real_income", *ends)), strict=True)
        data["sign"] = np.asarray([sign_of(*three) for three in numbers])
    note = declared_note("ranges.percentiles", draws=len(draws.numbers))
    notes = tuple(each for each in table.notes if not each.startswith("range: "))
    return replace(table, data=data, notes=(note, *notes)).named(draws.names)


def _key(name: str, row: Mapping[str, object]) -> Key:
    if name == "parties":
        return str(row["variant"]), "duty_collected", str(row["importer"]), ""
    measure = row["measure"] if name == "economy" else EVERYBODY
    return str(row["variant"]), str(measure), str(row["country"]), str(row.get("partner", ""))
