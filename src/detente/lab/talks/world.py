"""From a case file to the world of its talks: economy, base law, duties under negotiation, choices, pledges, limits.

Whole laws of a case are of a day, as the acts known on a day make them. That of each importer is compiled with the
duties under negotiation at next to zero, and once more for each of them that the law itself carries: where it is owed,
at any level, is read off the two. What is on a list is read off the lines. Floors and cuts are averaged line by line,
since a line that owes ten points pays five more under a floor of fifteen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, UnknownName, declared_note
from detente.data.casefile import check_known, last_known
from detente.data.caserows import (
    ALL_GOODS,
    AS_LAW,
    EVERYBODY,
    CaseFile,
    ChoiceRow,
    FromLaw,
    IssueRow,
    LawRow,
    PointsRow,
    Rows,
    WholeLaw,
)
from detente.data.days import signings
from detente.data.flows import STANDS_FOR
from detente.data.importers import importer, shipped_law
from detente.data.limits import memoized
from detente.data.powers import power_of
from detente.data.small_world import EVERY_REGION, sectors_on
from detente.data.tables import countries
from detente.data.worlds import load_economy
from detente.economy import Economy, baseline_tariff, goods
from detente.lab.averages.axes import Axes, exact_points, laid, points_by_partner, rows_of, tariff_under
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.lab.averages.plane import FEW, Plane, carrier
from detente.lab.averages.reform import lines_named, reformed
from detente.lab.scenario import Change, LawChange, NamedGoods
from detente.law import Law, Measure
from detente.law.law import RENEWED, fate_names, known_law, same_on, states, under_fate
from detente.talks.inference import DutyChoice
from detente.talks.payoff import Flow, PayoffTerm
from detente.talks.space import LAWFUL, Constraint, Floats, Issue, linear
from detente.talks.world import TEXTBOOK, DutyIssue, TalksWorld, group_of, identical_countries
from detente.trade import Onto
from detente.trade.flows import mean_by_cell

Bools = NDArray[np.bool_]
#: Levels at which a floor is averaged over lines.
STEPS = 21

#: Level at which a duty of the law is laid to see what owes it, share.
FULL = 1.0

#: Level in place of zero, share: what a duty displaces hangs on whether it is owed, and a sector's own duty displaces
#: the general one at any level on the table.
BARE = 1e-9


# --- whole laws ------------------------------------------------------------------------------------------------------


def law_of(row: WholeLaw) -> Law:
    """The law of a row: of an importer, as known on a day where one is named.

    Raises
    ------
    UnknownName : no clause of the law that is open on the day has the fate.
    """
    law = shipped_law(row.importer)
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
    record = shipped_law(row.importer).record if row.fate else None
    if record is None:
        return row.fate
    known = states(record.open_on(row.whole), row.whole)
    return RENEWED.name if known.get(row.fate) == known.get(RENEWED.name) else row.fate


@memoized
def law_known(code: str, day: date) -> Law:
    """The law of an importer that the acts signed by a day make, on that day and later ones."""
    return known_law(shipped_law(code), day, signings())


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
    return before and not same_on(shipped_law(row.importer), law_known(row.importer, day), row.whole)


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


@memoized
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


# --- from a case file to the world of its talks -----------------------------------------------------------------------


#: Value of a parameter of a case, or what stands in for it.
Number = Callable[[str, float], float]

THIRD_COUNTRIES = "third_countries"

PLEDGES = ("purchase", "investment")

#: What pledges are worth where a case does not say: delivery as of 2020-21 (Bown 2022), the others assumed.
STANDARD = {
    "delivered": 0.57,
    "delivered_contracted": 0.9,
    "additional": 0.2,
    "seller_margin": 0.10,
    "buyer_premium": 0.03,
    "investment_delivered": 0.3,
    "investment_additional": 0.3,
    "host_share": 0.10,
    "return_out": 0.06,
    "return_in": 0.06,
}

#: Lowest and highest that each may be; the others have no range.
BOUNDS = {
    "delivered": (0.3, 1.0),
    "additional": (0.0, 0.6),
    "seller_margin": (0.0, 0.3),
    "buyer_premium": (0.0, 0.15),
    "investment_delivered": (0.05, 0.7),
    "investment_additional": (0.0, 0.7),
    "host_share": (0.0, 0.2),
}


@memoized
def economy_of(name: str, elasticities: str = "", scale: float = 1.0) -> Economy:
    """The world of a case with its trade elasticities multiplied by a number.

    Raises
    ------
    InputError : a set of elasticities for a textbook's world.
    """
    if name in TEXTBOOK and elasticities:
        raise InputError(Parameter("elasticities"), f"world {name} has an elasticity of its own", "leave it out")
    economy = (
        identical_countries(TEXTBOOK[name])
        if name in TEXTBOOK
        else load_economy(name, elasticities=elasticities or None)
    )
    if scale == 1.0:
        return economy
    theta = np.asarray(economy.parameters["trade_elasticity"], dtype=np.float64) * scale
    return replace(economy, parameters={**economy.parameters, "trade_elasticity": theta})


def countries_of(economy: Economy, code: str) -> tuple[str, ...]:
    """Countries of a world by a code of its own or by a region of the small world."""
    return (code,) if code in economy.countries else EVERY_REGION.get(code, (code,))


def whole_laws(rows: Rows) -> dict[str, WholeLaw]:
    """Whole laws among some rows, by importer."""
    return {row.importer: row for row in rows if isinstance(row, WholeLaw)}


def added_points(case: CaseFile, economy: Economy, rows: Sequence[LawRow | PointsRow], factor: float = 1.0) -> Floats:
    """Points of some rows of a case, shaped like the tariff; `factor` scales what falls on third countries."""
    points = np.zeros(baseline_tariff(economy).shape)
    for row in rows:
        size = 1.0 if row.exporter else factor
        if size:
            points += size * (_law(case, economy, row) if isinstance(row, LawRow) else _points(case, economy, row))
    return points


def _law(case: CaseFile, economy: Economy, row: LawRow) -> Floats:
    points = _law_points(economy, row, row.on, tuple(case.parties))
    if row.less is not None:
        points = points - _law_points(economy, row, row.less, tuple(case.parties))
    return row.scale * points.reshape(baseline_tariff(economy).shape)


def _law_points(economy: Economy, row: LawRow, on: date, parties: tuple[str, ...]) -> Floats:
    partners = (row.exporter,) if row.exporter else ()
    without = () if row.exporter else tuple(code for code in parties if code != row.importer)
    return exact_points(economy, row.importer, on, row.authorities, partners, without, row.uncounted)


def _points(case: CaseFile, economy: Economy, row: PointsRow) -> Floats:
    """The same points on all goods."""
    n = len(economy.countries)
    points = np.zeros((n, n, len(economy.sectors)))
    index = economy.country(row.importer)
    chosen = [row.exporter] if row.exporter else [code for code in economy.countries if code not in case.parties]
    points[index, [economy.country(code) for code in chosen]] = row.points * group_of(economy, goods(economy))
    return points.reshape(baseline_tariff(economy).shape)


def duty_rows(case: CaseFile, *, switched: bool = True) -> list[IssueRow]:
    """Issues that move tariffs; those whose level is the whole duty where a switch is on are floors then."""
    rows = [row for row in case.issues if row.moves_tariffs]
    return [row.model_copy(update={"type": "floor", "in_all": ""}) if row.in_all and switched else row for row in rows]


def world_of(case: CaseFile, economy: Economy, factor: float = 1.0, *, switched: bool = True) -> TalksWorld:
    """Base law and duties of a case on a world.

    Parameters
    ----------
    factor : scale of what falls on third countries; `switched` : whether what hangs on a switch is on.

    Raises
    ------
    InputError, UnknownName : what the case names is not in a law, a tariff or the world.
    """
    laws, rows = whole_laws(case.base_law), duty_rows(case, switched=switched)
    duties = tuple(duty_of(case, row, economy, laws.get(row.party)) for row in rows)
    # Points that every outcome adds; those that hang on a switch only where it is on.
    on = [row for row in case.always if switched or not (isinstance(row, LawRow) and row.switch)]
    always = added_points(case, economy, on, factor) if on else None
    return TalksWorld(
        economy, case.parties, members_in(case, economy), tariff_of(case, economy, case.base_law, factor), duties,
        always, {"closure": case.world.closure},
    )  # fmt: skip


def members_in(case: CaseFile, economy: Economy) -> tuple[tuple[int, ...], ...]:
    """Countries of a world in each party, positions."""
    return tuple(tuple(rows_of(economy, code).tolist()) for code in case.parties)


def tariff_of(case: CaseFile, economy: Economy, rows: Rows, factor: float = 1.0) -> Floats:
    """Tariff of a world under some rows of a case: whole laws in place of its own tariffs, points on top.

    Parameters
    ----------
    factor : scale of what falls on third countries.
    """
    laws = whole_laws(rows)
    # Rates of the law of each row, duties under negotiation at zero, shape (country, sector); NaN without trade.
    grounds = {code: _base(case, row, economy) for code, row in laws.items()}
    tariff = tariff_under(economy, {code: ground.trade.mean(ground.rates) for code, ground in grounds.items()})
    members = dict(zip(case.parties, members_in(case, economy), strict=True))
    for code, row in laws.items():
        if row.third and factor != 1.0:
            without = tuple(economy.countries[k] for party, some in members.items() if party != code for k in some)
            points = exact_points(economy, code, row.whole, row.third, (), without, row.uncounted)
            tariff = tariff + (factor - 1.0) * points.reshape(tariff.shape)
    more = [row for row in rows if not isinstance(row, WholeLaw)]
    return tariff + added_points(case, economy, more, factor) if more else tariff


def choice_of(case: CaseFile, row: ChoiceRow, economy: Economy) -> DutyChoice:
    """A choice of the past in the world of a case: the law of its day and the direction of the move."""
    free = case.model_copy(update={"issues": ()})
    members = members_in(case, economy)
    tariff, options = tariff_of(free, economy, row.law), {"closure": case.world.closure}
    space = TalksWorld(economy, case.parties, members, tariff, (), None, options)
    points = np.zeros((len(economy.countries), len(economy.sectors)))
    exporters = [k for code, some in zip(case.parties, members, strict=True) if code != row.party for k in some]
    points[exporters] = group_of(economy, goods(economy))
    if isinstance(row.direction, FromLaw):
        points[exporters] = covered_on(economy, row.party, row.direction)[exporters]
    return DutyChoice(row.name, row.date.isoformat(), row.party, space, np.zeros(0), points)


def issue_of(row: IssueRow) -> Issue:
    """An issue for the solvers."""
    receivers = () if EVERYBODY in row.receivers else row.receivers
    return Issue(
        row.name, row.party, np.array(row.listed()), row.unit, row.track, row.kind, row.instrument,
        row.expiry.isoformat() if row.expiry else None, row.default, row.worst, row.whole, row.label, receivers,
    )  # fmt: skip


def limits_of(case: CaseFile, today: Floats) -> Iterator[Constraint]:
    """What all may sign: a duty or control rises only as a threat, and no higher than its authority allows.

    Parameters
    ----------
    today : levels of the law that goes on without a deal, shape (issue,).
    """
    names = tuple(row.name for row in case.issues)
    for row, level in zip(case.issues, today.tolist(), strict=True):
        if row.kind not in ("duty", "control") or row.type == "cut" or row.whole:
            continue
        power = power_of(row.party, row.authority, case.on)
        if power.one_rate:
            words = declared_note("talks.one_rate", issue=row.label or row.name)
            yield linear(row.name, names, {row.name: 1.0}, -level, kind="equal", statement=words, source=power.citation)
            continue
        most = min(power.most, row.listed()[-1] if row.rises else level)
        if most < row.listed()[-1]:
            words = declared_note("talks.no_rise", issue=row.label or row.name)
            source = power.citation or declared_note("talks.no_offer")
            yield linear(row.name, names, {row.name: -1.0}, most, statement=words, source=source)


def constraint_sets(case: CaseFile, issues: tuple[str, ...], today: Floats) -> dict[str, tuple[Constraint, ...]]:
    """Conditions of each set of a case by its name, what all may sign in every one and in a set of its own."""
    made = {
        row.name: linear(
            row.name, issues, row.coefficients, row.constant, kind=row.kind, statement=row.statement, source=row.source
        )
        for row in case.constraints
    }
    lawful = tuple(limits_of(case, today))
    sets = {title: (*lawful, *(made[name] for name in names)) for title, names in case.sets.items()}
    return {LAWFUL: lawful, **sets}


# --- pledges ----------------------------------------------------------------------------------------------------------


def pledge_terms(file: CaseFile, number: Number) -> list[PayoffTerm]:
    """What purchases and investments are worth to both sides, USD bn a year as linear functions of their levels.

    A dollar bought is no gain: of what is delivered a part is additional, and only a margin of it is worth something to
    the seller. An investment brings its host a share of what is additional; its owner is out the difference of returns.
    """
    terms = []
    for row in file.issues:
        if row.type in PLEDGES:
            receivers = receivers_of(file, row)
            giver, receiver = (_purchase if row.type == "purchase" else _investment)(number, row)
            terms.append(PayoffTerm(f"{row.type}s", row.party, row.name, _linear(giver)))
            terms += [PayoffTerm(f"{row.type}s", code, row.name, _linear(receiver / len(receivers)))
                      for code in receivers]  # fmt: skip
    return terms


def pledge_ends(file: CaseFile, number: Number) -> list[tuple[PayoffTerm, PayoffTerm, PayoffTerm]]:
    """Each of `pledge_terms` with all that it rests on at the low ends, as it is, and at the high ends."""

    def bound(end: int) -> Number:
        def value(name: str, default: float) -> float:
            parameter = file.parameters.get(name)
            return parameter.ends[end] if parameter is not None else BOUNDS.get(name, (default, default))[end]

        return value

    low, now, high = (pledge_terms(file, values) for values in (bound(0), number, bound(1)))
    return list(zip(low, now, high, strict=True))


def pledged(file: CaseFile) -> list[str]:
    """Names of the standard numbers that the pledges of a case take."""
    read: dict[str, None] = {}

    def number(name: str, default: float) -> float:
        read[name] = None
        return default

    pledge_terms(file, number)
    return list(read)


def _standard(number: Number, name: str) -> float:
    return number(name, STANDARD[name])


def _purchase(number: Number, row: IssueRow) -> tuple[float, float]:
    """Worth to buyer and seller of the whole pledge, USD bn a year."""
    delivered = _standard(number, "delivered_contracted" if row.contracted else "delivered")
    more = _standard(number, "additional") * delivered * float(row.amount or 0.0)
    return -_standard(number, "buyer_premium") * more, _standard(number, "seller_margin") * more


def _investment(number: Number, row: IssueRow) -> tuple[float, float]:
    """Worth to source and host of the whole pledge, USD bn a year."""
    yearly = float(row.amount or 0.0) / float(row.years or 1.0)
    more = _standard(number, "investment_delivered") * _standard(number, "investment_additional") * yearly
    lost = _standard(number, "return_out") - (1.0 - row.kept) * _standard(number, "return_in")
    return -lost * more, _standard(number, "host_share") * more


def _linear(worth: float) -> Flow:
    return Flow(lambda x: worth * x, lambda x: np.full_like(x, worth), "a share of the pledge")
