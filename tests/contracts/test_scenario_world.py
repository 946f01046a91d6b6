"""The world of a scenario: of the package or a user's own; one sentence where laws cannot be laid on it."""

import numpy as np
import pytest

from detente.data.library import package_folder
from detente.data.worlds import load_economy
from detente.faces.web.work.uploads import scenario_of
from detente.faces.words.brief import spoken
from detente.lab.averages.axes import rows_of
from detente.lab.key import data_hashes, key_of, own_files
from detente.lab.run import run
from detente.lab.scenario import parse_scenario

SMALL = {"on": "2025-05-14", "against": {"on": "2025-05-08"}, "world": "icio-2025-small"}
BARE = {"by": [], "daily": False, "prices": False, "draws": 0}


def scenario_in(world, **keys):
    return parse_scenario({**SMALL, "report": BARE, **keys, "world": world}, "scenario", "moved")


@pytest.fixture(scope="module")
def moved():
    return run(scenario_in("icio-2025-small"), only=("headline", "economy", "sectors", "world", "deals"))


def test_a_run_solves_the_world_of_its_scenario_lays_duties_on_it_and_talks_stand_on_it(moved):
    assert set(moved.tables["sectors"]["sector"].tolist()) == set(load_economy("icio-2025-small").sectors)
    assert "Steel" in moved.tables["sectors"]["goods"].tolist()
    assert any(note.startswith("world icio-2025-small,") for note in moved.tables["world"].notes)
    assert "icio-2025-small" in moved.vintages
    assert "icio-2022" not in data_hashes(moved.scenario)
    income = {(r["measure"], r["country"], r["partner"]): r["change"] for r in moved.tables["economy"].rows()}
    assert income["imports_from", "USA", "CHN"] > 0.5
    assert income["real_income", "CHN", ""] > 0.0
    assert "deals" not in moved.tables
    (remark,) = moved.remarks["talks"]
    assert "icio-2022" in remark
    brief = " ".join(spoken(moved).sentences)
    assert remark in brief


def test_the_world_is_part_of_the_key_and_the_usual_one_is_not(tmp_path):
    usual, named, other = (
        parse_scenario({"on": "2025-05-14", **more}, "s", "s")
        for more in ({}, {"world": "icio-2022"}, {"world": "icio-2025"})
    )
    keys = [key_of(scenario, tmp_path, 0, {}) for scenario in (usual, named, other)]
    assert keys[0] == keys[1] != keys[2]


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    folder = tmp_path_factory.mktemp("own")
    arrays = dict(np.load(package_folder() / "worlds" / "icio-2025-small.npz"))
    np.savez(folder / "mine.npz", **{**arrays, "name": np.asarray("mine")})
    return folder


def test_a_users_own_world_is_taken_from_beside_the_scenario(own, moved):
    scenario = scenario_in("mine.npz")
    assert [path.name for path in own_files(scenario, own)] == ["mine.npz"]
    result = run(scenario, folder=own, only=("headline", "economy"))
    assert result.tables["economy"]["change"].tolist() == pytest.approx(
        moved.tables["economy"]["change"].tolist(), abs=1e-12
    )


def test_a_small_world_has_the_union_as_one_and_strangers_name_worlds_of_the_package():
    small = load_economy("icio-2025-small")
    assert [small.countries[row] for row in rows_of(small, "EU27")] == ["EUN"]
    assert scenario_of(SMALL).world == "icio-2025-small"
