"""Codes: axes, tariff codes, countries, concordances, units, tables and the error tree.

What takes NumPy is loaded when it is first used, so that a mistake is said, and help given, without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.codes.errors import (
    DetenteError,
    Faults,
    InputError,
    LawError,
    MissingData,
    Parameter,
    SolveError,
    UnknownName,
    check_none,
    did_you_mean,
    each_fault,
    with_extra,
)
from detente.codes.hs import digits, dotted
from detente.codes.number import MOST_DRAWS, whole_number
from detente.codes.units import Unit, readable

if TYPE_CHECKING:
    from detente.codes.axis import Axis, Concordance
    from detente.codes.countries import Countries, Group, Membership
    from detente.codes.declared import declared_column, declared_columns, declared_note, table_of, table_with
    from detente.codes.table import Column, Table

__all__ = [
    "MOST_DRAWS", "Axis", "Column", "Concordance", "Countries", "DetenteError", "Faults", "Group",
    "InputError", "LawError", "Membership", "MissingData", "Parameter", "SolveError", "Table",
    "Unit", "UnknownName", "check_none", "declared_column", "declared_columns", "declared_note",
    "did_you_mean", "digits", "dotted", "each_fault", "readable", "table_of", "table_with",
    "whole_number", "with_extra",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "Concordance":  # few need it
        from detente.codes.axis import Concordance

        return Concordance
    from detente.codes.axis import Axis
    from detente.codes.countries import Countries, Group, Membership
    from detente.codes.declared import declared_column, declared_columns, declared_note, table_of, table_with
    from detente.codes.table import Column, Table

    late = (
        Axis, Column, Countries, Group, Membership, Table,
        declared_column, declared_columns, declared_note, table_of, table_with,
    )  # fmt: skip
    globals().update({each.__name__: each for each in late})
    return globals()[name]


def __dir__() -> list[str]:
    return __all__
