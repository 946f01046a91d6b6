"""The world wiod-2011: 40 countries and the rest of the world, 35 sectors, from the full input-output table.

Sources: World Input-Output Database, release 2013, table of 2011 (Timmer et al. 2015, free with citation); Global
Tariff Database (Teti 2024, cite), averages of 2014 by importer, exporter and 16 sectors; US Census Bureau, imports of
2024 (public domain), for the US duty on food; OECD Inter-Country Input-Output Tables, flows of 2018 (CC BY 4.0), as
weights between sectors finer than the table's. Besides the package's own dependencies it needs `rdata` and `h5py`.
With `--public-tariffs` the Global Tariff Database is left out and baseline tariffs are zero.

Since the table holds the use of every product by source and user, uses at prices with tariff follow cell by cell and
add up by themselves; what does not is rounding and negative final use, see `prepared`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from _shared import TABLES, read_text_csv
from _world_sources import FOOD, FOOD_CAP, Floats, read_flows, read_groups, read_rdata, us_tariffs
from build_worlds import DEFAULT_SET, MUSD, SETS, accept, read_sets, save, world_arguments
from detente.economy.aggregation import elasticities
from detente.economy.frame import Economy
from detente.economy.input_output import accounts as input_output
from detente.economy.input_output.accounts import accounts, ras, shares_of

NAME = "wiod-2011"
CODES = {"ROM": "ROU", "RoW": "ROW"}
EU_2011 = (
    "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GBR GRC HUN IRL ITA LTU LUX LVA MLT NLD POL PRT ROU SVK SVN SWE"
).split()
MIDDLE = "BRA CHN IDN IND MEX RUS TUR".split()
"""Countries of the middle income group outside the EU: their mean stands for the rest of the world as importer."""

METALS, ELECTRICAL = "Basic metals|Fabricated metals", "Computer, electronic, optical|Electrical equipment"
GOODS = {
    "A01T05": "Agriculture, forestry, fishing", "C10T14": "Mining and quarrying",
    "D15T16": "Food, beverages, tobacco", "D17T18": "Textiles, apparel, leather", "D19": "Textiles, apparel, leather",
    "D20": "Wood, paper, printing", "D21T22": "Wood, paper, printing", "D23": "Coke and refined petroleum",
    "D24": "Chemicals, pharmaceuticals", "D25": "Rubber, plastics, non-metallic minerals",
    "D26": "Rubber, plastics, non-metallic minerals", "D27T28": METALS, "D29": "Machinery and equipment n.e.c.",
    "D30T33": ELECTRICAL, "D34T35": "Transport equipment", "D36T37": "Other manufacturing; repair",
}  # fmt: skip
"""Sections and divisions of ISIC Rev. 3 in the table's order -> classes of the tariffs ("|": two, by trade)."""

SERVICE_CODES = tuple("E40T41 F45 G50 G51 G52 H55 I60 I61 I62 I63 I64 J65T67 K70 K71T74 L75 M80 N85 O90T93 P95".split())
SECTORS = (*GOODS, *SERVICE_CODES)
FINER = {
    "Basic metals": ("C24A", "C24B"), "Fabricated metals": ("C25",),
    "Computer, electronic, optical": ("C26",), "Electrical equipment": ("C27",),
}  # fmt: skip
"""Classes of which the table has two in one sector -> sectors of the flows of 2018 that weigh them."""

NOTES = (
    "Flows, input and final shares: World Input-Output Database, release 2013, full table of 2011 (Timmer et al. "
    "2015), basic prices; sectors are sections and divisions of ISIC Rev. 3.",
    "Value added contains taxes on products used as inputs and international transport margins; taxes paid by final "
    "users are in no part of the table, so that incomes are below GDP at market prices, by 3% in the United States.",
)
TARIFF_NOTES = (
    "Baseline tariffs: Teti (2024), Global Tariff Database, simple averages of 16 sectors, food capped at 30%; "
    "services 0; the rest of the world takes medians over partners with the European Union counted once.",
    "Assumption: tariffs of 2014 stand for those of 2011 (the agreements of Korea with the EU and the United States "
    "are in them).",
    "Assumption: the US duty on food of 2024, collected over customs value (US Census Bureau), stands for that of "
    "2011; China, which pays further duties in 2024, takes the mean of the other suppliers.",
)
PUBLIC = "Baseline tariffs are left at zero."


@dataclass(frozen=True)
class FullTable:
    """The world input-output table, million USD.

    Attributes
    ----------
    countries : ISO3; ROW = rest of the world.
    intermediate : use by source, shape (exporter, product, importer, user).
    final : final use of all kinds by source, shape (exporter, product, importer).
    output : gross output as published, shape (country, sector).
    facts : what `prepared` did to it.
    """

    countries: tuple[str, ...]
    intermediate: Floats = field(repr=False)
    final: Floats = field(repr=False)
    output: Floats = field(repr=False)
    facts: Mapping[str, float] = field(default_factory=dict)

    @property
    def flows(self) -> Floats:
        """Use of all kinds, shape (importer, exporter, product)."""
        return (self.intermediate.sum(axis=3) + self.final).transpose(2, 0, 1)


def read_full_table(path: Path) -> FullTable:
    """The table as published; final use is the sum of households, non-profits, government, investment and stocks."""
    held = read_rdata(path)["wiot_2011"]
    names = [str(code) for code in held["countries"]]
    c, s = len(names), len(SECTORS)
    if [str(code) for code in held["industries"]] != [f"c{k}" for k in range(1, s + 1)]:
        raise RuntimeError(f"{path.name}: industries are not c1 to c{s}")
    inter, final, output = (np.asarray(held[key], dtype=np.float64) for key in ("inter", "final", "output"))
    return FullTable(
        tuple(CODES.get(code, code) for code in names),
        inter.reshape(c, s, c, s),
        final.reshape(c, s, c, -1).sum(axis=3),
        output.reshape(c, s),
    )


def prepared(table: FullTable) -> FullTable:
    """Flows below zero made zero, and own trade USD 1 million where output has none.

    Final use holds changes in stocks, which may be negative. A flow below zero is a fall in stocks larger than all
    other use of a product from one source. Figures are rounded to USD 1 million, so that a zero is less than half of
    one.
    """
    used = table.intermediate.sum(axis=3)
    whole = (used + table.final).clip(0.0)
    own = np.einsum("nkn->nk", whole)
    lifted = (own <= 0) & (whole.sum(axis=2) > 0)
    country = np.arange(len(table.countries))
    whole[country, :, country] += lifted
    negative = (used + table.final).clip(max=0.0)
    facts = {
        "negative": int((negative < 0).sum()),
        "removed": float(-negative.sum()),
        "lifted": int(lifted.sum()),
        "no_final": int((table.final.sum(axis=0) < 0).sum()),
        "no_final_value": float(-table.final.sum(axis=0).clip(max=0.0).sum()),
    }
    return replace(table, final=whole - used, facts=facts)


def read_tariffs(path: Path, countries: Sequence[str]) -> dict[str, Floats]:
    """Average rates of 2014 by class, shape (importer, exporter), shares.

    The classes name the tariffs and the elasticities of the file; its flows lie in another order and are not used.
    """
    import h5py

    with h5py.File(path) as held:

        def texts(key: str) -> list[str]:
            return ["".join(map(chr, np.asarray(held[ref]).ravel())) for ref in np.asarray(held[key]).ravel()]

        at = [texts("data/countries").index(code) for code in countries]
        rates = np.asarray(held["data/tjik_3D"], dtype=np.float64)
        return {name: rates[k][np.ix_(at, at)] for k, name in enumerate(texts("data/sectors"))}


@dataclass(frozen=True)
class Weights:
    """Trade of 2018 on the countries of the table: flows [importer, exporter, sector], own trade left out."""

    sectors: tuple[str, ...]
    flows: Floats = field(repr=False)
    membership: Floats = field(repr=False)

    def of(self, sectors: Sequence[str]) -> Floats:
        """Trade in some sectors together, shape (importer, exporter)."""
        return self.flows[:, :, [self.sectors.index(name) for name in sectors]].sum(axis=2)


def read_weights(data: Path, spec: Path, countries: Sequence[str]) -> Weights:
    """Trade of 2018 with countries outside the table summed to the rest of the world."""
    flows, names, sectors = read_flows(data / "trade_model/icio/icio2018_flows_81x81x28.npz")
    who = read_groups(spec, names, sectors)
    to = [CODES.get(code, code) or "ROW" for code in who.wiod]
    membership = (np.asarray(to)[:, None] == np.asarray(countries)[None]).astype(np.float64)
    trade = flows.astype(np.float64).transpose(1, 0, 2)
    trade[range(len(names)), range(len(names))] = 0.0
    return Weights(sectors, np.einsum("nij,nN,iI->NIj", trade, membership, membership), membership)


def averaged(classes: Mapping[str, Floats], names: str, weights: Weights) -> Floats:
    """Rates of one sector [importer, exporter]: those of its class, or of two weighted by the trade of each pair."""
    parts = names.split("|")
    if len(parts) == 1:
        return classes[names]
    trade = np.stack([weights.of(FINER[name]) for name in parts])
    total = trade.sum(axis=0)
    share = np.where(total > 0, trade / np.where(total > 0, total, 1.0), 1.0 / len(parts))
    return (share * np.stack([classes[name] for name in parts])).sum(axis=0)


def repaired(rates: Floats, countries: Sequence[str], us_food: Floats) -> Floats:
    """Baseline tariffs [importer, exporter, sector]: food capped, the rest of the world filled in, diagonal 0."""
    tariff = rates.copy()
    at = {code: i for i, code in enumerate(countries)}
    food, rest = SECTORS.index("D15T16"), at["ROW"]
    tariff[:, :, food] = np.minimum(tariff[:, :, food], FOOD_CAP)
    for n in range(len(at)):
        tariff[n, rest] = median_over_partners(tariff[n], countries, n)
    tariff[rest] = np.mean([tariff[at[code], rest] for code in MIDDLE], axis=0)
    tariff[at["USA"], :, food] = us_food
    tariff[range(len(at)), range(len(at))] = 0.0
    return tariff


def median_over_partners(rates: Floats, countries: Sequence[str], importer: int) -> Floats:
    """Median over exporters of the rates [exporter, sector] of one importer, the European Union being one exporter."""
    union = [i for i, code in enumerate(countries) if code in EU_2011]
    others = [i for i, code in enumerate(countries) if i not in (*union, importer) and code != "ROW"]
    partners = rates[others]
    if importer not in union:
        partners = np.concatenate([partners, rates[union].mean(axis=0, keepdims=True)])
    return np.median(partners, axis=0)


def food_of_usa(data: Path, spec: Path, weights: Weights, countries: Sequence[str]) -> Floats:
    """US duty on food over customs value of 2024, shape (exporter,); see the notes for China."""
    flows, names, sectors = read_flows(data / "trade_model/icio/icio2018_flows_81x81x28.npz")
    rates = us_tariffs(data, spec, TABLES, read_groups(spec, names, sectors))[0][:, sectors.index(FOOD)]
    trade = flows[:, names.index("USA"), sectors.index(FOOD)].astype(np.float64)
    trade[[names.index("USA"), names.index("CHN")]] = 0.0
    mean = (trade @ rates) / trade.sum()
    total = trade @ weights.membership
    found = (trade * rates) @ weights.membership / np.where(total > 0, total, 1.0)
    return np.where(np.isin(countries, ["CHN"]), mean, found)


def baseline_tariffs(data: Path, spec: Path, weights: Weights, countries: Sequence[str]) -> Floats:
    """Tariffs [importer, exporter, sector] before the flows are known."""
    classes = read_tariffs(data / "trade_model/wiod/WIOD2014.mat", countries)
    rates = np.zeros((len(countries), len(countries), len(SECTORS)))
    for k, names in enumerate(GOODS.values()):
        rates[:, :, k] = averaged(classes, names, weights)
    return repaired(rates, countries, food_of_usa(data, spec, weights, countries))


def coefficients(table: FullTable, tariff: Floats) -> Floats:
    """Cost share of an input in the published output of a user [country, input, user], tariffs included.

    Users without output take the world's mean weighted by output; nothing depends on it.
    """
    use = np.einsum("ikuj,uik->ukj", table.intermediate, 1.0 + tariff)
    made = table.output[:, None, :]
    mean = use.sum(axis=0) / made.sum(axis=0)
    return np.where(made > 0, use / np.where(made > 0, made, 1.0), mean)


def draft_of(table: FullTable, tariff: Floats) -> tuple[Economy, Floats]:
    """The world before it is balanced, and final use with tariffs [country, product], USD."""
    final = np.einsum("iku,uik->uk", table.final, 1.0 + tariff).clip(0.0) * MUSD
    arrays = {
        "flows": table.flows * MUSD,
        "tariff": tariff,
        "input_share": coefficients(table, tariff),
        "final_share": final / final.sum(axis=1, keepdims=True),
    }
    return Economy(NAME, "caliendo_parro", table.countries, SECTORS, arrays, dict(input_output.PARAMETERS)), final


def balanced(draft: Economy, final: Floats) -> tuple[Economy, dict[str, float]]:
    """Value-added shares, flows and tariffs kept, uses scaled until they add up; and how far that moved them."""
    base = accounts(draft)
    uses = np.concatenate([base.inputs * base.output[:, None, :], final[:, :, None]], axis=2)
    columns = np.concatenate([base.inputs.sum(axis=1) * base.output, base.final_spending[:, None]], axis=1)
    table, sweeps = ras(uses, base.spending, columns)
    shares = shares_of(table, base.output, base.final_spending, base.inputs)
    moved = np.abs(table - uses)[:, :, :-1].sum() / uses[:, :, :-1].sum()
    return replace(draft, arrays={**draft.arrays, **shares}), {"moved": float(moved), "sweeps": sweeps}


def sets_of(data: Path, spec: Path, weights: Weights) -> Floats:
    """Trade elasticities [set, sector]: finer sectors averaged by the world's trade in them."""
    fine = read_sets(data / "elasticities" / "sector_trade_elasticities_icio28.csv", weights.sectors)
    trade = weights.flows.sum(axis=(0, 1))
    part = np.zeros((len(weights.sectors), len(SECTORS)))
    for row in read_text_csv(spec / "map_wiod35_to_icio28.csv").to_dicts():
        at = weights.sectors.index(row["icio_sector"])
        part[at, int(row["wiod_index"]) - 1] = trade[at]
    return fine @ (part / part.sum(axis=0))


def notes_of(facts: Mapping[str, float], *, public: bool) -> tuple[str, ...]:
    """Notes of the world, printed with every report."""
    negative = (
        f"Flows below zero (falls in stocks) were set to zero in {facts['negative']} cells, USD "
        f"{facts['removed'] / 1000:.1f} bn; {facts['lifted']} cells with output and no own trade were given USD 1 "
        f"million; final use below zero in {facts['no_final']} cells, USD {facts['no_final_value'] / 1000:.1f} bn, was "
        f"taken from the inputs of the country. RAS moved intermediate use by {facts['moved']:.2g} of its value."
    )
    return (*NOTES, *((PUBLIC,) if public else TARIFF_NOTES), negative)


def world_of(data: Path, spec: Path, *, public: bool) -> tuple[Economy, FullTable]:
    """wiod-2011, and the table it is made of."""
    table = prepared(read_full_table(data / "trade_model" / "wiod" / "wiot_2011.RData"))
    weights = read_weights(data, spec, table.countries)
    tariff = np.zeros_like(table.flows) if public else baseline_tariffs(data, spec, weights, table.countries)
    world, facts = balanced(*draft_of(table, tariff.astype(np.float32).astype(np.float64)))
    named: dict[str, Any] = {"services": SERVICE_CODES, "elasticity_sets": tuple(SETS), "elasticities": DEFAULT_SET}
    world = replace(
        world,
        arrays={**world.arrays, "elasticity": sets_of(data, spec, weights)},
        parameters={**world.parameters, **named},
        notes=notes_of({**table.facts, **facts}, public=public),
    )
    return elasticities(world, DEFAULT_SET), replace(table, facts={**table.facts, **facts})


def report(world: Economy, table: FullTable) -> None:
    """What was changed on the way, and totals to compare with published ones."""
    print(", ".join(f"{name} {value:.6g}" for name, value in table.facts.items()))
    base, live = accounts(world), table.output > 0
    gap = np.abs(base.output / MUSD - table.output)
    n, k = np.unravel_index(int(np.argmax(gap)), gap.shape)
    print(f"output off the published by {gap.sum() / table.output.sum():.1e} in all, ", end="")
    print(f"most in {world.countries[n]} {SECTORS[k]}, USD {gap[n, k]:.0f} million; ", end="")
    print(f"lowest value-added share {base.value_added_share[live].min():.3f}")
    for code in ("USA", "CHN", "JPN", "DEU"):
        n = world.country(code)
        gdp, revenue = (base.income + base.revenue)[n], base.revenue[n]
        print(f"{code}: income with tariffs {gdp / 1e12:.2f} trillion, tariff revenue {revenue / 1e9:.1f} bn")


def main() -> None:
    options, public = world_arguments(__doc__ or "")
    world, table = world_of(options.data, options.shared / "spec", public=public)
    report(world, table)
    print(accept(world))
    compact = {
        "flows": np.rint(world.arrays["flows"] / MUSD).astype(np.int32),
        "tariff": world.arrays["tariff"].astype(np.float32),
        "unit": MUSD,
    }
    save(world, compact)


if __name__ == "__main__":
    main()
