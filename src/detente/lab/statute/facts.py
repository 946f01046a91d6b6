"""Facts: what a duty hangs on that no tariff code shows, and the duty under each state of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detente.codes.errors import InputError
from detente.codes.portrait import Readable
from detente.data.importers import Importer
from detente.law import Aspect, MeasureKind, PartnerColumn, Schedule, Shares, schedule_on

Floats = NDArray[np.float64]
SWITCH = "switch:"
"""Beginning of the id of a fact that is one of two readings of a text."""

CLAUSES = "open clauses"
"""What stands for clauses whose fate is not on record, as the condition of a fact."""

CLAIM = "claim"
"""Id of the fact that goods come in under a preference programme."""

SAME = 1e-9
"""Duties that differ by less are the same, share of customs value."""


class UnlistedRate(InputError):
    """A good whose base duty is on record by the mean of its sector alone, which is no rate of it."""


@dataclass(frozen=True, slots=True)
class State:
    """One state of a fact and the duty under it; None where the goods may not be imported."""

    name: str
    total: float | None


@dataclass(frozen=True, slots=True, repr=False)
class Fact(Readable):
    """A fact that the answer hangs on.

    Attributes
    ----------
    id : aspect of the goods, or `CLAIM`.
    title : what it is, for readers.
    assumed : state -> share of the value assumed in the answer.
    states : the duty if the whole value were in that state, all other facts as assumed.
    given : the state of another fact without which this one does not matter; "" = none.
    """

    id: str
    title: str
    assumed: Mapping[str, float]
    states: tuple[State, ...]
    given: tuple[str, str] = ("", "")

    def as_json(self) -> dict[str, object]:
        """The fact for machines: duties are shares of customs value."""
        return {
            "fact": self.id,
            "title": self.title,
            "assumed": dict(self.assumed),
            "states": [{"state": state.name, "total": state.total} for state in self.states],
            "given": {self.given[0]: self.given[1]} if self.given[0] else None,
        }


@dataclass(frozen=True)
class Duties:
    """Duties of the atoms of a few lines in one column on one day, for any shares of their states.

    Attributes
    ----------
    line : line of each atom, shape (atoms,).
    additional : additional duty of each atom, share of customs value, shape (atoms,).
    banned : whether the atom may not be imported, shape (atoms,).
    states : aspect id -> state of each atom, shape (atoms,).
    asked : aspect id -> lines on which the law asks about it, shape (lines,).
    base : base duty by line, share of customs value, shape (lines,).
    """

    line: NDArray[np.int64]
    additional: Floats
    banned: NDArray[np.bool_]
    states: Mapping[str, NDArray[np.int8]]
    asked: Mapping[str, NDArray[np.bool_]]
    base: Floats

    def total(self, shares: Mapping[str, Floats], weights: Floats) -> float | None:
        """Mean duty over the lines with these weights; None if nothing of the value may be imported.

        Parameters
        ----------
        shares : aspect id -> share of each state by line, shape (states, lines).
        weights : of the lines, shape (lines,).
        """
        weight = weights[self.line]
        for name, state in self.states.items():
            mask = self.asked[name][self.line]
            weight = weight * np.where(mask, shares[name][state, self.line], 1.0)
        if weight.sum() > 0 and weight[self.banned].sum() > weight.sum() - SAME:
            return None
        return float(weights @ self.base + weight @ self.additional)


def duties_of(schedule: Schedule, column: int) -> Duties:
    """Duties of all atoms of a schedule whose space keeps every state, in one of its columns."""
    space = schedule.space
    cell = int(space.column_of[column])
    points, floors = schedule.coefficients()
    base = space.base[space.columns[column].base]
    atoms = space.atoms
    additional = points[space.pattern, cell] - floors[space.pattern, cell] * base[atoms.line]
    banned = np.zeros(space.shape[0], dtype=bool)
    for painted in schedule.painted:
        places = np.flatnonzero(painted.cols == cell)
        if painted.item.measure.kind is MeasureKind.BAN and places.size:
            banned[painted.rows] |= painted.applies[:, places[0]]
    masks = {name: mask for name, mask in atoms.asked.items() if mask.any()}
    states = {name: atoms.states[name] for name in masks}
    return Duties(atoms.line, additional, banned[space.pattern], states, masks, base)


def full_shares(shares: Shares) -> dict[str, Floats]:
    """Share of every state of every aspect by line, the first included, arrays of shape (states, lines)."""
    return {name: np.vstack([1.0 - share.sum(axis=0), share]) for name, share in shares.by_aspect.items()}


def open_facts(schedule: Schedule, column: int, shares: Shares, weights: Floats) -> tuple[Fact, ...]:
    """Facts about the goods that change the duty in a column; those that matter only under another come after it."""
    duties, assumed = duties_of(schedule, column), full_shares(shares)
    direct = tuple(_facts(schedule, duties, assumed, weights))
    known = {fact.id for fact in direct}
    aspects = schedule.law.aspects
    # Two facts may matter only together; of many lines at once those that matter alone are looked under.
    names = [*known, *(name for name in duties.states if name not in known)] if weights.size == 1 else [*known]
    nested: list[Fact] = []
    for name in names:
        for k, state in enumerate(aspects[name].states):
            given = _with_limits(aspects, {**assumed, name: _all_in(assumed[name], k)})
            for other in _facts(schedule, duties, given, weights):
                if other.id not in known and other.id != name:
                    nested.append(replace(other, given=(name, state)))
                    known.add(other.id)
    return (*direct, *nested)


def _facts(schedule: Schedule, duties: Duties, shares: Mapping[str, Floats], weights: Floats) -> Iterator[Fact]:
    aspects = schedule.law.aspects
    for name in duties.states:
        aspect = aspects[name]
        if aspect.above is not None:  # follows from another aspect
            continue
        settings = ({**shares, name: _all_in(shares[name], k)} for k in range(len(aspect.states)))
        totals = [duties.total(_with_limits(aspects, setting), weights) for setting in settings]
        if differ(totals):
            mean = (shares[name] @ weights).tolist()
            assumed = {state: share for state, share in zip(aspect.states, mean, strict=True) if share > SAME}
            states = tuple(State(state, total) for state, total in zip(aspect.states, totals, strict=True))
            yield Fact(name, aspect.title, assumed, states)


def _with_limits(aspects: Mapping[str, Aspect], shares: Mapping[str, Floats]) -> dict[str, Floats]:
    """The shares with aspects that say whether another one is over a limit made to follow it."""
    settled = dict(shares)
    for aspect in aspects.values():
        if aspect.above is not None and aspect.id in settled:
            of, limit = aspect.above
            over = (1.0 - settled[of][0] > limit).astype(np.float64)
            settled[aspect.id] = np.stack([1.0 - over, over])
    return settled


def _all_in(share: Floats, state: int) -> Floats:
    """The whole value in one state, shape (states, lines)."""
    return np.eye(share.shape[0])[:, [state]] * np.ones(share.shape[1])


def differ(totals: Iterable[float | None]) -> bool:
    """Whether some duties differ; a ban differs from any duty."""
    values = list(totals)
    known = [value for value in values if value is not None]
    return (bool(known) and len(known) < len(values)) or (len(known) > 1 and max(known) - min(known) > SAME)


def idle_names(
    schedule: Schedule, where: Importer, programme: str, shares: Mapping[str, float], given: Iterable[str],
    context: str = "line",
) -> tuple[str, ...]:  # fmt: skip
    """Names that could be left out, among them `CLAIM`: without any one, lines owe the same by the same measures.

    Parameters
    ----------
    schedule : the law of the day on the lines of `where`, for one column of a partner's goods.
    programme : symbol of the programme claimed, "" = none.
    shares : shares the schedule was compiled with; given : names of those to try. `context` : of `Importer.shares`.
    """
    given = tuple(given)
    if not programme and not given:
        return ()
    duties = _duties(schedule)
    names = [CLAIM] if programme and _duties(_unclaimed(schedule, where, programme, shares, context)) == duties else []
    column = schedule.space.columns[0]
    for name in given:
        if _duties(_compiled(schedule, where, column, _less(shares, name), context)) == duties:
            names.append(name)
    return tuple(names)


def _unclaimed(
    schedule: Schedule, where: Importer, programme: str, shares: Mapping[str, float], context: str
) -> Schedule:
    """The same goods without the claim, and without the use that goes with it."""
    partner = schedule.space.columns[0].partner
    column = PartnerColumn(partner, False, where.base_column(partner, schedule.on))
    return _compiled(schedule, where, column, _less(shares, where.programmes.aspect(programme)), context)


def _less(shares: Mapping[str, float], name: str) -> dict[str, float]:
    return {other: share for other, share in shares.items() if other != name}


def _compiled(
    schedule: Schedule, where: Importer, column: PartnerColumn, shares: Mapping[str, float], context: str
) -> Schedule:
    space = where.space(schedule.law, [column], context=context, overrides=shares, on=schedule.on)
    return schedule_on(space, schedule.on, schedule.reading, record=True)


def _duties(schedule: Schedule) -> list[tuple[object, ...]]:
    """What is owed on each line: the base duty, what each measure adds, and who forbids it."""
    ladders = [schedule.ladder(line, 0) for line in range(len(schedule.space.lines))]
    return [
        (
            round(ladder.base, 9),
            {term.measure: points for term in ladder.terms if (points := round(term.points, 9))},
            {ban.measure: round(ban.share, 9) for ban in ladder.bans},
        )
        for ladder in ladders
    ]
