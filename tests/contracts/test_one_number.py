"""One number everywhere: command line, interface, pages, Python, assistants and claims give the same for one question.

The numbers and how each face is asked stand in `one_number.yaml`; a row more there is a test more.
"""

import contextlib
import html
import io
import json
import re
import shlex
import sys
import time
from functools import cache
from pathlib import Path

import pytest
import yaml

pytest.importorskip("mcp", reason="the mcp extra is not installed")

import anyio
from mcp import Client
from starlette.testclient import TestClient

import detente as dt
from detente.faces.cli.app import main
from detente.faces.mcp.desk import Desk
from detente.faces.mcp.server import assistants
from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings

NUMBERS = yaml.load(Path(__file__).with_name("one_number.yaml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
NEAR = 1e-6
"""Relative difference that solves leave, and that values which are rounded to the scale of their column may have."""


@pytest.fixture(scope="module")
def faces(keep_runs, tmp_path_factory):
    """How each face is asked; the same question is asked once for all numbers."""
    with pytest.MonkeyPatch.context() as patched:
        keep_runs(patched)
        settings = Settings(data_folder=tmp_path_factory.mktemp("one-number"), case="", rate=0.0)
        with TestClient(create_app(settings), base_url="http://127.0.0.1") as client:
            desk = Desk(patience=120.0)
            yield {
                "cli": cache(lambda command: told(command, patched)),
                "api": cache(lambda address: json.loads(fetched(client, address))),
                "page": cache(lambda address: plain(fetched(client, address))),
                "python": cache(lambda code: eval(code, {"dt": dt})),
                "tool": cache(lambda name, given: called(desk, name, json.loads(given))),
                "claim": cache(lambda given: claimed(settings.data_folder, json.loads(given))),
            }


def told(command, patched):
    """What a command prints as JSON, tables by name where it prints several."""
    patched.setattr(sys, "argv", ["detente", *shlex.split(command), "--format", "json"])
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), contextlib.suppress(SystemExit):
        main()
    assert out.getvalue().strip(), f"detente {command}: {err.getvalue()}"
    return json.loads(out.getvalue())


def fetched(client, address):
    """The text at an address, once its work is done."""
    end = time.monotonic() + 120
    while (answer := client.get(address)).status_code in (202, 503) and time.monotonic() < end:
        time.sleep(0.1)
    assert answer.status_code == 200, f"{address}: {answer.text[:300]}"
    return answer.text


def plain(page):
    """A page without its marks."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))


def called(desk, name, given):
    """What a tool answers; another table of it by the tool `more`."""
    table = given.pop("table", "")

    async def go():
        async with Client(assistants(desk), mode="auto") as client:
            first = await client.call_tool(name, given)
            if first.is_error or not table:
                return first
            return await client.call_tool("more", {"key": first.structured_content["key"], "table": table})

    answer = anyio.run(go)
    assert not answer.is_error, answer.content[0].text
    return answer.structured_content


def claimed(folder, given):
    """What is computed beside a claim of a quantity, with draws, which give its range and not the number."""
    quantity, *definition = given
    claim = {
        "claim_id": "mine", "quote": "as said", "said": "2026-12-01", "kind": "measurement",
        "source": {"publisher": "a newspaper", "url": "https://example.org/news", "retrieved": "2026-12-01"},
        "quantity": {"value": "1", **quantity}, **({"definition": definition[0]} if definition else {}),
    }  # fmt: skip
    file = folder / "one.yaml"
    file.write_text(yaml.safe_dump([claim]), encoding="utf-8")
    (row,) = dt.check(str(file), as_of="2026-12-01", draws=20).tables["details"]
    return row["value"]


def found(content, place):
    """A number in an answer: keys and rows between slashes, `key=value&key=value` for the first row that says so."""
    for step in str(place).split("/"):
        rows = content if isinstance(content, list) else None
        if rows is not None and "=" in step:
            wanted = [part.partition("=")[::2] for part in step.split("&")]
            content = next(row for row in rows if all(str(row[key]) == value for key, value in wanted))
        elif rows is not None and step.isdigit():
            content = rows[int(step)]
        elif rows is None and step == "sum":
            content = list(content)
        elif rows is not None and step != "sum":
            content = sum(row[step] for row in rows)
        elif rows is None:
            content = content[step]
    return content


def printed(text, pattern):
    """A number as it is printed in a text, and half of its last digit."""
    match = re.search(pattern, " ".join(text) if isinstance(text, list) else text.replace("\u2212", "-"))
    assert match, f"'{pattern}' is not in: {text[:400]}"
    digits = len(match[1].partition(".")[2])
    return float(match[1]), 0.5 * 10.0**-digits


def said(faces, face, asked):
    """What a face says, and how far it may lie off since it rounds."""
    kind, (question, *more) = face.split()[0], asked
    if kind == "page":
        number, half = printed(faces["page"](question), more[0])
        return number * float(more[1]), half * float(more[1])
    if kind == "text":
        number, half = printed(found(faces["cli"](question), more[0]), more[1])
        return number * float(more[2]), half * float(more[2])
    if kind == "claim":
        return faces["claim"](json.dumps(asked)), 0.0
    if kind == "tool":
        return float(found(faces["tool"](question, json.dumps(typed(more[0]))), more[1])), 0.0
    if kind == "python":
        answer = faces["python"](question)
        value = answer[more[0]] if hasattr(answer, "columns") else getattr(answer, more[0])
        return float(getattr(value, "item", lambda: value)() if getattr(value, "size", 1) == 1 else value[0]), 0.0
    number, scale = found(faces[kind](question), more[0]), float(more[1]) if len(more) > 1 else 1.0
    if isinstance(number, str):
        number, half = printed(number, r"([+-]?[\d.]+)")
        return number * scale, half * scale
    return float(number) * scale, 0.0


def typed(given):
    """Arguments of a tool as JSON has them: whole numbers where an argument counts or sets a level."""
    if isinstance(given, dict):
        return {key: typed(value) for key, value in given.items()}
    return int(given) if given.isdigit() else given  # 17.8 stays text, as a reader prints it


@pytest.mark.parametrize("number", NUMBERS)
def test_every_face_gives_the_same_number(faces, number):
    answers = {face: said(faces, face, asked) for face, asked in NUMBERS[number].items()}
    assert len(answers) > 1
    first, *others = answers
    for other in others:
        (value, half), (theirs, their_half) = answers[first], answers[other]
        allowed = 1.001 * max(half, their_half) + NEAR * abs(value)
        assert abs(value - theirs) <= allowed, f"{first} {value:.12g}, {other} {theirs:.12g}: {answers}"


def test_the_table_of_numbers_is_long_enough():
    assert len(NUMBERS) >= 30
    kinds = {face.split()[0] for asked in NUMBERS.values() for face in asked}
    assert {"cli", "api", "page", "python", "tool", "claim"} <= kinds
