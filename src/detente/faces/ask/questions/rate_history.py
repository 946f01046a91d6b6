"""Rate history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.codes.days import EARLIEST
from detente.faces.ask import Answer, question

if TYPE_CHECKING:
    from detente.codes import Table


@question(
    "Tariffs", "rate history 8703.23.01.40 Japan --from 2025-01-01 --to 2026-06-30",
    choices={"reading": ("effective", "published", "ruled")},
)  # fmt: skip
def rate_history(
    line: str,
    partner: str,
    from_: date | None = None,
    to: date | None = None,
    *,
    of: str = "USA",
    preference: str = "",
    scenario: str | Mapping[str, Any] = "",
    set: Mapping[str, Any] | Sequence[str] = (),
    reading: str = "effective",
    lawbook: str = "",
) -> Answer:
    """How the tariff on one product from one country has changed, with the act behind each change.

    One row for each level; of several lines under a code the range of their rates and the mean. Table `coming` has the
    levels that acts on record bring after today.

    >>> import detente as dt
    >>> answer = dt.rate_history("8703.23.01.40", "Japan", "2025-01-01", "2025-12-31")
    >>> answer["date"][1]
    '2025-04-03'

    Parameters
    ----------
    from_ : by default 2018, where the record begins. to : by default the last act on record.
    preference : counts on the days on which it may be claimed.
    """
    from dataclasses import replace

    from detente.faces.charts.days import UNTIL
    from detente.lab.averages.sides import law_meant
    from detente.lab.statute.book import last_act, line_history
    from detente.lab.statute.lookup import asked_law, asked_names

    meant = law_meant(of, None, scenario, reading, lawbook=lawbook)
    law = asked_law(of, meant, None, preference, set if isinstance(set, Mapping) else {})
    first, last = from_ or EARLIEST, to or last_act(of)
    with asked_names():
        table = line_history(
            line, partner, first=first, last=last, of=of, law=law.law, claim=law.claim, shares=law.shares,
            reading=law.reading,
        )  # fmt: skip
    ahead = table["date"] > date.today().isoformat()
    tables = [table.noted(f"{UNTIL}{last}"), *([replace(table.take(ahead), name="coming")] if ahead.any() else [])]
    return Answer.of(_said(table), tables, arguments={"from": first, "to": last})


def _said(table: Table) -> str:
    """First and last level, and the act that moved the rate most."""
    from detente.codes.standing import spelled_day

    rows = list(table.rows())
    first, last = rows[0], rows[-1]
    good = table.title.removeprefix("Duty on ").removesuffix(" over time")
    since = f"{_level(first)} on {spelled_day(date.fromisoformat(first['date']))}"
    if len(rows) == 1:
        return f"The tariff on {good} has been {since} and ever since."
    most = max(rows[1:], key=lambda row: abs(row["change"]))
    points = f"{'+' if most['change'] > 0 else '−'}{abs(100 * most['change']):.1f} points"
    return (
        f"The tariff on {good} was {since}; since {spelled_day(date.fromisoformat(last['date']))}: {_level(last)}. "
        f"{len(rows) - 1} changes; the largest, {points} on {spelled_day(date.fromisoformat(most['date']))}: "
        f"{most['what']}."
    )


def _level(row: Mapping[str, Any]) -> str:
    """A level in words: of lines that differ their range first, then their mean by that name."""
    low, high, mean = (f"{row[name]:.2%}" for name in ("low", "high", "total"))
    return mean if low == high else f"{low} to {high} ({mean} on average)"
