"""Goods and origins on which anti-dumping or countervailing duties are likely."""

from __future__ import annotations

from dataclasses import dataclass

from detente.data.models import STRICT, Codes, FileModel, Prose, shipped

NAME = "adcvd.yaml"


@dataclass(frozen=True, slots=True)
class LikelyOrder:
    """Goods by the beginnings of their codes, and the origins (ISO3) whose goods an order is likely to cover."""

    __pydantic_config__ = STRICT
    goods: str
    codes: Codes
    partners: frozenset[str]


class OrdersFile(FileModel):
    """Orders on record here, of goods into the United States."""

    source: Prose
    orders: tuple[LikelyOrder, ...]


def likely_orders() -> tuple[LikelyOrder, ...]:
    """Orders on record."""
    return shipped(OrdersFile, NAME).orders
