"""Whether a deal would hold, and what its numbers rest on, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from detente.codes.names import first_upper
from detente.evidence.lives import in_steps
from detente.faces.words.language import Language
from detente.lab.duties.among import USUAL
from detente.lab.part import changes_of, of_rulings
from detente.lab.ranges.numbers import Row, RunTables
from detente.lab.result import Result
from detente.lab.talks.near import case_between, case_for
from detente.lab.talks.outlook import outlook_between, outlook_on, plain
from detente.lab.world.chosen import WORLD, is_usual

#: Assumptions that the brief names.
MOST = 3

#: Whether each side gains, under every way of counting there is: more than one where they disagree.
Signs = Mapping[str, set[bool]]


def threats_of(result: Result, say: Language) -> dict[str, tuple[str, str]]:
    """Threats of the case near a result: code -> its label in tables, and the law it stands for as a phrase."""
    file = case_for(result.scenario.on)
    if file is None:
        return {}
    laws = {row.name: file.outcomes[row.outcome].label for row in file.threats if row.outcome in file.outcomes}
    return {row.name: (row.label or row.name, say.law(laws.get(row.name, row.label))) for row in file.threats}


def hold_sentences(result: Result, rows: RunTables, say: Language) -> Iterator[str]:
    """Who gains over what talks leave if they fail, and what makes both sides keep the deal."""
    if rows.sides != USUAL:
        yield from _between(result, rows, say)
        if left := _left_out(rows):
            yield say("left_out", list=say.listed([say(f"left_{name}") for name in left]))
        return
    if of_rulings(result.scenario):
        yield say("holds_void")
        return
    if not is_usual(result.scenario) and threats_of(result, say):
        yield say("holds_world", world=WORLD)
        return
    signing, threats = rows.all("signing"), threats_of(result, say)
    if not signing or not threats:
        file = case_for(result.scenario.on)
        if threats and file is not None and not changes_of(result.scenario):
            yield say("holds_unchanged", case=file.name)
        else:
            yield say("holds_elsewhere" if threats else "holds_no_case")
        return
    (law, signs), *others = [(law, _signs(signing, name)) for name, (_, law) in list(threats.items())[:2]]
    yield verdict(signs, law, say)
    for other, other_signs in others:
        yield from against(other_signs, other, say)
    yield _keeping(rows, threats, say)
    yield from _lasting(result, rows, say)


def _between(result: Result, rows: RunTables, say: Language) -> Iterator[str]:
    """What the record and the cases of the talks say of two other sides: their bargain, and where gains are told."""
    on = result.scenario.on
    if not isinstance(on, date):
        return
    first, second = rows.sides
    moving = (code for point in result.scenario.points for code in point.laws)
    file = case_between((*rows.sides, *moving), on) or case_between(rows.sides, on)
    view = outlook_between((first, second), on, file)
    if view is not None and view.named is not None:
        day = say.day(view.named.announced)
        yield say("holds_agreed", first=say.country(first), second=say.country(second), day=day)
        yield from outlook_sentences(plain(view), say, brief=True)
    yield say("holds_no_case") if file is None else say("holds_case", case=file.name)


def _left_out(rows: RunTables) -> list[str]:
    """What is known for the United States alone, and so not said of other sides."""
    left = [] if rows.sides[0] == AMERICA else ["history", "others"]
    return left if AMERICA in rows.sides else [*left, "prices"]


#: Whose history, published averages and consumer prices are on record.
AMERICA, _ = USUAL


def _signs(signing: list[Row], threat: str) -> Signs:
    """Whether the United States and China gain over a threat, under every set of weights."""
    return {code: {float(row[f"{code.lower()}_over_{threat}"]) > 0 for row in signing} for code in USUAL}


def verdict(signs: Signs, law: str, say: Language) -> str:
    """Who gains over a law that failed talks would leave."""
    if any(len(each) > 1 for each in signs.values()):
        return say("weights_decide", law=law)
    winners, losers = ([code for code, each in signs.items() if each == {gains}] for gains in (True, False))
    if not winners or not losers:
        if len(signs) == len(USUAL):
            return say("both_gain" if winners else "both_lose", law=law)
        return say("all_gain" if winners else "all_lose", law=law)
    first, other = (say.listed([say.country(code) for code in some]) for some in (winners, losers))
    name = "some_gain" if len(winners) > 1 else "one_gains" if len(losers) == 1 else "one_gains_alone"
    return say(name, country=first, other=other, law=law)


def against(signs: Signs, law: str, say: Language) -> Iterator[str]:
    """Whether all sides gain over a second law that failed talks could leave, or all lose."""
    alike = {frozenset(each) for each in signs.values()}
    if alike in ({frozenset({True})}, {frozenset({False})}):
        gains = alike == {frozenset({True})}
        two = "against_gain" if gains else "against"
        yield say(two if len(signs) == len(USUAL) else "against_all_gain" if gains else "against_all", law=law)


def _lasting(result: Result, rows: RunTables, say: Language) -> Iterator[str]:
    """How long the deal lasts on the record of its day, where there is a deal."""
    file = case_for(result.scenario.on)
    name = next((str(row["label"]) for row in rows.all("deals") if row["kind"] == "offer"), "")
    if file is not None and rows.all("stability"):
        yield from outlook_sentences(plain(outlook_on(file, name)), say, brief=True)


def _keeping(rows: RunTables, threats: dict[str, tuple[str, str]], say: Language) -> str:
    """By what answer to a breach every side keeps the deal under all weights, and who is tempted to break it."""
    kept: dict[str, bool] = {}
    steady: dict[str, bool] = {}
    for row in rows.all("stability"):
        answer, party, keeps = str(row["punishment"]), str(row["party"]), str(row["keeps"]).startswith("yes")
        kept[answer], steady[party] = kept.get(answer, True) and keeps, steady.get(party, True) and keeps
    first = next(law for _, law in threats.values())
    return holding({law: kept[label] for label, law in threats.values() if label in kept}, first, say, steady)


def holding(kept: Mapping[str, bool], first: str, say: Language, steady: Mapping[str, bool] | None = None) -> str:
    """What makes both sides keep a deal by themselves.

    Parameters
    ----------
    kept : law that answers a breach -> whether they keep it; `first` : the law that was named before.
    steady : by side, whether it keeps the deal whatever answers a breach; None where that is not known.
    """
    good = [law for law, keeps in kept.items() if keeps]
    if not good:
        return say("holds_not")
    firm = [code for code, keeps in (steady or {}).items() if keeps]
    tempted = [code for code in steady or {} if code not in firm]
    if firm and not tempted:
        return say("holds_steady")
    if firm:
        names = {"who": first_upper(say.country(tempted[0])), "other": say.country(firm[0])}
        return say("holds_tempted_that" if good[0] == first else "holds_tempted", law=good[0], **names)
    name = "holds_only" if len(good) < len(kept) else "holds_by"
    return say(f"{name}_that") if good[0] == first else say(name, law=good[0])


def rest_sentences(result: Result, rows: RunTables, say: Language) -> Iterator[str]:
    """What the numbers hang on most."""
    threats = threats_of(result, say) if rows.all("signing") else {}
    names = [law for _, law in threats.values()]
    things = [say("rests_elasticities")] if rows.all("economy") else [say("rests_claims")]
    if rows.all("materials"):
        things.append(say("rests_materials"))
    elif rows.all("prices"):
        things.append(say("rests_prices"))
    if names:
        things.append(say("rests_talks", law=names[0]))
    yield say("rests", list=say.listed(things[:MOST]))
    if rows.all("economy") and not is_usual(result.scenario):
        yield say("rests_world", world=result.scenario.world)


#: Horizons that sentences name, days.
SAID = ("90", "365")


def outlook_sentences(view: Mapping[str, Any], say: Language, *, brief: bool = False) -> Iterator[str]:
    """The chance of the day, what all bargains alike give, and what came.

    Parameters
    ----------
    view : the forecast as plain values, from `plain` of the talks.
    brief : say nothing of a year where the rule that knows nothing has scored better there.
    """
    which, form = "kind" if view["assumed"] else "then", say(f"outlook_{view['form']}")
    first, last, alike, later = (_said(view[key][days], say) for key in ("chances", "beside") for days in SAID)
    yield say(f"outlook_{which}", day=say.day(view["day"]), form=form, first=first, alike=alike)
    if not (brief and view["ever"]):
        yield say("outlook_year_ever" if view["ever"] else "outlook_year", last=last, alike=later)
    if view["came"] == "runs":
        yield say("outlook_runs", day=say.day(view["read"]), chance=_said(view["now"], say))
    elif view["came"]:
        yield say(f"outlook_{view['came']}", days=say.number(view["lived"]))


def _said(chance: float, say: Language) -> str:
    return say.percent(in_steps(chance), 0)
