"""Tables as frames and files of others: polars, pandas, Arrow, Stata, SDMX-CSV."""

import json
import subprocess
import sys

import pytest

import detente as dt
from detente.codes import Column, Unit


@pytest.fixture
def table():
    columns = (Column("day", Unit.DATE, "day"), Column("what", Unit.TEXT, "words"), Column("rate", Unit.SHARE, "duty"),
               Column("a name that is far too long for Stata to take", Unit.USD, "money"))  # fmt: skip
    rows = [("2025-05-14", "a", 0.25, 1e9), ("", "b", float("nan"), 2e9)]
    return dt.Table.of_rows("t", "Title", columns, rows, ("a note",))


def test_polars_keeps_shares(table):
    assert table.to_polars()["rate"].to_list()[0] == 0.25


def test_pandas_knows_days_units_and_notes(table):
    pytest.importorskip("pandas")
    frame = table.to_pandas()
    assert str(frame["day"].dtype).startswith("datetime64")
    assert frame.attrs["units"]["rate"] == "share"
    assert frame.attrs["notes"] == ["a note"]


def test_arrow_carries_units(table):
    pytest.importorskip("pyarrow")
    made = table.to_arrow()
    assert made.schema.field("rate").metadata[b"unit"] == b"share"
    assert json.loads(made.schema.metadata[b"detente"])["title"] == "Title"


def test_stata_reads_what_was_written(table, tmp_path):
    pandas = pytest.importorskip("pandas")
    path = table.to_stata(tmp_path / "t.dta")
    back = pandas.read_stata(path)
    assert list(back.columns)[2:] == ["rate", "a_name_that_is_far_too_long_for_"]
    assert back["rate"][0] == 0.25
    assert str(back["day"][0])[:10] == "2025-05-14"
    with pandas.read_stata(path, iterator=True) as reader:
        assert reader.variable_labels()["rate"] == "rate, %"
    with pytest.raises(dt.InputError, match=r"no \.dta file"):
        table.to_stata(tmp_path / "t.xlsx")


def test_every_number_is_an_observation_of_sdmx(table, tmp_path):
    text = table.to_sdmx_csv(tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == text
    head, *rows = (line.split(",") for line in text.splitlines())
    assert head[:3] == ["STRUCTURE", "STRUCTURE_ID", "ACTION"]
    assert {row[1] for row in rows} == {"DETENTE:T(1.0.0)"}
    values = {(row[head.index("WHAT")], row[head.index("INDICATOR")]): row[head.index("OBS_VALUE")] for row in rows}
    assert float(values["a", "RATE"]) == 0.25
    assert ("b", "RATE") not in values
    assert len(values) == len(rows) == 3


def test_rows_that_words_do_not_tell_apart_are_numbered():
    columns = (Column("what", Unit.TEXT, "words"), Column("rate", Unit.SHARE, "duty"))
    text = dt.Table.of_rows("t", "t", columns, [("a", 0.1), ("a", 0.2)]).to_sdmx_csv()
    assert "ROW" in text.splitlines()[0].split(",")


WAYS = {"to_pandas()": "pandas", "to_arrow()": "pyarrow", "to_stata('t.dta')": "pandas"}


def test_a_missing_library_is_one_sentence():
    program = f"""
import sys
sys.modules.update(pandas=None, pyarrow=None)
import detente as dt
from detente.codes import Column, Unit
table = dt.Table.of_rows("t", "t", (Column("a", Unit.SHARE, "a"),), [(0.1,)])
for way in {list(WAYS)}:
    try:
        eval(f"table.{{way}}")
    except dt.InputError as error:
        print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    for line, module in zip(done.stdout.splitlines(), WAYS.values(), strict=True):
        assert f"needs the library '{module}', which is not installed; pip install '.[" in line
