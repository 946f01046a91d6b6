"""The talks from end to end: a case, its payoffs, threats and settlements under every set of weights and horizon.

Surfaces are solved once; a settlement is solved when a table first asks for it, and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, UnknownName
from detente.codes.given import Several, several
from detente.codes.kinds import checked
from detente.codes.portrait import Readable
from detente.data.casefile import LATEST
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
    linkage,
    settle,
)
from detente.talks.acceptable import break_even
from detente.talks.fit import Told
from detente.talks.frontier import survey
from detente.talks.horizon import LONG_RUN, SHORT_RUN, Horizon
from detente.talks.space import FREE, LAWFUL
from detente.talks.threats import WEEKS_A_MONTH

Floats = NDArray[np.float64]
T = TypeVar("T")

WEEKS = 27
"""Weeks of the ledger of delay: half a year, the first week included."""

READERS = (WELFARE, LATEST)
"""Sets of weights that readers get: real income alone, and the last that the case has, where it has one."""

MATERIALS = ("chains", "chains-all", "stand-in")
"""Where losses from withheld licences come from: a supply chain, licences withheld from the other side alone or from
all buyers; or the number that the case assumes."""


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
    _kept: dict[tuple[str, ...], object] = field(default_factory=dict, repr=False)

    def narrowed(self, threats: Sequence[str], horizons: Sequence[Horizon]) -> Talk:
        """The same talk on some of its threats and horizons; what is solved for all of them is kept."""
        kept = {key: value for key, value in self._kept.items() if key[0] == "whole"}
        chosen = tuple(name for name in self.threats if name in threats)
        return replace(self, threats=chosen, horizons=tuple(horizons), _kept=kept)

    @property
    def parties(self) -> tuple[str, ...]:
        """The two sides."""
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

    @cached_property
    def reference(self) -> str:
        """The deal from which leverage, delay and truces are measured: the first with a name that is no threat."""
        named = self.case.outcome_space.named
        taken = {row.outcome for row in self.case.file.threats}
        return next((name for name in named if name not in taken), next(iter(named)))

    def label(self, outcome: str) -> str:
        """A named outcome for the reader."""
        return self.case.file.outcomes[outcome].label or outcome

    def whole(self, setting: Setting) -> Negotiation:
        """The negotiation with every threat of the case."""
        return self._once(
            ("whole", *self._key(setting)), lambda: self.case.negotiation(setting.weights, setting.horizon)
        )

    def negotiation(self, setting: Setting) -> Negotiation:
        """The negotiation with the threats asked for."""
        whole = self.whole(setting)
        chosen = tuple(whole.threat(name) for name in self.threats)
        return self._once(("negotiation", *self._key(setting)), lambda: replace(whole, threats=chosen))

    def settled(self, setting: Setting) -> Settlement:
        """All answers under one setting.

        Raises
        ------
        SolveError : a search does not converge.
        """

        def solve() -> Settlement:
            return settle(
                self.negotiation(setting),
                reference=self.reference,
                sets=self.sets,
                ledger=self.ledger(setting),
                surveys={name: self.survey(setting, name) for name in {FREE: None, **dict.fromkeys(self.sets)}},
            )

        return self._once(("settled", *self._key(setting)), solve)

    def survey(self, setting: Setting, constraints: str = FREE) -> Survey:
        """Payoffs on the grid under one setting and constraint set."""

        def solve() -> Survey:
            whole = None if constraints == FREE else self.survey(setting)
            return survey(self.negotiation(setting), constraints, known=whole)

        return self._once(("survey", constraints, *self._key(setting)), solve)

    def linked(self, setting: Setting, threat: Threat, constraints: str) -> Linkage | None:
        """All combinations of tracks against a threat; None for a mix, levels beyond the table, or a single track."""
        space = self.case.outcome_space
        if threat.outcome is None or len(space.tracks) < 2 or (threat.outcome > space.upper + 1e-9).any():
            return None
        known = self.settled(setting).cells[threat.name, constraints].linkage

        def solve() -> Linkage:
            return linkage(self.negotiation(setting), threat, constraints, self.survey(setting, constraints))

        return known or self._once(("linked", threat.name, constraints, *self._key(setting)), solve)

    def p_stars(self, setting: Setting, payoffs: Floats) -> Floats:
        """p* of deals, payoffs of shape (deals, parties), whatever threats were asked for."""
        return break_even(self.whole(setting), payoffs)

    def ledger(self, setting: Setting) -> DelayLedger:
        """The ledger of delay against the reference deal, week by week from when the status quo takes hold."""
        return self._once(("ledger", *self._key(setting)), lambda: ledger_of(self, setting))

    @staticmethod
    def _key(setting: Setting) -> tuple[str, str]:
        return setting.weights, setting.horizon.name

    def _once(self, key: tuple[str, ...], make: Callable[[], T]) -> T:
        if key not in self._kept:
            self._kept[key] = make()
        return cast(T, self._kept[key])


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
    return Talk(case, chosen, named, sets, tuple(_horizon(case, name) for name in horizons) or HORIZONS, materials)


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


def _horizon(case: Case, name: str) -> Horizon:
    runs = {"long": LONG_RUN, "short": SHORT_RUN, LONG_RUN.name: LONG_RUN, SHORT_RUN.name: SHORT_RUN}
    return runs[name] if name in runs else case.horizon(_spaced(name))


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


def stock_left(case: Case, weeks: Floats) -> dict[str, Floats]:
    """What is left of stocks of materials under the assumed months of cover, by name, share, shape (weeks,)."""
    names = dict.fromkeys(row.stock_months for row in case.file.terms if row.stock_months)
    months = weeks / WEEKS_A_MONTH
    return {name: np.maximum(1.0 - months / max(case.number(name), 1e-9), 0.0) for name in names}


def ledger_of(talk: Talk, setting: Setting) -> DelayLedger:
    """Costs of half a year without the reference deal, and the deal that each week's flows would predict."""
    case, weeks = talk.case, np.arange(float(WEEKS))
    flows = [
        week_flows(case, setting.weights, outcome, weeks) for outcome in (case.today, case.outcome(talk.reference))
    ]
    curve = talk.survey(setting).curve
    power = talk.negotiation(setting).power
    return delay_ledger(
        case.parties,
        *flows,
        name=talk.reference,
        stocks=stock_left(case, weeks),
        curve=curve,
        power=(power[case.parties[0]], power[case.parties[1]]),
    )
