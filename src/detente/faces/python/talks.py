"""Talks: what each side of a case may offer, ask and refuse, in words and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import Column, InputError, Parameter, Table, Unit, UnknownName
from detente.codes.given import Several
from detente.codes.kinds import checked
from detente.codes.names import first_upper
from detente.data.tables import countries, place
from detente.faces.python.answer import AnswerBase, LateTables
from detente.faces.python.many import ManyTalks, PartyAdvice
from detente.faces.python.pages import PageAnswer
from detente.faces.python.plots import plot
from detente.faces.words.advice import blocks
from detente.faces.words.language import load
from detente.faces.words.page import as_page
from detente.lab.talks import deals, power
from detente.lab.talks.advice import Advice
from detente.lab.talks.counsel import advice_of
from detente.lab.talks.many.report import round_of
from detente.lab.talks.report import section_tables
from detente.lab.talks.talk import READERS, Talk, open_talk
from detente.lab.talks.words import words_of
from detente.talks import Negotiation, Settlement
from detente.talks import settle as settled
from detente.talks.duties import BILLION
from detente.talks.space import Floats, Issue

WELFARE, LONG, EVEN = "welfare", "long", 0.5
"""Weights and horizon that readers get beside the last set of weights of a case, and the chance that limits are for."""


@checked
def talks(
    name: str | Path,
    variant: str = "",
    *,
    weights: Several = (),
    horizons: Several = (LONG,),
    **options: Any,
) -> Talks | ManyTalks:
    """A case of the talks, ready to be asked; between three or more it has answers of its own.

    Parameters
    ----------
    name : of a case in the package, or the path of one's own; variant : of the case.
    weights, horizons : sets of weights and horizons by name; by default those that `detente talks` shows.
    options : further ones of `detente.open_talk`: `threats`, `constraints`, `materials`, `inputs`, `as_of`.

    Raises
    ------
    UnknownName, InputError : a case, variant or name that is not there.
    """
    talk = open_talk(name, variant, weights=weights or READERS, horizons=horizons, **options)
    return ManyTalks(round_of(talk)) if len(talk.parties) > 2 else Talks(talk)


@checked
def advice(case: str | Path, side: str = "", variant: str = "", **options: Any) -> SideAdvice | PartyAdvice:
    """What one side of a case can offer, ask and refuse: the page of `detente talks`.

    Parameters
    ----------
    case : by name or path; side : by code or name, the first of the case where none is named; variant : of the case.
    options : of `detente.talks`.

    Raises
    ------
    UnknownName, InputError : a case, variant, side or name that is not there.
    """
    return talks(case, variant, **options).advice(side)


@dataclass(frozen=True, repr=False)
class Talks(AnswerBase):
    """A case of the talks: `deals`, `advice` for a side, charts, and every table of `detente talks`.

    Attributes
    ----------
    talk : the case with what is asked of it, for the functions below.
    """

    talk: Talk

    @property
    def title(self) -> str:
        """Title of the case."""
        return self.talk.case.file.title

    @property
    def sentences(self) -> Sequence[str]:
        """Who negotiates over what, and under which weights gains are told."""
        issues = ", ".join(issue.label or issue.name for issue in self.talk.case.outcome_space.issues)
        sides = " and ".join(map(place, self.talk.parties))
        return (
            f"{first_upper(sides)} negotiate over {issues}.",
            f"Levels stand in this order, duties in points. Gains are a year, over {self._base()}; "
            f"{self.talk.headline.words}.",
        )

    def _base(self) -> str:
        """What happens without a deal, in words."""
        return words_of(self.talk).threats[self.talk.threats[0]]

    @property
    def tables(self) -> Mapping[str, Table]:
        """Tables `deals`, `acceptable` and `frontier` of the charts, and one for each section of the command."""
        talk = self.talk
        makers = {
            "deals": lambda: deals.deals_table(talk),
            "acceptable": lambda: deals.acceptable_table(talk),
            "frontier": lambda: deals.frontier_table(talk),
            **{name: partial(_first_of, talk, name) for name in SECTIONS},
        }
        return LateTables(makers)

    def shown(self) -> Table:
        """The named deals in words."""
        return in_brief(self.talk, self._named())

    @property
    def deals(self) -> Table:
        """Named deals: levels of every issue, gain of each side over no deal, and when each side would sign."""
        return packages(self.talk, self._named())

    def _named(self) -> dict[str, Floats]:
        return {self.talk.label(name): point for name, point in self.talk.case.outcome_space.named.items()}

    def advice(self, side: str = "") -> SideAdvice:
        """What a side may offer, ask and refuse.

        Parameters
        ----------
        side : by code or name, as "USA" or "China"; the first of the case where none is named.

        Raises
        ------
        UnknownName : no side of the case.
        """
        return SideAdvice(self.talk, advice_of(self.talk, side))

    def settle(self) -> Settlement:
        """Every answer under the headline setting: solutions, frontiers, leverage, truces."""
        return self.talk.settled(self.talk.headline)

    def plot(self, name: str = "acceptable") -> Any:
        """A chart: `acceptable` (what both could accept) or `clocks` (what waiting costs)."""
        if name == "clocks":
            return plot({"clocks": power.clock_table(self.talk)}, name)
        if name != "acceptable":
            raise UnknownName("chart", name, ("acceptable", "clocks"), "plot", "it has acceptable, clocks")
        chosen = ("acceptable", "frontier", "deals")
        return plot({key: self.tables[key] for key in chosen}, "acceptable")


SECTIONS = "payoffs threats solutions leverage linkage delay stability inverse".split()
"""Sections of the command whose first table goes by their name."""


def _first_of(talk: Talk, section: str) -> Table:
    return section_tables(talk, section)[0]


def _country(code: str) -> str:
    return countries().names.get(code, code)


def packages(talk: Talk, outcomes: Mapping[str, Floats]) -> Table:
    """Packages with the levels of every issue, the gain of each side over the first threat, and when it would sign."""
    setting, space = talk.headline, talk.case.outcome_space
    negotiation = talk.negotiation(setting)
    threat, points = negotiation.threats[0], np.stack(list(outcomes.values()))
    values = negotiation.payoffs.value(points)
    stars = talk.p_stars(setting, values)
    rows = [
        (name, *point, *(value - threat.value), *star)
        for name, point, value, star in zip(outcomes, points, values, stars, strict=True)
    ]
    columns = (
        text("deal", "name of the package"),
        *(_level_column(issue) for issue in space.issues),
        *(usd(f"{party.lower()}_gain", f"gain of {_country(party)} a year, over no deal") for party in talk.parties),
        *(
            Column(f"{party.lower()}_signs_above", Unit.NONE, f"{party} signs above this chance of the status quo")
            for party in talk.parties
        ),
    )  # fmt: skip
    return table_of("packages", f"Packages: {talk.case.file.title}", columns, rows, deals.chart_note(talk))


def in_brief(talk: Talk, outcomes: Mapping[str, Floats]) -> Table:
    """Packages as a reader sees them: levels in the order of the issues, gains in billions, when each side signs."""
    whole, issues = packages(talk, outcomes), talk.case.outcome_space.issues
    rows = [
        (
            row["deal"],
            " / ".join(level(issue, row[issue.name]).removesuffix(" points") for issue in issues),
            *(f"{row[f'{party.lower()}_gain'] / BILLION:+.0f}".replace("-0", "+0") for party in talk.parties),
            *(_chance(row[f"{party.lower()}_signs_above"]) for party in talk.parties),
        )
        for row in whole.rows()
    ]
    columns = (
        text("deal"), text("levels"), *(text(f"{_short(party)}, USD bn", "gain a year") for party in talk.parties),
        *(text(f"{_short(party)} signs", "above this chance that the status quo lasts") for party in talk.parties),
    )  # fmt: skip
    return table_of("deals", whole.title, columns, rows, *whole.notes)


def _short(code: str) -> str:
    """A side in a narrow head."""
    return {"USA": "US"}.get(code, _country(code))


def _chance(value: float) -> str:
    """Above which chance that the status quo lasts a side signs."""
    return "" if value != value else "always" if value <= 0.0 else "never" if value > 1.0 else f"{value:.0%}"


def _level_column(issue: Issue) -> Column:
    unit = Unit.SHARE if issue.unit == "share" else Unit.NONE
    return Column(issue.name, unit, f"{issue.label or issue.name}, {issue.unit}", label=issue.label or issue.name)


@dataclass(frozen=True, repr=False)
class SideAdvice(PageAnswer):
    """What one side may offer, ask and refuse: the page of `detente talks`, as sentences, numbers and text.

    Attributes
    ----------
    talk : the case; `page` : every number of the page.
    """

    talk: Talk
    page: Advice

    @property
    def own(self) -> Advice:
        """The page itself."""
        return self.page

    @property
    def sentences(self) -> Sequence[str]:
        """Offer, ask, worth, where each walks away, what to do if they refuse, what would change it, will it hold."""
        return tuple(
            f"{block.head.capitalize()}: {sentence}" if not k else sentence
            for block in blocks(self.page, load())
            for k, sentence in enumerate(block.sentences)
        )

    def text(self) -> str:
        """The page as a terminal shows it, forty lines at most."""
        return as_page(self.page, load())

    @property
    def tables(self) -> Mapping[str, Table]:
        """The packages of the page: table `packages`."""
        return {"packages": packages(self.talk, self._outcomes())}

    def _outcomes(self) -> dict[str, Floats]:
        return {row.label or row.name: np.array(row.levels) for row in self.page.packages}

    def shown(self) -> Table:
        """The packages in words."""
        return in_brief(self.talk, self._outcomes())

    def plot(self, name: str = "acceptable") -> Any:
        """The charts of the case; see `Talks.plot`."""
        return Talks(self.talk).plot(name)


def level(issue: Issue, value: float) -> str:
    """A level for a reader: points of duty, else per cent of what the issue counts."""
    return f"{100 * value + 0.0:.0f} points" if issue.unit == "share" else f"{value + 0.0:.0%}"


def settle(negotiation: Negotiation | Talks | Talk, **options: Any) -> Settlement:
    """What each side would accept, what deal could be struck, and whether it would hold.

    Parameters
    ----------
    negotiation : a negotiation, or a case as `detente.talks` and `detente.open_talk` give it, which is settled under
        its headline setting.
    options : of `detente.talks.settle`, for a negotiation.

    Raises
    ------
    InputError : options beside a case, or what is no negotiation. SolveError : a search does not converge.
    """
    if isinstance(negotiation, Talks):
        negotiation = negotiation.talk
    if isinstance(negotiation, Talk):
        if options:
            name = next(iter(options))
            raise InputError(Parameter(name), "is for a negotiation alone", "leave it out: the case says it")
        return negotiation.settled(negotiation.headline)
    if not isinstance(negotiation, Negotiation):
        repair = "give dt.talks('us-china-2025-05') or a Negotiation"
        raise InputError(Parameter("negotiation"), f"{negotiation!r:.40} is no negotiation", repair)
    return settled(negotiation, **options)


def text(name: str, description: str = "") -> Column:
    """A column of words."""
    return Column(name, Unit.TEXT, description or name)


def usd(name: str, description: str) -> Column:
    """A column of amounts, USD a year."""
    return Column(name, Unit.USD, description)


def table_of(name: str, title: str, columns: Sequence[Column], rows: Sequence[Sequence[Any]], *notes: str) -> Table:
    """A table from its rows; amounts in USD bn become USD."""
    scaled = [
        [value * BILLION if column.unit is Unit.USD else value for column, value in zip(columns, row, strict=True)]
        for row in rows
    ]
    return Table.of_rows(name, title, columns, scaled, notes)
