"""Transit past a control: what reaches a restricted buyer through third countries (step 10)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detente.chains.chain import Floats, SupplyChain, Whole


@dataclass(frozen=True)
class Leak:
    """How transit works.

    Attributes
    ----------
    opens : months after the start of the time axis.
    cap : most that leaks, share of the base flow to the destination; enforcement has been taken off.
    markup : cost above the price inside the restrictor, share of that price.
    """

    opens: float
    cap: float
    markup: float


def leak_of(chain: SupplyChain, announced: float, *, enforcement: float = 0.0, cap: float | None = None) -> Leak:
    """Transit with the chain's parameters; enforcement 1 closes it. `cap` replaces the parameter."""
    most = chain.value("leak_cap") if cap is None else cap
    opens = announced + chain.value("leak_lag")
    return Leak(opens, most * (1.0 - enforcement), chain.value("leak_markup"))


def transit(leak: Leak, missing: Floats, base: Floats, passing: Floats, home: Whole, months: Floats) -> Floats:
    """What leaks to each buyer of one grade: at most the cap, what it lacks, and what other countries still receive.

    Transit needs a third country that the restrictor still supplies, so a stop towards everybody leaves none.

    Parameters
    ----------
    missing : kg a year that a buyer lacks, shape (buyer, step).
    base : base flow from the restrictor, kg a year, shape (buyer,).
    passing : what the restrictor sends now, kg a year, shape (buyer, step).
    home : country of each buyer, shape (buyer,).
    months : middle of each step, shape (step,).

    Returns
    -------
    Kg a year, shape (buyer, step).
    """
    wanted = np.minimum(leak.cap * base[:, None], missing) * (months >= leak.opens)
    by_country = np.zeros((int(home.max(initial=-1)) + 1, months.size))
    np.add.at(by_country, home, passing)
    others, total = (passing.sum(axis=0) - by_country)[home], wanted.sum(axis=0)
    room = np.divide(others, total, out=np.zeros_like(others), where=total > 0.0)
    return wanted * np.clip(room, 0.0, 1.0)
