"""What must hold of sweeps and of joint draws, whatever the numbers."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import detente.lab.run as lab
from detente.codes import InputError, UnknownName
from detente.data.worlds import load_economy
from detente.draws import Input, Sample
from detente.economy import Shock, elasticities, solve
from detente.economy.tariff_table import added, replaced
from detente.lab.ranges.joint import JointDraws
from detente.lab.scenario import Scenario, load_scenario, parse_scenario
from detente.lab.sweep.design import Interval, inputs_of, parsed, points_of
from detente.lab.sweep.scenario import content_of, placed, sweep
from detente.lab.sweep.world import sweep_world
from detente.lab.work.parquet import from_parquet, to_parquet

pytestmark = pytest.mark.sampled(3, together=True)


def content(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@given(st.integers(1, 60), st.integers(0, 2**31), st.integers(1, 5))
def test_a_hypercube_has_one_point_in_every_stratum(n, seed, choices):
    over = {"x": Interval(2.0, 5.0), "y": Interval(-1.0, 0.0), "z": list(range(choices))}
    points = points_of(inputs_of(over), n, seed)
    for path, low, high in (("x", 2.0, 5.0), ("y", -1.0, 0.0)):
        strata = sorted(int((p[path] - low) / (high - low) * n) for p in points)
        assert strata == list(range(n))
    counts = np.bincount([p["z"] for p in points], minlength=choices)
    assert abs(counts - n / choices).max() < 2
    assert points == points_of(inputs_of(over), n, seed)


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=5, unique=True), st.integers(2, 6))
def test_a_grid_holds_every_combination_once_the_last_input_fastest(values, count):
    over = {"a": values, "b": f"0..1/{count}"}
    points = points_of(inputs_of(over), None, 0)
    steps = [i / (count - 1) for i in range(count)]
    assert [(p["a"], p["b"]) for p in points] == list(itertools.product(values, steps))


def test_values_are_read_as_they_are_meant():
    assert parsed("10%,34%", "x") == ("10%", "34%")
    assert parsed("10%..30%/3", "x") == ("10%", "20%", "30%")
    assert parsed("2025-05-01..2025-05-03/3", "x") == (date(2025, 5, 1), date(2025, 5, 2), date(2025, 5, 3))
    assert parsed("[a, b], []", "x") == (["a", "b"], [])
    assert parsed("0.5..2", "x") == Interval(0.5, 2.0)
    for text in ("1..10%", "5..1", "a..b", "1..2/1", "", "1,1"):
        with pytest.raises(InputError):
            parsed(text, "x")


def test_a_value_goes_where_its_path_says_and_nowhere_else():
    scenario = parse_scenario(
        {"on": "2025-05-14", "usa": {"change": {"measure": "rec_base", "rate": "10%"}}, "set": {"us_content": 0.4}},
        "test",
        "test",
    )
    before = content_of(scenario)
    for path, value in (
        ("usa.change.rec_base.rate", "15%"),
        ("usa.change.0.rate", "15%"),
        ("usa.change.rec_chn.rate", "34%"),
        ("set.us_content", 0.5),
        ("report.elasticity", 3.0),
        ("against.on", date(2025, 4, 1)),
        ("claims", 2024),
    ):
        moved = Scenario.model_validate(placed(before, path, value))
        assert content_of(scenario) == before
        other = moved.model_dump(exclude={path.split(".")[0]})
        assert other == scenario.model_dump(exclude={path.split(".")[0]})
    assert [c.rate for c in Scenario.model_validate(placed(before, "usa.change.0.rate", "15%")).usa.change] == ["15%"]
    several = Scenario.model_validate(placed(before, "usa.change.rec_chn.rate", "34%")).usa.change
    assert [(c.measure, c.rate) for c in several] == [("rec_base", "10%"), ("rec_chn", "34%")]
    for path in ("usa.chnage.0.rate", "reprot.elasticity", "variants.x.on", "on.day"):
        with pytest.raises((UnknownName, InputError)):
            placed(before, path, 1)


def test_a_point_is_the_scenario_with_that_value_in_its_file():
    tables = ["headline", "revenue"]
    found = sweep("geneva", {"usa.change.rec_chn.rate": ["10%", "34%"], "scope": ["all"]}, tables=tables, workers=1)
    scenario, _ = load_scenario("geneva")
    change = {**content_of(scenario), "scope": "all", "usa": {"change": [{"measure": "rec_chn", "rate": "34%"}]}}
    # The rates of a run do not hang on the parts left out here.
    change |= {"report": change["report"] | {"world": False, "prices": False, "talks": False}}
    change.pop("materials", None)
    ran = lab.run(parse_scenario(change, "test", "geneva"), draws=0)
    head = found.table("headline")
    second = head.take(head["point"] == 2)
    assert second["over.usa.change.rec_chn.rate"].tolist() == [0.34] * 3
    assert np.array_equal(second["after"], ran.tables["headline"]["after"], equal_nan=True)
    money = found.table("revenue")
    assert [c.name for c in money.columns][:5] == [
        "point", "over.usa.change.rec_chn.rate", "over.scope", "variant", "demand",
    ]  # fmt: skip
    assert np.array_equal(money["after"][money["point"] == 2], ran.tables["revenue"]["after"])


def test_a_point_of_the_world_is_a_solve_of_its_own():
    over = {"tariff.USA.CHN": ["0%", "60%"], "points.CHN.all": [0.1], "elasticities": ["giri-yi", "fontagne"]}
    found = sweep_world(over, world="icio-2022-small", workers=1, countries=["CHN", "USA"]).table("economy")
    for number, (rate, name) in enumerate(itertools.product((0.0, 0.6), ("giri-yi", "fontagne")), start=1):
        economy = elasticities(load_economy("icio-2022-small"), name)
        tariff = replaced(economy, "USA", ["CHN"], rate)
        own = economy.country("CHN")
        tariff[own] = added(economy, "CHN", [], 0.1)[own]
        solved = solve(economy, Shock(tariff=tariff))
        rows = found.take(found["point"] == number)
        assert rows["country"].tolist() == ["CHN", "USA"]
        wanted = [solved.change("welfare", code) for code in ("CHN", "USA")]
        assert rows["welfare"] == pytest.approx(wanted, abs=1e-10)


def test_a_scaled_point_is_a_solve_of_its_own_and_the_same_in_any_company():
    scales, rate = (0.53, 0.77, 1.9), 0.4
    together = sweep_world(
        {"scale": scales, "tariff.USA.CHN": [rate]}, world="icio-2022-small", workers=1, tables="economy"
    ).table()
    for number, scale in enumerate(scales, start=1):
        economy = load_economy("icio-2022-small")
        economy = economy.with_parameters(trade_elasticity=np.asarray(economy.parameters["trade_elasticity"]) * scale)
        solved = solve(economy, Shock(tariff=replaced(economy, "USA", ["CHN"], rate)))
        own = together["welfare"][together["point"] == number]
        assert own == pytest.approx([solved.change("welfare", code) for code in economy.countries], abs=1e-10)
        over = {"scale": [scale], "tariff.USA.CHN": [rate]}
        assert np.array_equal(
            sweep_world(over, world="icio-2022-small", workers=1, tables="economy").table()["welfare"], own
        )


def test_bytes_do_not_depend_on_the_workers(tmp_path):
    over = {"tariff.USA.CHN": "0%..145%", "scale": "0.5..1", "closure": ["fixed", "zero"]}
    sweep_world(over, world="icio-2022-small", lhs=30, seed=3, workers=1, out=tmp_path / "here")
    sweep_world(over, world="icio-2022-small", lhs=30, seed=3, workers=2, out=tmp_path / "processes")
    with ThreadPoolExecutor(3) as threads:
        sweep_world(over, world="icio-2022-small", lhs=30, seed=3, executor=threads, out=tmp_path / "threads")
    memory = sweep_world(over, world="icio-2022-small", lhs=30, seed=3, workers=1)
    here = content(tmp_path / "here")
    assert here == content(tmp_path / "processes") == content(tmp_path / "threads")
    assert [here[f"economy/part-{n:05d}.parquet"] for n in range(30)] == memory.parts["economy"]
    sweep_world(over, world="icio-2022-small", lhs=30, seed=4, workers=1, out=tmp_path / "other")
    assert here["economy/part-00000.parquet"] != content(tmp_path / "other")["economy/part-00000.parquet"]


def test_a_table_keeps_units_and_notes_through_its_file():
    table = sweep_world({"scale": [1.0]}, world="icio-2022-small", countries=["USA"]).table("economy")
    again = from_parquet([to_parquet(table)])
    assert (again.columns, again.notes, to_parquet(again)) == (table.columns, table.notes, to_parquet(table))


@settings(max_examples=10)
@given(st.integers(2, 8))
def test_one_input_that_decides_a_number_has_all_of_its_share(n):
    places = np.asarray([[i / (5 * n), ((i * 7) % 5) / 5.0] for i in range(5 * n)])
    sample = Sample(tuple(Input(name, 0.0, -1.0, 1.0) for name in ("a", "b")), places, 0)
    numbers = sample.values[:, :1] ** 3
    alone = {"a": {"low bound": np.asarray([-1.0]), "high bound": np.asarray([1.0])}}
    alone["b"] = {"low bound": np.asarray([0.0]), "high bound": np.asarray([0.0])}
    found = JointDraws(sample, (("v", "m", "USA"),), np.asarray([0.0]), alone, numbers)
    (driver,) = found.all_drivers(0)
    assert (driver.name, driver.share) == ("a", pytest.approx(1.0))
    assert found.drivers(0) == (driver,)
