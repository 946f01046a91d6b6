"""The world economy in a run: both laws of each pairing solved, and what differs between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from detente.codes import Table
from detente.lab.part import Built, Part, Question, Tables, reporting
from detente.lab.spans import JOINT, between, joint_of, printed, signed

if TYPE_CHECKING:
    from detente.lab.scenario import Scenario
    from detente.lab.world.incidence import Laws

NAMES = ("economy", "incomes", "world", "parties", "diverted", "sectors", "elasticities", "concessions", "laffer")


def _build(question: Question, tables: Tables) -> Built:
    """Tables under both laws of each pairing; only those wanted, as the duty that raises most costs more than both."""
    from detente.data.worlds import load_economy
    from detente.lab.ground import axes
    from detente.lab.world import incidence
    from detente.lab.world import tables as build

    economy = load_economy(axes.WORLD)
    given = question.taken or _takes(question)
    effects = incidence.effects(given, economy)
    used = str(economy.parameters.get("elasticities", "default"))
    spread = {used: effects} if question.draws == 0 else incidence.spread(given, economy, effects)
    builders: dict[str, Callable[[], Table]] = {
        "economy": lambda: build.headline_table(spread),
        "world": lambda: build.world_table(spread),
        "incomes": lambda: build.incomes_table(spread),
        "parties": lambda: build.bilateral_table(effects),
        "diverted": lambda: build.diverted_table(effects),
        "sectors": lambda: build.sector_table(effects),
        "concessions": lambda: build.concessions_table(effects),
        "laffer": lambda: build.laffer_table(effects[0]),
    }
    if question.draws != 0:
        builders["elasticities"] = lambda: build.sets_table(spread)
    return Built({name: make() for name, make in builders.items() if question.wants(name)})


def _takes(question: Question) -> list[Laws]:
    """The tariffs of both laws of each pairing on the axes of the world."""
    from detente.data.worlds import load_economy
    from detente.lab.ground import axes
    from detente.lab.world import incidence

    return incidence.laws(question.pairings["USA"], question.pairings["CHN"], load_economy(axes.WORLD))


def warm() -> None:
    """Load what a world takes, and begin with it, whatever the laws say."""
    from detente.data.worlds import load_economy
    from detente.economy import Shock, solve
    from detente.lab.ground import axes
    from detente.lab.world import incidence

    for economy in incidence.worlds(load_economy(axes.WORLD)).values():
        solve(economy, Shock())


def _rests_on(scenario: Scenario) -> tuple[str, ...]:
    return ("concordance_hs6_icio28", "icio28_sectors", "icio-2022")


def world_sentences(tables: Mapping[str, Table]) -> list[str]:
    """Real income of the parties and of the partner whose duties change most, over joint draws or sets."""
    from detente.data.tables import place
    from detente.lab.ground.most_moved import most_moved

    read = printed(tables)
    rows = [row for row in read["economy"].rows() if row["measure"] == "real income"] if "economy" in read else []
    sentences = []
    for variant in dict.fromkeys(row["variant"] for row in rows):
        own = [row for row in rows if row["variant"] == variant]
        label = f"{variant}: real" if len(own) < len(rows) else "Real"
        third = most_moved(read, variant)
        other = [] if third is None else _income_of(read, variant, third.member)
        parts = [f"{_income(row, joint_of(read, variant, 'real income', row['country']))}" for row in own]
        parts += [_income(row, None) for row in other]
        places = [place(row["country"]) for row in (*own, *other)]
        each = in_words([f"{part} in {where}" for part, where in zip(parts, places, strict=True)])
        sentences.append(f"{label} income {each}, in general equilibrium with deficits fixed.")
    return sentences


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


PART = Part(
    "world",
    dict.fromkeys(NAMES, "world"),
    asked=lambda question: question.scenario.report.world,
    build=_build,
    rests_on=_rests_on,
    key="report.world",
    off=lambda scenario: reporting(scenario, world=False),
    say=world_sentences,
    # With draws the other process has the claims.
    apart=lambda question: not question.draws,
    takes=_takes,
    warm=warm,
)
