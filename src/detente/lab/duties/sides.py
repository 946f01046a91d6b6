"""A table of the other side, named as that of the importer whose imports are averaged with the code behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from detente.codes import Table
from detente.data.tables import partner_name
from detente.lab.duties.tables import breakdown

if TYPE_CHECKING:
    from detente.lab.averages.sides import Pairing


def by_side(pairings: Sequence[Pairing], by: str = "section") -> Table:
    """Average duty of the importer of some pairings before and after, by partner, section or another grouping.

    The counterpart of what a run tells of the importer whose imports are averaged.
    """
    code = pairings[0].after.ground.where.iso3
    title = f"Average duty of {partner_name(code)} by {by.replace('_', ' ')}"
    return replace(breakdown(pairings, by), name=f"{by}_{code.lower()}", title=title)
