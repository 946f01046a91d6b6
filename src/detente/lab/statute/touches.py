"""Touches: whether an act is on goods of some countries, and on some tariff codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from detente.codes.hs import nested
from detente.data.importers import Importer
from detente.law import Measure
from detente.law.measure import names_partner


@dataclass(frozen=True)
class Wanted:
    """Whose goods an act must be on, and which; empty for all.

    Attributes
    ----------
    partners : ISO3. codes : digits, each for all lines under it.
    """

    partners: frozenset[str] = frozenset()
    codes: tuple[str, ...] = ()

    def touched(self, where: Importer, name: str, *days: date) -> bool:
        """Whether an act, by its id, or a base duty, by its code, is on these goods on one of some days."""
        programme = where.programmes.by_symbol.get(name)
        if programme is None:  # a base duty, for every partner
            return self._among([(name.replace(".", ""), ())])
        open_to = not self.partners or any(programme.open_to(p, day) for p in self.partners for day in days)
        return open_to and (not programme.only or self._among([(code, ()) for code in programme.only]))

    def touches(self, measure: Measure, *days: date) -> bool:
        """Whether a measure is on these goods on one of some days."""
        goods = [(prefix, block.excepted) for block in measure.goods for prefix in block.prefixes]
        return (not measure.goods or self._among(goods)) and (
            not self.partners or any(_names(measure, partner, days) for partner in self.partners)
        )

    def _among(self, goods: Sequence[tuple[str, Collection[str]]]) -> bool:
        """Whether one of the codes lies in goods, or they in it, and is not left out."""
        return not self.codes or any(
            nested(code, prefix) and (prefix.startswith(code) or not any(code.startswith(out) for out in excepted))
            for prefix, excepted in goods
            for code in self.codes
        )


ALL = Wanted()


def around(day: date) -> tuple[date, date]:
    """A day and the one before: what ends is there on the one, what begins on the other."""
    return day, day - timedelta(1)


def _names(measure: Measure, partner: str, days: Sequence[date]) -> bool:
    """Whether a measure and one of its periods on some days name a partner."""
    scopes: list[tuple[Any, date]] = [(measure.partners, day) for day in days]
    if not any(names_partner(scope, partner, day) for scope, day in scopes):
        return False
    periods = [period for day in days for period in measure.periods_on(day)]
    rated = [period.rate.by_partner for period in periods if period.rate is not None and period.rate.by_partner]
    own = [period.partners for period in periods if period.partners is not None]
    named = not own or any(names_partner(scope, partner, day) for scope in own for day in days)
    return named and (not rated or any(partner in rates for rates in rated))
