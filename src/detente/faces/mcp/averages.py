"""The tool of average duties."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import Field

from detente.codes import Table, Unit, table_of
from detente.codes.days import BASE_DAY
from detente.codes.standing import of_fate
from detente.data.definitions import definition as definition_by_name
from detente.data.importers import importer
from detente.data.tables import place
from detente.faces.mcp.answers import command, number, page
from detente.faces.mcp.arguments import Arguments, Day, Importer, Offset, day, known, whose
from detente.faces.mcp.shapes import ToolAnswer, ToolNumber
from detente.faces.mcp.tool import Call, Tool
from detente.faces.web.answers import of_union
from detente.faces.web.known import one_of
from detente.lab.duties.revenue import revenue_on
from detente.lab.ground.averages import average
from detente.lab.ground.definitions import average_table_as
from detente.lab.ground.facing import BY as FACED
from detente.lab.ground.facing import facing_tables
from detente.lab.ground.ground import Ground, ground_of
from detente.lab.ground.ranges import range_of
from detente.lab.ground.weights import check_meant
from detente.law import Reading
from detente.trade import Definition

BARE: dict[str, Any] = {"rows": [], "columns": [], "total": 0}
"""What an average has that is not broken down."""

BY = ("none", "partner", "section", "authority")
CLAIMS = ("", "observed", "2025H2", "2024")
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
    publisher: str = Field(default="", max_length=40, description="counted as this publisher does, as yale")
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
    if given.publisher:
        return _counted(given, on, side)
    ground = _ground(side, given, on)
    whole = average(ground, on, (), definition=definition)
    table = whole
    if given.by in ("partner", "section"):
        table = average(ground, on, [given.by], definition=definition).sorted("imports", descending=True)
    elif given.by == "authority":
        table = authorities(whole)
    row = next(whole.rows())
    goods = f" on goods of {given.partner}" if given.partner else ""
    return ToolAnswer(
        sentence=f"The average {_whose(side)}{goods} is {row['average']:.2%} of imports under the law of {on}.",
        numbers=[_number(ground, on, definition, row), number("imports", row["imports"], Unit.USD, base="weights")],
        **page(of_union(table, given.importer, side), given.offset, **({} if given.by != "none" else BARE)),
        sources=list(dict.fromkeys([f"law of {side} on record", *whole.notes[:1]])),
        command=command(
            "average", on=on, of=side, partner=given.partner, claims=given.claims,
            by="" if given.by in ("none", "authority") else given.by,
            definition="" if given.definition == "fixed" else given.definition,
        ),
    )  # fmt: skip


def _counted(given: Average, on: date, side: str) -> ToolAnswer:
    """The average as a publisher counts it, with the choices in its sentence."""
    yours = {"claims": given.claims, "partner": given.partner, "importer": "" if side == "USA" else side}
    changed = {key: value for key, value in yours.items() if value}
    answer = "post" if given.definition == "post" else ""
    whole = average_table_as(given.publisher, on, changed=changed, substitution=answer)
    table = whole
    if given.by in ("partner", "section"):
        table = average_table_as(given.publisher, on, [given.by], changed=changed, substitution=answer)
        table = table.sorted("imports", descending=True)
    elif given.by == "authority":
        table = authorities(whole)
    rate = float(whole["rate" if "rate" in whole.data else "average"][0])
    how, *notes = whole.notes
    return ToolAnswer(
        sentence=f"The average duty on {on}, {how}, is {rate:.2%} of imports.",
        numbers=[number("average duty", rate, Unit.SHARE, spread="no range is drawn here", base="as it counts")],
        **page(table, given.offset, **({} if given.by != "none" else BARE)),
        sources=list(dict.fromkeys([definition_by_name(given.publisher).source, *notes[:1]])),
        command=command(
            "average", on=on, partner=given.partner, claims=given.claims,
            by="" if given.by in ("none", "authority") else given.by,
            definition="" if given.definition == "fixed" else given.definition, **{"as": given.publisher},
        ),
    )  # fmt: skip


def _whose(side: str) -> str:
    """Whose duty it is: "US duty", "duty of Canada"."""
    adjective = {"USA": "US", "CHN": "Chinese"}.get(side)
    return f"{adjective} duty" if adjective else f"duty of {place(side)}"


def _ground(side: str, given: Average, on: date) -> Ground:
    check_meant(side, claims=given.claims)
    ground = ground_of(importer(side).law, {}, "tariff-lines", given.claims)
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
    columns = [c for c in whole.columns if c.unit is Unit.SHARE and c.name != "average" and not of_fate(c.name)[1]]
    amounts = [float(whole[c.name][0]) for c in columns]
    names = [c.label or c.name.replace("_", " ") for c in columns]
    table = table_of("averages.added", list(zip(names, amounts, strict=True)), whole.notes)
    return table.standing_on(whole.standing).sorted("adds", descending=True)


class YearOfDuty(Arguments):
    """A day, whose law, and how the duty of a year is broken down."""

    on: Day = ""
    importer: Importer = "USA"
    by: str = Field(default="none", max_length=20, description="breakdown", json_schema_extra={"enum": list(BY)})
    partner: str = Field(default="", max_length=60, description="only imports from here")
    elasticity: float = Field(default=2.0, ge=0, le=100, description="of import demand")
    offset: Offset = 0


def of_a_year(call: Call[YearOfDuty]) -> ToolAnswer:
    """Duty of a year at the law of a day, with imports as they were and with demand that answers."""
    given, on, side = call.given, day(call.given.on, "on"), whose(call.given.importer)
    known(given.by, BY, "breakdown", "by")
    by = "" if given.by == "none" else given.by
    ground = ground_of(importer(side).law)
    whole = revenue_on(ground, on, "", partner=given.partner, elasticity=given.elasticity)
    table = whole if not by else revenue_on(ground, on, by, partner=given.partner, elasticity=given.elasticity)
    row = next(whole.rows())
    names = {"settled": "long run", "static": "imports unchanged", "elastic": "after demand answers",
             "collected": "at the collection rate seen"}  # fmt: skip
    numbers = [
        number(words, row[name], Unit.USD, spread="no range is drawn here", base="a year")
        for name, words in names.items()
        if name in row
    ]
    goods = f" on goods of {given.partner}" if given.partner else ""
    return ToolAnswer(
        sentence=f"A year of the {_whose(side)}{goods} under the law of {on}: "
        f"{', '.join(f'{each.text} {each.name}' for each in numbers)}.",
        numbers=numbers,
        **page(of_union(table, given.importer, side), given.offset, **({} if by else BARE)),
        sources=[f"law of {side} on record", *whole.notes[:1]],
        command=command("revenue", on=on, of=side, by=by, partner=given.partner, elasticity=given.elasticity),
    )


class Facing(Arguments):
    """Whose goods, a day, and the day of the law before."""

    exporter: str = Field(default="USA", min_length=1, max_length=60, description="whose goods")
    on: Day = ""
    against: Day = Field(default=BASE_DAY.isoformat(), description="day compared with")
    by: str = Field(
        default="partner", max_length=20, description="breakdown",
        json_schema_extra={"enum": [*FACED, "day"]},
    )  # fmt: skip
    offset: Offset = 0


def faced(call: Call[Facing]) -> ToolAnswer:
    """What goods of a country owe in every importer on record, before and after."""
    given, on, against = call.given, day(call.given.on, "on"), day(call.given.against, "against")
    known(given.by, (*FACED, "day"), "breakdown", "by")
    tables = facing_tables(given.exporter, on, against, given.by if given.by in FACED else FACED[0])
    table = tables[1] if given.by == "day" else tables[0]
    worth = tables[0]["exports"]
    before, after = (float(tables[0][kind] @ worth / worth.sum()) for kind in ("before", "after"))
    spread, base = "no range is drawn here", "imports of the importers on record"
    return ToolAnswer(
        sentence=f"Goods of {given.exporter} owe {after:.2%} in the importers on record under the law of {on}, "
        f"{before:.2%} under that of {against}.",
        numbers=[number("average duty", after, Unit.SHARE, before=before, spread=spread, base=base)],
        **page(table, given.offset),
        sources=["laws of importers on record", *tables[0].notes[:1]],
        command=command(
            "facing", given.exporter, on=on, against=against, by="" if given.by == "day" else given.by,
            table="facing_steps" if given.by == "day" else "facing",
        ),
    )  # fmt: skip


TOOLS = (
    Tool("average", "The average duty of an importer on a day with its range, or by partner, section, authority.",
         Average, ToolAnswer, answered, long=True),
    Tool("revenue", "Duty of a year at the law of a day, with imports as they were and with demand that answers.",
         YearOfDuty, ToolAnswer, of_a_year, long=True),
    Tool("facing", "What goods of a country owe in every importer on record, before and after, and the acts between.",
         Facing, ToolAnswer, faced, long=True),
)  # fmt: skip
