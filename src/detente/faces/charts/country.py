"""Charts of one country: whose purchases from it move, and its from whom.

Tables they draw: ``country_exports`` and ``country_imports``: partner, before, after, change (USD), moved, part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.codes import Table
from detente.codes.names import in_sentence
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import Chart, ChartSetting, Row, claimed, rows_of, shown, whose, worded

TEN = 10
"""Partners of a chart."""

SIGNS = "+\u2212"


def trade_moves(tables: Mapping[str, Table], code: str, about: ChartSetting) -> list[Chart]:
    """Exports and imports by partner, the ten that move most of each; none where fewer than two move."""
    drawn = [_moves(tables[name], name, code, about) for name in ("country_exports", "country_imports")]
    return [chart for chart in drawn if chart]


def _moves(table: Table, name: str, code: str, about: ChartSetting) -> Chart | None:
    what, way = ("exports", "to") if name.endswith("exports") else ("imports", "from")
    drawn = _largest(rows_of(table), about)
    if len(drawn) < 2:
        return None
    first = max(drawn, key=lambda row: abs(row["value"]))
    verb, amount = "rise" if first["value"] > 0 else "fall", first["text"].strip(SIGNS)
    owner, partner = whose(about.country(code)), in_sentence(first["label"])
    return Chart(
        name=name.replace("_", "-"),
        table=name,
        title=claimed(f"{owner} {what} {way} {partner} {verb} by {amount} billion dollars"),
        subtitle=f"Change of {what} by partner {about.between}, billion USD a year, once trade has settled",
        alt=f"Of its {what}, those {way} {partner} move most: {first['text']} billion USD a year.",
        unit="billion USD a year",
        digits=1,
        note=f"The {len(drawn)} partners whose trade with it moves most, goods and services, before duty.",
        source=about.source(name),
        spec=lambda width: forms.bars(drawn, width, f"Change of {what}, billion USD a year"),
    )


def _largest(rows: Sequence[Row], about: ChartSetting) -> list[Row]:
    """Partners that move most, from the largest rise to the largest fall."""
    most = sorted(rows, key=lambda row: -abs(row["change"]))[:TEN]
    drawn = [
        {
            "label": about.country(row["partner"]),
            "value": shown(row["change"], Unit.USD),
            "text": worded(row["change"], Unit.USD, 1, sign=True),
        }
        for row in sorted(most, key=lambda row: -row["change"])
    ]
    return [row for row in drawn if row["text"].strip(SIGNS) != "0.0"]
