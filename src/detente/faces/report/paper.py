"""The report as a paper: PDF set by Typst, with charts as drawn shapes. No date is in it, so that bytes repeat."""

from __future__ import annotations

import json
from importlib.resources import files

from detente.faces.charts import NARROW, WIDE
from detente.faces.charts.drawing import standalone, svg
from detente.faces.report.content import Content
from detente.faces.report.library import imported, require
from detente.faces.report.method import METHOD
from detente.lab.result import Result


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
    found = typst.compile(source, format=form, sys_inputs={"report": told(content)}, **options)
    return found[0] if isinstance(found, list) else found


def told(content: Content) -> str:
    """The report as JSON for the template, which holds no text of its own."""
    width = NARROW if content.brief else WIDE
    return json.dumps(
        {
            "title": content.title,
            "note": content.note,
            "key": content.key,
            "brief": content.brief,
            "sentences": content.sentences,
            "cards": [
                [c.label, c.number, c.against, c.spread, c.method, f"Would change it: {c.changes}"]
                for c in content.cards
            ],
            "charts": [
                {
                    "title": c.title,
                    "alt": c.alt,
                    "note": c.note,
                    "source": f"Unit: {c.unit}. Source: {c.source}.",
                    "svg": standalone(svg(c, width)),
                }
                for c in content.charts
            ],
            "tables": [
                {
                    "title": g.title,
                    "heads": g.heads,
                    "numeric": g.numeric,
                    "rows": g.rows,
                    "notes": [*g.notes, *([] if content.brief else ["; ".join(g.meanings)])],
                }
                for g in content.grids
            ],
            "method": METHOD,
            "words": content.words,
            "assumptions": [
                [str(row.get(k, "")).strip() for k in ("id", "statement", "switch", "effect")]
                for row in content.assumptions
            ],
            "vintages": [
                [row["title"], row["publisher"], row["vintage"], row["sha256"][:12]]
                for row in content.vintages.values()
            ],
            "cite": content.citation.sentence,
        },
        ensure_ascii=False,
    )
