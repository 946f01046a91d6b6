"""Many runs at once: each step goes through all of them, and what fails, fails alone.

A value in these lists is what a run has come to, or the `SolveError` with which it ended; an error stays in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from detente.codes import SolveError

Before = TypeVar("Before")
After = TypeVar("After")
Job = TypeVar("Job")
Result = TypeVar("Result")

AT_A_TIME = 10
"""Runs side by side; with more their arrays outgrow the processor's nearest memory."""


def each(step: Callable[[Before], After], runs: Sequence[Before | SolveError]) -> list[After | SolveError]:
    """One step of every run that goes on."""
    return [run if isinstance(run, SolveError) else _tried(step, run) for run in runs]


def _tried(step: Callable[[Before], After], run: Before) -> After | SolveError:
    try:
        return step(run)
    except SolveError as error:
        return error


def in_one_call(
    kernel: Callable[[Sequence[Job]], Sequence[Result | SolveError]],
    job: Callable[[Before], Job],
    runs: Sequence[Before | SolveError],
) -> list[tuple[Before, Result] | SolveError]:
    """Every run that goes on with what its job gives; the jobs of all go to their kernel together."""
    going = [run for run in runs if not isinstance(run, SolveError)]
    results = iter(kernel([job(run) for run in going]))
    return [run if isinstance(run, SolveError) else _beside(run, next(results)) for run in runs]


def _beside(run: Before, result: Result | SolveError) -> tuple[Before, Result] | SolveError:
    return result if isinstance(result, SolveError) else (run, result)


def in_blocks(kernel: Callable[[Sequence[Before]], Sequence[After]], cases: Sequence[Before]) -> list[After]:
    """What a kernel gives for many cases, so many of them at a time as the processor's nearest memory holds."""
    blocks = [cases[start : start + AT_A_TIME] for start in range(0, len(cases), AT_A_TIME)]
    return [answer for block in blocks for answer in kernel(block)]


def answered(answers: Sequence[After | SolveError]) -> list[After]:
    """The answers.

    Raises
    ------
    SolveError : that of the first run without an answer.
    """
    for answer in answers:
        if isinstance(answer, SolveError):
            raise answer
    return [answer for answer in answers if not isinstance(answer, SolveError)]
