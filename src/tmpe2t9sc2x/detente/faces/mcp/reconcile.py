"""The tool that leads from our number to one that somebody printed."""

from __future__ import annotations

from pydantic import Field

from detente.faces.mcp.answers import command, number, page
from detente.faces.mcp.arguments import Arguments, day, whose
from detente.faces.mcp.shapes import ToolAnswer
from detente.faces.mcp.tool import Call, Tool
from detente.faces.words.reconcile import told_tables, verdict_in_words
from detente.lab.record.bridge import quantity_of
from detente.lab.record.reconcile import reconcile

NO_RANGE = "no range is drawn here"


class InPrint(Arguments):
    """A number."""

    number: str = Field(max_length=40, description="17.8, 300bn")
    on: str = Field(default="", description="day", max_length=10)
    what: str = Field(default="", max_length=12, description="average, revenue, prices, households")
    by: str = Field(default="", max_length=40, description="as yale")
    importer: str = Field(default="USA", max_length=60, description="whose law")
    partner: str = Field(default="", max_length=60, description="from where")


def reconciled(call: Call[InPrint]) -> ToolAnswer:
    """Steps from our number to the one that is given, with what no choice explains."""
    given, on, side = call.given, day(call.given.on, "on"), whose(call.given.importer)
    answer = reconcile(given.number, on, what=given.what, by=given.by, of=side, partner=given.partner)
    bridge, *_ = told_tables(answer)
    ends = {"ours": answer.waterfall.ours, "theirs": answer.waterfall.theirs, "their definition": answer.counting.value}
    base, unit = quantity_of(answer), answer.number.unit
    return ToolAnswer(
        sentence=verdict_in_words(answer),
        numbers=[number(words, value, unit, spread=NO_RANGE, base=base) for words, value in ends.items()],
        **page(bridge),
        sources=[f"law of {side} on record", *answer.counting.known[:1]],
        command=command(
            "reconcile", given.number, on=on, of=side, what=given.what, by=given.by, partner=given.partner
        ),
    )  # fmt: skip


TOOLS = (
    Tool("reconcile", "From our number to one in print.",
         InPrint, ToolAnswer, reconciled, long=True),
)  # fmt: skip
