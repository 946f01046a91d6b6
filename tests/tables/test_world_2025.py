"""The worlds icio-2025 and icio-2025-small add up, agree with icio-2022 where they must, and are solved."""

import importlib
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.data.importers import importer
from detente.data.small_world import REGIONS_2025, SECTORS_2025, group_of_member, sectors_on
from detente.data.tables import arrays, concordance
from detente.data.worlds import load_economy
from detente.economy import Shock, aggregate, gradient, solve
from detente.economy.frame import Economy
from detente.economy.input_output import wage_chord
from detente.economy.input_output.accounts import accounts, imbalance
from detente.economy.tariff_table import replaced
from detente.lab.averages.averages import industry_names
from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.reform import sectors_of
from detente.lab.averages.sides import Side
from detente.lab.talks.world import sectors_of as sectors_of_world
from detente.lab.world.incidence import Effect, shock
from detente.law import Reading

ROOT = Path(__file__).resolve().parents[2]
LARGE, SMALL, OLDER = "icio-2025", "icio-2025-small", "icio-2022"
GOODS = 27
AGREED = 0.02
"""Percentage points of real income by which the small world may be off the large one."""


def war(world: Economy) -> Shock:
    """The United States at 145 per cent on China, China at 125 per cent on the United States, goods only."""
    tariff, china = replaced(world, "USA", ["CHN"], 1.45), world.country("CHN")
    tariff[china] = replaced(world, "CHN", ["USA"], 1.25)[china]
    return Shock(tariff)


@lru_cache
def after_war(name: str) -> dict[str, float]:
    """Changes of real income in a world after that war, per cent, by country."""
    found = solve(load_economy(name), war(load_economy(name)))
    assert found.certificate.residual < 1e-10
    assert abs(found.certificate.walras) < 1e-10
    return dict(zip(found.economy.countries, 100 * found.changes["welfare"], strict=True))


@lru_cache
def builder() -> ModuleType:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "tools"))
        return importlib.import_module("build_world_2025")


def test_the_axes_tariffs_and_elasticities_are_of_eighty_economies_and_the_older_world():
    world, older = load_economy(LARGE), load_economy(OLDER)
    assert (world.countries, len(world.sectors)) == (older.countries[:-1], 50)
    assert (world.sectors[:GOODS], world.parameters["services"]) == (older.sectors[:GOODS], world.sectors[GOODS:])
    assert {"C24A", "C24B", "C26", "C29"} <= set(world.sectors)
    small = load_economy(SMALL)
    assert (len(small.countries), len(small.sectors)) == (20, 18)
    alone = [members for members in SECTORS_2025.values() if len(members) == 1]
    assert {("C24A",), ("C24B",), ("C26",), ("C29",)} <= set(alone)
    members = [code for group in SECTORS_2025.values() for code in group]
    assert sorted(members) == sorted(load_economy(LARGE).sectors)
    tariff = np.asarray(world.arrays["tariff"])
    assert np.array_equal(tariff[:, :, :GOODS], np.asarray(older.arrays["tariff"])[:80, :80, :GOODS])
    assert not tariff[:, :, GOODS:].any()
    assert world.parameters["elasticity_sets"] == older.parameters["elasticity_sets"]
    sets, old = np.asarray(world.arrays["elasticity"]), np.asarray(older.arrays["elasticity"])
    assert np.array_equal(sets[:, :GOODS], old[:, :GOODS])
    assert (sets[:, GOODS:] == old[:, GOODS:]).all()


def test_trade_in_goods_is_that_of_the_flows_of_the_same_edition():
    """All sales of the edition by importer, exporter and 28 sectors are in icio-2022; digits are cut at 2^-17."""
    here, there = (np.asarray(load_economy(name).arrays["flows"])[:80, :80] for name in (LARGE, OLDER))
    foreign = ~np.eye(80, dtype=bool)
    goods, old = here[foreign][:, :GOODS], there[foreign][:, :GOODS]
    assert np.abs(goods - old).max() <= 2e-5 * old.max()
    assert (np.abs(goods - old) <= 2e-5 * old + 1e6).all()
    services, all_services = here[foreign][:, GOODS:].sum(axis=1), there[foreign][:, GOODS]
    assert services.sum() == pytest.approx(all_services.sum(), rel=1e-5)


def test_totals_of_the_publisher_and_the_gradient_against_differences():
    """Output of 2022, trillion USD, as the table has it."""
    world = load_economy(LARGE)
    output = np.asarray(world.arrays["flows"]).sum(axis=0)
    for code, trillion in (("USA", 45.300), ("CHN", 45.095), ("DEU", 7.973), ("IND", 6.298)):
        assert output[world.country(code)].sum() / 1e12 == pytest.approx(trillion, abs=0.002)
    assert output.sum() / 1e12 == pytest.approx(192.42, abs=0.01)
    tariff = war(world).tariff
    assert tariff is not None
    slopes = gradient(solve(world, Shock(tariff), tol=1e-12), "USA")
    cell = world.country("USA"), world.country("MEX"), world.sector("C29")
    step, values = 1e-4, []
    for sign in (1.0, -1.0):
        moved = tariff.copy()
        moved[cell] += sign * step
        values.append(solve(world, Shock(moved), tol=1e-12).change("welfare", "USA"))
    assert slopes[cell] == pytest.approx((values[0] - values[1]) / (2 * step), rel=1e-4, abs=1e-9)


@pytest.mark.parametrize(
    ("country", "gdp"), [("USA", 25.7), ("CHN", 17.9), ("JPN", 4.26), ("DEU", 4.16), ("CAN", 2.19), ("MEX", 1.47)]
)
def test_income_is_gdp_less_taxes_of_final_users(country, gdp):
    """GDP of 2022 at market prices, trillion USD, World Bank; taxes paid by final users are not in the table."""
    base, n = accounts(load_economy(LARGE)), load_economy(LARGE).country(country)
    assert 0.90 < (base.income + base.revenue)[n] / 1e12 / gdp < 1.01


def test_industries_have_names_of_every_world_and_goods_stand_by_one_concordance():
    table = arrays("icio50_sectors")
    assert tuple(table["sector"].tolist()) == load_economy(LARGE).sectors
    assert table["icio28"].tolist()[:GOODS] == table["sector"].tolist()[:GOODS]
    assert set(concordance("hs6", "icio28").target.codes.tolist()) <= set(table["sector"].tolist())
    assert (industry_names()["C24A"], industry_names()["J61"]) == ("Iron and steel", "Telecommunications")
    large, small, older = (load_economy(name) for name in (LARGE, SMALL, OLDER))
    assert sectors_of_world(large, ["MET", "STL"]) == ["C24A", "C24B", "C25"]
    assert sectors_of_world(small, ["MET"]) == ["STL", "NFM", "FMP"]
    assert sectors_of_world(older, ["MVH", "C24A"]) == ["C29", "C24A"]
    assert sectors_on(load_economy("icio-2022-small").sectors, "C26") == ("ELE",)
    assert sectors_on(small.sectors, "NONE") == ("NONE",)
    assert sectors_of("steel", "goods") == sectors_of("STL", "goods") == ("C24A",)


@pytest.mark.parametrize("name", [LARGE, SMALL])
def test_accounts_balance(name):
    world = load_economy(name)
    base = accounts(world)
    assert np.abs(imbalance(world)).max() < 1e-12 * base.spending.max()
    assert np.abs(base.final.sum(axis=1) - 1.0).max() < 1e-12
    assert base.final.min() >= 0.0
    assert base.final_spending.min() > 0.0
    assert base.inputs.min() >= 0.0
    assert base.value_added_share[base.output > 0].min() > 0.0199
    assert abs(base.deficit.sum()) < 1e-9 * base.income.sum()
    assert max(np.abs(hat - 1.0).max() for hat in solve(world, Shock()).hats.values()) < 1e-12


def test_no_own_trade_where_nothing_is_made_and_the_small_world_is_the_sum_of_the_large():
    flows = np.asarray(load_economy(LARGE).arrays["flows"])
    idle = flows.sum(axis=0) == 0
    assert idle.sum() == 51
    assert np.array_equal(idle, np.einsum("nnk->nk", flows) == 0)
    large, small = load_economy(LARGE), load_economy(SMALL)
    order = (small.countries, small.sectors)
    summed = aggregate(large, group_of_member(REGIONS_2025), group_of_member(SECTORS_2025), order=order)
    for name in ("flows", "tariff", "input_share", "final_share"):
        scale = np.abs(small.arrays[name]).max()
        np.testing.assert_allclose(summed.arrays[name], small.arrays[name], rtol=0.0, atol=1e-14 * scale, err_msg=name)
    assert accounts(small).revenue.sum() == pytest.approx(accounts(large).revenue.sum(), rel=1e-12)


def test_the_small_world_agrees_with_the_large_and_that_with_the_older_one():
    """Input shares of the own year instead of 2011: within a twentieth of a point, Viet Nam a third more."""
    small, large, older = (after_war(name) for name in (SMALL, LARGE, OLDER))
    for code in ("USA", "CHN", "MEX", "CAN", "VNM", "JPN", "KOR", "TWN", "IND", "GBR"):
        assert abs(large[code] - small[code]) < AGREED, code
    for code in ("USA", "CHN", "DEU", "JPN", "KOR", "IND", "BRA", "GBR", "CAN"):
        assert abs(large[code] - older[code]) < 0.06, code
    assert 1.1 < large["VNM"] / older["VNM"] < 1.4


def test_geneva_under_the_laws_of_both_sides_is_near_the_older_world():
    """From the duties of 13 May 2025 to those of the next day, both laws laid on each world."""
    days = date(2025, 5, 13), date(2025, 5, 14)
    laws = [importer(code).law for code in ("USA", "CHN")]
    sides = [[Side(str(on), on, Reading.EFFECTIVE, law, laid_law(law)) for law in laws] for on in days]
    found = {}
    for name in (LARGE, SMALL, OLDER):
        world = load_economy(name)
        laid = [shock(pair, world) for pair in sides]
        effect = Effect("", solve(world, laid[0][0]), solve(world, laid[1][0]), laid[1][1])
        found[name] = dict(zip(world.countries, 100 * effect.change("welfare"), strict=True))
        assert effect.unmapped["USA"] == pytest.approx(0.0 if name == OLDER else 0.026, abs=0.002)
        assert effect.unmapped["CHN"] < 1e-9
    for code in ("USA", "CHN", "MEX", "CAN", "JPN", "KOR", "TWN", "IND", "BRA", "GBR"):
        assert abs(found[LARGE][code] - found[OLDER][code]) < 0.03, code
        assert abs(found[LARGE][code] - found[SMALL][code]) < 0.01, code
    assert 0.3 < found[LARGE]["USA"] < 0.38
    assert -0.4 < found[LARGE]["VNM"] < found[OLDER]["VNM"] < -0.2


@settings(max_examples=6)
@given(st.lists(st.floats(0.0, 1.5), min_size=4, max_size=4), st.sampled_from(["fixed", "gdp"]))
def test_thirty_two_bits_of_the_split_change_no_answer(rates, closure):
    """The split is a direction: with fewer digits it leads to the same equilibrium, with the same slopes."""
    world = load_economy(SMALL)
    tariff = np.array(world.arrays["tariff"])
    pairs = (("USA", "CHN"), ("CHN", "USA"), ("USA", "EUN"), ("IND", "CHN"))
    for (buyer, seller), rate in zip(pairs, rates, strict=True):
        tariff[world.country(buyer), world.country(seller), :-1] += rate
    whole = solve(world, Shock(tariff, options={"closure": closure}), tol=1e-11)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wage_chord, "WIDE", 0)
        other = world.with_parameters()
        halved = solve(other, Shock(tariff, options={"closure": closure}), tol=1e-11)
        split = wage_chord.split(other, Shock(options={"closure": closure}))
        assert split.within.dtype == split.followed.dtype == np.float32
        np.testing.assert_allclose(halved.u, whole.u, rtol=0.0, atol=1e-9)
        np.testing.assert_allclose(gradient(halved, "USA"), gradient(whole, "USA"), rtol=1e-6, atol=1e-8)
    assert max(whole.certificate.residual, halved.certificate.residual) < 1e-11


@settings(max_examples=30)
@given(st.lists(st.floats(1e-9, 1e9), min_size=1, max_size=20), st.integers(8, 24))
def test_digits_are_cut_to_the_nearest_or_downward(values, digits):
    cut = builder().rounded
    given_values = np.asarray(values)
    near, below = cut(given_values, digits), cut(given_values, digits, down=True)
    assert (np.abs(near - given_values) <= 2.0**-digits * given_values).all()
    assert (below <= given_values).all()
    assert (given_values - below <= 2.0 ** (1 - digits) * given_values).all()
    assert np.array_equal(cut(near, digits), near)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_final_use_by_destination_adds_up_to_what_each_industry_sells(seed):
    """Three economies, all goods, two services: sums by seller are kept, goods by destination are the difference."""
    draw = np.random.default_rng(seed)
    sectors, n = GOODS + 2, 3
    intermediate = draw.exponential(1.0, (sectors, n, sectors, n))
    final = draw.exponential(20.0, (n, n + 1, sectors))
    used = np.concatenate([intermediate.sum(axis=2).transpose(1, 2, 0), np.zeros((n, 1, sectors))], axis=1)
    whole = used + final
    sales = np.concatenate([whole[:, :, :GOODS], whole[:, :, GOODS:].sum(axis=2, keepdims=True)], axis=2)
    found, facts = builder().final_use(intermediate, final.sum(axis=1), sales)
    abroad = ~np.eye(n, dtype=bool)
    np.testing.assert_allclose(found[abroad][:, :GOODS], final[:, :n][abroad][:, :GOODS], atol=1e-9)
    np.testing.assert_allclose(found.sum(axis=1), final.sum(axis=1), rtol=1e-8)
    by_destination = found[:, :, GOODS:].sum(axis=2)[abroad]
    np.testing.assert_allclose(by_destination, final[:, :n, GOODS:].sum(axis=2)[abroad], rtol=1e-6)
    assert found.min() >= 0.0
    assert facts["negative"] == 0.0
