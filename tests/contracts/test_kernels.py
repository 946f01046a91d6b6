"""The same bytes on every processor: a run, a case of the talks and a path, with other kernels of linear algebra."""

import os
import subprocess
import sys

import pytest
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

NEW = [name for name in __cpu_dispatch__ if name.startswith(("AVX512", "X86_V4")) and __cpu_features__.get(name)]
OLD = {"OPENBLAS_CORETYPE": "Prescott", "NPY_DISABLE_CPU_FEATURES": " ".join(NEW)}
"""As on a processor without AVX: every one of this kind can work so."""

COMMANDS = [
    "run geneva --format json", "talks us-china-2025-05 --format json",
    "economy path geneva --world icio-2022-small --country all --table path --format json",
]  # fmt: skip
FAMILIES = (
    "import numpy, scipy.linalg, threadpoolctl; print([one['architecture'] for one in threadpoolctl.threadpool_info()])"
)


def told(command, other, script="from detente.faces.cli import main; main()"):
    plain = {key: value for key, value in os.environ.items() if key not in OLD}
    ran = subprocess.run(
        [sys.executable, "-c", script, *command.split()], env={**plain, **other}, capture_output=True, check=True
    )
    return ran.stdout


@pytest.mark.sampled(3)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_result_has_the_same_bytes_with_other_kernels(command):
    first, second = told(command, {}), told(command, OLD)
    assert len(first) > 100_000
    assert first == second


def test_the_other_kernel_is_another_one():
    """Otherwise the comparison above compares nothing; where the library has one kernel alone there is none to make."""
    pytest.importorskip("threadpoolctl")
    usual, old = told("", {}, FAMILIES), told("", OLD, FAMILIES)
    if b"Katmai" not in old and b"Prescott" not in old:
        pytest.skip("this build of OpenBLAS does not choose its kernel as it starts")
    assert usual != old
