"""Chart of verdicts: how many claims of a ledger are borne out, depend, are not borne out, or stay open.

Table it draws: ``checks``, of which it counts the verdicts by side.
"""

from __future__ import annotations

from collections.abc import Mapping

from detente.faces.charts import forms
from detente.faces.charts.frame import Chart
from detente.faces.words.language import Language, load

SIDES = ("for", "between", "against", "open")
"""Sides of a verdict."""


def verdicts(counts: Mapping[str, int], day: str, say: Language | None = None) -> list[Chart]:
    """How many claims have which verdict; none where there are no claims.

    Parameters
    ----------
    counts : by side of the verdict; `day` : of the record, in words.
    """
    whole = sum(counts.get(side, 0) for side in SIDES)
    if not whole:
        return []
    language = say or load()
    words = {side: language(f"chart.verdicts_{side}") for side in SIDES}
    rows = [{"label": words[side], "value": counts.get(side, 0), "text": str(counts.get(side, 0))} for side in SIDES]
    named = ", ".join(f"{counts.get(side, 0)} {words[side].lower()}" for side in SIDES)
    drawn = Chart(
        name="verdicts",
        table="checks",
        title=language("chart.verdicts_title", borne=counts.get("for", 0), whole=whole),
        subtitle=language("chart.verdicts_subtitle", day=day),
        alt=language("chart.verdicts_alt", whole=whole, verdicts=named),
        unit=language("chart.verdicts_unit"),
        digits=0,
        note=language("chart.verdicts_note"),
        source=language("chart.verdicts_source"),
        spec=lambda width: forms.bars(rows, width, language("chart.verdicts_axis")),
    )
    return [drawn]
