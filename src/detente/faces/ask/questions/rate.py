"""Rate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.codes import InputError, Parameter, Table, dotted, table_of
from detente.codes.hs import is_words
from detente.codes.names import first_upper
from detente.data.tables import countries, place
from detente.faces.ask.answer import Answer, Number, is_glance
from detente.faces.ask.question import question
from detente.faces.formats import hanging
from detente.faces.ladder import duty_in_words, following, owed, sentence, sentences, tables_of, warnings
from detente.lab.statute.lookup import AskedLaw, LineDuty, asked_law

#: Letters of a line of the reasons; pairs of a good and a country that are told in words.
WIDE, MOST_SAID = 100, 4


@question(
    "Tariffs", "rate 8507.60.00.10 China --on 2025-04-15", "rate 8703.23.01.40 Mexico --on 2025-06-15 --why",
    "rate coffee Brazil --on 2025-09-01", "rate 8507.60.00.10 China,Vietnam --on 2025-09-01",
    choices={"reading": ("effective", "published", "ruled")}, tool=True, own_day=True,
)  # fmt: skip
def rate(
    line: str | Sequence[str],
    partner: str | Sequence[str],
    on: date | None = None,
    *,
    of: str = "USA",
    preference: str = "",
    value: float | None = None,
    quantity: str = "",
    why: bool = False,
    scenario: str | Mapping[str, Any] = "",
    set: Mapping[str, Any] | Sequence[str] = (),
    reading: str = "effective",
    void: Sequence[str] = (),
    announce: Sequence[str] = (),
    lawbook: str = "",
) -> Answer:
    """The tariff on one product from one country on one day.

    A short code, or words, stand for all numbers under them: table `lines` has the rate of each. What the code does not
    show (table `facts`) is as in a filing without a claim, and can be set. Table `terms` has the tariffs that others
    took the place of too, `orders` what is owed or needed beside the total, `shipment` dollars where a value is given.

    >>> import detente as dt
    >>> answer = dt.rate("8507.60.00.10", "China", "2025-04-15")
    >>> round(float(answer), 3)
    1.734

    Parameters
    ----------
    on : Day on which the goods enter.
    set : Facts of the shipment: us_content=0.4, loaded=2025-04-04 for goods at sea as a tariff began, presume=yes for
        what is usual, or the reading of a rule on how tariffs add up.
    quantity : Quantity of the shipment, in the unit of its tariff or as 1 t, 96 degrees.
    """
    meant = None
    if scenario or void or announce or lawbook or reading != "effective":
        from detente.lab.averages.sides import law_meant

        meant = law_meant(of, on, scenario, reading, void, announce, lawbook)
    law = asked_law(of, meant, on, preference, set if isinstance(set, Mapping) else {})
    lines, partners = ((each,) if isinstance(each, str) else tuple(each) for each in (line, partner))
    if any(map(is_words, lines)):  # a comma between words parts nothing
        lines = (", ".join(lines),)
    if len(lines) * len(partners) > 1:
        return _of_several(law, lines, partners, {"value": value, "quantity": quantity, "why": why})
    if is_words(lines[0]):
        from detente.lab.statute.search import candidates

        goods = candidates(lines[0], partners[0], law.on, of=of, law=law.law, parameters=law.shares)
        return _of_words(goods, lines[0], partners[0], law.on)
    return _of_good(law.duty(lines[0], partners[0], value, quantity), why)


def _of_several(law: AskedLaw, lines: Sequence[str], partners: Sequence[str], alone: Mapping[str, Any]) -> Answer:
    """The answer about several goods, or several countries: a rate for each pair."""
    for name in (name for name, given in alone.items() if given):
        raise InputError(Parameter(name), "goes with one product from one country", "ask about each by itself")
    if is_words(lines[0]):
        raise InputError(Parameter("line"), "is in words, which stand for several codes", "give codes, or one country")
    duties = [law.duty(line, partner) for line in lines for partner in partners]
    rows = [
        (dotted(duty.code), duty.partner, place(duty.partner), *(math.nan if duty.banned else end for end in duty.ends),
         math.nan if duty.banned or duty.by_quantity else duty.total, owed(duty))
        for duty in duties
    ]  # fmt: skip
    words = "; ".join(f"{row[0]} from {row[2]}: {row[-1]}" for row in rows[:MOST_SAID])
    more = f"; and {len(rows) - MOST_SAID} more in the table" if len(rows) > MOST_SAID else ""
    warned = dict.fromkeys(text for duty in duties for text in warnings(duty)) if len(duties) <= MOST_SAID else ()
    table = table_of("law.rates", rows).standing_on(duties[0].standing)
    return Answer.of(f"{words}{more}.", [table], arguments={"on": law.on}, warnings=tuple(warned))


def _of_good(duty: LineDuty, why: bool) -> Answer:
    """The answer about one good; its text is left out where nobody will see it."""
    number = None if duty.banned or duty.by_quantity else Number(
        duty.total, "share", *(() if duty.uniform else duty.ends), definition="share of customs value",
        moved_by=duty.facts[0].title if duty.facts else "",
    )  # fmt: skip
    reasons = hanging("\n".join(sentences(duty)), WIDE) if why else ""
    return Answer.of(
        duty_in_words(duty), tables_of(duty, not is_glance()), number=number, arguments={"on": duty.on},
        verbatim=reasons, warnings=tuple(map(sentence, warnings(duty))), following=following(duty),
    )  # fmt: skip


def _of_words(table: Table, words: str, partner: str, on: date) -> Answer:
    """The answer where goods are named in words: codes that may be meant, each with its rates; the best in words."""
    from detente.faces.words.language import load

    say, rows = load(), list(table.rows())
    best, whose = rows[0], place(countries().resolve(partner))
    read = table.standing.lines if table.standing else ()
    known = best["total"] == best["total"]
    number = Number(best["total"], "share", best["low"], best["high"], definition=str(best["code"])) if known else None

    def ranged(some: Sequence[Mapping[str, Any]]) -> str:
        ends = [end for row in some for end in (row["low"], row["high"]) if end == end]
        return " to ".join(dict.fromkeys(map(say.rate, (min(ends), max(ends))))) if ends else "no imports are allowed"

    headline = (
        f"{first_upper(words)} from {whose}: {ranged(rows[:1])} on {say.day(on)} under {best['code']}, the best match."
    )
    headline += f" The {len(rows)} codes below range from {ranged(rows)}." if len(rows) > 1 else ""
    return Answer.of(
        headline, [table], number=number, arguments={"on": on},
        following=f"detente rate {best['code']} COUNTRY --on {on}",
        warnings=tuple(note for note in table.notes if note not in read and not note.startswith("Give ")),
    )  # fmt: skip
