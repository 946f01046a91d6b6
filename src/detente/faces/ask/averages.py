"""Averages of duties in one or two sentences: how high, with what range, and compared with what."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from detente.codes.names import first_upper
from detente.codes.vocabulary import words
from detente.faces.ask.answer import Number
from detente.faces.words.language import load

if TYPE_CHECKING:
    from detente.codes import Table
    from detente.data.definitions import PublishedFigure
    from detente.lab.duties.asked import Asked
    from detente.lab.duties.average import Inquiry

NAMED, SAME = 3, 0.05
"""Groups that a sentence names; points within which two averages print alike."""


def goods(of: str, partners: tuple[str, ...]) -> str:
    """Whose imports, and from where: "US imports", "Canadian imports from Germany"."""
    say = load()
    return f"{say.country(of, 'imports')} imports{whence(partners)}"


def whence(partners: tuple[str, ...]) -> str:
    """From where: " from Germany and France"; "" for all countries."""
    say = load()
    return f" from {say.listed([say.country(code, 'origin') for code in partners])}" if partners else ""


def law_of(wanted: Asked) -> str:
    """The tariffs that are meant: those of a day, or of a scenario."""
    day = load().day(wanted.on)
    return f"the tariffs of {day}" + (f" under the scenario “{wanted.scenario}”" if wanted.scenario else "")


def variants(wanted: Asked) -> tuple[str, ...]:
    """What is said of a scenario that has several variants."""
    if wanted.variants == 1:
        return ()
    return (f"The scenario “{wanted.scenario}” has {wanted.variants} variants; this is the first.",)


def average(inquiry: Inquiry, table: Table, number: Number) -> str:
    """The average with its range and the change, or its largest groups."""
    say, wanted = load(), inquiry.after
    (row,) = inquiry.whole.rows()
    rate, after = (say.percent(row[name]) for name in ("average", "after_substitution"))
    ends = [say.percent(end) for end in (number.low, number.high) if end is not None]
    ranged = f" (range {' to '.join(ends)})" if ends else ""
    line = inquiry.trade["line"]
    what = goods(inquiry.of, inquiry.origins) + (f" of goods under {line}" if line else "")
    words = f"The average tariff on {what} is {rate}{ranged} under {law_of(wanted)}, and {after} once buyers respond."
    if inquiry.before is not None:
        points = say.number(100 * abs(row["change"]), 1)
        way = "more" if row["change"] > 0 else "less"
        words += f" That is {points} points {way} than the {say.percent(row['before'])} of {law_of(inquiry.before)}."
    if inquiry.by and len(table) > 1 and "imports" in table.data:
        key = inquiry.by[0]
        name = f"{key}_name" if f"{key}_name" in table.data else key
        rows = list(table.head(NAMED).rows())
        largest = [f"{' '.join(str(row[name]).split())} {say.percent(row['average'])}" for row in rows]
        words += f" The largest groups by imports: {'; '.join(largest)}."
    return words


def side_by_side(inquiry: Inquiry, table: Table) -> str:
    """The averages of several importers, as they are named."""
    say = load()
    rates = []
    for row in table.rows():
        alone = row["goods_from"] != "all countries" and not inquiry.partners
        whose = f" (on goods of {row['goods_from']} alone)" if alone else ""
        rates.append(f"{say.percent(row['average'])} in {row['importer_name']}{whose}")
    what = f"goods{whence(inquiry.partners)}" if inquiry.partners else "imports"
    return f"Under {law_of(inquiry.after)} the average tariff on {what} is {say.listed(rates)}."


def number(inquiry: Inquiry, tables: list[Table]) -> Number:
    """The average as one number, with the range where it is drawn, and what it is compared with."""
    (row,) = inquiry.whole.rows()
    spread = [row for table in tables if table.name == "range" for row in table.rows()]
    low, high = (spread[0]["low"], spread[0]["high"]) if spread else (None, None)
    names = next((table.names for table in tables if table.name == "range"), {})
    movers = ", ".join(words("input", row["input"], names) for row in spread[1:NAMED])
    earlier = inquiry.before
    against = "" if earlier is None else f"{load().percent(row['before'], 2)} under {law_of(earlier)}"
    how = next(note for note in inquiry.whole.notes if note.startswith("weights"))
    return Number(row["average"], "share", low, high, movers, against, f"{how}; before buyers respond")


def days(inquiry: Inquiry, table: Table) -> str:
    """Where an average begins, its highest, and where it ends."""
    say = load()
    dates, rates = [str(day) for day in table["date"]], table["average"].tolist()
    top = rates.index(max(rates))
    first, last = (f"{say.percent(rates[n])} on {say.day(dates[n])}" for n in (0, -1))
    peak = f" It was highest on {say.day(dates[top])}, at {say.percent(rates[top])}."
    high = "" if top in (0, len(rates) - 1) else peak
    what = f"The average tariff on {goods(inquiry.of, inquiry.origins)}"
    if max(rates) - min(rates) < SAME / 100:
        return f"{what} is {say.percent(rates[-1])} on every day from {say.day(dates[0])} to {say.day(dates[-1])}."
    return f"{what} went from {first} to {last}.{high}"


def moved(inquiry: Inquiry, table: Table) -> str:
    """By how much the average moved, and the acts that moved it most."""
    say = load()
    ends = [name for name in table.data if name.startswith("on_")]
    first, last = (say.day(name.removeprefix("on_")) for name in ends)
    what = f"The average tariff on {goods(inquiry.of, inquiry.origins)}"
    change = sum(table["change"].tolist())
    if not len(table):
        return f"{what} did not move between {first} and {last}."
    acts = [f"{row['title']} ({say.number(100 * row['change'], 1, sign=True)})" for row in table.head(NAMED).rows()]
    way = "rose" if change > 0 else "fell"
    points = say.number(100 * abs(change), 1)
    return f"{what} {way} by {points} points from {first} to {last}. The acts that moved it most: {'; '.join(acts)}."


def faced(inquiry: Inquiry, tables: list[Table]) -> str:
    """What goods of a country face abroad, before and after."""
    say, table = load(), tables[0]
    worth = table["exports"]
    before, after = (say.percent(float(table[name] @ worth / worth.sum())) for name in ("before", "after"))
    first, last = (column.label for column in table.columns if column.name in ("before", "after"))
    count = len(set(tables[1]["importer"].tolist()))
    now = f"Goods{whence(inquiry.partners)} face an average tariff of {after} abroad on {say.day(last)}"
    many = f"{count} of the importers on record changed theirs"
    changed = "one of the importers on record changed its own" if count == 1 else many
    return f"{now}, compared with {before} on {say.day(first)}; {changed} between the two days."


def counted(inquiry: Inquiry, table: Table, printed: PublishedFigure | None) -> str:
    """The average as a publisher counts it, and how far what it printed is from that."""
    say, how = load(), table.notes[0]
    rates = table["rate" if "rate" in table.data else "average"].tolist()
    if inquiry.by:
        weights = table["imports"].tolist()
        rates = [sum(rate * weight for rate, weight in zip(rates, weights, strict=True)) / sum(weights)]
    who, _, choices = how.partition(": ")
    words = f"{first_upper(who)} ({choices}), the average tariff of {say.day(inquiry.day)} is {say.percent(rates[0])}."
    if printed is None:
        return words
    gap = 100 * (printed.value - rates[0])
    apart = f"{say.number(abs(gap), 1)} points {'above' if gap > 0 else 'below'} that"
    where = "the same" if abs(gap) < SAME else apart
    return f"{words} It printed {say.percent(printed.value)} on {say.day(printed.report)}, {where}."


def reconciled(inquiry: Inquiry, printed: PublishedFigure | None) -> str:
    """The command that says how a publisher's number and ours part; "" where it printed none."""
    if printed is None:
        return ""
    text = f"{100 * printed.value:.2f}".removesuffix("0")
    return f"detente reconcile {text} --on {printed.law} --publisher {inquiry.publisher}"


def revenue(laws: tuple[Asked, Asked | None], table: Table, of: str, partner: str) -> tuple[str, Number | None]:
    """What tariffs bring in a year by every count, and the count in front as a number; None of months and groups."""
    say, whose = load(), goods(of, (partner,) if partner else ())

    def dollars(amount: float) -> str:
        return f"{say.number(amount * 1e-9, 1)} billion dollars"

    def month_of(row: Mapping[str, Any]) -> str:
        return say.month(date.fromisoformat(f"{row['month']}-01"))

    if "month" in table.data:
        rows = list(table.rows())
        first, last = (f"{dollars(rows[n]['static'])} in {month_of(rows[n])}" for n in (0, -1))
        words = f"With imports unchanged, tariffs on {whose} would bring in {first}, and {last}, both at annual rate"
        paid = [row for row in rows if row.get("collected", math.nan) == row.get("collected", math.nan)]
        if not paid:
            return f"{words}.", None
        rate = say.percent(paid[-1]["collected_rate"])
        yearly = dollars(paid[-1]["collected"])
        return f"{words}. In {month_of(paid[-1])}, {rate} of imports was collected, {yearly} a year.", None
    totals = {name: float(table[name].sum()) for name in ("settled", "static", "elastic") if name in table.data}
    known = "settled" in totals
    named = {"settled": "once the world economy has settled", "elastic": "once buyers respond",
             "static": "with imports unchanged"}  # fmt: skip
    counts = [f"{dollars(totals[name])} {when}" for name, when in named.items() if name in totals]
    words = f"Tariffs on {whose} bring in {say.listed(counts)} a year under {law_of(laws[0])}."
    front = "settled" if known else "elastic"
    if len(table) > 1:
        return words, None
    (row,) = table.rows()
    if row.get("collected", math.nan) == row.get("collected", math.nan):
        month = say.month(laws[0].on)
        words += f" At the rate collected in {month} it is {dollars(row['collected'])}."
    before = "" if laws[1] is None else f"{dollars(row['before'])} with imports unchanged under {law_of(laws[1])}"
    words += f" That compares with {before}." if before else ""
    return words, Number(totals[front], "USD", against=before, definition=named[front])
