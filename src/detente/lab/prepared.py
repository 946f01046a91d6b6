"""Prepared: a scenario with everything that a run could refuse looked at, before the first number is computed.

A run begins here, and so does `detente validate`: what one refuses the other does, in the same words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from detente.codes import MOST_DRAWS, InputError, UnknownName, whole_number
from detente.data.importers import importer
from detente.data.yamlfile import as_date, as_share
from detente.lab.averages import BY, ground_of
from detente.lab.lookup import check_product, partners_first
from detente.lab.reform import reformed
from detente.lab.scenario import Point, Scenario, load_scenario
from detente.lab.sides import Pairing, Side
from detente.lab.talks_near import case_for
from detente.lab.talks_terms import check_terms
from detente.lab.weights import DEFAULT, weights_of, year_of
from detente.law import Reading


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
) -> Prepared:
    """A scenario by name, path or value, ready to be run.

    Parameters
    ----------
    today, on, draws : as for a run; `folder` : of a scenario given by value.

    Raises
    ------
    InputError, UnknownName : what cannot be run, with the place and the repair.
    """
    draws = None if draws is None else whole_number(draws, "draws", 0, MOST_DRAWS)
    folder = Path() if folder is None else folder
    if not isinstance(scenario, Scenario):
        scenario, path = load_scenario(str(scenario))
        folder = path.parent
    scenario = dated(scenario if on is None else scenario.model_copy(update={"on": on}), today)
    pairings = {code: list(pairings_of(scenario, code, folder)) for code in ("USA", "CHN")}
    for several in pairings.values():
        for side in (side for pairing in several for side in (pairing.before, pairing.after)):
            _ = side.schedule
    _report(scenario, pairings["USA"])
    _record(scenario, folder, draws or 0)
    _materials(scenario, folder)
    check_terms(scenario, case_for(scenario.on))
    return Prepared(scenario, folder, pairings, draws)


def _report(scenario: Scenario, pairings: list[Pairing]) -> None:
    """Groupings, partners and products of the report."""
    place, report = f"scenario {scenario.name}, report", scenario.report
    for by in report.by:
        if by not in BY:
            raise UnknownName("grouping", by[:60], BY, f"{place}.by", f"use {', '.join(BY)}")
    with _inside(f"{place}.partners"):
        partners_first(report.partners, pairings[0].after.on)
    for number, product in enumerate(report.products, start=1):
        with _inside(f"{place}.products, product {number}"):
            for side in (side for pairing in pairings for side in (pairing.before, pairing.after)):
                check_product(product.line, product.partner, side.on, side.law)


def _record(scenario: Scenario, folder: Path, draws: int) -> None:
    """Timeline, moves and claims of the record; claims are judged where draws are asked for."""
    from detente.data.claimfile import load_ledger
    from detente.lab.record_of_run import record_tables, source_of

    asked, on = scenario.record, scenario.on
    assert isinstance(on, date)
    with _inside(f"scenario {scenario.name}, record"):
        record_tables(asked, folder, on, 0, scenario.seed)
        ledger = load_ledger(source_of(asked.claims, folder)) if asked.claims else None
        if ledger is not None and draws:
            from detente.lab.claims import chosen

            chosen(ledger, asked.as_of or on)


def _materials(scenario: Scenario, folder: Path) -> None:
    """Chain, licence paths and countries of the materials."""
    if scenario.materials is None:
        return
    from detente.lab.materials import check_materials, located

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


def dated(scenario: Scenario, today: date | None) -> Scenario:
    """The scenario with every "today" made a date."""
    today = None if today is None else as_date(today, "today")

    def day(value: object) -> date:
        if isinstance(value, date):
            return value
        if today is None:
            raise InputError(
                f"scenario {scenario.name}", "is about today, and no day was given", "give today=date.today()"
            )
        return today

    against = scenario.against
    if against is not None:
        against = against.model_copy(update={"on": day(against.on or scenario.on)})
    variants = {
        name: point.model_copy(update={"on": day(point.on or scenario.on)}) for name, point in scenario.variants.items()
    }
    return scenario.model_copy(update={"on": day(scenario.on), "against": against, "variants": variants})


def pairings_of(scenario: Scenario, code: str, folder: Path) -> Iterator[Pairing]:
    """An importer's law before and after, for each variant of a dated scenario; `folder` holds its own files."""
    base = scenario.against or Point(on=scenario.on)
    before = _side(scenario, base, code, folder, "before")
    variants: Mapping[str, Point] = scenario.variants or {scenario.name or "scenario": scenario}
    for name, point in variants.items():
        yield Pairing(name, before, _side(scenario, point, code, folder, name))


def _side(scenario: Scenario, point: Point, code: str, folder: Path, label: str) -> Side:
    where = importer(code)
    on = point.on
    assert isinstance(on, date)
    change = point.usa if code == "USA" else point.chn
    law = reformed(where, where.law, change, on, folder, f"scenario {scenario.name}")
    given = {name: as_share(value, f"scenario {scenario.name}, set {name}") for name, value in scenario.set.items()}
    if code == "USA":
        weights = weights_of(scenario, folder)
        ground = ground_of(law, given, scenario.scope, scenario.claims, on.strftime("%Y-%m"), weights)
    else:
        year = year_of(scenario.weights, code, f"scenario {scenario.name}, weights")
        ground = ground_of(law, weights=DEFAULT if year is None else scenario.weights)
    return Side(label, on, Reading(point.reading), law, ground)
