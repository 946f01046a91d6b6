"""Schema: the tables of a store, and how an older store is brought forward, never back.

A store says its version in a table of its own. One of the first versions has none: what is there is looked at, and what
is not is added, so that it may begin anywhere.
"""

from __future__ import annotations

import time

import sqlalchemy as sa
from sqlalchemy import exc
from sqlalchemy.schema import CreateColumn

from detente.codes import InputError

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
"""`owner` is the server that runs a job and `seen` its last sign of life, by the clock of the database; `early` is 1
for work begun before anybody asked; `answer` is the key under which the result will be kept, where that is known."""

ACTIVE = JOBS.c.status.in_((WAITING, RUNNING))
ONCE = sa.Index("jobs_answer_once", JOBS.c.answer, unique=True, sqlite_where=ACTIVE, postgresql_where=ACTIVE)
"""One job at a time works for an answer, however many servers and users ask."""

QUESTION, ANSWER = "question", "answer"
"""Kinds of jobs: what somebody put in line, and answers that pages and calls wait for."""

WORK, ANSWERS = (QUESTION,), (ANSWER, "claims", "levers", "tariff", "advice")
"""Kinds of jobs and runs: what people ask for, and what the server works out beside because a page or call needs it."""

VERSIONS = sa.Table(
    "schema_version",
    META,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
)
"""Versions that a store has had, and since when."""

CURRENT = 7
"""Version of these tables. Those before lack columns, and their jobs are of kinds that nobody knows any more."""

LOCK = 7_305_217
"""Number by which PostgreSQL lets one server at a time bring a store forward."""


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
