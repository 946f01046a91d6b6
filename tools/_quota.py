"""Lines beyond a tariff quota, and unit values that do not rest on the duty collected under them.

What comes in under such a line is often let in by another provision (an agreement's own quota, re-export, a licence):
duty over value then says little of the duty the line states. The amount over a unit value does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from _schedule import Line
from detente.law.duty import RAW_SUGAR, Duty, DutyPart

WITHIN = re.compile(
    r"described in (?:general note 15|additional U\.? ?S\.? note\b.*) and entered (?:pursuant|under)", re.I
)
# Unit values of goods of one subheading differ; beyond these factors the duty was not paid on most of the value.
AGAINST_SIBLINGS, AGAINST_HEADING = 3.0, 10.0
# An implied quantity is mostly rounding under this value (USD).
SMALLEST_VALUE = 50_000


def over_quota(lines: Mapping[str, Line]) -> dict[str, frozenset[str]]:
    """8-digit lines named "Other" beside a line for the goods within a tariff quota -> the other lines beside them."""
    families: dict[tuple[str, ...], set[str]] = {}
    for code, line in lines.items():
        branches = range(len(line.path)) if code < "98" else ()
        for i in branches:
            families.setdefault(line.path[:i], set()).add(code[:8])
    quotas = {
        line.path[:i]
        for code, line in lines.items()
        for i, text in enumerate(line.path)
        if code < "98" and WITHIN.search(text)
    }
    found = {code[:8]: branch(line.path, quotas) for code, line in lines.items() if code < "98"}
    beyond = {hs8 for hs8, path in found.items() if path is not None}
    return {hs8: frozenset(families[path] - beyond) for hs8, path in found.items() if path is not None}


def branch(path: tuple[str, ...], quotas: set[tuple[str, ...]]) -> tuple[str, ...] | None:
    """The heading under which a path goes on by "Other" and another by a quota; None for a path within a quota."""
    if any(WITHIN.search(text) for text in path):
        return None
    others = (path[:i] for i, text in enumerate(path) if text.lower().rstrip(": ") == "other" and path[:i] in quotas)
    return next(others, None)


def amount(part: DutyPart) -> float:
    """USD per unit of a part, that of sugar at the usual degrees."""
    return part.rate(RAW_SUGAR) if part.per_degree else part.amount


def counted_in(part: DutyPart) -> str:
    """The unit that unit values are kept by: the weight of a content or of sugars is a unit of its own."""
    return part.measure if part.basis.endswith(" content") else part.unit


@dataclass(frozen=True)
class Sighting:
    """Goods of one number and partner on which a specific duty was paid, and the quantity the duty tells."""

    code: str
    unit: str
    value: float
    quantity: float

    @property
    def unit_value(self) -> float:
        return self.value / self.quantity


def sighting(code: str, value: float, duty: float, rate: Duty | None) -> Sighting | None:
    """What a duty tells of the quantity; None where the value is small or no specific amount was paid."""
    part = rate.single_unit if rate else None
    if rate is None or part is None or value < SMALLEST_VALUE or amount(part) == 0:
        return None
    quantity = (duty - rate.minimum * value) / amount(part)
    return Sighting(code, counted_in(part), value, quantity) if quantity > 0 else None


def quantile(sightings: Iterable[Sighting], share: float) -> float | None:
    """The unit value that `share` of the quantity stays under; None without sightings."""
    ordered = sorted(sightings, key=lambda s: (s.unit_value, s.code))
    left = share * sum(s.quantity for s in ordered)
    for s in ordered:
        left -= s.quantity
        if left <= 0:
            return s.unit_value
    return None


class Siblings:
    """Sightings of the lines around those beyond a quota; `beyond` has the lines beside each."""

    def __init__(self, sightings: Iterable[Sighting], beyond: Mapping[str, frozenset[str]]) -> None:
        self.sightings = tuple(sightings)
        self.beyond = beyond

    def beside(self, hs8: str, unit: str) -> list[Sighting]:
        """Of the lines for the same goods within the quota, or let in for another use."""
        family = self.beyond.get(hs8, frozenset())
        return [s for s in self.sightings if s.code[:8] in family and s.unit == unit]

    def around(self, hs8: str, unit: str) -> list[Sighting]:
        """Of the other lines beyond a quota in the heading."""
        return [
            s
            for s in self.sightings
            if s.code[:4] == hs8[:4] and s.code[:8] in self.beyond and s.code[:8] != hs8 and s.unit == unit
        ]

    def unpaid(self, hs8: str, unit: str, unit_value: float) -> bool:
        """Whether a unit value implied by the duty collected is far above those of the lines around."""
        near, wide = quantile(self.beside(hs8, unit), 0.5), quantile(self.around(hs8, unit), 0.5)
        if near is not None:
            return unit_value > AGAINST_SIBLINGS * near
        return wide is not None and unit_value > AGAINST_HEADING * wide

    def unit_value(self, hs8: str, unit: str) -> tuple[float, str] | None:
        """USD per unit and where it is from: the lower quartile by quantity of the lines beside, else of the heading.

        The lower quartile, because goods beyond the quota come without the quota's rent, and because duty that was
        not paid only ever raises the unit values.
        """
        for sightings, source in ((self.beside(hs8, unit), "beside_quota"), (self.around(hs8, unit), "quota_hs4")):
            low = quantile(sightings, 0.25)
            if low is not None:
                return low, source
        return None
