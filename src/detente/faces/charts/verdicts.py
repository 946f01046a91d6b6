"""Chart of verdicts: how many claims of a ledger are borne out, depend, are not borne out, or stay open.

Draws the table ``checks``: claim, verdict.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from detente.codes import Table
from detente.faces.charts import forms
from detente.faces.charts.frame import Chart, ChartSetting, rows_of

SIDES = ("for", "between", "against", "open")
"""Sides of a verdict."""

LEAST = 3
"""Claims from which on there is a chart of them."""


def verdicts(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """How many claims have which verdict; none where there are few claims."""
    from detente.lab.claims.board import mark_of  # Slow to load, and not needed where no claim is judged.

    table, say = tables["checks"], about.say
    counts, whole = Counter(mark_of(str(row["verdict"])) for row in rows_of(table)), len(table)
    if whole < LEAST:
        return []
    words = {side: say(f"chart.verdicts_{side}") for side in SIDES}
    rows = [{"label": words[side], "value": counts[side], "text": str(counts[side])} for side in SIDES]
    named = ", ".join(f"{counts[side]} {words[side].lower()}" for side in SIDES)
    drawn = Chart(
        name="verdicts",
        table="checks",
        title=say("chart.verdicts_title", borne=counts["for"], whole=whole),
        subtitle=say("chart.verdicts_subtitle"),
        alt=say("chart.verdicts_alt", whole=whole, verdicts=named),
        unit=say("chart.verdicts_unit"),
        digits=0,
        note=say("chart.verdicts_note"),
        source=about.source("checks"),
        spec=lambda width: forms.bars(rows, width, say("chart.verdicts_axis")),
    )
    return [drawn]
