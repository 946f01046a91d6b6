"""Claims: each of `tests/data/claims.yaml` gets its verdict; numbers counted by hand from the tables they rest on."""

import json
import re
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

import detente as dt
from detente.codes import Faults, InputError
from detente.data.evidence_tables import census_series, long_series, published, us_imports
from detente.data.importers import importer
from detente.data.library import find
from detente.data.price_tables import price_tables
from detente.data.worlds import load_economy
from detente.evidence import Verdict
from detente.lab.averages.averages import average
from detente.lab.averages.axes import WORLD
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.revenue import collected_rate, revenue
from detente.lab.averages.sides import Pairing, Side
from detente.lab.chains.answer import disrupt_chain
from detente.lab.claims.check import check
from detente.lab.claims.ledger import ledger_of, load_ledger
from detente.lab.claims.materials import ALSO, STAGES, chapter_of
from detente.lab.claims.measurand import quantities
from detente.lab.claims.prices import WORDS, lines_of
from detente.lab.claims.rates import amended, as_published, last_full_month, last_full_year
from detente.lab.claims.rows import period_named
from detente.lab.claims.trade import total, with_years
from detente.lab.claims.typed import row_of as typed
from detente.lab.claims.words import example_of, needed
from detente.lab.prices.prices import days_apart, price_changes
from detente.lab.world import incidence
from detente.law import Reading
from detente.trade.prices import price_effect
from embedded import answers_of

AS_OF = date(2026, 7, 23)
ROOT = Path(__file__).parents[2]
CASES, SENTENCES = (
    yaml.safe_load((ROOT / "tests" / "data" / f"{name}.yaml").read_text(encoding="utf-8"))
    for name in ("claims", "sentences")
)
pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


def row_of(of, claim="words", said="2026-07-01", kind="measurement", **more):
    """A claim as a file has it; `of` : the quantity, its name first."""
    quantity = {"quantity": yaml.safe_load(f"{{name: {of}}}") if isinstance(of, str) else of} if of else {}
    if isinstance(more.get("definition"), str):
        more["definition"] = yaml.safe_load(f"{{{more['definition']}}}")
    return {"claim_id": "mine", "quote": claim, "said": said, "kind": kind, **quantity, **more}


def judged(of="", as_of=AS_OF, draws=0, **more):
    """The check of one claim."""
    (found,) = check(ledger_of([row_of(of, **more)], "claims"), as_of=as_of, draws=draws)
    return found


def values_of(found):
    return {reading.name: reading.value for reading in found.readings}


def raw(name, **equal):
    """Rows of an embedded table, read anew."""
    frame = pl.read_parquet(find(name).path)
    for column, value in equal.items():
        frame = frame.filter(pl.col(column) == value)
    return frame


def months(frame, first, last, column):
    return float(frame.filter(pl.col("month").is_between(pl.lit(first), pl.lit(last)))[column].cast(pl.Float64).sum())


TOLD = ("verdict", "then", "value", "words", "refused", "why", "as_of", "counted")
COUNTED = [case for case in CASES if "counted" in case]
JUDGED = [case for case in CASES if "counted" not in case]


@pytest.mark.sampled(5)
@pytest.mark.parametrize("case", JUDGED, ids=[f"{n}-{case['claim']}" for n, case in enumerate(JUDGED)])
def test_a_claim_gets_the_verdict_of_one_who_knows_the_record(case):
    more = {key: value for key, value in case.items() if key not in TOLD}
    as_of = date.fromisoformat(str(case.get("as_of", AS_OF)))
    if "refused" in case:
        with pytest.raises(InputError, match="claim mine") as error:
            judged(as_of=as_of, **more)
        assert case["refused"] in str(error.value)
        assert "\n" not in str(error.value)
        return
    found = judged(as_of=as_of, **more)
    assert str(found.verdict) == case.get("verdict", str(found.verdict)), found.explanation
    assert str(found.verdict_then) == case.get("then", str(found.verdict_then))
    assert case.get("words", "") in f"{found.explanation} {found.definition}"
    if "value" in case:
        assert found.value == pytest.approx(case["value"], rel=1e-5, abs=1e-3)
    if case.get("verdict") == "not modelled":
        assert not found.readings


def test_a_level_is_judged_on_levels_and_a_rise_on_rises():
    series = long_series()
    for since in (1901, 1903, 1904, 1930, 2000):
        found = judged(f"rank_since, as_of: 2025-05-08, value: {since}")
        after = (series.years > since) & (series.years < 2025)
        assert (str(found.verdict) == "supported") is bool(found.value >= series.rate[after].max())
        assert all("rise" not in r.label for r in found.readings)


ADDED = {
    ("IND", date(2025, 9, 15)): ("reciprocal", "country_orders"),
    ("BRA", date(2025, 9, 15)): ("reciprocal", "country_orders"),
    ("CHN", date(2025, 5, 8)): ("fentanyl", "reciprocal"),
    ("CHN", date(2026, 3, 1)): ("section_122",),
}


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("asked", "authorities"), ADDED.items(), ids=str)
def test_what_the_headline_duties_add_on_average_counts_those_in_force(asked, authorities):
    partner, day = asked
    table = average(laid_law(importer("USA").law), day, ("partner",))
    row = next(r for r in table.rows() if r["partner"] == partner)
    wanted = sum(row[name] for name in authorities)
    keys = f"partner_additional_rate, value: {100 * wanted:.1f}, partner: {partner}, as_of: {day}"
    found = judged(keys, definition="of: addition")
    assert wanted > 0.05
    assert found.value == pytest.approx(wanted, abs=1e-9)
    assert str(found.verdict) == "supported", "a mean has the tolerance of a partner's average, no legal rate's"


def test_duty_collected_in_a_year_or_in_its_last_month():
    collected = "average_tariff_level, value: 7.7, as_of: 2025-12-31"
    year = judged(collected, definition="duty: collected, period: year")
    assert (str(year.verdict), year.value) == ("supported", census_series().at(2025))
    month = judged(collected, definition="duty: collected, period: month")
    assert (str(month.verdict), month.value) == ("not supported", collected_rate("2025-12"))
    for definition in ("duty: collected", ""):
        both = judged(collected, definition=definition or {})
        assert both.holds_under == ("duty collected in the whole year 2025",)
        assert str(both.verdict) == "depends on definition" or not definition
    rise = "average_tariff_rise, value: 5.3, as_of: 2025-12-31, base: 2025-01-01"
    assert str(judged(rise, definition="duty: collected, period: year").verdict) == "supported"
    rank = judged("rank_since, value: 1947, as_of: 2025-12-31", definition="duty: collected")
    assert (str(rank.verdict), rank.value) == ("supported", long_series().at(2025))
    assert "duty collected in 2025" in rank.explanation
    last = judged("rank_since, value: 1947, as_of: 2025-12-31", definition="duty: collected, period: month")
    assert last.value == collected_rate("2025-12")
    assert "one month against whole years" in last.explanation
    named = judged("average_tariff_level, value: 11, period: 2025-09", said="2025-12-01")
    assert named.part.quantity.as_of == date(2025, 9, 30)


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [("2025-12-31", "2025-12-31", 2025), ("2025-12-30", "2025-11-30", 2024), ("2024-02-29", "2024-02-29", 2023)],
)
def test_a_month_and_a_year_are_over_at_the_end_of_their_last_day(day, month, year):
    on = date.fromisoformat(day)
    assert (str(last_full_month(on)), last_full_year(on)) == (month, year)


CAR = "line_rate, line: 8703.23.01, partner: DEU, value"


def test_the_law_is_that_of_the_texts_out_on_the_day_of_the_claim():
    """On 20 August 2025 a German car owed 27.5 per cent; in September it became 15, with effect from 1 August."""
    then, after = (judged(f"{CAR}: {value}", said="2025-08-20") for value in (27.5, 15))
    assert str(then.verdict) == "supported"
    assert then.definition.endswith("as published by 20 August 2025")
    assert any("as amended later, with effect from" in label for label in then.fails_under)
    assert (str(after.verdict), str(after.verdict_then)) == ("depends on definition", "not supported")
    known = judged(f"{CAR}: 15, as_of: 2025-08-20", said="2025-10-10")
    assert (str(known.verdict), known.definition) == ("supported", "law of the day")
    law, day = importer("USA").law, date(2025, 8, 20)
    assert amended(law, day, day) is not None
    assert amended(law, date(2025, 5, 8), date(2025, 5, 9)) is None
    ground = laid_law(law)
    assert ground.under(as_published(law, day)).whole(day) == pytest.approx(
        ground.whole(day, Reading.PUBLISHED), abs=1e-12
    )


def test_a_publisher_that_printed_a_number_is_the_one_most_likely_meant():
    found = judged("average_tariff_level, value: 17.8, as_of: 2025-05-12", claim="17.8%, Yale", said="2025-05-13")
    assert found.likely.startswith("as Yale Budget Lab printed it on 2025-05-12")
    assert found.likely in found.holds_under
    shown = next(reading for reading in found.readings if reading.label == found.likely)
    assert shown.value == pytest.approx(0.178)
    assert "by its choices" in shown.remark


DAYS = "base: 2025-01-01, as_of: 2025-05-08"


@pytest.fixture(scope="module")
def change():
    """Prices of 8 May 2025 beside those of 1 January, by the module of prices."""
    pairing = days_apart(importer("USA").law, (date(2025, 1, 1), date(2025, 5, 8)), Reading.EFFECTIVE, {})
    return price_changes([pairing], draws=0)[0]


def test_prices_and_cost_of_a_law_are_those_of_the_price_module(change):
    headline = change.effects[1].headline - change.effects[0].headline
    found = judged(f"price_effect, value: 1.5, {DAYS}")
    assert values_of(found)["full"] == pytest.approx(headline, rel=1e-9)
    assert values_of(found)["border-80"] == pytest.approx(0.8 * headline, rel=1e-9)
    assert str(found.verdict) == "depends on definition"
    cost, found = change.burden[0].mean, judged(f"household_cost, value: 2700, comparator: about, {DAYS}")
    assert values_of(found)["accounts"] == pytest.approx(float(cost.national_accounts[0]), rel=1e-9)
    assert values_of(found)["pocket"] == pytest.approx(float(cost.out_of_pocket[0]), rel=1e-9)
    assert (str(found.verdict), found.part.quantity.unit) == ("supported", "usd")
    assert "tariffs of 2025-05-08 compared with 2025-01-01" in found.explanation
    both, china = (judged(f"household_cost, value: 1, {DAYS}{who}").value for who in ("", ", partner: CHN"))
    assert 0.3 * both < china < both
    wanted = price_effect(change.tables, change.after.by_partner()["CHN"]).headline
    assert judged(f"price_effect, value: 1, {DAYS}, partner: CHN").value == pytest.approx(wanted, rel=1e-9)


def test_the_price_of_a_category_is_that_of_its_lines_weighed_by_spending(change):
    line = price_tables("detail").titles.index("Games, toys, and hobbies")
    wanted = float(change.effects[1].lines[line] - change.effects[0].lines[line])
    toys = judged(f"category_price, value: 25, category: toys, {DAYS}")
    assert toys.value == pytest.approx(wanted, rel=1e-9)
    assert values_of(toys)["border-80"] == pytest.approx(0.8 * wanted, rel=1e-6)
    tables = price_tables("detail")
    chosen = [tables.titles.index(title) for title in WORDS["cars"]]
    assert lines_of("Cars").nonzero()[0].tolist() == sorted(chosen)
    cars = judged(f"category_price, value: 6, category: cars, {DAYS}", kind="causal")
    singles = [judged(f"category_price, value: 6, category: {title}, {DAYS}").value for title in WORDS["cars"]]
    spent = tables.purchasers[chosen]
    assert cars.value == pytest.approx(float(np.dot(singles, spent) / spent.sum()))
    assert str(cars.verdict) == "model agrees"
    assert all(lines_of(word).any() and not lines_of(word).all() for word in WORDS)


def test_what_a_measure_of_effects_is_set_against_and_over_which_time():
    close, far = (judged(f"price_effect, value: {v}, {DAYS}", kind="causal", draws=20) for v in (2.5, 2.9))
    assert close.low < close.value < close.high < 0.025
    assert [str(found.verdict) for found in (close, far)] == ["model agrees", "depends on definition"]
    less = judged(f"price_effect, value: 2, comparator: '<', {DAYS}", kind="causal")
    assert less.verdict is Verdict.AGREES, "a rise of less than two per cent is a rise"
    prices = f"price_effect, value: 2, {DAYS}"
    soon = judged(prices, kind="causal", claim="prices rise by 2 per cent this year")
    assert 'speaks of "this year", the model of the long run' in soon.explanation
    for of, claim in ((prices, "prices end 2 per cent higher"), (f"{prices}, horizon: long", "they rise this year")):
        assert "long run" not in judged(of, kind="causal", claim=claim).explanation
    cost = f"household_cost, value: 2700, horizon: short, {DAYS}"
    assert "the short run" in judged(cost, kind="causal").explanation


def test_real_income_is_that_of_the_country_named_and_real_gdp_is_another_number():
    cut = "with trade between the United States and China cut by 90%"
    whole = judged("real_income_change, comparator: fell", definition="of: decoupling")
    own = judged("real_income_change, value: -0.7, partner: China", definition="of: decoupling")
    assert str(own.verdict) == "supported"
    assert own.value < whole.value
    assert f"China {cut}" in own.explanation
    short = judged("real_income_change, value: -0.2", definition="of: decoupling, horizon: short")
    assert f"world {cut}" in short.explanation
    usa = judged("real_income_change, value: -0.7, partner: USA", definition="of: decoupling")
    assert f"United States {usa.value:.2%}" in whole.explanation
    gdp = [judged(f"gdp_change, comparator: fell{who}", definition="of: decoupling").value
           for who in ("", ", partner: USA", ", partner: CHN")]  # fmt: skip
    assert min(gdp[1:]) < gdp[0] < 0.0
    assert gdp[0] != pytest.approx(whole.value, abs=1e-6)
    law = "value: -0.12, base: 2025-01-01, as_of: 2025-08-10, partner: USA"
    product, income = (judged(f"{name}, {law}") for name in ("gdp_change", "real_income_change"))
    assert "real GDP at the prices and duties" in product.explanation
    assert "real income" not in product.explanation
    # A duty makes imports cheaper before duty, which counts in real income and not in real GDP.
    assert product.value < income.value - 1e-4


def test_real_income_under_the_law_of_a_day_is_no_decoupling():
    """Against the run of both laws in the world model, at the set of elasticities that every run takes."""
    found = judged(f"real_income_change, value: -0.4, partner: USA, {DAYS}")
    days, law = (date(2025, 1, 1), date(2025, 5, 8)), importer("CHN").law
    first, last = (Side(str(day), day, Reading.EFFECTIVE, law, laid_law(law)) for day in days)
    usa, chn = [days_apart(importer("USA").law, days, Reading.EFFECTIVE, {})], [Pairing("days", first, last)]
    economy = load_economy(WORLD)
    (laws,) = incidence.laws({"USA": usa, "CHN": chn}, economy)
    wanted = float(laws.solved(economy).change("welfare")[economy.country("USA")])
    assert found.value == pytest.approx(wanted, abs=1e-9)
    assert found.low < found.value < found.high
    assert "under US and Chinese tariffs of 8 May 2025 against those of 1 January 2025" in found.explanation
    for same in ("", ", population: US economy"):
        assert judged(f"real_income_change, value: -0.4, {DAYS}{same}").value == found.value
    named = judged(f"real_income_change, value: -0.4, partner: USA, {DAYS}", definition="of: law")
    assert named.value == found.value
    world = judged(f"real_income_change, value: -0.4, population: the world economy, {DAYS}")
    assert world.value != found.value
    assert "United States " in world.explanation


def test_output_lost_and_shortage_are_of_the_material_named():
    run = disrupt_chain("rare-earths", scenario="april-2025", scope="direct", countries=("USA",))
    wanted = run.loss("USA", scope="direct", measure="GDP at base prices", period="year 1")
    found = judged(
        "gdp_change, comparator: fell, partner: USA, as_of: 2025-05-09", definition="of: shortage", kind="causal"
    )
    assert found.value == pytest.approx(-wanted)
    assert "output lost" in found.explanation
    short = "months_of_shortage, value: 0, comparator: '>', partner: USA, as_of: 2025-05-08, population"
    rare, gallium = (judged(f"{short}: {name}", said="2025-05-09") for name in ("rare earths", "gallium"))
    assert "chain rare-earths" in rare.inputs[0]
    assert "chain gallium-germanium" in gallium.inputs[0]
    assert "nothing that chain gallium-germanium is made of" in gallium.explanation


@pytest.mark.parametrize("case", COUNTED, ids=[case["claim"] for case in COUNTED])
def test_what_is_computed_beside_a_claim_is_what_counting_gives(case):
    found = judged(**{key: value for key, value in case.items() if key not in TOLD})
    values = values_of(found) | {"found": found.value}
    for name, query in case["counted"].items():
        ((wanted,),) = answers_of(query)
        assert values[name] == pytest.approx(float(wanted)), name
    assert str(found.verdict) == case.get("verdict", str(found.verdict)), found.explanation


def test_the_year_before_a_period_has_its_months():
    first = {"2025": "2024-01", "2025-Q2": "2024-04", "2025-H2": "2024-07", "FY2025": "2023-10", "2025-07": "2024-07"}
    assert {text: period_named(text).year_before().months[0] for text in first} == first


def test_a_year_at_the_law_of_a_day_is_what_revenue_says():
    table = revenue(laid_law(importer("USA").law, None, "tariff-lines"), date(2025, 8, 10))
    found = judged("tariff_revenue, value: 300, as_of: 2025-08-10", definition="of: projected, record: elastic")
    assert found.value == pytest.approx(float(table["elastic"].sum()))
    static = values_of(found)["static"]
    assert static == pytest.approx(float(table["static"].sum()))
    world = next(r for r in found.readings if r.name == "equilibrium")
    assert 0.2 * static < world.low < world.value < world.high < static
    alone = judged("tariff_revenue, value: 100, as_of: 2025-08-10, partner: CHN", definition="of: projected")
    assert set(values_of(alone)) == {"own", "static", "elastic", "pace"}
    june = float(raw("evidence_tariff_months", month="2025-06")["duties"][0])
    assert values_of(found)["pace"] == 12 * june, "July came on the 12th"
    (reading,) = judged("tariff_revenue, value: 8.4, partner: China, period: 2025-06").readings
    assert reading.value == float(raw("usa_collected_monthly", partner="CHN", month="2025-06")["duty"][0])


def test_records_by_month_give_releases_and_shares_of_their_period():
    """A figure copied wrongly would stand out; goods in bond part general imports from those for consumption."""
    frame = raw("trade_published", country="USA", flow="imports", period="2024")
    partners = frame.filter(~pl.col("source").str.starts_with("us-accounts"))["partner"].to_list()
    assert len(partners) > 20
    for partner in partners:
        detailed = total(with_years(us_imports(partner)), period_named("2024"))
        assert published("USA", partner, "imports").values["2024"] == pytest.approx(detailed, rel=0.08), partner
    of = "share, value: 13, population: US imports, partner: CHN"
    day, defined = judged(f"{of}, as_of: 2024-12-31"), judged(of, definition="year: 2024")
    assert day.value == pytest.approx(0.132, abs=1e-3) == defined.value
    later = judged(f"{of}, year: 2025")
    assert later.value != pytest.approx(0.132, abs=1e-3)
    assert all("2024" not in reading.label for reading in later.readings)
    assert {chapter_of(word) for word in ALSO}
    assert all(len(pair) == 2 for pair in STAGES.values())


OWN = {
    "value": "1", "base": "2025-01-01", "partner": "CHN", "line": '"8517.13.00"', "market": "S&P 500", "year": "2024",
    "index_return": {"market": "HSI"}, "index_ratio": {"value": '"1.00"', "base": "2025-04-02"},
    "share": {"value": "13", "population": "US imports"}, "count": {"value": "7"}, "rank_since": {"value": "1930"},
    "months_of_shortage": {"population": "rare earths", "partner": "USA"}, "category_price": {"category": "toys"},
    "material_share": {"value": "98", "population": "gallium"}, "purchases": {"population": "soybeans"},
    "rank_in_time": {"of": "tariff_revenue"},
    "ratio_to": {"value": "9", "of": "average_tariff_level", "other": "{as_of: 2025-01-01}"},
}  # fmt: skip
"""What a claim says under each key, and where its quantity has something of its own."""


def complete(name, without=""):
    """All that a quantity needs to be judged, but for one key."""
    quantity = quantities()[name]
    usual = {**OWN, "population": next(iter(quantity.populations), ""), **OWN.get(name, {})}
    return ", ".join([name, *(f"{key}: {usual[key]}" for key in quantity.needs if key != without)])


LEFT_OUT = [
    (name, key)
    for name, quantity in quantities().items()
    for key in quantity.needs
    if key != "base" or "law" not in quantity.uses
]
"""All but the law that a change is counted from: that of 1 January 2025 is taken where a claim names none, and said."""

ASKED = ("add ", "it can be", "claim one of", "say comparator", "no market is named")


@pytest.mark.parametrize("kind", ["measurement", "causal"])
@pytest.mark.parametrize(("name", "key"), LEFT_OUT, ids=[f"{name}-{key}" for name, key in LEFT_OUT])
def test_what_is_left_out_never_gives_a_verdict(name, key, kind):
    of = complete(name, key) + ("" if key == "year" else ", as_of: 2025-05-08")
    try:
        found = judged(of, kind=kind, said="2025-05-09")
    except InputError as refused:
        words = str(refused)
    else:
        words = "claim mine"
        assert {found.verdict, found.verdict_then} <= {Verdict.NOT_CHECKABLE, Verdict.NOT_MODELLED}
        assert all(np.isnan(reading.value) for reading in found.readings)
        assert any(word in found.explanation for word in ASKED), found.explanation
    assert "claim mine" in words
    assert "\n" not in words


@pytest.mark.parametrize("name", [name for name, quantity in quantities().items() if not quantity.effect])
def test_a_level_has_no_cause_that_can_be_checked(name):
    found = judged(f"{complete(name)}, as_of: 2025-05-08", kind="causal", said="2025-05-09")
    assert found.verdict is Verdict.NOT_CHECKABLE
    assert "compared with nothing" in found.explanation


@pytest.mark.sampled(3)
@pytest.mark.parametrize("name", [n for n, q in quantities().items() if "base" in q.needs and "law" in q.uses])
def test_a_change_without_a_base_is_counted_from_the_first_of_january_2025_and_says_so(name):
    plain, dated = (judged(f"{complete(name, key)}, as_of: 2025-05-08", said="2025-05-09") for key in ("base", ""))
    assert (plain.verdict, plain.value) == (dated.verdict, dated.value)
    assert "names no base; compared with the tariffs of 1 January 2025" in plain.explanation
    assert "names no base" not in dated.explanation


GIVEN = {
    "base": "2025-01-01", "population": "US imports", "partner": "CHN", "importer": "CHN", "line": "8517.13.00",
    "market": "HSI", "year": 2024, "period": "2024-05", "country": "CHN", "category": "toys", "horizon": "short",
}  # fmt: skip


@pytest.mark.parametrize("name", quantities())
def test_the_example_of_a_quantity_says_all_it_needs_and_a_key_it_does_not_use_is_refused(name):
    quantity, example = quantities()[name], yaml.safe_load(example_of(name))
    (statement,) = ledger_of([row_of(example, said=AS_OF)], "example").statements
    assert not statement.lacks
    assert statement.readings or quantity.unmodelled
    assert all(set(key.split(" or ")) & set(example) for key in needed(name))
    for key in GIVEN.keys() - {*quantity.needs, *quantity.optional}:
        with pytest.raises(InputError, match=f"'{key}' has no meaning for {name.replace('_', ' ')}"):
            judged(example | {key: GIVEN[key]})


WRITTEN = {
    "household_cost, value: '$2,700', unit: dollars": 2700.0,
    "average_tariff_rise, value: 20, unit: pp, comparator: over, base: 2025-01-01": 0.2,
    "line_rate, line: 8517.13.00, partner: china, value: 20%, unit: '%'": 0.2,
    "count, value: 7, population: controlled rare earths": 7.0,
}


@pytest.mark.parametrize(("of", "value"), WRITTEN.items())
def test_numbers_and_units_are_read_as_newspapers_write_them(of, value):
    (statement,) = ledger_of([row_of(of, said="2025-05-09")], "claims").statements
    assert statement.part.quantity.value == pytest.approx(value)


PHONE = "name: line_rate, value: 20, line: '8517.13.00', partner: CHN"
HEAD = "quote: q, kind: measurement, said"
FAULTY = f"""
- {{claim_id: good, {HEAD}: 2025-05-09, quantity: {{{PHONE}}}}}
- {{claim_id: three, quote: q, sai: 2025-05-09, kind: rumour, quantity: {{name: line_rat, value: 20}}}}
- {{claim_id: late, {HEAD}: 2027-05-09, quantity: {{{PHONE}}}}}
- {{claim_id: away, quote: q, said: 2025-05-09, kind: forecast,
   expect: {{test: measure_off, actor: DEU, measure: x, window: soon}}}}
"""
PLACES = ("three", "three", "three", "late")
ASK = ("--as-of", "2026-07-23", "--draws", "0")


@pytest.fixture
def written(tmp_path):
    def file(text):
        path = tmp_path / "claims.yaml"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return file


def test_every_fault_of_a_file_is_named_and_stops_no_other_claim(detente, written):
    path = written(FAULTY)
    found = json.loads(detente("check", path, *ASK, "--json").out)
    assert [row["claim"] for row in found["tables"]["checks"]["rows"]] == ["good"]
    lines = [text for text in found["warnings"] if text.startswith("Not judged: ")]
    assert sorted(re.search(r"claim (\w+)", line)[1] for line in lines) == sorted([*PLACES, "away"])
    assert any("claim away: unknown importer 'DEU'" in line for line in lines)
    with pytest.raises(Faults) as error:
        check(path, as_of=AS_OF, draws=0)
    assert len(error.value.faults) == len(lines)
    told = dt.check(path, as_of="2026-07-23", draws=0)
    assert (len(told), len(told.warnings)) == (1, len(lines))
    early = detente("check", written(FAULTY.splitlines()[1]), "--as-of", "2025-05-01")
    assert f"--as-of: claim good of {path} was said on 2025-05-09, after 2025-05-01" in early.err


@pytest.mark.parametrize(("sentence", "read"), SENTENCES.items())
def test_a_sentence_is_read_or_refused(sentence, read):
    if read == "refused":
        with pytest.raises(InputError, match=r"^statement: "):
            typed(sentence, "", "2026-12-01")
        return
    found = typed(sentence, "", "2026-12-01")
    for part, words in zip(found.get("parts", [found]), [read] if isinstance(read, str) else read, strict=False):
        quantity = part["quantity"]
        (name, value), *keys = words.split(" ", 2)[:2], *re.split(r" (?=[a-z_]+=)", words)[1:]
        wanted = {"name": name, "value": float(value), **dict(key.split("=", 1) for key in keys)}
        assert {key: float(quantity[key]) if key == "value" else str(quantity.get(key)) for key in wanted} == wanted
    assert isinstance(read, str) or len(found["parts"]) == len(read)
    statements = ledger_of([found], "typed").statements
    assert not ("in 2025" in sentence and any(statement.lacks for statement in statements))
    assert {statement.claim.quote for statement in statements} == {sentence.strip()}


def test_most_statements_on_record_are_read_as_their_ledgers_have_them():
    """Fragments that name no subject are refused; what is read otherwise than the ledger has it is a twentieth."""
    stored = [s for name in ("may-2025", "2025-26") for s in load_ledger(name).statements]
    rated = [s for s in stored if s.part.quantity is not None and s.part.quantity.value is not None]
    read = []
    for statement in rated:
        quantity = statement.part.quantity
        try:
            found = typed(statement.part.statement or statement.claim.quote, "", str(statement.claim.said))
        except InputError:
            continue
        (other, *_) = ledger_of([found], "typed").statements
        gap = abs(abs(other.part.quantity.value) - abs(quantity.value))
        read.append(other.part.quantity.name == quantity.name and gap <= 0.02 * abs(quantity.value))
    assert sum(read) > 0.75 * len(rated)
    assert len(read) - sum(read) < 0.06 * len(rated)


def test_both_halves_of_a_sentence_are_judged():
    answer = dt.check("The average tariff is 28 percent, the highest since 1903", as_of="2025-05-09", draws=0)
    assert "is 28%, on 9 May 2025" in answer.headline
    assert "No year since 1903 was as high" in answer.headline
    months = dt.check("US imports from China fell by 35% in May 2025", as_of="2026-12-01", draws=0)
    assert "We read this as: imports of goods from China in May 2025 fell by 35%. " in months.headline
