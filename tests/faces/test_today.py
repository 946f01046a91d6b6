"""The first page is today: the average under every fate of open clauses, what moved it, talks; a box for goods."""

import html
import re
from datetime import date
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from detente.data.importers import importer
from detente.faces.web.app import create_app
from detente.faces.web.pages import today
from detente.faces.web.settings import Settings
from detente.lab.averages.averages import average
from detente.lab.averages.laid_law import laid_law
from detente.lab.statute.book import last_act, line_history
from detente.lab.statute.lookup import look_up
from detente.lab.statute.search import goods_and_origin
from rows import rows_of

LISTED = rows_of(__file__)

pytest.importorskip("fastapi", reason="the web extra is not installed")


PAGES = {"accept": "text/html"}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    settings = Settings(data_folder=tmp_path_factory.mktemp("server"), rate=0.0, ahead=False, case="")
    with TestClient(create_app(settings)) as found:
        yield found


@pytest.fixture(scope="module")
def text(client):
    today.begun(date.today()).result()
    found = client.get("/", headers=PAGES)
    assert found.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found.text.split("<main")[1].split("</main>")[0])).split())


def test_today_stands_with_every_other_fate_its_open_clauses_and_the_talks_under_way(text):
    table = average(laid_law(importer("USA").law), date.today())
    assert f"The average US tariff is {100 * table['average'][0]:.1f}%" in text
    branches = [] if table.standing is None else [b for b in table.standing.branches if b.name != "lapsed"]
    for branch in branches:
        assert branch.words in text
        assert f"the average is {100 * branch.value:.1f}%" in text
    for code in ("USA", "CHN"):
        for clause in importer(code).law.record.open_on(date.today()):
            assert clause.title[1:] in text
            assert all(fate.words in text for fate in clause.fates)
    under_way = text.split("Talks under way")[1].split("All talks")[0]
    assert "United States and China" in under_way or "No talks" in under_way
    assert "Geneva" not in under_way


def test_geneva_is_the_worked_example_at_its_own_address(client, text):
    assert "Example: what the Geneva deal did" in text
    found = client.get("/?us=10&cn=10", follow_redirects=False)
    assert (found.status_code, found.headers["location"]) == (308, "/deal?us=10&cn=10")


def test_a_page_that_is_worked_out_says_so_and_comes_again(client, monkeypatch):
    class Never:
        def result(self, timeout):
            raise TimeoutError

    monkeypatch.setattr(today, "begun", lambda on: Never())
    found = client.get("/", headers=PAGES).text
    assert "Working this out" in found
    assert 'http-equiv="refresh"' in found
    assert 'action="/find"' in found


@pytest.mark.parametrize(("typed", "goods", "origin"), LISTED["words_are_goods_and_a_country"])
def test_words_are_goods_and_a_country(typed, goods, origin):
    assert goods_and_origin(typed) == (goods, origin)


def test_the_box_leads_to_the_rate(client):
    moved = client.get("/find?q=coffee from Brazil&on=2025-09-01", headers=PAGES, follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (308, "/find?words=coffee+from+Brazil&on=2025-09-01")
    found = client.get("/find?words=coffee from Brazil&on=2025-09-01", headers=PAGES).text
    assert "0901.11" in found
    assert "50.00% in all on goods from Brazil" in found


@pytest.mark.parametrize(
    "typed", ["coffee", "cofee from Brazil", "zzzz", "coffee from Narnia", "<script>alert(1)</script>"]
)
def test_what_is_typed_is_answered_or_refused_in_a_sentence(client, typed):
    found = client.get("/find", params={"words": typed}, headers=PAGES)
    assert found.status_code in (200, 422)
    assert "<script>alert" not in found.text


def test_lines_over_time_agree_with_the_look_up_also_of_the_chinese_side():
    table = line_history("8507.60.00.10", "CHN", first=date(2025, 1, 1), last=date(2026, 3, 1))
    rows = list(table.rows())
    assert len(rows) > 6
    for row in rows:
        for day in (row["date"], row["until"] or "2026-03-01"):
            assert look_up("8507.60.00.10", "CHN", date.fromisoformat(day)).total == pytest.approx(row["total"])
    assert all(row["what"] and row["citation"] for row in rows[1:])
    assert sum(row["change"] for row in rows[1:]) == pytest.approx(rows[-1]["total"] - rows[0]["total"])
    rows = list(line_history("1201.90", "USA", first=date(2025, 3, 1), last=date(2025, 6, 1), of="CHN").rows())
    assert max(row["total"] for row in rows) > 1.2
    assert rows[-1]["total"] < 0.6
    assert last_act("CHN") >= date(2026, 12, 31)


def test_the_law_page_names_the_acts_that_add_most_with_their_points(client):
    page = client.get("/law?on=2026-12-01").text
    answer = client.get("/average.json?by=measure&from=2026-12-01&to=2026-12-01&table=daily_measures").json()
    rows = [row for row in answer["tables"]["daily_measures"]["rows"] if row["measure"]][:20]
    assert page.count('<th scope="row">') == len(rows) == 20
    for row in rows:
        assert f"measure={row['measure']}&amp;of=USA" in page
        assert f'<td class="n">{100 * row["2026-12-01"]:.2f}</td>' in page
    assert "is 12.0% on 1 December 2026." in page
    assert client.get("/law?on=2017-01-01", headers=PAGES).status_code == 422


def test_every_page_of_the_law_says_how_far_it_was_read(client):
    assert client.get("/law?on=2027-01-01").text.count('<p class="note record">') == 1
    span = "from=2026-01-01&to=2027-01-01"
    beyond = client.get(f"/law/changes.json?{span}").json()
    feed = client.get(f"/law/changes.atom?{span}").text
    assert f"<subtitle>Our tariff record runs to {beyond['read_to']}</subtitle>" in feed


def test_the_feed_of_weeks_has_a_text_a_week(client):
    """An entry for each of four Sundays, the newest first, in about a hundred words; the page tells of the feed."""
    tree, space = ElementTree.fromstring(client.get("/week.atom?on=2025-05-14").text), "{http://www.w3.org/2005/Atom}"
    entries = list(tree.iter(f"{space}entry"))
    days = [entry.findtext(f"{space}updated")[:10] for entry in entries]
    assert days == ["2025-05-11", "2025-05-04", "2025-04-27", "2025-04-20"]
    texts = [entry.findtext(f"{space}summary") for entry in entries]
    assert all(30 <= len(text.split()) <= 140 for text in texts)
    assert "stayed at 24.87%. No tariff act of the United States began, changed or ended. Next, on" in texts[0]
    assert tree.findtext(f"{space}id") == f"{client.base_url}/week?on=2025-05-14"
    page = client.get("/week?on=2025-05-14", headers=PAGES).text
    assert 'type="application/atom+xml"' in page
    assert "moved the average by −9.91 points. Next, on 4 June 2025" in page
    assert "stayed at 24.87%." in client.get("/week?on=2025-05-11", headers=PAGES).text  # nothing moved, and it says so


def test_the_feed_is_atom_and_json(client):
    tree = ElementTree.fromstring(client.get("/law/changes.atom?from=2025-04-01&to=2025-05-31").text)
    titles = [e.findtext("{http://www.w3.org/2005/Atom}title") for e in tree.iter("{http://www.w3.org/2005/Atom}entry")]
    rows = client.get("/law/changes.json?from=2025-04-01&to=2025-05-31").json()["tables"]["changes"]["rows"]
    assert len(titles) == len(rows) > 10
    assert any("Reciprocal duty on China" in title for title in titles)
