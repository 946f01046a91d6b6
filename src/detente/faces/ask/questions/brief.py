"""Brief."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.codes.days import BASE_DAY
from detente.faces.ask import Answer, Number, question
from detente.lab.world.choices import worlds

SINCE = BASE_DAY.isoformat()
"""Day that is compared with where the scenario names none."""


@question(
    "Deals", "brief Vietnam --scenario geneva", "brief Germany --on 2025-05-20",
    choices={"world": worlds}, tool=True, long=True, own_day=True,
)  # fmt: skip
def brief(
    country: str,
    on: date | str | None = None,
    *,
    scenario: str | Mapping[str, Any] = "today",
    against: date | str = SINCE,
    variant: str = "",
    world: str = "",
    closure: str = "",
    costs: str | Sequence[Mapping[str, Any]] | None = None,
) -> Answer:
    """A scenario as one country sees it: income, trade, rivals, and what it could offer.

    It shows the tariff on its goods beside that on its rivals', whom it displaces and who displaces it, its best
    replies, and what it could offer. Without a scenario today's tariffs are compared with those of 1 January 2025.

    >>> import detente as dt
    >>> answer = dt.brief("Vietnam", scenario="geneva")
    >>> round(float(answer), 4)
    -0.0029

    Parameters
    ----------
    country : or ROW, the rest of the world. against : an earlier day in place of the scenario's own.
    """
    from dataclasses import replace

    from detente.codes import InputError, Parameter
    from detente.faces.words.country import country_page
    from detente.faces.words.language import load
    from detente.lab.country.brief import brief_asked
    from detente.lab.country.tables import INCOME

    if not isinstance(against, date) and against != SINCE:
        raise InputError(Parameter("against"), f"'{against}' is no day", "give the day of the earlier tariffs")
    study = brief_asked(
        country, scenario, on if isinstance(on, date) else None, against if isinstance(against, date) else None,
        variant=variant, world=world, closure=closure, costs=costs,
    )  # fmt: skip
    page, earlier = country_page(study), load().day(study.on[0])
    income = next(row for row in study.tables["numbers"].rows() if row["measure"] == INCOME)
    rest = replace(page, warnings=(), does=page.does[1:], stands=page.stands[1:])
    return Answer(
        f"{page.does[0]} {page.stands[0]}", study.tables,
        Number(income["after"], "share", income["low"], income["high"], against=f"the tariffs of {earlier}",
               definition="real income once trade has settled"),
        page.warnings, verbatim=str(rest), markup=rest._repr_html_(), between=f"compared with the tariffs of {earlier}",
    )  # fmt: skip
