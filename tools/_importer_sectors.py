"""Importers of which no line is on record: one file each, which says that means of sectors stand in for a schedule."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from _shared import DATA, LAWBOOKS
from detente.data.tables import countries as known_countries

WORLD = DATA / "worlds" / "icio-2022.npz"
REST = "ROW"
FORM = """\
# The tariff of {name}: no line of it is on record, only means of sectors. Built by tools/build_importers.py.
importer: {code}
name: {name}
level: sector
valuation: CIF
nomenclature: {{name: Harmonized System, edition: HS2022, digits: 6}}
schedule:
  source: applied tariffs by partner and sector of icio-2022
  note: Means of 28 sectors, with preferences, as of 2022; no rate of a line.
not_covered:
  - every line of the schedule, rates of single goods
  - measures of its own
"""


def countries() -> tuple[str, ...]:
    """Countries of the world table that import under a tariff of their own."""
    union = known_countries().expand("EU27")
    with np.load(WORLD) as content:
        return tuple(code for code in content["countries"].tolist() if code != REST and code not in union)


def write_sectors(root: Path = LAWBOOKS) -> None:
    """One `importer.yaml` for each country without one of its own making; those made here are made anew."""
    names = known_countries().names
    written = 0
    for code in countries():
        path = root / code.lower() / "importer.yaml"
        if code in ("USA", "CHN") or (path.exists() and "no line of it is on record" not in path.read_text("utf-8")):
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(FORM.format(code=code, name=names[code]), encoding="utf-8")
        written += 1
    print(f"{written} importers at sectors")
