"""The report as Markdown."""

from __future__ import annotations

from detente.codes.escaping import markdown
from detente.faces.report.content import Content, Grid
from detente.lab.result import Result


def write(content: Content, result: Result) -> bytes:
    """Sentences, cards and tables as Markdown."""
    del result
    lines = map(markdown, content.sentences)
    parts = [f"# {markdown(content.title)}", "", *lines, "", f"Result `{content.key}`", "", markdown(content.note), ""]
    for card in content.cards:
        label, number, *rest = map(markdown, (card.label, card.number, card.against, card.spread, card.method))
        parts.append(f"- **{label}: {number}**, {rest[0]}. {rest[1]} {rest[2]}")
    for grid in content.grids:
        notes = (f"*{markdown(note)}*" for note in grid.notes)
        parts += ["", f"## {markdown(grid.title)}", "", *_pipes(grid), "", *notes]
    return ("\n".join([*parts, "", markdown(content.citation.sentence)]) + "\n").encode()


def _pipes(grid: Grid) -> list[str]:
    rule = tuple("---:" if number else "---" for number in grid.numeric)
    heads, *rows = [tuple(map(markdown, row)) for row in (grid.heads, *grid.rows)]
    return [f"| {' | '.join(row)} |" for row in (heads, rule, *rows)]
