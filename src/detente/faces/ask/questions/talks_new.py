"""Talks new."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from detente.faces.ask import Answer, question


@question("Deals", "talks new US Japan --on 2025-07-21", endings=("yaml",))
def talks_new(parties: str | Sequence[str], on: date | None = None) -> Answer:
    """A case of talks for countries of your choice, as a file to edit: issues, levels and threats from their laws.

    >>> import detente as dt
    >>> answer = dt.talks_new(["US", "Japan"], "2025-07-21")
    >>> answer["name"][0]
    'us_reciprocal_jpn'

    Parameters
    ----------
    parties : two to six of them, or the EU. on : the last day whose facts are in it.
    """
    from detente.faces.words.language import load
    from detente.lab.talks.new.draft import case_tables, new_case

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
