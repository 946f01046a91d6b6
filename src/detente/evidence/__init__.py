"""Evidence: dated events, claims and their verdicts by rule, promises, history and the reaction of markets."""

from detente.evidence.collection import Substitution, moved
from detente.evidence.event_study import (
    EXCHANGES,
    Exchange,
    Panel,
    PanelTest,
    Reaction,
    Study,
    event_session,
    exchange,
    implied_change,
    panel,
    rarity,
    study,
)
from detente.evidence.events import Event, Level, Match, additional_rate, check_events, follows, steps
from detente.evidence.forecasts import Expectation, Promise, Resolution, settle, track
from detente.evidence.history import Place, Rise, Series, annual, largest_rise, place, rounding_band, spliced
from detente.evidence.verdicts import (
    Claim,
    ClaimCheck,
    ClaimedNumber,
    ClaimPart,
    ClaimReading,
    Comparator,
    Kind,
    Nearness,
    Quantity,
    Speaker,
    Verdict,
    half_unit,
    of_cause,
    of_measurement,
    of_number,
    of_reaction,
)

__all__ = [
    "EXCHANGES", "Claim", "ClaimCheck", "ClaimPart", "ClaimReading", "ClaimedNumber", "Comparator", "Event",
    "Exchange", "Expectation", "Kind", "Level", "Match", "Nearness", "Panel", "PanelTest", "Place", "Promise",
    "Quantity", "Reaction", "Resolution", "Rise", "Series", "Speaker", "Study", "Substitution", "Verdict",
    "additional_rate", "annual", "check_events", "event_session", "exchange", "follows", "half_unit",
    "implied_change", "largest_rise", "moved", "of_cause", "of_measurement", "of_number", "of_reaction",
    "panel", "place", "rarity", "rounding_band", "settle", "spliced", "steps", "study", "track",
]  # fmt: skip
