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
from detente.codes.names import in_sentence
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.frame import (
    Chart,
    ChartSetting,
    Row,
    claimed,
    finite,
    first_variant,
    has,
    lowered,
    rows_of,
    shown,
    whose,
    worded,
)
from detente.faces.charts.theme import SHAPE, party_colours
from detente.faces.words.sides import adjective
from detente.lab.duties.among import two_sides
from detente.lab.spans import OVER
from detente.lab.world.tables import OPEN, sign_of

SHOWN = 15
"""Countries or sectors of a chart."""


def incomes(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Real income of the countries it moves most, with the range over elasticities; hollow where the sign is open."""
    table, remark = first_variant(tables["world"])
    rows = sorted(finite(rows_of(table), "real_income"), key=lambda r: -r["real_income"])
    drawn = [_interval(about.country(r["country"]), r, "real_income") for r in rows[:SHOWN]]
    if len(drawn) < 2 or not any(r["value"] for r in drawn):
        return []
    ranged = any(r["low"] != r["high"] for r in drawn)
    every = tables["incomes"] if has(tables, "incomes", "country", "real_income") else tables["world"]
    whole = sorted(finite(rows_of(first_variant(every)[0]), "real_income"), key=lambda r: -r["real_income"])
    top, bottom = (
        f"{worded(r['real_income'], Unit.SHARE, 2, sign=True)} in {about.the(r['country'])}"
        for r in (whole[0], whole[-1])
    )
    return [
        Chart(
            name="incomes",
            table="world",
            title=ends_of(whole, about),
            subtitle=f"Change of real income {about.between}, %, once trade has settled",
            alt=f"Over all countries of the world that was solved, real income changes from {bottom} to {top}.",
            unit="%",
            digits=2,
            note=f"{remark}Change {about.between} once trade, wages and prices have settled, as a share of real "
            "income (what a country's spending can buy). "
            + _range_note(ranged)
            + (" Open, hollow point: the range holds both signs." if any(open_sign(r) for r in drawn) else ""),
            source=about.source("world"),
            spec=lambda width: forms.intervals(drawn, width, "Change of real income, %"),
        )
    ]


def open_sign(row: Row) -> bool:
    """Whether a range, per cent, bears out neither a gain nor a loss that can be seen."""
    return sign_of(*(float(row[key]) / 100.0 for key in ("value", "low", "high"))) == OPEN


def ends_of(rows: Sequence[Row], about: ChartSetting) -> str:
    """Who gains and who loses most, as a title; rows from the highest to the lowest."""
    best, worst = rows[0], rows[-1]
    most, least = (worded(abs(r["real_income"]), Unit.SHARE, 2) for r in (best, worst))
    up, down = (about.the(r["country"]) for r in (best, worst))
    if best["real_income"] <= 0:
        return claimed(f"{down} loses most, {least}; nobody gains")
    if worst["real_income"] >= 0:
        return claimed(f"{up} gains most, {most}; nobody loses")
    if best["real_income"] < FAINT * -worst["real_income"]:
        return claimed(f"{down} loses most, {least} of real income")
    if -worst["real_income"] < FAINT * best["real_income"]:
        return claimed(f"{up} gains most, {most} of real income")
    return claimed(f"{up} gains {most} of real income, {down} loses {least}")


FAINT = 0.25
"""Share of the largest move below which one to the other side is no finding."""


def _range_note(ranged: bool) -> str:
    if ranged:
        return f"Bars: the range over {OVER}, or of joint draws where the run has them."
    return "No range: the run left out what ranges run over."


def _interval(label: str, row: Row, key: str, digits: int = 2) -> Row:
    low, high = float(row[f"{key}_low"]), float(row[f"{key}_high"])
    text = worded(row[key], Unit.SHARE, digits, sign=True)
    ends = {
        "low": shown(low if low == low else row[key], Unit.SHARE),
        "high": shown(high if high == high else row[key], Unit.SHARE),
    }
    value = {"value": shown(row[key], Unit.SHARE)}
    label_text = f"{text}, open" if open_sign({**value, **ends}) else text
    return {"label": label, **value, **ends, "text": label_text}


def diverted(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """From whom each party buys more or less."""
    table, remark = first_variant(tables["diverted"])
    charts = []
    for code in dict.fromkeys(table["importer"].tolist()):
        rows = sorted((r for r in rows_of(table) if r["importer"] == code), key=lambda r: -r["change"])
        drawn = [
            {
                "label": about.country(r["exporter"]),
                "value": shown(r["change"], Unit.USD),
                "text": worded(r["change"], Unit.USD, 1, sign=True),
            }
            for r in rows
        ]
        charts.append(_diverted(code, drawn, remark, about))
    return [chart for chart in charts if chart]


def _diverted(code: str, drawn: list[Row], remark: str, about: ChartSetting) -> Chart | None:
    """None where fewer than two partners' sales move."""
    moved = [row for row in drawn if row["text"].strip("+\u2212") != "0.0"]
    if len(moved) < 2:
        return None
    buyer = about.the(code)
    largest = sorted(moved, key=lambda row: -abs(row["value"]))[:2]
    each = [f"by {row['text']} billion USD a year from {in_sentence(row['label'])}" for row in largest]
    first = largest[0]
    verb = "rise" if first["value"] > 0 else "fall"
    return Chart(
        name=f"diverted-{code.lower()}",
        table="diverted",
        title=claimed(
            f"{whose(about.country(code)).removeprefix('the ')} imports from {in_sentence(first['label'])} {verb} by "
            f"{first['text'].strip(SIGNS)} billion dollars"
        ),
        subtitle=f"Change of imports by partner {about.between}, billion USD a year, once trade has settled",
        alt=f"Imports of {buyer} change most {' and '.join(each)}.",
        unit="billion USD a year",
        digits=1,
        note=f"{remark}The {len(drawn)} partners whose sales to it move most, goods and services, before duty; change "
        f"{about.between} once trade has settled.",
        source=about.source("diverted"),
        spec=lambda width: forms.bars(drawn, width, "Change of imports, billion USD a year"),
    )


SIGNS = "+\u2212"


def sectors(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Output and jobs of the sectors that move most, one chart a party."""
    table, remark = first_variant(tables["sectors"])
    rows = finite(rows_of(table), "output")
    codes = list(dict.fromkeys(str(r["country"]) for r in rows))
    drawn = [_sectors(code, [r for r in rows if r["country"] == code], remark, about) for code in codes]
    return [chart for chart in drawn if chart]


TEN = 10
"""Sectors of a chart."""


def _sectors(code: str, rows: list[Row], remark: str, about: ChartSetting) -> Chart | None:
    """None where nothing moves by a tenth of a per cent."""
    kept = sorted(rows, key=lambda r: -abs(r["output"]))[:TEN]
    if len(kept) < 2 or abs(kept[0]["output"]) < 5e-4:
        return None
    first = kept[0]
    kept = sorted(kept, key=lambda r: -r["output"])
    drawn = [_sector(r) for r in kept]
    change = worded(first["output"], Unit.SHARE, 1, sign=True)
    who = whose(about.country(code)).removeprefix("the ")
    verb = "rises" if first["output"] > 0 else "falls"
    jobs = "; stroke: change of jobs" if "mark" in drawn[0] else ""
    return Chart(
        name=f"sectors-{code.lower()}",
        table="sectors",
        title=claimed(f"{who} output of {lowered(str(first['goods']))} {verb} by {change.strip(SIGNS)}"),
        subtitle=f"Change of output {about.between}, %, sectors that move most{jobs}",
        alt=f"Sales move most in {first['goods']} of {about.the(code)}: {change}.",
        unit="%",
        digits=1,
        note=f"{remark}Change of each sector's sales {about.between}; the {len(kept)} sectors that move most"
        + (". Work as a whole stays as it is: jobs move between sectors" if jobs else "")
        + ". The rest is in the table.",
        source=about.source("sectors"),
        spec=lambda width: forms.bars(drawn, width, "Change, %"),
    )


def _sector(row: Row) -> Row:
    """Bar of output, and a stroke for jobs where they are known."""
    text = worded(row["output"], Unit.SHARE, 1, sign=True)
    drawn = {"label": str(row["goods"]), "value": shown(row["output"], Unit.SHARE), "text": text}
    jobs = float(row.get("employment", "nan"))
    return {**drawn, "mark": shown(jobs, Unit.SHARE)} if jobs == jobs else drawn


def _parties(codes: list[str], about: ChartSetting) -> dict[str, tuple[str, str]]:
    colours = party_colours(codes)
    return {about.country(c): (colours[c], SHAPE.get(c, "square")) for c in codes}


def elasticities(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Real income of the parties under each published set of trade elasticities."""
    table, remark = first_variant(tables["elasticities"])
    rows, sides = rows_of(table), two_sides(tables)
    first = f"{adjective(sides[0])} real income"
    keys = [code.lower() for code in sides]
    drawn = [
        {"label": r["elasticities"], "value": shown(r[key], Unit.SHARE), "group": about.country(key.upper())}
        for r in rows
        for key in keys
    ]
    low, high = (pick(r[keys[0]] for r in rows) for pick in (min, max))
    if len(rows) < 2 or not any(row["value"] for row in drawn):
        return []
    ends = [worded(end, Unit.SHARE, 2, sign=True) for end in (low, high)]
    return [
        Chart(
            name="elasticities",
            table="elasticities",
            title=f"{first} changes by {ends[0]} to {ends[1]}, whichever elasticities are taken",
            subtitle=f"Change of real income {about.between}, %, by set of trade elasticities",
            alt=f"Over {len(rows)} sets of trade elasticities, {first} changes by {ends[0]} to {ends[1]}.",
            unit="%",
            digits=2,
            note=f"{remark}A trade elasticity says how many per cent trade falls when its price rises by one; each row "
            f"is one set. {_origins([str(r['elasticities']) for r in rows])}The first is the one used everywhere else.",
            source=about.source("elasticities"),
            spec=lambda width: forms.points(drawn, width, "Change of real income, %", _parties([*sides], about)),
        )
    ]


OWN_SETS = (("in-sample", "is estimated on the trade of this world"), ("uniform", "has one value for every sector"))
"""Beginnings of the names of sets that no authors have published, and what they are."""


def _origins(names: Sequence[str]) -> str:
    """Where the sets of elasticities are from: "Published sets are named after their authors; ..."."""
    own = [f"{name} {what}" for name in names for start, what in OWN_SETS if name.startswith(start)]
    return f"{'; '.join(['Published sets are named after their authors', *own])}. "
