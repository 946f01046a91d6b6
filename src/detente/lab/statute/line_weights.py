"""Weights of the lines under a code: the trade of 2024, of a partner or of all, or the same for each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.codes import declared_note
from detente.data.embedded import EMBEDDED
from detente.data.importers import importer


def weights_of(
    totals: Sequence[float], codes: Sequence[str], partner: str, of: str, prefixes: tuple[str, ...]
) -> tuple[tuple[float, ...], str]:
    """Weights of the lines under a code: 2024 imports from the partner, or from all, or equal; and what they are.

    Parameters
    ----------
    totals : duty on each line, shares; where they agree no weight matters.
    prefixes : the code, or what stands in for it.
    """
    n = len(totals)
    if n == 1 or max(totals) - min(totals) < 1e-12:
        return tuple([1.0 / n] * n), ""
    worth = _worth(codes, partner, of, prefixes)
    if worth.sum() > 0:
        return tuple((worth / worth.sum()).tolist()), "imports of 2024"
    table = importer(of).table
    worth = table["weight"][importer(of).lines.positions(codes)] if "weight" in table else np.ones(n)
    if 0 < worth.sum() < n:
        return tuple((worth / worth.sum()).tolist()), declared_note("law.traded_lines")
    return tuple([1.0 / n] * n), declared_note("law.lines_equal")


def _worth(codes: Sequence[str], partner: str, of: str, prefixes: tuple[str, ...]) -> NDArray[np.float64]:
    """Imports of 2024 of each line from a partner, shape (codes,), USD; zero where none is on record by line."""
    table = EMBEDDED.get(importer(of).file.schedule.table)
    if table is None or (table.bought_of and partner != table.bought_of):
        return np.zeros(len(codes))
    if not table.bought_of:
        return _with_successors(codes, partner, prefixes)
    from detente.data.flows import chn_imports

    flows = chn_imports()
    worth = np.bincount(flows.line_at, flows.value, minlength=len(flows.lines))
    return worth[flows.lines.positions(codes)].astype(np.float64)


def _with_successors(codes: Sequence[str], partner: str, prefixes: tuple[str, ...]) -> NDArray[np.float64]:
    """2024 imports of each line; what retired lines under the codes traded goes evenly to the lines that are new."""
    from detente.data.flows import usa_imports

    where = importer("USA")
    inside = [line for code in prefixes for line in where.lines.codes[where.lines.slice(code)].tolist()]
    positions = usa_imports().lines.positions(inside)
    own = _imported(partner)[positions]
    trade = dict(zip(inside, (own if own.sum() else _imported("")[positions]).tolist(), strict=True))
    worth = np.asarray([trade[c] for c in codes])
    fresh = (where.table["from"][where.lines.positions(codes)] != "") & (worth == 0)
    retired = sum(trade.values()) - float(worth.sum())
    return worth + np.where(fresh, retired / max(int(fresh.sum()), 1), 0.0)


@lru_cache(maxsize=64)
def _imported(partner: str) -> NDArray[np.float64]:
    """US imports of 2024 by line from a partner, "" = from all, shape (lines,), USD; kept, as goods share partners."""
    from detente.data.flows import BLOCK, usa_imports

    flows = usa_imports()
    if not partner:
        return np.bincount(flows.line_at, flows.value, minlength=len(flows.lines)).astype(np.float64)
    names = {partner, BLOCK} if partner in importer("USA").countries.expand("EU27") else {partner}
    own = np.isin(flows.partner_at, [i for i, p in enumerate(flows.partners) if p in names])
    return np.bincount(flows.line_at[own], flows.value[own], minlength=len(flows.lines)).astype(np.float64)
