"""Text tables: no character is lost, codes and numbers stay whole, texts break between words."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes import Column, Table, Unit
from detente.faces.formats import to_text
from detente.faces.text_tables import TextColumn, lay_out, wrapped

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


def test_words_codes_and_ids_are_broken_nowhere():
    text = to_text(table(3, 6), width=80)
    whole = {*WORDS.split(), *CODES}
    pieces = {piece for line in text.splitlines() for piece in line.split() if re.match(r"^[a-z_-]{9,}", piece)}
    assert pieces <= whole


def test_a_table_too_wide_is_set_in_blocks_that_name_their_rows():
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


def test_dollars_are_printed_in_billions():
    table = Table("t", "Duty", (Column("duty", Unit.USD, "a year"),), {"duty": np.asarray([2.5e9])})
    lines = to_text(table).splitlines()
    assert any("bn USD" in line for line in lines)
    assert any(line.split() == ["2.50"] for line in lines)


def test_an_infinite_number_is_said_as_it_is():
    """The worth of a concession over that of another which is worth nothing has no end."""
    columns = (Column("name", Unit.TEXT, "text"), Column("ratio", Unit.NONE, "number"))
    shown = Table("t", "A table", columns, {"name": np.asarray(["a"]), "ratio": np.asarray([np.inf])})
    assert "inf" in to_text(shown)
