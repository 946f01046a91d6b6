"""Compare: results side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np

from detente.codes import MOST_DRAWS, InputError, Parameter, Table, declared_columns, table_with, whole_number
from detente.codes.days import furthest, of_fate
from detente.lab.duties.among import duty_on_first, two_sides, usual
from detente.lab.duties.tables import FIXED, POST, owner, weighed
from detente.lab.key import data_hashes, key_of, rooted
from detente.lab.parts import trimmed
from detente.lab.result import Result
from detente.lab.run import run
from detente.lab.scenario import Scenario, opened
from detente.lab.statute.standing import with_fates

#: Tables that are set side by side.
SHOWN = {"headline", "china", "revenue", "importer_pairs"}


def rates_of(
    name: str | Scenario, today: date | None = None, draws: int | None = None, on: date | None = None
) -> Result:
    """The parts of a run that `compare` shows: rates and revenue, under the key of the whole run.

    Parameters
    ----------
    name : of a shipped scenario, the path of a file, or the scenario itself; the others as for a run.
    """
    if draws is not None:
        draws = whole_number(draws, "draws", 0, MOST_DRAWS)
    whole, folder = opened(name, today, on)
    rates = trimmed(rooted(whole, folder), SHOWN)
    if draws is not None:
        rates = rates.model_copy(update={"report": rates.report.model_copy(update={"draws": draws})})
    result = run(rates)
    return replace(result, scenario=whole, key=key_of(whole, folder, draws, data_hashes(whole)))


#: Columns on the sides of results, where not all are of the United States and China.
OTHERS = ("importer", "partner", "partner_on_importer")

#: Columns that stand under every fate of open clauses where these matter to one of the results.
NUMBERS = ("average", "post_shock", "china_on_us", "duty_a_year")


def compare(results: Sequence[Result | str] | Result | str, *others: Result | str) -> Table:
    """Headline averages of several results, one row per result and variant; a scenario by name is run for it."""
    given = [results] if isinstance(results, Result | str) else results
    if not isinstance(given, Sequence):
        raise InputError(Parameter("results"), f"{given!r:.40} is no list of results", "give results of detente.run")
    results = [rates_of(item, date.today()) if isinstance(item, str) else item for item in (*given, *others)]
    for result in results:
        if not isinstance(result, Result):
            repair = "give results of detente.run, as in compare([run('geneva'), run('thirty-four')])"
            raise InputError(Parameter("results"), f"{result!r:.40} is no result", repair)
    if not results:
        raise InputError("compare", "there is nothing to compare", "give two or more scenarios")
    rows = [row for result in results for row in _rows(result)]
    without = OTHERS if all(usual(result.tables) for result in results) else ()
    alike = len({result.scenario.importer for result in results}) == 1
    whose = owner(results[0].scenario.importer) if alike else "the importer's"
    names = [column.name for column in declared_columns("compare.compare", without, whose=whose)]
    data = {name: np.asarray([row[name] for row in rows]) for name in names}
    named = {result.scenario.name: weighed(result.tables) for result in results}
    same = len(set(named.values())) == 1
    weights = next(iter(named.values())) if same else "; ".join(f"{name}: {year}" for name, year in named.items())
    own = (result.standings.get(result.scenario.importer) for result in results)
    latest = furthest(standing for standing in own if standing is not None)
    table = table_with("compare.compare", data, (), without, weights=weights, whose=whose)
    words = {name: text for result in results for s in result.standings.values() for name, text in s.fates.items()}
    fates = {f: {n: np.asarray([row.get((n, f), row[n]) for row in rows]) for n in NUMBERS} for f in words}
    return with_fates(table, fates, words).standing_on(latest)


def _rows(result: Result) -> Iterator[dict[Any, Any]]:
    """One row for each variant of a result, with numbers under fates of open clauses by name and fate."""
    head, sides = list(result.table("headline").rows()), two_sides(result.tables)
    fixed, post = ([row for row in head if row["definition"] == name] for name in (FIXED, POST))
    theirs = [duty_on_first(result.tables, sides[1], row["variant"]) or UNKNOWN for row in fixed]
    other = theirs if usual(result.tables) else [UNKNOWN] * len(fixed)
    money = [row for row in result.table("revenue").rows() if row["demand"] == "static"]
    for *four, on_first in zip(fixed, post, other, money, theirs, strict=True):
        first = four[0]
        cells = {"scenario": result.scenario.name, "key": result.key}
        cells |= {name: first[name] for name in ("variant", "on", "against", "low", "high")}
        cells |= dict(zip(OTHERS, (*sides, on_first["after"]), strict=True))
        cells |= {name: row["after"] for name, row in zip(NUMBERS, four, strict=True)}
        yield cells | {
            (name, of_fate(key)[1]): value for name, row in zip(NUMBERS, four, strict=True)
            for key, value in row.items() if of_fate(key)[0] == "after" and key != "after"
        }  # fmt: skip


#: The duty of another side that is not China, in the column of China's.
UNKNOWN = {"after": np.nan}
