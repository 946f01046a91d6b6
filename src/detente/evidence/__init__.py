"""Evidence: dated events, claims and their verdicts by rule, promises, history and the reaction of markets."""

from detente.evidence.claims import Claim, ClaimCheck, ClaimPart, Kind, Quantity, Speaker
from detente.evidence.event_panel import Panel, PanelTest, panel
from detente.evidence.event_study import Study, implied_change, rarity, study
from detente.evidence.events import Event, Level, Match, additional_rate, check_events, follows, steps
from detente.evidence.forecasts import Expectation, Resolution, settle
from detente.evidence.history import Place, Rise, Series, annual, largest_rise, place, rounding_band, spliced
from detente.evidence.promises import Promise, track
from detente.evidence.sessions import EXCHANGES, Exchange, Reaction, event_session, exchange
from detente.evidence.substitution import Substitution, moved
from detente.evidence.verdicts import (
    ClaimReading,
    Comparator,
    Nearness,
    Verdict,
    agreement,
    half_unit,
    judge,
    judge_range,
    of_cause,
    of_measurement,
    of_number,
    of_reaction,
)

__all__ = [
    "EXCHANGES",
    "Claim",
    "ClaimCheck",
    "ClaimPart",
    "ClaimReading",
    "Comparator",
    "Event",
    "Exchange",
    "Expectation",
    "Kind",
    "Level",
    "Match",
    "Nearness",
    "Panel",
    "PanelTest",
    "Place",
    "Promise",
    "Quantity",
    "Reaction",
    "Resolution",
    "Rise",
    "Series",
    "Speaker",
    "Study",
    "Substitution",
    "Verdict",
    "additional_rate",
    "agreement",
    "annual",
    "check_events",
    "event_session",
    "exchange",
    "follows",
    "half_unit",
    "implied_change",
    "judge",
    "judge_range",
    "largest_rise",
    "moved",
    "of_cause",
    "of_measurement",
    "of_number",
    "of_reaction",
    "panel",
    "place",
    "rarity",
    "rounding_band",
    "settle",
    "spliced",
    "steps",
    "study",
    "track",
]
