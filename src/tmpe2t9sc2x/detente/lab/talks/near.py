"""The case of the talks that stands near a day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from detente.data.casefile import settled_case, settled_days
from detente.data.caserows import CaseFile

EARLIEST, LATEST = timedelta(days=-10), timedelta(days=60)
"""A case speaks for scenarios from some days before its date to some days after it."""

QUARTER = timedelta(days=92)
"""How long after its date a case of other sides is still named."""

PARTIES = ("USA", "CHN")
THREATS = ("D0", "DP", "DN")
"""Threats of which a run and the Deal page say whether a deal would hold under them."""


def case_for(on: object) -> CaseFile | None:
    """The case of the package nearest before a day, or shortly after it, with what came of it; None where none is."""
    if not isinstance(on, date):
        return None
    # Reading a case takes a while: those of other days are left on the shelf.
    around = [name for name, day in settled_days().items() if EARLIEST <= on - day <= LATEST]
    near = [_case(name) for name in around if of_both_sides(name)]
    return min(near, key=lambda file: abs(on - file.on), default=None)


def case_between(sides: tuple[str, ...], on: date) -> CaseFile | None:
    """The case of the package nearest to a day in which all of some sides talk; None where none is near."""
    around = {name: abs(on - day) for name, day in settled_days().items() if EARLIEST <= on - day <= QUARTER}
    near = (_case(name) for name in sorted(around, key=lambda name: around[name]))
    return next((file for file in near if set(sides) <= set(file.parties)), None)


def of_both_sides(name: str) -> bool:
    """Whether a case of the package is between the United States and China, with the threats that runs speak of."""
    file = _case(name)
    return file.parties == PARTIES and {*THREATS} <= {row.name for row in file.threats}


@lru_cache(maxsize=32)
def _case(name: str) -> CaseFile:
    return settled_case(name)
