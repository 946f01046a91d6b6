"""Cards, the brief and sentences of the charts: what they must not claim, and what they must name."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes.number import ResultNumber
from detente.codes.vocabulary import vocabulary
from detente.draws import LEAST_DRAWS
from detente.faces.ask.questions.run import of_result
from detente.faces.charts import charts
from detente.faces.words.brief import brief
from detente.faces.words.cards import cards
from detente.faces.words.findings import findings
from detente.faces.words.number import Shown, agreeing
from detente.lab.averages.sides import most_moved
from detente.lab.ranges.numbers import RunTables
from detente.lab.record.history import places_table
from detente.lab.run import run
from detente.lab.scenario import parse_scenario

MINUS = "\u2212"
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
    assert after - before == pytest.approx(change)
    assert agreeing(292.41, 283.89, 0) == 1
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
    assert sum("are left out" in line for line in brief(replace(geneva, tables=few)).warnings) == 1
    assert "needs 20" in card_of(few, "Average US tariff on imports").spread
    assert "ranges" not in RunTables(few).tables
    enough = drawn_by(geneva, LEAST_DRAWS)
    assert not any("are left out" in line for line in brief(replace(geneva, tables=enough)).warnings)
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


def test_extremes_outside_the_rows_that_are_drawn_are_in_the_sentence(geneva):
    table = geneva.table("incomes")
    values = np.array(table["real_income"])
    values[table["country"] == "AGO"] = -0.0777
    tables = {**geneva.tables, "incomes": replace(table, data={**table.data, "real_income": values})}
    assert f"{MINUS}7.77% in Angola" in chart_of(tables, "incomes").alt


def test_a_good_without_duty_has_no_ladder_to_draw(geneva):
    table = geneva.table("ladders")
    nothing = replace(table, data={**table.data, "adds": np.zeros(len(table))})
    assert not [c for c in charts({**geneva.tables, "ladders": nothing}) if c.name.startswith("ladder")]


def test_every_id_of_a_run_has_words(geneva):
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
