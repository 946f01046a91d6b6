"""The world economy: what a tariff does to every country, in general equilibrium.

Exact hat algebra in one frame: a balanced `Economy`, a `Shock`, an `Equilibrium` with its certificate. Families of
models supply equations and adjoints; solver, gradient, optimal and Nash tariffs are shared.
"""

from detente.economy.accounts import calibrate
from detente.economy.aggregation import aggregate, elasticities
from detente.economy.contributions import first_order
from detente.economy.formulas import (
    average,
    formula_retaliation,
    formula_tariff,
    one_sided,
    with_retaliation,
    world_employment,
    world_trade_to_gdp,
)
from detente.economy.frame import Certificate, Economy, Equilibrium, Family, Shock, baseline_tariff, shock_of
from detente.economy.game import Nash, nash
from detente.economy.gradient import gradient
from detente.economy.input_output import balance
from detente.economy.policy import Optimum, optimal_tariff
from detente.economy.solver import solve, solve_many
from detente.economy.tariff_changes import added, replaced

__all__ = [
    "Certificate",
    "Economy",
    "Equilibrium",
    "Family",
    "Nash",
    "Optimum",
    "Shock",
    "added",
    "aggregate",
    "average",
    "balance",
    "baseline_tariff",
    "calibrate",
    "elasticities",
    "first_order",
    "formula_retaliation",
    "formula_tariff",
    "gradient",
    "nash",
    "one_sided",
    "optimal_tariff",
    "replaced",
    "shock_of",
    "solve",
    "solve_many",
    "with_retaliation",
    "world_employment",
    "world_trade_to_gdp",
]
