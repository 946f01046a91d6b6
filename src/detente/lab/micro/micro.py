"""Microdata of any size: rows are grouped first, and the law is laid on the cells of each month after.

Blocks of the files and months of the answer are kept in a folder as they are done, under keys of all they depend on, so
that what was stopped goes on and what was grouped once serves the next question. Neither the order of the files nor the
number of processes moves a byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note
from detente.codes.days import EARLIEST
from detente.codes.kinds import checked
from detente.data.limits import processors
from detente.data.rowfile import blocks_of
from detente.data.store import passing_folder, remove_folder
from detente.lab.averages.averages import BY
from detente.lab.micro.answers import MonthShelf
from detente.lab.micro.cells import CENTS, CellsShelf, Unusable, edition_here, grouped
from detente.lab.micro.months import ASKS, MonthJob, MonthQuestion
from detente.lab.micro.setting import MicroSetting
from detente.lab.micro.tables import BUILD, left_out
from detente.lab.work.chunks import Chunk, Crew, chunk_key, go_on
from detente.lab.work.workers import processes
from detente.trade.effective import GROUPS

SEVERAL = 200_000
"""Rows from which on processes are started unless told otherwise."""

BAD = 0.01
"""Part of the rows that may be unusable."""

OWN_MONTH = "own"
Tell = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much."""


@dataclass(frozen=True)
class Micro:
    """Answers about microdata.

    Attributes
    ----------
    tables : by name, the main one first. rows : rows of all files. faults : those that could not be used.
    months : that the rows are of, in order. has : what the rows know of "duty" and "claimed".
    """

    tables: Mapping[str, Table] = field(repr=False)
    rows: int
    faults: Unusable
    months: tuple[str, ...]
    has: frozenset[str] = frozenset()


@checked
def micro(
    files: str | Path | Sequence[str | Path],
    ask: str = "weights",
    *,
    setting: MicroSetting | None = None,
    by: Sequence[str] = (),
    void: Sequence[str] = (),
    weights: str = OWN_MONTH,
    first: str = "",
    last: str = "",
    bad: float = BAD,
    work: str | Path | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    tell: Tell | None = None,
    most: int | None = None,
) -> Micro:
    """Answer a question about rows of trade by month, line and partner.

    Parameters
    ----------
    files : files and folders of CSV, gzipped CSV or Parquet.
    ask : "weights", "daily", "gap" or "refunds".
    by : groupings of weights and gaps; "authority" or "measure" of `daily`. void : what `refunds` takes as void.
    weights : of `daily`: "own" month of each day, a span as 2024-01..2024-12, or a number of months up to its own.
    first, last : months, all by default.
    bad : share of the rows that may be unusable. work : folder of what is done; none is left without.
    workers, executor : processes of this machine, or what is used in their place. most : months that are answered for.

    Raises
    ------
    UnknownName, InputError : another question, files that cannot be read, too many rows that cannot be used.
    """
    setting = setting or MicroSetting()
    question = MonthQuestion(ask, setting, tuple(by), tuple(void))
    _check(question, weights, bad)
    paths = [Path(files)] if isinstance(files, str | Path) else [Path(file) for file in files]
    blocks = blocks_of(paths)
    with _folder(work) as folder, _at_work(sum(b.size for b in blocks), workers, executor) as pool:
        shelf = CellsShelf(folder, setting.of, edition_here(), blocks)
        crew = Crew(SEVERAL, 1, pool)
        chunks = [
            Chunk(n, block.size, partial(grouped, block, setting.of, shelf.edition)) for n, block in enumerate(blocks)
        ]
        go_on(chunks, shelf, crew, None if tell is None else partial(tell, "rows"))
        _check_faults(shelf, bad)
        _check_duty(shelf, ask)
        months = _months(shelf, first, last, ask)
        if most is not None and len(months) > most:
            repair = f"name {most} or fewer by the first and the last, or use the command"
            raise InputError("months", f"there are {len(months)} to answer for", repair)
        jobs = [_job(question, shelf, month, weights) for month in months]
        answers = _answers(jobs, shelf, folder, crew, tell)
        tables = BUILD[ask](question, months, answers, "duty" in shelf.has)
    notes = (f"{shelf.rows:,} rows", *_notes(question, weights, shelf))
    made = {table.name: table.noted(*notes) for table in tables}
    if shelf.faults.count:
        made["left_out"] = left_out(shelf.faults, shelf.rows)
    return Micro(made, shelf.rows, shelf.faults, tuple(months), shelf.has)


def _check(question: MonthQuestion, weights: str, bad: float) -> None:
    if question.ask not in ASKS:
        raise UnknownName("question", question.ask, ASKS, Parameter("ask"), f"use {', '.join(ASKS)}")
    if question.ask == "refunds" and not question.void:
        raise InputError(Parameter("void"), "says what is void, and is missing", "give an id or basis:IEEPA")
    if question.ask != "daily" and weights != OWN_MONTH:
        raise InputError(Parameter("weights"), "are for the daily series", "drop them, or ask for daily")
    _check_by(question)
    if not 0.0 <= bad <= 1.0:
        raise InputError(Parameter("bad"), f"{bad:g} is no share", "give a number from 0 to 1")
    # What is void, and the law, are read before anything long begins.
    question.setting.check()
    question.setting.law.without(question.void, where=Parameter("void"))


def _check_by(question: MonthQuestion) -> None:
    if question.ask == "refunds" and question.by:
        raise InputError(Parameter("by"), "refunds come by month, authority and partner", "drop it")
    known = GROUPS if question.ask == "daily" else BY
    for name in question.by:
        if name not in known:
            raise UnknownName("grouping", name, known, Parameter("by"), f"use {', '.join(known)}")
    if question.ask == "daily" and len(question.by) > 1:
        raise InputError(Parameter("by"), "a daily series has one kind of columns", "use authority or measure")


@contextmanager
def _folder(work: str | Path | None) -> Iterator[Path]:
    """The folder of the work; one that goes again where none is named."""
    if work is None:
        passing = passing_folder("detente-micro")
        try:
            yield passing
        finally:
            remove_folder(passing)
        return
    folder = Path(work)
    if folder.exists() and not folder.is_dir():
        raise InputError(str(folder), "is a file, not a folder", "choose a folder")
    yield folder.resolve()


@contextmanager
def _at_work(rows: int, workers: int | None, executor: Executor | None) -> Iterator[Executor | None]:
    """What blocks and months are handed to, the same for both; None for this process."""
    if workers is not None and workers < 1:
        raise InputError(Parameter("workers"), f"{workers} processes cannot work", "give 1 or more")
    count = workers or (processors() if rows >= SEVERAL else 1)
    if executor is not None or count == 1:
        yield executor
        return
    with processes(count) as pool:
        yield pool


def _check_faults(shelf: CellsShelf, bad: float) -> None:
    faults, rows = shelf.faults, shelf.rows
    count = sum(faults.count.values())
    if count > bad * rows:
        why = "; ".join(f"{n:,} times {reason}" for reason, n in faults.count.items())
        first = "; ".join(f"{name}, row {row:,}: {text}" for name, row, text in faults.first)
        what = f"{count:,} of {rows:,} rows cannot be used, more than {bad:.1%}: {why}. The first: {first}"
        raise InputError("rows", what, "mend them, or allow more with `bad`")


def _check_duty(shelf: CellsShelf, ask: str) -> None:
    if ask == "gap" and "duty" not in shelf.has:
        raise InputError(
            "files", "do not all have a column 'duty'", "a gap is duty owed less duty collected: give the second"
        )


def _months(shelf: CellsShelf, first: str, last: str, ask: str) -> list[str]:
    """The months that are answered for; those before the law begins have weights alone."""
    begins = "" if ask == "weights" else f"{EARLIEST:%Y-%m}"
    months = [m for m in shelf.months if max(first, begins) <= m <= (last or "9")]
    if not months:
        known = list(shelf.months)
        span = f"rows are of {known[0]} to {known[-1]}" if known else "no row can be used"
        raise InputError("months", "there is nothing to answer for", f"{span}; the law begins with {EARLIEST:%Y-%m}")
    return months


def _job(question: MonthQuestion, shelf: CellsShelf, month: str, weights: str) -> MonthJob:
    months = _window(weights, month, list(shelf.months))
    parts = dict.fromkeys(str(path) for each in months for path in shelf.months[each])
    return MonthJob(question, month, tuple(months), tuple(parts), shelf.has, shelf.edition)


def _window(weights: str, month: str, known: Sequence[str]) -> list[str]:
    """The months whose trade weighs the days of a month."""
    if weights == OWN_MONTH:
        return [month]
    start, dots, end = (part.strip() for part in weights.partition(".."))
    if dots:
        window = [each for each in known if start <= each <= end]
        if not window:
            raise InputError(
                Parameter("weights"),
                f"there is nothing from {start} to {end}",
                f"rows are of {known[0]} to {known[-1]}",
            )
        return window
    if not (weights.isascii() and weights.isdigit() and int(weights)):
        raise InputError(
            Parameter("weights"), f"'{weights}' is no window of months", "use own, 12, or two months with .. between"
        )
    return [each for each in known if each <= month][-int(weights) :]


def _answers(jobs: Sequence[MonthJob], shelf: CellsShelf, folder: Path, crew: Crew, tell: Tell | None) -> MonthShelf:
    """The answer of each month."""
    common = chunk_key(shelf.edition, jobs[0].question, jobs[0].question.setting.hashes, sorted(shelf.has))
    answers = MonthShelf(folder, {job.month: _named(job, common) for job in jobs})
    chunks = [Chunk(n, 1, job.run) for n, job in enumerate(jobs)]
    go_on(chunks, answers, crew, None if tell is None else partial(tell, "months"))
    return answers


def _named(job: MonthJob, common: str) -> str:
    key = chunk_key(common, job.weights, sorted(Path(part).name for part in job.parts))
    return f"{job.question.ask}-{job.month}-{key}.parquet"


def _notes(question: MonthQuestion, weights: str, shelf: CellsShelf) -> list[str]:
    notes = []
    if question.ask == "daily":
        months = "micro.weights_months" if weights.isdigit() else "micro.weights_span"
        notes.append(declared_note("micro.weights_own" if weights == OWN_MONTH else months, window=weights))
    if "claimed" not in shelf.has and question.ask != "weights":
        notes.append(declared_note("micro.no_programme"))
    rows, cents = shelf.faults.moved
    if rows:
        notes.append(declared_note("micro.moved", rows=rows, value=cents / CENTS))
    if question.ask != "weights" and min(shelf.months) < f"{EARLIEST:%Y-%m}":
        notes.append(declared_note("micro.before", month=f"{EARLIEST:%Y-%m}"))
    return notes
