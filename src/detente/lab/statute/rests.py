"""What the duty on a good rests on: rates, or means of sectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from detente.codes import dotted
from detente.lab.statute.consignment import Consignment
from detente.lab.statute.facts import UnlistedRate, differ
from detente.law import Ladder, Law


def check_listed(goods: Consignment, law: Law, ladders: Sequence[Ladder], code: str) -> bool:
    """Whether the base duties are rates; refuses means of sectors where the duty depends on them."""
    bare, tried = (replace(goods, given={**goods.given, "base": base}) for base in (0.0, TRIED))
    schedule, count = bare.schedule(law), len(ladders)
    totals = [schedule.ladder(i, 0).total for i in range(count)]
    other = tried.schedule(law)
    if not differ([*totals, *(other.ladder(i, 0).total for i in range(count))]):
        return False
    mean = sum(ladder.base for ladder in ladders) / count
    facts = bare.facts(law, schedule, np.full(count, 1.0 / count))
    states = [state.total for fact in facts for state in fact.states if state.total is not None]
    adds = f"measures add {_span(totals)}" if max(totals) > LEAST else "no measure adds to it"
    adds += f" ({_span(states)} by facts that its code does not show)" if differ(states) else ""
    what = (
        f"the base duty of {goods.where.file.name} on {dotted(code)} is not on record; the mean of its sector was "
        f"{mean:.2%} in 2022, which is no rate of this good; {adds}"
    )
    raise UnlistedRate("line", what, "set the base duty if you know it, as in base=0.05, or ask for an average")


def _span(totals: Sequence[float]) -> str:
    low, high = min(totals), max(totals)
    return f"{low:.2%}" if high - low < LEAST else f"{low:.2%} to {high:.2%}"


TRIED = 0.01
"""Base duty that is tried beside none, to see whether a duty depends on it."""

LEAST = 1e-9
"""Share of value below which nothing is added."""
