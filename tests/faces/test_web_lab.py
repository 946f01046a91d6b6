"""What the pages ask of the lab: a line over time, the feed of changes."""

from datetime import date
from xml.etree import ElementTree

import pytest

from detente.codes import InputError
from detente.lab.statute.book import last_act, line_history
from detente.lab.statute.lookup import look_up


def test_a_line_over_time_agrees_with_the_look_up_of_each_day():
    table = line_history("8507.60.00.10", "CHN", first=date(2025, 1, 1), last=date(2026, 3, 1))
    rows = list(table.rows())
    assert len(rows) > 6
    for row in rows:
        for day in (row["date"], row["until"] or "2026-03-01"):
            assert look_up("8507.60.00.10", "CHN", date.fromisoformat(day)).total == pytest.approx(row["total"])
    assert all(row["what"] and row["citation"] for row in rows[1:])
    assert sum(row["change"] for row in rows[1:]) == pytest.approx(rows[-1]["total"] - rows[0]["total"])


def test_the_chinese_side_has_a_history_too():
    rows = list(line_history("1201.90", "USA", first=date(2025, 3, 1), last=date(2025, 6, 1), of="CHN").rows())
    assert max(row["total"] for row in rows) > 1.2
    assert rows[-1]["total"] < 0.6
    assert last_act("CHN") >= date(2026, 12, 31)


def test_spans_that_cannot_be_are_refused():
    with pytest.raises(InputError, match="swap"):
        line_history("8507.60", "CHN", first=date(2025, 6, 1), last=date(2025, 5, 1))
    with pytest.raises(InputError, match="before the lawbook begins"):
        line_history("8507.60", "CHN", first=date(1999, 1, 1))


@pytest.fixture
def client(tmp_path):
    pytest.importorskip("fastapi")
    pytest.importorskip("sqlalchemy")
    from fastapi.testclient import TestClient

    from detente.faces.web.app import create_app
    from detente.faces.web.settings import Settings

    return TestClient(create_app(Settings(data_folder=tmp_path, case="")), base_url="http://127.0.0.1")


def test_every_page_of_the_law_says_how_far_it_was_read(client):
    assert client.get("/law?on=2027-01-01").text.count('<p class="note record">') == 1
    span = "from=2026-01-01&to=2027-01-01"
    beyond = client.get(f"/law/changes.json?{span}").json()
    feed = client.get(f"/law/changes.atom?{span}").text
    assert f"<subtitle>Our tariff record runs to {beyond['read_to']}</subtitle>" in feed


def test_the_feed_is_atom_and_json(client):
    tree = ElementTree.fromstring(client.get("/law/changes.atom?from=2025-04-01&to=2025-05-31").text)
    titles = [e.findtext("{http://www.w3.org/2005/Atom}title") for e in tree.iter("{http://www.w3.org/2005/Atom}entry")]
    rows = client.get("/law/changes.json?from=2025-04-01&to=2025-05-31").json()["tables"]["changes"]["rows"]
    assert len(titles) == len(rows) > 10
    assert any("Reciprocal duty on China" in title for title in titles)
