"""Charts of duties: steps of the average, partners and goods before and after, the ladder of a product.

Tables and columns they draw:

* ``headline`` variant, against, on, definition, before, after, change, low, high, movers;
* ``measures`` variant, measure, title, before, after, change;
* ``partner``, ``section`` variant, code, name, imports, before, after, change: of the first side; ``partner_chn``,
  ``section_chn`` the same of China, and so on for any importer whose code ends the name;
* ``products`` variant, product, line, partner, before, after, change;
* ``ladder`` authority, measure, title, rate, share, adds, displaced_by, citation (the table of `detente rate`);
* ``ladders`` the same with variant, product, line, partner in front: one ladder under another;
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
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
    variants,
)
from detente.lab.duties.among import two_sides
from detente.lab.duties.tables import SHIPPED
from detente.lab.ground.averages import points_of_claims
from detente.lab.ground.weights import DEFAULT

FEW_TOLD = 3
"""Rows told in words for those who do not see a chart."""
ARROW = "\u2192"
"""Between a duty before and one after that differs from it as printed."""

SMALLEST = 5e-4
"""Step, share, that is not nothing at one decimal of a point."""

FEW, MANY, LADDERS = 7, 15, 3
"""Steps of a waterfall; rows of a chart of partners or goods; ladders."""


def waterfall(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """From the average before to the average after, measure by measure; one chart a variant."""
    by_variant = dict(variants(tables["measures"]))
    heads = dict(variants(tables["headline"]))
    # One measure is no waterfall: a sentence says it.
    moving = {name: int(np.sum(np.abs(table["change"]) >= SMALLEST)) for name, table in by_variant.items()}
    several = [name for name in heads if moving.get(name, 0) > 1]
    side = two_sides(tables)[0]
    return [_waterfall(name, heads[name], by_variant[name], side, about) for name in several]


def _waterfall(name: str, headline: Table, measures: Table, side: str, about: ChartSetting) -> Chart:
    head = rows_of(headline)[0]
    say, unit, whom = about.say, about.say("chart.unit_of_value"), about.say.country(side, "adjective")
    weights = str(head.get("weights", DEFAULT))
    moves = sorted((r for r in rows_of(measures) if r["change"]), key=lambda r: -abs(r["change"]))
    few = about.most or FEW
    seen = [r for r in moves if abs(r["change"]) >= SMALLEST]
    kept = seen if len(seen) <= few + (len(seen) == len(moves)) else seen[:few]
    rest = moves[len(kept) :]
    steps = [(str(r["title"]), float(r["change"])) for r in kept]
    named = list(steps)
    if len(rest) == 1:
        named.append((rung(str(rest[0]["title"])), float(rest[0]["change"])))
    steps = list(named)
    if len(rest) > 1:
        steps.append((say("chart.waterfall_smaller", number=len(rest)), float(sum(r["change"] for r in rest))))
    earlier, later = _laws(head, about)
    rows = [_total(say("chart.waterfall_before", law=earlier), head["before"], about)]
    level = float(head["before"])
    for label, change in steps:
        start, level = level, level + change
        kind, text = ("up" if change > 0 else "down"), about.number(change, Unit.POINTS, 1, sign=True)
        rows.append(
            {
                "label": label,
                "start": shown(start, Unit.SHARE),
                "end": shown(level, Unit.SHARE),
                "kind": kind,
                "text": text,
            }
        )
    rows.append(_total(say("chart.waterfall_after", law=later), head["after"], about))
    before, after = (about.number(head[key], Unit.SHARE, 1) for key in ("before", "after"))
    laws = {"whom": whom, "before": before, "earlier": earlier, "after": after, "later": later}
    return Chart(
        name=f"waterfall-{name}" if name else "waterfall",
        table="measures",
        title=_moved_most(named, name, whom, about),
        subtitle=say("chart.waterfall_subtitle", whom=whom, unit=unit, weights=weights),
        alt=say("chart.waterfall_alt", step=steps[0][0], number=rows[1]["text"], **laws),
        unit=unit,
        digits=1,
        note=about.note(say("chart.waterfall_note", weights=weights), _by_claims(measures, name, about)),
        source=about.source("measures"),
        spec=lambda width: forms.steps(rows, width, say("chart.duties_axis_average", unit=unit)),
        wide=True,
    )


def _by_claims(measures: Table, variant: str, about: ChartSetting) -> str:
    """What of the change comes from claims, as a sentence after another; "" where they are the same on both days."""
    before = f"{variant}: " if variant else ""
    own = (note.removeprefix(before) for note in measures.notes if note.startswith(before))
    moved = next(filter(None, map(points_of_claims, own)), "")
    points = moved.replace("-", MINUS)
    return about.say("chart.waterfall_claims", points=points) if moved else ""


def _moved_most(steps: Sequence[tuple[str, float]], variant: str, whom: str, about: ChartSetting) -> str:
    """The measure that moved the average most, as a title."""
    label, change = max(steps, key=lambda s: abs(s[1]))
    points, verb = about.number(abs(change), Unit.POINTS, 1), "adds" if change > 0 else "takes"
    title = claimed(about.say(f"chart.waterfall_{verb}", measure=rung(label), points=points, whom=whom))
    return f"{title}{about.say('frame.colon')} {variant}" if variant else title


def _laws(head: Row, about: ChartSetting) -> tuple[str, str]:
    """The two laws that are compared, by day; of one day, the shipped one and that of the scenario."""
    say, before, after = about.say, about.day(head["against"]), about.day(head["on"])
    if head["on"] != head["against"]:
        return say("chart.waterfall_law", day=before), say("chart.waterfall_law", day=after)
    kind = "shipped" if head.get("base", SHIPPED) == SHIPPED else "other"
    changed = say("chart.waterfall_changed", day=after, variant=str(head["variant"]))
    return say(f"chart.waterfall_{kind}", day=before), changed


def _total(label: str, value: float, about: ChartSetting) -> Row:
    text = about.number(value, Unit.SHARE, 1)
    return {"label": label, "start": 0.0, "end": shown(value, Unit.SHARE), "kind": "total", "text": text}


def partners(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Average duty by partner before and after, of each importer whose duties on several partners moved."""
    return _by_importer(tables, "partner", "partners", about)


def sections(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Average duty by kind of goods before and after, of each importer whose duties moved."""
    return _by_importer(tables, "section", "sections", about)


def _by_importer(tables: Mapping[str, Table], by: str, name: str, about: ChartSetting) -> list[Chart]:
    """The chart of the first side under the plain name, those of others with their code behind it."""
    home = two_sides(tables)[0]
    by_code = {home: by} | {n.removeprefix(f"{by}_").upper(): n for n in tables if n.startswith(f"{by}_")}
    known = {code: tables[n] for code, n in by_code.items() if has(tables, n, "name", "imports", "before", "after")}
    drawn = [
        _groups(table, name if code == home else f"{name}-{code.lower()}", code, about) for code, table in known.items()
    ]
    return [chart for chart in drawn if chart]


def _groups(table: Table, name: str, code: str, about: ChartSetting) -> Chart | None:
    """None where fewer than two rows move."""
    table, remark = about.first_variant(table)
    over = next(column.description for column in table.columns if column.name == "imports")
    rows = [r for r in finite(rows_of(table), "before", "after") if ARROW in _pair("", r, about)["text"]]
    if len(rows) < 2:
        return None
    ranked = sorted(rows, key=lambda r: -abs(r["change"] * r["imports"]))[:MANY]
    drawn = [_pair(str(r["name"]), r, about) for r in ranked]
    first, say, unit = ranked[0], about.say, about.say("chart.unit_of_value")
    old, new = (about.number(first[key], Unit.SHARE, 1) for key in ("before", "after"))
    pairs = about.listed([f"{row['label']} {row['text']}" for row in drawn[:FEW_TOLD]])
    return Chart(
        name=name,
        table=table.name,
        title=claimed(
            say(
                f"chart.groups_{'rises' if first['change'] > 0 else 'falls'}",
                owner=about.owner(code),
                goods=about.topic(str(first["name"])),
                old=old,
                new=new,
            )
        ),
        subtitle=say("chart.groups_subtitle", unit=unit, over=over),
        alt=say("chart.groups_alt", pairs=pairs),
        unit=unit,
        digits=1,
        note=about.note(
            remark,
            say("chart.groups_note", number=len(drawn), over=over),
            say("chart.duties_points"),
            say("chart.groups_still") if len(rows) < len(table) else "",
            say("chart.groups_weighed"),
        ),
        source=about.source(table.name),
        spec=lambda width: forms.before_after(drawn, width, say("chart.duties_axis_average", unit=unit)),
    )


def _pair(label: str, row: Row, about: ChartSetting) -> Row:
    old, new = (about.number(row[key], Unit.SHARE, 1) for key in ("before", "after"))
    text = new if old == new else f"{old} {ARROW} {new}"
    return {
        "label": label,
        "before": shown(row["before"], Unit.SHARE),
        "after": shown(row["after"], Unit.SHARE),
        "text": text,
    }


def products(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Duty on the products a scenario names, before and after; none where there is one product alone."""
    table, remark = about.first_variant(tables["products"])
    rows = finite(rows_of(table), "before", "after")
    if len(rows) < 2:
        return []
    drawn = [_pair(f"{r['product']} ({about.country(r['partner'])})", r, about) for r in rows]
    say, unit = about.say, about.say("chart.unit_of_value")
    return [
        Chart(
            name="products",
            table="products",
            title=_most(rows, about),
            subtitle=say("chart.products_subtitle", unit=unit),
            alt=say("chart.products_alt", pairs=about.listed([f"{r['label']} {r['text']}" for r in drawn])),
            unit=unit,
            digits=1,
            note=about.note(remark, say("chart.duties_points"), say("chart.products_note")),
            source=about.source("products"),
            spec=lambda width: forms.before_after(drawn, width, say("chart.duties_axis", unit=unit)),
        )
    ]


def _most(rows: Sequence[Row], about: ChartSetting) -> str:
    """The product whose duty moves most, as a title."""
    top = max(rows, key=lambda r: abs(r["change"]))
    old, new = (about.number(top[key], Unit.SHARE, 1) for key in ("before", "after"))
    good = f"{top['product']} {about.origin(str(top['partner']))}"
    if old == new:
        return about.say("chart.products_still", new=new, good=good)
    verb = "rises" if top["change"] > 0 else "falls"
    return claimed(about.say(f"chart.products_{verb}", good=good, old=old, new=new))


def ladder(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The ladder of one product: base duty, each measure that adds to it, the total."""
    table = tables["ladder"]
    rows = rows_of(table)
    rungs = [row | {"authority": "base" if row["title"].startswith("base duty") else ""} for row in rows[:-1]]
    drawn = _ladder([*rungs, rows[-1] | {"authority": "total"}], table.name, "ladder", table.title, about)
    return [drawn] if drawn else []


def ladders(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """A ladder a product, of those with most steps."""
    table, _ = about.first_variant(tables["ladders"])
    parts = {label: table.take(table["product"] == label) for label in dict.fromkeys(table["product"].tolist())}
    # A good without any duty has no steps to draw; the table says so.
    parts = {label: part for label, part in parts.items() if any(part["adds"])}
    longest = sorted(parts, key=lambda label: -len(parts[label]))[:LADDERS]
    charts: list[Chart] = []
    for label in (label for label in parts if label in longest):
        part = parts[label]
        good = f"{about.goods(label)} {about.origin(str(part['partner'][0]))}"
        drawn = _ladder(rows_of(part), table.name, f"ladder-{len(charts) + 1}", good, about)
        charts += [drawn] if drawn else []
    return charts


RUNG = 42
"""Letters of the name of a rung."""

PARTED = (",", " and ", " et ")
"""What parts the members of a list."""


def rung(title: str) -> str:
    """A measure in few words: what stands before a colon, without the lesser members of a list.

    "China, four-year review of 2024: steel, aluminium" -> "China, four-year review of 2024".
    """
    name = title.split(":")[0].split(" (")[0]
    while len(name) > RUNG and (mark := next((m for m in PARTED if m in name), "")):
        name = name.rsplit(mark, 1)[0]
    return claimed(name.strip())


def _ladder(every: list[Row], table: str, name: str, good: str, about: ChartSetting) -> Chart | None:
    """None where there is one rung alone."""
    rows, level, say, unit = [], 0.0, about.say, about.say("chart.unit_of_value")
    for r in every:
        if r["authority"] == "total" or not r["adds"]:
            continue
        start, level = level, level + float(r["adds"])
        rows.append(
            {
                "label": say("chart.ladder_base") if r["authority"] == "base" else _rung(r),
                "start": shown(start, Unit.SHARE),
                "end": shown(level, Unit.SHARE),
                "kind": "up" if r["adds"] >= 0 else "down",
                "text": about.number(r["adds"], Unit.SHARE, 1, sign=True),
            }
        )
    if len(rows) < 2:
        return None
    total = [r["adds"] for r in every if r["authority"] == "total"]
    rows.append(_total(say("chart.ladder_all"), float(total[0]) if total else level, about))
    lost = [_rung(r) for r in every if str(r.get("displaced_by", ""))]
    cited = list(dict.fromkeys(str(r["citation"]) for r in every if str(r.get("citation", ""))))
    return Chart(
        name=name,
        table=table,
        title=say("chart.ladder_title", good=good, total=rows[-1]["text"], steps=_counted(len(rows) - 1, about)),
        subtitle=say("chart.ladder_subtitle", unit=unit),
        alt=about.listed([f"{r['label']} {r['text']}" for r in rows]) + ".",
        unit=unit,
        digits=1,
        note=about.note(
            say("chart.ladder_note"),
            say("chart.ladder_displaced", measures=about.listed(lost)) if lost else "",
            say("chart.ladder_law", acts=about.listed(cited)) if cited else "",
        ),
        source=about.source(table),
        spec=lambda width: forms.steps(rows, width, say("chart.duties_axis", unit=unit)),
    )


def _rung(row: Row) -> str:
    return rung(str(row["title"]))


def _counted(number: int, about: ChartSetting) -> str:
    """A number of steps, in words where they are few."""
    words = about.say.forms["numbers"]
    return about.say("chart.ladder_steps", number=words[number] if number < len(words) else str(number))
