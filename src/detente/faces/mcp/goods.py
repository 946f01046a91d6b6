"""Tools about one good: its code, its duty, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from math import nan
from typing import Annotated, Any

from pydantic import Field

from detente.codes import InputError, UnknownName
from detente.codes.hs import dotted
from detente.codes.units import Unit
from detente.data.importers import importer
from detente.data.tables import partner_name
from detente.faces.ladder import as_json, explained
from detente.faces.mcp.answers import cited, command, number, rest
from detente.faces.mcp.arguments import Arguments, Code, Day, Importer, Partner, day, whose
from detente.faces.mcp.shapes import Cell, DutyAnswer, ExplainAnswer, OpenQuestion, OpenState, ToolAnswer, ToolColumn
from detente.faces.mcp.tool import Call, Tool
from detente.faces.web.answers import membership, usual_partner
from detente.lab.statute.facts import CLAIM, SWITCH
from detente.lab.statute.lookup import LineDuty, UnlistedRate, look_up
from detente.lab.statute.search import lines_of_code, search
from detente.law import Law

YES, NO = ("yes", "true"), ("no", "false")
Facts = Annotated[
    dict[str, str | float | bool],
    Field(max_length=20, description="open questions that you answer: fact to yes, no, a state or a share"),
]


class FindCode(Arguments):
    """Words, and how many codes to show."""

    words: str = Field(min_length=1, max_length=200, description="words of the goods, or the beginning of a code")
    importer: Importer = "USA"
    partner: str = Field(
        default="", max_length=60, description="origin of the duty shown; China, for other importers the USA"
    )
    limit: int = Field(default=10, ge=1, le=50, description="codes to show, 1 to 50")


class DutyOfGood(Arguments):
    """A good, where it is from, and the day."""

    line: Code
    partner: Partner
    on: Day = ""
    importer: Importer = "USA"
    set: Facts = Field(
        default_factory=dict, description="open questions that you answer: fact to yes, no, a state or a share"
    )


def find_code(call: Call[FindCode]) -> ToolAnswer:
    """Codes whose texts hold the words, with the duty today."""
    given, side = call.given, whose(call.given.importer)
    where = importer(side)
    tables = lines_of_code(where, given.words) or search(where, where.law, given.words)
    lines = next((table for table in tables if table.name == "lines"), None)
    if lines is None:
        names = ", ".join(str(name) for name in tables[0]["id"][:5])
        raise InputError("words", f"no tariff line holds '{given.words[:60]}', measures do: {names}", "try other words")
    partner = usual_partner(side, given.partner)
    answers = [_today(str(line), partner, call.today, side) for line in lines["line"][: given.limit]]
    rows: list[dict[str, Cell]] = [
        {"code": str(line), "goods": str(text), "until": str(until), **duty}
        for line, text, until, duty in zip(lines["line"], lines["description"], lines["until"], answers, strict=False)
    ]
    name = partner_name(where.countries.resolve(partner, "partner"))
    meanings = (
        ("code", "code", "tariff line"), ("goods", "text", "goods, headings first"),
        ("until", "date", "last day of a code that has left the schedule"),
        ("base", "share", "base duty"), ("duty", "share", f"whole duty today on goods of {name}"),
    )  # fmt: skip
    return ToolAnswer(
        sentence=f"{len(lines):,} codes hold '{given.words}'; the first is {rows[0]['code']}.",
        columns=[ToolColumn(name=n, unit=u, meaning=m) for n, u, m in meanings],
        rows=rows,
        total=len(lines),
        more=rest(len(lines), len(rows), "give a higher limit"),
        notes=[f"duty: on goods of {name} on {call.today}, open questions as assumed; see the tool rate"],
        law_read_to=None if where.law.record is None else where.law.record.to.isoformat(),
        sources=["tariff schedule of the importer in the package"],
        command=command("law", "--of", side, "search", given.words),
    )


def _today(line: str, partner: str, on: date, side: str) -> dict[str, Cell]:
    """Base and whole duty of a line; blank where its schedule of the day is not on record by line, or lacks it."""
    try:
        answer = look_up(line, partner, on, of=side)
    except UnlistedRate:
        return {"base": None, "duty": None}
    except UnknownName as error:
        if error.kind.startswith("partner") or error.where == "partner":
            raise
        return {"base": None, "duty": None}
    content = as_json(answer)
    return {"base": content["base"], "duty": content["total"]}


def rate(call: Call[DutyOfGood]) -> DutyAnswer:
    """The duty on a good, rung by rung."""
    answer, side = _answered(call)
    return DutyAnswer(**_of(answer, side, call.given, "rate"))


def explain(call: Call[DutyOfGood]) -> ExplainAnswer:
    """The duty on a good in sentences."""
    answer, side = _answered(call)
    lines = [line.strip() for line in _words(answer, side).splitlines()]
    return ExplainAnswer(**_of(answer, side, call.given, "explain"), sentences=lines[1:])


def _answered(call: Call[DutyOfGood]) -> tuple[LineDuty, str]:
    given, side = call.given, whose(call.given.importer)
    law = importer(side).law
    claim, switches, shares = _read(given.set, law)
    book = law.with_switches(switches, "set") if switches else law
    on = day(given.on, "on")
    try:
        return look_up(given.line, given.partner, on, law=book, claim=claim, parameters=shares, of=side), side
    except UnknownName as error:
        raise error.inside("set") if error.kind == "parameter" else error from None


def _read(facts: dict[str, str | float | bool], law: Law) -> tuple[str, list[str], dict[str, float]]:
    """Answers to open questions as a claim, switches and shares."""
    claim, switches, shares = "", list[str](), dict[str, float]()
    for name, value in facts.items():
        if name == CLAIM:
            claim = str(value)
        elif name.startswith(SWITCH):
            switches += [name.removeprefix(SWITCH)] if _share(name, value, law) > 0.0 else []
        else:
            shares[name] = _share(name, value, law)
    return claim, switches, shares


def _share(name: str, value: str | float | bool, law: Law) -> float:
    """An answer as a share of the goods: yes is all of them."""
    text = str(value).strip().lower()
    if text in YES + NO:
        return float(text in YES)
    states = [str(state) for state in law.aspects[name].states] if name in law.aspects else []
    if text in states:
        return float(states.index(text) > 0)
    try:
        return float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        repair = " or ".join(["say yes, no, a share as 0.4", *states])
        raise InputError(f"set, {name[:40]}", f"'{text[:40]}' is no answer", repair) from None


def _words(answer: LineDuty, side: str) -> str:
    where = importer(side)
    return explained(answer, partner_name(answer.partner), where.description(where.lines.index(answer.main.line)))


RUNGS = (
    ("title", "text", "the duty"), ("authority", "code", "under which power"),
    ("rate", "share", "rate on the value it falls on"), ("share", "share", "share of the value it falls on"),
    ("points", "share", "what it adds to the duty"), ("act", "text", "instrument and citation"),
    ("from", "date", "first day"), ("until", "date", "last day; null: open end"),
    ("displaced_by", "text", "measures that took its place"),
)  # fmt: skip


def _rungs(content: dict[str, Any]) -> Iterator[dict[str, Cell]]:
    """Rungs of the ladder, those that owe something first."""
    for term in sorted(content["terms"], key=lambda term: -term["points"]):
        yield {
            "title": term["title"], "authority": term["authority"], "rate": round(term["rate"], 10),
            "share": round(term["share"], 10), "points": round(term["points"], 10),
            "act": "; ".join(part for part in (term["instrument"], term["citation"]) if part),
            "from": term["from"], "until": term["until"], "displaced_by": ", ".join(term["displaced_by"]),
        }  # fmt: skip


def _of(answer: LineDuty, side: str, given: DutyOfGood, verb: str) -> dict[str, Any]:
    """What both tools say of a duty."""
    content, where = as_json(answer), importer(side)
    source = where.base_source(answer.main.line, answer.on, answer.partner)
    none = "no range: one law on one day; open questions stand apart"
    pairs = [(term["instrument"], term["citation"]) for term in content["terms"] if term["points"]]
    country = partner_name(answer.partner)
    low, high = (content[name] if content[name] is not None and not answer.uniform else nan for name in ("low", "high"))
    several = "" if answer.uniform else f"mean of {len(answer.ladders)} lines, weights: {answer.basis}; range over them"
    return {
        "sentence": _words(answer, side).splitlines()[0],
        "numbers": [
            number(
                "duty" if answer.uniform else "mean duty",
                content["total"],
                Unit.SHARE,
                low=low,
                high=high,
                spread=several or none,
                base=f"customs value, goods of {country}",
            ),
            number("base duty", content["base"], Unit.SHARE, spread=none, base="customs value"),
        ],
        "columns": [ToolColumn(name=name, unit=unit, meaning=meaning) for name, unit, meaning in RUNGS],
        "rows": list(_rungs(content)),
        "open": [_question(fact) for fact in content["facts"]],
        "notes": [*filter(None, [membership(given.importer, side)]), *_lines(answer)],
        "law_read_to": content.get("record_to"),
        "sources": cited([*pairs, (source, "")]),
        "command": _command(answer, side, given, verb),
    }


def _lines(answer: LineDuty) -> tuple[str, ...]:
    return () if answer.standing is None else answer.standing.lines


def _question(fact: dict[str, Any]) -> OpenQuestion:
    taken = ", ".join(name if share == 1.0 else f"{share:.0%} {name}" for name, share in fact["assumed"].items())
    states = [OpenState(state=row["state"], total=row["total"]) for row in fact["states"]]
    return OpenQuestion(fact=fact["fact"], title=fact["title"], taken=taken, states=states)


def _command(answer: LineDuty, side: str, given: DutyOfGood, verb: str) -> str:
    claim, switches, shares = _read(given.set, importer(side).law)
    pairs = [f"{name}={value:g}" for name, value in shares.items()]
    return command(
        verb, dotted(answer.code), given.partner, on=answer.on, of=side, claim=claim, switch=switches, set=pairs
    )


TOOLS = (
    Tool("find_code", "Find tariff codes by words or digits, with their whole text and the duty today.",
         FindCode, ToolAnswer, find_code),
    Tool("rate", "The duty on a good from a country on a day, rung by rung, and what it hangs on.",
         DutyOfGood, DutyAnswer, rate),
    Tool("explain", "Why a good owes this duty: each act, its days, its citation and what it displaced.",
         DutyOfGood, ExplainAnswer, explain),
)  # fmt: skip
