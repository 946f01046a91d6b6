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
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

from detente.codes.errors import DetenteError  # noqa: E402

if TYPE_CHECKING:
    from detente.codes import Table
    from detente.codes.standing import Standing

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

    def tell(part: str, done: int, total: int) -> None:
        send(part=part, done=done, total=total)

    try:
        request = {**task["request"], **({"key": task["key"]} if task.get("key") else {})}
        document = WORK[task["kind"]](request, Path(task["folder"]), tell)
        from detente.data.store import write_bytes
        from detente.faces.web.media import to_bytes

        path = write_bytes(Path(task["folder"]) / "result.json", to_bytes(document, "answer" in document))
        send(result=str(path))
    except DetenteError as error:
        send(error=str(error)[:2000])
    except OSError as error:
        from detente.faces.web.faults import unwritable

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


def run_scenario(request: Mapping[str, Any], folder: Path, tell: Tell) -> dict[str, Any]:
    """A scenario run."""
    del folder
    from dataclasses import replace
    from datetime import date

    from detente.faces.report.saved import as_document
    from detente.faces.web.work.uploads import scenario_of
    from detente.faces.words.findings import findings
    from detente.lab.run import run

    tell("law", 0, 1)
    today = date.fromisoformat(request["today"]) if request.get("today") else date.today()
    result = run(scenario_of(request["scenario"]), today=today, draws=request.get("draws"), progress=tell)
    return as_document(replace(result, sentences=findings(result)))


def run_sweep(request: Mapping[str, Any], folder: Path, tell: Tell) -> dict[str, Any]:
    """A scenario over many values of its fields; parts that are done are taken up again."""
    import hashlib
    from datetime import date

    from detente.faces.report.saved import as_document
    from detente.faces.web.work.uploads import scenario_of
    from detente.lab.result import Result
    from detente.lab.sweep.job import sweep

    scenario = scenario_of(request["scenario"])
    today = date.fromisoformat(request["today"]) if request.get("today") else date.today()
    kept = ("headline", "economy") if scenario.report.world else ("headline",)
    result = sweep(
        scenario, request["over"], workers=1, lhs=request.get("lhs"), seed=request.get("seed"), tables=kept,
        out=folder / "sweep", resume=True, today=today,
        progress=lambda done, total: tell("points", done, total),
    )  # fmt: skip
    tables = {name: result.table(name) for name in result.names if name != "failed"}
    key = hashlib.sha256(json.dumps(result.manifest, sort_keys=True, default=str).encode()).hexdigest()[:12]
    dated = scenario if not isinstance(scenario.on, str) else scenario.model_copy(update={"on": today})
    sentences = (f"{result.points} points, {result.failed} without an equilibrium",)
    return as_document(Result(dated, key, tables, sentences))


def run_talks(request: Mapping[str, Any], folder: Path, tell: Tell) -> dict[str, Any]:
    """The report of a case of the talks, with ranges over draws where they are asked for."""
    from detente.faces.words.case import report_sentences
    from detente.lab.talks.report import SECTIONS, section_tables, standings
    from detente.lab.talks.talk import open_talk
    from detente.lab.talks.workers import bands

    tell("payoffs", 0, len(SECTIONS))
    talk = open_talk(request["case"], check=False)
    if len(talk.parties) > 2:
        from detente.faces.web.work.many import many_parts

        file = talk.case.file
        whole = many_parts(talk, request, tell, folder / "draws")
        return _document(f"talks-{file.name}", file.title, file.on, request, *whole, standings(talk))
    tables = {}
    for index, name in enumerate(SECTIONS):
        tables |= {table.name: table for table in section_tables(talk, name)}
        tell(name, index + 1, len(SECTIONS))
    draws, seed = int(request.get("draws") or 0), int(request.get("seed") or 20250512)
    if draws:
        band_tables = bands(
            talk, draws, seed, folder=folder / "draws", workers=1, progress=lambda d, t: tell("draws", d, t)
        )
        tables |= {table.name: table for table in band_tables}
    file = talk.case.file
    lines = tuple(report_sentences(talk))
    return _document(f"talks-{file.name}", file.title, file.on, request, tables, lines, standings(talk))


def run_chain(request: Mapping[str, Any], folder: Path, tell: Tell) -> dict[str, Any]:
    """Months and losses of a chain, with ranges over draws where they are asked for."""
    from detente.faces.web.work.questions import question_of
    from detente.lab.chains.answer import answer
    from detente.lab.chains.draws import spread
    from detente.lab.chains.paths import FIRST
    from detente.lab.chains.tables import first_table, losses_table, months_table, prices_table

    question = question_of(
        request["chain"], request.get("cut"), request.get("scenario") or "", int(request.get("months") or 24),
        request.get("to") or "", request.get("countries") or "USA",
    )  # fmt: skip
    tell("months", 0, 1)
    result, draws = answer(question, worth=False), int(request.get("draws") or 0)
    ranges = None
    if draws:
        ranges = spread(
            question, draws, int(request.get("seed") or 0), folder=folder / "draws", workers=1,
            progress=lambda done, total: tell("draws", done, total),
        )  # fmt: skip
    tables = [
        losses_table(result, ranges),
        first_table(result, ranges),
        prices_table(result, ranges),
        months_table(result),
    ]
    named = {table.name: table for table in tables}
    return _document(f"chain-{request['chain']}", f"Chain {request['chain']}", FIRST, request, named, ())


def run_claims(request: Mapping[str, Any], folder: Path, tell: Tell) -> dict[str, Any]:
    """Verdicts of a ledger on the record of a day, and the readings behind them."""
    del folder
    from datetime import date

    from detente.lab.claims.board import board, by_side
    from detente.lab.claims.check import check
    from detente.lab.claims.ledger import load_ledger
    from detente.lab.claims.words import checks_table, readings_table

    as_of, ledger = date.fromisoformat(request["as_of"]), request["ledger"]
    tell("claims", 0, 1)
    checks = check(
        ledger, as_of=as_of, draws=int(request["draws"]), only=request["only"],
        progress=lambda done, total: tell("claims", done, total),
    )  # fmt: skip
    glance = board(checks, load_ledger(ledger))
    shown = (checks_table(checks), readings_table(checks), glance, by_side(glance))
    tables = {table.name: table for table in shown}
    return _document(f"claims-{ledger}", f"Claims {ledger} on the record of {as_of}", as_of, request, tables, ())


def run_levers(request: Mapping[str, Any], folder: Path, tell: Tell) -> dict[str, Any]:
    """What levers of a chain are worth to a country, and its loss with the plants as announced."""
    del folder
    from dataclasses import replace

    from detente.codes import table_of
    from detente.faces.web.work.questions import question_of
    from detente.lab.chains.levers import levers_worth
    from detente.lab.chains.paths import FIRST

    chain, country, months = request["chain"], request["country"], int(request["months"])
    question = question_of(chain, request["cut"], request["path"], months, "", country)
    tell("levers", 0, 1)
    result = levers_worth(
        question, country, names=request["names"], progress=lambda done, total: tell("levers", done, total)
    )
    title = f"What levers are worth to {country}, {months} months"
    worth = result.worth.table()
    worth = replace(worth, name="levers", title=title, notes=(*worth.notes, *result.notes))
    loss = table_of("chains.loss", [(result.base_loss,)])
    return _document(f"levers-{chain}", title, FIRST, request, {table.name: table for table in (worth, loss)}, ())


def run_question(request: Mapping[str, Any], folder: Path, tell: Tell) -> dict[str, Any]:
    """A question of the registry, with tables that are made only when they are named."""
    del folder
    from dataclasses import replace

    from detente.faces.ask.progress import heard_by
    from detente.faces.ask.question import find
    from detente.faces.ask.saved import document_of

    with heard_by(tell):
        answer = find(request["question"]).ask(request["arguments"])
        late = {name: answer.table(name) for name in request.get("tables", ())}
    more = {name: make for name, make in answer.more.items() if name not in late}
    whole = replace(answer, tables={**answer.tables, **late}, more=more)
    return document_of(whole, request.get("key") or answer.key)


def _document(
    name: str,
    title: str,
    on: Any,
    request: Mapping[str, Any],
    tables: Mapping[str, Table],
    sentences: tuple[str, ...],
    standings: Mapping[str, Standing] | None = None,
) -> dict[str, Any]:
    """A result under the key that is asked for, or one made of what was asked.

    Parameters
    ----------
    standings : how far the laws behind it are on record; by default what its tables say of US law.
    """
    import hashlib

    from detente.faces.report.saved import as_document
    from detente.lab.result import Result
    from detente.lab.scenario import Scenario
    from detente.version import VERSION

    words = {key: value for key, value in request.items() if key != "key"}
    text = json.dumps([name, words, VERSION], sort_keys=True)
    key = request.get("key") or hashlib.sha256(text.encode()).hexdigest()[:12]
    note = f"Asked: {json.dumps(words, sort_keys=True)}"
    own = [table.standing for table in tables.values() if table.standing is not None]
    by_side = standings if standings is not None else {"USA": own[0]} if own else {}
    return as_document(
        Result(Scenario(name=name, title=title, note=note, on=on), key, tables, sentences, standings=by_side)
    )


WORK: Mapping[str, Callable[[Mapping[str, Any], Path, Tell], dict[str, Any]]] = {
    "run": run_scenario,
    "sweep": run_sweep,
    "talks": run_talks,
    "chain": run_chain,
    "claims": run_claims,
    "levers": run_levers,
    "tariff": run_scenario,
    "question": run_question,
    "answer": run_question,
}

if __name__ == "__main__":
    main()
