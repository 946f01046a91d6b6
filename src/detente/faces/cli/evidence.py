"""`detente check`, `events`, `promises`, `history` and `event-study`: the news against the record and the program."""

from __future__ import annotations

import shutil
import textwrap
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.codes import Table

AsOf = Annotated[str, typer.Option("--as-of", help="Day whose record counts; today by default.")]
MOST_DRAWS = 2_000


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("check")(check)
    app.command("events")(events)
    app.command("promises")(promises)
    app.command("history")(history)
    app.command("event-study")(event_study)


def check(
    claims: Annotated[str, typer.Argument(help="File of claims; the shipped ledger if none is given.")] = "",
    ledger: Annotated[str, typer.Option("--ledger", help="Ledger of the package.")] = "may-2025",
    as_of: AsOf = "today",
    only: Annotated[str, typer.Option("--only", help="One claim, as C14, or one part, as C13b.")] = "",
    draws: Annotated[int, typer.Option("--draws", help="Draws of the shares nobody observes; 0 = none.")] = 60,
    seed: Annotated[int, typer.Option("--seed", help="Seed of the draws.")] = 20250512,
    readings: Annotated[bool, typer.Option("--readings", help="Show every reading of every claim.")] = False,
    quantities: Annotated[bool, typer.Option("--quantities", help="List what a claim can be about, and stop.")] = False,
    format_: Annotated[
        str, typer.Option("--format", "-f", help="text, json, csv, parquet, xlsx, latex or claimreview.")
    ] = "text",
    out: opt.Out = None,
) -> None:
    """Verdicts on claims by rule, with the definitions under which each holds."""
    from detente.faces.formats import FORMATS, check_format, emit
    from detente.lab.claim_words import checks_table, quantities_table, readings_table
    from detente.lab.claims import check as judged

    check_format(format_, (*FORMATS, "claimreview"))
    opt.number(draws, "--draws", 0, MOST_DRAWS)
    opt.number(seed, "--seed", 0, 2**63)
    if quantities:
        emit([quantities_table()], format_ if format_ in FORMATS else "json", out)
        return
    source = Path(claims) if claims else ledger
    found = judged(source, as_of=opt.day(as_of, "--as-of"), draws=draws, seed=seed, only=only)
    if format_ == "claimreview":
        _reviews(found, out)
        return
    tables = [checks_table(found), *([readings_table(found)] if readings else [])]
    if format_ == "text" and out is None:
        _paragraphs(tables)
        return
    emit(tables, format_, out)


SHOWN = ("reading", "value", "low", "high", "nearness", "agreement", "remark")


def _paragraphs(tables: list[Table]) -> None:
    """Each claim as a paragraph, its readings beneath: sentences do not fit the cells of a terminal."""
    import numpy as np

    from detente.faces.formats import to_text

    for row in tables[0].rows():
        print(paragraph(row))
        for table in tables[1:]:
            own = np.flatnonzero(table["claim"] == row["claim"])
            if own.size:
                print(to_text(replace(table.take(own).select(SHOWN), title="")))
        print()
    print("\n".join(tables[0].notes))


def paragraph(row: dict[str, Any]) -> str:
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
    width = max(60, shutil.get_terminal_size((120, 40)).columns)
    wrapped = [textwrap.fill(line, width, initial_indent="  ", subsequent_indent="      ") for line in lines[1:]]
    return "\n".join([lines[0], *wrapped])


def _reviews(found: tuple[object, ...], out: Path | None) -> None:
    """Checks as schema.org ClaimReview records."""
    from detente.evidence import Check, claim_review
    from detente.faces.formats import to_json, write_bytes

    text = to_json([claim_review(one) for one in found if isinstance(one, Check)])
    if out is None:
        print(text)
    else:
        write_bytes(out, text.encode())
        print(f"written to {out}")


def events(
    from_: Annotated[str, typer.Option("--from", help="First day of the announcement.")] = "2025-01-01",
    to: Annotated[str, typer.Option("--to", help="Last day.")] = "today",
    track: Annotated[str, typer.Option("--track", help="One track: fentanyl, reciprocal, rare_earth, ...")] = "",
    timeline: Annotated[Path | None, typer.Option("--timeline", help="A timeline of your own (YAML).")] = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """The dated record of duties, controls, talks, threats and promises, with the rate each day adds up to."""
    from detente.faces.formats import check_format, emit
    from detente.lab.record import events_table

    check_format(format_)
    table = events_table(opt.day(from_, "--from"), opt.day(to, "--to"), track, timeline or "us-china-events")
    if format_ == "text":
        names = ["event", "announced", "effective", "actor", "track", "what", "status", "usa_on_chn", "chn_on_usa"]
        table = table.select(names)
    emit([table], format_, out)


def promises(
    as_of: AsOf = "today",
    agreement: Annotated[str, typer.Option("--agreement", help="Geneva, London, Stockholm or Busan.")] = "",
    promises_file: Annotated[Path | None, typer.Option("--file", help="Promises of your own (YAML).")] = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """What became of the promises of each side on the record of a day."""
    from detente.faces.formats import check_format, emit
    from detente.lab.record import promises_table

    check_format(format_)
    table = promises_table(opt.day(as_of, "--as-of"), agreement, promises_file or "us-china-promises")
    if format_ == "text":
        table = table.select(["promise", "by", "what", "account", "due", "verdict", "when", "found"])
    emit([table], format_, out)


def history(
    rate: Annotated[str, typer.Option("--rate", help="A rate to place, as 18% or 0.18.")] = "",
    scenario: Annotated[str, typer.Option("--scenario", help="Place the laws of a scenario, by name or path.")] = "",
    on: Annotated[str, typer.Option("--on", help="Day of the law to place.")] = "",
    monthly: Annotated[
        bool, typer.Option("--monthly", help="Customs receipts over imports by month, 1982 on.")
    ] = False,
    from_: Annotated[str, typer.Option("--from", help="First month with --monthly.")] = "1982-01",
    to: Annotated[str, typer.Option("--to", help="Last month with --monthly.")] = "9999-12",
    table_: Annotated[str, typer.Option("--table", help="places, history, or both.")] = "both",
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """The average US duty since 1901, and the place of a rate, a law or a scenario in it."""
    from detente.codes import UnknownName
    from detente.data.yamlfile import as_share
    from detente.faces.formats import check_format, emit
    from detente.lab import history as past

    check_format(format_)
    if table_ not in ("both", "places", "history"):
        raise UnknownName("table", table_, ("both", "places", "history"), "--table")
    if monthly:
        emit([past.months_table(from_, to)], format_, out)
        return
    given = as_share(rate if rate.endswith("%") else _number(rate), "--rate") if rate else None
    tables = past.history(given, scenario, opt.day(on) if on else None)
    chosen = [t for t in tables if table_ in ("both", t.name)]
    if format_ == "text" and table_ == "both":
        chosen = tables[:1]
    emit(chosen, format_, out)


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
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Abnormal returns on the first session after an event, with Student, rank and placebo tests."""
    from detente.codes import InputError
    from detente.data.evidence_tables import embedded_returns, read_returns
    from detente.faces.formats import check_format, emit
    from detente.lab.event_study import event_study as studied

    check_format(format_)
    if bool(returns) is bool(market):
        raise InputError("event-study", "needs one of a file and --market", "as in --market vix --on 2025-04-09")
    if not on:
        raise InputError("--on", "names no event", "as in --on us-reciprocal-125, or --on 2025-04-09")
    opt.number(horizon, "--horizon", 1, 60)
    data = embedded_returns(market) if market else read_returns(Path(returns), unit, simple)
    table = studied(
        data, on, assets=asset or (), factors=factor or (), model=model, window=_window(window), horizon=horizon,
        placebo=placebo, home=exchange,
    )  # fmt: skip
    if format_ == "text":
        table = table.select([c.name for c in table.columns if c.name not in ("placebo_days", "days")])
    emit([table], format_, out)


def _window(text: str) -> tuple[int, int]:
    from detente.codes import InputError

    first, _, last = text.partition(":")
    try:
        return int(first), int(last)
    except ValueError:
        raise InputError("--window", f"'{text}' is not two numbers", "write it as -130:-11") from None
