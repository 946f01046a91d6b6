"""Standing of a number: how far its law is on record, and what it would be under each fate of the open clauses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from detente.codes import Column, Table, Unit, declared_column, declared_note
from detente.codes.names import first_upper
from detente.codes.standing import LAPSED, RENEWED, Branch, Standing, other_fate
from detente.data.tables import place
from detente.lab.statute.facts import differ
from detente.law import Law, renewed


def standing_of(
    law: Law,
    first: date,
    last: date,
    value: Callable[[Law], float | None] | None = None,
    *,
    code: str = "",
    partner: str = "",
    partners: frozenset[str] | None = None,
) -> Standing | None:
    """Standing of what a law says on days from first to last; None for a law without a record.

    Parameters
    ----------
    value : the number on the last day under a law, share of customs value; None where there is no single one.
    code, partner : the goods and the partner it is about; "" = all at once.
    partners : several partners that it is about; None = all.
    """
    record = law.record
    if record is None:
        return None
    gaps = record.lacking(first, last, code, frozenset((partner,)) if partner else partners)
    if last <= record.to:
        return Standing(record.to, gaps=gaps)
    clauses = record.open_on(last)
    if value is None:
        days = sorted(clause.day for clause in clauses)
        titles = tuple(clause.title for clause in clauses)
        return Standing(record.to, True, titles, days[0] if days else None, days[-1] if days else None, gaps=gaps)
    written = value(law)
    alone = [(clause, value(renewed(law, [clause]))) for clause in clauses]
    moving = [(clause, other) for clause, other in alone if differ((written, other))]
    if not moving:
        return Standing(record.to, True, gaps=gaps)
    both = moving[0][1] if len(moving) == 1 else value(renewed(law, [clause for clause, _ in moving]))
    branches = (Branch(LAPSED, written), Branch(RENEWED, both))
    days = sorted(clause.day for clause, _ in moving)
    return Standing(record.to, True, tuple(clause.title for clause, _ in moving), days[0], days[-1], branches, gaps)


def branched(
    build: Callable[[Law, date], Table],
    mean_of: Callable[[Law], float],
    law: Law,
    first: date,
    last: date,
    partners: frozenset[str] | None = None,
) -> Table:
    """A table of averages with its standing; beyond the record with the average if open clauses were renewed.

    Parameters
    ----------
    build : the table under a law, of a series its rows from a day on; its column `average` is weighted by
        `imports`, or its last row counts.
    mean_of : a quick average on the last day, which says which clauses matter.
    first, last : days it is about.
    partners : those whose goods it is about; None = all.
    """
    standing, table = standing_of(law, first, last, mean_of, partners=partners), build(law, first)
    if standing is None or standing.day is None or not standing.branches:
        return table.standing_on(standing)
    other = build(if_renewed(law, standing), max(first, standing.day))
    branches = (Branch(LAPSED, _mean(table)), Branch(RENEWED, _mean(other)))
    column = declared_column("if_renewed")
    kept = table["average"][: len(table) - len(other)]  # days before the first of the clauses
    data = {**table.data, column.name: np.concatenate([kept, other["average"]])}
    table = replace(table, columns=(*table.columns, column), data=data)
    return table.standing_on(replace(standing, branches=branches))


def beside(made: Table, other: Table, names: Sequence[str]) -> Table:
    """A table with columns for some of its numbers if open clauses were renewed.

    Parameters
    ----------
    other : the same table under that law; its rows are told by their texts, and what it lacks is zero in it.
    """
    keys = [column.name for column in made.columns if column.unit in (Unit.TEXT, Unit.CODE, Unit.DATE)]
    known = {tuple(row[key] for key in keys): row for row in other.rows()}
    matches = [known.get(tuple(row[key] for key in keys), {}) for row in made.rows()]
    data = {other_fate(n): np.asarray([row.get(n, 0.0) for row in matches]) for n in names}
    columns = (*made.columns, *columns_if_renewed(made.columns, names))
    return replace(made, columns=columns, data={**made.data, **data})


def columns_if_renewed(columns: Sequence[Column], names: Sequence[str]) -> list[Column]:
    """The columns of some names again, for what they would be if the open clauses were renewed."""
    about = {column.name: column for column in columns}
    meanings = {n: declared_note("law.if_renewed", meaning=about[n].description) for n in names}
    return [replace(about[n], name=other_fate(n), description=meanings[n]) for n in names]


def if_renewed(law: Law, standing: Standing | None) -> Law:
    """The law as if the clauses that a standing names had been renewed; itself where none of them matters."""
    if standing is None or not standing.branches or law.record is None:
        return law
    return renewed(law, [clause for clause in law.record.clauses if clause.title in standing.clauses])


def _mean(table: Table) -> float:
    """Average over the rows by their imports; of a series its last day."""
    if "imports" not in table.data:
        return float(table["average"][-1])
    return float(table["average"] @ table["imports"] / table["imports"].sum())


def record_sentences(standings: Mapping[str, Standing]) -> list[str]:
    """How far each law is on record, where a day lies beyond."""
    beyond = {code: standing for code, standing in standings.items() if standing.beyond}
    return [f"{first_upper(place(code))}: {standing.line}." for code, standing in beyond.items()]
