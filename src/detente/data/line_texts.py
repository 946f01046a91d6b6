"""Whole words of the tariff lines of an importer: the headings above a line and its own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from detente.data.tables import read

TABLE = "usa_texts"


TABLES = {"USA": TABLE, "CHN": "chn_texts"}


@lru_cache(maxsize=2)
def line_words(iso3: str = "USA") -> dict[str, tuple[str, ...]]:
    """Headings above each line, widest first, and its own words at the end, by code."""
    return {code: _parts(text) for code, text in read(TABLES[iso3]).rows()}


def words_of_line(code: str, iso3: str = "USA") -> tuple[str, ...]:
    """The same for one line; () where the table does not have it."""
    import polars as pl

    texts = read(TABLES[iso3]).filter(pl.col("code") == code)["text"].to_list()
    return _parts(texts[0]) if texts else ()


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n"))


def joined(words: Sequence[str]) -> str:
    """Headings and own words as one text; headings that only say "other", or say it again, are left out."""
    above = [part for part in dict.fromkeys(words[:-1]) if part.lower() != "other" and part != words[-1]]
    return ": ".join([*above, words[-1]])
