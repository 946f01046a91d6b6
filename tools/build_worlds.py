"""Worlds of the many-sector model: icio-2022 (81 x 28), icio-2022-small (20 x 15), nafta-1993 (31 x 40).

Sources: OECD Inter-Country Input-Output Tables (flows of 2022, CC BY 4.0); World Input-Output Database, release 2013,
table of 2011 (Timmer et al. 2015, free with citation); Global Tariff Database (Teti 2024, cite); US Census Bureau,
imports of 2024 (public domain); World Bank, GDP of 2023 (CC BY 4.0); Caliendo and Parro (2015), as in the R package
cp2015 (MIT). Besides the package's own dependencies it needs `rdata`. With `--public-tariffs` the Global Tariff
Database is left out: only the United States (customs data) and China on US goods (assumed points) then have tariffs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from _shared import DATA, TABLES, arguments, placed, read_text_csv
from _world_sources import (
    SERVICES,
    Floats,
    Groups,
    Table,
    read_flows,
    read_gdp,
    read_groups,
    read_rdata,
    read_table,
    repaired_tariffs,
    us_tariffs,
)
from detente.data.worlds import load_economy
from detente.economy.aggregation import aggregate, elasticities
from detente.economy.frame import Economy, Shock
from detente.economy.input_output import accounts as input_output
from detente.economy.input_output.accounts import accounts, imbalance, ras, shares_of, uses
from detente.economy.solver import solve

WORLDS = DATA / "worlds"
GDP_2022_OVER_2023 = 0.957
FLOOR = 0.05
MUSD = 1e6
DEFAULT_SET = "giri-yi"
SETS = {
    "giri-yi": "GYY", "caliendo-parro": "CP", "fontagne": "FGO", "shapiro": "Shap", "bagwell-staiger-yurukoglu": "BSY",
    "lashkaripour-lugovskyy": "LL", "in-sample": "IS", "uniform-4": "U4",
}  # fmt: skip
SMALL = (
    "USA CHN EUN JPN KOR TWN VNM IND MEX CAN GBR EFT BRA ANZ ASE HUB CIS MEA LAM ROW".split(),
    "AGR ENE ORE FOO TEX WPP CHM PHA MET ELE EEQ MAC VEH OMF SVC".split(),
)
NAFTA_CODES = (
    "ARG AUS AUT BRA CAN CHL CHN DNK FIN FRA DEU GRC HUN IND IDN IRL ITA JPN KOR MEX NLD NZL NOR PRT ZAF ESP SWE TUR "
    "GBR USA ROW"
).split()
NOTES = (
    "Flows with own trade: OECD Inter-Country Input-Output Tables, 2022 (CC BY 4.0), 81 countries x 28 sectors.",
    "Input structure: World Input-Output Database, table of 2011 (Timmer et al. 2015), 16 groups; countries outside it "
    "take the mean of their income group, scaled to GDP; balanced by RAS with final demand as a column.",
    "Baseline tariffs: Teti (2024), Global Tariff Database, simple averages, food capped at 30%; the United States: "
    "duty collected over customs value of 2024 (US Census Bureau).",
    "Assumption: China's retaliation of 2018-19 net of exclusions on US goods adds 0 to 15 points by sector.",
    "Assumption: GDP of 2022 is 0.957 of that of 2023 for countries outside the input-output table.",
)
PUBLIC = (
    "Baseline tariffs: only the United States (duty over customs value of 2024, US Census Bureau) and China on US "
    "goods; those of other importers are left at zero."
)


def group_coefficients(table: Table, who: Groups) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Input coefficients [country, input, user] and final shares [country, group] of 16 groups, recipe steps 3 and 4.

    Also whether each country has a table of its own.
    """
    live = table.output > 0
    a = np.where(live[:, None, :], table.use / np.where(live, table.output, 1.0)[:, None, :], 0.0)
    final = np.maximum(table.final, 0.0)
    f = final / final.sum(axis=1, keepdims=True)
    at = {code: i for i, code in enumerate(table.countries)}
    own = np.asarray([bool(code) for code in who.wiod])
    members = {g: [at[c] for c, d in zip(who.wiod, who.donor, strict=True) if c and d == g] for g in set(who.donor)}
    mean_a = {g: (a[m] * live[m][:, None, :]).sum(axis=0) / live[m].sum(axis=0) for g, m in members.items()}
    mean_f = {g: f[m].mean(axis=0) for g, m in members.items()}
    full_a = np.stack([a[at[c]] if c else mean_a[d] for c, d in zip(who.wiod, who.donor, strict=True)])
    full_f = np.stack([f[at[c]] if c else mean_f[d] for c, d in zip(who.wiod, who.donor, strict=True)])
    for n, code in enumerate(who.wiod):
        if code:
            idle = ~live[at[code]]
            full_a[n][:, idle] = mean_a[who.donor[n]][:, idle]
    return full_a, full_f, own


def anchored(a: Floats, own: NDArray[np.bool_], output: Floats, gdp: dict[str, float], who: Groups) -> Floats:
    """Coefficients of countries without a table scaled to their GDP, recipe step 5; `output` [country, group], USD."""
    scaled = a.copy()
    for n, code in enumerate(who.countries):
        if own[n] or code not in gdp:
            continue
        inputs = (a[n].sum(axis=0) * output[n]).sum()
        wanted = (output[n].sum() - GDP_2022_OVER_2023 * gdp[code]) / inputs
        scaled[n] *= min(wanted, (1.0 - FLOOR) / a[n].sum(axis=0).max())
    return scaled


def large_world(source: Path, spec: Path, *, public: bool = False) -> tuple[Economy, dict[str, Any]]:
    """icio-2022 by the recipe, and what the report says of it."""
    flows_musd, countries, sectors = read_flows(source / "trade_model/icio/icio2022_flows_81x81x28.npz")
    who = read_groups(spec, countries, sectors)
    us, left_out = us_tariffs(source, spec, TABLES, who)
    published = np.load(source / "trade_model/icio/applied_tariffs_teti_81x81x28.npz")["tariff"]
    published = np.zeros_like(published) if public else published
    tariff = repaired_tariffs(published, who, us).astype(np.float32)
    a, f, own = group_coefficients(read_table(source / "trade_model/wiod/wiot_2011.RData", spec, who.groups), who)
    draft = Economy(
        "icio-2022",
        "caliendo_parro",
        countries,
        sectors,
        {
            "flows": flows_musd.transpose(1, 0, 2).astype(np.float64) * MUSD,
            "tariff": tariff.transpose(1, 0, 2).astype(np.float64),
            "input_share": np.zeros((len(countries), len(sectors), len(sectors))),
            "final_share": np.full((len(countries), len(sectors)), 1.0 / len(sectors)),
        },
        dict(input_output.PARAMETERS),
    )
    return expanded(draft, who, a, f, own, read_gdp(source / "ge/libday"), left_out)


def expanded(
    draft: Economy, who: Groups, a: Floats, f: Floats, own: NDArray[np.bool_], gdp: dict[str, float], left_out: float
) -> tuple[Economy, dict[str, Any]]:
    """Recipe steps 5 to 8: anchor, expand to sectors, balance."""
    base = accounts(draft)
    output = np.stack([base.output[:, who.group == g].sum(axis=1) for g in range(len(who.groups))], axis=1)
    use = np.stack([base.spending[:, who.group == g].sum(axis=1) for g in range(len(who.groups))], axis=1)
    raw, a = a, anchored(a, own, output, gdp, who)
    within = base.spending / use[:, who.group]
    inputs = a[:, who.group][:, :, who.group] * within[:, :, None]
    priced = replace(draft, arrays={**draft.arrays, "input_share": inputs})
    prior, columns = uses(priced, inputs, f[:, who.group] * within)
    based = accounts(priced)
    table, sweeps = ras(prior, based.spending, columns)
    shares = shares_of(table, based.output, based.final_spending, inputs)
    world = replace(draft, arrays={**draft.arrays, **shares})
    moved = np.abs(table - prior)[:, :, :-1].sum(axis=(1, 2)) / prior[:, :, :-1].sum(axis=(1, 2))
    mean = np.abs(table - prior)[:, :, :-1].sum() / prior[:, :, :-1].sum()
    facts = {"moved": dict(zip(who.countries, moved.tolist(), strict=True)), "mean": float(mean), "sweeps": sweeps}
    facts |= {
        "unmapped": left_out,
        "gdp": gdp,
        "raw_income": _income(base.output, raw[:, :, who.group]),
        "income": based.income,
    }
    residual = base.spending - (inputs @ base.output[:, :, None])[:, :, 0]
    return world, facts | {"negative": int((residual < 0).sum()), "missing": float(-residual.clip(None, 0).sum())}


def _income(output: Floats, inputs: Floats) -> Floats:
    return ((1.0 - inputs.sum(axis=1)) * output).sum(axis=1)


def accept(world: Economy) -> str:
    """The accept test of recipe step 9; raises where it fails, else says what was found."""
    base = accounts(world)
    gap = np.abs(imbalance(world)).max() / base.spending.max()
    sums = np.abs(base.final.sum(axis=1) - 1.0).max()
    found = solve(world, Shock())
    hats = max(np.abs(hat - 1.0).max() for hat in found.hats.values())
    if not (gap < 1e-10 and sums < 1e-12 and base.final.min() >= 0 and base.final_spending.min() > 0 and hats < 1e-12):
        raise RuntimeError(f"{world.name} is not accepted: gap {gap:.2g}, shares {sums:.2g}, hats {hats:.2g}")
    return f"{world.name}: accepted, gap {gap:.1e}, final shares {sums:.1e}, hats of a zero shock {hats:.1e}"


def read_sets(path: Path, sectors: tuple[str, ...]) -> Floats:
    """Trade elasticities by source and sector, rows in the order of `SETS`."""
    rows = {row["icio_sector"]: row for row in read_text_csv(path).to_dicts()}
    return np.asarray([[float(rows[sector][column]) for sector in sectors] for column in SETS.values()])


def nafta(path: Path) -> tuple[Economy, Floats]:
    """The world of Caliendo and Parro (2015) as published, which does not balance, and the tariffs of 2005."""
    held = read_rdata(path)["cp2015_nafta"]
    regions, sectors = ([str(name) for name in held["sets"][key]] for key in ("regions", "sectors"))
    at = {"region": regions, "importer": regions, "exporter": regions, "sector": sectors, "input": sectors}

    def filled(table: Any, keys: tuple[str, ...], column: str) -> Floats:
        found = np.zeros([len(at[key]) for key in keys])
        found[tuple([at[key].index(str(code)) for code in table[key]] for key in keys)] = table[column]
        return found

    pair = ("importer", "exporter", "sector")
    uses = filled(held["intermediate_consumption"], ("region", "input", "sector"), "value")
    added = filled(held["value_added"], ("region", "sector"), "value")
    final = filled(held["final_consumption"], ("region", "sector"), "value")
    arrays = {
        "flows": filled(held["trade"], pair, "value"),
        "tariff": filled(held["trade"], pair, "tariff_bln"),
        "input_share": uses / (added + uses.sum(axis=1))[:, None, :],
        "final_share": final / final.sum(axis=1, keepdims=True),
    }
    theta = np.asarray(held["theta"]["value"], dtype=np.float64)
    parameters = {"trade_elasticity": theta, "theta_max": 0.0, "zero_own_trade": True, "services": tuple(sectors[20:])}
    economy = Economy("nafta-1993", "caliendo_parro", tuple(NAFTA_CODES), tuple(sectors), arrays, parameters)
    return economy, filled(held["trade"], pair, "tariff_cfl")


def nafta_world(path: Path) -> Economy:
    """nafta-1993: the published arrays after deficits are set to zero at the tariffs of 1993."""
    published, later = nafta(path)
    first = solve(published, Shock(options={"closure": "none"}), tol=1e-11)
    arrays = {**published.arrays, "flows": np.ascontiguousarray(first.levels["trade"]), "tariff_2005": later}
    notes = (
        "Caliendo and Parro (2015), Review of Economic Studies 82(1), supplementary data; 1993.",
        "Baseline moved to zero deficits at the tariffs of 1993, since the published accounts do not balance.",
    )
    return replace(published, arrays=arrays, notes=notes)


def save(world: Economy, extra: Mapping[str, Any] | None = None, without: Sequence[str] = ()) -> None:
    """Write one world, some arrays in another form or left out, and print what a reader gets back."""
    path = WORLDS / f"{world.name}.npz"
    path.parent.mkdir(exist_ok=True)
    parameters = {key: np.asarray(value) for key, value in world.parameters.items()}
    arrays = {
        "family": np.asarray(world.family),
        "countries": np.asarray(world.countries),
        "sectors": np.asarray(world.sectors),
    }
    content = {**arrays, **world.arrays, **parameters, "notes": np.asarray(world.notes), **(extra or {})}
    with placed(path) as beside:
        np.savez_compressed(beside, **{name: value for name, value in content.items() if name not in without})
    back = load_economy(path)
    for name in ("flows", "tariff", "input_share", "final_share"):
        if not np.array_equal(back.arrays[name], world.arrays[name]):
            raise RuntimeError(f"{path.name}: {name} does not read back as written")
    print(f"{path.name}: {len(world.countries)} x {len(world.sectors)}, {path.stat().st_size / 1024:.0f} KiB")


def report(facts: Mapping[str, Any]) -> None:
    """What the recipe asks to be said of icio-2022."""
    moved = facts["moved"]
    worst = max(moved, key=moved.get)
    print(f"RAS: {facts['sweeps']} sweeps; intermediate value moved by {facts['mean']:.2f} (world), ", end="")
    print(f"USA {moved['USA']:.2f}, CHN {moved['CHN']:.2f}, worst {worst} {moved[worst]:.2f}")
    print(f"US imports without a sector: {facts['unmapped']:.1%} of value")
    print(f"final demand as a residual: {facts['negative']} negative cells, USD {facts['missing'] / 1e12:.1f} trillion")


def notes_of(facts: Mapping[str, Any], *, public: bool) -> tuple[str, ...]:
    """Notes of icio-2022, printed with every report."""
    usa, chn = (facts["moved"][code] for code in ("USA", "CHN"))
    moved = f"RAS moved intermediate value by {facts['mean']:.2f} (USA {usa:.2f}, CHN {chn:.2f})."
    return (*(PUBLIC if public and "Baseline tariffs" in note else note for note in NOTES), moved)


def world_arguments(description: str) -> tuple[argparse.Namespace, bool]:
    """The command line of the builders, and whether it leaves the Global Tariff Database out."""
    switch = argparse.ArgumentParser(add_help=False)
    switch.add_argument("--public-tariffs", action="store_true")
    chosen, sys.argv[1:] = switch.parse_known_args()
    return arguments(description), chosen.public_tariffs


def main() -> None:
    options, public = world_arguments(__doc__ or "")
    spec = options.shared / "spec"
    draft, facts = large_world(options.data, spec, public=public)
    report(facts)
    sets = read_sets(options.data / "elasticities" / "sector_trade_elasticities_icio28.csv", draft.sectors)
    named = {**draft.parameters, "services": (SERVICES,), "elasticity_sets": tuple(SETS), "elasticities": DEFAULT_SET}
    notes = notes_of(facts, public=public)
    large = replace(draft, arrays={**draft.arrays, "elasticity": sets}, parameters=named, notes=notes)
    large = elasticities(large, DEFAULT_SET)
    who = read_groups(spec, large.countries, large.sectors)
    regions, groups = (
        dict(zip(who.countries, who.region, strict=True)),
        dict(zip(who.sectors, who.section, strict=True)),
    )
    small = aggregate(large, regions, groups, name="icio-2022-small", order=SMALL)
    guard = "In the set caliendo-parro the elasticity of refined petroleum (64.85) was lowered to 20 before averaging."
    small = replace(small, notes=(*small.notes, guard), parameters={**small.parameters, "services": ("SVC",)})
    nineties = nafta_world(options.data / "trade_model" / "cp2015" / "cp2015_nafta.rda")
    for world in (large, small, nineties):
        print(accept(world))
    compact = {"flows": (large.arrays["flows"] / MUSD).astype(np.float32), "unit": MUSD}
    save(large, {**compact, "tariff": large.arrays["tariff"].astype(np.float32)})
    save(small)
    save(nineties)


if __name__ == "__main__":
    main()
