"""Threats on record between two parties that stood on a day, and the duty that each of them would move."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from detente.data.dealrecord import threat_rows
from detente.lab.talks.new.law import LaidDuty
from detente.lab.talks.new.sides import Party

ALL_PARTNERS = ("world", "all partners")
"""Receivers of the record that stand for every country."""

OLD = timedelta(days=180)
"""Age at which a threat without a date no longer stands."""

GOODS = {
    r"\bcars?\b|\bvehicles\b": "cars",
    r"steel|alumin": "metals",
    r"copper": "copper",
    r"pharma|medicin": "medicines",
    r"heavy trucks": "trucks",
    r"furniture|cabinets|\bwood\b": "wood",
    r"\bchips\b|semiconductor": "chips",
}
"""Goods of a threat by the words of its row."""

GENERAL = re.compile(
    r"all goods|reciprocal|april rate|snap-back|fentanyl|^\d+ more|raise to|mirror|\bs301\b|\bs122\b|rates of"
)
TOTAL = r"snap-back|^\d+ more$"
"""Rows whose rate is the sum of the duties on all goods."""

BY_WORDS = {r"fentanyl": "fentanyl", r"\bs301\b": "section_301", r"\bs122\b": "section_122"}


@dataclass(frozen=True)
class Menace:
    """A threat on record: who, on whom, the rate as a share (None without a number), and the words of the row."""

    id: str
    giver: str
    receiver: str
    measure: str
    rate: float | None
    announced: date
    deadline: date | None
    source: str

    @property
    def goods(self) -> str:
        """Goods it is on; "" for all, "?" where the words say neither."""
        words = self.measure.lower()
        named = next((goods for pattern, goods in GOODS.items() if re.search(pattern, words)), "")
        return named or ("" if GENERAL.search(words) else "?")

    @property
    def total(self) -> bool:
        """Whether its rate is the sum of all that the giver lays on all goods."""
        return re.search(TOTAL, self.measure.lower()) is not None

    @property
    def authority(self) -> str:
        """Beginning of the authority that its words name, "" for none."""
        words = self.measure.lower()
        return next((name for pattern, name in BY_WORDS.items() if re.search(pattern, words)), "")

    @property
    def words(self) -> str:
        """One line for readers."""
        rate = "no rate named" if self.rate is None else f"{100 * self.rate:g}%"
        until = "no date" if self.deadline is None else f"for {self.deadline}"
        return f"{self.measure}, {rate}, announced {self.announced}, {until}"


def standing(parties: Sequence[Party], on: date) -> list[Menace]:
    """Threats between the parties that were announced by a day and had not come to an end by then, in order."""
    standing_rows = ((row, over) for row, over in rows_of(parties) if _stands(row, over, on))
    return [row for row, _ in sorted(standing_rows, key=_order)]


def rows_of(parties: Sequence[Party]) -> Iterator[tuple[Menace, date | None]]:
    """Every threat of the record between the parties, with the day on which it came to an end."""
    for row in threat_rows():
        for giver, receiver in _sides(row, parties):
            yield _read(row, giver, receiver)


def _sides(row: Mapping[str, Any], parties: Sequence[Party]) -> Iterable[tuple[str, str]]:
    codes = [party.code for party in parties]
    if row["giver"] in codes:
        named = [row["receiver"]] if row["receiver"] not in ALL_PARTNERS else codes
        yield from ((row["giver"], code) for code in named if code in codes and code != row["giver"])


def _read(row: Mapping[str, Any], giver: str, receiver: str) -> tuple[Menace, date | None]:
    rate = None if row["rate"] is None else row["rate"] / 100.0
    deadline, over = _day(row["deadline"]), _day(row["final_on"])
    announced = date.fromisoformat(row["announced"])
    return Menace(row["id"], giver, receiver, row["measure"], rate, announced, deadline, row["source"]), over


def _stands(row: Menace, over: date | None, on: date) -> bool:
    if row.announced > on or (over is not None and over <= on):
        return False
    return row.deadline > on if row.deadline is not None else on - row.announced <= OLD


def _order(row: tuple[Menace, date | None]) -> tuple[date, str, str]:
    return row[0].announced, row[0].id, row[0].receiver


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def moved(row: Menace, burdens: Sequence[LaidDuty]) -> LaidDuty | None:
    """What a threat would raise, of what its giver lays on its receiver; None where it lays nothing of the kind."""
    if row.deadline is None and " if " in row.measure:
        return None
    own = [b for b in burdens if (b.giver.code, b.receiver.code) == (row.giver, row.receiver)]
    if row.goods:
        return next((b for b in own if not b.general and b.goods == row.goods), None)
    general = [b for b in own if b.general]
    named = [b for b in general if row.authority and b.authority.startswith(row.authority)]
    usual = [b for b in general if b.authority == "reciprocal"] or general
    return next(iter(named or usual), None)


def level(row: Menace, burden: LaidDuty, burdens: Sequence[LaidDuty]) -> float | None:
    """Level of a duty under a threat, share: what is left of a sum once the others on all goods are taken off.

    A threat moves one part of a duty that is made of several.
    """
    if row.rate is None:
        return None
    if not row.total:
        moving = moved(row, burden.parts) or burden
        return row.rate + sum(part.rate for part in burden.parts if part is not moving)
    others = [b.rate for b in burdens if b.general and b is not burden and b.giver == burden.giver
              and b.receiver == burden.receiver and not b.floor]  # fmt: skip
    return max(row.rate - sum(others), 0.0)
