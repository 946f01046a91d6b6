"""Choices that tell what a party cares for: the last duty that it raised alone on another, known by the day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from detente.data.casefile import Noted
from detente.data.dealrecord import deals
from detente.lab.talks.new.law import LaidDuty, raised
from detente.lab.talks.new.precedents import DEALS, GIVER
from detente.lab.talks.new.sides import Party

AGREED = timedelta(days=60)
"""Days before a duty in which a bargain with the partner makes it one that was agreed."""


def choices(parties: Sequence[Party], tabled: Sequence[LaidDuty], on: date) -> Iterator[Noted]:
    """For each party the latest rise of a duty on all goods of another that it made alone."""
    for party in parties:
        own = [b for laid in tabled for b in laid.each if b.giver == party and b.general and not b.floor]
        rises = [(day, b) for b in own if (day := raised(b)) is not None and day <= on and not _agreed(b, day)]
        if rises:
            day, burden = max(rises, key=lambda row: (row[0], row[1].duty, row[1].name))
            yield _choice(burden, day, parties)


def _agreed(burden: LaidDuty, begun: date) -> bool:
    """Whether a deal with the partner stood behind a rate."""
    pair = {burden.giver.code, burden.receiver.code}
    for row in deals():
        day, named = date.fromisoformat(row["announced"]), pair & set(row["partner"].split("+"))
        if GIVER in pair and named and row["kind"] in DEALS and begun - AGREED <= day <= begun:
            return True
    return False


def _choice(burden: LaidDuty, day: date, parties: Sequence[Party]) -> Noted:
    points = 100 * burden.rate
    law: list[dict[str, Any]] = [
        {"importer": party.code, "whole": day, "known": day}
        for party in parties
        if party.lines or party == burden.giver
    ]
    return Noted({
        "name": f"{day:%B-%Y}".lower(), "date": day,
        "statement": f"a {burden.goods} duty of {points:g} points on {burden.receiver.name}",
        "party": burden.giver.code, "law": law,
        "direction": {"authority": burden.authority, "on": day, "rate": burden.rate}, "known_on": day,
    })  # fmt: skip
