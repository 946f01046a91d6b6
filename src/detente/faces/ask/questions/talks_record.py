"""Talks record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from detente.faces.ask import Answer, question


def names() -> Sequence[str]:
    """Threats, bargains, agreements and cases that are on record."""
    from detente.data.casefile import case_names
    from detente.data.dealrecord import deals, threats
    from detente.data.eventfile import load_promises

    agreements = dict.fromkeys(promise.agreement for promise in load_promises())
    return (*(each.id for each in threats()), *(str(row["id"]) for row in deals()), *agreements, *case_names())


@question(
    "Deals", "talks record truce", "talks record promise --case Geneva", "talks record --case D16",
    choices={"kind": ("threat", "deal", "truce", "promise", "terms"), "case": names},
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
    case : a threat or bargain by its id, as D16; an agreement with promises; of terms, a case of the talks.
    from, to : of the first table; a threat has the day of its deadline. as_of : the end of the record by default.
    seed : of the draws of episodes behind the range of each skill.
    """
    from detente.faces.ask.progress import progress_of
    from detente.faces.words.track import became, sentences
    from detente.lab.record.tables import asked_record

    main, *tables = asked_record(kind, from_, to, case, as_of, seed, progress_of("cases"))
    return Answer.of(became([main, *tables]), [main.noted(*([] if case else sentences(tables))), *tables])
