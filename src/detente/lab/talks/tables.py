"""Tables of a case of the talks: coverage, weights, what named outcomes are worth by part, and their ranges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.codes import Column, Table, Unit
from detente.lab.talks.case import WELFARE, Case
from detente.talks.duties import BILLION, FIRST_PARTS
from detente.talks.horizon import LONG_RUN, Horizon
from detente.talks.space import Threat
from detente.talks.surface import Surface
from detente.talks.threats import p_star

SLOPE_LEVELS = tuple(round(0.05 * k, 2) for k in range(28))
CONCEPT = "payoffs a year at base-year prices, from the reference: the base law of the case with every level at zero"


def coverage_table(case: Case) -> Table:
    """Share of each sector that each duty covers, and the average by trade of the reference."""
    space = case.space()
    economy = space.economy
    trade = space.reference.levels["trade"].reshape(len(economy.countries), len(economy.countries), -1)
    columns = [Column("sector", Unit.CODE, "sector of the world, 'all' for the average by trade")]
    data = {"sector": np.asarray([*economy.sectors, "all"])}
    for duty in space.duties:
        covered = duty.own(economy)
        worth = trade[economy.country(duty.importer), economy.country(duty.exporter)] * (covered > 0.0)
        goods_worth = trade[economy.country(duty.importer), economy.country(duty.exporter)].copy()
        goods_worth[[economy.sector(name) for name in economy.parameters.get("services", ())]] = 0.0
        mean = float(covered @ worth / goods_worth.sum())
        columns.append(Column(duty.issue, Unit.SHARE, f"share of trade that {duty.issue} covers"))
        data[duty.issue] = np.append(covered, mean)
    return Table("coverage", f"Coverage of the duties, {case.file.title}", tuple(columns), data)


def weights_table(case: Case) -> Table:
    """The inverse-optimum line of every choice, long run and short run."""
    lines = [*case.lines(), *case.lines(short=True)]
    texts = (("choice", "name of the set"), ("date", "day of the choice"), ("party", "who chose"), ("horizon", "run"))
    numbers = (
        ("income", Unit.USD, "EV a year for one point more"),
        ("revenue", Unit.USD, "revenue a year for one point more"),
        ("value_added", Unit.USD, "value added of the group a year for one point more"),
        ("omega", Unit.NONE, "extra dollars for a dollar of value added, mu zero"),
        ("mu", Unit.NONE, "extra dollars for a dollar of revenue, omega zero"),
    )
    columns = (*(Column(n, Unit.TEXT, d) for n, d in texts), *(Column(*row) for row in numbers))
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
    note = "omega = -(dEV + mu dREV) / dVA: a line in (mu, omega) for each choice, not a point"
    return Table("weights", f"Weights from unilateral choices, {case.file.title}", columns, data, (note, *sentences))


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
    columns = [
        Column("outcome", Unit.TEXT, "named outcome"),
        Column("party", Unit.CODE, "side"),
        Column("payoff", Unit.USD, "payoff a year"),
    ]
    for part, values in parts.items():
        data[part.replace(" ", "_")] = BILLION * values.ravel()
        columns.append(Column(part.replace(" ", "_"), Unit.USD, f"{part}, weighted, a year"))
    for threat in threats:
        data[f"over_{threat.name}"] = BILLION * (value - threat.value).ravel()
        columns.append(Column(f"over_{threat.name}", Unit.USD, f"gain over {threat.label} a year"))
    _add_p_star(case, value, threats, data, columns)
    world = case.file.world
    error = case.surface().error
    surface = (
        f"; interpolation within {error.largest:.3f} USD bn on {error.points} exact solves" if error.points else ""
    )
    notes = (
        CONCEPT,
        f"weights: {weights}; horizon: {horizon.name}; world: {world.name}, {world.elasticities}{surface}",
        *(f"threat {t.name}: {t.description or t.label}" for t in threats),
        *(t.label + " is not credible: both would skip it" for t in threats if not t.credible),
    )
    return Table("payoffs", f"Payoffs, {case.file.title}", tuple(columns), data, notes)


def _add_p_star(
    case: Case, value: np.ndarray, threats: Sequence[Threat], data: dict[str, np.ndarray], columns: list[Column]
) -> None:
    kinds = {threat.kind: threat for threat in reversed(threats)}
    if not {"status-quo", "past-law"} <= set(kinds):
        return
    now, past = kinds["status-quo"].value, kinds["past-law"].value
    chances = [
        p_star(party, float(row[i]), float(now[i]), float(past[i])).p
        for row in value
        for i, party in enumerate(case.parties)
    ]
    data["p_star"] = np.array(chances)
    columns.append(Column("p_star", Unit.SHARE, "chance of the status quo above which the side prefers the outcome"))


def slope_table(case: Case, issue: str, slope_levels: Sequence[float] = SLOPE_LEVELS, *, short: bool = False) -> Table:
    """Derivatives of real income, revenue and value added of both sides along one duty, the others at the status quo.

    Where each motive peaks is where its slope is zero.

    Parameters
    ----------
    slope_levels : levels of the duty, shares.
    """
    surface = case.surface(short=short)
    now = next(row.outcome for row in case.file.threats if row.kind == "status-quo")
    duties = [case.issues.index(name) for name in surface.issues]
    axis = surface.issues.index(issue)
    levels = np.asarray([level for level in slope_levels if level <= surface.axes[axis][-1]])
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
    columns = (
        Column("level", Unit.SHARE, f"level of {issue}"),
        Column("party", Unit.CODE, "side"),
        *(Column(name, Unit.USD, f"{name} a year for one point more") for name in list(data)[2:]),
    )
    run = "short run" if short else "long run"
    return Table("slopes", f"What one point more of {issue} does, {run}, {case.file.title}", columns, data)


def surface_error_table(surface: Surface) -> Table:
    """Largest error of each part of a surface against exact solves."""
    columns = (Column("part", Unit.TEXT, "part of the payoff"), Column("error", Unit.USD, "largest error a year"))
    data = {
        "part": np.asarray(list(surface.error.by_part)),
        "error": BILLION * np.array(list(surface.error.by_part.values())),
    }
    note = f"{surface.error.points} random outcomes solved exactly; largest residual of a solve {surface.residual:.1e}"
    return Table("surface", "Error of the surface", columns, data, (note,))
