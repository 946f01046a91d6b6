"""Country pages: the deal of the address for one country, equal to interface, file and command; search and links."""

import io
import zipfile
from datetime import date
from urllib.parse import parse_qsl

import pytest

import detente as dt
from detente.lab.country.of_deal import country_of_deal
from detente.lab.country.partners import country_tables

pytest.importorskip("sqlalchemy")
httpx = pytest.importorskip("httpx")

TODAY = date(2025, 5, 14)
GENEVA = "case=us-china-2025-05&date=2025-05-14&us=10&fentanyl=20&cn=10&licences=1&action=0"
TABLES = ("country", "country_exports", "country_imports", "country_duties")
WIDER = """[...document.querySelectorAll("body *")].filter(e => !e.closest(".scroll, svg, .unseen, .skip")
  && e.getBoundingClientRect().right > innerWidth + 1).map(e => e.tagName + e.className)"""


@pytest.fixture(scope="module")
def client(served_app):
    port, app = served_app
    app.state.engine.engine("us-china-2025-05")
    made = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=180, follow_redirects=True)
    made.app = app
    return made


def visit(browser, client, path, width=1280):
    browser.visit(str(client.base_url).rstrip("/") + path, width)


def asked(client, code, query=GENEVA):
    engine = client.app.state.engine.engine("us-china-2025-05")
    country = country_of_deal(engine, engine.read(dict(parse_qsl(query)))[0], code)
    return {"country": country.code, "tables": [{"name": t.name, "rows": list(t.rows())} for t in country.tables]}


def test_a_country_is_the_same_on_page_interface_file_and_command(client, tmp_path):
    """The command solves the file of the deal by itself; what solves leave open is all that may differ."""
    with zipfile.ZipFile(io.BytesIO(client.get(f"/deal.zip?{GENEVA}").content)) as opened:
        name = next(name for name in opened.namelist() if name.endswith(".yaml"))
        (tmp_path / "deal.yaml").write_bytes(opened.read(name))
    printed = {
        table.name: list(table.rows()) for table in country_tables(str(tmp_path / "deal.yaml"), "Germany", TODAY)
    }
    answer = asked(client, "DEU")
    assert answer["country"] == "DEU"
    for table in answer["tables"]:
        for ours, theirs in zip(table["rows"], printed[table["name"]], strict=True):
            for key, value in theirs.items():
                amount = isinstance(value, float) and abs(value) > 1e3
                near = pytest.approx(value, rel=1e-6, abs=1e4 if amount else 1e-7) if value != str(value) else value
                assert ours[key] == near, (table["name"], key)
    deal = {row["id"]: row for row in client.get(f"/deal/live?{GENEVA}").json()["numbers"]}
    income = answer["tables"][0]["rows"][0]
    found = [deal["income_DEU"][key] for key in ("value", "low", "high")]
    assert [income[key] for key in ("change", "low", "high")] == pytest.approx(found, abs=1e-11)


def test_both_sides_have_pages_with_the_duties_of_the_deal_page(client):
    numbers = {row["id"]: row for row in client.get(f"/deal/live?{GENEVA}").json()["numbers"]}
    usa = {(row["side"], row["importer"], row["exporter"]): row for row in asked(client, "USA")["tables"][3]["rows"]}
    for key, name in (
        (("levies", "USA", "all"), "us_average"), (("levies", "USA", "CHN"), "us_on_china"),
        (("faces", "CHN", "USA"), "china_on_us"),
    ):  # fmt: skip
        assert usa[key]["after"] == pytest.approx(numbers[name]["value"], abs=1e-12)
        assert usa[key]["before"] == pytest.approx(numbers[name]["baseline_value"], abs=1e-12)


def test_a_layer_on_a_country_is_a_duty_that_it_faces(client):
    answer = asked(client, "MEX", f"{GENEVA}&partner=MEX&rate=25")
    row = next(row for row in answer["tables"][3]["rows"] if (row["side"], row["importer"]) == ("faces", "USA"))
    assert row["change"] > 0.05


def test_what_stands_in_no_world_and_what_nobody_knows(client):
    kenya = dt.deal({"us": 34, "china": 30}, country="Kenya")
    assert "Kenya is part of the rest of the world" in kenya.warnings[0]
    assert client.get("/api/v1/deal?country=Germnay").status_code == 422
    assert client.get("/world/DEU?us=10").url.path == "/brief"


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_searched_by_keyboard_and_fits(chrome, client, width):
    visit(chrome, client, "/brief?country=USA&scenario=geneva", width)
    chrome.until("document.querySelectorAll('#answer figure').length === 2")
    assert chrome.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert chrome.evaluate(WIDER) == []
    assert chrome.console == []


def test_countries_are_linked_from_the_deal(chrome, client):
    visit(chrome, client, f"/deal?{GENEVA}")
    link = "document.querySelector('#third a[data-country=DEU]').getAttribute('href')"
    chrome.until(f"{link} === `/deal/country${{location.search}}&country=DEU`")
    found = client.get(f"/deal/country?{GENEVA}&country=DEU")
    assert found.url.path == "/brief"
    assert found.url.params["country"] == "DEU"
    assert "rec_chn" in found.url.params["scenario"]
    assert chrome.console == []
