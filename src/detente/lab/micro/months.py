"""One month of microdata as trade on the lines of a tariff, and what is asked of it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table
from detente.data.flows import OBSERVED, check_claims, claimed
from detente.data.importers import importer
from detente.data.readers import SHORT, on_lines
from detente.lab.averages.averages import daily_averages, grouping
from detente.lab.averages.laid_law import LaidLaw
from detente.lab.averages.weights import scope_mask
from detente.lab.micro.cells import CENTS, KEYS, SUMS, check_edition, last_day, span_day, span_of, stand_ins
from detente.lab.micro.setting import MicroSetting
from detente.lab.work.parquet import to_parquet
from detente.trade import Flows, PairRates
from detente.trade.effective import cross

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
VALUATION = "values of the rows"


@dataclass(frozen=True)
class MonthQuestion:
    """What is asked of each month.

    Attributes
    ----------
    ask : a key of `ASKS`. by : groupings of `weights`, columns of `daily`.
    void : with `refunds`, what is void.
    """

    ask: str
    setting: MicroSetting
    by: tuple[str, ...] = ()
    void: tuple[str, ...] = ()


@dataclass(frozen=True)
class MonthJob:
    """One month of the question.

    Attributes
    ----------
    month : whose days are meant; weights : months whose trade weighs them, the month itself as a rule.
    parts : files that hold cells of those months.
    has : what the rows know of "duty" and "claimed". edition : of the process that asks.
    """

    question: MonthQuestion
    month: str
    weights: tuple[str, ...]
    parts: tuple[str, ...] = field(repr=False)
    has: frozenset[str]
    edition: str = ""

    def run(self) -> bytes:
        """The answer of the month, as a Parquet file; `InputError` in a process of another version."""
        check_edition(self.edition)
        return ASKS[self.question.ask](self)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day of the month."""
        return days_of(self.month)

    def cells(self) -> pl.DataFrame:
        """Cells of the months that weigh, summed by line, span in which codes mean the same, and partner, in order."""
        import polars as pl

        spans: dict[int, list[str]] = {}
        for month in self.weights:
            spans.setdefault(span_of(self.question.setting.of, month), []).append(month)
        every = pl.concat([pl.scan_parquet(part) for part in self.parts])
        sums = [
            every.filter(pl.col("month").is_in(months)).group_by(KEYS[1:]).agg(pl.col(SUMS).sum(), span=pl.lit(span))
            for span, months in spans.items()
        ]
        return pl.concat(sums).sort("line", "span", "partner").collect(engine="streaming")

    def trade(self) -> tuple[Flows, Floats]:
        """The trade of the months that weigh, and how many rows each pair stands on."""
        period = self.weights[0] if len(self.weights) == 1 else f"{self.weights[0]} to {self.weights[-1]}"
        flows, rows = trade_of_cells(self.cells(), self.question.setting, period, self.has)
        kept = scope_mask(flows, self.question.setting.scope)
        return flows.take(kept), rows[kept]

    def ground(self) -> LaidLaw:
        """The law on the trade of the months that weigh."""
        return self.question.setting.ground(self.trade()[0])


def days_of(month: str) -> tuple[date, date]:
    """The first and the last day of a month."""
    return date.fromisoformat(f"{month}-01"), last_day(month)


def trade_of_cells(
    cells: pl.DataFrame, setting: MicroSetting, period: str, has: frozenset[str]
) -> tuple[Flows, Floats]:
    """Cells as trade on the lines of a tariff; claims are those of the rows, else of the package."""
    where = importer(setting.of)
    row, codes, part = _placed(cells["line"].to_numpy().astype(np.str_), cells["span"].to_numpy(), setting.of)
    names = cells["partner"].to_numpy().astype(np.str_)[row]
    partners, partner_at = np.unique(names, return_inverse=True)
    source, line_at, share = on_lines(where, codes, names, "row")
    part, row = part[source] * share, row[source]
    value, duty, taken, rows = (cells[name].to_numpy()[row] for name in SUMS)
    own = "claimed" in has
    flows = Flows(
        setting.of,
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
        flows = claimed(flows, check_claims(setting.claims) or OBSERVED)
    return flows, (rows * part)[kept]


def _placed(
    codes: NDArray[np.str_], spans: NDArray[np.int64], of: str
) -> tuple[NDArray[np.int64], NDArray[np.str_], Floats]:
    """Row, code of the tariff and share of the row for each code that stands for it in its span; rows are in order."""
    where = importer(of)
    differ = (codes[1:] != codes[:-1]) | (spans[1:] != spans[:-1])
    starts = np.flatnonzero(np.append(True, differ)) if codes.size else np.zeros(0, dtype=np.int64)
    unique, length = codes[starts], np.diff(np.append(starts, codes.size))
    place = where.lines.positions(unique)
    days = np.asarray([span_day(of, span).isoformat() for span in spans[starts].tolist()], dtype=np.str_)
    odd = (place < 0) | (where.table["from"][place] > days)
    moved = {int(i): stand_ins(of)(str(unique[i]), int(spans[starts[i]])) for i in np.flatnonzero(odd)}
    count = np.ones(unique.size, dtype=np.int64)
    count[list(moved)] = [len(heirs) for heirs in moved.values()]
    if (count == 1).all():
        goals = unique.copy()
        goals[list(moved)] = [heirs[0] for heirs in moved.values()]
        return np.arange(codes.size), np.repeat(goals, length), np.ones(codes.size)
    every = [moved.get(i, (str(code),)) for i, code in enumerate(unique.tolist())]
    of_row = np.repeat(np.arange(unique.size), length)
    part = np.repeat(1 / count[of_row], count[of_row])
    flat = np.asarray([goal for i in of_row.tolist() for goal in every[i]])
    return np.repeat(np.arange(codes.size), count[of_row]), flat, part


def _weights(job: MonthJob) -> bytes:
    flows, rows = job.trade()
    flows, source = replace(flows, claims_follow=False), np.arange(flows.value.size)
    groupings = [grouping(importer(flows.importer), flows, name) for name in job.question.by]
    group, members = np.zeros(source.size, dtype=np.int64), [()]
    if groupings:
        _, group, members = cross(groupings)
    n = len(members)
    sums = {
        "rows": np.bincount(group, rows, minlength=n).round().astype(np.int64),
        "imports": np.bincount(group, flows.value, minlength=n),
        "duty": np.bincount(group, flows.duty, minlength=n),
        "claimed": np.bincount(group, flows.value * flows.claim, minlength=n),
    }
    keys = {g.name: np.asarray([g.codes[m[i]] for m in members]) for i, g in enumerate(groupings)}
    names = {
        f"{g.name}_name": np.asarray([g.labels[m[i]] for m in members])
        for i, g in enumerate(groupings)
        if g.labels != g.codes
    }
    return packed({**keys, **names, **sums})


def _daily(job: MonthJob) -> bytes:
    by = job.question.by[0] if job.question.by else "authority"
    table: Table = daily_averages(job.ground(), *job.days, job.question.setting.read, by)
    return to_parquet(table)


def _gap(job: MonthJob) -> bytes:
    ground = job.ground()
    flows = ground.flows
    owed = mean_rates(ground, job).total * flows.value
    names = np.asarray(flows.partners)
    data = {
        "line": flows.lines.codes[flows.line_at],
        "partner": names[flows.partner_at],
        "imports": flows.value,
        "owed": owed,
        "collected": flows.duty,
    }
    return packed(data)


def _refunds(job: MonthJob) -> bytes:
    """Duty that is owed with the measures and not without them, by authority and partner."""
    ground = job.ground()
    law, flows = ground.law, ground.flows
    with_it = mean_rates(ground, job)
    without = mean_rates(ground.under(law.without(job.question.void, where="void")), job)
    owed = with_it.total * flows.value
    paid = np.where(owed > 0, np.minimum(flows.duty / np.where(owed > 0, owed, 1.0), 1.0), 0.0)
    n = len(flows.partners)
    rows: list[tuple[str, str, float, float]] = []
    for name, rate in with_it.by_authority.items():
        stake = flows.value * (rate - without.by_authority[name])
        if not np.any(np.abs(stake) > 1.0 / CENTS):
            continue
        whole, part = (np.bincount(flows.partner_at, x, minlength=n) for x in (stake, stake * paid))
        rows += [(name, p, whole[i], part[i]) for i, p in enumerate(flows.partners) if whole[i]]
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    heads = ("authority", "partner", "refund", "refund_collected")
    kinds = (np.str_, np.str_, np.float64, np.float64)
    return packed({h: np.asarray(c, dtype=k) for h, c, k in zip(heads, columns, kinds, strict=True)})


def mean_rates(ground: LaidLaw, job: MonthJob) -> PairRates:
    """Duty of every pair, mean over the days of the month; the law is laid once on each stretch between acts."""
    first, last = job.days
    ground = ground.reaching(first)
    edges = {*ground.law.dates, *ground.where.base_days, *(change.day for change in ground.law.programmes)}
    starts = sorted({first, *(day for day in edges if first < day <= last)})
    ends = [*starts[1:], last + timedelta(1)]
    days = (last - first).days + 1
    parts = [
        (ground.rates(start, job.question.setting.read), (end - start).days / days)
        for start, end in zip(starts, ends, strict=True)
    ]
    if len(parts) == 1:
        return parts[0][0]

    def mean(several: Sequence[Floats]) -> Floats:
        return reduce(np.add, (rate * share for rate, (_, share) in zip(several, parts, strict=True)))

    authorities = parts[0][0].by_authority
    return PairRates(
        mean([rates.base for rates, _ in parts]),
        mean([rates.total for rates, _ in parts]),
        {name: mean([rates.by_authority[name] for rates, _ in parts]) for name in authorities},
    )


ASKS = {"weights": _weights, "daily": _daily, "gap": _gap, "refunds": _refunds}
"""What can be asked -> what answers for one month."""


def packed(data: dict[str, NDArray[np.generic]]) -> bytes:
    """Columns as a Parquet file."""
    import polars as pl

    out = io.BytesIO()
    pl.DataFrame([_series(name, values) for name, values in data.items()]).write_parquet(out, compression="zstd")
    return out.getvalue()


def _series(name: str, values: NDArray[np.generic]) -> pl.Series:
    import polars as pl

    if values.dtype.kind in "US":
        return pl.Series(name, values.tolist(), dtype=pl.String)
    return pl.Series(name, values.astype(np.int64 if values.dtype.kind in "iu" else np.float64))


def unpacked(content: bytes) -> pl.DataFrame:
    """The columns again."""
    import polars as pl

    return pl.read_parquet(io.BytesIO(content))
