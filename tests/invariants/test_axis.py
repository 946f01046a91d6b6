"""Axes find the codes under prefixes whatever the number of either; tables keep their texts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.codes.axis import FEW, SHORT, Axis
from detente.data.library import catalogue
from detente.data.tables import arrays, read

CODES = st.text("0123456789", min_size=4, max_size=6)
PREFIXES = st.lists(st.text("0123456789", min_size=1, max_size=6), max_size=6)


@given(st.lists(CODES, min_size=1, max_size=3 * SHORT), PREFIXES)
def test_a_mask_is_true_for_the_codes_under_the_prefixes(codes, prefixes):
    axis = Axis.of("line", codes)
    expected = [any(code.startswith(prefix) for prefix in prefixes) for code in axis.codes.tolist()]
    assert axis.mask(prefixes).tolist() == expected


@pytest.mark.parametrize("count", [1, FEW, FEW + 1, 3 * FEW])
def test_many_prefixes_mark_what_few_mark(count):
    axis = Axis.of("line", [f"{i:05d}" for i in range(0, 50_000, 31)])
    prefixes = [f"{i:03d}" for i in range(count)] + ["0001", "00012", "9"]
    apart = np.any([axis.mask([prefix]) for prefix in prefixes], axis=0)
    assert np.array_equal(axis.mask(prefixes), apart)
    assert 0 < apart.sum() < len(axis)


@pytest.mark.parametrize("name", [n for n, entry in catalogue().items() if str(entry["file"]).endswith(".parquet")])
def test_texts_of_a_table_are_read_as_they_are(name):
    import polars as pl

    frame = read(name)
    found = arrays(name)
    for column in frame.columns:
        series = frame.get_column(column)
        if series.dtype in (pl.String, pl.Categorical):
            assert found[column].tolist() == series.cast(pl.String).fill_null("").to_list(), column
