"""How far the law behind a number is on record, in the sentences of a language."""

from __future__ import annotations

from collections.abc import Mapping

from detente.codes.names import first_upper
from detente.codes.standing import Standing
from detente.faces.words.language import ENGLISH, English, Language
from detente.faces.words.tables import cell_in, text_in

AVERAGE = "an average duty of"
"""What branches are values of, where they are of an average."""


def record_line(standing: Standing, say: Language) -> str:
    """A standing in one line, "" where the number is within the record."""
    if say.code == ENGLISH or not standing.beyond:
        return standing.line
    to, count, numbers = say.day(standing.to), len(standing.clauses), say.forms["numbers"]
    if not count or standing.day is None:
        return say("record.acts_after", to=to)
    form = "on" if standing.last in (None, standing.day) else "since"
    number = "one" if count in say.forms["singular"] else "other"
    words = numbers[count] if count < len(numbers) else say.number(count)
    parts = {"words": words} if number == "other" else {}
    clauses = say(f"record.open_{form}_{number}", to=to, day=say.day(standing.day), **parts)
    if not standing.branches:
        return clauses
    values = "; ".join(f"{_duty(branch.value, say)} ({branch.words})" for branch in standing.branches)
    return f"{clauses}: {_of(standing.of, say)}{values}"


def _of(words: str, say: Language) -> str:
    """What branches are values of, with the blank before them; an average may be one country's."""
    whose, colon, what = words.rpartition(": ")
    if what.strip() != AVERAGE:
        return f"{text_in(words.strip(), say)} " if words else ""
    average = say("record.of_average")
    named = whose if say.code == ENGLISH else cell_in(whose.removeprefix("the "), say)
    return f"{named}{say('frame.colon')} {average}" if colon else average


def record_sentences(standing: Standing | None, say: Language) -> list[str]:
    """All that a reader should know of the record behind a number; a gap in English where there are no other words."""
    if standing is None:
        return []
    line = record_line(standing, say)
    lines = [text for text in (line, standing.ahead_line) if text]
    return [*map(_sentence, lines), *(_gap(gap, say) for gap in standing.gaps)]


def records_of(standings: Mapping[str, Standing], say: Language) -> list[str]:
    """How far the law of each country is on record, where a day lies beyond it, and what may come."""
    lines = [(code, text) for code, s in standings.items() for text in (record_line(s, say), s.ahead_line) if text]
    return [say("record.of_country", country=say.country(code), line=text) for code, text in lines]


def _gap(gap: str, say: Language) -> str:
    """What the record lacks; English where the language has no words for it."""
    own = text_in(gap, say)
    return English(_sentence(own)) if isinstance(own, English) or say.code == ENGLISH else _sentence(own)


def _sentence(text: str) -> str:
    return f"{first_upper(text).removesuffix('.')}."


def _duty(value: float | None, say: Language) -> str:
    return say("record.banned") if value is None else say.percent(value, 2)


def open_law(code: str, standing: Standing, say: Language) -> str:
    """That a law is read to a day before the one asked about, with its open clauses where it has some."""
    words = {"country": say.country(code), "read": say.day(standing.to)}
    count = len(standing.clauses)
    if not count:
        return say("read_law", **words)
    if standing.branches:
        return say("open_law_fates", **words, count=count, outcomes=standing.outcomes)
    return say("open_law", **words, count=count)
