"""The talks: what each side would accept, what deal could be struck, and whether it would hold.

A `Negotiation` binds an outcome space, payoffs and two or more threats; `settle` answers all questions at once, and
each answer can be asked for by itself. Payoffs are USD billion a year from one reference outcome.
"""

from detente.talks.acceptable import Limit, accepted, break_even, conditional_limits
from detente.talks.beliefs import update
from detente.talks.degenerate import Caution
from detente.talks.delay import DelayLedger, delay_ledger
from detente.talks.directions import HarmDone, Improvement, LeftOver, harms, left_on_table, many_frontier, pair_curve
from detente.talks.frontier import Survey, nondominated, survey
from detente.talks.inverse import Candidate, Inverse, rationalise
from detente.talks.linkage import Linkage, linkage
from detente.talks.responses import War, combined_response, tariff_war
from detente.talks.settle import Cell, Labels, NamedDeal, Settlement, settle
from detente.talks.signalling import SignallingEquilibrium, SignallingGame, equilibria
from detente.talks.solutions import (
    CONCEPTS,
    CommonGround,
    Solution,
    common_ground,
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
from detente.talks.stability import Truce, deterrence, self_enforcing, truce

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
