"""Tables of the world economy for a scenario: who gains, what moves, and how far elasticities carry the numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from detente.codes import Column, Table, Unit
from detente.economy import Shock, concessions, goods, laffer
from detente.lab.ground.averages import sector_names
from detente.lab.world.incidence import Effect

PARTIES = ("USA", "CHN")
TOP = 15
"""Countries shown: the two parties and those whose real income moves most."""

HIGHEST, COARSE = 2.0, 8
"""Highest rate and first points of the search for the duty that raises most revenue."""

VARIANT = Column("variant", Unit.TEXT, "variant of the scenario")
COUNTRY = Column("country", Unit.CODE, "country, ISO3 in the data")

NUMBERS = (
    ("real_income", "welfare", "change of real income"),
    ("real_wage", "real_wage", "change of the real wage"),
    ("exports_to_gdp", "exports_to_gdp", "change of exports over GDP"),
    ("imports_to_gdp", "imports_to_gdp", "change of imports over GDP"),
    ("prices", "prices", "change of the price of final goods, against the numeraire of world income"),
)

Spread = Mapping[str, Sequence[Effect]]


def _table(
    name: str, title: str, columns: tuple[Column, ...], rows: Sequence[tuple[object, ...]], *notes: str
) -> Table:
    return Table.of_rows(name, title, columns, rows, notes)


def headline_table(spread: Spread) -> Table:
    """The numbers of the two parties, with their range over the sets of trade elasticities."""
    used, *_ = spread
    rows: list[tuple[object, ...]] = []
    for v, effect in enumerate(spread[used]):
        for measure, country, number in _measures():
            by_set = {name: number(several[v]) for name, several in spread.items()}
            low, high = (pick(by_set, key=lambda name: by_set[name]) for pick in (min, max))
            rows.append((effect.variant, measure, country, by_set[used], by_set[low], by_set[high], low, high))
    columns = (
        VARIANT,
        Column("measure", Unit.TEXT, "what changes between the two laws"),
        COUNTRY,
        Column("change", Unit.SHARE, f"change under the elasticities of {used}"),
        Column("low", Unit.SHARE, "lowest over the named sets"),
        Column("high", Unit.SHARE, "highest over the named sets"),
        Column("low_set", Unit.TEXT, "set of the lowest"),
        Column("high_set", Unit.TEXT, "set of the highest"),
    )
    title = "The two parties in general equilibrium, with the range over trade elasticities"
    note = f"range over {len(spread)} sets of trade elasticities: {', '.join(spread)}"
    return _table("economy", title, columns, rows, note)


def _measures() -> list[tuple[str, str, Callable[[Effect], float]]]:
    """Measure, country and the number of an effect."""

    def change(column: str, code: str) -> Callable[[Effect], float]:
        return lambda effect: float(effect.change(column)[effect.economy.country(code)])

    def trade(to: str, by: str) -> Callable[[Effect], float]:
        return lambda effect: effect.trade(to, by)

    def duty(code: str) -> Callable[[Effect], float]:
        return lambda effect: effect.revenue(code)[1] / effect.revenue(code)[0] - 1.0

    measures: list[tuple[str, str, Callable[[Effect], float]]] = []
    for name, column, _ in NUMBERS:
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
            numbers = [float(effect.change(key)[i]) for _, key, _ in NUMBERS]
            between = (float(every[:, i].min()), float(every[:, i].max()))
            rows.append((effect.variant, effect.economy.countries[i], numbers[0], *between, *numbers[1:]))
    (name, _, about), *rest = NUMBERS
    columns = (
        VARIANT,
        COUNTRY,
        Column(name, Unit.SHARE, about),
        Column(f"{name}_low", Unit.SHARE, "lowest over the sets of trade elasticities"),
        Column(f"{name}_high", Unit.SHARE, "highest over the sets of trade elasticities"),
        *(Column(key, Unit.SHARE, text) for key, _, text in rest),
    )
    return _table(
        "world", "Real income, wages, trade and prices in general equilibrium", columns, rows, *_about(spread[used])
    )


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
    columns = (
        VARIANT,
        COUNTRY,
        Column("real_income", Unit.SHARE, "change of real income"),
        Column("real_income_low", Unit.SHARE, "lowest over the sets of trade elasticities"),
        Column("real_income_high", Unit.SHARE, "highest over the sets of trade elasticities"),
    )
    return _table("incomes", "Real income of every country", columns, rows)


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
    columns = (
        VARIANT,
        COUNTRY,
        Column("sector", Unit.CODE, "sector of the world"),
        Column("goods", Unit.TEXT, "what it makes"),
        Column("output", Unit.SHARE, "change of sales"),
        Column("employment", Unit.SHARE, "change of work in the sector; total work stays as it is"),
        Column("exports", Unit.SHARE, "change of exports, net of duty"),
        Column("imports", Unit.SHARE, "change of imports, net of duty"),
        Column("price", Unit.SHARE, "change of the price users pay, home and foreign goods together"),
    )
    return _table("sectors", "The two parties by sector, in general equilibrium", columns, rows)


def bilateral_table(effects: Sequence[Effect]) -> Table:
    """Trade between the parties, and their revenue, in equilibrium."""
    rows: list[tuple[object, ...]] = []
    for effect in effects:
        for importer, exporter in (PARTIES, PARTIES[::-1]):
            old, new = effect.revenue(importer)
            rows.append((effect.variant, importer, exporter, effect.trade(importer, exporter), old, new, new - old))
    columns = (
        VARIANT,
        Column("importer", Unit.CODE, "country that buys, ISO3 in the data"),
        Column("exporter", Unit.CODE, "country that sells, ISO3 in the data"),
        Column("trade", Unit.SHARE, "change of the importer's purchases from the exporter, net of duty"),
        Column("duty_before", Unit.USD, "all duty of the importer a year under the earlier law"),
        Column("duty_after", Unit.USD, "all duty of the importer a year under the later law"),
        Column("change", Unit.USD, "change of that duty"),
    )
    title = "Trade between the parties and their duty, in general equilibrium"
    return _table("parties", title, columns, rows, *(_duty_note(effect) for effect in effects[:1]))


def _duty_note(effect: Effect) -> str:
    """Why the duty of a year is not that of the table `revenue`."""
    return (
        "not the duty of the table `revenue`: that takes a year's imports by partner and tariff line and one "
        f"elasticity of import demand at given prices and incomes; this is the world {effect.economy.name}, duties "
        "averaged by partner and sector, each sector with its own trade elasticity, after the years in which wages, "
        "prices and trade of all countries settle; where a high duty has stopped most trade, a cut can bring more in "
        "here and less there"
    )


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
    columns = (
        VARIANT,
        Column("importer", Unit.CODE, "country that buys, ISO3 in the data"),
        Column("exporter", Unit.CODE, "country that sells, ISO3 in the data"),
        Column("change", Unit.USD, "change of what the importer buys from it a year, net of duty"),
    )
    return _table("diverted", "Where imports move", columns, rows)


def sets_table(spread: Spread) -> Table:
    """Real income of the parties under each set of elasticities."""
    rows: list[tuple[object, ...]] = []
    for name, several in spread.items():
        for effect in several:
            change = effect.change("welfare")
            rows.append((effect.variant, name, *(float(change[effect.economy.country(code)]) for code in PARTIES)))
    columns = (
        VARIANT,
        Column("elasticities", Unit.TEXT, "named set of trade elasticities"),
        Column("usa", Unit.SHARE, "change of real income of the United States"),
        Column("chn", Unit.SHARE, "change of real income of China"),
    )
    title = "Real income under other trade elasticities"
    return _table("elasticities", title, columns, rows, "first rows: the set used above")


def concessions_table(effects: Sequence[Effect]) -> Table:
    """What one point of duty on the other party is worth to each, at the later law."""
    rows: list[tuple[object, ...]] = []
    for effect in effects:
        table = concessions(effect.after, PARTIES, by="partner", sectors=goods(effect.economy))
        for row in table.rows():
            worth = [float(row[f"welfare_{code}"]) for code in PARTIES]
            rows.append((effect.variant, row["importer"], row["exporter"], row["rate"], *worth, row["welfare_others"]))
    columns = (
        VARIANT,
        Column("importer", Unit.CODE, "country that sets the duty"),
        Column("exporter", Unit.CODE, "country it falls on"),
        Column("rate", Unit.SHARE, "mean duty on goods under the later law"),
        *(Column(code.lower(), Unit.USD, f"worth to {code} of one point more, a year") for code in PARTIES),
        Column("others", Unit.USD, "worth to everybody else"),
    )
    note = "a cut of one point is worth the opposite; derivative of real income times spending, one adjoint a country"
    return _table("concessions", "Worth of one point of duty", columns, rows, note)


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
            shock=Shock(tariff=later.tariff, options=later.options),
            highest=HIGHEST,
            points=COARSE,
            nominal=False,
            certify=False,
        )
        rows.append((effect.variant, code, other, top.rate, top.revenue, top.today, top.change))
    columns = (
        VARIANT,
        Column("importer", Unit.CODE, "country that sets the duty"),
        Column("exporter", Unit.CODE, "country it falls on"),
        Column("rate", Unit.SHARE, "duty on all goods from it that raises most revenue, over consumer prices"),
        Column("revenue", Unit.USD, "real revenue at that rate: all duty of the importer a year over consumer prices"),
        Column(
            "today", Unit.USD, "real revenue under the law of the scenario: all its duty a year over consumer prices"
        ),
        Column("real_income", Unit.SHARE, "change of its real income at that rate, against the tariffs of 2024"),
    )
    note = (
        "real revenue is duty over the importer's consumer prices, which are 1 under the tariffs of 2024: it differs "
        "from the duty of the table `parties`, in the numeraire, by the change of these prices"
    )
    return _table("laffer", "The duty that raises most revenue", columns, rows, note)
