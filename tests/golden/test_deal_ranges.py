"""Ranges of what a deal on licences avoids: the difference of two answers to the same draw."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from detente.chains.measures import GDP
from detente.data import chain_world
from detente.faces.words.cards import cards
from detente.lab.chains.draws import Pair, spread
from detente.lab.chains.materials import materials
from detente.lab.chains.months import ChainQuestion, Words
from detente.lab.chains.tables import YEAR
from detente.lab.scenario import Materials

DRAWS, SEED, ON = 5, 3, date(2025, 5, 14)


@pytest.fixture(scope="module")
def pair():
    without = ChainQuestion("rare-earths", Words(scenario="april-2025", general=1.5), 6, countries=("EU27",))
    return Pair(without, replace(without, words=Words(scenario="general-licence", general=1.5)))


def test_a_paired_draw_is_the_difference_of_two_draws_of_the_same_figures(pair, tmp_path):
    assert pair.alike
    both = spread(pair.question, DRAWS, SEED, other=pair.other, folder=tmp_path)
    first, second = (spread(one, DRAWS, SEED) for one in (pair.question, pair.other))
    np.testing.assert_array_equal(both.losses, first.losses)
    np.testing.assert_array_equal(both.outside, first.outside)
    np.testing.assert_array_equal(both.avoided[::2], (first.losses - second.losses)[::2])
    assert np.isnan(both.avoided[1::2]).all()
    assert (both.avoided[::2] > 0).any()
    assert not first.avoided.size
    again = spread(pair.question, DRAWS, SEED, other=pair.other, folder=tmp_path)
    np.testing.assert_array_equal(again.avoided, both.avoided)
    other = replace(pair.other, words=Words(scenario="april-2025", general=1.5))
    np.testing.assert_array_equal(spread(pair.question, DRAWS, SEED, other=other, folder=tmp_path).avoided[::2], 0.0)


def test_paths_that_start_in_different_months_have_chains_of_their_own(pair):
    assert not replace(pair, other=replace(pair.other, start="2026-01")).alike
    assert not replace(pair, other=replace(pair.other, months=7)).alike
    assert not replace(pair, other=None).alike


def test_the_table_and_the_sentence_give_the_range_of_what_the_deal_avoids():
    tables = materials(Materials(months=12, countries=["EU27"]), ON, draws=DRAWS, seed=SEED)
    rows = [row for row in tables["materials"].rows() if row["measure"] == GDP and row["period"] == YEAR]
    assert len(rows) == 2
    for row in rows:
        assert row["avoided_p05"] < row["avoided_p95"]
        assert 0.0 < row["avoided_p95"] <= row["without_p95"] * chain_world.gdp("EU27")
    wide = next(row for row in rows if row["scope"] == "requirement")
    (card,) = cards(tables)
    assert f"{wide['without_p05']:.3%} to {wide['without_p95']:.3%}" in card.finding
    assert f"{wide['avoided'] / 1e6:,.0f} million USD less" in card.finding


def test_without_draws_no_range_is_said():
    tables = materials(Materials(months=6, countries=["EU27"]), ON)
    assert np.isnan(tables["materials"]["avoided_p05"]).all()
    assert cards(tables)[0].finding.endswith("million USD less).")
