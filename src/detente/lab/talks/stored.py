"""What a case needs of solves, as stored ahead of time: laws on a world, surfaces, lines of choices, exact threats.

Parts are stored at the nodes of a fit to a thousand USD a year, with its degrees and the error that exact solves find.
A key is made of all that the numbers rest on: what has another content finds nothing and is solved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.data.caserows import CaseFile, ChoiceRow, LawRow, PointsRow, WholeLaw
from detente.data.npzfile import key_of, stored
from detente.economy import Economy, baseline_tariff
from detente.lab.averages.axes import rows_of
from detente.lab.talks.law import exporters_of, fate_of
from detente.lab.talks.world import duty_rows, members_in
from detente.law.law import RENEWED
from detente.talks.fit import Ints, PayoffFit, Terms
from detente.talks.weights import Line
from detente.talks.world import DutyIssue, Error, Surface, TalksWorld, read_off

Floats = NDArray[np.float64]
Content = Mapping[str, Any]
Arrays = dict[str, NDArray[Any]]
STEP = 1e-6
"""What parts are stored to, USD bn a year."""

MOVES = {
    "name", "party", "receiver", "type", "authority", "from_law", "codes", "sectors", "besides", "quota", "coverage",
    "top", "levels",
}  # fmt: skip
"""Keys of an issue that say where its points fall."""


def law_content(file: CaseFile, factor: float, *, switched: bool) -> dict[str, Any]:
    """What laws and duties of a case rest on.

    Parameters
    ----------
    factor : scale of what falls on third countries; `switched` : whether what hangs on a switch is on.
    """
    return {
        "parties": list(file.parties),
        "world": file.world.name,
        "duties": [row.model_dump(mode="json", include=MOVES) for row in duty_rows(file, switched=switched)],
        "base": [_stated(row) for row in file.base_law],
        "always": [_stated(row) for row in file.always],
        "third": factor,
        "switched": switched,
        "read": "fit",
    }


def _stated(row: LawRow | PointsRow | WholeLaw) -> dict[str, Any]:
    """A row of laws without the day it was known on where none is named; fates that are one law are one content."""
    content = {key: value for key, value in row.model_dump(mode="json").items() if key != "known" or value is not None}
    if isinstance(row, WholeLaw):
        fate = fate_of(row)
        content = {key: value for key, value in content.items() if key != "fate"} | {"renewed": fate == RENEWED.name}
        return content if fate in ("", RENEWED.name) else content | {"fate": fate}
    return content


def _choice(row: ChoiceRow) -> dict[str, Any]:
    laws = [_stated(law) for law in row.law]
    return row.model_dump(mode="json", exclude={"statement", "known_on"}) | {"law": laws}


def world_content(file: CaseFile, elasticities: str, scale: float) -> dict[str, Any]:
    """What equilibria rest on beside the laws."""
    return {"world": file.world.name, "closure": file.world.closure, "elasticities": elasticities, "scale": scale}


def choice_content(file: CaseFile) -> dict[str, Any]:
    """What the lines of choices rest on beside the world."""
    rows = [_choice(row) for row in file.weights.choices]
    return {"parties": list(file.parties), "group": list(file.weights.group), "choices": rows}


# --- laws ------------------------------------------------------------------------------------------------------------


def law_arrays(world: TalksWorld) -> Arrays:
    """Base law and duties as they are stored: rows of the tariff that differ from the world's, points by duty."""
    known = np.array(baseline_tariff(world.economy))
    n = len(world.economy.countries)
    moved = np.flatnonzero((world.base.reshape(n, -1) != known.reshape(n, -1)).any(axis=1))
    arrays: Arrays = {"rows": moved, "base": world.base[moved].astype(np.float32)}
    if world.always is not None:
        added = np.flatnonzero(world.always.reshape(n, -1).any(axis=1))
        arrays |= {"added": added, "always": world.always[added].astype(np.float32)}
    for k, duty in enumerate(world.duties):
        reached = np.flatnonzero(duty.points.any(axis=(0, 2)))
        arrays |= {f"levels{k}": duty.levels, f"reached{k}": reached,
                   f"points{k}": duty.points[:, reached].astype(np.float32)}  # fmt: skip
    return arrays


def stored_world(content: Content, file: CaseFile, economy: Economy, *, switched: bool) -> TalksWorld | None:
    """Base law and duties on a world as stored; None where they are not."""
    arrays = stored(key_of("law", content))
    if not arrays:
        return None
    base, always = np.array(baseline_tariff(economy)), None
    base[arrays["rows"]] = arrays["base"]
    if "always" in arrays:
        always = np.zeros(base.shape)
        always[arrays["added"]] = arrays["always"]
    duties = []
    for k, row in enumerate(duty_rows(file, switched=switched)):
        levels = arrays[f"levels{k}"]
        points = np.zeros((levels.size, len(economy.countries), len(economy.sectors)))
        points[:, arrays[f"reached{k}"]] = arrays[f"points{k}"]
        importers = tuple(rows_of(economy, row.party).tolist())
        inside = row.quota.inside if row.quota is not None else None
        duties.append(DutyIssue(row.name, importers, exporters_of(file, row, economy), levels, points, inside))
    members, options = members_in(file, economy), {"closure": file.world.closure}
    return TalksWorld(economy, file.parties, members, base, tuple(duties), always, options)


# --- surfaces --------------------------------------------------------------------------------------------------------


def surface_arrays(surface: Surface) -> Arrays:
    """A surface, solved and checked, as it is stored."""
    errors = [surface.error.by_part[part] for part in surface.parts]
    return {
        "degrees": surface.degrees.astype(np.int8),
        "values": np.rint(surface.values / STEP).astype(np.int32),
        "found": np.array([surface.residual, surface.error.points, *errors]),
    }


def stored_degrees(content: Content) -> Ints | None:
    """Degrees of a stored surface, shape (term, axis); None where there is none."""
    degrees = stored(key_of("surface", content)).get("degrees")
    return None if degrees is None else degrees.astype(np.int64)


def stored_surface(content: Content, world: TalksWorld) -> Surface | None:
    """A surface of a world as stored; None where there is none."""
    arrays, degrees = stored(key_of("surface", content)), stored_degrees(content)
    if degrees is None:
        return None
    values, (residual, points, *errors) = STEP * arrays["values"], arrays["found"].tolist()
    error = Error(dict(zip(world.parts, errors, strict=True)), int(points))
    return read_off(world, PayoffFit.through(Terms(world.axes, degrees), values), values, residual, error)


# --- lines and threats -----------------------------------------------------------------------------------------------


def stored_lines(content: Content, file: CaseFile, horizon: str) -> tuple[Line, ...] | None:
    """The inverse-optimum lines of a case as stored; None where they are not."""
    arrays = stored(key_of("lines", content))
    if not arrays:
        return None
    rows = zip(file.weights.choices, arrays["slopes"].tolist(), strict=True)
    return tuple(Line(row.name, row.date.isoformat(), row.party, horizon, *slopes) for row, slopes in rows)


def line_arrays(lines: Sequence[Line]) -> Arrays:
    """Lines as they are stored: slopes of income, revenue and value added."""
    return {"slopes": np.array([[line.income, line.revenue, line.added] for line in lines])}


def point_content(content: Content, levels: Floats, guards: Mapping[str, float]) -> dict[str, Any]:
    """What the exact parts of one outcome rest on; `guards` : points that third countries add in it."""
    return {**content, "levels": [round(float(level), 12) for level in levels], "guards": dict(guards)}


def stored_parts(content: Content) -> Floats | None:
    """Exact parts of one outcome as stored, shape (party, part); None where they are not."""
    return stored(key_of("parts", content)).get("parts")
