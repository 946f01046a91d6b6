"""Chart of survival: the share of bargains alive by days of life, form by form, and the forecast of a deal beside it.

Table and columns it draws: ``track_steps`` form, days, alive (share), count, ends, read (day).
"""

from __future__ import annotations

from collections.abc import Mapping

from detente.codes import Table
from detente.codes.names import first_upper
from detente.codes.units import Unit
from detente.evidence.lives import in_steps
from detente.faces.charts.course import Course, Trace, course
from detente.faces.charts.frame import LEAST_CASES, Chart, ChartSetting, Row, rows_of, shown
from detente.faces.charts.theme import INK, PARTY, QUIET
from detente.lab.score.lives import FORECAST, WORDS

COLOURS = dict(zip(WORDS.values(), (PARTY["CHN"], PARTY["USA"], QUIET), strict=True))


def survival(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Bargains alive by day of life: the curve of each form in steps, its name and count at its end.

    None where no form has lived longer than another.
    """
    say = about.say
    lines: dict[str, list[Row]] = {}
    for row in rows_of(tables["track_steps"]):
        lines.setdefault(str(row["form"]), []).append(row)
    record = {name: rows for name, rows in lines.items() if name != FORECAST}
    ends = {name: float(rows[-1]["alive"]) for name, rows in record.items()}
    if len(set(ends.values())) < 2:
        return []
    form = Course(
        series=tuple(_trace(name, rows, about) for name, rows in lines.items()),
        unit=say("chart.unit_percent"),
        dates=False,
        across=say("chart.survival_axis"),
        stepped=True,
        height=260,
        say=say,
    )
    fewest = min(int(rows[0]["count"]) for rows in record.values())
    least, most = (pick(ends, key=lambda name: ends[name]) for pick in (min, max))
    parts = {
        "first": _spoken(least, about),
        "first_share": about.number(ends[least], Unit.SHARE, 0),
        "second": _spoken(most, about),
        "second_share": about.number(ends[most], Unit.SHARE, 0),
    }
    return [
        Chart(
            name="survival",
            table="track_steps",
            # A curve of few bargains bears no claim; the picture says how many there are.
            title=first_upper(say("chart.survival_few" if fewest < LEAST_CASES else "chart.survival_title", **parts)),
            subtitle=say("chart.survival_subtitle", day=about.day(str(next(iter(record.values()))[0]["read"]))),
            alt=say("chart.survival_alt", **parts),
            unit=say("chart.unit_percent"),
            digits=0,
            note=say("chart.survival_note"),
            source=about.source("deal_record"),
            spec=lambda width: course(form, width),
        )
    ]


def _trace(name: str, rows: list[Row], about: ChartSetting) -> Trace:
    """A curve with its names from long to short: form, share at its end, ended of all."""
    points = tuple((float(row["days"]), shown(row["alive"], Unit.SHARE)) for row in rows)
    end = about.number(rows[-1]["alive"], Unit.SHARE, 0)
    if name == FORECAST:
        end = about.number(in_steps(float(rows[-1]["alive"])), Unit.SHARE, 0)
        names = tuple(about.say(f"chart.survival_{form}", share=end) for form in ("forecast", "forecast_short"))
        return Trace(names, points, INK, dashed=True)
    short, counts = _spoken(name, about), {"ends": rows[0]["ends"], "all": rows[0]["count"]}
    names = (about.say("chart.survival_line", form=short, share=end, **counts), f"{short} {end}")
    return Trace(names, points, COLOURS[name])


def _spoken(name: str, about: ChartSetting) -> str:
    """A form as lines and sentences name it."""
    key = next(key for key, words in WORDS.items() if words == name)
    return about.say(f"outlook_{key}")
