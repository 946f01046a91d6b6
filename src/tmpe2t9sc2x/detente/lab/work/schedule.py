"""Schedule: tasks that need one another's results, done side by side where a second process is given.

A task gives the same wherever it is done, and everything it needs stands before it begins; so neither the number of
processes nor the order in which they finish moves a byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Executor, Future, wait
from dataclasses import dataclass, field
from functools import partial
from threading import RLock
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
    seconds : about how long it takes; of those apart the longest go first, and the shortest is done here if nobody has
        begun it.
    """

    name: str
    work: Callable[[Mapping[str, Outcome]], Outcome] = field(repr=False)
    needs: tuple[str, ...] = ()
    apart: bool = False
    seconds: float = 0.0


def outcomes(
    tasks: Sequence[Task[Outcome]],
    executor: Executor | None = None,
    begun: Mapping[str, Future[Outcome]] | None = None,
) -> Iterator[tuple[str, Outcome]]:
    """The outcome of each task as it is done.

    Parameters
    ----------
    tasks : each after those it needs; what is done here is done in this order, what may be done apart last of all.
    executor : does tasks that may be done apart, the next as soon as it is free; None: everything is done here.
    begun : tasks under way already, by name.
    """
    desk = _Desk(tasks, executor, begun or {})
    while (here := desk.next_here()) is not None or desk.under_way:
        if here is not None:
            desk.done[here.name] = here.work(desk.given(here))
        for task, outcome in desk.back(wanted=here is None):
            yield task.name, outcome
        if here is not None:
            yield here.name, desk.done[here.name]
    if desk.waiting:
        raise ValueError("tasks that need one another in a circle")


class _Desk(Generic[Outcome]):
    """Which tasks wait, are under way in another process, and are done.

    What is handed out is what the other process can begin at once, so that this one takes what nobody is at.
    """

    def __init__(
        self, tasks: Sequence[Task[Outcome]], executor: Executor | None, begun: Mapping[str, Future[Outcome]]
    ) -> None:
        self.known = {task.name: task for task in tasks}
        self.waiting = {name: task for name, task in self.known.items() if name not in begun}
        self.done: dict[str, Outcome] = {}
        # Pools of processes know how many they are; of any other kind one is safe to assume.
        self.executor, self.places = executor, getattr(executor, "_max_workers", 1)
        self.lock = RLock()
        self.under_way: dict[Future[Outcome], Task[Outcome]] = {}
        for name, future in begun.items():
            self._watch(future, self.known[name])

    def given(self, task: Task[Outcome]) -> dict[str, Outcome]:
        """The outcomes that a task takes."""
        return {name: self.done[name] for name in task.needs if name in self.done}

    def next_here(self) -> Task[Outcome] | None:
        """The next task for this process, after others were handed out; one that may be done apart is left to last."""
        with self.lock:
            self._hand_out()
            task = min(self._ready(), key=lambda task: (task.apart, task.apart * task.seconds), default=None)
            return None if task is None else self.waiting.pop(task.name)

    def back(self, *, wanted: bool) -> list[tuple[Task[Outcome], Outcome]]:
        """Tasks that came back; where one is wanted, one that nobody has begun is done here, or the next awaited.

        What is lost on the way is done here.
        """
        with self.lock:
            under_way = dict(self.under_way)
        if wanted and not any(future.done() for future in under_way):
            idle = next((future for future in under_way if future.cancel()), None)
            if idle is None:
                wait(under_way, return_when=FIRST_COMPLETED)
        finished = [(future, task) for future, task in under_way.items() if future.done()]
        for future, task in finished:
            self.done.setdefault(task.name, _or_here(future, lambda task=task: task.work(self.given(task))))
            with self.lock:
                del self.under_way[future]
        return [(task, self.done[task.name]) for _, task in finished]

    def _ready(self) -> list[Task[Outcome]]:
        """Tasks not begun whose needs stand, in their order."""
        return [task for task in self.waiting.values() if all(n in self.done for n in task.needs if n in self.known)]

    def _hand_out(self) -> None:
        """As many tasks as the other processes can begin now."""
        for task in sorted(self._ready(), key=lambda task: -task.seconds):
            busy = sum(not future.done() for future in self.under_way)
            if self.executor is None or busy >= self.places:
                return
            if task.apart and (future := begin(self.executor, task, self.given(task))) is not None:
                del self.waiting[task.name]
                self._watch(future, task)

    def _watch(self, future: Future[Outcome], task: Task[Outcome]) -> None:
        self.under_way[future] = task
        future.add_done_callback(self._freed)

    def _freed(self, future: Future[Outcome]) -> None:
        """Another process has done a task, and goes on with the next while this one is at its own."""
        with self.lock:
            task = self.under_way.get(future)
            if task is not None and not future.cancelled() and future.exception() is None:
                self.done[task.name] = future.result()
                self._hand_out()


def begin(executor: Executor, task: Task[Outcome], given: Mapping[str, Outcome]) -> Future[Outcome] | None:
    """The task, handed out; None where the executor takes nothing any more."""
    return _submitted(executor, partial(task.work, given))


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
