"""Imports of quarters by the world economy under the tariffs of each, beside the quarters on record.

Every change of the laws on record since 2018 is followed, and what the model makes of a quarter is told over the same
quarter of the year before. The tariffs of each quarter are known: what is scored is the model, no forecast of acts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np

from detente.codes import InputError, Parameter, Table, declared_note, table_of
from detente.codes.axis import Floats
from detente.data.definitions import other_counts
from detente.data.small_world import DEFAULT
from detente.data.tables import arrays
from detente.data.worlds import load_economy
from detente.economy import Economy, Shock, solve
from detente.economy.paths.chain import path
from detente.evidence.chances import accuracy, ratio_to
from detente.lab.averages.axes import rows_of
from detente.lab.deal.dated import by_quarter, on_record, paid, quarter_days
from detente.lab.score.forecast import ALL, PARTNERS, name_of

#: What these forecasts are of, as it is asked for.
WORLD = "world"

AMERICA, UNION = "USA", "EUU"
#: Years of the path, of the laws that are followed, and after the last quarter: the world has five years to adjust to
#: the tariffs of the first day of 2018. Quarters are told from the third of that year on.
SETTLES, FIRST, END = 2013, 2018, 2026
QUARTERS_A_YEAR = 4

PATH, STATIC, NONE = "path", "static", "no change"
MODELS = (PATH, STATIC, NONE)
#: Spans that are scored: first year, and the one after the last. Between tariff wars came the pandemic.
SPANS = {"2018-19": (2018, 2020), "2020-24": (2020, 2025), "2025": (2025, END)}
EVERYONE = (ALL, *PARTNERS)


@dataclass(frozen=True)
class QuarterScore:
    """Change of US imports on the year by quarter and partner, as it came and by model.

    Attributes
    ----------
    days : first days of the quarters. imports : USD a quarter, NaN where not on record, shape (quarter, partner).
    came : change on the year, share; others : of goods other than computers and electronics.
    models : by name. changes : acts that changed a tariff in each quarter.
    """

    days: tuple[date, ...]
    imports: Floats = field(repr=False)
    came: Floats = field(repr=False)
    others: Floats = field(repr=False)
    models: Mapping[str, Floats] = field(repr=False)
    changes: tuple[int, ...]
    notes: tuple[str, ...] = ()

    def span(self, name: str) -> slice:
        """The quarters of a span."""
        first, last = SPANS[name]
        inside = [k for k, day in enumerate(self.days) if first <= day.year < last]
        return slice(inside[0], inside[-1] + 1)

    def rows(self) -> Iterator[tuple[object, ...]]:
        """One row a partner and quarter."""
        for k, code in enumerate(EVERYONE):
            for q, day in enumerate(self.days):
                cells = (self.imports[q, k], self.came[q, k], self.others[q, k])
                made = (self.models[name][q, k] for name in MODELS)
                yield (str(day), code, name_of(code), self.changes[q], *cells, *made)

    def scores(self, seed: int) -> Iterator[tuple[object, ...]]:
        """One row a span, partner and model: its error beside that of no change, with and without computers."""
        for name in SPANS:
            inside = self.span(name)
            for k, code in enumerate(EVERYONE):
                came, others = self.came[inside, k], self.others[inside, k]
                for model in MODELS:
                    own = self.models[model][inside, k]
                    score, rule = accuracy(own, came), self.models[NONE][inside, k]
                    ratio = ratio_to(own, rule, came, seed=seed, name=f"{name} {code} {model}")
                    apart = accuracy(own, others).error
                    yield name, code, name_of(code), model, score.months, score.error, score.bias, ratio.value, apart


def world_scores(collected: bool, seed: int, as_of: date | None = None, to: date | None = None) -> list[Table]:
    """Tables of the world economy beside the quarters that came: errors by model, quarters, forecasts of others.

    Parameters
    ----------
    collected : tariffs as collected, with delay and shares not collected; else as written.

    Raises
    ------
    InputError : months, as all quarters are scored.
    """
    for name, day in (("as_of", as_of), ("to", to)):
        if day is not None:
            raise InputError(Parameter(name), "does not go with the world economy", "leave it out")
    scored = quarter_score(collected)
    known = sum(bool(np.isfinite(row[1:]).all()) for row in scored.came)
    record = declared_note("score.world_record", last=str(scored.days[known - 1]))
    notes = (*scored.notes, record)
    return [
        table_of("score.score_world", [*scored.scores(seed)], notes),
        table_of("score.score_quarters", [*scored.rows()], notes),
        table_of("score.score_published", [*_published(scored)], (record,)),
    ]


@lru_cache(maxsize=2)
def quarter_score(collected: bool) -> QuarterScore:
    """The model and the record, quarter by quarter."""
    economy = load_economy(DEFAULT)
    edges = quarter_days(date(SETTLES, 1, 1), QUARTERS_A_YEAR * (END - SETTLES))
    owed = paid(economy) if collected else None
    spells = on_record(economy, date(FIRST, 1, 1), edges[-1], owed)
    tariffs = by_quarter(spells, edges, None if owed is None else owed.late)
    usa = economy.country(AMERICA)
    made = {PATH: path(economy, tariffs).trade[:, usa], STATIC: _static(economy, tariffs)}
    first = edges.index(date(FIRST, 7, 1))
    models = {name: _on_year(np.stack([_of(economy, trade, code) for code in EVERYONE], 1))[first:]
              for name, trade in made.items()}  # fmt: skip
    models[NONE] = np.zeros_like(models[PATH])
    imports, computers = (_recorded(edges[:-1], column) for column in ("imports", "computers"))
    days = tuple(edges[first:-1])
    changes = tuple(
        sum(start <= day < end for day, _ in spells) for start, end in zip(days, edges[first + 1 :], strict=True)
    )
    notes = (declared_note("score.world_collected" if collected else "score.world_written"),)
    return QuarterScore(
        days, imports[first:], _on_year(imports)[first:], _on_year(imports - computers)[first:], models, changes, notes
    )


def _static(economy: Economy, tariffs: list[Floats]) -> Floats:
    """US imports after trade has adjusted to the tariffs of each quarter, shape (quarter, exporter)."""
    usa, rows, near, last = economy.country(AMERICA), list[Floats](), None, None
    for tariff in tariffs:
        if tariff is not last:
            near, last = solve(economy, Shock(tariff), warm=near), tariff
            near.shock.memo.clear()
        assert near is not None
        rows.append(near.levels["trade"][usa].reshape(len(economy.countries), -1).sum(axis=1))
    return np.stack(rows)


def _of(economy: Economy, trade: Floats, code: str) -> Floats:
    """Imports from a partner, or from everyone abroad, shape (quarter,)."""
    if code == ALL:
        return trade.sum(axis=1) - trade[:, economy.country(AMERICA)]
    return trade[:, rows_of(economy, "EU27" if code == UNION else code)].sum(axis=1)


def _on_year(values: Floats) -> Floats:
    """Change on the same quarter of the year before, share; NaN in the first year."""
    change = np.full_like(values, np.nan)
    change[QUARTERS_A_YEAR:] = values[QUARTERS_A_YEAR:] / values[:-QUARTERS_A_YEAR] - 1.0
    return change


def _recorded(days: list[date], column: str) -> Floats:
    """A column of the months on record by quarter and partner, USD; NaN where a month is not on record."""
    table = arrays("usa_collected_monthly")
    place = {
        (partner, month): n for n, (partner, month) in enumerate(zip(table["partner"], table["month"], strict=True))
    }
    values = np.append(table[column].astype(np.float64), np.nan)

    def quarter(day: date, code: str) -> float:
        return float(sum(values[place.get((code, f"{day.year}-{day.month + k:02d}"), -1)] for k in range(3)))

    return np.asarray([[quarter(day, code) for code in EVERYONE] for day in days])


def _published(scored: QuarterScore) -> Iterator[tuple[object, ...]]:
    """Forecasts of imports in print, beside the mean change on the year of the four quarters after their law."""
    for row in other_counts():
        for figure in row.figures if row.what == "imports" else ():
            code = ALL if figure.of == AMERICA else figure.of
            after = [q for q, day in enumerate(scored.days) if day >= figure.law][:QUARTERS_A_YEAR]
            k = EVERYONE.index(code)
            known = [q for q in after if np.isfinite(scored.came[q, k])]
            if not known:
                continue
            came, *models = (float(values[known, k].mean()) for values in (scored.came, *scored.models.values()))
            cells = (row.who, str(figure.report), str(figure.law), code, name_of(code), len(known))
            yield (*cells, figure.value, came, *models, row.source)
