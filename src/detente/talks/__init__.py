"""The talks: what each side would accept, what deal could be struck, and whether it would hold.

A `Negotiation` binds an outcome space, payoffs and two or more threats; `settle` answers all questions at once, and
each answer can be asked for by itself. Payoffs are USD billion a year from one reference outcome.
"""

from detente.talks.acceptable import Acceptable, Limit, acceptable, accepted, break_even, conditional_limits
from detente.talks.beliefs import update
from detente.talks.degenerate import Caution
from detente.talks.delay import DelayLedger, delay_ledger
from detente.talks.frontier import Curve, Survey, curve_of, nondominated, survey, trace
from detente.talks.improvements import Improvement, LeftOver, left_on_table, one_issue_improvements
from detente.talks.inverse import Candidate, Inverse, rationalise
from detente.talks.leverage import Leverage, leverage, marginal_power, threat_values
from detente.talks.linkage import Linkage, linkage
from detente.talks.responses import Response, War, best_response, tariff_war
from detente.talks.settle import Cell, Labels, NamedDeal, Settlement, settle
from detente.talks.signalling import SignallingEquilibrium, SignallingGame, equilibria
from detente.talks.solutions import CONCEPTS, Solution, nash_on_curve, solve_all, solve_concept
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
from detente.talks.stability import (
    HostileAct,
    Truce,
    deterrence,
    self_enforcing,
    truce,
)

__all__ = [
    "CONCEPTS", "FREE", "Acceptable", "Candidate", "Caution", "Cell", "Constraint", "Curve",
    "DelayLedger", "Formula", "HostileAct", "Improvement", "Inverse", "Issue", "Labels",
    "LeftOver", "Leverage", "Limit", "Linkage", "NamedDeal", "Negotiation", "OutcomeSpace",
    "Payoffs", "Response", "Settlement", "SignallingEquilibrium", "SignallingGame", "Solution",
    "Survey", "Threat", "Truce", "War", "acceptable", "accepted", "best_response", "break_even",
    "conditional_limits", "curve_of", "delay_ledger", "deterrence", "equilibria", "expected",
    "left_on_table", "leverage", "linear", "linkage", "marginal_power", "nash_on_curve",
    "nondominated", "one_issue_improvements", "rationalise", "self_enforcing", "settle",
    "solve_all", "solve_concept", "survey", "tariff_war", "threat_values", "trace", "truce",
    "update",
]  # fmt: skip
