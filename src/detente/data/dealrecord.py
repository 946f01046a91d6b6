"""The record of threats and deals: rows of the embedded tables as what the evidence reckons with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from detente.data.limits import memoized
from detente.data.tables import arrays
from detente.evidence.chances import RecordedThreat, SettledThreat
from detente.evidence.lives import Agreement, Bargain

#: Kinds of rows that settle a threat before its deadline.
SETTLED = ("deal", "pause", "truce", "extension", "postponement", "implementation")

#: Kinds of rows whose rate nobody agreed to.
NO_BARGAIN = ("court ruling", "unilateral relief", "implementation")


@memoized
def threats() -> tuple[RecordedThreat, ...]:
    """Threats in the order of the record."""
    return tuple(
        RecordedThreat(
            row["id"], row["giver"], row["receiver"], spelled(row["measure"]), _points(row["rate"]),
            date.fromisoformat(row["announced"]), _day(row["deadline"]), row["came"], row["final"],
            _day(row["final_on"]), row["batch"], None if row["late"] is None else round(row["late"]),
        )
        for row in threat_rows()
    )  # fmt: skip


def spelled(measure: str) -> str:
    """A measure without the short form of its section, which readers do not know: "section 338", not "s338"."""
    return re.sub(r"\bs(\d{3})\b", r"section \1", re.sub(r"(?<=\w) s(\d{3})$", r", section \1", measure))


@memoized
def bargains() -> tuple[Bargain, ...]:
    """Deals, truces and extensions with what became of them."""
    return tuple(
        Bargain(row["id"], row["partner"], row["bargain"], date.fromisoformat(row["announced"]), _day(row["over"]),
                row["ended"], _day(row["expires"]))
        for row in deals()
        if row["bargain"]
    )  # fmt: skip


@memoized
def agreements() -> tuple[Agreement, ...]:
    """Bargains and breakdowns with one US rate before and one after."""
    return tuple(
        Agreement(row["id"], row["partner"], date.fromisoformat(row["announced"]), row["before"],
                  _points(row["threatened"]), row["agreed"], row["wave"])
        for row in deals()
        if row["kind"] not in NO_BARGAIN and row["before"] is not None and row["agreed"] is not None
    )  # fmt: skip


def settlements() -> tuple[SettledThreat, ...]:
    """Threats with a date that were settled before it: on which day, and how many days were left."""
    rows = ((row["id"], date.fromisoformat(row["announced"]), _day(row["due"]), row["kind"]) for row in deals())
    return tuple(
        SettledThreat(name, day, (due - day).days)
        for name, day, due, kind in rows
        if kind in SETTLED and due is not None and due >= day
    )


@memoized
def deals() -> tuple[Mapping[str, Any], ...]:
    """Rows of the record of deals by the names of its columns."""
    return _rows_of("deal_record")


@memoized
def threat_rows() -> tuple[Mapping[str, Any], ...]:
    """Rows of the record of threats by the names of its columns."""
    return _rows_of("deal_threats")


def _rows_of(name: str) -> tuple[Mapping[str, Any], ...]:
    """Rows of a table by the names of its columns, None for a number that is missing."""
    columns = arrays(name)
    known = ([None if value != value else value for value in column.tolist()] for column in columns.values())
    return tuple(dict(zip(columns, row, strict=True)) for row in zip(*known, strict=True))


def read_through() -> date:
    """Last day for which outcomes were read."""
    return max(date.fromisoformat(row["as_of"]) for row in deals())


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _points(value: float | None) -> float:
    return float("nan") if value is None else value
