"""Tables as sheets of a workbook: the numbers of CSV, formats for the eye, units beside names, definitions as notes."""

import io
from datetime import datetime

import numpy as np
import openpyxl
import pytest

from detente.codes import Column, Table, Unit, UnknownName
from detente.faces.formats import check_format, to_bytes
from detente.faces.report import rendered
from detente.faces.report.content import content
from detente.faces.sheets import DATED, workbook
from detente.faces.text_tables import spoken

TOYS = Table(
    "products",
    "Duty on single products",
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
    heads, row = list(sheet(to_bytes([TOYS], "xlsx")).iter_rows())
    found = {head.value: cell for head, cell in zip(heads, row, strict=True)}
    assert found["change"].value == pytest.approx(-1.15)
    assert found["change"].number_format == "0.0000"
    assert found["before"].number_format == "0.00%"
    assert found["imports"].number_format == "#,##0"
    assert found["ratio"].value is None


def test_a_head_holds_the_name_shows_the_unit_and_notes_what_it_means():
    heads = {head.value: head for head in next(sheet(to_bytes([TOYS], "xlsx")).iter_rows())}
    assert list(heads) == [column.name for column in TOYS.columns]
    shown = {name: head.number_format for name, head in heads.items()}
    assert shown == {
        "line": "@", "before": '@" (share)"', "change": '@" (share difference)"', "imports": '@" (USD)"', "ratio": "@",
    }  # fmt: skip
    assert heads["change"].comment.text == "change: after less before (share difference: 0.01 is one percentage point)"
    assert heads["line"].comment.text == "line: tariff line"


def test_a_frame_read_from_a_sheet_has_the_columns_of_the_table(tmp_path):
    """Heads in the first row and nothing between them and the numbers: what programs expect that read a sheet."""
    rows = list(sheet(to_bytes([TOYS], "xlsx")).values)
    assert dict(zip(*rows, strict=True)) == {**next(TOYS.rows()), "ratio": None}


def test_a_file_does_not_hold_the_time_at_which_it_was_written():
    book = openpyxl.load_workbook(io.BytesIO(to_bytes([TOYS], "xlsx")))
    assert (book.properties.created, book.properties.title) == (DATED, TOYS.title)


def test_a_workbook_makes_no_formula_of_a_text():
    out = io.BytesIO()
    book = workbook(out, "Texts")
    book.add_worksheet("texts").write(0, 0, "=1+1")
    book.close()
    assert sheet(out.getvalue(), "texts")["A1"].data_type == "s"


def test_the_report_as_text_does_not_show_points_as_per_cent(geneva):
    """Heads with the unit 'points', cells without a sign."""
    grids = {grid.name: grid for grid in content(geneva).grids}
    at = grids["products"].heads.index("change, points")
    assert not any("%" in row[at] for row in grids["products"].rows)
    assert "change, points" in rendered(geneva, ".md").decode()


def test_the_workbook_of_a_report_shows_points_as_numbers(geneva):
    rows = list(sheet(rendered(geneva, ".xlsx")).iter_rows())
    at = [cell.value for cell in rows[1]].index("change")
    assert rows[1][at].number_format == '@" (share difference)"'
    assert rows[1][at].comment.text.startswith("change: after less before")
    cell = rows[2][at]
    assert cell.value == pytest.approx(geneva.tables["products"]["change"][0])
    assert "%" not in cell.number_format


def test_formats_that_python_alone_has_are_named():
    with pytest.raises(UnknownName, match=r"use text, .*, or in Python a table's \.to_stata\(\)"):
        check_format("dta")
    with pytest.raises(UnknownName, match=r"use csv$|use csv\.?$"):
        check_format("doc", ("csv",))


@pytest.fixture(scope="module")
def book(geneva):
    """The workbook of a report."""
    return openpyxl.load_workbook(io.BytesIO(rendered(geneva, ".xlsx")))


def test_every_table_has_a_sheet_with_filter_frozen_head_and_units(geneva, book):
    signs = {Unit.SHARE: "%", Unit.POINTS: "share difference", Unit.USD: "USD", Unit.DOLLARS: "USD each"}
    for name, table in geneva.tables.items():
        sheet, units = book[name], {spoken(c.name): c.unit for c in table.columns}
        assert sheet.freeze_panes == "A3", name
        assert sheet.auto_filter.ref.startswith("A2:"), name
        heads = [cell for cell in sheet[2] if cell.comment]
        assert len(heads) >= len(table.columns)
        for cell in heads:
            sign = signs.get(units.get(cell.value))
            assert cell.number_format == (f'@" ({sign})"' if sign else cell.number_format), (name, cell.value)


def test_no_head_of_a_report_s_workbook_is_a_name_for_machines(geneva, book):
    assert not [cell.value for name in geneva.tables for cell in book[name][2] if cell.comment and "_" in cell.value]


def test_the_first_sheet_links_to_every_other(book):
    first = book.worksheets[0]
    links = [cell.hyperlink.location for row in first.iter_rows() for cell in row if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in book.sheetnames[1:]]
    assert first["A1"].value


def test_days_are_days_and_shares_have_one_decimal(geneva, book):
    daily = book["daily"]
    assert daily["A3"].value == datetime.fromisoformat(geneva.tables["daily"]["date"][0])
    assert daily["B3"].number_format == "0.0%"
    assert book["history"]["A3"].value == 1901
    incomes = book["incomes"]
    assert {cell.number_format for cell in incomes[3] if isinstance(cell.value, float)} == {"0.0000%"}


def test_long_texts_are_seen_whole_and_bare_numbers_are_short(book):
    sheet = book["revenue"]
    heads = {cell.value: cell for cell in sheet[2]}
    cell = sheet.cell(3, heads["holds fixed"].column)
    assert cell.alignment.wrap_text
    assert sheet.column_dimensions[cell.column_letter].width > 50
    deals = book["deals"]
    star = next(cell for cell in deals[2] if cell.value == "US p*")
    assert deals.cell(3, star.column).number_format == "0.000"
    first = book["summary"]
    assert "A2:F2" in {str(area) for area in first.merged_cells.ranges}
    assert first["A2"].alignment.wrap_text
