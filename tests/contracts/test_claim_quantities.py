"""Claims of one's own about ranks, shares, numbers, prices, incomes and duty collected: each on its own subject."""

import json
from datetime import date

import numpy as np
import pytest

from detente.codes import InputError
from detente.data.evidence_tables import census_series, long_series
from detente.lab.claims.check import check
from detente.lab.claims.rates import last_full_month, last_full_year
from detente.lab.ground.averages import average
from detente.lab.ground.collected import collected_rate
from detente.lab.ground.ground import ground_of
from detente.lab.prices.prices import days_apart, price_changes
from detente.law import Reading


def detail(ran):
    """All that is known of the one claim that was checked."""
    return json.loads(ran.out)["tables"]["details"]["rows"][0]


AS_OF = date(2026, 7, 23)
pytestmark = pytest.mark.filterwarnings("error::RuntimeWarning")


@pytest.fixture
def judged(tmp_path):
    """The check of one claim about a quantity, written as in a file."""

    def one(quantity, definition="", kind="measurement", more=""):
        text = (
            f"- claim_id: mine\n  quote: words\n  said: 2025-01-02\n  kind: {kind}\n  quantity: {{{quantity}}}\n{more}"
        )
        text += f"  definition: {{{definition}}}\n" if definition else ""
        path = tmp_path / "claims.yaml"
        path.write_text(text, encoding="utf-8")
        (found,) = check(path, as_of=AS_OF, draws=0)
        return found

    return one


LEVEL = "name: rank_since, as_of: 2025-05-08, value"
RANKS = {1850: False, 1901: False, 1903: False, 1904: True, 1930: True, 2000: True}


@pytest.mark.parametrize("comparator", ["", ', comparator: ">"'])
@pytest.mark.parametrize(("since", "holds"), RANKS.items())
def test_highest_since_a_year_means_that_no_year_after_it_was_as_high(judged, since, holds, comparator):
    """`detente history` says the law of 8 May 2025 is the highest since 1904: at a later year that is true as well."""
    found = judged(f"{LEVEL}: {since}{comparator}")
    assert str(found.verdict) == ("supported" if holds else "not supported")
    series = long_series()
    after = (series.years > since) & (series.years < 2025)
    assert bool(found.value >= series.rate[after].max()) is holds


def test_before_the_record_a_rank_can_be_refuted_and_never_borne_out(judged):
    assert str(judged(f"{LEVEL}: 1850").verdict) == "not supported"
    found = judged("name: rank_since, as_of: 2025-05-08, value: 1850, base: 2025-01-01", "of: rise")
    assert str(found.verdict) == "not checkable"
    assert "the record begins in 1901" in found.explanation


def test_a_level_is_judged_on_levels_and_a_rise_on_rises(judged):
    level = judged(f"{LEVEL}: 1901")
    assert str(level.verdict) == "not supported", "though the rise is the largest since 1901"
    assert all("rise" not in r.label for r in level.readings)
    rise = judged("name: rank_since, as_of: 2025-05-08, value: 1930, base: 2025-01-01", "of: rise")
    assert str(rise.verdict) == "supported"
    assert {round(r.value, 3) for r in rise.readings} == {0.223}


SHARES = {"CHN": 0.132, "DEU": 0.049, "EU27": 0.184, "China": 0.132}


@pytest.mark.parametrize(("partner", "share"), SHARES.items())
def test_a_share_of_us_imports_is_that_of_2024(judged, partner, share):
    found = judged(f"name: share, value: {100 * share:.0f}, partner: {partner}, population: US imports, year: 2024")
    assert found.value == pytest.approx(share, abs=1e-3)
    assert str(found.verdict) == "supported"
    assert found.inputs == ("US imports for consumption of 2024",)


def test_the_population_decides_what_a_share_is_of(judged):
    wanted = {"rare earths": 0.91, "rare-earth mining": 0.70, "heavy rare earths": 0.99, "all US imports": 0.132}
    for population, share in wanted.items():
        found = judged(f"name: share, value: 50, partner: CHN, population: {population}, year: 2024")
        assert found.value == pytest.approx(share, abs=0.02), population


def test_the_population_decides_what_is_counted(judged):
    for population, number in {"controlled rare earths": 7, "rare earths": 17, "controlled magnets": 3}.items():
        found = judged(f"name: count, value: {number}, population: {population}")
        assert (str(found.verdict), found.value) == ("supported", number)


UNREAD = {
    "no population": ("name: share, value: 13, partner: CHN", "does not say what the share is of"),
    "a share of something else": ("name: share, value: 60, partner: BRA, population: soybeans", "of 'soybeans'"),
    "a number of something else": ("name: count, value: 7, population: firms", "population: controlled rare earths"),
    "a number of nothing": ("name: count, value: 7", "does not say what the count is of"),
    "an average of some goods": ("name: average_tariff_level, value: 7, population: cars", "population: US imports"),
    "a country as population": (
        "name: real_income_change, value: -1, population: Germany", "name it under partner: DEU"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("quantity", "words"), UNREAD.values(), ids=UNREAD)
def test_what_nothing_measures_is_not_modelled_and_says_what_can_be_asked(judged, quantity, words):
    found = judged(quantity)
    assert str(found.verdict) == "not modelled"
    assert words in found.explanation
    assert not found.readings


def test_a_country_without_a_record_is_not_checkable_and_warns_of_nothing(judged):
    found = judged("name: share, value: 13, partner: DEU, population: rare earths, year: 2024")
    assert str(found.verdict) == "not checkable"
    assert {bool(np.isnan(r.value)) for r in found.readings} == {True}


MISFITS = {
    "tariff in usd": ("name: average_tariff_level, value: 7, unit: usd", "average tariff level is not given in usd"),
    "share in months": ("name: share, value: 7, unit: months, partner: CHN", "share is not given in months"),
    "count in percent": ("name: count, value: 7, unit: percent", "count is not given in percent; say unit: count"),
    "rank in percent": (f"{LEVEL}: 1930, unit: percent", "say unit: year"),
    "cost in percent": ("name: household_cost, value: 7, unit: percent", "say unit: usd"),
    "rank below": (f'{LEVEL}: 1930, comparator: "<"', "cannot be compared by '<'"),
    "rank of no year": (f"{LEVEL}: 19.5", "19.5 is not a year"),
    "rank since this year": (f"{LEVEL}: 2025", "no year on record lies between 2025 and 2025"),
    "level with a base": (f"{LEVEL}: 1930, base: 2025-01-01", "leave base out, or say of: rise"),
    "share of oneself": (
        "name: share, value: 7, population: imports, partner: USA, year: 2024",
        "no US imports from USA",
    ),
    "share of nobody": ("name: share, value: 7, population: US imports, year: 2024", "names no country"),
}


@pytest.mark.parametrize(("quantity", "message"), MISFITS.values(), ids=MISFITS)
def test_a_quantity_that_does_not_fit_is_refused_in_one_sentence(judged, quantity, message):
    with pytest.raises(InputError, match="claim mine") as error:
        judged(quantity)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_unit_left_out_is_that_of_the_quantity(judged):
    assert judged("name: count, value: 7, population: controlled rare earths").part.quantity.value == 7.0
    assert judged("name: household_cost, value: 2400, as_of: 2025-05-08").part.quantity.unit == "usd"


def days_of_prices():
    from detente.data.importers import importer

    pairing = days_apart(importer("USA").law, (date(2025, 1, 1), date(2025, 5, 8)), Reading.EFFECTIVE, {})
    return price_changes([pairing], draws=0)[0]


def test_prices_and_cost_of_a_law_are_those_of_the_price_module(judged):
    change = days_of_prices()
    headline = change.effects[1].headline - change.effects[0].headline
    cost = change.burden[0].mean
    found = judged("name: price_effect, value: 1.5, as_of: 2025-05-08, base: 2025-01-01")
    values = {r.name: r.value for r in found.readings}
    assert values["full"] == pytest.approx(headline, rel=1e-9)
    assert values["border-80"] == pytest.approx(0.8 * headline, rel=1e-9)
    assert str(found.verdict) == "depends on definition"
    found = judged("name: household_cost, value: 2700, comparator: about, as_of: 2025-05-08, base: 2025-01-01")
    values = {r.name: r.value for r in found.readings}
    assert values["accounts"] == pytest.approx(float(cost.national_accounts[0]), rel=1e-9)
    assert values["pocket"] == pytest.approx(float(cost.out_of_pocket[0]), rel=1e-9)
    assert str(found.verdict) == "supported"
    assert "law of 2025-05-08 against 2025-01-01" in found.explanation


def test_the_goods_of_partners_add_up_to_the_cost(judged):
    both = judged("name: household_cost, value: 1, as_of: 2025-05-08, base: 2025-01-01").value
    china = judged("name: household_cost, value: 1, as_of: 2025-05-08, base: 2025-01-01, partner: CHN").value
    assert 0.3 * both < china < both
    change = days_of_prices()
    tables, parts = change.tables, change.after.by_partner()
    from detente.trade.prices import price_effect

    wanted = price_effect(tables, parts["CHN"]).headline
    found = judged("name: price_effect, value: 1, as_of: 2025-05-08, base: 2025-01-01, partner: CHN").value
    assert found == pytest.approx(wanted, rel=1e-9)


def test_a_cause_laid_to_the_duties_of_a_day(judged):
    found = judged("name: price_effect, comparator: rose, as_of: 2025-05-08, base: 2025-01-01", kind="causal")
    assert str(found.verdict) == "model agrees"


@pytest.mark.slow
def test_real_income_is_that_of_the_country_named(judged):
    whole = judged("name: real_income_change, comparator: fell", "of: decoupling")
    own = judged("name: real_income_change, value: -0.7, partner: China", "of: decoupling")
    assert str(own.verdict) == "supported"
    assert own.value < whole.value
    assert "China with trade between the United States and China cut by 90%" in own.explanation
    defined = judged("name: real_income_change, value: -0.2", "of: decoupling, horizon: short")
    assert "world with trade between the United States and China cut by 90%" in defined.explanation
    usa = judged("name: real_income_change, value: -0.7, partner: USA", "of: decoupling")
    assert f"United States {usa.value:.2%}" in whole.explanation


@pytest.mark.slow
def test_real_income_under_the_law_of_a_day_is_no_decoupling(judged):
    """Against the run of both laws in the world model, at the set of elasticities that every run takes."""
    from detente.data.importers import importer
    from detente.data.worlds import load_economy
    from detente.lab.ground.axes import WORLD
    from detente.lab.world import incidence

    found = judged("name: real_income_change, value: -0.4, partner: USA, base: 2025-01-01, as_of: 2025-05-08")
    days = date(2025, 1, 1), date(2025, 5, 8)
    usa, chn = ([days_apart(importer("USA").law, days, Reading.EFFECTIVE, {})], [_chinese(days)])
    economy = load_economy(WORLD)
    (laws,) = incidence.laws({"USA": usa, "CHN": chn}, economy)
    at = economy.country("USA")
    assert found.value == pytest.approx(float(laws.solved(economy).change("welfare")[at]), abs=1e-9)
    assert found.low < found.value < found.high
    assert "under US and Chinese duties of 2025-05-08 against those of 2025-01-01" in found.explanation
    named = judged(
        "name: real_income_change, value: -0.4, partner: USA, base: 2025-01-01, as_of: 2025-05-08", "of: law"
    )
    assert named.value == found.value


def _chinese(days):
    from detente.data.importers import importer
    from detente.lab.ground.sides import Pairing, Side

    law = importer("CHN").law
    first, last = (Side(str(day), day, Reading.EFFECTIVE, law, ground_of(law)) for day in days)
    return Pairing("days", first, last)


ADDED = {
    ("IND", date(2025, 9, 15)): ("reciprocal", "country_orders"),
    ("BRA", date(2025, 9, 15)): ("reciprocal", "country_orders"),
    ("CHN", date(2025, 5, 8)): ("fentanyl", "reciprocal"),
    ("CHN", date(2026, 3, 1)): ("section_122",),
}


@pytest.mark.parametrize(("asked", "authorities"), ADDED.items(), ids=str)
def test_what_the_headline_duties_add_on_average_counts_those_in_force(judged, asked, authorities):
    from detente.data.importers import importer

    partner, day = asked
    table = average(ground_of(importer("USA").law), day, ("partner",))
    row = next(r for r in table.rows() if r["partner"] == partner)
    wanted = sum(row[name] for name in authorities)
    found = judged(
        f"name: partner_additional_rate, value: {100 * wanted:.1f}, partner: {partner}, as_of: {day}", "of: addition"
    )
    assert wanted > 0.05
    assert found.value == pytest.approx(wanted, abs=1e-9)
    assert str(found.verdict) == "supported", "a mean has the tolerance of a partner's average, no legal rate's"


COLLECTED = "name: average_tariff_level, value: 7.7, as_of"


def test_duty_collected_in_a_year_or_in_its_last_month(judged):
    year = judged(f"{COLLECTED}: 2025-12-31", "duty: collected, period: year")
    assert str(year.verdict) == "supported"
    assert year.value == census_series().at(2025)
    month = judged(f"{COLLECTED}: 2025-12-31", "duty: collected, period: month")
    assert (str(month.verdict), month.value) == ("not supported", collected_rate("2025-12"))
    both = judged(f"{COLLECTED}: 2025-12-31", "duty: collected")
    assert str(both.verdict) == "depends on definition"
    assert both.holds_under == ("duty collected in the whole year 2025",)
    plain = judged(f"{COLLECTED}: 2025-12-31")
    assert plain.holds_under == ("duty collected in the whole year 2025",)
    rise = judged(
        "name: average_tariff_rise, value: 5.3, as_of: 2025-12-31, base: 2025-01-01", "duty: collected, period: year"
    )
    assert str(rise.verdict) == "supported"


@pytest.mark.parametrize(
    ("day", "month", "year"),
    [("2025-12-31", "2025-12-31", 2025), ("2025-12-30", "2025-11-30", 2024), ("2024-02-29", "2024-02-29", 2023)],
)
def test_a_month_and_a_year_are_over_at_the_end_of_their_last_day(day, month, year):
    on = date.fromisoformat(day)
    assert (str(last_full_month(on)), last_full_year(on)) == (month, year)


def test_a_rank_of_duty_collected_compares_whole_years(judged):
    found = judged("name: rank_since, value: 1947, as_of: 2025-12-31", "duty: collected")
    assert str(found.verdict) == "supported"
    assert found.value == long_series().at(2025)
    assert "duty collected in 2025" in found.explanation
    month = judged("name: rank_since, value: 1947, as_of: 2025-12-31", "duty: collected, period: month")
    assert month.value == collected_rate("2025-12")
    assert "one month against whole years" in month.explanation


def test_a_period_of_a_statutory_duty_is_refused(judged):
    with pytest.raises(InputError, match="'period' has no meaning for a statutory duty"):
        judged(f"{COLLECTED}: 2025-12-31", "period: year")


def test_units_and_definitions_are_printed(detente, tmp_path):
    path = tmp_path / "claims.yaml"
    text = "- {claim_id: a, quote: q, said: 2025-05-09, kind: measurement, quantity: {name: count, value: 7, "
    path.write_text(text + "population: controlled rare earths}}\n", encoding="utf-8")
    row = detail(detente("check", str(path), "--as-of", "2025-06-01", "--json"))
    assert row["claimed"] == "count = 7"
    assert row["found"].startswith("7 (elements named in announcement 18 of 2025)")
