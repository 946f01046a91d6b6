"""Joint ranges of a run: they hold the central number, name what moves it, and do not depend on the processes."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from detente.lab.averages.laid_law import laid_law
from detente.lab.averages.ranges import averages, range_of, uncertain_duties
from detente.lab.averages.sides import START, pairings_of
from detente.lab.ranges import joint as uncertainty
from detente.lab.scenario import dated, load_scenario
from detente.trade.ranges import CLAIMS


@pytest.fixture(scope="module")
def pairings():
    scenario, path = load_scenario("geneva")
    scenario = dated(scenario, date(2025, 5, 14))
    return scenario, *(list(pairings_of(scenario, code, path.parent)) for code in ("USA", "CHN"))


@pytest.fixture(scope="module")
def model(pairings):
    scenario, usa, chn = pairings
    return uncertainty.model_of(scenario, {"USA": usa, "CHN": chn})


@pytest.fixture(scope="module")
def side(pairings):
    """The law of the United States after the deal, with its duties as a function of shares."""
    after = pairings[1][0].after
    return after, uncertain_duties(after.ground, after.on)


@pytest.mark.parametrize(
    ("name", "ends"),
    [("s301_exclusion", (0.0, 1.0)), ("vehicle_part", (0.0, 0.2)), ("port_equipment", (0.0, 1.0))],
)
def test_duties_at_a_bound_are_those_of_the_law_under_that_share(pairings, side, name, ends):
    scenario, (after, duties) = pairings[0], side
    assert duties.flows.value @ duties.at({}) / duties.flows.total == pytest.approx(after.average, rel=1e-12)
    found = []
    for position, share in zip((-1.0, 1.0), ends, strict=True):
        ground = laid_law(after.law, {name: share}, scenario.scope, scenario.claims)
        found.append(duties.flows.value @ duties.at({name: position}) / duties.flows.total)
        assert found[-1] == pytest.approx(replace(after, ground=ground).average, rel=1e-12)
    assert found[0] != found[1]


def test_what_is_owed_is_the_duty_on_every_pair(side):
    duties = side[1]
    rng = np.random.default_rng(5)
    owed = duties.owed(duties.flows.value)
    for _ in range(4):
        position = {name: float(rng.uniform(-1, 1)) for name in duties.inputs}
        assert owed([position])[0] == pytest.approx(duties.flows.value @ duties.at(position), rel=1e-12)
    claims = owed([{CLAIMS: step} for step in (-1.0, 0.0, 0.5, 1.0)])
    assert duties.flows.claims == "2025-05"
    # Claims of May 2025 lie below the latest, which are their other bound: more claims, less duty.
    assert claims[0] == claims[1] > claims[2] > claims[3]


@pytest.fixture
def found(geneva_drawn):
    return geneva_drawn[2]


def test_processes_move_no_byte(model, geneva_drawn, found, monkeypatch):
    draws, seed, _ = geneva_drawn
    monkeypatch.setattr(uncertainty, "SEVERAL", 1)
    monkeypatch.setattr("detente.lab.work.chunks.processors", lambda: 2)
    again = uncertainty.drawn(model, draws, seed)
    np.testing.assert_array_equal(again.numbers, found.numbers)
    assert repr(again.all_drivers(0)) == repr(found.all_drivers(0))
    assert {name: list(held) for name, held in again.alone.items()} == {n: list(h) for n, h in found.alone.items()}
    for name, held in found.alone.items():
        for label, row in held.items():
            np.testing.assert_array_equal(again.alone[name][label], row)


def test_ranges_hold_what_they_are_ranges_of(found):
    table = uncertainty.ranges_table(found)
    assert len(table) == len(found.headlines)
    rates = [row for row in table.rows() if row["measure"] == "average_fixed"]
    assert rates
    for row in rates:
        assert row["low"] <= row["median"] <= row["high"]
        assert row["low"] < row["high"]


def test_the_tornado_names_the_inputs_that_move_real_income(found):
    rows = [
        r for r in uncertainty.tornado_table(found).rows() if (r["measure"], r["country"]) == ("real_income", "CHN")
    ]
    swing = [row["high"] - row["low"] for row in rows]
    assert swing == sorted(swing, reverse=True)
    assert {"elasticities", "elasticity_scale"} <= {row["input"] for row in rows[:4]}
    for row in rows:
        assert row["low"] <= row["base"] <= row["high"]


def test_a_script_needs_no_guard_for_processes(tmp_path):
    """Workers do not run the caller's script again: a plain script that starts them ends."""
    import subprocess
    import sys

    script = tmp_path / "plain.py"
    script.write_text(
        "from detente.lab.sweep.world import sweep_world\n"
        "found = sweep_world({'tariff.USA.CHN': '0%..50%/20', 'tariff.CHN.USA': '0%..50%/5'}, workers=2)\n"
        "print('rows', len(found.table('solves')))\n",
        encoding="utf-8",
    )
    ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False)
    assert ran.stdout == "rows 100\n", ran.stderr


def test_kinds_of_pairs_have_the_average_of_all_pairs(side):
    after, duties = side
    start = uncertain_duties(after.ground, START)
    pairs, (value,) = duties.alike(start, duties.flows.value)
    assert pairs.size < duties.flows.value.size / 2
    assert value.sum() == pytest.approx(duties.flows.total, rel=1e-12)
    rng = np.random.default_rng(7)
    for _ in range(3):
        position = {name: float(rng.uniform(-1, 1)) for name in duties.inputs}
        old, new = (next(each.of_pairs(pairs)([position])) for each in (start, duties))
        alike = averages(value, old, new, 2.0)
        assert alike == pytest.approx(
            averages(duties.flows.value, start.at(position), duties.at(position), 2.0), rel=1e-12
        )


def test_an_average_has_one_range_alone_and_in_a_run(pairings, geneva_drawn):
    after, (draws, seed, joint) = pairings[1][0].after, geneva_drawn
    alone = range_of(after.ground, after.on, after.reading, draws, seed)
    at = joint.keys.index((pairings[1][0].variant, "average_fixed", "USA", ""))
    low, high = np.quantile(joint.numbers[:, at], [0.05, 0.95])
    assert (alone.low, alone.high) == pytest.approx((low, high), rel=1e-12)
