"""Claims about trade and customs duties: each case counted by hand from the table it rests on."""

from datetime import date

import polars as pl
import pytest

from detente.codes import InputError
from detente.data.library import find
from detente.data.trade_record import published, us_imports
from detente.lab.claims.check import check
from detente.lab.claims.period import period_named
from detente.lab.claims.trade import total, with_years

AS_OF = date(2026, 7, 23)


@pytest.fixture
def judged(tmp_path):
    """The check of one claim about a quantity, written as in a file."""

    def one(quantity, definition="", said="2026-07-01", more=""):
        text = f"- claim_id: mine\n  quote: w\n  said: {said}\n  kind: measurement\n  quantity: {{{quantity}}}\n{more}"
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


def months(frame, first, last, column):
    return float(frame.filter(pl.col("month").is_between(pl.lit(first), pl.lit(last)))[column].cast(pl.Float64).sum())


PERIODS = {
    "2025": ("2025-01", "2025-12", 12),
    "2025-07": ("2025-07", "2025-07", 1),
    "2025-Q2": ("2025-04", "2025-06", 3),
    "2025-H2": ("2025-07", "2025-12", 6),
    "FY2025": ("2024-10", "2025-09", 12),
    "2024-11..2025-02": ("2024-11", "2025-02", 4),
    "2023..2024": ("2023-01", "2024-12", 24),
}


@pytest.mark.parametrize(("text", "span"), PERIODS.items())
def test_a_period_is_the_months_it_says(text, span):
    months_of = period_named(text).months
    assert (months_of[0], months_of[-1], len(months_of)) == span
    assert period_named(text).year_before().months[0] == f"{int(span[0][:4]) - 1}{span[0][4:]}"


@pytest.mark.parametrize("text", ["2025-13", "2025-Q5", "FY2025-Q1", "July 2025", "2025-05..2025-04", "25"])
def test_what_is_no_period_is_refused(text, judged):
    with pytest.raises(InputError, match="claim mine"):
        judged(f"name: imports, value: 1, period: {text}")


def test_duties_received_and_duties_calculated_are_two_readings(judged):
    duties = raw("evidence_tariff_months")
    entries = raw("usa_collected_monthly", partner="all")
    for text, (first, last, _) in PERIODS.items():
        both = {r.name: r.value for r in judged(f"name: tariff_revenue, value: 1, period: {text}").readings}
        assert both["receipts"] == pytest.approx(months(duties, first, last, "duties"))
        assert both["calculated"] == pytest.approx(months(entries, first, last, "duty"))


def test_the_duty_of_a_fiscal_year_is_that_of_the_treasury(judged):
    answer = judged("name: tariff_revenue, value: 195, unit: usd_bn, period: FY2025")
    assert str(answer.verdict) == "supported"
    assert answer.explanation.startswith("194.9 bn USD (customs receipts of the Treasury)")
    assert str(judged("name: tariff_revenue, value: 230, period: FY2025").verdict) == "not supported"


def test_duty_on_goods_of_a_partner_is_calculated_alone(judged):
    answer = judged("name: tariff_revenue, value: 8.4, partner: China, period: 2025-06")
    (reading,) = answer.readings
    assert reading.value == float(raw("usa_collected_monthly", partner="CHN", month="2025-06")["duty"][0])


def test_a_year_at_the_law_of_a_day_is_what_revenue_says(judged):
    from detente.data.importers import importer
    from detente.lab.ground.ground import ground_of
    from detente.lab.ground.yearly import revenue

    table = revenue(ground_of(importer("USA").law, None, "tariff-lines"), date(2025, 8, 10))
    answer = judged("name: tariff_revenue, value: 300, as_of: 2025-08-10", "of: projected, record: elastic")
    assert answer.value == pytest.approx(float(table["elastic"].sum()))
    static = next(r for r in answer.readings if r.name == "static")
    assert static.value == pytest.approx(float(table["static"].sum()))
    world = next(r for r in answer.readings if r.name == "equilibrium")
    assert 0.2 * static.value < world.low < world.value < world.high < static.value
    one_partner = judged("name: tariff_revenue, value: 100, as_of: 2025-08-10, partner: CHN", "of: projected")
    assert {r.name for r in one_partner.readings} == {"own", "static", "elastic", "pace"}
    pace = next(r for r in answer.readings if r.name == "pace")
    assert pace.value == 12 * float(raw("evidence_tariff_months", month="2025-06")["duties"][0]), (
        "July came on the 12th"
    )


CHANGES = {
    "year before": ("", "2025-05", "2024-05"),
    "month before": ("of: before", "2025-05", "2025-04"),
}


@pytest.mark.parametrize(("definition", "month", "other"), CHANGES.values(), ids=CHANGES)
def test_a_change_is_against_the_year_or_the_month_before(judged, definition, month, other):
    china = raw("usa_collected_monthly", partner="CHN")
    value = months(china, month, month, "imports") / months(china, other, other, "imports") - 1.0
    quantity = f"name: imports, value: {100 * value:.0f}, unit: percent, partner: CHN, period: {month}"
    answer = judged(quantity, definition)
    assert answer.value == pytest.approx(value)
    assert str(answer.verdict) == "supported"
    assert str(judged(f"name: imports, comparator: rose, unit: percent, partner: CHN, period: {month}").verdict) == (
        "not supported"
    )


def test_a_change_may_be_against_a_day_that_is_named(judged):
    china = raw("usa_collected_monthly", partner="CHN")
    value = months(china, "2025-06", "2025-06", "imports") / months(china, "2025-01", "2025-01", "imports") - 1.0
    answer = judged("name: imports, value: -50, unit: percent, partner: CHN, period: 2025-06, base: 2025-01-15")
    assert answer.value == pytest.approx(value)


def test_general_imports_and_those_for_consumption_are_two_readings(judged):
    answer = judged("name: imports, value: 438.9, partner: China, year: 2024")
    values = {r.name: r.value for r in answer.readings}
    assert values["published"] == 438.9e9
    assert values["detailed"] == pytest.approx(
        months(raw("usa_collected_monthly", partner="CHN"), "2024-01", "2024-12", "imports")
    )
    assert str(answer.verdict) == "supported"
    assert answer.inputs[0] == "trade in goods: US Census Bureau, releases (us-trade-2024)"
    assert str(judged("name: imports, value: 525, partner: China, year: 2024").verdict) == "depends on definition"


def test_releases_and_records_by_month_agree_within_a_twelfth():
    """A figure copied wrongly would stand out; goods in bond part general imports from those for consumption."""
    frame = raw("trade_published", country="USA", flow="imports", period="2024")
    compared = 0
    for partner in frame.filter(~pl.col("source").str.starts_with("us-accounts"))["partner"].to_list():
        detailed = total(with_years(us_imports(partner)), period_named("2024"))
        assert published("USA", partner, "imports").values["2024"] == pytest.approx(detailed, rel=0.08), partner
        compared += 1
    assert compared > 20


def test_exports_to_china_are_those_by_subheading(judged):
    years = raw("chn_imports_from_usa", year=2023)
    answer = judged("name: exports, value: 148, partner: CHN, year: 2023")
    assert {r.name: r.value for r in answer.readings}["detailed"] == float(years["value"].sum())
    assert str(answer.verdict) == "supported"


def test_a_balance_is_exports_less_imports_and_its_change_that_of_the_gap(judged):
    level = judged("name: trade_balance, value: -295.4, partner: China, year: 2024")
    assert (str(level.verdict), level.value) == ("supported", 143.5e9 - 438.9e9)
    change = judged("name: trade_balance, value: -32, unit: percent, partner: China, year: 2025")
    assert change.value == pytest.approx((106.3 - 308.4) / (143.5 - 438.9) - 1.0)
    assert str(judged("name: trade_balance, value: 295.4, partner: China, year: 2024").verdict) == "not supported"


def test_another_country_has_its_own_record_and_that_of_its_partner(judged):
    own = judged("name: exports, value: 420, country: China, partner: USA, year: 2025")
    assert str(own.verdict) == "supported"
    assert {r.name: r.value for r in own.readings} == {"published": 420.05e9, "mirror": 308.4e9}
    assert judged("name: imports, value: 140, importer: China, partner: USA, year: 2025").value == 139.7e9


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("name: imports, value: 9, partner: BGD, year: 2025", "on record for 2024"),
        ("name: exports, value: 9, country: DEU, partner: FRA, year: 2025", "on record for 2022"),
        ("name: tariff_revenue, value: 9, period: 2026-06", "on record 1982-01 to 2026-03"),
        ("name: magnet_exports, value: 9, period: 2026-07", "the claim is about 2026-07"),
        ("name: partner_share, value: 9, population: exports, country: CAN, partner: USA, year: 2025", "for 2022"),
    ],
)
def test_beyond_the_record_nothing_is_judged_and_the_record_is_named(judged, quantity, words):
    answer = judged(quantity)
    assert str(answer.verdict) == "not checkable"
    assert words in answer.explanation


def test_what_was_not_public_when_it_was_said_is_no_verdict_of_that_day(judged):
    answer = judged("name: tariff_revenue, value: 195, period: FY2025", said="2025-10-01")
    assert (str(answer.verdict), str(answer.verdict_then)) == ("supported", "not checkable")


def test_a_share_of_imports_is_that_of_its_period(judged):
    china, every = (raw("usa_collected_monthly", partner=code) for code in ("CHN", "all"))
    for first, last in (("2025-06", "2025-06"), ("2025-01", "2025-11")):
        text = first if first == last else f"{first}..{last}"
        answer = judged(f"name: partner_share, value: 9, population: imports, partner: CHN, period: {text}")
        assert answer.value == pytest.approx(
            months(china, first, last, "imports") / months(every, first, last, "imports")
        )
    other = judged("name: partner_share, value: 11.1, population: exports, country: CHN, partner: USA, year: 2025")
    assert (str(other.verdict), other.value) == ("supported", pytest.approx(420.05 / 3770))


def test_magnets_fell_to_a_quarter_and_came_back(judged):
    level = judged("name: magnet_exports, value: 1238, period: 2025-05")
    assert (str(level.verdict), level.value) == ("supported", 1238.0)
    fall = judged("name: magnet_exports, value: -74, unit: percent, period: 2025-05")
    assert (str(fall.verdict), fall.value) == ("supported", pytest.approx(1238 / 4762 - 1))
    jump = judged("name: magnet_exports, value: 157.5, unit: percent, period: 2025-06", "of: before")
    assert (str(jump.verdict), jump.value) == ("supported", pytest.approx(3188 / 1238 - 1))
    to_us = judged("name: magnet_exports, value: 353, period: 2025-06, partner: USA")
    assert (str(to_us.verdict), to_us.value) == ("supported", 353.0)


MISFITS = {
    "level in per cent": ("name: imports, value: 9, unit: percent, year: 2024", "of: level", "level of imports is not"),
    "change in dollars": ("name: imports, value: 9, year: 2024", "of: change", "change of imports is not given in"),
    "level that fell": ("name: imports, comparator: fell, year: 2024", "", "neither rises nor falls"),
    "unknown record": ("name: imports, value: 9, year: 2024", "record: publishd", "did you mean 'published'"),
    "with itself": ("name: imports, value: 9, partner: USA, year: 2024", "", "no trade with itself"),
}


@pytest.mark.parametrize(("quantity", "definition", "words"), MISFITS.values(), ids=MISFITS)
def test_what_does_not_fit_is_refused_in_a_sentence(judged, quantity, definition, words):
    with pytest.raises(InputError, match="claim mine") as refused:
        judged(quantity, definition)
    assert words in str(refused.value)


def test_one_bad_claim_leaves_the_others_of_its_file(tmp_path):
    head = "- {{claim_id: {0}, quote: w, said: 2026-07-01, kind: measurement, quantity: {{{1}}}}}\n"
    wrong = "name: imports, value: -9, unit: percent, partner: Atlantis, year: 2024"
    path, refused = tmp_path / "claims.yaml", []
    path.write_text(head.format("a", wrong) + head.format("b", "name: imports, value: 439, partner: CHN, year: 2024"))
    (kept,) = check(path, as_of=AS_OF, draws=0, refused=refused)
    assert str(kept.verdict) == "supported"
    assert "claim a" in str(refused[0])
    assert "unknown country 'Atlantis'" in str(refused[0])


def test_the_balance_of_goods_and_services_is_that_of_the_releases(judged):
    lowest = judged("name: trade_balance, population: goods and services, value: -29.4, period: 2025-10")
    assert (str(lowest.verdict), lowest.value) == ("supported", -29.4e9)
    claimed = "name: trade_balance, population: goods and services, value: -78, unit: percent, period: 2025-10"
    assert str(judged(f"{claimed}, base: 2025-01-15").verdict) == "supported"
    assert str(judged(claimed).verdict) == "not supported", "against the year before it is less"
    year = "name: trade_balance, population: goods and services, value: -78, unit: percent, year: 2025"
    assert judged(year).value == pytest.approx(901.5 / 903.5 - 1)
    goods = judged("name: trade_balance, value: -59.1, period: 2025-10")
    assert (str(goods.verdict), goods.value) == ("supported", -59.1e9)


def test_a_figure_of_a_span_answers_where_its_months_are_not_on_record(judged):
    assert judged("name: trade_balance, country: CHN, value: 1080, period: 2025-01..2025-11").value == 1076e9


def test_a_balance_of_something_else_is_not_modelled(judged):
    answer = judged("name: trade_balance, population: cars, value: -59.1, period: 2025-10")
    assert str(answer.verdict) == "not modelled"
    assert "it can be population: goods, goods and services" in answer.explanation


INDICES = {
    "inflation": ("consumer_price", "2025-09", "2024-09", ""),
    "non-fuel import prices": ("import_price_nonfuel", "2025-12", "2024-12", ""),
    "core goods": ("consumer_price_goods", "2025-09", "2025-08", "of: before"),
    "yuan": ("yuan_per_dollar", "2026-06", "2025-06", ""),
}


@pytest.mark.parametrize("words", INDICES)
def test_measured_prices_are_those_of_their_index(judged, words):
    series, month, other, definition = INDICES[words]
    level = dict(raw("monthly_series", series=series).select("month", "value").iter_rows())
    value = level[month] / level[other] - 1.0
    answer = judged(f"name: price_index, value: {100 * value:.1f}, population: {words}, period: {month}", definition)
    assert answer.value == pytest.approx(value)
    assert str(answer.verdict) == "supported"


def test_a_month_without_an_index_is_named(judged):
    answer = judged("name: price_index, value: 3, population: inflation, period: 2025-10")
    assert str(answer.verdict) == "not checkable"
    assert "without 2025-10" in answer.explanation
