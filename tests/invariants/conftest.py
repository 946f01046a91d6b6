"""Cases that are warm, for tests of deals; between two modules they may be let go."""

import pytest


@pytest.fixture(scope="module")
def engine(opened_case):
    return opened_case("us-china-2025-05")


@pytest.fixture(scope="module")
def later(opened_case):
    return opened_case("us-china-today")
