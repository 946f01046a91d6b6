"""Economy concessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from detente.faces.ask import Answer, question
from detente.lab.world.choices import COMMON, DEFAULT, INCOME, LONG, OBJECTIVES, Given


@question(
    "World", "economy concessions US,China", "economy concessions US,China --by sector",
    choices={**COMMON, "by": ("country", "partner", "sector"), "objective": OBJECTIVES[:2]}, own_places=True,
)  # fmt: skip
def economy_concessions(
    countries: str | Sequence[str],
    *,
    tariffs: Given = "",
    by: str | Sequence[str] = ("country",),
    objective: str = INCOME,
    world: str = DEFAULT,
    closure: str = "",
    horizon: str = LONG,
    elasticities: str = "",
    costs: Given = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
) -> Answer:
    """What one point off each tariff is worth to each side, in dollars a year.

    It is worked out at the tariffs of the world's own year, or at those that are given. Between two countries table
    `exchange_rates` says how many points off one tariff pay for a point off the other.

    >>> import detente as dt
    >>> answer = dt.economy_concessions("US,China")
    >>> answer["importer"].tolist()
    ['USA', 'CHN']

    Parameters
    ----------
    countries : two at least. tariffs : at which a point is taken off; those left out keep what they have.
    set : parameters of the world, as trade_elasticity; rebate is tax-cut or lump-sum.
    """
    from detente.faces.words.world import conceded_in_words
    from detente.lab.country.every import certificates, rows_of, setting_of
    from detente.lab.world.chosen import players_of
    from detente.lab.world.effects import conceded

    setting, _ = setting_of(world, closure, horizon, elasticities, costs, set, objective)
    solved = setting.solved(rows_of(tariffs))
    players = players_of(solved.economy, countries)
    axes = [name for name in ("partner", "sector") if name in by or (name == "partner" and "country" in by)]
    tables = conceded(solved, players, " x ".join(axes))
    return Answer.of(conceded_in_words(tables[0], players), [*tables, certificates({"solve": solved.certificate})])
