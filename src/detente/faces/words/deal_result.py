"""A deal as a result with its finding and call-outs, as every face keeps and prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from detente.faces.words.deal import spoken_deal
from detente.faces.words.language import load
from detente.lab.deal.answer import DealEngine, Dealt, as_document
from detente.lab.deal.file import result_of
from detente.lab.result import Result


def deal_result(engine: DealEngine, deal: Dealt) -> Result:
    """The result of a deal, its finding first and what holds its levers last."""
    spoken = spoken_deal(as_document(deal, engine), load())
    return result_of(engine, deal, (spoken["sentence"],), [_of_lever(row, spoken["levers"]) for row in spoken["flat"]])


def _of_lever(row: Mapping[str, Any], levers: Mapping[str, Any]) -> str:
    """A call-out that stands alone: what it is of, and its sentence."""
    own = levers.get(row.get("lever", ""))
    return f"{own['label']}: {row['sentence']}" if own else str(row["sentence"])


def sentence_of(deal: Dealt, engine: DealEngine) -> str:
    """The finding of a deal."""
    return str(spoken_deal(as_document(deal, engine), load())["sentence"])
