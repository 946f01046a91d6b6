"""`detente score`: forecasts made with the data of one month beside the months that came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.codes import Table

SCREEN = ("scores", "score_surprises", "score_misses", "score_parameters", "score_tests", "score_ahead",
          "score_origins")  # fmt: skip
"""Tables on the screen where none is named."""

SHOWN = ("quantity", "partner_name", "months", "came", "error", "bias", "knowing", "persists", "last_year", "fixed",
         "ratio", "low", "high")  # fmt: skip
"""Columns of the errors on the screen."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("score")(score)


def score(
    made: Annotated[
        str, typer.Option("--made", help="Month whose data and law are known, or every; March 2025 by default.")
    ] = "",
    through: Annotated[str, typer.Option("--through", help="Last month; a year ahead as far as on record.")] = "",
    as_: Annotated[
        str, typer.Option("--as", help="law, or collected: the law through delay and shares not collected.")
    ] = "law",
    estimated: Annotated[
        str, typer.Option("--estimated", help="Show estimates of delay and claims on the months up to this one.")
    ] = "",
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws of months.")] = 20250512,
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Forecasts of duty, imports and prices set beside what came, with errors of naive rules and misses by name."""
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.score.score import score as scored

    check_format(format_)
    opt.number(seed, "--seed", 0, 2**63)
    tables = scored(made, through, as_=as_, estimated=estimated, seed=seed)
    if table_ or not is_text(format_, out):
        emit(opt.chosen(tables, table_), format_, out)
        return
    emit([_short(t) for t in tables if t.name in SCREEN], format_, out)


def _short(table: Table) -> Table:
    """What a screen has room for."""
    if table.name == "scores":
        return table.select(SHOWN).noted("every month and partner: --table score_rates, score_values or score_prices")
    return table.select([c.name for c in table.columns if c.name != "partner"])
