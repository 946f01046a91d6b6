"""Claims of the day as a reader wants them: who said what, the verdict, and the definitions that decide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from detente.codes import Table
from detente.faces.charts.frame import day, has, rows_of
from detente.faces.report.readers import readable
from detente.faces.words.language import Language, load

NAMES = ("claims", "checks")
"""Tables of claims, the first that is there."""

WANTED = ("claim", "statement", "verdict", "found", "speaker", "said", "holds_under", "fails_under", "likely")


@dataclass(frozen=True)
class JudgedClaim:
    """One statement with its verdict.

    Attributes
    ----------
    side : for, between, against or open: the mark beside the word of the verdict.
    found : what was computed or recorded, one sentence.
    holds, fails : readings under which it holds and does not, each with its value.
    likely : reading the source most likely meant.
    """

    name: str
    who: str
    said: str
    verdict: str
    side: str
    found: str
    holds: tuple[str, ...]
    fails: tuple[str, ...]
    likely: str


def claims(tables: Mapping[str, Table], say: Language | None = None) -> list[JudgedClaim]:
    """Every claim of the result, in order; none without a table of them."""
    name = next((name for name in NAMES if has(tables, name, *WANTED)), None)
    return [_claim(row, say or load()) for row in rows_of(tables[name])] if name else []


def _claim(row: Mapping[str, str], say: Language) -> JudgedClaim:
    from detente.lab.claims.asked import mark_of  # Slow to load, and not needed where no claim is judged.

    return JudgedClaim(
        name=row["claim"],
        who=f"{row['speaker']}, {day(row['said'])}",
        said=row["statement"],
        verdict=verdict_in(row["verdict"], say),
        side=mark_of(row["verdict"]),
        found=readable(row["found"]),
        holds=_listed(row["holds_under"]),
        fails=_listed(row["fails_under"]),
        likely=row["likely"],
    )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(readable(part) for part in text.split(" | ") if part)


def verdict_in(verdict: str, say: Language) -> str:
    """A verdict in words, with the mark that it hangs on draws."""
    plain = verdict.removesuffix(UNSURE)
    key = f"claims.verdict_{plain.replace(' ', '_')}"
    words = say.sentences.get(key, plain)
    return words if plain == verdict else say("claims.uncertain", verdict=words)


UNSURE = " (uncertain)"
"""What stands behind a verdict whose nearness depends on the draw."""
