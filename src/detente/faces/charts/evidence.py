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
from detente.codes.vocabulary import vocabulary, words
from detente.faces.charts import forms
from detente.faces.charts.course import Course, Spot, Trace, course
from detente.faces.charts.frame import (
    MINUS,
    Chart,
    ChartSetting,
    Row,
    claimed,
    finite,
    has,
    rows_of,
    shown,
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
    other = "average_on_us" if second == "CHN" else "average"
    return (("average_fixed", first), (other, second), ("real_income", first), ("real_income", second))


def history(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The average US duty year by year, and where the scenario stands in it."""
    table = tables["history"]
    known = sorted(finite(rows_of(table), "rate"), key=lambda row: str(row["year"]))
    rows = [row for row in known if not row.get("part")]
    if len(rows) < 2:
        return []
    peak, last = max(rows, key=lambda r: r["rate"]), rows[-1]
    levels, say, unit = _places(tables, about), about.say, about.say("chart.unit_of_imports")
    ends = [say("chart.history_end", rate=about.number(r["rate"], Unit.SHARE, 1), year=r["year"]) for r in (peak, last)]
    form = Course(
        series=(_years(rows),),
        unit=unit,
        dates=False,
        levels=tuple((row["value"], row["text"]) for row in levels),
        spots=(
            Spot(float(peak["year"]), shown(peak["rate"], Unit.SHARE), (ends[0],)),
            Spot(float(last["year"]), shown(last["rate"], Unit.SHARE), (ends[1],)),
            *_doubtful(rows, about),
        ),
        say=say,
    )
    return [
        Chart(
            name="history",
            table="history",
            title=_rank(tables, rows, about),
            subtitle=say(f"chart.history_subtitle{'_dashed' if levels else ''}", unit=unit),
            alt=say(
                "chart.history_alt",
                first=rows[0]["year"],
                last=last["year"],
                ends=about.listed([*ends, *(str(level["told"]) for level in levels)]),
            ),
            unit=unit,
            digits=1,
            note=about.note(
                say("chart.history_note"), _so_far(known, about), say("chart.history_dashed") if levels else ""
            ),
            source=about.source("history"),
            spec=lambda width: course(form, width),
            wide=True,
        )
    ]


def _so_far(rows: list[Row], about: ChartSetting) -> str:
    """A year that is not complete, in words: it is not on the line."""
    part = next((row for row in rows if row.get("part")), None)
    if part is None:
        return ""
    rate = about.number(part["rate"], Unit.SHARE, 1)
    return about.say("chart.history_so_far", year=part["year"], part=str(part["part"]), rate=rate)


def _years(rows: list[Row]) -> Trace:
    """The rate by year with what rounding and doubt leave open."""
    points = tuple((float(r["year"]), shown(r["rate"], Unit.SHARE)) for r in rows)
    if not {"low", "high"} <= set(rows[0]):
        return Trace((), points, AFTER)
    low, high = (
        tuple(shown(r[key] if r[key] == r[key] else r["rate"], Unit.SHARE) for r in rows) for key in ("low", "high")
    )
    return Trace((), points, AFTER, low=low, high=high)


def _doubtful(rows: list[Row], about: ChartSetting) -> list[Spot]:
    """The year that is known least, where its range can be seen."""
    known = [r for r in rows if r.get("low", float("nan")) == r.get("low", float("nan"))]
    if not known or not {"low", "high"} <= set(rows[0]):
        return []
    widest = max(known, key=lambda r: r["high"] - r["low"])
    if shown(widest["high"] - widest["low"], Unit.SHARE) <= BAND:
        return []
    low, high = (about.number(widest[key], Unit.SHARE, 1) for key in ("low", "high"))
    kinds = ("differ", "range", "doubtful")
    forms = tuple(about.say(f"chart.history_{kind}", year=widest["year"], low=low, high=high) for kind in kinds)
    return [Spot(float(widest["year"]), shown(widest["rate"], Unit.SHARE), forms, QUIET)]


def _rank(tables: Mapping[str, Table], rows: list[Row], about: ChartSetting) -> str:
    """How high the law of the scenario stands in the history; without one, what was collected last."""
    placed = [r for r in _known_places(tables) if r["rate"] == r["rate"]]
    if placed:
        place = placed[0]
        rate = about.number(place["rate"], Unit.SHARE, 1)
        if place["highest_since"]:
            return about.say("chart.history_since", rate=rate, year=place["highest_since"])
        return about.say("chart.history_no_equal", rate=rate, year=rows[0]["year"])
    high, last = max(rows, key=lambda r: r["rate"]), rows[-1]
    return about.say(
        "chart.history_fell",
        high=about.number(high["rate"], Unit.SHARE, 1),
        peak=high["year"],
        low=about.number(last["rate"], Unit.SHARE, 1),
        last=last["year"],
    )


def _places(tables: Mapping[str, Table], about: ChartSetting) -> list[Row]:
    """Rates of scenarios as lines across the history; what was collected is on the line itself."""
    return [_place(r, tables, about) for r in _known_places(tables)[:LEVELS]]


def _place(row: Row, tables: Mapping[str, Table], about: ChartSetting) -> Row:
    name, rate = _whose(row, tables, about), about.number(row["rate"], Unit.SHARE, 1)
    since = row["highest_since"] or "none on record"
    return {
        "value": shown(row["rate"], Unit.SHARE),
        "text": about.say("chart.history_place", name=name, rate=rate),
        "told": about.say("chart.history_place_told", name=name, rate=rate, since=since),
    }


def _known_places(tables: Mapping[str, Table]) -> list[Row]:
    """Rows of scenarios in the history, without what was collected."""
    if not has(tables, "places", "rate_of", "rate", "highest_since"):
        return []
    return [r for r in rows_of(tables["places"]) if not str(r["rate_of"]).startswith("collected")]


def _whose(row: Row, tables: Mapping[str, Table], about: ChartSetting) -> str:
    """Whose rate a place is; the short name of a file, where a run has no variants, is no name for a reader."""
    variants = set(tables["headline"]["variant"].tolist()) if "headline" in tables else set()
    own = variants == {str(row["rate_of"])}
    return about.say("chart.all_this_scenario") if own else about.say.dated(str(row["rate_of"]))


def prices(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Consumer prices by what is bought, with their range."""
    table, remark = about.first_variant(tables["prices"])
    rows = finite(rows_of(table), "change")
    ranged = any(r["low"] == r["low"] for r in rows)
    drawn = [
        {
            "label": _category(str(r["category"]), about),
            "value": shown(r["change"], Unit.POINTS),
            "low": shown(r["low"] if r["low"] == r["low"] else r["change"], Unit.POINTS),
            "high": shown(r["high"] if r["high"] == r["high"] else r["change"], Unit.POINTS),
            "text": about.number(r["change"], Unit.SHARE, 2, sign=True),
        }
        for r in rows[:SHOWN]
    ]
    most = max(drawn, key=lambda row: abs(row["value"]))
    if len(drawn) < 2 or not most["value"]:
        return []
    say = about.say
    return [
        Chart(
            name="prices",
            table="prices",
            title=_dearer(rows, about),
            subtitle=say("chart.prices_subtitle"),
            alt=say(
                "chart.prices_alt",
                whole=drawn[0]["label"],
                number=drawn[0]["text"],
                most=most["label"],
                most_number=most["text"],
            ),
            unit=say("chart.unit_percent"),
            digits=2,
            note=about.note(
                remark, say("chart.prices_note"), say(f"chart.prices_{'ranged' if ranged else 'not_ranged'}")
            ),
            source=about.source("prices"),
            spec=lambda width: forms.intervals(drawn, width, say("chart.prices_axis"), signed=False),
        )
    ]


def _category(name: str, about: ChartSetting) -> str:
    """What is bought; parts of the whole say so."""
    label = words("part", name) if name in vocabulary("part") else name
    return about.say("chart.prices_part", part=label) if name in ("direct", "indirect") else label


def _dearer(rows: list[Row], about: ChartSetting) -> str:
    """What all consumer prices do, and which most, as a title."""
    whole, most = rows[0], max(rows[:SHOWN], key=lambda r: abs(r["change"]))
    verb, size = ("rise" if whole["change"] > 0 else "fall"), about.number(abs(whole["change"]), Unit.SHARE, 2)
    thing, much = about.goods(str(most["category"])), about.number(abs(most["change"]), Unit.SHARE, 2)
    if most is whole:
        return about.say(f"chart.prices_{verb}", size=size)
    return about.say(f"chart.prices_{verb}_most", size=size, thing=thing, much=much)


def households(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """What the change costs households, by tenth of income, as a share of what they spend."""
    table, remark = about.first_variant(tables["households"])
    rows = [r for r in finite(rows_of(table), "rate") if str(r["decile"]) != "all"]
    if len(rows) < 2 or not any(r["rate"] for r in rows):
        return []
    say, last = about.say, str(len(rows))
    names = {"1": say("chart.households_lowest", number="1"), last: say("chart.households_highest", number=last)}
    drawn = [_share_of_spending(names.get(str(r["decile"]), str(r["decile"])), r, about) for r in rows]
    return [
        Chart(
            name="households",
            table="households",
            title=_tenths(rows, about),
            subtitle=say(f"chart.households_subtitle{'_dollars' if 'pocket' in rows[0] else ''}"),
            alt=say(
                f"chart.households_{'save' if rows[0]['rate'] < 0 else 'cost'}",
                low=_bare(rows[0], about),
                high=_bare(rows[-1], about),
            ),
            unit=say("chart.unit_of_spending"),
            digits=2,
            note=about.note(remark, say("chart.households_note")),
            source=about.source("households"),
            spec=lambda width: forms.intervals(drawn, width, say("chart.households_axis"), signed=False),
        )
    ]


def _tenths(rows: list[Row], about: ChartSetting) -> str:
    """What the lowest and the highest tenth save or pay, as a title."""
    verb, kind = ("saves" if rows[0]["rate"] < 0 else "pays"), "dollars" if "pocket" in rows[0] else "share"
    sizes = [about.dollars(r["pocket"]) if kind == "dollars" else _bare(r, about) for r in (rows[0], rows[-1])]
    return about.say(f"chart.households_{verb}_{kind}", low=sizes[0], high=sizes[1])


def _bare(row: Row, about: ChartSetting) -> str:
    return about.number(abs(row["rate"]), Unit.SHARE, 2)


def _pocket(row: Row, about: ChartSetting) -> str:
    """What it costs in dollars, behind its share."""
    return f", {MINUS if row['pocket'] < 0 else '+'}{about.dollars(row['pocket'])}" if "pocket" in row else ""


def _share_of_spending(label: str, row: Row, about: ChartSetting) -> Row:
    ends = [float(row.get(key, "nan")) for key in ("rate_low", "rate_high")]
    low, high = (end if end == end else float(row["rate"]) for end in ends)
    return {
        "label": label,
        "value": shown(row["rate"], Unit.SHARE),
        "low": shown(low, Unit.SHARE),
        "high": shown(high, Unit.SHARE),
        "text": about.number(row["rate"], Unit.SHARE, 2, sign=True) + _pocket(row, about),
    }


def tornado(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The inputs that move each number most; one chart a number."""
    table, remark = about.first_variant(tables["tornado"])
    charts = []
    known = [r for r in finite(rows_of(table), "low", "base", "high") if _moves(r, tables)]
    keys = list(dict.fromkeys((str(r["measure"]), str(r["country"])) for r in known))
    wanted = headlines(tables)
    chosen = [key for key in wanted if key in keys] or keys[: len(wanted)]
    for i, key in enumerate(chosen, start=1):
        rows = sorted((r for r in known if (r["measure"], r["country"]) == key), key=_reach)[: SHOWN // 2]
        rows = [r for r in rows if _reach(r) < LEAST * _reach(rows[0])]
        if len(rows) > 1 and _reach(rows[0]):
            name = f"{claimed(words('measure', key[0]))}, {about.country(key[1])}"
            charts.append(_tornado(f"tornado-{i}", name, rows, (remark, table.names), about))
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


ENDS = {"low": min, "high": max}


def _tornado(
    name: str, measure: str, rows: list[Row], more: tuple[str, Mapping[str, str]], about: ChartSetting
) -> Chart:
    (remark, names), unit, digits = more, Unit.SHARE, 2
    drawn = [
        {
            "label": words("input", str(r["input"]), names),
            "low": shown(min(r["low"], r["high"]), unit),
            "high": shown(max(r["low"], r["high"]), unit),
            "text": about.say(
                "chart.all_from_to", **{n: about.number(p(r["low"], r["high"]), unit, digits) for n, p in ENDS.items()}
            ),
        }
        for r in rows
    ]
    base, say, first = rows[0]["base"], about.say, {"text": drawn[0]["text"], "label": drawn[0]["label"]}
    return Chart(
        name=name,
        table="tornado",
        title=say("chart.tornado_title", measure=measure, **first),
        subtitle=say("chart.tornado_subtitle", measure=measure),
        alt=say("chart.tornado_alt", measure=measure, base=about.number(base, unit, digits), **first),
        unit=say("chart.unit_percent"),
        digits=digits,
        note=about.note(remark, say("chart.tornado_note")),
        source=about.source("tornado"),
        spec=lambda width: _bars_about(drawn, shown(base, unit), width, say("chart.tornado_axis", measure=measure)),
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
