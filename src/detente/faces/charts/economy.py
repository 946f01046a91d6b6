"""Charts of the world economy: real income by country, whose trade moves, sectors, and what results rest on.

Tables and columns they draw:

* ``incomes`` (every country) or ``world`` (those that move most): variant, country, real_income, real_income_low,
  real_income_high;
* ``diverted`` variant, importer, exporter, change (USD); ``country_exports``, ``country_imports`` partner, change, and
  ``country_duties`` exporter, side: whose they are;
* ``sectors`` variant, country, sector, goods, output, employment, exports, imports, price;
* ``elasticities`` variant, elasticities, usa, chn; ``closures`` variant, closure, usa, chn;
* ``path`` length, country, quarter, real_income, of the first country;
* ``laffer`` rate, revenue; ``decoupling`` step, trade_left, first, second, others;
* ``decomposition_first_order`` part, exact; the last row is the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from detente.codes.names import first_upper
from detente.codes.units import Unit
from detente.faces.charts import forms
from detente.faces.charts.course import Course, Notice, Trace, course
from detente.faces.charts.duties import step
from detente.faces.charts.frame import SIGNS, Chart, ChartSetting, Row, Tables, finite, has, lowered, rows_of, shown
from detente.faces.charts.theme import AFTER, GAIN, INK, LOSS, PARTY, QUIET, SHAPE, party_colours
from detente.faces.charts.world_map import world
from detente.faces.words.number import OWN_SETS, WORLD_OVER, set_name
from detente.faces.words.world import PARTS
from detente.lab.country.partners import FACES
from detente.lab.duties.among import two_sides
from detente.lab.world.incidence import CLOSURES
from detente.lab.world.tables import OPEN, sign_of

#: Countries of a chart; sectors or partners of one; countries that have one of sectors.
SHOWN, TEN, FEW = 15, 10, 4

#: Share of the largest move below which one to the other side is no finding.
FAINT = 0.25

#: Times the rate that raises most revenue up to which the curve is drawn.
REACH = 4.0

ENDS = ("real_income", "real_income_low", "real_income_high")


def incomes(tables: Tables, about: ChartSetting) -> Chart | None:
    """Real income of the countries it moves most, with the range over elasticities; hollow where the sign is open."""
    rows, remark = about.rows(tables["world"], "real_income")
    most = sorted(rows, key=lambda r: -abs(r["real_income"]))[:SHOWN]
    drawn = [_interval(r, about) for r in sorted(most, key=lambda r: -r["real_income"])]
    if len(drawn) < 2 or not any(r["value"] for r in drawn):
        return None
    every = tables["incomes"] if has(tables, "incomes", "country", "real_income") else tables["world"]
    whole = sorted(about.rows(every, "real_income")[0], key=lambda r: -r["real_income"])
    say, ranged = about.say, any(r["low"] != r["high"] for r in drawn)
    note = (remark, "note", "ranged" if ranged else "not_ranged", "open" if any(r["open"] for r in drawn) else "")
    return about.chart(
        "income", "world", lambda width: forms.intervals(drawn, width, say("chart.income_axis")), "percent", 2,
        name="incomes", title=_extremes(whole, about), note=note, over=WORLD_OVER,
        top=_where(whole[0], about), bottom=_where(whole[-1], about),
    )  # fmt: skip


def world_map(tables: Tables, about: ChartSetting) -> Chart | None:
    """Change of real income of every country, as a map; of the countries of `world` where there is no more."""
    table, remark = about.first_variant(tables["incomes"] if "incomes" in tables else tables["world"])
    rows = sorted(finite(rows_of(table), "real_income"), key=lambda r: -r["real_income"])
    values = {str(r["country"]): float(r["real_income"]) for r in rows}
    if not any(abs(value) >= 5e-5 for value in values.values()):
        return None
    unsure = frozenset(str(r["country"]) for r in rows if _open(r))
    only, hatched = "" if table.name == "incomes" else "only", "hatched" if unsure else ""
    return about.chart(
        "map", table.name, lambda width: world(values, unsure, about, width), "percent", 2, wide=True,
        title=_extremes(rows, about), subtitle=about.say("chart.income_subtitle", between=about.between),
        note=(remark, only, "note", hatched, "dots", "boundaries"), best=_where(rows[0], about),
        worst=_where(rows[-1], about), source=about.listed([about.source, about.say("chart.map_shapes")]),
    )  # fmt: skip


def _open(row: Row) -> bool:
    """Whether a range bears out neither a gain nor a loss that can be seen."""
    value, low, high = (float(row.get(key, "nan")) for key in ENDS)
    return low == low and high == high and sign_of(value, low, high) == OPEN


def _where(row: Row, about: ChartSetting) -> str:
    return f"{about.share(row['real_income'], 2, sign=True)} in {about.the(row['country'])}"


def _extremes(rows: Sequence[Row], about: ChartSetting) -> str:
    """Who gains and who loses most, as a title; rows from the highest to the lowest."""
    best, worst = rows[0]["real_income"], rows[-1]["real_income"]
    up, down = (about.the(r["country"]) for r in (rows[0], rows[-1]))
    most, least = about.share(abs(best), 2), about.share(abs(worst), 2)
    if best <= 0:
        key = "nobody_gains"
    elif worst >= 0:
        key = "nobody_loses"
    else:
        key = "loses" if best < FAINT * -worst else "gains" if -worst < FAINT * best else "both"
    return about.say(f"chart.income_{key}", up=up, most=most, down=down, least=least)


def _interval(row: Row, about: ChartSetting) -> Row:
    value, *ends = (float(row.get(key, "nan")) for key in ENDS)
    low, high = (end if end == end else value for end in ends)
    text, unsure = about.share(value, 2, sign=True), sign_of(value, low, high) == OPEN
    places = {"value": shown(value), "low": shown(low), "high": shown(high), "open": unsure}
    return {"label": about.country(row["country"]), **places, "text": text + about.say("chart.all_open") * unsure}


def _change_bars(rows: Sequence[Row], key: str, about: ChartSetting) -> list[Row]:
    """Bars of the changes of trade that can be seen, from the largest rise to the largest fall."""
    nothing = about.number(0.0, Unit.USD, 1)
    drawn = [
        {"label": about.country(r[key]), "value": shown(r["change"], Unit.USD), "code": str(r[key]),
         "text": about.number(r["change"], Unit.USD, 1, sign=True)}
        for r in sorted(rows, key=lambda r: -r["change"])
    ]  # fmt: skip
    return [row for row in drawn if row["text"].strip(SIGNS) != nothing]


def diverted(tables: Tables, about: ChartSetting) -> list[Chart]:
    """From whom each party buys more or less; none of a party of whose partners fewer than two move."""
    table, remark = about.first_variant(tables["diverted"])
    unit, charts = about.unit("billion_a_year"), list[Chart]()
    axis = about.say("chart.diverted_axis", unit=unit)
    for code in dict.fromkeys(table["importer"].tolist()):
        rows = [r for r in rows_of(table) if r["importer"] == code]
        drawn = _change_bars(rows, "exporter", about)
        if len(drawn) < 2:
            continue
        largest = sorted(drawn, key=lambda row: -abs(row["value"]))[:2]
        each = [
            about.say("chart.diverted_by", amount=row["text"], unit=unit, partner=about.the(row["code"]))
            for row in largest
        ]
        charts += [
            about.chart(
                "diverted", "diverted", partial(forms.bars, drawn, title=axis), "billion_a_year", 1,
                name=f"diverted-{code.lower()}", title="rise" if largest[0]["value"] > 0 else "fall",
                note=(remark, "note"), owner=about.owner(code).removeprefix("the "), number=len(drawn),
                partner=about.the(largest[0]["code"]), amount=largest[0]["text"].strip(SIGNS), country=about.the(code),
                each=f" {about.say('and')} ".join(each),
            )
        ]  # fmt: skip
    return charts


def country_trade(tables: Tables, about: ChartSetting, *, what: str) -> Chart | None:
    """Exports or imports of one country by partner, those that move most; none where fewer than two move."""
    name = f"country_{what}"
    # Whose goods face duties is the country that all tables are of.
    code = next(str(row["exporter"]) for row in rows_of(tables["country_duties"]) if row["side"] == FACES)
    most = sorted(rows_of(tables[name]), key=lambda row: -abs(row["change"]))[:TEN]
    drawn = _change_bars(most, "partner", about)
    if len(drawn) < 2:
        return None
    first = max(drawn, key=lambda row: abs(row["value"]))
    axis = about.say(f"chart.{name}_axis", unit=about.unit("billion_a_year"))
    return about.chart(
        name, name, lambda width: forms.bars(drawn, width, axis), "billion_a_year", 1,
        title="rise" if first["value"] > 0 else "fall", note=(about.say("chart.country_note", number=len(drawn)),),
        owner=about.owner(code), partner=about.the(most[0]["partner"]), amount=first["text"].strip(SIGNS),
        moved=first["text"],
    )  # fmt: skip


country_exports, country_imports = (partial(country_trade, what=what) for what in ("exports", "imports"))


def sectors(tables: Tables, about: ChartSetting) -> list[Chart]:
    """Output and jobs of the sectors that move most, one chart a party; none where none moves by a tenth of a point."""
    (rows, remark), charts = about.rows(tables["sectors"], "output"), list[Chart]()
    for code in list(dict.fromkeys(str(r["country"]) for r in rows))[:FEW]:
        kept = sorted((r for r in rows if r["country"] == code), key=lambda r: -abs(r["output"]))[:TEN]
        if len(kept) < 2 or abs(kept[0]["output"]) < 5e-4:
            continue
        drawn = [_sector(r, about) for r in sorted(kept, key=lambda r: -r["output"])]
        first, jobs = kept[0], "mark" in drawn[0]
        change = about.share(first["output"], sign=True)
        charts += [
            about.chart(
                "sectors", "sectors", partial(forms.bars, drawn, title=about.say("chart.sectors_axis")), "percent", 1,
                name=f"sectors-{code.lower()}", title="rises" if first["output"] > 0 else "falls",
                subtitle="subtitle_with_jobs" if jobs else "subtitle",
                note=(remark, "note", "jobs" if jobs else "", "rest"), owner=about.owner(code).removeprefix("the "),
                goods=lowered(str(first["goods"])), what=str(first["goods"]), size=change.strip(SIGNS),
                change=change, country=about.the(code), number=len(kept),
            )
        ]  # fmt: skip
    return charts


def _sector(row: Row, about: ChartSetting) -> Row:
    """Bar of output, and a stroke for jobs where they are known."""
    jobs = float(row.get("employment", "nan"))
    drawn = {"label": str(row["goods"]), "value": shown(row["output"]), "text": about.share(row["output"], sign=True)}
    return {**drawn, "mark": shown(jobs)} if jobs == jobs else drawn


def elasticities(tables: Tables, about: ChartSetting) -> Chart | None:
    """Real income of the parties under each published set of trade elasticities."""
    (rows, remark), sides, say = about.rows(tables["elasticities"]), two_sides(tables), about.say
    drawn = [
        {"label": set_name(str(r["elasticities"])), "value": shown(r[code.lower()]), "group": about.country(code)}
        for r in rows
        for code in sides
    ]
    if len(rows) < 2 or not any(row["value"] for row in drawn):
        return None
    own = [say("chart.elasticities_published")]
    own += [
        say(f"chart.elasticities_{what}", name=r["elasticities"])
        for r in rows
        for start, what in OWN_SETS.items()
        if str(r["elasticities"]).startswith(start)
    ]
    bottom, top = (about.share(pick(r[sides[0].lower()] for r in rows), 2, sign=True) for pick in (min, max))
    colours = party_colours(sides)
    looks = {about.country(code): (colours[code], SHAPE.get(code, "square")) for code in sides}
    return about.chart(
        "elasticities", "elasticities", lambda width: forms.dots(drawn, width, say("chart.income_axis"), looks),
        "percent", 2, note=(remark, "note", f"{about.listed(own)}.", "first"),
        number=len(rows), whom=say.country(sides[0], "adjective"), bottom=bottom, top=top,
    )  # fmt: skip


def closures(tables: Tables, about: ChartSetting) -> Chart | None:
    """What the closure of trade balances does to the real income of both sides: a point a closure, within their range.

    None where one closure alone was solved, or nothing moves; rows that are no closure stand in the table alone.
    """
    table, remark = about.first_variant(tables["closures"])
    sides = [code for code in two_sides(tables) if code.lower() in table.data]
    rows = [r for r in finite(rows_of(table), *(code.lower() for code in sides)) if r["closure"] in CLOSURES]
    if len(rows) < 2 or not sides:
        return None
    drawn, spans, sentences, say = list[Row](), dict[str, float](), list[str](), about.say
    titles = dict[str, str]()
    for code in sides:
        values = [float(r[code.lower()]) for r in rows]
        low, high = (about.share(end, 2, sign=True) for end in (min(values), max(values)))
        for r, value in zip(rows, values, strict=True):
            label = say(f"chart.closures_{r['closure'].replace('-', '_')}", country=about.brief(code))
            places = {"value": shown(value), "low": shown(min(values)), "high": shown(max(values))}
            drawn.append({"label": label, **places, "text": about.share(value, 2, sign=True)})
        spans[code] = max(values) - min(values)
        sentences.append(say("chart.closures_told", country=about.country(code), low=low, high=high))
        key, whom = "same" if low == high else "title", say.country(code, "adjective")
        titles[code] = say(f"chart.closures_{key}", whom=whom, low=low, high=high)
    if not any(row["value"] for row in drawn):
        return None
    return about.chart(
        "closures", "closures", lambda width: forms.intervals(drawn, width, say("chart.income_axis")), "percent", 2,
        title=titles[max(sides, key=lambda code: spans[code])], alt=f"{about.listed(sentences)}.",
        note=(remark, "note", "used"),
    )  # fmt: skip


def laffer(tables: Tables, about: ChartSetting) -> Chart | None:
    """Tariff revenue by rate, with its top: the rate that was found where there is one rate alone."""
    every = sorted(finite(rows_of(tables["laffer"]), "rate", "revenue"), key=lambda r: r["rate"])
    if len(every) < 3:
        return None
    top = max(every, key=lambda r: r["revenue"])
    rates = tables["optimal"]["rate"].tolist() if has(tables, "optimal", "rate") else []
    best = float(rates[0]) if len(rates) == 1 else float(top["rate"])
    # Far beyond the top revenue falls on and on; the table has all of it.
    rows = [r for r in every if r["rate"] <= REACH * best]
    points = tuple((shown(r["rate"]), shown(r["revenue"], Unit.USD)) for r in rows)
    words: dict[str, Any] = {
        "rate": about.share(best), "top": about.share(top["rate"]), "last": about.share(rows[-1]["rate"]),
        "revenue": about.number(top["revenue"], Unit.USD, 1), "left": about.number(rows[-1]["revenue"], Unit.USD, 1),
    }  # fmt: skip
    form = Course(
        (Trace((), points, AFTER),), about.unit("billion_a_year"), dates=False, across=about.say("chart.laffer_axis"),
        acts=(Notice(shown(best), about.say("chart.laffer_here", **words), INK, bold=True),), say=about.say,
    )  # fmt: skip
    return about.chart("laffer", "laffer", lambda width: course(form, width), "billion_a_year", 1, **words)


def decoupling(tables: Tables, about: ChartSetting) -> Chart | None:
    """Real income of two blocs and of everybody else as trade between the blocs falls away."""
    rows = finite(rows_of(tables["decoupling"]), "trade_left", "first", "second", "others")
    if len(rows) < 2:
        return None
    last, traces, words = rows[-1], list[Trace](), dict[str, Any]()
    for name, colour in (("first", PARTY["USA"]), ("second", PARTY["CHN"]), ("others", QUIET)):
        words[name] = about.share(last[name], 2, sign=True)
        # What is left in the end is next to nothing: the axis goes to zero.
        points = tuple((round(shown(r["trade_left"]), 6), shown(r[name])) for r in rows)
        label = f"{about.say(f'chart.decoupling_{name}')} {words[name]}"
        traces.append(Trace((label, words[name]), points, colour, dashed=name == "others"))
    form = Course(
        tuple(traces), about.unit("percent"), dates=False, across=about.say("chart.decoupling_axis"), say=about.say
    )
    words["left"] = about.share(last["trade_left"], 0)
    return about.chart("decoupling", "decoupling", lambda width: course(form, width), "percent", 2, **words)


def path(tables: Tables, about: ChartSetting) -> Chart | None:
    """Real income of one country quarter by quarter, a line for each length of the tariffs."""
    rows = finite(rows_of(tables["path"]), "real_income")
    own = [row for row in rows if row["country"] == rows[0]["country"]]
    lengths = list(dict.fromkeys(str(row["length"]) for row in own))
    if len(own) < 2 * len(lengths):
        return None
    ends, traces = list[str](), list[Trace]()
    for k, length in enumerate(lengths):
        line = [row for row in own if row["length"] == length]
        ends.append(about.share(line[-1]["real_income"], 2, sign=True))
        points = tuple((float(row["quarter"]), shown(row["real_income"])) for row in line)
        colour = (PARTY["USA"], PARTY["CHN"], INK, QUIET)[k % 4]
        traces.append(Trace((f"{length} {ends[-1]}", length), points, colour))
    form = Course(tuple(traces), about.unit("percent"), dates=False, across=about.say("chart.path_axis"), say=about.say)
    words: dict[str, Any] = {
        "country": about.country(own[0]["country"]),
        "first": about.share(own[0]["real_income"], 2, sign=True),
    }
    each = about.listed([f"{length}: {end}" for length, end in zip(lengths, ends, strict=True)])
    return about.chart(
        "path", "path", lambda width: course(form, width), "percent", 2, **words, last=ends[-1],
        each=each,
    )  # fmt: skip


def decomposed(tables: Tables, about: ChartSetting) -> Chart | None:
    """Where a change of real income comes from: its parts as steps that add up to the whole."""
    table = tables["decomposition_first_order"]
    *parts, whole = finite(rows_of(table), "exact")
    seen = [r for r in parts if abs(r["exact"]) >= 5e-6]
    if len(seen) < 2:
        return None
    drawn, level = list[Row](), 0.0
    for r in seen:
        label = first_upper(PARTS.get(str(r["part"]), str(r["part"]).replace("_", " ")).split(", that is")[0])
        drawn.append(step(label, level, level + r["exact"], about.share(r["exact"], 3, sign=True)))
        level += r["exact"]
    total = about.share(whole["exact"], 3, sign=True)
    drawn.append(step(about.say("chart.decomposed_whole"), 0.0, whole["exact"], total, "total"))
    most = max(drawn[:-1], key=lambda row: abs(row["end"] - row["start"]))
    axis = about.say("chart.income_axis")
    return about.chart(
        "decomposed", table.name, lambda width: forms.steps(drawn, width, axis, up=GAIN, down=LOSS), "percent", 3,
        what=table.title, part=most["label"].lower(), number=most["text"], total=total,
        parts=about.listed([f"{row['label']} {row['text']}" for row in drawn]),
    )  # fmt: skip
