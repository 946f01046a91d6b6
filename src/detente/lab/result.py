"""Result: tables, checks, assumptions, vintages and timings of a run, addressed by a 12-hex key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import wrap
from typing import Any

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note
from detente.codes.days import Standing
from detente.codes.table import LINE
from detente.lab.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Check:
    """Something a run verified: what was expected, what came out."""

    name: str
    expected: float
    found: float
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the difference is within the tolerance."""
        return abs(self.found - self.expected) <= self.tolerance


@dataclass(frozen=True)
class Result:
    """What a scenario gave.

    Attributes
    ----------
    key : 12 hex digits of scenario, data and program version; same key, same numbers.
    tables : by name, in the order they are shown.
    sentences : the findings in words, each with its comparison and range; set by the faces.
    assumptions : rows of the register the run rests on.
    vintages : table name -> publisher, vintage and sha256.
    timings : seconds by step; not part of the key.
    standings : importer (ISO3) -> how far its law is on record on the latest day that is compared.
    remarks : by part of the run, why it has no answer.
    speaker : what says it in a minute, as text, for a notebook and as plain values; set by the faces, as this layer has
        no words.
    """

    scenario: Scenario
    key: str
    tables: Mapping[str, Table]
    sentences: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    assumptions: tuple[Mapping[str, Any], ...] = field(repr=False, default=())
    vintages: Mapping[str, Mapping[str, str]] = field(repr=False, default_factory=dict)
    timings: Mapping[str, float] = field(repr=False, default_factory=dict)
    standings: Mapping[str, Standing] = field(repr=False, default_factory=dict)
    remarks: Mapping[str, tuple[str, ...]] = field(repr=False, default_factory=dict)
    speaker: Callable[[Result], Any] | None = field(repr=False, default=None, compare=False)

    def table(self, name: str) -> Table:
        """One table by name."""
        if name not in self.tables:
            raise UnknownName("table", name, self.tables, Parameter("table"), f"use {', '.join(self.tables)}")
        return self.tables[name]

    @property
    def brief(self) -> Any:
        """What a reader gets in a minute."""
        if self.speaker is None:
            raise InputError("brief", "this result has no words", "run it with detente.run")
        return self.speaker(self)

    def __getitem__(self, name: str) -> Table:
        return self.table(name)

    def __iter__(self) -> Iterator[str]:
        """Names of the tables."""
        return iter(self.tables)

    def __str__(self) -> str:
        """The result as a terminal shows it: the brief, and the names of the tables."""
        words = f"{self.scenario.title or self.scenario.name} ({self.key})" if self.speaker is None else str(self.brief)
        names = f"Tables: {', '.join(self.tables)}"
        lines = wrap(names, LINE, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
        return "\n".join([words, "", *lines])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """The result as a notebook shows it: the brief, and the names of the tables."""
        from html import escape

        title = f"<h3>{escape(self.scenario.title or self.scenario.name)} <small>{escape(self.key)}</small></h3>"
        words = title if self.speaker is None else self.brief._repr_html_()
        names = "; ".join(f"<code>{escape(name)}</code> {escape(table.title)}" for name, table in self.tables.items())
        summary = declared_note("reader.tables_of_result", count=len(self.tables))
        return f"{words}<details><summary>{summary}</summary>{names}</details>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """The result for a notebook (HTML) and a terminal (text): the same words in both."""
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    def to_dict(self) -> dict[str, Any]:
        """Everything but the timings, as plain values in a fixed order."""
        return {
            "key": self.key,
            "scenario": self.scenario.model_dump(mode="json", by_alias=True, exclude_defaults=True),
            **({} if self.speaker is None else {"brief": self.brief.as_dict()}),
            "sentences": list(self.sentences),
            "record": {code: standing.as_json() for code, standing in self.standings.items()},
            "tables": {name: list(table.rows()) for name, table in self.tables.items()},
            "checks": [
                {"name": c.name, "expected": c.expected, "found": c.found, "holds": c.holds} for c in self.checks
            ],
            "assumptions": [dict(row) for row in self.assumptions],
            "vintages": {name: dict(row) for name, row in self.vintages.items()},
        }
