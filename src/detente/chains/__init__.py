"""Supply chains under export control: who runs short, when, at what price and at what cost to the economy."""

from detente.chains.baseline import from_use_tables, from_world, with_spending
from detente.chains.batch import solve_all
from detente.chains.condense import carried_over, condensation, condense, exposed_part, split_exposed
from detente.chains.embedded import exposed_output, outputs_of_parts, part_supply
from detente.chains.equilibrium import NetworkCertificate, NetworkEquilibrium, equilibria, equilibrium
from detente.chains.industry import (
    CertaintyEquivalent,
    RunQuarter,
    certainty_equivalent,
    first_short_months,
    output,
    quantity_for,
    quarters,
    sigma_at,
)
from detente.chains.measures import (
    Loss,
    gdp_change,
    income_change,
    long_run_losses,
    losses,
    marginal_value,
    real_income_change,
    restrictor_value,
)
from detente.chains.network import Network, Pool, Shortage, pooled, shortage_of

__all__ = [
    "CertaintyEquivalent", "Loss", "Network", "NetworkCertificate", "NetworkEquilibrium", "Pool",
    "RunQuarter", "Shortage", "carried_over", "certainty_equivalent", "condensation", "condense",
    "equilibria", "equilibrium", "exposed_output", "exposed_part", "first_short_months",
    "from_use_tables", "from_world", "gdp_change", "income_change", "long_run_losses", "losses",
    "marginal_value", "output", "outputs_of_parts", "part_supply", "pooled", "quantity_for",
    "quarters", "real_income_change", "restrictor_value", "shortage_of", "sigma_at", "solve_all",
    "split_exposed", "with_spending",
]  # fmt: skip
