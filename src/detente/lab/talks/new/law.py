"""The parties of a new case, and what one lays on the goods of another on a day, as known on that day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detente.codes import InputError
from detente.codes.days import EARLIEST
from detente.data.casefile import MOST_PARTIES
from detente.data.days import signings
from detente.data.importerfile import importer_id, lawbooks, member_note
from detente.data.importers import Importer, importer
from detente.data.limits import memoized
from detente.data.powers import DutyPower, power_of
from detente.data.small_world import DEFAULT, REGIONS, group_of_member, sectors_on
from detente.data.tables import countries, partner_name, place
from detente.data.worlds import load_economy
from detente.economy import baseline_tariff
from detente.lab.averages.axes import rows_of
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.law import Law, Measure, MeasureKind, Status
from detente.law.law import known_law
from detente.law.measure import Period, names_partner

# --- sides -----------------------------------------------------------------------------------------------------------

LARGE, SMALL = DEFAULT, f"{DEFAULT}-small"
OF_SECTORS = "sector"
#: What begins the names and the labels of issues, where it is not the code and the name.
SHORT = {"USA": ("us", "US"), "EU27": ("eu", "EU"), "CHN": ("chn", "Chinese"), "GBR": ("gbr", "British")}


@dataclass(frozen=True)
class Party:
    """A party of a new case: `code` as in case files, `note` what a reader should know of how it was named."""

    code: str
    note: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """Within a sentence: "the United States", "Japan"."""
        return place(self.code)

    @property
    def title(self) -> str:
        """By itself: "United States"."""
        return partner_name(self.code)

    @property
    def short(self) -> str:
        """The beginning of the names of its issues: "us", "jpn"."""
        return SHORT.get(self.code, (self.code.lower(), ""))[0]

    @property
    def adjective(self) -> str:
        """The beginning of labels: "US", "EU", else "Japan's"."""
        name = self.title
        return SHORT[self.code][1] if self.code in SHORT else f"{name}'" if name.endswith("s") else f"{name}'s"

    @cached_property
    def importer(self) -> Importer:
        """Its law, lines and trade."""
        return importer(self.code)

    @property
    def members(self) -> frozenset[str]:
        """Countries that apply its law."""
        return frozenset(self.importer.members)

    @property
    def lines(self) -> bool:
        """Whether its tariff is known by line, not as averages of sectors alone."""
        return self.importer.file.level != OF_SECTORS


def parties_of(names: Sequence[str]) -> tuple[Party, ...]:
    """The parties by name or code, in the order given.

    Raises
    ------
    UnknownName, InputError : no such country, one that no world has alone, the same twice, too few or too many.
    """
    where = "parties"
    parties = tuple(_party(name, where) for name in names)
    for party in parties:
        if parties.count(party) > 1:
            note = next((same.note for same in parties if same == party and same.note), "")
            what = f"{party.title} is named twice{f': {note}' if note else ''}"
            raise InputError(where, what, "name each party once")
    if not 2 <= len(parties) <= MOST_PARTIES:
        raise InputError(where, f"{len(parties)} are given", f"name two to {MOST_PARTIES} countries, or the EU")
    return parties


def _party(text: str, where: str) -> Party:
    group = countries().group(text)
    if group is not None and group.id not in ("EU", *lawbooks()):
        raise InputError(where, f"{group.title} has no tariff of its own", "name countries, or the EU")
    if group is None:
        code = countries().resolve(text, where)
        if code not in load_economy(LARGE).countries:
            name = countries().name(code)
            raise InputError(where, f"{name} does not stand alone in the world {LARGE}", "name another country")
    code = importer_id(text, where)
    return Party(code, member_note(text, code))


def world_of(parties: Sequence[Party]) -> str:
    """The small world where every party stands alone in it, or is a whole region; else the large one."""
    grouped = group_of_member(REGIONS)
    whole = {frozenset(members) for members in REGIONS.values()}
    small = all(party.code not in grouped and (party.code in _alone() or party.members in whole) for party in parties)
    return SMALL if small else LARGE


def _alone() -> frozenset[str]:
    return frozenset(load_economy(SMALL).countries)


# --- law -------------------------------------------------------------------------------------------------------------

Floats = NDArray[np.float64]
DAY, YEAR = timedelta(1), timedelta(365)
#: Age up to which a duty belongs to the quarrel.
YOUNG = timedelta(days=730)

INDUSTRY = "25-97"
#: Industrial goods: chapters of the Harmonized System, and sectors of the small world.
SECTORS = ("ORE", "ENE", "TEX", "WPP", "CHM", "PHA", "MET", "ELE", "EEQ", "MAC", "VEH", "OMF")

#: Share of the trade of the widest duty on which another is owed that adds to it.
ALIKE = 0.8

#: Duty below which what is laid is not told, share of the trade.
SMALLEST = 5e-4

#: Duty a year that matters to talks: dollars, or where trade is small a share of it.
LEAST, PART = 5e7, 5e-3

#: Names of groups of duties by their stacking class.
WORDS = {
    "auto": "cars", "metal": "metals", "wood": "wood", "mhd": "trucks", "semi": "chips", "pharma": "medicines",
    "copper": "copper", "uas": "drones", "solar": "solar cells", "forced_labor": "forced labour",
    "s301_country": "section 301", "country_eo": "country order", "surtax": "surtax",
}  # fmt: skip

#: Names of authorities that are not their ids.
OF_AUTHORITY = {"retaliation_reciprocal": "retaliation", "surtax_usa": "surtax"}


def matters(duty: float, trade: float) -> bool:
    """Whether enough is owed on a year's trade to bargain over it, both USD."""
    return duty >= min(LEAST, PART * trade)


@dataclass(frozen=True)
class LaidDuty:
    """Duties of one authority that a party lays on another at one rate.

    Attributes
    ----------
    measures : ids in the lawbook of the giver; `apart` : those of the same group at other rates, which stay.
    group : stacking class; `rate` : share, the whole duty where it is a floor, else points on top.
    general : whether it is on all goods but for exceptions.
    duty : owed on a year's trade, USD; `trade` : that trade, USD.
    begun, known : first day of the rate, and the day on which it was public.
    parts : duties of several authorities that fall on the same trade and stand here as one; empty for one alone.
    """

    giver: Party
    receiver: Party
    authority: str
    group: str
    measures: tuple[str, ...]
    rate: float
    floor: bool
    general: bool
    duty: float
    trade: float
    begun: date
    known: date
    act: str
    legal: str
    apart: tuple[str, ...] = ()
    parts: tuple[LaidDuty, ...] = ()

    @property
    def each(self) -> tuple[LaidDuty, ...]:
        """The duties that it is made of, of one authority each."""
        return self.parts or (self,)

    @property
    def matters(self) -> bool:
        """Whether enough is owed to bargain over, at a rate that a deal with one partner can move."""
        return matters(self.duty, self.trade) and not self.power.one_rate

    @property
    def power(self) -> DutyPower:
        """What its authority allows on the day on which it was known."""
        return power_of(self.giver.code, self.authority, self.known)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells it from others on any day."""
        return self.giver.code, self.receiver.code, self.authority, self.group

    @property
    def goods(self) -> str:
        """Its goods, or its authority where no goods are named: "cars", "reciprocal"."""
        if self.parts:
            return " and ".join(part.goods for part in self.parts)
        return WORDS.get(self.group) or OF_AUTHORITY.get(self.authority, self.authority).replace("_", " ")

    @property
    def words(self) -> str:
        """Its rate in words."""
        return f"{100 * self.rate:g}{' in all' if self.floor else ' points'} since {self.begun}"

    @property
    def label(self) -> str:
        """What readers call it: "US reciprocal duty on Japan", "US duty on cars of Japan"."""
        if self.group in WORDS and not self.general and self.group != "surtax":
            return f"{self.giver.adjective} duty on {self.goods} of {self.receiver.name}"
        return f"{self.giver.adjective} {self.goods} duty on {self.receiver.name}"

    @property
    def name(self) -> str:
        """Name of its issue."""
        return f"{self.giver.short}_{self.goods.replace(' ', '_')}_{self.receiver.short}"


@memoized
def law_known(giver: Party, known: date) -> Law:
    """The law of a party as known on a day."""
    return known_law(giver.importer.law, known, signings())


@memoized
def _ground(giver: Party, receiver: Party, known: date) -> LaidLaw | None:
    """The law of a party on its trade with another; None where that trade is not on record."""
    ground = laid_law(law_known(giver, known))
    if not receiver.members & set(ground.flows.expanded()[0].partners):
        return None
    own = ground.only(receiver.members)
    return own if own.flows.value.size else None


def has_trade(giver: Party, receiver: Party, on: date) -> bool:
    """Whether the imports of a party from another are on record by line."""
    return _ground(giver, receiver, on) is not None


@memoized
def burdens(giver: Party, receiver: Party, on: date, known: date) -> tuple[LaidDuty, ...]:
    """The duties of `duties_laid`, those of several authorities that fall on the same trade as one: how a deal would
    split the sum of them is nobody's concern.
    """
    every = duties_laid(giver, receiver, on, known)
    general = [b for b in every if b.general and not b.floor and not b.power.one_rate]
    widest = max((b.duty / b.rate for b in general), default=0.0)
    same = [b for b in general if b.duty / b.rate >= ALIKE * widest]
    if len(same) < 2:
        return every
    first, acts, names = same[0], (b.act for b in same), (b.legal for b in same)
    merged = replace(
        first, measures=tuple(name for b in same for name in b.measures), rate=round(sum(b.rate for b in same), 9),
        duty=sum(b.duty for b in same), begun=max(b.begun for b in same), known=max(b.known for b in same),
        act="; ".join(dict.fromkeys(acts)), legal=", ".join(dict.fromkeys(names)),
        apart=tuple(sorted({name for b in same for name in b.apart})), parts=tuple(same),
    )  # fmt: skip
    return tuple(sorted([merged, *(b for b in every if b not in same)], key=lambda b: (-b.duty, b.name)))


@memoized
def duties_laid(giver: Party, receiver: Party, on: date, known: date) -> tuple[LaidDuty, ...]:
    """Duties of a party on another that matter on a day, by authority and rate, largest first.

    Parameters
    ----------
    known : last day whose acts are in the law.
    """
    whole = _ground(giver, receiver, known)
    if whole is None:
        return ()
    ground = whole.at(on)
    rows: dict[tuple[str, str], dict[tuple[float, bool], dict[str, tuple[float, Measure, Period]]]] = {}
    for painted in ground.schedule(on).duties:
        duty = ground.exposure.duty_of(painted)
        measure, period = painted.item.measure, painted.item.period
        rate = _rate(period, receiver)
        if duty > 0.0 and rate:
            some = rows.setdefault((measure.authority, measure.stack_class), {}).setdefault(rate, {})
            before = some[measure.id][0] if measure.id in some else 0.0
            some[measure.id] = (before + duty, measure, period)
    made = [_burden(giver, receiver, rates, ground.flows.total, known) for rates in rows.values()]
    kept = (b for b in made if b.duty >= SMALLEST * b.trade)
    return tuple(sorted(kept, key=lambda b: (-b.duty, b.name)))


@dataclass(frozen=True)
class BaseDuty:
    """Average base duty of a party on the goods of another, share, on all goods and on industrial ones; trade, USD."""

    rate: float
    industrial: float
    trade: float


def base_duty(giver: Party, receiver: Party, on: date) -> BaseDuty:
    """What a party lays on another before anything on top."""
    ground = _ground(giver, receiver, on)
    if ground is None:
        return _base_of_world(giver, receiver)
    ground = ground.at(on)
    chapters = np.array([str(code)[:2] for code in ground.where.lines.codes.tolist()])[ground.flows.line_at]
    return _average(ground.flows.value, ground.exposure.pair_base, chapters >= INDUSTRY[:2])


def _average(value: Floats, rate: Floats, industrial: NDArray[np.bool_]) -> BaseDuty:
    some = value * industrial
    whole, part = (float((worth * rate).sum() / worth.sum()) if worth.sum() else 0.0 for worth in (value, some))
    return BaseDuty(whole, part, float(value.sum()))


def _base_of_world(giver: Party, receiver: Party) -> BaseDuty:
    """The same from the averages of the world, USD of its year."""
    economy = load_economy(LARGE)
    cells = np.ix_(rows_of(economy, giver.code), rows_of(economy, receiver.code))
    names = {name for group in SECTORS for name in sectors_on(economy.sectors, group)}
    industrial = np.broadcast_to(
        [name in names for name in economy.sectors], np.asarray(economy.arrays["flows"])[cells].shape
    )
    return _average(np.asarray(economy.arrays["flows"])[cells], np.asarray(baseline_tariff(economy))[cells], industrial)


#: Duty, measure and period by id.
Rows = dict[str, tuple[float, Measure, Period]]


def _burden(
    giver: Party, receiver: Party, rates: dict[tuple[float, bool], Rows], trade: float, known: date
) -> LaidDuty:
    """The rate on which most is owed, with what stands at it; duties on the same goods add up."""
    (rate, floor), rows = max(rates.items(), key=lambda item: (sum(row[0] for row in item[1].values()), item[0]))
    if not floor:
        rate, rows = _added_up(rates, rate, rows)
    names = sorted(rows, key=lambda name: (-rows[name][0], name))
    _, first, period = rows[names[0]]
    others = sorted({name for some in rates.values() for name in some} - set(names))
    authority = next(a for a in giver.importer.law.authorities if a.id == first.authority)
    return LaidDuty(
        giver, receiver, first.authority, first.stack_class, tuple(names), rate, floor, _general(first),
        sum(row[0] for row in rows.values()), trade, period.start, min(_signed(first, period), known),
        _act(first, period), authority.name, tuple(others),
    )  # fmt: skip


def _added_up(rates: dict[tuple[float, bool], Rows], rate: float, rows: Rows) -> tuple[float, Rows]:
    """Several duties on all goods that are owed on the same trade, as one; others as they are."""
    every = [(value, name, row) for (value, floor), some in rates.items() if not floor for name, row in some.items()]
    general = [(row[0] / value, value, name, row) for value, name, row in every if _general(row[1])]
    widest = max((covered for covered, *_ in general), default=0.0)
    same = {name: (value, row) for covered, value, name, row in general if covered >= ALIKE * widest}
    if len(same) < 2 or not {*rows} & {*same}:
        return rate, rows
    return round(sum(value for value, _ in same.values()), 9), {name: row for name, (_, row) in same.items()}


def _act(measure: Measure, period: Period) -> str:
    """The act that set a rate, the first where later ones are named beside it; its title where no act is named."""
    named = period.instrument or measure.instrument
    return named.split(";")[0].split(" as amended")[0].strip() or measure.title


def _rate(period: Period, receiver: Party) -> tuple[float, bool] | None:
    """Rate of a period on a party, and whether it is a floor."""
    rate = period.rate
    if rate is None:
        return None
    own = [rate.by_partner[code] for code in sorted(receiver.members) if code in rate.by_partner]
    value = max(own) if own else rate.value
    return None if not value else (value, rate.floor)


def _general(measure: Measure) -> bool:
    return any("" in block.prefixes and not block.where for block in measure.goods)


def _signed(measure: Measure, period: Period) -> date:
    """Day on which a rate was public: of its publication, of its signature, or its first."""
    days = [s.signed for s in signings() if s.day == period.start and (not s.measures or measure.id in s.measures)]
    return period.published or min(days, default=period.start)


def spans(burden: LaidDuty, known: date, only: Sequence[str] = ()) -> Iterator[tuple[date, date]]:
    """Days on which something of the group was in force at one rate, first and last.

    Parameters
    ----------
    only : ids of the measures that count; empty for all of the group.
    """
    for part in burden.parts:
        yield from spans(part, known, only)
    if burden.parts:
        return
    law = law_known(burden.giver, known)
    for measure in law.measures:
        same = (measure.authority, measure.stack_class) == (burden.authority, burden.group)
        same = same and (not only or measure.id in only)
        if not same or measure.kind is not MeasureKind.DUTY or measure.status is not Status.IN_FORCE:
            continue
        for period in measure.periods:
            scopes = [s for s in (measure.partners, period.partners) if s is not None]
            named = all(any(names_partner(s, code, period.start) for code in burden.receiver.members) for s in scopes)
            if named and _rate(period, burden.receiver):
                yield period.start, period.end


def before_quarrel(tabled: Sequence[LaidDuty], on: date, known: date) -> date | None:
    """Last day before `on` without any of the duties on the table that are younger than 24 months.

    None if all are old, or if some stand since the law is on record.

    Parameters
    ----------
    known : last day whose acts are in the laws.
    """
    new = [burden for burden in tabled if burden.begun > on - YOUNG]
    young = [span for burden in new for span in spans(burden, known) if on - YOUNG < span[0] <= on]
    day = on
    while True:
        covering = [first for first, last in young if first <= day <= last]
        if not covering:
            return None if day == on or day < EARLIEST else day
        day = min(covering) - DAY


@dataclass(frozen=True)
class Lapse:
    """A day on which a duty changes by itself: from its own end, or by an open clause of the law (`title`, `source`).

    `known` is the last day whose acts say what the law is then, `public` the day on which the change was known.
    """

    burden: LaidDuty
    day: date
    known: date
    title: str
    source: str
    public: date


def lapses(burden: LaidDuty, on: date) -> Lapse | None:
    """The next change of a duty by itself within a year; None for none."""
    rows = [row for part in burden.each for row in (*_own_ends(part, on), *_clauses(part, on))]
    return min((row for row in rows if rate_on(burden, row.day, row.known) != burden.rate), key=lambda row: row.day,
               default=None)  # fmt: skip


def _own_ends(burden: LaidDuty, on: date) -> Iterator[Lapse]:
    """Ends that were signed by the day."""
    for first, last in spans(burden, on, burden.measures):
        if first <= on <= last <= on + YEAR:
            title = f"{burden.act} on {burden.receiver.name}"
            yield Lapse(burden, last + DAY, on, title, "lawbook", burden.known)


def _clauses(burden: LaidDuty, on: date) -> Iterator[Lapse]:
    """Clauses of the record that are still open: what they do where nobody renews them.

    They are those of today, so that a day before the end of the record has none.
    """
    law = burden.giver.importer.law
    if law.record is None or on < law.record.to:
        return
    for clause in law.record.clauses:
        moved = [law.by_id[name] for name in (*clause.ends, *clause.begins)]
        own = any((m.authority, m.stack_class) == (burden.authority, burden.group) for m in moved)
        if own and on < clause.day <= on + YEAR:
            yield Lapse(burden, clause.day, clause.day, clause.title, clause.citation, law.record.to)


def rate_on(burden: LaidDuty, day: date, known: date) -> float:
    """Rate of the group on another day, share; zero where nothing of it is laid."""
    rows = {row.key: row.rate for row in duties_laid(burden.giver, burden.receiver, day, known)}
    return round(sum(rows.get(part.key, 0.0) for part in burden.each), 9)


def raised(burden: LaidDuty) -> date | None:
    """First day of the rate, if it was a rise; None where it was a cut."""
    day = burden.begun
    while True:
        before = day - DAY
        row = next((r for r in duties_laid(burden.giver, burden.receiver, before, before) if r.key == burden.key), None)
        if row is None or row.rate < burden.rate:
            return day
        if row.rate > burden.rate or row.begun >= day:
            return None
        day = row.begun
