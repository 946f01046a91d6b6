"""One escaper a format: text as LaTeX, Markdown and CSV take it, so that no text turns into a command.

HTML has the standard library's, or the templates' own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_COMMANDS = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
_COMMANDS |= {sign: f"\\{sign}" for sign in "&%_#${}"}
_SIGNS = {"\u2212": "$-$", "\u2192": r"$\rightarrow$", "\u2013": "--", "\u201c": "``", "\u201d": "''", "\u2019": "'"}
_SIGNS |= {"×": r"$\times$", "σ": r"$\sigma$", "α": r"$\alpha$", "γ": r"$\gamma$", "ρ": r"$\rho$", "ν": r"$\nu$"}
_SIGNS |= {"`": r"\textasciigrave{}", "θ": r"$\theta$", "≤": r"$\le$", "≥": r"$\ge$"}
_LATEX = str.maketrans(_COMMANDS | _SIGNS)
_MARKDOWN = re.compile(r"[\\*\[\]|]|&(?=#?\w+;)|[<>]|\s*[\r\n]\s*")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def latex(text: str) -> str:
    """Text as LaTeX prints it: no sign in it is a command, and two hyphens stay two."""
    return "-{}-".join(part.translate(_LATEX) for part in text.split("--"))


def markdown(text: str) -> str:
    """Text as Markdown shows it, on one line: no HTML, links, emphasis or columns are made of it."""
    return _MARKDOWN.sub(_shown, text)


def pipes(heads: Iterable[str], rows: Iterable[Iterable[str]], numeric: Iterable[bool]) -> str:
    """A table as Markdown has it; columns of numbers stand at the right."""
    lines = [[markdown(cell) for cell in row] for row in (heads, *rows)]
    lines.insert(1, ["---:" if number else "---" for number in numeric])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _shown(match: re.Match[str]) -> str:
    sign = match[0]
    return " " if sign.isspace() else _ENTITIES.get(sign, f"\\{sign}")


def csv_text(text: str) -> str:
    """Text that a spreadsheet takes for text: one that would begin a formula has an apostrophe before it.

    Numbers written as text, and a sign alone, are no formulas and stay.
    """
    return f"'{text}" if text[:1] in FORMULA and len(text) > 1 and not _is_number(text) else text


#: Signs with which a cell begins a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _is_number(text: str) -> bool:
    try:
        float(text.removesuffix("%"))
    except ValueError:
        return False
    return True
