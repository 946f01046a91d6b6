"""Desk: questions at work and what is kept of them. An answer that takes longer than a call may goes on in a thread.

Nothing here is written to disk. Whoever asks the same again gets the answer that was worked out meanwhile.
"""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from detente.codes import InputError, UnknownName
from detente.faces.ask.answer import Answer, warnings_of
from detente.faces.ask.question import Question, all_questions
from detente.faces.formats import to_csv, to_json
from detente.faces.web.answers import whole
from detente.faces.web.work.uploads import check_no_file

#: Seconds for which a call waits.
PATIENCE = 20.0

#: Seconds for which a call for more waits, so that nobody has to ask every second.
LONGER = 60.0

#: Long questions that are worked out at once.
SEATS = 2

#: Long questions that may be under way, those that wait for a seat included.
WAITING = 6

#: Questions that may be under way, short ones included.
AT_WORK = 40

#: Answers that are kept.
KEPT = 128


@dataclass
class Desk:
    """Questions at work, and answers.

    Attributes
    ----------
    patience : seconds for which a call waits.
    """

    patience: float = PATIENCE
    _answers: OrderedDict[str, Future[Answer]] = field(default_factory=OrderedDict, repr=False)
    _long: set[str] = field(default_factory=set, repr=False)
    _seats: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(SEATS), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    async def answer(self, key: str, make: Callable[[], Answer], long: bool) -> Answer | None:
        """The answer to a question under its key; None where it takes longer than a call may.

        Raises
        ------
        DetenteError : what the question is refused for; InputError : too many are under way.
        """
        return await self._waited(key, self._begun(key, make, long), self.patience)

    async def more(self, key: str) -> Answer | None:
        """The answer of a key, or what is worked out under it; None where it takes longer still.

        Raises
        ------
        DetenteError : what the question is refused for; InputError : no answer that is kept has it.
        """
        with self._lock:
            pairs = [
                (name, future) for name, future in self._answers.items()
                if key == name or (future.done() and future.exception() is None and key == future.result().key)
            ]  # fmt: skip
        if not pairs:
            raise InputError("key", f"'{key[:20]}' is of no answer that is kept", "ask the question again")
        return await self._waited(*pairs[-1], LONGER)

    async def _waited(self, key: str, future: Future[Answer], patience: float) -> Answer | None:
        try:
            answer = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(future)), patience)
        except TimeoutError:
            if not future.done():
                return None
            answer = future.result()
        except Exception:
            with self._lock:
                self._answers.pop(key, None)
            raise
        return answer

    def _begun(self, key: str, make: Callable[[], Answer], long: bool) -> Future[Answer]:
        """The work for an answer; begun where nobody did."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
            if long and len(self._long) >= WAITING:
                raise InputError("", f"{WAITING} long questions are under way", "ask again in a minute")
            if sum(not future.done() for future in self._answers.values()) >= AT_WORK:
                raise InputError("", f"{AT_WORK} questions are under way", "ask again in some seconds")
            future: Future[Answer] = Future()
            self._answers[key] = future
            if long:
                self._long.add(key)
            # The oldest answers that are done are forgotten.
            done = [name for name, other in self._answers.items() if other.done()]
            for name in done[: max(0, len(self._answers) - KEPT)]:
                del self._answers[name]
        threading.Thread(target=self._work, args=(key, future, make, long), name=f"answer {key}", daemon=True).start()
        return future

    def _work(self, key: str, future: Future[Answer], make: Callable[[], Answer], long: bool) -> None:
        try:
            if long:
                with self._seats:
                    answer = make()
            else:
                answer = make()
        except BaseException as error:
            future.set_exception(error)
        else:
            future.set_result(answer)
        finally:
            with self._lock:
                self._long.discard(key)


#: Rows of a table that an assistant gets, and letters of an answer, at most.
ROWS, LETTERS = 50, 16_000

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
    shown = answer.table(table)
    content = answer.to_dict((shown.name,), rows, offset)
    left = len(shown) - offset - rows
    lines = [answer.headline, *warnings_of(answer), to_csv(shown[offset : offset + rows]).rstrip("\n")]
    lines += [f"{left} more rows: call more with this key and offset={offset + rows}"] if left > 0 else []
    others = [name for name in answer.names if name != shown.name]
    lines += [f"other tables, by more: {', '.join(others)}"] if others else []
    if answer.read_to is not None:
        lines.append(f"our tariff record runs to {answer.read_to.isoformat()}")
    words = "\n".join([*lines, f"key {answer.key}"])
    size = len(words) + len(to_json(content))
    if size > LETTERS and rows > 1:
        return _told(answer, table, offset, max(1, min(rows // 2, rows * LETTERS // size)))
    return words, content


def tools() -> tuple[QuestionTool | More, ...]:
    """What assistants list: questions, and what gives more of their answers."""
    return (*(QuestionTool(question) for question in all_questions() if question.tool), More())


TOOLS: tuple[QuestionTool | More, ...] = tools()


def tool_named(name: str) -> QuestionTool | More:
    """A tool by its name.

    Raises
    ------
    UnknownName : no tool is named so.
    """
    by_name = {tool.name: tool for tool in TOOLS}
    if name not in by_name:
        raise UnknownName("tool", name[:60], by_name, "", f"use {', '.join(by_name)}")
    return by_name[name]
