"""The problem of family A: a world and a shock with its options, ready for the equations."""

from __future__ import annotations

from typing import Any

import numpy as np

from detente.economy.armington.accounts import ArmingtonAccounts, accounts
from detente.economy.armington.equations import ArmingtonProblem
from detente.economy.frame import Economy, Floats, Shock, check_tariff

CLOSURES = ("fixed-transfers", "balanced", "zero", "proportional")
REBATES = ("tax-cut", "lump-sum")
OPTIONS = {"closure": "fixed-transfers", "rebate": "tax-cut", "as_published": False, "pivot": "USA"}


def option(shock: Shock, name: str) -> Any:
    """An option of the shock with its default."""
    return shock.options.get(name, OPTIONS[name])


def problem(economy: Economy, shock: Shock) -> ArmingtonProblem:
    """The problem of an economy and a shock, kept with the shock."""
    kept = shock.memo.get("armington")
    if kept is None or kept[0] is not economy:
        kept = (economy, _problem(economy, shock))
        shock.memo["armington"] = kept
    return kept[1]


def _problem(economy: Economy, shock: Shock) -> ArmingtonProblem:
    base = accounts(economy)
    shape = base.flows.shape
    rates = np.zeros(shape) if shock.tariff is None else _sector_first(check_tariff(economy, shock.tariff))
    gross = 1.0 + rates
    pull = base.share
    if shock.tariff is not None:
        pull = pull * np.exp(-(base.trade[:, :, None] * base.exponent[:, None]) * np.log(gross))
    if shock.cost_hat is not None:
        pull = pull * _sector_first(np.asarray(shock.cost_hat)) ** (-base.trade[:, :, None])
    return ArmingtonProblem(
        base=base,
        pull=pull,
        net=pull / gross,
        gross=gross,
        lift=base.trade * _lift(shock, shape),
        transfer=_transfer(economy, base, shock),
        proportional=option(shock, "closure") == "proportional",
        tax_cut=option(shock, "rebate") == "tax-cut",
    )


def _sector_first(values: Floats) -> Floats:
    return values[None] if values.ndim == 2 else np.ascontiguousarray(values.transpose(2, 0, 1))


def _lift(shock: Shock, shape: tuple[int, ...]) -> Floats:
    if shock.productivity_hat is None:
        return np.zeros((1, shape[1]))
    hat = np.asarray(shock.productivity_hat, dtype=np.float64)
    return np.log(hat[None] if hat.ndim == 1 else hat.T)


def _transfer(economy: Economy, base: ArmingtonAccounts, shock: Shock) -> Floats:
    closure = option(shock, "closure")
    if closure == "zero":
        return np.zeros_like(base.transfer)
    if closure != "balanced":
        return base.transfer
    pivot = economy.country(str(option(shock, "pivot")), "closure balanced")
    flows = base.flows.sum(axis=0)
    transfer = base.transfer - (flows[:, pivot] - flows[pivot])
    transfer[pivot] = 0.0
    return transfer if option(shock, "as_published") else _rescaled(transfer)


def _rescaled(transfer: Floats) -> Floats:
    """Transfers that sum to zero: receipts and payments scaled towards one another, zeros kept."""
    received, paid = transfer.clip(0.0).sum(), -transfer.clip(None, 0.0).sum()
    factor = np.sqrt(paid / received)
    return np.where(transfer > 0, transfer * factor, transfer / factor)
