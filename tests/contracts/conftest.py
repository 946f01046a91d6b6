"""Run the command line in this process: what it prints and the code it exits with."""

import sys
from dataclasses import dataclass

import pytest

from detente.faces.cli import main


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
