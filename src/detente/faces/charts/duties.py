"""Charts of duties: steps of an average, partners and goods before and after, ladders of products, reconciliations.

Tables and columns they draw:

* ``headline`` variant, against, on, definition, before, after, change, low, high, movers;
* ``measures`` variant, measure, title, before, after, change;
* ``partner``, ``section`` variant, code, name, imports, before, after, change: of the first side; ``partner_chn``,
  ``section_chn`` the same of China, and so on for any importer whose code ends the name;
* ``products`` variant, product, line, partner, before, after, change;
* ``ladder`` authority, measure, title, rate, share, adds, displaced_by, citation (the table of `detente rate`);
* ``ladders`` the same with variant, product, line, partner in front: one ladder under another;
* ``bridge`` step, what, moves, level: ours, the steps in order, what is left, theirs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.codes import Table
from detente.codes.names import first_upper
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import (
    MINUS,
    Chart,
    Charts,
    ChartSetting,
    Row,
    Tables,
    finite,
    has,
    lowered,
    rows_of,
    shown,
    variants,
)
from detente.lab.averages.averages import points_of_claims
from detente.lab.averages.laid_law import DEFAULT
from detente.lab.duties.among import two_sides
from detente.lab.duties.tables import SHIPPED

#: Rows told in words for those who do not see a chart.
FEW_TOLD = 3
#: Between a duty before and one after that differs from it as printed.
ARROW = "\u2192"

#: Step, share, that is not nothing at one decimal of a point.
SMALLEST = 5e-4

#: Steps of a waterfall; rows of a chart of partners or goods; ladders.
FEW, MANY, LADDERS = 7, 15, 3


def step(label: str, start: float, end: float, text: str, kind: str = "", unit: Unit = Unit.SHARE) -> Row:
    """A bar of a waterfall: a total on zero, or a step up or down from where the one before it ended."""
    kind = kind or ("up" if end >= start else "down")
    return {"label": label, "start": shown(start, unit), "end": shown(end, unit), "kind": kind, "text": text}


def waterfall(tables: Tables, about: ChartSetting) -> list[Chart]:
    """From the average before to the average after, measure by measure; one chart a variant."""
    by_variant, heads = dict(variants(tables["measures"])), dict(variants(tables["headline"]))
    # One measure is no waterfall: a sentence says it.
    moving = {name: int(np.sum(np.abs(table["change"]) >= SMALLEST)) for name, table in by_variant.items()}
    side = two_sides(tables)[0]
    return [
        _waterfall(name, rows_of(heads[name])[0], by_variant[name], side, about)
        for name in heads
        if moving.get(name, 0) > 1
    ]


def _waterfall(name: str, head: Row, measures: Table, side: str, about: ChartSetting) -> Chart:
    say, weights = about.say, str(head.get("weights", DEFAULT))
    moves = sorted((r for r in rows_of(measures) if r["change"]), key=lambda r: -abs(r["change"]))
    few, seen = about.most or FEW, [r for r in moves if abs(r["change"]) >= SMALLEST]
    kept = seen if len(seen) <= few + (len(seen) == len(moves)) else seen[:few]
    rest = moves[len(kept) :]
    steps = [(str(r["title"]), float(r["change"])) for r in kept]
    if len(rest) == 1:
        steps.append((rung(str(rest[0]["title"])), float(rest[0]["change"])))
    most, change = max(steps, key=lambda s: abs(s[1]))
    if len(rest) > 1:
        smaller = say("chart.waterfall_smaller", number=len(rest))
        steps.append((smaller, float(sum(r["change"] for r in rest))))
    earlier, later = _laws(head, about)
    before, after = (about.share(head[key]) for key in ("before", "after"))
    level = float(head["before"])
    rows = [step(say("chart.waterfall_before", law=earlier), 0.0, level, before, "total")]
    for label, moved in steps:
        rows.append(step(label, level, level + moved, about.number(moved, Unit.POINTS, 1, sign=True)))
        level += moved
    rows.append(step(say("chart.waterfall_after", law=later), 0.0, head["after"], after, "total"))
    words = {
        "whom": say.country(side, "adjective"), "weights": weights, "measure": rung(most), "step": steps[0][0],
        "points": about.number(abs(change), Unit.POINTS, 1), "number": rows[1]["text"],
        "earlier": earlier, "later": later, "before": before, "after": after,
    }  # fmt: skip
    title = say(f"chart.waterfall_{'adds' if change > 0 else 'takes'}", **words)
    unit = about.unit("of_value")
    return about.chart(
        "waterfall", "measures", lambda width: forms.steps(rows, width, say("chart.duties_axis_average", unit=unit)),
        "of_value", 1, title=f"{title}{say('frame.colon')} {name}" if name else title,
        note=("note", _by_claims(measures, name, about)), name=f"waterfall-{name}" if name else "", wide=True, **words,
    )  # fmt: skip


def _by_claims(measures: Table, variant: str, about: ChartSetting) -> str:
    """What of the change comes from claims, as a sentence after another; "" where they are the same on both days."""
    before = f"{variant}: " if variant else ""
    own = (note.removeprefix(before) for note in measures.notes if note.startswith(before))
    moved = next(filter(None, map(points_of_claims, own)), "")
    return about.say("chart.waterfall_claims", points=moved.replace("-", MINUS)) if moved else ""


def _laws(head: Row, about: ChartSetting) -> tuple[str, str]:
    """The two laws that are compared, by day; of one day, the shipped one and that of the scenario."""
    say, before, after = about.say, about.day(head["against"]), about.day(head["on"])
    if head["on"] != head["against"]:
        return say("chart.waterfall_law", day=before), say("chart.waterfall_law", day=after)
    kind = "shipped" if head.get("base", SHIPPED) == SHIPPED else "other"
    changed = say("chart.waterfall_changed", day=after, variant=str(head["variant"]))
    return say(f"chart.waterfall_{kind}", day=before), changed


DECIMALS = {Unit.SHARE: 2, Unit.USD: 0, Unit.DOLLARS: 0}
#: Units of a reconciliation as the catalogue has them, and their decimals.
SAID = {Unit.SHARE: "percent", Unit.USD: "billions", Unit.DOLLARS: "dollars"}


def bridge(tables: Tables, about: ChartSetting) -> Chart | None:
    """From our number to another one: what each choice in which they differ moves, and what no choice explains."""
    table, say = tables["bridge"], about.say
    units = {column.name: column.unit for column in table.columns}
    unit, digits = units["level"], DECIMALS[units["level"]]
    drawn, steps = [], []
    for row in rows_of(table):
        level, moved, what = float(row["level"]), float(row["moves"]), str(row["what"])
        if row["step"] in ("ours", "theirs"):
            label = say(f"chart.bridge_{row['step']}")
            drawn.append(step(label, 0.0, level, about.number(level, unit, digits), "total", unit))
            continue
        # Why some of it is not explained stands in the table; beside a bar there is no room for it.
        label = first_upper(what.split(":")[0].rstrip() if row["step"] == "rest" else what)
        text = about.number(moved, units["moves"], digits, sign=True)
        drawn.append(step(label, level - moved, level, text, "up" if moved >= 0 else "down", unit))
        steps += [drawn[-1]] if row["step"] != "rest" else []
    if not steps:
        return None
    most = max(steps, key=lambda row: abs(row["end"] - row["start"]))
    named_unit = say(f"chart.bridge_{SAID[unit]}")
    return about.chart(
        "bridge", "bridge", lambda width: forms.steps(drawn, width, first_upper(named_unit)), named_unit, digits,
        wide=True, title=say("chart.bridge_title", label=lowered(most["label"]), number=most["text"]),
        subtitle=about.listed([table.title, named_unit]), label=most["label"], number=most["text"],
        ours=drawn[0]["text"], theirs=drawn[-1]["text"],
    )  # fmt: skip


def partners(tables: Tables, about: ChartSetting) -> Charts:
    """Average duty by partner before and after, of each importer whose duties on several partners moved."""
    return _by_importer(tables, "partner", "partners", about)


def sections(tables: Tables, about: ChartSetting) -> Charts:
    """Average duty by kind of goods before and after, of each importer whose duties moved."""
    return _by_importer(tables, "section", "sections", about)


def _by_importer(tables: Tables, by: str, name: str, about: ChartSetting) -> Charts:
    """The chart of the first side under the plain name, those of others with their code behind it."""
    home = two_sides(tables)[0]
    by_code = {home: by} | {n.removeprefix(f"{by}_").upper(): n for n in tables if n.startswith(f"{by}_")}
    known = {code: tables[n] for code, n in by_code.items() if has(tables, n, "name", "imports", "before", "after")}
    names = {code: name if code == home else f"{name}-{code.lower()}" for code in known}
    return [_groups(table, names[code], code, about) for code, table in known.items()]


def _groups(table: Table, name: str, code: str, about: ChartSetting) -> Chart | None:
    """None where fewer than two rows move."""
    table, remark = about.first_variant(table)
    rows = [r for r in finite(rows_of(table), "before", "after") if ARROW in _pair("", r, about)["text"]]
    if len(rows) < 2:
        return None
    ranked = sorted(rows, key=lambda r: -abs(r["change"] * r["imports"]))[:MANY]
    drawn = [_pair(str(r["name"]), r, about) for r in ranked]
    first, axis = ranked[0], about.say("chart.duties_axis_average", unit=about.unit("of_value"))
    return about.chart(
        "groups", table.name, lambda width: forms.before_after(drawn, width, axis), "of_value", 1, name=name,
        title="rises" if first["change"] > 0 else "falls",
        note=(remark, "note", about.say("chart.duties_points"), "still" if len(rows) < len(table) else "", "weighed"),
        over=next(column.description for column in table.columns if column.name == "imports"), number=len(drawn),
        owner=about.owner(code), goods=about.topic(str(first["name"])), pairs=_told(drawn[:FEW_TOLD], about),
        old=about.share(first["before"]), new=about.share(first["after"]),
    )  # fmt: skip


def _pair(label: str, row: Row, about: ChartSetting) -> Row:
    old, new = (about.share(row[key]) for key in ("before", "after"))
    text = new if old == new else f"{old} {ARROW} {new}"
    return {"label": label, "before": shown(row["before"]), "after": shown(row["after"]), "text": text}


def _told(drawn: Sequence[Row], about: ChartSetting) -> str:
    return about.listed([f"{row['label']} {row['text']}" for row in drawn])


def products(tables: Tables, about: ChartSetting) -> Chart | None:
    """Duty on the products a scenario names, before and after; none where there is one product alone."""
    rows, remark = about.rows(tables["products"], "before", "after")
    if len(rows) < 2:
        return None
    drawn = [_pair(f"{r['product']} ({about.country(r['partner'])})", r, about) for r in rows]
    top = max(rows, key=lambda r: abs(r["change"]))
    old, new = (about.share(top[key]) for key in ("before", "after"))
    axis = about.say("chart.duties_axis", unit=about.unit("of_value"))
    return about.chart(
        "products", "products", lambda width: forms.before_after(drawn, width, axis), "of_value", 1,
        title="still" if old == new else "rises" if top["change"] > 0 else "falls",
        note=(remark, about.say("chart.duties_points"), "note"), old=old, new=new, pairs=_told(drawn, about),
        good=f"{top['product']} from {about.the(str(top['partner']))}",
    )  # fmt: skip


def ladder(tables: Tables, about: ChartSetting) -> Chart | None:
    """The ladder of one product: base duty, each measure that adds to it, the total."""
    *rungs, last = rows_of(tables["ladder"])
    rungs = [row | {"authority": "base" if row["title"].startswith("base duty") else ""} for row in rungs]
    return _ladder([*rungs, last | {"authority": "total"}], "ladder", "ladder", tables["ladder"].title, about)


def ladders(tables: Tables, about: ChartSetting) -> list[Chart]:
    """A ladder a product, of those with most steps."""
    table, _ = about.first_variant(tables["ladders"])
    parts = {label: table.take(table["product"] == label) for label in dict.fromkeys(table["product"].tolist())}
    # A good without any duty has no steps to draw; the table says so.
    parts = {label: part for label, part in parts.items() if any(part["adds"])}
    longest = sorted(parts, key=lambda label: -len(parts[label]))[:LADDERS]
    charts: list[Chart] = []
    for label in (label for label in parts if label in longest):
        good = f"{lowered(label)} from {about.the(str(parts[label]['partner'][0]))}"
        drawn = _ladder(rows_of(parts[label]), table.name, f"ladder-{len(charts) + 1}", good, about)
        charts += [drawn] if drawn else []
    return charts


#: Letters of the name of a rung.
RUNG = 42

#: What parts the members of a list.
PARTED = (",", " and ", " et ")


def rung(title: str) -> str:
    """A measure in few words: what stands before a colon, without the lesser members of a list.

    "China, four-year review of 2024: steel, aluminium" -> "China, four-year review of 2024".
    """
    name = title.split(":")[0].split(" (")[0]
    while len(name) > RUNG and (mark := next((m for m in PARTED if m in name), "")):
        name = name.rsplit(mark, 1)[0]
    return first_upper(name.strip())


def _ladder(every: list[Row], table: str, name: str, good: str, about: ChartSetting) -> Chart | None:
    """None where there is one rung alone."""
    level, say, drawn = 0.0, about.say, list[Row]()
    for r in every:
        if r["authority"] != "total" and r["adds"]:
            label = say("chart.ladder_base") if r["authority"] == "base" else rung(str(r["title"]))
            drawn.append(step(label, level, level + float(r["adds"]), about.share(r["adds"], sign=True)))
            level += float(r["adds"])
    if len(drawn) < 2:
        return None
    total = next((float(r["adds"]) for r in every if r["authority"] == "total"), level)
    count, numbers = len(drawn), say.forms["numbers"]
    drawn.append(step(say("chart.ladder_all"), 0.0, total, about.share(total), "total"))
    lost = about.listed([rung(str(r["title"])) for r in every if str(r.get("displaced_by", ""))])
    cited = about.listed(list(dict.fromkeys(str(r["citation"]) for r in every if str(r.get("citation", "")))))
    axis = say("chart.duties_axis", unit=about.unit("of_value"))
    return about.chart(
        "ladder", table, lambda width: forms.steps(drawn, width, axis), "of_value", 1, name=name,
        alt=f"{_told(drawn, about)}.", note=("note", "displaced" if lost else "", "law" if cited else ""),
        good=say.dated(good), total=drawn[-1]["text"], number=numbers[count] if count < len(numbers) else str(count),
        measures=lost, acts=cited,
    )  # fmt: skip
