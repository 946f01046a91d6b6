"""What tariffs do quarter by quarter, and what they are worth if they last 90 days, a year or permanently."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from detente.codes import InputError, Parameter, declared_note
from detente.codes.days import BASE_DAY
from detente.data.tariff_tables import read_dated
from detente.economy import Economy, baseline_tariff
from detente.economy.paths.chain import Pace
from detente.lab.country.every import TODAY, laws_meant, rows_of
from detente.lab.deal.dated import EVER, Spells, lasting, of_rows, on_record, quarter_days
from detente.lab.deal.worth import InQuarters, length_named, of_laws, paid_of, sides_moved, solved_as
from detente.lab.world.choices import Given
from detente.lab.world.effects import WorldSetting

MOST_LENGTHS, LONGEST = 6, 36_500


def pace_of(given: dict[str, Any]) -> Pace:
    """How fast things move, from values by name, which are taken out of those given; errors as `Pace`."""
    values = {each.name: given.pop(each.name) for each in fields(Pace) if each.name in given}
    read = {}
    for name, value in values.items():
        try:
            read[name] = float(value)
        except (TypeError, ValueError):
            what = f"'{str(value)[:40]}' is not a number"
            raise InputError(Parameter("set", name), what, f"write it as {name}={getattr(Pace, name)}") from None
    return Pace(**read)


def lengths_of(lasts: Sequence[Any]) -> list[int]:
    """Days, as they are given.

    Raises
    ------
    InputError : what is no number of days, too many of them.
    """
    days = []
    for text in lasts:
        whole = str(text).strip()
        if not (whole.isascii() and whole.isdigit() and 0 < int(whole) <= LONGEST):
            what = f"'{whole[:40]}' is no number of days"
            raise InputError(Parameter("lasts"), what, f"give whole numbers from 1 to {LONGEST}, as 90,365")
        days.append(int(whole))
    if len(days) > MOST_LENGTHS:
        raise InputError(Parameter("lasts"), f"{len(days)} lengths are too many", f"give at most {MOST_LENGTHS}")
    return sorted(dict.fromkeys(days))


def in_quarters(
    setting: WorldSetting,
    scenario: Any,
    tariffs: Given,
    on: date | None,
    first: date | None,
    lasts: Sequence[Any],
    quarters: int,
    rates: str,
    pace: Pace,
    fits: Callable[[Economy], object] = id,
) -> InQuarters:
    """Paths under the later law of a scenario, under rows of tariffs, or under the laws on record from a day on.

    Parameters
    ----------
    fits : is called with the world before anything is solved, and refuses what it cannot be asked for.

    Raises
    ------
    InputError, UnknownName : what cannot be used. SolveError : no equilibrium.
    """
    days = lengths_of(lasts)
    if tariffs:
        for name, value in (("scenario", scenario), ("from", first), ("on", on)):
            if value:
                raise InputError(Parameter("tariffs"), f"are given beside '{name}'", "leave one of them out")
        fits(setting.economy())
        return _of_rows(setting, tariffs, days, quarters, pace)
    if first is not None and not scenario:
        fits(setting.economy())
        return _recorded(setting, first, quarters, rates, pace)
    meant = laws_meant(setting, scenario or TODAY, on)
    fits(meant.economy)
    return of_laws(
        meant.economy, meant.options, meant.laws, meant.days[1], days, rates=rates, pace=pace, quarters=quarters,
        first=first, days=meant.days, standing=meant.standing,
    )  # fmt: skip


def _of_rows(setting: WorldSetting, tariffs: Given, days: Sequence[int], quarters: int, pace: Pace) -> InQuarters:
    """Rows with days as they are dated; rows without for some days and permanently, from the first day of 2025."""
    economy = setting.economy()
    given = rows_of(tariffs)
    assert given is not None
    rows = read_dated(given, economy.countries, economy.sectors)
    spells, base = of_rows(economy, rows), baseline_tariff(economy)
    start = next((day for day, _ in spells if day != EVER), BASE_DAY)
    several: dict[str, Spells] = {declared_note("path.dated"): spells}
    if len(spells) == 1:
        several = {length_named(count): lasting([(EVER, base)], spells[0][1], start, count) for count in (*days, None)}
    sides = sides_moved(economy, base, *(tariff for _, tariff in spells))
    return solved_as(economy, setting.options(economy), several, None, start, start, quarters, pace, None, **sides)


def _recorded(setting: WorldSetting, first: date, quarters: int, rates: str, pace: Pace) -> InQuarters:
    """Laws on record from a day on, compared with those of the day, unchanged."""
    economy, owed = setting.economy(), paid_of(setting.economy(), rates)
    spells = on_record(economy, first, quarter_days(first, quarters)[-1], owed)
    sides = sides_moved(economy, *(tariff for _, tariff in spells))
    return solved_as(
        economy, setting.options(economy), {declared_note("path.recorded"): spells}, spells[:1], first, first, quarters,
        pace, owed, days=(first, first), **sides,
    )  # fmt: skip
