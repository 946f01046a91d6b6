"""What was said of the goods and changes nothing: a claim or a share without effect on the duty of a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from detente.law import Ladder

Ladders = Callable[[str, Mapping[str, float]], tuple[Ladder, ...]]
"""The ladders of a good under a claimed programme ("" = none) and shares of it."""

CLAIM = "claim"
"""Name under which a claim without effect is listed, beside those of parameters."""


def idle_names(ladders: Ladders, programme: str, given: Mapping[str, float]) -> tuple[str, ...]:
    """Names that could be left out: without any one of them every line owes the same under the same measures.

    Parameters
    ----------
    ladders : the duty of the good as a function of the claim and the shares.
    programme : symbol of the programme claimed, "" = none; given : shares set for the good.
    """
    if not programme and not given:
        return ()
    duties = _duties(ladders(programme, given))
    names = [CLAIM] if programme and _duties(ladders("", given)) == duties else []
    for name in given:
        others = {other: share for other, share in given.items() if other != name}
        if _duties(ladders(programme, others)) == duties:
            names.append(name)
    return tuple(names)


def _duties(ladders: tuple[Ladder, ...]) -> list[tuple[object, ...]]:
    """What is owed on each line: the base duty, what each measure adds, and who forbids it."""
    return [
        (
            round(ladder.base, 9),
            {term.measure: points for term in ladder.terms if (points := round(term.points, 9))},
            {ban.measure: round(ban.share, 9) for ban in ladder.bans},
        )
        for ladder in ladders
    ]
