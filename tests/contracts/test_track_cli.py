"""The record of threats, deals, truces and promises in one table, and what is said of it."""

import pytest

import detente as dt


def test_a_row_says_what_was_expected_and_what_came():
    record = dt.talks_record()
    assert set(record["kind"]) == {"threat", "deal", "truce", "promise"}
    assert record["date"].tolist() == sorted(record["date"], reverse=True)
    (geneva,) = [row for row in record if row["kind"] == "truce" and row["date"] == "2025-05-12"]
    assert geneva["expected"] == "50% after 90 days, 5% after a year"
    assert geneva["came"] == "replaced after 288 days"
    assert record.headline.startswith("96 threats with a deadline: 46 carried out, 25 postponed")


def test_a_span_and_a_name_narrow_it():
    may = dt.talks_record("threat", "2025-05", "2025-05")
    assert {date[:7] for date in may["date"]} == {"2025-05"}
    assert {row["id"] for row in dt.talks_record(case="D16")} == {"D16"}
    assert set(dt.talks_record("promise", case="Geneva").tables["promises"]["agreement"]) == {"Geneva"}
    with pytest.raises(dt.InputError, match="leaves nothing"):
        dt.talks_record("promise", "2024-01", "2024-02")


def test_what_cannot_be_told_apart_is_said_with_it():
    notes = " ".join(dt.talks_record().main.notes)
    assert "That range holds zero: we cannot tell them apart." in notes
    assert "4 episodes are too few to rank them" in notes


def test_few_truces_bear_no_title_that_claims_anything():
    truces = dt.talks_record("truce")
    assert truces.charts == ("survival",)
    assert truces.plot("survival").charts[0].title.startswith("How many bargains are alive, by form")


def test_old_names_run_and_say_the_new_line(detente):
    ran = detente("promises", "--agreement", "Geneva")
    assert ran.code == 0
    assert ran.err == "detente: this is now: detente talks record promise --case Geneva\n"
    assert detente("talks", "record", "--kind", "truce", "--deal", "D16").code == 0
    assert "--table track_rules" in detente("talks", "record", "--rule", "pooled").err
