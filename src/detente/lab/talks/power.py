"""Tables of a case of the talks: leverage, linkage, delay and clocks, truce, inverse bargaining, break-even values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from detente.codes import Column, Table, Unit
from detente.lab.talks.deals import CONSTRAINTS, SETTING, THREAT, UNITS, by_party, of, share, table_of, text, usd
from detente.lab.talks.talk import Setting, Talk, status_quo, week_flows
from detente.lab.talks.words import in_weeks
from detente.talks import Candidate, Linkage, Truce, rationalise
from detente.talks.frontier import survey
from detente.talks.payoff import PayoffWeights, break_even, fentanyl_break_even
from detente.talks.space import Floats
from detente.talks.threats import WEEKS_A_MONTH

POWERS = (0.3, 0.5, 0.7)
OMEGAS = (0.0, 0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
"""Weights on value added that are tried, extra dollars for a dollar."""

CLOCK_MONTHS = 49
MOVED = 1e-3
"""A balance that moves by less is not moved at all, USD bn a year."""


def leverage_table(talk: Talk) -> Table:
    """Four measures of leverage of each side, never added up."""
    rows = []
    for setting in talk.settings:
        for (threat, constraints), cell in talk.settled(setting).cells.items():
            if cell.leverage is None:
                continue
            leverage = cell.leverage
            for i, party in enumerate(talk.parties):
                best = [action for action in leverage.actions if action.party == party]
                act = best[-1] if best else None
                harm = (act.loss, act.cost, ", ".join(act.issues)) if act else (np.nan, np.nan, "")
                power = leverage.power[i, i], leverage.power[i, 1 - i]
                remark = "zero at a corner" if leverage.corner else ""
                rows.append(
                    (*of(setting), constraints, threat, party, leverage.exposure[1 - i], leverage.ratio[i],
                     *power, remark, leverage.patience[i], *harm)
                )  # fmt: skip
    columns = (
        *SETTING, CONSTRAINTS, THREAT, Column("party", Unit.CODE, "side whose leverage it is"),
        usd("exposure", "what the other side loses if talks fail, from the reference deal"),
        Column("ratio", Unit.NONE, "the other side's loss over one's own; blank where one's own is not positive"),
        Column("power_own", Unit.NONE, "dollars its predicted payoff moves for a dollar more of its own threat value"),
        Column("power_other", Unit.NONE, "the same for a dollar more of the other side's threat value"),
        text("corner", "whether power is zero because the package is at a corner"),
        Column("patience", Unit.NONE, "cost of a week's delay to it over the cost to the other side"),
        usd("harm", "loss it can inflict by its best joint action from the deal"),
        usd("harm_cost", "what that costs itself"), text("harm_by", "the issues of the action"),
    )  # fmt: skip
    return table_of(
        "leverage", f"Leverage, four measures that are not added up (from {talk.label(talk.reference)})", columns, rows,
        UNITS, "the four need not agree: exposure, marginal power, patience, threat value",
    )  # fmt: skip


def linkage_table(talk: Talk) -> Table:
    """What each track buys when it is added to the others: the price in points, and the change of gains."""
    space, rows = talk.case.outcome_space, []
    for setting, threat, constraints, linkage in _linked(talk):
        for price in linkage.prices:
            moves = (price.moves.get(issue.name, np.nan) for issue in space.issues)
            rows.append(
                (*of(setting), constraints, threat, price.track, *price.gains, price.surplus, *moves, price.sentence)
            )
    columns = (
        *SETTING, CONSTRAINTS, THREAT, text("track", "the track added to all others"),
        *by_party(talk, "gain", "change of its gain"), usd("surplus", "change of the largest total gain"),
        *(Column(i.name, Unit.POINTS if i.unit == "share" else Unit.NONE, f"move of {i.name}") for i in space.issues),
        text("price", "the price in words"),
    )  # fmt: skip
    return table_of(
        "linkage", "Does tying the tracks together help? The price of each track", columns, rows, UNITS,
        "moves: level in the joint Nash package less level without the track; the other tracks stay as in the threat",
    )  # fmt: skip


def track_table(talk: Talk) -> Table:
    """Every combination of tracks: whether there is a deal, gains of each side and the largest total."""
    rows = []
    for setting, threat, constraints, linkage in _linked(talk):
        for tracks, subset in linkage.subsets.items():
            gains = subset.package.gains if subset.package else np.full(len(talk.parties), np.nan)
            words = talk.case.outcome_space.reading(subset.package.outcome) if subset.package else "no deal"
            rows.append((*of(setting), constraints, threat, " + ".join(tracks), *gains, subset.surplus, words))
    columns = (
        *SETTING, CONSTRAINTS, THREAT, text("tracks", "tracks bargained over together"),
        *by_party(talk, "gain", "gain in the Nash package"), usd("surplus", "largest total gain"), text("package"),
    )  # fmt: skip
    return table_of("tracks", "What each combination of tracks gives", columns, rows, UNITS)


def rate_table(talk: Talk) -> Table:
    """What the payer of a point of duty loses for each dollar that arrives at the other side."""
    rows = [
        (*of(setting), constraints, threat, issue, rate)
        for setting, threat, constraints, linkage in _linked(talk)
        for issue, rate in linkage.rates.items()
    ]
    columns = (
        *SETTING, CONSTRAINTS, THREAT, text("issue", "duty"),
        Column("rate", Unit.NONE, "dollars the first side gains for a dollar the other loses, at the joint package"),
    )  # fmt: skip
    return table_of("rates", "Exchange rate of each duty on the joint package", columns, rows)


def _linked(talk: Talk) -> Iterator[tuple[Setting, str, str, Linkage]]:
    for setting in talk.settings:
        for threat in talk.negotiation(setting).threats:
            for constraints in talk.sets:
                linkage = talk.linked(setting, threat, constraints)
                if linkage is not None:
                    yield setting, threat.name, constraints, linkage


def delay_table(talk: Talk) -> Table:
    """The ledger of delay: what each week without the reference deal costs, and the deal each week would predict."""
    rows = []
    for setting in talk.settings:
        ledger = talk.ledger(setting)
        for k, week in enumerate(ledger.weeks):
            parts = (ledger.cost[k, i, p] for i in range(len(talk.parties)) for p in range(len(ledger.parts)))
            rows.append((*of(setting), week, *ledger.total[k], *ledger.cumulative[k], *ledger.predicted[k], *parts))
    names = talk.ledger(talk.settings[0]).parts
    columns = (
        *SETTING, Column("week", Unit.COUNT, "weeks since the status quo took hold"),
        *by_party(talk, "week", "cost of the week"), *by_party(talk, "so_far", "cost from the first week"),
        *by_party(talk, "predicted", "payoff of the Nash package if talks fell back to that week's flows for ever"),
        *(usd(f"{party.lower()}_{name}", f"cost of the week, {name}, {party}") for party in talk.parties
          for name in names),
    )  # fmt: skip
    return table_of(
        "delay", f"What a week without {talk.label(talk.reference)} costs", columns, rows,
        "a week is 1/52 of that week's flow; trade moves from the short to the long run; no market losses are counted",
        f"materials: {talk.materials}" if talk.materials else "",
    )  # fmt: skip


def clock_table(talk: Talk) -> Table:
    """The two clocks: table `clocks` of the charts.

    Columns: month since the status quo took hold; usa, chn (codes of the sides): payoff while there is no deal, USD a
    year; stock: share left (blank where the case has none); threat: loss that full controls inflict in that month.
    """
    case, setting = talk.case, talk.settings[0]
    months = np.arange(CLOCK_MONTHS, dtype=np.float64)
    weeks = (months + 1e-6) * WEEKS_A_MONTH
    inside = sum(week_flows(case, setting.weights, status_quo(case), weeks).values(), np.zeros(1))
    cover = case.number("stock_months", np.nan)
    stock = np.maximum(1.0 - months / cover, 0.0) if cover > 0.0 else np.full(months.size, np.nan)
    columns = (
        Column("month", Unit.MONTHS, "months since the status quo took hold"),
        *(usd(party.lower(), f"payoff of {party} while there is no deal, a year") for party in talk.parties),
        share("stock", "what is left of buyers' stocks"),
        usd("threat", "yearly loss that withholding every licence inflicts in that month"),
    )
    rows = np.column_stack([months, inside, stock, _control_losses(talk, months)]).tolist()
    remark = "the second clock stands still: the stand-in knows no new capacity outside" if not case.materials else ""
    return table_of("clocks", "Two clocks: buyers' stocks and sellers' hold", columns, rows, setting.words,
                    f"materials: {talk.materials}" if talk.materials else "", remark)  # fmt: skip


def _control_losses(talk: Talk, months: Floats) -> Floats:
    """Yearly loss of the other side with controls at their worst, by month, shape (months,), NaN without controls."""
    space = talk.case.outcome_space
    controls = {issue.name: issue for issue in space.issues if issue.kind == "control"}
    if not controls:
        return np.full(months.size, np.nan)
    losses = np.zeros(months.size)
    for k, month in enumerate(months):
        here = np.zeros(int(month) + 1)
        here[-1] = 1.0
        for term in talk.case.terms(here):
            if term.issue in controls and controls[term.issue].party != term.party:
                losses[k] -= float(term.flow.of(np.array([controls[term.issue].worst]))[0])
    return losses


def stability_table(talk: Talk) -> Table:
    """Will it hold: d* of each side under each punishment, who binds, and what one act outside the list must gain."""
    rows = [
        row
        for setting in talk.settings
        for punishment, truce in talk.settled(setting).truces.items()
        for row in punishment_rows(setting, punishment, truce)
    ]
    lag = talk.case.file.lag_weeks
    acts = "; ".join(f"{act.name} ({act.party}): {act.rate:.1f} a year" for act in talk.acts)
    truces = {(s, name): truce for s in talk.settings for name, truce in talk.settled(s).truces.items()}
    return table_of(
        "stability", f"Will {talk.label(talk.reference)} hold?", truce_columns(), rows, UNITS,
        f"a breach is answered after {in_weeks(lag)}; patience rarely breaks a truce at such a lag, new instruments do",
        f"acts outside the list in the record: {acts}; each is taken to end the truce" if acts else "",
        *truce_notes(truces),
    )  # fmt: skip


def truce_notes(truces: Mapping[tuple[Setting, str], Truce]) -> list[str]:
    """What must be said beside truces, each once, with the settings under which it holds where not under all."""
    seen: dict[str, list[str]] = {}
    for (setting, _), truce in truces.items():
        for note in truce.notes:
            # What a side would cut by itself is told in dollars in the table.
            key = note if "credible" in note else note.split(":")[0]
            seen.setdefault(key.rstrip("."), []).append(setting.words)
    every = {setting.words for setting, _ in truces}
    return [
        note if set(where) == every else f"{note} ({'; '.join(dict.fromkeys(where))})" for note, where in seen.items()
    ]


def punishment_rows(setting: Setting, punishment: str, truce: Truce) -> list[tuple[object, ...]]:
    """One row a side of a truce under one punishment, in the order of `truce_columns`."""
    rows: list[tuple[object, ...]] = []
    for side in truce.sides:
        keeps = ("yes" if side.holds else "no") + (", closest to breaking" if truce.binding == side.party else "")
        worth = (side.slack, side.margin) if side.punished else (np.nan, np.nan)
        rows.append(
            (*of(setting), punishment, side.party, keeps, side.why, side.least, side.patience, *worth, side.present,
             52.0 * truce.life)
        )  # fmt: skip
    return rows


def truce_columns() -> tuple[Column, ...]:
    """Columns of the table of truces."""
    return (
        *SETTING, text("punishment", "what follows a breach"), Column("party", Unit.CODE, "side"),
        text("keeps", "whether it keeps the deal by itself"), text("why"),
        Column("least_patience", Unit.NONE, "d*: smallest discount factor over the response lag that holds it; 0: "
               "breaking gains nothing; blank: no punishment"),
        Column("patience", Unit.NONE, "its discount factor over the response lag"),
        usd("worth_keeping", "present value of keeping over breaking, USD: an act outside the list worth more ends it"),
        usd("margin", "fall of the deal's yearly payoff that ends it"),
        usd("present", "what it gains a year by cutting its own duties below the deal"),
        Column("weeks_to_next_act", Unit.NONE, "until an act outside the list is due, at the pace of the record"),
    )  # fmt: skip


def lowest_table(talk: Talk) -> Table:
    """The lowest duties that hold by themselves, by punishment, and the share of outcomes that do."""
    rows, space = [], talk.case.outcome_space
    for setting in talk.settings:
        for punishment, (part, lowest) in talk.settled(setting).enforced.items():
            for outcome in lowest[:6]:
                rows.append((*of(setting), punishment, part, space.reading(outcome)))
            if not len(lowest):
                rows.append((*of(setting), punishment, part, "none holds"))
    columns = (
        *SETTING, text("punishment"), share("share", "share of the grid that holds by itself"),
        text("lowest", "outcomes than which no other that holds has all duties as low; at most six"),
    )  # fmt: skip
    return table_of("lowest", "Lowest duties that hold by themselves", columns, rows)


def inverse_table(talk: Talk) -> Table:
    """Which aims rationalise the reference deal: weights, power, threat, constraints, horizon; or what is violated."""
    first, second = talk.parties
    candidates = [
        Candidate(
            {"weights": s.weights, "horizon": s.horizon.name, "power": power},
            talk.negotiation(s), threat.name, constraints, {first: power, second: 1.0 - power},
        )
        for s in talk.settings for constraints in talk.sets for threat in talk.negotiation(s).threats
        for power in POWERS
    ]  # fmt: skip
    of_negotiation = {id(talk.negotiation(s)): s for s in talk.settings}
    inverse = rationalise(
        talk.case.outcome(talk.reference),
        candidates,
        surveys=lambda negotiation, constraints: talk.survey(of_negotiation[id(negotiation)], constraints),
    )
    rows = []
    for finding in inverse.verdicts:
        given = finding.candidate.labels
        verdict = "rationalised" if finding.holds else finding.violated or "not the Nash package"
        conditions = ["yes" if part else "no" for part in (finding.acceptable, finding.efficient, finding.nash)]
        rows.append(
            (given["weights"], given["horizon"], finding.candidate.constraints, finding.candidate.threat,
             given["power"], *conditions, finding.left, verdict)
        )  # fmt: skip
    columns = (
        *SETTING, CONSTRAINTS, THREAT, Column("power", Unit.NONE, f"bargaining power of {first}"),
        text("acceptable", "to both"), text("efficient", "on the frontier"), text("nash", "the Nash package"),
        usd("left", "left on the table"), text("verdict", "or the condition that fails, in dollars"),
    )  # fmt: skip
    return table_of(
        "inverse", f"What would make {talk.label(talk.reference)} the outcome?", columns, rows, inverse.sentence
    )


def bound_table(talk: Talk) -> Table:
    """What weight on value added of the first side makes the reference deal efficient, acceptable and the Nash package.

    A scan of the weight, the second side at real income; bargaining power of `POWERS`.
    """
    party, deal = talk.parties[0], talk.case.outcome(talk.reference)
    rows = []
    for horizon in talk.horizons:
        for omega in OMEGAS:
            given = {party: PayoffWeights(f"omega {omega:g}", omega=omega * talk.case.group)}
            whole = talk.case.negotiation(horizon=horizon, given=given)
            chosen = replace(whole, threats=tuple(whole.threat(name) for name in talk.threats))
            surveys = {name: survey(chosen, name) for name in talk.sets}
            candidates = [
                Candidate({}, chosen, threat.name, name, {party: power, talk.parties[1]: 1.0 - power})
                for name in talk.sets for threat in chosen.threats for power in POWERS
            ]  # fmt: skip
            inverse = rationalise(deal, candidates, surveys=lambda _, name, by_set=surveys: by_set[name])
            for verdict in inverse.verdicts:
                power = verdict.candidate.power or {}
                conditions = ["yes" if part else "no" for part in (verdict.acceptable, verdict.efficient, verdict.nash)]
                rows.append((horizon.name, verdict.candidate.constraints, verdict.candidate.threat, omega, power[party],
                             *conditions, verdict.left, "yes" if verdict.holds else "no"))  # fmt: skip
    columns = (
        SETTING[1], CONSTRAINTS, THREAT,
        Column("omega", Unit.NONE, f"extra dollars of {party} for a dollar of value added in the group of the case"),
        Column("power", Unit.NONE, f"bargaining power of {party}"), text("acceptable", "to both"),
        text("efficient", "on the frontier"), text("nash", "the Nash package"), usd("left", "left on the table"),
        text("explains", "all three"),
    )  # fmt: skip
    return table_of(
        "bounds", f"Which weight on value added explains {talk.label(talk.reference)}?", columns, rows,
        f"{talk.parties[1]} at real income; a weight at the end of the scan is a bound, no value",
    )  # fmt: skip


def break_even_table(talk: Talk) -> Table:
    """Values of what no model prices at which an answer changes: the fentanyl track, materials, bilateral deficit."""
    rows = [
        row
        for setting in talk.settings
        for name in talk.case.file.outcomes
        for row in _break_evens(talk, setting, name)
    ]
    columns = (
        *SETTING, text("deal"), text("quantity", "what nobody can measure"),
        Column("value", Unit.NONE, "at which the answer changes"), text("unit"), text("meaning"),
    )  # fmt: skip
    return table_of("break_even", "Break-even values", columns, rows)


def _break_evens(talk: Talk, setting: Setting, name: str) -> Iterator[tuple[object, ...]]:
    case, deal = talk.case, talk.case.outcome(name)
    payoffs = case.payoffs(setting.weights, setting.horizon)
    head = (*of(setting), talk.label(name))
    for duty, party in _bought(talk):
        level = deal[case.issues.index(duty)]
        if level > 0.0:
            value = fentanyl_break_even(payoffs, party, deal, duty)
            words = f"{party} keeps {duty} unless what it gets is worth more"
            words = f"nothing to buy: {party} gains by dropping {duty} alone" if value < 0.0 else words
            yield (*head, f"what {party} gets for {duty}", value, "USD bn a year", words)
    now = status_quo(case)
    gain = payoffs.value(np.stack([deal, now]))
    balance = payoffs.parts(np.stack([deal, now]))[:, :, 2]
    for i, party in enumerate(talk.parties):
        moved = float(balance[0, i] - balance[1, i])
        worth = break_even(float(gain[1, i] - gain[0, i]), moved) if abs(moved) > MOVED else None
        if worth is not None:
            yield (*head, f"a dollar of bilateral balance to {party}", worth, "dollars",
                   f"at this value {party} is indifferent between the deal and the status quo")  # fmt: skip


def _bought(talk: Talk) -> list[tuple[str, str]]:
    """Duties that an action on the same track answers, with the side that lays them."""
    issues = talk.case.outcome_space.issues
    acted = {issue.track for issue in issues if issue.kind == "action"}
    return [(issue.name, issue.party) for issue in issues if issue.kind == "duty" and issue.track in acted]


def caution_table(talk: Talk) -> Table:
    """Answers that look like findings and are none, in sentences."""
    seen: dict[tuple[str, str], list[str]] = {}
    for setting in talk.settings:
        for caution in talk.settled(setting).cautions:
            where = ", ".join(
                part for part in (setting.weights, setting.horizon.name, caution.threat, caution.constraints) if part
            )
            seen.setdefault((caution.symptom, caution.sentence), []).append(where)
    rows = [(*key, " | ".join(where)) for key, where in seen.items()]
    rows += [("weight undefined", sentence, "long run") for sentence in talk.case.weight_sets[1]]
    rows.append(("duration irrelevant", "Duration undetermined: no state of the world at its end is drawn.", "all"))
    columns = (text("symptom"), text("sentence"), text("where", "weights, horizon, threat, constraints"))
    return table_of("cautions", "Read before you quote", columns, rows)
