"""A deal as a scenario file and as a result: its duties as changes of measures, its numbers as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detente.codes import declared_note
from detente.data.assumptions import assumptions
from detente.data.importers import importer
from detente.data.library import catalogue, package_folder, sha256
from detente.lab.deal.answer import Deal, DealEngine
from detente.lab.deal.levers import DUTIES, Levers, last_day, level_of
from detente.lab.deal.warm import CHAIN
from detente.lab.ground.plane import layer_measure
from detente.lab.result import Result
from detente.lab.scenario import LawChange, Materials, Point, Scenario, Terms, with_closure
from detente.lab.statute.standing import record_sentences
from detente.lab.talks.near import case_for

USED = (
    "usa_lines",
    "usa_imports_2024",
    "usa_imports_2024_sectors",
    "usa_claims_usmca",
    "chn_lines",
    "chn_base_steps",
    "chn_imports_from_usa",
)
"""Tables behind the law of a deal; the world and the chain are named by its notes."""


def scenario_of(engine: DealEngine, deal: Deal) -> Scenario:
    """The deal as a scenario: what `detente run` takes, compared with the law of the same day without it."""
    levers, planes = deal.levers, engine.planes(deal.levers.on)
    levels = {name: level_of(levers, name) for name in DUTIES if name in engine.warm.columns}
    usa, chn = planes["USA"].changes(levels, "CHN", levers.exempt), planes["CHN"].changes(levels, "USA")
    if levers.partner and levers.rate:
        usa = LawChange(change=usa.change, add=[layer_measure(_partners(engine, deal), levers.rate, levers.on)])
    notes = [f"Deal {levers.query()}."]
    if levers.exempt:
        notes.append(declared_note("deal.file_exempt", sectors=", ".join(levers.exempt)))
    shares = {"licences": levers.licences, "action": levers.action}
    notes.append(declared_note("deal.file_runs", day=last_day(levers), **shares))
    if levers.exempt or (levers.partner and levers.rate):
        notes.append(declared_note("deal.file_beside"))
    materials = Materials(chain=CHAIN, deal=_path(engine, levers)) if case_for(levers.on) else None
    scenario = Scenario(
        name=f"deal-{deal.key}",
        title=f"Deal {deal.key}, {levers.on:%-d %B %Y}",
        note=" ".join(notes),
        on=levers.on,
        against=_without(engine, levers),
        usa=usa,
        chn=chn,
        materials=materials,
        deal=_terms(engine, levers),
        weights=levers.year,
    )
    return with_closure(scenario, levers.closure)


def _terms(engine: DealEngine, levers: Levers) -> Terms:
    """What the deal says beside the duties."""
    known = {name: getattr(levers, name) for name in ("licences", "action") if name in engine.warm.columns}
    terms = {"days": levers.duration, "weights": levers.weights, "horizon": levers.horizon}
    return Terms.model_validate(known | terms)


def _path(engine: DealEngine, levers: Levers) -> str | float:
    """The licence path with the deal: general licences, what goes on without it, or the share that is granted."""
    if levers.licences >= 1.0:
        return "general-licence"
    column = engine.warm.columns.get("licences")
    same = column is not None and abs(1.0 - levers.licences - engine.warm.status[column]) < 1e-9
    return "april-2025" if same else levers.licences


def _without(engine: DealEngine, levers: Levers) -> Point:
    """What the deal is compared with: the law of its day, the negotiated duties as in the status quo of the case."""
    status, planes = engine.world(levers.on).status, engine.planes(levers.on)
    if all(plane.lays(status) for plane in planes.values()):
        return Point(on=levers.on)
    usa, chn = planes["USA"].changes(status, "CHN"), planes["CHN"].changes(status, "USA")
    return Point(on=levers.on, usa=usa, chn=chn)


def _partners(engine: DealEngine, deal: Deal) -> list[str]:
    """The partner of the layer, or the countries of a region of the world, which no law names as one."""
    levers = deal.levers
    return engine.planes(levers.on)["USA"].members(levers.partner) or [levers.partner]


def result_of(engine: DealEngine, deal: Deal, first: Sequence[str] = (), last: Sequence[str] = ()) -> Result:
    """The deal as a result, with what every report needs.

    Parameters
    ----------
    first, last : sentences of a face before and after those on what is assumed and how far the law was read.
    """
    law = importer("USA").law
    own = filter(None, (*deal.assumed, deal.hold))
    sentences = (*first, *own, *record_sentences(deal.standings), *last)
    tables = {name: replace(table, standing=deal.standings.get("USA")) for name, table in deal.tables.items()}
    return Result(
        scenario_of(engine, deal), deal.key, tables, sentences, (), tuple(assumptions(law)), vintages(),
        standings=deal.standings,
    )  # fmt: skip


def vintages() -> dict[str, dict[str, str]]:
    """Tables that a deal rests on: publisher, vintage and hash."""
    entries, folder, vintages_by_name = catalogue(), package_folder() / "tables", {}
    for name in USED:
        entry, path = entries.get(name, {}), folder / f"{name}.parquet"
        vintages_by_name[name] = {key: str(entry.get(key, "")) for key in ("title", "publisher", "vintage")}
        vintages_by_name[name]["sha256"] = sha256(path) if path.exists() else ""
    return vintages_by_name
