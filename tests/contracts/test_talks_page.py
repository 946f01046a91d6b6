"""The page of a side of two: its order, its words, where each walks away; countries that are not at the table."""

import re
from dataclasses import replace

import numpy as np
import pytest

from detente.faces.words.advice import WIDTH, blocks, page_markup, page_text
from detente.faces.words.language import load
from detente.lab.talks import deadline
from detente.lab.talks.advice import OutsideAdvice
from detente.lab.talks.counsel import place_of
from detente.lab.talks.paged import asked_page
from detente.lab.talks.talk import open_talk
from detente.talks.horizon import LONG_RUN

CASES = ("two-country", "us-china-2025-10", "us-china-today")
HEADS = (
    "OFFER", "ASK", "WALK AWAY", "THEY WALK", "IF THEY REFUSE", "WHAT BUYS WHAT", "THEY MAY READ", "WOULD CHANGE IT",
    "OUTSIDE", "WILL IT HOLD", "CHANCE OF A DEAL", "IT STANDS ON",
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
        assert not codes(text)
        places = [text.index(f"\n{head}") for head in HEADS]
        assert places == sorted(places)
        assert page_markup(page).count("<h3>") == len(HEADS)


def test_a_sentence_of_a_page_is_short(pages):
    for page in pages.values():
        for block in blocks(page, load()):
            longest = 45 if block.name in TERMS else 32
            assert all(len(part.split()) <= longest for part in re.split("[.;] ", " ".join(block.sentences))), block


def test_the_pages_of_two_sides_are_one_package(pages):
    for name in CASES:
        first, second = (page for (case, _), page in pages.items() if case == name)
        assert first.advice == second.advice
        assert first.limits == second.limits
        ours, theirs = ({b.name: b.sentences for b in blocks(page, load())} for page in (first, second))
        assert ours["offer"][0] == theirs["ask"][0]
        assert ours["ask"][0] == theirs["offer"][0]


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
    assert page.deadline.day == "2025-11-01"
    assert page.deadline.naive == 0.25
    on = open_talk("us-china-2025-10").case.file.on
    blind = tuple(
        each if each.deadline and each.deadline < on else replace(each, came="pending", final="", final_on=None)
        for each in deadline.threats()
        if each.announced <= on
    )
    monkeypatch.setattr(deadline, "threats", lambda: blind)
    assert deadline.deadline_of(open_talk("us-china-2025-10").case.file) == page.deadline
    assert pages["us-china-today", "USA"].deadline is None
    assert "No deadline stands" in page_text(pages["us-china-today", "USA"])


def test_a_union_is_known_by_its_names_and_by_those_of_its_members():
    talk = open_talk("us-eu-2025-07", check=False)
    assert {place_of(talk.parties, name) for name in ("EU", "eu27", "European Union", "Germany", "DEU")} == {"EU27"}
    assert place_of(talk.parties, "ASEAN") == "ASEAN"
    assert place_of(talk.parties, "Vietnam") == "VNM"


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
