"""The world wiod-2011 adds up, agrees with published totals of 2011 and can be solved."""

import importlib
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from detente.data.worlds import load_economy
from detente.economy.frame import Economy, Shock
from detente.economy.input_output.accounts import accounts, imbalance
from detente.economy.solver import gradient, solve
from rows import rows_of
from small_worlds import war

LISTED = rows_of(__file__)

ROOT = Path(__file__).resolve().parents[2]
EU_2011 = (
    "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE"
).split()
GOODS = 16
SETS = load_economy("wiod-2011").parameters["elasticity_sets"]


@lru_cache
def world() -> Economy:
    return load_economy("wiod-2011")


@lru_cache
def stored() -> dict[str, np.ndarray]:
    with np.load(ROOT / "src" / "detente" / "data" / "worlds" / "wiod-2011.npz") as held:
        return {name: held[name] for name in held.files}


def at(*codes: str) -> list[int]:
    return [world().countries.index(code) for code in codes]


def test_axes_are_forty_countries_and_own_trade_is_zero_where_nothing_is_made():
    countries = world().countries
    assert (len(countries), len(world().sectors)) == (41, 35)
    assert {"ROU", "ROW", "TWN", *EU_2011} <= set(countries)
    assert not {"ROM", "RoW"} & set(countries)
    assert world().parameters["services"] == world().sectors[GOODS:]
    assert (stored()["flows"].dtype, stored()["flows"].min(), stored()["unit"]) == (np.int32, 0, 1e6)
    output = world().arrays["flows"].sum(axis=0)
    own = np.einsum("nnk->nk", world().arrays["flows"])
    assert np.array_equal(own == 0, output == 0)
    idle = {(world().countries[n], world().sectors[k]) for n, k in np.argwhere(output == 0)}
    assert len(idle) == 22
    assert {("CHN", "G50"), ("CHN", "P95"), ("CYP", "D23"), ("LUX", "D19")} <= idle
    assert world().parameters["zero_own_trade"] is False


def test_tariffs_spare_services_and_the_union_and_the_rest_takes_zero():
    tariff = world().arrays["tariff"]
    assert not tariff[:, :, GOODS:].any()
    assert not np.einsum("nnk->nk", tariff).any()
    assert not tariff[np.ix_(at(*EU_2011), at(*EU_2011))].any()
    assert tariff.min() == 0.0
    assert tariff.max() < 0.45
    tariff = world().arrays["tariff"][:, :, :GOODS]
    rest = at("ROW")[0]
    paying = [i for i, code in enumerate(world().countries) if code not in ("ROW", "AUS", "CAN", "MEX")]
    assert tariff[paying, rest].mean(axis=1).min() > 0.005
    assert 0.05 < tariff[rest, at("USA")[0]].mean() < 0.15


@pytest.mark.parametrize(("importer", "exporter", "sector", "low", "high"), LISTED["tariffs_people_know"])
def test_tariffs_people_know(importer, exporter, sector, low, high):
    rate = world().arrays["tariff"][world().country(importer), world().country(exporter), world().sector(sector)]
    assert low <= rate <= high


def test_shares_are_shares_and_uses_add_up_to_spending_by_hand():
    held = {name: stored()[name].astype(float) for name in ("flows", "tariff", "input_share", "final_share")}
    flows = held["flows"] * 1e6
    gross = flows * (1.0 + held["tariff"])
    spending, output = gross.sum(axis=1), flows.sum(axis=0)
    added = output - held["input_share"].sum(axis=1) * output
    final = added.sum(axis=1) + (gross - flows).sum(axis=(1, 2)) + (flows.sum(axis=(1, 2)) - output.sum(axis=1))
    used = np.einsum("nkj,nj->nk", held["input_share"], output) + held["final_share"] * final[:, None]
    assert np.abs(used - spending).max() < 1e-10 * spending.max()
    assert (np.abs(used - spending).max(axis=1) < 1e-10 * spending.sum(axis=1)).all()
    assert abs((flows.sum(axis=(1, 2)) - output.sum(axis=1)).sum()) < 1e-6
    base = accounts(world())
    assert base.final.min() >= 0.0
    assert np.abs(base.final.sum(axis=1) - 1.0).max() < 1e-12
    assert base.inputs.min() >= 0.0
    assert base.value_added_share[base.output > 0].min() > 0.05
    assert base.final_spending.min() > 0.0
    assert np.abs(imbalance(world())).max() < 1e-10 * base.spending.max()
    assert max(np.abs(hat - 1.0).max() for hat in solve(world(), Shock()).hats.values()) < 1e-12


def test_input_shares_are_the_countrys_own():
    shares = accounts(world()).inputs
    vehicles = world().sector("D34T35")
    assert len({round(float(v), 9) for v in shares[:, :, vehicles].max(axis=1)}) == 41
    own = shares[:, vehicles, vehicles]
    assert own[world().country("CHN")] > 0.25, "Chinese makers buy parts worth over a quarter of output"
    assert own.max() / np.median(own) > 1.5


@pytest.mark.parametrize(
    ("country", "gdp"),
    [("USA", 15.60), ("CHN", 7.55), ("JPN", 6.23), ("DEU", 3.75), ("FRA", 2.87), ("CAN", 1.79), ("MEX", 1.23)],
)
def test_income_is_gdp_less_taxes_of_final_users(country, gdp):
    """GDP of 2011 at market prices, trillion USD, World Bank; taxes paid by final users are not in the table."""
    base = accounts(world())
    n = world().country(country)
    assert 0.92 < (base.income + base.revenue)[n] / 1e12 / gdp < 1.0


def test_trade_and_duties_are_those_that_were_published():
    """USD bn of 2011. Goods: general imports (US Census Bureau), imports of China (its customs), at basic prices here.
    The US deficit in goods and services is that of the balance of payments, duties are those calculated by the Census;
    world GDP was 74 trillion at market prices (World Bank), taxes paid by final users are not in the table.
    """
    base, flows = accounts(world()), world().arrays["flows"][:, :, :GOODS].sum(axis=2) / 1e9
    for importer, exporter, published in (
        ("USA", "CHN", 399.4), ("USA", "CAN", 315.3), ("USA", "DEU", 98.7), ("CHN", "USA", 122.1),
    ):  # fmt: skip
        assert flows[at(importer)[0], at(exporter)[0]] == pytest.approx(published, rel=0.15)
    usa = at("USA")[0]
    assert flows[usa].sum() - flows[usa, usa] == pytest.approx(2208, rel=0.08)
    assert base.deficit[usa] / 1e9 == pytest.approx(549, rel=0.05)
    assert base.revenue[usa] / 1e9 == pytest.approx(29, rel=0.15)
    assert 0.92 < (base.income + base.revenue).sum() / 74e12 < 0.97
    assert (base.deficit[at("CHN", "DEU", "NLD", "RUS", "TWN", "IRL", "LUX")] < 0).all()
    assert (base.deficit[at("USA", "TUR", "GRC", "PRT", "GBR")] > 0).all()


def test_the_sets_are_those_of_the_large_world():
    large = load_economy("icio-2022")
    assert large.parameters["elasticity_sets"] == SETS
    assert world().parameters["elasticities"] == "giri-yi"
    assert (world().arrays["elasticity"][SETS.index("uniform-4")] == 4.0).all()
    fine, coarse = large.arrays["elasticity"], world().arrays["elasticity"]
    for one, same in (("C19", "D23"), ("C29", "D34T35"), ("C10T12", "D15T16"), ("C28", "D29")):
        assert fine[:, large.sector(one)] == pytest.approx(coarse[:, world().sector(same)], rel=1e-12)
    parts = fine[:, [large.sector(s) for s in ("C24A", "C24B", "C25")]]
    metals = coarse[:, world().sector("D27T28")]
    assert (parts.min(axis=1) - 1e-12 <= metals).all()
    assert (metals <= parts.max(axis=1) + 1e-12).all()


def test_the_guard_binds_on_petroleum_of_one_set_only():
    assert world().parameters["theta_max"] == 20.0
    assert {name: accounts(load_economy("wiod-2011", elasticities=name)).guarded for name in SETS} == {
        name: ("D23",) if name == "caliendo-parro" else () for name in SETS
    }


@pytest.mark.parametrize("name", SETS)
def test_a_trade_war_hurts_both_and_helps_mexico(name):
    economy = load_economy("wiod-2011", elasticities=name)
    found = solve(economy, war(economy))
    assert found.certificate.converged
    assert abs(found.certificate.walras) < 1e-9
    assert -0.012 < found.change("welfare", "USA") < -0.002
    assert -0.015 < found.change("welfare", "CHN") < -0.005
    assert found.change("welfare", "MEX") > 0.001


def test_markets_clear_after_a_war():
    found = solve(world(), war(world()), tol=1e-12)
    base, trade = accounts(world()), found.levels["trade"]
    made, rates = trade.sum(axis=0), np.asarray(found.shock.tariff)
    used = np.einsum("nkj,nj->nk", base.inputs, made) + base.final * found.levels["expenditure"][:, None]
    bought = (trade * (1.0 + rates)).sum(axis=1)
    assert np.abs(used - bought).max() < 1e-9 * bought.max()
    deficit = trade.sum(axis=(1, 2)) - made.sum(axis=1)
    assert deficit == pytest.approx(base.deficit, abs=1e-9 * base.income.sum())


@pytest.mark.parametrize(
    ("importer", "exporter", "sector"),
    [("USA", "CHN", "D30T33"), ("CHN", "USA", "A01T05"), ("USA", "MEX", "D34T35"), ("DEU", "FRA", "D29")],
)
def test_gradient_by_differences(importer, exporter, sector):
    economy, shock = world(), war(world())
    weights = np.zeros(41)
    weights[economy.country("USA")] = 1.0
    slope = gradient(solve(economy, shock, tol=1e-12), weights)
    cell = economy.country(importer), economy.country(exporter), economy.sector(sector)

    def value(step: float) -> float:
        rates = np.array(shock.tariff)
        rates[cell] += step
        return solve(economy, shock.with_tariff(rates), tol=1e-13).change("welfare", "USA")

    assert slope[cell] == pytest.approx((value(1e-4) - value(-1e-4)) / 2e-4, rel=1e-5, abs=1e-10)


@pytest.fixture
def builder(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "tools"))
    return importlib.import_module("build_world_wiod")


def test_stocks_and_own_trade_are_lifted_where_they_must_be(builder):
    use = np.zeros((2, 1, 2, 1))
    use[:, 0, :, 0] = [[10.0, 4.0], [2.0, 8.0]]
    final = np.asarray([[[-3.0, 5.0]], [[-6.0, 7.0]]])
    table = builder.prepared(builder.FullTable(("AAA", "BBB"), use, final, np.asarray([[16.0], [11.0]])))
    assert table.flows[:, :, 0] == pytest.approx(np.asarray([[7.0, 0.0], [9.0, 15.0]]))
    assert (table.facts["negative"], table.facts["removed"], table.facts["lifted"]) == (1, 4.0, 0)
    assert (table.facts["no_final"], table.facts["no_final_value"]) == (1, 9.0)
    use = np.zeros((2, 2, 2, 1))
    use[0, 0, 1], use[1, :, 1] = 5.0, 3.0
    table = builder.prepared(builder.FullTable(("AAA", "BBB"), use, np.zeros((2, 2, 2)), np.ones((2, 2))))
    assert (table.flows[0, 0].tolist(), table.facts["lifted"]) == ([1.0, 0.0], 1)


def test_tariffs_on_inputs_follow_and_the_union_counts_once(builder):
    use = np.zeros((2, 1, 2, 1))
    use[:, 0, 0, 0] = [30.0, 20.0]
    table = builder.FullTable(("AAA", "BBB"), use, np.zeros((2, 1, 2)), np.asarray([[100.0], [0.0]]))
    shares = builder.coefficients(table, np.asarray([[[0.0], [0.5]], [[0.0], [0.0]]]))
    assert shares[0, 0, 0] == pytest.approx(0.6)
    assert shares[1, 0, 0] == pytest.approx(0.6), "a user without output takes the world's mean"
    countries = ("AUS", "DEU", "FRA", "ITA", "JPN", "USA", "ROW")
    rates = np.asarray([[0.1], [0.0], [0.0], [0.0], [0.2], [0.3], [9.0]])
    assert builder.median_over_partners(rates, countries, 5) == pytest.approx([0.1])
    assert builder.median_over_partners(rates, countries, 1) == pytest.approx([0.2])


def test_two_classes_in_one_sector_are_weighted_by_the_trade_of_the_pair(builder):
    flows = np.zeros((2, 2, 3))
    flows[0, 1] = [1.0, 2.0, 1.0]
    weights = builder.Weights(("C24A", "C24B", "C25"), flows, np.eye(2))
    classes = {"Basic metals": np.full((2, 2), 0.10), "Fabricated metals": np.full((2, 2), 0.20)}
    found = builder.averaged(classes, builder.METALS, weights)
    assert found[0, 1] == pytest.approx(0.125)
    assert found[1, 0] == pytest.approx(0.15), "without trade both count alike"
