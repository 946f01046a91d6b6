"""Deal offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from detente.faces.ask import Answer, question

LEAST = 1e6
"""A gain of less is none, USD a year."""


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
    levels : as in `deal`. country : the side that puts the package on the table.
    """
    from detente.faces.words.language import load
    from detente.lab.deal.answer import address_of, engine_of
    from detente.lab.deal.offers import offers_of, offers_table, rounds_table

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
