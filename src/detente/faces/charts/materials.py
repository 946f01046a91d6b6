"""Charts of materials: who is short and when, output lost, prices inside and outside, who makes them.

Tables and columns they draw:

* ``months`` month (number from the first, or 2025-04), group (user, country or element), short (share of need unmet);
* ``materials_lost`` month (2025-04), lost, deal_lost (USD a month), short, deal_short (shares of need) and, where
  known, stock (months of need);
* ``producers`` stage, material, country, share;
* of a table whose name begins with ``materials``: country, scope, measure, period, without, deal (losses over annual
  GDP without and with a deal on licences); or element, month, inside, without, deal, average: USD a kg of the element,
  ``without`` being the quote outside and ``average`` what buyers outside pay in the mean.
"""

from __future__ import annotations

from collections import Counter

from detente.codes import Table
from detente.codes.names import first_upper
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.course import Course, Notice, Spot, Trace, course
from detente.faces.charts.frame import Chart, ChartSetting, Row, Spec, Tables, finite, fixed, ordinal, rows_of, shown
from detente.faces.charts.theme import CONFIG, GAIN, LOSS, QUIET

#: Users of a chart, those without most.
MOST = 10


def months(tables: Tables, about: ChartSetting) -> Chart | None:
    """Shortage by user and month."""
    table, remark = about.first_variant(tables["months"])
    rows = finite(rows_of(table), "short")
    worst: dict[str, float] = {}
    for r in rows:
        worst[str(r["group"])] = max(worst.get(str(r["group"]), 0.0), float(r["short"]))
    top = max(rows, key=lambda r: r["short"])
    if not top["short"] > 0:
        return None
    kept = sorted(worst, key=lambda name: (-worst[name], name))[:MOST]
    drawn = [
        {"label": _user(name, about), "column": str(r["month"]), "value": shown(r["short"]),
         "text": about.share(r["short"], 0).rstrip("%\u202f") if r["short"] >= 5e-3 else ""}
        for name in kept for r in rows if str(r["group"]) == name
    ]  # fmt: skip
    columns = {row["column"]: month_in_short(row["column"], about) for row in drawn}
    title = about.say("chart.months_axis") if next(iter(columns)).isdigit() else None
    without, deal = ("without", "_deal") if "deal" in table.data else ("", "")
    return about.chart(
        "months", "months", lambda width: forms.cells(drawn, width, columns, title, 10.0), "of_need", 0, wide=True,
        title=f"title{deal}", subtitle=f"subtitle{deal}", note=(remark, without, "note", "most"), number=len(kept),
        user=_user(str(top["group"]), about), whom=about.the(str(top["group"])), share=about.share(top["short"], 0),
        month=about.month(str(top["month"])),
    )  # fmt: skip


def month_in_short(text: str, about: ChartSetting) -> str:
    """A month in words: "2025-04" -> "Apr 2025"; the number of a month stays."""
    year, _, month = text.partition("-")
    return f"{about.say.forms['months_short'][int(month) - 1]} {year}" if month.isdigit() else text


def _user(name: str, about: ChartSetting) -> str:
    """A country, or an industry in few words: "Aircraft engine and engine parts manufacturing" without the last."""
    return first_upper(about.country(name).replace(" manufacturing", ""))


def _named(tables: Tables, *columns: str) -> Table | None:
    """The first table of materials that has these columns."""
    known = (table for name, table in tables.items() if name.startswith("materials"))
    return next((table for table in known if {*columns} <= {*table.data} and len(table)), None)


def licences(tables: Tables, about: ChartSetting) -> Chart | None:
    """Loss of GDP without and with a deal on licences."""
    whole = _named(tables, "country", "scope", "measure", "period", "without", "deal")
    if whole is None:
        return None
    table, remark = about.first_variant(whole)
    known = finite(rows_of(table), "without", "deal")
    what, scope = (known[0]["measure"], known[-1]["scope"]) if known else ("", "")
    rows = [r for r in known if (r["measure"], r["scope"]) == (what, scope) and str(r["period"]).startswith("year")]
    if len(rows) < 2 or not any(r["without"] for r in rows):
        return None
    drawn: list[Row] = []
    for r in rows:
        period = str(r["period"]).replace(" ", "\u00a0")
        before, after = (about.share(r[key], 3) for key in ("without", "deal"))
        places = {"before": shown(r["without"]), "after": shown(r["deal"]), "text": f"{before} \u2192 {after}"}
        drawn.append({"label": f"{about.country(str(r['country']))}, {period}", **places})
    top, axis = max(range(len(rows)), key=lambda i: rows[i]["without"]), about.say("chart.licences_axis")
    return about.chart(
        "licences", table.name, lambda width: forms.before_after(drawn, width, axis), "of_gdp", 3,
        note=(remark, "scope", "note"), country=about.the(str(rows[top]["country"])), what=what, scope=scope,
        before=about.share(rows[top]["without"], 3), after=about.share(rows[top]["deal"], 3),
        worst=f"{drawn[top]['label']} {drawn[top]['text']}".replace("\u00a0", " "),
    )  # fmt: skip


#: Names of the rare earths by their symbols.
ELEMENTS = {
    "Ce": "Cerium", "Dy": "Dysprosium", "Er": "Erbium", "Eu": "Europium", "Gd": "Gadolinium", "Ho": "Holmium",
    "La": "Lanthanum", "Lu": "Lutetium", "Nd": "Neodymium", "Pr": "Praseodymium", "Sc": "Scandium", "Sm": "Samarium",
    "Tb": "Terbium", "Tm": "Thulium", "Y": "Yttrium", "Yb": "Ytterbium",
}  # fmt: skip

PRICES = ("inside", "without", "deal", "average")


def material_prices(tables: Tables, about: ChartSetting) -> Chart | None:
    """Price of the first element inside and outside, as a fan from what is paid to the quote."""
    whole = _named(tables, "element", "month", *PRICES)
    if whole is None:
        return None
    table, remark = about.first_variant(whole)
    by_element: dict[str, list[Row]] = {}
    for r in finite(rows_of(table), *PRICES):
        by_element.setdefault(str(r["element"]), []).append(r)
    code = next((code for code, rows in by_element.items() if len(rows) > 1), "")
    if not code:
        return None
    rows, last = by_element[code], by_element[code][-1]

    def trace(key: str, *forms: str, colour: str, dashed: bool = False) -> Trace:
        points = tuple((ordinal(r["month"]), fixed(float(r[key]))) for r in rows)
        names = tuple(about.say(f"chart.material_line_{form}") for form in forms)
        low = tuple(fixed(float(r["average"])) for r in rows) if key == "without" else ()
        return Trace(names, points, colour, dashed, low=low)

    series = (
        trace("without", "quote_outside", "quote", colour=LOSS),
        trace("average", "paid_outside", "paid", colour=LOSS, dashed=True),
        trace("deal", "quote_deal", "deal", colour=GAIN),
        trace("inside", "inside", colour=QUIET, dashed=True),
    )
    form, name = Course(series, about.unit("usd_a_kg"), say=about.say), ELEMENTS.get(code, code)
    return about.chart(
        "material", table.name, lambda width: course(form, width), "usd_a_kg", 0, name="material_prices",
        note=(remark, "note"), name_of=name, element=name.lower(), month=about.month(str(last["month"])),
        quote=about.dollars(last["without"]), deal=about.dollars(last["deal"]),
        inside=about.dollars(last["inside"]), paid=about.dollars(last["average"]),
    )  # fmt: skip


#: Whose output the table of losses has.
COUNTRY = "USA"

#: USD a month below which nothing is lost that a picture would show.
LEAST = 1e7

#: Heights of the two parts, the space between them and what stands left of them, pixels.
ABOVE, BENEATH, BETWEEN, MARGIN = 150, 130, 62, 46.0

#: Months of need below which stocks are used up.
GONE = 0.02


def lost(tables: Tables, about: ChartSetting) -> Chart | None:
    """Output lost by month, and need not met beneath, without and with a deal; none where nothing is lost."""
    rows, remark = about.rows(tables["materials_lost"], "lost", "deal_lost", "short", "deal_short")
    top = max(rows, key=lambda row: row["lost"], default=None)
    if len(rows) < 2 or top is None or top["lost"] < LEAST:
        return None
    end, unit = rows[-1], about.say("chart.lost_unit")
    amounts = {"top": top["lost"], "deal": top["deal_lost"], "end": end["lost"]}
    return about.chart(
        "lost", "materials_lost", lambda width: _panels(rows, about, width), unit, 2, wide=True,
        title="falls" if end["lost"] < top["lost"] / 2 else "peaks", note=(remark, "note"),
        country=about.the(COUNTRY), month=about.month(str(top["month"])), last=about.month(str(end["month"])),
        share=about.share(end["short"], 0),
        **{name: about.number(value, Unit.USD, 2) for name, value in amounts.items()},
    )  # fmt: skip


def _panels(rows: list[Row], about: ChartSetting, width: int) -> Spec:
    """Two courses of the same months, one above the other, on axes of one left edge."""
    first = course(_course(rows, "lost", Unit.USD, "unit", ABOVE, about), width)
    second = course(_course(rows, "short", Unit.SHARE, "need", BENEATH, about), width)
    panels = [{key: part[key] for key in ("width", "height", "layer")} for part in (first, second)]
    shared = {"$schema": first["$schema"], "config": CONFIG, "autosize": {"type": "pad"}}
    return {**shared, "spacing": BETWEEN, "bounds": "flush", "vconcat": panels}


def _course(rows: list[Row], key: str, unit: Unit, axis: str, high: int, about: ChartSetting) -> Course:
    """Losses or shortages by month without and with the deal; of losses also the month in which stocks are used up."""
    lines: list[Trace] = []
    for column, name, colour in ((key, "without", LOSS), (f"deal_{key}", "with", GAIN)):
        names = (about.say(f"chart.lost_{name}"), about.say(f"chart.lost_{name}_brief"))
        points = tuple((ordinal(row["month"]), shown(row[column], unit)) for row in rows)
        lines.append(Trace(names, points, colour))
    top, digits, amount = max(rows, key=lambda row: row[key]), 2 if unit is Unit.USD else 0, unit is Unit.USD
    spot = Spot(ordinal(top["month"]), shown(top[key], unit), (about.number(top[key], unit, digits),), LOSS)
    first = next((row for row in rows if row.get("stock", 1.0) < GONE), rows[0])
    acts = ()
    if amount and first is not rows[0]:
        used = about.say("chart.lost_used_up", month=about.month(str(first["month"])))
        acts = (Notice(ordinal(first["month"]), used, QUIET, 1.0),)
    return Course(
        tuple(lines), about.say(f"chart.lost_{axis}"), stepped=amount, acts=acts, spots=(spot,), height=high,
        margin=MARGIN, say=about.say,
    )  # fmt: skip


def makers(tables: Tables, about: ChartSetting) -> Chart | None:
    """Who makes a material: shares of the world's output, stage by stage, the country that makes most in front."""
    rows, totals = rows_of(tables["producers"]), Counter[str]()
    for row in rows:
        totals[str(row["country"])] += row["share"]
    bars = list(dict.fromkeys((str(row["stage"]), str(row["material"])) for row in rows))
    first, stages, drawn = max(totals, key=lambda code: totals[code]), [stage for stage, _ in bars], list[Row]()
    for stage, material in bars:
        label, end = f"{stage}, {material}" if stages.count(stage) > 1 else stage, 0.0
        own = [row for row in rows if (row["stage"], row["material"]) == (stage, material)]
        for row in sorted(own, key=lambda row: (row["country"] != first, -row["share"])):
            start, end = end, end + shown(row["share"])
            look = {"text": about.country(str(row["country"])), "colour": LOSS if row["country"] == first else GAIN}
            label = first_upper(label.replace("_", " "))
            drawn.append({"label": label, "start": start, "end": end, "share": row["share"], **look})
    top = max((row for row in drawn if row["colour"] == LOSS), key=lambda row: row["share"])
    axis = about.say("chart.makers_axis")
    return about.chart(
        "makers", "producers", lambda width: forms.parts(drawn, width, axis), axis, 0, country=about.the(first),
        name_of=about.country(first), stage=top["label"], share=about.share(top["share"], 0),
    )  # fmt: skip
