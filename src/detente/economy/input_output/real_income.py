"""What a country makes of an equilibrium of family B: real income, and a government's weighted income.

Real income is final spending over the price of final goods; where labour answers the real wage, less what work costs
the worker, kappa / (1 + kappa) of the wage bill (family A, lump-sum rebate). The government's objective is that of
Ossa (2014): income of every sector, with its share of revenue, times the sector's weight.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from detente.codes import InputError, Parameter, UnknownName
from detente.economy.frame import Economy, Floats, Shock
from detente.economy.input_output.equations import InputOutputCotangents, InputOutputProblem, InputOutputState, nothing

WEIGHTS = "political_weight"
OBJECTIVES = ("real-income", "political")


def change(economy: Economy, shock: Shock, pr: InputOutputProblem, s: InputOutputState) -> Floats:
    """Change of what a shock's objective names, shape (country,), share."""
    return _political(pr, s, political_weight(economy)) if _is_political(shock) else _real(pr, s)


def pull(
    economy: Economy, shock: Shock, pr: InputOutputProblem, s: InputOutputState, on: Floats
) -> InputOutputCotangents:
    """Adjoints of the state for on @ change."""
    return _pull_political(pr, s, political_weight(economy), on) if _is_political(shock) else _pull_real(pr, s, on)


def _is_political(shock: Shock) -> bool:
    return bool(shock.options.get("objective", "real-income") == "political")


def check(economy: Economy, shock: Shock) -> None:
    """Refuse an objective nobody knows, or one without the weights it needs."""
    name = str(shock.options.get("objective", "real-income"))
    if name not in OBJECTIVES:
        raise UnknownName("objective", name, OBJECTIVES, Parameter("objective"), f"use {' or '.join(OBJECTIVES)}")
    if _is_political(shock):
        political_weight(economy)


def political_weight(economy: Economy) -> Floats:
    """Weights lambda, shape (country, sector); only their ratios within a country matter."""
    shape = (len(economy.countries), len(economy.sectors))
    where = f"world {economy.name}, {WEIGHTS}"
    if WEIGHTS not in economy.arrays:
        raise InputError(where, "is missing", f"give weights of shape {shape}, one on average in each country")
    weight = np.asarray(economy.arrays[WEIGHTS], dtype=np.float64)
    if weight.size != np.prod(shape):
        raise InputError(where, f"shape {weight.shape} does not fit", f"give {shape}")
    weight = weight.reshape(shape)
    bad = ~np.isfinite(weight) | (weight < 0) | (weight.sum(axis=1) <= 0)[:, None]
    if bad.any():
        n, j = np.argwhere(bad)[0]
        raise InputError(
            f"{WEIGHTS}, {economy.countries[n]}, {economy.sectors[j]}",
            f"{weight[n, j]:g} is no weight",
            "give zero or more",
        )
    return weight


def changes(economy: Economy, pr: InputOutputProblem, s: InputOutputState) -> dict[str, Floats]:
    """Columns of the table that this module knows, each of shape (country,), shares."""
    columns = {"welfare": _real(pr, s)}
    if pr.tech.supply:
        columns["employment"] = np.expm1(s.labor)
    if WEIGHTS in economy.arrays:
        columns["political_welfare"] = _political(pr, s, political_weight(economy))
    return columns


def _toil(pr: InputOutputProblem) -> float:
    """Share of the wage bill that makes up for work."""
    return pr.tech.supply / (1.0 + pr.tech.supply)


def _price(pr: InputOutputProblem, s: InputOutputState) -> Floats:
    return np.exp((pr.base.final * s.p).sum(axis=1))


def _real(pr: InputOutputProblem, s: InputOutputState) -> Floats:
    old = pr.base.final_spending - _toil(pr) * pr.tech.labor_income
    return (s.final_spending - _toil(pr) * s.wages) / old / _price(pr, s) - 1.0


def _pull_real(pr: InputOutputProblem, s: InputOutputState, on: Floats) -> InputOutputCotangents:
    old = pr.base.final_spending - _toil(pr) * pr.tech.labor_income
    each = on / (old * _price(pr, s))
    return replace(
        nothing(s),
        p=-pr.base.final * (on * (1.0 + _real(pr, s)))[:, None],
        final=each,
        wages=-_toil(pr) * each,
    )


def _political(pr: InputOutputProblem, s: InputOutputState, weight: Floats) -> Floats:
    now, _, _ = _weighted(pr, weight, s.output, s.revenue + s.deficit)
    base = pr.base
    before, _, _ = _weighted(pr, weight, base.output, base.revenue + base.deficit)
    return now / before / _price(pr, s) - 1.0


def _weighted(pr: InputOutputProblem, weight: Floats, output: Floats, shared: Floats) -> tuple[Floats, Floats, Floats]:
    """Weighted income, mean weight of workers and the wage bill by output, each of shape (country,)."""
    labor = pr.tech.labor * output
    bill = labor.sum(axis=1)
    mean = (weight * labor).sum(axis=1) / bill
    return (weight * pr.base.value_added_share * output).sum(axis=1) + mean * shared, mean, bill


def _pull_political(pr: InputOutputProblem, s: InputOutputState, weight: Floats, on: Floats) -> InputOutputCotangents:
    base, shared = pr.base, s.revenue + s.deficit
    before, _, _ = _weighted(pr, weight, base.output, base.revenue + base.deficit)
    now, mean, bill = _weighted(pr, weight, s.output, shared)
    each = on / (before * _price(pr, s))
    by_sector = weight * base.value_added_share + pr.tech.labor * (weight - mean[:, None]) * (shared / bill)[:, None]
    return replace(
        nothing(s),
        p=-base.final * (each * now)[:, None],
        output=each[:, None] * by_sector,
        revenue=each * mean,
        deficit=each * mean,
    )
