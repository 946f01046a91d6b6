"""`detente history`: today by default, the base of every rise, options that exclude one another, whole tables."""

import csv
import io
import json
from datetime import date

import pytest

from detente.lab.record.history import base_day


def rows(text):
    return list(csv.DictReader(io.StringIO(text)))


def places(detente, *args):
    ran = detente("history", *args, "--table", "places", "--format", "csv")
    assert ran.code == 0, ran.err
    return rows(ran.out)


def test_the_law_of_today_is_placed_by_default(detente):
    assert places(detente)[0]["rate_of"] == f"law of {date.today()}"


def test_every_rise_says_what_it_is_counted_from(detente):
    first, last = places(detente, "--on", "2025-05-08")
    assert (first["base"], last["base"]) == ("law of 2025-01-01", "collected in 2024")
    assert float(first["rise"]) == pytest.approx(0.2227, abs=5e-4)
    early = places(detente, "--on", "2019-06-01")[0]
    assert early["base"] == "law of 2019-01-01"
    before, after = (float(places(detente, "--on", day)[0]["rate"]) for day in ("2019-01-01", "2019-06-01"))
    assert float(early["rise"]) == pytest.approx(after - before, abs=1e-9)
    assert float(early["rise"]) > 0
    assert places(detente, "--rate", "18%")[0]["base"] == ""


def test_the_day_a_rise_is_counted_from():
    assert base_day(date(2024, 12, 31)) == date(2024, 1, 1)
    assert base_day(date(2025, 1, 1)) == base_day(date(2026, 7, 1)) == date(2025, 1, 1)


def test_the_base_of_variants(detente):
    found = places(detente, "--scenario", "thirty-four")
    assert {row["base"] for row in found} == {"law of 2025-01-01", "collected in 2024"}
    assert float(found[1]["rise"]) == pytest.approx(0.1442, abs=5e-4)


def test_an_equal_year_is_named_as_such(detente):
    ran = detente("history", "--rate", "7.7%")
    assert "2025 (equal)" in ran.out
    assert "within 0.05 points" in ran.out


def test_both_tables_and_every_year_on_the_screen(detente):
    both = detente("history", "--rate", "18%", "--table", "both").out
    assert "Place in the history" in both
    assert "Average US duty by year" in both
    years = detente("history", "--rate", "18%", "--table", "history").out
    assert all(f" {year} " in years for year in range(1901, 2026))
    assert "more rows" not in years
    assert "by year" not in detente("history", "--rate", "18%").out


def test_a_file_holds_both_tables_or_says_which_it_could(detente, tmp_path):
    path = tmp_path / "h.csv"
    ran = detente("history", "--rate", "18%", "--out", str(path))
    assert ran.code == 2
    assert "--table of places, history" in ran.err
    assert not path.exists()
    assert detente("history", "--rate", "18%", "--out", str(tmp_path / "h.json")).code == 0
    assert set(json.loads((tmp_path / "h.json").read_text(encoding="utf-8"))) == {"places", "history"}
    assert detente("history", "--rate", "18%", "--table", "history", "--out", str(path)).code == 0
    assert len(rows(path.read_text(encoding="utf-8"))) == 126


WRONG = {
    ("--rate", "3%", "--on", "2025-05-08"): "give one of them",
    ("--rate", "18%", "--monthly"): "leave out --rate",
    ("--on", "2025-05-08", "--monthly"): "leave out --on",
    ("--scenario", "geneva", "--monthly"): "leave out --scenario",
    ("--table", "places", "--monthly"): "leave out --table",
    ("--from", "2025-01"): "add --monthly",
    ("--to", "2025-01"): "add --monthly",
    ("--monthly", "--from", "2025-13"): "is not a month",
    ("--rate=-3%",): "is no average duty",
    ("--rate", "nan"): "is not a rate",
    ("--table", "plaices"): "places",
    ("--on", "1999-01-01"): "2018-01-01",
}


@pytest.mark.parametrize(("args", "hint"), WRONG.items(), ids=[" ".join(w) for w in WRONG])
def test_options_that_would_be_left_unread_are_refused(detente, args, hint):
    ran = detente("history", *args)
    assert ran.code == 2, ran.out[:300]
    assert hint in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_the_year_so_far_is_shown_and_never_ranked(detente):
    found = rows(detente("history", "--rate", "9.4%", "--table", "history", "--format", "csv").out)
    last = found[-1]
    assert (last["year"], last["part"], last["rise"]) == ("2026", "January to March", "")
    months = rows(detente("history", "--monthly", "--from", "2026-01", "--format", "csv").out)
    duties, imports = (sum(float(row[name]) for row in months) for name in ("duties", "imports"))
    assert float(last["rate"]) == pytest.approx(duties / imports)
    assert all(row["part"] == "" for row in found[:-1])
    assert (
        places(detente, "--rate", "9.3%")[0]["highest_since"] == places(detente, "--rate", "9.5%")[0]["highest_since"]
    )


def test_monthly_series_say_how_far_they_are_on_record(detente):
    for name, last in (("import-prices", "2026-01"), ("goods-prices", "2026-02"), ("uncertainty", "2026-06")):
        assert f"on record to {last}" in detente("history", "--series", name, "--from", "2025-12").out
    found = rows(detente("history", "--series", "yuan", "--from", "2025-06", "--to", "2026-06", "--format", "csv").out)
    assert float(found[-1]["rise"]) == pytest.approx(float(found[-1]["value"]) / float(found[0]["value"]) - 1)
    assert "2025-10" not in detente("history", "--series", "consumer-prices", "--from", "2025-09").out
    assert "without --rate" in detente("history", "--series", "yuan", "--rate", "18%").err
    assert "unknown series" in detente("history", "--series", "cpi").err


def test_duty_collected_says_how_far_it_is_on_record(detente):
    assert "on record to 2025-12" in detente("collected", "--from", "2025-10").out
    assert "on record to 2025-11 for this partner" in detente("collected", "--from", "2025-10", "--partner", "EU").out


def test_revenue_names_the_claims_of_its_day_or_months(detente):
    assert "USMCA claims of May 2025" in detente("revenue", "--on", "2025-05-14").out
    assert "USMCA claims of each month" in detente("revenue", "--from", "2025-05-01", "--to", "2025-06-10").out
