"""The brief of a country: the numbers of the run, accounts that add up, replies that are best, one page."""

import re
from datetime import date

import numpy as np
import pytest

from detente.codes import InputError, UnknownName
from detente.data.worlds import load_economy
from detente.economy import TableRow, shock_of, solve, worth
from detente.faces.words.brief import WIDTH
from detente.faces.words.country import country_page
from detente.lab.country import partners, replies, rivals
from detente.lab.country.brief import brief_of, code_of, country_brief
from detente.lab.country.partners import country_case, deal_world, own_importer, under_own_law
from detente.lab.country.rivals import line_trade
from detente.lab.scenario import parse_scenario
from detente.lab.world.chosen import place_in

TODAY = date(2026, 11, 27)
ASKED = ("VNM", "DEU", "USA", "CHN", "SGP", "ROW")
CODES = re.compile(r"\b([A-Z]{3}|[A-Z]\d\d|\d{6}|[a-z]+_[a-z_]+)\b|[()\[\]]")


@pytest.fixture(scope="module")
def world():
    return deal_world("geneva", TODAY)


@pytest.fixture(scope="module")
def studies(world):
    return {code: brief_of(world, code) for code in ASKED}


@pytest.mark.sampled(3)
@pytest.mark.parametrize("code", ASKED)
def test_real_income_and_its_range_are_those_of_the_run_on_a_short_page_without_codes(code, studies, ran):
    run = next(row for row in ran("geneva", draws=None).table("incomes").rows() if row["country"] == code)
    own = next(row for row in studies[code].tables["numbers"].rows() if row["measure"] == "real_income")
    mine = [own[name] for name in ("after", "low", "high")]
    assert mine == pytest.approx([run[f"real_income{end}"] for end in ("", "_low", "_high")], abs=1e-9)
    page = country_page(studies[code])
    lines = str(page).splitlines()
    assert len(lines) < 40
    assert max(map(len, lines)) <= WIDTH
    for text in (*page.sentences, *page.foot, *page.warnings):
        for sentence in re.split(r"(?<=[.%]) (?=[A-Z])", re.sub(r"\d{1,2} [A-Z][a-z]+ \d{4}", "", text)):
            assert len(sentence.split()) <= 25, text
        assert len(re.findall(r"\d[\d.,]*", text)) <= 2, text
        assert not CODES.search(text.replace("USD", "")), text
    assert page.title in page._repr_html_()


def test_lines_add_up_to_the_law_rivals_are_everybody_else_and_sectors_weigh_lines(world):
    lines = world.lines
    for owed, side in ((lines.before, world.usa.before), (lines.after, world.usa.after)):
        assert owed.sum() / lines.value.sum() == pytest.approx(side.average, abs=1e-9)
    lines, at = world.lines, world.economy.country("VNM")
    line = int(np.flatnonzero(lines.codes == "8518302000")[0])
    others = [i for i in range(lines.value.shape[1]) if i != at]
    by_hand = lines.after[line, others].sum() / lines.value[line, others].sum()
    beside = rivals.by_line(lines, at)
    row = int(np.flatnonzero(beside.key == line)[0])
    assert beside.rivals[1, row] == pytest.approx(by_hand)
    assert beside.margin[1, row] == pytest.approx(lines.after[line, at] / lines.value[line, at] - by_hand)
    at, n = world.economy.country("DEU"), len(world.economy.sectors)
    lines = rivals.by_line(world.lines, at)
    sectors = rivals.by_sector(world.lines, lines, n)
    assert sectors.sales.sum() == pytest.approx(lines.sales.sum())
    np.testing.assert_allclose(sectors.whole().margin, lines.whole().margin, atol=1e-12)


def test_what_one_takes_the_other_loses_and_lines_add_up_to_sectors(world):
    economy, places = world.economy, [world.economy.country(code) for code in ("VNM", "CHN", "USA")]
    taken = [rivals.taken(world.effect, "USA", at) for at in places]
    np.testing.assert_allclose(taken[0][places[1]], -taken[1][places[0]], atol=1.0)
    np.testing.assert_allclose(taken[1][places[2]], -taken[2][places[1]], atol=1.0)
    assert taken[0][places[1]].sum() < -5e9
    assert not taken[0][:, economy.sector("Services (aggregate)")].any()
    split = rivals.taken_by_line(world.lines, taken[0], places[0], places[2])
    for k in range(len(economy.sectors)):
        whole = taken[0][places[1], k]
        if abs(whole) > 1e6:
            assert split[world.lines.sector == k, places[1]].sum() == pytest.approx(whole, rel=1e-9)


def test_lines_whose_duty_did_not_move_displace_nobody(studies):
    """Phones were spared before and after; headphones were not."""
    rows = {row["line"]: row["taken"] for row in studies["VNM"].tables["displaced_lines"].rows()}
    assert "8517130000" not in rows
    assert rows["8518302000"] < -1e8


def solved_with(sides, rate):
    economy = sides.economy
    rows = [TableRow(sides.members, (sides.other,), rate, sure=True)]
    tariff = np.array(sides.law.shock.tariff)
    laid = np.asarray(shock_of(economy, rows).tariff)
    cells = np.ix_(sides.rows, [economy.country(sides.other)], sides.kinds)
    tariff[cells] = laid[cells]
    from dataclasses import replace

    return sides.together(sides.gains(solve(economy, replace(sides.shock, tariff=tariff))))


@pytest.mark.parametrize("code", ["VNM", "DEU"])
def test_the_best_duty_is_best_and_a_deal_shares_alike(code, world, studies):
    sides = replies.sides_of(code, "USA", under_own_law(world, code))
    assert (len(sides.members) == 27) == (code == "DEU")
    rows = {row["reply"]: row for row in studies[code].tables["replies"].rows()}
    best = rows["retaliate"]
    at_best = solved_with(sides, best["after"])
    assert at_best == pytest.approx(best["union"], rel=1e-3)
    assert all(solved_with(sides, best["after"] + step) < at_best for step in (-0.03, 0.03))
    assert solved_with(sides, 0.0) == pytest.approx(rows["cut"]["union"], rel=1e-6)
    deal = rows["deal"]
    assert deal["union"] == pytest.approx(deal["other"], rel=0.01)
    assert 0.0 < deal["points"] < deal["most"]
    assert deal["union"] > max(0.0, rows["cut"]["union"])


def test_replies_and_offers_set_out_from_the_law_of_whoever_answers(world, studies):
    """Canada owes nothing in the world table of 2022; in May 2025 its surtaxes stood."""
    assert [own_importer(code) for code in ("CAN", "DEU", "Germany", "VNM")] == ["CAN", "EU27", "EU27", "VNM"]
    assert not any(map(own_importer, ("USA", "CHN", "MAR", "ROW", "Lesotho")))
    canada = replies.sides_of("CAN", "USA", under_own_law(world, "CAN"))
    assert replies.sides_of("CAN", "USA", world.effect.after).own_rate() < 0.001
    assert 0.03 < canada.own_rate() < 0.08
    assert "Responses start from the tariffs of Vietnam." in country_page(studies["VNM"]).foot
    assert not any("start from" in text for text in country_page(studies["SGP"]).foot)


def test_a_deal_on_a_day_of_the_reader_and_who_has_no_duty_to_give(studies):
    from dataclasses import replace

    assert not country_page(studies["VNM"]).warnings
    moved = replace(studies["VNM"], moved=True)
    today = replace(studies["VNM"], scenario=moved.scenario.model_copy(update={"name": "today"}))
    assert country_page(today).title == "Vietnam: Tariffs on 14 May 2025"
    assert country_page(moved).warnings == ("That is not the day of the deal itself, so all acts up to it count.",)
    study = studies["SGP"]
    assert [row["reply"] for row in study.tables["replies"].rows()] == ["retaliate"]
    assert not len(study.tables["offers"])
    assert any("no tariff on goods of the United States" in text for text in country_page(study).replies)


def test_an_offer_is_worth_about_what_a_solve_says(world):
    from dataclasses import replace

    sides = replies.sides_of("VNM", "USA", under_own_law(world, "VNM"))
    offer = replies.offers(sides)[1]
    tariff = np.array(sides.law.shock.tariff)
    tariff[sides.rows, sides.economy.country("USA"), offer.sector] = 0.0
    gains = sides.gains(solve(sides.economy, replace(sides.shock, tariff=tariff)))
    assert gains[sides.economy.country("USA")] == pytest.approx(offer.other, rel=0.25)
    assert worth(sides.economy).min() > 0.0


def test_countries_by_any_name_and_those_that_are_none(world):
    economy = world.economy
    assert [code_of(economy, text) for text in ("vnm", "Vietnam", "South Korea", "ROW")] == ["VNM", "VNM", "KOR", "ROW"]
    with pytest.raises(UnknownName, match="did you mean 'Vietnam'"):
        code_of(economy, "Vietnm")
    with pytest.raises(InputError, match="is several countries; name one of them: AUT, BEL"):
        code_of(economy, "EU")
    with pytest.raises(InputError, match="give ROW, the rest of the world"):
        code_of(economy, "Ecuador")


def test_a_deal_may_be_a_file_or_trade_costs(tmp_path):
    path = tmp_path / "border.yaml"
    path.write_text(
        "title: Checks at the border\non: 2026-06-01\nagainst: {on: 2026-06-01}\n"
        "costs: [{exporter: VNM, importer: USA, change: +10%}]\nreport: {talks: false}\nrecord: {history: false}\n",
        encoding="utf-8",
    )
    study = country_brief("VNM", path, today=TODAY)
    numbers = {row["measure"]: row["after"] for row in study.tables["numbers"].rows()}
    assert numbers["real_income"] < -0.005
    assert numbers["exports_to_market"] < -0.2
    assert list(study.tables["costs"]["after"]) == pytest.approx([0.1])
    assert (
        "Trade costs other than tariffs rise 10.0% for goods from Vietnam to the United States."
        in country_page(study).does
    )
    assert study.scenario.title == "Checks at the border"


def test_the_study_of_a_brief_is_that_of_a_deal(world):
    """One solve and one set of tables: numbers of the brief, and whom the country sells to."""
    brief = brief_of(world, "VNM").tables
    command = {table.name: table for table in country_case(world, "VNM").tables()}
    changes = {row["measure"]: row for row in command["country"].rows()}
    for row in brief["numbers"].rows():
        if row["measure"] in changes and row["unit"] == "share":
            assert (row["after"], row["low"], row["high"]) == tuple(
                changes[row["measure"]][key] for key in ("change", "low", "high")
            )
    for name in ("country_exports", "country_imports", "country_duties"):
        assert list(brief[name].rows()) == list(command[name].rows())


def test_a_world_that_does_not_tell_countries_apart_is_refused():
    scenario = parse_scenario({"on": "2025-05-14", "against": {"on": "2025-05-08"}}, "s", "s")
    with pytest.raises(InputError, match="regions"):
        country_brief("VNM", scenario, today=TODAY, world="icio-2022-small")


def test_a_world_without_a_rest_leaves_out_partners_that_it_does_not_have(world):
    """Their trade stands in no other country's lines, duties or name."""
    finer = load_economy("icio-2025")
    lines, wide = line_trade(world.usa, finer), world.lines
    assert lines.value.sum() < wide.value.sum()
    for code in ("ZAF", "VNM", "DEU", "CHN"):
        here, there = finer.countries.index(code), world.economy.countries.index(code)
        assert lines.value[:, here].sum() == pytest.approx(wide.value[:, there].sum(), rel=1e-12)
        assert lines.after[:, here].sum() == pytest.approx(wide.after[:, there].sum(), rel=1e-12)
    assert (lines.sector >= 0).mean() == pytest.approx((wide.sector >= 0).mean(), abs=1e-3)
    assert {finer.sectors[k] for k in np.unique(lines.sector) if k >= 0} >= {"C24A", "C24B", "C29", "A01"}
    levied = partners._levied(world.usa, finer)
    assert sum(place == "ZAF" for place in levied.places) == 1
    assert "" in levied.places
    assert [code_of(finer, code) for code in finer.countries] == list(finer.countries)
    with pytest.raises(UnknownName):
        place_in(finer, "Paraguay")
    with pytest.raises(InputError, match="take the world icio-2022"):
        code_of(finer, "Paraguay")
