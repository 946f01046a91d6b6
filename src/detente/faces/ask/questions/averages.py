"""Average tariffs on a day, by day and since 1901, and what tariffs bring in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.codes import InputError, Parameter, Table
from detente.codes.days import BASE_DAY
from detente.codes.names import first_upper
from detente.codes.names import words as vocabulary_words
from detente.data.definitions import PublishedFigure
from detente.faces.ask.answer import Answer, Number
from detente.faces.ask.question import question
from detente.faces.words.evidence import place_in_words
from detente.faces.words.language import load
from detente.lab.averages.averages import BY
from detente.lab.duties.asked import Asked, Inquiry, beside, both_laws
from detente.lab.duties.revenue import revenue_tables
from detente.lab.record.history import average_rate, history, series_by
from detente.lab.world.incidence import PARTIES


def groups() -> Sequence[str]:
    """What averages are broken down by."""
    return ("country", *BY, "authority", "measure", "importer")


@question(
    "Tariffs", "average --on 2025-05-14 --by country", "average --from 2025-04-01 --to 2025-04-30",
    "average --on 2025-05-14 --against 2025-01-01 --by measure", "average --partner Vietnam --by importer",
    "average --of USA,China,Canada --on 2025-05-14",
    choices={"by": groups, "publisher": "detente.data.definitions:definitions", "scope": ("tariff-lines", "all"),
             "reading": ("effective", "published", "ruled")},
    tool=True, own_day=True,
)  # fmt: skip
def average(
    on: date | None = None,
    *,
    of: str | Sequence[str] = "USA",
    partner: str | Sequence[str] = (),
    by: str | Sequence[str] = (),
    from_: date | None = None,
    to: date | None = None,
    against: date | str = "",
    line: str = "",
    weights: str | int = 2024,
    claims: str = "",
    scope: str = "tariff-lines",
    publisher: str = "",
    elasticity: float = 2.0,
    draws: int = 200,
    seed: int = 20250512,
    scenario: str | Mapping[str, Any] = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
    reading: str = "effective",
    void: str | Sequence[str] = (),
    announce: str | Sequence[str] = (),
    lawbook: str = "",
) -> Answer:
    """The average tariff of a country on a day or day by day, whole or by group.

    Tariffs are weighed by the trade of a year: before buyers respond, and after (`after_substitution`). With `from` or
    `to` there is a row for each day and a column for each authority, or each measure. By measure it says which acts
    moved the average since `against`, 1 January 2025 by default. By importer it is what the goods of a partner face in
    every country on record. Several importers stand side by side, each with its own trade.

    >>> import detente as dt
    >>> answer = dt.average("2025-05-14", draws=0)
    >>> f"{float(answer):.2%}"
    '14.96%'

    Parameters
    ----------
    by : One group or several; authority, measure and importer stand alone; importer,section is by goods.
    against : Earlier day, or scenario, shown beside with the change; buyers respond to what was added since that day.
    line : Tariff code of 2 to 10 digits; only these goods count.
    publisher : Publisher whose way of counting is used; choices that are given go before the publisher's.
    set : Shares of goods, as us_content=0.4, or the reading of a rule on how tariffs add up.
    """
    year = weights if isinstance(weights, str) else ""
    several = () if isinstance(of, str) else of
    inquiry = Inquiry(
        several[0] if several else str(of), on,
        tuple(dict.fromkeys("partner" if name == "country" else name for name in by)), from_, to, against,
        scenario, publisher, elasticity,
        trade={"partners": partner, "line": line, "claims": claims, "scope": scope, "weights": year,
               "given": set if isinstance(set, Mapping) else {}},
        law={"reading": reading, "void": void, "announce": announce, "lawbook": lawbook},
    )  # fmt: skip
    if len(several) > 1:
        for name in (name for name, value in {"by": by, "from": from_ or to, "publisher": publisher}.items() if value):
            raise InputError(Parameter(name), "goes with one importer", "ask about each by itself")
        table = beside(inquiry, several)
        return Answer.of(_side_by_side(inquiry, table), [table], arguments={"on": inquiry.day})
    if from_ or to:
        tables = inquiry.days()
        return Answer.of(_days_said(inquiry, tables[0]), tables, arguments=inquiry.span)
    own = {"on": inquiry.day}
    if publisher:
        table, printed = inquiry.counted()
        number = None if by else Number(float(table["rate" if "rate" in table.data else "average"][0]), "share")
        more = {"number": number, "arguments": own, "following": _reconciled(inquiry, printed),
                "more": {"after_substitution": lambda: inquiry.counted("post")[0]}}  # fmt: skip
        return Answer.of(_counted(inquiry, table, printed), [table], **more)
    if "importer" in by:
        tables = inquiry.faced()
        return Answer.of(_faced(inquiry, tables), tables, arguments=own)
    if "measure" in by:
        table = inquiry.contributions()
        return Answer.of(_moved(inquiry, table), [table], arguments=own)
    tables = inquiry.tables(draws, seed)
    number = _number(inquiry, tables)
    warned = _variants(inquiry.after)
    acts = {} if by or scenario or (isinstance(against, str) and against) else {"contributions": inquiry.contributions}
    return Answer.of(
        _average_said(inquiry, tables[0], number), tables, number=number, warnings=warned, arguments=own, more=acts
    )


@question(
    "Tariffs", "average history 18%", "average history --on 2025-05-08 --from 1930", "average history --by month",
    choices={"by": ("year", "month")}, own_day=True,
)  # fmt: skip
def average_history(
    number: str = "",
    on: date | None = None,
    *,
    scenario: str | Mapping[str, Any] = "",
    by: Sequence[str] = (),
    from_: date | None = None,
    to: date | None = None,
) -> Answer:
    """The average US tariff since 1901, and where a rate, a day or a scenario stands in it.

    The past is the tariff that was collected, as a share of imports. The newest years stand first. Without a rate and
    a scenario the tariffs of the day are placed, today's by default.

    >>> import detente as dt
    >>> print(dt.average_history("18%").headline.partition(",")[0])
    An average US tariff of 18.0% would be the highest since 1934 (18.4% then

    Parameters
    ----------
    number : Average tariff that is placed in the history, as 18% or 18.
    on : Day whose average is placed in the history; beside a number, the number is compared with the years before this
        day alone.
    by : How the history is broken down: by year, or by month from 1982 on.
    """
    day = on or (None if number or scenario else date.today())
    places, _ = history(average_rate(number) if number else None, scenario, day)
    series = series_by(by, from_, to)
    placed, sentence = place_in_words(places)
    against = placed["highest_since"] or "no year on record"
    return Answer.of(
        sentence, [series, places], number=Number(placed["rate"], "share", against=against),
        arguments={} if day is None else {"on": day},
    )  # fmt: skip


@question(
    "Tariffs", "revenue --on 2025-05-14", "revenue --from 2025-01 --to 2025-06",
    "revenue --of Canada --on 2025-10-01 --by country",
    choices={"by": ("country", "partner", "section", "authority"), "scope": ("tariff-lines", "all"),
             "reading": ("effective", "published", "ruled")},
    tool=True, own_day=True,
)  # fmt: skip
def revenue(
    on: date | None = None,
    *,
    of: str = "USA",
    partner: str = "",
    by: str | Sequence[str] = (),
    from_: date | None = None,
    to: date | None = None,
    against: date | str = "",
    elasticity: float = 2.0,
    weights: str | int = 2024,
    claims: str = "",
    scope: str = "tariff-lines",
    scenario: str | Mapping[str, Any] = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
    reading: str = "effective",
    void: str | Sequence[str] = (),
    announce: str | Sequence[str] = (),
    lawbook: str = "",
) -> Answer:
    """What a country's tariffs bring in a year: as written, after buyers respond, and as collected.

    The count in front is that of the whole world economy in the long run (`settled`), where it is solved: of all
    imports on a day. Beside it stand imports as they were (`static`), imports that respond to the tariff (`elastic`),
    and what was collected in the month, at annual rate. With `from` or `to` there is a row for each month. Table
    `collected` has what was collected on US imports month by month.

    >>> import detente as dt
    >>> answer = dt.revenue("2025-05-14", by="section")
    >>> round(answer["static"].sum() / 1e9)
    467

    Parameters
    ----------
    by : One group by which the result is broken down.
    against : Earlier day, or scenario: adds its revenue on the same imports, and the change; buyers respond to what
        was added since, by default since 1 January 2025.
    """
    span = (from_ or BASE_DAY, to or date.today()) if from_ or to else None
    for name in (name for name, value in (("on", on), ("by", by), ("against", against)) if span and value):
        raise InputError(Parameter(name), "does not go with months", "leave out from and to")
    if len(by) > 1:
        raise InputError(Parameter("by"), f"names {len(by)} groups", "name one")
    trade = {
        "claims": claims,
        "scope": scope,
        "given": set if isinstance(set, Mapping) else {},
        "weights": weights if isinstance(weights, str) else "",
    }
    own = {"reading": reading, "void": void, "announce": announce, "lawbook": lawbook}
    laws = both_laws(of, on or to, against, scenario, trade, own, PARTIES)
    kind = "partner" if "country" in by else "".join(by)
    tables = revenue_tables(laws, kind, partner, span, elasticity)
    sentence, number = _revenue_said(laws, tables[0], of, partner)
    days = {"from": span[0], "to": span[1]} if span else {"on": laws[0].on}
    return Answer.of(sentence, tables, number=number, warnings=_variants(laws[0]), arguments=days)


#: Groups that a sentence names; points within which two averages print alike.
NAMED, SAME = 3, 0.05


def goods_of(of: str, partners: tuple[str, ...]) -> str:
    """Whose imports, and from where: "US imports", "Canadian imports from Germany"."""
    say = load()
    return f"{say.country(of, 'imports')} imports{_whence(partners)}"


def _whence(partners: tuple[str, ...]) -> str:
    """From where: " from Germany and France"; "" for all countries."""
    say = load()
    return f" from {say.listed([say.country(code, 'origin') for code in partners])}" if partners else ""


def _law_of(wanted: Asked) -> str:
    """The tariffs that are meant: those of a day, or of a scenario."""
    day = load().day(wanted.on)
    return f"the tariffs of {day}" + (f" under the scenario “{wanted.scenario}”" if wanted.scenario else "")


def _variants(wanted: Asked) -> tuple[str, ...]:
    """What is said of a scenario that has several variants."""
    if wanted.variants == 1:
        return ()
    return (f"The scenario “{wanted.scenario}” has {wanted.variants} variants; this is the first.",)


def _average_said(inquiry: Inquiry, table: Table, number: Number) -> str:
    """The average with its range and the change, or its largest groups."""
    say, wanted = load(), inquiry.after
    (row,) = inquiry.whole.rows()
    rate, after = (say.percent(row[name]) for name in ("average", "after_substitution"))
    ends = [say.percent(end) for end in (number.low, number.high) if end is not None]
    ranged = f" (range {' to '.join(ends)})" if ends else ""
    line = inquiry.trade["line"]
    what = goods_of(inquiry.of, inquiry.origins) + (f" of goods under {line}" if line else "")
    words = f"The average tariff on {what} is {rate}{ranged} under {_law_of(wanted)}, and {after} once buyers respond."
    if inquiry.before is not None:
        points = say.number(100 * abs(row["change"]), 1)
        way = "more" if row["change"] > 0 else "less"
        words += f" That is {points} points {way} than the {say.percent(row['before'])} of {_law_of(inquiry.before)}."
    if inquiry.by and len(table) > 1 and "imports" in table.data:
        key = inquiry.by[0]
        name = f"{key}_name" if f"{key}_name" in table.data else key
        rows = list(table.head(NAMED).rows())
        largest = [f"{' '.join(str(row[name]).split())} {say.percent(row['average'])}" for row in rows]
        words += f" The largest groups by imports: {'; '.join(largest)}."
    return words


def _side_by_side(inquiry: Inquiry, table: Table) -> str:
    """The averages of several importers, as they are named."""
    say = load()
    rates = []
    for row in table.rows():
        alone = row["goods_from"] != "all countries" and not inquiry.partners
        whose = f" (on goods of {row['goods_from']} alone)" if alone else ""
        rates.append(f"{say.percent(row['average'])} in {row['importer_name']}{whose}")
    what = f"goods{_whence(inquiry.partners)}" if inquiry.partners else "imports"
    return f"Under {_law_of(inquiry.after)} the average tariff on {what} is {say.listed(rates)}."


def _number(inquiry: Inquiry, tables: list[Table]) -> Number:
    """The average as one number, with the range where it is drawn, and what it is compared with."""
    (row,) = inquiry.whole.rows()
    spread = [row for table in tables if table.name == "range" for row in table.rows()]
    low, high = (spread[0]["low"], spread[0]["high"]) if spread else (None, None)
    names = next((table.names for table in tables if table.name == "range"), {})
    movers = ", ".join(vocabulary_words("input", row["input"], names) for row in spread[1:NAMED])
    earlier = inquiry.before
    against = "" if earlier is None else f"{load().percent(row['before'], 2)} under {_law_of(earlier)}"
    how = next(note for note in inquiry.whole.notes if note.startswith("weights"))
    return Number(row["average"], "share", low, high, movers, against, f"{how}; before buyers respond")


def _days_said(inquiry: Inquiry, table: Table) -> str:
    """Where an average begins, its highest, and where it ends."""
    say = load()
    dates, rates = [str(day) for day in table["date"]], table["average"].tolist()
    top = rates.index(max(rates))
    first, last = (f"{say.percent(rates[n])} on {say.day(dates[n])}" for n in (0, -1))
    peak = f" It was highest on {say.day(dates[top])}, at {say.percent(rates[top])}."
    high = "" if top in (0, len(rates) - 1) else peak
    what = f"The average tariff on {goods_of(inquiry.of, inquiry.origins)}"
    if len(rates) == 1:
        return f"{what} is {first}."
    if max(rates) - min(rates) < SAME / 100:
        return f"{what} is {say.percent(rates[-1])} on every day from {say.day(dates[0])} to {say.day(dates[-1])}."
    return f"{what} went from {first} to {last}.{high}"


def _moved(inquiry: Inquiry, table: Table) -> str:
    """By how much the average moved, and the acts that moved it most."""
    say = load()
    ends = [name for name in table.data if name.startswith("on_")]
    first, last = (say.day(name.removeprefix("on_")) for name in ends)
    what = f"The average tariff on {goods_of(inquiry.of, inquiry.origins)}"
    change = sum(table["change"].tolist())
    if not len(table):
        return f"{what} did not move between {first} and {last}."
    acts = [f"{row['title']} ({say.number(100 * row['change'], 1, sign=True)})" for row in table.head(NAMED).rows()]
    way = "rose" if change > 0 else "fell"
    points = say.number(100 * abs(change), 1)
    return f"{what} {way} by {points} points from {first} to {last}. The acts that moved it most: {'; '.join(acts)}."


def _faced(inquiry: Inquiry, tables: list[Table]) -> str:
    """What goods of a country face abroad, before and after."""
    say, table = load(), tables[0]
    worth = table["exports"]
    before, after = (say.percent(float(table[name] @ worth / worth.sum())) for name in ("before", "after"))
    first, last = (column.label for column in table.columns if column.name in ("before", "after"))
    count = len(set(tables[1]["importer"].tolist()))
    now = f"Goods{_whence(inquiry.partners)} face an average tariff of {after} abroad on {say.day(last)}"
    many = f"{count} of the importers on record changed theirs"
    changed = "one of the importers on record changed its own" if count == 1 else many
    return f"{now}, compared with {before} on {say.day(first)}; {changed} between the two days."


def _counted(inquiry: Inquiry, table: Table, printed: PublishedFigure | None) -> str:
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


def _reconciled(inquiry: Inquiry, printed: PublishedFigure | None) -> str:
    """The command that says how a publisher's number and ours part; "" where it printed none."""
    if printed is None:
        return ""
    text = f"{100 * printed.value:.2f}".removesuffix("0")
    return f"detente reconcile {text} --on {printed.law} --publisher {inquiry.publisher}"


def _revenue_said(laws: tuple[Asked, Asked | None], table: Table, of: str, partner: str) -> tuple[str, Number | None]:
    """What tariffs bring in a year by every count, and the count in front as a number; None of months and groups."""
    say, whose = load(), goods_of(of, (partner,) if partner else ())

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
    words = f"Tariffs on {whose} bring in {say.listed(counts)} a year under {_law_of(laws[0])}."
    front = "settled" if known else "elastic"
    if len(table) > 1:
        return words, None
    (row,) = table.rows()
    if row.get("collected", math.nan) == row.get("collected", math.nan):
        month = say.month(laws[0].on)
        words += f" At the rate collected in {month} it is {dollars(row['collected'])}."
    before = "" if laws[1] is None else f"{dollars(row['before'])} with imports unchanged under {_law_of(laws[1])}"
    words += f" That compares with {before}." if before else ""
    return words, Number(totals[front], "USD", against=before, definition=named[front])
