"""The worlds icio-2025 (80 economies x 50 industries) and icio-2025-small, its sum (20 x 18).

Sources: OECD Inter-Country Input-Output Tables, edition of 2025, year 2022 (CC BY 4.0): sales of every industry of
every economy to every other, and what each sells to final users; with them the flows of the same year and edition by
importer, exporter and 28 sectors, which say where final goods go. Tariffs and elasticities are those of icio-2022 by
sector, so that `build_worlds.py` runs first.

Figures are stored to 16 binary digits (flows) and 20 (input shares, cut and never rounded up, so that what is left for
final use cannot turn negative); final shares are what inputs leave, and are not stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl

from _shared import TABLES, arguments, write_table
from _world_sources import SERVICES, Floats, read_flows
from build_world_wiod import balanced
from build_worlds import MUSD, accept, save
from detente.data.small_world import REGIONS_2025, SECTORS_2025, group_of_member
from detente.data.worlds import build, load_economy
from detente.economy.aggregation import aggregate, elasticities
from detente.economy.frame import Economy
from detente.economy.input_output import accounts as input_output
from detente.economy.input_output.accounts import accounts, ras

NAME, SMALL = "icio-2025", "icio-2025-small"
OLDER = "icio-2022"
SERVICE_NAMES = {
    "D": "Electricity, gas and steam", "E": "Water, sewerage and waste", "F": "Construction",
    "G": "Trade and repair of vehicles", "H49": "Land transport and pipelines", "H50": "Water transport",
    "H51": "Air transport", "H52": "Warehousing and support for transport", "H53": "Post and couriers",
    "I": "Accommodation and food service", "J58T60": "Publishing, film and broadcasting", "J61": "Telecommunications",
    "J62_63": "Computing and information services", "K": "Finance and insurance", "L": "Real estate",
    "M": "Professional, scientific and technical services", "N": "Administrative and support services",
    "O": "Public administration and defence", "P": "Education", "Q": "Health and social work",
    "R": "Arts, entertainment and recreation", "S": "Other services", "T": "Households as employers",
}  # fmt: skip
GOODS = 27
"""Industries that make goods; they are the first ones, and the goods sectors of icio-2022."""

MOST = 0.98
"""Inputs take at most this share of output: one column of the table (air transport of Cyprus) is above one."""

FLOW_DIGITS, SHARE_DIGITS = 16, 20
ORDER = (
    "USA CHN EUN JPN KOR TWN VNM IND MEX CAN GBR EFT BRA ANZ ASE HUB CIS MEA LAM OTH".split(),
    list(SECTORS_2025),
)
NOTES = (
    "Sales of every industry to every other: OECD Inter-Country Input-Output Tables, edition of 2025, year 2022 (CC BY "
    "4.0), basic prices; 80 economies x 50 industries.",
    "Final goods by destination: all sales of the same edition less those to industries. Services by destination are "
    "known together; each is split as its sales to industries abroad, by RAS.",
    "The rest of the world is not in it. What is sold there counts as sold at home, what is bought there as value "
    "added.",
    "Value added contains taxes on products used as inputs; taxes paid by final users are in no part of the table.",
)


@dataclass(frozen=True)
class Table2025:
    """The table of the 2025 edition, million USD.

    Attributes
    ----------
    intermediate : use by source, shape (product, exporter, user, importer).
    final : final use by source, shape (exporter, importer, product); sales to the rest of the world at home.
    facts : what was done to it.
    """

    countries: tuple[str, ...]
    sectors: tuple[str, ...]
    intermediate: Floats = field(repr=False)
    final: Floats = field(repr=False)
    facts: Mapping[str, float]

    @property
    def flows(self) -> Floats:
        """Use of all kinds, shape (importer, exporter, product)."""
        return self.intermediate.sum(axis=2).transpose(2, 1, 0) + self.final.transpose(1, 0, 2)


def read_table(data: Path) -> Table2025:
    """Sales to industries as published, final use by destination as the difference to all sales."""
    folder = data / "world_2025"
    with np.load(folder / "icio2025_2022_vectors.npz", allow_pickle=False) as held:
        countries, sectors = (tuple(str(code) for code in held[key]) for key in ("countries", "sectors"))
        final, sales = (held[key].astype(np.float64).reshape(len(sectors), -1).T for key in ("final", "sales"))
    parts = [np.load(path)["Z"] for path in sorted(folder.glob("icio2025_2022_Z_columns_*.npz"))]
    shape = (len(sectors), len(countries)) * 2
    intermediate = np.concatenate(parts, axis=1).astype(np.float64).reshape(shape)
    flows, names, classes = read_flows(data / "trade_model/icio/icio2022_flows_81x81x28.npz")
    if names[:-1] != countries or classes[:GOODS] != sectors[:GOODS] or classes[GOODS] != SERVICES:
        raise RuntimeError("the axes of the flows are not those of the table")
    # The source leaves out sales to industries below USD 50,000: what is missing is taken for final use.
    left = (sales - intermediate.sum(axis=(2, 3)).T).clip(0.0)
    by_destination, facts = final_use(intermediate, left, flows[: len(countries)].astype(np.float64))
    facts["left out"] = float((left - final).sum() / sales.sum())
    return Table2025(countries, sectors, intermediate, by_destination, facts)


def final_use(intermediate: Floats, final: Floats, sales: Floats) -> tuple[Floats, dict[str, float]]:
    """Final use [exporter, importer, product] and what was found on the way.

    Parameters
    ----------
    intermediate : as in `Table2025`; `final` : final sales of each industry, shape (exporter, product).
    sales : all sales by exporter, importer with the rest of the world last, and 27 goods and all services.
    """
    used = intermediate.sum(axis=2).transpose(1, 2, 0)
    n = len(used)
    goods = sales[:, :n, :GOODS] - used[:, :, :GOODS]
    services = _services(used[:, :, GOODS:], final[:, GOODS:], sales[:, :, GOODS])
    found = np.concatenate([goods.clip(0.0), services[:, :n]], axis=2)
    outside = np.concatenate([sales[:, n, :GOODS], services[:, n]], axis=1)
    found[range(n), range(n)] += outside
    gap = np.abs(found.sum(axis=1) - final)
    facts = {
        "negative": float(goods.clip(max=0.0).sum()),
        "outside": float(outside.sum()),
        "gap": float(gap.max()),
        "gap_share": float(gap.sum() / final.sum()),
    }
    return found, facts


def _services(used: Floats, final: Floats, sales: Floats) -> Floats:
    """Final use of each service by destination, the rest of the world last, shape (exporter, importer, service).

    Sums by service are those of the table, sums by destination all sales of services less those to industries. The
    start is the pattern of sales to industries, that of all destinations abroad for the rest of the world.
    """
    n = len(used)
    left = np.concatenate([sales[:, :n] - used.sum(axis=2), sales[:, n:]], axis=1).clip(0.0)
    total = used.sum(axis=1)
    share = used / np.where(total > 0, total, 1.0)[:, None, :]
    share[range(n), range(n)] += total <= 0
    abroad = 1.0 - share[range(n), range(n)]
    prior = np.concatenate([share, abroad[:, None, :]], axis=1) + 1e-9
    prior *= final[:, None, :]
    scaled, _ = ras(prior, left * (final.sum(axis=1) / left.sum(axis=1))[:, None], final, tol=1e-10)
    return scaled


def rounded(values: Floats, digits: int, *, down: bool = False) -> Floats:
    """Positive numbers to a count of binary digits, to the nearest or downward."""
    mantissa, power = np.frexp(values)
    scaled = mantissa * 2.0**digits
    return np.ldexp((np.floor if down else np.rint)(scaled), power - digits)


def coefficients(table: Table2025, tariff: Floats, output: Floats) -> Floats:
    """Cost share of an input in the output of a user [country, input, user], tariffs included.

    Users without output take the world's mean weighted by output; nothing depends on it. Inputs of more than `MOST` of
    output are scaled down to it.
    """
    use = np.einsum("kiju,uik->ukj", table.intermediate, 1.0 + tariff, optimize=True)
    made = output[:, None, :]
    mean = use.sum(axis=0) / np.where(made.sum(axis=0) > 0, made.sum(axis=0), 1.0)
    shares = np.where(made > 0, use / np.where(made > 0, made, 1.0), mean)
    return shares * np.minimum(1.0, MOST / shares.sum(axis=1, keepdims=True).clip(1e-300))


def older_by_industry(values: Floats) -> Floats:
    """An array whose last axis is the sectors of icio-2022 on the industries: services take what they have together."""
    services = np.repeat(values[..., GOODS:], 50 - GOODS, axis=-1)
    return np.concatenate([values[..., :GOODS], services], axis=-1)


def large_world(data: Path) -> tuple[Economy, dict[str, float], Economy]:
    """icio-2025 as it is stored, facts of the way there, and the same before digits were cut."""
    table, older = read_table(data), load_economy(OLDER)
    n = len(table.countries)
    tariff = older_by_industry(np.asarray(older.arrays["tariff"], dtype=np.float64)[:n, :n])
    exact, _ = world_of(table, tariff, table.flows)
    draft, facts = world_of(table, tariff, rounded(table.flows, FLOW_DIGITS))
    given = {
        **draft.parameters,
        "family": draft.family,
        "countries": np.asarray(draft.countries),
        "sectors": np.asarray(draft.sectors),
        "flows": draft.arrays["flows"] / MUSD,
        "unit": MUSD,
        "tariff": tariff,
        "input_share": rounded(draft.arrays["input_share"], SHARE_DIGITS, down=True),
        "elasticity": older_by_industry(np.asarray(older.arrays["elasticity"], dtype=np.float64)),
        "services": np.asarray(table.sectors[GOODS:]),
        "elasticity_sets": np.asarray(older.parameters["elasticity_sets"]),
        "elasticities": np.asarray(older.parameters["elasticities"]),
        "notes": np.asarray(notes_of(facts | dict(table.facts), older)),
    }
    # As a file lays them out, so that sums come out the same to the last digit.
    given = {key: np.ascontiguousarray(value) if np.ndim(value) else value for key, value in given.items()}
    world = elasticities(build(NAME, given, NAME), str(older.parameters["elasticities"]))
    return world, facts | dict(table.facts), exact


def world_of(table: Table2025, tariff: Floats, flows: Floats) -> tuple[Economy, dict[str, float]]:
    """A balanced world at flows near those of the table, million USD, and how far the uses were moved."""
    final = np.einsum("iuk,uik->uk", table.final, 1.0 + tariff, optimize=True) * MUSD
    arrays = {
        "flows": flows * MUSD,
        "tariff": tariff,
        "input_share": coefficients(table, tariff, table.flows.sum(axis=0)),
        "final_share": final / final.sum(axis=1, keepdims=True),
    }
    parameters = dict(input_output.PARAMETERS)
    draft = Economy(NAME, "caliendo_parro", table.countries, table.sectors, arrays, parameters)
    return balanced(draft, final)


def notes_of(facts: Mapping[str, float], older: Economy) -> tuple[str, ...]:
    """Notes of the world, printed with every report."""
    tariffs = [note.replace("averages, ", "averages of 28 sectors, ") for note in older.notes if "ariffs:" in note]
    points = [note for note in older.notes if "retaliation" in note]
    digits = (
        f"Stored to {FLOW_DIGITS} binary digits (flows) and {SHARE_DIGITS} (input shares); RAS moved intermediate use "
        f"by {facts['moved']:.1g} of its value."
    )
    return (*NOTES, *tariffs, *points, digits)


def report(world: Economy, exact: Economy, facts: Mapping[str, float]) -> None:
    """What was changed on the way, and totals to compare with published ones."""
    print(", ".join(f"{name} {value:.6g}" for name, value in facts.items()))
    base, whole = accounts(world), accounts(exact)
    for name in ("output", "spending", "income", "final_spending"):
        old, new = getattr(whole, name), getattr(base, name)
        live = old > 0
        print(f"{name}: digits move it by at most {np.abs(new[live] / old[live] - 1.0).max():.1e}")
    print(f"lowest value-added share {base.value_added_share[base.output > 0].min():.4f}")
    for code in ("USA", "CHN", "JPN", "DEU"):
        at = world.country(code)
        print(f"{code}: output {base.output[at].sum() / 1e12:.2f}, income {base.income[at] / 1e12:.2f} trillion USD")


def industries(sectors: Sequence[str]) -> pl.DataFrame:
    """Name and sector of icio-2022 of each industry; goods are in the sector of their own code."""
    names = {**dict(pl.read_parquet(TABLES / "icio28_sectors.parquet").iter_rows()), **SERVICE_NAMES}
    older = [*sectors[:GOODS], *[SERVICES] * (len(sectors) - GOODS)]
    return pl.DataFrame({"sector": sectors, "name": [names[code] for code in sectors], "icio28": older})


def main() -> None:
    options = arguments(__doc__ or "")
    large, facts, exact = large_world(options.data)
    report(large, exact, facts)
    small = aggregate(large, group_of_member(REGIONS_2025), group_of_member(SECTORS_2025), name=SMALL, order=ORDER)
    small = replace(small, parameters={**small.parameters, "services": ("SVC",)})
    for world in (large, small):
        print(accept(world))
    compact = {
        "flows": (large.arrays["flows"] / MUSD).astype(np.float32),
        "unit": MUSD,
        "tariff": large.arrays["tariff"].astype(np.float32),
        "input_share": large.arrays["input_share"].astype(np.float32),
    }
    save(large, compact, without=("final_share",))
    save(small)
    write_table(industries(list(large.sectors)), options.out / "icio50_sectors.parquet")


if __name__ == "__main__":
    main()
