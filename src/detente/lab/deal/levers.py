"""Levers of a deal: every issue of a case, how an address writes it, and the nearest valid state of a bad address.

A deal holds levels as addresses write them: duties in per cent (10 is 0.10 of customs value), all else in shares. The
case says what an issue is called there and how it reads (`key` and `shown` of its row).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName, declared_note, did_you_mean
from detente.data.casefile import case_names, settled_case
from detente.data.caserows import CaseFile, IssueRow, WholeLaw
from detente.data.limits import memoized
from detente.data.tables import countries, place
from detente.data.trade_years import YEARS
from detente.lab.averages.laid_law import DEFAULT
from detente.lab.averages.reform import SECTOR_WORDS
from detente.lab.duties.among import USUAL
from detente.lab.scenario import CLOSURES, SAME_CLOSURE, Agreed, Scenario
from detente.lab.talks.near import EARLIEST, LATEST, of_both_sides

if TYPE_CHECKING:
    from detente.talks.space import OutcomeSpace

Floats = NDArray[np.float64]
VERSION = "1"
DURATION = "duration"
FRAME = ("v", "case", "date")
BESIDE = ("partner", "rate", "except")
#: Keys of an address around those of its levels: before them, of what is no issue of the talks, and after them.
MORE = (DURATION, *BESIDE, "weights", "horizon", "closure", "year")

#: Keys of deals whose duties are measures of the laws of two sides.
LAID = (*BESIDE, "closure", "year")

HORIZONS = ("long", "short")
#: Years whose trade may weigh duties.
YEARS_OF_WEIGHTS = tuple(map(str, YEARS))

#: Days of a deal: a month to four years.
DURATIONS = (30, 1460)

#: Days of the truce of Geneva, the default.
TRUCE = 90

#: Highest duty that can be laid on a third partner, share.
MOST_PARTNER = 1.0

#: What is said of a value out of the range of its lever, by the unit of the lever.
BEYOND = {"%": "deal.beyond_percent", "share": "deal.beyond_share", "days": "deal.beyond_days"}

STEPS = {"%": 1.0, "share": 0.05, "days": 5.0}
#: Characters of a value that are looked at.
LONGEST = 400


@dataclass(frozen=True)
class Deal:
    """A deal: levels of its issues, its days, and what stands beside them.

    Attributes
    ----------
    case : name of the case; `on` : day of the law that it changes.
    levels : by key of the issue, as addresses write them; what is left out is as a deal promises it (`completed`).
    days : that it runs.
    partner, rate : a duty of the first party on all goods of a third partner, share; "" for none.
    exempt : sectors of the world whose goods the duties of that party leave out.
    weights, horizon : under which payoffs the sides are judged, those of the case's last choice where weights are "";
        horizon "long" or "short".
    closure : what happens to trade balances; `year` : of the trade that weighs duties. Gains stand on their defaults.
    """

    case: str
    on: date
    levels: Mapping[str, float] = field(default_factory=dict)
    days: int = TRUCE
    partner: str = ""
    rate: float = 0.0
    exempt: tuple[str, ...] = ()
    weights: str = ""
    horizon: str = HORIZONS[0]
    closure: str = CLOSURES[0]
    year: str = DEFAULT

    def __post_init__(self) -> None:
        """Weights that nobody names are those of the case."""
        if not self.weights:
            object.__setattr__(self, "weights", usual_of(self.case))

    def address(self) -> dict[str, str]:
        """Keys and values of the address, readable, in a fixed order."""
        address = {"v": VERSION, "case": self.case, "date": self.on.isoformat()}
        address |= {key: short(value) for key, value in self.levels.items()}
        address[DURATION] = str(self.days)
        if self.partner:
            address |= {"partner": self.partner, "rate": short(100.0 * self.rate)}
        usual = {"except": "", "weights": usual_of(self.case), "horizon": HORIZONS[0], "closure": CLOSURES[0],
                 "year": DEFAULT}  # fmt: skip
        own = {"except": ",".join(self.exempt)} | {key: getattr(self, key) for key in usual if key != "except"}
        return address | {key: value for key, value in own.items() if value != usual[key]}

    def query(self) -> str:
        """The address as one text, as it stands behind the question mark."""
        return "&".join(f"{key}={value}" for key, value in self.address().items())

    @property
    def ends(self) -> date:
        """Day on which it ends where it is signed on its date."""
        return self.on + timedelta(days=self.days)


@dataclass(frozen=True)
class Tick:
    """A level with a meaning: law of today, before 2025, an offer, the optimum."""

    value: float
    label: str


@dataclass(frozen=True)
class DealLever:
    """What a lever is for a reader, in the units of the address.

    Attributes
    ----------
    name : key in addresses; `issue` : the issue of the case behind it, "" for the days of the deal.
    least, most, step : of its values; `unit` : "%", "share" or "days".
    party : the side that sets it, "" for both; `kind` : of the issue; `label` : what the case calls it.
    complement : whether its value is what is left of one, as licences granted of licences withheld.
    line : a product on which a duty falls, "" where the case names none.
    """

    name: str
    least: float
    most: float
    step: float
    unit: str
    issue: str = ""
    party: str = ""
    ticks: tuple[Tick, ...] = ()
    label: str = ""
    kind: str = ""
    complement: bool = False
    line: str = ""

    @property
    def spoken(self) -> str:
        """The label within a sentence."""
        return self.label if self.label[1:2].isupper() else self.label[:1].lower() + self.label[1:]

    def value(self, level: float) -> float:
        """A level of the issue as an address writes it."""
        return round(100.0 * level, 9) if self.unit == "%" else round(1.0 - level if self.complement else level, 8)

    def level(self, value: float) -> float:
        """The level of the issue that an address writes."""
        return round(value / 100.0, 8) if self.unit == "%" else 1.0 - value if self.complement else value


def short(value: float) -> str:
    """A number without needless digits: 10, 12.5."""
    return f"{round(value, 6) + 0.0:g}" if abs(value) < 1e6 else str(value)


def levers_of(file: CaseFile) -> dict[str, DealLever]:
    """The levers of a case by name: its issues in their order, and the days of a deal.

    Raises
    ------
    InputError : an issue has the key of another, or of something else in an address.
    """
    levers: dict[str, DealLever] = {}
    for row in file.issues:
        name = row.key or row.name
        if name in levers or name in (*FRAME, *MORE):
            raise InputError(f"case {file.name}, issue {row.name}", f"has the key '{name}'", "give it one of its own")
        levers[name] = _lever(name, row)
    ticks = (Tick(90, "truce of Geneva"), Tick(180, "half a year"), Tick(365, "a year, as at Busan"))
    return levers | {DURATION: DealLever(DURATION, *DURATIONS, STEPS["days"], "days", ticks=ticks)}


def _lever(name: str, row: IssueRow) -> DealLever:
    unit = "%" if row.moves_tariffs else "share"
    label = row.shown.label or row.label or row.name.replace("_", " ")
    step = row.shown.step or (1.0 if row.whole else STEPS[unit])
    plain = DealLever(
        name, 0.0, 0.0, step, unit, row.name, "" if row.party == "both" else row.party, label=label, kind=row.kind,
        complement=row.shown.complement, line=row.shown.line,
    )  # fmt: skip
    least, most = sorted(map(plain.value, (row.listed()[0], row.listed()[-1])))
    return replace(plain, least=least, most=most)


def completed(space: OutcomeSpace, given: Mapping[str, float], status: Floats) -> Floats:
    """An outcome from the levels that are given, shape (issue,).

    What nothing says (licences, action on precursors) is as a deal promises it, at its default, once its owner has cut
    a duty, and stays as in the status quo until then.

    Parameters
    ----------
    given : by issue; `status` : levels of the status quo, shape (issue,).
    """
    outcome, issues = np.array(status), space.issues
    for k, issue in enumerate(issues):
        outcome[k] = given.get(issue.name, outcome[k])
    cut = {issue.party for k, issue in enumerate(issues) if issue.kind == "duty" and outcome[k] < status[k] - 1e-9}
    for k, issue in enumerate(issues):
        if issue.name not in given and (issue.party in cut or (issue.party not in space.parties and cut)):
            outcome[k] = issue.default
    return outcome


def weights_known(file: CaseFile) -> tuple[str, ...]:
    """Weights that gains of a deal are told under: real income, and those of the last choice of the case."""
    choices = [row.name for row in file.weights.choices]
    return ("welfare", *choices[-1:])


@memoized
def usual_of(case: str) -> str:
    """Weights of every gain of a case that names none; "" where that is what its last choice tells, if anything."""
    name = case.partition(":")[0]
    file = settled_case(name) if name in case_names() else None
    return weights_known(file)[-1] if file is not None and is_dealt(file) and is_laid(file) else ""


@memoized
def _served(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in names if is_dealt(settled_case(name)))


def served() -> tuple[str, ...]:
    """Cases of the package in which deals can be made."""
    return _served(case_names())


def is_dealt(file: CaseFile) -> bool:
    """Whether deals can be made in a case: it has whole laws, and an outcome that goes on without a deal."""
    status = any(row.kind == "status-quo" and row.outcome for row in file.threats)
    return status and any(isinstance(row, WholeLaw) for row in file.base_law)


def is_laid(file: CaseFile) -> bool:
    """Whether every duty of a case is a measure of the whole law of one of two sides on the goods of the other."""
    laws = {row.importer for row in file.base_law if isinstance(row, WholeLaw)}
    duties = [row for row in file.issues if row.moves_tariffs]
    plain = all(row.plain and row.authority and row.party in laws for row in duties)
    return len(file.parties) == 2 and laws == {*file.parties} and bool(duties) and plain


def span(file: CaseFile) -> tuple[date, date]:
    """First and last day for which a case speaks; its own where its duties are no measures of a law of each day."""
    return (file.on + EARLIEST, file.on + LATEST) if is_laid(file) else (file.on, file.on)


# --- what a scenario says beside its laws -----------------------------------------------------------------------------


def terms_of(scenario: Scenario) -> dict[str, Agreed]:
    """What each variant of a scenario agrees beside the duties; nothing of those that do not say."""
    variants = scenario.variants or {scenario.name or "scenario": scenario}
    return {name: variant.deal for name, variant in variants.items() if variant.deal is not None}


def agreed(file: CaseFile, levels: Mapping[str, float | str], terms: Agreed | None) -> dict[str, float | str]:
    """Levels of the issues with those that the terms say in place of the ones that follow from the law."""
    levers = levers_of(file)
    given = {} if terms is None else terms.levels
    own = {levers[key].issue: round(levers[key].level(value), 9) for key, value in given.items() if key in levers}
    return {**levels, **own}


def check_terms(scenario: Scenario, file: CaseFile | None) -> None:
    """Refuse terms that the case near the scenario's date knows nothing of.

    Raises
    ------
    InputError : sides whose talks are not known, or a level out of range.
    UnknownName : weights or an issue that the case does not have.
    """
    if terms_of(scenario) and scenario.sides != USUAL:
        both, given = (" and ".join(map(place, sides)) for sides in (USUAL, scenario.sides))
        what = f"belongs to talks between {both}; the sides are {given}"
        raise InputError(f"scenario {scenario.name}, deal", what, "leave 'deal' out, or take those two as sides")
    if file is None:
        return
    for name, terms in terms_of(scenario).items():
        where = f"scenario {scenario.name}, deal" + f" of {name}" * bool(scenario.variants)
        weights = weights_known(file)
        if terms.weights and terms.weights not in weights:
            raise UnknownName("weights set", terms.weights[:60], weights, where, f"use {' or '.join(weights)}")
        levers = {key: lever for key, lever in levers_of(file).items() if lever.unit == "share"}
        for key, value in terms.levels.items():
            if key in levers and not levers[key].least <= value <= levers[key].most:
                raise InputError(f"{where}, {key}", f"{value:g} is out of range",
                                 f"write {levers[key].least:g} to {levers[key].most:g}")  # fmt: skip
            if key not in levers and key not in keys_of_levers():
                raise UnknownName("issue", key[:60], tuple(levers), where, f"use {', '.join(levers)}")


def nowhere(scenario: Scenario) -> list[str]:
    """What to say of terms on a day for which no case speaks; nothing where there are none."""
    if not terms_of(scenario):
        return []
    days = ", ".join(f"{settled_case(name).on:%-d %B %Y}" for name in case_names() if of_both_sides(name))
    return [declared_note("deal.no_case_near", day=scenario.on, days=days)]


# --- reading an address -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """What values of an address are measured against.

    Attributes
    ----------
    file : the case; `levers` : by name; `standard` : the state taken where nothing is said.
    weights : names of the sets of weights; `sectors` : of the world, goods only; `regions` : of the world.
    """

    file: CaseFile
    levers: Mapping[str, DealLever]
    standard: Deal
    weights: Sequence[str]
    sectors: Sequence[str]
    regions: Sequence[str]

    def read(self, given: Mapping[str, str]) -> tuple[Deal, tuple[str, ...]]:
        """The nearest valid deal to the keys of an address, with one clear message for each thing that was mended."""
        messages: list[str] = []
        laid, keys = is_laid(self.file), (*FRAME, *self.levers, *MORE)
        for key in given:
            if key not in keys:
                self._unknown(key, given[key], keys, messages)
            elif key in LAID and given[key] and not laid:
                messages.append(declared_note("deal.not_laid", key=key, case=self.file.name))
        version = given.get("v", VERSION)
        if version != VERSION:
            messages.append(declared_note("deal.unknown_version", version=version[:10], taken=VERSION))
        deal = replace(self.standard, on=self._day(given.get("date", ""), messages))
        for name in (name for name in self.levers if name in given):
            deal = self._moved(deal, self.levers[name], given[name], messages)
        order = [name for name in self.levers if name in deal.levels]
        deal = replace(deal, levels={name: deal.levels[name] for name in order})
        if given.get("weights"):
            weights = sorted(self.weights, key=lambda name: name != self.standard.weights)
            deal = replace(deal, weights=_one_of("weights", given["weights"], weights, messages))
        deal = replace(deal, horizon=_one_of("horizon", given.get("horizon", ""), HORIZONS, messages))
        if laid:
            deal = self._partner(deal, given, messages)
            deal = replace(deal, exempt=self._exempt(given.get("except", ""), messages))
            deal = self._assumed(deal, given, messages)
        return deal, tuple(messages)

    def _unknown(self, key: str, text: str, keys: Sequence[str], messages: list[str]) -> None:
        """A key that the case does not know; the lever of another case says nothing where it is zero."""
        if key in keys_of_levers():
            if _number(text) != 0.0:
                messages.append(declared_note("deal.no_lever", case=self.file.name, lever=key))
            return
        near = did_you_mean(key[:40], keys)
        messages.append(declared_note("deal.unknown_key_near" if near else "deal.unknown_key", key=key[:40], near=near))

    def _assumed(self, deal: Deal, given: Mapping[str, str], messages: list[str]) -> Deal:
        """What is assumed of trade balances, and the year whose trade weighs duties."""
        named = given.get("closure", "")
        closure = _one_of("closure", SAME_CLOSURE.get(named, named), CLOSURES, messages)
        if closure != CLOSURES[0] and deal.horizon != HORIZONS[0]:
            messages.append(declared_note("deal.closure_of_long_run", closure=closure, taken=CLOSURES[0]))
            closure = CLOSURES[0]
        year = _one_of("year", given.get("year", ""), (DEFAULT, *YEARS_OF_WEIGHTS), messages)
        return replace(deal, closure=closure, year=year)

    def _day(self, text: str, messages: list[str]) -> date:
        first, last = span(self.file)
        if not text:
            return self.standard.on
        try:
            named_day = date.fromisoformat(text[:LONGEST])
        except ValueError:
            messages.append(declared_note("deal.no_day", text=text[:20], taken=self.standard.on))
            return self.standard.on
        day = min(max(named_day, first), last)
        if day != named_day:
            days = {"first": first, "last": last, "taken": day, "given": named_day}
            cases = ", ".join(served())
            messages.append(declared_note("deal.day_of_other_case", case=self.file.name, cases=cases, **days))
        return day

    def _moved(self, deal: Deal, lever: DealLever, text: str, messages: list[str]) -> Deal:
        value, kept = _number(text), deal.days if lever.name == DURATION else deal.levels.get(lever.name, lever.least)
        if value is None:
            messages.append(declared_note("deal.no_number", key=lever.name, text=text[:20], taken=short(kept)))
            return deal
        near = min(max(value, lever.least), lever.most)
        if near != value:
            numbers = {"value": value, "least": lever.least, "most": lever.most, "taken": near}
            words = {word: short(number) for word, number in numbers.items()}
            messages.append(declared_note(BEYOND[lever.unit], key=lever.name, **words))
        if lever.name == DURATION:
            return replace(deal, days=round(near))
        return replace(deal, levels={**deal.levels, lever.name: round(near, 6)})

    def _partner(self, deal: Deal, given: Mapping[str, str], messages: list[str]) -> Deal:
        text, rate = given.get("partner", "").strip()[:LONGEST], _number(given.get("rate", "0"))
        if not text:
            if given.get("rate"):
                messages.append(declared_note("deal.rate_alone"))
            return deal
        code = self._code(text)
        if code in ("", *self.file.parties):
            name = "deal.partner_is_side" if code else "deal.partner_unknown"
            messages.append(declared_note(name, partner=text[:20]))
            return deal
        if rate is None or not 0.0 <= rate <= 100.0 * MOST_PARTNER:
            near = 0.0 if rate is None or rate < 0.0 else 100.0 * MOST_PARTNER
            numbers = {"most": 100.0 * MOST_PARTNER, "taken": near}
            messages.append(declared_note("deal.rate_beyond", rate=given.get("rate", "")[:20], **numbers))
            rate = near
        return replace(deal, partner=code, rate=round(rate / 100.0, 8))

    def _code(self, text: str) -> str:
        if text.upper() in self.regions:
            return text.upper()
        try:
            return countries().resolve(text, "partner")
        except InputError:
            return ""

    def _exempt(self, text: str, messages: list[str]) -> tuple[str, ...]:
        chosen: set[str] = set()
        for word in filter(None, (part.strip() for part in text[:LONGEST].split(","))):
            code = SECTOR_WORDS.get(word.lower(), word.upper())
            if code in self.sectors:
                chosen.add(code)
                continue
            near = did_you_mean(word, [*SECTOR_WORDS, *self.sectors])
            name = "deal.unknown_sector_near" if near else "deal.unknown_sector"
            messages.append(declared_note(name, sector=word[:20], near=near))
        return tuple(name for name in self.sectors if name in chosen)


@memoized
def keys_of_levers() -> tuple[str, ...]:
    """Keys of the levers of all cases, each once."""
    return tuple(dict.fromkeys(key for name in served() for key in levers_of(settled_case(name)) if key != DURATION))


def _number(text: str) -> float | None:
    try:
        value = float(text.strip().rstrip("%")[:40])
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _one_of(key: str, text: str, known: Sequence[str], messages: list[str]) -> str:
    if not text or text in known:
        return text or known[0]
    near = did_you_mean(text[:40], known)
    name = "deal.unknown_value_near" if near else "deal.unknown_value"
    messages.append(declared_note(name, key=key, text=text[:20], near=near, taken=known[0]))
    return known[0]


def merged_ticks(pairs: Sequence[tuple[float, str]]) -> tuple[Tick, ...]:
    """Ticks in ascending order, those of one value under one label."""
    names_by_value: dict[float, list[str]] = {}
    for value, label in pairs:
        names = names_by_value.setdefault(round(value, 6), [])
        if label not in names:
            names.append(label)
    return tuple(Tick(value, _several(names)) for value, names in sorted(names_by_value.items()))


def _several(names: Sequence[str], most: int = 3) -> str:
    """Labels of one tick; of many the first ones and how many more."""
    more = len(names) - most
    return "; ".join(names if more <= 1 else [*names[:most], f"{more} more offers"])
