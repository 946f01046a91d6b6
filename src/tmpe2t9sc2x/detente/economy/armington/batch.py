"""Many shocks of one one-sector world in one evaluation: the baseline shares are read once, changed cells apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from detente.economy.armington.equations import ArmingtonProblem, ArmingtonState, clearing, residual, state
from detente.economy.armington.outcome import changes_of, equilibrium_of
from detente.economy.armington.problem import problem
from detente.economy.frame import Certificate, Economy, Equilibrium, Floats, Shock

Ints = NDArray[np.int64]

STAGED = ("zero", "balanced")
DENSE = 0.2
"""Stacks with more changed cells than this share of all are solved one by one."""


@dataclass(frozen=True)
class ArmingtonStack(ArmingtonProblem):
    """The problem of several shocks at once; arrays of a state gain a leading axis, the shock.

    Attributes
    ----------
    economy, shocks : what was stacked.
    row, column : flat places (shock, importer) and (shock, exporter) of the cells with a tariff, shape (cells,).
    pull_gap, net_gap : what each cell adds to the baseline share in `pull` and in `net`.
    """

    economy: Economy
    shocks: Sequence[Shock]
    row: Ints = field(repr=False)
    column: Ints = field(repr=False)
    pull_gap: Floats = field(repr=False)
    net_gap: Floats = field(repr=False)

    def demand(self, q: Floats) -> tuple[Floats, Floats]:
        """S and m, shape (shock, sector, importer)."""
        common, cells = q[:, 0] @ self.pull[0].T, q.ravel()[self.column]
        S = common + _spread(self.row, self.pull_gap * cells, common)
        return S[:, None], (common + _spread(self.row, self.net_gap * cells, common))[:, None]

    def supply(self, g: Floats) -> Floats:
        """Sums over importers of `net` g, shape (shock, sector, exporter)."""
        common = g[:, 0] @ self.pull[0]
        return (common + _spread(self.column, self.net_gap * g.ravel()[self.row], common))[:, None]

    def residuals(self, U: Floats) -> Floats:
        """(F1) to (F4) of every shock, shape (shock, unknowns)."""
        return residual(self, state(self, U))

    def read_out(self, U: Floats, used: Ints, places: Ints) -> Iterator[tuple[int, Equilibrium]]:
        """Place and equilibrium of the shocks at `places`."""
        s = state(self, U)
        gap, changes = np.abs(residual(self, s)), changes_of(self, s)
        walras = clearing(self, s)[:, -1, -1] * self.base.income[-1] / self.base.income.sum()
        worst, n = gap.argmax(axis=1), len(self.economy.countries)
        for b in places.tolist():
            name = self.economy.countries[worst[b] % n]
            size = float(gap[b, worst[b]])
            certificate = Certificate(size, float(walras[b]), int(used[b]), True, name, "batched chord-Newton")
            own = {column: values[b] for column, values in changes.items()}
            yield b, equilibrium_of(self.economy, self.shocks[b], U[b], _one(s, b), certificate, own)


def _spread(place: Ints, value: Floats, like: Floats) -> Floats:
    return np.bincount(place, value, like.size).astype(np.float64).reshape(like.shape)


def _one(s: ArmingtonState, b: int) -> ArmingtonState:
    """The state of one shock of a stack."""
    parts = {f.name: getattr(s, f.name) for f in fields(s)}
    return ArmingtonState(**{name: part if name == "y" else part[b] for name, part in parts.items()})


def stacked(economy: Economy, shocks: Sequence[Shock]) -> ArmingtonStack | None:
    """Shocks with the same options as one problem; None for sectors, trade costs, closures in steps, dense tariffs."""
    first = shocks[0]
    costs = any(shock.cost_hat is not None or shock.productivity_hat is not None for shock in shocks)
    if len(economy.sectors) > 1 or costs or first.options.get("closure") in STAGED:
        return None
    base = problem(economy, first.nothing())
    b, i, j, gross = _cells(shocks)
    n = len(economy.countries)
    if b.size > DENSE * len(shocks) * n * n:
        return None
    share = base.base.share[0, i, j]
    pull = share * np.exp(-float(base.base.trade[0, 0]) * base.base.exponent[i] * np.log(gross))
    parts = {f.name: getattr(base, f.name) for f in fields(base)}
    return ArmingtonStack(
        **parts,
        economy=economy,
        shocks=shocks,
        row=b * n + i,
        column=b * n + j,
        pull_gap=pull - share,
        net_gap=pull / gross - share,
    )


def _cells(shocks: Sequence[Shock]) -> tuple[Ints, Ints, Ints, Floats]:
    """Shock, importer, exporter and 1 + tariff of every cell with a tariff, each of shape (cells,)."""
    cells = []
    for b, shock in enumerate(shocks):
        if shock.tariff is not None:
            i, j = np.nonzero(shock.tariff)
            cells.append((np.full(i.size, b), i, j, 1.0 + shock.tariff[i, j]))
    if not cells:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty, np.zeros(0)
    b, i, j, gross = (np.concatenate(parts) for parts in zip(*cells, strict=True))
    return b, i, j, gross
