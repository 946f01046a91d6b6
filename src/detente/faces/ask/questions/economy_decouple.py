"""Economy decouple."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.faces.ask import Answer, question
from detente.lab.world.choices import COMMON, DEFAULT, LONG, Given


@question(
    "World", "economy decouple US,Canada China",
    choices=COMMON, own_places=True,
)  # fmt: skip
def economy_decouple(
    countries: str | Sequence[str],
    others: str | Sequence[str],
    *,
    cost: float = 1000.0,
    world: str = DEFAULT,
    closure: str = "",
    horizon: str = LONG,
    elasticities: str = "",
    costs: Given = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
) -> Answer:
    """What it costs every country if two blocs stop trading, step by step.

    Trade costs between the blocs rise until nothing crosses any more; tariffs stay those of the world's own year, with
    which every step is compared.

    >>> import detente as dt
    >>> answer = dt.economy_decouple("US,Canada", "China")
    >>> answer["trade_left"][0]
    1.0

    Parameters
    ----------
    cost : of the last step. set : parameters of the world, as trade_elasticity; rebate is tax-cut or lump-sum; sectors
        are those that no longer cross, with blanks between.
    """
    from detente.faces.words.world import apart_in_words, own_year
    from detente.lab.country.every import setting_of, stopped

    given = setting_of(world, closure, horizon, elasticities, costs, set, takes=("sectors",))
    path, tables = stopped(given[0], countries, others, cost, given[1].sectors)
    against = own_year(path.economy.name)
    return Answer.of(apart_in_words(path, against), tables, between=f"compared with {against}")
