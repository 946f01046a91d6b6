"""The negotiator's page as text of a terminal: at most forty lines of at most a hundred letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from textwrap import wrap

from detente.faces.words.advice import PageBlock, Voice, basis, blocks, row_name, title
from detente.faces.words.amounts import gain_words, sign_words
from detente.faces.words.issues import cell_words, column_words, in_form, is_form, issue_words, narrow
from detente.faces.words.language import MINUS, Language
from detente.lab.talks.advice import Advice, IssueSeen, PackageSeen

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
    top = [*titled(*title(advice, say)), *filled(basis(advice, say))]
    *head, foot = blocks(advice, say)
    more = [line for text in more for line in filled(text)]
    feet = [PageBlock("" if k else foot.head, [text]) for k, text in enumerate(foot.sentences)]
    last = [line for part in feet for line in block_lines(part)]
    rows = list(advice.packages)
    while True:
        table = package_lines(replace(advice, packages=tuple(rows)), say)
        size = len(top) + sum(len(block_lines(part)) for part in head) + len(table) + len(last) + len(more)
        if size <= MOST or not _shortened(rows, head, advice):
            return joined(top, [block_lines(part) for part in head], table, [*last, *more])


ROWS, LEAST_ROWS = 5, 3
"""Packages that stay before sentences are left out, and after."""

SPARE = ("read", "hold", "change", "buys", "chance", "refuse", "ask")
"""Blocks whose last sentences a page leaves out where it has no room, the first first."""

DISPENSABLE = ("read", "buys", "hold")
"""Blocks that it leaves out after that."""


def _shortened(rows: list[PackageSeen], parts: list[PageBlock], advice: Advice) -> bool:
    """Leave something out: the named deal that lies nearest to another, a last sentence, a block; False for nothing."""
    kept = {advice.reference, advice.fallback.name if advice.fallback is not None else ""}
    deals = [row for row in rows if row.kind == "deal" and row.name not in kept]
    spare = [part for name in SPARE for part in parts if part.name == name and len(part.sentences) > 1]
    blocks_left = [part for name in DISPENSABLE for part in parts if part.name == name]
    if deals and len(rows) > (ROWS if spare else LEAST_ROWS):
        rows.remove(min(deals, key=lambda row: _gap(row, rows)))
    elif spare:
        spare[0].sentences.pop()
    elif blocks_left:
        parts.remove(blocks_left[0])
    return bool(deals or spare or blocks_left)


def _gap(row: PackageSeen, rows: Sequence[PackageSeen]) -> float:
    """How far the gains of a package are from those of the nearest other."""
    others = (other for other in rows if other is not row)
    return min(sum(abs(a - b) for a, b in zip(row.gains, other.gains, strict=True)) for other in others)


def titled(left: str, right: str) -> list[str]:
    """Case at the left and whose page it is at the right, in one line where they fit."""
    room = WIDTH - len(left) - len(right)
    return [f"{left}{' ' * room}{right}"] if room > 1 else [*wrap(left, WIDTH), *wrap(right, WIDTH)]


def filled(text: str) -> list[str]:
    """A text in lines of the page."""
    return wrap(text, WIDTH, break_on_hyphens=False)


def block_lines(block: PageBlock) -> list[str]:
    """Sentences under a head, which stands before the first line."""
    lines = wrap(" ".join(block.sentences), WIDTH - HANG, break_on_hyphens=False)
    return [f"{block.head if not k else '':{HANG}}{line}".rstrip() for k, line in enumerate(lines)]


AIRED = (0, 2, 4)
"""Blocks before which a blank line stands where there is room, the least needed last."""


def joined(top: list[str], parts: list[list[str]], table: list[str], last: list[str]) -> str:
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


def moving_issues(issues: Sequence[IssueSeen], rows: Sequence[Sequence[float]]) -> list[int]:
    """Places of the issues that differ between packages; how levels are read is said beside them."""
    some = [k for k, issue in enumerate(issues) if not is_form(issues, issue)]
    return [k for k in some if len({(round(row[k], 3), in_form(issues, k, row).type) for row in rows}) > 1]


LAWS = ("status-quo", "past-law")
"""Kinds of packages that nobody signs."""


def package_table(
    advice: Advice, say: Language, moving: Sequence[int], *, signing: bool = True
) -> tuple[list[list[str]], list[Row]]:
    """Heads, each of at most two lines, and rows of the table of packages: name and cells.

    Parameters
    ----------
    moving : places of the issues that are shown; `signing` : whether it is shown when each side signs.
    """
    voice = Voice(advice, say)
    order = [advice.me, *(k for k in range(len(advice.parties)) if k != advice.me)]
    who = [voice.who(party) if party == advice.side else short_name(party, say) for party in advice.parties]
    decided = [[pair != (None, None) for pair in zip(row.signs, row.until, strict=True)] for row in advice.packages]
    signs = [i for i in order if signing and any(row[i] for row in decided)]
    heads = [
        [say("advice_column_package")],
        *(column_words(advice.issues[k], say) for k in moving),
        *(narrow(who[i]) for i in order),
        *(narrow(_signs_head(who[i], i == advice.me, say)) for i in signs),
    ]
    rows = [
        (
            row_name(row, advice, say),
            [
                *(cell_words(in_form(advice.issues, k, row.levels), row.levels[k], say) for k in moving),
                *(gain_words(row, i, say, "advice_span") for i in order),
                *("-" if row.kind in LAWS else sign_words(row.signs[i], row.until[i], say) for i in signs),
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
    """The table of packages as lines; issues that find no room are named below it."""
    moving = moving_issues(advice.issues, [row.levels for row in advice.packages])
    places, signing = list(moving), True
    while True:
        heads, rows = package_table(advice, say, places, signing=signing)
        if name_room(heads, rows)[0] >= LEAST_NAME or not (signing or len(places) > 1):
            break
        if len(places) > KEPT or not signing:
            places.remove(min(places, key=lambda k: _spread(advice, k)))
        else:
            signing = False
    left = [issue_words(advice.issues[k], say) for k in moving if k not in places]
    return [*laid_out(heads, rows), *(filled(say("advice_unshown", list=say.listed(left))) if left else [])]


LEAST_NAME, KEPT = 20, 2
"""Letters that the names of packages keep, and issues that are kept before it is left out when each side signs."""


def _spread(advice: Advice, place: int) -> tuple[bool, float]:
    """How much an issue says: duties before others, then by how far its levels lie apart."""
    levels = [row.levels[place] for row in advice.packages]
    return advice.issues[place].kind == "duty", max(levels) - min(levels)


def name_room(heads: Sequence[Sequence[str]], rows: Sequence[Row]) -> tuple[int, int, list[int]]:
    """Letters for the names of a table, between its columns, and of each column."""
    columns = list(zip(*(cells for _, cells in rows), strict=True))
    wide = [max(len(text) for text in (*head, *column)) for head, column in zip(heads[1:], columns, strict=True)]
    longest = min(NAME, max(len(name) for name, _ in rows)) + 2
    gap = GAP if WIDTH - sum(wide) - GAP * len(wide) >= longest else 1
    return min(WIDTH - sum(wide) - gap * len(wide), NAME), gap, wide


def laid_out(heads: Sequence[Sequence[str]], rows: Sequence[Row]) -> list[str]:
    """Lines of a table: names at the left, broken between words where they are long, cells at the right."""
    room, gap, wide = name_room(heads, rows)
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
