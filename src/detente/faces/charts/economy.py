"""Charts of the world economy: real income by country with its range, whence imports move, sectors, elasticities.

Tables and columns they draw:

* ``incomes`` (every country) or ``world`` (those that move most): variant, country, real_income, real_income_low,
  real_income_high;
* ``economy`` variant, measure, country, change, low, high, low_set, high_set;
* ``diverted`` variant, importer, exporter, change (USD);
* ``sectors`` variant, country, sector, goods, output, employment, exports, imports, price;
* ``elasticities`` variant, elasticities, usa, chn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.codes import Table
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import (
    Chart,
    ChartSetting,
    Row,
    claimed,
    finite,
    has,
    rows_of,
    shown,
)
from detente.faces.charts.theme import SHAPE, party_colours
from detente.faces.words.number import OWN_SETS, WORLD_OVER, set_name
from detente.lab.duties.among import two_sides
from detente.lab.world.tables import OPEN, sign_of

SHOWN = 15
"""Countries or sectors of a chart."""


def incomes(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Real income of the countries it moves most, with the range over elasticities; hollow where the sign is open."""
    table, remark = about.first_variant(tables["world"])
    most = sorted(finite(rows_of(table), "real_income"), key=lambda r: -abs(r["real_income"]))[:SHOWN]
    rows = sorted(most, key=lambda r: -r["real_income"])
    drawn = [_interval(about.country(r["country"]), r, about) for r in rows]
    if len(drawn) < 2 or not any(r["value"] for r in drawn):
        return []
    ranged = any(r["low"] != r["high"] for r in drawn)
    every = tables["incomes"] if has(tables, "incomes", "country", "real_income") else tables["world"]
    whole = sorted(finite(rows_of(about.first_variant(every)[0]), "real_income"), key=lambda r: -r["real_income"])
    top, bottom = (
        f"{about.number(r['real_income'], Unit.SHARE, 2, sign=True)} {about.within(r['country'])}"
        for r in (whole[0], whole[-1])
    )
    say, open_ = about.say, any(open_sign(r) for r in drawn)
    return [
        Chart(
            name="incomes",
            table="world",
            title=ends_of(whole, about),
            subtitle=say("chart.income_subtitle", between=about.between),
            alt=say("chart.income_alt", bottom=bottom, top=top),
            unit=say("chart.unit_percent"),
            digits=2,
            note=about.note(
                remark,
                say("chart.income_note", between=about.between),
                say("chart.income_ranged", over=WORLD_OVER) if ranged else say("chart.income_not_ranged"),
                say("chart.income_open") if open_ else "",
            ),
            source=about.source("world"),
            spec=lambda width: forms.intervals(drawn, width, say("chart.income_axis"), hollow=say("chart.all_open")),
        )
    ]


def open_sign(row: Row) -> bool:
    """Whether a range, per cent, bears out neither a gain nor a loss that can be seen."""
    return sign_of(*(float(row[key]) / 100.0 for key in ("value", "low", "high"))) == OPEN


def ends_of(rows: Sequence[Row], about: ChartSetting) -> str:
    """Who gains and who loses most, as a title; rows from the highest to the lowest."""
    best, worst = rows[0], rows[-1]
    most, least = (about.number(abs(r["real_income"]), Unit.SHARE, 2) for r in (best, worst))
    up, down = (about.subject(r["country"]) for r in (best, worst))
    if best["real_income"] <= 0:
        return claimed(about.say("chart.income_nobody_gains", country=down, number=least))
    if worst["real_income"] >= 0:
        return claimed(about.say("chart.income_nobody_loses", country=up, number=most))
    if best["real_income"] < FAINT * -worst["real_income"]:
        return claimed(about.say("chart.income_loses", country=down, number=least))
    if -worst["real_income"] < FAINT * best["real_income"]:
        return claimed(about.say("chart.income_gains", country=up, number=most))
    return claimed(about.say("chart.income_both", up=up, most=most, down=down, least=least))


FAINT = 0.25
"""Share of the largest move below which one to the other side is no finding."""


def _interval(label: str, row: Row, about: ChartSetting) -> Row:
    key = "real_income"
    low, high = (float(row.get(f"{key}_{end}", "nan")) for end in ("low", "high"))
    text = about.number(row[key], Unit.SHARE, 2, sign=True)
    ends = {
        "low": shown(low if low == low else row[key], Unit.SHARE),
        "high": shown(high if high == high else row[key], Unit.SHARE),
    }
    value = {"value": shown(row[key], Unit.SHARE)}
    label_text = f"{text}{about.say('chart.all_open')}" if open_sign({**value, **ends}) else text
    return {"label": label, **value, **ends, "text": label_text}


def diverted(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """From whom each party buys more or less."""
    table, remark = about.first_variant(tables["diverted"])
    charts = []
    for code in dict.fromkeys(table["importer"].tolist()):
        rows = sorted((r for r in rows_of(table) if r["importer"] == code), key=lambda r: -r["change"])
        drawn = [
            {
                "label": about.country(r["exporter"]),
                "value": shown(r["change"], Unit.USD),
                "text": about.number(r["change"], Unit.USD, 1, sign=True),
            }
            for r in rows
        ]
        charts.append(_diverted(code, rows, drawn, remark, about))
    return [chart for chart in charts if chart]


def _diverted(code: str, rows: list[Row], drawn: list[Row], remark: str, about: ChartSetting) -> Chart | None:
    """None where fewer than two partners' sales move."""
    say, unit, nothing = about.say, about.say("chart.unit_billion_a_year"), about.number(0.0, Unit.USD, 1)
    moved = [(row, r) for row, r in zip(drawn, rows, strict=True) if row["text"].strip(SIGNS) != nothing]
    if len(moved) < 2:
        return None
    largest = sorted(moved, key=lambda pair: -abs(pair[0]["value"]))[:2]
    each = [
        say("chart.diverted_by", amount=row["text"], unit=unit, origin=about.origin(r["exporter"]))
        for row, r in largest
    ]
    first, origin = largest[0][0], about.origin(largest[0][1]["exporter"])
    verb = "rise" if first["value"] > 0 else "fall"
    owner = about.owner(code).removeprefix("the ")
    return Chart(
        name=f"diverted-{code.lower()}",
        table="diverted",
        title=claimed(say(f"chart.diverted_{verb}", owner=owner, origin=origin, amount=first["text"].strip(SIGNS))),
        subtitle=say("chart.diverted_subtitle", between=about.between, unit=unit),
        alt=say("chart.diverted_alt", of_country=about.of(code), each=f" {say('and')} ".join(each)),
        unit=unit,
        digits=1,
        note=about.note(remark, say("chart.diverted_note", number=len(drawn), between=about.between)),
        source=about.source("diverted"),
        spec=lambda width: forms.bars(drawn, width, say("chart.diverted_axis", unit=unit)),
    )


SIGNS = "+\u2212"


def sectors(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Output and jobs of the sectors that move most, one chart a party."""
    table, remark = about.first_variant(tables["sectors"])
    rows = finite(rows_of(table), "output")
    codes = list(dict.fromkeys(str(r["country"]) for r in rows))[:FEW]
    drawn = [_sectors(code, [r for r in rows if r["country"] == code], remark, about) for code in codes]
    return [chart for chart in drawn if chart]


TEN, FEW = 10, 4
"""Sectors of a chart, and countries that have one."""


def _sectors(code: str, rows: list[Row], remark: str, about: ChartSetting) -> Chart | None:
    """None where nothing moves by a tenth of a per cent."""
    kept = sorted(rows, key=lambda r: -abs(r["output"]))[:TEN]
    if len(kept) < 2 or abs(kept[0]["output"]) < 5e-4:
        return None
    first = kept[0]
    kept = sorted(kept, key=lambda r: -r["output"])
    drawn = [_sector(r, about) for r in kept]
    change = about.number(first["output"], Unit.SHARE, 1, sign=True)
    who = about.owner(code).removeprefix("the ")
    verb = "rises" if first["output"] > 0 else "falls"
    say, jobs = about.say, "_with_jobs" if "mark" in drawn[0] else ""
    return Chart(
        name=f"sectors-{code.lower()}",
        table="sectors",
        title=claimed(
            say(
                f"chart.sectors_{verb}",
                owner=who,
                goods=about.goods(str(first["goods"])),
                change=change.strip(SIGNS),
            )
        ),
        subtitle=say(f"chart.sectors_subtitle{jobs}", between=about.between),
        alt=say("chart.sectors_alt", goods=str(first["goods"]), of_country=about.of(code), change=change),
        unit=say("chart.unit_percent"),
        digits=1,
        note=about.note(
            remark,
            say("chart.sectors_note", between=about.between, number=len(kept)),
            say("chart.sectors_jobs") if jobs else "",
            say("chart.sectors_rest"),
        ),
        source=about.source("sectors"),
        spec=lambda width: forms.bars(drawn, width, say("chart.sectors_axis")),
    )


def _sector(row: Row, about: ChartSetting) -> Row:
    """Bar of output, and a stroke for jobs where they are known."""
    text = about.number(row["output"], Unit.SHARE, 1, sign=True)
    drawn = {"label": str(row["goods"]), "value": shown(row["output"], Unit.SHARE), "text": text}
    jobs = float(row.get("employment", "nan"))
    return {**drawn, "mark": shown(jobs, Unit.SHARE)} if jobs == jobs else drawn


def _parties(codes: list[str], about: ChartSetting) -> dict[str, tuple[str, str]]:
    colours = party_colours(codes)
    return {about.country(c): (colours[c], SHAPE.get(c, "square")) for c in codes}


def elasticities(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Real income of the parties under each published set of trade elasticities."""
    table, remark = about.first_variant(tables["elasticities"])
    rows, sides = rows_of(table), two_sides(tables)
    say, whom = about.say, about.say.country(sides[0], "adjective")
    keys = [code.lower() for code in sides]
    drawn = [
        {
            "label": set_name(str(r["elasticities"])),
            "value": shown(r[key], Unit.SHARE),
            "group": about.country(key.upper()),
        }
        for r in rows
        for key in keys
    ]
    low, high = (pick(r[keys[0]] for r in rows) for pick in (min, max))
    if len(rows) < 2 or not any(row["value"] for row in drawn):
        return []
    bottom, top = (about.number(end, Unit.SHARE, 2, sign=True) for end in (low, high))
    return [
        Chart(
            name="elasticities",
            table="elasticities",
            title=claimed(say("chart.elasticities_title", whom=whom, bottom=bottom, top=top)),
            subtitle=say("chart.elasticities_subtitle", between=about.between),
            alt=say("chart.elasticities_alt", number=len(rows), whom=whom, bottom=bottom, top=top),
            unit=say("chart.unit_percent"),
            digits=2,
            note=about.note(
                remark,
                say("chart.elasticities_note"),
                _origins([str(r["elasticities"]) for r in rows], about),
                say("chart.elasticities_first"),
            ),
            source=about.source("elasticities"),
            spec=lambda width: forms.points(drawn, width, say("chart.income_axis"), _parties([*sides], about)),
        )
    ]


def _origins(names: Sequence[str], about: ChartSetting) -> str:
    """Where the sets of elasticities are from: "Published sets are named after their authors; ..."."""
    own = [
        about.say(f"chart.elasticities_{what}", name=name)
        for name in names
        for start, what in OWN_SETS.items()
        if name.startswith(start)
    ]
    return f"{about.listed([about.say('chart.elasticities_published'), *own])}."
