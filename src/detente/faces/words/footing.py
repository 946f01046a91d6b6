"""What the numbers of an advice stand on, in three short sentences."""

from __future__ import annotations

from detente.faces.words.language import Language
from detente.lab.talks.advice import Advice, Footing

PAIR = 2
"""Parties whose laws are called those of both."""

FINEST = 0.01
"""Error of payoffs that is told at least, USD bn a year."""


def world_sentence(footing: Footing, say: Language) -> str:
    """The world and the laws in it."""
    if footing.sectors == 1:
        return say("advice_world_textbook", countries=footing.countries)
    if not footing.laws or footing.error is None:
        return say("advice_world_plain", countries=footing.countries, sectors=footing.sectors)
    sides = say("advice_both" if len(footing.laws) == PAIR else "advice_every")
    error = say.number(max(footing.error, FINEST), 2)
    return say("advice_world", countries=footing.countries, sectors=footing.sectors, sides=sides, error=error)


def plain_sentence(footing: Footing, say: Language) -> str:
    """That real income alone counts, and why."""
    if footing.unread is None or footing.sectors == 1:
        return say("advice_plain")
    day, party = footing.unread
    return say("advice_unread", country=say.country(party), day=say.day(day)) if day else say("advice_no_choice")


def footing_sentences(advice: Advice, say: Language) -> list[str]:
    """World, weights, and how much of the gain of the side the case assumes."""
    footing = advice.footing
    lines = [world_sentence(footing, say)]
    if footing.weighing and footing.chosen_on:
        country = say.country(footing.weighing)
        lines.append(say("advice_weighing", omega=say.number(footing.omega, 2), country=country,
                        day=say.day(footing.chosen_on)))  # fmt: skip
    else:
        lines.append(plain_sentence(footing, say))
    parts = {row.part: row.gain for row in footing.assumed if row.party == advice.side}
    listed = [
        say("advice_assumed_part", gain=say.number(gain, 0 if abs(gain) >= 9.95 else 1, sign=True),
            part=say(f"advice_assumed_{part}"))
        for part, gain in parts.items()
    ]  # fmt: skip
    assumed = say("advice_assumed", list=say.listed(listed)) if listed else say("advice_assumed_none")
    lines.append(" ".join([assumed, *([say("advice_chain")] if footing.materials else [])]))
    return lines
