"""The tables of a case of the talks, by name; and how far its laws are on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from detente.codes import Table, declared_note, table_of, table_with
from detente.codes.standing import Standing
from detente.data.casefile import case_names, load_case, variant_names
from detente.data.importers import importer
from detente.lab.statute.standing import standing_of
from detente.lab.talks import deals, power, several
from detente.lab.talks.case import Case
from detente.lab.talks.gains import gain_range_table
from detente.lab.talks.outlook import outlook_table
from detente.lab.talks.talk import Talk
from detente.talks.world import BILLION, Surface

Build = Callable[[Talk], Table]

ALL, TWO, SEVERAL = range(3)
"""Of which talks a table is: of all, of those between two, of those of three parties and more."""

TABLES: Sequence[tuple[str, Build, int]] = (
    ("payoffs", deals.payoff_table, ALL),
    ("outsiders", several.outsider_table, SEVERAL),
    ("break_even", power.break_even_table, TWO),
    ("threats", deals.threat_table, ALL),
    ("gains", deals.gain_table, ALL),
    ("gain_ranges", gain_range_table, ALL),
    ("coalitions", several.coalition_table, SEVERAL),
    ("failures", several.pair_failure_table, SEVERAL),
    ("room", deals.room_table, ALL),
    ("limits", deals.limit_table, ALL),
    ("left", deals.left_table, ALL),
    ("improve", deals.improvement_table, ALL),
    ("solutions", deals.solution_table, ALL),
    ("blocking", several.blocking_table, SEVERAL),
    ("core", several.core_table, SEVERAL),
    ("pairs", several.pair_table, SEVERAL),
    ("places", several.place_table, SEVERAL),
    ("frontiers", several.frontier_table, SEVERAL),
    ("curves", several.curve_table, SEVERAL),
    ("leverage", several.leverage_table, ALL),
    ("harms", several.harm_table, ALL),
    ("linkage", power.linkage_table, ALL),
    ("tracks", power.track_table, ALL),
    ("rates", power.rate_table, TWO),
    ("delay", power.delay_table, ALL),
    ("clocks", power.clock_table, ALL),
    ("beliefs", power.belief_table, ALL),
    ("signals", power.signal_table, TWO),
    ("outlook", outlook_table, TWO),
    ("stability", power.stability_table, ALL),
    ("lowest", power.lowest_table, TWO),
    ("inverse", power.inverse_table, TWO),
    ("bounds", power.bound_table, TWO),
    ("cautions", power.caution_table, TWO),
    ("coverage", lambda talk: coverage_table(talk.case), ALL),
    ("weights", lambda talk: weights_table(talk.case), ALL),
    ("surface", lambda talk: surface_error_table(talk.case.surface()), ALL),
    ("acceptable", deals.acceptable_table, TWO),
    ("frontier", deals.frontier_table, TWO),
    ("deals", deals.deals_table, TWO),
)
"""Names and makers of the tables of talks in the order in which they are read, each with the talks it is of."""


def builders(talk: Talk) -> dict[str, Build]:
    """Makers of the tables of a talk, by name."""
    own = SEVERAL if talk.exact else TWO
    return {name: build for name, build, talks in TABLES if talks in (ALL, own)}


def case_table() -> Table:
    """Cases of the package with their variants."""
    rows = []
    for name in case_names():
        file = load_case(name)
        threats = ", ".join(row.name for row in file.threats)
        rows.append((name, ", ".join(variant_names(name)), file.on.isoformat(), file.title, threats))
    return table_of("case.cases", rows)


def standings(talk: Talk) -> dict[str, Standing]:
    """How far the law of each party is on record on the day of the case."""
    on, codes = talk.case.file.on, [code for code in talk.parties if code in ("USA", "CHN")]
    by_side = {code: standing_of(importer(code).law, on, on) for code in codes}
    return {code: standing for code, standing in by_side.items() if standing is not None}


# --- tables of the inputs of a case -----------------------------------------------------------------------------------


def coverage_table(case: Case) -> Table:
    """Share of each sector that each duty covers, and the average by trade of the reference."""
    space = case.space(switched=not any(row.in_all for row in case.file.issues))
    economy = space.economy
    trade = space.reference.levels["trade"].reshape(len(economy.countries), len(economy.countries), -1)
    data = {"sector": np.asarray([*economy.sectors, "all"])}
    for duty in space.duties:
        own, covered = duty.bought(trade), duty.covered(trade)
        worth, goods_worth = own * (covered > 0.0), own.copy()
        goods_worth[[economy.sector(name) for name in economy.parameters.get("services", ())]] = 0.0
        mean = float(covered @ worth / goods_worth.sum())
        data[duty.issue] = np.append(covered, mean)
    issues = [duty.issue for duty in space.duties]
    return table_with("case.coverage", data, case=case.file.title, issue=issues)


def weights_table(case: Case) -> Table:
    """The inverse-optimum line of every choice, long run and short run."""
    lines = [*case.lines(), *case.lines(short=True)]
    data = {
        "choice": np.asarray([line.name for line in lines]),
        "date": np.asarray([line.date for line in lines]),
        "party": np.asarray([line.party for line in lines]),
        "horizon": np.asarray([line.horizon for line in lines]),
        "income": BILLION * np.array([line.income for line in lines]),
        "revenue": BILLION * np.array([line.revenue for line in lines]),
        "value_added": BILLION * np.array([line.added for line in lines]),
        "omega": _known([line.omega() for line in lines]),
        "mu": _known([line.mu_alone for line in lines]),
    }
    sentences = tuple(f"{line.horizon}: {sentence}" for line in lines for sentence in line.sentences)
    return table_with("case.weights", data, sentences, case=case.file.title)


def _known(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values])


def surface_error_table(surface: Surface) -> Table:
    """Largest error of each part of a surface against exact solves."""
    data = {
        "part": np.asarray(list(surface.error.by_part)),
        "error": BILLION * np.array(list(surface.error.by_part.values())),
    }
    note = declared_note("case.solved_exactly", count=surface.error.points, residual=surface.residual)
    return table_with("case.surface", data, (note,))
