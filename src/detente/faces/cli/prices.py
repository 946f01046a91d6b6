"""`detente prices` and `households`: what a change of US law does to consumer prices, and whom it costs how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from detente.codes.numbers import MOST_DRAWS
from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.codes import Table
    from detente.lab.ground.sides import Pairing
    from detente.lab.prices.prices import PriceChange
    from detente.trade.prices import PassThrough

FIRST, LAST = opt.SINCE, "today"
BY = ("category", "line", "source", "measure", "partner", "inputs", "year", "closure")

OTHERWISE = ("year", "closure")
"""Breakdowns by what is assumed of the world."""

ScenarioName = Annotated[str, typer.Argument(help="Scenario by name or file; without one, the law of two days.")]
From = Annotated[str, typer.Option("--against", "--from", help="Earlier day that is compared with.")]
To = Annotated[str, typer.Option("--on", "--to", help="Day whose tariffs are used.")]
By = Annotated[str, typer.Option("--by", help="category, line, source, measure, country, inputs, year or closure.")]
Border = Annotated[float, typer.Option("--pass-through", help="Share of a duty that buyers at the border pay.")]
Follow = Annotated[float, typer.Option("--follow", help="Share of imports' rise that competing domestic goods follow.")]
Margin = Annotated[float, typer.Option("--margin", help="Share of margins that rises with the goods: 0 = in dollars.")]
ImportShare = Annotated[float, typer.Option("--import-share", help="Imports in purchases: -1 low, 0 default, 1 high.")]
Accounts = Annotated[str, typer.Option("--accounts", help="detail (402 goods, 2017) or summary (73 goods, 2024).")]
Year = Annotated[str, typer.Option("--weights", help="Trade that weighs duties: a year of 2015 to 2025, or a file.")]
Draws = Annotated[int, typer.Option("--draws", help="Draws of the range; 0 leaves it out.")]
Seed = Annotated[int | None, typer.Option("--seed", help="Seed of the draws; the scenario's by default.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("prices")(prices)
    app.command("households")(households)


def prices(
    scenario: ScenarioName = "",
    from_: From = FIRST,
    to: To = LAST,
    by: By = BY[0],
    pass_through: Border = 1.0,
    follow: Follow = 0.0,
    margin: Margin = 0.0,
    import_share: ImportShare = 0.0,
    accounts: Accounts = "detail",
    weights: Year = "",
    draws: Draws = 200,
    seed: Seed = None,
    reading: opt.ReadingName = "effective",
    set_: opt.SetList = None,
    switch: opt.Switches = None,
    lawbook: opt.Lawbook = None,
    void: opt.Void = None,
    announce: opt.Announce = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Rise of US consumer prices by category, line of spending, source, measure, partner, or what moves it.

    Beside these, by year of the trade that weighs duties, and in the world economy by what happens to trade balances.
    """
    from detente.codes import UnknownName
    from detente.faces.formats import check_format, emit
    from detente.lab.ground.sides import latest_standing
    from detente.lab.prices import tables as build

    check_format(format_)
    by = opt.grouping(by)
    if by not in BY:
        raise UnknownName("breakdown", by, BY, "--by", f"use {', '.join(BY)}")
    assumed = _assumed(pass_through, follow, margin, import_share)
    pairings, own_seed = _pairings(scenario, from_, to, reading, set_, switch, lawbook, void, announce)
    if by in OTHERWISE:
        table = _otherwise(by, scenario, pairings, assumed, accounts, reading)
        emit([table.standing_on(latest_standing(pairings))], format_, out)
        return
    pairings = _weighed(pairings, weights)
    changes = _changes(pairings, assumed, draws, own_seed if seed is None else seed, accounts)
    tables = {"category": build.category_table, "line": build.line_table, "inputs": build.input_table}
    split = {"source": "authority"}.get(by, by)
    table = tables[by](changes) if by in tables else build.source_table(changes, split)
    emit([table.standing_on(latest_standing(pairings))], format_, out)


def households(
    scenario: ScenarioName = "",
    from_: From = FIRST,
    to: To = LAST,
    pass_through: Border = 1.0,
    follow: Follow = 0.0,
    margin: Margin = 0.0,
    import_share: ImportShare = 0.0,
    weights: Year = "",
    draws: Draws = 200,
    seed: Seed = None,
    reading: opt.ReadingName = "effective",
    set_: opt.SetList = None,
    switch: opt.Switches = None,
    lawbook: opt.Lawbook = None,
    void: opt.Void = None,
    announce: opt.Announce = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Cost of dearer consumption to a US household by decile of income, out of pocket and on national accounts."""
    from detente.faces.formats import check_format, emit
    from detente.lab.ground.sides import latest_standing
    from detente.lab.prices.tables import household_table

    check_format(format_)
    assumed = _assumed(pass_through, follow, margin, import_share)
    pairings, own_seed = _pairings(scenario, from_, to, reading, set_, switch, lawbook, void, announce)
    changes = _changes(_weighed(pairings, weights), assumed, draws, own_seed if seed is None else seed, "detail")
    emit([household_table(changes).standing_on(latest_standing(pairings))], format_, out)


def _assumed(border: float, follow: float, margin: float, import_share: float) -> PassThrough:
    """The assumptions of a command, each named by its option where it is out of range."""
    from detente.trade.prices import LIMITS, PassThrough

    given = {"border": border, "follow": follow, "margin": margin, "import_share": import_share}
    options = {"border": "--pass-through", "follow": "--follow", "margin": "--margin", "import_share": "--import-share"}
    return PassThrough(**{name: opt.number(value, options[name], *LIMITS[name]) for name, value in given.items()})


def _weighed(pairings: list[Pairing], weights: str) -> list[Pairing]:
    """The same laws on the trade that weighs duties, where another is named."""
    from detente.lab.prices.otherwise import on_weights

    return on_weights(pairings, weights) if weights else pairings


def _otherwise(
    by: str, scenario: str, pairings: list[Pairing], assumed: PassThrough, accounts: str, reading: str
) -> Table:
    """What other assumptions of the world make of the change."""
    if by == "year":
        from detente.lab.prices.otherwise import year_table

        return year_table(pairings, assumed, accounts)
    from detente.lab.world.closures import closure_table, compared_apart, compared_in

    several = compared_in(scenario, opt.day("today")) if scenario else compared_apart(pairings[0], opt.reading(reading))
    return closure_table(several)


def _changes(pairings: list[Pairing], assumed: PassThrough, draws: int, seed: int, accounts: str) -> list[PriceChange]:
    from detente.lab.prices.prices import price_changes

    opt.number(draws, "--draws", 0, MOST_DRAWS)
    opt.number(seed, "--seed", 0, 2**63)
    return price_changes(pairings, assumed, draws=draws, seed=seed, level=accounts)


def _pairings(
    scenario: str,
    first: str,
    last: str,
    reading: str,
    set_: opt.SetList,
    switch: opt.Switches,
    lawbook: opt.Lawbook,
    void: opt.Void,
    announce: opt.Announce,
) -> tuple[list[Pairing], int]:
    """The laws to compare: those of a scenario, or one law on two days."""
    from detente.codes import InputError
    from detente.lab.prices.prices import SEED, days_apart, scenario_pairings

    if scenario:
        if (first, last) != (FIRST, LAST) or any((set_, switch, lawbook, void, announce)):
            repair = "leave out --on, --against and changes of the law, or leave out the scenario"
            raise InputError(f"scenario {scenario}", "says itself which laws are compared", repair)
        return scenario_pairings(scenario, opt.day("today"))
    law = opt.law_of("USA", lawbook, switch, void, announce)
    days = opt.day(first, "--against"), opt.day(last, "--on")
    return [days_apart(law, days, opt.reading(reading), opt.settings(set_))], SEED
