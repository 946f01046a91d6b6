"""`average history`: today by default, the base of every rise, the year so far, numbers that have two meanings."""

from datetime import date

import pytest

import detente as dt
from detente.lab.record.history import base_day


def places(*given, **named):
    return list(dt.average_history(*given, **named).tables["places"])


def test_a_rate_is_placed():
    answer = dt.average_history("18%")
    first, last = answer.tables["places"]
    assert (first["highest_since"], first["rate_then"]) == ("1934", 0.184)
    assert last["highest_since"] == "1947"
    assert (answer["year"][-1], answer["year"][0]) == ("1901", "2026")
    assert float(answer) == first["rate"] == 0.18
    assert answer.headline.startswith("An average US tariff of 18.0% would be the highest since 1934 (18.4% then")
    assert dt.average_history(18).headline == answer.headline


def test_the_law_of_today_is_placed_by_default():
    answer = dt.average_history()
    assert next(iter(answer.tables["places"]))["rate_of"] == f"law of {date.today()}"
    assert answer.arguments["on"] == date.today()


def test_every_rise_says_what_it_is_counted_from():
    first, last = places(on="2025-05-08")
    assert (first["base"], last["base"]) == ("law of 2025-01-01", "collected in 2024")
    assert first["rise"] == pytest.approx(0.2227, abs=5e-4)
    early = places(on="2019-06-01")[0]
    assert early["base"] == "law of 2019-01-01"
    before, after = (places(on=day)[0]["rate"] for day in ("2019-01-01", "2019-06-01"))
    assert early["rise"] == pytest.approx(after - before, abs=1e-9)
    assert early["rise"] > 0
    assert places("18%")[0]["base"] == ""


def test_the_day_a_rise_is_counted_from():
    assert base_day(date(2024, 12, 31)) == date(2024, 1, 1)
    assert base_day(date(2025, 1, 1)) == base_day(date(2026, 7, 1)) == date(2025, 1, 1)


def test_the_base_of_variants():
    rows = places(scenario="thirty-four")
    assert {row["base"] for row in rows} == {"law of 2025-01-01", "collected in 2024"}
    assert rows[1]["rise"] == pytest.approx(0.1442, abs=5e-4)


def test_an_equal_year_is_named_as_such():
    answer = dt.average_history("7.7%")
    assert next(iter(answer.tables["places"]))["equal"]
    assert "level with that of 2025" in answer.headline


def test_beside_a_rate_a_day_leaves_out_later_years():
    assert places("2%")[0]["highest_since"] == "2025"
    assert places("2%", "2025-06-01")[0]["highest_since"] == "2024"


WRONG = {
    ("0.18",): "'0.18' may be 0.18% or 18.0%; write it with its per cent sign",
    ("-3%",): "is no average tariff",
    ("nan",): "is not a number",
    ("300bn",): "is no number of average",
    ("", "1999-01-01"): "2018-01-01",
}


@pytest.mark.parametrize(("given", "hint"), WRONG.items(), ids=map(str, WRONG))
def test_numbers_and_days_that_cannot_be_placed_are_refused(given, hint):
    with pytest.raises(dt.InputError, match=hint):
        dt.average_history(*given)


@pytest.mark.parametrize(("named", "hint"), [
    ({"by": ["year", "month"]}, "give one of them"), ({"from_": "2030-01"}, "the series runs 1901"),
    ({"by": "month", "to": "1950-01"}, "months run"),
])  # fmt: skip
def test_spans_without_a_row_are_refused(named, hint):
    with pytest.raises(dt.InputError, match=hint):
        dt.average_history(**named)


def test_the_year_so_far_is_shown_and_never_ranked():
    years = list(dt.average_history("9.4%"))
    last = years[0]
    assert (last["year"], last["part"]) == ("2026", "January to March")
    assert last["rise"] != last["rise"]
    months = list(dt.average_history(by="month", from_="2026-01"))
    duties, imports = (sum(row[name] for row in months) for name in ("duties", "imports"))
    assert last["rate"] == pytest.approx(duties / imports)
    assert all(row["part"] == "" for row in years[1:])
    assert places("9.3%")[0]["highest_since"] == places("9.5%")[0]["highest_since"]


def test_months_are_those_of_the_span_the_newest_first():
    assert list(dt.average_history(by="month", from_="2025-04", to="2025-05")["month"]) == ["2025-05", "2025-04"]
    months = list(dt.average_history(by="month", from_="2024", to="2025")["month"])
    assert (months[0], months[-1], len(months)) == ("2025-12", "2024-01", 24)


def test_a_command_of_earlier_versions_says_the_new_line_and_runs(detente):
    for words, line in (
        (("--rate", "18%", "--table", "places"), "average history 18% --table places"),
        (("--rate=18%",), "average history 18%"),
        (("--monthly", "--from", "2025-04"), "average history --by month --from 2025-04"),
    ):
        ran = detente("history", *words)
        assert (ran.code, ran.err) == (0, f"detente: this is now: detente {line}\n")
    ran = detente("history", "--series", "yuan")
    assert ran.code == 2
    assert "see detente data show monthly_series" in ran.err


def test_a_question_of_two_words_stands_behind_the_command_of_its_first(detente):
    """Both answer, and the help of the first lists what is behind it."""
    assert "average history" in detente("average", "--help").out
    assert detente("average", "--on", "2025-05-14", "--json").code == 0
    assert "--by" in detente("average", "history", "--help").out


def test_duty_collected_says_how_far_it_is_on_record(detente):
    words = ("revenue", "--table", "collected", "--notes", "--from", "2025-10")
    assert "on record to 2025-12" in detente(*words).out
    assert "on record to 2025-11 for this partner" in detente(*words, "--partner", "EU").out


def test_revenue_names_the_claims_of_its_day_or_months(detente):
    assert "USMCA claims of May 2025" in detente("revenue", "--on", "2025-05-14", "--notes").out
    months = ("revenue", "--from", "2025-05-01", "--to", "2025-06-10", "--notes")
    assert "USMCA claims of each month" in detente(*months).out
