"""What tariffs do quarter by quarter, and what they are worth if they last 90 days, a year or permanently."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import Any

from detente.codes import InputError, Parameter, declared_note
from detente.codes.days import BASE_DAY
from detente.data.tariff_tables import read_dated
from detente.economy import Economy, baseline_tariff
from detente.economy.paths.chain import Pace
from detente.lab.country.every import TODAY, laws_meant, rows_of
from detente.lab.deal.dated import EVER, Spells, lasting, of_rows, on_record, quarter_days
from detente.lab.deal.worth import InQuarters, chances_of, length_named, of_laws, paid_of, sides_moved, solved_as
from detente.lab.talks.outlook import AMERICA, outlook_between
from detente.lab.world.choices import Given
from detente.lab.world.effects import WorldSetting

MOST_LENGTHS, LONGEST = 6, 36_500

#: Where the chance that tariffs lapse is read off the record.
RECORD = "record"


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


def lapsing(course: InQuarters, days: Sequence[int], lapse: str) -> InQuarters:
    """The same with the chance of each length.

    Parameters
    ----------
    lapse : chance that the tariffs end on each of the days if they have lasted until then, or `RECORD`; "" for none.

    Raises
    ------
    InputError : no chance, no lengths that could be likely, no deal on record.
    """
    if not lapse:
        return course
    if declared_note("path.ever") not in course.paths:
        raise InputError(Parameter("lapse"), "has no lengths here: the tariffs are dated", "leave it out")
    if lapse == RECORD:
        view = next((v for code in course.parties if (v := outlook_between((AMERICA, code), course.start))), None)
        if view is None:
            raise InputError(
                Parameter("lapse"),
                f"no deal with the United States stood on {course.start}",
                "give a chance from 0 to 1",
            )
        return replace(course, chances=chances_of(days, [view.alive(count) for count in days]))
    try:
        chance = float(lapse.removesuffix("%")) / (100.0 if lapse.endswith("%") else 1.0)
    except ValueError:
        chance = -1.0
    if not 0.0 <= chance <= 1.0:
        what = f"'{lapse[:40]}' is no chance"
        raise InputError(Parameter("lapse"), what, f"give a number from 0 to 1, or {RECORD}")
    return replace(course, chances=chances_of(days, [(1.0 - chance) ** k for k in range(1, len(days) + 1)]))


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
    lapse: str = "",
) -> InQuarters:
    """Paths under the later law of a scenario, under rows of tariffs, or under the laws on record from a day on.

    Parameters
    ----------
    fits : is called with the world before anything is solved, and refuses what it cannot be asked for.
    lapse : see `lapsing`.

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
        return lapsing(_of_rows(setting, tariffs, days, quarters, pace), days, lapse)
    if first is not None and not scenario:
        fits(setting.economy())
        return lapsing(_recorded(setting, first, quarters, rates, pace), days, lapse)
    meant = laws_meant(setting, scenario or TODAY, on)
    fits(meant.economy)
    course = of_laws(
        meant.economy, meant.options, meant.laws, meant.days[1], days, rates=rates, pace=pace, quarters=quarters,
        first=first, days=meant.days, standing=meant.standing,
    )  # fmt: skip
    return lapsing(course, days, lapse)


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
