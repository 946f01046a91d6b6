"""Times of the talks against the aims of the design, beside plain peers in the same run.

    python benchmarks/talks.py [--repeat 3] [--json FILE] [--draws 4] [--outcomes 1000000]

Of several repeats the least is shown: machines are shared, and the least is what the work costs. Peers: the frontier by
comparing every pair of outcomes, as a filter written in a few lines does; the payoff surface by solving every point
that is looked up; the signalling game by nashpy where it can be imported.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy as np  # noqa: E402
from detente.lab.talks.before import law_of_talks  # noqa: E402
from numpy.typing import NDArray  # noqa: E402
from run import Figure, show  # noqa: E402

from detente.data.casefile import load_case  # noqa: E402
from detente.lab.averages.sides import pairings_of  # noqa: E402
from detente.lab.deal.signing import talks_tables  # noqa: E402
from detente.lab.scenario import dated, load_scenario  # noqa: E402
from detente.lab.talks.draws import draw_case, headline_numbers  # noqa: E402
from detente.lab.talks.near import case_for  # noqa: E402
from detente.lab.talks.report import builders  # noqa: E402
from detente.lab.talks.talk import Talk, open_talk  # noqa: E402
from detente.talks import SignallingGame, equilibria, nondominated, settle  # noqa: E402

CASE = "us-china-2025-05:happened"
FOUR = ("D0", "DP", "DN", "DX")
NAIVE = 4000
"""Outcomes that the filter by pairs is given: its time grows with the square."""

NONE = float("inf")
"""No aim."""

Floats = NDArray[np.float64]


def least(action: Callable[[], object], repeat: int) -> float:
    """Least wall time of an action, seconds."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def surfaces(repeat: int) -> Iterator[Figure]:
    """The payoff surface, its look-ups, and what the same look-ups cost by exact solves."""
    case = open_talk(CASE, check=False).case
    whole = least(lambda: open_talk(CASE, check=False).case.surface(), repeat)
    yield Figure("surface, stored, case opened", whole, 0.5, "s")
    surface, space = case.surface(), case.space()
    points = np.random.default_rng(0).uniform(0.0, [1.25, 0.2, 1.25], (20, 3))
    exact = least(lambda: [space.parts_at(point) for point in points], repeat) / len(points)
    read = least(lambda: surface.parts_at(points), repeat) / len(points)
    yield Figure("one outcome by an exact solve", 1e3 * exact, NONE, "ms")
    yield Figure("the same read from the surface, times faster", exact / read, NONE, "x")


def draws(count: int) -> Iterator[Figure]:
    """Draws, each with its own surface and weights."""
    file = load_case(CASE)
    start = time.perf_counter()
    for number in range(count):
        headline_numbers(draw_case(file, number, 7))
    yield Figure(f"a draw, mean of {count}", (time.perf_counter() - start) / count, 3.0, "s")


def settlements(repeat: int) -> Iterator[Figure]:
    """Everything after the surface."""
    talk = open_talk(CASE, threats=FOUR, check=False)
    setting = talk.headline
    negotiation, ledger = talk.negotiation(setting), talk.ledger(setting)
    one = least(lambda: settle(negotiation, reference=talk.reference, ledger=ledger), repeat)
    yield Figure("settle, four threats, two constraint sets", one, 0.5, "s")
    yield Figure("every table, eight settings, six threats", least(lambda: tables(open_case()), 1), 30.0, "s")


def open_case() -> Talk:
    """The case with its surfaces solved."""
    talk = open_talk(CASE, check=False)
    for short in (False, True):
        talk.case.surface(short=short)
    return talk


def tables(talk: Talk) -> None:
    """Every table that machines get but the bounds, which search a whole space."""
    for name, build in builders(talk).items():
        if name != "bounds":
            build(talk)


def runs(repeat: int) -> Iterator[Figure]:
    """What the talks add to a run."""
    scenario, path = load_scenario("geneva")
    scenario = dated(scenario, date(2026, 1, 1))
    usa, chn = (list(pairings_of(scenario, code, path.parent)) for code in ("USA", "CHN"))
    law = law_of_talks(case_for(scenario.on), usa, chn)
    talks_tables(scenario, law)
    yield Figure(
        "section of `detente run geneva`, warm",
        least(lambda: talks_tables(scenario, law), repeat),
        2.0,
        "s",
    )


def by_pairs(V: Floats) -> NDArray[np.bool_]:
    """The frontier by comparing every outcome with all others: the filter that comes to mind first."""
    keep = np.ones(len(V), dtype=np.bool_)
    for i, row in enumerate(V):
        keep[i] = not ((row <= V).all(axis=1) & (row < V).any(axis=1)).any()
    return keep


def frontiers(outcomes: int, repeat: int) -> Iterator[Figure]:
    """The frontier of many outcomes, and the ratio to the filter by pairs on a few."""
    V = np.random.default_rng(0).standard_normal((outcomes, 2))
    yield Figure(f"frontier of {outcomes:,} outcomes", least(lambda: nondominated(V), repeat), 1.0, "s")
    some = V[:NAIVE]
    own, naive = least(lambda: nondominated(some), repeat), least(lambda: by_pairs(some), 1)
    assert np.array_equal(nondominated(some), by_pairs(some))
    yield Figure(f"filter by pairs on {NAIVE:,}, times slower", naive / own, NONE, "x")


def games(repeat: int) -> Iterator[Figure]:
    """The signalling game by enumeration, and by nashpy on its normal form."""
    sender, receiver = ([[-4], [-2]], [[-1, 2], [-5, 2]]), ([[4], [4]], [[-3, 1], [2, 1]])
    game = SignallingGame(np.array([0.1, 0.9]), sender, receiver)
    own = least(lambda: equilibria(game), 10 * repeat)
    yield Figure("signalling game, all sequential equilibria", 1e3 * own, NONE, "ms")
    if importlib.util.find_spec("nashpy"):
        import nashpy

        A, B = np.random.default_rng(0).standard_normal((2, 4, 2))
        other = least(lambda: list(nashpy.Game(A, B).support_enumeration()), 10 * repeat)
        yield Figure("  nashpy on a game of its size, times slower", other / own, NONE, "x")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--repeat", type=int, default=3)
    options.add_argument("--json", type=Path)
    options.add_argument("--draws", type=int, default=4)
    options.add_argument("--outcomes", type=int, default=1_000_000)
    chosen = options.parse_args()
    figures = [*surfaces(chosen.repeat), *draws(chosen.draws), *settlements(chosen.repeat), *runs(chosen.repeat)]
    show([*figures, *frontiers(chosen.outcomes, chosen.repeat), *games(chosen.repeat)], chosen.json)


if __name__ == "__main__":
    main()
