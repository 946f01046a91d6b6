"""Tables of the world economy for a scenario: who gains, what moves, and how far elasticities carry the numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from detente.codes import Table, table_of
from detente.economy import concessions, goods, laffer
from detente.lab.ground.averages import sector_names
from detente.lab.world.incidence import Effect

PARTIES = ("USA", "CHN")
TOP = 15
"""Countries shown: the two parties and those whose real income moves most."""

HIGHEST, COARSE = 2.0, 8
"""Highest rate and first points of the search for the duty that raises most revenue."""

NUMBERS = {
    "real_income": "welfare",
    "real_wage": "real_wage",
    "exports_to_gdp": "exports_to_gdp",
    "imports_to_gdp": "imports_to_gdp",
    "prices": "prices",
}
"""Column -> name of the change in an equilibrium."""

Spread = Mapping[str, Sequence[Effect]]


def headline_table(spread: Spread) -> Table:
    """The numbers of the two parties, with their range over the sets of trade elasticities."""
    used, *_ = spread
    rows: list[tuple[object, ...]] = []
    for v, effect in enumerate(spread[used]):
        for measure, country, number in _measures():
            by_set = {name: number(several[v]) for name, several in spread.items()}
            low, high = (pick(by_set, key=lambda name: by_set[name]) for pick in (min, max))
            rows.append((effect.variant, measure, country, by_set[used], by_set[low], by_set[high], low, high))
    return table_of("world.economy", rows, used=used, count=len(spread), sets=", ".join(spread))


def _measures() -> list[tuple[str, str, Callable[[Effect], float]]]:
    """Measure, country and the number of an effect."""

    def change(column: str, code: str) -> Callable[[Effect], float]:
        return lambda effect: float(effect.change(column)[effect.economy.country(code)])

    def trade(to: str, by: str) -> Callable[[Effect], float]:
        return lambda effect: effect.trade(to, by)

    def duty(code: str) -> Callable[[Effect], float]:
        return lambda effect: effect.revenue(code)[1] / effect.revenue(code)[0] - 1.0

    measures: list[tuple[str, str, Callable[[Effect], float]]] = []
    for name, column in NUMBERS.items():
        measures += [(name.replace("_", " "), code, change(column, code)) for code in PARTIES]
    for to, by in (PARTIES, PARTIES[::-1]):
        measures.append((f"imports from {by}", to, trade(to, by)))
    return [*measures, *(("duty collected", code, duty(code)) for code in PARTIES)]


def world_table(spread: Spread) -> Table:
    """Real income, wages, trade and prices by country: the later law against the earlier one."""
    used, *_ = spread
    rows: list[tuple[object, ...]] = []
    for v, effect in enumerate(spread[used]):
        income = effect.change("welfare")
        every = np.stack([several[v].change("welfare") for several in spread.values()])
        parties = [effect.economy.country(code) for code in PARTIES]
        others = [i for i in np.argsort(-np.abs(income)) if i not in parties][: TOP - 2]
        for i in (*parties, *others):
            numbers = [float(effect.change(key)[i]) for key in NUMBERS.values()]
            between = (float(every[:, i].min()), float(every[:, i].max()))
            rows.append((effect.variant, effect.economy.countries[i], numbers[0], *between, *numbers[1:]))
    return table_of("world.world", rows, _about(spread[used]))


def incomes_table(spread: Spread) -> Table:
    """Real income of every country, for a map: the later law against the earlier one."""
    used, *_ = spread
    rows: list[tuple[object, ...]] = []
    for v, effect in enumerate(spread[used]):
        every = np.stack([several[v].change("welfare") for several in spread.values()])
        incomes = (effect.change("welfare"), every.min(axis=0), every.max(axis=0))
        rows += [
            (effect.variant, code, *(float(x[i]) for x in incomes)) for i, code in enumerate(effect.economy.countries)
        ]
    return table_of("world.incomes", rows)


def _about(effects: Sequence[Effect]) -> tuple[str, ...]:
    first = effects[0]
    missing = ", ".join(f"{code} {share:.1%}" for code, share in first.unmapped.items())
    worst = max(max(effect.before.certificate.residual, effect.after.certificate.residual) for effect in effects)
    carried = [note for note in first.after.notes if note.startswith("one sector")]
    return (
        f"world {first.economy.name}, family of Caliendo and Parro (2015), deficits fixed; both laws solved from "
        f"the tariffs of 2024; largest residual {worst:.0e}",
        f"duties by sector are weighted by trade; trade without a sector: {missing}",
        f"the two parties and the {TOP - 2} countries whose real income moves most",
        *carried,
        *first.after.shock.notes,
    )


def sector_table(effects: Sequence[Effect]) -> Table:
    """What moves in each sector of the two parties."""
    rows: list[tuple[object, ...]] = []
    names = sector_names()
    for effect in effects:
        for code in PARTIES:
            numbers = (
                effect.hat("output", code),
                effect.hat("labor", code),
                effect.crossing(code, out=True),
                effect.crossing(code, out=False),
                effect.hat("price", code),
            )
            for k, sector in enumerate(effect.economy.sectors):
                label = names.get(sector, sector)
                rows.append((effect.variant, code, sector, label, *(float(values[k]) for values in numbers)))
    return table_of("world.sectors", rows)


def bilateral_table(effects: Sequence[Effect]) -> Table:
    """Trade between the parties, and their revenue, in equilibrium."""
    rows: list[tuple[object, ...]] = []
    for effect in effects:
        for importer, exporter in (PARTIES, PARTIES[::-1]):
            old, new = effect.revenue(importer)
            rows.append((effect.variant, importer, exporter, effect.trade(importer, exporter), old, new, new - old))
    return table_of("world.parties", rows, world=effects[0].economy.name)


def diverted_table(effects: Sequence[Effect], top: int = 10) -> Table:
    """From whom each party buys more or less, in equilibrium."""
    rows: list[tuple[object, ...]] = []
    for effect in effects:
        for code in PARTIES:
            row = effect.economy.country(code)
            moved = (effect.after.levels["trade"] - effect.before.levels["trade"])[row].sum(axis=-1)
            moved[row] = 0.0
            rows += [
                (effect.variant, code, effect.economy.countries[i], float(moved[i]))
                for i in np.argsort(-np.abs(moved))[:top]
            ]
    return table_of("world.diverted", rows)


def sets_table(spread: Spread) -> Table:
    """Real income of the parties under each set of elasticities."""
    rows: list[tuple[object, ...]] = []
    for name, several in spread.items():
        for effect in several:
            change = effect.change("welfare")
            rows.append((effect.variant, name, *(float(change[effect.economy.country(code)]) for code in PARTIES)))
    return table_of("world.elasticities", rows)


def concessions_table(effects: Sequence[Effect]) -> Table:
    """What one point of duty on the other party is worth to each, at the later law."""
    rows: list[tuple[object, ...]] = []
    for effect in effects:
        table = concessions(effect.after, PARTIES, by="partner", sectors=goods(effect.economy))
        for row in table.rows():
            worth = [float(row[f"welfare_{code}"]) for code in PARTIES]
            rows.append((effect.variant, row["importer"], row["exporter"], row["rate"], *worth, row["welfare_others"]))
    return table_of("world.concessions", rows, party=PARTIES)


def laffer_table(effect: Effect) -> Table:
    """The one rate on the other party's goods that raises most duty for each, at the later law otherwise."""
    rows: list[tuple[object, ...]] = []
    later, economy = effect.after.shock, effect.economy
    for code, other in (PARTIES, PARTIES[::-1]):
        top = laffer(
            economy,
            code,
            partners=[other],
            sectors=goods(economy),
            shock=replace(later, notes=()),
            highest=HIGHEST,
            points=COARSE,
            nominal=False,
            certify=False,
        )
        rows.append((effect.variant, code, other, top.rate, top.revenue, top.today, top.change))
    return table_of("world.laffer", rows)
