"""Duties in a run: averages before and after under each definition, by what adds up to them, revenue and products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.lab.averages.laid_law import DEFAULT
from detente.lab.part import Built, Part, RunQuestion, Tables, by_name, reporting
from detente.lab.scenario import SHORT

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario

LAW = (
    "usa_lines",
    "usa_imports_2024",
    "usa_imports_2024_sectors",
    "usa_claims_usmca",
    "usa_claims_base",
    "metal_content",
    "aircraft_use",
    "countries",
    "chn_lines",
    "chn_base_steps",
    "chn_imports_from_usa",
    "chn_hs6_map",
)
#: Trade of other years than that of the lines.
OTHER_YEARS = ("usa_imports_years", "usa_imports_years_hs6")

#: What tariffs by sector and trade by line rest on where an importer's own are not on record.
MODELLED = ("usa_exports_2024", "concordance_hs6_icio28", "chn_hs6_map", "icio-2022")

AVERAGES = ("headline", "measures", "reach", "authority", "partner_moved")
#: The breakdown that China has too.
SECTION = "section"
PRODUCTS = ("products", "ladders")
IMPORTERS = ("importers", "importer_pairs", "importer_partners", "importer_sections")


def _build(question: RunQuestion, tables: Tables) -> Built:
    from detente.lab.duties.tables import CHINA, by_side, importer_tables, terms_table
    from detente.lab.duties.tables import tables as build

    pairings = question.pairings
    scenario = question.scenario
    built = build(scenario, pairings, question.draws, question.wants)
    terms = terms_table([pair for pairs in pairings.values() for pair in pairs])
    more = [terms] if len(terms) else []
    if SECTION in scenario.report.by and CHINA in scenario.sides[1:]:
        more.append(by_side(pairings[CHINA], SECTION))
    return Built({**built, **by_name([*more, *importer_tables(pairings)])})


def _kept(scenario: Scenario, wanted: frozenset[str]) -> Scenario:
    """Without the breakdowns and products that no table takes."""
    products = scenario.report.products if wanted & set(PRODUCTS) else []
    return reporting(
        scenario, by=[name for name in scenario.report.by if {name, f"{name}_chn"} & wanted], products=products
    )


def _rests_on(scenario: Scenario) -> tuple[str, ...]:
    from detente.data.library import catalogue

    further = [code for code in scenario.importers if code not in SHORT]
    # Schedules and preferences of importers that are on record by line.
    names = (f"{code.lower()}_{what}" for code in further for what in ("schedule", "preferences"))
    own = [name for name in names if name in catalogue()]
    return (*LAW, *(OTHER_YEARS if scenario.weights != DEFAULT else ()), *(MODELLED if further else ()), *own)


def _build_daily(question: RunQuestion, tables: Tables) -> Built:
    from detente.lab.duties.tables import daily_tables

    return Built(by_name(daily_tables(question.scenario, question.pairings)))


def _build_revenue(question: RunQuestion, tables: Tables) -> Built:
    from detente.lab.duties.revenue import revenue_table

    if not question.wants("revenue"):
        return Built()
    own = question.pairings[question.scenario.importer]
    return Built(by_name([revenue_table(question.scenario, own, tables.get("parties"))]))


SERIES = ("daily", "daily_chn", "importer_daily")
PART = Part(
    "duties",
    {**dict.fromkeys((*AVERAGES, *PRODUCTS, "china", "section_chn", *IMPORTERS), "duties"), "terms": "deal"},
    asked=lambda question: True,
    build=_build,
    rests_on=_rests_on,
    kept=_kept,
)
REVENUE = Part(
    "revenue",
    {"revenue": "duties"},
    asked=lambda question: True,
    build=_build_revenue,
    rests_on=_rests_on,
    needs=("world",),
)
DAILY = Part(
    "daily",
    dict.fromkeys(SERIES, "duties"),
    asked=lambda question: question.scenario.report.daily and any(map(question.wants, SERIES)),
    build=_build_daily,
    rests_on=_rests_on,
    key="report.daily",
    off=lambda scenario: reporting(scenario, daily=False),
)
