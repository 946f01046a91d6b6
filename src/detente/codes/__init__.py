"""Codes: axes, tariff codes, countries, concordances, units, tables and the error tree."""

from detente.codes.axis import Axis
from detente.codes.concordance import Concordance
from detente.codes.countries import Countries, Group, Membership
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
    "did_you_mean",
    "digits",
    "dotted",
    "readable",
    "whole_number",
]
