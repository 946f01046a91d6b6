"""The world economy: new tariffs, best tariffs, trade wars, concessions, decoupling, and where a change comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import Any

from detente.codes import Parameter
from detente.data.small_world import DEFAULT
from detente.faces.ask.answer import Answer
from detente.faces.ask.question import question
from detente.faces.words.world import (
    apart_in_words,
    best_in_words,
    changed_most,
    compared,
    conceded_in_words,
    game_in_words,
    other_closures,
    own_year,
    parts_in_words,
    path_against,
    path_in_words,
)
from detente.lab.country.every import (
    best_tariffs,
    certificates,
    decomposed,
    rows_of,
    setting_of,
    stopped,
    tariff_game,
    world_change,
)
from detente.lab.country.quarters import in_quarters, pace_of
from detente.lab.deal.worth import COLLECTED, RATES
from detente.lab.world.choices import COMMON, INCOME, LONG, OBJECTIVES, ONE_RATE, OUTCOMES, VARY, WAR, Given
from detente.lab.world.chosen import countries_of, players_of
from detente.lab.world.effects import conceded


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
    scenario : Scenario whose tariffs are used: a name, a file, or its content; of several variants the first counts.
    tariffs : New tariffs: a file, or rows of importer, exporter, sector and tariff, or added for points on top;
        without a sector all goods are meant, and groups such as EU27 and all are understood.
    set : Parameters of the world, as trade_elasticity=4; rebate is tax-cut or lump-sum; quotas and productivity name
        files.
    """
    setting, assumed = setting_of(world, closure, horizon, elasticities, costs, set, takes=("quotas", "productivity"))
    change = world_change(setting, tariffs, scenario, on if isinstance(on, date) else None, assumed)
    economy, against = change.after.economy, compared(change)
    codes = countries_of(economy, country, Parameter("country"))
    sectors = cache(partial(change.sectors, codes))
    tables = [*([sectors()] if by else []), change.shown(codes), change.incomes, change.certificate]
    sentences = [f"{changed_most(change, codes)}, compared with {against}.", other_closures(change, codes)]
    return Answer.of(
        " ".join(filter(None, sentences)), tables, between=f"compared with {against}",
        more={} if by or len(economy.sectors) == 1 else {"sectors": sectors},
    )  # fmt: skip


@question(
    "World", "economy path geneva", "economy path geneva --lasts 30,180 --quarters 8",
    choices={"world": COMMON["world"], "closure": COMMON["closure"], "rates": RATES}, long=True, own_day=True,
    own_places=True, tool=True,
)  # fmt: skip
def economy_path(
    scenario: str | Mapping[str, Any] = "",
    on: date | str | None = None,
    *,
    from_: date | str | None = None,
    tariffs: Given = "",
    lasts: str | Sequence[str] = ("90", "365"),
    lapse: str = "",
    quarters: int = 16,
    country: str | Sequence[str] = (),
    partner: str | Sequence[str] = (),
    rates: str = COLLECTED,
    world: str = DEFAULT,
    closure: str = "",
    elasticities: str = "",
    set: str | Sequence[str] | Mapping[str, Any] = (),
) -> Answer:
    """What tariffs do quarter by quarter, and what they are worth if they last 90 days, a year or permanently.

    Buyers change suppliers slowly, capital wears out and is renewed, and prices in shops follow those at the border
    with a delay. A scenario is compared with the tariffs that it names itself, which come back when its time is over.
    Tariffs of your own come in place of those of the world's own year; rows may have the columns `from` and `until`.
    With `from` alone, the laws on record are followed from that day on, and compared with keeping those of that day.

    >>> import detente as dt
    >>> rows = [{"importer": "USA", "exporter": "CHN", "added": 0.3}]
    >>> answer = dt.economy_path(tariffs=rows, world="icio-2022-small", country="US")
    >>> answer["length"].tolist()
    ['90 days', '365 days', 'permanent']

    Parameters
    ----------
    from : First day of the path; before the day of a scenario, the tariffs on record count.
    tariffs : New tariffs, taken as paid: a file, or rows of importer, exporter, sector and tariff, or added for points
        on top.
    rates : Tariffs as written, or as collected, which lowers and delays US tariffs as the months since 2025 show.
    set : Parameters of the world; short_ratio, adoption, depreciation, discount, shelf_goods, shelf_services are
        speeds in a quarter.
    """
    values = dict(set) if isinstance(set, Mapping) else {}
    pace = pace_of(values)
    setting, _ = setting_of(world, closure, LONG, elasticities, "", values)
    days = [day if isinstance(day, date) else None for day in (on, from_)]

    def named(economy: Any) -> list[list[str]]:
        given = {"country": country, "partner": partner}
        return [countries_of(economy, several, Parameter(name)) for name, several in given.items()]

    course = in_quarters(setting, scenario, tariffs, days[0], days[1], lasts, quarters, rates, pace, named,
                         lapse)  # fmt: skip
    codes, sellers = named(course.economy)
    codes, sellers = codes or [*course.parties], sellers or [*course.sellers]
    tables = [course.lengths(codes), *course.branches(codes), course.table(codes), course.trade(codes, sellers),
              course.certificate()]  # fmt: skip
    against = path_against(course)
    return Answer.of(path_in_words(course, codes), tables, between=f"compared with {against}")


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
    country : Country that sets the tariffs.
    objective : What the country maximises; political weighs sectors as its government is seen to.
    set : Parameters of the world, as trade_elasticity=4; rebate is tax-cut or lump-sum.
    """
    setting, _ = setting_of(world, closure, horizon, elasticities, costs, set, objective)
    best = best_tariffs(setting, country, vary, objective, partner)
    against = own_year(best.world)
    return Answer.of(best_in_words(best, against), best.tables, between=f"compared with {against}")


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
    countries : Countries that answer one another, two or more.
    tariffs : Tariffs without an agreement: a file, or rows of importer, exporter, tariff and sector.
    set : Parameters of the world, as trade_elasticity=4; rebate is tax-cut or lump-sum; lowest is the lowest rate of
        an agreement, and 0 forbids subsidies to imports.
    """
    given = setting_of(world, closure, horizon, elasticities, costs, set, objective, takes=("lowest",))
    game = tariff_game(given[0], countries, outcome, vary, tariffs, given[1].lowest)
    against = own_year(game.found.equilibrium.economy.name)
    more = {"rates": game.rates} | ({} if costs else {"by_formula": game.by_formula})
    return Answer.of(game_in_words(game, objective), game.tables, more=more, between=f"compared with {against}")


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
    countries : Countries that negotiate, two or more.
    tariffs : Tariffs from which a point is taken off: a file, or rows of importer, exporter, tariff and sector; those
        left out stay as they are.
    set : Parameters of the world, as trade_elasticity=4; rebate is tax-cut or lump-sum.
    """
    setting, _ = setting_of(world, closure, horizon, elasticities, costs, set, objective)
    solved = setting.solved(rows_of(tariffs))
    players = players_of(solved.economy, countries)
    axes = [name for name in ("partner", "sector") if name in by or (name == "partner" and "country" in by)]
    tables = conceded(solved, players, " x ".join(axes))
    return Answer.of(conceded_in_words(tables[0], players), [*tables, certificates({"solve": solved.certificate})])


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
    countries : Countries of one bloc, which stop trading with the other.
    cost : Factor by which trade between the blocs becomes dearer in the last step.
    set : Parameters of the world, as trade_elasticity=4; rebate is tax-cut or lump-sum; sectors are those that no
        longer cross, with blanks between.
    """
    given = setting_of(world, closure, horizon, elasticities, costs, set, takes=("sectors",))
    path, tables = stopped(given[0], countries, others, cost, given[1].sectors)
    against = own_year(path.economy.name)
    return Answer.of(apart_in_words(path, against), tables, between=f"compared with {against}")


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
    by : How the result is broken down: by cause, with tables by sector and partner, or by whose tariffs: importer,
        exporter and sector, one or several.
    set : Parameters of the world, as trade_elasticity=4; rebate is tax-cut or lump-sum.
    """
    setting, _ = setting_of(world, closure, horizon, elasticities, costs, set)
    change = world_change(setting, tariffs, scenario, on if isinstance(on, date) else None)
    code, tables = decomposed(change, country, by)
    return Answer.of(parts_in_words(tables[0], change, code), [*tables, change.certificate])
