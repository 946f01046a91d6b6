"""What a run rests on: the tables, worlds and files it reads, their hashes, and the key that stands for all of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from detente.data.importerfile import lawbooks, stamp
from detente.data.library import catalogue, embedded, hashes_within, package_folder, sha256
from detente.data.worlds import world_names
from detente.lab.averages.weights import weights_of
from detente.lab.parts import rests_on
from detente.lab.result import result_key
from detente.lab.scenario import LawChange, Point, Scenario
from detente.lab.world.chosen import world_at, world_files
from detente.version import VERSION

LIBRARIES = ("numpy", "scipy")
BOOKS = {"lawbooks": (".yaml", ".csv"), "chains": (".toml",), "ledgers": (".yaml",), "cases": (".yaml",)}
"""Folders of the package with texts that numbers depend on, and how their files end."""

FILES = ("days.yaml",)
"""Files beside them that numbers depend on."""


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
    texts = _book_hashes() | libraries() | own | laws
    if draws is not None:
        texts["draws"] = str(draws)
    return result_key(scenario, data, VERSION, texts)


def libraries() -> dict[str, str]:
    """Versions of the libraries that numbers rest on: another one may move their last digits."""
    return {name: _version(name) for name in LIBRARIES}


def _version(library: str) -> str:
    """What the library says itself: what its installer wrote down takes much longer to read."""
    return str(import_module(library).__version__)


def _book_hashes() -> dict[str, str]:
    hashes = {name: sha256(package_folder() / name) for name in FILES}
    for name, ends in BOOKS.items():
        hashes |= {f"{name}/{file}": digest for file, digest in hashes_within(package_folder() / name, ends).items()}
    return hashes


def own_laws(scenario: Scenario) -> dict[str, Path]:
    """Files of the user's own folders of the importers of a scenario, by `laws/<id>/<file>`, wherever they lie."""
    folders = {code: folder for code, folder in lawbooks().items() if code in scenario.importers and stamp(folder)}
    return {
        f"{OWN}/{code.lower()}/{path.relative_to(folder).as_posix()}": path
        for code, folder in folders.items()
        for path in sorted(folder.rglob("*"))
        if path.suffix in DATA
    }


OWN = "laws"
"""Folder of the user's own importers in names and in packages for replication."""


def own_files(scenario: Scenario, folder: Path) -> list[Path]:
    """Files that a scenario names: measures, lawbooks, ledgers, chains and licence paths, in order."""
    return sorted({path for path in _named_files(scenario, folder) if path.is_file()})


def _named_files(scenario: Scenario, folder: Path) -> Iterator[Path]:
    for change in (change for point in scenario.points for change in point.changes.values()):
        yield from (folder / entry for entry in change.add if isinstance(entry, str))
        if change.lawbook:
            yield folder / change.lawbook
            yield from (path for path in (folder / change.lawbook).rglob("*") if path.suffix in (".yaml", ".csv"))
    yield from (folder / point.costs for point in scenario.points if isinstance(point.costs, str))
    record, materials = scenario.record, scenario.materials
    paths = [materials.chain, materials.without, materials.deal] if materials else []
    named = [record.events, record.claims, *(path for path in paths if isinstance(path, str))]
    yield from (folder / name for name in named if name.endswith((".yaml", ".yml", ".toml")))
    if not scenario.weights.isdigit():
        yield folder / scenario.weights
    if scenario.world not in world_names():
        yield from world_files(folder / scenario.world)


def vintages(hashes: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Title, publisher, vintage and hash of each table and world."""
    entries = catalogue()
    return {
        name: {
            "title": str(entries.get(name, {}).get("title", name)),
            "publisher": str(entries.get(name, {}).get("publisher", "")),
            "vintage": str(entries.get(name, {}).get("vintage", "")),
            "sha256": hashes[name],
        }
        for name in hashes
    }


DATA = (".csv", ".npz", ".parquet", ".toml", ".yaml")


@lru_cache(maxsize=1)
def made_with() -> Mapping[str, str]:
    """Versions of the program and of the libraries that compute, and one hash of all embedded data."""
    return {"detente": VERSION, **libraries(), "polars": _version("polars"), "data": _data_hash()}


def _data_hash() -> str:
    root = package_folder()
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in DATA):
        digest.update(f"{path.relative_to(root).as_posix()} {sha256(path)}\n".encode())
    return digest.hexdigest()


def rooted(scenario: Scenario, folder: Path) -> Scenario:
    """The scenario with the files it names found from any folder."""

    def laws(point: Point) -> dict[str, Any]:
        costs = str(folder.resolve() / point.costs) if isinstance(point.costs, str) else point.costs
        short = {key: _rooted(getattr(point, key), folder) for key in ("usa", "chn")}
        others = {code: _rooted(change, folder) for code, change in point.laws.items()}
        return {**short, "laws": others, "costs": costs}

    update: dict[str, Any] = laws(scenario) | {"weights": weights_of(scenario, folder.resolve())}
    update["world"] = world_at(scenario, folder)
    if scenario.against is not None:
        update["against"] = scenario.against.model_copy(update=laws(scenario.against))
    if scenario.variants:
        update["variants"] = {
            name: variant.model_copy(update=laws(variant)) for name, variant in scenario.variants.items()
        }
    return scenario.model_copy(update=update)


def _rooted(change: LawChange, folder: Path) -> LawChange:
    root = folder.resolve()
    add = [str(root / entry) if isinstance(entry, str) else entry for entry in change.add]
    lawbook = str(root / change.lawbook) if change.lawbook else change.lawbook
    return change.model_copy(update={"add": add, "lawbook": lawbook}) if change.add or change.lawbook else change
