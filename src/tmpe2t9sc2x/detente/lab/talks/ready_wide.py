"""What a case between any parties needs of solves, as stored ahead of time: its duties on a world, and its surface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.data.caserows import CaseFile
from detente.data.surface_tables import key_of, stored
from detente.economy import Economy, baseline_tariff
from detente.lab.ground.axes import rows_of
from detente.lab.talks.rates import exporters_of
from detente.lab.talks.ready import STEP, law_content
from detente.lab.talks.wideworld import duty_rows
from detente.talks.sparse import SparseGrid
from detente.talks.surface import Error
from detente.talks.wide import DutyAxis, WideSpace, WideSurface

Content = Mapping[str, Any]
MOVES = {
    "name", "party", "receiver", "type", "authority", "from_law", "codes", "sectors", "besides", "quota", "coverage",
    "top", "levels",
}  # fmt: skip
"""Keys of an issue that say where its points fall."""


def wide_content(file: CaseFile, factor: float, *, switched: bool = True) -> dict[str, Any]:
    """What the duties of a case rest on.

    Parameters
    ----------
    factor : scale of what falls on third countries; `switched` : whether what hangs on a switch is on.
    """
    rows = [row.model_dump(mode="json", include=MOVES) for row in duty_rows(file, switched=switched)]
    return law_content(file, factor, switched=switched) | {"duties": rows, "wide": True}


def wide_arrays(space: WideSpace) -> dict[str, NDArray[Any]]:
    """Base law and duties as they are stored: rows of the tariff that differ from the world's, points by duty."""
    known = np.array(baseline_tariff(space.economy))
    n = len(space.economy.countries)
    moved = np.flatnonzero((space.base.reshape(n, -1) != known.reshape(n, -1)).any(axis=1))
    arrays = {"rows": moved, "base": space.base[moved].astype(np.float32)}
    for k, duty in enumerate(space.duties):
        reached = np.flatnonzero(duty.points.any(axis=(0, 2)))
        arrays |= {f"levels{k}": duty.levels, f"reached{k}": reached,
                   f"points{k}": duty.points[:, reached].astype(np.float32)}  # fmt: skip
    return arrays


def stored_wide(content: Content, file: CaseFile, economy: Economy) -> WideSpace | None:
    """Base law and duties on a world as stored; None where they are not, or where points stand in all outcomes."""
    arrays = stored(key_of("wide", content))
    if not arrays or file.always:
        return None
    base = np.array(baseline_tariff(economy))
    base[arrays["rows"]] = arrays["base"]
    duties = tuple(_axis(arrays, k, file, economy) for k in range(len(duty_rows(file))))
    members = tuple(tuple(rows_of(economy, code).tolist()) for code in file.parties)
    return WideSpace(economy, file.parties, members, base, duties, None, {"closure": file.world.closure})


def _axis(arrays: Mapping[str, NDArray[Any]], k: int, file: CaseFile, economy: Economy) -> DutyAxis:
    row, levels = duty_rows(file)[k], arrays[f"levels{k}"]
    points = np.zeros((levels.size, len(economy.countries), len(economy.sectors)))
    points[:, arrays[f"reached{k}"]] = arrays[f"points{k}"]
    importers = tuple(rows_of(economy, row.party).tolist())
    inside = row.quota.inside if row.quota is not None else None
    return DutyAxis(row.name, importers, exporters_of(file, row, economy), levels, points, inside)


def wide_surface_arrays(surface: WideSurface) -> dict[str, NDArray[Any]]:
    """A surface, solved and checked, as it is stored."""
    return {
        "level": np.asarray(surface.grid.level),
        "values": np.rint(surface.values / STEP).astype(np.int32),
        "world": np.rint(surface.world / STEP).astype(np.int32),
        "added": surface.added, "income": surface.income, "residual": np.asarray(surface.residual),
        "error": np.array([surface.error.by_part[part] for part in surface.parts]),
        "points": np.asarray(surface.error.points),
    }  # fmt: skip


def stored_wide_surface(content: Content, space: WideSpace) -> WideSurface | None:
    """A surface as stored; None where there is none."""
    arrays = stored(key_of("wide-surface", content))
    if not arrays:
        return None
    grid = SparseGrid(tuple(duty.top for duty in space.duties), int(arrays["level"]))
    error = Error(dict(zip(space.parts, arrays["error"].tolist(), strict=True)), int(arrays["points"]))
    return WideSurface(
        space.issues, space.parties, space.parts, space.economy.countries, grid, arrays["values"] * STEP,
        arrays["world"] * STEP, arrays["added"], arrays["income"], float(arrays["residual"]), len(arrays["values"]),
        error,
    )  # fmt: skip
