"""Family B: the published NAFTA numbers, the worlds by their recipe, laws of the model, refusals, gradients."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from detente.codes import InputError, SolveError
from detente.data.worlds import build, load_economy, world_names
from detente.economy.aggregation import aggregate, elasticities
from detente.economy.frame import Shock, baseline_tariff
from detente.economy.input_output.accounts import accounts, balance, imbalance
from detente.economy.input_output.equations import problem, push_wages, state
from detente.economy.input_output.family import CaliendoParro
from detente.economy.input_output.real_income import first_order, terms_by_sector
from detente.economy.solver import gradient, solve, solve_many
from detente.economy.tariff_table import added, goods, replaced
from detente.lab.world.effects import sector_table

FAMILY = CaliendoParro()
SETS = (
    "giri-yi", "caliendo-parro", "fontagne", "shapiro", "bagwell-staiger-yurukoglu", "lashkaripour-lugovskyy",
    "in-sample", "uniform-4",
)  # fmt: skip


@pytest.fixture(scope="module")
def nafta():
    return load_economy("nafta-1993")


@pytest.fixture(scope="module")
def large():
    return load_economy("icio-2022")


@pytest.fixture(scope="module")
def small():
    return load_economy("icio-2022-small")


def both_ways(world, points):
    """US and Chinese tariffs on one another with points added, or taken away where `points` is None."""
    us, china = world.country("USA"), world.country("CHN")
    tariff = np.array(world.arrays["tariff"])
    at = [world.sector(code) for code in goods(world)]
    for a, b in ((us, china), (china, us)):
        tariff[a, b, at] = 0.0 if points is None else tariff[a, b, at] + points
    return Shock(tariff=tariff)


def per_cent(values, world, codes):
    return [100 * float(values[world.country(code)]) for code in codes]


# The published numbers (Caliendo and Parro 2015, tables 2 and following; exact numbers from the same equations).


@pytest.mark.parametrize("closure", ["fixed", "zero", "gdp"])
def test_nafta(nafta, closure):
    found = solve(nafta, Shock(tariff=nafta.arrays["tariff_2005"], options={"closure": closure}))
    table = first_order(found)
    published = per_cent(table["first_order"], nafta, ("MEX", "CAN", "USA"))
    exact = per_cent(found.changes["welfare"], nafta, ("MEX", "CAN", "USA"))
    assert [round(v, 2) for v in published] == [1.31, -0.06, 0.08]
    assert [round(v, 3) for v in exact] == [0.007, -0.110, 0.074]


def test_nafta_from_accounts_that_do_not_balance(nafta):
    """The closure zero solves for balanced accounts, whatever spending the baseline holds."""
    rng = np.random.default_rng(5)
    use = np.exp(0.3 * rng.normal(size=(31, 1, 40)))
    off = replace(nafta, arrays={**nafta.arrays, "flows": nafta.arrays["flows"] * use})
    with pytest.raises(InputError, match=r"do not balance.*balance\(economy\)"):
        solve(off, Shock(tariff=nafta.arrays["tariff_2005"]))
    found = solve(off, Shock(tariff=nafta.arrays["tariff_2005"], options={"closure": "zero"}))
    assert found.certificate.converged
    assert abs(accounts(found.economy).deficit).max() < 1e-8 * accounts(found.economy).income.max()


def test_first_order_parts_add_up_by_sector(nafta):
    found = solve(nafta, Shock(tariff=nafta.arrays["tariff_2005"]))
    terms, volume = terms_by_sector(found)
    table = first_order(found)
    np.testing.assert_allclose((terms + volume).sum(axis=1), table["first_order"], atol=1e-15)


# The worlds and their recipe.


@pytest.mark.parametrize("name", ["icio-2022", "icio-2022-small", "nafta-1993"])
def test_worlds_are_accepted(name):
    world = load_economy(name)
    base = accounts(world)
    assert np.abs(imbalance(world)).max() < 1e-10 * base.spending.max()
    assert np.abs(base.final.sum(axis=1) - 1.0).max() < 1e-12
    assert base.final.min() >= 0
    assert base.final_spending.min() > 0
    assert abs(base.deficit.sum()) < 1e-9 * base.income.sum()
    found = solve(world, Shock())
    assert all(np.abs(hat - 1.0).max() < 1e-12 for hat in found.hats.values())


def test_icio_holds_what_the_recipe_says(large):
    base, usa, china = accounts(large), large.country("USA"), large.country("CHN")
    at = [large.sector(code) for code in goods(large)]
    flows, tariff = large.arrays["flows"], large.arrays["tariff"]
    assert flows[usa, china, at].sum() == pytest.approx(453.4e9, rel=1e-3)
    assert flows[china, usa, at].sum() == pytest.approx(127.8e9, rel=1e-3)
    assert flows.sum() == pytest.approx(199.7e12, rel=1e-3)
    idle = base.output <= 0
    assert idle.sum() == 41
    assert (idle == (np.einsum("nnj->nj", flows) <= 0)).all()
    assert base.spending.min() > 0
    assert (base.value_added_share > 0.05 - 1e-12).all()
    assert not np.einsum("nnj->nj", tariff).any()
    assert not tariff[:, :, large.sector("Services (aggregate)")].any()
    assert tariff[:, :, large.sector("C10T12")].max() <= 0.46
    assert tariff[large.country("ROW")].any()
    assert tariff[:, large.country("ROW")].any()
    ireland = large.country("IRL")
    assert base.deficit[ireland] / base.income[ireland] == pytest.approx(-0.43, abs=0.005)
    assert base.income[large.country("VNM")] == pytest.approx(1.09 * 0.957 * 433.7e9, rel=0.02)
    assert any("RAS moved intermediate value by 0.14 (USA 0.09, CHN 0.14)" in note for note in large.notes)


@pytest.mark.parametrize("name", SETS)
def test_small_world_agrees_with_the_large_in_both_directions(large, small, name):
    big, little = elasticities(large, name), elasticities(small, name)
    for points in (0.3, 1.0, None):
        there = solve(big, both_ways(big, points))
        here = solve(little, both_ways(little, points))
        for code in ("USA", "CHN"):
            gap = there.change("welfare", code) - here.change("welfare", code)
            assert abs(100 * gap) < 0.02


def test_small_world_is_the_aggregate_of_the_large(large, small):
    regions = {"FRA": "EUN", "DEU": "EUN"}
    coarse = aggregate(large, regions, {"A01": "AGR", "A02": "AGR"})
    assert np.abs(imbalance(coarse)).max() < 1e-10 * accounts(coarse).spending.max()
    for total in ("flows", "deficit"):
        a = large.arrays["flows"].sum() if total == "flows" else accounts(large).deficit.sum()
        b = small.arrays["flows"].sum() if total == "flows" else accounts(small).deficit.sum()
        assert a == pytest.approx(b, rel=1e-9, abs=1e3)
    assert accounts(small).revenue.sum() == pytest.approx(accounts(large).revenue.sum(), rel=1e-9)
    assert accounts(small).income[0] == pytest.approx(accounts(large).income[large.country("USA")], rel=1e-12)


def test_the_guard_on_elasticities_is_named(large):
    guarded = elasticities(large, "caliendo-parro")
    assert accounts(guarded).theta.max() == 20.0
    assert accounts(guarded).guarded == ("C19",)
    assert any("theta_max = 20: C19" in note for note in solve(guarded, both_ways(guarded, 0.1)).notes)
    raw = elasticities(large, "caliendo-parro", theta_max=0.0)
    assert accounts(raw).theta.max() == 64.85
    free = solve(raw, both_ways(raw, None))
    us, china, oil = raw.country("USA"), raw.country("CHN"), raw.sector("C19")
    assert free.levels["trade"][us, china, oil] > 100 * raw.arrays["flows"][us, china, oil]
    assert any("over half of the welfare change" in note and "USA C19" in note for note in free.notes)
    for name in SETS[:1] + SETS[2:]:
        assert not accounts(elasticities(large, name)).guarded


def test_points_and_rates_spare_services_and_walras_holds(small):
    up = added(small, "USA", ["CHN"], 0.3) - small.arrays["tariff"]
    usa, china, services = small.country("USA"), small.country("CHN"), small.sector("SVC")
    assert up[usa, china, services] == 0.0
    np.testing.assert_allclose(np.delete(up[usa, china], services), 0.3)
    assert np.count_nonzero(up) == len(small.sectors) - 1
    flat = replaced(small, "USA", [], 0.1, sectors=["STE", "MET"][1:])
    assert (np.delete(flat[usa, :, small.sector("MET")], usa) == 0.1).all()
    assert flat[usa, usa, small.sector("MET")] == small.arrays["tariff"][usa, usa, small.sector("MET")]
    for closure in ("fixed", "gdp", "zero"):
        found = solve(small, replace(both_ways(small, 0.5), options={"closure": closure}))
        world = found.levels["income"].sum()
        assert abs(found.certificate.walras) < 1e-9
        assert abs(found.levels["deficit"].sum()) < 1e-9 * world
        trade = found.levels["trade"]
        implied = trade.sum(axis=(1, 2)) - trade.sum(axis=(0, 2))
        np.testing.assert_allclose(implied, found.levels["deficit"], atol=1e-8 * world)


# Laws of the model.


def test_relabelling_permutes_results(small):
    rng = np.random.default_rng(3)
    c, s = rng.permutation(20), rng.permutation(15)
    arrays = {
        "flows": small.arrays["flows"][np.ix_(c, c, s)],
        "tariff": small.arrays["tariff"][np.ix_(c, c, s)],
        "input_share": small.arrays["input_share"][np.ix_(c, s, s)],
        "final_share": small.arrays["final_share"][np.ix_(c, s)],
    }
    parameters = {**small.parameters, "trade_elasticity": small.parameters["trade_elasticity"][s]}
    countries, sectors = (tuple(np.asarray(a)[p].tolist()) for a, p in ((small.countries, c), (small.sectors, s)))
    mixed = replace(small, countries=countries, sectors=sectors, arrays=arrays, parameters=parameters)
    here, there = solve(small, both_ways(small, 0.4)), solve(mixed, both_ways(mixed, 0.4))
    np.testing.assert_allclose(there.changes["welfare"], here.changes["welfare"][c], atol=1e-9)


def test_splitting_a_country_changes_nothing(small):
    n, s, at = 20, 15, small.country("JPN")
    flows = np.zeros((n + 1, n + 1, s))
    owner = np.r_[np.arange(n), at]
    part = np.where(owner == at, 0.5, 1.0)
    flows = small.arrays["flows"][np.ix_(owner, owner)] * part[:, None, None] * part[None, :, None]
    arrays = {
        "flows": flows,
        "tariff": small.arrays["tariff"][np.ix_(owner, owner)],
        "input_share": small.arrays["input_share"][owner],
        "final_share": small.arrays["final_share"][owner],
    }
    split = replace(small, countries=(*small.countries, "JP2"), arrays=arrays)
    here, there = solve(small, both_ways(small, 0.4)), solve(split, both_ways(split, 0.4))
    np.testing.assert_allclose(there.changes["welfare"], here.changes["welfare"][owner], atol=1e-9)


def test_merging_like_sectors_changes_nothing(small):
    """A sector cut in two of the same elasticity, tariff, trade shares and inputs, in parts that differ by use."""
    k = small.sector("MET")
    owner = np.r_[np.arange(15), k]
    part = np.where(owner == k, np.where(np.arange(16) == k, 0.3, 0.7), 1.0)
    arrays = {
        "flows": small.arrays["flows"][:, :, owner] * part,
        "tariff": small.arrays["tariff"][:, :, owner],
        "input_share": small.arrays["input_share"][:, owner][:, :, owner] * part[:, None],
        "final_share": small.arrays["final_share"][:, owner] * part,
    }
    theta = small.parameters["trade_elasticity"][owner]
    parameters = {**small.parameters, "trade_elasticity": theta}
    cut = replace(small, sectors=(*small.sectors, "ME2"), arrays=arrays, parameters=parameters)
    here, there = solve(small, both_ways(small, 0.4)), solve(cut, both_ways(cut, 0.4))
    np.testing.assert_allclose(there.changes["welfare"], here.changes["welfare"], atol=1e-9)


@pytest.mark.parametrize("rate", [1e-4, 2.0, 0.0])
def test_extreme_tariffs_converge(large, rate):
    tariff = np.full(large.arrays["tariff"].shape, rate)
    tariff[:, :, large.sector("Services (aggregate)")] = 0.0
    tariff[range(81), range(81)] = 0.0
    assert solve(large, Shock(tariff=tariff)).certificate.residual <= 1e-10


def test_blocs_that_stop_trading(large):
    usa, china = large.country("USA"), large.country("CHN")
    cost = np.ones(large.arrays["flows"].shape)
    cost[usa, china], cost[china, usa] = 1000.0, 1000.0
    found = solve(large, Shock(cost_hat=cost))
    low = elasticities(large, "caliendo-parro")
    left = solve(low, Shock(cost_hat=cost)).levels["trade"][usa, china] / low.arrays["flows"][usa, china]
    assert found.change("welfare", "USA") < 0
    assert left[large.sector("C29")] == pytest.approx(5e-4, rel=0.3)  # theta = 1.115 leaves visible trade


WEST = frozenset(
    "USA CAN MEX GBR JPN KOR AUS AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD "
    "POL PRT ROU SVK SVN SWE".split()
)
EAST = frozenset("CHN RUS BLR HKG KHM LAO MMR PAK".split())


def cut(world, near, far, cost=1000.0):
    hat = np.ones(world.arrays["flows"].shape)
    a, b = (np.asarray([code in side for code in world.countries]) for side in (near, far))
    hat[a[:, None] & b[None, :] | b[:, None] & a[None, :]] = cost
    return hat


@pytest.mark.parametrize("name", ["giri-yi", "caliendo-parro", "lashkaripour-lugovskyy"])
def test_two_blocs_with_others_between_them(large, name):
    world = elasticities(large, name)
    found = solve(world, Shock(cost_hat=cut(world, WEST, EAST)))
    assert found.change("welfare", "USA") < -0.003
    assert found.change("welfare", "CHN") < -0.02


def test_halves_of_a_world_and_autarky_need_the_closure_zero(large):
    hat = cut(large, WEST, set(large.countries) - WEST)
    with pytest.raises(SolveError, match="no trade is left to carry it; use the closure zero"):
        solve(large, Shock(cost_hat=hat))
    assert solve(large, Shock(cost_hat=hat, options={"closure": "zero"})).certificate.residual <= 1e-10
    hat = np.full(large.arrays["flows"].shape, 1000.0)
    hat[range(81), range(81)] = 1.0
    with pytest.raises(SolveError, match=r"deficit of [A-Z]{3} .* use the closure zero"):
        solve(large, Shock(cost_hat=hat))
    found = solve(large, Shock(cost_hat=hat, options={"closure": "zero"}))
    trade = found.levels["trade"]
    assert found.certificate.residual <= 1e-10
    assert np.einsum("nnj->", trade) > (1.0 - 1e-3) * trade.sum()
    assert (found.changes["welfare"] < 0).all()


def test_warm_cold_and_many_starts_agree(small):
    near = solve(small, both_ways(small, 0.3))
    cold = solve(small, both_ways(small, 0.35))
    warm = solve(small, both_ways(small, 0.35), warm=near)
    np.testing.assert_allclose(warm.u, cold.u, atol=1e-8)
    assert warm.certificate.iterations <= cold.certificate.iterations
    shocks = [both_ways(small, points) for points in (0.1, 0.2)]
    alone = [solve(small, shock).changes["welfare"] for shock in shocks]
    for one, together in zip(alone, solve_many(small, shocks), strict=True):
        np.testing.assert_allclose(together.changes["welfare"], one, atol=1e-9)


# Derivatives by hand.


@pytest.mark.parametrize("closure", ["fixed", "gdp"])
def test_jacobian_and_its_transpose(small, closure):
    rng = np.random.default_rng(7)
    shock = replace(both_ways(small, 0.3), options={"closure": closure})
    u = 0.05 * rng.normal(size=620)
    d, v, h = rng.normal(size=620), rng.normal(size=620), 1e-6
    up, down = (FAMILY.residual(u + step * d, small, shock) for step in (h, -h))
    jacobian = FAMILY.jacobian(u, small, shock)
    np.testing.assert_allclose(jacobian @ d, (up - down) / (2 * h), rtol=1e-6, atol=1e-6 * np.abs(jacobian @ d).max())
    np.testing.assert_allclose(FAMILY.vjp(u, small, shock, v)[0], v @ jacobian, rtol=1e-9, atol=1e-9)
    pr, wages = problem(small, shock), jacobian[:, : len(small.countries)]
    np.testing.assert_allclose(push_wages(pr, state(pr, u)), wages, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("closure", ["fixed", "gdp"])
@pytest.mark.parametrize("country", ["USA", "CHN"])
def test_gradient_in_all_tariffs(small, country, closure):
    rng = np.random.default_rng(11)
    shock = replace(both_ways(small, 0.2), options={"closure": closure})
    found = solve(small, shock, tol=2e-13)
    slope = gradient(found, country)
    direction = rng.normal(size=slope.shape)
    direction[range(20), range(20)] = 0.0
    h = 1e-4
    ends = [solve(small, shock.with_tariff(shock.tariff + step * direction), tol=2e-13) for step in (h, -h)]
    numeric = (ends[0].change("welfare", country) - ends[1].change("welfare", country)) / (2 * h)
    assert (slope * direction).sum() == pytest.approx(numeric, rel=1e-6)


# Refusals.


def given(world):
    """The arrays of a world as a file would hold them."""
    names = ("flows", "tariff", "input_share", "final_share")
    arrays = {name: np.array(world.arrays[name]) for name in names}
    theta = np.array(world.parameters["trade_elasticity"])
    return {"countries": world.countries, "sectors": world.sectors, **arrays, "trade_elasticity": theta}


def test_bad_worlds_are_refused_with_the_cell(small):
    def refused(match, **changes):
        held = given(small)
        for name, (cell, value) in changes.items():
            held[name][cell] = value
        with pytest.raises(InputError, match=match):
            solve(build("mine", held, "mine"), Shock())

    refused("flows, CHN, USA, MET", flows=((1, 0, small.sector("MET")), -1.0))
    refused("flows, CHN, USA, MET.*is no number", flows=((1, 0, small.sector("MET")), np.nan))
    refused(r"own trade is 0.*balance\(economy\)", flows=((3, 3, 2), 0.0))
    refused("tariff, USA, CHN", tariff=((0, 1, 3), -1.0))
    swapped = given(small)["final_share"][0, [1, 0]]
    refused(r"do not balance.*balance\(economy\)", final_share=((0, slice(0, 2)), swapped))
    refused("trade_elasticity, ENE", trade_elasticity=(1, 0.0))
    refused("sums to", final_share=((0, 0), 0.9))


def test_balance_repairs_and_final_demand_left_out_is_what_inputs_leave(small, tmp_path):
    held = given(small)
    held["flows"][0, 1, 3] *= 1.5
    broken = build("mine", held, "mine")
    with pytest.raises(InputError, match="do not balance"):
        solve(broken, Shock())
    mended = balance(broken)
    assert np.abs(imbalance(mended)).max() < 1e-10 * accounts(mended).spending.max()
    assert solve(mended, both_ways(mended, 0.1)).certificate.converged
    np.testing.assert_array_equal(mended.arrays["flows"], broken.arrays["flows"])
    held = given(small)
    del held["final_share"]
    world = build("mine", held, "mine")
    np.testing.assert_allclose(world.arrays["final_share"], small.arrays["final_share"], atol=1e-9)
    assert solve(world, both_ways(world, 0.1)).certificate.converged


# A user's own world.


def tables(world, folder):
    """Write a world as a folder of tables."""
    c, s = np.asarray(world.countries), np.asarray(world.sectors)

    def write(name, values, axes, columns, value):
        at = np.indices(values.shape).reshape(values.ndim, -1)
        data = {column: axis[i] for column, axis, i in zip(columns, axes, at, strict=True)}
        pl.DataFrame({**data, value: values.ravel()}).write_csv(folder / f"{name}.csv")

    pair = ("importer", "exporter", "sector")
    write("flows", world.arrays["flows"], (c, c, s), pair, "value")
    write("tariffs", world.arrays["tariff"], (c, c, s), pair, "tariff")
    write("inputs", world.arrays["input_share"], (c, s, s), ("country", "input", "user"), "share")
    write("final", world.arrays["final_share"], (c, s), ("country", "sector"), "share")
    write("elasticities", world.parameters["trade_elasticity"], (s,), ("sector",), "theta")


def test_a_folder_and_a_file_of_arrays_give_the_same_world_and_bad_tables_their_row(small, tmp_path):
    tables(small, tmp_path)
    weight = np.random.default_rng(2).uniform(0.5, 1.5, (20, 15))
    rows = [f"{a},{b},{float(weight[i, k])!r}" for i, a in enumerate(small.countries)
            for k, b in enumerate(small.sectors)]  # fmt: skip
    (tmp_path / "weights.csv").write_text("\n".join(["country,sector,weight", *rows, ""]), encoding="utf-8")
    (tmp_path / "world.toml").write_text("[parameters]\ntheta_max = 12.0\nmarkup = 0.0\n", encoding="utf-8")
    np.savez(tmp_path / "mine.npz", **given(small))
    folder, file = load_economy(tmp_path), load_economy(tmp_path / "mine.npz")
    assert (folder.parameters["theta_max"], folder.parameters["markup"]) == (12.0, 0.0)
    assert np.array_equal(folder.arrays["political_weight"], weight)
    expected = solve(small, both_ways(small, 0.3)).changes["welfare"]
    for world in (folder, file):
        assert world.family == "caliendo_parro"
        shock = Shock(tariff=both_ways(small, 0.3).tariff)
        np.testing.assert_allclose(solve(world, shock).changes["welfare"], expected, atol=1e-9)
    tables(small, tmp_path)
    text = (tmp_path / "tariffs.csv").read_text(encoding="utf-8")
    for old, new, match in (
        ("USA,CHN,AGR", "USA,CHX,AGR", "row 17: unknown exporter 'CHX'"),
        ("USA,CHN,AGR", "USA,USA,AGR", "given twice"),
        (",tariff\n", ",rate\n", "has no column 'tariff'"),
    ):
        (tmp_path / "tariffs.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(InputError, match=match):
            load_economy(tmp_path)


def test_every_world_of_the_package_loads():
    assert {"icio-2022", "icio-2022-small", "nafta-1993", "libday-2023"} <= set(world_names())
    for name in world_names():
        assert load_economy(name).name == name
        assert load_economy(name) is load_economy(name)


def test_quantities_are_of_output_and_move_as_work_does(small):
    """Two per cent more productivity everywhere: more is made, and in units of world income as much is sold."""
    found = solve(small, Shock(productivity_hat=np.full((len(small.countries), len(small.sectors)), 1.02)))
    table = sector_table(found, ["USA", "CHN"])
    assert (found.changes["real_gdp"] > 0.02).all()
    assert np.mean(table["output"]) > 0.02
    assert abs(np.mean(table["sales"])) < 0.01
    assert table.columns[-1].name == "sales"
    assert "units of world income" in table.columns[-1].description
    economy = replace(small, arrays={**small.arrays, "input_share": np.zeros_like(small.arrays["input_share"])})
    economy = balance(economy)
    duty = baseline_tariff(economy).copy()
    duty[economy.country("USA"), economy.country("CHN")] += 0.5
    found = solve(economy, Shock(duty))
    table = sector_table(found, ["USA", "CHN", "MEX"])
    assert table["output"] == pytest.approx(table["employment"], abs=1e-9)
    assert np.abs(table["sales"] - table["output"]).max() > 1e-3


def test_real_gdp_is_what_is_made_at_the_prices_of_the_baseline(small):
    """Value added of every sector at old prices, and duty at old rates on what is imported now."""
    duty = baseline_tariff(small).copy()
    duty[small.country("USA")] += 0.2
    duty[small.country("USA"), small.country("USA")] -= 0.2
    found, base = solve(small, Shock(duty)), accounts(small)
    bought, old = found.quantity, np.asarray(small.arrays["flows"])
    assert solve(small, Shock()).quantity == pytest.approx(old, rel=1e-9)
    rate = baseline_tariff(small)
    used = (bought * (1.0 + rate)).sum(axis=1)
    inputs = used - used * base.final * found.levels["expenditure"][:, None] / found.levels["spending"]
    added = bought.sum(axis=(0, 2)) - inputs.sum(axis=1) + (bought * rate).sum(axis=(1, 2))
    gdp = base.income + base.revenue
    assert found.changes["real_gdp"] == pytest.approx(added / gdp - 1.0, abs=1e-12)
    usa = small.country("USA")
    assert -0.01 < found.changes["real_gdp"][usa] < 0.0 < found.changes["welfare"][usa]


def test_an_aggregate_of_one_sector_takes_shocks_on_its_own_axes(small):
    one = aggregate(small, sectors=dict.fromkeys(small.sectors, "all"))
    base = baseline_tariff(one)
    assert np.shape(one.arrays["tariff"]) == np.shape(one.arrays["flows"]) == base.shape
    duty = base.copy()
    duty[one.country("USA"), one.country("CHN")] += 0.2
    found = solve(one, Shock(duty, cost_hat=np.ones_like(base)))
    assert solve(one, Shock(duty[:, :, None])).changes["welfare"] == pytest.approx(found.changes["welfare"], abs=1e-9)
    assert found.changes["welfare"][one.country("CHN")] < 0.0
    assert len(sector_table(found, ["USA"])) == 1
    usa = np.asarray(one.arrays["flows"])[one.country("USA")].sum()
    assert usa == pytest.approx(np.asarray(small.arrays["flows"])[small.country("USA")].sum(), rel=1e-12)
