"""Entries at their limits: a case below, on and above each amount, and on each side of each day."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from detente.codes import InputError
from detente.codes.days import EARLIEST, LATEST
from detente.data.fees import fees
from detente.lab.entries.dollars import cents, owed_by_quantity, whole
from detente.lab.entries.job import EntriesOrder, rate_entries
from detente.lab.entries.tables import summary
from detente.lab.statute.lookup import look_up
from detente.law.duty import Duty, DutyPart

LAMP = "8513.10.20.00"  # 12.5 per cent of the value
FREE = "8471.30.01.00"  # free of base duty
EDGES = [
    # what is looked at, its row, and what must come out
    ("half a cent goes up", {"value": 1}, {"duty": 0.13}),
    ("half a cent goes up from an even one", {"value": 5}, {"duty": 0.63}),
    ("below half a cent", {"value": 0.4}, {"duty": 0.0}),
    ("half a dollar goes up", {"value": 2.5}, {"duty": 0.38}),
    ("half a dollar goes up to an odd one", {"value": 4.5}, {"duty": 0.63}),
    ("below half a dollar", {"value": 4.49}, {"duty": 0.5}),
    ("fee below the least", {"value": 9680, "date": "2026-09-30"}, {"processing_fee": 33.58}),
    ("fee at the least", {"value": 9694, "date": "2026-09-30"}, {"processing_fee": 33.58}),
    ("fee above the least", {"value": 9700, "date": "2026-09-30"}, {"processing_fee": 33.60}),
    ("fee below the most", {"value": 188000, "date": "2026-09-30"}, {"processing_fee": 651.23}),
    ("fee at the most", {"value": 188077, "date": "2026-09-30"}, {"processing_fee": 651.50}),
    ("fee above the most", {"value": 188080, "date": "2026-09-30"}, {"processing_fee": 651.50}),
    ("last day of a fiscal year", {"value": 100, "date": "2026-09-30"}, {"processing_fee": 33.58}),
    ("first day of the next", {"value": 100, "date": "2026-10-01"}, {"processing_fee": 34.58}),
    ("most of the next", {"value": 1000000, "date": "2026-10-01"}, {"processing_fee": 670.86}),
    ("informal fee of the next", {"value": 100, "date": "2026-10-01", "entry_type": "11"}, {"processing_fee": 2.77}),
    ("informal, at its limit", {"value": 2500, "entry_type": "11"}, {"processing_fee": 2.53, "reason": ""}),
    ("informal, above it", {"value": 2501, "entry_type": "11"}, {"reason": "up to 2,500 USD"}),
    ("parcel at its limit", {"value": 800, "entry_type": "86"}, {"duty": 0.0, "processing_fee": 0.0, "reason": ""}),
    ("parcel above it", {"value": 801, "entry_type": "86"}, {"reason": "up to 800 USD"}),
    ("last day of parcels of China", {"partner": "China", "value": 50, "entry_type": "86", "date": "2025-05-01"},
     {"duty": 0.0, "reason": ""}),
    ("the day after", {"partner": "China", "value": 50, "entry_type": "86", "date": "2025-05-02"},
     {"reason": "until 2025-05-01"}),
    ("last day of all parcels", {"value": 50, "entry_type": "86", "date": "2025-08-28"}, {"duty": 0.0, "reason": ""}),
    ("the day after it", {"value": 50, "entry_type": "86", "date": "2025-08-29"}, {"reason": "until 2025-08-28"}),
    ("parcel by post before its first day", {"value": 50, "entry_type": "postal", "date": "2025-08-28"},
     {"reason": "from 2025-08-29"}),
    ("parcel by post of a country below 16 per cent", {"partner": "Germany", "value": 50, "entry_type": "postal",
     "date": "2025-08-29"}, {"duty": 80.0, "processing_fee": 0.0, "harbor_fee": 0.0, "refund": 0.0,
     "flags": "an amount a parcel"}),
    ("parcel by post of a country between", {"value": 800, "entry_type": "post", "date": "2025-08-29"},
     {"duty": 160.0}),
    ("parcel by post of a country at 25 per cent", {"partner": "Mexico", "value": 50, "entry_type": "postal",
     "date": "2026-02-23"}, {"duty": 160.0}),
    ("parcel by post of a country above it", {"partner": "China", "value": 50, "entry_type": "postal",
     "date": "2025-11-09"}, {"duty": 200.0}),
    ("the same as the fentanyl duty is halved", {"partner": "China", "value": 50, "entry_type": "postal",
     "date": "2025-11-10"}, {"duty": 160.0}),
    ("parcel by post of goods that the emergency duty spares", {"line": FREE, "value": 50, "entry_type": "postal",
     "date": "2025-11-10"}, {"duty": 160.0}),
    ("parcel by post above its limit", {"value": 801, "entry_type": "postal", "date": "2025-11-10"},
     {"reason": "up to 800 USD"}),
    ("parcel by post after the emergency duties", {"value": 50, "entry_type": "postal", "date": "2026-02-24"},
     {"reason": "until 2026-02-23"}),
    ("mail before its first day", {"value": 50, "entry_type": "13", "date": "2026-09-21"},
     {"reason": "from 2026-09-22"}),
    ("mail on its first day", {"value": 50, "entry_type": "13", "date": "2026-09-22"}, {"reason": ""}),
    ("harbor fee below what is not collected", {"line": FREE, "partner": "Mexico", "claim": "USMCA", "value": 2392,
     "mode": "vessel"}, {"harbor_fee": 0.0, "total": 0.0}),
    ("harbor fee at it", {"line": FREE, "partner": "Mexico", "claim": "USMCA", "value": 2400, "mode": "vessel"},
     {"harbor_fee": 0.0, "total": 0.0}),
    ("harbor fee above it", {"line": FREE, "partner": "Mexico", "claim": "USMCA", "value": 2408, "mode": "vessel"},
     {"harbor_fee": 3.01, "total": 3.01}),
    ("harbor fee with another", {"line": FREE, "value": 2400, "mode": "vessel"}, {"harbor_fee": 3.0}),
    ("day before the law", {"date": str(EARLIEST - timedelta(1))}, {"reason": "outside of the law"}),
    ("first day of the law", {"date": str(EARLIEST)}, {"reason": ""}),
    ("last day of the law", {"date": str(LATEST)}, {"reason": ""}),
    ("day after the law", {"date": str(LATEST + timedelta(1))}, {"reason": "outside of the law"}),
    ("last day without a duty", {"partner": "China", "line": FREE, "value": 100, "date": "2025-02-03"}, {"duty": 0.0}),
    ("first day with it", {"partner": "China", "line": FREE, "value": 100, "date": "2025-02-04"}, {"duty": 10.0}),
    ("last day of the old rate", {"partner": "China", "line": FREE, "value": 100, "date": "2025-03-03"},
     {"duty": 10.0}),
    ("first day of the new rate", {"partner": "China", "line": FREE, "value": 100, "date": "2025-03-04"},
     {"duty": 20.0}),
    ("last day of the emergency duties", {"line": LAMP, "value": 1000, "date": "2026-02-23"}, {"emergency": True}),
    ("first day without them", {"line": LAMP, "value": 1000, "date": "2026-02-24"}, {"emergency": False}),
    ("no value", {"value": 0}, {"reason": "not a customs value"}),
    ("the least value", {"value": 0.01}, {"reason": "", "duty": 0.0}),
    ("the largest value", {"value": 1e12}, {"reason": ""}),
    ("above the largest value", {"value": 1.000001e12}, {"reason": "not a customs value"}),
    ("metals that are the whole", {"steel_content": 0.6, "aluminum_content": 0.4}, {"reason": ""}),
    ("metals that are more", {"steel_content": 0.6, "aluminum_content": 0.401}, {"reason": "more than the whole"}),
    ("a share of nothing", {"us_content": 0}, {"reason": ""}),
    ("a share of all", {"us_content": 1}, {"reason": ""}),
    ("a share below nothing", {"us_content": -0.01}, {"reason": "not a share"}),
    ("a share above all", {"us_content": 1.01}, {"reason": "not a share"}),
    ("American content below its limit", {"date": "2025-06-02", "value": 1000, "us_content": 0.19},
     {"duty": 225.0}),
    ("American content at it", {"date": "2025-06-02", "value": 1000, "us_content": 0.2}, {"duty": 205.0}),
    ("American content above it", {"date": "2025-06-02", "value": 1000, "us_content": 0.21}, {"duty": 204.0}),
    ("a zone's day on the day of entry", {"entry_type": "06", "zone_status": "P", "zone_date": "2024-06-03"},
     {"reason": ""}),
    ("a zone's day after it", {"entry_type": "06", "zone_status": "P", "zone_date": "2024-06-04"},
     {"reason": "after the day"}),
    ("transit on the day of entry", {"transit_date": "2024-06-03"}, {"reason": ""}),
    ("transit after it", {"transit_date": "2024-06-04"}, {"reason": "after the day"}),
    ("a number before its first day", {"line": "0901.11.00.35", "date": "2025-06-30"},
     {"flags": "rated as 0901.11.00"}),
    ("a number on its first day", {"line": "0901.11.00.35", "date": "2025-07-01"}, {"flags": "", "reason": ""}),
    ("a number on its last day", {"line": "0901.11.00.45", "date": "2025-06-30"}, {"flags": "", "reason": ""}),
    ("an older code on the last day before the schedule", {"line": "8708.29.50.60", "date": "2025-02-03"},
     {"flags": "rated as 8708.29"}),
    ("an older code on its first day", {"line": "8708.29.50.60", "date": "2025-02-04"},
     {"reason": "unknown tariff line"}),
    ("a code on the last day of its edition", {"line": "8517.12.00.50", "date": "2021-12-31"},
     {"flags": "rated as 8517.13"}),
    ("a code on the first day of the next edition", {"line": "8517.12.00.50", "date": "2022-01-01"},
     {"reason": "older tariff"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def rated():
    plain = {"line": LAMP, "partner": "Vietnam", "date": "2024-06-03", "value": 10000, "mode": "air"}
    rows = [{**plain, **row, "entry": name} for name, row, _ in EDGES]
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in names}
    answer = rate_entries(pl.DataFrame(table, dict.fromkeys(names, pl.String)), EntriesOrder(void=("basis:IEEPA",)))
    frames = {name: answer.frame(name) for name in ("entry_rows", "entry_totals")}
    return {
        name: frames["entry_rows"].row(i, named=True)
        | {k: v for k, v in frames["entry_totals"].row(by_predicate=pl.col("entry") == name, named=True).items()
           if k in ("processing_fee", "harbor_fee", "total", "refund")}
        for i, (name, *_) in enumerate(EDGES)
    }  # fmt: skip


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("name", "expected"), [(name, want) for name, _, want in EDGES], ids=[n for n, *_ in EDGES])
def test_an_entry_at_its_limit(rated, name, expected):
    row = rated[name]
    for key, value in expected.items():
        if key == "emergency":
            assert (row["refund"] > 0) is value
        elif isinstance(value, str):
            assert row[key] == "" if value == "" else value in row[key]
        else:
            assert row[key] == pytest.approx(value, abs=1e-9)


def test_halves_go_up_whatever_is_before_them():
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
