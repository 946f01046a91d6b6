"""Rates: the duty on one good on a day, and day by day; each shows its rungs and the acts behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from textwrap import wrap
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter, Table
from detente.codes.days import EARLIEST
from detente.codes.kinds import checked
from detente.data.importerfile import importer_id
from detente.data.importers import importer
from detente.data.tables import partner_name
from detente.data.yamlfile import as_date
from detente.faces.charts.steps import UNTIL
from detente.faces.ladder import BROKER, as_json, as_table, explained, goods_in_words, source_of
from detente.faces.python.answer import LETTERS, LINES, AnswerBase, in_words
from detente.faces.python.plots import Plot, plot
from detente.faces.python.words import in_python
from detente.lab.statute.line_history import last_act, line_history
from detente.lab.statute.lookup import LineDuty


@dataclass(frozen=True, repr=False)
class DutyRate(AnswerBase, LineDuty):
    """The duty on one good: a `LineDuty` that shows itself.

    It prints as the sentence and the rungs; `total` is the duty as a share of customs value.
    """

    @classmethod
    def of(cls, duty: LineDuty) -> DutyRate:
        """The same duty, shown."""
        return cls(**{field.name: getattr(duty, field.name) for field in fields(LineDuty)})

    @property
    def title(self) -> str:
        """What the good owes."""
        return self._told()[0]

    @property
    def sentences(self) -> Sequence[str]:
        """What it owes, then each rung with its act, as the command `explain` prints them."""
        return self._told()

    def _told(self) -> list[str]:
        return [in_python(line) for line in explained(self, *goods_in_words(self)).splitlines()]

    @property
    def tables(self) -> Mapping[str, Table]:
        """The rungs: table `ladder`."""
        return {"ladder": as_table(self, *goods_in_words(self), source_of(self))}

    def shown(self) -> Table:
        """The rungs that add something, as a broker files them."""
        table = as_table(self, *goods_in_words(self), source_of(self), everything=False)
        return in_words(table.select(BROKER))

    def __str__(self) -> str:
        """The sentence and the rungs."""
        lines = [line for sentence in self._told() for line in _wrapped(sentence)]
        more = [f"  ... {len(lines) - LINES + 1} more lines: .sentences"] if len(lines) > LINES else []
        return "\n".join([*lines[: LINES - len(more)], *more])

    def __repr__(self) -> str:
        return str(self)

    def __float__(self) -> float:
        return self.total

    def _repr_html_(self) -> str:
        """The rungs as a notebook shows them, notes beneath."""
        return self.shown()._repr_html_()

    def to_dict(self) -> dict[str, Any]:
        """What `detente rate --format json` prints: shares; total = base + the points of the terms."""
        return as_json(self)


def _wrapped(line: str) -> list[str]:
    """A line in pieces of a screen's width, set in as it is itself."""
    margin = " " * (len(line) - len(line.lstrip()))
    return wrap(line, LETTERS, initial_indent="", subsequent_indent=margin, break_long_words=False) or [line]


@dataclass(frozen=True, repr=False)
class RateSeries(AnswerBase):
    """The duty on one good over time, one row for each level; `plot` draws it as steps.

    Attributes
    ----------
    line, partner : as they were given; `importer` : whose law.
    start, end : first and last day.
    levels : table `line_history`.
    """

    line: str
    partner: str
    importer: str
    start: date
    end: date
    levels: Table

    @property
    def title(self) -> str:
        """Good, partner and span."""
        return f"Duty on {self.line} from {self.whence}, {self.start} to {self.end}"

    @property
    def whence(self) -> str:
        """Name of the partner."""
        return partner_name(importer(self.importer).countries.resolve(self.partner, "partner"))

    @property
    def sentences(self) -> Sequence[str]:
        """Lowest, highest and last level."""
        totals, days = self.levels["total"], self.levels["date"]
        low, high = int(np.argmin(totals)), int(np.argmax(totals))
        if len(totals) == 1:
            return (f"The duty is {self._level(0)} throughout.",)
        return (
            f"{len(totals)} levels: lowest {self._level(low)} from {days[low]}, highest {self._level(high)} from "
            f"{days[high]}, last {self._level(-1)} from {days[-1]}.",
        )

    def _level(self, row: int) -> str:
        """A level in words: of lines that differ their range first, then their mean by that name."""
        low, high, mean = (f"{float(self.levels[name][row]):.2%}" for name in ("low", "high", "total"))
        return mean if low == high else f"{low} to {high} ({mean} on average)"

    @property
    def tables(self) -> Mapping[str, Table]:
        """The levels: table `line_history`."""
        return {self.levels.name: self.levels}

    def plot(self, name: str = "series") -> Plot:
        """The steps, with the acts that made them."""
        return plot({self.levels.name: replace(self.levels, title=self.title)}, name)

    def shown(self) -> Table:
        """Days, levels and what moved them."""
        ends = ["low", "high"] if (self.levels["high"] - self.levels["low"]).max() > 1e-9 else []
        return self.levels.select(["date", *ends, "total", "change", "what"])

    def on(self, day: date | str) -> float:
        """The duty on a day, share of customs value; the mean of the lines under the code where they differ.

        Raises
        ------
        InputError : a day outside the span.
        """
        when = as_date(day, "day")
        if not self.start <= when <= self.end:
            raise InputError(Parameter("day"), f"{when} is outside", f"give a day from {self.start} to {self.end}")
        return float(self.levels["total"][np.searchsorted(self.levels["date"], when.isoformat(), "right") - 1])


@checked
def rate_series(
    line: str,
    partner: str,
    from_: date | str = EARLIEST,
    to: date | str | None = None,
    *,
    of: str = "USA",
) -> RateSeries:
    """The duty on one good over time: every day on which it changed, by how much, and the act behind it.

    Parameters
    ----------
    line : tariff code of 4 to 10 digits, dots allowed; of several lines the range of their duties and the mean.
    partner : country of origin, by any code or name.
    from_, to : first and last day; by default all that is on record.
    of : importer whose law is meant, by code or name; of a member of a union it is the union's law.

    Raises
    ------
    UnknownName, InputError : a code, country or day that cannot be, a span that runs backwards.
    """
    of = importer_id(of, Parameter("of"))
    first, last = as_date(from_, "from_"), last_act(of) if to is None else as_date(to, "to")
    if last < first:
        raise InputError(Parameter("to"), f"{last} is before the first day, {first}", "swap the two")
    levels = line_history(line, partner, first=first, last=last, of=of)
    return RateSeries(line, partner, of, first, last, levels.noted(f"{UNTIL}{last}"))
