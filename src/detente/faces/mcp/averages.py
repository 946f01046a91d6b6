"""The tool of average duties."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from detente.codes import Table, Unit, table_of
from detente.data.importers import importer
from detente.faces.mcp.answers import command, number, page
from detente.faces.mcp.arguments import Arguments, Day, Importer, Offset, day, known, whose
from detente.faces.mcp.shapes import ToolAnswer, ToolNumber
from detente.faces.mcp.tool import Call, Tool
from detente.faces.web.known import one_of
from detente.lab.ground.averages import Ground, average, ground_of
from detente.lab.ground.ranges import range_of
from detente.law import Reading
from detente.trade import Definition

BARE: dict[str, Any] = {"rows": [], "columns": [], "total": 0}
"""What an average has that is not broken down."""

BY = ("none", "partner", "section", "authority")
CLAIMS = ("", "2025H2", "2024", "monthly")
DRAWS = 200
"""Draws of the range, as of the command line."""


class Average(Arguments):
    """A day, whose law, and how the average is broken down."""

    on: Day = ""
    importer: Importer = "USA"
    by: str = Field(
        default="none", max_length=20, description="how it is broken down", json_schema_extra={"enum": list(BY)}
    )
    partner: str = Field(default="", max_length=60, description="only imports from this country or group")
    definition: str = Field(
        default="fixed", max_length=10, description="weights: fixed, or post (after substitution)",
        json_schema_extra=one_of("definitions"),
    )  # fmt: skip
    claims: str = Field(
        default="", max_length=10, description="USMCA claim shares", json_schema_extra={"enum": list(CLAIMS)}
    )
    offset: Offset = 0


def answered(call: Call[Average]) -> ToolAnswer:
    """The average duty on a day with its range, and rows of a breakdown."""
    given, on, side = call.given, day(call.given.on, "on"), whose(call.given.importer)
    for value, names, kind in ((given.by, BY, "breakdown"), (given.claims, CLAIMS, "claims")):
        known(value, names, kind, "by" if names is BY else "claims")
    definition = Definition(known(given.definition, ("fixed", "post"), "definition", "definition"))
    ground = _ground(side, given, on)
    whole = average(ground, on, (), definition=definition)
    table = whole
    if given.by in ("partner", "section"):
        table = average(ground, on, [given.by], definition=definition).sorted("imports", descending=True)
    elif given.by == "authority":
        table = authorities(whole)
    row = next(whole.rows())
    adjective = {"USA": "US", "CHN": "Chinese"}[side]
    goods = f" on goods of {given.partner}" if given.partner else ""
    return ToolAnswer(
        sentence=f"The average {adjective} duty{goods} is {row['average']:.2%} of imports under the law of {on}.",
        numbers=[_number(ground, on, definition, row), number("imports", row["imports"], Unit.USD, base="weights")],
        **page(table, given.offset, **({} if given.by != "none" else BARE)),
        sources=list(dict.fromkeys([f"law of {side} on record", *whole.notes[:1]])),
        command=command(
            "average", on=on, of=side, partner=given.partner, claims=given.claims,
            by="" if given.by in ("none", "authority") else given.by,
            definition="" if given.definition == "fixed" else given.definition,
        ),
    )  # fmt: skip


def _ground(side: str, given: Average, on: date) -> Ground:
    ground = ground_of(importer(side).law, {}, "tariff-lines", given.claims, on.strftime("%Y-%m"))
    return ground.only(ground.where.countries.expand(given.partner, on, "partner")) if given.partner else ground


def _number(ground: Ground, on: date, definition: Definition, row: dict[str, Any]) -> ToolNumber:
    """The average with the range of the shares nobody observes; at moved weights the program draws none here."""
    base = f"imports at {'fixed' if definition is Definition.FIXED else 'moved'} weights"
    if definition is not Definition.FIXED:
        return number("average duty", row["average"], Unit.SHARE, spread="no range is drawn here", base=base)
    spread = range_of(ground, on, Reading.EFFECTIVE, DRAWS)
    words = f"5-95% of {DRAWS} joint draws of shares of goods and claims"
    return number("average duty", row["average"], Unit.SHARE, low=spread.low, high=spread.high, spread=words, base=base)


def authorities(whole: Table) -> Table:
    """What each authority adds to an average, the largest first; the rows sum to it."""
    columns = [c for c in whole.columns if c.unit is Unit.SHARE and c.name != "average" and "renewed" not in c.name]
    amounts = [float(whole[c.name][0]) for c in columns]
    names = [c.label or c.name.replace("_", " ") for c in columns]
    table = table_of("averages.added", list(zip(names, amounts, strict=True)), whole.notes)
    return table.standing_on(whole.standing).sorted("adds", descending=True)


TOOLS = (
    Tool("average", "The average duty of an importer on a day with its range, or by partner, section, authority.",
         Average, ToolAnswer, answered, long=True),
)  # fmt: skip
