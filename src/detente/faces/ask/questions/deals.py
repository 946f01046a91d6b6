"""A package of one's own, offers and replies, and a scenario as one country sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from detente.codes import InputError, Parameter
from detente.codes.days import BASE_DAY
from detente.faces.ask.answer import Answer, Number
from detente.faces.ask.question import question
from detente.faces.words.country import country_page, country_sentences
from detente.faces.words.deal import spoken_deal
from detente.faces.words.language import load
from detente.lab.country.brief import INCOME, brief_asked
from detente.lab.country.of_deal import country_of_deal, place_of
from detente.lab.deal.answer import address_of, as_document, dealt_tables, engine_of
from detente.lab.deal.offers import offers_of, offers_table, plane_tables, rounds_table
from detente.lab.deal.part import LENGTHS
from detente.lab.world.choices import worlds


@question(
    "Deals", "deal us=34 china=30 --days 90", "deal us=10 --case us-china-2025-05 --on 2025-05-14 --country Germany",
    choices={"case": "detente.lab.deal.levers:served", "horizon": ("long-run", "first-year")},
    tool=True, own_day=True,
)  # fmt: skip
def deal(
    levels: str | Sequence[str] | Mapping[str, Any] = (),
    on: date | None = None,
    *,
    case: str = "us-china-today",
    days: int | None = None,
    country: str = "",
    values: str = "",
    horizon: str = "long-run",
    weights: str = "",
    closure: str = "",
) -> Answer:
    """What a package of your own gives every side of a case, who would sign it, and how long it would last.

    What is not named stays as in the deal that the case is about. The same numbers follow the sliders of the page.
    Table `path_lengths` tells what it is worth for its days, a year and permanently, made when it is named.

    >>> import detente as dt
    >>> answer = dt.deal({"us": 34, "china": 30}, days=90)
    >>> answer.tables["conditions"]["usa_signs"][0]
    'yes'

    Parameters
    ----------
    levels : What each side would do, by issue of the case: tariffs in per cent, all else as a share or in per cent. Of
        the United States and China: us, fentanyl and china (tariffs), licences (rare-earth exports freed), action (on
        fentanyl precursors).
    on : Day whose tariffs are used; by default that of the case.
    country : Country whose tables are added, as in a run.
    """
    engine = engine_of(case)
    given = levels if isinstance(levels, Mapping) else {}
    made = engine.deal(address_of(engine, given, on, days, values, horizon, closure, weights))
    words = spoken_deal(as_document(made, engine), load())
    tables, second, note = [*dealt_tables(made), *plane_tables(engine, made).values()], words["sentence"], ""
    if country:
        code, note = place_of(engine, country)
        own = {table.name: table for table in country_of_deal(engine, made.deal, code).tables}
        tables, second = [*own.values(), *tables], country_sentences(own, code, load())[0]
    return Answer.of(
        f"{words['brief']['deal']} {second}", tables,
        warnings=tuple(filter(None, (note, *words["brief"]["hold"][2:3], *made.assumed))),
        arguments={"on": made.deal.on, "days": made.deal.days, "values": made.deal.weights},
        more={LENGTHS: lambda: engine.worth(made.deal)} if engine.laid else {},
        following="detente deal offers with the same levels",
    )  # fmt: skip


#: A gain of less is none, USD a year.
LEAST = 1e6


@question(
    "Deals", "deal offers us=34 china=30 --country China", "deal offers us=34 --strategy tough",
    choices={"case": "detente.lab.deal.levers:served", "horizon": ("long-run", "first-year")}, own_day=True,
)  # fmt: skip
def deal_offers(
    levels: str | Sequence[str] | Mapping[str, Any] = (),
    on: date | None = None,
    *,
    case: str = "us-china-today",
    days: int | None = None,
    country: str = "USA",
    strategy: str = "nash",
    values: str = "",
    horizon: str = "long-run",
    weights: str = "",
    closure: str = "",
) -> Answer:
    """Which package would be better for all sides than yours, and how the other side of two would reply to yours.

    Table `rounds` has offers and replies in turn, made when it is named.

    >>> import detente as dt
    >>> answer = dt.deal_offers({"us": 34, "china": 30})
    >>> answer["offer"][0]
    'better for both'

    Parameters
    ----------
    levels : What each side would do, by issue of the case, as in `detente deal`.
    country : Side that puts the package on the table.
    """
    engine, say = engine_of(case), load()
    given = levels if isinstance(levels, Mapping) else {}
    made = engine.deal(address_of(engine, given, on, days, values, horizon, closure, weights), quick=True)
    offers = dict(offers_of(engine, made, strategy, country))
    better, *replies = offers.values()
    gains = {code: say.billions(amount) for code, amount in better.better.items()}
    more = say.listed([f"{gains[code]} more for {say.country(code)}" for code in gains])
    left = sum(better.better.values()) > LEAST
    name = "offers" if left else "offers_none"
    headline = say(name if replies else f"{name}_alone", more=more, reply=replies[0].words if replies else "")
    return Answer.of(
        headline, [offers_table(engine, offers, country)], arguments={"on": made.deal.on},
        more={"rounds": partial(rounds_table, engine, made, strategy, country)} if replies else {},
    )  # fmt: skip


#: Day that is compared with where the scenario names none.
SINCE = BASE_DAY.isoformat()


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
    country : Country whose result is shown, or ROW for the rest of the world.
    against : Earlier day that the result is compared with, in place of the scenario's own.
    """
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
