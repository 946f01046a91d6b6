"""Cases that are warm, for tests of deals, and the small world; between two modules they may be let go."""

import pytest

from detente.data.worlds import load_economy


@pytest.fixture(scope="module")
def engine(opened_case):
    return opened_case("us-china-2025-05")


@pytest.fixture(scope="module")
def later(opened_case):
    return opened_case("us-china-today")


@pytest.fixture(scope="module")
def small():
    """The world of 2022 in twenty regions and fifteen sectors."""
    return load_economy("icio-2022-small")
