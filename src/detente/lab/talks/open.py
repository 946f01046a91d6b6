"""A case opened as it is asked for, in the words of questions, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from detente.codes import InputError, Parameter, Table, table_of
from detente.lab.talks.report import standings
from detente.lab.talks.talk import MATERIALS, READERS, Talk, open_talk
from detente.lab.talks.words import words_of
from detente.talks.fit import Told

HORIZONS = {"long-run": "long", "first-year": "short", "one-year": "one year", "four-years": "four years", "all": ""}
"""Horizons as questions name them; cases have the others where their files say so."""

ALL = "all"


def asked_case(
    case: str,
    variant: str = "",
    *,
    as_of: date | None = None,
    values: str = "",
    horizon: str = "long-run",
    threat: Sequence[str] = (),
    limits: str = "",
    elasticities: str = "",
    given: Mapping[str, Any] | None = None,
    drawn: bool = False,
    tell: Told | None = None,
) -> Talk:
    """A case with what is asked of it: real income alone and its last choice of weights, unless others are named.

    Parameters
    ----------
    given : values of its inputs, and `materials`. drawn : whether ranges over draws are asked for.

    Raises
    ------
    UnknownName, InputError : what the case does not have; inputs of one's own beside draws.
    """
    inputs: dict[str, Any] = dict(given or {})
    materials = str(inputs.pop("materials", MATERIALS[0]))
    numbers = {name: _number(name, value) for name, value in inputs.items()}
    own = numbers | ({"elasticities": elasticities} if elasticities else {})
    if drawn and (own or materials != MATERIALS[0]):
        what = "takes the inputs and elasticities of the case file and the supply chain"
        raise InputError(Parameter("draws"), what, "leave set and elasticities out, or change the file")
    weights = () if values == ALL else [name for name in values.split(",") if name] or READERS
    return open_talk(
        case, variant, threats=tuple(threat), weights=weights, horizons=HORIZONS[horizon] or (), constraints=limits,
        materials=materials, inputs=own, as_of=as_of or "", told=tell,
    )  # fmt: skip


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        repair = "write it as fentanyl_value=20"
        raise InputError(Parameter("set"), f"'{value}' is no number for {name}", repair) from None


def standing_tables(talk: Talk, tables: Sequence[Table]) -> list[Table]:
    """The tables with how far the law is on record, where the day of the case lies beyond."""
    beyond = next((standing for standing in standings(talk).values() if standing.beyond), None)
    return [table.standing_on(beyond) for table in tables]


def said_table(talk: Talk) -> Table:
    """What the file of a case says: facts, what is assumed, inputs with their ranges, threats and sources."""
    return table_of("case.said", list(_said(talk)))


def _said(talk: Talk) -> Iterator[tuple[str, str]]:
    file = talk.case.file
    yield "note", file.note.strip()
    yield from (("threat", f"{name}: {words_of(talk).threats[name]}") for name in talk.threats)
    yield from (("fact", text) for text in file.known)
    yield from (("assumption", text) for text in file.assumed)
    for name, row in file.parameters.items():
        low, high = row.ends
        text = f"{name}: {talk.case.number(name):g}, {low:g} to {high:g}{f', {row.unit}' if row.unit else ''}"
        yield "input", f"{text}; {row.source}"
    yield from (("limit", f"{row.name}: {row.statement}; {row.source}") for row in file.constraints)
    yield from (("source", text) for text in file.sources)
