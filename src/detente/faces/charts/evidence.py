"""Charts of the evidence: the long history, consumer prices, households, and what moves a number most.

Tables and columns they draw:

* ``history`` year, rate, and low, high where known (shares; one row a year from 1901); where a scenario stands in it
  from ``places``: rate_of, rate, highest_since;
* ``prices`` variant, category, change, low, high (points of the price of what is bought);
* ``households`` variant, decile, rate (cost over own spending, share) and, where known, rate_low, rate_high;
* ``tornado`` variant, measure, country, input, low, base, high (shares).
"""

from __future__ import annotations

from collections.abc import Mapping

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import (
    Chart,
    ChartSetting,
    Row,
    finite,
    first_variant,
    has,
    rows_of,
    shown,
    uncoded,
    worded,
)
from detente.faces.charts.theme import GAIN, LOSS, height_of, label_axis, number_axis, room, spec, upright

BAND = 0.3
"""Points of a range that can be seen on the history."""

SHOWN, LEVELS = 16, 3
"""Categories of a chart of prices (inputs of a tornado are half of it); scenarios on the history."""

HEADLINES = (
    ("average duty, fixed weights", "USA"),
    ("average duty on US goods", "CHN"),
    ("real income", "USA"),
    ("real income", "CHN"),
)
"""Numbers whose tornado is drawn; those of the others are in the table."""

OF_IMPORTS = "% of the value of imports"


def history(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The average US duty year by year, and where the scenario stands in it."""
    table = tables["history"]
    rows = finite(rows_of(table), "rate")
    ranged = {"low", "high"} <= set(table.data)
    drawn: list[Row] = []
    for r in rows:
        row: Row = {"at": int(r["year"]), "value": shown(r["rate"], Unit.SHARE), "group": "rate"}
        if ranged:
            low, high = (r[key] if r[key] == r[key] else r["rate"] for key in ("low", "high"))
            row |= {"low": shown(low, Unit.SHARE), "high": shown(high, Unit.SHARE)}
        drawn.append(row)
    peak = max(rows, key=lambda r: r["rate"])
    ends = [_end(int(peak["year"]), peak["rate"], "", int(rows[-1]["year"]))]
    ends.append(_end(int(rows[-1]["year"]), rows[-1]["rate"], "", 0))
    levels = _places(tables)
    summary = "; ".join([*(f"{e['text']} in {e['at']}" for e in ends), *(str(level["told"]) for level in levels)])
    visible = ranged and max(row["high"] - row["low"] for row in drawn) > BAND
    band = " The pale band is what rounding and doubt leave open." if visible else ""
    return [
        Chart(
            name="history",
            table="history",
            title=f"Average US duty since {rows[0]['year']}",
            alt=f"Average US duty from {rows[0]['year']} to {rows[-1]['year']}: {summary}.",
            unit=OF_IMPORTS,
            digits=1,
            note="Duty collected over imports of the year: a duty that stops the trade it falls on does not count, so "
            f"a law on paper lies above what is collected.{band}"
            + (" Dashed: the law of the scenario, over imports of a fixed year." if levels else ""),
            source=about.source("history"),
            spec=lambda width: forms.line(drawn, width, OF_IMPORTS, dates=False, ends=ends, levels=levels),
            wide=True,
        )
    ]


def _places(tables: Mapping[str, Table]) -> list[Row]:
    """Rates of scenarios as lines across the history; what was collected is on the line itself."""
    if not has(tables, "places", "rate_of", "rate", "highest_since"):
        return []
    rows = [r for r in rows_of(tables["places"]) if not str(r["rate_of"]).startswith("collected")]
    return [
        {
            "value": shown(r["rate"], Unit.SHARE),
            "text": f"{_whose(r, tables)}: {worded(r['rate'], Unit.SHARE, 1)}",
            "told": f"{_whose(r, tables)} is at {worded(r['rate'], Unit.SHARE, 1)}, highest since {r['highest_since']}",
        }
        for r in rows[:LEVELS]
    ]


def _whose(row: Row, tables: Mapping[str, Table]) -> str:
    """Whose rate a place is; the short name of a file, where a run has no variants, is no name for a reader."""
    variants = set(tables["headline"]["variant"].tolist()) if "headline" in tables else set()
    return "this scenario" if variants == {str(row["rate_of"])} else str(row["rate_of"])


def _end(year: int, rate: float, label: str, last: int) -> Row:
    side = "right" if last and year < last - 40 else "left"
    return {"at": year, "value": shown(rate, Unit.SHARE), "text": f"{label}{worded(rate, Unit.SHARE, 1)}", "side": side}


def prices(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Consumer prices by what is bought, with their range."""
    table, remark = first_variant(tables["prices"])
    rows = finite(rows_of(table), "change")
    ranged = any(r["low"] == r["low"] for r in rows)
    drawn = [
        {
            "label": f"All, {r['category']}" if str(r["category"]).startswith("of it") else str(r["category"]),
            "value": shown(r["change"], Unit.POINTS),
            "low": shown(r["low"] if r["low"] == r["low"] else r["change"], Unit.POINTS),
            "high": shown(r["high"] if r["high"] == r["high"] else r["change"], Unit.POINTS),
            "text": f"{worded(r['change'], Unit.SHARE, 2, sign=True)}",
        }
        for r in rows[:SHOWN]
    ]
    most = max(drawn, key=lambda row: abs(row["value"]))
    return [
        Chart(
            name="prices",
            table="prices",
            title="Consumer prices in the first round",
            alt=f"{drawn[0]['label']}: {drawn[0]['text']} between the two laws; most in {most['label']}: "
            f"{most['text']}.",
            unit="%",
            digits=2,
            note=f"{remark}Change of prices between the two laws if duties are passed on and nobody buys differently. "
            "In the order of what each adds to the whole. "
            + (
                "Bars: 5th to 95th percentile of draws over how much is passed on." if ranged else "No range: no draws."
            ),
            source=about.source("prices"),
            spec=lambda width: forms.intervals(drawn, width, "Change of price, %", signed=False),
        )
    ]


def households(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """What the change costs households, by tenth of income, as a share of what they spend."""
    table, remark = first_variant(tables["households"])
    rows = [r for r in finite(rows_of(table), "rate") if str(r["decile"]) != "all"]
    names = {"1": "1 (lowest income)", str(len(rows)): f"{len(rows)} (highest income)"}
    drawn = [_share_of_spending(names.get(str(r["decile"]), str(r["decile"])), r) for r in rows]
    return [
        Chart(
            name="households",
            table="households",
            title="Cost to households by tenth of income",
            alt=f"As a share of spending, the change {'saves' if rows[0]['rate'] < 0 else 'costs'} {_bare(rows[0])} in "
            f"the lowest tenth of income and {_bare(rows[-1])} in the highest.",
            unit="% of own spending",
            digits=2,
            note=f"{remark}What a household pays more out of pocket for what it bought before, over its spending of a "
            "year; a minus is a saving. Tenths of households by income before taxes.",
            source=about.source("households"),
            spec=lambda width: forms.intervals(drawn, width, "Cost, % of own spending", signed=False),
        )
    ]


def _bare(row: Row) -> str:
    return worded(abs(row["rate"]), Unit.SHARE, 2)


def _share_of_spending(label: str, row: Row) -> Row:
    ends = [float(row.get(key, "nan")) for key in ("rate_low", "rate_high")]
    low, high = (end if end == end else float(row["rate"]) for end in ends)
    return {
        "label": label,
        "value": shown(row["rate"], Unit.SHARE),
        "low": shown(low, Unit.SHARE),
        "high": shown(high, Unit.SHARE),
        "text": worded(row["rate"], Unit.SHARE, 2, sign=True),
    }


def tornado(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The inputs that move each number most; one chart a number."""
    table, remark = first_variant(tables["tornado"])
    charts = []
    known = finite(rows_of(table), "low", "base", "high")
    keys = list(dict.fromkeys((str(r["measure"]), str(r["country"])) for r in known))
    chosen = [key for key in HEADLINES if key in keys] or keys[: len(HEADLINES)]
    for i, key in enumerate(chosen, start=1):
        rows = sorted((r for r in known if (r["measure"], r["country"]) == key), key=_reach)[: SHOWN // 2]
        rows = [r for r in rows if _reach(r) < LEAST * _reach(rows[0])]
        if rows and _reach(rows[0]):
            name = f"{key[0][:1].upper()}{key[0][1:]}, {about.country(key[1])}"
            charts.append(_tornado(f"tornado-{i}", name, rows, remark, about))
    return charts


LEAST = 0.02
"""Inputs that move a number by less than this share of what the first does are not drawn."""


def _reach(row: Row) -> float:
    """How far an input moves a number, downwards so that the strongest come first."""
    return -abs(row["high"] - row["low"])


def _tornado(name: str, measure: str, rows: list[Row], remark: str, about: ChartSetting) -> Chart:
    unit, digits = Unit.SHARE, 2
    drawn = [
        {
            "label": uncoded(str(r["input"])),
            "low": shown(min(r["low"], r["high"]), unit),
            "high": shown(max(r["low"], r["high"]), unit),
            "text": " to ".join(worded(pick(r["low"], r["high"]), unit, digits) for pick in (min, max)),
        }
        for r in rows
    ]
    base = rows[0]["base"]
    return Chart(
        name=name,
        table="tornado",
        title=f"{measure}: what moves it most",
        alt=f"{measure} is {worded(base, unit, digits)}; it varies most with {drawn[0]['label']}, from "
        f"{drawn[0]['text']}.",
        unit="%",
        digits=digits,
        note=f"{remark}Each bar: the number at the low and at the high end of one input, the others as they are. Line: "
        "the number as it is.",
        source=about.source("tornado"),
        spec=lambda width: _bars_about(drawn, shown(base, unit), width, f"{measure}, %"),
    )


def _bars_about(rows: list[Row], base: float, width: int, title: str) -> dict[str, object]:
    """Bars from low to high, the part below the base in one colour, the part above in another."""
    data, order = forms.broken(rows, width)
    data = [{**row, "base": min(max(base, row["low"]), row["high"]), "edge": max(row["high"], base)} for row in data]
    low, high = min(row["low"] for row in data), max(row["edge"] for row in data)
    span = (high - low) or 1.0
    domain = (low - 0.03 * span, low + room([0.0, span], width, data)[1])
    y, x = label_axis(order, width), number_axis("low", title, domain, width)
    positions = {key: {"field": key, "type": "quantitative"} for key in ("base", "edge")}
    line = {"type": "rule", "strokeWidth": 1.5}
    text = {"type": "text", "align": "left", "dx": 6}
    layers = [
        {"mark": {"type": "bar", "color": LOSS}, "encoding": {"x": x, "x2": {"field": "base"}}},
        {"mark": {"type": "bar", "color": GAIN}, "encoding": {"x": positions["base"], "x2": {"field": "high"}}},
        {"mark": text, "encoding": {"x": positions["edge"], "text": {"field": "text"}}},
        {"span": True, "data": {"values": [{}]}, "mark": line, "encoding": {"x": {"datum": base}}},
    ]
    return spec(width, height_of(order, width), upright(y, layers), data)
