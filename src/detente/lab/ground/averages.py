"""Averages: the law of an importer laid on its trade, by day, partner, sector, product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, UnknownName, table_of
from detente.codes.days import BASE_DAY
from detente.codes.hs import SECTIONS, section
from detente.codes.names import CHAPTERS, END_USES, GTAP
from detente.data.flows import CLAIMS_OF, STANDS_FOR
from detente.data.importers import Importer, importer
from detente.data.line_texts import names_of_groups
from detente.data.tables import arrays, concordance, countries, partner_name, place
from detente.lab.ground.programmes import ending, importer_under, on_general_duties, without_claims
from detente.lab.ground.weights import DEFAULT, SCOPES, claims_for, span_of, trade_of, weighed_note, year_of
from detente.lab.statute.lookup import check_day
from detente.lab.statute.standing import branched, if_renewed, standing_of
from detente.law import Law, Reading, Schedule, Space, schedule_on
from detente.trade import (
    Definition,
    Exposure,
    Flows,
    Grouping,
    PairRates,
    average_table,
    daily,
    days_between,
    expose,
    grouped,
    measure_duties,
    pair_rates,
    post_value,
    whole_table,
)

BY = ("partner", "section", "chapter", "hs4", "hs6", "line", "sector", "naics", "bea", "end_use", "isic4", "icio28")
BASE = "base"
"""Name of the base duty among measures."""

ELASTICITY = 2.0
"""Default import-demand elasticity of post-shock weights; see the assumptions register."""

PRESENT = BASE_DAY
"""From this day on the law tells no members of the European Union apart; older law does, in the aircraft dispute."""


@dataclass(frozen=True)
class Ground:
    """A law laid on an importer's trade, ready to be averaged.

    Attributes
    ----------
    law : the law; trade : what was traded; parameters : shares set by the user.
    divided : whether older law counts as well where a block of partners is divided; see `reaching`.
    since : first day of the base duties it was laid under; None where they have no dates.
    lapsed : day from which on programmes that the law ends are gone from the trade; None while they stand.
    """

    law: Law = field(repr=False)
    trade: Flows = field(repr=False)
    parameters: Mapping[str, float] = field(default_factory=dict)
    divided: bool = False
    since: date | None = None
    lapsed: date | None = None
    _dated: dict[date | None, Ground] = field(repr=False, compare=False, default_factory=dict)
    _lapsed: dict[date, Ground] = field(repr=False, compare=False, default_factory=dict)

    @cached_property
    def where(self) -> Importer:
        """The importer, with the programmes that the law leaves it."""
        where = importer_under(self.law.importer, self.law.programmes)
        return where if self.lapsed is None else on_general_duties(where, self.law.programmes, self.lapsed)

    @cached_property
    def flows(self) -> Flows:
        """The trade, its block of partners divided if the law tells the members apart."""
        split, law = self.trade.split, self.law if self.divided else self.law.since(PRESENT)
        if split is not None and law.tells_apart(frozenset(split.members)):
            return self.trade.expanded()[0]
        return self.trade

    @cached_property
    def exposure(self) -> Exposure:
        """The flows on the cells of the law."""
        codes = [STANDS_FOR.get(code, code) for code in self.flows.partners]
        columns = self.where.trade_columns(sorted(set(codes)))
        space = self.where.space(self.law, columns, overrides=self.parameters, on=self.since)
        return expose(space, self.flows, STANDS_FOR)

    def at(self, on: date) -> Ground:
        """The ground under the base duties of a day; itself where base duties have no dates, or are set by the user."""
        here = self.as_of(on)
        if here is not self:
            return here.at(on)
        since = self.where.base_since(on)
        if since == self.since or "base" in self.parameters:
            return self
        if since not in self._dated:
            self._dated[since] = replace(self, since=since, _dated={})
            if self._floors_later:
                space = self.exposure.space
                space = replace(space, base=self.where.base(space.base, since))
                self._dated[since].__dict__["exposure"] = expose(space, self.flows, STANDS_FOR)
        return self._dated[since]

    def as_of(self, on: date) -> Ground:
        """The ground with the trade of a day: itself but where the law has ended programmes by then."""
        ends = self._ends(on)
        return self if ends is None or self.lapsed == ends else self._without(ends)

    def _ends(self, on: date) -> date | None:
        """The last day, up to the one given, on which the law ends a programme; None where it ends none."""
        return max((change.day for change in ending(self.law.programmes) if change.day <= on), default=None)

    def _without(self, day: date) -> Ground:
        """The ground once the programmes that the law ends up to a day are gone."""
        if day not in self._lapsed:
            trade, where = self.trade, self.where
            if where.file.schedule.table:
                trade = without_claims(trade, where, self.law.programmes, day)
            self._lapsed[day] = replace(self, trade=trade, since=None, lapsed=day, _dated={}, _lapsed={})
        return self._lapsed[day]

    @cached_property
    def _floors_later(self) -> bool:
        """Whether floors begin after base duties last changed: no cell depends on the base duty before them."""
        periods = (item.period for item in self.exposure.space.items)
        starts = [p.start for p in periods if p.rate is not None and p.rate.floor]
        return not starts or self.where.base_days[-1] <= min(starts)

    def under(self, law: Law) -> Ground:
        """The same trade and shares under another law; what is laid on cells stays where they are fine enough."""
        if law is self.law:
            return self
        other = Ground(law, self.trade, self.parameters, self.divided, self.since)
        same_block = other.flows is self.flows
        exposure = self.exposure.under(law) if same_block else None
        if exposure is not None:
            other.__dict__["exposure"] = exposure
        return other

    def reaching(self, day: date) -> Ground:
        """The ground for averages from a day on: before 2025 with a block divided where older law asks for it."""
        return self if day >= PRESENT else self._divided

    @cached_property
    def _divided(self) -> Ground:
        other = replace(self, divided=True, _dated={}, _lapsed={})
        return self if other.flows is self.flows else other

    def only(self, partners: frozenset[str]) -> Ground:
        """The trade with some partners only."""
        flows, _ = self.flows.expanded()
        self._check_outside(partners)
        missing = partners - set(flows.partners)
        if missing == partners:
            names = ", ".join(sorted(partners))
            raise InputError(
                Parameter("partner"), f"there is no trade with {names} in {flows.period}", "name another partner"
            )
        return Ground(self.law, flows.only(partners), self.parameters, self.divided, self.since)

    def _check_outside(self, partners: frozenset[str]) -> None:
        """Refuse the importer's own goods, and those of members of its union."""
        members, name = self.where.members, place(self.where.iso3)
        if not partners <= members:
            return
        itself = len(members) == 1
        who = f"{partner_name(min(partners))} is" if len(partners) == 1 else "these countries are"
        what = f"{who} {'the importer itself' if itself else f'within {name}, whose members trade free of duty'}"
        raise InputError(Parameter("partner"), what, "name a partner outside")

    def kept_space(self, on: date) -> Space:
        """The cells of the law of one day with every state of the goods kept, for draws of shares."""
        columns = self.exposure.space.columns
        since = self.where.base_since(on)
        return self.where.space(self.law.on_day(on), columns, overrides=self.parameters, on=since, keep_states=True)

    def schedule(self, on: date, reading: Reading = Reading.EFFECTIVE) -> Schedule:
        """The law on a day."""
        check_day(self.law, on)
        return schedule_on(self.at(on).exposure.space, on, reading)

    def rates(self, on: date, reading: Reading = Reading.EFFECTIVE) -> PairRates:
        """Duty of every pair on a day."""
        return pair_rates(self.schedule(on, reading), self.at(on).exposure)

    def whole(self, on: date, reading: Reading = Reading.EFFECTIVE) -> float:
        """Average duty over all the trade on a day at fixed weights, share of customs value."""
        return float(whole_table(self.schedule(on, reading), self.at(on).exposure)["average"][0])

    def daily(self, first: date, last: date, reading: Reading = Reading.EFFECTIVE, by: str = "authority") -> Table:
        """Average duty by day."""
        check_day(self.law, first)
        check_day(self.law, last)
        ground = self.reaching(first)
        parts = [daily(ground.at(days[0]).exposure, days, reading, by) for days in self._spans(first, last)]
        return parts[0] if len(parts) == 1 else joined(parts, parts[0].notes)

    def _spans(self, first: date, last: date) -> list[list[date]]:
        """The days from first to last, parted where base duties change."""
        spans: dict[date | None, list[date]] = {}
        edges = (*self.where.base_days, *(change.day for change in self.law.programmes))
        for day in days_between(first, last):
            spans.setdefault(max((edge for edge in edges if edge <= day), default=None), []).append(day)
        return list(spans.values())


def ground_of(
    law: Law,
    parameters: Mapping[str, float] | None = None,
    scope: str = SCOPES[0],
    claims: str = "",
    month: str = "",
    weights: str = DEFAULT,
) -> Ground:
    """An importer's law on its trade: US imports of 2024, or China's imports from the United States.

    Parameters
    ----------
    claims : "2025H2", "2024" or "monthly", whose `month` ("2025-03") says which are meant; by default "2025H2", or
        "2024" with weights of an earlier year.
    weights : year of the trade or a span of years, or the path of a file with line, partner, value.
    """
    given = tuple(sorted((parameters or {}).items()))
    span = span_of(weights)
    year = None if span else year_of(weights, law.importer)
    named = claims_for(claims, year if not span else year_of(span[-1], law.importer))
    when = month if named == "monthly" else ""
    if year is None:
        return Ground(law, trade_of(law.importer, scope, named, when, weights), dict(given))
    folder = importer(law.importer).lawbook
    return _shipped_ground(law.importer, folder, given, scope, named, when, str(year)).under(law)


@lru_cache(maxsize=8)
def _shipped_ground(
    code: str, folder: Path, given: tuple[tuple[str, float], ...], scope: str, claims: str, month: str, weights: str
) -> Ground:
    """The law of an importer's folder on its trade, kept for the folder."""
    return Ground(importer(code).law, trade_of(code, scope, claims, month, weights), dict(given))


def average(
    ground: Ground,
    on: date,
    by: Sequence[str] = (),
    *,
    definition: Definition = Definition.FIXED,
    reading: Reading = Reading.EFFECTIVE,
    elasticity: float = ELASTICITY,
    against: date | None = None,
) -> Table:
    """Average duty of a ground's law on a day, by any of `BY`, with its standing; see `effective_rate`."""
    start = against or BASE_DAY
    ground = ground.reaching(min(on, start))

    def under(law: Law, _: date) -> Table:
        here = ground.under(law)
        return effective_rate(
            here.schedule(on, reading),
            here.at(on).exposure,
            by,
            definition=definition,
            before=here.schedule(start, reading) if definition is Definition.POST else None,
            elasticity=elasticity,
            where=here.where,
            exposure_before=here.at(start).exposure,
        )

    return branched(under, lambda law: ground.under(law).whole(on, reading), ground.law, on, on)


def daily_averages(
    ground: Ground, first: date, last: date, reading: Reading = Reading.EFFECTIVE, by: str = "authority"
) -> Table:
    """Average duty of a ground's law by day, with its standing; see `Ground.daily`."""
    return branched(
        lambda law, start: ground.under(law).daily(start, last, reading, by),
        lambda law: ground.under(law).whole(last, reading),
        ground.law,
        first,
        last,
    )


def effective_rate(
    schedule: Schedule,
    exposure: Exposure,
    by: Sequence[str] = (),
    *,
    definition: Definition = Definition.FIXED,
    before: Schedule | None = None,
    elasticity: float = ELASTICITY,
    where: Importer,
    exposure_before: Exposure | None = None,
) -> Table:
    """Average duty of a schedule, by any of `BY`.

    Parameters
    ----------
    definition : FIXED weights of the flows' year, or POST: weights after substitution from the schedule
        `before`, with the import-demand `elasticity`.
    exposure_before : the same flows under the base duties of `before`, where these are others.
    """
    flows, weights = exposure.flows, exposure.flows.value
    note = f"{weighed_note(flows)}, no substitution"
    about = (f"law of {schedule.on}, reading: {schedule.reading}", *flows.notes)
    if not by and definition is Definition.FIXED:
        return whole_table(schedule, exposure, (note, *about))
    rates = pair_rates(schedule, exposure)
    if definition is Definition.COLLECTED:
        raise InputError("definition", "'collected' is an observation by month", "use `detente collected`")
    if definition is Definition.POST:
        if before is None:
            raise InputError("definition", "'post' needs a schedule to start from", "give the law before the change")
        old = pair_rates(before, exposure_before or exposure).total
        weights = post_value(flows.value, old, rates.total, elasticity)
        note = f"weights: {flows.period} moved from the law of {before.on}, import-demand elasticity {elasticity:g}"
    if "partner" in by:
        whole = flows.value
        flows, source = flows.expanded()
        part = flows.value / np.where(whole[source] > 0, whole[source], 1.0)
        rates, weights = rates.take(source), weights[source] * part
    groupings = [grouping(where, flows, name) for name in by]
    return average_table(schedule.law, rates, weights, groupings, (note, *about))


def contributions(ground: Ground, before: date, after: date, reading: Reading = Reading.EFFECTIVE) -> Table:
    """What each measure adds to the average on two days, and its part in the change; the parts sum to it.

    Beyond the record of the law with the change if open clauses were renewed.
    """
    days, law = (before, after), ground.law
    last = max(days)
    standing = standing_of(law, min(days), last, lambda law: ground.under(law).whole(last, reading))
    other = if_renewed(law, standing)
    steps = _steps_of(ground, days, reading)
    fates = steps if other is law else _steps_of(ground.under(other), days, reading)
    titles = {BASE: "Base duty"} | {m.id: m.title for m in law.measures}
    none = (0.0, 0.0, 0.0)
    names = [n for n in dict.fromkeys((*steps, *fates)) if any(abs(x.get(n, none)[2]) > 1e-9 for x in (steps, fates))]
    names.sort(key=lambda n: (-abs(steps.get(n, none)[2]), -abs(fates.get(n, none)[2]), n))
    rows = [(n, titles[n], *steps.get(n, none), fates.get(n, none)[2]) for n in names]
    sums = [sum(step[2] for step in each.values()) * 100 for each in (steps, fates)]
    note = f"sum: {sums[0]:+.2f} points, the change of the average from {before} to {after} at fixed weights"
    note += "" if other is law else f"; {round(sums[1], 2) + 0.0:+.2f} if the open clauses were renewed"
    notes = (weighed_note(ground.flows), note)
    table = table_of("averages.contributions", rows, notes, before=before, after=after)
    table = table if other is not law else table.select([c.name for c in table.columns[:-1]])
    return table.standing_on(None if standing is None else replace(standing, of="an average duty of "))


def _steps_of(ground: Ground, days: tuple[date, date], reading: Reading) -> dict[str, tuple[float, float, float]]:
    """What each measure adds on two days, and the change, shares, by id."""
    old, new = (_measure_points(ground, day, reading) for day in days)
    pairs = {name: (old.get(name, 0.0), new.get(name, 0.0)) for name in dict.fromkeys((*old, *new))}
    return {name: (first, last, last - first) for name, (first, last) in pairs.items()}


def _measure_points(ground: Ground, on: date, reading: Reading) -> dict[str, float]:
    total, exposure = ground.flows.total, ground.reaching(on).at(on).exposure
    points = {k: duty / total for k, duty in measure_duties(exposure, [on], reading)[0].items()}
    return points | {BASE: exposure.base_duty / total} if ground.where.base_days else points


def monthly_daily(
    law: Law,
    parameters: Mapping[str, float],
    scope: str,
    days: tuple[date, date],
    reading: Reading = Reading.EFFECTIVE,
    by: str = "authority",
    weights: str = DEFAULT,
) -> Table:
    """Average duty by day with each month's own USMCA claims: the duty paid, not the duty of a fixed claim share."""
    check_day(law, days[0])
    spans: dict[str, list[date]] = {}
    for day in days_between(*days):
        spans.setdefault(day.strftime("%Y-%m"), []).append(day)
    parts = [
        ground_of(law, parameters, scope, "monthly", month, weights).daily(inside[0], inside[-1], reading, by)
        for month, inside in spans.items()
    ]
    about = (note for note in parts[0].notes if not note.startswith(CLAIMS_OF))
    notes = (*about, "USMCA claims of each month; claims before July 2025 are counted in another way")
    return joined(parts, notes).standing_on(standing_of(law, *days))


def joined(parts: Sequence[Table], notes: tuple[str, ...]) -> Table:
    """Daily series of spans of days that follow one another, as one table; what a span lacks is zero in it."""
    names = dict.fromkeys(c for part in parts for c in part.columns)
    data = {c.name: np.concatenate([part.data.get(c.name, np.zeros(len(part))) for part in parts]) for c in names}
    return Table("daily", parts[0].title, tuple(names), data, notes)


def grouping(where: Importer, flows: Flows, by: str) -> Grouping:
    """Sort the pairs of the flows by partner, HS level or sector."""
    if by == "partner":
        names = countries().names
        return grouped("partner", np.asarray(flows.partners), flows.partner_at, dict(names))
    keys, labels = _line_keys(where, by)
    return grouped(by, keys, flows.line_at, labels)


def _line_keys(where: Importer, by: str) -> tuple[NDArray[np.str_], dict[str, str]]:
    """Group of each line, shape (lines,), and the names of the groups."""
    codes = where.lines.codes
    if by in LEVELS:
        keys = codes.astype(f"<U{LEVELS[by]}")
        return keys, CHAPTERS if by == "chapter" else _headings(where, keys)
    if by == "section":
        titles = {roman: title for roman, _, _, title in SECTIONS}
        chapters, chapter = np.unique(codes.astype("<U2"), return_inverse=True)
        return np.asarray([section(code) for code in chapters.tolist()])[chapter], titles
    if by not in CLASSIFIED:
        raise UnknownName("grouping", by, BY, Parameter("by"), f"use {', '.join(BY)}")
    if "gtap" not in where.table and by not in WIDE:
        raise InputError(Parameter("by"), f"'{by}' is known for US lines only", f"use {', '.join((*LEVELS, *WIDE))}")
    return class_of_lines(where, CLASSIFIED[by]), _sector_names(by)


def class_of_lines(where: Importer, classification: str) -> NDArray[np.str_]:
    """Class that takes most of each line, "unknown" where none is on record, shape (lines,)."""
    usa, codes = "gtap" in where.table, where.lines.codes
    link = concordance("line" if usa else "hs6", classification)
    main = link.target.codes[link.main()]
    positions = link.source.positions(codes if usa else codes.astype("<U6"))
    return np.where(positions >= 0, main[np.maximum(positions, 0)], "unknown")


LEVELS = {"chapter": 2, "hs4": 4, "hs6": 6, "line": 10}
WIDE = ("section", "end_use", "isic4", "icio28")
"""Groupings known for any importer, since they start from HS6."""


def _headings(where: Importer, keys: NDArray[np.str_]) -> dict[str, str]:
    """Goods under each code in words: of the headings that all its lines share."""
    return names_of_groups(where.words(), keys.tolist())


CLASSIFIED = {
    "sector": "gtap",
    "naics": "naics",
    "bea": "bea_summary",
    "end_use": "bec",
    "isic4": "isic4",
    "icio28": "icio28",
}
"""Groupings by a classification: a line counts in the class that takes most of it."""


def sector_names() -> dict[str, str]:
    """Names of the sectors of the world `icio-2022` by code."""
    return _sector_names("icio28")


def industry_names() -> dict[str, str]:
    """Names of the industries of the world `icio-2025` by code."""
    table = arrays("icio50_sectors")
    return dict(zip(table["sector"].tolist(), table["name"].tolist(), strict=True))


def _sector_names(by: str) -> dict[str, str]:
    if by != "icio28":
        return {"end_use": END_USES, "sector": GTAP}.get(by, {})
    table = arrays("icio28_sectors")
    code, name = list(table)[:2]
    return dict(zip(table[code].tolist(), table[name].tolist(), strict=True))
