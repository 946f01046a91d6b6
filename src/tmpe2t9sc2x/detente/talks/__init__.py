"""The talks: what each side would accept, what deal could be struck, and whether it would hold.

A `Negotiation` binds an outcome space, payoffs and two or more threats; `settle` answers all questions at once, and
each answer can be asked for by itself. Payoffs are USD billion a year from one reference outcome.
"""

from detente.talks.acceptable import Acceptable, Limit, acceptable, accepted, break_even, conditional_limits
from detente.talks.alternating import Offers, alternating_offers, limit_power, proposer_share
from detente.talks.degenerate import Caution, sign_undetermined, weight_undefined
from detente.talks.delay import DelayLedger, delay_ledger
from detente.talks.enforcement import Enforcement, enforcement
from detente.talks.frontier import Curve, Survey, curve_of, nondominated, survey, trace
from detente.talks.improvements import Improvement, LeftOver, left_on_table, one_issue_improvements
from detente.talks.information import (
    Attrition,
    Auction,
    Screening,
    Types,
    attrition,
    deal_probabilities,
    double_auction,
    linear_auction,
    screen,
    uniform_types,
    update,
)
from detente.talks.inverse import Bound, Candidate, Inverse, rationalise, weight_bound
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
    Suspension,
    Truce,
    best_duration,
    deterrence,
    lowest_on_ray,
    self_enforcing,
    suspension,
    truce,
)
from detente.talks.teaching import TwoCountries, two_countries

__all__ = [
    "CONCEPTS",
    "FREE",
    "Acceptable",
    "Attrition",
    "Auction",
    "Bound",
    "Candidate",
    "Caution",
    "Cell",
    "Constraint",
    "Curve",
    "DelayLedger",
    "Enforcement",
    "Formula",
    "HostileAct",
    "Improvement",
    "Inverse",
    "Issue",
    "Labels",
    "LeftOver",
    "Leverage",
    "Limit",
    "Linkage",
    "NamedDeal",
    "Negotiation",
    "Offers",
    "OutcomeSpace",
    "Payoffs",
    "Response",
    "Screening",
    "Settlement",
    "SignallingEquilibrium",
    "SignallingGame",
    "Solution",
    "Survey",
    "Suspension",
    "Threat",
    "Truce",
    "TwoCountries",
    "Types",
    "War",
    "acceptable",
    "accepted",
    "alternating_offers",
    "attrition",
    "best_duration",
    "best_response",
    "break_even",
    "conditional_limits",
    "curve_of",
    "deal_probabilities",
    "delay_ledger",
    "deterrence",
    "double_auction",
    "enforcement",
    "equilibria",
    "expected",
    "left_on_table",
    "leverage",
    "limit_power",
    "linear",
    "linear_auction",
    "linkage",
    "lowest_on_ray",
    "marginal_power",
    "nash_on_curve",
    "nondominated",
    "one_issue_improvements",
    "proposer_share",
    "rationalise",
    "screen",
    "self_enforcing",
    "settle",
    "sign_undetermined",
    "solve_all",
    "solve_concept",
    "survey",
    "suspension",
    "tariff_war",
    "threat_values",
    "trace",
    "truce",
    "two_countries",
    "uniform_types",
    "update",
    "weight_bound",
    "weight_undefined",
]
