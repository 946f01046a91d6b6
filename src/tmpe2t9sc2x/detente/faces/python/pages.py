"""What the answer of one party has, however many are at the table: whose page it is, its package, its title."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from detente.faces.python.answer import AnswerBase
from detente.faces.words.advice import title
from detente.faces.words.language import load
from detente.lab.talks.advice import Advice, PackageSeen


class PageAnswer(AnswerBase):
    """The page of `detente talks` for one party, as sentences, numbers and text; `page` : every number of it."""

    page: Any

    @property
    def own(self) -> Advice:
        """The part of the page that talks of two sides have as well."""
        raise NotImplementedError

    @property
    def side(self) -> str:
        """Whose advice it is."""
        return self.own.side

    @property
    def package(self) -> PackageSeen | None:
        """The best package that all should accept, with its gains; None where nothing on the table gains for all."""
        return self.own.advice

    @property
    def title(self) -> str:
        """Case and party."""
        return ": ".join(title(self.own, load()))

    def to_dict(self) -> dict[str, Any]:
        """The page and its words as plain values."""
        return super().to_dict() | {"page": asdict(self.page)}
