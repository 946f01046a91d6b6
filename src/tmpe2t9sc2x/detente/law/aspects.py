"""Aspects: facts about goods that a tariff code cannot see, with their shares of value.

The value traded on one line is a bundle of atoms: so much of it claims a preference, so much is steel,
so much is for aircraft. The law is yes or no on an atom; the shares are parameters with bounds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detente.codes.axis import Axis
from detente.codes.errors import InputError, UnknownName

PREFERENCE = "preference"


@dataclass(frozen=True, slots=True)
class Aspect:
    """One fact about goods: its states (the first is the complement) and default shares.

    Attributes
    ----------
    line : share used when one good is asked about.
    presumed : whether one good is taken by `line` alone, since the law presumes it whatever trade does.
    trade : share used for trade as a whole, where no prefix or table says otherwise.
    by_prefix : share by code prefix, longest wins.
    table : name of an embedded table of shares by line; "" = none.
    whole : state that all the value under a code prefix is in, unless its share is given.
    above : (aspect, share): all of a good is in the second state where its share of that aspect is over this one,
        none elsewhere; such an aspect is not set by itself.
    counts_from : for a content of three states (none, little, enough), share from which it is enough; None = no such.
    bounds : lowest and highest plausible share.
    """

    id: str
    title: str
    states: tuple[str, ...]
    statement: str = ""
    source: str = ""
    bounds: tuple[float, float] = (0.0, 1.0)
    line: float = 0.0
    presumed: bool = False
    line_by_prefix: Mapping[str, float] = field(default_factory=dict)
    trade: float = 0.0
    by_prefix: Mapping[str, float] = field(default_factory=dict)
    table: str = ""
    whole: Mapping[str, str] = field(default_factory=dict)
    above: tuple[str, float] | None = None
    counts_from: float | None = None
    used_by: str = ""

    def state(self, name: str, where: str = "") -> int:
        """Position of a state; `UnknownName` otherwise."""
        if name not in self.states:
            raise UnknownName(f"state of {self.id}", name, self.states, where, f"use {', '.join(self.states)}")
        return self.states.index(name)


@dataclass(frozen=True)
class Shares:
    """Shares of value by aspect and state on a line axis.

    Attributes
    ----------
    lines : the line axis.
    by_aspect : aspect id -> array, shape (states - 1, lines): share of every state but the first.
    """

    lines: Axis
    by_aspect: Mapping[str, NDArray[np.float64]] = field(repr=False)

    def __post_init__(self) -> None:
        for name, shares in self.by_aspect.items():
            low, total = float(shares.min(initial=0.0)), float(shares.sum(axis=0).max(initial=0.0))
            if low < 0 or total > 1 + 1e-9 or not np.isfinite(total):
                raise InputError(f"share {name}", f"shares run from {low:g} to {total:g}", "keep them within 0 and 1")


def content_states(share: NDArray[np.float64], least: float) -> NDArray[np.float64]:
    """A content, shape (lines,), split into those below and from `least` of the value, shape (2, lines)."""
    major = share > least
    return np.stack([np.where(major, 0.0, share), np.where(major, share, 0.0)])


def prefix_shares(lines: Axis, default: float, by_prefix: Mapping[str, float]) -> NDArray[np.float64]:
    """Default share overwritten by the longest matching prefix, shape (lines,)."""
    prefixes = list(by_prefix)
    row = lines.longest_prefix(prefixes)
    values = np.asarray([by_prefix[p] for p in prefixes] + [default], dtype=np.float64)
    return values[row]
