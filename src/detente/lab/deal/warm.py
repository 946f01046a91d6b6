"""What a case keeps ready so that a deal is numbers at once: talk, worlds, other elasticities, shortages."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from detente.chains.stocks import SHORT
from detente.codes import InputError, UnknownName
from detente.data.casefile import settled_case
from detente.data.caserows import CaseFile
from detente.data.chain_build import build
from detente.data.library import package_folder, sha256
from detente.data.surface_tables import CHAINS, surface_file
from detente.data.worlds import load_economy
from detente.economy import Equilibrium, goods
from detente.lab.chains.months import ChainQuestion, Words, months_of
from detente.lab.chains.paths import CONTROLLED, licences_of, start_of
from detente.lab.deal.economy import SHORT as SHORT_RUN
from detente.lab.deal.levers import DUTIES, issue_rows, served
from detente.lab.talks.case import Case
from detente.lab.talks.gains import Ends, Mix, term_ends, threat_mix
from detente.lab.talks.materials import losses_label, supplied
from detente.lab.talks.near import THREATS
from detente.lab.talks.talk import Setting, Talk, talk_of
from detente.talks.horizon import LONG_RUN
from detente.talks.space import Threat
from detente.version import VERSION

Floats = NDArray[np.float64]
CHAIN = "rare-earths"
BUYER = "USA"
MONTHS = 24
LEVELS = tuple(round(0.1 * k, 1) for k in range(11))
"""Shares of licences withheld at which the months of the chain are run."""

AXES = "icio-2022-small"
"""World whose regions and sectors addresses name."""

NEGOTIATED = (2, 3)
"""Duties that a deal may move."""


@dataclass(frozen=True)
class LicenceShortage:
    """Months of the chain by share of licences withheld from one buyer.

    Attributes
    ----------
    months : months of `MONTHS` in which the buyer's users are short, shape (levels,).
    unmet : need not met in the worst month, share of spending, shape (levels,).
    first : month in which they first are short, NaN for never, shape (levels,).
    """

    months: Floats
    unmet: Floats
    first: Floats

    def at(self, withheld: float) -> tuple[float, float, float]:
        """The three at a share withheld, read between the levels that were run."""
        return (
            float(np.interp(withheld, LEVELS, self.months)),
            float(np.interp(withheld, LEVELS, self.unmet)),
            float(self.first[int(np.argmin(np.abs(np.array(LEVELS) - withheld)))]),
        )


@lru_cache(maxsize=2)
def shortages(buyer: str = BUYER) -> LicenceShortage:
    """Months, unmet need and first month short at every level."""
    rows = []
    for level in LEVELS:
        question = ChainQuestion(
            CHAIN, Words(cut=level, elements=CONTROLLED, to=(buyer,)), MONTHS, "direct", None, (buyer,)
        )  # fmt: skip
        chain = build(question.file, scope="direct", start=start_of(question.words), values={})
        run = months_of(question, chain, licences_of(question.words, chain))
        spent = np.bincount(chain.layout.user, chain.layout.spending, minlength=len(chain.users))
        own = spent * np.array([user.country == buyer for user in chain.users])
        unmet = 1.0 - own @ run.met_by_user / own.sum()
        short = np.flatnonzero(unmet > SHORT)
        rows.append((float(short.size), float(unmet.max()), float(short[0] + 1) if short.size else np.nan))
    return LicenceShortage(*np.array(rows).T)


@dataclass(frozen=True)
class Warm:
    """A case, ready.

    Attributes
    ----------
    file : the case; `talk` : with its payoffs, weights welfare and those of the last choice, long and short run.
    status : levels of the status quo, shape (issue,).
    """

    file: CaseFile
    talk: Talk = field(repr=False)
    status: Floats = field(repr=False)

    @property
    def case(self) -> Case:
        """The case with its inputs."""
        return self.talk.case

    @cached_property
    def brief(self) -> Talk:
        """The talk as a run asks it: its threats, in the long run."""
        for setting in self.talk.settings:
            self.talk.whole(setting)
        return self.talk.narrowed(THREATS, (LONG_RUN,))

    @cached_property
    def columns(self) -> dict[str, int]:
        """Column of the issue behind each lever."""
        return {name: self.case.issues.index(row.name) for name, row in issue_rows(self.file).items()}

    @cached_property
    def duty_columns(self) -> list[int]:
        """Columns of the duties, in the order of the surface."""
        return [self.case.issues.index(duty.issue) for duty in self.case.space().duties]

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Countries and regions that addresses name."""
        return load_economy(AXES).countries

    @cached_property
    def sectors(self) -> tuple[str, ...]:
        """Sectors of goods that addresses name."""
        return goods(load_economy(AXES))

    @cached_property
    def bounds(self) -> list[Ends]:
        """Each term of the payoffs at the low end of its parameter, as it is, and at the high end."""
        return term_ends(self.case)

    def setting(self, weights: str, horizon: str) -> Setting:
        """The setting of a name of weights, "" for those of the last choice, and "long" or "short"."""
        weights = weights or self.talk.headline.weights
        wanted = "short run" if horizon == "short" else "long run"
        for setting in self.talk.settings:
            if setting.weights == weights and setting.horizon.name == wanted:
                return setting
        raise UnknownName("weights set", weights, self.talk.weights, f"case {self.file.name}")

    def threat_mix(self, threat: Threat) -> Mix:
        """Outcomes behind a threat with their weights."""
        return threat_mix(self.file, threat, self.talk.negotiation(self.talk.settings[0]).threats)

    def beside(self, deal: Equilibrium, without: Equilibrium, horizon: str) -> Floats:
        """What a deal does beyond its duties on the other side, shape (party, part), USD bn a year.

        Parameters
        ----------
        deal, without : equilibria of one run with it and without.
        """
        space = self.case.space(short=horizon == SHORT_RUN)
        return space.measured(deal)[0] - space.measured(without)[0]

    @cached_property
    def base_key(self) -> str:
        """Hash of all that numbers depend on besides the levers."""
        root = package_folder()
        laws = [path for path in sorted((root / "lawbooks").rglob("*")) if path.suffix in (".yaml", ".csv")]
        tables = [root / "tables" / f"{name}.parquet" for name in ("usa_imports_2024", "chn_imports_from_usa")]
        chains = sorted((root / "chains").glob("*.toml"))
        hashes = [
            sha256(path) for path in (*laws, *tables, *chains, surface_file(), surface_file(CHAINS)) if path.exists()
        ]
        content = [VERSION, self.file.model_dump(mode="json"), hashes]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def warm(case: str, world: str = "", variant: str = "") -> Warm:
    """Open a case, or a variant of it; what is slow is solved on first use or by `ready`.

    Raises
    ------
    InputError : a case of other sides, or without the duties that a deal moves.
    UnknownName : no such case or world.
    """
    if case not in served():
        raise UnknownName("case", case[:60], served(), "deal", f"use {', '.join(served())}")
    file = settled_case(case, variant)
    if world and world != file.world.name:
        file = file.model_copy(update={"world": file.world.model_copy(update={"name": world})})
    duties = sum(name in DUTIES for name in issue_rows(file))
    if duties not in NEGOTIATED:
        raise InputError(f"case {case}", f"has {duties} duties", "a deal moves two or three")
    opened = supplied(Case(file, check=False))
    choices = [row.name for row in file.weights.choices]
    talk = talk_of(opened, (), ("welfare", *choices[-1:]), (), ("long", "short"), losses_label(opened))
    row = next(row for row in file.threats if row.kind == "status-quo")
    return Warm(file, talk, opened.outcome(row.outcome))


def ready(warm: Warm) -> Warm:
    """Solve everything that a deal and its chart ask for."""
    _ = warm.bounds, warm.base_key, shortages()
    for short in (False, True):
        _ = warm.case.space(short=short).level
    _ = warm.brief
    for setting in warm.talk.settings:
        warm.talk.negotiation(setting)
    return warm
