"""Options that several commands share, and how their texts become values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.codes.days import BASE_DAY
from detente.codes.errors import InputError, UnknownName

if TYPE_CHECKING:
    from detente.codes import Table
    from detente.law import Law, Reading

SINCE = BASE_DAY.isoformat()
"""First day of a span where none is named."""

ALIKE = {"country": "partner", "countries": "partner", "partners": "partner"}
"""Other words for what averages are grouped by."""


def _law_code(text: str) -> str:
    """Id of an importer by any name or code, a member of a union for the union; "" stays."""
    if not text.strip():
        return ""
    from detente.data.importerfile import importer_id, member_note

    code = importer_id(text, "--of")
    note = "" if text.strip().upper() == code else member_note(text, code)
    if note:
        typer.echo(f"{note}.", err=True)
    return code


NO_FILES = ("nan", "none", "null", "undefined")
"""What a script writes where it has no name of a file."""


def named_file(path: Path | None) -> Path | None:
    """A file to write, whose name is one."""
    if path is not None and path.name.lower() in NO_FILES:
        raise InputError("--out", f"'{path}' is not the name of a file", "give one, as in averages.csv")
    return path


def grouping(text: str) -> str:
    """What averages are grouped by, in the word of the program: a country is a partner."""
    return ALIKE.get(text.strip().lower(), text)


def _groupings(texts: list[str] | None) -> list[str] | None:
    return None if texts is None else [grouping(text) for text in texts]


Format = Annotated[
    str,
    typer.Option("--format", "-f", help="text, json, csv, parquet, xlsx or latex; --json and --csv are short for two."),
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="File to write instead of printing.", callback=named_file)
]
On = Annotated[str, typer.Option("--on", help="Day, as 2025-04-15; today by default.")]
ReadingName = Annotated[str, typer.Option("--reading", help="effective, published or ruled.")]
SetList = Annotated[list[str] | None, typer.Option("--set", help="Share of the goods, as us_content=0.4; repeatable.")]
Switches = Annotated[list[str] | None, typer.Option("--switch", help="Alternative reading of a stacking rule.")]
Lawbook = Annotated[Path | None, typer.Option("--lawbook", help="File or folder of your own measures, laid on top.")]
Void = Annotated[list[str] | None, typer.Option("--void", help="Void measures: an id, authority:ID or basis:IEEPA.")]
Announce = Annotated[list[str] | None, typer.Option("--announce", help="Announced measures to put in force.")]
Presume = Annotated[
    bool, typer.Option("--presume", help="Facts not stated are those of the average in trade, not those of no claim.")
]
Tables = Annotated[list[str] | None, typer.Option("--table", help="Only these tables; repeatable.")]
Of = Annotated[
    str,
    typer.Option("--of", help="Whose law is meant, by name or code: US, China, Germany, JPN.", callback=_law_code),
]
By = Annotated[
    list[str] | None,
    typer.Option(
        "--by",
        callback=_groupings,
        help="country, section, chapter, hs4, hs6, line, sector, naics, bea, end_use, isic4, icio28; repeatable.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing of how far the work is.")]


def day(text: str, where: str = "--on") -> date:
    """A day given as text; "today" and "" mean the day of the clock."""
    if text in ("", "today"):
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(where, f"'{text}' is not a date", "write it as 2025-04-15") from None


def reading(text: str) -> Reading:
    """A reading of time by name."""
    from detente.law import Reading

    names = [r.value for r in Reading]
    if text not in names:
        raise UnknownName("reading", text, names, "--reading", f"use {', '.join(names)}")
    return Reading(text)


def number(value: float, name: str, low: float, high: float) -> float:
    """A number within limits; NaN is outside all of them."""
    if not low <= value <= high:
        raise InputError(name, f"{value:g} is out of range", f"give a number from {low:g} to {high:g}")
    return value


def month(text: str, where: str) -> str:
    """A month given as 2025-04."""
    try:
        return date.fromisoformat(f"{text}-01").strftime("%Y-%m")
    except ValueError:
        raise InputError(where, f"'{text}' is not a month", "write it as 2025-04") from None


def listed(text: str) -> list[str]:
    """Codes given as USA,CHN."""
    return [code.strip() for code in text.split(",") if code.strip()]


def goes_with(context: typer.Context, needed: str, present: bool, names: Sequence[str]) -> None:
    """Refuse options that do nothing without another one, which would else pass without a word.

    Parameters
    ----------
    names : parameters of the command that need the option `needed`; `present` whether that was given.
    """
    for name in () if present else names:
        if getattr(context.get_parameter_source(name), "name", "") == "COMMANDLINE":
            what = f"does nothing without {needed}"
            raise InputError(f"--{name.strip('_').replace('_', '-')}", what, f"add {needed}, or leave it out")


def settings(pairs: Sequence[str] | None) -> dict[str, float]:
    """Shares given as name=value."""
    values: dict[str, float] = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        try:
            number = float(value.removesuffix("%")) / (100.0 if value.endswith("%") else 1.0)
        except ValueError:
            equals = ""
            number = 0.0
        if not equals:
            raise InputError("--set", f"'{pair}' is not a name and a number", "write it as us_content=0.4")
        values[name.strip()] = number
    return values


def chosen(tables: Sequence[Table], names: Sequence[str] | None) -> list[Table]:
    """The tables that --table names, in their order; all of them where none is named."""
    known = [table.name for table in tables]
    for name in names or ():
        if name not in known:
            raise UnknownName("table", name, known, "--table", f"use {', '.join(known)}")
    return [table for table in tables if not names or table.name in names]


def law_of(
    importer_code: str,
    lawbook: Path | None,
    switches: Sequence[str] | None,
    void: Sequence[str] | None = None,
    announce: Sequence[str] | None = None,
) -> Law:
    """The shipped law of an importer with the user's layers on top."""
    from detente.data.importers import importer

    where = importer(importer_code.upper())
    if not (lawbook or void or announce or switches):
        return where.law
    from detente.lab.ground.reform import own_law

    return own_law(where, lawbook, void or (), announce or (), switches or ())
