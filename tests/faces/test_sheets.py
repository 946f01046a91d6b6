"""Tables as sheets of a workbook: the numbers of CSV, formats for the eye, units beside names, definitions as notes."""

import io

import numpy as np
import openpyxl
import pytest

from detente.codes import Column, Table, Unit
from detente.faces.sheets import DATED, to_workbook, workbook

TOYS = Table(
    "products",
    "Tariff on single products",
    (
        Column("line", Unit.CODE, "tariff line"),
        Column("before", Unit.SHARE, "duty before"),
        Column("change", Unit.POINTS, "after less before"),
        Column("imports", Unit.USD, "imports of 2024"),
        Column("ratio", Unit.NONE, "one over the other"),
    ),
    {
        "line": np.asarray(["9503.00.00"]), "before": np.asarray([1.45]), "change": np.asarray([-1.15]),
        "imports": np.asarray([1.25e9]), "ratio": np.asarray([np.nan]),
    },
)  # fmt: skip


def sheet(content, name="products"):
    return openpyxl.load_workbook(io.BytesIO(content))[name]


def test_points_are_never_shown_as_per_cent_and_cells_add_up():
    heads, row = list(sheet(to_workbook([TOYS])).iter_rows())
    found = {head.value: cell for head, cell in zip(heads, row, strict=True)}
    assert found["change"].value == pytest.approx(-1.15)
    assert found["change"].number_format == "0.0000"
    assert found["before"].number_format == "0.00%"
    assert found["imports"].number_format == "#,##0"
    assert found["ratio"].value is None


def test_a_head_holds_the_name_shows_the_unit_and_notes_what_it_means():
    heads = {head.value: head for head in next(sheet(to_workbook([TOYS])).iter_rows())}
    assert list(heads) == [column.name for column in TOYS.columns]
    shown = {name: head.number_format for name, head in heads.items()}
    assert shown == {
        "line": "@", "before": '@" (share)"', "change": '@" (share difference)"', "imports": '@" (USD)"', "ratio": "@",
    }  # fmt: skip
    assert heads["change"].comment.text == "change: after less before (share difference: 0.01 is one percentage point)"
    assert heads["line"].comment.text == "line: tariff line"


def test_a_frame_read_from_a_sheet_has_the_columns_of_the_table(tmp_path):
    """Heads in the first row and nothing between them and the numbers: what programs expect that read a sheet."""
    rows = list(sheet(to_workbook([TOYS])).values)
    assert dict(zip(*rows, strict=True)) == {**next(TOYS.rows()), "ratio": None}


def test_a_file_does_not_hold_the_time_at_which_it_was_written():
    book = openpyxl.load_workbook(io.BytesIO(to_workbook([TOYS])))
    assert (book.properties.created, book.properties.title) == (DATED, TOYS.title)


def test_a_workbook_makes_no_formula_of_a_text():
    out = io.BytesIO()
    book = workbook(out, "Texts")
    book.add_worksheet("texts").write(0, 0, "=1+1")
    book.close()
    assert sheet(out.getvalue(), "texts")["A1"].data_type == "s"
