"""Charts of duties: steps of the average, partners and goods before and after, the ladder of a product, the days.

Tables and columns they draw:

* ``headline`` variant, against, on, definition, before, after, change, low, high, movers;
* ``measures`` variant, measure, title, before, after, change;
* ``partner``, ``section`` variant, code, name, imports, before, after, change;
* ``products`` variant, product, line, partner, before, after, change;
* ``ladder`` authority, measure, title, rate, share, adds, displaced_by, citation (the table of `detente rate`);
* ``ladders`` the same with variant, product, line, partner in front: one ladder under another;
* ``daily`` date, average, one column an authority; ``events`` effective, what, usa_on_chn (the strip under
  the days), or date, title.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import (
    Chart,
    ChartSetting,
    Row,
    day,
    finite,
    first_variant,
    rows_of,
    shown,
    variants,
    worded,
)
from detente.faces.charts.record import by_whom
from detente.lab.duties.tables import SHIPPED
from detente.lab.ground.weights import DEFAULT

PERCENT = "% of customs value"
ARROW = "\u2192"
"""Between a duty before and one after that differs from it as printed."""

FEW, MANY, LADDERS = 7, 15, 3
"""Steps of a waterfall; rows of a chart of partners or goods; ladders."""


def waterfall(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """From the average before to the average after, measure by measure; one chart a variant."""
    by_variant = dict(variants(tables["measures"]))
    heads = dict(variants(tables["headline"]))
    return [_waterfall(name, heads[name], by_variant[name], about) for name in heads if name in by_variant]


def _waterfall(name: str, headline: Table, measures: Table, about: ChartSetting) -> Chart:
    head = rows_of(headline)[0]
    weights = head.get("weights", DEFAULT)
    moves = sorted((r for r in rows_of(measures) if r["change"]), key=lambda r: -abs(r["change"]))
    few = about.most or FEW
    kept, rest = (moves, []) if len(moves) == few + 1 else (moves[:few], moves[few:])
    steps = [(str(r["title"]), float(r["change"])) for r in kept]
    if rest:
        steps.append((f"{len(rest)} smaller measures", float(sum(r["change"] for r in rest))))
    earlier, later = _laws(head)
    rows = [_total(f"Before: {earlier}", head["before"])]
    level = float(head["before"])
    for label, change in steps:
        start, level = level, level + change
        kind, text = ("up" if change > 0 else "down"), worded(change, Unit.POINTS, 1, sign=True)
        rows.append(
            {
                "label": label,
                "start": shown(start, Unit.SHARE),
                "end": shown(level, Unit.SHARE),
                "kind": kind,
                "text": text,
            }
        )
    rows.append(_total(f"After: {later}", head["after"]))
    before, after = (worded(head[key], Unit.SHARE, 1) for key in ("before", "after"))
    return Chart(
        name=f"waterfall-{name}" if name else "waterfall",
        table="measures",
        title="What moved the average US duty" + (f": {name}" if name else ""),
        alt=f"The average US duty goes from {before} under the {earlier} to {after} under the {later}; "
        + (f"most of it is {steps[0][0]}, {rows[1]['text']} points." if steps else "nothing moves it."),
        unit=PERCENT,
        digits=1,
        note=f"Duty the law asks for, over imports of {weights}. Each step is what one measure adds or takes away, in "
        "percentage points; the steps sum to the change.",
        source=about.source("measures"),
        spec=lambda width: forms.steps(rows, width, f"Average duty, {PERCENT}"),
        wide=True,
    )


def _laws(head: Row) -> tuple[str, str]:
    """The two laws that are compared, by day; of one day, the shipped one and that of the scenario."""
    if head["on"] != head["against"]:
        return f"law of {day(head['against'])}", f"law of {day(head['on'])}"
    kind = "shipped" if head.get("base", SHIPPED) == SHIPPED else "other"
    return f"{kind} law of {day(head['against'])}", f"law of {day(head['on'])} as {head['variant']} changes it"


def _total(label: str, value: float) -> Row:
    text = worded(value, Unit.SHARE, 1)
    return {"label": label, "start": 0.0, "end": shown(value, Unit.SHARE), "kind": "total", "text": text}


def partners(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Average US duty by partner, before and after."""
    return [_groups(tables["partner"], "partners", "Average US duty by partner", "partner", about)]


def sections(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Average US duty by section of the tariff, before and after."""
    return [_groups(tables["section"], "sections", "Average US duty by kind of goods", "section", about)]


def _groups(table: Table, name: str, title: str, what: str, about: ChartSetting) -> Chart:
    table, remark = first_variant(table)
    over = next(column.description for column in table.columns if column.name == "imports")
    rows = finite(rows_of(table), "before", "after")
    largest = sorted(rows, key=lambda r: -abs(r["imports"]))[:MANY]
    drawn = [_pair(str(r["name"]), r) for r in largest]
    moved = [row for row in drawn if ARROW in row["text"]]
    first = max(largest, key=lambda r: abs(r["change"]))
    said_of_it = _pair(str(first["name"]), first)["text"]
    alt = f"Among the {len(drawn)} largest, the duty moves in {len(moved)}; most in {first['name']}: {said_of_it}."
    return Chart(
        name=name,
        table=table.name,
        title=title,
        alt=alt,
        unit=PERCENT,
        digits=1,
        note=f"{remark}The {len(drawn)} largest by {over}, largest first. Hollow point: the law before; full "
        f"point: the law of the scenario. Duty the law asks for, over {over}.",
        source=about.source(table.name),
        spec=lambda width: forms.before_after(drawn, width, f"Average duty, {PERCENT}"),
    )


def _pair(label: str, row: Row) -> Row:
    old, new = (worded(row[key], Unit.SHARE, 1) for key in ("before", "after"))
    text = new if old == new else f"{old} {ARROW} {new}"
    return {
        "label": label,
        "before": shown(row["before"], Unit.SHARE),
        "after": shown(row["after"], Unit.SHARE),
        "text": text,
    }


def products(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Duty on the products a scenario names, before and after."""
    table, remark = first_variant(tables["products"])
    rows = finite(rows_of(table), "before", "after")
    drawn = [_pair(f"{r['product']} ({about.country(r['partner'])})", r) for r in rows]
    alt = "Duty before and after: " + "; ".join(f"{r['label']} {r['text']}" for r in drawn) + "."
    return [
        Chart(
            name="products",
            table="products",
            title="Duty on single products",
            alt=alt,
            unit=PERCENT,
            digits=1,
            note=f"{remark}Hollow point: the law before; full point: the law of the scenario. All duties on the good "
            "together, without claims of a preference.",
            source=about.source("products"),
            spec=lambda width: forms.before_after(drawn, width, f"Duty, {PERCENT}"),
        )
    ]


def ladder(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The ladder of one product: base duty, each measure that adds to it, the total."""
    return [_ladder(tables["ladder"], "ladder", tables["ladder"].title, about)]


def ladders(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """A ladder a product, of those with most steps."""
    table, _ = first_variant(tables["ladders"])
    charts = []
    parts = {label: table.take(table["product"] == label) for label in dict.fromkeys(table["product"].tolist())}
    # A good without any duty has no steps to draw; the table says so.
    parts = {label: part for label, part in parts.items() if any(part["adds"])}
    longest = sorted(parts, key=lambda label: -len(parts[label]))[:LADDERS]
    for i, (label, part) in enumerate((label, part) for label, part in parts.items() if label in longest):
        whence = about.the(str(part["partner"][0]))
        charts.append(_ladder(part, f"ladder-{i + 1}", f"Duty on {label} from {whence}, step by step", about))
    return charts


def _ladder(table: Table, name: str, title: str, about: ChartSetting) -> Chart:
    rows, level = [], 0.0
    for r in rows_of(table):
        if r["authority"] == "total":
            continue
        if not r["adds"] and r["authority"] != "base":
            continue
        start, level = level, level + float(r["adds"])
        sign = "up" if r["adds"] >= 0 else "down"
        label = str(r["title"]) or "Base duty"
        rows.append(
            {
                "label": label[:1].upper() + label[1:],
                "start": shown(start, Unit.SHARE),
                "end": shown(level, Unit.SHARE),
                "kind": sign,
                "text": worded(r["adds"], Unit.SHARE, 1, sign=True),
            }
        )
    total = [r["adds"] for r in rows_of(table) if r["authority"] == "total"]
    rows.append(_total("All duties", float(total[0]) if total else level))
    return Chart(
        name=name,
        table=table.name,
        title=title,
        alt="; ".join(f"{r['label']} {r['text']}" for r in rows) + ".",
        unit=PERCENT,
        digits=1,
        note="Each step is what one measure adds to the duty on this good; measures that another one displaces add "
        "nothing and are not drawn.",
        source=about.source(table.name),
        spec=lambda width: forms.steps(rows, width, f"Duty, {PERCENT}"),
    )


def daily(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The average duty day by day, with the acts of the day numbered beneath it where a table of events is there."""
    table = tables["daily"]
    rows = [{"at": r["date"], "value": shown(r["average"], Unit.SHARE), "group": "average"} for r in rows_of(table)]
    marks, key = _marks(tables.get("events"), str(rows[0]["at"]), str(rows[-1]["at"]), about)
    peak = max(rows_of(table), key=lambda r: r["average"])
    last = rows_of(table)[-1]
    named = [peak] if abs(peak["average"] - last["average"]) >= 5e-4 else []
    ends = _ends([(r["date"], r["average"]) for r in (*named, last)], rows)
    return [
        Chart(
            name="daily",
            table="daily",
            title="Average US duty day by day",
            alt=f"The average peaks at {worded(peak['average'], Unit.SHARE, 1)} on {day(peak['date'])} and stands at "
            f"{worded(last['average'], Unit.SHARE, 1)} on {day(last['date'])}.",
            unit=PERCENT,
            digits=1,
            note=f"Duty the law asks for on each day, over imports of 2024; it moves when an act takes effect.{key}",
            source=about.source("daily"),
            spec=lambda width: forms.line(rows, width, PERCENT, dates=True, stepped=True, marks=marks, ends=ends),
            wide=True,
        )
    ]


def _ends(levels: Sequence[tuple[str, float]], rows: Sequence[Row]) -> list[Row]:
    """Direct labels; those of the second half stand to the left of their point."""
    days = [row["at"] for row in rows]
    return [
        {
            "at": iso_day,
            "value": shown(rate, Unit.SHARE),
            "text": worded(rate, Unit.SHARE, 1),
            "side": "left" if days.index(iso_day) > len(days) / 2 else "right",
        }
        for iso_day, rate in dict.fromkeys(levels)
    ]


def _marks(events: Table | None, first: str, last: str, about: ChartSetting) -> tuple[list[Row], str]:
    """Numbered events within the days, and the key to the numbers."""
    if events is None:
        return [], ""
    date, title = ("date", "title") if "date" in events.data else ("effective", "what")
    acts: dict[str, list[Row]] = {}
    for r in rows_of(events):
        if r.get("usa_on_chn", 0.0) == r.get("usa_on_chn", 0.0) and first <= str(r[date]) <= last:
            acts.setdefault(str(r[date]), []).append({"actor": r.get("actor", ""), "what": r[title]})
    within = [(iso_day, by_whom(several, about)) for iso_day, several in sorted(acts.items())]
    marks = [{"at": iso_day, "number": str(i)} for i, (iso_day, _) in enumerate(within, start=1)]
    legend = "; ".join(f"({i}) {day(iso_day)}: {what}" for i, (iso_day, what) in enumerate(within, start=1))
    return marks, f" Numbers: {legend}." if legend else ""
