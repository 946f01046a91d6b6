"""Words people type for what the law calls otherwise, and how words are brought to one form."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator

from detente.data.models import Codes, FileModel, Texts, shipped

FILE = "synonyms.yaml"
_WORD = re.compile(r"[a-z0-9]+")
_IRREGULAR = {"lens": "lens", "lenses": "lens", "gases": "gas", "buses": "bus", "knives": "knife", "mangoes": "mango"}
_SHORTEST = 4
"""Letters of a word from which on a final s is a plural."""


class Synonym(FileModel):
    """Words that people say, others for the same as stems, and the beginnings of the codes where the goods lie."""

    say: Texts
    means: Annotated[Texts, AfterValidator(lambda words: tuple(map(stemmed, words)))]
    codes: Codes = ()


@lru_cache(maxsize=1)
def synonyms() -> dict[str, Synonym]:
    """What is meant by a word or phrase, by its stems."""
    rows = shipped(tuple[Synonym, ...], FILE)
    return {stemmed(words): row for row in rows for words in row.say}


def stemmed(text: str) -> str:
    """Words of a text in lower case, without accents and plural endings, joined by blanks: "T-shirts" is "t shirt"."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(map(_stem, _WORD.findall(plain.lower())))


@lru_cache(maxsize=65536)
def _stem(word: str) -> str:
    """A word without its plural ending: batteries is battery, boxes is box; necktie is neckty, as neckties is."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ie") and len(word) > _SHORTEST:
        return f"{word[:-2]}y"
    if len(word) < _SHORTEST or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes", "toes")):
        return word[:-2]
    return word[:-1]
