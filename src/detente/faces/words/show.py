"""The brief as text of a terminal, as HTML of a notebook and as Markdown: the same words and numbers in all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from textwrap import wrap
from typing import TYPE_CHECKING

from detente.codes.escaping import markdown
from detente.faces.words.language import MINUS, load

if TYPE_CHECKING:
    from detente.faces.words.brief import Brief
    from detente.faces.words.lines import BriefLine

WIDTH = 100
"""Letters of a line where the terminal has room for them."""

ROOM = 33
"""Lines up to which a terminal has room for one more sentence."""

INDENT = "  "


def as_text(brief: Brief, width: int = WIDTH) -> str:
    """The brief for a terminal: under forty lines of `WIDTH` letters, or as many as narrower ones take."""
    rest = [*_rest(brief, width)]
    numbers = number_lines(brief.lines, brief, width)
    lines = [*head_lines(brief, width), "", *_words(brief, width), "", *numbers, "", *rest]
    edge = next((line.edge for line in brief.lines if line.edge), "")
    if edge and len(lines) < ROOM:
        # One of them has room here; the others stand on pages, on cards and in the answer as data.
        lines = [*lines[: -len(rest)], *_rest(brief, width, edge)]
    return "\n".join(lines).replace(MINUS, "-")


def head_lines(brief: Brief, width: int = WIDTH) -> Iterator[str]:
    """Title, which laws are compared, and what a reader must know first."""
    yield from wrap(brief.title, width)
    yield from _wrapped([brief.dated, *brief.warnings], width)


def _words(brief: Brief, width: int) -> Iterator[str]:
    yield from _wrapped([brief.deal], width)
    yield ""
    yield from _wrapped([*brief.does, " ".join(brief.hold)], width)


def _wrapped(sentences: Iterable[str], width: int) -> Iterator[str]:
    for sentence in sentences:
        yield from wrap(sentence, width, initial_indent=INDENT, subsequent_indent=INDENT, break_on_hyphens=False)


def number_lines(numbers: Sequence[BriefLine], brief: Brief, width: int = WIDTH) -> list[str]:
    """The numbers as a table: before, after, change and range, under their heads; closer where a line is short."""
    heads = ["", *(brief.heads[f"column_{name}"] for name in ("before", "after", "change", "range"))]
    grid = [heads, *([line.label, line.before, line.after, line.change, line.spread] for line in numbers)]
    loose = [row.rstrip() for row in _rows(grid, INDENT)]
    if max(map(len, loose)) <= width:
        return [row.replace(MINUS, "-") for row in loose]
    close = (_beneath(row.rstrip(), cells[-1], width) for row, cells in zip(_rows(grid, ""), grid, strict=True))
    return [row.replace(MINUS, "-") for rows in close for row in rows]


def _beneath(row: str, spread: str, width: int) -> list[str]:
    """A row in one line, or its range in a line of its own where it does not fit."""
    return [row] if len(row) <= width else [row.removesuffix(spread).rstrip(), spread.rjust(width)]


def _rows(grid: Sequence[Sequence[str]], indent: str) -> Iterator[str]:
    """Rows side by side; the label of one without levels runs on where they would stand."""
    gap, wide = indent or " ", [max(map(len, column)) for column in zip(*grid, strict=True)][1:]
    levels = wide[0] + wide[1] + 2 * len(gap)
    whole = max(len(label) + (levels if before or after else 0) for label, before, after, *_ in grid)
    for label, *cells, spread in grid:
        numbers = [cell.rjust(width) for cell, width in zip(cells, wide[:-1], strict=True)]
        if any(cells[:2]):
            yield indent + gap.join([label.ljust(whole - levels), *numbers, f"{indent}{spread}"])
        else:
            yield indent + gap.join([label.ljust(whole), *numbers[2:], f"{indent}{spread}"])


def _rest(brief: Brief, width: int, edge: str = "") -> Iterator[str]:
    """What the ranges run over, what moved, what others say, and what the numbers hang on.

    Parameters
    ----------
    edge : why a number lies near an end of its range.
    """
    say = load()
    colon, semicolon = say("frame.colon"), say("frame.semicolon")
    yield from _wrapped([" ".join(filter(None, (brief.ranges, edge)))], width)
    for name, goods in (("most_moved", brief.most), ("hardly", brief.hardly)):
        if goods:
            yield from _wrapped([f"{brief.heads[name]}{colon} {semicolon.join(goods)}."], width)
    if brief.others:
        numbers = ", ".join(f"{other.who} {other.number}" for other in brief.others)
        yield from _wrapped([f"{brief.heads['head_others']}{colon} {numbers}. {brief.ours}"], width)
    yield from _wrapped([" ".join(brief.rests)], width)


def as_html(brief: Brief) -> str:
    """The brief for a notebook."""
    heads = "".join(f"<th>{escape(brief.heads[f'column_{n}'])}</th>" for n in ("before", "after", "change", "range"))
    rows = "".join(
        f"<tr><td style='text-align:left'>{escape(line.label)}</td>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in (line.before, line.after, line.change, line.ranged))
        + "</tr>"
        for line in brief.lines
    )
    words = "".join(f"<p>{escape(text)}</p>" for text in (brief.deal, " ".join(brief.does), " ".join(brief.hold)))
    others = "".join(f"<li>{escape(f'{o.sentence} {o.steps}'.rstrip())}</li>" for o in brief.others)
    ours = escape(f"{brief.ours} {brief.walk}".rstrip())
    listed = f"<p>{escape(brief.heads['head_others'])}</p><ul>{others}</ul><p>{ours}</p>" if others else ""
    small = escape(" ".join([brief.dated, *brief.warnings, brief.ranges, *brief.rests]))
    return (
        f"<h3>{escape(brief.title)}</h3>{words}"
        f"<table><thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table>{listed}<p><small>{small}</small></p>"
    )


def as_markdown(brief: Brief) -> str:
    """The brief for a page."""
    heads = " | ".join(["", *(brief.heads[f"column_{n}"] for n in ("before", "after", "change", "range"))])
    rows = [
        " | ".join(markdown(cell) for cell in (line.label, line.before, line.after, line.change, line.ranged))
        for line in brief.lines
    ]
    parts = [
        f"### {markdown(brief.title)}",
        markdown(" ".join([brief.dated, *brief.warnings])),
        markdown(brief.deal),
        markdown(" ".join(brief.does)),
        markdown(" ".join(brief.hold)),
        "\n".join([f"| {heads} |", "| --- | ---: | ---: | ---: | --- |", *(f"| {row} |" for row in rows)]),
        "\n".join(f"- {markdown(f'{o.sentence} {o.steps}'.rstrip())}" for o in brief.others),
        markdown(" ".join(filter(None, [brief.ours, brief.walk, brief.ranges, *brief.rests]))),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"
