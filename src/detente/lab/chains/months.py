"""Months and economies of a question about a supply chain, in the order of the steps.

Licences, months, certainty-equivalent quantities by quarter, networks of the producers, imported parts, networks of the
importers.

Licence paths by the words of the command line: a cut, a scenario by name, or acts from a file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator

from detente.chains.chain import SupplyChain
from detente.chains.disrupt import DisruptCase, Disruption, disrupt_many, side_by_side
from detente.chains.licences import (
    APRIL_2025,
    FEED,
    QUOTAS_FROM,
    READINGS,
    Act,
    Licences,
    april_2025,
    check_licences,
    cut,
    full_stop,
    general_licences,
    months_from,
    observed_ratios,
    october_2025,
    queue,
    quota_2010,
    snap_back,
    unsplit,
)
from detente.chains.stocks import StockDays
from detente.codes import InputError, Parameter, SolveError, UnknownName
from detente.codes.names import Readable
from detente.data import chain_world
from detente.data.chain_build import EXPOSED, START, build
from detente.data.chain_tables import flows
from detente.data.chain_world import BLOCS, bloc_of
from detente.data.chainfile import ChainFile, chain_file
from detente.data.days import day_named
from detente.data.models import FileModel, Number, Truth, lookup, read_model
from detente.lab.chains.effects import (
    DIRECT,
    REQUIREMENT,
    TOLERANCE,
    Effects,
    EffectsCase,
    effects_many,
    nations,
)
from detente.lab.work.threads import on_one_thread

FIRST = day_named("licences").replace(day=1)
#: Months from April 2025 to the first general licences.
GENERAL = months_from(FIRST, day_named("general_licences"))

#: Months after the general licences at which they lapse in a snap-back unless told otherwise.
RETURN = 6.0

MAGNETS = "850511"

RARE_EARTHS = "rare-earths"
#: Elements under the licences of April 2025 that the chain does not follow.
UNSEEN = ("Sc",)

#: Elements of the chain that need a licence since April 2025.
CONTROLLED = tuple(name for name in APRIL_2025 if name not in UNSEEN)


@dataclass(frozen=True)
class Words:
    """What the command line says of a licence path.

    Attributes
    ----------
    cut : share by which flows fall, or NaN; `basis` "flow" or "supply".
    scenario : name or path of a file of acts; "" where there is a cut.
    elements, to : elements and countries concerned; all by default.
    after : months after the general licences (or the start) at which they lapse; `reading` of April 2025.
    general : months from April 2025 to the first general licences.
    """

    cut: float = float("nan")
    basis: str = "flow"
    scenario: str = ""
    elements: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    after: float = RETURN
    reading: str = "queue"
    general: float = GENERAL


def start_of(words: Words) -> str:
    """First month of the time axis of a licence path."""
    return QUOTAS_FROM if words.scenario == "2010" else START


def licences_of(words: Words, chain: SupplyChain) -> Licences:
    """The licence path that the words mean for a chain.

    Raises
    ------
    InputError, UnknownName : words that contradict one another or name what the chain does not have.
    """
    words = replace(words, elements=named_elements(words.elements, chain))
    if words.reading not in READINGS:
        raise UnknownName("reading", words.reading, READINGS, Parameter("reading"), f"use {' or '.join(READINGS)}")
    if words.cut == words.cut:
        if words.scenario:
            raise InputError(Parameter("cut"), "stands beside a scenario", "give one of the two")
        if not 0.0 <= words.cut <= 1.0:
            raise InputError(
                Parameter("cut"), f"{words.cut:g} is out of range", "give a share from 0 to 1, 0.8 for four fifths"
            )
        licences = cut(words.cut, elements=words.elements, countries=words.to, basis=words.basis)
    elif not words.scenario:
        repair = "give a share, as 0.8, or name a scenario"
        raise InputError(Parameter("cut"), "is not given, and no scenario is named", repair)
    elif words.scenario.endswith(".toml"):
        licences = from_file(Path(words.scenario))
    elif words.scenario in SCENARIOS:
        licences = SCENARIOS[words.scenario][0](words, chain)
    else:
        raise UnknownName(
            "scenario", words.scenario, SCENARIOS, Parameter("scenario"), f"known: {', '.join(SCENARIOS)}"
        )
    check_licences(chain, licences)
    if licences.acts and not any(_touches(act, chain) for act in licences.acts):
        controlled = ", ".join(dict.fromkeys(name for act in licences.acts for name in (*act.elements, *act.grades)))
        what = f"'{words.scenario}' controls {controlled}: nothing that chain {chain.name} is made of"
        repair = f"name a scenario that touches {', '.join(chain.elements)}, as full-stop, or give `cut=`"
        raise InputError(Parameter("scenario"), what, repair)
    return licences


def _touches(act: Act, chain: SupplyChain) -> bool:
    """Whether an act concerns any grade of a chain; one that names none concerns all."""
    elements = not act.elements or not set(act.elements).isdisjoint(chain.elements)
    return elements and (not act.grades or not set(act.grades).isdisjoint((*(g.name for g in chain.grades), FEED)))


def named_elements(elements: tuple[str, ...], chain: SupplyChain) -> tuple[str, ...]:
    """Elements of a chain as the words name them.

    Raises
    ------
    InputError : an element that recipes hold together with others and do not split off. UnknownName : one that is not
        in the chain.
    """
    for name in elements:
        unsplit(chain, name, Parameter("elements"))
        if name not in chain.elements:
            raise UnknownName(
                "element", name, chain.elements, Parameter("elements"), f"in it: {', '.join(chain.elements)}"
            )
    return tuple(dict.fromkeys(elements))


def _april(words: Words) -> Licences:
    return _narrowed(april_2025(observed() if words.reading == "observed" else None, MAGNETS), words)


def _general(words: Words) -> Licences:
    return _april(words) + general_licences(words.general)


def _narrowed(licences: Licences, words: Words) -> Licences:
    """The acts for the elements and countries named only; an act that names no element is of all."""
    acts = []
    for act in licences.acts:
        kept = tuple(e for e in act.elements or words.elements if not words.elements or e in words.elements)
        if kept or not words.elements:
            acts.append(replace(act, elements=kept, countries=words.to or act.countries))
    return replace(licences, acts=tuple(acts))


#: Scenario -> what makes it, and the note of the register that says what it is.
SCENARIOS: Mapping[str, tuple[Callable[[Words, SupplyChain], Licences], str]] = {
    "april-2025": (lambda words, _: _april(words), "chains.path_april"),
    "full-stop": (lambda words, _: full_stop(elements=words.elements, countries=words.to), "chains.path_stop"),
    "general-licence": (lambda words, _: _general(words), "chains.path_general"),
    "october-2025": (lambda words, _: _april(words) + october_2025(FIRST, suspended=False), "chains.path_october"),
    "october-2025-suspended": (lambda words, _: _april(words) + october_2025(FIRST), "chains.path_suspended"),
    "snap-back": (
        lambda words, _: _general(words) + snap_back(words.general + words.after), "chains.path_snap_back",
    ),
    "2010": (lambda words, _: _narrowed(quota_2010(), words), "chains.path_quotas"),
    "licences": (
        lambda words, chain: Licences(
            "licences for every grade", (queue("licences", 0.0, words.elements or chain.elements, words.to),)
        ),
        "chains.path_queue",
    ),
}  # fmt: skip


def paths_of(chain: SupplyChain) -> tuple[str, ...]:
    """Names of the scenarios that touch some grade of a chain, the usual one first."""
    made = {name: make(Words(scenario=name), chain) for name, (make, _) in SCENARIOS.items()}
    return tuple(name for name, path in made.items() if any(_touches(act, chain) for act in path.acts))


def observed() -> dict[str, tuple[float, ...]]:
    """Exports of magnets from April 2025 on over the same month a year before, by destination, "*" for the rest."""
    known = [row for row in flows() if row.product == "magnets"]
    months = {(row.destination, row.period): row.value for row in known if row.kind == "month"}
    year = {row.destination: row.value for row in known if (row.kind, row.period) == ("year", "2024")}
    shares = {row.destination: row.value for row in known if row.kind == "base_share"}
    world, blank = year["WLD"], float("nan")
    totals = {place: share * world for place, share in shares.items()} | year
    names = {place: "*" if place == "WLD" else place for place in totals if place == "WLD" or place in BLOCS}
    now = {name: tuple(months.get((place, m), blank) for m in _year(0)) for place, name in names.items()}
    was = {name: tuple(months.get((place, m), blank) for m in _year(-1)) for place, name in names.items()}
    return observed_ratios(now, was, {name: totals[place] for place, name in names.items()})


def _year(shift: int) -> list[str]:
    """Twelve months from the first one of the licences, or of another year before or after."""
    months = (FIRST.month - 1 + n for n in range(12))
    return [f"{FIRST.year + shift + month // 12}-{month % 12 + 1:02d}" for month in months]


Place = Annotated[str, AfterValidator(lookup(bloc_of))]


class PathAct(FileModel):
    """One act of control or release, as `detente.chains.licences.Act` has it."""

    name: str
    start: Number = 0.0
    wait: Number | str = 0.0
    approved: Number | str = 1.0
    defence: Number | str | None = None
    hold_up: Number | str = 0.0
    elements: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    countries: tuple[Place, ...] = ()
    users: tuple[str, ...] = ()
    basis: str = "flow"
    backlog: Number = 0.0
    reexport: str = "forbidden"


class PathRule(FileModel):
    """Whether licences are asked for from a month on."""

    month: Number
    on: Truth


class PathFile(FileModel):
    """A licence path: the month in which it is announced, its acts, and the months in which its rule holds."""

    name: str = ""
    announced: Number = 0.0
    act: tuple[PathAct, ...]
    rule: tuple[PathRule, ...] = ()


def from_file(path: Path) -> Licences:
    """A licence path from a TOML file: `name`, `announced`, `[[act]]` rows with the fields of an act, and `[[rule]]`.

    Raises
    ------
    InputError, UnknownName : file, row and repair.
    """
    file = read_model(PathFile, path, path.name)
    acts = tuple(Act(**dict(row)) for row in file.act)
    return Licences(file.name or path.stem, acts, file.announced, tuple((row.month, row.on) for row in file.rule))


def one_point_more(chain: SupplyChain, licences: Licences, points: float = 0.01) -> Licences:
    """The same path with one point more of what is asked for approved under every act that approves less than all."""

    def more(value: float | str) -> float:
        return min(1.0, chain.value(value) + points)

    acts = tuple(
        replace(act, approved=more(act.approved), heavy=more(act.heavy) if act.observed else act.heavy)
        for act in licences.acts
    )
    return replace(licences, name=f"{licences.name}, one point more", acts=acts)


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
    question, shared = case.question, _alike(ran, scope)
    if case.beside:
        networks = case.beside.effects[scope].nations
    else:
        exposed = exposed_shares(question)
        needed = BLOCS if REQUIREMENT in shared and exposed else tuple(dict.fromkeys(question.blocs))
        networks = nations(ran.chains[scope], needed, exposed=exposed)
    only = () if case.every else question.countries
    return EffectsCase(networks, run, shared, only, question.allocation == "price", case.tol)


def _chains(question: ChainQuestion, scopes: Sequence[str]) -> dict[str, SupplyChain]:
    """The chain in each scope; one value for both where no grade comes inside imported parts."""
    start = question.start or start_of(question.words)
    needs = {scope: {(row.country, row.product) for row in question.file.spending if row.scope == scope}
             for scope in (DIRECT, REQUIREMENT)}  # fmt: skip
    if len(scopes) == 2 and needs[REQUIREMENT] <= needs[DIRECT]:
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


def exposed_shares(question: ChainQuestion) -> dict[str, float]:
    """Share of each sector of the world that touches the material; empty where parts hold none."""
    factor = question.values.get(EXPOSED, 1.0)
    return {row.sector: min(1.0, row.share * factor) for row in question.file.exposed}
