"""What `prices` answers: columns, sums, both bases of households, and what it refuses."""

import pytest

import detente as dt

SPRING = {"on": "2025-05-08", "against": "2025-01-01"}
PRICES = ["variant", "category", "spending", "before", "after", "change", "low", "high", "contribution", "moved_by"]
HOUSEHOLDS = [
    "variant", "decile", "income", "spending", "rate", "pocket", "pocket_low", "pocket_high",
    "accounts", "accounts_low", "accounts_high", "of_income",
]  # fmt: skip


def rows(table):
    return list(table.rows())


@pytest.fixture(scope="module")
def spring():
    return dt.prices(**SPRING)


def test_prices_by_category_with_their_range_and_in_dollars(spring):
    answer, number = spring, spring.number
    found = rows(answer)
    assert [column.name for column in answer.columns] == PRICES
    assert answer.names == ("prices", "households", "inputs", "years", "closures")
    assert answer.charts == ("prices", "households")
    assert found[0]["category"] == "all"
    assert sum(row["contribution"] for row in found[3:]) == pytest.approx(number.value, abs=1e-9)
    assert (found[0]["low"], found[0]["change"], found[0]["high"]) == (number.low, number.value, number.high)
    assert number.low < number.value < number.high
    mean = rows(answer.tables["households"])[-1]
    rise = f"{100 * float(answer):.2f}% ({100 * answer.number.low:.2f}% to {100 * answer.number.high:.2f}%) higher"
    assert f"US consumer prices are {rise} under the tariffs of 8 May 2025 than under those of 1 Jan" in answer.headline
    assert f"costs a household ${mean['pocket']:,.0f} (${mean['pocket_low']:,.0f} to" in answer.headline
    assert dt.prices(**SPRING, by=[], weights="", seed=0, draws=0).main.name == "prices"
    assert "the same under" in dt.prices(on="2025-05-08", against="2025-05-08", draws=0).headline


def test_margins_are_named_first_among_what_moves_it(spring):
    found = rows(spring.tables["inputs"])
    assert found[0]["input"] == "margin"
    assert spring.number.moved_by.startswith("margins in per cent")
    assert ({row["input"] for row in found[4:]}, len(found)) == ({"claims", "year"}, 6)


def test_both_laws_are_named_what_is_set_is_not_drawn_and_used_cars_follow():
    answer = dt.prices(**SPRING, set={"margin": 1})
    assert "margin" not in answer.tables["inputs"]["input"]
    assert answer.number.low < float(answer) < answer.number.high
    assert float(dt.prices(**SPRING, set="margin=100%", draws=0)) == float(answer)
    laws = "before: US tariffs of 1 January 2025; after: US tariffs of 8 May 2025"
    for by in ("category", "line", "source"):
        for table in dt.prices(**SPRING, by=by, draws=0).tables.values():
            assert laws in " ".join(table.notes)
    own = "before: US tariffs of 13 May 2025; after: US tariffs of 14 May 2025"
    assert own in " ".join(dt.prices("geneva", draws=0).tables["households"].notes)
    other = dt.prices(**SPRING, draws=0, void="basis:IEEPA", reading="published")
    assert "8 May 2025 with the changes asked for, published reading" in " ".join(other.tables["households"].notes)
    assert "8 May 2025 with the changes asked for than" in other.headline
    # As docs/prices.md says: the accounts have no domestic maker of used goods, and deduct scrap from used cars.
    found = {row["line"]: row for row in rows(dt.prices(on="2025-05-20", by="line", draws=10))}
    assert len(found) == 212
    assert all(row["low"] <= row["high"] for row in found.values())
    used = [found[name] for name in ("Used autos", "Used light trucks")]
    assert [round(100 * row["change"], 1) for row in used] == [-0.2, 2.5]
    assert sum(row["contribution"] for row in used) == pytest.approx(0.0002, abs=5e-5)


def test_households_on_both_bases(spring):
    table = spring.tables["households"]
    assert [column.name for column in table.columns] == HOUSEHOLDS
    assert list(table["decile"]) == [*map(str, range(1, 11)), "all"]
    assert table["pocket"][10] == pytest.approx(sum(table["pocket"][:10]) / 10)
    assert "accounts: all consumption of 2024" in " ".join(table.notes)


def test_variants_of_a_scenario_and_other_accounts():
    answer = dt.prices("thirty-four", draws=20)
    assert list(dict.fromkeys(answer["variant"])) == ["thirty-four alone", "thirty-four plus twenty"]
    change = [row["change"] for row in rows(answer) if row["category"] == "all"]
    assert change[0] < change[1] < 0
    assert answer.headline.startswith("thirty-four alone: ")
    other, usual = (dt.prices(**SPRING, set=given, draws=0) for given in ({"accounts": "summary"}, {}))
    assert float(other) == pytest.approx(float(usual), rel=0.2)
    assert other.number.low is None
    assert list(other.tables["households"]["pocket"]) == list(usual.tables["households"]["pocket"])


def test_a_scenario_beside_another_day_or_scenario_is_the_law_of_both():
    """Geneva is the shipped law of its day, so that days and scenarios say the same."""
    days = float(dt.prices(on="2025-05-14", draws=0))
    assert float(dt.prices("geneva", against="2025-01-01", draws=0)) == pytest.approx(days, abs=1e-12)
    later = dt.prices(on="2025-09-01", against="geneva", draws=0)
    apart = dt.prices(on="2025-09-01", against="2025-05-14", draws=0)
    assert (float(later), later["variant"][0]) == (pytest.approx(float(apart), abs=1e-12), "geneva to 2025-09-01")
    for name in ("prices", "real_income"):
        assert list(later.table("closures")[name]) == pytest.approx(list(apart.table("closures")[name]), abs=1e-6)


def test_a_scenario_keeps_its_own_day_weights_and_seed_unless_others_are_given():
    own = {"title": "Own", "on": "2025-05-14", "against": {"on": "2025-05-13"}, "weights": "2022", "seed": 7}
    answer = dt.prices(own, draws=0)
    assert (answer.arguments["seed"], str(answer.arguments["on"])) == (7, "2025-05-14")
    assert float(answer) == float(dt.prices("geneva", draws=0, weights=2022))
    assert float(answer) != float(dt.prices(own, draws=0, weights=2024)) == float(dt.prices("geneva", draws=0))
    assert float(dt.prices("geneva", "2025-05-20", draws=0)) == float(dt.prices(
        on="2025-05-20", against="2025-05-13", draws=0))  # fmt: skip


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


@pytest.mark.sampled(5)
@pytest.mark.parametrize("by", ["source", "measure", "country"])
def test_a_law_that_tells_members_of_the_union_apart(tmp_path, by, spring):
    """Its flows are divided by member, those of the shipped law are not: both are laid on the same pairs."""
    folder = tmp_path / "own" / "section_232"
    folder.mkdir(parents=True)
    (folder / "one_member.yaml").write_text(MEMBER, encoding="utf-8")
    found = dt.prices(**SPRING, lawbook=str(tmp_path / "own"), draws=10, by=by)
    whole, plain = rows(found.tables["prices"])[0], rows(spring)[0]
    for name in ("before", "after"):
        assert sum(found[name]) == pytest.approx(whole[name], abs=1e-9)
    assert whole["before"] == plain["before"]
    assert 0 < whole["after"] - plain["after"] < 0.002
    if by == "measure":
        own = next(row["change"] for row in rows(found) if row["measure"] == "one_member")
        assert own == pytest.approx(whole["after"] - plain["after"], abs=1e-4)


def test_a_server_reads_no_file_for_those_who_ask(client):
    for given in ({"lawbook": "own"}, {"weights": "own.csv"}, {"scenario": "own.yaml"}, {"against": "own.yaml"}):
        (value,) = given.values()
        for refused in (client.get("/api/v1/prices", params=given), client.post("/api/v1/prices", json=given)):
            assert refused.status_code == 422, given
        assert client.get("/prices", params=given).status_code == 422, value
