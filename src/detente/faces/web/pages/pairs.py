"""Two deals side by side: terms, the sentences of both, and every number with what differs marked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import Request
from starlette.datastructures import QueryParams

from detente.codes import InputError
from detente.faces.charts.frame import MINUS
from detente.faces.report.readers import readable
from detente.faces.web.tongue import LANG, language_of

LONGEST = 2000
"""Characters of an address that are looked at."""
FORMS = {
    "share": (100.0, 2, " points"),
    "USD": (1e-9, 1, " bn USD"),
    "months": (1.0, 1, " months"),
    "USD each": (1.0, 0, " USD"),
}
"""Factor, digits and unit of a difference, by the unit of a number."""


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
    address.pop(LANG, None)
    kept, lang = request.app.state.engine, language_of(request)
    return json.loads(kept.document(address, kept.tag(address, lang=lang), lang=lang))


def pair(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """What the page shows of two deals."""
    return {
        "deals": [_head(deal) for deal in (first, second)],
        "terms": _terms(first, second),
        "numbers": _numbers(first, second),
        "signs": _signs(first, second),
    }


def _head(deal: Mapping[str, Any]) -> dict[str, Any]:
    return {"brief": deal["brief"], "query": deal["scenario"]["query"], "messages": deal["scenario"]["messages"]}


def _terms(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Levers, then what else an address says, of both."""
    known, other = first["levers"], second["levers"]
    rows = [
        _row(lever["label"], _valued(lever), _valued(other[name])) for name, lever in known.items() if name in other
    ]
    for key, label in (("case", "Case"), ("date", "Law of"), ("partner", "A duty on"), ("rate", "of, %"),
                       ("except", "Left out"), ("weights", "Weights"), ("horizon", "Horizon")):  # fmt: skip
        a, b = (str(deal["scenario"].get(key, "")) for deal in (first, second))
        if a or b:
            rows.append(_row(label, readable(a) or "none", readable(b) or "none"))
    return rows


def _valued(lever: Mapping[str, Any]) -> str:
    """Value of a lever with its unit."""
    unit = {"%": "%", "share": " of 1"}.get(lever["unit"], f" {lever['unit']}")
    return f"{lever['value']:g}{unit}"


def _numbers(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Numbers that both have, each with the second's difference."""
    others = {row["id"]: row for row in second["numbers"]}
    rows = []
    for row in first["numbers"]:
        other = others.get(row["id"])
        if other is not None:
            a, b = (readable(_text(number)) for number in (row, other))
            rows.append(_row(row["label"], a, b, _difference(row, other) if a != b else "", row["definition"]))
    return rows


def _text(row: Mapping[str, Any]) -> str:
    if row["text"]:
        return row["text"]
    return "never" if row["unit"] == "months" else "not known"


def _difference(row: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """The second less the first, blank where it is no difference of amounts."""
    if row["value"] is None or other["value"] is None or row["unit"] not in FORMS:
        return ""
    factor, digits, unit = FORMS[row["unit"]]
    value = round((other["value"] - row["value"]) * factor, digits) + 0.0
    return f"{MINUS if value < 0 else '+' if value else ''}{abs(value):,.{digits}f}{unit}"


def _signs(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who walks away, threat by threat."""
    others = {row["threat"]: row for row in second["walks"]}
    return [
        _row(walk["words"] or walk["label"], _who(walk), _who(others[walk["threat"]]))
        for walk in first["walks"]
        if walk["threat"] in others
    ]


def _who(walk: Mapping[str, Any]) -> str:
    away = [name for code, name in (("USA", "the United States"), ("CHN", "China")) if walk[code]]
    if len(away) == 2:
        return "both walk away"
    return f"{away[0]} walks away" if away else "both sign"


def _row(label: str, first: str, second: str, change: str = "", title: str = "") -> dict[str, Any]:
    return {
        "label": label, "first": first, "second": second, "change": change, "title": title,
        "differs": first != second,
    }  # fmt: skip
