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
from detente.codes.standing import counted
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import (
    MINUS,
    Chart,
    ChartSetting,
    Row,
    claimed,
    day,
    finite,
    first_variant,
    has,
    lowered,
    rows_of,
    shown,
    variants,
    whose,
    worded,
)
from detente.faces.words.sides import adjective
from detente.lab.duties.among import two_sides
from detente.lab.duties.tables import SHIPPED
from detente.lab.ground.averages import OF_CLAIMS
from detente.lab.ground.weights import DEFAULT

PERCENT = "% of customs value"
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
    whom = adjective(two_sides(tables)[0])
    return [_waterfall(name, heads[name], by_variant[name], whom, about) for name in several]


def _waterfall(name: str, headline: Table, measures: Table, whom: str, about: ChartSetting) -> Chart:
    head = rows_of(headline)[0]
    weights = head.get("weights", DEFAULT)
    moves = sorted((r for r in rows_of(measures) if r["change"]), key=lambda r: -abs(r["change"]))
    few = about.most or FEW
    seen = [r for r in moves if abs(r["change"]) >= SMALLEST]
    kept = seen if len(seen) <= few + (len(seen) == len(moves)) else seen[:few]
    rest = moves[len(kept) :]
    steps = [(str(r["title"]), float(r["change"])) for r in kept]
    if rest:
        more = f"{len(rest)} smaller measures" if len(rest) > 1 else rung(str(rest[0]["title"]))
        steps.append((more, float(sum(r["change"] for r in rest))))
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
        title=_moved_most(steps, name, whom),
        subtitle=f"Average {whom} duty, {PERCENT}, imports of {weights}; steps in percentage points",
        alt=f"The average {whom} duty goes from {before} under the {earlier} to {after} under the {later}; "
        + (f"most of it is {steps[0][0]}, {rows[1]['text']} points." if steps else "nothing moves it."),
        unit=PERCENT,
        digits=1,
        note=f"Duty the law asks for, over imports of {weights}. Each step is what one measure adds or takes away, in "
        f"percentage points; the steps sum to the change.{_by_claims(measures, name)}",
        source=about.source("measures"),
        spec=lambda width: forms.steps(rows, width, f"Average duty, {PERCENT}"),
        wide=True,
    )


def _by_claims(measures: Table, variant: str) -> str:
    """What of the change comes from claims, as a sentence after another; "" where they are the same on both days."""
    before = f"{variant}: " if variant else ""
    own = (note.removeprefix(before) for note in measures.notes if note.startswith(before))
    return next((f" {note.replace('-', MINUS)}." for note in own if note.endswith(OF_CLAIMS)), "")


def _moved_most(steps: Sequence[tuple[str, float]], variant: str, whom: str) -> str:
    """The measure that moved the average most, as a title."""
    label, change = max((s for s in steps if not s[0].endswith("smaller measures")), key=lambda s: abs(s[1]))
    points = worded(abs(change), Unit.POINTS, 1)
    title = f"{rung(label)} {'adds' if change > 0 else 'takes'} {points} points {'to' if change > 0 else 'off'} "
    return claimed(f"{title}the average {whom} duty" + (f": {variant}" if variant else ""))


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
    table, remark = first_variant(table)
    over = next(column.description for column in table.columns if column.name == "imports")
    rows = [r for r in finite(rows_of(table), "before", "after") if ARROW in _pair("", r)["text"]]
    if len(rows) < 2:
        return None
    ranked = sorted(rows, key=lambda r: -abs(r["change"] * r["imports"]))[:MANY]
    drawn = [_pair(str(r["name"]), r) for r in ranked]
    first = ranked[0]
    verb = "rises" if first["change"] > 0 else "falls"
    who = whose(about.country(code))
    old, new = (worded(first[key], Unit.SHARE, 1) for key in ("before", "after"))
    return Chart(
        name=name,
        table=table.name,
        title=claimed(f"{who} duty on {lowered(about.the(str(first['name'])))} {verb} from {old} to {new}"),
        subtitle=f"Average duty before and after, {PERCENT}; order: change times {over}",
        alt="Before and after: " + "; ".join(f"{row['label']} {row['text']}" for row in drawn[:FEW_TOLD]) + ".",
        unit=PERCENT,
        digits=1,
        note=f"{remark}The {len(drawn)} whose duty on {over} changes most. Hollow point: the law before; full point: "
        "the law of the scenario. "
        + ("Where the duty does not move nothing is drawn. " if len(rows) < len(table) else "")
        + "Duty the law asks for, weighed by these imports.",
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
    """Duty on the products a scenario names, before and after; none where there is one product alone."""
    table, remark = first_variant(tables["products"])
    rows = finite(rows_of(table), "before", "after")
    if len(rows) < 2:
        return []
    drawn = [_pair(f"{r['product']} ({about.country(r['partner'])})", r) for r in rows]
    return [
        Chart(
            name="products",
            table="products",
            title=_most(rows, about),
            subtitle=f"All duties on a good together, before and after, {PERCENT}",
            alt="Duty before and after: " + "; ".join(f"{r['label']} {r['text']}" for r in drawn) + ".",
            unit=PERCENT,
            digits=1,
            note=f"{remark}Hollow point: the law before; full point: the law of the scenario. All duties on the good "
            "together, without claims of a preference.",
            source=about.source("products"),
            spec=lambda width: forms.before_after(drawn, width, f"Duty, {PERCENT}"),
        )
    ]


def _most(rows: Sequence[Row], about: ChartSetting) -> str:
    """The product whose duty moves most, as a title."""
    top = max(rows, key=lambda r: abs(r["change"]))
    old, new = (worded(top[key], Unit.SHARE, 1) for key in ("before", "after"))
    good = f"{top['product']} from {about.the(str(top['partner']))}"
    if old == new:
        return f"None of these duties moves: {new} on {good}"
    return claimed(f"{good}: the duty {'rises' if top['change'] > 0 else 'falls'} from {old} to {new}")


def ladder(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The ladder of one product: base duty, each measure that adds to it, the total."""
    table = tables["ladder"]
    drawn = _ladder(table, "ladder", table.title.removeprefix("Duty on "), about)
    return [drawn] if drawn else []


def ladders(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """A ladder a product, of those with most steps."""
    table, _ = first_variant(tables["ladders"])
    parts = {label: table.take(table["product"] == label) for label in dict.fromkeys(table["product"].tolist())}
    # A good without any duty has no steps to draw; the table says so.
    parts = {label: part for label, part in parts.items() if any(part["adds"])}
    longest = sorted(parts, key=lambda label: -len(parts[label]))[:LADDERS]
    charts: list[Chart] = []
    for label in (label for label in parts if label in longest):
        part = parts[label]
        good = f"{label} from {about.the(str(part['partner'][0]))}"
        drawn = _ladder(part, f"ladder-{len(charts) + 1}", good, about)
        charts += [drawn] if drawn else []
    return charts


RUNG = 42
"""Letters of the name of a rung."""


def rung(title: str) -> str:
    """A measure in few words: what stands before a colon, without the lesser members of a list.

    "China, four-year review of 2024: steel, aluminium" -> "China, four-year review of 2024".
    """
    name = title.split(":")[0].split(" (")[0]
    while len(name) > RUNG and ("," in name or " and " in name):
        name = name.rsplit(",", 1)[0] if "," in name else name.rsplit(" and ", 1)[0]
    return claimed(name.strip())


def _ladder(table: Table, name: str, good: str, about: ChartSetting) -> Chart | None:
    """None where there is one rung alone."""
    rows, level = [], 0.0
    every = rows_of(table)
    for r in every:
        if r["authority"] == "total" or not r["adds"]:
            continue
        start, level = level, level + float(r["adds"])
        rows.append(
            {
                "label": "Base duty" if r["authority"] == "base" else rung(str(r["title"])),
                "start": shown(start, Unit.SHARE),
                "end": shown(level, Unit.SHARE),
                "kind": "up" if r["adds"] >= 0 else "down",
                "text": worded(r["adds"], Unit.SHARE, 1, sign=True),
            }
        )
    if len(rows) < 2:
        return None
    total = [r["adds"] for r in every if r["authority"] == "total"]
    rows.append(_total("All duties", float(total[0]) if total else level))
    lost = [rung(str(r["title"])) for r in every if str(r.get("displaced_by", ""))]
    cited = list(dict.fromkeys(str(r["citation"]) for r in every if str(r.get("citation", ""))))
    return Chart(
        name=name,
        table=table.name,
        title=f"Duty on {good} adds up to {rows[-1]['text']} in {counted(len(rows) - 1, 'step')}",
        subtitle=f"What each measure adds to the duty on this good, {PERCENT}",
        alt="; ".join(f"{r['label']} {r['text']}" for r in rows) + ".",
        unit=PERCENT,
        digits=1,
        note="Each step is what one measure adds to the duty on this good; measures that another one displaces add "
        "nothing and are not drawn."
        + (f" Displaced: {'; '.join(lost)}." if lost else "")
        + (f" Law: {'; '.join(cited)}." if cited else ""),
        source=about.source(table.name),
        spec=lambda width: forms.steps(rows, width, f"Duty, {PERCENT}"),
    )
