"""Compared: rows of tables that set two laws side by side."""

from __future__ import annotations

from typing import Any

Row = tuple[Any, ...]


def moved(before: float, after: float) -> tuple[float, float, float]:
    """Before, after, change."""
    return before, after, after - before
