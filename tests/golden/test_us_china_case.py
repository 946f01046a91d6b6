"""The preset of the US-China talks: coverage, surfaces, weights, threats and named outcomes."""

from dataclasses import replace

import numpy as np
import pytest

from detente.codes import UnknownName
from detente.data.casefile import load_case
from detente.data.caserows import PointsRow
from detente.data.small_world import region_groups, sector_groups
from detente.data.worlds import load_economy
from detente.economy import aggregate, baseline_tariff, goods
from detente.lab.averages.axes import coverage, exact_points
from detente.lab.talks.case import HORIZONS, WELFARE, Case, open_case
from detente.lab.talks.draws import CaseDraw, bands_table, draw_case, inputs_of
from detente.lab.talks.report import coverage_table, weights_table
from detente.lab.talks.talk import week_flows
from detente.lab.talks.world import added_points
from detente.talks.inference import DutyChoice, line_of
from detente.talks.stability import combined_response, tariff_war
from detente.talks.world import group_of

LONG, SHORT = HORIZONS


@pytest.fixture(scope="module")
def may():
    return open_case("us-china-2025-05:happened")


def test_the_maps_sum_the_large_world_to_the_small_one():
    large, small = load_economy("icio-2022"), load_economy("icio-2022-small")
    summed = aggregate(large, region_groups(), sector_groups(), order=(small.countries, small.sectors))
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
    assert by_sector["SVC"] == 0.0
    assert mean == pytest.approx(0.637, abs=0.002)


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


def test_under_the_weights_of_a_choice_that_choice_is_the_best_reply(may):
    """2 April 2025: 34 points on top of 20, China at its duties of March."""
    payoffs = may.payoffs("april-2025")
    found = combined_response(may.outcome_space, payoffs, "USA", may.outcome("past_law"), [0])
    assert found[0] == pytest.approx(0.34, abs=0.001)


def test_real_income_alone_wants_no_war(may):
    war = tariff_war(may.outcome_space, may.payoffs(), may.outcome("past_law"))
    assert war.outcome[:3].max() < 0.03
    short = tariff_war(may.outcome_space, may.payoffs("welfare", SHORT), may.outcome("past_law"))
    assert 0.05 < short.outcome[2] < 0.14, "China's own best duty in the short run"


def test_no_weight_on_value_added_explains_chinas_duty_of_april(may):
    """Manufacturing falls with China's own duty; at 125 on both sides it no longer moves."""
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


def test_both_gain_from_geneva_over_the_status_quo_under_every_set_of_weights(may):
    for weights in may.weight_sets[0]:
        negotiation = may.negotiation(weights)
        gains = negotiation.value(may.outcome("geneva")) - negotiation.threat("D0").value
        assert (gains > 0.0).all()


def test_without_third_countries_duties_the_loss_is_a_third_larger(may):
    space, geneva = may.space(), np.array([0.10, 0.20, 0.10])
    file, economy = may.file, space.economy
    ten = added_points(file, economy, [PointsRow(importer="USA", points=0.10)])
    plain = replace(space, base=np.array(baseline_tariff(economy)), always=None)
    with_them = replace(plain, base=baseline_tariff(economy) + ten)
    ratio = plain.parts_at(geneva)[0, 0] / with_them.parts_at(geneva)[0, 0]
    assert ratio == pytest.approx(4 / 3, abs=0.05)


def test_one_number_for_both_us_duties_overstates_the_loss(may):
    space, high = may.space(), np.array([1.25, 0.20, 1.25])
    all_goods = group_of(space.economy, goods(space.economy))
    first = space.duties[0]
    covered = np.zeros_like(first.points)
    covered[-1, list(first.exporters)] = first.top * all_goods
    one = replace(space, duties=(replace(first, points=covered), *space.duties[1:]))
    assert 0.10 < one.parts_at(high)[0, 0] / space.parts_at(high)[0, 0] - 1.0 < 0.25


def test_the_us_payoff_still_moves_at_the_top_and_chinas_hardly(may):
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


def test_horizons_lie_between_the_runs(may):
    geneva = may.outcome("geneva")[None]
    long, short = (may.payoffs("welfare", horizon).value(geneva)[0] for horizon in HORIZONS)
    one, four = (may.payoffs("welfare", may.horizon(name)).value(geneva)[0] for name in ("one year", "four years"))
    assert long[0] < four[0] < one[0] < short[0]
    assert short[0] / long[0] == pytest.approx(0.4, abs=0.1), "trade reacts over years"


def test_stocks_run_down_week_by_week(may):
    materials = week_flows(may, WELFARE, may.outcome("status_quo"), np.arange(0.0, 40.0, 2.0))["materials"][:, 0]
    assert materials[0] == 0.0
    assert materials[-1] == pytest.approx(-30 * 0.81)
    assert (np.diff(materials) <= 1e-9).all()


def test_tables_of_inputs_have_every_choice_and_sector(may):
    assert len(weights_table(may)) == 6
    assert coverage_table(may)["sector"][-1] == "all"


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


def test_in_october_ending_the_farm_duties_is_a_choice():
    case = open_case("us-china-2025-10", check=False)
    assert case.switch == "cn_farm_energy"
    on = case.outcome("past_law")
    off = np.where(np.arange(6) == 5, 0.0, on)
    value = case.payoffs().value(np.stack([on, off]))
    assert value[1, 0] > value[0, 0], "the United States gains when its farmers pay less"


def test_after_the_truce_the_snap_back_is_one_sided():
    renewed, lapsed = (open_case("us-china-today", name, check=False) for name in ("renewed", "lapsed"))
    assert renewed.outcome("status_quo")[:2] == pytest.approx([0.125, 0.10])
    assert lapsed.outcome("status_quo")[:2] == pytest.approx([0.125, 0.34])
    n = lapsed.negotiation()
    assert (n.threat("D0").value < n.threat("DP").value).all()
    assert any("renewed is not on record" in note or "not on record" in note for note in n.notes)


def test_two_countries_meet_at_the_textbook_war():
    """Duties of 0.35785 each; real income of each 1.8267% below free trade."""
    case = open_case("two-country")
    war = next(threat for threat in case.negotiation().threats if threat.kind == "war")
    assert war.outcome == pytest.approx([0.35785, 0.35785], abs=1e-5)
    assert war.value / 1000.0 == pytest.approx([-0.018267, -0.018267], abs=1e-6)


def test_what_a_solve_cannot_tell_from_zero_has_no_sign():
    file = load_case("us-china-2025-05:happened")
    numbers = {"welfare | a | USA | over b": -7e-15, "welfare | a | CHN | over b": 0.4, "omega a": 2e-4}
    draws = [CaseDraw(i, {"x": float(i)}, numbers) for i in range(3)]
    signs = {row["number"]: row["sign"] for row in bands_table(file, draws).rows()}
    assert signs == dict(zip(numbers, ("not determined", "determined", "determined"), strict=True))
