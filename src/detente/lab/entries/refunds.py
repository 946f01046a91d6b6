"""Refunds: which entry gets emergency duties back by which route and day, with interest, and what else is due by when.

Everything is by entry, whose rows are put together first. Routes and windows are data (`data/refunds.yaml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import polars as pl

from detente.codes import InputError, UnknownName, declared_note
from detente.codes.axis import Floats, Ints
from detente.codes.days import EARLIEST, LATEST
from detente.data.fees import entry_type
from detente.data.refunds import RefundRoute, RefundWindow, interest_law, refund_law
from detente.lab.entries.dollars import cents
from detente.lab.entries.frames import EPOCH

#: Columns of days of an entry, and of marks that are yes or no or the number of what is there.
DAYS = ("liquidated", "reliquidated", "deposited", "as_of")
MARKS = ("reconciliation", "protest", "drawback", "surety")
#: Columns of rated rows that decide on refunds.
REFUND_COLUMNS = ("row", "entry", "date", "entry_type", "refund_facts", "importer_number", "paid_emergency", "refund",
                  *DAYS, *MARKS)  # fmt: skip
#: Texts of a mark that say no, folded.
NO = ("", "n", "no", "0", "false", "none", "-")
#: Who is paid back, whose rates differ.
PAYERS = ("corporation", "other")


def of_entries(rows: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Entries with what decides on their refunds, one row each in the order of the file.

    Parameters
    ----------
    rows : texts by row of the file, columns as the program calls them; where they are rated, `emergency`, USD owed
        under the headings that come back, `named`, whether there are some with a rate, and `refund`.
    as_of : day on which it is asked, for rows that name none.

    Raises
    ------
    InputError, UnknownName : a day, a fact or a type of entry that cannot be read, with its row.
    """
    law = refund_law()

    def text(name: str) -> pl.Expr:
        return pl.col(name).fill_null("").str.strip_chars() if name in rows.columns else pl.lit("")

    own = pl.when(text("entry") == "").then(pl.format("row {}", pl.col("row"))).otherwise(text("entry")).alias("entry")
    days = [_days(rows, name) for name in DAYS]
    entered = _days(rows, "date")
    words = [
        pl.when(text(name).str.to_lowercase().is_in(NO)).then(pl.lit("")).otherwise(pl.lit(name)) for name in MARKS
    ]
    facts = pl.concat_str([text("refund_facts").str.to_lowercase(), *words], separator=";").alias("facts")
    paid = text("paid_emergency").str.replace_all(r"[$,\s]", "").cast(pl.Float64, strict=False).alias("paid_emergency")
    rated = [
        (pl.col(name) if name in rows.columns else pl.lit(None, kind)).alias(name)
        for name, kind in (("emergency", pl.Float64), ("refund", pl.Float64), ("named", pl.Boolean))
    ]
    texts = [text(name).alias(name) for name in ("entry_type", "importer_number")]
    frame = rows.select("row", own, *texts, facts, paid, *rated).with_columns(entered, *days)
    codes = {text: _type(text) for text in frame["entry_type"].unique()}
    known = {t: _facts(t, rows) for t in frame["facts"].unique()}
    sums = [pl.when(pl.col(n).is_not_null().any()).then(pl.col(n).sum().round(2)).alias(n)
            for n in ("paid_emergency", "emergency", "refund")]  # fmt: skip
    whole = frame.group_by("entry", maintain_order=True).agg(
        pl.col("row").min(), pl.col("entry_type").replace_strict(codes, return_dtype=pl.String).first(),
        pl.col("date").min(), *(pl.col(n).max() for n in DAYS), pl.col("facts").unique(), *sums,
        pl.col("importer_number").max(), pl.col("named").fill_null(False).any(),
    )  # fmt: skip
    every = [sorted({fact for t in texts for fact in known[t][0]}) for texts in whole["facts"].to_list()]
    given = [max(filter(None, (known[t][1] for t in texts)), default=None) for texts in whole["facts"].to_list()]
    last = pl.max_horizontal("liquidated", "reliquidated")
    at_payment = pl.col("entry_type").is_in(law.at_payment) & last.is_null()
    return whole.with_columns(
        pl.Series("facts", every, dtype=pl.List(pl.String)), pl.Series("given", given, dtype=pl.Date),
        pl.when(at_payment).then(pl.col("date")).otherwise(last).alias("liquidated"),
        pl.col("as_of").fill_null(pl.lit(as_of)), pl.col("deposited").fill_null(pl.col("date")),
        # What was paid under the headings, where the file says it; else what the law of the day asked.
        pl.coalesce("paid_emergency", "emergency").alias("amount"),
    ).drop("reliquidated")  # fmt: skip


def _days(rows: pl.DataFrame, name: str) -> pl.Series:
    """A column of days, null for blank cells."""
    if name not in rows.columns:
        return pl.Series(name, [None], dtype=pl.Date).new_from_index(0, rows.height)
    texts = rows[name].fill_null("").str.strip_chars().str.slice(0, 10)
    days = texts.str.to_date("%Y-%m-%d", strict=False).alias(name)
    wrong = (days.is_null() & (texts != "")).arg_true()
    # A day of entry that is none is a reason in its row already.
    if wrong.len() and name != "date":
        place = int(wrong[0])
        where = f"row {rows['row'][place]}, {name}"
        raise InputError(where, f"'{rows[name][place]}' is not a day", "write it as 2025-04-15")
    return days


def _type(text: str) -> str:
    """Code of a type of entry; of one that nobody knows, for which its row has a reason, the text."""
    try:
        return entry_type(text).code
    except UnknownName:
        return text


def _facts(text: str, rows: pl.DataFrame) -> tuple[frozenset[str], date | None]:
    """Facts that a text names, and the day on which a court had the number."""
    law = refund_law()
    known = {word: name for name, words in law.facts.items() for word in words}
    names, given = set[str](), None
    for part in filter(None, (part.strip() for part in re.split(r"[;,]", text))):
        match = re.fullmatch(rf"{law.given} (\d{{4}}-\d\d-\d\d)", part)
        if match is not None:
            given = date.fromisoformat(match[1])
        elif part in known:
            names.add(known[part])
        else:
            texts = rows["refund_facts"].fill_null("").str.to_lowercase().str.contains(part, literal=True)
            row = rows["row"][int(texts.arg_true()[0])]
            words = (*known, f"{law.given} DAY")
            raise UnknownName("fact of an entry", part, words, f"row {row}", f"use {', '.join(words)}")
    return frozenset(names), given


# --- windows and routes -----------------------------------------------------------------------------------------------


def last_day(window: RefundWindow) -> pl.Expr:
    """Last day of a window, null where it is not known or the window is not the entry's."""
    since = pl.col({"entry": "date", "liquidation": "liquidated"}.get(window.since, "date"))
    after = since.dt.offset_by(f"{window.years}y") if window.years else since + pl.duration(days=window.days)
    before = pl.col("liquidated") - pl.duration(days=window.before)
    end = after if not window.before else pl.min_horizontal(after, before) if window.since else before
    holds = pl.col("date") >= window.start
    holds &= ~_has(window.unless)
    if window.only:
        holds &= _has(window.only)
    if window.types:
        holds &= pl.col("entry_type").is_in(window.types)
    return pl.when(holds).then(end)


def _has(facts: Iterable[str]) -> pl.Expr:
    """Entries of which one of some facts is said."""
    return pl.any_horizontal(pl.lit(False), *(pl.col("facts").list.contains(fact) for fact in facts))


def _goes(route: RefundRoute) -> pl.Expr:
    """Entries that fulfil the conditions of a route."""
    owed = (pl.col("amount").fill_null(0.0) > 0) | (pl.col("named") & pl.col("entry_type").is_in(refund_law().bonded))
    holds = [owed] if route.owed else [~owed]
    if route.entered is not None:
        holds.append(pl.col("date") >= route.entered)
    if route.types:
        holds.append(pl.col("entry_type").is_in(route.types))
    if route.but:
        holds.append(~pl.col("entry_type").is_in(route.but))
    if route.any:
        holds.append(_has(route.any))
    if route.none:
        holds.append(~_has(route.none))
    if route.seen is not None:
        holds.append(pl.col("as_of") >= route.seen)
    if route.till is not None:
        holds.append(pl.col("as_of") <= route.till)
    if route.given is not None:
        holds.append((pl.col("given") <= route.given).fill_null(False))
    if route.within:
        end = last_day(refund_law().windows[route.within])
        day = pl.col("as_of") if route.open_on is None else pl.max_horizontal("as_of", pl.lit(route.open_on))
        holds.append(pl.col("liquidated").is_null() | (day <= end).fill_null(False))
    return pl.all_horizontal(holds)


def routed(entries: pl.DataFrame, payer: str = PAYERS[0]) -> pl.DataFrame:
    """Entries with route, what to do, the last day as the law writes it and the working day to file by, and interest.

    Interest runs from the deposit to the day asked about, as if the entry were liquidated or reliquidated then.
    """
    law = refund_law()
    number = pl.coalesce(pl.when(_goes(route)).then(pl.lit(i)) for i, route in enumerate(law.routes))
    windows = {name: last_day(window) for name, window in law.windows.items()}
    last = pl.coalesce(
        pl.when(number == i).then(windows[route.latest]) for i, route in enumerate(law.routes) if route.latest
    )
    names = {"route": "id", **{name: name for name in ("title", "action", "source", "read")}}
    texts = {name: pl.Series([getattr(route, own) for route in law.routes]) for name, own in names.items()}
    frame = entries.with_columns(number.alias("number"), last.alias("latest"))
    pick = {name: values.gather(frame["number"]) for name, values in texts.items()}
    back = np.where(pick["route"] == "nothing", 0.0, frame["amount"].fill_null(0.0))
    start, end = (_ordinals(frame[name]) for name in ("deposited", "as_of"))
    least, most = (interest(back, start, end, payer, both=both) for both in (False, True))
    deemed = pl.col("date") + pl.duration(days=law.deemed)
    silent = pl.col("liquidated").is_null() & (pl.col("route") != "nothing")
    late = silent & (pl.col("as_of") > deemed) & ~_has(("extended", "suspended"))
    return frame.with_columns(*(series.alias(name) for name, series in pick.items())).with_columns(
        pl.Series("amount", back), pl.Series("interest", least), pl.Series("interest_most", most),
        pl.Series("file_by", [working_day(day) for day in frame["latest"].to_list()], dtype=pl.Date),
        pl.when(silent & (pl.col("amount") <= 0)).then(pl.lit(declared_note("entries.on_withdrawal")))
        .when(late).then(pl.format(declared_note("entries.deemed", day="{}"), deemed.cast(pl.String)))
        .when(silent).then(pl.lit(declared_note("entries.no_liquidation"))).otherwise(pl.lit("")).alias("flags"),
        pl.when(pl.col("paid_emergency").is_not_null()).then(pl.lit("paid")).otherwise(pl.lit("owed")).alias("basis"),
    ).drop("number")  # fmt: skip


def working_day(day: date | None) -> date | None:
    """A day, or the last working day before it."""
    while day is not None and (day.weekday() > 4 or day in refund_law().holidays):
        day -= timedelta(days=1)
    return day


def deadlines(entries: pl.DataFrame) -> pl.DataFrame:
    """What is still to be done for entries by a day: `entry`, `matter`, `latest`, `file_by`, `title`, `source`.

    Days before the one that is asked about are over and left out.
    """
    parts = [
        entries.select("entry", "as_of", latest=last_day(window)).with_columns(matter=pl.lit(name))
        for name, window in refund_law().windows.items()
    ]
    whole = pl.concat(parts).drop_nulls("latest").filter(pl.col("latest") >= pl.col("as_of"))
    windows = refund_law().windows
    texts = {name: [getattr(windows[m], name) for m in whole["matter"]] for name in ("title", "source")}
    by = [working_day(day) for day in whole["latest"].to_list()]
    return whole.with_columns(
        pl.Series("file_by", by, dtype=pl.Date), *(pl.Series(n, v, dtype=pl.String) for n, v in texts.items())
    ).sort("latest", "entry", "matter")


# --- interest ---------------------------------------------------------------------------------------------------------


def interest(principal: Floats, start: Ints, end: Ints, payer: str = PAYERS[0], *, both: bool = False) -> Floats:
    """Interest on amounts, USD, compounded daily at the rate of each day's quarter and rounded once, half up.

    Parameters
    ----------
    start, end : days of deposit and of liquidation, proleptic ordinals, -1 where one is not known; shape (amounts,).
    payer : corporation, or other. both : whether the day of deposit counts as well.
    """
    growth = _growth(payer)
    first, last = ((np.clip(days - EARLIEST.toordinal(), 0, growth.size - 1)) for days in (start - both, end))
    factor = np.expm1(growth[last] - growth[first])
    return cents(np.where((start > 0) & (end >= start), principal * factor, 0.0))


@lru_cache(maxsize=2)
def _growth(payer: str) -> Floats:
    """Log of what a dollar comes to at the end of each day, from `EARLIEST` on; the last rate stands for later days."""
    quarters = interest_law().quarters
    days = np.arange(np.datetime64(EARLIEST), np.datetime64(LATEST))
    starts = np.asarray([np.datetime64(q.start) for q in quarters])
    rates = np.asarray([getattr(q, payer) for q in quarters])[np.searchsorted(starts, days, side="right") - 1] / 100.0
    years = days.astype("datetime64[Y]")
    length = ((years + 1).astype("datetime64[D]") - years.astype("datetime64[D]")).astype(np.int64)
    growth = np.cumsum(np.log1p(rates / length))
    return growth - growth[0]


def _ordinals(days: pl.Series) -> Ints:
    """Days as proleptic ordinals, -1 for none."""
    return (days.cast(pl.Int64) + EPOCH).fill_null(-1).to_numpy()


# --- the file of numbers ----------------------------------------------------------------------------------------------


def cape_files(entries: pl.DataFrame) -> Iterator[tuple[str, bytes]]:
    """Files of numbers for CAPE, name and content, of the entries whose route is CAPE now; one importer a file.

    Raises
    ------
    InputError : numbers that are no entry numbers, with the first of them.
    """
    law = refund_law().file
    goes = entries.filter(pl.col("route").is_in(["phase1", "phase2", "phase3"]))
    for (importer,), own in goes.group_by("importer_number", maintain_order=True):
        numbers = [entry_number(text, law.letters) for text in own["entry"].to_list()]
        numbers = list(dict.fromkeys(numbers))
        for k in range(0, len(numbers), law.most):
            name = "-".join(filter(None, (law.name, re.sub(r"\W+", "", str(importer)), str(k // law.most + 1))))
            yield f"{name}.csv", "".join(f"{row}\r\n" for row in (law.head, *numbers[k : k + law.most])).encode()


def entry_number(text: str, letters: int) -> str:
    """The number of an entry as Customs takes it, without dashes and blanks.

    Raises
    ------
    InputError : it is none.
    """
    plain = re.sub(r"[\s-]", "", text).upper()
    if re.fullmatch(r"[A-Z0-9]{3}\d{8}", plain) is None or len(plain) != letters:
        raise InputError("entry", f"'{text[:30]}' is no entry number", "give 3 letters, 7 digits and the check digit")
    return plain
