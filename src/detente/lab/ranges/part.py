"""Ranges in a run: every headline number over joint draws of all that is uncertain, and what moves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from detente.codes import Table
from detente.draws import median_away
from detente.lab.part import Built, Part, Question, Tables, by_name
from detente.lab.spans import printed, signed


def _build(question: Question, tables: Tables) -> Built:
    from detente.lab.ranges.joint import joint_table

    pairings, scenario = question.pairings, question.scenario
    progress = question.told("joint draws")
    return Built(
        by_name(joint_table(scenario, pairings["USA"], pairings["CHN"], question.draws or 0, scenario.seed, progress))
    )


def median_sentences(tables: Mapping[str, Table]) -> list[str]:
    """Where medians of the joint draws lie, by variant: of numbers that findings quote, where it is elsewhere."""
    read = printed(tables)
    rows = list(read["ranges"].rows()) if "ranges" in read else []
    variants = list(dict.fromkeys(row["variant"] for row in rows))
    medians = {name: list(_medians([row for row in rows if row["variant"] == name])) for name in variants}
    start = {name: f"{name}: half" if len(variants) > 1 else "Half" for name in variants}
    return [
        f"{start[name]} of the joint draws lie below {'; '.join(parts)}." for name, parts in medians.items() if parts
    ]


def _medians(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Medians that lie elsewhere than the value that is printed, in words."""
    from detente.data.tables import place
    from detente.lab.duties.tables import FIXED

    levels = {
        (f"average duty, {FIXED}", "USA"): "the average US duty",
        ("average duty on US goods", "CHN"): "China's duty on US goods",
    }
    for row in rows:
        value, low, median, high = (float(row[key]) for key in ("value", "low", "median", "high"))
        if not median_away(value, low, median, high):
            continue
        level = levels.get((row["measure"], row["country"]))
        if level and f"{value:.1%}" != f"{median:.1%}":
            yield f"{median:.1%} for {level}"
        if row["measure"] == "real income" and signed(value, 2) != signed(median, 2):
            yield f"{signed(median, 2)} for real income in {place(row['country'])}"


PART = Part(
    "ranges",
    dict.fromkeys(("ranges", "tornado"), "doubt"),
    asked=lambda question: bool(question.draws),
    build=_build,
    rests_on=lambda scenario: (),
    say=median_sentences,
)
