"""The tool of the talks: a package on the table, what it gives each side, and whether it would hold."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from detente.codes import InputError, UnknownName
from detente.codes.names import first_upper
from detente.faces.mcp.answers import command
from detente.faces.mcp.arguments import Arguments, known, whose
from detente.faces.mcp.shapes import Cell, TalksAnswer, ToolColumn, ToolNumber
from detente.faces.mcp.tool import Call, Tool
from detente.faces.report.replication import scenario_text
from detente.faces.web.known import one_of
from detente.faces.web.work.kept import DEFAULT, Deals
from detente.faces.words.callouts import lever_label
from detente.faces.words.deal import spoken_deal
from detente.faces.words.deal_result import deal_result
from detente.faces.words.language import load
from detente.lab.deal.acceptable import Offer, counter, improve
from detente.lab.deal.answer import Deal, DealEngine, as_document, number_row
from detente.lab.deal.levers import HORIZONS
from detente.lab.statute.standing import record_sentences

SHOWN = 16
"""Numbers of a deal that an answer shows, gains first."""

OWN = "deal.yaml"
"""File that the command names: the package as a scenario."""

FIRST = ("gain_", "income_USA", "income_CHN", "us_average", "us_on_china", "china_on_us", "p_star", "revenue_")


class Package(Arguments):
    """A case, a side and what is on the table."""

    case: str = Field(
        default=DEFAULT, max_length=60, description="case of the talks", json_schema_extra=one_of("served")
    )
    side: str = Field(
        default="USA", max_length=3, description="the side that puts the package on the table",
        json_schema_extra=one_of("sides"),
    )  # fmt: skip
    levels: Annotated[dict[str, float], Field(max_length=10)] = Field(
        default_factory=dict,
        description="levers of the package: us, fentanyl, cn in per cent; licences, action 0 to 1; duration in days",
    )
    weights: str = Field(
        default="",
        max_length=40,
        description="weights; the case's last choice by default",
        json_schema_extra=one_of("weights"),
    )
    horizon: str = Field(
        default="long", max_length=10, description="long or short run", json_schema_extra=one_of("horizons")
    )


def answered(call: Call[Package]) -> TalksAnswer:
    """Gains, limits, advice and whether a package would hold."""
    given, side = call.given, whose(call.given.side, "side")
    known(given.case, Deals.cases(), "case", "case")
    known(given.horizon, HORIZONS, "horizon", "horizon")
    engine = call.desk.deals.engine(given.case)
    if given.weights:
        known(given.weights, engine.warm.talk.weights, "weights", "weights")
    deal = engine.deal({**_address(engine, given), "weights": given.weights, "horizon": given.horizon})
    result, spoken = deal_result(engine, deal), spoken_deal(as_document(deal, engine.levers), load())
    records = {standing.to.isoformat() for standing in deal.standings.values()}
    return TalksAnswer(
        sentence=spoken["sentence"],
        numbers=_numbers(deal),
        columns=[ToolColumn(name=name, unit=unit, meaning=meaning) for name, unit, meaning in LEVERS],
        rows=_levers(engine, deal),
        notes=[*deal.messages, *record_sentences(deal.standings), *(row["sentence"] for row in spoken["flat"])],
        advice=_advice(engine, deal, side),
        limits=[_limit(walk.words, walk.away) for walk in deal.walks],
        hold=deal.hold,
        assumed=list(deal.assumed),
        law_read_to=min(records, default=None),
        sources=[f"case {given.case}", "world icio-2022 under the laws of both sides"],
        key=deal.key,
        file=scenario_text(result.scenario),
        command=command("run", OWN),
    )


def _address(engine: DealEngine, given: Package) -> dict[str, str]:
    """Levels of the package, refused where the page would mend them."""
    address = {}
    for name, value in given.levels.items():
        lever = engine.levers.get(name)
        if lever is None:
            raise UnknownName("lever", name[:40], engine.levers, "levels", f"use {', '.join(engine.levers)}")
        if not lever.least <= value <= lever.most:
            ends = f"{lever.least:g} to {lever.most:g}{' ' + lever.unit if lever.unit != 'share' else ''}"
            raise InputError(f"levels, {name}", f"{value:g} is out of range", f"give {ends}")
        address[name] = f"{value:.10g}"
    return address


LEVERS = (
    ("lever", "code", "name in `levels`"), ("label", "text", "what it is"),
    ("value", "", "in this package"), ("least", "", "lowest level"), ("most", "", "highest level"),
    ("unit", "text", "unit of the three"),
)  # fmt: skip


def _levers(engine: DealEngine, deal: Deal) -> list[dict[str, Cell]]:
    address, say = deal.levers.address(), load()
    return [
        {"lever": name, "label": lever_label(name, say, lever.label), "value": float(address[name]),
         "least": lever.least, "most": lever.most, "unit": lever.unit}
        for name, lever in engine.levers.items()
    ]  # fmt: skip


def _numbers(deal: Deal) -> list[ToolNumber]:
    """Numbers of the deal, gains of both sides first."""
    ranked = sorted(deal.numbers, key=lambda n: next((i for i, x in enumerate(FIRST) if n.name.startswith(x)), 99))
    rows = [number_row(entry) for entry in ranked[:SHOWN]]
    return [
        ToolNumber(
            name=row["label"], value=row["value"], unit=row["unit"], text=row["text"], low=row["low"],
            high=row["high"], range=row["range"], base=row["baseline"], before=row["baseline_value"],
        )
        for row in rows
    ]  # fmt: skip


NAMES = {"USA": "the United States", "CHN": "China"}


def _limit(words: str, away: object) -> str:
    """Who would walk away if talks failed into something."""
    assert isinstance(away, dict)
    out = [NAMES[code] for code, walks in away.items() if walks]
    return f"If what follows is the {words}: {' and '.join(out) + ' would walk away' if out else 'both sides sign'}."


def _advice(engine: DealEngine, deal: Deal, side: str) -> list[str]:
    """What the other side answers, and what would be better for both."""
    offers = []
    try:
        offers.append(counter(engine, deal.levers, "nash", side))
    except InputError as error:
        return [str(error)]
    offers.append(improve(engine, deal.levers))
    return [f"{first_upper(offer.words)}: {_package(engine, offer)}." for offer in offers]


def _package(engine: DealEngine, offer: Offer) -> str:
    address = offer.levers.address()
    return ", ".join(f"{name} {address[name]}" for name in engine.levers if name != "duration")


TOOLS = (
    Tool("talks", "A package of the talks: gains of both sides, limits, advice, and whether it would hold.",
         Package, TalksAnswer, answered, long=True),
)  # fmt: skip
