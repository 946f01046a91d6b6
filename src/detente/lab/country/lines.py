"""Trade of the United States by tariff line and country of a world, and the duty that each owes on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.data.importer_lines import names_of_groups
from detente.economy import Economy
from detente.lab.averages.axes import Axes
from detente.lab.averages.sides import Pairing, Side
from detente.trade import onto

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class LineTrade:
    """What each country sells in each tariff line, and the duty it owes.

    Attributes
    ----------
    codes : lines with trade, shape (lines,); `sector` : of the world, of each, -1 for none.
    value : imports, USD, shape (lines, countries); `before`, `after` : duty owed on them, USD, same shape.
    """

    pairing: Pairing = field(repr=False)
    codes: NDArray[np.str_] = field(repr=False)
    sector: Ints = field(repr=False)
    value: Floats = field(repr=False)
    before: Floats = field(repr=False)
    after: Floats = field(repr=False)

    @cached_property
    def everybody(self) -> Floats:
        """Imports of each line, USD, shape (lines,)."""
        return self.value.sum(axis=1)

    def duty(self, seller: int) -> tuple[Floats, Floats]:
        """Duty on the goods of a country before and after, share, shape (lines,); NaN where it sells nothing."""
        return _rate(self.before[:, seller], self.value[:, seller]), _rate(self.after[:, seller], self.value[:, seller])

    def rivals(self, seller: int) -> tuple[Floats, Floats]:
        """Mean duty on the goods of all others in the same line, by their trade, before and after; NaN without them."""
        others = self.everybody - self.value[:, seller]
        return tuple(_rate(owed.sum(axis=1) - owed[:, seller], others) for owed in (self.before, self.after))  # type: ignore[return-value]

    def names(self, lines: Sequence[int]) -> list[str]:
        """Goods of some lines in words."""
        where = self.pairing.after.ground.where
        keys, words = where.lines.codes.tolist(), where.words()
        wanted = {str(self.codes[k]) for k in lines}
        chosen = [(key, own) for key, own in zip(keys, words, strict=True) if key in wanted]
        known = names_of_groups([own for _, own in chosen], [key for key, _ in chosen])
        return [known.get(str(self.codes[k]), "") for k in lines]


def _rate(owed: Floats, value: Floats) -> Floats:
    traded = value > 0.5
    return np.where(traded, owed / np.where(traded, value, 1.0), np.nan)


def line_trade(pairing: Pairing, economy: Economy) -> LineTrade:
    """The trade of an importer by line and country of a world, with the duty under both laws, at its later weights."""
    axes, n = Axes.of(economy), len(economy.countries)
    value, after = _laid(pairing.after, axes, n)
    own, owed = _laid(pairing.before, axes, n)
    before = np.where(own > 0.0, owed / np.where(own > 0.0, own, 1.0), 0.0) * value
    traded = np.flatnonzero(value.sum(axis=1) > 0.5)
    ground = pairing.after.ground
    sector = axes.columns(ground)
    return LineTrade(
        pairing, ground.flows.lines.codes[traded], sector[traded], value[traded], before[traded], after[traded]
    )


def _laid(side: Side, axes: Axes, n: int) -> tuple[Floats, Floats]:
    """Imports and the duty owed on them, USD, shape (lines, countries)."""
    flows = side.ground.flows
    count = len(flows.lines)
    divided, _ = flows.expanded()
    laid = onto(flows, np.zeros(len(divided.partners), dtype=np.int64), np.arange(count), (1, count))
    row = axes.rows(divided.partners)[laid.partner]
    # Partners that a world without a rest does not have are left out, as they are of its duties.
    inside = row >= 0
    cell = (divided.line_at * n + row)[inside]

    def spread(amounts: Floats) -> Floats:
        return np.bincount(cell, amounts[inside], minlength=count * n).reshape(count, n).astype(np.float64)

    return spread(laid.value), spread(laid.value * side.rates.total[laid.source])
