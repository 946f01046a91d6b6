"""Talks in a run: whether the deal could be signed and would hold, where a case stands near the day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.codes import declared_note
from detente.lab.part import Built, Part, RunQuestion, Tables, by_name, of_rulings, reporting

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario
    from detente.lab.talks.near import LawOfTalks

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
