"""Revenue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.faces.ask import Answer, question


@question(
    "Tariffs", "revenue --on 2025-05-14", "revenue --from 2025-01 --to 2025-06",
    "revenue --of Canada --on 2025-10-01 --by country",
    choices={"by": ("country", "partner", "section", "authority"), "scope": ("tariff-lines", "all"),
             "reading": ("effective", "published", "ruled")},
    tool=True, own_day=True,
)  # fmt: skip
def revenue(
    on: date | None = None,
    *,
    of: str = "USA",
    partner: str = "",
    by: str | Sequence[str] = (),
    from_: date | None = None,
    to: date | None = None,
    against: date | str = "",
    elasticity: float = 2.0,
    weights: str | int = 2024,
    claims: str = "",
    scope: str = "tariff-lines",
    scenario: str | Mapping[str, Any] = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
    reading: str = "effective",
    void: str | Sequence[str] = (),
    announce: str | Sequence[str] = (),
    lawbook: str = "",
) -> Answer:
    """What a country's tariffs bring in a year: as written, after buyers respond, and as collected.

    The count in front is that of the whole world economy in the long run (`settled`), where it is solved: of all
    imports on a day. Beside it stand imports as they were (`static`), imports that respond to the tariff (`elastic`),
    and what was collected in the month, at annual rate. With `from` or `to` there is a row for each month. Table
    `collected` has what was collected on US imports month by month.

    >>> import detente as dt
    >>> answer = dt.revenue("2025-05-14", by="section")
    >>> round(answer["static"].sum() / 1e9)
    467

    Parameters
    ----------
    by : one group.
    against : adds revenue under that law with imports as they were, and the change; buyers respond to what was added
        since that day, 1 January 2025 by default.
    """
    from detente.codes import InputError, Parameter
    from detente.codes.days import BASE_DAY
    from detente.faces.ask import averages as words
    from detente.lab.duties.asked import both_laws
    from detente.lab.duties.revenue import revenue_tables
    from detente.lab.world.incidence import PARTIES

    span = (from_ or BASE_DAY, to or date.today()) if from_ or to else None
    for name in (name for name, value in (("on", on), ("by", by), ("against", against)) if span and value):
        raise InputError(Parameter(name), "does not go with months", "leave out from and to")
    if len(by) > 1:
        raise InputError(Parameter("by"), f"names {len(by)} groups", "name one")
    trade = {
        "claims": claims,
        "scope": scope,
        "given": set if isinstance(set, Mapping) else {},
        "weights": weights if isinstance(weights, str) else "",
    }
    own = {"reading": reading, "void": void, "announce": announce, "lawbook": lawbook}
    laws = both_laws(of, on or to, against, scenario, trade, own, PARTIES)
    kind = "partner" if "country" in by else "".join(by)
    tables = revenue_tables(laws, kind, partner, span, elasticity)
    sentence, number = words.revenue(laws, tables[0], of, partner)
    days = {"from": span[0], "to": span[1]} if span else {"on": laws[0].on}
    return Answer.of(sentence, tables, number=number, warnings=words.variants(laws[0]), arguments=days)
