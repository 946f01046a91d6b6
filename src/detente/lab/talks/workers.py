"""Draws of a case in processes of this machine: in chunks, each kept in a file once it is done, taken up again by name.

A draw depends on the seed and its number alone: neither the number of processes nor an interruption moves a byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from detente.codes import InputError, Parameter, Table, declared_note
from detente.data.caserows import CaseFile
from detente.lab.talks.advice import ADVICE, ODDS, Advice
from detente.lab.talks.deals import billions
from detente.lab.talks.draws import CaseDraw, Levels, bands_table, draw_case, drawn_gains, headline_numbers
from detente.lab.talks.odds import EVEN
from detente.lab.talks.talk import Talk
from detente.lab.work.chunks import Chunk, Crew, Files, Progress, chunk_key, go_on, spans
from detente.version import VERSION

CHUNK = 5
SEVERAL = 10
"""Fewer draws than this are not worth starting processes for."""


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
    return band_tables(talk.case.file, done, seed)


def ranged_advice(
    page: Advice,
    talk: Talk,
    draws: int,
    seed: int,
    *,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> tuple[Advice, list[Table]]:
    """The page with how far the gains of its package reach over joint draws, and the tables of `bands`; see there."""
    check_draws(draws)
    row, file = page.advice, talk.case.file
    also = {ADVICE: row.levels} if row is not None else {}
    done = list(drawn_in(file, draws, seed, folder=folder, workers=workers, progress=progress, also=also))
    even = (threat.name for threat in file.threats if threat.kind == "expected" and threat.p == EVEN)
    base = next(even, ODDS) if page.base == ODDS else page.base
    reached = None if row is None else drawn_gains(done, page.weights, ADVICE, base, talk.parties)
    return replace(page, drawn=reached), band_tables(file, done, seed)


def band_tables(file: CaseFile, done: Sequence[CaseDraw], seed: int) -> list[Table]:
    """The same of draws that are done."""
    table = bands_table(file, done, seed)
    return [table, undetermined_table(table)]


def check_draws(draws: int) -> None:
    """`InputError` for fewer draws than a range needs."""
    if draws < 2:
        raise InputError(Parameter("draws"), f"{draws} give no range", "ask for 2 or more, 200 in a report")


def drawn_in(
    file: CaseFile,
    draws: int,
    seed: int,
    *,
    folder: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
    also: Levels | None = None,
) -> Iterator[CaseDraw]:
    """All draws of a case, in order; chunks on record are read, the others solved.

    Parameters
    ----------
    also : outcomes beside those of the file that are measured in each draw.
    """
    drawn = spans(draws, CHUNK)
    content = file.model_dump(mode="json")
    key = chunk_key(content | {"also": dict(also)} if also else content, seed, VERSION)

    def name(number: int) -> str:
        rows = drawn[number]
        return f"talks-{key}-{rows.start:05d}-{rows.stop:05d}.json"

    files = Files(folder, name, _packed, _unpacked)
    chunks = [Chunk(n, len(rows), partial(_chunk, file, seed, rows, also)) for n, rows in enumerate(drawn)]
    go_on(chunks, files, Crew(SEVERAL, workers), progress)
    for solved in files.in_order():
        yield from solved


def _chunk(file: CaseFile, seed: int, numbers: range, also: Levels | None) -> list[CaseDraw]:
    draws = []
    for number in numbers:
        case = draw_case(file, number, seed)
        draws.append(CaseDraw(number, case.inputs, headline_numbers(case, also)))
    return draws


def _packed(solved: Sequence[CaseDraw]) -> bytes:
    rows = [
        {"number": draw.number, "inputs": dict(draw.inputs),
         "numbers": {name: value if value == value else None for name, value in draw.numbers.items()}}
        for draw in solved
    ]  # fmt: skip
    return json.dumps(rows).encode()


def _unpacked(number: int, content: bytes) -> list[CaseDraw]:
    return [CaseDraw(row["number"], row["inputs"], _numbers(row["numbers"])) for row in json.loads(content)]


def _numbers(numbers: Mapping[str, float | None]) -> dict[str, float]:
    return {name: float("nan") if value is None else float(value) for name, value in numbers.items()}


def undetermined_table(ranges: Table) -> Table:
    """Gains whose range holds zero, in the words of the report."""
    rows = []
    for row in ranges.rows():
        if row["sign"] == "not determined" and "over" in row["number"]:
            names = " and ".join(word.rsplit(" ", 1)[0] for word in row["drivers"].split(", "))
            words = declared_note("case.sign_open", names=names) if names else declared_note("case.more_draws")
            rows.append((row["number"], row["low"] / 1e9, row["high"] / 1e9, words))
    return billions("case.undetermined", rows)
