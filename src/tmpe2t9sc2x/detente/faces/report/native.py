"""Charts that a workbook draws itself, from the cells beside them; a reader changes a cell and the chart follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from detente.codes import Table
from detente.codes.units import Unit
from detente.data.tables import partner_name
from detente.faces import sheets
from detente.faces.charts import Chart
from detente.faces.charts.frame import has
from detente.faces.charts.theme import AFTER, BEFORE, HEAT, PARTY, RULE
from detente.faces.heads import spoken
from detente.lab.duties.among import two_sides

BEFORE_AFTER, BOTH = (BEFORE, AFTER), (PARTY["USA"], PARTY["CHN"])


@dataclass(frozen=True)
class NativeChart:
    """What a chart of a sheet shows.

    Attributes
    ----------
    chart : name in the gallery, whose title it takes; `table` : sheet on which it stands.
    kind : as the workbook's library calls it; `across` : column along its axis; `series` : columns of numbers.
    names : what the legend calls them, where not by their columns.
    colours : of the series, in order.
    most : rows at most; `within` : columns that must be as in the first row.
    also : a table whose column of the same name is a further series, such as the other side's.
    """

    chart: str
    table: str
    kind: str
    across: str
    series: tuple[str, ...]
    names: tuple[str, ...] = ()
    colours: tuple[str, ...] = BEFORE_AFTER
    most: int = 0
    within: tuple[str, ...] = ("variant",)
    also: str = ""


SIDES = ("United States", "China")
OTHER = "daily_other"
"""Stands for the table of days of the other side."""

POINTS = ("what both could get", "named deals")

NATIVE = (
    NativeChart("partners", "partner", "bar", "name", ("before", "after"), most=15),
    NativeChart("sections", "section", "bar", "name", ("before", "after")),
    NativeChart("daily", "daily", "line", "date", ("average",), SIDES, BOTH, also=OTHER),
    NativeChart("prices", "prices", "bar", "category", ("before", "after")),
    NativeChart("households", "households", "column", "decile", ("pocket", "accounts"), most=10),
    NativeChart("map", "world", "bar", "country_name", ("real_income",), colours=(AFTER,), most=15),
    NativeChart("sectors", "sectors", "bar", "goods", ("output",), colours=(AFTER,), within=("variant", "country")),
    NativeChart(
        "diverted", "diverted", "bar", "exporter_name", ("change",), colours=(AFTER,), within=("variant", "importer")
    ),
    NativeChart("acceptable", "acceptable", "scatter", "usa", ("chn",), POINTS, also="deals"),
    NativeChart("clocks", "clocks", "line", "month", ("usa", "chn"), SIDES, BOTH),
    NativeChart("history", "history", "line", "year", ("rate",), colours=(AFTER,)),
    NativeChart("published", "published", "bar", "who", ("rate", "ours"), ("as published", "ours")),
)


def add_native(book: Any, tables: Mapping[str, Table], charts: tuple[Chart, ...], row: int) -> None:
    """Put every chart for which there are rows to the right of its table.

    Parameters
    ----------
    row : of the heads, counted from 0; the chart begins there.
    """
    titles = {chart.name.split("-")[0]: chart.title for chart in reversed(charts)}
    for native in (_of_sides(native, tables) for native in NATIVE):
        if _drawable(native, tables):
            table = tables[native.table]
            made = _chart(book, native, tables, row, titles.get(native.chart, table.title))
            how = {"description": f"{table.title}, drawn from the cells of this sheet", "object_position": 3}
            book.get_worksheet_by_name(native.table).insert_chart(row, len(table.columns) + 1, made, how)
    if has(tables, "months", "month", "group", "short"):
        _heat(book, tables["months"], row)


def _of_sides(native: NativeChart, tables: Mapping[str, Table]) -> NativeChart:
    """The chart with both sides of a result in it."""
    if native.also != OTHER:
        return native
    first, second = two_sides(tables)
    names = (partner_name(first), partner_name(second))
    return replace(native, also=f"daily_{second.lower()}", names=names)


def _drawable(native: NativeChart, tables: Mapping[str, Table]) -> bool:
    """Whether there are two rows with numbers: a single bar is no chart."""
    if not has(tables, native.table, native.across, *native.series):
        return False
    table, count = tables[native.table], _count(native, tables[native.table])
    values = np.asarray(table[native.series[0]][:count], dtype=float)
    return int(np.isfinite(values).sum()) > 1


def _count(native: NativeChart, table: Table) -> int:
    """Rows from the first that belong to what the first row belongs to."""
    same = np.ones(len(table), dtype=bool)
    for name in native.within:
        if name in table.data:
            same &= table[name] == table[name][0]
    count = len(table) if same.all() else int(np.argmin(same))
    return min(count, native.most or count)


def _chart(book: Any, native: NativeChart, tables: Mapping[str, Table], row: int, title: str) -> Any:
    chart, count = book.add_chart({"type": native.kind}), _count(native, tables[native.table])
    names = native.names or tuple(map(spoken, native.series))
    for k, column in enumerate(native.series):
        chart.add_series(_series(native, tables[native.table], column, count, row, (names[k], native.colours[k])))
    if native.also and has(tables, native.also, native.across, *native.series):
        other = tables[native.also]
        more = (names[-1], native.colours[-1])
        chart.add_series(_series(native, other, native.series[0], len(other), row, more))
    _framed(chart, native, tables[native.table], title, count)
    return chart


def _series(
    native: NativeChart, table: Table, column: str, count: int, row: int, look: tuple[str, str]
) -> dict[str, Any]:
    """A column of a sheet as a series; no number is copied."""
    place = {c.name: j for j, c in enumerate(table.columns)}
    name, colour = look
    shown: dict[str, Any] = {
        "name": name,
        "categories": [table.name, row + 1, place[native.across], row + count, place[native.across]],
        "values": [table.name, row + 1, place[column], row + count, place[column]],
    }
    if native.kind == "line":
        return {**shown, "line": {"color": colour, "width": 1.75}}
    if native.kind == "scatter":
        dot = {"type": "circle", "size": 4, "fill": {"color": colour}, "border": {"none": True}}
        return {**shown, "marker": dot}
    return {**shown, "fill": {"color": colour}, "gap": 60}


def _framed(chart: Any, native: NativeChart, table: Table, title: str, count: int) -> None:
    """Title, axes with unit, legend only where there is something to tell apart."""
    units = {c.name: c.unit for c in table.columns}
    chart.set_title({"name": title, "name_font": {"size": 11}, "overlay": False})
    numbers = {"major_gridlines": {"visible": True, "line": {"color": RULE}}, **_axis(units[native.series[0]])}
    along: dict[str, Any] = {"label_position": "low"}
    if native.kind == "bar":
        along |= {"reverse": True, "crossing": "max"}
    if native.kind == "scatter":
        along = {**_axis(units[native.across]), "label_position": "low", "name": f"{SIDES[0]}, bn USD"}
        numbers |= {"name": f"{SIDES[1]}, bn USD", "label_position": "low"}
    if units[native.across] is Unit.DATE and native.table == "daily":
        along |= {"date_axis": True, "num_format": "mmm yyyy", "major_unit": 1, "major_unit_type": "months"}
    elif native.kind == "line":
        along["interval_unit"] = max(1, count // 10)
    # Bars lie down: their categories go along the upright axis.
    first, second = (numbers, along) if native.kind == "bar" else (along, numbers)
    chart.set_x_axis(first)
    chart.set_y_axis(second)
    many = len(native.series) > 1 or native.also
    chart.set_legend({"position": "top"} if many else {"none": True})
    chart.set_size({"width": 680, "height": max(340, 24 * count + 120) if native.kind == "bar" else 380})


def _axis(unit: Unit) -> dict[str, Any]:
    """Numbers along an axis as the cells show them; large sums in billions."""
    if unit is Unit.USD:
        return {"num_format": "#,##0", "display_units": "billions", "display_units_visible": False, "name": "bn USD"}
    named = {Unit.SHARE: "%", Unit.DOLLARS: "USD"}.get(unit)
    return {"num_format": sheets.READERS.get(unit, "General"), **({"name": named} if named else {})}


def _heat(book: Any, table: Table, row: int) -> None:
    """Months of shortage as a grid to the right of the table: users down, months across, darker for more."""
    sheet, left = book.get_worksheet_by_name(table.name), len(table.columns) + 1
    bold, share = book.add_format({"bold": True}), book.add_format({"num_format": sheets.READERS[Unit.SHARE]})
    users, months = (list(dict.fromkeys(table[name].tolist())) for name in ("group", "month"))
    sheet.set_column(left, left, 60)
    sheet.set_column(left + 1, left + len(months), 8)
    sheet.write_string(row, left, "need not met, by user and month", bold)
    for j, month in enumerate(months, start=left + 1):
        sheet.write_string(row, j, str(month), bold)
    for i, user in enumerate(users, start=row + 1):
        sheet.write_string(i, left, str(user))
    cells = zip(table["group"].tolist(), table["month"].tolist(), table["short"].tolist(), strict=True)
    for user, month, value in cells:
        if np.isfinite(value):
            sheet.write_number(row + 1 + users.index(user), left + 1 + months.index(month), value, share)
    colours = {"type": "2_color_scale", "min_color": "#ffffff", "max_color": HEAT[-1]}
    sheet.conditional_format(row + 1, left + 1, row + len(users), left + len(months), colours)
