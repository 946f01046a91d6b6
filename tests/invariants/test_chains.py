"""What any chain must do under any licences: balances, monotonicity, units, release, refusals."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.chains.allocation import by_value, ces_blocks
from detente.chains.chain import (
    NEEDED,
    Feed,
    Grade,
    GradeSource,
    Market,
    Plant,
    Range,
    Redesign,
    Stage,
    Stock,
    SupplyChain,
    Thrift,
    User,
)
from detente.chains.disrupt import disrupt
from detente.chains.licences import (
    Act,
    Licences,
    april_2025,
    cut,
    full_stop,
    general_licences,
    october_2025,
    quota_2010,
    snap_back,
)
from detente.codes import InputError
from detente.draws import associations, columns_of, sampled
from detente.lab.chains.levers import adding, worth

VALUES = {
    "licence_wait": 2.1, "approved_share": 0.5, "approved_share_defence": 0.0, "hold_up_share": 0.5,
    "lambda_heavy": 0.15, "cover_spread": 0.5, "hoarding": 1.5, "restock_months": 3.0, "leak_lag": 3.0,
    "leak_cap": 0.15, "leak_markup": 0.5, "supply_elasticity": 0.2, "rent_share": 0.5, "cover": 1.0,
    "sigma_start_A": 0.05, "sigma_start_B": 0.1, "sigma_start_C": 0.3,
}  # fmt: skip
PARAMETERS = {name: Range(v, 0.5 * v, min(1.5 * v, 1.0) if v <= 1.0 else 1.5 * v) for name, v in VALUES.items()}
GRADES = (
    Grade("magnet-H", "magnet", {"Nd": 0.3, "Dy": 0.03}, 60.0, "8505", "NdFeB"),
    Grade("magnet-L", "magnet", {"Nd": 0.3}, 45.0, "8505", "NdFeB"),
    Grade("Dy oxide", "oxide", {"Dy": 0.87}, 300.0),
)
STAGES = (Stage("oxide"), Stage("metal", ("oxide",), {"*": 0.83}), Stage("magnet", ("metal",), {"*": 0.75}))
FEEDS = (Feed("*", "Nd", "metal", 0.3, 0.5), Feed("*", "Dy", "oxide", 0.1, 0.5))
PLANTS = (
    Plant("magnets", "magnet", "USA", "NdFeB", 3e4, 4.0, 6.0, own_feed=("Nd",)),
    Plant("separation", "oxide", "AUS", "Dy", 4e3, 2.0, 6.0, "*"),
    Plant("metal", "metal", "JPN", "Dy", 2e3, 2.0, 6.0, "*", own_feed=()),
)
MARKETS = (Market("Dy", 290.0, ((0.6, 1300.0), (0.4, 700.0)), 0.1, 1.0, 1.5),)


def chain(seed=0, **changes):
    """Three buyers, one of which makes magnets of bought feed; needs and shares drawn at random."""
    rng = np.random.default_rng(seed)
    users, sources = [], []
    for country in ("USA", "DEU", "JPN"):
        for k, code in enumerate(("motors", "cars", "coatings")):
            need = {
                g.name: float(rng.uniform(1e6, 2e7)) for g in GRADES if (g.name == "Dy oxide") == (code == "coatings")
            }
            users.append(User(country, code, need, float(rng.uniform(0.2, 3.0)), output=5e9, sigma_class="ABC"[k]))
        users.append(User(country, "motors", {"magnet-H": 1e6}, "cover", defence=True, output=1e8))
        for g in GRADES:
            own = float(rng.uniform(0.0, 0.5)) if country == "JPN" and g.stage == "magnet" else 0.0
            sources.append(GradeSource(country, g.name, "CHN", float(rng.uniform(0.5, 1.0 - own))))
            if own:
                sources.append(GradeSource(country, g.name, "JPN", own))
            elif g.stage == "magnet":
                sources[-1] = replace(sources[-1], share=0.8 * sources[-1].share)
                sources.append(GradeSource(country, g.name, "JPN", 0.1))
    base = SupplyChain(
        "drawn", "direct", "CHN", ("Nd", "Dy"), STAGES, GRADES, tuple(users), tuple(sources), FEEDS, PLANTS,
        (Stock("reserve", "JPN", "Dy", 1.0, 0.8), Stock("reserve", "USA", "*", 0.3)), MARKETS, PARAMETERS,
    )  # fmt: skip
    return replace(base, **changes)


def loss(found):
    return float(found.unmet.sum())


APRIL = april_2025()
PATHS = (
    Licences("free"), APRIL, APRIL + general_licences(5.0), APRIL + general_licences(4.0) + snap_back(7.0),
    APRIL + october_2025(date(2025, 4, 1), suspended=False), cut(0.6), cut(0.7, elements=("Dy",)),
    cut(0.5, basis="supply"), full_stop(), full_stop(countries=("USA",)), quota_2010(),
    april_2025({"*": (0.5, 0.25, 0.7, 1.05), "USA": (0.4, 0.07, 0.6, 1.0)}),
)  # fmt: skip
seeds = st.integers(0, 10_000)
paths = st.sampled_from(PATHS)


@given(seeds, paths, st.sampled_from(["prorata", "defence_first"]), st.booleans(), st.booleans(), st.booleans())
@settings(max_examples=25)
def test_every_balance_closes_and_no_stock_is_negative(seed, path, rule, hoarding, share, redirect):
    found = disrupt(chain(seed), path, 9, allocation=rule, hoarding=hoarding, share_stocks=share, redirect=redirect)
    assert found.certificate.residual < 1e-11
    assert found.certificate.lowest_stock >= 0.0
    assert found.certificate.stages.shape == (3, 9)
    assert ((found.met >= -1e-12) & (found.met <= 1.0 + 1e-12)).all()
    assert (found.stocks.stock >= 0.0).all()
    assert (found.stocks.reserve >= -1e-12).all()


@given(seeds, paths)
@settings(max_examples=15)
def test_balance_of_every_pair_from_its_own_numbers(seed, path):
    """Receipts, releases and stock drawn are what was used: recomputed outside the run."""
    found = disrupt(chain(seed), path, 8)
    came = found.receipts + found.stocks.released + found.stocks.restocked
    before = np.concatenate([found.stocks.stock_at_start[:, None], found.stocks.stock[:, :-1]], axis=1)
    assert np.abs(came + before - found.stocks.stock - found.met).max() < 1e-10


@given(seeds)
@settings(max_examples=10)
def test_no_control_changes_nothing_and_the_dual_of_supply_is_the_last_price(seed):
    found = disrupt(chain(seed), Licences("free"), 6)
    assert np.abs(found.met - 1.0).max() < 1e-12
    assert np.isnan(found.first_short).all()
    assert np.abs(found.stocks.stock - found.stocks.stock_at_start[:, None]).max() < 1e-9
    assert found.prices.outside == pytest.approx(found.prices.inside, rel=1e-12)
    assert found.prices.rent.sum() == pytest.approx(0.0, abs=1e-3)
    assert found.leakage.max() < 1e-6
    # Against a merit order worked out by sorting; no block above the price is left open, none below is filled.
    rng = np.random.default_rng(seed)
    value = -np.sort(-rng.uniform(1.0, 1e4, (5, 4)), axis=1)
    size = rng.uniform(0.5, 2.0, (5, 4))
    supply = float(rng.uniform(0.1, 0.9) * size.sum())
    sold = by_value(value, size, np.zeros(5, dtype=np.int64), np.array([supply]))
    order = np.argsort(-value.ravel())
    reached = np.cumsum(size.ravel()[order])
    last = value.ravel()[order[int(np.searchsorted(reached, supply))]]
    assert sold.price[0] == pytest.approx(last, rel=1e-9)
    dear = value > last * (1 + 1e-9)
    assert sold.filled[dear] == pytest.approx(size[dear], rel=1e-9)
    assert sold.filled[value < last * (1 - 1e-9)].max(initial=0.0) < 1e-9
    more = by_value(value, size, np.zeros(5, dtype=np.int64), np.array([supply + 1e-4]))
    assert (more.value - sold.value) / 1e-4 == pytest.approx(last, rel=1e-4)


@given(seeds, st.floats(0.05, 0.9), st.floats(0.01, 0.1))
@settings(max_examples=15)
def test_a_deeper_cut_never_helps(seed, share, more):
    low, high = (disrupt(chain(seed), cut(c), 8) for c in (share, share + more))
    assert (high.met <= low.met + 1e-9).all()
    assert loss(high) >= loss(low) - 1e-6
    first = np.nan_to_num(low.first_short, nan=1e9)
    assert (np.nan_to_num(high.first_short, nan=1e9) <= first + 1e-6).all()
    assert (high.prices.outside >= low.prices.outside - 1e-6).all()


@given(seeds, paths, st.floats(1.0, 3.0))
@settings(max_examples=15)
def test_more_stock_never_hurts(seed, path, factor):
    base = chain(seed)
    users = tuple(replace(user, cover=base.value(user.cover) * factor) for user in base.users)
    less, more = (disrupt(c, path, 8) for c in (base, replace(base, users=users)))
    assert loss(more) <= loss(less) + 1e-6
    assert (more.met.sum(axis=1) >= less.met.sum(axis=1) - 1e-9).all()


@given(seeds)
@settings(max_examples=8)
def test_stocks_last_their_days_and_licences_free_again_lead_back_to_normal(seed):
    """Zero switches every stock off; n sets national stocks and leaves the users' own."""
    base = chain(seed)
    none, some, many = (disrupt(base, cut(0.7), 6, stock_days=n) for n in (0, 10, 60))
    assert none.stocks.stock_at_start.max() == 0.0
    assert some.stocks.stock_at_start == pytest.approx(disrupt(base, Licences("free"), 1).stocks.stock_at_start)
    assert loss(none) >= loss(some) >= loss(many)
    assert none.met[:, 0] == pytest.approx(none.receipts[:, 0], abs=1e-9)
    found = disrupt(chain(seed), cut(0.8) + Licences("released", (Act("released", 4.0, reexport="free"),), 4.0), 40)
    assert found.met[:, 3].min() < 0.9
    assert np.abs(found.met[:, 8:] - 1.0).max() < 1e-9
    assert found.stocks.stock[:, -1] == pytest.approx(found.stocks.stock_at_start, rel=1e-3)
    assert found.prices.outside[:, -1] == pytest.approx(found.prices.inside[:, -1], rel=1e-3)
    assert found.certificate.residual < 1e-11


@given(seeds, paths, st.sampled_from([2.0, 1000.0]))
@settings(max_examples=10)
def test_doubling_units_changes_nothing(seed, path, factor):
    base = chain(seed)
    users = tuple(
        replace(u, need={g: usd * factor for g, usd in u.need.items()}, output=u.output * factor) for u in base.users
    )
    plants = tuple(replace(p, capacity=p.capacity * factor) for p in base.plants)
    one, other = disrupt(base, path, 8), disrupt(replace(base, users=users, plants=plants), path, 8)
    assert other.met == pytest.approx(one.met, abs=1e-10)
    assert other.prices.outside == pytest.approx(one.prices.outside, rel=1e-9)
    assert loss(other) == pytest.approx(factor * loss(one), rel=1e-9, abs=1e-3)


@given(seeds, paths)
@settings(max_examples=8)
def test_a_user_that_buys_nothing_from_the_restrictor_never_suffers(seed, path):
    base = chain(seed)
    if any(act.basis == "supply" for act in path.acts):
        return
    alone = (User("BRA", "motors", {"magnet-H": 1e6}, 0.0), User("BRA", "cars", {}, 0.0))
    sources = (*base.sources, GradeSource("BRA", "magnet-H", "BRA", 0.0))
    there = replace(base, users=(*base.users, *alone), sources=sources)
    found = disrupt(there, path, 8, leak_cap=0.0)
    assert np.abs(found.met[found.pairs_of("BRA", "motors")] - 1.0).max() < 1e-12
    assert np.isnan(found.first_short[-2:]).all()
    passing_on = disrupt(there, path, 8, leak_cap=0.1)
    assert passing_on.met[found.pairs_of("BRA", "motors")].min() >= 0.9 - 1e-12, "what it passes on it lacks"


@given(seeds, paths, st.permutations(range(12)))
@settings(max_examples=8)
def test_the_order_of_users_does_not_matter(seed, path, order):
    base = chain(seed)
    one = disrupt(base, path, 6)
    other = disrupt(replace(base, users=tuple(base.users[k] for k in order)), path, 6)
    assert other.met_by_user == pytest.approx(one.met_by_user[list(order)], abs=1e-10)


@given(seeds, st.floats(0.2, 0.9))
@settings(max_examples=8)
def test_splitting_a_user_in_two_changes_nothing(seed, share):
    base = chain(seed)
    user = base.users[0]
    halves = tuple(
        replace(user, code=code, need={g: usd * part for g, usd in user.need.items()})
        for code, part in (("a", share), ("b", 1.0 - share))
    )
    one, other = disrupt(base, APRIL, 6), disrupt(replace(base, users=(*halves, *base.users[1:])), APRIL, 6)
    for code in ("a", "b"):
        assert other.met[other.pairs_of("USA", code)] == pytest.approx(one.met[one.pairs_of("USA", "motors")], abs=1e-9)


@given(seeds, st.floats(0.3, 0.95))
@settings(max_examples=8)
def test_by_price_is_worth_at_least_what_prorata_is(seed, share):
    """In the value of the blocks that arrivals fill, without stocks, month by month."""
    base = replace(chain(seed), users=tuple(u for u in chain(seed).users if not u.defence))
    even, sold = (disrupt(base, cut(share), 4, stock_days=0, allocation=rule) for rule in ("prorata", "price"))
    layout = base.layout
    blocks = ces_blocks(
        layout.spending / layout.kilograms,
        np.array([usd / base.users[u].output for usd, u in zip(layout.spending, layout.user, strict=True)]),
        np.array([base.value(f"sigma_start_{base.users[u].sigma_class}") for u in layout.user]),
    )

    def value(q):
        filled = np.clip(q[:, None] * blocks.shape[1] - np.arange(blocks.shape[1]), 0.0, 1.0) / blocks.shape[1]
        return float((filled * blocks * layout.kilograms[:, None]).sum())

    for month in range(4):
        assert value(sold.receipts[:, month]) >= value(even.receipts[:, month]) * (1.0 - 1e-9)
    kept = (np.bincount(layout.grade, layout.kilograms * found.receipts[:, 0]) for found in (even, sold))
    assert next(kept) == pytest.approx(next(kept), rel=1e-9)


def test_defence_first_serves_defence_from_supply_without_an_end_use_condition_only():
    base = chain(3)
    even, first = (disrupt(base, cut(0.9), 4, stock_days=0, allocation=rule) for rule in ("prorata", "defence_first"))
    at = even.pairs_of("USA", "motors", defence=True)
    assert (first.met[at] > even.met[at] + 0.05).all()
    licensed_only = disrupt(replace(base, plants=()), APRIL, 4, stock_days=0, allocation="defence_first")
    layout = base.layout
    free_share = 1.0 - layout.licensed[layout.country[at], layout.grade[at]]
    pool = (layout.kilograms * (layout.grade == layout.grade[at]) * (layout.country == layout.country[at])).sum()
    most = free_share * pool / layout.kilograms[at]
    assert (licensed_only.receipts[at] <= most[:, None] + 1e-9).all()


@given(seeds, paths)
@settings(max_examples=15)
def test_a_quote_lies_between_the_base_price_and_the_first_way_of_doing_without_while_all_is_met(seed, path):
    """With at least 0.99 of an element met no quote is above the mean of its first option; none is below the base."""
    found = disrupt(chain(seed), path, 12)
    market, prices = found.chain.markets[0], found.prices
    first = min(top for _, top in market.blocks)
    assert (prices.outside >= market.price - 1e-9).all()
    assert (prices.upper >= prices.outside - 1e-9).all()
    if (prices.missing[0] <= 0.01).all():
        assert prices.outside.max() <= 0.5 * (market.price + first) + 1e-9


def test_hoarding_makes_the_others_run_short_first_and_moves_the_price_before():
    base = replace(chain(1), stocks=(), plants=())
    calm, hoard = (disrupt(base, cut(0.4), 8, hoarding=h) for h in (False, True))
    at = hoard.pairs_of("USA", "cars")
    gap = hoard.met_by_class[at] - calm.met_by_class[at]
    assert gap[:, ::2].sum() < -0.01
    assert gap[:, 1::2].sum() > 0.01
    assert np.nanmin(hoard.first_short) <= np.nanmin(calm.first_short) + 1e-9
    calm, hoard = (disrupt(chain(1), cut(0.3), 3, hoarding_in_price=h) for h in (False, True))
    assert hoard.prices.outside[0, 0] > calm.prices.outside[0, 0] * 1.02


def test_idle_feed_and_transit_are_taken_where_they_are_redirected_or_passed_on():
    base = replace(chain(2), plants=(), stocks=())
    plain, turned = (disrupt(base, full_stop(), 6, redirect=on) for on in (False, True))
    light = [p for p in plain.pairs_of("JPN", "cars") if base.layout.grade[p] == 1]
    heavy = [p for p in plain.pairs_of("JPN", "cars") if base.layout.grade[p] == 0]
    assert turned.receipts[light, 5] > plain.receipts[light, 5] + 0.01
    assert turned.receipts[heavy, 5] == pytest.approx(plain.receipts[heavy, 5], abs=1e-9)
    usa, none = (disrupt(base, full_stop(countries=("USA",)), 6, leak_cap=cap) for cap in (0.15, 0.0))
    assert usa.leakage[:, :3].max() == 0.0
    assert usa.leakage[:, 4].min() > 0.0
    kg = base.layout.kilograms
    assert kg @ usa.receipts == pytest.approx(kg @ none.receipts, rel=1e-12)
    others = base.layout.country != base.layout.places.index("USA")
    assert (usa.receipts[others, 4] < none.receipts[others, 4]).any()
    wide = disrupt(base, full_stop(countries=("USA",)), 6, leak_cap=1.0)

    def lost_in_usa(found):
        return float(found.unmet[~others].sum())

    assert lost_in_usa(wide) < lost_in_usa(usa) < lost_in_usa(none)
    policed = disrupt(base, full_stop(countries=("USA",)), 6, enforcement=1.0)
    assert policed.leakage.max() == 0.0


def test_the_foreign_product_rule_closes_the_way_through_third_countries():
    base = replace(chain(4), plants=(), stocks=())
    act = Act("cut", approved=0.2, elements=("Dy",))
    off, on = (disrupt(base, Licences("x", (act,), 0.0, rule), 5, leak_cap=0.0) for rule in ((), ((0.0, True),)))
    usa, jpn = off.pairs_of("USA", "motors"), off.pairs_of("JPN", "motors")
    assert (on.receipts[usa[:1], 4] < off.receipts[usa[:1], 4]).all()
    assert on.receipts[jpn, 4] == pytest.approx(off.receipts[jpn, 4], abs=1e-9)


@pytest.mark.parametrize("change", [Thrift("Dy", 0.5, 0.0, 6.0), Redesign("magnet-H", 0.4, 0.0, 6.0)])
def test_thrift_and_redesign_help_and_change_nothing_without_control(change):
    base = chain(5)
    other = replace(base, changes=(change,))
    assert loss(disrupt(other, Licences("free"), 8)) < 1e-6
    assert loss(disrupt(other, cut(0.8), 8)) < loss(disrupt(base, cut(0.8), 8))


def test_levers_shares_add_up_and_do_not_depend_on_the_order():
    base = chain(6)
    levers = [
        adding("stock", 1e6, stocks=[Stock("lever", "USA", "magnet-H", 1.0)]),
        adding("thrift", changes=[Thrift("Dy", 0.4)]),
        adding("redesign", 2e6, changes=[Redesign("magnet-H", 0.2, over=18.0)]),
        adding("capacity", plants=[Plant("more", "magnet", "DEU", "NdFeB", 2e5, 1.0, 3.0)]),
    ]
    found, back = (
        worth(base, given, lambda chain: disrupt(chain, cut(0.8), 6).unmet.sum(axis=0))
        for given in (levers, levers[::-1])
    )
    assert found.shares.sum(axis=0) == pytest.approx(found.together, rel=1e-9)
    assert back.shares[::-1] == pytest.approx(found.shares, rel=1e-9)
    assert (found.alone.sum(axis=1) >= -1e-6).all()
    rows = {row["lever"]: row for row in found.table().rows()}
    stock = rows["stock"]
    assert stock["break_even"] == pytest.approx(stock["cost"] / stock["alone"])


def bad(**changes):
    return lambda: chain(0, **changes)


def with_user(**changes):
    return bad(users=(replace(chain(0).users[0], **changes), *chain(0).users[1:]))


REFUSED = {
    "shares over 1": (
        bad(sources=tuple(GradeSource("USA", "magnet-H", "CHN", share) for share in (0.8, 0.3))),
        "row 2",
    ),
    "share above 1": (bad(sources=(GradeSource("USA", "magnet-H", "CHN", 1.2),)), "source row 1 (USA, magnet-H, CHN)"),
    "no recipe": (bad(grades=(replace(GRADES[0], recipe={}), *GRADES[1:])), "magnet-H: the grade has no recipe"),
    "recipe above 1": (bad(grades=(replace(GRADES[0], recipe={"Nd": 0.9, "Dy": 0.2}), *GRADES[1:])), "magnet-H"),
    "cycle": (bad(stages=(Stage("oxide", ("magnet",)), *STAGES[1:])), "in a circle"),
    "negative stock": (bad(stocks=(Stock("reserve", "USA", "*", -1.0),)), "stock row 1 (reserve)"),
    "negative cover": (with_user(cover=-0.5), "USA motors"),
    "negative need": (with_user(need={"magnet-H": -5.0}), "USA motors"),
    "unknown grade": (with_user(need={"magnet-X": 5.0}), "unknown grade 'magnet-X'"),
    "unknown parameter": (with_user(cover="covr"), "'cover'"),
    "restrictor as user": (with_user(country="CHN"), "CHN motors"),
    "no feed": (bad(feeds=FEEDS[:1]), "Dy comes from"),
    "yield above 1": (bad(stages=(STAGES[0], Stage("metal", ("oxide",), {"*": 1.2}), STAGES[2])), "metal"),
    "unknown stage": (bad(grades=(replace(GRADES[0], stage="magnets"), *GRADES[1:])), "did you mean 'magnet'"),
    "choke below price": (bad(markets=(replace(MARKETS[0], blocks=((1.0, 200.0),)),)), "market Dy"),
    "blocks below 1": (bad(markets=(replace(MARKETS[0], blocks=((0.5, 900.0),)),)), "market Dy"),
    "parameter missing": (
        bad(parameters={n: PARAMETERS[n] for n in NEEDED[1:]} | {"cover": PARAMETERS["cover"]}),
        NEEDED[0],
    ),
    "range the wrong way": (bad(parameters=PARAMETERS | {"leak_cap": Range(0.1, 0.2, 0.3)}), "leak_cap"),
    "wrong scope": (bad(scope="directly"), "did you mean 'direct'"),
    "plant of the restrictor": (bad(plants=(replace(PLANTS[0], country="CHN"),)), "plant row 1"),
    "element and grade of one name": (bad(grades=(*GRADES, Grade("Dy", "oxide", {"Dy": 1.0}, 9.0))), "grades, Dy"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_chains_that_cannot_be_are_refused_by_row(case):
    build, named = REFUSED[case]
    with pytest.raises(InputError) as found:
        build()
    assert named in str(found.value)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        (cut(1.5), "approved share"), (cut(0.5, elements=("Dx",)), "unknown element 'Dx'"),
        (cut(0.5, countries=("USB",)), "did you mean 'USA'"), (cut(0.5, basis="flows"), "did you mean 'flow'"),
        (Licences("x", (Act("a", wait=-1.0),)), "wait of -1"), (april_2025({"USA": (0.5,)}), "no flows observed for"),
    ],
)  # fmt: skip
def test_licences_that_cannot_be_are_refused_by_act(path, named):
    with pytest.raises(InputError) as found:
        disrupt(chain(0), path, 3)
    assert named in str(found.value)


@pytest.mark.parametrize(
    "options", [{"months": 0}, {"stock_days": -1}, {"enforcement": 2.0}, {"leak_cap": -0.1}, {"allocation": "pricey"}]
)
def test_options_that_cannot_be_are_refused(options):
    with pytest.raises(InputError):
        disrupt(chain(0), APRIL, **({"months": 3} | options))


def test_draws_move_the_loss_and_the_licences_of_april_move_it_most():
    sample = sampled([held.as_input(name) for name, held in PARAMETERS.items()], 40, 7)
    base, columns = chain(8), columns_of(sample.rows)
    results = np.array([loss(disrupt(base.with_values(values), APRIL, 4)) for values in sample.rows])
    assert results.std() > 0.0
    names = [each.name for each in associations(columns, results)][:4]
    assert {"approved_share", "hold_up_share", "licence_wait", "cover"} & set(names)
