"""Family A against published numbers.

Ignatenko, Lashkaripour, Macedoni and Simonovska (2025), "Making America Great Again? The Economic Impacts of Liberation
Day Tariffs", table 1: per cent, the United States and the average of the others, every printed digit.
"""

import numpy as np
import pytest

from detente import economy as econ
from detente.data.worlds import EU, announced_tariff, confrontation, load_libday
from detente.economy.armington.accounts import accounts

WORLD = load_libday()
ANNOUNCED = announced_tariff(WORLD)
COLUMNS = ("welfare", "deficit", "exports_to_gdp", "imports_to_gdp", "employment", "prices")
TABLE_1 = {
    "announced": "1.13/-0.58 -18.1/11.6 -52.7/-3.2 -43.6/-3.3 0.32/-0.14 12.8/-4.7",
    "lump-sum": "-0.01/-0.57 -18.4/11.7 -52.5/-3.3 -43.3/-3.4 -0.41/-0.14 13.1/-4.8",
    "formula-optimal": "1.79/-0.61 -19.1/17.1 -55.3/-4.2 -45.6/-3.7 0.51/-0.16 12.6/-4.6",
}


def shock_of_case(name):
    if name == "formula-optimal":
        return econ.Shock(econ.one_sided(WORLD, "USA", econ.formula_tariff(WORLD)))
    return econ.Shock(ANNOUNCED, options={"rebate": "lump-sum"} if name == "lump-sum" else {})


def pair(equilibrium, column, digits):
    own = equilibrium.change(column, "USA")
    others = econ.average(equilibrium, column, leave_out=["USA"])
    return "/".join(f"{100 * value:.{digits}f}" for value in (own, others))


def row(equilibrium):
    digits = (2, 1, 1, 1, 2, 1)
    return " ".join(pair(equilibrium, column, n) for column, n in zip(COLUMNS, digits, strict=True))


@pytest.mark.parametrize("case", TABLE_1)
def test_table_1_to_every_printed_digit(case):
    assert row(econ.solve(WORLD, shock_of_case(case))) == TABLE_1[case]


def test_means_calibration_and_formula_tariffs_of_the_source():
    found = econ.average(econ.solve(WORLD, econ.Shock(ANNOUNCED)), "welfare", weights="none", leave_out=["USA"])
    assert f"{100 * found:.2f}" == "-0.37"
    shares = np.unique(np.round(WORLD.arrays["distribution_share"], 8))
    assert shares.tolist() == [0.11433521, 0.27047098]
    base = accounts(WORLD)
    assert np.unique(np.round(base.exponent, 7)).tolist() == [1.1507188, 1.4328476]
    assert abs(base.transfer.sum()) < 1e-12 * base.income.sum()
    own = np.diagonal(WORLD.arrays["flows"])
    assert {WORLD.countries[i] for i in np.flatnonzero(own == 0)} == {"GMB", "MHL"}
    assert f"{econ.formula_tariff(WORLD):.4f}" == "0.2180"
    krugman = WORLD.with_parameters(distribution_margin=0.0)
    assert np.allclose(accounts(krugman).exponent, 1.0)
    assert accounts(WORLD.with_parameters(trade_elasticity=8.0)).exponent == pytest.approx(accounts(WORLD).exponent)


def test_a_country_gains_from_its_formula_tariff_and_the_true_optimum_beats_it():
    formula = econ.solve(WORLD, shock_of_case("formula-optimal")).change("welfare", "USA")
    uniform = econ.optimal_tariff(WORLD, "USA")
    partner = econ.optimal_tariff(WORLD, "USA", over="partner")
    assert formula < uniform.value < partner.value
    assert abs(uniform.certificate.first_order) < 1e-9
    assert partner.certificate.first_order < 1e-6
    assert partner.certificate.apart < 1e-4
    assert np.ptp(partner.certificate.values) < 1e-9


def test_the_optimum_beats_the_formula_and_retaliation_turns_the_gain_into_a_loss():
    world = WORLD.with_parameters(value_added_share=0.49)
    formula = econ.solve(world, econ.Shock(econ.one_sided(world, "USA", econ.formula_tariff(world)))).change(
        "welfare", "USA"
    )
    assert econ.optimal_tariff(world, "USA").value > formula
    gain = econ.solve(WORLD, econ.Shock(ANNOUNCED)).change("welfare", "USA")
    both = econ.with_retaliation(WORLD, ANNOUNCED, "USA")
    assert np.allclose(both[:, WORLD.country("USA")], both[WORLD.country("USA")])
    answers = [both, econ.with_retaliation(WORLD, ANNOUNCED, "USA", econ.formula_retaliation(WORLD))]
    losses = [e.change("welfare", "USA") for e in econ.solve_many(WORLD, [econ.Shock(tariff) for tariff in answers])]
    assert max(losses) < 0 < gain


def test_published_balance_keeps_a_gap_and_two_wars_cost_more_than_one():
    options = {"closure": "balanced", "as_published": True}
    published = econ.solve(WORLD, econ.Shock(ANNOUNCED, options=options))
    default = econ.solve(WORLD, econ.Shock(ANNOUNCED, options={"closure": "balanced"}))
    assert abs(published.certificate.walras) > 1e-4
    assert abs(default.certificate.walras) < 1e-9
    assert any("as published welfare moves by" in note for note in default.notes)
    sides = (["CHN", *EU.split()], ["CHN"])
    wars = [confrontation(WORLD, side) for side in sides]
    assert wars[1][WORLD.country("USA"), WORLD.country("CHN")] == pytest.approx(0.54)
    both, china = (e.change("welfare", "USA") for e in econ.solve_many(WORLD, [econ.Shock(war) for war in wars]))
    harder = econ.solve(WORLD, econ.Shock(confrontation(WORLD, ["CHN"], rate=1.08))).change("welfare", "CHN")
    assert both < china
    assert harder < econ.solve(WORLD, econ.Shock(wars[1])).change("welfare", "CHN") < 0


def test_the_union_of_the_tables_has_25_members():
    members = EU.split()
    assert len(members) == 25
    assert not {"CZE", "SVK"} & set(members)
    assert set(members) <= set(WORLD.countries)
