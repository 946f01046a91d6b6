"""From a chain file to losses: the steps joined, against brute force, limits and one another."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from detente.chains.equilibrium import GDP, REAL_INCOME, NetworkJob, equilibrium, gdp_change, solve_many
from detente.chains.licences import Licences
from detente.codes import InputError, SolveError
from detente.data import chain_build, chain_world
from detente.data.chain_build import figures, load_chain
from detente.data.chain_tables import flows
from detente.data.limits import forget
from detente.economy import solve
from detente.lab.chains.answer import answer, country_losses, disrupt_chain, world_shock
from detente.lab.chains.draws import drawn_figures, spread
from detente.lab.chains.effects import nations
from detente.lab.chains.levers import levers_worth
from detente.lab.chains.materials import materials
from detente.lab.chains.months import ChainQuestion, Words, observed, run_question
from detente.lab.scenario import Materials

PEAK, YEAR = "peak quarter, annual rate", "year 1"
READ_OUT = (
    *("price", "bundle", "bundle_price", "output", "quantity", "shadow_price", "value_added_price"),
    *("imported_price", "final", "imported_final", "other_imports"),
)


@pytest.fixture(scope="module")
def chain():
    return load_chain("rare-earths")


@pytest.fixture(scope="module")
def deep():
    return disrupt_chain(cut=0.8, months=12)


def loss(found, country="USA", scope="direct", measure=GDP, period=YEAR):
    return found.loss(country, scope=scope, measure=measure, period=period)


def spent(chain, country, *grades):
    return sum(u.need.get(g, 0.0) for u in chain.users if u.country == country for g in grades)


def test_spending_is_of_customs_and_tonnes_and_counts_germany_once(chain):
    assert spent(chain, "USA", "NdFeB-H", "NdFeB-L") == pytest.approx(238_478_717 + 89_180_000, rel=1e-3)
    assert spent(chain, "USA", "SmCo") == pytest.approx(11_085_624)
    kg = next(r.value for r in flows() if (r.kind, r.destination, r.period) == ("year", "WLD", "2024")
              and r.product == "magnets")  # fmt: skip
    assert spent(chain, "IND", "NdFeB-H", "NdFeB-L") == pytest.approx(0.04 * kg * 49, rel=0.01)
    rest = sum(spent(chain, c, "NdFeB-H", "NdFeB-L") for c in ("GBR", "TWN", "MEX", "CAN", "ROW"))
    assert rest == pytest.approx(0.242 * kg * 49, rel=0.01)
    assert spent(chain, "EU27", "NdFeB-H", "NdFeB-L") == pytest.approx(1.087e9 + 49e6)
    assert "DEU" not in chain.layout.places
    assert {u.country for u in chain.users} == set(chain_world.BLOCS) - {"CHN"}


def test_japan_makes_its_magnets_from_feed(chain):
    at = chain.layout.places.index("JPN")
    heavy = chain.grade("NdFeB-H")
    assert chain.layout.licensed[at, heavy] == pytest.approx(109 / 834, rel=1e-3)
    assert chain.layout.third[at, heavy, at] == pytest.approx(725 / 834, rel=1e-3)
    feeds = {(f.country, f.element): f.outside for f in chain.feeds}
    assert feeds["JPN", "Dy"] == "other_feed_heavy_JPN"
    assert {s.item for s in chain.stocks} >= {"Dy", "Tb", "NdPr"}


def test_plants_start_on_the_time_axis_and_split_three_to_one(chain):
    plants = {p.name: p for p in chain.plants}
    dy, tb = plants["mp-heavy, Dy"], plants["mp-heavy, Tb"]
    assert (dy.start, tb.start) == (15.0, 15.0)
    assert dy.capacity / 0.8713 == pytest.approx(3 * tb.capacity / 0.8502)
    assert plants["mp-independence"].own_feed == ("NdPr",)
    assert "shin-etsu-vietnam" not in plants, "it ran before: it is in the sources"
    later = {p.name: p.start for p in load_chain("rare-earths", start="2026-01").plants}
    assert later["mp-heavy, Dy"] == 6.0


def test_defence_is_a_user_with_its_stock_and_classes_weigh_by_spending(chain):
    users = {u.label: u for u in chain.users}
    civil, military = users["USA 334511"], users["USA 334511 defence"]
    assert military.need["SmCo"] == pytest.approx(civil.need["SmCo"])
    assert military.cover_of("SmCo") == "cover_defence_Sm_USA"
    assert civil.cover_of("SmCo") == "cover_other"
    motors = next(u for u in chain.users if u.label == "USA 335312")
    assert (sum(motors.classes.values()), set(motors.classes)) == (pytest.approx(1.0), {"A", "B", "C"})
    assert motors.classes["B"] > motors.classes["C"] > motors.classes["A"]


def test_every_draw_brings_shares_of_applications_back_to_one():
    names = [name for name in figures("rare-earths") if name.startswith("share of ") and " in ndfeb" in name]
    base = load_chain("rare-earths")
    moved = load_chain("rare-earths", values={"share of vehicles in ndfeb": 0.45})
    assert len(names) >= 8
    assert spent(moved, "KOR", "NdFeB-H", "NdFeB-L") == pytest.approx(spent(base, "KOR", "NdFeB-H", "NdFeB-L"))
    cars = [sum(u.need.values()) for c in (base, moved) for u in c.users if u.label == "KOR C29"]
    assert cars[1] > cars[0]


def test_the_world_is_one_pool_for_gallium():
    stop = disrupt_chain("gallium-germanium", cut=1.0, months=24, scope="direct", countries=("USA",))
    run = stop.ran.runs["direct"]
    last = {u.label: run.met_by_user[n, -1] for n, u in enumerate(run.chain.users)}
    assert last["USA 334413 (Ga)"] == pytest.approx(0.488, abs=0.002), "a stop of all exports: supply over use outside"
    assert last["KOR C26 (Ga)"] == pytest.approx(0.488, abs=0.002)
    ban = disrupt_chain("gallium-germanium", cut=1.0, months=24, to=("USA",), scope="direct", countries=("USA", "KOR"))
    run = ban.ran.runs["direct"]
    at = {u.label: n for n, u in enumerate(run.chain.users)}
    arrives = {
        label: run.receipts[run.chain.layout.user == at[label], -1] for label in ("USA 333314 (Ge)", "KOR C26 (Ge)")
    }
    assert run.met_by_user[at["USA 333314 (Ge)"]].min() < 0.9
    assert arrives["USA 333314 (Ge)"] == pytest.approx(arrives["KOR C26 (Ge)"]), "a ban on one buyer spreads over all"
    assert 0.8 < arrives["KOR C26 (Ge)"] < 0.9
    assert ban.certificate.material.residual < 1e-12


def test_observed_flows_are_those_of_customs_and_no_control_changes_nothing():
    ratios = observed()
    assert ratios["USA"][1] == pytest.approx(46 / 689)
    assert ratios["EU27"][3] > 0.9
    assert len(ratios["*"]) == 12
    ran = run_question(ChainQuestion(months=6), Licences("none"))
    assert max(abs(row.value) for row in country_losses(ran)) < 1e-10
    assert np.isnan(ran.runs["direct"].first_short).all()


def test_losses_rise_with_the_cut_and_a_cut_of_some_leaves_other_grades_free(deep):
    cuts = [loss(disrupt_chain(cut=c, countries=("EU27",), scope="direct"), "EU27") for c in (0.2, 0.5)]
    assert 0 < cuts[0] < cuts[1] < loss(deep, "EU27")
    bare = disrupt_chain(cut=0.8, stock_days=0, countries=("EU27",), scope="direct")
    held = disrupt_chain(cut=0.8, stock_days=60, countries=("EU27",), scope="direct")
    assert loss(bare, "EU27") > loss(deep, "EU27") > loss(held, "EU27")
    assert bare.ran.runs["direct"].stocks.stock.max() == 0.0
    easy = disrupt_chain(cut=0.8, countries=("EU27",), scope="direct", values={"sigma_start_B": 0.15})
    assert loss(easy, "EU27") < loss(deep, "EU27")
    some = disrupt_chain(cut=0.8, elements=("Dy", "Tb"))
    run = some.ran.runs["direct"]
    layout = run.chain.layout
    pairs = zip(layout.user.tolist(), layout.grade.tolist(), strict=True)
    by_grade = {(run.chain.users[u].label, run.chain.grades[g].name): n for n, (u, g) in enumerate(pairs)}
    assert run.met[by_grade["EU27 C29", "NdFeB-L"]].min() == pytest.approx(1.0)
    assert run.met[by_grade["EU27 C29", "NdFeB-H"]].min() < 0.5
    assert 0 < loss(some) < loss(deep)
    supply = disrupt_chain(cut=0.8, basis="supply")
    first = [found.ran.runs["direct"].first_short for found in (deep, supply)]
    at = next(n for n, u in enumerate(deep.ran.chains["direct"].users) if u.label == "JPN C29")
    assert first[1][at] < first[0][at]
    assert loss(supply, "JPN") > loss(deep, "JPN")


def test_licences_that_come_back_bring_everything_back():
    found = disrupt_chain(scenario="general-licence", months=36, scope="direct", countries=("EU27",))
    run = found.ran.runs["direct"]
    civil = [n for n, u in enumerate(run.chain.users) if not u.defence]
    assert run.met_by_user[civil, -1].min() == pytest.approx(1.0)
    assert loss(found, "EU27", period="year 3") < 0.01 * loss(found, "EU27")


def test_many_networks_are_the_networks_one_by_one_and_parts_come_from_who_is_short(deep):
    effect = deep.ran.effects["requirement"]
    for path in (effect.direct["KOR"], effect.requirement["USA"], effect.requirement["CHN"]):
        for at in path:
            alone = equilibrium(at.network, at.shortage)
            for name in READ_OUT:
                np.testing.assert_allclose(getattr(at, name), getattr(alone, name), rtol=1e-8, err_msg=name)
            assert at.basket == pytest.approx(alone.basket, rel=1e-9)
            assert abs(at.certificate.walras) < 1e-9
            assert abs(alone.certificate.walras) < 1e-9
            assert gdp_change(at) == pytest.approx(gdp_change(alone), abs=1e-10)
    ground = effect.nations.of["USA"].ground
    np.testing.assert_allclose(ground.import_share.sum(axis=1), 1.0)
    supply = dict(zip(ground.parts, effect.parts["USA"][0], strict=True))
    assert 0.5 < supply["336320"] < 1.0
    made = effect.direct["MEX"][0]
    exposed = made.output[made.network.industry("C29:exposed")]
    assert exposed < supply["336320"], "parts of the restrictor keep coming"
    assert loss(deep, scope="requirement", period=PEAK) > loss(deep, period=PEAK)
    assert 0 < deep.certificate.second_pass < 0.05


def test_quick_answers_and_the_small_network_stand_for_the_full_one(deep):
    at = deep.ran.effects["direct"].direct["KOR"][0]
    short = replace(at.shortage, quantity=np.where(at.network.spending > 0, 1e-3, 1.0))
    (both,) = solve_many([NetworkJob([at.network, at.network], [at.shortage, short])])
    assert both[1].certificate.residual < 1e-10
    assert gdp_change(both[1]) < gdp_change(both[0])
    with pytest.raises(SolveError, match="no equilibrium found"):
        equilibrium(at.network, replace(short, quantity=np.zeros_like(short.quantity)))
    whole = nations(deep.ran.chains["direct"], ("USA",), exposed={}, full=True).of["USA"]
    assert len(whole.closed.industries) == 397
    effect = deep.ran.effects["direct"]
    lost = [
        [-gdp_change(equilibrium(n.with_sigma(q.sigma, parts=False), n.shortage(q.found.quantity)))
         for q in effect.quarters]
        for n in (effect.nations.of["USA"], whole)
    ]  # fmt: skip
    peak = int(np.argmax(lost[0]))
    assert lost[0][peak] == pytest.approx(lost[1][peak], rel=0.005)


def test_two_classifications_of_the_same_country_agree(deep, monkeypatch):
    """Use tables of 2017 by BEA code and the world's accounts of 2022 by sector, split: within a quarter."""
    caches = (chain_world.ground, chain_build._output)
    monkeypatch.setattr(chain_world, "scheme_of", lambda bloc: "icio28")
    forget(*caches)
    try:
        other = disrupt_chain(cut=0.8, countries=("USA",), scope="direct")
    finally:
        forget(*caches)
    assert loss(other, period=PEAK) == pytest.approx(loss(deep, period=PEAK), rel=0.25)
    assert loss(other) == pytest.approx(loss(deep), rel=0.25)


def test_sharing_by_price_loses_less_than_pro_rata(deep):
    priced = disrupt_chain(cut=0.8, allocation="price", countries=("USA", "EU27"), scope="direct")
    for country in ("USA", "EU27"):
        assert 0.3 * loss(deep, country) < loss(priced, country) < loss(deep, country)
    shallow, free = (disrupt_chain(cut=0.2, allocation=rule, countries=("USA",), scope="direct")
                     for rule in ("price", "prorata"))  # fmt: skip
    assert loss(shallow) <= loss(free) < 1e-6


def test_a_run_of_a_scenario_can_show_what_a_deal_on_licences_avoids():
    tables = materials(Materials(months=12, countries=["EU27", "USA"]), date(2025, 5, 14))
    losses = [r for r in tables["materials"].rows() if r["measure"] == GDP and r["country"] == "EU27"]
    rows = {(r["scope"], r["period"]): r for r in losses}
    assert rows["direct", YEAR]["without"] > rows["direct", YEAR]["deal"] > 0
    assert rows["direct", YEAR]["avoided"] > 0
    assert set(tables) == {"materials", "materials_short", "months", "materials_lost", "materials_prices"}
    ours = next(r for r in tables["materials"].rows() if (r["country"], r["scope"], r["period"], r["measure"])
                == ("USA", "direct", YEAR, GDP))  # fmt: skip
    lost = tables["materials_lost"]
    worth = chain_world.gdp("USA")
    assert lost["lost"].sum() == pytest.approx(ours["without"] * worth, rel=1e-9)
    assert lost["deal_lost"].sum() == pytest.approx(ours["deal"] * worth, rel=1e-9)
    assert (lost["deal_short"] <= lost["short"] + 1e-12).all()
    months = tables["months"]
    assert (months["month"][0], months["month"][11]) == ("2025-04", "2026-03")
    assert (months["deal"] <= months["short"] + 1e-12).all()
    assert (months["short"] > 0.1).any()
    later = materials(Materials(months=12, countries=["EU27"], licences_from=date(2025, 12, 18)), date(2025, 5, 14))
    kept = {(r["scope"], r["period"]): r for r in later["materials"].rows() if r["measure"] == GDP}
    assert kept["direct", YEAR]["deal"] > rows["direct", YEAR]["deal"]
    assert len(later["materials_lost"]) == 0  # the United States are not among its countries


def test_one_point_of_licence_is_the_difference_of_two_runs():
    words = {"months": 12, "scope": "direct", "countries": ("EU27",)}
    less, more = (disrupt_chain(cut=c, **words) for c in (0.80, 0.79))
    gain = (loss(less, "EU27", measure=REAL_INCOME) - loss(more, "EU27", measure=REAL_INCOME)) * chain_world.gdp("EU27")
    assert less.marginal.buyer["EU27"] == pytest.approx(gain, rel=1e-6)
    assert less.marginal.sales > 0


def test_a_shortage_enters_the_world_economy(deep):
    shock = world_shock(deep)
    economy = chain_world.world()
    hat = shock.productivity_hat
    assert hat.shape == (len(economy.countries), len(economy.sectors))
    assert hat[economy.country("DEU"), economy.sector("C29")] < 1.0
    assert hat[economy.country("DEU"), economy.sector("C29")] == hat[economy.country("FRA"), economy.sector("C29")]
    assert (hat[economy.country("CHN")] == 1.0).all()
    found = solve(economy, shock)
    assert found.certificate.converged
    assert found.change("welfare", "KOR") < 0


def test_ranges_hold_the_central_figure_and_do_not_hang_on_workers(tmp_path):
    question = ChainQuestion("gallium-germanium", Words(cut=0.8), countries=("USA",), scope="direct")
    one = spread(question, 21, seed=2)
    two = spread(question, 21, seed=2, workers=2, folder=tmp_path)
    np.testing.assert_array_equal(one.losses, two.losses)
    np.testing.assert_array_equal(one.outside, two.outside)
    assert len(list(tmp_path.glob("*.npy"))) == 2
    central = answer(question)
    row = next(r for r in central.losses if r.measure == GDP)
    median, low, high = one.of_loss(row)
    assert low < median < high
    assert low < row.value < 10 * high
    assert "sigma_months" in dict(spread(question, 60, seed=2).movers(row.key))


def test_figures_set_by_hand_are_not_drawn_and_levers_share_what_they_avoid():
    drawn = drawn_figures(ChainQuestion(values={"sigma_start_B": 0.1}))
    assert "sigma_start_B" not in drawn
    assert "leontief_share" not in drawn
    assert {"sigma_start_A", "heavy share of vehicles", "exposed shares, times", "Dy_per_NdFeB_H"} <= set(drawn)
    assert all(r.low < r.high for r in drawn.values())
    question = ChainQuestion(words=Words(cut=0.8), months=6, scope="direct")
    found = levers_worth(question, "USA", names=("stockpile", "plants", "allies"), costs={"allies": 1e9})
    held = found.worth
    assert held.shares.sum() == pytest.approx(held.together.sum())
    assert held.alone.min() >= -1e-6
    assert held.break_even[2] == pytest.approx(1e9 / held.alone[2].sum())
    assert held.loss.sum() > 0
    with pytest.raises(InputError, match="no users"):
        levers_worth(question, "CHN", names=("stockpile",))
