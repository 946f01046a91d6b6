"""Tables of the world economy for a scenario: who gains, what moves, and how far elasticities carry the numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from detente.codes import Table, declared_note, table_of
from detente.codes.names import words
from detente.draws import moved_by
from detente.economy import Economy, concessions, goods
from detente.lab.averages.axes import rows_of
from detente.lab.world.chosen import world_sector_names
from detente.lab.world.incidence import Effect, Spread

#: Countries shown: the parties and those whose real income moves most.
TOP = 15

#: Column -> name of the change in an equilibrium.
NUMBERS = {
    "real_income": "welfare",
    "real_wage": "real_wage",
    "exports_to_gdp": "exports_to_gdp",
    "imports_to_gdp": "imports_to_gdp",
    "real_gdp": "real_gdp",
}


def headline_table(spread: Spread) -> Table:
    """The numbers of the parties, with their range over sets of elasticities, closures and other bounds."""
    rows: list[tuple[object, ...]] = []
    shown = spread[spread.used]
    for v, effect in enumerate(shown):
        for *measured, number in measures(effect.parties):
            by_name = {name: number(several[v]) for name, several in spread.items()}
            low, high = (pick(by_name, key=lambda name: by_name[name]) for pick in (min, max))
            moves = {name: [by_name[each] for each in names] for name, names in spread.inputs.items()}
            ends, value = (by_name[low], by_name[high]), number(effect)
            rows.append((effect.variant, *measured, value, *ends, low, high, moved_by(value, *ends, moves)))
    return table_of("world.economy", rows, range_notes(spread), who=_whose(shown), used=spread.used)


def range_notes(spread: Spread) -> tuple[str, ...]:
    """What a range without draws runs over; nothing where one world was solved."""
    if len(spread) < 2:
        return ()
    over = declared_note("world.range", count=len(spread.sets), sets=", ".join(spread.sets))
    others = (words("closure", name) for name in spread.others)
    return ("; ".join([over, *others, declared_note("world.all_else")]),)


def measures(parties: Sequence[str]) -> list[tuple[str, str, str, Callable[[Effect], float]]]:
    """Measure, party, partner ("" for none) and the number of an effect."""

    def change(column: str, code: str) -> Callable[[Effect], float]:
        return lambda effect: effect.number(column, code)

    def trade(to: str, by: str) -> Callable[[Effect], float]:
        return lambda effect: effect.trade(to, by)

    def duty(code: str) -> Callable[[Effect], float]:
        return lambda effect: effect.revenue(code)[1] / effect.revenue(code)[0] - 1.0

    both = _both_ways(parties)
    return [
        *((name, code, "", change(column, code)) for name, column in NUMBERS.items() for code in parties),
        *(("imports_from", to, by, trade(to, by)) for to, by in both),
        *(("duty_collected", code, "", duty(code)) for code in parties),
    ]


def _both_ways(parties: Sequence[str]) -> list[tuple[str, str]]:
    """Buyer and seller of the trade of the first party with each other one."""
    first, *others = parties
    return [pair for other in others for pair in ((first, other), (other, first))]


def world_table(spread: Spread) -> Table:
    """Real income, wages, trade and prices by country: the later law against the earlier one."""
    rows: list[tuple[object, ...]] = []
    for v, effect in enumerate(spread[spread.used]):
        income = effect.change("welfare")
        every = np.stack([several[v].change("welfare") for several in spread.values()])
        parties = [int(i) for code in effect.parties for i in effect.rows(code) if effect.rows(code).size == 1]
        others = [i for i in np.argsort(-np.abs(income)) if i not in parties][: TOP - len(parties)]
        for i in (*parties, *others):
            numbers = [float(effect.change(key)[i]) for key in NUMBERS.values()]
            between = (float(every[:, i].min()), float(every[:, i].max()))
            rows.append((effect.variant, effect.economy.countries[i], numbers[0], *between, *numbers[1:]))
    return table_of("world.world", rows, (*_about(spread[spread.used], spread.closure), *range_notes(spread)))


def incomes_table(spread: Spread) -> Table:
    """Real income of every country, for a map: the later law against the earlier one."""
    used, *_ = spread
    rows: list[tuple[object, ...]] = []
    for v, effect in enumerate(spread[used]):
        every = np.stack([several[v].change("welfare") for several in spread.values()])
        incomes = (effect.change("welfare"), every.min(axis=0), every.max(axis=0))
        rows += [
            (effect.variant, code, *(numbers := [float(x[i]) for x in incomes]), sign_of(*numbers))
            for i, code in enumerate(effect.economy.countries)
        ]
    return table_of("world.incomes", rows, range_notes(spread))


def sign_of(change: float, low: float, high: float) -> str:
    """What a range says of the sign of a change: "gain", "loss", "open" where it holds both, "" where it is none.

    A change that is worth a colour is a gain or loss only where no part of its range lies beyond zero.
    """
    if low < -FLOOR and high > FLOOR:
        return OPEN
    if abs(change) < FLOOR:
        return ""
    return OPEN if min(low, change) < -NIL and max(high, change) > NIL else "gain" if change > 0.0 else "loss"


#: Change of real income, share, below which a country neither gains nor loses.
FLOOR = 2e-4

#: Change of real income, share, below which an end of a range is what solutions leave.
NIL = 5e-7

OPEN = "open"


def _about(effects: Sequence[Effect], closure: str) -> tuple[str, ...]:
    first = effects[0]
    missing = ", ".join(f"{code} {share:.1%}" for code, share in first.unmapped.items())
    worst = max(max(effect.before.certificate.residual, effect.after.certificate.residual) for effect in effects)
    carried = [note for note in first.after.notes if note.startswith("one sector")]
    solved = (
        declared_note("world.family", world=first.economy.name, closure=words("closure", closure)),
        declared_note("world.both_laws"),
        declared_note("world.residual", residual=worst),
    )
    return (
        "; ".join(solved),
        declared_note("world.weighted", trade=missing),
        declared_note("world.shown", count=TOP),
        *carried,
        *first.after.shock.notes,
    )


def _whose(effects: Sequence[Effect]) -> str:
    """Whose numbers a table has, as its title begins."""
    return "The two parties" if len(effects[0].parties) == 2 else "The parties"


def sector_table(effects: Sequence[Effect]) -> Table:
    """What moves in each sector of the two parties."""
    rows: list[tuple[object, ...]] = []
    names = world_sector_names()
    for effect in effects:
        for code in effect.parties:
            numbers = (
                effect.made(code),
                effect.hat("labor", code),
                effect.crossing(code, out=True),
                effect.crossing(code, out=False),
                effect.hat("price", code),
                effect.hat("output", code),
            )
            for k, sector in enumerate(effect.economy.sectors):
                label = names.get(sector, sector)
                rows.append((effect.variant, code, sector, label, *(float(values[k]) for values in numbers)))
    return table_of("world.sectors", rows, who=_whose(effects))


def bilateral_table(spread: Spread) -> Table:
    """Trade between the parties, and their revenue with its range, in equilibrium."""
    rows: list[tuple[object, ...]] = []
    effects = spread[spread.used]
    for v, effect in enumerate(effects):
        for importer, exporter in _both_ways(effect.parties):
            old, new = effect.revenue(importer)
            grown = [later / before for before, later in (several[v].revenue(importer) for several in spread.values())]
            numbers = effect.trade(importer, exporter), old, new, new - old
            rows.append((effect.variant, importer, exporter, *numbers, old * min(grown), old * max(grown)))
    return table_of("world.parties", rows, range_notes(spread), world=effects[0].economy.name)


def outcomes_table(effects: Sequence[Effect]) -> Table:
    """Real income and duty of every party, in equilibrium."""
    rows: list[tuple[object, ...]] = []
    for effect in effects:
        for code in effect.parties:
            old, new = effect.revenue(code)
            rows.append((effect.variant, code, effect.number("welfare", code), old, new, new - old))
    return table_of("world.outcomes", rows)


def diverted_table(effects: Sequence[Effect], top: int = 10) -> Table:
    """From whom each party buys more or less, in equilibrium."""
    rows: list[tuple[object, ...]] = []
    for effect in effects:
        for code in effect.parties:
            old, new = effect.bought(code)
            moved = new - old
            moved[effect.rows(code)] = 0.0
            rows += [
                (effect.variant, code, effect.economy.countries[i], float(moved[i]))
                for i in np.argsort(-np.abs(moved))[:top]
            ]
    return table_of("world.diverted", rows)


def sets_table(spread: Spread) -> Table:
    """Real income of the two sides under each set of elasticities."""
    rows = [
        (effect.variant, name, *(effect.number("welfare", code) for code in effect.parties[:2]))
        for name, several in spread.elasticities.items()
        for effect in several
    ]
    return table_of("world.elasticities", rows, party=_sides(spread[spread.used]))


def closures_table(spread: Spread) -> Table:
    """Real income of the two sides under each closure of trade balances, and under each other bound of claims."""
    first = {spread.closure: spread[spread.used]}
    rows = [
        (effect.variant, name, *(effect.number("welfare", code) for code in effect.parties[:2]))
        for name, several in (*first.items(), *((name, spread[name]) for name in spread.others))
        for effect in several
    ]
    return table_of("world.closures", rows, party=_sides(spread[spread.used]))


def _sides(effects: Sequence[Effect]) -> tuple[str, str]:
    first, second, *_ = effects[0].parties
    return first, second


def single(economy: Economy, parties: Sequence[str]) -> bool:
    """Whether both sides are countries of the world, of which one can ask what a point of duty is worth."""
    return all(rows_of(economy, code).size == 1 for code in parties[:2])


def concessions_table(effects: Sequence[Effect]) -> Table:
    """What one point of duty on the other party is worth to each, at the later law."""
    rows: list[tuple[object, ...]] = []
    for effect in effects:
        table = concessions(effect.after, _sides(effects), by="partner", sectors=goods(effect.economy))
        for row in table.rows():
            worth = [float(row[f"welfare_{code}"]) for code in _sides(effects)]
            rows.append((effect.variant, row["importer"], row["exporter"], row["rate"], *worth, row["welfare_others"]))
    return table_of("world.concessions", rows, party=_sides(effects))
