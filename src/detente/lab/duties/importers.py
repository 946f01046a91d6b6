"""Every importer of a scenario in one table each: its average duty, by partner and by section."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from detente.codes import Table, table_of
from detente.data.importers import importer
from detente.lab.averages.sides import Pairing, Row, moved
from detente.lab.duties.tables import groups
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
    every = [(code, pair) for code, several in pairings.items() for pair in several]
    yield table_of("duties.importers", [_averages(*own) for own in every])
    if tuple(pairings) == tuple(SHORT):
        return
    partners = []
    for code, pair in every:
        own = [(name, *rest) for name, _, *rest in groups(pair, "partner")]
        own.sort(key=lambda row: (abs(row[4]) <= STILL, -row[1]))
        partners += [(pair.variant, code, *row) for row in own[:TOP]]
    yield table_of("duties.importer_partners", partners, top=TOP)
    yield table_of("duties.importer_pairs", [row for own in every for row in _between(*own, pairings)])
    sections = [(pair.variant, code, *row) for code, pair in every for row in groups(pair, "section")]
    yield table_of("duties.importer_sections", sections)


def _averages(code: str, pair: Pairing) -> Row:
    flows, file = pair.after.ground.flows, pair.after.ground.where.file
    return (
        pair.variant, code, str(pair.before.on), str(pair.after.on), *moved(pair.before.average, pair.after.average),
        flows.total, f"{flows.period}, {flows.valuation}", file.level,
    )  # fmt: skip


def _between(code: str, pair: Pairing, pairings: Pairings) -> Iterator[Row]:
    """The average of an importer on goods of each other one that it trades with; a union is the sum of its members."""
    by_partner = {name: (worth, old, new) for name, _, worth, old, new, _ in groups(pair, "partner")}
    for other in pairings:
        rows = [row for name in sorted(importer(other).members) if (row := by_partner.get(name, NONE))[0] > 0]
        if other != code and rows:
            worth = sum(row[0] for row in rows)
            ends = [sum(row[0] * row[end] for row in rows) / worth for end in (1, 2)]
            yield (pair.variant, code, other, worth, *moved(*ends))
