"""What is asked of averages and revenue: the law of a day or a scenario, with changes of one's own, on its trade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import (
    Column,
    InputError,
    Parameter,
    Table,
    Unit,
    UnknownName,
    declared_columns,
    declared_note,
    dotted,
    table_of,
)
from detente.codes.days import BASE_DAY, check_span, of_fate
from detente.codes.given import in_range, share
from detente.codes.number import MOST_DRAWS
from detente.data.definitions import PublishedFigure
from detente.data.importers import importer
from detente.data.tables import partner_name, place
from detente.lab.averages import averages, definitions
from detente.lab.averages.averages import facing_tables
from detente.lab.averages.laid_law import DEFAULT, SCOPES, LaidLaw, check_meant, laid_law
from detente.lab.averages.ranges import range_table
from detente.lab.averages.reform import own_law
from detente.lab.averages.sides import Side, pairings_of
from detente.lab.record.history import EVENT_COLUMNS, nearest_figure
from detente.lab.record.tables import events_table
from detente.lab.scenario import opened
from detente.law import Reading
from detente.trade import Definition

#: Digits of a tariff code.
DIGITS = range(2, 11)


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


# --- average ----------------------------------------------------------------------------------------------------------

#: Days of a series at most.
LONGEST = 10 * 366

#: Change of an average up to which it stands still, share.
STILL = 5e-7

AUTHORITY, MEASURE, IMPORTER = "authority", "measure", "importer"
#: What an average is broken down by that is no group of its trade.
SUMS = (AUTHORITY, MEASURE, IMPORTER)


@dataclass(frozen=True)
class Inquiry:
    """What is asked of an average.

    Attributes
    ----------
    of : importer. by : groups; "" for the whole. on, first, last : the day, or days.
    against : a day or a scenario that is compared with. publisher : whose way of counting is taken.
    trade, law : further choices of `asked.asked`.
    """

    of: str
    on: date | None
    by: tuple[str, ...]
    first: date | None
    last: date | None
    against: Any
    scenario: Any
    publisher: str
    elasticity: float
    trade: Mapping[str, Any]
    law: Mapping[str, Any]

    def __post_init__(self) -> None:
        in_range(self.elasticity, "elasticity", 0, 100)
        sums, series = [name for name in self.by if name in SUMS], bool(self.first or self.last)
        if sums and len(self.by) > 1 and self.by != (IMPORTER, "section"):
            raise InputError(Parameter("by"), f"{sums[0]} stands alone", f"name {sums[0]} alone, or leave it out")
        for name in [name for name in self.by if series and name not in (AUTHORITY, MEASURE)]:
            raise InputError(Parameter("by"), f"{name} does not go with days", "use authority or measure")
        self._apart("from" if series else "", on=self.on, against=self.against)
        self._apart(
            "publisher" if self.publisher else "", against=self.against, scenario=self.scenario,
            **{"line": self.trade["line"], "from": self.first, "to": self.last, "by": set(self.by) & {*SUMS}},
        )  # fmt: skip
        if IMPORTER in self.by:
            self._apart("by importer", scenario=self.scenario, of="" if self.of == "USA" else self.of,
                        **{name: self.trade[name] for name in ("line", "weights", "claims", "given")},
                        **{name: self.law[name] for name in ("void", "announce", "lawbook")})  # fmt: skip
            if len(self.partners) != 1:
                raise InputError(Parameter("partner"), "is whose goods importers tax", "name one country or group")
        if MEASURE in self.by and not series:
            self._apart("by measure", scenario=self.scenario,
                        against="" if isinstance(self.against, date) else self.against)  # fmt: skip

    def _apart(self, choice: str, **others: Any) -> None:
        """Refuse what does not go with something else that is asked for."""
        for name in (name for name, value in others.items() if choice and value):
            name = {"given": "set"}.get(name, name)
            raise InputError(Parameter(name), f"does not go with {choice}", "leave one of the two out")

    @property
    def partners(self) -> tuple[str, ...]:
        """Countries and groups whose goods alone count."""
        return tuple(self.trade["partners"])

    @property
    def origins(self) -> tuple[str, ...]:
        """Those whose goods count, where they are not all: named, or the only one whose trade is on record."""
        known = self.after.ground.flows.partners
        return self.partners or (tuple(known) if len(known) == 1 else ())

    @property
    def day(self) -> date:
        """The day that is meant."""
        known = self.publisher or IMPORTER in self.by
        return self.on or date.today() if known else self.after.on

    @property
    def span(self) -> dict[str, date]:
        """First and last day of a series."""
        return {"from": self.first or BASE_DAY, "to": self.last or date.today()}

    @cached_property
    def _laws(self) -> tuple[Asked, Asked | None]:
        return both_laws(self.of, self.on or self.last, self.against, self.scenario, self.trade, self.law)

    @property
    def after(self) -> Asked:
        """The law that is averaged."""
        return self._laws[0]

    @property
    def before(self) -> Asked | None:
        """The law that is compared with; None where none is named."""
        return self._laws[1]

    @cached_property
    def whole(self) -> Table:
        """The average over all the trade."""
        return self._average(())

    def tables(self, draws: int, seed: int) -> list[Table]:
        """The average by what is asked for, the largest group first; of the whole with its range."""
        in_range(draws, "draws", 0, MOST_DRAWS)
        in_range(seed, "seed", 0, 2**63)
        if self.by == (AUTHORITY,):
            return [authorities(self.whole)]
        if self.by:
            return [self._average(self.by).sorted("imports", descending=True)]
        ranged = [range_table(self.after.ground, self.after.on, self.after.reading, draws, seed)] if draws else []
        return [self.whole, *ranged]

    def _average(self, by: Sequence[str]) -> Table:
        """The average before and after buyers respond to what was added since the day that is compared with."""
        start = start_of(*self._laws)
        more = {"reading": self.after.reading, "elasticity": self.elasticity, "against": start}
        ground, on = self.after.ground, self.after.on
        fixed = averages.average(ground, on, by, **more)
        moved = averages.average(ground, on, by, definition=Definition.POST, **more)
        columns = {"after_substitution": moved["average"]}
        if self.before is not None:
            more["reading"] = self.before.reading
            other = averages.average(self.before.ground, self.before.on, by, **more)
            earlier = of_same_groups(fixed, other, by, "average")
            columns |= {"before": earlier, "change": fixed["average"] - earlier}
        return with_columns(fixed, "average", declared_columns("averages.asked"), columns)

    def contributions(self) -> Table:
        """What each measure adds on the day and before, and its part of the change, which the parts sum to."""
        return averages.contributions(self.after.ground, self.against or BASE_DAY, self.after.on, self.after.reading)

    def days(self) -> list[Table]:
        """The average by day with what each authority or measure adds, the days on which it moves, and the acts."""
        first, last = self.span["from"], self.span["to"]
        check_span(first, last, LONGEST)
        by = MEASURE if MEASURE in self.by else AUTHORITY
        table = averages.daily_averages(self.after.ground, first, last, self.after.reading, by)
        if self.partners:
            origin = ", ".join(map(place, self.partners))
            table = table.noted(declared_note("averages.goods_alone", origin=origin))
        if self.of != "USA":  # charts tell whose days they are by the name of the table
            table = replace(table, name=f"{table.name}_{self.of.lower()}")
        moved = np.concatenate([[True], np.abs(np.diff(table["average"])) > STILL])
        tables = [table, replace(table.take(moved), name="moves")]
        if by == MEASURE:
            tables.append(averages.by_measure(table))
        if {self.of, *self.partners} <= {"USA", "CHN"}:
            with suppress(InputError):  # no event of the record is in these days
                tables.append(events_table(first, last).select(EVENT_COLUMNS))
        return tables

    def faced(self) -> list[Table]:
        """What goods of a partner face in every importer on record, and the acts between."""
        if self.against and not isinstance(self.against, date):
            raise InputError(Parameter("against"), "is no day", "give the day of the law that is compared with")
        by = "section" if "section" in self.by else "partner"
        reading = Reading(self.law["reading"])
        return facing_tables(self.partners[0], self.day, self.against or BASE_DAY, by, reading)

    def counted(self, substitution: str = "") -> tuple[Table, PublishedFigure | None]:
        """The average as a publisher counts it, and what it printed of that law where nothing is chosen otherwise.

        Parameters
        ----------
        substitution : "post" for the average once buyers respond, as the publisher takes it.
        """
        shares, switches = choices_of(self.trade["given"])
        if len(self.partners) > 1:
            raise InputError(Parameter("partner"), f"names {len(self.partners)} countries", "name one country or group")
        changed = {
            "importer": "" if self.of == "USA" else self.of, "partner": "".join(self.partners),
            "claims": self.trade["claims"], "weights": self.trade["weights"], "given": tuple(sorted(shares.items())),
            "scope": "" if self.trade["scope"] == "tariff-lines" else self.trade["scope"],
            "reading": Reading(self.law["reading"]) if self.law["reading"] != Reading.EFFECTIVE.value else "",
        }  # fmt: skip
        changed = {name: value for name, value in changed.items() if value}
        lawbook, void, announce = (self.law[name] for name in ("lawbook", "void", "announce"))
        own = bool(lawbook or void or announce or switches)
        law = own_law(importer(self.of), lawbook, void, announce, switches) if own else None
        more = {"changed": changed, "law": law, "substitution": substitution}
        table = definitions.average_table_as(self.publisher, self.day, self.by, **more)
        plain = "average" in table.data and not (self.by or changed or law)
        table = table.sorted("imports", descending=True) if self.by else table
        return table, nearest_figure(self.publisher, self.day) if plain else None


def beside(inquiry: Inquiry, importers: Sequence[str]) -> Table:
    """The average of each of several importers, each over its own trade; errors as `Inquiry`."""
    names = ("imports", "average", "after_substitution", *(("before", "change") if inquiry.against else ()))
    inquiries = [replace(inquiry, of=code) for code in importers]
    wholes = [other.whole for other in inquiries]
    rows = [
        (other.of, place(other.of), ", ".join(map(place, other.origins)) or "all countries",
         *(float(table[name][0]) for name in names))
        for other, table in zip(inquiries, wholes, strict=True)
    ]  # fmt: skip
    without = () if inquiry.against else ("before", "change")
    oldest = min((table.standing for table in wholes if table.standing is not None), key=lambda it: it.to, default=None)
    notes = dict.fromkeys(note for table in wholes for note in table.notes)
    return table_of("averages.importers", rows, notes=[*notes], without=without).standing_on(oldest)


def authorities(whole: Table) -> Table:
    """What each authority adds to an average, the largest first; the rows sum to it."""
    left = ("average", "after_substitution", "before")
    columns = [c for c in whole.columns if c.unit is Unit.SHARE and c.name not in left and not of_fate(c.name)[1]]
    amounts = [float(whole[c.name][0]) for c in columns]
    names = [c.label or c.name.replace("_", " ") for c in columns]
    table = table_of("averages.added", list(zip(names, amounts, strict=True)), whole.notes)
    return table.standing_on(whole.standing).sorted("adds", descending=True)
