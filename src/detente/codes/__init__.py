"""Codes: axes, tariff codes, countries, concordances, units, tables and the error tree.

What takes NumPy is loaded when it is first used, so that a mistake is said, and help given, without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from detente.codes.errors import (
    DetenteError,
    InputError,
    LawError,
    MissingData,
    Parameter,
    SolveError,
    UnknownName,
    did_you_mean,
)
from detente.codes.hs import digits, dotted
from detente.codes.numbers import MOST_DRAWS, whole_number
from detente.codes.units import Unit, readable

if TYPE_CHECKING:
    from detente.codes.axis import Axis
    from detente.codes.concordance import Concordance
    from detente.codes.countries import Countries, Group, Membership
    from detente.codes.declared import declared_column, declared_columns, table_of, table_with
    from detente.codes.table import Column, Table

_WHERE = {
    "Axis": "axis",
    "Column": "table",
    "Concordance": "concordance",
    "Countries": "countries",
    "Group": "countries",
    "Membership": "countries",
    "Table": "table",
    "declared_column": "declared",
    "declared_columns": "declared",
    "table_of": "declared",
    "table_with": "declared",
}

__all__ = [
    "MOST_DRAWS",
    "Axis",
    "Column",
    "Concordance",
    "Countries",
    "DetenteError",
    "Group",
    "InputError",
    "LawError",
    "Membership",
    "MissingData",
    "Parameter",
    "SolveError",
    "Table",
    "Unit",
    "UnknownName",
    "declared_column",
    "declared_columns",
    "did_you_mean",
    "digits",
    "dotted",
    "readable",
    "table_of",
    "table_with",
    "whole_number",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(__import__(f"{__name__}.{_WHERE[name]}", fromlist=[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
