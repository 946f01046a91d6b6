"""The preset of the US-China talks: coverage, surfaces, weights, threats and named outcomes."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from detente.codes import UnknownName
from detente.data.casefile import case_names, load_case, variant_names
from detente.data.caserows import PointsRow
from detente.data.npzfile import key_of, stored
from detente.data.small_world import REGIONS, SECTORS, group_of_member
from detente.data.worlds import load_economy
from detente.economy import aggregate, baseline_tariff, goods
from detente.lab.averages.axes import coverage, exact_points
from detente.lab.deal.economy import owed, tariff_of
from detente.lab.talks.case import HORIZONS, STEP, WELFARE, Case, law_content, open_case, point_content
from detente.lab.talks.draws import CaseDraw, bands_table, draw_case, inputs_of
from detente.lab.talks.report import coverage_table, weights_table
from detente.lab.talks.talk import week_flows
from detente.lab.talks.world import added_points, world_of
from detente.talks.inference import DutyChoice, line_of
from detente.talks.stability import combined_response, tariff_war
from detente.talks.world import group_of

LONG, SHORT = HORIZONS


@pytest.fixture(scope="module")
def may():
    return open_case("us-china-2025-05:happened")


def test_the_maps_sum_the_large_world_to_the_small_one():
    large, small = load_economy("icio-2022"), load_economy("icio-2022-small")
    maps, order = (group_of_member(REGIONS), group_of_member(SECTORS)), (small.countries, small.sectors)
    summed = aggregate(large, *maps, order=order)
    # The order of a sum hangs on the processor: equal to rounding, not to the bit.
    for name in ("flows", "tariff"):
        assert np.allclose(summed.arrays[name], small.arrays[name], rtol=1e-12, atol=0.0)


def test_what_the_reciprocal_duty_covers_is_what_the_law_says(may):
    """Electronics a fifth, medicines and energy next to nothing, textiles and toys all."""
    economy, on = load_economy("icio-2022-small"), may.file.on
    share, mean = coverage(economy, "USA", "CHN", on, "reciprocal", 1.25)
    by_sector = dict(zip(economy.sectors, share.tolist(), strict=True))
    assert by_sector["ELE"] == pytest.approx(0.20, abs=0.005)
    assert by_sector["PHA"] < 0.07
    assert by_sector["ENE"] < 0.01
    assert by_sector["TEX"] == pytest.approx(1.0, abs=1e-6)
    assert by_sector["OMF"] > 0.98
    assert (by_sector["SVC"], mean) == (0.0, pytest.approx(0.637, abs=0.002))


def test_chinas_lists_of_february_and_march_fall_on_farms_food_energy_and_vehicles(may):
    economy = load_economy("icio-2022-small")
    points = exact_points(economy, "CHN", may.file.on, ("retaliation_fentanyl",), ("USA",))
    row = dict(zip(economy.sectors, points[1, 0].tolist(), strict=True))
    assert {name for name, duty in row.items() if duty > 0.01} == {"AGR", "ENE", "FOO", "VEH"}
    assert 0.05 < row["AGR"] < 0.15
    assert not points[0].any()
    march = exact_points(economy, "CHN", may.file.weights.choices[1].date, ("retaliation_fentanyl",), ("USA",))
    assert march[1, 0, economy.sector("AGR")] == 0.0, "the farm list starts on 10 March"


def test_the_surface_is_exact_to_a_cent_and_certified(may):
    for short in (False, True):
        surface = may.surface(short=short)
        assert surface.solves < 200
        assert surface.residual <= 1e-10
        assert surface.error.points > 40
        assert surface.error.largest <= 0.01


def test_weights_of_the_choices_differ_by_an_order_of_magnitude(may):
    law, march, april = may.lines()
    assert 0.05 < law.omega() < 0.2
    assert march.omega() == pytest.approx(1.10, abs=0.05)
    assert april.omega() > march.omega()
    assert april.omega() / law.omega() > 9
    assert march.mu_alone is None
    assert april.mu_alone is None
    assert set(may.weight_sets[0]) == {"welfare", "law-2024", "march-2025", "april-2025"}
    assert any("revenue alone" in sentence for sentence in may.weight_sets[1])
    assert any("no weight" in sentence for line in may.lines(short=True) for sentence in line.sentences)


def test_weights_of_a_choice_make_it_the_best_reply_and_income_alone_wants_no_war(may):
    """2 April 2025: 34 points on top of 20, China at its duties of March."""
    payoffs = may.payoffs("april-2025")
    found = combined_response(may.outcome_space, payoffs, "USA", may.outcome("past_law"), [0])
    assert found[0] == pytest.approx(0.34, abs=0.001)
    war = tariff_war(may.outcome_space, may.payoffs(), may.outcome("past_law"))
    assert war.outcome[:3].max() < 0.03
    short = tariff_war(may.outcome_space, may.payoffs("welfare", SHORT), may.outcome("past_law"))
    assert 0.05 < short.outcome[2] < 0.14, "China's own best duty in the short run"
    # Manufacturing falls with China's own duty; at 125 on both sides it no longer moves.
    space, own = may.space(), may.space().duties[2]
    for levels in ([0.34, 0.2, 0.34], [0.34, 0.2, 0.1], [0.1, 0.2, 0.1], [1.25, 0.2, 1.25]):
        here = line_of(DutyChoice("", "", "CHN", space, np.array(levels), own.points[-1] / own.top), may.group)
        assert here.added < 0.0 if levels[2] < 1.0 else abs(here.added) < 0.005
        assert here.income < 0.0 or levels[2] > 1.0


def test_threats_are_several_and_the_status_quo_is_flagged(may):
    negotiation = may.negotiation()
    by_name = {threat.name: threat for threat in negotiation.threats}
    assert list(by_name) == ["D0", "DP", "DN", "DE", "DX", "D0G"]
    assert not by_name["D0"].credible
    assert by_name["DX"].value == pytest.approx(0.5 * (by_name["D0"].value + by_name["DP"].value))
    assert (by_name["DE"].value < by_name["D0"].value).all()
    assert (by_name["DN"].value > by_name["DP"].value).all(), "the war at welfare weights is no threat"
    guard = by_name["D0G"].value - by_name["D0"].value
    assert guard[1] < -20.0
    assert abs(guard[0]) < 3.0


def test_both_gain_from_geneva_and_third_countries_duties_matter(may):
    for weights in may.weight_sets[0]:
        negotiation = may.negotiation(weights)
        gains = negotiation.value(may.outcome("geneva")) - negotiation.threat("D0").value
        assert (gains > 0.0).all()
    space, geneva = may.space(), np.array([0.10, 0.20, 0.10])
    file, economy = may.file, space.economy
    ten = added_points(file, economy, [PointsRow(importer="USA", points=0.10)])
    plain = replace(space, base=np.array(baseline_tariff(economy)), always=None)
    with_them = replace(plain, base=baseline_tariff(economy) + ten)
    ratio = plain.parts_at(geneva)[0, 0] / with_them.parts_at(geneva)[0, 0]
    assert ratio == pytest.approx(4 / 3, abs=0.05)


def test_one_number_for_both_us_duties_overstates_and_payoffs_flatten_at_the_top(may):
    space, high = may.space(), np.array([1.25, 0.20, 1.25])
    all_goods = group_of(space.economy, goods(space.economy))
    first = space.duties[0]
    covered = np.zeros_like(first.points)
    covered[-1, list(first.exporters)] = first.top * all_goods
    one = replace(space, duties=(replace(first, points=covered), *space.duties[1:]))
    assert 0.10 < one.parts_at(high)[0, 0] / space.parts_at(high)[0, 0] - 1.0 < 0.25
    slope = may.payoffs().slope(may.outcome("status_quo")[None])[0] / 100.0
    assert slope[0, 0] == pytest.approx(-0.3, abs=0.05)
    assert abs(slope[1, 0]) < 0.1


def test_the_small_world_agrees_on_named_outcomes(may):
    small = Case(may.file.model_copy(update={"world": may.file.world.model_copy(update={"name": "icio-2022-small"})}))
    assert small.group.sum() == 11
    for name in ("geneva", "status_quo", "busan"):
        levels = may.outcome(name)[:3]
        few, many = small.space().parts_at(levels), may.space().parts_at(levels)
        assert np.abs(few[:, 0] - many[:, 0]).max() < 1.5
        assert np.abs(few[:, 3:] @ small.group - many[:, 3:] @ may.group).max() < 1.5


def test_horizons_lie_between_the_runs_and_stocks_run_down_week_by_week(may):
    geneva = may.outcome("geneva")[None]
    long, short = (may.payoffs("welfare", horizon).value(geneva)[0] for horizon in HORIZONS)
    one, four = (may.payoffs("welfare", may.horizon(name)).value(geneva)[0] for name in ("one year", "four years"))
    assert long[0] < four[0] < one[0] < short[0]
    assert short[0] / long[0] == pytest.approx(0.4, abs=0.1), "trade reacts over years"
    materials = week_flows(may, WELFARE, may.outcome("status_quo"), np.arange(0.0, 40.0, 2.0))["materials"][:, 0]
    assert (materials[0], materials[-1]) == (0.0, pytest.approx(-30 * 0.81))
    assert (np.diff(materials) <= 1e-9).all()


def test_tables_of_inputs_have_every_choice_and_sector(may):
    assert (len(weights_table(may)), coverage_table(may)["sector"][-1]) == (6, "all")


def test_draws_can_be_taken_up_anywhere():
    file = load_case("us-china-2025-05:happened")
    assert {"elasticities", "third_countries", "us_materials_loss"} <= {s.name for s in inputs_of(file)}
    one, again = draw_case(file, 3), draw_case(file, 3)
    assert one.inputs == again.inputs != draw_case(file, 4).inputs

    def geneva(case):
        return {"USA": float(case.payoffs().value(case.outcome("geneva")[None])[0, 0])}

    draws = [CaseDraw(i, case.inputs, geneva(case)) for i in (1, 0) for case in [draw_case(file, i)]]
    table = bands_table(file, draws)
    assert table["low"][0] < table["high"][0] < 0.0
    assert table["sign"][0] == "determined"
    assert bands_table(file, draws[::-1])["median"][0] == table["median"][0]


def test_a_set_of_weights_nobody_has_is_refused(may):
    with pytest.raises(UnknownName, match="did you mean 'april-2025'"):
        may.weights("april-2024")


def test_october_may_end_the_farm_duties_and_the_snap_back_is_one_sided():
    case = open_case("us-china-2025-10", check=False)
    assert case.switch == "cn_farm_energy"
    on = case.outcome("past_law")
    off = np.where(np.arange(6) == 5, 0.0, on)
    value = case.payoffs().value(np.stack([on, off]))
    assert value[1, 0] > value[0, 0], "the United States gains when its farmers pay less"
    renewed, lapsed = (open_case("us-china-today", name, check=False) for name in ("renewed", "lapsed"))
    assert renewed.outcome("status_quo")[:2] == pytest.approx([0.125, 0.10])
    assert lapsed.outcome("status_quo")[:2] == pytest.approx([0.125, 0.34])
    n = lapsed.negotiation()
    assert (n.threat("D0").value < n.threat("DP").value).all()
    assert any("renewed is not on record" in note or "not on record" in note for note in n.notes)


def test_two_countries_meet_at_the_textbook_war_and_what_is_zero_has_no_sign():
    """Duties of 0.35785 each; real income of each 1.8267% below free trade."""
    case = open_case("two-country")
    war = next(threat for threat in case.negotiation().threats if threat.kind == "war")
    assert war.outcome == pytest.approx([0.35785, 0.35785], abs=1e-5)
    assert war.value / 1000.0 == pytest.approx([-0.018267, -0.018267], abs=1e-6)
    file = load_case("us-china-2025-05:happened")
    numbers = {"welfare | a | USA | over b": -7e-15, "welfare | a | CHN | over b": 0.4, "omega a": 2e-4}
    draws = [CaseDraw(i, {"x": float(i)}, numbers) for i in range(3)]
    signs = {row["number"]: row["sign"] for row in bands_table(file, draws).rows()}
    assert signs == dict(zip(numbers, ("not determined", "determined", "determined"), strict=True))


CASES = [
    (name, variant)
    for name in case_names()
    for variant in ("", *variant_names(name))
    if variant not in ("lapsed", "happened")
]
RUNS = [(name, variant, short) for name, variant in CASES for short in (False, True)]
FINE = {name: 0.02 for name in ("three-country", "us-eu-2025-07", "us-korea-2025-07")}
"""Errors of the surfaces that are not built to 0.01."""


@lru_cache
def opened(name, variant=""):
    return Case(load_case(name, variant))


@pytest.mark.sampled(9)
@pytest.mark.parametrize(("name", "variant"), CASES)
def test_stored_laws_are_those_of_the_lawbooks(name, variant):
    case = opened(name, variant)
    fresh, held = world_of(case.file, case.economy()), case.space()
    assert stored(key_of("law", law_content(case.file, 1.0, switched=True))), "run tools/build_surfaces.py"
    assert np.abs(held.base - fresh.base).max() < 1e-7
    for one, other in zip(held.duties, fresh.duties, strict=True):
        assert (one.issue, one.importers, one.exporters, one.inside) == (
            other.issue, other.importers, other.exporters, other.inside,
        )  # fmt: skip
        assert np.array_equal(one.levels, other.levels)
        assert np.abs(one.points - other.points).max() < 1e-7
    assert (held.always is None) == (fresh.always is None)
    if held.always is not None:
        assert np.abs(held.always - fresh.always).max() < 1e-7


@pytest.mark.sampled(12)
@pytest.mark.parametrize(("name", "variant", "short"), RUNS)
def test_stored_surfaces_are_what_exact_solves_give(name, variant, short):
    """Two nodes of each surface solved again, and a point between the nodes."""
    case = opened(name, variant)
    held = stored(key_of("surface", case.content(short=short)))
    assert held, "run tools/build_surfaces.py"
    space, surface = case.space(short=short), case.surface(short=short)
    rows = np.random.default_rng(len(name) + short).integers(surface.solves, size=2)
    exact = space.solve(surface.fit.terms.nodes[rows]).parts.reshape(2, -1)
    assert np.abs(exact - STEP * held["values"][rows]).max() < 1e-4
    between = 0.4 * np.array(surface.tops)
    assert np.abs(surface.parts_at(between)[0] - space.parts_at(between)).max() < 0.03
    assert surface.error.largest <= FINE.get(name, 0.01)
    assert surface.residual <= 1e-10


def test_without_the_switch_october_has_a_surface_of_its_own():
    case = opened("us-china-2025-10")
    on, off = case.surface(), case.surface(switched=False)
    levels = np.array([0.1, 0.2, 0.1])
    assert np.abs(on.parts_at(levels) - off.parts_at(levels)).max() > 0.1
    assert np.abs(off.parts_at(levels)[0] - case.space(switched=False).parts_at(levels)).max() < 0.02


@pytest.mark.parametrize("short", [False, True])
def test_stored_lines_and_threats_are_what_exact_solves_give(short):
    case = open_case("us-china-2025-05:happened")
    assert stored(key_of("lines", case.lines_content(short=short))), "run tools/build_surfaces.py"
    last = case.file.weights.model_copy(update={"choices": case.file.weights.choices[-1:]})
    (line,) = Case(case.file.model_copy(update={"weights": last})).solved_lines(short=short)
    held = case.lines(short=short)[-1]
    assert [held.income, held.revenue, held.added] == pytest.approx([line.income, line.revenue, line.added], abs=1e-4)
    levels, guards = case._point(case.file.threats[3].levels)[:3], case.file.threats[-1].third_countries
    now = case.outcome("status_quo")[:3]
    for place, more in ((levels, {}), (now, guards)):
        assert stored(key_of("parts", point_content(case.content(short=short), place, more)))
        exact = case.exact_parts(place, more, short=short, fresh=True)
        assert np.abs(case.exact_parts(place, more, short=short) - exact).max() < 2e-5


def test_what_rests_on_something_else_is_not_served():
    case = open_case("us-china-2025-05:happened")
    first = key_of("surface", case.content())
    assert stored(first)
    rows = tuple(row.model_copy(update={"top": 1.4}) if row.top == 1.35 else row for row in case.file.issues)
    others = [
        open_case("us-china-2025-05:happened", third_countries=0.5).content(),
        open_case("us-china-2025-05:happened", elasticities="fontagne").content(),
        open_case("us-china-2025-05:happened", elasticity_scale=0.9).content(),
        Case(case.file.model_copy(update={"issues": rows})).content(),
        case.content(switched=False),
    ]
    assert not any(stored(key_of("surface", content)) for content in others)
    assert not stored(
        key_of("surface", open_case("us-china-2025-05:happened", short_run_scale=0.6).content(short=True))
    )


def test_duties_of_third_countries_scale_with_their_parameter():
    case = opened("us-china-2025-05:happened")
    economy = case.economy()
    usa, korea, mexico, china = (economy.country(code) for code in ("USA", "KOR", "MEX", "CHN"))
    points = world_of(case.file, economy).base[usa] - world_of(case.file, economy, 0.0).base[usa]
    assert points[korea, economy.sector("C13T15")] == pytest.approx(0.10, abs=0.002)
    assert points[korea, economy.sector("C21")] < 0.01
    assert not points[mexico].any()
    assert np.abs(points[china]).max() < 1e-12
    assert points.max() <= 0.10 + 1e-9


@pytest.fixture(scope="module")
def engine(opened_case):
    return opened_case("us-china-2025-05")


def test_the_talks_stand_on_the_tariffs_of_the_deal_page_and_its_change_of_income(engine):
    case, world = engine.warm.case, engine.world(engine.warm.file.on)
    for name in ("status_quo", "geneva", "below_60_china_40"):
        outcome = case.outcome(name)
        levels = {name: float(outcome[engine.warm.columns[name]]) for name in engine.warm.duties}
        space = case.space()
        columns = [case.issues.index(name) for name in space.issues]
        tariff = tariff_of(world.economies["long"], world.planes, owed(world.planes, levels))
        assert np.abs(space.tariff(outcome[columns]) - tariff).max() < 1e-7
    # Real income of the deal page, times income, is the real income in the gain of the talks.
    deal = engine.deal({"us": "10", "fentanyl": "20", "cn": "10", "licences": "1", "action": "0"})
    case = engine.warm.case
    parts = case.payoffs().breakdown(np.stack([case.outcome("geneva"), case.outcome("status_quo")]))["real income"]
    for i, code in enumerate(("USA", "CHN")):
        level = case.space().summed(case.space().level.income)[i] + parts[1, i]
        assert (parts[0, i] - parts[1, i]) / level == pytest.approx(deal.number(f"income_{code}").value, abs=2e-6)


def test_a_layer_beside_the_deal_counts_in_gains_as_exact_solves_count_it(engine):
    plain = {"us": "10", "cn": "10", "licences": "1", "weights": "welfare"}
    layer = {"partner": "MEX", "rate": "10"}
    first, second = engine.deal(plain), engine.deal(plain | layer)
    case, world = engine.warm.case, engine.world(engine.warm.file.on)
    duties = owed(world.planes, {"us": 0.1, "fentanyl": 0.2, "cn": 0.1}, (), ["MEX"], 0.1)
    space = case.space()
    run = world.runs(tariff_of(world.economies["long"], world.planes, duties))["long"]
    exact = space.measured(run)[0][:, 0] - space.parts_at(np.array([0.1, 0.2, 0.1]))[:, 0]
    moved = [second.number(f"gain_{code}_D0").value - first.number(f"gain_{code}_D0").value for code in ("USA", "CHN")]
    assert np.array(moved) / 1e9 == pytest.approx(exact, abs=1e-4)
    assert abs(exact[0]) > 0.5
