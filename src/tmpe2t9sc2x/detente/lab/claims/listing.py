"""Keys of claims for readers: those that each quantity has to name, those that it may, and an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.lab.claims.measurand import Measurand
from detente.lab.claims.quantities import quantities

USUAL: Mapping[str, str] = {
    "value": "20",
    "base": "2025-01-01",
    "partner": "CHN",
    "line": '"8517.13.00"',
    "market": "S&P 500",
    "year": "2025",
    "as_of": "2025-05-08",
}
"""What an example says under a key, where its quantity has nothing of its own."""

INSTEAD: Mapping[str, tuple[str, ...]] = {"year": ("period",)}
"""Keys that do as well as one that is needed, where the quantity takes them."""


def needed(name: str) -> tuple[str, ...]:
    """Keys a claim about a quantity has to name; "year or period" where either does."""
    quantity = quantities()[name]
    return tuple(_or(key, quantity) for key in quantity.needs)


def _or(key: str, quantity: Measurand) -> str:
    others = (other for other in INSTEAD.get(key, ()) if other in quantity.narrowed_by)
    return " or ".join((key, *others))


def optional(name: str) -> tuple[str, ...]:
    """Keys it may name besides, its unit and comparator aside."""
    either = {other for key in quantities()[name].needs for other in INSTEAD.get(key, ())}
    return tuple(key for key in quantities()[name].optional if key not in either)


def example_of(name: str) -> str:
    """The `quantity:` of a claim that names all it has to, as a file has it."""
    quantity = quantities()[name]
    usual = {**USUAL, "population": next(iter(quantity.populations), ""), **quantity.example}
    keys = [key for key in dict.fromkeys((*quantity.needs, *quantity.example)) if not _said_otherwise(key, quantity)]
    return "{" + ", ".join((f"name: {name}", *(f"{key}: {usual[key]}" for key in keys))) + "}"


def _said_otherwise(key: str, quantity: Measurand) -> bool:
    """Whether the example names another key in the place of one."""
    return key not in quantity.example and any(other in quantity.example for other in INSTEAD.get(key, ()))


def keys_rows() -> list[tuple[str, str, str, str]]:
    """Quantity, keys it has to name, keys it may name, and an example: one row each."""
    return [(name, ", ".join(needed(name)), ", ".join(optional(name)), example_of(name)) for name in quantities()]


def keys_markdown() -> str:
    """The rows as the table of the documentation."""
    heads = ("quantity", "has to name", "may name", "example")
    ruled = (" | ".join(cells) for cells in (heads, ["---"] * len(heads)))
    return "\n".join((*(f"| {cells} |" for cells in ruled), *(_line(row) for row in keys_rows())))


def _line(row: Sequence[str]) -> str:
    marked = (", ".join(f"`{key}`" for key in cell.split(", ")).replace(" or ", "` or `") for cell in row[:3])
    return f"| {' | '.join((*marked, f'`{row[3]}`'))} |"
