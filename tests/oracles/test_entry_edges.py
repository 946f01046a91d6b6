"""Entries at their limits: a case below, on and above each amount, and on each side of each day."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from detente.codes import InputError
from detente.codes.days import EARLIEST, LATEST
from detente.data.fees import fees
from detente.data.library import package_folder
from detente.lab.entries.dollars import cents, owed_by_quantity, whole
from detente.lab.entries.job import EntriesOrder, rate_entries
from detente.lab.entries.tables import summary
from detente.lab.statute.lookup import look_up
from detente.law.duty import Duty, DutyPart

LAMP = "8513.10.20.00"  # 12.5 per cent of the value
EDGES = yaml.safe_load(Path(__file__).with_name("entry_edges.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rated():
    plain = {"line": LAMP, "partner": "Vietnam", "date": "2024-06-03", "value": 10000, "mode": "air"}
    rows = [{**plain, **row, "entry": name} for name, (row, _) in EDGES.items()]
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in names}
    answer = rate_entries(pl.DataFrame(table, dict.fromkeys(names, pl.String)), EntriesOrder(void=("basis:IEEPA",)))
    frames = {name: answer.frame(name) for name in ("entry_rows", "entry_totals")}
    return {
        name: frames["entry_rows"].row(i, named=True)
        | {k: v for k, v in frames["entry_totals"].row(by_predicate=pl.col("entry") == name, named=True).items()
           if k in ("processing_fee", "harbor_fee", "total", "refund")}
        for i, name in enumerate(EDGES)
    }  # fmt: skip


@pytest.mark.sampled(5)
@pytest.mark.parametrize("name", EDGES)
def test_an_entry_at_its_limit(rated, name):
    row = rated[name]
    for key, value in EDGES[name][1].items():
        if key == "emergency":
            assert (row["refund"] > 0) is value
        elif isinstance(value, str):
            assert row[key] == "" if value == "" else value in row[key]
        else:
            assert row[key] == pytest.approx(value, abs=1e-9)


def test_the_first_and_last_days_are_rows_and_halves_go_up():
    days = {str(row.get("date")) for row, _ in EDGES.values()}
    assert {str(day) for day in (EARLIEST - timedelta(1), EARLIEST, LATEST, LATEST + timedelta(1))} <= days
    assert cents(np.array([0.115, 0.125, 0.135, 2.675, 0.1249, 0.1251])).tolist() == [
        0.12,
        0.13,
        0.14,
        2.68,
        0.12,
        0.13,
    ]
    assert whole(np.array([0.5, 1.5, 2.5, 3.4999, 3.5001])).tolist() == [1, 2, 3, 3, 4]


@pytest.mark.parametrize(("dollars", "units"), [(0.99, 3.0), (1.0, 3.0), (1.01, 2.55)])
def test_quantities_are_whole_up_to_a_dollar_a_unit(dollars, units):
    duty = Duty(f"${dollars}/kg", "specific", (DutyPart(dollars, "kg"),))
    owed = owed_by_quantity(duty, np.array([100.0]), {"kg": np.array([2.549])})
    assert owed[0] == pytest.approx(dollars * units)


def test_an_informal_entry_of_several_rows_is_one_up_to_its_limit():
    def fee(second):
        rows = {"entry": ["A", "A"], "line": [LAMP] * 2, "partner": ["Vietnam"] * 2, "date": ["2024-06-03"] * 2}
        rows |= {"value": ["2000", str(second)], "entry_type": ["11"] * 2, "mode": ["air"] * 2}
        return rate_entries(pl.DataFrame(rows), EntriesOrder()).totals["processing_fee"][0]

    assert [fee(second) for second in (499, 500, 501)] == [2.53, 2.53, 31.67]


def test_an_entry_whose_rows_together_are_above_the_limit_of_an_informal_one_says_so():
    rows = {"entry": ["A", "A", "B"], "line": [LAMP] * 3, "partner": ["Vietnam"] * 3, "date": ["2024-06-03"] * 3}
    rows |= {"value": ["2000"] * 3, "entry_type": ["11", "11", "11"], "mode": ["air"] * 3}
    rated = rate_entries(pl.DataFrame(rows), EntriesOrder())
    words = "an informal entry is for goods of up to $2,500: the fee is that of a formal one"
    assert rated.totals["flags"].to_list() == [words, ""]
    assert [note for note in summary(rated).notes if words in note] == [f"A: {words}"]
    formal = rate_entries(pl.DataFrame(rows | {"entry_type": ["01"] * 3}), EntriesOrder())
    assert formal.totals["flags"].to_list() == ["", ""]


def test_a_floor_that_covers_the_goods_is_owed_where_the_base_duty_below_it_is_not_on_record():
    """New Zealand lays a floor of 35 per cent on goods of Russia; its tariff is on record by sector alone."""
    rows = {"line": ["7403.11"] * 2, "partner": ["Russia", "China"], "date": ["2026-01-10"] * 2, "value": ["10000"] * 2}
    russia, china = rate_entries(pl.DataFrame(rows), EntriesOrder(of="NZL")).frame("entry_rows").rows(named=True)
    assert russia["duty"] == pytest.approx(10_000 * look_up("7403.11", "RUS", date(2026, 1, 10), of="NZL").total)
    assert "mean of its sector" in russia["flags"]
    assert "its base duty is not on record" in china["reason"]
    with pytest.raises(InputError, match="is not on record"):
        look_up("7403.11", "CHN", date(2026, 1, 10), of="NZL")


def test_the_amounts_of_a_fiscal_year_are_flagged_after_its_last_day():
    last = fees().known_to
    rows = {"line": [LAMP] * 2, "partner": ["Vietnam"] * 2, "value": ["100"] * 2}
    days = [str(last), str(last + timedelta(1))]
    flags = rate_entries(pl.DataFrame({**rows, "date": days}), EntriesOrder()).frame("entry_rows")["flags"]
    assert ["fee of the year before" in text for text in flags] == [False, True]
    assert last == date(2027, 9, 30)


CASES = yaml.safe_load((package_folder() / "entry_cases.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def answers():
    """All cases rated in one file, each entry under the name of its case."""
    rows = [{k: str(v) for k, v in {**row, "entry": f"{case['id']}"}.items()} for case in CASES for row in case["rows"]]
    names = list(dict.fromkeys(name for row in rows for name in row))
    frame = pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, dict.fromkeys(names, pl.String))
    result = rate_entries(frame, EntriesOrder(void=("basis:IEEPA",)))
    return result.frame("entry_totals"), result.frame("entry_filing"), result.frame("entry_rows")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_an_entry_comes_out_to_the_cent(answers, case):
    totals, filing, rows = answers
    mine = rows.filter(pl.col("entry") == case["id"])
    assert mine["reason"].to_list() == [""] * len(case["rows"])
    total = totals.row(by_predicate=pl.col("entry") == case["id"], named=True)
    for name in ("duty", "processing_fee", "harbor_fee"):
        if name in case:
            assert total[name] == case[name], name
    if case.get("void"):
        assert total["refund"] == case["refund"]
    if "filing" in case:
        filed = filing.filter(pl.col("entry") == case["id"]).select("heading", "duty").rows()
        assert [list(pair) for pair in filed] == case["filing"]


def test_every_case_says_what_its_source_gives():
    assert {case["gives"] for case in CASES} == {"dollars", "rule"}
    assert all(case["source"] for case in CASES)
    assert len({case["id"] for case in CASES}) == len(CASES)
