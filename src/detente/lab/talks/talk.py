"""The talks from end to end: a case, its payoffs, threats and settlements under every set of weights and horizon.

Surfaces are solved once; a settlement is solved when a table first asks for it, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, wraps
from inspect import signature
from itertools import combinations
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, cast

import numpy as np

from detente.codes import InputError, Parameter, SolveError, UnknownName
from detente.codes.given import Several, several
from detente.codes.kinds import checked
from detente.codes.names import Readable
from detente.data.casefile import LATEST
from detente.lab.talks.advice import ODDS
from detente.lab.talks.case import HORIZONS, WELFARE, Case, open_case
from detente.lab.talks.materials import chain_losses, controls_of, losses_label, supplied
from detente.talks import (
    DelayLedger,
    Linkage,
    Negotiation,
    Settlement,
    Survey,
    Threat,
    delay_ledger,
    expected,
    linkage,
    settle,
)
from detente.talks.coalitions import (
    CONJECTURES,
    BlockingCoalition,
    CoalitionDeal,
    LeastCore,
    PairwiseDeal,
    SignedInTurn,
    blocks,
    coalition_deal,
    coalition_values,
    coalitions,
    in_turn,
    least_core,
    nash_in_nash,
    outside_pairs,
    pairs_of,
)
from detente.talks.fit import Told
from detente.talks.frontier import (
    HarmDone,
    LeftOver,
    ManyFrontier,
    PairCurve,
    harms,
    left_on_table,
    many_frontier,
    pair_curve,
    survey,
)
from detente.talks.leverage import WEEKS as WEEKS_A_YEAR
from detente.talks.payoff import LONG_RUN, SHORT_RUN, WEEKS_A_MONTH, Horizon, SurfacePayoffs
from detente.talks.search import moved_by
from detente.talks.solutions import (
    CommonGround,
    Solution,
    break_even,
    common_ground,
    nash_deals,
    nash_near,
    power_of_threats,
    solve_all,
)
from detente.talks.space import FREE, LAWFUL, Floats, signable
from detente.talks.stability import Truce, moves_from, truce

#: Chance of today's law at which limits are told.
EVEN = 0.5


def even_odds(whole: Negotiation, base: Threat) -> tuple[Threat, float | None]:
    """An even chance of today's law and the law before, with the chance; the base where there are not both."""
    day, past = whole.of_kind("status-quo"), whole.of_kind("past-law")
    return (base, None) if day is None or past is None else (replace(expected(day, past, EVEN), name=ODDS), EVEN)


def base_of(whole: Negotiation, name: str) -> Threat:
    """What gains are over under a setting: the odds at which sides decide, or a threat by its name."""
    return even_odds(whole, whole.threats[0])[0] if name == ODDS else whole.threat(name)


#: A loss that is within the exactness of payoffs, USD bn a year: who loses no more is not said to refuse.
NOTHING = 0.005


def chances(whole: Negotiation, stars: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Chance of today's law above which each signs, and below which, NaN where none decides, each of shape (parties,).

    Who signs whatever comes, or to whom the package is the same as either law, does so above 0. One for whom
    today's law is better than the law before signs below some.

    Parameters
    ----------
    stars : p* of each, NaN where today's law is no worse for it than the law before; `values` : its payoffs.
    """
    day, past = whole.of_kind("status-quo"), whole.of_kind("past-law")
    if day is None or past is None:
        return np.asarray(stars), np.full(values.shape, np.nan)
    always = np.isnan(stars) & (values >= np.maximum(day.value, past.value) - NOTHING)
    rise = day.value - past.value
    below = np.where(rise > 0.0, (values - past.value) / np.where(rise > 0.0, rise, 1.0), 0.0)
    return np.where(always, 0.0, stars), np.where(np.isnan(stars) & ~always, np.maximum(below, 0.0), np.nan)


# --- the talks from end to end ----------------------------------------------------------------------------------------


T = TypeVar("T")
P = ParamSpec("P")

#: Weeks of the ledger of delay: half a year, the first week included.
WEEKS = 27

#: Sets of weights that readers get: real income alone, and the last that the case has, where it has one.
READERS = (WELFARE, LATEST)

#: Where losses from withheld licences come from: a supply chain, licences withheld from the other side alone or from
#: all buyers; or the number that the case assumes.
MATERIALS = ("chains", "chains-all", "stand-in")


#: Shares of a transferred dollar that are lost, for which the core with transfers is shown.
LEAKS = (0.0, 0.5)

#: Parts of payoffs in the order of their columns; a part that is not here comes before the last, audience.
ORDER = (
    "real income", "revenue", "value added", "balance", "materials", "controls", "purchases", "investments",
    "quota rents", "fentanyl", "rules",
)  # fmt: skip

#: Name of the package with the largest product of gains.
NASH = "nash"

#: Points of the curve of what two parties can have.
TRACED = 24


@dataclass(frozen=True)
class Setting:
    """Under which payoffs a result was computed.

    Attributes
    ----------
    weights : name of the set; `horizon` : over which time flows count.
    """

    weights: str
    horizon: Horizon

    @property
    def words(self) -> str:
        """The setting for a reader."""
        return f"weights {self.weights}, {self.horizon.name}"


@dataclass(frozen=True, repr=False)
class SolvedDeal(Readable):
    """An outcome solved exactly.

    Attributes
    ----------
    outcome : shape (issues,); `parts` : of each party, shape (party, part), USD bn a year from the reference.
    world : change of real income of every country, shape (country,), USD bn a year.
    """

    outcome: Floats = field(repr=False)
    parts: Floats = field(repr=False)
    world: Floats = field(repr=False)


def kept(make: Callable[Concatenate[Talk, P], T]) -> Callable[Concatenate[Talk, P], T]:
    """A method of a talk whose answers are kept by what it is asked."""
    shape = signature(make)

    @wraps(make)
    def once(talk: Talk, *given: P.args, **named: P.kwargs) -> T:
        bound = shape.bind(talk, *given, **named)
        bound.apply_defaults()
        key = (make.__name__, *map(_part, bound.args[1:]))
        if key not in talk._kept:
            talk._kept[key] = make(talk, *given, **named)
        return cast(T, talk._kept[key])

    return once


def _part(value: object) -> object:
    """What an argument brings to the key of an answer."""
    return value.tobytes() if isinstance(value, np.ndarray) else value.name if isinstance(value, Threat) else value


@dataclass(frozen=True, eq=False, repr=False)
class Talk(Readable):
    """A case with what is asked of it.

    Attributes
    ----------
    case : with its inputs.
    threats : names, in the order of the case; two or more.
    weights : names of sets; `sets` : names of constraint sets; `horizons` : over which flows count.
    materials : where losses from controls come from, for the reader.
    """

    case: Case
    threats: tuple[str, ...]
    weights: tuple[str, ...]
    sets: tuple[str, ...]
    horizons: tuple[Horizon, ...]
    materials: str = ""
    _kept: dict[tuple[object, ...], object] = field(default_factory=dict, repr=False)

    def narrowed(self, threats: Sequence[str], horizons: Sequence[Horizon]) -> Talk:
        """The same talk on some of its threats and horizons; what is solved for all of them is kept."""
        kept = {key: value for key, value in self._kept.items() if key[0] == "whole"}
        chosen = tuple(name for name in self.threats if name in threats)
        return replace(self, threats=chosen, horizons=tuple(horizons), _kept=kept)

    @property
    def parties(self) -> tuple[str, ...]:
        """Codes of the parties."""
        return self.case.parties

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Every set of weights under every horizon."""
        return tuple(Setting(weights, horizon) for horizon in self.horizons for weights in self.weights)

    @property
    def signable(self) -> str:
        """The set of constraints in which advice lies: the last that was asked for, at least what all may sign."""
        return LAWFUL if self.sets[-1] == FREE else self.sets[-1]

    @property
    def headline(self) -> Setting:
        """The setting of answers that show one: the last set of weights, the first horizon."""
        return Setting(self.weights[-1], self.horizons[0])

    @property
    def first(self) -> tuple[Setting, Threat]:
        """The setting of what is shown once, with its first threat."""
        return self.headline, self.negotiation(self.headline).threats[0]

    @cached_property
    def reference(self) -> str:
        """The deal from which leverage, delay and truces are measured: the first with a name that is no threat."""
        named = self.case.outcome_space.named
        taken = {row.outcome for row in self.case.file.threats}
        return next((name for name in named if name not in taken), next(iter(named)))

    def label(self, outcome: str) -> str:
        """A named outcome for the reader."""
        return self.case.file.outcomes[outcome].label or outcome

    @kept
    def whole(self, setting: Setting) -> Negotiation:
        """The negotiation with every threat of the case."""
        return self.case.negotiation(setting.weights, setting.horizon)

    @kept
    def negotiation(self, setting: Setting) -> Negotiation:
        """The negotiation with the threats asked for."""
        whole = self.whole(setting)
        return replace(whole, threats=tuple(whole.threat(name) for name in self.threats))

    @kept
    def settled(self, setting: Setting) -> Settlement:
        """All answers under one setting; `SolveError` where a search does not converge."""
        return settle(self.negotiation(setting), reference=self.reference, sets=self.sets)

    @kept
    def survey(self, setting: Setting, constraints: str = FREE) -> Survey:
        """The grid under one setting and constraint set."""
        return survey(self.negotiation(setting), constraints)

    @kept
    def linked(self, setting: Setting, threat: Threat, constraints: str) -> Linkage | None:
        """All combinations of tracks against a threat; None for a mix, levels beyond the table, or a single track."""
        space = self.case.outcome_space
        if threat.outcome is None or len(space.tracks) < 2 or (threat.outcome > space.upper + 1e-9).any():
            return None
        return linkage(self.negotiation(setting), threat, constraints)

    @kept
    def ledger(self, setting: Setting) -> DelayLedger:
        """Costs of half a year without the reference deal, week by week from when the status quo takes hold, and the
        deal that each week's flows would predict.
        """
        case, weeks, negotiation = self.case, np.arange(float(WEEKS)), self.negotiation(setting)
        flows = [
            week_flows(case, setting.weights, outcome, weeks) for outcome in (case.today, case.outcome(self.reference))
        ]
        deals = self.nash(setting, negotiation.threats[0], FREE)

        def predict(inside: Floats) -> Floats | None:
            package = nash_near(negotiation, deals[0].outcome, inside) if deals else None
            return None if package is None or package.gains.min() <= 0.0 else package.payoffs

        # What is left of stocks of materials under the assumed months of cover, by name, share, shape (weeks,).
        names = dict.fromkeys(row.stock_months for row in case.file.terms if row.stock_months)
        months = weeks / WEEKS_A_MONTH
        stocks = {name: np.maximum(1.0 - months / max(case.number(name), 1e-9), 0.0) for name in names}
        return delay_ledger(case.parties, *flows, name=self.reference, stocks=stocks, predict=predict)

    @cached_property
    def outsiders(self) -> tuple[int, ...]:
        """Countries of the world in no party, positions."""
        space = self.case.space()
        inside = {place for some in space.members for place in some}
        return tuple(k for k in range(len(space.economy.countries)) if k not in inside)

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Every two of the parties."""
        return list(combinations(self.parties, 2))

    @cached_property
    def hubs(self) -> tuple[str, ...]:
        """Parties with something on the table with two others or more, each alone."""
        pairs = pairs_of(self.negotiation(self.headline))
        return tuple(code for code in self.parties if sum(code in pair for pair in pairs) > 1)

    @kept
    def payoffs(self, setting: Setting) -> SurfacePayoffs:
        """Payoffs under a setting."""
        return self.case.payoffs(setting.weights, setting.horizon)

    # --- what is solved exactly -------------------------------------------------------------------------------------

    def solved(self, outcomes: Sequence[Floats], horizon: Horizon) -> list[SolvedDeal]:
        """Outcomes by exact solves, each once."""
        runs = [(False, 1.0 - horizon.short), (True, horizon.short)]
        several = [(self._runs(outcomes, short=short), share) for short, share in runs if share]
        rows = []
        for k, outcome in enumerate(outcomes):
            parts = sum((share * some[k][0] for some, share in several), np.zeros(1))
            rows.append(SolvedDeal(outcome, parts, sum((share * some[k][1] for some, share in several), np.zeros(1))))
        return rows

    def _runs(self, outcomes: Sequence[Floats], *, short: bool) -> list[tuple[Floats, Floats]]:
        """Parts and real income of every country at each outcome."""
        columns = [self.case.issues.index(name) for name in self.case.space(short=short).issues]
        states = [self.case.switched(outcome) for outcome in outcomes]
        levels = [outcome[columns] for outcome in outcomes]
        keys = [("solved", short, on, *np.round(x, 12).tolist()) for on, x in zip(states, levels, strict=True)]
        for on in dict.fromkeys(states):
            rows = zip(keys, levels, states, strict=True)
            self._solve({key: x for key, x, state in rows if state == on and key not in self._kept}, short, on)
        return [cast(tuple[Floats, Floats], self._kept[key]) for key in keys]

    def _solve(self, new: Mapping[tuple[object, ...], Floats], short: bool, on: bool) -> None:
        """Solve levels of the duties by what they are kept under; `on` : whether what hangs on a switch is."""
        space = self.case.space(short=short, switched=on)
        if new:
            solved = space.solve(np.stack(list(new.values())))
            self._kept.update(zip(new, zip(solved.parts, solved.world, strict=True), strict=True))

    @property
    def exact(self) -> bool:
        """Whether deals are solved exactly, as among three and more; those of two are read off a surface."""
        return len(self.parties) > 2

    def worth(self, outcomes: Sequence[Floats], setting: Setting) -> Floats:
        """Payoffs of deals, shape (outcome, party), USD bn a year from the reference."""
        payoffs = self.payoffs(setting)
        if not self.exact:
            return payoffs.value(np.stack(outcomes))
        rows = [payoffs.of_parts(deal.parts, deal.outcome) for deal in self.solved(outcomes, setting.horizon)]
        return np.array(rows).reshape(len(outcomes), len(self.parties))

    def by_part(self, outcomes: Sequence[Floats], setting: Setting) -> dict[str, Floats]:
        """Payoffs by named part, each of shape (outcome, party); parts that no issue or weight moves are out."""
        solved = np.stack([deal.parts for deal in self.solved(outcomes, setting.horizon)]) if self.exact else None
        split = self.payoffs(setting).breakdown(np.stack(outcomes), solved)
        known = {name: values for name, values in split.items() if name == ORDER[0] or np.abs(values).max() > 0.0}
        names = [name for name in ORDER if name in known]
        return {name: known[name] for name in (*names, *(name for name in known if name not in ORDER))}

    def gains(self, outcomes: Sequence[Floats], setting: Setting, threat: Threat) -> Floats:
        """Gains of deals over a threat, shape (outcome, party), USD bn a year."""
        return self.worth(outcomes, setting) - self.fallen(setting, threat)

    @kept
    def odds(self, setting: Setting) -> Threat | None:
        """An even chance of today's law and the law before; None where there are not both."""
        whole = self.whole(setting)
        mix, chance = even_odds(whole, whole.threats[0])
        pair = (whole.of_kind("status-quo"), whole.of_kind("past-law"))
        values = [self.fallen(setting, threat) for threat in pair if threat is not None]
        return None if chance is None else replace(mix, value=np.mean(values, axis=0))

    def fallen(self, setting: Setting, threat: Threat) -> Floats:
        """Payoffs of a threat, shape (party,); those of a mix of laws, or with third countries, as they are."""
        if threat.name == ODDS:
            return self.odds(setting).value  # type: ignore[union-attr]
        row = next(row for row in self.case.file.threats if row.name == threat.name)
        if not self.exact or threat.outcome is None or row.third_countries:
            return threat.value
        return self.worth([threat.outcome], setting)[0]

    def p_stars(self, setting: Setting, values: Floats) -> Floats:
        """p* of deals, payoffs of shape (..., party), whatever threats were asked for; NaN where none is."""
        whole = self.whole(setting)
        exact = tuple(replace(threat, value=self.fallen(setting, threat)) for threat in whole.threats)
        return break_even(replace(whole, threats=exact), values)

    # --- what all can agree on --------------------------------------------------------------------------------------

    @kept
    def ground(self, setting: Setting, threat: Threat, constraints: str) -> CommonGround:
        """What is acceptable to all over a threat."""
        negotiation = self.negotiation(setting)
        return common_ground(negotiation, negotiation.space.near(threat), threat.value, constraints)

    @kept
    def nash(self, setting: Setting, threat: Threat, constraints: str) -> list[Solution]:
        """Packages of Nash, the best first."""
        negotiation = self.negotiation(setting)
        return nash_deals(negotiation, negotiation.space.near(threat), threat.value, constraints)

    @kept
    def solutions(self, setting: Setting, threat: Threat, constraints: str) -> dict[str, Solution]:
        """The package of each concept; none where no deal gains for all."""
        return solve_all(self.negotiation(setting), threat, constraints)

    def deal(self, setting: Setting, threat: Threat) -> Floats:
        """The package from which leverage and stability are measured: of several that of Nash, else the reference."""
        deals = self.nash(setting, threat, self.signable) if self.exact else []
        return deals[0].outcome if deals else self.case.outcome(self.reference)

    @kept
    def frontier(self, setting: Setting, threat: Threat) -> ManyFrontier | None:
        """The frontier above a threat."""
        ground = self.ground(setting, threat, self.signable)
        return many_frontier(self.negotiation(setting), ground, threat.value, self.signable)

    @kept
    def curve_between(self, pair: tuple[str, str], setting: Setting, threat: Threat) -> PairCurve | None:
        """What a pair can have with the others held at the package of Nash; None without one."""
        deals = self.nash(setting, threat, self.signable)
        if not deals:
            return None
        return pair_curve(self.negotiation(setting), pair, deals[0].outcome, threat.value, self.signable)

    @kept
    def curve(self, setting: Setting, constraints: str = FREE) -> PairCurve:
        """What the first two parties can have of all that a set allows, any others held at today's law."""
        pair, none = (self.parties[0], self.parties[1]), np.full(len(self.parties), -np.inf)
        return pair_curve(self.negotiation(setting), pair, self.case.today, none, constraints, TRACED)

    @kept
    def left(self, setting: Setting, outcome: Floats, constraints: str = "") -> LeftOver:
        """What an outcome leaves on the table, by default under what may be signed."""
        return left_on_table(self.negotiation(setting), outcome, constraints or self.signable)

    # --- what some can do -------------------------------------------------------------------------------------------

    def on_table(self, threat: Threat) -> bool:
        """Whether a threat is one law within the table, so that some can leave it and the others stay."""
        space = self.case.outcome_space
        inside = threat.outcome is not None and bool((threat.outcome <= space.upper + 1e-9).all())
        return inside and bool((cast(Floats, threat.outcome) >= space.lower - 1e-9).all())

    @kept
    def coalition(
        self, setting: Setting, threat: Threat, conjecture: str = CONJECTURES[0], leak: float = 0.0
    ) -> dict[tuple[str, ...], CoalitionDeal]:
        """What every coalition reaches by itself; empty for a mix of laws; without those whose answers go round."""
        if not self.on_table(threat):
            return {}
        negotiation, base = self.negotiation(setting), self.case.outcome_space.near(threat)
        allowed = signable(negotiation.space)
        if conjecture == CONJECTURES[0]:
            return coalition_values(negotiation, base, conjecture, allowed, leak)
        values: dict[tuple[str, ...], CoalitionDeal] = {}
        known = self.coalition(setting, threat, leak=leak) if conjecture == CONJECTURES[2] else {}
        for some in coalitions(self.parties, proper=False):
            if some in known and not outside_pairs(negotiation.space, some):
                values[some] = replace(known[some], conjecture=conjecture)
                continue
            with suppress(SolveError):
                values[some] = coalition_deal(negotiation, some, base, conjecture, allowed, leak=leak)
        return values

    def core(self, setting: Setting, threat: Threat, conjecture: str, leak: float) -> LeastCore | None:
        """The least core with transfers, values over the threat; None where a coalition has none."""
        values = self.coalition(setting, threat, conjecture, leak)
        if len(values) < 2 ** len(self.parties) - 1:
            return None
        places = {code: k for k, code in enumerate(self.parties)}
        over = {some: deal.value - sum(threat.value[places[code]] for code in some) for some, deal in values.items()}
        return least_core(over, self.parties)

    @kept
    def blocked(self, setting: Setting, threat: Threat, outcome: Floats) -> list[BlockingCoalition]:
        """For every coalition its best deal against an outcome, the largest gain first; empty for a mix of laws."""
        if not self.on_table(threat):
            return []
        negotiation = self.negotiation(setting)
        return blocks(negotiation, self.case.outcome_space.near(threat), negotiation.value(outcome), LAWFUL)

    def failures(self, setting: Setting, threat: Threat, package: Floats) -> list[tuple[tuple[str, str], Floats]]:
        """What changes for each party, shape (party,), where the issues of one pair go to a threat on the table and the
        rest of a package stays.
        """
        space = self.case.outcome_space
        base = space.near(threat)
        failed = [np.where(np.isin(space.names, self.between(pair)), base, package) for pair in self.pairs]
        whole, *values = self.worth([package, *failed], setting)
        return [(pair, value - whole) for pair, value in zip(self.pairs, values, strict=True)]

    @kept
    def one_by_one(self, setting: Setting, threat: Threat) -> list[PairwiseDeal] | None:
        """Results of parallel talks of two; empty where none settles, None where they cannot be."""
        negotiation = self.negotiation(setting)
        if not self.on_table(threat) or len(pairs_of(negotiation)) < 2:
            return None
        starts = [deal.outcome for deal in self.nash(setting, threat, FREE)]
        return nash_in_nash(negotiation, negotiation.space.near(threat), starts)

    @kept
    def turns(self, setting: Setting, threat: Threat, hub: str) -> list[SignedInTurn]:
        """What everybody gets in every order in which a hub signs; empty where none can."""
        with suppress(InputError):
            base = self.case.outcome_space.near(threat)
            return in_turn(self.negotiation(setting), hub, base) if self.on_table(threat) else []
        return []

    def between(self, members: Sequence[str]) -> tuple[str, ...]:
        """Names of the issues between some parties alone."""
        space = self.case.outcome_space
        return tuple(name for name, moves in zip(space.names, moved_by(space, members), strict=True) if moves)

    # --- leverage and stability -------------------------------------------------------------------------------------

    @kept
    def harm(self, setting: Setting, threat: Threat) -> list[HarmDone]:
        """What each can do to each other from the package."""
        return harms(self.negotiation(setting), self.deal(setting, threat))

    @kept
    def power(self, setting: Setting, threat: Threat) -> Floats | None:
        """How the package moves with threat payoffs, shape (parties, parties); None without a deal."""
        deals = self.nash(setting, threat, self.signable)
        return power_of_threats(self.negotiation(setting), deals[0], threat.value, self.signable) if deals else None

    @kept
    def truces(self, setting: Setting, outcome: Floats) -> dict[str, Truce]:
        """Whether each party keeps an outcome, by the threat that answers a breach; of several also at even odds."""
        negotiation = self.negotiation(setting)
        moves = moves_from(negotiation, outcome)
        answers = [each for each in negotiation.threats if self.exact or each.kind != "expected"]
        answers += [odds] if self.exact and (odds := self.odds(setting)) is not None else []
        return {threat.name: truce(negotiation, outcome, threat, moves=moves) for threat in answers}

    def week(self, setting: Setting, outcome: Floats) -> Floats:
        """What a first week of today's law without an outcome costs each party, shape (party,), USD bn."""
        if not self.exact:
            first = np.zeros(1)
            flows = (week_flows(self.case, setting.weights, deal, first) for deal in (self.case.today, outcome))
            without, signed = (sum(each.values(), np.zeros(1))[0] for each in flows)
            return (signed - without) / WEEKS_A_YEAR
        first = replace(self.payoffs(setting), terms=self.case.terms(np.ones(1)))
        pair = [outcome, self.case.today]
        after, before = (
            first.of_parts(parts, some) for some, (parts, _) in zip(pair, self._runs(pair, short=True), strict=True)
        )
        return (after - before) / WEEKS_A_YEAR


@checked
def open_talk(
    name: str | Path,
    variant: str = "",
    *,
    threats: Several = (),
    weights: Several = (),
    constraints: Several = (),
    horizons: Several = (),
    materials: str = MATERIALS[0],
    check: bool = True,
    inputs: Mapping[str, float | str] | None = None,
    as_of: date | str = "",
    told: Told | None = None,
) -> Talk:
    """A case by name or path with what is asked of it; everything the case has where nothing is named.

    Parameters
    ----------
    threats, weights, constraints, horizons : names; horizons also as "long" and "short".
    materials : "chains" for losses that the supply chain of rare earths gives where licences are withheld from the
        other side alone, "chains-all" where they are withheld from every buyer, "stand-in" for what the case assumes.
    inputs : values of parameters of the case, and `elasticities`.
    as_of : day as of which the case is to be, or "known" for its own; what was known only later is refused by name.
    told : told how many equilibria are solved, and of how many, where surfaces are not stored.

    Raises
    ------
    UnknownName, InputError : what the case does not have; a single threat; what was known only after `as_of`.
    """
    case = replace(open_case(name, variant, check=check, as_of=as_of, **dict(inputs or {})), told=told)
    if materials not in MATERIALS:
        raise UnknownName("materials", materials, MATERIALS, Parameter("materials"), f"use {' or '.join(MATERIALS)}")
    if materials == "chains-all":
        case = replace(case, materials=chain_losses(case, everyone=True)[0])
    elif materials == "chains" and not {row.parameter for row in controls_of(case)} & set(case.inputs):
        case = supplied(case)
    return talk_of(
        case,
        several(threats, "threats"),
        several(weights, "weights"),
        several(constraints, "constraints"),
        several(horizons, "horizons"),
        losses_label(case),
    )


def talk_of(
    case: Case,
    threats: Sequence[str] = (),
    weights: Sequence[str] = (),
    constraints: Sequence[str] = (),
    horizons: Sequence[str] = (),
    materials: str = "",
) -> Talk:
    """What is asked of an open case, with names checked; errors are those of `open_talk`."""
    known = [row.name for row in case.file.threats]
    chosen = _known("threat", threats, known, case)
    if len(chosen) < 2:
        words = "name two or more, as D0,DP: no result is shown for one threat point alone"
        raise InputError(Parameter("threat"), f"only {', '.join(chosen)} is named", words)
    usual = constraints or (FREE, *(case.file.sets or (LAWFUL,)))
    sets = _known("constraint set", [_spaced(name) for name in usual], list(case.outcome_space.constraints), case)
    names = weight_names(case)
    named = _known("weights set", _latest(weights, names), names, case)
    runs = {"long": LONG_RUN, "short": SHORT_RUN, LONG_RUN.name: LONG_RUN, SHORT_RUN.name: SHORT_RUN}
    spans = tuple(runs.get(name) or case.horizon(_spaced(name)) for name in horizons)
    return Talk(case, chosen, named, sets, spans or HORIZONS, materials)


def weight_names(case: Case) -> tuple[str, ...]:
    """Names of the sets of weights that the choices of a case identify or its file gives, welfare first."""
    chosen = tuple(case.weight_sets[0]) if case.file.weights.choices else (WELFARE,)
    return (*chosen, *case.file.weights.given)


def _latest(weights: Sequence[str], names: Sequence[str]) -> list[str]:
    """The sets by name, `LATEST` spelled out."""
    last = [name for name in names[-1:] if name != WELFARE]
    return [name for given in weights for name in (last if given == LATEST else [given])]


def _known(kind: str, names: Sequence[str], known: Sequence[str], case: Case) -> tuple[str, ...]:
    for name in names:
        if name not in known:
            raise UnknownName(kind, name, known, f"case {case.file.name}", f"it has {', '.join(known)}")
    return tuple(name for name in known if name in names) if names else tuple(known)


def _spaced(name: str) -> str:
    """as-tabled is a name that a shell takes without quotes."""
    return name.replace("-", " ")


def week_flows(case: Case, weights: str, outcome: Floats, weeks: Floats) -> dict[str, Floats]:
    """Yearly flows of an outcome in some weeks after it takes hold, by part, each of shape (weeks, parties), USD bn.

    Trade goes from the short run to the long run as e^(-m / decay), m in months; materials follow stocks.
    """
    X, months = outcome[None], weeks / WEEKS_A_MONTH
    short = np.exp(-months / case.number("decay_months", 24.0))[:, None]
    runs = [case.payoffs(weights, horizon).trade(X)[0] for horizon in (SHORT_RUN, LONG_RUN)]
    flows = {"trade": short * runs[0] + (1.0 - short) * runs[1]}
    for part in dict.fromkeys(term.part for term in case.terms()):
        flows[part] = np.zeros_like(flows["trade"])
    for month in np.unique(months.astype(int)):
        here = np.zeros(int(month) + 1)
        here[-1] = 1.0
        for term in case.terms(here):
            level = X[:, case.issues.index(term.issue)]
            flows[term.part][months.astype(int) == month, case.parties.index(term.party)] += term.flow.of(level)[0]
    return flows
