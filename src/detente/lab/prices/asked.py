"""Prices as they are asked for: the laws of a scenario or of two days, with assumptions of one's own.

Price effects and costs of households as others count them: the choices in which they differ, and what each gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of
from detente.codes.days import BASE_DAY, Standing
from detente.codes.given import share
from detente.codes.number import MOST_DRAWS
from detente.data.importers import importer
from detente.data.limits import memoized
from detente.data.price_tables import budgets
from detente.data.trade_years import YEARS
from detente.lab.averages.averages import ELASTICITY
from detente.lab.averages.laid_law import DEFAULT, laid_law
from detente.lab.averages.reform import own_law
from detente.lab.averages.revenue import OFFSET, collected_rate
from detente.lab.averages.sides import Pairing, Side, latest_standing, pairings_of
from detente.lab.averages.waterfall import Option, of_law
from detente.lab.prices.prices import (
    CLASS,
    PriceChange,
    Shocks,
    category_table,
    days_apart,
    household_table,
    input_table,
    line_table,
    notes,
    price_changes,
    source_table,
)
from detente.lab.scenario import Point, Scenario, opened, parse_scenario
from detente.law import Reading
from detente.trade.prices import DRAWN, LIMITS, PassThrough, burden

AMERICA, OTHER = "USA", "CHN"

#: What is assumed between border and shop, as it is asked for, by its name in the model.
ASSUMED = {"pass_through": "border", "follow": "follow", "margin": "margin", "import_share": "import_share"}

#: What prices are broken down by, as it is asked for, where their tables say it otherwise.
GROUPS = {"source": "authority", "country": "partner"}

DETAIL = "detail"
MOST_SEED = 2**63


@dataclass(frozen=True)
class PriceInputs:
    """What is set of one's own: between border and shop, the accounts, shares of goods, readings of stacking rules."""

    way: PassThrough
    level: str = DETAIL
    shares: Mapping[str, float] = field(default_factory=dict)
    switches: Sequence[str] = ()

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> PriceInputs:
        """From names and values; a reading of a stacking rule stands alone.

        Raises
        ------
        InputError, UnknownName : a value out of range, other accounts than those there are.
        """
        level = str(given.get("accounts", DETAIL))
        if level not in CLASS:
            raise UnknownName("accounts", level[:60], CLASS, Parameter("set", "accounts"), f"use {' or '.join(CLASS)}")
        way = {model: share(given[name], f"set {name}", *LIMITS[model]) for name, model in ASSUMED.items()
               if name in given}  # fmt: skip
        others = {name: value for name, value in given.items() if name not in (*ASSUMED, "accounts")}
        switches = tuple(name for name, value in others.items() if value == "yes")
        shares = {name: share(value, f"set {name}", 0.0, 1.0) for name, value in others.items() if name not in switches}
        return cls(PassThrough(**way), level, shares, switches)


def switches() -> Sequence[str]:
    """Alternative readings of the stacking rules of the United States."""
    return sorted({name for rule in importer(AMERICA).law.rules for name in (rule.switch, rule.unless) if name})


@dataclass(frozen=True)
class AskedPrices:
    """Consumer prices under the laws that are asked about.

    Attributes
    ----------
    scenario : that says how laws are compared, with the folder of its files; both : pairings by importer.
    weights : year of the trade, "" for its own.
    earlier : title of the scenario whose law comes first, "" where a day says it.
    """

    scenario: Scenario
    folder: Path
    both: Mapping[str, Sequence[Pairing]]
    assumed: PriceInputs
    weights: str
    draws: int
    seed: int
    earlier: str = ""

    @property
    def pairings(self) -> list[Pairing]:
        """The laws of the United States on the trade that weighs duties."""
        own = list(self.both[AMERICA])
        return _on_weights(own, self.weights) if self.weights else own

    @property
    def standing(self) -> Standing | None:
        """How far the law is on record."""
        return latest_standing(self.both[AMERICA])

    @cached_property
    def changes(self) -> list[PriceChange]:
        """What becomes of prices, by variant."""
        return self._changes(self.assumed.level)

    @cached_property
    def _detailed(self) -> list[PriceChange]:
        """The same on the accounts that have the categories of households' budgets."""
        return self.changes if self.assumed.level == DETAIL else self._changes(DETAIL)

    def _changes(self, level: str) -> list[PriceChange]:
        return price_changes(self.pairings, self.assumed.way, draws=self.draws, seed=self.seed, level=level)

    def table(self, name: str) -> Table:
        """A table of the answer: by what prices are broken down, or `households`, `inputs`, `years`."""
        makers = {"category": category_table, "line": line_table, "inputs": input_table}
        if name == "years":
            made = self._years()
        elif name == "households":
            made = household_table(self._detailed)
        else:
            made = makers[name](self.changes) if name in makers else source_table(self.changes, GROUPS.get(name, name))
        return made.standing_on(self.standing)

    def _years(self) -> Table:
        """Rise of all consumer prices with duties weighed by the trade of each year on record."""
        rows: list[tuple[object, ...]] = []
        changes: list[PriceChange] = []
        for year in map(str, YEARS):
            pairings = _on_weights(self.both[AMERICA], year)
            changes = price_changes(pairings, self.assumed.way, draws=0, level=self.assumed.level)
            rows += [(own.variant, year, *(effect.headline for effect in own.effects), own.change) for own in changes]
        last = [note for note in notes(changes) if not note.startswith(("rise against", "as assumed"))]
        return table_of("prices.years", rows, last)


def _on_weights(pairings: Sequence[Pairing], year: str) -> list[Pairing]:
    """The same laws on the trade of another year."""

    def laid(side: Side) -> Side:
        return replace(side, ground=laid_law(side.law, side.ground.parameters, weights=year))

    return [replace(each, before=laid(each.before), after=laid(each.after)) for each in pairings]


def asked_prices(
    scenario: str | Mapping[str, Any] | Scenario = "",
    on: date | None = None,
    *,
    against: date | str = "",
    weights: str = "",
    draws: int,
    seed: int | None = None,
    given: Mapping[str, Any],
    reading: str = "effective",
    void: Sequence[str] = (),
    announce: Sequence[str] = (),
    lawbook: str = "",
) -> AskedPrices:
    """Consumer prices under a scenario, or under the law of a day, beside earlier law.

    Parameters
    ----------
    against : a day, or a scenario whose law comes first; "" for what the scenario says, or the first day of 2025.
    seed : the scenario's own where none is given. given : see `PriceInputs.of`.

    Raises
    ------
    InputError, UnknownName : what cannot be used.
    """
    for name, value, most in (("draws", draws, MOST_DRAWS), ("seed", seed or 0, MOST_SEED)):
        if not 0 <= value <= most:
            raise InputError(Parameter(name), f"{value} is out of range", f"give a number from 0 to {most}")
    assumed, today = PriceInputs.of(given), date.today()
    law = own_law(importer(AMERICA), lawbook, void, announce, assumed.switches)
    if not scenario:
        days, read = (against if isinstance(against, date) else BASE_DAY, on or today), Reading(reading)
        chosen, folder = Scenario(name="days", on=days[1], against=Point(on=days[0])), Path()
        pairings = {
            AMERICA: [days_apart(law, days, read, assumed.shares)],
            OTHER: [days_apart(importer(OTHER).law, days, read, {})],
        }
    else:
        chosen, folder = _opened(scenario, today, on)
        if law is not importer(AMERICA).law or assumed.shares or reading != Reading.EFFECTIVE.value:
            repair = "leave out the changes of the law, or the scenario"
            raise InputError(f"scenario {chosen.name}", "says itself which law is meant", repair)
        pairings = {code: list(pairings_of(chosen, code, folder)) for code in dict.fromkeys((AMERICA, *chosen.sides))}
    earlier = ""
    if against and (scenario or not isinstance(against, date)):
        first = against if isinstance(against, date) else _opened(against, today, None)
        earlier = "" if isinstance(first, date) else first[0].title or first[0].name
        variant = "" if scenario else f"{against} to {chosen.on}"
        pairings = {code: [_beside(pair, code, first, variant) for pair in own] for code, own in pairings.items()}
    return AskedPrices(
        chosen, folder, pairings, assumed, weights, draws, chosen.seed if seed is None else seed, earlier
    )


def _opened(scenario: str | Mapping[str, Any] | Scenario, today: date, on: date | None) -> tuple[Scenario, Path]:
    known = parse_scenario(scenario, "scenario", "scenario") if isinstance(scenario, Mapping) else scenario
    return opened(known, today, on)


def _beside(pair: Pairing, code: str, first: date | tuple[Scenario, Path], variant: str) -> Pairing:
    """The later law of a pairing beside that of an earlier day, or the one that another scenario comes to."""
    if isinstance(first, date):
        law = importer(code).law
        ground = pair.after.ground.under(law)
        return replace(pair, before=Side(str(first), first, pair.after.reading, law, ground))
    others = list(pairings_of(first[0], code, first[1]))
    if len(others) > 1:
        what = f"scenario {first[0].name} has {len(others)} variants"
        raise InputError(Parameter("against"), what, "name a scenario of one, or a day")
    return Pairing(variant or pair.variant, others[0].after, pair.after)


#: What is counted: the rise of prices; of a household what it pays itself, all consumption, or duty over households.
PRICES, POCKET, ACCOUNTS, DUTY = "prices", "pocket", "accounts", "duty"


@dataclass(frozen=True)
class PriceView:
    """How a price effect or the cost of a household is counted; the defaults are ours.

    Attributes
    ----------
    on, since : days of the two laws; claims, weights : as in `laid_law`.
    what : `PRICES`, `POCKET`, `ACCOUNTS` or `DUTY`.
    assumed : between the border and the shop; `level` : of the accounts.
    answers : trade has answered the duty, flow by flow. paid : scaled to the duty customs collected in the month.
    net : of `DUTY`, less the income and payroll taxes it costs.
    """

    on: date
    since: date = BASE_DAY
    what: str = PRICES
    claims: str = ""
    weights: str = DEFAULT
    reading: Reading = Reading.EFFECTIVE
    assumed: PassThrough = field(default_factory=PassThrough)
    level: str = "detail"
    answers: bool = False
    paid: bool = False
    net: bool = False


def counted_as(view: PriceView) -> float:
    """Rise of consumer prices, share of spending, or cost of the average household, USD a year.

    Raises
    ------
    InputError : duty collected in a month that is not on record.
    """
    shocks = _shocks(_law_of(view))
    if view.answers:
        before, after = (side.after_answer(ELASTICITY) for side in shocks)
    else:
        before, after = shocks
    scale = _paid_over_owed(view.on, view.since) if view.paid else 1.0
    if view.what == DUTY:
        duty = view.assumed.border * (after.duty - before.duty) / budgets().households
        return scale * duty * (1.0 - OFFSET if view.net else 1.0)
    return scale * _counted(view, before, after)


def _counted(view: PriceView, before: Shocks, after: Shocks) -> float:
    change = PriceChange("", before, after, view.assumed, draws=0)
    old, new = change.effects
    if view.what == PRICES:
        return new.headline - old.headline
    mean = burden(change.tables, new.lines - old.lines, budgets()).mean
    return float((mean.out_of_pocket if view.what == POCKET else mean.national_accounts)[0])


def _law_of(view: PriceView) -> PriceView:
    """The view as far as it says whose law is laid on what."""
    kept = PriceView(view.on, view.since, claims=view.claims, weights=view.weights, reading=view.reading)
    return replace(kept, level=view.level)


@memoized
def _shocks(view: PriceView) -> tuple[Shocks, Shocks]:
    """Shocks of the earlier and the later law."""
    law = importer("USA").law
    pairing = days_apart(law, (view.since, view.on), view.reading, {})
    if view.claims or view.weights != DEFAULT:
        before, after = (
            replace(side, ground=laid_law(side.law, claims=view.claims, weights=view.weights))
            for side in (pairing.before, pairing.after)
        )
        pairing = Pairing(pairing.variant, before, after)
    (change,) = price_changes([pairing], draws=0, level=view.level)
    return change.before, change.after


@memoized
def _paid_over_owed(on: date, since: date) -> float:
    """Rise of the duty that customs collected between the months of two days over that of the law's average."""
    paid = collected_rate(on.strftime("%Y-%m")) - collected_rate(since.strftime("%Y-%m"))
    if np.isnan(paid):
        what = f"the duty collected in {on:%Y-%m} is not on record"
        raise InputError(Parameter("choices"), what, "leave out the choice paid")
    later, earlier = (laid_law(importer("USA").law, scope="all").whole(day) for day in (on, since))
    return paid / (later - earlier) if later != earlier else 1.0


def price_options(view: PriceView, law: date | None = None) -> tuple[Option[PriceView], ...]:
    """What others may choose otherwise, in the order of a waterfall.

    Parameters
    ----------
    law : day of the law that they mean, where it is another.
    """
    month = f"{view.on:%Y-%m}"
    changes: dict[str, tuple[str, dict[str, Any]]] = {
        "reading": ("choices.published", {"reading": Reading.PUBLISHED}),
        "claims": ("choices.claims_2024", {"claims": "2024"}),
        "answers": ("choices.buyers", {"answers": True}),
    }
    others = {"summary": ("choices.summary", {"level": "summary"})} if view.what == PRICES else {}
    paid = {"paid": ("choices.customs", {"paid": True})} if np.isfinite(collected_rate(month)) else {}
    counts = {"accounts": ("choices.accounts", {"what": ACCOUNTS}), "duty": ("choices.duty", {"what": DUTY}),
              "net": ("choices.net", {"what": DUTY, "net": True})} if view.what != PRICES else {}  # fmt: skip

    def options(known: Mapping[str, tuple[str, dict[str, Any]]]) -> Iterator[Option[PriceView]]:
        for name, (words, change) in known.items():
            yield Option(name, declared_note(words, month=month), lambda v, change=change: replace(v, **change))

    first = [] if law is None else [of_law(law)]
    return (*first, *options(changes), *_assumptions(), *options({**others, **paid, **counts}))


def _assumptions() -> Iterator[Option[PriceView]]:
    """The other end of each range between the border and the shop."""
    least, most = DRAWN["border"][0], DRAWN["follow"][1]
    ends = {
        "border": (declared_note("choices.border", share=1 - least), {"border": least}),
        "follow": (declared_note("choices.follow", share=most), {"follow": most}),
        "margin": (declared_note("choices.margin"), {"margin": 1.0}),
        "imports_low": (declared_note("choices.imports_low"), {"import_share": -1.0}),
        "imports_high": (declared_note("choices.imports_high"), {"import_share": 1.0}),
    }
    for name, (words, end) in ends.items():
        yield Option(name, words, lambda v, end=end: replace(v, assumed=replace(v.assumed, **end)))
