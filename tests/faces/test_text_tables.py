"""Text tables: no character is lost, codes and numbers stay whole, texts break between words."""

import io
import re
from dataclasses import replace

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes import Column, Table, Unit
from detente.codes.names import as_sentence
from detente.codes.table import LINE, SHOWN
from detente.faces.formats import TextColumn, lay_out, set_out, to_text, wrapped
from detente.faces.sheets import DATED, to_workbook, workbook
from detente.faces.words.brief import spoken

WORDS = "countermeasures since 2 April suspended or removed, read as those aimed at US firms alone"
CODES = ("cn-geneva-countermeasures", "us-reciprocal-125", "cn_medium_heavy_rare_earths")


def table(texts=3, numbers=6):
    n = len(CODES)
    columns = [Column("event", Unit.CODE, "id")]
    columns += [Column(f"what_{k}", Unit.TEXT, "text") for k in range(texts)]
    columns += [Column(f"pocket_low_{k}", Unit.DOLLARS, "number") for k in range(numbers)]
    data = {"event": np.asarray(CODES)}
    data |= {f"what_{k}": np.asarray([WORDS] * n) for k in range(texts)}
    data |= {f"pocket_low_{k}": np.asarray([-1234567.0 * (k + 1)] * n) for k in range(numbers)}
    return Table("t", "A table", tuple(columns), data, ("a note in words " * 12,))


@pytest.mark.parametrize("width", [60, 80, 100, 120, 240])
@pytest.mark.parametrize(("texts", "numbers"), [(0, 2), (0, 14), (1, 3), (3, 6), (5, 0)])
def test_nothing_is_cut_and_every_line_fits(width, texts, numbers):
    shown = table(texts, numbers)
    text = to_text(shown, width=width)
    assert all(len(line) <= width for line in text.splitlines())
    for code in CODES:
        assert code in text
    for k in range(numbers):
        assert text.count(f"{-1234567 * (k + 1):,}") == len(CODES)
    words = [word for word in WORDS.split() if word.isalpha()]
    assert all(text.count(word) >= texts * len(CODES) for word in words)


def test_ids_are_broken_nowhere_and_a_wide_table_is_set_in_blocks():
    text = to_text(table(3, 6), width=80)
    whole = {*WORDS.split(), *CODES}
    pieces = {piece for line in text.splitlines() for piece in line.split() if re.match(r"^[a-z_-]{9,}", piece)}
    assert pieces <= whole
    text = to_text(table(0, 14), width=80)
    blocks = [block for block in text.split("\n\n") if "──" in block]
    assert len(blocks) > 1
    assert all(block.count(code) == 1 for block in blocks for code in CODES)


def test_a_row_is_named_by_as_many_columns_as_it_takes():
    columns = [
        TextColumn("variant", "", False, True, ["one", "one", "two", "two"]),
        TextColumn("decile", "", False, False, ["1", "2", "1", "2"]),
        *[TextColumn(f"number {k}", "USD", True, False, ["1,234,567"] * 4) for k in range(12)],
    ]
    heads = [line for line in lay_out(columns, 60) if "variant" in line]
    assert len(heads) > 1
    assert all("decile" in head for head in heads)


def test_no_terminal_limits_a_file(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    wide = table(0, 14)
    lines = to_text(wide, width=None).splitlines()
    assert sum("──" in line for line in lines) == 1, "one block"
    assert max(map(len, lines)) > 120
    assert sum(f"{-1234567 * 14:,}" in line for line in lines) == len(CODES)


@given(st.text(alphabet="ab -_", max_size=80), st.integers(1, 30))
def test_a_text_keeps_its_words(text, width):
    lines = wrapped(text, width)
    assert " ".join(lines).split() == text.split()
    assert all(len(line) <= width or " " not in line for line in lines)


cells = st.lists(st.text(alphabet="abc ", max_size=40), min_size=2, max_size=2)


@given(st.lists(cells, min_size=1, max_size=8), st.integers(20, 130))
def test_every_character_of_every_cell_is_printed(found, width):
    columns = [TextColumn(f"h{n}", "", n % 2 == 1, True, own) for n, own in enumerate(found)]
    lines = lay_out(columns, width)
    for column in columns[1:]:
        assert len(re.findall(rf"\b{column.head}\b", "\n".join(lines))) == 1
    letters = "".join(line for line in lines if "─" not in line)
    for letter in "abc":
        rest = sum(cell.count(letter) for column in columns[1:] for cell in column.cells)
        first = sum(cell.count(letter) for cell in columns[0].cells)
        assert (letters.count(letter) - rest) >= first


def test_dollars_are_in_billions_and_an_infinite_number_is_said():
    table = Table("t", "Duty", (Column("duty", Unit.USD, "a year"),), {"duty": np.asarray([2.5e9])})
    lines = to_text(table).splitlines()
    assert any("$bn" in line for line in lines)
    assert any(line.split() == ["2.50"] for line in lines)
    # The worth of a concession over that of another which is worth nothing has no end.
    columns = (Column("name", Unit.TEXT, "text"), Column("ratio", Unit.NONE, "number"))
    shown = Table("t", "A table", columns, {"name": np.asarray(["a"]), "ratio": np.asarray([np.inf])})
    assert "inf" in to_text(shown)


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


def test_points_are_never_shown_as_per_cent_and_a_head_shows_the_unit():
    heads, row = list(sheet(to_workbook([TOYS])).iter_rows())
    found = {head.value: cell for head, cell in zip(heads, row, strict=True)}
    assert (found["change"].value, found["change"].number_format) == (pytest.approx(-1.15), "0.0000")
    assert (found["before"].number_format, found["imports"].number_format) == ("0.00%", "#,##0")
    assert found["ratio"].value is None
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


def test_a_file_holds_neither_its_time_nor_formulas():
    book = openpyxl.load_workbook(io.BytesIO(to_workbook([TOYS])))
    assert (book.properties.created, book.properties.title) == (DATED, TOYS.title)
    out = io.BytesIO()
    book = workbook(out, "Texts")
    book.add_worksheet("texts").write(0, 0, "=1+1")
    book.close()
    assert sheet(out.getvalue(), "texts")["A1"].data_type == "s"


def shaped(texts: int, numbers: int, rows: int, letters: int = 12) -> Table:
    """A table of some columns of texts, the last of which tells the rows apart, and some of numbers."""
    columns = [Column(f"text_{k}", Unit.TEXT, "") for k in range(texts)]
    columns += [Column(f"number_{k}", Unit.SHARE, "") for k in range(numbers)]
    data = {f"text_{k}": np.asarray([f"{i if k == texts - 1 else 0:0{letters}}" for i in range(rows)])
            for k in range(texts)}  # fmt: skip
    data |= {f"number_{k}": np.arange(rows) + 0.01 * k for k in range(numbers)}
    return Table("t", "Shares by good", tuple(columns), data, ("weights of 2024 " * 20,))


def test_print_shows_title_heads_with_units_rows_and_notes(ran):
    headline = ran("geneva", draws=0).table("headline")
    text = str(headline)
    lines = text.splitlines()
    assert lines[0] == headline.title
    assert "after, %" in lines[2]
    assert "change, points" in text
    assert any("fixed weights" in line and "14.96" in line for line in lines)
    assert "-9.91" in text
    assert "statutory duty over US imports" in text
    assert repr(headline) == text == headline._repr_mimebundle_()["text/plain"]


@pytest.mark.parametrize("shape", [(1, 3, 4), (2, 12, 5), (3, 30, 25), (4, 2, 3), (1, 0, 2), (2, 40, 2)])
def test_every_column_is_shown_once_beside_what_tells_rows_apart(shape):
    made = shaped(*shape)
    text = str(made)
    assert max(map(len, text.splitlines())) <= LINE
    blocks = text.split("\n\n")[1:-1]
    heads = [block.splitlines()[0] for block in blocks]
    for k in range(shape[1]):
        assert sum(f"number {k}, %" in head for head in heads) == 1
    assert all(f"text {shape[0] - 1}" in head for head in heads)
    for block in blocks:
        assert len(block.splitlines()) == 2 + min(shape[2], SHOWN)


def test_long_texts_long_tables_and_empty_ones_are_lines_that_fit():
    text = str(shaped(3, 6, 3, letters=55))
    assert max(map(len, text.splitlines())) <= LINE
    assert all(f"number {k}, %" in text for k in range(6))
    assert f"{30 - SHOWN} more rows: detente.frame(table)" in str(shaped(1, 1, 30))
    assert "number 0, %" in str(shaped(1, 1, 0))
    assert str(Table("t", "Nothing", (), {})) == "Nothing"


def test_print_of_a_result_is_a_summary(ran):
    result = spoken(ran("geneva", draws=0))
    text = str(result)
    assert str(replace(result, speaker=None)).splitlines()[0] == f"{result.scenario.title} ({result.key})"
    words = " ".join(text.split())
    assert all(" ".join(sentence.split()) in words for sentence in result.brief.sentences)
    assert all(name in words for name in result.tables)
    assert repr(result) == text == result._repr_mimebundle_()["text/plain"]
    assert len(text) < 5000
    assert max(map(len, text.splitlines())) <= LINE


def test_a_note_is_a_sentence_and_a_name_in_code_keeps_its_letters():
    given = ("weights: 2024", "Done.", "us_content is assumed", "8507 means batteries", "what is left:")
    assert list(map(as_sentence, given)) == [
        "Weights: 2024.", "Done.", "us_content is assumed.", "8507 means batteries.", "What is left:",
    ]  # fmt: skip
    assert "  Weights: 2024." in set_out("Title", [], ["weights: 2024"], 80)
