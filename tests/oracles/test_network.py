"""The network behind a shortage against closed forms, Hulten's theorem, a planner and the accounts of a real world."""

import numpy as np
import pytest
from scipy.optimize import minimize

from detente.chains.equilibrium import equilibrium, gdp_change, real_income_change
from detente.chains.industry import output, sigma_at
from detente.chains.network import Network, Pool, Shortage, from_use_tables, from_world, split_exposed, with_spending
from detente.data.worlds import load_economy

CLOSED_FORMS = (
    (0.001, 0.2, 0.1, "0.430862", "2153.21", "-56.891"),
    (0.005, 0.5, 0.2, "0.982082", "29.2341", "-1.54952"),
)


def short(network, quantity, imported=(), pools=()):
    """A shortage by code; what is not named is not short."""
    q, rows = dict(quantity), dict(imported)
    ends = ((network.industries, q), (network.imported_rows, rows))
    return Shortage(*(np.array([given.get(code, 1.0) for code in codes]) for codes, given in ends), pools)


def one_industry(share, sigma):
    return Network("one", ("a",), [1.0], [[0.0]], [0.0], [share], [sigma])


def three(**elasticities):
    """Three industries, one imported row, other imports, two users of the material."""
    use = np.array([[8.0, 20.0, 5.0], [10.0, 15.0, 30.0], [2.0, 6.0, 4.0]])
    options = {"theta": 0.5, "epsilon": 0.3, "rho": 0.9} | elasticities
    sigma = options.pop("sigma", [0.2, 0.4, 1.0])
    return Network(
        "three",
        ("a", "b", "c"),
        [80.0, 120.0, 150.0],
        use,
        [5.0, 8.0, 3.0],
        [2.0, 1.0, 0.0],
        sigma,
        ("part",),
        [[3.0, 4.0, 0.5]],
        [2.5],
        **options,
    )


@pytest.mark.parametrize(("share", "q", "sigma", "y", "ratio", "gdp"), CLOSED_FORMS)
def test_one_industry_to_all_printed_digits(share, q, sigma, y, ratio, gdp):
    network = one_industry(share, sigma)
    found = equilibrium(network, short(network, {"a": q}))
    assert f"{found.output[0]:.6g}" == y
    assert f"{found.shadow_price[0] / found.price[0]:.6g}" == ratio
    assert f"{100 * gdp_change(found):.{len(gdp.split('.')[1])}f}" == gdp
    assert output(q, share, sigma) == pytest.approx(found.output[0], rel=1e-14)


def test_hulten_where_all_elasticities_are_one():
    network = three(sigma=[1.0, 1.0, 1.0], theta=1.0, epsilon=1.0, rho=1.0)
    found = equilibrium(network, short(network, {"a": 0.3, "b": 0.6}))
    rows, value = network.spending, network.gdp + network.spending.sum() + network.imported_supply.sum()
    expected = (rows[0] * np.log(0.3) + rows[1] * np.log(0.6)) / value
    assert -np.log(found.basket) == pytest.approx(expected, rel=1e-9)


def test_hulten_is_the_limit():
    network = three(sigma=[0.9999] * 3, theta=0.9999, epsilon=0.9999, rho=0.9999)
    found = equilibrium(network, short(network, {"a": 0.5, "b": 0.5}))
    value = network.gdp + network.spending.sum() + network.imported_supply.sum()
    assert -np.log(found.basket) == pytest.approx(network.spending.sum() / value * np.log(0.5), rel=2e-3)


def ces(quantities, shares, elasticity):
    r = (elasticity - 1.0) / elasticity
    return (shares @ quantities**r) ** (1.0 / r)


def planner_income(network, q, part, allocation):
    """Best real income a planner reaches with the same technology over base GDP, by search over all quantities."""
    n = len(network.industries)
    inputs = np.vstack([network.use, network.imported_use, network.other_imports])
    bundle = inputs.sum(axis=0)
    value = network.value_added
    s, v = network.structure.material, value / (value + bundle)
    final0 = np.append(network.final_use, network.imported_final)
    need = network.spending[:2]

    def shared(logs, base):
        """Quantities over base that use up a given total."""
        weights = base * np.exp(logs)
        return weights * base.sum() / weights.sum() / base

    def income(logs):
        x = inputs * np.exp(logs[: inputs.size].reshape(inputs.shape))
        material = q.copy()
        if allocation == "common pool":
            material[:2] = shared(logs[-2:], need) * (need @ q[:2]) / need.sum()
        y = np.empty(n)
        for u in range(n):
            m = ces(x[:, u] / inputs[:, u], inputs[:, u] / bundle[u], network.epsilon)
            B = ces(np.array([1.0, m]), np.array([v[u], 1 - v[u]]), network.theta[u])
            y[u] = ces(np.array([material[u], B]), np.array([s[u], 1 - s[u]]), network.sigma[u]) if s[u] else B
        final = np.append(network.output * y, network.imported_supply * part) - x[:-1].sum(axis=1)
        if (final <= 0).any():
            return -1e3
        basket = ces(final / final0, final0 / final0.sum(), network.rho) * final0.sum()
        return basket - x[-1].sum() - network.spending @ q - network.imported_supply[0] * part

    start = np.append(np.full(inputs.size, -0.2), np.zeros(2))
    best = minimize(lambda u: -income(u) / network.gdp, start, method="BFGS", options={"gtol": 1e-8, "maxiter": 2000})
    return -best.fun


@pytest.mark.parametrize("allocation", ["own", "common pool"])
def test_the_equilibrium_is_what_a_planner_would_choose(allocation):
    network, q, part = three(), np.array([0.2, 0.6, 1.0]), 0.7
    need = network.spending[:2]
    pools = (Pool((0, 1), float(need @ q[:2] / need.sum())),) if allocation == "common pool" else ()
    found = equilibrium(network, short(network, {"a": 0.2, "b": 0.6}, {"part": part}, pools))
    assert real_income_change(found) < -0.01
    best = planner_income(network, q, part, allocation)
    assert best - 1.0 == pytest.approx(real_income_change(found), abs=5e-8)


def test_the_production_function_where_doubles_end():
    assert output(0.5, 0.01, 1.0) == pytest.approx(0.5**0.01, rel=1e-15)
    assert output(0.5, 0.01, 1.0 + 1e-12) == pytest.approx(0.5**0.01, rel=1e-12)
    assert output(1e-6, 0.01, 0.02) == pytest.approx(1e-6 * 0.01 ** (-1 / 49), rel=1e-9)
    assert output(0.0, 0.01, 0.5) == 0.0
    assert output(0.0, 0.01, 2.0) == pytest.approx(0.99**2)
    assert output(1.0, 0.01, 0.05) == 1.0
    assert 1.0 - output(1.0 - 1e-9, 1e-5, 0.1) == pytest.approx(1e-14, abs=2e-16)


def test_substitution_grows_from_the_announcement():
    assert sigma_at(0.075, 0.6, 18.0, 0.0) == pytest.approx(0.075)
    assert sigma_at(0.075, 0.6, 18.0, 18.0 * np.log(2.0)) == pytest.approx((0.075 + 0.6) / 2)
    assert sigma_at(0.075, 0.6, 18.0, 1e4) == pytest.approx(0.6)


def test_use_tables_become_a_balanced_network():
    """Figures by hand: a negative cell, a row used up, a column without value added, spending out of imports."""
    network = from_use_tables(
        "by hand",
        ("a", "b"),
        supply=[100.0, 200.0],
        domestic=[[20.0, 90.0], [-10.0, 100.0]],
        imported=[[10.0, 2.0], [20.0, 60.0]],
        imports=[9.0, 90.0],
        parts=("b",),
    )
    network = with_spending(network, np.array([4.0, 0.0]), np.array([0.1, 1.0]))
    row = 99.9 / 110.0  # a: uses of 20 and 90 against an output of 100
    column = 196.0 / (90.0 * row + 100.0 + 62.0)  # b: less than 2 per cent would be left
    assert network.use == pytest.approx(np.array([[20.0 * row, 90.0 * row * column], [0.0, 100.0 * column]]))
    assert network.imported_use == pytest.approx(np.array([[20.0, 60.0 * column]]))
    assert network.imported_final == pytest.approx([90.0 - 20.0 - 60.0 * column])
    assert network.other_imports == pytest.approx([10.0 - 4.0, 2.0 * column])
    assert network.value_added == pytest.approx([100.0 - 20.0 * row - 30.0, 4.0])


@pytest.fixture(scope="module")
def world():
    economy = load_economy("icio-2022")
    arrays = {name: np.asarray(economy.arrays[name], dtype=np.float64) for name in ("flows", "input_share", "tariff")}
    return economy, {"countries": economy.countries, "sectors": economy.sectors, **arrays}


def test_a_bloc_of_a_real_world_is_taken_as_one(world):
    economy, arrays = world
    network = from_world("DEU and FRA", ["DEU", "FRA"], **arrays)
    at = [economy.country("DEU"), economy.country("FRA")]
    made = arrays["flows"][:, at].sum(axis=(0, 1))
    added = (arrays["flows"][:, at].sum(axis=0) * (1.0 - arrays["input_share"][at].sum(axis=1))).sum(axis=0)
    assert network.output == pytest.approx(made, rel=1e-12)
    assert network.gdp == pytest.approx(added.sum(), rel=2e-2)
    assert network.gdp >= added.sum() * (1 - 1e-12)  # rows kept within their output add to value added
    own = arrays["flows"][np.ix_(at, at)].sum(axis=(0, 1))
    assert (network.use.sum(axis=1) <= own * (1 + 1e-9)).all()


def test_users_must_be_split_or_the_loss_is_overstated(world):
    """A shortage of magnets does not stop all of a sector: five basis points of the output of three in Germany."""
    _, arrays = world
    network = from_world("DEU", ["DEU"], **arrays)
    users = ("C27", "C28", "C29")
    spending = np.where(np.isin(network.industries, users), 5e-4 * network.output, 0.0)
    whole = with_spending(network, spending, np.full(len(network.industries), 0.1))
    parts = split_exposed(whole, {"C27": 0.35, "C28": 0.185, "C29": 0.327})
    assert parts.spending.sum() == pytest.approx(spending.sum())
    assert parts.gdp == pytest.approx(network.gdp, rel=1e-9)
    shortage = {name: 0.3 for name, R in zip(parts.industries, parts.spending, strict=True) if R > 0}
    loss = gdp_change(equilibrium(parts, short(parts, shortage)))
    unsplit = gdp_change(equilibrium(whole, short(whole, dict.fromkeys(users, 0.3))))
    assert unsplit < 1.2 * loss < 0.0
