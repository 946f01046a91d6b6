"""Tables of a case of the talks: named deals, threats, what is acceptable, the frontier, packages and improvements.

Every row says under which weights, horizon, constraint set and threat it was computed; every amount is USD a year from
the reference of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detente.codes import Table, Unit, declared_note, table_of
from detente.lab.talks.talk import Setting, Talk
from detente.lab.talks.words import threat_phrase
from detente.talks import Solution, Threat
from detente.talks.space import Floats, Issue
from detente.talks.world import BILLION

OVER = "over_"


def amounts() -> str:
    """What amounts of a case are, and from where they count."""
    return declared_note("case.amounts")


def billions(key: str, rows: Iterable[Sequence[Any]], *notes: str, **words: Any) -> Table:
    """A table of the register from rows whose amounts are USD bn; in the table they are USD."""
    table = table_of(key, list(rows), notes, **words)
    usd = [column.name for column in table.columns if column.unit is Unit.USD]
    return replace(table, data={**table.data, **{name: BILLION * table[name] for name in usd}})


def issues_of(issues: Iterable[Issue], unit: Unit = Unit.SHARE) -> list[dict[str, str]]:
    """What the register of tables is told of issues; `unit` : of those that are shares."""
    units = {True: unit, False: Unit.NONE}
    return [{"issue": i.name, "unit": units[i.unit == "share"], "label": i.label or i.name} for i in issues]


def of_materials(talk: Talk) -> str:
    """Where losses of materials come from; blank where there are none."""
    return f"materials: {talk.materials}" if talk.materials else ""


def of(setting: Setting) -> tuple[str, str]:
    """The first two cells of every row."""
    return setting.weights, setting.horizon.name


def world_note(talk: Talk) -> str:
    """World, elasticities and how exact the surface is."""
    world, error = talk.case.file.world, talk.case.surface().error
    used = str(talk.case.inputs.get("elasticities", world.elasticities)) or "its own"
    words = {"world": world.name, "elasticities": used, "closure": world.closure}
    if not error.points:
        return declared_note("case.world", **words)
    return declared_note("case.world_read", **words, largest=error.largest, points=error.points)


def payoff_table(talk: Talk) -> Table:
    """Named deals by party: payoff and its parts."""
    names = list(talk.case.file.outcomes)
    X = np.stack([talk.case.outcome(name) for name in names])
    rows, parts = [], []
    for setting in talk.settings:
        split = talk.case.payoffs(setting.weights, setting.horizon).breakdown(X)
        parts = list(split)
        value = sum(split.values(), np.zeros(1))
        for k, name in enumerate(names):
            for i, party in enumerate(talk.parties):
                each = (split[part][k, i] for part in parts)
                rows.append((*of(setting), talk.label(name), party, value[k, i], *each))
    notes = (amounts(), world_note(talk), of_materials(talk))
    return billions("case.payoffs", rows, *notes, case=talk.case.file.title, part=parts)


def threat_table(talk: Talk) -> Table:
    """What happens if talks fail, by party."""
    rows, space = [], talk.case.outcome_space
    for setting in talk.settings:
        for threat in talk.negotiation(setting).threats:
            levels = "a mix of laws" if threat.outcome is None else space.reading(threat.outcome)
            credible = "yes" if threat.credible else declared_note("case.both_skip")
            rows.append((*of(setting), threat.name, threat.label, *threat.value, credible, levels))
    chosen = [row for row in talk.case.file.threats if row.name in talk.threats]
    notes = [f"{row.name}: {row.description or row.label}" for row in chosen]
    return billions("case.threats", rows, amounts(), *notes, party=talk.parties)


def gain_table(talk: Talk) -> Table:
    """Gains of named deals over each threat, and p*."""
    names = list(talk.case.file.outcomes)
    X = np.stack([talk.case.outcome(name) for name in names])
    rows = []
    for setting in talk.settings:
        negotiation = talk.negotiation(setting)
        value = negotiation.payoffs.value(X)
        stars = talk.p_stars(setting, value)
        for k, name in enumerate(names):
            for i, party in enumerate(talk.parties):
                over = (value[k, i] - threat.value[i] for threat in negotiation.threats)
                rows.append((*of(setting), talk.label(name), party, *over, stars[k, i]))
    return billions("case.gains", rows, amounts(), declared_note("case.p_star"), threat=talk.threats)


def room_table(talk: Talk) -> Table:
    """The acceptable set: room of each side in dollars, and the share of the outcome space beside it."""
    rows = []
    for setting in talk.settings:
        for (threat, constraints), cell in talk.settled(setting).cells.items():
            zone = cell.zone
            deal = {"": "a deal exists", "conflict": "none: payoffs conflict"}.get(zone.empty, zone.empty)
            deal = "; ".join((deal, declared_note("case.coarse"))) if zone.coarse else deal
            rows.append((*of(setting), constraints, threat, *zone.room, *zone.largest, zone.share, deal))
    return billions("case.room", rows, amounts(), party=talk.parties)


def limit_table(talk: Talk) -> Table:
    """Conditional limits of each side, in words and numbers."""
    rows = []
    for setting in talk.settings:
        for limit in talk.settled(setting).limits:
            low, high = (limit.intervals[0][0], limit.intervals[-1][1]) if limit.intervals else (np.nan, np.nan)
            rows.append((*of(setting), limit.party, limit.issue, limit.p, low, high, limit.sentence))
    return billions("case.limits", rows, declared_note("case.others_stay", deal=talk.label(talk.reference)))


def solution_table(talk: Talk) -> Table:
    """All solution concepts with the package each picks."""
    rows = []
    for setting in talk.settings:
        for (threat, constraints), cell in talk.settled(setting).cells.items():
            for concept, solution in cell.solutions.items():
                rows.append(
                    (*of(setting), constraints, threat, concept, *solution.gains, *solution.outcome, _ends(solution))
                )
    return billions(
        "case.solutions", rows, amounts(), declared_note("case.continuous"),
        party=talk.parties, issue=issues_of(talk.case.outcome_space.issues),
    )  # fmt: skip


def _ends(solution: Solution) -> str:
    ends = ", ".join(f"{corner.issue} ({corner.end})" for corner in solution.corners)
    return ends + (f"; {len(solution.ties)} ties" if len(solution.ties) else "")


def left_table(talk: Talk) -> Table:
    """What named deals leave on the table, and the one issue that improves each most for both."""
    rows = []
    for setting in talk.settings:
        settled = talk.settled(setting)
        for name, deal in settled.deals.items():
            for constraints, left in deal.left.items():
                first = left.issues[0] if left.issues else None
                space = settled.negotiation.space
                words = "" if first is None else _step(talk, space.index(first.issue), first.before, first.after)
                inside = "yes" if left.allowed else "no"
                package = space.reading(left.package)
                rows.append(
                    (*of(setting), constraints, talk.label(name), left.total, *left.alone, inside, words, package)
                )
    return billions("case.left", rows, amounts(), party=talk.parties)


def _step(talk: Talk, k: int, before: float, after: float) -> str:
    issue = talk.case.outcome_space.issues[k]
    return f"{issue.label or issue.name} from {issue.reading(before)} to {issue.reading(after)}"


def improvement_table(talk: Talk) -> Table:
    """Improve a deal for both: changes of one issue that hurt nobody, ranked."""
    rows = []
    for setting in talk.settings:
        for name, deal in talk.settled(setting).deals.items():
            for constraints, left in deal.left.items():
                for rank, improvement in enumerate(left.issues, 1):
                    step = _step(
                        talk, talk.case.outcome_space.index(improvement.issue), improvement.before, improvement.after
                    )
                    rows.append((*of(setting), constraints, talk.label(name), rank, step, *improvement.gains))
    return billions("case.improve", rows, amounts(), party=talk.parties)


def frontier_table(talk: Talk, over: Threat | None = None) -> Table:
    """The frontier with its packages, gains over a threat, the first by default: table `frontier` of the charts.

    Columns: usa, chn (or the codes of the sides): gains; then levels of every issue and the setting.
    """
    setting, space, rows = talk.headline, talk.case.outcome_space, []
    threat = over or talk.negotiation(setting).threats[0]
    curve = talk.survey(setting, talk.sets[0]).curve
    for value, outcome in zip(curve.payoffs, curve.outcomes, strict=True):
        rows.append((*(value - threat.value), *outcome, talk.sets[0]))
    issues = [{"issue": i.name, "label": i.label or i.name, "unit": i.unit} for i in space.issues]
    words = {"party": talk.parties, "threat": threat.label, "issue": issues}
    return billions("case.frontier", rows, chart_note(talk), **words)


def chart_note(talk: Talk) -> str:
    """Under which setting and threat the tables of the charts stand."""
    setting = talk.headline
    threat = talk.threats[0]
    row = next(row for row in talk.case.file.threats if row.name == threat)
    over = threat_phrase(talk.case.file, row)
    return f"gains over {threat}, {over}, {setting.words}, constraints {talk.sets[0]}; {amounts()}"


def acceptable_table(talk: Talk, over: Threat | None = None, most: int = 1500) -> Table:
    """Outcomes of the grid: table `acceptable` of the charts.

    Columns: usa, chn (or the codes of the sides): gains over a threat, the first by default; one row an outcome,
    thinned evenly to `most`.
    """
    setting = talk.headline
    threat, grid = over or talk.negotiation(setting).threats[0], talk.survey(setting, talk.sets[0])
    gains = grid.V - threat.value
    chosen = np.linspace(0, len(gains) - 1, min(len(gains), most)).astype(int)
    words = {"party": talk.parties, "threat": threat.label}
    return billions("case.acceptable", gains[chosen].tolist(), chart_note(talk), **words)


def deals_table(talk: Talk) -> Table:
    """Named deals and packages on the plane of gains: table `deals` of the charts.

    Columns: label, usa, chn (or the codes of the sides), kind: deal or solution.
    """
    setting = talk.headline
    negotiation = talk.negotiation(setting)
    threat, rows = negotiation.threats[0], []
    for name, point in talk.case.outcome_space.named.items():
        rows.append((talk.label(name), *(negotiation.value(point) - threat.value), "deal"))
    for concept, solution in distinct(talk.settled(setting).cells[threat.name, talk.sets[0]].solutions.items()):
        rows.append((concept, *solution.gains, "solution"))
    return billions("case.deals", rows, chart_note(talk), party=talk.parties, threat=threat.label)


def distinct(solutions: Iterable[tuple[str, Solution]]) -> list[tuple[str, Solution]]:
    """Concepts that pick one package stand together."""
    groups: list[tuple[list[str], Solution]] = []
    for concept, solution in solutions:
        same = next((names for names, other in groups if _same(solution.outcome, other.outcome)), None)
        if same is None:
            groups.append(([concept], solution))
        else:
            same.append(concept)
    return [(", ".join(names), solution) for names, solution in groups]


def _same(a: Floats, b: Floats) -> bool:
    return bool(np.allclose(a, b, atol=5e-4))
