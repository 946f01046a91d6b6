"""Importers whose lines are a table of the package: what each table has, and what stands beside it, one record each.

An importer's folder names its table (`schedule: {table: ...}`); everything that depends on the table is said here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

EQUIVALENT = "equivalent"
#: Kinds of duty that are a share of value alone.
COUNTED = ("free", "ad_valorem", "")

#: Years of trade on record by importer and line.
YEARS = tuple(range(2015, 2026))


@dataclass(frozen=True)
class EmbeddedTable:
    """A table of lines and what is on record beside it.

    Attributes
    ----------
    columns : those that are read together; `more` : those that few questions need.
    texts : whether the words of each base duty are in it; otherwise it says of what kind the duty is.
    steps : table of base duties by date; `special` : of special rates by programme; "" where there is none.
    trade : table of its imports by code.
    bought_of : the one partner of whose goods trade and duties are known; "" for all.
    whose : what its trade is called; `years` : of which it is known.
    """

    columns: tuple[str, ...]
    more: tuple[str, ...]
    texts: bool
    trade: str
    whose: str
    steps: str = ""
    special: str = ""
    bought_of: str = ""
    years: tuple[int, ...] = YEARS


#: Table of lines -> what is on record beside it.
EMBEDDED: Mapping[str, EmbeddedTable] = {
    "usa_lines": EmbeddedTable(
        columns=("code", "from", "until", "trade_only", "general", "other"),
        more=("gtap", "naics", "bea_detail", "bea_summary"),
        texts=True,
        trade="usa_imports_2024",
        whose="US imports",
        special="usa_special",
    ),
    "chn_lines": EmbeddedTable(
        columns=("code", "hs6", "from", "until", "general", "weight"),
        more=("like",),
        texts=False,
        trade="chn_imports_from_usa",
        whose="Chinese imports from the United States",
        steps="chn_base_steps",
        bought_of="USA",
    ),
}


def unrated(kind: Sequence[str] | NDArray[np.str_], equivalent: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Lines whose duty is no share of value alone, and of which no equivalent is known, shape (lines,)."""
    return ~np.isin(kind, COUNTED) & np.isnan(equivalent)
