"""Could it be signed? Would it hold? The talks behind a run: the deal of a scenario against the threats of a case.

Duties are read off the laws of the scenario, so that any scenario near the date of a case is served. Payoffs are those
of `detente talks`, off the same stored surface.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from detente.codes import Table, declared_note
from detente.codes.names import with_article
from detente.data.caserows import CaseFile, OutcomeRow
from detente.data.dealrecord import bargains
from detente.lab.deal.levers import Deal, agreed, completed, nowhere, terms_of
from detente.lab.scenario import Scenario
from detente.lab.score.track import steps_table
from detente.lab.talks.assumed import assumed_losses, assumed_sentences, assumed_table, chain_sentences, truces_of
from detente.lab.talks.case import Case
from detente.lab.talks.deals import (
    SEARCHED,
    acceptable_table,
    billions,
    distinct,
    frontier_table,
    issues_of,
    shown_levels,
)
from detente.lab.talks.gains import gain_range_table, gain_ranges
from detente.lab.talks.materials import losses_label, supplied
from detente.lab.talks.near import THREATS, LawOfTalks, case_for, moves, starts_elsewhere
from detente.lab.talks.outlook import DealOutlook, lasting_note, outlook_on, worth_of
from detente.lab.talks.power import clock_table, punishment_rows, truce_notes
from detente.lab.talks.talk import Setting, Talk, talk_of
from detente.lab.talks.words import in_weeks, threat_phrase, words_of
from detente.lab.talks.world import issue_of
from detente.talks import Solution, Threat, Truce
from detente.talks.space import FREE, OutcomeSpace

SCENARIO = "scenario: "
#: Rules of sharing as labels say them.
RULES = {
    "nash": "Nash",
    "asymmetric nash": "Nash, by power,",
    "kalai-smorodinsky": "Kalai-Smorodinsky",
    "egalitarian": "Egalitarian",
    "utilitarian": "Utilitarian",
}


@dataclass(frozen=True)
class RunTalk:
    """The talk behind a run: `talk`, the `deals` of the scenario by outcome, and which of them are `voided` law."""

    talk: Talk
    deals: tuple[str, ...]
    voided: frozenset[str] = frozenset()

    @property
    def signed(self) -> bool:
        """Whether the first deal is one that sides can sign."""
        return self.talk.reference not in self.voided


def talks_tables(
    scenario: Scenario, law: LawOfTalks, chain: Table | None = None, wants: Callable[[str], bool] = lambda table: True
) -> tuple[list[Table], list[str]]:
    """Tables `deals`, `signing`, `solutions`, `acceptable`, `frontier`, `stability`, `linkage`, `clocks` and
    `talks_assumed`; where the scenario says more than the law, tables of the Deal page. Beside them remarks.

    Parameters
    ----------
    chain : table `materials` of the run, for what a supply chain says of losses that the case assumes.
    wants : whether a table is wanted; some that take time are left out where they are not, and with `solutions` its
        packages in `deals`.

    Returns
    -------
    Nothing at all where no case stands near the date of the scenario, no duty between the two sides moves, or they end
    as those of the status quo; a remark alone where they do not start as those of the case.
    """
    file = case_for(scenario.on)
    if file is None:
        return [], nowhere(scenario)
    deals = deals_of(file, scenario, law)
    if not deals:
        return [], []
    if elsewhere := starts_elsewhere(file, law):
        return [], [elsewhere]
    talk_of_run = run_talk(file, deals, _voided(scenario))
    talk = talk_of_run.talk
    terms = terms_of(scenario).get(talk.reference.removeprefix(SCENARIO))
    packages = _packages(talk) if wants("solutions") else []
    truces = truces_of(talk, talk.case.outcome(talk.reference)) if talk_of_run.signed else {}
    left = {s: talk.left(s, talk.case.outcome(talk.reference), FREE).total for s in talk.settings}
    ranges = gain_ranges(talk, talk.case.outcome(talk.reference))
    tables = [
        deals_table(talk_of_run, packages),
        signing_table(talk_of_run, left, None if terms is None else terms.days),
    ]
    if wants("solutions"):
        tables.append(solutions_table(talk, packages).settled(SEARCHED))
    further = {
        "acceptable": lambda: acceptable_table(talk, most=400),
        "frontier": lambda: frontier_table(talk),
    }
    tables += [make().settled(SEARCHED) for name, make in further.items() if wants(name)]
    tables.append(gain_range_table(talk, ranges))
    if truces:
        view = outlook_on(talk.case.file, talk.reference)
        tables += [stability_table(talk, truces, view), steps_table(bargains(), view.read, view.then)]
    if wants("linkage") and len(links := linkage_table(talk)):
        tables.append(links)
    if wants("clocks") and any(row.stock_months for row in talk.case.file.terms):
        tables.append(clock_table(talk))
    losses = assumed_losses(talk)
    if losses:
        tables.append(assumed_table(losses, ranges, talk.parties))
    assumed = assumed_sentences(losses, words_of(talk), talk.label(talk.reference), chain)
    if talk.case.materials:
        sentences = chain_sentences(talk, talk.case.outcome(talk.reference), with_article(talk.label(talk.reference)))
        assumed = dict(zip(talk.threats, sentences, strict=False))
    first = {name: sentence for name, sentence in assumed.items() if name == talk.threats[0]}
    beside = {**dict.fromkeys(("deals", "signing"), assumed), **dict.fromkeys(("acceptable", "clocks"), first)}
    if terms is not None:
        from detente.lab.deal.numbers import deal_tables

        days = {SCENARIO + variant.variant: variant.on for variant in law.variants}
        more = {"days": terms.days, "weights": terms.weights, "horizon": terms.horizon}
        tables += deal_tables(talk, Deal(file.name, days[talk.reference], **more))
    return [replace(t, notes=(*t.notes, *beside.get(t.name, {}).values())) for t in tables], []


def _voided(scenario: Scenario) -> frozenset[str]:
    """Variants in which measures are void from their first day, as a court rules: nothing that sides sign."""
    points = scenario.variants or {scenario.name or "scenario": scenario}
    return frozenset(name for name, point in points.items() if point.usa.void or point.chn.void)


def deals_of(file: CaseFile, scenario: Scenario, law: LawOfTalks) -> dict[str, OutcomeRow]:
    """Outcomes that the variants of a scenario bring, by name; none where no duty between the two sides moves."""
    terms = terms_of(scenario)
    if not terms and not moves(law):
        return {}
    base = Case(file)
    status = next(row.outcome for row in file.threats if row.kind == "status-quo")
    now = dict(zip(base.issues, base.outcome(status).tolist(), strict=True)) if status else {}
    deals: dict[str, OutcomeRow] = {}
    known = _known(base)
    for duties in law.variants:
        name, levels = duties.variant, outcome_of(file, duties.after, now)
        if levels is None:
            continue
        if name in terms:
            levels = agreed(file, levels, terms[name])
        elif all(abs(float(levels[issue]) - now.get(issue, 0.0)) < 1e-9 for issue in levels):
            continue
        title = name if scenario.variants else scenario.title.strip().rstrip(".") or name
        label = known.get(tuple(float(level) for level in levels.values()), title)
        deals[SCENARIO + name] = OutcomeRow(label=label, source="the scenario", levels=levels)
    return deals


def run_talk(
    file: CaseFile,
    deals: Mapping[str, OutcomeRow],
    voided: Collection[str] = (),
) -> RunTalk:
    """The case with deals as outcomes of its own, the first of them its reference deal.

    Parameters
    ----------
    voided : variants that are no deal: measures are void in them.
    """
    labels, apart = {row.label for row in deals.values()}, {row.outcome for row in file.threats}
    others = {name: row for name, row in file.outcomes.items() if name in apart or (row.label or name) not in labels}
    case = supplied(Case(file.model_copy(update={"outcomes": {**deals, **others}}), check=False))
    threats = [name for name in THREATS if name in {row.name for row in file.threats}]
    choices = [row.name for row in file.weights.choices]
    talk = talk_of(case, threats, ["welfare", *choices[-1:]], (), ["long"], losses_label(case))
    return RunTalk(talk, tuple(deals), frozenset(name for name in deals if name.removeprefix(SCENARIO) in voided))


def _known(case: Case) -> dict[tuple[float, ...], str]:
    """Labels of the outcomes of a case by their levels."""
    rows = reversed(case.file.outcomes.items())
    return {tuple(case.outcome(name).tolist()): row.label or name for name, row in rows}


def outcome_of(file: CaseFile, duties: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float | str] | None:
    """Levels of all issues under the laws of both sides; None where a duty cannot be read.

    A duty's level is the highest rate of its authority on the partner. What no law says (licences, action on
    precursors) is as a deal promises it, at its default, once its owner has cut a duty, and stays as it is until then.
    """
    rows = [row for row in file.issues if row.moves_tariffs]
    if any(row.name not in duties for row in rows):
        return None
    levels = {row.name: min(duties[row.name], row.listed()[-1]) for row in rows}
    space = OutcomeSpace(file.parties, tuple(issue_of(row) for row in file.issues))
    status = np.array([now.get(issue.name, issue.default) for issue in space.issues])
    return dict(zip(space.names, completed(space, levels, status).tolist(), strict=True))


def _packages(talk: Talk) -> list[tuple[Setting, Threat, str, Solution]]:
    """What every rule of sharing gives, over each set of weights and threat; rules that give one package together."""
    packages = []
    for setting, name in product(talk.settings, talk.threats):
        threat = talk.negotiation(setting).threat(name)
        solved = talk.solutions(setting, threat, FREE)
        packages += [(setting, threat, rules, solution) for rules, solution in distinct(solved.items())]
    return packages


def solutions_table(talk: Talk, packages: Sequence[tuple[Setting, Threat, str, Solution]]) -> Table:
    """The package of each rule of sharing in terms of the deal: duties, licences and what else is on the table."""
    issues = talk.case.outcome_space.issues
    rows = [
        (s.weights, t.label, rules, *solution.gains, *shown_levels(solution.outcome), round(solution.residual, 9))
        for s, t, rules, solution in packages
    ]
    words = {"party": talk.parties, "issue": issues_of(issues), "horizon": talk.headline.horizon.name}
    return billions("talks.solutions", rows, **words)


def deals_table(run: RunTalk, packages: Sequence[tuple[Setting, Threat, str, Solution]]) -> Table:
    """Deals on the plane of gains over the status quo: table `deals` of the charts, with p* of both sides.

    Columns: label; usa, chn (codes of the sides): gains over the first threat; kind: offer (the scenario), deal (named
    in the case), solution (what a concept picks) or threat; gains over the other threats; p* by side.
    """
    talk = run.talk
    setting = talk.headline
    negotiation = talk.negotiation(setting)
    threats, rows = negotiation.threats, []
    names = list(talk.case.file.outcomes)
    value = negotiation.payoffs.value(np.stack([talk.case.outcome(name) for name in names]))
    stars = talk.p_stars(setting, value)
    apart = {row.outcome for row in talk.case.file.threats}
    for k, name in enumerate(names):
        kind = "offer" if name in run.deals else "threat" if name in apart else "deal"
        over = [gain for threat in threats[1:] for gain in value[k] - threat.value]
        chances = [np.nan] * len(talk.parties) if name in run.voided else stars[k]
        rows.append((talk.label(name), *(value[k] - threats[0].value), kind, *over, *chances))
    for threat in threats[1:]:
        if threat.kind == "war":
            over = [gain for other in threats[1:] for gain in threat.value - other.value]
            stars_here = talk.p_stars(setting, threat.value[None])[0]
            rows.append((threat.label, *(threat.value - threats[0].value), "threat", *over, *stars_here))
    for package_setting, against, rules, solution in packages:
        if package_setting == setting and against.name == threats[0].name:
            over = [gain for threat in threats[1:] for gain in solution.payoffs - threat.value]
            p_stars = talk.p_stars(setting, solution.payoffs[None])[0]
            rows.append((f"{RULES[rules.split(', ')[0]]} package", *solution.gains, "solution", *over, *p_stars))
    return billions(
        "talks.deals", rows, over_note(talk), setting_note(talk, setting),
        f"{star_note()}; {declared_note('deal.star_blank')}",
        side=talk.parties, first=threats[0].label, over=_over(threats[1:], talk.parties), party=talk.parties,
    )  # fmt: skip


def _over(threats: Sequence[Threat], parties: Sequence[str]) -> list[dict[str, str]]:
    """What the register of tables is told of the columns of gains of each side over threats."""
    return [{"over": f"{p.lower()}_over_{t.name}", "party": p, "threat": t.label} for t in threats for p in parties]


def star_note() -> str:
    """What p* is."""
    return f"{declared_note('deal.p_star')}; {declared_note('deal.p_star_ends')}"


def over_note(talk: Talk) -> str:
    """What stands behind the codes of the columns of gains."""
    rows = [row for row in talk.case.file.threats if row.name in talk.threats]
    phrases = "; ".join(
        f"{row.name}: {threat_phrase(talk.case.file, row)}, {row.description or 'see the case'}" for row in rows
    )
    return declared_note("deal.threat_points", threats=phrases)


def signing_table(run: RunTalk, left: Mapping[Setting, float], days: int | None = None) -> Table:
    """The deal of the scenario under each set of weights: gains over each threat, p*, and what it leaves for both.

    Without p* where the scenario is nothing that sides sign, without days where it does not say how long it runs.
    """
    talk = run.talk
    point, parties = talk.case.outcome(talk.reference), talk.parties
    threats = talk.negotiation(talk.headline).threats
    rows = []
    for setting in talk.settings:
        value = talk.negotiation(setting).value(point)
        over = [gain for t in threats for gain in value - talk.negotiation(setting).threat(t.name).value]
        rows.append((setting.weights, *over, *talk.p_stars(setting, value), left[setting], days or 0))
    notes = (f"horizon {talk.headline.horizon.name}", over_note(talk), star_note() if run.signed else "")
    words = {"deal": talk.label(talk.reference), "over": _over(threats, parties), "party": parties}
    table = billions("talks.signing", rows, *notes, **words)
    without = ("_p_star",) * (not run.signed) + ("days",) * (days is None)
    return table.select([name for name in table.data if not name.endswith(without)]) if without else table


def setting_note(talk: Talk, setting: Setting) -> str:
    """Weights, horizon and unit of a table of a run."""
    name = "deal.weights_of_income" if setting.weights == "welfare" else "deal.weights_implied"
    words = declared_note(name, weights=setting.weights, horizon=setting.horizon.name)
    return f"{words}; {declared_note('deal.gains_unit')}; materials: {talk.materials}"


def linkage_table(talk: Talk) -> Table:
    """What adding each track to the others changes for both sides, against the first threat with levels.

    Columns: track; usa_gain, chn_gain (codes of the sides): change of the gain; price: in words.
    """
    setting, constraints = talk.headline, talk.sets[-1]
    threat = next((t for t in talk.negotiation(setting).threats if t.outcome is not None), None)
    linked = None if threat is None else talk.linked(setting, threat, constraints)
    rows = [(price.track, *price.gains, price.sentence) for price in linked.prices] if linked else []
    note = declared_note("deal.linked", constraints=constraints)
    if threat is not None:
        note = declared_note("deal.linked_against", threat=threat.label, constraints=constraints)
    note += f"; {declared_note('deal.gain_of_link')}"
    return billions("talks.linkage", rows, note, setting_note(talk, setting), party=talk.parties)


def stability_table(talk: Talk, truces: Mapping[tuple[Setting, str], Truce], view: DealOutlook) -> Table:
    """Would it hold: whether each side keeps the first deal of the scenario, by what answers a breach."""
    labels = {row.name: row.label or row.name for row in talk.case.file.threats}
    deal = talk.case.outcome(talk.reference)
    rows = [
        row
        for (setting, name), truce in truces.items()
        for row in punishment_rows(talk, setting, labels[name], truce, deal, worth_of(talk, truce, view))
    ]
    answered = declared_note("deal.breach", time=in_weeks(talk.case.file.lag_weeks))
    table = billions(
        "talks.stability", rows, f"{answered}; {declared_note('deal.worth_keeping')}", lasting_note(view),
        *truce_notes(truces), question=f"Would {talk.label(talk.reference)} hold?",
    )  # fmt: skip
    return table.select(["weights", "punishment", "party", "keeps", "why", "worth_keeping", "lasting"])
