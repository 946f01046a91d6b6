"""Answers worked out side by side: what many of them want of one solver goes to it in one call.

A function marked `stepwise` is written as the steps of one answer. It yields what it wants solved and is sent what was
found, so that the same lines serve one answer and hundreds of them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeAlias, TypeVar, cast

from detente.codes import SolveError

Given = ParamSpec("Given")
Found = TypeVar("Found")
Answer = TypeVar("Answer", covariant=True)


class SolveJob(Protocol):
    """Something to solve."""

    @staticmethod
    def solved(jobs: Sequence[Any]) -> Sequence[Any]:
        """What each of many jobs of this kind gives, or a `SolveError` in its place."""
        ...


Steps: TypeAlias = Generator[SolveJob, Any, Found]
"""The steps of an answer: yields jobs, is sent what each gives, returns the answer."""


class Stepwise(Protocol[Given, Answer]):
    """A function that can also be worked out step by step, beside others."""

    def __call__(self, *args: Given.args, **named: Given.kwargs) -> Answer:
        """The answer."""
        ...

    def steps(self, *args: Given.args, **named: Given.kwargs) -> Steps[Answer]:
        """The steps to it."""
        ...


def stepwise(steps: Callable[Given, Steps[Found]]) -> Stepwise[Given, Found]:
    """The function whose steps are given."""

    @wraps(steps)
    def answer(*args: Given.args, **named: Given.kwargs) -> Found:
        return alone(steps(*args, **named))

    answer.steps = steps  # pyright: ignore[reportAttributeAccessIssue]
    return cast("Stepwise[Given, Found]", answer)


def alone(steps: Steps[Found]) -> Found:
    """One answer.

    Raises
    ------
    SolveError : a job without an answer. What the steps raise.
    """
    (answer,) = every([steps])
    return answer


def every(many: Sequence[Steps[Found]]) -> list[Found]:
    """Many answers.

    Raises
    ------
    SolveError : that of the first without an answer. What the steps raise.
    """
    answers: list[Found] = []
    for answer in together(many):
        if isinstance(answer, SolveError):
            raise answer
        answers.append(answer)
    return answers


AT_A_TIME = 10
"""Answers side by side; with more their arrays outgrow the processor's nearest memory."""


def together(many: Sequence[Steps[Found]]) -> list[Found | SolveError]:
    """Many answers, each as it would be alone, to the byte; the error in the place of one that has none."""
    blocks = [many[start : start + AT_A_TIME] for start in range(0, len(many), AT_A_TIME)]
    return [answer for block in blocks for answer in _side_by_side(block)]


def _side_by_side(many: Sequence[Steps[Found]]) -> list[Found | SolveError]:
    answers: dict[int, Found | SolveError] = {}
    wanted = {n: job for n, steps in enumerate(many) if (job := _go_on(steps, None, answers, n)) is not None}
    while wanted:
        results = _solved(list(wanted.values()))
        waiting, wanted = wanted, {}
        for n, result in zip(waiting, results, strict=True):
            job = _go_on(many[n], result, answers, n)
            if job is not None:
                wanted[n] = job
    return [answers[n] for n in range(len(many))]


def _go_on(steps: Steps[Found], result: Any, answers: dict[int, Found | SolveError], n: int) -> Any:
    """What the steps want next; None where they are at their end, with what they found kept."""
    try:
        return steps.throw(result) if isinstance(result, SolveError) else steps.send(result)
    except StopIteration as end:
        answers[n] = end.value
    except SolveError as error:
        answers[n] = error
    return None


def _solved(jobs: Sequence[SolveJob]) -> list[Any]:
    """What the jobs give, in their order; those of a kind go to their solver together."""
    answers: dict[int, Any] = {}
    for kind in dict.fromkeys(type(job) for job in jobs):
        mine = [n for n, job in enumerate(jobs) if type(job) is kind]
        answers |= dict(zip(mine, kind.solved([jobs[n] for n in mine]), strict=True))
    return [answers[n] for n in range(len(jobs))]
