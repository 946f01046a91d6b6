"""Average."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.faces.ask import Answer, Number, question


def groups() -> Sequence[str]:
    """What averages are broken down by."""
    from detente.lab.averages.averages import BY

    return ("country", *BY, "authority", "measure", "importer")


@question(
    "Tariffs", "average --on 2025-05-14 --by country", "average --from 2025-04-01 --to 2025-04-30",
    "average --on 2025-05-14 --against 2025-01-01 --by measure", "average --partner Vietnam --by importer",
    "average --of USA,China,Canada --on 2025-05-14",
    choices={"by": groups, "publisher": "detente.data.definitions:definitions", "scope": ("tariff-lines", "all"),
             "reading": ("effective", "published", "ruled")},
    tool=True, own_day=True,
)  # fmt: skip
def average(
    on: date | None = None,
    *,
    of: str | Sequence[str] = "USA",
    partner: str | Sequence[str] = (),
    by: str | Sequence[str] = (),
    from_: date | None = None,
    to: date | None = None,
    against: date | str = "",
    line: str = "",
    weights: str | int = 2024,
    claims: str = "",
    scope: str = "tariff-lines",
    publisher: str = "",
    elasticity: float = 2.0,
    draws: int = 200,
    seed: int = 20250512,
    scenario: str | Mapping[str, Any] = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
    reading: str = "effective",
    void: str | Sequence[str] = (),
    announce: str | Sequence[str] = (),
    lawbook: str = "",
) -> Answer:
    """The average tariff of a country on a day or day by day, whole or by group.

    Tariffs are weighed by the trade of a year: before buyers respond, and after (`after_substitution`). With `from` or
    `to` there is a row for each day and a column for each authority, or each measure. By measure it says which acts
    moved the average since `against`, 1 January 2025 by default. By importer it is what the goods of a partner face in
    every country on record. Several importers stand side by side, each with its own trade.

    >>> import detente as dt
    >>> answer = dt.average("2025-05-14", draws=0)
    >>> f"{float(answer):.2%}"
    '14.96%'

    Parameters
    ----------
    by : one group or several; authority, measure and importer stand alone, and importer,section is by goods.
    against : adds the average of that day or scenario and the change; buyers respond to what was added since that day.
    line : tariff code of 2 to 10 digits.
    publisher : what else is given goes before its own choices.
    set : shares of goods as us_content, or a reading of a stacking rule alone.
    """
    from detente.codes import InputError, Parameter
    from detente.faces.ask import averages as words
    from detente.lab.duties.average import Inquiry, beside

    year = weights if isinstance(weights, str) else ""
    several = () if isinstance(of, str) else of
    inquiry = Inquiry(
        several[0] if several else str(of), on,
        tuple(dict.fromkeys("partner" if name == "country" else name for name in by)), from_, to, against,
        scenario, publisher, elasticity,
        trade={"partners": partner, "line": line, "claims": claims, "scope": scope, "weights": year,
               "given": set if isinstance(set, Mapping) else {}},
        law={"reading": reading, "void": void, "announce": announce, "lawbook": lawbook},
    )  # fmt: skip
    if len(several) > 1:
        for name in (name for name, value in {"by": by, "from": from_ or to, "publisher": publisher}.items() if value):
            raise InputError(Parameter(name), "goes with one importer", "ask about each by itself")
        table = beside(inquiry, several)
        return Answer.of(words.side_by_side(inquiry, table), [table], arguments={"on": inquiry.day})
    if from_ or to:
        tables = inquiry.days()
        return Answer.of(words.days(inquiry, tables[0]), tables, arguments=inquiry.span)
    own = {"on": inquiry.day}
    if publisher:
        table, printed = inquiry.counted()
        number = None if by else Number(float(table["rate" if "rate" in table.data else "average"][0]), "share")
        more = {"number": number, "arguments": own, "following": words.reconciled(inquiry, printed),
                "more": {"after_substitution": lambda: inquiry.counted("post")[0]}}  # fmt: skip
        return Answer.of(words.counted(inquiry, table, printed), [table], **more)
    if "importer" in by:
        tables = inquiry.faced()
        return Answer.of(words.faced(inquiry, tables), tables, arguments=own)
    if "measure" in by:
        table = inquiry.contributions()
        return Answer.of(words.moved(inquiry, table), [table], arguments=own)
    tables = inquiry.tables(draws, seed)
    number = words.number(inquiry, tables)
    warned = words.variants(inquiry.after)
    acts = {} if by or scenario or (isinstance(against, str) and against) else {"contributions": inquiry.contributions}
    return Answer.of(
        words.average(inquiry, tables[0], number), tables, number=number, warnings=warned, arguments=own, more=acts
    )
