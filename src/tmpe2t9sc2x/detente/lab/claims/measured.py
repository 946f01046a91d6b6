"""What claims are computed from, and what a reading of one gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.evidence.events import Event
from detente.lab.claims.rows import QuantityRow, ReadingRow

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """What a reading gives.

    Attributes
    ----------
    value : in the program's unit; draws : the same by draw, shape (n,), or empty.
    range_of : what the draws are where they are no draws, as "sources"; then their lowest and highest are shown.
    claimed : what the claim amounts to in this unit, where that depends on the reading; None: its own number.
    known : day from which the inputs were public; None: before any claim about them.
    base : what a causal effect is a change of; p_value : of a move laid to an event.
    """

    value: float
    draws: Floats = field(default_factory=lambda: np.zeros(0), repr=False)
    inputs: tuple[str, ...] = ()
    known: date | None = None
    claimed: float | None = None
    base: float = 1.0
    p_value: float = float("nan")
    remark: str = ""
    range_of: str = ""


Hook = Callable[[QuantityRow, ReadingRow, date], Measured]
"""How a module that is not joined here answers: (quantity, reading, day) -> what it computes."""


@dataclass(frozen=True)
class Basis:
    """What claims are computed from.

    Attributes
    ----------
    events : the timeline; draws, seed : of shares nobody observes; hooks : quantity -> function of another module.
    kept : readings of statements computed before, by the name of the statement; made : takes those computed now.
    """

    events: Sequence[Event] = field(repr=False)
    draws: int = 60
    seed: int = 20250512
    hooks: Mapping[str, Hook] = field(default_factory=dict, repr=False)
    kept: Mapping[str, Sequence[tuple[ReadingRow, Measured]]] = field(default_factory=dict, repr=False)
    made: dict[str, Sequence[tuple[ReadingRow, Measured]]] = field(default_factory=dict, repr=False)


Computed = Callable[[Basis, QuantityRow, ReadingRow, date], Measured]
"""How a quantity is computed here: (basis, quantity, reading, day) -> what it gives."""


@dataclass(frozen=True)
class Elsewhere:
    """A computation that lies in a module of this room, which is loaded when it is first asked for."""

    module: str
    name: str

    @property
    def computed(self) -> Computed:
        """The function itself."""
        return getattr(import_module(f"detente.lab.claims.{self.module}"), self.name)

    def __call__(self, basis: Basis, row: QuantityRow, reading: ReadingRow, as_of: date) -> Measured:
        """What it gives."""
        return self.computed(basis, row, reading, as_of)


Readings = tuple[ReadingRow, ...]


@dataclass(frozen=True)
class FittedElsewhere:
    """How listed readings fit a claim, as a module of this room says that is loaded when it is first asked for.

    A claim that cannot be fitted keeps its listed readings: what is wrong with it is said where it is computed, so that
    the other claims of its file are judged.
    """

    module: str
    name: str

    def __call__(self, row: QuantityRow, own: ReadingRow | None, listed: Readings) -> Readings:
        """The readings that fit."""
        fit = getattr(import_module(f"detente.lab.claims.{self.module}"), self.name)
        try:
            return fit(row, own, listed)
        except InputError:
            return listed or self._first(row, own)

    def _first(self, row: QuantityRow, own: ReadingRow | None) -> Readings:
        """The first listed reading, of the kind that the claim asks for."""
        quantity = import_module("detente.lab.claims.quantities").quantities()[row.name]
        kind = quantity.unless_said(row, own) if quantity.unless_said is not None else ""
        return (quantity.readings[0].model_copy(update={"of": kind}),)
