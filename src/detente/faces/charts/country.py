"""Charts of one country: whose purchases from it move, and its from whom.

Tables they draw: ``country_exports`` and ``country_imports``: partner, before, after, change (USD), moved, part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import Chart, ChartSetting, Row, claimed, rows_of, shown
from detente.lab.country.partners import FACES

TEN = 10
"""Partners of a chart."""

SIGNS = "+\u2212"


def exports(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Exports by partner, the ten that move most; none where fewer than two move."""
    return _moves(tables, "country_exports", about)


def imports(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Imports by partner, likewise."""
    return _moves(tables, "country_imports", about)


def _moves(tables: Mapping[str, Table], name: str, about: ChartSetting) -> list[Chart]:
    what, table = "exports" if name.endswith("exports") else "imports", tables[name]
    # Whose goods face duties is the country that all tables are of.
    code = next(str(row["exporter"]) for row in rows_of(tables["country_duties"]) if row["side"] == FACES)
    drawn = _largest(rows_of(table), about)
    if len(drawn) < 2:
        return []
    first = max(drawn, key=lambda row: abs(row["value"]))
    verb, amount = "rise" if first["value"] > 0 else "fall", first["text"].strip(SIGNS)
    say, unit = about.say, about.say("chart.unit_billion_a_year")
    code_of_first = max(rows_of(table), key=lambda row: abs(row["change"]))["partner"]
    partner = about.the(code_of_first) if what == "exports" else about.origin(code_of_first)
    return [
        Chart(
            name=name,
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
    ]


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
