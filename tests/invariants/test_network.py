"""What any network economy under a shortage must do, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.chains import network as networks
from detente.chains.equilibrium import NetworkJob, equilibrium, gdp_change, losses, real_income_change, solve_many
from detente.chains.industry import (
    _log_quantity,
    certainty_equivalent,
    first_short_months,
    output,
    quarters,
    sigma_at,
    substitution_exponent,
)
from detente.codes import InputError, SolveError

CODES = ("a", "b", "c", "d", "e", "f")
ROWS = ("x", "y")
WAYS = ("own", "common pool")
seeds = st.integers(0, 10_000)
ways = st.sampled_from(WAYS)


def drawn(seed, n=6, m=2):
    """A network drawn at random: some flows missing, `a` buys none of the material."""
    draw = np.random.default_rng(seed)
    use = draw.uniform(0.0, 1.0, (n, n)) * (draw.random((n, n)) > 0.3)
    imported, others = draw.uniform(0.0, 0.3, (m, n)), draw.uniform(0.0, 0.2, n)
    Y = np.maximum(use.sum(axis=1) + draw.uniform(0.5, 4.0, n), 1.5 * (use.sum(axis=0) + imported.sum(axis=0) + others))
    spending = draw.uniform(0.0, 0.02, n) * Y * (np.arange(n) > 0)
    sigma, theta = draw.uniform(0.08, 0.8, n), draw.uniform(0.3, 0.9, n)
    rows = (ROWS[:m], imported, draw.uniform(0.0, 0.3, m))
    options = {"theta": theta, "epsilon": draw.uniform(0.05, 0.5), "rho": draw.uniform(0.5, 1.1)}
    return networks.Network("drawn", CODES[:n], Y, use, others, spending, sigma, *rows, **options)


def cut(seed, network, least=0.15, imports=True):
    draw = np.random.default_rng(seed + 1)
    q = draw.uniform(least, 1.0, len(network.industries))
    rows = draw.uniform(0.5, 1.0, len(network.imported_rows)) if imports else np.ones(len(network.imported_rows))
    return networks.Shortage(q, rows)


def short(network, quantity=(), imported=()):
    """A shortage by code; what is not named is not short."""
    q, rows = (dict(given) for given in (quantity, imported))
    ends = ((network.industries, q), (network.imported_rows, rows))
    return networks.Shortage(*(np.array([given.get(code, 1.0) for code in codes]) for codes, given in ends))


def solved(network, shortage, way="own", **options):
    """The equilibrium with what arrives as it is sent, or shared by all users in one pool."""
    if way == "common pool":
        users = np.flatnonzero(network.spending > 0)
        need = network.spending[users]
        pool = networks.Pool(tuple(users.tolist()), float(need @ shortage.quantity[users] / need.sum()))
        shortage = replace(shortage, pools=(pool,))
    return equilibrium(network, shortage, **options)


@given(seeds, ways)
@settings(max_examples=25, deadline=None)
def test_no_shortage_changes_nothing(seed, way):
    found = solved(drawn(seed), short(drawn(seed)), way)
    assert np.abs(found.u).max() < 1e-12
    for hats in (found.price, found.output, found.bundle, found.final, found.imported_price, found.value_added_price):
        assert np.abs(hats - 1.0).max() < 1e-12
    assert np.nanmax(np.abs(found.shadow_price - 1.0)) < 1e-12
    assert abs(gdp_change(found)) < 1e-12
    assert abs(real_income_change(found)) < 1e-12


@given(seeds, st.booleans())
@settings(max_examples=25, deadline=None)
def test_a_step_brings_the_linearised_equations_to_zero(seed, with_pools):
    """Newton's step against the slopes of the residuals by differences."""
    network = drawn(seed)
    pools = (networks.Pool((1, 2), 0.5), networks.Pool((4,), 0.6)) if with_pools else ()
    stack = networks.stack_of([network], [replace(cut(seed, network), pools=pools)])
    u = np.random.default_rng(seed).normal(0.0, 0.2, (1, stack.unknowns))
    at = networks.evaluate(stack, u)
    up, down = ([networks.evaluate(stack, u + sign * d).residual[0] for d in 1e-6 * np.eye(u.size)] for sign in (1, -1))
    slopes, step = (np.array(up) - np.array(down)).T / 2e-6, networks.newton_steps(stack, at)[0]
    assert np.abs(slopes @ step + at.residual[0]).max() < 1e-6 * max(1.0, np.abs(step).max())


@given(seeds, ways)
@settings(max_examples=25, deadline=None)
def test_the_certificate_holds_and_incomes_add_up(seed, way):
    network = drawn(seed)
    found = solved(network, cut(seed, network), way)
    assert found.certificate.converged
    assert found.certificate.residual <= 1e-10
    assert abs(found.certificate.walras) < 1e-8
    sales = network.output * found.output
    weight = found.bundle * (found.price[:, None] / found.bundle_price) ** -network.epsilon
    assert (network.use * weight).sum(axis=1) + network.final_use * found.final == pytest.approx(sales, rel=1e-8)
    if way == "common pool":
        inside = found.shadow_price[network.spending > 0]
        assert inside == pytest.approx(np.full(inside.size, inside[0]), rel=1e-8)
        received = network.spending @ np.where(network.spending > 0, found.quantity, 0.0)
        assert received == pytest.approx(network.spending @ cut(seed, network).quantity, rel=1e-9)


@given(seeds, ways)
@settings(max_examples=20, deadline=None)
def test_the_envelope_gives_the_slope_of_real_income(seed, way):
    network = drawn(seed)
    shortage = cut(seed, network, least=0.3)
    draw = np.random.default_rng(seed + 2)
    dq, drow = draw.uniform(0.0, 1.0, len(CODES)), draw.uniform(-1.0, 1.0, len(ROWS))
    h = 1e-4

    def income(part):
        moved = networks.Shortage(shortage.quantity + part * dq, shortage.imported + part * drow)
        return real_income_change(solved(network, moved, way, tol=1e-13))

    found = solved(network, shortage, way, tol=1e-13)
    worth = np.where(network.spending > 0, found.shadow_price / found.basket - 1.0, 0.0) * network.spending
    slope = (worth @ dq + (found.imported_price / found.basket - 1.0) * network.imported_supply @ drow) / network.gdp
    numeric = (8 * (income(h) - income(-h)) - (income(2 * h) - income(-2 * h))) / (12 * h)
    assert slope == pytest.approx(numeric, rel=1e-6, abs=1e-8)


@given(seeds, ways)
@settings(max_examples=15, deadline=None)
def test_a_deeper_cut_costs_more_and_easier_substitution_less(seed, way):
    network = drawn(seed)
    need = 1.0 - cut(seed, network).quantity
    path = [
        real_income_change(solved(network, networks.Shortage(1 - c * need, np.ones(2)), way)) for c in (0.2, 0.6, 1)
    ]
    assert 0.0 > path[0] > path[1] > path[2]
    shortage = networks.Shortage(1.0 - need, np.ones(2))
    stiff, soft = (
        solved(network.with_elasticities(sigma=factor * network.sigma), shortage, way) for factor in (0.7, 1.5)
    )
    assert real_income_change(stiff) < path[2] < real_income_change(soft)
    assert gdp_change(stiff) < gdp_change(soft)


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_shares_by_price_never_lose_more(seed):
    network = drawn(seed)
    own, pool = (real_income_change(solved(network, cut(seed, network), way)) for way in WAYS)
    assert pool >= own - 1e-12


def permuted(network, order):
    order = np.asarray(order)
    return replace(
        network,
        industries=tuple(network.industries[k] for k in order),
        use=network.use[np.ix_(order, order)],
        imported_use=network.imported_use[:, order],
        **{name: getattr(network, name)[order] for name in ("output", "other_imports", "spending", "sigma", "theta")},
    )


@given(seeds, ways, st.permutations(range(6)))
@settings(max_examples=15, deadline=None)
def test_order_and_units_do_not_matter(seed, way, order):
    network = drawn(seed)
    shortage = cut(seed, network)
    found = solved(network, shortage, way)
    other = solved(permuted(network, order), replace(shortage, quantity=shortage.quantity[order]), way)
    assert other.output == pytest.approx(found.output[order], rel=1e-9)
    money = ("output", "use", "other_imports", "spending", "imported_use", "imported_final")
    again = solved(replace(network, **{name: 1e6 * getattr(network, name) for name in money}), shortage, way)
    assert again.output == pytest.approx(found.output, rel=1e-9)
    assert gdp_change(again) == pytest.approx(gdp_change(found), rel=1e-9)


def halved(network, code):
    """The network with one industry as two that are alike."""
    at = network.industry(code)
    pick = np.r_[np.arange(len(network.industries)), at]
    part = np.where(pick == at, 0.5, 1.0)
    return replace(
        network,
        industries=(*network.industries, "twin"),
        use=network.use[np.ix_(pick, pick)] * part[:, None] * part,
        imported_use=network.imported_use[:, pick] * part,
        **{name: getattr(network, name)[pick] * part for name in ("output", "other_imports", "spending")},
        **{name: getattr(network, name)[pick] for name in ("sigma", "theta")},
    )


@given(seeds, ways, st.sampled_from(CODES))
@settings(max_examples=20, deadline=None)
def test_two_identical_halves_are_the_whole(seed, way, code):
    network = drawn(seed)
    twins = halved(network, code)
    shortage = cut(seed, network)
    q = np.append(shortage.quantity, shortage.quantity[network.industry(code)])
    found, split = solved(network, shortage, way), solved(twins, replace(shortage, quantity=q), way)
    assert split.output[:6] == pytest.approx(found.output, rel=1e-8)
    assert split.output[6] == pytest.approx(split.output[network.industry(code)], rel=1e-8)
    assert gdp_change(split) == pytest.approx(gdp_change(found), rel=1e-8)


@given(seeds, st.sampled_from(CODES[1:]))
@settings(max_examples=15, deadline=None)
def test_groups_of_like_industries_lose_nothing(seed, code):
    """Twins that buy none of the material, put together again, give the answer of the fine network."""
    network = drawn(seed)
    none = networks.with_spending(network, np.where(np.array(CODES) == code, 0.0, network.spending), network.sigma)
    twins = halved(none, code)
    small = networks.condense(twins, {c: c for c in CODES} | {code: "group", "twin": "group"})
    assert small.gdp == pytest.approx(network.gdp, rel=1e-12)
    named = {c: 0.4 for c in CODES[1:] if c != code}, {"x": 0.8}
    full, less = (gdp_change(solved(n, short(n, *named))) for n in (twins, small))
    assert less == pytest.approx(full, rel=1e-7)


def test_groups_of_unlike_industries_change_little():
    network = drawn(7)
    network = networks.with_spending(network, np.where(np.arange(6) < 3, network.spending, 0.0), network.sigma)
    small = networks.condense(network, {c: c if c in "abc" else "rest" for c in CODES})
    full, less = (gdp_change(solved(n, short(n, {"b": 0.5, "c": 0.5}))) for n in (network, small))
    assert 1e-6 < abs(less / full - 1.0) < 0.2


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_exposed_parts_carry_all_spending_and_add_up(seed):
    network = drawn(seed)
    parts = networks.split_exposed(network, {"b": 0.4, "c": 0.7, "d": 1.0})
    assert parts.industries[1:4] == ("b:exposed", "b:rest", "c:exposed")
    assert (parts.spending[2], parts.spending.sum()) == (0.0, pytest.approx(network.spending.sum()))
    assert parts.output[1] == pytest.approx(0.4 * network.output[1])
    assert parts.use.sum() == pytest.approx(network.use.sum())
    assert parts.final_use.sum() == pytest.approx(network.final_use.sum())
    whole = networks.condense(
        networks.with_spending(parts, 0 * parts.spending, parts.sigma), {c: c[0] for c in parts.industries}
    )
    assert whole.use == pytest.approx(network.use)
    assert equilibrium(parts, short(parts)).output == pytest.approx(1.0, abs=1e-12)


def test_an_industry_apart_never_suffers():
    """No material, no inputs: nothing reaches it in the quarter."""
    network = drawn(3)
    use = network.use.copy()
    use[:, 0] = 0.0
    imported = network.imported_use.copy()
    imported[:, 0] = 0.0
    others = np.where(np.arange(6) == 0, 0.0, network.other_imports)
    apart = replace(network, use=use, imported_use=imported, other_imports=others)
    found = equilibrium(apart, cut(3, apart))
    assert found.output[0] == 1.0
    assert (found.output[1:] < 0.999).any()


def test_a_start_nearby_gives_the_same_in_fewer_steps():
    network = drawn(11)
    near, far, whole = (short(network, dict.fromkeys(CODES[1:], q)) for q in (0.3, 0.301, 1.0))
    start, alone, ends = equilibrium(network, near), equilibrium(network, far), equilibrium(network, whole)
    (begun,) = solve_many([NetworkJob([network], [far], [start])])
    assert begun[0].output == pytest.approx(alone.output, rel=1e-9)
    assert begun[0].certificate.iterations < alone.certificate.iterations
    assert np.abs(ends.output - 1.0).max() < 1e-9


def test_losses_name_measure_period_and_scope():
    network = drawn(5)
    path = [equilibrium(network, short(network, dict.fromkeys(CODES[1:], q))) for q in (0.3, 0.5, 0.8, 1.0, 0.6)]
    found = losses(path, "USA", "direct", [1, 1, 1, 1, 1 / 3], [0.01] * 5)
    by = {(loss.measure, loss.period): loss.value for loss in found}
    gdp = [-gdp_change(one) for one in path]
    assert by["GDP at base prices", "peak quarter, annual rate"] == max(gdp)
    assert by["GDP at base prices", "year 1"] == pytest.approx(sum(gdp[:4]) / 4)
    assert by["GDP at base prices", "year 2"] == pytest.approx(gdp[4] / 12)
    real, income = (by[name, "year 1"] for name in ("exact real income, rent at home", "income, rent abroad"))
    assert income - real == pytest.approx(0.01 / network.gdp)
    assert {loss.scope for loss in found} == {"direct"}


quantities = st.lists(st.floats(0.0, 1.0), min_size=12, max_size=12)


@given(quantities, st.floats(1e-6, 0.2), st.floats(0.03, 1.5), st.floats(0.0, 1.0))
@settings(max_examples=80, deadline=None)
def test_what_users_count_on_is_at_most_the_mean(values, share, sigma, weight):
    q = np.array(values).reshape(1, 2, 2, 3)
    grades = np.array([[weight, 1.0 - weight]])
    found = certainty_equivalent(q, grades, np.array([share]), np.array([sigma]), floor=0.01)
    assert 0.0 < found.quantity[0] <= found.mean[0] + 1e-15
    assert output(found.quantity[0], share, sigma) == pytest.approx(found.output[0], rel=1e-9)
    received = np.maximum(q, 0.01)
    z = (output(received, share, sigma) * grades[:, :, None, None]).sum() / 6
    assert found.output[0] == pytest.approx(z, rel=1e-9)
    assert found.at_floor[0] == pytest.approx((grades[:, :, None, None] * (q < 0.01)).sum() / 6)


@given(st.floats(0.001, 1.0), st.floats(1e-6, 0.3), st.floats(0.05, 3.0))
@settings(max_examples=80, deadline=None)
def test_quantity_is_the_inverse_of_output(q, share, sigma):
    made = output(q, share, sigma)
    with np.errstate(divide="ignore"):
        needed = np.exp(_log_quantity(np.log(made), share, substitution_exponent(sigma)))
    assert output(needed, share, sigma) == pytest.approx(made, rel=1e-12)


def test_no_shortage_leaves_exactly_one():
    found = certainty_equivalent(np.ones((2, 1, 3, 3)), np.ones((2, 1)), np.array([0.01, 0.0]), np.ones(2), floor=0.01)
    assert (found.quantity == 1.0).all()
    assert not found.at_floor.any()
    none = certainty_equivalent(np.zeros((1, 1, 1, 3)), np.ones((1, 1)), np.zeros(1), np.ones(1), floor=0.01)
    assert none.quantity[0] == 1.0


def test_critical_inputs_stop_in_the_first_short_months_only():
    q = np.array([1.0, 0.5, 1.0, 0.4, 0.3, 0.2])
    assert first_short_months(q).tolist() == [False, True, False, True, True, False]
    quarter = q[3:].reshape(1, 1, 1, 3)
    critical = first_short_months(q)[3:].reshape(1, 1, 1, 3)
    arguments = (quarter, np.ones((1, 1)), np.array([0.01]), np.array([0.2]))
    without = certainty_equivalent(*arguments, floor=0.01)
    stopped = certainty_equivalent(*arguments, floor=0.01, leontief_share=0.3, critical=critical)
    z = output(quarter.ravel(), 0.01, 0.2)
    expected = np.mean([0.7 * z[0] + 0.3 * 0.4, 0.7 * z[1] + 0.3 * 0.3, z[2]])
    assert stopped.output[0] == pytest.approx(expected)
    assert stopped.quantity[0] < without.quantity[0]


def test_months_fill_quarters_and_imported_parts_follow_their_makers():
    found = quarters(7)
    assert [(p.months.start, p.months.stop, p.weight) for p in found] == [(0, 3, 1.0), (3, 6, 1.0), (6, 7, 1 / 3)]
    assert found[1].middle == 4.5
    countries = ("CHN", "DEU", "JPN", "KOR")
    share, y = np.array([[0.4, 0.3, 0.2, 0.1]]), np.array([[0.9, 0.8, 0.5, np.nan]])
    mean = (0.3 * 0.8 + 0.2 * 0.5) / 0.5
    found = networks.part_supply(countries, share, y, restrictor="CHN")
    assert found[0] == pytest.approx(0.4 + 0.3 * 0.8 + 0.2 * 0.5 + 0.1 * mean)
    ruled = networks.part_supply(countries, share, y, restrictor="CHN", foreign_product_rule=0.2)
    assert ruled[0] == pytest.approx(found[0] - 0.4 * 0.8)


def flaw(**changes):
    return lambda: replace(drawn(1), **changes)


def at(name, place, value):
    values = np.array(getattr(drawn(1), name))
    values[place] = value
    return {name: values}


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (flaw(**at("use", (1, 2), -1.0)), "use: a value is below 0"),
        (flaw(**at("output", 3, 0.0)), "d: no output"),
        (flaw(**at("spending", 2, 1e3)), "c: costs leave no value added"),
        (flaw(**at("sigma", 4, 0.0)), "e: sigma is not above 0"),
        (flaw(**at("imported_use", (1, 0), np.nan)), "imported_use: a value is below 0 or no number"),
        (flaw(sigma=np.ones(3)), r"sigma: shape \(3,\)"),
        (lambda: networks.split_exposed(drawn(1), {"b": {"x": 0.7, "y": 0.5}}), "shares of b: they add up to 1.2"),
        (lambda: networks.split_exposed(drawn(1), {"q": 0.2}), "unknown industry 'q'"),
        (lambda: certainty_equivalent(np.ones((1, 1, 1, 1)), np.ones((1, 1)), *np.ones((2, 1)), floor=2.0), "floor"),
        (lambda: quarters(0), "0 months"), (lambda: sigma_at(0.0, 1.0, 18.0, 1.0), "sigma"),
    ],
)  # fmt: skip
def test_mistakes_are_refused_by_name(mistake, message):
    with pytest.raises(InputError, match=message):
        mistake()


def test_a_solve_that_does_not_end_names_the_industry():
    network = drawn(2)
    with pytest.raises(SolveError, match=r"network drawn: no equilibrium found .* at .+\. Try a smaller cut"):
        equilibrium(network, cut(2, network), tol=1e-30)
