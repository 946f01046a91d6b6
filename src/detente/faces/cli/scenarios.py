"""`detente run`, `detente validate` and `detente compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.codes.errors import InputError
from detente.codes.numbers import MOST_DRAWS
from detente.faces.cli import options as opt
from detente.faces.cli.economy_options import Balances, Costs, with_file
from detente.faces.cli.progress import Progress
from detente.faces.cli.usage import check_ending
from detente.faces.words.language import load

if TYPE_CHECKING:
    from detente.codes import Table


REPORT_HELP = "File (.html, .pdf, .xlsx, .md, .json) or folder for the whole result."
FORMAT_HELP = "text, json, csv, parquet, xlsx or latex; html or pdf for a report into --out."

WORLD_HELP = "World to solve, in place of the scenario's own: by name, or a file."
World = Annotated[str, typer.Option("--world", help=WORLD_HELP)]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Print the findings in full and what they rest on.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("run")(run)
    app.command("validate")(validate)
    app.command("compare")(compare)


def run(
    scenario: Annotated[str, typer.Argument(help="Name of a shipped scenario, or a YAML file.")] = "",
    on: Annotated[str, typer.Option("--on", help="Day in place of the scenario's own.")] = "",
    table: Annotated[list[str] | None, typer.Option("--table", help="Only these tables; repeatable.")] = None,
    costs: Costs = None,
    world: World = "",
    closure: Balances = "",
    draws: Annotated[int | None, typer.Option("--draws", help="Draws of the range; 0 leaves it out.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help=REPORT_HELP)] = None,
    brief: Annotated[bool, typer.Option("--brief/--full", help="Report of one page, or of everything.")] = False,
    all_: Annotated[bool, typer.Option("--all", help="Print every table after the brief.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the numbers alone, and no progress.")] = False,
    verbose: Verbose = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a scenario file.")] = False,
    format_: Annotated[str, typer.Option("--format", "-f", help=FORMAT_HELP)] = "text",
    out: opt.Out = None,
) -> None:
    """Run a scenario: what the deal does, and whether it would hold, in under forty lines."""
    from detente.faces.formats import FORMATS, check_format, deliver, emit, is_stdout, to_json
    from detente.faces.report import FORMATS as PAGES

    check_ending("--format", f".{format_}")
    check_format(format_, (*FORMATS, *PAGES))
    if schema:
        return print(_schema())
    if not scenario:
        raise InputError(
            "run", "no scenario was given", "as in: detente run geneva; list them with `detente data list scenarios`"
        )
    import detente.lab.run as lab
    from detente.faces.cli.brief import Shown, print_brief, print_head
    from detente.faces.report import ahead, check_target, write_report
    from detente.faces.words.brief import UNTOLD, briefed, spoken
    from detente.lab.parts import tables_without
    from detente.lab.work.memory import keep_memory
    from detente.lab.work.workers import second_process

    opt.number(draws or 0, "--draws", 0, MOST_DRAWS)
    keep_memory()
    page = PAGES.get(format_)
    if page:
        out = _page_target(out, format_, page)
    targets = [target for target in (report, out if page else None) if target is not None]
    for target in targets:
        check_ending(target, target.suffix)
        check_target(target)
    printed = format_ == "text" and is_stdout(out) and not (table or targets or all_ or verbose or draws)
    if not draws:
        lab.load_shared(findings=not printed)
    today, day = opt.day("today"), opt.day(on) if on else None
    # With draws the cores are busy as it is.
    with second_process(not draws) as executor, Progress(f"run {scenario}", quiet=quiet) as progress:
        seen = ahead(executor, targets, brief)
        given, folder = with_file(scenario, costs, world, closure)
        watched: dict[str, Any] = {"progress": progress.part, "seen": seen, "executor": executor}
        only, say = (tables_without(UNTOLD), briefed) if printed else ((), spoken)
        result = say(lab.run(given, today=today, on=day, draws=draws, only=only, folder=folder, **watched))
        named = [name.strip() for text in table or () for name in text.split(",") if name.strip()]
        chosen = [result.table(name) for name in (named or result.tables)]
        written = [write_report(result, target, brief, executor) for target in targets]
    if format_ == "json" and not table:
        deliver(to_json(result.to_dict()), out, announce=False)
    elif not page:
        brisk = format_ == "text" and is_stdout(out)
        if brisk and table:
            print_head(result)
        if table or not brisk:
            emit(chosen, format_, out)
        else:
            print_brief(result, Shown(all_, quiet, verbose))
    for target in written:
        print(load()("report_written", target=target))


def _page_target(out: Path | None, form: str, suffix: str) -> Path:
    """The file of a report whose format was named; its name must agree."""
    if out is None:
        raise InputError("--format", f"{form} cannot be printed", f"add --out report{suffix}")
    if out.suffix != suffix:
        raise InputError("--out", f"'{out}' does not end in {suffix}", f"as in --out report{suffix}")
    return out


def _schema() -> str:
    from detente.faces.formats import to_json
    from detente.lab.scenario import schema

    return to_json(schema())


def validate(
    scenarios: Annotated[list[str], typer.Argument(help="Scenarios by name or YAML file, or cases of the talks.")],
    on: Annotated[str, typer.Option("--on", help="Day in place of the scenario's own.")] = "",
    draws: Annotated[int | None, typer.Option("--draws", help="Draws that a run would be asked for.")] = None,
) -> None:
    """Whether scenarios can be run, without running them: what `run` refuses is refused in the same words.

    A case of the talks is checked in the same way, all of its mistakes at once.
    """
    from detente.data.casefile import is_case, load_case
    from detente.lab.prepared import prepared

    opt.number(draws or 0, "--draws", 0, MOST_DRAWS)
    days = opt.day("today"), opt.day(on) if on else None
    for name in scenarios:
        if is_case(name):
            case = load_case(name)
            print(f"{name}: can be opened, {', '.join(case.parties)} on {case.on}")
            continue
        preparation = prepared(name, today=days[0], on=days[1], draws=draws)
        laws = dict.fromkeys(str(pairing.after.on) for pairing in preparation.pairings[preparation.scenario.importer])
        print(f"{name}: can be run, law of {', '.join(laws)}")


def compare(
    scenarios: Annotated[list[str], typer.Argument(help="Two or more scenarios, or one with variants.")],
    draws: Annotated[int | None, typer.Option("--draws", help="Draws of each range; 0 leaves it out.")] = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Scenarios side by side."""
    from detente.faces.formats import check_format, emit
    from detente.lab.compare import compare as side_by_side
    from detente.lab.compare import rates_of
    from detente.lab.scenario import load_scenario

    check_format(format_)
    opt.number(draws or 0, "--draws", 0, MOST_DRAWS)
    # A name nobody knows is refused before the first of the others is computed.
    loaded = [load_scenario(name)[0] for name in scenarios]
    if len(loaded) < 2 and not loaded[0].variants:
        alone = f"detente run {scenarios[0]}"
        raise InputError("compare", "only one scenario was given", f"add another to compare it with, or: {alone}")
    table = side_by_side([rates_of(name, opt.day("today"), draws) for name in scenarios])
    emit([_said(table) if format_ == "text" and out is None else table], format_, out)


def _said(table: Table) -> Table:
    """The columns that say something to a reader: no variant that is the scenario's name again, no unknown range."""
    alike = table["variant"].tolist() == table["scenario"].tolist()
    unknown = [name for name in ("low", "high") if all(value != value for value in table[name].tolist())]
    left_out = [*unknown, *(["variant"] if alike else [])]
    return table.select([column.name for column in table.columns if column.name not in left_out])
