"""Tables of the inputs of a case of the talks: coverage, weights, how exact its surface is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detente.codes import Table, declared_note, table_with
from detente.lab.talks.case import Case
from detente.talks.world import BILLION, Surface

SEARCHED = 7
"""Digits that are kept of what a search for a best deal ends with: its last steps move the eighth."""


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
