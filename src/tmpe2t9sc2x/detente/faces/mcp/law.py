"""The tool of changes of a law."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from detente.codes import Unit
from detente.codes.hs import digits, nested
from detente.codes.names import first_upper
from detente.codes.standing import counted
from detente.data.importers import Importer as Side
from detente.data.importers import importer
from detente.data.tables import place
from detente.faces.mcp.answers import cited, command, number, page
from detente.faces.mcp.arguments import Arguments, Day, Importer, Offset, day, whose
from detente.faces.mcp.shapes import ToolAnswer
from detente.faces.mcp.tool import Call, Tool
from detente.lab.statute.book import changes_table
from detente.law import Measure
from detente.law.measure import names_partner

CODES = (2, 4, 6, 8, 10)
"""Digits of a code that changes are looked for under."""

Line = Annotated[str, Field(min_length=1, max_length=20)]


class Changes(Arguments):
    """Days, and whose goods."""

    since: Day = Field(description="first day, as 2025-05-14")
    until: Day = Field(default="", description="last day; today if left out")
    partner: str = Field(default="", max_length=60, description="only acts on goods of this country")
    lines: list[Line] = Field(default_factory=list, max_length=20, description="only acts on these tariff codes")
    importer: Importer = "USA"
    offset: Offset = 0


def answered(call: Call[Changes]) -> ToolAnswer:
    """What began, changed and ended between two days."""
    given, side = call.given, whose(call.given.importer)
    first, last = day(given.since, "since"), day(given.until, "until")
    where = importer(side)
    table = changes_table(where.law, first, last)
    codes = [digits(line, "lines", CODES) for line in given.lines]
    partner = where.countries.resolve(given.partner, "partner") if given.partner else ""
    days = [date.fromisoformat(str(text)) for text in table["date"]]
    keep = [_touches(where, str(name), when, partner, codes) for name, when in zip(table["measure"], days, strict=True)]
    table = table.take(np.asarray(keep, dtype=bool))
    goods = f" on goods of {given.partner}" if given.partner else ""
    changes = counted(len(table), "change")
    return ToolAnswer(
        sentence=f"{first_upper(changes)} in the law of {place(side)}{goods} from {first} to {last}.",
        numbers=[number("changes", float(len(table)), Unit.COUNT, spread="no range: a count of acts on record")],
        **page(table, given.offset),
        sources=cited((str(row["instrument"]), str(row["citation"])) for row in table.rows()),
        command=command("law", of=side, changes_since=first, to=last),
    )


def _touches(where: Side, name: str, when: date, partner: str, codes: Sequence[str]) -> bool:
    """Whether a change is on goods of a partner and on one of some codes, on its day or the day before."""
    measure, programme = where.law.by_id.get(name), where.programmes.by_symbol.get(name)
    if measure is not None:
        return (not partner or _on_partner(measure, when, partner)) and (not codes or _on_codes(measure, codes))
    if programme is not None:
        days = (when, when - timedelta(1))
        return (not partner or any(programme.open_to(partner, on) for on in days)) and (
            not codes or not programme.only or any(nested(code, only) for code in codes for only in programme.only)
        )
    # What is neither is a base duty, for every partner, by its code.
    return not codes or any(nested(code, name.replace(".", "")) for code in codes)


def _on_partner(measure: Measure, when: date, partner: str) -> bool:
    days = (when, when - timedelta(1))
    periods = [period for on in days for period in measure.periods_on(on)]
    scopes: list[tuple[Any, date]] = [(measure.partners, on) for on in days]
    if not any(names_partner(scope, partner, on) for scope, on in scopes):
        return False
    rated = [p.rate.by_partner for p in periods if p.rate is not None and p.rate.by_partner]
    own = [p.partners for p in periods if p.partners is not None]
    named = not own or any(names_partner(scope, partner, on) for scope in own for on in days)
    return named and (not rated or any(partner in rates for rates in rated))


def _on_codes(measure: Measure, codes: Sequence[str]) -> bool:
    if not measure.goods:
        return True
    return any(
        nested(code, prefix) and (prefix.startswith(code) or not any(code.startswith(x) for x in goods.excepted))
        for goods in measure.goods
        for prefix in goods.prefixes
        for code in codes
    )


TOOLS = (
    Tool("law_changes", "What began, changed or ended in a law between two days, with acts and citations.",
         Changes, ToolAnswer, answered),
)  # fmt: skip
