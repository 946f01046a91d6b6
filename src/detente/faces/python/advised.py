"""What one side of talks may do, between two or more: what its answers in Python have alike."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from detente.faces.python.answer import AnswerBase
from detente.faces.words.advice import title
from detente.faces.words.language import load
from detente.lab.talks.advice import Advice, PackageSeen


class AdviceAnswer(AnswerBase):
    """The page of `detente talks` for one side: whose it is, its best package, its title and its numbers.

    Attributes
    ----------
    page : everything on the page.
    """

    page: Any

    @property
    def _own(self) -> Advice:
        """What the page says of the side alone."""
        raise NotImplementedError

    @property
    def side(self) -> str:
        """Whose advice it is."""
        return self._own.side

    @property
    def package(self) -> PackageSeen | None:
        """The best package that all should accept, with its gains; None where nothing on the table gains for all."""
        return self._own.advice

    @property
    def title(self) -> str:
        """Case and side."""
        return ": ".join(title(self._own, load()))

    def to_dict(self) -> dict[str, Any]:
        """The page and its words as plain values."""
        return super().to_dict() | {"page": asdict(self.page)}
