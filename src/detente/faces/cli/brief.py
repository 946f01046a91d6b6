"""The brief in a terminal: under forty lines, then where the rest is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

from detente.faces.words.brief import Brief, brief
from detente.faces.words.language import Language, load
from detente.faces.words.show import INDENT, WIDTH, as_text, head_lines, number_lines
from detente.faces.words.tables import sentence_in, text_in
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


def print_brief(result: Result, language: str, shown: Shown) -> None:
    """Print the brief of a result, and what else there is."""
    from detente.faces.report.terminal import emit_in

    words = brief(result, language)
    if shown.quiet:
        print("\n".join(number_lines(words.lines, words)))
        return
    print(as_text(words))
    if shown.verbose:
        print("\n".join(["", *_in_full(result, load(language))]))
    print("\n".join(["", *_more(result, words)]))
    if shown.everything:
        print()
        emit_in(list(result.tables.values()), "text", None, language)


def print_head(result: Result, language: str) -> None:
    """Print what a result is of, above tables that stand alone: title, laws, and how far they were read."""
    words = brief(result, language)
    print("\n".join([*head_lines(words), ""]))


def _in_full(result: Result, say: Language) -> Iterator[str]:
    """Findings with their comparisons and ranges, and the assumptions behind them."""
    for sentence in result.sentences:
        yield from wrap(f"- {sentence_in(sentence, say)}", WIDTH, initial_indent=INDENT, subsequent_indent=INDENT * 2)
    for row in result.assumptions:
        text = f"- {row['id']}{say('frame.colon')} {text_in(row.get('statement') or row.get('title', ''), say)}"
        yield from wrap(text, WIDTH, initial_indent=INDENT, subsequent_indent=INDENT * 2)


def _more(result: Result, words: Brief) -> Iterator[str]:
    """How to get ranges, pages and tables."""
    heads = words.heads
    # What a brief leaves untold is not worked out for it, and there all the same.
    there = {*result.tables, *(("products",) if result.scenario.report.products else ())}
    named = [name for name in FIRST if name in there]
    rows = [
        (heads["more_ranges"], heads["ranges_how"]),
        (heads["more_pages"], f"--report {result.scenario.name or 'result'}.html"),
        (heads["more_tables"], f"--table {', '.join(named)}; {heads['more_all']}"),
        (heads["key"], words.key),
    ]
    wide = max(len(head) for head, _ in rows)
    for head, text in rows:
        start = f"{INDENT}{head.ljust(wide)}  "
        yield from wrap(text, WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False)
