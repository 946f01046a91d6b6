"""Charts of talks: what both sides could accept, on two axes of one scale, and what waiting costs each.

Tables and columns they draw:

* ``acceptable`` a, b: gains of the two sides over what they would have without a deal, USD a year; one row an outcome;
  the names of the two columns after the codes of the sides, as ``usa``, ``chn``;
* ``frontier`` the same two columns, in order along the edge;
* ``deals`` label, the same two columns, and ``kind``: ``deal``, ``solution`` (Nash and others), ``offer`` or ``threat``
  (what happens if talks fail: the first at the walk-away lines, the second with dashed lines of its own);
* ``clocks`` month, one column a side (USD a year while there is no deal), stock (share left).

Any of the first three may be missing, but not ``acceptable``. A few packages that lie apart carry their names; the
others stand in the table.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.course import Course, Notice, Spot, Trace, course
from detente.faces.charts.frame import Chart, ChartSetting, Row, Tables, finite, rows_of, shown
from detente.faces.charts.plane import GainsPlane, at_zero, first_name
from detente.faces.charts.theme import PARTY, QUIET, narrow

SIDES = ("usa", "chn")
NAMED, THREATS, FEW = 5, 2, 3
"""Packages with a name, that of this run among them; threats with walk-away lines; deals whose gains are told."""

SHOWS = 0.05
"""Least gain that one digit shows, USD bn a year."""

APART = 0.06
"""Share of the widest gain within which two packages would lie on one another."""

WEIGHTS = {"welfare": "welfare", "april-2025": "april_2025"}
"""What each side counts, and what the catalogue calls it."""

COUNTED = re.compile(r"\bweights [\w-]+, ")
"""A set of weights by its name in files."""


def acceptable(tables: Tables, about: ChartSetting) -> Chart | None:
    """What both sides could accept."""
    table = tables["acceptable"]
    sides = tuple([c.name for c in table.columns if c.unit is Unit.USD][:2] or SIDES)
    edge = _points(tables["frontier"], sides) if "frontier" in tables else []
    deals = _deals(tables["deals"], sides, about) if "deals" in tables else []
    if not edge and not deals:
        return None
    everything = _points(table, sides)
    both = any(row["x"] > 0 and row["y"] > 0 for row in everything)
    codes = (sides[0].upper(), sides[1].upper())
    chosen = named_packages(deals, edge or everything)
    threats = [row for row in deals if row["kind"] == "threat"][:THREATS]
    away, here = next((row for row in threats if not at_zero(row)), None), next(filter(at_zero, threats), None)
    # What each side counts stands above the picture, in words.
    notes = [COUNTED.sub("", note).rstrip(".") for note in table.notes if note]
    base = about.say("chart.acceptable_base", law=first_name(here)) if here else about.say("chart.acceptable_walking")
    words: dict[str, Any] = {
        "first": about.the(codes[0]), "second": about.the(codes[1]), "base": base.replace("the the ", "the "),
        "counts": counted_by(table, about) or about.say("chart.weights_of_case"), "notes": ". ".join(notes),
    }  # fmt: skip
    alt = [about.say(f"chart.acceptable_{'some' if both else 'none'}", **words), *_better_for_both(deals, codes, about)]
    walls = about.say("chart.acceptable_walls", law=first_name(away)) if away else ""
    return about.chart(
        "acceptable", "acceptable",
        lambda width: GainsPlane(edge, chosen[: NAMED - narrow(width)], threats, codes, width, about).spec(),
        "billion_a_year", 1, title=_finding(deals, codes, both, about), alt=" ".join(alt),
        note=("note", walls, "marks", "here" if notes else ""), **words,
    )  # fmt: skip


def counted_by(table: Table, about: ChartSetting) -> str:
    """What each side counts, by the notes of a table; "" where they do not say it."""
    match = re.search(r"weights ([\w-]+)", " ".join(table.notes))
    if match is None:
        return ""
    return about.say(f"chart.weights_{WEIGHTS.get(match[1], 'other')}", name=match[1])


def _finding(deals: list[Row], codes: tuple[str, str], both: bool, about: ChartSetting) -> str:
    """What this run gives both, or whether there is anything that both gain from."""
    own = next((row for row in deals if row["kind"] == "offer"), None)
    if own is None:
        return about.say(f"chart.acceptable_{'some' if both else 'no'}_packages")
    gains = [(own[key], about.the(code), about.number(abs(own[key]) * 1e9, Unit.USD, 1))
             for key, code in zip("xy", codes, strict=True)]  # fmt: skip
    size = [gain for gain, _, _ in gains]
    key = "neither" if max(size) < SHOWS else "gives" if min(size) >= SHOWS else "costs"
    (_, a, x), (_, b, y) = sorted(gains) if key == "costs" else gains
    return about.say(f"chart.acceptable_{key}", deal=first_name(own), a=a, x=x, b=b, y=y)


def named_packages(deals: list[Row], edge: list[Row]) -> list[Row]:
    """Packages that carry a name: this run's, an even bargain, then those that lie farthest from the ones chosen."""
    own, even, others = ([row for row in deals if row["kind"] == kind] for kind in ("offer", "solution", "deal"))
    chosen = [*own[:2], *even[:1]]
    reach = max((abs(row[key]) for row in (*edge, *deals) for key in ("x", "y")), default=1.0) or 1.0

    def alone(row: Row) -> float:
        return min((((row["x"] - c["x"]) ** 2 + (row["y"] - c["y"]) ** 2) ** 0.5 for c in chosen), default=0.0)

    while others and len(chosen) < NAMED:
        far = max(others, key=alone)
        if chosen and alone(far) < APART * reach:
            break
        chosen.append(far)
        others.remove(far)
    return chosen


def _better_for_both(deals: list[Row], codes: tuple[str, str], about: ChartSetting) -> list[str]:
    """Named deals from which both sides gain, as far as the digits show; a sentence or two, none without deals."""
    named = [row for row in deals if row["kind"] in ("offer", "deal")]
    better = [row for row in named if min(row["x"], row["y"]) >= SHOWS]
    if not better:
        return [about.say("chart.acceptable_no_named")] if named else []
    names = [about.country(code) for code in codes]
    gains = [f"{r['label']} ({', '.join(map(' '.join, zip(names, r['texts'], strict=True)))})" for r in better[:FEW]]
    kinds = [{row["kind"] for row in rows} for rows in (named, better)]
    own = [about.say("chart.acceptable_own_not")] if "offer" in kinds[0] - kinds[1] else []
    return [*own, about.say("chart.acceptable_named", deals=about.listed(gains))]


def _points(table: Table, sides: Sequence[str]) -> list[Row]:
    rows = finite(rows_of(table), *sides)
    return [{key: shown(r[side], Unit.USD) for key, side in zip("xy", sides, strict=True)} for r in rows]


def _deals(table: Table, sides: Sequence[str], about: ChartSetting) -> list[Row]:
    """Named points, those that lie on one another as one."""
    by_place: dict[tuple[float, float], Row] = {}
    for r in rows_of(table):
        x, y = (shown(r[side], Unit.USD) for side in sides)
        texts = [about.number(r[side], Unit.USD, 1, sign=True) for side in sides]
        row: Row = {"x": x, "y": y, "label": str(r["label"]), "kind": str(r.get("kind", "deal")), "texts": texts}
        known = by_place.setdefault((round(x, 2), round(y, 2)), row)
        if known is not row:
            known["label"] = f"{known['label']}; {row['label']}"
            known["kind"] = "threat" if row["kind"] == "threat" else known["kind"]
    return list(by_place.values())


def clocks(tables: Tables, about: ChartSetting) -> Chart | None:
    """What waiting does: each side's payoff while there is no deal, month by month, and the end of stocks."""
    table, say = tables["clocks"], about.say
    sides = [c.name for c in table.columns if c.unit is Unit.USD and c.name.upper() in PARTY]
    rows = finite(rows_of(table), "month", *sides)
    if not sides or len(rows) < 2:
        return None
    first, end = rows[0], rows[-1]
    traces, spots, sentences = list[Trace](), list[Spot](), list[str]()
    for side in sides:
        code = side.upper()
        sizes = [about.number(r[side], Unit.USD, 0) for r in (first, end)]
        points = tuple((float(r["month"]), shown(r[side], Unit.USD)) for r in rows)
        names = (f"{about.country(code)} {sizes[1]}", f"{about.brief(code)} {sizes[1]}")
        traces.append(Trace(names, points, PARTY[code]))
        spots.append(Spot(*points[-1], (), PARTY[code]))
        words = {"country": about.country(code), "first": sizes[0], "last": sizes[1], "month": f"{end['month']:.0f}"}
        sentences.append(say("chart.clocks_side", **words))
    gone = next((float(r["month"]) for r in rows if r.get("stock", 1.0) <= 0.0), 0.0)
    acts = ()
    if gone and first.get("stock", 0.0) > 0.0:
        acts = (Notice(gone, say("chart.clocks_stocks", month=f"{gone:.0f}"), QUIET, 1.0),)
    form = Course(
        tuple(traces), about.unit("billion_a_year"), dates=False, across=say("chart.clocks_axis"), acts=acts,
        spots=tuple(spots), height=220, say=say,
    )  # fmt: skip
    worst = min(sides, key=lambda s: end[s] - first[s])
    was, last = (about.number(abs(r[worst]), Unit.USD, 0) for r in (first, end))
    title = "no_more" if end[worst] >= first[worst] else "throughout" if was == last else "more"
    subtitle, counts = say("chart.clocks_subtitle"), counted_by(table, about)
    return about.chart(
        "clocks", "clocks", lambda width: course(form, width), "billion_a_year", 0, title=title,
        subtitle=about.listed([subtitle, counts]) if counts else subtitle, sides=", ".join(sentences),
        country=about.the(worst.upper()), first=was, last=last,
    )  # fmt: skip
