"""Average history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.faces.ask import Answer, Number, question


@question(
    "Tariffs", "average history 18%", "average history --on 2025-05-08 --from 1930", "average history --by month",
    choices={"by": ("year", "month")}, own_day=True,
)  # fmt: skip
def average_history(
    number: str = "",
    on: date | None = None,
    *,
    scenario: str | Mapping[str, Any] = "",
    by: Sequence[str] = (),
    from_: date | None = None,
    to: date | None = None,
) -> Answer:
    """The average US tariff since 1901, and where a rate, a day or a scenario stands in it.

    The past is the tariff that was collected, as a share of imports. The newest years stand first. Without a rate and
    a scenario the tariffs of the day are placed, today's by default.

    >>> import detente as dt
    >>> print(dt.average_history("18%").headline.partition(",")[0])
    An average US tariff of 18.0% would be the highest since 1934 (18.4% then

    Parameters
    ----------
    number : average tariff to place, as 18% or 18.
    on : day whose tariffs are placed; beside a rate, the rate is compared with the years before it alone.
    by : year, or month from 1982 on.
    """
    from detente.faces.words.record import place_in_words
    from detente.lab.record.history import average_rate, history, series_by

    day = on or (None if number or scenario else date.today())
    places, _ = history(average_rate(number) if number else None, scenario, day)
    series = series_by(by, from_, to)
    placed, sentence = place_in_words(places)
    against = placed["highest_since"] or "no year on record"
    return Answer.of(
        sentence, [series, places], number=Number(placed["rate"], "share", against=against),
        arguments={} if day is None else {"on": day},
    )  # fmt: skip
