"""Files that are sent: as the body of a request or with a form, read within limits, and kept nowhere."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from detente.codes import InputError, Parameter
from detente.data.containers import PACKED
from detente.data.rowfile import SentFile
from detente.faces.web.problems import Problem

if TYPE_CHECKING:
    from detente.faces.ask.question import Question

MOST_ROWS = 50_000
"""Rows of a file that the server takes."""

JSON, FORM = "application/json", "multipart/form-data"
MEDIA = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/vnd.apache.parquet": ".parquet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
}
"""Kind of content -> how a file of it is called."""

MOST_FIELDS = 40
BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?')
FIELD = re.compile(r'name="([^"\r\n]*)"')
FILE = re.compile(r'filename="([^"\r\n]*)"')


def given_by(question: Question, body: bytes, media: str) -> dict[str, Any]:
    """Arguments of a question, and its file, from the body of a request.

    Raises
    ------
    Problem : 400 what is no JSON, 415 content of another kind; InputError : a file that is packed, a broken form.
    """
    kind = media.partition(";")[0].strip().lower()
    if not question.file or kind in ("", JSON):
        return _of_json(question, body)
    if kind == FORM:
        return _of_form(question, body, media)
    if kind not in MEDIA:
        raise Problem(415, f"give the {question.file} as one of {', '.join(MEDIA)}, or with a form")
    return {question.file: _sent(f"{question.name.replace(' ', '-')}{MEDIA[kind]}", body)}


def _of_json(question: Question, body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Problem(400, "the body is no JSON; send a mapping of arguments to values") from None
    if question.file and isinstance(content, list):  # its rows alone
        content = {question.file: content}
    if not isinstance(content, dict):
        raise Problem(422, "the body is no mapping; send arguments with their values")
    rows = content.get(question.file)
    if isinstance(rows, list) and not all(isinstance(row, str) for row in rows):
        return {**content, question.file: _of_rows(question, rows)}
    return content


def _of_rows(question: Question, rows: list[Any]) -> SentFile:
    """Rows of JSON as a file."""
    import polars as pl

    try:
        content = pl.DataFrame(rows, infer_schema_length=None).write_csv().encode()
    except (TypeError, ValueError, pl.exceptions.PolarsError):
        where = Parameter(question.file)
        raise InputError(where, "is no list of rows", "send mappings of columns to texts or numbers") from None
    return _sent(f"{question.name.replace(' ', '-')}.csv", content)


def _of_form(question: Question, body: bytes, media: str) -> dict[str, Any]:
    """Fields of a form, those that are blank left out, and the file that was chosen."""
    boundary = BOUNDARY.search(media)
    if boundary is None:
        raise InputError("form", "says not where its fields end", "send it again")
    given: dict[str, Any] = {}
    mark = b"--" + boundary[1].encode("ascii", "replace")
    for part in body.split(mark)[1 : MOST_FIELDS + 1]:
        head, blank, content = part.partition(b"\r\n\r\n")
        words = head.decode("utf-8", "replace")
        name, file = FIELD.search(words), FILE.search(words)
        if not blank or name is None:
            continue
        content = content.removesuffix(b"\r\n")
        if file is None and content.strip():
            given.setdefault(name[1], content.decode("utf-8", "replace")[:20_000])
        elif file is not None and file[1]:
            given[name[1]] = _sent(re.split(r"[/\\]", file[1])[-1][:80], content)
    return given


def _sent(name: str, content: bytes) -> SentFile:
    if name.lower().endswith(".gz") or content[:2] == PACKED:
        raise InputError(name, "is packed", "send it unpacked")
    return SentFile(name, content, MOST_ROWS)


def how_to_send(question: Question, path: str) -> InputError:
    """What to say where the file is missing."""
    line = f"curl --data-binary @mine.csv -H 'content-type: text/csv' HOST/api/v1{path}"
    typed = f", or type {question.file}={question.typed}" if question.typed else ""
    return InputError(Parameter(question.file), "is missing", f"send it as the body: {line}{typed}")
