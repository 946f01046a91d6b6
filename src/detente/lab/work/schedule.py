"""Schedule: tasks that need one another's results, done side by side where a second process is given.

A task gives the same wherever it is done, and everything it needs stands before it begins; so neither the number of
processes nor the order in which they finish moves a byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class Task(Generic[Outcome]):
    """Something to be done once.

    Attributes
    ----------
    needs : names of tasks whose outcomes it takes; those that are not to be done are left out of what it is given.
    work : outcomes of the tasks it needs -> its own.
    apart : whether another process may do it: `work` and its outcome travel there and back.
    """

    name: str
    work: Callable[[Mapping[str, Outcome]], Outcome] = field(repr=False)
    needs: tuple[str, ...] = ()
    apart: bool = False


def outcomes(
    tasks: Sequence[Task[Outcome]],
    executor: Executor | None = None,
    begun: Mapping[str, Future[Outcome]] | None = None,
) -> Iterator[tuple[str, Outcome]]:
    """The outcome of each task as it is done.

    Parameters
    ----------
    tasks : each after those it needs; what is done here is done in this order.
    executor : does tasks that may be done apart as soon as what they need stands; None: everything is done here.
    begun : tasks under way already, by name.
    """
    done: dict[str, Outcome] = {}
    waiting = {task.name: task for task in tasks}
    under_way = {future: waiting.pop(name) for name, future in (begun or {}).items()}
    while waiting or under_way:
        for task in _ready(waiting, done, tasks):
            if (
                executor is not None
                and task.apart
                and (future := begin(executor, task, _given(task, done))) is not None
            ):
                under_way[future] = waiting.pop(task.name)
        here = next(iter(_ready(waiting, done, tasks)), None)
        if here is not None:
            del waiting[here.name]
            done[here.name] = here.work(_given(here, done))
            yield here.name, done[here.name]
            continue
        for task, outcome in _back(under_way, done):
            done[task.name] = outcome
            yield task.name, outcome


def _ready(
    waiting: Mapping[str, Task[Outcome]], done: Mapping[str, Outcome], tasks: Sequence[Task[Outcome]]
) -> list[Task[Outcome]]:
    """Tasks not begun whose needs stand, in their order."""
    known = {task.name for task in tasks}
    return [task for task in waiting.values() if all(name in done for name in task.needs if name in known)]


def _given(task: Task[Outcome], done: Mapping[str, Outcome]) -> dict[str, Outcome]:
    return {name: done[name] for name in task.needs if name in done}


def begin(executor: Executor, task: Task[Outcome], given: Mapping[str, Outcome]) -> Future[Outcome] | None:
    """The task, handed out; None where the executor takes nothing any more."""
    return _submitted(executor, partial(task.work, given))


def _back(
    under_way: dict[Future[Outcome], Task[Outcome]], done: Mapping[str, Outcome]
) -> Iterator[tuple[Task[Outcome], Outcome]]:
    """Tasks that come back: one that nobody has begun is done here, else what finishes next; what is lost, again.

    Raises
    ------
    ValueError : none is under way, so that those left wait for one another.
    """
    if not under_way:
        raise ValueError("tasks that need one another in a circle")
    idle = next((future for future in under_way if future.cancel()), None)
    finished = {idle} if idle is not None else wait(under_way, return_when=FIRST_COMPLETED).done
    for future in [future for future in under_way if future in finished]:
        task = under_way.pop(future)
        yield task, _result(future, task, done)


def _result(future: Future[Outcome], task: Task[Outcome], done: Mapping[str, Outcome]) -> Outcome:
    return _or_here(future, lambda: task.work(_given(task, done)))


def _or_here(future: Future[Any], here: Callable[[], Any]) -> Any:
    """What another process gives; what is lost on the way is done here."""
    try:
        return future.result()
    except (BrokenExecutor, CancelledError):
        return here()


def _submitted(executor: Executor, work: Callable[[], Any]) -> Future[Any] | None:
    """The work, handed out; None where the executor takes nothing any more."""
    try:
        return executor.submit(work)
    except RuntimeError:  # It is broken, or has ended.
        return None


def handed(executor: Executor, function: Callable[..., Any], /, *args: Any) -> Callable[[], Any]:
    """A call begun in another process; what is returned waits for it, or makes it here where it is lost.

    Parameters
    ----------
    function : of a module, with arguments that travel.
    """
    here = partial(function, *args)
    future = _submitted(executor, here)
    return here if future is None else partial(_or_here, future, here)
