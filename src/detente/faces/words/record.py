"""How far the law behind a number is on record, in sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from detente.codes import Table, declared_note
from detente.codes.names import first_upper
from detente.codes.standing import Branch, Standing
from detente.faces.words.language import Language, load


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
    return [_sentence(text) for text in (*standing.lines, *read)]


def records_of(standings: Mapping[str, Standing], say: Language) -> list[str]:
    """How far the law of each country is on record, where a day lies beyond it, and what may come."""
    lines = [(code, text) for code, s in standings.items() for text in (s.line, s.ahead_line) if text]
    return [say("record.of_country", country=say.country(code), line=text) for code, text in lines]


def _sentence(text: str) -> str:
    return f"{first_upper(text).removesuffix('.')}."


def open_law(code: str, standing: Standing, say: Language) -> str:
    """That a law is read to a day before the one asked about, with its open clauses where it has some."""
    words = {"country": say.country(code), "read": say.day(standing.to)}
    count = len(standing.clauses)
    if not count:
        return say("read_law", **words)
    if standing.branches:
        return say("open_law_fates", **words, count=count, outcomes=standing.outcomes)
    return say("open_law", **words, count=count)


def events_in_words(events: Table, first: date, last: date) -> str:
    """How many events are on record in a span, and which was the last."""
    say = load()
    newest = next(events.rows())
    return say(
        "record_events", count=len(events), first=say.day(first), last=say.day(last), day=say.day(newest["announced"]),
        what=newest["what"].rstrip("."),
    )  # fmt: skip


def place_in_words(places: Table) -> tuple[Mapping[str, Any], str]:
    """The first place of a table with a sentence of where it stands, and what was collected last."""
    placed, *_, last = places.rows()
    label, size = str(placed["rate_of"]), f"{placed['rate']:.1%}"
    day = label.removeprefix("law of ")
    if placed["definition"] == declared_note("history.given"):
        head = f"An average US tariff of {size} would be"
    elif day != label:
        head = f"The average US tariff on {load().day(day)}, {size}, is"
    else:
        head = f"Under the scenario '{label}', the average US tariff of {size} is"
    year = last["rate_of"].rpartition(" ")[2]
    collected = f"In {year} the United States collected tariffs worth {last['rate']:.1%} of its imports"
    return placed, f"{head} {since(placed)}. {collected}."


def since(place: Mapping[str, Any]) -> str:
    """How high a row of places stands, within a sentence."""
    year, then = place["highest_since"], f" ({place['rate_then']:.1%} then, by duty collected)"
    if not year:
        return "higher than in any year since 1901, by duty collected"
    return f"level with that of {year}{then}" if place["equal"] else f"the highest since {year}{then}"


def score_in_words(scores: Table, as_of: date | None) -> tuple[str, Mapping[str, Any]]:
    """How far the first forecast of a table missed, beside the rule that nothing changes, with its row."""
    from detente.lab.score.score import standard_month

    row, say = next(scores.rows()), load()
    day = as_of or date.fromisoformat(f"{standard_month()}-01")
    relative = row["came"] != row["came"]  # amounts of dollars, whose errors are shares of what came
    error, persists = (say.percent(row[n]) if relative else f"{say.number(100 * row[n], 2)} points"
                       for n in ("error", "persists"))  # fmt: skip
    parts = {"what": say(f"score_{str(row['quantity']).replace(' ', '_')}"), "month": say.month(day), "error": error}
    return say("record_score", **parts, persists=persists, count=row["months"]), row
