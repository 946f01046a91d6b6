"""A deal on the world: both laws of a scenario solved once, under all that ranges run over, for any country to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from detente.economy import Economy
from detente.lab.averages.sides import Pairing
from detente.lab.country.lines import LineTrade, line_trade
from detente.lab.prepared import prepared
from detente.lab.scenario import LawChange, Scenario, load_scenario, shipped
from detente.lab.world.chosen import Pair, pairs_of, world_of
from detente.lab.world.incidence import Effect, bounded_laws, shown, spread

TODAY = "today"
"""Scenario of a brief that names no deal: the law of a day, against that of the eve of 2025."""


@dataclass(frozen=True)
class DealWorld:
    """One variant of a scenario, laid on the world and solved.

    Attributes
    ----------
    scenario : with every day settled; `variants` : how many there are.
    pairs : importer -> both laws, before and after.
    effects : what ranges run over -> what it does; as it is shown first. sets : those of trade elasticities among them.
    costs : trade costs that are no duties, before and after.
    """

    scenario: Scenario
    variants: int
    pairs: Mapping[str, Pairing] = field(repr=False)
    effects: Mapping[str, Effect] = field(repr=False)
    sets: tuple[str, ...]
    costs: Pair = field(repr=False)
    memo: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """Briefs that were asked for, by country; never part of the deal itself."""

    @property
    def effect(self) -> Effect:
        """What it does under the elasticities of the world."""
        return next(iter(self.effects.values()))

    @property
    def usa(self) -> Pairing:
        """Both laws of the United States."""
        return self.pairs["USA"]

    @property
    def economy(self) -> Economy:
        """The world it is solved in."""
        return self.effect.economy

    @cached_property
    def lines(self) -> LineTrade:
        """Trade and duty of the United States by tariff line and country."""
        return line_trade(self.usa, self.economy)


def deal_world(
    deal: Scenario | str | Path = TODAY,
    today: date | None = None,
    on: date | None = None,
    folder: Path | None = None,
    world: str = "",
    own: str = "",
) -> DealWorld:
    """A deal on the world.

    Parameters
    ----------
    deal : a scenario by name, path or value, of which the first variant is taken.
    today, on : as for a run; `folder` : of one given by value. world : in place of its own, "" for none.
    own : importer whose law is laid on the world beside those of the scenario, "" for none.

    Raises
    ------
    InputError, UnknownName : what a run refuses.
    """
    if isinstance(deal, str) and deal in shipped():
        return _shipped(deal, today if _says_today(deal) else None, on, world, own)
    return _solved(deal, today, on, folder, world, own)


def _says_today(name: str) -> bool:
    """Whether a scenario of the package hangs on the day it is asked for."""
    scenario, _ = load_scenario(name)
    points = (scenario, scenario.against, *scenario.variants.values())
    return any(point is not None and point.on == TODAY for point in points)


@lru_cache(maxsize=4)
def _shipped(name: str, today: date | None, on: date | None, world: str, own: str) -> DealWorld:
    return _solved(name, today, on, None, world, own)


def _solved(
    deal: Scenario | str | Path, today: date | None, on: date | None, folder: Path | None, world: str, own: str
) -> DealWorld:
    if world or own:
        scenario, path = (deal, None) if isinstance(deal, Scenario) else load_scenario(str(deal))
        more: dict[str, Any] = {"world": world} if world else {}
        if own:
            # The law of one more importer as it stands on the days of the deal; its two sides stay.
            laws = {**scenario.laws, own: scenario.laws.get(own, LawChange())}
            more |= {"laws": laws, "counterpart": scenario.sides[1]}
        deal, folder = scenario.model_copy(update=more), folder if path is None else path.parent
    ready = prepared(deal, today=today, on=on, folder=folder)
    scenario, economy = ready.scenario, world_of(ready.scenario, ready.folder)
    pairs = {code: several[0] for code, several in ready.pairings.items()}
    costs = pairs_of(scenario, ready.folder, economy)[0]
    given = bounded_laws({code: [pair] for code, pair in pairs.items()}, economy, [costs])
    main, closure = given.pop(""), scenario.closure
    every = spread(main, economy, shown(main, economy, closure), closure, given)
    first = {name: several[0] for name, several in every.items()}
    return DealWorld(scenario, len(ready.pairings[scenario.importer]), pairs, first, every.sets, costs)
