"""Tables of the brief of a country.

The brief of a country: what a deal does to it, its goods beside its rivals', whom it displaces, replies, offers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from detente.codes import InputError, Table, UnknownName, declared_note, table_of
from detente.codes.axis import Floats
from detente.codes.days import Standing
from detente.codes.kinds import checked
from detente.data.flows import claims_in_words, claims_on
from detente.data.tables import countries, place
from detente.data.tariff_tables import side_of
from detente.economy import Economy
from detente.lab.averages.averages import sector_names
from detente.lab.averages.axes import REST, WORLD
from detente.lab.averages.revenue import collected_beside
from detente.lab.averages.sides import latest_standing
from detente.lab.country.every import certificates
from detente.lab.country.partners import TODAY, DealWorld, abroad, country_case, deal_world, own_importer, under_own_law
from detente.lab.country.replies import UNION, CountryOffer, CountryReply, Sides, offers, replies, sides_of
from detente.lab.country.rivals import Beside, LineTrade, by_line, by_sector, by_sector_of_world, taken, taken_by_line
from detente.lab.deal.part import LENGTHS
from detente.lab.prepared import Runnable, asked_scenario
from detente.lab.scenario import Point, Scenario, load_scenario, shipped
from detente.lab.world.chosen import costs_table
from detente.lab.world.incidence import Effect

NAN = float("nan")
#: Rows of tables by line and by rival at most.
MOST = 50

#: Sales that change hands, USD a year, below which a row is left out.
LEAST = 5e5

#: Year of the world's trade.
YEAR = 2022

#: Level of an offer; lines follow where an importer's schedule is known.
SECTOR = "sector"

INCOME, WAGE, EXPORTS, EXPORTED, SOLD = "real_income", "real_wage", "exports", "exports_usd", "exports_to_market"
DUTY, RIVALS_DUTY, MARGIN = "duty", "rivals_duty", "margin"
#: Ids of what is measured.
PAID, OTHERS_PAID, PAID_MARGIN = "duty_paid", "others_paid", "margin_paid"


def in_words(code: str) -> str:
    """A country within a sentence."""
    return declared_note("world.rest") if code == REST else place(code)


def numbers_table(
    effects: Mapping[str, Effect], country: str, market: str, whole: Beside,
    paid: Sequence[tuple[float, float]] = (), claims: str = "",
) -> Table:  # fmt: skip
    """Real income, wages and exports with their range, and the duties of its goods and its rivals' in the market.

    Parameters
    ----------
    paid : duty collected on its goods and on those of all others in the months of the two days, where on record.
    claims : of preferences, at which the duty by law is counted.
    """
    units = {INCOME: "share", WAGE: "share", EXPORTS: "share", EXPORTED: "USD", SOLD: "share"}
    by_set = zip(*(_numbers(effect, country, market) for effect in effects.values()), strict=True)
    rows: list[tuple[object, ...]] = [
        (*measure, NAN, own[0], min(own), max(own)) for measure, own in zip(units.items(), by_set, strict=True)
    ]
    duties = ((DUTY, whole.own), (RIVALS_DUTY, whole.rivals), (MARGIN, whole.margin))
    rows += [(name, "share", float(rate[0, 0]), float(rate[1, 0]), NAN, NAN) for name, rate in duties]
    notes = []
    if paid and np.isfinite(paid[-1]).all():
        (own, others), (own_now, others_now) = paid
        ends = {PAID: (own, own_now), OTHERS_PAID: (others, others_now)}
        ends[PAID_MARGIN] = own - others, own_now - others_now
        rows += [(name, "share", *pair, NAN, NAN) for name, pair in ends.items()]
        notes = [declared_note("country.owed_and_paid", claims=claims)]
    return table_of("country.numbers", rows, notes, name=in_words(country), count=len(effects), sets=", ".join(effects))


def _numbers(effect: Effect, country: str, market: str) -> tuple[float, ...]:
    """Change of real income, real wage, exports, net of duty, in share and in USD, and of sales in the market."""
    row = effect.economy.country(country)
    old, new = (float(amounts.sum()) for amounts in abroad(effect, row, out=True))
    income, wage = (float(effect.change(column)[row]) for column in ("welfare", "real_wage"))
    return income, wage, new / old - 1.0, new - old, effect.trade(market, country)


def advantage_table(economy: Economy, sectors: Beside, country: str, market: str, period: str) -> Table:
    """Duties by sector, those first in which most is sold."""
    chosen = sectors.take(np.argsort(-sectors.sales))
    names = sector_names()
    rows = [
        (code, names.get(code, code), *numbers)
        for code, numbers in zip((economy.sectors[k] for k in chosen.key), _duties(chosen), strict=True)
    ]
    return table_of("country.advantage", rows, name=in_words(country), market=in_words(market), period=period)


def _duties(beside: Beside) -> Iterator[tuple[float, ...]]:
    """Sales, duties and differences of each group."""
    columns = (beside.sales, *beside.own, *beside.rivals, *beside.margin)
    yield from zip(*(column.tolist() for column in columns), strict=True)


def lines_table(economy: Economy, trade: LineTrade, lines: Beside, country: str, market: str, period: str) -> Table:
    """Duties by line, those first in which the difference times sales is largest."""
    weight = np.abs(lines.margin[1]) * lines.sales
    chosen = lines.take(np.argsort(-weight, kind="stable")[:MOST])
    sectors = [economy.sectors[k] if k >= 0 else "" for k in trade.sector[chosen.key]]
    names = trade.names(chosen.key.tolist())
    rows = [
        (str(trade.codes[k]), name, sector, *numbers)
        for k, name, sector, numbers in zip(chosen.key, names, sectors, _duties(chosen), strict=True)
    ]
    words = {"name": in_words(country), "market": in_words(market), "period": period}
    return table_of("country.lines", rows, **words, count=len(rows), total=f"{lines.key.size:,}")


def displaced_table(economy: Economy, amounts: Floats, country: str, market: str) -> Table:
    """Sales taken by rival and sector, the largest first."""
    names = sector_names()
    rows = [
        (economy.countries[i], economy.sectors[k], names.get(economy.sectors[k], ""), float(amounts[i, k]))
        for i, k in _largest(amounts)
    ]
    return table_of("country.displaced", rows, name=in_words(country), market=in_words(market))


def displaced_lines_table(economy: Economy, trade: LineTrade, amounts: Floats) -> Table:
    """Sales taken by line and rival, the largest first."""
    places = _largest(amounts)
    names = trade.names([line for line, _ in places])
    rows = [
        (
            str(trade.codes[line]),
            name,
            economy.sectors[trade.sector[line]],
            economy.countries[i],
            float(amounts[line, i]),
        )
        for (line, i), name in zip(places, names, strict=True)
    ]
    return table_of("country.displaced_lines", rows, count=len(rows))


def _largest(amounts: Floats) -> list[tuple[int, int]]:
    """Places of the largest amounts, not below the least that is shown."""
    order = np.argsort(-np.abs(amounts), axis=None, kind="stable")[:MOST]
    pairs = zip(*np.unravel_index(order, amounts.shape), strict=True)
    return [(int(i), int(k)) for i, k in pairs if abs(amounts[i, k]) >= LEAST]


def replies_table(sides: Sides, several: Sequence[CountryReply]) -> Table:
    """What could be answered, what it gains and who pays."""
    rows = [
        (r.kind, r.before, r.after, r.points, r.most, r.own, r.union, r.other, r.rest, r.payer, r.paid) for r in several
    ]
    setters = in_words(UNION if len(sides.members) > 1 else sides.country)
    words = {"name": in_words(sides.country), "other": in_words(sides.other), "setters": setters}
    return table_of("country.replies", rows, **words)


def offers_table(sides: Sides, several: Sequence[CountryOffer]) -> Table:
    """Own duties that could be given up, those first that are worth most to the other."""
    names, codes = sector_names(), sides.economy.sectors
    rows = [
        (SECTOR, codes[o.sector], names.get(codes[o.sector], ""), o.rate, o.sales, o.rate * o.sales, o.other, o.union)
        for o in several
    ]
    words = {"name": in_words(sides.country), "other": in_words(sides.other)}
    return table_of("country.offers", rows, **words)


#: The market in which rivals are met; that of the United States itself.
MARKET, OTHER = "USA", "CHN"


@dataclass(frozen=True)
class CountryBrief:
    """One country under a deal.

    Attributes
    ----------
    country : code of the world; `market` : in which its goods meet their rivals; `members` : who lays its tariff.
    scenario, variants : the deal, and how many variants it has, of which the first is taken; `on` : days of both laws.
    laws : whose laws lie on the world; `own` : whose law replies and offers set out from, "" for the world table.
    moved : whether its day is another than that of the deal, so that later acts count as well.
    tables : `numbers`, `advantage`, `lines`, `displaced`, `displaced_lines`, `replies`, `offers`, `costs`, and whom it
        sells to, buys from, and at which duties; those by line where the market is the United States, `costs` where
        trade costs change.
    standing : how far the law behind it is on record.
    """

    country: str
    market: str
    members: tuple[str, ...]
    scenario: Scenario
    variants: int
    on: tuple[date, date]
    laws: tuple[str, ...]
    own: str
    moved: bool
    tables: Mapping[str, Table] = field(repr=False)
    standing: Standing | None = field(default=None, repr=False)

    @property
    def united(self) -> bool:
        """Whether others lay its tariff with it."""
        return len(self.members) > 1


@checked
def country_brief(
    country: str,
    deal: Scenario | str | Path = TODAY,
    *,
    today: date | None = None,
    on: date | None = None,
    folder: Path | None = None,
    world: str = "",
) -> CountryBrief:
    """What a deal does to a country of the world of runs.

    Parameters
    ----------
    country : by code or name; ROW for the rest of the world.
    deal : a scenario by name, path or value; by default the law of a day against that of the eve of 2025.
    today, on : as for a run; `folder` : in which the files lie of a scenario given by value.
    world : that tells countries apart, in place of the scenario's own; "" for that.

    Raises
    ------
    UnknownName, InputError : a country the world does not have, several at once, what a run refuses.
    SolveError : no equilibrium.
    """
    today_alone = (deal.name if isinstance(deal, Scenario) else deal) == TODAY
    # Where no deal is named, the law of the country lies on the world too.
    own = own_importer(country) if today_alone else ""
    solved = deal_world(deal, today, on, folder, world=world, own=own)
    regions = [code for code in solved.economy.countries if code != REST and code not in countries().names]
    if regions:
        what = f"has {len(regions)} regions in place of their countries, which are told apart here"
        raise InputError(f"scenario {solved.scenario.name}, world {solved.economy.name}", what, f"use {WORLD}")
    study = brief_of(solved, code_of(solved.economy, country))
    named = (deal if isinstance(deal, Scenario) else load_scenario(str(deal))[0]).on
    return replace(study, moved=on is not None and named not in (on, TODAY))


def brief_asked(
    country: str,
    given: Runnable = TODAY,
    on: date | None = None,
    against: date | None = None,
    **others: Any,
) -> CountryBrief:
    """What a scenario does to a country, with what is asked in place of its own.

    Parameters
    ----------
    against : day of the earlier tariffs. others : as of `asked_scenario`.

    Raises
    ------
    InputError, UnknownName, SolveError : as `country_brief`.
    """
    clock = date.today()
    if isinstance(given, str) and given in shipped() and against is None and not any(others.values()):
        study = country_brief(country, given, today=clock, on=on)  # which keeps what it has solved
    else:
        scenario, folder = asked_scenario(given, **others)
        if against is not None:
            scenario = scenario.model_copy(update={"against": Point(on=against)})
        study = country_brief(country, scenario, today=clock, on=on, folder=folder)
    return replace(study, tables={name: table.settled() for name, table in study.tables.items()})


def code_of(economy: Economy, text: str) -> str:
    """Code of one country of the world of runs.

    Raises
    ------
    UnknownName, InputError : no such country, one within the rest of the world, or a group.
    """
    where, name = "country", text.strip()
    if name.upper() in economy.countries:
        return name.upper()
    book = countries()
    group = book.group(name)
    if group is not None:
        members = sorted(group.on() & set(economy.countries))
        raise InputError(where, f"'{name}' is several countries", f"name one of them: {', '.join(members)}")
    try:
        code = book.resolve(name, where)
    except UnknownName:
        named = [*economy.countries, *(book.name(known) for known in economy.countries)]
        raise UnknownName("country", name[:60], named, where, "give a code or a name") from None
    if code not in economy.countries:
        what = f"'{name}' has no table of its own in the world {economy.name}"
        rest = f"give {REST}, the rest of the world, of which it is part"
        raise InputError(where, what, rest if REST in economy.countries else f"take the world {WORLD}")
    return side_of(code, economy.countries, where)[0]


def brief_of(world: DealWorld, country: str) -> CountryBrief:
    """The brief of a country, from a deal that is solved, made once; errors as `country_brief`."""
    if country not in world.memo:
        world.memo[country] = _made(world, country)
    return world.memo[country]


def _made(world: DealWorld, country: str) -> CountryBrief:
    market = OTHER if country == MARKET else MARKET
    sides = sides_of(country, market, under_own_law(world, country))
    before, after = world.usa.before, world.usa.after
    made = _measured(world, country, market)
    with np.errstate(all="ignore"):
        made |= {
            "replies": replies_table(sides, replies(sides)),
            "offers": offers_table(sides, offers(sides)),
        }
    made |= {table.name: table for table in country_case(world, country).tables()[1:]}
    if world.worth is not None:
        made[LENGTHS] = world.worth.lengths([country]).settled()
    costs = costs_table([""], [world.costs], world.economy)
    made |= {"costs": costs} if len(costs) else {}
    solved = {"later tariffs": world.effect.after.certificate, "earlier tariffs": world.effect.before.certificate}
    made["certificate"] = certificates(solved)
    standing = latest_standing([world.usa], frozenset(sides.members))
    return CountryBrief(
        country, market, sides.members, world.scenario, world.variants, (before.on, after.on), tuple(world.pairs),
        own_importer(country), False, {name: table.standing_on(standing) for name, table in made.items()}, standing,
    )  # fmt: skip


def _measured(world: DealWorld, country: str, market: str) -> dict[str, Table]:
    """What it does, and how goods of the country stand beside those of its rivals; by line in the United States."""
    economy, effect, usa = world.economy, world.effect, market == MARKET
    seller, home = economy.country(country), economy.country(market)
    amounts = taken(effect, market, seller)
    lines = by_line(world.lines, seller) if usa else None
    if lines is not None:
        sectors, period = by_sector(world.lines, lines, len(economy.sectors)), world.usa.after.ground.flows.period
    else:
        sectors, period = by_sector_of_world(effect, market, seller), str(YEAR)
    ends = (world.usa.before.on, world.usa.after.on)
    paid = [collected_beside(f"{day:%Y-%m}", country) for day in ends] if world.scenario.name == TODAY and usa else []
    claims = claims_in_words(claims_on(ends[1]))
    whole = (lines or sectors).whole()
    made = {
        "numbers": numbers_table(world.effects, country, market, whole, paid, claims),
        "advantage": advantage_table(economy, sectors, country, market, period),
    }
    if lines is not None:
        made["lines"] = lines_table(economy, world.lines, lines, country, market, period)
    made["displaced"] = displaced_table(economy, amounts, country, market)
    if lines is not None:
        moved = taken_by_line(world.lines, amounts, seller, home)
        made["displaced_lines"] = displaced_lines_table(economy, world.lines, moved)
    return made
