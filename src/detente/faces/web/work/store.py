"""Store: runs and jobs in a database, SQLite by default, PostgreSQL by URL. What is saved once is never lost."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateColumn

from detente.codes import InputError
from detente.data.store import make_folder
from detente.faces.web.faults import Away, Unwritable, state_of, unwritable
from detente.faces.web.media import to_bytes

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
    sa.Column("owner", sa.String(16), nullable=False, server_default=""),
    sa.Column("seen", sa.Float, nullable=False, server_default="0"),
    sa.Column("early", sa.Integer, nullable=False, server_default="0"),
    sa.Column("answer", sa.String(12)),
    sa.Column("maker", sa.String(16), nullable=False, server_default=""),
)
"""`owner` is the server that runs a job and `seen` its last sign of life, by the clock of the database; `early` is 1
for work begun before anybody asked; `answer` is the key under which the result will be kept, where that is known;
`maker` is who asked for it."""

MAKERS = sa.Table(
    "makers",
    _META,
    sa.Column("run", sa.String(12), primary_key=True),
    sa.Column("maker", sa.String(16), primary_key=True),
)
"""Who made a run, as often as it was asked for: the same key is kept once."""

ACTIVE = JOBS.c.status.in_((WAITING, RUNNING))
ONCE = sa.Index("jobs_answer_once", JOBS.c.answer, unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE)
"""One job at a time works for an answer, however many servers and users ask."""

WORK, ANSWERS = ("run", "sweep", "talks", "chain"), ("claims", "levers", "tariff")
"""Kinds of jobs and runs: what people ask for, and what the server works out beside because a page or call needs it."""

HEAD = (RUNS.c.key, RUNS.c.kind, RUNS.c.name, RUNS.c.title, RUNS.c.version, RUNS.c.created, RUNS.c.size)


@dataclass(frozen=True)
class Store:
    """Runs and jobs on record."""

    engine: sa.Engine

    @contextlib.contextmanager
    def _open(self) -> Iterator[sa.Connection]:
        """A connection with a transaction that is kept at its end.

        Raises
        ------
        Away : no connection, or one that was cut. Unwritable : a disk that is full, or may not be written to.
        """
        try:
            with self.engine.begin() as open_:
                yield open_
        except (exc.DBAPIError, OSError, self.engine.dialect.loaded_dbapi.Error) as error:
            words = unwritable(error)
            if words:
                raise Unwritable(words) from None
            if _cut(error):
                raise Away(type(error).__name__) from None
            raise

    def save_run(self, document: Mapping[str, Any], kind: str, maker: str = "") -> str:
        """Keep a result under its key; one that is there already stays, since the same key has the same numbers.

        Parameters
        ----------
        maker : who asked for it, and may delete it; "" for nobody.
        """
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
            with self._open() as open_:
                open_.execute(sa.insert(RUNS).values(**row))
        except exc.IntegrityError:
            pass
        if maker:
            self._sign(key, maker)
        return key

    def _sign(self, key: str, maker: str) -> None:
        """Note who made a run."""
        try:
            with self._open() as open_:
                open_.execute(sa.insert(MAKERS).values(run=key, maker=maker))
        except exc.IntegrityError:
            pass

    def made_by(self, maker: str, keys: Sequence[str]) -> set[str]:
        """Which of some runs somebody made."""
        query = sa.select(MAKERS.c.run).where(MAKERS.c.maker == maker, MAKERS.c.run.in_(keys))
        with self._open() as open_:
            return set(open_.execute(query).scalars())

    def delete_run(self, key: str, maker: str = "") -> bool:
        """Delete a run for good; where others made it as well, only that somebody made it. Whether it is gone.

        Parameters
        ----------
        maker : who takes back that he made it; "" for all who did.
        """
        with self._open() as open_:
            open_.execute(sa.delete(MAKERS).where(MAKERS.c.run == key, *([MAKERS.c.maker == maker] if maker else [])))
            count = sa.select(sa.func.count()).select_from(MAKERS).where(MAKERS.c.run == key)
            if open_.execute(count).scalar_one():
                return False
            open_.execute(sa.delete(RUNS).where(RUNS.c.key == key))
            open_.execute(sa.update(JOBS).where(JOBS.c.run == key).values(run=None))
            return True

    def run(self, key: str) -> dict[str, Any] | None:
        """The document of a run, None where there is none."""
        if not KEY.fullmatch(key):
            return None
        with self._open() as open_:
            row = open_.execute(sa.select(RUNS.c.document).where(RUNS.c.key == key)).first()
        return None if row is None else json.loads(zlib.decompress(row[0]))

    def run_head(self, key: str) -> dict[str, Any] | None:
        """What is on record of a run without its document."""
        with self._open() as open_:
            row = open_.execute(sa.select(*HEAD).where(RUNS.c.key == key)).mappings().first()
        return None if row is None else dict(row)

    def runs(self, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
        """Runs that people asked for, the newest first, and how many there are."""
        return self._page(RUNS, HEAD, RUNS.c.kind.not_in(ANSWERS), RUNS.c.key, limit, offset)

    def add_job(self, job: Mapping[str, Any]) -> bool:
        """Put a job on record; False where another works for the same answer already."""
        try:
            with self._open() as open_:
                open_.execute(sa.insert(JOBS).values(**job))
        except exc.IntegrityError:
            if job.get("answer") is None:
                raise
            return False
        return True

    def change_job(self, name: str, **values: Any) -> None:
        """Change what is on record of a job."""
        self._changed(JOBS.c.id == name, values)

    def change_own(self, name: str, server: str, **values: Any) -> bool:
        """Change a job that a server runs; False where it is not its any more."""
        return self._changed(_own(server, [name]), values)

    def end_active(self, name: str, **values: Any) -> bool:
        """Change a job that waits or runs; False where it has ended."""
        return self._changed(sa.and_(JOBS.c.id == name, ACTIVE), values)

    def _changed(self, which: sa.ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        with self._open() as open_:
            return open_.execute(sa.update(JOBS).where(which).values(**values)).rowcount > 0

    def take_job(
        self, owner: str, kinds: Sequence[str], lease: float, early: bool = True, busy: Sequence[str] = ()
    ) -> dict[str, Any] | None:
        """The next job of some kinds, now run by a server; None where there is none, or another was faster.

        Parameters
        ----------
        lease : seconds without a sign of life after which a job that runs is taken from its server.
        early : whether work that nobody waits for yet is taken as well; `busy` : what the server runs already.
        """
        free = sa.or_(JOBS.c.status == WAITING, sa.and_(JOBS.c.id.not_in(busy), self._silent(lease)))
        query = sa.select(JOBS).where(free, JOBS.c.kind.in_(kinds), JOBS.c.early <= int(early))
        query = query.order_by(JOBS.c.early, JOBS.c.created).limit(1)
        with self._open() as open_:
            row = open_.execute(query).mappings().first()
            if row is None:
                return None
            values = {"status": RUNNING, "owner": owner, "seen": self._clock(), "attempts": row["attempts"] + 1,
                      "started": time.time()}  # fmt: skip
            # Only one of two servers finds the row as both have read it.
            same = sa.and_(JOBS.c.id == row["id"], JOBS.c.attempts == row["attempts"], free)
            taken = open_.execute(sa.update(JOBS).where(same).values(**values)).rowcount
        return dict(row) | {"attempts": row["attempts"] + 1} if taken else None

    def beat(self, owner: str, names: Sequence[str]) -> set[str]:
        """Give a sign of life for jobs that a server runs; those that are still its."""
        with self._open() as open_:
            open_.execute(sa.update(JOBS).where(_own(owner, names)).values(seen=self._clock()))
            return set(open_.execute(sa.select(JOBS.c.id).where(_own(owner, names))).scalars())

    def back_in_line(self, name: str, server: str, counts: bool = False) -> bool:
        """Let a job wait again; where its server stops nothing of it went wrong, so that the attempt does not count."""
        attempts = JOBS.c.attempts if counts else JOBS.c.attempts - 1
        return self.change_own(name, server, status=WAITING, owner="", attempts=attempts)

    def ended(self, names: Sequence[str]) -> set[str]:
        """Which of some jobs have ended."""
        query = sa.select(JOBS.c.id).where(JOBS.c.id.in_(names), JOBS.c.status.in_(ENDED))
        with self._open() as open_:
            return set(open_.execute(query).scalars())

    def give_up(self, lease: float, attempts: int) -> None:
        """Report jobs that have been begun so many times, and whose server is silent, as interrupted."""
        words = f"the server ended while it ran, {attempts} times"
        which = sa.and_(self._silent(lease), JOBS.c.attempts >= attempts)
        self._changed(which, {"status": INTERRUPTED, "finished": time.time(), "error": words})

    def _silent(self, lease: float) -> sa.ColumnElement[bool]:
        """Jobs that run without a sign of life of their server."""
        return sa.and_(JOBS.c.status == RUNNING, JOBS.c.seen < self._clock() - lease)

    def _clock(self) -> Any:
        """Seconds by a clock that all servers of the database share."""
        if self.engine.dialect.name == "postgresql":
            return sa.cast(sa.extract("epoch", sa.func.clock_timestamp()), sa.Float)
        return time.time()

    def job_for(self, answer: str) -> dict[str, Any] | None:
        """The newest job that works, or has worked, for an answer."""
        query = sa.select(JOBS).where(JOBS.c.answer == answer).order_by(JOBS.c.created.desc()).limit(1)
        with self._open() as open_:
            row = open_.execute(query).mappings().first()
        return None if row is None else dict(row)

    def waiting(self, kinds: Sequence[str]) -> int:
        """Jobs of some kinds that wait."""
        query = sa.select(sa.func.count()).where(JOBS.c.status == WAITING, JOBS.c.kind.in_(kinds))
        with self._open() as open_:
            return int(open_.execute(query).scalar_one())

    def job(self, name: str) -> dict[str, Any] | None:
        """A job, None where there is none."""
        with self._open() as open_:
            row = open_.execute(sa.select(JOBS).where(JOBS.c.id == name)).mappings().first()
        return None if row is None else dict(row)

    def jobs(self, limit: int, offset: int, kinds: Sequence[str] = WORK) -> tuple[list[dict[str, Any]], int]:
        """Jobs of some kinds, the newest first, and how many there are."""
        return self._page(JOBS, (JOBS,), JOBS.c.kind.in_(kinds), JOBS.c.id, limit, offset)

    def _page(
        self, table: sa.Table, columns: Sequence[Any], which: sa.ColumnElement[bool], last: Any, limit: int, offset: int
    ) -> tuple[list[dict[str, Any]], int]:
        """Some rows of a table, the newest first, and how many there are in all."""
        query = sa.select(*columns).where(which).order_by(table.c.created.desc(), last).limit(limit).offset(offset)
        with self._open() as open_:
            total = open_.execute(sa.select(sa.func.count()).select_from(table).where(which)).scalar_one()
            return [dict(row) for row in open_.execute(query).mappings()], int(total)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _own(owner: str, names: Sequence[str]) -> sa.ColumnElement[bool]:
    """Jobs by name that a server runs."""
    return sa.and_(JOBS.c.id.in_(names), JOBS.c.owner == owner, JOBS.c.status == RUNNING)


def _cut(error: Exception) -> bool:
    """Whether there was no connection, or it was cut; a statement that is wrong is a mistake of the program."""
    if not isinstance(error, exc.DBAPIError) or isinstance(error, exc.OperationalError | exc.InterfaceError):
        return True
    if error.statement is None:
        return True
    # Connections refused or cut, too many of them, a server that stops.
    return state_of(error)[:2] in ("08", "53", "57")


def open_store(url: str) -> Store:
    """The store behind a URL, its tables made where they are not there yet.

    Raises
    ------
    InputError : a database that cannot be opened; the message holds no password.
    """
    try:
        made = make_url(url)
        if made.get_backend_name() == "sqlite" and made.database:
            make_folder(Path(made.database).parent)
        # A connection that the other end has closed is replaced; that is no news for a log.
        logging.getLogger("sqlalchemy.pool").setLevel(logging.CRITICAL)
        engine = sa.create_engine(made, pool_pre_ping=made.get_backend_name() != "sqlite")
        if made.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _durable)
        _made(engine)
    except (exc.SQLAlchemyError, ImportError, OSError) as error:
        words = unwritable(error) or f"cannot be opened ({type(error).__name__})"
        raise InputError("--database", words, _advice(url, error)) from None
    return Store(engine)


def _made(engine: sa.Engine) -> None:
    """Make the tables, and add what an older version of them lacks."""
    for left in (2, 1, 0):
        try:
            with engine.begin() as open_:
                _META.create_all(open_)
                columns = {column["name"] for column in sa.inspect(open_).get_columns("jobs")}
                for column in JOBS.columns:
                    if column.name not in columns:
                        open_.execute(_adding(column, engine))
                ONCE.create(open_, checkfirst=True)
            return
        except exc.SQLAlchemyError:
            # Two servers that start at once on an empty database make the same tables; the second finds them made.
            if not left:
                raise
            time.sleep(0.2)


def _adding(column: sa.Column[Any], engine: sa.Engine) -> sa.DDL:
    made = CreateColumn(column).compile(dialect=engine.dialect)
    return sa.DDL(f"ALTER TABLE jobs ADD COLUMN {made}")


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
