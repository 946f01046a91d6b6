"""Questions as tools for assistants: the everyday arguments, and the answer as every face gives it to a program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.codes import InputError
from detente.faces.ask.answer import Answer
from detente.faces.ask.output import warnings_of
from detente.faces.ask.question import Question, all_questions
from detente.faces.web.work.uploads import check_no_file

if TYPE_CHECKING:
    from detente.faces.mcp.desk import Desk

ROWS, MOST = 50, 1_000
"""Rows of a table that an assistant gets where it does not say, and at most."""

PAGING = {
    "table": {"type": "string", "description": "another table of the answer"},
    "offset": {"type": "integer", "minimum": 0, "description": "rows to leave out first"},
}


@dataclass(frozen=True)
class QuestionTool:
    """A question as a tool."""

    question: Question

    @property
    def name(self) -> str:
        """The name that assistants call it by."""
        return self.question.name.replace(" ", "_")

    @property
    def meaning(self) -> str:
        """What it answers, in one line."""
        return self.question.title

    @property
    def takes(self) -> dict[str, Any]:
        """What it takes, as JSON Schema; a number may be written as one or as text."""
        schema = self.question.schema(everyday=True)
        for shape in schema["properties"].values():
            loose = {"integer", "number", "array"} & {shape["type"]}
            shape["type"] = [shape["type"], "string"] if loose else shape["type"]
            if shape.get("description", "").startswith("Number "):
                shape["type"] = ["string", "number"]
        return schema | {"properties": schema["properties"] | PAGING}

    async def called(self, arguments: Any, desk: Desk) -> tuple[str, dict[str, Any]]:
        """The answer to a call in words and as values; one that is not ready says so.

        Raises
        ------
        InputError, UnknownName : what cannot be used.
        """
        given = dict(_mapping(arguments, self.name))
        table, offset = str(given.pop("table", "")), _whole(given.pop("offset", 0))
        values = self.question.read(given)
        check_no_file(self.question.arguments, given)
        key = f"{self.name} {sorted((name, str(value)) for name, value in values.items())}"
        answer: Any = await desk.answer(key, lambda: self.question.ask(given), self.question.long)  # type: ignore[arg-type]
        if answer is None:
            say = f"{self.name} is still being worked out; ask again with the same arguments in 20 seconds."
            return say, {"state": "working", "say": say}
        return _told(answer, table, offset)


def _mapping(arguments: Any, tool: str) -> Mapping[str, Any]:
    if arguments is None:
        return {}
    if not isinstance(arguments, Mapping):
        raise InputError(tool, "takes its arguments by name", "give a mapping of arguments to values")
    return arguments


def _whole(value: Any) -> int:
    text = str(value)
    if not text.isdigit():
        raise InputError("offset", f"'{text[:20]}' is no number of rows", "give a whole number, as 50")
    return int(text)


def _told(answer: Answer, table: str, offset: int) -> tuple[str, dict[str, Any]]:
    """An answer in words, with the first rows of a table, and as values."""
    from detente.faces.formats import to_csv

    shown = answer.table(table)
    content = answer.to_dict((shown.name,), ROWS, offset)
    rows = shown.take(_slice(len(shown), offset))
    left = len(shown) - offset - ROWS
    lines = [answer.headline, *warnings_of(answer), to_csv(rows).rstrip("\n")]
    lines += [f"{left} more rows: offset={offset + ROWS}"] if left > 0 else []
    others = [name for name in answer.names if name != shown.name]
    lines += [f"other tables: {', '.join(others)}"] if others else []
    if answer.read_to is not None:
        lines.append(f"law read to {answer.read_to.isoformat()}")
    return "\n".join([*lines, f"key {answer.key}"]), content


def _slice(size: int, offset: int) -> Any:
    import numpy as np

    return np.arange(min(offset, size), min(offset + ROWS, size))


def tools() -> tuple[QuestionTool, ...]:
    """Questions that assistants list."""
    return tuple(QuestionTool(question) for question in all_questions() if question.tool)
