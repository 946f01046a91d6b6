"""Ranges and changes as they are printed: of joint draws first, none of few draws, and no sign before a zero."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detente.codes import Table
from detente.draws import LEAST_DRAWS

SHARES, JOINT = "draws of shares of goods that codes do not show", "joint draws"
"""What the range of the average is taken over, without and with draws of everything uncertain."""

OVER = "trade elasticities, closures of trade balances, claims and weights"
"""What the range of a number of the economy is taken over without joint draws, one thing at a time."""

DRAWN = ("headline", "prices", "households", "materials", "materials_short")
"""Tables of a run whose ends of ranges are percentiles of draws."""

ENDS = ("low", "high", "p05", "p95")


Ends = tuple[float, float, tuple[str, ...]]


def draws_of(tables: Mapping[str, Table]) -> int | None:
    """Draws behind the ranges of a run; None where its tables do not say."""
    if "headline" not in tables or "draws" not in tables["headline"].data:
        return None
    return int(np.max(tables["headline"]["draws"], initial=0))


def few(draws: int | None) -> bool:
    """Whether draws were made, and fewer than a range takes."""
    return draws is not None and 0 < draws < LEAST_DRAWS


def printed(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables as sentences and cards read them: of few draws the ends of ranges are blank, joint ranges left out."""
    if not few(draws_of(tables)):
        return dict(tables)
    kept = {name: table for name, table in tables.items() if name not in ("ranges", "tornado")}
    return {name: _blank(table) if name in DRAWN else table for name, table in kept.items()}


def _blank(table: Table) -> Table:
    ends = [
        c.name
        for c in table.columns
        if c.name.rpartition("_")[2] in ENDS and np.asarray(table[c.name]).dtype.kind == "f"
    ]
    return replace(table, data={**table.data, **{name: np.full(len(table), np.nan) for name in ends}})


def joint_of(tables: Mapping[str, Table], variant: str, measure: str, country: str) -> Mapping[str, Any] | None:
    """The range of a number over everything uncertain, drawn jointly, where the run has it."""
    rows = tables["ranges"].rows() if "ranges" in tables else ()
    wanted = {"variant": variant, "measure": measure, "country": country}
    return next((row for row in rows if all(row.get(key) == value for key, value in wanted.items())), None)


def revenue_ends(tables: Mapping[str, Table], variant: str, code: str) -> tuple[float, float, bool, str] | None:
    """Ends of the duty of a year in the world economy, USD, whether they are of joint draws, and why it lies near an
    end, as the tables have it; None without a range.
    """
    rows = tables["parties"].rows() if "parties" in tables else ()
    row = next((row for row in rows if (row["variant"], row["importer"]) == (variant, code)), None)
    if row is None or not row.get("duty_low", np.nan) < row.get("duty_high", np.nan):
        return None
    wanted = {"variant": variant, "measure": "duty collected", "country": code}
    drawn, every = joint_of(tables, **wanted), tables["economy"].rows() if "economy" in tables else ()
    why = drawn or next((row for row in every if all(row[key] == value for key, value in wanted.items())), {})
    return float(row["duty_low"]), float(row["duty_high"]), drawn is not None, str(why.get("one_way") or "")


def closure_of(tables: Mapping[str, Table]) -> str:
    """What happens to trade balances at the central values, in words; of a result that does not say, the default."""
    rows = list(tables["closures"].rows()) if "closures" in tables else []
    return str(rows[0]["closure"]) if rows else "trade balances fixed in world income"


def gain_ends(tables: Mapping[str, Table], code: str, threat: str, values: Sequence[float], weights: str = "") -> Ends:
    """Lowest and highest gain of a side over a threat, as the table of ranges has it.

    Parameters
    ----------
    values : the gain under each set of weights, USD a year: the range of a result without that table.
    weights : "income" or "last", the one way of counting that is meant; "" for all.

    Returns
    -------
    Both ends, USD a year, and the parts of payoffs whose assumed bounds move it.
    """
    rows = tables["gain_ranges"].rows() if "gain_ranges" in tables else ()
    row = next((row for row in rows if (row["party"], row["threat"]) == (code, threat)), {})
    parts = tuple(filter(None, str(row.get("assumed", "")).split(", ")))
    low, high = (f"{weights}_{end}" if weights else end for end in ("low", "high"))
    return float(row.get(low, min(values))), float(row.get(high, max(values))), parts


def signed(share: float, digits: int) -> str:
    """A change in per cent with its sign, of which zero has none: 0.0033 -> "+0.33%", -0.00001 -> "0.00%"."""
    rounded = round(100.0 * share, digits) + 0.0
    return f"{rounded:{'+' if rounded else ''}.{digits}f}%"


def between(low: float, high: float, digits: int, *, of: str = "", over: str = "") -> str:
    """A range of changes in brackets; "" where the ends are unknown or print alike.

    Parameters
    ----------
    of : draws of which it is the 5th to the 95th percentile; `over` : what else it is the lowest and highest over.
    """
    if not low < high or signed(low, digits) == signed(high, digits):
        return ""
    ends = f"{signed(low, digits)} to {signed(high, digits)}"
    return f" [5-95% of {of}: {ends}]" if of else f" [{ends} over {over}]"


MORE = 3
"""Decimals beyond the usual ones that numbers are given where their printed difference would not be the change."""


def agreeing(before: float, after: float, digits: int) -> int:
    """Fewest decimals, from the given number to three more, at which the printed change is what two printed numbers
    differ by; the most where there are none.
    """
    tried = range(digits, digits + MORE + 1)
    agree = (d for d in tried if round(round(after, d) - round(before, d), d) == round(after - before, d))
    return next(agree, digits + MORE)


def points_moved(before: float, after: float) -> tuple[int, str]:
    """Decimals of an average, and how it moved in words: "9.9 points below 22.7%"."""
    digits = agreeing(100.0 * before, 100.0 * after, 1)
    change = round(100.0 * (after - before), digits)
    if not change:
        return 1, f"unchanged from {before:.1%}"
    return digits, f"{abs(change):.{digits}f} points {'above' if change > 0 else 'below'} {before:.{digits}%}"


OWN_SETS = {"in-sample": "in_sample", "uniform": "uniform"}
"""Beginnings of the names of sets that no authors have published, and what the catalogue calls them."""


def set_name(name: str) -> str:
    """A set by the names of its authors: "giri-yi" -> "Giri, Yi"; one of nobody keeps its own."""
    if any(name.startswith(own) for own in OWN_SETS):
        return name
    return ", ".join(part.capitalize() for part in name.split("-"))
