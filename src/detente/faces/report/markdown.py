"""The report as Markdown."""

from __future__ import annotations

from detente.codes.escaping import markdown, pipes
from detente.faces.report.content import Content
from detente.faces.words.brief import as_markdown
from detente.faces.words.language import load
from detente.lab.result import Result


def write(content: Content, result: Result) -> bytes:
    """The brief, chapters with what their charts show, and every table as Markdown."""
    del result
    say = load()
    # Of a document of its own the title is the first head; among others it would stand lower.
    parts = [as_markdown(content.front).removeprefix("##"), f"{say('report.result')} `{content.key}`"]
    for part in content.parts:
        shown = [f"**{markdown(chart.title)}.** {markdown(chart.alt)}" for chart in part.charts]
        table = [pipes(part.table.heads, part.table.rows, part.table.numeric)] if part.table else []
        parts += [f"## {markdown(part.title)}", markdown(part.lead), *shown, *table]
    if content.parts:
        parts += [
            f"## {say('report.appendix')}",
            markdown(content.note),
            "\n".join(f"- {markdown(s)}" for s in content.findings),
        ]
    for grid in content.grids:
        notes = "\n\n".join(f"*{markdown(note)}*" for note in grid.notes)
        parts += [f"### {markdown(grid.title)}", pipes(grid.heads, grid.rows, grid.numeric), notes]
    return ("\n\n".join(filter(None, [*parts, markdown(content.citation.sentence)])) + "\n").encode()
