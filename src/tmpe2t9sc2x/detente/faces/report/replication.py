"""A replication package after the template of the data editors of economics journals: all that a referee runs again."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from detente.codes import InputError
from detente.codes.escaping import markdown
from detente.data.library import catalogue
from detente.faces.charts import charts_of
from detente.faces.charts.drawing import png, standalone, svg
from detente.faces.charts.memory import can_draw
from detente.faces.formats import csv_cell, to_csv
from detente.faces.report import rendered
from detente.faces.report.citation import citation
from detente.faces.report.page import templates
from detente.lab.key import OWN, own_files, own_laws
from detente.lab.result import Result
from detente.lab.scenario import Scenario
from detente.version import VERSION

SCENARIO = "scenario.yaml"


def files(result: Result, folder: Path | None = None, draws: int | None = None) -> dict[str, bytes]:
    """Every file of the package by its path.

    Parameters
    ----------
    folder : where the scenario's own files (lawbooks, measures) lie; they are copied.
    draws : asked for beside the scenario's own.
    """
    contents: dict[str, bytes] = dict(copied(result.scenario, folder) if folder else ())
    laws = {name: path.read_bytes() for name, path in own_laws(result.scenario).items()}
    contents |= laws
    contents[SCENARIO] = scenario_text(result.scenario).encode()
    for name, table in result.tables.items():
        contents[f"tables/{name}.csv"] = to_csv(table).encode()
    charts = charts_of(result) if can_draw() else []
    for chart in charts:
        contents[f"figures/{chart.name}.svg"] = standalone(svg(chart)).encode()
        contents[f"figures/{chart.name}.png"] = png(chart)
    contents["output/result.json"] = rendered(result, ".json")
    contents["output/report.html"] = rendered(result, ".html")
    contents["output/brief.html"] = rendered(result, ".html", brief=True)
    contents["requirements.txt"] = requirements().encode()
    contents["data/vintages.csv"] = vintages(result).encode()
    contents["references.bib"] = f"{citation(result).bibtex}\n".encode()
    contents["replicate.py"] = (
        templates()
        .get_template("replicate.py.j2")
        .render(key=result.key, draws=draws, laws=OWN if laws else "")
        .encode()
    )
    inventory = [(chart.name, chart.title, chart.table) for chart in charts]
    contents["README.md"] = readme(result, inventory, sum(map(len, contents.values())), draws).encode()
    contents["SHA256SUMS"] = sums(contents).encode()
    return dict(sorted(contents.items()))


def scenario_text(scenario: Scenario) -> str:
    """The scenario as it was run: every day named, every default that was changed in it."""
    import yaml

    content = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=110)


def copied(scenario: Scenario, folder: Path) -> Iterator[tuple[str, bytes]]:
    """Files beside the scenario that it names.

    Raises
    ------
    InputError
        for a file outside the scenario's folder, which would not be found again.
    """
    for path in own_files(scenario, folder):
        name = Path(os.path.relpath(path, folder)).as_posix()
        if name.startswith("..") or PurePosixPath(name).is_absolute():
            raise InputError(
                f"scenario {scenario.name}", f"'{name}' lies outside its folder", "put it beside the scenario"
            )
        yield name, path.read_bytes()


def requirements() -> str:
    """The program and every library it needs, with the versions that are installed."""
    seen: dict[str, str] = {}
    queue = ["detente"]
    while queue:
        name = queue.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        try:
            distribution = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        if key not in seen:
            seen[key] = distribution.version
            queue += [
                re.split(r"[\s\[<>=!~;(]", line)[0] for line in distribution.requires or () if "extra ==" not in line
            ]
    seen["detente"] = VERSION
    return "".join(f"{name}=={version}\n" for name, version in sorted(seen.items()))


def vintages(result: Result) -> str:
    """Every table the result rests on: publisher, vintage, terms, hash."""
    import csv
    import io

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("table", "title", "publisher", "vintage", "licence", "sha256"))
    for name, row in result.vintages.items():
        licence = str(catalogue().get(name, {}).get("licence", ""))
        cells = (name, row["title"], row["publisher"], row["vintage"], licence, row["sha256"])
        writer.writerow(map(csv_cell, cells))
    return out.getvalue()


def readme(result: Result, inventory: list[tuple[str, str, str]], size: int, draws: int | None = None) -> str:
    """The README, section by section of the template."""
    data = [
        {"name": name, **row, "licence": str(catalogue().get(name, {}).get("licence", "")), "notice": _notice(name)}
        for name, row in result.vintages.items()
    ]
    return (
        templates()
        .get_template("replication.md.j2")
        .render(
            title=markdown(result.scenario.title or result.scenario.name),
            key=result.key,
            sentences=tuple(map(markdown, result.sentences)),
            version=VERSION,
            python=platform.python_version(),
            seed=result.scenario.seed,
            draws=result.scenario.report.draws if draws is None else draws,
            asked=draws,
            laws=OWN if own_laws(result.scenario) else "",
            megabytes=f"{max(size, 100_000) / 1e6:.1f}",
            data=data,
            tables=list(result.tables.values()),
            figures=inventory,
            citation=citation(result).sentence,
        )
    )


def _notice(name: str) -> str:
    return str(catalogue().get(name, {}).get("notice", ""))


def sums(contents: dict[str, bytes]) -> str:
    """sha256 of every file, as `sha256sum --check` reads it."""
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(contents.items()))
