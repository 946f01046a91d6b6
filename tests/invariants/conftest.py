"""Cases kept warm for all tests of deals."""

import pytest

from detente.lab.deal.answer import DealEngine


@pytest.fixture(scope="session")
def engine():
    return DealEngine("us-china-2025-05").ready()


@pytest.fixture(scope="session")
def later():
    return DealEngine("us-china-today").ready()
