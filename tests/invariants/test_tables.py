"""Tables and results as text: what `print` shows is a table to read, with units, and no dump of fields."""

from dataclasses import replace

import numpy as np
import pytest

from detente.codes import Column, Table, Unit
from detente.codes.table import LINE, SHOWN
from detente.faces.words.brief import spoken


def table(texts: int, numbers: int, rows: int, letters: int = 12) -> Table:
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
    made = table(*shape)
    text = str(made)
    assert max(map(len, text.splitlines())) <= LINE
    blocks = text.split("\n\n")[1:-1]
    heads = [block.splitlines()[0] for block in blocks]
    for k in range(shape[1]):
        assert sum(f"number {k}, %" in head for head in heads) == 1
    assert all(f"text {shape[0] - 1}" in head for head in heads)
    for block in blocks:
        assert len(block.splitlines()) == 2 + min(shape[2], SHOWN)


def test_texts_too_long_to_name_rows_still_give_lines_that_fit():
    text = str(table(3, 6, 3, letters=55))
    assert max(map(len, text.splitlines())) <= LINE
    assert all(f"number {k}, %" in text for k in range(6))


def test_the_rest_of_a_long_table_is_named():
    assert f"{30 - SHOWN} more rows: detente.frame(table)" in str(table(1, 1, 30))


def test_a_table_without_rows_or_columns_is_text_too():
    assert "number 0, %" in str(table(1, 1, 0))
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
