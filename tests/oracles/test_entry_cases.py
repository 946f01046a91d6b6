"""Entries whose dollars or rules others state: each comes out to the cent."""

import polars as pl
import pytest
import yaml

from detente.data.library import package_folder
from detente.lab.entries.job import EntriesOrder, rate_entries

CASES = yaml.safe_load((package_folder() / "entry_cases.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def answers():
    """All cases rated in one file, each entry under the name of its case."""
    rows = [{k: str(v) for k, v in {**row, "entry": f"{case['id']}"}.items()} for case in CASES for row in case["rows"]]
    names = list(dict.fromkeys(name for row in rows for name in row))
    frame = pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, dict.fromkeys(names, pl.String))
    result = rate_entries(frame, EntriesOrder(void=("basis:IEEPA",)))
    return result.frame("entry_totals"), result.frame("entry_filing"), result.frame("entry_rows")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_an_entry_comes_out_to_the_cent(answers, case):
    totals, filing, rows = answers
    mine = rows.filter(pl.col("entry") == case["id"])
    assert mine["reason"].to_list() == [""] * len(case["rows"])
    total = totals.row(by_predicate=pl.col("entry") == case["id"], named=True)
    for name in ("duty", "processing_fee", "harbor_fee"):
        if name in case:
            assert total[name] == case[name], name
    if case.get("void"):
        assert total["refund"] == case["refund"]
    if "filing" in case:
        filed = filing.filter(pl.col("entry") == case["id"]).select("heading", "duty").rows()
        assert [list(pair) for pair in filed] == case["filing"]


def test_every_case_says_what_its_source_gives():
    assert {case["gives"] for case in CASES} == {"dollars", "rule"}
    assert all(case["source"] for case in CASES)
    assert len({case["id"] for case in CASES}) == len(CASES)
