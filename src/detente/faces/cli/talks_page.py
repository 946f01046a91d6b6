"""The first screen of `detente talks CASE`: the page of a side, or of a country that is not at the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from detente.codes.errors import InputError
from detente.faces.words.language import load
from detente.faces.words.outside import as_outside_page
from detente.faces.words.page import as_page
from detente.lab.talks.advice import Advice, OutsideAdvice
from detente.lab.talks.counsel import advice_of, place_of
from detente.lab.talks.outside import outside_advice
from detente.lab.talks.talk import Talk

if TYPE_CHECKING:
    from detente.codes import Table

Page = TypeVar("Page")
Drawing = tuple[int, int, Path | None, int | None]
"""Draws, their seed, the folder of those that are done, and processes."""


def page_of(talk: Talk, side: str = "") -> Advice | OutsideAdvice:
    """The page as numbers.

    Parameters
    ----------
    side : a party or a country of the world, by code or name; the first party where none is named.

    Raises
    ------
    InputError : neither a party nor a country of the world.
    """
    return page_by(talk, side, partial(advice_of, talk), partial(advice_of, talk))


def page_by(talk: Talk, side: str, own: Callable[[str], Page], first: Callable[[], Advice]) -> Page | OutsideAdvice:
    """The page of a party by `own`, the first where none is named; of another country what `first` does to it.

    Raises
    ------
    InputError : neither a party nor a country of the world.
    """
    code = place_of(talk.parties, side) if side else ""
    if not code or code in talk.parties:
        return own(code)
    try:
        return outside_advice(talk, code, first)
    except InputError as error:
        if error.where != "side":
            raise
        raise InputError("--for", error.what, error.repair) from None


def drawn_page(
    talk: Talk, page: Advice | OutsideAdvice | None, drawing: Drawing, tell: Callable[[int, int], None]
) -> tuple[Advice | OutsideAdvice | None, list[Table]]:
    """The page of a side with ranges over joint draws, others as they are; and the tables of the ranges."""
    from detente.lab.talks.workers import bands, ranged_advice

    draws, seed, folder, workers = drawing
    if isinstance(page, Advice):
        return ranged_advice(page, talk, draws, seed, folder=folder, workers=workers, progress=tell)
    return page, bands(talk, draws, seed, folder=folder, workers=workers, progress=tell)


def page_text(page: Advice | OutsideAdvice, given: str) -> str:
    """The page for a terminal.

    Parameters
    ----------
    given : what follows `detente talks`, for the line that names the rest.
    """
    say = load()
    if not isinstance(page, Advice):
        return as_outside_page(page, say, [say("advice_more", case=given, other=page.parties[0])])
    return as_page(page, say, [say("advice_more", case=given, other=page.others[0])])


def page_json(page: Advice | OutsideAdvice) -> dict[str, Any]:
    """The page as plain values."""
    return asdict(page)
