"""A deal as one country sees it: page, sentences, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detente.codes import Table
from detente.data.yamlfile import as_date
from detente.faces.python.answer import AnswerBase
from detente.faces.words.country import CountryPage, country_page
from detente.lab.country.brief import CountryBrief, country_brief
from detente.lab.country.deal_world import TODAY
from detente.lab.scenario import Scenario


def brief_shown(
    country: str,
    deal: Scenario | str | Path = TODAY,
    *,
    today: date | str | None = None,
    on: date | str | None = None,
    world: str = "",
) -> CountryAnswer:
    """The brief of a country, days as dates or as text; `world` : in place of the scenario's own, as "icio-2025"."""
    clock, day = (None if each is None else as_date(each, "day") for each in (today, on))
    if clock is None and day is not None:
        clock = day
    study = country_brief(country, deal, today=clock, on=day, world=world)
    return CountryAnswer(study, country_page(study))


@dataclass(frozen=True, repr=False)
class CountryAnswer(AnswerBase):
    """A country under a deal: what it does to it, where its goods stand, whom it displaces, replies and offers.

    Attributes
    ----------
    study : tables and what they are of; `page` : the same in words, one page.
    """

    study: CountryBrief
    page: CountryPage

    @property
    def title(self) -> str:
        """Country and deal."""
        return self.page.title

    @property
    def sentences(self) -> Sequence[str]:
        """The sentences of the page, with which laws are compared before them."""
        return (self.page.dated, *self.page.warnings, *self.page.sentences)

    @property
    def tables(self) -> Mapping[str, Table]:
        """Tables `numbers`, `advantage`, `lines`, `displaced`, `displaced_lines`, `replies`, `offers`."""
        return self.study.tables

    def shown(self) -> Table:
        """The numbers, without a column that says nothing."""
        return self.table("replies").select(["reply", "before", "after", "own", "other", "rest"])

    def _repr_html_(self) -> str:
        """The page as a notebook shows it."""
        return self.page._repr_html_()

    def to_dict(self) -> dict[str, Any]:
        """Page and tables as plain values."""
        return {**super().to_dict(), "page": self.page.as_dict()}
