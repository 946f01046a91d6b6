"""What the description of the interface promises is what it does: requests drawn from it find no mistake."""

import os
import tempfile
from pathlib import Path
from statistics import mean

import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")
schemathesis = pytest.importorskip("schemathesis", reason="draws requests from the description")

from hypothesis import HealthCheck, settings  # noqa: E402
from schemathesis import checks  # noqa: E402
from schemathesis.specs.openapi.checks import (  # noqa: E402
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from detente.faces.web.app import create_app  # noqa: E402
from detente.faces.web.settings import Settings  # noqa: E402

# No lifespan: jobs are put in line and never begin, so that a drawn request starts no process; who waits for one soon
# hears that it is not done.
FOLDER = tempfile.TemporaryDirectory(prefix="detente-")
APP = create_app(Settings(data_folder=Path(FOLDER.name), rate=0.0, case="", body=20_000, patience=0.3))
APP.state.engine.patience = 300.0  # seconds: cases of the talks are warmed here, other than jobs
SLOW = (
    "/api/v1/average", "/api/v1/revenue",
    "/api/v1/reconcile", "/api/v1/watch",
)  # fmt: skip
"""Operations that take seconds for what is known to be taken, as the trade of any year; `test_web_api` gives them bad
requests by hand, `test_web_shapes` good ones."""

FEW = 4
"""Known values of a parameter that are drawn from: the first, and some of the others."""


def cut(schema):
    """The schema of a parameter with a few of its known values."""
    if len(schema.get("enum", ())) > FEW:
        schema["enum"] = schema["enum"][:: -(-len(schema["enum"]) // FEW)]
    for other in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        cut(other)


@schemathesis.hook
def before_load_schema(context, schema):
    """Each known value would be one request of its own, of 200 countries a deal each; `test_web_shapes` gives all."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                cut(parameter["schema"])


# The description holds all that is known and is made for the first that asks: a busy machine takes its time.
LOADED = schemathesis.openapi.from_asgi("/api/v1/openapi.json", APP, timeout=120)
SCHEMA = LOADED.exclude(path=list(SLOW))
ANSWERED: dict[str, list[int]] = {}
"""Codes of the answers, by operation."""
CHECKS = [
    checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@SCHEMA.parametrize()
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
def test_drawn_requests_find_nothing(case):
    codes = ANSWERED.setdefault(case.operation.label, [])
    # A deal under another closure solves the world anew: seconds, more on a busy machine.
    found = case.call_and_validate(checks=CHECKS, timeout=120)
    codes.append(found.status_code)


def test_the_requests_came_through(request):
    drawn = [item for item in request.session.items if item.name.startswith(test_drawn_requests_find_nothing.__name__)]
    if len(ANSWERED) < len(drawn) and "PYTEST_XDIST_WORKER" in os.environ:
        pytest.skip("requests were drawn in several processes")
    codes = [code for answers in ANSWERED.values() for code in answers]
    refused = [code for code in codes if code in (401, 403, 421, 429, 503)]
    assert len(codes) > 100
    assert len(refused) < 0.05 * len(codes)
    # One operation has thousands of bad requests: each counts alike.
    assert mean(answers.count(200) / max(len(answers), 1) for answers in ANSWERED.values()) > 0.2
