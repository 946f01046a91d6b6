"""A tool: its name, what it takes and gives, and the work behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from detente.faces.mcp.answers import fitted
from detente.faces.mcp.arguments import Arguments, read
from detente.faces.mcp.desk import Desk
from detente.faces.mcp.shapes import ToolAnswer
from detente.faces.web.work.questions import WebQuestion

Given = TypeVar("Given", bound=Arguments)
STILL = "{} is still being worked out; ask again with the same arguments."


@dataclass(frozen=True)
class Call(Generic[Given]):
    """A call of a tool.

    Attributes
    ----------
    given : its arguments, checked; `key` : of question and data; `today` : the day of the call.
    desk : where runs and cases are kept.
    """

    given: Given
    key: str
    today: date
    desk: Desk


@dataclass(frozen=True)
class Tool(Generic[Given]):
    """A tool.

    Attributes
    ----------
    name, meaning : what clients show; one sentence.
    arguments, answer : shapes of what goes in and comes out.
    work : the answer to a call; `long` : whether it may take more than a second.
    """

    name: str
    meaning: str
    arguments: type[Given]
    answer: type[ToolAnswer]
    work: Callable[[Call[Given]], ToolAnswer]
    long: bool = False

    async def called(self, arguments: Any, desk: Desk) -> ToolAnswer:
        """The answer to a call; one that is not ready says so.

        Raises
        ------
        DetenteError : one sentence that says what is wrong.
        """
        given, today = read(self.arguments, arguments, self.name), date.today()
        words = json.dumps([given.model_dump(mode="json"), today.isoformat()], sort_keys=True)
        key = WebQuestion(f"tool {self.name}", words).key
        call = Call(given, key, today, desk)
        answer = await desk.answer(key, lambda: self._done(call), self.long)
        return self.answer(sentence=STILL.format(self.name), ready=False, key=key) if answer is None else answer

    def _done(self, call: Call[Given]) -> ToolAnswer:
        answer = self.work(call)
        keyed = answer if answer.key else answer.model_copy(update={"key": call.key})
        return fitted(keyed, pages="offset" in self.arguments.model_fields)
