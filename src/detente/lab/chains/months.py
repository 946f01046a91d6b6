"""Months and economies of a question about a supply chain, in the order of the steps.

Licences, months, certainty-equivalent quantities by quarter, networks of the producers, imported parts, networks of the
importers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from detente.chains.chain import SupplyChain
from detente.chains.disrupt import Disruption, disrupt
from detente.chains.licences import Licences
from detente.chains.stocks import StockDays
from detente.chains.together import Steps, alone, stepwise
from detente.codes import UnknownName
from detente.data import chain_world
from detente.data.chain_build import build
from detente.data.chain_need import EXPOSED, inside_parts
from detente.data.chain_world import BLOCS
from detente.data.chainfile import ChainFile, chain_file
from detente.lab.chains.economies import DIRECT, REQUIREMENT, TOLERANCE, Effects, Nations, effects, nations
from detente.lab.chains.paths import Words, licences_of, start_of
from detente.lab.work.threads import on_one_thread

SCOPES = {"direct": (DIRECT,), "requirement": (REQUIREMENT,), "both": (DIRECT, REQUIREMENT)}


@dataclass(frozen=True)
class Question:
    """What is asked of a chain.

    Attributes
    ----------
    name : chain by name, or a path; `words` : the licence path.
    months : length of the run; `scope` : direct, requirement or both.
    stock_days : 0 switches every stock off, another number sets the national stock, `StockDays` sets firms' apart; None
        keeps the chain's stocks.
    countries : codes to show; all by default.
    allocation : prorata, defence_first, or price: months pro rata, and each country's economy shares what arrives of a
        family of grades at one shadow price; `start` : first month of the axis, "" for the scenario's own.
    values : figures in place of the central ones, by name.
    full : the United States with all 397 industries.
    """

    name: str = "rare-earths"
    words: Words = field(default_factory=Words)
    months: int = 12
    scope: str = "both"
    stock_days: float | StockDays | None = None
    countries: tuple[str, ...] = ()
    allocation: str = "prorata"
    start: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    full: bool = False

    def __post_init__(self) -> None:
        if self.scope not in SCOPES:
            raise UnknownName("scope", self.scope, SCOPES, "--scope", f"use {', '.join(SCOPES)}")
        for code in self.countries:
            chain_world.check_bloc(code)

    @property
    def blocs(self) -> tuple[str, ...]:
        """Countries to show."""
        return self.countries or BLOCS

    @cached_property
    def file(self) -> ChainFile:
        """The chain's file."""
        return chain_file(self.name)


@dataclass(frozen=True)
class Ran:
    """A chain under licences with the economies behind it, in one scope or in both.

    Attributes
    ----------
    chains, runs : by scope; the same value twice where both scopes have the same users.
    effects : by scope.
    """

    question: Question
    licences: Licences
    chains: Mapping[str, SupplyChain] = field(repr=False)
    runs: Mapping[str, Disruption] = field(repr=False)
    effects: Mapping[str, Effects] = field(repr=False)

    @property
    def scopes(self) -> tuple[str, ...]:
        """Scopes asked for."""
        return SCOPES[self.question.scope]


@on_one_thread
def run_question(question: Question, licences: Licences | None = None, *, every: bool = False) -> Ran:
    """Run months and economies of a question; the arguments are those of `steps_of`."""
    # One thread, whatever the caller has: sums keep their order, so that every process finds the same bytes.
    return alone(steps_of(question, licences, every=every))


def steps_of(
    question: Question,
    licences: Licences | None = None,
    *,
    tol: float = TOLERANCE,
    every: bool = False,
    beside: Ran | None = None,
) -> Steps[Ran]:
    """Run months and economies of a question, step by step.

    Parameters
    ----------
    licences : a path in place of that of the question's words.
    tol : largest residual of the networks' equations, logs.
    every : solve all countries, which a second pass over imported parts needs, not only those to show.
    beside : a run that differs in its licences alone; its chains and networks are used again.
    """
    scopes = SCOPES[question.scope]
    chains = _chains(question, scopes) if beside is None else beside.chains
    first = chains[scopes[0]]
    path = licences_of(question.words, first) if licences is None else licences
    runs: dict[str, Disruption] = {}
    found: dict[str, Effects] = {}
    for scope in scopes:
        same = next((other for other in runs if chains[other] is chains[scope]), None)
        if same is not None:
            runs[scope], found[scope] = runs[same], found[same]
            continue
        runs[scope] = yield from months_of.steps(question, chains[scope], path)
        shared = [other for other in scopes if chains[other] is chains[scope]]
        held = beside.effects[scope].nations if beside else _nations(question, chains[scope], shared)
        found[scope] = yield from _economies(question, held, runs[scope], shared, tol, every)
    return Ran(question, path, chains, runs, found)


def _chains(question: Question, scopes: Sequence[str]) -> dict[str, SupplyChain]:
    """The chain in each scope; one value for both where no grade comes inside imported parts."""
    start = question.start or start_of(question.words)
    if len(scopes) == 2 and not inside_parts(question.file):
        chain = build(question.file, scope=DIRECT, start=start, values=question.values)
        return dict.fromkeys(scopes, chain)
    return {scope: build(question.file, scope=scope, start=start, values=question.values) for scope in scopes}


@stepwise
def months_of(question: Question, chain: SupplyChain, path: Licences) -> Steps[Disruption]:
    """The months of a chain under a licence path."""
    rule = "prorata" if question.allocation == "price" else question.allocation
    return disrupt.steps(chain, path, question.months, allocation=rule, stock_days=question.stock_days)


def _nations(question: Question, chain: SupplyChain, scopes: Sequence[str]) -> Nations:
    exposed = exposed_shares(question)
    needed = BLOCS if REQUIREMENT in scopes and exposed else tuple(dict.fromkeys(question.blocs))
    return nations(chain, needed, exposed=exposed, full=question.full)


def _economies(
    question: Question, held: Nations, run: Disruption, scopes: Sequence[str], tol: float, every: bool
) -> Steps[Effects]:
    only = () if every else question.countries
    return effects.steps(held, run, scopes=scopes, only=only, by_price=question.allocation == "price", tol=tol)


def exposed_shares(question: Question) -> dict[str, float]:
    """Share of each sector of the world that touches the material; empty where parts hold none."""
    factor = question.values.get(EXPOSED, 1.0)
    return {row.sector: min(1.0, row.share * factor) for row in question.file.exposed}


def question_key(question: Question) -> dict[str, Any]:
    """A question as plain values, for keys and files."""
    content = asdict(question)
    content["words"] = {k: (None if v != v else v) for k, v in content["words"].items()}
    return content
