"""`detente report` and `detente replicate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from detente.codes.numbers import MOST_DRAWS
from detente.faces.cli import options as opt
from detente.faces.cli.usage import check_ending

RESULT = typer.Argument(help="JSON file of a result, as --report FILE.json or a report folder holds it.")
OUT = typer.Option("--out", "-o", help="File (.html, .pdf, .xlsx, .md, .json) or folder.", callback=opt.named_file)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("report")(report)
    app.command("replicate")(replicate)


def report(
    result: Annotated[Path, RESULT],
    out: Annotated[Path, OUT] = Path("report.html"),
    brief: Annotated[bool, typer.Option("--brief/--full", help="One page, or everything.")] = False,
) -> None:
    """Report of a result that was run before, in any format, without running it again."""
    from detente.faces.report import check_target, write_report
    from detente.faces.report.saved import read_result

    check_ending(out, out.suffix)
    check_target(out)
    print(f"report written to {write_report(read_result(result), out, brief)}")


def replicate(
    scenario: Annotated[str, typer.Argument(help="Name of a shipped scenario, or a YAML file.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder to make.")],
    on: Annotated[str, typer.Option("--on", help="Day in place of the scenario's own.")] = "",
    draws: Annotated[int | None, typer.Option("--draws", help="Draws of the range; 0 leaves it out.")] = None,
) -> None:
    """Replication package: scenario, tables, figures, data and versions, README, and a program that checks them."""
    import detente.lab.run as lab
    from detente.data.store import write_folder
    from detente.faces.report.replication import files
    from detente.faces.report.writing import check_empty
    from detente.lab.scenario import load_scenario

    check_empty(out)
    _, path = load_scenario(scenario)
    opt.number(draws or 0, "--draws", 0, MOST_DRAWS)
    result = lab.run(scenario, today=opt.day("today"), on=opt.day(on) if on else None, draws=draws)
    content = files(result, path.parent, draws)
    write_folder(out, content, whole=True)
    print(f"{len(content)} files written to {out}; result {result.key}")
