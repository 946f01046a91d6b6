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
from detente.chains.disrupt import DisruptCase, Disruption, disrupt_many, side_by_side
from detente.chains.licences import Licences
from detente.chains.stocks import StockDays
from detente.codes import Parameter, SolveError, UnknownName
from detente.codes.portrait import Readable
from detente.data import chain_world
from detente.data.chain_build import EXPOSED, build, inside_parts
from detente.data.chain_world import BLOCS
from detente.data.chainfile import ChainFile, chain_file
from detente.lab.chains.economies import DIRECT, REQUIREMENT, TOLERANCE, Nations, nations
from detente.lab.chains.effects import Effects, EffectsCase, effects_many
from detente.lab.chains.paths import Words, licences_of, start_of
from detente.lab.work.threads import on_one_thread

SCOPES = {"direct": (DIRECT,), "requirement": (REQUIREMENT,), "both": (DIRECT, REQUIREMENT)}


@dataclass(frozen=True, repr=False)
class ChainQuestion(Readable):
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

    def __post_init__(self) -> None:
        if self.scope not in SCOPES:
            raise UnknownName("scope", self.scope, SCOPES, Parameter("scope"), f"use {', '.join(SCOPES)}")
        object.__setattr__(self, "countries", tuple(map(chain_world.check_bloc, self.countries)))

    @property
    def blocs(self) -> tuple[str, ...]:
        """Countries to show."""
        return self.countries or BLOCS

    @cached_property
    def file(self) -> ChainFile:
        """The chain's file."""
        return chain_file(self.name)


@dataclass(frozen=True, repr=False)
class Ran(Readable):
    """A chain under licences with the economies behind it, in one scope or in both.

    Attributes
    ----------
    chains, runs : by scope; the same value twice where both scopes have the same users.
    effects : by scope.
    """

    question: ChainQuestion
    licences: Licences
    chains: Mapping[str, SupplyChain] = field(repr=False)
    runs: dict[str, Disruption] = field(repr=False)
    effects: dict[str, Effects] = field(repr=False)

    @property
    def scopes(self) -> tuple[str, ...]:
        """Scopes asked for."""
        return SCOPES[self.question.scope]


@on_one_thread
def run_question(question: ChainQuestion, licences: Licences | None = None, *, every: bool = False) -> Ran:
    """Run months and economies of a question; the arguments are those of `RunCase`."""
    # One thread, whatever the caller has: sums keep their order, so that every process finds the same bytes.
    return runs_of([RunCase(question, licences, every=every)])[0]


@dataclass(frozen=True)
class RunCase:
    """A run that is asked for.

    Attributes
    ----------
    licences : a path in place of that of the question's words.
    tol : largest residual of the networks' equations, logs.
    every : solve all countries, which a second pass over imported parts needs, not only those to show.
    beside : a run that differs in its licences alone; its chains and networks are used again.
    """

    question: ChainQuestion
    licences: Licences | None = None
    tol: float = TOLERANCE
    every: bool = False
    beside: Ran | None = None


def run_many(cases: Sequence[RunCase]) -> list[Ran | SolveError]:
    """Months and economies of many questions, each as it would be alone; the error of one without an answer."""
    return side_by_side(runs_of, cases)


def runs_of(cases: Sequence[RunCase]) -> list[Ran]:
    """The same a few at a time; `SolveError` where one has no answer."""
    running = [_begun(case) for case in cases]
    for scope in (DIRECT, REQUIREMENT):
        due = [(case, ran) for case, ran in zip(cases, running, strict=True) if _alike(ran, scope)[:1] == [scope]]
        months = disrupt_many([months_case(ran.question, ran.chains[scope], ran.licences) for _, ran in due])
        economies = [_economies(*each, scope, run) for each, run in zip(due, months, strict=True)]
        for (_, ran), run, effect in zip(due, months, effects_many(economies), strict=True):
            for other in _alike(ran, scope):
                ran.runs[other], ran.effects[other] = run, effect
    return running


def _begun(case: RunCase) -> Ran:
    """A run of which nothing is done yet."""
    question, scopes = case.question, SCOPES[case.question.scope]
    chains = _chains(question, scopes) if case.beside is None else case.beside.chains
    path = licences_of(question.words, chains[scopes[0]]) if case.licences is None else case.licences
    return Ran(question, path, {scope: chains[scope] for scope in scopes}, {}, {})


def _alike(ran: Ran, scope: str) -> list[str]:
    """Scopes with the chain of this one, in their order: the first is run for all."""
    return [other for other in ran.chains if ran.chains[other] is ran.chains.get(scope)]


def _economies(case: RunCase, ran: Ran, scope: str, run: Disruption) -> EffectsCase:
    """What is asked of the economies."""
    question, shared, beside = case.question, _alike(ran, scope), case.beside
    networks = beside.effects[scope].nations if beside else _nations(question, ran.chains[scope], shared)
    only = () if case.every else question.countries
    return EffectsCase(networks, run, shared, only, question.allocation == "price", case.tol)


def _chains(question: ChainQuestion, scopes: Sequence[str]) -> dict[str, SupplyChain]:
    """The chain in each scope; one value for both where no grade comes inside imported parts."""
    start = question.start or start_of(question.words)
    if len(scopes) == 2 and not inside_parts(question.file):
        chain = build(question.file, scope=DIRECT, start=start, values=question.values)
        return dict.fromkeys(scopes, chain)
    return {scope: build(question.file, scope=scope, start=start, values=question.values) for scope in scopes}


def months_case(question: ChainQuestion, chain: SupplyChain, path: Licences) -> DisruptCase:
    """What is asked of a chain under a licence path."""
    rule = "prorata" if question.allocation == "price" else question.allocation
    return DisruptCase(chain, path, question.months, rule, question.stock_days)


def months_of(question: ChainQuestion, chain: SupplyChain, path: Licences) -> Disruption:
    """The months of a chain under a licence path."""
    return disrupt_many([months_case(question, chain, path)])[0]


def _nations(question: ChainQuestion, chain: SupplyChain, scopes: Sequence[str]) -> Nations:
    exposed = exposed_shares(question)
    needed = BLOCS if REQUIREMENT in scopes and exposed else tuple(dict.fromkeys(question.blocs))
    return nations(chain, needed, exposed=exposed)


def exposed_shares(question: ChainQuestion) -> dict[str, float]:
    """Share of each sector of the world that touches the material; empty where parts hold none."""
    factor = question.values.get(EXPOSED, 1.0)
    return {row.sector: min(1.0, row.share * factor) for row in question.file.exposed}


def question_key(question: ChainQuestion) -> dict[str, Any]:
    """A question as plain values, for keys and files."""
    content = asdict(question)
    content["words"] = {k: (None if v != v else v) for k, v in content["words"].items()}
    return content
