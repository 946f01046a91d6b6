"""What an answer of a supply chain is measured by: elements, multiples of what is missing, stocks in days."""

from itertools import pairwise

import numpy as np
import pytest

from detente.chains.disrupt import disrupt
from detente.chains.equilibrium import GDP
from detente.chains.licences import cut
from detente.chains.stocks import StockDays
from detente.data.chain_build import load_chain
from detente.lab.chains.answer import beyond_words, disrupt_chain
from detente.lab.chains.tables import losses_table, notes, stocks_table

YEAR = "year 1"


@pytest.mark.parametrize("name", ["rare-earths", "gallium-germanium"])
def test_a_stop_of_one_element_takes_no_more_than_a_stop_of_all(name):
    chain = load_chain(name, scope="requirement")
    every = disrupt(chain, cut(1.0), 9).unmet.sum()
    for element in chain.elements:
        assert 0.0 < disrupt(chain, cut(1.0, elements=(element,)), 9).unmet.sum() <= every * (1 + 1e-9)


def test_a_loss_far_above_what_is_missing_is_flagged_in_tables_and_sentences():
    words = {"cut": 1.0, "stock_days": 0, "scope": "direct", "countries": ("USA",)}
    deep = disrupt_chain(**words)
    at = deep.multiples["USA", "direct", GDP, YEAR]
    usd = next(row for row in losses_table(deep).rows() if row["measure"] == GDP and row["period"] == YEAR)
    assert at.times == pytest.approx(usd["usd"] / at.missing)
    assert at.beyond
    assert beyond_words() in usd["remark"]
    assert (usd["missing"], usd["multiple"], usd["multiple_most"]) == (at.missing, at.times, at.most)
    assert at.at_quote > at.missing
    assert any(beyond_words() in note and "at the quote outside" in note for note in notes(deep))
    more = disrupt_chain(**words, values={"value_multiple": 1e4})
    assert not more.multiples["USA", "direct", GDP, YEAR].beyond


def test_what_is_missing_is_need_at_base_prices():
    found = disrupt_chain(cut=0.8, scope="direct", countries=("EU27",))
    run = found.ran.runs["direct"]
    mine = run.chain.layout.country == run.chain.layout.places.index("EU27")
    assert found.multiples["EU27", "direct", GDP, YEAR].missing == pytest.approx(run.unmet[mine].sum())
    most = found.multiples["EU27", "direct", GDP, YEAR].most
    assert 1000.0 <= most <= 3000.0


@pytest.mark.parametrize("name", ["rare-earths", "gallium-germanium"])
@pytest.mark.parametrize("share", [0.5, 1.0])
def test_more_days_of_stock_never_cost_more(name, share):
    chain = load_chain(name)
    days = (0, StockDays(0.0), 0.001, 1, 15, 30, 60, 200)
    unmet = [disrupt(chain, cut(share), 9, stock_days=n).unmet for n in days]
    country = chain.layout.country
    for place in range(len(chain.layout.places)):
        mine = [float(found[country == place].sum()) for found in unmet]
        assert all(less >= more - 1e-6 * (1.0 + less) for less, more in pairwise(mine)), mine


def test_zero_days_of_national_stock_are_the_end_of_the_scale():
    """0.001 days and none give the same; 0 alone switches off the stocks of firms as well."""
    chain = load_chain("rare-earths")
    none, little, off = (disrupt(chain, cut(0.8), 9, stock_days=n).unmet.sum() for n in (StockDays(0.0), 1e-3, 0))
    assert little == pytest.approx(none, rel=1e-3)
    assert off > 1.2 * none


def test_a_national_stock_lasts_its_days_over_the_gap_in_the_form_a_country_works_up():
    """n days under a cut that leaves r of the supply cover n/(1 - r) days, to 1%."""
    chain = load_chain("rare-earths").with_values({"leak_cap": 0.0, "smuggle_cap": 0.0})
    chain = type(chain)(**{name: getattr(chain, name) for name in chain.__dataclass_fields__} | {"plants": ()})
    for days, share in ((60.0, 1.0), (45.0, 0.5)):
        found = disrupt(chain, cut(share), 9, stock_days=StockDays(days, 0.0, traders=False))
        layout = chain.layout
        mine = (layout.country == layout.places.index("KOR")) & (layout.licensed[layout.country, layout.grade] > 0.95)
        lasts = found.first_short_by_grade[mine & (layout.grade == chain.grade("NdFeB-H"))]
        licensed = layout.licensed[layout.places.index("KOR"), chain.grade("NdFeB-H")]
        if lasts.size:
            assert lasts == pytest.approx(np.full(lasts.size, days / (share * licensed)), rel=0.01)


def test_the_table_of_stocks_lists_all_on_one_scale():
    found = disrupt_chain(cut=0.8, stock_days=15, scope="direct", countries=("USA", "JPN"))
    rows = {(r["country"], r["element"], r["holder"], r["form"]): r for r in stocks_table(found).rows()}
    assert rows["USA", "Dy", "national", "product"]["days"] == pytest.approx(15.0)
    assert rows["JPN", "Dy", "national", "feed"]["days"] == pytest.approx(15.0)
    assert rows["JPN", "Dy", "national", "product"]["days"] < 3.0, "its own magnets are held as feed"
    assert rows["USA", "Dy", "users", "product"]["source"] == "the chain"
    assert rows["USA", "Dy", "national", "product"]["source"] == "set by hand"
    none = disrupt_chain(cut=0.8, stock_days=0, scope="direct", countries=("USA", "JPN"))
    assert stocks_table(none)["kg"].max() == 0.0
    assert any("no stock of any kind" in note for note in notes(none))
