"""Tables of a case of the talks: named deals, threats, what is acceptable, the frontier, packages and improvements.

Every row says under which weights, horizon, constraint set and threat it was computed; every amount is USD a year from
the reference of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from detente.codes import Column, Table, Unit
from detente.lab.talks.talk import Setting, Talk
from detente.lab.talks.words import threat_phrase
from detente.talks import Solution
from detente.talks.duties import BILLION
from detente.talks.space import Floats

TEXT = (Unit.TEXT, Unit.CODE)
OVER = "over_"
UNITS = (
    "amounts are USD bn a year at base-year prices, from the reference: the base law of the case, every level at zero"
)


def table_of(name: str, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], *notes: str) -> Table:
    """A table from its rows; amounts in USD bn become USD."""
    listed = list(rows)
    data = {}
    for index, column in enumerate(columns):
        values = [row[index] for row in listed]
        if column.unit in TEXT:
            data[column.name] = np.asarray([str(value) for value in values], dtype=np.str_)
        else:
            scale = BILLION if column.unit is Unit.USD else 1.0
            data[column.name] = scale * np.asarray([float(value) for value in values], dtype=np.float64)
    return Table(name, title, tuple(columns), data, tuple(note for note in notes if note))


def text(name: str, description: str = "") -> Column:
    """A column of words."""
    return Column(name, Unit.TEXT, description or name.replace("_", " "))


def usd(name: str, description: str) -> Column:
    """A column of amounts, USD a year."""
    return Column(name, Unit.USD, description)


def share(name: str, description: str) -> Column:
    """A column of shares."""
    return Column(name, Unit.SHARE, description)


def by_party(talk: Talk, what: str, description: str) -> list[Column]:
    """One column of amounts a party, as usa_gain, chn_gain."""
    return [usd(f"{party.lower()}_{what}", f"{description}, {party}") for party in talk.parties]


SETTING = (text("weights", "set of weights of the payoffs"), text("horizon", "over which time flows count"))
THREAT = text("threat", "what happens if talks fail")
CONSTRAINTS = text("constraints", "set of constraints")


def of(setting: Setting) -> tuple[str, str]:
    """The first two cells of every row."""
    return setting.weights, setting.horizon.name


def world_note(talk: Talk) -> str:
    """World, elasticities and how exact the surface is."""
    world, error = talk.case.file.world, talk.case.surface().error
    exact = f"; payoffs read within {error.largest:.3f} USD bn of {error.points} exact solves" if error.points else ""
    used = str(talk.case.inputs.get("elasticities", world.elasticities)) or "its own"
    return f"world {world.name}, elasticities {used}, deficits {world.closure}{exact}"


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
    columns = (
        *SETTING, text("deal", "named outcome"), Column("party", Unit.CODE, "side"), usd("payoff", "payoff a year"),
        *(usd(part.replace(" ", "_"), f"{part}, weighted, a year") for part in parts),
    )  # fmt: skip
    return table_of(
        "payoffs", f"What named deals are worth, by part: {talk.case.file.title}", columns, rows, UNITS,
        world_note(talk), f"materials: {talk.materials}" if talk.materials else "",
    )  # fmt: skip


def threat_table(talk: Talk) -> Table:
    """What happens if talks fail, by party."""
    rows, space = [], talk.case.outcome_space
    for setting in talk.settings:
        for threat in talk.negotiation(setting).threats:
            levels = "a mix of laws" if threat.outcome is None else space.reading(threat.outcome)
            credible = "yes" if threat.credible else "no: both would skip it"
            rows.append((*of(setting), threat.name, threat.label, *threat.value, credible, levels))
    columns = (
        *SETTING, THREAT, text("label"), *by_party(talk, "payoff", "payoff if talks fail"),
        text("credible", "whether somebody would carry it out"), text("levels", "levels of the issues"),
    )  # fmt: skip
    rows_asked = [row for row in talk.case.file.threats if row.name in talk.threats]
    notes = [f"{row.name}: {row.description or row.label}" for row in rows_asked]
    return table_of("threats", "If talks fail: the threat points", columns, rows, UNITS, *notes)


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
    columns = (
        *SETTING, text("deal", "named outcome"), Column("party", Unit.CODE, "side"),
        *(usd(f"{OVER}{name}", f"gain over {name} a year") for name in talk.threats),
        Column("p_star", Unit.NONE, "chance that the status quo lasts above which the side prefers the deal"),
    )  # fmt: skip
    return table_of(
        "gains", "Named deals against each threat", columns, rows, UNITS,
        "p*: chance that the status quo lasts above which the side prefers to sign; 0 or less: better than the past "
        "law anyway; above 1: worse than the status quo; blank: the status quo is no worse than the past law for the "
        "side",
    )  # fmt: skip


def room_table(talk: Talk) -> Table:
    """The acceptable set: room of each side in dollars, and the share of the outcome space beside it."""
    rows = []
    for setting in talk.settings:
        for (threat, constraints), cell in talk.settled(setting).cells.items():
            zone = cell.zone
            deal = {"": "a deal exists", "conflict": "none: payoffs conflict"}.get(zone.empty, zone.empty)
            deal += "; between the levels of the grid only" if zone.coarse else ""
            rows.append((*of(setting), constraints, threat, *zone.room, *zone.largest, zone.share, deal))
    columns = (
        *SETTING, CONSTRAINTS, THREAT, *by_party(talk, "room", "most it can gain with the other no worse off"),
        *by_party(talk, "most", "most it could gain if the other had no say"),
        share("share", "share of the outcome space; depends on the box and its spacing"), text("deal"),
    )  # fmt: skip
    return table_of("room", "Is there room for a deal?", columns, rows, UNITS)


def limit_table(talk: Talk) -> Table:
    """Conditional limits of each side, in words and numbers."""
    rows = []
    for setting in talk.settings:
        for limit in talk.settled(setting).limits:
            low, high = (limit.intervals[0][0], limit.intervals[-1][1]) if limit.intervals else (np.nan, np.nan)
            rows.append((*of(setting), limit.party, limit.issue, limit.p, low, high, limit.sentence))
    columns = (
        *SETTING, Column("party", Unit.CODE, "who accepts"), text("issue", "what is asked of it"),
        Column("p", Unit.NONE, "chance that the status quo lasts"), Column("low", Unit.NONE, "lowest level accepted"),
        Column("high", Unit.NONE, "highest level accepted, share"), text("sentence"),
    )  # fmt: skip
    return table_of(
        "limits", "What each side can accept, given the rest", columns, rows,
        f"issues not named stay as in {talk.label(talk.reference)}; threats mix the status quo and the past law",
    )  # fmt: skip


def solution_table(talk: Talk) -> Table:
    """All solution concepts with the package each picks."""
    space, rows = talk.case.outcome_space, []
    for setting in talk.settings:
        for (threat, constraints), cell in talk.settled(setting).cells.items():
            for concept, solution in cell.solutions.items():
                rows.append(
                    (*of(setting), constraints, threat, concept, *solution.gains, *solution.outcome, _ends(solution))
                )
    columns = (
        *SETTING, CONSTRAINTS, THREAT, text("concept", "solution concept"),
        *by_party(talk, "gain", "gain over the threat"),
        *(Column(i.name, Unit.SHARE if i.unit == "share" else Unit.NONE, i.label or i.name) for i in space.issues),
        text("at_the_end_of", "issues at the end of what is on the table"),
    )  # fmt: skip
    return table_of(
        "solutions", "What deal is likely: the package of each concept", columns, rows, UNITS,
        "continuous between the levels of the grid; duties are points added to the base law; no row: no deal gains for "
        "both; an issue at an end says 'the lowest on the table', not a prediction",
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
    columns = (
        *SETTING, CONSTRAINTS, text("deal", "named outcome"),
        usd("left", "largest total gain with nobody worse off"),
        *by_party(talk, "alone", "largest gain of the side alone, the other no worse off"),
        text("allowed", "whether the deal itself meets the constraints"),
        text("first_step", "the one issue that gains most for both"), text("package", "what would take it all"),
    )  # fmt: skip
    return table_of("left", "Left on the table", columns, rows, UNITS)


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
    columns = (
        *SETTING, CONSTRAINTS, text("deal"), Column("rank", Unit.COUNT, "place by total gain"), text("change"),
        *by_party(talk, "gain", "gain from the change"),
    )  # fmt: skip
    return table_of("improve", "Improve this deal for both, one issue at a time", columns, rows, UNITS)


def frontier_table(talk: Talk) -> Table:
    """The frontier with its packages, gains over the first threat: table `frontier` of the charts.

    Columns: usa, chn (or the codes of the sides): gains; then levels of every issue and the setting.
    """
    setting, space, rows = talk.headline, talk.case.outcome_space, []
    threat = talk.negotiation(setting).threats[0]
    curve = talk.survey(setting, talk.sets[0]).curve
    for value, outcome in zip(curve.payoffs, curve.outcomes, strict=True):
        rows.append((*(value - threat.value), *outcome, talk.sets[0]))
    columns = (
        *(usd(party.lower(), f"gain of {party} over {threat.label}") for party in talk.parties),
        *(Column(i.name, Unit.NONE, f"{i.label or i.name}, {i.unit}") for i in space.issues), CONSTRAINTS,
    )  # fmt: skip
    return table_of("frontier", "Frontier: no other package gives one side more for as much", columns, rows,
                    chart_note(talk))  # fmt: skip


def chart_note(talk: Talk) -> str:
    """Under which setting and threat the tables of the charts stand."""
    setting = talk.headline
    threat = talk.threats[0]
    row = next(row for row in talk.case.file.threats if row.name == threat)
    over = threat_phrase(talk.case.file, row)
    return f"gains over {threat}, {over}, {setting.words}, constraints {talk.sets[0]}; {UNITS}"


def acceptable_table(talk: Talk, most: int = 1500) -> Table:
    """Outcomes of the grid: table `acceptable` of the charts.

    Columns: usa, chn (or the codes of the sides): gains over the first threat; one row an outcome, thinned evenly to
    `most`.
    """
    setting = talk.headline
    threat, grid = talk.negotiation(setting).threats[0], talk.survey(setting, talk.sets[0])
    gains = grid.V - threat.value
    chosen = np.linspace(0, len(gains) - 1, min(len(gains), most)).astype(int)
    columns = [usd(party.lower(), f"gain of {party} over {threat.label}") for party in talk.parties]
    return table_of("acceptable", "Outcomes on the table", columns, gains[chosen].tolist(), chart_note(talk))


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
    columns = (
        text("label"), *(usd(party.lower(), f"gain of {party} over {threat.label}") for party in talk.parties),
        text("kind", "deal or solution"),
    )  # fmt: skip
    return table_of("deals", "Named deals and packages", columns, rows, chart_note(talk))


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
