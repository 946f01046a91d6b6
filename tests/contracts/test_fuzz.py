"""Whatever is asked ends in an answer or in one sentence: drawn requests, command lines and calls of assistants.

Of each kind 25 are drawn, with `--fuzz` (`make fuzz`) 2,000, 900 and 350: no mistake of the server, no traceback, and
nothing unknown is accepted.
"""

import random

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
pytest.importorskip("mcp", reason="the mcp extra is not installed")
schemathesis = pytest.importorskip("schemathesis", reason="draws requests from the description")

import anyio  # noqa: E402
from hypothesis import HealthCheck, Phase, given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from mcp import Client  # noqa: E402
from schemathesis import checks  # noqa: E402
from schemathesis.generation import GenerationMode  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from detente.faces.ask.question import all_questions  # noqa: E402
from detente.faces.mcp.server import assistants  # noqa: E402
from detente.faces.mcp.tools import TOOLS, Desk  # noqa: E402
from detente.faces.web.app import create_app  # noqa: E402
from detente.faces.web.settings import Settings  # noqa: E402

SEED = 20251127
DUMPS = ("Traceback", "pydantic", "validation error", "internal error", 'File "', "errors.pydantic")

SLOW = ("/api/v1/average", "/api/v1/revenue", "/api/v1/reconcile", "/api/v1/watch")
"""Operations that take seconds for what is known to be taken, as the trade of any year; `test_interface` asks them."""

FEW = 4
"""Known values of a parameter that are drawn from: the first, and some of the others."""

CHECKS = [
    checks.not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip


def cut(schema):
    """The schema of a parameter with a few of its known values: of 200 countries each would be a request."""
    if len(schema.get("enum", ())) > FEW:
        schema["enum"] = schema["enum"][:: -(-len(schema["enum"]) // FEW)]
    for other in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        cut(other)


@schemathesis.hook
def before_load_schema(context, schema):
    for operations in schema["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                cut(parameter["schema"])


@pytest.fixture(scope="module")
def operations(tmp_path_factory):
    """Operations of a server without lifespan: jobs are put in line and never begin, so that no process is started."""
    folder = tmp_path_factory.mktemp("server")
    app = create_app(Settings(data_folder=folder, rate=0.0, case="", body=20_000, patience=0.3))
    app.state.engine.patience = 300.0  # seconds: cases of the talks are warmed here, other than jobs
    loaded = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, timeout=120).exclude(path=list(SLOW))
    return [found.ok() for found in loaded.get_all_operations()]


def strategy_of(operation):
    """Requests as they are described, and such as are not."""
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    wrong = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return st.one_of(right, wrong) if operation.query or operation.body else right


def test_drawn_requests_find_nothing(operations, drawn):
    dice = random.Random(SEED)
    each, answered = -(-drawn(2000) // len(operations)), []
    for operation in operations if each > 1 else dice.sample(operations, min(drawn(2000), len(operations))):

        @settings(max_examples=each, deadline=None, database=None, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(strategy_of(operation))
        def tried(case):
            # A deal under another closure solves the world anew: seconds, minutes on a busy machine.
            answered.append(case.call_and_validate(checks=CHECKS, timeout=600).status_code)

        tried()
    assert len(answered) > 0.5 * drawn(2000)
    assert sum(code in (401, 403, 421, 429, 503) for code in answered) < 0.05 * len(answered)
    assert answered.count(200) > 0.1 * len(answered), "most requests were refused: nothing was tried"


ODD = (
    "", " ", "Narnia", "\x00", "\ud800", "ä" * 300, "../../etc/passwd", "/etc/passwd", "x.yaml", "$(id)", "{}", "NaN",
    "1e999", "None", "today", "2025-02-30", "2025-05-14", "9999-12-31", "0001-01-01", "USA", "CHN", "China", "geneva",
    "rare-earths", "8507.60.00.10", "0", "-1", "99", "Dy", None, True, False, 0, 1, -1, 0.5, 1e308, -1e308, 2**70,
    float("nan"), float("inf"), [], [[]], {}, {"a": {"b": {}}}, ["USA"], [None], {"us": 1e9}, {"claim": "USMCA"},
    {"us_content": "maybe"}, ["geneva", "Narnia"], [{}, {"on": "never"}], {"claims": []}, {"kind": "measurement"},
)  # fmt: skip
GOOD = {
    "line": ("8507.60.00.10", "0101", "9503.00.00", "85", "8703", "0000.00.00"),
    "partner": ("CHN", "Germany", "MEX", "EU27", "USA", ""), "on": ("2025-05-14", "2018-07-06", "2026-03-01", ""),
    "from": ("2025-05-01", "2018-01-01"), "to": ("2025-06-01", ""), "of": ("USA", "CHN"),
    "words": ("lithium", "8507", "magnets"), "set": ("us_content=0.4", "us_content=yes"),
    "country": ("Germany", "USA", "CHN"), "offset": (0, 10, 10**6),
    "tariffs": ([{"importer": "USA", "exporter": "CHN", "tariff": 0.1}],), "world": ("icio-2022-small", "libday-2023"),
    "key": ("0123456789ab",), "draws": ("0", "1"),
}  # fmt: skip
LONG = {
    "average": ("by", "claims"), "run": ("scenario",), "brief": ("scenario",), "talks_advice": ("case",),
    "deal": ("levels", "case"), "prices": ("scenario",), "chain_run": ("mineral",),
}  # fmt: skip
"""Tools whose good answers take seconds, and arguments that are odd in each call."""

SOUND = ("", " ", "geneva", "today", "USA", "CHN", {}, None)
"""Odd values that such an argument takes."""

OFTEN = {"find": 1, "rate": 2} | dict.fromkeys(("reconcile", "revenue"), 1)
"""How often tools are called whose answers take a twentieth of a second or more; the others four times."""

QUICK = ("rate", "rate history", "find", "law show", "law list", "law changes", "data list", "data show", "chain show",
         "chain acts", "talks record", "events", "average history", "law coverage")  # fmt: skip
"""Questions that are answered in a moment; all others are given a value that nothing takes."""


def odd(dice):
    """A word that somebody might type, without a value of JSON."""
    return dice.choice(
        [value for value in ODD if isinstance(value, str) and "\x00" not in value and value.isprintable()]
    )


def test_odd_command_lines_end_in_an_answer_or_in_one_sentence(detente, tmp_path, monkeypatch, drawn):
    monkeypatch.chdir(tmp_path)
    dice, wrong, answers = random.Random(SEED), [], 0
    for _ in range(drawn(900)):
        question = dice.choice(all_questions())
        names = list(question.parameters)
        given = {name: dice.choice(GOOD[name]) for name in names if name in GOOD and dice.random() < 0.8}
        if dice.random() < 0.7:
            given[dice.choice(names)] = odd(dice)
        unknown = dice.random() < 0.1
        if question.name not in QUICK:
            given[dice.choice(names)] = "no such thing"
        line = question.name.split() + [str(given.pop(name)) for name in question.subjects if name in given]
        for name, value in given.items():
            line += [f"--{name.replace('_', '-')}={value}" if isinstance(value, str) else f"--{name}"]
        ran = detente(*line, *(["--colour=red"] if unknown else []))
        answers += ran.code == 0
        told = [row for row in ran.err.splitlines() if row.startswith("detente: ") and "is now:" not in row]
        fits = ran.code in (0, 2, 4, 6) and (ran.code == 0 or (len(told) >= 1 and len(ran.err) < 20_000))
        if not fits or any(dump in ran.out + ran.err for dump in DUMPS) or (unknown and ran.code == 0):
            wrong.append((line, ran.code, (ran.err or ran.out)[:300]))
    assert not wrong, wrong[:5]
    assert answers > drawn(900) / 40, "most lines were refused: nothing was tried"
    assert not list(tmp_path.iterdir())


def arguments(tool, dice):
    """Arguments for a tool: good ones, odd ones, unknown ones, or none."""
    names = list(tool.takes["properties"])
    known = {name: dice.choice(GOOD[name]) for name in names if name in GOOD and dice.random() < 0.85}
    if dice.random() < 0.6:
        known[dice.choice(names)] = dice.choice(ODD)
    if dice.random() < 0.1:
        known[dice.choice(("path", "file", "shell", "onn", ""))] = dice.choice(ODD)
    if tool.name in LONG:
        known[dice.choice(LONG[tool.name])] = dice.choice([value for value in ODD if value not in SOUND])
    return known


def test_odd_calls_of_assistants_end_in_an_answer_or_in_one_sentence(drawn):
    dice, weights = random.Random(SEED), [OFTEN.get(tool.name, 4) for tool in TOOLS]
    wrong, longest, answers = [], 0, 0

    async def go():
        nonlocal longest, answers
        async with Client(assistants(Desk(patience=2.0))) as client:
            for _ in range(drawn(350)):
                (tool,) = dice.choices(TOOLS, weights)
                sent = arguments(tool, dice)
                result = await client.call_tool(tool.name, sent)
                text = result.content[0].text
                longest = max(longest, len(result.model_dump_json().encode("utf-8", "replace")))
                answers += not result.is_error
                sentence = not result.is_error or ("\n" not in text and len(text) <= 2000 and text)
                if any(dump in text for dump in DUMPS) or not sentence:
                    wrong.append((tool.name, sent, text[:300]))

    anyio.run(go)
    assert not wrong, wrong[:5]
    assert longest <= 20_000
    assert answers > drawn(350) / 25, "most calls were refused: nothing was tried"
