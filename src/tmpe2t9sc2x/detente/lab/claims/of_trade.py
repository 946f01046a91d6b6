"""What exports, imports and balances of trade have in common as quantities of claims, declared once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.lab.claims.measurand import Measurand
from detente.lab.claims.measured import Elsewhere, FittedElsewhere
from detente.lab.claims.questions import refused
from detente.lab.claims.rows import ReadingRow
from detente.lab.claims.vocabulary import (
    KINDS,
    LEVEL,
    MONEY,
    POINT,
    SERIES_KEYS,
    SHARES,
    check_level,
    level_or_change,
    period,
)

NARROWED = ("partner", "country", "year", "period")
"""Keys that say which trade is meant."""


def of_trade(
    what: str,
    *,
    tolerance: float,
    order: int,
    example: Mapping[str, str],
    labels: Mapping[str, str],
    named: Sequence[str] = (),
    populations: Mapping[str, tuple[str, ...]] | None = None,
) -> Measurand:
    """A quantity of trade between countries: a level in money, or its change in per cent.

    Parameters
    ----------
    tolerance : share of the number claimed. labels : name of a record -> how readers call its reading, in order.
    named : further keys that say whose trade is meant; populations : as of `Measurand`.
    """
    return Measurand(
        what=what,
        units=(*MONEY, *SHARES),
        tolerance=tolerance,
        relative=True,
        least=POINT,
        order=order,
        example=example,
        needs={"value": refused, "year": period},
        narrowed_by=(NARROWED[0], *named, *NARROWED[1:]),
        uses=SERIES_KEYS,
        kinds=KINDS,
        populations=populations or {},
        readings=tuple(ReadingRow(name=name, label=label, of=LEVEL, record=name) for name, label in labels.items()),
        unless_said=level_or_change,
        fitting=FittedElsewhere("trade", "fitted"),
        check=check_level,
        compute=Elsewhere("trade", "traded"),
    )
