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
    from detente.faces.ask.questions.assumptions import assumptions
    from detente.faces.ask.questions.average import average
    from detente.faces.ask.questions.average_history import average_history
    from detente.faces.ask.questions.brief import brief
    from detente.faces.ask.questions.chain_acts import chain_acts
    from detente.faces.ask.questions.chain_levers import chain_levers
    from detente.faces.ask.questions.chain_run import chain_run
    from detente.faces.ask.questions.chain_show import chain_show
    from detente.faces.ask.questions.check import check
    from detente.faces.ask.questions.data_cite import data_cite
    from detente.faces.ask.questions.data_list import data_list
    from detente.faces.ask.questions.data_show import data_show
    from detente.faces.ask.questions.deal import deal
    from detente.faces.ask.questions.deal_offers import deal_offers
    from detente.faces.ask.questions.economy_concessions import economy_concessions
    from detente.faces.ask.questions.economy_decompose import economy_decompose
    from detente.faces.ask.questions.economy_decouple import economy_decouple
    from detente.faces.ask.questions.economy_optimal import economy_optimal
    from detente.faces.ask.questions.economy_solve import economy_solve
    from detente.faces.ask.questions.economy_war import economy_war
    from detente.faces.ask.questions.entries import entries
    from detente.faces.ask.questions.events import events
    from detente.faces.ask.questions.find import find
    from detente.faces.ask.questions.law_changes import law_changes
    from detente.faces.ask.questions.law_check import law_check
    from detente.faces.ask.questions.law_coverage import law_coverage
    from detente.faces.ask.questions.law_list import law_list
    from detente.faces.ask.questions.law_show import law_show
    from detente.faces.ask.questions.prices import prices
    from detente.faces.ask.questions.rate import rate
    from detente.faces.ask.questions.rate_history import rate_history
    from detente.faces.ask.questions.reconcile import reconcile
    from detente.faces.ask.questions.revenue import revenue
    from detente.faces.ask.questions.run import run
    from detente.faces.ask.questions.score import score
    from detente.faces.ask.questions.sweep import sweep
    from detente.faces.ask.questions.talks_advice import talks_advice
    from detente.faces.ask.questions.talks_new import talks_new
    from detente.faces.ask.questions.talks_record import talks_record
    from detente.faces.ask.questions.watch import watch

__version__ = VERSION

_API = (
    "Answer Scenario Shock Table concordance disrupt frame gradient load_chain load_economy load_flows load_law "
    "load_scenario open_talk read_data schedule settle solve"
).split()
_CODES = "DetenteError InputError LawError MissingData SolveError UnknownName".split()
_FACE = {
    "read_data": "files",
    "settle": "talks",
}
"""Names with a module of their own, so that a question loads what it needs and no more."""

_WHERE = {
    **dict.fromkeys(_API, "detente.api"),
    **dict.fromkeys(_CODES, "detente.codes"),
    **{name: f"detente.faces.python.{module}" for name, module in _FACE.items()},
}

__all__ = [
    "Answer", "DetenteError", "InputError", "LawError", "MissingData", "Scenario", "Shock",
    "SolveError", "Table", "UnknownName", "__version__", "assumptions", "average",
    "average_history", "brief", "chain_acts", "chain_levers", "chain_run", "chain_show", "check",
    "concordance", "data_cite", "data_list", "data_show", "deal", "deal_offers", "disrupt",
    "economy_concessions", "economy_decompose", "economy_decouple", "economy_optimal",
    "economy_solve", "economy_war", "entries", "events", "find", "frame", "gradient",
    "law_changes", "law_check", "law_coverage", "law_list", "law_show", "load_chain",
    "load_economy", "load_flows", "load_law", "load_scenario", "open_talk", "prices", "rate",
    "rate_history", "read_data", "reconcile", "revenue", "run", "schedule", "score", "settle",
    "solve", "sweep", "talks_advice", "talks_new", "talks_record", "watch",
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
    from detente.faces.ask.renamed import new_function

    if name.replace("_", " ") in names():
        return find(name)
    if new := new_function(name):
        raise AttributeError(f"detente.{name} is now detente.{new}")
    now = "_".join(command_line(name.split("_")))
    near = now if now != name else did_you_mean(name, (*__all__, *(each.replace(" ", "_") for each in names())))
    raise AttributeError(f"detente has no '{name}'{f'; did you mean {near}?' if near else ''}")


def __dir__() -> list[str]:
    return __all__
