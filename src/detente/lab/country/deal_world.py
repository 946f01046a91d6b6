"""A deal on the world: both laws of a scenario solved once, under all that ranges run over, for any country to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Parameter, UnknownName
from detente.economy import Economy
from detente.lab.averages.sides import Pairing
from detente.lab.country.lines import LineTrade, line_trade
from detente.lab.prepared import Prepared, prepared
from detente.lab.scenario import LawChange, Scenario, load_scenario, shipped
from detente.lab.world.chosen import world_of
from detente.lab.world.costs import Pair, pairs_of
from detente.lab.world.incidence import Effect, bounded_laws, shown, spread

Floats = NDArray[np.float64]

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
    variant: str = "",
    world: str = "",
    own: str = "",
) -> DealWorld:
    """A deal on the world.

    Parameters
    ----------
    deal : a scenario by name, path or value; today, on : as for a run; `folder` : of one given by value.
    variant : of the scenario, by name; the first by default. world : in place of its own, "" for none.
    own : importer whose law is laid on the world beside those of the scenario, "" for none.

    Raises
    ------
    InputError, UnknownName : what a run refuses, a variant that the scenario does not have.
    """
    if isinstance(deal, str) and deal in shipped():
        return _shipped(deal, today if _says_today(deal) else None, on, variant, world, own)
    scenario, beside = _on_world(deal, folder, world)
    if own:
        scenario = _with_law(_loaded(scenario), own)
    return _solved(prepared(scenario, today=today, on=on, folder=beside), variant)


def _on_world(
    deal: Scenario | str | Path, folder: Path | None, world: str
) -> tuple[Scenario | str | Path, Path | None]:
    """A scenario on another world, with the folder in which its files lie."""
    if not world:
        return deal, folder
    scenario, path = (deal, None) if isinstance(deal, Scenario) else load_scenario(str(deal))
    return scenario.model_copy(update={"world": world}), folder if path is None else path.parent


def _loaded(deal: Scenario | str | Path) -> Scenario:
    return deal if isinstance(deal, Scenario) else load_scenario(str(deal))[0]


def _with_law(scenario: Scenario, importer: str) -> Scenario:
    """A scenario with the law of one more importer as it stands on its days; its two sides stay."""
    laws = {**scenario.laws, importer: scenario.laws.get(importer, LawChange())}
    return scenario.model_copy(update={"laws": laws, "counterpart": scenario.sides[1]})


def _says_today(name: str) -> bool:
    """Whether a scenario of the package hangs on the day it is asked for."""
    scenario, _ = load_scenario(name)
    points = (scenario, scenario.against, *scenario.variants.values())
    return any(point is not None and point.on == TODAY for point in points)


@lru_cache(maxsize=4)
def _shipped(name: str, today: date | None, on: date | None, variant: str, world: str, own: str) -> DealWorld:
    scenario, folder = _on_world(name, None, world)
    if own:
        scenario = _with_law(_loaded(scenario), own)
    return _solved(prepared(scenario, today=today, on=on, folder=folder), variant)


def _solved(ready: Prepared, variant: str) -> DealWorld:
    scenario, economy = ready.scenario, world_of(ready.scenario, ready.folder)
    names = [pair.variant for pair in ready.pairings[scenario.importer]]
    if variant and variant not in names:
        raise UnknownName("variant", variant, names, Parameter("variant"), f"use {', '.join(names)}")
    index = names.index(variant) if variant else 0
    pairs = {code: several[index] for code, several in ready.pairings.items()}
    costs = pairs_of(scenario, ready.folder, economy)[index]
    given = bounded_laws({code: [pair] for code, pair in pairs.items()}, economy, [costs])
    main, closure = given.pop(""), scenario.closure
    every = spread(main, economy, shown(main, economy, closure), closure, given)
    first = {name: several[0] for name, several in every.items()}
    return DealWorld(scenario, len(names), pairs, first, every.sets, costs)
