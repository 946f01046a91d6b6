"""The report as LaTeX: an article whose tables are ready to be lifted into another."""

from __future__ import annotations

import re

import numpy as np

from detente.codes import Table
from detente.codes.escaping import latex as escaped
from detente.faces.formats import to_latex
from detente.faces.report.content import Content
from detente.faces.report.method import METHOD
from detente.faces.report.readers import chosen, most_of
from detente.lab.result import Result

HEAD = r"""\documentclass[11pt]{article}
\usepackage[T1]{fontenc}
\usepackage[utf8]{inputenc}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage{textcomp,booktabs,adjustbox}
\title{%s}
\author{The D\'etente authors}
\date{}
\begin{document}
\maketitle
"""


def write(content: Content, result: Result) -> bytes:
    """The article."""
    front = content.front
    parts = [
        HEAD % escaped(content.title),
        escaped(" ".join((front.dated, *front.warnings))) + "\n",
        escaped(front.deal),
    ]
    for head, sentences in (("head_does", front.does), ("head_hold", front.hold)):
        parts += [rf"\section*{{{escaped(front.heads[head])}}}", *map(escaped, sentences)]
    numbers = [(c.label, ". ".join(filter(None, (f"{c.number}, {c.against}", c.spread)))) for c in front.cards]
    parts.append(_items(numbers))
    parts += [escaped(f"{other.number} {other.who}, {other.day}: {other.why}.") + "\n" for other in front.others]
    parts.append(escaped(" ".join(filter(None, (front.ours, front.ranges, *front.rests)))))
    for part in content.parts:
        parts += [rf"\section*{{{escaped(part.title)}}}", escaped(part.lead)]
        parts += [_fitted(to_latex(_cut(result.tables[grid.name]))) for grid in part.grids]
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


def _cut(table: Table) -> Table:
    """The columns and rows that a report shows."""
    shown = chosen(table)
    most = most_of(table)
    more = (f"the first {most} of {len(table)} rows",) if len(table) > most else ()
    return shown.take(np.arange(min(len(table), most))).noted(*more)


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
    table = table.replace(r"\begin{table}", r"\begin{table}[htbp]")
    table = re.sub(r"(\\begin\{tabular\})", r"\\begin{adjustbox}{max width=\\textwidth}\1", table)
    return table.replace(r"\end{tabular}", r"\end{tabular}\end{adjustbox}")
