"""Worlds by name, and a user's own from a `.npz` file or a folder of tables.

Arrays of a `.npz` file, and the tables of a folder that stand for them (CSV or Parquet, one header line):

| array | shape | table and columns |
| --- | --- | --- |
| `countries`, `sectors` | codes | taken from the tables, in order of first appearance |
| `flows` | importer, exporter(, sector); USD, diagonal: own trade | `flows`: importer, exporter, (sector,) value |
| `tariff` | as flows; share | `tariffs`: importer, exporter, (sector,) tariff |
| `input_share` | country, input, user; share of output | `inputs`: country, input, user, share |
| `final_share` | country, sector; share of final spending | `final`: country, sector, share |
| `trade_elasticity` | one, or one a sector | `elasticities`: sector, theta |
| `political_weight` | country, sector | `weights`: country, sector, weight |
| `gdp` | country; USD | `gdp`: country, gdp |
| `distribution_share` | country | `distribution`: country, share |

A world with input shares is of the family caliendo_parro, another of armington; there `gdp` gives own trade where the
diagonal is empty. Further numbers of a `.npz` file (`theta_max`, `zero_own_trade`, `labor_supply_elasticity`, ...) and
of a `world.toml` in the folder are parameters. `unit` is the USD in one unit of the flows and of GDP (1 by default).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName
from detente.data.library import package_folder
from detente.data.world_libday import NAME as LIBDAY
from detente.data.world_libday import load_libday
from detente.economy import accounts as armington
from detente.economy import input_output
from detente.economy.aggregation import elasticities as with_elasticities
from detente.economy.frame import Economy

if TYPE_CHECKING:
    import polars as pl

DEFAULT = "icio-2022"
BILATERAL = ("flows", "tariff")
ARRAYS = (
    *BILATERAL, "input_share", "final_share", "political_weight", "gdp", "distribution_share", "elasticity",
    "tariff_2005",
)  # fmt: skip
CODES = ("countries", "sectors")
TEXTS = ("family", "name", "notes", "elasticities")
LISTS = ("elasticity_sets", "services")


def world_names() -> tuple[str, ...]:
    """Names of the worlds in the package."""
    return tuple(sorted(path.stem for path in (package_folder() / "worlds").glob("*.npz")))


def load_economy(name: str | Path = DEFAULT, *, elasticities: str | None = None) -> Economy:
    """A world by name, or a user's own from a `.npz` file or a folder.

    Parameters
    ----------
    name : name of a world of the package (`world_names()`), or a path.
    elasticities : a named set of trade elasticities of the world, such as "giri-yi"; None keeps the world's own.

    Raises
    ------
    UnknownName : neither a world nor a path, or a set the world does not have.
    InputError : an array or table that is missing, misshapen or holds a value that cannot be used.
    """
    path = Path(name)
    if str(name) in world_names():
        economy = _embedded(str(name))
    elif path.is_dir():
        economy = _from_folder(path)
    elif path.suffix == ".npz" and path.exists():
        economy = _from_npz(path)
    elif path.suffix == ".npz" or len(path.parts) > 1:
        raise InputError(str(path), "there is no such world", "give a .npz file or a folder of tables")
    else:
        raise UnknownName("world", str(name), world_names(), repair=f"the package has {', '.join(world_names())}")
    return _named(economy, elasticities) if elasticities else economy


@lru_cache(maxsize=8)
def _embedded(name: str) -> Economy:
    return load_libday() if name == LIBDAY else _from_npz(package_folder() / "worlds" / f"{name}.npz")


@lru_cache(maxsize=16)
def _named(economy: Economy, elasticities: str) -> Economy:
    return with_elasticities(economy, elasticities)


def _from_npz(path: Path) -> Economy:
    try:
        with np.load(path, allow_pickle=False) as held:
            given: dict[str, Any] = {key: held[key] for key in held.files}
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise InputError(str(path), f"cannot be read ({type(error).__name__})", "save it with numpy.savez") from None
    return build(path.stem, given, str(path))


def build(name: str, given: Mapping[str, Any], where: str) -> Economy:
    """An economy from arrays by name, as a `.npz` file holds them; `where` is named in messages.

    Raises `InputError` for missing or misshapen arrays; values are checked by the family.
    """
    for needed in ("countries", "flows"):
        if needed not in given:
            raise InputError(where, f"has no array '{needed}'", "give countries and flows at least")
    countries = tuple(str(code) for code in np.asarray(given["countries"]).tolist())
    sectors = tuple(str(code) for code in np.asarray(given.get("sectors", ["all"])).reshape(-1).tolist())
    family = _text(given, "family") or ("caliendo_parro" if "input_share" in given else "armington")
    unit = float(np.asarray(given.get("unit", 1.0)))
    arrays = {key: np.asarray(given[key], dtype=np.float64) for key in ARRAYS if key in given}
    for key in ("flows", "gdp"):
        if key in arrays:
            arrays[key] = arrays[key] * unit
    _check_shapes(where, arrays, len(countries), len(sectors))
    notes = tuple(str(line) for line in np.asarray(given.get("notes", []), dtype=np.str_).reshape(-1).tolist())
    parameters = _parameters(given)
    if family == "armington":
        return _armington(_text(given, "name") or name, countries, sectors, arrays, parameters, notes, where)
    return _many_sectors(_text(given, "name") or name, family, countries, sectors, arrays, parameters, notes)


def _text(given: Mapping[str, Any], key: str) -> str:
    return str(np.asarray(given[key])) if key in given else ""


def _parameters(given: Mapping[str, Any]) -> dict[str, Any]:
    held = {key: value for key, value in given.items() if key not in (*ARRAYS, *CODES, *TEXTS, *LISTS, "unit")}
    found: dict[str, Any] = {}
    for key, value in held.items():
        values = np.asarray(value)
        found[key] = values.astype(np.float64) if values.ndim else values.item()
    found |= {key: tuple(np.asarray(given[key]).tolist()) for key in LISTS if key in given}
    if "elasticities" in given:
        found["elasticities"] = _text(given, "elasticities")
    return found


def _check_shapes(where: str, arrays: Mapping[str, NDArray[Any]], n: int, s: int) -> None:
    wanted = {
        "flows": (n, n, s), "tariff": (n, n, s), "tariff_2005": (n, n, s), "input_share": (n, s, s),
        "final_share": (n, s), "political_weight": (n, s), "gdp": (n,), "distribution_share": (n,),
    }  # fmt: skip
    for key, shape in wanted.items():
        if key not in arrays:
            continue
        short = tuple(length for axis, length in enumerate(shape) if axis < 2 or length != 1 or len(shape) == 2)
        if arrays[key].shape not in (shape, short):
            raise InputError(f"{where}, {key}", f"shape {arrays[key].shape} does not fit", f"give {shape}")


def _armington(
    name: str, countries: tuple[str, ...], sectors: tuple[str, ...], arrays: dict[str, NDArray[Any]],
    parameters: dict[str, Any], notes: tuple[str, ...], where: str,
) -> Economy:  # fmt: skip
    for key in parameters:
        if key not in armington.PARAMETERS:
            raise UnknownName("parameter", key, armington.PARAMETERS, where)
    own = np.einsum("ii...->i...", arrays["flows"])
    if len(sectors) == 1 and "gdp" in arrays and not own.any():
        flows, margin = arrays["flows"].reshape(len(countries), -1), arrays.get("distribution_share")
        return armington.calibrate(name, countries, flows, arrays["gdp"], margin=margin, notes=notes, **parameters)
    arrays.setdefault("distribution_share", np.zeros(len(countries)))
    without = [
        code for code, held in zip(countries, own.reshape(len(countries), -1).sum(axis=1), strict=True) if not held
    ]
    if without:
        notes = (*notes, f"own trade is 0 in {', '.join(without[:5])}: give it on the diagonal, or GDP to find it")
    if not arrays.get("tariff", np.zeros(1)).any():
        arrays.pop("tariff", None)
    return Economy(name, "armington", countries, sectors, arrays, {**armington.PARAMETERS, **parameters}, notes)


def _many_sectors(
    name: str, family: str, countries: tuple[str, ...], sectors: tuple[str, ...], arrays: dict[str, NDArray[Any]],
    parameters: dict[str, Any], notes: tuple[str, ...],
) -> Economy:  # fmt: skip
    for key in parameters:
        if family == "caliendo_parro" and key not in (*input_output.PARAMETERS, *TEXTS, *LISTS):
            raise UnknownName("parameter", key, input_output.PARAMETERS, f"world {name}")
    n, s = len(countries), len(sectors)
    arrays = {"tariff": np.zeros((n, n, s)), "input_share": np.zeros((n, s, s)), **arrays}
    shape = (n, n) if s == 1 else (n, n, s)
    arrays |= {key: arrays[key].reshape(shape) for key in BILATERAL}
    given = "final_share" in arrays
    arrays.setdefault("final_share", np.full((n, s), 1.0 / s))
    economy = Economy(name, family, countries, sectors, arrays, {**input_output.PARAMETERS, **parameters}, notes)
    if family == "caliendo_parro":
        economy = economy if given else input_output.with_final_residual(economy)
        input_output.accounts(economy)
    for values in economy.arrays.values():
        values.flags.writeable = False
    return economy


TABLES: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "flows": ("flows", ("importer", "exporter", "sector"), "value"),
    "tariffs": ("tariff", ("importer", "exporter", "sector"), "tariff"),
    "inputs": ("input_share", ("country", "input", "user"), "share"),
    "final": ("final_share", ("country", "sector"), "share"),
    "elasticities": ("trade_elasticity", ("sector",), "theta"),
    "weights": ("political_weight", ("country", "sector"), "weight"),
    "gdp": ("gdp", ("country",), "gdp"),
    "distribution": ("distribution_share", ("country",), "share"),
}
"""Table of a folder -> array, its columns of codes, its column of values."""

AXIS = {"importer": 0, "exporter": 0, "country": 0, "sector": 1, "input": 1, "user": 1}


def _from_folder(folder: Path) -> Economy:
    tables = {stem: _read(folder, stem) for stem in TABLES}
    flows = tables["flows"]
    if flows is None:
        raise InputError(str(folder), "has no table 'flows'", "give flows.csv with importer, exporter, sector, value")
    countries = _codes(flows, ("importer", "exporter"))
    sectors = _codes(flows, ("sector",)) if "sector" in flows.columns else ("all",)
    given: dict[str, Any] = {"countries": list(countries), "sectors": list(sectors)}
    for stem, table in tables.items():
        if table is not None:
            array, keys, value = TABLES[stem]
            given[array] = _filled(folder / stem, table, keys, value, (countries, sectors))
    given |= _settings(folder / "world.toml")
    return build(folder.name, given, str(folder))


def _settings(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(str(path), f"is not TOML ({error})", "write key = value, one a line") from None
    return {**{k: v for k, v in content.items() if k != "parameters"}, **content.get("parameters", {})}


def _read(folder: Path, stem: str) -> pl.DataFrame | None:
    import polars as pl

    for path in (folder / f"{stem}.csv", folder / f"{stem}.parquet"):
        if not path.exists():
            continue
        try:
            return pl.read_csv(path, infer_schema=False) if path.suffix == ".csv" else pl.read_parquet(path)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise InputError(str(path), f"cannot be read ({type(error).__name__})", "give CSV or Parquet") from None
    return None


def _codes(table: pl.DataFrame, columns: Sequence[str]) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    for column in columns:
        if column in table.columns:
            seen |= dict.fromkeys(str(code) for code in table[column].unique(maintain_order=True).to_list())
    return tuple(seen)


def _filled(
    path: Path, table: pl.DataFrame, keys: tuple[str, ...], value: str, axes: tuple[tuple[str, ...], tuple[str, ...]]
) -> NDArray[np.float64]:
    """The values of a table on the axes; zero where it has no row, elasticities excepted."""
    import polars as pl

    for column in (*(key for key in keys if key != "sector" or len(axes[1]) > 1), value):
        if column not in table.columns:
            raise InputError(str(path), f"has no column '{column}'", f"columns are {', '.join((*keys, value))}")
    numbers = table[value].cast(pl.Float64, strict=False)
    bad = numbers.is_null() | numbers.is_nan().fill_null(True)
    if bad.any():
        row = int(bad.arg_true()[0])
        raise InputError(f"{path}, row {row + 2}", f"'{table[value][row]}' in '{value}' is not a number", "give one")
    at = tuple(_positions(path, table, key, axes[AXIS[key]]) for key in keys)
    found = np.full(tuple(len(axes[AXIS[key]]) for key in keys), np.nan)
    found[at] = numbers.to_numpy()
    if np.count_nonzero(~np.isnan(found)) != table.height:
        raise InputError(str(path), "a cell is given twice", "keep one row for each")
    missing = np.isnan(found)
    if missing.any() and value in ("theta", "gdp"):
        code = axes[AXIS[keys[0]]][int(np.argmax(missing))]
        raise InputError(str(path), f"has no row for '{code}'", "give every one")
    return np.where(missing, 0.0, found)


def _positions(path: Path, table: pl.DataFrame, key: str, codes: tuple[str, ...]) -> NDArray[np.int64]:
    if key not in table.columns:
        return np.zeros(table.height, dtype=np.int64)
    at = {code: i for i, code in enumerate(codes)}
    values = [str(code) for code in table[key].to_list()]
    for row, code in enumerate(values, start=2):
        if code not in at:
            raise UnknownName(key, code, codes, f"{path}, row {row}")
    return np.asarray([at[code] for code in values], dtype=np.int64)
