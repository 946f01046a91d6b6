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

import numpy as np

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.course import Course, Spot, Trace, course
from detente.faces.charts.frame import (
    MINUS,
    Chart,
    ChartSetting,
    Row,
    finite,
    first_variant,
    has,
    lowered,
    rows_of,
    shown,
    uncoded,
    worded,
)
from detente.faces.charts.theme import AFTER, GAIN, LOSS, QUIET, height_of, label_axis, number_axis, room, spec, upright
from detente.lab.duties.among import two_sides
from detente.lab.world.incidence import BALANCES, CLOSURES, SETS

BAND = 0.3
"""Points of a range that can be seen on the history."""

SHOWN, LEVELS = 16, 3
"""Categories of a chart of prices (inputs of a tornado are half of it); scenarios on the history."""


def headlines(tables: Mapping[str, Table]) -> tuple[tuple[str, str], ...]:
    """Measure and country of the numbers whose tornado is drawn; those of the others are in the table."""
    first, second = two_sides(tables)
    other = "average duty on US goods" if second == "CHN" else "average duty"
    return (("average duty, fixed weights", first), (other, second), ("real income", first), ("real income", second))


OF_IMPORTS = "% of the value of imports"


def history(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The average US duty year by year, and where the scenario stands in it."""
    table = tables["history"]
    known = finite(rows_of(table), "rate")
    rows = [row for row in known if not row.get("part")]
    if len(rows) < 2:
        return []
    peak, last = max(rows, key=lambda r: r["rate"]), rows[-1]
    levels = _places(tables)
    ends = [f"{worded(r['rate'], Unit.SHARE, 1)} in {r['year']}" for r in (peak, last)]
    form = Course(
        series=(_years(rows),),
        unit=OF_IMPORTS,
        dates=False,
        levels=tuple((row["value"], row["text"]) for row in levels),
        spots=(
            Spot(float(peak["year"]), shown(peak["rate"], Unit.SHARE), (ends[0],)),
            Spot(float(last["year"]), shown(last["rate"], Unit.SHARE), (ends[1],)),
            *_doubtful(rows),
        ),
    )
    return [
        Chart(
            name="history",
            table="history",
            title=_rank(tables, rows),
            subtitle=f"Duty collected, {OF_IMPORTS} of the year"
            + ("; dashed: this law, over imports of a fixed year" if levels else ""),
            alt=f"Average US duty from {rows[0]['year']} to {last['year']}: "
            f"{'; '.join([*ends, *(str(level['told']) for level in levels)])}.",
            unit=OF_IMPORTS,
            digits=1,
            note="Duty collected over imports of the year: a duty that stops the trade it falls on does not count, so "
            f"a law on paper lies above what is collected.{_so_far(known)}"
            + (" Dashed: the law of the scenario, over imports of a fixed year." if levels else ""),
            source=about.source("history"),
            spec=lambda width: course(form, width),
            wide=True,
        )
    ]


def _so_far(rows: list[Row]) -> str:
    """A year that is not complete, in words: it is not on the line."""
    part = next((row for row in rows if row.get("part")), None)
    return "" if part is None else f" {part['year']} so far ({part['part']}): {worded(part['rate'], Unit.SHARE, 1)}."


def _years(rows: list[Row]) -> Trace:
    """The rate by year with what rounding and doubt leave open."""
    points = tuple((float(r["year"]), shown(r["rate"], Unit.SHARE)) for r in rows)
    if not {"low", "high"} <= set(rows[0]):
        return Trace((), points, AFTER)
    low, high = (
        tuple(shown(r[key] if r[key] == r[key] else r["rate"], Unit.SHARE) for r in rows) for key in ("low", "high")
    )
    return Trace((), points, AFTER, low=low, high=high)


def _doubtful(rows: list[Row]) -> list[Spot]:
    """The year that is known least, where its range can be seen."""
    known = [r for r in rows if r.get("low", float("nan")) == r.get("low", float("nan"))]
    if not known or not {"low", "high"} <= set(rows[0]):
        return []
    widest = max(known, key=lambda r: r["high"] - r["low"])
    if shown(widest["high"] - widest["low"], Unit.SHARE) <= BAND:
        return []
    ends = [worded(widest[key], Unit.SHARE, 1) for key in ("low", "high")]
    year = str(widest["year"])
    forms = (f"{year}: sources differ, {ends[0]} to {ends[1]}", f"{year}: {ends[0]} to {ends[1]}", f"{year}: doubtful")
    return [Spot(float(widest["year"]), shown(widest["rate"], Unit.SHARE), forms, QUIET)]


def _rank(tables: Mapping[str, Table], rows: list[Row]) -> str:
    """How high the law of the scenario stands in the history; without one, what was collected last."""
    placed = [r for r in _known_places(tables) if r["rate"] == r["rate"]]
    if placed:
        place = placed[0]
        since = str(place["highest_since"]).removesuffix(" (equal)")
        rate = worded(place["rate"], Unit.SHARE, 1)
        return (
            f"An average duty of {rate} is the highest since {since}"
            if since.isdigit()
            else (f"An average duty of {rate} has no equal since {rows[0]['year']}")
        )
    high, last = max(rows, key=lambda r: r["rate"]), rows[-1]
    return (
        f"The average US duty fell from {worded(high['rate'], Unit.SHARE, 1)} in {high['year']} to "
        f"{worded(last['rate'], Unit.SHARE, 1)} in {last['year']}"
    )


def _places(tables: Mapping[str, Table]) -> list[Row]:
    """Rates of scenarios as lines across the history; what was collected is on the line itself."""
    return [
        {
            "value": shown(r["rate"], Unit.SHARE),
            "text": f"{_whose(r, tables)}: {worded(r['rate'], Unit.SHARE, 1)}",
            "told": f"{_whose(r, tables)} is at {worded(r['rate'], Unit.SHARE, 1)}, highest since {r['highest_since']}",
        }
        for r in _known_places(tables)[:LEVELS]
    ]


def _known_places(tables: Mapping[str, Table]) -> list[Row]:
    """Rows of scenarios in the history, without what was collected."""
    if not has(tables, "places", "rate_of", "rate", "highest_since"):
        return []
    return [r for r in rows_of(tables["places"]) if not str(r["rate_of"]).startswith("collected")]


def _whose(row: Row, tables: Mapping[str, Table]) -> str:
    """Whose rate a place is; the short name of a file, where a run has no variants, is no name for a reader."""
    variants = set(tables["headline"]["variant"].tolist()) if "headline" in tables else set()
    return "this scenario" if variants == {str(row["rate_of"])} else str(row["rate_of"])


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
    if len(drawn) < 2 or not most["value"]:
        return []
    return [
        Chart(
            name="prices",
            table="prices",
            title=_dearer(rows),
            subtitle="Change of consumer prices between the two laws, first round, %; benchmark accounts of 2017",
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


def _dearer(rows: list[Row]) -> str:
    """What all consumer prices do, and which most, as a title."""
    whole, most = rows[0], max(rows[:SHOWN], key=lambda r: abs(r["change"]))
    verb, size = ("rise" if whole["change"] > 0 else "fall"), worded(abs(whole["change"]), Unit.SHARE, 2)
    thing, much = lowered(str(most["category"])), worded(abs(most["change"]), Unit.SHARE, 2)
    if most is whole:
        return f"Consumer prices {verb} by {size}"
    return f"Consumer prices {verb} by {size}, those of {thing} by {much}"


def households(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """What the change costs households, by tenth of income, as a share of what they spend."""
    table, remark = first_variant(tables["households"])
    rows = [r for r in finite(rows_of(table), "rate") if str(r["decile"]) != "all"]
    if len(rows) < 2 or not any(r["rate"] for r in rows):
        return []
    names = {"1": "1 (lowest income)", str(len(rows)): f"{len(rows)} (highest income)"}
    drawn = [_share_of_spending(names.get(str(r["decile"]), str(r["decile"])), r) for r in rows]
    return [
        Chart(
            name="households",
            table="households",
            title=_tenths(rows),
            subtitle="Cost out of pocket by tenth of income, % of own spending"
            + (", and dollars a year" if "pocket" in rows[0] else "")
            + "; benchmark accounts of 2017",
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


def _tenths(rows: list[Row]) -> str:
    """What the lowest and the highest tenth save or pay, as a title."""
    verb = "saves" if rows[0]["rate"] < 0 else "pays"
    first, last = rows[0], rows[-1]
    if "pocket" not in first:
        return f"The lowest tenth {verb} {_bare(first)} of its spending, the highest {_bare(last)}"
    return f"The lowest tenth {verb} {_dollars(first)} a year, the highest {_dollars(last)}"


def _dollars(row: Row) -> str:
    return f"${abs(row['pocket']):,.0f}"


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
        "text": worded(row["rate"], Unit.SHARE, 2, sign=True)
        + (f", {MINUS if row['pocket'] < 0 else '+'}{_dollars(row)}" if "pocket" in row else ""),
    }


def tornado(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The inputs that move each number most; one chart a number."""
    table, remark = first_variant(tables["tornado"])
    charts = []
    known = [r for r in finite(rows_of(table), "low", "base", "high") if _moves(r, tables)]
    keys = list(dict.fromkeys((str(r["measure"]), str(r["country"])) for r in known))
    wanted = headlines(tables)
    chosen = [key for key in wanted if key in keys] or keys[: len(wanted)]
    for i, key in enumerate(chosen, start=1):
        rows = sorted((r for r in known if (r["measure"], r["country"]) == key), key=_reach)[: SHOWN // 2]
        rows = [r for r in rows if _reach(r) < LEAST * _reach(rows[0])]
        if len(rows) > 1 and _reach(rows[0]):
            name = f"{key[0][:1].upper()}{key[0][1:]}, {about.country(key[1])}"
            charts.append(_tornado(f"tornado-{i}", name, rows, remark, about))
    return charts


LEAST = 0.02
"""Inputs that move a number by less than this share of what the first does are not drawn."""


CHANCE = 0.05
"""Of so large a share where an input does nothing, up to which it is drawn."""


def _moves(row: Row, tables: Mapping[str, Table]) -> bool:
    """Whether the rank correlation of an input with the number differs from zero, where draws are known.

    Times draws less one, the share is chi squared where the input does nothing: with one degree of freedom, and of a
    choice among sets with one less than there are sets (Kruskal and Wallis 1952).
    """
    share = float(row.get("share", np.nan))
    draws = max((int(n) for n in tables["headline"]["draws"]), default=0) if has(tables, "headline", "draws") else 0
    if share != share or not draws:
        return True
    from scipy.special import chdtrc  # Slow to load, and not needed without a tornado.

    sets = len(tables["elasticities"]) if row["input"] == SETS and "elasticities" in tables else 2
    sets = len(CLOSURES) if row["input"] == BALANCES else sets
    return float(chdtrc(max(sets - 1, 1), share * max(draws - 1, 1))) <= CHANCE


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
        title=f"{measure}, runs from {drawn[0]['text']} with \u201c{drawn[0]['label']}\u201d",
        subtitle=f"{measure}, %, at the low and the high end of each input",
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
