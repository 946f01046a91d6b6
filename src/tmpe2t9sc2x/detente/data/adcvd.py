"""Goods and origins on which anti-dumping or countervailing duties are likely."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from detente.codes import digits
from detente.data.library import package_folder
from detente.data.yamlfile import read_yaml

NAME = "adcvd.yaml"


@dataclass(frozen=True, slots=True)
class LikelyOrder:
    """Goods by the beginnings of their codes, and the origins (ISO3) whose goods an order is likely to cover."""

    goods: str
    codes: tuple[str, ...]
    partners: frozenset[str]


@lru_cache(maxsize=1)
def likely_orders() -> tuple[LikelyOrder, ...]:
    """Orders on record here, of goods into the United States."""
    rows = read_yaml(package_folder() / NAME, NAME)["orders"]
    return tuple(
        LikelyOrder(row["goods"], tuple(digits(code, NAME) for code in row["codes"]), frozenset(row["partners"]))
        for row in rows
    )
