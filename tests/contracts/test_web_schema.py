"""What the description of the interface promises is what it does: requests drawn from it find no mistake."""

import tempfile
from pathlib import Path

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
    "/api/v1/materials/{name}/months", "/api/v1/world/optimal", "/api/v1/world/nash", "/api/v1/world/decouple",
    "/api/v1/rates/average", "/api/v1/rates/daily", "/api/v1/brief/{country}", "/api/v1/deal/country",
    "/api/v1/rates/revenue", "/api/v1/rates/revenue/months", "/api/v1/rates/facing", "/api/v1/rates/facing/days",
    "/api/v1/rates/reconcile", "/api/v1/rates/reconcile/nearest",
)  # fmt: skip
"""Operations that take seconds for what is known to be taken, as the trade of any year; `test_web_api` gives them bad
requests by hand, `test_web_shapes` good ones."""

SCHEMA = schemathesis.openapi.from_asgi("/api/v1/openapi.json", APP).exclude(path=list(SLOW))
ANSWERED: list[int] = []
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
    found = case.call_and_validate(checks=CHECKS)
    ANSWERED.append(found.status_code)


def test_the_requests_came_through():
    refused = [code for code in ANSWERED if code in (401, 403, 421, 429, 503)]
    assert len(ANSWERED) > 100
    assert len(refused) < 0.05 * len(ANSWERED)
    assert ANSWERED.count(200) > 0.2 * len(ANSWERED)
