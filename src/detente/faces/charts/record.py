"""Charts of the record: the additional duty of both sides as acts took effect, what markets did, and the two clocks.

Tables and columns they draw:

* ``events`` announced, effective, actor, what, usa_on_chn, chn_on_usa (shares, blank where an act moves no level);
* ``event_study`` event, asset, session, abnormal, error, rarity;
* ``clocks`` month, one column a side (USD a year while there is no deal), stock (share left).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from detente.codes import Table
from detente.codes.names import in_sentence
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.course import Course, Notice, Spot, Trace, course, ordinal_of
from detente.faces.charts.days import dated_acts
from detente.faces.charts.frame import Chart, ChartSetting, Row, day, finite, rows_of, shown, worded
from detente.faces.charts.talks import WEIGHTS
from detente.faces.charts.theme import PARTY, QUIET

SIDES = ("usa_on_chn", "chn_on_usa")
NAMES = {"usa_on_chn": "United States on China", "chn_on_usa": "China on the United States"}
BRIEF = {"usa_on_chn": "US", "chn_on_usa": "China"}
"""Names where there is little room."""
COLOURS = {NAMES["usa_on_chn"]: PARTY["USA"], NAMES["chn_on_usa"]: PARTY["CHN"]}

BARS = 1.96
"""Forecast errors on each side of an abnormal return that a bar shows."""

ASSETS = {
    "usdcny": "Yuan per dollar",
    "vix": "VIX (expected swings of US shares)",
    "sp500": "S&P 500",
    "hsi": "Hang Seng",
    "csi300": "CSI 300",
    "n225": "Nikkei 225",
}
"""Names of the embedded series."""

NO_BREAK = "\u00a0"
"""Between words that stay on one line."""

SHOWN = 16
"""Returns of a chart."""


def timeline(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Additional duty of each side on the other as acts took effect, the acts in lanes above."""
    rows = [r for r in finite(rows_of(tables["events"]), *SIDES) if str(r["effective"])]
    rows = sorted(rows, key=lambda r: str(r["effective"]))
    if len(rows) < 2:
        return []
    by_day = _by_day(rows)
    first, last = str(rows[0]["effective"]), str(rows[-1]["effective"])
    high = max(rows, key=lambda r: r["usa_on_chn"])
    stands = {side: (worded(rows[-1][side], Unit.POINTS, 0), day(_last_change(rows, side))) for side in SIDES}
    peak = worded(high["usa_on_chn"], Unit.POINTS, 0)
    form = Course(
        series=tuple(_side(side, by_day) for side in SIDES),
        unit="percentage points",
        stepped=True,
        acts=tuple(dated_acts(tables["events"], first, last)),
        spots=tuple(_peak(rows, side) for side in SIDES),
    )
    return [
        Chart(
            name="timeline",
            table="events",
            title=f"US duties on China rose by {peak} points and stand {stands[SIDES[0]][0]} higher; "
            f"China's stand {stands[SIDES[1]][0]} higher",
            subtitle=f"Duty each side has added on all goods of the other since {day(first)}, percentage points",
            alt=f"The US duty on China peaks at {peak} points from {day(high['effective'])} and stands at "
            f"{stands[SIDES[0]][0]} since {stands[SIDES[0]][1]}; China's stands at {stands[SIDES[1]][0]} since "
            f"{stands[SIDES[1]][1]}.",
            unit="percentage points on top of earlier duties",
            digits=0,
            note="Duties on all goods that each side has added, summed over its tracks. Acts in blue: the United "
            "States; in orange: China. The acts named are those that moved most; the others are in the table.",
            source=about.source("events"),
            spec=lambda width: course(form, width),
            wide=True,
        )
    ]


def _side(side: str, by_day: Mapping[str, list[Row]]) -> Trace:
    """The level of a side, act by act."""
    points = tuple(
        (float(date.fromisoformat(iso_day).toordinal()), shown(several[-1][side], Unit.SHARE))
        for iso_day, several in by_day.items()
    )
    end = f"{points[-1][1]:.0f}"
    return Trace((f"{NAMES[side]} {end}", f"{BRIEF[side]} {end}"), points, COLOURS[NAMES[side]])


def _peak(rows: list[Row], side: str) -> Spot:
    """The highest level of a side."""
    top = max(rows, key=lambda r: r[side])
    text = worded(top[side], Unit.POINTS, 0)
    return Spot(ordinal_of(top, "effective"), shown(top[side], Unit.SHARE), (text,), COLOURS[NAMES[side]])


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


def markets(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Abnormal returns around events, with what is ordinary for the asset."""
    rows = finite(rows_of(tables["event_study"]), "abnormal", "error")
    if len(rows) < 2:
        return []
    ranked = sorted(rows, key=lambda r: -abs(r["abnormal"]))[:SHOWN]
    kept = [r for r in rows if r in ranked]
    drawn = [
        {
            "label": f"{_asset(r)}, {day(r['session']).replace(' ', NO_BREAK)}",
            "value": shown(r["abnormal"], Unit.SHARE),
            "low": shown(r["abnormal"] - BARS * r["error"], Unit.SHARE),
            "high": shown(r["abnormal"] + BARS * r["error"], Unit.SHARE),
            "text": worded(r["abnormal"], Unit.SHARE, 2, sign=True),
        }
        for r in kept
    ]
    first = ranked[0]
    return [
        Chart(
            name="markets",
            table="event_study",
            title=f"{_asset(first)} {'rose' if first['abnormal'] > 0 else 'fell'} by "
            f"{worded(abs(first['abnormal']), Unit.SHARE, 1)}; {first['rarity']}",
            subtitle="Return of the first session after the event beyond an ordinary one, %, with its error",
            alt=f"{_asset(first)} on {day(first['session'])}: "
            f"{worded(first['abnormal'], Unit.SHARE, 2, sign=True)}; {first['rarity']}.",
            unit="%",
            digits=2,
            note="Logarithmic return of the first session that closed after the event, less what the days before it "
            "let one expect. A bar that crosses zero is within 95% of ordinary days. Other news of the same session is "
            "not told apart.",
            source=about.source("event_study"),
            spec=lambda width: forms.intervals(drawn, width, "Abnormal return, %"),
        )
    ]


def _asset(row: Row) -> str:
    """Name of an asset for readers."""
    code = str(row["asset"])
    return ASSETS.get(code.lower(), code.upper())


def clocks(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """What waiting does: each side's payoff while there is no deal, month by month, and the end of stocks."""
    table = tables["clocks"]
    sides = [c.name for c in table.columns if c.unit is Unit.USD and c.name.upper() in PARTY]
    rows = finite(rows_of(table), "month", *sides)
    if not sides or len(rows) < 2:
        return []
    names = {side: about.country(side.upper()) for side in sides}
    end = rows[-1]
    form = Course(
        series=tuple(_clock(side, names[side], rows) for side in sides),
        unit="billion USD a year",
        dates=False,
        across="Months without a deal",
        acts=_stocks(rows),
        spots=tuple(Spot(float(end["month"]), shown(end[s], Unit.USD), (), PARTY.get(s.upper(), QUIET)) for s in sides),
        height=220,
    )
    summary = ", ".join(
        f"{names[s]} {worded(rows[0][s], Unit.USD, 0)} at first, {worded(end[s], Unit.USD, 0)} "
        f"in month {end['month']:.0f}"
        for s in sides
    )
    counts = next((WEIGHTS[word] for word in WEIGHTS if any(f"weights {word}" in n for n in table.notes)), "")
    return [
        Chart(
            name="clocks",
            table="clocks",
            title=_waiting(sides, names, rows),
            subtitle="Payoff while there is no deal, billion USD a year" + (f"; {counts}" if counts else ""),
            alt=f"Payoff a year without a deal, in billion USD: {summary}.",
            unit="billion USD a year",
            digits=0,
            note="Payoff of each side at the flows of the month while there is no deal, against the reference law of "
            "the case; below zero it loses. Month 0 is the day the law before the deal took hold.",
            source=about.source("clocks"),
            spec=lambda width: course(form, width),
        )
    ]


def _clock(side: str, name: str, rows: list[Row]) -> Trace:
    end = worded(rows[-1][side], Unit.USD, 0)
    points = tuple((float(r["month"]), shown(r[side], Unit.USD)) for r in rows)
    short = {"USA": "US"}.get(side.upper(), name)
    return Trace((f"{name} {end}", f"{short} {end}"), points, PARTY.get(side.upper(), QUIET))


def _stocks(rows: list[Row]) -> tuple[Notice, ...]:
    """The month in which buyers' stocks are gone, where they go."""
    ended = [r for r in rows if r.get("stock", 1.0) <= 0.0]
    if not ended or rows[0].get("stock", 0.0) <= 0.0:
        return ()
    month = float(ended[0]["month"])
    return (Notice(month, f"month {month:.0f}: buyers' stocks are gone", QUIET, 1.0),)


def _waiting(sides: list[str], names: Mapping[str, str], rows: list[Row]) -> str:
    """Whom waiting costs more and more."""
    drift = {s: rows[-1][s] - rows[0][s] for s in sides}
    worst = min(drift, key=lambda s: drift[s])
    first, last = (worded(abs(r[worst]), Unit.USD, 0) for r in (rows[0], rows[-1]))
    if drift[worst] >= 0:
        return f"Waiting costs neither side more: {in_sentence(names[worst])} loses {last} billion dollars a year"
    loses = "lose" if worded(rows[0][worst], Unit.USD, 0) == worded(rows[-1][worst], Unit.USD, 0) else ""
    if loses:
        return f"Waiting costs {in_sentence(names[worst])} {last} billion dollars a year throughout"
    return f"Waiting costs {in_sentence(names[worst])} more: {first} billion dollars a year becomes {last}"
