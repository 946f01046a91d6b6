"""A job of talks of three or more: every table under the last weights in the long run, and the page of the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from detente.codes import InputError, Table
from detente.faces.words.language import load
from detente.faces.words.many import many_basis, many_blocks
from detente.lab.talks.many.page import many_advice
from detente.lab.talks.many.report import MANY_SECTIONS, many_tables, round_of
from detente.lab.talks.talk import Talk


def many_parts(
    talk: Talk, request: Mapping[str, Any], tell: Callable[[str, int, int], None]
) -> tuple[dict[str, Table], tuple[str, ...]]:
    """Tables by name and the page in sentences.

    Raises
    ------
    InputError : draws, which talks of two sides alone have.
    """
    if request.get("draws"):
        raise InputError("draws", "are for talks of two sides", "leave them out, or name a case between two")
    round_ = round_of(replace(talk, weights=talk.weights[-1:], horizons=talk.horizons[:1]))
    tables: dict[str, Table] = {}
    for index, name in enumerate(MANY_SECTIONS):
        tables |= {table.name: table for table in many_tables(round_, name)}
        tell(name, index + 1, len(MANY_SECTIONS))
    page, say = many_advice(round_), load()
    lines = (text for block in many_blocks(page, say) for text in block.sentences)
    return tables, (many_basis(page, say), *lines)
