"""Whole words of the tariff lines of the United States: the headings above a line and its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from detente.data.tables import read

TABLE = "usa_texts"


@lru_cache(maxsize=1)
def line_words() -> dict[str, tuple[str, ...]]:
    """Headings above each line, widest first, and its own words at the end, by code."""
    return {code: _parts(text) for code, text in read(TABLE).rows()}


def words_of_line(code: str) -> tuple[str, ...]:
    """The same for one line; () where the table does not have it."""
    import polars as pl

    texts = read(TABLE).filter(pl.col("code") == code)["text"].to_list()
    return _parts(texts[0]) if texts else ()


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


def joined(words: Sequence[str]) -> str:
    """Headings and own words as one text; headings that only say "other", or say it again, are left out."""
    above = [part for part in dict.fromkeys(words[:-1]) if part.lower() != "other" and part != words[-1]]
    return ": ".join([*above, words[-1]])
