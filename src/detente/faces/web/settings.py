"""Settings of the server: where it listens, who may come in, where runs and jobs are kept, and what is too much."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import platformdirs

from detente.codes import InputError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: Variable of the environment that holds the token, so that it stands in no list of processes.
TOKEN = "DETENTE_TOKEN"

#: Variable that holds the token by which measurements are read; without one there are none.
METRICS = "DETENTE_METRICS_TOKEN"

#: Characters that a token must have.
SHORTEST = 16

ROOT = re.compile(r"(/[A-Za-z0-9._~-]+)*")
ORIGIN = re.compile(r"\*|'self'|https?://[A-Za-z0-9.*-]+(:\d+)?")


def _option(default: Any, flags: str, words: str, **more: Any) -> Any:
    """A setting that is an option of `detente serve`, with its flags and its help."""
    return field(default=default, metadata={"flags": flags.split(), "help": words}, **more)


@dataclass(frozen=True)
class Settings:
    """How the server runs; what `detente serve --help` says of an option is not said here again.

    Attributes
    ----------
    token, metrics : "" asks for none, which only loopback allows; "" shows no measurements.
    database : URL of a database, or "" for a file in `data_folder`.
    rate, burst : requests a second that one client may make, and how many at once; rate 0 sets no limit.
    body : bytes that a request may bring.
    connections : where more come, those that owe the server something go first.
    hosts : names by which the server may be called; derived from `host` where empty.
    patience : seconds for which a request waits at most while a case is warmed, or an answer is being computed.
    memory : bytes that each process may hold; 0 = as many as one that is no server (`BUDGET` of `data/limits.py`).
    """

    host: str = _option(LOOPBACK[0], "--host", "Where to listen; others than loopback need a token.")
    port: int = _option(8765, "--port", "Port.")
    token: str = _option("", "--token", f"Who does not show it stays out; better set {TOKEN}.", repr=False)
    database: str = _option("", "--database", "File, or postgresql://...; a file of yours by default.", repr=False)
    data_folder: Path = field(
        default_factory=lambda: folder_of_user(), metadata={"flags": ["--data"], "help": "Folder for runs and jobs."}
    )
    jobs: int = _option(1, "--jobs", "Jobs that run at once.")
    hosts: tuple[str, ...] = _option((), "--name", "Name the server is called by; repeatable.")
    case: str = _option("us-china-2025-05", "--case", "Case of the talks that is loaded first.")
    ahead: bool = _option(True, "--ahead/--no-ahead", "Work out what pages show first before anybody asks.")
    connections: int = _option(400, "--connections", "Connections that are held at once.")
    head_seconds: float = _option(10.0, "--header-timeout", "Seconds until the head of a request must be there.")
    body_seconds: float = _option(
        30.0, "--body-timeout", "Seconds for the body of a request, or the reading of an answer."
    )
    root: str = _option("", "--root-path", "Path under which a proxy shows the server, as /detente.")
    workers: int = _option(1, "--workers", "Processes that answer.")
    read_only: bool = _option(False, "--read-only", "Keep nothing and take nothing in, so that anybody may come.")
    frames: tuple[str, ...] = _option(
        ("*",), "--frame-origin", "Site whose pages may frame those under /embed/; repeatable, all by default."
    )
    access_log: str = _option("", "--access-log", "A line on each request into a file; - prints it.")
    memory: int = 0
    metrics: str = field(default="", repr=False)
    rate: float = 50.0
    burst: int = 400
    body: int = 1_000_000
    patience: float = 60.0

    @property
    def local(self) -> bool:
        """Whether the server is reached from this machine alone."""
        return self.host in LOOPBACK

    @property
    def url(self) -> str:
        """Address of the first page."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}{self.root}/"

    @property
    def database_url(self) -> str:
        """URL of the database that keeps runs and jobs."""
        if not self.database:
            return f"sqlite:///{self.data_folder / 'server.sqlite'}"
        if "://" not in self.database:
            return f"sqlite:///{Path(self.database).expanduser()}"
        if self.database.startswith(("postgresql://", "postgres://")):
            return f"postgresql+pg8000://{self.database.split('://', 1)[1]}"
        return self.database

    @property
    def allowed_hosts(self) -> frozenset[str]:
        """Names by which the server may be called; empty where any will do, since a token is asked for."""
        if self.hosts:
            return frozenset(self.hosts)
        return frozenset((*LOOPBACK, "testserver")) if self.local else frozenset()

    def checked(self) -> Settings:
        """The settings with whole paths, once nothing in them lets strangers in.

        Jobs work in folders of their own: a path that is told from where the server stands would be another's there.

        Raises
        ------
        InputError : another host than loopback without a token, a short token, a number out of range.
        """
        if not self.local and not self.token and not self.read_only:
            repair = f"give --token, or set {TOKEN}; --read-only will do too"
            raise InputError(f"--host {self.host}", "would let anybody on the network in", repair)
        for name, token in (("--token", self.token), (METRICS, self.metrics)):
            if token and len(token) < SHORTEST:
                raise InputError(name, "is short", f"give {SHORTEST} characters or more")
        self._check_numbers()
        self._check_words()
        file = self.database and "://" not in self.database
        database = str(Path(self.database).expanduser().absolute()) if file else self.database
        return replace(self, data_folder=self.data_folder.expanduser().absolute(), database=database)

    def _check_numbers(self) -> None:
        """Refuse numbers out of range."""
        if not 0 <= self.port <= 65535:
            raise InputError("--port", f"{self.port} is no port", "give a number from 1 to 65535")
        if self.jobs < 1:
            raise InputError("--jobs", f"{self.jobs} jobs cannot run", "give 1 or more")
        if self.connections < 8:
            raise InputError("--connections", f"{self.connections} are too few for one browser", "give 8 or more")
        for name, seconds in (("--header-timeout", self.head_seconds), ("--body-timeout", self.body_seconds)):
            if not 0.0 < seconds <= 3600.0:
                raise InputError(name, f"{seconds:g} s is no time to wait", "give seconds above 0, 3600 at most")
        if not 1 <= self.workers <= 64:
            raise InputError("--workers", f"{self.workers} processes cannot answer", "give 1 to 64")

    def _check_words(self) -> None:
        """Refuse a path and origins that are none."""
        if not ROOT.fullmatch(self.root):
            raise InputError(
                "--root-path", f"'{self.root[:60]}' is no path", "give one as /detente, without a slash behind"
            )
        for origin in self.frames:
            if not ORIGIN.fullmatch(origin):
                raise InputError("--frame-origin", f"'{origin[:60]}' is no origin", "give one as https://example.org")


def folder_of_user() -> Path:
    """Where the server keeps its runs: `DETENTE_SERVER`, or the platform's data folder."""
    given = os.environ.get("DETENTE_SERVER")
    if given:
        return Path(given).expanduser()
    return Path(platformdirs.user_data_dir("detente")) / "server"
