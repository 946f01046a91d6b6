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
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, declared_note
from detente.codes.names import with_article
from detente.codes.standing import Standing
from detente.data.casefile import variant_names
from detente.data.importers import importer
from detente.economy import Economy
from detente.lab.deal.economy import LONG, SHORT, DealEconomy, economies, under_closures
from detente.lab.deal.flat import CallOut, call_outs
from detente.lab.deal.levers import (
    DURATIONS,
    DUTIES,
    NAMES,
    TRUCE,
    DealLever,
    Levers,
    Scale,
    Tick,
    duty_labels,
    in_address,
    issue_rows,
    level_of,
    merged_ticks,
)
from detente.lab.deal.numbers import (
    SIDES,
    DealCase,
    DealNumber,
    amount_numbers,
    gain_numbers,
    income_numbers,
    law_numbers,
    material_numbers,
    number_tables,
    signed,
    with_other_fates,
)
from detente.lab.deal.warm import ready, warm
from detente.lab.ground.axes import WORLD
from detente.lab.ground.bounds import CLAIMS_MOVED, YEAR_MOVED
from detente.lab.ground.ground import ground_of
from detente.lab.ground.plane import Plane, plane
from detente.lab.ground.sides import Side
from detente.lab.ground.weights import DEFAULT
from detente.lab.scenario import CLOSURES
from detente.lab.statute.standing import record_sentences, words_of
from detente.lab.talks.hold import assumption_sentences, hold_sentence, kept_under, truces_of
from detente.lab.talks.outlook import outlook_on, plain
from detente.lab.talks.words import threat_phrase
from detente.law import Clause, Law, Reading
from detente.law.branches import fate_names, states, under_fate
from detente.talks import solve_concept

Floats = NDArray[np.float64]
UNPRICED = f"; {declared_note('deal.chain_unpriced')}"
KEPT = 512
"""Deals kept, so that a link that many open is computed once."""

EVERY = law_numbers, income_numbers, amount_numbers, material_numbers, gain_numbers
EXACT = declared_note("deal.exact")

GAINS_APART = declared_note("deal.gains_apart", year=DEFAULT)

STEPS = {"us": 1.0, "fentanyl": 1.0, "cn": 1.0, "licences": 0.05, "action": 0.05, "duration": 5.0}


NAME = re.compile(r"\bD[0A-Z][0A-Z]?\b")
"""A threat as case files name it."""


@dataclass(frozen=True)
class Walk:
    """Whether each side walks away from a deal if what follows is a threat; `words` : the threat with its law."""

    threat: str
    label: str
    away: Mapping[str, bool]
    words: str = ""


@dataclass(frozen=True)
class Deal:
    """What a deal does.

    Attributes
    ----------
    key : 12 hex digits of the levers, the case, laws, data and version; same key, same numbers.
    standings : by importer, how far its law is on record, with its average duty under each fate of the open clauses.
    levers : the deal as read; `messages` : what was mended in the address.
    numbers : all of them; `tables` : the same as tables.
    walks : by threat; `flat` : call-outs; `point` : gains over the first threat by side, USD a year.
    keeps : by threat that answers a breach, whether both sides keep it by themselves.
    outlook : how long it lasts on the record of its day, as plain values.
    moves : whether anything differs from the status quo of the case; where nothing does there is no deal to judge.
    hold : whether it would hold by itself; `assumed` : how much of its gains is an assumption; words of a run.
    """

    key: str
    levers: Levers
    messages: tuple[str, ...]
    numbers: tuple[DealNumber, ...] = field(repr=False)
    tables: Mapping[str, Table] = field(repr=False)
    walks: tuple[Walk, ...] = field(repr=False)
    flat: tuple[CallOut, ...] = field(repr=False)
    point: Mapping[str, float] = field(repr=False)
    hold: str = field(default="", repr=False)
    keeps: Mapping[str, bool] = field(default_factory=dict, repr=False)
    outlook: Mapping[str, Any] = field(default_factory=dict, repr=False)
    assumed: tuple[str, ...] = field(default=(), repr=False)
    standings: Mapping[str, Standing] = field(default_factory=dict, repr=False)
    moves: bool = True

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
    case : a case between the United States and China; `world` : that of its gains, "" for the case's own.
    variant : of the case; "" is the law as written, beside which each number stands under every fate of open clauses
        that the case has as a variant.
    """

    def __init__(self, case: str = "us-china-2025-05", world: str = "", variant: str = "") -> None:
        self.warm = warm(case, world, variant)
        self.variant = variant
        named = dict.fromkeys(name for code in SIDES for name in fate_names(_open_on(code, self.warm.file.on)))
        self.fates = () if variant else tuple(name for name in named if name in variant_names(case))
        self._fated = lru_cache(len(self.fates) or 1)(lambda name: DealEngine(case, world, name))
        self._standings: dict[date, dict[str, Standing]] = {}
        self._planes: dict[tuple[date, bool, str, str], dict[str, Plane]] = {}
        self._worlds: dict[tuple[date, str, str], DealEconomy] = {}
        self._deals: OrderedDict[Levers, Deal] = OrderedDict()
        self._lock = threading.Lock()

    def ready(self) -> DealEngine:
        """Solve all that the first deal would wait for."""
        ready(self.warm)
        for day in (self.warm.file.on, self.scale.standard.on):
            self.planes(day)
            _ = [world.before for world in (self.world(day), *self.world(day).at_bounds.values())]
        self.standings(self.scale.standard.on)
        for engine in self._fates_on(self.warm.file.on).values():
            engine.ready()
        return self

    def _fates_on(self, on: date) -> dict[str, DealEngine]:
        """The engine of each fate of the open clauses on a day, by name; one engine where they come to the same law."""
        open_ = [_open_on(code, on) for code in SIDES]
        first: dict[tuple[Any, ...], str] = {}
        each = {name: tuple(states(clauses, on).get(name) for clauses in open_) for name in self.fates}
        return {name: self._fated(first.setdefault(state, name)) for name, state in each.items()}

    @cached_property
    def levers(self) -> dict[str, DealLever]:
        """The levers of the case with their ticks, by name."""
        file, space, levers = self.warm.file, self.warm.case.outcome_space, {}
        labels = duty_labels(file)
        for name, row in issue_rows(file).items():
            issue = space.issues[self.warm.columns[name]]
            ends = sorted((in_address(name, issue.low), in_address(name, issue.high)))
            about = (row.name, row.party, self._ticks(name), labels.get(name, ""))
            levers[name] = DealLever(name, ends[0], ends[1], STEPS[name], "%" if name in labels else "share", *about)
        ticks = (Tick(90, "truce of Geneva"), Tick(180, "half a year"), Tick(365, "a year, as at Busan"))
        levers["duration"] = DealLever("duration", DURATIONS[0], DURATIONS[1], STEPS["duration"], "days", ticks=ticks)
        return {name: levers[name] for name in NAMES if name in levers}

    def _ticks(self, name: str) -> tuple[Tick, ...]:
        """Law of the day, before 2025, the offers of the timeline and the optimum of a lever."""
        column, file = self.warm.columns[name], self.warm.file
        pairs = [(float(self.warm.status[column]), f"law of {file.on:%-d %B %Y}")]
        pairs.append((0.0, "before 2025"))
        best = self.optimum
        if best is not None:
            pairs.append((float(best[column]), declared_note("deal.optimum")))
        apart = {row.outcome for row in file.threats}
        for key, row in file.outcomes.items():
            if key not in apart and (issue_rows(file)[name].name in row.levels or name in ("licences", "action")):
                pairs.append((float(self.warm.case.outcome(key)[column]), row.label or key))
        return merged_ticks([(in_address(name, level), label) for level, label in pairs])

    @cached_property
    def optimum(self) -> Floats | None:
        """The package with the largest product of gains over the first threat, shape (issue,)."""
        talk = self.warm.talk
        setting = talk.headline
        survey = talk.survey(setting, talk.sets[-1])
        solution = solve_concept(survey, talk.negotiation(setting).threats[0], "nash")
        return None if solution is None else solution.outcome

    @cached_property
    def scale(self) -> Scale:
        """What an address is read against."""
        file = self.warm.file
        base = Levers(file.name, file.on, duration=TRUCE)
        standard = self.levers_of(self.warm.case.outcome(self.warm.talk.reference), base)
        return Scale(file, self.levers, standard, self.warm.talk.weights, self.warm.sectors, self.warm.regions)

    def levers_of(self, outcome: Floats, like: Levers) -> Levers:
        """An outcome of the talks as levers; what no issue says stays as in `like`."""
        moved = {}
        for name, column in self.warm.columns.items():
            level = float(outcome[column])
            moved[name] = round(1.0 - level if name == "licences" else level, 8)
        return replace(like, **moved)

    def outcome_of(self, levers: Levers) -> Floats:
        """Levers as an outcome of the talks, shape (issue,).

        What no lever moves is as a deal promises it, at its default, once its owner has cut a duty, and stays as in the
        status quo until then.
        """
        outcome = np.array(self.warm.status)
        for name, column in self.warm.columns.items():
            outcome[column] = level_of(levers, name)
        issues = self.warm.case.outcome_space.issues
        cut = {issues[k].party for k in self.warm.duty_columns if outcome[k] < self.warm.status[k] - 1e-9}
        for k, issue in enumerate(issues):
            if k not in self.warm.columns.values() and (issue.party in cut or (issue.party == "both" and cut)):
                outcome[k] = issue.default
        return outcome

    def planes(self, on: date, year: str = DEFAULT) -> dict[str, Plane]:
        """The laws of both sides on a day, by side, on the axes that addresses name, at the trade of a year."""
        return self._laid(on, False, (self.warm.regions, self.warm.sectors), year)

    def world(self, on: date, year: str = DEFAULT, closure: str = CLOSURES[0]) -> DealEconomy:
        """The world of runs under the laws of a day, duties weighed by the trade of a year, under a closure."""
        key = on, year, closure
        if key not in self._worlds:
            whole = self._economies[LONG]
            axes = whole.countries, whole.sectors
            planes = self._laid(on, True, axes, year)
            status = {name: float(self.warm.status[self.warm.columns[name]]) for name in self._duties}
            closed = under_closures(self._economies, closure)
            worlds = {name: world for name, (world, _) in closed.items()}
            options = {name: options for name, (_, options) in closed.items()}
            bounds = {name: self._laid(on, True, axes, year, name) for name in (CLAIMS_MOVED, YEAR_MOVED)}
            self._worlds[key] = DealEconomy(planes, status, worlds, options, bounds)
        return self._worlds[key]

    @cached_property
    def _economies(self) -> dict[str, Economy]:
        return economies(self.warm.file.world.elasticities, self.warm.case.number("short_run_scale", 0.5))

    @cached_property
    def _duties(self) -> list[str]:
        """Levers of duties that the case has."""
        return [name for name in DUTIES if name in self.warm.columns]

    def _laid(
        self, on: date, whole: bool, axes: tuple[Sequence[str], Sequence[str]], year: str, bound: str = ""
    ) -> dict[str, Plane]:
        if (on, whole, year, bound) not in self._planes:
            rows = issue_rows(self.warm.file)
            usa = {name: rows[name].authority for name in ("us", "fentanyl") if name in rows}
            self._planes[on, whole, year, bound] = {
                "USA": plane(self._law("USA", on), on, usa, "CHN", axes, year, bound),
                "CHN": plane(self._law("CHN", on), on, {"cn": rows["cn"].authority}, "USA", axes, year, bound),
            }
        return self._planes[on, whole, year, bound]

    def _law(self, code: str, on: date) -> Law:
        """The law of a side: as written or, in a variant that is a fate of the clauses open on the day, under that."""
        return under_fate(importer(code).law, self.variant, _open_on(code, on))

    def standings(self, on: date) -> dict[str, Standing]:
        """How far both laws are on record for a deal of a day, which is measured against those of the case's day."""
        day = max(on, self.warm.file.on)
        if day not in self._standings:
            words, laws = f"{declared_note('deal.without')} ", (importer(code).law for code in SIDES)
            sides = [Side(law.importer, day, Reading.EFFECTIVE, law, ground_of(law)) for law in laws]
            standings = {side.label: side.standing for side in sides}
            self._standings[day] = {
                code: replace(standing, of=words) for code, standing in standings.items() if standing is not None
            }
        return self._standings[day]

    def read(self, address: Mapping[str, str]) -> tuple[Levers, tuple[str, ...]]:
        """The nearest valid deal to an address, and what was mended."""
        return self.scale.read(address)

    def deal(self, address: Mapping[str, str] | Levers, quick: bool = False) -> Deal:
        """The numbers of a deal.

        Parameters
        ----------
        quick : whether ranges over sets of elasticities and closures, which take a dozen solves, are left out.

        Raises
        ------
        SolveError : no equilibrium at these levels.
        """
        levers, messages = (address, ()) if isinstance(address, Levers) else self.read(address)
        with self._lock:
            if quick:
                return replace(self._computed(levers, quick), messages=messages)
            deal = self._deals.get(levers)
            if deal is None:
                deal = self._deals[levers] = self._computed(levers)
            self._deals.move_to_end(levers)
            while len(self._deals) > KEPT:
                self._deals.popitem(last=False)
        return replace(deal, messages=messages) if messages else deal

    def key(self, levers: Levers) -> str:
        """The key of a deal, known before it is computed."""
        other = "".join(engine.warm.base_key for engine in self._fates_on(levers.on).values())
        return hashlib.sha256(f"{self.warm.base_key}{other}?{levers.query()}".encode()).hexdigest()[:12]

    def _computed(self, levers: Levers, quick: bool = False) -> Deal:
        case = self._case(levers, quick)
        numbers = tuple(number for numbers_of in EVERY for number in numbers_of(case))
        standings = self.standings(levers.on)
        if self.fates and any(standing.beyond for standing in standings.values()):
            fates = {name: engine.deal(levers, quick).numbers for name, engine in self._fates_on(levers.on).items()}
            words = words_of([clause for code in SIDES for clause in _open_on(code, levers.on)])
            numbers = with_other_fates(numbers, fates, words)
        notes = (
            declared_note("deal.whole_law", world=WORLD),
            declared_note("deal.gains_base", day=self.warm.file.on, case=self.warm.file.title),
            *((GAINS_APART,) if (levers.closure, levers.year) != (CLOSURES[0], DEFAULT) else ()),
            EXACT,
        )
        walks = self._walks(case)
        gains = case.gains(walks[0].threat, levers.weights, levers.horizon)
        moves = case.moves
        hold, keeps, outlook = self._hold(case)
        assumed = assumption_sentences(self.warm.brief, case.outcome, case.name, UNPRICED) if moves else ()
        return Deal(
            self.key(levers), levers, (), numbers, number_tables(numbers, notes),
            walks if moves else (), call_outs(case), {code: 1e9 * float(gains[i]) for i, code in enumerate(SIDES)},
            hold if moves else "", keeps if moves else {}, outlook, tuple(assumed), standings, moves,
        )  # fmt: skip

    def case(self, levers: Levers) -> DealCase:
        """The deal in hand, from which numbers are read, with every set of elasticities."""
        with self._lock:
            return self._case(levers)

    def members(self, levers: Levers) -> list[str]:
        """Countries that owe the layer of a deal."""
        return self.planes(levers.on)["USA"].members(levers.partner) if levers.partner else []

    def _case(self, levers: Levers, quick: bool = False) -> DealCase:
        outcome, planes = self.outcome_of(levers), self.planes(levers.on, levers.year)
        named = {name: level_of(levers, name) for name in self._duties}
        world = self.world(levers.on, levers.year, levers.closure)
        members = self.members(levers)
        runs = [LONG] if quick else [name for name in world.economies if name != SHORT]
        if levers.horizon == SHORT:
            # The short run is told where it is asked for, and in no range but then.
            runs.append(SHORT)
        before, after = dict(world.before), world.after(world.owed(named, levers.exempt, members, levers.rate), runs)
        for name, other in {} if quick else world.at_bounds.items():
            before[name] = other.before[LONG]
            after[name] = other.after(other.owed(named, levers.exempt, members, levers.rate), [LONG])[LONG]
        # Gains stand on one closure and one year, whatever the rest assumes.
        base, beside = self.world(levers.on), dict[str, Floats]()
        owed, plain = base.owed(named, levers.exempt, members, levers.rate), base.owed(named, (), (), 0.0)
        if any(not np.array_equal(duty, plain[code]) for code, duty in owed.items()):
            whole, without = base.runs(owed), base.runs(plain)
            beside = {name: self.warm.beside(whole[name], without[name], name) for name in without}
        return DealCase(self.warm, levers, outcome, planes, named, before, after, beside)

    def _hold(self, case: DealCase) -> tuple[str, dict[str, bool], dict[str, Any]]:
        """Whether the deal would hold by itself: in words, by threat that answers a breach, and on the record."""
        truces = truces_of(self.warm.brief, case.outcome)
        sentence = hold_sentence(self.warm.brief, truces, with_article(case.name))
        more = f" {declared_note('deal.beside_left_out')}" if case.beside else ""
        view = outlook_on(self.warm.file, case.name, expires=case.levers.on + timedelta(days=case.levers.duration))
        return f"{sentence}{more}", kept_under(truces), plain(view)

    @cached_property
    def _phrases(self) -> dict[str, str]:
        """Threats by name, each with the law it stands for."""
        file = self.warm.file
        labels = {row.name: row.label or row.name for row in file.threats}
        phrases = {row.name: threat_phrase(file, row).removeprefix("the ") for row in file.threats}
        # A case may call a threat by the name of another; readers know its words.
        return {name: NAME.sub(lambda match: labels.get(match[0], match[0]), text) for name, text in phrases.items()}

    def _walks(self, case: DealCase) -> tuple[Walk, ...]:
        levers = case.levers
        negotiation = self.warm.talk.negotiation(self.warm.setting(levers.weights, levers.horizon))
        walks = []
        for threat in negotiation.threats:
            gains = case.gains(threat.name, levers.weights, levers.horizon)
            away = {code: bool(gains[i] < -1e-6) for i, code in enumerate(SIDES)}
            walks.append(Walk(threat.name, threat.label or threat.name, away, self._phrases[threat.name]))
        return tuple(walks)


def as_document(deal: Deal, levers: Mapping[str, DealLever]) -> dict[str, Any]:
    """A deal as plain values: the answer of the program interface."""
    numbers = [number_row(number) for number in deal.numbers]
    by_name = {row["id"]: row for row in numbers}
    sides = {
        code: {
            "real_income": by_name[f"income_{code}"],
            "gains": {row["threat"]: row for row in numbers if row["id"] == f"gain_{code}_{row.get('threat')}"},
            "walks": {walk.threat: walk.away[code] for walk in deal.walks},
        }
        for code in SIDES
    }
    address = deal.levers.address()
    return {
        "key": deal.key,
        "scenario": {**address, "query": deal.levers.query(), "messages": list(deal.messages)},
        "moves": deal.moves,
        "hold": deal.hold,
        "keeps": dict(deal.keeps),
        "outlook": dict(deal.outlook),
        "assumed": list(deal.assumed),
        **recorded(deal.standings),
        "numbers": numbers,
        "sides": {**sides, "third": [by_name[number.name] for number in deal.numbers if number.table == "deal_third"]},
        "walks": [{"threat": w.threat, "label": w.label, "words": w.words, **w.away} for w in deal.walks],
        "flat": [call_out_row(call_out) for call_out in deal.flat],
        "point": dict(deal.point),
        "levers": {name: lever_row(lever, address) for name, lever in levers.items()},
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


def lever_row(lever: DealLever, address: Mapping[str, str]) -> dict[str, Any]:
    """One lever as plain values."""
    ticks = [{"value": tick.value, "label": tick.label} for tick in lever.ticks]
    return {
        "value": float(address[lever.name]), "least": lever.least, "most": lever.most, "step": lever.step,
        "unit": lever.unit, "issue": lever.issue, "party": lever.party, "ticks": ticks, "label": lever.label,
    }  # fmt: skip
