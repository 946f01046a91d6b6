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
from detente.faces.charts.frame import Chart, ChartSetting, Row, finite, first_variant, has, rows_of, shown, worded
from detente.faces.charts.theme import PARTY, SHAPE

SHOWN = 15
"""Countries or sectors of a chart."""


def incomes(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Real income of the countries it moves most, with the range over elasticities."""
    table, remark = first_variant(tables["world"])
    rows = sorted(finite(rows_of(table), "real_income"), key=lambda r: -r["real_income"])
    drawn = [_interval(about.country(r["country"]), r, "real_income") for r in rows[:SHOWN]]
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
            title="Real income of countries",
            alt=f"Over all countries of the world that was solved, real income changes from {bottom} to {top}.",
            unit="%",
            digits=2,
            note=f"{remark}Change {about.between} once trade, wages and prices have settled, as a share of real "
            "income (what a country's spending can buy). " + _range_note(ranged),
            source=about.source("world"),
            spec=lambda width: forms.intervals(drawn, width, "Change of real income, %"),
        )
    ]


def _range_note(ranged: bool) -> str:
    if ranged:
        return "Bars: lowest and highest over sets of trade elasticities (how far trade answers to price)."
    return "No range: the run left out the other sets of trade elasticities."


def _interval(label: str, row: Row, key: str, digits: int = 2) -> Row:
    low, high = float(row[f"{key}_low"]), float(row[f"{key}_high"])
    text = worded(row[key], Unit.SHARE, digits, sign=True)
    return {
        "label": label,
        "value": shown(row[key], Unit.SHARE),
        "low": shown(low if low == low else row[key], Unit.SHARE),
        "high": shown(high if high == high else row[key], Unit.SHARE),
        "text": text,
    }


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
    return charts


def _diverted(code: str, drawn: list[Row], remark: str, about: ChartSetting) -> Chart:
    buyer = about.the(code)
    largest = sorted(drawn, key=lambda row: -abs(row["value"]))[:2]
    each = [f"by {row['text']} billion USD a year from {in_sentence(row['label'])}" for row in largest]
    return Chart(
        name=f"diverted-{code.lower()}",
        table="diverted",
        title=f"Where the imports of {buyer} move",
        alt=f"Imports of {buyer} change most {' and '.join(each)}.",
        unit="billion USD a year",
        digits=1,
        note=f"{remark}The {len(drawn)} partners whose sales to it move most, goods and services, before duty; change "
        f"{about.between} once trade has settled.",
        source=about.source("diverted"),
        spec=lambda width: forms.bars(drawn, width, "Change of imports, billion USD a year"),
    )


def sectors(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Output of the sectors that move most, the parties side by side."""
    table, remark = first_variant(tables["sectors"])
    rows = finite(rows_of(table), "output")
    reach: dict[str, float] = {}
    for r in rows:
        reach[r["goods"]] = max(reach.get(r["goods"], 0.0), abs(r["output"]))
    kept = sorted(reach, key=lambda goods: -reach[goods])[:SHOWN]
    codes = list(dict.fromkeys(r["country"] for r in rows))
    drawn = [
        {"label": goods, "value": shown(r["output"], Unit.SHARE), "group": about.country(r["country"])}
        for goods in kept
        for r in rows
        if r["goods"] == goods
    ]
    first = max(rows, key=lambda r: abs(r["output"]))
    return [
        Chart(
            name="sectors",
            table="sectors",
            title="What the two parties produce",
            alt=f"Sales move most in {first['goods']} of {about.the(first['country'])}: "
            f"{worded(first['output'], Unit.SHARE, 1, sign=True)}.",
            unit="%",
            digits=1,
            note=f"{remark}Change of each sector's sales {about.between}; the {len(kept)} sectors that move most "
            "in either country. The rest is in the table.",
            source=about.source("sectors"),
            spec=lambda width: forms.points(drawn, width, "Change of sales, %", _parties(codes, about)),
        )
    ]


def _parties(codes: list[str], about: ChartSetting) -> dict[str, tuple[str, str]]:
    return {about.country(c): (PARTY.get(c, "#56606b"), SHAPE.get(c, "square")) for c in codes}


def elasticities(tables: Mapping[str, Table], about: ChartSetting) -> list[Chart]:
    """Real income of the parties under each published set of trade elasticities."""
    table, remark = first_variant(tables["elasticities"])
    rows = rows_of(table)
    drawn = [
        {"label": r["elasticities"], "value": shown(r[key], Unit.SHARE), "group": about.country(key.upper())}
        for r in rows
        for key in ("usa", "chn")
    ]
    low, high = (pick(r["usa"] for r in rows) for pick in (min, max))
    return [
        Chart(
            name="elasticities",
            table="elasticities",
            title="Real income under other trade elasticities",
            alt=f"Over {len(rows)} sets of trade elasticities, US real income changes by "
            f"{worded(low, Unit.SHARE, 2, sign=True)} to {worded(high, Unit.SHARE, 2, sign=True)}.",
            unit="%",
            digits=2,
            note=f"{remark}A trade elasticity says how many per cent trade falls when its price rises by one; each row "
            f"is one set. {_origins([str(r['elasticities']) for r in rows])}The first is the one used everywhere else.",
            source=about.source("elasticities"),
            spec=lambda width: forms.points(drawn, width, "Change of real income, %", _parties(["USA", "CHN"], about)),
        )
    ]


OWN_SETS = (("in-sample", "is estimated on the trade of this world"), ("uniform", "has one value for every sector"))
"""Beginnings of the names of sets that no authors have published, and what they are."""


def _origins(names: Sequence[str]) -> str:
    """Where the sets of elasticities are from: "Published sets are named after their authors; ..."."""
    own = [f"{name} {what}" for name in names for start, what in OWN_SETS if name.startswith(start)]
    return f"{'; '.join(['Published sets are named after their authors', *own])}. "
