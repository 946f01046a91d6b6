"""What a scenario does, and a scenario over many values of its inputs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import detente.lab.run as lab
from detente.codes import MOST_DRAWS, InputError, Parameter, Table, table_of, whole_number
from detente.data.assumptions import COLUMNS
from detente.data.casefile import is_case, load_case
from detente.data.tables import place
from detente.faces.ask.answer import HOW, PROOF, Answer, Number, how, is_glance, tell, workbook_path
from detente.faces.ask.arguments import KINDS, parts_of
from detente.faces.ask.question import question
from detente.faces.report import ahead, check_target, rendered
from detente.faces.report.saved import read_result
from detente.faces.words.brief import UNTOLD, as_html, as_text, brief, briefed, spoken
from detente.faces.words.findings import lead_of
from detente.faces.words.language import load
from detente.lab.compare import compare, rates_of
from detente.lab.deal.part import LENGTHS
from detente.lab.duties.tables import FIXED
from detente.lab.key import data_hashes, key_of, rooted
from detente.lab.parts import tables_without
from detente.lab.prepared import Runnable, asked_scenario, prepared
from detente.lab.ranges.numbers import RunTables
from detente.lab.result import Result
from detente.lab.scenario import load_scenario, shipped
from detente.lab.sweep.world import ECONOMY, swept_as
from detente.lab.work.chunks import second_process
from detente.lab.work.threads import keep_memory

#: Endings of reports: a page, a paper, and the result itself, which can be read again.
PAGES = ("html", "pdf", "json")

#: Tables that readers ask for first.
FIRST = (
    "headline", "partner", "section", "products", "china", "importer_pairs", "prices", "households", "outcomes",
    "incomes", "sectors", "materials", "deals", "stability", "history", "published", "terms", "costs",
)  # fmt: skip


def key_of_run(given: Mapping[str, Any]) -> str:
    """The key that every run of a scenario has; "" where more is asked than the scenario says.

    Raises
    ------
    InputError, UnknownName : what cannot be run.
    """
    named = {name for name, value in given.items() if value not in (None, "", [])}
    parts = parts_of(given.get("scenario") or (), "scenario", "scenario")
    if named - {"scenario", "draws"} or len(parts) != 1:
        return ""
    scenario, _ = asked_scenario(KINDS["scenario"][0](parts[0], Parameter("scenario"), ()))
    if not isinstance(parts[0], str):
        prepared(scenario, today=date.today(), folder=Path("no-folder"))
    return key_of(scenario, Path(), int(given["draws"]) if "draws" in named else None, data_hashes(scenario))


@question(
    "Deals", "run geneva --draws 0", "run geneva thirty-four", "run",
    choices={"world": "detente.data.worlds:world_names"}, tool=True, long=True, own_day=True,
    endings=(*PAGES, "zip", PROOF),
    known_key=key_of_run,
)  # fmt: skip
def run(
    scenario: Runnable | Sequence[Runnable] = (),
    on: date | None = None,
    *,
    variant: str = "",
    world: str = "",
    closure: str = "",
    costs: str | Sequence[Mapping[str, Any]] | None = None,
    draws: int | None = None,
    seed: int | None = None,
    dry_run: bool = False,
) -> Answer:
    """What a scenario does: tariffs, prices, incomes, materials, and whether a deal would hold.

    Several scenarios stand side by side; without one the scenarios are listed. A file that ends in .html or .pdf is the
    report, one in .json the result, which can be given in place of a scenario. One in .zip holds all that a referee
    needs; given in place of a scenario it is run again and compared. One in .proof.zip is checked by `tools/verify.py`.

    >>> import detente as dt
    >>> answer = dt.run("geneva", draws=0)
    >>> round(float(answer), 3)
    0.15

    Parameters
    ----------
    scenario : Scenario to run: a name, a file, a saved result, a .zip package, or what a scenario file says.
    draws : Draws behind the range, in place of the scenario's own; all inputs are then drawn at once, which takes
        longer.
    """
    given: list[Any] = list(scenario) if isinstance(scenario, tuple) else [scenario]
    changes = {"variant": variant, "world": world, "closure": closure, "costs": costs, "seed": seed}
    if not given:
        each = ((name, load_scenario(name)[0]) for name in shipped())
        listed = table_of("compare.scenarios", [(name, own.title, str(own.on), own.note) for name, own in each])
        return Answer.of(f"There are {len(listed)} scenarios to run.", [listed], following="detente run geneva")
    if dry_run:
        return _checked(given, on, draws, changes)
    if len(given) > 1:
        return _side_by_side(given, on, draws, changes)
    text = str(given[0]) if isinstance(given[0], str | Path) else ""
    ending = text.rpartition(".")[2]
    if ending == "zip" or (text and Path(text).is_dir()):
        return _again(Path(text))
    if ending == "json":
        return of_result(briefed(read_result(Path(text))), text)
    return _run(given[0], on, draws, changes)


def _run(given: Any, on: date | None, draws: int | None, changes: Mapping[str, Any]) -> Answer:
    """The answer to one scenario; on the command line in two processes, with what will be shown in mind."""
    how, glance = HOW.get() or {}, is_glance() and not draws
    page = [Path(how["out"])] if how and how["out"] is not None and str(how["out"]).endswith(PAGES) else []
    for path in page:
        check_target(path)
    if how:
        keep_memory()
    if how and not draws:
        lab.load_shared(findings=not glance)
    only, say = (tables_without((*UNTOLD, LENGTHS)), briefed) if glance else ((), spoken)
    # With draws the cores are busy as it is, and a server has others to serve.
    with second_process(not draws) if how else nullcontext() as executor:
        scenario, folder = asked_scenario(given, **changes)
        seen = ahead(executor, page, False)
        result = say(lab.run(
            scenario, today=date.today(), on=on, draws=draws, only=only, folder=folder, progress=tell, seen=seen,
            executor=executor,
        ))  # fmt: skip
        made = {
            path.suffix[1:]: rendered(result, path.suffix, False, executor, workbook_path(path).name) for path in page
        }
    names = [name for name in (*UNTOLD, LENGTHS) if glance and name not in result.tables]
    untold = {name: lambda name=name: _run(given, on, draws, changes).table(name) for name in names}
    return of_result(result, _plainly(given), (folder, draws), made, untold)


def _plainly(given: Any) -> Any:
    """A scenario as JSON has it."""
    return str(given) if isinstance(given, Path) else given


def of_result(
    result: Result,
    given: Any,
    own: tuple[Path | None, int | None] = (None, None),
    made: Mapping[str, bytes] | None = None,
    untold: Mapping[str, Callable[[], Table]] | None = None,
) -> Answer:
    """A result as an answer.

    Parameters
    ----------
    given : what was asked. own : the folder of its own files, and draws that were asked for.
    made : pages that were written while it ran. untold : tables that were left out.
    """
    words, scenario = brief(result), result.scenario
    title = words.title if words.title.endswith((".", "?", "!")) else f"{words.title}."
    does, rest = words.does[:1], replace(words, title="", warnings=(), does=words.does[1:], hold=words.hold[1:])
    if not does:  # no income and no price was asked for: the laws and their averages are the answer
        does, rest = (words.dated, lead_of("duties", RunTables(result.tables), load())), replace(rest, dated="")
    names = [*(name for name in FIRST if name in result.tables), *(name for name in result.tables if name not in FIRST)]
    number = None
    if words.lines and words.lines[0].name == "average":
        first, against = words.lines[0].number, next(result.tables["headline"].rows())["against"]
        low, high = (None if first.range is None else getattr(first.range, end) for end in ("low", "high"))
        number = Number(first.value, "share", low, high, words.lines[0].mover, f"the tariffs of {against}",
                        "average tariff at fixed weights")  # fmt: skip
    written = made or {}
    files: dict[str, Callable[[str], bytes]] = {
        form: lambda home, form=form: (
            written.get(form) or rendered(result, f".{form}", workbook=home if home.endswith(".xlsx") else "")
        )
        for form in PAGES
    }
    files |= {form: lambda home, form=form: _archive(form, result, *own) for form in ("zip", PROOF)}
    return Answer(
        " ".join(filter(None, [title, *does, *words.hold[:1]])), {name: result.tables[name] for name in names}, number,
        warnings=words.warnings, arguments={"scenario": given, "on": scenario.on},
        following=f"detente run {scenario.name or 'SCENARIO'} --out {scenario.name or 'report'}.html",
        verbatim=as_text(rest), markup=as_html(rest), feeds=files,
        result=result, own_key=result.key, more={**(untold or {}), **_ground(result)},
    )  # fmt: skip


def _archive(form: str, result: Result, folder: Path | None, draws: int | None) -> bytes:
    from detente.faces.report import proof, replication  # They load the report, which few ask for.

    return (proof.proof if form == PROOF else replication.packed)(result, folder, draws)


def _ground(result: Result) -> dict[str, Callable[[], Table]]:
    """What a result stands on, as tables: assumptions, and data with publisher, vintage and hash."""

    def listed(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], **words: str) -> Table:
        return table_of(f"package.{name}", [[str(row[key]).strip() for key in columns] for row in rows], **words)

    sources = ("title", "publisher", "vintage", "sha256")
    return {
        "assumptions": lambda: listed(
            "assumptions", COLUMNS, result.assumptions, importer=place(result.scenario.importer)
        ),
        "sources": lambda: listed("sources", sources, result.vintages.values()),
    }


def _checked(given: Sequence[Any], on: date | None, draws: int | None, changes: Mapping[str, Any]) -> Answer:
    """Whether scenarios and cases of the talks can be run, in the words in which a run would refuse them."""
    rows = []
    for each in given:
        if isinstance(each, str) and is_case(each):
            rows.append((each, "case", load_case(each).on))
            continue
        scenario, folder = asked_scenario(each, **changes)
        ready = prepared(scenario, today=date.today(), on=on, draws=draws, folder=folder)
        laws = {pairing.after.on: None for pairing in ready.pairings[ready.scenario.importer]}
        rows += [(scenario.name, "scenario", day) for day in laws]
    say = load()
    named = say.listed([f"{name} (tariffs of {say.day(day)})" for name, _, day in rows])
    return Answer.of(f"{named} can be run.", [table_of("compare.checked", rows)])


def _side_by_side(given: Sequence[Any], on: date | None, draws: int | None, changes: Mapping[str, Any]) -> Answer:
    """Scenarios, and results that were saved, in a row each."""
    whole_number(draws or 0, "draws", 0, MOST_DRAWS)
    saved = [isinstance(each, str | Path) and str(each).endswith(".json") for each in given]
    # A name nobody knows is refused before the first of the others is computed.
    loaded = [None if kept else asked_scenario(each, **changes) for each, kept in zip(given, saved, strict=True)]
    results = [
        read_result(Path(each)) if pair is None else rates_of(rooted(*pair), date.today(), draws, on)
        for each, pair in zip(given, loaded, strict=True)
    ]
    table, say = compare(results), load()
    names = table["scenario"].tolist()
    labels = [row["variant"] if names.count(row["scenario"]) > 1 else row["scenario"] for row in table]
    rates = [f"{say.percent(row['average'])} under {label}" for row, label in zip(table, labels, strict=True)]
    whose = {result.scenario.importer for result in results}
    importer = f" {say.country(whose.pop(), 'adjective')}" if len(whose) == 1 else ""
    head = f"The average{importer} tariff is {say.listed(rates)}."
    return Answer.of(head, [table], arguments={"scenario": [_plainly(each) for each in given]})


def _again(path: Path) -> Answer:
    """A package, whose scenario is run again: whether every number is the one that it holds."""
    from detente.faces.report.replication import verified

    result, table = verified(path)
    other = [row["table"] for row in table if row["same"] == "no"]
    whole = f"All {len(table)} tables of {result.scenario.name} come out as they are in {path.name}."
    wrong = f"{len(other)} of {len(table)} tables of {result.scenario.name} come out otherwise: {', '.join(other)}."
    more = {"arguments": {"scenario": str(path)}, "result": result, "own_key": result.key}
    return Answer.of(wrong if other else whole, [table, *result.tables.values()], code=6 if other else 0, **more)


@question(
    "Deals", "sweep geneva --over report.elasticity=1,2", "sweep economy --over scale=0.5,1,2 --country US",
    long=True, keeps=True,
)  # fmt: skip
def sweep(
    scenario: Runnable,
    *,
    over: Mapping[str, Any],
    sample: int | None = None,
    seed: int | None = None,
    draws: int = 0,
    country: str | Sequence[str] = (),
    tariffs: str = "",
    world: str = "",
) -> Answer:
    """A scenario, or the world economy, over every combination of some values of its inputs.

    >>> import detente as dt
    >>> answer = dt.sweep("economy", over={"scale": [0.5, 1.0]}, country="US")
    >>> len(answer.tables["solves"])
    2

    Parameters
    ----------
    scenario : Scenario that is varied: a name, a file or its content; `economy` varies the world economy alone.
    over : What is varied, and the values: report.elasticity=1,2, or usa.change.MEASURE.rate=10%..60%/6 for six values,
        or tariff.US.China=20%,40% of the economy; an interval without a number of values needs a sample.
    seed : Seed of the sample; the scenario's own if none is given.
    country : Countries whose rows are kept, of the economy.
    tariffs : Tariffs that every point starts from, of the economy: a file, or rows of importer, exporter, tariff and
        sector.
    """
    if scenario != ECONOMY and (country or tariffs):
        raise InputError(Parameter("country" if country else "tariffs"), "is of the world economy", "sweep economy")
    work = how()
    made = swept_as(
        scenario, over, sample, seed, draws=draws, country=tuple(country), tariffs=tariffs, world=world,
        work=work.folder, workers=work.workers, progress=partial(tell, "points"),
    )  # fmt: skip
    say, what = load(), "the world economy" if scenario == ECONOMY else "the scenario"
    tables = {name: made.table(name) for name in sorted(made.names, key=lambda name: name == "failed")}
    main = next(iter(tables.values()))
    column, label = ("welfare", "real income changes by") if scenario == ECONOMY else ("after", "the average tariff is")
    values = [row[column] for row in main if row.get("definition", FIXED) == FIXED]
    spread = f": {label} {say.percent(min(values), 2)} to {say.percent(max(values), 2)}" if values else ""
    lost = f" {made.failed:,} of them have no equilibrium; table `failed` says why." if made.failed else ""
    return Answer(
        f"{made.points:,} points of {what}{spread}.{lost}", tables, code=4 if made.failed else 0, result=made,
        following="" if work.folder else "write the points with --out points.parquet",
    )  # fmt: skip
