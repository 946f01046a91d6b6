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

ROWS, LETTERS = 50, 16_000
"""Rows of a table that an assistant gets, and letters of an answer, at most."""

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
        for name, shape in schema["properties"].items():
            if self.question.arguments[name].kind in ("scenario", "statement"):
                shape["type"] = ["string", "object"]
                continue
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
        check_no_file(self.question, given)
        key = f"{self.name} {sorted((name, str(value)) for name, value in values.items())}"
        answer: Any = await desk.answer(key, lambda: self.question.ask(given), self.question.long)
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


def _told(answer: Answer, table: str, offset: int, rows: int = ROWS) -> tuple[str, dict[str, Any]]:
    """An answer in words, with as many rows of a table as a conversation takes, and as values."""
    from detente.faces.formats import to_csv, to_json

    shown = answer.table(table)
    content = answer.to_dict((shown.name,), rows, offset)
    left = len(shown) - offset - rows
    lines = [answer.headline, *warnings_of(answer), to_csv(shown[offset : offset + rows]).rstrip("\n")]
    lines += [f"{left} more rows: offset={offset + rows}"] if left > 0 else []
    others = [name for name in answer.names if name != shown.name]
    lines += [f"other tables: {', '.join(others)}"] if others else []
    if answer.read_to is not None:
        lines.append(f"law read to {answer.read_to.isoformat()}")
    words = "\n".join([*lines, f"key {answer.key}"])
    size = len(words) + len(to_json(content))
    if size > LETTERS and rows > 1:
        return _told(answer, table, offset, max(1, min(rows // 2, rows * LETTERS // size)))
    return words, content


def tools() -> tuple[QuestionTool, ...]:
    """Questions that assistants list."""
    return tuple(QuestionTool(question) for question in all_questions() if question.tool)
