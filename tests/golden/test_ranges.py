"""Ranges: of choices of a model, joint ones of a run, and of what a deal on licences avoids; the same in every face.

They hold the central number, name what moves it, and do not depend on the processes.
"""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detente.chains.equilibrium import GDP
from detente.codes import InputError, UnknownName
from detente.data import chain_world
from detente.data.flows import usa_imports
from detente.data.importers import importer
from detente.data.worlds import load_economy
from detente.draws import moved_by
from detente.economy import Shock, solve
from detente.economy.frame import baseline_tariff
from detente.economy.solver import under_closure
from detente.faces.charts import charts
from detente.faces.words.brief import brief
from detente.faces.words.cards import cards
from detente.faces.words.number import agreeing
from detente.lab.averages import ranges as spans
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.sides import START, Side, pairings_of
from detente.lab.chains.draws import Pair, spread
from detente.lab.chains.materials import materials
from detente.lab.chains.months import ChainQuestion, Words
from detente.lab.chains.tables import YEAR as FIRST_YEAR
from detente.lab.ranges import joint as uncertainty
from detente.lab.ranges.joint import BALANCE
from detente.lab.scenario import CLOSURES, Materials, Scenario, dated, load_scenario, parse_scenario, with_closure
from detente.lab.work.parquet import to_parquet
from detente.lab.world import incidence
from detente.lab.world.tables import FLOOR, headline_table, sign_of
from detente.law import Reading
from detente.trade.exposure import CLAIMS

SMALL = "icio-2022-small"
DRAWN = 12, 5
"""How many joint draws, and their seed."""


@pytest.fixture(scope="module")
def geneva(ran):
    return ran("geneva", None)


@pytest.fixture(scope="module")
def world():
    return load_economy(SMALL)


@pytest.fixture(scope="module")
def laws(world):
    """A duty of ten points of each of the two on the other, lifted."""
    tariff = np.array(baseline_tariff(world))
    usa, chn = world.country("USA"), world.country("CHN")
    tariff[usa, chn] += 0.10
    tariff[chn, usa] += 0.10
    return [incidence.Laws("one", Shock(tariff=tariff), Shock(), {})]


def test_the_sign_of_norway_hangs_on_the_closure_and_is_open_on_map_and_in_table(geneva):
    row = next(r for r in geneva.tables["incomes"].rows() if r["country"] == "NOR")
    assert row["real_income"] < -FLOOR < 0.0 < row["real_income_high"]
    assert row["sign"] == "open"
    picture = next(chart for chart in charts(geneva.tables) if chart.name == "map")
    assert "gain or loss" in str(picture.spec(900))
    assert "Hatched" in picture.note
    assert next(r for r in geneva.tables["incomes"].rows() if r["country"] == "USA")["sign"] == "gain"


def test_a_worlds_own_sign_needs_all_of_its_range():
    assert (sign_of(-5e-4, -6e-4, 3e-5), sign_of(-5e-4, -6e-4, -1e-5)) == ("open", "loss")
    assert (sign_of(5e-4, 1e-4, 6e-4), sign_of(1e-5, -1e-5, 1e-4)) == ("gain", "")
    assert sign_of(1e-5, -3e-4, 3e-4) == "open"


@pytest.mark.parametrize("closure", CLOSURES)
def test_a_range_holds_the_central_value_of_every_closure_and_a_world_near_by_has_its_answer(world, laws, closure):
    """At no other spread: one set of elasticities, whichever closure is shown."""
    main = incidence.shown(laws, world, closure)
    by = {incidence.set_in_use(world): main}
    by |= {name: incidence.shown(laws, world, name, main) for name in CLOSURES}
    spread = incidence.Spread(by, (incidence.set_in_use(world),), closure)
    for row in headline_table(spread).rows():
        if row["measure"] != "real_income":
            continue
        for name in CLOSURES:
            own = incidence.shown(laws, world, name)[0].number("welfare", row["country"])
            assert row["low"] - 1e-9 <= own <= row["high"] + 1e-9
    other, options = under_closure(world, closure)
    near = solve(other, Shock(tariff=laws[0].before.tariff, options=options))
    alone = solve(
        load_economy(SMALL).with_parameters(), Shock(tariff=laws[0].before.tariff, options={"closure": closure})
    )
    np.testing.assert_allclose(near.changes["welfare"], alone.changes["welfare"], atol=1e-9)
    assert near.certificate.converged


@given(
    st.floats(-1.0, 1.0),
    st.lists(st.floats(0.0, 2.0), min_size=1, max_size=4),
    st.floats(0.01, 1.0),
    st.floats(0.0, 0.05),
)
def test_an_edge_names_an_input_that_moves_one_way_only(central, moves, width, inside):
    low = central - inside * width
    found = moved_by(
        central, low, low + width, {"a": [central + move for move in moves], "b": [central - 9.0, central + 9.0]}
    )
    assert found == ("a" if max(moves) > 0.1 * width else "")
    assert moved_by(low + 0.5 * width, low, low + width, {"a": [central + 1.0]}) == ""


def test_trade_of_another_year_and_claims_of_another_time_give_the_duties_of_their_time():
    flows = usa_imports("2024")
    assert spans.years_of(flows) == ("2024", "2023")
    other = spans.of_other_year(flows)
    whole = usa_imports("2024", year=2023)
    assert other.sum() == pytest.approx(whole.total, rel=1e-4)
    for partner in ("CHN", "MEX", "NOR"):
        place, there = flows.partners.index(partner), whole.partners.index(partner)
        assert other[flows.partner_at == place].sum() == pytest.approx(
            whole.value[whole.partner_at == there].sum(), rel=2e-2
        )
    on, law = date(2025, 5, 14), importer("USA").law
    now, then = (laid_law(law, claims=claims) for claims in ("2025H2", "2024"))
    side = Side("x", on, Reading.EFFECTIVE, law, now)
    np.testing.assert_allclose(spans.at_claims(side), then.rates(on).total, atol=1e-12)


def test_choices_have_the_same_draws_in_every_face(found):
    rows = found.sample.rows
    years = next(each.choices for each in found.sample.inputs if each.name == spans.YEAR)
    assert [float(row[spans.YEAR] != years[0]) for row in rows] == spans.other_year_drawn(years, *DRAWN)
    np.testing.assert_array_equal([max(0.0, row[f"USA {CLAIMS}"]) for row in rows], spans.claims_between("USA", *DRAWN))
    assert {row[BALANCE] for row in rows} == set(CLOSURES)


def test_an_average_is_drawn_with_both_years():
    ground, on = laid_law(importer("USA").law, claims="2024"), date(2025, 5, 14)
    found = spans.range_of(ground, on, draws=40)
    other = spans.of_other_year(ground.flows)
    rates = spans.uncertain_duties(ground, on).at({})
    assert found.swings[spans.YEAR] == pytest.approx((found.value, float(other @ rates) / float(other.sum())), rel=1e-9)


def test_one_revenue_stands_in_front_with_one_range(geneva):
    row = next(r for r in geneva.tables["parties"].rows() if r["importer"] == "USA")
    first = next(iter(geneva.tables["revenue"].rows()))
    assert (first["before"], first["after"]) == (row["duty_before"], row["duty_after"])
    line = next(each for each in brief(geneva).lines if (each.name, each.country) == ("collected", "USA"))
    assert [line.as_dict()[key] for key in ("value", "low", "high")] == pytest.approx(
        [row[k] / 1e9 for k in ("duty_after", "duty_low", "duty_high")]
    )
    card = next(each for each in cards(geneva.tables) if each.table == "revenue")
    front = next(each for each in brief(geneva).cards if each.table == "parties")
    digits = agreeing(row["duty_before"] / 1e9, row["duty_after"] / 1e9, 0)
    assert card.number == f"${row['duty_after'] / 1e9:.{digits}f}bn"
    assert f"{row['duty_after'] / 1e9:.0f}" in front.number
    for end in ("duty_low", "duty_high"):
        assert f"{row[end] / 1e9:.0f}" in card.spread
        assert f"{row[end] / 1e9:.0f}" in front.spread
    assert all(str(each["holds"]) for each in geneva.tables["revenue"].rows())
    claims = {each["demand"]: each["claims"] for each in geneva.tables["revenue"].rows()}
    assert claims["static"] == claims["general equilibrium"] == "May 2025"


def test_a_number_near_an_end_says_what_moves_it(geneva):
    lines = {(each.name, each.country): each for each in brief(geneva).lines}
    line, prices = lines["prices", "USA"], next(iter(geneva.tables["prices"].rows()))
    assert prices["moved_by"] == "margin"
    assert prices["low"] < prices["change"] < prices["high"]
    assert "margins in per cent" in line.edge
    assert len(line.edge.split()) <= 25
    assert "high end" in line.edge
    # At the claims of its own month the average lies further from both ends of its range than a tenth of it.
    head = next(iter(geneva.tables["headline"].rows()))
    place = (head["after"] - head["low"]) / (head["high"] - head["low"])
    assert 0.1 < place < 0.9
    assert (head["moved_by"], lines["average", "USA"].edge) == ("", "")


def test_a_closure_is_named_spelled_out_and_refused():
    scenario = parse_scenario({"title": "x", "on": "2025-05-14", "closure": "gdp"}, "here", "x")
    assert scenario.closure == "proportional"
    with pytest.raises(Exception, match="did you mean 'zero'"):
        parse_scenario({"title": "x", "on": "2025-05-14", "closure": "zeroo"}, "here", "x")
    assert with_closure(scenario, "fixed").closure == "fixed-transfers"
    with pytest.raises(UnknownName, match="proportional"):
        with_closure(scenario, "propotional")
    assert set(incidence.CLOSURES) == set(CLOSURES)
    assert Scenario.model_json_schema()["properties"]["closure"]["enum"] == list(CLOSURES)


@pytest.fixture(scope="module")
def pairings():
    scenario, path = load_scenario("geneva")
    scenario = dated(scenario, date(2025, 5, 14))
    return scenario, *(list(pairings_of(scenario, code, path.parent)) for code in ("USA", "CHN"))


@pytest.fixture(scope="module")
def model(pairings):
    scenario, usa, chn = pairings
    return uncertainty.model_of(scenario, {"USA": usa, "CHN": chn})


@pytest.fixture(scope="module")
def found(model):
    """Joint draws, in this process alone."""
    return uncertainty.drawn(model, *DRAWN)


@pytest.fixture(scope="module")
def side(pairings):
    """The law of the United States after the deal, with its duties as a function of shares."""
    after = pairings[1][0].after
    return after, spans.uncertain_duties(after.ground, after.on)


@pytest.mark.parametrize(
    ("name", "ends"),
    [("s301_exclusion", (0.0, 1.0)), ("vehicle_part", (0.0, 0.2)), ("port_equipment", (0.0, 1.0))],
)
def test_duties_at_a_bound_are_those_of_the_law_under_that_share(pairings, side, name, ends):
    scenario, (after, duties) = pairings[0], side
    assert duties.flows.value @ duties.at({}) / duties.flows.total == pytest.approx(after.average, rel=1e-12)
    found = []
    for position, share in zip((-1.0, 1.0), ends, strict=True):
        ground = laid_law(after.law, {name: share}, scenario.scope, scenario.claims)
        found.append(duties.flows.value @ duties.at({name: position}) / duties.flows.total)
        assert found[-1] == pytest.approx(replace(after, ground=ground).average, rel=1e-12)
    assert found[0] != found[1]
    default, past = duties.at({}), duties.at({CLAIMS: 1.0})
    assert duties.at({CLAIMS: 0.5}) == pytest.approx((default + past) / 2.0, abs=1e-12)
    assert np.array_equal(duties.at({CLAIMS: -1.0}), default)


def test_what_is_owed_is_the_duty_on_every_pair(side):
    duties = side[1]
    rng = np.random.default_rng(5)
    owed = duties.owed(duties.flows.value)
    for _ in range(4):
        position = {name: float(rng.uniform(-1, 1)) for name in duties.inputs}
        assert owed([position])[0] == pytest.approx(duties.flows.value @ duties.at(position), rel=1e-12)
    claims = owed([{CLAIMS: step} for step in (-1.0, 0.0, 0.5, 1.0)])
    assert duties.flows.claims == "2025-05"
    # Claims of May 2025 lie below the latest, which are their other bound: more claims, less duty.
    assert claims[0] == claims[1] > claims[2] > claims[3]


def test_processes_move_no_byte(model, found, monkeypatch):
    monkeypatch.setattr(uncertainty, "SEVERAL", 1)
    monkeypatch.setattr("detente.lab.work.chunks.processors", lambda: 2)
    again = uncertainty.drawn(model, *DRAWN)
    np.testing.assert_array_equal(again.numbers, found.numbers)
    assert repr(again.all_drivers(0)) == repr(found.all_drivers(0))
    assert {name: list(held) for name, held in again.alone.items()} == {n: list(h) for n, h in found.alone.items()}
    for name, held in found.alone.items():
        for label, row in held.items():
            np.testing.assert_array_equal(again.alone[name][label], row)


def test_central_values_are_the_numbers_of_the_run(ran, found):
    # A run keeps ten digits of the largest number of a column.
    whole = ran("geneva")
    central = dict(zip(found.keys, found.central.tolist(), strict=True))
    head = {row["definition"]: row for row in whole.tables["headline"].rows()}
    for weights in ("fixed", "post"):
        assert central["geneva", f"average_{weights}", "USA", ""] == pytest.approx(head[weights]["after"], abs=1e-10)
        moved = central["geneva", f"change_{weights}", "USA", ""]
        assert moved == pytest.approx(head[weights]["change"], abs=1e-10)
    other = next(r for r in whole.tables["china"].rows() if r["reading"] == "effective")
    assert central["geneva", "average_on_us", "CHN", ""] == pytest.approx(other["after"], abs=1e-10)
    for row in whole.tables["economy"].rows():
        assert central["geneva", row["measure"], row["country"], row["partner"]] == pytest.approx(
            row["change"], abs=1e-9
        )


def test_ranges_and_tornado_are_consistent(found):
    ranges, tornado = uncertainty.ranges_table(found), uncertainty.tornado_table(found)
    assert (ranges["low"] <= ranges["median"]).all()
    assert (ranges["median"] <= ranges["high"]).all()
    assert (tornado["low"] <= tornado["base"] + 1e-15).all()
    assert (tornado["base"] <= tornado["high"] + 1e-15).all()
    assert ((tornado["share"] >= 0) & (tornado["share"] <= 1 + 1e-12)).all()
    rows = list(tornado.rows())
    chinese = {r["input"] for r in rows if r["measure"] == "average_on_us"}
    assert "year" in chinese
    assert len(chinese) > 1
    assert all(name.endswith("_chn") for name in chinese - {"year"})
    statutory = {r["input"] for r in rows if r["measure"] == "average_fixed"}
    assert not any("elasticit" in name or name.endswith("_chn") for name in statutory)
    income = {r["input"] for r in rows if r["measure"] == "real_income" and r["country"] == "USA"}
    assert {"elasticities", "elasticity_scale"} <= income
    sets = [r for r in rows if r["input"] == "elasticities"]
    assert {r["low_at"] for r in sets} <= set(load_economy("icio-2022").parameters["elasticity_sets"])


def test_draws_move_with_the_seed_alone(pairings):
    scenario, usa, chn = pairings
    fast = scenario.model_copy(update={"report": scenario.report.model_copy(update={"world": False})})
    laws = {"USA": usa, "CHN": chn}
    model = uncertainty.model_of(fast, laws)
    first, again, other = (
        [uncertainty.ranges_table(draws), uncertainty.tornado_table(draws)]
        for draws in (uncertainty.drawn(model, 4, seed) for seed in (1, 1, 2))
    )
    assert [to_parquet(t) for t in first] == [to_parquet(t) for t in again]
    assert to_parquet(first[0]) != to_parquet(other[0])
    with pytest.raises(InputError):
        uncertainty.drawn(uncertainty.model_of(fast, laws), 0, 1)


def test_kinds_of_pairs_have_the_average_of_all_pairs(side):
    after, duties = side
    start = spans.uncertain_duties(after.ground, START)
    pairs, (value,) = duties.alike(start, duties.flows.value)
    assert pairs.size < duties.flows.value.size / 2
    assert value.sum() == pytest.approx(duties.flows.total, rel=1e-12)
    rng = np.random.default_rng(7)
    for _ in range(3):
        position = {name: float(rng.uniform(-1, 1)) for name in duties.inputs}
        old, new = (next(each.of_pairs(pairs)([position])) for each in (start, duties))
        alike = spans.averages(value, old, new, 2.0)
        assert alike == pytest.approx(
            spans.averages(duties.flows.value, start.at(position), duties.at(position), 2.0), rel=1e-12
        )


def test_an_average_has_one_range_alone_and_in_a_run(pairings, found):
    after = pairings[1][0].after
    alone = spans.range_of(after.ground, after.on, after.reading, *DRAWN)
    at = found.keys.index((pairings[1][0].variant, "average_fixed", "USA", ""))
    low, high = np.quantile(found.numbers[:, at], [0.05, 0.95])
    assert (alone.low, alone.high) == pytest.approx((low, high), rel=1e-12)


DRAWS, SEED, ON = 5, 3, date(2025, 5, 14)


@pytest.fixture(scope="module")
def pair():
    without = ChainQuestion("rare-earths", Words(scenario="april-2025", general=1.5), 6, countries=("EU27",))
    return Pair(without, replace(without, words=Words(scenario="general-licence", general=1.5)))


def test_a_paired_draw_is_the_difference_of_two_draws_of_the_same_figures(pair, tmp_path):
    assert pair.alike
    both = spread(pair.question, DRAWS, SEED, other=pair.other, folder=tmp_path)
    first, second = (spread(one, DRAWS, SEED) for one in (pair.question, pair.other))
    np.testing.assert_array_equal(both.losses, first.losses)
    np.testing.assert_array_equal(both.outside, first.outside)
    np.testing.assert_array_equal(both.avoided[::2], (first.losses - second.losses)[::2])
    assert np.isnan(both.avoided[1::2]).all()
    assert (both.avoided[::2] > 0).any()
    assert not first.avoided.size
    again = spread(pair.question, DRAWS, SEED, other=pair.other, folder=tmp_path)
    np.testing.assert_array_equal(again.avoided, both.avoided)
    other = replace(pair.other, words=Words(scenario="april-2025", general=1.5))
    np.testing.assert_array_equal(spread(pair.question, DRAWS, SEED, other=other, folder=tmp_path).avoided[::2], 0.0)


def test_paths_that_start_in_different_months_have_chains_of_their_own(pair):
    assert not replace(pair, other=replace(pair.other, start="2026-01")).alike
    assert not replace(pair, other=replace(pair.other, months=7)).alike
    assert not replace(pair, other=None).alike


def test_the_range_of_what_the_deal_avoids_is_given_with_draws_alone():
    tables = materials(Materials(months=12, countries=["EU27"]), ON, draws=DRAWS, seed=SEED)
    rows = [row for row in tables["materials"].rows() if row["measure"] == GDP and row["period"] == FIRST_YEAR]
    assert len(rows) == 2
    for row in rows:
        assert row["avoided_p05"] < row["avoided_p95"]
        assert 0.0 < row["avoided_p95"] <= row["without_p95"] * chain_world.gdp("EU27")
    wide = next(row for row in rows if row["scope"] == "requirement")
    (card,) = cards(tables)
    assert f"{wide['without_p05']:.3%} to {wide['without_p95']:.3%}" in card.finding
    assert f"${wide['avoided'] / 1e9:,.1f}bn less" in card.finding
    tables = materials(Materials(months=6, countries=["EU27"]), ON)
    assert np.isnan(tables["materials"]["avoided_p05"]).all()
    assert cards(tables)[0].finding.endswith("bn less).")
