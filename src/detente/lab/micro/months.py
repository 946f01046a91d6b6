"""One month of microdata as trade on the lines of a tariff, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.data.flows import OBSERVED, check_claims, claimed
from detente.data.importers import importer
from detente.data.readers import SHORT, on_lines
from detente.lab.averages.averages import daily_averages, grouping
from detente.lab.averages.laid_law import LaidLaw
from detente.lab.averages.weights import SCOPES, scope_mask
from detente.lab.entries.calendar import TRADE, calendar_of
from detente.lab.entries.contents import Given
from detente.lab.entries.job import EntriesOrder
from detente.lab.entries.rating import Combos, by_span, rate
from detente.lab.entries.shelf import PieceShelf, packed
from detente.lab.micro.cells import CENTS, SUMS, check_edition, last_day, span_of, stand_ins
from detente.lab.work.parquet import to_parquet
from detente.law import Reading
from detente.trade import Flows, PairRates
from detente.trade.effective import columns_of, cross

Floats = NDArray[np.float64]
VALUATION = "values of the rows"
ANSWER = "answer"
"""Name of the table of a month."""


@dataclass(frozen=True)
class MonthJob:
    """One month of a question.

    Attributes
    ----------
    ask : a key of `ASKS`. order : whose law, how it is read, and with `refunds` what is void.
    given : shares of goods that the user sets. claims : shares of the package where the rows know of no programme.
    by : groupings of `weights`, columns of `daily`.
    month : whose days are meant; weights : months whose trade weighs them, the month itself as a rule.
    parts : files of cells of those months, in order. has : what the rows know of "duty" and "claimed".
    edition : of the process that asks.
    """

    ask: str
    order: EntriesOrder
    given: tuple[tuple[str, float], ...]
    claims: str
    by: tuple[str, ...]
    month: str
    weights: tuple[str, ...]
    parts: tuple[Path, ...] = field(repr=False)
    has: frozenset[str]
    edition: str = ""

    def run(self) -> bytes:
        """The answer of the month, packed; `InputError` in a process of another version."""
        check_edition(self.edition)
        return packed({ANSWER: ASKS[self.ask](self)})

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the month."""
        return days_of(self.month)

    def cells(self) -> pl.DataFrame:
        """Cells of the months that weigh, summed by line, span in which codes mean the same, and partner, in order."""
        frames = []
        for part in self.parts:
            shelf = PieceShelf(part.parent, lambda number, part=part: part.name)
            there = set(shelf.tables(0))
            frames += [
                shelf.table(0, month).with_columns(span=pl.lit(span_of(self.order.of, month), pl.Int64))
                for month in self.weights
                if month in there
            ]
        key = ("line", "span", "partner")
        return pl.concat(frames).group_by(key).agg(pl.col(SUMS).sum()).sort(key)

    def trade(self) -> tuple[Flows, Floats]:
        """The trade of the months that weigh, and how many rows each pair stands on."""
        period = self.weights[0] if len(self.weights) == 1 else f"{self.weights[0]} to {self.weights[-1]}"
        flows, rows = trade_of_cells(self, self.cells(), period)
        kept = scope_mask(flows, SCOPES[0])
        return flows.take(kept), rows[kept]

    def ground(self) -> LaidLaw:
        """The law on the trade of the months that weigh."""
        return LaidLaw(self.order.whole_law, self.trade()[0], dict(self.given))

    def mean_rates(self, ground: LaidLaw) -> PairRates:
        """Duty of every pair, mean over the days of the month; it is rated once on each stretch between acts."""
        first, last = self.days
        edges = {*ground.law.dates, *ground.where.base_days, *(change.day for change in ground.law.programmes)}
        starts = sorted({first, *(day for day in edges if first < day <= last)})
        ends, days = [*starts[1:], last + timedelta(1)], (last - first).days + 1
        rates = [rates_on(ground.as_of(start), start, self.order.reading) for start in starts]
        if len(rates) == 1:
            return rates[0]
        shares = [(end - start).days / days for start, end in zip(starts, ends, strict=True)]

        def mean(read: Callable[[PairRates], Floats]) -> Floats:
            return np.sum([read(rate) * share for rate, share in zip(rates, shares, strict=True)], axis=0)

        authorities = {name: mean(lambda rate, name=name: rate.by_authority[name]) for name in rates[0].by_authority}
        return PairRates(mean(lambda rate: rate.base), mean(lambda rate: rate.total), authorities)


CLAIMED = ("", "claimed")
"""Goods of a partner without and with a claim, in trade."""


def rates_on(ground: LaidLaw, on: date, reading: Reading) -> PairRates:
    """Duty of every pair of the trade of a day, on the table of the law by which entries are rated."""
    given = tuple(sorted(ground.parameters.items()))
    calendar, flows = calendar_of(ground.where, ground.law, reading, TRADE, given), ground.flows
    size, zero = flows.value.size, np.zeros(2 * flows.value.size, dtype=np.int64)
    combos = Combos(
        np.tile(flows.line_at, 2), zero + calendar.segments(np.asarray([on.toordinal()])), zero,
        np.tile(flows.partner_at, 2), np.repeat([0, 1], size), tuple(flows.partners), CLAIMED,
    )  # fmt: skip
    rated = rate(calendar, combos, by_span(calendar, combos, Given()))
    calendar.rest()

    def whole(rates: Floats) -> Floats:
        return (1.0 - flows.claim) * rates[:size] + flows.claim * rates[size:]

    owner, terms = np.repeat(np.arange(zero.size), np.diff(rated.start)), calendar.terms.terms
    places = {each.id: k for k, each in enumerate(ground.law.authorities)}
    place = np.asarray([places[term.authority] for term in terms] or [0])[rated.term]
    points = np.bincount(place * zero.size + owner, rated.points, len(places) * zero.size).reshape(-1, zero.size)
    return PairRates(whole(rated.base), whole(rated.total), dict(zip(places, map(whole, points), strict=True)))


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of a month."""
    return date.fromisoformat(f"{month}-01"), last_day(month)


def trade_of_cells(job: MonthJob, cells: pl.DataFrame, period: str) -> tuple[Flows, Floats]:
    """Cells as trade on the lines of a tariff; claims are those of the rows, else of the package."""
    where, pairs = importer(job.order.of), cells.select("line", "span").unique()
    heirs = pl.Series("code", [stand_ins(where.iso3, *pair) for pair in pairs.rows()], dtype=pl.List(pl.String))
    shares = pairs.with_columns(heirs, part=1 / heirs.list.len())
    laid = cells.join(shares, on=["line", "span"], maintain_order="left").explode("code")
    names = laid["partner"].to_numpy().astype(np.str_)
    partners, partner_at = np.unique(names, return_inverse=True)
    source, line_at, share = on_lines(where, laid["code"].to_numpy().astype(np.str_), names, "row")
    part = laid["part"].to_numpy()[source] * share
    value, duty, taken, rows = (laid[name].to_numpy()[source] for name in SUMS)
    own = "claimed" in job.has
    flows = Flows(
        where.iso3,
        period,
        where.lines,
        tuple(partners.tolist()),
        line_at,
        partner_at[source].astype(np.int64),
        value / CENTS * part,
        np.where(value > 0, taken / np.where(value > 0, value, 1), 0.0) if own else np.zeros(source.size),
        duty / CENTS * part,
        part < 1.0,
        valuation=VALUATION,
        source=period,
        notes=(SHORT,) if (share < 1.0).any() else (),
        own_claims=own,
    )
    kept = flows.value > 0
    flows = flows.take(kept)
    if not own and where.file.schedule.table == "usa_lines":
        flows = claimed(flows, check_claims(job.claims) or OBSERVED)
    return flows, (rows * part)[kept]


def _weights(job: MonthJob) -> pl.DataFrame:
    flows, rows = job.trade()
    groupings = [grouping(importer(flows.importer), replace(flows, claims_follow=False), name) for name in job.by]
    group, members = cross(groupings, flows.value.size)
    n = len(members)
    sums = {
        "rows": np.bincount(group, rows, minlength=n).round().astype(np.int64),
        "imports": np.bincount(group, flows.value, minlength=n),
        "duty": np.bincount(group, flows.duty, minlength=n),
        "claimed": np.bincount(group, flows.value * flows.claim, minlength=n),
    }
    return pl.DataFrame({**columns_of(groupings, members), **sums})


def _daily(job: MonthJob) -> bytes:
    return to_parquet(daily_averages(job.ground(), *job.days, job.order.reading, job.by[0] if job.by else "authority"))


def _gap(job: MonthJob) -> pl.DataFrame:
    ground = job.ground()
    flows = ground.flows
    return pl.DataFrame({
        "line": flows.lines.codes[flows.line_at],
        "partner": np.asarray(flows.partners)[flows.partner_at],
        "imports": flows.value,
        "owed": job.mean_rates(ground).total * flows.value,
        "collected": flows.duty,
    })  # fmt: skip


def _refunds(job: MonthJob) -> pl.DataFrame:
    """Duty that is owed with the measures and not without them, by authority and partner."""
    ground = job.ground()
    flows, with_it = ground.flows, job.mean_rates(ground)
    without = job.mean_rates(ground.under(job.order.law_without))
    owed = with_it.total * flows.value
    paid = np.where(owed > 0, np.minimum(flows.duty / np.where(owed > 0, owed, 1.0), 1.0), 0.0)
    rows: list[tuple[str, str, float, float]] = []
    for name, due in with_it.by_authority.items():
        stake = flows.value * (due - without.by_authority[name])
        whole, part = (np.bincount(flows.partner_at, x, len(flows.partners)) for x in (stake, stake * paid))
        ends = zip(flows.partners, whole.tolist(), part.tolist(), strict=True)
        rows += [(name, *own) for own in ends if abs(own[1]) > 0.5 / CENTS]
    heads = {"authority": pl.String, "partner": pl.String, "refund": pl.Float64, "refund_collected": pl.Float64}
    return pl.DataFrame(rows, heads, orient="row")


ASKS: Mapping[str, Callable[[MonthJob], pl.DataFrame | bytes]] = {
    "weights": _weights,
    "daily": _daily,
    "gap": _gap,
    "refunds": _refunds,
}
"""What can be asked -> what answers for one month."""
