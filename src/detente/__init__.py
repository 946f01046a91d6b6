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
        Draft,
        Interval,
        Shock,
        Table,
        aggregate,
        attribution,
        average,
        balance,
        brief,
        chain,
        check,
        china,
        compare,
        concessions,
        concordance,
        cooperative,
        daily,
        decompose,
        decouple,
        disrupt,
        disrupt_chain,
        draft,
        effective_rate,
        entries,
        explain,
        facing,
        frame,
        gradient,
        importer,
        laffer,
        load_chain,
        load_economy,
        load_flows,
        load_law,
        load_scenario,
        micro,
        nash,
        open_talk,
        optimal_tariff,
        rate_series,
        read_data,
        revenue,
        run,
        schedule,
        settle,
        solve,
        sweep,
        sweep_world,
        usa,
        world,
    )
    from detente.codes import DetenteError, InputError, LawError, MissingData, SolveError, UnknownName
    from detente.faces.ask.questions.assumptions import assumptions
    from detente.faces.ask.questions.average_history import average_history
    from detente.faces.ask.questions.data_cite import data_cite
    from detente.faces.ask.questions.data_list import data_list
    from detente.faces.ask.questions.data_show import data_show
    from detente.faces.ask.questions.events import events
    from detente.faces.ask.questions.prices import prices
    from detente.faces.ask.questions.reconcile import reconcile
    from detente.faces.ask.questions.score import score
    from detente.faces.ask.questions.talks_advice import talks_advice
    from detente.faces.ask.questions.talks_new import talks_new
    from detente.faces.ask.questions.talks_record import talks_record

__version__ = VERSION

_API = (
    "Answer Draft Interval Shock Table aggregate attribution average balance brief chain check china compare "
    "concessions concordance cooperative daily decompose decouple disrupt disrupt_chain draft "
    "effective_rate entries explain facing frame gradient importer laffer load_chain load_economy "
    "load_flows load_law load_scenario micro nash open_talk optimal_tariff rate_series read_data "
    "revenue run schedule settle solve sweep sweep_world usa world"
).split()
_CODES = "DetenteError InputError LawError MissingData SolveError UnknownName".split()
_FACE = {
    "Draft": "draft",
    "chain": "chain",
    "check": "verdicts",
    "china": "jurisdiction",
    "disrupt_chain": "chain",
    "draft": "draft",
    "importer": "importers",
    "micro": "micro",
    "rate_series": "rates",
    "read_data": "files",
    "settle": "talks",
    "usa": "jurisdiction",
    "world": "world",
}
"""Names with a module of their own, so that a question loads what it needs and no more."""

_WHERE = {
    **dict.fromkeys(_API, "detente.api"),
    **dict.fromkeys(_CODES, "detente.codes"),
    **{name: f"detente.faces.python.{module}" for name, module in _FACE.items()},
}

__all__ = [
    "Answer",
    "DetenteError",
    "Draft",
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
    "assumptions",
    "attribution",
    "average",
    "average_history",
    "balance",
    "brief",
    "chain",
    "check",
    "china",
    "compare",
    "concessions",
    "concordance",
    "cooperative",
    "daily",
    "data_cite",
    "data_list",
    "data_show",
    "decompose",
    "decouple",
    "disrupt",
    "disrupt_chain",
    "draft",
    "effective_rate",
    "entries",
    "events",
    "explain",
    "facing",
    "frame",
    "gradient",
    "importer",
    "laffer",
    "load_chain",
    "load_economy",
    "load_flows",
    "load_law",
    "load_scenario",
    "micro",
    "nash",
    "open_talk",
    "optimal_tariff",
    "prices",
    "rate_series",
    "read_data",
    "reconcile",
    "revenue",
    "run",
    "schedule",
    "score",
    "settle",
    "solve",
    "sweep",
    "sweep_world",
    "talks_advice",
    "talks_new",
    "talks_record",
    "usa",
    "world",
]


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
