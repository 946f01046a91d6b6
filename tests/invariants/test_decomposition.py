"""Parts of a change of real income: they add up, mean what they say, agree with derivatives and published numbers."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.codes import SolveError, declared_columns, declared_note
from detente.data.worlds import announced_tariff, load_economy, load_libday
from detente.economy import Economy, Shock, first_order, gradient, solve
from detente.economy.armington.accounts import PARAMETERS, accounts
from detente.economy.decomposition import (
    COARSEST,
    attribution,
    decompose,
    income_parts,
    interpolated,
    moves,
    parts_at,
    paths,
)
from detente.economy.families import family_of
from detente.economy.frame import differentiation, partial_shock, points, weights
from detente.economy.input_output.accounts import accounts as linked_accounts
from detente.economy.input_output.accounts import with_final_residual
from detente.economy.tariff_table import goods
from rows import rows_of
from small_worlds import CODES, drawn_world, war

LISTED = rows_of(__file__)

LIBDAY = load_libday()
ANNOUNCED = announced_tariff(LIBDAY)
seeds = st.integers(0, 10_000)


@pytest.fixture(scope="module")
def nafta():
    return load_economy("nafta-1993")


def linked(seed, sectors=3):
    """A small world of family B drawn at random, with tariffs in its baseline."""
    draw = np.random.default_rng(seed)
    n = len(CODES)
    flows = draw.uniform(1.0, 10.0, (n, n, sectors))
    flows[range(n), range(n)] = draw.uniform(60.0, 200.0, (n, sectors))
    tariff = draw.uniform(0.0, 0.3, flows.shape)
    tariff[range(n), range(n)] = 0.0
    inputs = draw.uniform(0.05, 0.5 / sectors, (n, sectors, sectors))
    arrays = {
        "flows": flows,
        "tariff": tariff,
        "input_share": inputs,
        "final_share": np.full((n, sectors), 1 / sectors),
    }
    names = tuple(f"s{k}" for k in range(sectors))
    theta = {"trade_elasticity": draw.uniform(2.0, 8.0, sectors)}
    return with_final_residual(Economy("drawn", "caliendo_parro", CODES, names, arrays, theta))


def drawn_shock(seed, world, high=0.6, **options):
    """Tariffs, trade costs and productivity drawn at random."""
    draw = np.random.default_rng(seed + 1)
    n, k = len(world.countries), len(world.sectors)
    shape = (n, n) if k == 1 else (n, n, k)
    tariff, cost = draw.uniform(0.0, high, shape), draw.uniform(0.9, 1.2, shape)
    tariff[range(n), range(n)] = 0.0
    return Shock(tariff, cost, draw.uniform(0.9, 1.2, (n,) if k == 1 else (n, k)), options)


def adds_up(found, tol=1e-6):
    """The decomposition of an equilibrium, after every sum it promises has been checked."""
    parts = decompose(found, tol=tol)
    table = parts.table()
    names = [c.name for c in table.columns if c.name not in ("country", "remainder", "real_income")]
    assert set(names) <= {column.name for column in declared_columns("economy.decomposition")}
    total = sum(table[name] for name in names)
    assert np.abs(total - table["real_income"]).max() < tol
    assert np.abs(table["remainder"]).max() <= parts.certificate.gap + 1e-15
    for code in found.economy.countries[::40] or found.economy.countries:
        row = {name: float(table[name][found.economy.country(code)]) for name in names}
        sectors, partners = parts.by_sector(code), parts.by_partner(code)
        assert {name: float(sectors[name].sum()) for name in names} == pytest.approx(row, abs=1e-14)
        carried = [c.name for c in partners.columns[1:]]
        assert {name: float(partners[name].sum()) for name in carried} == pytest.approx(
            {name: row[name] for name in carried}, abs=1e-14
        )
    return parts


# The path: differentiation and integration are exact for polynomials of the degree they promise.


@pytest.mark.parametrize("n", [COARSEST, 8, 16, 64])
def test_points_differentiate_and_integrate_polynomials(n):
    s, degree = points(n), np.arange(n + 1)
    powers = s[:, None] ** degree
    slopes = degree * s[:, None] ** np.maximum(degree - 1, 0)
    assert np.abs(differentiation(n) @ powers - slopes).max() < 1e-9
    assert weights(n) @ powers == pytest.approx(1.0 / (degree + 1.0), abs=1e-14)
    assert interpolated(powers, 0.3) == pytest.approx(0.3**degree, abs=1e-12)
    assert points(2 * n)[::2] == pytest.approx(s, abs=1e-15)


# They add up.


def test_nafta_adds_up_from_a_baseline_moved_to_zero_deficits(nafta):
    found = solve(nafta, Shock(nafta.arrays["tariff_2005"], options={"closure": "zero"}))
    parts = adds_up(found)
    assert np.abs(parts.parts.total("transfer")).max() < 1e-9
    assert parts.real_income == pytest.approx(np.log1p(found.changes["welfare"]), abs=1e-9)
    assert [round(100 * float(np.expm1(parts.real_income[nafta.country(c)])), 3) for c in ("MEX", "CAN", "USA")] == [
        0.007, -0.110, 0.074,
    ]  # fmt: skip


@pytest.mark.parametrize("closure", ["fixed", "gdp", "zero"])
def test_a_trade_war_adds_up(small, closure):
    found = solve(small, war(small, closure=closure))
    parts = adds_up(found)
    assert parts.real_income == pytest.approx(np.log1p(found.changes["welfare"]), abs=1e-9)
    assert parts.part("volume_of_trade", "USA") < 0 < parts.part("terms_of_trade", "USA")
    held = np.abs(parts.parts.total("transfer")).max()
    assert held < 1e-12 if closure == "zero" else held > 1e-5


@pytest.mark.parametrize(("parameters", "options"), LISTED["the_announced_tariffs_add_up"])
def test_the_announced_tariffs_add_up(parameters, options):
    found = solve(LIBDAY.with_parameters(**parameters), Shock(ANNOUNCED, options=options))
    parts = adds_up(found)
    assert parts.real_income == pytest.approx(np.log1p(found.changes["welfare"]), abs=1e-8)
    names = set(parts.parts.names)
    assert ({"employment", "leisure"} <= names) == (options.get("rebate") != "lump-sum")
    plain = "distribution_margin" in parameters
    assert (np.abs(parts.parts.total("distribution")).max() < 1e-15) == plain
    assert (np.abs(parts.parts.total("pass_through")).max() < 1e-12) == plain


def test_balanced_trade_counts_what_the_tariffs_change_in_parts_of_income():
    found = solve(LIBDAY, Shock(ANNOUNCED, options={"closure": "balanced"}))
    parts = adds_up(found)
    before = solve(LIBDAY, Shock(options={"closure": "balanced"}))
    assert np.abs(before.u).max() > 1e-3
    published = decompose(solve(LIBDAY, Shock(ANNOUNCED, options={"closure": "balanced", "as_published": True})))
    off = np.abs(published.remainder) > 1e-6
    assert off.tolist() == [False] * (off.size - 1) + [True]
    assert any("last country" in note for note in published.notes)
    assert parts.part("transfer", "USA") == pytest.approx(0.0, abs=1e-12)
    assert income_parts(found)["real_income"] == pytest.approx(found.changes["welfare"], abs=1e-9)


@given(seeds, st.sampled_from([1, 3]), st.sampled_from([1.0, 0.6]), st.sampled_from(["lump-sum", "tax-cut"]))
@settings(max_examples=12)
def test_every_kind_of_shock_adds_up_in_family_a(seed, sectors, beta, rebate):
    world = drawn_world(seed, sectors, missing=0.1, value_added_share=beta, scale_elasticity=0.1)
    adds_up(solve(world, drawn_shock(seed, world, rebate=rebate)))


@given(seeds, st.sampled_from(["fixed", "gdp"]))
@settings(max_examples=12)
def test_every_kind_of_shock_adds_up_in_family_b(seed, closure):
    world = linked(seed)
    adds_up(solve(world, drawn_shock(seed, world, closure=closure)))


TECHNOLOGIES = (
    {"labor_supply_elasticity": 0.5}, {"scale_elasticity": 0.1}, {"markup": 0.2}, {"input_substitution": 0.2},
    {"labor_supply_elasticity": 0.5, "scale_elasticity": 0.05, "markup": 0.2, "input_substitution": 0.5},
)  # fmt: skip


@pytest.mark.parametrize("horizon", ["long", "short"])
@pytest.mark.parametrize("technology", TECHNOLOGIES)
def test_every_technology_adds_up(small, technology, horizon):
    world = replace(small, parameters={**small.parameters, **technology})
    shock = war(world, horizon=horizon)
    draw = np.random.default_rng(7)
    wide = replace(shock, cost_hat=draw.uniform(0.95, 1.05, shock.tariff.shape))
    wide = replace(wide, productivity_hat=draw.uniform(0.95, 1.05, (20, 15)))
    found = solve(world, wide)
    parts = adds_up(found)
    assert parts.real_income == pytest.approx(np.log1p(found.changes["welfare"]), abs=1e-8)
    assert declared_note("economy.remainder") not in parts.notes
    assert ("profits" in parts.parts.names) == ("markup" in technology)
    assert ("scale" in parts.parts.names) == ("scale_elasticity" in technology)
    income = income_parts(found)
    assert sum(income[c.name] for c in income.columns[1:-1]) == pytest.approx(found.changes["welfare"], abs=1e-10)
    supply = technology.get("labor_supply_elasticity", 0.0)
    toil = -supply / (1 + supply) * (income["real_wage"] + income["employment"])
    assert income["leisure"] == pytest.approx(toil, abs=1e-10)


def test_a_political_objective_leaves_the_decomposition_to_real_income(small):
    weight = np.random.default_rng(2).uniform(0.5, 1.5, (20, 15))
    world = replace(small, arrays={**small.arrays, "political_weight": weight})
    found = solve(world, war(world, 0.3, 0.3, objective="political"))
    assert adds_up(found).real_income == pytest.approx(np.log1p(found.changes["welfare"]), abs=1e-9)
    assert attribution(found, "USA")["effect"].sum() == pytest.approx(found.change("welfare", "USA"), abs=1e-6)


# They mean what they say.


def test_a_country_without_tariffs_gains_no_volume(small):
    free = replace(small, arrays={**small.arrays, "tariff": np.zeros_like(small.arrays["tariff"])})
    flows = free.arrays["flows"]
    assert flows.ndim == 3
    tariff = np.zeros_like(flows)
    at = free.country("USA")
    tariff[at, :, :10] = 0.5
    tariff[at, at] = 0.0
    found = solve(free, Shock(tariff, options={"closure": "zero"}))
    parts = decompose(found)
    others = np.arange(len(free.countries)) != at
    assert np.abs(parts.parts.total("volume_of_trade"))[others].max() == 0.0
    terms = parts.parts.total("terms_of_trade")
    assert terms[others] == pytest.approx(parts.real_income[others], abs=1e-9)
    assert parts.part("volume_of_trade", "USA") < 0 < parts.part("terms_of_trade", "USA")


@given(st.floats(0.05, 2.0), st.floats(0.0, 0.3))
@settings(max_examples=8)
def test_the_same_tariffs_of_identical_countries_leave_the_terms_of_trade(rate, margin):
    n = 4
    flows = np.full((n, n), 10.0) + 90.0 * np.eye(n)
    arrays = {"flows": flows, "distribution_share": np.full(n, margin)}
    world = Economy("twins", "armington", CODES[:n], ("all",), arrays, dict(PARAMETERS))
    tariff = rate * (1.0 - np.eye(n))
    parts = adds_up(solve(world, Shock(tariff, options={"rebate": "lump-sum"})))
    assert np.abs(parts.parts.total("terms_of_trade")).max() < 1e-12
    assert np.abs(parts.parts.total("transfer")).max() < 1e-12
    assert (parts.parts.total("volume_of_trade") < 0).all()


def test_terms_of_trade_of_a_small_open_economy_vanish_with_its_market_power():
    """A thousandth of the world that sells close substitutes can move no price but its own."""
    gains = []
    for theta in (5.0, 50.0, 500.0):
        size = np.array([1e-3, 1.0, 1.0])
        flows = np.outer(size, size) / size.sum()
        arrays = {
            "flows": flows[:, :, None], "tariff": np.zeros((3, 3, 1)), "input_share": np.zeros((3, 1, 1)),
            "final_share": np.ones((3, 1)),
        }  # fmt: skip
        parameters = {"trade_elasticity": theta, "theta_max": 0.0}
        world = Economy("open", "caliendo_parro", ("SML", "LRG", "OTH"), ("all",), arrays, parameters)
        tariff = np.zeros((3, 3))
        tariff[0, 1:] = 0.5 / theta
        parts = adds_up(solve(world, Shock(tariff)))
        gains.append(parts.part("terms_of_trade", "SML"))
    assert gains[0] > 0
    assert gains[1] / gains[0] == pytest.approx(0.1, rel=0.5)
    assert gains[2] / gains[1] == pytest.approx(0.1, rel=0.5)
    assert gains[2] < 1e-3


@pytest.mark.parametrize("closure", ["fixed", "gdp"])
def test_a_small_shock_has_the_published_first_order_parts(small, closure):
    """Parts differ from the published ones by the deficit times the import price alone, which the transfer takes."""
    shock = partial_shock(small, war(small), 1e-4)
    own = np.array(small.arrays["tariff"])[range(20), range(20)]
    shock.tariff[range(20), range(20)] = own
    found = solve(small, replace(shock, options={"closure": closure}), tol=1e-12)
    parts, published = decompose(found, tol=1e-9), first_order(found)
    volume = parts.parts.total("volume_of_trade")
    traded = published["volume_of_trade"]
    size = np.abs(published["first_order"]).max()
    base = linked_accounts(small)
    domestic = np.abs(np.einsum("jnn->nj", base.tariff)).max(axis=1) == 0
    assert domestic.any()
    assert volume[domestic] == pytest.approx(traded[domestic], abs=1e-3 * size)
    deficit_moves = (found.levels["deficit"] - base.deficit) / base.final_spending
    both = parts.parts.total("terms_of_trade") + parts.parts.total("transfer") - deficit_moves
    assert both == pytest.approx(published["terms_of_trade"], abs=1e-3 * size)


@pytest.mark.parametrize("options", [{}, {"rebate": "lump-sum"}])
def test_first_order_is_the_derivative_at_the_baseline(options):
    found = solve(LIBDAY, Shock(ANNOUNCED, options=options))
    parts = decompose(found)
    start = solve(LIBDAY, Shock(options=options))
    for code in ("USA", "CHN", "VNM", "MEX"):
        along = float((gradient(start, code) * np.log1p(ANNOUNCED)).sum())
        table = parts.first_order(code)
        assert table["first_order"][-1] == pytest.approx(along, rel=1e-5)
        assert table["exact"] - table["first_order"] == pytest.approx(table["remainder"], abs=1e-15)
        assert table["exact"][:-1].sum() == pytest.approx(parts.real_income[LIBDAY.country(code)], abs=1e-8)


def test_first_order_shows_the_published_numbers_beside(nafta):
    found = solve(nafta, Shock(nafta.arrays["tariff_2005"], options={"closure": "zero"}))
    table = decompose(found).first_order("MEX")
    rows = {row["part"]: row for row in table.rows()}
    assert round(100 * rows["real_income"]["published"], 2) == 1.31
    assert round(100 * float(np.expm1(rows["real_income"]["exact"])), 3) == 0.007
    assert np.isnan(rows["transfer"]["published"])


@given(seeds, st.permutations(range(5)))
@settings(max_examples=8)
def test_relabelling_countries_permutes_the_parts(seed, order):
    world, at = linked(seed), np.asarray(order)
    cells = np.ix_(at, at)
    arrays = {
        name: values[cells] if name in ("flows", "tariff") else values[at] for name, values in world.arrays.items()
    }
    other = replace(world, countries=tuple(CODES[i] for i in at), arrays=arrays)
    shock = drawn_shock(seed, world)
    moved = Shock(shock.tariff[cells], shock.cost_hat[cells], shock.productivity_hat[at])
    first, second = (decompose(solve(w, s, tol=1e-12), tol=1e-8) for w, s in ((world, shock), (other, moved)))
    assert second.real_income == pytest.approx(first.real_income[at], abs=1e-9)
    assert second.parts.totals() == pytest.approx(first.parts.totals()[:, at], abs=1e-8)


@given(seeds, st.floats(0.5, 2.0))
@settings(max_examples=4)
def test_growth_that_all_share_moves_no_relative_price(seed, scale):
    """Transfers buy more imports as everything does; the rest of growth is productivity and what tariffs take of it."""
    world = linked(seed)
    base = linked_accounts(world)
    hat = np.full((5, 3), scale) ** base.value_added_share
    parts = adds_up(solve(world, Shock(productivity_hat=hat, options={"closure": "gdp"})))
    grown = np.log(scale)
    assert np.abs(parts.parts.total("terms_of_trade")).max() < 1e-8
    assert parts.parts.total("transfer") == pytest.approx(grown * base.deficit / base.final_spending, abs=1e-8)
    assert parts.parts.total("volume_of_trade") == pytest.approx(grown * base.revenue / base.final_spending, abs=1e-8)
    assert parts.real_income == pytest.approx(np.full(5, grown), abs=1e-8)


@pytest.mark.parametrize("make", [linked, partial(drawn_world, missing=0.1)])
def test_parts_do_not_depend_on_the_numeraire(make):
    """Prices, values and transfers that all rise by one more point leave every part where it is."""
    world = make(4)
    path = next(iter(paths(solve(world, drawn_shock(4, world)), 1e-6)))
    for here in family_of(world).points_of(path, moves(path)):
        dearer = replace(
            here, cost=here.cost + 0.3, flow=here.flow + 0.3, transfer_slope=here.transfer_slope + 0.3 * here.transfer
        )
        first, second = parts_at(here), parts_at(dearer)
        assert second.totals() == pytest.approx(first.totals(), abs=1e-12)
        for name, values in first.by_sector.items():
            assert second.by_sector[name] == pytest.approx(values, abs=1e-12)


# What cannot be done is refused by name.


def test_what_does_not_add_up_is_refused_and_no_shock_has_no_parts(small):
    with pytest.raises(SolveError, match=r"does not add up at 65 points"):
        decompose(solve(small, war(small, 0.1, 0.1)), tol=1e-18)
    parts = decompose(solve(small, Shock()))
    assert np.abs(parts.parts.totals()).max() < 1e-9
    assert declared_note("economy.remainder") not in parts.notes


# Real income by what people are paid from.


def test_income_parts_add_up_and_attribution_of_one_sided_tariffs_is_the_whole():
    found = solve(LIBDAY, Shock(ANNOUNCED))
    table, base = income_parts(found), accounts(LIBDAY)
    names = [c.name for c in table.columns[1:-1]]
    assert sum(table[name] for name in names) == pytest.approx(found.changes["welfare"], abs=1e-12)
    tau = found.levels["revenue"] / found.levels["income"]

    def delta(t):
        return base.spending / (base.spending - base.labor / (1 + base.labor) * (1 - t) * base.income)

    earning = found.hats["wage"] * found.hats["employment"] / found.hats["prices"]
    spending = found.hats["expenditure"] / found.hats["prices"]
    work = (1 - delta(tau)) * earning - (1 - delta(0.0)) + (delta(tau) - delta(0.0)) * spending
    assert table["leisure"] == pytest.approx(work, abs=1e-9)
    wage = delta(0.0) * base.income / base.spending * found.changes["real_wage"]
    assert table["real_wage"] == pytest.approx(wage, abs=1e-12)
    table = attribution(found, "USA", by="importer")
    assert table["importer"].tolist() == ["USA"]
    assert table["effect"][0] == pytest.approx(found.change("welfare", "USA"), abs=1e-6)


def test_income_parts_of_family_b_are_wages_revenue_and_transfer(small):
    found = solve(small, war(small))
    table, base = income_parts(found), linked_accounts(small)
    assert np.abs(table["leisure"]).max() < 1e-12
    assert np.abs(table["employment"]).max() < 1e-12
    names = ("real_wage", "tariff_revenue", "transfer")
    assert sum(table[name] for name in names) == pytest.approx(found.changes["welfare"], abs=1e-12)
    real = found.levels["revenue"] / (1 + found.changes["prices"]) - base.revenue
    assert table["tariff_revenue"] == pytest.approx(real / base.final_spending, abs=1e-12)


# Whose tariffs.


@pytest.mark.parametrize(
    "by", [("importer",), ("importer", "sector"), ("exporter",), ("importer", "exporter", "sector")]
)
def test_attribution_adds_up_whatever_is_told_apart(small, by):
    found = solve(small, war(small))
    table = attribution(found, "CHN", by=by)
    assert table["effect"].sum() == pytest.approx(found.change("welfare", "CHN"), abs=1e-6)
    if by == ("importer",):
        assert set(table["importer"]) == {"USA", "CHN"}
    if "sector" in by:
        assert set(table["sector"]) == set(goods(small))


def test_attribution_of_small_tariffs_is_what_each_does_alone(small):
    us, china = small.country("USA"), small.country("CHN")
    both, before = war(small, 1e-4, 2e-4), np.array(small.arrays["tariff"])
    table = attribution(solve(small, both, tol=1e-12), "USA", tol=1e-10)
    effect = dict(zip(table["importer"].tolist(), table["effect"].tolist(), strict=True))
    for code, cells in (("USA", (us, china)), ("CHN", (china, us))):
        alone = before.copy()
        alone[cells] = both.tariff[cells]
        change = solve(small, Shock(alone), tol=1e-12).change("welfare", "USA")
        assert effect[code] == pytest.approx(change, rel=2e-3)


def test_attribution_gives_equal_partners_equal_parts():
    """Two identical partners tax the same country: each has half of its loss."""
    flows = np.full((3, 3), 10.0) + 90.0 * np.eye(3)
    arrays = {"flows": flows, "distribution_share": np.full(3, 0.1)}
    world = Economy("three", "armington", ("AAA", "BBB", "CCC"), ("all",), arrays, dict(PARAMETERS))
    tariff = np.zeros((3, 3))
    tariff[1:, 0] = 0.4
    found = solve(world, Shock(tariff))
    table = attribution(found, "AAA")
    assert table["effect"] == pytest.approx(found.change("welfare", "AAA") / 2, rel=1e-9)
    assert table["effect"].max() < 0


def test_what_is_not_a_tariff_has_a_row_of_its_own(small):
    hat = np.random.default_rng(3).uniform(0.9, 1.2, (20, 15))
    found = solve(small, replace(war(small), productivity_hat=hat))
    table = attribution(found, "USA")
    assert table["importer"][-1] == "other"
    assert table["effect"].sum() == pytest.approx(found.change("welfare", "USA"), abs=1e-9)
    assert abs(table["effect"][-1]) > 1e-3
