"""Charts of duties by day: each side's average with the acts that moved it, and the same by authority.

Tables and columns they draw (`detente average --from DAY --to DAY`, `lab.ground.averages.daily_averages`):

* ``daily`` date, average, one column an authority: of the first side; ``daily_chn`` the same of China, and so on for
  any side whose code ends the name;
* ``events`` effective, actor, what, usa_on_chn, chn_on_usa (the acts above the days), or date, title;
* ``headline`` on: the day of this deal; ``deals`` label, kind: its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from detente.codes import Table, declared_note
from detente.codes.names import first_upper
from detente.codes.standing import of_fate
from detente.codes.units import Unit
from detente.faces.charts.course import Course, Notice, Spot, Trace, course, ordinal_of
from detente.faces.charts.frame import Chart, ChartSetting, Row, claimed, has, rows_of, shown
from detente.faces.charts.theme import AREAS, INK, PARTY, QUIET, party_colours
from detente.faces.words.record import other_fates
from detente.lab.duties.among import two_sides

LEAST = 5e-4
"""Change of an average that the chart shows, share."""


def sides_of(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Tables of days by the code of the side, as far as they have rows."""
    by_code = {two_sides(tables)[0]: "daily"} | {
        name.removeprefix("daily_").upper(): name for name in tables if name.startswith("daily_")
    }
    return {code: tables[name] for code, name in by_code.items() if has(tables, name, "date", "average")}


def daily(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """The average duty of each side day by day, acts above it, this deal marked, a veil where no law is on record."""
    sides = sides_of(tables)
    if all(_level(table) for table in sides.values()):
        return []
    span = {code: [str(d) for d in table["date"]] for code, table in sides.items()}
    first, last = min(days[0] for days in span.values()), max(days[-1] for days in span.values())
    acts, veil = _acts(tables, first, last, about), _veil(sides, last, about)
    colours, say, unit = party_colours(list(sides)), about.say, about.say("chart.unit_of_value")
    ends = {code: _end(table, tables) for code, table in sides.items()}
    form = Course(
        series=tuple(_line(code, table, colours[code], ends[code], about) for code, table in sides.items()),
        unit=unit,
        stepped=True,
        acts=acts,
        spots=tuple(spot for code, table in sides.items() for spot in _peak(table, colours[code], ends[code], about)),
        veil=veil,
        say=say,
    )
    return [
        Chart(
            name="daily",
            table="daily",
            title=_headline(sides, ends, about),
            subtitle="; ".join([say("chart.daily_subtitle", unit=unit), *_alone(sides)]),
            alt=" ".join(_told(code, table, ends[code], about) for code, table in sides.items()),
            unit=unit,
            digits=1,
            note=about.note(
                _weighed(sides, about),
                say("chart.daily_acts"),
                say("chart.daily_beyond", day=about.day(_frontier(sides))) if veil else "",
            ),
            source=about.source("daily"),
            spec=lambda width: course(form, width),
            wide=True,
        )
    ]


def _level(table: Table) -> bool:
    """Whether nothing moves."""
    return float(np.ptp(table["average"])) < LEAST


def _line(code: str, table: Table, colour: str, now: Row, about: ChartSetting) -> Trace:
    rows, end = rows_of(table), about.number(now["average"], Unit.SHARE, 1)
    forms = (f"{about.country(code)} {end}", f"{about.brief(code)} {end}")
    points = tuple((ordinal_of(r, "date"), shown(r["average"], Unit.SHARE)) for r in rows)
    return Trace(forms, points, colour, stands=shown(now["average"], Unit.SHARE))


def _end(table: Table, tables: Mapping[str, Table]) -> Row:
    """The day a chart speaks of: that of the deal it marks, as every card of the run does; else its last."""
    rows = rows_of(table)
    on = str(rows_of(tables["headline"])[0]["on"]) if has(tables, "headline", "on") else ""
    return next((row for row in rows if str(row["date"]) == on), rows[-1])


def _stands(table: Table, now: Row, about: ChartSetting) -> str:
    """The average on the day a chart speaks of; on its last day beyond the record also under the other fates."""
    end = about.number(now["average"], Unit.SHARE, 1)
    if table.standing is None or str(now["date"]) != str(table["date"][-1]):
        return end
    others = other_fates(table.standing, lambda value: about.number(value, Unit.SHARE, 1))
    rates = [about.say("chart.daily_if", number=number, fate=fate) for number, fate in others if number != end]
    return about.say("chart.daily_fates", end=end, others=about.listed(rates)) if rates else end


def _top(table: Table) -> Row:
    return max(rows_of(table), key=lambda r: r["average"])


def _peak(table: Table, colour: str, now: Row, about: ChartSetting) -> list[Spot]:
    """The highest average, where it is not that of the end."""
    top = _top(table)
    if top["average"] - now["average"] < LEAST:
        return []
    text = about.number(top["average"], Unit.SHARE, 1)
    return [Spot(ordinal_of(top, "date"), shown(top["average"], Unit.SHARE), (text,), colour)]


def _headline(sides: Mapping[str, Table], ends: Mapping[str, Row], about: ChartSetting) -> str:
    """What the first side's average did, and where that of the others stands, on which day."""
    (code, table), *others = sides.items()
    top, now = _top(table), ends[code]
    high, end = about.number(top["average"], Unit.SHARE, 1), _stands(table, now, about)
    owner = about.owner(code)
    own = (
        about.say("chart.daily_at_peak", owner=owner, end=end)
        if top["average"] - now["average"] < LEAST
        else about.say("chart.daily_peaked", owner=owner, high=high, end=end)
    )
    beside = [about.say("chart.daily_beside", owner=about.owner(c), end=_stands(t, ends[c], about)) for c, t in others]
    return claimed(about.say("chart.daily_on", what=about.listed([own, *beside]), day=about.day(now["date"])))


def _told(code: str, table: Table, now: Row, about: ChartSetting) -> str:
    top = _top(table)
    return about.say(
        "chart.daily_told",
        of_country=about.of(code),
        high=about.number(top["average"], Unit.SHARE, 1),
        peak=about.day(top["date"]),
        end=_stands(table, now, about),
        day=about.day(now["date"]),
    )


def _weighed(sides: Mapping[str, Table], about: ChartSetting) -> str:
    """By what the averages of some sides are weighed."""
    weights = about.listed([_weights(code, table, about) for code, table in sides.items()])
    return about.say("chart.daily_weights", weights=weights)


def _weights(code: str, table: Table, about: ChartSetting) -> str:
    notes = [note.removeprefix("weights: ").split(";")[0] for note in table.notes if note.startswith("weights: ")]
    own = notes[0] if notes else about.say("chart.daily_fixed")
    return f"{about.country(code)} {own}"


def _alone(sides: Mapping[str, Table]) -> list[str]:
    """Whose goods alone the averages are of; none of all goods."""
    rest = declared_note("averages.goods_alone", origin="")
    ends = [end for end in rest.split("  ") if end]
    notes = (note for table in sides.values() for note in table.notes)
    return list(dict.fromkeys(note for note in notes if note.startswith(ends[0]) and note.endswith(ends[-1])))


def _frontier(sides: Mapping[str, Table]) -> str:
    """The last day for which the law of every side was read; blank where it is not said."""
    read = [table.standing.to.isoformat() for table in sides.values() if table.standing]
    return min(read, default="")


def _veil(sides: Mapping[str, Table], last: str, about: ChartSetting) -> tuple[float, tuple[str, ...]] | None:
    edge = _frontier(sides)
    if not edge or edge >= last:
        return None
    words = (about.say("chart.daily_read_to", day=day) for day in (about.day(edge), about.say.short_day(edge)))
    return float(date.fromisoformat(edge).toordinal()), tuple(words)


def _acts(tables: Mapping[str, Table], first: str, last: str, about: ChartSetting) -> tuple[Notice, ...]:
    """Acts within the days, each with what it moved, and this deal."""
    marked = _deal(tables, first, last, about)
    others = [act for act in dated_acts(tables.get("events"), first, last, about) if not marked or act.at != marked.at]
    return (*others, *([marked] if marked else []))


def _deal(tables: Mapping[str, Table], first: str, last: str, about: ChartSetting) -> Notice | None:
    if not has(tables, "headline", "on", "against"):
        return None
    head = rows_of(tables["headline"])[0]
    on = str(head["on"])
    if not first <= on <= last or on == str(head["against"]):
        return None
    deals = rows_of(tables["deals"]) if has(tables, "deals", "label", "kind") else []
    named = next((str(r["label"]) for r in deals if r["kind"] == "offer"), "")
    text = dated(on, named or about.say("chart.all_this_scenario"), about)
    return Notice(ordinal_of(head, "on"), text, INK, 9.0, bold=True)


def dated_acts(events: Table | None, first: str, last: str, about: ChartSetting) -> list[Notice]:
    """Acts of a table of events that took effect within some days, weighed by how far they moved a level."""
    if events is None:
        return []
    key, words = ("date", "title") if "date" in events.data else ("effective", "what")
    rows = sorted((r for r in rows_of(events) if first <= str(r[key]) <= last), key=lambda r: str(r[key]))
    levels = {"usa_on_chn": 0.0, "chn_on_usa": 0.0}
    by_day: dict[tuple[str, str], Notice] = {}
    for r in rows:
        moved = 0.0
        for side in levels:
            level = float(r.get(side, 0.0))
            if level == level:
                moved, levels[side] = moved + abs(level - levels[side]), level
        iso_day, actor = str(r[key]), str(r.get("actor", ""))
        if r.get("usa_on_chn", 0.0) == r.get("usa_on_chn", 0.0):
            text = dated(iso_day, str(r[words]), about)
            act = Notice(ordinal_of(r, key), text, PARTY.get(actor, QUIET), moved)
            known = by_day.get((iso_day, actor))
            if known is None or known.weight < moved:
                by_day[iso_day, actor] = act
    return list(by_day.values())


def dated(iso_day: str, what: str, about: ChartSetting) -> str:
    """What was done, with its day before it: "14 May: 24 of 34 points"."""
    return about.say("chart.all_dated", day=about.say.short_day(iso_day), what=what)


MOST = 6
"""Areas of a stack; the others are one."""


def authorities(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """What each authority adds to the average, day by day, one chart a side."""
    drawn = [_authorities(code, table, tables, about) for code, table in sides_of(tables).items()]
    return [chart for chart in drawn if chart]


def _authorities(code: str, table: Table, tables: Mapping[str, Table], about: ChartSetting) -> Chart | None:
    """None where fewer than two authorities owe a duty, or nothing moves."""
    skipped = {"date", "average"} | {c.name for c in table.columns if of_fate(c.name)[1]}
    parts = {c.name: (about.column(c), table[c.name]) for c in table.columns if c.name not in skipped}
    parts = {name: part for name, part in parts.items() if float(np.max(part[1])) >= LEAST}
    if len(parts) < 2 or _level(table):
        return None
    stack, say, unit = _few(parts, about), about.say, about.say("chart.unit_of_value")
    moves = _moving(table)
    places = [ordinal_of({"d": d}, "d") for d in table["date"][moves]]
    series = tuple(
        Trace(_forms(label), tuple(zip(places, (shown(float(v), Unit.SHARE) for v in values[moves]), strict=True)), c)
        for (label, values), c in zip(stack, AREAS, strict=False)
    )
    first, last = str(table["date"][0]), str(table["date"][-1])
    marked, veil = _deal(tables, first, last, about), _veil({code: table}, last, about)
    acts = (marked,) if marked else ()
    form = Course(series, unit, stepped=True, stacked=True, acts=acts, veil=veil, height=270, say=say)
    now = _end(table, tables)
    owner = max(parts, key=lambda name: now[name])
    part, whole = about.number(now[owner], Unit.POINTS, 1), about.number(now["average"], Unit.SHARE, 1)
    amounts = [
        f"{label.lower() if name == 'base' else label} {about.number(now[name], Unit.SHARE, 1)}"
        for name, (label, _) in parts.items()
        if now[name] >= LEAST
    ]
    return Chart(
        name=f"authorities-{code.lower()}",
        table=table.name,
        title=claimed(
            say("chart.authorities_title", label=parts[owner][0], part=part, owner=about.owner(code), whole=whole)
        ),
        subtitle=say("chart.authorities_subtitle", unit=unit),
        alt=say(
            "chart.authorities_alt",
            day=about.day(now["date"]),
            of_country=about.of(code),
            whole=whole,
            parts=", ".join(amounts),
        ),
        unit=unit,
        digits=1,
        note=about.note(say("chart.authorities_note"), _weighed({code: table}, about)),
        source=about.source(table.name),
        spec=lambda width: course(form, width),
        wide=True,
    )


def _forms(label: str) -> tuple[str, ...]:
    label = first_upper(label)
    alone = label.removeprefix("Answer to ").removeprefix("the ").split(",")[0]
    return (label, label.split(",")[0], first_upper(alone))


def _few(parts: Mapping[str, tuple[str, Any]], about: ChartSetting) -> list[tuple[str, Any]]:
    """The largest areas in the order of the table, the rest as one on top."""
    ranked = sorted(parts, key=lambda name: -float(np.max(parts[name][1])))[: MOST - 1]
    kept = [parts[name] for name in parts if name in ranked]
    rest = [parts[name][1] for name in parts if name not in ranked]
    if len(rest) == 1:
        return [*kept, next(parts[name] for name in parts if name not in ranked)]
    return [*kept, (about.say("chart.authorities_others"), np.sum(rest, axis=0))] if rest else kept


def _moving(table: Table) -> Any:
    """Days on which anything moves, with the first and the last."""
    numbers = [table[c.name] for c in table.columns if c.unit is Unit.SHARE]
    moved = np.any([np.abs(np.diff(values)) > 1e-7 for values in numbers], axis=0)
    return np.flatnonzero(np.concatenate([[True], moved[:-1], [True]]))
