"""Numbers of a deal: each with unit, definition, what it is compared with, and its range or why it has none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, Unit, declared_note, readable, table_with
from detente.codes.declared import Words, declared_texts
from detente.codes.names import first_upper, in_sentence
from detente.codes.standing import LAPSED
from detente.data.tables import countries
from detente.economy import Equilibrium
from detente.lab.deal.economy import LONG, SHORT
from detente.lab.deal.levers import Levers, level_of
from detente.lab.deal.warm import CHAIN, MONTHS, Warm, shortages
from detente.lab.ground.plane import Plane
from detente.lab.statute.standing import with_fates
from detente.lab.talks.gains import NOTHING, GainRange, over_words, reach
from detente.lab.talks.words import CERTAIN
from detente.talks.acceptable import break_even
from detente.talks.horizon import YEAR_DAYS, Horizon
from detente.talks.payoff import SurfacePayoffs
from detente.talks.space import Threat
from detente.talks.world import BILLION

Floats = NDArray[np.float64]
SIDES = ("USA", "CHN")
THIRD = ("DEU", "JPN", "KOR", "TWN", "VNM", "IND", "MEX", "CAN")
"""Third countries that are shown; Germany stands for the European Union, as its largest buyer and seller."""

REGIONS = {"EUN": "European Union", "HUB": declared_note("deal.hubs"), "ASE": declared_note("deal.south_east_asia")}
CHANCES = "deal_break_even"


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
        if all(_same(self.value, it.value) and _same(self.before, it.before) for it in self.others.values()):
            return {}
        return {LAPSED: self, **self.others}

    @property
    def is_change(self) -> bool:
        """Whether it is a change against something; a level has the same number there beside it."""
        return bool(self.against) and self.before != self.before

    @property
    def text(self) -> str:
        """The value for a reader, with a sign where it is a change; a chance that decides nothing in words."""
        text = signed(self.value, self.unit, self.is_change)
        if self.table != CHANCES or CERTAIN <= self.value <= 1.0 - CERTAIN or not text:
            return text
        return f"{text} (at {'any' if self.value < CERTAIN else 'no'} chance)"


def _same(first: float, second: float) -> bool:
    """Whether two values are one, but for what solves leave open."""
    return bool(np.isclose(first, second, rtol=1e-7, atol=1e-9, equal_nan=True))


def with_other_fates(
    numbers: Sequence[DealNumber], others: Mapping[str, Sequence[DealNumber]], words: Mapping[str, str]
) -> tuple[DealNumber, ...]:
    """Numbers with the same ones under each fate of open clauses; one that is known of one law alone stays alone."""
    known = {fate: {number.name: number for number in own} for fate, own in others.items()}
    each = ({fate: own[number.name] for fate, own in known.items() if number.name in own} for number in numbers)
    return tuple(replace(number, others=own, fate_words=words) for number, own in zip(numbers, each, strict=True))


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


MINUSES = "-\u2212"
"""Signs of a number below zero."""


@dataclass(frozen=True)
class DealCase:
    """One deal in hand: levers, outcome, laws, equilibria and payoffs, from which numbers are read.

    Attributes
    ----------
    levers : the deal; `outcome` : levels of the issues, shape (issue,).
    planes : law of each side; `levels` : of the levers of duties, shares.
    before, after : equilibria of the world of runs without and under the deal: in the long and the short run, and by
        name under every other set of elasticities.
    beside : what a layer on a third partner and sectors left out add to the parts of payoffs, by run, shape
        (party, part), USD bn a year; empty for none.
    """

    warm: Warm = field(repr=False)
    levers: Levers
    outcome: Floats
    planes: Mapping[str, Plane] = field(repr=False)
    levels: Mapping[str, float]
    before: Mapping[str, Equilibrium] = field(repr=False)
    after: Mapping[str, Equilibrium] = field(repr=False)
    beside: Mapping[str, Floats] = field(repr=False)

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
        rows = self.warm.file.outcomes
        near = (key for key in rows if np.abs(self.warm.case.outcome(key) - self.outcome).max() < 1e-9)
        nearest = next(near, "")
        return "this deal" if not nearest or self.beside else rows[nearest].label or nearest

    def payoffs(self, weights: str, horizon: str) -> Floats:
        """Payoffs, USD bn a year, shape (party,)."""
        key = weights, horizon
        if key not in self._paid:
            self._paid[key] = self._payoffs(weights, horizon)
        return self._paid[key]

    @cached_property
    def _paid(self) -> dict[tuple[str, str], Floats]:
        return {}

    def _payoffs(self, weights: str, horizon: str) -> Floats:
        talk = self.warm.talk
        surface = talk.negotiation(self.warm.setting(weights, horizon)).payoffs
        value = surface.value(self.outcome[None])[0]
        if not self.beside:
            return value
        assert isinstance(surface, SurfacePayoffs)
        return value + (surface.on_parts * self.beside[horizon]).sum(axis=1)

    def gains(self, threat: str, weights: str, horizon: str) -> Floats:
        """Gains over a threat, USD bn a year, shape (party,)."""
        point = self.warm.talk.negotiation(self.warm.setting(weights, horizon)).threat(threat)
        return self.payoffs(weights, horizon) - point.value

    def spread(self, threat: Threat) -> GainRange:
        """The range of the gains over a threat in the horizon of the deal."""
        levers, warm = self.levers, self.warm
        gains = {weights: self.gains(threat.name, weights, levers.horizon) for weights in warm.talk.weights}
        return reach(warm.case, gains, warm.bounds, self.outcome, warm.threat_mix(threat))


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


def law_numbers(case: DealCase) -> list[DealNumber]:
    """Average duties of both sides and the static revenue, under the law of the day with the deal on top."""
    usa, chn = case.planes["USA"], case.planes["CHN"]
    owed, was = _owed(case, usa), usa.owed(status_levels(case))
    back, had = chn.owed(case.levels), chn.owed(status_levels(case))
    rows = [
        ("us_average", usa.average(owed), usa.average(was), "USA"),
        ("us_on_china", usa.average(owed, "CHN"), usa.average(was, "CHN"), "USA"),
        ("china_on_us", chn.average(back), chn.average(had), "CHN"),
    ]
    code = case.levers.partner
    if code:
        rows.append(("us_on_partner", _of(usa, owed, code), _of(usa, was, code), "USA"))
    words, against = {"year": case.levers.year, "country": the(code) if code else ""}, _law_without(case)
    return [
        _number("deal_duties", name, name, value, Unit.SHARE, words, against=against, before=before, side=side)
        for name, value, before, side in rows
    ]


def _law_without(case: DealCase) -> str:
    """The law that averages are compared with: that of the day, its negotiated duties as in the status quo."""
    if case.levers.on == case.warm.file.on:
        return case.words
    on, day = (f"{each:%-d %B %Y}" for each in (case.levers.on, case.warm.file.on))
    return declared_texts("deal", "law_without", on=on, day=day)["label"]


def _of(plane: Plane, owed: Floats, partner: str) -> float:
    rows = np.array([partner in (c, r) for c, r in zip(plane.partners, plane.region, strict=True)])
    worth = plane.worth[rows].sum()
    return float(owed[rows].sum() / worth) if worth > 0.0 else float("nan")


def _owed(case: DealCase, plane: Plane) -> Floats:
    owed = plane.owed(case.levels, case.levers.exempt)
    return owed + plane.layer(case.levers.partner, case.levers.rate) if case.levers.partner else owed


def status_levels(case: DealCase) -> dict[str, float]:
    """Levels of the negotiated duties without a deal, by lever, shares."""
    return {name: float(case.warm.status[case.warm.columns[name]]) for name in case.levels}


def name_of(code: str) -> str:
    """A country or region of the world for a reader."""
    return REGIONS.get(code) or countries().names.get(code, code)


def the(code: str) -> str:
    """A country or region of the world within a sentence."""
    return in_sentence(name_of(code))


def income_numbers(case: DealCase) -> list[DealNumber]:
    """Real income of both sides and of third countries against the status quo."""
    economy = case.after[LONG].economy
    places = {code: "deal_income" for code in SIDES} | {
        code: "deal_third" for code in THIRD if code in economy.countries
    }
    return [_changed(case, table, "income", "welfare", code, the(code)) for code, table in places.items()]


def _changed(case: DealCase, table: str, text: str, measure: str, code: str, country: str) -> DealNumber:
    """A change of a country, with its range over sets of elasticities and closures in the long run."""
    index = case.after[LONG].economy.country(code)
    every = {run: _change(case, measure, index, run) for run in case.after}
    value, more = every[case.levers.horizon], _over_sets(case, every)
    return _number(table, text, f"{text}_{code}", value, Unit.SHARE, {"country": country}, against=case.words,
                   side=code, **more)  # fmt: skip


def _change(case: DealCase, name: str, index: int, run: str) -> float:
    old, new = (float(1.0 + side[run].changes[name][index]) for side in (case.before, case.after))
    return new / old - 1.0


def _over_sets(case: DealCase, every: Mapping[str, float]) -> dict[str, Any]:
    """Low, high and the words of a range over elasticities and closures; the short run where it is asked for."""
    if set(every) <= {LONG, SHORT}:
        return {"spread": _range("range_quick")}
    sets = [value for run, value in every.items() if run != SHORT]
    shown = [*sets, every[case.levers.horizon]]
    return {"low": min(shown), "high": max(shown), "spread": _range("range_sets", sets=len(sets))}


def amount_numbers(case: DealCase) -> list[DealNumber]:
    """Revenue, trade and prices in equilibrium, and duty on the imports of 2024 without substitution."""
    usa = case.planes["USA"]
    numbers = [_level(case, "revenue", _revenue(code), code, country=the(code)) for code in SIDES]
    numbers += [
        _level(case, "imports", _imports(to, by), to, country=the(to), other=the(by)) for to, by in (SIDES, SIDES[::-1])
    ]
    owed, before = float(_owed(case, usa).sum()), float(usa.owed(status_levels(case)).sum())
    words = {"year": case.levers.year}
    numbers.append(
        _number("deal_amounts", "static_revenue", "static_revenue", owed, Unit.USD, words, against=case.words,
                before=before, side="USA")
    )  # fmt: skip
    return numbers


Read = Callable[[Equilibrium], float]


def _revenue(code: str) -> Read:
    return lambda eq: float(eq.levels["revenue"][eq.economy.country(code)])


def _imports(to: str, by: str) -> Read:
    return lambda eq: float(eq.levels["trade"][eq.economy.country(to), eq.economy.country(by)].sum())


def _level(case: DealCase, text: str, read: Read, side: str, **words: str) -> DealNumber:
    """An amount in equilibrium beside its level in the status quo; its range is of its change, as in a run: sets of
    elasticities and closures already part in the status quo, before the deal changes anything.
    """
    run = case.levers.horizon
    before, value = read(case.before[run]), read(case.after[run])
    grown = {name: before * read(after) / read(case.before[name]) for name, after in case.after.items()}
    return _number("deal_amounts", text, f"{text}_{side}", value, Unit.USD, words,
                   against=case.words, before=before, side=side, **_over_sets(case, grown))  # fmt: skip


def material_numbers(case: DealCase) -> list[DealNumber]:
    """Months of shortage of rare earths in the United States, and the need not met in the worst month."""
    if "licences" not in case.warm.columns:
        return []
    now = shortages().at(level_of(case.levers, "licences"))
    was = shortages().at(float(case.warm.status[case.warm.columns["licences"]]))
    rows = (
        ("deal_months", "months_short", Unit.MONTHS, now[0], was[0]),
        ("deal_months", "first_short", Unit.MONTHS, now[2], was[2]),
        ("deal_unmet", "unmet", Unit.SHARE, now[1], was[1]),
    )
    words = {"months": MONTHS, "chain": CHAIN}
    return [
        _number(table, name, name, value, unit, words, against=case.words, before=before, side="USA")
        for table, name, unit, value, before in rows
    ]


def gain_numbers(case: DealCase) -> list[DealNumber]:
    """Gains of both sides over each threat, p*, and what the days of the deal are worth."""
    levers, warm = case.levers, case.warm
    negotiation = warm.talk.negotiation(warm.setting(levers.weights, levers.horizon))
    numbers, box = [], _range("range_gains", over=over_words(warm.file), horizon=levers.horizon)
    for threat in negotiation.threats:
        gains, spread = case.gains(threat.name, levers.weights, levers.horizon), case.spread(threat)
        for i, code in enumerate(SIDES):
            words = {"country": the(code), "threat": threat.label, "description": threat.description or threat.label}
            numbers.append(
                _number("deal_gains", "gain", f"gain_{code}_{threat.name}", BILLION * float(gains[i]), Unit.USD, words,
                        against=threat.label, low=BILLION * float(spread.low[i]), high=BILLION * float(spread.high[i]),
                        spread=box + _most(spread.moves[i]), threat=threat.name, side=code)
            )  # fmt: skip
    whole = warm.talk.whole(warm.setting(levers.weights, levers.horizon))
    stars = break_even(whole, case.payoffs(levers.weights, levers.horizon))
    numbers += [
        _number(CHANCES, "p_star", f"p_star_{code}", float(star), Unit.NONE, {"country": first_upper(the(code))},
                side=code)
        for code, star in zip(SIDES, stars, strict=True)
    ]  # fmt: skip
    return [*numbers, *_worth_of_days(case)]


def _worth_of_days(deal: DealCase) -> Iterable[DealNumber]:
    """What the days of the deal bring over the status quo: flows near the short run, since they are few."""
    days, case = deal.levers.duration, deal.warm.case
    horizon = Horizon(
        "the deal", days / YEAR_DAYS, case.number("discount_rate", 0.05), case.number("decay_months", 24.0)
    )
    threat = deal.warm.talk.negotiation(deal.warm.talk.settings[0]).threats[0]
    short = horizon.short
    gains = [deal.gains(threat.name, deal.levers.weights, name) for name in ("short", "long")]
    flows = short * gains[0] + (1.0 - short) * gains[1]
    for i, code in enumerate(SIDES):
        value = BILLION * float(flows[i]) * days / YEAR_DAYS
        ends = sorted(BILLION * float(gain[i]) * days / YEAR_DAYS for gain in gains)
        words = {"days": days, "country": the(code), "threat": threat.label, "short": f"{short:.0%}"}
        yield _number("deal_days", "days", f"days_{code}", value, Unit.USD, words, against=threat.label, low=ends[0],
                      high=ends[1], side=code)  # fmt: skip


def number_tables(numbers: Sequence[DealNumber], notes: Sequence[str] = ()) -> dict[str, Table]:
    """The numbers as tables, one a subject, all of one unit; every number of a deal stands in one of them."""
    tables: dict[str, Table] = {}
    for name in dict.fromkeys(number.table for number in numbers):
        rows = [number for number in numbers if number.table == name]
        tables[name] = _table(name, rows, rows[0].unit, notes)
    return tables


FATED = ("value", "before")
"""Columns that stand under every fate of open clauses where these matter."""


def _table(name: str, rows: Sequence[DealNumber], unit: Unit, notes: Sequence[str]) -> Table:
    texts = {"number": "name", "label": "label", "against": "against", "definition": "definition", "range": "spread"}
    amounts = ("value", "before", "low", "high")
    data: dict[str, NDArray[np.generic]] = {
        key: np.asarray([str(getattr(number, attribute)) for number in rows]) for key, attribute in texts.items()
    }
    data["number"] = np.asarray([number.name for number in rows])
    data |= {key: np.asarray([getattr(number, key) for number in rows], dtype=np.float64) for key in amounts}
    words = {fate: text for number in rows for fate, text in number.fate_words.items()}
    fates = {fate: [number.others.get(fate, number) for number in rows] for fate in words}
    columns = {fate: {key: np.asarray([getattr(n, key) for n in own], dtype=np.float64) for key in FATED}
               for fate, own in fates.items()}  # fmt: skip
    return with_fates(table_with(f"deal.{name}", data, notes, unit=unit), columns, words)
