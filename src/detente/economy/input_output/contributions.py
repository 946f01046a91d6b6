"""Where a welfare change comes from in family B: terms of trade and volume of trade, by sector, at first order.

Source: Caliendo and Parro (2015), equations 16 and 17, with flows of the baseline and hats less one (not logs):
M_nij is the value net of tariff that n buys from i, I final spending,

    tot_n = sum_(i != n, j) [M_inj (c^_nj - 1) - M_nij (c^_ij - 1)] / I_n
    vot_n = sum_(i != n, j) tau_nij M_nij (M^_nij - c^_ij) / I_n
"""

from __future__ import annotations

import numpy as np

from detente.codes import Table, declared_note, table_with
from detente.economy.frame import Equilibrium, Floats
from detente.economy.input_output.accounts import accounts

SMALL = 1e-4
"""Welfare changes below this share are not worth a note."""

NAMED = 3


def by_sector(equilibrium: Equilibrium) -> tuple[Floats, Floats]:
    """Terms and volume of trade by sector, each of shape (country, sector), share of baseline final spending."""
    economy, base = equilibrium.economy, accounts(equilibrium.economy)
    cost = equilibrium.hats["cost"]
    spent = base.final_spending[:, None]
    bought = base.spending * _at_first(base.net, cost - 1.0)
    terms = base.output * (cost - 1.0) - bought
    if "dutiable trade" not in economy.memo:  # the one set last: another thread may stand between the two
        foreign = 1.0 - np.eye(len(economy.countries))
        economy.memo["dutiable"] = base.tariff * foreign
        economy.memo["dutiable trade"] = base.net * economy.memo["dutiable"]
    trade = equilibrium.levels["trade"].transpose(2, 0, 1)
    collected = np.einsum("jni,jni->nj", economy.memo["dutiable"], trade)
    volume = collected - base.spending * _at_first(economy.memo["dutiable trade"], cost)
    return terms / spent, volume / spent


def _at_first(weights: Floats, values: Floats) -> Floats:
    """sum_i weights[sector, n, i] values[i, sector], shape (n, sector)."""
    return (weights @ values.T[:, :, None])[:, :, 0].T


@np.errstate(all="ignore")
def first_order(equilibrium: Equilibrium) -> Table:
    """Terms of trade, volume of trade and their sum beside the exact change of real income, one row a country."""
    terms, volume = (part.sum(axis=1) for part in by_sector(equilibrium))
    data = {
        "country": np.asarray(equilibrium.economy.countries),
        "terms_of_trade": terms,
        "volume_of_trade": volume,
        "first_order": terms + volume,
        "real_income": equilibrium.changes["welfare"],
    }
    return table_with("economy.first_order", data, equilibrium.notes, world=equilibrium.economy.name)


def concentration(equilibrium: Equilibrium) -> tuple[str, ...]:
    """A note where one sector makes over half of what the sectors of a country add up to in absolute terms."""
    terms, volume = by_sector(equilibrium)
    size = np.abs(terms + volume)
    share = size.max(axis=1) / size.sum(axis=1).clip(1e-300)
    moved = np.abs(equilibrium.changes["welfare"]) > SMALL
    concentrated = np.flatnonzero((share > 0.5) & moved)
    if not concentrated.size:
        return ()
    weight = np.abs(equilibrium.changes["welfare"]) * accounts(equilibrium.economy).final_spending
    concentrated = concentrated[np.argsort(-weight[concentrated], kind="stable")]
    names = [
        f"{equilibrium.economy.countries[n]} {equilibrium.economy.sectors[int(np.argmax(size[n]))]} ({share[n]:.0%})"
        for n in concentrated[:NAMED]
    ]
    words = {"countries": ", ".join(names), "count": concentrated.size - NAMED}
    return (declared_note("economy.concentrated_more" if words["count"] > 0 else "economy.concentrated", **words),)
