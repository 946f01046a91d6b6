"""Tables of the brief of a country."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detente.codes import Table, declared_note, table_of
from detente.data.tables import place
from detente.economy import Economy
from detente.lab.averages.averages import sector_names
from detente.lab.averages.axes import REST
from detente.lab.country.advantage import Beside
from detente.lab.country.lines import LineTrade
from detente.lab.country.partners import abroad
from detente.lab.country.replies import UNION, CountryOffer, CountryReply, Sides
from detente.lab.world.incidence import Effect

Floats = NDArray[np.float64]
NAN = float("nan")
MOST = 50
"""Rows of tables by line and by rival at most."""

LEAST = 5e5
"""Sales that change hands, USD a year, below which a row is left out."""

YEAR = 2022
"""Year of the world's trade."""

SECTOR = "sector"
"""Level of an offer; lines follow where an importer's schedule is known."""

INCOME, WAGE, EXPORTS, EXPORTED, SOLD = "real_income", "real_wage", "exports", "exports_usd", "exports_to_market"
DUTY, RIVALS_DUTY, MARGIN = "duty", "rivals_duty", "margin"
PAID, OTHERS_PAID, PAID_MARGIN = "duty_paid", "others_paid", "margin_paid"
"""Ids of what is measured."""


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
