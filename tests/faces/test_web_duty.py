"""The duty page: the days of `detente daily`, its charts as files, and a frame for other pages."""

import contextlib
import sys

import pytest

from detente.faces.cli.app import main

pytest.importorskip("sqlalchemy")
httpx = pytest.importorskip("httpx")

SPAN = "from=2025-03-01&to=2025-05-31"


@pytest.fixture(scope="module")
def client(served_app):
    return httpx.Client(base_url=f"http://127.0.0.1:{served_app[0]}", timeout=120)


@pytest.mark.parametrize(("of", "partner", "goods"), [("USA", "", ""), ("CHN", "CHN", "USA"), ("USA", "MEX", "MEX")])
def test_the_days_are_those_of_the_command(client, capsys, monkeypatch, of, partner, goods):
    page = client.get(f"/duty.csv?of={of}&partner={partner}&{SPAN}").text
    command = ["daily", "--from", "2025-03-01", "--to", "2025-05-31", "--of", of, "--format", "csv"]
    command += ["--partner", goods] if goods else []
    monkeypatch.setattr(sys, "argv", ["detente", *command])
    with contextlib.suppress(SystemExit):
        main()
    assert page == capsys.readouterr().out


def test_the_page_draws_both_sides_and_hands_out_each_chart(client):
    page = client.get(f"/duty?{SPAN}").text
    for name in ("daily", "authorities-usa", "authorities-chn"):
        assert f'id="figure-{name}"' in page
        for form, begins in (("svg", b"<svg xmlns"), ("png", b"\x89PNG"), ("csv", b"date,average")):
            assert client.get(f"/duty/chart/{name}.{form}?{SPAN}").content.startswith(begins)
    assert "did you mean 'daily'" in client.get(f"/duty/chart/dayly.png?{SPAN}").text.replace("&#39;", "'")


def test_a_frame_holds_the_chart_and_a_way_back(client):
    found = client.get(f"/embed/duty?partner=CHN&{SPAN}")
    assert "frame-ancestors *" in found.headers["content-security-policy"]
    assert found.text.count("<figure") == 1
    assert "/duty?from=2025-03-01&amp;to=2025-05-31&amp;partner=CHN" in found.text


def test_bad_words_of_the_address_are_said(client):
    page = client.get("/duty?partner=XXX&from=2025-05-01&to=2025-01-01").text.replace("&#39;", "'")
    assert "Partner 'XXX' is not known; taken all." in page
    assert "cannot be shown" in page


@pytest.mark.parametrize(
    ("path", "head"),
    [],
)
def test_places_hand_out_what_they_show(client, path, head):
    found = client.get(path)
    assert found.status_code == 200, found.text[:300]
    assert found.content.startswith(head)


def test_claims_are_handed_out_once_they_are_judged(client):
    found = client.get("/claims.csv?as_of=2025-05-31")
    assert found.status_code in (200, 503)
    assert found.headers.get("retry-after") if found.status_code == 503 else found.text.startswith("claim")
