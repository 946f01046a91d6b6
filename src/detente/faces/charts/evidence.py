"""Charts of the evidence: the long history, prices, households, what moves a number most, forecasts and their record.

Tables and columns they draw:

* ``history`` year, rate, and low, high where known (shares; one row a year from 1901); where a scenario stands in it
  from ``places``: rate_of, rate, highest_since;
* ``prices`` variant, category, change, low, high (points of the price of what is bought);
* ``households`` variant, decile, rate (cost over own spending, share) and, where known, rate_low, rate_high;
* ``tornado`` variant, measure, country, input, low, base, high (shares);
* ``score_rates`` month, partner, came, source, forecast, low, high, with_law: the rows of every partner together;
* ``track_calibration`` count, chance, share (shares); one row a bin, in rising order;
* ``track_steps`` form, days, alive (share), count, ends, read (day);
* ``checks`` claim, verdict.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from detente.codes.names import first_upper, vocabulary
from detente.codes.names import words as in_words
from detente.evidence.lives import in_steps
from detente.faces.charts import forms
from detente.faces.charts.course import Course, Spot, Trace, course
from detente.faces.charts.frame import (
    LEAST_CASES,
    MINUS,
    Chart,
    ChartSetting,
    Row,
    Tables,
    finite,
    has,
    lowered,
    ordinal,
    rows_of,
    shown,
)
from detente.faces.charts.theme import AFTER, INK, PARTY, QUIET
from detente.lab.duties.among import two_sides
from detente.lab.score.track import FORECAST, FORM_WORDS
from detente.lab.world.incidence import BALANCES, CLOSURES, SETS

#: Points of a range that can be seen on the history.
BAND = 0.3

#: Categories of a chart of prices; scenarios on the history; inputs of a tornado.
SHOWN, LEVELS, INPUTS = 16, 3, 8


def history(tables: Tables, about: ChartSetting) -> Chart | None:
    """The average US duty year by year, and where the scenario stands in it."""
    known = sorted(finite(rows_of(tables["history"]), "rate"), key=lambda row: str(row["year"]))
    rows, part = [r for r in known if not r.get("part")], next((r for r in known if r.get("part")), None)
    if len(rows) < 2:
        return None
    say, peak, last = about.say, max(rows, key=lambda r: r["rate"]), rows[-1]
    ends = [say("chart.history_end", rate=about.share(r["rate"]), year=r["year"]) for r in (peak, last)]
    points = tuple((float(r["year"]), shown(r["rate"])) for r in rows)
    ranged = {"low", "high"} <= set(rows[0])
    low, high = (
        tuple(shown(r[key] if r[key] == r[key] else r["rate"]) for r in rows if ranged) for key in ("low", "high")
    )
    spots = [Spot(float(r["year"]), shown(r["rate"]), (end,)) for r, end in zip((peak, last), ends, strict=True)]
    levels, sentences = list[tuple[float, str]](), list[str]()
    for place in (places := _places(tables))[:LEVELS]:
        words = {"name": _whose(place, tables, about), "rate": about.share(place["rate"])}
        levels.append((shown(place["rate"]), say("chart.history_place", **words)))
        sentences.append(say("chart.history_place_told", since=place["highest_since"] or "none on record", **words))
    form = Course(
        (Trace((), points, AFTER, low=low, high=high),), about.unit("of_imports"), dates=False, levels=tuple(levels),
        spots=(*spots, *(_doubtful(rows, about) if ranged else ())), say=say,
    )  # fmt: skip
    words: dict[str, Any] = {
        "first": rows[0]["year"], "last": last["year"], "high": about.share(peak["rate"]), "peak": peak["year"],
        "low": about.share(last["rate"]), "ends": about.listed([*ends, *sentences]),
    }  # fmt: skip
    words |= {"this_year": part["year"], "part": part["part"], "so_far": about.share(part["rate"])} if part else {}
    title, standing = "fell", next((r for r in places if r["rate"] == r["rate"]), None)
    if standing:
        title = "since" if standing["highest_since"] else "no_equal"
        words |= {"rate": about.share(standing["rate"]), "year": standing["highest_since"] or rows[0]["year"]}
    note = ("note", "so_far" if part else "", "dashed" if levels else "")
    return about.chart(
        "history", "history", lambda width: course(form, width), "of_imports", 1, title=title, wide=True, note=note,
        subtitle="subtitle_dashed" if levels else "subtitle", **words,
    )  # fmt: skip


def _doubtful(rows: list[Row], about: ChartSetting) -> list[Spot]:
    """The year that is known least, where its range can be seen."""
    known = [r for r in rows if r["low"] == r["low"]]
    widest = max(known, key=lambda r: r["high"] - r["low"], default=None)
    if widest is None or shown(widest["high"] - widest["low"]) <= BAND:
        return []
    words = {"year": widest["year"], "low": about.share(widest["low"]), "high": about.share(widest["high"])}
    forms = tuple(about.say(f"chart.history_{kind}", **words) for kind in ("differ", "range", "doubtful"))
    return [Spot(float(widest["year"]), shown(widest["rate"]), forms, QUIET)]


def _places(tables: Tables) -> list[Row]:
    """Rows of scenarios in the history; what was collected is on the line itself."""
    if not has(tables, "places", "rate_of", "rate", "highest_since"):
        return []
    return [r for r in rows_of(tables["places"]) if not str(r["rate_of"]).startswith("collected")]


def _whose(row: Row, tables: Tables, about: ChartSetting) -> str:
    """Whose rate a place is; the short name of a file, where a run has no variants, is no name for a reader."""
    variants = set(tables["headline"]["variant"].tolist()) if "headline" in tables else set()
    own = variants == {str(row["rate_of"])}
    return about.say("chart.all_this_scenario") if own else about.say.dated(str(row["rate_of"]))


def _range_places(row: Row, keys: tuple[str, str, str]) -> Row:
    """Places of a number and of the ends of its range; where that is not known, both are the number."""
    value, *ends = (float(row.get(key, "nan")) for key in keys)
    low, high = (shown(end if end == end else value) for end in ends)
    return {"value": shown(value), "low": low, "high": high}


def prices(tables: Tables, about: ChartSetting) -> Chart | None:
    """Consumer prices by what is bought, with their range."""
    rows, remark = about.rows(tables["prices"], "change")
    drawn: list[Row] = []
    for r in rows[:SHOWN]:
        name = str(r["category"])
        label = in_words("part", name) if name in vocabulary("part") else name
        label = about.say("chart.prices_part", part=label) if name in ("direct", "indirect") else label
        text = about.share(r["change"], 2, sign=True)
        drawn.append({"label": label, "text": text, **_range_places(r, ("change", "low", "high"))})
    if len(drawn) < 2 or not any(row["value"] for row in drawn):
        return None
    most = max(range(len(drawn)), key=lambda i: abs(drawn[i]["value"]))
    verb = "rise" if rows[0]["change"] > 0 else "fall"
    ranged = "ranged" if any(r["low"] == r["low"] for r in rows) else "not_ranged"
    axis = about.say("chart.prices_axis")
    return about.chart(
        "prices", "prices", lambda width: forms.intervals(drawn, width, axis, signed=False), "percent", 2,
        title=f"{verb}_most" if most else verb, note=(remark, "note", ranged),
        size=about.share(abs(rows[0]["change"]), 2), much=about.share(abs(rows[most]["change"]), 2),
        thing=lowered(str(rows[most]["category"])), whole=drawn[0]["label"], number=drawn[0]["text"],
        most=drawn[most]["label"], most_number=drawn[most]["text"],
    )  # fmt: skip


def households(tables: Tables, about: ChartSetting) -> Chart | None:
    """What the change costs households, by tenth of income, as a share of what they spend."""
    every, remark = about.rows(tables["households"], "rate")
    rows = [r for r in every if str(r["decile"]) != "all"]
    if len(rows) < 2 or not any(r["rate"] for r in rows):
        return None
    ends = {"1": "lowest", str(len(rows)): "highest"}
    drawn: list[Row] = []
    for r in rows:
        number = str(r["decile"])
        label = about.say(f"chart.households_{ends[number]}", number=number) if number in ends else number
        text = about.share(r["rate"], 2, sign=True)
        text += f", {MINUS if r['pocket'] < 0 else '+'}{about.dollars(r['pocket'])}" if "pocket" in r else ""
        drawn.append({"label": label, "text": text, **_range_places(r, ("rate", "rate_low", "rate_high"))})
    dollars, saves = "pocket" in rows[0], rows[0]["rate"] < 0
    low, high = (about.share(abs(r["rate"]), 2) for r in (rows[0], rows[-1]))
    sizes = [about.dollars(r["pocket"]) for r in (rows[0], rows[-1])] if dollars else [low, high]
    title = f"chart.households_{'saves' if saves else 'pays'}_{'dollars' if dollars else 'share'}"
    axis = about.say("chart.households_axis")
    return about.chart(
        "households", "households", lambda width: forms.intervals(drawn, width, axis, signed=False),
        "of_spending", 2, title=about.say(title, low=sizes[0], high=sizes[1]),
        alt="save" if saves else "cost", subtitle="subtitle_dollars" if dollars else "subtitle",
        note=(remark, "note"), low=low, high=high,
    )  # fmt: skip


#: Inputs that move a number by less than this share of what the first does are not drawn.
LEAST = 0.02

#: Of so large a share where an input does nothing, up to which it is drawn.
CHANCE = 0.05


def tornado(tables: Tables, about: ChartSetting) -> list[Chart]:
    """The inputs that move each number most; one chart a number."""
    table, remark = about.first_variant(tables["tornado"])
    known = [r for r in finite(rows_of(table), "low", "base", "high") if _moves(r, tables)]
    keys = list(dict.fromkeys((str(r["measure"]), str(r["country"])) for r in known))
    first, second = two_sides(tables)
    other = "average_on_us" if second == "CHN" else "average"
    wanted = (("average_fixed", first), (other, second), ("real_income", first), ("real_income", second))
    charts = []
    for i, key in enumerate([key for key in wanted if key in keys] or keys[: len(wanted)], start=1):
        rows = sorted((r for r in known if (r["measure"], r["country"]) == key), key=_reach)[:INPUTS]
        rows = [r for r in rows if _reach(r) < LEAST * _reach(rows[0])]
        if len(rows) > 1 and _reach(rows[0]):
            measure = f"{first_upper(in_words('measure', key[0]))}, {about.country(key[1])}"
            labels = [in_words("input", str(r["input"]), table.names) for r in rows]
            charts.append(_tornado(f"tornado-{i}", measure, rows, labels, remark, about))
    return charts


def _moves(row: Row, tables: Tables) -> bool:
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


def _tornado(name: str, measure: str, rows: list[Row], labels: list[str], remark: str, about: ChartSetting) -> Chart:
    drawn: list[Row] = []
    for r, label in zip(rows, labels, strict=True):
        low, high = sorted((r["low"], r["high"]))
        text = about.say("chart.all_from_to", low=about.share(low, 2), high=about.share(high, 2))
        drawn.append({"label": label, "low": shown(low), "high": shown(high), "text": text})
    base, axis = rows[0]["base"], about.say("chart.tornado_axis", measure=measure)
    return about.chart(
        "tornado", "tornado", lambda width: forms.reaches(drawn, width, axis, shown(base)), "percent", 2, name=name,
        note=(remark, "note"), measure=measure, base=about.share(base, 2),
        **{key: drawn[0][key] for key in ("text", "label")},
    )  # fmt: skip


def scored(tables: Tables, about: ChartSetting) -> Chart | None:
    """The duty that was forecast for every month, with the range of buyers' answer, beside the duty collected."""
    rows, say = [row for row in rows_of(tables["score_rates"]) if row["partner"] == "all"], about.say
    known = finite(rows, "came")
    if len(rows) < 2 or not known:
        return None

    def trace_of(of: list[Row], key: str, forms: tuple[str, ...], colour: str, **look: Any) -> Trace:
        points = tuple((ordinal(r["month"]), shown(r[key])) for r in of)
        return Trace(forms, points, colour, **look)

    last, name, came = known[-1], say("chart.score_forecast"), say("chart.score_came")
    low, high = (tuple(shown(r[key]) for r in rows) for key in ("low", "high"))
    later = (say("chart.score_with_later"), say("chart.score_later"))
    series = (
        trace_of(rows, "with_law", later, QUIET, dashed=True),
        trace_of(rows, "forecast", (f"{name} {about.share(rows[-1]['forecast'])}", name), AFTER, low=low, high=high),
        trace_of(known, "came", (f"{came} {about.share(last['came'])}", came), INK),
    )
    form = Course(series, about.unit("of_imports"), say=say)

    def words(row: Row) -> dict[str, Any]:
        parts = {key: about.share(row[key]) for key in ("forecast", "came")}
        return {"month": about.month(str(row["month"])), **parts}

    receipts = next((row for row in known if str(row["source"]).startswith("customs")), None)
    source = say(f"chart.score_{'receipts' if receipts else 'on_record'}", **words(receipts or last))
    sentences = [say("chart.score_told", **words(row)) for row in known]
    return about.chart(
        "score", "score_rates", lambda width: course(form, width), "of_imports", 1, wide=True,
        alt=first_upper(f"{about.listed(sentences)}."), note=("note", source), **words(last),
    )  # fmt: skip


def calibrated(tables: Tables, about: ChartSetting) -> Chart | None:
    """How often threats were carried out against the chance given; on the dashed line both are the same."""
    rows, say = rows_of(tables["track_calibration"]), about.say
    if len(rows) < 2:
        return None
    points = tuple((shown(row["chance"]), shown(row["share"])) for row in rows)
    end = max(max(point) for point in points)
    even = Trace((say("chart.calibration_even"),), ((0.0, 0.0), (end, end)), QUIET, dashed=True)
    spots = tuple(
        Spot(*point, (say("chart.calibration_count", count=row["count"]), str(row["count"])))
        for row, point in zip(rows, points, strict=True)
    )
    form = Course(
        (Trace((say("chart.calibration_came"),), points, INK), even), about.unit("percent"), dates=False,
        across=say("chart.calibration_axis"), spots=spots, height=260, say=say,
    )  # fmt: skip

    def words(row: Row) -> dict[str, Any]:
        return {key: about.share(row[key], 0) for key in ("chance", "share")}

    many = [row for row in rows if row["count"] >= LEAST_CASES]
    worst = max(many or rows, key=lambda row: abs(row["share"] - row["chance"]))
    sentences = [say("chart.calibration_told", count=row["count"], **words(row)) for row in rows]
    return about.chart(
        "calibration", "track_calibration", lambda width: course(form, width), "percent", 0,
        title="title" if many else "few", alt=f"{about.listed(sentences)}.", **words(worst),
    )  # fmt: skip


COLOURS = dict(zip(FORM_WORDS.values(), (PARTY["CHN"], PARTY["USA"], QUIET), strict=True))


def survival(tables: Tables, about: ChartSetting) -> Chart | None:
    """Bargains alive by day of life: the curve of each form in steps, and the forecast of a deal beside them.

    None where no form has lived longer than another.
    """
    say, spoken = about.say, {words: about.say(f"outlook_{key}") for key, words in FORM_WORDS.items()}
    lines: dict[str, list[Row]] = {}
    for row in rows_of(tables["track_steps"]):
        lines.setdefault(str(row["form"]), []).append(row)
    ends = {name: float(rows[-1]["alive"]) for name, rows in lines.items() if name != FORECAST}
    if len(set(ends.values())) < 2:
        return None
    traces: list[Trace] = []
    for name, rows in lines.items():
        points = tuple((float(row["days"]), shown(row["alive"])) for row in rows)
        if name == FORECAST:
            share = about.share(in_steps(float(rows[-1]["alive"])), 0)
            forms_of = tuple(say(f"chart.survival_{form}", share=share) for form in ("forecast", "forecast_short"))
            traces.append(Trace(forms_of, points, INK, dashed=True))
            continue
        short, share = spoken[name], about.share(ends[name], 0)
        line = say("chart.survival_line", form=short, share=share, ends=rows[0]["ends"], all=rows[0]["count"])
        traces.append(Trace((line, f"{short} {share}"), points, COLOURS[name]))
    form = Course(
        tuple(traces), about.unit("percent"), dates=False, across=say("chart.survival_axis"), stepped=True, height=260,
        say=say,
    )  # fmt: skip
    least, most = min(ends, key=lambda name: ends[name]), max(ends, key=lambda name: ends[name])
    fewest = min(int(lines[name][0]["count"]) for name in ends)
    return about.chart(
        "survival", "track_steps", lambda width: course(form, width), "percent", 0,
        # A curve of few bargains bears no claim; the picture says how many there are.
        title="few" if fewest < LEAST_CASES else "title", day=about.day(str(lines[least][0]["read"])),
        first=spoken[least], first_share=about.share(ends[least], 0),
        second=spoken[most], second_share=about.share(ends[most], 0),
    )  # fmt: skip


#: Sides of a verdict.
SIDES = ("for", "between", "against", "open")

#: Claims from which on there is a chart of them.
FEWEST = 3


def verdicts(tables: Tables, about: ChartSetting) -> Chart | None:
    """How many claims have which verdict; none where there are few claims."""
    from detente.lab.claims.asked import mark_of  # Slow to load, and not needed where no claim is judged.

    counts = Counter(mark_of(str(row["verdict"])) for row in rows_of(tables["checks"]))
    if counts.total() < FEWEST:
        return None
    words = {side: about.say(f"chart.verdicts_{side}") for side in SIDES}
    rows = [{"label": words[side], "value": counts[side], "text": str(counts[side])} for side in SIDES]
    axis = about.say("chart.verdicts_axis")
    return about.chart(
        "verdicts", "checks", lambda width: forms.bars(rows, width, axis), about.say("chart.verdicts_unit"), 0,
        borne=counts["for"], whole=counts.total(),
        verdicts=", ".join(f"{counts[side]} {words[side].lower()}" for side in SIDES),
    )  # fmt: skip
