"""The laws of a case on the axes of its world, for duties of any type between any parties.

Whole laws of a case are of a day, as the acts known on a day make them. That of each importer is compiled with the
duties under negotiation at next to zero, and once more for each of them that the law itself carries: where it is owed,
at any level, is read off the two. What is on a list is read off the lines. Floors and cuts are averaged line by line,
since a line that owes ten points pays five more under a floor of fifteen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, UnknownName
from detente.data.casefile import check_known, last_known
from detente.data.caserows import ALL_GOODS, AS_LAW, EVERYBODY, CaseFile, FromLaw, IssueRow, Rows, WholeLaw
from detente.data.days import signings
from detente.data.flows import STANDS_FOR
from detente.data.importers import importer
from detente.data.small_world import sectors_on
from detente.data.tables import countries
from detente.economy import Economy, baseline_tariff, goods
from detente.lab.averages.axes import Axes, laid, points_by_partner, rows_of
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.lab.averages.plane import FEW, Plane, carrier
from detente.lab.averages.reform import lines_named, reformed
from detente.lab.scenario import Change, LawChange, NamedGoods
from detente.law import Law, Measure
from detente.law.law import RENEWED, fate_names, known_law, same_on, states, under_fate
from detente.talks.world import DutyIssue, group_of
from detente.trade import Onto
from detente.trade.onto import mean_by_cell

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
STEPS = 21
"""Levels at which a floor is averaged over lines."""

FULL = 1.0
"""Level at which a duty of the law is laid to see what owes it, share."""

BARE = 1e-9
"""Level in place of zero, share: what a duty displaces hangs on whether it is owed, and a sector's own duty displaces
the general one at any level on the table."""


# --- whole laws ------------------------------------------------------------------------------------------------------


def law_of(row: WholeLaw) -> Law:
    """The law of a row: of an importer, as known on a day where one is named.

    Raises
    ------
    UnknownName : no clause of the law that is open on the day has the fate.
    """
    law = importer(row.importer).law
    if row.fate:
        clauses = () if law.record is None else law.record.open_on(row.whole)
        if row.fate not in fate_names(clauses):
            where = f"whole law of {row.importer}"
            raise UnknownName("fate of open clauses", row.fate, fate_names(clauses), where, "or leave 'fate' out")
        law = under_fate(law, row.fate, clauses)
    elif row.known is not None:
        return law_known(row.importer, row.known)
    return law if row.known is None else known_law(law, row.known, signings())


def fate_of(row: WholeLaw) -> str:
    """Fate of the open clauses in a row's law; `RENEWED` for any that comes to the same law on the day."""
    record = importer(row.importer).law.record
    if not row.fate or record is None:
        return row.fate
    known = states(record.open_on(row.whole), row.whole)
    return RENEWED.name if known.get(row.fate) == known.get(RENEWED.name) else row.fate


@lru_cache(maxsize=8)
def law_known(code: str, day: date) -> Law:
    """The law of an importer that the acts signed by a day make, on that day and later ones."""
    return known_law(importer(code).law, day, signings())


def cut_laws(case: CaseFile, day: date) -> CaseFile:
    """The case with its whole laws as known on a day; laws that no later act touches stay as they are."""
    weights = case.weights
    choices = tuple(row.model_copy(update={"law": _cut(row.law, day)}) for row in weights.choices)
    return case.model_copy(
        update={"base_law": _cut(case.base_law, day), "weights": weights.model_copy(update={"choices": choices})}
    )


def _cut(rows: Rows, day: date) -> Rows:
    return tuple(
        row.model_copy(update={"known": day}) if isinstance(row, WholeLaw) and _later_acts(row, day) else row
        for row in rows
    )


def _later_acts(row: WholeLaw, day: date) -> bool:
    """Whether acts later than a day are in the law of a row."""
    before = row.known is None or row.known > day
    return before and not same_on(importer(row.importer).law, law_known(row.importer, day), row.whole)


def as_known(file: CaseFile, day: date | None = None) -> CaseFile:
    """The case as known on a day, by default the last whose facts it may hold: its laws without the acts since.

    Raises
    ------
    InputError : rows that were known only later, or that do not say since when; all of them at once.
    """
    cut = last_known(file) if day is None else day
    check_known(file, cut)
    return cut_laws(file, cut).model_copy(update={"as_known": min(cut, last_known(file))})


# --- duties ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Laid:
    """A law of an importer on its trade and on the axes of a world.

    Attributes
    ----------
    ground : the law on the trade of the day; `trade` : the trade on the axes.
    base : base duty of every pair of importer's lines and partners, share, shape (pairs,).
    rates : whole duty of every pair, share, shape (pairs,).
    """

    ground: LaidLaw = field(repr=False)
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
    ground = laid_law(law).at(day.on)
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
        measures = [carried.measure, *carried.also, *carried.beside]
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
    """Changes of measures that put every duty under negotiation at a level, at next to zero where none is named.

    The law of a choice has levels of its own, by authority.
    """
    law = law_of(row)
    own = [issue for issue in case.issues if issue.kind == "duty" and issue.party == row.importer and _by_law(issue)]
    changes = [
        (name, levels.get(issue.name, BARE), partners)
        for issue in own
        for name, partners in carriers_of(case, law, issue, row)
    ]
    others = frozenset[str]().union(*(members_of(code) for code in case.parties if code != row.importer))
    for authority, rate in row.levels.items():
        carried = carrier(law, authority, authority, sorted(others)[0], row.whole)
        if carried.measure is None:
            where = f"whole law of {row.importer}, level of {authority}"
            raise InputError(where, f"is {carried.why}", "take another day")
        changes += [(measure.id, rate, _only(measure, others)) for measure in (carried.measure, *carried.also)]
        changes += [(measure.id, 0.0, _only(measure, others)) for measure in carried.beside]
    return changes


def duty_of(case: CaseFile, row: IssueRow, economy: Economy, whole: WholeLaw | None) -> DutyIssue:
    """An issue as points on tariffs, a function of its level.

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
    return DutyIssue(row.name, importers, exporters, levels, points, inside)


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
    elif isinstance(row.coverage, FromLaw):
        covered *= covered_on(economy, row.party, row.coverage)
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


def covered_on(economy: Economy, party: str, law: FromLaw) -> Floats:
    """Share of each cell that a duty of the law of a day covers, shape (country, sector)."""
    return np.clip(points_by_partner(economy, party, law.on, (law.authority,))[0] / law.rate, 0.0, 1.0)


def sectors_of(economy: Economy, names: Iterable[str]) -> list[str]:
    """Sectors of a world by the names of its own or of the small and the large worlds."""
    return list(dict.fromkeys(code for name in names for code in sectors_on(economy.sectors, name)))


# --- the laws of a deal ----------------------------------------------------------------------------------------------


def mean_rates(plane: Plane, economy: Economy, owed: Floats) -> Floats:
    """Average duty by country and sector of a world, share; NaN without trade."""
    worth, duty = (by_country(plane, economy, amounts) for amounts in (plane.worth, owed))
    return mean_by_cell(duty, worth)


def by_country(plane: Plane, economy: Economy, amounts: Floats) -> Floats:
    """Amounts by country and sector of a world; goods without a sector and partners outside it are left out."""
    cells = np.zeros((len(economy.countries), len(economy.sectors)))
    inside = [row for row, name in enumerate(plane.region) if name]
    rows = [economy.country(plane.region[row]) for row in inside]
    np.add.at(cells, rows, amounts[inside, : len(economy.sectors)])
    return cells
