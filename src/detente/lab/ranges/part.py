"""Ranges in a run: every headline number over joint draws of all that is uncertain, and what moves it."""

from __future__ import annotations

from detente.lab.part import Built, Part, RunQuestion, Tables, by_name


def _build(question: RunQuestion, tables: Tables) -> Built:
    from detente.lab.ranges.joint import drawn, drawn_everywhere, model_of, ranges_table, tornado_table

    scenario = question.scenario
    model = model_of(scenario, question.pairings, question.folder)
    draws = drawn(model, question.draws or 0, scenario.seed, question.told("joint draws"))
    return Built(by_name([ranges_table(draws), tornado_table(draws), *drawn_everywhere(tables, draws)]))


PART = Part(
    "ranges",
    dict.fromkeys(("ranges", "tornado"), "doubt"),
    asked=lambda question: bool(question.draws),
    build=_build,
    rests_on=lambda scenario: (),
    needs=("world",),
)
