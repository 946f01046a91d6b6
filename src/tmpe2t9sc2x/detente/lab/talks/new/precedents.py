"""What partners gave in earlier deals of the same giver: instruments that stood in a third of them or more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from detente.codes import declared_note
from detente.data.dealrecord import deals
from detente.lab.talks.new.sides import Party

OFTEN = 1.0 / 3.0
GIVER = "USA"
"""The record has the deals of the United States alone."""

DEALS = ("deal", "framework")
"""Kinds of the record that have terms of both sides; pauses and extensions do not."""

KINDS = {"cuts": "cut", "purchases": "purchase", "investment": "investment"}
"""Column of the record -> type of an issue."""

WORDS = {"cut": "draft.earlier_cut", "purchase": "draft.earlier_purchase", "investment": "draft.earlier_investment"}
"""Type of an issue -> note on how often it stood in earlier deals."""


@dataclass(frozen=True)
class Precedent:
    """An instrument of earlier deals: in how many of how many it stood, `until` a day; `type` as of an issue."""

    type: str
    count: int
    of: int
    until: date

    @property
    def often(self) -> bool:
        """Whether it stood in a third of them."""
        return self.of > 0 and self.count >= OFTEN * self.of

    @property
    def words(self) -> str:
        """One line for readers."""
        return declared_note(WORDS[self.type], count=self.count, of=self.of, until=self.until)


def precedents(parties: tuple[Party, ...], on: date) -> Iterator[Precedent]:
    """What partners gave in the deals announced before a day, where the giver of the record is a party."""
    if GIVER in [party.code for party in parties]:
        earlier = [row for row in deals() if row["kind"] in DEALS and date.fromisoformat(row["announced"]) < on]
        for column, kind in KINDS.items():
            yield Precedent(kind, sum(bool(row[column]) for row in earlier), len(earlier), on)
