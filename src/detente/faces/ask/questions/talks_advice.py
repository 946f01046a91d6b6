"""Talks advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from detente.faces.ask import Answer, question


def cases() -> Sequence[str]:
    """Cases of the package, with their variants."""
    from detente.data.casefile import case_names, variant_names

    return [name for case in case_names() for name in (case, *(f"{case}:{each}" for each in variant_names(case)))]


@question(
    "Deals", "talks advice us-china-2025-05", "talks advice us-china-today --country China",
    choices={
        "case": cases, "country": ("HOM", "FOR", "OTH"), "limits": ("law", "as-tabled", "free"),
        "horizon": ("long-run", "first-year", "one-year", "four-years", "all"),
    },
    long=True, tool=True,
)  # fmt: skip
def talks_advice(
    case: str = "",
    *,
    country: str = "",
    as_of: date | None = None,
    variant: str = "",
    values: str = "",
    horizon: str = "long-run",
    threat: Sequence[str] = (),
    limits: str = "",
    elasticities: str = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
    draws: int = 0,
    seed: int = 20250512,
) -> Answer:
    """What one country should offer, ask for and refuse in talks; or what their deals do to a country outside.

    Without a case the cases are listed. Further tables have what each side gains, accepts and could do to the other,
    solutions, the frontier, what waiting costs, and whether deals hold; `said` has what the case takes as known.

    >>> import detente as dt
    >>> answer = dt.talks_advice("two-country")
    >>> answer["package"][0]
    'duties of 100 points'

    Parameters
    ----------
    country : the first party by default; or one that is not at the table.
    as_of : what was known only later is refused by name. values : a set of weights, as welfare; `all` for every one.
    threat : two or more, as D0,DP. limits : those of the case by default.
    set : inputs of the case, as fentanyl_value=20; materials=stand-in for what the case assumes withheld licences cost.
    """
    from detente.faces.ask.progress import progress_of
    from detente.faces.words.advice import advice_table, headline, page_markup, page_text
    from detente.faces.words.language import load
    from detente.lab.record.tables import lives_beside
    from detente.lab.talks.advice import Advice
    from detente.lab.talks.paged import asked_case, asked_page, said_table, standing_tables

    if not case:
        from detente.lab.talks.report import case_table

        table = case_table()
        return Answer.of(
            load()("talks_cases", size=len(table)), [table], following="detente talks advice us-china-today"
        )
    talk = asked_case(
        case, variant, as_of=as_of, values=values, horizon=horizon, threat=threat, limits=limits,
        elasticities=elasticities, given=set if isinstance(set, Mapping) else {}, drawn=bool(draws),
        tell=progress_of("equilibria"),
    )  # fmt: skip
    made = asked_page(talk, country, draws, seed, progress_of("draws"))
    page = made.page
    return Answer.of(
        headline(page), [*standing_tables(talk, made.tables), *lives_beside(talk.case.file)], verbatim=page_text(page),
        markup=page_markup(page), arguments={"country": page.side if isinstance(page, Advice) else page.country},
        more={"advice": partial(advice_table, page), **made.more, "said": partial(said_table, talk)},
    )  # fmt: skip
