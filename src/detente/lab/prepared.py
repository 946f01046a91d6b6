"""Prepared: a scenario with everything that a run could refuse looked at, before the first number is computed.

A run begins here, and so does `detente run --dry-run`: what one refuses the other does, in the same words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from detente.codes import MOST_DRAWS, InputError, Parameter, UnknownName, whole_number
from detente.data.importers import importer
from detente.data.yamlfile import read_text
from detente.lab.averages.averages import BY
from detente.lab.averages.sides import Pairing, pairings_of
from detente.lab.deal.levers import check_terms
from detente.lab.scenario import Scenario, opened, scenario_of, with_closure
from detente.lab.statute.lookup import look_up, meant, partners_first
from detente.lab.talks.near import case_for
from detente.lab.work.schedule import handed
from detente.lab.world.chosen import changes_costs, check_world, pairs_of, with_costs, world_of


@dataclass(frozen=True)
class Prepared:
    """A scenario that can be run.

    Attributes
    ----------
    scenario : dated; `folder` : in which the files that it names lie.
    pairings : the law before and after, by importer and variant.
    draws : of the ranges; None for the scenario's own.
    """

    scenario: Scenario
    folder: Path
    pairings: Mapping[str, list[Pairing]]
    draws: int | None = None


def prepared(
    scenario: Scenario | str | Path,
    *,
    today: date | None = None,
    on: date | None = None,
    draws: int | None = None,
    folder: Path | None = None,
    checks: Iterable[Callable[[], object]] | None = None,
) -> Prepared:
    """A scenario by name, path or value, ready to be run.

    Parameters
    ----------
    today, on, draws : as for a run; `folder` : of a scenario given by value.
    checks : of `begun_checks` of the scenario, where another process is at them.

    Raises
    ------
    InputError, UnknownName : what cannot be run, with the place and the repair.
    """
    draws = None if draws is None else whole_number(draws, "draws", 0, MOST_DRAWS)
    scenario, beside = opened(scenario, today, on)
    folder = beside if folder is None else folder
    pairings = {code: list(pairings_of(scenario, code, folder)) for code in scenario.importers}
    for several in pairings.values():
        for side in (side for pairing in several for side in (pairing.before, pairing.after)):
            _ = side.schedule
    _report(scenario, pairings[scenario.importer])
    for check in begun_checks(scenario, folder, draws) if checks is None else checks:
        check()
    check_world(scenario, folder, pairings)
    if changes_costs(scenario):
        pairs_of(scenario, folder, world_of(scenario, folder))
    check_terms(scenario, case_for(scenario.on))
    return Prepared(scenario, folder, pairings, draws)


def begun_checks(
    scenario: Scenario, folder: Path, draws: int | None, executor: Executor | None = None
) -> list[Callable[[], object]]:
    """What ends the checks that need no law, which begin in another process where one is given."""
    checks = partial(_record, scenario, folder, draws or 0), partial(_materials, scenario, folder)
    return [check if executor is None else handed(executor, check) for check in checks]


def _report(scenario: Scenario, pairings: list[Pairing]) -> None:
    """Groupings, partners and products of the report."""
    place, report = f"scenario {scenario.name}, report", scenario.report
    for by in report.by:
        if by not in BY:
            raise UnknownName("grouping", by[:60], BY, f"{place}.by", f"use {', '.join(BY)}")
    with _inside(f"{place}.partners"):
        partners_first(report.partners, pairings[0].after.on, scenario.importer)
    for number, product in enumerate(report.products, start=1):
        with _inside(f"{place}.products, product {number}"):
            for side in (side for pairing in pairings for side in (pairing.before, pairing.after)):
                # What rates the goods refuses; a country alone needs no more than to be understood.
                named, law = (product.line, product.partner, side.on), side.law
                if meant(importer(law.importer), law, *named).members:
                    look_up(*named, law=law, of=law.importer)


def _record(scenario: Scenario, folder: Path, draws: int) -> None:
    """Timeline, moves and claims of the record; claims are judged where draws are asked for.

    A ledger of the package, of which nothing is asked, is not read: that it is in order is known.
    """
    from detente.data.eventfile import path_of
    from detente.lab.record.history import record_tables, source_of

    record, on = scenario.record, scenario.on
    assert isinstance(on, date)
    with _inside(f"scenario {scenario.name}, record"):
        record_tables(record, folder, on, 0, scenario.seed)
        claims = source_of(record.claims, folder)
        listed = False
        if record.claims and not draws and not isinstance(claims, Path):
            # Whether a file of the package is a ledger of claims is told without its rows.
            path, where = path_of(claims)
            listed = path.suffix == ".yaml" and "\nclaims:" in f"\n{read_text(path, where)}"
        if record.claims and not listed:
            from detente.lab.claims.ledger import load_ledger

            ledger = load_ledger(claims)
            if draws:
                from detente.lab.claims.check import chosen

                chosen(ledger, record.as_of or on)


def _materials(scenario: Scenario, folder: Path) -> None:
    """Chain, licence paths and countries of the materials."""
    if scenario.materials is None:
        return
    from detente.lab.chains.materials import check_materials, located

    assert isinstance(scenario.on, date)
    with _inside(f"scenario {scenario.name}, materials"):
        check_materials(located(scenario.materials, folder), scenario.on)


@contextmanager
def _inside(place: str) -> Iterator[None]:
    """Mistakes are said of the place in the scenario that holds them."""
    try:
        yield
    except InputError as error:
        raise error.inside(place) from None


#: What stands for a scenario: its name or file, what a file says, or a scenario that was made.
Runnable = Scenario | Mapping[str, Any] | str | Path


def asked_scenario(
    given: Runnable,
    *,
    variant: str = "",
    world: str = "",
    closure: str = "",
    costs: str | Path | Sequence[Mapping[str, Any]] | None = None,
    seed: int | None = None,
) -> tuple[Scenario, Path]:
    """A scenario, and the folder in which the files that it names lie.

    Parameters
    ----------
    variant : the only one that is kept. world, closure, costs, seed : in place of its own; a file or rows of `costs`.

    Raises
    ------
    InputError, UnknownName : what is no scenario, or what it does not have.
    """
    if not isinstance(given, Scenario | Mapping | str | Path):
        repair = "give a name, a path, a mapping as in a scenario file, or a Scenario"
        raise InputError(Parameter("scenario"), f"{given!r:.40} is no scenario", repair)
    scenario, folder = scenario_of(given)
    if variant:
        known = scenario.variants
        if variant not in known:
            raise UnknownName("variant", variant[:60], known, Parameter("variant"))
        scenario = scenario.model_copy(update={"variants": {variant: known[variant]}})
    if world:
        from detente.data.worlds import world_names

        own = world if world in world_names() or not Path(world).exists() else str(Path(world).resolve())
        scenario = scenario.model_copy(update={"world": own})
    scenario = with_closure(scenario, closure) if closure else scenario
    scenario = with_costs(scenario, costs) if costs else scenario
    return scenario if seed is None else scenario.model_copy(update={"seed": seed}), folder
