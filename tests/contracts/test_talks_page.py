"""The page of a side of two: its order, its words, where each walks away; countries that are not at the table."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from math import prod

import numpy as np
import pytest

import detente as dt
from detente.data.casefile import HAPPENED, case_names, check_known, last_known, load_case, variant_names
from detente.data.dealrecord import deals
from detente.data.library import package_folder
from detente.data.npzfile import key_of, stored
from detente.faces.words.advice import WIDTH, blocks, page_markup, page_text
from detente.faces.words.language import load
from detente.lab.talks import outlook
from detente.lab.talks.advice import OutsideAdvice
from detente.lab.talks.case import Case, law_content, open_case
from detente.lab.talks.counsel import place_of
from detente.lab.talks.materials import controls_of
from detente.lab.talks.near import of_both_sides
from detente.lab.talks.paged import asked_page
from detente.lab.talks.talk import open_talk
from detente.talks.payoff import LONG_RUN

CASES = ("two-country", "us-china-2025-10", "us-china-today")
HEADS = (
    "OFFER", "ASK FOR", "WALK AWAY IF", "THEY WALK IF", "IF REFUSED", "WHAT BUYS WHAT", "HOW IT LOOKS", "CHANGES THIS",
    "OTHERS", "WOULD IT LAST", "CHANCE OF A DEAL", "BASIS",
)  # fmt: skip
TERMS = ("offer", "ask", "refuse")
"""Blocks whose first sentence lists the terms of a package."""


@pytest.fixture(scope="module")
def talks():
    weights = {"two-country": ["welfare"]}
    chosen = {name: weights.get(name, ["welfare", "april-2025"]) for name in CASES}
    return {name: open_talk(name, weights=chosen[name], horizons=["long"]) for name in CASES}


@pytest.fixture(scope="module")
def pages(talks):
    return {(name, side): asked_page(talk, side).page for name, talk in talks.items() for side in talk.parties}


def test_a_page_is_short_in_words_and_in_its_order(pages, codes):
    for (name, side), page in pages.items():
        text = page_text(page)
        lines = text.splitlines()
        assert max(map(len, lines)) <= WIDTH, (name, side)
        assert not codes(re.sub(r"^[A-Z ]{17}", "", text, flags=re.MULTILINE))  # without the heads of blocks
        places = [text.index(f"\n{head}") for head in HEADS]
        assert (places, page_markup(page).count("<h3>")) == (sorted(places), len(HEADS))


def test_the_pages_of_two_sides_are_one_package_in_short_sentences(pages):
    for page in pages.values():
        for block in blocks(page, load()):
            longest = 45 if block.name in TERMS else 32
            assert all(len(part.split()) <= longest for part in re.split("[.;] ", " ".join(block.sentences))), block
    for name in CASES:
        first, second = (page for (case, _), page in pages.items() if case == name)
        assert (first.advice, first.limits) == (second.advice, second.limits)
        ours, theirs = ({b.name: b.sentences for b in blocks(page, load())} for page in (first, second))
        assert (ours["offer"][0], ours["ask"][0]) == (theirs["ask"][0], theirs["offer"][0])


def test_at_its_limit_a_side_gains_nothing_at_even_odds(pages, talks):
    page, talk = pages["us-china-2025-10", "USA"], talks["us-china-2025-10"]
    whole = talk.whole(talk.headline)
    even = 0.5 * (whole.of_kind("status-quo").value + whole.of_kind("past-law").value)
    for limit in page.limits:
        if limit.above is not None:
            point = np.array(page.advice.levels)
            point[whole.space.index(limit.issue)] = limit.above
            me = talk.parties.index(limit.party)
            assert whole.value(point)[me] == pytest.approx(even[me], abs=1e-6)


def test_beyond_its_value_an_input_turns_the_advice(pages):
    swing = next(each for each in pages["us-china-today", "USA"].swings if each.name == "fentanyl_value")
    assert swing.low < swing.at < swing.central
    levels = []
    for value in (0.8 * swing.at, 1.2 * swing.at):
        talk = open_talk("us-china-today", weights=["april-2025"], horizons=["long"], inputs={swing.name: value})
        page = asked_page(talk, "USA").page
        levels.append(page.advice.levels[talk.case.issues.index(swing.issue)])
    assert levels[0] < 0.5 < levels[1]


def test_a_deadline_is_forecast_without_what_came_of_it(pages, monkeypatch):
    page = pages["us-china-2025-10", "CHN"]
    assert (page.deadline.day, page.deadline.naive) == ("2025-11-01", 0.25)
    on = open_talk("us-china-2025-10").case.file.on
    blind = tuple(
        each if each.deadline and each.deadline < on else replace(each, came="pending", final="", final_on=None)
        for each in outlook.threats()
        if each.announced <= on
    )
    monkeypatch.setattr(outlook, "threats", lambda: blind)
    assert outlook.deadline_of(open_talk("us-china-2025-10").case.file) == page.deadline
    assert pages["us-china-today", "USA"].deadline is None
    assert "No deadline is set" in page_text(pages["us-china-today", "USA"])


def test_a_union_is_known_by_its_names_and_by_those_of_its_members():
    talk = open_talk("us-eu-2025-07", check=False)
    assert {place_of(talk.parties, name) for name in ("EU", "eu27", "European Union", "Germany", "DEU")} == {"EU27"}
    assert (place_of(talk.parties, "ASEAN"), place_of(talk.parties, "Vietnam")) == ("ASEAN", "VNM")


def test_a_country_that_is_not_at_the_table_has_its_page(talks, codes):
    talk = talks["us-china-today"]
    page = asked_page(talk, "Vietnam").page
    assert isinstance(page, OutsideAdvice)
    day, cut = (next(row for row in page.packages if row.name == name) for name in ("status_quo", "mutual_cut"))
    assert day.income == 0.0
    economy = talk.case.economy()
    before, after = (deal.world for deal in talk.solved([np.array(row.levels) for row in (day, cut)], LONG_RUN))
    place = economy.country("VNM")
    assert cut.income == pytest.approx(after[place] - before[place])
    assert cut.share == pytest.approx(cut.income / talk.case.space().level.income[place])
    outside = [k for k, code in enumerate(economy.countries) if code not in talk.parties]
    assert page.outsiders == len(outside)
    advice = next(row for row in page.packages if row.kind == "advice")
    moves = talk.solved([np.array(advice.levels)], LONG_RUN)[0].world - before
    assert page.hurt[0][1] == pytest.approx(moves[outside].min())
    text = page_text(page)
    assert max(map(len, text.splitlines())) <= WIDTH
    assert not codes(text)


CASE = "two-country"


def test_cases_are_listed_with_variants_and_what_was_agreed(detente):
    ran = detente("talks")
    assert ran.code == 0
    listed = {row["case"]: row for row in dt.talks_advice()}
    assert set(listed) >= {"us-china-2025-05", "us-china-today", CASE}
    assert listed["us-china-today"]["variants"] == "lapsed, prolonged, renewed"
    assert listed["us-canada-2026-08"]["agreed"] == "no agreement"


def test_what_the_case_says_is_a_table():
    said = dt.talks_advice("us-china-today").table("said")
    assert {"note", "threat", "fact", "assumption", "input", "source"} <= set(said["kind"])


def test_threats_that_are_named_are_those_of_the_tables(detente):
    ran = detente("talks", CASE, "--threat", "D0,DN", "--table", "solutions", "--json")
    assert {row["threat"] for row in json.loads(ran.out)["tables"]["solutions"]["rows"]} == {"D0", "DN"}


def test_every_table_has_its_unit_and_meaning_and_the_same_seed_the_same_bytes():
    answer = dt.talks_advice(CASE)
    for name in "payoffs gains room limits left solutions leverage delay stability inverse".split():
        table = answer.table(name)
        assert len(table), name
        assert all(column.description for column in table.columns)
    # Nothing betters free trade for both.
    assert "only the threat" in {row["deal"] for row in answer.table("room") if row["threat"] == "DP"}
    payoffs = {row["party"]: row["payoff"] for row in answer.table("threats") if row["threat"] == "DN"}
    assert payoffs["HOM"] == pytest.approx(-18.2663e9, rel=1e-4)
    first, again = (dt.talks_advice("us-china-today", values="welfare", draws=2, seed=7) for _ in range(2))
    assert first.to_dict() == again.to_dict()
    (row,) = [row for row in first.table("bands") if row["number"] == "welfare | mutual_cut | USA | over D0"]
    assert row["low"] < row["median"] < row["high"]
    assert row["drivers"] == "", "any two draws agree with every input"


MADE = [name for name in case_names() if load_case(name).as_known and not of_both_sides(name)]
BROKE = {"us-brazil-2025-07", "us-canada-2025-07", "us-canada-2026-08", "us-india-2025-07", "us-switzerland-2025-07",
         "usmca-review-2026"}  # fmt: skip
"""Talks that ended without terms."""


def test_the_talks_of_the_record_are_here():
    assert (len(MADE), {name for name in MADE if not load_case(name, HAPPENED).signed}) == (15, BROKE)


@pytest.mark.parametrize("name", MADE)
def test_a_case_holds_nothing_later_and_what_came_stands_apart(name):
    case, came = load_case(name), load_case(name, HAPPENED)
    assert last_known(case) == case.as_known == case.on - timedelta(1)
    check_known(case, case.as_known)
    (new,) = {*came.outcomes} - {*case.outcomes}
    assert not case.signed
    assert came.signed in (new, "")
    assert came.outcomes[new].known_on >= case.on
    assert variant_names(name) == (HAPPENED,)
    counts = [len(row.listed()) for row in case.issues]
    assert max(counts) <= 6
    assert len(case.parties) > 2 or prod(counts) <= 20_000
    assert f"as known on {case.as_known:%-d %B %Y}" in case.title
    assert "as known on" not in came.title
    assert case.as_known.isoformat()[:7] in name or name == "usmca-review-2026"


def test_no_case_names_what_it_led_to_and_a_chain_gives_losses_of_materials_alone():
    announced = {row["id"]: row["announced"] for row in deals()}
    for name in MADE:
        text = (package_folder() / "cases" / f"{name}.yaml").read_text(encoding="utf-8")
        assert not [id_ for id_, day in announced.items() if f"({id_})" in text and day > str(load_case(name).as_known)]
        assert "14334" not in text or load_case(name).as_known.isoformat() > "2025-08-10"
    rows = controls_of(open_case("us-china-london-2025-06", check=False))
    assert [(row.part, row.party) for row in rows] == [("materials", "USA")]


@pytest.mark.parametrize("variant", ["", HAPPENED])
@pytest.mark.parametrize("name", MADE)
def test_what_it_needs_of_solves_is_stored(name, variant):
    """Duties, surfaces with the base duty counted in or not, and lines of choices: else `tools/build_surfaces.py`."""
    case = Case(load_case(name, variant))
    for short in (False, True):
        for switched in (True, False)[: 1 + bool(case.switch)]:
            assert stored(key_of("law", law_content(case.file, 1.0, switched=switched)))
            assert stored(key_of("surface", case.content(short=short, switched=switched)))
        assert not case.file.weights.choices or stored(key_of("lines", case.lines_content(short=short)))


def test_what_counts_the_base_duty_in_and_where_room_is_reached_is_told():
    """The EU's, Japan's and Switzerland's; Korea's 15 of July 2025 came on top."""
    cases = {name: load_case(name, HAPPENED) for name in MADE}
    signed = {name: case.outcomes[case.signed].levels for name, case in cases.items() if case.signed}
    counted = {name for name, levels in signed.items() if levels.get("us_in_all")}
    assert counted == {"us-eu-2025-07", "us-japan-2025-07", "us-switzerland-2025-11"}
    assert all(0.15 in signed[name].values() for name in counted)
    # Japan's terms in the short run: from the best acceptable level of the grid a programme ends beyond the floor.
    talk = open_talk("us-japan-2025-07:happened", horizons=["short"], check=False)
    (setting,) = talk.settings
    ground = talk.ground(setting, talk.negotiation(setting).threat("past_law"), "free")
    assert bool(ground.empty) == (ground.room <= 0.0).all()
