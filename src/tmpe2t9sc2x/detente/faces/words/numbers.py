"""The answer to a deal with its labels, texts and records in the language of a reader; numbers stay as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.codes.standing import Standing
from detente.faces.words.language import ENGLISH, Language
from detente.faces.words.record import records_of
from detente.faces.words.tables import number_in, text_in

WORDS = ("label", "definition", "baseline", "range")
AMOUNTS = ("text", "low_text", "high_text", "baseline_text")


def deal_in(answer: Mapping[str, Any], say: Language) -> dict[str, Any]:
    """The answer of the program interface in a language.

    Sentences of the layers below, on what was mended or assumed, stay English where it has no words for them.
    """
    if say.code == ENGLISH:
        return dict(answer)
    numbers = [_number(row, say) for row in answer["numbers"]]
    sides: dict[str, Any] = {name: _side(side, say) for name, side in answer["sides"].items() if name != "third"}
    sides["third"] = [_number(row, say) for row in answer["sides"]["third"]]
    standings = {code: Standing.from_json(content) for code, content in answer.get("record", {}).items()}
    scenario = answer["scenario"]
    return {
        **answer,
        "scenario": {**scenario, "messages": [text_in(text, say) for text in scenario["messages"]]},
        "hold": text_in(answer["hold"], say),
        "assumed": [text_in(text, say) for text in answer["assumed"]],
        "numbers": numbers,
        "sides": sides,
        "levers": {name: _lever(row, say) for name, row in answer["levers"].items()},
        "walks": [_walk(row, say) for row in answer["walks"]],
        "record_lines": records_of(standings, say),
    }


def set_in(content: Mapping[str, Any], say: Language) -> dict[str, Any]:
    """What both sides can accept, with its names in a language."""
    if say.code == ENGLISH:
        return dict(content)
    deals = [{**row, "label": phrases_in(row["label"], say)} for row in content["deals"]]
    solutions = [{**row, "label": _concepts(row["concept"], say)} for row in content["solutions"]]
    walks = [_walk(row, say) for row in content["walks"]]
    return {**content, "deals": deals, "solutions": solutions, "walks": walks}


def _number(row: Mapping[str, Any], say: Language) -> dict[str, Any]:
    texts = {name: phrases_in(row[name], say) for name in WORDS if row.get(name)}
    amounts = {name: number_in(row[name], say) for name in AMOUNTS if row.get(name)}
    branches = {"branches": [_number(branch, say) for branch in row["branches"]]} if row.get("branches") else {}
    return {**row, **texts, **amounts, **branches}


def _side(side: Mapping[str, Any], say: Language) -> dict[str, Any]:
    gains = {threat: _number(row, say) for threat, row in side["gains"].items()}
    return {**side, "real_income": _number(side["real_income"], say), "gains": gains}


def _lever(lever: Mapping[str, Any], say: Language) -> dict[str, Any]:
    ticks = [{**tick, "label": phrases_in(tick["label"], say)} for tick in lever["ticks"]]
    return {**lever, "ticks": ticks}


def _walk(walk: Mapping[str, Any], say: Language) -> dict[str, Any]:
    return {**walk, **{name: text_in(walk[name], say) for name in ("label", "words") if walk.get(name)}}


def _concepts(text: str, say: Language) -> str:
    """Ways to choose among deals that agree on one: "nash, asymmetric nash"."""
    return ", ".join(text_in(part, say) for part in text.split(", "))


def phrases_in(text: str, say: Language) -> str:
    """A text, or phrases joined by semicolons, each in the language where it has words for it."""
    whole: str = text_in(text, say)
    parts: Sequence[str] = text.split("; ")
    return (
        say("frame.semicolon").join(text_in(part, say) for part in parts) if whole == text and len(parts) > 1 else whole
    )
