"""The tables of a case of the talks, by name; and how far its laws are on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from detente.codes import Table, declared_note, table_of, table_with
from detente.codes.days import Standing
from detente.data.casefile import HAPPENED, case_names, load_case, variant_names
from detente.data.importers import shipped_law
from detente.lab.statute.standing import standing_of
from detente.lab.talks import deals, power
from detente.lab.talks.case import Case
from detente.lab.talks.counsel import by_place, outsiders_of
from detente.lab.talks.deals import (
    ONE_BY_ONE,
    amounts,
    billions,
    chosen_deals,
    each,
    exact,
    issues_of,
    of,
    of_outsiders,
)
from detente.lab.talks.gains import gain_range_table
from detente.lab.talks.outlook import outlook_table
from detente.lab.talks.power import measured_deal
from detente.lab.talks.talk import LEAKS, NASH, Setting, Talk
from detente.talks.coalitions import CONJECTURES
from detente.talks.world import BILLION, Surface


def off_surface() -> str:
    """That numbers are read off the surface."""
    return declared_note("many.off_surface")


def joined(members: tuple[str, ...]) -> str:
    """Codes of a coalition as one text."""
    return " and ".join(members)


def outsider_table(talk: Talk) -> Table:
    """The countries outside the talks that lose and gain most by each deal."""
    rows = []
    for horizon in talk.horizons:
        setting = Setting(talk.headline.weights, horizon)
        outcomes = chosen_deals(talk, setting)
        for name, deal in zip(outcomes, talk.solved(list(outcomes.values()), horizon), strict=True):
            whole = of_outsiders(talk, deal.world)
            for effect, some in outsiders_of(talk, deal.world).items():
                for rank, (country, income) in enumerate(some, 1):
                    rows.append((horizon.name, name, effect, rank, country, income, whole))
    return billions("many.outsiders", rows, amounts(), exact(talk))


def coalition_table(talk: Talk) -> Table:
    """What each coalition reaches where the others keep the threat, answer with own duties, or sign in pairs."""
    rows, places = [], {code: k for k, code in enumerate(talk.parties)}
    for setting, threat in each(talk):
        for conjecture in CONJECTURES:
            for members, deal in talk.coalition(setting, threat, conjecture).items():
                gains = deal.payoffs - threat.value
                value = sum(float(gains[places[code]]) for code in members)
                rows.append((*of(setting), threat.name, joined(members), conjecture, value, *gains,
                             _between(talk, members)))  # fmt: skip
    return billions("many.coalitions", rows, amounts(), declared_note("many.no_coalition"), party=talk.parties)


def _between(talk: Talk, members: tuple[str, ...]) -> str:
    issues = ", ".join(talk.between(members))
    return issues or (declared_note("many.nothing_between") if len(members) > 1 else "")


def pair_failure_table(talk: Talk) -> Table:
    """What changes for everybody if the issues of one pair go to the threat and the rest stays as in the package."""
    rows = []
    for setting, threat in each(talk):
        deals = talk.nash(setting, threat, talk.signable)
        for pair, change in talk.failures(setting, threat, deals[0].outcome) if deals and talk.on_table(threat) else ():
            words = ", ".join(talk.between(pair)) or declared_note("many.nothing_between")
            rows.append((*of(setting), threat.name, joined(pair), *change, words))
    return billions("many.failures", rows, amounts(), exact(talk), declared_note("many.from_nash"), party=talk.parties)


IN_TURN = "in turn"
#: An excess of no more is none, USD bn a year: searches are no finer.
NIL = 1e-3


def blocking_table(talk: Talk) -> Table:
    """For every coalition its best deal against the package of Nash."""
    rows, space = [], talk.case.outcome_space
    for setting, threat in each(talk):
        deals = talk.nash(setting, threat, talk.signable)
        for row in talk.blocked(setting, threat, deals[0].outcome) if deals else []:
            blocks = "yes" if row.blocks else "no"
            package = space.reading(row.outcome) if talk.between(row.members) else ""
            rows.append((*of(setting), threat.name, joined(row.members), row.gain, blocks,
                         *(row.payoffs - deals[0].payoffs), package))  # fmt: skip
    words = declared_note("many.blocks")
    return billions("many.blocking", rows, amounts(), words, party=talk.parties, deal=NASH)


def core_table(talk: Talk) -> Table:
    """The least core with transfers, by what the others do and what transfers lose."""
    rows = []
    for setting, threat in each(talk):
        for conjecture, leak in [(CONJECTURES[0], leak) for leak in LEAKS] + [
            (way, LEAKS[0]) for way in CONJECTURES[1:]
        ]:
            core = talk.core(setting, threat, conjecture, leak)
            if core is not None:
                stable, tight = "no" if core.excess > NIL else "yes", ", ".join(map(joined, core.tight))
                rows.append((*of(setting), threat.name, conjecture, leak, core.excess, stable, *core.payoffs, tight))
    note = declared_note("many.leak")
    return billions("many.core", rows, amounts(), note, party=talk.parties)


def pair_table(talk: Talk) -> Table:
    """Results of parallel talks of two, every one found, and of a hub that signs with one after another."""
    rows, space = [], talk.case.outcome_space
    blank = np.full(len(talk.parties), np.nan), np.full(len(space.issues), np.nan)
    for setting, threat in each(talk):
        settled = talk.one_by_one(setting, threat)
        if settled == []:
            rows.append((*of(setting), threat.name, ONE_BY_ONE, "", np.nan, *blank[0], *blank[1], "no fixed point"))
        for deal in settled or []:
            (gain,) = talk.gains([deal.outcome], setting, threat)
            rows.append((*of(setting), threat.name, ONE_BY_ONE, "", deal.rounds, *gain, *deal.outcome,
                         f"{len(settled or [])} found"))  # fmt: skip
        for hub in talk.hubs:
            for turn in talk.turns(setting, threat, hub):
                (gain,) = talk.gains([turn.outcome], setting, threat)
                order = ", then ".join(turn.order)
                rows.append((*of(setting), threat.name, IN_TURN, order, np.nan, *gain, *turn.outcome,
                             f"{hub} signs"))  # fmt: skip
    note = declared_note("many.shares_own")
    return billions("many.pairs", rows, amounts(), exact(talk), note, party=talk.parties, issue=issues_of(space.issues))


def place_table(talk: Talk) -> Table:
    """What each partner of a hub gets by its place in the order of signature."""
    rows = []
    for setting, threat in each(talk):
        for hub in talk.hubs:
            last = by_place(talk, talk.turns(setting, threat, hub))
            for (party, place), gain in last.items():
                over = gain - last[party, max(p for code, p in last if code == party)]
                rows.append((*of(setting), threat.name, hub, party, place, gain, over))
    return billions("many.places", rows, amounts(), off_surface())


def frontier_table(talk: Talk) -> Table:
    """Packages on the frontier above the first threat, under the headline setting."""
    rows, (setting, threat) = [], talk.first
    frontier = talk.frontier(setting, threat)
    if frontier is not None:
        for k, (value, outcome) in enumerate(zip(frontier.payoffs, frontier.outcomes, strict=True)):
            most = ", ".join(code for code, end in zip(talk.parties, frontier.ends, strict=True) if end == k)
            rows.append((*of(setting), threat.name, *(value - threat.value), *outcome, most))
    note = declared_note("many.directions")
    issues = issues_of(talk.case.outcome_space.issues)
    return billions("many.frontier", rows, amounts(), note, party=talk.parties, issue=issues)


def curve_table(talk: Talk) -> Table:
    """What each pair can have where the others keep what the package of Nash gives them; over the first threat."""
    rows, (setting, threat) = [], talk.first
    curves = (talk.curve_between(pair, setting, threat) for pair in talk.pairs)
    for curve in filter(None, curves):
        for value, outcome in zip(curve.payoffs, curve.outcomes, strict=True):
            rows.append((*of(setting), threat.name, *curve.pair, *(value - threat.value), *outcome))
    issues = issues_of(talk.case.outcome_space.issues)
    return billions("many.curves", rows, amounts(), off_surface(), party=talk.parties, issue=issues)


def leverage_table(talk: Talk) -> Table:
    """What each loses if talks fail, when it signs, what a week costs it, and how its fallback moves the package."""
    rows = []
    for setting, threat in each(talk):
        deal = talk.deal(setting, threat)
        (value,) = talk.worth([deal], setting)
        exposure, stars = value - talk.fallen(setting, threat), talk.p_stars(setting, value)
        week, power = talk.week(setting, deal), talk.power(setting, threat)
        for i, party in enumerate(talk.parties):
            moved = np.full(len(talk.parties), np.nan) if power is None else power[:, i]
            rows.append((*of(setting), threat.name, party, exposure[i], stars[i], week[i], *moved))
    note = declared_note("many.never_added")
    return billions("many.leverage", rows, amounts(), exact(talk), note, party=talk.parties, deal=measured_deal(talk))


def harm_table(talk: Talk) -> Table:
    """What each can do to each other, and whom a week costs more."""
    rows, places = [], {code: k for k, code in enumerate(talk.parties)}
    for setting, threat in each(talk):
        week = talk.week(setting, talk.deal(setting, threat))
        for harm in talk.harm(setting, threat):
            own, other = week[places[harm.party]], week[places[harm.other]]
            patience = float(other / own) if own > 0.0 else np.nan
            rows.append((*of(setting), threat.name, harm.party, harm.other, harm.loss, harm.cost, harm.beside, patience,
                         ", ".join(harm.issues)))  # fmt: skip
    note = declared_note("many.harm")
    return billions("many.harms", rows, amounts(), note, deal=measured_deal(talk))


# --- the tables of a case of the talks, by name; and how far its laws are on record -----------------------------------


Build = Callable[[Talk], Table]

#: Of which talks a table is: of all, of those between two, of those of three parties and more.
ALL, TWO, SEVERAL = range(3)

#: Names and makers of the tables of talks in the order in which they are read, each with the talks it is of.
TABLES: Sequence[tuple[str, Build, int]] = (
    ("payoffs", deals.payoff_table, ALL),
    ("outsiders", outsider_table, SEVERAL),
    ("break_even", power.break_even_table, TWO),
    ("threats", deals.threat_table, ALL),
    ("gains", deals.gain_table, ALL),
    ("gain_ranges", gain_range_table, ALL),
    ("coalitions", coalition_table, SEVERAL),
    ("failures", pair_failure_table, SEVERAL),
    ("room", deals.room_table, ALL),
    ("limits", deals.limit_table, ALL),
    ("left", deals.left_table, ALL),
    ("improve", deals.improvement_table, ALL),
    ("solutions", deals.solution_table, ALL),
    ("blocking", blocking_table, SEVERAL),
    ("core", core_table, SEVERAL),
    ("pairs", pair_table, SEVERAL),
    ("places", place_table, SEVERAL),
    ("frontiers", frontier_table, SEVERAL),
    ("curves", curve_table, SEVERAL),
    ("leverage", leverage_table, ALL),
    ("harms", harm_table, ALL),
    ("linkage", power.linkage_table, ALL),
    ("tracks", power.track_table, ALL),
    ("rates", power.rate_table, TWO),
    ("delay", power.delay_table, ALL),
    ("clocks", power.clock_table, ALL),
    ("beliefs", power.belief_table, ALL),
    ("signals", power.signal_table, TWO),
    ("outlook", outlook_table, TWO),
    ("stability", power.stability_table, ALL),
    ("lowest", power.lowest_table, TWO),
    ("inverse", power.inverse_table, TWO),
    ("bounds", power.bound_table, TWO),
    ("cautions", power.caution_table, TWO),
    ("coverage", lambda talk: coverage_table(talk.case), ALL),
    ("weights", lambda talk: weights_table(talk.case), ALL),
    ("surface", lambda talk: surface_error_table(talk.case.surface()), ALL),
    ("acceptable", deals.acceptable_table, TWO),
    ("frontier", deals.frontier_table, TWO),
    ("deals", deals.deals_table, TWO),
)


def builders(talk: Talk) -> dict[str, Build]:
    """Makers of the tables of a talk, by name."""
    own = SEVERAL if talk.exact else TWO
    return {name: build for name, build, talks in TABLES if talks in (ALL, own)}


def case_table() -> Table:
    """Cases of the package with what was agreed and their variants, the newest first."""
    rows = []
    for name in case_names():
        file, variants, agreed = load_case(name), variant_names(name), ""
        if HAPPENED in variants:
            came = load_case(f"{name}:{HAPPENED}")
            agreed = came.outcomes[came.signed].label or came.signed if came.signed else declared_note("case.unsigned")
        rows.append((name, file.title, file.on.isoformat(), agreed, ", ".join(variants)))
    return table_of("case.cases", sorted(rows, key=lambda row: row[2], reverse=True))


def standings(talk: Talk) -> dict[str, Standing]:
    """How far the law of each party is on record on the day of the case."""
    on, codes = talk.case.file.on, [code for code in talk.parties if code in ("USA", "CHN")]
    by_side = {code: standing_of(shipped_law(code), on, on) for code in codes}
    return {code: standing for code, standing in by_side.items() if standing is not None}


# --- tables of the inputs of a case -----------------------------------------------------------------------------------


def coverage_table(case: Case) -> Table:
    """Share of each sector that each duty covers, and the average by trade of the reference."""
    space = case.space(switched=not any(row.in_all for row in case.file.issues))
    economy = space.economy
    trade = space.reference.levels["trade"].reshape(len(economy.countries), len(economy.countries), -1)
    data = {"sector": np.asarray([*economy.sectors, "all"])}
    for duty in space.duties:
        own, covered = duty.bought(trade), duty.covered(trade)
        worth, goods_worth = own * (covered > 0.0), own.copy()
        goods_worth[[economy.sector(name) for name in economy.parameters.get("services", ())]] = 0.0
        mean = float(covered @ worth / goods_worth.sum())
        data[duty.issue] = np.append(covered, mean)
    issues = [duty.issue for duty in space.duties]
    return table_with("case.coverage", data, case=case.file.title, issue=issues)


def weights_table(case: Case) -> Table:
    """The inverse-optimum line of every choice, long run and short run."""
    lines = [*case.lines(), *case.lines(short=True)]
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
    return table_with("case.weights", data, sentences, case=case.file.title)


def _known(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values])


def surface_error_table(surface: Surface) -> Table:
    """Largest error of each part of a surface against exact solves."""
    data = {
        "part": np.asarray(list(surface.error.by_part)),
        "error": BILLION * np.array(list(surface.error.by_part.values())),
    }
    note = declared_note("case.solved_exactly", count=surface.error.points, residual=surface.residual)
    return table_with("case.surface", data, (note,))
