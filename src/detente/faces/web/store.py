"""Store: runs and jobs in a database, SQLite by default, PostgreSQL by URL. What is saved once is never lost."""

from __future__ import annotations

import json
import re
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import make_url

from detente.codes import InputError
from detente.faces.web.answers import to_bytes

KEY = re.compile(r"[0-9a-f]{12}")
WAITING, RUNNING, DONE, FAILED, CANCELLED, INTERRUPTED = (
    "waiting",
    "running",
    "done",
    "failed",
    "cancelled",
    "interrupted",
)
ENDED = (DONE, FAILED, CANCELLED, INTERRUPTED)

_META = sa.MetaData()
RUNS = sa.Table(
    "runs",
    _META,
    sa.Column("key", sa.String(12), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("version", sa.String(32), nullable=False),
    sa.Column("created", sa.Float, nullable=False, index=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
)
JOBS = sa.Table(
    "jobs",
    _META,
    sa.Column("id", sa.String(16), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("status", sa.String(16), nullable=False, index=True),
    sa.Column("part", sa.Text, nullable=False, default=""),
    sa.Column("done", sa.Integer, nullable=False, default=0),
    sa.Column("total", sa.Integer, nullable=False, default=0),
    sa.Column("created", sa.Float, nullable=False, index=True),
    sa.Column("started", sa.Float),
    sa.Column("finished", sa.Float),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("run", sa.String(12)),
    sa.Column("error", sa.Text, nullable=False, default=""),
)
HEAD = (RUNS.c.key, RUNS.c.kind, RUNS.c.name, RUNS.c.title, RUNS.c.version, RUNS.c.created, RUNS.c.size)


@dataclass(frozen=True)
class Store:
    """Runs and jobs on record."""

    engine: sa.Engine

    def save_run(self, document: Mapping[str, Any], kind: str) -> str:
        """Keep a result under its key; one that is there already stays, since the same key has the same numbers."""
        key, scenario = str(document["key"]), document.get("scenario", {})
        body = to_bytes(document)
        row = {
            "key": key,
            "kind": kind,
            "name": str(scenario.get("name", "")),
            "title": str(scenario.get("title", "") or scenario.get("name", "")),
            "version": str(document.get("version", "")),
            "created": time.time(),
            "size": len(body),
            "document": zlib.compress(body, 6),
        }
        try:
            with self.engine.begin() as open_:
                open_.execute(sa.insert(RUNS).values(**row))
        except exc.IntegrityError:
            pass
        return key

    def run(self, key: str) -> dict[str, Any] | None:
        """The document of a run, None where there is none."""
        if not KEY.fullmatch(key):
            return None
        with self.engine.connect() as open_:
            row = open_.execute(sa.select(RUNS.c.document).where(RUNS.c.key == key)).first()
        return None if row is None else json.loads(zlib.decompress(row[0]))

    def run_head(self, key: str) -> dict[str, Any] | None:
        """What is on record of a run without its document."""
        with self.engine.connect() as open_:
            row = open_.execute(sa.select(*HEAD).where(RUNS.c.key == key)).mappings().first()
        return None if row is None else dict(row)

    def runs(self, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
        """Runs, the newest first, and how many there are."""
        asked = sa.select(*HEAD).order_by(RUNS.c.created.desc(), RUNS.c.key).limit(limit).offset(offset)
        return self._page(asked, RUNS)

    def add_job(self, job: Mapping[str, Any]) -> None:
        """Put a job on record."""
        with self.engine.begin() as open_:
            open_.execute(sa.insert(JOBS).values(**job))

    def change_job(self, name: str, **values: Any) -> None:
        """Change what is on record of a job."""
        with self.engine.begin() as open_:
            open_.execute(sa.update(JOBS).where(JOBS.c.id == name).values(**values))

    def job(self, name: str) -> dict[str, Any] | None:
        """A job, None where there is none."""
        with self.engine.connect() as open_:
            row = open_.execute(sa.select(JOBS).where(JOBS.c.id == name)).mappings().first()
        return None if row is None else dict(row)

    def jobs(self, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
        """Jobs, the newest first, and how many there are."""
        return self._page(sa.select(JOBS).order_by(JOBS.c.created.desc()).limit(limit).offset(offset), JOBS)

    def jobs_in(self, *states: str) -> list[dict[str, Any]]:
        """Jobs in some states, the oldest first."""
        asked = sa.select(JOBS).where(JOBS.c.status.in_(states)).order_by(JOBS.c.created)
        with self.engine.connect() as open_:
            return [dict(row) for row in open_.execute(asked).mappings()]

    def _page(self, asked: Any, table: sa.Table) -> tuple[list[dict[str, Any]], int]:
        with self.engine.connect() as open_:
            total = open_.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            return [dict(row) for row in open_.execute(asked).mappings()], int(total)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_store(url: str) -> Store:
    """The store behind a URL, its tables made where they are not there yet.

    Raises
    ------
    InputError : a database that cannot be opened; the message holds no password.
    """
    try:
        made = make_url(url)
        if made.get_backend_name() == "sqlite" and made.database:
            Path(made.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(made, pool_pre_ping=made.get_backend_name() != "sqlite")
        if made.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _durable)
        _META.create_all(engine)
    except (exc.SQLAlchemyError, ImportError, OSError) as error:
        raise InputError("--database", f"cannot be opened ({type(error).__name__})", _advice(url, error)) from None
    return Store(engine)


def _advice(url: str, error: Exception) -> str:
    if isinstance(error, ImportError):
        return "pip install 'detente[postgres]'"
    return "give a file, or postgresql://USER:PASSWORD@HOST/NAME" if "://" in url else "give a file that can be written"


def _durable(connection: Any, _record: Any) -> None:
    """Write-ahead log, and every commit on disk before it counts."""
    cursor = connection.cursor()
    for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA busy_timeout=10000"):
        cursor.execute(line)
    cursor.close()
