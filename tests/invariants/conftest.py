"""Cases kept warm for all tests of deals."""

import pytest


@pytest.fixture(scope="session")
def engine(opened_case):
    return opened_case("us-china-2025-05")


@pytest.fixture(scope="session")
def later(opened_case):
    return opened_case("us-china-today")
