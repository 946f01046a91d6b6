"""What a run rests on: the tables, worlds and files it reads, their hashes, and the key that stands for all of it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from detente.data.importerfile import lawbooks, stamp
from detente.data.library import catalogue, embedded, hashes_within, package_folder, sha256
from detente.data.limits import memoized
from detente.data.worlds import world_names
from detente.lab.averages.laid_law import weights_of
from detente.lab.parts import rests_on
from detente.lab.scenario import SHORT, LawChange, Point, Scenario
from detente.lab.world.chosen import world_at, world_files
from detente.version import VERSION

LIBRARIES = ("numpy", "scipy")
#: Folders of the package with texts that numbers depend on, and how their files end.
BOOKS = {"lawbooks": (".yaml", ".csv"), "chains": (".toml",), "ledgers": (".yaml",), "cases": (".yaml",)}

#: Files beside them that numbers depend on.
FILES = ("days.yaml",)


def data_hashes(scenario: Scenario) -> dict[str, str]:
    """SHA-256 of every table and world that the parts of a scenario read, by name."""
    paths = {name: embedded(name) for name in rests_on(scenario)}
    tables_first = sorted(paths, key=lambda name: paths[name].suffix != ".parquet")
    return {name: sha256(paths[name]) for name in tables_first}


def key_of(scenario: Scenario, folder: Path, draws: int | None, data: Mapping[str, str]) -> str:
    """12 hex digits of everything the numbers depend on.

    Parameters
    ----------
    folder : of the scenario's file, for the files it names.
    draws : asked for beside the scenario's own; None for those.
    data : hashes of tables and worlds.
    """
    own = {os.path.relpath(path, folder): sha256(path) for path in own_files(scenario, folder)}
    laws = {name: sha256(path) for name, path in own_laws(scenario).items()}
    texts = {name: sha256(package_folder() / name) for name in FILES}
    for name, ends in BOOKS.items():
        texts |= {f"{name}/{file}": digest for file, digest in hashes_within(package_folder() / name, ends).items()}
    texts |= libraries() | own | laws
    if draws is not None:
        texts["draws"] = str(draws)
    # What stands at its default changes no key; neither does the day on which what was agreed ends.
    written = scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"until"})
    content = {"scenario": written, "data": dict(data), "laws": texts, "version": VERSION}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def libraries(names: Sequence[str] = LIBRARIES) -> dict[str, str]:
    """Versions of the libraries that numbers rest on: another one may move their last digits.

    They are what the library says itself: what its installer wrote down takes much longer to read.
    """
    return {name: str(import_module(name).__version__) for name in names}


def own_laws(scenario: Scenario) -> dict[str, Path]:
    """Files of the user's own folders of the importers of a scenario, by `laws/<id>/<file>`, wherever they lie."""
    folders = {code: folder for code, folder in lawbooks().items() if code in scenario.importers and stamp(folder)}
    return {
        f"{OWN}/{code.lower()}/{path.relative_to(folder).as_posix()}": path
        for code, folder in folders.items()
        for path in sorted(folder.rglob("*"))
        if path.suffix in DATA
    }


#: Folder of the user's own importers in names and in packages for replication.
OWN = "laws"


def own_files(scenario: Scenario, folder: Path) -> list[Path]:
    """Files that a scenario names: measures, lawbooks, ledgers, chains and licence paths, in order."""
    changes = [change for point in scenario.points for change in point.changes.values()]
    books = [folder / change.lawbook for change in changes if change.lawbook]
    record, materials = scenario.record, scenario.materials
    paths = [materials.chain, materials.without, materials.deal] if materials else []
    texts = [record.events, record.claims, *(path for path in paths if isinstance(path, str))]
    named = [
        *(folder / entry for change in changes for entry in change.add if isinstance(entry, str)),
        *books,
        *(path for book in books for path in book.rglob("*") if path.suffix in (".yaml", ".csv")),
        *(folder / point.costs for point in scenario.points if isinstance(point.costs, str)),
        *(folder / name for name in texts if name.endswith((".yaml", ".yml", ".toml"))),
        *([] if scenario.weights.isdigit() else [folder / scenario.weights]),
        *([] if scenario.world in world_names() else world_files(folder / scenario.world)),
    ]
    return sorted({path for path in named if path.is_file()})


def vintages(hashes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Title, publisher, vintage and hash of each table and world."""
    rows: dict[str, dict[str, str]] = {}
    for name, digest in hashes.items():
        entry = {"title": name, "publisher": "", "vintage": "", **catalogue().get(name, {})}
        rows[name] = {key: str(entry[key]) for key in ("title", "publisher", "vintage")} | {"sha256": digest}
    return rows


DATA = (".csv", ".npz", ".parquet", ".toml", ".yaml")


@memoized
def made_with() -> Mapping[str, str]:
    """Versions of the program and of the libraries that compute, and one hash of all embedded data."""
    root, digest = package_folder(), hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in DATA):
        digest.update(f"{path.relative_to(root).as_posix()} {sha256(path)}\n".encode())
    return {"detente": VERSION, **libraries((*LIBRARIES, "polars")), "data": digest.hexdigest()}


def rooted(scenario: Scenario, folder: Path) -> Scenario:
    """The scenario with the files it names found from any folder."""
    root = folder.resolve()

    def change(own: LawChange) -> LawChange:
        add = [str(root / entry) if isinstance(entry, str) else entry for entry in own.add]
        lawbook = str(root / own.lawbook) if own.lawbook else own.lawbook
        return own.model_copy(update={"add": add, "lawbook": lawbook}) if own.add or own.lawbook else own

    def laws(point: Point) -> dict[str, Any]:
        costs = str(root / point.costs) if isinstance(point.costs, str) else point.costs
        short = {key: change(getattr(point, key)) for key in SHORT.values()}
        return {**short, "laws": {code: change(own) for code, own in point.laws.items()}, "costs": costs}

    update = laws(scenario) | {"weights": weights_of(scenario, root), "world": world_at(scenario, folder)}
    update["against"] = scenario.against and scenario.against.model_copy(update=laws(scenario.against))
    update["variants"] = {name: each.model_copy(update=laws(each)) for name, each in scenario.variants.items()}
    return scenario.model_copy(update=update)
