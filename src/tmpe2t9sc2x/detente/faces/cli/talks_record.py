"""`detente talks record`: threats, deals and truces beside what was to be expected of them the day before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from detente.codes.errors import UnknownName
from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.codes import Table

TERMS = "terms"
"""Kind of the record that is solved when it is asked for: what signed terms say of those who signed."""

EXPLAINED = ("title", "threat", "all_low", "all_high", "short")
"""Columns of signed terms on the screen."""


def record(
    kind: Annotated[
        str, typer.Option("--kind", help="threat, deal or truce, all by default; terms: what signed terms say.")
    ] = "",
    deal: Annotated[
        str, typer.Option("--deal", help="One threat or bargain by its id, as D16; of terms, a case.")
    ] = "",
    rule: Annotated[
        str, typer.Option("--rule", help="Whose chances stand beside each threat, as record or pooled.")
    ] = "record",
    as_of: Annotated[str, typer.Option("--as-of", help="The record as known on that day; its end by default.")] = "",
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws of episodes.")] = 7,
    table_: opt.Tables = None,
    format_: opt.Format = "text",
    quiet: opt.Quiet = False,
    out: opt.Out = None,
) -> None:
    """What became of every threat, deal and truce, beside what was to be expected the day before."""
    from detente.faces.formats import check_format, emit, is_text
    from detente.faces.words.track import SCREEN, sentences, short
    from detente.lab.score.track import KINDS, track

    check_format(format_)
    if kind not in ("", TERMS, *KINDS):
        known = (*KINDS, TERMS)
        raise UnknownName("kind", kind, known, "--kind", f"use {', '.join(known)}")
    if kind == TERMS:
        emit(_terms(deal, text=is_text(format_, out) and not table_, names=table_, quiet=quiet), format_, out)
        return
    opt.number(seed, "--seed", 0, 2**63)
    day = opt.day(as_of, "--as-of") if as_of else None
    tables = track(kind, deal=deal, rule=rule, as_of=day, seed=seed)
    if table_ or deal or not is_text(format_, out):
        emit(opt.chosen(tables, table_), format_, out)
        return
    typer.echo("\n".join(sentences(tables)) + "\n")
    emit([short(table) for table in tables if table.name in SCREEN], format_, out)
    typer.echo("\nEvery threat with its chances: --table track_threats; all tables: --format json")


def _terms(case: str, *, text: bool, names: list[str] | None, quiet: bool) -> list[Table]:
    """What signed terms say of those who signed, by case and threat; on the screen the columns it has room for."""
    from detente.faces.cli.progress import Progress
    from detente.lab.talks.terms import terms_tables

    with Progress("talks record", quiet=quiet) as progress:
        tables = terms_tables([case] if case else [], lambda done, of: progress.part("cases", done, of))
    if not text:
        return opt.chosen(tables, names)
    signed, left = tables
    return [signed.select(EXPLAINED).noted("both accept, nothing is left, near the Nash package: --table signed_terms"),
            left.select([column.name for column in left.columns if column.name != "case"])]  # fmt: skip
