"""What is said of a publisher's schedule beside its faults: marks after rates, preferences that nobody understands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from detente.law.rate_words import NOT_READ, RateWords

MOST = 6
"""Marks that are told apart."""


def of_marks(rates: Iterable[RateWords]) -> str:
    """Marks behind rates, such as those of footnotes, with how often each stands; "" without any."""
    marks = Counter(rate.marks for rate in rates if rate.marks)
    listed = ", ".join(f"{mark} {count:,}" for mark, count in marks.most_common(MOST))
    return f"marks after rates that were left out: {listed}" if listed else ""


def of_preferences(cells: Sequence[tuple[int, str, RateWords | None]]) -> str:
    """Rates of preferences that were left out, with the first of them; "" without any.

    Parameters
    ----------
    cells : row, text and what was read of it, None where it says nothing.
    """
    unread = [(row, text) for row, text, rate in cells if rate is not None and rate.why == NOT_READ]
    if not unread:
        return ""
    row, text = unread[0]
    return f"rates of preferences that are not understood, left out: {len(unread):,}, as in row {row}: '{text[:40]}'"
