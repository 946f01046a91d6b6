"""The machine contract of `detente prices` and `detente households`: columns, sums, refusals in one sentence."""

import csv
import io
import json

import pytest

SPRING = ("--from", "2025-01-01", "--to", "2025-05-08")
PRICES = ["variant", "category", "spending", "before", "after", "change", "low", "high", "contribution", "one_way"]
HOUSEHOLDS = [
    "variant", "decile", "income", "spending", "rate", "pocket", "pocket_low", "pocket_high",
    "accounts", "accounts_low", "accounts_high", "of_income",
]  # fmt: skip


def rows(ran):
    assert ran.code == 0, ran.err
    return list(csv.DictReader(io.StringIO(ran.out)))


def test_prices_by_category(detente):
    found = rows(detente("prices", *SPRING, "--format", "csv"))
    assert list(found[0]) == PRICES
    whole = float(found[0]["change"])
    assert found[0]["category"] == "All consumer spending"
    assert sum(float(row["contribution"]) for row in found[3:]) == pytest.approx(whole, abs=1e-9)
    assert float(found[0]["low"]) < whole < float(found[0]["high"])


@pytest.mark.parametrize("by", ["source", "measure", "partner"])
def test_sources_sum_to_the_headline(detente, by):
    whole = float(rows(detente("prices", *SPRING, "--format", "csv"))[0]["change"])
    found = rows(detente("prices", *SPRING, "--by", by, "--draws", "10", "--format", "csv"))
    assert sum(float(row["change"]) for row in found) == pytest.approx(whole, abs=1e-9)


def test_margins_are_named_first_among_what_moves_it(detente):
    found = rows(detente("prices", *SPRING, "--by", "inputs", "--format", "csv"))
    assert found[0]["input"] == "margins in per cent"
    assert {row["input"] for row in found[4:]} == {"preference claims", "year of weights"}
    assert len(found) == 6


def test_what_the_user_sets_is_not_drawn(detente):
    found = rows(detente("prices", *SPRING, "--by", "inputs", "--margin", "1", "--format", "csv"))
    assert "margins in per cent" not in [row["input"] for row in found]
    whole = rows(detente("prices", *SPRING, "--margin", "1", "--format", "csv"))[0]
    assert float(whole["low"]) < float(whole["change"]) < float(whole["high"])


@pytest.mark.parametrize("by", ["category", "line", "source", "measure", "partner", "inputs"])
def test_both_laws_are_named_under_every_table(detente, by):
    text = " ".join(detente("prices", *SPRING, "--by", by, "--draws", "0").out.split())
    assert "before: US law of 2025-01-01; after: US law of 2025-05-08" in text


def test_both_laws_are_named_under_the_table_of_households(detente):
    text = " ".join(detente("households", *SPRING, "--draws", "0").out.split())
    assert "before: US law of 2025-01-01; after: US law of 2025-05-08" in text
    text = " ".join(detente("households", "geneva", "--draws", "0").out.split())
    assert "before: US law of 2025-05-13; after: US law of 2025-05-14" in text
    void = ("--void", "basis:IEEPA", "--reading", "published")
    text = " ".join(detente("households", *SPRING, "--draws", "0", *void).out.split())
    assert "after: US law of 2025-05-08 with the changes asked for, published reading" in text


def test_used_cars_move_with_the_duty_on_imported_ones(detente):
    """As docs/prices.md says: the accounts have no domestic maker of used goods, and deduct scrap from used cars."""
    ran = detente(
        "prices", "--from", "2025-01-01", "--to", "2025-05-20", "--by", "line", "--draws", "0", "--format", "csv"
    )
    found = {row["line"]: row for row in rows(ran)}
    used = [found[name] for name in ("Used autos", "Used light trucks")]
    assert [round(100 * float(row["change"]), 1) for row in used] == [-0.2, 2.5]
    assert sum(float(row["contribution"]) for row in used) == pytest.approx(0.0002, abs=5e-5)


def test_lines_of_spending(detente):
    found = json.loads(detente("prices", *SPRING, "--by", "line", "--margin", "0.2", "--format", "json").out)
    assert len(found) == 212
    assert all(row["low"] <= row["high"] for row in found)


def test_households_on_both_bases(detente):
    found = rows(detente("households", *SPRING, "--format", "csv"))
    assert list(found[0]) == HOUSEHOLDS
    assert [row["decile"] for row in found] == [*map(str, range(1, 11)), "all"]
    mean = sum(float(row["pocket"]) for row in found[:10]) / 10
    assert float(found[10]["pocket"]) == pytest.approx(mean)
    text = detente("households", *SPRING).out
    assert "accounts: all consumption of 2024" in " ".join(text.split())


def test_a_scenario_with_variants(detente):
    found = rows(detente("prices", "thirty-four", "--draws", "20", "--format", "csv"))
    variants = dict.fromkeys(row["variant"] for row in found)
    assert list(variants) == ["thirty-four alone", "thirty-four plus twenty"]
    change = [float(row["change"]) for row in found if row["category"] == "All consumer spending"]
    assert change[0] < change[1] < 0


def test_other_accounts(detente):
    found = rows(detente("prices", *SPRING, "--accounts", "summary", "--draws", "0", "--format", "csv"))
    detail = rows(detente("prices", *SPRING, "--draws", "0", "--format", "csv"))
    assert float(found[0]["change"]) == pytest.approx(float(detail[0]["change"]), rel=0.2)
    assert not found[0]["low"]


MEMBER = """\
id: one_member
title: A duty on Germany alone
authority: section_232
class: one_member
instrument: invented for this test
citation: none
goods:
  - {codes: ["8703"]}
partners: [DEU]
periods:
  - {rate: 20%, from: 2025-05-01}
"""


@pytest.mark.parametrize("by", ["source", "measure", "partner"])
def test_a_law_that_tells_members_of_the_union_apart(detente, tmp_path, by):
    """Its flows are divided by member, those of the shipped law are not: both are laid on the same pairs."""
    folder = tmp_path / "own" / "section_232"
    folder.mkdir(parents=True)
    (folder / "one_member.yaml").write_text(MEMBER, encoding="utf-8")
    args = ("prices", *SPRING, "--lawbook", str(tmp_path / "own"), "--draws", "10", "--format", "csv")
    whole, plain = rows(detente(*args))[0], rows(detente("prices", *SPRING, "--format", "csv"))[0]
    found = rows(detente(*args, "--by", by))
    for name in ("before", "after"):
        assert sum(float(row[name]) for row in found) == pytest.approx(float(whole[name]), abs=1e-9)
    assert whole["before"] == plain["before"]
    assert 0 < float(whole["after"]) - float(plain["after"]) < 0.002
    if by == "measure":
        own = next(float(row["change"]) for row in found if row["measure"] == "one_member")
        assert own == pytest.approx(float(whole["after"]) - float(plain["after"]), abs=1e-4)


WRONG = [
    (("prices", "--by", "sauce"), "source"),
    (("prices", "--margin", "20"), "--margin"),
    (("prices", "--pass-through", "-1"), "--pass-through"),
    (("prices", "--pass-through", "2"), "from 0 to 1"),
    (("prices", "--import-share", "3"), "--import-share"),
    (("prices", "--accounts", "detial"), "detail"),
    (("prices", "--against", "1 January"), "--against"),
    (("prices", "--to", "1999-01-01"), "2018-01-01"),
    (("prices", "geneva", "--from", "2025-02-01"), "says itself"),
    (("prices", "genva"), "geneva"),
    (("households", "--draws", "1000000"), "--draws"),
    (("households", "--set", "us_contnt=0.4"), "us_content"),
    (("households", "geneva", "--void", "basis:IEEPA"), "says itself"),
]


@pytest.mark.parametrize(("args", "hint"), WRONG, ids=[" ".join(w[0]) for w in WRONG])
def test_wrong_options_are_refused(detente, args, hint):
    ran = detente(*args)
    assert ran.code == 2, ran.out[:300]
    assert hint in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert "Traceback" not in ran.err
