"""The embedded tables reconcile with published totals and with one another."""

from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest
import yaml

DATA = Path(__file__).resolve().parents[2] / "src" / "detente" / "data"
TABLES = DATA / "tables"

# Imports for consumption of 2024, customs value, US Census Bureau.
WORLD_2024 = 3_251_194_802_380
EU27 = (
    "AUT BEL BGR HRV CYP CZE DNK EST FIN FRA DEU GRC HUN IRL ITA LVA LTU LUX MLT NLD POL PRT ROU SVK SVN ESP SWE"
).split()


@lru_cache
def table(name: str) -> pl.DataFrame:
    return pl.read_parquet(TABLES / f"{name}.parquet")


def prefixes(code: str, lengths: tuple[int, ...]) -> list[str]:
    return [code[:n] for n in lengths if n <= len(code)]


# --- countries -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "iso3"),
    [
        ("South Korea", "KOR"), ("Korea", "KOR"), ("UK", "GBR"), ("Britain", "GBR"), ("Turkey", "TUR"),
        ("Türkiye", "TUR"), ("Macau", "MAC"), ("Taiwan", "TWN"), ("Viet Nam", "VNM"), ("Vietnam", "VNM"),
        ("Burma", "MMR"), ("Ivory Coast", "CIV"), ("Cote d'Ivoire", "CIV"), ("DRC", "COD"), ("Kosovo", "XKX"),
        ("Hong Kong", "HKG"), ("Russia", "RUS"), ("US", "USA"), ("UAE", "ARE"), ("Czech Republic", "CZE"),
        ("North Korea", "PRK"), ("Swaziland", "SWZ"), ("Laos", "LAO"), ("Saint Lucia", "LCA"),
    ],
)  # fmt: skip
def test_names_people_type_find_one_country(typed, iso3):
    rows = table("countries").select("iso3", pl.concat_list("name", "aliases").alias("names")).explode("names")
    assert rows.filter(pl.col("names").str.to_lowercase() == typed.lower())["iso3"].unique().to_list() == [iso3]


def groups() -> dict[str, dict[str, dict]]:
    content = yaml.safe_load((DATA / "country_groups.yaml").read_text(encoding="utf-8"))
    return {
        group["id"]: {m if isinstance(m, str) else m["code"]: {} if isinstance(m, str) else m for m in group["members"]}
        for group in content
    }


def test_groups_have_known_members_and_dates():
    known = set(table("countries")["iso3"])
    for name, members in groups().items():
        assert set(members) <= known, name
    assert sorted(groups()["EU27"]) == sorted(EU27)
    assert groups()["COL2"]["RUS"]["from"] == date(2022, 4, 9)
    assert set(groups()["COL2"]) == {"BLR", "CUB", "PRK", "RUS"}
    assert set(groups()["USMCA"]) == {"CAN", "MEX"}
    assert set(groups()["CAFTA_DR"]) == {"CRI", "DOM", "GTM", "HND", "NIC", "SLV"}


# --- the US schedule -------------------------------------------------------------------------------------------------


def test_a_free_text_is_free_and_a_percentage_is_itself():
    lines = table("usa_lines")
    free = lines.filter(pl.col("general_text").str.starts_with("Free"))
    assert free.filter(pl.col("general") != 0).is_empty()
    plain = lines.filter(pl.col("general_text").str.contains(r"^\d+(\.\d+)?%$"))
    assert plain.height > 10_000
    printed = plain["general_text"].str.strip_chars("%").cast(pl.Float64) / 100
    assert (printed - plain["general"]).abs().max() < 1e-12


def test_equivalents_lie_between_the_ad_valorem_part_and_the_highest_rate():
    lines = table("usa_lines")
    assert lines["general"].is_between(0, 3.5).all()
    assert lines["other"].is_between(0, 3.5).all()
    compound = lines.filter(pl.col("general_kind") == "compound")
    part = compound["general_text"].str.extract(r"/\S+ \+ (\d+(?:\.\d+)?)%$").cast(pl.Float64) / 100
    both = compound.with_columns(part=part).drop_nulls("part")
    assert both.height > 300
    assert both.filter(pl.col("general") < pl.col("part") - 1e-9).is_empty()


# --- trade -----------------------------------------------------------------------------------------------------------


def test_sectors_add_up_to_the_world_and_to_each_partner():
    sectors, flows = table("usa_imports_2024_sectors"), table("usa_imports_2024")
    assert sectors["value"].sum() == WORLD_2024
    assert sectors["value"].min() > 0
    totals = dict(sectors.group_by("partner").agg(pl.col("value").sum()).iter_rows())
    for partner, value in flows.group_by("partner").agg(pl.col("value").sum()).iter_rows():
        expected = sum(totals[member] for member in EU27) if partner == "EUU" else totals[partner]
        assert expected == value, partner
    assert totals["DEU"] / 1e9 == pytest.approx(160.2, abs=0.05)
    assert totals["IRL"] / 1e9 == pytest.approx(99.7, abs=0.3)


def test_sectors_agree_with_the_flows_by_line():
    lines = table("usa_lines").select("code", sector="gtap")
    mine = table("usa_imports_2024").filter(pl.col("partner") == "CHN").join(lines, on="code")
    by_sector = dict(mine.group_by("sector").agg(pl.col("value").sum()).drop_nulls().iter_rows())
    theirs = table("usa_imports_2024_sectors").filter(pl.col("partner") == "CHN")
    for sector in ("ele", "wap", "mvh", "chm"):
        assert by_sector[sector] == pytest.approx(theirs.filter(pl.col("sector") == sector)["value"].item(), rel=0.02)


# --- special rates ---------------------------------------------------------------------------------------------------


def programmes() -> list[dict]:
    return yaml.safe_load((DATA / "lawbooks" / "usa" / "programmes.yaml").read_text(encoding="utf-8"))


def test_every_symbol_of_the_schedule_is_a_programme():
    symbols = [symbol for p in programmes() for symbol in (p["symbol"], *p.get("also", []))]
    assert len(symbols) == len(set(symbols))
    apart = {"HOPE", "SQ"}
    assert set(symbols) - apart == set(table("usa_special")["programme"]), f"{apart} stand in chapter 98 alone"


def test_programmes_have_known_partners_and_one_meaning_by_name():
    known, seen = set(table("countries")["iso3"]), {}
    for p in programmes():
        members = [] if p["partners"] == "all" else [m if isinstance(m, str) else m["code"] for m in p["partners"]]
        assert set(members) <= known, p["symbol"]
        for name in {p["name"].lower(), p["title"].lower(), *(alias.lower() for alias in p["aliases"])}:
            assert seen.setdefault(name, p["symbol"]) == p["symbol"], name
        assert p.get("until") is None or p["from"] < p["until"]
    assert {"usmca", "korus", "us-chile fta", "cafta-dr", "ausfta", "gsp", "agoa", "cbera"} <= set(seen)


def test_spells_of_one_rate_do_not_overlap():
    special = table("usa_special").with_columns(pl.col("from").fill_null("0000"), pl.col("until").fill_null("9999"))
    ordered = special.sort("programme", "code", "from")
    following = ordered.with_columns(next=pl.col("from").shift(-1).over("programme", "code"))
    assert following.filter(pl.col("next") <= pl.col("until")).is_empty()
    assert not special.filter(pl.col("until") != "9999").is_empty()


# --- claims ----------------------------------------------------------------------------------------------------------


def test_every_claim_has_a_shorter_prefix_to_fall_back_on():
    claims = table("usa_claims_usmca")
    known = set(claims.select("code", "partner").iter_rows())
    assert len(known) == claims.height
    assert claims["share"].is_between(0, 1).all()
    assert claims["share_2024"].is_between(0, 1).all()
    for code, partner in known:
        assert all((prefix, partner) in known for prefix in prefixes(code, (8, 6, 4, 2, 0)))


def test_exemptions_turn_the_general_rate_into_the_duty_collected():
    base = table("usa_claims_base")
    flows = table("usa_imports_2024").join(table("usa_lines").select("code", "general"), on="code")
    flows = flows.with_columns(hs2=pl.col("code").str.slice(0, 2)).join(base, on=["hs2", "partner"], how="left")
    owed = pl.col("value") * pl.col("general") * (1 - pl.col("share").fill_null(0))
    sums = flows.group_by("partner").agg(owed.sum(), pl.col("duty").sum()).rows()
    paid = {partner: (computed, duty) for partner, computed, duty in sums}
    for partner in ("KOR", "SGP", "JPN", "EUU", "GBR", "IDN", "BRA", "ISR"):
        assert paid[partner][0] == pytest.approx(paid[partner][1], rel=0.05), partner


def test_the_union_lies_between_its_members():
    base = table("usa_claims_base")
    for hs2, share in base.filter(pl.col("partner") == "EUU").select("hs2", "share").iter_rows():
        members = base.filter(pl.col("partner").is_in(EU27) & (pl.col("hs2") == hs2))["share"]
        assert 0 <= share <= members.max() + 1e-4


# --- content ---------------------------------------------------------------------------------------------------------


# --- concordances ----------------------------------------------------------------------------------------------------

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
