"""The equations written a second time, and derivatives by a library, against ours by hand.

The second writing takes the array library as an argument: with NumPy it is an oracle of the solutions on every
machine, with JAX one of the gradients. Tests that need JAX are left out without it.
"""

import os
import sys
from dataclasses import replace
from pathlib import Path

# Each of these programs is run once or twice, so that compiling it well costs more than it gives.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true")

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.codes import SolveError
from detente.data.worlds import announced_tariff, load_economy, load_libday
from detente.economy import Economy, Shock, baseline_tariff, gradient, solve
from detente.economy.armington.accounts import PARAMETERS
from detente.economy.families import family_of

sys.path.insert(0, str(Path(__file__).parent))

from second_writing.in_jax import equations_of, jax_gradient, jax_residual

from rows import rows_of

LISTED = rows_of(__file__)

LIBDAY = load_libday()
ANNOUNCED = announced_tariff(LIBDAY)
OPTIONS = LISTED["options"]


@pytest.fixture
def jax():
    return pytest.importorskip("jax", reason="JAX is not installed: pip install '.[jax]'")


def drawn(seed, sectors=1, **parameters):
    """A small world of family A drawn at random; some trade is missing, and somebody makes nothing of a sector."""
    draw, n = np.random.default_rng(seed), 5
    flows = draw.uniform(1.0, 10.0, (n, n, sectors)) * (draw.random((n, n, sectors)) > 0.1)
    flows[range(n), range(n)] = draw.uniform(60.0, 200.0, (n, sectors))
    if sectors > 1:
        flows[:, 1, 1] = 0.0
    arrays = {"flows": flows[:, :, 0] if sectors == 1 else flows, "distribution_share": draw.uniform(0.0, 0.3, n)}
    if sectors > 1:
        arrays["distribution_share"][1] = 0.0
    names = ("all",) if sectors == 1 else tuple(f"s{k}" for k in range(sectors))
    elasticities = {"trade_elasticity": draw.uniform(2.0, 6.0, sectors), "scale_elasticity": np.full(sectors, 0.1)}
    values = {**PARAMETERS, **(elasticities if sectors > 1 else {}), **parameters}
    return Economy("drawn", "armington", ("CHN", "DEU", "JPN", "MEX", "USA"), names, arrays, values)


def anything(seed, economy, options):
    """New tariffs, trade costs and productivity, drawn at random."""
    draw, n = np.random.default_rng(seed), len(economy.countries)
    shape = (n, n) if len(economy.sectors) == 1 else (n, n, len(economy.sectors))
    tariff, cost = draw.uniform(0.0, 0.3, shape), draw.uniform(0.95, 1.1, shape)
    tariff[range(n), range(n)] = 0.0
    productivity = draw.uniform(0.95, 1.05, (n, len(economy.sectors)) if seed % 2 else n)
    return Shock(tariff, cost, productivity, options)


TECHNOLOGIES = LISTED["technologies"]
"""Parameters and options of family B beyond the plain model, the last with all at once."""


def small(**parameters):
    """The world of 20 x 15 with political weights."""
    economy = load_economy("icio-2022-small")
    weight = np.random.default_rng(0).uniform(0.5, 1.5, (20, 15))
    arrays = {**economy.arrays, "political_weight": weight}
    return replace(economy, arrays=arrays, parameters={**economy.parameters, **parameters})


def between_the_two(economy, us, china, options=()):
    """American and Chinese tariffs on one another raised, on everything that pays any."""
    a, b = economy.country("USA"), economy.country("CHN")
    tariff = np.array(economy.arrays["tariff"])
    for one, other, more in ((a, b, us), (b, a, china)):
        tariff[one, other] += more * (tariff[one, other] > 0)
    return Shock(tariff, options=dict(options))


def gaps_in_numpy(found):
    """Largest residual of the second writing at a solution, and largest difference of the welfare it gives."""
    economy, shock, model = found.economy, found.shock, equations_of(found.economy)
    rules, world = model.world_of(economy, shock)
    tariff = baseline_tariff(economy) if shock.tariff is None else shock.tariff
    pulls = model.pulls(np, rules, world, tariff, shock.cost_hat, shock.productivity_hat)
    ours = family_of(economy).welfare(found.u, economy, shock)
    welfare = model.welfare(np, rules, world, pulls, found.u) - ours
    return np.abs(model.residual(np, rules, world, pulls, found.u)).max(), np.abs(welfare).max()


def apart(one, other):
    """Largest difference over the largest number."""
    return np.abs(one - other).max() / np.abs(other).max()


# Solutions, with NumPy: these run everywhere.


@given(st.integers(0, 10_000), st.sampled_from(OPTIONS), st.sampled_from([1, 3]), st.sampled_from([1.0, 0.6]))
@settings(max_examples=40)
def test_solutions_of_family_a_solve_the_second_writing(seed, options, sectors, beta):
    economy = drawn(seed, sectors, value_added_share=beta)
    found = solve(economy, anything(seed, economy, options), tol=1e-11)
    assert max(gaps_in_numpy(found)) < 1e-9


@pytest.mark.sampled(5)
@pytest.mark.parametrize("changes", [{}, {"distribution_margin": 0.0}, {"pass_through": 0.25}, {"trade_elasticity": 8}])
@pytest.mark.parametrize("beta", [1.0, 0.49])
def test_the_world_of_194_solves_the_second_writing(changes, beta):
    found = solve(LIBDAY.with_parameters(value_added_share=beta, **changes), Shock(ANNOUNCED))
    assert max(gaps_in_numpy(found)) < 1e-9


@pytest.mark.sampled(5)
@pytest.mark.parametrize("closure", ["fixed", "gdp", "zero"])
@pytest.mark.parametrize("name", ["icio-2022-small", "nafta-1993"])
def test_solutions_of_family_b_solve_the_second_writing(name, closure):
    economy = load_economy(name)
    draw, shape = np.random.default_rng(3), economy.arrays["flows"].shape
    productivity = draw.uniform(0.98, 1.02, shape[1:])
    war = between_the_two(economy, 0.5, 0.3, {"closure": closure})
    shock = replace(war, cost_hat=draw.uniform(0.95, 1.05, shape), productivity_hat=productivity)
    assert max(gaps_in_numpy(solve(economy, shock))) < 1e-9


@pytest.mark.sampled(5)
@pytest.mark.parametrize(("parameters", "options"), TECHNOLOGIES)
def test_technologies_of_family_b_solve_the_second_writing(parameters, options):
    economy = small(**parameters)
    assert max(gaps_in_numpy(solve(economy, between_the_two(economy, 0.6, 0.4, options)))) < 1e-9


def test_substitution_by_user_and_residuals_off_the_solution():
    economy = small(input_substitution=np.r_[np.full(5, 1.0), np.full(5, 0.2), np.full(5, 2.0)])
    assert max(gaps_in_numpy(solve(economy, between_the_two(economy, 0.6, 0.4)))) < 1e-9
    found = solve(LIBDAY, Shock(ANNOUNCED))
    assert gaps_in_numpy(replace(found, u=found.u + 1e-3))[0] > 1e-4


def test_goods_a_country_does_not_make_or_buy_have_their_place():
    """The world of 81 x 28 with idle sectors, and the first step of `zero` from accounts that do not balance."""
    found = solve(load_economy("icio-2022"), between_the_two(load_economy("icio-2022"), 0.3, 0.1))
    assert max(gaps_in_numpy(found)) < 1e-9
    small = load_economy("icio-2022-small")
    flows = np.array(small.arrays["flows"])
    flows[:, :, 2] *= np.random.default_rng(0).uniform(0.8, 1.2, flows.shape[:2])
    off = replace(small, arrays={**small.arrays, "flows": flows})
    assert max(gaps_in_numpy(solve(off, Shock(options={"closure": "none"})))) < 1e-9


# Gradients, with JAX.


@pytest.mark.sampled(5)
@pytest.mark.parametrize("options", [OPTIONS[0], OPTIONS[3], OPTIONS[5]])
def test_gradients_of_family_a_in_all_tariffs(jax, options):
    found = solve(LIBDAY, Shock(ANNOUNCED, options=options), tol=1e-12)
    assert np.abs(jax_residual(found)).max() < 1e-9
    by_hand = gradient(found, "USA", tol=1e-13)
    assert by_hand.shape == (194, 194)
    assert apart(jax_gradient(found, "USA"), by_hand) < 1e-9


@pytest.mark.parametrize(("sectors", "beta", "options"), [(3, 0.6, OPTIONS[1]), (3, 1.0, OPTIONS[2])])
def test_gradients_with_sectors_inputs_costs_and_productivity(jax, sectors, beta, options):
    economy = drawn(7, sectors, value_added_share=beta)
    found = solve(economy, anything(7, economy, options), tol=1e-12)
    weights = np.array([1.0, -0.5, 0.25, 0.0, 2.0])
    assert apart(jax_gradient(found, weights), gradient(found, weights, tol=1e-13)) < 1e-9


def check_gradient(economy, options):
    found = solve(economy, between_the_two(economy, 0.2, 0.1, options), tol=1e-12)
    objective = {"USA": 1.0, "CHN": 0.5}
    assert apart(jax_gradient(found, objective), gradient(found, objective, tol=1e-13)) < 1e-9
    return found


def test_gradients_of_family_b_nafta_and_labour_supply_agree_and_another_model_is_refused(jax):
    economy = load_economy("icio-2022-small")
    found = [check_gradient(economy, {"closure": closure}) for closure in ("fixed", "zero")]
    assert max(np.abs(jax_residual(one)).max() for one in found) < 1e-9
    check_gradient(load_economy("nafta-1993"), {})
    parameters, options = TECHNOLOGIES[-1]
    check_gradient(small(**parameters), options)
    found = solve(drawn(7, value_added_share=0.6), Shock())
    with pytest.raises(SolveError, match="not written in JAX"):
        jax_gradient(replace(found, u=found.u + 0.01), "USA")
    with pytest.raises(SolveError, match="20 unknowns, the equations in JAX 15"):
        jax_residual(replace(found, economy=drawn(7)))
    before = jax.numpy.ones(1).dtype
    jax_residual(solve(drawn(7, value_added_share=0.6), Shock()))
    assert jax.numpy.ones(1).dtype == before
