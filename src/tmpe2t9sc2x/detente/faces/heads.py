"""What readers see above a column."""

from __future__ import annotations

import re

from detente.codes import Column
from detente.data.tables import countries

CODE = r"([a-z]{2}[a-z0-9]{1,2})"
SIDE = re.compile(
    rf"{CODE}(?:_(gain|p_star|payoff|room|most|alone|week)|_over_([A-Za-z0-9_]+)|_on_{CODE})?",
)
"""Names of columns that begin with a country's code: alone, with what is counted, over a threat, or on another."""

SHORT = {"USA": "US", "EU27": "EU", "GBR": "UK"}
"""Names of countries that columns have no room for."""

THREATS = {"D0": "status quo", "DP": "past law", "DN": "tariff war"}
"""What follows if talks fail, by its name in the files of cases."""

OWNERS = {"us": "US", "cn": "Chinese", "eu": "EU"}
"""Whose the issue is that a column is named after, by the word it begins with."""


def spoken(name: str) -> str:
    """A column's name in words: "chn_p_star" -> "China p*", "usa_over_DP" -> "US over past law"."""
    side = SIDE.fullmatch(name)
    country = _country(side[1]) if side is not None else ""
    if side is None or not country:
        first, *rest = name.replace("p_star", "p*").split("_")
        return " ".join([OWNERS.get(first, first) if rest else first, *rest])
    counted, threat, other = side[2], side[3], side[4]
    if threat:
        return f"{country} over {THREATS.get(threat, threat.replace('_', ' '))}"
    if other:
        return f"{country} on {_country(other) or other}"
    return f"{country} {counted.replace('p_star', 'p*')}" if counted else country


def _country(code: str) -> str:
    """The short name of a country or bloc by its code in small letters, "" where it is none."""
    return SHORT.get(code.upper()) or countries().names.get(code.upper(), "")


def head_of(column: Column) -> str:
    """What readers see above a column, without its unit."""
    return column.label or spoken(column.name)
