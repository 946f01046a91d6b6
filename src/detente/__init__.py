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
        Answer,
        Scenario,
        Shock,
        Table,
        concordance,
        disrupt,
        frame,
        gradient,
        load_chain,
        load_economy,
        load_flows,
        load_law,
        load_scenario,
        open_talk,
        read_data,
        schedule,
        settle,
        solve,
    )
    from detente.codes import DetenteError, InputError, LawError, MissingData, SolveError, UnknownName
    from detente.faces.ask.questions.averages import average, average_history, revenue
    from detente.faces.ask.questions.chains import chain_acts, chain_levers, chain_run, chain_show
    from detente.faces.ask.questions.deals import brief, deal, deal_offers
    from detente.faces.ask.questions.economy import (
        economy_concessions,
        economy_decompose,
        economy_decouple,
        economy_optimal,
        economy_path,
        economy_solve,
        economy_war,
    )
    from detente.faces.ask.questions.goods import entries, watch
    from detente.faces.ask.questions.law import (
        find,
        law_changes,
        law_check,
        law_coverage,
        law_list,
        law_show,
        rate_history,
    )
    from detente.faces.ask.questions.prices import prices
    from detente.faces.ask.questions.program import assumptions, data_cite, data_list, data_show
    from detente.faces.ask.questions.rate import rate
    from detente.faces.ask.questions.record import check, events, reconcile, score
    from detente.faces.ask.questions.run import run, sweep
    from detente.faces.ask.questions.talks import talks_advice, talks_new, talks_record
    from detente.faces.ask.questions.week import week

__version__ = VERSION

_API = (
    "Answer Scenario Shock Table concordance disrupt frame gradient load_chain load_economy load_flows load_law "
    "load_scenario open_talk read_data schedule settle solve"
).split()
_CODES = "DetenteError InputError LawError MissingData SolveError UnknownName".split()
_WHERE = {
    **dict.fromkeys(_API, "detente.api"),
    **dict.fromkeys(_CODES, "detente.codes"),
}

__all__ = [
    "Answer", "DetenteError", "InputError", "LawError", "MissingData", "Scenario", "Shock",
    "SolveError", "Table", "UnknownName", "__version__", "assumptions", "average",
    "average_history", "brief", "chain_acts", "chain_levers", "chain_run", "chain_show", "check",
    "concordance", "data_cite", "data_list", "data_show", "deal", "deal_offers", "disrupt",
    "economy_concessions", "economy_decompose", "economy_decouple", "economy_optimal", "economy_path",
    "economy_solve", "economy_war", "entries", "events", "find", "frame", "gradient",
    "law_changes", "law_check", "law_coverage", "law_list", "law_show", "load_chain",
    "load_economy", "load_flows", "load_law", "load_scenario", "open_talk", "prices", "rate",
    "rate_history", "read_data", "reconcile", "revenue", "run", "schedule", "score", "settle",
    "solve", "sweep", "talks_advice", "talks_new", "talks_record", "watch", "week",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    value = getattr(importlib.import_module(_WHERE[name]), name) if name in _WHERE else _question(name)
    globals()[name] = value
    return value


def _question(name: str) -> Any:
    """The question of a name; an unknown name is answered with the nearest."""
    from detente.codes.errors import did_you_mean
    from detente.faces.ask.question import command_line, find, names
    from detente.faces.ask.renamed import renamed

    if name.replace("_", " ") in names():
        return find(name)
    if new := renamed().get("python", {}).get(name, ""):
        raise AttributeError(f"detente.{name} is now detente.{new}")
    now = "_".join(command_line(name.split("_")))
    near = now if now != name else did_you_mean(name, (*__all__, *(each.replace(" ", "_") for each in names())))
    raise AttributeError(f"detente has no '{name}'{f'; did you mean {near}?' if near else ''}")


def __dir__() -> list[str]:
    return __all__
