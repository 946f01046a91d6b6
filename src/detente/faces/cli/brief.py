"""The brief in a terminal: under forty lines, then where the rest is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from detente.faces.formats import emit, terminal_width
from detente.faces.words.brief import INDENT, WIDTH, Brief, as_text, brief, head_lines, number_lines
from detente.faces.words.language import Language, load
from detente.lab.result import Result

FIRST = ("partner", "section", "products", "china", "importer_pairs", "prices", "households", "outcomes", "incomes",
         "sectors", "materials", "deals", "stability", "history", "published", "terms", "costs")  # fmt: skip
"""Tables that readers ask for first."""


@dataclass(frozen=True)
class Shown:
    """How much is printed: every table, the numbers alone, or the findings in full too."""

    everything: bool = False
    quiet: bool = False
    verbose: bool = False


def print_brief(result: Result, shown: Shown) -> None:
    """Print the brief of a result, and what else there is."""
    words, width = brief(result), _width()
    if shown.quiet:
        print("\n".join(number_lines(words.lines, words, width)))
        return
    print(as_text(words, width))
    if shown.verbose:
        print("\n".join(["", *_in_full(result, width, load())]))
    print("\n".join(["", *_more(result, words, width)]))
    if shown.everything:
        print()
        emit(list(result.tables.values()), "text", None)


def print_head(result: Result) -> None:
    """Print what a result is of, above tables that stand alone: title, laws, and how far they were read."""
    words = brief(result)
    print("\n".join([*head_lines(words, _width()), ""]))


def _width() -> int:
    """Letters of a line: those of the terminal, as far as a line is read with ease."""
    return min(WIDTH, terminal_width())


def _in_full(result: Result, width: int, say: Language) -> Iterator[str]:
    """Findings with their comparisons and ranges, and the assumptions behind them."""
    for sentence in result.sentences:
        yield from wrap(f"- {sentence}", width, initial_indent=INDENT, subsequent_indent=INDENT * 2)
    for row in result.assumptions:
        text = f"- {row['id']}{say('frame.colon')} {row.get('statement') or row.get('title', '')}"
        yield from wrap(text, width, initial_indent=INDENT, subsequent_indent=INDENT * 2)


def _more(result: Result, words: Brief, width: int) -> Iterator[str]:
    """How to get tables, ranges and pages, and the key of the result."""
    heads = words.heads
    # What a brief leaves untold is not worked out for it, and there all the same.
    there = {*result.tables, *(("products",) if result.scenario.report.products else ())}
    named = [name for name in FIRST if name in there]
    ways = [
        (heads["more_ranges"], heads["ranges_how"]),
        (heads["more_pages"], f"--report {result.scenario.name or 'result'}.html"),
        (heads["key"], words.key),
    ]
    start = f"{INDENT}{heads['more_tables']}  "
    text = f"--table {', '.join(named)}; {heads['more_all']}"
    yield from wrap(text, width, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False)
    words_of = [f"{head}  {text}" for head, text in ways]
    joined = INDENT + "    ".join(words_of)
    yield from [joined] if len(joined) <= width else [f"{INDENT}{each}" for each in words_of]
