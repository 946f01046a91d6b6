"""Issues of a new case: threats and earlier deals behind them, their levels, and the rows of the file that say them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from math import ceil, inf
from typing import Any

from detente.codes import declared_note
from detente.data.casefile import Noted
from detente.data.dealrecord import deals, threat_rows
from detente.lab.talks.new.law import (
    INDUSTRY,
    SECTORS,
    BaseDuty,
    LaidDuty,
    Lapse,
    Party,
    base_duty,
    before_quarrel,
    has_trade,
    lapses,
    law_known,
    matters,
    rate_on,
)
from detente.law import MeasureKind
from detente.law.measure import names_partner

# --- levels ----------------------------------------------------------------------------------------------------------

#: Levels of an issue, and combinations of the levels of all issues.
MOST, PRODUCT = 6, 20_000

QUARTER = 1.25
ROUND, FINE = 0.05, 0.025
#: Top of a duty that nobody lays or threatens, share.
UNKNOWN = 0.20

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)


def levels_of(rates: Sequence[float], most: int = MOST, allowed: float = inf) -> tuple[float, ...]:
    """Levels from zero to the top: the rates themselves, and round ones in the widest gaps.

    The top is a quarter above the highest rate, in whole points.

    Parameters
    ----------
    rates : of the day, of threats and of the past, shares; `most` : levels at most, three or more.
    allowed : what the authority of the duty allows at most, share; a rate above it is on record and stays.
    """
    highest = max(rates, default=0.0)
    top = ceil(round(100.0 * QUARTER * highest, 6)) / 100.0 if highest > 0.0 else UNKNOWN
    top = max(min(top, allowed), highest)
    chosen = {0.0, top, *(round(rate, 6) for rate in rates)}
    while len(chosen) > max(most, 3):
        chosen.remove(_closest(sorted(chosen), {0.0, top, rates[0] if rates else 0.0}))
    while len(chosen) < most:
        new = _between(sorted(chosen))
        if new is None:
            break
        chosen.add(new)
    return tuple(sorted(chosen))


def _closest(levels: list[float], kept: set[float]) -> float:
    """The level that stands nearest to another, those to be kept left out."""
    free = [
        (min(abs(a - b) for b in levels if b != a), a) for a in levels if round(a, 6) not in {round(k, 6) for k in kept}
    ]
    return min(free)[1]


def _between(levels: list[float]) -> float | None:
    """A round level near the middle of the widest gap; None where all gaps are narrow."""
    low, high = max(pairwise(levels), key=lambda pair: (round(pair[1] - pair[0], 9), -pair[0]))
    for step in (ROUND, FINE):
        middle = round(round((low + high) / 2.0 / step) * step, 6)
        if low + 0.01 < middle < high - 0.01:
            return middle
    return None


def most_levels(duties: int, others: int) -> int:
    """Levels of each duty so that no more than `PRODUCT` combinations stand beside those of the other issues."""
    for most in range(MOST, 3, -1):
        if most**duties * max(others, 1) <= PRODUCT:
            return most
    return 3


# --- precedents ------------------------------------------------------------------------------------------------------

OFTEN = 1.0 / 3.0
#: The record has the deals of the United States alone.
GIVER = "USA"

#: Kinds of the record that have terms of both sides; pauses and extensions do not.
DEALS = ("deal", "framework")

#: Column of the record -> type of an issue.
KINDS = {"cuts": "cut", "purchases": "purchase", "investment": "investment"}

#: Type of an issue -> note on how often it stood in earlier deals.
WORDS = {"cut": "draft.earlier_cut", "purchase": "draft.earlier_purchase", "investment": "draft.earlier_investment"}


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


# --- threats ---------------------------------------------------------------------------------------------------------

#: Receivers of the record that stand for every country.
ALL_PARTNERS = ("world", "all partners")

#: Age at which a threat without a date no longer stands.
OLD = timedelta(days=180)

#: Goods of a threat by the words of its row.
GOODS = {
    r"\bcars?\b|\bvehicles\b": "cars",
    r"steel|alumin": "metals",
    r"copper": "copper",
    r"pharma|medicin": "medicines",
    r"heavy trucks": "trucks",
    r"furniture|cabinets|\bwood\b": "wood",
    r"\bchips\b|semiconductor": "chips",
}

GENERAL = re.compile(
    r"all goods|reciprocal|april rate|snap-back|fentanyl|^\d+ more|raise to|mirror|\bs301\b|\bs122\b|rates of"
)
#: Rows whose rate is the sum of the duties on all goods.
TOTAL = r"snap-back|^\d+ more$"

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


def open_threats(parties: Sequence[Party], on: date) -> list[Menace]:
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


# --- issues ----------------------------------------------------------------------------------------------------------

#: Duties on the table of two parties, and of more.
MOST_OF_TWO, MOST_OF_MORE = 4, 8

#: Levels of an issue between three parties and more, whose talks are not enumerated.
COARSE = 5

#: Average base duty from which a cut of it is on the table, share.
WORTH_CUTTING = 0.002

DEPTHS = (0.0, 0.5, 1.0)
#: Purchases of a deal without a number, share of what is bought a year.
TENTH = 0.1


@dataclass(frozen=True)
class Piece:
    """An issue of a new case.

    Attributes
    ----------
    type : as in case files; `burden` : what the law of the day lays, None for an issue that is not in it.
    menace, threatened : the threat on record that would move it, and the level it would have; `past` : its level
        before the quarrel; `lapse` : how it changes by itself.
    most : levels at most; `tabled` : whether it is on the table; `by_line` : whether its goods can be named by code;
    `industrial` : whether a cut is on industrial goods alone.
    """

    name: str
    label: str
    giver: Party
    receiver: Party
    type: str
    known: date
    burden: LaidDuty | None = None
    menace: Menace | None = None
    threatened: float | None = None
    past: float | None = None
    lapse: Lapse | None = None
    mirrored: float = 0.0
    amount: float = 0.0
    comment: str = ""
    tabled: bool = True
    by_line: bool = False
    industrial: bool = False
    most: int = 6

    @property
    def duty(self) -> bool:
        """Whether it is a duty."""
        return self.type in ("points", "floor", "sector", "cut")

    @property
    def today(self) -> float:
        """Level of the law of the day."""
        return 0.0 if self.burden is None else self.burden.rate

    @property
    def best(self) -> float:
        """Level with no duty left."""
        return 1.0 if self.type == "cut" else 0.0

    def on_day(self, day: date, known: date) -> float:
        """Level of the law of another day, share."""
        return 0.0 if self.burden is None else rate_on(self.burden, day, known)

    @property
    def levels(self) -> tuple[float, ...]:
        """Levels in order."""
        if self.type == "cut":
            return DEPTHS
        if not self.duty:
            return SHARES
        ahead = self.on_day(self.lapse.day, self.lapse.known) if self.lapse is not None else 0.0
        rates = [self.today, *filter(None, (self.threatened, self.past, ahead, self.mirrored))]
        top = float("inf") if self.burden is None else self.burden.power.most
        return levels_of([rate for rate in rates if rate] or [], self.most, top)

    @property
    def entry(self) -> Noted:
        """The row of the file."""
        row: dict[str, Any] = {"name": self.name, "label": self.label, "party": self.giver.code,
                               "receiver": self.receiver.code, "type": self.type}  # fmt: skip
        row |= self._goods | {"levels": list(self.levels)}
        if self.duty:
            row |= {"top": self.levels[-1]} | ({"default": self.today} if self.today else {})
        if self.amount:
            row["amount"] = self.amount
        if self.type == "investment":
            row["years"] = 4
        row |= {"track": self._track} | ({} if self.tabled else {"tabled": False}) | {"known_on": self.known}
        return Noted(row, self.comment)

    @property
    def _track(self) -> str:
        if self.burden is not None and not self.burden.general:
            return "sectors"
        return "tariffs" if self.duty else "pledges"

    @property
    def _goods(self) -> dict[str, Any]:
        if self.burden is not None:
            law = {"authority": self.burden.authority, "from_law": list(self.burden.measures), "coverage": "as-law"}
            return {"instrument": self.burden.act, **law}
        if self.type == "cut":
            return {} if not self.industrial else {"codes": [INDUSTRY]} if self.by_line else {"sectors": list(SECTORS)}
        return {"coverage": "all-goods"} if self.duty else {}


def table_of(
    parties: tuple[Party, ...], on: date, every: Sequence[LaidDuty], menaces: Sequence[Menace],
    earlier: Sequence[Precedent],
) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:  # fmt: skip
    """Issues on the table, and those of earlier deals that are not.

    Every party has something to give: the largest duty that it lays, else a cut of its base duty, else a duty on all
    goods that it could lay. What is left of the places goes to general duties, then to those on groups of goods.
    """
    most = MOST_OF_TWO if len(parties) == 2 else MOST_OF_MORE
    chosen = [piece for party in parties for piece in _own(party, parties, on, every, menaces)]
    large = [burden for burden in every if burden.matters]
    ranked = sorted(large, key=lambda b: (not b.general, -b.duty, b.name))
    for burden in ranked:
        if len(chosen) < most and burden not in [piece.burden for piece in chosen]:
            chosen.append(_of_burden(burden))
    for party in parties:
        if len(chosen) < most and not any(p.giver == party and p.type != "cut" for p in chosen):
            chosen.append(_answer(party, _hub(party, parties, every), on, every))
    chosen = sorted(chosen, key=lambda p: (parties.index(p.giver), parties.index(p.receiver), _rank(p), p.name))
    past = before_quarrel([piece.burden for piece in chosen if piece.burden is not None], on, on)
    pieces = [_dated(_threatened(piece, menaces, every), on, past) for piece in chosen]
    shelf = _shelf(parties, on, pieces, earlier)
    others = 1
    for piece in pieces:
        others *= len(piece.levels) if piece.type == "cut" else 1
    coarse = most_levels(sum(piece.type != "cut" for piece in pieces), others) if len(parties) == 2 else COARSE
    return tuple(replace(piece, most=coarse) for piece in pieces), shelf


def _rank(piece: Piece) -> tuple[int, float]:
    order = {"points": 0, "floor": 0, "sector": 1, "cut": 2}
    return order[piece.type], -(piece.burden.duty if piece.burden is not None else 0.0)


def _own(
    party: Party, parties: Sequence[Party], on: date, every: Sequence[LaidDuty], menaces: Sequence[Menace]
) -> list[Piece]:
    """What a party has to give at least."""
    own = [b for b in every if b.giver == party and b.matters]
    if own:
        first = min(own, key=lambda b: (not b.general, -b.duty, b.name)) if len(parties) == 2 else max(
            own, key=lambda b: b.duty)  # fmt: skip
        return [_of_burden(first)]
    hub = _hub(party, parties, every)
    base, says = base_duty(party, hub, on), _says(party, hub, menaces)
    if base.rate < WORTH_CUTTING or not matters(base.rate * base.trade, base.trade):
        return [_answer(party, hub, on, every)]
    cut = _cut(party, hub, on, base)
    return [_answer(party, hub, on, every), cut] if says else [cut]


def _hub(party: Party, parties: Sequence[Party], every: Sequence[LaidDuty]) -> Party:
    """The party that lays most on another; the first of the others where none lays anything."""
    others = [other for other in parties if other != party]
    return max(others, key=lambda o: sum(b.duty for b in every if (b.giver, b.receiver) == (o, party)))


def _says(party: Party, hub: Party, menaces: Sequence[Menace]) -> list[Menace]:
    """Threats of a party on all goods, with a number."""
    return [m for m in menaces if (m.giver, m.receiver, m.goods) == (party.code, hub.code, "") and m.rate]


def _of_burden(burden: LaidDuty) -> Piece:
    kind = "floor" if burden.floor else "points" if burden.general else "sector"
    return Piece(
        burden.name, burden.label, burden.giver, burden.receiver, kind, burden.known, burden,
        comment=declared_note("draft.burden", legal=burden.legal, words=burden.words, duty=burden.duty / 1e9,
                              trade=burden.trade / 1e9),
    )  # fmt: skip


def _cut(party: Party, hub: Party, on: date, base: BaseDuty) -> Piece:
    """A cut of the base duty, on industrial goods where they owe any."""
    industrial = base.industrial >= WORTH_CUTTING
    owner = party.adjective
    label = declared_note("draft.cut", owner=owner, other=hub.name)
    comment = declared_note("draft.averages", owner=owner, rate=base.rate)
    if industrial:
        label = declared_note("draft.cut_industrial", owner=owner, other=hub.name)
        comment = declared_note("draft.averages_industrial", owner=owner, rate=base.industrial)
    return Piece(
        f"{party.short}_base_cut", label, party, hub, "cut", on,
        by_line=party.lines and has_trade(party, hub, on), industrial=industrial,
        comment=comment,
    )  # fmt: skip


def _answer(party: Party, hub: Party, on: date, every: Sequence[LaidDuty]) -> Piece:
    """A duty on all goods that a party could lay: up to what it faces."""
    faced = max((b.rate for b in every if (b.giver, b.receiver) == (hub, party) and b.general), default=0.0)
    comment = declared_note("draft.answer", party=party.name)
    if not faced:
        comment = declared_note("draft.could", party=party.name, points=100 * UNKNOWN)
    label = declared_note("draft.on_all", owner=party.adjective, other=hub.name)
    return Piece(
        f"{party.short}_duty_{hub.short}", label, party, hub, "points", on, mirrored=faced, comment=comment,
    )  # fmt: skip


def _threatened(piece: Piece, menaces: Iterable[Menace], every: Sequence[LaidDuty]) -> Piece:
    """A piece with the latest threat that would move it."""
    for row in menaces:
        target = moved(row, every)
        own = target is not None and target == piece.burden
        free = target is None and piece.burden is None and piece.type == "points" and not row.goods
        if row.rate and (own or (free and (row.giver, row.receiver) == (piece.giver.code, piece.receiver.code))):
            raised = row.rate if target is None else level(row, target, every)
            piece = replace(piece, menace=row, threatened=raised)
    if piece.menace is None:
        return piece
    return replace(piece, comment=f"{piece.comment} Threatened: {piece.menace.words} ({piece.menace.id}).")


def _dated(piece: Piece, on: date, past: date | None) -> Piece:
    """A piece with its level before the quarrel and how it changes by itself."""
    before = None if past is None else piece.on_day(past, past)
    return replace(piece, past=before, lapse=None if piece.burden is None else lapses(piece.burden, on))


def _shelf(
    parties: Sequence[Party], on: date, pieces: Sequence[Piece], earlier: Sequence[Precedent]
) -> tuple[Piece, ...]:
    """What partners gave in earlier deals of the United States, and controls: not tabled."""
    giver = next((party for party in parties if party.code == "USA"), None)
    rows = []
    for party in parties:
        for row in earlier if giver is not None and party != giver else ():
            piece = _earlier(party, giver, on, row)  # type: ignore[arg-type]
            if piece.name not in [known.name for known in pieces]:
                rows.append(piece)
        rows += [_control(party, other, on) for other in parties if other != party and _controls(party, other, on)]
    return tuple(rows)


def _earlier(party: Party, giver: Party, on: date, row: Precedent) -> Piece:
    base = base_duty(party, giver, on)
    if row.type == "cut":
        piece = _cut(party, giver, on, base)
        return replace(piece, tabled=False, comment=f"{row.words[0].upper()}{row.words[1:]}. {piece.comment}")
    amount = max(round(TENTH * base.trade / 1e9, 1 if base.trade < 1e11 else 0), 0.1)
    what, label = "purchases", declared_note("draft.purchases", party=party.name)
    assumed = declared_note("draft.amount_a_year")
    if row.type != "purchase":
        what, label = "investment", declared_note("draft.investment", party=party.name)
        assumed = declared_note("draft.amount_of_four")
    return Piece(
        f"{party.short}_{what}", label, party, giver, row.type, on, amount=amount, tabled=False,
        comment=f"{row.words[0].upper()}{row.words[1:]}. {assumed}",
    )  # fmt: skip


def _controls(party: Party, other: Party, on: date) -> list[str]:
    """Controls of exports and licences that name another party on a day."""
    return [
        m.id for m in law_known(party, on).measures
        if m.kind is MeasureKind.CONTROL and m.partners is not None and m.periods_on(on)
        and any(names_partner(m.partners, code, on) for code in other.members)
    ]  # fmt: skip


def _control(party: Party, other: Party, on: date) -> Piece:
    names = _controls(party, other, on)
    label = declared_note("draft.withholds", party=party.name, other=other.name)
    return Piece(
        f"{party.short}_controls_{other.short}", label, party, other, "control", on, tabled=False,
        comment=declared_note("draft.controls", names=", ".join(names[:5])),
    )  # fmt: skip


def words_of_pieces(pieces: Iterable[Piece]) -> list[str]:
    """What the law of the day lays, one line each."""
    return [
        f"{piece.label}: {piece.burden.words}, {piece.burden.act}"
        for piece in pieces if piece.burden is not None
    ]  # fmt: skip
