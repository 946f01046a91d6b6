"""What holds for any shock and any assumptions: zero, linear, additive, one path for one draw and for many."""

from datetime import date
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.data.importers import importer
from detente.data.price_tables import budgets, price_tables
from detente.lab.prices import prices as lab_prices
from detente.lab.prices.prices import price_tables as tables_of
from detente.law import Reading
from detente.trade.prices import (
    DRAWN,
    PassThrough,
    burden,
    drawn_lines,
    drawn_weights,
    ends,
    latin_hypercube,
    losses,
    price_effect,
)

ACCOUNTS = price_tables("detail")
N = len(ACCOUNTS.commodities)
SEEDS = st.integers(0, 2**32 - 1)
ASSUMED = st.builds(
    PassThrough,
    border=st.floats(0.5, 1.0),
    follow=st.sampled_from([0.0, 0.1, 0.3]),
    margin=st.floats(0.0, 1.0),
    import_share=st.floats(-1.0, 1.0),
)
FEW = settings(max_examples=15)


def some_shock(seed):
    """Rises of a third of the goods, of either sign."""
    random = np.random.default_rng(seed)
    return random.normal(0.05, 0.1, N) * (random.uniform(size=N) < 0.33)


@FEW
@given(assumed=ASSUMED)
def test_no_shock_no_rise(assumed):
    found = price_effect(ACCOUNTS, np.zeros(N), assumed)
    assert not found.lines.any()
    assert found.headline == 0.0


@FEW
@given(seed=SEEDS, scale=st.floats(-3, 3), border=st.floats(0.5, 1.0), margin=st.floats(0, 1))
def test_linear_and_additive_without_followers(seed, scale, border, margin):
    assumed = PassThrough(border=border, margin=margin)
    one, two = some_shock(seed), some_shock(seed + 1)
    both = price_effect(ACCOUNTS, one + scale * two, assumed).lines
    apart = price_effect(ACCOUNTS, one, assumed).lines + scale * price_effect(ACCOUNTS, two, assumed).lines
    np.testing.assert_allclose(both, apart, atol=1e-13)


@FEW
@given(seed=SEEDS, assumed=ASSUMED)
def test_parts_add_up_with_followers_and_lines_are_the_prices_of_what_is_in_them(seed, assumed):
    """Weights at the whole shock times its parts; categories and lines add up to the headline."""
    parts = [some_shock(seed + i) for i in range(3)]
    whole = np.sum(parts, axis=0)
    found = price_effect(ACCOUNTS, whole, assumed)
    (weights,) = drawn_weights(ACCOUNTS, whole, {name: np.array([getattr(assumed, name)]) for name in DRAWN})
    assert sum(weights @ part for part in parts) == pytest.approx(found.headline, abs=1e-12)
    spent = ACCOUNTS.in_categories(found.lines * ACCOUNTS.purchasers)
    assert spent.sum() / ACCOUNTS.total + found.unallocated == pytest.approx(found.headline, abs=1e-12)
    # Cell by cell from import and domestic prices, without the matrix of weights.
    found = price_effect(ACCOUNTS, some_shock(seed), assumed)
    low, default, high = ACCOUNTS.import_share
    step = assumed.import_share
    share = default + (step * (high - default) if step > 0 else step * (default - low))
    price = share * found.imported + (1 - share) * found.domestic
    moving = ACCOUNTS.producers + assumed.margin * ACCOUNTS.margins
    cost = np.bincount(ACCOUNTS.line_at, price[ACCOUNTS.commodity_at] * moving)
    np.testing.assert_allclose(found.lines, cost / ACCOUNTS.purchasers, atol=1e-12)


@FEW
@given(seed=SEEDS, draws=st.integers(1, 12))
def test_draws_are_single_solves(seed, draws):
    shock, drawn = some_shock(seed), latin_hypercube(draws, seed)
    lines, weights = drawn_lines(ACCOUNTS, shock, drawn), drawn_weights(ACCOUNTS, shock, drawn)
    for i in range(draws):
        one = price_effect(ACCOUNTS, shock, PassThrough(**{name: float(drawn[name][i]) for name in DRAWN}))
        np.testing.assert_allclose(lines[0, i], one.direct, atol=1e-13)
        np.testing.assert_allclose(lines[1, i], one.indirect, atol=1e-13)
        assert weights[i] @ shock == pytest.approx(one.headline, abs=1e-13)


@given(draws=st.integers(1, 300), seed=SEEDS)
def test_every_step_of_every_range_is_drawn_once(draws, seed):
    drawn = latin_hypercube(draws, seed)
    for name, (low, high) in DRAWN.items():
        step = np.floor((drawn[name] - low) / (high - low) * draws)
        assert sorted(np.minimum(step, draws - 1).astype(int)) == list(range(draws))


@FEW
@given(seed=SEEDS)
def test_more_of_anything_is_dearer_and_households_pay_what_is_lost(seed):
    """With rises only, prices rise with each assumption, and each end of the swings is a single solve."""
    shock = np.abs(some_shock(seed))
    rows = drawn_lines(ACCOUNTS, shock, ends(PassThrough())).sum(axis=0) @ ACCOUNTS.purchasers
    for i in range(len(DRAWN)):
        assert rows[1 + 2 * i] <= rows[2 + 2 * i] + 1e-6
    assert rows[0] == pytest.approx(price_effect(ACCOUNTS, shock).headline * ACCOUNTS.total)
    random = np.random.default_rng(seed)
    lines = random.normal(0.01, 0.03, (3, len(ACCOUNTS.titles)))
    cost = burden(ACCOUNTS, lines, budgets())
    paid = cost.national_accounts.sum(axis=-1) * budgets().households / 10
    np.testing.assert_allclose(paid, losses(ACCOUNTS, lines, budgets()).sum(axis=-1), rtol=1e-10)
    for i in range(3):
        one = burden(ACCOUNTS, lines[i], budgets())
        np.testing.assert_allclose(cost.out_of_pocket[i], one.out_of_pocket, rtol=1e-12)
        assert one.mean.out_of_pocket[0] == pytest.approx(one.out_of_pocket.mean())


@lru_cache(maxsize=1)
def spring() -> lab_prices.PriceChange:
    pair = lab_prices.days_apart(importer("USA").law, (date(2025, 3, 10), date(2025, 5, 8)), Reading.EFFECTIVE, {})
    return lab_prices.price_changes([pair], PassThrough(margin=0.2, follow=0.1), draws=40)[0]


@pytest.mark.parametrize("by", lab_prices.SPLITS)
def test_sources_add_up(by):
    table = lab_prices.source_table([spring()], by)
    old, new = spring().effects
    assert table["before"].sum() == pytest.approx(old.headline, abs=1e-9)
    assert table["after"].sum() == pytest.approx(new.headline, abs=1e-9)


def test_measures_make_their_part_and_lines_and_categories_add_up():
    law = importer("USA").law
    owner = {m.id: m.authority for m in law.measures}
    measures, authorities = (lab_prices.source_table([spring()], by) for by in ("measure", "authority"))
    for row in authorities.rows():
        if row["authority"] != "base":
            own = [r["after"] for r in measures.rows() if owner.get(r["measure"]) == row["authority"]]
            assert sum(own) == pytest.approx(row["after"], abs=1e-12)
    old, new = spring().effects
    whole = new.headline - old.headline
    categories = lab_prices.category_table([spring()])
    assert categories["change"][0] == pytest.approx(whole, abs=1e-12)
    assert categories["contribution"][1:3].sum() == pytest.approx(whole, abs=1e-12)
    assert categories["contribution"][3:].sum() == pytest.approx(whole, abs=1e-12)
    assert lab_prices.line_table([spring()])["contribution"].sum() == pytest.approx(whole, abs=1e-12)


def test_a_change_between_two_days_is_the_difference_of_two_from_the_start():
    law, start, first, last = importer("USA").law, date(2025, 1, 1), date(2025, 3, 10), date(2025, 5, 8)
    rises = []
    for days in ((start, first), (start, last), (first, last)):
        old, new = lab_prices.price_changes([lab_prices.days_apart(law, days, Reading.EFFECTIVE, {})], draws=0)[
            0
        ].effects
        rises.append(new.headline - old.headline)
    assert rises[2] == pytest.approx(rises[1] - rises[0], abs=1e-15)


def test_the_same_day_twice_the_same_seed_and_no_draws():
    day = date(2025, 5, 8)
    pair = lab_prices.days_apart(importer("USA").law, (day, day), Reading.EFFECTIVE, {})
    prices, households = tables_of([pair], draws=20)
    for name in ("change", "low", "high", "contribution"):
        assert not prices[name].any()
    assert not households["pocket"].any()
    pair = lab_prices.days_apart(importer("USA").law, (date(2025, 1, 1), date(2025, 5, 8)), Reading.EFFECTIVE, {})
    first, again, other = (tables_of([pair], draws=50, seed=seed) for seed in (1, 1, 2))
    for one, same, another in zip(first, again, other, strict=True):
        assert [list(a.values()) for a in one.rows()].__repr__() == [list(a.values()) for a in same.rows()].__repr__()
        assert list(one.rows()).__repr__() != list(another.rows()).__repr__()
    prices, households = tables_of([pair], draws=0)
    assert np.isnan(prices["low"]).all()
    assert np.isnan(households["pocket_high"]).all()
    assert lab_prices.household_table(lab_prices.price_changes([pair], draws=0))["rate"][0] > 0
