"""A run with a second process gives what it gives without one, also where that process is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import pytest

from detente.lab.run import run
from detente.lab.work.beside import left_to, second_process, started
from detente.lab.work.workers import processes


def test_a_second_process_changes_no_number(ran):
    alone = ran("geneva")
    with processes(1) as beside:
        helped = run("geneva", draws=0, beside=beside)
    assert json.dumps(helped.as_dict()["tables"]) == json.dumps(alone.as_dict()["tables"])
    assert helped.sentences == alone.sentences
    assert helped.key == alone.key


def test_what_a_lost_process_had_begun_is_done_here():
    with processes(1, patient=False) as beside:
        before = started(beside, os.getpid)
        assert before() != os.getpid()
        begun = started(beside, _killed_unless, os.getpid())
        assert begun() == "done here"
        assert started(beside, _killed_unless, os.getpid())() == "done here"


def test_without_a_second_process_nothing_is_begun_before_it_is_wanted():
    with second_process(wanted=False) as beside:
        assert beside is None
        asked: list[int] = []
        wanted = started(beside, asked.append, 1)
        assert asked == []
        wanted()
    assert asked == [1]


def test_what_is_left_to_a_process_that_has_ended_is_done_here():
    with processes(1, patient=False) as beside:
        assert left_to(beside, os.getpid)() != os.getpid()
        jobs = [left_to(beside, time.sleep, 0.2), *(left_to(beside, os.getpid) for _ in range(8))]
    assert jobs[-1]() == os.getpid()
    assert left_to(beside, os.getpid)() == os.getpid()


def _killed_unless(process: int) -> str:
    """Ends the process that runs this unless it is the one named."""
    if os.getpid() != process:
        os._exit(1)
    return "done here"


CUT = """
import sys, time
from detente.lab.work.workers import processes

for pause in (0.35, 0.55, 0.75, 0.95, 1.15):
    with processes(1, patient=False, forked="{forked}" == "forked") as pool:
        jobs = [pool.submit(bytes, 60_000_000) for _ in range(200)]
        jobs[0].result()
        time.sleep(pause)
    print(sum(job.done() and not job.cancelled() for job in jobs) < 200)
"""


@pytest.mark.parametrize("forked", ["forked", "fresh"])
def test_a_process_ended_while_it_sends_holds_nobody_up(forked):
    program = CUT.format(forked=forked)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == ["True"] * 5


COPIED = """
import multiprocessing, os, sys
from detente.lab.work.beside import left_to, second_process, started
from detente.lab.work.workers import _copies_well

if "{late}":
    import polars
with second_process() as beside:
    before = os.getpid()
    assert started(beside, os.getppid)() == before
    kinds = {{type(child).__name__ for child in multiprocessing.active_children()}}
print(*kinds, _copies_well())
"""


@pytest.mark.parametrize(("late", "kind"), [("", "ForkProcess"), ("polars", "_Worker")])
@pytest.mark.skipif(sys.platform != "linux" or (os.cpu_count() or 1) < 2, reason="needs Linux and two cores")
def test_a_process_is_copied_only_while_its_copy_can_work(late, kind):
    program = COPIED.format(late=late)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split()[0] == kind
    assert done.stderr == ""
