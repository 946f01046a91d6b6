"""The tool of the world economy."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from detente.codes.units import Unit
from detente.data.tables import place
from detente.data.worlds import DEFAULT
from detente.faces.mcp.answers import command, number, page, plain
from detente.faces.mcp.arguments import Arguments, Offset
from detente.faces.mcp.shapes import ToolNumber, WorldAnswer
from detente.faces.mcp.tool import Call, Tool
from detente.faces.web.api.world import Cost, Tariff, setting_of
from detente.faces.web.known import one_of
from detente.lab.world.effects import about_solve, certificate, solved

OWN, COSTS = "tariffs.csv", "costs.csv"
"""Files that a command names for the tariffs and trade costs given."""

MOST = 200


class WorldSolve(Arguments):
    """New tariffs and the world in which they are laid."""

    tariffs: Annotated[list[Tariff], Field(max_length=MOST)] = Field(
        default_factory=list,
        description="new tariffs: importer, exporter, tariff as a share of value (0.25), sector; goods if none",
    )
    costs: Annotated[list[Cost], Field(max_length=MOST)] = Field(
        default_factory=list, description="trade costs that are no duties: importer, exporter, change (0.05), sector"
    )
    world: str = Field(
        default=DEFAULT, max_length=60, description="world of the package; that of runs by default",
        json_schema_extra=one_of("worlds"),
    )  # fmt: skip
    closure: str = Field(
        default="", max_length=30, description="what happens to deficits; the world's own by default",
        json_schema_extra=one_of("closures"),
    )  # fmt: skip
    elasticities: str = Field(
        default="", max_length=60, description="set of trade elasticities; the world's own by default",
        json_schema_extra=one_of("elasticities"),
    )  # fmt: skip
    offset: Offset = 0


def answered(call: Call[WorldSolve]) -> WorldAnswer:
    """Real income of every country under new tariffs, with the certificate of the solve."""
    given = call.given
    rows = [(row.importer, row.exporter, row.sector, row.tariff) for row in given.tariffs]
    equilibrium = solved(setting_of(given.world, given.elasticities, given.closure, costs=given.costs), rows)
    table = equilibrium.table().sorted("welfare").noted(*equilibrium.notes, about_solve(equilibrium))
    by_code = dict(zip(table["country"].tolist(), table["welfare"].tolist(), strict=True))
    sides = [(row.importer, row.exporter) for row in (*given.tariffs, *given.costs)]
    laying = list(dict.fromkeys(code for pair in sides for code in pair if code in by_code))
    low, high = str(table["country"][0]), str(table["country"][-1])
    named = list(dict.fromkeys([*laying[:6], low, high]))
    return WorldAnswer(
        sentence=f"Real income would fall most in {place(low)}, {by_code[low]:+.2%}; at the other end "
        f"{place(high)}, {by_code[high]:+.2%}.",
        numbers=[_income(code, by_code[code]) for code in named],
        **page(table, given.offset),
        certificate={key: plain(value) for key, value in certificate(equilibrium).items()},
        sources=[f"world {given.world}", "Caliendo and Parro (2015), or the family of the world"],
        command=_command(given),
    )


def _income(code: str, value: float) -> ToolNumber:
    spread = "no range: one set of trade elasticities"
    return number(f"real income, {code}", value, Unit.SHARE, spread=spread, base="the world's own tariffs")


def _command(given: WorldSolve) -> str:
    """The solve on the command line; its file has the tariffs as rows."""
    files = {"tariffs": OWN if given.tariffs else "", "costs": COSTS if given.costs else ""}
    words = {"closure": given.closure, "elasticities": given.elasticities}
    return command("economy", "solve", world=given.world, **files, **words)


TOOLS = (
    Tool("world_solve", "Real income of every country under new tariffs, with the certificate of the solve.",
         WorldSolve, WorldAnswer, answered, long=True),
)  # fmt: skip
