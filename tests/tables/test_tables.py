"""The embedded tables reconcile with published totals and with one another."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest
import yaml

from detente.codes import MissingData
from detente.data import evidence_tables
from detente.data.containers import read_csv
from detente.data.importers import importer
from rows import rows_of

LISTED = rows_of(__file__)

DATA = Path(__file__).resolve().parents[2] / "src" / "detente" / "data"
TABLES = DATA / "tables"

# Imports for consumption of 2024, customs value, US Census Bureau.
EU27 = (
    "AUT BEL BGR HRV CYP CZE DNK EST FIN FRA DEU GRC HUN IRL ITA LVA LTU LUX MLT NLD POL PRT ROU SVK SVN ESP SWE"
).split()


@lru_cache
def table(name: str) -> pl.DataFrame:
    return pl.read_parquet(TABLES / f"{name}.parquet")


@pytest.mark.parametrize(("typed", "iso3"), LISTED["names_people_type_find_one_country"])
def test_names_people_type_find_one_country(typed, iso3):
    rows = table("countries").select("iso3", pl.concat_list("name", "aliases").alias("names")).explode("names")
    assert rows.filter(pl.col("names").str.to_lowercase() == typed.lower())["iso3"].unique().to_list() == [iso3]


def groups() -> dict[str, dict[str, dict]]:
    content = yaml.safe_load((DATA / "country_groups.yaml").read_text(encoding="utf-8"))
    return {
        group["id"]: {m if isinstance(m, str) else m["code"]: {} if isinstance(m, str) else m for m in group["members"]}
        for group in content
    }


def test_groups_have_known_members_and_equivalents_lie_below_the_highest_rate():
    known = set(table("countries")["iso3"])
    for name, members in groups().items():
        assert set(members) <= known, name
    assert (sorted(groups()["EU27"]), groups()["COL2"]["RUS"]["from"]) == (sorted(EU27), date(2022, 4, 9))
    assert (set(groups()["COL2"]), set(groups()["USMCA"])) == ({"BLR", "CUB", "PRK", "RUS"}, {"CAN", "MEX"})
    assert set(groups()["CAFTA_DR"]) == {"CRI", "DOM", "GTM", "HND", "NIC", "SLV"}
    lines = table("usa_lines")
    assert lines["general"].is_between(0, 3.5).all()
    assert lines["other"].is_between(0, 3.5).all()
    compound = lines.filter(pl.col("general_kind") == "compound")
    part = compound["general_text"].str.extract(r"/\S+ \+ (\d+(?:\.\d+)?)%$").cast(pl.Float64) / 100
    both = compound.with_columns(part=part).drop_nulls("part")
    assert both.height > 300
    assert both.filter(pl.col("general") < pl.col("part") - 1e-9).is_empty()


def programmes() -> list[dict]:
    return yaml.safe_load((DATA / "lawbooks" / "usa" / "programmes.yaml").read_text(encoding="utf-8"))


def test_symbols_are_programmes_with_known_partners_and_one_meaning():
    symbols = [symbol for p in programmes() for symbol in (p["symbol"], *p.get("also", []))]
    assert len(symbols) == len(set(symbols))
    apart = {"HOPE", "SQ"}
    assert set(symbols) - apart == set(table("usa_special")["programme"]), f"{apart} stand in chapter 98 alone"
    known, seen = set(table("countries")["iso3"]), {}
    for p in programmes():
        members = [] if p["partners"] == "all" else [m if isinstance(m, str) else m["code"] for m in p["partners"]]
        assert set(members) <= known, p["symbol"]
        for name in {p["name"].lower(), p["title"].lower(), *(alias.lower() for alias in p["aliases"])}:
            assert seen.setdefault(name, p["symbol"]) == p["symbol"], name
        assert p.get("until") is None or p["from"] < p["until"]
    assert {"usmca", "korus", "us-chile fta", "cafta-dr", "ausfta", "gsp", "agoa", "cbera"} <= set(seen)


CONCORDANCES = [path.stem for path in TABLES.glob("concordance_*.parquet")]


@pytest.mark.parametrize("name", CONCORDANCES)
def test_weights_of_each_source_sum_to_one(name):
    sums = table(name).group_by("source").agg(pl.col("weight").sum())
    assert (sums["weight"] - 1).abs().max() < 1e-9
    assert table(name).select("source", "target").is_unique().all()
    assert table(name)["weight"].min() > 0


def test_isic_classes_agree_with_the_sectors():
    to_sector = dict(table("concordance_isic4_icio28").select("source", "target").iter_rows())
    isic = table("concordance_hs6_isic4").with_columns(target=pl.col("target").replace_strict(to_sector))
    mine = isic.group_by("source", "target").agg(pl.col("weight").sum())
    other = table("concordance_hs6_icio28").filter(pl.col("method").is_in(["isic", "isic_trade"]))
    joined = other.join(mine, on=["source", "target"], how="left", suffix="_isic")
    agree = joined.filter((pl.col("weight") - pl.col("weight_isic")).abs() < 1e-5)
    assert agree.height > 0.9 * joined.height


@pytest.mark.parametrize(("year", "percent"), [(1901, 28.8), (1932, 19.6), (1947, 7.9), (1975, 3.9), (1981, 3.4)])
def test_printed_rates(year, percent):
    assert evidence_tables.long_series().at(year) == pytest.approx(percent / 100.0)


def test_markets_of_april_and_daily_series():
    assert evidence_tables.quoted("S&P 500", "level", date(2025, 5, 8), date(2025, 4, 2)) == pytest.approx(
        0.9988, abs=5e-5
    )
    found = evidence_tables.quoted_reaction("S&P 500", date(2025, 4, 9))
    assert found is not None
    assert found["abnormal"] == pytest.approx(0.0909, abs=5e-4)
    assert found["p_placebo"] < 0.002
    yuan, vix = evidence_tables.embedded_returns("usdcny"), evidence_tables.embedded_returns("vix")
    assert (str(yuan.days[0]), str(yuan.days[-1])) == ("2025-01-03", "2025-06-30")
    assert yuan.of("usdcny").sum() == pytest.approx(-0.0188, abs=5e-4), "7.2994 to 7.1636 yuan a dollar"
    assert str(vix.days[-1]) == "2026-07-23"
    with pytest.raises(MissingData, match="belongs to its publisher"):
        evidence_tables.embedded_returns("HSI")


USA = importer("USA")
LISTS = {"l1": 3, "l2": 3, "l3": 14, "l4a": 8}
"""Statistical numbers of U.S. note 20(vvv) that are excluded as a whole; one of list 3 is two numbers today."""


def rows(name, *columns):
    return read_csv(USA.lawbook / name, name, columns)


@pytest.mark.parametrize("name", LISTS)
def test_an_exclusion_lies_on_the_list_it_relieves(name):
    measure = USA.law.measure(f"s301_excl_{name}")
    relieved = [USA.law.measure(other) for other in measure.exempts]
    covered = {p for m in relieved for goods in m.goods for p in goods.prefixes}
    astray = {
        code
        for goods in measure.goods
        for code in goods.prefixes
        if not any(code.startswith(p) or p.startswith(code) for p in covered)
    }
    assert astray <= {"7217203000", "7217204530"}  # Wire that stood on list 4B when the exclusion was granted.


def test_codes_of_the_aircraft_dispute_are_lines_and_it_ends_on_two_days():
    codes = {r["code"] for r in rows("section_301_aircraft/goods.csv", "code")}
    assert all(USA.lines.slice(code).start < USA.lines.slice(code).stop for code in codes)
    last = {m.id: m.end for m in USA.law.measures if m.authority == "section_301_aircraft"}
    assert (last.pop("s301_aircraft_gbr"), last.pop("s301_aircraft_grc")) == (date(2021, 3, 3), date(2020, 8, 31))
    assert set(last.values()) <= {date(2021, 3, 10), date(2020, 3, 4)}
