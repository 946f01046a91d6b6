"""Charts of the record: the additional duty of both sides as acts took effect, what markets did, and the two clocks.

Tables and columns they draw:

* ``events`` announced, effective, actor, what, usa_on_chn, chn_on_usa (shares, blank where an act moves no level);
* ``event_study`` event, asset, session, abnormal, error, rarity;
* ``clocks`` month, one column a side (USD a year while there is no deal), stock (share left).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import Chart, ChartSetting, Row, day, finite, rows_of, shown, worded
from detente.faces.charts.theme import PARTY, QUIET

SIDES = ("usa_on_chn", "chn_on_usa")
NAMES = {"usa_on_chn": "United States on China", "chn_on_usa": "China on the United States"}
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

SHOWN = 16
"""Returns of a chart."""


def timeline(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Additional duty of each side on the other as acts took effect, the acts numbered beneath."""
    rows = [r for r in finite(rows_of(tables["events"]), *SIDES) if str(r["effective"])]
    rows = sorted(rows, key=lambda r: str(r["effective"]))
    if len(rows) < 2:
        return []
    acts = _by_day(rows)
    drawn = [
        {"at": iso_day, "value": shown(several[-1][side], Unit.SHARE), "group": NAMES[side]}
        for side in SIDES
        for iso_day, several in acts.items()
    ]
    ends = [_end(rows, side) for side in SIDES]
    marks = [{"at": iso_day, "number": str(i)} for i, iso_day in enumerate(acts, start=1)]
    legend = (
        f"({i}) {day(iso_day)}: {by_whom(several, about)}" for i, (iso_day, several) in enumerate(acts.items(), start=1)
    )
    high = max(rows, key=lambda r: r["usa_on_chn"])
    stands = {side: (worded(rows[-1][side], Unit.SHARE, 0), day(_last_change(rows, side))) for side in SIDES}
    peak = worded(high["usa_on_chn"], Unit.SHARE, 0)
    return [
        Chart(
            name="timeline",
            table="events",
            title=f"Additional duties of both sides since {day(rows[0]['effective'])}",
            alt=f"The US duty on China peaks at {peak} from {day(high['effective'])} and stands at "
            f"{stands[SIDES[0]][0]} since {stands[SIDES[0]][1]}; China's stands at {stands[SIDES[1]][0]} since "
            f"{stands[SIDES[1]][1]}.",
            unit="percentage points on top of earlier duties",
            digits=0,
            note=f"Duties on all goods that each side has added, summed over its tracks. Numbers: {'; '.join(legend)}.",
            source=about.source("events"),
            spec=lambda width: forms.line(
                drawn, width, "% added", dates=True, stepped=True, marks=marks, ends=ends, colours=COLOURS
            ),
            wide=True,
        )
    ]


def _by_day(rows: list[Row]) -> dict[str, list[Row]]:
    """Acts by the day on which they take effect; levels of a day are those of its last row."""
    acts: dict[str, list[Row]] = {}
    for r in rows:
        acts.setdefault(str(r["effective"]), []).append(r)
    return acts


def by_whom(acts: Sequence[Row], about: ChartSetting) -> str:
    """What each side did on one day: "China 34 points on all US goods; China 84 points in place of 34"."""
    words_by_side: dict[str, list[str]] = {}
    for r in acts:
        sides = " and ".join(about.country(code) for code in str(r.get("actor", "")).split("+") if code)
        what = str(r["what"])
        if what not in words_by_side.setdefault(sides, []):
            words_by_side[sides].append(what)
    return ", and ".join(
        f"{sides}: {'; '.join(whats)}" if sides else "; ".join(whats) for sides, whats in words_by_side.items()
    )


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


def _end(rows: list[Row], side: str) -> Row:
    """The peak of a side with its name."""
    top = max(rows, key=lambda r: r[side])
    days = [date.fromisoformat(str(r["effective"])) for r in (rows[0], top, rows[-1])]
    late = (days[1] - days[0]) > (days[2] - days[0]) / 2
    return {
        "at": str(top["effective"]),
        "value": shown(top[side], Unit.SHARE),
        "text": f"{NAMES[side]} {worded(top[side], Unit.SHARE, 0)}",
        "side": "left" if late else "right",
    }


def markets(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Abnormal returns around events, with what is ordinary for the asset."""
    rows = finite(rows_of(tables["event_study"]), "abnormal", "error")
    if not rows:
        return []
    ranked = sorted(rows, key=lambda r: -abs(r["abnormal"]))[:SHOWN]
    kept = [r for r in rows if r in ranked]
    drawn = [
        {
            "label": f"{_asset(r)}, {day(r['session'])}",
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
            title="What markets did, beyond an ordinary day",
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
    """What waiting does: each side's payoff while there is no deal, month by month."""
    table = tables["clocks"]
    sides = [c.name for c in table.columns if c.unit is Unit.USD and c.name.upper() in PARTY]
    rows = finite(rows_of(table), "month", *sides)
    if not sides or not rows:
        return []
    names = {side: about.country(side.upper()) for side in sides}
    drawn = [
        {"at": float(r["month"]), "value": shown(r[side], Unit.USD), "group": names[side]}
        for side in sides
        for r in rows
    ]
    end = rows[-1]
    ends = [
        {
            "at": float(end["month"]),
            "value": shown(end[side], Unit.USD),
            "text": f"{names[side]} {worded(end[side], Unit.USD, 0)}",
            "side": "left",
        }
        for side in sides
    ]
    summary = ", ".join(
        f"{names[s]} {worded(rows[0][s], Unit.USD, 0)} at first, {worded(end[s], Unit.USD, 0)} "
        f"in month {end['month']:.0f}"
        for s in sides
    )
    return [
        Chart(
            name="clocks",
            table="clocks",
            title="What waiting does to each side",
            alt=f"Payoff a year without a deal, in billion USD: {summary}.",
            unit="billion USD a year",
            digits=0,
            note="Payoff of each side at the flows of the month while there is no deal, against the reference law of "
            "the case; below zero it loses. Month 0 is the day the law before the deal took hold.",
            source=about.source("clocks"),
            spec=lambda width: forms.line(
                drawn,
                width,
                "billion USD a year",
                dates=False,
                across="Months without a deal",
                ends=ends,
                colours={names[s]: PARTY.get(s.upper(), QUIET) for s in sides},
            ),
        )
    ]
