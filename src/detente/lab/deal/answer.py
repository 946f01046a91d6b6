"""Deal: from levers to numbers, at once. Law, trade, economy, chain and talks are kept warm; a deal is read off them.

engine = DealEngine("us-china-2025-05")
engine.deal({"us": "34", "cn": "30"}).numbers
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.codes.days import Standing
from detente.codes.names import with_article
from detente.data.casefile import variant_names
from detente.data.caserows import WholeLaw
from detente.data.importers import importer
from detente.data.limits import memoized
from detente.economy import Economy, Shock
from detente.lab.averages.axes import WORLD
from detente.lab.averages.laid_law import DEFAULT, laid_law
from detente.lab.averages.plane import Plane, plane
from detente.lab.averages.ranges import CLAIMS_MOVED, YEAR_MOVED
from detente.lab.averages.sides import Side
from detente.lab.deal.economy import LONG, SHORT, DealEconomy, economies, on_case, on_laws, owed, tariff_in, tariff_of
from detente.lab.deal.levers import (
    DURATION,
    Deal,
    DealLever,
    Scale,
    Tick,
    completed,
    is_laid,
    levers_of,
    merged_ticks,
    served,
)
from detente.lab.deal.numbers import (
    CallOut,
    DealCase,
    DealNumber,
    amount_numbers,
    call_outs,
    gain_numbers,
    income_numbers,
    law_numbers,
    material_numbers,
    number_tables,
    pairs_of,
    sides_of,
    signed,
    warm,
)
from detente.lab.deal.worth import USUAL, InQuarters, chances_of, worth_of
from detente.lab.scenario import CLOSURES
from detente.lab.statute.standing import record_sentences, words_of
from detente.lab.talks.assumed import assumption_sentences, hold_sentence, kept_under, truces_of
from detente.lab.talks.outlook import outlook_on, plain
from detente.lab.talks.words import threat_phrase
from detente.lab.world.incidence import Laws
from detente.law import Clause, Reading
from detente.law.law import fate_names, states, under_fate
from detente.talks.world import BILLION

Floats = NDArray[np.float64]
UNPRICED = f"; {declared_note('deal.chain_unpriced')}"
#: Deals kept, so that a link that many open is computed once.
KEPT = 512

EVERY = law_numbers, income_numbers, amount_numbers, material_numbers, gain_numbers
EXACT = declared_note("deal.exact")
GAINS_APART = declared_note("deal.gains_apart", year=DEFAULT)
#: A threat as case files name it.
NAME = re.compile(r"\bD[0A-Z][0A-Z]?\b")


@dataclass(frozen=True)
class Walk:
    """Whether each side walks away from a deal if what follows is a threat; `words` : the threat with its law.

    law : what the case calls the law that it stands for, or the threat where it stands for none.
    """

    threat: str
    label: str
    away: Mapping[str, bool]
    words: str
    law: str


@dataclass(frozen=True)
class Dealt:
    """What a deal does.

    Attributes
    ----------
    key : 12 hex digits of the levers, the case, laws, data and version; same key, same numbers.
    deal : as read; `outcome` : levels of the issues, shape (issue,); `messages` : what was mended in the address.
    numbers : all of them; `notes` : what they stand on.
    walks : by threat; `flat` : call-outs; `point` : gains over the first threat by side, USD a year.
    hold : whether it would hold by itself; `keeps` : by threat that answers a breach, whether all sides keep it;
        `outlook` : how long it lasts on the record of its day, as plain values; `assumed` : how much of its gains is an
        assumption. A quick answer has none of the four.
    standings : by importer, how far its law is on record, with its average duty under each fate of the open clauses.
    moves : whether anything differs from the status quo of the case; where nothing does there is no deal to judge.
    """

    key: str
    deal: Deal
    outcome: Floats = field(repr=False)
    messages: tuple[str, ...]
    numbers: tuple[DealNumber, ...] = field(repr=False)
    notes: tuple[str, ...] = field(repr=False)
    walks: tuple[Walk, ...] = field(repr=False)
    flat: tuple[CallOut, ...] = field(repr=False)
    point: Mapping[str, float] = field(repr=False)
    hold: str = field(default="", repr=False)
    keeps: Mapping[str, bool] = field(default_factory=dict, repr=False)
    outlook: Mapping[str, Any] = field(default_factory=dict, repr=False)
    assumed: tuple[str, ...] = field(default=(), repr=False)
    standings: Mapping[str, Standing] = field(default_factory=dict, repr=False)
    moves: bool = True
    quick: bool = False

    @property
    def parties(self) -> tuple[str, ...]:
        """Codes of the sides."""
        return tuple(self.point)

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The numbers as tables, one a subject."""
        return number_tables(self.numbers, self.notes)

    def number(self, name: str) -> DealNumber:
        """One number by name; `KeyError` where there is none."""
        return {number.name: number for number in self.numbers}[name]


def _open_on(code: str, on: date) -> tuple[Clause, ...]:
    """Clauses of the law of a side that are open on a day."""
    record = importer(code).law.record
    return () if record is None else record.open_on(on)


class DealEngine:
    """A case kept warm.

    Parameters
    ----------
    case : a case in which deals can be made; `world` : that of its gains, "" for the case's own.
    variant : of the case; "" is the law as written, beside which each number stands under every fate of open clauses
        that the case has as a variant.
    """

    def __init__(self, case: str = "us-china-2025-05", world: str = "", variant: str = "") -> None:
        self.warm = warm(case, world, variant)
        self.variant = variant
        file = self.warm.file
        self.laws = tuple(row.importer for row in file.base_law if isinstance(row, WholeLaw))
        self.laid = is_laid(file)
        named = dict.fromkeys(name for code in self.laws for name in fate_names(_open_on(code, file.on)))
        self.fates = () if variant else tuple(name for name in named if name in variant_names(case))
        self._fated = lru_cache(len(self.fates) or 1)(lambda name: DealEngine(case, world, name))
        self._standings: dict[date, dict[str, Standing]] = {}
        self._planes: dict[tuple[date, bool, str, str], dict[str, Plane]] = {}
        self._worlds: dict[tuple[date, str, str], DealEconomy] = {}
        self._dealt: OrderedDict[str, Dealt] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def parties(self) -> tuple[str, ...]:
        """Codes of the sides."""
        return self.warm.file.parties

    def ready(self) -> DealEngine:
        """Solve all that the first deal would wait for."""
        self.warm.ready()
        for day in (self.warm.file.on, self.scale.standard.on):
            self.planes(day)
            _ = [world.before for world in (self.world(day), *self.world(day).bounds.values())]
        self.standings(self.scale.standard.on)
        for engine in self._fates_on(self.warm.file.on).values():
            engine.ready()
        return self

    def _fates_on(self, on: date) -> dict[str, DealEngine]:
        """The engine of each fate of the open clauses on a day, by name; one engine where they come to the same law."""
        open_ = [_open_on(code, on) for code in self.laws]
        first: dict[tuple[Any, ...], str] = {}
        each = {name: tuple(states(clauses, on).get(name) for clauses in open_) for name in self.fates}
        return {name: self._fated(first.setdefault(state, name)) for name, state in each.items()}

    @cached_property
    def levers(self) -> dict[str, DealLever]:
        """The levers of the case with their marks, by name."""
        every = levers_of(self.warm.file)
        marked = {name: replace(lever, ticks=self._ticks(lever)) for name, lever in self.warm.levers.items()}
        return marked | {DURATION: every[DURATION]}

    def _ticks(self, lever: DealLever) -> tuple[Tick, ...]:
        """Law of the day, before 2025, the offers of the timeline and the optimum of a lever."""
        column, file = self.warm.columns[lever.name], self.warm.file
        pairs = [(float(self.warm.status[column]), f"tariffs of {file.on:%-d %B %Y}")]
        if self.laid:
            pairs.append((0.0, "before 2025"))
        if self.optimum is not None:
            pairs.append((float(self.optimum[column]), declared_note("deal.optimum")))
        apart = {row.outcome for row in file.threats}
        for key, row in file.outcomes.items():
            if key not in apart and (lever.issue in row.levels or lever.unit != "%"):
                pairs.append((float(self.warm.named[key][column]), row.label or key))
        return merged_ticks([(lever.value(level), label) for level, label in pairs])

    @cached_property
    def optimum(self) -> Floats | None:
        """The package with the largest product of gains over the first threat, shape (issue,)."""
        talk = self.warm.talk
        threat = talk.negotiation(talk.headline).threats[0]
        packages = talk.nash(talk.headline, threat, talk.signable if len(self.parties) > 2 else talk.sets[-1])
        return packages[0].outcome if packages else None

    @cached_property
    def scale(self) -> Scale:
        """What an address is read against."""
        file = self.warm.file
        standard = self.deal_of(self.warm.case.outcome(self.warm.talk.reference), Deal(file.name, file.on))
        return Scale(file, self.levers, standard, self.warm.talk.weights, self.warm.sectors, self.warm.regions)

    def deal_of(self, outcome: Floats, like: Deal) -> Deal:
        """An outcome of the talks as a deal; what no issue says stays as in `like`."""
        levers, columns = self.warm.levers, self.warm.columns
        rows = dict(zip(levers, self.warm.file.issues, strict=True))
        # Issues that a deal says the level of; others are as a deal promises them until they are.
        own = {lever.issue: float(outcome[columns[name]]) for name, lever in levers.items()
               if rows[name].moves_tariffs or rows[name].key}  # fmt: skip
        promised = completed(self.warm.case.outcome_space, own, self.warm.status)
        levels = {
            name: lever.value(round(float(outcome[columns[name]]), 8))
            for name, lever in levers.items()
            if lever.issue in own or abs(outcome[columns[name]] - promised[columns[name]]) > 1e-9
        }
        return replace(like, levels=levels)

    def outcome_of(self, deal: Deal) -> Floats:
        """A deal as an outcome of the talks, shape (issue,)."""
        own = {self.levers[name].issue: self.levers[name].level(value) for name, value in deal.levels.items()}
        return completed(self.warm.case.outcome_space, own, self.warm.status)

    def values_of(self, outcome: Floats) -> dict[str, float]:
        """An outcome as values of the levers, in the units of the address."""
        columns = self.warm.columns
        return {name: lever.value(float(outcome[columns[name]])) for name, lever in self.warm.levers.items()}

    def planes(self, on: date, year: str = DEFAULT) -> dict[str, Plane]:
        """The laws of both sides on a day, by side, on the axes that addresses name, at the trade of a year."""
        return self._laid(on, False, (self.warm.regions, self.warm.sectors), year) if self.laid else {}

    def world(self, on: date, year: str = DEFAULT, closure: str = CLOSURES[0]) -> DealEconomy:
        """The world under the laws of a day, duties weighed by the trade of a year, under a closure."""
        key = on, year, closure
        if key not in self._worlds:
            self._worlds[key] = self._opened(*key) if self.laid else on_case(self.warm.case, self.warm.status)
        return self._worlds[key]

    def _opened(self, on: date, year: str, closure: str) -> DealEconomy:
        axes = self._economies[LONG].countries, self._economies[LONG].sectors
        bounds = {name: self._laid(on, True, axes, year, name) for name in (CLAIMS_MOVED, YEAR_MOVED)}
        status = {name: float(self.warm.status[self.warm.columns[name]]) for name in self.warm.duties}
        return on_laws(self._economies, closure, self._laid(on, True, axes, year), status, bounds)

    @cached_property
    def _economies(self) -> dict[str, Economy]:
        return economies(self.warm.file.world.elasticities, self.warm.case.number("short_run_scale", 0.5))

    def _laid(
        self, on: date, whole: bool, axes: tuple[Sequence[str], Sequence[str]], year: str, bound: str = ""
    ) -> dict[str, Plane]:
        key = on, whole, year, bound
        if key not in self._planes:
            rows = {row.name: row for row in self.warm.file.issues}
            self._planes[key] = {}
            for code, other in (self.parties, self.parties[::-1]):
                own = {name: rows[lever.issue].authority for name, lever in self.warm.duties.items()
                       if lever.party == code}  # fmt: skip
                # The law as written or, in a variant that is a fate of the clauses open on the day, under that.
                law = under_fate(importer(code).law, self.variant, _open_on(code, on))
                self._planes[key][code] = plane(law, on, own, other, axes, year, bound)
        return self._planes[key]

    def standings(self, on: date) -> dict[str, Standing]:
        """How far the laws are on record for a deal of a day, which is measured against those of the case's day."""
        day = max(on, self.warm.file.on)
        if day not in self._standings:
            words, laws = f"{declared_note('deal.without')} ", (importer(code).law for code in self.laws)
            sides = [Side(law.importer, day, Reading.EFFECTIVE, law, laid_law(law)) for law in laws]
            standings = {side.label: side.standing for side in sides}
            self._standings[day] = {
                code: replace(standing, of=words) for code, standing in standings.items() if standing is not None
            }
        return self._standings[day]

    def read(self, address: Mapping[str, str]) -> tuple[Deal, tuple[str, ...]]:
        """The nearest valid deal to an address, and what was mended."""
        return self.scale.read(address)

    def deal(self, address: Mapping[str, str] | Deal, quick: bool = False) -> Dealt:
        """The numbers of a deal.

        Parameters
        ----------
        quick : whether what takes longer is left out, as while a lever moves: ranges over sets of elasticities and
            closures, which take a dozen solves, and whether the deal would hold.

        Raises
        ------
        SolveError : no equilibrium at these levels.
        """
        deal, messages = (address, ()) if isinstance(address, Deal) else self.read(address)
        with self._lock:
            if quick:
                return replace(self._computed(deal, quick), messages=messages)
            query = deal.query()
            if query not in self._dealt:
                self._dealt[query] = self._computed(deal)
            dealt = self._dealt[query]
            self._dealt.move_to_end(query)
            while len(self._dealt) > KEPT:
                self._dealt.popitem(last=False)
        return replace(dealt, messages=messages) if messages else dealt

    def key(self, deal: Deal) -> str:
        """The key of a deal, known before it is computed."""
        other = "".join(engine.warm.base_key for engine in self._fates_on(deal.on).values())
        return hashlib.sha256(f"{self.warm.base_key}{other}?{deal.query()}".encode()).hexdigest()[:12]

    def _computed(self, deal: Deal, quick: bool = False) -> Dealt:
        case = self._case(deal, quick)
        numbers = tuple(number for numbers_of in EVERY for number in numbers_of(case))
        standings = self.standings(deal.on)
        if self.fates and any(standing.beyond for standing in standings.values()):
            fates = {name: engine.deal(deal, True).numbers if quick else engine.deal(deal).numbers
                     for name, engine in self._fates_on(deal.on).items()}  # fmt: skip
            words = words_of([clause for code in self.laws for clause in _open_on(code, deal.on)])
            known = {fate: {number.name: number for number in own} for fate, own in fates.items()}
            each = ({fate: own[number.name] for fate, own in known.items() if number.name in own} for number in numbers)
            numbers = tuple(
                replace(number, others=own, fate_words=words) for number, own in zip(numbers, each, strict=True)
            )
        notes = (
            declared_note("deal.whole_law", world=WORLD if self.laid else self.warm.file.world.name),
            declared_note("deal.gains_base", day=self.warm.file.on, case=self.warm.file.title),
            *((GAINS_APART,) if (deal.closure, deal.year) != (CLOSURES[0], DEFAULT) else ()),
            EXACT,
        )
        gains = case.gains(self.warm.talk.threats[0], deal.weights, deal.horizon)
        dealt = Dealt(
            self.key(deal), deal, case.outcome, (), numbers, notes, self._walks(case),
            call_outs(case), dict(zip(self.parties, (BILLION * gains).tolist(), strict=True)),
            standings=standings, moves=case.moves, quick=quick,
        )  # fmt: skip
        return dealt if quick else self._held(case, dealt)

    def _held(self, case: DealCase, dealt: Dealt) -> Dealt:
        """The same with whether it would hold by itself, how long on the record, and what of its gain is assumed."""
        outlook = plain(outlook_on(self.warm.file, case.name, expires=case.deal.ends))
        if not case.moves:
            return replace(dealt, outlook=outlook)
        truces = truces_of(self.warm.brief, case.outcome)
        sentence = hold_sentence(self.warm.brief, truces, with_article(case.name))
        more = f" {declared_note('deal.beside_left_out')}" if case.beside else ""
        assumed = assumption_sentences(self.warm.brief, case.outcome, case.name, UNPRICED)
        hold = f"{sentence}{more}"
        return replace(dealt, hold=hold, keeps=kept_under(truces), outlook=outlook, assumed=tuple(assumed))

    def case(self, deal: Deal) -> DealCase:
        """The deal in hand, from which numbers are read, with every set of elasticities."""
        with self._lock:
            return self._case(deal)

    def course(self, deal: Deal) -> InQuarters | None:
        """The paths of the world under a deal, by how long it lasts; None where no duty moves."""
        if not self.laid:
            return None
        with self._lock:
            without, tariff = self._case(deal, quick=True).tariffs
            world = self.world(deal.on, deal.year, deal.closure)
        laws = Laws("", Shock(without), Shock(tariff), {})
        return worth_of(world.economies[LONG], world.options.get(LONG, {}), laws, deal.on, deal.days)

    def worth(self, deal: Deal) -> Table:
        """What a deal is worth to the sides by how long it lasts; no rows where no duty moves."""
        course = self.course(deal)
        return table_of("path.path_lengths", [], world=WORLD) if course is None else course.lengths(self.parties)

    def package(self, outcome: Floats) -> tuple[Table, ...]:
        """The same of a package of the talks, shape (issue,), and the chance of each length, going by past deals."""
        deal = self.deal_of(outcome, self.scale.standard)
        course, days = self.course(deal), sorted({deal.days, *USUAL})
        if course is None:
            return tuple(table_of(key, [], world=WORLD) for key in ("path.path_lengths", "path.branches"))
        view = outlook_on(self.warm.file, day=self.warm.file.on)
        chances, note = chances_of(days, [view.alive(n) for n in days]), declared_note("path.weighed", day=view.read)
        course = replace(course, chances=chances, notes=(*course.notes, note))
        return course.lengths(self.parties), *course.branches(self.parties)

    def members(self, deal: Deal) -> list[str]:
        """Countries that owe the layer of a deal."""
        return self.planes(deal.on)[self.parties[0]].members(deal.partner) if deal.partner else []

    def _case(self, deal: Deal, quick: bool = False) -> DealCase:
        outcome, planes = self.outcome_of(deal), self.planes(deal.on, deal.year)
        levels = {name: float(outcome[self.warm.columns[name]]) for name in self.warm.duties}
        world = self.world(deal.on, deal.year, deal.closure)
        runs = [LONG] if quick else [name for name in world.economies if name != SHORT]
        if deal.horizon == SHORT:
            # The short run is told where it is asked for, and in no range but then.
            runs.append(SHORT)
        if not self.laid:
            tariff = tariff_in(self.warm.case, outcome)
            before = {name: world.before[name] for name in runs}
            return DealCase(self.warm, deal, outcome, {}, levels, (world.without, tariff), before,
                            world.after(tariff, runs))  # fmt: skip
        more = deal.exempt, self.members(deal), deal.rate
        tariff = tariff_of(world.economies[LONG], world.planes, owed(world.planes, levels, *more))
        before, after = dict(world.before), world.after(tariff, runs)
        for name, other in {} if quick else world.bounds.items():
            before[name] = other.before[LONG]
            moved = tariff_of(other.economies[LONG], other.planes, owed(other.planes, levels, *more))
            after[name] = other.after(moved, [LONG])[LONG]
        beside = self._beside(deal, outcome, levels) if deal.exempt or (deal.partner and deal.rate) else {}
        return DealCase(self.warm, deal, outcome, planes, levels, (world.without, tariff), before, after, beside)

    def _beside(self, deal: Deal, outcome: Floats, levels: Mapping[str, float]) -> dict[str, Floats]:
        """What a layer and exceptions add to the parts of payoffs, by run, shape (party, part), USD bn a year.

        Gains stand on one closure and one year, whatever the rest assumes.
        """
        base = self.world(deal.on)
        duties = [owed(base.planes, levels, deal.exempt, self.members(deal), deal.rate), owed(base.planes, levels)]
        if all(np.array_equal(duty, duties[1][code]) for code, duty in duties[0].items()):
            return {}
        whole, plain_ = (base.runs(tariff_of(base.economies[LONG], base.planes, each)) for each in duties)
        parts = {}
        for name in plain_:
            space = self.warm.case.space(short=name == SHORT)
            rates = outcome[[self.warm.case.issues.index(duty.issue) for duty in space.duties]]
            parts[name] = space.measured(whole[name], rates)[0] - space.measured(plain_[name], rates)[0]
        return parts

    @cached_property
    def _phrases(self) -> dict[str, str]:
        """Threats by name, each with the law it stands for."""
        file = self.warm.file
        labels = {row.name: row.label or row.name for row in file.threats}
        phrases = {row.name: threat_phrase(file, row).removeprefix("the ") for row in file.threats}
        # A case may call a threat by the name of another; readers know its words.
        return {name: NAME.sub(lambda match: labels.get(match[0], match[0]), text) for name, text in phrases.items()}

    def _walks(self, case: DealCase) -> tuple[Walk, ...]:
        if not case.moves:
            return ()
        deal, walks, outcomes = case.deal, [], self.warm.file.outcomes
        laws = {row.name: outcomes[row.outcome].label for row in self.warm.file.threats if row.outcome in outcomes}
        for threat in self.warm.talk.negotiation(self.warm.setting(deal.weights, deal.horizon)).threats:
            gains = case.gains(threat.name, deal.weights, deal.horizon)
            away = {code: bool(gains[i] < -1e-6) for i, code in enumerate(self.parties)}
            label = threat.label or threat.name
            walks.append(Walk(threat.name, label, away, self._phrases[threat.name], laws.get(threat.name, label)))
        return tuple(walks)


# --- a deal as plain values -------------------------------------------------------------------------------------------


def as_document(dealt: Dealt, engine: DealEngine) -> dict[str, Any]:
    """A deal as plain values: the answer of the program interface."""
    numbers = [number_row(number) for number in dealt.numbers]
    by_name = {row["id"]: row for row in numbers}
    sides: dict[str, Any] = {
        code: {
            "real_income": by_name[f"income_{code}"],
            "gains": {row["threat"]: row for row in numbers if row["id"] == f"gain_{code}_{row.get('threat')}"},
            "walks": {walk.threat: walk.away[code] for walk in dealt.walks},
        }
        for code in dealt.parties
    }
    sides["third"] = [by_name[number.name] for number in dealt.numbers if number.table == "deal_third"]
    pairs = [{"what": what, "ids": [row["id"] for row in rows]} for what, rows in pairs_of(by_name, dealt.parties)]
    beside = {name for pair in pairs for name in pair["ids"]}
    apart = ("deal_duties", "deal_amounts", "deal_months", "deal_unmet")
    values = engine.values_of(dealt.outcome) | {DURATION: dealt.deal.days}
    return {
        "key": dealt.key,
        "scenario": {**dealt.deal.address(), "query": dealt.deal.query(), "messages": list(dealt.messages)},
        "parties": list(dealt.parties),
        "laid": engine.laid,
        "moves": dealt.moves,
        "quick": dealt.quick,
        "hold": dealt.hold,
        "keeps": dict(dealt.keeps),
        "outlook": dict(dealt.outlook),
        "assumed": list(dealt.assumed),
        **recorded(dealt.standings),
        "numbers": numbers,
        "pairs": pairs,
        "alone": [row["id"] for row in numbers if row["table"] in apart and row["id"] not in beside],
        "sides": sides,
        "walks": [
            {name: getattr(walk, name) for name in ("threat", "label", "words", "law")} | dict(walk.away)
            for walk in dealt.walks
        ],
        "flat": [call_out_row(call_out) for call_out in dealt.flat],
        "point": dict(dealt.point),
        "levers": {name: lever_row(lever, values[name]) for name, lever in engine.levers.items()},
    }


def call_out_row(call_out: CallOut) -> dict[str, Any]:
    """A rule that is at work as plain values; days are written as 2025-05-14."""
    parts = {name: part.isoformat() if isinstance(part, date) else part for name, part in call_out.parts.items()}
    own = {"lever": call_out.lever, "kind": call_out.kind, "rule": call_out.rule, "reason": call_out.reason}
    return {**own, "parts": parts}


def recorded(standings: Mapping[str, Standing]) -> dict[str, Any]:
    """How far the laws behind a deal are on record: the last day, whether it is about a later one, lines, by side."""
    return {
        "record_to": min((standing.to.isoformat() for standing in standings.values()), default=None),
        "beyond_record": any(standing.beyond for standing in standings.values()),
        "record_lines": record_sentences(standings),
        "record": {code: standing.as_json() for code, standing in standings.items()},
    }


def number_row(number: DealNumber) -> dict[str, Any]:
    """One number as plain values, with the texts a reader sees."""
    known = {"low": number.low, "high": number.high, "baseline_value": number.before}
    return {
        "id": number.name, "table": number.table, "label": number.label, "value": _none(number.value),
        **{key: _none(value) for key, value in known.items()}, "unit": number.unit.value, "text": number.text,
        "low_text": signed(number.low, number.unit, number.is_change),
        "high_text": signed(number.high, number.unit, number.is_change),
        "baseline": number.against, "baseline_text": signed(number.before, number.unit),
        "definition": number.definition, "range": number.spread, "side": number.side,
        **({"threat": number.threat} if number.threat else {}),
        "branches": [
            {"branch": name, "words": number.fate_words.get(name, name), "total": _none(it.value), "text": it.text,
             "baseline_value": _none(it.before),
             "baseline": it.against, "baseline_text": signed(it.before, it.unit)}
            for name, it in number.fates.items()
        ],
    }  # fmt: skip


def _none(value: float) -> float | None:
    return value if np.isfinite(value) else None


def lever_row(lever: DealLever, value: float) -> dict[str, Any]:
    """One lever as plain values."""
    ticks = [{"value": tick.value, "label": tick.label} for tick in lever.ticks]
    return {
        "value": value, "least": lever.least, "most": lever.most, "step": lever.step, "unit": lever.unit,
        "issue": lever.issue, "party": lever.party, "kind": lever.kind, "line": lever.line, "ticks": ticks,
        "label": lever.label,
    }  # fmt: skip


# --- a deal as a question asks for it ---------------------------------------------------------------------------------

#: Issues by names that questions have for them beside their keys.
SAME_ISSUE = {"china": "cn"}

ASKED_HORIZONS = {"long-run": LONG, "first-year": SHORT}


@memoized
def engine_of(case: str) -> DealEngine:
    """The engine of a case, one in a process.

    Raises
    ------
    UnknownName : no case in which deals can be made.
    """
    if case not in served():
        raise UnknownName("case", case[:60], served(), Parameter("case"), f"use {', '.join(served())}")
    return DealEngine(case)


def address_of(
    engine: DealEngine, levels: Mapping[str, Any], on: date | None = None, days: int | None = None, values: str = "",
    horizon: str = "long-run", closure: str = "", weights: str = "",
) -> dict[str, str]:  # fmt: skip
    """What is asked as the levers of the engine read it.

    Raises
    ------
    UnknownName, InputError : an issue that the case does not have, a level or a day out of range.
    """
    address = dict(_level(engine, name, value) for name, value in levels.items())
    own = {"date": "" if on is None else on.isoformat(), DURATION: "" if days is None else str(days),
           "weights": values, "horizon": ASKED_HORIZONS[horizon], "closure": closure, "year": weights}  # fmt: skip
    address |= {name: text for name, text in own.items() if text}
    messages = engine.read(address)[1]
    if messages:
        raise InputError(Parameter("levels"), messages[0].rstrip("."), "ask for what the case has")
    return address


def _level(engine: DealEngine, name: str, value: Any) -> tuple[str, str]:
    levers = engine.warm.levers
    lever = levers.get(name) or levers.get(SAME_ISSUE.get(name, ""))
    if lever is None:
        raise UnknownName("issue", name[:40], tuple(levers), Parameter("levels"), f"use {', '.join(levers)}")
    text = str(value).strip()
    part = 100.0 if text.endswith("%") and lever.unit == "share" else 1.0
    try:
        level = float(text.removesuffix("%")) / part
    except ValueError:
        raise InputError(Parameter("levels"), f"'{text[:20]}' of {name} is no number", f"write {name}=10") from None
    if not lever.least <= level <= lever.most:
        unit = "" if lever.unit == "share" else f" {lever.unit}"
        raise InputError(Parameter("levels"), f"{text[:20]} of {name} is out of range",
                         f"give {lever.least:g} to {lever.most:g}{unit}")  # fmt: skip
    return lever.name, f"{level:.10g}"


#: What numbers of all sides are, by the note of the register that says it.
BOTH = {
    "income": "deal.both_income", "duty": "deal.both_duty", "revenue": "deal.both_revenue",
    "imports": "deal.both_imports", "days": "deal.both_days", "p_star": "deal.both_p_star",
}  # fmt: skip


def dealt_tables(dealt: Dealt) -> list[Table]:
    """Numbers of all sides beside one another, who would sign against what follows failed talks, and every number."""
    rows = {number.name: number_row(number) for number in dealt.numbers}
    sides = [
        (declared_note(BOTH[what]), *_said(own), own[0]["baseline"]) for what, own in pairs_of(rows, dealt.parties)
    ]
    walks = [(w.threat, w.words, *("no" if away else "yes" for away in w.away.values())) for w in dealt.walks]
    columns = sides_of(dealt.parties)
    conditions = [table_of("deal.conditions", walks, side=columns)] if walks else []
    tables = [table_of("deal.sides", sides, side=columns), *conditions, *dealt.tables.values()]
    return [table.standing_on(dealt.standings.get(dealt.parties[0])) for table in tables]


def _said(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Numbers and then ranges of the sides."""
    ranges = ["" if row["low"] is None else f"{row['low_text']} to {row['high_text']}" for row in rows]
    return [*(str(row["text"]) for row in rows), *ranges]
