"""Whose tariffs changed real income, and what people are paid from: both add up and agree with what can be computed."""

from dataclasses import replace

import numpy as np
import pytest

from detente.codes import InputError, UnknownName
from detente.data.worlds import announced_tariff, load_economy, load_libday
from detente.economy import Economy, Shock, solve
from detente.economy.armington.accounts import PARAMETERS, accounts
from detente.economy.decomposition import attribution, income_parts
from detente.economy.input_output.accounts import accounts as linked_accounts
from detente.economy.tariff_table import goods

LIBDAY = load_libday()
ANNOUNCED = announced_tariff(LIBDAY)


@pytest.fixture(scope="module")
def small():
    return load_economy("icio-2022-small")


def war(world, ours=1.45, theirs=1.25, **options):
    """US and Chinese tariffs on one another's goods with points added."""
    us, china = world.country("USA"), world.country("CHN")
    tariff = np.array(world.arrays["tariff"])
    at = [world.sector(code) for code in goods(world)]
    tariff[us, china, at] += ours
    tariff[china, us, at] += theirs
    return Shock(tariff, options=options)


# Real income by what people are paid from.


def test_income_parts_add_up_and_leisure_is_that_of_the_model():
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


def test_income_parts_of_family_b_are_wages_revenue_and_transfer(small):
    found = solve(small, war(small))
    table, base = income_parts(found), linked_accounts(small)
    assert np.abs(table["leisure"]).max() < 1e-12
    assert np.abs(table["employment"]).max() < 1e-12
    names = ("real_wage", "tariff_revenue", "transfer")
    assert sum(table[name] for name in names) == pytest.approx(found.changes["welfare"], abs=1e-12)
    real = found.levels["revenue"] / (1 + found.changes["prices"]) - base.revenue
    assert table["tariff_revenue"] == pytest.approx(real / base.final_spending, abs=1e-12)


def test_income_parts_of_balanced_trade_are_differences():
    found = solve(LIBDAY, Shock(ANNOUNCED, options={"closure": "balanced"}))
    assert income_parts(found)["real_income"] == pytest.approx(found.changes["welfare"], abs=1e-9)


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


def test_attribution_of_one_sided_tariffs_is_the_whole_change():
    found = solve(LIBDAY, Shock(ANNOUNCED))
    table = attribution(found, "USA", by="importer")
    assert table["importer"].tolist() == ["USA"]
    assert table["effect"][0] == pytest.approx(found.change("welfare", "USA"), abs=1e-6)


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


def test_refusals(small):
    found = solve(small, war(small, 0.1, 0.1))
    with pytest.raises(UnknownName, match="unknown axis 'partner'"):
        attribution(found, "USA", by=("partner",))
    with pytest.raises(InputError, match="names no axis or one twice"):
        attribution(found, "USA", by=("importer", "importer"))
    with pytest.raises(UnknownName, match="unknown country 'US'"):
        attribution(found, "US")
    with pytest.raises(InputError, match="no tariff changes"):
        attribution(solve(small, Shock()), "USA")
