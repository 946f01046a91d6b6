"""Text tables: columns side by side for a terminal or a file, without a lost character.

Numbers, codes and dates are never broken, texts only between words. A table too wide for its place is set with narrower
gaps and texts, then in blocks of columns, one under the other, each beginning with the columns that name the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from detente.codes import Column
from detente.codes.names import as_sentence
from detente.data.tables import countries

GAP = 3
#: Gaps, and letters a broken text keeps at least, from roomy to tight.
TRIES = ((GAP, 24), (2, 24), (2, 14))

#: Letters of a text on one line where nothing else limits it.
WIDEST = 60

#: Letters that the columns which name the rows may take in every block.
KEYS = 40


#: Letters of a line of prose in a file, which no terminal limits.
FILED = 120


@dataclass(frozen=True)
class TextColumn:
    """One column as text.

    Attributes
    ----------
    unit : printed under the head; right : numbers stand at the right; wraps : may be broken between words.
    """

    head: str
    unit: str
    right: bool
    wraps: bool
    cells: Sequence[str]

    @property
    def words(self) -> int:
        """Letters of the longest piece that is never broken."""
        pieces = [word for cell in self.cells for word in (cell.split() if self.wraps else [cell])]
        return max(map(len, [*pieces, *self.head.split(), self.unit]), default=0)

    @property
    def whole(self) -> int:
        """Letters of the longest cell, or of the head."""
        return max(map(len, [*self.cells, self.head, self.unit]), default=0)

    def least(self, short: int) -> int:
        """Letters the column needs where its texts keep `short` of them."""
        longest = max(map(len, self.cells), default=0) if self.wraps else 0
        return max(self.words, min(longest, short))


def set_out(title: str, columns: Sequence[TextColumn], notes: Sequence[str], width: int | None) -> str:
    """A title, a table and notes beneath it, one under the other.

    Parameters
    ----------
    width : letters of a line; None does not limit it, as in a file.
    """
    lines = [f"  {line}" for note in map(as_sentence, notes) for line in wrapped(note, (width or FILED) - 2)]
    titles = wrapped(title, width) if width else [title]
    return "\n".join([*titles, "", *lay_out(columns, width), *(["", *lines] if lines else [])])


def lay_out(columns: Sequence[TextColumn], width: int | None) -> list[str]:
    """Lines of a table.

    Parameters
    ----------
    width : letters of a line; None does not limit it. A piece that is longer than the line stays whole.
    """
    if width is None:
        sizes = [max(column.least(WIDEST), min(column.whole, WIDEST)) for column in columns]
        return _block(columns, sizes, GAP)
    for gap, short in TRIES:
        sizes = _sizes(columns, width, gap, short)
        if sizes is not None:
            return _block(columns, sizes, gap)
    return _blocks(columns, width)


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines broken between words alone; a word longer than a line stays whole."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        words = " ".join(paragraph.split())
        lines += wrap(words, max(width, 1), break_long_words=False, break_on_hyphens=False) or [""]
    return lines


#: Blanks at the beginning of a line, and a number in per cent that stands before its words.
BEGINNING = re.compile(r"\s*(?:[-+]?\d+\.\d+%\s+)?")


def hanging(text: str, width: int) -> str:
    """A text whose lines are broken between words, each under its own first word."""
    lines: list[str] = []
    for line in text.splitlines():
        indent = " " * (len(line) - len(BEGINNING.sub("", line, count=1)))
        lines += wrap(line, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]
    return "\n".join(lines)


def _sizes(columns: Sequence[TextColumn], width: int, gap: int, short: int) -> list[int] | None:
    """Letters of each column in a line; None where they do not fit."""
    room = width - 1 - gap * (len(columns) - 1)
    least = [column.least(short) for column in columns]
    spare = room - sum(least)
    if spare < 0:
        return None
    wanted = [max(0, column.whole - size) for column, size in zip(columns, least, strict=True)]
    if sum(wanted) <= spare:
        return [size + more for size, more in zip(least, wanted, strict=True)]
    return [size + more for size, more in zip(least, _shared(wanted, spare), strict=True)]


def _shared(wanted: Sequence[int], spare: int) -> list[int]:
    """The spare letters, the smallest wishes first and the rest in equal parts."""
    given = [0] * len(wanted)
    order = sorted((n for n in range(len(wanted)) if wanted[n]), key=lambda n: wanted[n])
    for place, n in enumerate(order):
        given[n] = min(wanted[n], spare // (len(order) - place))
        spare -= given[n]
    return given


def _blocks(columns: Sequence[TextColumn], width: int) -> list[str]:
    """The columns in blocks that fit, each behind the columns that name the rows."""
    keys = _keys(columns)
    gap, short = TRIES[0]
    lines: list[str] = []
    block = list(keys)
    for column in columns[len(keys) :]:
        more = [*block, column]
        if len(block) > len(keys) and _sizes(more, width, gap, short) is None:
            lines += [*_fitted(block, width, gap, short), ""]
            more = [*keys, column]
        block = more
    return [*lines, *_fitted(block, width, gap, short)]


def _fitted(columns: Sequence[TextColumn], width: int, gap: int, short: int) -> list[str]:
    sizes = _sizes(columns, width, gap, short) or [column.least(short) for column in columns]
    return _block(columns, sizes, gap)


def _keys(columns: Sequence[TextColumn]) -> Sequence[TextColumn]:
    """The first columns that tell the rows apart, where they are short; else the first."""
    for count in range(1, len(columns)):
        chosen = columns[:count]
        if sum(column.least(TRIES[0][1]) for column in chosen) > KEYS:
            break
        rows = list(zip(*(column.cells for column in chosen), strict=True))
        if len(set(rows)) == len(rows):
            return chosen
    return columns[:1]


def _block(columns: Sequence[TextColumn], sizes: Sequence[int], gap: int) -> list[str]:
    """Heads, a rule and the rows."""
    heads = [[*wrapped(c.head, size), *([c.unit] if c.unit else [])] for c, size in zip(columns, sizes, strict=True)]
    deep = max(map(len, heads), default=0)
    raised = [[*[""] * (deep - len(head)), *head] for head in heads]
    rule = " " + "─" * (sum(sizes) + gap * (len(sizes) - 1))
    lines = [*_lines(raised, columns, sizes, gap), rule]
    for row in zip(*(column.cells for column in columns), strict=True):
        cells = [
            wrapped(cell, size) if column.wraps else [cell]
            for cell, column, size in zip(row, columns, sizes, strict=True)
        ]
        lines += _lines(cells, columns, sizes, gap)
    return lines


def _lines(cells: Sequence[Sequence[str]], columns: Sequence[TextColumn], sizes: Sequence[int], gap: int) -> list[str]:
    """Cells of several lines, side by side."""
    lines = []
    for n in range(max(map(len, cells), default=0)):
        parts = [cell[n] if n < len(cell) else "" for cell in cells]
        set_ = [f"{p:{'>' if c.right else '<'}{s}}" for p, c, s in zip(parts, columns, sizes, strict=True)]
        lines.append((" " + (" " * gap).join(set_)).rstrip())
    return lines


CODE = r"([a-z]{2}[a-z0-9]{1,2})"
#: Names of columns that begin with a country's code: alone, with what is counted, over a threat, or on another.
SIDE = re.compile(
    rf"{CODE}(?:_(gain|p_star|payoff|room|most|alone|week)|_over_([A-Za-z0-9_]+)|_on_{CODE})?",
)

#: Names of countries that columns have no room for.
SHORT = {"USA": "US", "EU27": "EU", "GBR": "UK"}

#: What follows if talks fail, by its name in the files of cases.
THREATS = {"D0": "status quo", "DP": "past law", "DN": "tariff war"}

#: Whose the issue is that a column is named after, by the word it begins with.
OWNERS = {"us": "US", "cn": "Chinese", "eu": "EU"}


def spoken(name: str) -> str:
    """A column's name in words: "chn_p_star" -> "China p*", "usa_over_DP" -> "US over past law"."""
    side = SIDE.fullmatch(name)
    country = _country(side[1]) if side is not None else ""
    if side is None or not country:
        first, *rest = name.replace("p_star", "p*").split("_")
        return " ".join([OWNERS.get(first, first) if rest else first, *rest])
    counted, threat, other = side[2], side[3], side[4]
    if threat:
        return f"{country} over {THREATS.get(threat, threat.replace('_', ' '))}"
    if other:
        return f"{country} on {_country(other) or other}"
    return f"{country} {counted.replace('p_star', 'p*')}" if counted else country


def _country(code: str) -> str:
    """The short name of a country or bloc by its code in small letters, "" where it is none."""
    return SHORT.get(code.upper()) or countries().names.get(code.upper(), "")


def head_of(column: Column) -> str:
    """What readers see above a column, without its unit."""
    return column.label or spoken(column.name)


def html_grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A small table for a notebook or a page, what its rows are called at the left; a narrow page scrolls it alone."""
    lines = ((f"<th scope='row' align='left'>{escape(name)}</th>", *(f"<td>{escape(cell)}</td>" for cell in cells))
             for name, *cells in rows)  # fmt: skip
    body = "".join(f"<tr>{''.join(line)}</tr>" for line in lines)
    head = "".join(f"<th scope='col'>{escape(head)}</th>" for head in heads)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{table}</div>'
