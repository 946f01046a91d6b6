"""The world economy: what a tariff does to every country, in general equilibrium.

Exact hat algebra in one frame: a balanced `Economy`, a `Shock`, an `Equilibrium` with its certificate. Families of
models supply equations and adjoints; solver, gradient, optimal and Nash tariffs are shared.
"""

from detente.economy.aggregation import aggregate, elasticities
from detente.economy.armington.accounts import calibrate
from detente.economy.decomposition import Decomposition, attribution, decompose, income_parts
from detente.economy.family import Family
from detente.economy.frame import Certificate, Economy, Equilibrium, Shock, baseline_tariff
from detente.economy.input_output.accounts import balance
from detente.economy.input_output.real_income import first_order
from detente.economy.policies.concessions import concessions, exchange_rates
from detente.economy.policies.cooperative import Cooperative, cooperative
from detente.economy.policies.decoupling import Decoupling, baseline_spending, decouple
from detente.economy.policies.game import Nash, NashPoint, nash
from detente.economy.policies.laffer import Laffer, laffer
from detente.economy.policies.policy import Optimum, optimal_tariff, worth
from detente.economy.policies.quotas import Rationed, quotas_of, with_quotas
from detente.economy.policies.sufficient import (
    SufficientNash,
    average,
    formula_retaliation,
    formula_tariff,
    one_sided,
    sufficient_nash,
    with_retaliation,
)
from detente.economy.solver import gradient, solve, solve_many
from detente.economy.tariff_table import TableRow, added, goods, replaced, shock_of

__all__ = [
    "Certificate", "Cooperative", "Decomposition", "Decoupling", "Economy", "Equilibrium",
    "Family", "Laffer", "Nash", "NashPoint", "Optimum", "Rationed", "Shock", "SufficientNash",
    "TableRow", "added", "aggregate", "attribution", "average", "balance", "baseline_spending",
    "baseline_tariff", "calibrate", "concessions", "cooperative", "decompose", "decouple",
    "elasticities", "exchange_rates", "first_order", "formula_retaliation", "formula_tariff",
    "goods", "gradient", "income_parts", "laffer", "nash", "one_sided", "optimal_tariff",
    "quotas_of", "replaced", "shock_of", "solve", "solve_many", "sufficient_nash", "with_quotas",
    "with_retaliation", "worth",
]  # fmt: skip
