"""`detente run` and `detente compare`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente.faces.cli import options as opt

if TYPE_CHECKING:
    from detente.lab.result import Result


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("run")(run)
    app.command("compare")(compare)


def run(
    scenario: Annotated[str, typer.Argument(help="Name of a shipped scenario, or a YAML file.")] = "",
    on: Annotated[str, typer.Option("--on", help="Day in place of the scenario's own.")] = "",
    table: Annotated[list[str] | None, typer.Option("--table", help="Only these tables; repeatable.")] = None,
    draws: Annotated[int | None, typer.Option("--draws", help="Draws of the range; 0 leaves it out.")] = None,
    report: Annotated[Path | None, typer.Option("--report", help="File or folder for the whole result.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the shipped scenarios.")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of a scenario file.")] = False,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Run a scenario: rates, revenue and products before and after, for both sides."""
    from detente.faces.formats import check_format, emit, to_json, write_bytes

    check_format(format_)
    if schema or list_:
        print(_schema() if schema else _listing())
        return
    from detente.codes import InputError

    if not scenario:
        raise InputError("run", "no scenario was given", "as in: detente run geneva; list them with --list")
    import detente.lab.run as lab
    from detente.faces.report import check_target

    opt.number(draws or 0, "--draws", 0, 10_000)
    if report is not None:
        check_target(report)
    result = lab.run(scenario, today=opt.day("today"), on=opt.day(on) if on else None, draws=draws)
    chosen = [result.table(name) for name in (table or result.tables)]
    if format_ == "json" and not table:
        text = to_json(result.as_dict())
        if out is None:
            print(text)
        else:
            write_bytes(out, text.encode())
    else:
        if format_ == "text" and out is None:
            _print_head(result)
        emit(chosen, format_, out)
    if report is not None:
        from detente.faces.report import write_report

        print(f"report written to {write_report(result, report)}")


def _print_head(result: Result) -> None:
    print(f"{result.scenario.title or result.scenario.name}  [{result.key}]")
    for sentence in result.sentences:
        print(f"  {sentence}")
    print()


def _listing() -> str:
    from detente.lab.scenario import load_scenario, shipped

    return "\n".join(f"{name:24} {load_scenario(name)[0].title}" for name in shipped())


def _schema() -> str:
    from detente.faces.formats import to_json
    from detente.lab.scenario import schema

    return to_json(schema())


def compare(
    scenarios: Annotated[list[str], typer.Argument(help="Two or more scenarios.")],
    draws: Annotated[int | None, typer.Option("--draws", help="Draws of each range; 0 leaves it out.")] = None,
    format_: opt.Format = "text",
    out: opt.Out = None,
) -> None:
    """Scenarios side by side."""
    import detente.lab.run as lab
    from detente.faces.formats import check_format, emit
    from detente.lab.compare import compare as side_by_side

    check_format(format_)
    emit([side_by_side([lab.run(name, today=opt.day("today"), draws=draws) for name in scenarios])], format_, out)
