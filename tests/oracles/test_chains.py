"""Months of a supply chain against closed forms, scipy's distributions and figures that were published."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import kruskal, lognorm, spearmanr, triang

from detente.chains import chain as chains
from detente.chains import licences
from detente.chains.allocation import by_value, ces_blocks, transit
from detente.chains.disrupt import disrupt
from detente.chains.equilibrium import equilibrium, gdp_change, real_income_change
from detente.chains.industry import output, sigma_at
from detente.chains.network import Network, Pool, Shortage, from_use_tables, from_world, split_exposed, with_spending
from detente.chains.prices import moved, schedule
from detente.chains.stocks import Reserve, StockJob, cover_classes, first_short, run_stocks_many
from detente.codes import InputError, UnknownName
from detente.data.worlds import load_economy
from detente.draws import associations, triangular
from detente.lab.chains.levers import Lever, worth
from rows import rows_of

LISTED = rows_of(__file__)

NAN = float("nan")
VALUES = LISTED["values"]


def chain(**changes):
    """One importer that buys everything, and Japan that makes all its magnets of feed 30% and 5% its own."""
    grades = (
        chains.Grade("H", "magnet", {"NdPr": 0.3, "Dy": 0.03}, 60.0, "850511", "NdFeB"),
        chains.Grade("L", "magnet", {"NdPr": 0.3}, 40.0, "850511", "NdFeB"),
    )
    need = {"H": 6e6, "L": 4e6}
    users = (
        chains.User("DEU", "C29", need, 0.0),
        chains.User("JPN", "C29", need, 0.0),
        chains.User("DEU", "C30", {"H": 6e5}, 0.0, defence=True),
    )
    sources = tuple(
        chains.GradeSource(country, grade, origin, 1.0)
        for country, origin in (("DEU", "CHN"), ("JPN", "JPN"))
        for grade in ("H", "L")
    )
    base = chains.SupplyChain(
        name="two",
        scope="direct",
        restrictor="CHN",
        elements=("NdPr", "Dy"),
        stages=(chains.Stage("metal"), chains.Stage("magnet", ("metal",), {"*": 0.75})),
        grades=grades,
        users=users,
        sources=sources,
        feeds=(chains.Feed("JPN", "NdPr", "metal", 0.30), chains.Feed("JPN", "Dy", "metal", 0.05)),
        parameters={name: chains.Range(value, value, value) for name, value in VALUES.items()},
    )
    return replace(base, **changes)


def of(found, country, code, grade, *, defence=False):
    layout = found.chain.layout
    at = [
        p for p in found.pairs_of(country, code, defence=defence) if found.chain.grades[layout.grade[p]].name == grade
    ]
    return at[0]


def test_queues_in_months_working_days_and_the_first_licences():
    """A wait of 2.1 months, then half: nothing for two months, 0.9 of a half in the third."""
    found = chains.by_month(licences.profile([(0.0, ((2.1, 0.0), (np.inf, 0.5)))], chains.edges(5)))
    assert found == pytest.approx([0.0, 0.0, 0.45, 0.5, 0.5], abs=1e-12)
    days = 45 / 5 * 7
    assert days / chains.DAYS_PER_MONTH == pytest.approx(2.1, abs=0.05)
    found = disrupt(chain(), licences.april_2025(), 4, stock_days=0)
    april = found.receipts[of(found, "DEU", "C29", "H"), 0]
    assert 3.0 <= april * chains.DAYS_PER_MONTH <= 4.0
    assert found.receipts[of(found, "DEU", "C29", "H"), 1] == 0.0
    found = disrupt(chain(), licences.Licences("q", (licences.april_2025().acts[0],)), 5, stock_days=0)
    light, heavy = (found.receipts[of(found, "DEU", "C29", g)] for g in ("L", "H"))
    start = 3.5 / chains.DAYS_PER_MONTH
    assert (light[1], light[2]) == (pytest.approx(0.5), pytest.approx(1.0 - 0.5 * (0.1 + start)))
    assert (light[3:], heavy[3:]) == (pytest.approx([1.0, 1.0]), pytest.approx([0.5, 0.5]))
    assert found.receipts[of(found, "DEU", "C30", "H", defence=True), 1:].max() == 0.0


def test_a_second_queue_a_backlog_and_the_flow_split_by_grade():
    path = licences.april_2025() + licences.general_licences(5.0) + licences.snap_back(7.0)
    found = disrupt(chain(), path, 11, stock_days=0)
    heavy = found.receipts[of(found, "DEU", "C29", "H")]
    assert heavy[5:] == pytest.approx([1.0, 1.0, 0.0, 0.0, 0.45, 0.5], abs=1e-9)
    assert found.receipts[of(found, "DEU", "C30", "H", defence=True), 1:].max() == 0.0
    assert found.backlog[of(found, "DEU", "C29", "H"), 10] == pytest.approx((1 - heavy).sum())
    act = licences.Act("queue", 0.0, wait=2.0, approved=0.5, backlog=2.0)
    found = disrupt(chain(), licences.Licences("q", (act,)), 6, stock_days=0)
    heavy = found.receipts[of(found, "DEU", "C29", "H")]
    assert heavy == pytest.approx([0.0, 0.0, 1.0, 1.0, 0.5, 0.5])
    # lambda_L = (total - share_H lambda_H) / (1 - share_H), at most 1.
    assert licences.split_total(0.5, 0.5, 0.15) == pytest.approx((0.15, 0.85))
    assert licences.split_total(1.05, 0.5, 0.15) == (0.15, 1.0)
    assert licences.split_total(0.05, 0.5, 0.15) == pytest.approx((0.10, 0.0))


def test_observed_ratios_from_chinese_customs():
    """May 2025 over May 2024 as reported: 1,238 of 4,762 t in all (74% less), 46 of 689 t to the United States."""
    before = {"*": (NAN,) * 4 + (4762.0, 5150.0) + (NAN,) * 6, "USA": (NAN,) * 4 + (689.0, NAN) + (NAN,) * 6}
    shifted = {name: values[4:] + values[:4] for name, values in before.items()}
    now = {"*": (1238.0, 3188.0), "USA": (46.0, 353.0)}
    found = licences.observed_ratios(now, shifted, {"*": 58152.0, "USA": 7444.0})
    assert found["USA"][0] == pytest.approx(0.0668, abs=1e-4)
    fall = 1 - 1238 / 4762
    assert fall == pytest.approx(0.74, abs=0.001)
    assert found["*"][0] == pytest.approx((1238 - 46) / (4762 - 689))
    june = (7444 - 689) / 11
    assert found["USA"][1] == pytest.approx(353 / june)


def test_observed_flows_return_their_total_and_say_nothing_of_feed():
    ratios = {"*": (0.5, 0.26, 0.4)}
    act = replace(licences.april_2025(ratios).acts[0], start=0.0)
    found = disrupt(chain(), licences.Licences("observed", (act,)), 3, stock_days=0)
    heavy, light = (found.receipts[of(found, "DEU", "C29", g)] for g in ("H", "L"))
    share = (6e6 + 6e5) / 60 / ((6e6 + 6e5) / 60 + 4e6 / 40)
    assert heavy == pytest.approx([0.15] * 3)
    assert share * heavy + (1 - share) * light == pytest.approx(ratios["*"])
    # Feed of controlled elements passes at lambda_H: Japan is left with 0.05 + 0.95 x 0.15 of its heavy feed.
    act = replace(licences.april_2025({"*": (0.9, 0.9)}, "850511").acts[0], start=0.0)
    found = disrupt(chain(), licences.Licences("observed", (act,)), 2, stock_days=0)
    assert found.met[of(found, "JPN", "C29", "H")] == pytest.approx([0.05 + 0.95 * 0.15] * 2)
    assert found.met[of(found, "JPN", "C29", "L")] == pytest.approx([1.0] * 2)


def test_own_feed_and_its_stock_say_when_a_country_is_short():
    """Under a full stop the share of feed from outside is what is left of each grade."""
    found = disrupt(chain(), licences.full_stop(), 2, stock_days=0)
    assert found.met[of(found, "JPN", "C29", "H")] == pytest.approx([0.05, 0.05])
    assert found.met[of(found, "JPN", "C29", "L")] == pytest.approx([0.30, 0.30])
    april = disrupt(chain(), licences.april_2025(), 2, stock_days=0)
    assert april.met[of(april, "JPN", "C29", "L")] == pytest.approx([1.0, 1.0])
    assert april.met[of(april, "JPN", "C29", "H")][1] == pytest.approx(0.05)
    # Two months of feed at 0.95 missing last 2/0.95 months.
    held = chain(stocks=(chains.Stock("national", "JPN", "Dy", 2.0), chains.Stock("national", "JPN", "NdPr", 9.0)))
    found = disrupt(held, licences.april_2025(), 4)
    start = 3.5 / chains.DAYS_PER_MONTH
    at = of(found, "JPN", "C29", "H")
    expected = (2.0 / 0.95 + start) - start
    assert found.first_short_by_grade[at] == pytest.approx(expected * chains.DAYS_PER_MONTH, abs=1.1)


def test_new_plants_by_yield_and_recipe():
    """Dy metal of 900 kg a year makes 0.75 x 900 / 0.03 kg of the heavy grade, light feed being its own."""
    plants = (
        chains.Plant("Dy", "metal", "AUS", "Dy", 900.0, 0.0, 0.0, "*"),
        chains.Plant("magnets", "magnet", "DEU", "NdFeB", 1e6, 1.0, 0.0, own_feed=("NdPr",)),
    )
    found = disrupt(
        chain(plants=(plants[0], replace(plants[1], start=1.0))),
        licences.full_stop(countries=("DEU",)),
        4,
        stock_days=0,
    )
    assert found.met.min(axis=1)[of(found, "DEU", "C29", "H")] < 1.0
    late = replace(plants[0], start=1.0)
    found = disrupt(chain(plants=(late, plants[1])), licences.full_stop(countries=("DEU",)), 4, stock_days=0)
    need = (6e6 + 6e5) / 60
    assert found.met[of(found, "DEU", "C29", "H")] == pytest.approx([0.0] + [0.75 * 900 / 0.03 / need] * 3)
    assert found.met[of(found, "DEU", "C29", "L")] == pytest.approx([0.0, 1.0, 1.0, 1.0])


def test_a_ramp_is_linear_and_bans_fall_on_one_or_all():
    plant = chains.Plant("x", "metal", "AUS", "Dy", 1200.0, 6.0, 12.0)
    assert plant.rise(np.array([3.0, 6.0, 12.0, 18.0, 30.0])) == pytest.approx([0.0, 0.0, 600.0, 1200.0, 1200.0])
    running = replace(plant, start=-6.0)
    assert running.rise(np.array([0.0, 6.0])) == pytest.approx([0.0, 600.0])
    # Against all, q is supply outside over use outside; against one, the others' imports are shared out evenly.
    rows = tuple(chains.GradeSource(c, "H", "CHN", 0.6) for c in ("DEU", "JPN"))
    base = chain(
        sources=rows, users=(chains.User("DEU", "C29", {"H": 6e6}, 0.0), chains.User("JPN", "C29", {"H": 6e6}, 0.0))
    )
    every = disrupt(base, licences.full_stop(), 6, stock_days=0, leak_cap=1.0)
    assert every.met == pytest.approx(np.full((2, 6), 0.4))
    one = disrupt(base, licences.full_stop(countries=("DEU",)), 6, stock_days=0, leak_cap=1.0)
    assert (one.met[0], one.met[1]) == (pytest.approx([0.4] * 3 + [0.7] * 3), pytest.approx([1.0] * 3 + [0.7] * 3))
    assert one.leakage[0, 5] == pytest.approx(0.3 * 1e5 / 12)


@pytest.mark.parametrize(("cap", "shares", "after"), LISTED["transit_moves_supply_to_a_level_and_no_further"])
def test_transit_moves_supply_to_a_level_and_no_further(cap, shares, after):
    need = np.full((3, 1), 100.0)
    received = need * np.array(shares)[:, None]
    found = transit(cap, received, need, received)
    assert (received + found.gained - found.passed)[:, 0] / 100.0 == pytest.approx(np.array(after), abs=1e-12)
    assert found.gained.sum() == pytest.approx(found.passed.sum(), abs=1e-12)


def no_reserve(rows):
    none = np.zeros(1)
    return Reserve(none, none, none, np.zeros(rows, dtype=np.int64), np.ones(rows))


@pytest.mark.parametrize(("stock", "share"), [(0.4, 0.3), (1.0, 0.0), (1.5, 0.55)])
def test_a_stock_lasts_cover_over_the_gap(stock, share):
    months = 4
    receipts, need = np.full((1, months * chains.STEPS), share), np.ones((1, months * chains.STEPS))
    (run,) = run_stocks_many([StockJob(receipts, need, np.full((1, 10), stock), no_reserve(1))])
    lasts = stock / (1.0 - share)
    assert first_short(1.0 - run.met)[0] == pytest.approx(lasts, abs=1.01 / chains.STEPS)
    total = min(months, stock + share * months)
    assert run.met.sum() / chains.STEPS == pytest.approx(total)


def test_a_reserve_goes_to_those_who_lack_most_by_their_cover():
    receipts = np.repeat([[0.2], [0.6]], 3 * chains.STEPS, axis=1)
    reserve = Reserve(np.array([10.0]), np.array([0.3]), np.array([1.0]), np.zeros(2, dtype=np.int64), np.ones(2))
    (run,) = run_stocks_many([StockJob(receipts, np.ones_like(receipts), np.zeros((2, 10)), reserve)])
    assert run.met_by_class.mean(axis=1)[:, 0] == pytest.approx([0.2, 0.6])
    assert run.met_by_class.mean(axis=1)[:, 1] == pytest.approx([0.2 + 0.4, 0.6 + 0.2])
    assert run.reserve[0, -1] == pytest.approx(10.0 - 0.6)
    found = cover_classes(np.array([1.0, 2.0]), 0.5)
    expected = lognorm(s=0.5).ppf((np.arange(10) + 0.5) / 10)
    assert found == pytest.approx(np.outer([1.0, 2.0], expected), rel=1e-9)
    # A tenth of the firms, those with the least cover, runs out first; 0.05 is half-way into that step.
    base = chain(users=(chains.User("DEU", "C29", {"H": 6e6}, 1.0),))
    found = disrupt(base, licences.full_stop(), 3)
    least = lognorm(s=0.5).ppf(0.05)
    assert found.first_short[0] == pytest.approx(least * chains.DAYS_PER_MONTH, abs=1.1)
    assert np.isnan(disrupt(base, licences.cut(0.04), 3).first_short[0])


def test_a_user_may_hold_more_of_one_grade():
    user = chains.User("DEU", "C29", {"H": 6e6, "L": 4e6}, 0.5, cover_by_grade={"H": 12.0})
    found = disrupt(chain(users=(user,)), licences.full_stop(), 3)
    assert found.met[of(found, "DEU", "C29", "H")] == pytest.approx([1.0] * 3)
    assert found.met[of(found, "DEU", "C29", "L"), 2] < 0.01
    with pytest.raises(InputError, match="DEU C29: a cover of H of -1"):
        chain(users=(replace(user, cover_by_grade={"H": -1.0}),))


GALLIUM = chains.Market("Ga", 100.0, ((0.3, 200.0), (0.3, 3100.0), (0.4, 200_100.0)), 0.0)


@pytest.mark.parametrize(
    ("missing", "times"), [(0.0, 1.0), (0.05, 1.0 + 0.05 / 0.3), (0.25, 1.0 + 0.25 / 0.3), (0.51, 22.0), (1.0, 2001.0)]
)
def test_the_schedule_of_recycling_at_half_and_silicon_at_fifteen_times_the_value(missing, times):
    """P = p0 (1 + 2 m x / s), options in the order of cost: 1.83 times at a quarter, 22 times at 0.51."""
    assert schedule(GALLIUM, np.array([missing]))[0] == pytest.approx(100.0 * times, rel=1e-9)


def test_the_mean_of_an_option_is_its_cost_and_dearer_ones_never_lower_the_price():
    """The schedule over all of the first option has the mean 1 + m; over everything it never falls."""
    first = schedule(GALLIUM, (np.arange(3000) + 0.5) / 10_000)
    assert first.mean() == pytest.approx(100.0 * 1.5, rel=1e-6)
    assert (np.diff(schedule(GALLIUM, np.linspace(0.0, 1.0, 501))) >= 0.0).all()
    shuffled = replace(GALLIUM, blocks=GALLIUM.blocks[::-1])
    assert schedule(shuffled, np.array([0.51])) == pytest.approx([2200.0])


def test_a_quote_closes_its_gap_and_falls_back_within_some_months():
    """A gap of 100 closes by three tenths a month; from 151 it falls by a third of 51 a month."""
    target = np.array([[200.0, 200.0, 100.0, 100.0, 100.0, 100.0]])
    path = moved(target, np.array([100.0]), np.array([0.3]), 3.0)[0]
    assert path == pytest.approx([130.0, 151.0, 134.0, 117.0, 100.0, 100.0])


def test_the_quote_the_rent_and_blocks_carry_what_is_short():
    """What is missing after stocks sets the quote; an element asked for in full keeps its base price."""
    market = chains.Market("Dy", 300.0, ((1.0, 1300.0),), 0.0, volume=12_000.0)
    found = disrupt(chain(markets=(market,)), licences.cut(0.4), 2, stock_days=0, hoarding_in_price=False)
    layout = found.chain.layout
    weight = layout.kilograms * layout.recipe[layout.grade, found.chain.elements.index("Dy")]
    missing = weight @ (1.0 - found.met) / weight.sum()
    assert missing.min() > 0.3
    assert found.prices.outside[0] == pytest.approx(300.0 + 1000.0 * missing)
    assert found.prices.inside[0] == pytest.approx([300.0] * 2)
    assert found.prices.rent[0] == pytest.approx(1000.0 * missing * 0.6 * 1000.0)
    calm = disrupt(chain(markets=(market,)), licences.Licences("free"), 2)
    assert calm.prices.rent.max() == pytest.approx(0.0, abs=1e-6)
    # s = 0.001, sigma = 0.1: z(0.2) = 0.430862 with the share of other inputs; all blocks together carry Y.
    share, sigma = np.array([0.001]), np.array([0.1])
    value = ces_blocks(np.array([50.0]), share, sigma, 10)[0]
    assert value.sum() / 10 * 0.001 / 50.0 == pytest.approx(1.0, rel=1e-9)
    assert value[:2].sum() / 10 * 0.001 / 50.0 == pytest.approx(0.430862, abs=1e-6)
    assert (np.diff(value) <= 1e-9).all()


def test_draws_ranks_and_destinations_against_scipy():
    """Defence pays most and may have one unit; the next dearest gets the rest. Prices by hand."""
    value = np.array([[90.0], [40.0], [10.0], [70.0]])
    group, supply = np.array([0, 0, 0, 1]), np.array([2.0, 5.0])
    sold = by_value(
        value, np.full((4, 1), 1.5), group, supply, capped=np.array([1.0, 0, 0, 0]), cap=np.array([0.4, 0.0])
    )
    assert (sold.filled[:, 0], sold.price) == (pytest.approx([0.4, 1.5, 0.1, 1.5]), pytest.approx([10.0, 0.0]))
    assert sold.barrier == pytest.approx([80.0, 0.0])
    u = (np.arange(99) + 1) / 100
    found = triangular(u[:, None], np.array([1.0]), np.array([2.0]), np.array([5.0]))[:, 0]
    assert found == pytest.approx(triang(0.25, 1.0, 4.0).ppf(u))
    assert triangular(u[:, None], 2.0, 2.0, 2.0) == pytest.approx(np.full((99, 1), 2.0))
    rng = np.random.default_rng(3)
    values = rng.random((50, 3))
    result = values[:, 1] ** 3 - 0.3 * np.round(values[:, 2], 1)
    found = {each.name: each for each in associations(dict(zip("abc", values.T, strict=True)), result)}
    for k, name in enumerate("abc"):
        expected = spearmanr(values[:, k], result).statistic
        assert (found[name].correlation, found[name].share) == pytest.approx((expected, expected**2))
    assert next(iter(found)) == "b"


def test_sets_shares_and_names_are_those_of_the_textbook():
    rng = np.random.default_rng(4)
    kind = np.array(["x", "y", "z"])[rng.integers(0, 3, 60)]
    result = np.round(rng.random(60) + 0.3 * (kind == "z"), 1)
    (found,) = associations({"kind": kind}, result)
    expected = kruskal(*(result[kind == name] for name in "xyz"))
    assert (59 * found.share, found.chance) == pytest.approx((expected.statistic, expected.pvalue))
    gains = {"": 0.0, "a": 5.0, "b": 3.0, "c": 1.0, "ab": 6.0, "ac": 7.0, "bc": 4.0, "abc": 9.0}
    levers = [Lever(name, lambda c, n=name: replace(c, notes=(*c.notes, n)), 1.0) for name in "abc"]
    found = worth(chain(), levers, lambda c: np.array([20.0 - gains["".join(sorted(c.notes))]]))
    for k, name in enumerate("abc"):
        steps = [
            gains["".join(sorted(order[: order.index(name) + 1]))] - gains["".join(sorted(order[: order.index(name)]))]
            for order in permutations("abc")
        ]
        assert found.shares[k, 0] == pytest.approx(np.mean(steps))
    assert found.break_even == pytest.approx([1 / 5, 1 / 3, 1.0])
    with pytest.raises(UnknownName, match="DEU C29"):
        disrupt(chain(), licences.Licences("free"), 1).pairs_of("DEU", "C2")


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
    assert (f"{found.output[0]:.6g}", f"{found.shadow_price[0] / found.price[0]:.6g}") == (y, ratio)
    assert f"{100 * gdp_change(found):.{len(gdp.split('.')[1])}f}" == gdp
    assert output(q, share, sigma) == pytest.approx(found.output[0], rel=1e-14)


def test_hulten_is_the_limit_and_exact_where_all_elasticities_are_one():
    network = three(sigma=[1.0, 1.0, 1.0], theta=1.0, epsilon=1.0, rho=1.0)
    found = equilibrium(network, short(network, {"a": 0.3, "b": 0.6}))
    rows, value = network.spending, network.gdp + network.spending.sum() + network.imported_supply.sum()
    expected = (rows[0] * np.log(0.3) + rows[1] * np.log(0.6)) / value
    assert -np.log(found.basket) == pytest.approx(expected, rel=1e-9)
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


def test_the_production_function_and_substitution_from_the_announcement():
    assert output(0.5, 0.01, 1.0) == pytest.approx(0.5**0.01, rel=1e-15)
    assert output(0.5, 0.01, 1.0 + 1e-12) == pytest.approx(0.5**0.01, rel=1e-12)
    assert output(1e-6, 0.01, 0.02) == pytest.approx(1e-6 * 0.01 ** (-1 / 49), rel=1e-9)
    assert (output(0.0, 0.01, 0.5), output(0.0, 0.01, 2.0)) == (0.0, pytest.approx(0.99**2))
    assert output(1.0, 0.01, 0.05) == 1.0
    assert 1.0 - output(1.0 - 1e-9, 1e-5, 0.1) == pytest.approx(1e-14, abs=2e-16)
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
    assert (network.output, network.gdp) == (pytest.approx(made, rel=1e-12), pytest.approx(added.sum(), rel=2e-2))
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
    assert (parts.spending.sum(), parts.gdp) == (pytest.approx(spending.sum()), pytest.approx(network.gdp, rel=1e-9))
    shortage = {name: 0.3 for name, R in zip(parts.industries, parts.spending, strict=True) if R > 0}
    loss = gdp_change(equilibrium(parts, short(parts, shortage)))
    unsplit = gdp_change(equilibrium(whole, short(whole, dict.fromkeys(users, 0.3))))
    assert unsplit < 1.2 * loss < 0.0
