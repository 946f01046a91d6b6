"""Issues of a new case: which duties come to the table, and the rows of the file that say them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from detente.codes import declared_note
from detente.data.casefile import Noted
from detente.lab.talks.new.law import (
    INDUSTRY,
    SECTORS,
    BaseDuty,
    LaidDuty,
    Lapse,
    base_duty,
    before_quarrel,
    has_trade,
    lapses,
    law_known,
    matters,
    rate_on,
)
from detente.lab.talks.new.levels import SHARES, UNKNOWN, levels_of, most_levels
from detente.lab.talks.new.precedents import Precedent
from detente.lab.talks.new.sides import Party
from detente.lab.talks.new.threats import Menace, level, moved
from detente.law import MeasureKind
from detente.law.measure import names_partner

MOST_OF_TWO, MOST_OF_MORE = 4, 8
"""Duties on the table of two parties, and of more."""

COARSE = 5
"""Levels of an issue between three parties and more, whose talks are not enumerated."""

WORTH_CUTTING = 0.002
"""Average base duty from which a cut of it is on the table, share."""

DEPTHS = (0.0, 0.5, 1.0)
TENTH = 0.1
"""Purchases of a deal without a number, share of what is bought a year."""


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
