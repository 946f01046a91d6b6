"""The average duty as it is asked for: on a day, day by day, by measure, by importer, or as a publisher counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table, Unit, declared_columns, declared_note, table_of
from detente.codes.days import BASE_DAY, check_span
from detente.codes.given import in_range
from detente.codes.number import MOST_DRAWS
from detente.codes.standing import of_fate
from detente.data.definitions import PublishedFigure
from detente.data.importers import importer
from detente.data.tables import place
from detente.lab.averages import averages, definitions
from detente.lab.averages.facing import facing_tables
from detente.lab.averages.ranges import range_table
from detente.lab.averages.reform import own_law
from detente.lab.duties.asked import Asked, both_laws, choices_of, of_same_groups, start_of, with_columns
from detente.lab.record.history import EVENT_COLUMNS, nearest_figure
from detente.lab.record.tables import events_table
from detente.law import Reading
from detente.trade import Definition

LONGEST = 10 * 366
"""Days of a series at most."""

STILL = 5e-7
"""Change of an average up to which it stands still, share."""

AUTHORITY, MEASURE, IMPORTER = "authority", "measure", "importer"
SUMS = (AUTHORITY, MEASURE, IMPORTER)
"""What an average is broken down by that is no group of its trade."""


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
