"""Questions as tools for assistants: the everyday arguments, and the answer as every face gives it to a program."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, UnknownName
from detente.faces.ask.answer import Answer
from detente.faces.ask.output import warnings_of
from detente.faces.ask.question import Question, all_questions
from detente.faces.web.answers import whole
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
        return schema

    async def called(self, arguments: Any, desk: Desk) -> tuple[str, dict[str, Any]]:
        """The answer to a call in words and as values; one that is not ready says so.

        Raises
        ------
        InputError, UnknownName : what cannot be used.
        """
        given = dict(_mapping(arguments, self.name))
        values = self.question.read(given)
        check_no_file(self.question, given)
        words = f"{self.name} {sorted((name, str(value)) for name, value in values.items())}"
        key = hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:12]
        answer: Any = await desk.answer(key, lambda: self.question.ask(given), self.question.long)
        return _working(key) if answer is None else _told(answer, "", 0)


class More:
    """What more there is of an answer: the rows that follow, another table, or the whole once it is worked out."""

    name = "more"
    meaning = "More of an answer by its key: rows that follow, another table, or the answer once it is worked out."
    takes: Mapping[str, Any] = {
        "type": "object", "properties": {
            "key": {"type": "string", "description": "Key that an answer gave"}, **PAGING,
        }, "required": ["key"], "additionalProperties": False,
    }  # fmt: skip

    async def called(self, arguments: Any, desk: Desk) -> tuple[str, dict[str, Any]]:
        """The rows, or how far the answer is.

        Raises
        ------
        InputError, UnknownName : what cannot be used, and a key of no answer that is kept.
        """
        given = _mapping(arguments, self.name)
        for name in given:
            if name not in self.takes["properties"]:
                raise UnknownName("argument", name[:60], self.takes["properties"])
        key, offset = str(given.get("key", "")), whole(given, "offset")
        answer = await desk.more(key)
        return _working(key) if answer is None else _told(answer, str(given.get("table", "")), offset)


def _working(key: str) -> tuple[str, dict[str, Any]]:
    """What is said of an answer that takes longer than a call."""
    say = f"This is still being worked out; call more with the key {key} in 20 seconds."
    return say, {"state": "working", "key": key, "say": say}


def _mapping(arguments: Any, tool: str) -> Mapping[str, Any]:
    if arguments is None:
        return {}
    if not isinstance(arguments, Mapping):
        raise InputError(tool, "takes its arguments by name", "give a mapping of arguments to values")
    return arguments


def _told(answer: Answer, table: str, offset: int, rows: int = ROWS) -> tuple[str, dict[str, Any]]:
    """An answer in words, with as many rows of a table as a conversation takes, and as values."""
    from detente.faces.formats import to_csv, to_json

    shown = answer.table(table)
    content = answer.to_dict((shown.name,), rows, offset)
    left = len(shown) - offset - rows
    lines = [answer.headline, *warnings_of(answer), to_csv(shown[offset : offset + rows]).rstrip("\n")]
    lines += [f"{left} more rows: call more with this key and offset={offset + rows}"] if left > 0 else []
    others = [name for name in answer.names if name != shown.name]
    lines += [f"other tables, by more: {', '.join(others)}"] if others else []
    if answer.read_to is not None:
        lines.append(f"law read to {answer.read_to.isoformat()}")
    words = "\n".join([*lines, f"key {answer.key}"])
    size = len(words) + len(to_json(content))
    if size > LETTERS and rows > 1:
        return _told(answer, table, offset, max(1, min(rows // 2, rows * LETTERS // size)))
    return words, content


def tools() -> tuple[QuestionTool | More, ...]:
    """What assistants list: questions, and what gives more of their answers."""
    return (*(QuestionTool(question) for question in all_questions() if question.tool), More())
