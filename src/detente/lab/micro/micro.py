"""Microdata of any size: rows are grouped first, and the law is laid on the cells of each month after.

Blocks of the files and months of the answer are kept in a folder as they are done, under keys of all they depend on, so
that what was stopped goes on and what was grouped once serves the next question. Neither the order of the files nor the
number of processes moves a byte.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.codes import InputError, Parameter, Table, UnknownName, declared_note, table_of, table_with
from detente.codes.axis import Floats
from detente.codes.days import EARLIEST
from detente.data.flows import OBSERVED, check_claims, claimed
from detente.data.importers import importer
from detente.data.limits import processors
from detente.data.readers import SHORT, on_lines
from detente.data.rowfile import MONTHLY, RowBlock, SentFile, blocks_of, read_texts
from detente.data.store import PassingFolder, write_bytes
from detente.data.tables import partner_name
from detente.lab.averages.averages import daily_averages, grouping
from detente.lab.averages.laid_law import SCOPES, LaidLaw, scope_mask
from detente.lab.entries.calendar import TRADE, calendar_of
from detente.lab.entries.job import EntriesOrder
from detente.lab.entries.rating import Combos, Given, by_span, rate
from detente.lab.entries.shelf import PieceShelf, packed
from detente.lab.micro.cells import (
    ABOUT,
    CENTS,
    FAULTS,
    FIRST,
    SHOWN,
    SUMS,
    check_edition,
    edition_here,
    grouped,
    last_day,
    span_of,
    stand_ins,
)
from detente.lab.work.chunks import Chunk, Crew, chunk_key, dask, go_on
from detente.lab.work.parquet import from_parquet, to_parquet
from detente.law import Reading
from detente.trade import Flows, PairRates
from detente.trade.effective import cross, heads_of, member_columns

#: Rows from which on processes are started unless told otherwise.
SEVERAL = 200_000

#: Part of the rows that may be unusable.
BAD = 0.01

#: Months that a server lays a law on.
MOST_MONTHS = 24

OWN_MONTH = "own"
#: Told what is done, how much of it, and of how much.
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Microdata:
    """Rows of trade by month, and how they are answered for.

    Attributes
    ----------
    given : files and folders of CSV, gzipped CSV or Parquet, a file that was sent, or a data frame.
    name : what messages call it. order : whose law, how it is read, and what `refunds` takes as void.
    shares : of goods that the user sets. claims : of the package where the rows know of no programme.
    by : groupings of weights and gaps; daily_by : columns of `daily`, "authority" or "measure".
    weights : of `daily`: "own" month of each day, a span as 2024-01..2024-12, or a number of months up to its own.
    first, last : months, all by default. bad : share of the rows that may be unusable.
    folder : that keeps what is done; workers : processes. cluster : address of a Dask cluster; executor : in its place.
    most : rows that it may have; a limit of months goes with it.

    Raises
    ------
    UnknownName, InputError : when they are asked, of files that cannot be read and too many rows that cannot be used.
    """

    given: Any = field(repr=False)
    name: str = ""
    order: EntriesOrder = field(default_factory=EntriesOrder)
    shares: tuple[tuple[str, float], ...] = ()
    claims: str = ""
    by: Sequence[str] = ()
    daily_by: Sequence[str] = ()
    weights: str = OWN_MONTH
    first: str = ""
    last: str = ""
    bad: float = BAD
    folder: Path | None = None
    workers: int | None = 1
    cluster: str = ""
    executor: Executor | None = None
    most: int | None = None
    tell: Tell | None = None

    @cached_property
    def _passing(self) -> PassingFolder:
        return PassingFolder("detente-micro")

    @cached_property
    def _folder(self) -> Path:
        return (self.folder or self._passing.path / "work").resolve()

    @cached_property
    def blocks(self) -> list[RowBlock]:
        """Blocks of the files that hold the rows; what is no file that is read as rows is written as one."""
        named, sent = list(self.given) if isinstance(self.given, tuple) else [], self.given
        if named and all(path.suffix.lower() in MONTHLY or path.is_dir() or not path.exists() for path in named):
            return blocks_of(named)
        if isinstance(sent, SentFile) and sent.name.lower().endswith(MONTHLY):
            path = write_bytes(self._passing.path / Path(sent.name).name, sent.content)
        else:
            out = io.BytesIO()
            read_texts(sent, self.name).write_parquet(out)
            path = write_bytes(self._passing.path / f"{Path(self.name).stem}.parquet", out.getvalue())
        blocks = blocks_of([path])
        rows = sum(block.size for block in blocks)
        if self.most is not None and rows > self.most:
            raise InputError(self.name, f"has {rows:,} rows", f"send {self.most:,} or fewer, or use the command")
        return blocks

    @cached_property
    def edition(self) -> str:
        """Key of the program and the data."""
        return edition_here()

    @cached_property
    def cells(self) -> PieceShelf:
        """The rows summed by month, line and partner; a piece a block."""
        of, keys = self.order.of, [block.key for block in self.blocks]
        shelf = PieceShelf(self._folder, lambda n: f"cells-{of.lower()}-{self.edition}-{keys[n]}.zip")
        works = [partial(grouped, block, of, self.edition) for block in self.blocks]
        self._go_on([Chunk(n, self.blocks[n].size, work) for n, work in enumerate(works)], shelf, "rows")
        return shelf

    def _go_on(self, chunks: Sequence[Chunk[bytes]], shelf: PieceShelf, what: str) -> None:
        several = sum(block.size for block in self.blocks) >= SEVERAL
        workers = self.workers or (processors() if several else 1)
        with dask(self.cluster) if self.cluster else nullcontext(self.executor) as executor:
            go_on(chunks, shelf, Crew(1, workers, executor), partial(self.tell, what) if self.tell else None)

    def _every(self, name: str) -> pl.DataFrame:
        """A table of every block."""
        return pl.concat([self.cells.table(number, name) for number in range(len(self.blocks))])

    @cached_property
    def _abouts(self) -> list[dict[str, Any]]:
        return [json.loads(self.cells.content(number, ABOUT)) for number in range(len(self.blocks))]

    @property
    def rows(self) -> int:
        """Rows of all files."""
        return sum(about["rows"] for about in self._abouts)

    @property
    def has(self) -> frozenset[str]:
        """What the rows of every file know of "duty" and "claimed"."""
        return frozenset.intersection(*(frozenset(about["has"]) for about in self._abouts))

    @cached_property
    def _reasons(self) -> pl.DataFrame:
        return self._every(FAULTS).group_by("reason").agg(pl.col("rows", "value").sum()).sort("reason")

    @property
    def faults(self) -> pl.DataFrame:
        """Rows that cannot be used and their value in cents, by reason."""
        return self._reasons.filter(pl.col("reason") != "")

    @cached_property
    def unusable(self) -> tuple[str, ...]:
        """The first rows that cannot be used, each with its reason."""
        named = self._every(FIRST).sort("file", "row", "words").head(SHOWN).rows()
        return tuple(f"{file}, row {row:,}: {words}" for file, row, words in named)

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Month -> blocks that hold some of it, both in order.

        Raises
        ------
        InputError : too many rows that cannot be used.
        """
        count, rows = int(self.faults["rows"].sum()), self.rows
        if count > self.bad * rows:
            why = "; ".join(f"{n:,} times {reason}" for reason, n, _ in self.faults.rows())
            what = f"{count:,} of {rows:,} rows cannot be used, more than {self.bad:.1%}: {why}. The first: "
            raise InputError("rows", what + "; ".join(self.unusable), "mend them, or allow more with `bad`")
        known: dict[str, list[int]] = {}
        for number in range(len(self.blocks)):
            for month in self.cells.tables(number):
                if month not in (ABOUT, FAULTS, FIRST):
                    known.setdefault(month, []).append(number)
        return dict(sorted(known.items()))

    def months(self, ask: str) -> list[str]:
        """The months that are answered for; those before the law begins have weights alone."""
        begins = "" if ask == "weights" else f"{EARLIEST:%Y-%m}"
        months = [m for m in self.places if max(self.first, begins) <= m <= (self.last or "9")]
        if not months:
            known = list(self.places)
            span = f"rows are of {known[0]} to {known[-1]}" if known else "no row can be used"
            repair = f"{span}; the law begins with {EARLIEST:%Y-%m}"
            raise InputError("months", "there is nothing to answer for", repair)
        if self.most is not None and len(months) > MOST_MONTHS:
            repair = f"name {MOST_MONTHS} or fewer by the first and the last, or use the command"
            raise InputError("months", f"there are {len(months)} to answer for", repair)
        return months

    def _window(self, month: str) -> list[str]:
        """The months whose trade weighs the days of a month in the daily series."""
        known, weights = list(self.places), self.weights
        start, dots, end = (part.strip() for part in weights.partition(".."))
        if dots:
            window = [each for each in known if start <= each <= end]
            if not window:
                what, repair = f"there is nothing from {start} to {end}", f"rows are of {known[0]} to {known[-1]}"
                raise InputError(Parameter("weights"), what, repair)
            return window
        if not (weights.isascii() and weights.isdigit() and int(weights)):
            repair = "use own, 12, or two months with .. between"
            raise InputError(Parameter("weights"), f"'{weights}' is no window of months", repair)
        return [each for each in known if each <= month][-int(weights) :]

    @cached_property
    def _known(self) -> dict[str, dict[str, Table]]:
        return {}

    def tables(self, ask: str) -> dict[str, Table]:
        """The tables of a question, the main one first; kept.

        Parameters
        ----------
        ask : "weights", "daily", "gap" or "refunds".

        Raises
        ------
        UnknownName, InputError : see the class.
        """
        try:
            return self._known.get(ask) or self._known.setdefault(ask, self._made(ask))
        except UnknownName:
            raise
        except InputError as error:
            if isinstance(self.given, tuple):
                raise
            # The folder is of this program, the file of whoever gave it.
            where, what = (str(text).replace(f"{self._passing.path}/", "") for text in (error.where, error.what))
            raise InputError(where, what, error.repair) from None

    def _made(self, ask: str) -> dict[str, Table]:
        # What is void, and claims, are read before anything long begins.
        order = self.order if ask == "refunds" else replace(self.order, void=())
        order.whole_law.without(order.void, where=Parameter("void"))
        check_claims(self.claims)
        if len(self.daily_by) > 1:
            raise InputError(Parameter("by"), "a daily series has one kind of columns", "use authority or measure")
        months, has = self.months(ask), self.has
        by = tuple({"daily": self.daily_by, "weights": self.by}.get(ask, ()))
        common = chunk_key(self.edition, ask, order.law_key, order.reading, order.void, self.shares, self.claims, by,
                           sorted(has))  # fmt: skip
        jobs, names = [], []
        for month in months:
            own = [month] if ask != "daily" or self.weights == OWN_MONTH else self._window(month)
            parts = tuple(self._folder / self.cells.name(n) for n in sorted({n for m in own for n in self.places[m]}))
            jobs.append(MonthJob(ask, order, self.shares, self.claims, by, month, tuple(own), parts, has, self.edition))
            names.append(f"{ask}-{month}-{chunk_key(common, own, [part.name for part in parts])}.zip")
        shelf = PieceShelf(self._folder, names.__getitem__)
        self._go_on([Chunk(n, 1, job.run) for n, job in enumerate(jobs)], shelf, "months")
        made = {table.name: table.noted(*self._notes(ask)) for table in BUILD[ask](self, months, shelf)}
        if self.unusable:
            made["left_out"] = self._left_out()
        return made

    def _notes(self, ask: str) -> list[str]:
        notes = [f"{self.rows:,} rows"]
        if ask == "daily":
            window = "micro.weights_months" if self.weights.isdigit() else "micro.weights_span"
            own = self.weights == OWN_MONTH
            notes.append(declared_note("micro.weights_own" if own else window, window=self.weights))
        if "claimed" not in self.has and ask != "weights":
            notes.append(declared_note("micro.no_programme"))
        for rows, cents in self._reasons.filter(pl.col("reason") == "").select("rows", "value").rows():
            notes.append(declared_note("micro.moved", rows=rows, value=cents / CENTS))
        if ask != "weights" and min(self.places) < f"{EARLIEST:%Y-%m}":
            notes.append(declared_note("micro.before", month=f"{EARLIEST:%Y-%m}"))
        return notes

    def _left_out(self) -> Table:
        """Rows that could not be used, by reason, with the first of them named."""
        content = [(reason, n, n / self.rows, cents / CENTS) for reason, n, cents in self.faults.rows()]
        return table_of("micro.left_out", content, self.unusable)


# --- tables from the answers of the months, in their order ------------------------------------------------------------


def _weights_tables(micro: Microdata, months: Sequence[str], answers: PieceShelf) -> list[Table]:
    """Imports by month and group."""
    frame = _stacked(months, answers)
    imports, claimed, duty = (frame[name].to_numpy() for name in ("imports", "claimed", "duty"))
    groups = sorted(frame.columns[:-4], key=lambda name: name.endswith("_name"))
    data = {name: frame[name].to_numpy().astype(np.str_) for name in groups}
    _, of = np.unique(data["month"], return_inverse=True)
    data |= {
        "rows": frame["rows"].to_numpy(),
        "imports": imports,
        "share": _over(imports, np.bincount(of, imports)[of]),
    }
    data |= {"claimed": _over(claimed, imports), "collected": duty, "rate_collected": _over(duty, imports)}
    none = () if "duty" in micro.has else ("collected", "rate_collected")
    kept = {name: values for name, values in data.items() if name not in none}
    return [table_with("micro.weights", kept, without=none, group=heads_of(groups[1:]))]


def _daily_tables(micro: Microdata, months: Sequence[str], answers: PieceShelf) -> list[Table]:
    """The average duty by day over all months, zero where the law of a month knew nothing of a column."""
    whole = from_parquet([answers.content(number, ANSWER) for number in range(len(months))])
    data = {}
    for name, values in whole.data.items():
        values = np.asarray([0.0 if v is None else v for v in values.tolist()]) if values.dtype == object else values
        data[name] = np.nan_to_num(values) if values.dtype.kind == "f" else values
    return [replace(whole, data=data, notes=tuple(note for note in whole.notes if not note.startswith("weights")))]


MONEY = ("imports", "owed", "collected")


def _gap_tables(micro: Microdata, months: Sequence[str], answers: PieceShelf) -> list[Table]:
    """Duty owed beside duty collected: by month, and the largest gaps by group."""
    rows, key, sums = [], ("line", "partner"), None
    for number, month in enumerate(months):
        frame = answers.table(number, ANSWER)
        money = [float(frame[name].sum()) for name in MONEY]
        rows.append((month, *money, money[1] - money[2], *(x / money[0] if money[0] else 0.0 for x in money[1:])))
        cells = frame.group_by(key).agg(pl.col(MONEY).sum())
        # Each cell is one number plus another, so that no order of rows matters.
        sums = cells if sums is None else pl.concat([sums, cells]).group_by(key).agg(pl.col(MONEY).sum())
    assert sums is not None
    return [table_of("micro.gap_months", rows), _largest(micro, months, sums.sort(key))]


def _largest(micro: Microdata, months: Sequence[str], cells: pl.DataFrame) -> Table:
    where = importer(micro.order.of)
    imports, owed, collected = (cells[name].to_numpy() for name in MONEY)
    partners, partner_at = np.unique(cells["partner"].to_numpy().astype(np.str_), return_inverse=True)
    none, zero = np.zeros(imports.size), np.zeros(imports.size, dtype=np.bool_)
    line_at = where.lines.positions(cells["line"].to_numpy().astype(np.str_))
    flows = Flows(where.iso3, "", where.lines, tuple(partners.tolist()), line_at, partner_at, imports, none, none, zero)
    groupings = [grouping(where, flows, name) for name in micro.by or ("line", "partner")]
    group, members = cross(groupings, imports.size)
    sums = [np.bincount(group, each, minlength=len(members)) for each in (imports, owed, collected)]
    order = np.argsort(-np.abs(sums[1] - sums[2]), kind="stable")
    data = member_columns(groupings, [members[k] for k in order])
    groups, (worth, due, paid) = list(data), (each[order] for each in sums)
    data |= {"imports": worth, "owed": due, "collected": paid, "gap": due - paid}
    data |= {"rate_owed": _over(due, worth), "rate_collected": _over(paid, worth)}
    return table_with("micro.gap", data, group=heads_of(groups), first=months[0], last=months[-1])


def _refund_tables(micro: Microdata, months: Sequence[str], answers: PieceShelf) -> list[Table]:
    """Refunds at stake by month and authority, by partner, and by all three."""
    money = ["refund", "refund_collected"] if "duty" in micro.has else ["refund"]
    words = {"without": () if len(money) > 1 else ("refund_collected",), "void": ", ".join(micro.order.void)}
    frame = _stacked(months, answers)

    def summed(*key: str) -> pl.DataFrame:
        sums: dict[tuple[str, ...], Floats] = {}
        # One after the other, as the sum of floats of several threads would depend on how many there are.
        for *own, amounts in zip(*frame.select(key), frame.select(money).to_numpy(), strict=True):
            sums[tuple(own)] = sums.get(tuple(own), np.zeros(len(money))) + amounts
        rows = [(*own, *amounts.tolist()) for own, amounts in sums.items()]
        return pl.DataFrame(rows, [*key, *money], orient="row")

    def named(part: pl.DataFrame) -> list[tuple[Any, ...]]:
        names = pl.Series("name", [partner_name(code) for code in part["partner"]], dtype=pl.String)
        place = part.columns.index("partner") + 1
        return part.insert_column(place, names).rows()

    partners = summed("partner").sort("refund", "partner", descending=[True, False])
    return [
        table_of("micro.refunds_months", summed("month", "authority").rows(), **words),
        table_of("micro.refunds_partners", named(partners), **words),
        table_of("micro.refunds", named(frame.select("month", "authority", "partner", *money)), **words),
    ]


def _stacked(months: Sequence[str], answers: PieceShelf) -> pl.DataFrame:
    """The answers of all months, the month in front."""
    frames = (answers.table(number, ANSWER) for number in range(len(months)))
    return pl.concat(
        [own.select(pl.lit(month).alias("month"), pl.all()) for month, own in zip(months, frames, strict=True)]
    )


def _over(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    return np.divide(part, whole, out=np.zeros(part.size), where=whole > 0)


#: What can be asked -> the tables of its answer.
BUILD: Mapping[str, Callable[[Microdata, Sequence[str], PieceShelf], list[Table]]] = {
    "weights": _weights_tables, "daily": _daily_tables, "gap": _gap_tables, "refunds": _refund_tables,
}  # fmt: skip


# --- months -----------------------------------------------------------------------------------------------------------

VALUATION = "values of the rows"
#: Name of the table of a month.
ANSWER = "answer"


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


#: Goods of a partner without and with a claim, in trade.
CLAIMED = ("", "claimed")


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
    by_authority = {name: whole(points[k]) for name, k in places.items()}
    return PairRates(whole(rated.base), whole(rated.total), by_authority)


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
    return pl.DataFrame({**member_columns(groupings, members), **sums})


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


#: What can be asked -> what answers for one month.
ASKS: Mapping[str, Callable[[MonthJob], pl.DataFrame | bytes]] = {
    "weights": _weights,
    "daily": lambda job: to_parquet(
        daily_averages(job.ground(), *job.days, job.order.reading, job.by[0] if job.by else "authority")
    ),
    "gap": _gap,
    "refunds": _refunds,
}
