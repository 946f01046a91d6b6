"""Reconcile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from detente.faces.ask import Answer, question


@question(
    "Record", "reconcile 17.8 --on 2025-05-12 --publisher yale", "reconcile 300bn --on 2025-05-12",
    choices={"what": ("average", "revenue", "prices", "households"),
             "publisher": "detente.lab.record.reconcile:definition_names"}, tool=True,
)  # fmt: skip
def reconcile(
    number: str | float,
    on: date | str | None = None,
    *,
    of: str = "USA",
    partner: str = "",
    what: str = "",
    publisher: str = "",
    against: date | str = "",
    set: str | Sequence[str] | Mapping[str, str] = (),
) -> Answer:
    """Why our number differs from one in print.

    Which choices part the two, and by how much each; the steps sum to the difference in any order. Without a publisher
    the ways of counting on record that come nearest are proposed.

    >>> import detente as dt
    >>> answer = dt.reconcile(17.8, "2025-05-12", publisher="yale")
    >>> answer.columns[0].name
    'step'

    Parameters
    ----------
    what : by default the unit of the number says it.
    against : day of the law that the number means, where it is another. set : choices of one's own, in place of a
        publisher's, as ["claims", "answers"].
    """
    from detente.codes import InputError, Parameter
    from detente.faces.words.reconcile import verdict_in_words
    from detente.lab.record.reconcile import reconcile as reconciled
    from detente.lab.record.reconcile import reconciliation_tables

    assert isinstance(on, date)  # as it was read
    if against and not isinstance(against, date):
        raise InputError(Parameter("against"), f"'{against}' is not a day", "give the day of the law that is meant")
    answer = reconciled(
        str(number), on, what=what, by=publisher, of=of, partner=partner,
        chosen=tuple(set), law=against or None,
    )  # fmt: skip
    return Answer.of(verdict_in_words(answer), reconciliation_tables(answer))
