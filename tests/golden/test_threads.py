"""From Python, without a setting of the environment, a run gives the bytes of the command on any number of cores."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys

from detente.data.worlds import load_economy
from detente.economy import Shock, solve
from detente.economy.input_output.real_income import terms_by_sector
from detente.economy.tariff_table import replaced

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


def test_what_another_thread_has_kept_by_half_is_made_whole():
    economy = load_economy("icio-2022-small")
    solved = solve(economy, Shock(replaced(economy, "USA", ["CHN"], 0.2)))
    whole = terms_by_sector(solved)
    del economy.memo["dutiable trade"]
    for first, again in zip(whole, terms_by_sector(solved), strict=True):
        assert (first == again).all()
