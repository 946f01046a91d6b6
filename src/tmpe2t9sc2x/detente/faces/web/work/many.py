"""A job of talks of three or more: every table under the last weights in the long run, and the page of the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from detente.codes import Table
from detente.faces.words.language import load
from detente.faces.words.many import many_basis, many_blocks
from detente.lab.talks.many.page import many_advice
from detente.lab.talks.many.report import MANY_SECTIONS, many_tables, round_of
from detente.lab.talks.talk import Talk
from detente.lab.talks.workers import ranged_advice
from detente.talks.surface import SEED


def many_parts(
    talk: Talk, request: Mapping[str, Any], tell: Callable[[str, int, int], None], folder: Path | None = None
) -> tuple[dict[str, Table], tuple[str, ...]]:
    """Tables by name and the page in sentences, with ranges over joint draws where they are asked for.

    Parameters
    ----------
    folder : where finished draws are kept.
    """
    round_ = round_of(replace(talk, weights=talk.weights[-1:], horizons=talk.horizons[:1]))
    tables: dict[str, Table] = {}
    for index, name in enumerate(MANY_SECTIONS):
        tables |= {table.name: table for table in many_tables(round_, name)}
        tell(name, index + 1, len(MANY_SECTIONS))
    page, say = many_advice(round_), load()
    if draws := int(request.get("draws") or 0):
        side, ranges = ranged_advice(
            page.side, round_.talk, draws, int(request.get("seed") or SEED), folder=folder, workers=1,
            progress=lambda done, total: tell("draws", done, total),
        )  # fmt: skip
        page, tables = replace(page, side=side), tables | {table.name: table for table in ranges}
    lines = (text for block in many_blocks(page, say) for text in block.sentences)
    return tables, (many_basis(page, say), *lines)
