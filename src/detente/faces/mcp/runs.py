"""Tools of scenarios: run one, read its tables, set several side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from detente.codes import InputError
from detente.codes.units import Unit
from detente.data.tables import place
from detente.faces.mcp.answers import command, number, page
from detente.faces.mcp.arguments import Arguments, Offset
from detente.faces.mcp.shapes import NamedTable, RunAnswer, ToolAnswer, ToolCard, ToolNumber
from detente.faces.mcp.tool import Call, Tool
from detente.faces.web.work.uploads import proved, scenario_of
from detente.faces.words.brief import brief, spoken
from detente.faces.words.sides import adjective, possessive
from detente.faces.words.spans import OVER, draws_of, revenue_ends
from detente.lab.compare import compare, rates_of
from detente.lab.duties.among import duty_on_first, parties
from detente.lab.duties.revenue import SETTLED
from detente.lab.duties.tables import FIXED
from detente.lab.result import Result
from detente.lab.run import run
from detente.lab.scenario import Scenario

LONGEST_NAME = 60
MOST_DRAWS = 50
OWN = "scenario.yaml"
"""File that a command names for a scenario that was given in place."""

Content = Annotated[
    str | dict[str, Any], Field(description="a scenario of the package by name, or the content of a scenario file")
]
Key = Annotated[str, Field(pattern="^[0-9a-f]{12}$", description="key of a run, 12 hex digits")]


class RunDeal(Arguments):
    """A scenario and its draws."""

    scenario: Content
    draws: int | None = Field(
        default=None, ge=0, le=MOST_DRAWS, description="joint draws of all inputs, 0 to 50; the scenario's own if none"
    )


class TableOfRun(Arguments):
    """A table of a run."""

    key: Key
    name: str = Field(min_length=1, max_length=60, description="name of a table, as run_deal lists them")
    offset: Offset = 0


class Several(Arguments):
    """Scenarios to compare."""

    scenarios: list[Content] = Field(min_length=2, max_length=4, description="two to four scenarios")


def run_deal(call: Call[RunDeal]) -> RunAnswer:
    """A scenario run: brief, headlines, names of tables."""
    given = call.given
    scenario = ready(given.scenario)
    result = spoken(run(scenario, today=call.today, draws=given.draws))
    call.desk.keep(result, call.key)
    leaf = brief(result)
    return RunAnswer(
        sentence=leaf.deal,
        numbers=list(headlines(result)),
        brief=[*leaf.warnings, *leaf.sentences],
        cards=[
            ToolCard(**{"range" if key == "spread" else key: text for key, text in card.as_dict().items()})
            for card in leaf.cards
        ],
        tables=[NamedTable(name=name, title=t.title, rows=len(t)) for name, t in result.tables.items()],
        law_read_to=read_to([result]),
        notes=["average duty: fixed weights", "the tool table shows each table of this run by its key"],
        sources=sorted({f"{row['publisher']}, {row['vintage']}" for row in result.vintages.values()}),
        key=result.key,
        command=command("run", _named(given.scenario), draws=given.draws),
    )


def ready(content: str | dict[str, Any]) -> Scenario:
    """A scenario of the package, or one given in place, once nothing in it would be refused."""
    scenario = scenario_of(content)
    if not isinstance(content, str):
        if len(scenario.name) > LONGEST_NAME:
            raise InputError("scenario, name", f"has {len(scenario.name)} letters", f"give {LONGEST_NAME} at most")
        proved(scenario)
    return scenario


def _named(content: str | dict[str, Any]) -> str:
    return content if isinstance(content, str) else OWN


def read_to(results: Sequence[Result]) -> str | None:
    """The last day for which the laws behind some results were read."""
    days = [standing.to.isoformat() for result in results for standing in result.standings.values()]
    return min(days, default=None)


def headlines(result: Result) -> list[ToolNumber]:
    """The numbers of a run that a reader asks for first, with the ranges that its cards have."""
    numbers = []
    first, *others = parties(result.tables)
    for row in _rows(result, "headline", definition=FIXED)[:1]:
        drawn = _drawn(result, "average duty, fixed weights", first) or row
        numbers.append(
            _moved(f"average {adjective(first)} duty", row, Unit.SHARE, drawn, "no range: the run made no draws")
        )
    for code in others:
        row = duty_on_first(result.tables, code, first_variant(result))
        if row is not None:
            drawn, name = _drawn(result, "average duty on US goods", code), f"{possessive(code)} average duty on"
            name = f"{name} {adjective(first)} goods"
            numbers.append(_moved(name, row, Unit.SHARE, drawn, "no range: no joint draws"))
    for row in _rows(result, "revenue")[:1]:
        numbers.append(_revenue(result, row, first))
    for code in (first, *others):
        name = f"real income of {place(code)}"
        for row in _rows(result, "economy", measure="real income", country=code)[:1]:
            drawn = _drawn(result, "real income", code)
            low, high = ((drawn or row)[end] for end in ("low", "high"))
            words = f"5-95% of {draws_of(result.tables)} joint draws" if drawn else f"over {OVER}"
            if low == high:
                low, high, words = math.nan, math.nan, "no range: one set of trade elasticities was run"
            numbers.append(
                number(name, row["change"], Unit.SHARE, low=low, high=high, spread=words, base="the earlier law")
            )
    return numbers


def _revenue(result: Result, row: Mapping[str, Any], code: str) -> ToolNumber:
    """The revenue that stands in front, with its range where the world economy has one."""
    count = "long run" if row["demand"] == SETTLED else row["demand"]
    name = f"{adjective(code)} tariff revenue a year, {count}"
    ends = revenue_ends(result.tables, row["variant"], code) if row["demand"] == SETTLED else None
    if ends is None:
        return _moved(name, row, Unit.USD, {}, "no range was drawn")
    low, high, joint, _ = ends
    words = f"5-95% of {draws_of(result.tables)} joint draws" if joint else f"over {OVER}"
    return number(name, row["after"], Unit.USD, low=low, high=high, spread=words, base="the earlier law",
                  before=row["before"])  # fmt: skip


def first_variant(result: Result) -> str:
    """The variant of a result whose numbers come first."""
    return str(result.tables["headline"]["variant"][0]) if "headline" in result.tables else ""


def _drawn(result: Result, measure: str, country: str) -> dict[str, Any] | None:
    """The range of a number over everything uncertain, where the run drew it."""
    return next(iter(_rows(result, "ranges", measure=measure, country=country)), None)


def _rows(result: Result, table: str, **wanted: str) -> list[dict[str, Any]]:
    if table not in result.tables:
        return []
    return [row for row in result.tables[table].rows() if all(row.get(key) == value for key, value in wanted.items())]


def _moved(name: str, row: Mapping[str, Any], unit: Unit, drawn: dict[str, Any] | None, none: str) -> ToolNumber:
    """A level before and after; its range from the row that has it, or why there is none."""
    low, high = ((drawn or {}).get(end, math.nan) for end in ("low", "high"))
    against = f"law of {row['against']}" if row.get("against") else "the earlier law"
    words = "5-95% of draws" if low == low else none
    return number(name, row["after"], unit, low=low, high=high, spread=words, base=against, before=row["before"])


def table(call: Call[TableOfRun]) -> ToolAnswer:
    """Rows of a table of a run."""
    given = call.given
    result = call.desk.run(given.key)
    rows = result.table(given.name)
    return ToolAnswer(
        sentence=f"{rows.title}: {len(rows):,} rows.",
        **page(rows, given.offset),
        key=result.key,
        sources=[f"run {result.key} of {result.scenario.name}"],
        command=command("run", result.scenario.name, table=given.name),
    )


def side_by_side(call: Call[Several]) -> ToolAnswer:
    """Scenarios side by side: rates and revenue."""
    contents = call.given.scenarios
    # What nobody knows is refused before the first of the others is computed.
    scenarios = [ready(content) for content in contents]
    results = [rates_of(scenario, call.today) for scenario in scenarios]
    rows = compare(results)
    titles = {r.scenario.name: f"average {adjective(r.scenario.importer)} duty, {r.scenario.name}" for r in results}
    first, own = float(rows["average"][0]), adjective(results[0].scenario.importer)
    return ToolAnswer(
        sentence=f"{len(rows)} laws side by side; under the first the average {own} duty is {first:.2%}.",
        numbers=[
            number(
                f"{titles[row['scenario']]}, {row['variant']}", row["average"], Unit.SHARE, low=row["low"],
                high=row["high"], spread="5-95% of draws of shares of goods", base="imports at fixed weights",
            )
            for row in rows.rows()
        ],
        **page(rows, law_read_to=read_to(results)),
        sources=[f"run {result.key}" for result in results],
        command=command("compare", *(_named(content) for content in contents)),
    )  # fmt: skip


TOOLS = (
    Tool("run_deal", "Run a scenario: brief, five headlines, the names of its tables and a key.",
         RunDeal, RunAnswer, run_deal, long=True),
    Tool("table", "Rows of a table of a run, by the key that run_deal gave.", TableOfRun, ToolAnswer, table),
    Tool("compare", "Two to four scenarios side by side: rates and revenue.", Several, ToolAnswer, side_by_side,
         long=True),
)  # fmt: skip
