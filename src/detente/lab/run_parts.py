"""Parts of a run beyond rates: world economy, prices, materials, the record, joint ranges; each loads what it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from detente.codes import Table
from detente.lab.run_beside import second_process, started
from detente.lab.scenario import Scenario
from detente.lab.sides import Pairing

if TYPE_CHECKING:
    from detente.talks.surface import Surface

Progress = Callable[[str, int, int], None]
"""Told the part of a run, how much of it is done, and of how much."""


def world(usa: list[Pairing], chn: list[Pairing], *, ranges: bool, only: Collection[str] = ()) -> dict[str, Table]:
    """Tables of the world economy under both laws of each pairing; `only` : those to build, empty for all."""
    from detente.data.worlds import load_economy
    from detente.lab import incidence
    from detente.lab import world_tables as build

    economy = load_economy(incidence.WORLD)
    given = incidence.laws(usa, chn, economy)
    found = incidence.effects(given, economy)
    used = str(economy.parameters.get("elasticities", "default"))
    spread = incidence.spread(given, economy, found) if ranges else {used: found}
    builders: dict[str, Callable[[], Table]] = {
        "economy": lambda: build.headline_table(spread),
        "world": lambda: build.world_table(spread),
        "incomes": lambda: build.incomes_table(spread),
        "parties": lambda: build.bilateral_table(found),
        "diverted": lambda: build.diverted_table(found),
        "sectors": lambda: build.sector_table(found),
        "concessions": lambda: build.concessions_table(found),
        "laffer": lambda: build.laffer_table(found[0]),
    }
    if ranges:
        builders["elasticities"] = lambda: build.sets_table(spread)
    return {name: make() for name, make in builders.items() if not only or name in only}


def world_sentences(tables: Mapping[str, Table]) -> list[str]:
    """Real income of the parties, with the range over the sets of trade elasticities."""
    from detente.data.tables import place

    rows = [row for row in tables["economy"].rows() if row["measure"] == "real income"] if "economy" in tables else []
    found = []
    for variant in dict.fromkeys(row["variant"] for row in rows):
        own = [row for row in rows if row["variant"] == variant]
        label = f"{variant}: real" if len(own) < len(rows) else "Real"
        each = " and ".join(f"{row['change']:+.2%}{_between(row)} in {place(row['country'])}" for row in own)
        found.append(f"{label} income {each}, in general equilibrium with deficits fixed.")
    return found


def _between(row: Mapping[str, float]) -> str:
    if not row["low"] < row["high"]:
        return ""
    return f" [{row['low']:+.2%} to {row['high']:+.2%} over sets of trade elasticities]"


def history_sentences(tables: Mapping[str, Table]) -> list[str]:
    """Where the average duty stands among the years since 1901."""
    rows = list(tables["places"].rows()) if "places" in tables else []
    return [
        f"{row['rate_of'] + ': an' if len(rows) > 1 else 'An'} average duty of {row['rate']:.1%} is the highest since "
        f"{row['highest_since']} ({row['rate_then']:.1%} then, by duty collected)."
        for row in rows
        if str(row["highest_since"]).isdigit()
    ]


def prices(usa: list[Pairing], draws: int, seed: int) -> dict[str, Table]:
    """Consumer prices and what they cost households, under each pairing."""
    from detente.lab.price_tables import price_tables

    return {table.name: table for table in price_tables(usa, draws, seed)}


def price_sentences(tables: Mapping[str, Table]) -> list[str]:
    """What the tables of prices say."""
    if "prices" not in tables:
        return []
    from detente.lab.price_tables import sentences

    return list(sentences([tables["prices"], tables["households"]]))


def materials(
    scenario: Scenario, folder: Path, draws: int | None, progress: Progress | None
) -> tuple[dict[str, Table], list[str]]:
    """Who runs short, when and at what cost, with the findings in words.

    Ranges only where draws were asked for, as each solves many networks.
    """
    from detente.lab.materials import materials, sentences

    if scenario.materials is None or not isinstance(scenario.on, date):
        return {}, []
    said = None if progress is None else partial(progress, "supply chain")
    asked = scenario.materials
    own = {key: str(folder / name) for key in ("chain", "without", "deal")
           if (name := getattr(asked, key)).endswith(".toml")}  # fmt: skip
    found = materials(asked.model_copy(update=own), scenario.on, draws or 0, scenario.seed, said)
    return found, sentences(found)


def talks(
    scenario: Scenario,
    usa: list[Pairing],
    chn: list[Pairing],
    solved: Callable[[bool], Surface | None] | None = None,
) -> tuple[dict[str, Table], list[str]]:
    """Whether the deal could be signed and would hold, where a case stands near the scenario's date."""
    from detente.lab.talks_run import talks_tables_for_run

    tables, sentences = talks_tables_for_run(scenario, usa, chn, solved)
    return {table.name: table for table in tables}, sentences


@contextmanager
def recorded(
    scenario: Scenario, usa: list[Pairing], folder: Path, draws: int | None
) -> Iterator[Callable[[], dict[str, Table]]]:
    """What gives the place in history, events, markets and claims; claims are judged beside the rest of the run."""
    if not scenario.record.asked or not isinstance(scenario.on, date):
        yield dict[str, Table]
        return
    from detente.lab.record_of_run import history_tables, record_tables

    asked = (scenario.record, folder, scenario.on, draws or 0, scenario.seed)
    with second_process(bool(draws and scenario.record.claims)) as beside:
        rest = started(beside, record_tables, *asked)

        @cache
        def found() -> dict[str, Table]:
            history = history_tables(usa) if scenario.record.history else []
            return {table.name: table for table in [*history, *rest()]}

        yield found


def joint(
    scenario: Scenario, pairings: Mapping[str, list[Pairing]], draws: int, progress: Progress | None
) -> dict[str, Table]:
    """Ranges of the headlines over joint draws of all inputs, and the inputs that move them."""
    from detente.lab.uncertainty import joint_table

    said = None if progress is None else partial(progress, "joint draws")
    found = joint_table(scenario, pairings["USA"], pairings["CHN"], draws, scenario.seed, said)
    return {table.name: table for table in found}
