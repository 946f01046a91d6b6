"""The report as a paper: PDF set by Typst, with charts as drawn shapes. No date is in it, so that bytes repeat."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from detente.faces.charts import NARROW, Chart
from detente.faces.charts.drawing import standalone, svg
from detente.faces.report.claims import JudgedClaim
from detente.faces.report.content import Content, Grid, ReportPart
from detente.faces.report.library import imported, require
from detente.faces.report.method import METHOD
from detente.lab.result import Result

LONG = 24
"""Signs from which on a column of text is broken into lines."""


def check_library() -> None:
    """Refuse to begin without the library."""
    require("typst", "a report as PDF or PNG")


def write(content: Content, result: Result) -> bytes:
    """The paper as PDF."""
    del result
    return compiled(content, "pdf")


def compiled(content: Content, form: str, **options: float) -> bytes:
    """The paper in a format of Typst; of several pages as PNG only the first."""
    typst = imported("typst", "a report as PDF or PNG")
    source = (files("detente.faces") / "templates" / "paper.typ").read_bytes()
    document = typst.compile(source, format=form, sys_inputs={"report": report_data(content)}, **options)
    return document[0] if isinstance(document, list) else document


def report_data(content: Content) -> str:
    """The report as JSON for the template, which holds no text of its own."""
    facts = {
        **{key: getattr(content, key) for key in ("title", "note", "key", "brief", "findings", "words")},
        "front": _front(content),
        "parts": [_part(part) for part in content.parts],
        "cards": [[c.label, f"{c.number} {c.against}. {c.spread} {c.method}"] for c in content.cards],
        "method": METHOD,
        "assumptions": [
            [str(row.get(k, "")).strip() for k in ("id", "statement", "switch", "effect")]
            for row in content.assumptions
        ],
        "vintages": [
            [row["title"], row["publisher"], row["vintage"], row["sha256"][:12]] for row in content.vintages.values()
        ],
        "cite": content.citation.sentence,
    }
    return json.dumps(facts, ensure_ascii=False)


def _front(content: Content) -> dict[str, Any]:
    """The brief: its sentences, cards, two charts, and what others say."""
    front = content.front
    return {
        "dated": " ".join((front.dated, *front.warnings)),
        "deal": front.deal,
        "heads": front.heads,
        "does": front.does,
        "hold": front.hold,
        "cards": [[card.label, card.number, card.against, card.spread] for card in front.cards],
        "ranges": front.ranges,
        "charts": [_chart(chart, NARROW) for chart in content.pictures],
        "others": [f"{other.number} {other.who}, {other.day}: {other.why}" for other in front.others],
        "ours": front.ours,
        "rests": " ".join(front.rests),
    }


def _part(part: ReportPart) -> dict[str, Any]:
    """A chapter: what it finds, its charts, claims and table; and its tables for the appendix."""
    return {
        "title": part.title,
        "lead": part.lead,
        "charts": [_chart(chart, NARROW) for chart in part.charts],
        "claims": [_claim(claim) for claim in part.claims],
        "table": _table(part.table, notes=False) if part.table else None,
        "tables": [_table(grid) for grid in part.grids],
    }


def _chart(chart: Chart, width: int) -> dict[str, str]:
    return {
        "title": chart.title,
        "alt": chart.alt,
        "note": chart.note,
        "source": f"Unit: {chart.unit}. Source: {chart.source}.",
        "svg": standalone(svg(chart, width)),
    }


WIDE_TABLE = 9
"""Columns from which on a table is printed across the long side of a page."""


def _table(grid: Grid, notes: bool = True) -> dict[str, Any]:
    longest = [max((len(row[j]) for row in grid.rows), default=0) for j in range(len(grid.heads))]
    return {
        "title": grid.title,
        "heads": grid.heads,
        "numeric": grid.numeric,
        "long": [not number and most > LONG for number, most in zip(grid.numeric, longest, strict=True)],
        "rows": grid.rows,
        "notes": [*grid.notes, "; ".join(grid.meanings)] if notes else [],
        "wide": len(grid.heads) >= WIDE_TABLE,
    }


def _claim(claim: JudgedClaim) -> list[str]:
    """Who, what, verdict, what was found, and the readings on both sides."""
    sides = [
        f"{word} {'; '.join(named)}."
        for word, named in (("Holds under", claim.holds), ("Does not hold under", claim.fails))
        if named
    ]
    return [f"{claim.name}, {claim.who}", claim.said, claim.verdict, claim.found, " ".join(sides)]
