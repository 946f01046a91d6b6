"""Tools of materials: what a control of exports costs, and who leans on whom for a mineral."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from pydantic import Field

from detente.chains.measures import GDP
from detente.codes import InputError, Table, UnknownName, declared_note
from detente.codes.names import first_upper
from detente.codes.units import Unit
from detente.data.chain_build import load_chain
from detente.data.chain_world import BLOCS, bloc_of
from detente.data.chainfile import chain_file, chain_names
from detente.data.tables import countries, partner_name, place
from detente.faces.mcp.answers import command, number, page, rows_of
from detente.faces.mcp.arguments import Arguments, Offset, known
from detente.faces.mcp.shapes import Cell, MaterialsAnswer, ToolAnswer, ToolNumber
from detente.faces.mcp.tool import Call, Tool
from detente.faces.web.known import one_of, paths
from detente.faces.web.work.questions import question_of
from detente.lab.chains.answer import ChainAnswer, answer
from detente.lab.chains.portrait import dependency_table, producers_table
from detente.lab.chains.report import notes
from detente.lab.chains.tables import PEAK, YEAR, first_table, losses_table

SHORT = 12
"""Users shown that run short first."""

USUAL = "april-2025"
NONE = "no range: central figures; detente chain run --draws 200 gives 5-95%"
SCOPE = "direct"


class Control(Arguments):
    """A chain and how its exports are controlled."""

    chain: str = Field(
        default="rare-earths", max_length=40, description="chain of the package", json_schema_extra=one_of("chains")
    )
    cut: float | None = Field(default=None, ge=0, le=1, description="share by which exports fall, 0 to 1")
    path: str = Field(
        default="", max_length=40, description="licence path instead of a cut; april-2025 if neither",
        json_schema_extra=one_of("paths"),
    )  # fmt: skip
    months: int = Field(default=24, ge=1, le=60, description="length of the run, 1 to 60")
    country: str = Field(default="USA", max_length=60, description="whose losses: country or bloc, as USA, EU27, JPN")
    offset: Offset = 0


class Atlas(Arguments):
    """A mineral or a country."""

    mineral: str = Field(default="", max_length=40, description="element or chain, as Dy, Ga, rare-earths")
    country: str = Field(default="", max_length=60, description="buyer or producer, as USA, CHN, EU27")
    offset: Offset = 0


def bloc(text: str) -> str:
    """The bloc that a code or name of a country belongs to, or its own code.

    Raises
    ------
    UnknownName : no such country.
    """
    code = text.strip().upper()
    return code if code in BLOCS else bloc_of(countries().code(text, "country"))


def within(text: str) -> list[str]:
    """What a reader is told whose country is counted in a bloc, as a note; none of a bloc or another country."""
    code, whole = countries().code(text, "country"), bloc(text)
    return [] if code == whole else [declared_note("chains.within", country=partner_name(code), bloc=place(whole))]


def control(call: Call[Control]) -> MaterialsAnswer:
    """Losses of a control, who runs short first, and the levers of the chain."""
    given = call.given
    path = given.path or ("" if given.cut is not None else USUAL)
    if path:
        known(path, paths(), "licence path", "path")
    question = question_of(given.chain, given.cut, path, given.months, "", bloc(given.country))
    result = answer(question, worth=False)
    short, losses = first_table(result).sorted("first_short"), losses_table(result)
    short = short.take(np.flatnonzero(np.isfinite(short["first_short"])))
    levers: list[dict[str, Cell]] = [{"lever": row.id, "title": row.title} for row in question.file.levers]
    shown = list(_numbers(result))
    first = next((entry for entry in shown if entry.value is not None), None)
    buyer = place(question.blocs[0])
    sized = f"costs {buyer} {first.value:.3%} of annual GDP in its worst quarter" if first else "runs"
    return MaterialsAnswer(
        sentence=f"A control of {given.chain} ({result.ran.licences.name}) {sized}; {len(short)} users run short.",
        numbers=shown,
        **page(losses, given.offset, notes=[*within(given.country), *losses.notes, *notes(result, None)]),
        first_short=rows_of(short, most=SHORT),
        levers=levers,
        sources=[question.file.title, "figures of the chain with their sources: detente chain show"],
        command=command(
            "chain", "run", given.chain, cut=given.cut, scenario=path, months=given.months, scope=SCOPE,
            country=given.country,
        ),
    )  # fmt: skip


def _numbers(result: ChainAnswer) -> list[ToolNumber]:
    """Loss of GDP in the worst quarter and in the first year."""
    names = {PEAK: "loss of GDP, worst quarter at annual rate", YEAR: "loss of GDP, first year"}
    by_key = {row.key: row.loss.value for row in result.losses}
    return [
        number(
            f"{name}, {place(buyer)}",
            by_key[buyer, SCOPE, GDP, period],
            Unit.SHARE,
            spread=NONE,
            base="annual GDP of 2024",
        )
        for buyer in result.ran.question.blocs
        for period, name in names.items()
        if (buyer, SCOPE, GDP, period) in by_key
    ]


def atlas(call: Call[Atlas]) -> ToolAnswer:
    """Who makes a mineral, or on whom a country leans."""
    given = call.given
    if bool(given.mineral) == bool(given.country):
        named = "both mineral and country" if given.mineral else "neither mineral nor country"
        raise InputError("atlas", f"names {named}", "give one, as mineral=Dy or country=USA")
    table = _of_mineral(given.mineral) if given.mineral else _of_country(given.country)
    row = _largest(table, given)
    inside = within(given.country) if given.country else []
    return ToolAnswer(
        sentence=_first(row, given),
        numbers=list(_share(row)),
        **page(table.noted(*inside), given.offset),
        sources=[chain_file(name).title for name in chain_names()],
        command=command("chain", "show", _chain_of(given.mineral) if given.mineral else chain_names()[0]),
    )


def _largest(table: Table, given: Atlas) -> dict[str, Any]:
    """The row with the largest share, of those that name the mineral itself where there are some."""
    rows = list(table.rows())
    own = [row for row in rows if given.mineral and given.mineral.lower() in _elements(row["material"])]
    return max(own or rows, key=lambda row: row["share" if "share" in row else "restrictor"], default={})


def _elements(material: str) -> list[str]:
    return material.lower().split("+")


def _share(row: dict[str, Any]) -> Iterator[ToolNumber]:
    """The share that the sentence names, with the range of its sources."""
    if "share" in row:
        ends = {"low": row["low"], "high": row["high"]}
        yield number("share of world output", row["share"], Unit.SHARE, spread="lowest and highest source", **ends)
    elif row:
        none = "no range: central figures of the chain"
        yield number("share of need from the restrictor", row["restrictor"], Unit.SHARE, spread=none, base="its need")


def _first(row: dict[str, Any], given: Atlas) -> str:
    if not row:
        return f"{given.country} stands in no chain of the package."
    where = partner_name(row["country"]) if row["country"] in countries().names else place(row["country"])
    if "share" in row:
        return f"{where} makes {row['share']:.0%} of the world's {row['material']} at the stage {row['stage']}."
    where = first_upper(where)
    return f"{where} takes {row['restrictor']:.0%} of its need of {row['grade']} straight from the restrictor."


def _chain_of(mineral: str) -> str:
    """The chain of an element or of its own name."""
    chains = {name: name for name in chain_names()}
    for name in chain_names():
        chains |= {element: name for element in load_chain(name, scope="requirement").elements}
    by_lower = {name.lower(): chain for name, chain in chains.items()}
    if mineral.lower() not in by_lower:
        raise UnknownName("mineral", mineral[:40], chains, "mineral", f"use {', '.join(chains)}")
    return by_lower[mineral.lower()]


def _of_mineral(mineral: str) -> Table:
    """Producers by stage, those of its other elements alone left out."""
    name = _chain_of(mineral)
    table, elements = producers_table(chain_file(name)), load_chain(name, scope="requirement").elements
    others = {element.lower() for element in elements} - {mineral.lower()}
    if mineral.lower() == name:
        return table
    return table.take(np.array([not others.issuperset(_elements(str(m))) for m in table["material"]]))


def _of_country(country: str) -> Table:
    """What a country or its bloc buys and where from, in every chain; what it makes where it buys nothing."""
    where = bloc(country)
    bought = _joined([dependency_table(load_chain(name, scope="requirement")) for name in chain_names()], where)
    return bought if len(bought) else _joined([producers_table(chain_file(name)) for name in chain_names()], where)


def _joined(tables: Sequence[Table], country: str) -> Table:
    """Rows of a country in several tables of one kind."""
    first = tables[0]
    data = {c.name: np.concatenate([table[c.name] for table in tables]) for c in first.columns}
    joined = Table("atlas", f"Rows of {country}", first.columns, data, first.notes[:1])
    return joined.take(np.flatnonzero(joined["country"] == country))


TOOLS = (
    Tool("materials", "What a control of rare earths or gallium costs a country: losses, who is short first, levers.",
         Control, MaterialsAnswer, control, long=True),
    Tool("atlas", "Who makes a mineral stage by stage, or what a country buys and from whom.",
         Atlas, ToolAnswer, atlas),
)  # fmt: skip
