"""Worker of a job: a process of its own that reads one request, tells how far it is, and leaves its result in a file.

It ends with the server: when the pipe on its standard input closes, so does it, with all that it started.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from detente.codes.errors import DetenteError  # noqa: E402

Tell = Callable[[str, int, int], None]


def main() -> None:
    """Read a request from standard input, work, and write lines of JSON to standard output."""
    out, sys.stdout = sys.stdout, sys.stderr
    task = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_server, daemon=True).start()
    if task.get("nice") and hasattr(os, "nice"):
        os.nice(task["nice"])

    def send(**content: Any) -> None:
        out.write(f"{json.dumps(content)}\n")
        out.flush()

    answered(task, send)


def answered(task: Mapping[str, Any], send: Callable[..., None]) -> None:
    """Work on a request and say how far it is, then where its result lies or what went wrong.

    Parameters
    ----------
    task : the request, the folder of the job, the key of the answer. send : takes what is told, by name.
    """

    def tell(part: str, done: int, total: int) -> None:
        send(part=part, done=done, total=total)

    try:
        request = {**task["request"], **({"key": task["key"]} if task.get("key") else {})}
        document = run(request, Path(task["folder"]), tell)
        from detente.data.store import write_bytes
        from detente.faces.formats import to_bytes

        path = write_bytes(Path(task["folder"]) / "result.json", to_bytes(document, True))
        send(result=str(path))
    except DetenteError as error:
        send(error=str(error)[:2000])
    except OSError as error:
        from detente.faces.web.problems import unwritable

        words = unwritable(error)
        if not words:
            raise
        send(error=words)
    except MemoryError:
        send(error="the job needs more memory than there is; ask for fewer points or draws")


def _end_with_server() -> NoReturn:
    """End this process and all it started when the server is gone."""
    # Not through the buffer of `sys.stdin`, whose lock an interpreter that ends would wait for.
    while os.read(0, 4096):
        pass
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def run(request: Mapping[str, Any], folder: Path, tell: Tell) -> dict[str, Any]:
    """A question of the registry, with tables that are made only when they are named.

    Parameters
    ----------
    folder : of the job, where a question that is taken up again finds what it had done.
    """

    from detente.faces.ask.answer import Working, heard_by, working
    from detente.faces.ask.question import find
    from detente.faces.ask.saved import document_of

    with heard_by(tell), working(Working(folder / "work", 1)):
        answer = find(request["question"]).ask(request["arguments"])
        late = {name: answer.table(name) for name in request.get("tables", ())}
    more = {name: make for name, make in answer.more.items() if name not in late}
    whole = replace(answer, tables={**answer.tables, **late}, more=more)
    return document_of(whole, request.get("key") or answer.key)


if __name__ == "__main__":
    main()
