"""Anti-dumping and countervailing orders are flagged where they may apply, on their days, and stand in no number."""

from datetime import date

import pytest

import detente as dt
from detente.data.importer_lines import _orders, order_names, orders_on

#: Code, country, day, a case that is named: Federal Register, orders in force.
FLAGGED = [
    ("7604.21.00.10", "China", "2025-09-01", "A-570-967"), ("7604.21.00.10", "China", "2025-09-01", "C-570-968"),
    ("4407.11.00.01", "Canada", "2025-09-01", "A-122-857"), ("4011.10.10.10", "Thailand", "2025-09-01", "A-549-842"),
    ("9403.50.90.80", "China", "2025-09-01", "A-570-890"), ("0306.17.00.06", "India", "2025-09-01", "A-533-840"),
    ("2903.45.10", "China", "2025-09-01", "A-570-044"), ("7317.00.55.02", "China", "2025-09-01", "A-570-909"),
    ("2914.11.10.00", "Spain", "2025-09-01", "A-469-819"), ("6810.99.00.10", "India", "2025-09-01", "A-533-889"),
    ("0703.20.00.10", "China", "2025-09-01", "A-570-831"), ("2914.11.10.00", "Singapore", "2025-09-01", "A-559-808"),
    ("6810.99.00.10", "India", "2025-09-01", "C-533-890"), ("0306.17.00.06", "India", "2025-09-01", "C-533-921"),
    ("2921.19.61.95", "India", "2025-09-01", "A-533-922"), ("2931.49.00", "China", "2025-09-01", "A-570-045"),
    ("2931.49.00", "China", "2025-09-01", "C-570-046"), ("2921.19.61.95", "China", "2025-05-27", "C-570-161"),
]  # fmt: skip
CLEAR = [("8471.30.01.00", "China"), ("7604.21.00.10", "Germany"), ("0901.11.00.25", "Brazil")]


@pytest.mark.parametrize(("line", "partner", "on", "case"), FLAGGED)
def test_a_rate_names_the_order_and_leaves_it_out_of_the_number(line, partner, on, case):
    answer = dt.rate(line, partner, on)
    (said,) = [text for text in answer.warnings if "countervailing order may apply" in text]
    assert case in said
    assert "not in the number" in said


@pytest.mark.parametrize(("line", "partner"), CLEAR)
def test_goods_without_an_order_are_not_flagged(line, partner):
    assert not [text for text in dt.rate(line, partner, "2025-09-01").warnings if "order may apply" in text]


def test_an_order_begins_on_its_day():
    code, case = "2903451000", "A-570-044"
    days = {day: [order.case for order in orders_on(code, "CHN", date.fromisoformat(day))]
            for day in ("2017-04-18", "2017-04-19")}  # fmt: skip
    assert case not in days["2017-04-18"]
    assert case in days["2017-04-19"]


def test_an_entry_is_flagged_with_the_cases_and_another_country_is_not():
    rows = {
        "line": ["7604.21.00.10"] * 2,
        "partner": ["China", "Germany"],
        "date": ["2025-09-05"] * 2,
        "value": [100] * 2,
    }
    flags = dt.entries(rows).tables["rows"].to_polars()["flags"].to_list()
    assert (
        "order may apply, not in the dollars: A-570-967 aluminum extrusions, C-570-968 aluminum extrusions" in flags[0]
    )
    assert "order may apply" not in flags[1]


def test_goods_of_another_importer_are_not_flagged():
    assert not [text for text in dt.rate("7604.21", "China", "2025-09-01", of="Canada").warnings if "order may" in text]


def test_names_are_few_and_the_rest_is_counted():
    orders = orders_on("7210490030", "CHN", date(2025, 9, 1))
    assert len(orders) > 1
    assert order_names(orders, 1) == f"{orders[0].name} and {len(orders) - 1} more"


def test_every_order_has_codes_a_country_and_days_in_order():
    every = [order for codes in _orders().values() for orders in codes.values() for order in orders]
    assert len({(order.case, order.goods, order.kind) for order in every}) > 700
    assert all(order.codes and order.kind in ("AD", "CVD") for order in every)
    assert all(order.start < order.end for order in every if order.start and order.end)
    assert all(code.isdigit() and 4 <= len(code) <= 10 for order in every for code in order.codes)
