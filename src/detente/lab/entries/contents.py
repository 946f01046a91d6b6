"""Contents: which share of the value of an entry is in which state of a fact, as its row says or the law presumes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.data.importers import METALS, Importer
from detente.law import Aspect, Law
from detente.law.measure import PREFERENCE, content_states

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Given:
    """What rows say of their contents.

    Attributes
    ----------
    shares : name of a fact, or of the content of a metal -> share of value by set of contents, NaN where a row says
        nothing, shape (sets,).
    """

    shares: Mapping[str, Floats] = field(default_factory=dict, repr=False)

    def of(self, name: str, sets: Ints) -> Floats:
        """What some sets say of a fact, NaN for nothing; shape (sets,)."""
        known = self.shares.get(name)
        return np.full(sets.size, np.nan) if known is None else known[sets]


def shares_of(
    where: Importer, law: Law, default: Mapping[str, Floats], lines: Ints, sets: Ints, given: Given,
    presumed: Mapping[str, NDArray[np.bool_]], wanted: Collection[str],
) -> dict[str, Floats]:  # fmt: skip
    """Share of every state of some facts by combination, the first included, arrays of shape (states, combinations).

    Parameters
    ----------
    default : shares that the law presumes, by fact and line, as in `Shares`.
    lines, sets : line and set of contents of each combination, shape (combinations,).
    presumed : fact -> combinations whose claim says that it is true of the whole good.
    wanted : the facts; those that they hang on are among the answers too.
    """
    shares: dict[str, Floats] = {}
    limits = [law.aspects[name] for name in sorted(wanted) if law.aspects[name].above is not None]
    needed = {*wanted, *(limit.above[0] for limit in limits if limit.above is not None)}
    for aspect in law.aspects.values():
        if aspect.id in needed and aspect.id != PREFERENCE and aspect.above is None:
            others = default[aspect.id][:, lines]
            rest = _metals(where, aspect, others, lines, sets, given) if aspect.id == "metal" else others
            if aspect.id != "metal":
                value = given.of(aspect.id, sets)
                true = presumed.get(aspect.id)
                value = value if true is None else np.where(np.isnan(value) & true, 1.0, value)
                rest = _stated(aspect, others, value)
            shares[aspect.id] = np.vstack([1.0 - rest.sum(axis=0), rest])
    return shares | {limit.id: above(limit, shares) for limit in limits}


def _stated(aspect: Aspect, default: Floats, value: Floats) -> Floats:
    """Shares of the states but the first, those that rows state in the place of the default."""
    known = ~np.isnan(value)
    if not known.any():
        return default
    filled = np.where(known, value, 0.0)
    states = content_states(filled, aspect.counts_from) if aspect.counts_from is not None else filled[None, :]
    return np.where(known[None, :], states, default)


def above(aspect: Aspect, shares: Mapping[str, Floats]) -> Floats:
    """Shares of a fact that says whether another one is over a limit, shape (2, combinations)."""
    assert aspect.above is not None
    of, limit = aspect.above
    over = (1.0 - shares[of][0] > limit).astype(np.float64)
    return np.stack([1.0 - over, over])


def _metals(where: Importer, aspect: Aspect, default: Floats, lines: Ints, sets: Ints, given: Given) -> Floats:
    """Shares of the metals: where a row names one, those it does not name are none of the value."""
    stated = np.stack([given.of(f"{metal}_content", sets) for metal in METALS])
    named = np.asarray(~np.isnan(stated).all(axis=0))
    if not named.any():
        return default
    shares = np.nan_to_num(stated)
    for prefix, metal in aspect.whole.items():
        row = aspect.state(metal) - 1
        under = where.lines.mask([prefix])[lines] & np.isnan(stated[METALS.index(metal)])
        shares[row, under] = 0.0
        shares[row, under] = 1.0 - shares[:, under].sum(axis=0)
    return np.where(named, shares, default)
