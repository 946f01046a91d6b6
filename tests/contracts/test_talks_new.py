"""A new case holds the law and the record of its day, nothing later, and is a case at once."""

import re
from datetime import date
from math import prod

import pytest

from detente.data.casefile import check_known, last_known, load_case
from detente.data.dealrecord import threat_rows
from detente.faces.cli.completion import known
from detente.lab.talks.case import Case
from detente.lab.talks.new.draft import new_case
from detente.lab.talks.new.issues import MOST, PRODUCT, levels_of, most_levels, standing

DATE = re.compile(r"\d{4}-\d\d-\d\d")
AHEAD = ("ends:", "back:", "Threatened", "deadline")
"""Lines that may name a day to come: clocks and threats."""


@pytest.fixture(scope="module")
def japan():
    return new_case("United States", "Japan", on=date(2025, 7, 21))


def test_the_status_quo_and_the_threat_are_those_of_the_day(japan):
    file = japan.file
    assert [row.name for row in file.issues] == ["us_reciprocal_jpn", "us_cars_jpn", "us_metals_jpn", "jpn_base_cut"]
    assert [row.type for row in file.issues] == ["points", "sector", "sector", "cut"]
    assert dict(file.outcomes["status_quo"].levels) == {
        "us_reciprocal_jpn": 0.1, "us_cars_jpn": 0.25, "us_metals_jpn": 0.5, "jpn_base_cut": 0.0,
    }  # fmt: skip
    assert file.outcomes["threatened"].levels["us_reciprocal_jpn"] == 0.25
    assert file.outcomes["past_law"].label.startswith("tariffs of 11 March 2025")
    assert [row.name for row in file.shelf] == ["jpn_purchases"]
    assert (file.world.name, file.constraints) == ("icio-2022-small", ())
    assert {row.importer for row in file.base_law} == {"USA", "JPN"}


def test_it_is_small_enough_to_be_enumerated(japan):
    counts = [len(row.listed()) for row in japan.file.issues]
    assert max(counts) <= MOST
    assert prod(counts) <= PRODUCT
    assert most_levels(6, 1) ** 6 <= PRODUCT < (most_levels(6, 1) + 1) ** 6
    assert levels_of([0.1, 0.25]) == (0.0, 0.05, 0.1, 0.15, 0.25, 0.32)


def test_nothing_in_it_is_of_a_later_day(japan):
    check_known(japan.file, last_known(japan.file))
    rows = [line for line in japan.text.splitlines() if not any(word in line for word in AHEAD)]
    assert max(day for line in rows for day in DATE.findall(line) if "letter" not in line) <= "2025-07-21"


def test_threats_that_came_to_an_end_do_not_stand(japan):
    names = {row.id for row in standing(japan.parties, date(2025, 7, 21))}
    assert {"X30", "X28"} <= names
    assert not names & {"X15", "X26", "X14"}
    later = {row["id"] for row in threat_rows() if row["announced"] > "2025-07-21"}
    assert not names & later


def test_one_question_has_one_file(japan):
    assert new_case("US", "JPN", on=date(2025, 7, 21)).text == japan.text


def test_a_pair_that_nobody_wrote_about_has_a_case_that_is_solved_at_once():
    file = new_case("Mexico", "EU", on=date(2026, 9, 1)).file
    today, war = Case(file, check=False).negotiation().threats
    assert today.value == pytest.approx([0.0, 0.0], abs=0.02), "the limit of the fit, USD bn"
    assert war.value[1] < -1.0
    assert [row.name for row in file.issues] == ["mex_duty_eu", "mex_base_cut", "eu_duty_mex", "eu_base_cut"]
    assert [row.importer for row in file.base_law] == ["EU27"]
    assert any("No tariff by line is at hand for Mexico" in sentence for sentence in file.assumed)
    check_known(file, last_known(file))


def test_three_parties_say_on_whom_each_duty_falls():
    file = new_case("USA", "CAN", "MEX", on=date(2026, 6, 30)).file
    assert len(file.issues) == 8
    assert all(row.receivers for row in file.issues)
    # The surcharge has one rate for every country: it is no issue, and its end is a clock.
    assert not any(row.authority == "section_122" for row in file.issues)
    assert any(row.ends == date(2026, 7, 24) for row in file.clocks)
    assert {row.party for row in file.issues} == {"USA", "CAN", "MEX"}


def test_an_open_clause_of_the_law_lapses_by_itself():
    file = new_case("China", "US", on=date(2026, 10, 20)).file
    assert file.outcomes["lapse"].label == "the tariffs of 10 November 2026 with no further decision"
    assert file.outcomes["status_quo"].levels["chn_retaliation_us"] == 0.1
    assert file.outcomes["lapse"].levels["chn_retaliation_us"] == 0.34
    check_known(file, last_known(file))


def test_acts_that_came_later_are_not_named():
    text = new_case("US", "China", on=date(2025, 6, 8)).text
    assert "EO 14298" in text
    assert "14334" not in text


def test_the_command_writes_what_python_makes(detente, tmp_path, japan):
    path = tmp_path / "japan.yaml"
    written = detente("talks", "new", "US", "Japan", "--on", "2025-07-21", "--out", str(path))
    assert written.code == 0
    assert path.read_text(encoding="utf-8") == japan.text
    assert load_case(path) == japan.file
    again = detente("talks", "new", "US", "Japan", "--on", "2025-07-21", "--out", str(path))
    assert again.code == 2
    assert "is there already" in again.err
    assert (
        detente("talks", "new", "US", "Japan", "--on", "2025-07-21", "--format", "yaml").out.strip()
        == japan.text.strip()
    )


def test_names_are_completed():
    cases = [name for name, _ in known("talks", "case")]
    assert "us-japan-2025-07" in cases
    assert not [name for name in cases if "happened" in name]
    assert ("Mexico", "MEX") in known("talks new", "parties")
