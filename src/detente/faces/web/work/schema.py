"""Schema: the tables of a store, and the steps that bring an older store forward, one after the other, never back.

A store says its version in a table of its own. A store of the first versions has none: every step therefore looks at
what is there and adds what is not, so that it may begin anywhere.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.schema import CreateColumn

from detente.codes import InputError

WAITING, RUNNING, DONE, FAILED, CANCELLED, INTERRUPTED = (
    "waiting",
    "running",
    "done",
    "failed",
    "cancelled",
    "interrupted",
)
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
    sa.Column("maker", sa.String(16), nullable=False, server_default=""),
)
"""`owner` is the server that runs a job and `seen` its last sign of life, by the clock of the database; `early` is 1
for work begun before anybody asked; `answer` is the key under which the result will be kept, where that is known;
`maker` is who asked for it in stores of earlier versions, and is not written any more."""

MAKERS = sa.Table(
    "makers",
    META,
    sa.Column("run", sa.String(12), primary_key=True),
    sa.Column("maker", sa.String(16), primary_key=True),
)
"""Who made a run, in stores of earlier versions."""

ACTIVE = JOBS.c.status.in_((WAITING, RUNNING))
ONCE = sa.Index("jobs_answer_once", JOBS.c.answer, unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE)
"""One job at a time works for an answer, however many servers and users ask."""

QUESTION, ANSWER = "question", "answer"
"""Kinds of jobs: what somebody put in line, and answers that pages and calls wait for."""

WORK, ANSWERS = (QUESTION,), (ANSWER, "claims", "levers", "tariff", "advice")
"""Kinds of jobs and runs: what people ask for, and what the server works out beside because a page or call needs it."""

KEYS = sa.Table(
    "keys",
    META,
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    sa.Column("hash", sa.String(64), nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("used", sa.Float),
)
"""Keys of users, in stores of earlier versions: their names, and of each key only the hash."""

VERSIONS = sa.Table(
    "schema_version",
    META,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
)
"""Steps that a store has taken, and when."""


@dataclass(frozen=True)
class SchemaStep:
    """A step of the schema: what it brings, and what it does to an open store."""

    version: int
    brings: str
    take: Callable[[sa.Connection], None]


def _tables(*wanted: sa.Table) -> Callable[[sa.Connection], None]:
    """Make tables that are not there."""

    def take(open_: sa.Connection) -> None:
        META.create_all(open_, tables=list(wanted), checkfirst=True)

    return take


def _columns(table: sa.Table, *names: str, then: sa.Index | None = None) -> Callable[[sa.Connection], None]:
    """Add columns that are not there, and an index over them."""

    def take(open_: sa.Connection) -> None:
        there = {column["name"] for column in sa.inspect(open_).get_columns(table.name)}
        for name in names:
            if name not in there:
                made = CreateColumn(table.columns[name]).compile(dialect=open_.dialect)
                open_.execute(sa.DDL(f"ALTER TABLE {table.name} ADD COLUMN {made}"))
        if then is not None:
            then.create(open_, checkfirst=True)

    return take


def _end_older(open_: sa.Connection) -> None:
    """End jobs of before that wait or run: nobody knows their kinds of work any more."""
    words = {"status": CANCELLED, "finished": time.time(), "error": "made by an earlier version: ask again"}
    open_.execute(sa.update(JOBS).where(ACTIVE, JOBS.c.kind.not_in((QUESTION, ANSWER))).values(**words))


STEPS = (
    SchemaStep(1, "runs and jobs", _tables(RUNS, JOBS)),
    SchemaStep(2, "jobs that several servers share", _columns(JOBS, "owner", "seen")),
    SchemaStep(3, "answers worked out once", _columns(JOBS, "early", "answer", then=ONCE)),
    SchemaStep(4, "who made a run", _columns(JOBS, "maker")),
    SchemaStep(5, "who made a run, as often as it was made", _tables(MAKERS)),
    SchemaStep(6, "keys of users", _tables(KEYS)),
    SchemaStep(7, "jobs are questions", _end_older),
)
"""In order. A step that was released is never changed: what comes later is a step of its own."""

CURRENT = STEPS[-1].version
LOCK = 7_305_217
"""Number by which PostgreSQL lets one server at a time bring a store forward."""


def version_of(open_: sa.Connection) -> int:
    """Version of an open store; 0 where it does not say."""
    if not sa.inspect(open_).has_table(VERSIONS.name):
        return 0
    return int(open_.execute(sa.select(sa.func.max(VERSIONS.c.version))).scalar() or 0)


def bring_forward(engine: sa.Engine) -> int:
    """Take the steps that a store lacks; its version before.

    Raises
    ------
    InputError : a store that a newer version of the program has made.
    """
    for left in (2, 1, 0):
        try:
            with engine.begin() as open_:
                return _brought(open_)
        except exc.SQLAlchemyError:
            # Two servers that start at once on an empty database make the same tables; the second finds them made.
            if not left:
                raise
            time.sleep(0.2)
    return CURRENT


def _brought(open_: sa.Connection) -> int:
    if open_.dialect.name == "postgresql":
        open_.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    before = version_of(open_)
    if before > CURRENT:
        words = f"holds a store of version {before}, newer than this program, which knows {CURRENT}"
        raise InputError("--database", words, "install the newer version again, or restore a backup of before")
    META.create_all(open_, tables=[VERSIONS], checkfirst=True)
    for step in STEPS:
        if step.version > before:
            step.take(open_)
            open_.execute(sa.insert(VERSIONS).values(version=step.version, at=time.time()))
    return before
