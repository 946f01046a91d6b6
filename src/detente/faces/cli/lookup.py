"""`detente rate` and `detente explain`: the duty on one good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from detente.codes.errors import InputError
from detente.codes.hs import is_words
from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.codes import Table
    from detente.lab.statute.lookup import LineDuty
    from detente.law import Law

Line = Annotated[str, typer.Argument(help="Tariff code, 4 to 10 digits, as 8507.60.00.10; or words, as coffee.")]
Partner = Annotated[str, typer.Argument(help="Country of origin by name or code, as China or CHN.")]
Claim = Annotated[str, typer.Option("--claim", help="Preference programme claimed: USMCA, KORUS ...")]

Entered = Annotated[str, typer.Option("--on", "--entered", help="Day of entry, as 2025-04-15; today by default.")]
Loaded = Annotated[str, typer.Option("--loaded", help="Day on which the goods were loaded onto their vessel.")]
Value = Annotated[float | None, typer.Option("--value", help="Customs value of the goods in USD.")]
Quantity = Annotated[
    str | None,
    typer.Option("--quantity", help="Their quantity, for a base duty by the unit: 1000, '1 t, 96 degrees'."),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("rate")(rate)
    app.command("explain")(explain)


def rate(
    line: Line,
    partner: Partner,
    on: Entered = "today",
    claim: Claim = "",
    reading: opt.ReadingName = "effective",
    set_: opt.SetList = None,
    value: Value = None,
    quantity: Quantity = None,
    switch: opt.Switches = None,
    lawbook: opt.Lawbook = None,
    void: opt.Void = None,
    announce: opt.Announce = None,
    presume: opt.Presume = False,
    loaded: Loaded = "",
    of: opt.Of = "USA",
    all_: Annotated[bool, typer.Option("--all", help="With measures that others took the place of, and ids.")] = False,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """The duty on one line from one partner on a date, in the order of filing."""
    from detente.faces.formats import check_format, deliver, emit, is_text, to_json
    from detente.faces.ladder import BROKER, as_json, as_table, goods_in_words, source_of

    check_format(format_)
    law = opt.law_of(of, lawbook, switch, void, announce)
    if tables := _words(line, partner, on, law, of, set_):
        return emit(tables, format_, out)
    answer = _answer(
        line, partner, on, claim, reading, set_, law, of, value, quantity, presume, loaded,
    )  # fmt: skip
    if format_ == "json":
        deliver(to_json(as_json(answer)), out, announce=False)
        return
    whole = all_ or not is_text(format_, out)
    table = as_table(answer, *goods_in_words(answer), source_of(answer), everything=whole)
    emit([table if whole else table.select(BROKER)], format_, out)


def explain(
    line: Line,
    partner: Partner,
    on: Entered = "today",
    claim: Claim = "",
    reading: opt.ReadingName = "effective",
    set_: opt.SetList = None,
    value: Value = None,
    quantity: Quantity = None,
    switch: opt.Switches = None,
    lawbook: opt.Lawbook = None,
    void: opt.Void = None,
    announce: opt.Announce = None,
    presume: opt.Presume = False,
    loaded: Loaded = "",
    of: opt.Of = "USA",
) -> None:
    """The same in sentences: each term, its act and days, what it displaced and on what share."""
    from detente.faces.formats import emit, terminal_width
    from detente.faces.ladder import explained, goods_in_words
    from detente.faces.text_tables import hanging

    law = opt.law_of(of, lawbook, switch, void, announce)
    if tables := _words(line, partner, on, law, of, set_):
        return emit(tables, "text", None)
    answer = _answer(
        line, partner, on, claim, reading, set_, law, of, value, quantity, presume, loaded,
    )  # fmt: skip
    print(hanging(explained(answer, *goods_in_words(answer)), terminal_width()))


def _words(line: str, partner: str, on: str, law: Law, of: str, pairs: list[str] | None) -> list[Table]:
    """The codes that may be meant, each with the range of duties, where goods were named by words."""
    if not is_words(line):
        return []
    from detente.lab.statute.candidates import candidates

    return [candidates(line, partner, opt.day(on), of=of.upper(), law=law, parameters=opt.settings(pairs))]


def _answer(
    line: str,
    partner: str,
    on: str,
    claim: str,
    reading: str,
    pairs: list[str] | None,
    law: object,
    of: str,
    value: float | None,
    quantity: str | None,
    presume: bool,
    loaded: str,
) -> LineDuty:
    from detente.lab.statute.lookup import look_up

    try:
        return look_up(
            line,
            partner,
            opt.day(on),
            law=law,  # type: ignore[arg-type]
            claim=claim,
            reading=opt.reading(reading),
            parameters=opt.settings(pairs),
            of=of.upper(),
            value=value,
            quantity=quantity,
            presume=presume,
            loaded=opt.day(loaded, "--loaded") if loaded else None,
        )
    except InputError as error:
        if error.where not in ("value", "quantity", "loaded"):
            raise
        raise InputError(f"--{error.where}", error.what, error.repair) from error
