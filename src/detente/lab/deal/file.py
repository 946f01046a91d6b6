"""A deal as a file: a scenario whose laws have its duties, a result with its tables, and presets, which are deals of
files: of a scenario, or of an outcome of a case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from detente.codes import InputError, UnknownName, declared_note
from detente.data.assumptions import assumptions
from detente.data.casefile import Preset, settled_case
from detente.data.caserows import CaseFile
from detente.data.importers import importer
from detente.data.library import catalogue, package_folder, sha256
from detente.lab.averages.plane import layer_measure
from detente.lab.averages.sides import pairings_of
from detente.lab.deal.answer import DealEngine, Dealt
from detente.lab.deal.economy import CHAIN
from detente.lab.deal.levers import DURATION, agreed, levers_of, short, span, terms_of
from detente.lab.deal.numbers import DealCase
from detente.lab.deal.signing import outcome_of
from detente.lab.result import Result
from detente.lab.scenario import Agreed, LawChange, Materials, Point, Scenario, opened, with_closure
from detente.lab.statute.standing import record_sentences
from detente.lab.talks.case import Case
from detente.lab.talks.near import case_for, duties_of

#: Tables behind the law of a deal; the world and the chain are named by its notes.
USED = (
    "usa_lines",
    "usa_imports_2024",
    "usa_imports_2024_sectors",
    "usa_claims_usmca",
    "chn_lines",
    "chn_base_steps",
    "chn_imports_from_usa",
)


def scenario_of(engine: DealEngine, dealt: Dealt) -> Scenario:
    """The deal as a scenario: what `detente run` takes, compared with the law of the same day without it.

    Raises
    ------
    InputError : the duties of the case are no measures of two laws.
    """
    deal, warm = dealt.deal, engine.warm
    if not engine.laid:
        what = "has duties that no file of a scenario can say"
        raise InputError(f"case {deal.case}", what, f"ask `detente talks {deal.case}`, or take its tables")
    case = engine.case(deal)
    laws = _law_changes(case, case.levels, deal.exempt)
    if deal.partner and deal.rate:
        # A region of the world, which no law names as a partner, is its countries.
        layer = layer_measure(engine.members(deal) or [deal.partner], deal.rate, deal.on)
        laws[case.first] = laws[case.first].model_copy(update={"add": [layer]})
    notes = [f"Deal {deal.query()}."]
    if deal.exempt:
        notes.append(declared_note("deal.file_exempt", sectors=", ".join(deal.exempt)))
    values = engine.values_of(case.outcome)
    shares = {name: values[name] for name, lever in warm.levers.items() if lever.unit == "share"}
    words = [f"{warm.levers[name].spoken} {value:g}" for name, value in shares.items()]
    notes.append(declared_note("deal.file_runs", day=deal.ends, levels=", ".join(words)))
    if deal.exempt or (deal.partner and deal.rate):
        notes.append(declared_note("deal.file_beside"))
    terms = {"levels": shares, "days": deal.days, "weights": deal.weights, "horizon": deal.horizon}
    materials = Materials(chain=CHAIN, deal=_path(case, values)) if case_for(deal.on) else None
    scenario = Scenario(
        name=f"deal-{dealt.key}",
        title=f"Deal {dealt.key}, {deal.on:%-d %B %Y}",
        note=" ".join(notes),
        on=deal.on,
        against=_without(case),
        materials=materials,
        deal=Agreed.model_validate(terms),
        weights=deal.year,
        usa=laws["USA"], chn=laws["CHN"],
    )  # fmt: skip
    return with_closure(scenario, deal.closure)


def _law_changes(case: DealCase, levels: Mapping[str, float], exempt: Sequence[str] = ()) -> dict[str, LawChange]:
    """Levels of the duties as changes of the laws of both sides."""
    return {
        code: plane.changes(levels, plane.partner, exempt if code == case.first else ())
        for code, plane in case.planes.items()
    }


def _path(case: DealCase, values: Mapping[str, float]) -> str | float:
    """The licence path with the deal: general licences, what goes on without it, or the share that is granted."""
    lever, _ = case.warm.licences
    if not lever or values[lever] >= 1.0:
        return "general-licence"
    column = case.warm.columns[lever]
    return "april-2025" if abs(case.outcome[column] - case.warm.status[column]) < 1e-9 else values[lever]


def _without(case: DealCase) -> Point:
    """What the deal is compared with: the law of its day, the negotiated duties as in the status quo of the case."""
    if all(plane.lays(case.status) for plane in case.planes.values()):
        return Point(on=case.deal.on)
    laws = _law_changes(case, case.status)
    return Point(on=case.deal.on, usa=laws["USA"], chn=laws["CHN"])


def result_of(engine: DealEngine, dealt: Dealt, first: Sequence[str] = (), last: Sequence[str] = ()) -> Result:
    """The deal as a result, with what every report needs.

    Parameters
    ----------
    first, last : sentences of a face before and after those on what is assumed and how far the law was read.
    """
    side = dealt.parties[0]
    own = filter(None, (*dealt.assumed, dealt.hold))
    sentences = (*first, *own, *record_sentences(dealt.standings), *last)
    tables = {name: replace(table, standing=dealt.standings.get(side)) for name, table in dealt.tables.items()}
    if engine.laid:
        scenario = scenario_of(engine, dealt)
    else:  # no file of a scenario can say the duties of the deal, so that this one only names it
        note = f"Deal {dealt.deal.query()}. {declared_note('deal.no_file', case=dealt.deal.case)}"
        scenario = Scenario(name=f"deal-{dealt.key}", title=f"Deal {dealt.key}", note=note, on=dealt.deal.on)
    return Result(
        scenario, dealt.key, tables, sentences, (), tuple(assumptions(importer(side).law)),
        vintages(), standings=dealt.standings,
    )  # fmt: skip


def vintages() -> dict[str, dict[str, str]]:
    """Tables that a deal rests on: publisher, vintage and hash."""
    entries, folder, vintages_by_name = catalogue(), package_folder() / "tables", {}
    for name in USED:
        entry, path = entries.get(name, {}), folder / f"{name}.parquet"
        vintages_by_name[name] = {key: str(entry.get(key, "")) for key in ("title", "publisher", "vintage")}
        vintages_by_name[name]["sha256"] = sha256(path) if path.exists() else ""
    return vintages_by_name


def preset_address(preset: Preset, today: date) -> dict[str, str]:
    """Keys and values of the address of a preset on a day; an outcome is kept within the days of its case.

    Raises
    ------
    UnknownName : no such scenario, variant or outcome.
    """
    file = settled_case(preset.case)
    days = {}
    if preset.scenario:
        scenario, folder = opened(preset.scenario, today)
        variant = preset.variant or next(iter(scenario.variants), scenario.name)
        points = scenario.variants or {scenario.name: scenario}
        if variant not in points:
            raise UnknownName("variant", variant, points, f"scenario {scenario.name}")
        on, levels = points[variant].on, _levels_of(file, scenario, variant, folder)
        assert isinstance(on, date)
        days = {} if scenario.until is None else {DURATION: str((scenario.until - on).days)}
    else:
        first, last = span(file)
        on, levels = min(max(preset.on or today, first), last), _levels(file, preset.outcome)
    values = {name: short(lever.value(levels[lever.issue])) for name, lever in levers_of(file).items() if lever.issue}
    return {"case": preset.case, "date": on.isoformat(), **values, **days}


def _levels(file: CaseFile, outcome: str) -> dict[str, float]:
    """Levels of an outcome of a case, by issue."""
    case = Case(file)
    return dict(zip(case.issues, case.outcome(outcome).tolist(), strict=True))


def _levels_of(file: CaseFile, scenario: Scenario, variant: str, folder: Path) -> Mapping[str, float]:
    """Levels of all issues in a variant of a scenario, as the talks behind a run of it take them."""
    sides = {
        code: next(pair.after for pair in pairings_of(scenario, code, folder) if pair.variant == variant)
        for code in file.parties
    }
    now = _levels(file, next(row.outcome for row in file.threats if row.kind == "status-quo"))
    levels = outcome_of(file, duties_of(file, sides), now)
    assert levels is not None
    case = Case(file)
    return {name: case.level(x) for name, x in agreed(file, levels, terms_of(scenario).get(variant)).items()}
