"""Codes that left the tariff: those of older editions of the Harmonized System, and numbers that were replaced."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path

from detente.codes import Axis, InputError, dotted
from detente.data.containers import read_csv
from detente.data.tables import arrays

TABLE = "hs6_retired"
MOST = 8
"""Most successors a refusal names."""


@lru_cache(maxsize=1)
def _rows() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Retired subheading -> first edition without it, subheadings of 2022 that hold its goods."""
    table = arrays(TABLE)
    columns = (table[name].tolist() for name in ("code", "edition", "successors"))
    return {code: (edition, tuple(new.split())) for code, edition, new in zip(*columns, strict=True)}


def successors(code: str, lines: Axis) -> tuple[str, ...]:
    """Subheadings of a tariff where the goods of a retired one are now; none where it did not retire.

    Parameters
    ----------
    code : digits, six or more.
    """
    _, codes = _rows().get(code[:6], ("", ()))
    return tuple(new for new in codes if lines.slice(new).stop > lines.slice(new).start)


def of_earlier_edition(code: str, on: date) -> bool:
    """Whether a code that retired from the Harmonized System was still in it on a day."""
    edition, _ = _rows().get(code[:6], ("", ()))
    return bool(edition) and str(on.year) < edition


def editions() -> tuple[str, ...]:
    """Years of the editions of the Harmonized System from which codes retired, in order."""
    return tuple(sorted({edition for edition, _ in _rows().values()}))


def check_edition(code: str, lines: Axis, where: str = "") -> None:
    """Refuse a code of an older edition of the Harmonized System, with its successors; silent about all others."""
    heirs = successors(code, lines)
    if not heirs:
        return
    edition, _ = _rows()[code[:6]]
    named = " or ".join(f"'{dotted(new)}'" for new in heirs[:MOST]) + (" or another" if len(heirs) > MOST else "")
    raise InputError(
        where,
        f"'{dotted(code)}' is of an older tariff: {dotted(code[:6])} left the Harmonized System with its edition of "
        f"{edition}",
        f"did you mean {named}? Its goods are there now",
    )


@lru_cache(maxsize=8)
def _renumbered(folder: Path) -> dict[str, tuple[str, ...]]:
    path = folder / "renumbered.csv"
    renumbered: dict[str, tuple[str, ...]] = {}
    if not path.exists():
        return renumbered
    for row in read_csv(path, path.name, ("code", "successor")):
        renumbered[row["code"]] = (*renumbered.get(row["code"], ()), row["successor"])
    return renumbered


def replaced_by(code: str, folder: Path) -> tuple[str, ...]:
    """Statistical numbers that took the place of one that left a tariff; none where its folder knows none."""
    return _renumbered(folder).get(code, ())
