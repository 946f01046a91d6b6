"""The tool of importers on record."""

from __future__ import annotations

from detente.codes import Unit
from detente.faces.mcp.answers import command, number, page
from detente.faces.mcp.arguments import Arguments, Offset
from detente.faces.mcp.shapes import ToolAnswer
from detente.faces.mcp.tool import Call, Tool
from detente.lab.statute.importers import importers_table


class OnRecord(Arguments):
    """Which of the importers to show."""

    offset: Offset = 0


def on_record(call: Call[OnRecord]) -> ToolAnswer:
    """Importers whose law is on record, with level, vintage and what is not covered."""
    table = importers_table()
    return ToolAnswer(
        sentence=f"The law of {len(table)} importers is on record: {table.notes[0]}.",
        numbers=[number("importers", float(len(table)), Unit.COUNT, spread="no range: a count")],
        **page(table, call.given.offset),
        sources=["folders of law in the package and in DETENTE_LAWBOOKS"],
        command=command("law", "importers"),
    )


TOOLS = (
    Tool("importers", "Importers whose law is on record: level, lines, vintage, and what is not covered.",
         OnRecord, ToolAnswer, on_record),
)  # fmt: skip
