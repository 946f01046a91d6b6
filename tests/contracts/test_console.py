"""Machines and consoles: other encodings, closed streams, little memory, one table out of several."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from detente.faces.charts import memory
from detente.faces.cli.console import _letters

RATE = ("rate", "8507.60.00.10", "CHN", "--on", "2025-04-15")


def program(*args: str, env: dict[str, str] | None = None, **options: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-c", "from detente.faces.cli import main; main()", *args]
    return subprocess.run(command, capture_output=True, env={**os.environ, **(env or {})}, **options)  # type: ignore[call-overload]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_a_console_without_unicode_gets_plain_letters(encoding):
    env = {"PYTHONIOENCODING": encoding}
    ran = program(*RATE, env=env)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"-----" in ran.stdout
    assert b"?" not in ran.stdout
    promises = ("talks", "record", "promise", "--format", "json")
    exact = program(*promises, env={"PYTHONIOENCODING": "utf-8"}).stdout.decode("utf-8")
    assert json.loads(program(*promises, env=env).stdout.decode(encoding)) == json.loads(exact)


def test_letters_that_stand_for_others():
    assert "".join(map(_letters, "Détente – 5 × 10 → “Łódź” 中")) == 'Detente - 5 x 10 -> "?odz" ?'
    assert _letters("\u2500") == "-"


@pytest.mark.skipif(os.name == "nt", reason="streams are closed by a shell")
def test_a_closed_stream_ends_in_silence():
    call = f'"{sys.executable}" -c "from detente.faces.cli import main; main()"'
    closed = subprocess.run(f"{call} {' '.join(RATE)} >&-", shell=True, capture_output=True, check=False)
    assert (closed.returncode, closed.stderr) == (0, b"")


def test_too_little_memory_is_a_sentence(detente, monkeypatch):
    def out_of_memory(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("detente.lab.ground.averages.average", out_of_memory)
    ran = detente("average", "--on", "2025-04-15")
    assert ran.code == 1
    assert "not enough memory" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_a_report_without_memory_for_charts_says_so(monkeypatch):
    import numpy as np

    from detente.codes import Column, Table, Unit
    from detente.faces.report.content import content
    from detente.lab.result import Result
    from detente.lab.scenario import load_scenario

    table = Table("t", "t", (Column("x", Unit.NONE, "x"),), {"x": np.asarray([1.0])})
    result = Result(load_scenario("geneva")[0], "abc", {"t": table})
    monkeypatch.setattr(sys.modules["detente.faces.report.content"], "can_draw", lambda: False)
    found = content(result)
    assert found.charts == ()
    assert memory.LEFT_OUT in found.note


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a limit of memory that this system keeps")
def test_a_limit_of_memory_does_not_end_the_program(tmp_path):
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30));"
        "from detente.faces.charts.memory import can_draw; print(can_draw())"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout) == (0, b"False\n")


def test_without_a_limit_nothing_is_tried(monkeypatch):
    monkeypatch.setattr(memory, "_limited", lambda: False)
    monkeypatch.setattr(memory, "memory_left", lambda: None)
    monkeypatch.setattr(memory, "_drawn_elsewhere", lambda: pytest.fail("tried"))
    memory.can_draw.cache_clear()
    assert memory.can_draw()
    memory.can_draw.cache_clear()


def test_one_table_of_several_as_csv(detente):
    ran = detente("average", "--on", "2025-05-01", "--draws", "5", "--table", "range", "--format", "csv")
    assert ran.code == 0, ran.err
    assert ran.out.startswith("input,low,average,high\n")
    ran = detente("average", "--on", "2025-05-01", "--table", "rnge")
    assert ran.code == 2
    assert "unknown table 'rnge'" in ran.err
    assert detente("law", "show", "s301_l3", "--table", "periods", "--format", "csv").out.startswith("rate,from")
