"""The number of elements on a list of controls."""

from __future__ import annotations

import csv
from datetime import date

import numpy as np

from detente.codes import InputError
from detente.data.days import day_named
from detente.data.library import package_folder
from detente.data.tables import arrays
from detente.lab.claims.measurand import Basis, Measurand, Measured, refused
from detente.lab.claims.rows import QuantityRow, ReadingRow

ELEMENTS = "the rare-earth elements"


def compute(basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
    """Number of elements: all, those the notice of 4 April 2025 names, those whose magnets it names."""
    table = arrays("chain_elements")
    how, known = reading.of or "controlled_elements", day_named("licences")
    if how == "elements":
        return Measured(float(table["element"].size), inputs=(ELEMENTS,))
    if row.as_of is not None and row.as_of < known:
        return Measured(0.0, inputs=("announcement 18 of 2025",), remark=f"under no control before {known}")
    if how == "controlled_magnets":
        magnets = _magnets()
        remark = f"magnets that hold {', '.join(magnets)}"
        return Measured(float(len(magnets)), inputs=("announcement 18 of 2025",), known=known, remark=remark)
    named = table["controlled_2025_04"].astype(bool) & _of_group(table["number"], table["group"], reading.group)
    remark = ", ".join(table["element"][named].tolist())
    inputs = ("announcement 18 of 2025", ELEMENTS)
    return Measured(float(named.sum()), inputs=inputs, known=known, remark=remark)


GROUPS = ("", "heavy", "not_light", "gd_to_lu")
LIGHT = (57, 62)
"""Atomic numbers of the light ones, lanthanum to samarium."""


def _of_group(number: np.ndarray, group: np.ndarray, name: str) -> np.ndarray:
    """Which elements a reading counts."""
    if name not in GROUPS:
        raise InputError("reading", f"unknown group '{name}' of elements", f"use {', '.join(g for g in GROUPS if g)}")
    if name == "heavy":
        return group == "heavy"
    if name == "not_light":
        return (number < LIGHT[0]) | (number > LIGHT[1])
    if name == "gd_to_lu":
        return ((number >= 64) & (number <= 71)) | (number == 39)
    return np.ones(number.size, dtype=bool)


def _magnets() -> list[str]:
    """Elements whose magnets the notice names, from its list in the lawbook."""
    path = package_folder() / "lawbooks" / "chn" / "export_controls" / "announcement_18.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if "magnet" in row["forms"].split()]
    return sorted({name for row in rows for name in row["elements"].split()})


QUANTITY = Measurand(
    what="number of elements on a list",
    units=("count",),
    tolerance=0.0,
    exact=True,
    order=90,
    example={"value": "7"},
    needs={"value": refused, "population": refused},
    uses=("of", "population", "group"),
    kinds=("", "controlled_elements", "controlled_magnets", "elements"),
    populations={
        "controlled rare earths": (
            "controlled elements", "rare earths under control", "rare earths under export control",
            "elements under export control", "restricted rare earths",
        ),
        "rare earth elements": ("rare earths",),
        "controlled magnets": ("magnets under control", "rare earth magnets under control"),
    },
    readings=(
        ReadingRow(
            name="notice", label="elements named in announcement 18 of 2025", population="controlled rare earths",
            of="controlled_elements",
        ),
        ReadingRow(
            name="elements", label="lanthanides with scandium and yttrium", population="rare earth elements",
            of="elements",
        ),
        ReadingRow(
            name="magnets", label="elements whose magnets announcement 18 of 2025 names",
            population="controlled magnets", of="controlled_magnets",
        ),
    ),
    compute=compute,
)  # fmt: skip
