"""The baseline network of a country from its tables: use tables by industry, or the accounts of a world of sectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from detente.chains.network import Network
from detente.chains.network_equations import Floats
from detente.codes import InputError, UnknownName

ROW_LIMIT = 0.999
"""Use by industries is kept within this share of the output of a row."""

LEAST_VALUE_ADDED = 0.02
"""Value added is kept at this share of output or more."""


def from_use_tables(
    name: str,
    industries: Sequence[str],
    *,
    supply: ArrayLike,
    industry_output: ArrayLike,
    domestic: ArrayLike,
    imported: ArrayLike,
    imports: ArrayLike,
    spending: ArrayLike,
    sigma: ArrayLike,
    parts: Sequence[str] = (),
    **options: Any,
) -> Network:
    """The network of a country from its use tables, rows and columns on the same codes (spec of chains, step 21).

    Columns are turned into coefficients by industry output and applied to the supply of the commodity of the same code.
    Negative cells count as zero; rows whose use exceeds `ROW_LIMIT` of supply, and columns that leave less than
    `LEAST_VALUE_ADDED`, are scaled down. Value added and final use are what is left.

    Parameters
    ----------
    supply : domestic output by commodity, shape (industry,), USD per year.
    industry_output : output by industry, same shape.
    domestic, imported : use of domestic and imported goods, shape (commodity, industry), USD per year.
    imports : all imports by commodity, shape (industry,), USD per year.
    spending, sigma : on the controlled material and its elasticity, shape (industry,); see `Network`.
    parts : commodities whose imports may be short; they become imported rows.
    options : further fields of `Network`, such as `theta`, `labour_share` and `notes`.

    Raises
    ------
    UnknownName : a part that is no industry. InputError : whatever `Network` refuses.
    """
    Y, made, R = (np.asarray(a, dtype=np.float64) for a in (supply, industry_output, spending))
    codes = tuple(industries)
    rows = [_position(codes, part, name) for part in parts]
    home, abroad = (np.maximum(np.asarray(a, dtype=np.float64), 0.0) / made * Y for a in (domestic, imported))
    home *= _within(home.sum(axis=1), ROW_LIMIT * Y)[:, None]
    cost = home.sum(axis=0) + np.maximum(abroad.sum(axis=0), R)
    kept = _within(cost, (1.0 - LEAST_VALUE_ADDED) * Y)
    home, abroad = home * kept, abroad * kept
    part_use = abroad[rows]
    others = np.maximum(abroad.sum(axis=0) - part_use.sum(axis=0) - R, 0.0)
    part_final = np.maximum(np.asarray(imports, dtype=np.float64)[rows] - part_use.sum(axis=1), 0.0)
    return Network(name, codes, Y, home, others, R, np.asarray(sigma), tuple(parts), part_use, part_final, **options)


def _within(total: Floats, limit: Floats) -> Floats:
    """Factors that keep totals within limits, at most one."""
    largest = np.maximum(total, limit)
    return np.where(largest > 0, limit / np.where(largest > 0, largest, 1.0), 1.0)


def _position(codes: tuple[str, ...], code: str, name: str) -> int:
    if code not in codes:
        raise UnknownName("part", code, codes, f"network {name}")
    return codes.index(code)


def from_world(
    name: str,
    members: Sequence[str],
    *,
    countries: Sequence[str],
    sectors: Sequence[str],
    flows: ArrayLike,
    input_share: ArrayLike,
    tariff: ArrayLike = 0.0,
    parts: Sequence[str] = (),
    **options: Any,
) -> Network:
    """The network of a country, or of a bloc taken as one, from the accounts of a world of sectors (step 22).

    Inputs are gamma_kj Y_j, summed over the members before any share is taken; their domestic part is the share of the
    members' own goods in their spending on a sector, the rest is imported. Final use is what is left of output. Sectors
    that a country does not have are left out. Nothing is spent on the controlled material yet: see `with_spending`.

    Parameters
    ----------
    members : ISO3 codes; several make a bloc.
    flows : value net of tariff [importer, exporter, sector], own trade on the diagonal, USD per year.
    input_share : gamma, cost share of an input in output [country, input, user].
    tariff : rates on the axes of `flows`, shares of the value net of tariff.
    parts : sectors whose imports may be short; they become imported rows.
    options : further fields of `Network`, such as `theta` and `notes`.

    Raises
    ------
    UnknownName : a member or part the world does not have. InputError : whatever `Network` refuses.
    """
    known, names = tuple(countries), tuple(sectors)
    inside = [_member(known, code, name) for code in members]
    rows = [_position(names, part, name) for part in parts]
    trade = np.asarray(flows, dtype=np.float64)
    made = trade[:, inside].sum(axis=0)
    needed = np.einsum("ckj,cj->kj", np.asarray(input_share, dtype=np.float64)[inside], made)
    own = trade[np.ix_(inside, inside)].sum(axis=(0, 1))
    rates = np.broadcast_to(np.asarray(tariff, dtype=np.float64), trade.shape)
    bought = (trade[inside] * (1.0 + rates[inside])).sum(axis=(0, 1))
    home_share = own / np.where(bought > 0, bought, 1.0)
    output = made.sum(axis=0)
    home, abroad = needed * home_share[:, None], needed * (1.0 - home_share)[:, None]
    home *= _within(home.sum(axis=1), ROW_LIMIT * output)[:, None]
    part_final = np.maximum(bought - own - abroad.sum(axis=1), 0.0)[rows]
    kept = [k for k, made_of in enumerate(output) if made_of > 0]
    others = abroad.sum(axis=0) - abroad[rows].sum(axis=0)
    return Network(
        name,
        tuple(names[k] for k in kept),
        output[kept],
        home[np.ix_(kept, kept)],
        others[kept],
        np.zeros(len(kept)),
        np.ones(len(kept)),
        tuple(parts),
        abroad[np.ix_(rows, kept)],
        part_final,
        **options,
    )


def _member(countries: tuple[str, ...], code: str, name: str) -> int:
    if code not in countries:
        raise UnknownName("country", code, countries, f"network {name}")
    return countries.index(code)


def carved(other_imports: Floats, old: Floats, new: Floats) -> Floats:
    """Other imports after spending on the material, part of them, changes from old to new, shape (user,), USD."""
    return np.maximum(other_imports + old - new, 0.0)


def with_spending(network: Network, spending: ArrayLike, sigma: ArrayLike) -> Network:
    """The same network that spends R on the controlled material, taken out of its other imports.

    Where R is more than those, the rest comes out of value added.

    Parameters
    ----------
    spending : R, shape (industry,), USD of the network's year; `sigma` : its elasticity, same shape.
    """
    R = np.asarray(spending, dtype=np.float64)
    if R.shape != network.output.shape:
        raise InputError(f"network {network.name}, spending", f"shape {R.shape}", f"give {network.output.shape}")
    others = carved(network.other_imports, network.spending, R)
    return replace(network, spending=R, sigma=np.asarray(sigma), other_imports=others)
