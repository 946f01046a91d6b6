"""Levers of a deal: what a negotiator can move, how an address writes it, and the nearest valid state of a bad one.

Inside, duties are shares (0.10 is ten per cent) and licences the share granted; addresses write per cent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from detente.codes import InputError, declared_note, did_you_mean
from detente.data.casefile import case_names, settled_case
from detente.data.caserows import CaseFile, IssueRow
from detente.data.tables import countries
from detente.data.trade_years import YEARS
from detente.lab.ground.goods import SECTOR_WORDS
from detente.lab.ground.weights import DEFAULT
from detente.lab.scenario import CLOSURES
from detente.lab.talks.near import EARLIEST, LATEST, of_both_sides

VERSION = "1"
DUTIES = ("us", "fentanyl", "cn")
NAMES = (*DUTIES, "licences", "action", "duration")
KEYS = ("v", "case", "date", *NAMES, "partner", "rate", "except", "weights", "horizon", "closure", "year")
HORIZONS = ("long", "short")
YEARS_OF_WEIGHTS = tuple(map(str, YEARS))
"""Years whose trade may weigh duties."""

DURATIONS = (30, 1460)
"""Days of a deal: a month to four years."""

TRUCE = 90
"""Days of the truce of Geneva, the default."""

MOST_PARTNER = 1.0
"""Highest duty that can be laid on a third partner, share."""

BEYOND = {"%": "deal.beyond_percent", "share": "deal.beyond_share", "days": "deal.beyond_days"}
"""What is said of a value out of the range of its lever, by the unit of the lever."""

LONGEST = 400
"""Characters of a value that are looked at."""


@dataclass(frozen=True)
class Levers:
    """A deal as its levers.

    Attributes
    ----------
    case : name of the case; `on` : day of the law that it changes.
    us, fentanyl, cn : duties as points on top of the base law, shares.
    licences : share of licences on rare earths granted; `action` : on fentanyl precursors, 0 to 1.
    duration : days that the deal runs.
    partner, rate : a duty of the United States on all goods of a third partner, share; "" for none.
    exempt : sectors of the world whose goods the US duties of the deal leave out.
    weights, horizon : under which payoffs the sides are judged, those of the case's last choice where weights are "";
        horizon "long" or "short".
    closure : what happens to trade balances; `year` : of the trade that weighs duties. Gains stand on their defaults.
    """

    case: str
    on: date
    us: float = 0.0
    fentanyl: float = 0.0
    cn: float = 0.0
    licences: float = 1.0
    action: float = 0.0
    duration: int = TRUCE
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
        address |= {name: short(100.0 * getattr(self, name)) for name in DUTIES}
        address |= {name: short(getattr(self, name)) for name in ("licences", "action")}
        address["duration"] = str(self.duration)
        if self.partner:
            address |= {"partner": self.partner, "rate": short(100.0 * self.rate)}
        if self.exempt:
            address["except"] = ",".join(self.exempt)
        if self.weights != usual_of(self.case):
            address["weights"] = self.weights
        if self.horizon != HORIZONS[0]:
            address["horizon"] = self.horizon
        if self.closure != CLOSURES[0]:
            address["closure"] = self.closure
        if self.year != DEFAULT:
            address["year"] = self.year
        return address

    def query(self) -> str:
        """The address as one text, as it stands behind the question mark."""
        return "&".join(f"{key}={value}" for key, value in self.address().items())


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
    least, most, step : of its values; `unit` : "%", "share" or "days".
    issue : the issue of the case behind it, "" for none; `label` : what the case calls a duty, "" for other levers.
    party : the side that sets it, "" for both.
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


def short(value: float) -> str:
    """A number without needless digits: 10, 12.5."""
    return f"{round(value, 6) + 0.0:g}" if abs(value) < 1e6 else str(value)


def issue_rows(file: CaseFile) -> dict[str, IssueRow]:
    """The issue behind each lever of a case between the United States and China, by name of the lever.

    Raises
    ------
    InputError : a case of other sides.
    """
    if file.parties != ("USA", "CHN"):
        names = " or ".join(served())
        raise InputError(f"case {file.name}", "is not between the United States and China", f"use {names}")
    duties = [row for row in file.issues if row.moves_tariffs]
    american = [row for row in duties if row.party == "USA"]
    issues: dict[str, IssueRow] = dict(zip(("us", "fentanyl"), american, strict=False))
    chinese = [row for row in duties if row.party == "CHN"]
    controls = [row for row in file.issues if row.kind == "control"]
    acts = [row for row in file.issues if row.kind == "action"]
    for name, rows in (("cn", chinese), ("licences", controls), ("action", acts)):
        issues |= {name: rows[0]} if rows else {}
    return issues


def duty_labels(file: CaseFile) -> dict[str, str]:
    """What a case calls the duties of its levers, by name of the lever."""
    return {name: row.label or row.name.replace("_", " ") for name, row in issue_rows(file).items() if name in DUTIES}


def weights_known(file: CaseFile) -> tuple[str, ...]:
    """Weights that gains of a deal are told under: real income, and those of the last choice of the case."""
    choices = [row.name for row in file.weights.choices]
    return ("welfare", *choices[-1:])


def usual_weights(file: CaseFile) -> str:
    """Weights of every gain that names none, in the brief, the report, the talks and on the Deal page."""
    return weights_known(file)[-1]


@cache
def usual_of(case: str) -> str:
    """The same of a case of the package, or of a variant of one; "" of others."""
    name = case.partition(":")[0]
    return usual_weights(settled_case(name)) if name in served() else ""


def served() -> tuple[str, ...]:
    """Cases of the package that have these levers."""
    return tuple(name for name in case_names() if of_both_sides(name))


def span(file: CaseFile) -> tuple[date, date]:
    """First and last day for which a case speaks."""
    return file.on + EARLIEST, file.on + LATEST


def in_address(name: str, level: float) -> float:
    """A level of an issue in the units of the address: duties in per cent, licences granted instead of withheld."""
    if name in DUTIES:
        return round(100.0 * level, 9)
    return round(1.0 - level, 9) if name == "licences" else round(level, 9)


def level_of(levers: Levers, name: str) -> float:
    """The level of the issue behind a lever."""
    value = float(getattr(levers, name))
    return 1.0 - value if name == "licences" else value


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
    standard: Levers
    weights: Sequence[str]
    sectors: Sequence[str]
    regions: Sequence[str]

    def read(self, given: Mapping[str, str]) -> tuple[Levers, tuple[str, ...]]:
        """The nearest valid deal to the keys of an address, with one clear message for each thing that was mended."""
        messages: list[str] = []
        levers = self.standard
        for key in given:
            if key not in KEYS:
                near = did_you_mean(key[:40], KEYS)
                name = "deal.unknown_key_near" if near else "deal.unknown_key"
                messages.append(declared_note(name, key=key[:40], near=near))
        version = given.get("v", VERSION)
        if version != VERSION:
            messages.append(declared_note("deal.unknown_version", version=version[:10], taken=VERSION))
        levers = replace(levers, on=self._day(given.get("date", ""), messages))
        for name in NAMES:
            if name in given:
                levers = self._moved(levers, name, given[name], messages)
        levers = self._partner(levers, given, messages)
        levers = replace(levers, exempt=self._exempt(given.get("except", ""), messages))
        weights = sorted(self.weights, key=lambda name: name != self.standard.weights)
        levers = replace(levers, weights=_one_of("weights", given.get("weights", ""), weights, messages))
        levers = replace(levers, horizon=_one_of("horizon", given.get("horizon", ""), HORIZONS, messages))
        return self._assumed(levers, given, messages), tuple(messages)

    def _assumed(self, levers: Levers, given: Mapping[str, str], messages: list[str]) -> Levers:
        """What is assumed of trade balances, and the year whose trade weighs duties."""
        closure = _one_of("closure", given.get("closure", ""), CLOSURES, messages)
        if closure != CLOSURES[0] and levers.horizon != HORIZONS[0]:
            messages.append(declared_note("deal.closure_of_long_run", closure=closure, taken=CLOSURES[0]))
            closure = CLOSURES[0]
        year = _one_of("year", given.get("year", ""), (DEFAULT, *YEARS_OF_WEIGHTS), messages)
        return replace(levers, closure=closure, year=year)

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

    def _moved(self, levers: Levers, name: str, text: str, messages: list[str]) -> Levers:
        lever = self.levers.get(name)
        value = _number(text)
        if lever is None:
            if value != 0.0:
                messages.append(declared_note("deal.no_lever", case=self.file.name, lever=name))
            return levers
        if value is None:
            kept = in_address(name, level_of(levers, name)) if name != "duration" else levers.duration
            messages.append(declared_note("deal.no_number", key=name, text=text[:20], taken=short(kept)))
            return levers
        near = min(max(value, lever.least), lever.most)
        if near != value:
            numbers = {"value": value, "least": lever.least, "most": lever.most, "taken": near}
            words = {word: short(number) for word, number in numbers.items()}
            messages.append(declared_note(BEYOND[lever.unit], key=name, **words))
        if name == "duration":
            return replace(levers, duration=round(near))
        inside = round(near / 100.0, 8) if name in DUTIES else round(near, 6)
        return replace(levers, **{name: inside})

    def _partner(self, levers: Levers, given: Mapping[str, str], messages: list[str]) -> Levers:
        text, rate = given.get("partner", "").strip()[:LONGEST], _number(given.get("rate", "0"))
        if not text:
            if given.get("rate"):
                messages.append(declared_note("deal.rate_alone"))
            return levers
        code = self._code(text)
        if code in ("", "USA", "CHN"):
            name = "deal.partner_is_side" if code else "deal.partner_unknown"
            messages.append(declared_note(name, partner=text[:20]))
            return levers
        if rate is None or not 0.0 <= rate <= 100.0 * MOST_PARTNER:
            near = 0.0 if rate is None or rate < 0.0 else 100.0 * MOST_PARTNER
            numbers = {"most": 100.0 * MOST_PARTNER, "taken": near}
            messages.append(declared_note("deal.rate_beyond", rate=given.get("rate", "")[:20], **numbers))
            rate = near
        return replace(levers, partner=code, rate=round(rate / 100.0, 8))

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


def last_day(levers: Levers) -> date:
    """Day on which a deal signed on its date ends."""
    return levers.on + timedelta(days=levers.duration)
