"""Memory of a server: over its budget a process lets go what it keeps, room by room, and says so."""

import re
from functools import lru_cache

import numpy as np
import pytest

pytest.importorskip("fastapi", reason="the web extra is not installed")

from starlette.testclient import TestClient

from detente.codes import InputError
from detente.faces.web.app import create_app
from detente.faces.web.settings import Settings
from detente.faces.web.work import memory
from detente.faces.web.work.memory import Memory, caches, resident, size_of

TOKEN = "a-token-of-measurements"


@lru_cache(maxsize=64)
def large(number):
    return np.full(4_000_000, float(number))


@lru_cache(maxsize=1)
def single():
    return object()


@pytest.fixture
def kept(monkeypatch):
    """Some hundred megabytes in a cache of a room of the lab."""
    import detente.lab.compare as room

    monkeypatch.setattr(room, "large", large, raising=False)
    monkeypatch.setattr(room, "single", single, raising=False)
    single()
    for number in range(10):
        large(number)
    yield
    large.cache_clear()
    single.cache_clear()


@pytest.mark.skipif(not resident(), reason="the system does not say what a process holds")
def test_what_is_kept_is_let_go_over_the_budget_and_not_below_it(kept):
    before = resident()
    calm = Memory(budget=2 * before)
    calm.trim()
    assert (calm.over, calm.emptied, large.cache_info().currsize) == (False, 0, 10)
    tight = Memory(budget=before - 100_000_000)
    assert tight.over
    tight.trim()
    assert (tight.emptied, large.cache_info().currsize) == (1, 0)
    assert single.cache_info().currsize == 1
    assert resident() < before - 250_000_000
    assert not tight.over


def test_a_process_that_stays_above_is_not_emptied_again_and_again(kept, monkeypatch):
    monkeypatch.setattr(memory, "resident", lambda: 1000)
    tight = Memory(budget=10)
    tight.trim()
    tight.trim()
    assert tight.emptied == 1
    monkeypatch.setattr(memory, "resident", lambda: 1300)
    tight.trim()
    assert tight.emptied == 2


def test_the_large_caches_of_the_program_are_among_those_that_go():
    from detente.data import schedulefile
    from detente.lab.ground import view

    assert {view._ground, view._value_on} <= set(caches("detente.lab"))
    assert schedulefile._read in set(caches("detente."))
    assert schedulefile._read not in set(caches("detente.lab"))


@pytest.mark.parametrize(("text", "size"), [("1500M", 1_500_000_000), ("2G", 2_000_000_000), ("1.5 GB", 1_500_000_000)])
def test_sizes_are_read(text, size):
    assert size_of(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1G", "100M", "5"])
def test_what_is_no_size_is_refused_in_a_sentence(text):
    with pytest.raises(InputError, match="--memory"):
        size_of(text)


def test_measurements_have_the_memory_and_its_budget(tmp_path):
    settings = Settings(data_folder=tmp_path, rate=0.0, case="", metrics=TOKEN, memory=700_000_000)
    with TestClient(create_app(settings)) as client:
        text = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).text
    found = dict(re.findall(r"^detente_(\w+)\{worker=\S+\} (\S+)$", text, re.MULTILINE))
    assert float(found["memory_budget_bytes"]) == 7e8
    assert float(found["memory_bytes"]) > 5e7
    assert float(found["caches_emptied_total"]) == 0.0
