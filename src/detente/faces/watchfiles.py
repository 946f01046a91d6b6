"""Files of a watch: a feed (RSS), a calendar (ICS) and lines of JSON for a webhook; the same bytes for the same law."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from math import isnan
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from detente.codes import Table
from detente.data.tables import partner_name
from detente.faces.formats import clean
from detente.lab.statute.watch import duty_text

#: Media types of the files, by form.
MEDIA = {"rss": "application/rss+xml", "ics": "text/calendar", "jsonl": "application/x-ndjson"}

FORMS = tuple(MEDIA)
COMING = "coming"
#: What a feed links to that no server has.
NOWHERE = "urn:detente"

#: Bytes of a line of a calendar.
FOLD = 75


def watch_file(table: Table, form: str, today: date, home: str = "", due: Table | None = None) -> bytes:
    """A watch as a file.

    Parameters
    ----------
    due : deadlines of entries, which a calendar has too.
    table : the table `watch`, a row a change; form : one of `FORMS`.
    today : day that the watch was made for; home : address that the feed links to, "" for none.
    """
    rows = list(table.for_machines().rows())
    if form == "rss":
        return _rss(rows, table, home).encode()
    events = [(row["date"], _mark(row), _change_line(row), _body(row)) for row in rows]
    events += [] if due is None else _deadlines(due)
    return _calendar(events, today).encode() if form == "ics" else _lines(rows, table).encode()


def _mark(row: dict[str, Any]) -> str:
    """Sixteen hex digits by which readers know a change again."""
    words = "|".join(str(row[name]) for name in ("importer", "line", "partner", "date", "measures", "before", "after"))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def _change_line(row: dict[str, Any]) -> str:
    """A change in a line: goods, origin, importer, duty before and after; what is added where neither is on record."""
    goods = f"{row['line']} from {row['partner']} into {partner_name(row['importer'])}"
    if isnan(row["before"]) and isnan(row["after"]):
        return f"{goods}: {100 * row['change']:+.4g} points"
    old, new = (duty_text(row[name]) for name in ("before", "after"))
    means = f"{old} to {new}" if old != new else f"stays at {new}"
    return f"{goods}: {row['range']} (mean {means})" if row["range"] else f"{goods}: {means}"


STANDS = {"in_force": "in force", "announced": "announced", "lapses": "lapses as written"}


def _body(row: dict[str, Any]) -> str:
    """What stands under the line: measures, acts, standing, its other fates, the reader's note."""
    parts = [row["what"], row["act"], STANDS.get(row["status"], row["status"])]
    if row["clause"]:
        parts.append(f"open clause: {row['clause']}")
    if row["branches"]:
        parts.append(row["branches"])
    return ". ".join(part for part in (*parts, row["note"]) if part)


def _rss(rows: list[dict[str, Any]], table: Table, home: str) -> str:
    """Newest first; what is still to come leads, and has no day of publication."""
    newest = sorted(rows, key=lambda row: (row["part"] == COMING, row["date"]), reverse=True)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>', '<rss version="2.0"><channel>',
        f"<title>{escape(table.title)}</title>", f"<link>{escape(_linked(home))}</link>",
        f"<description>{escape('; '.join(table.notes))}</description>",
    ]  # fmt: skip
    for row in newest:
        when = f"{row['date'] or 'no day'}, to come: " if row["part"] == COMING else ""
        past = "" if row["part"] == COMING else f"<pubDate>{_day(row['date'])}</pubDate>"
        parts.append(
            f"<item><title>{escape(when + _change_line(row))}</title><description>{escape(_body(row))}</description>"
            f'<guid isPermaLink="false">{_mark(row)}</guid>{past}</item>'
        )
    return "\n".join([*parts, "</channel></rss>", ""])


def _linked(home: str) -> str:
    """The address that a feed links to; a file that is written on a machine has none."""
    return home if "://" in home else NOWHERE


def _day(text: str) -> str:
    """Midnight of a day as feeds write it, whatever language the machine speaks."""
    day = date.fromisoformat(text)
    week, months = "Mon Tue Wed Thu Fri Sat Sun".split(), "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    return f"{week[day.weekday()]}, {day.day:02} {months[day.month - 1]} {day.year} 00:00:00 +0000"


def _calendar(events: Iterable[tuple[str, str, str, str]], today: date) -> str:
    """Whole days, each event with its day, mark, summary and text; what is announced without one is in no calendar."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Detente//watch//EN", "CALSCALE:GREGORIAN"]
    for day, mark, summary, body in events:
        if day:
            lines += _event(date.fromisoformat(day), mark, summary, body, today)
    return "".join(f"{line}\r\n" for text in (*lines, "END:VCALENDAR") for line in _folded(text))


def _event(day: date, mark: str, summary: str, body: str, today: date) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:{mark}@detente",
        f"DTSTAMP:{today:%Y%m%d}T000000Z",
        f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(summary)}",
        f"DESCRIPTION:{_escaped(body)}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def deadline_file(table: Table, today: date) -> bytes:
    """A table of deadlines of entries as a calendar: what can be done, on the last working day for it."""
    return _calendar(_deadlines(table), today).encode()


def _deadlines(table: Table) -> Iterator[tuple[str, str, str, str]]:
    for row in table.rows():
        mark = hashlib.sha256(f"{row['entry']}|{row['matter']}|{row['latest']}".encode()).hexdigest()[:16]
        yield (
            row["file_by"],
            mark,
            f"Entry {row['entry']}: {row['title']}",
            f"Last day {row['latest']}. {row['source']}",
        )


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(text: str) -> Iterator[str]:
    """A line in pieces of at most `FOLD` bytes, each but the first after a blank; no letter is cut."""
    piece = ""
    for letter in text:
        if len((piece + letter).encode()) > FOLD:
            yield piece
            piece = " "
        piece += letter
    yield piece


def _lines(rows: list[dict[str, Any]], table: Table) -> str:
    """A JSON object a change, with an id by which it is known again and the day to which the law was read."""
    read = table.standing.to.isoformat() if table.standing is not None else None
    objects = ({"id": _mark(row), **row, "title": _change_line(row), "record_to": read} for row in rows)
    return "".join(json.dumps(clean(row), ensure_ascii=False, allow_nan=False) + "\n" for row in objects)


__all__ = ["FORMS", "MEDIA", "changes_feed", "deadline_file", "feed", "watch_file"]

#: An entry of a feed: its day, a mark by which readers know it again, its title, its text.
Entry = tuple[str, str, str, str]


def changes_feed(table: Table, home: str) -> bytes:
    """A table of changes as an Atom feed.

    Parameters
    ----------
    table : columns date, measure, title, what, instrument and citation.
        The day to which the law was read is the subtitle.
    home : address of the page that shows the same.
    """
    entries = list[Entry]()
    for row in sorted(table.rows(), key=lambda row: (row["date"], row["measure"]), reverse=True):
        # Every base duty has one title: its goods tell them apart.
        about = f"{row['title']} {row['measure']}" if row["authority"] == "base duty" else row["title"]
        summary = "; ".join(part for part in (row["what"], row["instrument"], row["citation"]) if part)
        entries.append((row["date"], f"{row['date']}-{row['measure']}", f"{about}: {row['what']}", summary))
    read = "" if table.standing is None else f"Our tariff record runs to {table.standing.to}"
    return feed(table.title, read, entries, home)


def feed(title: str, subtitle: str, entries: Sequence[Entry], home: str) -> bytes:
    """Entries, the newest first, as an Atom feed; `home` : address of the page that shows the same."""
    home = _linked(home)
    page, _, query = home.rstrip("?").partition("?")
    own = f"{page}.atom{'?' if query else ''}{query}"
    seen: dict[str, int] = {}
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{escape(title)}</title>",
        *([f"<subtitle>{escape(subtitle)}</subtitle>"] if subtitle else []),
        f"<id>{escape(home)}</id>",
        f"<link rel={quoteattr('self')} href={quoteattr(own)}/>",
        f"<link href={quoteattr(home)}/>",
        f"<updated>{entries[0][0] if entries else '1970-01-01'}T00:00:00Z</updated>",
        "<author><name>Détente</name></author>",
    ]
    for day, mark, about, summary in entries:
        seen[mark] = seen.get(mark, 0) + 1
        # A measure may move twice on one day, by its rate and by its goods.
        name = f"{page}#{mark}" + (f"-{seen[mark]}" if seen[mark] > 1 else "")
        parts.append(
            f"<entry><title>{escape(about)}</title><id>{escape(name)}</id>"
            f"<link href={quoteattr(name)}/><updated>{day}T00:00:00Z</updated>"
            f"<summary>{escape(summary)}</summary></entry>"
        )
    return "\n".join([*parts, "</feed>", ""]).encode()
