"""Issues, levels, threats and inputs of talks in words: no code of a case reaches a reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from detente.codes.names import with_article
from detente.data.limits import memoized
from detente.data.tables import GROUPS, countries
from detente.faces.words.language import Language
from detente.lab.talks.advice import ODDS, IssueSeen, PackageSeen, ThreatSeen
from detente.talks.space import is_part_of

#: Types of duties whose level is a rate on top.
ADDED = ("", "points", "sector", "quota")

#: Type of a duty whose level counts the base duty in.
WHOLE_DUTY = "floor"

#: Smallest duty that is told, share; part of an effort below which it is none, and above one less it is full.
POINT, PART = 0.005, 0.05

#: Share withheld below which a control is free; up to `NEARLY` it nearly is.
SOME = 0.005

NEARLY = 0.15


def known(say: Language, name: str) -> str:
    """A text by its id, "" where the catalogue has none."""
    return say(name) if name in say.sentences else ""


def is_points(issue: IssueSeen) -> bool:
    """Whether its level is a duty in points."""
    return issue.kind == "duty" and issue.unit == "share" and issue.type in ADDED


def in_form(issues: Sequence[IssueSeen], k: int, levels: Sequence[float]) -> IssueSeen:
    """An issue as its level reads in an outcome: the whole duty where another issue counts the base duty in.

    Parameters
    ----------
    k : place of the issue; `levels` : of all issues.
    """
    issue = issues[k]
    counted = any(other.name == issue.in_all and level > 0.5 for other, level in zip(issues, levels, strict=True))
    return replace(issue, type=WHOLE_DUTY) if counted else issue


def is_form(issues: Sequence[IssueSeen], issue: IssueSeen) -> bool:
    """Whether an issue only says how the levels of others are read."""
    return any(other.in_all == issue.name for other in issues)


def is_part(issue: IssueSeen) -> bool:
    """Whether its level is how much is done of what its name says: of a pledge, of bans ended, of a tax given up."""
    return is_part_of(issue.unit) or (issue.kind != "control" and issue.unit.startswith("share "))


def issue_words(issue: IssueSeen, say: Language) -> str:
    """An issue within a sentence."""
    return label_words(issue.label, say, bare=issue.kind == "action")


def label_words(label: str, say: Language, *, bare: bool = False) -> str:
    """What a case calls an issue, within a sentence; `bare` : without an article."""
    slug = re.sub(r"\W+", "_", label.lower())  # "US reciprocal duty" -> "us_reciprocal_duty"
    if own := known(say, f"advice_issue_{slug}"):
        return own
    label = label.removesuffix(" withheld")
    if bare or is_owned(label):
        return label
    return with_article(label) if label[:1].islower() else say("advice_the", issue=label)


def is_owned(label: str) -> bool:
    """Whether a label begins with whose it is, as "South Korea's duty", and so has no article."""
    owner = re.match(r"(.+?s?)'s? ", label)
    return owner is not None and owner[1] in _places()


@memoized
def _places() -> frozenset[str]:
    """Countries and groups by name and by code."""
    names = {**countries().names, **GROUPS}
    return frozenset((*names, *names.values()))


def points(level: float, say: Language) -> str:
    """A duty as a number of points: whole, or with its half."""
    value = 100.0 * level
    digits = 1 if abs(value - round(value)) > 0.05 and abs(2 * value - round(2 * value)) < 0.02 else 0
    return say.number(value, digits)


def level_words(issue: IssueSeen, level: float, say: Language) -> str:
    """A level with its unit: "10 points", "30%", "15 points all-in", "a tenth of the pledge"."""
    if is_part_of(issue.unit):
        return say("advice_offbase" if issue.type == "cut" else "advice_pledged", share=say.percent(level, 0))
    if issue.kind == "duty" and issue.unit == "share":
        text = say("advice_point" if points(level, say) == "1" else "advice_points", number=points(level, say))
        return text if issue.type in ADDED else say("advice_allin", points=text)
    if issue.unit in ("share", "share of base flow", "effort") or is_part(issue):
        return say.percent(level, 0)
    if issue.unit == "on or off":
        return say("advice_cell_on" if level > 0.5 else "advice_cell_off")
    return say("advice_unit", number=say.plain(round(level, 2)), unit=issue.unit)


def cell_words(issue: IssueSeen, level: float, say: Language) -> str:
    """A level in a column of the table, whose head names the issue."""
    if is_points(issue):
        return points(level, say)
    if issue.kind == "duty" and issue.unit == "share" and issue.type == WHOLE_DUTY:
        return say("advice_allin", points=points(level, say))
    if issue.kind == "control" or is_part(issue):
        return say.percent(level, 0) if level >= SOME else say("advice_cell_none")
    if issue.unit == "effort":
        if PART < level < 1.0 - PART:
            return say.percent(level, 0)
        return say("advice_cell_full" if level > PART else "advice_cell_none")
    return level_words(issue, level, say)


def stands(issue: IssueSeen, level: float, say: Language) -> str:
    """An issue at a level: "the US duty at 10 points", "licences free", "about half of full action"."""
    name = issue_words(issue, say)
    if issue.kind == "control":
        return _held(name, level, say)
    if issue.unit == "effort":
        return _effort(name, level, say)
    if is_part(issue):
        return _share(name, level, say)
    if issue.unit == "on or off":
        return say("advice_move_on" if level > 0.5 else "advice_move_off", issue=name)
    if is_points(issue) and level < POINT:
        return say("advice_gone", issue=name)
    return say("advice_at", issue=name, after=level_words(issue, level, say))


def moved(
    issue: IssueSeen, before: float, after: float, say: Language, *, unit: bool = True, then: IssueSeen | None = None
) -> str:
    """An issue on its way from one level to another.

    Parameters
    ----------
    unit : whether the unit is said, as the first time it is; `then` : the issue as its level reads in the end.
    """
    name, number = issue_words(issue, say), level_words if unit else _number
    if not is_points(issue):
        return stands(issue, after, say)
    if then is not None and then != issue and min(before, after) >= POINT:
        now = level_words(issue, before, say)
        now = say("advice_on_top", points=now) if issue.type in ADDED else now
        return say("advice_move_cut", issue=name, before=now, after=level_words(then, after, say))
    if after < POINT:
        return say("advice_move_drop", issue=name, before=number(issue, before, say))
    if before < POINT:
        return say("advice_move_lay", issue=name, after=number(issue, after, say))
    return say("advice_move_cut", issue=name, before=points(before, say), after=number(issue, after, say))


def _number(issue: IssueSeen, level: float, say: Language) -> str:
    return points(level, say)


def moves(issue: IssueSeen, before: float, after: float) -> bool:
    """Whether a level moves so far that it is told."""
    least = POINT if is_points(issue) else PART if issue.unit != "on or off" else 0.5
    return abs(after - before) >= least


def _held(name: str, level: float, say: Language) -> str:
    if level < SOME:
        return say("advice_move_free", issue=name)
    if level > 1.0 - SOME:
        return say("advice_move_all", issue=name)
    return say("advice_move_nearly" if level < NEARLY else "advice_move_held", issue=name, after=say.percent(level, 0))


def _share(name: str, level: float, say: Language) -> str:
    if level > 1.0 - SOME:
        return say("advice_in_full", issue=name)
    return (
        say("advice_in_part", issue=name, share=say.percent(level, 0))
        if level >= SOME
        else say("advice_without", issue=name)
    )


def _effort(name: str, level: float, say: Language) -> str:
    if level <= PART:
        return say("advice_move_no", issue=name)
    if level >= 1.0 - PART:
        return say("advice_move_full" if level > 1.0 - SOME else "advice_move_most", issue=name)
    part = say(f"advice_part_{min(max(round(10 * level), 1), 9)}")
    return say("advice_move_part", part=part, issue=name)


def threat_words(threat: ThreatSeen, say: Language) -> str:
    """What happens if talks fail, within a sentence; a case's own name of it where it has one."""
    label = threat.label
    if threat.kind == "status-quo" and label in ("status quo", threat.name):
        return say("advice_today")
    if threat.kind == "past-law" and label in ("past law", threat.name):
        return say("advice_before")
    if threat.kind == "war":
        return say("advice_war")
    if threat.kind == "escalation" and label in ("escalation", threat.name):
        return say("advice_escalation")
    if threat.kind == "expected":
        even = threat.chance is None or abs(threat.chance - 0.5) < 1e-9
        return say("advice_even") if even else say("advice_mix", chance=say.percent(threat.chance or 0.0, 0))
    if label.startswith("status quo "):
        return say("advice_guarded", rest=label.removeprefix("status quo "))
    return say.law(with_article(label))


def named_threat(name: str, threats: Sequence[ThreatSeen], say: Language) -> str:
    """A threat by its name within a sentence; of the odds at which sides decide both laws."""
    if name != ODDS:
        return threat_words(next(threat for threat in threats if threat.name == name), say)
    kinds = {threat.kind: threat for threat in reversed(threats)}
    first, second = (threat_words(kinds[kind], say) for kind in ("status-quo", "past-law"))
    return say("advice_odds_of", first=first, second=second)


#: Value from which on one decimal is told.
TENTH = 0.95

#: Unit of the weight on a dollar of jobs: what it counts on top of itself.
OMEGA = "extra dollars"

#: Amounts from which on no decimal is told, below which nobody cares, and below which it prints as none, USD bn.
WHOLE, NONE, TINY = 9.95, 0.05, 0.005


def amount(value: float, say: Language, *, sign: bool = True) -> str:
    """An amount of USD bn: whole from ten on, with two decimals below one, else with one; none is 0."""
    size = abs(value)
    digits = 0 if size >= WHOLE or size < TINY else 1 if size >= TENTH else 2
    return say.number(value, digits, sign=sign)


def gain_words(row: PackageSeen, party: int, say: Language, pattern: str = "advice_from") -> str:
    """A gain, from its lowest to its highest over the weights where they differ."""
    low, high = amount(row.low[party], say), amount(row.high[party], say)
    return low if low == high else say(pattern, low=low, high=high)


def sign_words(above: float | None, below: float | None, say: Language) -> str:
    """Above or below which chance of today's law a side signs."""
    verdict, chance = sign_verdict(above, below), below if above is None else above
    if chance is None:
        return ""
    if verdict:
        return say(f"advice_{verdict}")
    return say.percent(chance, 0) if below is None else say("advice_up_to", chance=say.percent(chance, 0))


def sign_verdict(above: float | None, below: float | None) -> str:
    """Whether a side signs whatever the chance of today's law, or never; "" where it hangs on it."""
    if below is not None:
        return "always" if below > 0.995 else "never" if below <= 0.005 else ""
    return "" if above is None else "always" if above <= 0.005 else "never" if above > 0.995 else ""


def input_value(value: float, unit: str, say: Language) -> str:
    """A value of an input with its unit where that is dollars."""
    text = value_words(value, unit, say)
    return say("advice_measure_dollars", value=text) if unit.startswith("USD bn") else text


def value_words(value: float, unit: str, say: Language) -> str:
    """A value of an input with two digits that matter, shares in per cent; a weight always with two decimals."""
    if unit == OMEGA:
        return say.number(value, 2 if value else 0)
    if unit.startswith("share"):
        return say.percent(value, 0)
    digits = 0 if abs(value) >= WHOLE else 1 if abs(value) >= TENTH or not value else 2
    text = say.number(value, digits)
    return say.number(value) if round(value, digits) == round(value) else text
