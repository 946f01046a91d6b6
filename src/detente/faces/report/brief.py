"""Sentences of the one-page brief: the average and who gains first, then whether it would hold, and materials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.frame import worded
from detente.faces.report.cards import cards, holding

SIGNS = 740
"""Signs of the sentences of the brief together, so that it stays on one page."""


def brief_sentences(sentences: Sequence[str], tables: Mapping[str, Table], record: Sequence[str] = ()) -> list[str]:
    """The findings that fit on one page: room is kept for the talks and the materials where the result has them.

    Parameters
    ----------
    sentences : the findings for readers, in order.
    record : those among them that say how far a law is on record, which always stay.
    """
    kept = [sentence for sentence in (*record, *_talks(tables), *_materials(tables)) if sentence]
    sentences = [sentence for sentence in sentences if sentence not in record]
    room = SIGNS - sum(len(sentence) for sentence in kept)
    first = list(sentences[:1])
    for sentence in sentences[1:]:
        if sum(map(len, first)) + len(sentence) > room:
            break
        first.append(sentence)
    return [*first, *kept]


def _talks(tables: Mapping[str, Table]) -> Iterator[str]:
    """Whether both sides gain, as the card says, and whether the deal would hold."""
    rows = list(tables["stability"].rows()) if "stability" in tables else []
    for card in cards(tables):
        if card.table == "signing":
            yield f"{card.number} {card.against}. {holding(rows)}".strip()


def _materials(tables: Mapping[str, Table]) -> Iterator[str]:
    """What licences cost the United States in the first year, without the deal and with it."""
    rows = list(tables["materials"].rows()) if "materials" in tables else []
    rows = [row for row in rows if (row.get("country"), row.get("period")) == ("USA", "year 1") and "without" in row]
    for row in [row for row in rows if str(row["measure"]).startswith("GDP") and row.get("deal") is not None][-1:]:
        old, new = (worded(row[key], Unit.SHARE, 3) for key in ("without", "deal"))
        yield f"Licences cost the United States {old} of annual GDP in a year without the deal, {new} with it."
