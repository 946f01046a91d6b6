"""Economy war."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.faces.ask import Answer, question
from detente.lab.world.choices import COMMON, DEFAULT, INCOME, LONG, OBJECTIVES, ONE_RATE, OUTCOMES, VARY, WAR, Given


@question(
    "World", "economy war US,China", "economy war US,China --outcome both --world icio-2022-small",
    choices={**COMMON, "vary": tuple(VARY), "objective": OBJECTIVES[:2], "outcome": OUTCOMES},
    long=True, own_places=True,
)  # fmt: skip
def economy_war(
    countries: str | Sequence[str],
    *,
    outcome: str = WAR,
    tariffs: Given = "",
    vary: str = ONE_RATE,
    objective: str = INCOME,
    world: str = DEFAULT,
    closure: str = "",
    horizon: str = LONG,
    elasticities: str = "",
    costs: Given = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
) -> Answer:
    """The tariffs that countries would set if each answered the others, or if they agreed.

    In a war none gains by moving alone. An agreement shares what all gain over what comes about without it: a tariff
    war, or the tariffs that are given. Rates fall on goods, and results are compared with the tariffs of the world's
    own year.

    >>> import detente as dt
    >>> answer = dt.economy_war("US,China", world="icio-2022-small")
    >>> answer["country"].tolist()
    ['USA', 'CHN']

    Parameters
    ----------
    countries : two at least. tariffs : those that come about without an agreement.
    set : parameters of the world, as trade_elasticity; rebate is tax-cut or lump-sum; lowest is the
        lowest rate of an agreement, where 0 forbids subsidies to imports.
    """
    from detente.faces.words.world import game_in_words, own_year
    from detente.lab.country.every import setting_of, tariff_game

    given = setting_of(world, closure, horizon, elasticities, costs, set, objective, takes=("lowest",))
    game = tariff_game(given[0], countries, outcome, vary, tariffs, given[1].lowest)
    against = own_year(game.found.equilibrium.economy.name)
    more = {"rates": game.rates} | ({} if costs else {"by_formula": game.by_formula})
    return Answer.of(game_in_words(game, objective), game.tables, more=more, between=f"compared with {against}")
