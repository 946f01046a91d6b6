"""What moved the average tariff in a week, told in about a hundred words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from html import escape
from typing import Any

from detente.codes import InputError, Parameter
from detente.codes.days import EARLIEST, counted
from detente.codes.names import as_sentence, first_upper
from detente.data.importerfile import importer_id
from detente.faces.ask.answer import Answer
from detente.faces.ask.question import question
from detente.faces.ask.questions.averages import goods_of
from detente.faces.formats import wrapped
from detente.faces.watchfiles import feed
from detente.faces.words.language import load
from detente.lab.averages.sides import Week, week_to

#: Weeks of the feed; each ends on a Sunday.
WEEKS = 4

#: What becomes of an act whose rate alone says it.
RATED = re.compile(r"begins \+[\d.]+%|changes from \+[\d.]+% to \+[\d.]+%")

#: Acts that a sentence names.
SEEN = 2

#: Change of an average that is told, a share.
LEAST = 5e-5


@question("Tariffs", "week --on 2025-05-14", "week", "week --on 2026-02-25 --table changes",
          endings=("atom",), own_day=True)  # fmt: skip
def week(on: date | None = None, *, of: str = "USA") -> Answer:
    """What moved the average tariff in a week, and what takes effect next, in about a hundred words.

    The week is the seven days that end with `on`. The feed has the last four weeks, each to its Sunday.

    >>> import detente as dt
    >>> print(dt.week("2025-05-14").headline)
    In the week to 14 May 2025, the average tariff on US imports fell by 9.91 points, from 24.87% to 14.96%.
    """
    last, code = on or date.today(), importer_id(of)
    if last < (least := EARLIEST + timedelta(7)):
        raise InputError(
            Parameter("on"), f"a week that ends on {last} is before our record", f"give a day from {least} on"
        )
    span = week_to(code, last)
    headline, words = _text(span, code)
    return Answer.of(
        headline, [span.moved, span.changes, span.coming], arguments={"on": last},
        feeds={"atom": partial(_feed, code, last)}, verbatim="\n".join(wrapped(words, 100)),
        markup=f'<p class="say">{escape(words)}</p>',
        following=f"detente law changes --from {last - timedelta(6)} --to {last}",
    )  # fmt: skip


def _text(span: Week, code: str) -> tuple[str, str]:
    """The week in a sentence, and what else is to be told of it."""
    say, average = load(), span.days["average"].tolist()
    change, old, new = average[-1] - average[0], *(say.percent(share, 2) for share in (average[0], average[-1]))
    headline = f"In the week to {say.day(span.last)}, the average tariff on {goods_of(code, span.origins)} "
    if abs(change) < LEAST:
        headline += f"stayed at {new}."
    else:
        verb = "rose" if change > 0 else "fell"
        headline += f"{verb} by {say.number(100 * abs(change), 2)} points, from {old} to {new}."
    acts = {row["title"]: _what(row) for row in span.changes.rows()}
    moved = [f"“{row['title']}” moved the average by {say.number(100 * row['change'], 2, sign=True)} points."
             for row in span.moved.rows() if abs(row["change"]) >= LEAST]  # fmt: skip
    if not acts:
        words = f"No tariff act of {say.country(code)} began, changed or ended."
    else:
        still = "" if moved else f", without moving the average: {say.listed(list(acts.values())[:SEEN])}"
        words = f"{first_upper(counted(len(acts), 'tariff act'))} began, changed or ended{still}."
    return headline, " ".join([words, *moved[:SEEN], *_next(span)])


def _what(row: Mapping[str, Any]) -> str:
    """An act and what becomes of it: "“Kitchen cabinets” changes from 25% to 50%"; bare rates alone are told."""
    bare = RATED.fullmatch(row["what"])
    what = row["what"].replace("+", "").replace("begins ", "begins at ") if bare else row["what"].partition(" ")[0]
    return f"“{row['title']}” {what}"


def _next(span: Week) -> list[str]:
    """What takes effect next, in sentences: the acts of the first day to come, those with a rate first."""
    say, rows = load(), list(span.coming.rows())
    if not rows:
        return ["No further change is due in the next twelve months."]
    day = rows[0]["date"]
    first = sorted((row for row in rows if row["date"] == day), key=lambda row: not RATED.fullmatch(row["what"]))
    acts = dict.fromkeys(row["title"] for row in first)
    acts = {title: next(_what(row) for row in first if row["title"] == title) for title in acts}
    more = len(acts) - SEEN
    words = [f"Next, on {say.day(day)}, {say.listed(list(acts.values())[:SEEN])}."]
    words += [f"{first_upper(counted(more, 'more act'))} {'changes' if more == 1 else 'change'} on that day."] * (
        more > 0
    )
    later = next((row for row in rows if row["date"] > day), None)
    return words + ([f"The next date after it is {say.day(later['date'])}."] if later else [])


def _feed(code: str, last: date, home: str) -> bytes:
    """The weeks up to a day as an Atom feed, an entry a week."""
    sunday = last - timedelta(last.isoweekday() % 7)
    entries, spans = [], [week_to(code, sunday - timedelta(7 * back)) for back in range(WEEKS)]
    for span in spans:
        headline, words = _text(span, code)
        record = "" if span.days.standing is None else as_sentence(span.days.standing.line)
        entries.append((str(span.last), f"week-{span.last}", headline, f"{headline} {words} {record}".rstrip()))
    title = f"What moved the average tariff on {goods_of(code, spans[0].origins)}"
    return feed(title, "A text a week", entries, home)
