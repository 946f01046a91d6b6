"""Worlds as files: the arrays of an economy as the bytes of a `.npz` file that `load_economy` reads."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from detente.data.worlds import ARRAYS
from detente.economy.frame import Economy


def npz_of(economy: Economy) -> bytes:
    """The world as the content of a `.npz` file: codes, arrays, parameters and notes; USD in units of one."""
    arrays: dict[str, Any] = {
        "name": economy.name,
        "family": economy.family,
        "countries": np.asarray(economy.countries),
        "sectors": np.asarray(economy.sectors),
        "notes": np.asarray(economy.notes, dtype=np.str_),
    }
    arrays |= {name: values for name, values in economy.arrays.items() if name in ARRAYS}
    arrays |= {name: np.asarray(value) for name, value in economy.parameters.items() if np.size(value)}
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()
