"""Codes: axes, tariff codes, countries, concordances, units, tables and the error tree."""

from detente.codes.axis import Axis
from detente.codes.concordance import Concordance
from detente.codes.countries import Countries, Group, Membership
from detente.codes.declared import declared_column, declared_columns, table_of, table_with
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
from detente.codes.table import Column, Table
from detente.codes.units import Unit, readable

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
