"""Charts of duties over time: averages by day with the acts that moved them, by authority, one good, all acts.

Tables and columns they draw (`detente average --from DAY --to DAY`, `lab.averages.averages.daily_averages`):

* ``daily`` date, average, one column an authority: of the first side; ``daily_chn`` the same of China, and so on for
  any side whose code ends the name;
* ``events`` effective, actor, what, usa_on_chn, chn_on_usa (shares, blank where an act moves no level), or date, title;
* ``headline`` on: the day of this deal; ``deals`` label, kind: its name;
* ``line_history`` date, total, change, what: the duty on one good.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import numpy as np

from detente.codes import Table, declared_note
from detente.codes.days import of_fate
from detente.codes.names import first_upper
from detente.codes.units import Unit
from detente.faces.charts.course import Course, Notice, Spot, Trace, course
from detente.faces.charts.frame import Chart, Charts, ChartSetting, Row, Tables, finite, has, ordinal, rows_of, shown
from detente.faces.charts.theme import AREAS, INK, PARTY, QUIET, party_colours
from detente.faces.words.record import other_fates
from detente.lab.duties.among import two_sides

#: Change of an average that the chart shows, share.
LEAST = 5e-4

#: Areas of a stack; the others are one.
MOST = 6

#: How a note of the table of one good begins that says the last day of its span.
UNTIL = "looked at until "

#: Acts that are named beneath the chart of one good at most; those that move the duty most.
NAMED = 12


def sides_of(tables: Tables) -> dict[str, Table]:
    """Tables of days by the code of the side, as far as they have rows."""
    by_code = {two_sides(tables)[0]: "daily"} | {
        name.removeprefix("daily_").upper(): name for name in tables if name.startswith("daily_")
    }
    return {code: tables[name] for code, name in by_code.items() if has(tables, name, "date", "average")}


def _moves(table: Table) -> bool:
    return float(np.ptp(table["average"])) >= LEAST


def daily(tables: Tables, about: ChartSetting) -> Chart | None:
    """The average duty of each side day by day, acts above it, this deal marked, a veil where no law is on record."""
    sides = sides_of(tables)
    if not any(map(_moves, sides.values())):
        return None
    first, last = min(str(t["date"][0]) for t in sides.values()), max(str(t["date"][-1]) for t in sides.values())
    marked = _deal(tables, first, last, about)
    acts = [act for act in dated_acts(tables.get("events"), first, last, about) if act.at not in {m.at for m in marked}]
    veil, colours, say = _veil(sides, last, about), party_colours(list(sides)), about.say
    traces, spots, stands, sentences = list[Trace](), list[Spot](), list[str](), list[str]()
    under = list[str]()
    for code, table in sides.items():
        now, top = _now(table, tables), max(rows_of(table), key=lambda r: r["average"])
        end, high = about.share(now["average"]), about.share(top["average"])
        points = tuple((ordinal(r["date"]), shown(r["average"])) for r in rows_of(table))
        names = (f"{about.country(code)} {end}", f"{about.brief(code)} {end}")
        traces.append(Trace(names, points, colours[code], stands=shown(now["average"])))
        peaked = top["average"] - now["average"] >= LEAST
        if peaked:
            spots.append(Spot(ordinal(top["date"]), shown(top["average"]), (high,), colours[code]))
        words = {
            "owner": about.owner(code), "country": about.the(code), "high": high, "peak": about.day(top["date"]),
            "end": end, "day": about.day(now["date"]),
        }  # fmt: skip
        others = _other_fates(table, now, about)
        under += [say("chart.daily_otherwise", owner=about.owner(code), others=others)] if others else []
        stands.append(say(f"chart.daily_{'beside' if stands else 'peaked' if peaked else 'at_peak'}", **words))
        sentences.append(say("chart.daily_told", **words) + (f" {first_upper(under[-1])}." if others else ""))
    form = Course(
        tuple(traces), about.unit("of_value"), stepped=True, acts=(*acts, *marked), spots=tuple(spots), veil=veil,
        say=say,
    )  # fmt: skip
    on = about.day(_now(next(iter(sides.values())), tables)["date"])
    return about.chart(
        "daily", "daily", lambda width: course(form, width), "of_value", 1, wide=True,
        title=say("chart.daily_on", what=about.listed(stands), day=on),
        subtitle="; ".join([say("chart.daily_subtitle", unit=form.unit), *_alone(sides), *under]),
        alt=" ".join(sentences), day=about.day(_frontier(sides)),
        note=(_weighed(sides, about), "acts", "beyond" if veil else ""),
    )  # fmt: skip


def _now(table: Table, tables: Tables) -> Row:
    """The day a chart speaks of: that of the deal it marks, as every card of the run does; else its last."""
    rows = rows_of(table)
    on = str(rows_of(tables["headline"])[0]["on"]) if has(tables, "headline", "on") else ""
    return next((row for row in rows if str(row["date"]) == on), rows[-1])


def _other_fates(table: Table, now: Row, about: ChartSetting) -> str:
    """The average under the other fates of what is open, on the last day beyond the record; "" where they agree."""
    if table.standing is None or str(now["date"]) != str(table["date"][-1]):
        return ""
    others, end = other_fates(table.standing, about.share), about.share(now["average"])
    return about.listed([about.say("chart.daily_if", number=n, fate=fate) for n, fate in others if n != end])


def _weighed(sides: Mapping[str, Table], about: ChartSetting) -> str:
    """By what the averages of some sides are weighed."""
    head, weights = "weights: ", list[str]()
    for code, table in sides.items():
        notes = [note.removeprefix(head).split(";")[0] for note in table.notes if note.startswith(head)]
        weights.append(f"{about.country(code)} {notes[0] if notes else about.say('chart.daily_fixed')}")
    return about.say("chart.daily_weights", weights=about.listed(weights))


def _alone(sides: Mapping[str, Table]) -> list[str]:
    """Whose goods alone the averages are of; none of all goods."""
    ends = [end for end in declared_note("averages.goods_alone", origin="").split("  ") if end]
    notes = (note for table in sides.values() for note in table.notes)
    return list(dict.fromkeys(note for note in notes if note.startswith(ends[0]) and note.endswith(ends[-1])))


def _frontier(sides: Mapping[str, Table]) -> str:
    """The last day for which the law of every side was read; blank where it is not said."""
    return min((table.standing.to.isoformat() for table in sides.values() if table.standing), default="")


def _veil(sides: Mapping[str, Table], last: str, about: ChartSetting) -> tuple[float, tuple[str, ...]] | None:
    edge = _frontier(sides)
    if not edge or edge >= last:
        return None
    words = (about.say("chart.daily_read_to", day=day) for day in (about.day(edge), about.say.short_day(edge)))
    return ordinal(edge), tuple(words)


def _deal(tables: Tables, first: str, last: str, about: ChartSetting) -> tuple[Notice, ...]:
    """The deal of a run on its day; nothing where it changes nothing within these days."""
    head = rows_of(tables["headline"])[0] if has(tables, "headline", "on", "against") else {"on": "", "against": ""}
    on = str(head["on"])
    if not first <= on <= last or on == str(head["against"]):
        return ()
    deals = rows_of(tables["deals"]) if has(tables, "deals", "label", "kind") else []
    named = next((str(r["label"]) for r in deals if r["kind"] == "offer"), "")
    text = dated(on, named or about.say("chart.all_this_scenario"), about)
    return (Notice(ordinal(on), text, INK, 9.0, bold=True),)


SIDES = ("usa_on_chn", "chn_on_usa")


def dated_acts(events: Table | None, first: str, last: str, about: ChartSetting) -> list[Notice]:
    """Acts of a table of events that took effect within some days, weighed by how far they moved a level."""
    if events is None:
        return []
    key, words = ("date", "title") if "date" in events.data else ("effective", "what")
    rows = sorted((r for r in rows_of(events) if first <= str(r[key]) <= last), key=lambda r: str(r[key]))
    levels = dict.fromkeys(SIDES, 0.0)
    by_day: dict[tuple[str, str], Notice] = {}
    for r in rows:
        moved = 0.0
        for side in SIDES:
            level = float(r.get(side, 0.0))
            if level == level:
                moved, levels[side] = moved + abs(level - levels[side]), level
        where = str(r[key]), str(r.get("actor", ""))
        known, own = by_day.get(where), float(r.get(SIDES[0], 0.0))
        if own == own and (known is None or known.weight < moved):
            text = dated(where[0], str(r[words]), about)
            by_day[where] = Notice(ordinal(r[key]), text, PARTY.get(where[1], QUIET), moved)
    return list(by_day.values())


def dated(iso_day: str, what: str, about: ChartSetting) -> str:
    """What was done, with its day before it: "14 May: 24 of 34 points"."""
    return about.say("chart.all_dated", day=about.say.short_day(iso_day), what=what)


def authorities(tables: Tables, about: ChartSetting) -> Charts:
    """What each authority adds to the average, day by day, one chart a side."""
    return [_authorities(code, table, tables, about) for code, table in sides_of(tables).items()]


def _authorities(code: str, table: Table, tables: Tables, about: ChartSetting) -> Chart | None:
    """None where fewer than two authorities owe a duty, or nothing moves."""
    skipped = {"date", "average"} | {c.name for c in table.columns if of_fate(c.name)[1]}
    parts = {c.name: (about.column(c), table[c.name]) for c in table.columns if c.name not in skipped}
    parts = {name: part for name, part in parts.items() if float(np.max(part[1])) >= LEAST}
    if len(parts) < 2 or not _moves(table):
        return None
    first, last, now = str(table["date"][0]), str(table["date"][-1]), _now(table, tables)
    moving = _moving(table)
    places = [ordinal(day) for day in table["date"][moving]]
    series = tuple(
        Trace(_names(label), tuple(zip(places, (shown(float(v)) for v in values[moving]), strict=True)), colour)
        for (label, values), colour in zip(_few(parts, about), AREAS, strict=False)
    )
    form = Course(
        series, about.unit("of_value"), stepped=True, stacked=True, acts=_deal(tables, first, last, about), height=270,
        veil=_veil({code: table}, last, about), say=about.say,
    )  # fmt: skip
    top = max(parts, key=lambda name: now[name])
    amounts = [
        f"{label.lower() if name == 'base' else label} {about.share(now[name])}"
        for name, (label, _) in parts.items()
        if now[name] >= LEAST
    ]
    return about.chart(
        "authorities", table.name, lambda width: course(form, width), "of_value", 1, wide=True,
        name=f"authorities-{code.lower()}", note=("note", _weighed({code: table}, about)), label=parts[top][0],
        part=about.number(now[top], Unit.POINTS, 1), owner=about.owner(code), whole=about.share(now["average"]),
        day=about.day(now["date"]), country=about.the(code), parts=", ".join(amounts),
    )  # fmt: skip


def _names(label: str) -> tuple[str, ...]:
    """The name of an authority from long to short."""
    label = first_upper(label)
    alone = label.removeprefix("Answer to ").removeprefix("the ").split(",")[0]
    return (label, label.split(",")[0], first_upper(alone))


def _few(parts: Mapping[str, tuple[str, Any]], about: ChartSetting) -> list[tuple[str, Any]]:
    """The largest areas in the order of the table, the rest as one on top."""
    ranked = sorted(parts, key=lambda name: -float(np.max(parts[name][1])))[: MOST - 1]
    kept, rest = [parts[name] for name in parts if name in ranked], [parts[n] for n in parts if n not in ranked]
    if len(rest) < 2:
        return [*kept, *rest]
    return [*kept, (about.say("chart.authorities_others"), np.sum([values for _, values in rest], axis=0))]


def _moving(table: Table) -> Any:
    """Days on which anything moves, with the first and the last."""
    numbers = [table[c.name] for c in table.columns if c.unit is Unit.SHARE]
    moved = np.any([np.abs(np.diff(values)) > 1e-7 for values in numbers], axis=0)
    return np.flatnonzero(np.concatenate([[True], moved[:-1], [True]]))


def rate_series(tables: Tables, about: ChartSetting) -> Chart | None:
    """The duty on a good as steps, with the acts behind them."""
    table, say = tables["line_history"], about.say
    levels = rows_of(table)
    first, last, peak = levels[0], levels[-1], max(levels, key=lambda r: r["total"])
    most = sorted(levels[1:], key=lambda r: -abs(r["change"]))[:NAMED]
    acts = sorted(most, key=lambda r: str(r["date"]))
    named = [
        say("chart.all_dated", day=about.day(r["date"]), what=about.listed(str(r["what"]).split("; "))) for r in acts
    ]
    start, end, top = (about.share(r["total"]) for r in (first, last, peak))
    until = next((note.removeprefix(UNTIL) for note in table.notes if note.startswith(UNTIL)), "")
    after = (date.fromisoformat(str(last["date"])) + timedelta(days=30)).isoformat()
    points = [(ordinal(r["date"]), shown(r["total"])) for r in levels]
    points.append((ordinal(max(until, str(last["date"])) if until else after), points[-1][1]))
    form = Course(
        (Trace((end,), tuple(points), PARTY["USA"]),), about.unit("of_value"), stepped=True, say=say,
        # What moved the duty, without its points: they stand beneath.
        acts=tuple(Notice(ordinal(r["date"]), dated(str(r["date"]), str(r["what"]).partition(":")[0], about), QUIET,
                          abs(float(r["change"]))) for r in acts),
        spots=() if peak is last else (Spot(ordinal(peak["date"]), shown(peak["total"]), (top,)),),
    )  # fmt: skip
    return about.chart(
        "series", table.name, lambda width: course(form, width), "of_value", 1, wide=True,
        note=("note", f"{about.listed(named)}." if named else ""), what=table.title, start=start, end=end, top=top,
        peak=about.day(peak["date"]), last=about.day(last["date"]),
    )  # fmt: skip


def timeline(tables: Tables, about: ChartSetting) -> Chart | None:
    """Additional duty of each side on the other as acts took effect, the acts in lanes above."""
    rows = [r for r in finite(rows_of(tables["events"]), *SIDES) if str(r["effective"])]
    rows = sorted(rows, key=lambda r: str(r["effective"]))
    if len(rows) < 2:
        return None
    first, last = str(rows[0]["effective"]), str(rows[-1]["effective"])
    # Levels of a day are those of its last act.
    by_day = {str(r["effective"]): r for r in rows}
    traces, spots, words = list[Trace](), list[Spot](), dict[str, str]()
    for which, side in zip(("first", "second"), SIDES, strict=True):
        code, top = side[:3].upper(), max(rows, key=lambda r: r[side])
        high, stands = (about.number(r[side], Unit.POINTS, 0) for r in (top, rows[-1]))
        points = tuple((ordinal(day), shown(r[side])) for day, r in by_day.items())
        names = (about.say(f"chart.timeline_{side}"), about.brief(code))
        traces.append(Trace(tuple(f"{name} {points[-1][1]:.0f}" for name in names), points, PARTY[code]))
        spots.append(Spot(ordinal(top["effective"]), shown(top[side]), (high,), PARTY[code]))
        words |= {which: stands, f"{which}_day": about.day(_since(rows, side))}
        words = {"peak": high, "day": about.day(top["effective"]), "start": about.day(first)} | words
    acts = tuple(dated_acts(tables["events"], first, last, about))
    form = Course(tuple(traces), about.unit("points"), stepped=True, acts=acts, spots=tuple(spots), say=about.say)
    return about.chart("timeline", "events", lambda width: course(form, width), "points_on_top", 0, wide=True, **words)


def _since(rows: list[Row], side: str) -> str:
    """Day on which the level of a side became what it is at the end."""
    moved = [i for i, r in enumerate(rows) if abs(r[side] - rows[-1][side]) > LEAST / 10]
    return str(rows[moved[-1] + 1 if moved else 0]["effective"])
