"""Prices as they are asked for: the laws of a scenario or of two days, with assumptions of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from detente.codes import InputError, Parameter, Table, UnknownName
from detente.codes.days import BASE_DAY
from detente.codes.given import share
from detente.codes.numbers import MOST_DRAWS
from detente.codes.standing import Standing
from detente.data.importers import importer
from detente.lab.ground.reform import own_law
from detente.lab.ground.sides import Pairing, Side, latest_standing, pairings_of
from detente.lab.prices.otherwise import on_weights, year_table
from detente.lab.prices.prices import CLASS, PriceChange, days_apart, price_changes
from detente.lab.prices.tables import category_table, household_table, input_table, line_table, source_table
from detente.lab.scenario import Point, Scenario, opened, parse_scenario
from detente.law import Reading
from detente.trade.prices import LIMITS, PassThrough

AMERICA, OTHER = "USA", "CHN"

ASSUMED = {"pass_through": "border", "follow": "follow", "margin": "margin", "import_share": "import_share"}
"""What is assumed between border and shop, as it is asked for, by its name in the model."""

GROUPS = {"source": "authority", "country": "partner"}
"""What prices are broken down by, as it is asked for, where their tables say it otherwise."""

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
        return on_weights(own, self.weights) if self.weights else own

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
            made = year_table(self.both[AMERICA], self.assumed.way, self.assumed.level)
        elif name == "households":
            made = household_table(self._detailed)
        else:
            made = makers[name](self.changes) if name in makers else source_table(self.changes, GROUPS.get(name, name))
        return made.standing_on(self.standing)


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
