"""Flows: what was traded, by line and partner, in one year."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError, declared_note
from detente.codes.portrait import Readable

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Split:
    """How the trade of a block of partners divides among its members, by sector.

    Attributes
    ----------
    block : code of the block in the flows (EUU for the 27 members of the European Union).
    members : ISO3 codes, shape (members,).
    sector : sector of each line, shape (lines,).
    share : share of the block's value in a sector that comes from a member, shape (sectors, members);
        rows sum to one.
    """

    block: str
    members: tuple[str, ...]
    sector: Ints = field(repr=False)
    share: Floats = field(repr=False)


def _customs_value() -> str:
    return declared_note("duties.customs_value")


@dataclass(frozen=True, repr=False)
class Flows(Readable):
    """Customs value of imports by line and partner.

    Attributes
    ----------
    importer, period, valuation : ISO3, year, what the value includes.
    lines : line axis.
    partners : partner codes; the pairs refer to them by position.
    line_at, partner_at : positions of each pair, shape (pairs,).
    value : customs value, USD, shape (pairs,).
    claim : share of the pair's value that claims a preference or another exemption, shape (pairs,).
    duty : duty collected in the period, USD, shape (pairs,).
    estimated : pairs that rest on an assumption, not on a published figure, shape (pairs,).
    own_claims : whether the claims are the user's own figures, not shares of the package.
    claims : name of the shares of the package that `claim` stands at; "" where there are none.
    claims_follow : whether the claims are to be those observed in the month of the law that is laid on the trade.
    """

    importer: str
    period: str
    lines: Axis
    partners: tuple[str, ...] = field(repr=False)
    line_at: Ints = field(repr=False)
    partner_at: Ints = field(repr=False)
    value: Floats = field(repr=False)
    claim: Floats = field(repr=False)
    duty: Floats = field(repr=False)
    estimated: NDArray[np.bool_] = field(repr=False)
    valuation: str = field(default_factory=_customs_value)
    source: str = ""
    split: Split | None = field(repr=False, default=None)
    notes: tuple[str, ...] = ()
    own_claims: bool = False
    claims: str = ""
    claims_follow: bool = False
    _alike: Flows | None = field(repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        if self.value.size and float(self.value.min()) < 0:
            raise InputError(self.source, "holds negative values", "trade values must be zero or more")
        if not np.isfinite(self.value).all():
            raise InputError(self.source, "holds values that are not numbers", "fill or drop them")

    @property
    def total(self) -> float:
        """Total value, USD."""
        return float(self.value.sum())

    @property
    def by_line(self) -> Floats:
        """Value by line, USD, shape (lines,)."""
        return np.bincount(self.line_at, self.value, minlength=len(self.lines)).astype(np.float64)

    def take(self, pairs: NDArray[np.bool_] | Ints) -> Flows:
        """The flows of some pairs only, by a mask of shape (pairs,) or by positions."""
        return replace(
            self,
            line_at=self.line_at[pairs],
            partner_at=self.partner_at[pairs],
            value=self.value[pairs],
            claim=self.claim[pairs],
            duty=self.duty[pairs],
            estimated=self.estimated[pairs],
            _alike=None,
        )

    def claiming(self, share: Floats) -> Flows:
        """The flows with claims that are the same at all times, shares of each pair, shape (pairs,)."""
        return replace(self, claim=share, claims="", claims_follow=False, _alike=None)

    def with_claims(self, share: Floats, claims: str, notes: tuple[str, ...]) -> Flows:
        """The same trade at other claims, which shares with these flows all that claims do not move.

        Parameters
        ----------
        share : of each pair, shape (pairs,); claims : name of the shares; notes : of the flows.
        """
        return replace(self, claim=share, claims=claims, notes=notes, _alike=self._alike or self)

    def only(self, partners: frozenset[str]) -> Flows:
        """The flows from some partners only, whose list is theirs alone."""
        kept = np.asarray([i for i, code in enumerate(self.partners) if code in partners], dtype=np.int64)
        flows = self.take(np.isin(self.partner_at, kept))
        names = tuple(self.partners[i] for i in kept.tolist())
        return replace(flows, partners=names, partner_at=np.searchsorted(kept, flows.partner_at))

    def expanded(self) -> tuple[Flows, Ints]:
        """The flows with the block divided among its members, and the pair each new pair comes from."""
        grown, source = self._expanded
        return self if grown is None else grown, source

    @cached_property
    def _expanded(self) -> tuple[Flows | None, Ints]:
        """None for the flows themselves: what knows itself would stay until cycles are looked for."""
        if (alike := self.same_trade) is not None:
            grown, source = alike._expanded
            return (None if grown is None else self._grown_like(grown, source)), source
        pairs = np.arange(self.value.size)
        if self.split is None or self.split.block not in self.partners:
            return None, pairs
        split, block = self.split, self.partners.index(self.split.block)
        inside = np.flatnonzero(self.partner_at == block)
        partners = (*self.partners, *(m for m in split.members if m not in self.partners))
        positions = np.asarray([partners.index(m) for m in split.members], dtype=np.int64)
        share = split.share[split.sector[self.line_at[inside]]]
        row, member = np.nonzero(share > 0)
        source = np.concatenate([np.flatnonzero(self.partner_at != block), inside[row]])
        part = np.concatenate([np.ones(self.value.size - inside.size), share[row, member]])
        partner_at = self.partner_at[source]
        partner_at[source.size - row.size :] = positions[member]
        grown = replace(
            self,
            partners=partners,
            line_at=self.line_at[source],
            partner_at=partner_at,
            value=self.value[source] * part,
            claim=self.claim[source],
            duty=self.duty[source] * part,
            estimated=self.estimated[source] | (np.arange(source.size) >= source.size - row.size),
            split=None,
        )
        return grown, source

    @property
    def same_trade(self) -> Flows | None:
        """The flows at other claims of which these are, as long as nothing else was put in their place."""
        other = self._alike
        parts = ("value", "line_at", "partner_at", "duty", "split", "partners")
        alike = other is not None and all(getattr(self, name) is getattr(other, name) for name in parts)
        return other if alike else None

    def _grown_like(self, grown: Flows, source: Ints) -> Flows:
        own = {"claims": self.claims, "claims_follow": self.claims_follow, "notes": self.notes}
        return replace(grown, claim=self.claim[source], _alike=grown, **own)
