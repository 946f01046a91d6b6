"""Gallery: which charts a result has, in the order they are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from detente.codes import Table, UnknownName
from detente.data.library import catalogue
from detente.data.tables import countries
from detente.faces.charts import days, duties, economy, evidence, materials, talks
from detente.faces.charts.frame import Chart, Charts, ChartSetting, has
from detente.faces.words.language import Language, load
from detente.lab.duties.among import apart
from detente.lab.result import Result

Draw = Callable[[Mapping[str, Table], ChartSetting], Charts]


@dataclass(frozen=True)
class Entry:
    """A chart the gallery knows.

    Attributes
    ----------
    needs : tables without which it is not drawn.
    columns : columns that the first of them must have; another table may go by its name.
    draw : tables and setting to a chart, several or none.
    rests_on : embedded tables and worlds whose publishers its source line names.
    brief : rank on the one-page brief; 0 is not on it.
    """

    needs: tuple[str, ...]
    draw: Draw
    rests_on: tuple[str, ...] = ()
    brief: int = 0
    columns: tuple[str, ...] = ()


#: Steps of a chart of the brief.
FEW = 4

LAW = ("usa_lines", "usa_imports_2024")
WORLD = ("icio-2022",)
#: What shortages and losses rest on: the accounts of industries, who needs what, supply, and the program's ranges.
CHAIN = ("io_usa_use", "chain_users", "chain_mines", "chain_stages", "chain_flows", "chain_parameters")

ENTRIES: dict[str, Entry] = {
    "waterfall": Entry(("headline", "measures"), duties.waterfall, LAW, 5),
    "bridge": Entry(("bridge",), duties.bridge, LAW, columns=("step", "what", "moves", "level")),
    "history": Entry(("history",), evidence.history, ("evidence_tariff_years",), columns=("year", "rate")),
    "score": Entry(
        ("score_rates",), evidence.scored, ("usa_collected_monthly", *LAW), columns=("month", "came", "forecast")
    ),
    "daily": Entry((), days.daily, LAW, 2),
    "authorities": Entry((), days.authorities, LAW),
    "timeline": Entry(("events",), days.timeline, columns=("effective", "what", "usa_on_chn", "chn_on_usa")),
    "partners": Entry((), duties.partners, LAW, 3),
    "sections": Entry((), duties.sections, LAW),
    "products": Entry(("products",), duties.products, LAW, 6),
    "ladders": Entry(("ladders",), duties.ladders, LAW),
    "ladder": Entry(("ladder",), duties.ladder, LAW),
    "series": Entry(("line_history",), days.rate_series, LAW, columns=("date", "total", "change", "what")),
    "laffer": Entry(("laffer",), economy.laffer, WORLD, columns=("rate", "revenue")),
    "decoupling": Entry(("decoupling",), economy.decoupling, WORLD, columns=("trade_left", "first", "second")),
    "path": Entry(("path",), economy.path, WORLD, columns=("length", "country", "quarter", "real_income")),
    "decomposed": Entry(("decomposition_first_order",), economy.decomposed, WORLD, columns=("part", "exact")),
    "map": Entry(("world",), economy.world_map, WORLD, 4, ("country", "real_income")),
    "incomes": Entry(("world",), economy.incomes, WORLD),
    "country_exports": Entry(("country_exports", "country_duties"), economy.country_exports, WORLD),
    "country_imports": Entry(("country_imports", "country_duties"), economy.country_imports, WORLD),
    "diverted": Entry(("diverted",), economy.diverted, WORLD),
    "sectors": Entry(("sectors",), economy.sectors, WORLD),
    "elasticities": Entry(("elasticities",), economy.elasticities, WORLD),
    "closures": Entry(("closures",), economy.closures, WORLD, columns=("closure",)),
    "prices": Entry(("prices",), evidence.prices, ("price_requirements",), columns=("category", "change", "low")),
    "households": Entry(("households",), evidence.households, ("price_budgets",), columns=("decile", "rate")),
    "months": Entry(("months",), materials.months, CHAIN, columns=("month", "group", "short")),
    "makers": Entry(("producers",), materials.makers, CHAIN, columns=("stage", "material", "country", "share")),
    "verdicts": Entry(("checks",), evidence.verdicts, columns=("claim", "verdict")),
    "lost": Entry(("materials_lost",), materials.lost, CHAIN, columns=("month", "lost", "deal_lost", "short")),
    "licences": Entry((), materials.licences, CHAIN),
    "material_prices": Entry((), materials.material_prices, CHAIN),
    "acceptable": Entry(("acceptable",), talks.acceptable, WORLD, 1),
    "clocks": Entry(("clocks",), talks.clocks, WORLD, columns=("month",)),
    "survival": Entry(("track_steps",), evidence.survival, ("deal_record",), columns=("form", "days", "alive")),
    "calibration": Entry(
        ("track_calibration",), evidence.calibrated, ("deal_threats",), columns=("count", "chance", "share")
    ),
    "tornado": Entry(("tornado",), evidence.tornado, columns=("measure", "country", "input", "low", "base", "high")),
}


def source_line(names: tuple[str, ...], say: Language | None = None) -> str:
    """Whose data a chart rests on, in words."""
    say = say or load()
    publishers: dict[str, None] = {}
    for name in names:
        for publisher in str(catalogue().get(name, {}).get("publisher", "")).split(";"):
            if publisher.strip():
                publishers[SPELLED.get(publisher.strip(), publisher.strip())] = None
    named = [publisher for publisher in publishers if not publisher.lower().startswith(OWN)]
    named += [say("chart.source_assumptions")] if len(named) < len(publishers) else []
    if not named:
        return say("chart.source_computed")
    return say("chart.source_data", publishers=say("frame.semicolon").join(named))


#: Publishers under one name; how the catalogue begins the name of what the program assumes itself.
SPELLED, OWN = {"USGS": "US Geological Survey"}, "this project"


def setting(rests_on: tuple[str, ...], say: Language | None = None, between: str = "", most: int = 0) -> ChartSetting:
    """What charts share.

    Parameters
    ----------
    rests_on : tables whose publishers the source line names; `between`, `most` : as of `charts`.
    """
    say = say or load()
    return ChartSetting(countries().names, source_line(rests_on, say), most, between or say("chart.all_between"), say)


def charts(
    tables: Mapping[str, Table],
    only: tuple[str, ...] = (),
    most: int = 0,
    between: str = "",
    say: Language | None = None,
) -> list[Chart]:
    """Every chart for which there are tables with rows, or the named ones.

    Parameters
    ----------
    only : names of the gallery; all if none is given.
    most : steps of a chart at most; 0 = as many as the chart likes.
    between : what a change lies between, as in "between the two laws", the default.
    say : sentences and numbers; those of the program without one.

    Raises
    ------
    UnknownName
        for a name the gallery does not know.
    """
    for name in only:
        if name not in ENTRIES:
            raise UnknownName("chart", name, ENTRIES, repair=f"known: {', '.join(ENTRIES)}")
    drawings: list[Chart] = []
    tables = {"world": tables["incomes"], **tables} if "incomes" in tables else tables
    for name in only or ENTRIES:
        entry = ENTRIES[name]
        if all(has(tables, need) for need in entry.needs) and (
            not entry.needs or has(tables, entry.needs[0], *entry.columns)
        ):
            made = entry.draw(tables, setting(entry.rests_on, say, between, most))
            drawings += filter(None, [made] if isinstance(made, Chart) else made or ())
    return drawings


def charts_of(result: Result, say: Language | None = None) -> list[Chart]:
    """Every chart of a result."""
    return charts(apart(result.tables), say=say)


def brief_charts(tables: Mapping[str, Table], most: int = 2, say: Language | None = None) -> list[Chart]:
    """The charts of the one-page brief, one each of the first few that can be drawn."""
    ranked = sorted((entry.brief, name) for name, entry in ENTRIES.items() if entry.brief)
    drawings = [chart for _, name in ranked for chart in charts(tables, (name,), FEW, say=say)[:1]]
    return drawings[:most]
