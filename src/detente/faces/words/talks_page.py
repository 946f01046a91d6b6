"""The negotiator's page in parts, whoever's it is: title, sentences under their heads, and the table of packages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from detente.faces.words.advice import PageBlock, basis, blocks, title
from detente.faces.words.language import Language
from detente.faces.words.many import many_basis, many_blocks, many_outside_table, many_package_name, many_table
from detente.faces.words.outside import outside_basis, outside_blocks, outside_row_name, outside_table, outside_title
from detente.faces.words.page import Row, moving_issues, package_table
from detente.lab.talks.advice import IssueSeen, OutsideAdvice
from detente.lab.talks.many.page import ManyAdvice
from detente.lab.talks.paged import AnyPage


@dataclass(frozen=True)
class SpokenPage:
    """A page in words.

    Attributes
    ----------
    title : of the case; `whose` : whose page it is; `basis` : what its amounts are.
    blocks : sentences under their heads, in order, none left out.
    heads : of the columns of the table of packages, the first over the names; `rows` : a name and its cells.
    """

    title: str
    whose: str
    basis: str
    blocks: tuple[PageBlock, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_plain(self) -> dict[str, Any]:
        """The page as plain values."""
        return {
            "title": self.title,
            "whose": self.whose,
            "basis": self.basis,
            "blocks": [{"name": b.name, "head": b.head, "sentences": list(b.sentences)} for b in self.blocks],
            "packages": {"heads": list(self.heads), "rows": [list(row) for row in self.rows]},
        }


def spoken_page(page: AnyPage, say: Language) -> SpokenPage:
    """A page in words, with every sentence and every issue that moves: a screen has room for them."""
    if isinstance(page, OutsideAdvice):
        return _outside(page, say)
    if isinstance(page, ManyAdvice):
        named = [many_package_name(row, page, say) for row in page.side.packages]
        table = many_table(page, say)
        return _made(title(page.side, say), many_basis(page, say), many_blocks(page, say), table, named)
    moving = moving_issues(page.issues, [row.levels for row in page.packages])
    table = package_table(page, say, moving)
    return _made(title(page, say), basis(page, say), blocks(page, say), table, _issue_names(page.issues, moving))


def _outside(page: OutsideAdvice, say: Language) -> SpokenPage:
    if len(page.parties) == 2:
        named = _issue_names(page.issues, moving_issues(page.issues, [row.levels for row in page.rows]))
        table = outside_table(page, say)
    else:
        named, table = [outside_row_name(row, page, say) for row in page.rows], many_outside_table(page, say)
    return _made(outside_title(page, say), outside_basis(page, say), outside_blocks(page, say), table, named)


def _issue_names(issues: Sequence[IssueSeen], moving: Sequence[int]) -> list[str]:
    return [issues[k].label for k in moving]


def _made(
    names: tuple[str, str], text: str, parts: Sequence[PageBlock], table: tuple[list[list[str]], list[Row]],
    named: Sequence[str],
) -> SpokenPage:  # fmt: skip
    """A page; `named` : whole names in place of the heads after the first, which a terminal cuts to two lines."""
    heads = [" ".join(head) for head in table[0]]
    heads[1 : 1 + len(named)] = named
    return SpokenPage(*names, text, tuple(parts), tuple(heads), tuple((name, *cells) for name, cells in table[1]))
