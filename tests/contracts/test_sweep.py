"""Sweeps as other programs meet them: folder, columns, messages, and what is left after a kill or an interrupt."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from detente.lab.sweep.world import sweep_world
from serving import until

pytestmark = pytest.mark.sampled(3, together=True)
SCRIPT = """
import sys
from detente.lab.sweep.world import sweep_world
sweep_world({over}, world="icio-2022-small", workers=2, out=sys.argv[1])
"""
"""A plain script: workers do not run it again, so that it needs no guard."""


@pytest.fixture
def over(world_sweep):
    return world_sweep[0]


@pytest.fixture
def whole(world_sweep):
    return world_sweep[1]


def content(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path in it."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def started(over: dict[str, str], folder: Path, script: Path) -> subprocess.Popen[bytes]:
    script.write_text(SCRIPT.replace("{over}", repr(over)), encoding="utf-8")
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    return subprocess.Popen([sys.executable, script, folder], env=env, stderr=subprocess.PIPE)


def children(pid: int) -> list[int]:
    return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_a_folder_holds_manifest_parts_and_hashes_and_its_dataset_inputs_as_columns(whole):
    manifest = json.loads((whole / "sweep.json").read_text())
    assert (manifest["points"], manifest["over"]["tariff.USA.CHN"][-1]) == (1000, "145%")
    assert {"detente", "numpy", "polars", "scipy", "data"} == set(manifest["made_with"])
    parts = json.loads((whole / "parts.json").read_text())
    assert set(parts) == {"economy", "solves"}
    for table, hashes in parts.items():
        assert len(hashes) == 40
        for name, digest in hashes.items():
            assert hashlib.sha256((whole / table / name).read_bytes()).hexdigest() == digest
    frame = pl.read_parquet(whole / "economy")
    assert frame.columns[:4] == ["point", "over.tariff.USA.CHN", "over.tariff.CHN.USA", "country"]
    assert (frame.height, frame["point"].n_unique()) == (1000 * 20, 1000)
    first = frame.filter(pl.col("point") == 1)
    assert first["over.tariff.USA.CHN"].unique().to_list() == [0.0]
    assert frame.filter(pl.col("point") == 1000)["over.tariff.USA.CHN"].unique().to_list() == [1.45]
    solves = pl.read_parquet(whole / "solves")
    assert solves["residual"].max() < 1e-9


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs /proc to see processes")
def test_killed_in_the_middle_and_gone_on_with_gives_the_same_bytes(over, whole, tmp_path):
    folder = tmp_path / "sweep"
    run = started(over, folder, tmp_path / "run.py")
    until(lambda: len(list(folder.glob("economy/part-*"))) >= 3, pause=0.02)
    workers = children(run.pid)
    run.kill()
    run.wait()
    assert not (folder / "parts.json").exists()
    until(lambda: not any(alive(pid) for pid in workers))
    before = content(folder)
    (folder / "economy" / "part-00001.parquet").write_bytes(b"cut sh")
    (folder / "economy" / ".part-00002.parquet.k2_a").write_bytes(b"half")
    told = []
    followed = {"progress": lambda done, total: told.append((done, total))}
    sweep_world(over, world="icio-2022-small", workers=2, out=folder, resume=True, **followed)
    assert told[0][0] > 0
    assert told[-1] == (1000, 1000)
    assert content(folder) == content(whole)
    assert 3 <= sum(name.startswith("economy/part-") for name in before) < 40


def test_an_interrupt_ends_workers_and_keeps_what_is_done(detente, over, whole, tmp_path):
    folder = tmp_path / "sweep"
    args = ["--world=icio-2022-small", *(f"--over={path}={values}" for path, values in over.items())]
    script = "from detente.faces.cli import main; main()"
    command = [sys.executable, "-c", script, "sweep", "economy", *args, "--work", str(folder)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: len(list(folder.glob("solves/part-*"))) >= 2, pause=0.02)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=20)
    assert run.returncode == 130
    assert "Traceback" not in said
    ran = detente("sweep", "economy", *args, "--work", str(folder))
    assert ran.code == 0, ran.err
    assert content(folder) == content(whole)


def test_a_finished_sweep_gone_on_with_computes_nothing(detente, over, whole):
    before = content(whole)
    args = ["--world=icio-2022-small", *(f"--over={path}={values}" for path, values in over.items())]
    ran = detente("sweep", "economy", *args, "--work", str(whole))
    assert ran.code == 0
    assert ran.out.startswith("1,000 points of the world economy: real income changes by")
    assert content(whole) == before


def test_a_folder_of_another_sweep_is_refused(detente, whole, tmp_path):
    ran = detente("sweep", "economy", "--over", "tariff.USA.CHN=10%", "--work", str(whole))
    assert ran.code == 2
    assert "holds another sweep" in ran.err
    assert "over" in ran.err
    (tmp_path / "notes.txt").write_text("mine")
    ran = detente("sweep", "economy", "--over", "tariff.USA.CHN=10%", "--work", str(tmp_path))
    assert ran.code == 2
    assert "something else than a sweep" in ran.err
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_points_without_an_equilibrium_are_set_apart(detente, tmp_path):
    world = ("--world", "icio-2022-small", "--country", "USA")
    args = ("--over", "tariff.USA.all=10%,-99%", *world, "--work", str(tmp_path / "x"))
    ran = detente("sweep", "economy", *args)
    assert ran.code == 4
    assert "1 of them have no equilibrium" in ran.out
    failed = pl.read_parquet(tmp_path / "x" / "failed")
    assert failed["over.tariff.USA.all"].to_list() == [-0.99]
    assert "turns back (a fold) at" in failed["reason"][0]
    assert pl.read_parquet(tmp_path / "x" / "economy")["over.tariff.USA.all"].to_list() == [0.1]


def test_a_scenario_with_files_of_its_own_is_found_from_any_folder(detente, tmp_path, monkeypatch):
    law = tmp_path / "mine" / "law"
    law.mkdir(parents=True)
    (law / "extra.yaml").write_text(
        "id: extra\ntitle: Ten points on all goods\nauthority: section_122\ncitation: an invented act\n"
        "confidence: C\ngoods: all\npartners: [all]\nperiods:\n  - {rate: 10%, from: 2025-05-10}\n",
        encoding="utf-8",
    )
    path = tmp_path / "mine" / "s.yaml"
    path.write_text("title: mine\non: 2025-05-14\nusa: {add: [law/extra.yaml]}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ran = detente("sweep", "mine/s.yaml", "--over", "report.elasticity=1", "--work", "x")
    assert ran.code == 0, ran.err
    manifest = (tmp_path / "x" / "sweep.json").read_text()
    assert "law/extra.yaml" in manifest
    assert str(tmp_path) not in manifest
