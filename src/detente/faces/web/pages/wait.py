"""Pages whose answer is being computed: they stand at once, say how far it is, and bring it when it is there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from detente.codes import DetenteError
from detente.faces.web.html import Address, note_refusal
from detente.faces.web.problems import Problem
from detente.faces.web.work.questions import Questions, WebQuestion

LONGEST = 2000
"""Characters of a query that go with a page."""


def answer_of(address: Address, make: Callable[[], WebQuestion], messages: list[str]) -> Any:
    """The answer to a question of a page, or its job; None where it is refused, which is noted as a sentence."""
    questions: Questions = address.request.app.state.questions
    try:
        return questions.ask(make())
    except (DetenteError, Problem) as error:
        note_refusal(error, messages)
        return None


def again(address: Address) -> str:
    """The page's own address, under which its answer will stand."""
    path, query = address.request.url.path, address.request.url.query[:LONGEST]
    return f"{path}?{query}" if query else path
