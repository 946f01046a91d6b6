"""Tables of a case of the talks: named deals, threats, what is acceptable, the frontier, packages and improvements.

Every row says under which weights, horizon, constraint set and threat it was computed; every amount is USD a year from
the reference of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from detente.codes import Table, Unit, declared_note, table_of
from detente.lab.talks.talk import NASH, ORDER, Setting, Talk
from detente.lab.talks.words import threat_phrase
from detente.talks import Solution, Survey, Threat
from detente.talks.frontier import Improvement, LeftOver
from detente.talks.solutions import corners, limits_of
from detente.talks.space import Floats, Issue, least
from detente.talks.world import BILLION

#: Package of talks of two at a time.
ONE_BY_ONE = "one by one"

#: Single steps that are shown of each deal of three parties and more.
STEPS = 3

#: A gain of no less than this share of the spread of payoffs below zero leaves a side as it is.
AT_LEAST = 1e-7

#: Level of an issue below which a search cannot tell it from none.
NOTHING = 1e-5

#: Digits that are kept of what a search for a best deal ends with: its last steps move the seventh.
SEARCHED = 6


def amounts() -> str:
    """What amounts of a case are, and from where they count."""
    return declared_note("case.amounts")


def billions(key: str, rows: Iterable[Sequence[Any]], *notes: str, **words: Any) -> Table:
    """A table of the register from rows whose amounts are USD bn; in the table they are USD, to `SEARCHED` digits.

    Tables of a run (`talks`) keep all, since its brief and its charts are compared with one another to the dollar; of
    what a search ends with, a run keeps as many digits where it takes the table.
    """
    table = table_of(key, list(rows), notes, **words)
    usd = [column.name for column in table.columns if column.unit is Unit.USD]
    made = replace(table, data={**table.data, **{name: BILLION * table[name] for name in usd}})
    return made if key.startswith("talks.") else made.settled(SEARCHED)


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


def exact(talk: Talk) -> str:
    """That numbers of deals are no readings, where they are none."""
    return declared_note("many.exact") if talk.exact else ""


def each(talk: Talk) -> Iterator[tuple[Setting, Threat]]:
    """Every setting with every threat."""
    for setting in talk.settings:
        for threat in talk.negotiation(setting).threats:
            yield setting, threat


def chosen_deals(talk: Talk, setting: Setting) -> dict[str, Floats]:
    """Named outcomes by label; of several parties also the package of Nash and that of talks of two at a time."""
    outcomes = {talk.label(name): outcome for name, outcome in talk.case.outcome_space.named.items()}
    if not talk.exact:
        return outcomes
    threat = talk.negotiation(setting).threats[0]
    deals, pairs = talk.nash(setting, threat, talk.signable), talk.one_by_one(setting, threat)
    outcomes |= {NASH: deals[0].outcome} if deals else {}
    return outcomes | ({ONE_BY_ONE: pairs[0].outcome} if pairs else {})


def payoff_table(talk: Talk) -> Table:
    """Named deals and packages by party: payoff and its parts."""
    deals = {setting: chosen_deals(talk, setting) for setting in talk.settings}
    splits = {setting: talk.by_part(list(some.values()), setting) for setting, some in deals.items()}
    known = dict.fromkeys(part for split in splits.values() for part in split)
    parts = sorted(known, key=lambda part: ORDER.index(part) if part in ORDER else len(ORDER))
    rows = list[tuple[Any, ...]]()
    for setting, split in splits.items():
        whole = sum(split.values(), np.zeros(1))
        for k, name in enumerate(deals[setting]):
            for i, party in enumerate(talk.parties):
                own = (float(split[part][k, i]) if part in split else 0.0 for part in parts)
                rows.append((*of(setting), name, party, whole[k, i], *own))
    notes = (amounts(), world_note(talk), of_materials(talk), exact(talk))
    return billions("case.payoffs", rows, *notes, case=talk.case.file.title, part=parts)


def threat_table(talk: Talk) -> Table:
    """What happens if talks fail, by party."""
    rows, space = [], talk.case.outcome_space
    for setting, threat in each(talk):
        levels = "a mix of laws" if threat.outcome is None else space.reading(threat.outcome)
        credible = "yes" if threat.credible else declared_note("many.all_skip" if talk.exact else "case.both_skip")
        for party, value in zip(talk.parties, talk.fallen(setting, threat), strict=True):
            rows.append((*of(setting), threat.name, threat.label, party, value, credible, levels))
    chosen = [row for row in talk.case.file.threats if row.name in talk.threats]
    notes = [f"{row.name}: {row.description or row.label}" for row in chosen]
    return billions("case.threats", rows, amounts(), exact(talk), *notes)


def gain_table(talk: Talk) -> Table:
    """Gains of deals over each threat, and p*."""
    rows = []
    for setting in talk.settings:
        deals = chosen_deals(talk, setting)
        values = talk.worth(list(deals.values()), setting)
        stars = talk.p_stars(setting, values)
        fallen = {threat.name: talk.fallen(setting, threat) for threat in talk.negotiation(setting).threats}
        for k, name in enumerate(deals):
            for threat, base in fallen.items():
                for i, party in enumerate(talk.parties):
                    rows.append((*of(setting), threat, name, party, values[k, i] - base[i], stars[k, i]))
    return billions("case.gains", rows, amounts(), exact(talk), declared_note("case.p_star"))


def room_table(talk: Talk) -> Table:
    """The acceptable set: room of each side, its share of the grid of two, and who closes it where it is empty."""
    rows = []
    for setting, threat in each(talk):
        for constraints in talk.sets:
            ground, share = talk.ground(setting, threat, constraints), np.nan
            if not talk.exact:
                share = acceptable_share(talk.survey(setting, constraints), threat)
            deal = {"": "a deal exists", "conflict": "none: payoffs conflict"}.get(ground.empty, ground.empty)
            for i, party in enumerate(talk.parties):
                closes = " or ".join(ground.closes) if talk.exact else ""
                rows.append((*of(setting), constraints, threat.name, party, ground.room[i], ground.most[i],
                             ground.smallest, share, deal, closes))  # fmt: skip
    return billions("case.room", rows, amounts(), declared_note("many.off_surface") if talk.exact else "")


def acceptable_share(grid: Survey, threat: Threat) -> float:
    """Share of the outcomes of a grid at which nobody is below a threat, those that leave a side as it is included."""
    # Outcomes such as the threat itself count on every processor alike.
    return float(np.mean(least(grid.V - threat.value) >= -AT_LEAST * grid.size)) if len(grid.V) else 0.0


def limit_table(talk: Talk) -> Table:
    """Conditional limits of each side, in words and numbers."""
    rows = []
    for setting in talk.settings:
        for limit in limits_of(talk.negotiation(setting), talk.case.outcome(talk.reference)):
            low, high = (limit.intervals[0][0], limit.intervals[-1][1]) if limit.intervals else (np.nan, np.nan)
            rows.append((*of(setting), limit.party, limit.issue, limit.p, low, high, limit.sentence))
    return billions("case.limits", rows, declared_note("case.others_stay", deal=talk.label(talk.reference)))


def solution_table(talk: Talk) -> Table:
    """The package of every concept; of Nash every peak near the best."""
    rows = [
        (*of(setting), constraints, threat.name, *row)
        for setting, threat in each(talk)
        for constraints in talk.sets
        for row in _concepts(talk, setting, threat, constraints)
    ]
    notes = declared_note("case.concepts"), declared_note("case.no_package")
    return billions("case.solutions", rows, amounts(), exact(talk), *notes, party=talk.parties,
                    issue=issues_of(talk.case.outcome_space.issues))  # fmt: skip


def _concepts(talk: Talk, setting: Setting, threat: Threat, constraints: str) -> Iterator[tuple[Any, ...]]:
    """Concept, gains, product, levels and ends of each package."""
    some = [(NASH, peak) for peak in talk.nash(setting, threat, constraints)]
    some += [pair for pair in talk.solutions(setting, threat, constraints).items() if some and pair[0] != NASH]
    if not some:
        return
    gains = talk.gains([package.outcome for _, package in some], setting, threat)
    for (name, package), gain in zip(some, gains, strict=True):
        ends = corners(talk.negotiation(setting), package.outcome, constraints)
        words = ", ".join(f"{corner.issue} ({corner.end})" for corner in ends)
        yield name, *gain, package.product if name == NASH else np.nan, *package.outcome, words


def _left(talk: Talk, setting: Setting) -> Iterator[tuple[str, str, LeftOver]]:
    """What deals leave on the table: constraint set, name and what is left; of several parties what may be signed."""
    space = talk.case.outcome_space
    for name, outcome in chosen_deals(talk, setting).items():
        if (outcome <= space.upper + 1e-9).all() and (outcome >= space.lower - 1e-9).all():
            for constraints in (talk.signable,) if talk.exact else talk.sets:
                yield constraints, name, talk.left(setting, outcome, constraints)


def of_outsiders(talk: Talk, world: Floats) -> float:
    """The change of real income of all outsiders together, USD bn a year."""
    return float(world[list(talk.outsiders)].sum())


def left_table(talk: Talk) -> Table:
    """What deals leave on the table, the one issue that improves each most for all, and what taking it all does to
    outsiders.
    """
    rows = []
    for setting in talk.settings:
        for constraints, name, left in _left(talk, setting):
            before, after = talk.solved([left.outcome, left.package], setting.horizon)
            first = _step(talk, left.issues[0]) if left.issues else ""
            allowed = talk.case.outcome_space.feasible(left.outcome[None], constraints)[0]
            rows.append((*of(setting), constraints, name, left.total, *left.alone, "yes" if allowed else "no", first,
                         of_outsiders(talk, after.world - before.world),
                         talk.case.outcome_space.reading(left.package)))  # fmt: skip
    return billions("case.left", rows, amounts(), declared_note("many.outsiders_exact"), party=talk.parties)


def _step(talk: Talk, step: Improvement) -> str:
    """A change of one issue in words."""
    space = talk.case.outcome_space
    issue = space.issues[space.index(step.issue)]
    return f"{issue.label or issue.name} from {issue.reading(step.before)} to {issue.reading(step.after)}"


def improvement_table(talk: Talk) -> Table:
    """Improve a deal for all: changes of one issue that hurt nobody, ranked; of several parties the first few."""
    rows = []
    for setting in talk.settings:
        for constraints, name, left in _left(talk, setting):
            steps = left.issues[:STEPS] if talk.exact else left.issues
            if steps:
                values = talk.worth([left.outcome, *(step.outcome for step in steps)], setting)
                for rank, step in enumerate(steps, 1):
                    rows.append((*of(setting), constraints, name, rank, _step(talk, step),
                                 *(values[rank] - values[0])))  # fmt: skip
    return billions("case.improve", rows, amounts(), exact(talk), party=talk.parties)


def frontier_table(talk: Talk, over: Threat | None = None) -> Table:
    """The frontier with its packages, gains over a threat, the first by default: table `frontier` of the charts.

    Columns: usa, chn (or the codes of the sides): gains; then levels of every issue and the setting.
    """
    setting, space, rows = talk.headline, talk.case.outcome_space, []
    threat = over or talk.negotiation(setting).threats[0]
    curve = talk.curve(setting, talk.sets[0])
    for value, outcome in zip(curve.payoffs, curve.outcomes, strict=True):
        rows.append((*(value - threat.value), *shown_levels(outcome), talk.sets[0]))
    issues = [{"issue": i.name, "label": i.label or i.name, "unit": i.unit} for i in space.issues]
    words = {"party": talk.parties, "threat": threat.label, "issue": issues}
    return billions("case.frontier", rows, chart_note(talk), **words)


def shown_levels(outcome: Floats) -> Floats:
    """Levels that a search ends with, to six decimals; what lies nearer to none than it can tell is none."""
    return np.where(np.abs(outcome) < NOTHING, 0.0, np.round(outcome, 6))


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
    negotiation, X = talk.negotiation(setting), talk.survey(setting, talk.sets[0]).X
    threat, chosen = over or negotiation.threats[0], np.linspace(0, len(X) - 1, min(len(X), most)).astype(int)
    gains = negotiation.payoffs.value(X[chosen]) - threat.value
    words = {"party": talk.parties, "threat": threat.label}
    return billions("case.acceptable", gains.tolist(), chart_note(talk), **words)


def deals_table(talk: Talk) -> Table:
    """Named deals and packages on the plane of gains: table `deals` of the charts.

    Columns: label, usa, chn (or the codes of the sides), kind: deal or solution.
    """
    setting = talk.headline
    negotiation = talk.negotiation(setting)
    threat, rows = negotiation.threats[0], []
    for name, point in talk.case.outcome_space.named.items():
        rows.append((talk.label(name), *(negotiation.value(point) - threat.value), "deal"))
    for concept, solution in distinct(talk.solutions(setting, threat, talk.sets[0]).items()):
        rows.append((concept, *solution.gains, "solution"))
    return billions("case.deals", rows, chart_note(talk), party=talk.parties, threat=threat.label)


def distinct(solutions: Iterable[tuple[str, Solution]]) -> list[tuple[str, Solution]]:
    """Concepts that pick one package stand together."""
    groups: list[tuple[list[str], Solution]] = []
    for concept, solution in solutions:
        levels = solution.outcome
        same = next((names for names, other in groups if np.allclose(levels, other.outcome, atol=5e-4)), None)
        if same is None:
            groups.append(([concept], solution))
        else:
            same.append(concept)
    return [(", ".join(names), solution) for names, solution in groups]
