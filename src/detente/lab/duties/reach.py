"""Reach: on how much trade a duty that a scenario adds is owed, and which exemptions and duties keep it from the rest.

An added duty stands under the rules of its authority and class, as any other: a "10 per cent on everything" is not owed
on goods that some exemption of the lawbook takes out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from detente.codes import Table, table_of
from detente.data.importers import importer
from detente.lab.averages.reform import COPY
from detente.law import MeasureKind, Painted, schedule_on

if TYPE_CHECKING:
    from detente.lab.averages.sides import Pairing, Side

SMALLEST = 5e-5
"""Share of the trade meant below which nothing is named."""


@dataclass(frozen=True)
class Reach:
    """The trade a measure is meant for, on which it is owed, and what takes its place, USD.

    Attributes
    ----------
    taken : id of the measure that takes its place -> imports it does so on; two may name the same goods.
    """

    measure: str
    title: str
    meant: float
    owed: float
    taken: dict[str, float]


def reaches(side: Side) -> Iterator[Reach]:
    """The reach of each duty in force that is not in the shipped law and no change of it, in the order of the law."""
    shipped = importer(side.law.importer).law.by_id
    own = (m for m in side.law.measures if m.id not in shipped and m.kind is MeasureKind.DUTY)
    added = {m.id for m in own if m.id.partition(COPY)[0] not in shipped}
    if not added:
        return
    exposure = side.here.exposure
    schedule = schedule_on(exposure.space, side.on, side.reading, record=True)
    for name in dict.fromkeys(p.item.measure.id for p in schedule.duties if p.item.measure.id in added):
        parts = [painted for painted in schedule.duties if painted.item.measure.id == name]
        taken: dict[str, float] = {}
        for part in parts:
            for by, where in part.displaced.items():
                taken[by] = taken.get(by, 0.0) + exposure.duty_of(_whole(part, where))
        meant = sum(exposure.duty_of(_whole(part, part.applies)) for part in parts)
        owed = sum(exposure.duty_of(_whole(part, part.owed)) for part in parts)
        yield Reach(name, parts[0].item.measure.title, meant, owed, taken)


def _whole(painted: Painted, where: np.ndarray) -> Painted:
    """The measure at a rate of one somewhere: the duty is the trade there."""
    return replace(painted, owed=where, rate=np.ones_like(painted.rate), floor=False)


def reach_table(pairings: Sequence[Pairing]) -> Table | None:
    """On how much trade each added duty is meant and owed, and what takes the rest; none where nothing is added."""
    rows = [row for pair in pairings for reach in reaches(pair.after) for row in _rows(pair, reach)]
    return table_of("duties.reach", rows) if rows else None


def _rows(pair: Pairing, reach: Reach) -> Iterator[tuple[object, ...]]:
    law = pair.after.law
    head = (pair.variant, law.importer, reach.measure, reach.title)
    yield (*head, "meant for", "", reach.meant)
    yield (*head, "owed on", "", reach.owed)
    for by, imports in sorted(reach.taken.items(), key=lambda pair: -pair[1]):
        if imports > SMALLEST * reach.meant:
            yield (*head, law.by_id[by].title, by, imports)


Row = Mapping[str, Any]


def short_of(table: Table | None) -> Iterator[tuple[Row, Row, Sequence[Row]]]:
    """Each added duty that is not owed on all it is meant for: what is meant, what is owed, what takes the rest."""
    for _, rows in groupby(() if table is None else table.rows(), key=itemgetter("variant", "importer", "measure")):
        meant, owed, *taken = rows
        if taken and meant["imports"] - owed["imports"] > SMALLEST * meant["imports"]:
            yield meant, owed, taken
