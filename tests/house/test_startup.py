"""Start-up stays quick because heavy libraries are imported where they are used, never on the way in."""

import json
import subprocess
import sys

import pytest

HEAVY = {
    "altair", "fastapi", "jinja2", "pandas", "polars", "pooch", "pyarrow", "pydantic", "requests", "scipy",
    "uvicorn", "vl_convert", "xlsxwriter", "yaml",
}  # fmt: skip
TERMINAL = {"click", "rich", "typer"}
COMMAND = """
import contextlib, io, sys
from detente.faces.cli import main
sys.argv = "detente {}".split()
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
"""
BRIEF = """
import detente.lab.run
detente.lab.run.load_shared(findings=False)
import detente.lab.deal.part, detente.lab.talks.near
"""
"""What the process of a run that prints a brief loads of words, parts and laws, beside the one with the talks."""

MOST = 63
"""Modules of the package that the rate of one good loads: their number may fall."""


def loaded_after(program: str) -> set[str]:
    """Modules that a fresh interpreter holds after a program that prints nothing."""
    program += "\nimport json, sys\nprint(json.dumps([*sys.modules]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not done.stderr
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    ("program", "without"),
    [
        ("import detente, threading; assert threading.active_count() == 1", HEAVY | TERMINAL | {"numpy"}),
        *((f"import detente.{layer}", HEAVY | TERMINAL) for layer in ("codes", "law", "trade")),
        (COMMAND.format("--help"), HEAVY | {"numpy"}),
        (BRIEF, {"detente.chains", "detente.talks", "scipy.optimize", "polars"}),
    ],
)
def test_what_is_heavy_is_not_loaded_on_the_way_in(program, without, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert not {name for name in loaded_after(program) if any(f"{name}.".startswith(f"{each}.") for each in without)}
    assert not list(tmp_path.iterdir()), "it wrote something"


def test_the_rate_of_one_good_loads_few_modules():
    rate = COMMAND.format("rate 8507.60.00.10 China --on 2025-04-15")
    own = [name for name in loaded_after(rate) if name.startswith("detente.")]
    assert 40 < len(own) <= MOST, len(own)
