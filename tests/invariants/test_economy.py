"""What any equilibrium of the one-sector and several-sector worlds must do."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.codes import InputError, SolveError, UnknownName
from detente.data.worlds import announced_tariff, load_libday
from detente.economy import Economy, Shock, gradient, nash, one_sided, optimal_tariff, shock_of, solve, solve_many
from detente.economy.armington.accounts import PARAMETERS, accounts
from detente.economy.armington.family import Armington
from small_worlds import CODES, drawn_tariffs, drawn_world

OPTIONS = (
    {}, {"rebate": "lump-sum"}, {"closure": "proportional"}, {"closure": "zero"}, {"closure": "balanced"},
)  # fmt: skip

seeds = st.integers(0, 10_000)


def world(seed, sectors=1, **parameters):
    """A small world with some trade missing."""
    return drawn_world(seed, sectors, missing=0.1, **parameters)


def tariffs(seed, economy):
    return drawn_tariffs(seed, economy, 0.5)


@pytest.mark.parametrize("options", [o for o in OPTIONS if o.get("closure") != "balanced"])
@pytest.mark.parametrize("beta", [1.0, 0.49])
def test_no_shock_changes_nothing(options, beta):
    found = solve(world(1, 2, value_added_share=beta), Shock(options=options))
    assert np.abs(found.u).max() < 1e-12
    assert all(np.abs(hat - 1.0).max() < 1e-12 for hat in found.hats.values())


def test_no_shock_changes_nothing_in_the_world_of_194():
    found = solve(load_libday(), Shock())
    assert np.abs(found.u).max() < 1e-12
    assert np.abs(found.changes["welfare"]).max() < 1e-12


@given(seeds, st.sampled_from(OPTIONS), st.sampled_from([1, 3]), st.sampled_from([1.0, 0.6]))
@settings(max_examples=40)
def test_accounts_close_at_every_equilibrium(seed, options, sectors, beta):
    economy = world(seed, sectors, value_added_share=beta)
    found = solve(economy, Shock(tariffs(seed, economy), options=options))
    assert found.certificate.converged
    assert found.certificate.residual <= 1e-10
    assert abs(found.certificate.walras) < 1e-9
    total = found.levels["income"].sum()
    assert abs(found.levels["transfer"].sum()) < 1e-9 * total
    trade = found.levels["trade"].reshape(5, 5, -1).sum(axis=2)
    assert abs((trade.sum(axis=1) - trade.sum(axis=0)).sum()) < 1e-9 * total


@given(seeds, st.permutations(range(5)), st.sampled_from(OPTIONS[:4]))
@settings(max_examples=20)
def test_relabelling_countries_permutes_the_answer(seed, order, options):
    economy, at = world(seed), np.asarray(order)
    rates = tariffs(seed, economy)
    arrays = {
        "flows": economy.arrays["flows"][np.ix_(at, at)],
        "distribution_share": economy.arrays["distribution_share"][at],
    }
    other = replace(economy, countries=tuple(CODES[i] for i in at), arrays=arrays)
    first = solve(economy, Shock(rates, options=options), tol=1e-12)
    second = solve(other, Shock(rates[np.ix_(at, at)], options=options), tol=1e-12)
    for column, values in first.changes.items():
        assert second.changes[column] == pytest.approx(values[at], abs=1e-8, rel=1e-7)


@given(seeds, st.floats(1e-6, 1e6))
@settings(max_examples=15)
def test_units_of_value_do_not_matter(seed, unit):
    economy = world(seed)
    scaled = replace(economy, arrays={**economy.arrays, "flows": unit * economy.arrays["flows"]})
    rates = tariffs(seed, economy)
    assert solve(scaled, Shock(rates)).u == pytest.approx(solve(economy, Shock(rates)).u, abs=1e-8)


@given(seeds)
@settings(max_examples=10)
def test_splitting_a_country_or_merging_identical_sectors_changes_nothing(seed):
    economy, half = world(seed), np.array([0, 1, 2, 3, 4, 4])
    weight = np.array([1, 1, 1, 1, 0.5, 0.5])
    rates = tariffs(seed, economy)
    arrays = {
        "flows": economy.arrays["flows"][np.ix_(half, half)] * weight[:, None] * weight,
        "distribution_share": economy.arrays["distribution_share"][half],
    }
    split = replace(economy, countries=(*CODES, "US2"), arrays=arrays)
    wide = rates[np.ix_(half, half)]
    whole, parts = solve(economy, Shock(rates)), solve(split, Shock(wide))
    assert parts.changes["welfare"] == pytest.approx(whole.changes["welfare"][half], abs=1e-8)
    economy = world(seed)
    flows, rates = economy.arrays["flows"], tariffs(seed, economy)
    arrays = {**economy.arrays, "flows": np.stack([0.3 * flows, 0.7 * flows], axis=2)}
    two = replace(economy, sectors=("a", "b"), arrays=arrays, parameters={**PARAMETERS, "scale_elasticity": 0.1})
    one = economy.with_parameters(scale_elasticity=0.1)
    first, second = solve(one, Shock(rates)), solve(two, Shock(np.stack([rates, rates], axis=2)))
    assert second.changes["welfare"] == pytest.approx(first.changes["welfare"], abs=1e-8)
    assert second.hats["employment_share"] == pytest.approx(np.ones((5, 2)), abs=1e-8)


@given(seeds, st.sampled_from(OPTIONS), st.sampled_from([1, 2]), st.sampled_from([1.0, 0.6]))
@settings(max_examples=30)
def test_gradients_are_those_of_central_differences(seed, options, sectors, beta):
    economy = world(seed, sectors, value_added_share=beta)
    rates = tariffs(seed, economy)
    draw = np.random.default_rng(seed)
    weights, step = draw.normal(size=5), draw.normal(size=rates.shape)
    step[range(5), range(5)] = 0.0

    def value(at):
        return weights @ solve(economy, Shock(at, options=options), tol=1e-13).changes["welfare"]

    slope = (gradient(solve(economy, Shock(rates, options=options), tol=1e-12), weights) * step).sum()
    numeric = (value(rates + 1e-5 * step) - value(rates - 1e-5 * step)) / 2e-5
    assert slope == pytest.approx(numeric, rel=1e-6, abs=1e-8)


@given(seeds, st.sampled_from([1, 2]), st.sampled_from([1.0, 0.6]))
@settings(max_examples=10)
def test_the_jacobian_is_that_of_central_differences(seed, sectors, beta):
    economy = world(seed, sectors, value_added_share=beta)
    family, shock = Armington(), Shock(tariffs(seed, economy))
    u = np.random.default_rng(seed).normal(size=family.start(economy, shock).size) * 0.05
    exact = family.jacobian(u, economy, shock)
    steps = 1e-6 * np.eye(u.size)
    numeric = np.stack(
        [(family.residual(u + d, economy, shock) - family.residual(u - d, economy, shock)) / 2e-6 for d in steps],
        axis=1,
    )
    assert exact == pytest.approx(numeric, abs=1e-6)


def test_all_starts_agree_blocs_converge_and_the_error_names_the_country():
    economy = load_libday()
    rates = announced_tariff(economy)
    cold = solve(economy, Shock(rates))
    warm = solve(economy, Shock(rates), warm=solve(economy, Shock(0.5 * rates)))
    batch = solve_many(economy, [Shock(part * rates) for part in (0.5, 1.0)])
    assert (warm.u, batch[1].u) == (pytest.approx(cold.u, abs=1e-8), pytest.approx(cold.u, abs=1e-8))
    assert batch[1].levels["trade"] == pytest.approx(cold.levels["trade"], rel=1e-7, abs=1.0)
    bloc = np.arange(194) < 97
    cost = np.where(bloc[:, None] == bloc, 1.0, 1000.0)
    found = solve(economy, Shock(cost_hat=cost, options={"closure": "zero"}))
    assert found.levels["trade"][np.ix_(bloc, ~bloc)].sum() < 1e-6 * found.levels["trade"].sum()
    rates = np.full((194, 194), 2.0)
    np.fill_diagonal(rates, 0.0)
    with pytest.raises(SolveError, match=r"a fold\) at .* per cent .* in [A-Z]{3}\..*lump-sum"):
        solve(economy, Shock(rates))


@pytest.mark.parametrize("rate", [1e-4, 2.0])
def test_tiny_and_huge_tariffs_on_all_converge(rate):
    economy = load_libday()
    rates = np.full((194, 194), rate)
    np.fill_diagonal(rates, 0.0)
    found = solve(economy, Shock(rates, options={"closure": "zero", "rebate": "lump-sum"}))
    assert found.certificate.residual <= 1e-10


def test_a_small_country_has_its_optimum_at_the_inverse_of_export_supply():
    """Without distribution, labour supply and scale, and with a small country: t = 1 / epsilon."""
    economy = world(4, distribution_margin=0.0, labor_supply_elasticity=0.0, scale_elasticity=0.0)
    flows = economy.arrays["flows"].copy()
    flows[4], flows[:, 4] = flows[4] * 1e-5, flows[:, 4] * 1e-5
    flows[4, 4] = economy.arrays["flows"][4, 4] * 1e-5
    balanced = replace(economy, arrays={**economy.arrays, "flows": flows})
    best = optimal_tariff(balanced, "USA", shock=Shock(options={"closure": "zero"}))
    assert best.rates[0] == pytest.approx(0.25, abs=2e-4)


def test_nobody_gains_by_leaving_nash_tariffs_which_meet_from_two_starts():
    found = nash(world(2), ["USA", "CHN"])
    assert found.certificate.converged
    assert found.certificate.gain < 1e-10
    assert min(own[0] for own in found.rates.values()) > 0
    assert {"USA", "CHN"} == set(found.others[-1])
    found = nash(world(3, 2), ["USA", "CHN"], over="sector")
    assert found.certificate.gain < 1e-8
    assert len(found.others) == 1
    assert found.rates["USA"].shape == (2,)


def test_rows_of_tariffs_become_a_shock():
    economy = world(0, 2)
    shock = shock_of(economy, [("USA", "CHN", None, 0.5), ("CHN", "USA", "s1", 0.25)])
    assert (shock.tariff[4, 0].tolist(), shock.tariff[0, 4].tolist()) == ([0.5, 0.5], [0.0, 0.25])
    assert shock.tariff.sum() == 1.25


def test_bad_worlds_are_refused_by_name():
    economy = world(0)
    for value, text in ((-1.0, "CHN from USA.*-1"), (np.nan, "CHN from USA.*nan")):
        flows = economy.arrays["flows"].copy()
        flows[0, 4] = value
        with pytest.raises(InputError, match=text):
            solve(replace(economy, arrays={**economy.arrays, "flows": flows}), Shock())
    abroad = economy.arrays["flows"] * ~np.eye(5, dtype=bool)
    with pytest.raises(InputError, match="no own trade"):
        solve(replace(economy, arrays={**economy.arrays, "flows": abroad}), Shock())
    with pytest.raises(InputError, match="parameter trade_elasticity"):
        solve(economy.with_parameters(trade_elasticity=0.0), Shock())
    with pytest.raises(UnknownName, match="trade_elasticity"):
        economy.with_parameters(trade_elastcity=4.0)
    with pytest.raises(InputError, match="'CHN' is there twice"):
        Economy("twice", "armington", ("CHN", "CHN"))


def test_the_table_has_a_row_a_country():
    economy = load_libday()
    table = solve(economy, Shock(one_sided(economy, "USA", 0.1))).table()
    assert (len(table), [c.name for c in table.columns][:3]) == (194, ["country", "welfare", "deficit"])
    assert [c.name for c in table.columns][-1] == "real_gdp", "a new column stands last"
    usa = next(row for row in table.rows() if row["country"] == "USA")
    assert usa["revenue_to_expenditure"] > 0
    assert accounts(economy).spending.shape == (194,)
