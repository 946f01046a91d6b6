"""Claims about prices of a category, materials, purchases, places, ratios, GDP and jobs, each counted by hand."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from detente.codes import InputError
from detente.data.importers import importer
from detente.data.library import find
from detente.data.price_tables import price_tables
from detente.lab.claims.check import check
from detente.lab.claims.materials import ALSO, STAGES, chapter_of
from detente.lab.claims.prices import WORDS, lines_of
from detente.lab.prices.prices import days_apart, price_changes
from detente.law import Reading

AS_OF = date(2026, 7, 23)


@pytest.fixture
def judged(tmp_path):
    """The check of one claim about a quantity, written as in a file."""

    def one(quantity, definition="", kind="measurement"):
        text = f"- claim_id: mine\n  quote: w\n  said: 2026-07-01\n  kind: {kind}\n  quantity: {{{quantity}}}\n"
        text += f"  definition: {{{definition}}}\n" if definition else ""
        path = tmp_path / "claims.yaml"
        path.write_text(text, encoding="utf-8")
        (checked,) = check(path, as_of=AS_OF, draws=0)
        return checked

    return one


def raw(name, **equal):
    """Rows of an embedded table, read anew."""
    frame = pl.read_parquet(find(name).path)
    for column, value in equal.items():
        frame = frame.filter(pl.col(column) == value)
    return frame


def test_the_price_of_toys_is_that_of_their_line(judged):
    pairing = days_apart(importer("USA").law, (date(2025, 1, 1), date(2025, 5, 8)), Reading.EFFECTIVE, {})
    effects = price_changes([pairing], draws=0)[0].effects
    line = price_tables("detail").titles.index("Games, toys, and hobbies")
    wanted = float(effects[1].lines[line] - effects[0].lines[line])
    answer = judged("name: category_price, value: 25, category: toys, base: 2025-01-01, as_of: 2025-05-08")
    assert answer.value == pytest.approx(wanted, rel=1e-9)
    values = {r.name: r.value for r in answer.readings}
    assert values["border-80"] == pytest.approx(0.8 * wanted, rel=1e-6)


def test_cars_are_weighed_by_spending(judged):
    tables = price_tables("detail")
    chosen = [n for n, title in enumerate(tables.titles) if title in WORDS["cars"]]
    assert len(chosen) == len(WORDS["cars"])
    assert lines_of("Cars").nonzero()[0].tolist() == chosen
    answer = judged(
        "name: category_price, value: 6, category: cars, base: 2025-01-01, as_of: 2025-05-08", kind="causal"
    )
    singles = [
        judged(f"name: category_price, value: 6, category: {title}, base: 2025-01-01, as_of: 2025-05-08").value
        for title in WORDS["cars"]
    ]
    spent = tables.purchasers[[tables.titles.index(title) for title in WORDS["cars"]]]
    assert answer.value == pytest.approx(float(np.dot(singles, spent) / spent.sum()))
    assert str(answer.verdict) == "model agrees"


@pytest.mark.parametrize("word", WORDS)
def test_every_word_for_a_category_has_lines(word):
    assert lines_of(word).any()
    assert not lines_of(word).all()


def test_a_category_misspelt_is_told_of_the_right_one(judged):
    with pytest.raises(InputError, match="did you mean 'toys'"):
        judged("name: category_price, value: 6, category: toyz, base: 2025-01-01")


SHARES = {
    ("gallium", "CHN", ""): 839 / 848,
    ("graphite", "CHN", ""): 1270 / 1550,
    ("rare earths", "CHN", ""): 270 / 380,
    ("tungsten", "USA", ""): 0.0,
}
"""Material, country, stage -> tonnes of 2024 over those of the world, as the survey prints them."""


@pytest.mark.parametrize(("key", "share"), SHARES.items())
def test_a_share_in_a_material_is_that_of_the_survey(judged, key, share):
    material, country, _ = key
    answer = judged(
        f"name: material_share, value: {100 * share:.0f}, population: {material}, partner: {country}, year: 2024"
    )
    assert answer.value == pytest.approx(share)
    assert str(answer.verdict) == "supported"


def test_a_stage_of_copper_is_named_by_the_definition(judged):
    rows = raw("chain_minerals", chapter="copper", statistic="production", year="2024")
    rows = rows.filter(pl.col("detail").str.starts_with("Refinery production"))
    values = dict(zip(rows["place"].to_list(), rows["value"].to_list(), strict=True))
    answer = judged("name: material_share, value: 45, population: copper, partner: CHN, year: 2024", "stage: refinery")
    assert answer.value == pytest.approx(values["CHN"] / values["WLD"])


def test_platinum_is_counted_apart_from_its_group(judged):
    answer = judged("name: material_share, value: 70, population: platinum, partner: ZAF, year: 2024")
    assert "mine production: platinum" in answer.explanation


def test_stages_that_the_survey_lacks_come_from_the_chain(judged):
    answer = judged("name: material_share, value: 94, population: magnets, partner: China, year: 2024")
    rows = raw("chain_stages", stage="magnet", material="ndfeb", country="CHN", year=2024, kind="output")
    assert answer.value == pytest.approx(float(rows["share"].mean()))
    assert {chapter_of(word) for word in ALSO}
    assert all(len(pair) == 2 for pair in STAGES.values())


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("name: material_share, value: 60, population: germanium, partner: CHN, year: 2024", "no world production of"),
        ("name: material_share, value: 60, population: tungsten, partner: CAN, year: 2024", "it names China"),
        ("name: purchases, value: 25, unit: tonnes, population: soybeans, year: 2025", "tonnes need a price"),
        ("name: purchases, value: 12, population: soybeans, year: 2026", "on record 2015 to 2025"),
        ("name: purchases, value: 12, population: soybeans, year: 2025, partner: Japan", "those of China are"),
        ("name: rank_among, value: 1, population: exports, country: CHN, partner: USA, year: 2025", "too few partners"),
        ("name: ratio_to, of: imports, value: 2, partner: CHN, year: 2026, other: {year: 2024}", "about 2026"),
    ],
)
def test_what_is_not_on_record_is_not_checkable_and_says_why(judged, quantity, words):
    answer = judged(quantity)
    assert str(answer.verdict) == "not checkable"
    assert words in answer.explanation


def test_purchases_are_exports_by_subheading(judged):
    for line, word in (("120190", "soybeans"), ("2709", "crude oil")):
        rows = raw("chn_imports_from_usa", year=2024).filter(pl.col("hs6").str.starts_with(line))
        value = float(rows["value"].sum())
        for key in (f"population: {word}", f'line: "{line}"'):
            answer = judged(f"name: purchases, value: {value / 1e9:.2f}, {key}, year: 2024")
            assert (str(answer.verdict), answer.value) == ("supported", value)
    fall = judged("name: purchases, value: -76, unit: percent, population: soybeans, year: 2025")
    assert str(fall.verdict) == "supported"


def test_places_are_those_of_the_record(judged):
    table = raw("usa_collected_monthly", month="2025-06").filter(~pl.col("partner").is_in(["all", "EUU"]))
    order = table.sort("imports", descending=True)["partner"].to_list()
    for place, partner in enumerate(order[:3], start=1):
        answer = judged(f"name: rank_among, value: {place}, population: suppliers, partner: {partner}, period: 2025-06")
        assert (str(answer.verdict), answer.value) == ("supported", place)
    union = judged("name: rank_among, value: 1, population: imports, partner: EU, year: 2024")
    assert str(union.verdict) == "supported"
    deficit = judged("name: rank_among, value: 1, population: largest deficit, partner: China, year: 2024")
    assert str(deficit.verdict) == "supported"


def test_a_ratio_is_of_one_record_on_both_sides(judged):
    china = raw("usa_collected_monthly", partner="CHN")
    month = float(china.filter(pl.col("month") == "2025-06")["imports"][0])
    year = float(china.filter(pl.col("month").str.starts_with("2024"))["imports"].cast(pl.Float64).sum())
    answer = judged("name: ratio_to, of: imports, value: 0.04, partner: CHN, period: 2025-06, other: {year: 2024}")
    assert answer.value == pytest.approx(month / year)
    duties = raw("evidence_tariff_months")
    october = {m: float(duties.filter(pl.col("month") == m)["duties"][0]) for m in ("2025-10", "2024-10")}
    fourfold = judged("name: ratio_to, of: tariff_revenue, value: 4.3, period: 2025-10, other: {period: 2024-10}")
    assert fourfold.value == pytest.approx(october["2025-10"] / october["2024-10"])
    assert str(fourfold.verdict) == "supported"
    rates = judged(
        "name: ratio_to, of: partner_additional_rate, value: 14.5, partner: CHN, as_of: 2025-05-01, "
        "other: {partner: JPN}"
    )
    assert (str(rates.verdict), rates.value) == ("supported", pytest.approx(14.5))


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("name: ratio_to, of: importz, value: 2, other: {year: 2024}", "did you mean 'imports'"),
        ("name: ratio_to, of: imports, value: 2, year: 2025, other: {yeer: 2024}", "unknown key 'yeer'"),
        ("name: material_share, value: 60, population: germanum, partner: CHN, year: 2024", "did you mean 'germanium'"),
        ("name: purchases, value: 60, population: soybean, year: 2024", "did you mean 'soybeans'"),
    ],
)
def test_a_name_misspelt_is_told_of_the_right_one(judged, quantity, words):
    with pytest.raises(InputError, match="claim mine") as refused:
        judged(quantity)
    assert words in str(refused.value)


@pytest.mark.parametrize("kind", ["measurement", "causal"])
def test_jobs_are_not_modelled_and_the_reason_is_given(judged, kind):
    answer = judged("name: jobs, value: 1000000", kind=kind)
    assert str(answer.verdict) == "not modelled"
    assert "holds no employment" in answer.explanation


def test_gdp_is_real_gdp_of_the_world_economy_beside_real_income(judged):
    keys = "value: -0.12, base: 2025-01-01, as_of: 2025-08-10, partner: USA"
    gdp, income = (judged(f"name: {name}, {keys}") for name in ("gdp_change", "real_income_change"))
    assert "real GDP at the prices and duties" in gdp.explanation
    assert "real income" not in gdp.explanation
    # A duty makes imports cheaper before duty, which counts in real income and not in real GDP.
    assert gdp.value < income.value - 1e-4
    assert "names no base" in judged("name: gdp_change, value: -0.5, as_of: 2025-08-10").explanation


def test_a_decoupling_lowers_real_gdp_of_the_world_and_of_the_two(judged):
    what = "name: gdp_change, comparator: fell"
    world, usa, chn = (judged(what + who, "of: decoupling") for who in ("", ", partner: USA", ", partner: CHN"))
    assert min(usa.value, chn.value) < world.value < 0.0
    income = judged("name: real_income_change, comparator: fell", "of: decoupling")
    assert world.value != pytest.approx(income.value, abs=1e-6)


def test_output_lost_in_a_shortage_is_that_of_the_chain(judged):
    from detente.lab.chains.answer import disrupt_chain

    run = disrupt_chain("rare-earths", scenario="april-2025", scope="direct", countries=("USA",))
    wanted = run.loss("USA", scope="direct", measure="GDP at base prices", period="year 1")
    answer = judged("name: gdp_change, comparator: fell, partner: USA, as_of: 2025-05-09", "of: shortage", "causal")
    assert answer.value == pytest.approx(-wanted)
    assert "output lost" in answer.explanation
    assert "add partner: USA" in judged("name: gdp_change, value: -1, as_of: 2025-05-09", "of: shortage").explanation


TIMES = {
    "a record of duties": ("of: tariff_revenue, period: 2025-10", "", 1, "526 periods from 1982-01"),
    "not a record": ("of: tariff_revenue, period: 2025-12", "", 5, "the last one that was higher: 2025-11"),
    "lowest since 2013": ("of: imports, partner: CHN, period: 2025-06", "of: lowest, since: 2013", 1, "150 periods"),
    "widest gap": ("of: trade_balance, year: 2024", "", 1, "65 periods from 1960"),
    "fewest magnets": ("of: magnet_exports, period: 2025-05", "of: lowest, since: 2025", 1, "from 2025-01 to 2025-05"),
}


@pytest.mark.parametrize(("keys", "definition", "place", "words"), TIMES.values(), ids=TIMES)
def test_a_place_in_time_is_among_the_periods_on_record(judged, keys, definition, place, words):
    answer = judged(f"name: rank_in_time, value: 1, {keys}", definition)
    assert answer.value == place
    assert str(answer.verdict) == ("supported" if place == 1 else "not supported")
    assert words in answer.explanation


def test_a_short_record_bears_out_no_place_of_all_time(judged):
    answer = judged("name: rank_in_time, value: 1, of: magnet_exports, period: 2025-05", "of: lowest")
    assert str(answer.verdict) == "not checkable"
    assert "say since which year" in answer.explanation


def test_a_record_of_duties_is_counted_by_hand(judged):
    duties = raw("evidence_tariff_months").filter(pl.col("month") <= "2025-12")
    last = float(duties["duties"][-1])
    answer = judged("name: rank_in_time, value: 5, of: tariff_revenue, period: 2025-12")
    assert answer.value == 1 + int((duties["duties"] > last).sum())
    assert str(answer.verdict) == "supported"


def test_what_has_no_place_in_time_is_refused(judged):
    with pytest.raises(InputError, match="use tariff_revenue, imports"):
        judged("name: rank_in_time, value: 1, of: jobs, year: 2024")
    assert (
        "too little to rank"
        in judged("name: rank_in_time, value: 1, of: imports, partner: BGD, year: 2024").explanation
    )


def test_the_largest_trading_partner_is_by_both_flows(judged):
    rows = raw("trade_published", country="USA", period="2024").filter(pl.col("flow").is_in(["exports", "imports"]))
    rows = rows.filter(~pl.col("partner").is_in(["all", "EU27"]))
    order = rows.group_by("partner").agg(pl.col("value").sum()).sort("value", descending=True)["partner"].to_list()
    for place, partner in enumerate(order[:3], start=1):
        keys = f"population: trading partners, partner: {partner}, year: 2024"
        assert str(judged(f"name: rank_among, value: {place}, {keys}").verdict) == "supported"
