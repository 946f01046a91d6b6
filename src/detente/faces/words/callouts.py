"""Why a lever of a deal changes nothing, and which rules a deal breaks, in sentences: from their reasons and parts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from detente.codes.names import first_upper
from detente.faces.words.language import Language


def called_out(row: Mapping[str, Any], say: Language) -> str:
    """The sentence of a call-out of the program interface."""
    reason, parts = str(row["reason"]), row["parts"]
    return say(f"callout_{_form(reason, parts)}", **_spoken(reason, parts, say))


def _form(reason: str, parts: Mapping[str, Any]) -> str:
    if reason != "not_in_force":
        return reason
    return f"{reason}_{'before' if parts['begins'] else 'after' if parts['ended'] else 'never'}"


def _spoken(reason: str, parts: Mapping[str, Any], say: Language) -> dict[str, str]:
    """Parts of a sentence in words."""
    match reason:
        case "not_in_force":
            ends = {name: say.day(parts[name]) for name in ("on", "begins", "ended") if parts[name]}
            return {"title": str(parts["title"]), **ends}
        case "careless" | "careless_other":
            return {"party": say.country(parts["party"]), "lever": lever_label(parts["issue"], say)}
        case "zero_layer":
            return {"partner": region(parts["partner"], say)}
        case "little_exception":
            return {"goods": say(f"goods.{parts['sector']}"), "covered": say.percent(parts["covered"], 0)}
        case "no_shortage":
            shares = {name: say.percent(parts[name], 0) for name in ("withheld", "short")}
            return {**shares, "unmet": say.percent(parts["unmet"], 1)}
        case "clock":
            texts = {name: str(parts[name]) for name in ("instrument", "back")}
            return {**texts, "end": say.day(parts["end"]), "ends": say.day(parts["ends"])}
        case "outside":
            cited = POSITION.sub("", str(parts["source"]))
            return {"rule": str(parts["rule"]), "source": cited}
        case _:
            return {name: str(part) for name, part in parts.items()}


POSITION = re.compile(r" \((?:positions? )?P\d+(?:, P\d+)*\)")
"""A position of the record as case files cite it, which no reader knows by its number."""


def issue_label(label: str, say: Language) -> str:
    """What a case calls an issue, within a sentence; a brief loads no talks."""
    from detente.faces.words.issues import label_words

    return label_words(label, say)


def lever_label(label: str, say: Language) -> str:
    """What a lever is called: what the case calls its issue, and the days of the deal."""
    return first_upper(issue_label(label, say).removeprefix("the ")) if label else say("lever_duration")


def region(code: str, say: Language) -> str:
    """A country, or a region of the small world, within a sentence."""
    known = f"region_{code}"
    return say(known) if known in say.sentences else say.country(code)
