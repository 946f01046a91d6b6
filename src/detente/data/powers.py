"""What the authority behind a duty allows: its highest rate, its days, one rate for all; from `powers.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import inf
from pathlib import Path

from detente.codes import UnknownName
from detente.data.importerfile import lawbooks
from detente.data.importers import shipped_law
from detente.data.limits import memoized
from detente.data.models import FileModel, Prose, Rate, Truth, Whole, read_rows, record_of

NAME, RULINGS = "powers.yaml", "rulings.yaml"


@dataclass(frozen=True, slots=True)
class DutyPower:
    """What an authority allows.

    Attributes
    ----------
    most : highest rate on top of the base duty, share; infinite where the statute sets none.
    days : days that a duty may last, 0 where the statute sets none.
    one_rate : whether every country pays the same rate.
    """

    most: float = inf
    days: int = 0
    one_rate: bool = False
    citation: str = ""


def power_of(code: str, authority: str, on: date) -> DutyPower:
    """What an authority of a party allows on a day; no limit where none is on record.

    Parameters
    ----------
    code : of an importer; a party without a lawbook has no limits on record.

    Raises
    ------
    InputError, UnknownName : a file of powers that cannot be used.
    """
    if not authority or code not in lawbooks():
        return DutyPower()
    if authority in _voided(code, on):
        return DutyPower(most=0.0)
    return _powers(lawbooks()[code], code).get(authority, DutyPower())


@memoized
def _voided(code: str, on: date) -> frozenset[str]:
    """Authorities of an importer whose every measure a court had voided by a day."""
    if not (lawbooks()[code] / RULINGS).exists():
        return frozenset()
    law = shipped_law(code)
    bases = {selector.removeprefix("basis:") for row in law.rulings if row.day <= on for selector in row.voids}
    return frozenset(row.id for row in law.authorities if row.legal_basis in bases)


@memoized
def _powers(folder: Path, code: str) -> Mapping[str, DutyPower]:
    path, where = folder / NAME, f"{folder.name}/{NAME}"
    if not path.exists():
        return {}
    known = [row.id for row in shipped_law(code).authorities]
    rows = read_rows(PowerRow, path, where)
    for row in rows:
        if row.authority not in known:
            raise UnknownName("authority", row.authority, known, where)
    return {row.authority: record_of(DutyPower, row) for row in rows}


class PowerRow(FileModel):
    """What an authority allows: its highest rate, its days, and one rate for all."""

    authority: str
    citation: Prose
    most: Rate = inf
    days: Whole = 0
    one_rate: Truth = False
