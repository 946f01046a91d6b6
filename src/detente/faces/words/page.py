"""The negotiator's page as text of a terminal: at most forty lines of at most a hundred letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap

from detente.faces.words.advice import Block, Speaker, basis, blocks, gain_words, row_name, sign_words, title
from detente.faces.words.issues import cell_words, column_words, narrow
from detente.faces.words.language import MINUS, Language
from detente.lab.talks.advice import Advice, IssueSeen, OutsideAdvice, PackageSeen

WIDTH, MOST = 100, 40
"""Letters of a line and lines of a page."""

HANG = 17
"""Letters before the sentences of a block."""

NAME, GAP, INITIALS = 44, 2, 3
"""Letters of the names of packages at most, between columns, and of initials."""

Row = tuple[str, list[str]]


def as_page(advice: Advice, say: Language, more: Sequence[str] = ()) -> str:
    """The page of a side.

    Parameters
    ----------
    more : last lines, on where the rest is.
    """
    top = [*_titled(*title(advice, say)), *_filled(basis(advice, say))]
    *head, foot = blocks(advice, say)
    last = [line for k, text in enumerate(foot.sentences) for line in _block(Block("" if k else foot.head, [text]))]
    rows = list(advice.packages)
    while True:
        table = package_lines(replace(advice, packages=tuple(rows)), say)
        size = len(top) + sum(len(_block(part)) for part in head) + len(table) + len(last) + len(more)
        if size <= MOST or not _shortened(rows, head, advice):
            return _joined(top, [_block(part) for part in head], table, [*last, *more])


LEAST_ROWS = 5
"""Packages below which sentences are left out instead."""

SPARE = ("read", "hold", "change", "buys")
"""Blocks whose last sentences a page leaves out where it has no room, the first first."""


def _shortened(rows: list[PackageSeen], parts: list[Block], advice: Advice) -> bool:
    """Leave the named deal out that lies nearest to another, then last sentences; False where nothing can be left."""
    kept = {advice.reference, advice.fallback.name if advice.fallback is not None else ""}
    deals = [row for row in rows if row.kind == "deal" and row.name not in kept]
    if deals and len(rows) > LEAST_ROWS:
        rows.remove(min(deals, key=lambda row: _gap(row, rows)))
        return True
    spare = [part for name in SPARE for part in parts if part.name == name and len(part.sentences) > 1]
    if spare:
        spare[0].sentences.pop()
    return bool(spare)


def _gap(row: PackageSeen, rows: Sequence[PackageSeen]) -> float:
    """How far the gains of a package are from those of the nearest other."""
    others = (other for other in rows if other is not row)
    return min(sum(abs(a - b) for a, b in zip(row.gains, other.gains, strict=True)) for other in others)


def _titled(left: str, right: str) -> list[str]:
    room = WIDTH - len(left) - len(right)
    return [f"{left}{' ' * room}{right}"] if room > 1 else [*wrap(left, WIDTH), *wrap(right, WIDTH)]


def _filled(text: str) -> list[str]:
    return wrap(text, WIDTH, break_on_hyphens=False)


def _block(block: Block) -> list[str]:
    """Sentences under a head, which stands before the first line."""
    lines = wrap(" ".join(block.sentences), WIDTH - HANG, break_on_hyphens=False)
    return [f"{block.head if not k else '':{HANG}}{line}".rstrip() for k, line in enumerate(lines)]


AIRED = (0, 2, 4)
"""Blocks before which a blank line stands where there is room, the least needed last."""


def _joined(top: list[str], parts: list[list[str]], table: list[str], last: list[str]) -> str:
    """Everything, with as many blank lines between as the page has room for."""
    spare = MOST - len(top) - sum(map(len, parts)) - len(table) - len(last)
    places = ["table", *AIRED, "last", *range(len(parts))]
    aired = set(list(dict.fromkeys(places))[: max(spare, 0)])
    lines = list(top)
    for k, part in enumerate(parts):
        lines += [*([""] if k in aired else []), *part]
    lines += [*([""] if "table" in aired else []), *table, *([""] if "last" in aired else []), *last]
    return "\n".join(lines).replace(MINUS, "-")


# --- the table of packages -------------------------------------------------------------------------------------------


def told_issues(issues: Sequence[IssueSeen], rows: Sequence[Sequence[float]]) -> list[int]:
    """Places of the issues that differ between packages."""
    return [k for k in range(len(issues)) if len({round(row[k], 3) for row in rows}) > 1]


def package_table(advice: Advice, say: Language) -> tuple[list[list[str]], list[Row]]:
    """Heads, each of at most two lines, and rows of the table of packages: name and cells."""
    speaker = Speaker(advice, say)
    order = [advice.me, *(k for k in range(len(advice.parties)) if k != advice.me)]
    told = told_issues(advice.issues, [row.levels for row in advice.packages])
    who = [speaker.who(party) if party == advice.side else short_name(party, say) for party in advice.parties]
    signs = [i for i in order if any(row.signs[i] is not None for row in advice.packages)]
    heads = [
        [say("advice_column_package")],
        *(column_words(advice.issues[k], say) for k in told),
        *(narrow(who[i]) for i in order),
        *(narrow(_signs_head(who[i], i == advice.me, say)) for i in signs),
    ]
    rows = [
        (
            row_name(row, advice, say),
            [
                *(cell_words(advice.issues[k], row.levels[k], say) for k in told),
                *(gain_words(row, i, say, "advice_span") for i in order),
                *("-" if row.kind in ("status-quo", "past-law") else sign_words(row.signs[i], say) for i in signs),
            ],
        )
        for row in advice.packages
    ]  # fmt: skip
    return heads, rows


def _signs_head(who: str, mine: bool, say: Language) -> str:
    return say("advice_column_signs_you") if mine else say("advice_column_signs", who=who)


def short_name(code: str, say: Language) -> str:
    """A country in a head: by its initials where they are its adjective, as US and EU."""
    adjective = say.country(code, "adjective")
    return adjective if len(adjective) <= INITIALS else say.name(code)


def package_lines(advice: Advice, say: Language) -> list[str]:
    """The table of packages as lines."""
    return laid_out(*package_table(advice, say))


def laid_out(heads: Sequence[Sequence[str]], rows: Sequence[Row]) -> list[str]:
    """Lines of a table: names at the left, broken between words where they are long, cells at the right."""
    columns = list(zip(*(cells for _, cells in rows), strict=True))
    wide = [
        max(len(text) for text in (*head, *column)) for head, column in zip(heads[1:], columns, strict=True)
    ]  # fmt: skip
    gap = GAP if WIDTH - sum(wide) - GAP * len(wide) >= min(NAME, max(len(name) for name, _ in rows)) + 2 else 1
    room = min(WIDTH - sum(wide) - gap * len(wide), NAME)
    tall = max(len(head) for head in heads[1:])
    own = wrap(" ".join(heads[0]), room)
    tall = max(tall, len(own))
    lines = []
    for k in range(tall):
        name = own[k - (tall - len(own))] if k >= tall - len(own) else ""
        cells = [head[k - (tall - len(head))] if k >= tall - len(head) else "" for head in heads[1:]]
        lines.append(_line(name, cells, room, wide, gap))
    for name, cells in rows:
        first, *rest = wrap(name, room) or [""]
        lines += [_line(first, cells, room, wide, gap), *(f"  {text}" for text in rest)]
    return lines


def _line(name: str, cells: Sequence[str], room: int, wide: Sequence[int], gap: int) -> str:
    return "".join([
        name.ljust(room), *(" " * gap + cell.rjust(width) for cell, width in zip(cells, wide, strict=True)),
    ]).rstrip()  # fmt: skip


# --- a country that is not at the table ------------------------------------------------------------------------------


def as_outside_page(advice: OutsideAdvice, say: Language, more: Sequence[str] = ()) -> str:
    """The page of a country that is not at the table."""
    from detente.faces.words.outside import outside_basis, outside_blocks, outside_table, outside_title

    top = [*_titled(*outside_title(advice, say)), *_filled(outside_basis(advice, say))]
    parts = [_block(part) for part in outside_blocks(advice, say)]
    return _joined(top, parts, laid_out(*outside_table(advice, say)), list(more))
