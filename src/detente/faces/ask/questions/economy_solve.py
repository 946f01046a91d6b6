"""Economy solve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from detente.faces.ask import Answer, question
from detente.lab.world.choices import COMMON, DEFAULT, LONG, Given


@question(
    "World", "economy solve geneva", "economy solve --on 2025-05-20 --country Germany,US --by sector",
    choices={**COMMON, "by": ("sector",)}, own_day=True, own_places=True,
)  # fmt: skip
def economy_solve(
    scenario: str | Mapping[str, Any] = "",
    on: date | str | None = None,
    *,
    tariffs: Given = "",
    country: str | Sequence[str] = (),
    by: str | Sequence[str] = (),
    world: str = DEFAULT,
    closure: str = "",
    horizon: str = LONG,
    elasticities: str = "",
    costs: Given = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
) -> Answer:
    """What new tariffs do to every country's income, trade, prices and jobs.

    A scenario is compared with the tariffs that it names itself. Tariffs of your own replace those of the world's own
    year, with which they are compared; without either, today's tariffs are compared with those of 1 January 2025.

    >>> import detente as dt
    >>> answer = dt.economy_solve(tariffs=[{"importer": "USA", "exporter": "CHN", "tariff": 0.6}])
    >>> answer["country"][-1]
    'CHN'

    Parameters
    ----------
    scenario : of several variants the first counts. tariffs : `added` in place of `tariff` is points on top; without a
        sector goods are meant; groups such as EU27, and all, are understood.
    set : parameters of the world, as trade_elasticity; rebate (tax-cut or lump-sum); quotas and productivity name
        files.
    """
    from detente.codes import Parameter
    from detente.faces.words.world import changed_most, compared
    from detente.lab.country.every import setting_of, world_change
    from detente.lab.world.chosen import countries_of

    setting, assumed = setting_of(world, closure, horizon, elasticities, costs, set, takes=("quotas", "productivity"))
    change = world_change(setting, tariffs, scenario, on if isinstance(on, date) else None, assumed)
    economy, against = change.after.economy, compared(change)
    codes = countries_of(economy, country, Parameter("country"))
    sectors = cache(partial(change.sectors, codes))
    tables = [*([sectors()] if by else []), change.shown(codes), change.incomes, change.certificate]
    return Answer.of(
        f"{changed_most(change, codes)}, compared with {against}.", tables, between=f"compared with {against}",
        more={} if by or len(economy.sectors) == 1 else {"sectors": sectors},
    )  # fmt: skip
