"""Numbers of answers: those that are wanted, and the same one in every face.

What answers must say stands in `tests/data/wanted.yaml`, the numbers of which every face must give the same, and how it
is asked for each, in `tests/data/one_number.yaml`: a row more there is a test more.
"""

import contextlib
import html
import io
import json
import re
import shlex
import sys
import time
from datetime import date
from functools import cache
from pathlib import Path

import pytest
import yaml

pytest.importorskip("mcp", reason="the mcp extra is not installed")

import anyio
from mcp import Client
from starlette.testclient import TestClient

import detente as dt
from detente.faces.ask.question import find
from detente.faces.cli.app import main
from detente.faces.mcp.server import assistants
from detente.faces.mcp.tools import Desk
from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings

DATA = Path(__file__).parents[1] / "data"


def rows(name):
    """Rows of a file, every value as it is written."""
    return yaml.load((DATA / name).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


NUMBERS = rows("one_number.yaml")
WANTED = [(name, row) for name, asked in rows("wanted.yaml").items() for row in asked]
NEAR = 1e-6
"""Relative difference that solves leave, and that values which are rounded to the scale of their column may have."""


@pytest.fixture(scope="module")
def faces(answers_kept, tmp_path_factory):
    """How each face is asked; the same question is asked once for all numbers."""
    with pytest.MonkeyPatch.context() as patched:
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
        time.sleep(0.02)
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
    (row,) = dt.check(str(file), as_of="2026-12-01", draws=4).tables["details"]
    return row["value"]


def found(content, place):
    """A number in an answer: keys and rows between slashes, `key=value&key=value` for the first row that says so."""
    for step in str(place).split("/"):
        rows = content if isinstance(content, list) else None
        if step == "count":
            content = len(content)
        elif rows is not None and step == "*":
            place = str(place).partition("*/")[2]
            return [found(row, place) for row in content]
        elif rows is not None and "=" in step:
            wanted = [part.partition("=")[::2] for part in step.split("&")]
            content = next(row for row in rows if all(str(row[key]) == value for key, value in wanted))
        elif rows is not None and step.lstrip("-").isdigit():
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
    match = re.search(pattern, " ".join(text) if isinstance(text, list) else str(text).replace("\u2212", "-"))
    assert match, f"'{pattern}' is not in: {text[:400]}"
    digits = len(match[1].partition(".")[2])
    return float(match[1].replace(",", "")), 0.5 * 10.0**-digits


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


def check_value(value, wanted):
    """A value against what is written for it."""
    if isinstance(wanted, dict):
        texts = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        for how, given in wanted.items():
            several = given if isinstance(given, list) else [given]
            if how in ("above", "below"):
                assert (value > float(given)) == (how == "above"), value
            elif how == "starts":
                assert {text.startswith(given) for text in texts} == {True}, texts
            else:
                assert all(any(one in text for text in texts) == (how == "has") for one in several), (given, texts)
    elif isinstance(wanted, list):
        assert len(value) == len(wanted), value
        for one, other in zip(value, wanted, strict=True):
            check_value(one, other)
    elif isinstance(value, float):
        digits = len(wanted.partition(".")[2])
        assert value == pytest.approx(float(wanted), rel=0, abs=0.5 * 10.0**-digits if digits else 0.0)
    else:
        assert str(value) == wanted


@pytest.mark.sampled(18)
@pytest.mark.usefixtures("answers_kept")
@pytest.mark.parametrize(("name", "row"), WANTED, ids=[f"{name}, {row['why'][:50]}" for name, row in WANTED])
def test_an_answer_says_what_is_wanted(name, row):
    answer = find(name).ask(plain_values(row["ask"]))
    content = answer.to_dict()
    content |= {"main": content["tables"][answer.main.name]["rows"], "main_notes": list(answer.main.notes)}
    for place, wanted in row.items():
        if place not in ("ask", "why"):
            try:
                check_value(found(content, place), wanted)
            except (AssertionError, LookupError, StopIteration) as error:
                raise AssertionError(f"{place}: {wanted} is wanted: {error}") from error


def plain_values(given):
    """Arguments as texts; words for yes and no inside mappings as YAML means them."""
    if isinstance(given, dict):
        return {key: plain_values(value) for key, value in given.items()}
    if isinstance(given, list):
        return [plain_values(value) for value in given]
    return {"true": True, "false": False}.get(given, given)


@pytest.mark.sampled(22)
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


@pytest.mark.parametrize("asked", [{"from": "2025-04-01", "to": "2025-04-12"}, {"on": "2025-05-08", "by": "partner"}])
def test_parts_of_an_average_add_up(asked):
    answer = find("average").ask(asked)
    around = {"date", "partner", "partner_name", "imports", "average", "after_substitution"}
    assert len(answer) > 11
    for row in answer:
        parts = sum(value for name, value in row.items() if name not in around)
        assert parts == pytest.approx(row["average"], abs=1e-9)


def test_today_is_meant_where_no_day_is_given():
    answer = dt.average_history()
    shown = (answer.tables["places"]["rate_of"][0], answer.arguments["on"])
    assert shown == (f"tariffs of {date.today()}", date.today())
