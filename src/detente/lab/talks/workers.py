"""Draws of a case in processes of this machine: in chunks, each kept in a file once it is done, taken up again by name.

A draw depends on the seed and its number alone: neither the number of processes nor an interruption moves a byte.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import as_completed
from pathlib import Path

from detente.codes import Column, InputError, Table, Unit
from detente.data.casefile import CaseFile
from detente.data.limits import processors
from detente.data.store import write_bytes
from detente.lab.talks.deals import table_of, text
from detente.lab.talks.draws import Drawn, bands_table, draw_case, headline_numbers
from detente.lab.talks.talk import Talk
from detente.lab.work.workers import processes
from detente.version import VERSION

CHUNK = 5
SEVERAL = 10
"""Fewer draws than this are not worth starting processes for."""

Progress = Callable[[int, int], None]


def bands(
    talk: Talk,
    draws: int,
    seed: int,
    *,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Table]:
    """Ranges of the headline numbers over joint draws, and the sentences for those whose sign is not determined.

    Parameters
    ----------
    folder : where finished chunks are kept and taken up again; None keeps none.
    workers : processes; by default one a core.

    Raises
    ------
    InputError : fewer than two draws, or a folder that is a file.
    """
    check_draws(draws)
    done = list(drawn_in(talk.case.file, draws, seed, folder=folder, workers=workers, progress=progress))
    table = bands_table(talk.case.file, done, seed)
    return [table, undetermined_table(table)]


def check_draws(draws: int) -> None:
    """`InputError` for fewer draws than a range needs."""
    if draws < 2:
        raise InputError("--draws", f"{draws} give no range", "ask for 2 or more, 200 in a report")


def drawn_in(
    file: CaseFile,
    draws: int,
    seed: int,
    *,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Iterator[Drawn]:
    """All draws of a case, in order; chunks on record are read, the others solved."""
    if folder is not None and folder.exists() and not folder.is_dir():
        raise InputError(f"--resume {folder}", "is a file", "name a folder")
    key = _key(file, seed)
    chunks = [range(at, min(at + CHUNK, draws)) for at in range(0, draws, CHUNK)]
    found = {chunk: kept for chunk in chunks if (kept := _read(folder, key, chunk)) is not None}
    tell = progress or (lambda done, total: None)
    tell(sum(len(chunk) for chunk in found), draws)
    for chunk, solved in _solved(file, seed, [chunk for chunk in chunks if chunk not in found], workers):
        _keep(folder, key, chunk, solved)
        found[chunk] = solved
        tell(sum(len(one) for one in found), draws)
    for chunk in chunks:
        yield from found[chunk]


def _solved(
    file: CaseFile, seed: int, chunks: Sequence[range], workers: int | None
) -> Iterator[tuple[range, list[Drawn]]]:
    several = workers or (1 if sum(map(len, chunks)) < SEVERAL else processors())
    several = min(several, len(chunks))
    if several <= 1:
        for chunk in chunks:
            yield chunk, _chunk(file, seed, chunk)
        return
    with processes(several) as pool:
        waiting = {pool.submit(_chunk, file, seed, chunk): chunk for chunk in chunks}
        for job in as_completed(waiting):
            yield waiting[job], job.result()


def _chunk(file: CaseFile, seed: int, numbers: range) -> list[Drawn]:
    found = []
    for number in numbers:
        case = draw_case(file, number, seed)
        found.append(Drawn(number, case.inputs, headline_numbers(case)))
    return found


def _key(file: CaseFile, seed: int) -> str:
    """A short name of everything the draws depend on."""
    content = [file.model_dump(mode="json"), seed, VERSION]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def _path(folder: Path, key: str, chunk: range) -> Path:
    return folder / f"talks-{key}-{chunk.start:05d}-{chunk.stop:05d}.json"


def _read(folder: Path | None, key: str, chunk: range) -> list[Drawn] | None:
    """A chunk on record; None where it is missing or cut short."""
    path = None if folder is None else _path(folder, key, chunk)
    if path is None or not path.exists():
        return None
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [Drawn(row["number"], row["inputs"], _numbers(row["numbers"])) for row in rows]
    except (ValueError, KeyError, TypeError):
        return None


def _numbers(held: Mapping[str, float | None]) -> dict[str, float]:
    return {name: float("nan") if value is None else float(value) for name, value in held.items()}


def _keep(folder: Path | None, key: str, chunk: range, solved: Sequence[Drawn]) -> None:
    """Write a chunk whole or not at all."""
    if folder is None:
        return
    rows = [
        {"number": one.number, "inputs": dict(one.inputs),
         "numbers": {name: value if value == value else None for name, value in one.numbers.items()}}
        for one in solved
    ]  # fmt: skip
    write_bytes(_path(folder, key, chunk), json.dumps(rows).encode())


def undetermined_table(ranges: Table) -> Table:
    """Gains whose range holds zero, in the words of the report."""
    rows = []
    for row in ranges.rows():
        if row["sign"] == "not determined" and "over" in row["number"]:
            names = " and ".join(word.rsplit(" ", 1)[0] for word in row["drivers"].split(", "))
            rows.append(
                (row["number"], row["low"] / 1e9, row["high"] / 1e9, f"Sign not determined; what decides: {names}.")
            )
    columns = (
        text("number", "weights | outcome | party | concept"), Column("low", Unit.USD, "5% of draws"),
        Column("high", Unit.USD, "95% of draws"), text("sentence"),
    )  # fmt: skip
    return table_of("undetermined", "Gains whose sign is not determined", columns, rows)
