"""The talks: what each side would accept, what deal could be struck, and whether it would hold.

A `Negotiation` binds an outcome space, payoffs and two or more threats; `settle` answers all questions at once, and
each answer can be asked for by itself. Payoffs are USD billion a year from one reference outcome.
"""

from detente.talks.frontier import (
    HarmDone,
    Improvement,
    LeftOver,
    Survey,
    harms,
    left_on_table,
    many_frontier,
    nondominated,
    pair_curve,
    survey,
)
from detente.talks.inference import (
    Candidate,
    Inverse,
    SignallingEquilibrium,
    SignallingGame,
    equilibria,
    rationalise,
    update,
)
from detente.talks.leverage import DelayLedger, Linkage, delay_ledger, linkage
from detente.talks.settle import Caution, Cell, Labels, NamedDeal, Settlement, settle
from detente.talks.solutions import (
    CONCEPTS,
    CommonGround,
    Limit,
    Solution,
    accepted,
    break_even,
    common_ground,
    conditional_limits,
    fair_share,
    nash_deals,
    power_of_threats,
    solve_all,
    solve_concept,
)
from detente.talks.space import (
    FREE,
    Constraint,
    Formula,
    Issue,
    Negotiation,
    OutcomeSpace,
    Payoffs,
    Threat,
    expected,
    linear,
)
from detente.talks.stability import Truce, War, combined_response, deterrence, self_enforcing, tariff_war, truce

__all__ = [
    "CONCEPTS", "FREE", "Candidate", "Caution", "Cell", "CommonGround", "Constraint", "DelayLedger", "Formula",
    "HarmDone", "Improvement", "Inverse", "Issue", "Labels", "LeftOver", "Limit", "Linkage", "NamedDeal",
    "Negotiation", "OutcomeSpace", "Payoffs", "Settlement", "SignallingEquilibrium", "SignallingGame", "Solution",
    "Survey", "Threat", "Truce", "War", "accepted", "break_even", "combined_response", "common_ground",
    "conditional_limits", "delay_ledger", "deterrence", "equilibria", "expected", "fair_share", "harms",
    "left_on_table", "linear", "linkage", "many_frontier", "nash_deals", "nondominated", "pair_curve",
    "power_of_threats", "rationalise", "self_enforcing", "settle", "solve_all", "solve_concept", "survey",
    "tariff_war", "truce", "update",
]  # fmt: skip
