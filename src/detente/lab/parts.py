"""Parts of a run beyond rates: world economy, prices, materials, the record, joint ranges; each loads what it needs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from detente.codes import Table
from detente.lab.duties.sides import Pairing
from detente.lab.scenario import Scenario
from detente.lab.spans import JOINT, between, joint_of, printed, signed
from detente.lab.work.beside import second_process, started

Progress = Callable[[str, int, int], None]
"""Told the part of a run, how much of it is done, and of how much."""


def world(usa: list[Pairing], chn: list[Pairing], *, ranges: bool, only: Collection[str] = ()) -> dict[str, Table]:
    """Tables of the world economy under both laws of each pairing; `only` : those to build, empty for all."""
    from detente.data.worlds import load_economy
    from detente.lab.duties import axes
    from detente.lab.world import incidence
    from detente.lab.world import tables as build

    economy = load_economy(axes.WORLD)
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
    """Real income of the parties and of the partner whose duties change most, over joint draws or sets."""
    from detente.data.tables import place
    from detente.lab.duties.most_moved import most_moved

    read = printed(tables)
    rows = [row for row in read["economy"].rows() if row["measure"] == "real income"] if "economy" in read else []
    found = []
    for variant in dict.fromkeys(row["variant"] for row in rows):
        own = [row for row in rows if row["variant"] == variant]
        label = f"{variant}: real" if len(own) < len(rows) else "Real"
        third = most_moved(read, variant)
        other = [] if third is None else _income_of(read, variant, third.member)
        parts = [f"{_income(row, joint_of(read, variant, 'real income', row['country']))}" for row in own]
        parts += [_income(row, None) for row in other]
        places = [place(row["country"]) for row in (*own, *other)]
        each = in_words([f"{part} in {where}" for part, where in zip(parts, places, strict=True)])
        found.append(f"{label} income {each}, in general equilibrium with deficits fixed.")
    return found


def _income_of(tables: Mapping[str, Table], variant: str, country: str) -> list[dict[str, Any]]:
    """Change of real income of any country as a row of the headline numbers has it."""
    rows = tables["incomes"].rows() if "incomes" in tables else ()
    return [
        {
            "country": country,
            "change": row["real_income"],
            "low": row["real_income_low"],
            "high": row["real_income_high"],
        }
        for row in rows
        if (row["variant"], row["country"]) == (variant, country)
    ]


def _income(row: Mapping[str, Any], drawn: Mapping[str, Any] | None) -> str:
    """A change of real income with its range: of joint draws, or of the sets of elasticities."""
    spread = (
        between(row["low"], row["high"], 2, over="sets of trade elasticities")
        if drawn is None
        else between(drawn["low"], drawn["high"], 2, of=JOINT)
    )
    return f"{signed(row['change'], 2)}{spread}"


def in_words(parts: Sequence[str]) -> str:
    """Parts of a sentence as a list: "a, b and c"."""
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


def history_sentences(tables: Mapping[str, Table]) -> list[str]:
    """Where the average duty stands among the years since 1901."""
    rows = list(tables["places"].rows()) if "places" in tables else []
    return [
        f"{row['rate_of'] + ': an' if len(rows) > 1 else 'An'} average duty of {row['rate']:.1%} is "
        f"{since(str(row['highest_since']), float(row['rate_then']))}."
        for row in rows
    ]


def since(year: str, rate: float) -> str:
    """What the column `highest_since` says, within a sentence; `rate` : of that year, share."""
    number, _, level = year.partition(" ")
    if not number.isdigit():
        return "higher than in any year since 1901, by duty collected"
    then = f" ({rate:.1%} then, by duty collected)"
    return f"level with that of {number}{then}" if level else f"the highest since {number}{then}"


def prices(usa: list[Pairing], draws: int, seed: int) -> dict[str, Table]:
    """Consumer prices and what they cost households, under each pairing."""
    from detente.lab.prices.tables import price_tables

    return {table.name: table for table in price_tables(usa, draws, seed)}


def price_sentences(tables: Mapping[str, Table]) -> list[str]:
    """What the tables of prices say."""
    if "prices" not in tables:
        return []
    from detente.lab.prices.tables import sentences

    read = printed(tables)
    return list(sentences([read["prices"], read["households"]]))


def materials(
    scenario: Scenario, folder: Path, draws: int | None, progress: Progress | None
) -> tuple[dict[str, Table], list[str]]:
    """Who runs short, when and at what cost, with the findings in words.

    Ranges only where draws were asked for, as each solves many networks.
    """
    from detente.lab.chains.part import materials, sentences

    if scenario.materials is None or not isinstance(scenario.on, date):
        return {}, []
    told = None if progress is None else partial(progress, "supply chain")
    asked = scenario.materials
    own = {key: str(folder / name) for key in ("chain", "without", "deal")
           if (name := getattr(asked, key)).endswith(".toml")}  # fmt: skip
    found = materials(asked.model_copy(update=own), scenario.on, draws or 0, scenario.seed, told)
    return found, sentences(printed(found, draws or 0))


def talks(
    scenario: Scenario,
    pairings: Mapping[str, list[Pairing]],
    chain: Table | None = None,
) -> tuple[dict[str, Table], list[str]]:
    """Whether the deal could be signed and would hold, where a case stands near the scenario's date.

    Parameters
    ----------
    chain : table `materials` of the run, where it has one.
    """
    from detente.lab.talks.part import talks_tables_for_run

    tables, sentences = talks_tables_for_run(scenario, pairings["USA"], pairings["CHN"], chain)
    return {table.name: table for table in tables}, sentences


@contextmanager
def recorded(
    scenario: Scenario, usa: list[Pairing], folder: Path, draws: int | None
) -> Iterator[Callable[[], dict[str, Table]]]:
    """What gives the place in history, events, markets and claims; claims are judged beside the rest of the run."""
    if not scenario.record.asked or not isinstance(scenario.on, date):
        yield dict[str, Table]
        return
    from detente.lab.record.part import history_tables, record_tables

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
    from detente.lab.joint import joint_table

    said = None if progress is None else partial(progress, "joint draws")
    found = joint_table(scenario, pairings["USA"], pairings["CHN"], draws, scenario.seed, said)
    return {table.name: table for table in found}
