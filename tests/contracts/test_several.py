"""Questions about several goods, countries or importers: each row is the answer about it alone."""

import html
import re

import pytest

import detente as dt
from detente.faces.ask.renamed import moved

DAY = "2025-09-01"


def test_several_goods_and_countries_are_told_from_words_with_commas_and_spaces():
    table = dt.rate("8507.60.00.10,0901.21.00.20", ["China", "Japan"], DAY)
    assert [(row["line"], row["partner"]) for row in table] == [
        ("8507.60.00.10", "CHN"), ("8507.60.00.10", "JPN"), ("0901.21.00.20", "CHN"), ("0901.21.00.20", "JPN"),
    ]  # fmt: skip
    for row in table:
        assert row["total"] == float(dt.rate(row["line"], row["partner"], DAY))
    assert dt.rate("coffee, roasted", "Brazil", DAY).main.name == "lines"
    assert dt.rate("8507.60.00.10", ["South", "Korea"], DAY).headline == dt.rate("8507.60.00.10", "KOR", DAY).headline
    for names in (["Hong Kong", "China"], ["Taiwan", "China"], ["China", "Hong Kong"]):
        assert dt.rate("8507.60.00.10", names, DAY)["partner_name"].tolist() == names
    table = dt.average(DAY, of=["USA", "CHN", "CAN"], against="2025-01-01")
    assert table["importer"].tolist() == ["USA", "CHN", "CAN"]
    assert table["goods_from"].tolist() == ["all countries", "the United States", "all countries"]
    for row in table:
        alone = dt.average(DAY, of=row["importer"], against="2025-01-01", draws=0)
        assert (row["average"], row["change"]) == (float(alone), alone["change"][0])


def test_a_post_to_an_address_of_before_names_that_of_now(client):
    old = [path for path in moved() if path.startswith("/api/v1/") and "{" not in path]
    assert len(old) > 20
    for path in old:
        answer = client.post(path, json={})
        assert answer.status_code == 410, path
        assert "post to /api/v1/" in answer.json()["detail"], path


@pytest.mark.parametrize("address", ["/find?words=coffee&partner=Brazil", "/rate?line=coffee&partner=Brazil"])
def test_codes_on_a_page_lead_to_their_rates(client, address):
    browser = {"accept": "text/html"}
    page = client.get(f"{address}&on={DAY}", headers=browser, follow_redirects=True).text
    link, code = re.search(r'<td[^>]*><a href="(/rate\?[^"]*)">([\d.]+)</a>', page).groups()
    answer = client.get(html.unescape(link), headers=browser)
    assert answer.status_code == 200
    assert f"<b>{code} from Brazil owes" in answer.text
