"""What a case needs of solves, as stored ahead of time: laws on a world, surfaces, lines of choices, exact threats.

Parts are stored at few nodes to a thousand USD a year; the grid that payoffs are read from is filled by the polynomial
through them, and the error that exact solves find in the end is stored beside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.data.caserows import CaseFile, ChoiceRow, LawRow, PointsRow, WholeLaw
from detente.data.surface_tables import key_of, stored
from detente.economy import Economy, baseline_tariff
from detente.lab.talks.whole import fate_of
from detente.law.record import RENEWED
from detente.talks.duties import FIRST_PARTS, DutyIssue, DutySpace
from detente.talks.interpolation import few_nodes
from detente.talks.surface import NODES, Error, Surface, checked, filled, solve_nodes, surface_of
from detente.talks.weights import Line

Floats = NDArray[np.float64]
Content = Mapping[str, Any]
STEP = 1e-6
"""What parts are stored to, USD bn a year."""

LINES, WIDE_LINES = "lines", "wide-lines"
"""Kinds of tables of lines: of cases between two countries in points, and of all others."""

FEW = (10, 4, 10)
FEW_OF_TWO = (12, 12)
SHARP = 1e-12
CHECKED = 40
"""Largest residual of a solve that is stored; exact solves that a stored surface is checked by."""


def law_content(file: CaseFile, factor: float, *, switched: bool) -> dict[str, Any]:
    """What laws and duties of a case rest on; `factor` : scale of what falls on third countries."""
    duties = [row for row in file.issues if row.moves_tariffs]
    keys = {"name", "party", "authority", "coverage", "top"}
    return {
        "parties": list(file.parties),
        "world": file.world.name,
        "duties": [row.model_dump(mode="json", include=keys) for row in duties],
        "base": [_stated(row) for row in file.base_law],
        "always": [_stated(row) for row in file.always],
        "third": factor,
        "switched": switched,
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


def stored_space(content: Content, economy: Economy, file: CaseFile) -> DutySpace | None:
    """Base law and duties on a world as stored; None where they are not."""
    arrays = stored(key_of("law", content))
    if not arrays:
        return None
    rows = [row for row in file.issues if row.moves_tariffs]
    others = {row.name: next(code for code in file.parties if code != row.party) for row in rows}
    duties = tuple(
        DutyIssue(row.name, row.party, others[row.name], np.asarray(covered), float(row.top or 0.0))
        for row, covered in zip(rows, arrays["coverage"], strict=True)
    )
    base, always = np.array(baseline_tariff(economy)), None
    sides = [economy.country(code) for code in file.parties]
    base[sides] = arrays["base"]
    if "always" in arrays:
        always = np.zeros(base.shape)
        always[sides] = arrays["always"]
    return DutySpace(economy, file.parties, base, duties, always, {"closure": file.world.closure})


def law_arrays(space: DutySpace) -> dict[str, NDArray[Any]]:
    """A space as it is stored: rows of the sides, and coverage by duty, exporter and sector."""
    economy = space.economy
    sides, n = [economy.country(code) for code in space.parties], len(economy.countries)
    coverage = np.zeros((len(space.duties), n, len(economy.sectors)))
    for k, duty in enumerate(space.duties):
        coverage[k, slice(None) if duty.coverage.ndim == 2 else economy.country(duty.exporter)] = duty.coverage
    arrays = {"base": space.base[sides], "coverage": coverage}
    return arrays if space.always is None else arrays | {"always": space.always[sides]}


# --- surfaces --------------------------------------------------------------------------------------------------------


def stored_surface(content: Content, file: CaseFile, economy: Economy) -> Surface | None:
    """A surface as stored; None where there is none."""
    arrays = stored(key_of("surface", content))
    if not arrays:
        return None
    rows = [row for row in file.issues if row.moves_tariffs]
    parts = (*FIRST_PARTS, *(f"VA {sector}" for sector in economy.sectors))
    values = arrays["values"].astype(np.float64) * STEP
    axes, values = filled(values, [float(row.top or 0.0) for row in rows], counts_of(len(rows)))
    error = Error(dict(zip(parts, arrays["error"].tolist(), strict=True)), int(arrays["points"]))
    return Surface(
        tuple(row.name for row in rows), file.parties, parts, axes, values, arrays["added"], arrays["income"],
        float(arrays["residual"]), int(np.prod(arrays["values"].shape[:-2])), error,
    )  # fmt: skip


def counts_of(duties: int) -> tuple[int, ...]:
    """Nodes of the even grid along each duty."""
    return NODES if duties == len(NODES) else (NODES[0],) * duties


def surface_arrays(space: DutySpace) -> dict[str, NDArray[Any]]:
    """A surface, solved and checked, as it is stored."""
    tops = [duty.top for duty in space.duties]
    few = [few_nodes(top, count) for top, count in zip(tops, FEW if len(tops) == len(FEW) else FEW_OF_TWO, strict=True)]
    values, residual = solve_nodes(space, few, SHARP)
    rounded = np.rint(values / STEP).astype(np.int32)
    axes, surface_values = filled(rounded.astype(np.float64) * STEP, tops, counts_of(len(tops)))
    surface = checked(space, surface_of(space, axes, surface_values, residual, values[..., 0, 0].size), CHECKED)
    error = np.array([surface.error.by_part[part] for part in surface.parts])
    return {
        "values": rounded, "error": error, "points": np.asarray(CHECKED), "residual": np.asarray(residual),
        "added": surface.added, "income": surface.income,
    }  # fmt: skip


# --- lines and threats -----------------------------------------------------------------------------------------------


def stored_lines(content: Content, file: CaseFile, horizon: str, kind: str = LINES) -> tuple[Line, ...] | None:
    """The inverse-optimum lines of a case as stored, under a kind of table; None where they are not."""
    arrays = stored(key_of(kind, content))
    if not arrays:
        return None
    rows = zip(file.weights.choices, arrays["slopes"].tolist(), strict=True)
    return tuple(Line(row.name, row.date.isoformat(), row.party, horizon, *slopes) for row, slopes in rows)


def line_arrays(lines: Sequence[Line]) -> dict[str, NDArray[Any]]:
    """Lines as they are stored: slopes of income, revenue and value added."""
    return {"slopes": np.array([[line.income, line.revenue, line.added] for line in lines])}


def point_content(content: Content, levels: Floats, guards: Mapping[str, float]) -> dict[str, Any]:
    """What the exact parts of one outcome rest on; `guards` : points that third countries add in it."""
    return {**content, "levels": [round(float(level), 12) for level in levels], "guards": dict(guards)}


def stored_parts(content: Content) -> Floats | None:
    """Exact parts of one outcome as stored, shape (party, part); None where they are not."""
    return stored(key_of("parts", content)).get("parts")
