"""A world of family A from what a reader gives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import UnknownName, declared_note
from detente.economy.armington.accounts import PARAMETERS, calibrate
from detente.economy.frame import Economy


def world_of(
    name: str,
    countries: tuple[str, ...],
    sectors: tuple[str, ...],
    arrays: dict[str, NDArray[Any]],
    parameters: dict[str, Any],
    notes: tuple[str, ...],
    where: str,
) -> Economy:
    """A world from flows, own trade found from GDP where the diagonal is empty; `UnknownName` for a parameter."""
    for key in parameters:
        if key not in PARAMETERS:
            raise UnknownName("parameter", key, PARAMETERS, where)
    own = np.einsum("ii...->i...", arrays["flows"])
    if len(sectors) == 1 and "gdp" in arrays and not own.any():
        flows, margin = arrays["flows"].reshape(len(countries), -1), arrays.get("distribution_share")
        return calibrate(name, countries, flows, arrays["gdp"], margin=margin, notes=notes, **parameters)
    arrays.setdefault("distribution_share", np.zeros(len(countries)))
    without = [
        code for code, size in zip(countries, own.reshape(len(countries), -1).sum(axis=1), strict=True) if not size
    ]
    if without:
        notes = (*notes, declared_note("economy.no_own_trade", countries=", ".join(without[:5])))
    if not arrays.get("tariff", np.zeros(1)).any():
        arrays.pop("tariff", None)
    return Economy(name, "armington", countries, sectors, arrays, {**PARAMETERS, **parameters}, notes)
