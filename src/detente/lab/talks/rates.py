"""Rates: the laws of a case on the axes of its world, for duties of any type between any parties.

The law of each importer is compiled with the duties under negotiation at zero, and once more for each of them that the
law itself carries: where it is owed, at any level, is read off the two. What is on a list is read off the lines. Floors
and cuts are averaged line by line, since a line that owes ten points pays five more under a floor of fifteen.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName
from detente.data.caserows import ALL_GOODS, AS_LAW, EVERYBODY, CaseFile, FromLaw, IssueRow, WholeLaw
from detente.data.flows import STANDS_FOR
from detente.data.importers import importer
from detente.data.tables import countries
from detente.economy import Economy, baseline_tariff, goods
from detente.lab.ground.axes import Axes, laid, rows_of
from detente.lab.ground.goods import lines_named
from detente.lab.ground.ground import Ground, ground_of
from detente.lab.ground.plane import FEW, carrier
from detente.lab.ground.reform import reformed
from detente.lab.scenario import Change, LawChange, NamedGoods
from detente.lab.talks.whole import law_of
from detente.lab.talks.world import sectors_of
from detente.law import Law, Measure
from detente.talks.duties import group_of
from detente.talks.wide import DutyAxis
from detente.trade import Onto

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
STEPS = 21
"""Levels at which a floor is averaged over lines."""

FULL = 1.0
"""Level at which a duty of the law is laid to see what owes it, share."""

BARE = 1e-9
"""Level in place of zero, share: what a duty displaces hangs on whether it is owed, and a sector's own duty displaces
the general one at any level on the table."""


@dataclass(frozen=True)
class Laid:
    """A law of an importer on its trade and on the axes of a world.

    Attributes
    ----------
    ground : the law on the trade of the day; `trade` : the trade on the axes.
    base : base duty of every pair of importer's lines and partners, share, shape (pairs,).
    rates : whole duty of every pair, share, shape (pairs,).
    """

    ground: Ground = field(repr=False)
    trade: Onto = field(repr=False)
    base: Floats = field(repr=False)
    rates: Floats = field(repr=False)

    def mean(self, rates: Floats) -> Floats:
        """Mean of a rate of every pair by exporter and sector of the world, shape (country, sector); zero untraded."""
        return np.nan_to_num(self.trade.mean(rates))

    def partners(self, codes: frozenset[str]) -> Bools:
        """Which pairs are with some countries, shape (pairs,)."""
        plain = np.array([STANDS_FOR.get(code, code) in codes for code in self.ground.flows.partners])
        return plain[self.ground.flows.partner_at]


def members_of(code: str) -> frozenset[str]:
    """Countries of a party: itself, or those of a union."""
    return frozenset(countries().expand(code))


class _LawDay(NamedTuple):
    """What tells one whole law from another."""

    importer: str
    on: date
    known: date | None
    fate: str


@lru_cache(maxsize=96)
def _laid(axes: Axes, day: _LawDay, changes: tuple[tuple[str, float, tuple[str, ...]], ...]) -> Laid:
    """A law under some changes of measures: id, rate, partners (none for all)."""
    whole = WholeLaw(importer=day.importer, whole=day.on, known=day.known, fate=day.fate)
    listed = [Change(measure=name, rate=rate, partners=list(some) or None) for name, rate, some in changes]
    law = reformed(importer(day.importer), law_of(whole), LawChange(change=listed), day.on, Path(), "case")
    ground = ground_of(law).at(day.on)
    base = ground.exposure.pair_base
    return Laid(ground, laid(ground, axes), base, base + ground.exposure.pair_rates(ground.schedule(day.on)))


def _key(row: WholeLaw) -> _LawDay:
    return _LawDay(row.importer, row.whole, row.known, row.fate)


def receivers_of(case: CaseFile, row: IssueRow) -> tuple[str, ...]:
    """Parties on whom an issue falls; all countries are `EVERYBODY`."""
    return row.receivers or tuple(code for code in case.parties if code != row.party)


def _countries_of(case: CaseFile, row: IssueRow) -> frozenset[str]:
    """Countries on whom an issue falls; empty for all."""
    named = receivers_of(case, row)
    return frozenset() if EVERYBODY in named else frozenset[str]().union(*(members_of(code) for code in named))


def _by_law(row: IssueRow) -> bool:
    return row.coverage == AS_LAW or bool(row.from_law)


def carriers_of(case: CaseFile, law: Law, row: IssueRow, whole: WholeLaw) -> list[tuple[str, tuple[str, ...]]]:
    """Measures that lay a duty under negotiation, each with the partners for whom its rate moves, none for all.

    Raises
    ------
    UnknownName, InputError : the law of the day has no such measure.
    """
    partners, where = _countries_of(case, row), f"issue {row.name}"
    if row.from_law:
        for name in row.from_law:
            if name not in law.by_id:
                raise UnknownName("measure", name, law.by_id, where, f"the law of {whole.importer} on {whole.whole}")
        measures = [law.by_id[name] for name in row.from_law]
    else:
        first = sorted(partners)[0] if partners else ""
        carried = carrier(law, row.name, row.authority, first, whole.whole)
        if carried.measure is None:
            raise InputError(f"{where}, coverage by law", f"is {carried.why}", "take another day or other measures")
        measures = [carried.measure, *carried.beside]
    return [(measure.id, _only(measure, partners)) for measure in measures]


def _only(measure: Measure, partners: frozenset[str]) -> tuple[str, ...]:
    """The partners to name in a change: none where a measure is on few, so that those beside them move as well."""
    named = frozenset[str]().union(*(scope.countries for scope in measure.partners or ()))
    few = measure.partners is not None and (len(named) <= FEW or named <= partners)
    return () if few or not partners else tuple(sorted(partners))


def base_rates(case: CaseFile, row: WholeLaw, economy: Economy) -> Floats:
    """Rates of the law of a row, duties under negotiation at zero, shape (country, sector); NaN without trade."""
    ground = _base(case, row, economy)
    return ground.trade.mean(ground.rates)


def _base(case: CaseFile, row: WholeLaw, economy: Economy) -> Laid:
    changes = tuple(sorted(_at(case, row, {})))
    return _laid(Axes.of(economy), _key(row), changes)


def _at(case: CaseFile, row: WholeLaw, levels: dict[str, float]) -> list[tuple[str, float, tuple[str, ...]]]:
    """Changes of measures that put every duty under negotiation at a level, at next to zero where none is named."""
    law = law_of(row)
    own = [issue for issue in case.issues if issue.kind == "duty" and issue.party == row.importer and _by_law(issue)]
    return [
        (name, levels.get(issue.name, BARE), partners)
        for issue in own
        for name, partners in carriers_of(case, law, issue, row)
    ]


def axis_of(case: CaseFile, row: IssueRow, economy: Economy, whole: WholeLaw | None) -> DutyAxis:
    """An issue as points on tariffs.

    Parameters
    ----------
    whole : the law of its importer in the base of the case; None for the tariffs of the world.

    Raises
    ------
    UnknownName, InputError : what the issue names is not in the law, the tariff or the world.
    """
    top = float(row.top or row.listed()[-1])
    exporters = exporters_of(case, row, economy)
    levels = np.linspace(0.0, top, STEPS) if row.type in ("floor", "ceiling") else np.array([0.0, top])
    points = _of_lines(case, row, economy, whole, levels) if whole is not None else _of_cells(row, economy, levels)
    kept = np.zeros(points.shape[1], dtype=np.bool_)
    kept[list(exporters)] = True
    if not _by_law(row):
        points = np.where(kept[None, :, None], points, 0.0)
    points[:, :, [economy.sectors.index(name) for name in economy.parameters.get("services", ())]] = 0.0
    importers = tuple(rows_of(economy, row.party).tolist())
    points[:, list(importers)] = 0.0
    inside = row.quota.inside if row.quota is not None else None
    return DutyAxis(row.name, importers, exporters, levels, points, inside)


def exporters_of(case: CaseFile, row: IssueRow, economy: Economy) -> tuple[int, ...]:
    """Countries of a world whose goods an issue falls on, positions."""
    named = receivers_of(case, row)
    if EVERYBODY in named:
        own = set(rows_of(economy, row.party).tolist())
        return tuple(k for k in range(len(economy.countries)) if k not in own)
    return tuple(k for code in named for k in rows_of(economy, code).tolist())


def _of_lines(case: CaseFile, row: IssueRow, economy: Economy, whole: WholeLaw, levels: Floats) -> Floats:
    """Points by line and partner, averaged by trade, shape (levels, country, sector)."""
    ground = _base(case, whole, economy)
    covered = _covered(case, row, economy, whole, ground)
    if row.type == "cut":
        return -levels[:, None, None] * ground.mean(covered * ground.base)
    if row.type in ("floor", "ceiling"):
        return np.stack([ground.mean(covered * np.maximum(level - ground.base, 0.0)) for level in levels])
    return levels[:, None, None] * ground.mean(covered)


def _covered(case: CaseFile, row: IssueRow, economy: Economy, whole: WholeLaw, ground: Laid) -> Floats:
    """Share of each pair that an issue covers, shape (pairs,)."""
    partners = _countries_of(case, row)
    covered = np.ones(ground.base.size) if not partners else ground.partners(partners).astype(np.float64)
    if _by_law(row):
        full = _laid(Axes.of(economy), _key(whole), tuple(sorted(_at(case, whole, {row.name: FULL}))))
        if full.rates.size != ground.rates.size:
            what = "the law tells the members of a union apart on that day"
            raise InputError(f"issue {row.name}", what, "take another day, or give the coverage by codes")
        covered = np.clip((full.rates - ground.rates) / FULL, 0.0, 1.0)
    elif isinstance(row.coverage, FromLaw):
        law = row.coverage
        schedule = ground.ground.schedule(law.on)
        covered *= np.clip(ground.ground.exposure.pair_rates(schedule, law.authority) / law.rate, 0.0, 1.0)
    elif row.coverage != ALL_GOODS:
        raise InputError(f"issue {row.name}", "gives shares by sector beside a whole law", "name codes or sectors")
    listed = _listed(row, ground)
    return covered if listed is None else covered * listed


def _listed(row: IssueRow, ground: Laid) -> Bools | None:
    """Which pairs are on the list of an issue, shape (pairs,); None for all goods."""
    if not (row.codes or row.sectors or row.besides):
        return None
    where, place = ground.ground.where, f"issue {row.name}"
    codes = _codes(row.codes) if row.codes or row.sectors else [f"{n:02d}" for n in range(1, 98) if n != 77]
    known = {str(code)[:2] for code in where.lines.codes.tolist()}
    named = NamedGoods.model_validate(
        {"sectors": list(row.sectors), "codes": _within(codes, known), "except": _within(_codes(row.besides), known)}
    )
    return lines_named(where, named, place)[ground.ground.flows.line_at]


def _codes(named: Sequence[str]) -> list[str]:
    """Tariff codes, "25-97" as the chapters from 25 to 97."""
    codes: list[str] = []
    for name in named:
        first, _, last = name.partition("-")
        codes += [f"{n:02d}" for n in range(int(first), int(last) + 1)] if last else [name]
    return codes


def _within(codes: Sequence[str], chapters: set[str]) -> list[str]:
    """Codes but for whole chapters that a tariff does not have."""
    return [code for code in codes if len(code) > 2 or code in chapters]


def _of_cells(row: IssueRow, economy: Economy, levels: Floats) -> Floats:
    """The same on the tariffs of the world, where an importer has no law in the case."""
    named = sectors_of(economy, row.sectors) or goods(economy)
    covered = np.tile(group_of(economy, named), (len(economy.countries), 1))
    if isinstance(row.coverage, tuple):
        covered = np.tile(np.asarray(row.coverage, dtype=np.float64), (len(economy.countries), 1))
    if row.codes or row.besides or _by_law(row):
        what = f"names goods, but {row.party} has no whole law in base_law"
        raise InputError(f"issue {row.name}", what, "add one, or name sectors of the world")
    n = len(economy.countries)
    base = np.array(baseline_tariff(economy)).reshape(n, n, -1)[rows_of(economy, row.party)].mean(axis=0)
    if row.type == "cut":
        return -levels[:, None, None] * covered * base
    if row.type in ("floor", "ceiling"):
        return np.stack([covered * np.maximum(level - base, 0.0) for level in levels])
    return levels[:, None, None] * covered
