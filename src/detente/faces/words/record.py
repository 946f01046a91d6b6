"""How far the law behind a number is on record, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from detente.codes.days import Branch, Standing
from detente.codes.names import as_sentence
from detente.faces.words.language import Language


def other_fates(standing: Standing, number: Callable[[float], str]) -> list[tuple[str, str]]:
    """Numbers under the fates of open clauses that are not the default, each with the fates that lead to it in words.

    The default, the first of the branches, is the law as it is written: in every face the number that stands alone is
    that one, and these are printed beside it.
    """
    fates: dict[str, list[str]] = {}
    for branch in standing.branches[1:]:
        text = "may not be imported" if branch.value is None else number(branch.value)
        fates.setdefault(text, []).append(fate_words(branch))
    return [(text, " or ".join(words)) for text, words in fates.items()]


def fate_words(branch: Branch) -> str:
    """What became of open clauses, in words: "renewed"."""
    return branch.words or branch.name


def record_sentences(standing: Standing | None) -> list[str]:
    """All that a reader should know of the record behind a number."""
    if standing is None:
        return []
    read = [standing.read] if standing.base_of is not None else []
    return [as_sentence(text) for text in (*standing.lines, *read)]


def records_of(standings: Mapping[str, Standing], say: Language) -> list[str]:
    """How far the law of each country is on record, where a day lies beyond it, and what may come."""
    lines = [(code, text) for code, s in standings.items() for text in (s.line, s.ahead_line) if text]
    return [say("record.of_country", country=say.country(code), line=text) for code, text in lines]


def open_law(code: str, standing: Standing, say: Language) -> str:
    """That a law is read to a day before the one asked about, with its open clauses where it has some."""
    words = {"country": say.country(code), "read": say.day(standing.to)}
    count = len(standing.clauses)
    if not count:
        return say("read_law", **words)
    if standing.branches:
        return say("open_law_fates", **words, count=count, outcomes=standing.outcomes)
    return say("open_law", **words, count=count)
