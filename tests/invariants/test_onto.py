"""Duties averaged by trade onto other axes: nothing is lost, no average leaves the range of its parts."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.codes import Axis, InputError
from detente.data.importers import importer
from detente.data.worlds import load_economy
from detente.lab.averages.axes import Axes, laid
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.plane import Plane
from detente.lab.talks.world import by_country
from detente.trade import Flows, onto, places
from detente.trade.flows import Split

LINES, PARTNERS = 5, ("CHN", "EUU", "MEX")


def flows_of(value, split=None):
    line, partner = np.divmod(np.arange(value.size), len(PARTNERS))
    none = np.zeros(value.size)
    axis = Axis("line", np.array([f"{i}" for i in range(LINES)]))
    return Flows("USA", "2024", axis, PARTNERS, line, partner, value, none, none, none.astype(bool), split=split)


cells = st.lists(st.integers(-1, 1), min_size=LINES, max_size=LINES)
numbers = st.lists(st.floats(0.0, 1e6), min_size=LINES * 3, max_size=LINES * 3)
shares = st.lists(st.floats(0.0, 2.0), min_size=LINES * 3, max_size=LINES * 3)


@settings(max_examples=50)
@given(numbers, shares, cells, st.booleans())
def test_all_duty_on_placed_trade_arrives_and_averages_stay_within_their_parts(value, rates, column, divided):
    value, rates = np.asarray(value), np.asarray(rates)
    share = np.array([[0.25, 0.75], [1.0, 0.0]])
    split = Split("EUU", ("DEU", "FRA"), np.array([0, 1, 0, 1, 0]), share) if divided else None
    flows = flows_of(value + 1.0, split)
    row = places(flows.expanded()[0].partners, ("CHN", "FRA", "ROW"), {"DEU": "FRA"}, "ROW")
    trade = onto(flows, row, np.asarray(column), (3, 2))
    placed = np.asarray(column)[flows.line_at] >= 0
    assert np.isclose(trade.worth.sum(), flows.value[placed].sum())
    assert np.isclose(trade.owed(rates).sum(), (flows.value * rates)[placed].sum())
    assert np.isclose(trade.unplaced, 1.0 - flows.value[placed].sum() / flows.total, atol=1e-12)
    mean = trade.mean(rates)
    assert (np.isnan(mean) == (trade.worth == 0.0)).all()
    known = mean[np.isfinite(mean)]
    assert ((known >= rates.min() - 1e-12) & (known <= rates.max() + 1e-12)).all()


def test_names_go_to_their_place_their_group_or_the_rest_and_too_much_left_out_is_refused():
    names = ("CHN", "CHE", "XYZ")
    assert places(names, ("CHN", "EFT", "ROW"), {"CHE": "EFT", "CHN": "EFT"}, "ROW").tolist() == [0, 1, 2]
    assert places(names, ("CHN",)).tolist() == [0, -1, -1]
    assert Axes(("USA", "CHN"), ("C26",)).rows(("CHN", "FRA")).tolist() == [1, -1]
    assert Axes(("USA", "OTH"), ("C26",)).rows(("NGA", "KWT")).tolist() == [1, -1]
    assert Axes(("USA", "ROW"), ("C26",)).rows(("NGA", "KWT")).tolist() == [1, 1]
    economy = load_economy("icio-2025-small")
    plane = SimpleNamespace(region=("CHN", "", "OTH", "OTH"))
    amounts = np.arange(4.0 * (len(economy.sectors) + 1)).reshape(4, -1)
    cells = by_country(cast(Plane, plane), economy, amounts)
    assert np.array_equal(cells[economy.country("CHN")], amounts[0, :-1])
    assert np.array_equal(cells[economy.country("OTH")], amounts[2:, :-1].sum(axis=0))
    assert cells.sum() == amounts[[0, 2, 3], :-1].sum()
    with pytest.raises(InputError, match=r"no region ROW, and \d\d% of the trade"):
        laid(laid_law(importer("USA").law), Axes(("USA", "CHN"), ("C26",)))
