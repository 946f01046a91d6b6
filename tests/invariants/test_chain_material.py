"""Material is conserved: for any recipe and any cut nothing appears from nowhere, in any element, place and month."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.chains import months
from detente.chains.chain import NEEDED, Feed, Grade, GradeSource, Plant, Range, Stage, Stock, SupplyChain, User
from detente.chains.disrupt import disrupt
from detente.chains.ledger import INS, OUTS
from detente.chains.licences import Act, Licences, april_2025, cut, full_stop, quota_2010
from detente.codes import SolveError

VALUES = dict.fromkeys(NEEDED, 0.5) | {"leak_cap": 0.15, "leak_lag": 2.0, "hoarding": 1.5, "restock_months": 3.0}
SIGMA = {f"sigma_start_{name}": Range(0.1, 0.1, 0.1) for name in "ABC"}
COUNTRIES = ("USA", "DEU", "JPN", "VNM")
seeds = st.integers(0, 10_000)


def drawn(seed, smuggled=0.0, **changes):
    """Four buyers, two of which make magnets of feed; recipes, yields, needs, shares and stocks drawn at random."""
    rng = np.random.default_rng(seed)
    grades = (
        Grade("heavy", "magnet", {"Nd": rng.uniform(0.1, 0.5), "Dy": rng.uniform(0.01, 0.3)}, 60.0, "8505", "NdFeB"),
        Grade("light", "magnet", {"Nd": rng.uniform(0.1, 0.9)}, 45.0, "8505", "NdFeB"),
        Grade("oxide", "metal", {"Dy": rng.uniform(0.2, 0.9)}, 300.0),
    )
    users = tuple(
        User(c, code, {g.name: rng.uniform(1e6, 2e7) for g in grades}, rng.uniform(0.1, 2.0), k == 1, output=5e9)
        for c in COUNTRIES for k, code in enumerate(("cars", "arms"))
    )  # fmt: skip
    sources = []
    for country in COUNTRIES:
        for grade in grades:
            left = 1.0
            for origin in ("CHN", "JPN", "VNM") if grade.stage == "magnet" else ("CHN",):
                share = rng.uniform(0.0, left)
                left -= share
                sources.append(GradeSource(country, grade.name, origin, share))
    feeds = tuple(Feed("*", e, "metal", rng.uniform(), rng.uniform(0.1, 1.0)) for e in ("Nd", "Dy"))
    plants = (
        Plant("magnets", "magnet", "USA", "NdFeB", 3e4, 2.0, 4.0, own_feed=("Nd",)),
        Plant("metal", "metal", "DEU", "Dy", 3e3, 1.0, 3.0, "*"),
    )
    stocks = (Stock("reserve", "JPN", "Dy", 1.0, 0.8), Stock("reserve", "USA", "*", 0.3))
    stages = (Stage("metal"), Stage("magnet", ("metal",), {"*": rng.uniform(0.5, 1.0)}))
    values = {name: Range(value, value, value) for name, value in (VALUES | {"smuggle_cap": smuggled}).items()}
    base = SupplyChain("drawn", "direct", "CHN", ("Nd", "Dy"), stages, grades, users, tuple(sources), feeds, plants,
                       stocks, parameters=values | SIGMA)  # fmt: skip
    return replace(base, **changes)


def all_chinese(**changes):
    """The same, and all bought from the restrictor."""
    base = drawn(2, plants=(), stocks=(), **changes)
    return replace(base, sources=tuple(GradeSource(c, g.name, "CHN", 1.0) for c in COUNTRIES for g in base.grades))


RELEASED = Licences("released", (Act("released", 4.0, reexport="free"),), 4.0, ((4.0, False),))
PATHS = (cut(0.6), cut(0.7, elements=("Dy",)), cut(0.5, basis="supply"), full_stop(), april_2025(), quota_2010(),
         full_stop(countries=("USA",)), cut(0.9) + RELEASED)  # fmt: skip


@given(seeds, st.sampled_from(PATHS), st.sampled_from([0.0, 0.15, 0.6, 1.0]), st.floats(0.0, 0.2),
       st.sampled_from(["prorata", "price", "defence_first"]), st.booleans(), st.booleans())  # fmt: skip
@settings(max_examples=40)
def test_material_is_conserved_for_any_recipe_and_any_cut(seed, path, cap, smuggled, rule, pooled, redirect):
    """Stocks, made, received, used, shipped, lost in making, in transit; each month, to 1e-9 of the flow."""
    share = float(np.random.default_rng(seed).uniform())
    some = Act("some", 1.0, approved=share, countries=("USA", "DEU"), reexport="free")
    base = drawn(seed, smuggled)
    base = replace(base, pools=(("USA", "DEU"),)) if pooled else base
    found = disrupt(base, path + Licences("and", (some,)), 8, leak_cap=cap, allocation=rule, redirect=redirect)
    assert found.certificate.material.residual < 1e-9
    for element in base.elements:
        flows = found.ledger.of_element(element)
        into, out = (np.sum([flows[name] for name in names], axis=0) for names in (INS, OUTS))
        scale = 1e-9 * into.sum(axis=0)
        assert (np.abs(into - out) <= scale).all()
        assert (np.abs(flows["in_transit"].sum(axis=0) - flows["passed_on"].sum(axis=0)) <= scale).all()
        assert (np.abs(flows["received"].sum(axis=0) - flows["shipped"].sum(axis=0)) <= scale).all()
        assert all((values >= -scale).all() for values in flows.values())


@given(seeds, st.sampled_from(PATHS))
@settings(max_examples=10)
def test_nobody_uses_more_than_there_is(seed, path):
    """From the need met alone: use outside is at most what is sent, made outside and drawn from stock."""
    found = disrupt(drawn(seed), path, 6, leak_cap=1.0)
    none = disrupt(drawn(seed), path, 6, leak_cap=0.0)
    kg, grade = found.chain.layout.kilograms, found.chain.layout.grade
    for g in range(len(found.chain.grades)):
        arrived, before = (kg[grade == g] @ run.receipts[grade == g] for run in (found, none))
        assert arrived == pytest.approx(before, rel=1e-9)


def test_what_is_cut_off_smuggled_or_licensed_is_counted_once():
    for path in (cut(0.4), full_stop(), quota_2010(japan=(2.0, 2.0))):
        found = disrupt(all_chinese(), path, 6)
        assert found.leakage.max() == 0.0
    assert disrupt(all_chinese(), full_stop(), 6, stock_days=0).met[:, -1].max() == 0.0
    base = all_chinese(smuggled=0.03)
    found = disrupt(base, full_stop(), 6, stock_days=0)
    assert found.met[:, 4] == pytest.approx(np.full(base.layout.user.size, 0.03))
    withheld = found.ledger.kg["unsold"][: len(base.grades), found.ledger.places.index("CHN"), 4] * 12.0
    assert withheld == pytest.approx(0.97 * np.bincount(base.layout.grade, base.layout.kilograms))
    assert disrupt(base, full_stop(), 6, stock_days=0, enforcement=1.0).met[:, 4].max() == 0.0
    base = all_chinese()
    acts = [Act("a", approved=0.9, countries=COUNTRIES[1:], reexport=word) for word in ("forbidden", "free")]
    stop = full_stop(countries=("USA",)).acts
    tied, loose = (disrupt(base, Licences("x", (*stop, act)), 5) for act in acts)
    assert tied.leakage.max() == 0.0
    assert loose.leakage[:, 3].min() > 0.0


def test_a_flow_that_is_never_debited_shows(monkeypatch):
    honest = months._in_transit
    monkeypatch.setattr(months, "_in_transit", lambda *given: (honest(*given)[0], 0.0 * honest(*given)[1]))
    with pytest.raises(SolveError, match=r"material .*between places, month"):
        disrupt(drawn(2), full_stop(countries=("USA",)), 6)


def test_sharing_moves_supply_to_whoever_lacks_most():
    base = drawn(7, plants=(), stocks=())
    apart, together = disrupt(base, full_stop(countries=("USA",)), 5, stock_days=0), None
    together = disrupt(replace(base, pools=(COUNTRIES,)), full_stop(countries=("USA",)), 5, stock_days=0)
    usa = [p for p in range(base.layout.user.size) if base.layout.places[base.layout.country[p]] == "USA"]
    assert together.met[usa].mean() > apart.met[usa].mean()
    kg = base.layout.kilograms
    assert kg @ together.receipts == pytest.approx(kg @ apart.receipts, rel=1e-9)
