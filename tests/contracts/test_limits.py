"""Limits of control groups: memory left and processors, in trees as both versions show them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from detente.data.limits import memory_left, processors
from detente.faces.charts import drawing as memory

MB = 1 << 20
FIRST = "11:cpu,cpuacct:/slurm/job_7\n9:memory:/slurm/job_7/step_0\n1:name=systemd:/\n"
SECOND = "0::/system.slice/job_7/step_0\n"
NO_LIMIT = 9223372036854771712
"""What the first version says where there is none."""

GRANTED = processors(Path("nowhere"), Path("nothing"))


@pytest.fixture
def tree(tmp_path):
    """Where a tree of groups and the list of the process's own stand: `tree(own, {path: text})`."""

    def made(own, files):
        (tmp_path / "own").write_text(own)
        for path, text in files.items():
            (tmp_path / "groups" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "groups" / path).write_text(f"{text}\n")
        return tmp_path / "groups", tmp_path / "own"

    return made


def test_memory_left_is_that_of_the_tightest_group_of_either_version(tree):
    step = "memory/slurm/job_7/step_0/memory"
    stat = f"cache 5\ninactive_file 1\ntotal_inactive_file {50 * MB}"
    held = {f"{step}.limit_in_bytes": 900 * MB, f"{step}.usage_in_bytes": 700 * MB, f"{step}.stat": stat}
    assert memory_left(*tree(FIRST, held | {"memory/memory.limit_in_bytes": NO_LIMIT})) == 250 * MB
    above, groups = "system.slice", (("", 2000 * MB, 1990), ("/job_7", 800 * MB, 100), ("/job_7/step_0", "max", 100))
    files = {f"{above}{own}/memory.max": most for own, most, _ in groups}
    files |= {f"{above}{own}/memory.current": used * MB for own, _, used in groups}
    assert memory_left(*tree(SECOND, files)) == 10 * MB
    assert memory_left(*tree(SECOND, {f"{above}/memory.current": 2001 * MB})) == 0
    assert memory_left(*tree(SECOND, {f"{above}/memory.max": "max"})) == 700 * MB


@pytest.mark.parametrize("own", ["0::/docker/abc\n", "0::/../../elsewhere\n"])
def test_a_container_sees_its_own_group_as_the_root(tree, own):
    groups = tree(own, {"memory.max": 300 * MB, "memory.current": 200 * MB, "cpu.max": "150000 100000"})
    assert memory_left(*groups) == 100 * MB
    assert processors(*groups) == min(2, GRANTED)


def test_no_group_is_no_limit(tree, tmp_path):
    for groups in (
        tree(SECOND, {"memory.max": "max", "cpu.max": "max 100000"}),
        tree("1:name=systemd:/\n", {"memory.max": MB, "cpu.max": "1 1"}),
        (tmp_path / "nowhere", tmp_path / "nothing"),
    ):
        assert memory_left(*groups) is None
        assert processors(*groups) == GRANTED


@pytest.mark.parametrize(
    ("own", "files"),
    [
        (FIRST, {"cpu/slurm/cpu.cfs_quota_us": 90000, "cpu/slurm/cpu.cfs_period_us": 100000}),
        (SECOND, {"system.slice/job_7/cpu.max": "20000 100000", "cpu.max": "max 100000"}),
    ],
)
def test_processors_are_the_share_of_time_of_a_group(tree, monkeypatch, own, files):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)), raising=False)
    groups = tree(own, files)
    assert processors(*groups) == 1
    more = {path: str(text).replace("90000", "350000").replace("20000 ", "350000 ") for path, text in files.items()}
    assert processors(*tree(own, more)) == 4


def test_processors_are_those_the_process_may_run_on(monkeypatch, tmp_path):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    assert processors(tmp_path, tmp_path / "none") == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processors(tmp_path, tmp_path / "none") == 1


def test_a_group_that_is_nearly_full_draws_no_chart(monkeypatch):
    monkeypatch.setattr(memory, "_drawn_elsewhere", lambda: pytest.fail("tried, and may end any process of the group"))
    monkeypatch.setattr(memory, "_limited", lambda: False)
    for left, drawn in ((memory.ROOM - 1, False), (memory.ROOM, True), (None, True)):
        memory.can_draw.cache_clear()
        monkeypatch.setattr(memory, "memory_left", lambda left=left: left)
        assert memory.can_draw() is drawn
    memory.can_draw.cache_clear()
