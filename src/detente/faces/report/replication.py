"""A replication package after the template of the data editors of economics journals: all that a referee runs again."""

from __future__ import annotations

import csv
import hashlib
import importlib.metadata
import io
import json
import os
import platform
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import numpy as np
import yaml

from detente.codes import InputError, Table, table_of
from detente.codes.escaping import markdown
from detente.data.importerfile import VARIABLE
from detente.data.library import catalogue
from detente.faces.charts import charts_of
from detente.faces.charts.drawing import can_draw, png, standalone, svg
from detente.faces.formats import csv_cell, to_csv, to_json
from detente.faces.report import rendered
from detente.faces.report.citation import citation
from detente.faces.report.page import templates
from detente.faces.report.saved import read_result
from detente.lab.key import OWN, own_files, own_laws
from detente.lab.result import Result
from detente.lab.run import run
from detente.lab.scenario import Scenario
from detente.version import VERSION

SCENARIO, RESULT, PROOF = "scenario.yaml", "output/result.json", "proof.json"
#: Time of every file in an archive: the same result, the same bytes.
STAMP = (2025, 1, 1, 0, 0, 0)

#: Difference of two numbers, against the larger of them and 1, up to which they are the same.
NEAR = 1e-9


def packed(result: Result, folder: Path | None = None, draws: int | None = None) -> bytes:
    """Every file of the package as one archive; parameters as for `files`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files(result, folder, draws).items():
            info = zipfile.ZipInfo(f"detente-{result.key}/{path}", STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()


def verified(package: Path) -> tuple[Result, Table]:
    """The scenario of a package run again, and each table beside the one that the package holds.

    Parameters
    ----------
    package : the archive, or the folder that it was unpacked into.

    Raises
    ------
    InputError : no package.
    """
    with TemporaryDirectory() as folder:
        root = package
        try:
            if not package.is_dir():
                zipfile.ZipFile(package).extractall(folder)
                root = next(Path(folder).glob(f"**/{PROOF}")).parent
            about = json.loads((root / PROOF).read_text(encoding="utf-8"))
        except (OSError, StopIteration, ValueError, zipfile.BadZipFile):
            repair = "write one with `detente run SCENARIO --out FILE.zip`"
            raise InputError(str(package), "is no package of this program", repair) from None
        before, laws = os.environ.get(VARIABLE), root / OWN
        if laws.is_dir():
            os.environ[VARIABLE] = os.pathsep.join(filter(None, (str(laws), before)))
        try:
            result = run(root / SCENARIO, draws=about["draws"])
        finally:
            os.environ.pop(VARIABLE, None) if before is None else os.environ.update({VARIABLE: before})
        old = read_result(root / RESULT)
    pairs = {name: (old.tables.get(name), result.tables.get(name)) for name in (*old.tables, *result.tables)}
    rows = [(name, len(pair[0] or ()), "yes" if _same(*pair) else "no") for name, pair in pairs.items()]
    return result, table_of("compare.verified", rows)


def _same(old: Table | None, new: Table | None) -> bool:
    """Whether two tables hold the same, numbers to a billionth."""
    if old is None or new is None or len(old) != len(new) or {*old.data} != {*new.data}:
        return False
    pairs = [(np.asarray(old[name]), np.asarray(new[name])) for name in new.data]
    return all(
        np.allclose(a.astype(float), b.astype(float), NEAR, NEAR, equal_nan=True)
        if b.dtype.kind in "fiu"
        else a.astype(str).tolist() == b.astype(str).tolist()
        for a, b in pairs
    )


def files(result: Result, folder: Path | None = None, draws: int | None = None) -> dict[str, bytes]:
    """Every file of the package by its path.

    Parameters
    ----------
    folder : where the scenario's own files (lawbooks, measures) lie; they are copied.
    draws : asked for beside the scenario's own.
    """
    contents: dict[str, bytes] = dict(copied(result.scenario, folder) if folder else ())
    contents |= {name: path.read_bytes() for name, path in own_laws(result.scenario).items()}
    contents[SCENARIO] = scenario_text(result.scenario).encode()
    for name, table in result.tables.items():
        contents[f"tables/{name}.csv"] = to_csv(table).encode()
    charts = charts_of(result) if can_draw() else []
    for chart in charts:
        contents[f"figures/{chart.name}.svg"] = standalone(svg(chart)).encode()
        contents[f"figures/{chart.name}.png"] = png(chart)
    contents[RESULT] = rendered(result, ".json")
    contents["output/report.html"] = rendered(result, ".html")
    contents["output/brief.html"] = rendered(result, ".html", brief=True)
    contents["requirements.txt"] = requirements().encode()
    contents["data/vintages.csv"] = vintages(result).encode()
    contents["references.bib"] = f"{citation(result).bibtex}\n".encode()
    contents[PROOF] = to_json({"key": result.key, "version": VERSION, "draws": draws}).encode()
    inventory = [(chart.name, chart.title, chart.table) for chart in charts]
    contents["README.md"] = readme(result, inventory, sum(map(len, contents.values())), draws).encode()
    contents["SHA256SUMS"] = sums(contents).encode()
    return dict(sorted(contents.items()))


def scenario_text(scenario: Scenario) -> str:
    """The scenario as it was run: every day named, every default that was changed in it."""
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
        {"name": name, **row, **{key: str(catalogue().get(name, {}).get(key, "")) for key in ("licence", "notice")}}
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
            laws=OWN if own_laws(result.scenario) else "",
            megabytes=f"{max(size, 100_000) / 1e6:.1f}",
            data=data,
            tables=list(result.tables.values()),
            figures=inventory,
            citation=citation(result).sentence,
        )
    )


def sums(contents: dict[str, bytes]) -> str:
    """sha256 of every file, as `sha256sum --check` reads it."""
    return "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(contents.items()))
