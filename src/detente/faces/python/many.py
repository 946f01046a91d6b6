"""Talks of three or more in Python: what each party may offer, ask and refuse, who can block, and every table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from detente.codes import Table, UnknownName
from detente.faces.python.answer import AnswerBase, LateTables
from detente.faces.python.pages import PageAnswer
from detente.faces.words.language import load
from detente.faces.words.many import many_basis, many_blocks, many_page
from detente.lab.talks.advice import Advice
from detente.lab.talks.many.page import ManyAdvice, many_advice
from detente.lab.talks.many.report import MANY_SECTIONS, many_tables
from detente.lab.talks.many.talk import Round
from detente.lab.talks.many.worth import gain_table


@dataclass(frozen=True, repr=False)
class ManyTalks(AnswerBase):
    """Talks of three or more: `advice` for a party, and a table for each section of `detente talks`.

    Attributes
    ----------
    round : the talks with what is asked of them, for the functions below.
    """

    round: Round

    @property
    def title(self) -> str:
        """Title of the case."""
        return self.round.case.file.title

    @property
    def sentences(self) -> Sequence[str]:
        """What the first party can do, in words."""
        return self.advice().sentences

    @property
    def tables(self) -> Mapping[str, Table]:
        """The first table of each section of the command, by the name of the section."""
        return LateTables({name: partial(_first_of, self.round, name) for name in MANY_SECTIONS})

    def section(self, name: str) -> list[Table]:
        """All tables of a section of the command; `UnknownName` for one that is not there."""
        return many_tables(self.round, name)

    def advice(self, side: str = "") -> PartyAdvice:
        """What a party may offer, ask and refuse, and who could leave it out.

        Parameters
        ----------
        side : by code or name, the first party where none is named.

        Raises
        ------
        UnknownName : no such party.
        """
        return PartyAdvice(self.round, many_advice(self.round, side))

    def plot(self, name: str = "") -> Any:
        """There is no chart of several parties: their gains have more than two axes."""
        raise UnknownName("chart", name or "any", (), "plot", "look at table `frontier`")


def _first_of(round_: Round, section: str) -> Table:
    return many_tables(round_, section)[0]


@dataclass(frozen=True, repr=False)
class PartyAdvice(PageAnswer):
    """What one of several parties can do: the page of `detente talks`.

    Attributes
    ----------
    round : the talks; `page` : everything on the page as numbers.
    """

    round: Round
    page: ManyAdvice

    @property
    def own(self) -> Advice:
        """The page as talks of two sides have it."""
        return self.page.side

    @property
    def sentences(self) -> Sequence[str]:
        """The blocks of the page, in words."""
        say = load()
        return (
            many_basis(self.page, say),
            *(text for block in many_blocks(self.page, say) for text in block.sentences),
        )

    @property
    def tables(self) -> Mapping[str, Table]:
        """Gains of the packages."""
        return LateTables({"gains": lambda: gain_table(self.round)})

    def text(self) -> str:
        """The page as a terminal shows it, forty lines at most."""
        return many_page(self.page, load())

    def __str__(self) -> str:
        """The page as a terminal shows it."""
        return self.text()
