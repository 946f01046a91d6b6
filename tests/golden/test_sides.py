"""Scenarios of other sides than the United States and China: one run each, read in every face."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date

import numpy as np
import pytest

import detente as dt
from detente.codes import UnknownName
from detente.data.importers import importer
from detente.faces.report import rendered
from detente.faces.report.content import content
from detente.faces.report.saved import from_document
from detente.faces.sheets import to_workbook
from detente.faces.words.brief import brief, spoken
from detente.faces.words.cards import cards
from detente.lab.averages.sides import START, pairings_of
from detente.lab.compare import compare, rates_of
from detente.lab.duties.among import apart, parties, two_sides
from detente.lab.scenario import load_scenario
from detente.lab.sweep.scenario import check_paths

EU, LAPSE = "us-eu-2025", "usmca-lapses"


@pytest.fixture(scope="module")
def lapse(ran):
    return spoken(ran(LAPSE))


@pytest.fixture(scope="module")
def deal(ran):
    return spoken(ran(EU))


@pytest.fixture(scope="module")
def pairs():
    scenario, path = load_scenario(LAPSE)
    return {code: next(pairings_of(scenario, code, path.parent)) for code in ("USA", "CAN", "MEX")}


def test_sides_and_parties_are_those_of_the_scenario(deal, lapse, ran):
    assert two_sides(deal.tables) == deal.scenario.sides == parties(deal.tables) == ("USA", "EU27")
    assert parties(lapse.tables) == ("USA", "CAN", "MEX")
    assert two_sides(ran("below-60").tables) == ("USA", "CHN")
    assert "china" not in deal.tables
    assert "signing" not in deal.tables


def test_the_deal_is_read_off_the_laws_that_move(deal, lapse):
    assert brief(deal).deal.endswith("; the European Union lifts tariffs under Regulation 2026/1455.")
    assert brief(deal).deal.startswith("The United States changes 2 tariffs, above all “Cars and parts")
    assert brief(lapse).deal == (
        "The United States ends preferences under USMCA; Canada ends preferences under CUSMA; "
        "Mexico ends preferences under T-MEC."
    )


def test_the_brief_has_a_line_for_each_party_and_says_what_is_left_out(deal, lapse):
    labels = {(line.name, line.country): line.label for line in brief(lapse).lines}
    assert labels["average", "USA"] == "Average US tariff on imports, %"
    assert labels["on_first", "MEX"] == "Mexico's average tariff on US goods, %"
    assert {code for name, code in labels if name == "income"} == {"USA", "CAN", "MEX"}
    assert {code for name, code in labels if name == "collected"} == {"USA", "CAN", "MEX"}
    agreed, chance, runs, case = brief(deal).hold
    assert agreed == "The United States and the European Union struck a deal on 27 July 2025."
    assert chance.startswith("Going by past deals of its kind, as known on 27 July 2025, it had a ")
    assert runs.startswith("Since then: it is still in force. Going by what was known on ")
    assert case == "To see who gains compared with no deal, run `detente talks us-eu-2025-07`."
    assert brief(lapse).hold == ("To see who gains compared with no deal, run `detente talks usmca-review-2026`.",)


def test_the_regulation_of_the_union_frees_most_goods_of_the_united_states(deal):
    rows = {(r["importer"], r["partner"]): r for r in deal.table("importer_pairs").rows()}
    assert rows["EU27", "USA"]["after"] < 0.5 * rows["EU27", "USA"]["before"]
    assert rows["USA", "EU27"]["after"] < rows["USA", "EU27"]["before"]
    assert rows["USA", "CHN"]["after"] == rows["USA", "CHN"]["before"]


def test_each_importer_whose_law_moves_has_a_chapter(lapse):
    parts = {part.title: part for part in content(lapse).parts}
    assert list(parts)[1:4] == ["Tariffs", "Tariffs of Canada", "Tariffs of Mexico"]
    assert parts["Tariffs of Canada"].lead.endswith(
        "We do not hold its tariff by product, so sector averages stand in. Its imports by product are modelled."
    )
    assert [grid.name for grid in parts["Tariffs of Mexico"].grids] == ["partner_mex", "section_mex", "daily_mex"]
    table = parts["The world economy"].table
    assert table is not None
    assert [row[0] for row in table.rows] == ["United States", "Canada", "Mexico"]


def test_no_face_says_china_of_two_other_sides(deal):
    told = content(deal)
    texts = [*told.sentences, *told.findings, *(part.lead for part in told.parts)]
    texts += [f"{card.label} {card.number} {card.against} {card.method}" for card in cards(deal.tables)]
    texts += [f"{chart.title} {chart.subtitle} {chart.alt}" for chart in told.charts]
    assert [text for text in texts if "China" in text] == []


def test_saved_it_is_the_same_and_sheets_hold_every_party(lapse):
    again = from_document(json.loads(rendered(lapse, ".json")))
    assert brief(again).sentences == brief(lapse).sentences
    with zipfile.ZipFile(io.BytesIO(to_workbook(list(lapse.tables.values())))) as book:
        names = book.read("xl/workbook.xml").decode()
    assert set(apart(lapse.tables)) > {"partner_can", "section_mex"}
    assert 'name="importer_' in names


def test_side_by_side_with_the_usual_sides(deal):
    table = compare([deal, rates_of("below-60", draws=0)])
    assert (table["partner"].tolist(), table["partner_on_importer"][1]) == (["EU27", "CHN"], table["china_on_us"][1])
    assert np.isnan(table["china_on_us"][0])
    assert "partner" not in compare([rates_of("below-60", draws=0)]).data


def test_claims_end_on_the_day_and_not_before(pairs):
    for code, pair in pairs.items():
        shipped, ended = pair.before.ground, pair.after.ground
        assert ended.whole(START) == shipped.whole(START)
        assert ended.whole(pair.after.on) == pytest.approx(pair.after.average, abs=1e-12)
        assert pair.after.average > pair.before.average, code
        days = ended.daily(date(2026, 9, 30), date(2026, 10, 1))["average"]
        assert days[0] == pytest.approx(shipped.whole(date(2026, 9, 30)), abs=1e-12)
        assert days[1] == pytest.approx(pair.after.average, abs=1e-12)


def test_goods_of_canada_and_mexico_claim_among_themselves_alone(pairs):
    before, after = pairs["USA"].before.ground.flows, pairs["USA"].after.ground.as_of(date(2026, 10, 1)).flows
    gone = np.isin(after.partner_at, [after.partners.index(code) for code in ("CAN", "MEX")])
    assert after.claim[gone].max() == 0.0 < before.claim[gone].max()
    assert (after.claim[~gone] == before.claim[~gone]).all()
    assert not pairs["USA"].after.shipped
    groups, _, duty = pairs["CAN"].after.by_group("partner")
    _, _, old = pairs["CAN"].before.by_group("partner")
    moved = dict(zip(groups.codes, (duty - old).tolist(), strict=True))
    assert moved["USA"] > 0.01 > moved["MEX"] >= 0.0
    assert moved["KOR"] == 0.0


def test_measures_and_the_base_duty_add_up_to_the_change(lapse):
    head = lapse.table("headline").rows()
    change = next(row["change"] for row in head if row["definition"] == "fixed")
    measures = {row["measure"]: row["change"] for row in lapse.table("measures").rows()}
    assert measures["base"] > 0
    assert sum(measures.values()) == pytest.approx(change, abs=1e-5)


def test_scenarios_and_sweeps_take_the_measures_of_any_importer():
    changes = {"eu": {"begin_programmes": "US26"}, "canada": {"lift": "ca_surtax_vehicles_2025"}}
    scenario = dt.Scenario(on="2025-10-01", **changes)
    assert scenario.to_dict()["laws"] == {
        "EU27": {"begin_programmes": ["US26"]},
        "CAN": {"lift": ["ca_surtax_vehicles_2025"]},
    }
    assert scenario.importers == ("USA", "EU27", "CAN", "CHN")
    scenario = dt.Scenario(on="2026-10-01", eu={})
    name = importer("EU27").law.measures[0].id
    check_paths(scenario, {f"laws.EU27.change.{name}.rate": None})
    with pytest.raises(UnknownName, match="unknown measure 'nothing'"):
        check_paths(scenario, {"laws.EU27.change.nothing.rate": None})
