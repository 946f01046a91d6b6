"""Refunds of emergency duties: routes at the edges of windows, interest to the cent, files of numbers, deadlines."""

import io
import zipfile
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

import detente as dt
from detente.codes import InputError, UnknownName
from detente.data.refunds import interest_law, refund_law
from detente.faces.ask.answer import as_file
from detente.lab.entries.refunds import cape_files, interest, working_day
from rows import rows_of

#: A case: type, day of entry, of liquidation, facts, day asked, route, last day. Sources: `data/refunds.yaml`.
CASES = rows_of(__file__)["routes"]


def asked(cases, **more):
    heads = ("entry_type", "entry_date", "liquidation_date", "flags", "as_of")
    rows = [dict(zip(heads, map(str, case), strict=False)) for case in cases]
    for number, row in enumerate(rows):
        value = "2000" if row["entry_type"] in ("11", "12") else "10000"
        row |= {"entry": f"ABC{number:08}", "line": "8471.30.01.00", "partner": "China", "value": value, "mode": "air"}
    return dt.entries(pl.DataFrame(rows), **more)


@pytest.fixture(scope="module")
def answer():
    return asked([case[:5] for case in CASES.values()])


@pytest.mark.parametrize("name", CASES)
def test_an_entry_goes_its_way_by_its_day(answer, name):
    row = answer.tables["refunds"].to_polars().row(list(CASES).index(name), named=True)
    assert (row["route"], row["latest"]) == tuple(map(str, CASES[name][5:7]))


def test_what_comes_back_is_what_was_owed_under_the_headings_or_what_the_file_says_was_paid():
    rows = {"entry": ["A", "B", "C"], "line": ["8513.10.20.00"] * 3, "partner": ["Germany"] * 3, "value": [10_000] * 3,
            "date": ["2025-09-15"] * 3, "ieepa_duty": ["", "$1,234.50", "0"], "as_of": ["2026-07-01"] * 3}  # fmt: skip
    made = dt.entries(rows, void="basis:IEEPA").tables["refunds"].to_polars()
    filed = dt.entries(rows).tables["filing"].to_polars()
    owed = filed.filter(pl.col("row") == 1, pl.col("heading").str.starts_with("9903.02"))["duty"].sum()
    assert owed > 0
    assert made["amount"].to_list() == [owed, 1234.5, 0.0]
    assert made["basis"].to_list() == ["owed", "paid", "paid"]
    assert made["route"].to_list() == ["phase1", "phase1", "nothing"]
    assert made["refund"].to_list() == [owed] * 3


@pytest.mark.parametrize(("fault", "words"), [
    ({"flags": "sunk"}, "row 1: unknown fact of an entry 'sunk'"),
    ({"liquidation_date": "soon"}, "row 1, liquidated: 'soon' is not a day"),
])  # fmt: skip
def test_what_cannot_be_read_of_an_entry_is_said_with_its_row(fault, words):
    rows = {"line": ["8471.30.01.00"], "partner": ["China"], "value": [100], "date": ["2025-09-15"]}
    with pytest.raises((InputError, UnknownName), match=words):
        _ = dt.entries(rows | {name: [text] for name, text in fault.items()}).tables["refunds"]


# --- interest ---------------------------------------------------------------------------------------------------------

SUMS = rows_of(__file__)["interest"]


def sum_of(principal, first, last, payer, **more):
    days = (np.asarray([date.fromisoformat(str(day)).toordinal()]) for day in (first, last))
    return float(interest(np.asarray([float(principal)]), *days, payer, **more)[0])


@pytest.mark.parametrize(("principal", "first", "last", "payer", "least", "most"), SUMS)
def test_interest_is_compounded_daily_at_the_rate_of_each_quarter(principal, first, last, payer, least, most):
    assert sum_of(principal, first, last, payer) == least
    assert sum_of(principal, first, last, payer, both=True) == most


def test_interest_of_a_day_by_hand_and_none_before_the_deposit():
    assert sum_of(10_000, "2026-03-31", "2026-04-01", "corporation") == round(10_000 * 0.05 / 365, 2)
    assert sum_of(10_000, "2026-03-30", "2026-03-31", "other") == round(10_000 * 0.07 / 365, 2)
    assert sum_of(10_000, "2024-02-28", "2024-02-29", "other") == round(10_000 * 0.08 / 366, 2)
    assert sum_of(10_000, "2026-04-02", "2026-04-01", "other") == 0.0


def test_quarters_follow_one_another_and_corporations_are_paid_a_point_less():
    starts = [quarter.start for quarter in interest_law().quarters]
    assert all(day.day == 1 and day.month in (1, 4, 7, 10) for day in starts)
    assert {round((b - a).days / 91.3) for a, b in pairwise(starts)} == {1}
    assert all(q.other - q.corporation == 1 and q.underpaid == q.other for q in interest_law().quarters)


# --- the file of numbers ----------------------------------------------------------------------------------------------


def numbered(numbers, importer="12-3456789"):
    return pl.DataFrame(
        {"entry": numbers, "route": ["phase1"] * len(numbers), "importer_number": [importer] * len(numbers)}
    )


@pytest.mark.parametrize(("count", "sizes"), [(9_998, [9_998]), (9_999, [9_999]), (10_000, [9_999, 1]),
                                              (20_001, [9_999, 9_999, 3])])  # fmt: skip
def test_numbers_are_split_at_9999(count, sizes):
    files = list(cape_files(numbered([f"ABC{k:08}" for k in range(count)])))
    rows = [content.decode().split("\r\n")[:-1] for _, content in files]
    assert [len(own) - 1 for own in rows] == sizes
    assert {own[0] for own in rows} == {"Entry Number"}
    assert len({row for own in rows for row in own[1:]}) == count


def test_numbers_stand_once_without_dashes_and_each_importer_has_a_file():
    both = pl.concat([numbered(["abc-0000001-2", "ABC00000012"]), numbered(["XYZ-0000009-9"], "98-7654321")])
    files = dict(cape_files(both))
    assert sorted(content.decode() for content in files.values()) == [
        "Entry Number\r\nABC00000012\r\n", "Entry Number\r\nXYZ00000099\r\n"]  # fmt: skip
    with pytest.raises(InputError, match="'A1' is no entry number"):
        list(cape_files(numbered(["A1"])))


def test_the_file_of_an_answer_has_the_entries_that_go_by_cape(answer):
    made = zipfile.ZipFile(io.BytesIO(as_file(answer, "zip")))
    text = "".join(made.read(name).decode() for name in made.namelist())
    goes = [k for k, case in enumerate(CASES.values()) if case[5] in ("phase1", "phase2", "phase3")]
    assert sorted(line for line in text.split("\r\n") if line.startswith("ABC")) == [f"ABC{k:08}" for k in goes]


# --- deadlines --------------------------------------------------------------------------------------------------------


def test_a_deadline_on_a_weekend_or_holiday_moves_to_the_working_day_before():
    assert working_day(date(2026, 10, 17)) == date(2026, 10, 16)
    assert working_day(date(2026, 10, 12)) == date(2026, 10, 9)
    assert working_day(date(2026, 7, 9)) == date(2026, 7, 9)
    assert working_day(None) is None
    years = {day.year for day in refund_law().holidays}
    assert {year: sum(day.year == year for day in refund_law().holidays) for year in years} == {2026: 11, 2027: 12}


def test_deadlines_are_windows_of_entry_and_liquidation_and_what_is_over_is_left_out():
    made = asked([("01", "2026-01-05", "2026-11-16", "", "2026-10-01"), ("01", "2026-01-05", "", "", "2026-10-01"),
                  ("01", "2026-01-05", "2026-11-16", "extended", "2026-10-01"),
                  ("21", "2026-01-05", "", "", "2026-11-02")])  # fmt: skip
    rows = {(r["entry"][-1], r["matter"]): r["latest"] for r in made.tables["deadlines"].rows()}
    assert rows["0", "correction"] == "2026-11-01"  # both 300 days after entry and 15 days before liquidation
    assert rows["1", "correction"] == "2026-11-01"
    assert rows["2", "correction_extended"] == "2026-11-01"
    assert ("2", "correction") not in rows
    assert rows["0", "cape"] == str(date(2026, 11, 16) + timedelta(80))
    assert rows["0", "protest"] == str(date(2026, 11, 16) + timedelta(180))
    assert rows["0", "preference"] == "2027-01-05"
    assert rows["3", "warehouse"] == "2031-01-05"
    assert ("3", "correction") not in rows  # it was over on 1 November


def test_a_correction_ends_15_days_before_an_early_liquidation():
    made = asked([("01", "2026-01-05", "2026-10-01", "", "2026-02-01")])
    rows = {r["matter"]: (r["latest"], r["file_by"]) for r in made.tables["deadlines"].rows()}
    assert rows["correction"] == ("2026-09-16", "2026-09-16")


def test_deadlines_are_a_calendar_and_stand_in_a_watch_of_the_entries():
    rows = {"entry": ["ABC00000012"], "line": ["8471.30.01.00"], "partner": ["China"], "date": ["2025-06-10"],
            "value": [10_000], "liquidation_date": ["2026-04-20"]}  # fmt: skip
    answer = dt.entries(rows, as_of="2026-07-01")
    assert "Emergency duties of $2,000.00 were paid or owed: all on one route (CAPE, phase 1)." in answer.headline
    assert "The first deadline is 9 July 2026." in answer.headline
    text = as_file(answer, "ics").decode()
    assert "DTSTART;VALUE=DATE:20260709" in text
    assert "DTSTART;VALUE=DATE:20261016" in text
    seen = dt.watch(pl.DataFrame(rows), "2026-07-01", from_="2026-06-01")
    assert seen.tables["deadlines"]["matter"][0] == "cape"
    assert "DTSTART;VALUE=DATE:20260709" in as_file(seen, "ics").decode()
    assert "The entries have" in seen.headline
