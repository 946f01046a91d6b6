"""Talks: advice to one country, a new case, and what became of threats and deals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import Any

import numpy as np

from detente.codes import Table
from detente.data.casefile import case_names, settled_case, variant_names
from detente.data.dealrecord import deals, threats
from detente.data.eventfile import load_promises
from detente.faces.ask.answer import Answer, progress_of
from detente.faces.ask.question import question
from detente.faces.words.advice import advice_table, headline, page_markup, page_text
from detente.faces.words.language import load
from detente.lab.deal.answer import engine_of
from detente.lab.deal.levers import is_dealt, is_laid
from detente.lab.deal.part import LENGTHS
from detente.lab.record.tables import asked_record, lives_beside
from detente.lab.talks.advice import ADVICE, Advice
from detente.lab.talks.paged import AnyPage, asked_case, asked_page, said_table
from detente.lab.talks.report import case_table, standings


def cases() -> Sequence[str]:
    """Cases of the package, with their variants."""
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
    Table `path_lengths` tells what a package of two sides is worth by how long it lasts, and what is expected.

    >>> import detente as dt
    >>> answer = dt.talks_advice("two-country")
    >>> answer["package"][0]
    'duties of 100 points'

    Parameters
    ----------
    country : Country that is advised, at the table or not; by default the first party of the case.
    as_of : Day up to which facts are taken as known; what was known only later is refused by name.
    values : What each side is taken to value: a set of weights, as welfare, or `all` for every set.
    threat : What happens if the talks fail: one threat, or several as D0,DP.
    limits : Which packages are allowed; by default those of the case.
    set : Inputs of the case, as fentanyl_value=20; materials=stand-in takes the case's own cost of withheld licences.
    """
    if not case:
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
    # The tables with how far the law is on record, where the day of the case lies beyond.
    beyond = next((standing for standing in standings(talk).values() if standing.beyond), None)
    tables = [table.standing_on(beyond) for table in made.tables]
    return Answer.of(
        headline(page), [*tables, *lives_beside(talk.case.file)], verbatim=page_text(page),
        markup=page_markup(page), arguments={"country": page.side if isinstance(page, Advice) else page.country},
        more={"advice": partial(advice_table, page), **made.more, "said": partial(said_table, talk),
              **({} if variant or elasticities else _lasting(case, page, made.tables[0]))},
    )  # fmt: skip


def _lasting(case: str, page: AnyPage, packages: Table) -> dict[str, Callable[[], Table]]:
    """Tables of what the package advised is worth by how long it lasts, and of the chance of each length.

    Parameters
    ----------
    packages : of the page; its levels are those of the worth, so that the same deal can be asked for.
    """
    row = next((row for row in packages.rows() if row["kind"] == ADVICE), None)
    if row is None or not isinstance(page, Advice) or case not in case_names():
        return {}
    file = settled_case(case)
    if not (is_dealt(file) and is_laid(file)):
        return {}
    levels = np.array([row[issue.name] for issue in page.issues])
    made = cache(lambda: {table.name: table for table in engine_of(case).package(levels)})
    return {name: lambda name=name: made()[name] for name in (LENGTHS, "path_branches")}


@question("Deals", "talks new US Japan --on 2025-07-21", endings=("yaml",))
def talks_new(parties: str | Sequence[str], on: date | None = None) -> Answer:
    """A case of talks for countries of your choice, as a file to edit: issues, levels and threats from their laws.

    >>> import detente as dt
    >>> answer = dt.talks_new(["US", "Japan"], "2025-07-21")
    >>> answer["name"][0]
    'us_reciprocal_jpn'

    Parameters
    ----------
    parties : Countries at the table, two to six, or the EU.
    on : Last day whose facts go into the case.
    """
    from detente.lab.talks.new.draft import case_tables, new_case  # It loads laws, which advice does without.

    assert isinstance(on, date)  # as it was read
    case, say = new_case(*parties, on=on), load()
    threats = len({row.id for row in case.menaces})
    headline = say(
        "new_case", parties=say.listed([party.title for party in case.parties]), day=say.day(on),
        tabled=say("new_case_tabled", count=len(case.pieces)), shelf=len(case.shelf),
        threats=say("new_case_threats", count=threats) if threats else say("new_case_no_threats"),
    )  # fmt: skip
    return Answer.of(headline, case_tables(case), verbatim=case.text, ending="yaml",
                     following="write it with --out mine.yaml, and ask detente talks advice mine.yaml")  # fmt: skip


def on_record() -> Sequence[str]:
    """Threats, bargains, agreements and cases that are on record."""
    agreements = dict.fromkeys(promise.agreement for promise in load_promises())
    return (*(each.id for each in threats()), *(str(row["id"]) for row in deals()), *agreements, *case_names())


@question(
    "Deals", "talks record truce", "talks record promise --case Geneva", "talks record --case D16",
    choices={"kind": ("threat", "deal", "truce", "promise", "terms"), "case": on_record},
)  # fmt: skip
def talks_record(
    kind: str = "",
    from_: date | None = None,
    to: date | None = None,
    *,
    case: str = "",
    as_of: date | None = None,
    seed: int = 7,
) -> Answer:
    """What became of threats, deals, truces and promises, beside what was expected the day before.

    Tables of each kind score the rules behind what was expected beside rules that know less. What signed terms say of
    those who signed (`terms`) is solved when it is asked for, in half a minute.

    >>> import detente as dt
    >>> answer = dt.talks_record("truce")
    >>> answer["kind"][0]
    'truce'

    Parameters
    ----------
    case : A threat or a bargain by its id, as D16, an agreement with promises, or a case of talks.
    from : First day shown, included; a threat has the day of its deadline.
    to : Last day shown, included; a threat has the day of its deadline.
    as_of : Day up to which facts are taken as known; the end of the record if none is given.
    seed : Seed of the draws behind the range of each skill.
    """
    from detente.faces.words.evidence import became, sentences  # loads prices, scores and figures of others

    main, *tables = asked_record(kind, from_, to, case, as_of, seed, progress_of("cases"))
    return Answer.of(became([main, *tables]), [main.noted(*([] if case else sentences(tables))), *tables])
