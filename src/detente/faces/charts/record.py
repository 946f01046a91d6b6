"""Charts of the record: the additional duty of both sides as acts took effect, and the two clocks.

Tables and columns they draw:

* ``events`` announced, effective, actor, what, usa_on_chn, chn_on_usa (shares, blank where an act moves no level);
* ``clocks`` month, one column a side (USD a year while there is no deal), stock (share left).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts.course import Course, Notice, Spot, Trace, course, ordinal_of
from detente.faces.charts.days import dated_acts
from detente.faces.charts.frame import Chart, ChartSetting, Row, finite, rows_of, shown
from detente.faces.charts.talks import counted_by
from detente.faces.charts.theme import PARTY, QUIET

SIDES = ("usa_on_chn", "chn_on_usa")
COLOURS = {side: PARTY[side[:3].upper()] for side in SIDES}


def timeline(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Additional duty of each side on the other as acts took effect, the acts in lanes above."""
    rows = [r for r in finite(rows_of(tables["events"]), *SIDES) if str(r["effective"])]
    rows = sorted(rows, key=lambda r: str(r["effective"]))
    if len(rows) < 2:
        return []
    by_day = _by_day(rows)
    first, last = str(rows[0]["effective"]), str(rows[-1]["effective"])
    high = max(rows, key=lambda r: r["usa_on_chn"])
    stands = [about.number(rows[-1][side], Unit.POINTS, 0) for side in SIDES]
    since = [about.day(_last_change(rows, side)) for side in SIDES]
    peak, say = about.number(high["usa_on_chn"], Unit.POINTS, 0), about.say
    form = Course(
        series=tuple(_side(side, by_day, about) for side in SIDES),
        unit=say("chart.unit_points"),
        stepped=True,
        acts=tuple(dated_acts(tables["events"], first, last, about)),
        spots=tuple(_peak(rows, side, about) for side in SIDES),
        say=say,
    )
    return [
        Chart(
            name="timeline",
            table="events",
            title=say("chart.timeline_title", peak=peak, first=stands[0], second=stands[1]),
            subtitle=say("chart.timeline_subtitle", day=about.day(first)),
            alt=say(
                "chart.timeline_alt",
                peak=peak,
                day=about.day(high["effective"]),
                first=stands[0],
                first_day=since[0],
                second=stands[1],
                second_day=since[1],
            ),
            unit=say("chart.unit_points_on_top"),
            digits=0,
            note=say("chart.timeline_note"),
            source=about.source("events"),
            spec=lambda width: course(form, width),
            wide=True,
        )
    ]


def _side(side: str, by_day: Mapping[str, list[Row]], about: ChartSetting) -> Trace:
    """The level of a side, act by act."""
    points = tuple(
        (float(date.fromisoformat(iso_day).toordinal()), shown(several[-1][side], Unit.SHARE))
        for iso_day, several in by_day.items()
    )
    end = f"{points[-1][1]:.0f}"
    names = (about.say(f"chart.timeline_{side}"), about.brief(side[:3].upper()))
    return Trace(tuple(f"{name} {end}" for name in names), points, COLOURS[side])


def _peak(rows: list[Row], side: str, about: ChartSetting) -> Spot:
    """The highest level of a side."""
    top = max(rows, key=lambda r: r[side])
    text = about.number(top[side], Unit.POINTS, 0)
    return Spot(ordinal_of(top, "effective"), shown(top[side], Unit.SHARE), (text,), COLOURS[side])


def _by_day(rows: list[Row]) -> dict[str, list[Row]]:
    """Acts by the day on which they take effect; levels of a day are those of its last row."""
    acts: dict[str, list[Row]] = {}
    for r in rows:
        acts.setdefault(str(r["effective"]), []).append(r)
    return acts


def _last_change(rows: list[Row], side: str) -> str:
    """Day on which the level of a side became what it is at the end."""
    since = str(rows[-1]["effective"])
    for r in reversed(rows):
        if abs(r[side] - rows[-1][side]) > LEVEL:
            break
        since = str(r["effective"])
    return since


LEVEL = 5e-5
"""Difference up to which two levels are one."""


def clocks(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """What waiting does: each side's payoff while there is no deal, month by month, and the end of stocks."""
    table = tables["clocks"]
    sides = [c.name for c in table.columns if c.unit is Unit.USD and c.name.upper() in PARTY]
    rows = finite(rows_of(table), "month", *sides)
    if not sides or len(rows) < 2:
        return []
    names = {side: about.country(side.upper()) for side in sides}
    end, say, unit = rows[-1], about.say, about.say("chart.unit_billion_a_year")
    form = Course(
        series=tuple(_clock(side, rows, about) for side in sides),
        unit=unit,
        dates=False,
        across=say("chart.clocks_axis"),
        acts=_stocks(rows, about),
        spots=tuple(Spot(float(end["month"]), shown(end[s], Unit.USD), (), PARTY.get(s.upper(), QUIET)) for s in sides),
        height=220,
        say=say,
    )
    summary = ", ".join(
        say(
            "chart.clocks_side",
            country=names[s],
            first=about.number(rows[0][s], Unit.USD, 0),
            last=about.number(end[s], Unit.USD, 0),
            month=f"{end['month']:.0f}",
        )
        for s in sides
    )
    subtitle = say("chart.clocks_subtitle")
    counts = counted_by(table, about)
    return [
        Chart(
            name="clocks",
            table="clocks",
            title=_waiting(sides, rows, about),
            subtitle=about.listed([subtitle, counts]) if counts else subtitle,
            alt=say("chart.clocks_alt", sides=summary),
            unit=unit,
            digits=0,
            note=say("chart.clocks_note"),
            source=about.source("clocks"),
            spec=lambda width: course(form, width),
        )
    ]


def _clock(side: str, rows: list[Row], about: ChartSetting) -> Trace:
    end, code = about.number(rows[-1][side], Unit.USD, 0), side.upper()
    points = tuple((float(r["month"]), shown(r[side], Unit.USD)) for r in rows)
    names = (about.country(code), about.brief(code))
    return Trace(tuple(f"{name} {end}" for name in names), points, PARTY.get(code, QUIET))


def _stocks(rows: list[Row], about: ChartSetting) -> tuple[Notice, ...]:
    """The month in which buyers' stocks are gone, where they go."""
    ended = [r for r in rows if r.get("stock", 1.0) <= 0.0]
    if not ended or rows[0].get("stock", 0.0) <= 0.0:
        return ()
    month = float(ended[0]["month"])
    return (Notice(month, about.say("chart.clocks_stocks", month=f"{month:.0f}"), QUIET, 1.0),)


def _waiting(sides: list[str], rows: list[Row], about: ChartSetting) -> str:
    """Whom waiting costs more and more."""
    drift = {s: rows[-1][s] - rows[0][s] for s in sides}
    worst = min(drift, key=lambda s: drift[s])
    first, last = (about.number(abs(r[worst]), Unit.USD, 0) for r in (rows[0], rows[-1]))
    country = about.subject(worst.upper())
    if drift[worst] >= 0:
        return about.say("chart.clocks_no_more", country=country, last=last)
    if about.number(rows[0][worst], Unit.USD, 0) == about.number(rows[-1][worst], Unit.USD, 0):
        return about.say("chart.clocks_throughout", country=country, last=last)
    return about.say("chart.clocks_more", country=country, first=first, last=last)
