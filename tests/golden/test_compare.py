"""Scenarios side by side show what each run shows, though only the rates are computed for it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from detente.lab.compare import compare, rates_of


@pytest.mark.parametrize("name", ["geneva", "status-quo-2025-05-08"])
def test_a_row_is_what_the_whole_run_says(name, ran):
    whole = compare([ran(name)])
    alone = compare([rates_of(name, date(2026, 7, 25), draws=0)])
    assert json.dumps(list(alone.rows()), default=str) == json.dumps(list(whole.rows()), default=str)


def test_draws_asked_for_give_the_range_and_another_key():
    few, none = rates_of("status-quo-2025-05-08", draws=60), rates_of("status-quo-2025-05-08", draws=0)
    assert few.key != none.key
    first, second = (next(iter(compare([one]).rows())) for one in (few, none))
    assert first["low"] < first["average"] < first["high"]
    assert not second["low"] < second["high"]
