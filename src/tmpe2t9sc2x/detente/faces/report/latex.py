"""The report as LaTeX: an article whose tables are ready to be lifted into another."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from math import ceil

import numpy as np

from detente.codes import Column, Table
from detente.codes.escaping import latex as escaped
from detente.codes.units import Unit
from detente.faces.formats import WRAPPED, cells, heading, to_latex
from detente.faces.report.content import Content
from detente.faces.report.method import METHOD
from detente.faces.report.pieces import blocks
from detente.faces.report.readers import TEXTS, Grid
from detente.lab.result import Result

HEAD = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{textcomp,booktabs,adjustbox,float}
\title{%s}
\author{The D\'etente authors}
\date{}
\begin{document}
\maketitle
"""


def write(content: Content, result: Result) -> bytes:
    """The article."""
    front = content.front
    del result
    parts = [
        HEAD % escaped(content.title),
        escaped(" ".join((front.dated, *front.warnings))) + "\n",
        escaped(front.deal),
    ]
    for head, sentences in (("head_does", front.does), ("head_hold", front.hold)):
        parts += [rf"\section*{{{escaped(front.heads[head])}}}", *map(escaped, sentences)]
    numbers = [(c.label, ". ".join(filter(None, (f"{c.number}, {c.against}", c.spread)))) for c in front.cards]
    parts.append(_items(numbers))
    parts += [escaped(f"{o.number} {o.who}, {o.day}: {o.why}. {o.steps}".rstrip()) + "\n" for o in front.others]
    parts.append(_typed(" ".join(filter(None, (front.ours, front.walk, front.ranges, *front.rests)))))
    for part in content.parts:
        parts += [rf"\section*{{{escaped(part.title)}}}", escaped(part.lead)]
        parts += [rf"\paragraph{{{escaped(chart.title)}.}} {escaped(chart.alt)}" for chart in part.charts]
        parts += [_fitted(to_latex(piece)) for grid in part.grids for piece in pieces(_table(grid))]
    if not content.brief:
        parts += [r"\section*{Appendix}", escaped(content.note)]
        parts.append(r"\subsection*{Findings in full}" + "\n" + _items([("", finding) for finding in content.findings]))
        parts.append(r"\subsection*{Headlines}" + "\n" + _cards(content))
        parts.append(r"\subsection*{Method}" + "\n" + _items(METHOD))
        parts.append(r"\subsection*{Words used}" + "\n" + _items(content.words))
        rows = [(str(r["id"]), str(r["statement"]).strip()) for r in content.assumptions]
        parts.append(r"\subsection*{Assumptions}" + "\n" + _items(rows))
    parts.append(r"\section*{How to cite}" + "\n" + escaped(content.citation.sentence))
    return ("\n".join([*parts, r"\end{document}"]) + "\n").encode()


def _table(grid: Grid) -> Table:
    """A table as readers see it, whose cells are texts; those of numbers stand to the right."""
    names = [f"column_{j}" for j in range(len(grid.heads))]
    made = zip(names, grid.heads, grid.numeric, strict=True)
    columns = tuple(Column(name, Unit.NONE if number else Unit.TEXT, "", head) for name, head, number in made)
    data = {name: np.asarray([row[j] for row in grid.rows], dtype=object) for j, name in enumerate(names)}
    return Table(grid.name, grid.title, columns, data, grid.notes)


WIDTH, HEIGHT = 455.0, 600.0
"""Of the text and of the most a table takes of a page, in points."""

LETTER, GAP, LINE, WRAP = 5.4, 12.0, 13.6, 142.0
"""Of a letter, between columns, of a line and of a column whose texts are broken, in points at full size."""

SMALLEST = 0.55
"""Least scale of a table: letters of 11 points become 6."""


def pieces(table: Table) -> list[Table]:
    """A table in as many pieces as it takes for each to be read on a page, each with the column that names its rows.

    Columns are shared out first, then rows; notes stand under the last piece.
    """
    parts = [part for columns in _across(table) for part in _down(columns)]
    count = len(parts)
    if count == 1:
        return parts
    return [
        replace(part, title=f"{table.title}, part {k} of {count}", notes=table.notes if k == count else ())
        for k, part in enumerate(parts, start=1)
    ]


def natural(table: Table) -> float:
    """Width of a table at full size, in points."""
    return sum(_width(table, column.name) for column in table.columns)


def _across(table: Table) -> list[Table]:
    """The table in runs of columns that are read at the least scale."""
    names = [column.name for column in table.columns]
    for most in range(max(len(names), 2), 1, -1):
        parts = [table.select([names[j] for j in block]) for block in blocks(len(names), most)]
        if most == 2 or all(natural(part) * SMALLEST <= WIDTH for part in parts):
            return parts
    return [table]


def _width(table: Table, name: str) -> float:
    """Width of a column at full size, with the gap behind it."""
    (column,) = (column for column in table.columns if column.name == name)
    texts = [row[0] for row in cells(table.select([name]))]
    own = WRAP if _breaks(column, texts) else max(map(len, texts), default=0) * LETTER
    return max(own, len(heading(column)) * LETTER) + GAP


def _down(table: Table) -> list[Table]:
    """The table in runs of rows that fit the height of a page at the scale its width gives."""
    room = HEIGHT * max(1.0, natural(table) / WIDTH)
    starts, height = [0], 0.0
    for i, count in enumerate(_lines(table)):
        height += count * LINE
        if height > room and i > starts[-1]:
            starts.append(i)
            height = count * LINE
    return [table.take(np.arange(a, b)) for a, b in pairwise([*starts, len(table)])] if len(table) else [table]


def _lines(table: Table) -> list[int]:
    """Lines of each row: those of its longest text in a column that breaks."""
    printed = cells(table)
    breaks = [j for j, column in enumerate(table.columns) if _breaks(column, [row[j] for row in printed])]
    return [max((ceil(len(row[j]) * LETTER / WRAP) for j in breaks), default=1) for row in printed]


def _breaks(column: Column, texts: list[str]) -> bool:
    return column.unit in TEXTS and max(map(len, texts), default=0) > WRAPPED


def _typed(text: str) -> str:
    """A text in which what is typed stands between backticks."""
    words = map(escaped, text.split("`"))
    return "".join(rf"\texttt{{{word}}}" if j % 2 else word for j, word in enumerate(words))


def _items(pairs: object) -> str:
    rows = [rf"\item[{escaped(name)}] {escaped(text)}" for name, text in pairs]  # type: ignore[attr-defined]
    return "\n".join([r"\begin{description}", *rows, r"\end{description}"]) if rows else ""


def _cards(content: Content) -> str:
    rows = [
        (c.label, f"{c.number}, {c.against}. {c.spread} {c.method} Would change it: {c.changes}") for c in content.cards
    ]
    return _items(rows)


def _fitted(table: str) -> str:
    """A table no wider than the page, in its place."""
    table = table.replace(r"\begin{table}", r"\begin{table}[H]")
    table = re.sub(r"(\\begin\{tabular\})", r"\\begin{adjustbox}{max width=\\textwidth}\1", table)
    return table.replace(r"\end{tabular}", r"\end{tabular}\end{adjustbox}")
