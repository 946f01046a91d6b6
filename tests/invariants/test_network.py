"""What any network economy under a shortage must do, and what it refuses."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.chains import (
    Network,
    Pool,
    Shortage,
    carried_over,
    certainty_equivalent,
    condensation,
    condense,
    equilibria,
    equilibrium,
    exposed_output,
    first_short_months,
    from_use_tables,
    from_world,
    gdp_change,
    income_change,
    long_run_losses,
    losses,
    marginal_value,
    output,
    outputs_of_parts,
    part_supply,
    quantity_for,
    quarters,
    real_income_change,
    restrictor_value,
    shortage_of,
    sigma_at,
    split_exposed,
    with_spending,
)
from detente.chains.network import rations
from detente.chains.network_equations import evaluate, jacobian, newton_step, unknowns
from detente.codes import InputError, SolveError, UnknownName

CODES = ("a", "b", "c", "d", "e", "f")
ROWS = ("x", "y")
WAYS = [(period, allocation) for period in ("quarter", "long-run") for allocation in ("own", "common pool")]
seeds = st.integers(0, 10_000)
ways = st.sampled_from(WAYS)


def drawn(seed, n=6, m=2):
    """A network drawn at random: some flows missing, `a` buys none of the material."""
    draw = np.random.default_rng(seed)
    use = draw.uniform(0.0, 1.0, (n, n)) * (draw.random((n, n)) > 0.3)
    imported, others = draw.uniform(0.0, 0.3, (m, n)), draw.uniform(0.0, 0.2, n)
    Y = np.maximum(use.sum(axis=1) + draw.uniform(0.5, 4.0, n), 1.5 * (use.sum(axis=0) + imported.sum(axis=0) + others))
    spending = draw.uniform(0.0, 0.02, n) * Y * (np.arange(n) > 0)
    sigma, theta, labour = draw.uniform(0.08, 0.8, n), draw.uniform(0.3, 0.9, n), draw.uniform(0.4, 0.8, n)
    rows = (ROWS[:m], imported, draw.uniform(0.0, 0.3, m))
    options = {"theta": theta, "epsilon": draw.uniform(0.05, 0.5), "rho": draw.uniform(0.5, 1.1)}
    return Network("drawn", CODES[:n], Y, use, others, spending, sigma, *rows, labour_share=labour, **options)


def cut(seed, network, least=0.15, imports=True):
    draw = np.random.default_rng(seed + 1)
    q = draw.uniform(least, 1.0, len(network.industries))
    rows = draw.uniform(0.5, 1.0, len(network.imported_rows)) if imports else np.ones(len(network.imported_rows))
    return Shortage(q, rows)


def nothing(network):
    return shortage_of(network)


@given(seeds, ways)
@settings(max_examples=25, deadline=None)
def test_no_shortage_changes_nothing(seed, way):
    found = equilibrium(drawn(seed), nothing(drawn(seed)), period=way[0], allocation=way[1])
    assert np.abs(found.u).max() < 1e-12
    for hats in (found.price, found.output, found.bundle, found.final, found.imported_price, found.value_added_price):
        assert np.abs(hats - 1.0).max() < 1e-12
    assert np.nanmax(np.abs(found.shadow_price - 1.0)) < 1e-12
    assert abs(gdp_change(found)) < 1e-12
    assert abs(real_income_change(found)) < 1e-12


@given(seeds, st.booleans(), st.booleans())
@settings(max_examples=25, deadline=None)
def test_the_jacobian_and_the_step_against_differences(seed, long_run, with_pools):
    network = drawn(seed)
    pools = (Pool((1, 2), 0.5), Pool((4,), 0.6)) if with_pools else ()
    short = rations(network, replace(cut(seed, network), pools=pools), long_run)
    structure = network.structure
    u = np.random.default_rng(seed).normal(0.0, 0.2, unknowns(structure, short))
    at = evaluate(structure, short, u)
    by_hand = jacobian(structure, short, at)
    moves = 1e-6 * np.eye(u.size)
    up, down = ([evaluate(structure, short, u + sign * d).residual for d in moves] for sign in (1, -1))
    assert np.abs(by_hand - (np.array(up) - np.array(down)).T / 2e-6).max() < 1e-6
    step = newton_step(structure, short, at)
    assert np.abs(by_hand @ step + at.residual).max() < 1e-9 * max(1.0, np.abs(step).max())


@given(seeds, ways)
@settings(max_examples=25, deadline=None)
def test_the_certificate_holds_and_incomes_add_up(seed, way):
    network = drawn(seed)
    found = equilibrium(network, cut(seed, network), period=way[0], allocation=way[1])
    assert found.certificate.converged
    assert found.certificate.residual <= 1e-10
    assert abs(found.certificate.walras) < 1e-8
    sales = network.output * found.output
    weight = found.bundle * (found.price[:, None] / found.bundle_price) ** -network.epsilon
    assert (network.use * weight).sum(axis=1) + network.final_use * found.final == pytest.approx(sales, rel=1e-8)
    if way[1] == "common pool":
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
        moved = Shortage(shortage.quantity + part * dq, shortage.imported + part * drow)
        return real_income_change(equilibrium(network, moved, period=way[0], allocation=way[1], tol=1e-13))

    found = equilibrium(network, shortage, period=way[0], allocation=way[1], tol=1e-13)
    slope = marginal_value(found, dq, drow) / network.gdp
    numeric = (8 * (income(h) - income(-h)) - (income(2 * h) - income(-2 * h))) / (12 * h)
    assert slope == pytest.approx(numeric, rel=1e-6, abs=1e-8)


@given(seeds, ways)
@settings(max_examples=15, deadline=None)
def test_a_deeper_cut_costs_more_and_easier_substitution_less(seed, way):
    network = drawn(seed)
    need = 1.0 - cut(seed, network).quantity
    options = {"period": way[0], "allocation": way[1]}
    path = [
        real_income_change(equilibrium(network, Shortage(1 - c * need, np.ones(2)), **options)) for c in (0.2, 0.6, 1)
    ]
    assert 0.0 > path[0] > path[1] > path[2]
    shortage = Shortage(1.0 - need, np.ones(2))
    stiff, soft = (
        equilibrium(network.with_elasticities(sigma=factor * network.sigma), shortage, **options)
        for factor in (0.7, 1.5)
    )
    assert real_income_change(stiff) < path[2] < real_income_change(soft)
    assert gdp_change(stiff) < gdp_change(soft)


@given(seeds)
@settings(max_examples=20, deadline=None)
def test_shares_by_price_never_lose_more_and_free_factors_neither(seed):
    network = drawn(seed)
    shortage = cut(seed, network)
    own, pool, free = (
        real_income_change(equilibrium(network, shortage, period=period, allocation=allocation))
        for period, allocation in WAYS[:3]
    )
    assert pool >= own - 1e-12
    assert free >= own - 1e-12


def permuted(network, order):
    order = np.asarray(order)
    return replace(
        network,
        industries=tuple(network.industries[k] for k in order),
        use=network.use[np.ix_(order, order)],
        imported_use=network.imported_use[:, order],
        **{
            name: getattr(network, name)[order]
            for name in ("output", "other_imports", "spending", "sigma", "theta", "labour_share")
        },
    )


@given(seeds, ways, st.permutations(range(6)))
@settings(max_examples=15, deadline=None)
def test_order_and_units_do_not_matter(seed, way, order):
    network = drawn(seed)
    shortage, options = cut(seed, network), {"period": way[0], "allocation": way[1]}
    found = equilibrium(network, shortage, **options)
    other = equilibrium(permuted(network, order), replace(shortage, quantity=shortage.quantity[order]), **options)
    assert other.output == pytest.approx(found.output[order], rel=1e-9)
    money = ("output", "use", "other_imports", "spending", "imported_use", "imported_final")
    scaled = replace(network, **{name: 1e6 * getattr(network, name) for name in money})
    again = equilibrium(scaled, shortage, **options)
    assert again.output == pytest.approx(found.output, rel=1e-9)
    assert gdp_change(again) == pytest.approx(gdp_change(found), rel=1e-9)
    assert marginal_value(again, np.ones(6)) == pytest.approx(1e6 * marginal_value(found, np.ones(6)), rel=1e-7)


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
        **{name: getattr(network, name)[pick] for name in ("sigma", "theta", "labour_share")},
    )


@given(seeds, ways, st.sampled_from(CODES))
@settings(max_examples=20, deadline=None)
def test_two_identical_halves_are_the_whole(seed, way, code):
    network = drawn(seed)
    twins = halved(network, code)
    shortage = cut(seed, network)
    q = np.append(shortage.quantity, shortage.quantity[network.industry(code)])
    options = {"period": way[0], "allocation": way[1]}
    found = equilibrium(network, shortage, **options)
    split = equilibrium(twins, replace(shortage, quantity=q), **options)
    assert split.output[:6] == pytest.approx(found.output, rel=1e-8)
    assert split.output[6] == pytest.approx(split.output[network.industry(code)], rel=1e-8)
    assert gdp_change(split) == pytest.approx(gdp_change(found), rel=1e-8)


@given(seeds, st.sampled_from(CODES[1:]))
@settings(max_examples=15, deadline=None)
def test_groups_of_like_industries_lose_nothing(seed, code):
    """Twins that buy none of the material, put together again, give the answer of the fine network."""
    network = drawn(seed)
    none = with_spending(network, np.where(np.array(CODES) == code, 0.0, network.spending), network.sigma)
    twins = halved(none, code)
    small = condense(twins, [c for c in CODES if c != code], {code: "group", "twin": "group"})
    assert small.gdp == pytest.approx(network.gdp, rel=1e-12)
    shortage = shortage_of(twins, {c: 0.4 for c in CODES[1:] if c != code}, {"x": 0.8})
    compared = condensation(twins, small, shortage)
    assert compared.relative == pytest.approx(0.0, abs=1e-7)
    assert compared.industries == (7, 6)
    assert carried_over(shortage, twins, small).imported == pytest.approx([0.8, 1.0])


def test_groups_of_unlike_industries_change_little():
    network = drawn(7)
    network = with_spending(network, np.where(np.arange(6) < 3, network.spending, 0.0), network.sigma)
    small = condense(network, ["a", "b", "c"], dict.fromkeys("def", "rest"))
    compared = condensation(network, small, shortage_of(network, {"b": 0.5, "c": 0.5}))
    assert 1e-6 < abs(compared.relative) < 0.2


@given(seeds)
@settings(max_examples=15, deadline=None)
def test_exposed_parts_carry_all_spending_and_add_up(seed):
    network = drawn(seed)
    parts = split_exposed(network, {"b": 0.4, "c": 0.7, "d": 1.0})
    assert parts.industries[1:4] == ("b:exposed", "b:rest", "c:exposed")
    assert parts.spending[2] == 0.0
    assert parts.spending.sum() == pytest.approx(network.spending.sum())
    assert parts.output[1] == pytest.approx(0.4 * network.output[1])
    assert parts.use.sum() == pytest.approx(network.use.sum())
    assert parts.final_use.sum() == pytest.approx(network.final_use.sum())
    whole = condense(with_spending(parts, 0 * parts.spending, parts.sigma), [], {c: c[0] for c in parts.industries})
    assert whole.use == pytest.approx(network.use)
    assert equilibrium(parts, nothing(parts)).output == pytest.approx(1.0, abs=1e-12)


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


def test_a_path_starts_each_quarter_from_the_last_and_ends_where_it_began():
    network = drawn(11)
    shortages = [shortage_of(network, dict.fromkeys(CODES[1:], q)) for q in (1.0, 0.3, 0.301, 1.0)]
    path = equilibria(network, shortages)
    alone = equilibrium(network, shortages[2])
    assert path[2].output == pytest.approx(alone.output, rel=1e-9)
    assert path[2].certificate.iterations < alone.certificate.iterations
    assert np.abs(path[3].output - 1.0).max() < 1e-9


def test_losses_name_measure_period_and_scope():
    network = drawn(5)
    path = equilibria(network, [shortage_of(network, dict.fromkeys(CODES[1:], q)) for q in (0.3, 0.5, 0.8, 1.0, 0.6)])
    found = losses(path, scope="direct", weights=[1, 1, 1, 1, 1 / 3], rent_abroad=[0.01] * 5)
    by = {(loss.measure, loss.period): loss.value for loss in found}
    gdp = [-gdp_change(one) for one in path]
    assert by["GDP at base prices", "peak quarter, annual rate"] == max(gdp)
    assert by["GDP at base prices", "year 1"] == pytest.approx(sum(gdp[:4]) / 4)
    assert by["GDP at base prices", "year 2"] == pytest.approx(gdp[4] / 12)
    real, income = (by[name, "year 1"] for name in ("exact real income, rent at home", "income, rent abroad"))
    assert income - real == pytest.approx(0.01 / network.gdp)
    assert {loss.scope for loss in found} == {"direct"}
    assert income_change(path[0], 0.0) == real_income_change(path[0])
    free = equilibrium(network, path[0].shortage, period="long-run")
    assert all(loss.period == "long run, each year" for loss in long_run_losses(free, scope="requirement"))
    with pytest.raises(UnknownName, match="scope"):
        losses(path, scope="world")
    with pytest.raises(InputError, match="long run"):
        losses([free], scope="direct")
    with pytest.raises(InputError, match="quarter"):
        long_run_losses(path[0], scope="direct")
    with pytest.raises(InputError, match="weights"):
        losses(path, scope="direct", weights=[1.0])


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
    assert found.floor_binds == bool((q * (grades[:, :, None, None] > 0) < 0.01).any() and found.at_floor[0] > 0)


@given(st.floats(0.001, 1.0), st.floats(1e-6, 0.3), st.floats(0.05, 3.0))
@settings(max_examples=80, deadline=None)
def test_quantity_is_the_inverse_of_output(q, share, sigma):
    assert output(quantity_for(output(q, share, sigma), share, sigma), share, sigma) == pytest.approx(
        output(q, share, sigma), rel=1e-12
    )


def test_no_shortage_leaves_exactly_one():
    found = certainty_equivalent(np.ones((2, 1, 3, 3)), np.ones((2, 1)), np.array([0.01, 0.0]), np.ones(2), floor=0.01)
    assert (found.quantity == 1.0).all()
    assert not found.floor_binds
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


def test_months_fill_quarters_and_the_rest_counts_pro_rata():
    found = quarters(7)
    assert [(p.months.start, p.months.stop, p.weight) for p in found] == [(0, 3, 1.0), (3, 6, 1.0), (6, 7, 1 / 3)]
    assert found[1].middle == 4.5


def test_imported_parts_follow_the_countries_that_make_them():
    countries = ("CHN", "DEU", "JPN", "KOR")
    share = [[0.4, 0.3, 0.2, 0.1]]
    y = [[0.9, 0.8, 0.5, np.nan]]
    mean = (0.3 * 0.8 + 0.2 * 0.5) / 0.5
    found = part_supply(("motors",), countries, share, y, restrictor="CHN")
    assert found[0] == pytest.approx(0.4 + 0.3 * 0.8 + 0.2 * 0.5 + 0.1 * mean)
    ruled = part_supply(("motors",), countries, share, y, restrictor="CHN", foreign_product_rule=0.2)
    assert ruled[0] == pytest.approx(found[0] - 0.4 * 0.8)
    network = split_exposed(drawn(4), {"b": 0.5})
    solved = equilibrium(network, shortage_of(network, {"b:exposed": 0.3}))
    assert exposed_output(solved, ["b", "c"]) == pytest.approx(solved.output[[1, 3]])
    table = outputs_of_parts({"DEU": solved}, countries, ["b"])
    assert np.isnan(table[0, [0, 2, 3]]).all()
    assert table[0, 1] == solved.output[1]
    with pytest.raises(InputError, match="motors: shares sum to"):
        part_supply(("motors",), countries, [[0.4, 0.3, 0.2, 0.2]], y, restrictor="CHN")
    with pytest.raises(UnknownName, match="USA"):
        part_supply(("motors",), countries, share, y, restrictor="USA")


def test_the_restrictor_weighs_rent_against_what_it_loses_for_good():
    assert restrictor_value((10.0, 16.0), (5.0, 2.0), 3.0) == pytest.approx(3.0)
    with pytest.raises(InputError, match="points"):
        restrictor_value((1.0, 2.0), (0.0, 0.0), 0.0)


TABLES = {"supply": [1.0], "industry_output": [1.0], "domestic": [[0.1]], "imported": [[0.1]], "imports": [0.1]}
TABLES |= {"spending": [0.0], "sigma": [1.0]}
WORLD = {"sectors": ["s"], "flows": [[[1.0]]], "input_share": [[[0.1]]]}


def flaw(**changes):
    return lambda: replace(drawn(1), **changes)


def at(name, place, value):
    values = np.array(getattr(drawn(1), name))
    values[place] = value
    return {name: values}


@pytest.mark.parametrize(
    ("mistake", "message"),
    [
        (flaw(**at("use", (1, 2), -1.0)), "use of b, c: -1 is negative"),
        (flaw(**at("output", 3, 0.0)), "d: no output"),
        (flaw(**at("spending", 2, 1e3)), "c: costs leave no value added"),
        (flaw(**at("sigma", 4, 0.0)), "e: sigma is not above 0"),
        (flaw(**at("imported_use", (1, 0), np.nan)), "imported_use of y, a"),
        (flaw(industries=("a", "b", "c", "d", "e", "a")), "'a' is there twice"),
        (flaw(sigma=np.ones(3)), r"sigma: shape \(3,\)"),
        (flaw(epsilon=0.0), "epsilon: 0 is not above 0"),
        (lambda: shortage_of(drawn(1), {"b": 40.0}), "quantity of b: 40 is not in"),
        (lambda: shortage_of(drawn(1), {"bb": 0.4}), "unknown industry 'bb'"),
        (lambda: shortage_of(drawn(1), {}, {"z": 0.4}), "unknown imported row 'z'"),
        (lambda: equilibrium(drawn(1), Shortage(np.zeros(6), np.ones(2))), "quantity of a: 0 is not above zero"),
        (lambda: equilibrium(drawn(1), Shortage(np.ones(5), np.ones(2))), "does not fit"),
        (lambda: equilibrium(drawn(1), shortage_of(drawn(1), pools=[(["a"], 0.5)])), "pool of a: a user in it buys"),
        (lambda: equilibrium(drawn(1), shortage_of(drawn(1), pools=[("b", 0.5), ("b", 0.5)])), "two pools"),
        (lambda: equilibrium(drawn(1), nothing(drawn(1)), period="month"), "unknown period 'month'"),
        (lambda: equilibrium(drawn(1), nothing(drawn(1)), allocation="lottery"), "unknown allocation"),
        (lambda: condense(drawn(1), ["a"], dict.fromkeys(CODES, "g")), "condense, b: a user of the material"),
        (lambda: condense(drawn(1), CODES[1:], {}), "condense, a: this industry has no group"),
        (lambda: condense(drawn(1), CODES[1:], {"a": "b"}), "condense, b: a group has the name"),
        (lambda: split_exposed(drawn(1), {"b": 1.2}), "exposed share of b: 1.2"),
        (lambda: split_exposed(drawn(1), {"q": 0.2}), "unknown industry 'q'"),
        (lambda: drawn(1).with_elasticities(eta=1.0), "unknown elasticity 'eta'"),
        (lambda: certainty_equivalent(-np.ones((1, 1, 1, 1)), np.ones((1, 1)), 0.1, 0.1, floor=0.0), "user 0"),
        (lambda: certainty_equivalent(np.ones((1, 1, 1, 1)), np.ones((1, 1)), 0.1, 0.1, floor=2.0), "floor"),
        (lambda: certainty_equivalent(np.ones((1, 2, 1, 1)), np.ones((1, 2)), 0.1, 0.1, floor=0.0), "weights sum to 2"),
        (lambda: quarters(0), "0 months"),
        (lambda: sigma_at(0.0, 1.0, 18.0, 1.0), "sigma"),
        (lambda: with_spending(drawn(1), np.ones(2), np.ones(6)), "spending: shape"),
        (lambda: from_use_tables("t", ("a",), parts=("b",), **TABLES), "unknown part 'b'"),
        (lambda: from_world("t", ["BBB"], countries=["AAA"], **WORLD), "unknown country 'BBB'"),
        (lambda: equilibria([drawn(1)], []), "1 networks for 0 shortages"),
    ],
)
def test_mistakes_are_refused_by_name(mistake, message):
    with pytest.raises(InputError, match=message):
        mistake()


def test_a_solve_that_does_not_end_names_the_industry():
    network = drawn(2)
    with pytest.raises(SolveError, match=r"network drawn: no equilibrium found .* at .+\. Try a smaller cut"):
        equilibrium(network, cut(2, network), tol=1e-30)
