"""Standing of a number: how far its law is on record, and what it would be under each fate of the open clauses."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detente.codes import Column, Table, declared_note
from detente.codes.days import LAPSED, LIKELY, Branch, Standing, other_fate
from detente.codes.names import first_upper
from detente.codes.units import TEXTS
from detente.data.importerfile import importer_file, lawbooks
from detente.data.tables import place
from detente.lab.statute.consignment import Consignment, base_is_set, differ
from detente.law import Clause, Ladder, Law
from detente.law.law import LawRecord, fate_names, for_each, laws_under


def standing_of(
    law: Law,
    first: date,
    last: date,
    value: Callable[[Law], float | None] | None = None,
    *,
    code: str = "",
    partner: str = "",
    partners: frozenset[str] | None = None,
    authorities: Collection[str] = (),
) -> Standing | None:
    """Standing of what a law says on days from first to last; None for a law without a record.

    Parameters
    ----------
    value : the number on the last day under a law, share of customs value; None where there is no single one.
    code, partner : the goods and the partner it is about; "" = all at once.
    partners : several partners that it is about; None = all.
    authorities : those whose measures the number has; empty = all.
    """
    if law.record is None:
        return None
    standing = _standing(law, law.record, first, last, value, code, frozenset((partner,)) if partner else partners)
    # Day of the importer's schedule; none where its rates have dates of their own, or are means of sectors.
    folder = lawbooks().get(law.importer)
    file = None if folder is None else importer_file(folder)
    base = None if file is None or file.level == "sector" else file.schedule.vintage
    return replace(standing, base_of=base, measures_to=law.record.read_for(authorities))


def _standing(
    law: Law, record: LawRecord, first: date, last: date, value: Callable[[Law], float | None] | None,
    code: str, concerned: frozenset[str] | None,
) -> Standing:  # fmt: skip
    gaps = record.lacking(first, last, code, concerned)
    known, clauses = Standing(record.to, gaps=gaps), record.open_on(last)
    if last <= record.to:
        return known
    coming = () if concerned is None else record.may_come(last, concerned, code)
    known = replace(known, beyond=True, ahead=tuple(entry.title for entry in coming))
    if value is None:
        return _opened(known, clauses)
    written = value(law)

    def values_of(several: Sequence[Clause]) -> dict[str, float | None]:
        return for_each(laws_under(law, several, last), value)

    alone = {clause: values_of([clause]) for clause in clauses}
    moving = [clause for clause, numbers in alone.items() if differ((written, *numbers.values()))]
    if not moving:
        return known
    values = alone[moving[0]] if len(moving) == 1 else values_of(moving)
    others = (Branch(name, number, *_said(name, moving)) for name, number in values.items())
    return replace(_opened(known, moving), branches=(Branch(LAPSED, written, LAPSED), *others))


def _opened(standing: Standing, clauses: Sequence[Clause]) -> Standing:
    """A standing that names open clauses and their days."""
    days = sorted(clause.day for clause in clauses)
    titles = tuple(clause.title for clause in clauses)
    return replace(standing, clauses=titles, day=days[0] if days else None, last=days[-1] if days else None)


def words_of(clauses: Sequence[Clause]) -> dict[str, str]:
    """Every fate of some clauses by name, in words."""
    return {name: _said(name, clauses)[0] for name in fate_names(clauses)}


def _said(name: str, clauses: Sequence[Clause]) -> tuple[str, bool]:
    """A fate of some clauses in words, and whether it is likely for one of them."""
    fates = [fate for clause in clauses if (fate := clause.fate(name)) is not None]
    first = max(fates, key=lambda fate: fate.likely)
    return first.words, first.likely


def branched(
    build: Callable[[Law, date], Table],
    mean_of: Callable[[Law], float],
    law: Law,
    first: date,
    last: date,
    partners: frozenset[str] | None = None,
) -> Table:
    """A table of averages with its standing; beyond the record with the average under each fate of open clauses.

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
    start = max(first, standing.day)
    others = for_each(fates_of(law, standing, last), lambda other: build(other, start))
    series = table["average"]
    whole = {name: np.concatenate([series[: len(table) - len(t)], t["average"]]) for name, t in others.items()}
    means = {LAPSED: _mean(table), **{name: _mean(other) for name, other in others.items()}}
    branches = tuple(replace(branch, value=means[branch.name]) for branch in standing.branches)
    table = with_fates(table, {name: {"average": column} for name, column in whole.items()}, standing)
    return table.standing_on(replace(standing, branches=branches))


def by_fate(
    build: Callable[[list[Any]], Table],
    items: Sequence[Any],
    fates: Iterable[str],
    parts: Callable[[Any], Iterable[Any]],
) -> dict[str, Table]:
    """A table of some items, each of which knows itself under `fates`, under each fate; built once for equal items.

    Parameters
    ----------
    parts : what an item is told apart by.
    """
    known: dict[tuple[int, ...], Table] = {}
    tables = {}
    for fate in fates:
        own = [item.fates.get(fate, item) for item in items]
        key = tuple(id(part) for item in own for part in parts(item))
        tables[fate] = known[key] if key in known else known.setdefault(key, build(own))
    return tables


def beside(
    made: Table, others: Mapping[str, Table], names: Sequence[str], standing: Standing | Mapping[str, str] | None
) -> Table:
    """A table with columns for some of its numbers under each fate of open clauses.

    Parameters
    ----------
    others : the same table under that law; its rows are told by their texts, and what it lacks is zero in it.
    """
    texts = (column.name for column in made.columns if column.unit in TEXTS)
    keys = [name for name in texts if name != "moved_by"]  # what its range says, which the other table does not have
    own = [tuple(row[key] for key in keys) for row in made.rows()]
    data: dict[str, dict[str, NDArray[Any]]] = {}
    for fate, other in others.items():
        known = {tuple(row[key] for key in keys): row for row in other.rows()}
        matches = [known.get(key, {}) for key in own]
        data[fate] = {name: np.asarray([row.get(name, 0.0) for row in matches]) for name in names}
    return with_fates(made, data, standing)


def with_fates(
    made: Table, data: Mapping[str, Mapping[str, NDArray[Any]]], standing: Standing | Mapping[str, str] | None
) -> Table:
    """A table with some of its columns again for each fate of the open clauses.

    Parameters
    ----------
    data : by fate, its numbers by the name of the column they are of.
    standing : says what each fate is called, or the words by fate.
    """
    words = standing.fates if isinstance(standing, Standing) else standing or {}
    about = {column.name: column for column in made.columns}
    columns = [fated_column(about[n], fate, words.get(fate, fate)) for fate, own in data.items() for n in own]
    more = {other_fate(name, fate): numbers for fate, own in data.items() for name, numbers in own.items()}
    return replace(made, columns=(*made.columns, *columns), data={**made.data, **more})


def fated_column(column: Column, fate: str, words: str) -> Column:
    """A column again, for its numbers under a fate of the open clauses."""
    short = f"{fate}{LIKELY if words.endswith(LIKELY) else ''}"
    label = declared_note("law.if_fate_head", head=column.label or column.name.replace("_", " "), fate=short)
    meaning = declared_note("law.if_fate", meaning=column.description, fate=words)
    return replace(column, name=other_fate(column.name, fate), description=meaning, label=label)


def fates_of(law: Law, standing: Standing | None, last: date) -> dict[str, Law]:
    """The law under each fate of the clauses that a standing names, by name; empty where none of them matters.

    Fates that come to the same law by the last day are one law.
    """
    if standing is None or not standing.branches or law.record is None:
        return {}
    return laws_under(law, [clause for clause in law.record.clauses if clause.title in standing.clauses], last)


def _mean(table: Table) -> float:
    """Average over the rows by their imports; of a series its last day."""
    if "imports" not in table.data:
        return float(table["average"][-1])
    return float(table["average"] @ table["imports"] / table["imports"].sum())


def record_sentences(standings: Mapping[str, Standing]) -> list[str]:
    """How far each law is on record, where a day lies beyond."""
    beyond = {code: standing for code, standing in standings.items() if standing.beyond}
    return [f"{first_upper(place(code))}: {standing.line}." for code, standing in beyond.items()]


def standing_of_goods(
    goods: Consignment, law: Law, ladders: Sequence[Ladder], weights: Sequence[float], code: str, listed: bool
) -> Standing | None:
    """How far the law behind the answer was read, by the series that it takes from."""
    authorities = {term.authority for ladder in ladders for term in ladder.terms}
    value, on = (lambda other: goods.total(other, weights)), goods.on
    standing = standing_of(law, on, on, value, code=code, partner=goods.origin, authorities=authorities)
    known = goods.where.own.known is not None and any(line in goods.where.own.known.source for line in goods.codes)
    if standing is None or (listed and not known and not base_is_set(goods.given)):
        return standing
    return replace(standing, base_of=None)
