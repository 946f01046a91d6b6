"""Solves that need exact Newton or the path of the shock, and folds that are refused with what can be carried."""

import re
from dataclasses import replace

import numpy as np
import pytest

import detente as dt
from detente.codes import SolveError, declared_note
from detente.economy import Economy, Shock, added, aggregate, gradient, solve
from detente.economy.families import family_of
from detente.economy.frame import partial_shock
from detente.economy.input_output.accounts import balance
from detente.economy.newton import follow
from detente.economy.solver import BEYOND, NEWTON, PATH

pytestmark = pytest.mark.sampled(3, together=True)

KEPT = ("USA", "CHN", "JPN", "DEU", "IND", "BRA")


def seven(strength):
    """Seven countries and 35 sectors whose scale economies times the trade elasticity come to `strength`."""
    world = dt.load_economy("wiod-2011")
    world = aggregate(world, countries={code: code if code in KEPT else "RST" for code in world.countries})
    theta = np.minimum(np.asarray(world.parameters["trade_elasticity"]) * np.ones(len(world.sectors)), 20.0)
    return world.with_parameters(scale_elasticity=strength / theta)


def war(world, part=1.0):
    """Half the value of each other's goods on top, United States and China, or a part of it in logs."""
    tariff = added(world, "USA", ["CHN"], 0.5)
    tariff[world.country("CHN")] = added(world, "CHN", ["USA"], 0.5)[world.country("CHN")]
    return partial_shock(world, Shock(tariff), part)


@pytest.mark.parametrize("part", [0.01, 1.0])
def test_a_war_under_strong_scale_is_solved(part):
    world = seven(0.8)
    found = solve(world, war(world, part))
    assert found.certificate.residual <= 1e-10
    assert found.changes["welfare"][world.country("CHN")] < 0


def test_the_path_of_a_shock_ends_where_newton_does_and_slopes_are_differences():
    world = seven(0.8)
    shock, family = war(world), family_of(world)
    path = follow(family, world, shock, family.start(world, shock))
    assert path.part == 1.0
    np.testing.assert_allclose(path.u, solve(world, shock).u, atol=1e-7)
    base, width = war(world, 0.5), 1e-4
    at = world.country("USA"), world.country("CHN"), 3
    values = []
    for sign in (-1, 1):
        tariff = base.tariff.copy()
        tariff[at] += sign * width
        values.append(solve(world, Shock(tariff), tol=1e-12).change("welfare", "USA"))
    slope = gradient(solve(world, base, tol=1e-12), "USA")[at]
    assert slope == pytest.approx((values[1] - values[0]) / (2 * width), rel=1e-4)


def test_a_fold_is_refused_with_the_part_that_can_be_carried():
    """Just below the part named the shock is carried; the part does not hang on how much of the shock is asked."""
    world = seven(0.9)
    parts = []
    for size in (0.3, 0.2):
        with pytest.raises(
            SolveError, match=r"a fold\) at [\d.]+ per cent of the shock .* moving fastest in"
        ) as raised:
            solve(world, war(world, size))
        found = re.search(r"at ([\d.]+) per cent", str(raised.value))
        assert found
        parts.append(size * float(found[1]) / 100)
    assert parts[0] == pytest.approx(parts[1], rel=0.01)
    below = solve(world, war(world, 0.98 * parts[0]))
    assert below.certificate.residual <= 1e-10
    assert below.certificate.method in (declared_note(NEWTON), declared_note(PATH))


def two(seed=6451, strength=0.9834):
    """Two countries and two sectors with inputs and strong scale, and a duty of 21 per cent on one sector."""
    draw = np.random.default_rng(seed)
    flows = draw.uniform(1.0, 10.0, (2, 2, 2))
    flows[range(2), range(2)] = 13.36 * draw.uniform(0.5, 2.0, (2, 2))
    inputs = 0.546 * (0.492 * np.eye(2) + 0.508 * np.full((2, 2), 0.5))
    arrays = {
        "flows": flows,
        "tariff": np.zeros_like(flows),
        "input_share": np.stack([inputs, inputs]),
        "final_share": np.full((2, 2), 0.5),
    }
    theta = np.array([4.0, 6.0])
    drawn = Economy("two", "caliendo_parro", ("CHN", "USA"), ("a", "b"), arrays, {"trade_elasticity": theta})
    world = balance(drawn)
    return replace(world, parameters={**world.parameters, "scale_elasticity": strength / theta})


def duty(world, rate):
    tariff = np.zeros_like(world.arrays["flows"])
    tariff[0, 1, 1] = rate
    return Shock(tariff)


def test_a_fold_of_a_world_of_194_is_refused_where_it_is_and_names_who_sets_the_tariffs():
    """What moves fastest there is a small country; the tariffs are those of the United States."""
    economy = dt.load_economy("libday-2023")
    rates = np.zeros((194, 194))
    rates[economy.country("USA")] = 10.0
    np.fill_diagonal(rates, 0.0)
    with pytest.raises(SolveError, match=r"\(a fold\) at 46\.7 per cent of the shock \(in logs; tariffs of USA\)"):
        dt.solve(economy, dt.Shock(rates))


def test_beyond_a_fold_the_branch_is_followed_on_and_its_equilibrium_says_so():
    world = two()
    shock, family = duty(world, 0.2106), family_of(world)
    path = follow(family, world, shock, family.start(world, shock))
    assert path.fold
    assert 0.0 < path.part < 0.1
    found = solve(world, shock)
    assert np.abs(family.residual(found.u, world, shock)).max() <= 1e-10
    assert found.certificate.method.startswith(declared_note(BEYOND, part=1.4).partition(" per cent")[0])
    assert any(note.startswith("another branch") for note in found.notes)
    assert all((np.asarray(hat) > 0.0).all() for hat in found.hats.values())
    assert found.u == pytest.approx(path.beyond, abs=1e-7)
    within = solve(world, duty(world, 0.0025))
    assert "fold" not in within.certificate.method
    assert not any(note.startswith("another branch") for note in within.notes)


def test_a_tolerance_that_nothing_meets_is_refused():
    """What does not arrive raises, however near it came: no number leaves an unconverged solve."""
    world = dt.load_economy("icio-2022-small")
    with pytest.raises(SolveError, match="no equilibrium found"):
        solve(world, Shock(tariff=added(world, "USA", ["CHN"], 0.25)), tol=1e-24, persist=False)
