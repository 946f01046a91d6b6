"""Economy decompose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from detente.faces.ask import Answer, question
from detente.lab.world.choices import COMMON, DEFAULT, LONG, Given


@question(
    "World", "economy decompose US --scenario geneva",
    "economy decompose Mexico --scenario geneva --by importer,exporter",
    choices={**COMMON, "by": ("cause", "importer", "exporter", "sector")}, own_day=True, own_places=True,
)  # fmt: skip
def economy_decompose(
    country: str,
    on: date | str | None = None,
    *,
    scenario: str | Mapping[str, Any] = "",
    tariffs: Given = "",
    by: str | Sequence[str] = ("cause",),
    world: str = DEFAULT,
    closure: str = "",
    horizon: str = LONG,
    elasticities: str = "",
    costs: Given = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
) -> Answer:
    """Where a change in a country's income comes from: terms of trade, volumes, transfers, or whose tariffs.

    The parts add up. Without a scenario and without tariffs of your own today's tariffs are compared with those of
    1 January 2025.

    >>> import detente as dt
    >>> answer = dt.economy_decompose("US", tariffs=[{"importer": "USA", "exporter": "CHN", "tariff": 0.6}])
    >>> answer["part"].tolist()
    ['terms_of_trade', 'volume_of_trade', 'transfer', 'real_income']

    Parameters
    ----------
    by : cause, with tables by sector and by partner; or whose tariffs: importer, exporter and sector, one or several.
    set : parameters of the world, as trade_elasticity; rebate is tax-cut or lump-sum.
    """
    from detente.faces.words.world import parts_in_words
    from detente.lab.country.every import decomposed, setting_of, world_change

    setting, _ = setting_of(world, closure, horizon, elasticities, costs, set)
    change = world_change(setting, tariffs, scenario, on if isinstance(on, date) else None)
    code, tables = decomposed(change, country, by)
    return Answer.of(parts_in_words(tables[0], change, code), [*tables, change.certificate])
