"""A deal in a run: what it is worth by how long it lasts; whether it could be signed and would hold, near a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from detente.codes import declared_note
from detente.economy.solver import under_closure
from detente.lab.deal.worth import worth_of
from detente.lab.part import Built, Part, RunQuestion, Tables, by_name, of_rulings, reporting
from detente.lab.world.chosen import world_of
from detente.lab.world.part import PART as WORLD_PART

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario
    from detente.lab.talks.near import LawOfTalks
    from detente.lab.world.incidence import Laws

NAMES = (
    "deals", "signing", "acceptable", "frontier", "solutions", "linkage", "stability", "clocks", "gain_ranges",
    "talks_assumed", "deal_months", "deal_unmet", "deal_gains", "deal_break_even", "deal_days",
)  # fmt: skip


def _build(question: RunQuestion, tables: Tables) -> Built:
    from detente.lab.deal.signing import talks_tables
    from detente.lab.world.chosen import WORLD, is_usual

    if not is_usual(question.scenario):
        return Built({}, (declared_note("deal.other_world", world=WORLD),))
    given, chain = question.taken or _takes(question), tables.get("materials")
    built, remarks = talks_tables(question.scenario, given, chain, question.wants)
    return Built(by_name(built), tuple(remarks))


def _asked(question: RunQuestion) -> bool:
    """Whether the two usual sides negotiate what the scenario changes."""
    scenario = question.scenario
    return scenario.report.talks and scenario.sides == ("USA", "CHN") and not of_rulings(scenario)


def _takes(question: RunQuestion) -> LawOfTalks:
    from detente.lab.talks.near import case_for, law_of_talks

    return law_of_talks(case_for(question.scenario.on), question.pairings["USA"], question.pairings["CHN"])


def _rests_on(scenario: Scenario) -> tuple[str, ...]:
    from detente.lab.world.chosen import WORLD, is_usual

    return (WORLD, "cases") if is_usual(scenario) else ()


PART = Part(
    "talks",
    {**dict.fromkeys(NAMES, "talks"), "stability": "hold", "track_steps": "hold"},
    asked=_asked,
    build=_build,
    rests_on=_rests_on,
    needs=("materials",),
    key="report.talks",
    off=lambda scenario: reporting(scenario, talks=False),
    apart=lambda question: not question.draws,
    seconds=0.8,
    takes=_takes,
)


#: What the deal is worth by how long it lasts.
LENGTHS = "path_lengths"


def days_of(scenario: Scenario) -> int:
    """Days for which the deal of a scenario, or of its first variant, runs; 0 where it does not end."""
    point = next(iter(scenario.variants.values()), scenario)
    if point.deal is not None:
        return point.deal.days
    on = scenario.on
    return max(0, (scenario.until - on).days) if scenario.until and isinstance(on, date) else 0


def _worth(question: RunQuestion, tables: Tables) -> Built:
    scenario = question.scenario
    start = next(iter(scenario.variants.values()), scenario).on
    assert isinstance(start, date)
    laws: Mapping[str, Sequence[Laws]] = question.taken
    economy, options = under_closure(world_of(scenario, question.folder), scenario.closure)
    course = worth_of(economy, options, laws[""][0], start, days_of(scenario))
    if course is None:
        return Built()
    codes = [code for code in scenario.sides if code in economy.countries]
    return Built({LENGTHS: course.lengths(codes or course.parties)})


WORTH = Part(
    "path",
    {LENGTHS: "world"},
    asked=lambda question: question.scenario.report.path and days_of(question.scenario) > 0 and question.wants(LENGTHS),
    build=_worth,
    rests_on=WORLD_PART.rests_on,
    key="report.path",
    off=lambda scenario: reporting(scenario, path=False),
    apart=lambda question: not question.draws,
    seconds=2.5,
    takes=WORLD_PART.takes,
)
