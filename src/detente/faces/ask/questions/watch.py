"""Watch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from detente.faces.ask import Answer, question

if TYPE_CHECKING:
    from detente.faces.ask.files import UserFile
    from detente.lab.statute.watch import Watch

DAYS = 30
"""Days that are looked back over where none is named."""

MOST = 2_000
"""Rows of a list that a server takes."""

SHOWN = ("part", "date", "importer", "line", "partner", "before", "after", "change", "what", "status", "note")
"""Columns of the main table; `changes` and `coming` have acts, ranges and open clauses too."""

LINES = "line,partner,importer,note\n8507.60,China,,cells\n1201.90,United States,China,soy\n"


@question(
    "Your goods", "watch lines.csv --from 2026-06-30 --on 2026-10-01", "watch 8507.60:China --from 2026-06-30",
    sample=LINES, typed="8507.60:China", endings=("rss", "ics", "jsonl"),
)  # fmt: skip
def watch(
    file: UserFile | Any,
    on: date | None = None,
    *,
    from_: date | None = None,
    of: str = "USA",
) -> Answer:
    """What has changed for your products since a day, and what is known to come.

    The list has the columns line and partner and, where wanted, importer and note. A short one may be typed, as
    8507.60:China, or 1201.90:USA:China for goods that China imports. Tables `changes` and `coming` have acts, ranges
    and open clauses too, `read` how far the law of each importer was read. Files may end in .rss or .ics.

    >>> import detente as dt
    >>> answer = dt.watch("8507.60:China", "2026-10-01", from_="2026-06-30")
    >>> answer["date"][0]
    '2026-07-24'

    Parameters
    ----------
    on : day that counts as today.
    from_ : changes after it count; without it 30 days before.
    of : importer of the rows that name none.
    """
    from detente.faces.watchfiles import FORMS, watch_file
    from detente.lab.statute.watch import goods_of, watch_tables
    from detente.lab.statute.watch import watch as seen_of

    today = on or date.today()
    first = from_ or today - timedelta(days=min(DAYS, (today - date.min).days))
    seen = seen_of(goods_of(file.given, file.name, of, today, None if file.most is None else MOST), first, today)
    table, *others = watch_tables(seen)
    feeds = {form: partial(watch_file, table, form, today) for form in FORMS}
    tables = [table.select(SHOWN), *others]
    return Answer.of(_said(seen, table), tables, arguments={"on": today, "from": first}, feeds=feeds)


def _said(seen: Watch, rows: Any) -> str:
    """How many products changed, and the next dated act."""
    from detente.faces.words.language import load

    say, count = load(), len(seen.goods)
    moved = seen.changed
    whole = "Your product" if count == 1 else f"{moved:,} of your {count:,} products"
    verb = "changed" if moved else "did not change"
    if count > 1 and moved in (0, count):
        whole, verb = f"{'All' if moved else 'None'} of your {count:,} products", "changed"
    head = f"{whole} {verb} in tariff between {say.day(seen.since)} and {say.day(seen.today)}."
    coming: Mapping[str, Any] | None = next((r for r in rows if r["part"] == "coming" and r["date"]), None)
    if coming is None:
        return f"{head} No dated change is known to come."
    when = "is announced for" if coming["status"] == "announced" else "comes on"
    goods = f"{coming['line']} from {coming['partner']} into {say.name(coming['importer'])}"
    return f"{head} The next change {when} {say.day(date.fromisoformat(coming['date']))}: {goods}."
