"""Tables of a case of the talks: coverage, weights, what named outcomes are worth by part, and their ranges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.codes import Table, declared_note, table_with
from detente.lab.talks.case import WELFARE, Case
from detente.talks.horizon import LONG_RUN, Horizon
from detente.talks.space import Threat
from detente.talks.threats import p_star
from detente.talks.world import BILLION, FIRST_PARTS, Surface

SEARCHED = 7
"""Digits that are kept of what a search for a best deal ends with: its last steps move the eighth."""

SLOPE_LEVELS = tuple(round(0.05 * k, 2) for k in range(28))


def coverage_table(case: Case) -> Table:
    """Share of each sector that each duty covers, and the average by trade of the reference."""
    space = case.space(switched=not any(row.in_all for row in case.file.issues))
    economy = space.economy
    trade = space.reference.levels["trade"].reshape(len(economy.countries), len(economy.countries), -1)
    data = {"sector": np.asarray([*economy.sectors, "all"])}
    for duty in space.duties:
        own, covered = duty.bought(trade), duty.covered(trade)
        worth, goods_worth = own * (covered > 0.0), own.copy()
        goods_worth[[economy.sector(name) for name in economy.parameters.get("services", ())]] = 0.0
        mean = float(covered @ worth / goods_worth.sum())
        data[duty.issue] = np.append(covered, mean)
    issues = [duty.issue for duty in space.duties]
    return table_with("case.coverage", data, case=case.file.title, issue=issues)


def weights_table(case: Case) -> Table:
    """The inverse-optimum line of every choice, long run and short run."""
    lines = [*case.lines(), *case.lines(short=True)]
    data = {
        "choice": np.asarray([line.name for line in lines]),
        "date": np.asarray([line.date for line in lines]),
        "party": np.asarray([line.party for line in lines]),
        "horizon": np.asarray([line.horizon for line in lines]),
        "income": BILLION * np.array([line.income for line in lines]),
        "revenue": BILLION * np.array([line.revenue for line in lines]),
        "value_added": BILLION * np.array([line.added for line in lines]),
        "omega": _known([line.omega() for line in lines]),
        "mu": _known([line.mu_alone for line in lines]),
    }
    sentences = tuple(f"{line.horizon}: {sentence}" for line in lines for sentence in line.sentences)
    return table_with("case.weights", data, sentences, case=case.file.title)


def _known(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values])


def outcome_table(case: Case, weights: str = WELFARE, horizon: Horizon = LONG_RUN) -> Table:
    """Named outcomes and threats by party: payoff by part, gain over each threat, p* where it is defined."""
    negotiation = case.negotiation(weights, horizon)
    payoffs, threats = case.payoffs(weights, horizon), negotiation.threats
    names = tuple(case.file.outcomes)
    X = np.stack([case.outcome(name) for name in names])
    parts = payoffs.breakdown(X)
    value = payoffs.value(X)
    count = len(case.parties)
    labels = [case.file.outcomes[name].label or name for name in names]
    data = {
        "outcome": np.repeat(np.asarray(labels), count),
        "party": np.tile(np.asarray(case.parties), len(names)),
        "payoff": BILLION * value.ravel(),
    }
    for part, values in parts.items():
        data[part.replace(" ", "_")] = BILLION * values.ravel()
    for threat in threats:
        data[f"over_{threat.name}"] = BILLION * (value - threat.value).ravel()
    data |= _p_stars(case, value, threats)
    world = case.file.world
    error = case.surface().error
    words = {"weights": weights, "horizon": horizon.name, "world": world.name, "elasticities": world.elasticities}
    under = declared_note("case.under", **words)
    if error.points:
        under = declared_note("case.under_read", largest=error.largest, points=error.points, **words)
    notes = (
        under,
        *(f"threat {t.name}: {t.description or t.label}" for t in threats),
        *(declared_note("case.threat_skipped", threat=t.label) for t in threats if not t.credible),
    )
    named = [{"threat": threat.name, "label": threat.label} for threat in threats]
    without = () if "p_star" in data else ("p_star",)
    return table_with("case.outcomes", data, notes, without, case=case.file.title, part=list(parts), threat=named)


def _p_stars(case: Case, value: np.ndarray, threats: Sequence[Threat]) -> dict[str, np.ndarray]:
    """Column of chances at which each side is indifferent; none where a threat of the status quo or past law lacks."""
    kinds = {threat.kind: threat for threat in reversed(threats)}
    if not {"status-quo", "past-law"} <= set(kinds):
        return {}
    now, past = kinds["status-quo"].value, kinds["past-law"].value
    chances = [
        p_star(party, float(row[i]), float(now[i]), float(past[i])).p
        for row in value
        for i, party in enumerate(case.parties)
    ]
    return {"p_star": np.array(chances)}


def slope_table(case: Case, issue: str, slope_levels: Sequence[float] = SLOPE_LEVELS, *, short: bool = False) -> Table:
    """Derivatives of real income, revenue and value added of both sides along one duty, the others at the status quo.

    Where each motive peaks is where its slope is zero.

    Parameters
    ----------
    slope_levels : levels of the duty, shares.
    """
    now = next(row.outcome for row in case.file.threats if row.kind == "status-quo")
    surface = case.surface(short=short, switched=case.switched(case.outcome(now)))
    duties = [case.issues.index(name) for name in surface.issues]
    axis = surface.issues.index(issue)
    levels = np.asarray([level for level in slope_levels if level <= surface.tops[axis]])
    points = np.tile(case.outcome(now)[duties], (levels.size, 1))
    points[:, axis] = levels
    slopes = surface.part_slopes(points)[:, :, :, axis] / 100.0
    count = len(case.parties)
    data = {
        "level": np.repeat(levels, count),
        "party": np.tile(np.asarray(case.parties), levels.size),
        "real_income": BILLION * slopes[:, :, 0].ravel(),
        "revenue": BILLION * slopes[:, :, 1].ravel(),
        "value_added": BILLION * (slopes[:, :, len(FIRST_PARTS) :] @ case.group).ravel(),
    }
    run = "short run" if short else "long run"
    return table_with("case.slopes", data, issue=issue, run=run, case=case.file.title)


def surface_error_table(surface: Surface) -> Table:
    """Largest error of each part of a surface against exact solves."""
    data = {
        "part": np.asarray(list(surface.error.by_part)),
        "error": BILLION * np.array(list(surface.error.by_part.values())),
    }
    note = declared_note("case.solved_exactly", count=surface.error.points, residual=surface.residual)
    return table_with("case.surface", data, (note,))
