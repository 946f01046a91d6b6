"""The ledger of 2025-26: what each of its claims has to say of itself, and the faces that show it at a glance."""

import csv
import io
from collections import Counter
from datetime import date

import pytest

import detente as dt
from detente.codes import InputError, UnknownName
from detente.evidence import Kind
from detente.lab.claims.asked import board, by_side, mark_of, narrowed, with_verdict
from detente.lab.claims.check import check
from detente.lab.claims.ledger import AHEAD, ledger_names, load_ledger

AS_OF = date(2026, 11, 27)
NAME = "2025-26"
GOVERNMENTS = {"USA", "CHN", "EU27", "CAN", "MEX", "IND", "BRA", "JPN", "CHE"}
OTHERS = {"research", "banks", "press", "international"}


@pytest.fixture(scope="module")
def book():
    return load_ledger(NAME)


@pytest.fixture(scope="module")
def threats(book):
    return check(narrowed(book, kind="threat"), as_of=AS_OF, draws=0)


def claims_of(book):
    return {s.claim.claim_id: s.claim for s in book.statements}


def test_the_ledger_is_one_name_and_its_themes_are_none():
    assert NAME in ledger_names()
    assert not [name for name in ledger_names() if "/" in name]


def test_there_are_a_hundred_and_fifty_claims_each_with_its_own_id(book):
    names = [s.claim.claim_id + s.part.part for s in book.statements]
    assert len(claims_of(book)) >= 150
    assert len(set(names)) == len(names)


def test_every_claim_says_who_when_and_where_it_was_read(book):
    for name, claim in claims_of(book).items():
        assert claim.speaker.name, name
        assert claim.speaker.role, name
        assert claim.speaker.side in GOVERNMENTS | OTHERS, name
        assert date(2025, 1, 1) <= claim.said <= date(2026, 8, 31), name
        assert claim.source["publisher"], name
        assert date.fromisoformat(claim.source["retrieved"]) <= AS_OF, name
        assert claim.source["confidence"] in ("A", "B", "C"), name
        assert len(claim.quote.split()) <= 20, name


def test_every_side_speaks_and_every_kind_is_there(book):
    sides = {claim.speaker.side for claim in claims_of(book).values()}
    assert sides == GOVERNMENTS | OTHERS
    kinds = Counter(s.part.kind for s in book.statements)
    assert kinds[Kind.MEASUREMENT] >= 60
    assert kinds[Kind.CAUSAL] >= 20
    assert sum(kinds[kind] for kind in AHEAD) >= 45


def test_a_threat_that_came_late_is_settled_by_its_own_act(book, threats):
    rows = {row["claim"]: row for row in board(threats, book).rows()}
    late = rows["ahead-32"]
    assert (late["verdict"], str(late["settled"]), late["act"]) == ("kept late", "2025-08-06", "EO 14323")
    assert late["ours"] == "settled on 2025-08-06 by EO 14323"
    never = rows["ahead-35"]
    assert never["verdict"] == "broken"
    assert "no rate of 30% by 2025-08-01" in never["ours"]
    assert "rec_floor_eu" not in never["ours"]


def test_on_the_day_before_an_order_its_threat_is_still_open(book):
    (then,) = check(book, as_of=date(2025, 7, 30), only="ahead-34", draws=0)
    (now,) = check(book, as_of=date(2025, 8, 2), only="ahead-34", draws=0)
    assert (str(then.verdict), str(now.verdict)) == ("open", "kept")


def test_sides_add_up_to_all_claims(book, threats):
    table = by_side(board(threats, book))
    rows = list(table.rows())
    assert rows[-1]["side"] == "all"
    assert rows[-1]["claims"] == len(threats) == sum(row["claims"] for row in rows[:-1])
    assert all(row["for"] + row["between"] + row["against"] + row["open"] == row["claims"] for row in rows)


def test_a_speaker_and_a_verdict_narrow_the_ledger(book, threats):
    assert {s.claim.speaker.name for s in narrowed(book, speaker="carney").statements} == {"Mark Carney"}
    broken = with_verdict(threats, "broken")
    assert broken
    assert {str(found.verdict) for found in broken} == {"broken"}
    assert [found.name for found in with_verdict(threats, "against")] == [found.name for found in broken]


@pytest.mark.parametrize(("key", "wanted"), [("speaker", "Nobody"), ("kind", "hope")])
def test_nobody_of_that_name_is_refused(book, key, wanted):
    with pytest.raises(UnknownName, match=wanted):
        narrowed(book, **{key: wanted})


def test_a_verdict_nobody_gives_is_refused(threats):
    with pytest.raises(InputError, match="unknown verdict 'true'"):
        with_verdict(threats, "true")


@pytest.mark.parametrize(
    ("verdict", "mark"),
    [("kept late", "between"), ("kept", "for"), ("not supported", "against"), ("model agrees in sign only", "between"),
     ("void", "open"), ("supported (uncertain)", "for")],
)  # fmt: skip
def test_a_verdict_has_the_mark_of_its_longest_beginning(verdict, mark):
    assert mark_of(verdict) == mark


def test_the_board_is_data_with_its_sources(detente):
    asked = ("check", "--ledger", NAME, "--speaker", "CAN", "--kind", "promise", "--as-of", str(AS_OF))
    rows = list(csv.DictReader(io.StringIO(detente(*asked, "--table", "board", "--csv").out)))
    assert [row["claim"] for row in rows] == ["ahead-45"]
    assert rows[0]["url"].startswith("https://www.channelnewsasia.com/")


def test_a_threat_is_settled_with_its_day_and_act():
    found = dt.check(ledger=NAME, kind="threat", as_of=AS_OF, draws=0)
    assert "settled on 2025-08-06 by EO 14323" in " ".join(found["ours"])
    assert found.tables["sides"]["claims"].max() == len(found)
    assert found.charts == ("verdicts",)
    kept = dt.check(ledger=NAME, kind="threat", verdict="against", as_of=AS_OF, draws=0)
    assert set(kept.tables["board"]["mark"]) == {"against"}


def test_a_mistake_in_a_ledger_is_one_sentence_though_claims_are_judged_beside_the_run(detente, tmp_path):
    (tmp_path / "bad.yaml").write_text("claims: [{claim_id: X1}]\n", encoding="utf-8")
    report = "report: {world: false, prices: false, talks: false}"
    text = f"on: 2025-05-14\nagainst: {{on: 2025-05-13}}\nrecord: {{claims: bad.yaml}}\n{report}\n"
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    ran = detente("run", str(tmp_path / "mine.yaml"), "--draws", "2")
    assert (ran.code, "bad.yaml" in ran.err, "Traceback" in ran.err) == (2, True, False)
