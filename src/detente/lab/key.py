"""What a run rests on: the tables, worlds and files it reads, their hashes, and the key that stands for all of it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib.metadata import version as metadata_version
from pathlib import Path

from detente.data.library import catalogue, package_folder, sha256
from detente.lab.duties.weights import DEFAULT
from detente.lab.result import result_key
from detente.lab.scenario import Scenario
from detente.version import VERSION

LAW = (
    "usa_lines",
    "usa_imports_2024",
    "usa_imports_2024_sectors",
    "usa_claims_usmca",
    "usa_claims_base",
    "metal_content",
    "aircraft_use",
    "countries",
    "chn_lines",
    "chn_base_steps",
    "chn_imports_from_usa",
    "chn_hs6_map",
)
OTHER_YEARS = ("usa_imports_years", "usa_imports_years_hs6")
"""Trade of other years than that of the lines."""

WORLDS = ("icio-2022",)
SURFACES = ("us-china",)
"""Surfaces of the talks, solved ahead of time."""

LIBRARIES = ("numpy", "scipy")
BOOKS = {"lawbooks": (".yaml", ".csv"), "chains": (".toml",), "ledgers": (".yaml",), "cases": (".yaml",)}
"""Folders of the package with texts that numbers depend on, and how their files end."""


def tables_of(scenario: Scenario) -> list[str]:
    """Names of the embedded tables that the parts of a scenario read."""
    found: list[str] = [*LAW]
    if scenario.weights != DEFAULT:
        found += OTHER_YEARS
    if scenario.report.world:
        found += ["concordance_hs6_icio28", "icio28_sectors"]
    if scenario.report.prices:
        found += _starting("price_")
    if scenario.materials is not None:
        found += [*_starting("chain_"), *_starting("io_usa_")]
    if scenario.record.asked:
        found += _starting("evidence_")
    return found


def _starting(prefix: str) -> list[str]:
    return sorted(path.stem for path in (package_folder() / "tables").glob(f"{prefix}*.parquet"))


def data_hashes(scenario: Scenario) -> dict[str, str]:
    """SHA-256 of every table and world that the parts of a scenario read, by name."""
    folder = package_folder()
    worlds = WORLDS if scenario.report.world or scenario.report.talks else ()
    tables = {name: sha256(folder / "tables" / f"{name}.parquet") for name in tables_of(scenario)}
    solved = {name: sha256(folder / "surfaces" / f"{name}.npz") for name in SURFACES if scenario.report.talks}
    return tables | {name: sha256(folder / "worlds" / f"{name}.npz") for name in worlds} | solved


def key_of(scenario: Scenario, folder: Path, draws: int | None, data: Mapping[str, str]) -> str:
    """12 hex digits of everything the numbers depend on.

    Parameters
    ----------
    folder : of the scenario's file, for the files it names.
    draws : asked for beside the scenario's own; None for those.
    data : hashes of tables and worlds.
    """
    own = {os.path.relpath(path, folder): sha256(path) for path in own_files(scenario, folder)}
    texts = _book_hashes() | libraries() | own
    if draws is not None:
        texts["draws"] = str(draws)
    return result_key(scenario, data, VERSION, texts)


def libraries() -> dict[str, str]:
    """Versions of the libraries that numbers rest on: another one may move their last digits."""
    return {name: metadata_version(name) for name in LIBRARIES}


def _book_hashes() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, ends in BOOKS.items():
        root = package_folder() / name
        found |= {str(p.relative_to(root.parent)): sha256(p) for p in sorted(root.rglob("*")) if p.suffix in ends}
    return found


def own_files(scenario: Scenario, folder: Path) -> list[Path]:
    """Files that a scenario names: measures, lawbooks, ledgers, chains and licence paths, in order."""
    return sorted({path for path in _named_files(scenario, folder) if path.is_file()})


def _named_files(scenario: Scenario, folder: Path) -> Iterator[Path]:
    points = [scenario, *scenario.variants.values(), *([scenario.against] if scenario.against else [])]
    for change in (getattr(point, code) for point in points for code in ("usa", "chn")):
        yield from (folder / entry for entry in change.add if isinstance(entry, str))
        if change.lawbook:
            yield folder / change.lawbook
            yield from (path for path in (folder / change.lawbook).rglob("*") if path.suffix in (".yaml", ".csv"))
    record, materials = scenario.record, scenario.materials
    named = [record.events, record.claims, *([materials.chain, materials.without, materials.deal] if materials else [])]
    yield from (folder / name for name in named if name.endswith((".yaml", ".yml", ".toml")))
    if not scenario.weights.isdigit():
        yield folder / scenario.weights


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
    return {"detente": VERSION, **libraries(), "polars": metadata_version("polars"), "data": _data_hash()}


def _data_hash() -> str:
    root = package_folder()
    found = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.suffix in DATA):
        found.update(f"{path.relative_to(root).as_posix()} {sha256(path)}\n".encode())
    return found.hexdigest()
