"""A thousand odd calls end in an answer that fits, or in one sentence; never in a mistake of the program."""

import random

import pytest

pytest.importorskip("mcp", reason="the mcp extra is not installed")

import anyio
from mcp import Client

from detente.faces.mcp.desk import Desk
from detente.faces.mcp.server import assistants
from detente.faces.mcp.tools import TOOLS

CALLS, SEED, MOST = 1000, 20251127, 20_000
ODD = (
    "", " ", "Narnia", "\x00", "\ud800", "ä" * 300, "../../etc/passwd", "/etc/passwd", "x.yaml", "$(id)", "{}", "NaN",
    "1e999", "None", "today", "2025-02-30", "2025-05-14", "9999-12-31", "0001-01-01", "USA", "CHN", "China", "geneva",
    "rare-earths", "8507.60.00.10", "0", "-1", "99", "Dy", None, True, False, 0, 1, -1, 0.5, 1e308, -1e308, 2**70,
    float("nan"), float("inf"), [], [[]], {}, {"a": {"b": {}}}, ["USA"], [None], {"us": 1e9}, {"claim": "USMCA"},
    {"us_content": "maybe"}, ["geneva", "Narnia"], [{}, {"on": "never"}], {"claims": []}, {"kind": "measurement"},
)  # fmt: skip
GOOD = {
    "line": ("8507.60.00.10", "0101", "9503.00.00", "85", "8703", "0000.00.00"),
    "partner": ("CHN", "Germany", "MEX", "EU27", "USA", ""),
    "on": ("2025-05-14", "2018-07-06", "2026-03-01", ""),
    "since": ("2025-05-01", "2018-01-01"),
    "until": ("2025-06-01", ""),
    "importer": ("USA", "CHN"),
    "words": ("lithium", "8507", "magnets"),
    "limit": (1, 2),
    "lines": ([], ["8507"], ["72", "73"]),
    "set": ({}, {"us_content": 0.4}, {"us_content": "yes"}),
    "country": ("Germany", "USA", "CHN"),
    "offset": (0, 10, 10**6),
    "tariffs": ([{"importer": "USA", "exporter": "CHN", "tariff": 0.1}],),
    "world": ("icio-2022-small", "libday-2023"),
    "key": ("0123456789ab",),
    "name": ("headline",),
}
LONG = {
    "average": ("by", "claims"), "run": ("scenario",), "brief": ("scenario",), "talks_advice": ("case",),
    "deal": ("levels", "case"), "prices": ("scenario",), "chain_run": ("mineral",),
}  # fmt: skip
"""Tools whose good answers take seconds, and arguments that are odd in each call."""

SOUND = ("", " ", "geneva", "today", "USA", "CHN", {}, None)
"""Odd values that such an argument takes."""

OFTEN = {"find": 1, "rate": 2} | dict.fromkeys(("reconcile", "revenue"), 1)
"""How often tools are called whose answers take a twentieth of a second or more; the others four times."""

DUMPS = ("Traceback", "pydantic", "validation error", "internal error", 'File "', "errors.pydantic")


def arguments(tool, dice):
    """Arguments for a tool: good ones, odd ones, unknown ones, or none."""
    names = list(tool.takes["properties"])
    given = {name: dice.choice(GOOD[name]) for name in names if name in GOOD and dice.random() < 0.85}
    if dice.random() < 0.6:
        given[dice.choice(names)] = dice.choice(ODD)
    if dice.random() < 0.1:
        given[dice.choice(("path", "file", "shell", "onn", ""))] = dice.choice(ODD)
    if tool.name in LONG:
        given[dice.choice(LONG[tool.name])] = dice.choice([value for value in ODD if value not in SOUND])
    return given


def test_odd_calls_end_in_an_answer_or_in_one_sentence():
    dice, weights = random.Random(SEED), [OFTEN.get(tool.name, 4) for tool in TOOLS]
    wrong, longest, answers = [], 0, 0

    async def go():
        nonlocal longest, answers
        async with Client(assistants(Desk(patience=60.0))) as client:
            for _ in range(CALLS):
                (tool,) = dice.choices(TOOLS, weights)
                given = arguments(tool, dice)
                result = await client.call_tool(tool.name, given)
                text = result.content[0].text
                longest = max(longest, len(result.model_dump_json().encode("utf-8", "replace")))
                answers += not result.is_error
                sentence = not result.is_error or ("\n" not in text and len(text) <= 2000 and text)
                if any(dump in text for dump in DUMPS) or not sentence:
                    wrong.append((tool.name, given, text[:300]))

    anyio.run(go)
    assert not wrong, wrong[:5]
    assert longest <= MOST
    assert answers > CALLS / 20, "most calls were refused: nothing was tried"
