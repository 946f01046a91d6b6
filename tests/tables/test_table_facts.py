"""What the embedded tables hold, by queries: counts as published, sums as printed, no row astray."""

from pathlib import Path

import pytest
import yaml

from embedded import answers_of

FACTS = yaml.safe_load((Path(__file__).parents[1] / "data" / "table_facts.yaml").read_text(encoding="utf-8"))


def answers(rows: list[tuple], wanted: object) -> bool:
    if not isinstance(wanted, list):
        return rows == [(wanted,)]
    if wanted[:1] == ["about"]:
        _, number, how, off = wanted if len(wanted) > 2 else (*wanted, "rel", 1e-6)
        return rows[0][0] == pytest.approx(number, **{how: off})
    if wanted[:1] == ["between"]:
        return wanted[1] <= rows[0][0] <= wanted[2]
    return rows == [tuple(row) if isinstance(row, list) else (row,) for row in wanted]


@pytest.mark.parametrize("claim", FACTS)
def test_tables_hold_what_is_known_of_them(claim):
    for query, wanted in FACTS[claim].items():
        rows = answers_of(query)
        assert answers(rows, wanted), f"{query}: {rows[:5]}, not {wanted}"
