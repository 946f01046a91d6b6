"""Materials and countries by any name: the chain that an element is of, and the bloc that a country is counted in."""

from __future__ import annotations

from collections.abc import Sequence

from detente.codes import Parameter, UnknownName, declared_note
from detente.codes.given import several
from detente.data.chain_build import load_chain
from detente.data.chain_tables import elements
from detente.data.chain_world import bloc_of
from detente.data.chainfile import chain_names
from detente.data.tables import partner_name, place

OTHERS = {"Ga": "gallium", "Ge": "germanium", "NdPr": "neodymium-praseodymium"}
"""Elements of the chains that the table of rare earths does not name."""


def minerals() -> tuple[str, ...]:
    """Names that a material may be asked for by: chains, and elements by symbol and by name."""
    return (*chain_names(), *(name for row in _elements() for name in row))


def _elements() -> list[tuple[str, str]]:
    """Symbol and name of every element that the users of some chain need."""
    named = OTHERS | {row.element: row.name for row in elements()}
    used = [element for name in chain_names() for element in load_chain(name).elements]
    return [(symbol, named.get(symbol, symbol.lower())) for symbol in used]


def chain_of(mineral: str) -> tuple[str, tuple[str, ...]]:
    """The chain of a material, and its one element where it is one; a file of one's own is a chain.

    Raises
    ------
    UnknownName : neither a chain nor an element of one.
    """
    plain = mineral.strip().lower()
    if plain in chain_names() or plain.endswith(".toml"):
        return mineral.strip() if plain.endswith(".toml") else plain, ()
    symbol = next((row[0] for row in _elements() if plain in (row[0].lower(), row[1])), "")
    if not symbol:
        raise UnknownName("mineral", mineral[:60], minerals(), Parameter("mineral"), f"use {', '.join(minerals())}")
    return next(name for name in chain_names() if symbol in load_chain(name).elements), (symbol,)


def names_of(mineral: str) -> tuple[str, ...]:
    """Words that name a material: an element in full, or a chain with its elements; any other text as it stands."""
    named = {row[0]: row[1] for row in _elements()}
    if mineral.strip().lower() not in {name.lower() for name in minerals()}:
        return (mineral.strip().lower(),)
    chain, symbols = chain_of(mineral)
    whole = () if symbols else (chain.replace("-", " ").removesuffix("s"),)
    return (*whole, *(named[symbol] for symbol in symbols or load_chain(chain).elements))


def blocs(codes: str | Sequence[str]) -> tuple[str, ...]:
    """Countries as the chains count them: some are part of a bloc."""
    return tuple(dict.fromkeys(map(bloc_of, several(codes, "country"))))


def within(codes: str | Sequence[str]) -> list[str]:
    """What is to be said of countries that the chains count as part of a bloc."""
    pairs = [(code, bloc_of(code)) for code in several(codes, "country")]
    return [
        declared_note("chains.within", country=partner_name(code), bloc=place(bloc))
        for code, bloc in pairs if code != bloc
    ]  # fmt: skip
