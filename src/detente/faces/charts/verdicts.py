"""Chart of verdicts: how many claims of a ledger are borne out, depend, are not borne out, or stay open.

Table it draws: ``checks``, of which it counts the verdicts by side.
"""

from __future__ import annotations

from collections.abc import Mapping

from detente.faces.charts import forms
from detente.faces.charts.frame import Chart

WORDS = {"for": "Borne out", "between": "Depends", "against": "Not borne out", "open": "Open or not rated"}
"""Sides of a verdict, as the chart calls them."""


def verdicts(counts: Mapping[str, int], day: str) -> list[Chart]:
    """How many claims have which verdict; none where there are no claims.

    Parameters
    ----------
    counts : by side of the verdict; `day` : of the record, in words.
    """
    whole = sum(counts.get(side, 0) for side in WORDS)
    if not whole:
        return []
    rows = [
        {"label": words, "value": counts.get(side, 0), "text": str(counts.get(side, 0))}
        for side, words in WORDS.items()
    ]
    spoken = ", ".join(f"{counts.get(side, 0)} {words.lower()}" for side, words in WORDS.items())
    return [
        Chart(
            name="verdicts",
            table="checks",
            title=f"{counts.get('for', 0)} of {whole} claims are borne out",
            subtitle=f"Claims by verdict, on the record of {day}",
            alt=f"Of {whole} claims {spoken}.",
            unit="claims",
            digits=0,
            note="A verdict that depends holds under one definition and not under another.",
            source="Détente, computed from the ledger and the record",
            spec=lambda width: forms.bars(rows, width, "Claims"),
        )
    ]
