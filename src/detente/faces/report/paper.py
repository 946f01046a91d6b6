"""Tables too wide for a page, in pieces that are not."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from math import ceil
from typing import Any

from detente.codes import InputError, with_extra
from detente.faces.charts import NARROW, Chart
from detente.faces.charts.drawing import standalone, svg
from detente.faces.report.content import Content, JudgedClaim, ReportPart
from detente.faces.report.page import assumed, headline, vintage
from detente.faces.report.readers import Grid
from detente.faces.words.language import Language, load, report_texts
from detente.lab.result import Result


def blocks(count: int, most: int) -> list[tuple[int, ...]]:
    """Numbers of the columns of each piece, of about one size; the first column names the rows of every piece.

    Parameters
    ----------
    count : columns of the table; `most` : of a piece, at least 2.
    """
    if count <= most:
        return [tuple(range(count))]
    pieces = ceil((count - 1) / (most - 1))
    size = ceil((count - 1) / pieces)
    return [(0, *range(start, min(start + size, count))) for start in range(1, count, size)]


def split(grid: Grid, most: int, say: Language) -> list[Grid]:
    """A table in pieces of at most so many columns; notes stand under the last."""
    chosen = blocks(len(grid.heads), most)
    if len(chosen) == 1:
        return [grid]
    titles = [say("report.part_of", title=grid.title, part=k + 1, count=len(chosen)) for k in range(len(chosen))]
    return [_piece(grid, columns, columns is chosen[-1], titles[k]) for k, columns in enumerate(chosen)]


def _piece(grid: Grid, columns: Sequence[int], last: bool, title: str) -> Grid:

    def of(row: Sequence[str]) -> tuple[str, ...]:
        return tuple(row[j] for j in columns)

    return replace(
        grid,
        title=title if grid.title else "",
        heads=of(grid.heads),
        numeric=tuple(grid.numeric[j] for j in columns),
        rows=tuple(map(of, grid.rows)),
        meanings=of(grid.meanings) if grid.meanings else (),
        notes=grid.notes if last else (),
    )


SAYS = (
    "appendix", "in_appendix", "headlines_found", "method", "words", "assumptions", "data", "cite",
    "wide_tables",
)  # fmt: skip
"""Heads of the paper, by their ids among the texts of a report."""

CARD = "{number} {against}. {spread} {method}"

LONG = 24
"""Signs from which on a column of text is broken into lines."""


def check_library() -> None:
    """Refuse to begin without the library."""
    if importlib.util.find_spec("typst") is None:
        raise InputError("a report as PDF", "needs the library 'typst'", with_extra("documents"))


def write(content: Content, result: Result) -> bytes:
    """The paper as PDF."""
    del result
    check_library()
    import typst

    source = (files("detente.faces") / "templates" / "paper.typ").read_bytes()
    return typst.compile(source, format="pdf", sys_inputs={"report": report_data(content)})


def report_data(content: Content) -> str:
    """The report as JSON for the template, which holds no text of its own."""
    say = load()
    facts = {
        "says": {name: say(f"report.{name}") for name in SAYS}
        | {"kicker": say("report.kicker", key=content.key), "findings_full": say("runs.findings")},
        **{key: getattr(content, key) for key in ("title", "note", "key", "brief", "findings", "words")},
        "front": _front(content),
        "parts": [_part(part, say) for part in content.parts],
        "cards": [[c["label"], CARD.format(**c)] for c in (headline(card) for card in content.cards)],
        "method": [(step["head"], step["text"]) for step in report_texts()["method"]],
        "assumptions": _listed(
            tuple(say(f"report.head_{name}") for name in ("id", "statement", "switch", "effect")),
            [
                [row[k] for k in ("id", "statement", "switch", "effect")]
                for row in (assumed(row) for row in content.assumptions)
            ],
        ),
        "vintages": _listed(
            tuple(say(f"report.{name}") for name in ("table", "publisher", "vintage", "sha256")),
            [[*r["texts"], r["hash"]] for r in (vintage(row) for row in content.vintages.values())],
        ),
        "cite": content.citation.sentence,
    }
    return json.dumps(facts, ensure_ascii=False)


def _front(content: Content) -> dict[str, Any]:
    """The brief: its sentences, cards, two charts, and what others say."""
    front, colon = content.front, load()("frame.colon")
    return {
        "dated": " ".join((front.dated, *front.warnings)),
        "deal": front.deal,
        "heads": front.heads,
        "does": front.does,
        "hold": front.hold,
        "cards": [
            [card.label, card.number, card.against, f"{front.heads['column_range']} {card.spread}" * bool(card.spread)]
            for card in front.cards
        ],
        "ranges": front.ranges,
        "charts": [_chart(chart, NARROW, load()) for chart in content.pictures],
        "others": [f"{o.number} {o.who}, {o.day}{colon} {o.why}. {o.steps}".rstrip() for o in front.others],
        "ours": f"{front.ours} {front.walk}".rstrip().replace("`", ""),
        "rests": " ".join(front.rests),
    }


def _part(part: ReportPart, say: Language) -> dict[str, Any]:
    """A chapter: what it finds, its charts, claims and table; and its tables for the appendix."""
    table = _table(part.table, notes=False) if part.table else None
    charts = [_chart(chart, NARROW, say) for chart in part.charts]
    beside = len(charts) % 2 == 1 and table is not None and table["narrow"]
    return {
        "title": part.title,
        "all_tables": say("report.tables", title=part.title),
        "lead": part.lead,
        "columns": _columns(charts),
        "claims": [_claim(claim, say) for claim in part.claims],
        "table": table,
        "beside": beside,
        "tables": [piece for grid in part.grids for piece in _tables(grid, say)],
    }


CAPTION = 90.0
"""Height of title and caption of a chart, in the pixels of its drawing."""


def _columns(charts: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Charts in two columns of about one height: a tall one stands beside two others."""
    columns: list[list[dict[str, str]]] = [[], []]
    heights = [0.0, 0.0]
    for chart in charts:
        k = heights.index(min(heights))
        columns[k].append(chart)
        heights[k] += CAPTION + float(chart["svg"].split('height="', 1)[1].split('"', 1)[0])
    return columns


def _chart(chart: Chart, width: int, say: Language) -> dict[str, str]:
    return {
        "title": chart.title,
        "alt": chart.alt,
        "subtitle": chart.subtitle,
        "note": chart.note,
        "source": say("frame.unit_source", unit=chart.unit, source=chart.source),
        "svg": standalone(svg(chart, width)),
    }


WIDE_TABLE = 9
"""Columns from which on a table is printed across the long side of a page."""

MOST = 16
"""Columns that fit across the long side; wider tables are split, each piece beginning with the first column."""

TOGETHER = 14
"""Rows up to which a table stands on one page."""

BESIDE = 4
"""Columns up to which a chapter's table may stand beside its last chart."""


def _tables(grid: Grid, say: Language) -> list[dict[str, Any]]:
    """A table of the appendix, in as many pieces as its columns ask for."""
    pieces = split(grid, MOST, say)
    return [_table(piece, notes=piece is pieces[-1]) for piece in pieces]


def _table(grid: Grid, notes: bool = True) -> dict[str, Any]:
    longest = [max((len(row[j]) for row in grid.rows), default=0) for j in range(len(grid.heads))]
    return {
        "title": grid.title,
        "heads": grid.heads,
        "numeric": grid.numeric,
        "long": [
            max(1, round(most**0.5)) if not number and most > LONG else 0
            for number, most in zip(grid.numeric, longest, strict=True)
        ],
        "rows": [list(map(_set, row)) for row in grid.rows],
        "notes": [*grid.notes, "; ".join(grid.meanings)] if notes else [],
        "wide": len(grid.heads) >= WIDE_TABLE,
        "together": len(grid.rows) <= TOGETHER,
        "narrow": len(grid.heads) <= BESIDE and sum(longest) < NARROW_LINE,
    }


NARROW_LINE = 60
"""Letters of a row that fit beside a chart."""

_UNBROKEN = re.compile(r"^\d{1,2} [A-Z][a-z]+ \d{4}$")
"""A day alone in its cell, which stands on one line."""


_NAME = re.compile(r"[\w.]{14,}")
"""A name for machines too long for a column, which may break behind each of its parts."""


def _set(cell: str) -> str:
    """A cell with the places at which a line may and may not break."""
    if _UNBROKEN.match(cell):
        return cell.replace(" ", "\u00a0")
    return _NAME.sub(lambda match: match[0].replace("_", "_\u200b"), cell)


def _listed(heads: tuple[str, ...], rows: list[list[str]]) -> dict[str, Any]:
    """A list of texts as a table."""
    return _table(Grid("", "", heads, (False,) * len(heads), tuple(map(tuple, rows)), ()), notes=False)


def _claim(claim: JudgedClaim, say: Language) -> list[str]:
    """Who, what, verdict, what was found, and the readings on both sides."""
    sides = [
        f"{word} {'; '.join(named)}."
        for word, named in ((say("claims.holds"), claim.holds), (say("claims.fails"), claim.fails))
        if named
    ]
    return [f"{claim.name}, {claim.who}", claim.said, claim.verdict, claim.found, " ".join(sides)]
