"""The report as Markdown."""

from __future__ import annotations

from detente.faces.report.content import Content, Grid
from detente.lab.result import Result


def write(content: Content, result: Result) -> bytes:
    """Sentences, cards and tables as Markdown."""
    del result
    parts = [f"# {content.title}", "", *content.sentences, "", f"Result `{content.key}`", "", content.note, ""]
    parts += [f"- **{c.label}: {c.number}**, {c.against}. {c.spread} {c.method}" for c in content.cards]
    for grid in content.grids:
        parts += ["", f"## {grid.title}", "", *_pipes(grid), "", *(f"*{note}*" for note in grid.notes)]
    return ("\n".join([*parts, "", content.citation.sentence]) + "\n").encode()


def _pipes(grid: Grid) -> list[str]:
    rows = [grid.heads, tuple("---:" if number else "---" for number in grid.numeric), *grid.rows]
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
