"""Every importer of a scenario in one table each: its average duty, by partner and by section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from detente.codes import Table, table_of
from detente.data.importers import importer
from detente.lab.averages.sides import Pairing, Row, moved
from detente.lab.scenario import SHORT

TOP = 20
"""Partners of an importer that are shown."""

STILL = 5e-7
"""Change of a duty up to which it stands still, share."""

NONE = (0.0, 0.0, 0.0)
"""Imports and duties of a partner from which nothing comes."""

Pairings = Mapping[str, Sequence[Pairing]]


def importer_tables(pairings: Pairings) -> Iterator[Table]:
    """Tables `importers` and, of others than the United States and China, those by pair, partner and section."""
    rows = [row for code, several in pairings.items() for pair in several for row in _averages(code, pair)]
    yield table_of("duties.importers", rows)
    if tuple(pairings) == tuple(SHORT):
        return
    partners = [row for code, several in pairings.items() for pair in several for row in _partners(code, pair)]
    yield table_of("duties.importer_partners", partners, top=TOP)
    between = [row for code, several in pairings.items() for pair in several for row in _between(code, pair, pairings)]
    yield table_of("duties.importer_pairs", between)
    sections = [row for code, several in pairings.items() for pair in several for row in _sections(code, pair)]
    yield table_of("duties.importer_sections", sections)


def _averages(code: str, pair: Pairing) -> Iterator[Row]:
    flows, file = pair.after.ground.flows, pair.after.ground.where.file
    yield (
        pair.variant, code, str(pair.before.on), str(pair.after.on), *moved(pair.before.average, pair.after.average),
        flows.total, f"{flows.period}, {flows.valuation}", file.level,
    )  # fmt: skip


def _groups(pair: Pairing, by: str) -> Iterator[Row]:
    """Code, name, imports and the duty before, after and between of every group of an importer's trade."""
    groups, worth, new = pair.after.by_group(by)
    known, _, old = pair.before.by_group(by)
    was = dict(zip(known.codes, old.tolist(), strict=True))
    for i, name in enumerate(groups.codes):
        yield (name, groups.labels[i], float(worth[i]), *moved(was.get(name, np.nan), float(new[i])))


def _between(code: str, pair: Pairing, pairings: Pairings) -> Iterator[Row]:
    """The average of an importer on goods of each other one that it trades with; a union is the sum of its members."""
    by_partner = {str(name): (worth, old, new) for name, _, worth, old, new, _ in _groups(pair, "partner")}
    for other in pairings:
        members = importer(other).members
        rows = [by_partner[name] for name in sorted(members) if by_partner.get(name, NONE)[0] > 0]
        if other == code or not rows:
            continue
        worth = sum(row[0] for row in rows)
        old = sum(row[0] * row[1] for row in rows) / worth
        new = sum(row[0] * row[2] for row in rows) / worth
        yield (pair.variant, code, other, worth, *moved(old, new))


def _partners(code: str, pair: Pairing) -> Iterator[Row]:
    rows = [(name, *rest) for name, _, *rest in _groups(pair, "partner")]
    rows.sort(key=lambda row: (abs(row[4]) <= STILL, -row[1]))
    yield from ((pair.variant, code, *row) for row in rows[:TOP])


def _sections(code: str, pair: Pairing) -> Iterator[Row]:
    yield from ((pair.variant, code, *row) for row in _groups(pair, "section"))
