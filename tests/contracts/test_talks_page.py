"""The negotiator's page: its size, its words, every number that of its JSON; countries that are not at the table."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from pydantic import TypeAdapter

from detente.faces.formats import to_json
from detente.faces.words.advice import Voice, blocks
from detente.faces.words.language import load
from detente.faces.words.page import MOST, WIDTH
from detente.faces.words.talks_page import whole_page
from detente.lab.talks import deadline
from detente.lab.talks.advice import Advice, OutsideAdvice
from detente.lab.talks.counsel import place_of
from detente.lab.talks.outside import worth_of
from detente.lab.talks.paged import asked_page
from detente.lab.talks.talk import open_talk

CASES = ("two-country", "us-china-2025-10", "us-china-today")
HEADS = (
    "OFFER", "ASK", "WALK AWAY", "THEY WALK", "IF THEY REFUSE", "WHAT BUYS WHAT", "THEY MAY READ", "WOULD CHANGE IT",
    "WILL IT HOLD", "CHANCE OF A DEAL", "package", "IT STANDS ON",
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
        text = whole_page(page)
        lines = text.splitlines()
        assert len(lines) <= MOST, (name, side)
        assert max(map(len, lines)) <= WIDTH, (name, side)
        assert not codes(text)
        places = [text.index(f"\n{head}") for head in HEADS]
        assert places == sorted(places)


def test_a_sentence_of_a_page_is_short(pages):
    for page in pages.values():
        for block in blocks(page, load()):
            longest = 45 if block.name in TERMS else 32
            assert all(len(part.split()) <= longest for text in block.sentences for part in text.split("; ")), block


def test_every_number_of_a_page_is_that_of_its_json(pages):
    for page in pages.values():
        again = TypeAdapter(Advice).validate_python(json.loads(to_json(asdict(page))))
        assert whole_page(again) == whole_page(page)


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
    assert "No deadline stands, so none is given." in whole_page(pages["us-china-today", "USA"])


def test_a_table_of_three_with_many_issues_fits(pages):
    """What several parties will bring: more columns than a line has room for."""
    page = pages["us-china-2025-10", "USA"]
    issues = (*page.issues, *(replace(issue, name=f"{issue.name}_again") for issue in page.issues))
    rows = tuple(
        replace(
            row, levels=row.levels * 2, gains=(*row.gains, 1.0), low=(*row.low, 1.0), high=(*row.high, 2.0),
            signs=(*row.signs, 0.5), until=(*row.until, None),
        )
        for row in page.packages
    )  # fmt: skip
    limits = (*page.limits, replace(page.limits[0], party="EU27"))
    moves = tuple(replace(move, worth=(*move.worth, 0.0), alone=(*move.alone, 0.0)) for move in page.moves)
    parts = {"moves": moves, "issues": issues, "packages": rows, "limits": limits, "week": (1.0, 2.0, 3.0)}
    three = replace(page, parties=("USA", "CHN", "EU27"), fallback=None, stay=None, **parts)
    text = whole_page(three)
    lines = text.splitlines()
    assert len(lines) <= MOST
    assert max(map(len, lines)) <= WIDTH
    assert "Not in the table: " in text
    walks = " ".join(Voice(three, load()).they_walk())
    assert "China: above" in walks
    assert "European Union: above" in walks


def test_a_union_is_known_by_its_names_and_by_those_of_its_members():
    talk = open_talk("us-eu-2025-07", check=False)
    assert {place_of(talk.parties, name) for name in ("EU", "eu27", "European Union", "Germany", "DEU")} == {"EU27"}
    assert place_of(talk.parties, "ASEAN") == "ASEAN"
    assert place_of(talk.parties, "Vietnam") == "VNM"


def test_a_country_that_is_not_at_the_table_has_its_page(talks, codes):
    talk = talks["us-china-today"]
    page = asked_page(talk, "Vietnam").page
    assert isinstance(page, OutsideAdvice)
    day, cut = (next(row for row in page.rows if row.name == name) for name in ("status_quo", "mutual_cut"))
    assert day.income == 0.0
    economy = talk.case.economy()
    before, after = (worth_of(talk, np.array(row.levels)) for row in (day, cut))
    place = economy.country("VNM")
    assert cut.income == pytest.approx(after[place] - before[place])
    assert cut.share == pytest.approx(cut.income / talk.case.space().level.income[place])
    outside = [k for k, code in enumerate(economy.countries) if code not in talk.parties]
    assert page.outsiders == len(outside)
    advice = next(row for row in page.rows if row.kind == "advice")
    moves = worth_of(talk, np.array(advice.levels)) - before
    assert page.hurt[0][1] == pytest.approx(moves[outside].min())
    again = TypeAdapter(OutsideAdvice).validate_python(json.loads(to_json(asdict(page))))
    text = whole_page(page)
    assert whole_page(again) == text
    lines = text.splitlines()
    assert len(lines) <= MOST
    assert max(map(len, lines)) <= WIDTH
    assert not codes("\n".join(lines[:-1]))
