"""Feeds: changes of the law as Atom."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from detente.codes import Table


def feed(table: Table, home: str) -> bytes:
    """A table of changes as an Atom feed.

    Parameters
    ----------
    table : columns date, measure, title, what, instrument and citation; newest entries come first.
        The day to which the law was read is the subtitle.
    home : address of the page that shows the same.
    """
    page, _, query = home.rstrip("?").partition("?")
    own = f"{page}.atom{'?' if query else ''}{query}"
    rows = sorted(table.rows(), key=lambda row: (row["date"], row["measure"]), reverse=True)
    seen: dict[str, int] = {}
    latest = rows[0]["date"] if rows else "1970-01-01"
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"<title>{_text(table.title)}</title>",
        *([f"<subtitle>{_text(f'Law read to {table.standing.to}')}</subtitle>"] if table.standing is not None else []),
        f"<id>{_text(home)}</id>",
        f"<link rel={quoteattr('self')} href={quoteattr(own)}/>",
        f"<link href={quoteattr(home)}/>",
        f"<updated>{latest}T00:00:00Z</updated>",
        "<author><name>Détente</name></author>",
    ]
    for row in rows:
        mark = f"{row['date']}-{row['measure']}"
        seen[mark] = seen.get(mark, 0) + 1
        # A measure may move twice on one day, by its rate and by its goods.
        name = f"{page}#{mark}" + (f"-{seen[mark]}" if seen[mark] > 1 else "")
        # Every base duty has one title: its goods tell them apart.
        about = f"{row['title']} {row['measure']}" if row["authority"] == "base duty" else row["title"]
        summary = "; ".join(part for part in (row["what"], row["instrument"], row["citation"]) if part)
        parts.append(
            f"<entry><title>{_text(about)}: {_text(row['what'])}</title><id>{_text(name)}</id>"
            f"<link href={quoteattr(name)}/><updated>{row['date']}T00:00:00Z</updated>"
            f"<summary>{_text(summary)}</summary></entry>"
        )
    return "\n".join([*parts, "</feed>", ""]).encode()


def _text(value: object) -> str:
    return escape(str(value))
