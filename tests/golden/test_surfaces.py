"""What is stored of the talks is what laws, world and solver of the package give; one world for all faces."""

from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest

from detente.data.casefile import case_names, load_case, variant_names
from detente.data.npzfile import key_of, stored
from detente.lab.averages.sides import pairings_of
from detente.lab.deal.economy import owed, tariff_of
from detente.lab.deal.file import scenario_of
from detente.lab.scenario import dated
from detente.lab.talks.case import STEP, Case, law_content, open_case, point_content
from detente.lab.talks.talk import open_talk
from detente.lab.talks.world import world_of
from teaching import run_tables

CASES = [
    (name, variant)
    for name in case_names()
    for variant in ("", *variant_names(name))
    if variant not in ("lapsed", "happened")
]
RUNS = [(name, variant, short) for name, variant in CASES for short in (False, True)]
FINE = {name: 0.02 for name in ("three-country", "us-eu-2025-07", "us-korea-2025-07")}
"""Errors of the surfaces that are not built to 0.01."""


@lru_cache
def opened(name, variant=""):
    return Case(load_case(name, variant))


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("name", "variant"), CASES)
def test_stored_laws_are_those_of_the_lawbooks(name, variant):
    case = opened(name, variant)
    fresh, held = world_of(case.file, case.economy()), case.space()
    assert stored(key_of("law", law_content(case.file, 1.0, switched=True))), "run tools/build_surfaces.py"
    assert np.abs(held.base - fresh.base).max() < 1e-7
    for one, other in zip(held.duties, fresh.duties, strict=True):
        assert (one.issue, one.importers, one.exporters, one.inside) == (
            other.issue, other.importers, other.exporters, other.inside,
        )  # fmt: skip
        assert np.array_equal(one.levels, other.levels)
        assert np.abs(one.points - other.points).max() < 1e-7
    assert (held.always is None) == (fresh.always is None)
    if held.always is not None:
        assert np.abs(held.always - fresh.always).max() < 1e-7


@pytest.mark.sampled(3)
@pytest.mark.parametrize(("name", "variant", "short"), RUNS)
def test_stored_surfaces_are_what_exact_solves_give(name, variant, short):
    """Two nodes of each surface solved again, and a point between the nodes."""
    case = opened(name, variant)
    held = stored(key_of("surface", case.content(short=short)))
    assert held, "run tools/build_surfaces.py"
    space, surface = case.space(short=short), case.surface(short=short)
    rows = np.random.default_rng(len(name) + short).integers(surface.solves, size=2)
    exact = space.solve(surface.fit.terms.nodes[rows]).parts.reshape(2, -1)
    assert np.abs(exact - STEP * held["values"][rows]).max() < 1e-4
    between = 0.4 * np.array(surface.tops)
    assert np.abs(surface.parts_at(between)[0] - space.parts_at(between)).max() < 0.03
    assert surface.error.largest <= FINE.get(name, 0.01)
    assert surface.residual <= 1e-10


def test_without_the_switch_october_has_a_surface_of_its_own():
    case = opened("us-china-2025-10")
    on, off = case.surface(), case.surface(switched=False)
    levels = np.array([0.1, 0.2, 0.1])
    assert np.abs(on.parts_at(levels) - off.parts_at(levels)).max() > 0.1
    assert np.abs(off.parts_at(levels)[0] - case.space(switched=False).parts_at(levels)).max() < 0.02


@pytest.mark.parametrize("short", [False, True])
def test_stored_lines_and_threats_are_what_exact_solves_give(short):
    case = open_case("us-china-2025-05:happened")
    assert stored(key_of("lines", case.lines_content(short=short))), "run tools/build_surfaces.py"
    last = case.file.weights.model_copy(update={"choices": case.file.weights.choices[-1:]})
    (line,) = Case(case.file.model_copy(update={"weights": last})).solved_lines(short=short)
    held = case.lines(short=short)[-1]
    assert [held.income, held.revenue, held.added] == pytest.approx([line.income, line.revenue, line.added], abs=1e-4)
    levels, guards = case._point(case.file.threats[3].levels)[:3], case.file.threats[-1].third_countries
    now = case.outcome("status_quo")[:3]
    for place, more in ((levels, {}), (now, guards)):
        assert stored(key_of("parts", point_content(case.content(short=short), place, more)))
        exact = case.exact_parts(place, more, short=short, fresh=True)
        assert np.abs(case.exact_parts(place, more, short=short) - exact).max() < 2e-5


def test_what_rests_on_something_else_is_not_served():
    case = open_case("us-china-2025-05:happened")
    first = key_of("surface", case.content())
    assert stored(first)
    rows = tuple(row.model_copy(update={"top": 1.4}) if row.top == 1.35 else row for row in case.file.issues)
    others = [
        open_case("us-china-2025-05:happened", third_countries=0.5).content(),
        open_case("us-china-2025-05:happened", elasticities="fontagne").content(),
        open_case("us-china-2025-05:happened", elasticity_scale=0.9).content(),
        Case(case.file.model_copy(update={"issues": rows})).content(),
        case.content(switched=False),
    ]
    assert not any(stored(key_of("surface", content)) for content in others)
    assert not stored(
        key_of("surface", open_case("us-china-2025-05:happened", short_run_scale=0.6).content(short=True))
    )


def test_duties_of_third_countries_scale_with_their_parameter():
    case = opened("us-china-2025-05:happened")
    economy = case.economy()
    usa, korea, mexico, china = (economy.country(code) for code in ("USA", "KOR", "MEX", "CHN"))
    points = world_of(case.file, economy).base[usa] - world_of(case.file, economy, 0.0).base[usa]
    assert points[korea, economy.sector("C13T15")] == pytest.approx(0.10, abs=0.002)
    assert points[korea, economy.sector("C21")] < 0.01
    assert not points[mexico].any()
    assert np.abs(points[china]).max() < 1e-12
    assert points.max() <= 0.10 + 1e-9


# --- one world -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def engine(opened_case):
    return opened_case("us-china-2025-05")


def test_the_talks_stand_on_the_tariffs_that_the_deal_page_solves(engine):
    case, world = engine.warm.case, engine.world(engine.warm.file.on)
    for name in ("status_quo", "geneva", "below_60_china_40"):
        outcome = case.outcome(name)
        levels = {name: float(outcome[engine.warm.columns[name]]) for name in engine.warm.duties}
        space = case.space()
        columns = [case.issues.index(name) for name in space.issues]
        tariff = tariff_of(world.economies["long"], world.planes, owed(world.planes, levels))
        assert np.abs(space.tariff(outcome[columns]) - tariff).max() < 1e-7


def test_the_gain_in_real_income_is_the_change_of_real_income(engine):
    """Real income of the deal page, times income, is the real income in the gain of the talks."""
    deal = engine.deal({"us": "10", "fentanyl": "20", "cn": "10", "licences": "1", "action": "0"})
    case = engine.warm.case
    parts = case.payoffs().breakdown(np.stack([case.outcome("geneva"), case.outcome("status_quo")]))["real income"]
    for i, code in enumerate(("USA", "CHN")):
        level = case.space().summed(case.space().level.income)[i] + parts[1, i]
        assert (parts[0, i] - parts[1, i]) / level == pytest.approx(deal.number(f"income_{code}").value, abs=2e-6)


def test_a_layer_beside_the_deal_counts_in_gains_as_exact_solves_count_it(engine):
    plain = {"us": "10", "cn": "10", "licences": "1", "weights": "welfare"}
    layer = {"partner": "MEX", "rate": "10"}
    first, second = engine.deal(plain), engine.deal(plain | layer)
    case, world = engine.warm.case, engine.world(engine.warm.file.on)
    duties = owed(world.planes, {"us": 0.1, "fentanyl": 0.2, "cn": 0.1}, (), ["MEX"], 0.1)
    space = case.space()
    run = world.runs(tariff_of(world.economies["long"], world.planes, duties))["long"]
    exact = space.measured(run)[0][:, 0] - space.parts_at(np.array([0.1, 0.2, 0.1]))[:, 0]
    moved = [second.number(f"gain_{code}_D0").value - first.number(f"gain_{code}_D0").value for code in ("USA", "CHN")]
    assert np.array(moved) / 1e9 == pytest.approx(exact, abs=1e-4)
    assert abs(exact[0]) > 0.5


def test_one_gain_in_page_run_and_talks(engine):
    levers, _ = engine.read({"us": "10", "fentanyl": "20", "cn": "10", "licences": "1", "action": "0"})
    deal, scenario = engine.deal(levers), dated(scenario_of(engine, engine.deal(levers)), levers.on)
    tables, _ = run_tables(scenario, *(list(pairings_of(scenario, code, Path())) for code in ("USA", "CHN")))
    signing = next(table for table in tables if table.name == "signing")
    (run,) = [row for row in signing.rows() if row["weights"] == levers.weights]
    talk = open_talk("us-china-2025-05:happened", weights=[levers.weights], horizons=["long"])
    negotiation = talk.negotiation(talk.headline)
    for i, code in enumerate(("USA", "CHN")):
        page = deal.number(f"gain_{code}_D0").value
        gain = negotiation.value(talk.case.outcome("geneva")) - negotiation.threat("D0").value
        assert run[f"{code.lower()}_over_D0"] == pytest.approx(page, rel=1e-9)
        assert 1e9 * gain[i] == pytest.approx(page, rel=1e-9)
