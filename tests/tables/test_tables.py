"""The embedded tables reconcile with published totals and with one another."""

import re
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
FLOWS_2024 = 3_208_820_074_369
EU27 = (
    "AUT BEL BGR HRV CYP CZE DNK EST FIN FRA DEU GRC HUN IRL ITA LVA LTU LUX MLT NLD POL PRT ROU SVK SVN ESP SWE"
).split()


@lru_cache
def table(name: str) -> pl.DataFrame:
    return pl.read_parquet(TABLES / f"{name}.parquet")


def line(code: str) -> dict:
    (row,) = table("usa_lines").filter(pl.col("code") == code).to_dicts()
    return row


def prefixes(code: str, lengths: tuple[int, ...]) -> list[str]:
    return [code[:n] for n in lengths if n <= len(code)]


# --- countries -------------------------------------------------------------------------------------------------------


def test_countries_are_all_there_and_namibia_is_not_missing():
    countries = table("countries")
    assert countries.height == 250
    for column in ("iso3", "iso2", "m49", "name"):
        assert countries[column].null_count() == 0
        assert countries[column].n_unique() == 250
    assert countries.filter(pl.col("iso3") == "NAM")["iso2"].item() == "NA"
    assert countries.filter(pl.col("iso3") == "AFG")["m49"].item() == "004"


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


def test_census_codes_name_one_country_each():
    countries = table("countries")
    codes = countries["census"].drop_nulls().to_list() + countries["census_second"].drop_nulls().to_list()
    assert len(codes) == len(set(codes)) == 240
    assert all(re.fullmatch(r"\d{4}", code) for code in codes)


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


def test_the_schedule_has_the_numbers_of_its_revisions():
    lines = table("usa_lines")
    assert lines["code"].n_unique() == lines.height
    inside = lines.filter(~pl.col("trade_only"))
    assert inside.filter(pl.col("until").is_null()).height == 20_419, "HTS of 8 June 2026 and the numbers of 1 July"
    assert inside.filter(pl.col("from").is_null()).height == 20_204, "HTS of 1 January 2025"
    assert lines.filter(pl.col("trade_only")).height == 289
    assert lines.filter(pl.col("code").str.slice(0, 8) != pl.col("hts8")).is_empty()
    assert lines.filter(pl.col("from") > pl.col("until")).is_empty()


def test_statistical_numbers_change_on_legal_dates_only():
    lines = table("usa_lines")
    assert set(lines["from"].drop_nulls()) == {"2025-02-04", "2025-07-01", "2026-02-01", "2026-07-01"}
    assert set(lines["until"].drop_nulls()) == {"2025-06-30", "2025-07-31", "2026-01-31", "2026-06-30"}


@pytest.mark.parametrize(
    ("code", "general", "other"),
    [
        ("8703230160", 0.025, 0.10), ("6109100012", 0.165, 0.90), ("6403996075", 0.085, 0.20),
        ("8507600010", 0.034, 0.40), ("7411101030", 0.015, 0.13), ("9101215000", 0.0, None),
        ("0202308000", 0.264, 0.311), ("2401106530", 3.5, 3.5), ("8542310045", 0.0, 0.35), ("9503000073", 0.0, 0.70),
    ],
)  # fmt: skip
def test_ad_valorem_rates_as_printed(code, general, other):
    row = line(code)
    assert row["general"] == general
    assert other is None or row["other"] == other


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


def test_specific_rates_are_not_zero():
    lines = table("usa_lines")
    dutiable = lines.filter(pl.col("general_kind").is_in(["specific", "compound"]) & (pl.col("general") == 0))
    assert set(dutiable["code"].str.slice(0, 4)) <= {"0104", "0105"}, "live animals by the head have no unit value"
    assert 0.0011 < line("2709002090")["general"] < 0.0014, "10.5 cents a barrel at the 2024 price of crude oil"


def test_equivalents_give_the_duty_that_was_collected():
    """On specific and compound lines of partners without preferences, equivalents times value is the duty paid."""
    lines = table("usa_lines").filter(pl.col("general_kind").is_in(["specific", "compound"]))
    flows = table("usa_imports_2024").filter(pl.col("partner").is_in(["EUU", "GBR", "NZL", "CHE", "BGD", "VNM", "TWN"]))
    joined = flows.join(lines, on="code")
    computed = (joined["value"] * joined["general"]).sum()
    assert joined["duty"].sum() > 2e8
    assert computed == pytest.approx(joined["duty"].sum(), rel=0.05)


def test_base_rates_give_the_duty_collected_from_partners_without_preference():
    flows = table("usa_imports_2024").join(table("usa_lines"), on="code")
    for partner, tolerance in {"BGD": 0.005, "JPN": 0.06, "EUU": 0.04, "NZL": 0.10}.items():
        part = flows.filter(pl.col("partner") == partner)
        assert (part["value"] * part["general"]).sum() == pytest.approx(part["duty"].sum(), rel=tolerance), partner


def test_column_two_is_hardly_ever_below_the_general_rate():
    lines = table("usa_lines").filter(~pl.col("trade_only") & (pl.col("code") < "98"))
    below = lines.filter(pl.col("other") < pl.col("general") - 1e-6)
    assert below.height < 0.01 * lines.height


def test_russian_goods_pay_35_or_70_on_the_listed_lines():
    rows = table("usa_russia")
    rates = {(code, start): rate for code, start, rate in rows.select("code", "from", "rate").iter_rows()}
    assert set(rows["rate"]) == {0.35, 0.7}
    assert rates["76012090", "2023-04-01"] == rates["72083800", "2023-04-01"] == rates["81082000", "2023-04-01"] == 0.7
    assert rates["25010000", "2022-07-27"] == rates["87032301", "2022-07-27"] == rates["28030000", "2023-04-01"] == 0.35
    assert "27090020" not in rows["code"]


def test_the_first_list_of_russian_goods_has_as_many_lines_as_its_act():
    first = table("usa_russia").filter(pl.col("from") == "2022-07-27")
    assert first.height == first["code"].n_unique() == 576
    again = table("usa_russia").filter(pl.col("from") == "2023-04-01", pl.col("rate") == 0.7)
    moved = set(first.drop_nulls("until")["code"])
    assert len(moved) == 44
    assert moved < set(again["code"])


def test_descriptions_are_short_and_say_the_good():
    lines = table("usa_lines")
    assert lines["description"].str.len_chars().is_between(3, 160).all()
    assert lines.filter(pl.col("description").str.contains(r"<|\d/$")).is_empty()
    assert "Lithium-ion batteries" in line("8507600010")["description"]


def test_industry_codes_cover_all_goods():
    lines = table("usa_lines").filter(pl.col("code") < "98")
    for column in ("gtap", "naics", "bea_detail", "bea_summary"):
        assert lines[column].null_count() == 0, column
    assert line("8703230160")["gtap"] == "mvh"
    assert line("2709002090")["gtap"] == "oil"
    assert line("8703230160")["naics"].startswith("3361")


# --- trade -----------------------------------------------------------------------------------------------------------


def test_flows_have_the_published_totals():
    flows = table("usa_imports_2024")
    assert flows["value"].sum() == FLOWS_2024
    assert flows["partner"].n_unique() == 50
    assert flows.filter(pl.col("partner") == "SVK").is_empty(), "inside EUU"
    special = flows.filter(pl.col("code") >= "98")["value"].sum()
    assert special == pytest.approx(124.6e9, abs=5e7)
    by_partner = dict(flows.group_by("partner").agg(pl.col("value").sum()).iter_rows())
    for partner, billions in {"CHN": 429.4, "EUU": 597.5, "MEX": 503.4, "TWN": 115.3}.items():
        assert by_partner[partner] / 1e9 == pytest.approx(billions, abs=0.05)
    assert flows["value"].min() > 0
    assert flows["duty"].min() >= 0
    assert flows["duty"].sum() == pytest.approx(75.63e9, abs=1e7)
    assert flows.select("code", "partner").is_unique().all()


def test_every_traded_code_is_a_line():
    assert set(table("usa_imports_2024")["code"]) <= set(table("usa_lines")["code"])


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


def test_special_rates_are_never_above_the_general_rate():
    general = table("usa_lines").group_by("hts8").agg(pl.col("general").max())
    joined = table("usa_special").join(general, left_on="code", right_on="hts8", how="left")
    assert joined["general"].null_count() == 0
    assert joined.filter(pl.col("rate") > pl.col("general") + 1e-9).is_empty()


def test_spells_of_one_rate_do_not_overlap():
    special = table("usa_special").with_columns(pl.col("from").fill_null("0000"), pl.col("until").fill_null("9999"))
    ordered = special.sort("programme", "code", "from")
    following = ordered.with_columns(next=pl.col("from").shift(-1).over("programme", "code"))
    assert following.filter(pl.col("next") <= pl.col("until")).is_empty()
    assert not special.filter(pl.col("until") != "9999").is_empty()


def test_the_last_korean_cut_came_on_new_years_day():
    beef = table("usa_special").filter((pl.col("programme") == "KR") & (pl.col("code") == "02013080"))
    assert beef.select("rate", "from", "until").rows() == [(0.017, None, "2025-12-31"), (0.0, "2026-01-01", None)]


def test_some_special_rates_by_hand():
    special = {(c, p): r for c, p, r in table("usa_special").select("code", "programme", "rate").iter_rows()}
    assert special["61091000", "KR"] == special["61091000", "P"] == special["87032301", "S"] == 0.0
    assert ("61091000", "A") not in special, "T-shirts were never in the GSP"
    assert special["87042101", "KR"] == 0.25, "pick-ups from Korea pay the full 25% until 2041"
    assert special["17019950", "S+"] is None, "sugar beyond the quota of chapter 98 owes the general rate of its number"
    assert special["04041090", "S+"] == 0.169445, "whey, whose rate beyond the quota is cut by the year"
    assert special["04061038", "AU"] is None, "cheese under the quota of chapter 98"


# --- claims ----------------------------------------------------------------------------------------------------------


def test_usmca_shares_of_all_trade():
    claims = table("usa_claims_usmca")
    totals = {row["partner"]: row for row in claims.filter(pl.col("code") == "").to_dicts()}
    assert totals["CAN"]["share_2024"] == pytest.approx(0.384, abs=0.001)
    assert totals["MEX"]["share_2024"] == pytest.approx(0.499, abs=0.001)
    assert totals["CAN"]["share"] == pytest.approx(0.870, abs=0.001)
    assert totals["MEX"]["share"] == pytest.approx(0.885, abs=0.001)
    lines = claims.filter(pl.col("code").str.len_chars() == 10)
    for partner, row in totals.items():
        part = lines.filter(pl.col("partner") == partner)
        assert part["value"].sum() == row["value"]
        assert (part["share"] * part["value"]).sum() / row["value"] == pytest.approx(row["share"], abs=1e-3)


def test_every_claim_has_a_shorter_prefix_to_fall_back_on():
    claims = table("usa_claims_usmca")
    known = set(claims.select("code", "partner").iter_rows())
    assert len(known) == claims.height
    assert claims["share"].is_between(0, 1).all()
    assert claims["share_2024"].is_between(0, 1).all()
    for code, partner in known:
        assert all((prefix, partner) in known for prefix in prefixes(code, (8, 6, 4, 2, 0)))


def test_monthly_claims_jump_when_the_count_changed():
    monthly = table("usa_claims_usmca_monthly")
    canada = dict(monthly.filter((pl.col("code") == "") & (pl.col("partner") == "CAN")).select("month", "share").rows())
    assert len(canada) == 14
    assert canada["2025-01"] == pytest.approx(0.345, abs=0.001)
    assert canada["2025-10"] == pytest.approx(0.900, abs=0.002)
    assert canada["2025-07"] - canada["2025-06"] > 0.25
    assert monthly["share"].is_between(0, 1).all()


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


def test_metal_shares_are_shares():
    metal = table("metal_content")
    assert metal["bea_detail"].is_unique().all()
    assert (metal["steel"] + metal["aluminum"] + metal["copper"]).max() <= 1.0001
    assert metal.select(pl.min_horizontal("steel", "aluminum", "copper").min()).item() >= 0
    rows = {row["bea_detail"]: row for row in metal.to_dicts()}
    assert rows["331110"]["steel"] > 0.85
    assert rows["33131B"]["aluminum"] > 0.85
    assert rows["331420"]["copper"] > 0.85
    assert 0.3 < rows["336370"]["steel"] < 0.6, "stampings for cars"


def test_every_industry_of_a_good_has_a_metal_content():
    used = set(table("usa_lines")["bea_detail"].drop_nulls())
    assert used - set(table("metal_content")["bea_detail"]) == {"S00300", "S00401", "S00402"}


def test_aircraft_use_is_certain_for_aircraft_and_a_share_elsewhere():
    use = {code: share for code, share in table("aircraft_use").select("code", "share").iter_rows()}
    assert use["88"] == use["8411"] == 1.0
    assert not [code for code in use if code.startswith(("88", "8411")) and use[code] != 1.0]
    assert all(0 <= share <= 1 for share in use.values())
    assert use["8507600010"] < 0.01, "car batteries"
    assert use["9020"] > 0.3, "breathing appliances"


# --- concordances ----------------------------------------------------------------------------------------------------

CONCORDANCES = [path.stem for path in TABLES.glob("concordance_*.parquet")]


@pytest.mark.parametrize("name", CONCORDANCES)
def test_weights_of_each_source_sum_to_one(name):
    sums = table(name).group_by("source").agg(pl.col("weight").sum())
    assert (sums["weight"] - 1).abs().max() < 1e-9
    assert table(name).select("source", "target").is_unique().all()
    assert table(name)["weight"].min() > 0


def test_every_traded_hs6_has_a_sector_and_an_end_use():
    traded = set(table("usa_imports_2024")["code"].str.slice(0, 6))
    assert traded <= set(table("concordance_hs6_icio28")["source"])
    assert traded <= set(table("concordance_hs6_bec")["source"])
    assert {code for code in traded if code < "97"} <= set(table("concordance_hs6_isic4")["source"])


@pytest.mark.parametrize(
    ("hs6", "sector"),
    [
        ("270900", "B06"), ("847130", "C26"), ("870323", "C29"), ("850760", "C27"), ("300490", "C21"),
        ("720851", "C24A"), ("760120", "C24B"), ("880730", "C302T309"), ("120190", "A01"), ("610910", "C13T15"),
    ],
)  # fmt: skip
def test_goods_that_belong_to_one_sector(hs6, sector):
    rows = table("concordance_hs6_icio28").filter(pl.col("source") == hs6)
    assert rows.select("target", "weight").rows() == [(sector, 1.0)]


def test_sectors_have_names_and_all_are_reached():
    sectors = set(table("icio28_sectors")["sector"])
    assert len(sectors) == 28
    reached = set(table("concordance_hs6_icio28")["target"])
    assert reached <= sectors
    assert {s for s in sectors if s[0] in "AC"} <= reached


def test_isic_classes_agree_with_the_sectors():
    to_sector = dict(table("concordance_isic4_icio28").select("source", "target").iter_rows())
    isic = table("concordance_hs6_isic4").with_columns(target=pl.col("target").replace_strict(to_sector))
    mine = isic.group_by("source", "target").agg(pl.col("weight").sum())
    other = table("concordance_hs6_icio28").filter(pl.col("method").is_in(["isic", "isic_trade"]))
    joined = other.join(mine, on=["source", "target"], how="left", suffix="_isic")
    agree = joined.filter((pl.col("weight") - pl.col("weight_isic")).abs() < 1e-5)
    assert agree.height > 0.9 * joined.height


def test_editions_of_the_nomenclature():
    codes = table("concordance_hs6_bec").unique("source")
    assert codes["hs2017"].sum() == pytest.approx(5_387, abs=5)
    assert codes.filter(pl.col("source") == "880730")["hs2017"].item() is False
    assert codes.filter(pl.col("source") == "880330")["hs2022"].item() is False
