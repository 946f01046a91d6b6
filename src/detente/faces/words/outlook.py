"""How long a deal lasts on the record of its day, in sentences: chances in steps, beside the rule that knows less."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from detente.evidence.lives import in_steps
from detente.faces.words.language import Language

SAID = ("90", "365")
"""Horizons that sentences name, days."""


def outlook_sentences(view: Mapping[str, Any], say: Language, *, brief: bool = False) -> Iterator[str]:
    """The chance of the day, what all bargains alike give, and what came.

    Parameters
    ----------
    view : the forecast as plain values, from `plain` of the talks.
    brief : say nothing of a year where the rule that knows nothing has scored better there.
    """
    which, form = "kind" if view["assumed"] else "then", say(f"outlook_{view['form']}")
    first, last, alike, later = (_said(view[key][days], say) for key in ("chances", "beside") for days in SAID)
    yield say(f"outlook_{which}", day=say.day(view["day"]), form=form, first=first, alike=alike)
    if not (brief and view["ever"]):
        yield say("outlook_year_ever" if view["ever"] else "outlook_year", last=last, alike=later)
    if view["came"] == "runs":
        yield say("outlook_runs", day=say.day(view["read"]), chance=_said(view["now"], say))
    elif view["came"]:
        yield say(f"outlook_{view['came']}", days=say.number(view["lived"]))


def _said(chance: float, say: Language) -> str:
    return say.percent(in_steps(chance), 0)
