"""What every test may use: the root of the repository, and property tests that are the same on every run."""

import os
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    # As the program does, before NumPy loads: small arrays are faster on one thread, and sums keep their order.
    os.environ.setdefault(_name, "1")

# Tables are as wide as where nobody looks, also in workers whose terminal claims to be narrow.
os.environ["COLUMNS"] = "120"

import pytest  # noqa: E402
from hypothesis import HealthCheck, settings  # noqa: E402

ROOT = Path(__file__).resolve().parents[1]

settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("house")


@pytest.fixture(scope="session")
def root() -> Path:
    """Root of the repository."""
    return ROOT
