"""The tool of a country: a deal as it sees it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from detente.codes.units import Unit
from detente.faces.mcp.answers import command, number, page
from detente.faces.mcp.arguments import Arguments, Day, Offset, Partner, known
from detente.faces.mcp.arguments import day as day_given
from detente.faces.mcp.shapes import CountryToolAnswer, ToolNumber
from detente.faces.mcp.tool import Call, Tool
from detente.faces.web.work.uploads import proved, scenario_of
from detente.faces.words.country import country_page
from detente.lab.country.brief import CountryBrief, country_brief

OWN = "scenario.yaml"
"""File that a command names for a scenario that was given in place."""

Content = Annotated[
    str | dict[str, Any], Field(description="a scenario of the package by name, or the content of a scenario file")
]
OVER = "over sets of trade elasticities"
TABLES = ("numbers", "advantage", "lines", "displaced", "displaced_lines", "replies", "offers")
Name = Annotated[str, Field(max_length=20, description=f"table whose rows are given: {', '.join(TABLES)}")]


class BriefCountry(Arguments):
    """A country and a deal."""

    country: Partner
    deal: Content = "today"
    on: Day = ""
    table: Name = "advantage"
    offset: Offset = 0


def answered(call: Call[BriefCountry]) -> CountryToolAnswer:
    """The page of a country, its headline numbers, and rows of one of its tables."""
    given = call.given
    known(given.table, TABLES, "table", "country_brief")
    day = day_given(given.on, "on") if given.on else None
    scenario = scenario_of(given.deal)
    if not isinstance(given.deal, str):
        proved(scenario)
    deal = scenario.name if isinstance(given.deal, str) else scenario
    study = country_brief(given.country, deal, today=call.today, on=day)
    leaf = country_page(study)
    table = study.tables.get(given.table, study.tables["advantage"])
    return CountryToolAnswer(
        sentence=leaf.does[0],
        brief=[leaf.dated, *leaf.warnings, *leaf.sentences],
        numbers=_numbers(study),
        **page(table, given.offset),
        sources=[f"world {study.scenario.world}", "US imports of 2024", f"law of {study.on[1]}"],
        command=command("brief", given.country, deal=given.deal if isinstance(given.deal, str) else OWN, on=given.on),
    )


def _numbers(study: CountryBrief) -> list[ToolNumber]:
    """Changes with their range, and duties before and after."""
    numbers = []
    for row in study.tables["numbers"].rows():
        ranged = row["low"] == row["low"]
        numbers.append(
            number(
                str(row["measure"]), row["after"], Unit.USD if row["unit"] == "USD" else Unit.SHARE, low=row["low"],
                high=row["high"], spread=OVER if ranged else "no range: read off the law", base="the earlier law",
                before=row["before"],
            )
        )  # fmt: skip
    return numbers


TOOLS = (
    Tool("country_brief", "A deal as one country sees it: effects, rivals' duties, displacement, replies, offers.",
         BriefCountry, CountryToolAnswer, answered, long=True),
)  # fmt: skip
"""What the list of tools takes from here."""
