"""Store: runs and jobs in a database, SQLite by default, PostgreSQL by URL. What is saved once is never lost."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import time
import weakref
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event, exc
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateColumn

from detente.codes import InputError, with_extra
from detente.data.store import make_folder
from detente.faces.formats import to_bytes
from detente.faces.web.problems import Away, Unwritable, state_of, unwritable

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
CANCELLED, INTERRUPTED = "cancelled", "interrupted"
ENDED = (DONE, FAILED, CANCELLED, INTERRUPTED)

META = sa.MetaData()
RUNS = sa.Table(
    "runs",
    META,
    sa.Column("key", sa.String(12), primary_key=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("version", sa.String(32), nullable=False),
    sa.Column("created", sa.Float, nullable=False, index=True),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
)
#: `owner` is the server that runs a job and `seen` its last sign of life, by the clock of the database; `early` is 1
#: for work begun before anybody asked; `answer` is the key under which the result will be kept, where that is known.
JOBS = sa.Table(
    "jobs",
    META,
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
)

ACTIVE = JOBS.c.status.in_((WAITING, RUNNING))
#: One job at a time works for an answer, however many servers and users ask.
ONCE = sa.Index("jobs_answer_once", JOBS.c.answer, unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE)

#: Kinds of jobs: what somebody put in line, and answers that pages and calls wait for.
QUESTION, ANSWER = "question", "answer"

#: Kinds of jobs and runs: what people ask for, and what the server works out beside because a page or call needs it.
WORK, ANSWERS = (QUESTION,), (ANSWER, "claims", "levers", "tariff", "advice")

#: Versions that a store has had, and since when.
VERSIONS = sa.Table(
    "schema_version",
    META,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
)

#: Version of these tables. Those before lack columns, and their jobs are of kinds that nobody knows any more.
CURRENT = 7

#: Number by which PostgreSQL lets one server at a time bring a store forward.
LOCK = 7_305_217


def version_of(open_: sa.Connection) -> int:
    """Version of an open store; 0 where it does not say."""
    if not sa.inspect(open_).has_table(VERSIONS.name):
        return 0
    return int(open_.execute(sa.select(sa.func.max(VERSIONS.c.version))).scalar() or 0)


def bring_forward(engine: sa.Engine) -> None:
    """Make what a store lacks: tables, columns, indexes; what it has beside them is left alone.

    Raises
    ------
    InputError : a store that a newer version of the program has made.
    """
    for left in (2, 1, 0):
        try:
            with engine.begin() as open_:
                return _bring(open_)
        except exc.SQLAlchemyError:
            # Two servers that start at once on an empty database make the same tables; the second finds them made.
            if not left:
                raise
            time.sleep(0.2)


def _bring(open_: sa.Connection) -> None:
    if open_.dialect.name == "postgresql":
        open_.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    before = version_of(open_)
    if before > CURRENT:
        words = f"holds a store of version {before}, newer than this program, which knows {CURRENT}"
        raise InputError("--database", words, "install the newer version again, or restore a backup of before")
    if before == CURRENT:
        return
    META.create_all(open_, checkfirst=True)
    there = {column["name"] for column in sa.inspect(open_).get_columns(JOBS.name)}
    for column in (column for column in JOBS.columns if column.name not in there):
        made = CreateColumn(column).compile(dialect=open_.dialect)
        open_.execute(sa.DDL(f"ALTER TABLE {JOBS.name} ADD COLUMN {made}"))
    ONCE.create(open_, checkfirst=True)
    words = {"status": CANCELLED, "finished": time.time(), "error": "made by an earlier version: ask again"}
    open_.execute(sa.update(JOBS).where(ACTIVE, JOBS.c.kind.not_in((QUESTION, ANSWER))).values(**words))
    open_.execute(sa.insert(VERSIONS).values(version=CURRENT, at=time.time()))


KEY = re.compile(r"[0-9a-f]{12}")
DAY = 86_400.0
HEAD = (RUNS.c.key, RUNS.c.kind, RUNS.c.name, RUNS.c.title, RUNS.c.version, RUNS.c.created, RUNS.c.size)


@dataclass(frozen=True)
class Store:
    """Runs and jobs on record."""

    engine: sa.Engine

    @contextlib.contextmanager
    def open(self) -> Iterator[sa.Connection]:
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

    def save_run(self, document: Mapping[str, Any], kind: str) -> str:
        """Keep a result under its key; one that is there already stays, since the same key has the same numbers."""
        key, scenario = str(document["key"]), document.get("scenario", {})
        body = to_bytes(document, "answer" in document)
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
            with self.open() as open_:
                open_.execute(sa.insert(RUNS).values(**row))
        except exc.IntegrityError:
            if kind in WORK:  # what the server had worked out for a page is somebody's now
                with self.open() as open_:
                    open_.execute(sa.update(RUNS).where(RUNS.c.key == key).values(kind=kind))
        return key

    def delete_run(self, key: str) -> None:
        """Delete a run for good."""
        with self.open() as open_:
            open_.execute(sa.delete(RUNS).where(RUNS.c.key == key))
            open_.execute(sa.update(JOBS).where(JOBS.c.run == key).values(run=None))

    def run(self, key: str) -> dict[str, Any] | None:
        """The document of a run, None where there is none."""
        if not KEY.fullmatch(key):
            return None
        with self.open() as open_:
            row = open_.execute(sa.select(RUNS.c.document).where(RUNS.c.key == key)).first()
        return None if row is None else json.loads(zlib.decompress(row[0]))

    def run_head(self, key: str) -> dict[str, Any] | None:
        """What is on record of a run without its document."""
        with self.open() as open_:
            row = open_.execute(sa.select(*HEAD).where(RUNS.c.key == key)).mappings().first()
        return None if row is None else dict(row)

    def runs(self, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
        """Runs that people asked for, the newest first, and how many there are."""
        return self._page(RUNS, HEAD, RUNS.c.kind.not_in(ANSWERS), RUNS.c.key, limit, offset)

    def delete_all(self) -> tuple[int, int]:
        """Delete every run that people asked for, and their jobs that have ended; how many of each."""
        return self._delete(RUNS.c.kind.not_in(ANSWERS), sa.and_(JOBS.c.status.in_(ENDED), JOBS.c.kind.in_(WORK)))

    def prune(self, days: float, *, only_answers: bool = False, dry: bool = False) -> tuple[int, int]:
        """Delete runs and ended jobs that are older than some days; how many of each.

        Parameters
        ----------
        only_answers : delete what the server worked out for its pages, and leave what people asked for.
        dry : count, and delete nothing.
        """
        before = time.time() - days * DAY
        runs: sa.ColumnElement[bool] = RUNS.c.created < before
        jobs: sa.ColumnElement[bool] = sa.and_(JOBS.c.status.in_(ENDED), JOBS.c.created < before)
        if only_answers:
            runs, jobs = sa.and_(runs, RUNS.c.kind.in_(ANSWERS)), sa.and_(jobs, JOBS.c.kind.in_(ANSWERS))
        counts = self._delete(runs, jobs, dry)
        if not dry and any(counts) and self.engine.dialect.name == "sqlite":
            # PostgreSQL gives the room back by itself.
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as open_:
                open_.execute(sa.text("VACUUM"))
        return counts

    def _delete(self, runs: sa.ColumnElement[bool], jobs: sa.ColumnElement[bool], dry: bool = False) -> tuple[int, int]:
        """Delete some runs and some jobs; how many of each."""
        with self.open() as open_:
            many, ended = (
                int(open_.execute(sa.select(sa.func.count()).select_from(table).where(which)).scalar_one())
                for table, which in ((RUNS, runs), (JOBS, jobs))
            )
            if not dry:
                gone = sa.select(RUNS.c.key).where(runs)
                open_.execute(sa.update(JOBS).where(JOBS.c.run.in_(gone)).values(run=None))
                open_.execute(sa.delete(RUNS).where(runs))
                open_.execute(sa.delete(JOBS).where(jobs))
            return many, ended

    def active(self) -> list[str]:
        """Jobs of people that wait or run."""
        with self.open() as open_:
            return list(open_.execute(sa.select(JOBS.c.id).where(ACTIVE, JOBS.c.kind.in_(WORK))).scalars())

    def add_job(self, job: Mapping[str, Any]) -> bool:
        """Put a job on record; False where another works for the same answer already."""
        try:
            with self.open() as open_:
                open_.execute(sa.insert(JOBS).values(**job))
        except exc.IntegrityError:
            if job.get("answer") is None:
                raise
            return False
        return True

    def change_job(self, name: str, *, active: bool = False, **values: Any) -> bool:
        """Change what is on record of a job, if need be only while it waits or runs; False where nothing changed."""
        return self._changed(sa.and_(JOBS.c.id == name, ACTIVE if active else sa.true()), values)

    def change_own(self, name: str, server: str, **values: Any) -> bool:
        """Change a job that a server runs; False where it is not its any more."""
        return self._changed(_own(server, [name]), values)

    def _changed(self, which: sa.ColumnElement[bool], values: Mapping[str, Any]) -> bool:
        with self.open() as open_:
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
        with self.open() as open_:
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
        with self.open() as open_:
            open_.execute(sa.update(JOBS).where(_own(owner, names)).values(seen=self._clock()))
            return set(open_.execute(sa.select(JOBS.c.id).where(_own(owner, names))).scalars())

    def back_in_line(self, name: str, server: str, counts: bool = False) -> bool:
        """Let a job wait again; where its server stops nothing of it went wrong, so that the attempt does not count."""
        attempts = JOBS.c.attempts if counts else JOBS.c.attempts - 1
        return self.change_own(name, server, status=WAITING, owner="", attempts=attempts)

    def ended(self, names: Sequence[str]) -> set[str]:
        """Which of some jobs have ended."""
        query = sa.select(JOBS.c.id).where(JOBS.c.id.in_(names), JOBS.c.status.in_(ENDED))
        with self.open() as open_:
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
        with self.open() as open_:
            row = open_.execute(query).mappings().first()
        return None if row is None else dict(row)

    def waiting(self, kinds: Sequence[str]) -> int:
        """Jobs of some kinds that wait."""
        query = sa.select(sa.func.count()).where(JOBS.c.status == WAITING, JOBS.c.kind.in_(kinds))
        with self.open() as open_:
            return int(open_.execute(query).scalar_one())

    def job(self, name: str) -> dict[str, Any] | None:
        """A job, None where there is none."""
        with self.open() as open_:
            row = open_.execute(sa.select(JOBS).where(JOBS.c.id == name)).mappings().first()
        return None if row is None else dict(row)

    def jobs(self, limit: int, offset: int, kinds: Sequence[str] = WORK) -> tuple[list[dict[str, Any]], int]:
        """Jobs of some kinds, the newest first, and how many there are."""
        return self._page(JOBS, (JOBS,), JOBS.c.kind.in_(kinds), JOBS.c.id, limit, offset)

    def counts(self) -> dict[str, int]:
        """How many runs there are, and how many jobs of each status."""
        with self.open() as open_:
            runs = int(open_.execute(sa.select(sa.func.count()).select_from(RUNS)).scalar_one())
            rows = open_.execute(sa.select(JOBS.c.status, sa.func.count()).group_by(JOBS.c.status)).all()
            return {"runs": runs, **{str(status): int(count) for status, count in rows}}

    def answers(self) -> None:
        """See that the database answers.

        Raises
        ------
        Away : it does not.
        """
        with self.open() as open_:
            open_.execute(sa.select(sa.literal(1)))

    def _page(
        self, table: sa.Table, columns: Sequence[Any], which: sa.ColumnElement[bool], last: Any, limit: int, offset: int
    ) -> tuple[list[dict[str, Any]], int]:
        """Some rows of a table, the newest first, and how many there are in all."""
        query = sa.select(*columns).where(which).order_by(table.c.created.desc(), last)
        query = query.limit(limit).offset(offset)
        with self.open() as open_:
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
        store = Store(engine)
        # What nobody closes, as where an application is made and never started, is closed with it.
        weakref.finalize(store, engine.dispose)
        if made.get_backend_name() == "sqlite":
            event.listen(engine, "connect", _durable)
        bring_forward(engine)
    except (exc.SQLAlchemyError, ImportError, OSError) as error:
        refusal = REFUSALS.get(state_of(error)[:2]) if isinstance(error, exc.DBAPIError) else None
        if refusal is not None:
            raise InputError("--database", *refusal) from None
        words = unwritable(error) or f"cannot be opened ({type(error).__name__})"
        raise InputError("--database", words, _advice(url, error)) from None
    return store


#: First two signs of the state of SQL -> what it means to the operator, and what to do; no password in it.
REFUSALS = {
    "3D": ("names a database that is not there", "create it, or name another"),
    "28": ("is refused for its user or password", "check both"),
}


def _advice(url: str, error: Exception) -> str:
    if isinstance(error, ImportError):
        return with_extra("postgres")
    return "give a file, or postgresql://USER:PASSWORD@HOST/NAME" if "://" in url else "give a file that can be written"


def _durable(connection: Any, _record: Any) -> None:
    """Write-ahead log, and every commit on disk before it counts."""
    cursor = connection.cursor()
    for line in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA busy_timeout=10000"):
        cursor.execute(line)
    cursor.close()
