"""Economy optimal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.faces.ask import Answer, question
from detente.lab.world.choices import COMMON, DEFAULT, INCOME, LONG, OBJECTIVES, ONE_RATE, VARY, Given


@question(
    "World", "economy optimal China", "economy optimal US --objective revenue --partner China",
    choices={**COMMON, "vary": tuple(VARY), "objective": OBJECTIVES}, long=True, own_places=True,
)  # fmt: skip
def economy_optimal(
    country: str,
    *,
    partner: str | Sequence[str] = (),
    vary: str = ONE_RATE,
    objective: str = INCOME,
    world: str = DEFAULT,
    closure: str = "",
    horizon: str = LONG,
    elasticities: str = "",
    costs: Given = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
) -> Answer:
    """The tariffs that would be best for one country if no other country replied.

    They fall on goods of all partners, or of some, and replace those of the world's own year, with which the result is
    compared. With objective revenue they raise most revenue, and table `laffer` has what each rate raises.

    >>> import detente as dt
    >>> answer = dt.economy_optimal("US")
    >>> round(answer["rate"][0], 3)
    0.171

    Parameters
    ----------
    objective : political weighs sectors as the government of the country is seen to.
    set : parameters of the world, as trade_elasticity; rebate is tax-cut or lump-sum.
    """
    from detente.faces.words.world import best_in_words, own_year
    from detente.lab.country.every import best_tariffs, setting_of

    setting, _ = setting_of(world, closure, horizon, elasticities, costs, set, objective)
    best = best_tariffs(setting, country, vary, objective, partner)
    against = own_year(best.world)
    return Answer.of(best_in_words(best, against), best.tables, between=f"compared with {against}")
