"""Prices in a run: what the change of US law does to consumer prices and what it costs households."""

from __future__ import annotations

from typing import TYPE_CHECKING

from detente.lab.part import Built, Part, RunQuestion, Tables, by_name, reporting

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario


def _build(question: RunQuestion, tables: Tables) -> Built:
    from detente.lab.prices.prices import price_tables

    return Built(by_name(price_tables(question.pairings["USA"], question.share_draws, question.scenario.seed)))


def _rests_on(scenario: Scenario) -> tuple[str, ...]:
    from detente.data.library import tables_starting

    return tables_starting("price_")


PART = Part(
    "prices",
    dict.fromkeys(("prices", "households"), "households"),
    asked=lambda question: question.scenario.report.prices and "USA" in question.scenario.sides,
    build=_build,
    rests_on=_rests_on,
    key="report.prices",
    off=lambda scenario: reporting(scenario, prices=False),
)
