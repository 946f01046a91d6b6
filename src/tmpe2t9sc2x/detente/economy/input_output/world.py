"""A world of family B from what a reader gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import UnknownName
from detente.economy.frame import Economy
from detente.economy.input_output.accounts import PARAMETERS, accounts, with_final_residual

BESIDE = ("elasticities", "elasticity_sets", "services")
"""Texts of a world that stand among its parameters."""


def world_of(
    name: str,
    countries: tuple[str, ...],
    sectors: tuple[str, ...],
    arrays: dict[str, NDArray[Any]],
    parameters: dict[str, Any],
    notes: tuple[str, ...],
) -> Economy:
    """A world from flows, tariffs and input shares, final shares found as what is left where they are missing.

    Raises `UnknownName` for a parameter, `InputError` for accounts that cannot be used.
    """
    for key in parameters:
        if key not in (*PARAMETERS, *BESIDE):
            raise UnknownName("parameter", key, PARAMETERS, f"world {name}")
    n, s = len(countries), len(sectors)
    arrays = {"tariff": np.zeros((n, n, s)), "input_share": np.zeros((n, s, s)), **arrays}
    shape = (n, n) if s == 1 else (n, n, s)
    arrays |= {key: arrays[key].reshape(shape) for key in ("flows", "tariff")}
    given = "final_share" in arrays
    arrays.setdefault("final_share", np.full((n, s), 1.0 / s))
    economy = Economy(name, "caliendo_parro", countries, sectors, arrays, {**PARAMETERS, **parameters}, notes)
    economy = economy if given else with_final_residual(economy)
    accounts(economy)
    for values in economy.arrays.values():
        values.flags.writeable = False
    return economy
