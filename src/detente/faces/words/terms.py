"""What a deal is and does, in sentences: the step that moves the duties of each side most, trade costs, incomes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from detente.codes import UnknownName, declared_note
from detente.data.tables import countries
from detente.faces.words.language import Language
from detente.lab.duties.among import USUAL
from detente.lab.duties.tables import BEGINS, CHANGES, ENDS, PREFERENCE, VOIDED
from detente.lab.ranges.numbers import Row, RunTables

#: Sides of which is told what they change.
CLAUSES = 3

#: Share of the average duty that a step must move to be told.
LEAST = 5e-6

#: Days of the length that is called a year.
YEAR = 365

#: Titles that are a noun of the sentence; others are names, and stand in quotes.
PLAIN = re.compile(r"^(reciprocal |additional )?dut(y|ies)\b", re.IGNORECASE)


def deal_sentence(rows: RunTables, say: Language) -> str:
    """What the law of the scenario changes, one clause a side; that nothing moves where nothing does."""
    sides = [rows.all("terms", importer=code) for code in dict.fromkeys(row["importer"] for row in rows.all("terms"))]
    clauses = [clause for side in sides if (clause := _clause(_steps(side), say))]
    if not clauses:
        return say("deal_none")
    *others, last = clauses[:CLAUSES]
    return (
        say("deal_joined", first=say.forms["clauses"].join(others), second=last)
        if others
        else say("deal_alone", first=last)
    )


def _steps(side: Sequence[Row]) -> list[Row]:
    """Duties of a side that move its average; all of them where none does."""
    moving = [row for row in side if abs(float(row["moves"])) > LEAST]
    return moving or [row for row in side if row["step"] in (BEGINS, CHANGES)]


def _clause(steps: Sequence[Row], say: Language) -> str:
    if not steps:
        return ""
    main = steps[0]
    before, after = float(main["before"]), float(main["after"])
    parts = {
        "country": say.country(str(main["importer"]), "the"),
        "of_country": say.country(str(main["importer"]), "of"),
        "count": say.number(len(steps)),
        "act": act(str(main["title"]), say),
        "before": say.rate(before) if before == before else "",
        "after": say.rate(after) if after == after else "",
    }
    if main["authority"] == PREFERENCE:
        name = "deal_claims_begin" if main["step"] == BEGINS else "deal_claims_end"
        return say(name, country=parts["country"], act=str(main["title"]))
    return say(_sentence(steps, before, after), **parts)


def _sentence(steps: Sequence[Row], before: float, after: float) -> str:
    """Id of the clause for some steps, of which the first moves most."""
    kinds = {str(row["step"]) for row in steps}
    kind = kinds.pop() if len(kinds) == 1 else CHANGES
    known = before == before and after == after
    if len(steps) > 1:
        same = {BEGINS: "deal_more_begins", ENDS: "deal_more_ends", VOIDED: "deal_more_void"}
        return same.get(kind, "deal_more_changes") if known else "deal_changes"
    if kind == CHANGES:
        return "deal_changes" if not known else "deal_cuts" if after < before else "deal_raises"
    return f"deal_{kind}" if known else f"deal_{kind}_open"


def act(title: str, say: Language) -> str:
    """A measure within a sentence: "the reciprocal duty on China"; in quotes where its title is no such noun."""
    if not PLAIN.match(title):
        return say("act_quoted", title=title)
    return say("act_plain", title=f"{title[:1].lower()}{title[1:]}")


#: Change of real income, share, below which nobody is named.
LEAST_INCOME = 5e-5

ALL = "all"


def cost_sentences(rows: RunTables, say: Language) -> list[str]:
    """The change of trade costs that speaks of most trade, and how many more there are."""
    moved = [row for row in rows.all("costs") if float(row["before"]) != float(row["after"])]
    if not moved:
        return []
    first = max(moved, key=lambda row: abs(float(row["after"]) - float(row["before"])) * float(row["trade"]))
    change = (1.0 + float(first["after"])) / (1.0 + float(first["before"])) - 1.0
    ends = {name: end_name(str(first[key]), say) for name, key in (("seller", "exporter"), ("buyer", "importer"))}
    name = "costs_fall" if change < 0.0 else "costs_rise"
    sentence = say(name, change=say.percent(abs(change), 1), **ends)
    return [sentence, *([say("costs_more", count=len(moved) - 1)] if len(moved) > 1 else [])]


def end_name(text: str, say: Language) -> str:
    """A country, a group or all countries, as a file names them, within a sentence."""
    if text.strip().lower() == ALL:
        return say("all_countries")
    book, name = countries(), text.partition("@")[0]
    group = book.group(name)
    if group is not None:
        return say.country(group.id)
    try:
        return say.country(book.resolve(name))
    except UnknownName:
        return name


def most_moved_income(rows: RunTables, say: Language) -> str:
    """Where trade costs change: whose real income rises most, and whose falls most; "" where nobody's moves."""
    incomes = sorted(rows.all("incomes") if rows.all("costs") else [], key=lambda row: float(row["real_income"]))
    if not incomes or max(abs(_income(row)) for row in (incomes[0], incomes[-1])) < LEAST_INCOME:
        return ""
    low, high = incomes[0], incomes[-1]
    parts = {
        "in_high": say.country(str(high["country"]), "in"),
        "high": say.percent(abs(_income(high)), 2),
        "in_low": say.country(str(low["country"]), "in"),
        "low": say.percent(abs(_income(low)), 2),
    }
    if _income(low) > -LEAST_INCOME:
        return say("incomes_rise_most", **{key: parts[key] for key in ("in_high", "high")})
    return say("incomes_move_most", **parts)


def _income(row: Row) -> float:
    return float(row["real_income"])


#: Change of real income, and of trade, below which it is said hardly to move; shares.
NONE, LITTLE = 5e-5, 5e-3


def both_incomes(first: float, second: float, say: Language, sides: tuple[str, str] = USUAL) -> str:
    """Changes of real income of both sides, as shares."""
    if max(abs(first), abs(second)) < NONE:
        return say("income_same")
    words = ["rises" if change >= 0 else "falls" for change in (first, second)]
    return say(
        f"income_{'_'.join(words)}",
        first=say.percent(abs(first), 2),
        second=say.percent(abs(second), 2),
        in_first=say.country(sides[0], "in"),
        in_second=say.country(sides[1], "in"),
    )


def trade_moved(change: float, say: Language, sides: tuple[str, str] = USUAL) -> str:
    """Relative change of what the first side imports from the second; "" where it hardly moves."""
    if abs(change) < LITTLE:
        return ""
    buyer, seller = say.country(sides[0], "imports"), say.country(sides[1], "origin")
    name = "trade_rises" if change > 0 else "trade_falls"
    return say(name, imports=say.percent(abs(change), 0), buyer=buyer, seller=seller)


def worth_by_length(rows: Iterable[Row], days: int, say: Language) -> dict[str, Any]:
    """What a deal is worth to each side if it lasts its days, a year and permanently, as a small table has it.

    Parameters
    ----------
    rows : of table `path_lengths`; `days` : of the deal.
    """
    labels = {declared_note("path.days", days=each): f"{each} {say('deal.days')}" for each in sorted({days, YEAR})}
    labels[declared_note("path.days", days=YEAR)] = say("deal.worth_year")
    labels[declared_note("path.ever")] = say("deal.worth_ever")
    worth: dict[str, dict[str, str]] = {length: {} for length in labels}
    for row in rows:
        if row["length"] in worth:
            amount = say.number(float(row["present_usd"]) / 1e9, 1, sign=True)
            worth[str(row["length"])][str(row["country"])] = say("amount_billion_other", number=amount)
    sides = worth[declared_note("path.ever")]
    lines = [{"label": labels[length], "texts": list(own.values())} for length, own in worth.items()] if sides else []
    return {"sides": [say.name(code) for code in sides], "rows": lines}


def worth_sentences(rows: Iterable[Row], say: Language, place: Callable[[str], str], what: str = "deal") -> list[str]:
    """What tariffs are worth to each country, by how long they last: a sentence a number of days, and one.

    Parameters
    ----------
    rows : of table `path_lengths`; `place` : a country within a sentence; `what` : "deal" or "tariffs".
    """
    by_country: dict[str, dict[str, str]] = {}
    for row in rows:
        usd = float(row["present_usd"])
        moves = say("worth_loss" if usd < 0 else "worth_gain", amount=say.billions(abs(usd)))
        by_country.setdefault(str(row["country"]), {})[str(row["length"])] = moves
    year, ever = declared_note("path.days", days=YEAR), declared_note("path.ever")
    sentences = []
    for code, worth in by_country.items():
        expected = worth.pop(declared_note("path.expected"), "")
        days = [length for length in worth if length not in (year, ever)] or [year] * (year in worth)
        for length in days:
            name = f"worth_days_{what}" if length == days[0] else "worth_days_more"
            count = 1 if length == declared_note("path.one_day") else 2
            sentences.append(say(name, count=count, length=length, moves=worth.pop(length), country=place(code)))
        rest = {"year": worth[year], "ever": worth[ever]} if year in worth else {"ever": worth[ever]}
        sentences.append(say(f"worth_{'_'.join(rest)}_{what}", **rest))
        if expected:
            sentences.append(say("worth_expected", moves=expected, country=place(code)))
    return sentences
