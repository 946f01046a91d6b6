"""Law changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from detente.faces.ask import Answer, question


@question(
    "Tariffs", "law changes --from 2025-05-01 --to 2025-05-31", "law changes --of China --from 2025-01-01 --table net",
    tool=True, endings=("atom",),
)  # fmt: skip
def law_changes(
    from_: date | None = None,
    to: date | None = None,
    *,
    of: str = "USA",
    partner: str | Sequence[str] = (),
    line: str | Sequence[str] = (),
    scenario: str | Mapping[str, Any] = "",
    lawbook: str = "",
) -> Answer:
    """What began, changed or ended in a country's tariffs between two days.

    Without days those of the last 30 days. Table `net` has what differs between the first and the last day.

    >>> import detente as dt
    >>> changes = dt.law_changes("2025-05-01", "2025-05-31", partner="China")
    >>> "rec_chn" in changes["measure"]
    True

    Parameters
    ----------
    partner, line : only acts on goods of these countries, and on these goods; a code of two digits is a chapter.
    """
    from detente.faces.atom import feed
    from detente.faces.words.language import load
    from detente.lab.averages.asked_law import changed

    span = changed(of, from_, to, partner, line, scenario, lawbook)
    say, acts, count = load(), len({*span.changes["measure"]}), len(span.changes)
    days = f"from {say.day(span.first)} to {say.day(span.last)}"
    some = " that fit" if partner or line else ""
    what = f"{count or 'No'} change{'' if count == 1 else 's'}{some} in the tariffs of {say.country(of)} {days}"
    of_acts = f", of {acts} act{'' if acts == 1 else 's'}" if count else ""
    moved = ""
    if span.mover:
        points = say.number(100 * span.points, 2, sign=True)
        moved = f" What moved the average tariff most is “{span.mover}”: {points} points."
    return Answer.of(
        f"{what}{of_acts}.{moved}", [span.changes, span.net], arguments={"from": span.first, "to": span.last},
        following="detente law show ID", feeds={"atom": partial(feed, span.changes)},
    )  # fmt: skip
