"""Charts of one country: whose purchases from it move, and its from whom.

Tables they draw: ``country_exports`` and ``country_imports``: partner, before, after, change (USD), moved, part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import Chart, ChartSetting, Row, claimed, rows_of, shown

TEN = 10
"""Partners of a chart."""

SIGNS = "+\u2212"


def trade_moves(tables: Mapping[str, Table], code: str, about: ChartSetting) -> list[Chart]:
    """Exports and imports by partner, the ten that move most of each; none where fewer than two move."""
    drawn = [_moves(tables[name], name, code, about) for name in ("country_exports", "country_imports")]
    return [chart for chart in drawn if chart]


def _moves(table: Table, name: str, code: str, about: ChartSetting) -> Chart | None:
    what = "exports" if name.endswith("exports") else "imports"
    drawn = _largest(rows_of(table), about)
    if len(drawn) < 2:
        return None
    first = max(drawn, key=lambda row: abs(row["value"]))
    verb, amount = "rise" if first["value"] > 0 else "fall", first["text"].strip(SIGNS)
    say, unit = about.say, about.say("chart.unit_billion_a_year")
    code_of_first = max(rows_of(table), key=lambda row: abs(row["change"]))["partner"]
    partner = about.the(code_of_first) if what == "exports" else about.origin(code_of_first)
    return Chart(
        name=name.replace("_", "-"),
        table=name,
        title=claimed(say(f"chart.country_{what}_{verb}", owner=about.owner(code), partner=partner, amount=amount)),
        subtitle=say(f"chart.country_{what}_subtitle", between=about.between, unit=unit),
        alt=say(f"chart.country_{what}_alt", partner=partner, amount=first["text"], unit=unit),
        unit=unit,
        digits=1,
        note=say("chart.country_note", number=len(drawn)),
        source=about.source(name),
        spec=lambda width: forms.bars(drawn, width, say(f"chart.country_{what}_axis", unit=unit)),
    )


def _largest(rows: Sequence[Row], about: ChartSetting) -> list[Row]:
    """Partners that move most, from the largest rise to the largest fall."""
    most = sorted(rows, key=lambda row: -abs(row["change"]))[:TEN]
    nothing = about.number(0.0, Unit.USD, 1)
    drawn = [
        {
            "label": about.country(row["partner"]),
            "value": shown(row["change"], Unit.USD),
            "text": about.number(row["change"], Unit.USD, 1, sign=True),
        }
        for row in sorted(most, key=lambda row: -row["change"])
    ]
    return [row for row in drawn if row["text"].strip(SIGNS) != nothing]
