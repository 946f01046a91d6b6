"""Deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.faces.ask import Answer, question


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

    >>> import detente as dt
    >>> answer = dt.deal({"us": 34, "china": 30}, days=90)
    >>> answer.tables["conditions"]["usa_signs"][0]
    'yes'

    Parameters
    ----------
    levels : issues of the case, each by its key: tariffs in per cent, all else in shares, 0 to 1 or with a per cent
        sign. Between the United States and China they are `us`, `fentanyl` and `china` for tariffs, `licences` for
        rare-earth exports freed and `action` on fentanyl precursors.
    on : of the case by default. country : tables of one country more, as of a run.
    """
    from detente.faces.words.country import country_sentences
    from detente.faces.words.deal import spoken_deal
    from detente.faces.words.language import load
    from detente.lab.country.of_deal import country_of_deal, place_of
    from detente.lab.deal.answer import address_of, as_document, dealt_tables, engine_of
    from detente.lab.deal.offers import plane_tables

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
        following="detente deal offers with the same levels",
    )  # fmt: skip
