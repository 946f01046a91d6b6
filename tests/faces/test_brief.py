"""The brief: its style, its numbers; the same in every face."""

import json
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from detente.codes import Column, Table, Unit, table_of
from detente.faces.report.content import content
from detente.faces.words.brief import UNTOLD, as_text, brief
from detente.faces.words.language import MINUS, load
from detente.faces.words.terms import act
from detente.lab.parts import tables_without
from detente.lab.ranges.numbers import RunTables
from detente.lab.result import Result
from detente.lab.scenario import Scenario

NAMES = ["geneva", "below-60", "thirty-four", "ieepa-void", "status-quo-2025-05-08"]
CODES = re.compile(r"\b(D0|DP|DN|DX|USA|CHN|[A-Z]\d\d|\d{6}|[a-z]+_[a-z_]+)\b|p\*")
TERMS = (
    "general equilibrium", "first round", "threat", "status quo", "closure", "elasticity", "ad valorem", "nash",
    "welfare", "numeraire", "counterfactual", "it should be noted", "in order to", "would be",
)  # fmt: skip
NUMBER = re.compile(rf"[+{MINUS}-]?\d[\d,]*(?:\.\d+)?(?=%| billion| million| dollars)")


@pytest.fixture(scope="module", params=NAMES)
def result(request, ran):
    return ran(request.param) if request.param != "geneva" else request.getfixturevalue("geneva")


def words_of(text):
    return re.findall(r"[\w’'.,%-]+", text)


def numbers_of(sentence):
    return NUMBER.findall(re.sub(r"\d{1,2} [A-Z][a-z]+ \d{4}", "", sentence))


def test_a_sentence_is_short_says_one_thing_and_holds_no_codes(result):
    leaf = brief(result)
    for text in (*leaf.does, *leaf.hold, *(other.sentence for other in leaf.others)):
        assert len(numbers_of(text)) <= 2, text
        for sentence in re.split(r"(?<=\.) (?=[A-Z])", text):
            assert len(words_of(sentence)) <= 20, sentence
    assert len(words_of(leaf.deal)) <= 40
    texts = [*leaf.sentences, leaf.ranges, *leaf.rests, *leaf.warnings, leaf.dated]
    for text in texts:
        assert not re.search(r"[()\[\]]", text), text
        assert not CODES.search(text.replace("`--table headline`", "")), text
        assert not any(term in text.lower() for term in TERMS), text
    assert sum(len(words_of(text)) for text in (*texts, *(o.sentence for o in leaf.others), leaf.ours)) <= 300
    assert 1 <= len(leaf.does) <= 3
    assert 1 <= len(leaf.hold) <= 5


def test_tables_that_a_brief_leaves_untold_change_nothing_that_is_printed(result):
    few = replace(result, tables={name: table for name, table in result.tables.items() if name not in UNTOLD})
    assert set(UNTOLD) <= tables_without(())
    assert len(few.tables) < len(result.tables)
    assert json.dumps(brief(few).as_dict()) == json.dumps(brief(result).as_dict())
    assert as_text(brief(few)) == as_text(brief(result))


def test_cards_are_three_to_five_and_short(result):
    cards = brief(result).cards
    assert 3 <= len(cards) <= 5
    for card in cards:
        assert len(words_of(f"{card.against} {card.spread}")) <= 20
        assert len(words_of(card.number)) <= 3


def test_every_number_of_the_sentences_is_in_the_tables(result):
    known = []
    for table in result.tables.values():
        for column in table.columns:
            values = np.asarray(table[column.name])
            if values.dtype.kind in "fiu":
                known.append(np.abs(values[np.isfinite(values)].astype(float)))
    known = np.concatenate(known)
    scaled = np.concatenate([known, 100 * known, known / 1e9, known / 1e6])
    for sentence in brief(result).sentences:
        for number in numbers_of(sentence):
            value = abs(float(number.replace(",", "").replace(MINUS, "-")))
            digits = len(number.split(".")[1]) if "." in number else 0
            assert np.any(np.abs(np.round(scaled, digits) - value) < 1e-9), f"{number} in: {sentence}"


def test_a_terminal_shows_under_forty_lines_that_fit_on_a_narrow_one_too(result):
    lines = as_text(brief(result)).splitlines()
    assert len(lines) <= 39 + RunTables(result.tables).few
    assert max(map(len, lines)) <= 100
    lines = as_text(brief(result), 80).splitlines()
    assert max(map(len, lines)) <= 80
    assert not [line for line in lines if re.fullmatch(r"\s*[-+\d.,]+ to [-+\d.,]+", line)]  # a range without its row


def test_every_face_shows_the_same_brief(geneva):
    leaf = brief(geneva)
    spoken = replace(geneva, speaker=brief)
    assert str(leaf) in str(spoken)
    assert spoken.to_dict()["brief"] == json.loads(json.dumps(leaf.as_dict()))
    front = content(geneva, brief=True).front
    assert front.as_dict() == leaf.as_dict()
    for sentence in leaf.sentences:
        assert sentence in " ".join(str(leaf).split())


def test_forms_of_numbers_and_countries():
    english = load()
    assert english.number(-1234.56, 1) == f"{MINUS}1,234.6"
    assert english.number(-0.001, 2, sign=True) == "0.00"
    assert english.day("2025-05-01") == "1 May 2025"
    assert english.country("BRA", "in") == "in Brazil"
    assert english.billions(8_982e6) == "$9.0bn"
    assert english.billions(994e6) == "$990m"
    assert english.billions(12_340e6) == "12 billion dollars"
    assert english.law("tariffs of 8 May 2025") == "the tariffs of 8 May 2025"


def test_an_act_is_a_noun_or_a_name_in_quotes():
    assert act("Reciprocal duty on China", load()) == "the reciprocal duty on China"
    assert act("Forced labor, 12.5 points", load()) == "“Forced labor, 12.5 points”"


def test_the_report_is_short(geneva):
    parts = content(geneva).parts
    shown = [part.lead for part in parts]
    shown += [f"{chart.title} {chart.subtitle} {chart.note}" for part in parts for chart in part.charts]
    assert sum(len(words_of(text)) for text in shown) <= 3000
    for part in parts:
        assert len(words_of(part.lead)) <= 20, part.lead
        assert not CODES.search(part.lead), part.lead


def test_added_duties_not_owed_on_all_are_named_twice_and_then_counted():
    rows = [
        ("mine", "USA", f"m{k}", f"Duty {k}", *row)
        for k in range(4)
        for row in (("meant for", "", 3e12), ("owed on", "", 3e12 - k * 1e11), ("Aircraft", "exm", k * 1e11))
    ]
    heads = {
        name: np.array([text]) for name, text in (("variant", "mine"), ("on", "2025-05-14"), ("against", "2025-05-14"))
    }
    headline = Table("headline", "", tuple(Column(name, Unit.TEXT, "") for name in heads), heads)
    tables = {table.name: table for table in (headline, table_of("duties.reach", rows))}
    warnings = brief(Result(Scenario(name="mine", on=date(2025, 5, 14)), "0" * 12, tables)).warnings
    assert warnings == (
        "“Duty 1” is paid on $2,900bn of the $3,000bn of imports that it is aimed at.",
        "“Duty 2” is paid on $2,800bn of the $3,000bn of imports that it is aimed at.",
        "One more added tariff is not paid on all that it is aimed at.",
    )
