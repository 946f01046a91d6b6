"""The world libday-2023: trade of 194 countries, their GDP and the rates announced on 2 April 2025.

Sources: CEPII BACI 2023 (Etalab Open Licence 2.0), World Bank WDI (CC BY 4.0), Executive Order 14257, annex I (public
domain). Flows are USD [importer, exporter] with a zero diagonal; calibration happens when the world is loaded.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from _shared import DATA, arguments, placed

NAME = "libday-2023"
THOUSAND = 1000.0


def column(path: Path, name: str) -> np.ndarray:
    return pl.read_csv(path, columns=[name], infer_schema_length=None).get_column(name).to_numpy()


def flows(path: Path) -> np.ndarray:
    """Value by importer (row) and exporter (column), USD; the file has exporters in rows, in thousand USD."""
    table = pl.read_csv(path, infer_schema_length=None).fill_null(0.0)
    return THOUSAND * table.cast(pl.Float64).to_numpy().T


def main() -> None:
    options = arguments(__doc__ or "")
    source = options.data / "ge" / "libday"
    path = DATA / "worlds" / f"{NAME}.npz"
    path.parent.mkdir(exist_ok=True)
    arrays = {
        "countries": column(source / "country_labels.csv", "iso3").astype("U3"),
        "flows": flows(source / "trade_cepii.csv"),
        "gdp": column(source / "gdp.csv", "gdp").astype(np.float64),
        "announced": column(source / "tariffs.csv", "applied_tariff").astype(np.float64),
    }
    with placed(path) as beside:
        np.savez_compressed(beside, **arrays)
    print(f"{path.name}: {arrays['flows'].shape}, {path.stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main()
