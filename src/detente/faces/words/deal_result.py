"""A deal as a result with its finding and call-outs, as every face keeps and prints it."""

from __future__ import annotations

from detente.faces.words.deal import spoken_deal
from detente.faces.words.language import load
from detente.lab.deal.answer import Deal, DealEngine, as_document
from detente.lab.deal.file import result_of
from detente.lab.result import Result


def deal_result(engine: DealEngine, deal: Deal) -> Result:
    """The result of a deal, its finding first and what holds its levers last."""
    spoken = spoken_deal(as_document(deal, engine.levers), load())
    return result_of(engine, deal, (spoken["sentence"],), [row["sentence"] for row in spoken["flat"]])


def sentence_of(deal: Deal, engine: DealEngine) -> str:
    """The finding of a deal."""
    return str(spoken_deal(as_document(deal, engine.levers), load())["sentence"])
