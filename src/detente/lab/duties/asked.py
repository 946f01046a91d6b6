"""What is asked of averages and revenue: the law of a day or a scenario, with changes of one's own, on its trade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Column, InputError, Parameter, Table, UnknownName, dotted
from detente.codes.days import BASE_DAY
from detente.codes.given import share
from detente.data.importers import importer
from detente.data.tables import partner_name
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.lab.averages.reform import own_law
from detente.lab.averages.sides import Side, pairings_of
from detente.lab.averages.weights import DEFAULT, SCOPES, check_meant
from detente.lab.scenario import opened
from detente.law import Reading

DIGITS = range(2, 11)
"""Digits of a tariff code."""


@dataclass(frozen=True)
class Asked:
    """A law on the trade that is asked about.

    Attributes
    ----------
    side : the law on its day. scenario : title of the scenario whose law it is, "" of the law in force.
    beside : the same scenario's law of other importers; none of the law in force.
    partners : as they were asked for; all where there are none. variants : how many the scenario has.
    """

    side: Side
    scenario: str = ""
    beside: Mapping[str, Side] | None = None
    partners: tuple[str, ...] = ()
    variants: int = 1

    @property
    def ground(self) -> LaidLaw:
        """The law on the trade."""
        return self.side.ground

    @property
    def on(self) -> date:
        """The day."""
        return self.side.on

    @property
    def reading(self) -> Reading:
        """The reading of time."""
        return self.side.reading


def asked(
    of: str,
    on: date | None,
    *,
    partners: Sequence[str] = (),
    line: str = "",
    scenario: Any = "",
    weights: str = "",
    claims: str = "",
    scope: str = SCOPES[0],
    given: Mapping[str, Any] | None = None,
    reading: str = Reading.EFFECTIVE.value,
    void: Sequence[str] = (),
    announce: Sequence[str] = (),
    lawbook: str = "",
    others: Sequence[str] = (),
) -> Asked:
    """The law of a day, today's where none is named, or that a scenario comes to, on the trade that weighs it.

    Parameters
    ----------
    partners : countries and groups whose goods alone count. line : a tariff code under which goods alone count.
    weights : "" for the latest year by line, or the scenario's own. given : shares of goods, and readings of stacking
        rules whose value is "yes". others : importers whose law the scenario changes too.

    Raises
    ------
    InputError, UnknownName : what cannot be used.
    """
    shares, switches = choices_of(given or {})
    title, beside, variants = "", None, 1
    if scenario:
        own = {"void": void, "announce": announce, "lawbook": lawbook, "set": switches,
               "reading": reading != Reading.EFFECTIVE.value}  # fmt: skip
        for name in (name for name, value in own.items() if value):
            repair = "leave it out, or name it in a scenario of your own"
            raise InputError(
                Parameter(name), "does not go with a scenario, which says itself which law is meant", repair
            )
        chosen, folder = opened(scenario, date.today(), on)
        pairs = {code: list(pairings_of(chosen, code, folder)) for code in dict.fromkeys((of, *others))}
        side, title, variants = pairs[of][0].after, chosen.title or chosen.name, len(pairs[of])
        beside = {code: pairs[code][0].after for code in others}
        if weights or claims or shares or scope != SCOPES[0]:
            check_meant(of, weights or DEFAULT, claims)
            ground = laid_law(side.law, dict(side.ground.parameters) | shares, scope, claims, weights or DEFAULT)
            side = replace(side, ground=ground)
    else:
        day, law = on or date.today(), own_law(importer(of), lawbook, void, announce, switches)
        check_meant(of, weights or DEFAULT, claims)
        ground = laid_law(law, shares, scope, claims, weights or DEFAULT)
        side = Side(str(day), day, Reading(reading), law, ground)
    return Asked(replace(side, ground=_narrowed(side.ground, side.on, partners, line)), title, beside,
                 tuple(partners), variants)  # fmt: skip


def both_laws(
    of: str,
    on: date | None,
    against: date | str,
    scenario: Any,
    trade: Mapping[str, Any],
    law: Mapping[str, Any],
    others: Sequence[str] = (),
) -> tuple[Asked, Asked | None]:
    """The law that is asked about, and that of an earlier day or another scenario; None where none is named.

    Parameters
    ----------
    trade, law, others : further choices of `asked`; those of the law are not laid on a scenario.
    """
    after = asked(of, on, scenario=scenario, others=others, **trade, **law)
    if not against:
        return after, None
    if isinstance(against, date):
        return after, asked(of, against, **trade, **({} if scenario else law))
    return after, asked(of, None, scenario=against, **trade)


def start_of(after: Asked, before: Asked | None) -> date:
    """The day from which buyers respond: that which is compared with, if it is of the same law."""
    return BASE_DAY if before is None or before.scenario or after.scenario else before.on


def choices_of(given: Mapping[str, Any]) -> tuple[dict[str, float], tuple[str, ...]]:
    """Shares of goods that are set, and readings of stacking rules, which stand alone."""
    switches = tuple(name for name, value in given.items() if value == "yes")
    shares = {name: share(value, f"set {name}") for name, value in given.items() if name not in switches}
    return shares, switches


def _narrowed(ground: LaidLaw, on: date, partners: Sequence[str], line: str) -> LaidLaw:
    """The ground of some partners and goods only."""
    if partners:
        known = ground.where.countries
        ground = ground.only(frozenset().union(*(known.expand(each, on, Parameter("partner")) for each in partners)))
    if not line:
        return ground
    code = line.replace(".", "").strip()
    if not code.isdigit() or len(code) not in DIGITS:
        raise InputError(
            Parameter("line"), f"'{line[:40]}' is no tariff code", "give 2 to 10 digits, as 8507 or 8507.60"
        )
    flows = ground.flows
    kept = flows.take(flows.lines.mask((code,))[flows.line_at])
    if not kept.value.size:
        whose = f" from {', '.join(map(partner_name, partners))}" if partners else ""
        raise UnknownName("traded line", f"{dotted(code)}{whose}", (), Parameter("line"), "name a shorter code")
    return LaidLaw(ground.law, kept, ground.parameters, ground.divided, ground.since, chosen=ground.chosen)


def of_same_groups(table: Table, other: Table, by: Sequence[str], column: str) -> NDArray[np.float64]:
    """A column of another table for the same groups, shape (rows,); zero of a group that it does not have."""
    if not by:
        return other[column]
    keys, others = (list(zip(*(each[name].tolist() for name in by), strict=True)) for each in (table, other))
    known = dict(zip(others, other[column].tolist(), strict=True))
    return np.asarray([known.get(key, 0.0) for key in keys])


def with_columns(
    table: Table, behind: str, columns: Sequence[Column], data: Mapping[str, NDArray[np.float64]]
) -> Table:
    """A table with those of further columns that have data, behind one of its own."""
    known = {column.name: column for column in columns}
    place = 1 + [column.name for column in table.columns].index(behind)
    whole = (*table.columns[:place], *(known[name] for name in data), *table.columns[place:])
    return replace(table, columns=whole, data={**table.data, **data})
