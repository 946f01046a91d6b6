"""Run the command line in this process: what it prints, its exit code; one report folder and one sweep for all."""

import os
import re
import sys
from dataclasses import dataclass
from functools import wraps
from pathlib import Path

import pytest

from detente.faces.ask.answer import Answer
from detente.faces.ask.question import all_questions
from detente.faces.cli import main
from detente.lab.sweep.world import sweep_world
from serving import Cluster, Here

CODES = re.compile(
    r"\bD0G?\b|\bD[PNXEL]\b|\b[a-z]+_[a-z_]+|\*|(?!1/52)\d/\d|\b(?:USA|CHN|HOM|FOR|VNM)\b|\b(?:usa|chn|hom)\b"
)
"""What no text for people holds: codes of threats, issues, inputs and sides, packages in figures, stars."""


KEPT = 8
"""Answers that are kept: those of one case, whose tests stand together, and a few that several cases begin from."""


@pytest.fixture(scope="session")
def codes():
    """The code names that a text has."""
    return CODES.findall


@dataclass
class Ran:
    code: int
    out: str
    err: str


@pytest.fixture
def detente(capsys, monkeypatch):
    def run(*args: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["detente", *args])
        code = 0
        try:
            main()
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 0
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def folder(made_once, run_once):
    """Folder with the result and the report that `detente run geneva --draws 0` writes."""

    def make(path):
        path.mkdir()
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("detente.lab.run.run", run_once)
            for given, name in (("geneva", "result.json"), (str(path / "result.json"), "report.html")):
                patched.setattr(sys, "argv", ["detente", "run", given, "--draws", "0", "--out", str(path / name)])
                with pytest.raises(SystemExit) as left:
                    main()
                assert not left.value.code

    return made_once("report-of-geneva", make)


@pytest.fixture(scope="session")
def world_sweep(made_once):
    """What a sweep of the world varies, and its folder, run in one go in one process: others are compared with it."""
    over = {"tariff.USA.CHN": "0%..145%/40", "tariff.CHN.USA": "0%..125%/25"}
    return over, made_once(
        "sweep-of-the-world", lambda path: sweep_world(over, world="icio-2022-small", workers=1, out=path)
    )


@pytest.fixture(scope="module")
def answers_kept(keep_runs):
    """What questions answer is worked out once for all faces: other arguments, even written otherwise, are others.

    So are files of the same name that were written at another time.
    """
    kept: dict[str, Answer] = {}

    def written(value):
        if isinstance(value, list | tuple):
            return [written(part) for part in value]
        known = isinstance(value, str | Path) and len(str(value)) < 200
        return os.stat(value).st_mtime_ns if known and os.path.exists(value) else None

    def once(work):
        @wraps(work)
        def found(*given, **named):
            times = written([*given, *(value for _, value in sorted(named.items()))])
            key = repr((work.__name__, given, sorted(named.items()), times))
            answer = kept.get(key)
            if answer is None:
                for oldest in [*kept][: 1 - KEPT]:
                    kept.pop(oldest, None)
                answer = kept[key] = work(*given, **named)
            return answer

        return found

    with pytest.MonkeyPatch.context() as patched:
        keep_runs(patched)
        patched.setattr("detente.faces.web.work.jobs._process", Here)
        for question in all_questions():
            patched.setattr(question, "work", once(question.work))
        yield


@pytest.fixture(scope="session")
def cluster():
    """A cluster of PostgreSQL that is thrown away."""
    pytest.importorskip("pg8000.native", reason="the postgres extra is not installed")
    made = Cluster()
    yield made
    made.end()


@pytest.fixture(scope="session")
def client(tmp_path_factory):
    """A client of a server that works on nothing ahead, has no case and moves nobody on."""
    pytest.importorskip("fastapi", reason="the web extra is not installed")
    from starlette.testclient import TestClient

    from detente.faces.web.app import create_app
    from detente.faces.web.settings import Settings

    settings = Settings(data_folder=tmp_path_factory.mktemp("server"), rate=0.0, case="", ahead=False)
    return TestClient(create_app(settings), base_url="http://127.0.0.1", follow_redirects=False)
