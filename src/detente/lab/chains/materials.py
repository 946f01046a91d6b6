"""Materials in the run of a scenario: losses without and with a deal on licences, who runs short and when, prices.

Scope and months are those of `detente.lab.chains.answer`; losses are shares of annual GDP, with period and measure.

Output lost month by month, beside the need that is not met and the stocks that are left, without and with a deal.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detente.chains.disrupt import Disruption
from detente.chains.equilibrium import gdp_change
from detente.chains.licences import months_from
from detente.codes import MOST_DRAWS, InputError, Parameter, Table, table_of, table_with, whole_number
from detente.codes.axis import Floats
from detente.data import chain_world
from detente.data.chain_build import build as build_chain
from detente.lab.chains import tables as build
from detente.lab.chains.answer import ChainAnswer, answer_both, beyond_words
from detente.lab.chains.draws import AnswerDraws, spread
from detente.lab.chains.months import (
    CONTROLLED,
    FIRST,
    GENERAL,
    RARE_EARTHS,
    ChainQuestion,
    Words,
    licences_of,
    start_of,
)
from detente.lab.chains.tables import material_line, notes

if TYPE_CHECKING:
    from detente.lab.chains.answer import ChainAnswer
    from detente.lab.scenario import Materials
    from detente.lab.work.chunks import Progress


YEAR = 12


def lost_table(before: ChainAnswer, after: ChainAnswer, months: list[str], country: str) -> Table:
    """Output lost by a country's industries, its need not met and its stocks by month.

    Parameters
    ----------
    before, after : answers without the deal and with it; `months` : names of the months of the first.
    country : whose; a table without rows where neither answer solved its economy.
    """
    solved = country in before.ran.question.blocs
    rows = list(_rows(before, after, months, country)) if solved else []
    chain, licences = before.ran.question.file.title, before.ran.licences.name
    return table_of("materials.materials_lost", rows, chain=chain, licences=licences)


def _rows(
    before: ChainAnswer, after: ChainAnswer, months: list[str], country: str
) -> Iterator[tuple[str, float, float, float, float, float]]:
    lost = [output_lost(side, country) for side in (before, after)]
    runs = [side.ran.runs[side.ran.scopes[0]] for side in (before, after)]
    short = [_of_country(run, 1.0 - run.met, country) for run in runs]
    stock = _of_country(runs[0], runs[0].stocks.stock, country)
    columns = [values.tolist() for values in (lost[0], lost[1], short[0], short[1], stock)]
    yield from zip(months, *columns, strict=True)


def output_lost(side: ChainAnswer, country: str) -> Floats:
    """Output a country loses, USD a month, shape (month,): GDP at base prices, the same in each month of a quarter."""
    scope, ran = side.ran.scopes[0], side.ran
    effect, places = ran.effects[scope], np.arange(ran.runs[scope].months)
    lost = np.zeros(len(places))
    for quarter, equilibrium in zip(effect.quarters, effect.path(scope, country), strict=True):
        lost[places[quarter.period.months]] = -gdp_change(equilibrium) * chain_world.gdp(country) / YEAR
    return lost + 0.0


def _of_country(run: Disruption, values: Floats, country: str) -> Floats:
    """Mean of a country's pairs, weighed by their spending, shape (month,)."""
    layout = run.chain.layout
    own = layout.country == layout.places.index(country)
    weights = np.where(own, layout.spending, 0.0)
    return weights @ values / weights.sum()


SHOWN_MONTHS = (1, 3, 6, 12, 24)
#: Shortage of the worst month below which an industry is not in the table by month.
LEAST = 5e-3

#: Country whose users the table by month shows.
SHOWN = build.AMERICA


def materials(
    given: Materials, on: date, draws: int = 0, seed: int = 0, progress: Progress | None = None
) -> dict[str, Table]:
    """Tables of a scenario's part on materials.

    Parameters
    ----------
    given : what the scenario says.
    on : day of the scenario, from which its general licences run unless it names another.
    draws, seed : of the ranges of the losses without the deal and of what it avoids; 0 gives central figures only.

    Returns
    -------
    `materials` (losses without and with the deal), `materials_short` (first day short by user), `months` (shortage by
    US industry and month), `materials_lost` (US output lost by month) and `materials_prices`.
    """
    return compared(*questions(given, on), draws, seed, progress)


def compared(
    without: ChainQuestion, deal: ChainQuestion, draws: int = 0, seed: int = 0, progress: Progress | None = None
) -> dict[str, Table]:
    """The same tables of two questions about one chain."""
    draws, seed = whole_number(draws, Parameter("draws"), 0, MOST_DRAWS), whole_number(seed, Parameter("seed"), 0)
    before, after = answer_both(without, deal)
    ranges = spread(without, draws, seed, other=deal, progress=progress) if draws else None
    rows = list(_month_rows(before, after))
    tables = (
        _deal_table(before, after, ranges),
        _short_table(before, ranges),
        (table_of("materials.months", rows, licences=before.ran.licences.name)),
        lost_table(before, after, [_calendar(month) for month in range(without.months)], SHOWN),
        _prices_table(before, after),
    )
    return {table.name: table for table in tables}


def questions(given: Materials, on: date) -> tuple[ChainQuestion, ChainQuestion]:
    """What is asked of the chain without the deal and with it; arguments are those of `materials`."""
    day = given.licences_from or on
    if day < FIRST:
        what = f"{day} is before {FIRST:%B %Y}, the first month of the licences"
        raise InputError("licences_from", what, "give a later day, or leave the materials out")
    general = months_from(FIRST, day)
    words = [path_of(path, given.chain, general) for path in (given.without, given.deal)]
    without, deal = (ChainQuestion(given.chain, w, given.months, countries=tuple(given.countries)) for w in words)
    return without, deal


def located(given: Materials, folder: Path) -> Materials:
    """The same with the files that it names looked for in the scenario's folder."""
    own = {key: str(folder / name) for key in ("chain", "without", "deal")
           if isinstance(name := getattr(given, key), str) and name.endswith(".toml")}  # fmt: skip
    return given.model_copy(update=own)


def check_materials(given: Materials, on: date) -> None:
    """Refuse what cannot be run, without running it; arguments are those of `materials`.

    Raises
    ------
    InputError, UnknownName : a chain, licence path or country that nobody knows.
    """
    for question in questions(given, on):
        start = start_of(question.words)
        licences_of(question.words, build_chain(question.file, scope="direct", start=start, values={}))


def path_of(path: str | float, chain: str, general: float = GENERAL) -> Words:
    """A licence path as a scenario says it: a share granted is of the elements of April 2025, to every buyer.

    Parameters
    ----------
    general : months from April 2025 to the first general licences.
    """
    if isinstance(path, str):
        return Words(scenario=path, general=general)
    return Words(cut=1.0 - path, elements=CONTROLLED if chain == RARE_EARTHS else ())


def _deal_table(before: ChainAnswer, after: ChainAnswer, ranges: AnswerDraws | None) -> Table:
    rows = []
    for old, new in zip(before.losses, after.losses, strict=True):
        _, low, high = ranges.of_loss(old) if ranges else (np.nan,) * 3
        _, least, most = ranges.of_loss(old, avoided=True) if ranges else (np.nan,) * 3
        worth = chain_world.gdp(old.country)
        avoided = (share * worth for share in (old.value - new.value, least, most))
        times = before.multiples.get(old.key)
        remark = beyond_words() if times is not None and times.beyond else ""
        rows.append((*old.key, old.value, low, high, new.value, *avoided, remark))
    remarks = notes(after, ranges)
    lines = (*remarks[:3], *remarks[-1:], material_line(before))
    chain, licences = before.ran.question.file.title, before.ran.licences.name
    return table_of("materials.materials", rows, lines, chain=chain, licences=licences)


def _short_table(before: ChainAnswer, ranges: AnswerDraws | None) -> Table:
    first = build.first_table(before, ranges)
    users = np.array(build.user_names(first), dtype=np.str_)
    data = {name: first[name] for name in ("country", "first_short", "p05", "p95", "worst", "met")} | {"user": users}
    chain, licences = before.ran.question.file.title, before.ran.licences.name
    return table_with("materials.materials_short", data, first.notes, chain=chain, licences=licences)


def _prices_table(before: ChainAnswer, after: ChainAnswer) -> Table:
    runs = [side.ran.runs[side.ran.scopes[0]].prices for side in (before, after)]
    shown = [month for month in SHOWN_MONTHS if month <= before.ran.question.months]
    rows = [
        (element, _calendar(month - 1), runs[0].inside[e, month - 1], *(p.outside[e, month - 1] for p in runs),
         runs[0].average[e, month - 1])
        for e, element in enumerate(runs[0].elements)
        for month in shown
    ]  # fmt: skip
    return table_of("materials.materials_prices", rows)


def _month_rows(before: ChainAnswer, after: ChainAnswer) -> Iterator[tuple[str, str, float, float]]:
    runs = [side.ran.runs[side.ran.scopes[0]] for side in (before, after)]
    without, deal = (1.0 - run.met_by_user for run in runs)
    names = build.us_users()
    for u, user in enumerate(runs[0].chain.users):
        if user.country != SHOWN or without[u].max() < LEAST:
            continue
        name = f"{names.get(user.code, user.code)}{' (defence)' * user.defence}"
        for month in range(runs[0].months):
            yield _calendar(month), name, float(without[u, month]), float(deal[u, month])


def _calendar(month: int) -> str:
    count = FIRST.month - 1 + month
    return f"{FIRST.year + count // 12}-{count % 12 + 1:02d}"
