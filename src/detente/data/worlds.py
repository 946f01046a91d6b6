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
| `investment_share` | country, sector; share of final spending | `investment`: country, sector, share |
| `distribution_share` | country | `distribution`: country, share |

A world with input shares is of the family caliendo_parro, another of armington; there `gdp` gives own trade where the
diagonal is empty. Further numbers of a `.npz` file (`theta_max`, `zero_own_trade`, `labor_supply_elasticity`, ...) and
of a `world.toml` in the folder are parameters. `unit` is the USD in one unit of the flows and of GDP (1 by default).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, MissingData, UnknownName
from detente.codes.kinds import checked
from detente.data.library import package_folder
from detente.data.limits import memoized
from detente.data.npzfile import read_npz
from detente.data.small_world import DEFAULT
from detente.data.usertable import NUMBER, FileColumn, TableKind, read_table
from detente.data.yamlfile import read_toml
from detente.economy.aggregation import elasticities as with_elasticities
from detente.economy.armington.accounts import calibrate
from detente.economy.families import FAMILIES, family_marked, family_named
from detente.economy.frame import Economy

if TYPE_CHECKING:
    import polars as pl

#: Worlds that repeat published results; they are used by name alone and listed last.
VALIDATION = ("libday-2023", "nafta-1993", "wiod-2011")

BILATERAL = ("flows", "tariff")
ARRAYS = (
    *BILATERAL, "input_share", "final_share", "political_weight", "gdp", "distribution_share", "elasticity",
    "tariff_2005", "investment_share",
)  # fmt: skip
#: Axes of the arrays: countries (c) and sectors (s); the axis of one sector may be left out.
AXES = {
    "flows": "ccs", "tariff": "ccs", "tariff_2005": "ccs", "input_share": "css", "final_share": "cs",
    "political_weight": "cs", "investment_share": "cs", "gdp": "c", "distribution_share": "c",
}  # fmt: skip

CODES = ("countries", "sectors")
TEXTS = ("family", "name", "notes", "elasticities")
LISTS = ("elasticity_sets", "services")
#: Parameters that may be one number a sector.
BY_SECTOR = ("trade_elasticity", "scale_elasticity", "markup", "input_substitution", "capital_share")

#: Numbers of a world are smaller than this.
LARGEST = 1e30

#: Letters of the code of a country or sector.
LONGEST_CODE = 100


def world_names() -> tuple[str, ...]:
    """Names of the worlds in the package, those that repeat published results last."""
    names = (path.stem for path in (package_folder() / "worlds").glob("*.npz"))
    return tuple(sorted(names, key=lambda name: (name in VALIDATION, name)))


@checked
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
        return _embedded(str(name), elasticities or "")
    if path.is_dir():
        economy = _from_folder(path)
    elif path.suffix == ".npz" and path.exists():
        economy = _from_npz(path)
    elif path.suffix == ".npz" or len(path.parts) > 1:
        raise InputError(str(path), "there is no such world", "give a .npz file or a folder of tables")
    else:
        raise UnknownName("world", str(name), world_names())
    return with_elasticities(economy, elasticities) if elasticities else economy


@memoized
def _embedded(name: str, elasticities: str) -> Economy:
    if elasticities:
        return with_elasticities(_embedded(name, ""), elasticities)
    return load_libday() if name == LIBDAY else _from_npz(package_folder() / "worlds" / f"{name}.npz")


def _from_npz(path: Path) -> Economy:
    return build(path.stem, read_npz(path), str(path))


def build(name: str, given: Mapping[str, Any], where: str) -> Economy:
    """An economy from arrays by name, as a `.npz` file holds them; `where` is named in messages.

    Raises `InputError` for missing or misshapen arrays; values are checked by the family.
    """
    for needed in ("countries", "flows"):
        if needed not in given:
            raise InputError(where, f"has no array '{needed}'", "give countries and flows at least")
    given = {key: _values(value, key, where) for key, value in given.items()}
    countries, sectors = (_axis(given.get(key, np.asarray(["all"])), key, where) for key in CODES)
    family = _text(given, "family") or family_marked(given.keys())
    if family not in FAMILIES:
        raise UnknownName("family", family, FAMILIES, where, f"use {' or '.join(FAMILIES)}")
    unit = _unit(given.get("unit", np.ones(())), where)
    arrays = {key: given[key] for key in ARRAYS if key in given}
    for key in ("flows", "gdp"):
        if key in arrays:
            arrays[key] = arrays[key] * unit
    _check_shapes(where, arrays, len(countries), len(sectors))
    for key, values in given.items():
        if values.dtype.kind == "f":
            _check_finite(f"{where}, {key}", values, AXES.get(key, ""), {"c": countries, "s": sectors})
    notes = tuple(given["notes"].reshape(-1).tolist()) if "notes" in given else ()
    parameters = _parameters(given)
    _check_parameters(where, parameters, len(sectors))
    named = _text(given, "name") or name
    return family_named(family).world(Economy(named, family, countries, sectors, arrays, parameters, notes), where)


def _values(value: Any, key: str, where: str) -> NDArray[Any]:
    """An array of texts where texts belong, else of finite numbers; a truth stays one."""
    try:
        values = np.asarray(value)
    except ValueError:
        raise InputError(f"{where}, {key}", "is neither a value nor a table of values", "give one of them") from None
    if key in (*CODES, *TEXTS, *LISTS):
        return _words(values, key, where)
    if values.dtype.kind == "b" and not values.ndim and key not in ARRAYS:
        return values
    if values.dtype.kind not in "biuf":
        raise InputError(f"{where}, {key}", "holds what is no number", "give numbers")
    return values.astype(np.float64)


def _words(values: NDArray[Any], key: str, where: str) -> NDArray[Any]:
    """Texts: one, or for codes and notes a list of them, which may be empty but for the countries."""
    listed = key in (*CODES, *LISTS, "notes")
    empty = not values.size and values.ndim == 1 and key not in CODES
    if empty and listed:
        return values.astype(np.str_)
    if values.dtype.kind not in "US" or values.ndim > int(listed) or not values.size:
        raise InputError(f"{where}, {key}", f"is no {'list of texts' if listed else 'text'}", "put it in quotes")
    return values.astype(np.str_)


def _axis(values: NDArray[Any], key: str, where: str) -> tuple[str, ...]:
    codes = tuple(values.reshape(-1).tolist())
    for code in codes:
        if not code.strip() or len(code) > LONGEST_CODE:
            raise InputError(f"{where}, {key}", f"'{code[:40]}' is no code", f"give 1 to {LONGEST_CODE} letters")
    return codes


def _unit(value: NDArray[Any], where: str) -> float:
    if value.size != 1 or not 0 < value.item() < LARGEST:
        raise InputError(f"{where}, unit", "is not one number above zero", "give USD in one unit of flows and GDP")
    return float(value.item())


def _text(given: Mapping[str, NDArray[Any]], key: str) -> str:
    return str(given[key]) if key in given else ""


def _parameters(given: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
    chosen = {key: value for key, value in given.items() if key not in (*ARRAYS, *CODES, *TEXTS, *LISTS, "unit")}
    parameters: dict[str, Any] = {key: values if values.ndim else values.item() for key, values in chosen.items()}
    parameters |= {key: tuple(given[key].reshape(-1).tolist()) for key in LISTS if key in given}
    if "elasticities" in given:
        parameters["elasticities"] = _text(given, "elasticities")
    return parameters


def _check_parameters(where: str, parameters: Mapping[str, Any], s: int) -> None:
    """Refuse a list where a parameter is one number, or a list of another length than the sectors."""
    for key, value in parameters.items():
        if not isinstance(value, np.ndarray) or (key in BY_SECTOR and value.shape == (s,)):
            continue
        repair = f"give one number, or {s} in a list" if key in BY_SECTOR else "give one number"
        raise InputError(f"{where}, {key}", f"shape {value.shape} does not fit", repair)


def _check_shapes(where: str, arrays: Mapping[str, NDArray[Any]], n: int, s: int) -> None:
    wanted = {key: tuple({"c": n, "s": s}[axis] for axis in axes) for key, axes in AXES.items()}
    for key, shape in wanted.items():
        if key not in arrays:
            continue
        short = tuple(length for axis, length in enumerate(shape) if axis < 2 or length != 1 or len(shape) == 2)
        if arrays[key].shape not in (shape, short):
            raise InputError(f"{where}, {key}", f"shape {arrays[key].shape} does not fit", f"give {shape}")


def _check_finite(where: str, values: NDArray[Any], axes: str, codes: Mapping[str, Sequence[str]]) -> None:
    """Refuse the first number that is none or beyond all use, named by the codes of its cell."""
    usable = np.abs(values) < LARGEST
    if usable.all():
        return
    position = tuple(int(i) for i in np.argwhere(~usable)[0])
    cell = [codes[axis][i] for axis, i in zip(axes, position, strict=False)]
    raise InputError(", ".join([where, *cell]), f"{values[position]:g} is no number to count with", "give another")


#: Table of a folder -> array, its columns of codes, its column of values.
TABLES: Mapping[str, tuple[str, tuple[str, ...], str]] = {
    "flows": ("flows", ("importer", "exporter", "sector"), "value"),
    "tariffs": ("tariff", ("importer", "exporter", "sector"), "tariff"),
    "inputs": ("input_share", ("country", "input", "user"), "share"),
    "final": ("final_share", ("country", "sector"), "share"),
    "elasticities": ("trade_elasticity", ("sector",), "theta"),
    "weights": ("political_weight", ("country", "sector"), "weight"),
    "gdp": ("gdp", ("country",), "gdp"),
    "investment": ("investment_share", ("country", "sector"), "share"),
    "distribution": ("distribution_share", ("country",), "share"),
}

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
    content = read_toml(path)
    parameters = content.pop("parameters", {})
    if not isinstance(parameters, dict):
        raise InputError(f"{path}, parameters", "is no table of parameters", "write [parameters] above them")
    for key, value in content.items():
        if key in (*ARRAYS, "countries", "sectors") or isinstance(value, dict):
            raise InputError(f"{path}, {key}", "does not belong here", "give it as a table beside this file")
    return content | parameters


def _read(folder: Path, stem: str) -> pl.DataFrame | None:
    """The table of that name, CSV before Parquet; None where the folder has neither."""
    _, keys, value = TABLES[stem]
    maybe = ("sector",) if "exporter" in keys else ()
    columns = [FileColumn(key, (key,), needed=key not in maybe, blank=key in maybe) for key in keys]
    kind = TableKind(stem, (*columns, FileColumn(value, (value,), NUMBER, signed=True)))
    for path in (folder / f"{stem}.csv", folder / f"{stem}.parquet"):
        if path.exists():
            return read_table(path, kind)
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
    if "sector" in keys and "sector" not in table.columns and len(axes[1]) > 1:
        raise InputError(str(path), "has no column 'sector'", f"columns are {', '.join((*keys, value))}")
    cells = tuple(_positions(path, table, key, axes[AXIS[key]]) for key in keys)
    values = np.full(tuple(len(axes[AXIS[key]]) for key in keys), np.nan)
    values[cells] = table[value].to_numpy()
    if np.count_nonzero(~np.isnan(values)) != table.height:
        raise InputError(str(path), "a cell is given twice", "keep one row for each")
    missing = np.isnan(values)
    if missing.any() and value in ("theta", "gdp"):
        code = axes[AXIS[keys[0]]][int(np.argmax(missing))]
        raise InputError(str(path), f"has no row for '{code}'", "give every one")
    return np.where(missing, 0.0, values)


def _positions(path: Path, table: pl.DataFrame, key: str, codes: tuple[str, ...]) -> NDArray[np.int64]:
    if key not in table.columns:
        return np.zeros(table.height, dtype=np.int64)
    index = {code: i for i, code in enumerate(codes)}
    values = [str(code) for code in table[key].to_list()]
    for row, code in enumerate(values, start=2):
        if code not in index:
            raise UnknownName(key, code, codes, f"{path}, row {row}")
    return np.asarray([index[code] for code in values], dtype=np.int64)


# --- the world libday-2023: 194 countries, one sector, goods trade and GDP of 2023 (CEPII BACI, World Bank) ----------


LIBDAY = "libday-2023"
#: The Union in the published tables: 25 members, without Czechia and Slovakia.
EU = "AUT BEL BGR CYP DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVN SWE"

MINIMUM = 0.10
NOTES = (
    "flows: CEPII BACI 2023 (goods, Etalab Open Licence 2.0); GDP: World Bank WDI (CC BY 4.0)",
    "own trade is spending less imports; baseline tariffs are zero",
)


@memoized
def load_libday() -> Economy:
    """The economy of family A: flows (importer, exporter), gdp and announced (country,), USD and shares.

    The same object every time, so that what a solve derives from the baseline is derived once.
    """
    path = package_folder() / "worlds" / f"{LIBDAY}.npz"
    if not path.exists():
        raise MissingData(f"{path.name} is not in the package; build it with tools/build_world_libday.py.")
    with np.load(path, allow_pickle=False) as arrays:
        countries = tuple(arrays["countries"].tolist())
        flows, gdp, announced = (np.asarray(arrays[name], dtype=np.float64) for name in ("flows", "gdp", "announced"))
    return calibrate(LIBDAY, countries, flows, gdp, extra={"announced": announced}, notes=NOTES)


def announced_tariff(economy: Economy, *, minimum: float = MINIMUM) -> NDArray[np.float64]:
    """US rates announced on 2 April 2025, at least `minimum` on every partner, shape (importer, exporter), share."""
    if "announced" not in economy.arrays:
        raise InputError(f"world {economy.name}", "holds no announced rates", f"use the world {LIBDAY}")
    usa = economy.country("USA")
    tariff = np.zeros((len(economy.countries),) * 2)
    tariff[usa] = np.maximum(minimum, economy.arrays["announced"])
    tariff[usa, usa] = 0.0
    return tariff


def confrontation(
    economy: Economy, partners: Sequence[str], *, rate: float | None = None, everybody: float = MINIMUM
) -> NDArray[np.float64]:
    """A US tariff of `everybody` on all and theirs on the US, and a higher one both ways with the partners named.

    `rate` is that of the partners, by default the one announced for each. Shape (importer, exporter), shares.
    """
    usa, tariff = economy.country("USA"), np.zeros((len(economy.countries),) * 2)
    one_way = np.full(len(economy.countries), everybody)
    for code in partners:
        partner = economy.country(code)
        one_way[partner] = announced_tariff(economy)[usa, partner] if rate is None else rate
    one_way[usa] = 0.0
    tariff[usa], tariff[:, usa] = one_way, one_way
    return tariff
