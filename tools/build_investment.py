"""What each country invests in: the array `investment_share` of the worlds of the input-output tables.

Source: World Input-Output Database, release 2013, table of 2011 (Timmer et al. 2015, free with citation): of the final
use of each product in each country, the part that is gross fixed capital formation. A world's final spending on a
sector is split by that part; countries outside the table take the mean of their income group, as their inputs do.

It is run after the builders of the worlds, and adds this array to their files. Besides the package's own dependencies
it needs `rdata`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from _shared import arguments, placed
from _world_sources import Floats, Groups, industry_groups, read_flows, read_groups, read_rdata
from build_world_wiod import CODES, SECTORS
from build_worlds import SMALL, WORLDS
from detente.data.small_world import REGIONS_2025, SECTORS_2025, group_of_member
from detente.data.worlds import load_economy
from detente.economy.aggregation import aggregate
from detente.economy.frame import Economy
from detente.economy.input_output.accounts import accounts

NAME = "investment_share"
FORMATION, STOCKS = 3, 4
"""Columns of final use: households, non-profits, government, gross fixed capital formation, changes in stocks."""

FINER = {
    "D": ("E40T41",), "E": ("E40T41",), "F": ("F45",), "G": ("G50", "G51", "G52"), "H49": ("I60",), "H50": ("I61",),
    "H51": ("I62",), "H52": ("I63",), "H53": ("I64",), "I": ("H55",), "J58T60": ("K71T74",), "J61": ("I64",),
    "J62_63": ("K71T74",), "K": ("J65T67",), "L": ("K70",), "M": ("K71T74",), "N": ("K71T74",), "O": ("L75",),
    "P": ("M80",), "Q": ("N85",), "R": ("O90T93",), "S": ("O90T93",), "T": ("P95",),
}  # fmt: skip
"""Services of icio-2025 -> sections of the table."""


def read_formation(path: Path) -> tuple[tuple[str, ...], Floats, Floats]:
    """Countries of the table, investment and final use without changes in stocks [country, industry], million USD."""
    held = read_rdata(path)["wiot_2011"]
    names = tuple(str(code) for code in held["countries"])
    final = np.asarray(held["final"], dtype=np.float64).reshape(len(names), len(SECTORS), len(names), -1)
    kinds = final.sum(axis=0).clip(0.0).transpose(1, 0, 2)
    return names, kinds[:, :, FORMATION], kinds[:, :, :STOCKS].sum(axis=2)


def parts(invested: Floats, used: Floats, own: Sequence[int], donors: Mapping[str, list[int]], who: Groups) -> Floats:
    """Part of final use that is investment, shape (country of `who`, group): its own, or that of its income group."""
    part = np.where(used > 0, invested / np.where(used > 0, used, 1.0), 0.0)
    mean = {name: part[rows].mean(axis=0) for name, rows in donors.items()}
    return np.stack([part[row] if row >= 0 else mean[donor] for row, donor in zip(own, who.donor, strict=True)])


def with_investment(world: Economy, part: Floats) -> Economy:
    """The world with the part of its final spending on each sector that is investment, share of all of it."""
    share = (accounts(world).final * part).astype(np.float32).astype(np.float64)
    return replace(world, arrays={**world.arrays, NAME: share})


def added(world: Economy) -> None:
    """Put the array into the file of a world and print what is invested."""
    path = WORLDS / f"{world.name}.npz"
    with np.load(path, allow_pickle=False) as held:
        content = {key: held[key] for key in held.files if key != NAME}
    share = world.arrays[NAME]
    with placed(path) as beside, beside.open("wb") as file:
        np.savez_compressed(file, **content, **{NAME: share.astype(np.float32)})
    base = accounts(world)
    rate = share.sum(axis=1) * base.final_spending / base.income
    said = ", ".join(f"{code} {rate[world.country(code)]:.1%}" for code in ("USA", "CHN"))
    print(f"{path.name}: investment over value added {said}")


def main() -> None:
    options = arguments(__doc__ or "")
    spec, folder = options.shared / "spec", options.data / "trade_model"
    names, invested, used = read_formation(folder / "wiod" / "wiot_2011.RData")
    _, countries, sectors = read_flows(folder / "icio" / "icio2022_flows_81x81x28.npz")
    who = read_groups(spec, countries, sectors)
    own = [names.index(code) if code else -1 for code in who.wiod]
    donors = {d: [row for row, it in zip(own, who.donor, strict=True) if row >= 0 and it == d] for d in set(who.donor)}
    to_group = industry_groups(spec, who.groups)
    by_group = parts(invested @ to_group, used @ to_group, own, donors, who)
    by_industry = parts(invested, used, own, donors, who)

    older = load_economy("icio-2022")
    large = with_investment(older, by_group[:, who.group])
    small = aggregate(
        large, dict(zip(who.countries, who.region, strict=True)), dict(zip(who.sectors, who.section, strict=True)),
        name="icio-2022-small", order=SMALL,
    )  # fmt: skip
    newer = load_economy("icio-2025")
    rows = [countries.index(code) for code in newer.countries]
    goods = [sectors.index(code) for code in newer.sectors if code not in FINER]
    finer = [by_industry[rows][:, [SECTORS.index(code) for code in FINER[s]]].mean(axis=1) for s in newer.sectors[27:]]
    part = np.concatenate([by_group[rows][:, who.group[goods]], np.stack(finer, axis=1)], axis=1)
    wide = with_investment(newer, part)
    order = load_economy("icio-2025-small")
    less = aggregate(
        wide, group_of_member(REGIONS_2025), group_of_member(SECTORS_2025), name=order.name,
        order=(order.countries, order.sectors),
    )  # fmt: skip
    table = load_economy("wiod-2011")
    at = [names.index({v: k for k, v in CODES.items()}.get(code, code)) for code in table.countries]
    whole = np.where(used > 0, invested / np.where(used > 0, used, 1.0), 0.0)[at]
    for world in (large, small, wide, less, with_investment(table, whole)):
        added(world)


if __name__ == "__main__":
    main()
