"""The ledger of 2025-26 against an expert, so that a change of law or data that moves a verdict is seen.

Each claim has what an expert says of it and why, written before the program was run. Where the program differs,
its verdict stands behind with what makes the difference.
"""

from datetime import date
from pathlib import Path

import pytest
import yaml

from build_ledger import to_store
from detente.data.limits import forget
from detente.evidence import Verdict
from detente.lab.claims import check as store
from detente.lab.claims.check import check
from detente.lab.claims.ledger import load_ledger
from detente.lab.claims.measurand import Measured
from detente.lab.claims.rows import ReadingRow

AS_OF = date(2026, 11, 27)
EXPERT = yaml.safe_load(Path(__file__).with_name("ledger_2025_26.yaml").read_text(encoding="utf-8"))


def test_an_expert_judged_every_statement_and_the_program_agrees_with_most():
    names = [s.claim.claim_id + s.part.part for s in load_ledger("2025-26").statements]
    assert sorted(names) == sorted(EXPERT)
    for name, (verdict, why, *differs) in EXPERT.items():
        assert verdict in set(Verdict), name
        assert why, name
        assert len(differs) in (0, 2), name
        assert not differs or (differs[0] in set(Verdict) and differs[0] != verdict and differs[1]), name
    found = {judged.name: str(judged.verdict) for judged in check("2025-26", as_of=AS_OF)}
    expected = {name: entry[2] if len(entry) > 2 else entry[0] for name, entry in EXPERT.items()}
    assert {name: v for name, v in found.items() if v != expected[name]} == {}
    same = sum(len(entry) == 2 for entry in EXPERT.values())
    assert same / len(EXPERT) > 0.8


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "store_path", lambda ledger: tmp_path / f"{ledger}.json.gz")
    forget(store._kept)
    yield tmp_path
    forget(store._kept)


def test_what_was_computed_is_read_again_as_it_was(folder):
    made = {}
    first = check("2025-26", as_of=AS_OF, only="rate-13", made=made)
    store.store_path("2025-26").write_bytes(to_store(made, 60, 20250512))
    forget(store._kept)
    assert set(store.kept("2025-26", 60, 20250512)) == set(made)
    (again,) = check("2025-26", as_of=AS_OF, only="rate-13")
    assert (again.verdict, again.value, again.explanation) == (first[0].verdict, first[0].value, first[0].explanation)


def test_numbers_of_other_data_draws_or_words_do_not_count(folder, monkeypatch):
    (statement,) = (s for s in load_ledger("2025-26").statements if s.claim.claim_id == "rate-13")
    name = store.name_of(statement.claim, "", statement.row, statement.readings)
    wrong = {name: [(ReadingRow(default=True), Measured(0.5))]}
    store.store_path("2025-26").write_bytes(to_store(wrong, 60, 20250512))
    assert check("2025-26", as_of=AS_OF, only="rate-13")[0].value == pytest.approx(0.5)
    assert check("2025-26", as_of=AS_OF, only="rate-13", draws=0)[0].value == pytest.approx(1.45)
    forget(store._kept)
    monkeypatch.setattr(store, "rests_on", lambda: "another law")
    assert check("2025-26", as_of=AS_OF, only="rate-13")[0].value == pytest.approx(1.45)


def test_stored_remarks_rest_on_the_register_that_has_their_words():
    names = {path.name for path in store.files() if path.parent.name == "tables"}
    assert {"claims.toml", "record.toml"} <= names
