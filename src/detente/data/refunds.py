"""Refunds of duties: routes, windows and facts of entries, interest by quarter, the file of numbers for Customs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from detente.data.models import STRICT, Day, FileModel, Finite, Prose, Texts, Truth, Whole, shipped

#: Whether a text was opened, read through a reader of it, or neither.
Read = Literal["opened", "second-hand", "recalled"]


@dataclass(frozen=True, slots=True)
class RefundWindow:
    """Days within which something is done for an entry.

    Attributes
    ----------
    title : what is done. since : entry or liquidation, after which `days` or `years` count; "" for neither.
    before : days before liquidation, at the latest. start : first day of entry for which it holds.
    unless, only : facts without, or with, which it holds. types : of entry; all where none is named.
    """

    __pydantic_config__ = STRICT
    title: str
    source: Prose
    read: Read
    since: Literal["", "entry", "liquidation"] = ""
    days: Whole = 0
    years: Whole = 0
    before: Whole = 0
    start: Annotated[Day, Field(alias="from")] = date.min
    unless: Texts = ()
    only: Texts = ()
    types: Texts = ()


@dataclass(frozen=True, slots=True)
class RefundRoute:
    """A way to a refund, and the conditions under which an entry goes it, as the file says them.

    Attributes
    ----------
    latest : window whose last day is that of the route, "" for none.
    """

    __pydantic_config__ = STRICT
    id: str
    title: str
    action: Prose
    source: Prose
    read: Read
    owed: Truth = True
    entered: Day | None = None
    types: Texts = ()
    but: Texts = ()
    any: Texts = ()
    none: Texts = ()
    seen: Day | None = None
    till: Day | None = None
    within: str = ""
    open_on: Day | None = None
    given: Day | None = None
    latest: str = ""


@dataclass(frozen=True, slots=True)
class NumbersFile:
    """The file of entry numbers that Customs takes: its head, rows at most, letters of a number."""

    __pydantic_config__ = STRICT
    name: str
    head: str
    most: Whole
    letters: Whole
    source: Prose


class RefundLaw(FileModel):
    """The law of refunds, as `refunds.yaml` has it."""

    read_to: Day
    headings: Texts
    last: Day
    headings_source: Prose
    bonded: Texts
    at_payment: Texts
    expected: Whole
    deemed: Whole
    deemed_source: Prose
    windows: dict[str, RefundWindow]
    facts: dict[str, Texts]
    given: str
    routes: tuple[RefundRoute, ...]
    holidays: frozenset[Day]
    file: NumbersFile


@dataclass(frozen=True, slots=True)
class InterestQuarter:
    """Rates of interest from a day on, per cent a year."""

    __pydantic_config__ = STRICT
    start: Annotated[Day, Field(alias="from")]
    corporation: Finite
    other: Finite
    underpaid: Finite
    source: Prose
    read: Read


class InterestLaw(FileModel):
    """Interest on duties by quarter."""

    source: Prose
    quarters: tuple[InterestQuarter, ...] = field(default=())


def refund_law() -> RefundLaw:
    """The law of refunds on record."""
    return shipped(RefundLaw, "refunds.yaml")


def interest_law() -> InterestLaw:
    """Interest by quarter on record."""
    return shipped(InterestLaw, "interest.yaml")
