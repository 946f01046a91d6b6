"""Coarser worlds that keep the balance, and trade elasticities by the name of their source, for family B."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, UnknownName, declared_note
from detente.codes.kinds import checked
from detente.economy.frame import Economy, Floats
from detente.economy.input_output.accounts import INVESTMENT, InputOutputAccounts, accounts, cube, take_accounts

Groups = Mapping[str, str]
#: Lists of an order: of countries and of sectors.
PAIR = 2


def elasticities(economy: Economy, name: str, *, theta_max: float | None = None) -> Economy:
    """The world with the trade elasticities of a named source, such as "giri-yi" or "caliendo-parro".

    Parameters
    ----------
    theta_max : guard above which an elasticity is lowered; None keeps the world's, 0 takes it away.

    Raises `UnknownName` for a set the world does not have.
    """
    sets = tuple(economy.parameters.get("elasticity_sets", ()))
    if name not in sets:
        raise UnknownName("elasticity set", name, sets, f"world {economy.name}", f"it has {', '.join(sets) or 'none'}")
    theta = np.asarray(economy.arrays["elasticity"], dtype=np.float64)[sets.index(name)]
    changed = {**economy.parameters, "trade_elasticity": theta, "elasticities": name}
    if theta_max is not None:
        changed["theta_max"] = float(theta_max)
    other = replace(economy, parameters=changed)
    take_accounts(other, economy)
    return other


@checked
def aggregate(
    economy: Economy,
    countries: Groups | None = None,
    sectors: Groups | None = None,
    *,
    name: str = "",
    order: tuple[Sequence[str], Sequence[str]] | None = None,
) -> Economy:
    """Regions and sectors summed; the balance holds exactly, whatever the groups.

    Flows, revenue, uses of inputs and final spending are summed, and tariffs, input shares and final shares formed
    from the sums. A region keeps its internal tariff on the diagonal, since its revenue must add up; no shock touches
    it. Elasticities are averaged by international trade, after the guard.

    Parameters
    ----------
    countries, sectors : group of each code; codes left out stay as they are.
    order : groups of countries and of sectors in the order wanted; by default that of first appearance.

    Raises `UnknownName` for a code the world does not have.
    """
    if order is not None and not (isinstance(order, list | tuple) and len(order) == PAIR):
        raise InputError(
            Parameter("order"), f"{order!r:.40} is no pair of lists", "give codes of countries and sectors"
        )
    land, regions = _matrix(economy, "country", economy.countries, countries or {}, order[0] if order else None)
    work, groups = _matrix(economy, "sector", economy.sectors, sectors or {}, order[1] if order else None)
    base = accounts(economy)
    arrays = _summed(economy, base, land, work)
    weight = _trade_weights(economy, work)
    if len(groups) == 1:
        # The axes of a world of one sector, which shocks share, leave the sector out.
        arrays |= {key: arrays[key][:, :, 0] for key in ("flows", "tariff")}
    arrays |= _coarse_sets(economy, weight) | _coarse_weights(economy, base, land, work)
    parameters = {
        **economy.parameters,
        **_coarse_technology(economy, base, work),
        "trade_elasticity": base.theta @ weight,
    }
    small = Economy(name or f"{economy.name}-aggregate", economy.family, regions, groups, arrays, parameters)
    notes = [f"Sum of {len(economy.countries)} x {len(economy.sectors)} to {len(regions)} x {len(groups)}."]
    if base.guarded:
        notes.append(declared_note("economy.lowered", sectors=", ".join(base.guarded)))
    return replace(small, notes=(*economy.notes, *notes))


def _matrix(
    economy: Economy, kind: str, codes: tuple[str, ...], groups: Groups, order: Sequence[str] | None
) -> tuple[Floats, tuple[str, ...]]:
    """Membership (code, group) and the groups."""
    for code in groups:
        if code not in codes:
            raise UnknownName(kind, code, codes, f"aggregate({economy.name})")
    to = [groups.get(code, code) for code in codes]
    names = tuple(dict.fromkeys(to)) if order is None else tuple(order)
    if set(names) != set(to):
        off = sorted(set(names) ^ set(to))[0]
        raise InputError(
            f"aggregate({economy.name})", f"{kind} group '{off}' is in the order or the map only", "name all"
        )
    return (np.asarray(to)[:, None] == np.asarray(names)[None]).astype(np.float64), names


def _summed(economy: Economy, base: InputOutputAccounts, land: Floats, work: Floats) -> dict[str, Any]:
    flows, tariff = cube(economy, "flows"), cube(economy, "tariff")

    def bilateral(values: Floats) -> Floats:
        return np.einsum("nij,nN,iI,jJ->NIJ", values, land, land, work, optimize=True)

    total, revenue = bilateral(flows), bilateral(flows * tariff)
    uses = np.einsum("nkj,nN,kK,jJ->NKJ", base.inputs * base.output[:, None], land, work, work, optimize=True)
    final = land.T @ (base.final * base.final_spending[:, None]) @ work
    spent = final.sum(axis=1, keepdims=True)
    coarse: dict[str, Any] = {}
    if INVESTMENT in economy.arrays:
        invested = np.asarray(economy.arrays[INVESTMENT], dtype=np.float64) * base.final_spending[:, None]
        coarse[INVESTMENT] = land.T @ invested @ work / spent
    made = total.sum(axis=0)[:, None, :]
    mean = np.einsum("nkj,nN,kK,jJ->NKJ", base.inputs, land, work, work, optimize=True)
    mean /= np.einsum("nN,jJ->NJ", land, work)[:, None, :]
    return {
        "flows": total,
        "tariff": np.where(total > 0, revenue / np.where(total > 0, total, 1.0), 0.0),
        "input_share": np.where(made > 0, uses / np.where(made > 0, made, 1.0), mean),
        "final_share": final / spent,
        **coarse,
    }


def _trade_weights(economy: Economy, work: Floats) -> Floats:
    """Weights (sector, group) of international trade, summing to one by group; equal ones where nothing crosses."""
    flows = cube(economy, "flows")
    weight = work * (flows.sum(axis=(0, 1)) - np.einsum("nnj->j", flows))[:, None]
    total = weight.sum(axis=0)
    return np.where(total > 0, weight / np.where(total > 0, total, 1.0), work / work.sum(axis=0))


def _coarse_sets(economy: Economy, weight: Floats) -> dict[str, Any]:
    """Named elasticity sets averaged after the guard."""
    if "elasticity" not in economy.arrays:
        return {}
    most = float(economy.parameters.get("theta_max", 0.0)) or np.inf
    return {"elasticity": np.minimum(np.asarray(economy.arrays["elasticity"], dtype=np.float64), most) @ weight}


def _coarse_weights(economy: Economy, base: InputOutputAccounts, land: Floats, work: Floats) -> dict[str, Any]:
    """Political weights averaged by value added."""
    if "political_weight" not in economy.arrays:
        return {}
    added = base.value_added_share * base.output
    total = land.T @ added @ work
    weighted = land.T @ (added * np.asarray(economy.arrays["political_weight"], dtype=np.float64)) @ work
    return {"political_weight": np.where(total > 0, weighted / np.where(total > 0, total, 1.0), 1.0)}


def _coarse_technology(economy: Economy, base: InputOutputAccounts, work: Floats) -> dict[str, Any]:
    """Parameters given by sector, averaged by world output."""
    made = base.output.sum(axis=0)
    parameters = {}
    for name in ("scale_elasticity", "capital_share", "markup"):
        value = np.asarray(economy.parameters.get(name, 0.0), dtype=np.float64).reshape(-1)
        if value.size == made.size > 1:
            parameters[name] = ((value * made) @ work) / (made @ work)
    return parameters
