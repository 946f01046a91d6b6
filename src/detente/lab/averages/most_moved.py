"""The partner whose goods bear most of a change of the US law, where it is not China."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from detente.codes import Table, table_of
from detente.data.tables import countries, place

if TYPE_CHECKING:
    from detente.lab.averages.sides import Pairing

UNION = "EU27"
OTHER = "CHN"
"""The party that sentences and cards of both usual sides name in any case."""

LEAST = 5e-6
"""Change of the average duty on all imports that a partner must make to be named; what is smaller prints as zero."""

NAME = "partner_moved"


@dataclass(frozen=True)
class Moved:
    """A partner, or the European Union as one, with the average US duty on its goods.

    Attributes
    ----------
    code : ISO3, or EU27; `member` : the country itself, or the member that sells most.
    before, after : average duty under each law, share of customs value at the weights of the result.
    """

    code: str
    member: str
    before: float
    after: float

    @property
    def where(self) -> str:
        """The partner within a sentence."""
        return place(self.code)


def moved_table(pairings: Sequence[Pairing], named: str = OTHER) -> Table | None:
    """By variant the partner with the largest change of duty times imports; None where it is `named` anyway in all."""
    rows = [row for pair in pairings if (row := _row(pair, named)) is not None]
    return table_of("duties.partner_moved", rows, period=pairings[0].after.ground.flows.period) if rows else None


def _row(pair: Pairing, named: str) -> tuple[str | float, ...] | None:
    groups, worth, new = pair.after.by_group("partner")
    known, _, old = pair.before.by_group("partner")
    was = dict(zip(known.codes, old.tolist(), strict=True))
    union = countries().expand(UNION)
    blocs: dict[str, list[tuple[str, float, float, float]]] = {}
    for code, value, after in zip(groups.codes, worth.tolist(), new.tolist(), strict=True):
        if value > 0 and code in was:
            blocs.setdefault(UNION if code in union else code, []).append((code, value, was[code], after))
    wholes = list[tuple[str, str, float, float, float, float]]()
    for code, rows in blocs.items():  # a partner or a bloc: code, largest member, imports, averages and their change
        value = sum(row[1] for row in rows)
        before, after = sum(row[1] * row[2] for row in rows) / value, sum(row[1] * row[3] for row in rows) / value
        wholes.append((code, max(rows, key=lambda row: row[1])[0], value, before, after, after - before))
    first = max(wholes, key=lambda row: abs(row[-1]) * row[2], default=None)
    if first is None or first[0] == named or abs(first[-1]) * first[2] <= LEAST * float(worth.sum()):
        return None
    return (pair.variant, *first)


def most_moved(tables: Mapping[str, Table], variant: str = "") -> Moved | None:
    """The partner of a result whose duties change most; None if it is China or no duty moves.

    Parameters
    ----------
    variant : of the scenario; "" is the first.
    """
    if NAME not in tables or "headline" not in tables:
        return None
    wanted = variant or str(tables["headline"]["variant"][0])
    rows = [row for row in tables[NAME].rows() if row["variant"] == wanted]
    return Moved(*(rows[0][key] for key in ("partner", "member", "before", "after"))) if rows else None
