"""Claims as journalists and officials make them, each with the verdict of somebody who knows the record."""

from datetime import date

import pytest
import yaml

from detente.lab.claims.check import check
from detente.lab.claims.ledger import ledger_of

AS_OF = date(2026, 7, 23)
CASES = {
    # Duties are paid by buyers in every reading: none lowers prices.
    "tariffs lower prices": (
        "causal", "2025-05-08", "price_effect, comparator: lower, base: 2025-01-01", "model disagrees",
    ),
    # A shelf price holds a tenth of imports; none of the readings comes near a doubling.
    "prices will double": (
        "causal", "2025-05-08",
        "price_effect, comparator: up, value: 100, base: 2025-01-01",
        "model agrees in sign only",
    ),
    # Within the range and its tolerance.
    "prices rise by about two per cent": (
        "causal", "2025-05-08", "price_effect, comparator: about, value: 2, base: 2025-01-01", "model agrees",
    ),
    # A bound that the range clears.
    "prices rise by at least one per cent": (
        "causal", "2025-05-08", "price_effect, comparator: at least, value: 1, base: 2025-01-01", "model agrees",
    ),
    # Nothing is said of direction or size.
    "no effect on prices": (
        "causal", "2025-05-08", "price_effect, value: 0, base: 2025-01-01", "not checkable",
    ),
    # Thrice the widest reading.
    "households pay 20,000 dollars": (
        "causal", "2025-05-08", "household_cost, value: 20000, base: 2025-01-01", "model agrees in sign only",
    ),
    "households gain 1,000 dollars": (
        "causal", "2025-05-08", "household_cost, comparator: fell, value: 1000, base: 2025-01-01", "model disagrees",
    ),
    # No base is named, so that of 1 January 2025 is taken: 1,300 dollars out of pocket.
    "households pay 2,000 dollars": (
        "causal", "2025-05-08", "household_cost, value: 2000", "model agrees in sign only",
    ),
    # Census: 13.4 of general imports, 13.2 of imports for consumption.
    "China was 13.4 per cent of imports in 2024": (
        "measurement", "2025-02-20",
        "share, population: US imports, partner: China, year: 2024, value: 13.4",
        "supported",
    ),
    "Mexico was 15.5 per cent": (
        "measurement", "2025-02-20",
        "share, population: US imports, partner: Mexico, year: 2024, value: 15.5",
        "supported",
    ),
    # A fifth less than a fifth.
    "Europe was 30 per cent": (
        "measurement", "2025-02-20",
        "share, population: US imports, partner: EU, year: 2024, value: 30",
        "not supported",
    ),
    # Census, May 2025: 19.3 of 272 billion dollars.
    "China fell to seven per cent in May": (
        "measurement", "2025-08-20",
        "share, population: US imports, partner: China, period: 2025-05, value: 7",
        "supported",
    ),
    # The share of the year before is no answer.
    "China still is 13 per cent in May": (
        "measurement", "2025-08-20",
        "share, population: US imports, partner: China, period: 2025-05, value: 13",
        "not supported",
    ),
    # Both editions of the survey.
    "China mines 70 per cent": (
        "measurement", "2025-02-20",
        "share, population: rare earth mining, partner: China, year: 2024, value: 70",
        "supported",
    ),
    # Duty collected, and the law of the day.
    "2.4 per cent before": (
        "measurement", "2025-04-03", "average_tariff_level, value: 2.4, as_of: 2025-01-01", "supported",
    ),
    "7.7 per cent collected in 2025": (
        "measurement", "2026-03-03", "average_tariff_level, value: 7.7, year: 2025", "supported",
    ),
    "the average is 50 per cent": (
        "measurement", "2025-05-08", "average_tariff_level, value: 50", "not supported",
    ),
    # In print under that publisher's definition, and under no other.
    "17.8 per cent, Yale": (
        "measurement", "2025-05-12", "average_tariff_level, value: 17.8", "depends on definition",
    ),
    "51.1 per cent on China, PIIE": (
        "measurement", "2025-05-15", "partner_average_rate, partner: China, value: 51.1", "depends on definition",
    ),
    # Twenty for fentanyl and ten besides; with those of 2018 and 2019 it is 55.
    "30 per cent on China": (
        "measurement", "2025-05-15", "partner_additional_rate, partner: China, value: 30", "supported",
    ),
    "55 per cent on China": (
        "measurement", "2025-06-12", "partner_additional_rate, partner: China, value: 55", "depends on definition",
    ),
    # On goods without the duties of 2018 and 2019 it is 145 and no more, on furniture 170.
    "more than 145 per cent": (
        "measurement", "2025-05-08",
        "partner_additional_rate, partner: China, comparator: more than, value: 145",
        "depends on definition",
    ),
    "India pays 50 per cent": (
        "measurement", "2025-08-28", "partner_additional_rate, partner: India, value: 50", "supported",
    ),
    # The notice that cut it to 15 came out in December, with effect from 14 November.
    "Switzerland pays 39 per cent": (
        "measurement", "2025-11-20", "partner_additional_rate, partner: Switzerland, value: 39", "supported",
    ),
    # What the White House called tariffs on 2 April was a trade gap over imports.
    "India charges 52 per cent": (
        "measurement", "2025-04-02", "partner_average_rate, partner: USA, importer: India, value: 52", "not supported",
    ),
    "Europe charges 39 per cent": (
        "measurement", "2025-04-02", "partner_average_rate, partner: USA, importer: EU, value: 39", "not supported",
    ),
    "Europe charges 10 per cent on cars": (
        "measurement", "2025-04-02", "line_rate, partner: USA, importer: EU, line: '8703.23', value: 10", "supported",
    ),
    "China charges 125 per cent": (
        "measurement", "2025-04-12", "partner_additional_rate, partner: USA, importer: China, value: 125", "supported",
    ),
    # 21.1 in 1910 is passed, 27.8 in 1902 is not.
    "the highest since 1909": (
        "measurement", "2025-05-08", "rank_since, value: 1909", "supported",
    ),
    # Close of 3 April over that of 2 April.
    "the S&P 500 fell 4.8 per cent": (
        "measurement", "2025-04-04",
        "index_return, market: S&P 500, as_of: 2025-04-03, comparator: fell, value: 4.8",
        "supported",
    ),
    "the S&P 500 rose 4.8 per cent": (
        "measurement", "2025-04-04",
        "index_return, market: S&P 500, as_of: 2025-04-03, comparator: rose, value: 4.8",
        "not supported",
    ),
    # One day in 53 moves as much; a fall it was not.
    "Geneva sent shares up 3.3 per cent": (
        "causal", "2025-05-13",
        "abnormal_return, market: S&P 500, as_of: 2025-05-12, comparator: up, value: 3.3",
        "model agrees",
    ),
    "Geneva sent shares down five per cent": (
        "causal", "2025-05-13",
        "abnormal_return, market: S&P 500, as_of: 2025-05-12, comparator: down, value: 5",
        "model disagrees",
    ),
    # 39 of the order on top of 4.4 of the schedule.
    "Swiss machines pay 39 per cent": (
        "measurement", "2025-08-08", "line_rate, line: 8466.93.98, partner: Switzerland, value: 39",
        "depends on definition",
    ),
    # Most of what Mexico sells claims the agreement: 4.0 was collected, 14.9 is owed by law at the claims of then.
    "Mexican goods paid 4 per cent": (
        "measurement", "2025-08-10", "partner_average_rate, partner: Mexico, as_of: 2025-06-30, value: 4",
        "depends on definition",
    ),
    # India's office has September alone; the American record of what came in is another month's goods.
    "India sold America 12 per cent less in September": (
        "measurement", "2025-10-15",
        "exports, country: India, partner: USA, period: 2025-09, unit: percent, value: -12",
        "not checkable",
    ),
    # 621 of 633 tonnes by the survey's edition of 2025.
    "China refined 98 per cent of gallium in 2023": (
        "measurement", "2025-02-20", "material_share, population: gallium, partner: China, year: 2023, value: 98",
        "supported",
    ),
    # 12.4 points by law; 17.8 in print less 2.35 collected in 2024.
    "duties are up 15.4 points": (
        "measurement", "2025-05-12", "average_tariff_rise, base: 2025-01-01, as_of: 2025-05-14, value: 15.4",
        "depends on definition",
    ),
    # Prices before duty fell by 0.4 per cent against their pace, the duty rose by 6.7.
    "foreigners pay the duties": (
        "measurement", "2026-01-12", "pass_through, period: 2025-04..2025-11, value: 0", "not supported",
    ),
    "Americans pay 94 per cent of them": (
        "measurement", "2026-01-12", "pass_through, population: Americans, period: 2025-04..2025-11, value: 94",
        "supported",
    ),
    "consumers pay 55 per cent of them": (
        "measurement", "2026-01-12", "pass_through, population: consumers, year: 2025, value: 55", "not modelled",
    ),
    # Headlines give goods and services; goods alone were 162.5.
    "the trade deficit was 140.5 billion in March": (
        "measurement", "2025-06-10", "trade_balance, period: 2025-03, value: -140.5", "depends on definition",
    ),
    "the deficit in goods was 140.5 billion in March": (
        "measurement", "2025-06-10",
        "trade_balance, period: 2025-03, value: -140.5, population: goods",
        "not supported",
    ),
    # The rate of the order, which no good of the agreement owes.
    "Canada's goods pay 35 per cent": (
        "measurement", "2025-08-01", "partner_average_rate, partner: Canada, value: 35", "depends on definition",
    ),
    # At 15.7 per cent it is since 1936; at the averages of Yale and Fitch it is since 1933.
    "the highest since 1933": (
        "measurement", "2025-08-07", "rank_since, value: 1933", "depends on definition",
    ),
    # 0.4 to 0.5 per cent since 1 January, and "one" may be half.
    "America loses one per cent": (
        "causal", "2025-05-12", "real_income_change, comparator: fell, value: 1", "model agrees",
    ),
    # The average of all duties was 20.4, and 25 stayed in the tariff text.
    "18 per cent on India": (
        "measurement", "2026-02-10", "partner_additional_rate, partner: India, value: 18", "announced, not in force",
    ),
    "130 per cent on China in November": (
        "measurement", "2025-11-05", "partner_additional_rate, partner: China, value: 130", "announced, not in force",
    ),
    "17 per cent on India": (
        "measurement", "2026-02-10", "partner_additional_rate, partner: India, value: 17", "not supported",
    ),
    # Before refunds, as the monthly statement of the Treasury begins; 117.7 after them.
    "customs took in 124 billion in four months": (
        "measurement", "2026-02-12", "tariff_revenue, period: 2025-10..2026-01, value: 124", "depends on definition",
    ),
    "customs took in 140 billion in four months": (
        "measurement", "2026-02-12", "tariff_revenue, period: 2025-10..2026-01, value: 140", "not supported",
    ),
    # Prices before duty rose, so that the aggregate gives more than all of the duty; a panel of entries can tell.
    "importers bear 94 per cent": (
        "measurement", "2026-02-10", "pass_through, period: 2025-01..2025-11, value: 94", "not checkable",
    ),
    "China takes 7 per cent of US exports": (
        "measurement", "2025-02-20", "share, population: US exports, partner: China, year: 2024, value: 7", "supported",
    ),
    "China had 9 per cent of imports in 2025": (
        "measurement", "2026-02-25", "share, population: US imports, partner: China, year: 2025, value: 9", "supported",
    ),
}  # fmt: skip
"""Claims: kind, day on which it was made, quantity with its keys, and the verdict."""


@pytest.mark.parametrize(("kind", "said", "quantity", "verdict"), CASES.values(), ids=CASES)
def test_the_verdict_is_that_of_one_who_knows_the_record(request, kind, said, quantity, verdict):
    keys = yaml.safe_load(f"{{name: {quantity}}}")
    row = {"claim_id": "c", "quote": request.node.callspec.id, "said": said, "kind": kind, "quantity": keys}
    (found,) = check(ledger_of([row], "claims"), as_of=AS_OF, draws=0)
    assert str(found.verdict) == verdict, found.explanation


@pytest.mark.parametrize(
    ("rate", "level", "until", "verdict"),
    [("addition", "45%", "2025-11-30", "broken"), ("fent_can", "35%", "2025-10-30", "kept"),
     ("addition", "35%", "2025-10-30", "kept")],
)  # fmt: skip
def test_a_rate_that_other_acts_reach_long_after_is_no_threat_kept_late(rate, level, until, verdict):
    """Ten points more on Canada were never laid; in August 2026 another act brought its goods to more than 45."""
    expect = {"test": "reaches", "actor": "USA", "target": "CAN", "rate": rate, "level": level, "until": until}
    row = {"claim_id": "c", "quote": "ten points more", "said": "2025-10-25", "kind": "threat", "expect": expect}
    (found,) = check(ledger_of([row], "claims"), as_of=date(2026, 11, 27), draws=0)
    assert str(found.verdict) == verdict, found.explanation
    assert verdict == "kept" or "by other acts" in found.explanation


def test_a_publisher_that_printed_a_number_is_the_one_most_likely_meant():
    quantity = {"name": "average_tariff_level", "value": 17.8, "as_of": "2025-05-12"}
    row = {"claim_id": "c", "quote": "17.8%, Yale", "said": "2025-05-13", "kind": "measurement", "quantity": quantity}
    (found,) = check(ledger_of([row], "claims"), as_of=AS_OF, draws=0)
    assert found.likely.startswith("as Yale Budget Lab printed it on 2025-05-12")
    assert found.likely in found.holds_under
    shown = next(reading for reading in found.readings if reading.label == found.likely)
    assert shown.value == pytest.approx(0.178)
    assert "by its choices" in shown.remark


ROWS = {
    # 6.8 per cent, the lowest of the months on record from 2013; nothing is known of those before.
    "China's share is the lowest since 2014": (
        {"kind": "measurement", "said": "2025-08-05", "definition": {"of": "lowest", "since": 2014}, "quantity": {
            "name": "rank_in_time", "value": 1, "of": "partner_share", "population": "imports", "partner": "China",
            "period": "2025-06"}},
        "supported",
    ),
    "China's share is the lowest since 2001": (
        {"kind": "measurement", "said": "2025-08-05", "definition": {"of": "lowest", "since": 2001}, "quantity": {
            "name": "rank_in_time", "value": 1, "of": "partner_share", "population": "imports", "partner": "China",
            "period": "2025-06"}},
        "not checkable",
    ),
    # The rate agreed came into force two days after it was announced.
    "the duty on China stays at 30 per cent": (
        {"kind": "promise", "said": "2025-05-12",
         "expect": {"test": "stays", "importer": "USA", "partner": "China", "level": "30%", "until": "2025-08-12"}},
        "kept",
    ),
    # 264 billion in the year, which is what settles it.
    "300 billion by the end of the year": (
        {"kind": "forecast", "said": "2025-07-08T18:00Z", "expect": {"test": "figure"}, "quantity": {
            "name": "tariff_revenue", "value": 300, "comparator": ">=", "year": 2025}},
        "broken",
    ),
}  # fmt: skip
"""Claims with more than a quantity, and the verdict."""


@pytest.mark.parametrize(("row", "verdict"), ROWS.values(), ids=ROWS)
def test_what_a_definition_or_an_expectation_says_counts(request, row, verdict):
    (found,) = check(
        ledger_of([{"claim_id": "c", "quote": request.node.callspec.id, **row}], "claims"), as_of=AS_OF, draws=0
    )
    assert str(found.verdict) == verdict, found.explanation
