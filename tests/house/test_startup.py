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
HELP = """
import contextlib, io, sys
from detente.faces.cli import main
sys.argv = ["detente", "--help"]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
"""


BRIEF = """
import detente.lab.run
detente.lab.run.load_shared(findings=False)
import detente.lab.deal.part, detente.lab.talks.near
"""
"""What the process of a run that prints a brief loads of words, parts and laws, beside the one with the talks."""


def loaded_after(program: str, depth: int = 1) -> set[str]:
    """Modules that a fresh interpreter holds after a program, by so many parts of their names."""
    names = f"sorted({{'.'.join(name.split('.')[:{depth}]) for name in sys.modules}})"
    listing = f"\nimport json, sys\nprint(json.dumps({names}))"
    done = subprocess.run([sys.executable, "-c", program + listing], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_no_library():
    assert not loaded_after("import detente") & (HEAVY | TERMINAL | {"numpy"})


@pytest.mark.parametrize("layer", ["codes", "law", "trade"])
def test_importing_a_pure_layer_loads_numpy_at_most(layer):
    assert not loaded_after(f"import detente.{layer}") & (HEAVY | TERMINAL)


def test_help_loads_the_command_line_library_only():
    assert not loaded_after(HELP) & (HEAVY | {"numpy"})


def test_a_brief_is_said_without_the_talks_and_the_chains():
    loaded = loaded_after(BRIEF, depth=2)
    assert {"detente.lab", "detente.trade", "scipy.sparse"} <= loaded
    assert not loaded & {"detente.chains", "detente.talks", "scipy.optimize", "polars"}


def test_importing_the_package_asks_for_no_thread_and_writes_nothing(tmp_path):
    program = "import detente, threading; assert threading.active_count() == 1"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr, list(tmp_path.iterdir())) == (0, "", "", [])


RATE = """
import contextlib, io, sys
from detente.faces.cli import main
sys.argv = ["detente", "rate", "8507.60.00.10", "China", "--on", "2025-04-15"]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main()
"""
MOST = 63
"""Modules of the package that the rate of one good loads: their number may fall."""


def test_the_rate_of_one_good_loads_few_modules():
    own = [name for name in loaded_after(RATE, depth=9) if name.startswith("detente.")]
    assert 40 < len(own) <= MOST, len(own)
