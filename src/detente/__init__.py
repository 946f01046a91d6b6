"""Détente: a laboratory for trade negotiations.

What would this deal do, and will it hold? From the law of the day to the duty on every tariff line, effective
rates, revenue, and deals as one more layer of law. Names are resolved when first used, so that importing the
package costs little.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from detente.version import VERSION

if TYPE_CHECKING:
    from detente.api import (
        Interval,
        Shock,
        aggregate,
        attribution,
        average,
        balance,
        check,
        compare,
        concessions,
        concordance,
        cooperative,
        daily,
        decompose,
        decouple,
        disrupt,
        disrupt_chain,
        effective_rate,
        event_study,
        explain,
        frame,
        gradient,
        history,
        laffer,
        load_chain,
        load_economy,
        load_flows,
        load_law,
        load_scenario,
        nash,
        open_talk,
        optimal_tariff,
        run,
        schedule,
        settle,
        solve,
        sweep,
        sweep_world,
    )
    from detente.codes import DetenteError, InputError, LawError, MissingData, SolveError, Table, UnknownName

__version__ = VERSION

_API = (
    "Interval Shock aggregate attribution average balance check compare concessions concordance cooperative daily "
    "decompose decouple disrupt disrupt_chain effective_rate event_study explain frame gradient history laffer "
    "load_chain load_economy load_flows load_law load_scenario nash open_talk optimal_tariff run schedule settle "
    "solve sweep sweep_world"
).split()
_CODES = "DetenteError InputError LawError MissingData SolveError Table UnknownName".split()
_WHERE = {**dict.fromkeys(_API, "detente.api"), **dict.fromkeys(_CODES, "detente.codes")}

__all__ = [
    "DetenteError",
    "InputError",
    "Interval",
    "LawError",
    "MissingData",
    "Shock",
    "SolveError",
    "Table",
    "UnknownName",
    "__version__",
    "aggregate",
    "attribution",
    "average",
    "balance",
    "check",
    "compare",
    "concessions",
    "concordance",
    "cooperative",
    "daily",
    "decompose",
    "decouple",
    "disrupt",
    "disrupt_chain",
    "effective_rate",
    "event_study",
    "explain",
    "frame",
    "gradient",
    "history",
    "laffer",
    "load_chain",
    "load_economy",
    "load_flows",
    "load_law",
    "load_scenario",
    "nash",
    "open_talk",
    "optimal_tariff",
    "run",
    "schedule",
    "settle",
    "solve",
    "sweep",
    "sweep_world",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'detente' has no attribute '{name}'")
    value = getattr(importlib.import_module(_WHERE[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
