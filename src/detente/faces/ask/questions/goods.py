"""Goods of the user: what entries owe, and what has changed for a list of products."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, partial
from typing import Any

import polars as pl

from detente.codes import Parameter, Table, UnknownName
from detente.codes.given import share
from detente.codes.table import LateTables
from detente.data.importers import HOME, importer
from detente.data.rowfile import has_days, has_months, open_entries
from detente.data.store import PassingFolder
from detente.faces.ask.answer import Answer, Long, Number, how, tell
from detente.faces.ask.files import UserFile
from detente.faces.ask.question import question
from detente.faces.watchfiles import FORMS, deadline_file, watch_file
from detente.faces.words.language import load
from detente.lab.averages.averages import BY as GROUPS
from detente.lab.entries.asked import GoodsInputs, check_alone, law_of, month_of
from detente.lab.entries.job import LONG, EntriesOrder, RatedEntries, rate_entries
from detente.lab.entries.refunds import cape_files, of_entries
from detente.lab.entries.shelf import packed
from detente.lab.entries.tables import PAID_BY, SUMS_BY, deadline_table, entry_table
from detente.lab.micro.micro import BAD, Microdata
from detente.lab.statute.watch import Watch, goods_of, watch_tables
from detente.lab.statute.watch import watch as seen_of
from detente.law import Reading
from detente.trade.effective import GROUPS as DAILY

OWN = "own"
#: Groups of entries, of rows by month, and of a daily series; each kind of file says which it knows.
BY = (
    "heading", "authority", "partner", "country", "month", "line", "chapter", "entry", "section", "hs4", "hs6",
    "sector", "naics", "bea", "end_use", "isic4", "icio28", "measure",
)  # fmt: skip

#: Bytes of a file from which what is rated is not held in memory.
LARGE = 20_000_000

#: Environment variable with the address of a Dask cluster that works out rows by month.
CLUSTER = "DETENTE_DASK"

ENTRIES = """line,partner,date,value,entry,mode,paid
8507.60.00.20,China,2025-09-05,250000,A1,vessel,152500
8513.10.20.00,Germany,2025-09-15,10000,A1,vessel,1500
8703.23.01.90,Mexico,2025-09-15,1000000,A2,truck,
"""


@question(
    "Your goods", "entries entries.csv", "entries entries.csv --void basis:IEEPA --by authority",
    "entries entries.csv --table paid",
    "entries entries.csv --as-of 2026-07-15 --table refunds",
    choices={"by": BY, "reading": ("effective", "published", "ruled")}, sample=ENTRIES, keeps=True, own_day=True,
    endings=("ics", "zip"),
)  # fmt: skip
def entries(
    file: UserFile | Any,
    on: date | None = None,
    *,
    by: str | Sequence[str] = (),
    from_: date | None = None,
    to: date | None = None,
    as_of: date | None = None,
    of: str = "USA",
    scenario: str | Mapping[str, Any] = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
    weights: str = OWN,
    presume: bool = False,
    reading: str = "effective",
    void: str | Sequence[str] = (),
    announce: str | Sequence[str] = (),
    lawbook: str = "",
) -> Answer:
    """The tariffs and fees that each row of an entry file owes, beside what was paid.

    A file of entries has the columns line, partner, date and value. Its rows come back with their headings in filing
    order; `totals` has each entry with its fees, `sums` dollars by heading, authority, partner and month, `answers`
    what the rows leave open, `reasons` why some could not be rated. A file of a statistical office has a month in the
    place of the date, and any number of rows: `weights` is its trade, `daily` the average tariff by day, `paid` what is
    owed beside what was collected. With `void` the table `refunds`, or the column refund, says what would come back.
    Table `refunds` of entries says which emergency duty comes back by which route and day, `deadlines` what else can be
    done by when. A file in .ics is their calendar, one in .zip the lists of numbers that Customs takes (CAPE).

    >>> import detente as dt
    >>> mine = {"line": ["8507.60.00.20"], "partner": ["China"], "date": ["2025-09-05"], "value": [250_000]}
    >>> float(dt.entries(mine)) > 0
    True

    Parameters
    ----------
    on : Day that stands in place of the date of each row.
    as_of : Day on which refunds and deadlines are looked at; today if none is given.
    by : How the result is broken down: entries by heading, authority, partner or month; what was paid by line, chapter
        or entry too; rows of months by any group of goods, and their daily series by authority or measure.
    set : Shares of goods that the rows do not give, as us_content=0.4, or the reading of a rule on how tariffs add up;
        payer=other where refunds go to a person or partnership; for rows of months also claims, and bad, the share of
        rows that may be unusable.
    weights : Trade that weighs the daily series of rows of months: own for each month's own, 12 for the months up to
        it, or a span as 2024-01..2024-12.
    void : Measures to leave out: an id, authority:ID, class:NAME or basis:IEEPA; the tariff that is owed stays, and
        what would not be owed without these measures is the refund.
    """
    groups = tuple(
        dict.fromkeys("partner" if name == "country" else name for name in ([by] if isinstance(by, str) else by))
    )
    inputs = GoodsInputs.of(set if isinstance(set, Mapping) else {}, importer(of))
    common = {"of": of, "scenario": scenario, "reading": reading, "void": tuple(void), "announce": tuple(announce),
              "lawbook": lawbook}  # fmt: skip
    if has_months(file.given, file.name):
        check_alone({"on": on, "presume": presume, "as_of": as_of, "set payer": inputs.payer}, "rows by month")
        return _months(file, groups, from_, to, inputs, weights, common)
    check_alone(
        {"weights": weights != OWN, **{f"set {name}": True for name in inputs.others}}, "entries, each with its day"
    )
    days = {"on": on, "first": from_, "last": to, "as_of": as_of}
    more = {"presume": presume, **({"payer": inputs.payer} if inputs.payer else {})}
    return _rows(file, groups, {**days, **more}, inputs, common)


def _order(inputs: GoodsInputs, common: Mapping[str, Any]) -> EntriesOrder:
    """Whose law goods owe under, and how it is read."""
    law = law_of(common["of"], common["scenario"], common["lawbook"], common["announce"], inputs.switches)
    return EntriesOrder(common["of"], law, Reading(common["reading"]), common["void"])


def _rows(
    file: UserFile, by: Sequence[str], days: Mapping[str, Any], inputs: GoodsInputs, common: Mapping[str, Any]
) -> Answer:
    """Entries, each with its day."""
    for name in by:
        if name not in (*SUMS_BY, *PAID_BY):
            known = tuple(dict.fromkeys((*SUMS_BY, *PAID_BY)))
            raise UnknownName("grouping", name, known, Parameter("by"), f"use {', '.join(known)}")
    order = replace(_order(inputs, common), given=tuple(inputs.facts.items()), **days)
    large = isinstance(file.given, tuple) and sum(p.stat().st_size for p in file.given if p.is_file()) >= LARGE
    spooled = PassingFolder("detente-entries") if large and how().folder is None else None
    rated = rate_entries(
        file.given, order, name=file.name, most=file.most,
        folder=how().folder if spooled is None else spooled.path, workers=how().workers, progress=partial(tell, "rows"),
    )  # fmt: skip

    def table(name: str, rows: int | None = None, keep: Any = spooled) -> Table:
        kinds = tuple(each for each in by if each in SUMS_BY)
        return entry_table(rated, f"entry_{name}", kinds if name == "sums" else by, rows)

    def frames(name: str, keep: Any = spooled) -> Iterator[pl.DataFrame]:
        whole = {"totals": lambda: rated.totals, "weights": rated.weights}
        return iter([whole[name]()]) if name in whole else rated.frames(f"entry_{name}")

    first = ["sums"] if any(name in SUMS_BY for name in by) else ["paid"] if by and rated.has_paid else []
    refunds = ["refunds", "deadlines"] if order.of == HOME else []
    names: list[str] = [
        *first, "rows", "totals", "sums", *(["paid"] if rated.has_paid else []), "weights", "answers", "reasons",
        "summary", "filing", "headings", "questions", *refunds,
    ]  # fmt: skip

    sums = rated.sums
    sizes = {name.removeprefix("entry_"): partial(rated.height, name) for name in LONG}
    sizes |= {"totals": lambda: rated.totals.height, "weights": lambda: rated.weights().height}
    long = {name: Long(size, partial(table, name), partial(frames, name)) for name, size in sizes.items()}
    wrong, count = int(sums["not_rated"]), int(sums["rows"])
    lost = f"{wrong:,} of {count:,} rows could not be rated; each has its reason in its row."
    return Answer(
        _owed(rated, file.name), LateTables({name: partial(table, name) for name in dict.fromkeys(names)}), long=long,
        number=Number(sums["duty"], "USD", definition="tariff on the rows that could be rated, without fees"),
        unfinished=lost if wrong else "",
        feeds={"ics": lambda _: deadline_file(table("deadlines"), order.as_of or date.today()),
               "zip": lambda _: packed(dict(cape_files(rated.refunds)))} if refunds else {},
    )  # fmt: skip


def _owed(rated: RatedEntries, name: str) -> str:
    """What the rows owe, what was paid, what would come back, and how many could not be rated."""
    sums = rated.sums
    rows, wrong = int(sums["rows"]), int(sums["not_rated"])
    if wrong == rows:
        return f"None of the {rows:,} rows of {name} could be rated: table reasons says why." if rows else NO_ROW
    fees = f"${sums['processing_fee'] + sums['harbor_fee']:,.2f} in fees"
    whose = f"The row of {name} owes" if rows == 1 else f"The {rows:,} rows of {name} owe"
    whose = f"{rows - wrong:,} of the {rows:,} rows of {name} could be rated, and owe" if wrong else whose
    sentences = [f"{whose} ${sums['duty']:,.2f} in tariffs and {fees}."]
    if "paid" in sums:
        gap = round(sums["duty"] - sums["paid"], 2)
        than = f"${abs(gap):,.2f} {'less' if gap > 0 else 'more'} than is owed" if gap else "what is owed"
        sentences.append(f"${sums['paid']:,.2f} in tariffs was paid, {than}.")
    if rated.order.void:
        sentences.append(f"${sums['refund']:,.2f} of what is owed would come back if the measures named were void.")
    if rated.asks_refunds:
        sentences += _routes(rated.refunds)
    return " ".join(sentences)


def _routes(refunds: pl.DataFrame) -> Iterator[str]:
    """What comes back in emergency duties, how much of it by which route, and the first day to file by."""
    back, say = refunds.filter(pl.col("amount") > 0), load()
    if not back.height:
        yield "No emergency duty comes back on them."
        return
    ways = back.group_by("title").agg(pl.col("amount").sum()).sort("amount", "title", descending=[True, False]).rows()
    each = ", ".join(f"${dollars:,.2f} ({title})" for title, dollars in ways)
    each = each if len(ways) > 1 else f"all on one route ({ways[0][0]})"
    yield f"Emergency duties of ${back['amount'].sum():,.2f} were paid or owed: {each}."
    first = back["file_by"].drop_nulls().min()
    if isinstance(first, date):
        yield f"The first deadline is {say.day(first)}."


NO_ROW = "No row lies between these days."


def _months(
    file: UserFile, by: Sequence[str], first: date | None, last: date | None, inputs: GoodsInputs, weights: str,
    common: Mapping[str, Any],
) -> Answer:  # fmt: skip
    """Rows by month, of any number."""
    known = (*GROUPS, *DAILY)
    for name in by:
        if name not in known:
            raise UnknownName("grouping", name, known, Parameter("by"), f"use {', '.join(known)}")
    bad = share(inputs.others.get("bad", BAD), "set bad", 0.0, 1.0)
    goods, daily = ([name for name in by if name in kinds] for kinds in (GROUPS, DAILY))
    micro = Microdata(
        file.given, file.name, _order(inputs, common), inputs.shares, inputs.others.get("claims", ""), goods, daily,
        weights, month_of(first), month_of(last), bad, how().folder, how().workers, os.environ.get(CLUSTER, ""),
        most=file.most, tell=tell,
    )  # fmt: skip
    made = micro.tables("weights")
    wanted = [("daily", "daily")]
    wanted += [("gap", "paid"), ("gap", "paid_months")] if "duty" in micro.has else []
    wanted += [("refunds", name) for name in ("refunds", "refunds_months", "refunds_partners") if common["void"]]
    more = {name: cache(lambda ask=ask, name=name: micro.tables(ask)[name]) for ask, name in wanted}
    return Answer(_traded(micro, file.name), made, more=more)


def _traded(micro: Microdata, name: str) -> str:
    """How much trade the rows hold, what was collected on it, and how many could not be used."""
    say, table = load(), micro.tables("weights")["weights"]
    imports, months = float(table["imports"].sum()), micro.months("weights")
    when = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
    sentences = [f"The {micro.rows:,} rows of {name} hold imports of ${imports:,.0f} in {when}."]
    if "duty" in micro.has:
        paid = float(table["collected"].sum())
        sentences.append(
            f"Tariffs of ${paid:,.0f} were collected on them ({say.percent(paid / imports if imports else 0.0, 1)})."
        )
    wrong = int(micro.faults["rows"].sum())
    if wrong:
        sentences.append(f"{wrong:,} rows could not be used: table left_out says why.")
    return " ".join(sentences)


#: Days that are looked back over where none is named.
DAYS = 30

#: Rows of a list that a server takes.
MOST_ROWS = 2_000

#: Columns of the main table; `changes` and `coming` have acts, ranges and open clauses too.
WATCHED = ("part", "date", "importer", "line", "partner", "before", "after", "change", "what", "status", "note")

LIST = "line,partner,importer,note\n8507.60,China,,cells\n1201.90,United States,China,soy\n"


@question(
    "Your goods", "watch lines.csv --from 2026-06-30 --on 2026-10-01", "watch 8507.60:China --from 2026-06-30",
    sample=LIST, typed="8507.60:China", endings=("rss", "ics", "jsonl"),
)  # fmt: skip
def watch(
    file: UserFile | Any,
    on: date | None = None,
    *,
    from_: date | None = None,
    of: str = "USA",
) -> Answer:
    """What has changed for your products since a day, and what is known to come.

    The list has the columns line and partner and, where wanted, importer and note; a file of entries will do, of which
    table `deadlines` then says what can be done by when. A short list may be typed, as 8507.60:China, or
    1201.90:USA:China for goods that China imports. Tables `changes` and `coming` have acts, ranges
    and open clauses too, `read` how far the law of each importer was read. Files may end in .rss or .ics.

    >>> import detente as dt
    >>> answer = dt.watch("8507.60:China", "2026-10-01", from_="2026-06-30")
    >>> answer["date"][0]
    '2026-07-24'

    Parameters
    ----------
    on : Day that counts as today.
    from : Day after which changes count; 30 days before today if none is given.
    of : Importer of the rows that name none.
    """
    today = on or date.today()
    first = from_ or today - timedelta(days=min(DAYS, (today - date.min).days))
    most, due = None if file.most is None else MOST_ROWS, None
    if isinstance(file.given, list) or not has_days(file.given, file.name):
        goods = goods_of(file.given, file.name, of, today, most)
    else:
        rows = pl.concat(open_entries(file.given, (), file.name, file.most).pieces())
        goods = goods_of(rows.select("line", "partner").unique(maintain_order=True), file.name, of, today, most)
        due = deadline_table(of_entries(rows, today), file.name)
    seen = seen_of(goods, first, today)
    table, *others = watch_tables(seen)
    feeds = {form: partial(watch_file, table, form, today, due=due) for form in FORMS}
    tables = [table.select(WATCHED), *others, *([] if due is None else [due])]
    head = _watched(seen, table)
    if due is not None and len(due):
        days = [date.fromisoformat(day) for day in due["file_by"]]
        head += f" The entries have {len(due):,} deadlines; the first is {load().day(min(days))}."
    return Answer.of(head, tables, arguments={"on": today, "from": first}, feeds=feeds)


def _watched(seen: Watch, rows: Any) -> str:
    """How many products changed, and the next dated act."""
    say, count = load(), len(seen.goods)
    moved = seen.changed
    whole = "Your product" if count == 1 else f"{moved:,} of your {count:,} products"
    verb = "changed" if moved else "did not change"
    if count > 1 and moved in (0, count):
        whole, verb = f"{'All' if moved else 'None'} of your {count:,} products", "changed"
    head = f"{whole} {verb} in tariff between {say.day(seen.since)} and {say.day(seen.today)}."
    coming: Mapping[str, Any] | None = next((r for r in rows if r["part"] == "coming" and r["date"]), None)
    if coming is None:
        return f"{head} No dated change is known to come."
    when = "is announced for" if coming["status"] == "announced" else "comes on"
    goods = f"{coming['line']} from {coming['partner']} into {say.name(coming['importer'])}"
    return f"{head} The next change {when} {say.day(date.fromisoformat(coming['date']))}: {goods}."
