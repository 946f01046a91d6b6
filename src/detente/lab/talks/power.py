"""Tables of a case of the talks: leverage, linkage, delay and clocks, truce, inverse bargaining, break-even values.

For each case of the package whose terms are known, one side's weight on a dollar of jobs is scanned, with bargaining
power and what failed talks would have left. Terms are explained where both sides accept them, where less than a billion
is left on the table, and where they lie within two billion of the Nash package. Nothing here is a forecast: the terms
stand in a file of their own, which no case of the day before reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from detente.codes import Parameter, Table, Unit, UnknownName, declared_note
from detente.data.casefile import HAPPENED, case_names, load_case, variant_names
from detente.data.limits import memoized
from detente.data.tables import partner_name
from detente.lab.talks.case import Case
from detente.lab.talks.deals import acceptable_share, amounts, billions, issues_of, of, of_materials
from detente.lab.talks.materials import supplied
from detente.lab.talks.outlook import lasting_note, outlook_on, worth_of
from detente.lab.talks.talk import NASH, Setting, Talk, week_flows
from detente.lab.talks.words import in_weeks, threat_phrase
from detente.talks import Candidate, Linkage, SignallingGame, Truce, equilibria, expected, rationalise, update
from detente.talks.inference import CandidateVerdict
from detente.talks.payoff import LONG_RUN, WEEKS_A_MONTH, Horizon, PayoffWeights, break_even, fentanyl_break_even
from detente.talks.settle import Caution, cautions_over, hurting_duties, unpunished
from detente.talks.solutions import most_of_each, nash_deals
from detente.talks.space import FREE, Floats, factors
from detente.talks.stability import TruceSide, self_enforcing

POWERS = (0.3, 0.5, 0.7)
#: Weights on value added that are tried, extra dollars for a dollar.
OMEGAS = (0.0, 0.5, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)

CLOCK_MONTHS = 49
#: A balance that moves by less is not moved at all, USD bn a year.
MOVED = 1e-3


def linkage_table(talk: Talk) -> Table:
    """What each track buys when it is added to the others: the price in points, and the change of gains."""
    space, rows = talk.case.outcome_space, []
    for setting, threat, constraints, linkage in _linked(talk):
        for price in linkage.prices:
            moves = (price.moves.get(issue.name, np.nan) for issue in space.issues)
            rows.append(
                (*of(setting), constraints, threat, price.track, *price.gains, price.surplus, *moves, price.sentence)
            )
    note = declared_note("case.moves")
    issues = issues_of(space.issues, Unit.POINTS)
    return billions("case.linkage", rows, amounts(), note, party=talk.parties, issue=issues)


def track_table(talk: Talk) -> Table:
    """Every combination of tracks: whether there is a deal, gains of each side and the largest total."""
    rows = []
    for setting, threat, constraints, linkage in _linked(talk):
        for tracks, subset in linkage.subsets.items():
            gains = subset.package.gains if subset.package else np.full(len(talk.parties), np.nan)
            words = talk.case.outcome_space.reading(subset.package.outcome) if subset.package else "no deal"
            rows.append((*of(setting), constraints, threat, " + ".join(tracks), *gains, subset.surplus, words))
    return billions("case.tracks", rows, amounts(), party=talk.parties)


def rate_table(talk: Talk) -> Table:
    """What the payer of a point of duty loses for each dollar that arrives at the other side."""
    rows = [
        (*of(setting), constraints, threat, issue, rate)
        for setting, threat, constraints, linkage in _linked(talk)
        for issue, rate in linkage.rates.items()
    ]
    return billions("case.rates", rows)


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
    words = {"deal": talk.label(talk.reference), "party": talk.parties, "part": names}
    return billions("case.delay", rows, of_materials(talk), **words)


def clock_table(talk: Talk) -> Table:
    """The two clocks: table `clocks` of the charts.

    Columns: month since the status quo took hold; usa, chn (codes of the sides): payoff while there is no deal, USD a
    year; stock: share left (blank where the case has none); threat: loss that full controls inflict in that month.
    """
    case, setting = talk.case, talk.settings[0]
    months = np.arange(CLOCK_MONTHS, dtype=np.float64)
    weeks = (months + 1e-6) * WEEKS_A_MONTH
    inside = sum(week_flows(case, setting.weights, case.today, weeks).values(), np.zeros(1))
    cover = case.number("stock_months", np.nan)
    stock = np.maximum(1.0 - months / cover, 0.0) if cover > 0.0 else np.full(months.size, np.nan)
    rows = np.column_stack([months, inside, stock, _control_losses(talk, months)]).tolist()
    remark = declared_note("case.clock_still") if not case.materials else ""
    return billions("case.clocks", rows, setting.words, of_materials(talk), remark, party=talk.parties)


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


def measured_deal(talk: Talk) -> str:
    """The deal from which leverage and stability are measured, for the title."""
    reached = talk.exact and talk.nash(*talk.first, talk.signable)
    return f"the package of {NASH.title()}" if reached else talk.label(talk.reference)


def stability_table(talk: Talk) -> Table:
    """Will it hold: d* of each side under each punishment, who binds, and what the deal is worth while it lasts."""
    view, rows, truces = outlook_on(talk.case.file, talk.reference), [], {}
    for setting in talk.settings:
        deal = talk.deal(setting, talk.negotiation(setting).threats[0])
        for name, truce in talk.truces(setting, deal).items():
            truces[setting, name] = truce
            rows += punishment_rows(talk, setting, name, truce, deal, worth_of(talk, truce, view))
    return billions(
        "case.stability", rows, amounts(),
        declared_note("case.answered_after", weeks=in_weeks(talk.case.file.lag_weeks)),
        lasting_note(view),
        *truce_notes(truces), question=f"Will {measured_deal(talk)} hold?",
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


def punishment_rows(
    talk: Talk, setting: Setting, punishment: str, truce: Truce, deal: Floats, lasting: Mapping[str, float]
) -> list[tuple[object, ...]]:
    """One row a side of a truce under one punishment, in the order of the table `case.stability`.

    Parameters
    ----------
    deal : shape (issue,); `lasting` : by side, what it is worth a year as long as it lasts, from `worth_of`, USD bn.
    """
    rows: list[tuple[object, ...]] = []
    for side in truce.sides:
        keeps = ("yes" if side.holds else "no") + (", closest to breaking" if truce.binding == side.party else "")
        worth = (side.slack, side.margin) if side.punished else (np.nan, np.nan)
        broken = ", ".join(broken_by(talk, side, deal))
        rows.append(
            (*of(setting), punishment, side.party, keeps, side.why, side.least, side.patience, *worth, side.present,
             lasting[side.party], temptation(side), side.deal - side.punishment, broken)
        )  # fmt: skip
    return rows


def temptation(side: TruceSide) -> float:
    """What a party gains a year by breaking a deal, until the answer, USD bn."""
    return max(side.deviation - side.deal, 0.0)


def broken_by(talk: Talk, side: TruceSide, deal: Floats) -> list[str]:
    """Issues with which a party would break a deal."""
    names = talk.case.outcome_space.names
    return [name for name, before, after in zip(names, deal, side.broken, strict=True) if abs(after - before) > 1e-6]


def lowest_table(talk: Talk) -> Table:
    """The lowest duties that hold by themselves, by punishment, and the share of outcomes that do."""
    rows, space = [], talk.case.outcome_space
    for setting in talk.settings:
        negotiation, grid = talk.negotiation(setting), talk.survey(setting)
        for punishment in (each for each in negotiation.threats if each.kind != "expected"):
            mask, lowest = self_enforcing(grid, punishment.value, factors(negotiation, negotiation.lag))
            words = [space.reading(outcome) for outcome in lowest[:6]] or ["none holds"]
            rows += [(*of(setting), punishment.name, float(mask.mean()), each) for each in words]
    return billions("case.lowest", rows)


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
    inverse = rationalise(talk.case.outcome(talk.reference), candidates)
    rows = []
    for finding in inverse.verdicts:
        given = finding.candidate.labels
        verdict = "rationalised" if finding.holds else finding.violated or "not the Nash package"
        conditions = ["yes" if part else "no" for part in (finding.acceptable, finding.efficient, finding.nash)]
        rows.append(
            (given["weights"], given["horizon"], finding.candidate.constraints, finding.candidate.threat,
             given["power"], *conditions, finding.left, verdict)
        )  # fmt: skip
    return billions("case.inverse", rows, inverse.sentence, deal=talk.label(talk.reference), first=first)


def bound_table(talk: Talk) -> Table:
    """What weight on value added of the first side makes the reference deal efficient, acceptable and the Nash package.

    A scan of the weight, the second side at real income; bargaining power of `POWERS`.
    """
    deal, rows = talk.case.outcome(talk.reference), []
    for horizon in talk.horizons:
        for verdict in scanned(talk.case, deal, horizon, OMEGAS, POWERS, talk.threats, talk.sets):
            given, labels = verdict.candidate, verdict.candidate.labels
            conditions = ["yes" if part else "no" for part in (verdict.acceptable, verdict.efficient, verdict.nash)]
            rows.append((horizon.name, given.constraints, given.threat, labels["omega"], labels["power"], *conditions,
                         verdict.left, "yes" if verdict.holds else "no"))  # fmt: skip
    words = {"deal": talk.label(talk.reference), "first": talk.parties[0], "second": talk.parties[1]}
    return billions("case.bounds", rows, **words)


def scanned(
    case: Case, deal: Floats, horizon: Horizon, omegas: Sequence[float], powers: Sequence[float],
    threats: Sequence[str], sets: Sequence[str], names: Mapping[str, str] | None = None,
) -> Iterator[CandidateVerdict]:  # fmt: skip
    """Whether a deal, shape (issues,), is acceptable, efficient and Nash's, over weights and powers of the first side.

    Parameters
    ----------
    omegas : extra dollars for a dollar of value added in the group of the case, the second side at real income.
    threats, sets : names of threats and of sets of constraints; `names` : of issues and parties, for what is violated.
    """
    first, second = case.parties
    for omega in omegas:
        given = {first: PayoffWeights(f"jobs {omega:g}", omega=omega * case.group)}
        negotiation = case.negotiation(horizon=horizon, given=given)
        candidates = [
            Candidate({"omega": omega, "power": power}, negotiation, threat, name, {first: power, second: 1.0 - power})
            for name in sets for threat in threats for power in powers
        ]  # fmt: skip
        yield from rationalise(deal, candidates, names=names).verdicts


def break_even_table(talk: Talk) -> Table:
    """Values of what no model prices at which an answer changes: the fentanyl track, materials, bilateral deficit."""
    rows = [
        row
        for setting in talk.settings
        for name in talk.case.file.outcomes
        for row in _break_evens(talk, setting, name)
    ]
    return billions("case.break_even", rows)


def _break_evens(talk: Talk, setting: Setting, name: str) -> Iterator[tuple[object, ...]]:
    case, deal = talk.case, talk.case.outcome(name)
    payoffs = case.payoffs(setting.weights, setting.horizon)
    head = (*of(setting), talk.label(name))
    for duty, party in _bought(talk):
        level = deal[case.issues.index(duty)]
        if level > 0.0:
            value = fentanyl_break_even(payoffs, party, deal, duty)
            words = declared_note("case.keeps_unless", party=party, duty=duty)
            if value < 0.0:
                words = declared_note("case.nothing_to_buy", party=party, duty=duty)
            yield (*head, declared_note("case.gets_for", party=party, duty=duty), value, "USD bn a year", words)
    now = case.today
    gain = payoffs.value(np.stack([deal, now]))
    balance = payoffs.parts(np.stack([deal, now]))[:, :, 2]
    for i, party in enumerate(talk.parties):
        moved = float(balance[0, i] - balance[1, i])
        worth = break_even(float(gain[1, i] - gain[0, i]), moved) if abs(moved) > MOVED else None
        if worth is not None:
            yield (*head, declared_note("case.balance_dollar", party=party), worth, "dollars",
                   declared_note("case.indifferent", party=party))  # fmt: skip


def _bought(talk: Talk) -> list[tuple[str, str]]:
    """Duties that an action on the same track answers, with the side that lays them."""
    issues = talk.case.outcome_space.issues
    acted = {issue.track for issue in issues if issue.kind == "action"}
    return [(issue.name, issue.party) for issue in issues if issue.kind == "duty" and issue.track in acted]


def caution_table(talk: Talk) -> Table:
    """Answers that look like findings and are none, in sentences."""
    seen: dict[tuple[str, str], list[str]] = {}
    for setting in talk.settings:
        for caution in _cautions(talk, setting):
            where = ", ".join(
                part for part in (setting.weights, setting.horizon.name, caution.threat, caution.constraints) if part
            )
            seen.setdefault((caution.symptom, caution.sentence), []).append(where)
    rows = [(*key, " | ".join(where)) for key, where in seen.items()]
    undefined = declared_note("bargain.weight_undefined")
    rows += [(undefined, sentence, "long run") for sentence in talk.case.weight_sets[1]]
    rows.append((declared_note("case.no_duration"), declared_note("case.no_end_drawn"), "all"))
    return billions("case.cautions", rows)


def _cautions(talk: Talk, setting: Setting) -> list[Caution]:
    """What must be said beside the answers under one setting."""
    negotiation, cautions = talk.negotiation(setting), list[Caution]()
    deal = talk.case.outcome(talk.reference)
    for number, threat in enumerate(negotiation.threats):
        for constraints in talk.sets:
            ground, share = talk.ground(setting, threat, constraints), np.nan
            if not talk.exact:
                share = acceptable_share(talk.survey(setting, constraints), threat)
            nash = next(iter(talk.nash(setting, threat, constraints)), None)
            linked = talk.linked(setting, threat, constraints) if number == 0 else None
            cautions += cautions_over(negotiation, threat, constraints, ground, nash, share, linked)
    return [*cautions, *hurting_duties(negotiation, deal, talk.reference), *unpunished(talk.truces(setting, deal))]


# --- what each side can believe of the other --------------------------------------------------------------------------

#: Chances that the two types of the signalling game give to the status quo.
WEAK, STRONG = 0.9, 0.3

Row = tuple[object, ...]


def belief_table(talk: Talk) -> Table:
    """Beliefs on the type of each side after each act of the record, by Bayes' rule."""
    rows: list[Row] = []
    for beliefs in talk.case.file.beliefs:
        rows += [(beliefs.party, "", "prior", kind, p, "") for kind, p in beliefs.types.items()]
        path = update(beliefs.types, [act.likelihood for act in beliefs.acts])
        for act, belief in zip(beliefs.acts, path, strict=True):
            rows += [(beliefs.party, act.date.isoformat(), act.what, kind, p, act.source) for kind, p in belief.items()]
    return billions("case.beliefs", rows)


def signal_table(talk: Talk) -> Table:
    """Hold out or concede: a game of two types of the second side, its signal, and the reply of the first."""
    rows = [row for setting in talk.settings for row in _signals(talk, setting)]
    return billions(
        "case.signals", rows,
        declared_note("case.two_types", weak=WEAK, strong=STRONG, party=talk.parties[1]), party=talk.parties[1],
    )  # fmt: skip


def _signals(talk: Talk, setting: Setting) -> Iterator[Row]:
    negotiation = talk.whole(setting)
    now, past = negotiation.of_kind("status-quo"), negotiation.of_kind("past-law")
    if now is None or past is None:
        return
    weak, strong = (expected(now, past, p).value for p in (WEAK, STRONG))
    game = _game(talk, setting, weak, strong)
    if game is None:
        return
    for k, equilibrium in enumerate(equilibria(game), 1):
        belief = equilibrium.beliefs[1]
        kind = "pure" if equilibrium.pure else "mixed"
        yield (*of(setting), f"{k}", equilibrium.second[0], equilibrium.second[1], equilibrium.replies[1], belief, kind)


def _game(talk: Talk, setting: Setting, weak: Floats, strong: Floats) -> SignallingGame | None:
    """Signals: concede, hold out; replies to holding out: keep the duties, give way; payoffs USD bn a year."""
    middle, negotiation, start = 0.5 * (weak + strong), talk.negotiation(setting), talk.case.today
    deals = nash_deals(replace(negotiation, power={}), start, middle)
    most = most_of_each(negotiation, [0], start, np.array([-np.inf, middle[1]]), FREE)
    if not deals or not np.isfinite(most[0]):
        return None
    nash, yielded = deals[0].payoffs, np.array([most[0], middle[1]])
    prior = _strong_prior(talk)
    waits = talk.ledger(setting).total[:13].sum(axis=0)
    sender = (np.full((2, 1), yielded[1]), np.array([[yielded[1] - waits[1], nash[1]], [strong[1], nash[1]]]))
    receiver = (np.full((2, 1), yielded[0]), np.array([[yielded[0] - waits[0], nash[0]], [strong[0], nash[0]]]))
    return SignallingGame(np.array([1.0 - prior, prior]), sender, receiver)


def _strong_prior(talk: Talk) -> float:
    """Belief after the record that the second side can wait; even chances without a record."""
    for beliefs in talk.case.file.beliefs:
        if beliefs.party == talk.parties[1] and len(beliefs.types) == 2:
            path = update(beliefs.types, [act.likelihood for act in beliefs.acts])
            return float(list((path[-1] if path else beliefs.types).values())[-1])
    return 0.5


# --- what signed terms say of those who signed ------------------------------------------------------------------------


Progress = Callable[[int, int], None]

#: Extra dollars for a dollar of value added in the group of a case, of the side that laid the duties.
OMEGAS_TRIED = (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0)

#: Bargaining power of that side.
POWERS_TRIED = (0.3, 0.4, 0.5, 0.6, 0.7)

#: Kinds of threats that are no law of a day.
MIXED = ("expected", "war")


@dataclass(frozen=True)
class ExplainedTerms:
    """The terms of a case under every weight, power and threat.

    Attributes
    ----------
    name, title, giver : of the case; who laid the duties.
    threats : names with what readers call them.
    verdicts : by weight, power and threat.
    """

    name: str
    title: str
    giver: str
    threats: tuple[tuple[str, str], ...]
    verdicts: tuple[CandidateVerdict, ...]


@memoized
def _signed(name: str) -> bool:
    if HAPPENED not in variant_names(name):
        return False
    file = load_case(name, HAPPENED)
    return bool(file.signed) and len(file.parties) == 2


def terms_tables(names: Sequence[str] = (), progress: Progress | None = None) -> list[Table]:
    """Which weights, powers and threats explain the terms of each case, and what the terms left on the table.

    Parameters
    ----------
    names : of cases; all that were signed by default.
    progress : told how many cases are done, and of how many.

    Returns
    -------
    Tables signed_terms and left_terms.

    Raises
    ------
    UnknownName : a case without signed terms. SolveError : a search does not converge.
    """
    # Cases of the package whose terms were signed, between two sides.
    known = tuple(name for name in case_names() if _signed(name))
    for name in names:
        if name not in known:
            raise UnknownName("case with signed terms", name, known, Parameter("case"))
    explained = []
    for number, name in enumerate(names or known):
        if progress is not None:
            progress(number, len(names or known))
        explained.append(explained_terms(name))
    return [_signed_table(explained), _left_table(explained)]


@memoized
def explained_terms(name: str) -> ExplainedTerms:
    """The terms of a case under every weight, power and threat; errors are those of `terms_tables`."""
    file = load_case(name, HAPPENED)
    case = supplied(Case(file, check=False))
    rows = [row for row in file.threats if row.kind not in MIXED]
    names = {code: partner_name(code) for code in case.parties}
    names |= {issue.name: f"{issue.label or issue.name} at" for issue in case.outcome_space.issues}
    known = [row.name for row in rows]
    verdicts = scanned(case, case.outcome(file.signed), LONG_RUN, OMEGAS_TRIED, POWERS_TRIED, known, [FREE], names)
    threats = tuple((row.name, threat_phrase(file, row)) for row in rows)
    return ExplainedTerms(name, file.title, case.parties[0], threats, tuple(verdicts))


def _span(
    verdicts: Sequence[CandidateVerdict], holds: Callable[[CandidateVerdict], bool], label: str
) -> tuple[float, float]:
    """Lowest and highest value of what was scanned where a condition holds; not a number where it never does."""
    values = [float(v.candidate.labels[label]) for v in verdicts if holds(v)]
    return (min(values), max(values)) if values else (np.nan, np.nan)


def _signed_table(explained: Sequence[ExplainedTerms]) -> Table:
    """One row a case and threat: the interval of weights under which each condition holds, and of power for all."""
    rows = []
    for terms in explained:
        for name, words in terms.threats:
            mine = [verdict for verdict in terms.verdicts if verdict.candidate.threat == name]
            closest = min(mine, key=lambda v: v.left + float(np.maximum(-v.gains, 0.0).sum()))
            any_holds = any(verdict.holds for verdict in mine)
            rows.append((
                terms.name, terms.title, terms.giver, words,
                *_span(mine, lambda v: v.acceptable, "omega"), *_span(mine, lambda v: v.efficient, "omega"),
                *_span(mine, lambda v: v.nash, "omega"), *_span(mine, lambda v: v.holds, "omega"),
                *_span(mine, lambda v: v.holds, "power"), "" if any_holds else closest.violated,
            ))  # fmt: skip
    return billions("terms.signed_terms", rows)


def _left_table(explained: Sequence[ExplainedTerms]) -> Table:
    """What the terms left on the table by the weight of jobs, and the one change that gains both most."""
    rows = []
    for terms in explained:
        first = terms.threats[0][0]
        for omega in (OMEGAS_TRIED[0], OMEGAS_TRIED[-1]):
            mine = (v for v in terms.verdicts if v.candidate.threat == first)
            verdict = next(v for v in mine if v.candidate.labels["omega"] == omega)
            best = verdict.issues[0] if verdict.issues else None
            space = verdict.candidate.negotiation.space
            step: tuple[object, ...] = ("", "", "", np.nan, np.nan)
            if best is not None:
                issue = space.issues[space.index(best.issue)]
                before, after = issue.reading(best.before), issue.reading(best.after)
                step = (issue.label or issue.name, before, after, *best.gains.tolist())
            rows.append((terms.name, terms.title, omega, verdict.left, *step))
    return billions("terms.left_terms", rows)
