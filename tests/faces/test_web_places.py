"""Places of the site hand out what they show as files."""

import pytest

pytest.importorskip("sqlalchemy")
httpx = pytest.importorskip("httpx")


@pytest.fixture(scope="module")
def client(served_app):
    return httpx.Client(base_url=f"http://127.0.0.1:{served_app[0]}", timeout=120)


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
