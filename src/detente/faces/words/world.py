"""Answers of the world economy in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detente.codes import Table
from detente.codes.names import vocabulary
from detente.data.tables import countries
from detente.economy import Decoupling
from detente.faces.words.language import load
from detente.faces.words.terms import worth_sentences
from detente.lab.country.every import BestTariffs, TariffGame, WorldChange
from detente.lab.country.quarters import InQuarters
from detente.lab.world.choices import INCOME
from detente.lab.world.chosen import world_sector_names, year_of
from detente.lab.world.incidence import CLOSURES

#: Change, share, that is printed as none.
SAME = 5e-5

#: Countries of a sentence at most.
NAMED = 6


def place_of(code: str, form: str = "the") -> str:
    """A country or region of a world within a sentence."""
    if code in vocabulary("region"):
        name = vocabulary("region")[code]
        return f"the {name}" if form == "the" else f"{form} the {name}"
    if code not in countries().names and code not in countries().groups:  # of a world of the user's own
        return code if form == "the" else f"{form} {code}"
    return load().country(code, form)


def moved(change: float) -> str:
    """What becomes of a number: "falls 0.12%"."""
    if abs(change) < SAME:
        return "hardly moves"
    return f"{'rises' if change > 0 else 'falls'} {load().percent(abs(change), 2)}"


def signed_change(change: float) -> str:
    """A change of income with its sign: "-0.12%"."""
    return load().percent(change, 2, sign=True)


def own_year(world: str) -> str:
    """What every change of a world is measured against, where no law is."""
    return f"the tariffs of {year_of(world)}" if year_of(world) else "the tariffs of the world's own year"


def compared(change: WorldChange) -> str:
    """What a change is compared with."""
    if not change.days:
        return own_year(change.after.economy.name)
    earlier, later = change.days
    return f"the tariffs of {load().day(earlier)}{', without these changes' if earlier == later else ''}"


def changed_most(change: WorldChange, countries: Sequence[str] = ()) -> str:
    """What becomes of the real income of the countries that are asked about, or who loses and who gains most."""
    table, say = change.incomes, load()
    incomes = dict(zip(table["country"].tolist(), table["real_income"].tolist(), strict=True))
    under = f"Under the tariffs of {say.day(change.days[1])}" if change.days else "Under the new tariffs"
    if 0 < len(countries) <= NAMED:
        each = [f"{moved(incomes[code])} {place_of(code, 'in')}" for code in countries]
        return f"{under}, real income {say.listed(each)}"
    high, *_, low = incomes
    worst, best = (f"{moved(incomes[code])} {place_of(code, 'in')}" for code in (low, high))
    if incomes[low] >= 0 or incomes[high] <= 0:
        code = low if incomes[high] <= 0 else high
        return f"{under}, real income {moved(incomes[code])} {place_of(code, 'in')}, where it moves most"
    return f"{under}, real income {worst}, where it loses most, and {best}, where it gains most"


def other_closures(change: WorldChange, countries: Sequence[str] = ()) -> str:
    """How far real income moves under other closures, of the first country or the one that moves most."""
    table, say = change.incomes, load()
    most = table["country"][int(np.argmax(np.abs(table["real_income"])))]
    code = countries[0] if countries else str(most)
    each = []
    for name in CLOSURES:
        other = change.under(name)
        if other is not None:
            moves = dict(zip(other.incomes["country"], other.incomes["real_income"], strict=True))
            each.append(say(f"other_{name.replace('-', '_')}", change=signed_change(float(moves[code]))))
    return say("other_closures", place=place_of(code, "in"), list=say.listed(each)) if each else ""


def path_against(course: InQuarters) -> str:
    """What the quarters of a path are compared with."""
    if not course.days:
        return own_year(course.economy.name)
    return f"keeping the tariffs of {load().day(course.days[0])}"


def path_in_words(course: InQuarters, countries: Sequence[str]) -> str:
    """What tariffs are worth to the first countries by how long they last; of dated ones, what they do in time."""
    table = list(course.lengths(countries[:2]).rows())
    dated = [_in_time(row, row["country"]) for row in table] if len(course.paths) == 1 else []
    sentences = dated or worth_sentences(table, load(), place_of, "tariffs")
    return f"{' '.join(sentences)} This is compared with {path_against(course)}."


def _in_time(row: Mapping[str, Any], code: str) -> str:
    """Income of a country in the first quarter and after four years."""
    first, later = (signed_change(row[name]) for name in ("first_quarter", "fourth_year"))
    return (
        f"Real income {place_of(code, 'in')} changes by {first} in the first quarter, and by {later} after four years."
    )


def best_in_words(best: BestTariffs, against: str) -> str:
    """The best rates, and what they bring."""
    say, whose = load(), place_of(best.country, "of")
    low, high = (say.percent(end) for end in (min(best.rates), max(best.rates)))
    same = low == high
    what = f"tariff {whose} is {high}" if same else f"tariffs {whose} lie between {low} and {high}"
    then = f"its real income then {moved(best.income)}"
    if best.revenue is None:
        return f"The best {what}, if nobody answers: {then}, compared with {against}."
    new, old = map(say.billions, best.revenue)
    aim = f"The {what}" if same else f"The {what},"
    return f"{aim} where revenue is largest: {new} a year beside {old} under {against}. If nobody answers, {then}."


def game_in_words(game: TariffGame, objective: str) -> str:
    """The rate of each player and what becomes of its income."""
    say, rows = load(), list(game.tables[0].rows())
    aim = "Real income" if objective == INCOME else "Real income as governments weigh it"
    against = own_year(game.found.equilibrium.economy.name)
    sentences = []
    for kind, words in (("in_war", "In a tariff war"), ("agreed", "By agreement")):
        known = [row for row in rows if row[f"rate_{kind}"] == row[f"rate_{kind}"]]
        if known:
            rates = say.listed([f"{place_of(row['country'])} {say.percent(row[f'rate_{kind}'])}" for row in known])
            changes = [f"{signed_change(row[f'change_{kind}'])} {place_of(row['country'], 'in')}" for row in known]
            sentences.append(f"{words} the tariffs on one another are: {rates}. {aim} changes by {say.listed(changes)}")
    now = say.listed([say.percent(row["rate"]) for row in rows])
    return f"{'. '.join(sentences)}, compared with {against}, which were {now}."


def apart_in_words(path: Decoupling, against: str) -> str:
    """What a complete break costs both blocs."""
    say, last = load(), list(path.table().rows())[-1]
    blocs = [
        say.listed([place_of(code) for code in codes]) if len(codes) <= NAMED else f"{len(codes)} countries"
        for codes in (path.first, path.second)
    ]
    return (
        f"If trade stops between {blocs[0]} on one side and {blocs[1]} on the other, real income changes by "
        f"{signed_change(last['first'])} on the one, {signed_change(last['second'])} on the other and "
        f"{signed_change(last['others'])} everywhere else, compared with {against}."
    )


def conceded_in_words(table: Table, players: Sequence[str]) -> str:
    """What a point off the tariff that each player values most is worth to it."""
    say, sectors, parts = load(), world_sector_names(), list[str]()
    for code in players:
        rows = [row for row in table.rows() if row["importer"] != code]
        row = min(rows, key=lambda row: row[f"welfare_{code}"])
        gain, what = (
            -row[f"welfare_{code}"],
            "" if row["sector"] == "all" else f" on {sectors.get(row['sector'], row['sector'])}",
        )
        whose = place_of(row["importer"], "of")
        parts.append(f"a point off the tariff {whose}{what} is worth {say.billions(gain)} a year to {place_of(code)}")
    text = say.listed(parts)
    return f"{text[0].upper()}{text[1:]}."


#: Parts of a change of real income within a sentence; others by their name.
PARTS = {
    "terms_of_trade": "terms of trade, that is export prices against import prices",
    "volume_of_trade": "the volume of trade in taxed goods",
    "transfer": "the transfer behind its trade deficit", "trade_costs": "trade costs",
}  # fmt: skip


def parts_in_words(table: Table, change: WorldChange, code: str) -> str:
    """The change of real income, and its largest part."""
    say, rows = load(), list(table.rows())
    if "effect" in table.data:
        most = max(rows, key=lambda row: abs(row["effect"]))
        laid = [f"laid by {place_of(most['importer'])}"] if most.get("importer") not in (None, "other") else []
        laid += [f"on goods {place_of(most['exporter'], 'of')}"] if most.get("exporter") not in (None, "other") else []
        part, size = f"tariffs {' '.join(laid)}".strip(), most["effect"]
    else:
        row = max((row for row in rows if row["part"] != "real_income"), key=lambda row: abs(row["exact"]))
        part, size = PARTS.get(row["part"], row["part"].replace("_", " ")), row["exact"]
    points = f"{say.number(100.0 * size, 2, sign=True)} points"
    whole = f"{changed_most(change, (code,))}, compared with {compared(change)}"
    return f"{whole}. The largest part, {points}, comes from {part}."
