"""The job: a file of entries rated piece by piece, each piece kept as it is done, and the totals of all of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, is_dataclass, replace
from datetime import date
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from threading import Lock

import numpy as np
import polars as pl
from numpy.typing import NDArray

from detente.codes import DetenteError, declared_note
from detente.codes.errors import Parameter
from detente.data.fees import fees
from detente.data.importerfile import importer_id
from detente.data.importers import HOME, PRESUMED, Importer, importer, parameter_names
from detente.data.library import embedded, package_folder
from detente.data.library import sha256 as file_hash
from detente.data.refunds import refund_law
from detente.data.rowfile import PIECE, EntryFile, Given, files_of, open_entries
from detente.lab.entries.calendar import FEW, Calendar, calendar_of
from detente.lab.entries.dollars import limited
from detente.lab.entries.frames import EPOCH, RATED, frames_of, headings_of, summed
from detente.lab.entries.piece import rate_piece
from detente.lab.entries.refunds import PAYERS, REFUND_COLUMNS, of_entries, routed
from detente.lab.entries.rows import distinct
from detente.lab.entries.shelf import PieceShelf, packed
from detente.lab.statute.lookup import TransitClause, clauses_filed, clauses_of, law_in_transit
from detente.lab.work.chunks import Chunk, Crew, Progress, chunk_key, given_value, go_on
from detente.law import Law, Reading
from detente.version import VERSION

#: Tables with a row or more for each row of the file.
LONG = ("entry_rows", "entry_filing", "entry_questions")

TABLES = (
    "entry_rows",
    "entry_filing",
    "entry_totals",
    "entry_sums",
    "entry_answers",
    "entry_questions",
    "entry_reasons",
)

#: Calendars grow as they are asked: one piece at a time is rated in a process.
_ONE = Lock()

_WITHOUT: dict[tuple[int, tuple[str, ...]], tuple[Law, Law]] = {}


@dataclass(frozen=True)
class EntriesOrder:
    """How entries are to be rated.

    Attributes
    ----------
    of : importer. `law` : its law, the shipped one where none is given. `reading` : of time.
    void : selectors of measures without which refunds are counted; none: no refunds.
    presume : whether facts that a row leaves out are those of the average in trade; else they are not claimed.
    on : day in the place of that of each row. first, last : days of the rows that count, all where none is given.
    given : facts of rows that leave them out, as texts.
    as_of, payer : day on which refunds are looked at, today where none is given, and who is paid back.
    """

    of: str = HOME
    law: Law | None = None
    reading: Reading = Reading.EFFECTIVE
    void: tuple[str, ...] = ()
    presume: bool = False
    on: date | None = None
    first: date | None = None
    last: date | None = None
    given: tuple[tuple[str, str], ...] = ()
    as_of: date | None = None
    payer: str = PAYERS[0]

    def __getstate__(self) -> dict[str, object]:
        """What travels to another process: the choices, not what was compiled for them."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def rows_of(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows of a piece that count, with the day and the facts that are given for them."""
        if self.first is not None or self.last is not None:
            day = pl.col("date").str.strip_chars().str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
            within = day.is_between(self.first or date.min, self.last or date.max)
            frame = frame.filter(within.fill_null(True))  # one without a day has its reason
        if self.on is not None:
            frame = frame.with_columns(date=pl.lit(self.on.isoformat()))
        for name, text in self.given:
            own = pl.col(name) if name in frame.columns else pl.lit(None, pl.String)
            blank = own.fill_null("").str.strip_chars() == ""
            frame = frame.with_columns(pl.when(blank).then(pl.lit(text)).otherwise(own).alias(name))
        return frame

    @cached_property
    def where(self) -> Importer:
        """Whose law it is."""
        return importer(self.of)

    @cached_property
    def calendar(self) -> Calendar:
        """The law by day."""
        return calendar_of(self.where, self.whole_law, self.reading, self.context)

    @property
    def whole_law(self) -> Law:
        """The law."""
        return self.law or self.where.law

    @property
    def context(self) -> str:
        """What facts that rows leave out are taken from, as `Importer.shares` has it."""
        return PRESUMED if self.presume else "line"

    @cached_property
    def without(self) -> Calendar | None:
        """The calendar of the law without what is void; None where nothing is."""
        return calendar_of(self.where, self.law_without, self.reading, self.context) if self.void else None

    @property
    def law_without(self) -> Law:
        """The law without what is void, kept as long as its calendar may be."""
        law = self.whole_law
        key = (id(law), self.void)
        if key not in _WITHOUT:
            if len(_WITHOUT) >= FEW:
                _WITHOUT.clear()
            _WITHOUT[key] = law, law.without(self.void, where=Parameter("void"))
        return _WITHOUT[key][1]

    def under(self, code: str) -> EntriesOrder:
        """The same for rows of another importer: its shipped law, of which nothing is void."""
        return self if code == self.of else replace(self, of=code, law=None, void=())

    def in_transit(self, clauses: tuple[TransitClause, ...]) -> EntriesOrder:
        """The same for goods under clauses on goods in transit."""
        return replace(self, law=law_in_transit(self.calendar.law, clauses)) if clauses else self

    @cached_property
    def law_key(self) -> str:
        """A hash of everything that dollars depend on beside the rows: measures, rules, lines, fees."""
        law, digest = self.whole_law, sha256()
        for part in (*law.measures, *law.rules, *sorted(law.switches)):
            content = asdict(part) if is_dataclass(part) else part
            digest.update(json.dumps(content, default=_plain, sort_keys=True).encode())
        names = [name for name in (self.where.file.schedule.table, "usa_special", "metal_content") if name]
        others = ("fees.yaml", "entry_types.yaml", "in_transit.yaml", "chapter_98.yaml", "orders.csv")
        for path in (*map(embedded, names), *(package_folder() / name for name in others)):
            digest.update(file_hash(path).encode())
        return digest.hexdigest()

    @property
    def facts(self) -> list[str]:
        """Shares and other facts about goods that a file may state."""
        return [name for name in parameter_names(self.calendar.law) if name != "base"]


@dataclass(frozen=True)
class RatedEntries:
    """A file of entries rated.

    Attributes
    ----------
    name : of the file; `columns` : as the program calls them -> as the file does; `others` : carried along.
    pieces : what each piece came to; `count` : how many there are.
    """

    order: EntriesOrder
    name: str
    columns: Mapping[str, str]
    others: tuple[str, ...]
    pieces: PieceShelf = field(repr=False)
    count: int

    def frames(self, table: str) -> Iterator[pl.DataFrame]:
        """A long table piece by piece."""
        for number in range(self.count):
            yield self.pieces.table(number, table)

    def height(self, table: str) -> int:
        """Rows of a long table."""
        return sum(self.pieces.height(number, table) for number in range(self.count))

    def frame(self, table: str) -> pl.DataFrame:
        """A whole table, totals summed over all pieces."""
        whole = pl.concat(self.frames(table), how="vertical")
        return whole if table in LONG else ORDERED[table](summed(table, whole))

    @cached_property
    def totals(self) -> pl.DataFrame:
        """Entries with their fees, and refunds where they were asked for."""
        return self.frame("entry_totals")

    @cached_property
    def sums(self) -> Mapping[str, float]:
        """Rows, rows that could not be rated, entries, USD of value, duties, fees, refunds and what was paid."""
        names = [
            n
            for n in ("rows", "not_rated", "value", "duty", "processing_fee", "harbor_fee", "total", "refund")
            if n in self.totals.columns
        ]
        paid = {"paid": float(self.paid(("partner",))["paid"].sum())} if self.has_paid else {}
        return {"entries": self.totals.height, **{name: float(self.totals[name].sum()) for name in names}, **paid}

    @cached_property
    def refunds(self) -> pl.DataFrame:
        """Entries with the route, amount and last day of their refunds of emergency duties."""
        parts = []
        for rows, filed in zip(self.frames("entry_rows"), self.frames("entry_filing"), strict=True):
            digits = pl.col("heading").str.replace_all(".", "", literal=True)
            own = filed.filter(pl.any_horizontal(digits.str.starts_with(h) for h in refund_law().headings))
            owed = own.group_by("row").agg(emergency=pl.col("duty").sum(), named=(pl.col("rate") > 0).any())
            kept = rows.select(name for name in REFUND_COLUMNS if name in rows.columns)
            parts.append(kept.join(owed, on="row", how="left", maintain_order="left").with_columns(
                pl.col("emergency").fill_null(0.0)))  # fmt: skip
        return routed(of_entries(pl.concat(parts), self.order.as_of or date.today()), self.order.payer)

    @cached_property
    def headings(self) -> pl.DataFrame:
        """Each heading that rows owe under or were filed under: what is owed, and paid where the row says it."""
        return pl.concat(
            headings_of(rows, filed)
            for rows, filed in zip(self.frames("entry_rows"), self.frames("entry_filing"), strict=True)
        )

    @property
    def asks_refunds(self) -> bool:
        """Whether the file says of entries what only refunds depend on."""
        return self.order.of == HOME and bool({*REFUND_COLUMNS[5:]} & {*self.columns})

    @property
    def has_paid(self) -> bool:
        """Whether the file says what was paid."""
        return "paid" in self.columns

    def paid(self, by: Sequence[str]) -> pl.DataFrame:
        """Duty owed beside duty paid by group, the largest gaps first; rows that could not be rated are left out."""
        sums = self._grouped(by, ("value", "duty", "paid")).with_columns(gap=(pl.col("duty") - pl.col("paid")).round(2))
        return sums.sort(pl.col("gap").abs(), *by, descending=[True, *(False for _ in by)])

    def weights(self) -> pl.DataFrame:
        """Value by line and partner, the largest first."""
        return self._grouped(("line", "partner"), ("value",)).sort(
            "value", "line", "partner", descending=[True, False, False]
        )

    def _grouped(self, by: Sequence[str], sums: Sequence[str]) -> pl.DataFrame:
        keys = {
            "month": pl.col("date").str.slice(0, 7),
            "chapter": pl.col("line").str.replace_all(r"\D", "").str.slice(0, 2),
        }
        parts = []
        for frame in self.frames("entry_rows"):
            own = frame.filter(pl.col("status") == RATED).group_by(
                keys.get(name, pl.col(name)).alias(name) for name in by
            )
            parts.append(own.agg(pl.len().cast(pl.Int64).alias("rows"), pl.col(sums).sum().round(2)))
        return pl.concat(parts).group_by(by).agg(pl.col("rows").sum(), pl.col(sums).sum().round(2))


def rate_entries(
    given: Given | pl.DataFrame, order: EntriesOrder, *, name: str = "", folder: Path | None = None,
    workers: int | None = 1, progress: Progress | None = None, size: int = PIECE, most: int | None = None,
) -> RatedEntries:  # fmt: skip
    """A file, or a frame, of entries rated.

    Parameters
    ----------
    name : what messages call it. `folder` : where pieces are kept as they are done, so that what was stopped goes on.
    workers : processes. `progress` : told the rows that are done, and of how many. `size` : rows of a piece.
    most : rows that a file may have.

    Raises
    ------
    InputError, Faults : what is wrong with the file itself; a cell that cannot be used costs its row alone.
    """
    source = open_entries(given, order.facts, name, most, size)
    if order.void:
        _ = order.without  # an unknown name is refused before any work
    key = _key(given, source, order, size)
    shelf = PieceShelf(folder, lambda number: f"{key}-{number:05d}.zip")
    if workers == 1 or source.count == 1:
        _in_turn(source, order, shelf, progress)
    else:
        ends = [source.rows * k // source.count for k in range(source.count + 1)]
        chunks = [Chunk(i, end - ends[i], partial(_rated_alone, i)) for i, end in enumerate(ends[1:])]
        go_on(chunks, shelf, Crew(several=2 * size, workers=workers, given=(source, order)), progress)
    return RatedEntries(order, source.name, source.columns, source.others, shelf, source.count)


def _in_turn(source: EntryFile, order: EntriesOrder, shelf: PieceShelf, progress: Progress | None) -> None:
    """Rate pieces one after another in one pass over the file."""
    done = 0
    for number, frame in enumerate(source.pieces()):
        if not shelf.holds(number):
            shelf.keep(number, _rated(frame, order))
        done += frame.height
        if progress is not None:
            progress(done, source.rows)


def _rated(frame: pl.DataFrame, order: EntriesOrder) -> bytes:
    """A piece rated and packed."""
    with _ONE:
        frame = order.rows_of(frame)
        groups = groups_of(frame, order.of)
        whole = [(frame.filter(mask), order.under(code)) for code, mask in groups.items()]
        parts = [(own, o.in_transit(clauses)) for part, o in whole for clauses, own in by_transit(part, o.of)]
        return packed(together([frames_of(rate_piece(own, o.calendar, o.without)) for own, o in parts]))


def _rated_alone(number: int) -> bytes:
    """One piece rated in a process that was given the file and the order."""
    source, order = given_value()
    return _rated(source.piece(number), order)


def _key(given: Given | pl.DataFrame, source: EntryFile, order: EntriesOrder, size: int) -> str:
    """A name of everything that pieces depend on."""
    if not isinstance(given, Path | tuple):
        return "memory"
    digest = sha256()
    for path in files_of(given):
        with path.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    more = (order.void, order.presume, order.on, order.first, order.last, order.given, size)
    return chunk_key(VERSION, digest.hexdigest(), order.law_key, order.of, str(order.reading), *map(str, more))


def _plain(value: object) -> object:
    """A value as JSON has it: sets in order, so that the same law gives the same text in every process."""
    return sorted(value) if isinstance(value, frozenset | set) else str(value)


def _entries(grouped: pl.DataFrame) -> pl.DataFrame:
    """Entries with the processing fee within its limits and the total."""
    day = grouped["day"].fill_null(0).to_numpy()
    most, informal = fees().informal_up_to, grouped["informal"].fill_null(False)
    small = grouped["value"] <= most
    fee = limited(grouped["processing_fee"].to_numpy(), (informal & small).to_numpy(), day)
    words = pl.lit(declared_note("entries.not_informal", most=most))
    above = pl.when(informal & ~small).then(words).otherwise(pl.lit("")).alias("flags")
    date = (pl.col("day") - EPOCH).cast(pl.Int32).cast(pl.Date).cast(pl.String).fill_null("").alias("date")
    whole = grouped.with_columns(date, above, pl.Series("processing_fee", fee).round(2))
    alone = (pl.col("duty") == 0) & (pl.col("processing_fee") == 0)
    nothing = alone & (pl.col("harbor_fee") <= fees().harbor_nothing)
    whole = whole.with_columns(pl.when(nothing).then(0.0).otherwise(pl.col("harbor_fee")).alias("harbor_fee"))
    total = (pl.col("duty") + pl.col("processing_fee") + pl.col("harbor_fee")).round(2).alias("total")
    names = ["entry", "date", "rows", "not_rated", "value", "duty", "processing_fee", "harbor_fee", "total"]
    return whole.with_columns(total).select(*names, *(["refund"] if "refund" in grouped.columns else []), "flags")


def _sums(grouped: pl.DataFrame) -> pl.DataFrame:
    order = {name: i for i, name in enumerate(("heading", "authority", "partner", "month"))}
    place = pl.col("by").replace_strict(order, return_dtype=pl.Int64)
    by_size = pl.when(pl.col("by") == "month").then(0.0).otherwise(-pl.col("duty"))
    return grouped.sort(place, by_size.round(2), "key")


def _answers(grouped: pl.DataFrame) -> pl.DataFrame:
    return grouped.sort(pl.col("cost").abs(), "fact", "answer", descending=[True, False, False])


def _reasons(grouped: pl.DataFrame) -> pl.DataFrame:
    return grouped.sort("rows", "row", descending=[True, False])


#: Table of totals -> what brings the sums over all pieces into their order.
ORDERED = {"entry_totals": _entries, "entry_sums": _sums, "entry_answers": _answers, "entry_reasons": _reasons}


# --- importers --------------------------------------------------------------------------------------------------------

COLUMN = "importer"


def groups_of(frame: pl.DataFrame, home: str) -> dict[str, NDArray[np.bool_]]:
    """Rows by importer; those that name none, or one that nobody knows, under the importer of the file."""
    if COLUMN not in frame.columns:
        return {home: np.ones(frame.height, dtype=bool)}
    texts, place = distinct(frame[COLUMN])
    codes = np.asarray([_code(text, home) for text in texts])[place]
    return {code: codes == code for code in dict.fromkeys([home, *np.unique(codes).tolist()]) if (codes == code).any()}


def _code(text: str, home: str) -> str:
    try:
        return importer_id(text, COLUMN) if text else home
    except DetenteError:
        return home


LOADED, FILED = "loaded", "filed"


def by_transit(frame: pl.DataFrame, of: str) -> Iterator[tuple[tuple[TransitClause, ...], pl.DataFrame]]:
    """Rows by the clauses on goods in transit that they are under; without the column all under none."""
    claimable = clauses_filed(of) if FILED in frame.columns else ()
    if LOADED not in frame.columns and not claimable:
        yield (), frame
        return
    loaded = pl.col(LOADED).fill_null("") if LOADED in frame.columns else pl.lit("")
    filed = [pl.col(FILED).fill_null("").str.contains(_as_filed(c)).alias(str(i)) for i, c in enumerate(claimable)]
    facts = frame.select(loaded.alias(LOADED), pl.col("date").fill_null(""), *filed)
    keys = facts.unique(maintain_order=True).with_row_index("key")
    under = [_clauses_under(of, _day(day), _day(on), claimable, says) for _, day, on, *says in keys.iter_rows()]
    key = facts.join(keys, on=facts.columns, how="left", maintain_order="left")["key"]
    for clauses in dict.fromkeys(under):
        yield clauses, frame.filter(key.is_in([i for i, own in enumerate(under) if own == clauses]))


def _clauses_under(
    of: str, loaded: date | None, on: date | None, claimable: Sequence[TransitClause], says: Sequence[bool]
) -> tuple[TransitClause, ...]:
    """Clauses by the day of loading, where a row gives it, else by the numbers under which it was filed."""
    if on is None or (loaded is not None and loaded > on):
        return ()
    own = [c for c, yes in zip(claimable, says, strict=True) if yes and c.first <= on < c.entered]
    return tuple(own) if loaded is None else clauses_of(of, loaded, on)


def _as_filed(clause: TransitClause) -> str:
    """What finds the heading of a clause among filed numbers; one that frees goods has no dollars beside it."""
    nothing = r"(?:\s+\$?0+(?:\.0+)?)?\s*(?:[;,]|$)" if clause.filed == "free" else r"(?:\D|$)"
    return r"(?:^|[;,\s])" + clause.heading.replace(".", r"\.?") + nothing


def _day(text: str) -> date | None:
    """A day; None for a cell that is none, for which its row has a reason."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None


def together(parts: list[dict[str, pl.DataFrame]]) -> dict[str, pl.DataFrame]:
    """Tables of several importers as those of one piece, rows in the order of the file."""
    if len(parts) == 1:
        return parts[0]
    whole = {name: pl.concat([part[name] for part in parts], how="diagonal") for name in parts[0]}
    refunds = ("entry_rows", "entry_totals")
    for name, frame in whole.items():
        if name in refunds and "refund" in frame.columns:
            frame = frame.with_columns(pl.col("refund").fill_null(0.0))
        whole[name] = frame.sort("row", maintain_order=True) if "row" in frame.columns else frame
    return whole
