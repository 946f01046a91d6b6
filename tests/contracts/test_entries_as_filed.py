"""Files as Customs and brokers write them: reports with a row a number, days with slashes, money with signs, totals."""

import polars as pl
import pytest

import detente as dt
from detente.codes import InputError
from detente.codes.errors import NotRated

HEAD = (
    "Entry Summary Number,Entry Summary Line Number,Tariff Ordinal Number,HTS Number - Full,Country of Origin Code,"
    "Entry Date,Line Tariff Goods Value Amount,Line Tariff Duty Amount,Entry Type Code,Mode of Transportation Code,"
    "Importer Name,Protest Status,Review Team Number"
)
#: One line under a number of chapter 99 and its own; one without; one of two further numbers of chapter 99.
ROWS = """BII00000012,1,1,99030128,IN,04/08/2025,$0.00,$850.00,01,40,X,,7
BII00000012,1,2,3923900080,IN,04/08/2025,"$10,000.00",$300.00,01,40,X,,7
BII00000020,1,1,8513102000,DE,09/15/2025,"$1,000.00",$35.00,01,40,X,,7
BII00000020,2,1,99038803,CN,09/15/2025,$0.00,$250.00,01,40,X,,7
BII00000020,2,2,99030124,CN,09/15/2025,$0.00,$200.00,01,40,X,,7
BII00000020,2,3,8507600020,CN,09/15/2025,"$1,000.00",$34.00,01,40,X,,7
"""


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "es003.csv"
    path.write_text(f"{HEAD}\n{ROWS}", encoding="utf-8")
    return path


def test_numbers_of_chapter_99_are_rows_of_their_line(report):
    rows = dt.entries(report).tables["rows"].to_polars()
    assert rows["row"].to_list() == [3, 4, 7]
    assert rows["line"].to_list() == ["3923900080", "8513102000", "8507600020"]
    assert rows["value"].to_list() == [10_000.0, 1_000.0, 1_000.0]
    assert rows["paid"].to_list() == [1_150.0, 35.0, 484.0]
    assert rows["paid_emergency"].to_list() == ["850.0", "0.0", "200.0"]
    assert rows["filed"][2] == "99038803 250.0; 99030124 200.0; 8507600020 34.0"
    assert rows["reason"].to_list() == [""] * 3


def test_a_report_owes_what_the_same_entries_owe_in_plain_columns(report):
    plain = {"line": ["3923.90.00.80", "8513.10.20.00", "8507.60.00.20"], "partner": ["India", "Germany", "China"],
             "date": ["2025-04-08", "2025-09-15", "2025-09-15"], "value": [10_000, 1_000, 1_000]}  # fmt: skip
    assert float(dt.entries(report)) == float(dt.entries(plain)) > 0


def test_what_was_paid_under_emergency_numbers_is_what_comes_back(report):
    refunds = dt.entries(report, as_of="2026-07-01").tables["refunds"].to_polars()
    assert refunds.select("entry", "amount", "basis").rows() == [
        ("BII00000012", 850.0, "paid"),
        ("BII00000020", 200.0, "paid"),
    ]


def test_each_heading_has_what_is_owed_beside_what_was_paid_under_it(report):
    headings = dt.entries(report).tables["headings"].to_polars().fill_nan(None)
    first = headings.filter(pl.col("row") == 3).select("heading", "owed", "paid", "gap").rows()
    # Goods in transit pay nothing under 9903.01.28: a duty paid there was owed under 9903.01.25.
    assert first == [
        ("9903.01.25", 1_000.0, 0.0, 1_000.0),
        ("3923.90.00.80", 300.0, 300.0, 0.0),
        ("9903.01.28", 0.0, 850.0, -850.0),
    ]
    sums = headings.group_by("row", maintain_order=True).agg(pl.col("owed", "paid").sum())
    rows = dt.entries(report).tables["rows"].to_polars()
    assert sums["owed"].to_list() == rows["duty"].to_list()
    assert sums["paid"].to_list() == rows["paid"].to_list()


def test_a_measure_of_several_headings_is_met_by_the_one_that_was_filed():
    steel = {"line": ["7308.90.95.90"], "partner": ["Mexico"], "date": ["2025-09-05"], "value": [1_000],
             "steel_content": [1], "filed": ["9903.81.91 $500.00; 7308909590 0"]}  # fmt: skip
    headings = dt.entries(steel).tables["headings"].to_polars()
    assert headings.select("heading", "owed", "paid").rows() == [
        ("9903.81.87/.89/.90/.91", 500.0, 500.0),
        ("7308.90.95.90", 0.0, 0.0),
    ]


def test_what_was_paid_stays_blank_where_a_row_says_no_dollars_by_heading():
    own = {"line": ["8513.10.20.00"], "partner": ["Germany"], "date": ["2025-09-15"], "value": [1_000], "paid": [150]}
    for more in ({}, {"filed": ["9903.02.20"]}):
        headings = dt.entries(own | more).tables["headings"].to_polars()
        assert headings["owed"].sum() == 150.0
        assert headings["paid"].is_nan().all()


def test_a_number_of_chapter_98_and_that_of_the_goods_are_one_line(tmp_path):
    path = tmp_path / "repairs.csv"
    path.write_text(
        f"""{HEAD}
BII00000038,1,1,98020050,CN,09/05/2025,"$8,000.00",$0.00,01,40,X,,7
BII00000038,1,2,99030124,CN,09/05/2025,$0.00,$400.00,01,40,X,,7
BII00000038,1,3,8507600020,CN,09/05/2025,"$2,000.00",$68.00,01,40,X,,7
BII00000038,2,1,98010010,US,09/05/2025,$0.00,$0.00,01,40,X,,7
BII00000038,2,2,8507600020,US,09/05/2025,"$5,000.00",$0.00,01,40,X,,7
BII00000038,3,1,98020050,CN,09/05/2025,"$7,000.00",$0.00,01,40,X,,7
""",
        encoding="utf-8",
    )
    rows = dt.entries(path).tables["rows"].to_polars()
    names = ("row", "line", "value", "chapter_98", "duty", "paid", "status")
    assert rows.select(names).rows()[:2] == [
        (4, "8507600020", 10_000.0, "98020050", 818.0, 468.0, "rated"),
        (6, "8507600020", 5_000.0, "98010010", 0.0, 0.0, "rated"),
    ]
    # A number of chapter 98 that stands alone is the line itself.
    assert rows.select(names).rows()[2][:4] == (7, "98020050", 7_000.0, "")


def test_a_line_of_chapter_99_alone_is_not_rated_by_guess(tmp_path):
    path = tmp_path / "alone.csv"
    path.write_text(f"{HEAD}\n{ROWS.splitlines()[0]}\n", encoding="utf-8")
    rows = dt.entries(path).tables["rows"].to_polars()
    assert rows["status"].to_list() == ["not rated"]


def changed(tmp_path, *pairs, head=HEAD):
    text = f"{head}\n{ROWS}"
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "file.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("pairs", "words"), [
    ([("DE,09/15/2025", "DE,15/09/2025")],
     r"row 5, date: '09/15/2025' has day and month the other way round than row 4; write days as 2025-04-15"),
    ([("Line Tariff Goods Value Amount", "Amount")], "has no column 'value'"),
    ([("Review Team Number", "clam")], "unknown column 'clam'; did you mean 'claim'"),
])  # fmt: skip
def test_what_is_wrong_with_a_report_is_one_sentence(tmp_path, pairs, words):
    with pytest.raises(InputError, match=words):
        dt.entries(changed(tmp_path, *pairs))


def test_columns_that_nobody_knows_are_carried_along_and_named_in_a_note(report):
    notes = dt.entries(report).tables["summary"].notes
    assert [note for note in notes if "Importer Name, Protest Status, Review Team Number" in note]


def test_an_unknown_type_of_entry_costs_its_row_with_its_reason(detente, tmp_path):
    path = changed(tmp_path, ('09/15/2025,"$1,000.00",$35.00,01', '09/15/2025,"$1,000.00",$35.00,99'))
    ran = detente("entries", str(path), "--table", "reasons")
    assert ran.code == NotRated.exit_code
    assert "unknown type of entry '99'" in ran.out


ORDERED = {"line": ["8471.30.01.00"] * 2, "partner": ["China"] * 2, "value": ["100"] * 2}


@pytest.mark.parametrize(("days", "fault"), [
    (["05/04/2025", "06/04/2025"], "row 1, date: '05/04/2025' may begin with the day or with the month"),
    (["05/13/2025", "06/04/2025"], ""),
    (["13/05/2025", "06/04/2025"], ""),
])  # fmt: skip
def test_days_with_slashes_are_read_in_the_order_that_one_of_them_tells(days, fault):
    frame = pl.DataFrame(ORDERED | {"date": days})
    if fault:
        with pytest.raises(InputError, match=fault):
            dt.entries(frame)
    else:
        own = dt.entries(frame).tables["rows"].to_polars()["date"].to_list()
        assert own == [
            "2025-05-13",
            {"05/13/2025": "2025-06-04", "13/05/2025": "2025-04-06"}.get(days[0], "2025-05-13"),
        ]


@pytest.mark.parametrize(("total", "fits"), [("30.00", True), ("30.004", True), ("30.01", False), ("29.99", False)])
def test_duty_paid_by_row_must_sum_to_the_total_of_its_entry(total, fits):
    rows = ORDERED | {
        "date": ["2025-06-04"] * 2,
        "entry": ["A1"] * 2,
        "paid": ["10.00", "20.00"],
        "total_duty": [total] * 2,
    }
    if fits:
        assert len(dt.entries(pl.DataFrame(rows))) == 2
        return
    with pytest.raises(InputError, match=r"row 1, paid: the rows of entry A1 sum to \$30.00, and .* says \$"):
        dt.entries(pl.DataFrame(rows))
