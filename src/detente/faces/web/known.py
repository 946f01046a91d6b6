"""Known values: what a parameter may be, wherever it is one of a set, as the description of the interface lists it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

SECTORS = (
    ("AGR", "farm goods"), ("ENE", "energy"), ("ORE", "ores"), ("FOO", "food"), ("TEX", "textiles, clothing"),
    ("WPP", "wood, paper"), ("CHM", "chemicals"), ("PHA", "medicines"), ("MET", "metals"), ("ELE", "electronics"),
    ("EEQ", "electrical equipment"), ("MAC", "machinery"), ("VEH", "vehicles"), ("OMF", "other manufactures"),
)  # fmt: skip
"""Sectors of goods of the small world, as `except` names them."""


def one_of(name: str) -> dict[str, Any]:
    """A mark on a parameter or field: one of a set, by the set's name."""
    return {"x-one-of": name}


def some_of(name: str, most: int = 0) -> dict[str, Any]:
    """The same for a list with commas between."""
    return {"x-some-of": name, **({"maxItems": most} if most else {})}


def questions() -> Iterable[str]:
    """Questions of the program."""
    from detente.faces.ask.question import names

    return names()


def sides() -> Iterable[str]:
    """The two sides of the talks."""
    return ("USA", "CHN")


def nations() -> Iterable[str]:
    """Countries, ISO 3166 alpha-3."""
    from detente.data.tables import countries

    return countries().names


def years() -> Iterable[str]:
    """Years of the trade that weighs duties."""
    return [str(year) for year in range(2015, 2026)]


def balances() -> Iterable[str]:
    """What may happen to trade balances in a run."""
    from detente.lab.scenario import CLOSURES

    return CLOSURES


def served() -> Iterable[str]:
    """Cases that deals are made in."""
    from detente.lab.deal.levers import served as known

    return known()


def thirds() -> Iterable[str]:
    """Third countries."""
    return [code for code in nations() if code not in sides()]


def sectors() -> Iterable[str]:
    """Sectors that a deal leaves out."""
    return [code for code, _ in SECTORS]


def weights() -> Iterable[str]:
    """Weights of payoffs."""
    from detente.data.casefile import settled_case

    return [
        "welfare",
        *(settled_case(name).weights.choices[-1].name for name in served() if settled_case(name).weights.choices),
    ]


KNOWN: Mapping[str, Callable[[], Iterable[str]]] = {
    "questions": questions, "years": years, "balances": balances, "served": served, "thirds": thirds,
    "sectors": sectors, "weights": weights, "horizons": lambda: ("long", "short"),
}  # fmt: skip
"""Sets by name; each is looked up when the description is first asked for."""
