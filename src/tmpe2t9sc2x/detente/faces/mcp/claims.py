"""The tool of claims: one statement, its verdict by rule, and the definitions under which it holds."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pydantic import Field

from detente.codes import InputError
from detente.codes.names import first_upper
from detente.codes.units import Unit
from detente.faces.mcp.answers import command, number, page
from detente.faces.mcp.arguments import Arguments, Day, day, known
from detente.faces.mcp.shapes import VerdictAnswer
from detente.faces.mcp.tool import Call, Tool
from detente.faces.web.work.questions import DRAWS
from detente.lab.claims.check import check
from detente.lab.claims.ledger import Ledger, ledger_of, load_ledger
from detente.lab.claims.quantities import quantities
from detente.lab.claims.rows import UNITS
from detente.lab.claims.sent import LONGEST, check_sent
from detente.lab.claims.words import checks_table, readings_table

OWN = "claim.yaml"
"""File that a command names for a claim that was given in place."""

NARROW = ("partner", "market", "line", "year")


class CheckClaim(Arguments):
    """A claim as a whole, by its id in the ledger, or in parts."""

    claim: str | dict[str, Any] = Field(
        default="", description="id in the ledger of the package, as C14; or a claim as files of claims have it"
    )
    who: str = Field(default="", max_length=200, description="who said it")
    when: Day = Field(default="", description="day it was said, as 2025-05-09; today if left out")
    quantity: str = Field(
        default="", max_length=60, description="what it is about, as detente://definitions has it",
        json_schema_extra={"enum": ["", *quantities()]},
    )  # fmt: skip
    value: float | None = Field(default=None, description="the number, as the source gives it: 23 with unit percent")
    unit: str = Field(
        default="", max_length=20, description="unit of the number", json_schema_extra={"enum": ["", *UNITS]}
    )
    of: str = Field(default="", max_length=60, description="of which partner, tariff code, market or importer")
    as_of: Day = Field(default="", description="day whose record counts; today if left out")


def answered(call: Call[CheckClaim]) -> VerdictAnswer:
    """The verdict on a claim with its readings."""
    given = call.given
    as_of = day(given.as_of, "as_of")
    named = isinstance(given.claim, str) and bool(given.claim)
    row = {} if named else _row(given, call.today.isoformat())
    ledger = load_ledger() if named else _own(row)
    only = known(str(given.claim), _ids(ledger), "claim", "claim") if named else ""
    checks = check(ledger, as_of=as_of, draws=DRAWS, only=only)
    table, readings = checks_table(checks), readings_table(checks)
    first, *others = list(table.rows())
    quantity = checks[0].part.quantity
    unit = {"percent": Unit.SHARE, "points": Unit.SHARE, "share": Unit.SHARE, "usd": Unit.DOLLARS}.get(
        quantity.unit if quantity else "", Unit.NONE
    )
    words = "5-95% of draws, or lowest and highest of the sources"
    spread = words if first["low"] == first["low"] else "no range: exact, or not drawn"
    rest = [f"part {row['claim']}: {row['verdict']}; {row['found']}" for row in others]
    statement = first["statement"] or first["quote"]
    return VerdictAnswer(
        sentence=f"{first_upper(statement)}: {first['verdict']}.",
        verdict=first["verdict"],
        then=first["then"],
        claimed=first["claimed"],
        found=first["found"],
        holds_under=first["holds_under"],
        fails_under=first["fails_under"],
        numbers=[
            number("computed", first["value"], unit, low=first["low"], high=first["high"], spread=spread,
                   base=first["claimed"])
        ],
        **page(readings, notes=[*rest, *table.notes]),
        sources=[text for text in first["inputs"].split(" | ") if text],
        file="" if named else json.dumps([row], ensure_ascii=False),
        command=command("check", *([] if named else [OWN]), only=only, as_of=as_of, draws=DRAWS),
    )  # fmt: skip


def _row(given: CheckClaim, today: str) -> dict[str, Any]:
    """The claim as a row of a file."""
    if isinstance(given.claim, Mapping):
        check_sent(given.claim, "claim")
        if len(json.dumps(given.claim)) > LONGEST:
            raise InputError("claim", f"has more than {LONGEST:,} letters", "give one statement at a time")
        return {"claim_id": "own", "quote": "as given", "said": given.when or today, **given.claim}
    if not given.quantity:
        repair = f"give claim, or quantity (as {', '.join(list(quantities())[:3])}) and value"
        raise InputError("check_claim", "says nothing to check", repair)
    quantity: dict[str, Any] = {"name": given.quantity, "unit": given.unit} | _narrowed(given)
    if given.value is not None:
        quantity["value"] = f"{given.value:.12g}"
    words = f"{given.quantity.replace('_', ' ')} {'' if given.value is None else f'{given.value:g}'} {given.unit}"
    return {
        "claim_id": "own", "quote": words.strip(), "said": given.when or today, "kind": "measurement",
        "speaker": {"name": given.who}, "quantity": quantity,
    }  # fmt: skip


def _narrowed(given: CheckClaim) -> dict[str, str]:
    """What the quantity is of: a tariff code by its digits, else the first key that the quantity takes."""
    if not given.of:
        return {}
    takes = quantities()[given.quantity].narrowed_by if given.quantity in quantities() else NARROW
    number = given.of.replace(".", "").isdigit()
    names = [name for name in NARROW if name in takes and (name in ("line", "year")) == number]
    if number and len(given.of) == 4 and "year" in names:
        names = ["year"]
    return {names[0]: given.of} if names else {"population": given.of}


def _ids(ledger: Ledger) -> list[str]:
    """Ids of the claims of a ledger and of their parts."""
    ids = [[s.claim.claim_id, f"{s.claim.claim_id}{s.part.part}"] for s in ledger.statements]
    return list(dict.fromkeys(name for names in ids for name in names))


def _own(row: dict[str, Any]) -> Ledger:
    return ledger_of([row], "claim")


TOOLS = (
    Tool("check_claim", "The verdict on a claim by rule, and the definitions under which it holds or does not.",
         CheckClaim, VerdictAnswer, answered, long=True),
)  # fmt: skip
