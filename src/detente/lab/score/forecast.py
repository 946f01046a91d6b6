"""Duties of months: what a law makes of the trade of a month by partner, with buyers' answer.

Months as text, "2025-04": the one after, spans, days.

Forecasts of duty and imports by month and partner, made with the data and the law of one month.

The statutory duty of a month, at the weights of the year before and after the answer of buyers in the first year, times
imports: those of the same month a year before, at the growth of the year before, moved by the duties added since. Three
readings of law and claims set surprises apart from errors of the model.

What came: imports and duty collected by month and partner, receipts, claims and prices as they are on record.

Prices of later months: what the duties since the month of a forecast add, beside what came.

Delay, shares not collected, payment, take-up of claims: estimated on months up to a cut, tested on later ones.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from detente.codes import InputError, Parameter
from detente.codes.axis import Floats, Ints
from detente.codes.days import BASE_DAY
from detente.data.days import signings
from detente.data.evidence_tables import monthly_series
from detente.data.flows import claims_on
from detente.data.importers import importer
from detente.data.limits import memoized
from detente.data.price_tables import price_tables
from detente.data.tables import arrays, partner_name
from detente.evidence.collection import FEWEST, Collected, Collection, Estimate, TakeUp, collection, paid_later, take_up
from detente.lab.averages.laid_law import LaidLaw, laid_law
from detente.lab.prices.prices import commodity_of_lines
from detente.law import Reading, Resolver, Schedule
from detente.law.law import known_law
from detente.trade.prices import duty_shock, price_effect

PARTNERS = ("CHN", "CAN", "MEX", "EUU", "JPN", "VNM", "TWN")
#: Every partner that is not one of `PARTNERS`.
REST = "rest"

GROUPS = (*PARTNERS, REST)
ALL = "all"
EVERYONE = (ALL, *GROUPS)

#: Elasticity of imports to the duty-inclusive price in the first year and in the long run, by Boehm, Levchenko and
#: Pandalai-Nayar (2023); see the assumptions register.
SHORT, LONG = 0.76, 2.0


def name_of(code: str) -> str:
    """A partner by name."""
    known = {ALL: "every partner", REST: "the others", "": "", "EUU": partner_name("EU27")}
    return known[code] if code in known else partner_name(code)


@dataclass(frozen=True)
class MonthDuty:
    """A law on the trade of a month by partner, in the order of `GROUPS`, each of shape (groups,).

    Attributes
    ----------
    fixed : statutory duty at fixed weights, share of imports.
    moved : after the answer of buyers, share of the imports left, by elasticity.
    left : imports left over imports without the duties added since the base day, by elasticity.
    """

    fixed: Floats
    moved: dict[float, Floats] = field(repr=False)
    left: dict[float, Floats] = field(repr=False)


@dataclass(frozen=True)
class Trade:
    """A law on the weights of a year, asked by month.

    Attributes
    ----------
    ground : law and trade; reading : of time.
    """

    ground: LaidLaw
    reading: Reading = Reading.PUBLISHED
    _kept: dict[str, Any] = field(repr=False, compare=False, default_factory=dict)

    @cached_property
    def group(self) -> Ints:
        """Group of each pair in `GROUPS`, shape (pairs,)."""
        flows = self.ground.flows
        place = {code: n for n, code in enumerate(GROUPS)}
        of_partner = np.asarray([place.get(code, place[REST]) for code in flows.partners])
        return of_partner[flows.partner_at]

    @cached_property
    def before(self) -> Floats:
        """Duty of each pair under the law of the base day, share, shape (pairs,)."""
        return self.rates(BASE_DAY)

    @cached_property
    def whole(self) -> Floats:
        """Value by group, USD, shape (groups,)."""
        return self._sums(self.ground.flows.value)

    def under(self, ground: LaidLaw, reading: Reading = Reading.PUBLISHED) -> Trade:
        """The same trade under another law; what was laid out stays."""
        other = Trade(ground, reading)
        if ground.flows is self.ground.flows:
            other.__dict__.update({name: getattr(self, name) for name in ("group", "before", "whole")})
        return other

    def _sides(self, day: date) -> tuple[Floats, Floats]:
        """Duty of each pair without and with a claim on a day; kept while the law stands still."""
        kept = self._kept
        if kept.get("day") == day:
            return kept["sides"]
        exposure = self.ground.at(day).exposure
        space = exposure.space
        if kept.get("space") is not space:
            kept.update(space=space, resolver=Resolver(space, self.reading), state=None)
        painted = tuple(kept["resolver"].on(day))
        state = tuple(each.key for each in painted)
        if kept["state"] != state:
            kept.update(state=state, sides=exposure.pair_sides(Schedule(space, day, self.reading, painted)))
        kept["day"] = day
        return kept["sides"]

    def rates(self, day: date) -> Floats:
        """Duty of each pair on a day with the claims of the trade, share, shape (pairs,)."""
        return self._rates(day, self.ground.flows.claim)

    def _rates(self, day: date, claim: Floats) -> Floats:
        plain, claimed = self._sides(day)
        return plain + claim * (claimed - plain)

    def _sums(self, values: Floats) -> Floats:
        return np.bincount(self.group, values, minlength=len(GROUPS)).astype(np.float64)

    def month(self, month: str, claims: Sequence[Floats] = ()) -> list[MonthDuty]:
        """The law of a month, each of its states by the days it lasted.

        Parameters
        ----------
        claims : share of each pair that claims a preference, each of shape (pairs,); those of the trade by default.

        Returns
        -------
        One a set of claims.
        """
        several = claims or [self.ground.flows.claim]
        parts = [(share, [self._on(day, claim) for claim in several]) for day, share in law_days(self.ground, month)]
        return [self._blend([(share, states[k]) for share, states in parts]) for k in range(len(several))]

    def _blend(self, days: Sequence[tuple[float, tuple[Floats, ...]]]) -> MonthDuty:
        fixed, *answers = (np.sum([share * part[k] for share, part in days], axis=0) for k in range(len(days[0][1])))
        pairs = list(zip((SHORT, LONG), answers[::2], answers[1::2], strict=True))
        moved = {elasticity: over(duty, left) for elasticity, duty, left in pairs}
        return MonthDuty(over(fixed, self.whole), moved, {e: over(left, self.whole) for e, _, left in pairs})

    def _on(self, day: date, claim: Floats) -> tuple[Floats, ...]:
        """Duty at fixed weights; duty and imports left after the answer, short and then long; by group, USD."""
        value, rate = self.ground.flows.value, self._rates(day, claim)
        answer = np.log((1.0 + rate) / (1.0 + self.before))
        short, long = (value * np.exp(-elasticity * answer) for elasticity in (SHORT, LONG))
        return tuple(self._sums(x) for x in (value * rate, short * rate, short, long * rate, long))


def over(part: Floats, whole: Floats) -> Floats:
    """A ratio, zero where there is nothing below."""
    return np.where(whole > 0, part / np.where(whole > 0, whole, 1.0), 0.0)


def law_days(ground: LaidLaw, month: str) -> list[tuple[date, float]]:
    """First day of each state of the law in a month, and its share of the month's days."""
    first, last = first_day(month), last_day(month)
    edges = {first} | {day for day in (*ground.law.dates, *ground.where.base_days) if first <= day <= last}
    days = sorted(edges)
    ends = [*days[1:], last + timedelta(1)]
    whole = (last - first).days + 1
    return [(day, (end - day).days / whole) for day, end in zip(days, ends, strict=True)]


YEAR = 12


def month_number(month: str) -> int:
    """Months since the year 0."""
    return YEAR * int(month[:4]) + int(month[5:7]) - 1


def named(number: int) -> str:
    """The month of a number; see `index`."""
    return f"{number // YEAR:04d}-{number % YEAR + 1:02d}"


def moved(month: str, by: int) -> str:
    """The month some months later."""
    return named(month_number(month) + by)


def months_after(first: str, last: str) -> tuple[str, ...]:
    """Months after the first up to the last."""
    return tuple(named(n) for n in range(month_number(first) + 1, month_number(last) + 1))


def first_day(month: str) -> date:
    """First day of a month."""
    return date(int(month[:4]), int(month[5:7]), 1)


def last_day(month: str) -> date:
    """Last day of a month."""
    day = first_day(month)
    return day.replace(day=monthrange(day.year, day.month)[1])


def checked_month(text: str, name: str) -> str:
    """A month as given.

    Parameters
    ----------
    name : what it is called where it was given.

    Raises
    ------
    InputError : what is no month.
    """
    try:
        return date.fromisoformat(f"{text}-01").strftime("%Y-%m")
    except ValueError:
        raise InputError(Parameter(name), f"'{text}' is not a month", "write year and month, as 2025-04") from None


#: Months of a forecast at most: the same month a year before has to be known.
LONGEST = 12

#: Partners whose goods claim USMCA.
CLAIMING = ("CAN", "MEX")

PUBLISHED, LAW, CLAIMS = "published", "law", "claims"
#: The law as signed by the end of the month with its claims; the law as it came; law and claims as they came.
READINGS = (PUBLISHED, LAW, CLAIMS)


@dataclass(frozen=True)
class Path:
    """Duty and imports by month, in the order of `EVERYONE`, each of shape (months, partners).

    Attributes
    ----------
    rate : duty over imports, share; imports, duty : USD; long : imports with the answer of the long run, USD.
    low, high : rate with the answer of the long run, and with none, share.
    """

    rate: Floats
    imports: Floats
    duty: Floats
    long: Floats = field(repr=False)
    low: Floats = field(repr=False)
    high: Floats = field(repr=False)

    @classmethod
    def plain(cls, rate: Floats, imports: Floats, duty: Floats) -> Path:
        """A path without a range."""
        return cls(rate, imports, duty, imports, rate, rate)


@dataclass(frozen=True)
class Forecast:
    """What one month says of later ones.

    Attributes
    ----------
    made : the month; months : those after it; paths : by reading, see `READINGS`.
    fixed : statutory duty at fixed weights under the law as published, share, shape (months, partners).
    rules : paths of naive rules.
    collected : whether delay and shares not collected are in the path of each reading.
    """

    made: str
    months: tuple[str, ...]
    paths: Mapping[str, Path]
    rules: Mapping[str, Path]
    fixed: Floats = field(repr=False)
    collected: bool = False


PERSISTS, LAST_YEAR, FIXED = "persists", "last_year", "fixed"
#: The month goes on; the same month of the year before; the law at fixed weights on last year's imports.
RULES = (PERSISTS, LAST_YEAR, FIXED)


def check_span(made: str, through: str) -> tuple[str, tuple[str, ...]]:
    """The month a forecast is made, and those it is made for.

    Raises
    ------
    InputError : no month, a month without claims on record, an end before the start or more than a year later.
    """
    made, through = checked_month(made, "as_of"), checked_month(through, "to")
    known = claimed(CLAIMING[0])[0]
    if made not in known:
        span = f"name one from {known[0]} to {known[-1]}"
        raise InputError(Parameter("as_of"), f"claims of {made} are not on record", span)
    if not made < through <= moved(made, LONGEST):
        what = f"{through} is not within the {LONGEST} months after {made}"
        raise InputError(Parameter("to"), what, f"name a month from {moved(made, 1)} to {moved(made, LONGEST)}")
    return made, months_after(made, through)


@memoized
def trade_of_month(month: str) -> Trade:
    """The law on US imports of the year before a month, with the claims of the month."""
    return Trade(_ground(month, weights_of(month)))


@memoized
def trade_known(month: str) -> Trade:
    """The same trade under the law as it was signed by the end of the month."""
    trade = trade_of_month(month)
    return trade.under(trade.ground.under(known_law(trade.ground.law, last_day(month), signings())))


def weights_of(month: str) -> str:
    """The year before a month."""
    return str(int(month[:4]) - 1)


def _ground(month: str, weights: str) -> LaidLaw:
    return laid_law(importer("USA").law, scope="all", claims=claims_on(last_day(month)), weights=weights)


def claims_of(month: str, made: str) -> Floats | None:
    """Share of each pair of the trade of `made` that claimed USMCA in a month; None where it is not on record."""
    if month not in claimed(CLAIMING[0])[0]:
        return None
    return _ground(month, weights_of(made)).flows.claim


def duties(made: str, months: Sequence[str], readings: Sequence[str] = READINGS) -> dict[str, list[MonthDuty]]:
    """Duty of each month under each reading; without the law as it came, that of the forecast alone."""
    trade, known = trade_of_month(made), trade_known(made)
    published = {PUBLISHED: [known.month(month)[0] for month in months]}
    if LAW not in readings:
        return published
    # The law of each month with the claims of the month it was forecast in, and with its own where they are known.
    claims = [[trade.ground.flows.claim, *([] if (own := claims_of(month, made)) is None else [own])]
              for month in months]  # fmt: skip
    states = [trade.month(month, several) for month, several in zip(months, claims, strict=True)]
    return published | {LAW: [each[0] for each in states], CLAIMS: [each[-1] for each in states]}


def forecast(
    made: str, through: str, collection: Collection | None = None, readings: Sequence[str] = READINGS
) -> Forecast:
    """Duty and imports of the months after one, as its data and its law have them.

    Parameters
    ----------
    collection : delay and shares not collected that the duty of the law is taken through; None = as the law has it.
    readings : all of `READINGS`, or that of the forecast alone.
    """
    made, months = check_span(made, through)
    base, growth = _year_before(made, months)
    trade, before = trade_of_month(made), [moved(month, -YEAR) for month in months]
    # What duties had left of imports in the same months a year before; None before the duties of 2025.
    past = [trade.month(month)[0] if last_day(month) >= BASE_DAY else None for month in before]
    by_reading = duties(made, months, readings)
    start = trade.month(made)[0] if collection is not None else None
    paths = {
        name: path(states, past, base * growth, *_rates_of(collection, states, start))
        for name, states in by_reading.items()
    }
    rates = np.stack([state.fixed for state in by_reading[PUBLISHED]])
    fixed = np.column_stack([rates @ trade.whole / trade.whole.sum(), rates])
    return Forecast(made, months, paths, _rules(made, months, fixed), fixed, collection is not None)


def _year_before(made: str, months: Sequence[str]) -> tuple[Floats, Floats]:
    """Imports of the same months a year before, USD, (months, groups); growth of the year before, (groups,)."""
    year = int(made[:4]) - 1
    sums = [imports_and_duty(months_after(f"{y - 1}-12", f"{y}-12"))[0] for y in (year - 1, year)]
    both = [np.where(np.isfinite(x).all(axis=1, keepdims=True), x, np.nan) for x in sums]
    known = np.isfinite(both[0]).all(axis=1) & np.isfinite(both[1]).all(axis=1)
    growth = both[1][known].sum(axis=0) / both[0][known].sum(axis=0)
    return imports_and_duty([moved(month, -YEAR) for month in months])[0][:, 1:], growth[1:]


def _rates_of(
    collection: Collection | None, states: Sequence[MonthDuty], start: MonthDuty | None
) -> tuple[Floats, Floats, Floats]:
    """Rate by group after the first year's answer, after that of the long run, and without any, (months, groups)."""
    every = [*([] if start is None else [start]), *states]
    rates = [[state.moved[SHORT] for state in every], [state.moved[LONG] for state in every], [s.fixed for s in every]]
    short, long, none = (np.stack(each) for each in rates)
    if collection is None or start is None:
        return short, long, none
    return tuple(collection.of(each[1:], each[:-1]) for each in (short, long, none))  # pyright: ignore[reportReturnType]


def path(
    states: Sequence[MonthDuty],
    past: Sequence[MonthDuty | None],
    base: Floats,
    rate: Floats,
    rate_long: Floats,
    rate_none: Floats,
) -> Path:
    """Imports and duty from the states of a law.

    Parameters
    ----------
    past : state of the same month a year before; base : imports of it at growth, USD, shape (months, groups).
    rate, rate_long, rate_none : of each month by group, by the answer of buyers, share.
    """
    short, long = (
        base * np.stack([_answer(now, then, elasticity) for now, then in zip(states, past, strict=True)])
        for elasticity in (SHORT, LONG)
    )
    imports, duty = _summed(short), _summed(rate * short)
    low = over(_summed(rate_long * long), _summed(long))
    high = over(_summed(rate_none * base), _summed(base))
    return Path(over(duty, imports), imports, duty, _summed(long), low, high)


def _answer(now: MonthDuty, then: MonthDuty | None, elasticity: float) -> Floats:
    return now.left[elasticity] / (1.0 if then is None else then.left[elasticity])


def _summed(groups: Floats) -> Floats:
    """The sum of all groups before them, shape (months, partners)."""
    return np.concatenate([groups.sum(axis=1, keepdims=True), groups], axis=1)


def _rules(made: str, months: Sequence[str], fixed: Floats) -> dict[str, Path]:
    """Paths of the naive rules."""
    before = [moved(month, -YEAR) for month in months]
    imports, duty = imports_and_duty(before)
    last_imports, last_duty = (np.repeat(x, len(months), axis=0) for x in imports_and_duty([made]))
    rate = world_rates(before)[0]
    same = duty / imports
    same[:, 0] = np.where(np.isfinite(same[:, 0]), same[:, 0], rate)
    persists = last_duty / last_imports
    persists[:, 0] = np.where(np.isfinite(persists[:, 0]), persists[:, 0], world_rates([made])[0][0])
    return {
        PERSISTS: Path.plain(persists, last_imports, last_duty),
        LAST_YEAR: Path.plain(same, imports, duty),
        FIXED: Path.plain(fixed, imports, fixed * imports),
    }


def came(months: Sequence[str]) -> tuple[Path, list[str]]:
    """What came of the months as far as it is on record, and where the rate of every partner together is from."""
    imports, duty = imports_and_duty(months)
    rate = duty / imports
    rate[:, 0], sources = world_rates(months)
    return Path.plain(rate, imports, duty), sources


#: Where a month's duty is taken from: entries of the month, or cash of the month after over imports of the month.
CENSUS, RECEIPTS = "calculated duty", "customs receipts"


def on_record() -> tuple[Floats, dict[str, int], dict[str, int]]:
    """Imports and duty by month and partner in the order of `EVERYONE`, USD, NaN where not on record.

    Returns
    -------
    Values of shape (2, months, partners), the place of each month, and the place of each partner.
    """
    table = arrays("usa_collected_monthly")
    months = {month: n for n, month in enumerate(np.unique(table["month"]).tolist())}
    partners = {code: n for n, code in enumerate(EVERYONE)}
    values = np.full((2, len(months), len(EVERYONE)), np.nan)
    rows = np.flatnonzero(np.isin(table["partner"], (ALL, *PARTNERS)))
    cells = [months[m] for m in table["month"][rows].tolist()], [partners[p] for p in table["partner"][rows].tolist()]
    for k, name in enumerate(("imports", "duty")):
        values[k][cells] = table[name][rows]
    values[:, :, -1] = values[:, :, 0] - values[:, :, 1:-1].sum(axis=2)
    return values, months, partners


def imports_and_duty(months: Sequence[str]) -> tuple[Floats, Floats]:
    """Imports for consumption and duty of some months, USD, each of shape (months, partners); NaN where unknown."""
    values, place, _ = on_record()
    blank = np.full((2, 1, len(EVERYONE)), np.nan)
    rows = np.concatenate([values, blank], axis=1)[:, [place.get(month, len(place)) for month in months]]
    return rows[0], rows[1]


def receipts(months: Sequence[str]) -> tuple[Floats, Floats]:
    """Customs receipts, and imports of goods, of some months, USD, seasonally adjusted; NaN where not on record."""
    table = arrays("evidence_tariff_months")
    place = {month: n for n, month in enumerate(table["month"].tolist())}
    rows = [place.get(month, -1) for month in months]
    pick = [np.where(np.asarray(rows) >= 0, table[name][rows], np.nan) for name in ("duties", "imports")]
    return pick[0], pick[1]


def world_rates(months: Sequence[str]) -> tuple[Floats, list[str]]:
    """Duty collected over imports of every partner by month, share, and where each month is taken from."""
    imports, duty = imports_and_duty(months)
    rate = duty[:, 0] / imports[:, 0]
    cash = receipts([moved(month, 1) for month in months])[0] / receipts(months)[1]
    entered, paid = np.isfinite(rate).tolist(), np.isfinite(cash).tolist()
    sources = [CENSUS if known else RECEIPTS if later else "" for known, later in zip(entered, paid, strict=True)]
    return np.where(entered, rate, cash), sources


def last_on_record() -> str:
    """Last month of which duty is on record, on entries or by receipts of the month after."""
    entries = max(arrays("usa_collected_monthly")["month"].tolist())
    return max(entries, moved(max(arrays("evidence_tariff_months")["month"].tolist()), -1))


def claimed(partner: str) -> tuple[list[str], Floats]:
    """Months on record of claims of USMCA, and the share of imports from a partner that claimed in each."""
    table = arrays("usa_claims_usmca_monthly")
    own = np.flatnonzero((table["code"] == "") & (table["partner"] == partner))
    months = table["month"][own].tolist()
    order = np.argsort(months, kind="stable")
    return [months[k] for k in order], table["share"][own][order].astype(float)


def price_level(name: str, months: Sequence[str]) -> Floats:
    """Level of a monthly series of prices; NaN where it is not on record."""
    known = dict(zip(*(part.tolist() for part in monthly_series(name)), strict=True))
    return np.asarray([known.get(month, np.nan) for month in months])


IMPORT_PRICE, CONSUMER_PRICE = "import-prices", "consumer-prices"
LEVEL = "detail"


@dataclass(frozen=True)
class PricePath:
    """Change of a price since the month of the forecast, by month, share, each of shape (months,).

    Attributes
    ----------
    series : name among the monthly series; came : what is on record, NaN where nothing is.
    paths : by reading of the law; rules : of naive rules; effect : of the duties alone, by reading.
    """

    series: str
    came: Floats = field(repr=False)
    paths: dict[str, Floats] = field(repr=False)
    rules: dict[str, Floats] = field(repr=False)
    effect: dict[str, Floats] = field(repr=False)


def price_paths(made: str, months: Sequence[str]) -> list[PricePath]:
    """Import prices before duty, which duties leave alone here, and consumer prices, which bear the whole duty.

    Either goes on at the pace of the twelve months to the forecast; duties come on top at once.
    """
    trade, known = trade_of_month(made), trade_known(made)
    start = consumer_effect(trade, made)
    readings = {PUBLISHED: known, LAW: trade}
    consumer = {
        name: np.asarray([(1.0 + consumer_effect(law, month)) / (1.0 + start) - 1.0 for month in months])
        for name, law in readings.items()
    }
    none = {name: np.zeros(len(months)) for name in readings}
    return [_path(IMPORT_PRICE, made, months, none), _path(CONSUMER_PRICE, made, months, consumer)]


def consumer_effect(trade: Trade, month: str) -> float:
    """Rise of consumer prices by the duties of the last day of a month since the base day, share."""
    flows, accounts = trade.ground.flows, price_tables(LEVEL)
    change = trade.rates(last_day(month)) - trade.before
    commodity = commodity_of_lines(LEVEL)[flows.line_at]
    shock = duty_shock(flows.value, trade.before, change, commodity, len(accounts.commodities))
    return price_effect(accounts, shock).headline


def _path(series: str, made: str, months: Sequence[str], effect: dict[str, Floats]) -> PricePath:
    level, before = price_level(series, [made, moved(made, -YEAR)])
    ahead = np.arange(1, len(months) + 1)
    trend = (level / before) ** (ahead / YEAR)
    last_year = price_level(series, [moved(month, -YEAR) for month in months]) / before
    return PricePath(
        series,
        price_level(series, months) / level - 1.0,
        {name: trend * (1.0 + each) - 1.0 for name, each in effect.items()},
        {"persists": np.zeros(len(months)), "last_year": last_year - 1.0, "fixed": trend - 1.0},
        effect,
    )


@dataclass(frozen=True)
class Trial:
    """An estimate tried on the months after it was made.

    Attributes
    ----------
    what : what was forecast; months : tried; error, without : mean absolute error with the estimate and without, share.
    """

    what: str
    months: int
    error: float
    without: float


@dataclass(frozen=True)
class Estimates:
    """What months up to a cut say of the way from law to collection.

    Attributes
    ----------
    cut : last month used; months : with duty by partner; collection : delay and shares collected.
    paid : share of duty that is paid in the month after; claims : take-up by partner.
    trials : on the months after the cut.
    """

    cut: str
    months: int
    collection: Collection
    paid: Estimate
    claims: dict[str, TakeUp]
    trials: tuple[Trial, ...]


@memoized
def _panel() -> tuple[tuple[str, ...], Collected]:
    """Every month with duty by partner on record: what came, and what law and claims of the month made of it."""
    months = tuple(m for m in claimed(CLAIMING[0])[0] if np.isfinite(imports_and_duty([m])[1][0, 1:]).all())
    imports, duty = imports_and_duty(months)
    law = np.stack([law_of(month) for month in (moved(months[0], -1), *months)])
    return months, Collected(duty[:, 1:] / imports[:, 1:], law[1:], law[:-1], imports[:, 1:])


def law_of(month: str) -> Floats:
    """Duty of a month's law and claims by group at the weights of 2024, after the answer of buyers, share."""
    own = claims_of(month, first_month())
    return trade_of_month(first_month()).month(month, [] if own is None else [own])[0].moved[SHORT]


def first_month() -> str:
    """First month with claims by month, and so the first of every estimate."""
    return claimed(CLAIMING[0])[0][0]


@memoized
def estimates(cut: str, name: str = "as_of") -> Estimates:
    """Everything that months up to a cut say, tried on the months after it.

    Parameters
    ----------
    name : what the cut is called where it was given.

    Raises
    ------
    InputError : a cut that leaves too few months.
    """
    cut = checked_month(cut, name)
    months, panel = _panel()
    used = sum(month <= cut for month in months)
    if used < FEWEST:
        least = months[FEWEST - 1]
        raise InputError(Parameter(name), f"{cut} leaves {used} months to estimate from", f"name {least} or later")
    early = Collected(panel.rate[:used], panel.now[:used], panel.before[:used], panel.weight[:used])
    made = collection(early)
    claims = {code: take_up(shares_to(code, cut)) for code in CLAIMING}
    paid = _paid(cut)
    trials = (*_trials(panel, used, made), *_claim_trials(cut, claims), *_paid_trial(cut, paid))
    return Estimates(cut, used, made, paid, claims, trials)


def shares_to(partner: str, cut: str) -> Floats:
    """Share that claims in each month up to a cut."""
    months, shares = claimed(partner)
    return shares[: sum(month <= cut for month in months)]


def _paid(cut: str) -> Estimate:
    return paid_later(*_cash(months_after(moved(first_month(), -1), cut)))


def _cash(months: Sequence[str]) -> tuple[Floats, Floats, Floats]:
    """Receipts, duty on the entries of the month and of the one before, where all three are on record, USD."""
    cash = receipts(months)[0]
    duty, before = (imports_and_duty(span)[1][:, 0] for span in (months, [moved(m, -1) for m in months]))
    known = np.isfinite(cash + duty + before)
    return cash[known], duty[known], before[known]


def _trials(panel: Collected, used: int, made: Collection) -> list[Trial]:
    """Every partner alone and all together, over the months after the cut."""
    late = Collected(panel.rate[used:], panel.now[used:], panel.before[used:], panel.weight[used:])
    n = late.rate.shape[0]
    if not n:
        return []
    forecast = made.of(late.now, late.before)
    each = [Trial(code, n, *_errors(forecast[:, k], late.now[:, k], late.rate[:, k])) for k, code in enumerate(GROUPS)]
    share = late.weight / late.weight.sum(axis=1, keepdims=True)
    whole = ((share * values).sum(axis=1) for values in (forecast, late.now, late.rate))
    return [Trial("all", n, *_errors(*whole)), *each]


def _errors(forecast: Floats, without: Floats, came: Floats) -> tuple[float, float]:
    return float(np.abs(forecast - came).mean()), float(np.abs(without - came).mean())


def _claim_trials(cut: str, claims: dict[str, TakeUp]) -> list[Trial]:
    """Claims after the cut: by the estimate, and as they stood at the cut."""
    trials: list[Trial] = []
    for code, made in claims.items():
        came = claimed(code)[1][shares_to(code, cut).size :]
        last = float(shares_to(code, cut)[-1])
        if came.size:
            forecast = np.asarray([made.after(last, k + 1) for k in range(came.size)])
            trials.append(Trial(f"claims {code}", came.size, *_errors(forecast, np.full(came.size, last), came)))
    return trials


def _paid_trial(cut: str, paid: Estimate) -> list[Trial]:
    """Receipts after the cut, over what was paid, with the estimate and with all duty paid at once."""
    cash, duty, before = _cash(months_after(cut, moved(cut, 12)))
    if not cash.size:
        return []
    forecast = (1.0 - paid.value) * duty + paid.value * before
    return [Trial("receipts", cash.size, *_errors(forecast / cash, duty / cash, np.ones(cash.size)))]
