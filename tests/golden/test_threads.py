"""From Python, without a setting of the environment, a run gives the bytes of the command on any number of cores."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import hashlib, json
from detente.lab.run import run

found = run("thirty-four", draws=0)
print(hashlib.sha256(json.dumps(found.as_dict()["tables"]).encode()).hexdigest())
"""
NAMES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def _hash(threads: str) -> str:
    env = {name: value for name, value in os.environ.items() if name not in NAMES}
    if threads:
        env |= dict.fromkeys(NAMES, threads)
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=env)
    return done.stdout


def test_threads_of_the_linear_algebra_move_no_byte():
    assert _hash("") == _hash("1")
