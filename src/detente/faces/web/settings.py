"""Settings of the server: where it listens, who may come in, where runs and jobs are kept, and what is too much."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from detente.codes import InputError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
TOKEN = "DETENTE_TOKEN"
"""Variable of the environment that holds the token, so that it stands in no list of processes."""

SHORTEST = 16
"""Characters that a token must have."""


@dataclass(frozen=True)
class Settings:
    """How the server runs.

    Attributes
    ----------
    host, port : where it listens; loopback by default.
    token : who does not show it stays out; "" asks for none, which only loopback allows.
    database : URL of a database, or "" for a file in `data_folder`.
    data_folder : where runs, jobs and what they keep lie; the user's data folder by default.
    jobs : jobs that run at once.
    rate, burst : requests a second that one client may make, and how many at once; rate 0 sets no limit.
    body : bytes that a request may bring.
    connections : connections that are held at once; where more come, those that owe the server something go first.
    head_seconds, body_seconds : until the head of a request must be there; then its body, or the reading of an answer.
    hosts : names by which the server may be called; derived from `host` where empty.
    case : case of the talks that is warmed when the server starts, "" for none.
    patience : seconds for which a request waits at most while a case is warmed, or an answer is being computed.
    ahead : whether the verdicts and levers that pages show first are worked out once the case is warm.
    """

    host: str = LOOPBACK[0]
    port: int = 8765
    token: str = field(default="", repr=False)
    database: str = field(default="", repr=False)
    data_folder: Path = field(default_factory=lambda: folder_of_user())
    jobs: int = 1
    rate: float = 50.0
    burst: int = 400
    body: int = 1_000_000
    connections: int = 400
    head_seconds: float = 10.0
    body_seconds: float = 30.0
    hosts: tuple[str, ...] = ()
    case: str = "us-china-2025-05"
    patience: float = 60.0
    ahead: bool = True

    @property
    def local(self) -> bool:
        """Whether the server is reached from this machine alone."""
        return self.host in LOOPBACK

    @property
    def url(self) -> str:
        """Address of the first page."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

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
        """The settings, once nothing in them lets strangers in.

        Raises
        ------
        InputError : another host than loopback without a token, a short token, a number out of range.
        """
        if not self.local and not self.token:
            raise InputError(
                f"--host {self.host}", "would let anybody on the network in", f"give --token, or set {TOKEN}"
            )
        if self.token and len(self.token) < SHORTEST:
            raise InputError("--token", "is short", f"give {SHORTEST} characters or more")
        if not 0 <= self.port <= 65535:
            raise InputError("--port", f"{self.port} is no port", "give a number from 1 to 65535")
        if self.jobs < 1:
            raise InputError("--jobs", f"{self.jobs} jobs cannot run", "give 1 or more")
        if self.connections < 8:
            raise InputError("--connections", f"{self.connections} are too few for one browser", "give 8 or more")
        for name, seconds in (("--header-timeout", self.head_seconds), ("--body-timeout", self.body_seconds)):
            if not 0.0 < seconds <= 3600.0:
                raise InputError(name, f"{seconds:g} s is no time to wait", "give seconds above 0, 3600 at most")
        return self


def folder_of_user() -> Path:
    """Where the server keeps its runs: `DETENTE_SERVER`, or the platform's data folder."""
    given = os.environ.get("DETENTE_SERVER")
    if given:
        return Path(given).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("detente")) / "server"
