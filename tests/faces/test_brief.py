"""The brief: its style, its numbers; the same in every face."""

import json
import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes import Column, Table, Unit, table_of
from detente.codes.names import vocabulary
from detente.codes.number import ResultNumber
from detente.draws import LEAST_DRAWS
from detente.faces.ask.questions.run import of_result
from detente.faces.charts import charts
from detente.faces.report.content import content
from detente.faces.words.brief import UNTOLD, as_text, brief
from detente.faces.words.cards import cards
from detente.faces.words.findings import findings
from detente.faces.words.language import MINUS, load
from detente.faces.words.number import Shown, agreeing
from detente.faces.words.terms import act
from detente.lab.averages.sides import most_moved
from detente.lab.parts import tables_without
from detente.lab.ranges.numbers import RunTables
from detente.lab.record.history import places_table
from detente.lab.result import Result
from detente.lab.run import run
from detente.lab.scenario import Scenario, parse_scenario

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
            assert len(words_of(sentence)) <= 25, sentence
    assert len(words_of(leaf.deal)) <= 40
    texts = [*leaf.sentences, leaf.ranges, *leaf.rests, *leaf.warnings, leaf.dated]
    for text in texts:
        assert not re.search(r"[()\[\]]", text), text
        assert not CODES.search(text.replace("`--table headline`", "")), text
        assert not any(term in text.lower() for term in TERMS), text
    assert sum(len(words_of(text)) for text in (*texts, *(o.sentence for o in leaf.others), leaf.ours)) <= 350
    assert 1 <= len(leaf.does) <= 3
    assert 1 <= len(leaf.hold) <= 5


def test_a_deal_that_ends_has_one_line_with_its_worth_by_length(geneva, ran):
    own = {row["length"]: row["present_usd"] for row in RunTables(geneva.tables).all("path_lengths", country="USA")}
    assert list(own) == ["90 days", "365 days", "permanent"]
    [line] = [line for line in brief(geneva).lines if line.name == "worth"]
    assert line.title == "US consumption in all if it lasts 90 days"
    said = [float(number.replace(",", "")) for number in re.findall(r"\+([\d,]+)", f"{line.change} {line.spread}")]
    assert said == [round(worth / 1e9) for worth in own.values()]
    assert line.spread.split()[::2] == ["year", "permanent"]
    assert "path_lengths" not in ran("status-quo-2025-05-08").tables


def test_cards_are_few_and_tables_left_untold_change_nothing(result):
    few = replace(result, tables={name: table for name, table in result.tables.items() if name not in UNTOLD})
    assert set(UNTOLD) <= tables_without(())
    assert len(few.tables) < len(result.tables)
    assert json.dumps(brief(few).as_dict()) == json.dumps(brief(result).as_dict())
    assert as_text(brief(few)) == as_text(brief(result))
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


def test_numbers_countries_and_acts_are_written_as_people_write_them():
    english = load()
    assert (english.number(-1234.56, 1), english.number(-0.001, 2, sign=True)) == (f"{MINUS}1,234.6", "0.00")
    assert (english.day("2025-05-01"), english.country("BRA", "in")) == ("1 May 2025", "in Brazil")
    assert (english.billions(8_982e6), english.billions(994e6)) == ("$9.0bn", "$990m")
    assert english.billions(12_340e6) == "$12bn"
    assert english.law("tariffs of 8 May 2025") == "the tariffs of 8 May 2025"
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
        "One more added tariff is not paid on all the imports that it is aimed at.",
    )


EU = {
    "title": "Twenty points on the European Union",
    "on": "2025-05-14",
    "usa": {"change": [{"measure": "rec_base", "partners": ["EU27"], "rate": "20%"}]},
    "report": {"prices": False, "talks": False},
}


def drawn_by(result, draws, **ends):
    """The tables of a run as if it had made a number of draws, with joint ranges of some numbers."""
    tables = dict(result.tables)
    head = tables["headline"]
    data = {**head.data, "draws": np.full(len(head), draws), "low": head["after"] * 0.9, "high": head["after"] * 1.2}
    tables["headline"] = replace(head, data=data)
    if "ranges" in tables:
        found = tables["ranges"]
        low, high = (np.array(found[end]) for end in ("low", "high"))
        for measure, (least, most) in ends.items():
            at = found["measure"] == measure
            low[at], high[at] = least, most
        tables["ranges"] = replace(found, data={**found.data, "low": low, "high": high})
    return tables


def card_of(tables, label):
    return next(card for card in cards(tables) if card.label == label)


def chart_of(tables, name):
    return next(chart for chart in charts(tables) if chart.name == name)


def test_a_change_is_what_the_printed_numbers_differ_by(geneva):
    card = card_of(geneva.tables, "US tariff revenue a year")
    after = float(card.number.strip("$bn"))
    change, before = (
        float(x.replace(MINUS, "-")) for x in re.findall(rf"[+{MINUS}]?\d+\.?\d*", card.against.replace("$", ""))
    )
    assert (after - before, agreeing(292.41, 283.89, 0)) == (pytest.approx(change), 1)
    assert agreeing(9.974, 14.927, 1) == 3


@given(st.floats(0.0, 2.0), st.floats(-1.0, 1.0))
def test_a_headline_never_drops_the_points_of_a_change(before, change):
    shown = Shown(ResultNumber("average", before + change, "USA", before=before))
    old, new, moves = (
        float(text.replace(MINUS, "-").replace(",", "")) for text in (shown.before, shown.after, shown.change)
    )
    assert moves == pytest.approx(new - old, abs=1e-9) or shown.digits == 4


@pytest.mark.parametrize(
    ("name", "months", "known"),
    [("geneva", "no full month under this law and 2025-06", (False, True)),
     ("status-quo-2025-05-08", "2024-12 and no full month under this law", (True, False))],
)  # fmt: skip
def test_a_duty_collected_stands_for_a_law_only_where_a_month_was_under_it(ran, name, months, known):
    table = ran(name).table("headline")
    row = next(r for r in table.rows() if r["definition"] == "collected")
    assert row["months"] == months
    assert (row["before"] == row["before"], row["after"] == row["after"]) == known
    assert any("does not belong to the tariffs" in note for note in table.notes)


def test_a_law_nobody_shipped_has_no_duty_collected(ran):
    row = next(r for r in ran("ieepa-void").table("headline").rows() if r["definition"] == "collected")
    assert row["months"].endswith("not on record")
    assert np.isnan(row["after"])


def test_few_draws_give_no_range_and_the_run_says_so_once(geneva):
    few = drawn_by(geneva, LEAST_DRAWS - 1)
    assert not any("in 90% of" in sentence for sentence in findings(replace(geneva, tables=few)))
    assert sum("No ranges are shown" in line for line in brief(replace(geneva, tables=few)).warnings) == 1
    assert "needs 20" in card_of(few, "Average US tariff on imports").spread
    assert "ranges" not in RunTables(few).tables
    enough = drawn_by(geneva, LEAST_DRAWS)
    assert not any("No ranges are shown" in line for line in brief(replace(geneva, tables=enough)).warnings)
    assert "in 90% of" in findings(replace(geneva, tables=enough))[0]
    assert RunTables(geneva.tables).draws == 4


@pytest.fixture(scope="module")
def union():
    return run(parse_scenario(EU, "test", "twenty"), draws=0)


def test_a_deal_with_another_partner_names_it_and_prints_no_minus_before_zero(union):
    third = most_moved(union.tables)
    assert (third.code, third.member) == ("EU27", "DEU")
    said = findings(union)
    assert sum(sentence.startswith(("Average US tariff on goods from the European Union: ", "Real income of Germany: "))
               for sentence in said) == 2  # fmt: skip
    assert {"Average US tariff on goods from the European Union", "Real income of Germany"} <= {
        card.label for card in cards(union.tables)
    }
    words = " ".join([*said, *(f"{c.number} {c.spread}" for c in cards(union.tables))])
    assert not re.search(rf"[-{MINUS}]0\.0+%", words)
    incomes = [Shown(ResultNumber("income", change)).change for change in (-1e-6, -0.001, 0.001)]
    assert incomes == ["0.00", f"{MINUS}0.10", "+0.10"]


def test_china_is_no_third_partner(geneva):
    assert most_moved(geneva.tables) is None
    assert "partner_moved" not in geneva.tables


def test_a_rate_level_with_a_year_is_said_to_be():
    base = ("scenario", 0.1445, float("nan"), "", 2025, "a rate as given")
    table = places_table([base, ("far", 0.9, float("nan"), "", 2025, "a rate as given")])
    tied, _ = table.rows()
    assert (tied["highest_since"], tied["equal"]) == ("1939", True)


def test_what_charts_leave_out_is_in_their_sentences_and_every_id_has_words(geneva):
    table = geneva.table("incomes")
    values = np.array(table["real_income"])
    values[table["country"] == "AGO"] = -0.0777
    tables = {**geneva.tables, "incomes": replace(table, data={**table.data, "real_income": values})}
    assert f"{MINUS}7.77% in Angola" in chart_of(tables, "incomes").alt
    table = geneva.table("ladders")
    nothing = replace(table, data={**table.data, "adds": np.zeros(len(table))})
    assert not [c for c in charts({**geneva.tables, "ladders": nothing}) if c.name.startswith("ladder")]
    free = ("category", "low_set", "high_set", "low_at", "high_at")  # data name these too
    for table in geneva.tables.values():
        for column in (column for column in table.columns if column.kind and column.name not in free):
            unknown = {*table[column.name].tolist()} - {*vocabulary(column.kind), *table.names, ""}
            assert not unknown, (table.name, column.name)


def test_a_number_has_one_range_in_every_face(geneva):
    """In the brief, on both kinds of cards, in findings, in the answer and in its page."""
    tables = drawn_by(geneva, 200, average_fixed=(0.111, 0.177))
    result = replace(geneva, tables=tables, speaker=brief)
    answer, line = of_result(result, "geneva"), brief(result).lines[0]
    assert line.spread == "11.1 to 17.7"
    assert (answer.number.low, answer.number.high) == (0.111, 0.177)
    assert answer.to_dict()["number"]["high"] == 0.177
    assert "<td>11.1 to 17.7" in answer.markup
    assert "<pre>" not in answer.markup
    front = next(card for card in brief(result).cards if card.table == "headline")
    assert (line.as_dict()["low"], line.as_dict()["high"]) == pytest.approx((11.1, 17.7))
    for text in (front.spread, card_of(tables, "Average US tariff on imports").spread, findings(result)[0]):
        assert "11.1" in text
        assert "17.7" in text
