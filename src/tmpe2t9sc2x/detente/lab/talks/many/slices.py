"""Tables of several parties: the frontier in many directions, slices of two, and what deals leave on the table."""

from __future__ import annotations

from detente.codes import Table, declared_note
from detente.lab.talks.deals import amounts, billions, issues_of, of
from detente.lab.talks.many.talk import Floats, Round
from detente.lab.talks.many.worth import chosen_deals, ends_of, exact, first, off_surface
from detente.talks.improvements import Improvement

STEPS = 3
"""Single steps that are shown of each deal."""


def frontier_table(round_: Round) -> Table:
    """Packages on the frontier above the first threat, under the headline setting."""
    rows, (setting, threat) = [], first(round_)
    frontier = round_.frontier(setting, threat)
    if frontier is not None:
        for k, (value, outcome) in enumerate(zip(frontier.payoffs, frontier.outcomes, strict=True)):
            most = ", ".join(code for code, end in zip(round_.parties, frontier.ends, strict=True) if end == k)
            rows.append((*of(setting), threat.name, *(value - threat.value), *outcome, most))
    note = declared_note("many.directions")
    issues = issues_of(round_.case.outcome_space.issues)
    return billions("many.frontier", rows, amounts(), note, party=round_.parties, issue=issues)


def curve_table(round_: Round) -> Table:
    """What each pair can have where the others keep what the package of Nash gives them; over the first threat."""
    rows, (setting, threat) = [], first(round_)
    for curve in round_.curves(setting, threat):
        for value, outcome in zip(curve.payoffs, curve.outcomes, strict=True):
            rows.append((*of(setting), threat.name, *curve.pair, *(value - threat.value), *outcome))
    issues = issues_of(round_.case.outcome_space.issues)
    return billions("many.curves", rows, amounts(), off_surface(), party=round_.parties, issue=issues)


def left_table(round_: Round) -> Table:
    """What deals leave on the table, and what taking it would do to outsiders."""
    rows, space = [], round_.case.outcome_space
    for setting in round_.talk.settings:
        for name, outcome in chosen_deals(round_, setting, round_.negotiation(setting).threats[0]).items():
            if not _on_table(round_, outcome):
                continue
            left = round_.left(setting, outcome)
            before, after = round_.solved([outcome, left.package], setting.horizon)
            beside = ends_of(round_, after.world - before.world)[1]
            rows.append((*of(setting), round_.constraints, name, left.total, *left.alone, beside,
                         space.reading(left.package)))  # fmt: skip
    return billions("many.left", rows, amounts(), declared_note("many.outsiders_exact"), party=round_.parties)


def _on_table(round_: Round, outcome: Floats) -> bool:
    space = round_.case.outcome_space
    return bool((outcome <= space.upper + 1e-9).all() and (outcome >= space.lower - 1e-9).all())


def improvement_table(round_: Round) -> Table:
    """Changes of one issue of each deal by which no party loses, with what they do to outsiders."""
    rows = []
    for setting in round_.talk.settings:
        for name, outcome in chosen_deals(round_, setting, round_.negotiation(setting).threats[0]).items():
            steps = round_.left(setting, outcome).issues[:STEPS] if _on_table(round_, outcome) else ()
            if not steps:
                continue
            solved = round_.solved([outcome, *(step.outcome for step in steps)], setting.horizon)
            values = round_.worth([deal.outcome for deal in solved], setting)
            for rank, step in enumerate(steps, 1):
                others, whole = ends_of(round_, solved[rank].world - solved[0].world)
                hurt = others["hurt"][0][0] if others["hurt"] else ""
                rows.append((*of(setting), round_.constraints, name, rank, step_words(round_, step),
                             *(values[rank] - values[0]), whole, hurt))  # fmt: skip
    return billions("many.improve", rows, amounts(), exact(), party=round_.parties)


def step_words(round_: Round, step: Improvement) -> str:
    """A change of one issue in words."""
    space = round_.case.outcome_space
    issue = space.issues[space.index(step.issue)]
    return f"{issue.label or issue.name} from {issue.reading(step.before)} to {issue.reading(step.after)}"
