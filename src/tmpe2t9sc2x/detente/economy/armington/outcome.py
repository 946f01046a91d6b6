"""What a state of family A means: welfare with its adjoint, levels by name, the columns of the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from detente.economy.armington.equations import (
    ArmingtonCotangents,
    ArmingtonProblem,
    ArmingtonState,
    transfers,
    transfers_back,
    zeros,
)
from detente.economy.armington.problem import problem
from detente.economy.frame import Certificate, Economy, Equilibrium, Floats, Shock


def welfare_of(pr: ArmingtonProblem, s: ArmingtonState) -> tuple[Floats, Floats, Floats]:
    """Welfare change, delta and consumption hat, each of shape (country,)."""
    base = pr.base
    tau = s.tau if pr.tax_cut else 0.0
    whole = base.spending if base.value_added == 1.0 else base.consumption
    hat = np.exp(s.e) if base.value_added == 1.0 else (s.revenue + s.income + transfers(pr, s.income)) / whole
    delta = whole / (whole - base.labor / (1.0 + base.labor) * (1.0 - tau) * base.income)
    return (delta * hat + (1.0 - delta) * np.exp(s.x + s.h)) * np.exp(-s.p) - 1.0, delta, hat


def from_welfare(pr: ArmingtonProblem, s: ArmingtonState, weights: Floats) -> ArmingtonCotangents:
    """Adjoints of the state for weights @ welfare."""
    base = pr.base
    change, delta, hat = welfare_of(pr, s)
    c = zeros((), base.trade.shape[0], base.spending.size)
    real = weights * np.exp(-s.p)
    whole = base.spending if base.value_added == 1.0 else base.consumption
    labor = real * (1.0 - delta) * np.exp(s.x + s.h)
    c.x += labor
    c.h += labor
    c.p -= weights * (1.0 + change)
    if pr.tax_cut:
        slope = -(delta**2) * base.labor / (1.0 + base.labor) * base.income / whole
        c.tau += real * (hat - np.exp(s.x + s.h)) * slope
    if base.value_added == 1.0:
        c.e += real * delta * np.exp(s.e)
        return c
    on_whole = real * delta / whole
    c.income += on_whole + transfers_back(pr, s, on_whole)
    c.e += on_whole * base.spending * np.exp(s.e)
    c.imports -= on_whole[None, :]
    return c


class ArmingtonLevels(Mapping[str, Floats]):
    """New values by name, made when first asked for.

    `trade` (importer, exporter(, sector)) net of tariff; `income`, `expenditure`, `revenue`, `transfer`, USD.
    """

    def __init__(self, economy: Economy, shock: Shock, s: ArmingtonState) -> None:
        self._of = (economy, shock, s)
        self._held = {"income": s.income, "revenue": s.revenue}

    def __getitem__(self, name: str) -> Floats:
        if name not in self._held:
            economy, shock, s = self._of
            pr = problem(economy, shock)
            trade = pr.net * s.q[:, None, :] * s.g[:, :, None]
            self._held["trade"] = trade[0] if trade.shape[0] == 1 else trade.transpose(1, 2, 0)
            self._held["expenditure"] = pr.base.spending * np.exp(s.e)
            self._held["transfer"] = transfers(pr, s.income)
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        return iter(("trade", "income", "expenditure", "revenue", "transfer"))

    def __len__(self) -> int:
        return 5


def _openness(imports: Floats, exports: Floats, own: Floats, income: Floats) -> tuple[Floats, Floats, Floats]:
    """Deficit (USD), exports over income and imports over income from totals with own trade, shape (country,)."""
    return imports - exports, (exports - own) / income, (imports - own) / income


def changes_of(pr: ArmingtonProblem, s: ArmingtonState) -> dict[str, Floats]:
    """The columns of the table at a state, each of shape (..., country), shares; NaN where the baseline is zero."""
    base = pr.base
    own = (np.einsum("kii->ki", pr.net) * s.q * s.g).sum(axis=-2)
    new = _openness(s.imports.sum(axis=-2), (s.q * pr.supply(s.g)).sum(axis=-2), own, s.income)
    old = _openness(*base.totals, base.income)
    return {
        "welfare": welfare_of(pr, s)[0],
        "deficit": _over(new[0] - old[0], np.abs(old[0])),
        "exports_to_gdp": _over(new[1] - old[1], old[1]),
        "imports_to_gdp": _over(new[2] - old[2], old[2]),
        "employment": np.expm1(s.h),
        "prices": np.expm1(s.p),
        "real_wage": np.expm1(s.x - s.p),
        "revenue_to_expenditure": s.revenue / base.spending,
    }


def _over(change: Floats, old: Floats) -> Floats:
    return np.where(old > 0, change / np.where(old > 0, old, 1.0), np.nan)


def equilibrium_of(
    economy: Economy,
    shock: Shock,
    u: Floats,
    s: ArmingtonState,
    certificate: Certificate,
    changes: dict[str, Floats],
) -> Equilibrium:
    """An equilibrium from its state and table."""
    hats = {"wage": np.exp(s.x), "employment": np.exp(s.h), "expenditure": np.exp(s.e), "prices": np.exp(s.p)}
    if len(economy.sectors) > 1:
        hats["employment_share"] = np.exp(s.y).T
    return Equilibrium(economy, shock, u, hats, ArmingtonLevels(economy, shock, s), changes, certificate)
