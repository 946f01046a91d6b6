"""China's lines, lists and trade: counts as published, sums as printed, no list outside the schedule."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from detente.codes import InputError
from detente.data.importers import importer
from detente.data.yamlfile import read_yaml
from detente.lab.averages.averages import average, contributions
from detente.lab.averages.laid_law import laid_law
from detente.lab.statute.book import line_history
from detente.lab.statute.lookup import look_up
from rows import rows_of

LISTED = rows_of(__file__)

DATA = Path(__file__).resolve().parents[2] / "src" / "detente" / "data"
BOOK = DATA / "lawbooks" / "chn"
LISTS = sorted(path.relative_to(BOOK).as_posix() for path in BOOK.glob("retaliation_*/*.csv"))


@pytest.fixture(scope="module")
def lines():
    return pl.read_parquet(DATA / "tables" / "chn_lines.parquet")


@pytest.fixture(scope="module")
def trade():
    return pl.read_parquet(DATA / "tables" / "chn_imports_from_usa.parquet")


@pytest.fixture(scope="module")
def bridge():
    return pl.read_parquet(DATA / "tables" / "chn_hs6_map.parquet")


def rows(name):
    with (BOOK / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def on_day(name, day):
    return {r["code"]: r for r in rows(name) if (r["from"] or "0") <= day <= (r["until"] or "9")}


@pytest.mark.parametrize("name", LISTS)
def test_lists_stay_within_the_schedule(lines, name):
    span = {c: (f or "", u or "") for c, f, u in lines.select("code", "from", "until").iter_rows()}
    listed = rows(name)
    assert len({r["code"] for r in listed}) == len(listed)
    assert all(span[r["code"]] == (r["from"], r["until"]) for r in listed)


def test_no_line_is_on_two_of_lists_1_to_3():
    days = ("2018-12-01", "2025-03-28")
    for day in days:
        counts = Counter(c for n in (1, 2, 3) for c in on_day(f"retaliation_301/list_{n}.csv", day))
        assert max(counts.values()) == 1


POINTS = {"at_2_5": 2.5, "at_5": 5, "at_10": 10, "at_15": 15, "at_20": 20, "at_25": 25}


@pytest.mark.parametrize(("code", "total"), LISTED["lists_add_up_to_the_matrix_of_march_2025"])
def test_lists_add_up_to_the_matrix_of_march_2025(code, total):
    found = 0.0
    for name in LISTS:
        row = on_day(name, "2025-03-28").get(code)
        if row and not name.endswith(("list_4b.csv", "vehicles.csv")):
            found += POINTS[row.get("tier", "at_25")]
    assert found == total


def test_control_list_names_the_seven_elements():
    listed = rows("export_controls/announcement_18.csv")
    assert {e for r in listed for e in r["elements"].split()} == {"Sm", "Gd", "Tb", "Dy", "Lu", "Sc", "Y"}


def list_duty(lines):
    """Points of the answers to section 301 in June 2024 by subheading, mean over its traded lines."""
    points = Counter()
    for name in ("list_1", "list_2", "list_3", "list_4a"):
        for code, row in on_day(f"retaliation_301/{name}.csv", "2024-06-30").items():
            points[code] += POINTS[row.get("tier", "at_25")]
    for code, row in on_day("retaliation_301/vehicles.csv", "2024-06-30").items():
        points[code] -= 5 if row["of"] == "list_3" else 25
    now = lines.filter((pl.col("until").fill_null("9") > "2024-06-30") & (pl.col("from").fill_null("0") < "2024-06-30"))
    duty = pl.DataFrame({"code": now["code"], "duty": [float(points[c]) for c in now["code"]]})
    return now.join(duty, on="code").filter(pl.col("weight") > 0).group_by("hs6").agg(pl.col("duty").mean())


def yearly(trade, years):
    """Exports by heading, million USD a year."""
    part = trade.filter(pl.col("year").is_in(years) & (pl.col("hs6") != "999999"))
    return part.group_by(heading=pl.col("hs6").str.slice(0, 4)).agg(pl.col("value").sum() / len(years) / 1e6)


def test_exclusion_shares_follow_the_rule_stated_with_them(lines, trade, bridge):
    duty = list_duty(lines)
    recent = trade.filter(pl.col("year").is_in([2022, 2023, 2024]))
    joined = recent.join(duty, on="hs6").with_columns(heading=pl.col("hs6").str.slice(0, 4))
    weighted = joined.group_by("heading").agg(duty=(pl.col("duty") * pl.col("value")).sum() / pl.col("value").sum())
    table = weighted
    for name, years in (("before", [2017]), ("trough", [2019]), ("after", [2021, 2022, 2023, 2024])):
        table = table.join(yearly(trade, years).rename({"value": name}), on="heading")
    after = pl.col("after")
    met = (pl.col("duty") >= 20) & (after >= 1.5 * pl.col("trough")) & (after >= pl.col("before")) & (after >= 100)
    aspects = {a["id"]: a for a in read_yaml(BOOK / "aspects.yaml")}
    assert sorted(aspects["exclusion"]["trade"]["by_prefix"]) == sorted(table.filter(met)["heading"])


def test_the_average_follows_the_base_duty_of_the_day():
    ground = laid_law(importer("CHN").law)
    assert ground.at(date(2020, 1, 1)) is ground
    days = [date(2018, 6, 30), date(2018, 7, 1), date(2023, 7, 1), date(2026, 1, 1)]
    series = ground.daily(days[0], days[-1])
    by_day = dict(zip(series["date"].tolist(), series["base"].tolist(), strict=True))
    for day in days:
        base = float(average(ground, day)["base"][0])
        assert by_day[str(day)] == pytest.approx(base)
    assert by_day["2018-06-30"] > by_day["2018-07-01"] > by_day["2023-06-30"] > by_day["2023-07-01"]


def test_the_base_duty_is_named_where_it_moved_and_in_the_history_of_a_line():
    table = contributions(laid_law(importer("CHN").law), date(2023, 6, 30), date(2023, 7, 1))
    assert table["measure"].tolist() == ["base"]
    rows = list(line_history("87032341", "DEU", last=date(2019, 1, 1), of="CHN").rows())
    assert [(r["date"], r["total"]) for r in rows] == [("2018-01-01", 0.25), ("2018-07-01", 0.15)]
    assert rows[1]["what"] == "Base duty: 25 to 15 points"
    assert rows[1]["citation"]


@pytest.mark.parametrize(
    ("code", "day", "words"),
    [
        ("87032341", date(2018, 6, 1), "before the cuts of 1 July"),
        ("12019011", date(2019, 6, 1), "1 January 2019"),
        ("12019011", date(2025, 6, 1), "stands in for 2025"),
        ("85423119", date(2025, 6, 1), "Information Technology Agreement"),
        ("10059000", date(2025, 6, 1), "within the tariff quota"),
        ("85171300", date(2025, 6, 1), "rate of line 85171290"),
    ],
)
def test_the_source_of_a_base_duty_is_that_of_the_line_and_day(code, day, words):
    assert words in importer("CHN").base_source(code, day)


def test_gaps_are_sentences_and_retired_lines_and_partners_without_trade_are_told():
    for gap in read_yaml(BOOK / "frontier.yaml")["gaps"]:
        assert len(gap["says"].split()) <= 25
        assert gap["says"].endswith(".")
        assert {"from", "says", "lines", "partners"} <= set(gap)
    with pytest.raises(InputError, match=r"8517\.13\.00"):
        look_up("85171210", "USA", date(2026, 6, 1), of="CHN")
    answer = look_up("120510", "CAN", date(2025, 10, 1), of="CHN")
    assert (answer.total, answer.basis) == (pytest.approx(0.848), "lines with trade counted equally")
