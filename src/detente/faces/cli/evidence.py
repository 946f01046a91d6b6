"""`detente check`: the news against the record and the program."""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.faces.cli import options as opt
from detente.faces.text_tables import FILED, wrapped

if TYPE_CHECKING:
    from detente.codes import DetenteError, Table

AsOf = Annotated[str, typer.Option("--as-of", help="Day whose record counts; today by default.")]
MOST_DRAWS = 2_000


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("check")(check)


NUMBER = re.compile(r"\$?\d[\d,.]*\d%?|\d%?")


def _asked(claims: str, ledger: str, only: str) -> tuple[str, str, str]:
    """File, ledger and the one claim that is asked for; the id of a claim alone is that of a ledger of the package.

    Raises
    ------
    InputError : a sentence, with the line that compares its number with ours.
    """
    from detente.codes import InputError
    from detente.lab.claims.ledger import ledger_with

    if not claims or Path(claims).exists():
        return claims, ledger, only
    if not only and (own := ledger_with(claims)):
        return "", own, claims
    if " " in claims.strip():
        number = NUMBER.search(claims)
        line = f"detente reconcile {number[0]}" if number else "detente data list quantities"
        raise InputError("check", "a sentence cannot be read, only a file of claims or the id of one", f"try: {line}")
    return claims, ledger, only


def check(
    claims: Annotated[str, typer.Argument(help="File of claims, or the id of one; the ledger by default.")] = "",
    ledger: Annotated[str, typer.Option("--ledger", help="Ledger of the package.")] = "may-2025",
    as_of: AsOf = "today",
    only: Annotated[str, typer.Option("--only", help="One claim, as C14, or one part, as C13b.")] = "",
    draws: Annotated[int, typer.Option("--draws", help="Draws of the shares nobody observes; 0 = none.")] = 60,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws.")] = 20250512,
    readings: Annotated[bool, typer.Option("--readings", help="Show every reading of every claim.")] = False,
    speaker: Annotated[str, typer.Option("--speaker", help="Part of a name, role or side, as Carney or CAN.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="One kind: measurement, causal, forecast, threat, ...")] = "",
    verdict: Annotated[str, typer.Option("--verdict", help="One verdict, or for, between, against.")] = "",
    table_: opt.Tables = None,
    format_: Annotated[
        str, typer.Option("--format", "-f", help="text, json, csv, parquet, xlsx, latex or claimreview.")
    ] = "text",
    out: opt.Out = None,
) -> None:
    """Verdicts on claims by rule, with the definitions under which each holds."""
    from detente.faces.cli.board import boarded, show_board
    from detente.faces.formats import FORMATS, check_format, is_text
    from detente.lab.claims.board import board, by_side, narrowed, with_verdict
    from detente.lab.claims.check import check as judged
    from detente.lab.claims.ledger import load_ledger
    from detente.lab.claims.words import checks_table, readings_table

    check_format(format_, (*FORMATS, "claimreview"))
    opt.number(draws, "--draws", 0, MOST_DRAWS)
    opt.number(seed, "--seed", 0, 2**63)
    claims, ledger, only = _asked(claims, ledger, only)
    refused: list[DetenteError] = []
    book = narrowed(load_ledger(Path(claims) if claims else ledger, refused), speaker, kind)
    day = opt.day(as_of, "--as-of")
    if refused and not book.statements:
        _refuse(refused)
    checks = with_verdict(judged(book, as_of=day, draws=draws, seed=seed, only=only, refused=refused), verdict)
    if checks and format_ == "claimreview":
        _reviews(checks, out)
    elif checks:
        glance = board(checks, book)
        tables = [checks_table(checks), *([readings_table(checks)] if readings else [])]
        if boarded(tables, table_, is_text(format_, out)):
            show_board(glance, by_side(glance), out)
        else:
            shown = opt.chosen([*tables, glance, by_side(glance)], table_) if table_ else tables
            _written(shown, format_, out)
    elif not refused:
        print(f"No claim of {book.name} has the verdict {verdict}.")
    _refuse(refused)


def _refuse(refused: list[DetenteError]) -> None:
    """Say what is wrong with each claim that was left out, after the verdicts on the others."""
    if not refused:
        return
    sys.stdout.flush()
    for error in refused[:-1]:
        print(f"detente: {error}", file=sys.stderr)
    raise refused[-1]


def _written(tables: list[Table], format_: str, out: Path | None) -> None:
    """The tables in a format; as paragraphs where a text is asked for: sentences do not fit the cells of a table."""
    from detente.faces.formats import deliver, emit, form_of, is_stdout, terminal_width

    if (format_ if out is None else form_of(out, format_)) != "text":
        emit(tables, format_, out)
    elif is_stdout(out):
        print(paragraphs(tables, terminal_width()))
    else:
        deliver(f"{paragraphs(tables, FILED)}\n", out)


SHOWN = ("reading", "value", "low", "high", "nearness", "agreement", "remark")


def paragraphs(tables: list[Table], width: int) -> str:
    """Each claim as a paragraph, who said it before the first of its parts, its readings beneath.

    Parameters
    ----------
    width : letters of a line.
    """
    import numpy as np

    from detente.faces.formats import to_text

    blocks, last = [], ()
    for row in tables[0].rows():
        saying = (row["said"], row["speaker"], row["quote"])
        lines = [] if saying == last else [_said(row, width)]
        lines.append(paragraph(row, width))
        for table in tables[1:]:
            own = np.flatnonzero(table["claim"] == row["claim"])
            if own.size:
                lines.append(to_text(replace(table.take(own).select(SHOWN), title=""), width=width).lstrip("\n"))
        blocks.append("\n".join(lines))
        last = saying
    return "\n\n".join([*blocks, "\n".join(line for note in tables[0].notes for line in wrapped(note, width))])


def _said(row: dict[str, Any], width: int) -> str:
    """Who said it, when, and the words."""
    who = f"{row['speaker'] or 'not named'}, {row['said']}"
    return textwrap.fill(f'{who}: "{row["quote"]}"', width, subsequent_indent="    ")


def paragraph(row: dict[str, Any], width: int) -> str:
    """One check in words, from its row of the table."""
    then = "" if row["then"] == row["verdict"].removesuffix(" (uncertain)") else f" (on the day: {row['then']})"
    lines = [f"{row['claim']}  {row['verdict'].upper()}{then}", f"{row['kind']}: {row['statement']}"]
    pairs = (
        ("claimed", row["claimed"]),
        ("found", row["found"]),
        ("holds under", row["holds_under"]),
        ("not under", row["fails_under"]),
        ("beside it", row["beside"]),
        ("most likely meant", row["likely"] if row["fails_under"] else ""),
        ("known only later", row["known_later"]),
    )
    lines += [f"{name}: {text}" for name, text in pairs if text]
    wrapped = [textwrap.fill(line, width, initial_indent="  ", subsequent_indent="      ") for line in lines[1:]]
    return "\n".join([lines[0], *wrapped])


def _reviews(checks: tuple[object, ...], out: Path | None) -> None:
    """Checks as schema.org ClaimReview records."""
    from detente.evidence import ClaimCheck, claim_review
    from detente.faces.formats import deliver, to_json

    deliver(to_json([claim_review(check) for check in checks if isinstance(check, ClaimCheck)]), out)
