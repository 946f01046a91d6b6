"""Events."""

from __future__ import annotations

from datetime import date

from detente.faces.ask import Answer, question


@question(
    "Record", "events fentanyl --from 2025-02-01 --to 2025-05-31", "events --kind threats --country Canada",
    choices={"kind": "detente.lab.record.tables:kinds"},
)  # fmt: skip
def events(
    words: str = "",
    from_: date | None = None,
    to: date | None = None,
    *,
    kind: str = "",
    country: str = "",
) -> Answer:
    """The dated record of tariffs, export controls, talks and threats.

    An event counts if it was announced or took effect in the span. Without a first day it begins 30 days before the
    last, or with 2025 where words, a kind or a country are asked for. The newest events stand first.

    >>> import detente as dt
    >>> answer = dt.events("fentanyl", "2025-02-01", "2025-02-28")
    >>> answer["announced"][-1]
    '2025-02-01'

    Parameters
    ----------
    words : all of them stand in what is said of the event.
    country : acts, or is meant.
    """
    from detente.faces.words.record import events_in_words
    from detente.lab.record.timeline import span_of, timeline

    first, last = span_of(from_, to, bool(words or kind or country))
    tables = timeline(first, last, words, kind, country)
    span = {"from": first, "to": last}
    return Answer.of(events_in_words(tables[0], first, last), tables, arguments=span)
