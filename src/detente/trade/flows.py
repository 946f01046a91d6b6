"""Flows: what was traded, by line and partner, in one year.

Alike: pairs of a trade that neither law nor draws tell apart, so that each kind is computed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import Axis, InputError, declared_note
from detente.codes.axis import Floats, Ints
from detente.codes.names import Readable
from detente.law import Space


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
    valuation: str = field(default_factory=lambda: declared_note("duties.customs_value"))
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
            own = {"claims": self.claims, "claims_follow": self.claims_follow, "notes": self.notes, "_alike": grown}
            return (None if grown is None else replace(grown, claim=self.claim[source], **own)), source
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


#: Numbers up to this one fit.
LARGEST = 2**62

#: Numbers below this one are counted in a table, which is quicker than to sort them.
COUNTED = 2**20


@dataclass(frozen=True)
class PairKinds:
    """Kinds of pairs: lines of the same atoms and base duties, partners of the same cells.

    Attributes
    ----------
    kind : of each pair, shape (pairs,).
    cells : cell column of goods without and with a claim, each of shape (kinds,).
    row, atom : kind and atom of each row, shape (rows,); `starts` : first row of each kind, shape (kinds,).
    """

    kind: Ints = field(repr=False)
    cells: tuple[Ints, Ints] = field(repr=False)
    row: Ints = field(repr=False)
    atom: Ints = field(repr=False)
    starts: Ints = field(repr=False)


def kinds_of_pairs(space: Space, flows: Flows, columns: Ints, atom_kind: Ints) -> PairKinds:
    """Kinds of the pairs of a trade under a law.

    Parameters
    ----------
    columns : of each partner without and with preference, as of `partner_columns`.
    atom_kind : what else tells atoms apart, such as kinds of their weights, shape (atoms,).
    """
    without, claimed = space.column_of[columns][flows.partner_at].T
    first, kind = kinds(_kinds_of_lines(space, atom_kind)[flows.line_at], without, claimed)
    return PairKinds(kind, (without[first], claimed[first]), *rows_of(space, flows.line_at[first]))


def rows_of(space: Space, line_at: Ints) -> tuple[Ints, Ints, Ints]:
    """One row per pair and atom of its line: pair, atom, and the first row of each pair; `line_at` is of each pair."""
    count = np.bincount(space.atoms.line, minlength=len(space.lines))
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    per_pair = count[line_at]
    starts = np.concatenate([[0], np.cumsum(per_pair)[:-1]]).astype(np.int64)
    pair = np.repeat(np.arange(line_at.size), per_pair)
    atom = first[line_at][pair] + np.arange(pair.size) - starts[pair]
    return pair, atom, starts


def _kinds_of_lines(space: Space, atom_kind: Ints) -> Ints:
    """Kind of each line, shape (lines,): lines of a kind have the same base duties and the same atoms.

    The atoms of a line are known by a sum of random words, one for each thing that an atom can be; that two lines have
    one sum by chance is as likely as lines^2 / 2^65, below 1e-10.
    """
    marks = kinds(space.pattern, atom_kind)[1]
    words = np.random.PCG64(0).random_raw(int(marks.max(initial=0)) + 1)
    sums = np.add.reduceat(words[marks], np.searchsorted(space.atoms.line, np.arange(len(space.lines))))
    return kinds(*(np.unique(column, return_inverse=True)[1] for column in (sums, *space.base.values())))[1]


def kinds(*codes: Ints) -> tuple[Ints, Ints]:
    """Kinds of things by some numbers of each, from zero on: a thing of each kind, and the kind of each thing.

    Parameters
    ----------
    codes : of one shape, (things,).

    Returns
    -------
    Shapes (kinds,) and (things,); things of a kind have all numbers in common.
    """
    key, size = np.zeros(codes[0].size, dtype=np.int64), 1
    for code in codes:
        several = int(code.max(initial=0)) + 1
        if size * several > (LARGEST if size > COUNTED else COUNTED):
            key = _numbered(key, size)[1]
            size = int(key.max(initial=0)) + 1
        key, size = key * several + code, size * several
    return _numbered(key, size)


def _numbered(key: Ints, size: int) -> tuple[Ints, Ints]:
    """The first place of each number below `size` that occurs, in their order, and which of them each one is."""
    if size > COUNTED:
        return _sorted(key)
    where = np.full(size, -1, dtype=np.int64)
    # What is assigned last stays, so that from the end on it is the first place.
    where[key[::-1]] = np.arange(key.size - 1, -1, -1)
    there = np.flatnonzero(where >= 0)
    first = where[there]
    where[there] = np.arange(there.size)
    return first, where[key]


def _sorted(key: Ints) -> tuple[Ints, Ints]:
    """The same of any numbers; as `np.unique` does, but for a sort that keeps no order among equals and is quicker."""
    order = np.argsort(key)
    ordered = key[order]
    new = np.ones(key.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    kind = np.empty(key.size, dtype=np.int64)
    kind[order] = np.cumsum(new) - 1
    return np.minimum.reduceat(order, np.flatnonzero(new)), kind


# --- onto: duties of lines and partners averaged by trade on any axes; the one projection of a law onto a wor --------


@dataclass(frozen=True)
class Onto:
    """Where the trade of an importer lies on an axis of partners (rows) and an axis of goods (columns).

    Attributes
    ----------
    shape : rows and columns.
    source : pair of the flows that each part comes from, shape (parts,); a block is divided among its members.
    partner : of each part, a position in the divided flows; `cell` : flat cell; `value` : customs value, USD.
    unplaced : share of the trade that has no cell.
    """

    shape: tuple[int, int]
    source: Ints = field(repr=False)
    partner: Ints = field(repr=False)
    cell: Ints = field(repr=False)
    value: Floats = field(repr=False)
    unplaced: float

    @cached_property
    def worth(self) -> Floats:
        """Imports by cell, USD, shape (rows, columns)."""
        return self.sum(self.value)

    def owed(self, rates: Floats) -> Floats:
        """Duty by cell, USD, shape (rows, columns).

        Parameters
        ----------
        rates : duty of every pair of the undivided flows, share of customs value, shape (pairs,).
        """
        return self.sum(self.value * rates[self.source])

    def mean(self, rates: Floats) -> Floats:
        """Trade-weighted duty by cell, share of customs value, shape (rows, columns); NaN without trade."""
        return self.mean_of(self.owed(rates))

    def mean_of(self, owed: Floats) -> Floats:
        """Average duty by cell from the duty owed in each, USD, both of shape (rows, columns); NaN without trade."""
        return mean_by_cell(owed, self.worth)

    def sum(self, amounts: Floats) -> Floats:
        """Amounts of the parts, shape (parts,), by cell, shape (rows, columns)."""
        sums = np.bincount(self.cell, amounts, minlength=self.shape[0] * self.shape[1])
        return sums.reshape(self.shape).astype(np.float64)


def mean_by_cell(owed: Floats, worth: Floats) -> Floats:
    """Average duty by cell, share, from the duty owed and the imports of each, USD, of one shape; NaN without trade."""
    known = worth > 0.0
    return np.where(known, owed / np.where(known, worth, 1.0), np.nan)


def onto(flows: Flows, row: Ints, column: Ints, shape: tuple[int, int]) -> Onto:
    """The trade of an importer on two axes.

    Parameters
    ----------
    row : of each partner of the divided flows, shape (partners,); -1 for none.
    column : of each line, shape (lines,); -1 for none.
    shape : rows and columns.
    """
    divided, source = flows.expanded()
    rows, columns = row[divided.partner_at], column[divided.line_at]
    known = (rows >= 0) & (columns >= 0)
    value = divided.value[known]
    cell = (rows * shape[1] + columns)[known]
    return Onto(shape, source[known], divided.partner_at[known], cell, value, 1.0 - float(value.sum()) / flows.total)


def places(
    names: Sequence[str], axis: Sequence[str], groups: Mapping[str, str] | None = None, other: str = ""
) -> NDArray[np.int64]:
    """Place of each name on an axis: its own, else that of its group, else that of `other`; -1 for none.

    Parameters
    ----------
    groups : name -> group, where the axis is one of groups.
    """
    positions = {name: place for place, name in enumerate(axis)}
    rest, group = positions.get(other, -1), groups or {}
    known = {name: positions.get(name, positions.get(group.get(name, ""), rest)) for name in set(names)}
    return np.asarray([known[name] for name in names], dtype=np.int64)
