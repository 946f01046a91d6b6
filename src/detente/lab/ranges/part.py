"""Ranges in a run: every headline number over joint draws of all that is uncertain, and what moves it."""

from __future__ import annotations

from detente.lab.part import Built, Part, RunQuestion, Tables, by_name


def _build(question: RunQuestion, tables: Tables) -> Built:
    from detente.lab.ranges.joint import drawn_everywhere, joint_draws, joint_tables

    pairings, scenario = question.pairings, question.scenario
    draws, progress = question.draws or 0, question.told("joint draws")
    drawn = joint_draws(scenario, pairings, draws, scenario.seed, progress, question.folder)
    return Built(by_name([*joint_tables(drawn), *drawn_everywhere(tables, drawn)]))


PART = Part(
    "ranges",
    dict.fromkeys(("ranges", "tornado"), "doubt"),
    asked=lambda question: bool(question.draws),
    build=_build,
    rests_on=lambda scenario: (),
    needs=("world",),
)
