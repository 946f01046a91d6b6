"""Two deals side by side: terms, the sentences of both, and every number with what differs marked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.datastructures import QueryParams

from detente.codes import InputError
from detente.data.tables import countries
from detente.faces.report.readers import readable
from detente.faces.words.language import ISO_DAY, Language

LONGEST = 2000
"""Characters of an address that are looked at."""
FORMS = {
    "share": (100.0, 2, "points"),
    "USD": (1e-9, 1, "bn_usd"),
    "months": (1.0, 1, "months"),
    "USD each": (1.0, 0, "usd"),
}
"""Factor, digits and the text of a difference, by the unit of a number."""


def is_address(text: str) -> bool:
    """Whether a word is the address of a deal, whole or its query alone; else it may be a key."""
    return "=" in text


def deal_of(request: Request, text: str) -> dict[str, Any]:
    """The answer of the interface to an address of a deal.

    Raises
    ------
    InputError : an address without a key of a deal. Problem : the case is being loaded.
    """
    query = text.partition("#")[0].rpartition("?")[2][:LONGEST]
    address = {key[:40]: value[:400] for key, value in QueryParams(query).multi_items()[:60] if key}
    if not address:
        raise InputError("compare", f"'{text[:40]}' is no address of a deal", "copy one from the Deal page")
    kept = request.app.state.engine
    return json.loads(kept.document(address, kept.tag(address)))


def pair(first: Mapping[str, Any], second: Mapping[str, Any], say: Language) -> dict[str, Any]:
    """What the page shows of two deals."""
    return {
        "deals": [_head(deal) for deal in (first, second)],
        "terms": _terms(first, second, say),
        "numbers": _numbers(first, second, say),
        "signs": _signs(first, second, say),
    }


def _head(deal: Mapping[str, Any]) -> dict[str, Any]:
    scenario = deal["scenario"]
    return {"brief": deal["brief"], "query": scenario["query"], "messages": scenario["messages"]}


TERMS = ("case", "date", "partner", "rate", "except", "weights", "horizon", "closure", "year")


def _terms(first: Mapping[str, Any], second: Mapping[str, Any], say: Language) -> list[dict[str, Any]]:
    """Levers, then what else an address says, of both."""
    known, other = first["levers"], second["levers"]
    rows = [
        _row(lever["label"], _valued(lever, say), _valued(other[name], say))
        for name, lever in known.items()
        if name in other
    ]
    for key in TERMS:
        a, b = (str(deal["scenario"].get(key, "")) for deal in (first, second))
        if a or b:
            rows.append(_row(say(f"compare.term_{key}"), _term(a, say), _term(b, say)))
    return rows


def _term(text: str, say: Language) -> str:
    """A word of an address as a reader sees it."""
    if not text:
        return say("compare.none")
    return say.day(text) if ISO_DAY.fullmatch(text) else say.name(text) if text in countries().names else text


def _valued(lever: Mapping[str, Any], say: Language) -> str:
    """Value of a lever with its unit."""
    number, unit = say.plain(lever["value"]), lever["unit"]
    if unit == "%":
        return f"{number}{say.forms['percent']}"
    return say("compare.of_one", number=number) if unit == "share" else f"{number} {unit}"


def _numbers(first: Mapping[str, Any], second: Mapping[str, Any], say: Language) -> list[dict[str, Any]]:
    """Numbers that both have, each with the second's difference."""
    others = {row["id"]: row for row in second["numbers"]}
    rows = []
    for row in first["numbers"]:
        other = others.get(row["id"])
        if other is not None:
            a, b = (_text(number, say) for number in (row, other))
            rows.append(_row(row["label"], a, b, _difference(row, other, say) if a != b else "", row["definition"]))
    return rows


def _text(row: Mapping[str, Any], say: Language) -> str:
    if row["text"]:
        return readable(row["text"])
    return say("compare.never" if row["unit"] == "months" else "compare.unknown")


def _difference(row: Mapping[str, Any], other: Mapping[str, Any], say: Language) -> str:
    """The second less the first, blank where it is no difference of amounts."""
    if row["value"] is None or other["value"] is None or row["unit"] not in FORMS:
        return ""
    factor, digits, text = FORMS[row["unit"]]
    number = say.number((other["value"] - row["value"]) * factor, digits, sign=True)
    return say(f"compare.{text}", number=number)


def _signs(first: Mapping[str, Any], second: Mapping[str, Any], say: Language) -> list[dict[str, Any]]:
    """Who walks away, threat by threat."""
    others = {row["threat"]: row for row in second["walks"]}
    return [
        _row(walk["words"] or walk["label"], _who(walk, say), _who(others[walk["threat"]], say))
        for walk in first["walks"]
        if walk["threat"] in others
    ]


def _who(walk: Mapping[str, Any], say: Language) -> str:
    away = [code for code in ("USA", "CHN") if walk[code]]
    if len(away) == 2:
        return say("compare.both_walk")
    return say("compare.walks", country=say.country(away[0])) if away else say("compare.both_sign")


def _row(label: str, first: str, second: str, change: str = "", title: str = "") -> dict[str, Any]:
    return {
        "label": label, "first": first, "second": second, "change": change, "title": title,
        "differs": first != second,
    }  # fmt: skip
