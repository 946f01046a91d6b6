"""A run with a second process gives what it gives without one, also where that process is lost."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from functools import partial

import pytest

from detente.data.limits import MEMORY, processors
from detente.data.worlds import load_economy
from detente.economy import Shock, solve
from detente.economy.input_output.real_income import terms_by_sector
from detente.economy.tariff_table import replaced
from detente.lab.run import run
from detente.lab.work.chunks import processes
from detente.lab.work.schedule import Task, begin, handed, outcomes


def test_a_second_process_changes_no_number(ran):
    alone = ran("geneva")
    seen = []
    with processes(1) as executor:
        helped = run("geneva", draws=0, executor=executor, seen=lambda tables, to_come: seen.append((tables, to_come)))
    assert json.dumps(helped.to_dict()["tables"]) == json.dumps(alone.to_dict()["tables"])
    assert (helped.remarks, helped.key) == (alone.remarks, alone.key)
    assert list(seen[-1][0]) == list(alone.tables)
    assert not seen[-1][1]
    assert all("talks_assumed" in to_come for tables, to_come in seen if "deals" not in tables)


def summed(name, given):
    return f"{name}({', '.join(sorted(given.values()))})"


def test_tasks_are_given_what_they_need_and_done_once():
    names = {"a": (), "b": ("a",), "c": ("a", "absent"), "d": ("b", "c")}
    tasks = [Task(name, partial(summed, name), needs, apart=name in "bc") for name, needs in names.items()]
    alone = dict(outcomes(tasks))
    assert alone["d"] == "d(b(a()), c(a()))"
    with processes(2) as executor:
        assert dict(outcomes(tasks, executor)) == alone
    tasks = [Task("early", partial(summed, "again")), Task("late", partial(summed, "late"), ("early",))]
    with processes(1) as executor:
        early = begin(executor, Task("early", partial(summed, "early")), {})
        assert dict(outcomes(tasks, executor, {"early": early})) == {"early": "early()", "late": "late(early())"}


def done_after(folder, name, others, given):
    """Ends when the tasks named have ended; says in which process it was done."""
    until = time.monotonic() + 30.0
    while not all((folder / other).exists() for other in others) and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.2)
    (folder / name).touch()
    return os.getpid()


def test_another_process_takes_the_longest_and_the_next_while_this_one_works(tmp_path):
    seconds = {"short": 0.1, "long": 0.4, "middle": 0.2}
    before = {"long": (), "middle": ("long",), "short": ("middle",)}
    apart = [Task(n, partial(done_after, tmp_path, n, before[n]), apart=True, seconds=seconds[n]) for n in seconds]
    here = Task("here", partial(done_after, tmp_path, "here", ("short",)))
    with processes(1) as executor:
        given = dict(outcomes([here, *apart], executor))
    # This one is at its own until all others are done: each is handed out when the one before it ends.
    assert [name for name, process in given.items() if process == os.getpid()] == ["here"]


def test_what_nobody_has_begun_is_done_here_the_shortest_first(tmp_path):
    order = {"long": ("short", "middle"), "middle": ("short",), "short": ()}
    tasks = [
        Task(n, partial(done_after, tmp_path, n, order[n]), apart=True, seconds=seconds)
        for n, seconds in (("long", 0.4), ("middle", 0.2), ("short", 0.1))
    ]
    with processes(1) as executor:
        executor.submit(int).result()
        given = dict(outcomes(tasks, executor))
    assert {name for name, process in given.items() if process == os.getpid()} == {"short", "middle"}


def test_circles_are_refused_and_what_a_lost_process_had_is_done_here():
    tasks = [Task("a", partial(summed, "a"), ("b",)), Task("b", partial(summed, "b"), ("a",))]
    with pytest.raises(ValueError, match="circle"):
        dict(outcomes(tasks))
    tasks = [Task("lost", partial(_killed_unless, os.getpid()), apart=True)]
    with processes(1, patient=False) as executor:
        assert dict(outcomes(tasks, executor)) == {"lost": "done here"}
        assert dict(outcomes(tasks, executor)) == {"lost": "done here"}
    with processes(1, patient=False) as executor:
        assert handed(executor, os.getpid)() != os.getpid()
        jobs = [handed(executor, time.sleep, 0.2), *(handed(executor, os.getpid) for _ in range(8))]
    assert (jobs[-1](), handed(executor, os.getpid)()) == (os.getpid(), os.getpid())


def _killed_unless(process: int, given: object = None) -> str:
    """Ends the process that runs this unless it is the one named."""
    if os.getpid() != process:
        os._exit(1)
    return "done here"


CUT = """
import sys, time
from detente.lab.work.chunks import processes

for pause in (0.35, 0.65, 1.05):
    with processes(1, patient=False, forked="{forked}" == "forked") as pool:
        jobs = [pool.submit(bytes, 60_000_000) for _ in range(200)]
        jobs[0].result()
        time.sleep(pause)
    print(sum(job.done() and not job.cancelled() for job in jobs) < 200)
"""


@pytest.mark.sampled(3)
@pytest.mark.parametrize("forked", ["forked", "fresh"])
def test_a_process_ended_while_it_sends_holds_nobody_up(forked):
    program = CUT.format(forked=forked)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == ["True"] * 3


COPIED = """
import multiprocessing, os, sys
from detente.lab.work.schedule import handed
from detente.lab.work.chunks import _copies_well, second_process

if "{late}":
    import polars
with second_process() as executor:
    before = os.getpid()
    assert handed(executor, os.getppid)() == before
    kinds = {{type(child).__name__ for child in multiprocessing.active_children()}}
print(*kinds, _copies_well())
"""


@pytest.mark.parametrize(("late", "kind"), [("", "ForkProcess"), ("polars", "_Worker")])
@pytest.mark.skipif(sys.platform != "linux" or processors() < 2, reason="needs Linux and two cores")
def test_a_process_is_copied_only_while_its_copy_can_work(late, kind):
    program = COPIED.format(late=late)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout.split()[0], done.stderr) == (kind, "")


LATER = """
from detente.lab.work.schedule import handed
from detente.lab.work.chunks import second_process

with second_process() as executor:
    import polars
    polars.DataFrame({"a": range(100_000)}).select(polars.col("a").sum())
    print(handed(executor, polars.read_parquet, "frame.parquet")().height)
"""


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="needs two cores")
def test_a_process_asked_for_before_there_are_threads_takes_work_after(tmp_path):
    import polars

    polars.DataFrame({"a": range(1000)}).write_parquet(tmp_path / "frame.parquet")
    call = [sys.executable, "-c", LATER]
    done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=60, cwd=tmp_path)
    assert done.stdout.split() == ["1000"]


PROGRAM = """
import hashlib, json
from detente.lab.run import run

found = run("thirty-four", draws=0)
print(hashlib.sha256(json.dumps(found.to_dict()["tables"]).encode()).hexdigest())
"""
NAMES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def test_threads_of_the_linear_algebra_move_no_byte(ran):
    """The tests themselves run on one thread."""
    env = {name: value for name, value in os.environ.items() if name not in NAMES}
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=env)
    tables = json.dumps(ran("thirty-four").to_dict()["tables"])
    assert done.stdout.strip() == hashlib.sha256(tables.encode()).hexdigest()


def test_memory_that_was_let_go_moves_no_byte(ran, monkeypatch):
    """A process that is short of memory lets go all it has kept, over and over; what it makes again is the same."""
    monkeypatch.setattr(MEMORY, "budget", 1)
    for _ in range(2):
        monkeypatch.setattr(MEMORY, "_next", 0.0)
        MEMORY.trim()
        again = run("thirty-four", draws=0).to_dict()["tables"]
    assert json.dumps(again) == json.dumps(ran("thirty-four").to_dict()["tables"])


def test_what_another_thread_has_kept_by_half_is_made_whole():
    economy = load_economy("icio-2022-small")
    solved = solve(economy, Shock(replaced(economy, "USA", ["CHN"], 0.2)))
    whole = terms_by_sector(solved)
    del economy.memo["dutiable trade"]
    for first, again in zip(whole, terms_by_sector(solved), strict=True):
        assert (first == again).all()
