"""`detente check`, `events`, `promises`, `history` and `event-study`: the news against the record and the program."""

from __future__ import annotations

import re
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.codes.days import check_span
from detente.faces.cli import options as opt
from detente.faces.text_tables import FILED, wrapped

if TYPE_CHECKING:
    from detente.codes import DetenteError, Table

AsOf = Annotated[str, typer.Option("--as-of", help="Day whose record counts; today by default.")]
MOST_DRAWS = 2_000


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("check")(check)
    app.command("events")(events)
    app.command("promises")(promises)
    app.command("history")(history)
    app.command("event-study")(event_study)


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


EVENT_COLUMNS = ("announced", "effective", "actor", "what", "status", "usa_on_chn", "chn_on_usa")
PROMISE_COLUMNS = ("by", "what", "due", "verdict", "found")
"""Columns that a reader sees."""


def _relabelled(table: Table, labels: dict[str, str]) -> Table:
    """The table with other heads over some columns."""
    columns = tuple(replace(c, label=labels.get(c.name, c.label)) for c in table.columns)
    return replace(table, columns=columns)


def events(
    from_: Annotated[str, typer.Option("--from", help="First day of the announcement.")] = opt.SINCE,
    to: Annotated[str, typer.Option("--to", help="Last day.")] = "today",
    track: Annotated[
        str, typer.Option("--track", help="One track, or the authority of acts: fentanyl, 'Section 232', ...")
    ] = "",
    timeline: Annotated[Path | None, typer.Option("--timeline", help="A timeline of your own (YAML).")] = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """The dated record of duties, controls, talks, threats and promises, with the rate each day adds up to."""
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.record.tables import events_table
    from detente.lab.record.timeline import timeline as of_record

    check_format(format_)
    first, last = opt.day(from_, "--from"), opt.day(to, "--to")
    check_span(first, last)
    table = of_record(first, last, track) if timeline is None else events_table(first, last, track, timeline)
    if is_text(format_, out):
        table = _relabelled(
            table.select(EVENT_COLUMNS), {"usa_on_chn": "duty on China", "chn_on_usa": "duty on US goods"}
        )
        table = table.noted("ids and tracks of the events: --format csv")
    emit([table], format_, out)


def promises(
    as_of: AsOf = "today",
    agreement: Annotated[str, typer.Option("--agreement", help="Geneva, London, Stockholm or Busan.")] = "",
    promises_file: Annotated[Path | None, typer.Option("--file", help="Promises of your own (YAML).")] = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """What became of the promises of each side on the record of a day."""
    from detente.faces.formats import check_format, emit, is_text
    from detente.lab.record.tables import promises_table

    check_format(format_)
    table = promises_table(opt.day(as_of, "--as-of"), agreement, promises_file or "us-china-promises")
    if is_text(format_, out):
        table = table.select(PROMISE_COLUMNS).noted("ids, accounts and days of the promises: --format csv")
    emit([table], format_, out)


def history(
    rate: Annotated[str, typer.Option("--rate", help="A rate to place, as 18% or 0.18.")] = "",
    scenario: Annotated[str, typer.Option("--scenario", help="Place the laws of a scenario, by name or path.")] = "",
    on: Annotated[str, typer.Option("--on", help="Day of the law to place; today by default.")] = "",
    monthly: Annotated[
        bool, typer.Option("--monthly", help="Customs receipts over imports by month, 1982 on.")
    ] = False,
    series: Annotated[
        str,
        typer.Option("--series", help="A monthly series: import-prices, consumer-prices, uncertainty, yuan, ..."),
    ] = "",
    from_: Annotated[str, typer.Option("--from", help="First month with --monthly or --series.")] = "",
    to: Annotated[str, typer.Option("--to", help="Last month with --monthly or --series.")] = "",
    table_: Annotated[
        str, typer.Option("--table", help="places, history, or both; by default places on the screen, both elsewhere.")
    ] = "",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """The average US duty since 1901, and the place of a rate, a law or a scenario in it."""
    from detente.data.yamlfile import as_share
    from detente.faces.formats import check_format, emit, to_text
    from detente.lab.record import history as past

    check_format(format_)
    by_month = "--monthly" if monthly else "--series" if series else ""
    others = {"--rate": rate, "--scenario": scenario, "--on": on, "--table": table_}
    others |= {"--series": series} if monthly else {}
    _check_history(others, by_month, from_, to)
    if by_month:
        first, last = (opt.month(text, flag) if text else "" for text, flag in ((from_, "--from"), (to, "--to")))
        emit([past.months_table(first, last) if monthly else past.series_table(series, first, last)], format_, out)
        return
    given = as_share(rate if rate.endswith("%") else _number(rate), "--rate") if rate else None
    tables = past.history(given, scenario, opt.day(on) if on else None)
    screen = format_ == "text" and out is None
    chosen = _chosen(tables, table_ or ("places" if screen else "both"), ("places", "history"))
    if screen:
        print("\n\n".join(to_text(table, limit=len(table)) for table in chosen))
    else:
        emit(chosen, format_, out)


def _check_history(given: dict[str, str], by_month: str, from_: str, to: str) -> None:
    """Refuse options of `history` that would be left unread beside the others."""
    from detente.codes import InputError

    named = [name for name, value in given.items() if value]
    if by_month and named:
        what = "what was collected" if by_month == "--monthly" else "a series"
        raise InputError(by_month, f"shows {what} by month, without {named[0]}", f"leave out {named[0]}")
    months = next((name for name, value in (("--from", from_), ("--to", to)) if value), "")
    if months and not by_month:
        raise InputError(months, "is a month of the table that --monthly shows", f"add --monthly or leave out {months}")
    if given["--rate"] and given["--on"] and not given["--scenario"]:
        raise InputError("--on", "names a law and --rate a rate without one", "give one of them")


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def event_study(
    returns: Annotated[str, typer.Argument(help="CSV or Parquet: date, and one column an asset; blank = closed.")] = "",
    market: Annotated[str, typer.Option("--market", help="An embedded series: usdcny or vix.")] = "",
    on: Annotated[
        list[str] | None, typer.Option("--on", help="Event of the timeline, a moment with zone, or a day; repeatable.")
    ] = None,
    asset: Annotated[list[str] | None, typer.Option("--asset", help="Column to study; repeatable.")] = None,
    factor: Annotated[list[str] | None, typer.Option("--factor", help="Column that explains; repeatable.")] = None,
    model: Annotated[str, typer.Option("--model", help="constant-mean, market or garch.")] = "",
    window: Annotated[str, typer.Option("--window", help="Trading days of estimation, as -130:-11.")] = "-130:-11",
    horizon: Annotated[int, typer.Option("--horizon", help="Event days.")] = 1,
    placebo: Annotated[str, typer.Option("--placebo", help="fixed or rolling.")] = "fixed",
    unit: Annotated[str, typer.Option("--unit", help="What the file holds: share, percent or price.")] = "share",
    simple: Annotated[bool, typer.Option("--simple", help="The returns are simple, not logarithmic.")] = False,
    exchange: Annotated[str, typer.Option("--exchange", help="Exchange of the assets: XNYS, XHKG, XSHG, ...")] = "",
    market_value: Annotated[
        float | None, typer.Option("--market-value", help="Value of the asset before the event, USD: adds a table.")
    ] = None,
    modelled: Annotated[
        float | None, typer.Option("--modelled", help="The model's capitalised change of that value, USD.")
    ] = None,
    table_: Annotated[str, typer.Option("--table", help="event_study, implied, or both.")] = "both",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Abnormal returns on the first session after an event, with Student, rank and placebo tests."""
    from detente.codes import InputError
    from detente.data.evidence_tables import embedded_returns, read_returns
    from detente.faces.formats import check_format, emit
    from detente.lab.record.event_study import event_study as studied
    from detente.lab.record.event_study import implied

    check_format(format_)
    if bool(returns) is bool(market):
        raise InputError("event-study", "needs one of a file and --market", "as in --market vix --on 2025-04-09")
    if not on:
        raise InputError("--on", "names no event", "as in --on us-reciprocal-125, or --on 2025-04-09")
    if modelled is not None and market_value is None:
        raise InputError("--modelled", "has no market value to stand beside", "add --market-value")
    opt.number(horizon, "--horizon", 1, 60)
    if market and (unit != "share" or simple):
        flag = "--simple" if simple else "--unit"
        raise InputError(flag, "is of a file of returns, and --market has its own", "leave one of the two out")
    data = embedded_returns(market) if market else read_returns(Path(returns), unit, simple)
    table = studied(
        data, on, assets=asset or (), factors=factor or (), model=model, window=_window(window), horizon=horizon,
        placebo=placebo, home=exchange,
    )  # fmt: skip
    tables = [table]
    if market_value is not None:
        tables.append(implied(table, market_value, float("nan") if modelled is None else modelled))
    if format_ == "text" and out is None:
        hidden = ("placebo_days", "placebo_from", "days", *(["horizon"] if horizon == 1 else []))
        tables[0] = table.select([c.name for c in table.columns if c.name not in hidden])
    emit(_chosen(tables, table_, ("event_study", "implied")), format_, out)


def _chosen(tables: list[Table], name: str, known: tuple[str, ...]) -> list[Table]:
    """The tables that --table asks for.

    Raises
    ------
    UnknownName : another name; InputError : a table that the other options do not make.
    """
    from detente.codes import InputError, UnknownName

    if name not in ("both", *known):
        raise UnknownName("table", name, ("both", *known), "--table", f"use {', '.join(known)} or both")
    chosen = [table for table in tables if name in ("both", table.name)]
    if not chosen:
        raise InputError("--table", f"there is no table {name} without --market-value", "add --market-value")
    return chosen


def _window(text: str) -> tuple[int, int]:
    from detente.codes import InputError

    first, _, last = text.partition(":")
    try:
        return int(first), int(last)
    except ValueError:
        raise InputError("--window", f"'{text}' is not two numbers", "write it as -130:-11") from None
