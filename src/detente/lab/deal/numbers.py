"""Numbers of a deal: each with unit, definition, what it is compared with, and its range or why it has none.

Beside them what the reader of a deal should be told: why a lever changes nothing, and which rules the deal breaks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.chains.stocks import SHORT as SHORT_OF
from detente.codes import Table, Unit, UnknownName, declared_note, readable, table_with
from detente.codes.days import LAPSED
from detente.codes.declared import Words, declared_texts
from detente.codes.names import first_upper, in_sentence
from detente.data.casefile import settled_case
from detente.data.caserows import CaseFile
from detente.data.library import package_folder, sha256
from detente.data.npzfile import CHAINS, surface_file
from detente.data.tables import countries
from detente.data.worlds import load_economy
from detente.economy import Equilibrium, goods
from detente.lab.averages.axes import rows_of
from detente.lab.averages.plane import Held, Plane
from detente.lab.deal.economy import CHAIN, LONG, MONTHS, SHORT, shortages
from detente.lab.deal.levers import DURATION, Deal, DealLever, levers_of, served
from detente.lab.statute.standing import with_fates
from detente.lab.talks.case import Case
from detente.lab.talks.gains import NOTHING, Ends, GainRange, over_words, reach, term_ends, threat_mix
from detente.lab.talks.materials import controls_of, losses_label, supplied
from detente.lab.talks.talk import READERS, Setting, Talk, talk_of
from detente.lab.talks.words import CERTAIN
from detente.talks.payoff import LONG_RUN, SHORT_RUN, YEAR_DAYS, Horizon, SurfacePayoffs
from detente.talks.solutions import break_even
from detente.talks.space import Threat
from detente.talks.world import BILLION
from detente.version import VERSION

Floats = NDArray[np.float64]
RUNS = {LONG: LONG_RUN, SHORT: SHORT_RUN}
#: World whose regions and sectors addresses name.
AXES = "icio-2022-small"

#: Third countries that are shown; Germany stands for the European Union, as its largest buyer and seller.
THIRD = ("DEU", "JPN", "KOR", "TWN", "VNM", "IND", "MEX", "CAN")

REGIONS = {"EUN": "European Union", "HUB": declared_note("deal.hubs"), "ASE": declared_note("deal.south_east_asia")}
#: Places in names of numbers, where that is not the name of the country.
SHORTER = {"USA": "us", "GBR": "uk", "EUN": "eu"}

CHANCES = "deal_break_even"


@dataclass(frozen=True)
class Warm:
    """A case, ready: what is slow is solved on first use.

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
        """The talk as a run asks it: threats that are one outcome of the case or a war, in the long run."""
        for setting in self.talk.settings:
            self.talk.whole(setting)
        # Threats that may answer a breach: one law of the case, or a war that it does not hand to third countries.
        rows = (row for row in self.file.threats if row.kind in ("status-quo", "past-law", "war"))
        return self.talk.narrowed([row.name for row in rows if not row.third_countries], (LONG_RUN,))

    @cached_property
    def levers(self) -> dict[str, DealLever]:
        """Levers of the issues, by name."""
        return {name: lever for name, lever in levers_of(self.file).items() if name != DURATION}

    @cached_property
    def columns(self) -> dict[str, int]:
        """Column of the issue behind each lever."""
        return {name: self.case.issues.index(lever.issue) for name, lever in self.levers.items()}

    @cached_property
    def duties(self) -> dict[str, DealLever]:
        """Levers that move tariffs, by name."""
        return {name: lever for name, lever in self.levers.items() if lever.unit == "%"}

    @cached_property
    def named(self) -> dict[str, Floats]:
        """Outcomes of the case by name, each of shape (issue,)."""
        return {name: self.case.outcome(name) for name in self.file.outcomes}

    @cached_property
    def licences(self) -> tuple[str, str]:
        """Lever of the control whose losses a supply chain gives, and who is cut off; "" where there is none."""
        losses = {row.issue: row.party for row in controls_of(self.case)}
        name = next((name for name, lever in self.levers.items() if lever.issue in losses), "")
        return name, losses[self.levers[name].issue] if name else ""

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

    @cached_property
    def mixes(self) -> dict[str, list[tuple[float, Floats]]]:
        """Outcomes behind each threat with their weights."""
        threats = self.talk.negotiation(self.talk.settings[0]).threats
        return {threat.name: threat_mix(self.file, threat, threats) for threat in threats}

    def setting(self, weights: str, horizon: str) -> Setting:
        """The setting of a name of weights, "" for those of the last choice, and "long" or "short"."""
        setting = Setting(weights or self.talk.headline.weights, RUNS[horizon])
        if setting not in self.talk.settings:
            raise UnknownName("weights set", weights, self.talk.weights, f"case {self.file.name}")
        return setting

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

    def ready(self) -> Warm:
        """The same with everything solved that a deal and its chart ask for."""
        _ = self.bounds, self.base_key, self.brief, self.mixes
        if buyer := self.licences[1]:
            shortages(buyer)
        for short in (False, True):
            _ = self.case.space(short=short).level
        for setting in self.talk.settings:
            self.talk.negotiation(setting)
        return self


def warm(case: str, world: str = "", variant: str = "") -> Warm:
    """Open a case, or a variant of it.

    Raises
    ------
    UnknownName : no case in which deals can be made, or no such world.
    """
    if case not in served():
        raise UnknownName("case", case[:60], served(), "deal", f"use {', '.join(served())}")
    file = settled_case(case, variant)
    if world and world != file.world.name:
        file = file.model_copy(update={"world": file.world.model_copy(update={"name": world})})
    opened = supplied(Case(file, check=False))
    talk = talk_of(opened, (), READERS, (), (LONG, SHORT), losses_label(opened))
    return Warm(file, talk, opened.today)


@dataclass(frozen=True)
class DealNumber:
    """One number.

    Attributes
    ----------
    table : table of the result in which it stands; `value` and its range are in `unit`.
    against : what it is compared with, in words, "" for a level; `before` : the same number there.
    spread : what the range runs over, or why there is none.
    others : the same number under each fate of open clauses, by name; `fate_words` : what each is called.
    """

    name: str
    table: str
    label: str
    value: float
    unit: Unit
    definition: str
    against: str = ""
    before: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")
    spread: str = ""
    threat: str = ""
    side: str = ""
    others: Mapping[str, DealNumber] = field(default_factory=dict, repr=False)
    fate_words: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def fates(self) -> dict[str, DealNumber]:
        """The number under each fate of the open clauses, by name; empty where all agree."""
        if all(
            _same_value(self.value, it.value) and _same_value(self.before, it.before) for it in self.others.values()
        ):
            return {}
        return {LAPSED: self, **self.others}

    @property
    def is_change(self) -> bool:
        """Whether it is a change against something; a level has the same number there beside it."""
        return bool(self.against) and self.before != self.before

    @property
    def text(self) -> str:
        """The value for a reader, with a sign where it is a change; a chance that decides nothing in words."""
        if self.table == CHANCES and not CERTAIN <= self.value <= 1.0 - CERTAIN and self.value == self.value:
            return declared_note("deal.any_chance" if self.value < CERTAIN else "deal.no_chance")
        return signed(self.value, self.unit, self.is_change)


def _same_value(first: float, second: float) -> bool:
    """Whether two values are one, but for what solves leave open."""
    return bool(np.isclose(first, second, rtol=1e-7, atol=1e-9, equal_nan=True))


MINUSES = "-\u2212"


def signed(value: float, unit: Unit, sign: bool = False) -> str:
    """One number with its unit, without a sign where it prints as zero; "" where it is not known."""
    if value != value:
        return ""
    if unit is Unit.MONTHS:
        return f"{value:.1f} months".replace(".0 ", " ")
    if unit is Unit.NONE:
        return f"{value:.2f}"
    text = readable(value + 0.0, unit)
    if not any(digit in text.partition(" ")[0] for digit in "123456789"):
        return text.lstrip(MINUSES)
    return f"+{text}" if sign and value > 0.0 else text


@dataclass(frozen=True)
class DealCase:
    """A deal in hand, from which numbers are read.

    Attributes
    ----------
    deal : as asked; `outcome` : levels of the issues, shape (issue,).
    planes : law of each side where a deal moves measures of them; `levels` : of the levers of duties, shares.
    tariffs : of the world that is solved, without and under the deal, shape (importer, exporter, sector).
    before, after : equilibria of the world without and under the deal: in the long and the short run, and by name under
        every other set of elasticities.
    beside : what a layer on a third partner and sectors left out add to the parts of payoffs, by run, shape
        (party, part), USD bn a year; empty for none.
    """

    warm: Warm = field(repr=False)
    deal: Deal
    outcome: Floats
    planes: Mapping[str, Plane] = field(repr=False)
    levels: Mapping[str, float]
    tariffs: tuple[Floats, Floats] = field(repr=False)
    before: Mapping[str, Equilibrium] = field(repr=False)
    after: Mapping[str, Equilibrium] = field(repr=False)
    beside: Mapping[str, Floats] = field(default_factory=dict, repr=False)

    @property
    def parties(self) -> tuple[str, ...]:
        """Codes of the sides."""
        return self.warm.file.parties

    @property
    def first(self) -> str:
        """The side whose whole average is told, and on whose duties there are exceptions."""
        return self.parties[0]

    @property
    def words(self) -> str:
        """What changes are measured against."""
        row = next(row for row in self.warm.file.threats if row.kind == "status-quo")
        outcome = self.warm.file.outcomes.get(row.outcome)
        return (outcome.label if outcome else "") or row.label or "the status quo"

    @property
    def moves(self) -> bool:
        """Whether anything differs from the status quo; where nothing does there is no deal to judge."""
        return bool(self.beside) or bool(np.abs(self.outcome - self.warm.status).max() >= 1e-9)

    @property
    def name(self) -> str:
        """The deal for a reader: its name where the case has it."""
        named = self.warm.named.items()
        nearest = next((key for key, outcome in named if np.abs(outcome - self.outcome).max() < 1e-9), "")
        return "this deal" if not nearest or self.beside else self.warm.file.outcomes[nearest].label or nearest

    def payoffs(self, weights: str, horizon: str) -> Floats:
        """Payoffs, USD bn a year, shape (party,)."""
        key = weights, horizon
        if key not in self._paid:
            surface = self.warm.talk.negotiation(self.warm.setting(*key)).payoffs
            value = surface.value(self.outcome[None])[0]
            if self.beside:
                assert isinstance(surface, SurfacePayoffs)
                value = value + (surface.on_parts * self.beside[horizon]).sum(axis=1)
            self._paid[key] = value
        return self._paid[key]

    @cached_property
    def _paid(self) -> dict[tuple[str, str], Floats]:
        return {}

    def gains(self, threat: str, weights: str, horizon: str) -> Floats:
        """Gains over a threat, USD bn a year, shape (party,)."""
        point = self.warm.talk.negotiation(self.warm.setting(weights, horizon)).threat(threat)
        return self.payoffs(weights, horizon) - point.value

    def spread(self, threat: Threat) -> GainRange:
        """The range of the gains over a threat in the horizon of the deal."""
        warm, horizon = self.warm, self.deal.horizon
        gains = {weights: self.gains(threat.name, weights, horizon) for weights in warm.talk.weights}
        return reach(warm.case, gains, warm.bounds, self.outcome, warm.mixes[threat.name])

    @cached_property
    def duties(self) -> dict[str, Floats]:
        """Duty owed under the deal to each side, USD, shape (partner, sector), where its law is moved."""
        deal = self.deal
        owed = {code: plane.owed(self.levels, deal.exempt if code == self.first else ())
                for code, plane in self.planes.items()}  # fmt: skip
        if deal.partner and owed:
            owed[self.first] = owed[self.first] + self.planes[self.first].layer(deal.partner, deal.rate)
        return owed

    @cached_property
    def duties_before(self) -> dict[str, Floats]:
        """The same without the deal."""
        return {code: plane.owed(self.status) for code, plane in self.planes.items()}

    @property
    def status(self) -> dict[str, float]:
        """Levels of the negotiated duties without a deal, by lever, shares."""
        return {name: float(self.warm.status[self.warm.columns[name]]) for name in self.levels}


def _most(moves: Mapping[str, float]) -> str:
    """The two inputs that move a number most, in words."""
    ranked = [name for name, span in sorted(moves.items(), key=lambda row: -row[1])[:2] if span > NOTHING]
    return _range("range_moved", inputs=" and ".join(ranked)) if ranked else ""


def _range(name: str, **words: Any) -> str:
    """What a range runs over, as the register says it."""
    return declared_texts("deal", name, **words)["range"]


def _number(table: str, text: str, name: str, value: float, unit: Unit, words: Words, **more: Any) -> DealNumber:
    """A number with its label, definition and range as the register has them; `text` : its row there."""
    texts = declared_texts("deal", text, **words)
    given = {"spread": texts.get("range", ""), **more}
    return DealNumber(name, table, texts["label"], value, unit, texts["definition"], **given)


def place_name(code: str) -> str:
    """A country or region of the world for a reader."""
    return REGIONS.get(code) or countries().names.get(code, code)


def the(code: str) -> str:
    """A country or region of the world within a sentence."""
    return in_sentence(place_name(code))


def word_of(code: str) -> str:
    """A country or region in the name of a number: "us", "china"."""
    return SHORTER.get(code) or place_name(code).lower().replace(" ", "_")


def sides_of(parties: Sequence[str]) -> list[dict[str, str]]:
    """Sides as columns of tables have them: `side` in their names, `country` in what they mean."""
    return [{"side": "usa" if code == "USA" else word_of(code), "country": the(code)} for code in parties]


def average_on(importer: str, exporter: str) -> str:
    """Name of the average duty of a side on another."""
    return f"{word_of(importer)}_on_{word_of(exporter)}"


def law_numbers(case: DealCase) -> list[DealNumber]:
    """Average duties: of the first side in all, of each side on each other, and on a partner beside the talks."""
    first, code = case.first, case.deal.partner
    rows = [(f"{word_of(first)}_average", "average", first, ""),
            *((average_on(to, by), "average_on", to, by) for to, by in permutations(case.parties, 2))]  # fmt: skip
    rows += [(f"{word_of(first)}_on_partner", "average_on", first, code)] if code else []
    rows = [row for row in rows if not case.planes or row[2] in case.planes]
    known = [(*row, _averages(case, *row[2:])) for row in rows]
    text = "imports_of" if case.planes else "imports_in"
    imports = declared_texts("deal", text, year=case.deal.year, world=case.warm.file.world.name)["label"]
    words, against, numbers = {"imports": imports}, _law_without(case), []
    for name, text, to, by, (value, before) in known:
        sides = {**words, "country": the(to), "other": the(by) if by else ""}
        more = {"against": against, "before": before, "side": to}
        numbers.append(_number("deal_duties", text, name, value, Unit.SHARE, sides, **more))
    return numbers


def _averages(case: DealCase, importer: str, exporter: str) -> tuple[float, float]:
    """Average duty under the deal and without it, on all goods or those of one partner or region."""
    if case.planes:
        plane = case.planes[importer]
        rows = np.array([not exporter or exporter in pair for pair in zip(plane.partners, plane.region, strict=True)])
        if exporter in case.parties:
            rows = np.array([code == exporter for code in plane.partners])
        worth = plane.worth[rows].sum()
        owed = (duties[importer][rows].sum() for duties in (case.duties, case.duties_before))
    else:
        economy = case.before[LONG].economy
        every = np.arange(len(economy.countries))
        sellers = rows_of(economy, exporter) if exporter else np.setdiff1d(every, rows_of(economy, importer))
        cells = np.ix_(rows_of(economy, importer), sellers)
        trade = case.before[LONG].levels["trade"]
        worth = trade[cells].sum()
        owed = ((trade * tariff.reshape(trade.shape))[cells].sum() for tariff in reversed(case.tariffs))
    value, before = (float(duty / worth) if worth > 0.0 else float("nan") for duty in owed)
    return value, before


def _law_without(case: DealCase) -> str:
    """The law that averages are compared with: that of the day, its negotiated duties as in the status quo."""
    if case.deal.on == case.warm.file.on:
        return case.words
    on, day = (f"{each:%-d %B %Y}" for each in (case.deal.on, case.warm.file.on))
    return declared_texts("deal", "law_without", on=on, day=day)["label"]


def income_numbers(case: DealCase) -> list[DealNumber]:
    """Real income of the sides and of third countries against the status quo."""
    economy = case.after[LONG].economy
    inside = {row for code in case.parties for row in rows_of(economy, code).tolist()}
    third = [code for code in THIRD if code in economy.countries and economy.country(code) not in inside]
    places = dict.fromkeys(case.parties, "deal_income") | dict.fromkeys(third, "deal_third")
    return [_changed(case, table, "income", "welfare", code, the(code)) for code, table in places.items()]


def _changed(case: DealCase, table: str, text: str, measure: str, code: str, country: str) -> DealNumber:
    """A change of a country, with its range over sets of elasticities and closures in the long run."""
    rows = rows_of(case.after[LONG].economy, code)
    every = {run: _change(case, measure, rows, run) for run in case.after}
    value, more = every[case.deal.horizon], _over_sets(case, every)
    return _number(table, text, f"{text}_{code}", value, Unit.SHARE, {"country": country}, against=case.words,
                   side=code, **more)  # fmt: skip


def _change(case: DealCase, name: str, rows: NDArray[np.int64], run: str) -> float:
    """Change of a country; of several that are one side, weighed by what each spends without the deal."""
    old, new = (1.0 + side[run].changes[name][rows] for side in (case.before, case.after))
    weights = case.before[run].levels["expenditure"][rows]
    return float(((new / old - 1.0) * weights).sum() / weights.sum())


def _over_sets(case: DealCase, every: Mapping[str, float]) -> dict[str, Any]:
    """Low, high and the words of a range over elasticities and closures; the short run where it is asked for."""
    if set(every) <= {LONG, SHORT}:
        return {"spread": _range("range_quick" if case.planes else "range_none")}
    sets = [value for run, value in every.items() if run != SHORT]
    shown = [*sets, every[case.deal.horizon]]
    return {"low": min(shown), "high": max(shown), "spread": _range("range_sets", sets=len(sets))}


def amount_numbers(case: DealCase) -> list[DealNumber]:
    """Revenue, trade and prices in equilibrium, and duty on imports as they were without substitution."""
    numbers = [_level(case, "revenue", code, _revenue(code), code, country=the(code)) for code in case.parties]
    two = len(case.parties) == 2
    numbers += [
        _level(case, "imports", to if two else f"{to}_{by}", _imports(to, by), to, country=the(to), other=the(by))
        for to, by in permutations(case.parties, 2)
    ]
    if case.first in case.planes:
        owed, before = (float(duties[case.first].sum()) for duties in (case.duties, case.duties_before))
        words = {"year": case.deal.year, "country": the(case.first)}
        numbers.append(
            _number("deal_amounts", "static_revenue", "static_revenue", owed, Unit.USD, words, against=case.words,
                    before=before, side=case.first)
        )  # fmt: skip
    return numbers


Read = Callable[[Equilibrium], float]


def _revenue(code: str) -> Read:
    return lambda eq: float(eq.levels["revenue"][rows_of(eq.economy, code)].sum())


def _imports(to: str, by: str) -> Read:
    return lambda eq: float(eq.levels["trade"][np.ix_(rows_of(eq.economy, to), rows_of(eq.economy, by))].sum())


def _level(case: DealCase, text: str, name: str, read: Read, side: str, **words: str) -> DealNumber:
    """An amount in equilibrium beside its level in the status quo; its range is of its change, as in a run: sets of
    elasticities and closures already part in the status quo, before the deal changes anything.
    """
    run = case.deal.horizon
    before, value = read(case.before[run]), read(case.after[run])
    grown = {name: before * read(after) / read(case.before[name]) for name, after in case.after.items()}
    return _number("deal_amounts", text, f"{text}_{name}", value, Unit.USD, words,
                   against=case.words, before=before, side=side, **_over_sets(case, grown))  # fmt: skip


def material_numbers(case: DealCase) -> list[DealNumber]:
    """Months of shortage of the materials that a side is cut off from, and the need not met in the worst month."""
    lever, buyer = case.warm.licences
    if not lever:
        return []
    column = case.warm.columns[lever]
    now, was = (shortages(buyer).at(float(levels[column])) for levels in (case.outcome, case.warm.status))
    rows = (
        ("deal_months", "months_short", Unit.MONTHS, now[0], was[0]),
        ("deal_months", "first_short", Unit.MONTHS, now[2], was[2]),
        ("deal_unmet", "unmet", Unit.SHARE, now[1], was[1]),
    )
    words = {"months": MONTHS, "chain": CHAIN, "country": the(buyer)}
    return [
        _number(table, name, name, value, unit, words, against=case.words, before=before, side=buyer)
        for table, name, unit, value, before in rows
    ]


def gain_numbers(case: DealCase) -> list[DealNumber]:
    """Gains of every side over each threat, p*, and what the days of the deal are worth."""
    deal, warm = case.deal, case.warm
    setting = warm.setting(deal.weights, deal.horizon)
    numbers, box = [], _range("range_gains", over=over_words(warm.file), horizon=deal.horizon)
    for threat in warm.talk.negotiation(setting).threats:
        gains, spread = case.gains(threat.name, deal.weights, deal.horizon), case.spread(threat)
        for i, code in enumerate(case.parties):
            words = {"country": the(code), "threat": threat.label, "description": threat.description or threat.label}
            numbers.append(
                _number("deal_gains", "gain", f"gain_{code}_{threat.name}", BILLION * float(gains[i]), Unit.USD, words,
                        against=threat.label, low=BILLION * float(spread.low[i]), high=BILLION * float(spread.high[i]),
                        spread=box + _most(spread.moves[i]), threat=threat.name, side=code)
            )  # fmt: skip
    stars = break_even(warm.talk.whole(setting), case.payoffs(deal.weights, deal.horizon))
    numbers += [
        _number(CHANCES, "p_star", f"p_star_{code}", float(star), Unit.NONE, {"country": first_upper(the(code))},
                side=code)
        for code, star in zip(case.parties, stars, strict=True)
    ]  # fmt: skip
    return [*numbers, *_worth_of_days(case)]


def _worth_of_days(case: DealCase) -> Iterable[DealNumber]:
    """What the days of the deal bring over the status quo: flows near the short run, since they are few."""
    days, own = case.deal.days, case.warm.case
    rates = own.number("discount_rate", 0.05), own.number("decay_months", 24.0)
    short = Horizon("the deal", days / YEAR_DAYS, *rates).short
    threat = case.warm.talk.negotiation(case.warm.talk.settings[0]).threats[0]
    gains = [case.gains(threat.name, case.deal.weights, name) for name in (SHORT, LONG)]
    flows = short * gains[0] + (1.0 - short) * gains[1]
    for i, code in enumerate(case.parties):
        value = BILLION * float(flows[i]) * days / YEAR_DAYS
        ends = sorted(BILLION * float(gain[i]) * days / YEAR_DAYS for gain in gains)
        words = {"days": days, "country": the(code), "threat": threat.label, "short": f"{short:.0%}"}
        yield _number("deal_days", "days", f"days_{code}", value, Unit.USD, words, against=threat.label, low=ends[0],
                      high=ends[1], side=code)  # fmt: skip


def pairs_of(numbers: Mapping[str, Any], parties: Sequence[str]) -> list[tuple[str, list[Any]]]:
    """Numbers that every side has, by what they are, each with those of the sides in their order.

    Parameters
    ----------
    numbers : by name.
    """
    two = len(parties) == 2
    rows = {"income": [f"income_{code}" for code in parties]}
    if two:
        rows["duty"] = [average_on(to, by) for to, by in permutations(parties)]
    rows["revenue"] = [f"revenue_{code}" for code in parties]
    if two:
        rows["imports"] = [f"imports_{code}" for code in parties]
    rows |= {name: [f"{name}_{code}" for code in parties] for name in ("days", "p_star")}
    return [(what, [numbers[name] for name in names]) for what, names in rows.items() if {*names} <= {*numbers}]


def number_tables(numbers: Sequence[DealNumber], notes: Sequence[str] = ()) -> dict[str, Table]:
    """The numbers as tables, one a subject, all of one unit; every number of a deal stands in one of them."""
    tables: dict[str, Table] = {}
    for name in dict.fromkeys(number.table for number in numbers):
        rows = [number for number in numbers if number.table == name]
        tables[name] = _table(name, rows, rows[0].unit, notes)
    return tables


#: Columns that stand under every fate of open clauses where these matter.
FATED = ("value", "before")


def _table(name: str, rows: Sequence[DealNumber], unit: Unit, notes: Sequence[str]) -> Table:
    texts = {"number": "name", "label": "label", "against": "against", "definition": "definition", "range": "spread"}
    data: dict[str, NDArray[np.generic]] = {
        key: np.asarray([str(getattr(number, attribute)) for number in rows]) for key, attribute in texts.items()
    }
    for key in ("value", "before", "low", "high"):
        data[key] = np.asarray([getattr(number, key) for number in rows], dtype=np.float64)
    words = {fate: text for number in rows for fate, text in number.fate_words.items()}
    fates = {fate: [number.others.get(fate, number) for number in rows] for fate in words}
    columns = {fate: {key: np.asarray([getattr(n, key) for n in own], dtype=np.float64) for key in FATED}
               for fate, own in fates.items()}  # fmt: skip
    return with_fates(table_with(f"deal.{name}", data, notes, unit=unit), columns, words)


def deal_tables(talk: Talk, deal: Deal) -> list[Table]:
    """Tables of the Deal page on gains, months of shortage and worth of the days, on the reference deal of a talk."""
    case = case_of(talk, deal)
    return list(number_tables((*material_numbers(case), *gain_numbers(case)), (declared_note("deal.of_run"),)).values())


def case_of(talk: Talk, deal: Deal) -> DealCase:
    """The reference deal of a talk as the Deal page holds one, without laws and without the world of runs.

    Parameters
    ----------
    deal : its days, weights and horizon; its levels are those of the talk.
    """
    file, outcome = talk.case.file, talk.case.outcome(talk.reference)
    names = tuple(row.name for row in file.threats)
    own = Warm(file, replace(talk, threats=names).narrowed(names, tuple(RUNS.values())), talk.case.today)
    nothing = np.zeros(0)
    return DealCase(own, deal, outcome, {}, {}, (nothing, nothing), {}, {})


# --- what the reader of a deal should be told -------------------------------------------------------------------------

#: A payoff that moves by less, USD bn a year, does not move.
UNMOVED = 1e-6

#: A sector of which a duty covers less is as good as exempt.
BARELY = 0.05

Part = str | float | date | None


@dataclass(frozen=True)
class CallOut:
    """A rule that is at work; faces say it.

    Attributes
    ----------
    lever : what it is about, "" for the whole deal; `kind` : "law", "flat", "constraint" or "clock".
    rule : name of the rule or measure behind it.
    reason : which sentence says it; `parts` : codes, shares and days that it names.
    """

    lever: str
    kind: str
    rule: str
    reason: str
    parts: Mapping[str, Part] = field(default_factory=dict)


def call_outs(case: DealCase) -> tuple[CallOut, ...]:
    """Everything that the reader of a deal should be told of its levers."""
    return tuple(
        (*_not_in_force(case), *_levers(case), *_beside(case), *_materials(case), *_rules(case), *_clock(case))
    )


def _not_in_force(case: DealCase) -> Iterator[CallOut]:
    rows: list[Held] = [row for plane in case.planes.values() for row in plane.held]
    for row in rows:
        if row.measure is None:
            when = {"on": case.deal.on, "begins": row.begins, "ended": row.ended}
            yield CallOut(row.lever, "law", row.why.split(":")[0], "not_in_force", {"title": row.title, **when})


def _levers(case: DealCase) -> Iterator[CallOut]:
    """Levers whose whole way leaves the payoff of a side as it is."""
    warm, space = case.warm, case.warm.case.outcome_space
    negotiation = warm.talk.negotiation(warm.setting(case.deal.weights, case.deal.horizon))
    ends = np.tile(case.outcome, (2 * len(warm.columns), 1))
    for k, column in enumerate(warm.columns.values()):
        ends[2 * k : 2 * k + 2, column] = space.issues[column].low, space.issues[column].high
    moved = np.abs(np.diff(negotiation.payoffs.value(ends).reshape(-1, 2, len(space.parties)), axis=1)[:, 0])
    for name, each in zip(warm.columns, moved, strict=True):
        lever = warm.levers[name]
        for code, by in zip(space.parties, each, strict=True):
            if by >= UNMOVED or (len(space.parties) > 2 and lever.unit == "%"):
                continue
            priced = any(row.issue == lever.issue and row.party == code for row in warm.file.terms)
            reason = "careless" if lever.unit == "%" or priced else "careless_other"
            yield CallOut(name, "flat", f"terms of {warm.file.name}", reason, {"party": code, "issue": lever.label})


def _beside(case: DealCase) -> Iterator[CallOut]:
    deal, own = case.deal, [name for name, lever in case.warm.duties.items() if lever.party == case.first]
    laid = [name for name in own if case.levels.get(name, 0.0) > 0.0]
    if deal.partner and deal.rate == 0.0:
        yield CallOut("partner", "flat", "rate", "zero_layer", {"partner": deal.partner})
    if deal.exempt and not laid:
        yield CallOut("except", "flat", "rate", "zero_exceptions")
    for sector in deal.exempt if laid == own[:1] else ():
        covered = case.planes[case.first].covered(laid[0], sector)
        if covered < BARELY:
            rule = case.warm.duties[laid[0]].issue
            yield CallOut("except", "flat", rule, "little_exception", {"sector": sector, "covered": covered})


def _materials(case: DealCase) -> Iterator[CallOut]:
    lever, buyer = case.warm.licences
    if not lever:
        return
    withheld = float(case.outcome[case.warm.columns[lever]])
    months, unmet, _ = shortages(buyer).at(withheld)
    if withheld > 0.0 and months == 0.0:
        parts = {"withheld": withheld, "unmet": unmet, "short": SHORT_OF}
        yield CallOut(lever, "flat", "stocks and other origins", "no_shortage", parts)


def _rules(case: DealCase) -> Iterator[CallOut]:
    rules_by_name = {c.name: c for rules in case.warm.case.outcome_space.constraints.values() for c in rules}
    for rule in rules_by_name.values():
        if not rule.holds(case.outcome[None])[0]:
            yield CallOut("", "constraint", rule.name, "outside", {"rule": rule.statement, "source": rule.source})


def _clock(case: DealCase) -> Iterator[CallOut]:
    end = case.deal.ends
    for row in case.warm.file.clocks:
        if row.ends is not None and case.deal.on <= row.ends < end:
            parts = {"end": end, "instrument": row.instrument, "ends": row.ends, "back": row.back}
            yield CallOut(DURATION, "clock", row.instrument, "clock", parts)
