"""Archive: a store as one file and back, into either database, and what is too old removed.

The file is packed lines of JSON: a head, a row a line, and at the end how many rows of each table there were, with a
hash over all. It is read twice: nothing is restored of a file that is cut short or changed.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import time
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from detente.codes import InputError
from detente.data.store import write_parts
from detente.faces.web.faults import Away, Unwritable
from detente.faces.web.work.schema import ACTIVE, ANSWERS, CURRENT, ENDED, JOBS, KEYS, MAKERS, RUNS
from detente.faces.web.work.store import Store, open_store
from detente.version import VERSION

FORMAT = 1
TABLES = {table.name: table for table in (RUNS, MAKERS, JOBS, KEYS)}
BATCH = 100
"""Rows that are read or written at once."""

DAY = 86_400.0


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The store behind a URL, brought forward where it is older, for one command.

    Raises
    ------
    InputError : a database that cannot be opened, is away, or has no room.
    """
    store = open_store(url)
    try:
        yield store
    except Unwritable as error:
        raise InputError("--database", str(error), "make room, or give another") from None
    except Away:
        raise InputError("--database", "does not answer", "see that it runs, and try again") from None
    finally:
        store.close()


def backup(store: Store, path: Path) -> dict[str, int]:
    """Write a store into one file, as it is at one moment; rows by table.

    Raises
    ------
    OSError : a file that cannot be written.
    """
    counts: Counter[str] = Counter()
    write_parts(path, _packed(_lines(store, counts)), private=True)
    return {name: counts[name] for name in TABLES}


def _packed(lines: Iterator[bytes]) -> Iterator[bytes]:
    """Lines as a gzip file, whose bytes do not tell when it was written."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for line in lines:
        yield packer.compress(line)
    yield packer.flush()


def _lines(store: Store, counts: Counter[str]) -> Iterator[bytes]:
    total = hashlib.sha256()
    made = datetime.now(UTC).isoformat(timespec="seconds")
    yield _line({"detente": "backup", "format": FORMAT, "schema": CURRENT, "version": VERSION, "made": made}, total)
    with store.open(snapshot=True) as open_:
        for name, table in TABLES.items():
            rows = open_.execution_options(yield_per=BATCH).execute(sa.select(table)).mappings()
            for row in rows:
                counts[name] += 1
                yield _line({"table": name, "row": _plain(dict(row))}, total)
    yield _line({"rows": dict(counts), "sha256": total.hexdigest()}, None)


def _line(content: Mapping[str, Any], total: Any) -> bytes:
    line = f"{json.dumps(content, ensure_ascii=False, separators=(',', ':'))}\n".encode()
    if total is not None:
        total.update(line)
    return line


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as JSON has it: bytes as text."""
    return {
        key: {"base64": base64.b64encode(bytes(value)).decode()} if isinstance(value, bytes | memoryview) else value
        for key, value in row.items()
    }


def restore(store: Store, path: Path) -> dict[str, int]:
    """Put the rows of a backup into a store; what is there already stays as it is. Rows added, by table.

    Raises
    ------
    InputError : a file that is no backup, or not a whole one; one of a newer version.
    """
    _check(path)
    added: Counter[str] = Counter()
    with store.open() as open_:
        known = {name: {tuple(row) for row in open_.execute(sa.select(*_key(table)))} for name, table in TABLES.items()}
        for content in _read(path):
            if "row" not in content:
                continue
            name = str(content["table"])
            table, row = TABLES[name], _stored(content["row"])
            mark = tuple(row[column.name] for column in _key(table))
            if mark in known[name] or _clashes(open_, name, row):
                continue
            open_.execute(sa.insert(table).values(**row))
            known[name].add(mark)
            added[name] += 1
    return {name: added[name] for name in TABLES}


def _clashes(open_: sa.Connection, name: str, row: Mapping[str, Any]) -> bool:
    """Whether a row of a backup would stand twice: a user with another key, an answer that is being worked out."""
    if name == KEYS.name:
        which: sa.ColumnElement[bool] = KEYS.c.name == row["name"]
    elif name == JOBS.name and row["answer"] is not None and row["status"] not in ENDED:
        which = sa.and_(JOBS.c.answer == row["answer"], ACTIVE)
    else:
        return False
    return open_.execute(sa.select(sa.literal(1)).select_from(TABLES[name]).where(which)).first() is not None


def _key(table: sa.Table) -> list[sa.Column[Any]]:
    return list(table.primary_key.columns)


def _stored(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the store has it."""
    return {key: base64.b64decode(value["base64"]) if isinstance(value, dict) else value for key, value in row.items()}


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rb") as lines:
        for line in lines:
            yield json.loads(line)


def _check(path: Path) -> None:
    """See that a file is a whole backup of a version that is known here."""
    where = f"server restore {path}"
    total, counts, last = hashlib.sha256(), Counter[str](), dict[str, Any]()
    try:
        with gzip.open(path, "rb") as lines:
            first = next(lines, b"{}")
            head = json.loads(first)
            total.update(first)
            for line in lines:
                last = json.loads(line)
                if "row" in last:
                    total.update(line)
                    counts[last["table"]] += 1
    except FileNotFoundError:
        raise InputError(where, "is not there", "give a file that `detente server backup` wrote") from None
    except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError, zlib.error):
        raise InputError(where, "is no backup, or cut short", "give a whole file of `detente server backup`") from None
    if not isinstance(head, dict) or head.get("detente") != "backup":
        raise InputError(where, "is no backup", "give a file that `detente server backup` wrote")
    if int(head.get("format", 0)) > FORMAT or int(head.get("schema", 0)) > CURRENT:
        raise InputError(where, f"is of a newer version ({head.get('version')})", "install that version")
    if last.get("sha256") != total.hexdigest() or last.get("rows") != dict(counts) or set(counts) - set(TABLES):
        raise InputError(where, "is cut short or changed", "give a whole file of `detente server backup`")


def prune(store: Store, days: float, *, only_answers: bool = False, dry: bool = False) -> dict[str, int]:
    """Remove runs and ended jobs that are older than some days; how many of each.

    Parameters
    ----------
    only_answers : remove what the server worked out for its pages, and leave what people made.
    dry : count, and remove nothing.
    """
    before = time.time() - days * DAY
    runs: sa.ColumnElement[bool] = RUNS.c.created < before
    jobs: sa.ColumnElement[bool] = sa.and_(JOBS.c.status.in_(ENDED), JOBS.c.created < before)
    if only_answers:
        runs, jobs = sa.and_(runs, RUNS.c.kind.in_(ANSWERS)), sa.and_(jobs, JOBS.c.kind.in_(ANSWERS))
    with store.open() as open_:
        counts = {
            name: int(open_.execute(sa.select(sa.func.count()).select_from(table).where(which)).scalar_one())
            for name, table, which in (("runs", RUNS, runs), ("jobs", JOBS, jobs))
        }
        if not dry:
            gone = sa.select(RUNS.c.key).where(runs)
            open_.execute(sa.delete(MAKERS).where(MAKERS.c.run.in_(gone)))
            open_.execute(sa.update(JOBS).where(JOBS.c.run.in_(gone)).values(run=None))
            open_.execute(sa.delete(RUNS).where(runs))
            open_.execute(sa.delete(JOBS).where(jobs))
    if not dry and any(counts.values()):
        store.compact()
    return counts
